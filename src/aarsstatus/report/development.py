"""Inflect how the city's status and attainment went since the comparison year.

The sentences stand in the notebook; here is what is put into them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from aarsstatus import danish
from aarsstatus.figures import Measure, figure_id
from aarsstatus.inputs.schema import KK
from aarsstatus.markdown import UNKNOWN, known, plain
from aarsstatus.report.notat import Notat

_WAYS = ("faldet", "uændret", "steget")


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
