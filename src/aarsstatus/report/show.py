"""Show text, tables, charts, the logo and the cover sheet from a notebook's cells.

Papermill, nbconvert and Quarto are given the Markdown and the pictures that the engines read. A person who runs a
notebook by hand, in Jupyter, VS Code or the like, is shown HTML: what the reader will see, in the extension's own
stylesheet, which here holds for one output alone.

A cell's outputs are joined as they stand (``#| output: asis``), so a chart is a fenced div that is opened by one
output and closed by another, with the pictures between them.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from html import escape
from pathlib import Path

import pandas as pd
from IPython.core.getipython import get_ipython
from IPython.display import HTML, SVG, Image, Markdown, display
from markdown_it import MarkdownIt

from aarsstatus import markdown
from aarsstatus.figures import Mode
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.params import Logo, Params
from aarsstatus.markdown import attribute, finished, plain, reference_name
from aarsstatus.project import find_project
from aarsstatus.report.drawing import Chart, own_chart, raster
from aarsstatus.report.html_table import Table, to_html, to_markdown
from aarsstatus.report.notat import edition
from aarsstatus.report.tables import own_table, to_table

Output = str | SVG | Image
"""What an engine reads: Markdown, or a picture."""


def show_head(params: Params, data: Data, title: str, doctype: str, mode: Mode) -> None:
    """Show a document's title and what stands around it, whoever runs the notebook."""
    said = head(params, data, title, doctype, mode)
    above = " · ".join(filter(None, (doctype, said.get("udgave", ""))))
    page = f'<p class="doctype">{_inline(above)}</p><h1>{_inline(said["title"])}</h1>'
    _show(lambda: page, markdown.metadata(said) + "\n\n")


def head(params: Params, data: Data, title: str, doctype: str, mode: Mode) -> dict[str, str]:
    """Return a document's metadata: title, language, sender, date and edition."""
    office = params.office
    fields = {
        "title": plain(title),
        "lang": "da",
        "city": plain(data.city(params.year).name),
        "doctype": doctype,
        "udgave": edition(params, data, mode),
        "office": plain(office.name or ""),
        "administration": plain(office.administration),
        "footer-address": plain(", ".join(part for part in (office.street, office.postal) if part)),
        "document-date": params.document.date.isoformat() if params.document.date else "",
    }
    return {key: value for key, value in fields.items() if value}


def show(*blocks: str) -> None:
    """Show Markdown. A blank line parts blocks; what is empty or unknown is left out."""
    if text := "\n\n".join(filter(None, map(finished, blocks))):
        _show(lambda: to_page(text), text + "\n\n")


def show_table(table: Table | pd.DataFrame, *, caption: str = "", name: str = "") -> None:
    """Show a table with its caption and footnotes; of a frame they are given here.

    A frame shows the texts of figures, its column ``shown``; `name` refers to it: ``@tbl-name``.
    """
    shown = own_table(table, caption, name) if isinstance(table, pd.DataFrame) else table
    _show(lambda: table_on_page(shown), to_markdown(shown) + "\n")


def show_chart(
    chart: object, *, caption: str = "", alt: str = "", name: str = "", numbers: pd.DataFrame | None = None
) -> None:
    """Show a chart as a numbered figure, with its text and the numbers drawn.

    It is one of the notat's own, or anything of matplotlib's with a caption and an alternative text; `name` refers to
    it (``@fig-name``), and `numbers` is a frame that answers for the numbers in the alternative text.
    """
    if isinstance(chart, Chart):
        made = replace(chart, id=reference_name("fig", name) if name else chart.id, caption=caption or chart.caption)
    else:
        drawn = None if numbers is None else to_table(numbers, "", "")
        made = own_chart(chart, caption, alt, name, drawn)
    opening = f"::: {{#{made.id} {attribute('fig-alt', made.alt)}}}"
    shown = _in_two_formats(opening, made.svg, made.png, f"{plain(made.caption)}\n:::")
    if made.numbers is not None:
        drawn_numbers = to_html(replace(made.numbers, caption=f"Tallene i figuren: {made.caption}"))
        shown.append(f"::: {{.figurdata}}\n```{{=html}}\n{drawn_numbers}\n```\n:::\n\n")
    _show(lambda: _chart_on_page(made), *shown)


def show_logo(logo: Logo | None, folder: Path) -> None:
    """Show the logo that parameters name, from its folder; nothing without one."""
    if logo is None:
        return
    content, alt = (folder / logo.file).read_bytes(), logo.alt
    opening, kind = f"::: {{.logo {attribute('fig-alt', alt)}}}", "png" if logo.file.endswith(".png") else "svg+xml"
    shown: list[Output] = [f"{opening}\n\n", Image(data=content, format="png"), "\n:::\n\n"]
    if kind != "png":
        shown = _in_two_formats(opening, content.decode("utf-8"), raster(content), ":::")
    _show(lambda: f'<div class="logo">{_picture(content, alt, kind)}</div>', *shown)


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


def _in_two_formats(opening: str, svg: str, png: bytes, closing: str) -> list[Output]:
    """Return a drawing in a fenced div: SVG for pages, dots for Word.

    Word's own drawing of SVG differs from one version to the next, and without another program neither engine could
    turn one into the other.
    """
    return [
        f'{opening}\n\n::: {{.content-visible unless-format="docx"}}\n',
        SVG(data=svg),
        '\n:::\n\n::: {.content-visible when-format="docx"}\n',
        Image(data=png, format="png"),
        f"\n:::\n\n{closing}\n\n",
    ]


def _show(page: Callable[[], str], *shown: Output) -> None:
    """Show a person a piece of a page, and an engine what it reads."""
    if is_by_hand():
        style = stylesheet(find_project().extension)
        display(HTML(f'<style>{style}</style><div class="aarsstatus">{page()}</div>'))
        return
    for one in shown:
        display(Markdown(one) if isinstance(one, str) else one)


def is_by_hand() -> bool:
    """Say whether a person at a front end runs this cell.

    Each request to a kernel says whether somebody is there who can be asked (``allow_stdin``). Jupyter, VS Code and
    consoles say yes, and all that executes a notebook by itself says no.
    """
    kernel = getattr(get_ipython(), "kernel", None)
    return kernel is not None and bool(kernel.get_parent().get("content", {}).get("allow_stdin", False))


# -- pieces of a page ----------------------------------------------------------------------------------------------

_KINDS = {"tbl": "tabel", "fig": "figur"}
_REFERENCE = re.compile(r"\[?(?<![\w\\])-?@(tbl|fig)-([\w-]*\w)\]?")
_SPAN = re.compile(r'\[((?:[^\[\]]|\[[^\]]*\]\([^)]*\))*)\]\{(?:figure="([^"]*)"|[.#][\w-]+)\}')
"""A number with its figure, a mark, or a note's marker; what is in it may be a link."""
_OPENED = re.compile(r"(?m)^:{3,} *\{([^}]*)\} *$")
_CLASS = re.compile(r"\.([\w-]+)")
_CLOSED = re.compile(r"(?m)^:{3,} *$")
_HEADING = re.compile(r"(?m)^(#+ )")
_FONTS = re.compile(r"@font-face *\{[^}]*\}")
"""They lie beside the stylesheet, where a notebook does not look."""
_OVER_JUPYTERS = """
.aarsstatus { background: var(--paper); color: var(--ink); padding: 0.5rem 1rem; font: 400 1rem/1.6 var(--font); }
.aarsstatus.aarsstatus table { table-layout: auto; margin: 0; }
.aarsstatus.aarsstatus tbody tr:nth-child(n) { background: none; }
.aarsstatus.aarsstatus :is(th:first-child, .tekst th, .tekst td) { text-align: left; }
.aarsstatus.aarsstatus tbody tr:not(.weighted) th { font-weight: 400; }
.aarsstatus.aarsstatus :is(h1, h2, h3) { font-weight: 700; margin-top: 0; }
.aarsstatus.aarsstatus :is(.tabelgruppe, .quarto-float-fig, details) { margin: 0.5rem 0; }
"""
"""JupyterLab dresses tables and headings, too, by rules that would count for more than the notat's."""


def table_on_page(shown: Table) -> str:
    """Write a table with its caption and footnotes as it looks."""
    figure = f"<figure>{_caption(shown.id, shown.caption)}{to_html(shown)}</figure>"
    notes = "".join(to_page(f"{plain(note.marker)} {note.text}".strip()) for note in shown.notes)
    below = f'<div class="tabelnoter">{notes}</div>'
    return f'<div class="tabelgruppe"><div class="notat-tabel {shown.kind}">{figure}</div>{below}</div>'


def _chart_on_page(chart: Chart) -> str:
    """Write a chart with its caption, and the numbers drawn, as it looks."""
    drawn = chart.numbers
    told = "" if drawn is None else f"<details><summary>Tallene i figuren</summary>{to_html(drawn)}</details>"
    figure = f"<figure>{_picture(chart.svg.encode(), chart.alt)}{_caption(chart.id, chart.caption)}</figure>"
    return f'<div class="quarto-float-fig">{figure}</div>{told}'


def _picture(content: bytes, alt: str, kind: str = "svg+xml") -> str:
    """Write a picture into HTML, whole, so that nothing in it meets another one."""
    return f'<img alt="{escape(alt)}" src="data:image/{kind};base64,{base64.b64encode(content).decode()}">'


def _caption(id_: str, caption: str) -> str:
    """Write a caption: it has its id where the reader's has its number."""
    kind, _, name = id_.partition("-")
    label = f"{_KINDS.get(kind, kind).capitalize()} »{escape(name)}«: " if name else ""
    return f"<figcaption>{label}{escape(caption)}</figcaption>"


def _inline(text: str) -> str:
    return str(MarkdownIt().renderInline(text))


def to_page(text: str) -> str:
    """Write the report's Markdown, its fences, numbers and references, as HTML."""
    text = _HEADING.sub(r"#\1", text)
    text = _OPENED.sub(lambda found: f'\n<div class="{" ".join(_CLASS.findall(found[1]))}">\n', text)
    text = _SPAN.sub(lambda found: f'<span title="{found[2] or ""}">{found[1]}</span>', _CLOSED.sub("\n</div>\n", text))
    text = _REFERENCE.sub(lambda found: f"{_KINDS[found[1]]} »{found[2]}«", text)
    return str(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))


@cache
def stylesheet(extension: Path) -> str:
    """Return the notat's stylesheet for a notebook's cell, always on white."""
    colours, look = ((extension / name).read_text(encoding="utf-8") for name in ("tokens.css", "notat.css"))
    light = colours.partition("@media")[0].replace(":root", ".aarsstatus")
    return f"{light} @scope (.aarsstatus) {{ {_FONTS.sub('', look)} }} {_OVER_JUPYTERS}"
