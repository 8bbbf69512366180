"""Give a notat's figures and tables as pandas frames, and make tables of frames.

A frame's ``value`` is a float, for charts and sums; ``shown`` is the figure's own text, which carries the figure's id
along wherever the frame is cut or turned, so that a table made of it can be traced and is checked as every other.
"""

from __future__ import annotations

from numbers import Real
from typing import get_args

import pandas as pd

from aarsstatus.figures import Measure, words
from aarsstatus.inputs.schema import KK, TOTAL
from aarsstatus.markdown import reference_name
from aarsstatus.problems import InputError, Problem
from aarsstatus.report.html_table import Cell, Row, Table, placed
from aarsstatus.report.notat import Notat
from aarsstatus.report.tables import administration_table


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
    rows = [
        Row(_label(label), tuple(_cell(value) for value in values))
        for label, values in zip(frame.index, frame.itertuples(index=False, name=None), strict=True)
    ]
    return Table(id_, caption, tuple(header), tuple(rows))


def _label(label: object) -> str:
    """Return what heads a row or a column; of several levels, all of them."""
    return ", ".join(map(str, label)) if isinstance(label, tuple) else str(label)


def _cell(value: object) -> Cell:
    """Return the cell that shows a value."""
    if isinstance(value, Shown):
        return Cell(str(value), value.figure)
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - not a number
        return Cell()
    if isinstance(value, Real):
        told = "tabellen har et tal, som intet tal i notatet svarer til"
        raise InputError(Problem("show_table", told, found=str(value), expected="kolonnen shown i stedet for value"))
    return Cell(str(value))
