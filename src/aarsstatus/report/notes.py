"""Write the notes that stand once, after all tables: on stars, marks, sources.

What is said of one table alone, as a missing target, stands under that table (`tables`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aarsstatus import danish
from aarsstatus.figures import Figure, Measure, words
from aarsstatus.inputs.model import Scheme
from aarsstatus.markdown import plain, sentences, span
from aarsstatus.report.html_table import MARK, PRINTED_SO, WRONG, Note, differs, in_prose, mark, unmarked
from aarsstatus.report.notat import Notat
from aarsstatus.report.tables import OF_SCHEME, all_tables, table_id

_FIRM = "\u00a0"
"""A space at which no line ends: a weight stays with what it weighs."""
_YEARS = {"caption": "titlen", "header": "kolonnen Antal forløb", "footnote_spells": "note **"}
_OF_GROUP: tuple[Measure, ...] = ("joint_status", "spells_total", "target", "attainment", "weight")
Places = Sequence[tuple[str, int]]
"""Administration and year of the tables that notes serve, the first of them the city's for the notat's year."""


def shared_notes(notat: Notat, tables: Places | None = None) -> tuple[Note, ...]:
    """Return the notes on the stars and marks of some tables, or of all."""
    served = all_tables(notat) if tables is None else tables
    heads = [scheme for scheme in _schemes(notat, served) if scheme.counting == "headcount"]
    differences = list(_differences(notat, served, heads))
    return (
        *_on_heads(notat, served, heads),
        *_on_spells(notat, served),
        *_on_weights(notat, served),
        *_on_joint_cells(notat, served),
        *([Note(MARK, "Vist med et andet tal end det, der blev offentliggjort:")] if differences else ()),
        *(Note("", sentences([one])) for one in differences),
        *([Note(WRONG, sentences([PRINTED_SO, *likelier(notat)]))] if _wrong(notat, served, heads) else ()),
        Note("", sentences([f"Kilde: {sources(notat, sorted({year for _, year in served}))}"])),
    )


def sources(notat: Notat, years: Sequence[int]) -> str:
    """Say where the figures of some years come from, in Markdown."""
    origins = {year: {row.origin for key, row in notat.data.statuses.items() if key[0] == year} for year in years}
    notats = {origin.partition(",")[0] for found in origins.values() for origin in found if origin.startswith("notat-")}
    own = [str(year) for year, found in origins.items() if not all(one.startswith("notat-") for one in found)]
    told = [f"årsstatus for {danish.join(sorted(name.removeprefix('notat-') for name in notats))}"] if notats else []
    told += [f"udtræk og indberetninger for {danish.join(own)}"] if own else []
    return f"{plain(notat.city.name)}, {danish.join(told)}"


def _schemes(notat: Notat, tables: Places) -> list[Scheme]:
    return list(dict.fromkeys(scheme for _, year in tables for scheme in notat.data.schemes_of(year)))


def _heads(schemes: Sequence[Scheme]) -> str:
    """Return how ``published.csv`` names the note on what is counted by heads."""
    return f"footnote_{schemes[0].key}"


def _reference(notat: Notat, code: str, year: int) -> str:
    return f"@{table_id(code, None if year == notat.year else year)}"


def _when(notat: Notat, tables: Places, where: str) -> str:
    """Say the year of some tables, and which of them has another one."""
    (code, year), *others = tables
    first = told = notat.year_shown(year, code, where)
    for code, year in others:
        own = notat.year_shown(year, code, where)
        if unmarked(own) != unmarked(first):
            told += f"; i {_reference(notat, code, year)} er året {own}"
    return told


def _on_heads(notat: Notat, tables: Places, heads: Sequence[Scheme]) -> Iterator[Note]:
    """Yield the note on what is counted by heads."""
    if heads:
        counted = danish.join([plain(one.name) for one in heads])
        when = _when(notat, [one for one in tables if set(heads) & set(notat.data.schemes_of(one[1]))], _heads(heads))
        yield Note("*", sentences([f"Status for {counted} er antallet af ansatte i december {when}"]))


def _on_spells(notat: Notat, tables: Places) -> Iterator[Note]:
    """Yield the note on the spells behind the full-year equivalents."""
    behind = {
        year: [one for one in notat.data.schemes_of(year) if notat.data.groups[one.group].spells_label]
        for _, year in tables
    }
    served = [one for one in tables if behind[one[1]]]
    if not served:
        return
    first = served[0][1]
    told = f"{_listed(behind[first])} i {_when(notat, served, 'footnote_spells')}"
    for code, year in served:
        if set(behind[year]) != set(behind[first]):
            told += f"; i {_reference(notat, code, year)} er det {_listed(behind[year])}"
    what = "Kolonnen viser ikke helårspersoner, men hvor mange forløb der ligger bag helårspersonerne i"
    yield Note("**", sentences([f"{what} {told}"]))


def _on_weights(notat: Notat, tables: Places) -> Iterator[Note]:
    """Yield the note on weights: the city's of each year, and any other ones."""
    told: dict[int, list[Figure]] = {}
    others = []
    for code, year in tables:
        weights = [one for group in notat.data.groups if (one := notat.figures.find(year, code, group, "weight"))]
        first = told.setdefault(year, weights)
        if [(one.group, _weight(notat, one)) for one in weights] != [(one.group, _weight(notat, one)) for one in first]:
            others.append(f"I {_reference(notat, code, year)}: {_weighed(notat, weights)}")
    years = {year: _weighed(notat, found) for year, found in told.items() if found}
    if len(years) > 1:
        others = [f"{year}: {weights}" for year, weights in years.items()] + others
    if years:
        only = f": {sentences(list(years.values()))}" if len(years) == 1 else "."
        yield Note("***", f"Vægtet efter kommunens måltal{only} {sentences(others)}".strip())


def _on_joint_cells(notat: Notat, tables: Places) -> Iterator[Note]:
    """Yield the note on cells that span rows: a screen reader may not tell of it."""
    for group in notat.data.groups:
        if any(len(notat.data.schemes_in(group, year)) > 1 for _, year in tables):
            joint = _listed([scheme for scheme in _schemes(notat, tables) if scheme.group == group])
            told = f"Samlet status, samlet måltal og procentvis målopfyldelse er fælles for {joint}"
            yield Note("", sentences([told]))


def _weight(notat: Notat, weight: Figure) -> str:
    return notat.weight_shown(weight) + mark(weight)


def _weighed(notat: Notat, weights: Sequence[Figure]) -> str:
    """Return weights with what they weigh as a list, in Markdown."""
    return "; ".join(
        f"{_listed([scheme for scheme in notat.data.schemes_of(one.year) if scheme.group == one.group])}{_FIRM}"
        + span(one.id, _weight(notat, one))
        for one in weights
    )


def _listed(schemes: Sequence[Scheme]) -> str:
    return danish.join([plain(scheme.name) for scheme in schemes])


def _differences(notat: Notat, tables: Places, heads: Sequence[Scheme]) -> Iterator[str]:
    """Say what was published where a table shows another figure, or another year."""
    for code, year in tables:
        where = f"{_reference(notat, code, year)}, " if len(tables) > 1 else ""
        for label, figure in _labelled(notat, year, code):
            if figure is not None and differs(figure):
                shown, printed = span(figure.id, figure.shown), span(figure.id, figure.published)
                yield f"{where}{label}: her vises {shown}; offentliggjort som {printed}"
        for place, label in _places(heads).items():
            if notat.year_shown(year, code, place).endswith(MARK):
                published = notat.year_published(year, code, place)
                yield f"{where}året i {label}: her vises {year}; offentliggjort som {published}"


def _wrong(notat: Notat, tables: Places, heads: Sequence[Scheme]) -> bool:
    """Say whether a number or a year of some tables has the mark of a contradiction."""
    return (tables == all_tables(notat) and any(in_prose(one.place) for one in notat.wrong)) or any(
        any(figure is not None and mark(figure) == WRONG for _, figure in _labelled(notat, year, code))
        or any(notat.year_shown(year, code, place).endswith(WRONG) for place in _places(heads))
        for code, year in tables
    )


def likelier(notat: Notat) -> Iterator[str]:
    """Say what is likelier than the numbers printed, and which of them may stand."""
    if notat.mode == "recomputed":
        return
    others: dict[str, list[str]] = {}
    for row in notat.wrong:
        if row.likelier not in {"", row.printed}:
            others.setdefault(row.likelier, []).append(row.place)
    if others:
        told = [f"{number} ({plain(danish.join(places))})" for number, places in others.items()]
        yield f"Mere sandsynligt er: {'; '.join(told)}"
    if notat.wrong and all(row.likelier for row in notat.wrong):
        yield f"De {'andre ' if others else ''}mærkede tal er formentlig rigtige"


def _places(heads: Sequence[Scheme]) -> dict[str, str]:
    """Return where a table prints its year, and what that place is called."""
    return {**_YEARS, **({_heads(heads): "note *"} if heads else {})}


def _labelled(notat: Notat, year: int, code: str) -> Iterator[tuple[str, Figure | None]]:
    """Yield every figure of a table with what it is called."""
    schemes = notat.data.schemes_of(year)
    for scheme in schemes:
        for measure in OF_SCHEME:
            what = f"{words.MEASURES[measure]} for {plain(scheme.name)}"
            yield what, notat.figures.find(year, code, scheme.group, measure, scheme.key)
    for group in notat.data.groups:
        named = _listed([one for one in schemes if one.group == group])
        for measure in _OF_GROUP:
            yield f"{words.MEASURES[measure]} for {named}", notat.figures.find(year, code, group, measure)
    yield words.MEASURES["weighted_attainment"], notat.figures.find(year, code, "total", "weighted_attainment")
