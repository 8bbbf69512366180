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

WHITE = "ffffff"
_LIKE_PAPER = re.compile("(?:f[0-9a-f]){3}|theme 0|indexed [19]")
"""White, or nearly, and white by a number in one of Excel's two lists."""

_ERROR = re.compile(r"#[A-ZÆØÅ_]+(?:/[A-Z0-9]+)?[!?]?|#{3,}|#?Err:[0-9]+", re.IGNORECASE)
"""Errors as Excel writes them in any language (``#N/A``, ``#I/T``, ``#REFERENCE!``), and as LibreOffice does."""


def is_error(text: str) -> bool:
    """Return whether a cell shows an error, or that its column is too narrow."""
    return _ERROR.fullmatch(text.strip()) is not None


def as_seen(colour: str) -> str:
    """Return a colour (six hexadecimal digits, or a number in a list of Excel's).

    It is `WHITE` for all that look like paper.
    """
    return WHITE if _LIKE_PAPER.fullmatch(colour.casefold()) else colour.casefold()


_NO_PLACEHOLDER = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|[_*].')
"""What of a number format is shown as it stands, or says how."""
_SAYS = re.compile(r'"[^"]*[a-zæøå]{4}[^"]*"', re.IGNORECASE)
"""A word that a number format adds, as in ``"ikke "dd-mm-yyyy``; »den« is none."""
_CONDITION = re.compile(r"\[[<>=]")
_WITH_TEXT = 4
"""Sections of a number format of which the last is that of texts."""


def shows_part_of_a_day(number_format: str) -> bool:
    """Return whether a number format shows a date, and not all of it."""
    code = number_format.casefold()
    sections = _NO_PLACEHOLDER.sub("", code).split(";")
    shown = sections[:3] if _CONDITION.search(code) else sections[:1]  # any of these may be that of a date
    if _SAYS.search(code.partition(";")[0]) and {"d", "m", "y"} <= set(sections[0]):
        return True
    return any(not _shows_day(section) for section in shown) if code.strip() else False


def _shows_day(section: str) -> bool:
    """Return whether a section of a number format shows a number, or a whole date."""
    letters = {letter for letter in "dmyhswq" if letter in section}
    return section in {"general", "standard"} or {"d", "m", "y"} <= letters or (bool(section.strip()) and not letters)


def hides_text(number_format: str) -> bool:
    """Return whether a number format shows something else than a cell's text."""
    if any("@" in section and _SAYS.search(section) for section in number_format.split(";")):
        return True
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

    In one that `is_1904`, days are numbered from 1904 and not from 1900. `remarks` are the cells that somebody has
    written a remark on.
    """

    sheets: dict[str, Shown] = field(default_factory=dict)
    is_1904: bool = False
    remarks: set[str] = field(default_factory=set)
    too_large: str | None = None
