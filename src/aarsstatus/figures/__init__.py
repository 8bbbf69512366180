"""Hold one figure: id, value, bounds, formula, inputs, source, verdict.

A figure's id reads ``YEAR.ADMINISTRATION.GROUP[.SCHEME].MEASURE``; the scheme is left out where the group has no
other (``2025.KK.GROUP.status``), and what covers all groups has the group ``total``
(``2025.KK.total.weighted_attainment``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Literal, NamedTuple, cast, get_args

from aarsstatus import danish
from aarsstatus.interval import Interval

Measure = Literal[
    "status", "joint_status", "target", "attainment", "weight", "weighted_attainment", "spells", "spells_total",
    "shortfall", "closing_effect", "contribution", "comparable_attainment", "reweighting", "change", "reached",
]  # fmt: skip
Verdict = Literal["exact", "within_rounding", "contradicted", "unpublished"]
Mode = Literal["published", "recomputed"]
PERCENTAGES: frozenset[Measure] = frozenset({"attainment", "weight", "weighted_attainment", "comparable_attainment"})
POINTS: frozenset[Measure] = frozenset({"closing_effect", "contribution", "reweighting", "change"})
"""Measures of what moved a percentage, in percentage points."""
DERIVED: frozenset[Measure] = POINTS | {"shortfall", "comparable_attainment", "reached"}
"""Measures that no table has: they follow from those that the tables have (`derived`)."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Hold one figure. The fields are the columns of ``figures.csv``, in order.

    `value`, `lower` and `upper` are exact: persons for statuses and targets, per cent for attainments and
    weights, a count for spells; None is "no target". ``[lower, upper)`` holds the unrounded number.
    """

    id: str
    year: int
    administration: str
    group: str
    scheme: str
    measure: Measure
    value: Fraction | None
    lower: Fraction | None
    upper: Fraction | None
    shown: str
    formula: str
    inputs: tuple[str, ...]
    source: str
    published: str
    verdict: Verdict
    reason: str = ""

    @property
    def computed(self) -> str:
        """Return the figure with its recomputed value as the one shown."""
        return show(self.measure, self.value)

    @property
    def interval(self) -> Interval | None:
        """Return the bounds as an interval."""
        return None if self.lower is None or self.upper is None else Interval(self.lower, self.upper)


COLUMNS = tuple(field.name for field in fields(Figure))


class FigureId(NamedTuple):
    """Hold the parts of a figure's id; `scheme` is the group's where left out."""

    year: int
    administration: str
    group: str
    scheme: str
    measure: Measure


_ID = re.compile(rf"(\d{{4}})\.([^.]+)\.([a-z_]+)(?:\.([a-z_]+))?\.({'|'.join(get_args(Measure))})")


def figure_id(year: int, administration: str, group: str, measure: str, scheme: str = "") -> str:
    """Return the id of a figure."""
    middle = [scheme] if scheme and scheme != group else []
    return ".".join([str(year), administration, group, *middle, measure])


def read_figure_id(text: str) -> FigureId | None:
    """Take a figure's id apart; None for the id of what is no figure."""
    match = _ID.fullmatch(text)
    if match is None:
        return None
    year, code, group, scheme, measure = match.groups()
    return FigureId(int(year), code, group, scheme or group, cast(Measure, measure))


def show(measure: Measure, value: Fraction | None) -> str:
    """Write a figure's value as the notat does."""
    if value is None:
        return danish.NO_TARGET
    if measure in POINTS:
        return danish.points(value)
    return danish.percent(value / 100) if measure in PERCENTAGES else danish.whole(value)


At = tuple[int, str, str, str]
"""Where a figure belongs: its year, administration, group and scheme."""


def computed_figure(
    at: At, measure: Measure, value: Fraction | None, interval: Interval | None, formula: str,
    inputs: Sequence[str] = (), source: str = "",
) -> Figure:  # fmt: skip
    """Return a figure as it was worked out, with nothing of it printed yet."""
    year, code, group, scheme = at
    lower, upper = (interval.lower, interval.upper) if interval else (None, None)
    return Figure(
        figure_id(year, code, group, measure, scheme), year, code, group, scheme, measure, value, lower, upper,
        show(measure, value), formula, tuple(inputs), source, published="", verdict="unpublished",
    )  # fmt: skip


def compared(before: Figure, after: Figure) -> tuple[Fraction, Fraction] | None:
    """Return two figures' comparable values, or None where one has none.

    They are unrounded where both are shown as computed. Where either shows what was printed of it, they are what is
    shown: a difference of other numbers than those beside it would be false.
    """
    if before.value is None or after.value is None:
        return None
    if all(danish.same(one.shown, one.computed) for one in (before, after)):
        return before.value, after.value
    return seen(before, after)


def seen(before: Figure, after: Figure) -> tuple[Fraction, Fraction] | None:
    """Return two figures' values as they are shown; None where one has none."""
    if danish.NO_TARGET in (before.shown, after.shown):
        return None
    return danish.parse(before.shown), danish.parse(after.shown)


def value_of(figure: Figure) -> Fraction:
    """Return the value of a figure that has one."""
    if figure.value is None:
        raise ValueError(f"{figure.id} has no value")
    return figure.value


def bounds_of(figure: Figure) -> Interval:
    """Return the bounds of a figure that has a value."""
    if figure.interval is None:
        raise ValueError(f"{figure.id} has no bounds")
    return figure.interval


def verdict(published: str, computed: str, interval: Interval | None) -> Verdict:
    """Decide if a number is exact, inden for afrundingen, or contradicted."""
    if not published:
        return "unpublished"
    if danish.NO_TARGET in (published, computed) or interval is None:
        return "exact" if published == computed else "contradicted"
    printed = danish.parse(published)
    if printed == danish.parse(computed):
        return "exact"
    return "within_rounding" if interval.rounds_to(printed, danish.places(published)) else "contradicted"
