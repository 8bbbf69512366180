"""A page of its own in the notat's look: one file, no request, no script.

The stylesheet is the extension's own, so a page that is made here and one that a renderer made look alike.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

from aarsstatus.render.embedded import pandoc, pandoc_version, staged
from aarsstatus.report.html_table import Cell, Html, Row, Table, to_html

__all__ = ["breakable", "make_page", "page", "stylesheet", "table"]

_FONT = re.compile(r'url\("(fonts/[\w.-]+\.woff2)"\)')


def stylesheet(extension: Path) -> str:
    """Return the notat's colours and stylesheet, with the fonts in it."""
    css = "".join((extension / name).read_text(encoding="utf-8") for name in ("tokens.css", "notat.css"))
    return _FONT.sub(lambda match: f"url({_font(extension / match[1])})", css)


def _font(path: Path) -> str:
    return f"data:font/woff2;base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


def page(title: str, doctype: str, body: str, css: str) -> str:
    """Return a whole page.

    Parameters
    ----------
    title, doctype
        The heading and the word above it; plain text.
    body
        HTML.
    css
        What `stylesheet` returned, and what the page adds to it.
    """
    return f"""<!DOCTYPE html>
<html lang="da">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<style>
{css}</style>
</head>
<body>
<a class="spring" href="#indhold">Gå til indholdet</a>
<header class="brevhoved">
<p class="doctype">{escape(doctype)}</p>
<h1 class="title">{escape(title)}</h1>
</header>
<main id="indhold">
{body}
</main>
</body>
</html>
"""


def make_page(title: str, doctype: str, body: str, extension: Path) -> str:
    """Make a page beside the notat with the notat's own template, and return it.

    Parameters
    ----------
    title, doctype
        The heading and the word above it; plain text.
    body
        HTML, which stands on the page as it is; ``pages.css`` has what it needs beside the notat's look.
    extension
        The folder of template, stylesheets and fonts, ``_extensions/notat``.

    Raises
    ------
    RenderError
        If pandoc cannot make it.
    """
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", body)), default=2))
    shown = {"title": title, "doctype": doctype, "engine-name": f"Årsstatus: pandoc {pandoc_version()}"}
    with staged(extension) as folder:
        return pandoc(f"{fence}{{=html}}\n{body}\n{fence}\n", "page", folder, metadata=shown).decode()


def breakable(id_: str) -> str:
    """Return a figure's id as HTML that may be broken after a point, and nowhere else."""
    return escape(id_).replace(".", ".<wbr>")


def table(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]], *, text: bool = False) -> str:
    """Return a captioned table in a frame that scrolls, from the keyboard too.

    Parameters
    ----------
    caption
        Plain text.
    header
        Plain text, a cell a column.
    rows
        HTML, a cell a column; the first cell of each is its header.
    text
        Whether it is a table of sentences rather than numbers.
    """
    lines = tuple(Row(Html(cells[0]), tuple(Cell(Html(cell)) for cell in cells[1:])) for cells in rows)
    made = to_html(Table("", caption, tuple(header), lines))
    kind = "notat-tabel tekst" if text else "notat-tabel"
    return (
        f'<figure class="{kind} tabelgruppe">\n<figcaption>{escape(caption)}</figcaption>\n'
        f'<div class="tabelramme" role="region" aria-label="{escape(caption)}" tabindex="0">\n{made}\n</div>\n</figure>'
    )
