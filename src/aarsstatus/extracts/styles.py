"""Find which styles of an XLSX file hide what a cell holds, or a part of it."""

from __future__ import annotations

from aarsstatus.extracts.sheet_xml import Attributes, whole
from aarsstatus.extracts.shown import (
    FORMATS_OF_A_PART,
    INVISIBLE,
    PART_OF_A_DAY,
    STRUCK,
    WHITE,
    as_seen,
    hides_text,
    shows_part_of_a_day,
)

YES = ("1", "true")
_SMALLEST = 3
"""Points of letters that nobody can read."""


class Styles:
    """Read the styles of a workbook.

    `numbers` and `texts` say what cells of a style hide, `rules` which formats that a condition gives hide anything.
    """

    def __init__(self) -> None:
        self.numbers: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.rules: set[str] = set()
        self._parts, self._no_texts = set(map(str, FORMATS_OF_A_PART)), set[str]()
        self._struck, self._tiny = set[str](), set[str]()
        self._letters, self._papers = dict[str, str](), dict[str, str]()
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
        elif kind == "sz" and self._group == "fonts" and whole(attributes.get("val"), _SMALLEST) < _SMALLEST:
            self._tiny.add(str(self._last["font"]))
        elif kind == "color" and self._group == "fonts":
            self._letters[str(self._last["font"])] = _colour(attributes)
        elif kind == "patternFill" and attributes.get("patternType", "none") != "none":
            self._papers[str(self._last["fill"])] = ""
        elif kind == "fgColor" and self._group == "fills":
            self._papers[str(self._last["fill"])] = _colour(attributes)
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
        paper = self._papers.get(attributes.get("fillId", ""), WHITE)
        if font in self._tiny or self._letters.get(font) == paper:
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
        if (
            struck
            or (kind == "color" and _colour(attributes) == WHITE)
            or shows_part_of_a_day(code)
            or hides_text(code)
        ):
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


def _colour(attributes: Attributes) -> str:
    """Return a colour, with one name for all that look like paper."""
    if set(attributes) == {"rgb"}:
        return as_seen(attributes["rgb"][2:])
    return as_seen(" ".join(f"{key} {value}" for key, value in sorted(attributes.items())))
