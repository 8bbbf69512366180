"""Read the visible sheets of a workbook, and what they show a person.

Calamine returns nothing for a cell with an error and for a formula that was never worked out, and does not say which
rows and columns are hidden. So the parts of the file are read once more, by XML parsers that keep nothing but that,
and measure how large each sheet is: calamine lays it out as a rectangle.
"""

from __future__ import annotations

import io
import pickle
import posixpath
import re
import zipfile
from collections.abc import Collection, Mapping

from aarsstatus import danish
from aarsstatus.extracts.binary_sheets import read_xls, xlsb_remarks, xlsb_sheet, xlsb_styles, xlsb_workbook
from aarsstatus.extracts.opendocument import Content
from aarsstatus.extracts.sheet_xml import MOST_CELLS, MOST_ROWS, PLACE, XlsxSheet, parse
from aarsstatus.extracts.shown import YES, Book, Styles, TooLargeError, read_styles, struck_texts, tree
from aarsstatus.problems import ProgramError
from aarsstatus.run import temporary
from aarsstatus.run.calamine_process import LOCKED, UNREADABLE
from aarsstatus.run.programs import run_python

MOST_UNPACKED = 400 << 20
"""Bytes of XML: a full sheet of a million rows and six columns has about 300 MB."""
_TOO_LARGE = "et mindre udtræk, eller det samme gemt som CSV"
_WORKBOOK = re.compile(r"(?:.*/)?workbook\d*\.(?:xml|bin)", re.IGNORECASE)
_REMARKS = re.compile(r"/comments?\d*\.(?:xml|bin)$", re.IGNORECASE)
_STRANGE_ERROR = re.compile(rb">\s*#[A-Z_/0-9!?]+\s*</((?:\w+:)?v)>")
"""An error as a cell has it, among them those that calamine does not know, such as ``#SPILL!``."""
_OF_CELLS = (".xml", ".rels", ".bin")


def read_book(content: bytes) -> Book:
    """Read a workbook in a process of its own, since a harmful one ends its reader."""
    book = look_at(content)
    if book.unfit is not None:
        return book
    status, made = _read(content)
    if status == UNREADABLE and (mended := _without_strange_errors(content)) is not None:
        status, made = _read(mended)
    if not status:
        book.rows, book.hidden = pickle.loads(made)  # noqa: S301 - our own process wrote it
    if status == LOCKED:
        book.unfit = "filen er låst med en adgangskode", "et udtræk uden adgangskode"
    elif not book.rows or any(name not in book.sheets for name in book.rows):
        book.unfit = "filen kan ikke læses som Excel", "en fil gemt som .xlsx i Excel"
    return book


def _read(content: bytes) -> tuple[int, bytes]:
    """Return the exit status of the reader, and what it wrote."""
    try:
        done = run_python("Excel", ["-m", "aarsstatus.run.calamine_process"], folder=temporary.own(), given=content)
    except ProgramError:  # it never came to an end
        return UNREADABLE, b""
    return done.status, done.made


def _without_strange_errors(content: bytes) -> bytes | None:
    """Return a workbook in which every error is one that calamine knows.

    None of what is no whole zip.
    """
    made = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(made, "w") as written:
            for name in dict.fromkeys(parts.namelist()):
                if name.casefold().endswith(_OF_CELLS):
                    written.writestr(name, _STRANGE_ERROR.sub(rb">#N/A</\1>", parts.read(name)))
    except Exception:  # whatever a damaged file makes of itself
        return None
    return made.getvalue()


# -- what its sheets show -------------------------------------------------------------------------------------


def look_at(content: bytes) -> Book:
    """Return what a workbook shows, or why it is too large to be opened.

    Of a file that is no workbook, it is calamine that says so.
    """
    try:
        if not content.startswith(b"PK"):
            return read_xls(content, MOST_CELLS)
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(parts.getinfo(name).file_size for name in _names(parts)) > MOST_UNPACKED:
                unpacked = f"filen fylder mere end {MOST_UNPACKED >> 20} MB, når den pakkes ud"
                return Book(unfit=(unpacked, _TOO_LARGE))
            return _look_at_parts(parts)
    except TooLargeError:
        most = f"{MOST_CELLS // 1_000_000} millioner celler eller {danish.whole(MOST_ROWS)} rækker"
        return Book(unfit=(f"filens ark spænder over mere end {most}", _TOO_LARGE))
    except Exception:  # whatever a damaged file makes of itself; what was not looked at is not read
        return Book()


def _names(parts: zipfile.ZipFile) -> list[str]:
    """Return the parts that may be sheets: all but pictures.

    None of a workbook with two parts of one name, of which every reader takes the one it likes.
    """
    names = parts.namelist()
    if len({name.casefold() for name in names}) < len(names):
        return []
    return [name for name in names if not name.startswith("xl/media/")]


def _look_at_parts(parts: zipfile.ZipFile) -> Book:
    """Look at every part of a workbook, since any may be a sheet.

    A sheet that cannot be looked at is left out.
    """
    path = next((name for name in _names(parts) if _WORKBOOK.fullmatch(name)), "")
    is_binary, recalculated = path.casefold().endswith(".bin"), False
    book, content, relations, spanned = Book(), Content(), dict[str, str](), 0
    if is_binary:
        book.is_1904, relations = xlsb_workbook(parts.read(path))
    elif path:
        root = tree(parts, path)
        for one in root.iter("{*}sheet"):
            relations[one.get("name", "")] = next((said for key, said in one.items() if key.endswith("}id")), "")
        book.is_1904 = any(one.get("date1904") in YES for one in root.iter("{*}workbookPr"))
        recalculated = any(one.get("fullCalcOnLoad") in YES for one in root.iter("{*}calcPr"))
    targets = _targets(parts, path)
    called = {targets.get(relation, ""): name for name, relation in relations.items()}
    styles, struck, binary = _styles(parts, content, book.remarks)
    for name in _names(parts):
        sheet = called.get(name.casefold())
        if is_binary and sheet is not None:
            book.sheets[sheet], cells = xlsb_sheet(parts.read(name), MOST_CELLS - spanned, binary)
            spanned += cells
        elif name == "content.xml":
            if parse(parts, name, content):
                book.sheets.update(content.sheets)
                book.remarks.update(content.remarks)
        else:
            looked = XlsxSheet(styles, struck, recalculated=recalculated, before=spanned)
            if parse(parts, name, looked) and sheet is not None:
                book.sheets[sheet], spanned = looked.shown, looked.spanned()
    return book


def _styles(
    parts: zipfile.ZipFile, content: Content, remarks: set[str]
) -> tuple[Styles, Collection[str], Mapping[int, str]]:
    """Read what cells look like into styles and `content`; add the remarks on them."""
    styles, struck, binary = Styles(), set[str](), dict[int, str]()
    for name in _names(parts):
        folded = name.casefold()
        if name == "styles.xml":
            parse(parts, name, content)
        elif folded.endswith("/styles.xml"):
            styles = read_styles(parts, name)
        elif folded.endswith("/styles.bin"):
            binary = xlsb_styles(parts.read(name))
        elif folded.endswith("/sharedstrings.xml") and b"strike" in parts.read(name):
            struck = struck_texts(parts, name)
        elif _REMARKS.search(name):
            is_binary = folded.endswith(".bin")
            cells = xlsb_remarks(parts.read(name)) if is_binary else tree(parts, name).xpath("//@ref")
            remarks.update(filter(PLACE.fullmatch, cells))  # it is quoted
    return styles, struck, binary


def _targets(parts: zipfile.ZipFile, path: str) -> Mapping[str, str]:
    """Return the part that each relation of a workbook leads to."""
    folder, name = posixpath.split(path)
    wanted = posixpath.join(folder, "_rels", f"{name}.rels").casefold()
    found = {
        one.get("Id", ""): posixpath.join("/", folder, one.get("Target", "").replace("\\", "/"))
        for part in _names(parts)
        if path and part.casefold() == wanted
        for one in tree(parts, part).iter("{*}Relationship")
    }
    return {key: posixpath.normpath(target).lstrip("/").casefold() for key, target in found.items()}
