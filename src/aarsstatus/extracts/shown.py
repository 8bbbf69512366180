"""Keep what a workbook shows beside its values, and find the styles that hide.

Errors, merges and hidden rows; letters struck through or of the colour of their ground; parts of a date.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from lxml import etree

_ERROR = re.compile(r"#[A-ZÆØÅ_]+(?:/[A-Z0-9]+)?[!?]?|#{3,}|#?Err:[0-9]+", re.IGNORECASE)
"""Errors as Excel writes them in any language (``#N/A``, ``#I/T``, ``#REFERENCE!``), and as LibreOffice does."""
_MOST_AT_ONCE = 32 << 20
"""Bytes of a part that is held as a whole: styles, names of sheets, remarks."""
YES = ("1", "true")
FORMATS_OF_A_PART = frozenset({16, 17, 18, 19, 20, 21, 45, 46, 47})
"""Number formats that every workbook of Excel has: a day and month, a month and year, times of day."""
WHITE, _OF_NO_COLOUR = "ffffff", "none"
_LIKE_PAPER = re.compile("(?:f[0-9a-f]){3}|theme 0|indexed [19]")
"""White, or nearly, and white by a number in one of Excel's two lists."""
_SMALLEST = 3
"""Points of letters that nobody can read."""
_NO_PLACEHOLDER = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|[_*].')
"""What of a number format is shown as it stands, or says how."""
_SAYS = re.compile(r'"[^"]*[a-zæøå]{4}[^"]*"', re.IGNORECASE)
"""A word that a number format adds, as in ``"ikke "dd-mm-yyyy``; »den« is none."""
_CONDITION = re.compile(r"\[[<>=]")
_WITH_TEXT = 4
"""Sections of a number format of which the last is that of texts."""


class Seen(StrEnum):
    """Stand for what a person sees in a cell whose value is another, or none."""

    NOT_WORKED_OUT = "formel uden resultat"
    """A formula that no program has worked out."""
    MERGED = "del af en flettet celle"
    """A cell that a merge has hidden, where nothing says which column its text is of."""
    PART_OF_A_DAY = "del af en dato"
    """A date of which the cell shows only a part, such as its month, or nothing."""
    STRUCK = "del, der er streget over"
    """A cell whose text, or a part of it, is struck through."""
    INVISIBLE = "del, der ikke kan ses"
    """A cell with white letters, or with a format that shows nothing."""


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


# -- the styles that hide -------------------------------------------------------------------------------------


def as_seen(colour: str) -> str:
    """Return a colour (six hexadecimal digits, or a number in a list of Excel's).

    It is `WHITE` for all that look like paper.
    """
    return WHITE if _LIKE_PAPER.fullmatch(colour.casefold()) else colour.casefold()


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


def tree(parts: zipfile.ZipFile, name: str) -> Any:  # noqa: ANN401 - lxml is untyped
    """Return the root of a part with no cells in it.

    Raises
    ------
    ValueError
        If it is larger than any is, or has a document type, which spreadsheets have none of.
    lxml.etree.XMLSyntaxError
        If it is not XML.
    """
    if parts.getinfo(name).file_size > _MOST_AT_ONCE:
        raise ValueError(name)
    root = etree.fromstring(parts.read(name), etree.XMLParser(resolve_entities=False))
    if root.getroottree().docinfo.doctype:
        raise ValueError(name)
    return root


def whole(text: str | None, otherwise: int) -> int:
    """Return a whole number of at most seven digits, or another."""
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) <= 7 else otherwise


@dataclass(slots=True)
class Styles:
    """Say what styles hide of numbers and texts, and which conditions hide a cell."""

    numbers: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    rules: set[str] = field(default_factory=set)


def read_styles(parts: zipfile.ZipFile, name: str) -> Styles:
    """Read the styles of an XLSX file."""
    root, styles = tree(parts, name), Styles()
    codes = [(one.get("numFmtId", ""), one.get("formatCode", "")) for one in root.iterfind("{*}numFmts/{*}numFmt")]
    of_a_part = {*map(str, FORMATS_OF_A_PART), *(number for number, code in codes if shows_part_of_a_day(code))}
    no_text = {number for number, code in codes if hides_text(code)}
    fonts, papers = root.findall("{*}fonts/{*}font"), list(map(_paper, root.iterfind("{*}fills/{*}fill")))
    for style, one in enumerate(root.iterfind("{*}cellXfs/{*}xf")):
        font, number_format = _at(fonts, one.get("fontId")), one.get("numFmtId", "")
        hidden = _hides(font, _at(papers, one.get("fillId")) or WHITE)
        if hidden or number_format in of_a_part:
            styles.numbers[f"{style}"] = hidden or Seen.PART_OF_A_DAY
        if hidden or number_format in no_text:
            styles.texts[f"{style}"] = hidden or Seen.INVISIBLE
    for rule, look in enumerate(root.iterfind("{*}dxfs/{*}dxf")):
        code = "".join(one.get("formatCode", "") for one in look.iter("{*}numFmt"))
        is_filled = look.find(".//{*}patternFill") is not None  # white on dark is seen
        if _hides(look, _OF_NO_COLOUR if is_filled else WHITE) or shows_part_of_a_day(code) or hides_text(code):
            styles.rules.add(f"{rule}")
    return styles


def struck_texts(parts: zipfile.ZipFile, name: str) -> set[str]:
    """Return the numbers of the shared texts of which a part is struck through."""
    found = set[str]()
    with parts.open(name) as part:
        for number, (_, text) in enumerate(etree.iterparse(part, tag="{*}si", resolve_entities=False)):
            if _is_struck(text):
                found.add(f"{number}")
            text.clear()
    return found


def _at(known: Sequence[Any], number: str | None) -> Any:  # noqa: ANN401 - lxml is untyped
    """Return a font or a colour by its number; None where there is none."""
    place = whole(number, len(known))
    return known[place] if place < len(known) else None


def _hides(look: Any, paper: str) -> str:  # noqa: ANN401 - lxml is untyped
    """Return how letters of a look are hidden on paper of a colour, if they are."""
    if look is None:
        return ""
    is_tiny = any(whole(size.get("val"), _SMALLEST) < _SMALLEST for size in look.iter("{*}sz"))
    if is_tiny or any(_colour(letters) == paper for letters in look.iter("{*}color")):
        return Seen.INVISIBLE
    return Seen.STRUCK if _is_struck(look) else ""


def _is_struck(look: Any) -> bool:  # noqa: ANN401 - lxml is untyped
    """Return whether anything in a look is struck through."""
    return any(strike.get("val", "1") in YES for strike in look.iter("{*}strike"))


def _paper(fill: Any) -> str:  # noqa: ANN401 - lxml is untyped
    """Return the colour of a fill; none of one with a pattern."""
    colours = [_colour(one) for one in fill.iter("{*}fgColor")]
    is_plain = all(one.get("patternType", "none") == "none" for one in fill.iter("{*}patternFill"))
    return colours[-1] if colours else WHITE if is_plain else _OF_NO_COLOUR


def _colour(said: Any) -> str:  # noqa: ANN401 - lxml is untyped
    """Return a colour, with one name for all that look like paper."""
    if set(said.keys()) == {"rgb"}:
        return as_seen(said.get("rgb")[2:])
    return as_seen(" ".join(f"{key} {value}" for key, value in sorted(said.items())))
