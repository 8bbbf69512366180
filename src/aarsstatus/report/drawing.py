"""Give every chart the same colours, type, axes and legends, and save it.

Colours are told apart by lightness as well, so a colour-blind reader and a greyscale print lose nothing. SVG text
is drawn as paths in the extension's own font: the same bytes on every machine. Any drawing of
matplotlib's can be made such a chart, too.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import matplotlib as mpl
import typst
from cycler import cycler
from matplotlib import font_manager, pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from aarsstatus import danish
from aarsstatus.figures import Figure
from aarsstatus.markdown import read_back, reference_name, sentences
from aarsstatus.problems import InputError, Problem
from aarsstatus.project import find_project
from aarsstatus.report.html_table import MARK, WRONG, Cell, Table, mark, table_of
from aarsstatus.report.notat import Notat
from aarsstatus.report.notes import sources
from aarsstatus.run import temporary

WIDTH = 6.5
"""Inches: the width of the text block that tables and charts share."""
INK, MUTED, GRID, NOTHING = "#1a1a1a", "#595959", "#d9d9d9", "#f0f0f0"
STRONG, SECOND, THIRD = "#0b2a5b", "#c8500a", "#5aa9a0"
"""What a chart is about, and what it is held against: the groups' colours are in ``data/``."""
MARKERS = {"circle": "o", "square": "s", "diamond": "D", "triangle": "^", "cross": "X", "star": "*"}
"""What matplotlib calls the marks of `schema.MARKS`."""
LIGHT, SOFTER = "#b9c4d6", "#4f6894"
TARGET = "Måltallet (100 pct.)"
_MEANT = {MARK: "offentliggjort med et andet tal", WRONG: "i modstrid med notatets øvrige tal"}
_PPI = 200
"""Dots per inch of a picture in Word."""
FONTS = ("OpenSans-Regular.ttf", "OpenSans-Semibold.ttf")
_DECIMALS = re.compile(r"(?:scale\(|dasharray:)[^);]*|(\.\d\d)\d+")
"""A scale keeps its decimals, and so do dashes, whose lengths add up."""
SETTINGS: dict[Any, Any] = {
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

_OWN: dict[Any, Any] = {
    "figure.figsize": (WIDTH, 2.75),
    "figure.constrained_layout.use": True,
    "axes.prop_cycle": cycler(color=[STRONG, SECOND, THIRD, SOFTER, LIGHT]),
    "axes.grid.axis": "y",
    "legend.frameon": False,
    "legend.fontsize": 8,
}


@dataclass(frozen=True, slots=True)
class Chart:
    """Hold a drawn chart: its id, texts, SVG, PNG and the numbers drawn.

    `numbers` is None where a table beside the chart has them.
    """

    id: str
    caption: str
    alt: str
    svg: str
    png: bytes
    numbers: Table | None


def height(figure: Figure) -> float:
    """Return the height to draw a figure at: the number printed, in per cent."""
    return float(danish.parse(figure.shown))


def marked(caption: str, figures: Sequence[Figure]) -> str:
    """Return a chart's caption, with what the marks on its numbers mean."""
    marks = {mark(figure) for figure in figures}
    meant = [f"{sign}: {text}" for sign, text in _MEANT.items() if sign in marks]
    return f"{caption} ({'; '.join(meant)})" if meant else caption


def with_source(chart: Chart, notat: Notat, years: Sequence[int]) -> Chart:
    """Return a chart with the source of its years at the end of its caption."""
    return replace(chart, caption=sentences([chart.caption, f"Kilde: {read_back(sources(notat, years))}"]))


def said(figure: Figure) -> str:
    """Return a figure as an alternative text says it."""
    meant = _MEANT.get(mark(figure))
    return f"{figure.shown} ({meant})" if meant else figure.shown


def numbers_drawn(corner: str, header: Sequence[str], rows: Sequence[tuple[str, Sequence[Figure | None]]]) -> Table:
    """Return the numbers that a chart draws, as a table."""
    cells = [(label, [Cell(f.shown, f.id, mark=mark(f)) if f else Cell() for f in figures]) for label, figures in rows]
    return table_of("", "", (corner, *header), cells)


@contextmanager
def style(fonts: Path | None) -> Iterator[None]:
    """Draw in the extension's font, with matplotlib's own settings and nobody else's.

    The machine's fonts are hidden: it may have another one of the same name.
    """
    manager = font_manager.fontManager
    known, own = manager.ttflist, mpl.get_data_path()
    manager.ttflist = [entry for entry in known if entry.fname.startswith(own)]
    defaults = {key: value for key, value in mpl.rcParamsDefault.items() if not key.startswith("backend")}
    family = "DejaVu Sans"
    try:
        for path in (fonts / name for name in FONTS if fonts is not None):
            if path.is_file():
                manager.addfont(path)
                family = "Open Sans"
        with mpl.rc_context({**defaults, **SETTINGS, "font.family": [family]}):
            yield
    finally:
        manager.ttflist = known


def canvas(inches: float) -> tuple[Drawing, Axes]:
    """Return a drawing as wide as the text and so high, with its axes."""
    drawing = Drawing(figsize=(WIDTH, inches), layout="constrained")
    return drawing, drawing.subplots()


def grid(axes: Axes, which: str) -> None:
    """Draw grid lines behind all else, along ``x`` or ``y``, and no ticks."""
    axes.grid(visible=True, axis=which, color=GRID, linewidth=0.6)  # type: ignore[arg-type]
    axes.set_axisbelow(True)
    axes.tick_params(length=0)


def saved(drawing: Drawing) -> tuple[str, bytes]:
    """Return a drawing as SVG, without date or random ids, and as PNG made from it."""
    written = io.StringIO()
    drawing.savefig(written, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    svg = shortened(written.getvalue())
    return svg, raster(svg.encode())


def shortened(svg: str) -> str:
    """Shorten matplotlib's SVG: no indents, distances to a hundredth of a point."""
    rounded = _DECIMALS.sub(lambda found: found[1] or found[0], svg)
    return re.sub(r"\s{2,}", " ", rounded)


def raster(svg: bytes) -> bytes:
    """Make a PNG on white of an SVG; Typst takes a tenth of the time of drawing anew."""
    with temporary.folder() as folder:
        (folder / "picture.svg").write_bytes(svg)
        page = folder / "page.typ"
        markup = '#set page(width: auto, height: auto, margin: 0pt, fill: white)\n#image("picture.svg")\n'
        page.write_text(markup, encoding="utf-8")
        return bytes(typst.compile(page, root=folder, format="png", ppi=_PPI, ignore_system_fonts=True))


# -- any drawing of matplotlib's --------------------------------------------------------------------------------


def use_style() -> None:
    """Let what is drawn from now on have the notat's type and colours."""
    fonts = find_project().extension / "fonts"
    for name in FONTS:
        font_manager.fontManager.addfont(fonts / name)
    mpl.rcParams.update({**SETTINGS, **_OWN, "font.family": ["Open Sans"]})


def own_chart(drawn: object, caption: str, alt: str, id_: str = "", numbers: Table | None = None) -> Chart:
    """Return a drawing, axes, or what pandas and seaborn return, as a chart.

    Raises
    ------
    InputError
        If it is no drawing, or has no caption or alternative text.
    """
    drawing = _drawing_of(drawn)
    lacking = [name for name, text in (("caption", caption), ("alt", alt)) if not text.strip()]
    if drawing is None or lacking:
        why = f"diagrammet mangler {' og '.join(lacking)}" if drawing else "det er ikke et diagram fra matplotlib"
        expected = 'show_chart(diagram, caption="titel", alt="det, diagrammet viser")'
        raise InputError(Problem("show_chart", why, expected=expected))
    pyplot.close(drawing)  # or Jupyter would show it once more
    with style(find_project().extension / "fonts"):
        return Chart(reference_name("fig", id_ or caption), caption, alt, *saved(drawing), numbers)


def _drawing_of(drawn: object) -> Drawing | None:
    """Return the drawing that something belongs to, if any."""
    if isinstance(drawn, Drawing):
        return drawn
    if isinstance(drawn, Iterable):  # several panels
        drawn = next(iter(getattr(drawn, "flat", drawn)), None)
    found = drawn.get_figure(root=True) if isinstance(drawn, Axes) else getattr(drawn, "figure", None)
    return found if isinstance(found, Drawing) else None
