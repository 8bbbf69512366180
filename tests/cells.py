"""Run a cell of the notat's notebook with a notat at hand, without a kernel, and read what it says."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from aarsstatus.report import show
from aarsstatus.report.notat import Notat

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "notat.ipynb"


def sources() -> dict[str, str]:
    """Return the source of each cell by its id."""
    return {cell.id: cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells}


def markdown_of(notat: Notat, *names: str) -> str:
    """Return the Markdown that cells show of a notat."""
    shown: list[Any] = []
    setup = ast.parse(sources()["setup"]).body
    imports = [one for one in setup if isinstance(one, ast.ImportFrom)]
    rest = [one for one in setup if one not in imports]
    given: dict[str, Any] = {"year": notat.year, "comparison_year": notat.comparison_year, "figures": notat.mode}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(show, "display", shown.append)
        exec(compile(ast.Module(imports, []), "setup", "exec"), given)
        given |= {"open_notat": lambda *_: notat, "use_style": lambda: None}
        exec(compile(ast.Module(rest, []), "setup", "exec"), given)
        shown.clear()
        for name in names:
            exec(compile(sources()[name], name, "exec"), given)
    return "".join(str(one.data) for one in shown)


def said_by(notat: Notat, *names: str) -> str:
    """Return what cells say of a notat, as a reader sees it."""
    text = re.sub(r"\[([^\]]*)\]\(#[^)]*\)", r"\1", markdown_of(notat, *names))
    return re.sub(r"\[([^\]]*)\]\{[^}]*\}", r"\1", text).replace("\\", "")
