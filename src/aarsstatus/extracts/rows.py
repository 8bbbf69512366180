"""Read the rows of an extract into spells, and tell what is wrong with each.

Arrays carry the number that each cell came to. Only spells with a day in the year are kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl

from aarsstatus.extracts import cells, dates
from aarsstatus.extracts.cells import BAD, EMPTY, Column, Mask, as_category, legible
from aarsstatus.extracts.columns import refuse_differing
from aarsstatus.extracts.outcome import Counts, Refusals, rows_shown
from aarsstatus.extracts.states import States
from aarsstatus.extracts.stray_rows import StrayRows, are_blank, explains_header, repeats_header
from aarsstatus.extracts.table import OVERFLOW, Batch, Block, Header
from aarsstatus.inputs.aliases import FIELDS, Names
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.schema import KK

_MOST_TOLD = 10
_DAYS_A_YEAR = 365.2425
_MOST_EXPLAINED = 100
"""Different cells of a column, in a block of rows, that are told why they cannot be read."""
_EXCHANGED = r"^\s*(?:0?[1-9]|1[0-2])[-./](?:1[3-9]|2\d|3[01])[-./]\d{4}"
"""A date with its month first, and a day that is no month."""
_LIKE_UNSEEN = r"^\s*(?:[#=eE]|del|formel)"
"""Begins as the texts do that `cells.unseen` looks at."""
_EXPECTED = {"scheme": "en jobordning", "start": "en dato", "weekly_hours": "et timetal"}

KEPT: Mapping[str, type[pl.DataType]] = {
    "table": pl.UInt16, "row": pl.UInt32, "administration": pl.Int8, "scheme": pl.Int8, "weekly_hours": pl.Int32,
    "start": pl.Int32, "end": pl.Int32, "person": pl.String,
}  # fmt: skip
"""What is kept of a spell: where it stands, places in lists of administrations and schemes, hundredths of hours,
days as ordinals, and the person as written, until `persons.number_persons`."""


class Reader:
    """Read the rows of extracts for one year; keep what a list of refused ones shows."""

    def __init__(self, year: int, data: Data, names: Names, refusals: Refusals, *, keep_refused: bool) -> None:
        self.year, self.data, self.names, self.refusals, self.keep_refused = year, data, names, refusals, keep_refused
        self.first, self.last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        self.codes = [code for code in data.codes(year) if code != KK]
        self.schemes = list(data.schemes)
        self.none = len(self.codes)
        """The place of "no administration"."""
        self.refused: list[tuple[str, int, Sequence[str]]] = []
        self._by_hours = np.array([scheme.counting in {"hours", "weekdays"} for scheme in data.schemes.values()])
        self._placed = np.array([scheme.counting != "headcount" for scheme in data.schemes.values()])
        self._existed = np.array([scheme.existed(year) for scheme in data.schemes.values()])
        days = [[day.toordinal() for day in scheme.days_of(year)] for scheme in data.schemes.values()]
        self._begun, self._ended = np.array(days).T
        self._columns = {
            "administration": Column(lambda text: cells.administration(text, names, self.codes), self.none),
            "scheme": Column(lambda text: cells.scheme(text, names, self.schemes)),
            "start": Column(dates.start_day),
            "end": Column(dates.end_day, dates.OPEN),
        }
        if self._by_hours.any():  # else hours count for nothing, and may be anything
            self._columns["weekly_hours"] = Column(cells.hundredths)
        self.hours_given = self.hours_counted = False
        """Whether a table has weekly hours, and whether a spell is counted by them."""
        self._states = States(names)
        self._stray = StrayRows(names.totals, {name: column.code for name, column in self._columns.items()})

    def read(self, block: Block, header: Header, table: int, label: str, counts: Counts) -> pl.DataFrame:
        """Return the spells of a block with a day in the year and nothing wrong.

        `table` and `label` are the number of the table, and what it is called in messages.
        """
        frame = self._stray.without_sums(block, header, label, counts, self.refusals)
        batch = self._batch(frame, block.first_row, header, label)
        torn = batch.rows == block.torn if block.torn is not None else np.zeros_like(batch.blank)
        bad = self._refuse(batch, torn & ~batch.squeezed)
        bad |= refuse_differing(batch, self._columns, self.refusals)
        odd, cancelled = self._states.refuse(batch, self.refusals)
        bad |= odd
        counts.cancelled += int(np.count_nonzero(cancelled))
        start, end = batch.codes["start"], batch.codes["end"]
        inside = (start <= self.last) & (end >= self.first) & ~batch.blank & ~bad
        gone = self._refuse_gone(batch, inside)
        bad, inside = bad | gone, inside & ~gone
        self._count(counts, batch, inside, bad)
        self._count_empty(counts, batch, inside)
        if self.keep_refused and bad.any():
            self._keep_refused(batch, bad)
        return self._kept(batch, inside, table)

    def _batch(self, frame: pl.DataFrame, first: int, header: Header, label: str) -> Batch:
        """Return some rows with every cell read."""
        places = {name: place for name, place in header.columns.items() if name in self._columns or name == "person"}
        texts = frame.select(*(pl.col(str(place)).alias(name) for name, place in places.items()), OVERFLOW)
        # In one call, which Polars spreads over the cores.
        categories = texts.select(pl.col(name).cast(as_category()) for name in self._columns if name in places)
        codes = {name: self._columns[name].codes(categories[name]) for name in categories.columns}
        if header.scheme is not None:
            codes["scheme"] = np.full(frame.height, self.schemes.index(header.scheme), np.int32)
        rows = np.arange(first, first + frame.height, dtype=np.int64)
        empty = codes["start"] == EMPTY
        squeezed = self._stray.squeezed(frame, empty)
        blank = are_blank(texts, empty) & ~squeezed
        if (codes["start"] == BAD).any():
            again = repeats_header(texts, header)
            blank |= again
            if again.any():
                self.refusals.note(label, f"{rows_shown(rows[again])} gentager overskriften og er ikke læst")
            if rows[0] == header.row + 1 and explains_header(texts, {name: int(codes[name][0]) for name in codes}):
                blank[0] = True
                self.refusals.note(label, f"række {rows[0]} er læst som en forklaring til overskriften")
        return Batch(label, header, frame, texts, rows, codes, squeezed, blank)

    # -- what is wrong ----------------------------------------------------------------------------------------

    def _refuse(self, batch: Batch, torn: Mask) -> Mask:
        """Tell what is wrong with the rows; return which they are."""
        looked_at = ~batch.blank & ~batch.squeezed
        bad = batch.squeezed | torn
        for name, codes in batch.codes.items():
            here = looked_at
            if name == "weekly_hours":  # hours that count for nothing may be anything; -1 and -2 are no scheme
                here = here & np.append(self._by_hours, [False, False])[batch.codes["scheme"]]
            bad |= self._refuse_cells(batch, name, here & (codes == BAD), here & (codes == EMPTY))
        if "person" in batch.texts.columns:
            persons = batch.texts["person"]
            seen = [text for text in persons.filter(persons.str.contains(_LIKE_UNSEEN)).unique() if cells.unseen(text)]
            unseen = persons.is_in(seen).fill_null(value=False)
            bad |= self._refuse_cells(batch, "person", looked_at & unseen.to_numpy(), np.zeros_like(bad))
        label, rows = batch.label, batch.rows
        # It may have been taken for a remark below the table.
        self.refusals.rows(label, rows[torn], None, "rækken er kortere end overskriften; er filen skåret over?")
        wide = batch.texts[OVERFLOW].is_not_null().to_numpy() & looked_at
        expected = "en celle for hver kolonne"
        self.refusals.rows(label, rows[wide], None, "rækken har flere celler end overskriften", expected=expected)
        message, expected = "rækken har et andet skilletegn end overskriften", "det samme skilletegn i hele filen"
        self.refusals.rows(label, rows[batch.squeezed], None, message, expected=expected)
        return bad | wide | self._refuse_backwards(batch)

    def _refuse_cells(self, batch: Batch, name: str, wrong: Mask, missing: Mask) -> Mask:
        """Tell which cells of a column cannot be read, and which are missing."""
        if wrong.any():
            bad = pl.DataFrame({"text": batch.texts[name].filter(pl.Series(wrong)), "row": batch.rows[wrong]})
            if name in {"start", "end"} and bad["text"].str.contains(_EXCHANGED).any():
                self.refusals.exchanged.add((batch.label, FIELDS[name]))
            explained = pl.col("text").is_in(bad["text"].unique(maintain_order=True).head(_MOST_EXPLAINED).implode())
            rest = bad.filter(~explained)["row"]  # nobody reads so many reasons, which take a while to find
            self.refusals.rows(batch.label, rest, FIELDS[name], "værdien kan ikke bruges")
            for (text,), group in bad.filter(explained).group_by("text", maintain_order=True):
                shown = cells.unseen(str(text))
                why = shown or self._columns[name].why(str(text))
                column = FIELDS[name]
                if shown is not None:
                    column += f" {batch.header.called(batch.header.columns[name])}"
                self.refusals.rows(
                    batch.label, group["row"], column, why.message, found=legible(str(text)),
                    expected=why.expected, hint=why.hint,
                )  # fmt: skip
        if missing.any():  # of a column that may be empty, nothing is expected
            rows = batch.rows[missing]
            self.refusals.rows(batch.label, rows, FIELDS[name], "cellen er tom", expected=_EXPECTED[name])
        return wrong | missing

    def _refuse_backwards(self, batch: Batch) -> Mask:
        """Tell of spells that end before they begin; return which they are."""
        start, end = batch.codes["start"], batch.codes["end"]
        backwards: Mask = (end < start) & (start >= 0) & (end >= 0)
        message = "forløbet slutter, før det begynder"
        places = np.flatnonzero(backwards)
        for at in places[:_MOST_TOLD].tolist():
            self.refusals.rows(
                batch.label, batch.rows[at : at + 1], FIELDS["end"], message, found=dates.show_day(int(end[at])),
                expected=f"tidligst {dates.show_day(int(start[at]))}",
            )  # fmt: skip
        self.refusals.rows(batch.label, batch.rows[places[_MOST_TOLD:]], FIELDS["end"], message)
        return backwards

    def _refuse_gone(self, batch: Batch, inside: Mask) -> Mask:
        """Tell of spells with days in the year on which their scheme did not exist."""
        schemes, start, end = (batch.codes[name] for name in ("scheme", "start", "end"))
        before = (start < self._begun[schemes]) & (self._begun[schemes] > self.first)
        after = (end > self._ended[schemes]) & (self._ended[schemes] < self.last)
        gone: Mask = inside & (~self._existed[schemes] | before | after)
        for key in np.unique(schemes[gone]).tolist():
            scheme = self.data.schemes[self.schemes[key]]
            first, last = (dates.show_day(day.toordinal()) for day in scheme.days_of(self.year))
            message, when = "jobordningen fandtes ikke", f"i {self.year}"
            if scheme.existed(self.year) and not scheme.whole(self.year):
                message, when = f"{message} alle forløbets dage", f"alle dagene; den fandtes fra {first} til {last}"
            rows, expected = batch.rows[gone & (schemes == key)], f"en jobordning, der fandtes {when}"
            self.refusals.rows(batch.label, rows, FIELDS["scheme"], message, found=scheme.name, expected=expected)
        return gone

    # -- what is kept -----------------------------------------------------------------------------------------

    def _count(self, counts: Counts, batch: Batch, inside: Mask, bad: Mask) -> None:
        """Count a block's rows, and the years of spells if none begins in this one."""
        start, blank = batch.codes["start"], batch.blank
        rows, refused = int(np.count_nonzero(~blank)), int(np.count_nonzero(bad))
        placed = ~blank & ~bad & np.append(self._placed, [False, False])[batch.codes["scheme"]]  # -1, -2: none
        counts.placements += int(np.count_nonzero(placed))
        counts.placements_outside += int(np.count_nonzero(placed & ~inside))
        counts.rows += rows
        counts.refused += refused
        counts.outside += rows - refused - int(np.count_nonzero(inside))
        counts.begun_in_year += int(np.count_nonzero(start[inside] >= self.first))
        if not counts.begun_in_year:
            begun = ((start[~blank & ~bad] - 1) / _DAYS_A_YEAR).astype(np.int32) + 1  # near enough
            counts.starts.update(begun.tolist())

    def _count_empty(self, counts: Counts, batch: Batch, inside: Mask) -> None:
        """Count spells that still run, by which sign, and rows without administration."""
        running = inside & (batch.codes["end"] == dates.OPEN)
        counts.running += int(np.count_nonzero(running))
        signs = batch.texts["end"].filter(pl.Series(running)).drop_nulls().str.strip_chars()
        counts.signs.update(signs.filter(signs != "").to_list())
        none = (batch.codes["administration"] == self.none) & ~batch.blank & ~batch.squeezed
        texts = batch.texts["administration"].filter(pl.Series(none))
        counts.without_administration += int(texts.str.contains(r"\S").not_().fill_null(value=True).sum())

    def _keep_refused(self, batch: Batch, bad: Mask) -> None:
        """Keep what a list of refused rows shows of them."""
        for at in np.flatnonzero(bad).tolist():
            read = (int(batch.codes[name][at]) for name in ("administration", "scheme", "start", "end"))
            known = ["", "", "", ""] if batch.squeezed[at] else self._understood(*read)
            self.refused.append((batch.label, int(batch.rows[at]), known))

    def _understood(self, administration: int, scheme: int, start: int, end: int) -> list[str]:
        """Return what was understood of a refused row: the rest may be a name."""
        code = self.codes[administration] if 0 <= administration < self.none else ""
        days = ("" if day < 0 or day == dates.OPEN else dates.show_day(day) for day in (start, end))
        return [code, self.schemes[scheme] if scheme >= 0 else "", *days]

    def refuse_kept(self, label: str, row: int, *spell: int) -> None:
        """Keep the cells of a spell that is refused after it was read."""
        if self.keep_refused:
            self.refused.append((label, row, self._understood(*spell)))

    def _kept(self, batch: Batch, inside: Mask, table: int) -> pl.DataFrame:
        """Return the spells of some rows that have a day in the year."""
        at = np.flatnonzero(inside)
        kept: dict[str, object] = {name: codes[at] for name, codes in batch.codes.items()}
        hours = batch.codes.get("weekly_hours", np.full_like(batch.codes["start"], EMPTY))[at]
        by_hours = self._by_hours[batch.codes["scheme"][at]]
        self.hours_given |= "weekly_hours" in batch.header.columns
        self.hours_counted |= bool(by_hours.any())
        kept["weekly_hours"] = np.where(by_hours, hours, EMPTY)
        kept |= {"table": np.full(len(at), table), "row": batch.rows[at]}
        kept["person"] = batch.texts["person"].gather(at) if "person" in batch.texts.columns else [None] * len(at)
        return pl.DataFrame({name: kept[name] for name in KEPT}, schema=dict(KEPT))
