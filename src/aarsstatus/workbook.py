"""``tabeller.xlsx``: the notat's tables and all figures as a workbook that a spreadsheet and a screen reader can use.

One table a sheet, each a real Excel table with a header row that stays in view and repeats in print, and no merged
cell: a number that spans rows in the notat stands in the first of them, and the others say so. Numbers are numbers,
as the notat shows them, in Danish formats; the sheet ``Tal`` has them unrounded. Nothing is ever a formula. The
bytes depend on what is in it alone.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache
from typing import Any

import xlsxwriter

from aarsstatus import danish
from aarsstatus.audit.prepublication import GROUP_NAMES, MEASURES
from aarsstatus.figures import PERCENTAGES, VERDICT_NAMES, Figure, Figures, unit
from aarsstatus.inputs import KK
from aarsstatus.markdown import read_back
from aarsstatus.notat import Notat
from aarsstatus.tables import Cell, Table

__all__ = ["SHARED", "Cover", "Sheet", "notat_workbook", "workbook"]

SHARED = "[fælles]"
"""Stands in the rows that a number above also covers."""
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
_TITLE, _HEADER, _BODY = 0, 2, 3
"""The rows of a table's title, header and first line."""
_INK, _ACCENT, _BAND, _LINE = "#1B1F27", "#0B2A5B", "#E9EEF6", "#C3CCDA"
_NUMBERS = {"": "#,##0", "pct.": '0" pct."'}
_RUNS_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with one table: its name, the table's title, header, cells and notes.

    A cell is a text, or a number with its format; `wide` is how many characters each column takes.
    """

    name: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str | tuple[Fraction, str] | None, ...], ...]
    notes: tuple[str, ...]
    wide: tuple[int, ...]
    sortable: bool = False


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
    return Sheet(name, f"Tabel {number}: {table.caption}", table.header, tuple(rows), notes, widths)


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
    ("Id", 42), ("År", 7), ("Forvaltning", 12), ("Måltalsgruppe", 22), ("Jobordning", 20), ("Mål", 20),
    ("Enhed", 10), ("Værdi", 12), ("Nedre grænse", 13), ("Øvre grænse", 13), ("Vist i notatet", 14),
    ("Formel", 60), ("Regnet ud af", 40), ("Kilde", 26), ("Offentliggjort som", 18), ("Vurdering", 20),
)  # fmt: skip


def _figures_sheet(figures: Figures) -> Sheet:
    """Return all figures, unrounded, one a row."""
    notes = ("Tallet selv kan være den nedre grænse, men er altid mindre end den øvre, medmindre de er ens.",)
    return Sheet(
        "Tal",
        "Alle tal i notatet og de år, det bygger på",
        tuple(name for name, _ in _FIGURE_COLUMNS),
        tuple(_figure_row(figure) for figure in figures.values()),
        notes,
        tuple(width for _, width in _FIGURE_COLUMNS),
        sortable=True,
    )


def _figure_row(figure: Figure) -> tuple[str | tuple[Fraction, str] | None, ...]:
    decimals = "#,##0.00" if figure.measure in PERCENTAGES else "#,##0.##"
    whole = figure.value is None or figure.value.denominator == 1
    exact = "#,##0" if whole and figure.measure not in PERCENTAGES else decimals
    return (
        figure.id,
        (Fraction(figure.year), "0"),
        figure.administration,
        GROUP_NAMES[figure.group],
        figure.scheme or None,
        MEASURES[figure.measure],
        unit(figure.measure),
        None if figure.value is None else (figure.value, exact),
        None if figure.lower is None else (figure.lower, decimals if figure.lower.denominator > 1 else exact),
        None if figure.upper is None else (figure.upper, decimals if figure.upper.denominator > 1 else exact),
        figure.shown,
        figure.formula,
        " ".join(figure.inputs) or None,
        figure.source or None,
        figure.published or None,
        VERDICT_NAMES[figure.verdict],
    )


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
    return buffer.getvalue()


class _Pen:
    """Writes sheets, with each format made once."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401 - XlsxWriter is untyped
        self.book = book
        self._formats: dict[tuple[tuple[str, object], ...], Any] = {}
        self.look_of_cell = cache(self._look_of_cell)  # there are tens of thousands of cells

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
        page.set_column(0, 0, 18)
        page.set_column(1, 1, 90)
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
        self._table(page, start, name, rows[0], len(rows) - 1, sortable=False)
        for offset, (what, said) in enumerate(rows[1:], start=1):
            self.text(page, start + offset, 0, what, bold=True)
            self.text(page, start + offset, 1, said, text_wrap=True)

    def sheet(self, sheet: Sheet, number: int) -> None:
        """Write a sheet: title, how to read it, the table, its notes."""
        page = self.book.add_worksheet(sheet.name)
        self._set_up(page, landscape=True)
        for column, width in enumerate(sheet.wide):
            page.set_column(column, column, width)
        self.text(page, _TITLE, 0, sheet.title, bold=True, font_size=13, font_color=_ACCENT)
        told = "Noterne står under tabellen. Kilde og enheder står i arket Forside."
        self.text(page, _TITLE + 1, 0, told, font_color="#4A5363")
        self._table(page, _HEADER, f"Tabel_{number}", sheet.header, len(sheet.rows), sortable=sheet.sortable)
        for row, cells in enumerate(sheet.rows, start=_BODY):
            self._row(page, row, cells, wrap=not sheet.sortable)
        page.freeze_panes(_BODY, 1)
        page.repeat_rows(_HEADER)
        for offset, note in enumerate(sheet.notes, start=_BODY + len(sheet.rows) + 1):
            self.text(page, offset, 0, note)

    def _row(self, page: Any, row: int, cells: Sequence[str | tuple[Fraction, str] | None], *, wrap: bool) -> None:  # noqa: ANN401
        """Write a row. An empty cell is not written at all, which is what "no number" is in a spreadsheet."""
        for column, cell in enumerate(cells):
            if cell is None:
                continue
            if isinstance(cell, str):
                align = "left" if column == 0 or not wrap else "right"
                quoted = cell.startswith(_RUNS_AS_FORMULA)
                look = self.look_of_cell("", align, wrapped=wrap and column == 0, quoted=quoted)
                page.write_string(row, column, cell, look)
            else:
                value, number_format = cell
                exact = value.numerator if value.denominator == 1 else float(value)
                page.write_number(row, column, exact, self.look_of_cell(number_format, "right"))

    def _look_of_cell(self, number_format: str, align: str, *, wrapped: bool = False, quoted: bool = False) -> Any:  # noqa: ANN401
        """Return the format of a table's cell. Call `look_of_cell`, which makes each once."""
        look: dict[str, object] = {"num_format": number_format} if number_format else {"text_wrap": wrapped}
        quote = {"quote_prefix": True} if quoted else {}
        return self.look(**look, align=align, bottom=1, bottom_color=_LINE, **quote)

    def _table(self, page: Any, row: int, name: str, header: Sequence[str], lines: int, *, sortable: bool) -> None:  # noqa: ANN401
        """Make a range a table with a header row that spreadsheets and screen readers know as one."""
        look = self.look(bold=True, font_color=_ACCENT, bg_color=_BAND, text_wrap=True, valign="bottom", bottom=2,
                         bottom_color=_ACCENT)  # fmt: skip
        page.add_table(
            row, 0, row + lines, len(header) - 1,
            {
                "name": name, "style": None, "autofilter": sortable,
                "columns": [{"header": text, "header_format": look} for text in header],
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
