"""Inflect what the notat's sentences say of how its numbers are made.

The sentences stand in the notebook; a phrase that a year has nothing for is `UNKNOWN`.
"""

from __future__ import annotations

from aarsstatus import danish
from aarsstatus.inputs.model import Scheme
from aarsstatus.markdown import plain
from aarsstatus.report.notat import Notat
from aarsstatus.report.prose import UNKNOWN, known
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
    shared = [group for group in groups if notat.data.is_joint(group.key, notat.year)]
    own = [notat.names(group.key) for group in groups if group not in shared]
    told = [f"ét samlet måltal for {notat.names(one.key)}, her under ét kaldt {plain(one.name)}," for one in shared]
    if own:
        told.append(f"ét måltal for {danish.join([f'hhv. {own[0]}', *own[1:]] if len(own) > 1 else own)}")
    return danish.join(told).removesuffix(",")


def groups_in_full_years(notat: Notat) -> str:
    """Return the names of the groups that are counted in full-year equivalents."""
    counted = {scheme.group for scheme in notat.listed() if not _by_heads(scheme)}
    groups = [notat.data.groups[key] for key in notat.params.target_groups]
    return known(danish.join([plain(group.name) for group in groups if group.key in counted]))


def schemes_by_heads(notat: Notat) -> list[str]:
    """Return the names of the schemes whose persons are counted in December."""
    return [plain(scheme.name) for scheme in notat.listed() if _by_heads(scheme)]


def other_schemes(notat: Notat) -> str:
    """Say which schemes came and which went since the comparison year."""
    if notat.comparison_year is None:
        return UNKNOWN
    came, went = notat.changed_schemes(notat.comparison_year, notat.year)
    told = [f"{plain(scheme.name)} er kommet til" for scheme in came]
    return known(danish.join([*told, *(f"{plain(scheme.name)} er udgået" for scheme in went)]))


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
    """Say whether a scheme's persons are counted on a day."""
    return scheme.counting == "headcount"
