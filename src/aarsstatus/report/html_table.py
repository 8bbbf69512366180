"""Write tables as HTML and Markdown: cells, rows, marks and notes of any page.

`to_html` is the one place where a table's HTML is written, for every page. In Markdown a table is a fenced div around
that HTML, so that captions can carry the year and merged cells survive in every format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from aarsstatus import danish
from aarsstatus.figures import Figure
from aarsstatus.markdown import plain

MARK = "†"
"""Stands after a number that is shown otherwise than it was published."""
WRONG = "‡"
"""Stands after a number that was printed so and contradicts others: told apart from the footnotes' stars."""
PRINTED_SO = "Trykt sådan, men i modstrid med notatets øvrige tal."
NOTES = {"*": "note-1", "**": "note-2", "***": "note-3", MARK: "note-vist-om", WRONG: "note-modstrid"}
"""The ids of the notes that stand once, by their sign."""
_SIGN = re.compile(rf"\*{{1,3}}(?=\)?$)|(?<=\d)[{MARK}{WRONG}]|^[{MARK}{WRONG}]$")
"""Stars come last, or before a closing bracket, and a mark comes after a number or alone: what a name has is none."""
CELL = re.compile(r'<td[^>]*\bdata-figure="([^"]*)"[^>]*>(.*?)</td>', re.DOTALL)
"""A cell that shows a figure, as it is written here: the figure's id, and what is in the cell."""
_LINK = '<a href="#{note}" role="doc-noteref">{sign}</a>'


class Html(str):
    """Mark a text as HTML already; any other text is escaped."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """Hold one cell: its text, its figure's id, the rows it spans, and a mark."""

    text: str = ""
    figure: str = ""
    rowspan: int = 1
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Hold a footnote: its marker and its text, in Markdown."""

    marker: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one row: its label, the cells that begin in it, its kind, and its id."""

    label: str
    cells: tuple[Cell, ...]
    kind: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Hold a table with its caption and footnotes.

    The first header is that of the row labels; `kind` is ``tekst`` for a table of sentences rather than numbers.
    `linked` says that its stars and marks lead to notes that stand elsewhere in the document.
    """

    id: str
    caption: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[Note, ...] = ()
    kind: str = ""
    linked: bool = False


def table_of(
    id_: str, caption: str, header: Sequence[str], rows: Iterable[tuple[str, Iterable[Cell | str]]], kind: str = ""
) -> Table:
    """Make a table of rows, each a label and its cells."""
    lines = (Row(label, tuple(one if isinstance(one, Cell) else Cell(one) for one in cells)) for label, cells in rows)
    return Table(id_, caption, tuple(header), tuple(lines), kind=kind)


def to_markdown(table: Table) -> str:
    """Write a table as Markdown: a fenced div around raw HTML, and its notes."""
    caption = plain(table.caption)
    if table.linked:
        caption = referring(caption, "[{sign}](#{note})")
    kind = f" .{table.kind}" if table.kind else ""
    block = f"::: {{#{table.id} .notat-tabel{kind}}}\n```{{=html}}\n{to_html(table)}\n```\n\n{caption}\n:::\n"
    return f"{block}\n{notes_block(table.notes)}\n" if table.notes else block


def notes_block(notes: Sequence[Note]) -> str:
    """Write notes as a fenced div; a marker that is linked to carries its id."""
    lines = [f"{_marker(note)} {note.text}".strip() for note in notes]
    return "\n".join(["::: {.tabelnoter}", "\n\n".join(lines), ":::"])


def _marker(note: Note) -> str:
    id_ = NOTES.get(note.marker)
    return f"[{plain(note.marker)}]{{#{id_}}}" if id_ else plain(note.marker)


def to_html(table: Table) -> str:
    """Write a table as HTML with real row spans.

    Its caption is its name, and stands with its notes elsewhere. A cell that spans rows names the headers of them all
    (as WCAG's technique H43 has it), and says for what it is the joint number.
    """
    merged = {(n, column): cell for n, line in enumerate(placed(table)) for column, cell in line if cell.rowspan > 1}
    columns = {column for _, column in merged}
    rows = {n + down for (n, _), cell in merged.items() for down in range(cell.rowspan)}
    head = "".join(
        f'<th scope="col"{_id(table, "k", n, n in columns)}>{_html(text, table.linked)}</th>'
        for n, text in enumerate(table.header)
    )
    body = "\n".join(_row(table, n, line, n in rows) for n, line in enumerate(placed(table)))
    name = f' aria-label="{escape(table.caption)}"' if table.caption else ""
    return f"<table{name}>\n<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def placed(table: Table) -> Iterator[list[tuple[int, Cell]]]:
    """Yield the cells that begin in each row with their columns, the labels' being 0."""
    below = [0] * len(table.header)  # rows that a cell from above still fills
    for row in table.rows:
        free = [column for column in range(1, len(below)) if not below[column]]
        below = [max(rows - 1, 0) for rows in below]
        line = list(zip(free, row.cells, strict=True))
        for column, cell in line:
            below[column] = cell.rowspan - 1
        yield line


def _id(table: Table, kind: str, number: int, wanted: bool) -> str:
    """Write the id of a header that cells refer to: of a column (k) or a row (r)."""
    return f' id="{escape(table.id)}-{kind}{number}"' if wanted else ""


def _row(table: Table, number: int, line: Sequence[tuple[int, Cell]], spanned: bool) -> str:
    """Write one row; its label is a row header."""
    row = table.rows[number]
    cells = "".join(_cell(cell, table.linked, _headers(table, number, column, cell)) for column, cell in line)
    kind = f' class="{row.kind}"' if row.kind else ""
    id_ = f' id="{escape(row.id)}"' if row.id else ""
    head = f'<th scope="row"{_id(table, "r", number, spanned)}>{_html(row.label, table.linked)}</th>'
    return f"<tr{kind}{id_}>{head}{cells}</tr>"


def _headers(table: Table, number: int, column: int, cell: Cell) -> str:
    """Write which rows a cell spans, for those who cannot see it."""
    if cell.rowspan == 1:
        return ""
    spanned = table.rows[number : number + cell.rowspan]
    ids = " ".join([f"{table.id}-k{column}", *(f"{table.id}-r{number + down}" for down in range(len(spanned)))])
    joint = danish.join([row.label for row in spanned])
    return f' rowspan="{cell.rowspan}" headers="{escape(ids)}" aria-description="fælles for {escape(joint)}"'


def _cell(cell: Cell, linked: bool, span: str) -> str:
    """Write one cell; a cell that shows a figure carries its id."""
    figure = f' data-figure="{escape(cell.figure)}"' if cell.figure else ""
    mark = f"<sup>{_html(cell.mark, linked)}</sup>" if cell.mark else ""
    return f"<td{figure}{span}>{_html(cell.text, False)}{mark}</td>"


def _html(text: str, linked: bool) -> str:
    """Write a text as HTML, its stars and marks `linked` to their notes."""
    written = text if isinstance(text, Html) else escape(text)
    return referring(written, _LINK) if linked else written


# -- marks ----------------------------------------------------------------------------------------------------


def unmarked(text: str) -> str:
    """Return a number as it was printed, without a mark beside it."""
    return text.strip().rstrip(f"{MARK}{WRONG} ")


def referring(text: str, link: str) -> str:
    """Make each star and mark in a text a link to its note; `link` has both of them."""
    return _SIGN.sub(lambda found: link.format(sign=found[0], note=NOTES[found[0]]), text)


def in_prose(place: str) -> bool:
    """Say whether a place in a notat is in its running text."""
    return place.startswith("brødtekst")


def differs(figure: Figure) -> bool:
    """Say whether a figure was published with another value than the one shown."""
    return bool(figure.published) and not danish.same(figure.published, figure.shown)


def mark(figure: Figure) -> str:
    """Return the mark of a figure; none of one that is as published and may be right."""
    if differs(figure):
        return MARK
    return WRONG if figure.verdict == "contradicted" else ""
