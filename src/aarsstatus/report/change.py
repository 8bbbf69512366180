"""Show the parts of a change, and what reaching each target would give."""

from __future__ import annotations

from aarsstatus import danish
from aarsstatus.audit.quality import Quality
from aarsstatus.figures import Figure, value_of
from aarsstatus.inputs.schema import KK
from aarsstatus.markdown import sentences
from aarsstatus.report import drawing as draw
from aarsstatus.report.drawing import Chart
from aarsstatus.report.html_table import Cell, Table, table_of


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


def parts_of_change(quality: Quality) -> Table | None:
    """Return the parts of each administration's change; None where no year precedes."""
    year, before = quality.year, quality.params.comparison_year
    codes = [one.administration for one in quality.figures.select(year=year, measure="change")]
    if before is None or not codes:
        return None
    groups = [
        group
        for group in quality.data.groups
        if any(quality.figures.find(year, code, group, "contribution") for code in codes)
    ]
    parts = [(danish.capital(quality.data.called(group)), group, "contribution") for group in groups]
    steps = [
        (f"Samlet målopfyldelse i {before}", before, "total", "weighted_attainment"),
        *((name, year, group, measure) for name, group, measure in parts),
        (f"Samlet målopfyldelse i {year} med vægtene fra {before}", year, "total", "comparable_attainment"),
        ("Andre vægte og grupper", year, "total", "reweighting"),
        (f"Samlet målopfyldelse i {year}", year, "total", "weighted_attainment"),
        ("Ændring i alt", year, "total", "change"),
    ]
    rows = [
        (name, [_cell(quality.figures.find(when, code, group, measure)) for code in codes])
        for name, when, group, measure in steps
    ]
    title = f"Hvad der flyttede den samlede målopfyldelse fra {before} til {year}"
    return table_of("tbl-aendring", title, ("Fra år til år", *codes), rows)


def gaps(quality: Quality) -> Table | None:
    """Return each target that was not reached, the one that costs the city most first."""
    found = quality.figures.select(year=quality.year, measure="closing_effect")
    felt = sorted((one for one in found if value_of(one)), key=value_of, reverse=True)
    of_city = [one for one in felt if one.administration == KK]
    felt = [one for one in felt if one.administration != KK] or of_city
    rows = []
    for one in felt:
        missing = quality.figures.find(one.year, one.administration, one.group, "shortfall")
        label = f"{one.administration}, {quality.data.called(one.group)}"
        rows.append((label, (_cell(missing), _cell(one))))
    header = ("Måltal, der ikke er nået", "Mangler", "Løft af kommunens samlede målopfyldelse")
    title = f"Hvad det ville give at nå måltallene i {quality.year}"
    return table_of("tbl-mangler", title, header, rows) if rows else None


def _cell(figure: Figure | None) -> Cell:
    """Return the cell that shows a figure; an empty one where there is none."""
    return Cell() if figure is None else Cell(figure.shown, figure.id)
