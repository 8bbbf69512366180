"""Parse the XML of a spreadsheet, as long as its cells fit in memory."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from typing import IO
from xml.parsers import expat

from aarsstatus.extracts.shown import TooLargeError

MOST_CELLS = 8_000_000
"""Cells of the rectangles of a workbook's sheets; each takes some tens of bytes in calamine and as many in Python."""
MOST_COLUMNS, MOST_ROWS = 1 << 14, 1 << 20
"""As many as Excel has."""
_PIECE = 1 << 20

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

    def finish(self) -> None:
        """See what the last cell shows."""


def parse(
    parts: zipfile.ZipFile, name: str, element: Callable[[str, Attributes], None], sheet: SheetXml | None = None
) -> bool:
    """Parse a part, and return whether it is XML as a spreadsheet has it.

    A picture is none, nor is what another parser might read as something else.
    """
    parser = expat.ParserCreate("utf-8", " ")

    def doctype(*_: object) -> None:
        raise expat.ExpatError("a document type")

    def begun(called: str, attributes: Attributes) -> None:
        element(called.rpartition(" ")[2], attributes)
        if sheet is not None:
            parser.CharacterDataHandler = None if sheet.text is None else sheet.text.append

    parser.StartElementHandler = begun
    parser.StartDoctypeDeclHandler = doctype
    with parts.open(name) as part:
        try:
            _feed(parser, part, sheet)
        except expat.ExpatError:
            return False
    if sheet is not None:
        sheet.finish()
    return True


def _feed(parser: expat.XMLParserType, part: IO[bytes], sheet: SheetXml | None) -> None:
    """Give a part to a parser, as long as its sheet fits in memory."""
    while piece := part.read(_PIECE):
        parser.Parse(piece)
        if sheet is not None and (sheet.spanned() > MOST_CELLS or sheet.rows > MOST_ROWS):
            raise TooLargeError


def whole(text: str | None, otherwise: int) -> int:
    """Return a whole number of at most seven digits, or another."""
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) <= 7 else otherwise
