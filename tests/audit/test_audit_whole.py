"""The audit of a small city's notat: every verdict and every sentence worked out by hand.

`test_audit.py` tries the audit on the real notats, and on whatever rounded numbers may be; this says what it answers
of one notat small enough to work out on paper, and of each mistake that such a notat may have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest
from conftest import GROUPS
from possible import unrounded

from aarsstatus.audit import AuditRow, answers, proof, rules, to_csv
from aarsstatus.audit import audit as audit_one_by_one
from aarsstatus.audit.printed import in_table, read_sheet, table_number
from aarsstatus.audit.proof import contradictions
from aarsstatus.figures import FigureId, read_figure_id
from aarsstatus.inputs.model import Administration, Data, Printed, Scheme, Status, Target
from aarsstatus.inputs.params import Adoption, Cover, Document, Office, Params
from aarsstatus.interval import Interval
from aarsstatus.problems import InputError, Problem

audit = partial(audit_one_by_one, proof=contradictions)

OURS = Params(
    year=2030,
    comparison_year=2029,
    notat="notat-2030",
    document=Document(
        date=date(2031, 3, 9), case_number_f2="2030 - 1", document_number_f2="3077", case_number_edoc="2030-0000005"
    ),
    office=Office(name="Kontoret", administration="Forvaltningen", street="Gaden 3", postal="1000 By"),
    targets_adopted=[
        Adoption(date=date(2029, 2, 1), groups=["placements"]),
        Adoption(date=date(2029, 12, 24), groups=["fleksjob"]),
    ],
    target_groups=["placements", "fleksjob"],
    schemes=["a", "h", "fleksjob"],
    cover=Cover(appendix=4),
)
BEFORE = OURS.model_copy(update={"year": 2029, "comparison_year": 2028, "notat": "notat-2029"})

SCHEMES = {
    key: Scheme(key, group, counting, 2020, None, f"Ordning {key}", key, "data/schemes.csv:2")
    for key, group, counting in (
        ("a", "placements", "days"), ("h", "placements", "hours"), ("fleksjob", "fleksjob", "headcount"),
    )
}  # fmt: skip
ADMINISTRATIONS = tuple(
    Administration(code, code, first, last, "data/administrations.csv:2")
    for code, first, last in (
        ("KK", 2020, None), ("WW", 2020, 2029), ("XX", 2020, None), ("YY", 2030, 2030), ("ZZ", 2031, None),
    )
)  # fmt: skip

TABLE = """
titel | 2030.document.year | 2030 | = | - | exact | parameters | params/2030.yml har year 2030.
brevhoved | 2030.document.date | 09-03-2031 | = | - | exact | parameters | params/2030.yml har datoen 9. marts 2031.
brødtekst, dato | 2030.document.date | 9. marts 2031 | = | - | exact | parameters | params/2030.yml har datoen 9. marts 2031.
brevhoved | 2030.document.case_number_f2 | 2030 - 1 | = | - | exact | parameters | params/2030.yml har case_number_f2 2030 - 1.
brevhoved | 2030.document.document_number_f2 | 3077 | = | - | exact | parameters | params/2030.yml har document_number_f2 3077.
brevhoved | 2030.document.case_number_edoc | 2030-0000005 | = | - | exact | parameters | params/2030.yml har case_number_edoc 2030-0000005.
brevhoved | 2030.office.street | Gaden 3 | = | - | exact | parameters | params/2030.yml har street Gaden 3.
brevhoved | 2030.office.postal | 1000 By | = | - | exact | parameters | params/2030.yml har postal 1000 By.
forside | 2030.cover.appendix | 4 | = | - | exact | parameters | params/2030.yml har appendix 4.
brødtekst | 2030.document.comparison_year | 2029 | = | - | exact | parameters | params/2030.yml har comparison_year 2029.
brødtekst | 2030.placements.adopted | 1. februar 2029 | = | - | exact | parameters | params/2030.yml har måltallene vedtaget 1. februar 2029.
brødtekst | 2030.fleksjob.adopted | 24-12-2029 | = | - | exact | parameters | params/2030.yml har måltallene vedtaget 24. december 2029.
brødtekst | 2030.KK.table | tabel 1 | = | - | exact | table_number | KK for 2030 er tabel 1 i rækkefølgen.
brødtekst | 2030.administrations.tables | tabel 3-4 | = | - | exact | administrations | Forvaltningernes tabeller er nummer 3 til 4.
brødtekst | 2030.administrations.count | to | = | - | exact | administrations | data/administrations.csv har 2 forvaltninger i 2030.
brødtekst, udviklingen | 2030.KK.fleksjob.attainment | 100 pct | 100 pct. | 100 100 | exact | repeated | Som i tabel 1, fleksjob, målopfyldelse: 10 ÷ 10 = 100,0 → 100 pct.
tabel 1, nummer | 2030.KK.table | Tabel 1 | = | - | exact | table_number | KK for 2030 er tabel 1 i rækkefølgen.
tabel 1, overskrift | 2030.KK.caption.year | 2030 | = | - | exact | table_year | Tabel 1 viser KK for 2030.
tabel 1, a, status | 2030.KK.placements.a.status | 12 | = | 11 13 | exact | city | Summen af forvaltningerne: 5 + 7 = 12.
tabel 1, a, antal forløb | 2030.KK.placements.a.spells | 17 | = | 17 17 | exact | city | Summen af forvaltningerne: 8 + 9 = 17.
tabel 1, h, status | 2030.KK.placements.h.status | 6 | 5 | 4 6 | within_rounding | city | Summen af forvaltningerne: 3 + 2 = 5. Tallene er afrundet; uafrundet er summen mellem 4 og 6, så 6 er muligt.
tabel 1, h, antal forløb | 2030.KK.placements.h.spells | 7 | = | 7 7 | exact | city | Summen af forvaltningerne: 4 + 3 = 7.
tabel 1, samlet status | 2030.KK.placements.joint_status | 18 | = | 17 19 | exact | sum | 12 + 6 = 18.
tabel 1, samlet måltal | 2030.KK.placements.target | 30 | = | 30 30 | exact | city | Summen af forvaltningerne: 10 + 20 = 30.
tabel 1, målopfyldelse | 2030.KK.placements.attainment | 60 pct. | 58-59 pct. | 175/3 355/6 | contradicted | rounding | Sammen med 90 pct. (tabel 3, samlet målopfyldelse), 56 pct. (tabel 4, samlet målopfyldelse), 12 (tabel 1, a, status) og 6 (tabel 1, h, status) giver grundtallene uafrundet mellem 58,33 og 59,17 pct., men der står 60 pct.
tabel 1, antal forløb i alt | 2030.KK.placements.spells_total | 24 | = | 24 24 | exact | sum | 17 + 7 = 24.
tabel 1, fleksjob, status | 2030.KK.fleksjob.status | 10 | = | 10 10 | exact | city | Summen af forvaltningerne: 6 + 4 = 10.
tabel 1, fleksjob, måltal | 2030.KK.fleksjob.target | 10 | = | 10 10 | exact | city | Summen af forvaltningerne: 5 + 5 = 10.
tabel 1, fleksjob, målopfyldelse | 2030.KK.fleksjob.attainment | 100 pct. | = | 100 100 | exact | attainment | 10 ÷ 10 = 100,0 → 100 pct.
tabel 1, samlet målopfyldelse | 2030.KK.total.weighted_attainment | 70 pct. | 69 pct. | 275/4 555/8 | contradicted | rounding | Sammen med 90 pct. (tabel 3, samlet målopfyldelse), 56 pct. (tabel 4, samlet målopfyldelse), 12 (tabel 1, a, status) og 6 (tabel 1, h, status) giver grundtallene uafrundet mellem 68,75 og 69,38 pct., men der står 70 pct.
tabel 2, kolonnehoved | 2029.KK.header.year | 2029 | = | - | exact | table_year | Tabel 2 viser KK for 2029.
tabel 2, a, status | 2029.KK.placements.a.status | 10 | = | 19/2 21/2 | exact | input | Grundtal: følger ikke af andre tal i notatet.
tabel 2, a, antal forløb | 2029.KK.placements.a.spells | 20 | = | 20 20 | exact | input | Grundtal: følger ikke af andre tal i notatet.
tabel 2, h, status | 2029.KK.placements.h.status | 4 | = | 7/2 9/2 | exact | input | Grundtal: følger ikke af andre tal i notatet.
tabel 2, samlet status | 2029.KK.placements.joint_status | 14 | = | 13 15 | exact | sum | 10 + 4 = 14.
tabel 2, samlet måltal | 2029.KK.placements.target | 40 | = | 40 40 | exact | input | Grundtal: følger ikke af andre tal i notatet.
tabel 2, målopfyldelse | 2029.KK.placements.attainment | 35 pct. | = | 65/2 75/2 | exact | attainment | (10 + 4) ÷ 40 = 35,0 → 35 pct.
tabel 2, fleksjob, status | 2029.KK.fleksjob.status | 9 | = | 9 9 | exact | input | Grundtal: følger ikke af andre tal i notatet.
tabel 2, fleksjob, måltal | 2029.KK.fleksjob.target | 10 | = | 10 10 | exact | input | Grundtal: følger ikke af andre tal i notatet.
tabel 2, fleksjob, målopfyldelse | 2029.KK.fleksjob.attainment | 90 pct. | = | 90 90 | exact | attainment | 9 ÷ 10 = 90,0 → 90 pct.
tabel 2, samlet målopfyldelse | 2029.KK.total.weighted_attainment | 46 pct. | = | 44 48 | exact | weighted | 80,0 pct. × 35,0 pct. + 20,0 pct. × 90,0 pct. = 46,0 → 46 pct.
tabel 3, a, status | 2030.XX.placements.a.status | 5 | = | 9/2 11/2 | exact | input | Grundtal: følger ikke af andre tal i notatet.
tabel 3, a, antal forløb | 2030.XX.placements.a.spells | 8 | = | 8 8 | exact | input | Grundtal: følger ikke af andre tal i notatet.
tabel 3, h, status | 2030.XX.placements.h.status | 3 | = | 5/2 7/2 | exact | input | Grundtal: følger ikke af andre tal i notatet.
tabel 3, h, antal forløb | 2030.XX.placements.h.spells | 4 | = | 4 4 | exact | input | Grundtal: følger ikke af andre tal i notatet.
tabel 3, samlet status | 2030.XX.placements.joint_status | 8 | = | 7 9 | exact | sum | 5 + 3 = 8.
tabel 3, samlet måltal | 2030.XX.placements.target | 10 | = | 10 10 | exact | input | Grundtal: følger ikke af andre tal i notatet.
tabel 3, målopfyldelse | 2030.XX.placements.attainment | 80 pct. | = | 70 90 | exact | attainment | (5 + 3) ÷ 10 = 80,0 → 80 pct.
tabel 3, antal forløb i alt | 2030.XX.placements.spells_total | 12 | = | 12 12 | exact | sum | 8 + 4 = 12.
tabel 3, fleksjob, status | 2030.XX.fleksjob.status | 6 | = | 6 6 | exact | input | Grundtal: følger ikke af andre tal i notatet.
tabel 3, fleksjob, måltal | 2030.XX.fleksjob.target | 5 | = | 5 5 | exact | input | Grundtal: følger ikke af andre tal i notatet.
tabel 3, fleksjob, målopfyldelse | 2030.XX.fleksjob.attainment | 120 pct. | = | 120 120 | exact | attainment | 6 ÷ 5 = 120,0 → 120 pct.
tabel 3, samlet målopfyldelse | 2030.XX.total.weighted_attainment | 90 pct. | = | 165/2 195/2 | exact | weighted | 75,0 pct. × 80,0 pct. + 25,0 pct. × 120,0 pct. = 90,0 → 90 pct.
tabel 3, fodnote | 2030.XX.footnote_spells.year | 2030 | = | - | exact | table_year | Tabel 3 viser XX for 2030.
tabel 4, a, status | 2030.YY.placements.a.status | 7 | = | 13/2 15/2 | exact | input | Grundtal: følger ikke af andre tal i notatet.
tabel 4, a, antal forløb | 2030.YY.placements.a.spells | 9 | = | 9 9 | exact | input | Grundtal: følger ikke af andre tal i notatet.
tabel 4, h, status | 2030.YY.placements.h.status | 2 | = | 3/2 5/2 | exact | input | Grundtal: følger ikke af andre tal i notatet.
tabel 4, h, antal forløb | 2030.YY.placements.h.spells | 3 | = | 3 3 | exact | input | Grundtal: følger ikke af andre tal i notatet.
tabel 4, samlet status | 2030.YY.placements.joint_status | 10 | 9 | 8 10 | within_rounding | sum | 7 + 2 = 9. Grundtallene er afrundet; uafrundet er det mellem 8 og 10, så 10 er muligt.
tabel 4, samlet måltal | 2030.YY.placements.target | 20 | = | 20 20 | exact | input | Grundtal: følger ikke af andre tal i notatet.
tabel 4, målopfyldelse | 2030.YY.placements.attainment | 48 pct. | 45 pct. | 40 50 | within_rounding | attainment | (7 + 2) ÷ 20 = 45,0 → 45 pct. Grundtallene er afrundet; uafrundet er det mellem 40 og 50, så 48 pct. er muligt.
tabel 4, antal forløb i alt | 2030.YY.placements.spells_total | 12 | = | 12 12 | exact | sum | 9 + 3 = 12.
tabel 4, fleksjob, status | 2030.YY.fleksjob.status | 4 | = | 4 4 | exact | input | Grundtal: følger ikke af andre tal i notatet.
tabel 4, fleksjob, måltal | 2030.YY.fleksjob.target | 5 | = | 5 5 | exact | input | Grundtal: følger ikke af andre tal i notatet.
tabel 4, fleksjob, målopfyldelse | 2030.YY.fleksjob.attainment | 80 pct. | = | 80 80 | exact | attainment | 4 ÷ 5 = 80,0 → 80 pct.
tabel 4, samlet målopfyldelse | 2030.YY.total.weighted_attainment | 56 pct. | 54 pct. | 50 115/2 | within_rounding | weighted | 75,0 pct. × 45,0 pct. + 25,0 pct. × 80,0 pct. = 53,8 → 54 pct. Grundtallene er afrundet; uafrundet er det mellem 50 og 57,5, så 56 pct. er muligt.
fodnote * | 2029.KK.footnote_a.year | 2029 | = | - | exact | table_year | Fodnoten står én gang og gælder alle tabeller: tabel 2 for 2029 og tabel 1 og 3-4 for 2030.
fodnote * | 2030.KK.footnote_a.year | 2030 | = | - | exact | table_year | Fodnoten står én gang og gælder alle tabeller: tabel 2 for 2029 og tabel 1 og 3-4 for 2030.
fodnote *** | 2029.KK.placements.weight | 80 pct. | = | 80 80 | exact | weight | 40 ÷ (40 + 10) = 80,0 → 80 pct.
fodnote *** | 2029.KK.fleksjob.weight | 20 pct. | = | 20 20 | exact | weight | 10 ÷ (40 + 10) = 20,0 → 20 pct.
fodnote *** | 2030.KK.placements.weight | 75 pct. | = | 75 75 | exact | weight | 30 ÷ (30 + 10) = 75,0 → 75 pct.
fodnote *** | 2030.KK.fleksjob.weight | 25 pct. | = | 25 25 | exact | weight | 10 ÷ (30 + 10) = 25,0 → 25 pct.
"""
ROWS = tuple(
    Printed("notat-2030", *line.split(" | ")[:3], f"data/published.csv:{number}")
    for number, line in enumerate(TABLE.strip().splitlines(), start=2)
)


def status(id_: str, persons: str, spells: int | None, *, exact: bool = False) -> Status:
    at = read_figure_id(f"{id_}.status")
    assert at is not None
    value = Fraction(persons)
    interval = Interval.exactly(value) if exact or at.scheme == "fleksjob" else Interval.rounded(value)
    origin, source = ("udtræk af 5. januar 2031" if exact else "notat-2030"), f"data/status.csv:{persons}"
    return Status(at.year, at.administration, at.scheme, value, spells, interval, origin, source)


def target(id_: str, persons: int | None) -> Target:
    year, code, group = id_.split(".")
    return Target(int(year), code, group, persons, f"data/targets.csv:{persons}")


CITY = Data(
    SCHEMES,
    ADMINISTRATIONS,
    {
        (row.year, row.administration, row.group): row
        for row in (
            target("2030.KK.placements", 30), target("2030.KK.fleksjob", 10), target("2029.KK.placements", 40),
            target("2029.KK.fleksjob", 10), target("2030.XX.placements", 10), target("2030.XX.fleksjob", 5),
            target("2030.YY.placements", 20), target("2030.YY.fleksjob", 5), target("2029.WW.fleksjob", 1),
        )
    },
    {
        (row.year, row.administration, row.scheme): row
        for row in (
            status("2030.KK.placements.a", "12", 17), status("2030.KK.placements.h", "6", 7),
            status("2030.KK.fleksjob", "10", None), status("2029.KK.placements.a", "10", 20),
            status("2029.KK.placements.h", "4", None), status("2029.KK.fleksjob", "9", None),
            status("2030.XX.placements.a", "5", 8), status("2030.XX.placements.h", "3", 4),
            status("2030.XX.fleksjob", "6", None), status("2030.YY.placements.a", "7", 9),
            status("2030.YY.placements.h", "2", 3), status("2030.YY.fleksjob", "4", None),
            status("2029.WW.fleksjob", "1", None),
        )
    },
    ROWS,
    groups=GROUPS,
)  # fmt: skip


def judged(data: Data = CITY, ours: Params = OURS, *others: Params) -> dict[str, AuditRow]:
    """The verdicts by place and id, less the figures' own bounds."""
    rows = audit(data, [ours, *others], "notat-2030")
    return {f"{row.place} | {row.id}": replace(row, lower=None, upper=None) for row in rows}


def told(lines: str) -> dict[str, AuditRow]:
    """The rows of a table as it is written here: = is what was printed, and - is no bounds."""
    rows = {}
    for line in lines.strip().splitlines():
        place, id_, printed, recomputed, bounds, verdict, rule, reason = line.split(" | ")
        within = None if bounds == "-" else Interval(*map(Fraction, bounds.split()))
        rows[f"{place} | {id_}"] = AuditRow(
            "notat-2030", place, id_, printed, printed if recomputed == "=" else recomputed, None, None,
            verdict, reason, rule, within,
        )  # fmt: skip
    return rows


def printed(changes: Mapping[str, str]) -> Data:
    """The notat with other numbers in some places."""
    return replace(
        CITY, printed=tuple(replace(row, printed=changes.get(f"{row.place} | {row.id}", row.printed)) for row in ROWS)
    )


def also(data: Data, place: str, id_: str, text: str, notat: str = "notat-2030") -> Data:
    """The same, and one more number at the end."""
    row = Printed(notat, place, id_, text, f"data/published.csv:{len(data.printed) + 2}")
    return replace(data, printed=(*data.printed, row))


def differs(data: Data, ours: Params = OURS, *others: Params) -> dict[str, AuditRow]:
    """The verdicts that are other than those of the table."""
    base = told(TABLE)
    return {key: row for key, row in judged(data, ours, *others).items() if row != base.get(key)}


def test_every_verdict_and_every_sentence() -> None:
    assert judged() == told(TABLE)


CHANGES: dict[str, str] = {
    "a city that is not the sum": """
tabel 1, a, status | 2030.KK.placements.a.status | 14 | 12 | 11 13 | contradicted | city | Summen af forvaltningerne: 5 + 7 = 12, men der står 14. Desuden: data/status.csv linje 12 har 12, men der står 14.
tabel 1, samlet status | 2030.KK.placements.joint_status | 18 | 20 | 19 21 | contradicted | sum | 14 + 6 = 20, men der står 18.
tabel 1, målopfyldelse | 2030.KK.placements.attainment | 60 pct. | 67 pct. | 190/3 70 | contradicted | attainment | (14 + 6) ÷ 30 = 66,7 → 67 pct., men der står 60 pct.
tabel 1, samlet målopfyldelse | 2030.KK.total.weighted_attainment | 70 pct. | 75 pct. | 145/2 155/2 | contradicted | weighted | 75,0 pct. × 66,7 pct. + 25,0 pct. × 100,0 pct. = 75,0 → 75 pct., men der står 70 pct.
""",
    "a city without a target that its administrations have": """
brødtekst, udviklingen | 2030.KK.fleksjob.attainment | 100 pct | intet måltal | - | contradicted | repeated | Som i tabel 1, fleksjob, målopfyldelse: Der er ikke vedtaget et måltal, men der står 100 pct.
tabel 1, målopfyldelse | 2030.KK.placements.attainment | 60 pct. | 58-59 pct. | 175/3 355/6 | contradicted | rounding | Sammen med 80 pct. (tabel 3, målopfyldelse), 48 pct. (tabel 4, målopfyldelse), 12 (tabel 1, a, status) og 6 (tabel 1, h, status) giver grundtallene uafrundet mellem 58,33 og 59,17 pct., men der står 60 pct.
tabel 1, fleksjob, måltal | 2030.KK.fleksjob.target | intet måltal | 10 | 10 10 | contradicted | city | Summen af forvaltningerne: 5 + 5 = 10, men der står intet måltal. Desuden: data/targets.csv linje 10 har 10, men der står intet måltal.
tabel 1, fleksjob, målopfyldelse | 2030.KK.fleksjob.attainment | 100 pct. | intet måltal | - | contradicted | attainment | Der er ikke vedtaget et måltal, men der står 100 pct.
tabel 1, samlet målopfyldelse | 2030.KK.total.weighted_attainment | 70 pct. | 60 pct. | 170/3 190/3 | contradicted | weighted | 100,0 pct. × 60,0 pct. = 60,0 → 60 pct., men der står 70 pct.
tabel 3, samlet målopfyldelse | 2030.XX.total.weighted_attainment | 90 pct. | 80 pct. | 159/2 161/2 | contradicted | rounding | Sammen med 8 (tabel 3, samlet status) giver grundtallene uafrundet mellem 79,50 og 80,50 pct., men der står 90 pct.
tabel 4, samlet målopfyldelse | 2030.YY.total.weighted_attainment | 56 pct. | 45 pct. | 40 50 | contradicted | weighted | 100,0 pct. × 45,0 pct. = 45,0 → 45 pct., men der står 56 pct.
fodnote *** | 2030.KK.placements.weight | 75 pct. | 100 pct. | 100 100 | contradicted | weight | 30 ÷ (30) = 100,0 → 100 pct., men der står 75 pct.
fodnote *** | 2030.KK.fleksjob.weight | 25 pct. | intet måltal | - | contradicted | weight | Notatets egne tal giver ingen værdi her, men der står 25 pct.
""",
    "a joint status that is no sum": """
tabel 3, samlet status | 2030.XX.placements.joint_status | 11 | 8 | 7 9 | contradicted | sum | 5 + 3 = 8, men der står 11.
""",
    "an attainment of nothing": """
tabel 1, målopfyldelse | 2030.KK.placements.attainment | 60 pct. | 58-59 pct. | 175/3 533/9 | contradicted | rounding | Sammen med 90 pct. (tabel 3, samlet målopfyldelse), 56 pct. (tabel 4, samlet målopfyldelse), 12 (tabel 1, a, status) og 6 (tabel 1, h, status) giver grundtallene uafrundet mellem 58,33 og 59,22 pct., men der står 60 pct.
tabel 1, samlet målopfyldelse | 2030.KK.total.weighted_attainment | 70 pct. | 69 pct. | 275/4 833/12 | contradicted | rounding | Sammen med 90 pct. (tabel 3, samlet målopfyldelse), 56 pct. (tabel 4, samlet målopfyldelse), 12 (tabel 1, a, status) og 6 (tabel 1, h, status) giver grundtallene uafrundet mellem 68,75 og 69,42 pct., men der står 70 pct.
tabel 3, målopfyldelse | 2030.XX.placements.attainment | 150 pct. | 80 pct. | 70 90 | contradicted | attainment | (5 + 3) ÷ 10 = 80,0 → 80 pct., men der står 150 pct.
""",
    "more persons than spells": """
tabel 1, a, status | 2030.KK.placements.a.status | 12 | 17 | 16 18 | contradicted | city | Summen af forvaltningerne: 10 + 7 = 17, men der står 12.
tabel 1, samlet status | 2030.KK.placements.joint_status | 18 | 22 | 20 24 | contradicted | city | Summen af forvaltningerne: 13 + 9 = 22, men der står 18.
tabel 1, målopfyldelse | 2030.KK.placements.attainment | 60 pct. | = | 170/3 190/3 | exact | attainment | (12 + 6) ÷ 30 = 60,0 → 60 pct.
tabel 1, samlet målopfyldelse | 2030.KK.total.weighted_attainment | 70 pct. | = | 135/2 145/2 | exact | weighted | 75,0 pct. × 60,0 pct. + 25,0 pct. × 100,0 pct. = 70,0 → 70 pct.
tabel 3, a, status | 2030.XX.placements.a.status | 10 | 8 | 8/365 8 | contradicted | spells_bound | 8 forløb kan højst give 8 helårspersoner, men der står 10. Desuden: data/status.csv linje 5 har 5, men der står 10.
tabel 3, samlet status | 2030.XX.placements.joint_status | 8 | 13 | 12 14 | contradicted | sum | 10 + 3 = 13, men der står 8.
tabel 3, målopfyldelse | 2030.XX.placements.attainment | 80 pct. | 130 pct. | 120 140 | contradicted | attainment | (10 + 3) ÷ 10 = 130,0 → 130 pct., men der står 80 pct.
tabel 3, samlet målopfyldelse | 2030.XX.total.weighted_attainment | 90 pct. | 128 pct. | 120 135 | contradicted | weighted | 75,0 pct. × 130,0 pct. + 25,0 pct. × 120,0 pct. = 127,5 → 128 pct., men der står 90 pct.
""",
    "more days than persons": """
tabel 1, a, antal forløb | 2030.KK.placements.a.spells | 17 | 2.209 | 2209 2209 | contradicted | city | Summen af forvaltningerne: 2.200 + 9 = 2.209, men der står 17.
tabel 1, antal forløb i alt | 2030.KK.placements.spells_total | 24 | 2.216 | 2216 2216 | contradicted | city | Summen af forvaltningerne: 2.204 + 12 = 2.216, men der står 24.
tabel 3, a, status | 2030.XX.placements.a.status | 5 | 6 | 440/73 2200 | contradicted | spells_bound | 2.200 forløb på mindst én dag giver mindst 6,03 helårspersoner, men der står 5.
tabel 3, a, antal forløb | 2030.XX.placements.a.spells | 2.200 | 8 | 8 8 | contradicted | transcription | data/status.csv linje 5 har 8, men der står 2.200.
tabel 3, antal forløb i alt | 2030.XX.placements.spells_total | 12 | 2.204 | 2204 2204 | contradicted | sum | 2.200 + 4 = 2.204, men der står 12.
""",
    "more than spells where hours count": """
tabel 1, h, status | 2030.KK.placements.h.status | 6 | 11 | 10 12 | contradicted | city | Summen af forvaltningerne: 9 + 2 = 11, men der står 6.
tabel 1, samlet status | 2030.KK.placements.joint_status | 18 | 23 | 21 25 | contradicted | city | Summen af forvaltningerne: 14 + 9 = 23, men der står 18.
tabel 1, målopfyldelse | 2030.KK.placements.attainment | 60 pct. | = | 170/3 190/3 | exact | attainment | (12 + 6) ÷ 30 = 60,0 → 60 pct.
tabel 1, samlet målopfyldelse | 2030.KK.total.weighted_attainment | 70 pct. | = | 135/2 145/2 | exact | weighted | 75,0 pct. × 60,0 pct. + 25,0 pct. × 100,0 pct. = 70,0 → 70 pct.
tabel 3, h, status | 2030.XX.placements.h.status | 9 | 3 | 3 3 | contradicted | transcription | data/status.csv linje 3 har 3, men der står 9.
tabel 3, samlet status | 2030.XX.placements.joint_status | 8 | 14 | 13 15 | contradicted | sum | 5 + 9 = 14, men der står 8.
tabel 3, målopfyldelse | 2030.XX.placements.attainment | 80 pct. | 140 pct. | 130 150 | contradicted | attainment | (5 + 9) ÷ 10 = 140,0 → 140 pct., men der står 80 pct.
tabel 3, samlet målopfyldelse | 2030.XX.total.weighted_attainment | 90 pct. | 135 pct. | 255/2 285/2 | contradicted | weighted | 75,0 pct. × 140,0 pct. + 25,0 pct. × 120,0 pct. = 135,0 → 135 pct., men der står 90 pct.
""",
    "another target": """
tabel 1, samlet måltal | 2030.KK.placements.target | 30 | 31 | 31 31 | contradicted | city | Summen af forvaltningerne: 11 + 20 = 31, men der står 30.
tabel 1, målopfyldelse | 2030.KK.placements.attainment | 60 pct. | = | 170/3 190/3 | exact | attainment | (12 + 6) ÷ 30 = 60,0 → 60 pct.
tabel 1, samlet målopfyldelse | 2030.KK.total.weighted_attainment | 70 pct. | = | 135/2 145/2 | exact | weighted | 75,0 pct. × 60,0 pct. + 25,0 pct. × 100,0 pct. = 70,0 → 70 pct.
tabel 3, samlet måltal | 2030.XX.placements.target | 11 | 10 | 10 10 | contradicted | transcription | data/targets.csv linje 10 har 10, men der står 11.
tabel 3, målopfyldelse | 2030.XX.placements.attainment | 80 pct. | 68-77 pct. | 750/11 850/11 | contradicted | rounding | Sammen med 8 (tabel 3, samlet status) giver grundtallene uafrundet mellem 68,18 og 77,27 pct., men der står 80 pct.
tabel 3, samlet målopfyldelse | 2030.XX.total.weighted_attainment | 90 pct. | 81-88 pct. | 1785/22 1935/22 | contradicted | rounding | Sammen med 8 (tabel 3, samlet status) giver grundtallene uafrundet mellem 81,14 og 87,95 pct., men der står 90 pct.
""",
    "no target": """
tabel 1, målopfyldelse | 2030.KK.placements.attainment | 60 pct. | 58-59 pct. | 175/3 355/6 | contradicted | rounding | Sammen med 80 pct. (tabel 3, målopfyldelse), 48 pct. (tabel 4, målopfyldelse), 12 (tabel 1, a, status) og 6 (tabel 1, h, status) giver grundtallene uafrundet mellem 58,33 og 59,17 pct., men der står 60 pct.
tabel 1, fleksjob, måltal | 2030.KK.fleksjob.target | 10 | 5 | 5 5 | contradicted | city | Summen af forvaltningerne: 0 + 5 = 5, men der står 10.
tabel 1, samlet målopfyldelse | 2030.KK.total.weighted_attainment | 70 pct. | 69 pct. | 275/4 555/8 | contradicted | rounding | Sammen med 80 pct. (tabel 3, målopfyldelse), 56 pct. (tabel 4, samlet målopfyldelse), 12 (tabel 1, a, status) og 6 (tabel 1, h, status) giver grundtallene uafrundet mellem 68,75 og 69,38 pct., men der står 70 pct.
tabel 3, fleksjob, måltal | 2030.XX.fleksjob.target | intet måltal | 5 | 5 5 | contradicted | transcription | data/targets.csv linje 5 har 5, men der står intet måltal.
tabel 3, fleksjob, målopfyldelse | 2030.XX.fleksjob.attainment | 120 pct. | intet måltal | - | contradicted | attainment | Der er ikke vedtaget et måltal, men der står 120 pct.
tabel 3, samlet målopfyldelse | 2030.XX.total.weighted_attainment | 90 pct. | 80 pct. | 159/2 161/2 | contradicted | rounding | Sammen med 8 (tabel 3, samlet status) giver grundtallene uafrundet mellem 79,50 og 80,50 pct., men der står 90 pct.
""",
    "prose that says other than its table": """
brødtekst, udviklingen | 2030.KK.fleksjob.attainment | 99 pct. | 100 pct. | 100 100 | contradicted | repeated | Tabel 1, fleksjob, målopfyldelse har 100 pct., men her står 99 pct.
""",
    "another weight": """
fodnote *** | 2030.KK.fleksjob.weight | 26 pct. | 25 pct. | 25 25 | contradicted | weight | 10 ÷ (30 + 10) = 25,0 → 25 pct., men der står 26 pct.
""",
    "another weighted attainment": """
tabel 2, samlet målopfyldelse | 2029.KK.total.weighted_attainment | 50 pct. | 46 pct. | 44 48 | contradicted | weighted | 80,0 pct. × 35,0 pct. + 20,0 pct. × 90,0 pct. = 46,0 → 46 pct., men der står 50 pct.
""",
    "spells that are no sum twice": """
tabel 1, antal forløb i alt | 2030.KK.placements.spells_total | 25 | 24 | 24 24 | contradicted | sum | 17 + 7 = 24, men der står 25. Desuden: Summen af forvaltningerne: 12 + 12 = 24, men der står 25.
""",
    "at most as many as spells": """
tabel 1, a, status | 2030.KK.placements.a.status | 12 | 15 | 14 16 | contradicted | city | Summen af forvaltningerne: 8 + 7 = 15, men der står 12.
tabel 1, samlet status | 2030.KK.placements.joint_status | 18 | 20-21 | 20 106/5 | contradicted | rounding | Sammen med 10 (tabel 4, samlet status) giver grundtallene uafrundet mellem 20,00 og 21,20, men der står 18.
tabel 1, målopfyldelse | 2030.KK.placements.attainment | 60 pct. | = | 170/3 190/3 | exact | attainment | (12 + 6) ÷ 30 = 60,0 → 60 pct.
tabel 1, samlet målopfyldelse | 2030.KK.total.weighted_attainment | 70 pct. | = | 135/2 145/2 | exact | weighted | 75,0 pct. × 60,0 pct. + 25,0 pct. × 100,0 pct. = 70,0 → 70 pct.
tabel 3, a, status | 2030.XX.placements.a.status | 8 | 5 | 5 5 | contradicted | transcription | data/status.csv linje 5 har 5, men der står 8.
tabel 3, samlet status | 2030.XX.placements.joint_status | 12 | 10-11 | 10 23/2 | contradicted | rounding | Sammen med 8 (tabel 3, a, status) giver grundtallene uafrundet mellem 10,00 og 11,50, men der står 12.
tabel 3, målopfyldelse | 2030.XX.placements.attainment | 80 pct. | 110 pct. | 100 120 | contradicted | attainment | (8 + 3) ÷ 10 = 110,0 → 110 pct., men der står 80 pct.
tabel 3, samlet målopfyldelse | 2030.XX.total.weighted_attainment | 90 pct. | 113 pct. | 105 120 | contradicted | weighted | 75,0 pct. × 110,0 pct. + 25,0 pct. × 120,0 pct. = 112,5 → 113 pct., men der står 90 pct.
""",
    "no spells is nobody": """
tabel 1, a, status | 2030.KK.placements.a.status | 12 | 7 | 13/2 15/2 | contradicted | city | Summen af forvaltningerne: 0 + 7 = 7, men der står 12.
tabel 1, a, antal forløb | 2030.KK.placements.a.spells | 17 | 9 | 9 9 | contradicted | city | Summen af forvaltningerne: 0 + 9 = 9, men der står 17.
tabel 1, h, status | 2030.KK.placements.h.status | 6 | 2 | 3/2 3 | contradicted | city | Summen af forvaltningerne: 0 + 2 = 2, men der står 6.
tabel 1, samlet status | 2030.KK.placements.joint_status | 18 | 9 | 8 21/2 | contradicted | city | Summen af forvaltningerne: 0 + 9 = 9, men der står 18.
tabel 1, målopfyldelse | 2030.KK.placements.attainment | 60 pct. | = | 170/3 190/3 | exact | attainment | (12 + 6) ÷ 30 = 60,0 → 60 pct.
tabel 1, antal forløb i alt | 2030.KK.placements.spells_total | 24 | 16 | 16 16 | contradicted | city | Summen af forvaltningerne: 4 + 12 = 16, men der står 24.
tabel 1, samlet målopfyldelse | 2030.KK.total.weighted_attainment | 70 pct. | = | 135/2 145/2 | exact | weighted | 75,0 pct. × 60,0 pct. + 25,0 pct. × 100,0 pct. = 70,0 → 70 pct.
tabel 3, a, status | 2030.XX.placements.a.status | 0 | 5 | 5 5 | contradicted | transcription | data/status.csv linje 5 har 5, men der står 0.
tabel 3, a, antal forløb | 2030.XX.placements.a.spells | 0 | 8 | 8 8 | contradicted | transcription | data/status.csv linje 5 har 8, men der står 0.
tabel 3, h, status | 2030.XX.placements.h.status | 0 | 3 | 3 3 | contradicted | transcription | data/status.csv linje 3 har 3, men der står 0.
tabel 3, samlet status | 2030.XX.placements.joint_status | 8 | 0 | 0 1/2 | contradicted | sum | 0 + 0 = 0, men der står 8.
tabel 3, målopfyldelse | 2030.XX.placements.attainment | 80 pct. | 0 pct. | 0 5 | contradicted | attainment | (0 + 0) ÷ 10 = 0,0 → 0 pct., men der står 80 pct.
tabel 3, antal forløb i alt | 2030.XX.placements.spells_total | 12 | 4 | 4 4 | contradicted | sum | 0 + 4 = 4, men der står 12.
tabel 3, samlet målopfyldelse | 2030.XX.total.weighted_attainment | 90 pct. | 30 pct. | 30 135/4 | contradicted | weighted | 75,0 pct. × 0,0 pct. + 25,0 pct. × 120,0 pct. = 30,0 → 30 pct., men der står 90 pct.
""",
    "a hundred spells are somebody": """
tabel 1, a, status | 2030.KK.placements.a.status | 12 | 7 | 989/146 8 | contradicted | city | Summen af forvaltningerne: 0 + 7 = 7, men der står 12.
tabel 1, a, antal forløb | 2030.KK.placements.a.spells | 17 | 109 | 109 109 | contradicted | city | Summen af forvaltningerne: 100 + 9 = 109, men der står 17.
tabel 1, samlet status | 2030.KK.placements.joint_status | 18 | 12 | 1573/146 14 | contradicted | city | Summen af forvaltningerne: 3 + 9 = 12, men der står 18.
tabel 1, målopfyldelse | 2030.KK.placements.attainment | 60 pct. | = | 170/3 190/3 | exact | attainment | (12 + 6) ÷ 30 = 60,0 → 60 pct.
tabel 1, antal forløb i alt | 2030.KK.placements.spells_total | 24 | 116 | 116 116 | contradicted | city | Summen af forvaltningerne: 104 + 12 = 116, men der står 24.
tabel 1, samlet målopfyldelse | 2030.KK.total.weighted_attainment | 70 pct. | = | 135/2 145/2 | exact | weighted | 75,0 pct. × 60,0 pct. + 25,0 pct. × 100,0 pct. = 70,0 → 70 pct.
tabel 3, a, status | 2030.XX.placements.a.status | 0 | 5 | 5 5 | contradicted | transcription | data/status.csv linje 5 har 5, men der står 0.
tabel 3, a, antal forløb | 2030.XX.placements.a.spells | 100 | 8 | 8 8 | contradicted | transcription | data/status.csv linje 5 har 8, men der står 100.
tabel 3, samlet status | 2030.XX.placements.joint_status | 8 | 3 | 405/146 4 | contradicted | sum | 0 + 3 = 3, men der står 8.
tabel 3, målopfyldelse | 2030.XX.placements.attainment | 80 pct. | 30 pct. | 2025/73 40 | contradicted | attainment | (0 + 3) ÷ 10 = 30,0 → 30 pct., men der står 80 pct.
tabel 3, antal forløb i alt | 2030.XX.placements.spells_total | 12 | 104 | 104 104 | contradicted | sum | 100 + 4 = 104, men der står 12.
tabel 3, samlet målopfyldelse | 2030.XX.total.weighted_attainment | 90 pct. | 53 pct. | 14835/292 60 | contradicted | weighted | 75,0 pct. × 30,0 pct. + 25,0 pct. × 120,0 pct. = 52,5 → 53 pct., men der står 90 pct.
""",
    "another year in a caption": """
tabel 1, overskrift | 2030.KK.caption.year | 2029 | 2030 | - | contradicted | table_year | Tabel 1 viser KK for 2030, men der står 2029.
""",
    "another number of a table": """
tabel 1, nummer | 2030.KK.table | Tabel 2 | Tabel 1 | - | contradicted | table_number | KK for 2030 er tabel 1 i rækkefølgen, men der står Tabel 2.
""",
    "another year in the footnote of all": """
fodnote * | 2029.KK.footnote_a.year | 2029 | 2029 og 2030 | - | contradicted | table_year | Fodnoten står én gang og gælder alle tabeller: tabel 2 for 2029 og tabel 1 og 3-4 for 2030, men der står 2029.
fodnote * | 2030.KK.footnote_a.year | 2031 | 2030 | - | contradicted | table_year | Fodnoten er for 2030, men der står 2031.
""",
    "everything else that is in the parameters": """
titel | 2030.document.year | 17 | 2030 | - | contradicted | parameters | params/2030.yml har year 2030, men der står 17.
brevhoved | 2030.document.date | 17 | 09-03-2031 | - | contradicted | parameters | params/2030.yml har datoen 9. marts 2031, men der står 17.
brødtekst, dato | 2030.document.date | 17 | 09-03-2031 | - | contradicted | parameters | params/2030.yml har datoen 9. marts 2031, men der står 17.
brevhoved | 2030.document.case_number_f2 | 17 | 2030 - 1 | - | contradicted | parameters | params/2030.yml har case_number_f2 2030 - 1, men der står 17.
brevhoved | 2030.document.document_number_f2 | 17 | 3077 | - | contradicted | parameters | params/2030.yml har document_number_f2 3077, men der står 17.
brevhoved | 2030.document.case_number_edoc | 17 | 2030-0000005 | - | contradicted | parameters | params/2030.yml har case_number_edoc 2030-0000005, men der står 17.
brevhoved | 2030.office.street | 17 | Gaden 3 | - | contradicted | parameters | params/2030.yml har street Gaden 3, men der står 17.
brevhoved | 2030.office.postal | 17 | 1000 By | - | contradicted | parameters | params/2030.yml har postal 1000 By, men der står 17.
forside | 2030.cover.appendix | 17 | 4 | - | contradicted | parameters | params/2030.yml har appendix 4, men der står 17.
brødtekst | 2030.document.comparison_year | 17 | 2029 | - | contradicted | parameters | params/2030.yml har comparison_year 2029, men der står 17.
brødtekst | 2030.placements.adopted | 17 | 01-02-2029 | - | contradicted | parameters | params/2030.yml har måltallene vedtaget 1. februar 2029, men der står 17.
brødtekst | 2030.fleksjob.adopted | 17 | 24-12-2029 | - | contradicted | parameters | params/2030.yml har måltallene vedtaget 24. december 2029, men der står 17.
brødtekst | 2030.KK.table | 17 | Tabel 1 | - | contradicted | table_number | KK for 2030 er tabel 1 i rækkefølgen, men der står 17.
brødtekst | 2030.administrations.tables | 17 | tabel 3-4 | - | contradicted | administrations | Forvaltningernes tabeller er nummer 3 til 4, men der står 17.
brødtekst | 2030.administrations.count | 17 | 2 | - | contradicted | administrations | data/administrations.csv har 2 forvaltninger i 2030, men der står 17.
""",
}
"""What becomes of the table where some numbers are printed otherwise: only the rows that change, those numbers too."""


@pytest.mark.parametrize("name", CHANGES)
def test_what_a_mistake_does(name: str) -> None:
    expected = told(CHANGES[name])
    base = told(TABLE)
    data = printed({key: row.printed for key, row in expected.items() if row.printed != base[key].printed})
    assert differs(data) == expected


def test_a_number_that_the_notats_own_give_no_value_for() -> None:
    data = also(
        also(CITY, "tabel 3, x", "2030.XX.fritidsjob.attainment", "7 pct."), "x", "2030.XX.fritidsjob.target", "7"
    )
    assert differs(data) == told("""
tabel 3, x | 2030.XX.fritidsjob.attainment | 7 pct. | intet måltal | - | contradicted | attainment | Notatets egne tal giver ingen værdi her, men der står 7 pct.
x | 2030.XX.fritidsjob.target | 7 | intet måltal | - | contradicted | input | Notatets egne tal giver ingen værdi her, men der står 7.
""")


def test_a_footnote_for_all_tables_names_every_year() -> None:
    data = replace(CITY, printed=tuple(row for row in ROWS if row.id != "2029.KK.footnote_a.year"))
    assert differs(data) == told("""
fodnote * | 2030.KK.footnote_a.year | 2030 | 2029 og 2030 | - | contradicted | table_year | Fodnoten står én gang og gælder alle tabeller: tabel 2 for 2029 og tabel 1 og 3-4 for 2030, men der står 2030.
""")
    beside = also(
        also(data, "fodnote **", "2029.KK.footnote_a.year", "2029"), "fodnote *", "2029.KK.footnote_b.year", "2029"
    )
    assert set(differs(beside)) == {
        "fodnote * | 2030.KK.footnote_a.year", "fodnote ** | 2029.KK.footnote_a.year", "fodnote * | 2029.KK.footnote_b.year",
    }  # fmt: skip


@pytest.mark.parametrize("number", [0, 5, 9])
def test_a_table_that_is_not_there_is_the_one_of_the_id(number: int) -> None:
    row = differs(also(CITY, f"tabel {number}, overskrift", "2030.XX.caption.year", "2029"))
    (found,) = row.values()
    assert (found.verdict, found.recomputed) == ("contradicted", "2030")
    assert found.reason == f"Tabel {number} viser XX for 2030, men der står 2029."


@pytest.mark.parametrize(("number", "shows"), [(1, "KK"), (3, "XX"), (4, "YY")])
def test_a_table_that_is_there_is_its_place_in_the_order(number: int, shows: str) -> None:
    (found,) = differs(also(CITY, f"tabel {number}, overskrift", "2029.KK.caption.year", "2029")).values()
    assert found.reason == f"Tabel {number} viser {shows} for 2030, men der står 2029."


def test_parameters_that_a_notat_does_not_have() -> None:
    ours = OURS.model_copy(
        update={
            "document": Document(date=None), "office": Office(name=None, administration="F"), "cover": None,
            "targets_adopted": [],
        }
    )  # fmt: skip
    found = differs(CITY, ours)
    assert {row.reason.partition(", men")[0] for row in found.values()} == {
        f"params/2030.yml har ikke {name}"
        for name in (
            "datoen", "case_number_f2", "document_number_f2", "case_number_edoc", "street", "postal", "appendix",
            "måltallene vedtaget",
        )
    }  # fmt: skip
    assert {(row.verdict, row.recomputed) for row in found.values()} == {("contradicted", "")}


@pytest.mark.parametrize(("codes", "tables"), [(("UU", "XX", "YY"), "1 og 3-5"), (("XX",), "1 og 3"), ((), "1")])
def test_a_footnote_for_all_names_their_tables(codes: tuple[str, ...], tables: str) -> None:
    rows = tuple(row for row in ROWS if row.place == "fodnote *")
    administrations = tuple(Administration(code, code, 2020, None, "") for code in ("KK", *codes))
    found = judged(replace(CITY, administrations=administrations, printed=rows))
    said = f"Fodnoten står én gang og gælder alle tabeller: tabel 2 for 2029 og tabel {tables} for 2030."
    assert {row.reason for row in found.values()} == {said}


def test_half_a_leap_year_rounds_up() -> None:
    """183 spells of one day are exactly half of 366 days, which is printed 1 and so never 0."""
    ours = OURS.model_copy(update={"year": 2032, "comparison_year": 2031})
    rows = (
        Printed("notat-2030", "tabel 3, a", "2032.XX.placements.a.status", "0", "data/published.csv:2"),
        Printed("notat-2030", "tabel 3, b", "2032.XX.placements.a.spells", "183", "data/published.csv:3"),
    )
    found = judged(replace(CITY, printed=rows), ours)["tabel 3, a | 2032.XX.placements.a.status"]
    assert (found.rule, found.recomputed, found.within) == (
        "spells_bound",
        "1",
        Interval(Fraction(1, 2), Fraction(183)),
    )
    assert found.reason == "183 forløb på mindst én dag giver mindst 0,50 helårspersoner, men der står 0."
    rows = (replace(rows[0], printed="1"), rows[1])
    assert judged(replace(CITY, printed=rows), ours)["tabel 3, a | 2032.XX.placements.a.status"].verdict == "exact"


def test_a_city_is_no_sum_of_some_of_its_administrations() -> None:
    """YY prints no h and data/ has none: the city's h and what is made of it are held against nothing."""
    statuses = {key: row for key, row in CITY.statuses.items() if key != (2030, "YY", "h")}
    gone = {"2030.YY.placements.h.status", "2030.YY.placements.h.spells"}
    data = replace(CITY, statuses=statuses, printed=tuple(row for row in ROWS if row.id not in gone))
    found = judged(data)
    for measure in ("status", "spells"):
        row = next(row for row in found.values() if row.id == f"2030.KK.placements.h.{measure}")
        assert (row.verdict, row.rule) == ("exact", "input")


# -- against data/ and other notats -------------------------------------------------------------------------------


def with_status(id_: str, persons: str, spells: int | None, *, exact: bool = False) -> Data:
    row = status(id_, persons, spells, exact=exact)
    return replace(CITY, statuses={**CITY.statuses, (row.year, row.administration, row.scheme): row})


def test_an_unrounded_status_that_rounds_to_what_was_printed_is_the_one() -> None:
    assert differs(with_status("2030.YY.placements.a", "36/5", 9, exact=True)) == told("""
tabel 1, a, status | 2030.KK.placements.a.status | 12 | 12 | 117/10 127/10 | exact | city | Summen af forvaltningerne: 5 + 7 = 12.
tabel 1, målopfyldelse | 2030.KK.placements.attainment | 60 pct. | 58-59 pct. | 175/3 355/6 | contradicted | rounding | Sammen med 90 pct. (tabel 3, samlet målopfyldelse), 12 (tabel 1, a, status) og 6 (tabel 1, h, status) giver grundtallene uafrundet mellem 58,33 og 59,17 pct., men der står 60 pct.
tabel 1, samlet målopfyldelse | 2030.KK.total.weighted_attainment | 70 pct. | 69 pct. | 275/4 555/8 | contradicted | rounding | Sammen med 90 pct. (tabel 3, samlet målopfyldelse), 12 (tabel 1, a, status) og 6 (tabel 1, h, status) giver grundtallene uafrundet mellem 68,75 og 69,38 pct., men der står 70 pct.
tabel 4, a, status | 2030.YY.placements.a.status | 7 | 7 | 36/5 36/5 | exact | input | Grundtal: følger ikke af andre tal i notatet.
tabel 4, samlet status | 2030.YY.placements.joint_status | 10 | 9 | 87/10 97/10 | within_rounding | sum | 7,2 + 2 = 9,2. Grundtallene er afrundet; uafrundet er det mellem 8,70 og 9,70, så 10 er muligt.
tabel 4, målopfyldelse | 2030.YY.placements.attainment | 48 pct. | 46 pct. | 87/2 97/2 | within_rounding | attainment | (7,2 + 2) ÷ 20 = 46,0 → 46 pct. Grundtallene er afrundet; uafrundet er det mellem 43,5 og 48,5, så 48 pct. er muligt.
tabel 4, samlet målopfyldelse | 2030.YY.total.weighted_attainment | 56 pct. | 55 pct. | 421/8 451/8 | within_rounding | weighted | 75,0 pct. × 46,0 pct. + 25,0 pct. × 80,0 pct. = 54,5 → 55 pct. Grundtallene er afrundet; uafrundet er det mellem 52,63 og 56,38, så 56 pct. er muligt.
""")


def test_one_that_rounds_to_something_else_is_held_against_it() -> None:
    data = with_status("2030.YY.placements.a", "41/5", 9, exact=True)
    row = replace(data.statuses[2030, "YY", "a"], source="data/status.csv:4")
    assert differs(replace(data, statuses={**data.statuses, (2030, "YY", "a"): row})) == told("""
tabel 4, a, status | 2030.YY.placements.a.status | 7 | 8 | 41/5 41/5 | contradicted | transcription | data/status.csv linje 4 (udtræk af 5. januar 2031) har 8, men der står 7.
""")


def test_spells_and_targets_are_held_against_data_too() -> None:
    assert differs(with_status("2030.YY.placements.a", "7", 10)) == told("""
tabel 4, a, antal forløb | 2030.YY.placements.a.spells | 9 | 10 | 10 10 | contradicted | transcription | data/status.csv linje 7 har 10, men der står 9.
""")
    key = (2030, "YY", "fleksjob")
    for nothing in (None, 0):
        none = replace(CITY.targets[key], target=nothing)
        assert differs(replace(CITY, targets={**CITY.targets, key: none})) == told("""
tabel 4, fleksjob, måltal | 2030.YY.fleksjob.target | 5 | intet måltal | - | contradicted | transcription | data/targets.csv linje 5 har intet måltal, men der står 5.
""")


@pytest.mark.parametrize("table", ["targets", "statuses"])
def test_what_data_does_not_have_is_taken_from_the_notat(table: str) -> None:
    rows = getattr(CITY, table)
    assert (
        differs(replace(CITY, **{table: {key: row for key, row in rows.items() if key != (2030, "YY", "fleksjob")}}))
        == {}
    )


def test_what_the_notat_does_not_print_is_taken_from_data() -> None:
    """Its own tables' years and administrations only: WW's fleksjob counts in no sum."""
    gone = {"2030.YY.fleksjob.status", "2030.YY.fleksjob.target", "2030.YY.placements.a.spells"}
    data = replace(CITY, printed=tuple(row for row in ROWS if row.id not in gone))
    assert differs(data) == {}


def test_a_comparison_year_is_held_against_its_own_notat() -> None:
    theirs = also(CITY, "brødtekst", "2029.KK.fleksjob.attainment", "88 pct.", "notat-2029")
    assert differs(theirs, OURS, BEFORE) == {}
    theirs = also(theirs, "tabel 1, fleksjob, x", "2029.KK.fleksjob.attainment", "90 pct", "notat-2029")
    assert differs(theirs, OURS, BEFORE) == {}
    theirs = also(theirs, "tabel 1, a, status", "2029.KK.placements.a.status", "11", "notat-2029")
    theirs = also(theirs, "tabel 2, a, status", "2029.KK.placements.a.status", "12", "notat-2029")
    assert differs(theirs, OURS, BEFORE) == told("""
tabel 2, a, status | 2029.KK.placements.a.status | 10 | 11 | 19/2 21/2 | contradicted | own_notat | notat-2029 har 11 (tabel 1, a, status), men her står 10.
""")
    assert differs(theirs) == {}, "a notat of no year that we know is nobody's own"


# -- rows that cannot be judged ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id_", "text", "problem"),
    [
        ("2030.KK.capton.year", "2030", ("ukendt tal", "id", "2030.KK.capton.year", None, "2030.KK.caption.year")),
        ("2030.KK.heder.year", "2030", ("ukendt tal", "id", "2030.KK.heder.year", None, "2030.KK.header.year")),
        ("2030.ofice.street", "x", ("ukendt tal", "id", "2030.ofice.street", None, "2030.office.street")),
        ("2030.administrations.cont", "x", ("ukendt tal", "id", "2030.administrations.cont", None, "2030.administrations.count")),
        ("2031.document.year", "2031", ("ukendt tal", "id", "2031.document.year", None, "2030.document.year")),
        ("2031.administrations.count", "2", ("ukendt tal", "id", "2031.administrations.count", None, "2030.administrations.count")),
        ("x.KK.table", "Tabel 1", ("ukendt tal", "id", "x.KK.table", None, "2030.KK.table")),
        ("2031.KK.table", "Tabel 1", ("ukendt tal", "id", "2031.KK.table", None, "2030.KK.table")),
        ("2030.WW.table", "Tabel 1", ("ukendt tal", "id", "2030.WW.table", None, "2030.YY.table")),
        ("2030.KK.footnote_.year", "2030", ("ukendt tal", "id", "2030.KK.footnote_.year", None, "2030.KK.caption.year")),
        ("ganskeandet", "2", ("ukendt tal", "id", "ganskeandet", None, None)),
        (
            "2030.WW.fleksjob.status", "2",
            ("notatet har ingen tabel for det år og den forvaltning", "id", "2030.WW.fleksjob.status", None, None),
        ),
        ("2029.XX.fleksjob.status", "2",
         ("notatet har ingen tabel for det år og den forvaltning", "id", "2029.XX.fleksjob.status", None, None)),
        ("2030.XX.placements.aa.status", "2", ("ukendt jobordning i gruppen", "id", "aa", None, "a")),
        ("2030.XX.placements.fleksjob.spells", "2", ("ukendt jobordning i gruppen", "id", "fleksjob", None, None)),
        (
            "2030.XX.fleksjob.attainment", "tolv",
            ("ikke et tal, som notatet skriver det", "printed", "tolv", "en procent som 74 pct.", None),
        ),
        (
            "2030.XX.total.weighted_attainment", "-1 pct.",
            ("ikke et tal, som notatet skriver det", "printed", "-1 pct.", "en procent som 74 pct.", None),
        ),
        (
            "2030.XX.fleksjob.status", "1,5",
            ("ikke et tal, som notatet skriver det", "printed", "1,5", "et helt tal som 1.134", None),
        ),
        (
            "2030.XX.fleksjob.target", "-1",
            ("ikke et tal, som notatet skriver det", "printed", "-1", "et helt tal som 1.134", None),
        ),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_judged(
    id_: str, text: str, problem: tuple[str, str, str, str | None, str | None]
) -> None:
    with pytest.raises(InputError) as error:
        judged(also(CITY, "tabel 3, x", id_, text))
    message, column, found, expected, hint = problem
    line = len(ROWS) + 2
    assert error.value.problems == (Problem("data/published.csv", message, line, column, found, expected, hint),)


def test_every_row_that_cannot_be_judged_is_told() -> None:
    data = also(also(CITY, "x", "2030.XX.fleksjob.status", "x"), "x", "2030.YY.fleksjob.status", "y")
    with pytest.raises(InputError) as error:
        judged(also(data, "x", "2030.KK.fleksjob.status", "z"))
    assert [problem.found for problem in error.value.problems] == ["x", "y", "z"]


def test_every_unknown_number_is_told() -> None:
    with pytest.raises(InputError) as error:
        judged(also(also(CITY, "x", "2030.KK.capton.year", "2030"), "x", "2030.ofice.street", "x"))
    assert [problem.found for problem in error.value.problems] == ["2030.KK.capton.year", "2030.ofice.street"]


# -- what is made of the verdicts ----------------------------------------------------------------------------------


def test_the_csv_to_the_letter() -> None:
    lines = to_csv(judged().values()).split("\n")
    assert lines[0] == "source,place,id,printed,recomputed,lower,upper,verdict,reason"
    assert lines[1] == "notat-2030,titel,2030.document.year,2030,2030,,,exact,params/2030.yml har year 2030."
    assert (
        'notat-2030,"tabel 4, samlet målopfyldelse",2030.YY.total.weighted_attainment,56 pct.,54 pct.,,,within_rounding,'
        '"75,0 pct. × 45,0 pct. + 25,0 pct. × 80,0 pct. = 53,8 → 54 pct. Grundtallene er afrundet; uafrundet er det mellem 50 og '
        '57,5, så 56 pct. er muligt."'
    ) in lines
    assert len(lines) == len(ROWS) + 2
    assert lines[-1] == ""


def test_a_figures_verdict_is_its_tables_even_where_prose_comes_first() -> None:
    data = printed({"tabel 1, fleksjob, målopfyldelse | 2030.KK.fleksjob.attainment": "101 pct."})
    rows = list(judged(data).values())
    assert [row.verdict for row in rows if row.id == "2030.KK.fleksjob.attainment"] == ["exact", "contradicted"]
    verdicts = {id_: verdict for id_, (verdict, _) in answers(rows).items()}
    assert verdicts["2030.KK.fleksjob.attainment"] == "contradicted"
    assert verdicts["2030.KK.placements.h.status"] == "within_rounding"
    assert set(verdicts) == {row.id for row in ROWS}


def test_unrounded_statuses_that_give_all_that_holds() -> None:
    """XX's five may have been 4,5 and its eight spells no more than 8; what is contradicted is not met."""
    found = unrounded(CITY, OURS)
    assert set(found) == {row.id for row in ROWS if row.id.endswith("status") and not row.id.endswith("joint_status")}
    assert all(value in CITY.statuses[_key(id_)].interval for id_, value in found.items())
    for of in "ah":
        parts = sum(found[f"2030.{code}.placements.{of}.status"] for code in ("XX", "YY"))
        assert found[f"2030.KK.placements.{of}.status"] == parts
    joint = {code: sum(found[f"2030.{code}.placements.{of}.status"] for of in "ah") for code in ("KK", "XX", "YY")}
    assert Fraction(35, 2) <= joint["KK"] < Fraction(37, 2)
    assert Fraction(159, 20) <= joint["XX"] < Fraction(161, 20)
    assert Fraction(19, 2) <= joint["YY"] < Fraction(97, 10)


def _key(id_: str) -> tuple[int, str, str]:
    at = read_figure_id(id_)
    assert at is not None
    return at.year, at.administration, at.scheme


def test_there_are_none_of_a_notat_that_cannot_be_read() -> None:
    with pytest.raises(InputError) as error:
        unrounded(also(CITY, "x", "2030.XX.fleksjob.status", "x"), OURS)
    assert [problem.found for problem in error.value.problems] == ["x"]


# -- the parts -----------------------------------------------------------------------------------------------------


def test_ids_are_taken_apart() -> None:
    assert read_figure_id("2030.KK.placements.a.status") == FigureId(2030, "KK", "placements", "a", "status")
    assert read_figure_id("2030.KK.fleksjob.status") == FigureId(2030, "KK", "fleksjob", "fleksjob", "status")
    assert read_figure_id("2030.KK.total.weighted_attainment") == FigureId(
        2030, "KK", "total", "total", "weighted_attainment"
    )
    for text in (
        "2030.KK.table",
        "x2030.KK.fleksjob.status",
        "2030.KK.fleksjob.status.",
        "2030.KK.X.status",
        "2030.KK.fleksjob.x",
    ):
        assert read_figure_id(text) is None


def test_places() -> None:
    assert (table_number("tabel 12, x"), table_number("brødtekst, tabel 1, x"), table_number("Tabel 1, x")) == (
        12,
        None,
        None,
    )
    assert [in_table(place) for place in ("tabel 1, x", "fodnote *", "brødtekst, tabel 1", "forside")] == [
        True, True, False, False,
    ]  # fmt: skip


def test_a_sheet_is_the_notat_and_its_figures_come_from_its_lines() -> None:
    gone = {"2030.YY.fleksjob.status", "2030.YY.fleksjob.target"}
    sheet = read_sheet(replace(CITY, printed=tuple(row for row in ROWS if row.id not in gone)), OURS)
    assert sheet.notat == "notat-2030"
    assert sheet.administrations == ("XX", "YY")
    assert sheet.tables == ((2030, "KK"), (2029, "KK"), (2030, "XX"), (2030, "YY"))
    assert sheet.primary["2030.KK.fleksjob.attainment"].place == "tabel 1, fleksjob, målopfyldelse"
    assert (sheet.number("2030.KK.placements.target"), sheet.number("2030.YY.fleksjob.target")) == (30, None)
    figures = sheet.figures()
    lines = {row.id: row.source for row in ROWS}
    for id_ in ("2030.XX.placements.target", "2030.XX.placements.a.status", "2030.XX.placements.a.spells"):
        assert figures[id_].source == lines[id_.replace("spells", "status")]
    assert figures["2030.XX.placements.a.status"].formula == "aflæst af notat-2030"
    assert figures["2030.YY.fleksjob.status"].source == "data/status.csv:4"
    assert figures["2030.YY.fleksjob.target"].source == "data/targets.csv:5"
    assert {figure.administration for figure in figures.values()} == {"KK", "XX", "YY"}


# -- parts of it, where the whole would hide which is at work -----------------------------------------------------


def test_the_least_trusted_claims_go_first() -> None:
    """Either end would do together with the middle one; the later of them is given up."""

    def impossible(chosen: list[int]) -> bool:
        return {0, 1} <= set(chosen) or {1, 2} <= set(chosen)

    assert proof._minimal(impossible, [0, 1, 2], 9) == [0, 1]


def test_a_clash_with_the_city_tells_the_sum_of_the_administrations(monkeypatch: pytest.MonkeyPatch) -> None:
    of: list[Any] = [SimpleNamespace(id="BIF"), SimpleNamespace(id="BUF")]
    monkeypatch.setattr(rules, "parts", lambda *_: of)
    nothing: Any = None
    (claim,) = proof._city_sum(nothing, nothing, cast("Any", SimpleNamespace(id="KK")))
    one = Interval(Fraction(1), Fraction(2))
    (clash,) = proof.clashes((("KK", Interval(Fraction(9), Fraction(10))), ("BIF", one), ("BUF", one)), (claim,))
    assert (clash.least, clash.greatest) == (2, 4)


@pytest.mark.parametrize(
    ("text", "begun"),
    [("summen af a/b er 3", "Summen af a/b er 3"), ("data/targets.csv linje 3", "data/targets.csv linje 3")],
)
def test_a_sentence_begins_with_a_capital_unless_with_a_file(text: str, begun: str) -> None:
    assert rules.capital(text) == begun
