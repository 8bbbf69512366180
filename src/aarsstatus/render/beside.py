"""Link a page to the other files of its build, and to the overview."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from aarsstatus.problems import RenderError

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


def link(path: Path, there: Collection[str]) -> None:
    """Add to a page, in place, links to the files of its build that are `there`.

    Raises
    ------
    RenderError
        If the page is not what the template makes.
    """
    page = path.read_text(encoding="utf-8")
    path.write_text(linked(page, path.name, there), encoding="utf-8", newline="\n")


def linked(page: str, name: str, there: Collection[str]) -> str:
    """Return a page with links to what is built beside it."""
    if page.count(_AFTER) != 1:
        raise RenderError("Siden er ikke lavet med notatets skabelon: den har ikke ét link til indholdet")
    items = [
        (_OVERVIEW, "Alle år"),
        *((file, title) for file, title in FILES.items() if file in there and file != name),
    ]
    shown = "".join(f'<li><a href="{file}">{title}</a></li>' for file, title in items)
    return page.replace(_AFTER, f'{_AFTER}<nav class="filer" aria-label="Filer"><ul>{shown}</ul></nav>\n')
