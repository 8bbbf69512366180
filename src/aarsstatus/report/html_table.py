"""Write tables as HTML and as Markdown: the cells, rows and notes of any page.

`to_html` is the one place where a table's HTML is written, for every page. In Markdown a table is a fenced div around
that HTML, so that captions can carry the year and merged cells survive in every format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from aarsstatus.markdown import plain
from aarsstatus.report.marks import NOTES, referring

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
    """Write a note's marker in Markdown."""
    id_ = NOTES.get(note.marker)
    return f"[{plain(note.marker)}]{{#{id_}}}" if id_ else plain(note.marker)


def to_html(table: Table) -> str:
    """Write a table as HTML with real row spans; caption and notes are not in it."""
    head = "".join(f'<th scope="col">{_html(text, table.linked)}</th>' for text in table.header)
    body = "\n".join(_row(row, table.linked) for row in table.rows)
    return f"<table>\n<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _row(row: Row, linked: bool) -> str:
    """Write one row; its label is a row header."""
    cells = "".join(_cell(cell, linked) for cell in row.cells)
    kind = f' class="{row.kind}"' if row.kind else ""
    id_ = f' id="{escape(row.id)}"' if row.id else ""
    return f'<tr{kind}{id_}><th scope="row">{_html(row.label, linked)}</th>{cells}</tr>'


def _cell(cell: Cell, linked: bool) -> str:
    """Write one cell; a cell that shows a figure carries its id."""
    figure = f' data-figure="{escape(cell.figure)}"' if cell.figure else ""
    span = f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    mark = f"<sup>{_html(cell.mark, linked)}</sup>" if cell.mark else ""
    return f"<td{figure}{span}>{_html(cell.text, False)}{mark}</td>"


def _html(text: str, linked: bool) -> str:
    """Write a text as HTML, its stars and marks `linked` to their notes."""
    written = text if isinstance(text, Html) else escape(text)
    return referring(written, _LINK) if linked else written
