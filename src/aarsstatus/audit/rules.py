"""The rules: each looks at one printed number and says what should have stood there.

The rules over figures take a sheet and its figures; those over years, dates and table numbers take a sheet alone.
None knows which numbers are wrong. What must hold of several numbers at once is in `verdicts`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Literal

from aarsstatus import danish
from aarsstatus.attainment import Interval, joint, joint_interval, round_half_up
from aarsstatus.audit.printed import Sheet, fewest_years, in_table, table_number
from aarsstatus.figures import Figure, Verdict
from aarsstatus.figures.table import Figures
from aarsstatus.inputs.model import Data, Printed
from aarsstatus.inputs.params import Params
from aarsstatus.inputs.schema import GROUPS, KK

__all__ = ["RULES", "Check", "Rule", "figure_checks", "known_texts", "parts", "repeated", "text_check"]

Rule = Literal[
    "input", "spells_bound", "sum", "attainment", "weight", "weighted", "city", "rounding", "repeated",
    "transcription", "own_notat", "table_year", "table_number", "administrations", "parameters",
]  # fmt: skip

RULES: Mapping[Rule, str] = {
    "input": "Status, forløb og måltal er grundtal: de følger ikke af andre tal i deres tabel",
    "spells_bound": "Et forløb er mindst én dag og højst hele året",
    "sum": "Samlet status og antal forløb i alt er summen af ordningerne i tabellen",
    "attainment": "Målopfyldelsen er status delt med måltal i samme række",
    "weight": "Vægten er KK's måltal for gruppen delt med summen af KK's måltal",
    "weighted": "Den samlede målopfyldelse er gruppernes målopfyldelser, vægtet og lagt sammen",
    "city": "KK er summen af forvaltningerne",
    "rounding": "De afrundede tal skal kunne være rigtige på én gang",
    "repeated": "Et tal, der gentages, er det samme begge steder",
    "transcription": "Grundtallet i data/ er det, notatet skriver",
    "own_notat": "Sammenligningsårets tal er dem i det års eget notat",
    "table_year": "Året i titel, kolonnehoved og fodnote er tabellens år",
    "table_number": "Tabellens nummer er dens plads i rækkefølgen",
    "administrations": "Antallet af forvaltninger og numrene på deres tabeller passer",
    "parameters": "År, datoer, sagsnumre og adresse er dem i params/",
}
"""Every rule, in a Danish sentence. docs/metode.md explains each."""


@dataclass(frozen=True, slots=True)
class Check:
    """What one rule says of one printed number; ``[lower, upper)`` bounds the unrounded number."""

    rule: Rule
    verdict: Verdict
    recomputed: str
    reason: str
    lower: Fraction | None = None
    upper: Fraction | None = None


INPUTS = frozenset({"status", "spells", "target"})
SUMS = frozenset({"joint_status", "spells_total"})
_RULE_OF: Mapping[str, Rule] = {
    "joint_status": "sum",
    "spells_total": "sum",
    "attainment": "attainment",
    "weight": "weight",
    "weighted_attainment": "weighted",
}


# Figures


def figure_checks(sheet: Sheet, figures: Figures, row: Printed, notats: Mapping[int, str]) -> list[Check]:
    """Apply every rule that judges one figure by itself. The first check is the one that recomputes it.

    `notats` names each year's own notat.
    """
    figure = figures.get(row.id)
    if figure is None:
        reason = _but("Notatets egne tal giver ingen værdi her", row)
        measure = row.id.rpartition(".")[2]
        return [Check(_RULE_OF.get(measure, "input"), "contradicted", danish.NO_TARGET, reason)]
    checks: list[Check] = []
    of_city = parts(sheet, figures, figure)
    if of_city is not None:
        checks.append(_city(row, sheet.numbers[row.source], of_city))
    if figure.measure not in INPUTS:
        checks.insert(0, _derived(figure, row, sheet.numbers[row.source]))  # a table's own sum comes before the city's
    elif of_city is None:
        checks.append(_input(figure, row))
    if figure.measure == "status":
        checks += _spells_bound(sheet.data, figures, figure, row)
    if figure.measure in INPUTS:
        checks += _transcription(sheet, figure, row)
    checks += _own_notat(sheet, figure, row, notats.get(figure.year))
    return checks


def parts(sheet: Sheet, figures: Figures, figure: Figure) -> list[Figure] | None:
    """Return the administrations' figures that a figure of the city is the sum of, where the notat has them all."""
    if figure.administration != KK or figure.year != sheet.params.year or figure.measure not in INPUTS | SUMS:
        return None
    found = [
        figures.find(figure.year, code, figure.group, figure.measure, figure.scheme) for code in sheet.administrations
    ]
    present = [part for part in found if part is not None]
    return present if present and len(present) == len(found) else None


def _derived(figure: Figure, row: Printed, number: Fraction | None) -> Check:
    """Hold a derived number against its formula, with the bounds of its inputs."""
    found: Verdict
    formula = _capital(figure.formula)
    if number == (None if figure.value is None else round_half_up(figure.value)):
        found, reason = "exact", _stop(formula)
    elif number is not None and figure.interval is not None and figure.interval.rounds_to(number):
        bounds = _between(figure.interval)
        found, reason = "within_rounding", _stop(formula)
        reason += f" Grundtallene er afrundet; uafrundet er det {bounds}, så {row.printed} er muligt."
    else:
        found, reason = "contradicted", _but(formula, row)
    return Check(_RULE_OF[figure.measure], found, figure.computed, reason, figure.lower, figure.upper)


def _input(figure: Figure, row: Printed) -> Check:
    """Take an input for what it is: no other number gives it."""
    reason = "Grundtal: følger ikke af andre tal i notatet."
    return Check("input", "exact", row.printed, reason, figure.lower, figure.upper)


def _city(row: Printed, number: Fraction | None, of: Sequence[Figure]) -> Check:
    """Hold a number of the city's against the sum of the administrations'."""
    value = joint(part.value or 0 for part in of)
    interval = joint_interval(part.interval or Interval.exactly(0) for part in of)
    text = danish.whole(value)
    terms = " + ".join(danish.whole(part.value or 0) for part in of)
    reason = f"Summen af forvaltningerne: {terms} = {text}"
    found: Verdict
    if number is not None and number == round_half_up(value):
        found, reason = "exact", f"{reason}."
    elif number is not None and interval.rounds_to(number):
        bounds = _between(interval)
        found = "within_rounding"
        reason += f". Tallene er afrundet; uafrundet er summen {bounds}, så {row.printed} er muligt."
    else:
        found, reason = "contradicted", _but(reason, row)
    return Check("city", found, text, reason, interval.lower, interval.upper)


def _spells_bound(data: Data, figures: Figures, figure: Figure, row: Printed) -> Iterator[Check]:
    """Hold a status against its number of spells: each is one day at least and one year at most."""
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
    reason = _but(f"{danish.whole(most)} forløb {said}", row)
    yield Check("spells_bound", "contradicted", danish.whole(bound), reason, fewest, most)


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
    value = None if known is None else Fraction(known)
    yield Check("transcription", "contradicted", text, _but(f"{said} har {text}", row), value, value)


def _own_notat(sheet: Sheet, figure: Figure, row: Printed, notat: str | None) -> Iterator[Check]:
    """Hold a comparison year's number against that year's own notat, where that was published too."""
    if notat is None or notat == sheet.notat:
        return
    theirs = [one for one in sheet.data.printed if one.notat == notat and one.id == row.id and in_table(one.place)]
    for one in theirs[:1]:
        if one.printed.removesuffix(".") != row.printed.removesuffix("."):
            reason = _stop(f"{notat} har {one.printed} ({one.place}), men her står {row.printed}")
            yield Check("own_notat", "contradicted", one.printed, reason, figure.lower, figure.upper)


def repeated(sheet: Sheet, figures: Figures, row: Printed, first: Check) -> Check:
    """Judge a number that was printed before, in a table if any table has it; `first` is the verdict there."""
    primary = sheet.primary[row.id]
    if sheet.numbers[row.source] == sheet.numbers[primary.source]:
        return replace(first, rule="repeated", reason=f"Som i {primary.place}: {first.reason}")
    figure = figures.get(row.id)
    if first.verdict == "contradicted" and figure is not None and figure.measure not in INPUTS:
        return _derived(
            figure, row, sheet.numbers[row.source]
        )  # the table is wrong already: the sentence may well be right
    reason = _stop(f"{_capital(primary.place)} har {primary.printed}, men her står {row.printed}")
    return Check("repeated", "contradicted", primary.printed, reason, first.lower, first.upper)


# What is printed around the figures


def text_check(sheet: Sheet, row: Printed) -> Check | None:
    """Judge a printed number that is not a figure: a year, a date, a table's number. None for an unknown id."""
    year, _, kind = row.id.partition(".")
    if kind in _PARAMETERS and year == str(sheet.params.year):
        said, expected = _PARAMETERS[kind](sheet.params)
        return _one_of("parameters", f"params/{year}.yml har {said}", expected, row)
    if kind in _ADMINISTRATIONS and year == str(sheet.params.year):
        return _one_of("administrations", *_ADMINISTRATIONS[kind](sheet), row)
    code, _, what = kind.partition(".")
    if not year.isdecimal() or (int(year), code) not in sheet.tables:
        return None
    if what == "table":
        return _table_number(sheet, row, (int(year), code))
    if re.fullmatch(r"(caption|header|footnote_[a-z]+)\.year", what):
        return _table_year(sheet, row, (int(year), code), what)
    return None


def known_texts(sheet: Sheet) -> list[str]:
    """Return the ids that `text_check` knows, for a near match."""
    year = sheet.params.year
    return [f"{year}.{kind}" for kind in (*_PARAMETERS, *_ADMINISTRATIONS)] + [
        f"{when}.{code}.{what}" for when, code in sheet.tables for what in ("table", "caption.year", "header.year")
    ]


def _one_of(rule: Rule, said: str, expected: Sequence[str], row: Printed) -> Check:
    """Hold a text against what it should be, in any of the ways that may be written."""
    if row.printed in expected:
        return Check(rule, "exact", row.printed, _stop(_capital(said)))
    return Check(rule, "contradicted", expected[0] if expected else "", _but(_capital(said), row))


def _table_number(sheet: Sheet, row: Printed, table: tuple[int, str]) -> Check:
    """Hold a table's number, on the table or in the prose, against its place in the order of tables."""
    number = sheet.tables.index(table) + 1
    said = f"{table[1]} for {table[0]} er tabel {number} i rækkefølgen"
    return _one_of("table_number", said, (f"Tabel {number}", f"tabel {number}"), row)


def _table_year(sheet: Sheet, row: Printed, table: tuple[int, str], what: str) -> Check:
    """Hold the year in a caption, a column header or a footnote against the year of the tables that it serves."""
    number = table_number(row.place)
    if number is not None:
        shown = sheet.tables[number - 1] if 0 < number <= len(sheet.tables) else table
        return _one_of("table_year", f"tabel {number} viser {shown[1]} for {shown[0]}", (str(shown[0]),), row)
    if row.printed != str(table[0]):
        return _one_of("table_year", f"fodnoten er for {table[0]}", (str(table[0]),), row)
    # A footnote that is printed once serves every table, and must name the year of each.
    years = sorted({year for year, _ in sheet.tables})
    named = {one.printed for one in sheet.rows if one.place == row.place and one.id.endswith(f".{what}")}
    serves = danish.join([f"{_numbers(sheet, year)} for {year}" for year in years])
    said = f"fodnoten står én gang og gælder alle tabeller: {serves}"
    if named >= {str(year) for year in years}:
        return _one_of("table_year", said, (row.printed,), row)
    return _one_of("table_year", said, (danish.join([str(year) for year in years]),), row)


def _numbers(sheet: Sheet, year: int) -> str:
    """Name the tables of a year: ``tabel 1 og 3-9``."""
    city, *others = (number for number, (when, _) in enumerate(sheet.tables, start=1) if when == year)
    runs = [f"{others[0]}-{others[-1]}"] if len(others) > 1 else [str(number) for number in others]
    return "tabel " + danish.join([str(city), *runs])


Expected = tuple[str, tuple[str, ...]]
"""What is said of a text, and the ways it may be written."""


def _dated(name: str, day: date | None) -> Expected:
    """Return the ways of writing a date."""
    if day is None:
        return f"ikke {name}", ()
    return f"{name} {danish.long_date(day)}", (danish.short_date(day), danish.long_date(day))


def _said(name: str, value: object) -> Expected:
    """Return the one way of writing what is in the parameters."""
    return (f"ikke {name}", ()) if value is None else (f"{name} {value}", (str(value),))


def _adopted(params: Params, group: str) -> Expected:
    """Return how the day that a group's targets were adopted is written."""
    days = (adoption.date for adoption in params.targets_adopted if group in adoption.groups)
    return _dated("måltallene vedtaget", next(days, None))


_PARAMETERS: Mapping[str, Callable[[Params], Expected]] = {
    "document.year": lambda p: _said("year", p.year),
    "document.comparison_year": lambda p: _said("comparison_year", p.comparison_year),
    "document.date": lambda p: _dated("datoen", p.document.date),
    "document.case_number_f2": lambda p: _said("case_number_f2", p.document.case_number_f2),
    "document.document_number_f2": lambda p: _said("document_number_f2", p.document.document_number_f2),
    "document.case_number_edoc": lambda p: _said("case_number_edoc", p.document.case_number_edoc),
    "office.street": lambda p: _said("street", p.office.street),
    "office.postal": lambda p: _said("postal", p.office.postal),
    "cover.appendix": lambda p: _said("appendix", p.cover.appendix if p.cover else None),
    **{f"{group}.adopted": partial(_adopted, group=group) for group in GROUPS},
}


def _tables(sheet: Sheet) -> Expected:
    """Return how the administrations' tables are named together."""
    last = len(sheet.tables)
    first = last - len(sheet.administrations) + 1
    return f"forvaltningernes tabeller er nummer {first} til {last}", (f"tabel {first}-{last}",)


def _count(sheet: Sheet) -> Expected:
    """Return how the number of administrations is written."""
    count = len(sheet.administrations)
    return f"data/administrations.csv har {count} forvaltninger i {sheet.params.year}", (
        str(count),
        danish.in_words(count),
    )


_ADMINISTRATIONS: Mapping[str, Callable[[Sheet], Expected]] = {
    "administrations.tables": _tables,
    "administrations.count": _count,
}


def _between(interval: Interval) -> str:
    """Write bounds: ``mellem 17 og 19,5``."""
    return f"mellem {_end(interval.lower)} og {_end(interval.upper)}"


def _end(value: Fraction) -> str:
    """Write one bound: whole if it is, else with as many decimals as tell it from its neighbours."""
    return danish.whole(value) if value.denominator == 1 else danish.decimal(value, 1 if value.denominator == 2 else 2)


def _but(said: str, row: Printed) -> str:
    """Say that something else was printed than what was said."""
    return _stop(f"{said}, men der står {row.printed}")


def _stop(text: str) -> str:
    """End a sentence with a full stop, which the one of ``pct.`` will do for."""
    return text if text.endswith(".") else f"{text}."


def _capital(text: str) -> str:
    """Begin a sentence, unless it begins with the name of a file."""
    return text if "/" in text.split(" ", 1)[0] else danish.capital(text)
