"""Draw the matrix: every administration and target group, on one scale.

Each cell has the attainment, how many persons are missing, and a bar. What the chart needs room for is set out in
points, so that a percentage is as long in every column as in the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from aarsstatus import danish
from aarsstatus.figures import Figure, words
from aarsstatus.figures.collection import Figures
from aarsstatus.inputs.reorganisations import comparable
from aarsstatus.inputs.schema import KK, TOTAL
from aarsstatus.markdown import sentences
from aarsstatus.report import drawing as draw
from aarsstatus.report.drawing import Chart
from aarsstatus.report.html_table import Table, mark
from aarsstatus.report.notat import Notat

_POINTS = 72
_LABELS, _GAP, _HEAD, _ROW, _FOOT = 34, 10, 30, 24, 20
"""Points: the column of codes, the space between columns, and the heights of header, row and legend."""
_BAR, _BELOW = 6.5, 16.0
"""Points: a bar's height, and how far its middle is below the top of its row."""
_ATTAINED = ("attainment", "weighted_attainment")
_SHORT, _REACHED = "#c8500a", draw.SOFTER


@dataclass(frozen=True, slots=True)
class _Cell:
    """Hold a cell's attainment, its missing persons, and the year before."""

    attained: Figure | None
    missing: Figure | None
    before: Figure | None

    @property
    def lacks(self) -> str:
        """Say how many persons are missing; nothing where none are."""
        return f"mangler {self.missing.shown}" if self.missing is not None and self.missing.value else ""


Rows = Mapping[str, Mapping[str, _Cell]]
"""What is drawn, by administration and by group."""


def by_administration(notat: Notat, frame: pd.DataFrame) -> Chart:
    """Draw each administration's attainments in a frame, the highest total first."""
    named = {key: group.name for key, group in notat.data.groups.items()} | {TOTAL: "samlet"}
    figures = Figures([notat.figures[id_] for id_ in dict.fromkeys(frame["id"])])
    now = [one for one in figures.select(year=notat.year) if one.measure in _ATTAINED and one.value is not None]
    groups = {key: name for key, name in named.items() if any(one.group == key for one in now)}
    codes = [code for code in _sorted(notat) if any(one.administration == code for one in figures.values())]
    rows = {code: {group: _cell(notat, figures, code, group) for group in groups} for code in codes}
    attained = [one.attained for row in rows.values() for one in row.values() if one.attained is not None]
    spoken = [f"{code}: {danish.join(_spoken(row, groups))}" for code, row in rows.items()]
    alt = f"Søjler på én skala for hver forvaltning. {sentences(spoken)}{_compared(notat, rows, groups)}"
    with draw.style(notat.fonts):
        height = _HEAD + _ROW * len(codes) + _FOOT
        drawing = Drawing(figsize=(draw.WIDTH, height / _POINTS))
        axes = drawing.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, draw.WIDTH * _POINTS)
        axes.set_ylim(height, 0)
        _draw(axes, notat, rows, groups)
        drawing.legend(
            handles=_legend(notat, rows), loc="lower center", ncols=4, frameon=False, fontsize=7.5, borderaxespad=0.2
        )
        caption = f"{_finding(notat, codes)} Målopfyldelse på én skala, og hvor mange der mangler"
        chart = Chart(
            "fig-maalopfyldelse",
            draw.marked(caption, attained),
            alt,
            *draw.saved(drawing),
            _numbers(notat, rows, groups),
        )
        return draw.with_source(chart, notat, sorted({notat.year, notat.comparison_year or notat.year}))


# -- what is drawn ------------------------------------------------------------------------------------------------


def _sorted(notat: Notat) -> list[str]:
    """Return the administrations: the city first, then from the highest total down."""

    def total(code: str) -> float:
        found = notat.figures.known(notat.year, code, TOTAL, "weighted_attainment")
        return -1 if found is None else draw.height(found)

    return [KK, *sorted(notat.administrations(), key=total, reverse=True)]


def _finding(notat: Notat, codes: Sequence[str]) -> str:
    """Say which administration has the highest total and which the lowest."""
    totals = (notat.figures.known(notat.year, code, TOTAL, "weighted_attainment") for code in codes if code != KK)
    known = [one for one in totals if one is not None]
    if len(known) < 2 or draw.height(known[0]) == draw.height(known[-1]):
        return f"Samlet målopfyldelse i {notat.year}, den højeste øverst."
    most, least = known[0].administration, known[-1].administration
    return f"{most} har den højeste samlede målopfyldelse i {notat.year}, og {least} har den laveste."


def _cell(notat: Notat, figures: Figures, code: str, group: str) -> _Cell:
    """Return what a cell draws; the year before only of those that are comparable."""
    measure = "weighted_attainment" if group == TOTAL else "attainment"
    attained, missing = (figures.find(notat.year, code, group, what) for what in (measure, "shortfall"))
    same_body = notat.before and comparable(notat.data, code, notat.before, notat.year)
    return _Cell(attained, missing, figures.known(notat.before, code, group, measure) if same_body else None)


def _numbers(notat: Notat, rows: Rows, groups: Mapping[str, str]) -> Table:
    """Return the numbers drawn: of the year, and the attainments of the one before."""

    def columns(group: str, attained: Figure | None, missing: Figure | None = None) -> list[Figure | None]:
        return [attained] if group == TOTAL else [attained, missing]

    header, lines = [], []
    for group, name in groups.items():
        own = [danish.capital(name), f"{danish.capital(name)}, mangler"]
        header += [danish.capital(words.MEASURES["weighted_attainment"])] if group == TOTAL else own
    for code, row in rows.items():
        lines.append((code, [one for key, cell in row.items() for one in columns(key, cell.attained, cell.missing)]))
        if any(cell.before for cell in row.values()):
            before = [one for key, cell in row.items() for one in columns(key, cell.before)]
            lines.append((f"{code} i {notat.comparison_year}", before))
    return draw.numbers_drawn(f"Målopfyldelse {notat.year}", header, lines)


def _spoken(row: Mapping[str, _Cell], groups: Mapping[str, str]) -> list[str]:
    """Say an administration's cells for the alternative text."""
    told = [(f"{groups[group]} {draw.said(one.attained)}", one.lacks) for group, one in row.items() if one.attained]
    return [f"{said} ({lacks})" if lacks else said for said, lacks in told]


def _compared(notat: Notat, rows: Rows, groups: Mapping[str, str]) -> str:
    """Say the city's attainments of the year before for the alternative text."""
    city = rows.get(KK, {}).items()
    told = [f"{groups[group]} {draw.said(one.before)}" for group, one in city if one.before]
    return f" Til sammenligning {notat.comparison_year} for KK: {sentences([danish.join(told)])}" if told else ""


# -- where it is drawn --------------------------------------------------------------------------------------------


def _draw(axes: Axes, notat: Notat, rows: Rows, groups: Mapping[str, str]) -> None:
    """Draw headers, codes, cells and the lines between rows."""
    width = (draw.WIDTH * _POINTS - _LABELS) / len(groups) - _GAP
    both = [one for row in rows.values() for cell in row.values() for one in (cell.attained, cell.before)]
    scale = width / max(110.0, *(draw.height(one) for one in both if one and one.value is not None))
    for place, group in enumerate(groups):
        left = _LABELS + place * (width + _GAP)
        axes.text(left, 9, danish.capital(groups[group]), fontsize=8.5, weight=600, va="center")
        axes.text(left, 20, _unit(notat, group), fontsize=6.8, color=draw.MUTED, va="center")
        for number, row in enumerate(rows.values()):
            _draw_cell(axes, row[group], left, _HEAD + number * _ROW, scale)
    for number, code in enumerate(rows):
        top = _HEAD + number * _ROW
        axes.text(0, top + _BELOW - 5, code, fontsize=8.5, weight=600 if code == KK else 400, va="center")
        axes.axhline(top - 1.5, color=draw.INK if number < 2 else draw.GRID, linewidth=0.6, zorder=0)


def _draw_cell(axes: Axes, cell: _Cell, left: float, top: float, scale: float) -> None:
    """Draw one cell: its number above its bar, with the target behind the bar."""
    figure = cell.attained
    if figure is None:
        return
    axes.text(left, top + 5.5, figure.shown + mark(figure), fontsize=7.5, va="center")
    if figure.value is None:
        return
    middle = top + _BELOW
    after = left + 5 + 4.3 * len(figure.shown + mark(figure))
    axes.text(after, top + 5.5, cell.lacks, fontsize=6.8, color=_SHORT, va="center")
    short = draw.height(figure) < 100
    axes.barh(middle, draw.height(figure) * scale, _BAR, left, color=_SHORT if short else _REACHED, zorder=2)
    target = left + 100 * scale
    axes.plot([target, target], [middle - _BAR / 2 - 2, middle + _BAR / 2 + 2], color=draw.INK, linewidth=1.2, zorder=1)
    if cell.before is not None:
        axes.plot(
            left + draw.height(cell.before) * scale, middle, marker="o", markersize=4, markerfacecolor="white",
            markeredgecolor=draw.INK, markeredgewidth=0.8, zorder=3,
        )  # fmt: skip


def _unit(notat: Notat, group: str) -> str:
    """Say what the persons of a group are, below its header."""
    if group == TOTAL:
        return "vægtet gennemsnit"
    schemes = notat.data.schemes_in(group, notat.year)
    return words.unit("status", heads=any(scheme.counting == "headcount" for scheme in schemes))


def _legend(notat: Notat, rows: Rows) -> list[Patch | Line2D]:
    handles: list[Patch | Line2D] = [
        Patch(color=_REACHED, label="Måltallet er nået"),
        Patch(color=_SHORT, label="Måltallet er ikke nået"),
        Line2D([], [], color=draw.INK, linewidth=1.2, label=draw.TARGET),
    ]
    whose = [code for code, row in rows.items() if any(cell.before for cell in row.values())]
    if whose:
        only = f" (kun {KK})" if whose == [KK] else ""
        label = f"{notat.comparison_year}{only}"
        ring = Line2D([], [], linestyle="", marker="o", markersize=4, markeredgecolor=draw.INK, label=label)
        ring.set_markerfacecolor("white")
        handles.append(ring)
    return handles
