"""What a notebook's cells show: Markdown for Quarto and the embedded engine, HTML for a person in Jupyter.

A cell's outputs are joined as they stand (``#| output: asis``), so a chart is a fenced div that is opened by one
output and closed by another, with the pictures between them. ``make lab`` sets `VIEW` so that tables and charts
look like themselves to somebody who runs the notebook by hand; a build never does.
"""

from __future__ import annotations

import os
import re

from IPython.display import HTML, SVG, Image, Markdown, display

from aarsstatus.markdown import attribute, plain
from aarsstatus.report.drawing import Chart
from aarsstatus.report.html_table import Table, to_html, to_markdown

__all__ = ["show", "show_chart", "show_table"]

_KINDS = {"tbl": "tabellen", "fig": "figuren"}
VIEW = "AARSSTATUS_VIEW"
"""Environment variable: ``lab`` shows a person what the reader will see; anything else emits the report's Markdown."""


def show(*blocks: str) -> None:
    """Show Markdown. Blocks are kept apart by a blank line; empty ones are left out."""
    text = "\n\n".join(block.strip() for block in blocks if block.strip())
    _markdown(_for_people(text) if _by_hand() else text + "\n\n")


def show_table(table: Table) -> None:
    """Show a table with its caption and footnotes."""
    if _by_hand():
        notes = "".join(f"<p><small>{note.marker} {_for_people(note.text)}</small></p>" for note in table.notes)
        _display(HTML(f"<p><strong>{table.caption}</strong></p>{to_html(table)}{notes}"))
    else:
        _markdown(to_markdown(table) + "\n")


def show_chart(chart: Chart) -> None:
    """Show a chart as a numbered figure, with its alternative text and the numbers drawn.

    Word takes a picture made of dots: its own drawing of SVG differs from one version to the next, and without
    another program neither engine could turn one into the other.
    """
    if _by_hand():
        _display(SVG(data=chart.svg))
        _markdown(f"**{chart.caption}**")
        return
    _markdown(
        f'::: {{#{chart.id} {attribute("fig-alt", chart.alt)}}}\n\n::: {{.content-visible unless-format="docx"}}\n'
    )
    _display(SVG(data=chart.svg))
    _markdown('\n:::\n\n::: {.content-visible when-format="docx"}\n')
    _display(Image(data=chart.png, format="png"))
    _markdown(f"\n:::\n\n{plain(chart.caption)}\n:::\n\n")
    if chart.numbers is not None:
        _markdown(f"::: {{.figurdata}}\n```{{=html}}\n{to_html(chart.numbers)}\n```\n:::\n\n")


def _by_hand() -> bool:
    return os.environ.get(VIEW) == "lab"


def _for_people(text: str) -> str:
    """Take out what only the renderers read: fences, and the ids on numbers."""
    text = re.sub(r"(?m)^:::.*$", "", text)
    text = re.sub(r"\[?-?@(tbl|fig)-([\w-]+)\]?", lambda found: f"{_KINDS[found[1]]} »{found[2]}«", text)
    return re.sub(r"\[([^\]]*)\]\{[^}]*\}", r"\1", text)


def _markdown(text: str) -> None:
    _display(Markdown(text))


def _display(output: HTML | SVG | Image | Markdown) -> None:
    display(output)
