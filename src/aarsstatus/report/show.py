"""Show text, tables, charts, the logo and the cover sheet from a notebook's cells.

The engines read Markdown; a person in Jupyter is shown HTML (`by_hand`).

A cell's outputs are joined as they stand (``#| output: asis``), so a chart is a fenced div that is opened by one
output and closed by another, with the pictures between them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import HTML, SVG, Image, Markdown, display

from aarsstatus import markdown
from aarsstatus.inputs.params import Logo, Params
from aarsstatus.markdown import attribute, plain, reference_name
from aarsstatus.report import by_hand
from aarsstatus.report.drawing import Chart, raster
from aarsstatus.report.frames import own_table, to_table
from aarsstatus.report.html_table import Table, to_html, to_markdown
from aarsstatus.report.own_chart import own_chart
from aarsstatus.report.prose import finished


def show_head(metadata: Mapping[str, Any]) -> None:
    """Show a document's title and what stands around it, whoever runs the notebook."""
    if by_hand.is_by_hand():
        _display(by_hand.head(metadata["title"], metadata["doctype"], metadata.get("udgave", "")))
    else:
        _markdown(markdown.metadata(metadata) + "\n\n")


def show(*blocks: str) -> None:
    """Show Markdown. A blank line parts blocks; what is empty or unknown is left out."""
    text = "\n\n".join(filter(None, map(finished, blocks)))
    if not text:
        return
    if by_hand.is_by_hand():
        _display(by_hand.text(text))
    else:
        _markdown(text + "\n\n")


def show_table(table: Table | pd.DataFrame, *, caption: str = "", name: str = "") -> None:
    """Show a table with its caption and footnotes; of a frame they are given here.

    A frame shows the texts of figures, its column ``shown``; `name` refers to it: ``@tbl-name``.
    """
    if isinstance(table, pd.DataFrame):
        table = own_table(table, caption, name)
    if by_hand.is_by_hand():
        _display(by_hand.table(table))
    else:
        _markdown(to_markdown(table) + "\n")


def show_chart(
    chart: object, *, caption: str = "", alt: str = "", name: str = "", numbers: pd.DataFrame | None = None
) -> None:
    """Show a chart as a numbered figure, with its text and the numbers drawn.

    It is one of the notat's own, or anything of matplotlib's with a caption and an alternative text; `name` refers to
    it (``@fig-name``), and `numbers` is a frame that answers for the numbers in the alternative text.
    """
    if isinstance(chart, Chart):
        chart = replace(chart, id=reference_name("fig", name) if name else chart.id, caption=caption or chart.caption)
    else:
        drawn = None if numbers is None else to_table(numbers, "", "")
        chart = own_chart(chart, caption, alt, name, drawn)
    if by_hand.is_by_hand():
        _display(by_hand.chart(chart.id, chart.caption, chart.alt, chart.svg, chart.numbers))
        return
    opening = f"::: {{#{chart.id} {attribute('fig-alt', chart.alt)}}}"
    _show_drawing(opening, chart.svg, chart.png, f"{plain(chart.caption)}\n:::")
    if chart.numbers is not None:
        drawn_numbers = to_html(replace(chart.numbers, caption=f"Tallene i figuren: {chart.caption}"))
        _markdown(f"::: {{.figurdata}}\n```{{=html}}\n{drawn_numbers}\n```\n:::\n\n")


def show_logo(logo: Logo | None, folder: Path) -> None:
    """Show the logo that parameters name, from its folder; nothing without one."""
    if logo is None:
        return
    content = (folder / logo.file).read_bytes()
    if by_hand.is_by_hand():
        kind = "png" if logo.file.endswith(".png") else "svg+xml"
        _display(by_hand.logo(content, logo.alt, kind))
        return
    opening = f"::: {{.logo {attribute('fig-alt', logo.alt)}}}"
    if logo.file.endswith(".png"):
        _markdown(f"{opening}\n\n")
        _display(Image(data=content, format="png"))
        _markdown("\n:::\n\n")
    else:
        _show_drawing(opening, content.decode("utf-8"), raster(content), ":::")


def cover_sheet(params: Params, title: str, city: str) -> str:
    """Return the cover sheet as Markdown, empty for a year without one."""
    if params.cover is None:
        return ""
    administration = plain(params.office.administration)
    matter = (
        f"Her er årsstatus for {params.year} for de særlige jobordninger i {plain(city)} som "
        f"arbejdsplads. Notatet er skrevet af {administration} og er til orientering."
    )
    blocks = [
        ":::: {.forside}",
        f"::: {{.forsidetitel}}\nOrientering om {plain(title[:1].lower() + title[1:])}\n:::",
        "# Sagsfremstilling",
        matter,
        "# Bilag",
        f"Bilag {params.cover.appendix}. Notat fra {administration}: {plain(title.replace(' som arbejdsplads', ''))}",
        "::::",
    ]
    return "\n\n".join(blocks)


def _show_drawing(opening: str, svg: str, png: bytes, closing: str) -> None:
    """Show a drawing in a fenced div: SVG for pages, dots for Word.

    Word's own drawing of SVG differs from one version to the next, and without another program neither engine could
    turn one into the other.
    """
    _markdown(f'{opening}\n\n::: {{.content-visible unless-format="docx"}}\n')
    _display(SVG(data=svg))
    _markdown('\n:::\n\n::: {.content-visible when-format="docx"}\n')
    _display(Image(data=png, format="png"))
    _markdown(f"\n:::\n\n{closing}\n\n")


def _markdown(text: str) -> None:
    _display(Markdown(text))


def _display(output: HTML | SVG | Image | Markdown) -> None:
    """Show one output: the one way out of a cell."""
    display(output)
