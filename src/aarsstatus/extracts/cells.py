"""Read the cells of an extract: dates, hours, names.

Each function takes the text of a cell that is not empty and returns a whole number, for the rest of the package
computes with arrays of whole numbers; what cannot be read raises `Unreadable`, which says what was expected and what
the nearest valid value is. Days are numbered as `datetime.date.toordinal` does.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from aarsstatus import danish
from aarsstatus.extracts.aliases import Names, fold_value
from aarsstatus.problems import near

__all__ = ["BAD", "EMPTY", "OPEN", "Codes", "Column", "Unreadable", "administration", "day", "hundredths", "legible",
           "scheme", "show_day", "start_day"]  # fmt: skip

Codes = npt.NDArray[np.int32]
EMPTY, BAD = -1, -2
"""What a cell comes to that has no text, or that cannot be read."""
_MOST_TEXTS = 1 << 16
"""Different texts of a column that are remembered."""

_LONGEST = 1_000
"""Characters: no name, date or number of hours is near it, and a cell may be as large as its file."""

OPEN = date.max.toordinal()
"""The last day of a spell that still runs. Registers write it as 31-12-9999 too."""
FIRST_YEAR, LAST_YEAR = 1900, 2199
OPEN_FROM_YEAR = 2900
_EXCEL_EPOCH = date(1899, 12, 30).toordinal()
_EXCEL_SERIALS = range(10_000, 100_000)  # the years 1927 to 2173: an Excel cell that lost its date format

_TIME = r"(?:[ T]+\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?"
_DAY_FIRST = re.compile(rf"(\d{{1,2}})([-./ ])(\d{{1,2}})\2(\d{{4}}){_TIME}", re.ASCII)
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-./ ])(\d{{1,2}})\2(\d{{1,2}}){_TIME}", re.ASCII)
_EIGHT = re.compile(r"(\d{8})", re.ASCII)
_SHORT_YEAR = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{2})", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?", re.ASCII)
_HOURS = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d{1,4})(?:,(\d+))?|(\d{1,4})\.(\d{1,2})", re.ASCII)
_MOST_HOURS = 168
_LONGEST_HOURS = 40
"""Characters: whatever has more is no number of hours."""


class Unreadable(ValueError):  # noqa: N818 - said of a cell, not of the program
    """Say what was expected of a cell that cannot be read; never the cell itself."""

    def __init__(self, expected: str, hint: str | None = None, message: str = "værdien kan ikke bruges") -> None:
        super().__init__(expected)
        self.expected, self.hint, self.message = expected, hint, message


_DATE = "en dato som 31-12-2026, 31.12.2026 eller 2026-12-31"
_EXISTING = "en dato, der findes"


def legible(text: str) -> str | None:
    """Return a cell that somebody may be shown, or None if it is too long."""
    return text if len(text) <= _LONGEST else None


def show_day(ordinal: int) -> str:
    """Write a day as messages do: ``31-12-2026``."""
    return danish.short_date(date.fromordinal(ordinal))


def day(text: str) -> int:
    """Read a date as Danish systems and Excel write one.

    Day first with ``-``, ``.``, ``/`` or space between, ISO, eight digits, or an Excel day number.

    A time of day after it is left out. A year from 2900, as in 31-12-9999, is `OPEN`: "still runs".

    Raises
    ------
    Unreadable
        If it is no date, no such day exists, or the year is outside 1900 to 2199.
    """
    text = " ".join(text.split())
    if match := _DAY_FIRST.fullmatch(text):
        return _ordinal(int(match[4]), int(match[3]), int(match[1]), swapped=match[2] == "/")
    if match := _YEAR_FIRST.fullmatch(text):
        return _ordinal(int(match[1]), int(match[3]), int(match[4]))
    if match := _EIGHT.fullmatch(text):
        digits = match[1]
        if digits[:2] in {"19", "20", "99"} and int(digits[4:6]) <= 12:
            return _ordinal(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        return _ordinal(int(digits[4:]), int(digits[2:4]), int(digits[:2]))
    if (match := _SERIAL.fullmatch(text)) and int(match[1]) in _EXCEL_SERIALS:
        return _EXCEL_EPOCH + int(match[1])
    if match := _SHORT_YEAR.fullmatch(text):
        try:
            hint = show_day(_ordinal(2000 + int(match[3]), int(match[2]), int(match[1])))
        except Unreadable:
            hint = None
        raise Unreadable("en dato med fire cifre i årstallet", hint)
    raise Unreadable(_DATE)


def _ordinal(year: int, month: int, day_: int, *, swapped: bool = False) -> int:
    """Return a day's number, or say which day is the nearest that exists."""
    if year >= OPEN_FROM_YEAR:
        return OPEN
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Unreadable(f"en dato mellem {FIRST_YEAR} og {LAST_YEAR}")
    if not 1 <= month <= 12:
        hint = _existing(year, day_, month) if swapped else None  # 12/31/2026 is how Americans write it
        raise Unreadable(_EXISTING, hint)
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day_ <= last:
        raise Unreadable(_EXISTING, danish.short_date(date(year, month, min(max(day_, 1), last))))
    return date(year, month, day_).toordinal()


def _existing(year: int, month: int, day_: int) -> str | None:
    """Return a day that exists, as messages show it."""
    try:
        return danish.short_date(date(year, month, day_))
    except ValueError:
        return None


def start_day(text: str) -> int:
    """Read the first day of a spell: a date that is not "for ever"."""
    ordinal = day(text)
    if ordinal == OPEN:
        raise Unreadable(f"en dato mellem {FIRST_YEAR} og {LAST_YEAR}")
    return ordinal


def hundredths(text: str) -> int:
    """Read weekly hours, in hundredths of an hour: ``18,5`` is 1850.

    A point before one or two digits is a comma.

    Raises
    ------
    Unreadable
        If it is not a number from 0 to 168 with at most two decimals.
    """
    expected = f"et timetal fra 0 til {_MOST_HOURS} med højst to decimaler, fx 18,5"
    match = _HOURS.fullmatch(text.strip()[:_LONGEST_HOURS])
    if match is None:
        raise Unreadable(expected)
    whole, decimals = (match[1].replace(".", ""), match[2]) if match[1] else (match[3], match[4])
    decimals = (decimals or "").rstrip("0")
    if len(decimals) > 2:
        raise Unreadable(expected, f"{whole},{decimals[:2]}")
    found = int(whole) * 100 + int(decimals.ljust(2, "0"))
    if found > _MOST_HOURS * 100:
        raise Unreadable(expected)
    return found


def administration(text: str, names: Names, codes: Sequence[str]) -> int:
    """Read an administration: its place in `codes`, or ``len(codes)`` for none."""
    folded = fold_value(text, names.harmless)
    if not folded:
        return len(codes)
    if folded not in names.administrations:
        raise _unknown(text, names.administrations, names.administration_names, "en forvaltning", codes)
    code = names.administrations[folded]
    return len(codes) if code is None else codes.index(code)


def scheme(text: str, names: Names, keys: Sequence[str]) -> int:
    """Read a key or name of a scheme: its place in `keys`."""
    folded = fold_value(text, names.harmless)
    if folded not in names.schemes:
        # By the first of each one's names.
        called = {names.schemes[fold_value(name)]: name for name in reversed(names.scheme_names)}
        valid = [called[key] for key in keys if key in called]
        raise _unknown(text, names.schemes, names.scheme_names, "en jobordning", valid)
    return keys.index(names.schemes[folded])


def _unknown(text: str, known: Collection[str], names: Sequence[str], what: str, valid: Sequence[str]) -> Unreadable:
    """Return what is wrong with an unknown name, often its encoding."""
    message = "filen er gemt med et forkert tegnsæt"
    for encoding in ("utf-8", "cp865", "mac_roman"):
        repaired = _repaired(text, encoding)
        if repaired is not None and fold_value(repaired) in known:
            return Unreadable("æ, ø og å; gem udtrækket som »CSV UTF-8«", repaired, message)
    if "\ufffd" in text:
        return Unreadable("æ, ø og å, som er gået tabt; lav udtrækket igen", near(text, names), message)
    if _more_than_a_name(text, known):
        message = "ud over navnet står der mere, som kan ændre, hvad det er"
        return Unreadable("navnet alene, eller hele teksten som et navn i data/aliases.yml", None, message)
    close = near(text, names)
    return Unreadable(what if close else f"{what} ({danish.join(valid, 'eller')})", close)


_LONG_NAME = 8
"""Letters: so long a name at the end of a word is that name, with something before it (»privatløntilskud«)."""


def _more_than_a_name(text: str, known: Collection[str]) -> bool:
    """Tell whether a text has a known name in it, and other words that may change what it is."""
    words = re.findall(r"[^\W_]+", text.casefold())
    runs = {"".join(words[at:end]) for at in range(len(words)) for end in range(at + 1, len(words) + 1)}
    whole = "".join(words)
    return any(run in known for run in runs) or any(len(n) >= _LONG_NAME and whole.endswith(n) for n in known)


def _repaired(text: str, encoding: str) -> str | None:
    """Return a text as another encoding than cp1252 reads it, or None."""
    try:
        return text.encode("cp1252").decode(encoding)
    except UnicodeError:
        return None


# -- a column of cells ----------------------------------------------------------------------------------------


class Column:
    """Read the cells of one column, each different text once.

    `empty` is the number of a cell without text.
    """

    def __init__(self, read: Callable[[str], int], empty: int = EMPTY) -> None:
        self.read, self.empty = read, empty
        self.code = lru_cache(_MOST_TEXTS)(self._code)

    def codes(self, texts: pl.Series) -> Codes:
        """Return a number for each cell; `empty` and `BAD` where there is none."""
        coded = texts.cast(pl.Categorical(pl.Categories.random()))
        different = coded.unique().drop_nulls()
        read = np.full(different.len() + 1, self.empty, np.int32)
        read[different.to_physical()] = [self.code(text) for text in different.cast(pl.String)]
        codes: Codes = read[coded.to_physical().fill_null(different.len())]
        return codes

    def _code(self, text: str) -> int:
        """Return the number of one cell."""
        if len(text) > _LONGEST:
            return BAD
        try:
            return self.read(text) if text.strip() else self.empty
        except Unreadable:
            return BAD

    def why(self, text: str) -> Unreadable:
        """Return what is wrong with a cell that is `BAD`."""
        if "\n" in text.strip():
            return Unreadable("én linje; der mangler formentlig et anførselstegn", None, "cellen rummer flere linjer")
        if len(text) > _LONGEST:
            return Unreadable(f"højst {danish.whole(_LONGEST)} tegn", None, "cellen er for lang")
        try:
            self.read(text)
        except Unreadable as bad:
            return bad
        raise AssertionError("the cell can be read")
