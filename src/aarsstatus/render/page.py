"""Make a page beside the notat, link each to others, and tell of its numbers.

A page is one file, without requests; one beside the notat has no scripts. Where the numbers of a page come from,
whichever engine made it, is added as a table and a panel. Each number on it has its figure's id (``data-figure``). The
table has a row for each of these figures and for all that they are made of, so everything is there without JavaScript.
The script shows one row of it as a panel beside the number that somebody points at; nothing of what the panel says
stands anywhere else. What frames it is ``panel.html``, its look ``panel.css``, its behaviour ``panel.js``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from html import escape, unescape
from pathlib import Path

from aarsstatus import danish
from aarsstatus.audit import AuditRow
from aarsstatus.figures import Figure, Verdict
from aarsstatus.figures.collection import Figures
from aarsstatus.figures.words import VERDICT_SAID, phrase, unit
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.schema import KK
from aarsstatus.problems import RenderError
from aarsstatus.render.embedded import pandoc, pandoc_version, staged
from aarsstatus.report.html_table import Cell, Html, Row, Table, table_of, to_html
from aarsstatus.report.notat import Notat, edition


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


# -- where numbers come from ------------------------------------------------------------------------------------------

ROW = "tal-"
"""What the id of a figure's row in the table begins with; the figure's own id follows."""
_HEADER = ("Tal", "Vist", "Offentliggjort", "Beregning", "Uden afrunding", "Kommer fra")
_SHOWN = re.compile(r'\bdata-figure="([^"]*)"')
_APART = "<!-- sidst på siden -->\n"
"""What parts ``panel.html``: the button that begins the page, the panel that ends it."""
_FOOT = '<div class="talpanel-bund"'
"""The part of the panel that has what a reference names."""


def add_origins(
    page: str, figures: Figures, data: Data, rows: Sequence[AuditRow], extension: Path, facts: Mapping[str, str]
) -> str:
    """Return a page with table and panel, unchanged if it shows no figures.

    The figures have the audit's verdicts, and `rows` is the audit of every number that was printed. `facts` are what a
    reference to a number names of its document (`reference`).

    Raises
    ------
    RenderError
        If the page is not what the template makes, or shows a figure that does not exist.
    """
    origins = _Origins(figures, data, rows)
    shown = list(dict.fromkeys(unescape(id_) for id_ in _SHOWN.findall(page)))
    unknown = [id_ for id_ in shown if id_ not in figures and id_ not in origins.printed]
    if unknown:
        raise RenderError(f"Siden viser tal, der ikke findes: {danish.join(unknown)}")
    if not shown:
        return page
    html, style, script = ((extension / f"panel.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js"))
    button, panel = html.split(_APART)
    named = "".join(f' data-{key}="{escape(value)}"' for key, value in facts.items())
    panel = panel.replace(_FOOT, f"{_FOOT}{named}")
    section = _section([origins.row(id_) for id_ in _with_inputs(figures, shown)])
    for mark, added in (
        ("</head>", f"<style>\n{style}</style>\n</head>"),
        ('<main id="indhold">', f'<main id="indhold">\n{button}'),
        ("</main>", f"</main>\n{section}"),
        ("</body>", f"{panel}<script>\n{script}</script>\n</body>"),
    ):
        if page.count(mark) != 1:
            raise RenderError(f"Siden er ikke lavet med notatets skabelon: {mark} skal stå der én gang")
        page = page.replace(mark, added)
    return page


def reference(notat: Notat) -> dict[str, str]:
    """Return what a reference to a number names of its notat."""
    params, said = notat.params, edition(notat.params, notat.data, notat.mode)
    day = danish.long_date(params.document.date) if params.document.date else "uden dato"
    return {
        "afsender": notat.data.city(params.year).name,
        "dato": f"{day} ({said})" if said else day,
        "kontrolsum": hashlib.sha256(notat.figures.to_csv().encode()).hexdigest(),
        "adresse": params.published_at or "",
    }


def _with_inputs(figures: Figures, ids: Sequence[str]) -> list[str]:
    """Return figures and all that they are made of, then what is no figure."""
    wanted: set[str] = set()
    waiting = list(ids)
    while waiting:
        id_ = waiting.pop()
        if id_ not in wanted:
            wanted.add(id_)
            waiting += figures[id_].inputs if id_ in figures else ()
    return [id_ for id_ in figures if id_ in wanted] + [id_ for id_ in ids if id_ not in figures]


class _Origins:
    """Tell where each number comes from, as a row of the table; its cells are HTML."""

    def __init__(self, figures: Figures, data: Data, rows: Sequence[AuditRow]) -> None:
        self.figures, self.data = figures, data
        self.printed: dict[str, list[AuditRow]] = {}
        for row in rows:
            self.printed.setdefault(row.id, []).append(row)
        self._lines = {(row.notat, row.place, row.id, row.printed): row.source for row in reversed(data.printed)}

    def row(self, id_: str) -> Row:
        """Return the row of a figure, or of a number that was printed and is none."""
        figure = self.figures.get(id_)
        if figure is None:  # the year in a heading, say
            first = self.printed[id_][0]
            name, cells = danish.capital(first.place), [escape(first.printed), _list(self._said(id_)), "", "", ""]
        else:
            name, inputs = self._name(figure), [self._input(self.figures[each], figure) for each in figure.inputs]
            source = _list(inputs) if inputs else _code(figure.source)
            shown, formula, between = (escape(text) for text in (figure.shown, figure.formula, _between(figure)))
            cells = [shown, self._published(figure), formula, between, source]
        label = Html(f"{escape(name)} <code>{breakable(id_)}</code>")
        return Row(label, tuple(Cell(Html(cell)) for cell in cells), id=f"{ROW}{id_}")

    def _name(self, figure: Figure, within: Figure | None = None) -> str:
        """Name a figure, without the words it shares with one beside it."""
        name = phrase(figure.measure, self.data.called(figure.group, figure.scheme))
        if within is None or within.administration != figure.administration or within.year != figure.year:
            name += f", {figure.administration} {figure.year}"
        return name

    def _input(self, figure: Figure, of: Figure) -> str:
        """Return an input: a link to its own row, its value, and where it was read.

        A formula goes on with what was recomputed, and says so where something else was printed.
        """
        link = f'<a href="#{ROW}{escape(figure.id)}">{escape(self._name(figure, of))}</a>: {escape(figure.computed)}'
        if figure.published and not danish.same(figure.published, figure.computed):
            link += f" (regnet efter; trykt {escape(figure.published)})"
        return f"{link} {_code(figure.source)}".rstrip()

    def _published(self, figure: Figure) -> str:
        """Say what a figure was printed as; of a weight without a place, the city's."""
        if said := self._said(figure.id):
            return _list(said)
        city = self.figures.citys_weight(figure)
        if city is not None and (said := self._said(city.id)):
            return f"Samme vægt som {KK}'s, der er trykt: {_list(said)}"
        return "Ikke trykt i et udsendt notat"

    def _said(self, id_: str) -> list[str]:
        """Return each value that a figure was printed with: the verdict, why, and where."""
        values: dict[tuple[str, Verdict, str], list[AuditRow]] = {}
        for row in self.printed.get(id_, ()):
            reason = "" if row.verdict == "exact" else row.reason
            values.setdefault((row.printed, row.verdict, reason), []).append(row)
        return [self._value(*value, places) for value, places in values.items()]

    def _value(self, value: str, verdict: Verdict, reason: str, places: Sequence[AuditRow]) -> str:
        """Say what is to be known of one printed value."""
        where = "; ".join(f"{row.source}, {row.place}" for row in places)
        read = dict.fromkeys(self._lines[row.source, row.place, row.id, row.printed] for row in places)
        said = f'<strong class="{verdict}">{escape(value)}</strong> <span class="dom">{VERDICT_SAID[verdict]}</span>.'
        why = f" {escape(reason)}" if reason else ""
        return f"{said}{why} <small>{escape(where)} {' '.join(map(_code, read))}</small>"


def _between(figure: Figure) -> str:
    """Say between what the unrounded number lies, with decimals to tell that apart."""
    interval = figure.interval
    if interval is None or interval.exact:
        return ""
    places = 1 if danish.decimal(interval.lower) != danish.decimal(interval.upper) else 2
    lower, upper = (danish.decimal(end, places) for end in (interval.lower, interval.upper))
    return f"mindst {lower} og under {upper} {unit(figure.measure)}"


def _code(text: str) -> str:
    """Write a place or an id as code, nothing where there is none."""
    return f"<code>{escape(text)}</code>" if text else ""


def _list(items: Sequence[str]) -> str:
    """Write a list, one item as it stands."""
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>" if len(items) > 1 else "".join(items)


def _section(rows: Sequence[Row]) -> str:
    """Write the table with its heading, folded away: few read it from end to end."""
    return f"""\
<section class="oprindelse" aria-labelledby="tallenes-oprindelse">
<h2 id="tallenes-oprindelse">Tallenes oprindelse</h2>
<p>Hvert tal på siden, og det, som tallet er regnet ud af, helt ned til filen og linjen, det er læst i.</p>
<details>
<summary>Vis alle {len(rows)} tal</summary>
<div class="tabelramme" role="group" tabindex="0" aria-labelledby="tallenes-oprindelse">
{to_html(Table("", "Tallenes oprindelse", _HEADER, tuple(rows)))}
</div>
</details>
</section>
"""
