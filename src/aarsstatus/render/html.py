"""Add to a finished HTML page where its numbers come from: a table at its end, and a panel that reads from it.

Either engine has made the page; `finish` adds to it. Each number on the page has its figure's id (``data-figure``).
The table has a row for each of these figures and for all that they are made of, so everything is there without
JavaScript. The script shows one row of it as a panel beside the number that somebody points at; nothing of what the
panel says stands anywhere else. The words are here, the look in ``panel.css``, the behaviour in ``panel.js``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape, unescape
from pathlib import Path

from aarsstatus import danish
from aarsstatus.audit import AuditRow
from aarsstatus.figures import Figure, Verdict, figure_id
from aarsstatus.figures.table import Figures
from aarsstatus.figures.words import GROUPS, VERDICT_SAID, phrase, unit
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.schema import KK
from aarsstatus.problems import RenderError
from aarsstatus.render.page import breakable
from aarsstatus.report.html_table import Cell, Html, Row, Table, to_html

__all__ = ["ROW", "figure_name", "finish", "finished"]

ROW = "tal-"
"""What the id of a figure's row in the table begins with; the figure's own id follows."""
HEADER = ("Tal", "Vist", "Opgjort sådan", "Uden afrunding", "Kommer fra", "Offentliggjort")
_SHOWN = re.compile(r'\bdata-figure="([^"]*)"')
_STATE = re.compile(r'(?s)<div class="tilstand".*?(?=</div>)')

BUTTON = """\
<div class="talhjaelp" hidden>
<button type="button" aria-pressed="false" aria-describedby="talhjaelp">Vis, hvor tallene kommer fra</button>
<span id="talhjaelp"><span class="mus">Klik eller tryk på et tal for at se, hvor det kommer fra. \
Med knappen kan tallene også nås fra tastaturet.</span>\
<span class="tast" hidden>Gå med Tab til en tabel eller et afsnit, og mellem tallene i det med piletasterne. \
Enter åbner, Esc lukker.</span></span>
</div>
"""
PANEL = """\
<dialog class="talpanel" aria-labelledby="talpanel-navn" tabindex="-1">
<div class="talpanel-top"><strong id="talpanel-navn"></strong>\
<button type="button" class="luk" aria-label="Luk">×</button></div>
<p class="talpanel-vist"></p>
<dl></dl>
<div class="talpanel-bund"><code></code>
<button type="button" class="kopi">Kopiér id</button>
<button type="button" class="tilbage" hidden>Tilbage</button>
<span class="talpanel-svar" role="status" data-kopieret="Kopieret" data-markeret="Markeret: kopiér med Ctrl+C"></span>
</div>
</dialog>
"""


def finish(
    path: Path, figures: Figures, data: Data, rows: Sequence[AuditRow], extension: Path, notat: str | None = None
) -> None:
    """Add the table and the panel to a rendered page, in place; to a published notat also what is known to be wrong.

    Parameters
    ----------
    path
        The page, as an engine made it.
    figures
        The build's figures, with the audit's verdicts.
    data
        What the figures were made from.
    rows
        The audit of every number that was printed.
    extension
        The folder of ``panel.css`` and ``panel.js``.
    notat
        The published notat that the page reproduces; None where it is another page, or shows other numbers.

    Raises
    ------
    RenderError
        If the page is not what the template makes, or shows a figure that does not exist.
    """
    style, script = ((extension / name).read_text(encoding="utf-8") for name in ("panel.css", "panel.js"))
    page = finished(path.read_text(encoding="utf-8"), figures, data, rows, style, script)
    page = _with_errors(page, [row for row in rows if notat is not None and row.source == notat])
    path.write_text(page, encoding="utf-8", newline="\n")


def finished(page: str, figures: Figures, data: Data, rows: Sequence[AuditRow], style: str, script: str) -> str:
    """Return a page with the table and the panel; one that shows no figures is returned as it is."""
    printed = _by_id(rows)
    shown = list(dict.fromkeys(unescape(id_) for id_ in _SHOWN.findall(page)))
    unknown = [id_ for id_ in shown if id_ not in figures and id_ not in printed]
    if unknown:
        raise RenderError(f"Siden viser tal, der ikke findes: {danish.join(unknown)}")
    if not shown:
        return page
    lines = {(row.notat, row.place, row.id, row.printed): row.source for row in reversed(data.printed)}
    table = [
        _figure_row(figures, figures[id_], data, printed, lines)
        if id_ in figures
        else _printed_row(id_, printed[id_], lines)
        for id_ in _with_inputs(figures, shown)
    ]
    for mark, addition, after in (
        ("</head>", f"<style>\n{style}</style>\n", False),
        ('<main id="indhold">', f"\n{BUTTON}", True),
        ("</main>", f"\n{_section(table)}", True),
        ("</body>", f"{PANEL}<script>\n{script}</script>\n", False),
    ):
        if page.count(mark) != 1:
            raise RenderError(f"Siden er ikke lavet med notatets skabelon: {mark} skal stå der én gang")
        page = page.replace(mark, f"{mark}{addition}" if after else f"{addition}{mark}")
    return page


def _with_errors(page: str, printed: Sequence[AuditRow]) -> str:
    """Say below a notat's state how many of its numbers are known to be wrong, and where they are explained.

    On the page alone: paper and Word have the text of the notat as it was sent out, and not the report beside them.
    """
    wrong = sum(row.verdict == "contradicted" for row in printed)
    if not wrong:
        return page
    said = (
        f"{danish.whole(wrong)} af {danish.whole(len(printed))} trykte tal er i modstrid med notatets øvrige tal; "
        "kvalitetsrapporten viser hvilke."
    )
    return _STATE.sub(lambda state: f'{state.group()}<div class="kendte-fejl">{said}</div>\n', page, count=1)


def figure_name(data: Data, figure: Figure, within: Figure | None = None) -> str:
    """Say what a figure is: ``Status for løntilskud, KK 2025``.

    Parameters
    ----------
    data
        What schemes are called.
    figure
        The figure.
    within
        A figure that this one is named beside; what the two have in common is left out.
    """
    what = data.schemes[figure.scheme].name if figure.scheme else GROUPS[figure.group]
    name = phrase(figure.measure, what)
    if within is None or within.administration != figure.administration or within.year != figure.year:
        name += f", {figure.administration} {figure.year}"
    return name


def _by_id(rows: Sequence[AuditRow]) -> Mapping[str, list[AuditRow]]:
    """Return what was printed of each figure, in the order of the notats."""
    found: dict[str, list[AuditRow]] = {}
    for row in rows:
        found.setdefault(row.id, []).append(row)
    return found


def _with_inputs(figures: Figures, ids: Sequence[str]) -> list[str]:
    """Return figures and all that they are made of: the figures in the order of the tables, then what is none."""
    wanted: set[str] = set()
    waiting = list(ids)
    while waiting:
        id_ = waiting.pop()
        if id_ not in wanted:
            wanted.add(id_)
            waiting += figures[id_].inputs if id_ in figures else ()
    return [id_ for id_ in figures if id_ in wanted] + [id_ for id_ in ids if id_ not in figures]


Lines = Mapping[tuple[str, str, str, str], str]


def _figure_row(
    figures: Figures, figure: Figure, data: Data, printed: Mapping[str, Sequence[AuditRow]], lines: Lines
) -> Row:
    """Return the row of a figure."""
    inputs = [_input(data, figures[id_], figure) for id_ in figure.inputs]
    cells = (
        escape(figure.shown),
        escape(figure.formula),
        escape(_between(figure)),
        _list(inputs) if inputs else _code(figure.source),
        _published(figure, printed, lines),
    )
    return _row(figure.id, figure_name(data, figure), cells)


def _printed_row(id_: str, printed: Sequence[AuditRow], lines: Lines) -> Row:
    """Return the row of a number that was printed and is no figure: the year in a heading, say."""
    place = printed[0].place
    cells = (escape(printed[0].printed), "", "", "", _list(list(_told(printed, lines))))
    return _row(id_, danish.capital(place), cells)


def _row(id_: str, name: str, cells: Sequence[str]) -> Row:
    """Return a row that links lead to; the cells are HTML."""
    label = Html(f"{escape(name)} <code>{breakable(id_)}</code>")
    return Row(label, tuple(Cell(Html(cell)) for cell in cells), id=f"{ROW}{id_}")


def _published(figure: Figure, printed: Mapping[str, Sequence[AuditRow]], lines: Lines) -> str:
    """Say what a figure was printed as; of a weight that has no place of its own, what the city's was printed as."""
    if told := list(_told(printed.get(figure.id, ()), lines)):
        return _list(told)
    city = figure_id(figure.year, KK, figure.group, figure.measure)
    if figure.measure == "weight" and (told := list(_told(printed.get(city, ()), lines))):
        return f"Samme vægt som {KK}'s, der er trykt: {_list(told)}"
    return "Ikke trykt i et udsendt notat"


def _input(data: Data, figure: Figure, of: Figure) -> str:
    """Return an input: a link to its own row, its value, and where it was read.

    A formula goes on with what was recomputed, and says so where something else was printed.
    """
    link = f'<a href="#{ROW}{escape(figure.id)}">{escape(figure_name(data, figure, of))}</a>: {escape(figure.computed)}'
    if figure.published and not danish.same(figure.published, figure.computed):
        link += f" (regnet efter; trykt {escape(figure.published)})"
    return f"{link} {_code(figure.source)}".rstrip()


def _between(figure: Figure) -> str:
    """Say where the unrounded number lies, with as many decimals as it takes to tell the ends apart."""
    interval = figure.interval
    if interval is None or interval.exact:
        return ""
    places = 1 if danish.decimal(interval.lower) != danish.decimal(interval.upper) else 2
    lower, upper = (danish.decimal(end, places) for end in (interval.lower, interval.upper))
    return f"mindst {lower} og under {upper} {unit(figure.measure)}"


def _told(printed: Sequence[AuditRow], lines: Lines) -> Iterator[str]:
    """Yield each value that a figure was printed with: the verdict, why, and where."""
    values: dict[tuple[str, Verdict, str], list[AuditRow]] = {}
    for row in printed:
        reason = "" if row.verdict == "exact" else row.reason
        values.setdefault((row.printed, row.verdict, reason), []).append(row)
    for (value, verdict, reason), places in values.items():
        where = "; ".join(f"{row.source}, {row.place}" for row in places)
        read = dict.fromkeys(lines[row.source, row.place, row.id, row.printed] for row in places)
        said = f'<strong class="{verdict}">{escape(value)}</strong> {VERDICT_SAID[verdict]}.'
        why = f" {escape(reason)}" if reason else ""
        yield f"{said}{why} <small>{escape(where)} {' '.join(map(_code, read))}</small>"


def _code(text: str) -> str:
    """Write a place or an id as code, nothing where there is none."""
    return f"<code>{escape(text)}</code>" if text else ""


def _list(items: Sequence[str]) -> str:
    """Write a list, one item as it stands."""
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>" if len(items) > 1 else "".join(items)


def _section(rows: Sequence[Row]) -> str:
    """Write the table with its heading. It is folded away, since few read it from one end to the other."""
    return f"""\
<section class="oprindelse" aria-labelledby="tallenes-oprindelse">
<h2 id="tallenes-oprindelse">Tallenes oprindelse</h2>
<p>Hvert tal på siden, og det, som tallet er regnet ud af, helt ned til filen og linjen, det er læst i.</p>
<details>
<summary>Vis alle {len(rows)} tal</summary>
<div class="tabelramme" role="region" tabindex="0" aria-labelledby="tallenes-oprindelse">
{to_html(Table("", "", HEADER, tuple(rows)))}
</div>
</details>
</section>
"""
