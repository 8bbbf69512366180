"""Scaffold next year's parameters and targets from the year before.

What must be decided anew is never copied. It stands as ``null`` with the mark ``UDFYLD`` and what to write; a target's
row carries the mark in its ``source``. Running it again changes nothing that is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from aarsstatus import danish
from aarsstatus.files import read_utf8
from aarsstatus.inputs import read_data
from aarsstatus.inputs.csvfile import Row, parse, read_table, replace_rows, swap_in
from aarsstatus.inputs.form import form, form_name
from aarsstatus.inputs.model import Data, Scheme
from aarsstatus.inputs.params import Params, read_params
from aarsstatus.inputs.schema import GROUPS, KK, TARGETS
from aarsstatus.inputs.unfilled import MARK, Step, steps, unfilled_params
from aarsstatus.inputs.yamledit import scalars
from aarsstatus.problems import InputError, Problem
from aarsstatus.project import Project

__all__ = ["Scaffold", "groups_there", "new_year"]


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
    path = project.params / f"{year}.yml"
    before = _before(project, year, path)
    schemes = _schemes(year, before, data)
    groups = [group for group in GROUPS if any(one.group == group for one in schemes)]
    contents: dict[Path, bytes] = {}
    if path.exists() or path.is_symlink():  # a link that leads nowhere is somebody's, too
        groups = groups_there(project, year, path) or groups
    else:
        contents[path] = _params_text(year, before, schemes, groups, data).encode("utf-8")
    missing = [(code, group) for code in data.codes() for group in groups if (year, code, group) not in data.targets]
    if missing:
        contents[project.data / TARGETS.file] = _with_targets(project, year, missing, data).encode("utf-8")
    form_path = project.root / form_name(year)
    if not form_path.exists() and (filled := _form(project, year, before, contents, data)) is not None:
        contents[form_path] = filled
    if contents:
        swap_in(project, contents)
    return Scaffold(tuple(project.name(file) for file in contents), tuple(steps(project, year)))


def _form(project: Project, year: int, before: Params, contents: Mapping[Path, bytes], data: Data) -> bytes | None:
    """Return the form of a year as it will be; None of one whose numbers a notat has printed."""
    params, targets = project.params / f"{year}.yml", project.data / TARGETS.file
    texts = [
        contents[path].decode("utf-8") if path in contents else read_utf8(path, project.name(path))
        for path in (params, targets)
    ]
    there = scalars(texts[0], project.name(params))
    if (notat := there.get(("notat",))) is None or notat.value is not None:
        return None
    rows, _ = parse(texts[1], TARGETS)
    return form(year, before, there, [row for _, row in rows if row["year"] == str(year)], data)


def _before(project: Project, year: int, path: Path) -> Params:
    """Return the parameters of the latest year before."""
    years = project.years()
    earlier = [one for one in years if one < year]
    if not earlier:
        expected = danish.join([str(one) for one in years], "eller") or None
        raise InputError(Problem(project.name(path), "der er intet tidligere år at gå ud fra", expected=expected))
    source = project.params / f"{earlier[-1]}.yml"
    return read_params(source, project.name(source))


def groups_there(project: Project, year: int, path: Path) -> list[str]:
    """Return the target groups of parameters that are there; none while unfilled.

    Raises
    ------
    InputError
        If something else is wrong with them than that.
    """
    try:
        return list(read_params(path, project.name(path)).target_groups)
    except InputError as error:
        empty = {problem.line for problem in unfilled_params(project, year)}
        wrong = [problem for problem in error.problems if problem.line is None or problem.line not in empty]
        if wrong:
            raise InputError(wrong) from None
        return []


def _schemes(year: int, before: Params, data: Data) -> list[Scheme]:
    """Return a year's schemes: those before that still exist, then those that came."""
    kept = [data.schemes[key] for key in before.schemes if key in data.schemes and data.schemes[key].existed(year)]
    came = [one for one in data.schemes.values() if before.year < one.first_year <= year and one.existed(year)]
    return [*kept, *came]


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
        *_case_numbers(before),
        "",
        "office:",
        *_office(before),
        "",
        "targets_adopted:",
        *_adoptions(year, before, groups),
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


def _case_numbers(before: Params) -> Iterator[str]:
    """Yield a line for each number in a case system that the notat before had."""
    document = before.document
    for key, what, old in (
        ("case_number_f2", "sagsnummer i F2", document.case_number_f2),
        ("document_number_f2", "dokumentnummer i F2", document.document_number_f2),
        ("case_number_edoc", "sagsnummer i eDoc", document.case_number_edoc),
    ):
        if old is not None:
            yield f'  {key}: null  # {MARK}: {what} i anførselstegn; i {before.year} var det "{old}"'


def _office(before: Params) -> Iterator[str]:
    """Yield who writes the notat, as the year before."""
    for key, value in before.office.model_dump().items():
        if value is not None or key == "name":
            text = yaml.safe_dump(value, allow_unicode=True, width=1000).strip().removesuffix("\n...")
            yield f"  {key}: {text}"


def _adoptions(year: int, before: Params, groups: Sequence[str]) -> Iterator[str]:
    """Yield when targets were adopted: groups of the year before, then new ones."""
    said = f"  - date: null  # {MARK}: hvornår Borgerrepræsentationen vedtog måltallene for {year}"
    for adoption in before.targets_adopted:
        own = [group for group in adoption.groups if group in groups]
        if own:
            yield from (f"{said}; {before.year}: {adoption.date}", f"    groups: [{', '.join(own)}]")
    new = [group for group in groups if group not in before.target_groups]
    if new:
        yield from (said, f"    groups: [{', '.join(new)}]")


def _with_targets(project: Project, year: int, missing: Sequence[tuple[str, str]], data: Data) -> str:
    """Return ``targets.csv`` with empty rows for what is missing."""
    new = {"year": str(year), "target": "", "source": f"{MARK}: hvor måltallet står"}
    rows = [{**new, "administration": code, "group": group} for code, group in missing]
    codes = data.codes()

    def place(row: Row) -> tuple[int, int]:
        return codes.index(row["administration"]), GROUPS.index(row["group"])

    return replace_rows(read_table(project, TARGETS).text, lambda _: False, rows, place, year)
