"""Next year's parameters and targets, scaffolded from the year before; and what is still missing of a year.

What must be decided anew is never copied. It stands as ``null`` with the mark ``UDFYLD`` and what to write; a target's
row carries the mark in its ``source``. What is marked and not filled in is what `unfilled` finds, so the files alone
say how far somebody has come: nothing is kept anywhere else, and running it again changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aarsstatus import danish
from aarsstatus.inputfile import read_utf8
from aarsstatus.inputs import read_data
from aarsstatus.inputs.csvfile import numbered_rows, read_text, replace_rows, swap_in
from aarsstatus.inputs.model import Data, Scheme
from aarsstatus.inputs.params import Params, read_params
from aarsstatus.inputs.schema import GROUPS, KK
from aarsstatus.inputs.yamlfile import MOST_BYTES
from aarsstatus.problems import InputError, Problem
from aarsstatus.project import Project

__all__ = ["MARK", "Scaffold", "Step", "new_year", "steps", "unfilled"]

MARK = "UDFYLD"
"""Stands where somebody has to decide something."""
_NULL = re.compile(rf"^(?P<indent>\s*(?:-\s+)?)(?P<key>[a-z_0-9]+):\s*(?:null|~)?\s*#\s*{MARK}:?\s*(?P<what>.*)$")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is missing: what, and the file (with a line) or the command that mends it."""

    what: str
    where: str

    def __str__(self) -> str:
        """Return the step as one line of Danish."""
        return f"{self.what}: {self.where}"


@dataclass(frozen=True, slots=True)
class Scaffold:
    """What `new_year` did: the files it wrote, and what is still missing, in order."""

    written: tuple[str, ...]
    steps: tuple[Step, ...]


def new_year(project: Project, year: int) -> Scaffold:
    """Scaffold a year: its parameters and the rows of its targets, unless they are there.

    Parameters
    ----------
    project, year
        Where, and which.

    Raises
    ------
    InputError
        If there is no earlier year to scaffold from, or it or ``data/`` has problems.
    """
    data = read_data(project)
    path, targets = project.params / f"{year}.yml", project.data / "targets.csv"
    contents: dict[Path, bytes] = {}
    before = _before(project, year, path)
    if not _is_there(path):
        contents[path] = _params_text(year, before, data).encode("utf-8")
    missing = _missing_targets(year, _groups(project, path, year, before, data), data)
    if missing:
        contents[targets] = _with_targets(project, targets, year, missing, data)
    if contents:
        swap_in(project, contents)
    return Scaffold(tuple(project.name(file) for file in contents), tuple(steps(project, year)))


def _before(project: Project, year: int, path: Path) -> Params:
    """Return the parameters of the latest year before."""
    earlier = [one for one in project.years() if one < year]
    if not earlier:
        found = [str(one) for one in project.years()]
        raise InputError(
            Problem(
                project.name(path),
                "der er intet tidligere år at gå ud fra",
                expected=danish.join(found, "eller") or None,
            )
        )
    source = project.params / f"{earlier[-1]}.yml"
    return read_params(source, project.name(source))


def _groups(project: Project, path: Path, year: int, before: Params, data: Data) -> list[str]:
    """Return the year's target groups: those in its parameters, or those a new file gets.

    Raises
    ------
    InputError
        If something else is wrong with the parameters than that they are not filled in yet.
    """
    try:
        return list(read_params(path, project.name(path)).target_groups)
    except InputError as error:
        empty = {problem.line for problem in _unfilled_params(project, year)}
        wrong = [problem for problem in error.problems if problem.line is None or problem.line not in empty]
        if wrong and _is_there(path):
            raise InputError(wrong) from None
        return [group for group in GROUPS if any(one.group == group for one in _schemes(year, before, data))]


def _is_there(path: Path) -> bool:
    """Whether somebody put something there, be it a link that leads nowhere."""
    return path.exists() or path.is_symlink()


def _schemes(year: int, before: Params, data: Data) -> list[Scheme]:
    """Return the schemes of a new year: last year's that still exist, then those that came since."""
    kept = [data.schemes[key] for key in before.schemes if key in data.schemes and data.schemes[key].existed(year)]
    came = [one for one in data.schemes.values() if before.year < one.first_year <= year and one.existed(year)]
    return [*kept, *came]


# -- the parameters -------------------------------------------------------------------------------------------


def _params_text(year: int, before: Params, data: Data) -> str:
    """Return ``params/YEAR.yml``: what must be decided anew is marked and empty."""
    document, office = before.document, before.office
    schemes = _schemes(year, before, data)
    groups = [group for group in GROUPS if any(one.group == group for one in schemes)]
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
    ]
    for key, what, old in (
        ("case_number_f2", "sagsnummer i F2", document.case_number_f2),
        ("document_number_f2", "dokumentnummer i F2", document.document_number_f2),
        ("case_number_edoc", "sagsnummer i eDoc", document.case_number_edoc),
    ):
        if old is not None:
            lines.append(f'  {key}: null  # {MARK}: {what} i anførselstegn; i {before.year} var det "{old}"')
    lines += ["", "office:"]
    for key in ("name", "administration", "street", "postal"):
        value = getattr(office, key)
        if value is not None or key == "name":
            lines.append(f"  {key}: {_scalar(value)}")
    lines += ["", "targets_adopted:"]
    for adoption in before.targets_adopted:
        own = [group for group in adoption.groups if group in groups]
        if own:
            said = f"hvornår Borgerrepræsentationen vedtog måltallene for {year}; {before.year}: {adoption.date}"
            lines += [f"  - date: null  # {MARK}: {said}", f"    groups: [{', '.join(own)}]"]
    new = [group for group in groups if group not in before.target_groups]
    if new:
        said = f"hvornår Borgerrepræsentationen vedtog måltallene for {year}"
        lines += [f"  - date: null  # {MARK}: {said}", f"    groups: [{', '.join(new)}]"]
    lines += [
        "",
        f"target_groups: [{', '.join(groups)}]",
        f"schemes: [{', '.join(one.key for one in schemes)}]",
    ]
    if before.cover is not None:
        lines += [
            "",
            "cover:",
            f"  appendix: null  # {MARK}: bilagets nummer på forsiden; {before.year}: {before.cover.appendix}",
        ]
    return "\n".join(lines) + "\n"


def _comparison_year(year: int, before: Params, data: Data) -> int:
    """Return the year to compare with: the one before if there are figures for it or parameters, else the latest."""
    with_figures = {when for when, code, _ in data.statuses if code == KK and when < year}
    if year - 1 in with_figures | {before.year}:
        return year - 1
    return max(with_figures, default=before.year)


def _scalar(value: str | None) -> str:
    """Write a text as YAML does, in quotes only where it needs them."""
    import yaml  # noqa: PLC0415 - only a new file needs it

    return (
        "null" if value is None else yaml.safe_dump(value, allow_unicode=True, width=1000).strip().removesuffix("\n...")
    )


# -- the targets ----------------------------------------------------------------------------------------------


def _missing_targets(year: int, groups: Sequence[str], data: Data) -> list[tuple[str, str]]:
    """Return the administrations and groups that have no row for the year."""
    return [(code, group) for code in data.codes() for group in groups if (year, code, group) not in data.targets]


def _with_targets(project: Project, path: Path, year: int, missing: Sequence[tuple[str, str]], data: Data) -> bytes:
    """Return ``targets.csv`` with empty rows for what is missing; everything else stays byte for byte."""
    source = f"{MARK}: hvor måltallet står"
    rows = [
        {"year": str(year), "administration": code, "group": group, "target": "", "source": source}
        for code, group in missing
    ]
    codes = data.codes()
    text = replace_rows(
        read_text(project, path), lambda _: False, rows,
        lambda row: (codes.index(row["administration"]), GROUPS.index(row["group"])),
        year,
    )  # fmt: skip
    return text.encode("utf-8")


# -- what is missing ------------------------------------------------------------------------------------------


def unfilled(project: Project, year: int) -> list[Problem]:
    """Return what was scaffolded for a year and is not filled in, in the order of the files.

    For ``aarsstatus check``: these are missing even where the model and the data could do without them.
    """
    return [*_unfilled_params(project, year), *_unfilled_targets(project, year)]


def _unfilled_params(project: Project, year: int) -> Iterator[Problem]:
    path = project.params / f"{year}.yml"
    try:
        lines = read_utf8(path, project.name(path), most=MOST_BYTES).removeprefix("\ufeff").splitlines()
    except InputError:  # whoever reads the parameters says so
        return
    group = ""
    for number, line in enumerate(lines, start=1):
        if (heading := re.match(r"([a-z_]+):\s*$", line)) is not None:
            group = heading[1]
        if (match := _NULL.match(line)) is not None:
            key = f"{group}.{match['key']}" if match["indent"] else match["key"]
            yield Problem(project.name(path), "ikke udfyldt", number, key, expected=match["what"] or None)


def _unfilled_targets(project: Project, year: int) -> Iterator[Problem]:
    path = project.data / "targets.csv"
    try:
        text = read_text(project, path)
    except InputError:  # whoever reads the data says so
        return
    for line, row in numbered_rows(text):
        if row.get("year") != str(year) or not row.get("source", "").startswith(MARK):
            continue
        of = f"måltallet for {row.get('administration', '')}, {row.get('group', '')}"
        if row.get("target", "").strip():
            yield Problem(
                project.name(path), f"kilden til {of}, er ikke udfyldt", line, "source", expected="hvor måltallet står"
            )
        else:
            expected = "et måltal og dets kilde, eller kun kilden, hvis der ikke er et måltal"
            yield Problem(project.name(path), f"{of}, er ikke udfyldt", line, "target", expected=expected)


def steps(project: Project, year: int) -> list[Step]:
    """Return what is still missing before a year can be built, in the order somebody would do it."""
    found = [
        Step(
            " – ".join(part for part in (problem.column, problem.expected) if part),
            f"{problem.file}, linje {problem.line}",
        )
        for problem in _unfilled_params(project, year)
    ]
    targets = list(_unfilled_targets(project, year))
    if targets:
        lines = [problem.line for problem in targets if problem.line]
        count = f"{danish.whole(len(lines))} måltal for {year}"
        found.append(Step(count, f"{targets[0].file}, linje {min(lines)}-{max(lines)}, kolonnerne target og source"))
    data = read_data(project)
    named = {one.code for one in data.administrations if one.held(year)}
    unnamed = [code for code in data.codes() if code not in named]
    if unnamed:
        found.append(Step(f"navn i {year} på {danish.join(unnamed)}", "data/administrations.csv"))
    try:
        path = project.params / f"{year}.yml"
        keys = read_params(path, project.name(path)).schemes
    except InputError:  # its empty lines have been listed
        keys = [one.key for one in data.schemes.values() if one.existed(year)]
    codes = data.codes()
    missing = [key for key in keys if any((year, code, key) not in data.statuses for code in codes)]
    for is_heads, what in ((False, "registerudtræk af forløb"), (True, "registerudtræk af ansættelser")):
        own = [data.schemes[key].name for key in missing if (data.schemes[key].counting == "headcount") == is_heads]
        if own:
            found.append(Step(f"{what} ({danish.join(own)})", f"aarsstatus ingest {year} FIL"))
    return found
