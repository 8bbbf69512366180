"""A sheet with many rows, put into a workbook that XlsxWriter made without them.

XlsxWriter takes half a second for the hundred thousand cells of a late year's figures, nearly all of which the year
before has as well. Here a row is written once, and wherever it stands it is only given its number. Looks are
XlsxWriter's: it writes a table with one row of empty cells, one for each, and those rows take its place.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from fractions import Fraction
from xml.sax.saxutils import escape

from xlsxwriter.utility import xl_col_to_name

__all__ = ["Cell", "fill", "looks", "row"]

Cell = tuple[str | Fraction | None, str]
"""A text, a number or nothing, with the name of its look."""
_NUMBER = "\0"
"""Stands for the row's number: no text in XML has it."""
_PACKED = 2
"""How hard zlib tries. What repeats itself so much becomes a tenth either way; unasked it takes three times as long."""
_LOOK = re.compile(rb'<c r="[A-Z]+\d+" s="(\d+)"/>')
_LAST_ROW = re.compile(rb'( ref="[A-Z]+\d+:[A-Z]+)\d+')
_CODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def row(cells: Sequence[Cell], numbers: Mapping[str, int]) -> bytes:
    """Return a row of cells, but for its number, as SpreadsheetML in UTF-8.

    Parameters
    ----------
    cells
        From the first column on; Excel takes texts of at most 32,767 signs.
    numbers
        What `looks` found, by the names that the cells have.
    """
    written = "".join(
        f'<c r="{xl_col_to_name(column)}{_NUMBER}" s="{numbers[look]}"{_content(value)}'
        for column, (value, look) in enumerate(cells)
    )
    return f'<row r="{_NUMBER}">{written}</row>'.encode()


def _content(value: str | Fraction | None) -> str:
    """Write what follows the name of a cell: the rest of its tag, and its content."""
    if value is None:
        return "/>"
    if isinstance(value, Fraction):
        exact = str(value.numerator) if value.denominator == 1 else f"{float(value):.16G}"  # as many as Excel holds
        return f"><v>{exact}</v></c>"
    text = escape(_CODED.sub(lambda sign: f"_x{ord(sign[0]):04X}_", value))
    space = ' xml:space="preserve"' if text != text.strip() else ""
    return f' t="inlineStr"><is><t{space}>{text}</t></is></c>'


def looks(book: bytes, sheet: str, names: Sequence[str]) -> dict[str, int]:
    """Return the number that a workbook knows each look by, in a sheet with one row of empty cells that have them."""
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        return dict(zip(names, map(int, _LOOK.findall(parts.read(sheet))), strict=True))


def fill(book: bytes, sheet: str, table: str, first: int, rows: Sequence[bytes]) -> bytes:
    """Return a workbook with rows in the place of the one of empty cells.

    Parameters
    ----------
    book, sheet
        The workbook, and the name of the sheet's part in it.
    table
        The name of the table that has that row.
    first
        The number of that row, counted from 1 as spreadsheets do. None of the numbers that follow are taken.
    rows
        What `row` wrote; one at least.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == sheet:
                begin = content.index(b'<row r="%d"' % first)
                end = content.index(b"</row>", begin) + len(b"</row>")
                mark = _NUMBER.encode()
                numbered = b"".join(one.replace(mark, b"%d" % number) for number, one in enumerate(rows, first))
                content = content[:begin] + numbered + content[end:]
            elif entry.filename.startswith("xl/tables/") and b' name="%s"' % table.encode() in content:
                content = _LAST_ROW.sub(b"\\g<1>%d" % (first + len(rows) - 1), content)
            new.writestr(entry, content, compresslevel=_PACKED)
    return made.getvalue()
