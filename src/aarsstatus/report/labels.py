"""Place the labels of a drawing so that none lies on another.

Distances are in points, a 72nd of an inch. The number of years grows by one every March, and so does what has to have
room; nobody should have to move a label by hand. Widths are reckoned by characters, which is near enough for a typeface
of even width and short texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import ceil

from matplotlib.axes import Axes

from aarsstatus.figures import Figure
from aarsstatus.report.drawing import INK, MUTED, height
from aarsstatus.report.html_table import mark

ACROSS, UPWARDS = 410, 92
"""Points: about the width and the height that the development chart has for itself."""

YEAR = "2020 "
"""What a year on an axis takes: a character more than it has, for digits are wider than letters."""
_CLEAR = 6
"""From a point to the label beside it."""
_TALL = 10
_NEXT = 11
"""From a label to one that is stacked upon it."""
_MARKER = 4
"""From the middle of a point's marker to its edge."""
_CHARACTER, _AIR = 0.53, 0.1
"""The mean width of a character and what is kept free between texts, as shares of the type's size."""
_LONGEST = 40
"""Characters of a line in a drawing: a longer one would take the chart's room. The alternative text has it whole."""
_PLACES = tuple(
    [(_CLEAR + _NEXT * step, 4.0 * step) for step in range(3)]
    + [(-_CLEAR - _NEXT * step, 0.1 + 4.0 * step) for step in range(3)]
)  # beside the point, above rather than below; further off is worse than across a line
_ACROSS_A_LINE, _OUTSIDE, _ON_A_LABEL = 3, 50, 100
_ON_A_MARKER = 2
"""For each point of it."""
_GROUND = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
"""Under a value: where it has to lie on a line, it can still be read."""


def beside_points(points: Sequence[float], line: float) -> list[int]:
    """Return how far above each point of a column its label goes; below if negative.

    Every way is weighed, so points are to be few: labels stand in the order of their points, on nothing that is drawn
    (`line` is the height of one across the drawing), and as near as they can.
    """
    order = sorted(range(len(points)), key=lambda index: -points[index])
    ways = product(_PLACES, repeat=len(points))
    best = min(ways, key=lambda way: _cost([points[index] for index in order], line, way))
    found = [0] * len(points)
    for index, (offset, _) in zip(order, best, strict=True):
        found[index] = offset
    return found


def _cost(points: Sequence[float], line: float, way: Sequence[tuple[int, float]]) -> float:
    """Return the cost of labels put this way; the points come from the highest down."""
    spans = [
        (point + offset, point + offset + _TALL) if offset > 0 else (point + offset - _TALL, point + offset)
        for point, (offset, _) in zip(points, way, strict=True)
    ]
    cost = sum(further for _, further in way)
    for place, (low, high) in enumerate(spans):
        cost += _ACROSS_A_LINE * (low < line + 1 and line - 1 < high)
        cost += _OUTSIDE * (low < 0)
        cost += _ON_A_MARKER * sum(
            max(0.0, min(high, point + _MARKER) - max(low, point - _MARKER))
            for other, point in enumerate(points)
            if other != place
        )
        cost += _ON_A_LABEL * sum(high > above for above, _ in spans[:place])
    return cost


def every(columns: int, width: float, texts: Sequence[str], size: float) -> int:
    """Return to how many columns there is one text, so that none meets another."""
    return max(1, ceil(max(map(_wide, texts), default=0) * size * columns / width))


def years_shown(years: range, texts: Sequence[str], size: float) -> Sequence[int]:
    """Return the years that have room for a text, the last one among them."""
    step = every(len(years), ACROSS, texts, size)
    return years[(len(years) - 1) % step :: step]


def rows_above(places: Sequence[float], texts: Sequence[str], size: float) -> list[int]:
    """Return the line that each text begins on; one that meets another goes above it.

    `places` are the middles of the texts, from left to right; a text has one or more lines.
    """
    rows: list[int] = []
    for index, (place, text) in enumerate(zip(places, texts, strict=True)):
        taken = [
            rows[before] + len(texts[before].splitlines())
            for before in range(index)
            if place - places[before] < (_wide(text) + _wide(texts[before])) / 2 * size
        ]
        rows.append(max(taken, default=0))
    return rows


def _wide(text: str) -> float:
    """Return how wide a text is at size 1."""
    return max((len(line) for line in text.splitlines()), default=0) * _CHARACTER + _AIR


def write_values(axes: Axes, figures: Sequence[Figure], span: range, top: float) -> None:
    """Write each point's value beside it; of many years only every second or third."""
    scale = UPWARDS / top
    for year in years_shown(span, [figure.shown for figure in figures], 8):
        column = [figure for figure in figures if figure.year == year]
        offsets = beside_points([height(figure) * scale for figure in column], 100 * scale)
        for figure, offset in zip(column, offsets, strict=True):
            axes.annotate(
                figure.shown + mark(figure), (year, height(figure)), (0, offset), textcoords="offset points",
                ha="center", va="top" if offset < 0 else "bottom", fontsize=8, color=INK, bbox=_GROUND,
            )  # fmt: skip


def write_changes(axes: Axes, changes: Mapping[int, str], span: range, top: float) -> None:
    """Draw a line where schemes change, and write the change above it."""
    texts = [_cut(text) for text in changes.values()]
    rows = rows_above([(year - span[0]) * ACROSS / len(span) for year in changes], texts, 7)
    for year, text, row in zip(changes, texts, rows, strict=True):
        axes.axvline(year - 0.5, color=MUTED, linewidth=0.8, linestyle=":")
        axes.annotate(
            text, (year, top * 1.02), (0, 9 * row), textcoords="offset points", ha="center", va="bottom",
            color=MUTED, fontsize=7, annotation_clip=False,
        )  # fmt: skip


def _cut(text: str) -> str:
    """Cut lines to the room in a drawing; each keeps its last two words."""
    return "\n".join(
        line if len(line) <= _LONGEST else f"{line[: _LONGEST - 8].rstrip()}… {' '.join(line.split()[-2:])}"
        for line in text.splitlines()
    )
