"""Read the rows of ``data/*.csv`` by the schema; each bad cell is a problem."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from aarsstatus import danish
from aarsstatus.inputs.csvfile import parse
from aarsstatus.inputs.schema import Column, Table
from aarsstatus.problems import Problem, near
from aarsstatus.text import unfit

__all__ = ["Row", "read_rows"]

Known = Mapping[str, Sequence[str]]
"""The values that another table's rows may refer to, by file."""


class Row(NamedTuple):
    """A row's values by column, and where it stands, as ``data/status.csv:12``."""

    values: dict[str, Any]
    at: str


class _CellError(ValueError):
    """A cell that cannot be read; what was expected, and the nearest valid value."""

    def __init__(self, expected: str, hint: str | None = None) -> None:
        super().__init__(expected)
        self.expected, self.hint = expected, hint


def read_rows(table: Table, text: str, known: Known, problems: list[Problem]) -> list[Row]:
    """Read every row of a table.

    Parameters
    ----------
    table, text
        Its schema, and the file's text.
    known
        The values that cells may refer to.
    problems
        Gets what cannot be read.
    """
    numbered, wrong = parse(text, table)
    problems += wrong
    rows: list[Row] = []
    seen: dict[tuple[str, ...], int] = {}
    for line, cells in numbered:
        values: dict[str, Any] = {}
        for column in table.columns:
            cell = cells[column.name]
            try:
                values[column.name] = _value(cell, column, known)
            except _CellError as bad:
                message = "værdien kan ikke bruges"
                problems.append(Problem(table.name, message, line, column.name, cell, bad.expected, bad.hint))
        if len(values) < len(table.columns):
            continue
        key = tuple(cells[column] for column in table.key)
        if table.unique and seen.setdefault(key, line) != line:
            problems.append(Problem(table.name, f"rækken gentager linje {seen[key]}", line, found=" ".join(key)))
            continue
        rows.append(Row(values, f"{table.name}:{line}"))
    return rows


def _value(cell: str, column: Column, known: Known) -> str | int | Fraction | date | None:
    """Return what a cell holds; None where it is empty and may be."""
    if not column.required and not cell.strip():
        return None
    among = known[column.refers_to] if column.refers_to else column.among
    if among and cell not in among:
        raise _CellError(f"{column.expected} ({danish.join(among, 'eller')})", near(cell, among))
    if column.type == "integer":
        return _integer(cell, column)
    if column.type == "number":
        return _number(cell, column)
    return _date(cell, column) if column.type == "date" else _text(cell, column)


def _integer(cell: str, column: Column) -> int:
    if re.fullmatch(r"\d{1,9}", cell, re.ASCII):
        value = int(cell)
        if (column.least is None or column.least <= value) and (column.most is None or value <= column.most):
            return value
    raise _CellError(column.expected)


def _number(cell: str, column: Column) -> Fraction:
    if not re.fullmatch(r"\d{1,8}(\.\d{1,20})?", cell, re.ASCII):
        raise _CellError(column.expected)
    return Fraction(cell)


def _date(cell: str, column: Column) -> date:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise _CellError(column.expected) from None


def _text(cell: str, column: Column) -> str:
    if column.pattern is not None and re.fullmatch(column.pattern, cell) is None:
        raise _CellError(column.expected)
    text = cell.strip()
    why = unfit(text, column.longest, drawn=column.drawn) if text else column.expected
    if why is not None:
        raise _CellError(why)
    return text
