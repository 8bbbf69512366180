"""Find which styles of an XLSX file hide what a cell holds, or a part of it."""

from __future__ import annotations

from aarsstatus.extracts.sheet_xml import Attributes
from aarsstatus.extracts.shown import (
    FORMATS_OF_A_PART,
    INVISIBLE,
    PART_OF_A_DAY,
    STRUCK,
    hides_text,
    shows_part_of_a_day,
)

YES = ("1", "true")
_WHITE = {("rgb", "FFFFFFFF"), ("rgb", "00FFFFFF"), ("theme", "0"), ("indexed", "1"), ("indexed", "9")}


class Styles:
    """Read the styles of a workbook.

    `numbers` and `texts` say what cells of a style hide, `rules` which formats that a condition gives hide anything.
    """

    def __init__(self) -> None:
        self.numbers: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.rules: set[str] = set()
        self._parts, self._no_texts = set(map(str, FORMATS_OF_A_PART)), set[str]()
        self._struck, self._white, self._filled = set[str](), set[str](), set[str]()
        self._group = ""
        self._last = {"font": -1, "fill": -1, "xf": -1, "dxf": -1}

    def element(self, kind: str, attributes: Attributes) -> None:
        """See what an element says."""
        if kind in {"fonts", "fills", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles"}:
            self._group = kind
        elif self._group == "dxfs":
            self._see_rule(kind, attributes)
        elif kind == "numFmt":
            self._see_format(attributes.get("numFmtId", ""), attributes.get("formatCode", ""))
        elif (kind, self._group) in {("font", "fonts"), ("fill", "fills")}:
            self._last[kind] += 1
        elif kind == "strike" and self._group == "fonts" and attributes.get("val", "1") in YES:
            self._struck.add(str(self._last["font"]))
        elif kind == "color" and self._group == "fonts" and _is_white(attributes):
            self._white.add(str(self._last["font"]))
        elif kind == "patternFill" and attributes.get("patternType", "none") != "none":
            self._filled.add(str(self._last["fill"]))
        elif kind == "fgColor" and self._group == "fills" and _is_white(attributes):
            self._filled.discard(str(self._last["fill"]))
        elif kind == "xf" and self._group == "cellXfs":
            self._last[kind] += 1
            self._see_style(str(self._last[kind]), attributes)

    def _see_format(self, number: str, code: str) -> None:
        """See what a number format hides."""
        if shows_part_of_a_day(code):
            self._parts.add(number)
        if hides_text(code):
            self._no_texts.add(number)

    def _see_style(self, style: str, attributes: Attributes) -> None:
        """See what a style hides."""
        font, form = attributes.get("fontId", ""), attributes.get("numFmtId", "")
        hidden = STRUCK if font in self._struck else ""
        if font in self._white and attributes.get("fillId", "") not in self._filled:
            hidden = INVISIBLE
        if hidden or form in self._parts:
            self.numbers[style] = hidden or PART_OF_A_DAY
        if hidden or form in self._no_texts:
            self.texts[style] = hidden or INVISIBLE

    def _see_rule(self, kind: str, attributes: Attributes) -> None:
        """See what a format hides that a condition gives."""
        if kind == "dxf":
            self._last[kind] += 1
        rule = str(self._last["dxf"])
        struck = kind == "strike" and attributes.get("val", "1") in YES
        code = attributes.get("formatCode", "") if kind == "numFmt" else ""
        if struck or (kind == "color" and _is_white(attributes)) or shows_part_of_a_day(code) or hides_text(code):
            self.rules.add(rule)
        elif kind == "patternFill":  # white on dark is seen; the font stands before
            self.rules.discard(rule)


class Strings:
    """Find the shared texts of a workbook of which a part is struck through."""

    def __init__(self) -> None:
        self.struck: set[str] = set()
        self._last = -1

    def element(self, kind: str, attributes: Attributes) -> None:
        """See what an element says."""
        if kind == "si":
            self._last += 1
        elif kind == "strike" and attributes.get("val", "1") in YES:
            self.struck.add(str(self._last))


def _is_white(attributes: Attributes) -> bool:
    """Return whether a colour is that of paper."""
    return "tint" not in attributes and any((key, value.upper()) in _WHITE for key, value in attributes.items())
