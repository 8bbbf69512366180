"""Drawings as files: an SVG in half the bytes is the same drawing, and becomes the same dots."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import matplotlib as mpl
import pytest
from lxml import etree
from matplotlib.figure import Figure
from PIL import Image, ImageChops

from aarsstatus.report.picture import _outline, compact, raster


@pytest.fixture(scope="module")
def svg() -> str:
    """A drawing with all that the notat's charts have: lines, curves, markers, clipping and letters."""
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "test"}):
        drawing = Figure(figsize=(4, 2))
        axes = drawing.subplots()
        axes.plot([0, 1, 2], [0.1234567, 3, 1], marker="o", label="Fleksjob")
        axes.bar([0, 1], [1, 2], alpha=0.5)
        axes.axhline(1.5, linestyle=":")
        axes.set_title("Målopfyldelse 74 pct.")
        axes.legend()
        written = io.StringIO()
        drawing.savefig(written, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    return written.getvalue()


def test_half_the_bytes_are_the_same_drawing(svg: str) -> None:
    small = compact(svg)
    assert len(small) < 0.55 * len(svg)
    before, after = (Image.open(io.BytesIO(raster(text.encode()))).convert("L") for text in (svg, small))
    assert before.size == after.size
    # At the edges a hundredth of a point is a shade; nothing has moved by a dot.
    assert ImageChops.difference(before, after).getextrema()[1] < 90


def test_the_control_sees_a_drawing_that_moved(svg: str) -> None:
    before, after = (
        Image.open(io.BytesIO(raster(text.encode()))).convert("L")
        for text in (svg, compact(svg.replace("translate(", "translate(1", 1)))
    )
    assert ImageChops.difference(before, after).getextrema()[1] > 150


def test_every_reference_still_points_to_something(svg: str) -> None:
    small = compact(svg)
    ids = etree.fromstring(small.encode()).xpath("//@id")
    referred = set(re.findall(r'(?:href="#|url\(#)([\w-]+)', small))
    assert referred == set(ids)
    assert len(ids) == len(set(ids))
    assert compact(svg) == small


@pytest.mark.parametrize(
    ("outline", "steps"),
    [
        ("M 0 0  L 10 0  L 10 5  L 0 5  z ", "m0 0h10v5h-10z"),
        ("M 1.234 2.345  L 3 4  L 5.5 5 ", "m1.23 2.34 1.77 1.66 2.5 1"),
        ("M 1 1  Q 2 2 3 1  Q 4 0 5 1 ", "m1 1q1 1 2 0 1-1 2 0"),
        ("M 1 1  L 2 2  z M 3 3  L 4 4 ", "m1 1l1 1zm2 2l1 1"),
        ("", ""),
    ],
)
def test_outlines_are_written_as_steps(outline: str, steps: str) -> None:
    written = _outline(outline, 2)
    assert absolute(written) == absolute(steps)
    assert len(written) <= len(steps)


def test_an_unknown_command_is_refused() -> None:
    with pytest.raises(ValueError, match="command A"):
        _outline("M 0 0 A 1 1 0 0 0 2 2", 2)


def absolute(steps: str) -> list[tuple[Decimal, Decimal]]:
    """Return the points that steps lead to, read as the standard says."""
    x = y = Decimal(0)
    start = (x, y)
    points = []
    for command, rest in re.findall(r"([a-z])([^a-z]*)", steps):
        numbers = [Decimal(number) for number in re.findall(r"-?\d*\.?\d+", rest)]
        if command == "z":
            x, y = start
        elif command in "hv":
            for number in numbers:
                x, y = (x + number, y) if command == "h" else (x, y + number)
                points.append((x, y))
        else:
            size = {"m": 2, "l": 2, "q": 4, "c": 6}[command]
            for at in range(0, len(numbers), size):
                across, down = numbers[at : at + size : 2], numbers[at + 1 : at + size : 2]
                pairs = [(x + a, y + b) for a, b in zip(across, down, strict=True)]
                points += pairs
                x, y = pairs[-1]
            if command == "m":
                start = (x, y)
    return points
