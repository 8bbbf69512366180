"""Write tables as HTML and as Markdown: the cells, rows and notes of any page.

`to_html` is the one place where a table's HTML is written, for every page. In Markdown a table is a fenced div around
that HTML, so that captions can carry the year and merged cells survive in every format.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from aarsstatus.markdown import plain


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
    """

    id: str
    caption: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[Note, ...] = ()
    kind: str = ""


def to_markdown(table: Table) -> str:
    """Write a table as Markdown: a fenced div around raw HTML, and its notes."""
    notes = "\n\n".join(f"{plain(note.marker)} {note.text}".strip() for note in table.notes)
    kind = f" .{table.kind}" if table.kind else ""
    block = (
        f"::: {{#{table.id} .notat-tabel{kind}}}\n```{{=html}}\n{to_html(table)}\n```\n\n{plain(table.caption)}\n:::\n"
    )
    return f"{block}\n::: {{.tabelnoter}}\n{notes}\n:::\n" if notes else block


def to_html(table: Table) -> str:
    """Write a table as HTML with real row spans; caption and notes are not in it."""
    head = "".join(f'<th scope="col">{_html(text)}</th>' for text in table.header)
    body = "\n".join(_row(row) for row in table.rows)
    return f"<table>\n<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _row(row: Row) -> str:
    """Write one row; its label is a row header."""
    cells = "".join(_cell(cell) for cell in row.cells)
    kind = f' class="{row.kind}"' if row.kind else ""
    id_ = f' id="{escape(row.id)}"' if row.id else ""
    return f'<tr{kind}{id_}><th scope="row">{_html(row.label)}</th>{cells}</tr>'


def _cell(cell: Cell) -> str:
    """Write one cell; a cell that shows a figure carries its id."""
    figure = f' data-figure="{escape(cell.figure)}"' if cell.figure else ""
    span = f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    mark = f"<sup>{cell.mark}</sup>" if cell.mark else ""
    return f"<td{figure}{span}>{_html(cell.text)}{mark}</td>"


def _html(text: str) -> str:
    """Write a text as HTML."""
    return text if isinstance(text, Html) else escape(text)
