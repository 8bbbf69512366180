"""Read a notebook that somebody has edited, and refuse a damaged one in one line.

Git, a cloud folder or an editor may have left anything there. What Papermill and its kin would raise or pass over in
silence is told here by its place, before anything runs.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import nbformat

from aarsstatus.files import read_utf8
from aarsstatus.problems import InputError, Problem

_MOST_BYTES = 64 << 20
_CONFLICT = re.compile(r"(?m)^(?:<{7}|={7}|>{7})(?: .*)?$")
"""What git leaves in a file where two people have changed the same lines."""
_RESAVE = "åbn den i Jupyter, og gem den igen"


def read_notebook(path: Path, name: str, parameters: Iterable[str]) -> nbformat.NotebookNode:
    """Read a notebook that takes some parameters; messages call it `name`.

    Raises
    ------
    InputError
        If it is damaged, or lacks what it is executed by.
    """
    text = read_utf8(path, name, most=_MOST_BYTES)
    if text.startswith("\ufeff"):
        raise InputError(Problem(name, "notebooken begynder med et usynligt tegn (BOM); gem den som UTF-8 uden BOM"))
    if conflict := _CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        raise InputError(Problem(name, "notebooken har mærker efter en konflikt i git; vælg den ene udgave", line))
    notebook = _of_json(_json(text, name), name)
    problems = [Problem(name, why) for why in _lacks(notebook, parameters)]
    if problems:
        raise InputError(problems)
    return notebook


def _json(text: str, name: str) -> dict[str, Any]:
    """Read the JSON that a notebook is kept as."""
    if not text.strip():
        raise InputError(Problem(name, "notebooken er tom; hent den seneste udgave af den"))
    try:
        content = json.loads(text)
    except RecursionError:
        raise InputError(
            Problem(name, "notebooken er skruet sammen i for mange lag; hent den forrige udgave")
        ) from None
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        why = "notebooken er ikke hel (ugyldig JSON); hent den forrige udgave"
        raise InputError(Problem(name, why, line)) from None
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise InputError(Problem(name, f"filen er ikke en notebook, som Jupyter gemmer den; {_RESAVE}"))
    return content


def _of_json(content: dict[str, Any], name: str) -> nbformat.NotebookNode:
    """Return a valid notebook, each cell with an id of its own."""
    if content.get("nbformat") != 4:
        raise InputError(Problem(name, f"notebooken er ikke gemt i version 4 af formatet; {_RESAVE}"))
    seen: dict[object, int] = {}
    for number, cell in enumerate(content["cells"], start=1):
        id_ = cell.get("id") if isinstance(cell, dict) else None
        if not id_:
            raise InputError(Problem(name, f"celle {number} har intet id; {_RESAVE}"))
        if (other := seen.setdefault(str(id_), number)) != number:
            raise InputError(Problem(name, f"celle {other} og {number} har samme id (»{id_}«); {_RESAVE}"))
    try:
        notebook: nbformat.NotebookNode = nbformat.v4.to_notebook(content)
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        why = f"notebooken er ikke, som Jupyter gemmer den: {str(error).partition(chr(10))[0]}; {_RESAVE}"
        raise InputError(Problem(name, why)) from None
    return notebook


def _lacks(notebook: nbformat.NotebookNode, parameters: Iterable[str]) -> Iterator[str]:
    """Yield a notebook's missing parts: a kernel, and a cell with the parameters."""
    if notebook.metadata.get("kernelspec", {}).get("language", "python") != "python":
        yield "notebooken er ikke til Python; åbn den i Jupyter, og vælg Python 3"
    elif "kernelspec" not in notebook.metadata:
        yield "notebooken siger ikke, hvad der skal køre den (kernelspec); åbn den i Jupyter, og vælg Python 3"
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        yield f"der skal være én celle med mærket »parameters«; fandt {len(tagged)}"
        return
    try:
        tree = ast.parse(tagged[0].source)
    except (SyntaxError, ValueError):
        yield f"cellen med parametre (»{tagged[0].id}«) er ikke gyldig Python"
        return
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for name in parameters:
        if name not in named:
            yield f"cellen med parametre (»{tagged[0].id}«) har ikke {name}"
