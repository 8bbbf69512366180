"""Find what a year still lacks before its notat can be made.

The files alone say how far somebody has come: `new_year` leaves the mark ``UDFYLD`` where something must be decided,
and nothing is kept anywhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aarsstatus import danish
from aarsstatus.files import read_utf8
from aarsstatus.inputs import read_data
from aarsstatus.inputs.csvfile import read_table
from aarsstatus.inputs.params import read_params
from aarsstatus.inputs.schema import ADMINISTRATIONS, TARGETS
from aarsstatus.inputs.yamlfile import MOST_BYTES
from aarsstatus.problems import InputError, Problem
from aarsstatus.project import Project

__all__ = ["MARK", "Step", "steps", "unfilled", "unfilled_params"]

MARK = "UDFYLD"
"""Stands where somebody has to decide something."""
_NULL = re.compile(rf"^(?P<indent>\s*(?:-\s+)?)(?P<key>[a-z_0-9]+):\s*(?:null|~)?\s*#\s*{MARK}:?\s*(?P<what>.*)$")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is missing, and the file and line or the command that mends it."""

    what: str
    where: str

    def __str__(self) -> str:
        """Return the step as one line of Danish."""
        return f"{self.what}: {self.where}"


def unfilled(project: Project, year: int) -> list[Problem]:
    """Return what was scaffolded for a year and is not filled in, file by file.

    For ``aarsstatus check``: these are missing even where the model and the data could do without them.
    """
    return [*unfilled_params(project, year), *_unfilled_targets(project, year)]


def unfilled_params(project: Project, year: int) -> Iterator[Problem]:
    """Yield the lines of a year's parameters that are not filled in."""
    path = project.params / f"{year}.yml"
    name = project.name(path)
    try:
        lines = read_utf8(path, name, most=MOST_BYTES).removeprefix("\ufeff").splitlines()
    except InputError:  # whoever reads the parameters says so
        return
    group = ""
    for number, line in enumerate(lines, start=1):
        if (heading := re.match(r"([a-z_]+):\s*$", line)) is not None:
            group = heading[1]
        if (match := _NULL.match(line)) is not None:
            key = f"{group}.{match['key']}" if match["indent"] else match["key"]
            yield Problem(name, "ikke udfyldt", number, key, expected=match["what"] or None)


def _unfilled_targets(project: Project, year: int) -> Iterator[Problem]:
    try:
        _, rows = read_table(project, TARGETS)
    except InputError:  # whoever reads the data says so
        return
    for line, row in rows:
        if row["year"] != str(year) or not row["source"].startswith(MARK):
            continue
        of = f"måltallet for {row['administration']}, {row['group']}"
        if row["target"].strip():
            message, column, expected = f"kilden til {of}, er ikke udfyldt", "source", "hvor måltallet står"
        else:
            message, column = f"{of}, er ikke udfyldt", "target"
            expected = "et måltal og dets kilde, eller kun kilden, hvis der ikke er et måltal"
        yield Problem(TARGETS.name, message, line, column, expected=expected)


def steps(project: Project, year: int) -> list[Step]:
    """Return what a year still lacks, in the order somebody would do it."""
    found = [
        Step(" – ".join(part for part in (one.column, one.expected) if part), f"{one.file}, linje {one.line}")
        for one in unfilled_params(project, year)
    ]
    lines = [one.line for one in _unfilled_targets(project, year) if one.line]
    if lines:
        place = f"{TARGETS.name}, linje {min(lines)}-{max(lines)}, kolonnerne target og source"
        found.append(Step(f"{danish.whole(len(lines))} måltal for {year}", place))
    data = read_data(project)
    codes = data.codes()
    named = {one.code for one in data.administrations if one.held(year)}
    unnamed = [code for code in codes if code not in named]
    if unnamed:
        found.append(Step(f"navn i {year} på {danish.join(unnamed)}", ADMINISTRATIONS.name))
    try:
        path = project.params / f"{year}.yml"
        keys = read_params(path, project.name(path)).schemes
        schemes = [data.schemes[key] for key in keys if key in data.schemes]
    except InputError:  # its empty lines have been listed
        schemes = [one for one in data.schemes.values() if one.existed(year)]
    missing = [one for one in schemes if any((year, code, one.key) not in data.statuses for code in codes)]
    for is_heads, what in ((False, "registerudtræk af forløb"), (True, "registerudtræk af ansættelser")):
        names = [one.name for one in missing if (one.counting == "headcount") == is_heads]
        if names:
            found.append(Step(f"{what} ({danish.join(names)})", f"aarsstatus ingest {year} FIL"))
    return found
