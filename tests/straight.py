"""The same sums as `aarsstatus.extracts`, computed the slow and plain way: one day after another."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from functools import cache

from generator import CODES, Spell


@cache
def days_of(year: int) -> list[date]:
    """Return every day of a year."""
    day, days = date(year, 1, 1), []
    while day.year == year:
        days.append(day)
        day += timedelta(1)
    return days


def persons(spells: Iterable[tuple[date, date | None]], year: int, weekly_hours: Fraction | None = None) -> Fraction:
    """Return the full-year equivalents of some spells; an end of None still runs."""
    days = days_of(year)
    inside = sum(start <= day and (end is None or day <= end) for start, end in spells for day in days)
    return Fraction(inside, len(days)) * (1 if weekly_hours is None else weekly_hours / 37)


def sums(spells: Iterable[Spell], year: int) -> dict[tuple[str, str], tuple[Fraction, int | None]]:
    """Return status and number of spells by administration (and KK) and scheme."""
    days, found = days_of(year), {}
    made = list(spells)
    for scheme in dict.fromkeys(spell.scheme for spell in made):
        for code in ("KK", *CODES):
            own = [one for one in made if one.scheme == scheme and code in {"KK", one.administration}]
            if scheme == "fleksjob":
                last = days[-1]
                heads = {one.person for one in own if one.start <= last and (one.end is None or last <= one.end)}
                found[code, scheme] = (Fraction(len(heads)), None)
                continue
            inside = [sum(one.start <= day and (one.end is None or day <= one.end) for day in days) for one in own]
            found[code, scheme] = (Fraction(sum(inside), len(days)), sum(count > 0 for count in inside))
    return found
