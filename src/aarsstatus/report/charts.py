"""Draw the notat's three charts from its figures.

They show the development, each administration, and the weighted attainment. Each comes with its caption, an
alternative text that states the numbers drawn, and those numbers as a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from aarsstatus import danish
from aarsstatus.figures import Figure
from aarsstatus.inputs.model import Group
from aarsstatus.inputs.schema import KK
from aarsstatus.markdown import sentences
from aarsstatus.report import drawing as draw
from aarsstatus.report import labels
from aarsstatus.report.drawing import Chart
from aarsstatus.report.notat import Notat

_TARGET = 1.2
"""Points: the target's line across bars. Its white edge is half a point, or 99 and 103 per cent would look like 100."""


# -- the development over the years -------------------------------------------------------------------------------


def development(notat: Notat) -> Chart:
    """Draw the city's attainments from the oldest year to the notat's own."""
    figures = draw.drawn(
        notat, [(year, KK, group) for year in notat.years() for group in notat.data.groups], "attainment"
    )
    return draw_development(figures, notat.data.groups, notat.fonts, _scheme_changes(notat))


def draw_development(
    figures: Sequence[Figure],
    known: Mapping[str, Group],
    fonts: Path | None,
    changes: Mapping[int, str] | None = None,
) -> Chart:
    """Draw the city's attainments by target group on a true time axis.

    Each of the figures has a value, and there is one. A line joins only years that follow each other; `changes` has the
    years from which there are other schemes than before, and what to write there.
    """
    changes = changes or {}
    figures = sorted(figures, key=lambda figure: figure.year)
    groups = [group for group in known.values() if any(figure.group == group.key for figure in figures)]
    years = sorted({figure.year for figure in figures})
    missing = [year for year in range(years[0], years[-1]) if year not in years]
    gap = f" Der er ingen data for {danish.join([str(year) for year in missing])}." if missing else ""
    marks = "".join(
        f" {sentences([f'{line} fra {year}' for line in text.splitlines()])}" for year, text in changes.items()
    )
    spoken = draw.spoken(groups, figures, lambda figure: f"{draw.said(figure)} i {figure.year}")
    alt = f"Kurve over målopfyldelsen for hele kommunen. {spoken}{gap}{marks}"
    rows = [(str(year), [draw.find(figures, year, KK, group.key) for group in groups]) for year in years]
    numbers = draw.numbers_drawn("Målopfyldelse, hele kommunen", draw.headings(groups), rows)
    with draw.style(fonts):
        drawing, axes = draw.canvas(2.4)
        _trend(axes, figures, groups, missing, changes)
        period = f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0])
        caption = draw.marked(f"Målopfyldelse for hele kommunen, {period}", figures)
        return Chart("fig-udvikling", caption, alt, *draw.saved(drawing), numbers)


def _trend(
    axes: Axes, figures: Sequence[Figure], groups: Sequence[Group], missing: Sequence[int], changes: Mapping[int, str]
) -> None:
    """Draw a line for each target group, and what stands around the lines."""
    span = range(min(figure.year for figure in figures), max(figure.year for figure in figures) + 1)
    top = max(120.0, max(map(draw.height, figures)) * 1.2)
    unnamed = _gaps(axes, missing, span, top)
    for group in groups:
        _line(axes, [figure for figure in figures if figure.group == group.key], group)
    labels.write_values(axes, figures, span, top)
    target = draw.target_line(axes, 1)
    labels.write_changes(axes, changes, span, top)
    axes.set_xlim(span[0] - 0.5, span[-1] + 0.5)
    axes.set_ylim(0, top)
    shown = labels.years_shown(span, [labels.YEAR], 8.5)
    axes.set_xticks(shown, [str(year) for year in shown])
    draw.percent_axis(axes)
    lines = [
        Line2D([], [], color=group.colour, marker=draw.MARKERS[group.mark], label=heading)
        for group, heading in zip(groups, draw.headings(groups), strict=True)
    ]
    draw.legend(axes, [*lines, target, *unnamed])


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


def _line(axes: Axes, figures: Sequence[Figure], group: Group) -> None:
    """Draw one group's years; only years that follow each other are joined."""
    heights = {figure.year: draw.height(figure) for figure in figures}
    for run in _runs(list(heights)):
        axes.plot(
            run, [heights[year] for year in run], color=group.colour, marker=draw.MARKERS[group.mark], markersize=5,
            linewidth=1.8, zorder=3,
        )  # fmt: skip


def _scheme_changes(notat: Notat) -> dict[int, str]:
    """Return the years in which schemes change, with a line for each scheme."""
    changes = {}
    for year, (came, went) in notat.scheme_changes().items():
        told = [(scheme, "er med") for scheme in came] + [(scheme, "er ude") for scheme in went]
        changes[year] = "\n".join(
            f"{danish.capital(scheme.name.partition(' under ')[0])} {what}" for scheme, what in told
        )
    return changes


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


# -- the administrations ------------------------------------------------------------------------------------------


def by_administration(notat: Notat) -> Chart:
    """Draw each administration's attainment, a panel of bars for each target group.

    A light bar behind shows the comparison year where there is one.
    """
    codes = [KK, *notat.administrations()]
    groups = [group for group in notat.data.groups.values() if notat.has(notat.year, group.key)]
    earlier = notat.comparison_year or 0  # no year has figures that is none
    years = {notat.year: codes, earlier: notat.compared_administrations()}
    figures = draw.drawn(
        notat,
        [(year, code, group) for year in years for code in years[year] for group in notat.data.groups],
        "attainment",
    )
    now = [figure for figure in figures if figure.year == notat.year]
    before = [figure for figure in figures if figure.year == earlier]
    spoken = draw.spoken(groups, now, lambda figure: f"{figure.administration} {draw.said(figure)}")
    told = [f"{notat.data.called(f.group)} {draw.said(f)}" for f in before]
    compared = f" Til sammenligning {earlier} for KK: {sentences([danish.join(told)])}" if told else ""
    rows = []
    for code in codes:
        rows.append((code, [draw.find(now, notat.year, code, group.key) for group in groups]))
        if any(figure.administration == code for figure in before):
            was = [draw.find(before, earlier, code, group.key) for group in groups]
            rows.append((f"{code} i {earlier}", was))
    numbers = draw.numbers_drawn(f"Målopfyldelse {notat.year}", draw.headings(groups), rows)
    alt = f"Vandrette søjler for hver forvaltning. {spoken}{compared}"
    with draw.style(notat.fonts):
        drawing = Drawing(figsize=(draw.WIDTH, 2.75), layout="constrained")
        panels = drawing.subplots(1, len(groups), sharey=True, squeeze=False)[0]
        for axes, group in zip(panels, groups, strict=True):
            _bullets(axes, notat, figures, codes, group)
        handles = [
            Patch(color=draw.STRONG, label=str(notat.year)),
            Line2D([], [], color=draw.INK, linewidth=_TARGET, label=draw.TARGET),
        ]
        if before:
            whose = list(dict.fromkeys(figure.administration for figure in before))
            only = f" (kun {danish.join(whose)})" if len(whose) < len(codes) else ""
            handles.insert(1, Patch(color=draw.LIGHT, label=f"{earlier}{only}"))
        draw.outer_legend(drawing, handles)
        caption = f"Målopfyldelse i {notat.year} for hele kommunen ({KK}) og hver forvaltning"
        return Chart("fig-maalopfyldelse", draw.marked(caption, figures), alt, *draw.saved(drawing), numbers)


def _bullets(axes: Axes, notat: Notat, figures: Sequence[Figure], codes: Sequence[str], group: Group) -> None:
    """Draw one target group's panel: a bar for each administration, and the target."""
    longest, values = 100.0, []
    for place, code in enumerate(codes):
        for year, thick, colour in (
            (notat.comparison_year or 0, 0.72, draw.LIGHT),
            (notat.year, 0.36, draw.STRONG),
        ):
            figure = draw.find(figures, year, code, group.key)
            if figure is None:
                continue
            length = draw.height(figure)
            longest = max(longest, length)
            axes.barh(place, length, height=thick, color=colour, zorder=2)
            if year == notat.year:
                values.append((place, figure.shown + draw.mark(figure)))
    for place, shown in values:
        axes.text(longest * 1.36, place, shown, va="center", ha="right", fontsize=7.5)
    target = axes.axvline(100, color=draw.INK, linewidth=_TARGET, zorder=3)
    target.set_path_effects([withStroke(linewidth=_TARGET + 1, foreground="white")])
    axes.set_title(
        fill(draw.headings([group])[0], 32, break_long_words=False, break_on_hyphens=False), fontsize=8.5, loc="left"
    )
    axes.set_yticks(range(len(codes)), codes)
    axes.set_ylim(len(codes) - 0.5, -0.5)
    axes.set_xlim(0, longest * 1.36)
    axes.set_xticks([0, 50, 100, 150] if longest > 130 else [0, 50, 100])
    axes.xaxis.set_major_formatter(lambda value, _: danish.whole(Fraction(value)))
    axes.set_xlabel("pct. af måltallet", fontsize=7.5)
    draw.grid(axes, "x")


def weighted(notat: Notat) -> Chart:
    """Draw the weighted attainment of each administration and the city this year."""
    codes = [KK, *notat.administrations()]
    figures = draw.drawn(notat, [(notat.year, code, "total") for code in codes], "weighted_attainment")
    spoken = sentences([danish.join([f"{f.administration} {draw.said(f)}" for f in figures])])
    rows = [(code, [draw.find(figures, notat.year, code, "total")]) for code in codes]
    numbers = draw.numbers_drawn(f"Samlet målopfyldelse {notat.year}", ["Samlet målopfyldelse"], rows)
    with draw.style(notat.fonts):
        drawing, axes = draw.canvas(2.15)
        most = max(map(draw.height, figures), default=100.0)
        for figure in figures:
            place, height = codes.index(figure.administration), draw.height(figure)
            colour = draw.STRONG if figure.administration == KK else draw.SOFTER
            axes.bar(place, height, width=0.62, color=colour, zorder=2)
            inside = height > most / 10
            axes.annotate(
                figure.shown + draw.mark(figure), (place, 0 if inside else height), (0, 5 if inside else 3),
                textcoords="offset points", ha="center", va="bottom", fontsize=8, color="white" if inside else draw.INK,
            )  # fmt: skip
        target = draw.target_line(axes, 3)
        axes.set_xticks(range(len(codes)), codes)
        axes.set_ylim(0, max(115.0, most * 1.15))
        draw.percent_axis(axes)
        city = Patch(color=draw.STRONG, label="Hele kommunen (KK)")
        draw.legend(axes, [city, Patch(color=draw.SOFTER, label="Forvaltning"), target])
        caption = f"Samlet målopfyldelse (vægtet gennemsnit) i {notat.year}"
        alt = f"Søjler for den samlede målopfyldelse i {notat.year}: {spoken}"
        return Chart("fig-samlet", draw.marked(caption, figures), alt, *draw.saved(drawing), numbers)
