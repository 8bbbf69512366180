"""Draw the city's attainments over the years, and the parts of a change.

The chart comes with its caption, an alternative text that states the numbers drawn, and those numbers as a table.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from aarsstatus import danish
from aarsstatus.audit.quality import Quality
from aarsstatus.figures import Figure, value_of
from aarsstatus.inputs.model import Data, Group
from aarsstatus.inputs.reorganisations import comparable
from aarsstatus.inputs.schema import KK
from aarsstatus.markdown import sentences
from aarsstatus.report import drawing as draw
from aarsstatus.report import labels
from aarsstatus.report.drawing import Chart
from aarsstatus.report.notat import Notat

_DASHED: dict[str, Any] = {"color": draw.INK, "linewidth": 0.8, "linestyle": (0, (4, 3))}
_FEW = 2
"""Years: so few are drawn at most 5 cm high."""


def development(notat: Notat, frame: pd.DataFrame, code: str = KK) -> Chart:
    """Draw an administration's attainments in a frame of figures, year by year."""
    chosen = frame[(frame["administration"] == code) & (frame["measure"] == "attainment")]
    figures = [figure for id_ in chosen["id"] if (figure := notat.figures[id_]).value is not None]
    years = sorted({figure.year for figure in figures})
    broken = breaks(notat.data, years, code)
    chart = draw_development(figures, notat.data.groups, notat.fonts, _scheme_changes(notat), broken)
    return draw.with_source(chart, notat, years)


def breaks(data: Data, years: Sequence[int], code: str = KK) -> set[tuple[int, str]]:
    """Return each year and group with other schemes or tasks than the year before."""
    return {
        (now, group)
        for before, now in pairwise(years)
        for group in data.groups
        if data.counted(group, before) != data.counted(group, now) or not comparable(data, code, before, now)
    }


def draw_development(
    figures: Sequence[Figure],
    known: Mapping[str, Group],
    fonts: Path | None,
    changes: Mapping[int, str] | None = None,
    broken: Collection[tuple[int, str]] = (),
) -> Chart:
    """Draw one administration's attainments by target group on a true time axis.

    Each of the figures has a value, and there is one. A line joins only years that follow each other, and ends where a
    year and group are `broken` from those before. `changes` has the years from which there are other schemes than
    before, and what to write there.
    """
    figures = sorted(figures, key=lambda figure: figure.year)
    changes = {year: text for year, text in (changes or {}).items() if figures[0].year < year <= figures[-1].year}
    groups = [group for group in known.values() if any(figure.group == group.key for figure in figures)]
    years = sorted({figure.year for figure in figures})
    missing = [year for year in range(years[0], years[-1]) if year not in years]
    gap = f" Der er ingen data for {danish.join([str(year) for year in missing])}." if missing else ""
    marks = "".join(
        f" {sentences([f'{line} fra {year}' for line in text.splitlines()])}" for year, text in changes.items()
    )
    told = {
        group.key: danish.join([f"{draw.said(one)} i {one.year}" for one in figures if one.group == group.key])
        for group in groups
    }
    spoken = sentences([f"{danish.capital(group.name)}: {told[group.key]}" for group in groups])
    whose = "hele kommunen" if figures[0].administration == KK else figures[0].administration
    alt = f"Kurve over målopfyldelsen for {whose}. {spoken}{gap}{marks}"
    found = {(figure.year, figure.group): figure for figure in figures}
    rows = [(str(year), [found.get((year, group.key)) for group in groups]) for year in years]
    numbers = draw.numbers_drawn(f"Målopfyldelse, {whose}", [danish.capital(group.name) for group in groups], rows)
    with draw.style(fonts):
        drawing, axes = draw.canvas(2.1 if len(years) > _FEW else 1.9)
        _trend(axes, figures, groups, missing, changes, broken)
        period = f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0])
        caption = draw.marked(f"{_finding(groups, figures)} Målopfyldelse for {whose}, {period}", figures)
        return Chart("fig-udvikling", caption, alt, *draw.saved(drawing), numbers)


def _finding(groups: Sequence[Group], figures: Sequence[Figure]) -> str:
    """Say which target groups reached their target in the latest year drawn."""
    year = max(figure.year for figure in figures)
    latest = {figure.group: draw.height(figure) >= 100 for figure in figures if figure.year == year}
    reached, short = ([group.name for group in groups if latest.get(group.key) is this] for this in (True, False))
    if not short:
        return f"{danish.capital(danish.join(reached))} nåede måltallet i {year}."
    if not reached:
        return f"Ingen måltal er nået i {year}."
    return f"{danish.capital(danish.join(reached))} nåede måltallet i {year}; det gjorde {danish.join(short)} ikke."


def _trend(
    axes: Axes, figures: Sequence[Figure], groups: Sequence[Group], missing: Sequence[int], changes: Mapping[int, str],
    broken: Collection[tuple[int, str]],
) -> None:  # fmt: skip
    """Draw a line for each target group, and what stands around the lines."""
    span = range(min(figure.year for figure in figures), max(figure.year for figure in figures) + 1)
    top = max(120.0, max(map(draw.height, figures)) * 1.2)
    unnamed = _gaps(axes, missing, span, top)
    for group in groups:
        own = [figure for figure in figures if figure.group == group.key]
        heights = {figure.year: draw.height(figure) for figure in own}
        for run in _runs(list(heights), {year for year, key in broken if key == group.key}):
            axes.plot(
                run, [heights[year] for year in run], color=group.colour, marker=draw.MARKERS[group.mark], markersize=5,
                linewidth=1.8, zorder=3,
            )  # fmt: skip
    labels.write_values(axes, figures, span, top)
    axes.axhline(100, zorder=1, **_DASHED)
    labels.write_changes(axes, changes, span, top)
    axes.set_xlim(span[0] - 0.5, span[-1] + 0.5)
    axes.set_ylim(0, top)
    shown = labels.years_shown(span, [labels.YEAR], 8.5)
    axes.set_xticks(shown, [str(year) for year in shown])
    axes.yaxis.set_major_formatter(lambda value, _: danish.percent(Fraction(value) / 100))
    draw.grid(axes, "y")
    lines = [
        Line2D([], [], color=group.colour, marker=draw.MARKERS[group.mark], label=danish.capital(group.name))
        for group in groups
    ]
    handles = [*lines, Line2D([], [], label=draw.TARGET, **_DASHED), *unnamed]
    axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=4, frameon=False, fontsize=8)


def _gaps(axes: Axes, missing: Sequence[int], span: range, top: float) -> list[Patch]:
    """Draw the years without data as empty; return what the legend is to say of them.

    It says nothing where there is room to say it on the drawing.
    """
    unnamed: list[Patch] = []
    for run in _runs(missing):
        axes.axvspan(run[0] - 0.5, run[-1] + 0.5, color=draw.NOTHING, zorder=0)
        label = f"Ingen data\n{run[0]}–{run[-1]}" if len(run) > 1 else f"Ingen data\n{run[0]}"
        if labels.every(len(span), labels.ACROSS, [label], 8) > len(run):
            unnamed = [Patch(color=draw.NOTHING, label="Ingen data")]
            continue
        foot = 8 if top / 4 < labels.UPWARDS else 100 + top / 25  # above the target's line, where that lies low
        axes.text((run[0] + run[-1]) / 2, foot, label, ha="center", va="bottom", color=draw.MUTED, fontsize=8)
    return unnamed


def _scheme_changes(notat: Notat) -> dict[int, str]:
    """Return the years in which schemes change, with a line for each scheme."""
    changes = {}
    for year, (came, went) in notat.scheme_changes().items():
        told = [(scheme, "er med") for scheme in came] + [(scheme, "er ude") for scheme in went]
        changes[year] = "\n".join(
            f"{danish.capital(scheme.name.partition(' under ')[0])} {what}" for scheme, what in told
        )
    return changes


def _runs(years: Sequence[int], broken: Collection[int] = ()) -> list[list[int]]:
    """Return the runs of years that follow each other; a `broken` one begins a run."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1 and year not in broken:
            runs[-1].append(year)
        else:
            runs.append([year])
    return runs


# -- what moved it -----------------------------------------------------------------------------------------------


def change_chart(quality: Quality) -> Chart | None:
    """Draw the parts of the city's change, and their sum; None where no year precedes."""
    bars = _bars(quality)
    if not bars:
        return None
    alt = sentences([f"{label}: {figure.shown}" for label, figure in bars])
    with draw.style(quality.fonts):
        drawing, axes = draw.canvas(0.7 + 0.34 * len(bars))
        for place, (_, figure) in enumerate(bars):
            points = float(value_of(figure))
            colour = draw.INK if figure.measure == "change" else draw.STRONG if points >= 0 else draw.SECOND
            axes.barh(place, points, color=colour, height=0.6)
            side = "left" if points >= 0 else "right"
            gap = (3 if points >= 0 else -3, 0)
            number = figure.shown.removesuffix(" procentpoint")  # the caption says of what
            axes.annotate(number, (points, place), gap, textcoords="offset points", ha=side, va="center")
        axes.axvline(0, color=draw.INK, linewidth=0.8)
        axes.set_yticks(range(len(bars)), [label for label, _ in bars])
        axes.set_ylim(len(bars) - 0.5, -0.5)
        axes.set_xticks([])
        axes.margins(x=0.12)  # room for the numbers at both ends
        axes.tick_params(axis="y", length=0)
        for edge in ("left", "bottom"):
            axes.spines[edge].set_visible(False)
        years = f"fra {quality.params.comparison_year} til {quality.year}"
        caption = f"Det flyttede kommunens samlede målopfyldelse {years}, i procentpoint"
        return Chart("fig-aendring", caption, f"En vandret søjle for hver del. {alt}", *draw.saved(drawing), None)


def _bars(quality: Quality) -> list[tuple[str, Figure]]:
    """Return the parts of the change that are not nought, and their sum, with labels."""
    found = [one for one in quality.figures.select(year=quality.year, administration=KK) if one.value]
    parts = [(danish.capital(quality.data.called(one.group)), one) for one in found if one.measure == "contribution"]
    rest = {"reweighting": "Andre vægte og grupper", "change": "Ændring i alt"}
    return [*parts, *((label, one) for measure, label in rest.items() for one in found if one.measure == measure)]
