"""Say in a few sentences how the year went, and why."""

from __future__ import annotations

from aarsstatus import danish
from aarsstatus.figures import Figure, figure_id, value_of
from aarsstatus.inputs.schema import KK
from aarsstatus.markdown import plain, sentences, span
from aarsstatus.report.notat import Notat
from aarsstatus.report.phrases import amount, change

_TOTAL = "Den samlede målopfyldelse for hele kommunen"


def brief(notat: Notat) -> list[str]:
    """Return three or four sentences: the total, its cause, who got there, targets."""
    found = [text for text in (_total(notat), _largest_part(notat), _reached(notat), _targets(notat)) if text]
    for group in notat.data.groups:
        name = _called(notat, group)
        first = next((place for place, text in enumerate(found) if name in text), None)
        if first is not None:  # what the schemes are called together is explained where it is first said
            found[first] = found[first].replace(name, _group(notat, group), 1)
    return [sentences([text]) for text in found]


def _total(notat: Notat) -> str:
    """Say the city's weighted attainment, and that of the year before."""
    if not notat.has(notat.year, "total", "weighted_attainment"):
        return f"Der er ikke vedtaget måltal for {notat.year}, så der er ingen målopfyldelse"
    told = f"{_TOTAL} er {notat.say(notat.year, 'total', 'weighted_attainment')} i {notat.year}"
    if not notat.has(notat.before, "total", "weighted_attainment"):
        return told
    return f"{told}; i {notat.before} var den {notat.say(notat.before, 'total', 'weighted_attainment')}"


def _largest_part(notat: Notat) -> str:
    """Say which part moved the city's weighted attainment most, the way that it went."""
    whole = _figure(notat, "total", "change")
    parts = [*_contributions(notat), *filter(None, [_figure(notat, "total", "reweighting")])]
    if whole is None or not value_of(whole):
        return ""
    if not _comparable(notat):
        years = f"{notat.comparison_year} og {notat.year}"
        other = any(notat.changed_schemes(notat.before, notat.year))
        why = (
            f"{years} har ikke de samme jobordninger" if other else f"jobordningerne fandtes ikke lige længe i {years}"
        )
        return f"{why}, så tallene viser ikke en udvikling"
    same_way = [part for part in parts if (value_of(part) > 0) == (value_of(whole) > 0)]
    most = max(same_way, key=lambda part: abs(value_of(part)))
    way = "Stigningen" if value_of(whole) > 0 else "Faldet"
    what = _rest(notat) if most.measure == "reweighting" else _called(notat, most.group)
    return f"{way} skyldes især {what}, der bidrager med {span(most.id, most.shown)}"


def _reached(notat: Notat) -> str:
    """Say how many administrations reached 100 per cent, and which is the lowest."""
    count = _figure(notat, "total", "reached")
    if count is None:
        return ""
    totals = [notat.figures.known(notat.year, code, "total", "weighted_attainment") for code in notat.administrations()]
    known = [one for one in totals if one is not None]
    least = min(danish.parse(one.shown) for one in known)
    lowest = [one for one in known if danish.parse(one.shown) == least]
    of = f"de {danish.in_words(len(notat.administrations()))} forvaltninger"
    who = (
        f"Af {of} har {span(count.id, danish.how_many(int(danish.parse(count.shown))))}"
        if count.value
        else f"Ingen af {of} har"
    )
    names = danish.join([plain(notat.administration(one.administration)) for one in lowest])
    share = notat.say(notat.year, "total", "weighted_attainment", lowest[0].administration)
    return f"{who} en samlet målopfyldelse på mindst 100 pct.; lavest ligger {names} med {share}"


def _targets(notat: Notat) -> str:
    """Say which of the city's targets moved since the comparison year."""
    before, now, told, same = notat.before, notat.year, [], list[str]()
    for group in notat.data.groups:
        had, has = (notat.has(year, group, "target") for year in (before, now))
        if has and had:
            values = [notat.figures[figure_id(year, KK, group, "target")].value for year in (before, now)]
            if values[0] == values[1]:
                same.append(group)
            else:
                told.append(f"måltallet for {_called(notat, group)} er {change(notat, group, 'target')}")
        elif has and notat.has(before, "total", "weighted_attainment"):
            told.append(f"måltallet for {_called(notat, group)}, {amount(notat, now, group, 'target')}, er nyt")
        elif had and not has:
            told.append(f"der er ikke længere et måltal for {_called(notat, group)}")
    if same:
        which = "de øvrige måltal" if told else "måltallene"
        if any(_shared_otherwise(notat, group) for group in same):
            told.append(f"{which} for hele kommunen er de samme som i {before}, men forvaltningernes er det ikke alle")
        else:
            told.append(f"{which} er de samme som i {before}")
    return danish.capital("; ".join(told))


def _shared_otherwise(notat: Notat, group: str) -> bool:
    """Tell whether the administrations' known targets differ from those before."""
    before, now = (
        {one.administration: one.value for one in notat.figures.select(year=year, measure="target")
         if one.group == group and one.administration != KK}
        for year in (notat.before, notat.year)
    )  # fmt: skip
    return bool(before) and bool(now) and before != now


def why(notat: Notat) -> str:
    """Say how the city's change splits: attainments first, then weights and groups."""
    comparable, rest = (_figure(notat, "total", measure) for measure in ("comparable_attainment", "reweighting"))
    parts = _contributions(notat)
    if comparable is None or rest is None or not parts or not _comparable(notat):
        return ""
    told = [f"{_called(notat, part.group)} med {span(part.id, part.shown)}" for part in parts]
    since = f"siden {notat.comparison_year}"
    if not value_of(rest):
        return sentences([f"Til ændringen i den samlede målopfyldelse {since} bidrager {danish.join(told)}"])
    weighed = f"Med vægtene fra {notat.comparison_year} ville den samlede målopfyldelse i {notat.year} være"
    return sentences(
        [
            f"{weighed} {span(comparable.id, comparable.shown)}; til ændringen {since} bidrager {danish.join(told)}",
            f"Resten af ændringen, {span(rest.id, rest.shown)}, skyldes {_rest(notat)}",
        ]
    )


def _comparable(notat: Notat) -> bool:
    """Say whether the groups that both years have count the same in both."""
    before, now = notat.before, notat.year
    shared = [group for group in notat.data.groups if notat.has(before, group) and notat.has(now, group)]
    return all(notat.data.counted(group, before) == notat.data.counted(group, now) for group in shared)


def _contributions(notat: Notat) -> list[Figure]:
    """Return what each group's own attainment moved, in the order of the tables."""
    return list(filter(None, (_figure(notat, group, "contribution") for group in notat.data.groups)))


def _figure(notat: Notat, group: str, measure: str) -> Figure | None:
    """Return the city's figure of the notat's year that has a value."""
    return notat.figures.known(notat.year, KK, group, measure)


def _called(notat: Notat, group: str) -> str:
    return plain(notat.data.called(group))


def _group(notat: Notat, group: str) -> str:
    """Return what a group is called, with its schemes where it has several."""
    several = sum(scheme.group == group for scheme in notat.listed()) > 1
    return f"{_called(notat, group)} ({notat.names(group)})" if several else _called(notat, group)


def _rest(notat: Notat) -> str:
    """Name what else moved the total: groups that are new or gone, and the weights."""
    other = [group for group in notat.data.groups if notat.has(notat.before, group) != notat.has(notat.year, group)]
    return danish.join([*(_called(notat, group) for group in other), "de ændrede vægte"])
