"""Look at the cells of a sheet in XML, as long as they fit in memory."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Mapping
from contextlib import suppress
from functools import cache
from xml.parsers import expat

from aarsstatus.extracts.shown import YES, Seen, Shown, Styles, TooLargeError, is_error, whole

MOST_CELLS = 8_000_000
"""Cells of the rectangles of a workbook's sheets; each takes some tens of bytes in calamine and as many in Python."""
MOST_COLUMNS, MOST_ROWS = 1 << 14, 1 << 20
"""As many as Excel has."""
_PIECE = 1 << 20
PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.IGNORECASE)
_LOWEST, _NARROWEST = 2.0, 0.3
"""Points of a row, letters of a column: what is smaller cannot be seen."""

Attributes = Mapping[str, str]


class SheetXml:
    """Collect the text of some elements, and measure a sheet.

    `before` is how many cells the sheets before it span.
    """

    def __init__(self, before: int = 0) -> None:
        self.rows = self.columns = 0
        self.before = before
        self.text: list[str] | None = None
        """None where nobody wants the text."""

    def spanned(self) -> int:
        """Return how many cells this sheet and those before it span."""
        return self.before + self.rows * self.columns

    def element(self, kind: str, attributes: Attributes) -> None:
        """See what an element says."""

    def finish(self) -> None:
        """See what the last cell shows."""


def parse(parts: zipfile.ZipFile, name: str, sheet: SheetXml) -> bool:
    """Parse a part, and return whether it is XML as a spreadsheet has it.

    A picture is none, nor is what another parser might read as something else.
    """
    parser = expat.ParserCreate("utf-8", " ")

    def doctype(*_: object) -> None:
        raise expat.ExpatError("a document type")

    def begun(called: str, attributes: Attributes) -> None:
        sheet.element(called.rpartition(" ")[2], attributes)
        parser.CharacterDataHandler = None if sheet.text is None else sheet.text.append

    parser.StartElementHandler = begun
    parser.StartDoctypeDeclHandler = doctype
    with parts.open(name) as part, suppress(expat.ExpatError):
        while piece := part.read(_PIECE):
            parser.Parse(piece)
            if sheet.spanned() > MOST_CELLS or sheet.rows > MOST_ROWS:
                raise TooLargeError
        sheet.finish()
        return True
    return False


class XlsxSheet(SheetXml):
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
            shows = Seen.STRUCK
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
                self.shown.cells[self._row, self._column] = Seen.NOT_WORKED_OUT
        self.text, self._type, self._style = None, "", ""
        self._is_formula = self._is_nothing = self._has_value = self._is_struck = False


def _place(text: str) -> tuple[int, int]:
    """Return the row and column of a place such as ``B7``.

    A place that no sheet has is too far away.
    """
    match = PLACE.fullmatch(text)
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
