"""Read extract files, each once, into spells.

The bytes that the digest is of are those that are read.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from aarsstatus import danish
from aarsstatus.extracts.columns import choose_columns
from aarsstatus.extracts.csv_table import HEAD, CsvTable
from aarsstatus.extracts.dates import find_day
from aarsstatus.extracts.outcome import Counts, Extract, Reading, Refusals
from aarsstatus.extracts.right_file import around, made, refuse_other
from aarsstatus.extracts.rows import Reader
from aarsstatus.extracts.table import Table
from aarsstatus.extracts.workbook import open_workbook
from aarsstatus.files import irregular
from aarsstatus.inputs.aliases import FIELDS, Names
from aarsstatus.privacy import contains, cover, mask
from aarsstatus.problems import InputError, Problem, reason
from aarsstatus.text import unfit

_LONGEST_NAME = 255
_MOST_BYTES = 1 << 30
"""Ten million rows are two thirds of it; a larger file would take more memory than a build may."""
_BLANK = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n;,"
_KINDS = (
    (rb"mime-version:|<!doctype html|<table|<meta|<head|(?s:.{0,995})<html",
     "en webside (HTML); åbn den i Excel, og gem den som .xlsx"),
    (rb"<\?xml|<workbook|<ss:", "XML; åbn den i Excel, og gem den som .xlsx"),
    (rb"[\[{]\s*[{\"\[]", "JSON"), (rb"%pdf", "en PDF"), (rb"\x1f\x8b", "pakket (gzip)"),
    (rb"7z\xbc\xaf", "pakket (7-Zip)"), (rb"rar!", "pakket (RAR)"), (rb"\$fl[23]", "et datasæt fra SPSS"),
    (rb"<stata_dta>", "et datasæt fra Stata"), (rb"par1", "et datasæt i Parquet"),
    (rb"sqlite format", "en database (SQLite)"), (rb"\{\\rtf", "et dokument (RTF)"),
    (rb"\x89png|\xd8\xff", "et billede"),
)  # fmt: skip
"""What files begin with, in lower case and after `_BLANK`, that are sometimes taken for extracts."""
_MOST_WITHOUT = 20
"""One row in so many may have no administration: in a pivot table only the first row of each group has one."""
_MOST_NAMED, _LONGEST_HEADING = 8, 60
"""Columns that a line names, and characters of each."""
_DAY = r"(?:20\d\d[-_.]?(?:0\d|1[0-2])[-_.]?\d\d|\d\d[-_.]\d\d[-_.]20\d\d)"
"""What may be a day in a name; 2010-2026 is two years, and not the 20th of October."""
_DAY_IN_NAME = re.compile(rf"(?<!\d){_DAY}(?!\d)")
_PERIOD_IN_NAME = re.compile(rf"(?<!\d){_DAY}\s?(?:[-–_]{{1,2}}|til|_til_)\s?{_DAY}(?!\d)")
"""Two days with a dash between: what the extract is of, and not when it was made."""


def read_file(
    path: Path, reader: Reader, scheme: str | None, hidden: str | None, reading: Reading,
    progress: Callable[[str], None],
) -> None:  # fmt: skip
    """Read one file's tables.

    `scheme` is that of tables without such a column, and `hidden` says whether hidden rows are read (``with`` or
    ``without``), if somebody said it; `progress` is called with a Danish line as reading goes on.
    """
    names, refusals, name = reader.names, reader.refusals, mask(path.name)
    content, wrong = _content(path)
    if wrong is not None:
        refusals.file(name, wrong[0], expected=wrong[1])
        return
    counts, first, drawn = Counts(), len(reading.labels), None
    for table in _tables(content, name, names, hidden, refusals):
        header = choose_columns(table, path.stem, names, scheme, refusals)
        if header is None:
            continue
        number, own, kept = len(reading.labels), Counts(), 0
        reading.labels.append(table.label)
        for block in table.blocks():
            spells = reader.read(block, header, number, table.label, own)
            reading.spells.append(spells)
            kept += spells.height
            progress(f"{table.label}: {danish.counted(own.rows, 'række', 'rækker')}")
        _check_rows(table.label, own, kept, reader)
        said = around(header.title, own.below)
        height = own.rows + (len(table.hidden_rows) if hidden == "without" else 0)
        refuse_other(table.label, said, table.name, path.stem, height, reader.year, refusals)
        drawn = min(filter(None, (drawn, made(said))), default=None)
        summary = _summary(own, len(table.hidden_rows), hidden, header.unknown(names))
        reading.summaries.append(f"{table.label}: {summary}")
        if table.hidden_rows:
            rows = danish.counted(len(table.hidden_rows), "række", "rækker")
            counted = "talt med" if hidden == "with" else "ikke talt med"
            refusals.note(table.label, f"{rows} er skjult i Excel og er {counted}, som --hidden {hidden} siger")
        counts.add(own)
    sha256 = hashlib.sha256(content).hexdigest()
    reading.extracts.append(Extract(path, name, sha256, counts, range(first, len(reading.labels)), drawn))


def _content(path: Path) -> tuple[bytes, tuple[str, str | None] | None]:
    """Return a file's bytes; or why they cannot be read, and what was expected."""
    if contains(path.name):
        return b"", ("filens navn ligner et CPR-nummer", "et navn uden; giv filen et andet navn")
    if (why := unfit(path.name, _LONGEST_NAME)) is not None:
        return b"", ("filens navn kan ikke bruges", why)
    if (why := irregular(path, _MOST_BYTES)) is not None:
        return b"", (why, None)
    try:
        before, content, after = path.stat(), path.read_bytes(), path.stat()
    except OSError as error:
        return b"", (f"filen kan ikke læses: {reason(error)}", None)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(content) != after.st_size:
        expected = "at ingen skriver i den; vent, til den er gemt, og prøv igen"
        return b"", ("filen blev ændret, mens den blev læst", expected)
    return content, None


def _tables(content: bytes, name: str, names: Names, hidden: str | None, refusals: Refusals) -> list[Table]:
    """Return the tables of a file by what its first bytes say that it is."""
    if not content[:HEAD].strip(_BLANK):
        refusals.file(name, "filen er tom", expected="en overskrift og mindst én række")
        return []
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return open_workbook(content, name, names, hidden, refusals)
    kind = _other_kind(content)
    if kind is not None:
        message = f"filen er hverken CSV eller XLSX, men {kind}"
        refusals.file(name, message, expected="et udtræk gemt som CSV eller XLSX")
        return []
    return [CsvTable(content, name, names)]


def _other_kind(content: bytes) -> str | None:
    """Say what a file is that is no extract, whatever it is called."""
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "tekst i UTF-32; gem den som »CSV UTF-8«"
    head = content[:HEAD].lstrip(_BLANK).lower()
    return next((said for begins, said in _KINDS if re.match(begins, head)), None)


def _check_rows(label: str, counts: Counts, kept: int, reader: Reader) -> None:
    """Refuse a table without rows, and one that is of another year."""
    read, year, refusals = counts.rows - counts.refused, reader.year, reader.refusals
    usual = counts.usual_year()
    without = counts.without_administration
    if without > 1 and without * _MOST_WITHOUT > counts.rows:
        refusals.file(
            label, f"{danish.whole(without)} af {danish.whole(counts.rows)} rækker har ingen forvaltning",
            column=FIELDS["administration"],
            expected="en forvaltning i hver række. Står den kun én gang for hver gruppe, så udfyld de tomme celler i "
            "Excel (Start → Søg og vælg → Gå til speciel → Tomme celler; skriv = og tryk pil op, så Ctrl+Enter). "
            "Rækker, der ikke hører til en forvaltning: skriv »Ingen«",
        )  # fmt: skip
    if counts.rows == 0:
        refusals.file(label, "der er ingen rækker under overskriften", expected="mindst én række")
    elif not read and reader.keep_refused:
        refusals.file(label, "ingen af rækkerne kan bruges", expected="mindst én række uden fejl")
    elif read and not kept:
        refusals.file(
            label, f"ingen forløb har dage i {year}", found=_years(counts), expected=str(year), hint=str(usual)
        )
    elif 2 * counts.placements_outside > counts.placements:
        outside, placed = danish.whole(counts.placements_outside), danish.whole(counts.placements)
        refusals.file(
            label, f"{outside} af {placed} forløb har ingen dage i {year}; er udtrækket for et andet år?",
            expected=f"et udtræk for {year}", hint=None if usual in {None, year} else str(usual),
        )  # fmt: skip
    elif read and not counts.begun_in_year and 2 * counts.outside >= read:
        refusals.file(
            label, f"intet forløb begynder i {year}, og de fleste slutter før; er udtrækket for et andet år?",
            found=_years(counts), expected=str(year), hint=str(usual),
        )  # fmt: skip


def _summary(counts: Counts, hidden: int, read: str | None, others: list[str]) -> str:
    """Summarise a table in one line that an analyst can check.

    It names the `others`, the columns that are of no field: one may say that a row does not count.
    """
    signs = danish.join([f"{danish.whole(number)} med »{cover(sign)}«" for sign, number in counts.signs.most_common(5)])
    running = f"{danish.whole(counts.running)} forløb er stadig i gang" + (f" ({signs})" if signs else "")
    counted = "" if not hidden else ", som er talt med" if read == "with" else ", som ikke er talt med"
    rows = danish.counted(hidden, "række", "rækker") if hidden else "ingen rækker"
    without = danish.counted(counts.without_administration, "række", "rækker")
    none = f"{without} har ingen forvaltning" if counts.without_administration else "alle rækker har en forvaltning"
    told = f"{running}; {rows} er skjult{counted}; {none}"
    if not others:
        return told
    shown = ", ".join(f"»{' '.join(mask(text[:1000]).split())[:_LONGEST_HEADING]}«" for text in others[:_MOST_NAMED])
    more = "" if len(others) <= _MOST_NAMED else f" og {len(others) - _MOST_NAMED} til"
    return f"{told}; filen har også {shown}{more}: se efter, om der står, at en række ikke skal tælle med"


def _years(counts: Counts) -> str:
    """Write which years the spells begin in."""
    first, last = min(counts.starts), max(counts.starts)
    return f"forløb, der begynder i {first}" if first == last else f"forløb, der begynder i {first}-{last}"


def extraction_date(path: Path) -> date:
    """Return the latest date in an extract's name, or else the file's own.

    Dates of a period do not count.

    Raises
    ------
    InputError
        If the file's own date is none.
    """
    said = (re.sub(r"\D", "", written) for written in _DAY_IN_NAME.findall(_PERIOD_IN_NAME.sub(" ", path.stem)))
    if found := [day for digits in said if (day := find_day(digits)) is not None]:
        return max(found)
    try:
        return datetime.fromtimestamp(path.stat().st_mtime).astimezone().date()
    except (ValueError, OverflowError):  # a clock that was wrong by millennia
        raise InputError(
            Problem(mask(path.name), "filens dato kan ikke bruges; skriv datoen med --date DATO")
        ) from None
