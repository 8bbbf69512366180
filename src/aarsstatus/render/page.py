"""Make a page beside the notat in its look, and link each page to other files.

A page is one file, without requests or scripts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from html import escape
from pathlib import Path

from aarsstatus.problems import RenderError
from aarsstatus.render.embedded import pandoc, pandoc_version, staged
from aarsstatus.report.html_table import Html, table_of, to_html


def make_page(title: str, doctype: str, body: str, extension: Path) -> str:
    """Make a page beside the notat with the notat's own template, and return it.

    `body` is HTML and stands on the page as it is; `extension` is the folder of template, stylesheets and fonts, of
    which ``pages.css`` has what such a page needs beside the notat's look.

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

    Caption and header are plain text, and the cells HTML; the first cell of a row is its header. `text` says that it is
    a table of sentences rather than numbers.
    """
    made = to_html(table_of("", caption, header, [(Html(label), map(Html, cells)) for label, *cells in rows]))
    kind = "notat-tabel tekst" if text else "notat-tabel"
    return (
        f'<figure class="{kind} tabelgruppe">\n<figcaption>{escape(caption)}</figcaption>\n'
        f'<div class="tabelramme" role="group" aria-label="{escape(caption)}" tabindex="0">\n{made}\n</div>\n</figure>'
    )


FILES: Mapping[str, str] = {
    "notat.html": "Notat på skærm (HTML)",
    "notat.pdf": "Notat (PDF)",
    "notat.docx": "Notat (Word)",
    "kvalitetsrapport.html": "Kvalitetsrapport",
    "sammenligning.html": "Ændret siden sidst",
    "tabeller.xlsx": "Tabeller og efterregning (Excel)",
    "figures.csv": "Alle tal (CSV)",
    "audit.csv": "Efterregning (CSV)",
}
"""What a reader of one file may look for in the others, in this order."""
ALWAYS = ("kvalitetsrapport.html", "tabeller.xlsx", "figures.csv", "audit.csv")
_OVERVIEW = "../index.html"
_AFTER = '<a class="spring" href="#indhold">Gå til indholdet</a>\n'


def linked(page: str, name: str, there: Collection[str]) -> str:
    """Return a page with links to the files of its build that are `there`.

    Raises
    ------
    RenderError
        If the page is not what the template makes.
    """
    if page.count(_AFTER) != 1:
        raise RenderError("Siden er ikke lavet med notatets skabelon: den har ikke ét link til indholdet")
    items = [
        (_OVERVIEW, "Alle år"),
        *((file, title) for file, title in FILES.items() if file in there and file != name),
    ]
    shown = "".join(f'<li><a href="{file}">{title}</a></li>' for file, title in items)
    return page.replace(_AFTER, f'{_AFTER}<nav class="filer" aria-label="Filer"><ul>{shown}</ul></nav>\n')
