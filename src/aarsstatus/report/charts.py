"""The notat's charts, drawn with matplotlib from the figures.

Each chart comes with its caption, an alternative text that states the numbers drawn, and those numbers as a table.
Colours are told apart by lightness as well, so a colour-blind reader and a greyscale print lose nothing. SVG text
is drawn as paths in the extension's own font: the same bytes on every machine.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from aarsstatus import danish
from aarsstatus.figures.table import Figure
from aarsstatus.inputs.data import GROUPS, KK
from aarsstatus.markdown import sentences
from aarsstatus.report import labels
from aarsstatus.report.html_table import Cell, Row, Table
from aarsstatus.report.picture import compact, raster

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from aarsstatus.audit.quality import Quality
    from aarsstatus.report.notat import Notat

__all__ = ["Chart", "all_charts", "draw_nothing", "rounding"]

WIDTH = 6.5
"""Inches: the width of the text block that tables and charts share."""
INK, MUTED, GRID, NOTHING = "#1a1a1a", "#595959", "#d9d9d9", "#f0f0f0"
COLOURS = {"placements": "#0b2a5b", "fleksjob": "#c8500a", "fritidsjob": "#5aa9a0"}
"""Dark blue, orange, light teal: about 18, 47 and 65 per cent lightness, so they also differ in grey."""
MARKERS = {"placements": "o", "fleksjob": "s", "fritidsjob": "D"}
LIGHT, SOFTER = "#b9c4d6", "#4f6894"
_TARGET = 1.2
"""Points: the target's line across bars. Its white edge is half a point, or 99 and 103 per cent would look like 100."""
ACROSS, UPWARDS = 410, 110
"""Points: about the width and the height that the trend has for itself."""
FONTS = ("OpenSans-Regular.ttf", "OpenSans-Semibold.ttf")


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart: its id, caption and alternative text, its SVG and PNG, and the numbers drawn.

    `numbers` is None where a table beside the chart has them.
    """

    id: str
    caption: str
    alt: str
    svg: str
    png: bytes
    numbers: Table | None


def all_charts(notat: Notat) -> Mapping[str, Chart]:
    """Draw every chart of a year's notat, by id without ``fig-``."""
    return {
        "udvikling": development(notat),
        "maalopfyldelse": by_administration(notat),
        "samlet": weighted(notat),
    }


def development(notat: Notat) -> Chart:
    """Draw the city's attainment by target group over the years, on a true time axis.

    Years without data stay empty: a line joins only years that follow each other.
    """
    figures = _drawn(notat, [(year, KK, group) for year in notat.years() for group in GROUPS], "attainment")
    groups = [group for group in GROUPS if any(figure.group == group for figure in figures)]
    years = sorted({figure.year for figure in figures})
    span = range(years[0], years[-1] + 1)
    missing = [year for year in span if year not in years]
    top = max(120.0, max(map(_height, figures)) * 1.2)
    with _style(notat.fonts):
        drawing, axes = _canvas(2.4)
        unnamed: list[Patch] = []
        for run in _runs(missing):
            axes.axvspan(run[0] - 0.5, run[-1] + 0.5, color=NOTHING, zorder=0)
            label = f"Ingen data\n{run[0]}–{run[-1]}" if len(run) > 1 else f"Ingen data\n{run[0]}"
            if labels.every(len(span), ACROSS, [label], 8) > len(run):
                unnamed = [Patch(color=NOTHING, label="Ingen data")]
                continue
            foot = 8 if top / 4 < UPWARDS else 100 + top / 25  # above the target's line, where that lies low
            axes.text((run[0] + run[-1]) / 2, foot, label, ha="center", va="bottom", color=MUTED, fontsize=8)
        for group in groups:
            _line(axes, [figure for figure in figures if figure.group == group])
        _label_points(axes, figures, span, top)
        axes.axhline(100, color=INK, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
        changes = _scheme_changes(notat)
        _changes(axes, changes, span, top)
        axes.set_xlim(span[0] - 0.5, span[-1] + 0.5)
        axes.set_ylim(0, top)
        shown = labels.years_shown(span, labels.every(len(span), ACROSS, [labels.YEAR], 8.5))
        axes.set_xticks(shown, [str(year) for year in shown])
        _percent_axis(axes)
        handles = [
            Line2D([], [], color=COLOURS[group], marker=MARKERS[group], label=danish.capital(notat.group_label(group)))
            for group in groups
        ]
        handles.append(Line2D([], [], color=INK, linewidth=0.8, linestyle=(0, (4, 3)), label="Måltallet (100 pct.)"))
        _legend(axes, [*handles, *unnamed])
        svg, png = _saved(drawing)
    spoken = [
        f"{danish.capital(notat.group_label(group))}: "
        + danish.join([f"{f.shown} i {f.year}" for f in figures if f.group == group])
        for group in groups
    ]
    gap = f" Der er ingen data for {danish.join([str(year) for year in missing])}." if missing else ""
    marks = "".join(f" {sentences([f'{line} fra {year}' for line in text.splitlines()])}" for year, text in changes)
    return Chart(
        "fig-udvikling",
        f"Målopfyldelse for hele kommunen, {years[0]}–{years[-1]}",
        f"Kurve over målopfyldelsen for hele kommunen. {sentences(spoken)}{gap}{marks}",
        svg,
        png,
        _numbers(
            "Målopfyldelse, hele kommunen",
            [danish.capital(notat.group_label(group)) for group in groups],
            [(str(year), [_find(figures, year, KK, group) for group in groups]) for year in years],
        ),
    )


def by_administration(notat: Notat) -> Chart:
    """Draw each administration's attainment against its target this year, a bullet chart for each target group.

    A thin light bar shows the comparison year where there is one.
    """
    codes = [KK, *notat.administrations()]
    groups = [group for group in GROUPS if notat.has(notat.year, group)]
    figures = _drawn(
        notat,
        [(year, code, group) for year in (notat.year, notat.comparison_year) for code in codes for group in groups],
        "attainment",
    )
    with _style(notat.fonts):
        drawing = Drawing(figsize=(WIDTH, 2.75), layout="constrained")
        panels = drawing.subplots(1, len(groups), sharey=True, squeeze=False)[0]
        for axes, group in zip(panels, groups, strict=True):
            _bullets(axes, notat, figures, codes, group)
        handles = [
            Patch(color=COLOURS["placements"], label=str(notat.year)),
            Line2D([], [], color=INK, linewidth=_TARGET, label="Måltallet (100 pct.)"),
        ]
        before = dict.fromkeys(figure.administration for figure in figures if figure.year == notat.comparison_year)
        if before:
            whose = f" (kun {danish.join(list(before))})" if len(before) < len(codes) else ""
            handles.insert(1, Patch(color=LIGHT, label=f"{notat.comparison_year}{whose}"))
        drawing.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False, fontsize=8)
        svg, png = _saved(drawing)
    spoken = [
        f"{danish.capital(notat.group_label(group))}: "
        + danish.join([f"{f.administration} {f.shown}" for f in figures if f.group == group and f.year == notat.year])
        for group in groups
    ]
    told = [f"{notat.group_label(f.group)} {f.shown}" for f in figures if f.year == notat.comparison_year]
    compared = f" Til sammenligning {notat.comparison_year} for KK: {sentences([danish.join(told)])}" if told else ""
    return Chart(
        "fig-maalopfyldelse",
        f"Målopfyldelse i {notat.year} for hele kommunen ({KK}) og hver forvaltning",
        f"Vandrette søjler for hver forvaltning. {sentences(spoken)}{compared}",
        svg,
        png,
        _numbers(
            f"Målopfyldelse {notat.year}",
            [danish.capital(notat.group_label(group)) for group in groups],
            list(_this_year_and_before(notat, figures, codes, groups)),
        ),
    )


def _this_year_and_before(
    notat: Notat, figures: Sequence[Figure], codes: Sequence[str], groups: Sequence[str]
) -> Iterator[tuple[str, list[Figure | None]]]:
    """Yield a row for each administration, and below it one for the comparison year where that is drawn, too."""
    for code in codes:
        yield code, [_find(figures, notat.year, code, group) for group in groups]
        before = [_find(figures, notat.comparison_year, code, group) for group in groups]
        if any(before):
            yield f"{code} i {notat.comparison_year}", before


def weighted(notat: Notat) -> Chart:
    """Draw the weighted attainment of each administration and the city this year."""
    codes = [KK, *notat.administrations()]
    figures = _drawn(notat, [(notat.year, code, "total") for code in codes], "weighted_attainment")
    with _style(notat.fonts):
        drawing, axes = _canvas(2.15)
        most = max(map(_height, figures), default=100.0)
        for place, code in enumerate(codes):
            figure = _find(figures, notat.year, code, "total")
            if figure is None:
                continue
            height = _height(figure)
            colour = COLOURS["placements"] if code == KK else SOFTER
            axes.bar(place, height, width=0.62, color=colour, zorder=2)
            inside = height > most / 10
            axes.annotate(
                figure.shown, (place, 0 if inside else height), (0, 5 if inside else 3), textcoords="offset points",
                ha="center", va="bottom", fontsize=8, color="white" if inside else INK,
            )  # fmt: skip
        axes.axhline(100, color=INK, linewidth=0.8, linestyle=(0, (4, 3)), zorder=3)
        axes.set_xticks(range(len(codes)), codes)
        axes.set_ylim(0, max(115.0, most * 1.15))
        _percent_axis(axes)
        _legend(axes, [
            Patch(color=COLOURS["placements"], label="Hele kommunen (KK)"),
            Patch(color=SOFTER, label="Forvaltning"),
            Line2D([], [], color=INK, linewidth=0.8, linestyle=(0, (4, 3)), label="Måltallet (100 pct.)"),
        ])  # fmt: skip
        svg, png = _saved(drawing)
    spoken = danish.join([f"{f.administration} {f.shown}" for f in figures])
    return Chart(
        "fig-samlet",
        f"Samlet målopfyldelse (vægtet gennemsnit) i {notat.year}",
        f"Søjler for den samlede målopfyldelse i {notat.year}: {sentences([spoken])}",
        svg,
        png,
        _numbers(
            f"Samlet målopfyldelse {notat.year}",
            ["Samlet målopfyldelse"],
            [(code, [_find(figures, notat.year, code, "total")]) for code in codes],
        ),
    )


def rounding(quality: Quality) -> Chart:
    """Draw where each unrounded number may lie that holds within rounding, seen from the number that is printed."""
    rows = [row for row in quality.rounded if row.lower is not None and row.upper is not None]
    with _style(quality.fonts):
        drawing, axes = _canvas(0.9 + 0.3 * len(rows))
        axes.axvspan(-0.5, 0.5, color="#e3e9f3", zorder=0)
        axes.axvline(0, color=INK, linewidth=0.8, zorder=1)
        for place, row in enumerate(rows):
            printed = danish.parse(row.printed)
            lower, upper = (float(end - printed) for end in (row.lower or printed, row.upper or printed))
            axes.plot([lower, upper], [place, place], color=COLOURS["placements"], linewidth=5, solid_capstyle="butt")
            axes.plot(float(danish.parse(row.recomputed) - printed), place, marker="D", color=COLOURS["fleksjob"])
        axes.set_yticks(range(len(rows)), [danish.capital(row.place) for row in rows], fontsize=7.5)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.xaxis.set_major_formatter(lambda value, _: danish.decimal(Fraction(value)).removesuffix(",0"))
        axes.set_xlabel("forskel fra det trykte tal (personer eller procentpoint)", fontsize=7.5)
        axes.xaxis.grid(visible=True, color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.tick_params(length=0)
        handles = [
            Line2D([], [], color=COLOURS["placements"], linewidth=5, label="Hvor det uafrundede tal kan ligge"),
            Line2D([], [], color=COLOURS["fleksjob"], marker="D", linestyle="", label="Af de trykte grundtal"),
            Patch(color="#e3e9f3", label="Rundes af til det trykte tal"),
        ]
        drawing.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False, fontsize=8)
        svg, png = _saved(drawing)
    spoken = [
        f"{row.place}: trykt {row.printed} uafrundet mellem {danish.decimal(row.lower)} og {danish.decimal(row.upper)}"
        for row in rows
        if row.lower is not None and row.upper is not None
    ]
    return Chart(
        "fig-afrunding",
        f"Tal inden for afrundingen i årsstatussen for {quality.year}: hvor det uafrundede tal kan ligge",
        f"En vandret streg for hvert tal. {sentences(spoken)}",
        svg,
        png,
        None,
    )


def draw_nothing() -> None:
    """Draw a chart of nothing, so that matplotlib has loaded and made what it does at a first drawing.

    Nothing is made dots of: Typst does that with threads of its own, which do not survive in a copied process.
    """
    with _style(None):
        drawing, axes = _canvas(1)
        axes.plot([0, 1], [0, 1], marker="o")
        axes.bar([0], [1])
        axes.annotate("0", (0, 0), (1, 1), textcoords="offset points")
        _percent_axis(axes)
        _legend(axes, [Patch(label="0")])
        _svg(drawing)


# -- what is drawn --------------------------------------------------------------------------------------------


def _height(figure: Figure) -> float:
    """Return a figure as it is drawn: what the reader sees printed, in per cent."""
    return float(danish.parse(figure.shown))


def _drawn(notat: Notat, wanted: Sequence[tuple[int, str, str]], measure: str) -> list[Figure]:
    """Return the figures that exist and have a value."""
    found = (notat.figure(year, code, group, measure) for year, code, group in wanted)
    return [figure for figure in found if figure is not None and figure.value is not None]


def _find(figures: Sequence[Figure], year: int, code: str, group: str) -> Figure | None:
    """Return the drawn figure of a year, an administration and a group."""
    return next((f for f in figures if (f.year, f.administration, f.group) == (year, code, group)), None)


def _numbers(corner: str, header: Sequence[str], rows: Sequence[tuple[str, Sequence[Figure | None]]]) -> Table:
    """Return the numbers drawn, as a table."""
    cells = [
        Row(label, tuple(Cell(f.shown, f.id) if f is not None else Cell() for f in figures)) for label, figures in rows
    ]
    return Table("", "", (corner, *header), tuple(cells))


def _scheme_changes(notat: Notat) -> list[tuple[int, str]]:
    """Return the years from which there are other schemes than before, and what changed, a line for each scheme."""
    return [
        (
            year,
            "\n".join(
                [f"{danish.capital(_short(scheme.name))} er med" for scheme in came]
                + [f"{danish.capital(_short(scheme.name))} er ude" for scheme in went]
            ),
        )
        for year, (came, went) in notat.scheme_changes().items()
    ]


def _short(name: str) -> str:
    """Return a scheme's name without the law it stands under."""
    return name.partition(" under ")[0]


_LONGEST_LABEL = 40
"""Characters of a line in a drawing: a longer one would take the chart's room. The alternative text has it whole."""


def _cut(text: str) -> str:
    """Return lines as there is room for them in a drawing; each keeps its last two words."""
    return "\n".join(
        line if len(line) <= _LONGEST_LABEL else f"{line[: _LONGEST_LABEL - 8].rstrip()}… {' '.join(line.split()[-2:])}"
        for line in text.splitlines()
    )


def _runs(years: Sequence[int]) -> Iterator[list[int]]:
    """Yield the runs of years that follow each other."""
    run: list[int] = []
    for year in years:
        if run and year != run[-1] + 1:
            yield run
            run = []
        run.append(year)
    if run:
        yield run


# -- how it is drawn ------------------------------------------------------------------------------------------


@contextmanager
def _style(fonts: Path | None) -> Iterator[None]:
    """Draw the same on every machine: in the extension's font, with matplotlib's own settings and nobody else's."""
    defaults: dict[Any, Any] = {
        key: value for key, value in mpl.rcParamsDefault.items() if not key.startswith("backend")
    }
    ours: dict[Any, Any] = {
        "font.size": 8.5,
        "text.parse_math": False,  # a dollar sign in a name is a dollar sign
        "text.color": INK,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "axes.edgecolor": MUTED,
        "axes.linewidth": 0.6,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "svg.fonttype": "path",
        "svg.hashsalt": "aarsstatus",
        "path.simplify": False,
    }
    with _fonts(fonts) as family, mpl.rc_context({**defaults, **ours, "font.family": [family]}):
        yield


@contextmanager
def _fonts(folder: Path | None) -> Iterator[str]:
    """Let matplotlib know the fonts in a folder and its own, and none of the machine's; yield the family to draw in.

    A machine may have another font of the same name.
    """
    manager = font_manager.fontManager
    known, own = manager.ttflist, mpl.get_data_path()
    manager.ttflist = [entry for entry in known if entry.fname.startswith(own)]
    family = "DejaVu Sans"
    try:
        for path in (folder / name for name in FONTS if folder is not None):
            if path.is_file():
                manager.addfont(path)
                family = "Open Sans"
        yield family
    finally:
        manager.ttflist = known


def _canvas(height: float) -> tuple[Drawing, Axes]:
    drawing = Drawing(figsize=(WIDTH, height), layout="constrained")
    return drawing, drawing.subplots()


def _percent_axis(axes: Axes) -> None:
    axes.yaxis.set_major_formatter(lambda value, _: danish.percent(Fraction(value) / 100))
    axes.yaxis.grid(visible=True, color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)


def _legend(axes: Axes, handles: Sequence[Line2D | Patch]) -> None:
    axes.legend(
        handles=list(handles), loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=4, frameon=False, fontsize=8
    )


def _line(axes: Axes, figures: Sequence[Figure]) -> None:
    """Draw one group's years; only years that follow each other are joined."""
    heights = {figure.year: _height(figure) for figure in figures}
    group = figures[0].group
    for run in _runs(list(heights)):
        axes.plot(
            run, [heights[year] for year in run], color=COLOURS[group], marker=MARKERS[group], markersize=5,
            linewidth=1.8, zorder=3,
        )  # fmt: skip


def _label_points(axes: Axes, figures: Sequence[Figure], span: range, top: float) -> None:
    """Write each point's value beside it; of many years only every second, or third, counted from the last."""
    step = labels.every(len(span), ACROSS, [figure.shown for figure in figures], 8)
    scale = UPWARDS / top
    for year in labels.years_shown(span, step):
        column = [figure for figure in figures if figure.year == year]
        offsets = labels.beside_points([_height(figure) * scale for figure in column], 100 * scale)
        for figure, offset in zip(column, offsets, strict=True):
            axes.annotate(
                figure.shown, (year, _height(figure)), (0, offset), textcoords="offset points", ha="center",
                va="top" if offset < 0 else "bottom", fontsize=8, color=INK,
            )  # fmt: skip


def _changes(axes: Axes, changes: Sequence[tuple[int, str]], span: range, top: float) -> None:
    """Draw where schemes change, and write above what does, one above the other where years are near each other."""
    texts = [_cut(text) for _, text in changes]
    rows = labels.rows_above([(year - span[0]) * ACROSS / len(span) for year, _ in changes], texts, 7)
    for (year, _), text, row in zip(changes, texts, rows, strict=True):
        axes.axvline(year - 0.5, color=MUTED, linewidth=0.8, linestyle=":")
        axes.annotate(
            text, (year, top * 1.02), (0, 9 * row), textcoords="offset points", ha="center", va="bottom", color=MUTED,
            fontsize=7, annotation_clip=False,
        )  # fmt: skip


def _bullets(axes: Axes, notat: Notat, figures: Sequence[Figure], codes: Sequence[str], group: str) -> None:
    """Draw one target group's panel: a bar for each administration, the comparison year behind it, the target."""
    longest, values = 100.0, []
    for place, code in enumerate(codes):
        for year, height, colour in ((notat.comparison_year, 0.72, LIGHT), (notat.year, 0.36, COLOURS["placements"])):
            figure = _find(figures, year, code, group)
            if figure is None:
                continue
            length = _height(figure)
            longest = max(longest, length)
            axes.barh(place, length, height=height, color=colour, zorder=2)
            if year == notat.year:
                values.append((place, figure.shown))
    for place, shown in values:
        axes.text(longest * 1.36, place, shown, va="center", ha="right", fontsize=7.5)
    target = axes.axvline(100, color=INK, linewidth=_TARGET, zorder=3)
    target.set_path_effects([withStroke(linewidth=_TARGET + 1, foreground="white")])
    axes.set_title(_wrapped(danish.capital(notat.group_label(group))), fontsize=8.5, loc="left")
    axes.set_yticks(range(len(codes)), codes)
    axes.set_ylim(len(codes) - 0.5, -0.5)
    axes.set_xlim(0, longest * 1.36)
    axes.set_xticks([0, 50, 100, 150] if longest > 130 else [0, 50, 100])
    axes.xaxis.set_major_formatter(lambda value, _: danish.whole(Fraction(value)))
    axes.set_xlabel("pct. af måltallet", fontsize=7.5)
    axes.xaxis.grid(visible=True, color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)


def _wrapped(text: str, most: int = 32) -> str:
    """Break a title into lines between words."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def _saved(drawing: Drawing) -> tuple[str, bytes]:
    """Return a drawing as SVG, and as PNG made from that SVG."""
    svg = _svg(drawing)
    return svg, raster(svg.encode())


def _svg(drawing: Drawing) -> str:
    """Return a drawing as SVG, without date, creator or random ids."""
    written = io.StringIO()
    # savefig draws everything twice, the first time to lay it out; the second does that, too.
    canvas: Any = FigureCanvasSVG(drawing)
    canvas.print_svg(written, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    return compact(written.getvalue())
