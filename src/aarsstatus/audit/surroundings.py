"""Judge what is printed around figures: years, dates, table numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from aarsstatus import danish
from aarsstatus.audit.printed import Sheet, table_number
from aarsstatus.audit.rules import Check, Rule, but, capital
from aarsstatus.inputs.model import Printed
from aarsstatus.inputs.params import Params
from aarsstatus.markdown import sentences


def text_check(sheet: Sheet, row: Printed) -> Check | None:
    """Judge a printed text that is no figure; None for an unknown id."""
    year, _, kind = row.id.partition(".")
    if year == str(sheet.params.year):
        if told := _parameters(sheet.params).get(kind):
            return _one_of("parameters", f"params/{year}.yml har {told[0]}", told[1], row)
        if told := _administrations(sheet).get(kind):
            return _one_of("administrations", *told, row)
    code, _, what = kind.partition(".")
    if not year.isdecimal() or (int(year), code) not in sheet.tables:
        return None
    if what == "table":
        return _table_number(sheet, row, (int(year), code))
    if re.fullmatch(r"(caption|header|footnote_[a-z]+)\.year", what):
        return _table_year(sheet, row, (int(year), code), what)
    return None


def known_parameters(params: Params) -> dict[str, tuple[str, ...]]:
    """Return the ways in which a notat may write each of its parameters."""
    return {kind: ways for kind, (_, ways) in _parameters(params).items()}


def known_texts(sheet: Sheet) -> list[str]:
    """Return the ids that `text_check` knows, for a near match."""
    year = sheet.params.year
    return [f"{year}.{kind}" for kind in (*_parameters(sheet.params), *_administrations(sheet))] + [
        f"{when}.{code}.{what}" for when, code in sheet.tables for what in ("table", "caption.year", "header.year")
    ]


def _one_of(rule: Rule, said: str, expected: Sequence[str], row: Printed) -> Check:
    """Hold a text against what it should be, in any of the ways that may be written."""
    if row.printed in expected:
        return Check(rule, "exact", row.printed, sentences([capital(said)]))
    return Check(rule, "contradicted", expected[0] if expected else "", but(capital(said), row))


def _table_number(sheet: Sheet, row: Printed, table: tuple[int, str]) -> Check:
    """Hold a table's number against its place in the order of tables."""
    number = sheet.tables.index(table) + 1
    said = f"{table[1]} for {table[0]} er tabel {number} i rækkefølgen"
    return _one_of("table_number", said, (f"Tabel {number}", f"tabel {number}"), row)


def _table_year(sheet: Sheet, row: Printed, table: tuple[int, str], what: str) -> Check:
    """Hold a year in a caption, header or footnote against its table's."""
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
    if day is None:
        return f"ikke {name}", ()
    return f"{name} {danish.long_date(day)}", (danish.short_date(day), danish.long_date(day))


def _said(name: str, value: object) -> Expected:
    """Return the one way of writing what is in the parameters."""
    return (f"ikke {name}", ()) if value is None else (f"{name} {value}", (str(value),))


def _parameters(params: Params) -> dict[str, Expected]:
    """Return how each of a year's parameters is written, by the id of what is printed."""
    document, office = params.document, params.office
    adopted = {group: one.date for one in params.targets_adopted for group in one.groups}
    return {
        "document.year": _said("year", params.year),
        "document.comparison_year": _said("comparison_year", params.comparison_year),
        "document.date": _dated("datoen", document.date),
        "document.case_number_f2": _said("case_number_f2", document.case_number_f2),
        "document.document_number_f2": _said("document_number_f2", document.document_number_f2),
        "document.case_number_edoc": _said("case_number_edoc", document.case_number_edoc),
        "office.street": _said("street", office.street),
        "office.postal": _said("postal", office.postal),
        "cover.appendix": _said("appendix", params.cover.appendix if params.cover else None),
        **{f"{group}.adopted": _dated("måltallene vedtaget", adopted.get(group)) for group in params.target_groups},
    }


def _administrations(sheet: Sheet) -> dict[str, Expected]:
    """Return how the administrations' tables and their number are written."""
    count, last = len(sheet.administrations), len(sheet.tables)
    first = last - count + 1
    return {
        "administrations.tables": (
            f"forvaltningernes tabeller er nummer {first} til {last}",
            (f"tabel {first}-{last}",),
        ),
        "administrations.count": (
            f"data/administrations.csv har {count} forvaltninger i {sheet.params.year}",
            (str(count), danish.in_words(count)),
        ),
    }
