"""Scaffold next year's parameters and targets, and find what a year still lacks.

What must be decided anew is never copied from the year before. It stands as ``null`` with the mark ``UDFYLD`` and what
to write; a target's row carries the mark in its ``source``. The files alone say how far somebody has come, and running
it again changes nothing that is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import yaml

from aarsstatus import danish
from aarsstatus.files import read_utf8
from aarsstatus.inputs import read_data
from aarsstatus.inputs.csvfile import read_table, replace_rows, swap_in
from aarsstatus.inputs.model import Data, Scheme
from aarsstatus.inputs.params import CASE_NUMBERS, Params, read_params
from aarsstatus.inputs.schema import ADMINISTRATIONS, KK, TARGETS
from aarsstatus.inputs.yamlfile import MOST_BYTES
from aarsstatus.problems import InputError, Problem
from aarsstatus.project import Project

MARK = "UDFYLD"
"""Stands where somebody has to decide something."""
_NULL = re.compile(rf"^(?P<indent>\s*(?:-\s+)?)(?P<key>[a-z_0-9]+):\s*(?:null|~)?\s*#\s*{MARK}:?\s*(?P<what>.*)$")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is missing, and the file and line or the command that mends it."""

    what: str
    where: str


@dataclass(frozen=True, slots=True)
class Scaffold:
    """The files that `new_year` wrote, and what is still missing, in order."""

    written: tuple[str, ...]
    steps: tuple[Step, ...]


def new_year(project: Project, year: int) -> Scaffold:
    """Scaffold a year's parameters and the rows of its targets, unless there already.

    Raises
    ------
    InputError
        If there is no earlier year to scaffold from, or it or ``data/`` has problems.
    """
    data = read_data(project)
    path = project.params_of(year)
    before = year_before(project, year)
    schemes = _schemes(year, before, data)
    groups = [group for group in data.groups if any(one.group == group for one in schemes)]
    contents: dict[Path, bytes] = {}
    if path.exists() or path.is_symlink():  # a link that leads nowhere is somebody's, too
        groups = groups_there(project, year) or groups
    else:
        contents[path] = _params_text(year, before, schemes, groups, data).encode("utf-8")
    missing = [
        (code, group) for code in data.told_of(year) for group in groups if (year, code, group) not in data.targets
    ]
    if missing:
        contents[project.data / TARGETS.file] = _with_targets(project, year, missing, data).encode("utf-8")
    if contents:
        swap_in(project, contents)
    with suppress(FileExistsError):
        (project.data / "raw").mkdir()  # where the guide says that extracts go
    return Scaffold(tuple(project.name(file) for file in contents), tuple(steps(project, year)))


def year_before(project: Project, year: int) -> Params:
    """Return the parameters of the latest year before, if any with its own notat."""
    years = project.years()
    data = read_data(project)
    earlier = sorted((one for one in years if one < year), key=lambda one: (data.read_from(one) is None, one))
    if not earlier:
        expected = danish.join([str(one) for one in years], "eller") or None
        name = project.name(project.params_of(year))
        raise InputError(Problem(name, "der er intet tidligere år at gå ud fra", expected=expected))
    return read_params(project, earlier[-1])


def groups_there(project: Project, year: int) -> list[str]:
    """Return the target groups of parameters that are there; none while unfilled.

    Raises
    ------
    InputError
        If something else is wrong with them than that.
    """
    try:
        return list(read_params(project, year).target_groups)
    except InputError as error:
        empty = {problem.line for problem in unfilled_params(project, year)}
        wrong = [problem for problem in error.problems if problem.line is None or problem.line not in empty]
        if wrong:
            raise InputError(wrong) from None
        return []


def _schemes(year: int, before: Params, data: Data) -> list[Scheme]:
    """Return a year's schemes: those before that still exist, then those that came."""
    kept = [data.schemes[data.goes_on(key, year)] for key in before.schemes if key in data.schemes]
    came = [one for one in data.schemes.values() if before.year < one.first_year]
    return [one for one in dict.fromkeys([*kept, *came]) if one.existed(year)]


def _params_text(year: int, before: Params, schemes: Sequence[Scheme], groups: Sequence[str], data: Data) -> str:
    """Return ``params/YEAR.yml``: what must be decided anew is marked and empty."""
    lines = [
        f"# Årsstatus for {year}. Lavet af »aarsstatus new {year}« ud fra params/{before.year}.yml.",
        f"# Udfyld linjerne med {MARK}: skriv i stedet for null, eller slet linjen, hvis notatet ikke har det nummer.",
        f"# »aarsstatus check {year}« siger, hvad der mangler.",
        f"year: {year}",
        f"comparison_year: {_comparison_year(year, before, data)}",
        "notat: null",
        "",
        "document:",
        f"  date: null  # {MARK}: notatets dato, fx {year + 1}-03-10",
        *(
            f'  {key}: null  # {MARK}: {what} i anførselstegn; i {before.year} var det "{old}"'
            for key, what in CASE_NUMBERS.items()
            if (old := getattr(before.document, key)) is not None
        ),
        "",
        "office:",
        *_office(before),
        "",
        "targets_adopted:",
        *_adoptions(year, before, groups, data),
        "",
        f"target_groups: [{', '.join(groups)}]",
        f"schemes: [{', '.join(one.key for one in schemes)}]",
    ]
    if before.cover is not None:
        was = f"{before.year}: {before.cover.appendix}"
        lines += ["", "cover:", f"  appendix: null  # {MARK}: bilagets nummer på forsiden; {was}"]
    return "\n".join(lines) + "\n"


def _comparison_year(year: int, before: Params, data: Data) -> int:
    """Return the year to compare with: the one before, or the latest with figures."""
    with_figures = {when for when, code, _ in data.statuses if code == KK and when < year}
    if year - 1 in with_figures | {before.year}:
        return year - 1
    return max(with_figures, default=before.year)


def _office(before: Params) -> Iterator[str]:
    """Yield who writes the notat, as the year before."""
    for key, value in before.office.model_dump().items():
        if value is not None or key == "name":
            text = yaml.safe_dump(value, allow_unicode=True, width=1000).strip().removesuffix("\n...")
            yield f"  {key}: {text}"


def _adoptions(year: int, before: Params, groups: Sequence[str], data: Data) -> Iterator[str]:
    """Yield when targets were adopted: groups of the year before, then new ones."""
    council = data.city(year).council

    def line(own: Sequence[str]) -> str:
        names = danish.join([data.called(group) for group in own])
        return f"  - date: null  # {MARK}: hvornår {council} vedtog måltallene for {names} i {year}"

    for adoption in before.targets_adopted:
        own = [group for group in adoption.groups if group in groups]
        if own:
            yield from (f"{line(own)}; i {before.year} var det {adoption.date}", f"    groups: [{', '.join(own)}]")
    adopted = {group for adoption in before.targets_adopted for group in adoption.groups}
    new = [group for group in groups if group not in adopted]
    if new:
        yield from (line(new), f"    groups: [{', '.join(new)}]")


def _with_targets(project: Project, year: int, missing: Sequence[tuple[str, str]], data: Data) -> str:
    """Return ``targets.csv`` with empty rows for what is missing."""
    new = {"year": str(year), "target": "", "source": f"{MARK}: hvor måltallet står"}
    rows = [{**new, "administration": code, "group": group} for code, group in missing]
    return replace_rows(read_table(project, TARGETS).text, lambda _: False, rows, data.order, year)


# -- what is missing ------------------------------------------------------------------------------------------


def unfilled(project: Project, year: int) -> list[Problem]:
    """Return what was scaffolded for a year and is not filled in, file by file.

    For ``aarsstatus check``: these are missing even where the model and the data could do without them.
    """
    return [*unfilled_params(project, year), *_unfilled_targets(project, year)]


def unfilled_params(project: Project, year: int) -> Iterator[Problem]:
    """Yield the lines of a year's parameters that are not filled in."""
    path = project.params_of(year)
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
    """Yield the rows of a year's targets that are not filled in, with their lines."""
    try:
        _, rows = read_table(project, TARGETS)
    except InputError:  # whoever reads the data says so
        return
    for line, row in rows:
        if row["year"] != str(year) or not row["source"].startswith(MARK):
            continue
        if row["target"].strip():
            message, column, expected = "kilden til måltallet er ikke udfyldt", "source", "hvor måltallet står"
        else:
            message, column = "måltallet er ikke udfyldt", "target"
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
    codes = data.told_of(year)
    if KK not in codes:
        found.append(Step(f"navn i {year} på {KK}", ADMINISTRATIONS.name))
    try:
        schemes = data.listed(read_params(project, year).schemes)
    except InputError:  # its empty lines have been listed
        schemes = [one for one in data.schemes.values() if one.existed(year)]
    missing = [one for one in schemes if any((year, code, one.key) not in data.statuses for code in codes)]
    for is_heads, what in ((False, "registerudtræk af forløb"), (True, "registerudtræk af ansættelser")):
        names = [one.name for one in missing if (one.counting == "headcount") == is_heads]
        if names:
            found.append(Step(f"{what} ({danish.join(names)})", f"aarsstatus ingest {year} FIL"))
    return found
