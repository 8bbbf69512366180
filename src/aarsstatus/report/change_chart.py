"""Draw what moved the city's samlet målopfyldelse: its parts on one scale."""

from __future__ import annotations

from aarsstatus import danish
from aarsstatus.audit.quality import Quality
from aarsstatus.figures import Figure, value_of
from aarsstatus.inputs.schema import KK
from aarsstatus.markdown import sentences
from aarsstatus.report import drawing as draw
from aarsstatus.report.drawing import Chart


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
