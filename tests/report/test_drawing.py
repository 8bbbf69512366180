"""A drawing's SVG is the same drawing when it is written shorter, and becomes the same dots."""

from __future__ import annotations

import io

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from PIL import Image, ImageChops

from aarsstatus.report.drawing import raster, shortened


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


def dots(svg: str) -> Image.Image:
    return Image.open(io.BytesIO(raster(svg.encode()))).convert("L")


def test_a_shorter_file_is_the_same_drawing(svg: str) -> None:
    short = shortened(svg)
    assert len(short) < 0.9 * len(svg)
    before, after = dots(svg), dots(short)
    assert before.size == after.size
    # At the edges a hundredth of a point is a shade; nothing has moved by a dot.
    assert ImageChops.difference(before, after).getextrema()[1] < 90


def test_the_control_sees_a_drawing_that_moved(svg: str) -> None:
    moved = svg.replace("translate(", "translate(1", 1)
    assert ImageChops.difference(dots(svg), dots(shortened(moved))).getextrema()[1] > 150
