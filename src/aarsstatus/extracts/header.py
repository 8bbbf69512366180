"""Where an extract's table begins: its header row, found among titles and above the data.

A header is the row, or the two rows on top of one another where cells are merged, that names most of the columns an
extract may have (`aliases.FIELDS`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from aarsstatus.extracts.aliases import Names, fold

__all__ = ["MOST_ROWS", "Header", "find_header"]

MOST_ROWS = 40
"""How far down a header is looked for."""
_LEAST = 2
"""A row with fewer known names than this is a title, not a header."""

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Header:
    """An extract's header.

    Attributes
    ----------
    row
        The last row of the header, from 1; data begins below it.
    columns
        The place of each field's column, from 0.
    texts
        The header as written, one text a column, merged rows put together.
    passed_over
        Columns that fit a field too, but less well than the one that was taken.
    title
        What stands above the header.
    """

    row: int
    columns: dict[str, int]
    texts: tuple[str, ...]
    passed_over: tuple[tuple[str, int], ...] = ()
    title: str = ""
    rows: int = field(default=1)

    def unknown(self, names: Names) -> list[tuple[int, str]]:
        """Return the columns that are no field, with their headers."""
        return [
            (place, text)
            for place, text in enumerate(self.texts)
            if text.strip() and fold(text) not in names.columns and place not in self.columns.values()
        ]


def find_header(rows: Sequence[Cells], names: Names) -> Header | None:
    """Find the header among an extract's first rows.

    Parameters
    ----------
    rows
        The first rows, as text; the first is row 1.
    names
        What columns may be called.

    Returns
    -------
    Header or None
        The row, or two rows, with most fields; the first of several, and one row rather than two. None where no
        row names two fields.
    """
    best: tuple[int, Header] | None = None
    for number, cells in enumerate(rows[:MOST_ROWS], start=1):
        best = _better(best, _header(number, 1, cells, _words(rows[: number - 1]), names))
    for number, (upper, lower) in enumerate(pairwise(rows[:MOST_ROWS]), start=2):
        best = _better(best, _header(number, 2, _merged(upper, lower, names), _words(rows[: number - 2]), names))
    return best[1] if best is not None and best[0] >= _LEAST else None


def _better(best: tuple[int, Header] | None, header: Header) -> tuple[int, Header]:
    """Return the header with more fields; the one that was there when there are as many."""
    score = len(header.columns)
    return (score, header) if best is None or score > best[0] else best


def _header(number: int, rows: int, cells: Cells, title: str, names: Names) -> Header:
    """Read one row as a header."""
    ranked: dict[str, list[tuple[int, int]]] = {}
    for place, text in enumerate(cells):
        if (known := names.columns.get(fold(text))) is not None:
            ranked.setdefault(known[0], []).append((known[1], place))
    columns = {name: min(places)[1] for name, places in ranked.items()}
    passed = tuple((name, place) for name, places in ranked.items() for _, place in sorted(places)[1:])
    return Header(number, columns, tuple(cells), passed, title, rows)


def _merged(upper: Cells, lower: Cells, names: Names) -> list[str]:
    """Put two rows of a header together, column by column.

    A cell merged across columns holds its text in the first of them only, one merged across rows in the upper: a
    column is called what its lower cell says, if that is known, else what its upper cell says, else both together
    (»Periode« over »fra« and »til«).
    """
    width = max(len(upper), len(lower))
    upper, lower = ([*cells, *[""] * (width - len(cells))] for cells in (upper, lower))
    merged, spanning = [], ""
    for above, below in zip(upper, lower, strict=True):
        spanning = above or spanning
        both = f"{spanning} {below}".strip() if below else above
        merged.append(next((text for text in (below, above, both) if fold(text) in names.columns), both))
    return merged


def _words(rows: Sequence[Cells]) -> str:
    """Return all that stands in some rows."""
    return " ".join(cell for cells in rows for cell in cells if cell)
