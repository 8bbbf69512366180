"""Write a workbook that Excel, LibreOffice and a screen reader can use.

One table a sheet, each a real Excel table with a header row that stays in view and repeats in print. Numbers are
numbers, in Danish formats, and nothing is ever a formula. The bytes depend on what is in it alone.
"""

from __future__ import annotations

import io
import textwrap
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

import xlsxwriter

from aarsstatus.release.archive import pack
from aarsstatus.text import FORMULA

WHOLE = "#,##0"
"""How Excel writes a whole number with thousands apart."""
_TITLE, _HEADER, _BODY = 0, 2, 3
"""The rows of a table's title, header and first line."""
_INK, _MUTED, _ACCENT, _BAND, _LINE = "#1B1F27", "#4A5363", "#0B2A5B", "#E9EEF6", "#C3CCDA"
_COVER_WIDTHS = (18, 100)
_LINE_HEIGHT = 15
"""Points."""
_RUNS_AS_FORMULA = (*FORMULA, "\t", "\r")


@dataclass(frozen=True, slots=True)
class Number:
    """Hold a number in a cell, or none where one could be, with its Excel format."""

    value: Fraction | float | None
    look: str = WHOLE


@dataclass(frozen=True, slots=True)
class Sheet:
    """Hold a sheet with one table: its name, title, header, cells and notes.

    `wide` is how many characters each column takes, `right` are the columns of numbers, `totals` the rows that sum up
    others. A list has one number a row, can be sorted and filtered, has its note above it so that nothing but numbers
    stands in a column, and is printed without its first column and what follows its first `printed`.
    """

    name: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str | Number, ...], ...]
    notes: tuple[str, ...]
    wide: tuple[int, ...]
    right: tuple[str, ...] = ()
    totals: frozenset[int] = frozenset()
    is_list: bool = False
    printed: int = 0


@dataclass(frozen=True, slots=True)
class Cover:
    """Hold the text of the cover sheet, and the document's properties."""

    title: str
    author: str
    source: str
    created: datetime
    facts: tuple[tuple[str, str], ...]


def workbook(sheets: Sequence[Sheet], cover: Cover) -> bytes:
    """Return a workbook of some sheets with a cover before them.

    The same sheets give the same bytes: the parts are zipped anew without a time or the name of a system, and the
    properties carry the cover's date and never the clock's.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties(
        {
            "title": cover.title, "author": cover.author, "subject": cover.source,
            "company": cover.source.partition(", ")[0], "created": cover.created,
            "keywords": "årsstatus, særlige jobordninger, måltal",
        }
    )  # fmt: skip
    book.set_custom_property("Language", "da-DK")
    pen = _Pen(book)
    pen.cover(cover, sheets)
    for number, sheet in enumerate(sheets, start=1):
        pen.sheet(sheet, f"Tabel_{number}")
    book.close()
    with zipfile.ZipFile(buffer) as parts:
        return pack({name: parts.read(name) for name in parts.namelist()})


class _Pen:
    """Write sheets, with each format made once."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401 - XlsxWriter is untyped
        self.book = book
        self._formats: dict[tuple[tuple[str, object], ...], Any] = {}

    def look(self, **values: object) -> Any:  # noqa: ANN401
        """Return a format."""
        key = tuple(values.items())
        if key not in self._formats:
            common = {"font_name": "Open Sans", "font_size": 10, "font_color": _INK, "valign": "top"}
            self._formats[key] = self.book.add_format(common | values)
        return self._formats[key]

    def text(self, page: Any, row: int, column: int, text: str, **look: object) -> None:  # noqa: ANN401
        """Write a text as a text, whatever it begins with."""
        if text.startswith(_RUNS_AS_FORMULA):
            look["quote_prefix"] = True  # it stays a text when somebody edits the cell
        page.write_string(row, column, text, self.look(**look))

    def cover(self, cover: Cover, sheets: Sequence[Sheet]) -> None:
        """Write the cover: title, facts, and a list of the sheets that leads to them."""
        page = self._new("Forside", _COVER_WIDTHS, cover.title, font_size=16)
        rows = [("Om tallene", "Oplysning"), *cover.facts]
        self._pairs(page, 2, "Om_tallene", rows)
        start = 2 + len(rows) + 1
        self._pairs(page, start, "Indhold", [("Ark", "Indhold"), *((sheet.name, sheet.title) for sheet in sheets)])
        for offset, sheet in enumerate(sheets, start=1):
            link = self.look(font_color=_ACCENT, underline=1)
            page.write_url(start + offset, 0, f"internal:'{sheet.name}'!A1", link, sheet.name)

    def _pairs(self, page: Any, start: int, name: str, rows: Sequence[tuple[str, str]]) -> None:  # noqa: ANN401
        """Write a table of two columns of text."""
        self._table(page, start, name, rows[0], len(rows) - 1)
        for offset, (what, said) in enumerate(rows[1:], start=1):
            self.text(page, start + offset, 0, what, bold=True)
            self.text(page, start + offset, 1, said, text_wrap=True)
            self._raise(page, start + offset, (said,), _COVER_WIDTHS[1:])

    def sheet(self, sheet: Sheet, name: str) -> None:
        """Write a sheet: title, how to read it, the table, its notes."""
        page = self._new(sheet.name, sheet.wide, sheet.title, font_size=13)
        page.set_landscape()
        below = () if sheet.is_list else sheet.notes
        told = "Noterne står under tabellen." if below else " ".join(sheet.notes)
        self.text(page, _TITLE + 1, 0, f"{told} Kilde og enheder står i arket Forside.", font_color=_MUTED)
        self._table(page, _HEADER, name, sheet.header, len(sheet.rows), sheet.right, is_list=sheet.is_list)
        self._raise(page, _HEADER, sheet.header, sheet.wide)
        for row, cells in enumerate(sheet.rows, start=_BODY):
            for column, cell in enumerate(cells):
                self._cell(page, row, column, cell, is_list=sheet.is_list, bold=row - _BODY in sheet.totals)
            if not sheet.is_list:
                self._raise(page, row, (str(cells[0]),), sheet.wide)
        last = _HEADER + len(sheet.rows)
        if sheet.is_list:
            # What the notat shows is a text here, and Excel would mark each as a number that was written wrong.
            wrong = xlsxwriter.utility.xl_range(_BODY, 0, last, len(sheet.header) - 1)
            page.ignore_errors({"number_stored_as_text": wrong})
            page.set_header(f"&L{sheet.title}")
            page.print_area(_HEADER, 1, last, (sheet.printed or len(sheet.header)) - 1)
        page.freeze_panes(_BODY, 1)
        page.repeat_rows(_HEADER)
        for row, note in enumerate(below, start=last + 2):
            self.text(page, row, 0, note, text_wrap=True)
            self._raise(page, row, (note,), sheet.wide)

    def _new(self, name: str, widths: Sequence[int], title: str, font_size: int) -> Any:  # noqa: ANN401
        """Return a new sheet with its title, set up for the screen and for A4."""
        page = self.book.add_worksheet(name)
        page.hide_gridlines(2)
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.set_footer("&L&F&C&A&RSide &P af &N")
        for column, width in enumerate(widths):
            page.set_column(column, column, width)
        self.text(page, _TITLE, 0, title, bold=True, font_size=font_size, font_color=_ACCENT)
        return page

    def _cell(
        self, page: Any, row: int, column: int, cell: str | Number, *, is_list: bool, bold: bool,  # noqa: ANN401
    ) -> None:  # fmt: skip
        """Write a cell of a table; one without content has its line below all the same."""
        line: dict[str, object] = {"bottom": 1, "bottom_color": _LINE, "bold": bold}
        if isinstance(cell, Number):
            look = self.look(num_format=cell.look, align="right", **line)
            if cell.value is None:
                page.write_blank(row, column, None, look)
            else:
                page.write_number(row, column, float(cell.value), look)
            return
        align: dict[str, object] = {"align": "left", "text_wrap": True} if column == 0 else {"align": "right"}
        if is_list:
            align = {"align": "left", "indent": 1}  # a number may end where a text begins
        if cell:
            self.text(page, row, column, cell, **align, **line)
        else:
            page.write_blank(row, column, None, self.look(**align, **line))

    def _raise(self, page: Any, row: int, texts: Sequence[str], widths: Sequence[int]) -> None:  # noqa: ANN401
        """Make a row as high as its texts need; LibreOffice does not do so by itself."""
        cells = zip(texts, widths, strict=False)
        # A width is counted in digits, and a letter is narrower as a rule.
        lines = max(len(textwrap.wrap(text, wide + wide // 6, break_long_words=False)) for text, wide in cells)
        if lines > 1:
            page.set_row(row, lines * _LINE_HEIGHT)

    def _table(
        self, page: Any, row: int, name: str, header: Sequence[str], lines: int, right: Sequence[str] = (),  # noqa: ANN401
        *, is_list: bool = False,
    ) -> None:  # fmt: skip
        """Make a range a table that spreadsheets and screen readers know as one.

        `right` are the columns of numbers.
        """
        look = {"bold": True, "font_color": _ACCENT, "bg_color": _BAND, "text_wrap": True, "valign": "bottom",
                "bottom": 2, "bottom_color": _ACCENT}  # fmt: skip
        columns = []
        for text in header:
            side = {"align": "right"} if text in right else {"align": "left", "indent": int(is_list)}
            columns.append({"header": text, "header_format": self.look(**look, **side)})
        options = {"name": name, "style": None, "autofilter": is_list, "columns": columns}
        page.add_table(row, 0, row + lines, len(header) - 1, options)
