"""Make the table of figures: every number of the notat, from the inputs.

`build_figures` is pure: data in, figures out. All else is a view of what it returns. The formulas themselves are in
`attainment`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from aarsstatus import attainment as formulas
from aarsstatus import danish
from aarsstatus.figures import At, Figure, Measure, Mode, bounds_of, computed_figure, figure_id, value_of, verdict
from aarsstatus.figures.collection import Figures
from aarsstatus.inputs.model import Data, Status
from aarsstatus.inputs.schema import KK
from aarsstatus.interval import Interval

NOT_ADOPTED = "der er ikke vedtaget et måltal"


def build_figures(data: Data, year: int, *, notat: str | None = None, mode: Mode = "published") -> Figures:
    """Compute every figure of a year and of the years before it.

    A later year never changes an earlier notat, so nothing after `year` is looked at. What `notat` printed comes
    first where several printed a figure; `mode` says whether a published figure is shown as it was published.
    """
    builder = _Builder(data)
    for when in reversed(data.years()):
        for code in data.codes(when) if when <= year else ():
            builder.table(when, code)
    return Figures(list(as_published(builder.figures, data, notat, mode)))


def as_published(figures: Iterable[Figure], data: Data, notat: str | None, mode: Mode) -> Iterator[Figure]:
    """Yield figures, each held against what was printed of it."""
    printed = printed_values(data, notat)
    for figure in figures:
        published = printed.get(figure.id)
        if published is None:
            yield figure
            continue
        found = verdict(published, figure.shown, figure.interval)
        ours = mode == "recomputed" and found == "contradicted"  # what lies within rounding is nearer than our own
        yield replace(figure, shown=figure.shown if ours else published, published=published, verdict=found)


def printed_values(data: Data, notat: str | None) -> dict[str, str]:
    """Return what each figure was published as: tables before prose."""
    values: dict[str, str] = {}
    for row in sorted(data.printed, key=lambda row: (row.notat != notat, row.in_prose)):
        values.setdefault(row.id, row.printed)
    return values


class _Builder:
    """Collect figures as they follow from the inputs, in a table's order."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.figures: list[Figure] = []
        self.printed_targets = {row.id: row for row in reversed(data.printed) if row.id.endswith(".target")}
        self.adopted = {row.id.partition(".")[0] for row in data.printed if row.id.endswith(".adopted")}

    def add(
        self, at: At, measure: Measure, value: Fraction | None, interval: Interval | None, formula: str,
        inputs: Sequence[str] = (), source: str = "",
    ) -> Figure:  # fmt: skip
        """Add one figure."""
        self.figures.append(computed_figure(at, measure, value, interval, formula, inputs, source))
        return self.figures[-1]

    def table(self, year: int, code: str) -> None:
        """Add all figures of one administration's table for one year."""
        found = [self.group((year, code, group.key, "")) for group in self.data.groups_of(year)]
        if attainments := [figure for figure in found if figure is not None]:
            self.total(year, code, attainments)

    def group(self, at: At) -> Figure | None:
        """Add a target group's figures; return its attainment, if anything is known."""
        year, code, group, _ = at
        schemes = self.data.schemes_in(group, year)
        rows = [row for one in schemes if (row := self.data.statuses.get((year, code, one.key)))]
        if not rows:
            return None
        pairs = [self.scheme((year, code, group, row.scheme), row) for row in rows]
        statuses, spells = [status for status, _ in pairs], [spells for _, spells in pairs if spells]
        status = statuses[0]
        if self.data.is_joint(group, year):
            status = self.sum(at, "joint_status", statuses)
            if spells:
                self.sum(at, "spells_total", spells)
        return self.attainment(at, status, statuses)

    def scheme(self, at: At, row: Status) -> tuple[Figure, Figure | None]:
        """Add a scheme's status and, where they are known, its spells."""
        origin = f"{'aflæst' if row.origin.startswith('notat') else 'opgjort'} af {row.origin}"
        status = self.add(at, "status", row.status, row.interval, origin, source=row.source)
        if row.spells is None:
            return status, None
        count = Interval.exactly(row.spells)
        return status, self.add(at, "spells", count.lower, count, origin, source=row.source)

    def sum(self, at: At, measure: Measure, figures: Sequence[Figure]) -> Figure:
        """Add the joint status, or the spells in all, of the schemes that share a target."""
        value, bounds = formulas.joint(map(value_of, figures)), formulas.joint_interval(map(bounds_of, figures))
        return self.add(at, measure, value, bounds, _added(figures, value), [one.id for one in figures])

    def attainment(self, at: At, status: Figure, statuses: Sequence[Figure]) -> Figure:
        """Add a group's target, and its attainment: status ÷ target."""
        row = self.data.targets.get(at[:3])
        number, source = (row.target, row.source) if row else (None, "")
        known = Interval.exactly(number) if number else None
        origin = self.origin_of_target(at) if known else NOT_ADOPTED
        target = self.add(at, "target", known.lower if known else None, known, origin, source=source)
        value = formulas.attainment(value_of(status), number)
        interval = formulas.attainment(bounds_of(status), number)
        formula = NOT_ADOPTED
        if value is not None:
            above = f"({_sum(statuses)})" if len(statuses) > 1 else _sum(statuses)
            shown = sum(danish.parse(danish.number(value_of(one))) for one in statuses) / value_of(target)
            formula = f"{above} ÷ {danish.number(value_of(target))} {_result(value, shown)}"
        return self.add(
            at, "attainment", None if value is None else value * 100, interval and interval * 100, formula,
            [*(one.id for one in statuses), target.id],
        )  # fmt: skip

    def origin_of_target(self, at: At) -> str:
        """Say where a target comes from: adopted, or known from a notat alone."""
        printed = self.printed_targets.get(figure_id(*at[:3], "target"))
        if printed is None or str(at[0]) in self.adopted:
            return f"vedtaget af {self.data.city(at[0]).council}"
        return f"aflæst af {printed.notat}, {printed.place}"

    def total(self, year: int, code: str, attainments: Sequence[Figure]) -> None:
        """Add the groups' weights and the weighted attainment."""
        ratios = {one.group: one.value / 100 for one in attainments if one.value is not None}
        rows = {group: self.data.targets.get((year, KK, group)) for group in ratios}
        targets = {group: row.target for group, row in rows.items() if row and row.target}
        shares = formulas.weights(targets)  # of what this administration has targets for: the weights that are used
        weights = {group: self.weight((year, code, group, ""), targets, share) for group, share in shares.items()}
        value = formulas.weighted_attainment(ratios, shares)
        intervals = {one.group: one.interval and one.interval * Fraction(1, 100) for one in attainments}
        interval = formulas.weighted_attainment(intervals, shares)
        counted = [(weights[one.group], one) for one in attainments if one.group in weights]
        formula = NOT_ADOPTED
        if value is not None:
            above = " + ".join(f"{percentage(weight)} × {percentage(one)}" for weight, one in counted)
            told = [(danish.parse(danish.decimal(value_of(one))) for one in pair) for pair in counted]
            shown = sum((share * ratio for share, ratio in told), Fraction(0)) / 100
            formula = f"{above} {_result(value, shown / 100)}"
        self.add(
            (year, code, "total", ""), "weighted_attainment", None if value is None else value * 100,
            interval and interval * 100, formula, [figure.id for pair in counted for figure in pair],
        )  # fmt: skip

    def weight(self, at: At, targets: Mapping[str, int], share: Fraction) -> Figure:
        """Add a group's weight: its share of the city's targets that are counted."""
        year, _, group, _ = at
        below = " + ".join(danish.number(Fraction(target)) for target in targets.values())
        formula = f"{danish.number(Fraction(targets[group]))} ÷ ({below}) {_result(share, share)}"
        inputs = [figure_id(year, KK, one, "target") for one in sorted(targets, key=lambda one: one != group)]
        return self.add(at, "weight", share * 100, Interval.exactly(share * 100), formula, inputs)


def _result(ratio: Fraction, shown: Fraction) -> str:
    """End a formula with its ratio; `shown` is the value of the rounded numbers."""
    text = danish.decimal(ratio * 100)
    return f"{'=' if danish.decimal(shown * 100) == text else '≈'} {text} → {danish.percent(ratio)}"


def _added(figures: Sequence[Figure], value: Fraction) -> str:
    """Write a sum with as many decimals as make it true, or else with ≈."""
    for places in (1, 2, 3):
        terms, total = [danish.number(value_of(one), places) for one in figures], danish.number(value, places)
        if sum(map(danish.parse, terms)) == danish.parse(total):
            return f"{' + '.join(terms)} = {total}"
    return f"{_sum(figures)} ≈ {danish.number(value)}"


def _sum(figures: Sequence[Figure]) -> str:
    return " + ".join(danish.number(value_of(figure)) for figure in figures)


def percentage(figure: Figure) -> str:
    """Write a percentage in a formula, with one decimal."""
    return f"{danish.decimal(value_of(figure))} pct."
