"""Find where a workbook shows a person something else than the reader returns.

Calamine returns nothing for a cell with an error and for a formula that was never worked out, and does not say which
rows and columns are hidden. Here the parts of the file are read once more, by an XML parser that keeps nothing but
that, and measures how large each sheet is: calamine lays it out as a rectangle.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Collection, Mapping
from functools import cache

from aarsstatus import danish
from aarsstatus.extracts.binary_sheets import read_xls, xlsb_remarks, xlsb_sheet, xlsb_styles, xlsb_workbook
from aarsstatus.extracts.opendocument import Content
from aarsstatus.extracts.sheet_xml import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Attributes, SheetXml, parse, whole
from aarsstatus.extracts.shown import NOT_WORKED_OUT, STRUCK, Book, Shown, TooLargeError, is_error
from aarsstatus.extracts.styles import YES, Strings, Styles

MOST_UNPACKED = 400 << 20
"""Bytes of XML: a full sheet of a million rows and six columns has about 300 MB."""
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.IGNORECASE)
_WORKBOOK = re.compile(r"(?:.*/)?workbook\d*\.(?:xml|bin)", re.IGNORECASE)
_REMARKS = re.compile(r"/comments?\d*\.(?:xml|bin)$", re.IGNORECASE)
_LOWEST, _NARROWEST = 2.0, 0.3
"""Points of a row, letters of a column: what is smaller cannot be seen."""


def look_at(content: bytes) -> Book:
    """Return what a workbook shows, or why it is too large to be opened.

    Of a file that is no workbook, it is calamine that says so.
    """
    try:
        if not content.startswith(b"PK"):
            return read_xls(content, MOST_CELLS)
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(parts.getinfo(name).file_size for name in _names(parts)) > MOST_UNPACKED:
                return Book(too_large=f"filen fylder mere end {MOST_UNPACKED >> 20} MB, når den pakkes ud")
            return _look_at_parts(parts)
    except TooLargeError:
        most = f"{MOST_CELLS // 1_000_000} millioner celler eller {danish.whole(MOST_ROWS)} rækker"
        return Book(too_large=f"filens ark spænder over mere end {most}")
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
    workbook, is_binary = _Workbook(), path.casefold().endswith(".bin")
    if is_binary:
        workbook.is_1904, workbook.sheets = xlsb_workbook(parts.read(path))
    elif path:
        parse(parts, path, workbook.element)
    targets = _targets(parts, path) if path else {}
    called = {targets.get(relation, ""): name for name, relation in workbook.sheets.items()}
    book, content = Book(is_1904=workbook.is_1904), Content()
    book.remarks.update(_remarked(parts))
    styles, strings, binary = _styles(parts, content)
    spanned = 0
    for name in _names(parts):
        sheet = called.get(name.casefold())
        if is_binary and sheet is not None:
            book.sheets[sheet], cells = xlsb_sheet(parts.read(name), MOST_CELLS - spanned, binary)
            spanned += cells
        elif name == "content.xml":
            if parse(parts, name, content.element, content):
                book.sheets.update(content.sheets)
                book.remarks.update(content.remarks)
        else:
            looked = _Sheet(styles, strings.struck, recalculated=workbook.recalculated, before=spanned)
            if parse(parts, name, looked.element, looked) and sheet is not None:
                book.sheets[sheet], spanned = looked.shown, looked.spanned()
    return book


def _styles(parts: zipfile.ZipFile, content: Content) -> tuple[Styles, Strings, Mapping[int, str]]:
    """Read the styles of a workbook; give `content` those of OpenDocument."""
    styles, strings, binary = Styles(), Strings(), dict[int, str]()
    for name in _names(parts):
        folded = name.casefold()
        if name == "styles.xml":
            parse(parts, name, content.element)
        elif folded.endswith("/styles.xml"):
            parse(parts, name, styles.element)
        elif folded.endswith("/sharedstrings.xml") and b"strike" in parts.read(name):
            parse(parts, name, strings.element)
        elif folded.endswith("/styles.bin"):
            binary = xlsb_styles(parts.read(name))
    return styles, strings, binary


def _remarked(parts: zipfile.ZipFile) -> set[str]:
    """Return the cells that somebody has written a remark on."""
    cells = set[str]()

    def element(kind: str, said: Attributes) -> None:
        if kind == "comment":
            cells.add(said.get("ref", ""))

    for name in filter(_REMARKS.search, _names(parts)):
        if name.casefold().endswith(".bin"):
            cells.update(xlsb_remarks(parts.read(name)))
        else:
            parse(parts, name, element)
    return set(filter(_PLACE.fullmatch, cells))  # it is quoted


def _targets(parts: zipfile.ZipFile, path: str) -> Mapping[str, str]:
    """Return the part that each relation of a workbook leads to."""
    folder, name = posixpath.split(path)
    found: dict[str, str] = {}

    def element(_: str, attributes: Attributes) -> None:
        if "Id" in attributes and "Target" in attributes:
            target = posixpath.normpath(posixpath.join("/", folder, attributes["Target"].replace("\\", "/")))
            found[attributes["Id"]] = target.lstrip("/").casefold()

    wanted = posixpath.join(folder, "_rels", f"{name}.rels").casefold()
    for part in _names(parts):
        if part.casefold() == wanted:
            parse(parts, part, element)
    return found


class _Workbook:
    """Read the list of sheets of an XLSX file."""

    def __init__(self) -> None:
        self.sheets: dict[str, str] = {}
        self.is_1904 = self.recalculated = False

    def element(self, kind: str, attributes: Attributes) -> None:
        """See what an element says."""
        if kind == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(" id")), "")
            self.sheets[attributes.get("name", "")] = relation
        elif kind == "workbookPr":
            self.is_1904 = attributes.get("date1904") in YES
        elif kind == "calcPr":
            self.recalculated = attributes.get("fullCalcOnLoad") in YES


class _Sheet(SheetXml):
    """Look at the cells of a sheet of an XLSX file.

    A cell says where it stands, or is the next one. Where Excel works every formula out anew, an empty result or 0
    is what a library wrote that cannot work one out.
    """

    def __init__(self, styles: Styles, struck: Collection[str], *, recalculated: bool, before: int) -> None:
        super().__init__(before)
        self._styles, self._struck = styles, struck
        self.shown = Shown()
        self._recalculated = recalculated
        self._line = self._row = self._column = 0
        self._type, self._style, self._conditional = "", "", ""
        self._is_formula = self._is_nothing = self._has_value = self._is_struck = False

    def element(self, kind: str, attributes: Attributes) -> None:
        """See what an element adds."""
        if kind == "v":
            self._has_value = True
            wanted = self._is_formula or self._type == "e" or (self._type == "s" and self._struck)
            self._is_nothing = self._is_formula and "".join(self.text or ()) == '""'
            self.text = [] if wanted else None
        elif kind == "f":
            self._is_formula, self.text = True, []
        elif kind == "strike":
            self._is_struck |= attributes.get("val", "1") in YES
        elif kind == "c":
            self.finish()
            self._row, self._column = self._line, self._column + 1
            if "r" in attributes:
                self._row, self._column = _place(attributes["r"])
            self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self.columns = max(self.columns, self._column)
        elif kind == "row":
            self.finish()
            self._line = whole(attributes["r"], MOST_CELLS) if "r" in attributes else self._line + 1
            self._row, self._column = self._line, 0
            if attributes.get("hidden") in YES or _is_below(_LOWEST, attributes.get("ht")):
                self.shown.hidden_rows.add(self._row)
        elif kind == "col" and (attributes.get("hidden") in YES or _is_below(_NARROWEST, attributes.get("width"))):
            first, last = (whole(attributes.get(end), 0) for end in ("min", "max"))
            self.shown.hidden_columns.update(range(first, min(last, MOST_COLUMNS) + 1))
        elif kind in {"conditionalFormatting", "cfRule"}:
            self._see_condition(attributes)
        elif kind == "mergeCell":
            self.finish()
            corner, _, opposite = attributes.get("ref", "").partition(":")
            if opposite:
                self.shown.merged.append((*_place(corner), *_place(opposite)))
        self.rows = max(self.rows, self._row)

    def _see_condition(self, attributes: Attributes) -> None:
        """See which columns a condition may hide."""
        self._conditional = attributes.get("sqref", self._conditional)
        if attributes.get("dxfId") in self._styles.rules:
            for corner, _, opposite in (part.partition(":") for part in self._conditional.split()):
                first, last = _place(corner)[1], _place(opposite or corner)[1]
                self.shown.conditional.update(range(first, min(last, MOST_COLUMNS) + 1))

    def finish(self) -> None:
        """See what the last cell shows."""
        of_number = self._type == "n"
        shows = (self._styles.numbers if of_number else self._styles.texts).get(self._style)
        if self._is_struck or (self._type == "s" and "".join(self.text or ()) in self._struck):
            shows = STRUCK
        if shows and (self._has_value or not of_number):
            self.shown.cells[self._row, self._column] = shows
        if self._is_formula or self._type == "e":
            text = "".join(self.text or ()).strip() if self._has_value else ""
            has_result = bool(text) or (self._has_value and (self._type == "str" or self._is_nothing))
            if self._recalculated and self._is_formula and text in {"", "0"} and not self._is_nothing:
                has_result = False
            if self._type == "e" and text:
                self.shown.cells[self._row, self._column] = text if is_error(text) else "#FEJL!"
            elif not has_result:
                self.shown.cells[self._row, self._column] = NOT_WORKED_OUT
        self.text, self._type, self._style = None, "", ""
        self._is_formula = self._is_nothing = self._has_value = self._is_struck = False


def _place(text: str) -> tuple[int, int]:
    """Return the row and column of a place such as ``B7``.

    A place that no sheet has is too far away.
    """
    match = _PLACE.fullmatch(text)
    return (MOST_CELLS, 2) if match is None else (int(match[2]), _column(match[1].upper()))


@cache
def _column(letters: str) -> int:
    """Return the number of a column, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _is_below(least: float, text: str | None) -> bool:
    """Return whether a height or a width is less than can be seen."""
    try:
        return text is not None and float(text) < least
    except ValueError:
        return False
