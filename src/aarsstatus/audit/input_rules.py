"""Hold a year's inputs against the rules that a notat's numbers are held against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from aarsstatus import danish
from aarsstatus.attainment import days_of_year, fewest_years, joint, joint_interval
from aarsstatus.audit.rules import Rule
from aarsstatus.figures import Measure, figure_id, words
from aarsstatus.inputs.model import Data, Status
from aarsstatus.inputs.schema import KK

Kind = Literal["contradicted", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Hold one broken rule of a year's inputs, or a note to its reader."""

    id: str
    rule: Rule
    kind: Kind
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
    return [
        *_spells(data, year),
        *_days(data, year),
        *_city_statuses(data, year),
        *_city_targets(data, year),
        *_no_target(data, year),
        *_status_per_spell(data, year),
    ]


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


def _days(data: Data, year: int) -> Iterator[Finding]:
    """Hold each status of extracts against the whole days that it is made of."""
    for status in data.statuses.values():
        scheme = data.schemes[status.scheme]
        if status.year != year or scheme.counting != "days" or not _from_extracts(data, status):
            continue
        if status.interval.exact and (status.status * days_of_year(year)).denominator == 1:
            continue
        text = (
            f"{status.administration}, {scheme.name}: {danish.number(status.status)} helårspersoner "
            "er ikke et helt antal dage, som tal fra udtræk er; tallet er rettet i hånden eller rundet af. "
            "Læs udtrækkene ind igen."
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
        yield from _undistributed(data, city, parts) if _may_be_undistributed(data, city) else ()
        spells = [Fraction(part.spells) for part in parts if part.spells is not None]
        if city.spells is not None and len(spells) == len(parts) and city.spells != sum(spells):
            yield _difference(data, city, "spells", Fraction(city.spells), spells)


def _undistributed(data: Data, city: Status, parts: Sequence[Status]) -> Iterator[Finding]:
    """Compare the city's undistributed status with its undistributed spells."""
    scheme, known = data.schemes[city.scheme], [part.spells for part in parts if part.spells is not None]
    if city.spells is None or len(known) < len(parts) or scheme.counting != "days":
        return
    spells, bounds = city.spells - sum(known), joint_interval(part.interval for part in parts)
    if city.interval.lower - bounds.upper > max(spells, 0):
        more = _amount(city.status - joint(part.status for part in parts), "helårspersoner")
        text = (
            f"{words.listed(KK, scheme.name, 'status')}: {more} er ikke fordelt på en forvaltning, men kun "
            f"{danish.whole(max(spells, 0))} forløb er det, og et forløb er højst hele året."
        )
        id_ = figure_id(city.year, KK, scheme.group, "status", scheme.key)
        yield Finding(id_, "spells_bound", "contradicted", text, city.source)


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
    several = _told(data, city, "several_administrations")  # of heads; spells are of one administration each
    undistributed = _told(data, city, "not_distributed")  # a count, of spells or heads
    counted = _from_extracts(data, city) and (measure == "spells" or scheme.counting == "headcount")
    kind: Kind = "note"
    if value > total and _may_be_undistributed(data, city) and not (counted and value - total > undistributed):
        rest = f". {more} er ikke fordelt på en forvaltning."
    elif value > total:
        told = f"kun {danish.whole(undistributed)}" if undistributed else "ingen"
        kind, rest = "contradicted", f": hele kommunen har {more} mere, men udtrækkene har {told} uden forvaltning."
    elif total - value <= several * (len(values) - 1):
        persons = _amount(Fraction(several), "personer")
        rest = f". {persons} er ansat i flere forvaltninger og tæller med i hver af dem."
    else:
        kind, rest = "contradicted", f": forvaltningerne har {more} mere end hele kommunen."
    return Finding(id_, "city", kind, f"{said}{rest}", city.source)


def _may_be_undistributed(data: Data, city: Status) -> bool:
    """Tell whether some of a scheme may belong to no administration."""
    return not _from_extracts(data, city) or _told(data, city, "not_distributed") > 0


def _from_extracts(data: Data, status: Status) -> bool:
    """Tell whether a status was read from extracts, and not from a notat."""
    return any(one.year == status.year and status.scheme in one.schemes.split() for one in data.extracts)


def _told(data: Data, city: Status, kind: str) -> int:
    """Return of how many persons or spells the extracts gave a warning."""
    remarks = data.remarks.get(city.year, ())
    return sum(one.count for one in remarks if (one.kind, one.scheme) == (kind, city.scheme))


def _city_targets(data: Data, year: int) -> Iterator[Finding]:
    """Hold the city's targets against the sum of the administrations'."""
    for group in data.groups:
        city = data.targets.get((year, KK, group))
        parts = [row for code in data.codes() if code != KK and (row := data.targets.get((year, code, group)))]
        if city is None or not parts:
            continue
        values = [row.target or 0 for row in parts]
        if sum(values) == (city.target or 0):
            continue
        sum_ = " + ".join(danish.whole(one) for one in values)
        text = (
            f"{words.listed(KK, data.called(group), 'target')}: forvaltningernes måltal er {sum_} = "
            f"{danish.whole(sum(values))}, men KK's er {danish.whole(city.target or 0)}."
        )
        yield Finding(figure_id(year, KK, group, "target"), "city", "contradicted", text, city.source)


def _no_target(data: Data, year: int) -> Iterator[Finding]:
    """Note an administration without a target where the city has one."""
    for group in data.groups:
        city = data.targets.get((year, KK, group))
        if city is None or not city.target:
            continue
        for code in data.codes():
            row = data.targets.get((year, code, group))
            if row is not None and not row.target:
                text = f"{code} har intet måltal for {data.called(group)}, så der er ingen målopfyldelse for gruppen."
                yield Finding(figure_id(year, code, group, "target"), "attainment", "note", text, row.source)


_ENOUGH_SPELLS, _OUT_OF_LINE = 100, Fraction(3, 2)
"""Of so many spells a mean is no chance, and those of administrations differ by less than so many times."""


def _status_per_spell(data: Data, year: int) -> Iterator[Finding]:
    """Note an administration whose spells are far longer or shorter than the others'."""
    for scheme in data.schemes_of(year):
        found = [data.statuses.get((year, code, scheme.key)) for code in data.codes() if code != KK]
        rows = [(row, row.spells) for row in found if row is not None and row.spells]
        status, spells = joint(row.status for row, _ in rows), sum(count for _, count in rows)
        for row, count in rows:
            if scheme.counting != "days" or count < _ENOUGH_SPELLS or status == row.status:
                continue
            own, others = row.status / count, (status - row.status) / (spells - count)
            if own < _OUT_OF_LINE * others and others < _OUT_OF_LINE * own:
                continue
            text = (
                f"{row.administration}, {scheme.name}: {danish.number(row.status)} helårspersoner af "
                f"{danish.whole(count)} forløb er {danish.decimal(own, 2)} for hvert; hos de øvrige er det "
                f"{danish.decimal(others, 2)}. Er forløb og helårspersoner fra samme opgørelse?"
            )
            id_ = figure_id(year, row.administration, scheme.group, "status", scheme.key)
            yield Finding(id_, "spells_bound", "note", text, row.source)


def _amount(value: Fraction, what: str) -> str:
    """Write how many of something: ``1 person``, ``0,5 personer``, ``9 forløb``."""
    return f"{danish.number(value)} {'person' if value == 1 and what == 'personer' else what}"
