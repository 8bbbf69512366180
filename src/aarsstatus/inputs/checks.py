"""Find rows that contradict each other, and rows that a notat lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from aarsstatus import danish
from aarsstatus.inputs.aliases import fold_value
from aarsstatus.inputs.model import Administration, Data, Scheme, Status, Target
from aarsstatus.inputs.params import Params
from aarsstatus.inputs.schema import ADMINISTRATIONS, KK, STATUS, TARGETS, WARNINGS
from aarsstatus.interval import Interval
from aarsstatus.problems import Problem, near

_PARTS = 4
"""A figure's id has at least as many parts, and its group is the third."""
_MOST_PRINTED = 1_000_000_000


def contradictions(data: Data) -> Iterator[Problem]:
    """Yield the rows that cannot be, whatever year a notat is made of."""
    for before, group in combinations(data.groups.values(), 2):
        if fold_value(before.name) == fold_value(group.name):
            yield _at(group.source, "name", f"{before.key} og {group.key} har samme navn", group.name)
    named: list[Scheme | Administration] = [*data.schemes.values(), *data.administrations]
    for one in named:
        if one.last_year is not None and one.last_year < one.first_year:
            yield _at(one.source, "last_year", "slutter, før det begynder", str(one.last_year))
    yield from _of_schemes(data)
    if KK not in data.codes():
        yield Problem(ADMINISTRATIONS.name, "hele kommunen mangler", expected=f"en række med koden {KK}")
    yield from _of_administrations(data)
    for status in data.statuses.values():
        scheme = data.schemes[status.scheme]
        if not scheme.existed(status.year):
            message = f"jobordningen {scheme.key} fandtes ikke i {status.year} ifølge {scheme.source}"
            yield _at(status.source, "year", message)
        if status.interval != Interval.exactly(status.status) and status.status.denominator != 1:
            yield _at(status.source, "status", "et tal, der er rundet af til et helt, har ingen decimaler")
        elif scheme.counting == "headcount" and status.status.denominator != 1:  # 1.042 as Danes write 1042
            found = danish.plain_decimal(status.status)
            yield _at(status.source, "status", "ansatte tælles i hele tal", found, "et helt tal uden punktum")
    yield from _partly_counted(data)
    yield from _not_numbers(data)


def _partly_counted(data: Data) -> Iterator[Problem]:
    """Yield rows without spells where the group's total of spells would lack theirs."""
    rows = [row for row in data.statuses.values() if data.groups[data.schemes[row.scheme].group].spells_label]
    counted = {(row.year, row.administration, data.schemes[row.scheme].group) for row in rows if row.spells is not None}
    for row in rows:
        scheme = data.schemes[row.scheme]
        lacks = row.spells is None and row.status and scheme.counting != "headcount"
        if lacks and (row.year, row.administration, scheme.group) in counted:
            message = "antallet af forløb mangler, men gruppens andre jobordninger har et"
            yield _at(row.source, "spells", message, expected="et helt tal på mindst 0, uden punktum")


def _of_schemes(data: Data) -> Iterator[Problem]:
    """Yield schemes that are alike, and days and successors that cannot be."""
    for one, other in combinations(data.schemes.values(), 2):
        year = max(one.first_year, other.first_year)
        if one.existed(year) and other.existed(year) and fold_value(one.name) == fold_value(other.name):
            yield _at(other.source, "name", f"{one.key} og {other.key} har samme navn i {year}", other.name)
    for one in data.schemes.values():
        ends = (("first_day", one.first_year, one.first_day), ("last_day", one.last_year, one.last_day))
        for column, at, day in ends:
            if day is not None and day.year != at:
                expected = f"en dag i {at}" if at else "også et år i last_year"
                yield _at(one.source, column, "dagen passer ikke til året", str(day), expected)
        if one.first_day and one.last_day and one.last_day < one.first_day:
            yield _at(one.source, "last_day", "slutter, før det begynder", str(one.last_day))
        if one.successor:
            after = data.schemes.get(one.successor)
            if after is None or one.last_year is None or after.first_year != one.last_year + 1:
                when = "og sidste år i last_year" if one.last_year is None else f"der begynder i {one.last_year + 1}"
                message = "jobordningen kan ikke fortsætte som den"
                yield _at(one.source, "successor", message, one.successor, f"en kode fra schemes.csv, {when}")
            elif after.group != one.group:
                message = f"jobordningen, den fortsætter som, hører til {after.group}"
                yield _at(one.source, "successor", message, one.successor, f"en i {one.group}")


def _of_administrations(data: Data) -> Iterator[Problem]:
    """Yield administrations that are alike or lack successors, and rows of none."""
    for one, other in combinations(data.administrations, 2):
        year = max(one.first_year, other.first_year)
        if not (one.held(year) and other.held(year)):
            continue
        if one.code == other.code:
            yield _at(other.source, "first_year", f"{other.code} har to navne i {year}; det andet: {one.name}")
        elif fold_value(one.name) == fold_value(other.name):
            yield _at(other.source, "name", f"{one.code} og {other.code} har samme navn i {year}", other.name)
    for one in data.administrations:
        if one.successors and one.last_year is None:
            yield _at(one.source, "successor", "en forvaltning, der ikke er ophørt, har ingen efterfølger", one.code)
        after = data.codes(one.last_year + 1) if one.last_year is not None else one.successors
        for code in one.successors:
            if code == KK or code not in after:
                when = f"fandtes ikke i {(one.last_year or 0) + 1}"
                message = "hele kommunen kan ikke efterfølge" if code == KK else f"efterfølgeren {when}"
                yield _at(one.source, "successor", message, code, danish.join(after[1:], "eller") or None)
    rows: list[Status | Target] = [*data.statuses.values(), *data.targets.values()]
    held = {year: data.codes(year) for year in {row.year for row in rows}}
    for row in rows:
        if row.administration not in held[row.year] and row.administration != KK:
            message = f"forvaltningen fandtes ikke i {row.year} ifølge {ADMINISTRATIONS.name}"
            yield _at(row.source, "administration", message, row.administration)


def _not_numbers(data: Data) -> Iterator[Problem]:
    """Yield the printed figures that are no numbers; what else was printed is a text."""
    for row in data.printed:
        parts = row.id.split(".")
        if len(parts) < _PARTS or parts[2] not in {*data.groups, "total"} or row.printed == danish.NO_TARGET:
            continue
        try:
            least = -_MOST_PRINTED if row.printed.endswith("procentpoint") else 0
            fits = least <= danish.parse(row.printed) <= _MOST_PRINTED
        except ValueError:
            fits = False
        if not fits:
            yield _at(row.source, "printed", "ikke et tal, som notatet skriver det", row.printed, "1.134 eller 74 pct.")


def _at(source: str, column: str, message: str, found: str | None = None, expected: str | None = None) -> Problem:
    """Return a problem with a row that has been read."""
    file, _, line = source.rpartition(":")
    return Problem(file, message, int(line), column, found, expected)


def unanswered(params: Params, data: Data) -> list[Problem]:
    """Return the unanswered warnings of a year's extracts, none once published."""
    open_ = [one for one in data.remarks.get(params.year, ()) if not one.svar and params.notat is None]
    if not open_:
        return []
    count = danish.counted(len(open_), "bemærkning", "bemærkninger")
    message, expected = f"{count} om udtrækkene er ikke besvaret", "det, du fandt ud af, ud for hver i kolonnen svar"
    return [*(Problem(WARNINGS.name, one.text) for one in open_), Problem(WARNINGS.name, message, expected=expected)]


def missing_rows(file: str, params: Params, data: Data) -> Iterator[Problem]:
    """Yield what a year's notat needs and lacks, and parameters that do not fit."""
    yield from _unfit_params(file, params, data)
    yield from lacking_rows(file, params, data)
    for row in data.statuses.values():
        if row.year == params.year and row.scheme not in params.schemes:
            yield _at(row.source, "scheme", f"jobordningen står ikke i schemes i {file}", row.scheme)
    yield from _without_comparison(params, data)


def lacking_rows(file: str, params: Params, data: Data) -> Iterator[Problem]:
    """Yield the rows that a year's parameters speak of, and ``data/`` lacks."""
    yield from _without_printed(file, params, data)
    schemes = data.listed(params.schemes)
    year = params.year
    codes = list(dict.fromkeys([KK, *data.told_of(year)]))
    for scheme in schemes:
        lacking = [code for code in codes if (year, code, scheme.key) not in data.statuses]
        yield from _lacking(STATUS.name, scheme.name, lacking, f"{year},{{}},{scheme.key},…")
    for group in params.target_groups:
        lacking = [code for code in codes if (year, code, group) not in data.targets]
        expected = f"{year},{{}},{group},… (tom, hvis der ikke er et måltal)"
        yield from _lacking(TARGETS.name, f"måltallet for {data.called(group)}", lacking, expected)
    for code in codes:
        if not _is_named(code, year, data):
            yield Problem(ADMINISTRATIONS.name, f"{code} har intet navn i {year}")


def _without_printed(file: str, params: Params, data: Data) -> Iterator[Problem]:
    """Yield that nothing was printed in the notat that a year is said to be of."""
    notats = {row.notat for row in data.printed}
    if params.notat is not None and params.notat not in notats:
        message = "data/published.csv har ingen tal fra det notat"
        yield Problem(file, message, column="notat", found=params.notat, hint=near(params.notat, notats))
    elif params.notat is not None and not any(
        row.notat == params.notat and row.id.startswith(f"{params.year}.") for row in data.printed
    ):  # as when the file is a copy of last year's
        message, expected = f"notatet har ingen tal fra {params.year}", "null, indtil notatet er offentliggjort"
        yield Problem(file, message, column="notat", found=params.notat, expected=expected)


def _lacking(file: str, what: str, codes: Sequence[str], row: str) -> Iterator[Problem]:
    """Yield one problem for all the rows that a scheme or a target group lacks."""
    if codes:
        rows = "rækken" if len(codes) == 1 else "rækkerne"
        message = f"{rows} med {what} mangler for {danish.join(codes)}"
        yield Problem(file, message, expected=row.format(codes[0]))


def _unfit_params(file: str, params: Params, data: Data) -> Iterator[Problem]:
    """Yield a year's schemes and target groups that do not fit each other."""
    schemes = data.listed(params.schemes)
    if not params.targets_adopted and not data.read_from(params.year):
        yield Problem(file, "det står ikke, hvornår måltallene blev vedtaget", column="targets_adopted")
    for key in params.schemes:
        if key not in data.schemes:
            yield Problem(file, "ukendt jobordning", column="schemes", found=key, hint=near(key, data.schemes))
    for key in params.target_groups:
        if key not in data.groups:
            hint = near(key, data.groups)
            yield Problem(file, "ukendt måltalsgruppe", column="target_groups", found=key, hint=hint)
    for scheme in schemes:
        if scheme.group not in params.target_groups:
            message = f"jobordningen hører til {scheme.group}, som ikke står i target_groups"
            yield Problem(file, message, column="schemes", found=scheme.key)
    for group in params.target_groups:
        if group in data.groups and all(scheme.group != group for scheme in schemes):
            yield Problem(file, "måltalsgruppen har ingen jobordning i schemes", column="target_groups", found=group)


def _without_comparison(params: Params, data: Data) -> Iterator[Problem]:
    """Yield what the whole city lacks in the comparison year."""
    year = params.comparison_year
    if year is None:
        return
    if not _is_named(KK, year, data):
        yield Problem(ADMINISTRATIONS.name, f"{KK} har intet navn i {year}")
    if not any(when == year and code == KK for when, code, _ in data.statuses):
        known = danish.join([str(one) for one in data.years() if one < params.year], "eller")
        yield Problem(STATUS.name, f"der er ingen tal for sammenligningsåret {year}", expected=known or None)
    elif not any(when == year and code == KK for when, code, _ in data.targets):
        yield Problem(TARGETS.name, f"der er ingen måltal for sammenligningsåret {year}")


def _is_named(code: str, year: int, data: Data) -> bool:
    """Return whether an administration had a name in a year."""
    return any(one.code == code and one.held(year) for one in data.administrations)
