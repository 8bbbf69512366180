"""Find person numbers (CPR): hide them in messages, keep them out of documents.

A CPR number is six digits of a date of birth (day, month, year) and four more. It is written with or without a
hyphen or a space, with points, spaces or a century in its date, as a number that has lost its leading zero, or as a
number with points between thousands. What counts here is that the first digits can be a date (a replacement number
has 60 added to its day); the check digit has not been reliable since 2007, so nothing follows from it.

Not every run of digits is one: ``10368760`` has eight, ``2025-0072439`` breaks after four, ``0.1234567890`` is a
decimal, and a SHA-256 is not text. `scan` looks through a folder before it is published.
"""

from __future__ import annotations

import html
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from aarsstatus.files import irregular
from aarsstatus.problems import Problem

MASK = "●●●●●●-●●●●"
"""What stands instead of a person number in a text that is shown."""
HIDDEN = "(skjult, kan være et CPR-nummer)"
"""What stands instead of a whole cell that holds one: what else it holds may be a name."""

_DASH = "\u00ad\u2010-\u2015\u2212\\-"
_SPACE = " \t\u00a0\u2009\u202f"
_BREAK = rf"[{_SPACE}]?[{_DASH}]?[{_SPACE}]?"
_JOIN = rf"[{_SPACE}{_DASH}./]{{1,3}}"
_NOT_AFTER = r"(?<!\d)(?<!\d\.)"  # the decimals of a number are not a person number
_NOT_BEFORE = r"(?!\d)(?!\.\d*[1-9])"  # nor is what stands before decimals, but Excel may write 101901234.0
_BORN = r"(?P<year>(?:18|19|20)?\d{2})"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_NOT_AFTER}(?P<day>\d{{2}})(?P<month>\d{{2}})(?P<year>\d{{2}})\d{{4}}{_NOT_BEFORE}",
        rf"(?<!\d)(?P<day>\d{{1,2}})(?P<month>\d{{2}})(?P<year>\d{{2}})(?=[{_SPACE}{_DASH}]){_BREAK}\d{{4}}(?!\d)",
        rf"(?<!\d)(?P<day>\d{{1,2}})(?P<dot>[./{_DASH}])(?P<month>\d{{2}})(?P=dot)(?P<year>\d{{2}}){_JOIN}\d{{4}}(?!\d)",
        rf"(?<!\d)(?P<day>\d{{1,2}})[{_SPACE}](?P<month>\d{{2}})[{_SPACE}](?P<year>\d{{2}})[{_DASH}]\d{{4}}(?!\d)",
        rf"(?<![\d.,])(?P<day>\d{{2}})[{_SPACE}](?P<month>\d{{2}})[{_SPACE}](?P<year>(?:18|19|20)\d{{2}})[{_SPACE}{_DASH}]\d{{4}}(?![\d.,])",
        rf"(?<!\d)(?P<day>\d{{1,2}})(?P<dot>[./{_DASH}])(?P<month>\d{{2}})(?P=dot){_BORN}[{_SPACE}]?[{_DASH}]\d{{4}}(?!\d)",
        rf"{_NOT_AFTER}(?P<day>[1-9])(?P<month>\d{{2}})(?P<year>\d{{2}})\d{{4}}{_NOT_BEFORE}",
    )
)
_THOUSANDS = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d{3}){2,3})(?!\d)(?!\.\d)")
_CANDIDATE = re.compile(rf"\d[\d{_SPACE}{_DASH}./]{{7,}}\d")
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_REPLACED = 60
_DATES = re.compile(r"(?<!\d)(?:\d{1,2}[-./ ]\d{1,2}[-./ ]\d{4}|\d{4}[-./ ]\d{1,2}[-./ ]\d{1,2})(?!\d)")
_MOST_DIGITS = 8
_DATE_AND_FOUR = re.compile(
    rf"(?<!\d)(?:\d{{1,2}}{_JOIN}\d{{1,2}}{_JOIN}(?:18|19|20)?\d{{2}}|(?:18|19|20)\d{{2}}{_JOIN}\d{{1,2}}{_JOIN}\d{{1,2}})"
    rf"{_JOIN}\d{{4}}(?!\d)"
)
"""In a cell, a date and four digits more are a person, however they are put together."""


def _is_date(day: int, month: int) -> bool:
    """Tell whether a person can be born on this day.

    February has 29 days here, for the century is unknown.
    """
    day -= _REPLACED if day > _REPLACED else 0
    return 1 <= month <= 12 and 1 <= day <= _LONGEST[month - 1]


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where something that looks like a person number begins and ends."""
    for candidate in _CANDIDATE.finditer(text):
        begin, end = candidate.start(), candidate.end() + 3  # what follows decides whether it is a decimal
        for pattern in _PATTERNS:
            for match in pattern.finditer(text, begin, end):
                if _is_date(int(match["day"]), int(match["month"])):
                    yield match.span()
        for match in _THOUSANDS.finditer(text, begin, end):
            digits = match[1].replace(".", "")
            if len(digits) in {9, 10} and _is_date(int(digits[:-8]), int(digits[-8:-6])):
                yield match.span()


def contains(text: str) -> bool:
    """Tell whether something in a text looks like a person number."""
    return any(True for _ in _spans(text))


def without_digests(text: str) -> str:
    """Return a text without its digests, whose digits mean nothing."""
    return _DIGEST.sub("", text)


def mask(text: str) -> str:
    """Return a text with everything in it that looks like a person number masked."""
    parts, at = [], 0
    for start, end in sorted(_spans(text)):
        if start >= at:
            parts += [text[at:start], MASK]
        at = max(at, end)
    return "".join([*parts, text[at:]])


def cover(text: str) -> str:
    """Return what a message may show of a cell from an extract.

    A cell that holds a person number is hidden whole, since a name may stand beside it. One with more digits than a
    date has them hidden: it may be a person number that is written wrong.
    """
    if contains(text) or _DATE_AND_FOUR.search(text):
        return HIDDEN
    if sum(character.isdigit() for character in _DATES.sub("", text)) > _MOST_DIGITS:
        return re.sub(r"\d", "●", text)
    return text


# -- scanning what is published -------------------------------------------------------------------------------

_INLINE = re.compile(
    r"</?(?:a|b|bdi|code|em|i|mark|small|span|strong|sub|sup|tspan|u|wbr|w:t|w:r|w:rPr)(?:\s[^<>]*)?/?>"
)
_RICH = re.compile(r"<rPr>.*?</rPr>|</?[rt](?:\s[^<>]*)?/?>", re.DOTALL)
"""What cuts a text in two in Excel, with the look of what follows; it does so only where there are runs."""
_RUNS = re.compile(r"<r>|<r ")
_TAG = re.compile(r"<[^<>]*>")
_END = re.compile(r"</w:p>|</si>|</row>|\r\n?")
"""Where a line ends in Word, in Excel, and in a text from any system."""
_DIGEST = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-f]{64}|[0-9a-f]{40}|X[0-9a-f]{39}|[0-9a-f]{32})(?![0-9A-Za-z])")
"""Also what pandoc calls the bookmark of a heading whose own name is longer than Word allows."""
_PICTURE = re.compile(r"data:[\w/+.-]+(?:;[\w=-]+)*;base64,[A-Za-z0-9+/=\s]*", re.ASCII)
_TEXT = {".csv", ".html", ".ipynb", ".json", ".md", ".svg", ".tsv", ".txt", ".typ", ".xml", ".yml", ".yaml"}
_ZIPPED = {".docx", ".xlsx"}


_MOST_BYTES = 16 << 20
"""Of a file, and of what is packed into one: many times what a report or its data have."""
MESSAGE = "noget ligner et CPR-nummer; det må hverken gemmes eller offentliggøres"


def scan(folder: Path) -> list[Problem]:
    """Look for person numbers in all files below a folder that is to be published.

    Text, HTML, notebooks and the parts of Word and Excel files are read, file names too. A PDF is not: its text is
    drawn with glyph numbers, and it says what the notebook and the HTML say. Pictures are not either. Each line that
    holds one is a problem, without the number.
    """
    return scan_files((path for path in sorted(folder.rglob("*")) if path.is_file()), folder)


def scan_files(files: Iterable[Path], folder: Path) -> list[Problem]:
    """Look for person numbers in some files, named relative to `folder`."""
    return [problem for path in files for problem in _scan_file(path, path.relative_to(folder).as_posix())]


def _scan_file(path: Path, name: str) -> Iterator[Problem]:
    """Yield the person numbers in one file, or why they cannot be looked for there."""
    if contains(name):
        yield Problem(mask(name), MESSAGE)
    if path.suffix.lower() not in _TEXT | _ZIPPED or not (path.exists() or path.is_symlink()):
        return
    why = irregular(path, _MOST_BYTES)
    if why is not None:
        yield Problem(mask(name), f"{why}; den kan ikke ses efter for CPR-numre")
        return
    try:
        for part, text in _parts(path):
            yield from _scan_text(text, f"{mask(name)} ({part})" if part else mask(name), part)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error):
        yield Problem(mask(name), "filen kan ikke læses, så den kan ikke ses efter for CPR-numre")


def _scan_text(text: str, name: str, part: str) -> Iterator[Problem]:
    """Yield the person numbers in a file's text, or in what a reader sees of it."""
    plain = without_digests(_PICTURE.sub("", text))
    lines = [number for number, words in enumerate(plain.split("\n"), start=1) if contains(words)]
    yield from (Problem(name, MESSAGE, line) for line in lines)
    if not lines and contains(_seen(plain, part)):
        yield Problem(name, MESSAGE)


def _parts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield a file's texts, with the name of each part where it has several."""
    if path.suffix.lower() not in _ZIPPED:
        text = path.read_bytes().decode("utf-8", "replace")
        if path.suffix.lower() == ".ipynb":
            with suppress(ValueError, RecursionError):  # no notebook, but a text all the same
                text = "\n".join(_strings(json.loads(text)))
        yield "", _END.sub("\n", text)
        return
    with zipfile.ZipFile(path) as parts:
        if sum(entry.file_size for entry in parts.infolist()) > _MOST_BYTES:
            raise zipfile.BadZipFile("unpacks to more than it may")
        for name in parts.namelist():
            if Path(name).suffix.lower() in {".xml", ".rels", ".txt"}:
                yield name, _END.sub("\n", parts.read(name).decode("utf-8", "replace"))


def _strings(value: object) -> Iterator[str]:
    """Yield every text and number of a JSON document but pictures, in order.

    Lines of one cell are put together.
    """
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            if not key.startswith(("image/png", "image/jpeg")):
                yield from _strings(inner)
    elif isinstance(value, list):
        if all(isinstance(inner, str) for inner in value):
            yield "".join(value)
        else:
            for inner in value:
                yield from _strings(inner)
    elif value is not None:
        yield str(value)


def _seen(text: str, part: str) -> str:
    """Return the text that a reader sees: without tags, and entities resolved.

    Tags may cut a number in two.
    """
    if part.startswith("xl/"):  # a cell is a text of its own, but runs of one look may cut it
        return html.unescape(_RICH.sub("", text) if _RUNS.search(text) else text)
    return html.unescape(_TAG.sub("\n", _INLINE.sub("", text)))
