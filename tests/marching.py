"""Walk through the guide for analysts: each of its commands in order, and what is done by hand between them."""

from __future__ import annotations

import csv
import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

from filling import fill_form
from generator import Spell, Style, employments, spells, write_csv, write_xlsx

from aarsstatus.inputs import read_data
from aarsstatus.project import Project

GUIDE = (Path(__file__).parent.parent / "docs" / "vejledning.md").read_text(encoding="utf-8")
YEAR = 2026
FINDS = {"ingest": {0, 1}, "diff": {1}}
"""The exit statuses of the guide's commands, where they have something to tell."""


def lines() -> list[str]:
    """Return the guide's command lines, in order."""
    return [line for block in re.findall(r"```bat\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()]


def arguments(line: str) -> list[str]:
    """Return what a line of the guide gives to aarsstatus; nothing when it runs something else."""
    program, *words = shlex.split(line.replace("\\", "/"))
    return words if program == "aarsstatus" else []


def made_up(project: Project) -> list[Spell]:
    """Return the year's spells, made up."""
    data = read_data(project)
    return [*spells(data, YEAR, seed=2026), *employments(data, YEAR, seed=2026)]


def write_extracts(raw: Path, made: Sequence[Spell]) -> None:
    """Write the extracts that the guide reads into a folder."""
    raw.mkdir(exist_ok=True)
    write_xlsx(raw / "forløb 2027-01-12.xlsx", [spell for spell in made if spell.scheme != "fleksjob"])
    style = Style(
        headers=("Ansat til", "Ansat fra", "CPR-nr.", "Ansættende forvaltning"),
        fields=("end", "start", "person", "administration"),
        encoding="cp1252", dates=("dashes", "dots", "iso"), persons="number",
        title=("Fleksjobansatte, udtrukket 12. januar 2027", ""), total=True,
    )  # fmt: skip
    write_csv(raw / "fleksjob 2027-01-12.csv", [spell for spell in made if spell.scheme == "fleksjob"], style)


def walk(project: Project, run: Callable[[list[str]], None]) -> None:
    """Give the guide's commands to `run`, one by one, and do by hand what the guide says between them."""
    issued = False
    for words in filter(None, map(arguments, lines())):
        run(words)
        if words[0] == "new":
            fill_form(project, YEAR)
        if words[0] == "ingest":
            answer_warnings(project)
        if words[0] == "publish" and not issued:  # now something is put right
            issued = True
            for code in ("BIF", "KK"):
                change_target(project, code, -50)


def answer_warnings(project: Project) -> None:
    """Answer all that was said of the extracts, as somebody does in Excel."""
    path = project.data / "warnings.csv"
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, header = list(reader), reader.fieldnames or ()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows({**row, "svar": "Set efter i fagsystemet."} for row in rows)


def change_target(project: Project, code: str, by: int) -> None:
    """Change a target by some persons, as somebody does in Excel."""
    path = project.data / "targets.csv"
    text = path.read_text(encoding="utf-8")
    changed, count = re.subn(
        rf"(?m)^({YEAR},{code},fleksjob,)(\d+),", lambda match: f"{match[1]}{int(match[2]) + by},", text
    )
    assert count == 1
    path.write_text(changed, encoding="utf-8", newline="\n")
