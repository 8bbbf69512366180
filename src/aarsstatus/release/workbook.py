"""``tabeller.xlsx``: the notat's tables and all figures as a workbook that a spreadsheet and a screen reader can use.

One table a sheet, each a real Excel table with a header row that stays in view and repeats in print, and no merged
cell: a number that spans rows in the notat stands in the first of them, and the others say so. Numbers are numbers,
as the notat shows them, in Danish formats; the sheet ``Tal`` has them unrounded. Nothing is ever a formula. The
bytes depend on what is in it alone.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from aarsstatus import danish
from aarsstatus.figures.table import PERCENTAGES, Figure, Figures, Part
from aarsstatus.figures.words import GROUPS, MEASURES, VERDICTS, unit
from aarsstatus.inputs.data import KK
from aarsstatus.markdown import read_back
from aarsstatus.release import longsheet
from aarsstatus.report.html_table import Cell, Table
from aarsstatus.report.notat import Notat

__all__ = ["SHARED", "Cover", "Sheet", "notat_workbook", "workbook"]

SHARED = "[fælles]"
"""Stands in the rows that a number above also covers."""
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
_TITLE, _HEADER, _BODY = 0, 2, 3
"""The rows of a table's title, header and first line."""
_INK, _ACCENT, _BAND, _LINE = "#1B1F27", "#0B2A5B", "#E9EEF6", "#C3CCDA"
_NUMBERS = {"": "#,##0", "pct.": '0" pct."'}
_COVER_WIDTHS = (18, 100)
_LINE_HEIGHT = 15
"""Points."""
_RUNS_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with one table: its name, the table's title, header, cells and notes.

    A cell is a text, or a number with its format; `wide` is how many characters each column takes, `right` are the
    columns of numbers. Where there are `figures`, a part for each year, they are the rows, and the table can be sorted.
    """

    name: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str | tuple[Fraction, str] | None, ...], ...]
    notes: tuple[str, ...]
    wide: tuple[int, ...]
    right: tuple[str, ...] = ()
    figures: tuple[Part, ...] = ()

    @property
    def lines(self) -> int:
        """How many rows the table has."""
        return len(self.rows) + sum(map(len, self.figures))


@dataclass(frozen=True, slots=True)
class Cover:
    """What the cover sheet says, and the document's properties."""

    title: str
    author: str
    source: str
    created: datetime
    facts: tuple[tuple[str, str], ...]


def notat_workbook(notat: Notat, figures: Figures) -> bytes:
    """Return the workbook of a notat.

    Parameters
    ----------
    notat
        The report.
    figures
        Its figures, with the audit's verdicts.
    """
    pairs = [(KK, notat.year), (KK, notat.comparison_year), *((code, notat.year) for code in notat.administrations())]
    tables = [notat.table(code, year) for code, year in pairs]
    sheets = [_table_sheet(f"Tabel {number}", number, table) for number, table in enumerate(tables, start=1)]
    return workbook([*sheets, _figures_sheet(figures)], _cover(notat))


def _cover(notat: Notat) -> Cover:
    """Return what the cover says of a notat."""
    params = notat.params
    when = params.document.date
    if notat.mode == "recomputed":
        state = "Tallene er vist, som de følger af grundlaget. † betyder, at et andet tal er offentliggjort."
    elif params.notat:
        state = f"Tallene er vist, som de blev offentliggjort i årsstatussen for {notat.year}."
    else:
        state = f"Tallene for {notat.year} er beregnet ud fra registerudtræk og er ikke offentliggjort før."
    facts = {
        "Kilde": f"Københavns Kommune, {params.office.administration}"
        + (f", {params.office.name}" if params.office.name else ""),
        "Dato": danish.long_date(when) if when else "Notatet har ingen dato.",
        "År": f"{notat.year}, sammenlignet med {notat.comparison_year}",
        "Hvilke tal": state,
        "Enheder": "Status og måltal er helårspersoner, for fleksjob antal ansatte. Målopfyldelse og vægte er procent: "
        "74 pct. står som tallet 74. Antal forløb er et antal.",
        "Afrunding": "Arkene Tabel 1 og frem har tallene, som notatet viser dem, i hele tal. Arket Tal har dem uden "
        "afrunding, med nedre og øvre grænse, hvor grundlaget selv er afrundet.",
        "Fælles tal": f"Hvor ordninger deler et tal, står det i den første række, og de andre har {SHARED}.",
        "Tomme celler": "Rækken har intet tal af den slags.",
        "Noter": "Tabellens noter står under tabellen i samme ark.",
    }
    created = datetime(when.year, when.month, when.day, tzinfo=UTC) if when else _NO_DATE
    return Cover(
        notat.title(), params.office.name or params.office.administration, facts["Kilde"], created, tuple(facts.items())
    )


# -- the sheets' content --------------------------------------------------------------------------------------


def _table_sheet(name: str, number: int, table: Table) -> Sheet:
    """Return one of the notat's tables without merged cells."""
    rows = []
    spanning: dict[int, int] = {}
    for row in table.rows:
        cells: list[str | tuple[Fraction, str] | None] = [row.label]
        own = iter(row.cells)
        for column in range(1, len(table.header)):
            if spanning.get(column, 0):
                spanning[column] -= 1
                cells.append(SHARED)
                continue
            cell = next(own)
            spanning[column] = cell.rowspan - 1
            cells.append(_shown(cell))
        rows.append(tuple(cells))
    notes = tuple(" ".join(part for part in (note.marker, _spoken(note.text)) if part) for note in table.notes)
    widths = (48, *(14 for _ in table.header[1:]))
    return Sheet(name, f"Tabel {number}: {table.caption}", table.header, tuple(rows), notes, widths, table.header[1:])


def _shown(cell: Cell) -> str | tuple[Fraction, str] | None:
    """Return a cell as a number that looks as in the notat, or as text where it is none."""
    try:
        value = danish.parse(cell.text)
    except ValueError:
        return f"{cell.text}{cell.mark}" or None
    mark = f'"{cell.mark}"' if cell.mark else ""
    return value, _NUMBERS["pct." if "pct" in cell.text else ""] + mark


def _spoken(markdown: str) -> str:
    """Return a note without the signs that only Markdown reads."""
    text = re.sub(r"(?<!\\)\[((?:[^\]\\]|\\.)*)\]\{[^}]*\}", r"\1", markdown)
    return read_back(text)


_FIGURE_COLUMNS = (
    ("Id", 42, "text"), ("År", 7, "number"), ("Forvaltning", 12, "text"), ("Måltalsgruppe", 22, "text"),
    ("Jobordning", 20, "text"), ("Mål", 20, "text"), ("Enhed", 10, "text"), ("Værdi", 12, "number"),
    ("Nedre grænse", 13, "number"), ("Øvre grænse", 13, "number"), ("Vist i notatet", 14, "text"),
    ("Formel", 60, "text"), ("Regnet ud af", 40, "text"), ("Kilde", 26, "text"), ("Offentliggjort som", 18, "text"),
    ("Vurdering", 20, "text"),
)  # fmt: skip


def _figures_sheet(figures: Figures) -> Sheet:
    """Return all figures, unrounded, one a row."""
    notes = ("Tallet selv kan være den nedre grænse, men er altid mindre end den øvre, medmindre de er ens.",)
    return Sheet(
        "Tal",
        "Alle tal i notatet og de år, det bygger på",
        tuple(name for name, *_ in _FIGURE_COLUMNS),
        (),
        notes,
        tuple(width for _, width, _ in _FIGURE_COLUMNS),
        tuple(name for name, _, kind in _FIGURE_COLUMNS if kind == "number"),
        figures.parts,
    )


@lru_cache(maxsize=128)  # a later year has them, too
def _figure_rows(part: Part, looks: tuple[tuple[str, int], ...]) -> tuple[bytes, ...]:
    """Return the rows of some figures, with the looks that a workbook has."""
    numbers = dict(looks)
    return tuple(longsheet.row(_figure_row(figure), numbers) for figure in part)


def _figure_row(figure: Figure) -> tuple[longsheet.Cell, ...]:
    """Return one figure as a row."""
    decimals = "#,##0.00" if figure.measure in PERCENTAGES else "#,##0.##"
    whole = figure.value is None or figure.value.denominator == 1
    exact = "#,##0" if whole and figure.measure not in PERCENTAGES else decimals
    return (
        _text(figure.id),
        (Fraction(figure.year), "0"),
        _text(figure.administration),
        _text(GROUPS[figure.group]),
        _text(figure.scheme),
        _text(MEASURES[figure.measure]),
        _text(unit(figure.measure)),
        (figure.value, exact),
        *(
            (end, decimals if end is not None and end.denominator > 1 else exact)
            for end in (figure.lower, figure.upper)
        ),
        _text(figure.shown),
        _text(figure.formula),
        _text(" ".join(figure.inputs)),
        _text(figure.source),
        _text(figure.published),
        _text(VERDICTS[figure.verdict]),
    )


_TEXT, _QUOTED = "text", "quoted"
_FIGURE_LOOKS = (_TEXT, _QUOTED, "0", "#,##0", "#,##0.00", "#,##0.##")
"""All looks of the figures' cells; those of numbers by their formats."""


def _text(text: str) -> longsheet.Cell:
    """Return a text as a cell."""
    return text or None, _QUOTED if text.startswith(_RUNS_AS_FORMULA) else _TEXT


# -- writing --------------------------------------------------------------------------------------------------


def workbook(sheets: Sequence[Sheet], cover: Cover) -> bytes:
    """Return a workbook of some sheets with a cover before them.

    The same sheets give the same bytes: XlsxWriter stamps each part of the file with one fixed day, and the
    properties carry the cover's date and never the clock's.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties(
        {
            "title": cover.title, "author": cover.author, "company": "Københavns Kommune", "subject": cover.source,
            "keywords": "årsstatus, særlige jobordninger, måltal", "created": cover.created,
        }
    )  # fmt: skip
    book.set_custom_property("Language", "da-DK")
    pen = _Pen(book)
    pen.cover(cover, sheets)
    for place, sheet in enumerate(sheets, start=1):
        pen.sheet(sheet, place)
    book.close()
    content = buffer.getvalue()
    for place, sheet in enumerate(sheets, start=1):
        if sheet.figures:
            part = f"xl/worksheets/sheet{place + 1}.xml"  # the cover is the first
            looks = longsheet.looks(content, part, _FIGURE_LOOKS)
            rows = [row for years in sheet.figures for row in _figure_rows(years, tuple(looks.items()))]
            content = longsheet.fill(content, part, _table_name(place), _BODY + 1, rows)
    return content


def _table_name(number: int) -> str:
    """Return what a spreadsheet calls the table of a sheet."""
    return f"Tabel_{number}"


class _Pen:
    """Writes sheets, with each format made once."""

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
        page = self.book.add_worksheet("Forside")
        self._set_up(page, landscape=False)
        for column, width in enumerate(_COVER_WIDTHS):
            page.set_column(column, column, width)
        self.text(page, 0, 0, cover.title, bold=True, font_size=16, font_color=_ACCENT)
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

    def sheet(self, sheet: Sheet, number: int) -> None:
        """Write a sheet: title, how to read it, the table, its notes."""
        page = self.book.add_worksheet(sheet.name)
        self._set_up(page, landscape=True)
        for column, width in enumerate(sheet.wide):
            page.set_column(column, column, width)
        self.text(page, _TITLE, 0, sheet.title, bold=True, font_size=13, font_color=_ACCENT)
        told = "Noterne står under tabellen. Kilde og enheder står i arket Forside."
        self.text(page, _TITLE + 1, 0, told, font_color="#4A5363")
        lines = 1 if sheet.figures else len(sheet.rows)  # `longsheet` puts figures in the place of one row
        self._table(page, _HEADER, _table_name(number), sheet.header, lines, sheet.right, sortable=bool(sheet.figures))
        self._raise(page, _HEADER, sheet.header, sheet.wide)
        for row, cells in enumerate(sheet.rows, start=_BODY):
            self._row(page, row, cells)
            self._raise(page, row, (str(cells[0]),), sheet.wide)
        if sheet.figures:
            for column, name in enumerate(_FIGURE_LOOKS):
                page.write_blank(_BODY, column, None, self._look_of_figures(name))
            # What the notat shows is a text here, and Excel would mark each as a number that was written wrong.
            last = xl_rowcol_to_cell(_HEADER + sheet.lines, len(sheet.header) - 1)
            page.ignore_errors({"number_stored_as_text": f"A{_BODY + 1}:{last}"})
        page.freeze_panes(_BODY, 1)
        page.repeat_rows(_HEADER)
        for offset, note in enumerate(sheet.notes, start=_BODY + sheet.lines + 1):
            self.text(page, offset, 0, note, text_wrap=True)
            self._raise(page, offset, (note,), sheet.wide)

    def _raise(self, page: Any, row: int, texts: Sequence[str], widths: Sequence[int]) -> None:  # noqa: ANN401
        """Make a row as high as its texts need; LibreOffice does not do so by itself."""
        cells = zip(texts, widths, strict=False)
        # A width is counted in digits, and a letter is narrower as a rule.
        lines = max(len(textwrap.wrap(text, wide + wide // 6, break_long_words=False)) for text, wide in cells)
        if lines > 1:
            page.set_row(row, lines * _LINE_HEIGHT)

    def _row(self, page: Any, row: int, cells: Sequence[str | tuple[Fraction, str] | None]) -> None:  # noqa: ANN401
        """Write a row. A cell without a number is empty."""
        for column, cell in enumerate(cells):
            if cell is None:
                page.write_blank(row, column, None, self._look_of_cell("", "right"))
            elif isinstance(cell, str):
                quoted = cell.startswith(_RUNS_AS_FORMULA)
                look = self._look_of_cell("", "right" if column else "left", quoted=quoted, text_wrap=column == 0)
                page.write_string(row, column, cell, look)
            else:
                value, number_format = cell
                exact = value.numerator if value.denominator == 1 else float(value)
                page.write_number(row, column, exact, self._look_of_cell(number_format, "right"))

    def _look_of_cell(self, number_format: str, align: str, *, quoted: bool = False, **more: object) -> Any:  # noqa: ANN401
        """Return the format of a table's cell."""
        look: dict[str, object] = {"num_format": number_format} if number_format else {}
        quote = {"quote_prefix": True} if quoted else {}
        return self.look(**look, align=align, bottom=1, bottom_color=_LINE, **quote, **more)

    def _look_of_figures(self, name: str) -> Any:  # noqa: ANN401
        """Return one of `_FIGURE_LOOKS`."""
        if name in {_TEXT, _QUOTED}:
            return self._look_of_cell("", "left", quoted=name == _QUOTED, indent=1)  # a number may end where it begins
        return self._look_of_cell(name, "right")

    def _table(
        self, page: Any, row: int, name: str, header: Sequence[str], lines: int, right: Sequence[str] = (),  # noqa: ANN401
        *, sortable: bool = False,
    ) -> None:  # fmt: skip
        """Make a range a table with a header row that spreadsheets and screen readers know as one.

        `right` are the columns of numbers.
        """

        def look(text: str) -> Any:  # noqa: ANN401
            side = {"align": "right"} if text in right else {"align": "left", "indent": int(sortable)}
            return self.look(bold=True, font_color=_ACCENT, bg_color=_BAND, text_wrap=True, valign="bottom", bottom=2,
                             bottom_color=_ACCENT, **side)  # fmt: skip

        page.add_table(
            row, 0, row + lines, len(header) - 1,
            {
                "name": name, "style": None, "autofilter": sortable,
                "columns": [{"header": text, "header_format": look(text)} for text in header],
            },
        )  # fmt: skip

    def _set_up(self, page: Any, *, landscape: bool) -> None:  # noqa: ANN401
        """Set a sheet up for the screen and for A4."""
        page.hide_gridlines(2)
        page.set_paper(9)
        if landscape:
            page.set_landscape()
        page.fit_to_pages(1, 0)
        page.set_footer("&L&F&C&A&RSide &P af &N")
