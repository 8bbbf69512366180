"""Record a notat's numbers, compare what was sent out, and declare corrections.

What was published stands there for good: every number is recorded, and the data that the notat was made from are kept
in a folder of their own, so that neither a number nor a word of it follows what is written in ``data/`` later. A
correction sets the rows of the old notat aside under another name (`inputs.REPLACED`), so that the new one can tell
what it changes.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from difflib import SequenceMatcher
from html import unescape
from itertools import chain
from pathlib import Path

import nbformat
import pypdfium2
from lxml import etree

from aarsstatus import danish
from aarsstatus.audit.surroundings import known_parameters
from aarsstatus.figures import DERIVED, Figure
from aarsstatus.figures.collection import Figures
from aarsstatus.figures.words import MEASURES
from aarsstatus.files import read_bytes
from aarsstatus.inputs.csvfile import append_rows, read_table, rename
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.params import Params
from aarsstatus.inputs.schema import PUBLISHED, TABLES
from aarsstatus.inputs.yamlsyntax import replace_scalars
from aarsstatus.markdown import read_back
from aarsstatus.problems import InputError, Problem
from aarsstatus.project import Project
from aarsstatus.release.archive import unpack
from aarsstatus.release.reading import Finished
from aarsstatus.render.docx_parts import tag
from aarsstatus.report.checks import shown_text
from aarsstatus.report.html_table import CELL, unmarked

_FLOAT = re.compile(r"^:{3,} *\{#(tbl|fig)-")
_HEADING = re.compile(r"^# (.*?)(?: \{.*)?$")
_SPAN = re.compile(r'(?<!offentliggjort som )\[((?:\\.|[^\]\\])*)\]\{figure="([^"]*)"\}')
_TAG = re.compile(r"<[^>]+>")
_AT = {"document": "brevhoved", "office": "brevhoved", "cover": "forside"}


def printed_rows(notebook: nbformat.NotebookNode, params: Params, data: Data, figures: Figures) -> list[dict[str, str]]:
    """Return rows of ``published.csv`` for an executed notat, without their source.

    A chart repeats numbers of the tables, and those of other years from their own notats; of it there are those alone
    that stand in no table.
    """
    text = "\n".join(map(shown_text, notebook.cells))
    rows = []
    for kind, ways in known_parameters(params).items():
        place = _AT.get(kind.partition(".")[0])
        written = [way for way in (ways if place else ways[::-1]) if way in read_back(text)]
        rows += [_row(place or "brødtekst, vedtagelsen", f"{params.year}.{kind}", way) for way in written[:1]]
    return [*rows, *_numbers(text, data, figures)]


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
        for id_, shown in CELL.findall(line) if within == "tbl" else ():
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
    for id_, shown in CELL.findall(line):
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
    return rename(text, "source", notat, replaced).encode()


def published_params(text: str, name: str, notat: str, day: date) -> bytes:
    """Return a year's parameters as those of a notat that was published on a day."""
    return replace_scalars(text, name, {("notat",): f"{notat}\npublished: {day}"}).encode()


def corrected_params(text: str, name: str, params: Params, reason: str, day: date) -> bytes:
    """Return a year's parameters as those of a correction not yet published."""
    entry = f"  - date: {day}\n    replaces: {params.published}\n    reason: {json.dumps(reason, ensure_ascii=False)}\n"
    text = replace_scalars(text, name, {("notat",): "null", ("document", "date"): str(day)})
    text = re.sub(r"(?m)^published:[^\r\n]*(\r\n|\r|\n)", "", text)
    if not params.corrections:
        return f"{text.rstrip()}\n\ncorrections:\n{entry}".encode()
    return re.sub(r"(?m)^corrections:.*\n", lambda _: f"corrections:\n{entry}", text).encode()


# -- held against what was sent out ----------------------------------------------------------------------------


_MOST_BYTES = 64 << 20
_NUMBER = re.compile(r"[-−]?\d+(?:[.,]\d+)*")
_PAGE = re.compile(r"\bSide\s+\d+\s+af\s+\d+")


def differences(build: Finished, path: Path) -> list[str]:
    """Return what was sent out with other words: paragraphs, cells, or words of a PDF.

    Raises
    ------
    InputError
        If a number differs: then what was sent out is not what would be recorded.
    """
    content = read_bytes(path, path.name, _MOST_BYTES)
    if content in build.outputs.values():
        return []
    kind = path.suffix.lower()
    if kind not in {".docx", ".pdf"} or f"notat{kind}" not in build.outputs:
        message = "filen kan ikke sammenlignes"
        raise InputError(Problem(path.name, message, expected="den Word-fil eller PDF, der blev sendt ud"))
    return _of_word(build, path, content) if kind == ".docx" else _of_pdf(build, path, content)


def _of_word(build: Finished, path: Path, content: bytes) -> list[str]:
    """Compare a Word file paragraph by paragraph, in order."""
    ours, theirs = _paragraphs(build.outputs["notat.docx"], "notat.docx"), _paragraphs(content, path.name)
    changes = [
        (" ¶ ".join(ours[a:b]), " ¶ ".join(theirs[c:d]))
        for kind, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
        if kind != "equal"
    ]
    numbers = [pair for pair in changes if _NUMBER.findall(pair[0]) != _NUMBER.findall(pair[1])]
    if numbers:
        message = "der er sendt et andet tal ud end det, der er bygget"
        raise InputError(
            [Problem(path.name, message, found=new or "(intet)", expected=f"»{old}«") for old, new in numbers]
        )
    return [f"»{old}« → »{new}«" for old, new in changes]


def _paragraphs(content: bytes, name: str) -> list[str]:
    """Return the paragraphs of a Word file that have any text, those in cells too."""
    try:
        document = etree.fromstring(unpack(content, name)["word/document.xml"], etree.XMLParser(resolve_entities=False))
    except (KeyError, etree.XMLSyntaxError):
        raise InputError(Problem(name, "filen er ikke en Word-fil", expected="en .docx-fil")) from None
    texts = ("".join(one.text or "" for one in each.iter(tag("t"))) for each in document.iter(tag("p")))
    return [" ".join(text.split()) for text in texts if text.strip()]


def _of_pdf(build: Finished, path: Path, content: bytes) -> list[str]:
    """Compare a PDF by how often each number stands in it, whoever laid it out.

    Lines and pages end elsewhere, and cells come in another order, when Word has made it of the Word file. What stands
    on each page is left out: the page's number, and the office's address.
    """
    ours, theirs = _words(build.outputs["notat.pdf"], "notat.pdf"), _words(content, path.name)
    if not theirs:
        message = "filen har ingen tekst, der kan læses; er den scannet?"
        raise InputError(Problem(path.name, message, expected="den PDF, som Word eller Årsstatus lavede"))
    counts = [Counter(chain(*map(_NUMBER.findall, words))) for words in (ours, theirs)]
    for number in _NUMBER.findall(_address(build)):
        for count in counts:
            count.pop(number, None)
    found = [
        Problem(path.name, f"{number} står {_times(after)}", expected=f"{_times(before)}, som i det, der er bygget")
        for number in sorted({*counts[0], *counts[1]})
        if (before := counts[0][number]) != (after := counts[1][number])
    ]
    if found:
        raise InputError([Problem(path.name, "der er sendt et andet tal ud end det, der er bygget"), *found])
    missing, more = (sorted({*one} - {*other}) for one, other in ((ours, theirs), (theirs, ours)))
    told = (("står ikke i det, der er sendt ud", missing), ("står kun i det, der er sendt ud", more))
    return [f"»{word}« {where}" for where, words in told for word in words if word.isalpha()]


def _times(count: int) -> str:
    """Say how often a number stands somewhere."""
    return danish.counted(count, "gang", "gange")


def _words(content: bytes, name: str) -> list[str]:
    """Return the words of a PDF, without the numbers of its pages."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        raise InputError(Problem(name, "filen kan ikke læses", expected="en PDF uden adgangskode")) from None
    text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    return _PAGE.sub("", text).split()


def _address(build: Finished) -> str:
    """Return the office's address, which stands on every page."""
    office = build.params.office if build.params else None
    return f"{office.street} {office.postal}" if office else ""
