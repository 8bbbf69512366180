"""Compute what the notat shows: small formulas, pure and exact.

Numbers are `fractions.Fraction`, so nothing is lost before a figure is shown and "half up" means half up.
An `Interval` goes with each number that was printed, since it was rounded.

Units: full-year equivalents (persons), headcounts (persons), attainment and weights (ratios: 1 is 100 per cent).
Source of each definition: the notats' own text and footnotes for 2021 and 2025, see docs/metode.md.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import TypeVar

from aarsstatus.interval import Interval

Amount = TypeVar("Amount", Fraction, Interval)
"""A number, or the bounds of one that was rounded: the same formula gives the bounds of its result."""

HOURS_PER_WEEK = 37  # full time in Denmark, as agreed for the municipal sector


def round_half_up(value: Fraction | int) -> int:
    """Round to a whole number, a half going up (towards plus infinity).

    ``2,5 → 3`` and ``3,5 → 4``, where Python's own ``round`` says ``2`` and ``4``.
    """
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)  # as ⌊value + ½⌋, in whole numbers


def days_of_year(year: int) -> int:
    """Return the number of days of a year: 365 or 366."""
    return 366 if calendar.isleap(year) else 365


def fewest_years(spells: int, year: int) -> Fraction:
    """Return the fewest full-year equivalents that spells can come to: one day each."""
    return Fraction(spells, days_of_year(year))


def printed_interval(status: Fraction, spells: int | None, year: int, counting: str) -> Interval:
    """Return what a scheme's status may have been before it was rounded to `status`.

    Heads are not rounded. Else the rounding tells, and so does the number of spells, where each is counted in days.
    """
    if counting == "headcount":
        return Interval.exactly(status)
    interval = Interval.rounded(status)
    if spells is None or counting != "days":
        return interval
    if spells == 0:
        return Interval.exactly(0) if status == 0 else interval
    fewest = fewest_years(spells, year)
    return Interval(max(interval.lower, fewest), interval.upper) if fewest < interval.upper else interval


def full_year_equivalents(days: int, year: int, weekly_hours: Fraction | int | None = None) -> Fraction:
    """Return the full-year equivalents (helårspersoner) of some days of one year.

    Days ÷ days of the year, and times hours ÷ 37 for a scheme counted by hours. Which days of a spell lie inside the
    year, its first and its last both included, `aarsstatus.extracts.sums` counts.

    Parameters
    ----------
    days
        Days inside the year, of one spell or of many with the same hours.
    year
        The calendar year that they lie in.
    weekly_hours
        Hours a week; None counts days alone.

    Returns
    -------
    Fraction
        Persons.

    Raises
    ------
    ValueError
        If the weekly hours are negative.
    """
    if weekly_hours is None:
        return Fraction(days, days_of_year(year))
    if weekly_hours < 0:
        raise ValueError(f"weekly hours cannot be negative: {weekly_hours}")
    return Fraction(days, days_of_year(year)) * weekly_hours / HOURS_PER_WEEK


def weekdays_of_year(year: int) -> int:
    """Return the number of a year's days from Monday to Friday, holidays among them."""
    days = days_of_year(year)
    first = date(year, 1, 1).weekday()
    return sum((first + day) % 7 < 5 for day in range(days))


def full_time_persons(weekdays: int, year: int, weekly_hours: Fraction | int) -> Fraction:
    """Return the full-time persons (fuldtidspersoner) of some weekdays of one year.

    Hours ÷ 37 × weekdays ÷ the year's weekdays, as Danmarks Statistik counts (variable GRADAAR). `weekdays` are those
    inside the year, of one spell or of many with the same hours.

    Raises
    ------
    ValueError
        If the weekly hours are negative.
    """
    if weekly_hours < 0:
        raise ValueError(f"weekly hours cannot be negative: {weekly_hours}")
    return Fraction(weekly_hours) / HOURS_PER_WEEK * weekdays / weekdays_of_year(year)


def joint(statuses: Iterable[Fraction | int]) -> Fraction:
    """Return the joint status (samlet status) of schemes that share a target.

    It is the sum of their statuses; nothing to sum gives 0.
    """
    return sum((Fraction(status) for status in statuses), Fraction(0))


def joint_interval(statuses: Iterable[Interval]) -> Interval:
    """Return the bounds of `joint` when each status is known only to an interval."""
    return sum(statuses, Interval.exactly(0))


def attainment(status: Amount, target: Fraction | int | None) -> Amount | None:
    """Return the attainment (målopfyldelse): status ÷ target.

    It is a ratio, 1 being 100 per cent; None ("no target") where the target is missing or zero. Targets are whole
    numbers set by the council, and so exact.
    """
    return status * (1 / Fraction(target)) if target else None


def shortfall(status: Fraction | int, target: Fraction | int | None) -> Fraction | None:
    """Return how many persons a status is short of its target; None without one.

    It is 0 where the target is reached: what one administration has too many is nobody else's.
    """
    return max(Fraction(0), Fraction(target) - status) if target else None


def weights(targets: Mapping[str, Fraction | int | None]) -> dict[str, Fraction]:
    """Return each target group's weight: its target ÷ the sum of the targets.

    Parameters
    ----------
    targets
        The whole city's (KK's) target by group, in persons. A group whose target is missing or zero gets no
        weight, and the weights of the others are larger by as much: they always sum to 1.

    Returns
    -------
    dict of str to Fraction
        Ratios that sum to 1, in the order of `targets`; empty when no group has a target.
    """
    present = {group: Fraction(target) for group, target in targets.items() if target}
    total = sum(present.values())
    return {group: target / total for group, target in present.items()}


def _rescaled(groups: Iterable[str], group_weights: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Return the weights of `groups` alone, made to sum to 1 again."""
    return weights({group: group_weights.get(group) for group in groups})


def weighted_attainment(
    attainments: Mapping[str, Amount | None], group_weights: Mapping[str, Fraction]
) -> Amount | None:
    """Return the weighted attainment (samlet målopfyldelse): Σ weight × attainment.

    Parameters
    ----------
    attainments
        Ratio by target group; None where the administration has no target for the group. Such a group is left
        out and the weights of the others are rescaled to sum to 1.
    group_weights
        The city's weights by group, as `weights` gives them; they follow from targets, and so are exact.

    Returns
    -------
    Fraction, Interval or None
        A ratio, or its bounds; None when no group has both an attainment and a weight.
    """
    present = {group: value for group, value in attainments.items() if value is not None}
    parts = [present[group] * weight for group, weight in _rescaled(present, group_weights).items()]
    return sum(parts[1:], parts[0]) if parts else None


def comparable_attainment(
    before: Mapping[str, Fraction | None], after: Mapping[str, Fraction | None], weights_before: Mapping[str, Fraction]
) -> Fraction | None:
    """Return what the weighted attainment would be at the weights of the year before.

    A group that is new has no weight there; one that is gone stays as it was.
    """
    now = {group: ratio for group, ratio in after.items() if ratio is not None}
    kept = {group: now.get(group, ratio) for group, ratio in before.items() if ratio is not None}
    return weighted_attainment(kept, weights_before)


def contributions(
    before: Mapping[str, Fraction | None], after: Mapping[str, Fraction | None], weights_before: Mapping[str, Fraction]
) -> dict[str, Fraction]:
    """Return how each group moved the weighted attainment, at the old weights.

    They sum to `comparable_attainment` less the weighted attainment of the year before, exactly; what is left of the
    change is that weights and groups are others.
    """
    old, now = ({group: ratio for group, ratio in side.items() if ratio is not None} for side in (before, after))
    scaled = _rescaled(old, weights_before)
    return {group: weight * (now[group] - old[group]) for group, weight in scaled.items() if group in now}
