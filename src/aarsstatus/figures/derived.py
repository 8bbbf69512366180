"""Work out what stands in no table: missing persons, reached targets, changes.

All of it follows from the table of figures, so each is a row with formula and inputs as any other. `every_figure` is
what a build shows: the figures of the tables, and these after them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from aarsstatus import attainment as formulas
from aarsstatus import danish
from aarsstatus.figures import At, Figure, Measure, Mode, bounds_of, computed_figure, show, value_of
from aarsstatus.figures.collection import Figures
from aarsstatus.figures.table import NOT_ADOPTED, as_published, build_figures, percentage
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.reorganisations import comparable
from aarsstatus.inputs.schema import KK
from aarsstatus.interval import Interval


def every_figure(
    data: Data, year: int, comparison_year: int | None, *, notat: str | None = None, mode: Mode = "published"
) -> Figures:
    """Compute every figure of a year's build, those beside the tables too."""
    figures = build_figures(data, year, notat=notat, mode=mode)
    derived = as_published(_derived(figures, data, year, comparison_year), data, notat, mode)
    return Figures([*figures.values(), *derived])


def _derived(figures: Figures, data: Data, year: int, comparison_year: int | None) -> Iterator[Figure]:
    """Yield what stands in no table of a year, administration by administration."""
    codes = data.codes(year)
    for code in codes:
        for attained in figures.select(year=year, administration=code, measure="attainment"):
            missing = _shortfall(figures, attained)
            yield missing
            yield from _closing_effect(figures, missing)
        if comparison_year and comparable(data, code, comparison_year, year):
            yield from change(figures, code, comparison_year, year)
    yield from _reached(figures, codes, year)


def _shortfall(figures: Figures, attained: Figure) -> Figure:
    """Return how many persons a target group is short of its target."""
    at: At = (attained.year, attained.administration, attained.group, "")
    *statuses, target = (figures[id_] for id_ in attained.inputs)
    status = figures.find(*at[:3], "joint_status") or statuses[0]
    inputs = [target.id, status.id]
    missing = formulas.shortfall(value_of(status), target.value)
    if missing is None:
        return computed_figure(at, "shortfall", None, None, NOT_ADOPTED, inputs)
    left = bounds_of(target) - bounds_of(status)
    bounds = Interval(max(left.lower, Fraction(0)), max(left.upper, Fraction(0)))
    wanted, there, less = (danish.number(one) for one in (value_of(target), value_of(status), missing))
    formula = f"{wanted} − {there} = {less}" if missing else f"måltallet {wanted} er nået med {there}"
    return computed_figure(at, "shortfall", missing, bounds, formula, inputs)


def _closing_effect(figures: Figures, missing: Figure) -> Iterator[Figure]:
    """Yield what the missing persons would add to the city's weighted attainment.

    The city's weight × what they add to its attainment is their number ÷ all of its targets.
    """
    at: At = (missing.year, missing.administration, missing.group, "")
    weight = figures.find(missing.year, KK, missing.group, "weight")
    if missing.value is None or weight is None:
        return
    targets = [figures[id_] for id_ in weight.inputs]
    share = 100 / formulas.joint(map(value_of, targets))
    below = " + ".join(danish.number(value_of(one)) for one in targets)
    formula = f"{danish.number(missing.value)} ÷ ({below}) {result('closing_effect', missing.value * share)}"
    bounds = bounds_of(missing) * share
    inputs = [missing.id, *weight.inputs]
    yield computed_figure(at, "closing_effect", missing.value * share, bounds, formula, inputs)


def _reached(figures: Figures, codes: Sequence[str], year: int) -> Iterator[Figure]:
    """Yield how many administrations reached 100 per cent, rounded as shown."""
    totals = (figures.known(year, code, "total", "weighted_attainment") for code in codes if code != KK)
    counted = [one for one in totals if one is not None]
    if not counted:
        return
    count = Fraction(sum(danish.parse(one.computed) >= 100 for one in counted))
    told = danish.join([f"{one.administration} {one.computed}" for one in counted])
    formula = f"mindst 100 pct. blandt {told}: {danish.whole(count)}"
    inputs = [one.id for one in counted]
    yield computed_figure((year, KK, "total", ""), "reached", count, Interval.exactly(count), formula, inputs)


def change(figures: Figures, code: str, before: int, after: int) -> Iterator[Figure]:
    """Yield the parts of an administration's change between two years, and the whole.

    First the attainments, at the weights of the comparison year; then the weights and the groups. They sum to the
    whole, exactly. There are none where one of the years has no weighted attainment.
    """
    was, now = (figures.known(year, code, "total", "weighted_attainment") for year in (before, after))
    if was is None or now is None:
        return
    old, new = (
        {
            one.group: one
            for one in figures.select(year=year, administration=code, measure="attainment")
            if one.value is not None
        }
        for year in (before, after)
    )
    weights = {group: one for group in old if (one := figures.find(before, code, group, "weight")) is not None}
    old = {group: old[group] for group in weights}
    ratios, ratios_now, shares = (
        {group: value_of(one) / 100 for group, one in side.items()} for side in (old, new, weights)
    )
    for group, part in formulas.contributions(ratios, ratios_now, shares).items():
        weight, first, last = weights[group], old[group], new[group]
        bounds = (bounds_of(last) - bounds_of(first)) * shares[group]
        formula = (
            f"{percentage(weight)} × ({percentage(last)} − {percentage(first)}) {result('contribution', part * 100)}"
        )
        inputs, at = [weight.id, last.id, first.id], (after, code, group, "")
        yield computed_figure(at, "contribution", part * 100, bounds, formula, inputs)
    pairs = [(weights[group], new.get(group, one)) for group, one in old.items()]
    value = (formulas.comparable_attainment(ratios, ratios_now, shares) or Fraction(0)) * 100
    bounds = formulas.joint_interval(bounds_of(one) * (value_of(weight) / 100) for weight, one in pairs)
    above = " + ".join(f"{percentage(weight)} × {percentage(one)}" for weight, one in pairs)
    formula, inputs = f"{above} {result('comparable_attainment', value)}", [one.id for pair in pairs for one in pair]
    comparable = computed_figure((after, code, "total", ""), "comparable_attainment", value, bounds, formula, inputs)
    yield comparable
    yield _difference("reweighting", now, comparable)
    yield _difference("change", now, was)


def _difference(measure: Measure, first: Figure, second: Figure) -> Figure:
    """Return by how much one weighted attainment is above another."""
    value = value_of(first) - value_of(second)
    formula = f"{_two_places(value_of(first))} − {_two_places(value_of(second))} {result(measure, value)}"
    at: At = (first.year, first.administration, "total", "")
    return computed_figure(at, measure, value, bounds_of(first) - bounds_of(second), formula, [first.id, second.id])


def result(measure: Measure, value: Fraction) -> str:
    """End a formula with its result: ``≈ −5,85 → −5,8 procentpoint``."""
    return f"≈ {_two_places(value)} → {show(measure, value)}"


def _two_places(value: Fraction) -> str:
    return danish.minus(danish.decimal(value, 2))
