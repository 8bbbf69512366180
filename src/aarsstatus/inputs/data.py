"""``data/`` and ``params/``, read and validated into plain, frozen objects.

Each row remembers the file and line it came from: that is where the lineage of every figure ends. All problems
of all files are collected and raised at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from aarsstatus import danish
from aarsstatus.attainment import HOURS_PER_WEEK, Interval, days_of_year
from aarsstatus.inputfile import read_utf8
from aarsstatus.inputs import schema
from aarsstatus.inputs.params import Params, read_params
from aarsstatus.inputs.schema import COUNTINGS, GROUPS, KK, REMARKS, TABLES, Table
from aarsstatus.inputs.tables import Row, read_rows
from aarsstatus.problems import InputError, Problem, near
from aarsstatus.project import Project

__all__ = [
    "COUNTINGS",
    "GROUPS",
    "KK",
    "REMARKS",
    "Administration",
    "Data",
    "ExtractRow",
    "Printed",
    "Remark",
    "Scheme",
    "Status",
    "Target",
    "read_data",
    "read_year",
]


@dataclass(frozen=True, slots=True)
class Scheme:
    """A jobordning: which target it counts towards, how it is counted, when it existed, and what it is called."""

    key: str
    group: str
    counting: str
    first_year: int
    last_year: int | None
    name: str
    row_label: str
    source: str

    def existed(self, year: int) -> bool:
        """Whether the scheme existed in a year."""
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)


@dataclass(frozen=True, slots=True)
class Administration:
    """A forvaltning under the name that it held for some years; `KK` is the whole city."""

    code: str
    name: str
    first_year: int
    last_year: int | None
    source: str

    def held(self, year: int) -> bool:
        """Whether the administration held this name in a year."""
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)


@dataclass(frozen=True, slots=True)
class Target:
    """A måltal in persons; None or 0 is "no target"."""

    year: int
    administration: str
    group: str
    target: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Status:
    """What a scheme came to in a year, in full-year equivalents or heads, and how many spells that was."""

    year: int
    administration: str
    scheme: str
    status: Fraction
    spells: int | None
    interval: Interval
    origin: str
    source: str


@dataclass(frozen=True, slots=True)
class Printed:
    """One number as a notat printed it, where, and which figure it states."""

    notat: str
    place: str
    id: str
    printed: str
    source: str

    @property
    def in_prose(self) -> bool:
        """Whether the number stands in the running text."""
        return self.place.startswith("brødtekst")


@dataclass(frozen=True, slots=True)
class ExtractRow:
    """One register extract that a year was made from; the fields are the columns of ``data/extracts.csv``.

    `rows` are those below the header that are not blank: `counted` have a day in the year, `outside` have none,
    `refused` could not be used; `not_distributed` are counted and belong to no administration.
    """

    year: int
    sha256: str
    file: str
    kind: str
    schemes: str
    rows: int
    counted: int
    outside: int
    refused: int
    not_distributed: int
    extracted: date


@dataclass(frozen=True, slots=True)
class Remark:
    """Something an analyst should look at in a year's extracts. Without personal data: it is in ``data/warnings.csv``.

    `kind` is one of `REMARKS`, `administration` is empty where it is of all, `count` is how many it is about.
    """

    kind: str
    scheme: str
    administration: str
    count: int
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """Everything in ``data/``. Equal to itself alone, so that what follows from it can be kept."""

    schemes: Mapping[str, Scheme]
    administrations: tuple[Administration, ...]
    targets: Mapping[tuple[int, str, str], Target]
    statuses: Mapping[tuple[int, str, str], Status]
    printed: tuple[Printed, ...]
    extracts: tuple[ExtractRow, ...] = ()
    remarks: Mapping[int, tuple[Remark, ...]] = field(default_factory=dict)
    _present: Mapping[int, tuple[Scheme, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Find each year's schemes once: figures ask for them again and again."""
        keys: dict[int, set[str]] = {}
        for year, _, scheme in self.statuses:
            keys.setdefault(year, set()).add(scheme)
        present = {year: tuple(self.schemes[key] for key in self.schemes if key in keys[year]) for year in keys}
        object.__setattr__(self, "_present", present)

    def codes(self) -> list[str]:
        """Return the administrations' codes in the order of the tables, KK first."""
        return list(dict.fromkeys(administration.code for administration in self.administrations))

    def name(self, code: str, year: int) -> str:
        """Return what an administration was called in a year."""
        for administration in self.administrations:
            if administration.code == code and administration.held(year):
                return administration.name
        raise KeyError(f"{code} had no name in {year}")

    def years(self) -> list[int]:
        """Return the years that have any status, oldest first."""
        return sorted(self._present)

    def schemes_of(self, year: int) -> list[Scheme]:
        """Return the schemes that have any status in a year, in the order of a table."""
        return list(self._present.get(year, ()))


class _File(NamedTuple):
    """A file in ``data/``: what it is called in messages, its text, and what kept it from being read."""

    name: str
    text: str
    unread: tuple[Problem, ...] = ()


def _file(path: Path, name: str) -> _File:
    try:
        return _File(name, read_utf8(path, name).removeprefix("\ufeff"))
    except InputError as error:
        return _File(name, "", tuple(error.problems))


_EXACT_PLACES = 10


def _unrounded(status: Fraction, year: int) -> Fraction:
    """Return the fraction of the year's days that a status of ten decimals was rounded from.

    Full-year equivalents are days ÷ 365 or 366, times hundredths of hours ÷ 37 where hours count: all fractions with
    one known denominator, far further apart than ten decimals. So the one that rounds to the status is what
    `extracts` computed, and nothing is lost in the file. One that no such fraction rounds to is what it says.
    """
    below = days_of_year(year) * 100 * HOURS_PER_WEEK
    fraction = Fraction(round(status * below), below)
    return fraction if round(fraction * 10**_EXACT_PLACES) == status * 10**_EXACT_PLACES else status


def _status(values: dict[str, Any], at: str) -> Status:
    status = _unrounded(values["status"], values["year"]) if values["rounding"] == "exact" else values["status"]
    interval = Interval.rounded(status) if values["rounding"] == "whole" else Interval.exactly(status)
    return Status(
        year=values["year"],
        administration=values["administration"],
        scheme=values["scheme"],
        status=status,
        spells=values["spells"],
        interval=interval,
        origin=values["source"],
        source=at,
    )


def read_data(project: Project) -> Data:
    """Read every CSV file in ``data/``.

    Raises
    ------
    InputError
        With all problems of all files.
    """
    paths = [project.data / table.file for table in TABLES]
    return _data(tuple(_file(path, project.name(path)) for path in paths))


@lru_cache(maxsize=2)
def _data(found: tuple[_File, ...]) -> Data:
    """Return what some files hold. The same files are read once: by the kernels of a build, and by years on years."""
    files = dict(zip(TABLES, found, strict=True))
    problems: list[Problem] = []
    known: dict[str, list[str]] = {}

    def rows(table: Table) -> list[Row]:
        name, text, unread = files[table]
        problems.extend(unread)
        return [] if unread else read_rows(table, text, name, known, problems)

    schemes = {
        values["scheme"]: Scheme(key=values.pop("scheme"), **values, source=at) for values, at in rows(schema.SCHEMES)
    }
    administrations = [
        Administration(code=v.pop("administration"), **v, source=at) for v, at in rows(schema.ADMINISTRATIONS)
    ]
    if problems:
        raise InputError(problems)
    known[schema.SCHEMES.file] = list(schemes)
    known[schema.ADMINISTRATIONS.file] = list(dict.fromkeys(one.code for one in administrations))
    targets = [
        Target(values["year"], values["administration"], values["group"], values["target"], at)
        for values, at in rows(schema.TARGETS)
    ]
    statuses = [_status(values, at) for values, at in rows(schema.STATUS)]
    printed = [Printed(notat=values.pop("source"), **values, source=at) for values, at in rows(schema.PUBLISHED)]
    extracts = [ExtractRow(**{**values, "schemes": values["schemes"] or ""}) for values, _ in rows(schema.EXTRACTS)]
    remarks: dict[int, tuple[Remark, ...]] = {}
    for values, _ in rows(schema.WARNINGS):
        year = values.pop("year")
        remark = Remark(**{**values, "administration": values["administration"] or ""})
        remarks[year] = (*remarks.get(year, ()), remark)
    if not any(administration.code == KK for administration in administrations):
        problems.append(
            Problem("data/administrations.csv", "hele kommunen mangler", expected=f"en række med koden {KK}")
        )
    problems += _not_possible(schemes, administrations, statuses)
    problems += _not_numbers(printed)
    if problems:
        raise InputError(problems)
    return Data(
        schemes,
        tuple(administrations),
        {(t.year, t.administration, t.group): t for t in targets},
        {(s.year, s.administration, s.scheme): s for s in statuses},
        tuple(printed),
        tuple(extracts),
        remarks,
    )


def _not_possible(
    schemes: Mapping[str, Scheme], administrations: Iterable[Administration], statuses: Iterable[Status]
) -> Iterator[Problem]:
    """Say which rows cannot be, whatever the numbers in them."""
    everything: list[Scheme | Administration] = [*schemes.values(), *administrations]
    for named in everything:
        if named.last_year is not None and named.last_year < named.first_year:
            yield _at(named.source, "last_year", "slutter, før det begynder", str(named.last_year))
    only: dict[tuple[int, str], str] = {}
    for status in statuses:
        scheme = schemes[status.scheme]
        if not scheme.existed(status.year):
            message = f"jobordningen {scheme.key} fandtes ikke i {status.year} ifølge {scheme.source}"
            yield _at(status.source, "year", message)
        first = only.setdefault((status.year, scheme.group), scheme.key)
        if scheme.group != "placements" and first != scheme.key:
            message = f"{scheme.group} har kun plads til én jobordning om året, og {first} har allerede tal"
            yield _at(status.source, "scheme", message, scheme.key)
        if status.interval != Interval.exactly(status.status) and status.status.denominator != 1:
            yield _at(status.source, "status", "et tal, der er rundet af til et helt, har ingen decimaler")


def _not_numbers(printed: Iterable[Printed]) -> Iterator[Problem]:
    """Say which printed figures are no numbers; what else was printed is a text."""
    for row in printed:
        parts = row.id.split(".")
        if len(parts) < _PARTS or parts[2] not in {*GROUPS, "total"} or row.printed == danish.NO_TARGET:
            continue
        try:
            fits = 0 <= danish.parse(row.printed) <= _MOST_PRINTED
        except ValueError:
            fits = False
        if not fits:
            yield _at(row.source, "printed", "ikke et tal, som notatet skriver det", row.printed, "1.134 eller 74 pct.")


_PARTS = 4
"""A figure's id has at least as many parts, and its group is the third."""
_MOST_PRINTED = 1_000_000_000


def _at(source: str, column: str, message: str, found: str | None = None, expected: str | None = None) -> Problem:
    """Return a problem with a row that has been read."""
    file, _, line = source.rpartition(":")
    return Problem(file, message, int(line), column, found, expected)


def read_year(project: Project, year: int, comparison_year: int | None = None) -> tuple[Params, Data]:
    """Read all that one year's notat is made from, and check that it hangs together.

    Parameters
    ----------
    year, comparison_year
        The years; a comparison year other than the one in ``params/`` may be asked for.

    Raises
    ------
    InputError
        With all problems at once, those of the year's parameters and of all data files.
    """
    problems: list[Problem] = []
    params: Params | None = None
    data: Data | None = None
    path = project.params / f"{year}.yml"
    try:
        params = read_params(path, project.name(path))
    except InputError as error:
        problems += error.problems
    try:
        data = read_data(project)
    except InputError as error:
        problems += error.problems
    if params is not None and comparison_year is not None:
        if comparison_year >= year:
            problems.append(
                Problem(
                    "--compare",
                    "sammenligningsåret skal ligge før årsstatussens år",
                    found=str(comparison_year),
                )
            )
        params = params.model_copy(update={"comparison_year": comparison_year})
    if params is not None and data is not None:
        problems += _missing(project.name(path), params, data)
    if problems or params is None or data is None:
        raise InputError(problems)
    return params, data


def _missing(file: str, params: Params, data: Data) -> list[Problem]:
    """Say which rows a year's notat needs and does not have."""
    problems = [
        Problem(file, "ukendt jobordning", column="schemes", found=key, hint=near(key, data.schemes))
        for key in params.schemes
        if key not in data.schemes
    ]
    schemes = [data.schemes[key] for key in params.schemes if key in data.schemes]
    problems += [
        Problem(
            file,
            f"jobordningen hører til {scheme.group}, som ikke står i target_groups",
            column="schemes",
            found=scheme.key,
        )
        for scheme in schemes
        if scheme.group not in params.target_groups
    ]
    problems += [
        Problem(file, "måltalsgruppen har ingen jobordning i schemes", column="target_groups", found=group)
        for group in params.target_groups
        if not any(scheme.group == group for scheme in schemes)
    ]
    status, targets = "data/status.csv", "data/targets.csv"
    for code in data.codes():
        problems += [
            Problem(status, "rækken mangler", expected=f"{params.year},{code},{scheme.key},…")
            for scheme in schemes
            if (params.year, code, scheme.key) not in data.statuses
        ]
        problems += [
            Problem(
                targets,
                "rækken mangler",
                expected=f"{params.year},{code},{group},… (tom, hvis der ikke er et måltal)",
            )
            for group in params.target_groups
            if (params.year, code, group) not in data.targets
        ]
        if not any(one.code == code and one.held(params.year) for one in data.administrations):
            problems.append(Problem("data/administrations.csv", f"{code} har intet navn i {params.year}"))
    if not any(one.code == KK and one.held(params.comparison_year) for one in data.administrations):
        problems.append(Problem("data/administrations.csv", f"{KK} har intet navn i {params.comparison_year}"))
    listed = set(params.schemes)
    problems += [
        Problem(
            status,
            f"jobordningen står ikke i schemes i {file}",
            int(row.source.rpartition(":")[2]),
            "scheme",
            row.scheme,
        )
        for row in data.statuses.values()
        if row.year == params.year and row.scheme not in listed
    ]
    if not any(year == params.comparison_year and code == KK for year, code, _ in data.statuses):
        known = [str(year) for year in data.years() if year < params.year]
        problems.append(
            Problem(
                status,
                f"der er ingen tal for sammenligningsåret {params.comparison_year}",
                expected=danish.join(known, "eller") or None,
            )
        )
    elif not any(year == params.comparison_year and code == KK for year, code, _ in data.targets):
        problems.append(Problem(targets, f"der er ingen måltal for sammenligningsåret {params.comparison_year}"))
    return problems
