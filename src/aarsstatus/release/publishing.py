"""Record a notat's printed numbers, and declare corrections of them.

What was published stands there for good: every number is recorded, and the data that the notat was made from are kept
in a folder of their own, so that neither a number nor a word of it follows what is written in ``data/`` later. A
correction sets the rows of the old notat aside under another name (`inputs.REPLACED`), so that the new one can tell
what it changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from html import unescape

import nbformat

from aarsstatus.audit.surroundings import known_parameters
from aarsstatus.figures import DERIVED, Figure
from aarsstatus.figures.collection import Figures
from aarsstatus.figures.words import MEASURES
from aarsstatus.inputs.csvfile import append_rows, read_table
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.params import Params
from aarsstatus.inputs.schema import PUBLISHED, TABLES
from aarsstatus.inputs.yamlsyntax import replace_scalars
from aarsstatus.markdown import read_back
from aarsstatus.project import Project
from aarsstatus.report.marks import unmarked

_FLOAT = re.compile(r"^:{3,} *\{#(tbl|fig)-")
_HEADING = re.compile(r"^# (.*?)(?: \{.*)?$")
_CELL = re.compile(r'<td[^>]*\bdata-figure="([^"]*)"[^>]*>(.*?)</td>')
_SPAN = re.compile(r'(?<!offentliggjort som )\[((?:\\.|[^\]\\])*)\]\{figure="([^"]*)"\}')
_TAG = re.compile(r"<[^>]+>")
_AT = {"document": "brevhoved", "office": "brevhoved", "cover": "forside"}


def printed_rows(notebook: nbformat.NotebookNode, params: Params, data: Data, figures: Figures) -> list[dict[str, str]]:
    """Return rows of ``published.csv`` for an executed notat, without their source.

    A chart repeats numbers of the tables, and those of other years from their own notats; of it there are those alone
    that stand in no table.
    """
    text = "\n".join(_shown(notebook))
    rows = []
    for kind, ways in known_parameters(params).items():
        place = _AT.get(kind.partition(".")[0])
        written = [way for way in (ways if place else ways[::-1]) if way in read_back(text)]
        rows += [_row(place or "brødtekst, vedtagelsen", f"{params.year}.{kind}", way) for way in written[:1]]
    return [*rows, *_numbers(text, data, figures)]


def _shown(notebook: nbformat.NotebookNode) -> Iterator[str]:
    """Yield what the cells show, as Markdown."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            yield str(output.get("data", {}).get("text/markdown", ""))


def _numbers(text: str, data: Data, figures: Figures) -> Iterator[dict[str, str]]:
    """Yield the numbers of tables, their notes and the prose, with their places."""
    heading, table, chart, within, of, header = "indledning", 0, 0, "", "", ""
    for line in text.splitlines():
        if found := _FLOAT.match(line):
            within, of = found[1], ""
            table += within == "tbl"
            chart += within == "fig"
        elif line.startswith("::: {.figurdata}"):
            within = "fig"
        elif line.startswith("::: {.tabelnoter}"):
            within = "note"
        elif found := _HEADING.match(line):
            heading, within = read_back(found[1]).lower(), ""
        elif line.strip() == ":::":
            within = ""
        if within == "tbl" and '<th scope="col">' in line:
            header = line
        for id_, shown in _CELL.findall(line) if within == "tbl" else ():
            if not of:
                of = ".".join(id_.split(".")[:2])
                yield _row(f"tabel {table}, nummer", f"{of}.table", f"Tabel {table}")
                yield from _year(f"tabel {table}, kolonnehoved", f"{of}.header.year", header)
            yield _row(f"tabel {table}, {_named(figures[unescape(id_)], data)}", id_, _TAG.sub("", shown))
        yield from _drawn(chart, line, data, figures) if within == "fig" else ()
        if within == "tbl" and of and line[:1].isalpha():
            yield from _year(f"tabel {table}, overskrift", f"{of}.caption.year", line)
        for shown, id_ in _SPAN.findall(line) if within != "fig" else ():
            place = "fodnote" if within else f"brødtekst, {heading}"
            figure = figures[unescape(id_)]  # what is counted in words is recorded in figures
            yield _row(place, id_, figure.shown if figure.measure == "reached" else read_back(shown))


def _drawn(chart: int, line: str, data: Data, figures: Figures) -> Iterator[dict[str, str]]:
    """Yield the numbers of a chart that stand in no table."""
    for id_, shown in _CELL.findall(line):
        if (figure := figures[unescape(id_)]).measure in DERIVED:
            place = f"figur {chart}, {figure.administration}, {_named(figure, data)}"
            yield _row(place, id_, _TAG.sub("", shown))


def _year(place: str, id_: str, text: str) -> Iterator[dict[str, str]]:
    """Yield the year of a table where a text names it."""
    year = id_.partition(".")[0]
    if year in text:
        yield _row(place, id_, year)


def _named(figure: Figure, data: Data) -> str:
    """Return what a table's row and column call a figure."""
    return f"{data.called(figure.group, figure.scheme)}, {MEASURES[figure.measure]}"


def _row(place: str, id_: str, shown: str) -> dict[str, str]:
    """Return a row without its source; a mark beside a number is no part of it."""
    return {"place": place, "id": unescape(id_), "printed": unmarked(unescape(shown))}


# -- what is written ------------------------------------------------------------------------------------------


def with_published(project: Project, notat: str, rows: Sequence[dict[str, str]]) -> bytes:
    """Return ``published.csv`` with the rows of a notat at its end."""
    text = read_table(project, PUBLISHED).text
    return append_rows(text, [{"source": notat, **row} for row in rows]).encode()


def keep_data(project: Project, notat: str) -> None:
    """Keep the data of a notat, so that nothing written there later changes it."""
    folder = project.data / notat
    folder.mkdir(exist_ok=True)
    for table in TABLES:
        if (path := project.data / table.file).exists():
            (folder / table.file).write_bytes(path.read_bytes())


def drop_data(project: Project, notat: str) -> None:
    """Drop what `keep_data` kept: the notat is a draft again."""
    folder = project.data / notat
    for table in TABLES:
        (folder / table.file).unlink(missing_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def with_replaced(project: Project, notat: str, replaced: str) -> bytes:
    """Return ``published.csv`` with a notat's rows set aside under another name."""
    text = read_table(project, PUBLISHED).text
    return re.sub(rf"(?m)^{re.escape(notat)}(?=[,;])", replaced, text).encode()


def published_params(text: str, name: str, notat: str, day: date) -> bytes:
    """Return a year's parameters as those of a notat that was published on a day."""
    return replace_scalars(text, name, {("notat",): f"{notat}\npublished: {day}"}).encode()


def corrected_params(text: str, name: str, params: Params, reason: str, day: date) -> bytes:
    """Return a year's parameters as those of a correction not yet published."""
    entry = f"  - date: {day}\n    replaces: {params.published}\n    reason: {json.dumps(reason, ensure_ascii=False)}\n"
    text = replace_scalars(text, name, {("notat",): "null", ("document", "date"): str(day)})
    text = re.sub(r"(?m)^published:.*\n", "", text)
    if not params.corrections:
        return f"{text.rstrip()}\n\ncorrections:\n{entry}".encode()
    return re.sub(r"(?m)^corrections:.*\n", lambda _: f"corrections:\n{entry}", text).encode()
