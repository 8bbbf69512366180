"""Lay out the notat's tables and write their footnotes; nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from aarsstatus import danish
from aarsstatus.figures import Figure, Measure, words
from aarsstatus.inputs.model import Group, Scheme
from aarsstatus.inputs.schema import KK
from aarsstatus.markdown import plain, sentences, span
from aarsstatus.report.html_table import Cell, Note, Row, Table
from aarsstatus.report.marks import MARK, PRINTED_SO, WRONG, differs, mark
from aarsstatus.report.notat import Notat

_FIRM = "\u00a0"
"""A space at which no line ends: a weight stays with what it weighs."""
_YEARS = {
    "caption": "titlen",
    "header": "kolonnen Antal forløb",
    "footnote_spells": "note **",
}
_OF_SCHEME: tuple[Measure, ...] = ("status", "spells")
_OF_GROUP: tuple[Measure, ...] = ("joint_status", "spells_total", "target", "attainment", "weight")


def table_id(code: str) -> str:
    """Return the id of an administration's table for the notat's own year: a to z."""
    return f"tbl-{code.lower().replace('æ', 'ae').replace('ø', 'oe').replace('å', 'aa')}"


def administration_table(notat: Notat, code: str, year: int | None = None) -> Table:
    """Lay out one administration's figures for a year, as the notats' tables do."""
    when = year or notat.year
    schemes = notat.schemes(when)
    cell = partial(_cell, notat, when, code)
    rows = [row for group in notat.data.groups_of(when) for row in _group_rows(cell, notat, group, when)]
    total = (Cell(), Cell(), Cell(), cell("total", "weighted_attainment"), Cell())
    rows.append(Row("Samlet målopfyldelse (vægtet gennemsnit***)", total, "weighted"))
    spells = f"Antal forløb i {notat.year_shown(when, code, 'header')}**"
    return Table(
        id=table_id(code) if when == notat.year else f"{table_id(code)}-{when}",
        caption=_caption(notat, when, code),
        header=(code, "Status", "Samlet status", "Samlet måltal", "Procentvis målopfyldelse", spells),
        rows=tuple(rows),
        notes=tuple(_notes(notat, when, code, schemes)),
    )


def _caption(notat: Notat, year: int, code: str) -> str:
    """Return a table's title, as the seeds word it."""
    more = ", samt antal forløb" if code == KK else ""
    shown = notat.year_shown(year, code, "caption")
    return f"Status og målopfyldelse for de særlige jobordninger i {notat.administration(code, year)} for {shown}{more}"


def _group_rows(cell: partial[Cell], notat: Notat, group: Group, year: int) -> list[Row]:
    """Return the rows of the schemes that share a target; what they share spans them."""
    rows = []
    schemes = notat.data.schemes_in(group.key, year)
    for index, scheme in enumerate(schemes):
        shared = ("joint_status", "target", "attainment") if index == 0 else ()
        cells = [cell(group.key, measure, rowspan=len(schemes)) for measure in shared]
        status, spells = (cell(group.key, measure, scheme.key) for measure in _OF_SCHEME)
        label = f"{scheme.row_label} *" if scheme.counting == "headcount" else scheme.row_label
        rows.append(Row(label, (status, *cells, spells if group.spells_label else Cell()), group.key))
    if group.spells_label:
        total = (Cell(), Cell(), Cell(), Cell(), cell(group.key, "spells_total"))
        rows.append(Row(group.spells_label, total, "total"))
    return rows


def _cell(notat: Notat, year: int, code: str, group: str, measure: str, scheme: str = "", rowspan: int = 1) -> Cell:
    """Return the cell that shows a figure; an empty one where there is none."""
    figure = notat.figure(year, code, group, measure, scheme)
    return Cell(rowspan=rowspan) if figure is None else Cell(figure.shown, figure.id, rowspan, mark(figure))


# -- footnotes ----------------------------------------------------------------------------------------------------


def _notes(notat: Notat, year: int, code: str, schemes: Sequence[Scheme]) -> Iterator[Note]:
    """Yield a table's footnotes: the seeds' three, then all that is missing or marked."""
    heads = [scheme for scheme in schemes if scheme.counting == "headcount"]
    if heads:
        counted, when = danish.join([plain(one.name) for one in heads]), notat.year_shown(year, code, _heads(heads))
        yield Note("*", f"Status for {counted} er antallet af ansatte i december {when}.")
    if behind := [one for one in schemes if notat.data.groups[one.group].spells_label]:
        when, told = notat.year_shown(year, code, "footnote_spells"), danish.join([plain(one.name) for one in behind])
        what = "Kolonnen viser ikke helårspersoner, men hvor mange forløb der ligger bag helårspersonerne i"
        yield Note("**", f"{what} {told} i {when}.")
    weights = [
        f"{_names(schemes, group)}{_FIRM}{span(weight.id, notat.weight_shown(weight) + mark(weight))}"
        for group in notat.data.groups
        if (weight := notat.figure(year, code, group, "weight"))
    ]
    if weights:
        yield Note("***", sentences([f"Vægtet efter kommunens måltal: {'; '.join(weights)}"]))
    yield from _missing_targets(notat, year, code, schemes)
    if code == KK and (left := notat.undistributed(year)):
        yield Note("", f"{left} og tæller kun med i tallene for hele kommunen.")
    yield from _differences(notat, year, code, schemes)
    if year == notat.year and (renamed := notat.renamed(code)):
        yield Note("", plain(renamed))


def _heads(schemes: Sequence[Scheme]) -> str:
    """Return how ``published.csv`` names the note on what is counted by heads."""
    return f"footnote_{schemes[0].key}"


def _names(schemes: Sequence[Scheme], group: str) -> str:
    """Return the names of a target group's schemes as a list, in Markdown."""
    return danish.join([plain(scheme.name) for scheme in schemes if scheme.group == group])


def _missing_targets(notat: Notat, year: int, code: str, schemes: Sequence[Scheme]) -> Iterator[Note]:
    """Say when a group has no target, and what that does to the weights of the others."""
    total = notat.figure(year, code, "total", "weighted_attainment")
    missing, unweighted = [], []
    for scheme in schemes:
        figure = notat.figure(year, code, scheme.group, "attainment")
        if figure and figure.value is None:
            missing.append(plain(scheme.name))
        elif figure and not notat.figure(year, code, scheme.group, "weight"):
            unweighted.append(plain(scheme.name))
    if unweighted:
        apart = "indgår ikke i den samlede målopfyldelse, for kommunen har ikke et samlet måltal at vægte efter"
        yield Note("", sentences([f"{danish.capital(danish.join(unweighted))} {apart}"]))
    if missing:
        rest = "; vægtene af de øvrige er sat forholdsmæssigt op, så de tilsammen giver 100 pct."
        text = f"Der er intet måltal for {danish.join(missing)}"
        yield Note("", text + (rest if total is not None and total.value is not None else "."))


def _differences(notat: Notat, year: int, code: str, schemes: Sequence[Scheme]) -> Iterator[Note]:
    """Say what was published where the table shows another figure, or another year."""
    told = [
        f"{label}: her vises {span(figure.id, figure.shown)}; offentliggjort som {span(figure.id, figure.published)}"
        for label, figure in _labelled(notat, year, code, schemes)
        if figure is not None and differs(figure)
    ]
    heads = [scheme for scheme in schemes if scheme.counting == "headcount"]
    places = {**_YEARS, **({_heads(heads): "note *"} if heads else {})}
    for where, label in places.items():
        published = notat.year_published(year, code, where)
        if notat.year_shown(year, code, where).endswith(MARK):
            told.append(f"Året i {label}: her vises {year}; offentliggjort som {published}")
    yield from (Note(MARK, sentences([one])) for one in told)
    wrong = any(figure is not None and mark(figure) == WRONG for _, figure in _labelled(notat, year, code, schemes))
    if wrong or any(notat.year_shown(year, code, where).endswith(WRONG) for where in places):
        yield Note(WRONG, PRINTED_SO)


def _labelled(notat: Notat, year: int, code: str, schemes: Sequence[Scheme]) -> Iterator[tuple[str, Figure | None]]:
    """Yield every figure of a table with what it is called."""
    for scheme in schemes:
        for measure in _OF_SCHEME:
            figure = notat.figure(year, code, scheme.group, measure, scheme.key)
            yield words.phrase(measure, plain(scheme.name)), figure
    for group in notat.data.groups:
        for measure in _OF_GROUP:
            what = danish.capital(words.MEASURES[measure])
            yield f"{what} for {_names(schemes, group)}", notat.figure(year, code, group, measure)
    total = danish.capital(words.MEASURES["weighted_attainment"])
    yield total, notat.figure(year, code, "total", "weighted_attainment")
