"""Read the sheets of an Excel workbook that fits in memory, as a person sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from aarsstatus.extracts.outcome import EXCHANGED, Refusals, rows_shown
from aarsstatus.extracts.sheets import read_book
from aarsstatus.extracts.shown import Book, Row, Seen, Shown
from aarsstatus.extracts.table import MOST_ROWS, Block, Cells, Table, find_header, text_frame
from aarsstatus.inputs.aliases import Names
from aarsstatus.privacy import mask

_BLOCK = 200_000
_DAYS_TO_1904 = 1462
_ENOUGH_DAYS, _MONTHS = 3, 12
_DAY_FIRST = re.compile(r"\s*(\d{1,2})[-./]\d{1,2}[-./]\d{4}")
_SET_ASIDE = re.compile(
    r"\b(?:gam(?:le?|melt?)|test|arkiv|eksemp|backup|sidste år|fejl|ikke|frasorter|ret(?:tes|telser)|udkast|kladde|"
    r"tidligere|old|uden for|udenfor|andre|ekstern|slet|histori|dubl|kopi)|\(\d\)$"
)
"""What the name of a sheet begins with, beside another, that is no part of an extract."""
_MOST_NAMED = 5
_ROUNDED = 10**15
"""Excel keeps fifteen digits: of a longer number the rest is lost, so it is written as Excel would, 1,2E+17."""


def open_workbook(content: bytes, label: str, names: Names, hidden: str | None, refusals: Refusals) -> list[Table]:
    """Return the sheets of a workbook that hold a table, and note the others.

    `label` is what the file is called in messages; `hidden` says whether hidden rows are read (``with`` or
    ``without``), if somebody said it. Nothing is returned where the file cannot be read.
    """
    book = read_book(content)
    if book.unfit is not None:
        message, expected = book.unfit
        refusals.file(label, message, expected=expected)
        return []
    if book.hidden:
        refusals.note(label, f"skjulte ark er ikke læst: {', '.join(map(mask, book.hidden))}")
    if book.remarks:
        cells = ", ".join(sorted(book.remarks)[:_MOST_NAMED])
        refusals.note(label, f"bemærkninger til celler er ikke læst (fx {cells}); se efter, om en række ikke skal med")
    filled = {name: rows for name, rows in book.rows.items() if any(map(_filled, rows)) or book.sheets[name].cells}
    if not filled:
        refusals.file(label, "filen er tom", expected="en overskrift og mindst én række")
    tables = [
        _Sheet(label if len(filled) == 1 else f"{label}, ark »{mask(name)}«", name, rows, names, book, hidden)
        for name, rows in filled.items()
    ]
    found = [table for table in tables if table.header]
    for table in found:
        _tell_hidden(table, hidden, refusals)
        if len(found) > 1 and (said := _SET_ASIDE.search(table.name.casefold())):
            refusals.file(
                table.label, "arkets navn siger, at det ikke hører til udtrækket", found=said[0],
                expected="at arket er slettet eller skjult (højreklik på dets navn → Skjul); skal det tælle med, så "
                "giv det et andet navn",
            )  # fmt: skip
    refusals.notes += [
        f"{table.label}: ikke læst, for det har ingen overskrift" for table in tables if found and not table.header
    ]
    return [*(found or tables[:1])]


def _tell_hidden(table: _Sheet, hidden: str | None, refusals: Refusals) -> None:
    """Refuse a table with hidden rows, unless somebody said what to do with them."""
    if table.hidden_rows and hidden is None:
        are = "er skjult i Excel, med et filter eller i hånden"
        refusals.file(
            table.label, f"{rows_shown(table.hidden_rows)} {are}",
            expected="alle rækker synlige (Data → Ryd; marker arket, højreklik på et rækkenummer → Vis), eller "
            "--hidden with, hvis de skal tælle med, eller --hidden without, hvis de ikke skal",
        )  # fmt: skip
    if table.is_exchanged():
        refusals.file(table.label, EXCHANGED, expected="datoer som 31-12-2026 i hele kolonnen")
    if table.is_conditional:
        refusals.file(
            table.label, "arket har en betinget formatering, som kan skjule celler eller strege dem over",
            expected="et ark uden; se efter, hvilke rækker den er om, og fjern den (Hjem → Betinget formatering → Ryd)",
        )  # fmt: skip


class _Sheet:
    """Read one sheet of a workbook.

    `hidden_rows` are the numbers of those below the header that have something in them. A sheet `is_conditional` of
    which a condition may hide cells.
    """

    def __init__(self, label: str, name: str, rows: list[Row], names: Names, book: Book, hidden: str | None) -> None:
        self.label, self.name = label, name
        shown = book.sheets[name]
        for (row, column), text in shown.cells.items():
            if text != Seen.INVISIBLE:
                _put(rows, row, column, text)
        last = max(number for number, cells in enumerate(rows, start=1) if _filled(cells))
        self._rows, self._is_1904 = rows[:last], book.is_1904
        self.head: Sequence[Cells] = [[as_text(cell) for cell in cells] for cells in rows[:MOST_ROWS]]
        self.header = find_header(self.head, names, frozenset(column - 1 for column in shown.hidden_columns))
        self.hidden_rows: list[int] = []
        self.is_conditional = False
        if self.header is not None:
            for (row, column), text in shown.cells.items():  # a header may be white on something dark
                if text == Seen.INVISIBLE and self.header.row < row <= last:
                    _put(rows, row, column, text)
            self.is_conditional = any(place + 1 in shown.conditional for place in self.header.columns.values())
            _fill_merged(self._rows, shown, self.header.row)
            below = range(self.header.row + 1, last + 1)
            self.hidden_rows = [row for row in sorted(shown.hidden_rows) if row in below and _filled(rows[row - 1])]
        if hidden == "without":
            for row in self.hidden_rows:
                self._rows[row - 1] = []

    def blocks(self) -> Iterator[Block]:
        """Yield the rows below the header."""
        assert self.header is not None
        begin, width = self.header.row, len(self.header.texts)
        for first in range(begin, max(len(self._rows), begin + 1), _BLOCK):
            rows = [self._texts(cells) for cells in self._rows[first : first + _BLOCK]]
            yield Block(text_frame(rows, width), first + 1, last=first + _BLOCK >= len(self._rows))

    def is_exchanged(self) -> bool:
        """Return whether Excel took days for months wherever there is such a month.

        As an American Excel does with Danish dates: those of which it could not do so are text.
        """
        assert self.header is not None
        for place in (self.header.columns.get(name, MOST_ROWS) for name in ("start", "end")):
            cells = [row[place] for row in self._rows[self.header.row :] if place < len(row)]
            days = [cell.day for cell in cells if isinstance(cell, date)]
            texts = [int(match[1]) for cell in cells if (match := _DAY_FIRST.match(str(cell)))]
            if len(days) >= _ENOUGH_DAYS and max(days) <= _MONTHS < min(texts, default=0):
                return True
        return False

    def _texts(self, cells: Row) -> list[str]:
        """Write a row's cells, in a 1904 workbook also the days that have no format."""
        texts = [as_text(cell) for cell in cells]
        if self._is_1904 and self.header is not None:
            for place in (self.header.columns.get(name, len(cells)) for name in ("start", "end")):
                if place < len(cells) and isinstance(day := cells[place], int | float):
                    texts[place] = as_text(day + _DAYS_TO_1904)
        return texts


def _fill_merged(rows: list[Row], shown: Shown, header: int) -> None:
    """Give the cells below the header the text of the merge that they are part of.

    A row that has nothing of its own is the rest of a tall one. A text merged over several columns is a remark where
    it stands alone; else nothing says which column it is of.
    """
    filled = {row for row, cells in enumerate(rows, start=1) if _filled(cells)}
    for top, left, below, right in shown.merged:
        value = rows[top - 1][left - 1] if top <= len(rows) and left <= len(rows[top - 1]) else ""
        for row in filled.intersection(range(max(top, header + 1), min(below, len(rows)) + 1)):
            others = [cell for place, cell in enumerate(rows[row - 1], start=1) if not left <= place <= right]
            if top <= header:
                _put(rows, row, left, Seen.MERGED)
            elif not _filled([value]) or (right > left and not _filled(others)):
                continue
            else:
                _put(rows, row, left, value)
                for column in range(left + 1, min(right, len(rows[row - 1])) + 1):
                    _put(rows, row, column, Seen.MERGED)


def _put(rows: list[Row], row: int, column: int, value: object) -> None:
    """Put something in a cell, which may be beyond those that were read."""
    rows += [[] for _ in range(row - len(rows))]
    cells = rows[row - 1]
    cells += [""] * (column - len(cells))
    cells[column - 1] = value


def _filled(cells: Sequence[object]) -> bool:
    """Return whether a row has anything in it."""
    return any(cell is not None and str(cell).strip() for cell in cells)


def as_text(cell: object) -> str:
    """Write an Excel cell as a Danish CSV file would have it; dates as ISO."""
    if isinstance(cell, str):  # nearly all are
        return cell
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _ROUNDED else repr(cell).replace(".", ",")
    return "" if cell is None else str(cell)
