"""Say how the city's status and attainment went since the comparison year."""

from __future__ import annotations

from aarsstatus import danish
from aarsstatus.figures import Measure, figure_id
from aarsstatus.inputs.model import Scheme
from aarsstatus.inputs.schema import KK
from aarsstatus.markdown import plain, sentences
from aarsstatus.report.notat import Notat

_SEVERAL = 2
_WAYS = ("faldet", "uændret", "steget")


def development(notat: Notat, group: str) -> str:
    """Say how a target group's status and attainment went, if it has figures."""
    before, now = notat.comparison_year, notat.year
    status = _status(notat, now, group)
    if not notat.has(now, group, status):
        return ""
    told = [f"Status for {notat.names(group)} er {amount(notat, now, group, status)} i {now}"]
    if before is None or not notat.has(before, group, _status(notat, before, group)):
        if notat.has(now, group):
            told[0] += f", og målopfyldelsen er {notat.say(now, group, 'attainment')}"
        if before is None:
            return sentences(told)
        several = sum(scheme.group == group for scheme in notat.listed()) > 1
        return sentences([*told, f"{'Ordningerne' if several else 'Ordningen'} indgår ikke i {before}"])
    shared = notat.has(now, group) and notat.has(before, group)
    if notat.data.counted(group, before) != notat.data.counted(group, now):
        was = amount(notat, before, group, _status(notat, before, group))
        told.append(f"I {before} var status {was} for {notat.names(group, before)}")
        moved = any(scheme.group == group for side in notat.changed_schemes(before, now) for scheme in side)
        what = "de samme ordninger" if moved else "lige meget af de to år"
        told.append(f"Tallene dækker ikke {what}, så de viser ikke en udvikling")
        if shared:
            share, earlier = (notat.say(year, group, "attainment") for year in (now, before))
            told.append(f"Målopfyldelsen er {share} i {now} og var {earlier} i {before}")
        return sentences(told)
    told = [f"Status for {notat.names(group)} er {change(notat, group, status)}"]
    if shared:
        told.append(f"Målopfyldelsen er {change(notat, group, 'attainment')}")
        told += _why(notat, group, status)
    return sentences(told)


def leading(notat: Notat, group: str) -> str:
    """Say which of the schemes that share a target came to most, in both years."""
    before, now = notat.comparison_year, notat.year
    if before is None or len(notat.data.schemes_in(group, now)) < _SEVERAL:
        return ""
    first, last = (notat.largest(year, group) for year in (before, now))
    was, most = (danish.join([plain(one.name) for one in side]) for side in (first, last))
    if not was:
        return ""
    if [notat.data.goes_on(one.key) for one in first] != [one.key for one in last]:
        return f"I {before} var det {was}, der bidrog mest til det samlede måltal; i {now} er det {most}."
    return (
        f"Målt mod det samlede måltal for {notat.names(group)} er {most} den ordning, der bidrager mest, både i "
        f"{before} og i {now}."
    )


def part_of_year(scheme: Scheme, year: int) -> str:
    """Say when a scheme began or ended within a year; nothing where it did not."""
    if scheme.whole(year):
        return ""
    first, last = scheme.days_of(year)
    begun, ended = (first.month, first.day) != (1, 1), (last.month, last.day) != (12, 31)
    if begun and ended:
        return f"fandtes kun fra den {danish.long_date(first)} til den {danish.long_date(last)}"
    return f"begyndte den {danish.long_date(first)}" if begun else f"ophørte den {danish.long_date(last)}"


def former_name(notat: Notat, scheme: Scheme) -> str:
    """Say what a scheme was called, in the year of its new name and the next."""
    was = next((one for one in notat.data.schemes.values() if one.successor == scheme.key), None)
    if was is None or notat.year not in {scheme.first_year, scheme.first_year + 1}:
        return ""
    return f"hed til og med {scheme.first_year - 1} {plain(was.name)}"


def _status(notat: Notat, year: int, group: str) -> Measure:
    """Return the measure that a group's status of a year is."""
    return "joint_status" if notat.data.is_joint(group, year) else "status"


def _years(notat: Notat) -> tuple[int, int]:
    """Return the two years that are compared."""
    if notat.comparison_year is None:
        raise ValueError(f"{notat.year} is compared with no year")
    return notat.comparison_year, notat.year


def change(notat: Notat, group: str, measure: str) -> str:
    """Say how the city's figure changed: ``faldet fra 84 pct. i 2024 til …``."""
    years = _years(notat)
    before, after = (amount(notat, year, group, measure) for year in years)
    way = _way(notat, group, measure)
    if way == "uændret":
        return f"uændret, {after} i både {years[0]} og {years[1]}"
    return f"{way} fra {before} i {years[0]} til {after} i {years[1]}"


def amount(notat: Notat, year: int, group: str, measure: str) -> str:
    """Return the city's figure with its unit, as Markdown: ``1 helårsperson``."""
    said = notat.say(year, group, measure)
    if measure == "attainment":
        return said
    heads = any(scheme.group == group and scheme.counting == "headcount" for scheme in notat.schemes(year))
    one, more = ("ansat", "ansatte") if heads else ("helårsperson", "helårspersoner")
    shown = notat.in_prose(notat.figures[figure_id(year, KK, group, measure)])
    return f"{said} {one if shown == '1' else more}"


def _way(notat: Notat, group: str, measure: str) -> str:
    """Say which way the city's figure went, as the notat says it."""
    years = _years(notat)
    figures = [notat.figures[figure_id(year, KK, group, measure)] for year in years]
    return danish.direction(*(danish.parse(notat.in_prose(figure)) for figure in figures))


def _why(notat: Notat, group: str, status: str) -> list[str]:
    """Say that the target moved, where attainment did not go the way of the status."""
    went, share, target = (_WAYS.index(_way(notat, group, measure)) for measure in (status, "attainment", "target"))
    moved = "steget" if share < went else "faldet"
    if share == went or _WAYS[target] != moved:
        return []
    return [f"Det skyldes, at måltallet er {change(notat, group, 'target')}"]
