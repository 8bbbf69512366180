"""A block of text becomes whole numbers: each row read, what is wrong with it told, what lies in the year kept.

Columns hold few different texts (dates, names), so each text is read once, in Python, and arrays carry its number
from there. Only spells with a day in the year are kept, with their persons as numbers that mean nothing elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from aarsstatus.extracts import cells
from aarsstatus.extracts.aliases import FIELDS, Names, fold
from aarsstatus.extracts.cells import Unreadable
from aarsstatus.extracts.reading import OVERFLOW, Block
from aarsstatus.extracts.refusals import Refusals
from aarsstatus.inputs import Data
from aarsstatus.personal import cover

__all__ = ["KEPT", "Counts", "Reader", "Spells"]

Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
EMPTY, BAD = -1, -2
_MOST_REMEMBERED = 200_000
_DAYS_A_YEAR = 365.2425

KEPT: Mapping[str, type[pl.DataType]] = {
    "table": pl.UInt16, "row": pl.UInt32, "administration": pl.Int8, "scheme": pl.Int8, "weekly_hours": pl.Int32,
    "start": pl.Int32, "end": pl.Int32, "person": pl.UInt32,
}  # fmt: skip
"""What is kept of a spell: where it stands, places in lists of administrations and schemes, hundredths of hours,
days as ordinals, and a number for the person, null where there is none."""

Spells = pl.DataFrame
"""A frame with the columns of `KEPT`."""


@dataclass(slots=True)
class Counts:
    """How many rows an extract's table has, how many lie outside the year, and when its spells begin."""

    rows: int = 0
    outside: int = 0
    begun_in_year: int = 0
    refused: int = 0
    starts: dict[int, int] = field(default_factory=dict)

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
    """Reads one column: each text once."""

    def __init__(self, read: Callable[[str], int]) -> None:
        self.read, self._known = read, dict[str, int]()

    def codes(self, numbered: pl.Series) -> Codes:
        """Return a number for each cell of a categorical column; `EMPTY` and `BAD` where there is none."""
        different = numbered.unique().drop_nulls()
        numbers: list[int] = different.to_physical().to_list()
        table: Codes = np.full(max(numbers, default=0) + 2, EMPTY, np.int32)  # the last is for empty cells
        if len(self._known) > _MOST_REMEMBERED:
            self._known.clear()
        for number, text in zip(numbers, different.cast(pl.String).to_list(), strict=True):
            table[number] = self.code(text)
        places = numbered.to_physical()
        return np.take(table, (places.fill_null(len(table) - 1) if places.null_count() else places).to_numpy())

    def code(self, text: str) -> int:
        """Return the number of one cell."""
        code = self._known.get(text)
        if code is None:
            try:
                code = self.read(text) if text.strip() else EMPTY
            except Unreadable:
                code = BAD
            self._known[text] = code
        return code

    def why(self, text: str) -> Unreadable:
        """Return what is wrong with a cell that is `BAD`."""
        if "\n" in text.strip():
            return Unreadable("én linje; der mangler formentlig et anførselstegn", None, "cellen rummer flere linjer")
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
        self._persons = pl.Categorical(pl.Categories.random())
        # Polars forgets what it has numbered when the last column with the numbers is gone; this one stays.
        self._first_person = pl.Series([""]).cast(self._persons)
        known = self.codes
        self._columns: dict[str, _Column] = {
            "administration": _Column(
                lambda text: cells.administration(text, names.administrations, known, names.administration_names)
            ),
            "scheme": _Column(lambda text: cells.scheme(text, names.schemes, self.schemes, names.scheme_names)),
            "start": _Column(cells.start_day),
            "end": _Column(cells.day),
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
        read = [name for name in self._columns if name in frame.columns]
        texts = frame.select(pl.col(name).cast(pl.Categorical(pl.Categories.random())) for name in read)
        found = {name: self._columns[name].codes(texts[name]) for name in read}
        if scheme is not None:
            found["scheme"] = np.full(frame.height, self.schemes.index(scheme), np.int32)
        blank = _all(codes == EMPTY for name, codes in found.items() if name != "scheme" or scheme is None)
        if "person" in frame.columns:
            blank &= (frame["person"].fill_null("").str.strip_chars() == "").to_numpy()
        bad = self._refuse(frame, rows, found, blank, label, refusals, block.torn)
        found["administration"] = np.where(found["administration"] == EMPTY, self.none, found["administration"])
        start, end = found["start"], np.where(found["end"] == EMPTY, cells.OPEN, found["end"])
        inside = ~blank & ~bad & (start <= self.last) & (end >= self.first)
        gone = inside & ~self.existed[found["scheme"]]
        for key in np.unique(found["scheme"][gone]):
            one = self.data.schemes[self.schemes[key]]
            expected = f"en jobordning, der fandtes i {self.year}"
            which = rows[gone & (found["scheme"] == key)]
            refusals.rows(
                label, which, FIELDS["scheme"], "jobordningen fandtes ikke", found=one.name, expected=expected
            )
        bad |= gone
        inside &= ~gone
        self._count(counts, start, blank, bad, inside)
        if self.keep_refused and bad.any():
            self._remember(frame, rows, bad, label)
        return self._kept(frame, rows, found | {"end": end}, inside, table)

    def _refuse(
        self, frame: pl.DataFrame, rows: npt.NDArray[np.int64], found: Mapping[str, Codes], blank: Mask, label: str,
        refusals: Refusals, torn: int | None,
    ) -> Mask:  # fmt: skip
        """Tell what is wrong with the rows; return which they are."""
        bad = np.zeros(len(rows), np.bool_)
        required = {"scheme", "start"}
        hours = found.get("weekly_hours")
        if hours is not None:
            counted = np.array([*self.by_hours, False, False])[found["scheme"]]  # -1 and -2 are no scheme
            missing = counted & (hours == EMPTY) & ~blank
            _tell_missing(refusals, label, rows, missing, "weekly_hours")
            bad |= missing
        for name, codes in found.items():
            wrong = (codes == BAD) & ~blank
            if name == "weekly_hours":
                wrong &= counted  # hours that count for nothing may be anything
            if wrong.any():
                bad |= wrong
                self._tell(frame, rows, wrong, name, label, refusals)
            if name in required:
                missing = (codes == EMPTY) & ~blank
                _tell_missing(refusals, label, rows, missing, name)
                bad |= missing
        if torn is not None:
            cut = rows == torn
            refusals.rows(label, rows[cut], None, "rækken er kortere end overskriften; er filen skåret over?")
            bad |= cut
        wide = frame[OVERFLOW].is_not_null().to_numpy() & ~blank
        if wide.any():
            refusals.rows(
                label,
                rows[wide],
                None,
                "rækken har flere celler end overskriften",
                expected="en celle for hver kolonne",
            )
            bad |= wide
        start, end = found["start"], found["end"]
        backwards = (start >= 0) & (end >= 0) & (end < start)
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
                label, group["row"].to_numpy(), FIELDS[name], why.message, found=str(text), expected=why.expected,
                hint=why.hint,
            )  # fmt: skip

    def _without_totals(self, block: Block, label: str) -> pl.DataFrame:
        """Leave out rows of sums and remarks below the table; nothing but blank rows may stand below them."""
        frame = block.frame
        for row, texts in reversed(block.tail):
            at = row - block.first_row
            if not 0 <= at < frame.height or not self._is_total(frame.row(at, named=True), texts):
                break
            frame = frame.head(at)
            self.notes.append(
                f"{label}: række {row} er læst som en sum eller en bemærkning under tabellen og tæller ikke med"
            )
        return frame

    def _is_total(self, row: Mapping[str, str | None], texts: Sequence[str]) -> bool:
        """Whether a row below a table is a sum or a remark: it has no dates, and names a sum or is one text alone."""
        code = {
            name: self._columns[name].code(row.get(name) or "") for name in ("start", "end", "administration", "scheme")
        }
        if code["start"] >= 0 or code["end"] >= 0:
            return False
        filled = [text for text in texts if text.strip()]
        if any(self._names_total(text) for text in filled):
            return True
        known = max(code["administration"], code["scheme"]) >= 0
        return len(filled) == 1 and not known and any(map(str.isalpha, filled[0]))

    def _names_total(self, text: str) -> bool:
        """Whether a cell begins as a row of sums does, with nothing but a number after."""
        return fold(text).rstrip("0123456789") in self.totals

    def _count(self, counts: Counts, start: Codes, blank: Mask, bad: Mask, inside: Mask) -> None:
        """Count a block's rows."""
        read = ~blank & ~bad
        counts.rows += int((~blank).sum())
        counts.refused += int(bad.sum())
        counts.outside += int((read & ~inside).sum())
        counts.begun_in_year += int((inside & (start >= self.first)).sum())
        begun = ((start[read] - 1) / _DAYS_A_YEAR).astype(np.int32) + 1  # near enough to tell which year is usual
        per_year = np.bincount(begun)
        for year in np.flatnonzero(per_year).tolist():
            counts.starts[year] = counts.starts.get(year, 0) + int(per_year[year])

    def _remember(self, frame: pl.DataFrame, rows: npt.NDArray[np.int64], bad: Mask, label: str) -> None:
        """Keep what a list of refused rows shows of some: the cells that we know, covered; never the person."""
        shown = [name for name in ("administration", "scheme", "start", "end") if name in frame.columns]
        places = np.flatnonzero(bad)
        for at, texts in zip(places.tolist(), frame.select(shown)[places.tolist()].rows(), strict=True):
            found = dict(zip(shown, texts, strict=True))
            known = [cover(found.get(name) or "") for name in ("administration", "scheme", "start", "end")]
            self.refused.append((label, int(rows[at]), known))

    def refuse_kept(self, label: str, row: int, administration: int, scheme: int, start: int, end: int) -> None:
        """Keep what a list of refused rows shows of a spell that was kept at first, and then refused."""
        if self.keep_refused:
            code = self.codes[administration] if administration < len(self.codes) else ""
            until = "" if end == cells.OPEN else cells.show_day(end)
            self.refused.append((label, row, [code, self.schemes[scheme], cells.show_day(start), until]))

    def _kept(
        self, frame: pl.DataFrame, rows: npt.NDArray[np.int64], found: Mapping[str, Codes], inside: Mask, table: int
    ) -> Spells:
        """Return the spells of a block that have a day in the year."""
        count = int(inside.sum())
        person = pl.Series([None], dtype=pl.UInt32).new_from_index(0, count)
        if "person" in frame.columns:
            person = self._numbered(frame["person"].filter(pl.Series(inside)))
        hours = found.get("weekly_hours", np.full(len(rows), EMPTY, np.int32))[inside]
        return pl.DataFrame(
            {
                "table": np.full(count, table), "row": rows[inside],
                **{name: found[name][inside] for name in ("administration", "scheme")},
                "weekly_hours": np.where(np.array([*self.by_hours])[found["scheme"][inside]], hours, EMPTY),
                **{name: found[name][inside] for name in ("start", "end")},
                "person": person,
            },
            schema=dict(KEPT),
        )  # fmt: skip

    def _numbered(self, persons: pl.Series) -> pl.Series:
        """Return a number for each person: hyphens, spaces, case and a lost leading zero make no difference."""
        name = pl.col("person")
        bare = name.str.to_lowercase().str.replace_all(r"[\s\-–.\u00a0\u00ad]", "")
        padded = pl.when(bare.str.contains(r"^\d{9}$")).then("0" + bare).otherwise(bare)
        texts = pl.DataFrame({"person": persons}).select(pl.when(bare != "").then(padded).alias("person"))
        return texts["person"].cast(self._persons).to_physical()


_MOST_TOLD = 10


def _all(masks: object) -> Mask:
    """Return where all of some masks are true."""
    return np.logical_and.reduce(list(masks))  # type: ignore[no-any-return, call-overload]


def _tell_missing(refusals: Refusals, label: str, rows: npt.NDArray[np.int64], missing: Mask, name: str) -> None:
    if missing.any():
        refusals.rows(label, rows[missing], FIELDS[name], "cellen er tom", expected=_EXPECTED[name])


_EXPECTED = {"scheme": "en jobordning", "start": "en dato", "weekly_hours": "et timetal"}
