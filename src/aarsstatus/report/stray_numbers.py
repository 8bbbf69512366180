"""Find numbers in an executed notebook that no figure or parameter explains.

A number in the notat is one of four things:

- a figure, which carries its id: a table's cell, or a span in the text. It must say what the figure says;
- a number in a chart's alternative text, which cannot carry an id: the table beside the chart answers for it, whose
  cells do. Each cell answers once, so a number too many is found even where its like is drawn;
- a parameter: a year, a date, a case number, an address, or what data and parameters call things;
- one of the few in `ALLOWED`, with the reason.

Anything else somebody has typed. Numbers from two to twelve count in words, too. What a renderer adds, the numbers of
tables, figures and pages, is not in the notebook; a picture is outlines, drawn from the figures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from html import escape, unescape

import nbformat
import yaml

from aarsstatus import danish
from aarsstatus.figures import Figure
from aarsstatus.markdown import attribute, metadata_in, plain, read_back
from aarsstatus.report.checks import shown_text
from aarsstatus.report.html_table import CELL, unmarked
from aarsstatus.report.notat import Notat
from aarsstatus.report.notes import likelier
from aarsstatus.run.notebook import named_cells

ALLOWED = {
    "i F2": "sagssystemets navn",
    "De to år": "notatets år og sammenligningsåret er altid to",
    "målopfyldelse på mindst 100 pct.": "måltallet er nået ved 100 pct., hvad tallene end er",
    "tilsammen giver 100 pct.": "vægtene giver 100 pct., hvad tallene end er",
}
"""The words around a number that may stand unanswered for, and the reason."""
_IN_WORDS = "|".join(danish.in_words(count) for count in range(2, 13))
_NUMBER = re.compile(rf"(?<!\w)(?:\w*\d\w*(?:[.,]\d+)*(?: pct\b\.?)?|(?:{_IN_WORDS})(?!\w))", re.IGNORECASE)
_SPAN = re.compile(r'\[([^\]]*)\]\{figure="([^"]*)"\}')
_CHART = re.compile(r"^:{3,} *\{#(fig-[\w-]+)(.*)\} *$", re.MULTILINE)
_CHART_TABLE = re.compile(r"^:{3,} *\{\.figurdata\}$(.*?)^:{3,} *$", re.MULTILINE | re.DOTALL)
_SAID_ASIDE = re.compile(r'\b(?:fig-alt|alt|title|aria-label)="((?:[^"\\]|\\.)*)"')
"""Attributes that are read out, though not shown."""
_NOT_SHOWN = re.compile(
    r"^:{3,}.*$|^```.*$|<!--[\s\S]*?-->|(?<!\\)</?[a-zA-Z][^>]*>"
    r"|(?<=\])\([^)]*\)|(?<=[\])])\{[^}]*\}|-?@(?:tbl|fig)-[\w-]*\w",
    re.MULTILINE,
)
"""Fences, comments, tags, the targets of links, attributes, and references, whose numbers a renderer makes."""
_PUBLISHED = "offentliggjort som "
"""These words in a note introduce what a figure was published as, where the notat shows it otherwise."""


def stray_numbers(notebook: nbformat.NotebookNode, notat: Notat) -> list[str]:
    """Return each number that nothing answers for, in Danish, naming its cell.

    The notebook has been executed, has its front matter in the first cell, and shows the numbers that `notat` holds.
    """
    known = _Known(notat)
    found = []
    for name, cell in named_cells(notebook):
        text = known.unnamed(_metadata(str(cell.source) if cell.cell_type == "raw" else shown_text(cell)))
        problems = dict.fromkeys([*_in_text(known, text), *_in_charts(known, text)])
        found += [f"{name}: {problem}" for problem in problems]
    return found


class _Known:
    """What answers for a number: the figures, the parameters, and the list."""

    def __init__(self, notat: Notat) -> None:
        self.notat, self.figures = notat, notat.figures
        printed = [row for row in notat.data.printed if row.notat == notat.params.notat]
        years = {notat.year, notat.comparison_year or notat.year, *notat.years(), *notat.missing_years()}
        self.years = {str(year) for year in years} | {row.printed for row in printed if row.id.endswith(".year")}
        read_in = [row.origin for key, row in notat.data.statuses.items() if key[0] in years]
        self.years |= {origin[6:10] for origin in read_in if origin.startswith("notat-")}  # named as their source
        self.printed: dict[str, set[str]] = {}
        for row in [*printed, *notat.data.replaced]:
            self.printed.setdefault(row.id, set()).add(row.printed)
        names = [text for text in _parameters(notat) if text]
        self.words = _patterns([*ALLOWED, *names])
        self.written = _patterns([form(text) for text in names if _NUMBER.search(text) for form in _FORMS])

    def unnamed(self, text: str) -> str:
        """Take names and parameters out of a text, however they are written there.

        They come out before anything is taken for markup: whatever stands in a name is text.
        """
        for words in self.written:
            text = words.sub("·", text)
        return text

    def said(self, figure: Figure, before: str) -> set[str]:
        """Return the texts that may stand for a figure after the words `before`."""
        if before.endswith(_PUBLISHED):
            return {figure.published, *self.printed.get(figure.id, ())}
        if figure.measure == "weight":
            return {self.notat.weight_shown(figure)}
        if figure.measure == "reached":
            return {figure.shown, danish.how_many(int(danish.parse(figure.shown)))}
        return {self.notat.in_prose(figure)}

    def strays(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield each number that is neither parameter nor allowed, and its words."""
        text = " ".join(text.split())
        masked = text
        for words in self.words:
            masked = words.sub(lambda match: "·" * len(match.group()), masked)
        for match in _NUMBER.finditer(masked):
            if match.group() not in self.years:
                before, after = text[: match.start()].split(" ")[-5:], text[match.end() :].split(" ")[:4]
                yield match.group(), f"{' '.join(before)}{match.group()}{' '.join(after)}".strip()


def _patterns(texts: Iterable[str | None]) -> list[re.Pattern[str]]:
    """Return patterns for the texts that have a number in them, the longest first."""
    wanted = {" ".join(text.split()) for text in texts if text and _NUMBER.search(text)}
    return [
        re.compile(rf"(?<!\w)(?i:{re.escape(text[:1])}){re.escape(text[1:])}(?!\w)")  # it may begin a sentence
        for text in sorted(wanted, key=lambda one: (-len(one), one))
    ]


_FORMS = (plain, escape, lambda text: attribute("", text)[2:-1])
"""How a name may be written: in Markdown, in HTML, and in an attribute."""


def _metadata(source: str) -> str:
    """Return the values of a document's front matter; any other text unchanged."""
    try:
        values = yaml.safe_load(metadata_in(source) or "")
    except yaml.YAMLError:
        return source
    return "\n".join(map(str, values.values())) if isinstance(values, dict) else source


def _parameters(notat: Notat) -> Iterator[str | None]:
    """Yield what parameters and data say that is no figure, as the notat writes it."""
    params, data = notat.params, notat.data
    facts, office = params.document, params.office
    yield from (facts.case_number_f2, facts.document_number_f2, facts.case_number_edoc)
    yield from (office.name, office.administration, office.street, office.postal)
    if facts.date:
        yield from (danish.short_date(facts.date), facts.date.isoformat())
    days = [*(one.date for one in params.targets_adopted), *(one.replaces for one in params.corrections)]
    yield from map(danish.long_date, days)
    yield from (one.reason for one in params.corrections)
    yield f"Bilag {params.cover.appendix}" if params.cover else None
    yield params.logo.alt if params.logo else None
    yield f"{danish.in_words(len(notat.administrations()))} forvaltninger"
    yield notat.known_errors().partition(".")[0]
    yield from likelier(notat)
    yield from (notat.undistributed(year) for year in (notat.year, notat.comparison_year) if year)
    yield data.read_from(notat.year)
    yield from map(notat.renamed, notat.administrations())
    yield notat.reorganised()
    for scheme in data.schemes.values():
        yield from (scheme.name, scheme.name.partition(" under ")[0], scheme.row_label, scheme.note)
        yield f"{scheme.name}ansatte"
        yield from (danish.long_date(day) for day in (scheme.first_day, scheme.last_day) if day)
    yield from (administration.name for administration in data.administrations)
    yield from (text for group in data.groups.values() for text in (group.name, group.spells_label))


def _in_text(known: _Known, text: str) -> Iterator[str]:
    """Yield what is wrong with the numbers in a cell's text and tables."""
    for match in _SPAN.finditer(text):
        yield from _wrong(known, unescape(match[2]), _literal(match[1]), text[: match.start()])
    for match in CELL.finditer(text):
        yield from _wrong(known, unescape(match[1]), _literal(_NOT_SHOWN.sub(" ", match[2])))
    text = CELL.sub(" … ", _SPAN.sub("…", text))
    outside_charts = _CHART.sub("", text)
    for said in [_NOT_SHOWN.sub(" ", text), *_SAID_ASIDE.findall(outside_charts)]:
        for _, words in known.strays(_literal(said)):
            yield f"»{words}« har et tal, som hverken er et tal fra figures.csv eller en parameter"


def _wrong(known: _Known, id_: str, said: str, before: str | None = None) -> Iterator[str]:
    """Yield a number that its figure contradicts; in a table `before` is None."""
    figure = known.figures.get(id_)
    if figure is None:
        yield f"»{said}« har id {id_}, men der er intet tal med det id"
        return
    expected = {figure.shown} if before is None else known.said(figure, before)
    if not any(danish.same(unmarked(said), text) for text in expected):
        yield f"»{said}« har id {id_}, men det tal er {danish.join(sorted(expected), 'eller')}"


def _literal(text: str) -> str:
    return unescape(read_back(text))


def _in_charts(known: _Known, text: str) -> Iterator[str]:
    """Yield the problems of the numbers in the alternative texts of a cell's charts."""
    charts = list(_CHART.finditer(text))
    for chart, following in zip(charts, [*(chart.start() for chart in charts[1:]), len(text)], strict=False):
        table = "".join(_CHART_TABLE.findall(text[chart.end() : following]))
        figures = [figure for id_, _ in CELL.findall(table) if (figure := known.figures.get(unescape(id_)))]
        left = Counter(_amount(figure.shown) for figure in figures)
        for number, words in (
            stray for said in _SAID_ASIDE.findall(chart[2]) for stray in known.strays(_literal(said))
        ):
            left[_amount(number)] -= 1
            if left[_amount(number)] < 0:
                yield f"»{words}« i den alternative tekst til {chart[1]} har et tal, som figurens egen tabel ikke har"


def _amount(number: str) -> tuple[Fraction | str, bool]:
    """Return a number as it compares: what it is, and whether it is a percentage."""
    try:
        return danish.parse(number), "pct" in number
    except ValueError:
        return number.lower(), False
