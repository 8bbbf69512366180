"""Find what the tables of an OpenDocument spreadsheet show."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache

from xlsxwriter.utility import xl_rowcol_to_cell

from aarsstatus.extracts.sheet_xml import MOST_CELLS, MOST_COLUMNS, Attributes, SheetXml
from aarsstatus.extracts.shown import WHITE, Seen, Shown, as_seen, is_error, whole

_NUMBERS = ("date", "float")
_HIDDEN = ("collapse", "filter")
_MOST_PARENTS = 20
"""A style that seems to have more is its own ancestor."""


class _Styles:
    """Keep what styles say of letters and cells, each with that of its parents."""

    def __init__(self) -> None:
        self._name = ""
        self._said: dict[str, dict[str, str]] = {}
        self._conditions: dict[str, list[str]] = {}
        self.hides = cache(self._hides)

    def element(self, kind: str, said: Attributes) -> None:
        """See what an element says of a style."""
        if kind == "style":
            self._name = said.get("name", "")
            self._said[self._name] = {"parent": said.get("parent-style-name", "")}
        elif kind.endswith("-style"):  # of numbers, which may have letters and conditions of their own
            self._name = ""
        elif kind == "map" and self._name:
            self._conditions.setdefault(self._name, []).append(said.get("apply-style-name", ""))
        elif kind in {"text-properties", "table-cell-properties"} and self._name:
            self._said[self._name].update(said)

    def _hides(self, name: str) -> str | None:
        """Return what a style does to the text of a cell, if it is not seen whole."""
        if self._find(name, "text-line-through-style", "none") != "none":
            return Seen.STRUCK
        letters, paper = self._find(name, "color", ""), self._find(name, "background-color", "transparent")
        paper = WHITE if paper == "transparent" else as_seen(paper.removeprefix("#"))
        return Seen.INVISIBLE if as_seen(letters.removeprefix("#")) == paper else None

    def may_hide(self, name: str) -> bool:
        """Return whether a condition of a style gives cells one that hides anything."""
        return any(map(self.hides, self._conditions.get(name, ())))

    def _find(self, name: str, what: str, otherwise: str) -> str:
        """Return what a style says, or the nearest of its parents."""
        for _ in range(_MOST_PARENTS):
            said = self._said.get(name, {})
            if what in said:
                return said[what]
            name = said.get("parent", "")
        return otherwise


class Content(SheetXml):
    """Look at the tables of an OpenDocument spreadsheet."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: dict[str, Shown] = {}
        self.remarks: set[str] = set()
        self._shown = Shown()
        self._row = self._column = self._last_column = 0
        self._times = self._rows = 1
        self._hidden = False
        self._cell: Attributes = {}
        self._styles = _Styles()
        self._of_columns: list[tuple[int, str]] = []
        self._of_row = ""

    def element(self, kind: str, attributes: Attributes) -> None:
        """See what an element adds."""
        said = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if kind == "table":
            self.finish()
            self.before = self.spanned()
            self._shown = self.sheets.setdefault(said.get("name", ""), Shown())
            self._row = self._column = self._last_column = self.rows = self.columns = 0
            self._rows, self._of_columns = 1, []
        elif kind == "table-column":
            times = _times(said, "number-columns-repeated")
            if said.get("visibility") in _HIDDEN:
                columns = range(self._last_column + 1, min(self._last_column + times, MOST_COLUMNS) + 1)
                self._shown.hidden_columns.update(columns)
            self._last_column += times
            self._of_columns.append((self._last_column, said.get("default-cell-style-name", "")))
        elif kind == "table-row":
            self.finish()
            self._row, self._column, self._times = self._row + self._rows, 0, 1
            self._rows = _times(said, "number-rows-repeated")
            self._hidden = said.get("visibility") in _HIDDEN
            self._of_row = said.get("default-cell-style-name", "")
        elif kind in {"table-cell", "covered-table-cell"}:
            self.finish()
            self._begin_cell(attributes, said)
        elif kind == "span" and self._styles.hides(said.get("style-name", "")) == Seen.STRUCK:
            self._show(Seen.STRUCK)
        elif kind == "annotation" and self._column <= MOST_COLUMNS:
            self.remarks.add(xl_rowcol_to_cell(self._row - 1, self._column - 1))
        elif kind == "p":
            self.text = [] if self._cell else None  # of the last: a comment stands before
        else:
            self._styles.element(kind, said)

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
        style = said.get("style-name") or self._of_row or self._of_column()
        if self._styles.may_hide(style):
            self._shown.conditional.update(range(column, min(column + self._times, MOST_COLUMNS)))
        if (hidden := self._styles.hides(style)) is not None:
            self._show(hidden)
        elif "formula" in said or "error" in attributes.values() or said["value-type"] in _NUMBERS:
            self._cell = attributes

    def _of_column(self) -> str:
        """Return the style of cells in this column that say none."""
        at = bisect_left(self._of_columns, (self._column,))
        return self._of_columns[at][1] if at < len(self._of_columns) else ""

    def finish(self) -> None:
        """See what the last cell shows."""
        if self._cell:
            text = "".join(self.text or ()).strip()
            kinds = {value for key, value in self._cell.items() if key.endswith(" value-type")}
            parts, is_day = len(re.findall("[0-9]+", text)), "date" in kinds and bool(text)
            shows = text if is_error(text) else "#FEJL!" if "error" in kinds else None if kinds else Seen.NOT_WORKED_OUT
            if shows is None and kinds.intersection(_NUMBERS) and self.text == []:
                shows = Seen.INVISIBLE
            if shows is None and is_day and parts < 3 - bool(re.search("[a-zæøå]{3}", text, re.IGNORECASE)):
                shows = Seen.PART_OF_A_DAY
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
