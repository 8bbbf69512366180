"""What no single row of ``data/`` can tell: rows that contradict each other, and rows that a year's notat lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from aarsstatus import danish
from aarsstatus.attainment import Interval
from aarsstatus.inputs.model import Administration, Data, Printed, Scheme, Status
from aarsstatus.inputs.params import Params
from aarsstatus.inputs.schema import GROUPS, KK
from aarsstatus.problems import Problem, near

__all__ = ["missing_rows", "not_numbers", "not_possible"]


def not_possible(
    schemes: Mapping[str, Scheme], administrations: Iterable[Administration], statuses: Iterable[Status]
) -> Iterator[Problem]:
    """Say which rows cannot be, whatever the numbers in them."""
    everything: list[Scheme | Administration] = [*schemes.values(), *administrations]
    for named in everything:
        if named.last_year is not None and named.last_year < named.first_year:
            yield _at(named.source, "last_year", "slutter, før det begynder", str(named.last_year))
    only: dict[tuple[int, str], str] = {}
    for status in statuses:
        scheme = schemes[status.scheme]
        if not scheme.existed(status.year):
            message = f"jobordningen {scheme.key} fandtes ikke i {status.year} ifølge {scheme.source}"
            yield _at(status.source, "year", message)
        first = only.setdefault((status.year, scheme.group), scheme.key)
        if scheme.group != "placements" and first != scheme.key:
            message = f"{scheme.group} har kun plads til én jobordning om året, og {first} har allerede tal"
            yield _at(status.source, "scheme", message, scheme.key)
        if status.interval != Interval.exactly(status.status) and status.status.denominator != 1:
            yield _at(status.source, "status", "et tal, der er rundet af til et helt, har ingen decimaler")


def not_numbers(printed: Iterable[Printed]) -> Iterator[Problem]:
    """Say which printed figures are no numbers; what else was printed is a text."""
    for row in printed:
        parts = row.id.split(".")
        if len(parts) < _PARTS or parts[2] not in {*GROUPS, "total"} or row.printed == danish.NO_TARGET:
            continue
        try:
            fits = 0 <= danish.parse(row.printed) <= _MOST_PRINTED
        except ValueError:
            fits = False
        if not fits:
            yield _at(row.source, "printed", "ikke et tal, som notatet skriver det", row.printed, "1.134 eller 74 pct.")


_PARTS = 4
"""A figure's id has at least as many parts, and its group is the third."""
_MOST_PRINTED = 1_000_000_000


def _at(source: str, column: str, message: str, found: str | None = None, expected: str | None = None) -> Problem:
    """Return a problem with a row that has been read."""
    file, _, line = source.rpartition(":")
    return Problem(file, message, int(line), column, found, expected)


def missing_rows(file: str, params: Params, data: Data) -> list[Problem]:
    """Say which rows a year's notat needs and does not have."""
    problems = [
        Problem(file, "ukendt jobordning", column="schemes", found=key, hint=near(key, data.schemes))
        for key in params.schemes
        if key not in data.schemes
    ]
    schemes = [data.schemes[key] for key in params.schemes if key in data.schemes]
    problems += [
        Problem(
            file,
            f"jobordningen hører til {scheme.group}, som ikke står i target_groups",
            column="schemes",
            found=scheme.key,
        )
        for scheme in schemes
        if scheme.group not in params.target_groups
    ]
    problems += [
        Problem(file, "måltalsgruppen har ingen jobordning i schemes", column="target_groups", found=group)
        for group in params.target_groups
        if not any(scheme.group == group for scheme in schemes)
    ]
    status, targets = "data/status.csv", "data/targets.csv"
    for code in data.codes():
        problems += [
            Problem(status, "rækken mangler", expected=f"{params.year},{code},{scheme.key},…")
            for scheme in schemes
            if (params.year, code, scheme.key) not in data.statuses
        ]
        problems += [
            Problem(
                targets,
                "rækken mangler",
                expected=f"{params.year},{code},{group},… (tom, hvis der ikke er et måltal)",
            )
            for group in params.target_groups
            if (params.year, code, group) not in data.targets
        ]
        if not any(one.code == code and one.held(params.year) for one in data.administrations):
            problems.append(Problem("data/administrations.csv", f"{code} har intet navn i {params.year}"))
    if not any(one.code == KK and one.held(params.comparison_year) for one in data.administrations):
        problems.append(Problem("data/administrations.csv", f"{KK} har intet navn i {params.comparison_year}"))
    listed = set(params.schemes)
    problems += [
        Problem(
            status,
            f"jobordningen står ikke i schemes i {file}",
            int(row.source.rpartition(":")[2]),
            "scheme",
            row.scheme,
        )
        for row in data.statuses.values()
        if row.year == params.year and row.scheme not in listed
    ]
    if not any(year == params.comparison_year and code == KK for year, code, _ in data.statuses):
        known = [str(year) for year in data.years() if year < params.year]
        problems.append(
            Problem(
                status,
                f"der er ingen tal for sammenligningsåret {params.comparison_year}",
                expected=danish.join(known, "eller") or None,
            )
        )
    elif not any(year == params.comparison_year and code == KK for year, code, _ in data.targets):
        problems.append(Problem(targets, f"der er ingen måltal for sammenligningsåret {params.comparison_year}"))
    return problems
