"""Inflect what the notat's sentences say of its numbers: how made, how they went.

The sentences stand in the notebook; a phrase that a year has nothing for is `UNKNOWN`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from aarsstatus import danish
from aarsstatus.figures import Measure, figure_id
from aarsstatus.inputs.model import Scheme
from aarsstatus.inputs.schema import KK
from aarsstatus.markdown import UNKNOWN, known, plain
from aarsstatus.report.notat import Notat
from aarsstatus.report.tables import table_id

_WAYS = ("faldet", "uændret", "steget")


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


# -- how status and attainment went since the comparison year ---------------------------------------------


@dataclass(frozen=True, slots=True)
class Development:
    """Hold how one target group went, as phrases; what is not known is `UNKNOWN`."""

    names: str
    them: str
    """What one calls its schemes next: Ordningen or Ordningerne."""
    status: str
    attainment: str
    is_new: bool = True
    """There is no earlier status to compare with."""
    not_both: str = ""
    """What the two years do not both cover; nothing where they show a development."""
    names_before: str = UNKNOWN
    status_before: str = UNKNOWN
    status_changed: str = UNKNOWN
    attainments: str = UNKNOWN
    """Both years': ``74 pct. i 2025 og var 47 pct. i 2021``."""
    attainment_changed: str = UNKNOWN
    target_that_explains: str = UNKNOWN
    """How the target went, where attainment did not go the way of the status."""
    largest_before: str = UNKNOWN
    """Which scheme came to most of a joint target; unknown where it still does."""
    largest_now: str = UNKNOWN
    largest_still: str = UNKNOWN


def developments(notat: Notat) -> list[Development]:
    """Return how each target group went that has a status, in the order of the tables."""
    groups = [one for one in notat.params.target_groups if notat.has(notat.year, one, _status(notat, notat.year, one))]
    return [development(notat, group) for group in groups]


def development(notat: Notat, group: str) -> Development:
    """Return how a target group went that has a status."""
    before, now = notat.before, notat.year
    status = _status(notat, now, group)
    own = (
        notat.names(group),
        "Ordningerne" if sum(scheme.group == group for scheme in notat.listed()) > 1 else "Ordningen",
        amount(notat, now, group, status),
        notat.say(now, group, "attainment") if notat.has(now, group) else UNKNOWN,
    )
    if not notat.has(before, group, _status(notat, before, group)):
        return Development(*own)
    both = notat.has(now, group) and notat.has(before, group)
    had, has = _largest(notat, group, before), _largest(notat, group, now)
    same = {notat.data.goes_on(one) for one in had} == set(has)
    first, last = (known(danish.join(list(side.values()))) for side in (had, has))
    compared = partial(
        Development,
        *own,
        is_new=False,
        largest_before=UNKNOWN if same else first,
        largest_now=UNKNOWN if same else last,
        largest_still=last if same else UNKNOWN,
    )
    if notat.data.counted(group, before) != notat.data.counted(group, now):
        moved = any(scheme.group == group for schemes in notat.changed_schemes(before, now) for scheme in schemes)
        shares = [notat.say(year, group, "attainment") for year in (now, before)] if both else []
        return compared(
            not_both="de samme ordninger" if moved else "lige meget af de to år",
            names_before=notat.names(group, before),
            status_before=amount(notat, before, group, _status(notat, before, group)),
            attainments=f"{shares[0]} i {now} og var {shares[1]} i {before}" if both else UNKNOWN,
        )
    return compared(
        status_changed=change(notat, group, status),
        attainment_changed=change(notat, group, "attainment") if both else UNKNOWN,
        target_that_explains=_explaining(notat, group, status) if both else UNKNOWN,
    )


def _largest(notat: Notat, group: str, year: int) -> dict[str, str]:
    """Return which of several schemes came to most of a joint target, by key."""
    if len(notat.data.schemes_in(group, notat.year)) == 1:
        return {}
    return {scheme.key: plain(scheme.name) for scheme in notat.largest(year, group)}


def _status(notat: Notat, year: int, group: str) -> Measure:
    return "joint_status" if notat.data.is_joint(group, year) else "status"


def change(notat: Notat, group: str, measure: str) -> str:
    """Say how the city's figure changed: ``faldet fra 84 pct. i 2024 til …``."""
    before, after = (amount(notat, year, group, measure) for year in (notat.before, notat.year))
    way = _way(notat, group, measure)
    if way == "uændret":
        return f"uændret, {after} i både {notat.before} og {notat.year}"
    return f"{way} fra {before} i {notat.before} til {after} i {notat.year}"


def amount(notat: Notat, year: int, group: str, measure: str) -> str:
    """Return the city's figure with its unit, as Markdown: ``1 helårsperson``."""
    said = notat.say(year, group, measure)
    if measure == "attainment":
        return said
    heads = any(scheme.counting == "headcount" for scheme in notat.data.schemes_in(group, year))
    one, more = ("ansat", "ansatte") if heads else ("helårsperson", "helårspersoner")
    shown = notat.in_prose(notat.figures[figure_id(year, KK, group, measure)])
    return f"{said} {one if shown == '1' else more}"


def _way(notat: Notat, group: str, measure: str) -> str:
    """Say which way the city's figure went, as the notat says it."""
    figures = [notat.figures[figure_id(year, KK, group, measure)] for year in (notat.before, notat.year)]
    return danish.direction(*(danish.parse(notat.in_prose(figure)) for figure in figures))


def _explaining(notat: Notat, group: str, status: str) -> str:
    """Return how the target went, where attainment did not go the way of the status."""
    went, share, target = (_WAYS.index(_way(notat, group, measure)) for measure in (status, "attainment", "target"))
    moved = "steget" if share < went else "faldet"
    if share == went or _WAYS[target] != moved:
        return UNKNOWN
    return change(notat, group, "target")
