"""A small line chart as SVG in the page's own colours, so that it follows a reader's dark mode.

Lines are told apart by dash, marker and a label at their end, never by colour alone. Coordinates are whole numbers,
so the same points give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from itertools import pairwise

from aarsstatus.attainment import round_half_up
from aarsstatus.report import labels

__all__ = ["Line", "line_chart"]

WIDTH, HEIGHT = 760, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 200, 14, 34
_DASHES = ("", "7 4", "2 4", "11 4 2 4")
_SIZE = 13
_FAR = 400
"""Per cent: an axis that goes further has a line for each hundred."""
_LABEL = 17
"""The least distance between two labels, a line's height."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its name and its values (per cent) by year."""

    name: str
    points: Mapping[int, Fraction]


def line_chart(lines: Sequence[Line], alternative: str) -> str:
    """Return the chart. Years without values are gaps, as wide as they are.

    Parameters
    ----------
    lines
        With at least two years between them.
    alternative
        What somebody is told who cannot see it.
    """
    drawn = [line for line in lines if line.points]
    years = sorted({year for line in drawn for year in line.points})
    top = -(-max(value for line in drawn for value in line.points.values()) // 20) * 20
    scale = _Scale(years[0], years[-1], max(int(top), 100))
    parts = [*_grid(scale), *_years(scale)]
    ends = _apart([scale.y(list(line.points.values())[-1]) for line in drawn])
    for number, (line, label) in enumerate(zip(drawn, ends, strict=True)):
        parts += _line(scale, line, number, label)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(alternative)}" '
        f'xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(parts) + "\n</svg>"
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where years and percentages lie on the drawing."""

    first: int
    last: int
    top: int

    def x(self, year: int) -> int:
        share = Fraction(year - self.first, max(self.last - self.first, 1))
        return round_half_up(_LEFT + 12 + share * (WIDTH - _LEFT - _RIGHT - 24))

    def y(self, value: Fraction | int) -> int:
        return round_half_up(HEIGHT - _BOTTOM - Fraction(value) / self.top * (HEIGHT - _TOP - _BOTTOM))


def _grid(scale: _Scale) -> Iterator[str]:
    """Yield the horizontal lines and their numbers; 100 per cent, the target, stands out."""
    for value in range(0, scale.top + 1, 20 if scale.top <= _FAR else 100):
        y = scale.y(value)
        target = value == 100
        colour, width = ("var(--accent)", "1.5") if target else ("var(--line)", "1")
        yield (
            f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="{width}"/>'
            f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end" font-size="{_SIZE}" '
            f'fill="var(--muted)">{value}</text>'
        )


def _years(scale: _Scale) -> Iterator[str]:
    """Yield the years along the axis; one without values is there too, so that the gap is seen as one.

    Of many years only every second, or third, is written, counted from the last.
    """
    years = range(scale.first, scale.last + 1)
    step = labels.every(len(years), WIDTH - _LEFT - _RIGHT, [labels.YEAR], _SIZE)
    for year in labels.years_shown(years, step):
        yield (
            f'<text x="{scale.x(year)}" y="{HEIGHT - 10}" text-anchor="middle" font-size="{_SIZE}" '
            f'fill="var(--muted)">{year}</text>'
        )


def _line(scale: _Scale, line: Line, number: int, label: int) -> Iterator[str]:
    """Yield a line with its markers and its label."""
    places = [(scale.x(year), scale.y(value)) for year, value in line.points.items()]
    dash = f' stroke-dasharray="{_DASHES[number % len(_DASHES)]}"' if _DASHES[number % len(_DASHES)] else ""
    for (year, value), (after, then) in pairwise(line.points.items()):
        if after == year + 1:  # nothing is known of the years between, so nothing is drawn there
            yield (
                f'<line x1="{scale.x(year)}" y1="{scale.y(value)}" x2="{scale.x(after)}" y2="{scale.y(then)}" '
                f'stroke="var(--ink)" stroke-width="2"{dash}/>'
            )
    for x, y in places:
        yield _marker(number, x, y)
    x, y = places[-1]
    leader = WIDTH - _RIGHT + 10
    if label != y or x < leader - 24:
        yield (f'<line x1="{x + 7}" y1="{y}" x2="{leader}" y2="{label}" stroke="var(--muted)" stroke-width="0.75"/>')
    yield (f'<text x="{leader + 5}" y="{label + 4}" font-size="14" fill="var(--ink)">{escape(line.name)}</text>')


def _marker(number: int, x: int, y: int) -> str:
    """Return a marker of a shape of its own."""
    look = 'fill="var(--paper)" stroke="var(--ink)" stroke-width="2"'
    if number % 4 == 0:
        return f'<circle cx="{x}" cy="{y}" r="5" {look}/>'
    if number % 4 == 1:
        return f'<rect x="{x - 5}" y="{y - 5}" width="10" height="10" {look}/>'
    if number % 4 == 2:
        return f'<path d="M{x} {y - 6}l6 11h-12z" {look}/>'
    return f'<path d="M{x} {y - 7}l7 7l-7 7l-7 -7z" fill="var(--accent)" stroke="var(--accent)" stroke-width="2"/>'


def _apart(places: Sequence[int]) -> list[int]:
    """Move labels so that none lies on another, each as little as may be and none below the drawing."""
    order = sorted(range(len(places)), key=lambda number: places[number])
    moved = list(places)
    for above, below in pairwise(order):
        moved[below] = max(moved[below], moved[above] + _LABEL)
    lowest = HEIGHT - _BOTTOM
    for number in reversed(order):
        moved[number] = min(moved[number], lowest)
        lowest = moved[number] - _LABEL
    return moved
