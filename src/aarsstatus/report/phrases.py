"""Inflect what the notat's sentences say of how its numbers are made.

The sentences stand in the notebook; a phrase that a year has nothing for is `UNKNOWN`.
"""

from __future__ import annotations

from aarsstatus import danish
from aarsstatus.inputs.model import Scheme
from aarsstatus.markdown import UNKNOWN, known, plain
from aarsstatus.report.notat import Notat
from aarsstatus.report.tables import table_id


def adopted(notat: Notat) -> str:
    """Say when the targets were adopted; of several dates, for which schemes each."""
    dates = {
        danish.long_date(one.date): [plain(scheme.name) for scheme in notat.listed() if scheme.group in one.groups]
        for one in notat.params.targets_adopted
    }
    several = len(dates) > 1
    told = [f"den {date} for {danish.join(names)}" if several else f"den {date}" for date, names in dates.items()]
    return known(danish.join(told))


def kinds_of_target(notat: Notat) -> str:
    """Say which targets an administration has: the joint ones, then the others."""
    groups = [notat.data.groups[key] for key in notat.params.target_groups]
    shared = [group for group in groups if len(notat.data.schemes_in(group.key, notat.year)) > 1]
    own = [notat.names(group.key) for group in groups if group not in shared]
    told = [f"ét samlet måltal for {notat.names(one.key)}, her under ét kaldt {plain(one.name)}" for one in shared]
    if own:
        told.append(f"ét måltal for {danish.join([f'hhv. {own[0]}', *own[1:]] if len(own) > 1 else own)}")
    return ", og ".join(filter(None, [", ".join(told[:-1]), *told[-1:]]))


def groups_in_full_years(notat: Notat) -> str:
    """Return the names of the groups that are counted in full-year equivalents."""
    counted = {scheme.group for scheme in notat.listed() if not _by_heads(scheme)}
    groups = [notat.data.groups[key] for key in notat.params.target_groups]
    return known(danish.join([plain(group.name) for group in groups if group.key in counted]))


def schemes_by_heads(notat: Notat) -> list[str]:
    """Return the names of the schemes whose persons are counted in December."""
    return [plain(scheme.name) for scheme in notat.listed() if _by_heads(scheme)]


def other_schemes(notat: Notat) -> str:
    """Say which schemes came, went, or were there for a part of either year."""
    before, now = notat.comparison_year, notat.year
    if before is None:
        return UNKNOWN
    came, went = notat.changed_schemes(before, now)
    sides = ((came, "kommet til"), (went, "udgået"))
    told = [f"{danish.join([plain(one.name) for one in side])} er {what}" for side, what in sides if side]
    there = [(one, year) for year in (before, now) for one in notat.data.schemes_of(year) if one not in (*came, *went)]
    told += [f"{plain(one.name)} {part_of_year(one, year)}" for one, year in there if not one.whole(year)]
    return known(danish.join(told))


def part_of_year(scheme: Scheme, year: int) -> str:
    """Say when a scheme began or ended within a year."""
    if scheme.whole(year):
        return UNKNOWN
    first, last = scheme.days_of(year)
    begun, ended = (first.month, first.day) != (1, 1), (last.month, last.day) != (12, 31)
    if begun and ended:
        return f"fandtes kun fra den {danish.long_date(first)} til den {danish.long_date(last)}"
    return f"begyndte den {danish.long_date(first)}" if begun else f"ophørte den {danish.long_date(last)}"


def all_of_its_year(scheme: Scheme, year: int) -> str:
    """Return the year, where a scheme counted by days was there for part of it."""
    return UNKNOWN if scheme.whole(year) or _by_heads(scheme) else str(year)


def former_name(notat: Notat, scheme: Scheme) -> str:
    """Return what a scheme was called, in the year of its new name and the next."""
    was = next((one for one in notat.data.schemes.values() if one.successor == scheme.key), None)
    if was is None or notat.year not in {scheme.first_year, scheme.first_year + 1}:
        return UNKNOWN
    return f"{scheme.first_year - 1} {plain(was.name)}"


def compared_with(notat: Notat) -> str:
    """Return the comparison year."""
    return UNKNOWN if notat.comparison_year is None else str(notat.comparison_year)


def missing_years(notat: Notat) -> str:
    """Return the years without figures between the oldest and the notat's own."""
    return known(danish.join([str(year) for year in notat.missing_years()]))


def number_of_administrations(notat: Notat) -> str:
    """Return how many administrations there are: ``syv``."""
    return danish.in_words(len(notat.administrations()))


def their_tables(notat: Notat) -> str:
    """Refer to the administrations' tables, from the first to the last."""
    tables = [f"@{table_id(code)}" for code in notat.administrations()]
    return f"{tables[0]} til {tables[-1]}" if tables else UNKNOWN


def are_computed(notat: Notat) -> bool:
    """Say whether the numbers were computed here, not read from a printed notat."""
    return not notat.params.notat or bool(notat.params.published)


def _by_heads(scheme: Scheme) -> bool:
    return scheme.counting == "headcount"
