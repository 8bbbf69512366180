"""Lay out the notat's tables; below each stand the notes on it alone.

Nothing is computed here. The notes on stars and marks stand once, after the last table (`notes`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from aarsstatus import danish
from aarsstatus.figures import Measure
from aarsstatus.inputs.model import Group, Scheme
from aarsstatus.inputs.schema import KK
from aarsstatus.markdown import plain, reference_name, sentences
from aarsstatus.report.html_table import Cell, Note, Row, Table
from aarsstatus.report.marks import mark
from aarsstatus.report.notat import Notat

_OF_SCHEME: tuple[Measure, ...] = ("status", "spells")


def table_id(code: str, year: int | None = None) -> str:
    """Return the id of an administration's table: a to z, and a year if given."""
    return reference_name("tbl", code if year is None else f"{code} {year}")


def all_tables(notat: Notat) -> list[tuple[str, int]]:
    """Return administration and year of the notat's tables, in their order."""
    compared = [(KK, notat.comparison_year)] if notat.comparison_year else []
    return [(KK, notat.year), *compared, *((code, notat.year) for code in notat.administrations())]


def administration_table(notat: Notat, code: str, year: int | None = None) -> Table:
    """Lay out one administration's figures for a year, as the notats' tables do."""
    when = year or notat.year
    schemes = notat.data.schemes_of(when)
    cell = partial(_cell, notat, when, code)
    rows = [row for group in notat.data.groups_of(when) for row in _group_rows(cell, notat, group, when)]
    total = (Cell(), Cell(), Cell(), cell("total", "weighted_attainment"), Cell())
    rows.append(Row("Samlet målopfyldelse (vægtet gennemsnit***)", total, "weighted"))
    spells = f"Antal forløb i {notat.year_shown(when, code, 'header')}**"
    return Table(
        id=table_id(code, None if when == notat.year else when),
        caption=_caption(notat, when, code),
        header=(code, "Status", "Samlet status", "Samlet måltal", "Procentvis målopfyldelse", spells),
        rows=tuple(rows),
        notes=tuple(_notes(notat, when, code, schemes)),
        linked=True,
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
    figure = notat.figures.find(year, code, group, measure, scheme)
    return Cell(rowspan=rowspan) if figure is None else Cell(figure.shown, figure.id, rowspan, mark(figure))


def _notes(notat: Notat, year: int, code: str, schemes: Sequence[Scheme]) -> Iterator[Note]:
    """Yield the notes on one table alone: on missing targets and new names."""
    yield from _missing_targets(notat, year, code, schemes)
    if code == KK and (left := notat.undistributed(year)):
        yield Note("", f"{left} og tæller kun med i tallene for hele kommunen.")
    if year == notat.year and (renamed := notat.renamed(code)):
        yield Note("", plain(renamed))


def _missing_targets(notat: Notat, year: int, code: str, schemes: Sequence[Scheme]) -> Iterator[Note]:
    """Say when a group has no target, and what that does to the weights of the others."""
    total = notat.figures.find(year, code, "total", "weighted_attainment")
    missing, unweighted = [], []
    for scheme in schemes:
        figure = notat.figures.find(year, code, scheme.group, "attainment")
        if figure and figure.value is None:
            missing.append(plain(scheme.name))
        elif figure and not notat.figures.find(year, code, scheme.group, "weight"):
            unweighted.append(plain(scheme.name))
    if unweighted:
        apart = "indgår ikke i den samlede målopfyldelse, for kommunen har ikke et samlet måltal at vægte efter"
        yield Note("", sentences([f"{danish.capital(danish.join(unweighted))} {apart}"]))
    if missing:
        rest = "; vægtene af de øvrige er sat forholdsmæssigt op, så de tilsammen giver 100 pct."
        text = f"Der er intet måltal for {danish.join(missing)}"
        yield Note("", text + (rest if total is not None and total.value is not None else "."))
