"""Where the labels of a drawing go, so that none lies on another: pure, in points (a 72nd of an inch).

The number of years grows by one every March, and so does what has to have room; nobody should have to move a label
by hand. Widths are reckoned by characters, which is near enough for a typeface of even width and short texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import ceil

__all__ = ["YEAR", "beside_points", "every", "rows_above", "years_shown"]

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
_PLACES = tuple(
    [(_CLEAR + _NEXT * step, 4.0 * step) for step in range(3)]
    + [(-_CLEAR - _NEXT * step, 0.1 + 4.0 * step) for step in range(3)]
)  # beside the point, above rather than below; further off is worse than across a line
_ACROSS_A_LINE, _OUTSIDE, _ON_A_LABEL = 3, 50, 100
_ON_A_MARKER = 2
"""For each point of it."""


def beside_points(points: Sequence[float], line: float) -> list[int]:
    """Return for each point of one column how far above it its label begins, or below it where that is negative.

    Every way is weighed: labels stand in the order of their points, on nothing that is drawn, and as near as they can.

    Parameters
    ----------
    points
        The heights of the points above the axis; few, since every way is tried.
    line
        The height of a line across the drawing.
    """
    order = sorted(range(len(points)), key=lambda index: -points[index])
    ways = product(_PLACES, repeat=len(points))
    best = min(ways, key=lambda way: _cost([points[index] for index in order], line, way))
    found = [0] * len(points)
    for index, (offset, _) in zip(order, best, strict=True):
        found[index] = offset
    return found


def _cost(points: Sequence[float], line: float, way: Sequence[tuple[int, float]]) -> float:
    """Return how bad it is to put labels this way; points come from the highest to the lowest."""
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
    """Return that every first, second, third … column is to have its text, so that they do not meet.

    Parameters
    ----------
    columns, width
        How many columns there are in what width.
    texts, size
        What is written, and the type's size.
    """
    return max(1, ceil(max(map(_wide, texts), default=0) * size * columns / width))


def years_shown(years: range, step: int) -> Sequence[int]:
    """Return every `step`-th of some years, counted from the last, in their order."""
    return years[(len(years) - 1) % step :: step]


def rows_above(places: Sequence[float], texts: Sequence[str], size: float) -> list[int]:
    """Return how many lines above the first each text begins, where one that meets the one before goes above it.

    Parameters
    ----------
    places
        The middle of each text, from left to right.
    texts, size
        What is written, in one or more lines, and the type's size.
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
