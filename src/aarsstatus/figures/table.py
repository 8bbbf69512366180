"""The table of figures: every number the notat shows, each with its formula, inputs, bounds and source.

`build_figures` is pure: data in, figures out. Everything else is a projection of what it returns.

A figure's id reads ``YEAR.ADMINISTRATION.GROUP[.SCHEME].MEASURE``; the scheme is left out where the group has no
other (``2025.KK.fleksjob.status``), and what covers all groups has the group ``total``
(``2025.BUF.total.weighted_attainment``).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Literal, TypeVar, cast, get_args

from aarsstatus import attainment as formulas
from aarsstatus import danish
from aarsstatus.attainment import Interval
from aarsstatus.inputs.data import GROUPS, KK, Data

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "COLUMNS",
    "Figure",
    "Figures",
    "Measure",
    "Mode",
    "Part",
    "Verdict",
    "build_figures",
    "figure_id",
    "value_of",
]

Measure = Literal[
    "status",
    "joint_status",
    "target",
    "attainment",
    "weight",
    "weighted_attainment",
    "spells",
    "spells_total",
]
Verdict = Literal["exact", "within_rounding", "contradicted", "unpublished"]
Mode = Literal["published", "recomputed"]
Said = TypeVar("Said", bound=str)

NOT_ADOPTED = "der er ikke vedtaget et måltal"
PERCENTAGES: frozenset[str] = frozenset({"attainment", "weight", "weighted_attainment"})


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. The fields are the columns of ``figures.csv``, in order.

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

    @property
    def computed(self) -> str:
        """The figure as it is shown when it is not the published one that is printed."""
        return show(self.measure, self.value)

    @property
    def interval(self) -> Interval | None:
        """The bounds as an interval."""
        return None if self.lower is None or self.upper is None else Interval(self.lower, self.upper)


COLUMNS = tuple(field.name for field in fields(Figure))


def show(measure: str, value: Fraction | None) -> str:
    """Write a figure's value as the notat does."""
    if value is None:
        return danish.NO_TARGET
    return danish.percent(value / 100) if measure in PERCENTAGES else danish.whole(value)


def figure_id(year: int, administration: str, group: str, measure: str, scheme: str = "") -> str:
    """Return the id of a figure."""
    middle = [scheme] if scheme and scheme != group else []
    return ".".join([str(year), administration, group, *middle, measure])


class Part(tuple[Figure, ...]):
    """Figures that belong together, as a year's; equal to itself alone, so that what is made of it can be kept."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        """Whether it is the very same."""
        return self is other

    def __ne__(self, other: object) -> bool:
        """Whether it is another."""
        return self is not other


class Figures(Mapping[str, Figure]):
    """All figures of a build by id, in the order of the tables.

    Parameters
    ----------
    parts
        The figures; in several parts where some are shared with other builds.
    """

    def __init__(self, *parts: Sequence[Figure]) -> None:
        self.parts = tuple(part if isinstance(part, Part) else Part(part) for part in parts)
        self._by_id = {figure.id: figure for part in self.parts for figure in part}
        if len(self._by_id) < sum(map(len, self.parts)):
            raise ValueError("two figures have the same id")

    def __getitem__(self, key: str) -> Figure:
        """Return the figure with the id `key`."""
        return self._by_id[key]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the ids."""
        return iter(self._by_id)

    def __len__(self) -> int:
        """Return how many figures there are."""
        return len(self._by_id)

    def find(self, year: int, administration: str, group: str, measure: str, scheme: str = "") -> Figure | None:
        """Return a figure by its parts, or None."""
        return self._by_id.get(figure_id(year, administration, group, measure, scheme))

    def select(
        self, *, year: int | None = None, administration: str | None = None, measure: str | None = None
    ) -> list[Figure]:
        """Return the figures of a year, an administration and a measure; what is not given is not restricted."""
        return [
            figure
            for figure in self._by_id.values()
            if (year is None or figure.year == year)
            and (administration is None or figure.administration == administration)
            and (measure is None or figure.measure == measure)
        ]

    def with_verdicts(self, verdicts: Mapping[str, Verdict]) -> Figures:
        """Return the same figures with other verdicts, by id, where they were published."""
        return Figures(*(_judged(part, _of(part, verdicts, published=True)) for part in self.parts))

    def to_csv(self) -> str:
        """Return the figures as ``figures.csv``: comma, point decimal, one row a figure."""
        return "".join([",".join(COLUMNS), "\n", *map(_lines, self.parts)])

    def to_frame(self) -> pd.DataFrame:
        """Return the figures as a pandas table, one row a figure, with `value`, `lower` and `upper` as floats."""
        import pandas as pd  # noqa: PLC0415 - only who asks for a frame pays for pandas

        frame = pd.DataFrame(list(map(attrgetter(*COLUMNS), self._by_id.values())), columns=list(COLUMNS))
        numbers = ["value", "lower", "upper"]
        frame[numbers] = frame[numbers].astype(float)
        return frame


def _of(part: Part, said: Mapping[str, Said], *, published: bool = False) -> tuple[tuple[str, Said], ...]:
    """Return what is said of a part's figures, by id; with `published`, of those that were."""
    return tuple((one.id, said[one.id]) for one in part if said.get(one.id) and (one.published or not published))


@lru_cache(maxsize=128)  # a later notat has them, too
def _judged(part: Part, verdicts: tuple[tuple[str, Verdict], ...]) -> Part:
    """Return a part with other verdicts on some of its figures; the very same where there are none."""
    by_id = dict(verdicts)
    return Part(replace(one, verdict=by_id.get(one.id, one.verdict)) for one in part) if verdicts else part


@lru_cache(maxsize=128)
def _lines(part: Part) -> str:
    """Return the lines of some figures in ``figures.csv``."""
    text = io.StringIO()
    cells = attrgetter(*COLUMNS)
    csv.writer(text, lineterminator="\n").writerows(map(_plain, cells(figure)) for figure in part)
    return text.getvalue()


def _plain(cell: object) -> object:
    """Write a field of a figure as a CSV cell."""
    kind = type(cell)  # one of five; asking whether it is a number of any sort takes longer than all the rest
    if kind is Fraction:
        return danish.plain_decimal(cast(Fraction, cell))
    return " ".join(cast(tuple[str, ...], cell)) if kind is tuple else cell


class _Builder:
    """Collects figures as they follow from the inputs; one method for each kind of figure, in the order of a table."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.figures: list[Figure] = []
        self.printed_targets = {row.id: row for row in reversed(data.printed) if row.id.endswith(".target")}
        self.adopted = {row.id.partition(".")[0] for row in data.printed if row.id.endswith(".adopted")}

    def add(
        self,
        at: tuple[int, str, str, str],
        measure: Measure,
        value: Fraction | None,
        interval: Interval | None,
        formula: str,
        inputs: Sequence[str] = (),
        source: str = "",
    ) -> Figure:
        """Add one figure; `at` is its year, administration, group and scheme."""
        year, administration, group, scheme = at
        figure = Figure(
            id=figure_id(year, administration, group, measure, scheme),
            year=year,
            administration=administration,
            group=group,
            scheme=scheme,
            measure=measure,
            value=value,
            lower=interval.lower if interval else None,
            upper=interval.upper if interval else None,
            shown=show(measure, value),
            formula=formula,
            inputs=tuple(inputs),
            source=source,
            published="",
            verdict="unpublished",
        )
        self.figures.append(figure)
        return figure

    def table(self, year: int, administration: str) -> None:
        """Add all figures of one administration's table for one year."""
        attainments = [
            figure
            for group in GROUPS
            if any(scheme.group == group for scheme in self.data.schemes_of(year))
            and (figure := self.group(year, administration, group)) is not None
        ]
        if attainments:
            self.total(year, administration, attainments)

    def group(self, year: int, administration: str, group: str) -> Figure | None:
        """Add the figures of one target group: statuses, spells, joint status, target, attainment."""
        rows = [
            row
            for scheme in self.data.schemes_of(year)
            if scheme.group == group and (row := self.data.statuses.get((year, administration, scheme.key)))
        ]
        if not rows:
            return None
        statuses, spells = [], []
        for row in rows:
            at = (year, administration, group, row.scheme)
            said = "aflæst" if row.origin.startswith("notat") else "opgjort"
            statuses.append(
                self.add(at, "status", row.status, row.interval, f"{said} af {row.origin}", source=row.source)
            )
            if row.spells is not None:
                spells.append(
                    self.add(
                        at, "spells", Fraction(row.spells), Interval.exactly(row.spells),
                        f"{said} af {row.origin}", source=row.source,
                    )
                )  # fmt: skip
        status = statuses[0] if group != "placements" else self.joint(year, administration, group, statuses)
        if spells and group == "placements":
            self.spells_total(year, administration, group, spells)
        return self.attainment(year, administration, group, status, statuses)

    def joint(self, year: int, administration: str, group: str, statuses: Sequence[Figure]) -> Figure:
        """Add the joint status of the schemes that share a target."""
        value = formulas.joint(value_of(figure) for figure in statuses)
        interval = formulas.joint_interval(_interval(figure) for figure in statuses)
        formula = f"{_sum(statuses)} = {_number(value)}"
        return self.add((year, administration, group, ""), "joint_status", value, interval, formula, _ids(statuses))

    def spells_total(self, year: int, administration: str, group: str, spells: Sequence[Figure]) -> None:
        """Add the number of spells in all schemes that share a target."""
        value = formulas.joint(value_of(figure) for figure in spells)
        formula = f"{_sum(spells)} = {_number(value)}"
        self.add(
            (year, administration, group, ""),
            "spells_total",
            value,
            Interval.exactly(value),
            formula,
            _ids(spells),
        )

    def attainment(
        self, year: int, administration: str, group: str, status: Figure, statuses: Sequence[Figure]
    ) -> Figure:
        """Add a group's target, and its attainment: status ÷ target."""
        at = (year, administration, group, "")
        row = self.data.targets.get((year, administration, group))
        number = row.target if row else None
        target = self.add(
            at,
            "target",
            Fraction(number) if number else None,
            Interval.exactly(number) if number else None,
            self.origin_of_target(year, administration, group) if number else NOT_ADOPTED,
            source=row.source if row else "",
        )
        value = formulas.attainment(value_of(status), number)
        interval = formulas.attainment_interval(_interval(status), number)
        if value is None:
            formula = NOT_ADOPTED
        else:
            above = f"({_sum(statuses)})" if len(statuses) > 1 else _sum(statuses)
            formula = f"{above} ÷ {_number(value_of(target))} = {danish.decimal(value * 100)} → {danish.percent(value)}"
        return self.add(
            at, "attainment", None if value is None else value * 100, interval and interval.scaled(100), formula,
            [*_ids(statuses), target.id],
        )  # fmt: skip

    def origin_of_target(self, year: int, administration: str, group: str) -> str:
        """Say where a target comes from: of the comparison year a notat prints it, but not that it was adopted."""
        printed = self.printed_targets.get(figure_id(year, administration, group, "target"))
        if printed is None or str(year) in self.adopted:
            return "vedtaget af Borgerrepræsentationen"
        return f"aflæst af {printed.notat}, {printed.place}"

    def total(self, year: int, administration: str, attainments: Sequence[Figure]) -> None:
        """Add the groups' weights and the weighted attainment."""
        rows = ((group, self.data.targets.get((year, KK, group))) for group in GROUPS)
        targets = {group: row.target for group, row in rows if row and row.target}
        shares = formulas.weights(targets)
        sources = {group: figure_id(year, KK, group, "target") for group in shares}
        below = " + ".join(_number(Fraction(targets[group])) for group in shares)
        weights: dict[str, Figure] = {}
        for group in (figure.group for figure in attainments if figure.group in shares):
            share = shares[group]
            above = _number(Fraction(targets[group]))
            formula = f"{above} ÷ ({below}) = {danish.decimal(share * 100)} → {danish.percent(share)}"
            others = [id_ for other, id_ in sources.items() if other != group]
            weights[group] = self.add(
                (year, administration, group, ""), "weight", share * 100, Interval.exactly(share * 100), formula,
                [sources[group], *others],
            )  # fmt: skip
        ratios = {f.group: None if f.value is None else f.value / 100 for f in attainments}
        value = formulas.weighted_attainment(ratios, shares)
        intervals = {f.group: f.interval and f.interval.scaled(Fraction(1, 100)) for f in attainments}
        interval = formulas.weighted_attainment_interval(intervals, shares)
        counted = [f for f in attainments if f.value is not None and f.group in weights]
        if value is None:
            formula = NOT_ADOPTED
        else:
            terms = [f"{_percentage(weights[f.group])} × {_percentage(f)}" for f in counted]
            above = " + ".join(terms)
            if len(counted) < len(shares):
                used = " + ".join(_percentage(weights[f.group]) for f in counted)
                above = f"({above}) ÷ ({used})" if len(counted) > 1 else f"{above} ÷ {used}"
            formula = f"{above} = {danish.decimal(value * 100)} → {danish.percent(value)}"
        self.add(
            (year, administration, "total", ""), "weighted_attainment",
            None if value is None else value * 100, interval and interval.scaled(100), formula,
            [id_ for f in counted for id_ in (weights[f.group].id, f.id)],
        )  # fmt: skip


def build_figures(data: Data, year: int, *, notat: str | None = None, mode: Mode = "published") -> Figures:
    """Compute every figure of a year and of the years before it.

    A later year never changes an earlier notat, so nothing after `year` is looked at.

    Parameters
    ----------
    data
        What `inputs.read_data` read.
    year
        The year of the notat.
    notat
        The published notat that the report stands for, if there is one: its printed values come first where the
        same figure was printed by several notats.
    mode
        Whether a figure that was published is shown as published, or as it follows from the inputs.
    """
    printed = printed_values(data, notat)
    years = (_compute_year(data, when) for when in reversed(data.years()) if when <= year)
    return Figures(*(_as_published(part, _of(part, printed), mode) for part in years))


@lru_cache(maxsize=256)
def _compute_year(data: Data, year: int) -> Part:
    """Compute the figures of one year as they follow from the inputs, whatever was published.

    Once for the same data: each later notat has them, too.
    """
    builder = _Builder(data)
    for code in data.codes():
        builder.table(year, code)
    return Part(builder.figures)


@lru_cache(maxsize=128)  # a later notat has them, too
def _as_published(part: Part, printed: tuple[tuple[str, str], ...], mode: Mode) -> Part:
    """Return a part with those of its figures that were published held against what was printed."""
    by_id = dict(printed)

    def held(figure: Figure) -> Figure:
        published = by_id.get(figure.id)
        if published is None:
            return figure
        shown = published if mode == "published" else figure.shown
        found = verdict(published, figure.shown, figure.interval)
        return replace(figure, shown=shown, published=published, verdict=found)

    return Part(map(held, part)) if printed else part


def printed_values(data: Data, notat: str | None) -> dict[str, str]:
    """Return the value that each figure was published with: a table or a footnote goes before the prose."""
    values: dict[str, str] = {}
    by_rank = sorted(data.printed, key=lambda row: (row.notat != notat, row.in_prose))
    for row in by_rank:
        if row.id.rpartition(".")[2] in get_args(Measure):
            values.setdefault(row.id, row.printed)
    return values


def verdict(published: str, computed: str, interval: Interval | None) -> Verdict:
    """Hold a published number against what follows from the inputs."""
    if not published:
        return "unpublished"
    if danish.NO_TARGET in (published, computed) or interval is None:
        return "exact" if published == computed else "contradicted"
    printed = danish.parse(published)
    if printed == danish.parse(computed):
        return "exact"
    return "within_rounding" if interval.rounds_to(printed) else "contradicted"


def value_of(figure: Figure) -> Fraction:
    """Return the value of a figure that has one."""
    if figure.value is None:
        raise ValueError(f"{figure.id} has no value")
    return figure.value


def _interval(figure: Figure) -> Interval:
    """Return the bounds of a figure that has a value."""
    interval = figure.interval
    if interval is None:
        raise ValueError(f"{figure.id} has no bounds")
    return interval


def _ids(figures: Sequence[Figure]) -> list[str]:
    """Return the ids of some figures."""
    return [figure.id for figure in figures]


def _number(value: Fraction) -> str:
    """Write a number in a formula: whole if it is, else with one decimal."""
    return danish.whole(value) if value.denominator == 1 else danish.decimal(value)


def _sum(figures: Sequence[Figure]) -> str:
    """Write a sum of figures."""
    return " + ".join(_number(value_of(figure)) for figure in figures)


def _percentage(figure: Figure) -> str:
    """Write a percentage in a formula, with one decimal."""
    return f"{danish.decimal(value_of(figure))} pct."
