"""A notebook that git, a cloud folder or an editor has damaged: one line of Danish that says what it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aarsstatus.cli import run
from aarsstatus.problems import InputError
from aarsstatus.project import Project
from aarsstatus.run.notebook import read_notebook

PARAMETERS = ("year", "comparison_year", "figures")
SOURCE = Path(__file__).parents[2] / "notebooks" / "notat.ipynb"


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    """Return the notat's notebook with something changed in its JSON."""
    content = json.loads(SOURCE.read_text(encoding="utf-8"))
    change(content)
    return json.dumps(content)


def twice(content: dict[str, Any]) -> None:
    content["cells"][2]["id"] = content["cells"][1]["id"]


TEXT = SOURCE.read_text(encoding="utf-8")
DAMAGED = {
    "BOM": ("\ufeff" + TEXT, "begynder med et usynligt tegn (BOM)"),
    "conflict": (TEXT.replace(' "cells": [', '<<<<<<< HEAD\n "cells": ['), "linje 2: notebooken har mærker efter en konflikt"),
    "cut": (TEXT[:3000], "notebooken er ikke hel (ugyldig JSON)"),
    "empty": ("", "notebooken er tom"),
    "white": (" \n", "notebooken er tom"),
    "deep": ("[" * 200_000, "notebooken er"),
    "a list": ("[]", "filen er ikke en notebook"),
    "cells of numbers": ('{"nbformat": 4, "cells": [1]}', "celle 1 har intet id"),
    "no version": (changed(lambda content: content.pop("nbformat")), "ikke gemt i version 4"),
    "a version to come": (changed(lambda content: content.update(nbformat=9)), "ikke gemt i version 4"),
    "no outputs": (changed(lambda content: content["cells"][3].pop("outputs")), "notebooken er ikke, som Jupyter"),
    "no kernelspec": (changed(lambda content: content["metadata"].pop("kernelspec")), "(kernelspec)"),
    "R": (changed(lambda content: content["metadata"]["kernelspec"].update(language="R")), "ikke til Python"),
    "two ids alike": (changed(twice), "celle 2 og 3 har samme id (»parameters«)"),
    "no id": (changed(lambda content: content["cells"][3].pop("id")), "celle 4 har intet id"),
    "no parameters": (changed(lambda content: content["cells"].pop(1)), "én celle med mærket »parameters«; fandt 0"),
    "no year": (
        changed(lambda content: content["cells"][1].update(source="comparison_year = figures = None")),
        "cellen med parametre (»parameters«) har ikke year",
    ),
    "no Python": (changed(lambda content: content["cells"][1].update(source="year =")), "er ikke gyldig Python"),
}  # fmt: skip


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_notebook_is_refused_in_one_line(kind: str, tmp_path: Path) -> None:
    text, said = DAMAGED[kind]
    path = tmp_path / "notat.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_notebook(path, "notebooks/notat.ipynb", PARAMETERS)
    told = str(refused.value)
    assert told.startswith("notebooks/notat.ipynb")
    assert said in told
    assert "\n" not in told


def test_one_that_is_whole_is_read_as_it_stands() -> None:
    assert [cell.id for cell in read_notebook(SOURCE, "x", PARAMETERS).cells][:3] == [
        "frontmatter",
        "parameters",
        "setup",
    ]


def test_a_build_ends_with_2_and_leaves_nothing(
    copied: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("notat", "kvalitetsrapport"):
        (copied.notebooks / f"{name}.ipynb").write_text(DAMAGED["conflict"][0], encoding="utf-8")
    monkeypatch.chdir(copied.root)
    assert run(["build", "2025", "--engine", "embedded", "--quiet", "--output", "{year} {intet}"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("notebooks/notat.ipynb, linje 2: notebooken har mærker efter en konflikt i git")
    assert said.count("\n") == 1
    assert [path.name for path in (copied.root / "{year} {intet}").iterdir() if path.suffix != ".lock"] == []
