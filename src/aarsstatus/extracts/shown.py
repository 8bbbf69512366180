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
FORMATS_OF_A_PART = frozenset({16, 17, 18, 19, 20, 21, 45, 46, 47})
"""Number formats that every workbook of Excel has: a day and month, a month and year, times of day."""

_ERROR = re.compile(r"#[A-ZÆØÅ_]+(?:/[A-Z0-9]+)?[!?]?|#{3,}|#?Err:[0-9]+", re.IGNORECASE)
"""Errors as Excel writes them in any language (``#N/A``, ``#I/T``, ``#REFERENCE!``), and as LibreOffice does."""


def is_error(text: str) -> bool:
    """Return whether a cell shows an error, or that its column is too narrow."""
    return _ERROR.fullmatch(text.strip()) is not None


_NO_PLACEHOLDER = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|[_*].')
"""What of a number format is shown as it stands, or says how."""
_CONDITION = re.compile(r"\[[<>=]")
_WITH_TEXT = 4
"""Sections of a number format of which the last is that of texts."""


def shows_part_of_a_day(number_format: str) -> bool:
    """Return whether a number format shows a date, and not all of it."""
    code = number_format.casefold()
    sections = _NO_PLACEHOLDER.sub("", code).split(";")
    shown = sections[:3] if _CONDITION.search(code) else sections[:1]  # any of these may be that of a date
    return any(not _shows_day(section) for section in shown) if code.strip() else False


def _shows_day(section: str) -> bool:
    """Return whether a section of a number format shows a number, or a whole date."""
    letters = {letter for letter in "dmyhs" if letter in section}
    return section in {"general", "standard"} or {"d", "m", "y"} <= letters or (bool(section.strip()) and not letters)


def hides_text(number_format: str) -> bool:
    """Return whether a number format shows something else than a cell's text."""
    sections = _NO_PLACEHOLDER.sub("", number_format.casefold()).split(";")
    return len(sections) == _WITH_TEXT and not {"@", "general", "standard"}.intersection(
        (sections[-1].strip(), *sections[-1])
    )


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


@dataclass(slots=True)
class Book:
    """Say what a workbook's sheets show, by name, or why it is too large.

    In one that `is_1904`, days are numbered from 1904 and not from 1900.
    """

    sheets: dict[str, Shown] = field(default_factory=dict)
    is_1904: bool = False
    too_large: str | None = None
