"""Find what the tables of an OpenDocument spreadsheet show."""

from __future__ import annotations

import re

from aarsstatus.extracts.sheet_xml import MOST_CELLS, MOST_COLUMNS, Attributes, SheetXml, whole
from aarsstatus.extracts.shown import INVISIBLE, NOT_WORKED_OUT, PART_OF_A_DAY, STRUCK, Shown, is_error

_NUMBERS = ("date", "float")
_HIDDEN = ("collapse", "filter")
_PAPER = re.compile("#(?:f[0-9a-f]){3}|transparent", re.IGNORECASE)
"""Colours of cells and letters as of paper, or nearly."""


class Content(SheetXml):
    """Look at the tables of an OpenDocument spreadsheet."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: dict[str, Shown] = {}
        self._shown = Shown()
        self._row = self._column = self._last_column = 0
        self._times = self._rows = 1
        self._hidden = False
        self._cell: Attributes = {}
        self._style, self._struck = "", set[str]()
        self._white, self._filled = set[str](), set[str]()

    def element(self, kind: str, attributes: Attributes) -> None:
        """See what an element adds."""
        said = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if kind == "style":
            self._style = said.get("name", "")
        elif kind == "text-properties":
            if said.get("text-line-through-style", "none") != "none":
                self._struck.add(self._style)
            if _PAPER.fullmatch(said.get("color", "")):
                self._white.add(self._style)
        elif kind == "table-cell-properties" and not _PAPER.fullmatch(said.get("background-color", "transparent")):
            self._filled.add(self._style)
        elif kind == "table":
            self.finish()
            self.before = self.spanned()
            self._shown = self.sheets.setdefault(said.get("name", ""), Shown())
            self._row = self._column = self._last_column = self.rows = self.columns = 0
            self._rows = 1
        elif kind == "table-column":
            times = _times(said, "number-columns-repeated")
            if said.get("visibility") in _HIDDEN:
                columns = range(self._last_column + 1, min(self._last_column + times, MOST_COLUMNS) + 1)
                self._shown.hidden_columns.update(columns)
            self._last_column += times
        elif kind == "table-row":
            self.finish()
            self._row, self._column, self._times = self._row + self._rows, 0, 1
            self._rows = _times(said, "number-rows-repeated")
            self._hidden = said.get("visibility") in _HIDDEN
        elif kind in {"table-cell", "covered-table-cell"}:
            self.finish()
            self._begin_cell(attributes, said)
        elif kind == "span" and said.get("style-name") in self._struck:
            self._show(STRUCK)
        elif kind == "p" and self._cell:  # the last: a comment stands before
            self.text = []

    def _begin_cell(self, attributes: Attributes, said: Attributes) -> None:
        """Begin a cell; only one with a formula or an error is looked at closer."""
        self._column += self._times
        self._times = _times(said, "number-columns-repeated")
        row, column = self._row, self._column
        if "value-type" not in said and "formula" not in said:
            return
        self.rows, self.columns = max(self.rows, row + self._rows - 1), max(self.columns, column + self._times - 1)
        if self._hidden and self.spanned() <= MOST_CELLS:
            self._shown.hidden_rows.update(range(row, row + self._rows))
        down, across = (whole(said.get(f"number-{way}-spanned"), 1) for way in ("rows", "columns"))
        if down > 1 or across > 1:
            self._shown.merged.append((row, column, row + down - 1, column + across - 1))
        if said.get("style-name") in self._struck:
            self._show(STRUCK)
        elif said.get("style-name") in self._white - self._filled:
            self._show(INVISIBLE)
        elif "formula" in said or "error" in attributes.values() or said["value-type"] in _NUMBERS:
            self._cell = attributes

    def finish(self) -> None:
        """See what the last cell shows."""
        if self._cell:
            text = "".join(self.text or ()).strip()
            kinds = {value for key, value in self._cell.items() if key.endswith(" value-type")}
            parts, is_day = len(re.findall("[0-9]+", text)), "date" in kinds and bool(text)
            shows = text if is_error(text) else "#FEJL!" if "error" in kinds else None if kinds else NOT_WORKED_OUT
            if shows is None and kinds.intersection(_NUMBERS) and self.text == []:
                shows = INVISIBLE
            if shows is None and is_day and parts < 3 - bool(re.search("[a-zæøå]{3}", text, re.IGNORECASE)):
                shows = PART_OF_A_DAY
            if shows is not None:
                self._show(shows)
        self.text, self._cell = None, {}

    def _show(self, what: str) -> None:
        """Keep what the cell shows, as often as it and its row are repeated."""
        if self.spanned() <= MOST_CELLS:
            for row in range(self._row, self._row + self._rows):
                for column in range(self._column, self._column + self._times):
                    self._shown.cells[row, column] = what


def _times(said: Attributes, what: str) -> int:
    """Return how often something is repeated, or how much is too often."""
    return whole(said[what], MOST_CELLS) if what in said else 1
