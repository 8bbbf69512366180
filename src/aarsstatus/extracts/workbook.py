"""Read the sheets of an Excel workbook, once it is known to fit in memory.

Calamine unpacks a sheet whole and lays it out as a rectangle, so two cells in opposite corners of an otherwise empty
sheet ask for hundreds of gigabytes, and a zip of a megabyte may hold a gigabyte of blanks. So a workbook is measured
first, by an XML parser that keeps nothing.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import IO
from xml.parsers import expat

import python_calamine as calamine

from aarsstatus.extracts.aliases import Names
from aarsstatus.extracts.refusals import Refusals
from aarsstatus.extracts.table import MOST_ROWS, Block, Cells, Table, find_header, text_frame
from aarsstatus.privacy import mask

__all__ = ["open_workbook", "too_large"]

MOST_UNPACKED = 400 << 20
"""Bytes of XML: a full sheet of a million rows and six columns has about 300 MB."""
MOST_CELLS = 8_000_000
"""Cells of a sheet's rectangle; each takes some tens of bytes in calamine and as many in Python."""
_BLOCK = 200_000
_PIECE = 1 << 20
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.IGNORECASE)

Row = Sequence[object]


def open_workbook(content: bytes, label: str, names: Names, refusals: Refusals, notes: list[str]) -> list[Table]:
    """Return the sheets of a workbook that hold a table, and note the others.

    Parameters
    ----------
    content, label
        The file's bytes, and what it is called in messages.
    names
        What columns may be called.
    refusals, notes
        Added to; nothing is returned where the file cannot be read.
    """
    why = too_large(content)
    if why is not None:
        refusals.file(label, why, expected="et mindre udtræk, eller det samme gemt som CSV")
        return []
    try:
        sheets, hidden = _visible_sheets(content)
    except calamine.PasswordError:
        refusals.file(label, "filen er låst med en adgangskode", expected="et udtræk uden adgangskode")
        return []
    except Exception:  # whatever calamine says may quote the file
        refusals.file(label, "filen kan ikke læses som Excel", expected="en fil gemt som .xlsx i Excel")
        return []
    if hidden:
        notes.append(f"{label}: skjulte ark er ikke læst: {', '.join(map(mask, hidden))}")
    filled = {name: rows for name, rows in sheets.items() if any(map(_filled, rows))}
    if not filled:
        refusals.file(label, "filen er tom", expected="en overskrift og mindst én række")
    tables: list[Table] = [
        _Sheet(label if len(filled) == 1 else f"{label}, ark »{mask(name)}«", name, rows, names)
        for name, rows in filled.items()
    ]
    found = [table for table in tables if table.header]
    notes += [
        f"{table.label}: ikke læst, for det har ingen overskrift" for table in tables if found and not table.header
    ]
    return found or tables[:1]


def _visible_sheets(content: bytes) -> tuple[Mapping[str, list[Row]], list[str]]:
    """Return the rows of every visible sheet, and the names of hidden ones."""
    book = calamine.load_workbook(io.BytesIO(content))
    worksheets = [sheet for sheet in book.sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet]
    shown = [sheet.name for sheet in worksheets if sheet.visible == calamine.SheetVisibleEnum.Visible]
    hidden = [sheet.name for sheet in worksheets if sheet.name not in shown]
    return {name: list(book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in shown}, hidden


class _Sheet:
    """Read one sheet of a workbook."""

    def __init__(self, label: str, name: str, rows: Sequence[Row], names: Names) -> None:
        self.label, self.name = label, name
        last = max(number for number, cells in enumerate(rows, start=1) if _filled(cells))
        self._rows = rows[:last]
        self.head: Sequence[Cells] = [[_as_text(cell) for cell in cells] for cells in rows[:MOST_ROWS]]
        self.header = find_header(self.head, names)

    def blocks(self) -> Iterator[Block]:
        """Yield the rows below the header."""
        assert self.header is not None
        begin, width = self.header.row, len(self.header.texts)
        for first in range(begin, max(len(self._rows), begin + 1), _BLOCK):
            rows = self._rows[first : first + _BLOCK]
            frame = text_frame([[_as_text(cell) for cell in cells] for cells in rows], width)
            yield Block(frame, first + 1, last=first + _BLOCK >= len(self._rows))


def _filled(cells: Row) -> bool:
    """Return whether a row has anything in it."""
    return any(cell is not None and str(cell).strip() for cell in cells)


def _as_text(cell: object) -> str:
    """Write an Excel cell as a Danish CSV file would have it; dates as ISO."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell).replace(".", ",")
    return "" if cell is None else str(cell)


# -- how large it would be ------------------------------------------------------------------------------------


def too_large(content: bytes) -> str | None:
    """Say why a workbook is too large to be opened, if it is.

    Calamine says of one that is no zip.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(entry.file_size for entry in parts.infolist() if not entry.filename.startswith("xl/media/")) > (
                MOST_UNPACKED
            ):
                return f"filen fylder mere end {MOST_UNPACKED >> 20} MB, når den pakkes ud"
            for entry in parts.infolist():
                with parts.open(entry) as part:
                    if not _Measured().fits(part):
                        return f"et ark spænder over mere end {MOST_CELLS // 1_000_000} millioner celler"
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return None
    return None


class _Measured:
    """Measure the rectangle that the cells of a sheet span.

    A cell says where it stands, or is the next one.
    """

    def __init__(self) -> None:
        self.rows = self.columns = self._row = self._column = 0

    def fits(self, part: IO[bytes]) -> bool:
        """Return whether a part of a workbook spans no more than can be read."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._element
        try:
            while piece := part.read(_PIECE):
                parser.Parse(piece)
                if self.rows * self.columns > MOST_CELLS:
                    return False
        except expat.ExpatError:  # a picture, or no sheet that can be read
            pass
        return True

    def _element(self, name: str, attributes: Mapping[str, str]) -> None:
        """See what an element adds."""
        kind = name.rpartition(" ")[2]
        if kind == "row":
            self._row, self._column = self._row + 1, 0
        elif kind == "c":
            self._column += 1
            if "r" in attributes:
                self._row, self._column = _place(attributes["r"])
            self.columns = max(self.columns, self._column)
        self.rows = max(self.rows, self._row)


def _place(text: str) -> tuple[int, int]:
    """Return the row and column of a place such as ``B7``.

    A place that no sheet has is too far away.
    """
    match = _PLACE.fullmatch(text)
    return (MOST_CELLS, 2) if match is None else (int(match[2]), _column(match[1].upper()))


@cache
def _column(letters: str) -> int:
    """Return the number of a column, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
