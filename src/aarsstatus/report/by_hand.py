"""Show a person who runs a notebook by hand what its reader will see.

Jupyter, VS Code and their like show HTML; Papermill, nbconvert and Quarto are given what is rendered, and no HTML. The
look is the extension's own stylesheet, which here holds for one output alone.
"""

from __future__ import annotations

import base64
import re
from functools import cache
from html import escape
from pathlib import Path

from IPython.core.getipython import get_ipython
from IPython.display import HTML
from markdown_it import MarkdownIt

from aarsstatus.markdown import plain
from aarsstatus.project import find_project
from aarsstatus.report.html_table import Table, to_html

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


def is_by_hand() -> bool:
    """Say whether a person at a front end runs this cell.

    Each request to a kernel says whether somebody is there who can be asked (``allow_stdin``). Jupyter, VS Code and
    consoles say yes, and all that executes a notebook by itself says no.
    """
    kernel = getattr(get_ipython(), "kernel", None)
    return kernel is not None and bool(kernel.get_parent().get("content", {}).get("allow_stdin", False))


def head(title: str, doctype: str, edition: str) -> HTML:
    """Return a document's title, and what stands above it, as it looks."""
    above, line = (MarkdownIt().renderInline(part) for part in (" · ".join(filter(None, (doctype, edition))), title))
    return _looking(f'<p class="doctype">{above}</p><h1>{line}</h1>')


def text(markdown: str) -> HTML:
    """Return the report's Markdown as HTML for a notebook's cell."""
    return _looking(_html(_HEADING.sub(r"#\1", markdown)))


def table(shown: Table) -> HTML:
    """Return a table with its caption and footnotes as it looks."""
    figure = f"<figure>{_caption(shown.id, shown.caption)}{to_html(shown)}</figure>"
    notes = "".join(_html(f"{plain(note.marker)} {note.text}".strip()) for note in shown.notes)
    below = f'<div class="tabelnoter">{notes}</div>'
    return _looking(f'<div class="tabelgruppe"><div class="notat-tabel {shown.kind}">{figure}</div>{below}</div>')


def chart(id_: str, caption: str, alt: str, svg: str, numbers: Table | None) -> HTML:
    """Return a chart with its caption, and the numbers drawn, as it looks."""
    told = "" if numbers is None else f"<details><summary>Tallene i figuren</summary>{to_html(numbers)}</details>"
    figure = f"<figure>{picture(svg.encode(), alt)}{_caption(id_, caption)}</figure>"
    return _looking(f'<div class="quarto-float-fig">{figure}</div>{told}')


def logo(content: bytes, alt: str, kind: str) -> HTML:
    """Return the logo as it looks."""
    return _looking(f'<div class="logo">{picture(content, alt, kind)}</div>')


def picture(content: bytes, alt: str, kind: str = "svg+xml") -> str:
    """Write a picture into HTML, whole, so that nothing in it meets another one."""
    return f'<img alt="{escape(alt)}" src="data:image/{kind};base64,{base64.b64encode(content).decode()}">'


def _caption(id_: str, caption: str) -> str:
    """Write a caption: it has its id where the reader's has its number."""
    kind, _, name = id_.partition("-")
    label = f"{_KINDS.get(kind, kind).capitalize()} »{escape(name)}«: " if name else ""
    return f"<figcaption>{label}{escape(caption)}</figcaption>"


def _html(markdown: str) -> str:
    """Write the report's fences, numbers and references as a renderer does."""
    shown = _OPENED.sub(lambda found: f'\n<div class="{" ".join(_CLASS.findall(found[1]))}">\n', markdown)
    shown = _SPAN.sub(
        lambda found: f'<span title="{found[2] or ""}">{found[1]}</span>', _CLOSED.sub("\n</div>\n", shown)
    )
    shown = _REFERENCE.sub(lambda found: f"{_KINDS[found[1]]} »{found[2]}«", shown)
    return str(MarkdownIt("commonmark", {"html": True}).enable("table").render(shown))


def _looking(html: str) -> HTML:
    return HTML(f'<style>{_style(find_project().extension)}</style><div class="aarsstatus">{html}</div>')


@cache
def _style(extension: Path) -> str:
    """Return the notat's stylesheet for a notebook's cell, always on white."""
    colours, look = ((extension / name).read_text(encoding="utf-8") for name in ("tokens.css", "notat.css"))
    light = colours.partition("@media")[0].replace(":root", ".aarsstatus")
    return f"{light} @scope (.aarsstatus) {{ {_FONTS.sub('', look)} }} {_OVER_JUPYTERS}"
