"""Lay out the notat's tables, and give figures and tables as pandas frames.

Nothing is computed here. Below a table stand the notes on it alone; those on stars and marks stand once, after the last
table (`notes`). A frame's ``value`` is a float, for charts and sums; ``shown`` is the figure's own text, which carries
the figure's id along wherever the frame is cut or turned, so that a table made of it can be traced and is checked as
every other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from numbers import Real
from typing import get_args

import pandas as pd

from aarsstatus import danish
from aarsstatus.figures import Measure, words
from aarsstatus.inputs.model import Group, Scheme
from aarsstatus.inputs.schema import KK, TOTAL
from aarsstatus.markdown import plain, reference_name, sentences
from aarsstatus.problems import InputError, Problem
from aarsstatus.report.html_table import Cell, Note, Row, Table, mark, placed, table_of
from aarsstatus.report.notat import Notat

OF_SCHEME: tuple[Measure, ...] = ("status", "spells")


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
        status, spells = (cell(group.key, measure, scheme.key) for measure in OF_SCHEME)
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


# -- frames ----------------------------------------------------------------------------------------------------


class Shown(str):
    """Hold a figure's text together with the figure's id."""

    figure: str

    def __new__(cls, text: str, figure: str) -> Shown:
        """Return a text that knows its figure."""
        made = super().__new__(cls, text)
        made.figure = figure
        return made


def figures_frame(notat: Notat) -> pd.DataFrame:
    """Return all figures, one a row: ordered categories, units, values and texts."""
    frame = notat.figures.to_frame()
    order = {
        "administration": [KK, *(code for code in notat.data.codes() if code != KK)],
        "group": [*notat.data.groups, TOTAL],
        "scheme": ["", *notat.data.schemes],
        "measure": list(get_args(Measure)),
    }
    for column, categories in order.items():
        frame[column] = pd.Categorical(frame[column], categories, ordered=True)
    frame.insert(list(frame).index("value") + 1, "unit", [words.unit(one.measure) for one in notat.figures.values()])
    texts = [Shown(figure.shown, figure.id) for figure in notat.figures.values()]
    frame["shown"] = pd.Series(texts, dtype=object, index=frame.index)
    return frame


def tables_frame(notat: Notat) -> pd.DataFrame:
    """Return the tables of the notat's year, one below the other, by administration."""
    codes = [KK, *notat.administrations()]
    return pd.concat({code: table_frame(notat, code) for code in codes}, names=["forvaltning"])


def table_frame(notat: Notat, code: str) -> pd.DataFrame:
    """Return one administration's table as it stands in the notat.

    Merged cells are empty below the first.
    """
    table = administration_table(notat, code)
    rows = []
    for cells in placed(table):
        line = [""] * len(table.header)
        for column, cell in cells:
            line[column] = Shown(f"{cell.text}{cell.mark}", cell.figure) if cell.figure else cell.text
        rows.append(line[1:])
    labels = pd.Index([row.label for row in table.rows], name="jobordning", dtype=object)
    return pd.DataFrame(rows, index=labels, columns=list(table.header[1:]), dtype=object)


def own_table(frame: pd.DataFrame, caption: str, id_: str = "") -> Table:
    """Make a table of the notat of a frame; `InputError` without a caption."""
    if not caption.strip():
        expected = 'show_table(tabel, caption="titel")'
        raise InputError(Problem("show_table", "tabellen mangler caption", expected=expected))
    return to_table(frame, reference_name("tbl", id_ or caption), caption)


def to_table(frame: pd.DataFrame, id_: str, caption: str) -> Table:
    """Make a table of a frame, whose index heads the rows.

    Raises
    ------
    InputError
        If a cell is a number that no figure answers for.
    """
    header = [" ".join(str(name) for name in frame.index.names if name), *map(_label, frame.columns)]
    lines = zip(frame.index, frame.itertuples(index=False, name=None), strict=True)
    return table_of(id_, caption, header, [(_label(label), map(_of_frame, values)) for label, values in lines])


def _label(label: object) -> str:
    """Return what heads a row or a column; of several levels, all of them."""
    return ", ".join(map(str, label)) if isinstance(label, tuple) else str(label)


def _of_frame(value: object) -> Cell:
    """Return the cell that shows a value."""
    if isinstance(value, Shown):
        return Cell(str(value), value.figure)
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - not a number
        return Cell()
    if isinstance(value, Real):
        told = "tabellen har et tal, som intet tal i notatet svarer til"
        raise InputError(Problem("show_table", told, found=str(value), expected="kolonnen shown i stedet for value"))
    return Cell(str(value))
