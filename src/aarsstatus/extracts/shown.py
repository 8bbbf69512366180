"""Keep a workbook's looks that its values do not tell: errors, merges, hiding."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

NOT_WORKED_OUT = "formel uden resultat"
"""Stands for a formula that no program has worked out."""
MERGED = "del af en flettet celle"
"""Stands for a cell that a merge has hidden, where nothing says which column its text is of."""
PART_OF_A_DAY = "del af en dato"
"""Stands for a date of which the cell shows only a part, such as its month, or nothing."""
STRUCK = "del, der er streget over"
"""Stands for a cell whose text, or a part of it, is struck through."""
INVISIBLE = "del, der ikke kan ses"
"""Stands for a cell with white letters, or with a format that shows nothing."""

_ERROR = re.compile(r"#[A-ZÆØÅ_]+(?:/[A-Z0-9]+)?[!?]?|#{3,}|#?Err:[0-9]+", re.IGNORECASE)
"""Errors as Excel writes them in any language (``#N/A``, ``#I/T``, ``#REFERENCE!``), and as LibreOffice does."""


def is_error(text: str) -> bool:
    """Return whether a cell shows an error, or that its column is too narrow."""
    return _ERROR.fullmatch(text.strip()) is not None


class TooLargeError(Exception):
    """Say that a sheet spans more than can be read."""


@dataclass(slots=True)
class Shown:
    """Say what a sheet shows; rows and columns are numbered from 1.

    Attributes
    ----------
    cells
        What is seen in cells that the reader takes for empty.
    hidden_rows, hidden_columns
        Hidden by a filter or by hand.
    merged
        First row, first column, last row and last column of each merge.
    conditional
        Columns with cells that a condition may hide or strike through.
    """

    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    conditional: set[int] = field(default_factory=set)


Row = list[object]


@dataclass(slots=True)
class Book:
    """Hold a workbook's visible sheets by name, or why they cannot be read.

    Attributes
    ----------
    rows
        The cells of each visible sheet.
    sheets
        What each sheet shows.
    hidden
        The names of hidden sheets.
    is_1904
        Whether days are numbered from 1904 and not from 1900.
    remarks
        The cells that somebody has written a remark on.
    unfit
        Why it cannot be read, and what was expected.
    """

    rows: dict[str, list[Row]] = field(default_factory=dict)
    sheets: dict[str, Shown] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    is_1904: bool = False
    remarks: set[str] = field(default_factory=set)
    unfit: tuple[str, str] | None = None
