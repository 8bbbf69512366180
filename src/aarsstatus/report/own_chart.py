"""Make a chart of the notat of any matplotlib drawing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib import font_manager, pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from aarsstatus.markdown import reference_name
from aarsstatus.problems import InputError, Problem
from aarsstatus.project import find_project
from aarsstatus.report import drawing as draw
from aarsstatus.report.drawing import Chart
from aarsstatus.report.html_table import Table

_OWN: dict[Any, Any] = {
    "figure.figsize": (draw.WIDTH, 2.75),
    "figure.constrained_layout.use": True,
    "axes.prop_cycle": cycler(color=[draw.STRONG, draw.SECOND, draw.THIRD, draw.SOFTER, draw.LIGHT]),
    "axes.grid.axis": "y",
    "legend.frameon": False,
    "legend.fontsize": 8,
}


def use_style() -> None:
    """Let what is drawn from now on have the notat's type and colours."""
    fonts = find_project().extension / "fonts"
    for name in draw.FONTS:
        font_manager.fontManager.addfont(fonts / name)
    mpl.rcParams.update({**draw.SETTINGS, **_OWN, "font.family": ["Open Sans"]})


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
    with draw.style(find_project().extension / "fonts"):
        return Chart(reference_name("fig", id_ or caption), caption, alt, *draw.saved(drawing), numbers)


def _drawing_of(drawn: object) -> Drawing | None:
    """Return the drawing that something belongs to, if any."""
    if isinstance(drawn, Drawing):
        return drawn
    if isinstance(drawn, Iterable):  # several panels
        drawn = next(iter(getattr(drawn, "flat", drawn)), None)
    found = drawn.get_figure(root=True) if isinstance(drawn, Axes) else getattr(drawn, "figure", None)
    return found if isinstance(found, Drawing) else None
