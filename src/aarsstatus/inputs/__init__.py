"""Read and validate what people keep in ``params/`` and ``data/``.

All problems of all files are collected and raised at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from aarsstatus import danish
from aarsstatus.attainment import HOURS_PER_WEEK, days_of_year, printed_interval, weekdays_of_year
from aarsstatus.files import read_utf8
from aarsstatus.inputs import schema
from aarsstatus.inputs.checks import contradictions, lacking_rows, missing_rows
from aarsstatus.inputs.csvfile import parse
from aarsstatus.inputs.model import Administration, Data, ExtractRow, Group, Printed, Remark, Scheme, Status, Target
from aarsstatus.inputs.params import Params, read_params
from aarsstatus.interval import Interval
from aarsstatus.problems import MOST_TOLD, InputError, Problem, near
from aarsstatus.project import Project
from aarsstatus.text import unfit

_EXACT_PLACES = 10
_MOST_WRONG = 1_000
"""Bad cells of a file, after which the rest of it is not read: it is no file of ours."""
GROUPS_BEFORE = Path(__file__).with_name("groups.csv")
"""The target groups of a project from before ``data/groups.csv`` was there."""
REPLACED = "-erstattet-"
"""Parts a notat's name from the number of the correction that replaced it, in ``published.csv``."""


def read_year(
    project: Project, year: int, comparison_year: int | None = None, *, as_issued: bool = False
) -> tuple[Params, Data]:
    """Read all that one year's notat is made from, and check that it hangs together.

    Another comparison year may be asked for than the one in ``params/``. `as_issued` reads a published year as
    `publish` kept it, whatever ``data/`` says now.

    Raises
    ------
    InputError
        With all problems at once, those of the year's parameters and of all data files.
    """
    problems: list[Problem] = []
    params, data, kept = None, None, ""
    try:
        params = read_params(project, year)
        kept = kept_for(project, params) if as_issued else ""
    except InputError as error:
        problems += error.problems
    try:
        data = read_data(project, kept)
    except InputError as error:
        problems += error.problems
    if params is not None and comparison_year is not None:
        if comparison_year >= year:
            message = "sammenligningsåret skal ligge før årsstatussens år"
            problems.append(Problem("--compare", message, found=str(comparison_year)))
        params = params.compared_with(comparison_year)
    if params is not None and data is not None:
        problems += missing_rows(project.name(project.params_of(year)), params, data)
        problems += [] if kept else _lacking_before(project, params, data)
    if problems or params is None or data is None:
        raise InputError(problems)
    return params, data


def _lacking_before(project: Project, params: Params, data: Data) -> list[Problem]:
    """Return what the comparison year lacks by its own parameters, if it has any."""
    if params.comparison_year is None:
        return []
    try:
        before = read_params(project, params.comparison_year)
    except InputError:  # that year has none, or what is wrong with them is told when it is made
        return []
    return list(lacking_rows(project.name(project.params_of(before.year)), before, data))


def kept_for(project: Project, params: Params) -> str:
    """Return the folder in ``data/`` that `publish` kept a year's data in, or nothing."""
    name = f"notat-{params.year}"
    kept = params.published is not None and params.notat == name and (project.data / name).is_dir()
    return name if kept else ""


def read_data(project: Project, kept: str = "") -> Data:
    """Read every CSV file in ``data/``, or in a folder there that `publish` kept.

    Raises
    ------
    InputError
        With all problems of all files.
    """
    tables = tuple(replace(table, file=f"{kept}/{table.file}") if kept else table for table in schema.TABLES)
    return _data(tables, tuple(_text_of(project.data, table) for table in tables))


def _text_of(folder: Path, table: schema.Table) -> str | tuple[Problem, ...]:
    """Return a table's text, or why it cannot be read."""
    path = folder / table.file
    if table.name.endswith(f"/{schema.GROUPS.file}") and not path.exists():
        path = GROUPS_BEFORE
    try:
        return read_utf8(path, table.name)
    except InputError as error:
        return tuple(error.problems)


@lru_cache(maxsize=4)  # a build reads the same data more than once
def _data(tables: tuple[schema.Table, ...], texts: tuple[str | tuple[Problem, ...], ...]) -> Data:
    """Return what is in the texts of some tables."""
    rows = _Rows(dict(zip(schema.TABLES, zip(tables, texts, strict=True), strict=True)))
    groups = {
        values["group"]: Group(key=values.pop("group"), **values, source=at)
        for values, at in rows.of(schema.GROUPS, some=True)
    }
    rows.known[schema.GROUPS.file] = list(groups)
    schemes = {
        values["scheme"]: Scheme(key=values.pop("scheme"), **values, source=at)
        for values, at in rows.of(schema.SCHEMES, some=True)
    }
    administrations = [
        Administration(
            code=values.pop("administration"), successors=tuple(values.pop("successor").split()), **values, source=at
        )
        for values, at in rows.of(schema.ADMINISTRATIONS, some=True)
    ]
    if rows.problems:
        raise InputError(rows.problems)
    rows.known[schema.SCHEMES.file] = list(schemes)
    administrations.sort(key=lambda one: one.code != schema.KK)  # the city leads, also once Excel sorted the file
    rows.known[schema.ADMINISTRATIONS.file] = list(dict.fromkeys(one.code for one in administrations))
    targets = [Target(**{**values, "source": at, "origin": values["source"]}) for values, at in rows.of(schema.TARGETS)]
    statuses = [_status(values, at, schemes) for values, at in rows.of(schema.STATUS)]
    printed = [Printed(notat=values.pop("source"), **values, source=at) for values, at in rows.of(schema.PUBLISHED)]
    extracts = [ExtractRow(**values) for values, _ in rows.of(schema.EXTRACTS)]
    remarks: dict[int, tuple[Remark, ...]] = {}
    for values, _ in rows.of(schema.WARNINGS):
        year = values.pop("year")
        remarks[year] = (*remarks.get(year, ()), Remark(**values))
    data = Data(
        schemes,
        tuple(administrations),
        {(one.year, one.administration, one.group): one for one in targets},
        {(one.year, one.administration, one.scheme): one for one in statuses},
        tuple(one for one in printed if REPLACED not in one.notat),
        tuple(extracts),
        remarks,
        tuple(one for one in printed if REPLACED in one.notat),
        groups,
    )
    if problems := [*rows.problems, *contradictions(data)]:
        raise InputError(problems)
    return data


class _CellError(ValueError):
    """Refuse a cell: what was expected, and the valid values where they are few."""

    def __init__(self, expected: str, among: Sequence[str] = ()) -> None:
        super().__init__(expected)
        self.expected, self.among = expected, among


class _Rows:
    """Read the rows of tables by the schema; each bad cell is one of the `problems`."""

    def __init__(self, files: Mapping[schema.Table, tuple[schema.Table, str | tuple[Problem, ...]]]) -> None:
        self._files = files
        self.known: dict[str, Sequence[str]] = {}
        """The values that another table's rows may refer to, by file."""
        self.problems: list[Problem] = []

    def of(self, table: schema.Table, *, some: bool = False) -> list[tuple[dict[str, Any], str]]:
        """Return each row's values by column, and its place: ``data/status.csv:12``.

        `some` says that other tables refer to its rows, so that there must be one.
        """
        table, text = self._files[table]
        if not isinstance(text, str):
            self.problems += text
            return []
        numbered, wrong = parse(text, table)
        self.problems += wrong
        if some and not numbered and not wrong:
            message = "der er ingen rækker under overskriften"
            self.problems.append(Problem(table.name, message, expected="mindst én række"))
        rows = []
        seen: dict[tuple[str, ...], int] = {}
        before = len(self.problems)
        for line, cells in numbered:
            if len(self.problems) - before > _MOST_WRONG:
                self.problems.append(Problem(table.name, "der er så mange fejl, at resten af filen ikke er læst", line))
                break
            key = tuple(cells[column] for column in table.key)
            values = self._values(table, line, cells)
            if len(values) < len(table.columns):
                continue
            if table.unique and seen.setdefault(key, line) != line:
                again = f"rækken gentager linje {seen[key]}"
                self.problems.append(Problem(table.name, again, line, found=" ".join(key)))
                continue
            rows.append((values, f"{table.name}:{line}"))
        return rows

    def _values(self, table: schema.Table, line: int, cells: Mapping[str, str]) -> dict[str, Any]:
        """Return the values of the cells that can be read."""
        values: dict[str, Any] = {}
        for column in table.columns:
            cell = cells[column.name]
            try:
                values[column.name] = _value(cell, column, self.known)
            except _CellError as bad:
                # Finding the nearest takes a while, and nobody is told of more problems than this.
                hint = near(cell, bad.among) if len(self.problems) < MOST_TOLD else None
                message = "værdien kan ikke bruges"
                self.problems.append(Problem(table.name, message, line, column.name, cell, bad.expected, hint))
        return values


_READ: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "integer": (r"0|[1-9]\d{0,8}", int),  # 02026 would be another row of 2026
    "number": (r"\d{1,8}(\.\d{1,20})?", Fraction),
    "date": (".+", date.fromisoformat),
    "string": ("(?s:.+)", str.strip),
}
"""How a cell is written, and read, by the type of its column."""


def _value(cell: str, column: schema.Column, known: Mapping[str, Sequence[str]]) -> Any:  # noqa: ANN401 - as _READ
    """Return what a cell holds; an empty text, or None, where it is empty and may be."""
    if not column.required and not cell.strip():
        return "" if column.type == "string" else None
    among = known[column.refers_to] if column.refers_to else column.among
    if among and cell not in among:
        raise _CellError(f"{column.expected} ({danish.join(among, 'eller')})", among)
    written, read = _READ[column.type]
    if re.fullmatch(column.pattern or written, cell, 0 if column.pattern else re.ASCII) is None:
        raise _CellError(column.expected)
    try:
        value = read(cell)
    except ValueError:
        raise _CellError(column.expected) from None
    if isinstance(value, str) and (
        why := unfit(value, column.longest, drawn=column.drawn) if value else column.expected
    ):
        raise _CellError(why)
    if isinstance(value, int) and not (column.least or 0) <= value <= (column.most or value):
        raise _CellError(column.expected)
    return value


def _unrounded(status: Fraction, year: int, counting: str) -> Fraction:
    """Return the fraction that a status of ten decimals was rounded from.

    Full-year equivalents are days ÷ 365 or 366, times hundredths of hours ÷ 37 where hours count: all fractions with
    one known denominator, far further apart than ten decimals. So the one that rounds to the status is what
    `extracts` computed, and nothing is lost in the file. One that no such fraction rounds to is what it says.
    """
    days = weekdays_of_year(year) if counting == "weekdays" else days_of_year(year)
    below = days * 100 * HOURS_PER_WEEK
    fraction = Fraction(round(status * below), below)
    return fraction if round(fraction * 10**_EXACT_PLACES) == status * 10**_EXACT_PLACES else status


def _status(values: dict[str, Any], at: str, schemes: Mapping[str, Scheme]) -> Status:
    """Return a status with the interval that its rounding leaves."""
    status = values["status"]
    if values["rounding"] == "exact":
        status = _unrounded(status, values["year"], schemes[values["scheme"]].counting)
    same = {column: values[column] for column in ("year", "administration", "scheme", "spells")}
    interval = Interval.exactly(status)
    if values["rounding"] == "whole":
        interval = printed_interval(status, same["spells"], same["year"], schemes[same["scheme"]].counting)
    return Status(**same, status=status, interval=interval, origin=values["source"], source=at)
