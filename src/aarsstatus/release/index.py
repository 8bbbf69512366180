"""``output/index.html``: every year that has been built, its state, its files, and the development over all years.

It is made from what lies in the output folder alone: each year's manifest and ``figures.csv``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from pathlib import Path
from typing import Any, Literal

from aarsstatus import danish
from aarsstatus.figures import Figure, words
from aarsstatus.figures.table import Figures
from aarsstatus.files import alone, write_whole
from aarsstatus.inputs.schema import GROUPS, KK
from aarsstatus.markdown import sentences
from aarsstatus.release import manifest
from aarsstatus.release.index_chart import Line, line_chart
from aarsstatus.release.reading import read_figures
from aarsstatus.render.page import page, stylesheet, table

__all__ = ["State", "Year", "index_page", "read_output", "write_index"]

State = Literal["offentliggjort", "genberegnet", "udkast"]
STATES: Mapping[State, str] = {
    "offentliggjort": "Viser tallene, som de blev offentliggjort.",
    "genberegnet": "Viser tallene, som de følger af grundlaget; det, der er offentliggjort anderledes, er mærket.",
    "udkast": "Er beregnet ud fra registerudtræk og er ikke offentliggjort.",
}
_FILES = {
    "notat.html": "Notat på skærm (HTML)",
    "notat.pdf": "Notat (PDF)",
    "notat.docx": "Notat (Word)",
    "kvalitetsrapport.html": "Kvalitetsrapport",
    "sammenligning.html": "Ændret siden sidst",
    "tabeller.xlsx": "Tabeller (Excel)",
    "figures.csv": "Alle tal (CSV)",
    "audit.csv": "Efterregning (CSV)",
    "notat.ipynb": "Notebook",
    "manifest.json": "Manifest",
    "inputs.zip": "Grundlag (zip)",
}
"""What a reader may look for, in this order; a file that is not there is left out."""
_GROUP_NAMES = {group: danish.capital(words.GROUPS[group]) for group in GROUPS}
_TOTAL = danish.capital(words.MEASURES["weighted_attainment"])
_CSS = """
.aar { margin: 0 0 2.5rem; padding: 1.1rem 0 0; border-top: 2px solid var(--accent); }
.aar h2 { margin: 0 0 0.5rem; display: flex; flex-wrap: wrap; gap: 0.3rem 0.9rem; align-items: baseline; }
.aar .stempel { font-size: 0.82rem; font-weight: 600; padding: 0.1rem 0.6rem; border: 1px solid var(--accent); }
.aar .udkast { border-style: dashed; }
.filer { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0.35rem 1.4rem; max-width: none; }
.filer .vigtig { font-weight: 600; }
.lavet { font-size: 0.85rem; color: var(--muted); }
.kurver { margin: 1.5rem 0; }
.kurver svg { display: block; width: 100%; height: auto; max-width: 52rem; font-family: var(--font); }
"""


@dataclass(frozen=True)
class Year:
    """A built year: its manifest, its figures, the files in its folder, and whether its last build failed."""

    year: int
    manifest: Mapping[str, Any]
    figures: Figures
    files: tuple[str, ...]
    failed: bool = False

    @property
    def state(self) -> State:
        """Whether the year's figures are as published, recomputed, or were never published."""
        if not any(figure.published for figure in self.figures.select(year=self.year)):
            return "udkast"
        return "genberegnet" if self.manifest["options"]["figures"] == "recomputed" else "offentliggjort"


def read_output(output: Path) -> list[Year]:
    """Return the years in an output folder, newest first; a folder that holds no readable build is left out."""
    years = []
    for folder in sorted(output.iterdir(), reverse=True):
        if not (folder.is_dir() and folder.name.isdecimal()):
            continue
        written = manifest.read(folder)
        try:
            figures = read_figures((folder / "figures.csv").read_text(encoding="utf-8"), _needed(folder.name))
        except (OSError, ValueError):
            continue
        if written is not None:
            files = tuple(sorted(path.name for path in folder.iterdir() if path.is_file()))
            failed = (output / f"{folder.name}.fejlet.ipynb").exists()
            years.append(Year(int(folder.name), written, figures, files, failed))
    return years


def _needed(year: str) -> Callable[[str, str, str], bool]:
    """Return which of a year's figures the page is made of: its own, and the city's attainments in all years."""
    return lambda when, code, measure: when == year or (code == KK and measure.endswith("attainment"))


def write_index(output: Path, extension: Path) -> Path:
    """Write the page for the years in an output folder, and return its path.

    Parameters
    ----------
    output
        Where the years lie.
    extension
        The folder with the stylesheet.
    """
    path = output / manifest.OVERVIEW
    with alone(path):  # years may be built side by side
        of = manifest.years_hash(output)
        page = f"{index_page(read_output(output), stylesheet(extension))}<!-- {of} -->\n"
        write_whole(path, page.encode())
    return path


def index_page(years: Sequence[Year], css: str) -> str:
    """Return the page.

    Parameters
    ----------
    years
        Newest first.
    css
        What `page.stylesheet` returned.
    """
    if not years:
        body = "<p>Der er endnu ikke bygget noget år. Skriv <code>aarsstatus build</code>.</p>"
        return page("Årsstatus for de særlige jobordninger", "OVERSIGT", body, css)
    body = "\n".join(["<p>Københavns Kommune som arbejdsplads. De nyeste tal står øverst.</p>", *map(_year, years)])
    return page("Årsstatus for de særlige jobordninger", "OVERSIGT", f"{body}\n{_development(years)}", css + _CSS)


def _year(year: Year) -> str:
    """Return a year's section: what state it is in, its main figure, its files."""
    engine = year.manifest["engine"]
    compared = f"Sammenlignet med {year.manifest['parameters']['comparison_year']}. "
    stamp = f'<span class="stempel {year.state}">{year.state.capitalize()}</span>'
    total = year.figures.find(year.year, KK, "total", "weighted_attainment")
    said = sentences([f"Hele kommunens samlede målopfyldelse er {escape(total.shown)}"]) if total else ""
    links = "".join(_link(year.year, name, title) for name, title in _FILES.items() if name in year.files)
    failed = (
        f'<p>Det seneste forsøg på at lave notatet mislykkedes; se <a href="{year.year}.fejlet.ipynb">notebooken med '
        "den celle, der fejlede</a>. Filerne her er fra det sidste, der lykkedes.</p>\n"
        if year.failed
        else ""
    )
    return (
        f'<section class="aar" aria-labelledby="aar-{year.year}">\n<h2 id="aar-{year.year}">{year.year} {stamp}</h2>\n'
        f"<p>{STATES[year.state]} {said}</p>\n{failed}"
        f'<ul class="filer">{links}</ul>\n'
        f'<p class="lavet">{compared}'
        f"Lavet med {escape(str(engine['version']))}.</p>\n"
        "</section>"
    )


def _link(year: int, name: str, title: str) -> str:
    important = ' class="vigtig"' if name.startswith("notat.") and not name.endswith("ipynb") else ""
    return f'<li><a href="{year}/{name}"{important}>{title}<span class="spring"> for {year}</span></a></li>'


# -- the development over all years ---------------------------------------------------------------------------


def attainments(years: Sequence[Year]) -> dict[int, dict[str, Figure]]:
    """Return the city's attainments by year, oldest first, and by what they are called.

    A year's own build goes first; a year that was only compared with is taken from the newest build that has it.
    """
    own = {year.year: year.figures for year in years}
    known = sorted({figure.year for year in years for figure in year.figures.values()})
    found: dict[int, dict[str, Figure]] = {}
    for when in known:
        source = own.get(when) or next(year.figures for year in years if year.figures.select(year=when))
        figures = {
            **{_GROUP_NAMES[group]: source.find(when, KK, group, "attainment") for group in GROUPS},
            _TOTAL: source.find(when, KK, "total", "weighted_attainment"),
        }
        found[when] = {name: figure for name, figure in figures.items() if figure is not None}
    return found


def _development(years: Sequence[Year]) -> str:
    """Return the section with the development: a table, and a chart when there is more than one year."""
    by_year = attainments(years)
    names = [name for name in (*_GROUP_NAMES.values(), _TOTAL) if any(name in row for row in by_year.values())]
    rows = [
        [str(when), *(escape(row[name].shown) if name in row else "–" for name in names)]
        for when, row in by_year.items()
    ]
    caption = "Hele kommunens målopfyldelse, år for år"
    chart = ""
    if len(by_year) > 1:
        lines = [Line(name, _points(by_year, name)) for name in names]
        chart = (
            f'<figure class="kurver">\n<figcaption>{caption}, i procent. Ved 100 er måltallet nået. '
            "De samme tal står i tabellen.</figcaption>\n"
            f"{line_chart(lines, _alternative(lines))}\n</figure>\n"
        )
    missing = [str(when) for when in range(min(by_year), max(by_year)) if when not in by_year]
    gap = f"<p>Der er ikke tal for {danish.join(missing)}.</p>\n" if missing else ""
    return (
        f"<section>\n<h2>Udviklingen over årene</h2>\n{gap}{chart}"
        f"{table(caption, ('År', *names), rows)}\n"
        "<p>Jobordningerne er ikke de samme alle år, så tallene kan ikke altid sammenlignes direkte.</p>\n</section>"
    )


def _points(by_year: Mapping[int, Mapping[str, Figure]], name: str) -> dict[int, Fraction]:
    """Return a line's points as they are shown, so that chart and table agree."""
    points = {}
    for when, row in by_year.items():
        if name in row and row[name].value is not None:
            points[when] = danish.parse(row[name].shown)
    return points


def _alternative(lines: Sequence[Line]) -> str:
    """Say what the chart shows."""
    told = [
        f"{line.name} {danish.join([f'{danish.whole(value)} pct. i {year}' for year, value in line.points.items()])}"
        for line in lines
    ]
    return f"Kurver over målopfyldelsen. {'; '.join(told)}."
