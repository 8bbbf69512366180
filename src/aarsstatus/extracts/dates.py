"""Read dates as Danish systems and Excel write them.

Days are numbered as `datetime.date.toordinal` does. What cannot be read without doubt is refused.
"""

from __future__ import annotations

import calendar
import re
from contextlib import suppress
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from aarsstatus import danish

OPEN = date.max.toordinal()
"""The last day of a spell that still runs. Registers write it as 31-12-9999 too."""
OPEN_SIGNS = (
    ".", "-", "–", "—", "null", "(null)", "(tom)", "tom", "(blank)", "løbende", "igangværende", "i gang",
    "fortsat", "åben", "nat", "<na>", "none", "indtil videre", "uden slutdato",
)  # fmt: skip
"""What registers write where a spell has no end, in lower case."""
FIRST_YEAR, LAST_YEAR = 1950, 2199
"""Registers write 1900-01-01 where they know no date; nobody has been employed since before 1950."""
OPEN_FROM_YEAR = 2900
_EXCEL_EPOCH = date(1899, 12, 30).toordinal()
_EXCEL_SERIALS = range(18_264, 100_000)  # the years 1950 to 2173: an Excel cell that lost its date format
_LOST_NOUGHT = re.compile(r"[1-9](?:0[1-9]|1[0-2])[23]\d", re.ASCII)
"""As 10326: the 1st of March 26, whose first nought a spreadsheet took, or a day in 1928."""
_SHORT_YEARS = range(50)
"""Years of two digits that are of this century; 99 may be 1999, or stand for »for ever«."""
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan januar january", "feb februar february", "mar marts march", "apr april", "maj may", "jun juni june",
         "jul juli july", "aug august", "sep sept september", "okt oct oktober october", "nov november",
         "dec december"), start=1,
    )
    for name in names.split()
}  # fmt: skip

_TIME = (
    r"(?:[ T:]+(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.]\d{2}(?:[.,]\d+)?)?"
    r"\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?)?"
)
_DAY_FIRST = re.compile(rf"(\d{{1,2}})([-./ ])(\d{{1,2}})\2(\d{{4}}){_TIME}", re.ASCII)
_DAY_FIRST_MIXED = re.compile(rf"(\d{{1,2}})([./]) ?(\d{{1,2}})(?:[-./ ]|\. )(\d{{4}}){_TIME}", re.ASCII)
"""As people write: 1/1-2026, 1/1 2026, 1. 1. 2026."""
_NAMED = re.compile(
    rf"(?:[a-zøæå]+dag )?(?:den |d\. ?)?(\d{{1,2}})\.?[- /]?([a-zæøå]{{3,9}})\.?[-, /]? ?(\d{{4}}|\d{{2}}){_TIME}",
    re.IGNORECASE,
)
"""As in 1. januar 2026, 1. jan. 2026, 01JAN2026 and 02-NOV-26."""
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-./ ])(\d{{1,2}})\2(\d{{1,2}}){_TIME}", re.ASCII)
_EIGHT = re.compile(r"(\d{8})", re.ASCII)
_SHORT_YEAR = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{2})", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?", re.ASCII)
_ZERO = re.compile(r"0+(?:[-./ ]0+){0,2}(?:[ T]+[0:.]+)?")
_DATE = "en dato som 31-12-2026, 31.12.2026 eller 2026-12-31"
_EXISTING = "en dato, der findes"
_UNSEEN = "\u200b\u200e\u200f\ufeff\u00ad \t"
"""Signs of no width that web pages and reports leave around a date."""


class Unreadable(ValueError):  # noqa: N818 - said of a cell, not of the program
    """Say what was expected of a cell that cannot be read; never the cell itself."""

    def __init__(self, expected: str, hint: str | None = None, message: str = "værdien kan ikke bruges") -> None:
        super().__init__(expected)
        self.expected, self.hint, self.message = expected, hint, message


def show_day(ordinal: int) -> str:
    """Write a day as messages do: ``31-12-2026``."""
    return danish.short_date(date.fromordinal(ordinal))


def day(text: str) -> int:
    """Read a date as Danish systems and Excel write one.

    Day first with ``-``, ``.``, ``/`` or space between, with the month's name, ISO, eight digits, or an Excel day
    number. A time of day after it is left out; one that says its zone is moved to Danish time first. A year from
    2900, as in 31-12-9999, is `OPEN`: "still runs".

    Raises
    ------
    Unreadable
        If it is no date, no such day exists, or the year is outside 1900 to 2199.
    """
    text = " ".join(text.strip(_UNSEEN).split())
    if match := _DAY_FIRST.fullmatch(text) or _DAY_FIRST_MIXED.fullmatch(text):
        return _in_denmark(_ordinal(int(match[4]), int(match[3]), int(match[1]), swapped=match[2] == "/"), match)
    if match := _YEAR_FIRST.fullmatch(text):
        return _in_denmark(_ordinal(int(match[1]), int(match[3]), int(match[4])), match)
    if (match := _NAMED.fullmatch(text)) and (month := _MONTHS.get(match[2].casefold())) is not None:
        year = int(match[3])
        if len(match[3]) == 2 and year not in _SHORT_YEARS:
            raise Unreadable("en dato med fire cifre i årstallet")
        return _in_denmark(_ordinal(year if len(match[3]) == 4 else 2000 + year, month, int(match[1])), match)
    if match := _EIGHT.fullmatch(text):
        digits = match[1]
        if digits[:2] in {"19", "20", "99"} and int(digits[4:6]) <= 12:
            return _ordinal(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        return _ordinal(int(digits[4:]), int(digits[2:4]), int(digits[:2]))
    if (match := _SERIAL.fullmatch(text)) and int(match[1]) in _EXCEL_SERIALS:
        if _LOST_NOUGHT.fullmatch(match[1]):
            raise Unreadable("en dato med fire cifre i årstallet")
        return _EXCEL_EPOCH + int(match[1])
    if match := _SHORT_YEAR.fullmatch(text):
        raise Unreadable("en dato med fire cifre i årstallet", _existing(f"20{match[3]}", match[2], match[1]))
    raise Unreadable(_DATE)


def find_day(text: str) -> date | None:
    """Read a day, if there is such a one."""
    with suppress(Unreadable):
        return date.fromordinal(day(text))
    return None


def _ordinal(year: int, month: int, day_: int, *, swapped: bool = False) -> int:
    """Return a day's number, or say which day is the nearest that exists."""
    if year >= OPEN_FROM_YEAR:
        return OPEN
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Unreadable(f"en dato mellem {FIRST_YEAR} og {LAST_YEAR}")
    if not 1 <= month <= 12:
        # 12/31/2026 is how Americans write it
        raise Unreadable(_EXISTING, _existing(year, day_, month) if swapped else None)
    try:
        return date(year, month, day_).toordinal()
    except ValueError:
        last = calendar.monthrange(year, month)[1]
        nearest = date(year, month, min(max(day_, 1), last))
        raise Unreadable(_EXISTING, danish.short_date(nearest)) from None


def _existing(year: int | str, month: int | str, day_: int | str) -> str | None:
    """Return a day as messages show it, if there is such a one."""
    found = find_day(f"{year}-{month}-{day_}")
    return None if found is None else danish.short_date(found)


def _in_denmark(ordinal: int, match: re.Match[str]) -> int:
    """Return the day it was in Denmark at a time of day that says its zone."""
    zone = match["zone"]
    if zone is None or ordinal == OPEN:
        return ordinal
    sign, digits = (zone[0], zone[1:].replace(":", "")) if zone[0] in "+-" else ("+", "0000")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    try:
        there = timezone(-offset if sign == "-" else offset)
        moment = datetime.combine(date.fromordinal(ordinal), time(int(match["hour"]), int(match["minute"])), there)
    except ValueError:
        raise Unreadable("et klokkeslæt, der findes") from None
    return moment.astimezone(ZoneInfo("Europe/Copenhagen")).toordinal()


def start_day(text: str) -> int:
    """Read the first day of a spell: a date that is not "for ever"."""
    ordinal = day(text)
    if ordinal == OPEN:
        raise Unreadable(f"en dato mellem {FIRST_YEAR} og {LAST_YEAR}")
    return ordinal


def end_day(text: str) -> int:
    """Read the last day of a spell, or a sign that it still runs."""
    text = " ".join(text.split())
    if text.casefold() in OPEN_SIGNS:
        return OPEN
    if _ZERO.fullmatch(text):
        raise Unreadable("en dato; lad cellen være tom, hvis forløbet er i gang")
    return day(text)
