"""Read and validate what people keep in ``params/`` and ``data/``.

All problems of all files are collected and raised at once.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

from aarsstatus.attainment import HOURS_PER_WEEK, Interval, days_of_year
from aarsstatus.files import read_utf8
from aarsstatus.inputs import schema
from aarsstatus.inputs.checks import contradictions, missing_rows
from aarsstatus.inputs.model import Administration, Data, ExtractRow, Printed, Remark, Scheme, Status, Target
from aarsstatus.inputs.params import Params, read_params
from aarsstatus.inputs.tables import Row, read_rows
from aarsstatus.problems import InputError, Problem
from aarsstatus.project import Project

__all__ = ["read_data", "read_year"]


_EXACT_PLACES = 10


def _unrounded(status: Fraction, year: int) -> Fraction:
    """Return the fraction that a status of ten decimals was rounded from.

    Full-year equivalents are days ÷ 365 or 366, times hundredths of hours ÷ 37 where hours count: all fractions with
    one known denominator, far further apart than ten decimals. So the one that rounds to the status is what
    `extracts` computed, and nothing is lost in the file. One that no such fraction rounds to is what it says.
    """
    below = days_of_year(year) * 100 * HOURS_PER_WEEK
    fraction = Fraction(round(status * below), below)
    return fraction if round(fraction * 10**_EXACT_PLACES) == status * 10**_EXACT_PLACES else status


def _status(values: dict[str, Any], at: str) -> Status:
    """Return a status with the interval that its rounding leaves."""
    status = _unrounded(values["status"], values["year"]) if values["rounding"] == "exact" else values["status"]
    interval = Interval.rounded(status) if values["rounding"] == "whole" else Interval.exactly(status)
    same = {column: values[column] for column in ("year", "administration", "scheme", "spells")}
    return Status(**same, status=status, interval=interval, origin=values["source"], source=at)


def read_data(project: Project) -> Data:
    """Read every CSV file in ``data/``.

    Raises
    ------
    InputError
        With all problems of all files.
    """
    return _data(tuple(_text(project, table) for table in schema.TABLES))


def _text(project: Project, table: schema.Table) -> str | tuple[Problem, ...]:
    """Return a file's text, or why it cannot be read."""
    try:
        return read_utf8(project.data / table.file, table.name)
    except InputError as error:
        return error.problems


@lru_cache(maxsize=2)
def _data(files: tuple[str | tuple[Problem, ...], ...]) -> Data:
    """Return what the files hold.

    The same files give the same `Data`, so that what follows from it can be kept.
    """
    problems: list[Problem] = []
    known: dict[str, list[str]] = {}

    def rows(table: schema.Table) -> list[Row]:
        file = files[schema.TABLES.index(table)]
        if isinstance(file, str):
            return read_rows(table, file, known, problems)
        problems.extend(file)
        return []

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
    targets = [Target(**{**values, "source": at}) for values, at in rows(schema.TARGETS)]
    statuses = [_status(values, at) for values, at in rows(schema.STATUS)]
    printed = [Printed(notat=values.pop("source"), **values, source=at) for values, at in rows(schema.PUBLISHED)]
    extracts = [ExtractRow(**{**values, "schemes": values["schemes"] or ""}) for values, _ in rows(schema.EXTRACTS)]
    remarks: dict[int, tuple[Remark, ...]] = {}
    for values, _ in rows(schema.WARNINGS):
        year = values.pop("year")
        remark = Remark(**{**values, "administration": values["administration"] or ""})
        remarks[year] = (*remarks.get(year, ()), remark)
    data = Data(
        schemes,
        tuple(administrations),
        {(one.year, one.administration, one.group): one for one in targets},
        {(one.year, one.administration, one.scheme): one for one in statuses},
        tuple(printed),
        tuple(extracts),
        remarks,
    )
    problems += contradictions(data)
    if problems:
        raise InputError(problems)
    return data


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
            message = "sammenligningsåret skal ligge før årsstatussens år"
            problems.append(Problem("--compare", message, found=str(comparison_year)))
        params = params.compared_with(comparison_year)
    if params is not None and data is not None:
        problems += missing_rows(project.name(path), params, data)
    if problems or params is None or data is None:
        raise InputError(problems)
    return params, data
