"""A block of text becomes whole numbers: each row read, what is wrong with it told, what lies in the year kept.

Columns hold few different texts (dates, names), so each text is read once, in Python, and arrays carry its number
from there. What is wrong is rare, so each check first asks whether a block has any. Only spells with a day in the
year are kept.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from aarsstatus import danish
from aarsstatus.extracts import cells
from aarsstatus.extracts.aliases import FIELDS, Names, fold
from aarsstatus.extracts.cells import Unreadable
from aarsstatus.extracts.reading import OVERFLOW, Block
from aarsstatus.extracts.refusals import Refusals
from aarsstatus.inputs.model import Data
from aarsstatus.privacy import cover

__all__ = ["KEPT", "Counts", "Reader", "Spells", "number_persons"]

Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
Hashes = npt.NDArray[np.uint64]
EMPTY, BAD = -1, -2
_SLOTS = 1 << 20
_LONGEST_CELL = 1_000
"""Characters: no name, date or number of hours is near it, and a cell may be as large as its file."""
_DAYS_A_YEAR = 365.2425

KEPT: Mapping[str, type[pl.DataType]] = {
    "table": pl.UInt16, "row": pl.UInt32, "administration": pl.Int8, "scheme": pl.Int8, "weekly_hours": pl.Int32,
    "start": pl.Int32, "end": pl.Int32, "person": pl.String,
}  # fmt: skip
"""What is kept of a spell: where it stands, places in lists of administrations and schemes, hundredths of hours,
days as ordinals, and the person as written, until `number_persons`."""

Spells = pl.DataFrame
"""A frame with the columns of `KEPT`."""


@dataclass(slots=True)
class Counts:
    """How many rows an extract's table has, how many lie outside the year, and when its spells begin."""

    rows: int = 0
    outside: int = 0
    begun_in_year: int = 0
    refused: int = 0
    starts: Counter[int] = field(default_factory=Counter)

    def add(self, other: Counts) -> None:
        """Add another table's counts."""
        self.rows += other.rows
        self.outside += other.outside
        self.begun_in_year += other.begun_in_year
        self.refused += other.refused

    def usual_year(self) -> int | None:
        """Return the year that most spells begin in."""
        return max(self.starts, key=lambda year: (self.starts[year], year), default=None)


class _Column:
    """Reads one column: each text once.

    The number of a text is kept by the text's hash, in tables of fixed size; of two texts that want one slot, one is
    read anew in each block. Two with the same 64 bits would be taken for one: among ten thousand texts the chance is
    less than one in 10^11. `empty` is the number of a cell without text.
    """

    def __init__(self, read: Callable[[str], int], empty: int = EMPTY) -> None:
        self.read, self.empty = read, empty
        self._hashes: Hashes = np.zeros(_SLOTS, np.uint64)
        self._codes: Codes = np.zeros(_SLOTS, np.int32)

    def codes(self, texts: pl.Series, hashes: Hashes) -> Codes:
        """Return a number for each cell; `empty` and `BAD` where there is none."""
        slots = (hashes & (_SLOTS - 1)).view(np.int64)
        codes: Codes = np.take(self._codes, slots)
        missed = np.flatnonzero(np.take(self._hashes, slots) != hashes)
        if missed.size:
            new, first, places = np.unique(hashes[missed], return_index=True, return_inverse=True)
            read = np.array([self.code(text or "") for text in texts.gather(missed[first]).to_list()], np.int32)
            codes[missed] = read[places]
            slots = (new & (_SLOTS - 1)).view(np.int64)
            self._hashes[slots], self._codes[slots] = new, read
        return codes

    def code(self, text: str) -> int:
        """Return the number of one cell."""
        if len(text) > _LONGEST_CELL:
            return BAD
        try:
            return self.read(text) if text.strip() else self.empty
        except Unreadable:
            return BAD

    def why(self, text: str) -> Unreadable:
        """Return what is wrong with a cell that is `BAD`."""
        if "\n" in text.strip():
            return Unreadable("én linje; der mangler formentlig et anførselstegn", None, "cellen rummer flere linjer")
        if len(text) > _LONGEST_CELL:
            return Unreadable(f"højst {danish.whole(_LONGEST_CELL)} tegn", None, "cellen er for lang")
        try:
            self.read(text)
        except Unreadable as bad:
            return bad
        raise AssertionError("the cell can be read")


class Reader:
    """Reads the rows of extracts for one year.

    Parameters
    ----------
    year
        The year that is counted.
    data, names
        What there is, and what it may be called.
    keep_refused
        Whether to keep what a list of refused rows shows of them.
    """

    def __init__(self, year: int, data: Data, names: Names, *, keep_refused: bool) -> None:
        self.year, self.data = year, data
        self.first, self.last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        self.codes = [code for code in data.codes() if code != "KK"]
        self.schemes = list(data.schemes)
        self.by_hours = [scheme.counting == "hours" for scheme in data.schemes.values()]
        self.existed = np.array([scheme.existed(year) for scheme in data.schemes.values()])
        self.totals = names.totals
        self.refused: list[tuple[str, int, Sequence[str]]] = []
        self.notes: list[str] = []
        self.keep_refused = keep_refused
        known = self.codes
        self._columns: dict[str, _Column] = {
            "administration": _Column(
                lambda text: cells.administration(text, names.administrations, known, names.administration_names),
                self.none,
            ),
            "scheme": _Column(lambda text: cells.scheme(text, names.schemes, self.schemes, names.scheme_names)),
            "start": _Column(cells.start_day),
            "end": _Column(cells.day, cells.OPEN),
        }
        if any(self.by_hours):  # else hours count for nothing, and may be anything
            self._columns["weekly_hours"] = _Column(cells.hundredths)

    @property
    def none(self) -> int:
        """The place of "no administration"."""
        return len(self.codes)

    def reads(self, name: str) -> bool:
        """Whether a column is read: hours are only where some scheme is counted by them."""
        return name == "person" or name in self._columns

    def read(
        self, block: Block, table: int, label: str, scheme: str | None, counts: Counts, refusals: Refusals
    ) -> Spells:
        """Read one block.

        Parameters
        ----------
        block
            The rows as text.
        table, label
            The number of the table, and what it is called in messages.
        scheme
            The scheme of every row, for a table without such a column.
        counts, refusals
            Added to.

        Returns
        -------
        Spells
            Those with a day in the year and nothing wrong.
        """
        frame = self._without_totals(block, label)
        rows = np.arange(block.first_row, block.first_row + frame.height, dtype=np.int64)
        read = {name: column for name, column in self._columns.items() if name in frame.columns}
        hashes = frame.select(pl.col(list(read)).hash())
        found = {name: column.codes(frame[name], hashes[name].to_numpy()) for name, column in read.items()}
        if scheme is not None:
            found["scheme"] = np.full(frame.height, self.schemes.index(scheme), np.int32)
        squeezed = self._squeezed(block, found["start"])
        blank = self._blank(frame, found["start"]) & ~squeezed
        torn = None if squeezed[rows == block.torn].any() else block.torn
        bad = squeezed | self._refuse(frame, rows, found, blank | squeezed, label, refusals, torn)
        if squeezed.any():
            expected = "det samme skilletegn i hele filen"
            refusals.rows(
                label, rows[squeezed], None, "rækken har et andet skilletegn end overskriften", expected=expected
            )
        inside = (found["start"] <= self.last) & (found["end"] >= self.first) & ~(blank | bad)
        at = np.flatnonzero(inside)
        existed = self.existed[found["scheme"][at]]
        if not existed.all():
            gone, at = at[~existed], at[existed]
            self._refuse_gone(rows[gone], found["scheme"][gone], label, refusals)
            bad[gone] = True
        self._count(counts, found["start"], at, blank, bad)
        if self.keep_refused and bad.any():
            self._remember(frame, rows, bad, squeezed, label)
        return self._kept(frame, rows, found, at, table)

    def _squeezed(self, block: Block, start: Codes) -> Mask:
        """Return which rows have all they have in one cell, with another delimiter between than the rest.

        The cell may be of a column that nobody reads, and the row would then seem to be blank.
        """
        squeezed = np.zeros(len(start), np.bool_)
        at = np.flatnonzero(start == EMPTY)
        if at.size:
            texts = block.whole()[at.tolist()]
            like = texts.select(
                pl.any_horizontal(pl.all().str.contains(_LIKE_A_ROW)).fill_null(value=False)
            ).to_series()
            for place, row in zip(at[like.to_numpy()].tolist(), texts.filter(like).iter_rows(), strict=True):
                squeezed[place] = self._is_row_in_a_cell([text for text in row if text and text.strip()])
        return squeezed

    def _is_row_in_a_cell(self, filled: Sequence[str]) -> bool:
        """Whether the first cell of a row, which has hardly more, is a row by itself: it has a date among others."""
        if not filled or len(filled) > _MOST_BESIDE:
            return False
        cut = (filled[0].split(delimiter) for delimiter in ";,\t|")
        return any(
            len(parts) >= _LEAST_PARTS
            and any(not one.strip().isdecimal() and self._columns["start"].code(one) >= 0 for one in parts)
            for parts in cut
        )

    def _blank(self, frame: pl.DataFrame, start: Codes) -> Mask:
        """Return which rows have nothing in them; one that begins at some time has."""
        blank: Mask = start == EMPTY
        if blank.any():
            known = [pl.col(name) for name in frame.columns if name != OVERFLOW]
            filled = pl.any_horizontal(name.fill_null("").str.strip_chars() != "" for name in known)
            blank[blank] = ~frame.filter(pl.Series(blank)).select(filled.alias("filled"))["filled"].to_numpy()
        return blank

    def _refuse_gone(self, rows: npt.NDArray[np.int64], schemes: Codes, label: str, refusals: Refusals) -> None:
        """Tell of spells in schemes that were not there in the year."""
        for key in np.unique(schemes):
            one = self.data.schemes[self.schemes[key]]
            expected = f"en jobordning, der fandtes i {self.year}"
            refusals.rows(
                label, rows[schemes == key], FIELDS["scheme"], "jobordningen fandtes ikke", found=one.name,
                expected=expected,
            )  # fmt: skip

    def _refuse(
        self, frame: pl.DataFrame, rows: npt.NDArray[np.int64], found: Mapping[str, Codes], blank: Mask, label: str,
        refusals: Refusals, torn: int | None,
    ) -> Mask:  # fmt: skip
        """Tell what is wrong with the rows; return which they are."""
        bad = np.zeros(len(rows), np.bool_)
        for name, codes in found.items():
            if codes.min(initial=0) >= 0:
                continue
            looked_at = ~blank
            if name == "weekly_hours":  # hours that count for nothing may be anything; -1 and -2 are no scheme
                looked_at &= np.array([*self.by_hours, False, False])[found["scheme"]]
            if (wrong := looked_at & (codes == BAD)).any():
                bad |= wrong
                self._tell(frame, rows, wrong, name, label, refusals)
            if (missing := looked_at & (codes == EMPTY)).any():
                bad |= missing
                refusals.rows(label, rows[missing], FIELDS[name], "cellen er tom", expected=_EXPECTED[name])
        if torn is not None:
            cut = rows == torn
            if cut.any():  # it may have been taken for a remark below the table
                refusals.rows(label, rows[cut], None, "rækken er kortere end overskriften; er filen skåret over?")
            bad |= cut
        if (
            frame[OVERFLOW].null_count() < frame.height
            and (wide := frame[OVERFLOW].is_not_null().to_numpy() & ~blank).any()
        ):
            refusals.rows(
                label,
                rows[wide],
                None,
                "rækken har flere celler end overskriften",
                expected="en celle for hver kolonne",
            )
            bad |= wide
        start, end = found["start"], found["end"]
        backwards = end < start
        if not backwards.any():
            return bad
        backwards &= (start >= 0) & (end >= 0)
        for at in np.flatnonzero(backwards)[:_MOST_TOLD].tolist():
            refusals.rows(
                label, rows[at : at + 1], FIELDS["end"], "forløbet slutter, før det begynder",
                found=cells.show_day(int(end[at])), expected=f"tidligst {cells.show_day(int(start[at]))}",
            )  # fmt: skip
        if (rest := np.flatnonzero(backwards)[_MOST_TOLD:]).size:
            refusals.rows(label, rows[rest], FIELDS["end"], "forløbet slutter, før det begynder")
        return bad | backwards

    def _tell(
        self, frame: pl.DataFrame, rows: npt.NDArray[np.int64], wrong: Mask, name: str, label: str, refusals: Refusals
    ) -> None:
        """Tell which texts of a column cannot be read, each with all its rows."""
        bad = pl.DataFrame({"text": frame[name].filter(pl.Series(wrong)), "row": rows[wrong]})
        for (text,), group in bad.group_by("text", maintain_order=True):
            why = self._columns[name].why(str(text))
            refusals.rows(
                label, group["row"].to_numpy(), FIELDS[name], why.message, found=_legible(str(text)),
                expected=why.expected, hint=why.hint,
            )  # fmt: skip

    def _without_totals(self, block: Block, label: str) -> pl.DataFrame:
        """Leave out rows of sums and remarks below the table; nothing but blank rows may stand below them."""
        frame = block.frame
        for row, texts in reversed(block.tail):
            at = row - block.first_row
            if not 0 <= at < frame.height or not self._is_total(frame.row(at, named=True), texts):
                break
            frame = frame.head(at)
            read = "er læst som en sum eller en bemærkning under tabellen og tæller ikke med"
            self.notes.append(f"{label}: række {row}{self._sum_said(texts)} {read}")
        return frame

    def _sum_said(self, texts: Sequence[str]) -> str:
        """Quote a row of sums, to be held against what was read; a remark may be about somebody, and is not quoted."""
        filled = [text.strip() for text in texts if text.strip()]
        said = _legible(" ".join(filled))
        if said is None or not any(map(self._names_total, filled)):
            return ""
        return f" (»{cover(said)[:_LONGEST_SUM]}«)"

    def _is_total(self, row: Mapping[str, str | None], texts: Sequence[str]) -> bool:
        """Whether a row below a table is a sum or a remark: it has no dates, and names a sum or is one text alone."""
        known = {name: row.get(name) or "" for name in ("start", "end", "administration", "scheme")}
        read = {name for name, text in known.items() if text.strip() and self._columns[name].code(text) >= 0}
        if read & {"start", "end"}:
            return False
        filled = [text for text in texts if text.strip()]
        if self._is_row_in_a_cell(filled):
            return False
        if any(self._names_total(text) for text in filled):
            return True
        return len(filled) == 1 and not read and any(map(str.isalpha, filled[0]))

    def _names_total(self, text: str) -> bool:
        """Whether a cell begins as a row of sums does, with nothing but a number after."""
        return fold(text).rstrip("0123456789") in self.totals

    def _count(self, counts: Counts, start: Codes, at: npt.NDArray[np.int64], blank: Mask, bad: Mask) -> None:
        """Count a block's rows; `at` is where those in the year are.

        Which year is usual is asked only of a table in which no spell begins in the year, so only then is it counted.
        """
        refused = int(np.count_nonzero(bad))
        rows = len(blank) - int(np.count_nonzero(blank))
        counts.rows += rows
        counts.refused += refused
        counts.outside += rows - refused - len(at)
        counts.begun_in_year += int(np.count_nonzero(start[at] >= self.first))
        if not counts.begun_in_year:
            begun = ((start[~blank & ~bad] - 1) / _DAYS_A_YEAR).astype(np.int32) + 1  # near enough
            counts.starts.update(Counter(begun.tolist()))

    def _remember(
        self, frame: pl.DataFrame, rows: npt.NDArray[np.int64], bad: Mask, squeezed: Mask, label: str
    ) -> None:
        """Keep what a list of refused rows shows of some: the cells that we know, covered; never the person.

        Of a row that is in one cell none is known.
        """
        shown = [name for name in ("administration", "scheme", "start", "end") if name in frame.columns]
        places = np.flatnonzero(bad)
        for at, texts in zip(places.tolist(), frame.select(shown)[places.tolist()].rows(), strict=True):
            found = dict(zip(shown, texts, strict=True))
            known = [
                "" if squeezed[at] else cover(_legible(found.get(name) or "") or "")
                for name in ("administration", "scheme", "start", "end")
            ]
            self.refused.append((label, int(rows[at]), known))

    def refuse_kept(self, label: str, row: int, administration: int, scheme: int, start: int, end: int) -> None:
        """Keep what a list of refused rows shows of a spell that was kept at first, and then refused."""
        if self.keep_refused:
            code = self.codes[administration] if administration < len(self.codes) else ""
            until = "" if end == cells.OPEN else cells.show_day(end)
            self.refused.append((label, row, [code, self.schemes[scheme], cells.show_day(start), until]))

    def _kept(
        self, frame: pl.DataFrame, rows: npt.NDArray[np.int64], found: Mapping[str, Codes], at: npt.NDArray[np.int64],
        table: int,
    ) -> Spells:  # fmt: skip
        """Return the spells of a block that have a day in the year."""
        kept = {name: codes[at] for name, codes in found.items()}
        if any(self.by_hours):
            counted = np.array(self.by_hours)[kept["scheme"]]
            kept["weekly_hours"] = np.where(counted, kept.get("weekly_hours", EMPTY), EMPTY)
        same = {"table": np.full(len(at), table), "weekly_hours": np.full(len(at), EMPTY)}
        columns: dict[str, object] = {"row": rows[at], **same, **kept}
        if "person" in frame.columns:
            columns["person"] = frame["person"].gather(at)
        return pl.DataFrame({name: columns.get(name) for name in KEPT}, schema=dict(KEPT))


def number_persons(spells: Spells) -> Spells:
    """Return spells with a number for each person, which means nothing elsewhere.

    Hyphens, spaces, case and a lost leading zero make no difference; no person is null.
    """
    key = secrets.randbits(62)
    left = spells["person"].str.replace("-", "", literal=True)
    numbers = _number_digits(left, key)
    left = left.set(numbers.is_not_null(), None)
    if left.null_count() < left.len():  # some are written in another way, or are no digits at all
        left = left.str.to_lowercase().str.replace_all(r"[\s\-–.\u00a0\u00ad]", "").replace("", None)
        numbers = numbers.fill_null(_number_digits(left, key))
        left = left.set(numbers.is_not_null(), None)
        numbers = numbers.fill_null(-1 - left.cast(pl.Categorical(pl.Categories.random())).to_physical().cast(pl.Int64))
    return spells.with_columns(numbers.alias("person"))


def _legible(text: str) -> str | None:
    """Return a cell that somebody may be shown; None of one so long that looking through it takes seconds."""
    return text if len(text) <= _LONGEST_CELL else None


def _number_digits(persons: pl.Series, key: int) -> pl.Series:
    """Return a number for each person of digits alone, and null for the others.

    The number is that of the digits with a one before them, so that zeros in front count; of nine digits, a
    spreadsheet has taken away the first, a zero.
    """
    length = persons.str.len_bytes()
    length = length.set(length == 9, 10)
    digits = (length <= _MOST_DIGITS) & ~persons.str.starts_with("+")
    ones = pl.Series([10**place for place in range(_MOST_DIGITS + 1)]).gather(length.clip(0, _MOST_DIGITS))
    return (persons.cast(pl.Int64, strict=False) + ones).set(~digits, None) ^ key


_LONGEST_SUM = 60
_LIKE_A_ROW = r"[;,\t|].*[;,\t|]"
_LEAST_PARTS = 3
"""An administration or a scheme, and two dates."""
_MOST_BESIDE = 2
"""A decimal comma cuts a row with semicolons in two where a file has commas."""
_MOST_DIGITS = 17
"""With a one before them they are below 2^62, which the key is too."""
_MOST_TOLD = 10
_EXPECTED = {"scheme": "en jobordning", "start": "en dato", "weekly_hours": "et timetal"}
