"""The two notats worked out anew, by arithmetic that shares no line with the program.

All that is taken from the project is what was printed (``data/published.csv``) and, at the end, the audit's verdicts.
A printed whole number may be anything that rounds to it; each sum, percentage and average is then held against the
interval that its own table gives it.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

from conftest import ROOT

from aarsstatus.audit.quality import audit_years, read_published_params
from aarsstatus.inputs import read_data
from aarsstatus.project import Project

HALF = Fraction(1, 2)
GROUPS = ("placements", "fleksjob", "fritidsjob")
HEADS = {"fleksjob"}
"""Persons are whole."""
Span = tuple[Fraction, Fraction]
Table = dict[str, Fraction]
"""What one table prints: the rest of an id, and its number."""


@cache
def printed() -> dict[tuple[str, str, str], Table]:
    """Return the tables by notat, year and code; weights that stand once for all are the city's."""
    tables: dict[tuple[str, str, str], Table] = defaultdict(dict)
    with (ROOT / "data" / "published.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            year, code, rest = (*row["id"].split(".", 2), "")[:3]
            number = re.fullmatch(r"([\d.]+)( pct\.?)?", row["printed"])
            counts = rest and not rest.endswith(("year", "table"))
            if number and counts and row["place"].startswith(("tabel", "fodnote")):
                tables[row["source"], year, code][rest] = Fraction(number[1].replace(".", ""))
    return tables


def rounded(number: Fraction, *, whole: bool = False) -> Span:
    """Return the numbers that are printed so."""
    return (number, number) if whole else (number - HALF, number + HALF)


def meet(one: Span, other: Span) -> bool:
    """Whether two spans have a number in common, or touch: what is on the edge is not called wrong here."""
    return max(one[0], other[0]) <= min(one[1], other[1])


def statuses(table: Table, group: str) -> Span:
    """Return what a group's schemes come to in a table."""
    found = [number for rest, number in table.items() if re.fullmatch(rf"{group}(\.\w+)?\.status", rest)]
    slack = 0 if group in HEADS else HALF * len(found)
    return sum(found, Fraction(0)) - slack, sum(found, Fraction(0)) + slack


def attainments(table: Table) -> dict[str, Span]:
    """Return each group's attainment in percent."""
    return {
        group: (low * 100 / target, high * 100 / target)
        for group in GROUPS
        if (target := table.get(f"{group}.target"))
        for low, high in [statuses(table, group)]
    }


def wrong(notat: str, year: str, code: str, table: Table) -> Iterator[str]:
    """Yield what a table prints that does not follow from its own rows, and from the city's targets."""
    city = printed()[notat, year, "KK"]
    targets = {group: city[f"{group}.target"] for group in GROUPS if f"{group}.target" in city}
    shares = {group: target / sum(targets.values()) for group, target in targets.items()}
    claims: dict[str, Span] = {
        "placements.joint_status": statuses(table, "placements"),
        **{f"{group}.attainment": span for group, span in attainments(table).items()},
        **{f"{group}.weight": (share * 100, share * 100) for group, share in shares.items()},
    }
    spans = attainments(table)
    claims["total.weighted_attainment"] = (
        sum((shares[group] * span[0] for group, span in spans.items()), Fraction(0)),
        sum((shares[group] * span[1] for group, span in spans.items()), Fraction(0)),
    )
    for rest, span in claims.items():
        if rest in table and not meet(rounded(table[rest]), span):
            yield f"{year}.{code}.{rest}"
    spells = [number for rest, number in table.items() if re.fullmatch(r"placements\.\w+\.spells", rest)]
    if table["placements.spells_total"] != sum(spells):
        yield f"{year}.{code}.placements.spells_total"


def not_the_sum(notat: str, year: str) -> Iterator[str]:
    """Yield what is printed of the city that is not the sum of its administrations."""
    city = printed()[notat, year, "KK"]
    others = [
        table for (where, when, code), table in printed().items() if (where, when) == (notat, year) and code != "KK"
    ]
    spells = Fraction(0)
    for rest, number in city.items():
        if rest.endswith((".status", ".target", ".spells")):
            sizes = [table[rest] for table in others]
            slack = (
                HALF * len(sizes) if rest.endswith(".status") and rest.partition(".")[0] not in HEADS else Fraction(0)
            )
            span = (sum(sizes) - slack, sum(sizes) + slack)
            spells += sum(sizes) if rest.endswith(".spells") else 0
            if not meet(rounded(number, whole=not rest.endswith(".status")), span):
                yield f"{year}.KK.{rest}"
    if city["placements.spells_total"] != spells:
        yield f"{year}.KK.placements.spells_total"


def told_twice() -> Iterator[str]:
    """Yield numbers that the prose prints otherwise than the table of the same notat."""
    with (ROOT / "data" / "published.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            year, code, rest = (*row["id"].split(".", 2), "")[:3]
            number = printed().get((row["source"], year, code), {}).get(rest)
            said = re.fullmatch(r"([\d.]+)( pct\.?)?", row["printed"])
            if number is not None and said and Fraction(said[1].replace(".", "")) != number:
                yield row["id"]


def test_the_audit_finds_what_is_found_without_it() -> None:
    found = set(told_twice())
    for (notat, year, code), table in printed().items():
        if "placements.spells_total" in table:
            found |= set(wrong(notat, year, code, table))
    for notat in ("notat-2021", "notat-2025"):
        found |= set(not_the_sum(notat, notat.removeprefix("notat-")))
    project = Project(ROOT)
    audited = audit_years(read_data(project), read_published_params(project))
    numbers = {row.id for row in audited if row.verdict == "contradicted" and not row.id.endswith(".year")}
    assert found == numbers
    assert len(found) == 14
