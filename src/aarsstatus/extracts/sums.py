"""Sum spells into full-year equivalents, spells and headcounts.

Everything is exact: days are added as whole numbers, and divided once, by `attainment.full_year_equivalents`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import polars as pl

from aarsstatus.attainment import full_time_persons, full_year_equivalents
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.schema import KK


@dataclass(frozen=True, slots=True)
class Sum:
    """Say what a scheme came to in an administration.

    Persons, and spells (None where heads are counted).
    """

    status: Fraction
    spells: int | None


def days_inside(year: int) -> pl.Expr:
    """Return the days of a spell inside a year, as a column ``days``.

    Its first and its last day are both included.
    """
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    inside = pl.min_horizontal("end", pl.lit(last)) - pl.max_horizontal("start", pl.lit(first)) + 1
    return inside.cast(pl.Int64).alias("days")


def weekdays_inside(year: int) -> pl.Expr:
    """Return the weekdays of a spell inside a year, as a column ``weekdays``."""
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    until = _weekdays_until(pl.min_horizontal("end", pl.lit(last)))
    return (until - _weekdays_until(pl.max_horizontal("start", pl.lit(first)) - 1)).alias("weekdays")


def _weekdays_until(day: pl.Expr) -> pl.Expr:
    """Return how many weekdays there are from day 1, a Monday, to a day."""
    day = day.cast(pl.Int64)
    return day // 7 * 5 + pl.min_horizontal(day % 7, pl.lit(5))


def count(spells: pl.DataFrame, year: int, codes: Sequence[str], data: Data) -> dict[tuple[str, str], Sum]:
    """Sum spells for each administration and for the whole city.

    Parameters
    ----------
    spells
        With the columns of `rows.KEPT`; every one has a day in the year.
    year
        The year.
    codes
        The administrations' codes; a spell's ``administration`` is a place in it, or its length for "none".
    data
        For how each scheme is counted.

    Returns
    -------
    dict
        By code and scheme, for every scheme that has a spell, every administration, and ``KK``.
    """
    last = date(year, 12, 31).toordinal()
    schemes = list(data.schemes.values())
    asked = any(scheme.counting == "weekdays" for scheme in schemes)  # a look at each spell that few need
    weekdays = weekdays_inside(year).sum() if asked else pl.lit(0).alias("weekdays")
    grouped = spells.group_by("scheme", "administration", "weekly_hours").agg(
        days_inside(year).sum(), weekdays, pl.len().alias("spells")
    )
    everywhere = pl.lit(value=True)
    parts = ((KK, everywhere), *((code, pl.col("administration") == number) for number, code in enumerate(codes)))
    employed = spells.filter(pl.col("start") <= last, pl.col("end") >= last)
    found: dict[tuple[str, str], Sum] = {}
    for place in sorted(spells["scheme"].unique().to_list()):
        scheme, own = schemes[place], pl.col("scheme") == place
        for code, here in parts:
            if scheme.counting == "headcount":
                found[code, scheme.key] = Sum(Fraction(_heads(employed.filter(own, here))), None)
                continue
            rows = grouped.filter(own, here).select("days", "weekdays", "weekly_hours", "spells").rows()
            shares = (_status(scheme.counting, days, weekdays, hours, year) for days, weekdays, hours, _ in rows)
            found[code, scheme.key] = Sum(sum(shares, Fraction(0)), sum(number for *_, number in rows))
    return found


def _status(counting: str, days: int, weekdays: int, hours: int, year: int) -> Fraction:
    """Return the persons that some days come to; hours are hundredths."""
    if counting == "weekdays":
        return full_time_persons(weekdays, year, Fraction(hours, 100))
    return full_year_equivalents(days, year, Fraction(hours, 100) if counting == "hours" else None)


def _heads(employed: pl.DataFrame) -> int:
    """Count persons; an employment without a person counts as one."""
    persons = employed["person"]
    return persons.drop_nulls().n_unique() + persons.null_count()
