"""Decide each printed figure: exact, inden for afrundingen, or in conflict.

No rule knows which numbers are wrong. Those on years, dates and table numbers are in `surroundings`; what must hold
of several numbers at once is in `proof`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal, cast

from aarsstatus import danish
from aarsstatus.attainment import fewest_years, joint, joint_interval, round_half_up
from aarsstatus.audit.printed import Sheet, in_table
from aarsstatus.figures import Figure, Verdict, verdict
from aarsstatus.figures.collection import Figures
from aarsstatus.files import packaged_rows
from aarsstatus.inputs.model import Data, Printed
from aarsstatus.inputs.schema import KK
from aarsstatus.interval import Interval
from aarsstatus.markdown import sentences

Rule = Literal[
    "input", "spells_bound", "sum", "attainment", "weight", "weighted", "derived", "city", "rounding",
    "repeated", "transcription", "own_notat", "table_year", "table_number", "administrations", "parameters",
]  # fmt: skip

RULES: Mapping[Rule, str] = {
    cast("Rule", row["rule"]): row["says"] for row in packaged_rows(Path(__file__).with_name("rules.csv"))
}
"""Every rule, in a Danish sentence. docs/metode.md explains each."""


@dataclass(frozen=True, slots=True)
class Check:
    """Hold what one rule says of one printed number."""

    rule: Rule
    verdict: Verdict
    recomputed: str
    reason: str
    within: Interval | None = None


INPUTS = frozenset({"status", "spells", "target"})
SUMS = frozenset({"joint_status", "spells_total"})
_RULE_OF: Mapping[str, Rule] = {
    "joint_status": "sum",
    "spells_total": "sum",
    "attainment": "attainment",
    "weight": "weight",
    "weighted_attainment": "weighted",
}


def figure_checks(sheet: Sheet, figures: Figures, row: Printed, notats: Mapping[int, str | None]) -> list[Check]:
    """Apply every rule on one figure; the first check is what recomputes it.

    `notats` names each year's own notat.
    """
    figure = figures.get(row.id)
    if figure is None:
        reason = but("Notatets egne tal giver ingen værdi her", row)
        measure = row.id.rpartition(".")[2]
        return [Check(_RULE_OF.get(measure, "input"), "contradicted", danish.NO_TARGET, reason)]
    checks: list[Check] = []
    of_city = parts(sheet, figures, figure)
    if of_city is not None:
        checks.append(_city(row, of_city))
    if figure.measure not in INPUTS:
        checks.insert(0, _derived(figure, row))  # a table's own sum comes before the city's
    elif of_city is None:
        reason = "Grundtal: følger ikke af andre tal i notatet."
        checks.append(Check("input", "exact", row.printed, reason, figure.interval))
    if figure.measure == "status":
        checks += _spells_bound(sheet.data, figures, figure, row)
    if figure.measure in INPUTS:
        checks += _transcription(sheet, figure, row)
    checks += _own_notat(sheet, figure, row, notats.get(figure.year))
    return checks


def parts(sheet: Sheet, figures: Figures, figure: Figure) -> list[Figure] | None:
    """Return the administrations' figures that the city's is the sum of."""
    if figure.administration != KK or figure.year != sheet.params.year or figure.measure not in INPUTS | SUMS:
        return None
    if figure.measure != "target" and any(row.year == figure.year for row in sheet.data.extracts):
        return None  # the register has persons of no administration, or of several: `check_figures` knows how many
    found = [
        figures.find(figure.year, code, figure.group, figure.measure, figure.scheme) for code in sheet.administrations
    ]
    present = [part for part in found if part is not None]
    return present if present and len(present) == len(found) else None


def _derived(figure: Figure, row: Printed) -> Check:
    """Hold a derived number against its formula, with the bounds of its inputs."""
    rule, rounded = _RULE_OF.get(figure.measure, "derived"), "Grundtallene er afrundet; uafrundet er det"
    return _held(rule, row, figure.computed, figure.interval, capital(figure.formula), rounded)


def _held(rule: Rule, row: Printed, recomputed: str, interval: Interval | None, said: str, rounded: str) -> Check:
    """Hold a printed number against what was recomputed, and against its bounds."""
    found = verdict(row.printed, recomputed, interval)
    if found == "within_rounding" and interval is not None:
        bounds = f"mellem {_end(interval.lower)} og {_end(interval.upper)}"
        reason = f"{sentences([said])} {rounded} {bounds}, så {row.printed} er muligt."
    else:
        reason = sentences([said]) if found == "exact" else but(said, row)
    return Check(rule, found, recomputed, reason, interval)


def _city(row: Printed, of: Sequence[Figure]) -> Check:
    """Hold a number of the city's against the sum of the administrations'."""
    value = joint(part.value or 0 for part in of)
    interval = joint_interval(part.interval or Interval.exactly(0) for part in of)
    terms = " + ".join(danish.whole(part.value or 0) for part in of)
    text = danish.whole(value)
    said, rounded = f"Summen af forvaltningerne: {terms} = {text}", "Tallene er afrundet; uafrundet er summen"
    return _held("city", row, text, interval, said, rounded)


def _spells_bound(data: Data, figures: Figures, figure: Figure, row: Printed) -> Iterator[Check]:
    """Hold a status against its spells: a day to a year each."""
    spells = figures.find(figure.year, figure.administration, figure.group, "spells", figure.scheme)
    most, interval = spells.value if spells else None, figure.interval
    if most is None or interval is None or data.schemes[figure.scheme].counting != "days":
        return
    fewest = fewest_years(int(most), figure.year)
    if interval.lower > most:
        bound, said = most, f"kan højst give {danish.whole(most)} helårspersoner"
    elif interval.upper <= fewest and fewest not in interval:
        bound, said = fewest, f"på mindst én dag giver mindst {danish.decimal(fewest, 2)} helårspersoner"
    else:
        return
    reason = but(f"{danish.whole(most)} forløb {said}", row)
    yield Check("spells_bound", "contradicted", danish.whole(bound), reason, Interval(fewest, most))


def _transcription(sheet: Sheet, figure: Figure, row: Printed) -> Iterator[Check]:
    """Hold an input against ``data/``, which the report is made from."""
    known: Fraction | int | None
    if figure.measure == "target":
        target = sheet.data.targets.get((figure.year, figure.administration, figure.group))
        if target is None:
            return
        known, source, origin = target.target or None, target.source, sheet.notat
    else:
        status = sheet.data.statuses.get((figure.year, figure.administration, figure.scheme))
        if status is None:
            return
        known = status.status if figure.measure == "status" else status.spells
        source, origin = status.source, status.origin
    number = sheet.numbers[row.source]
    if number == (None if known is None else round_half_up(known)):
        return
    text = danish.NO_TARGET if known is None else danish.whole(known)
    said = source.replace(":", " linje ") + ("" if origin.startswith(sheet.notat) else f" ({origin})")
    within = None if known is None else Interval.exactly(known)
    yield Check("transcription", "contradicted", text, but(f"{said} har {text}", row), within)


def _own_notat(sheet: Sheet, figure: Figure, row: Printed, notat: str | None) -> Iterator[Check]:
    """Hold a comparison year's number against that year's own notat."""
    if notat is None or notat == sheet.notat:
        return
    theirs = [one for one in sheet.data.printed if one.notat == notat and one.id == row.id and in_table(one.place)]
    for one in theirs[:1]:
        if one.printed.removesuffix(".") != row.printed.removesuffix("."):
            reason = sentences([f"{notat} har {one.printed} ({one.place}), men her står {row.printed}"])
            yield Check("own_notat", "contradicted", one.printed, reason, figure.interval)


def repeated(sheet: Sheet, figures: Figures, row: Printed, first: Check) -> Check:
    """Judge a number that was printed before; `first` is the verdict there."""
    primary = sheet.primary[row.id]
    if sheet.numbers[row.source] == sheet.numbers[primary.source]:
        return replace(first, rule="repeated", reason=f"Som i {primary.place}: {first.reason}")
    figure = figures.get(row.id)
    if first.verdict == "contradicted" and figure is not None and figure.measure not in INPUTS:
        return _derived(figure, row)  # the table is wrong: the sentence may be right
    reason = sentences([f"{capital(primary.place)} har {primary.printed}, men her står {row.printed}"])
    return Check("repeated", "contradicted", primary.printed, reason, first.within)


def _end(value: Fraction) -> str:
    """Write one bound with as many decimals as tell it from its neighbours."""
    return danish.whole(value) if value.denominator == 1 else danish.decimal(value, 1 if value.denominator == 2 else 2)


def but(said: str, row: Printed) -> str:
    """Say that something else was printed than what was said."""
    return sentences([f"{said}, men der står {row.printed}"])


def capital(text: str) -> str:
    """Begin a sentence, unless it begins with the name of a file."""
    return text if "/" in text.split(" ", 1)[0] else danish.capital(text)
