"""Compare the rows of a file with the text above and below them.

Reports say above their table, or below it, which period they are of, how many rows they have, when they were made, and
what was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date

from aarsstatus import danish
from aarsstatus.extracts.dates import find_day
from aarsstatus.extracts.refusals import Refusals

_DAY = r"(?<!\d)(?:\d{1,2}[-./]\d{1,2}[-./]20\d\d|20\d\d-\d\d-\d\d)(?!\d)"
_PERIOD = re.compile(rf"({_DAY})\D{{1,25}}?({_DAY})")
_MADE = re.compile(
    r"(?:udtrukket|udtræk(?:sdato)?|udskrevet|udskrift|dannet|trukket|kørt|kørsel(?:sdato)?|genereret|opgjort|rapportdato|"
    rf"eksporteret|pr\.)\D{{0,25}}({_DAY})",
    re.IGNORECASE,
)
_NUMBER = r"\d{1,3}(?:\.\d{3})+|\d+"
_ROWS = re.compile(
    rf"antal (?:rækker|poster|records)\W{{0,3}}({_NUMBER})(?!\w)|"
    rf"(?<![\w.-])({_NUMBER}) (?:rækker|poster|rows|records)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d.,/-])20\d\d(?![\d.,/-]\d|\d)")
_LONGEST = 4_000
"""Characters above a table and below it: whatever has more is no title."""
_SELECTED = re.compile(r"\b(?:filter|filtreret|kun|stikprøve|testdata|udkast|top \d+|højst|begrænset)\b", re.IGNORECASE)
"""Says that a file may hold less than all, or something else."""


def around(title: str, below: Sequence[str]) -> str:
    """Return the text above a table and below it."""
    return " ".join(text[:_LONGEST] for text in (title, *below))


def made(said: str) -> date | None:
    """Return the day on which a file says that it was made."""
    days = [one for match in _MADE.finditer(said) if (one := find_day(match[1])) is not None]
    return max(days, default=None)


def refuse_other(
    label: str, said: str, sheet: str, stem: str, rows: int, year: int, refusals: Refusals
) -> Iterator[str]:  # fmt: skip
    """Refuse a table of another year, or longer, as it says; yield what is doubtful.

    `said` is what stands above the table and below it, `sheet` and `stem` are the names of its sheet and its file.
    """
    numbers = [int((match[1] or match[2]).replace(".", "")) for match in _ROWS.finditer(said)]
    if numbers and not {rows, rows + 1}.intersection(numbers):
        stated = danish.whole(max(numbers))
        refusals.file(
            label, f"filen siger, at der er {stated} rækker, men der er {danish.whole(rows)}",
            expected="hele udtrækket; er det skåret over eller filtreret, så lav det igen, og passer tallet ikke, så "
            "slet linjen",
        )  # fmt: skip
    rest = _MADE.sub(" ", said)
    periods = [(first, last) for match in _PERIOD.finditer(rest) if (first := find_day(match[1]))
               and (last := find_day(match[2])) and first < last]  # fmt: skip
    if periods and not any(first.year <= year <= last.year for first, last in periods):
        shown = " til ".join(map(danish.short_date, periods[0]))
        refusals.file(
            label, "filen siger, at den er for en anden periode", found=shown, expected=f"et udtræk for {year}"
        )
    elif periods and not any(first <= date(year, 1, 1) and last >= date(year, 12, 31) for first, last in periods):
        shown = " til ".join(map(danish.short_date, periods[0]))
        yield f"{label}: filen siger, at den er for {shown}, og det er ikke hele {year}; se efter, om udtrækket er helt"
    years = {int(one) for text in (re.sub(_DAY, " ", rest), sheet) for one in _YEAR.findall(text)}
    if not periods and _is_another(years, year):
        refusals.file(label, "filen siger, at den er for et andet år", found=str(year - 1), expected=str(year))
    elif not periods and _is_another({int(one) for one in _YEAR.findall(stem)}, year):
        yield f"{label}: filens navn siger {year - 1}; se efter, om den er for {year}"
    if (selected := _SELECTED.search(said)) is not None:
        word = selected[0].casefold()
        yield f"{label}: over eller under tabellen står der »{word}«; se efter, om udtrækket er helt"


def _is_another(years: Collection[int], year: int) -> bool:
    """Return whether some years are those of last year's extract."""
    return year - 1 in years and year not in years
