"""Work out what stands in no table: missing persons, reached targets, changes.

All of it follows from the table of figures, so each is a row with formula and inputs as any other. `every_figure` is
what a build shows: the figures of the tables, and these after them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from aarsstatus import attainment as formulas
from aarsstatus import danish
from aarsstatus.attainment import Interval
from aarsstatus.figures import At, Figure, Mode, bounds_of, computed_figure, value_of
from aarsstatus.figures.change import change, result
from aarsstatus.figures.collection import Figures
from aarsstatus.figures.table import NOT_ADOPTED, as_published, build_figures
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.reorganisations import comparable
from aarsstatus.inputs.schema import KK


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
    bounds = bounds_of(missing).scaled(share)
    inputs = [missing.id, *weight.inputs]
    yield computed_figure(at, "closing_effect", missing.value * share, bounds, formula, inputs)


def _reached(figures: Figures, codes: Sequence[str], year: int) -> Iterator[Figure]:
    """Yield how many administrations reached 100 per cent, rounded as shown."""
    totals = (figures.find(year, code, "total", "weighted_attainment") for code in codes if code != KK)
    counted = [one for one in totals if one is not None and one.value is not None]
    if not counted:
        return
    count = Fraction(sum(danish.parse(one.computed) >= 100 for one in counted))
    told = danish.join([f"{one.administration} {one.computed}" for one in counted])
    formula = f"mindst 100 pct. blandt {told}: {danish.whole(count)}"
    inputs = [one.id for one in counted]
    yield computed_figure((year, KK, "total", ""), "reached", count, Interval.exactly(count), formula, inputs)
