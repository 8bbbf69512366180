"""Sum spells into full-year equivalents, spells and headcounts.

Everything is exact: days are added as whole numbers, and divided once, by `attainment.full_year_equivalents`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import polars as pl

from aarsstatus.attainment import full_year_equivalents
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.schema import KK

__all__ = ["Sum", "count", "days_inside"]


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
    grouped = spells.group_by("scheme", "administration", "weekly_hours").agg(
        days_inside(year).sum(), pl.len().alias("spells")
    )
    found: dict[tuple[str, str], Sum] = {}
    for place in sorted(spells["scheme"].unique().to_list()):
        scheme = schemes[place]
        own = grouped.filter(pl.col("scheme") == place)
        if scheme.counting == "headcount":
            heads = spells.filter((pl.col("scheme") == place) & (pl.col("start") <= last) & (pl.col("end") >= last))
            for number, code in enumerate(codes):
                found[code, scheme.key] = Sum(Fraction(_heads(heads.filter(pl.col("administration") == number))), None)
            found[KK, scheme.key] = Sum(Fraction(_heads(heads)), None)
            continue
        by_hours = scheme.counting == "hours"
        for code, rows in ((KK, own), *((c, own.filter(pl.col("administration") == n)) for n, c in enumerate(codes))):
            parts = rows.select("days", "weekly_hours", "spells").rows()
            shares = (
                full_year_equivalents(days, year, Fraction(hours, 100) if by_hours else None)
                for days, hours, _ in parts
            )
            found[code, scheme.key] = Sum(sum(shares, Fraction(0)), sum(number for _, _, number in parts))
    return found


def _heads(employed: pl.DataFrame) -> int:
    """Count persons; an employment without a person counts as one."""
    persons = employed["person"]
    return persons.drop_nulls().n_unique() + persons.null_count()
