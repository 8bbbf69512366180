"""Hold the limits of a year to come: rules on inputs, and on movement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from aarsstatus import danish
from aarsstatus.attainment import fewest_years, joint, joint_interval
from aarsstatus.audit.rules import Rule
from aarsstatus.figures import PERCENTAGES, Figure, Measure, figure_id, words
from aarsstatus.figures.table import Figures
from aarsstatus.inputs.model import Data, Scheme, Status
from aarsstatus.inputs.schema import GROUPS, KK


@dataclass(frozen=True, slots=True)
class Finding:
    """Hold what breaks a rule in a year's inputs, or what somebody should know."""

    id: str
    rule: Rule
    kind: Literal["contradicted", "note"]
    text: str
    source: str


def check_figures(data: Data, year: int) -> list[Finding]:
    """Hold a year's inputs against the rules that a notat's are held against.

    A register may hold persons who belong to no administration, so the city may be more than the sum of its
    administrations: the difference is noted as not distributed, unless the year's extracts say that there are none.
    Persons employed in several administrations are one head in the city and one in each of them, so where heads are
    counted it may be less, by as much as the extracts have such persons. Targets are distributed whole.

    The findings come in the order of the rules, and of the tables.
    """
    return [*_spells(data, year), *_city_statuses(data, year), *_city_targets(data, year), *_no_target(data, year)]


def _spells(data: Data, year: int) -> Iterator[Finding]:
    """Hold each status against its number of spells."""
    for status in data.statuses.values():
        scheme = data.schemes[status.scheme]
        if status.year != year or status.spells is None or scheme.counting != "days":
            continue
        fewest = fewest_years(status.spells, year)
        if status.interval.lower <= status.spells and (fewest < status.interval.upper or fewest == status.status):
            continue
        number = danish.number(status.status)
        text = (
            f"{status.administration}, {scheme.name}: {danish.whole(status.spells)} forløb kan ikke give {number} "
            "helårspersoner, når et forløb er mindst én dag og højst hele året."
        )
        id_ = figure_id(year, status.administration, scheme.group, "status", status.scheme)
        yield Finding(id_, "spells_bound", "contradicted", text, status.source)


def _city_statuses(data: Data, year: int) -> Iterator[Finding]:
    """Hold the city's status and spells against the administrations'."""
    for scheme in data.schemes_of(year):
        city = data.statuses.get((year, KK, scheme.key))
        rows = [data.statuses.get((year, code, scheme.key)) for code in data.codes() if code != KK]
        parts = [row for row in rows if row is not None]
        if city is None or not parts:
            continue
        if not city.interval.meets(joint_interval(part.interval for part in parts)):
            values = [part.status for part in parts]
            yield _difference(data, city, "status", city.status, values)
        spells = [Fraction(part.spells) for part in parts if part.spells is not None]
        if city.spells is not None and len(spells) == len(parts) and city.spells != sum(spells):
            yield _difference(data, city, "spells", Fraction(city.spells), spells)


def _difference(data: Data, city: Status, measure: Measure, value: Fraction, values: Sequence[Fraction]) -> Finding:
    """Say by how much the city differs from the sum of its administrations."""
    scheme = data.schemes[city.scheme]
    id_ = figure_id(city.year, KK, scheme.group, measure, scheme.key)
    total = joint(values)
    sum_ = " + ".join(danish.number(one) for one in values)
    said = (
        f"{words.listed(KK, scheme.name, measure)}: forvaltningerne er tilsammen {sum_} = {danish.number(total)}, "
        f"og KK er {danish.number(value)}"
    )
    more = _amount(abs(value - total), words.unit(measure))
    if value > total:
        if _may_be_undistributed(data, city):
            return Finding(id_, "city", "note", f"{said}. {more} er ikke fordelt på en forvaltning.", city.source)
        text = f"{said}: hele kommunen har {more} mere, men udtrækkene har ingen uden forvaltning."
        return Finding(id_, "city", "contradicted", text, city.source)
    several = _told(data, city, "several_administrations")  # of heads; spells are of one administration each
    if total - value <= several * (len(values) - 1):
        persons = _amount(Fraction(several), "personer")
        text = f"{said}. {persons} er ansat i flere forvaltninger og tæller med i hver af dem."
        return Finding(id_, "city", "note", text, city.source)
    return Finding(
        id_, "city", "contradicted", f"{said}: forvaltningerne har {more} mere end hele kommunen.", city.source
    )


def _may_be_undistributed(data: Data, city: Status) -> bool:
    """Whether some of a scheme may belong to no administration."""
    extracts = [one for one in data.extracts if one.year == city.year and city.scheme in one.schemes.split()]
    return not extracts or _told(data, city, "not_distributed") > 0


def _told(data: Data, city: Status, kind: str) -> int:
    """Return of how many persons or spells the extracts gave a warning."""
    remarks = data.remarks.get(city.year, ())
    return sum(one.count for one in remarks if (one.kind, one.scheme) == (kind, city.scheme))


def _city_targets(data: Data, year: int) -> Iterator[Finding]:
    """Hold the city's targets against the sum of the administrations'."""
    for group in GROUPS:
        city = data.targets.get((year, KK, group))
        parts = [row for code in data.codes() if code != KK and (row := data.targets.get((year, code, group)))]
        if city is None or not parts:
            continue
        values = [row.target or 0 for row in parts]
        if sum(values) == (city.target or 0):
            continue
        sum_ = " + ".join(danish.whole(one) for one in values)
        text = (
            f"{words.listed(KK, words.GROUPS[group], 'target')}: forvaltningernes måltal er {sum_} = "
            f"{danish.whole(sum(values))}, men KK's er {danish.whole(city.target or 0)}."
        )
        yield Finding(figure_id(year, KK, group, "target"), "city", "contradicted", text, city.source)


def _no_target(data: Data, year: int) -> Iterator[Finding]:
    """Note an administration without a target where the city has one."""
    for group in GROUPS:
        city = data.targets.get((year, KK, group))
        if city is None or not city.target:
            continue
        for code in data.codes():
            row = data.targets.get((year, code, group))
            if row is not None and not row.target:
                text = f"{code} har intet måltal for {words.GROUPS[group]}, så der er ingen målopfyldelse for gruppen."
                yield Finding(figure_id(year, code, group, "target"), "attainment", "note", text, row.source)


@dataclass(frozen=True, slots=True)
class Threshold:
    """Say how much a figure may move in a year before somebody should look.

    A figure moved more than usual when it moved by at least `points` (persons, spells or percentage points) and
    by at least `share` of what it was. `reason` says, in Danish, why there.
    """

    name: str
    measures: tuple[Measure, ...]
    groups: tuple[str, ...]
    points: Fraction
    share: Fraction
    reason: str

    def exceeded(self, before: Fraction, after: Fraction) -> bool:
        """Whether a figure moved more than usual from one value to another."""
        change = abs(after - before)
        return bool(change) and change >= self.points and change >= self.share * before


THRESHOLDS: tuple[Threshold, ...] = (
    Threshold(
        name="måltal ændret",
        measures=("target",),
        groups=GROUPS,
        points=Fraction(1),
        share=Fraction(0),
        reason="Måltal ændres kun, når Borgerrepræsentationen vedtager nye, så hver ændring skal kunne genfindes i en "
        "vedtagelse.",
    ),
    Threshold(
        name="vægt ændret",
        measures=("weight",),
        groups=GROUPS,
        points=Fraction(2),
        share=Fraction(0),
        reason="Vægtene følger af KK's måltal. To procentpoint flytter den samlede målopfyldelse, uden at nogen har "
        "nået mere eller mindre.",
    ),
    Threshold(
        name="helårspersoner",
        measures=("status", "joint_status"),
        groups=("placements", "fritidsjob"),
        points=Fraction(10),
        share=Fraction(15, 100),
        reason="I de to notater flyttede den samlede status sig 6 og 13 pct. på et år. Under 10 helårspersoner kan få "
        "forløb alene give et stort udslag i procent.",
    ),
    Threshold(
        name="fleksjobansatte",
        measures=("status",),
        groups=("fleksjob",),
        points=Fraction(10),
        share=Fraction(5, 100),
        reason="Fleksjob er varige ansættelser: i de to notater steg antallet 2 og 3 pct. på et år.",
    ),
    Threshold(
        name="antal forløb",
        measures=("spells", "spells_total"),
        groups=GROUPS,
        points=Fraction(50),
        share=Fraction(20, 100),
        reason="Forløb er korte og svinger mere end helårspersoner; 20 pct. og mindst 50 forløb er mere end enkelte "
        "personer kan forklare.",
    ),
    Threshold(
        name="målopfyldelse",
        measures=("attainment",),
        groups=GROUPS,
        points=Fraction(10),
        share=Fraction(0),
        reason="Ti procentpoint er langt mere, end afrunding kan give i hele kommunen, og så meget, at notatets tekst "
        "bør sige hvorfor.",
    ),
    Threshold(
        name="samlet målopfyldelse",
        measures=("weighted_attainment",),
        groups=("total",),
        points=Fraction(5),
        share=Fraction(0),
        reason="Et vægtet gennemsnit svinger mindre end sine dele, så grænsen er det halve af den for målopfyldelse.",
    ),
)
"""The thresholds, each with its reason. The first that covers a figure's measure and group counts."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Hold a figure that moved more than usual, with a Danish sentence."""

    id: str
    before_id: str
    before: Fraction
    after: Fraction
    threshold: Threshold
    text: str

    @property
    def change(self) -> Fraction:
        """Return by how much it moved: persons, spells or percentage points."""
        return self.after - self.before


def moved(
    figures: Figures, year: int, comparison_year: int, *, schemes: Mapping[str, Scheme] | None = None
) -> list[Moved]:
    """Return the figures that moved more than usual, in the order of the tables.

    A figure that only one of the years has, or that has no value in one of them, did not move. The texts use the
    names in `schemes` (those of `Data`), or else the schemes' keys.
    """
    names = {key: scheme.name for key, scheme in (schemes or {}).items()}
    found: list[Moved] = []
    for figure in figures.select(year=year):
        earlier = figures.find(comparison_year, figure.administration, figure.group, figure.measure, figure.scheme)
        threshold = threshold_of(figure)
        if threshold is None or earlier is None or earlier.value is None or figure.value is None:
            continue
        if threshold.exceeded(earlier.value, figure.value):
            text = _sentence(figure, earlier.value, figure.value, names)
            found.append(Moved(figure.id, earlier.id, earlier.value, figure.value, threshold, text))
    return found


def threshold_of(figure: Figure) -> Threshold | None:
    """Return the threshold that covers a figure, or None."""
    return next((one for one in THRESHOLDS if figure.measure in one.measures and figure.group in one.groups), None)


def _sentence(figure: Figure, before: Fraction, after: Fraction, names: Mapping[str, str]) -> str:
    """Say how a figure moved."""
    change, way = abs(after - before), danish.direction(before, after)
    what = names.get(figure.scheme, figure.scheme) or words.GROUPS[figure.group]
    name = words.listed(figure.administration, what, figure.measure)
    if figure.measure in PERCENTAGES:
        points = f"{danish.decimal(change)} {words.unit_of_change(figure.measure)}"
        return f"{name} er {way} {points}, fra {danish.percent(before / 100)} til {danish.percent(after / 100)}"
    text = f"{name} er {way} fra {danish.number(before)} til {danish.number(after)} {words.unit(figure.measure)}"
    return text + (f" ({danish.percent(change / before)})." if before else ".")


def _amount(value: Fraction, what: str) -> str:
    """Write how many of something: ``1 person``, ``0,5 personer``, ``9 forløb``."""
    return f"{danish.number(value)} {'person' if value == 1 and what == 'personer' else what}"
