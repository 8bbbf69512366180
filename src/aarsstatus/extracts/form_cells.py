"""Read the cells of a filled-in form (`inputs.form`), each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from aarsstatus.extracts.appearance import look_at
from aarsstatus.extracts.sheets import read_sheets
from aarsstatus.files import irregular
from aarsstatus.inputs.form import DATES, HERE, KEY, SOURCE, TARGETS_SHEET, target_header, title
from aarsstatus.problems import InputError, Problem

_MOST_BYTES = 8 << 20
_FIRST_ROWS = 10
"""Rows in which a sheet's header is looked for."""
Row = Mapping[str, tuple[str, object]]
"""A row's cells by the header of their column: where each is, and what it holds."""


def form_rows(path: Path, year: int) -> dict[str, list[Row]]:
    """Return the rows of both sheets; the file must be a form for the year."""
    expected = "det skema, som aarsstatus new har lavet"
    if (why := irregular(path, _MOST_BYTES)) is not None:
        raise InputError(Problem(path.name, why))
    content = path.read_bytes()
    shown = look_at(content)
    if shown.too_large is not None:
        raise InputError(Problem(path.name, shown.too_large, expected=expected))
    sheets = read_sheets(content).rows
    if not sheets or any(name not in shown.sheets for name in sheets):
        raise InputError(Problem(path.name, "filen kan ikke læses som Excel", expected=expected))
    found = {}
    for name, headers in ((DATES, (HERE, KEY)), (TARGETS_SHEET, (target_header(year), SOURCE, KEY))):
        if name not in sheets:
            raise InputError(Problem(path.name, f"arket »{name}« mangler", expected=expected))
        for (row, column), text in shown.sheets[name].cells.items():
            raise InputError(
                Problem(_cell(path.name, name, row - 1, column - 1), "cellen viser ingen værdi", found=text)
            )
        if sheets[name] and (first := str(sheets[name][0][0])) != title(year):
            raise InputError(
                Problem(_cell(path.name, name, 0, 0), "skemaet er ikke årets", None, None, first, title(year))
            )
        found[name] = list(_below_header(path.name, name, sheets[name], headers))
    return found


def _below_header(file: str, sheet: str, rows: Sequence[Sequence[object]], headers: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of a sheet that say where they belong."""
    begin = next((line for line, texts in enumerate(rows[:_FIRST_ROWS]) if set(headers) <= set(texts)), None)
    if begin is None:
        raise InputError(Problem(file, f"overskriften mangler i arket »{sheet}«", expected=", ".join(headers)))
    columns = {header: list(rows[begin]).index(header) for header in headers}
    for line, texts in enumerate(rows[begin + 1 :], start=begin + 1):
        row = {header: (_cell(file, sheet, line, column), texts[column]) for header, column in columns.items()}
        if any(str(value).strip() for _, value in row.values()):
            yield row


def _cell(file: str, sheet: str, row: int, column: int) -> str:
    """Return what a cell is called in messages."""
    return f"{file}, ark »{sheet}«, celle {chr(ord('A') + column)}{row + 1}"


def text_of(value: object) -> str:
    """Return a cell's value as text: whole numbers without decimals, dates as ISO."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    return str(value).strip()
