"""Find rows that are no spells: sums, remarks, headers, rows squeezed into a cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import polars as pl

from aarsstatus.extracts.cells import BAD, Mask, legible
from aarsstatus.extracts.outcome import Counts, Refusals
from aarsstatus.extracts.table import OVERFLOW, Block, Header
from aarsstatus.inputs.aliases import fold
from aarsstatus.privacy import cover

_KNOWN = ("administration", "scheme", "start", "end")
_MOST_BELOW = 8
"""Rows of sums and remarks below a table."""
_LONGEST_SUM = 60
_LIKE_A_ROW = r"[;,\t|].*[;,\t|]"
_LEAST_PARTS = 3
"""An administration or a scheme, and two dates."""
_MOST_BESIDE = 2
"""A decimal comma cuts a row with semicolons in two where a file has commas."""


_EXPLAINS = re.compile(r"dat[oe]|d{1,2}\W?m|y{2}|å{2}|^\W*\d{0,2}\W*$|\(?alle?\)?$", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"\d{3}")
"""Stands below a heading of days and says what its column holds; what no such row has in it."""


class StrayRows:
    """Find rows that are none.

    `totals` are what the first words of a row of sums may be, folded; `read` says what a cell of each field comes to:
    a number below 0 where it cannot be read.
    """

    def __init__(self, totals: frozenset[str], read: Mapping[str, Callable[[str], int]]) -> None:
        self._totals, self._read = totals, read

    def without_sums(
        self, block: Block, header: Header, label: str, counts: Counts, refusals: Refusals
    ) -> pl.DataFrame:
        """Return the rows of a block without the sums and remarks below the table.

        Nothing but blank rows may stand below them. They are kept in `counts`, and noted.
        """
        if not block.last:
            return block.frame
        height = block.frame.height
        below = 0
        for at in reversed(range(height)):
            texts = [text or "" for text in block.frame.row(at)]
            filled = [text.strip() for text in texts if text.strip()]
            if not filled:
                continue
            below += 1
            known = {name: texts[place] for name, place in header.columns.items() if name in _KNOWN}
            if below > _MOST_BELOW or not self._is_sum_or_remark(known, filled):
                break
            height = at
            counts.below.append(" ".join(filled))
            read = "er læst som en sum eller en bemærkning under tabellen og tæller ikke med"
            refusals.note(label, f"række {block.first_row + at}{self._quoted(filled)} {read}")
        return block.frame.head(height)

    def _is_sum_or_remark(self, known: Mapping[str, str], filled: Sequence[str]) -> bool:
        """Return whether a row has no dates, and names a sum or is one text alone."""
        read = {name for name, text in known.items() if text.strip() and self._read[name](text) >= 0}
        if read & {"start", "end"} or self._is_row_in_a_cell(filled):
            return False
        if any(map(self._names_sum, filled)):
            return True
        return len(filled) == 1 and not read and any(map(str.isalpha, filled[0]))

    def _quoted(self, filled: Sequence[str]) -> str:
        """Quote a row of sums; a remark may be about somebody, and is not quoted."""
        said = legible(" ".join(filled))
        return f" (»{cover(said)[:_LONGEST_SUM]}«)" if said is not None and any(map(self._names_sum, filled)) else ""

    def _names_sum(self, text: str) -> bool:
        """Return whether a cell says that a row is one of sums."""
        return fold(text).rstrip("0123456789") in self._totals

    def squeezed(self, frame: pl.DataFrame, empty: Mask) -> Mask:
        """Return which rows stand in one cell, with another delimiter between.

        The cell may be of a column that nobody reads, and the row would then seem to be blank. Only a row without a
        start, as `empty` says, may be one.
        """
        squeezed = np.zeros(len(empty), np.bool_)
        if not empty.any():
            return squeezed
        texts = frame.with_row_index("at").filter(pl.Series(empty))
        like = pl.any_horizontal(pl.col(pl.String).str.contains(_LIKE_A_ROW).fill_null(value=False))
        for at, *row in texts.filter(like).iter_rows():
            squeezed[at] = self._is_row_in_a_cell([text for text in row if text and text.strip()])
        return squeezed

    def _is_row_in_a_cell(self, filled: Sequence[str]) -> bool:
        """Return whether the first cell of a row is a row by itself, with a date."""
        if not filled or len(filled) > _MOST_BESIDE:
            return False
        cut = (filled[0].split(delimiter) for delimiter in ";,\t|")
        return any(len(parts) >= _LEAST_PARTS and any(map(self._is_date, parts)) for parts in cut)

    def _is_date(self, text: str) -> bool:
        """Return whether a text is a date, and not only digits."""
        return not text.strip().isdecimal() and self._read["start"](text) >= 0


def are_blank(texts: pl.DataFrame, empty: Mask) -> Mask:
    """Return which rows have nothing in them, of those without a start (`empty`)."""
    blank = empty.copy()
    if blank.any():
        filled = pl.any_horizontal(pl.all().exclude(OVERFLOW).str.contains(r"\S").fill_null(value=False))
        blank[blank] = ~texts.filter(pl.Series(blank)).select(filled).to_series().to_numpy()
    return blank


def repeats_header(texts: pl.DataFrame, header: Header) -> Mask:
    """Return which rows repeat the header, as printed pages do."""
    same = pl.all_horizontal(
        pl.col(name).str.strip_chars() == header.texts[header.columns[name]].strip() for name in ("start", "end")
    )
    again: Mask = texts.select(same.fill_null(value=False)).to_series().to_numpy()
    return again


def explains_header(texts: pl.DataFrame, codes: Mapping[str, int]) -> bool:
    """Return whether the first row says what each column holds.

    As »dato« or »dd-mm-åååå« does. `codes` are what its cells came to: none of them can be read.
    """
    row = {name: (text or "").strip() for name, text in texts.row(0, named=True).items()}
    days = [row[name] for name in ("start", "end") if row[name]]
    return (
        bool(days)
        and all(map(_EXPLAINS.search, days))
        and all(code == BAD for name, code in codes.items() if row.get(name))
        and not any(map(_LONG_NUMBER.search, row.values()))
    )
