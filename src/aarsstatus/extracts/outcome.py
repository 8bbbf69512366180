"""Collect the outcome of reading extracts: spells, counts, refused rows.

A thousand rows with the same unknown administration are one problem with a thousand row numbers, shown in short.
Nothing here keeps a cell that holds a person number: what is shown of a cell goes through `privacy.cover` first.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from aarsstatus import danish
from aarsstatus.inputs.aliases import FIELDS
from aarsstatus.privacy import cover
from aarsstatus.problems import InputError, Problem
from aarsstatus.text import FORMULA

Rows = npt.NDArray[np.int64]
EXCHANGED = "måned og dag er byttet om, så også de datoer, der kan læses, kan være forkerte"
MOST_VALUES = 20
"""How many different values of one column are told one by one before the rest are put together."""
_MOST_RANGES = 6
_NAMED = (FIELDS["administration"], FIELDS["scheme"])
"""The columns whose nearest value is one of ours, and not made of what stands in the cell."""


@dataclass(slots=True)
class Counts:
    """Count a table's rows, its placements, and the years in which spells begin.

    Of the `refused`, those `cancelled` are no faults. `signs` are what stands where a spell is still `running`,
    `below` the sums and remarks under the table.
    """

    rows: int = 0
    outside: int = 0
    begun_in_year: int = 0
    refused: int = 0
    cancelled: int = 0
    placements: int = 0
    placements_outside: int = 0
    running: int = 0
    signs: Counter[str] = field(default_factory=Counter)
    without_administration: int = 0
    starts: Counter[int] = field(default_factory=Counter)
    below: list[str] = field(default_factory=list)

    def add(self, other: Counts) -> None:
        """Add another table's counts."""
        self.rows += other.rows
        self.outside += other.outside
        self.refused += other.refused
        self.cancelled += other.cancelled

    def usual_year(self) -> int | None:
        """Return the year that most spells begin in."""
        return max(self.starts, key=lambda year: (self.starts[year], year), default=None)


@dataclass(frozen=True, slots=True)
class Extract:
    """Hold what came of reading one file, which messages call `name`.

    It has the numbers of its `tables`, and the day on which it says itself that it was made.
    """

    path: Path
    name: str
    sha256: str
    counts: Counts
    tables: range
    drawn: date | None


@dataclass(slots=True)
class Reading:
    """Collect what was read so far: spells, tables' names and summaries, files."""

    spells: list[pl.DataFrame] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)
    extracts: list[Extract] = field(default_factory=list)


@dataclass(slots=True)
class Refusals:
    """Collect every problem of some extracts, and what is to be noted of them.

    Attributes
    ----------
    problems
        Those of a whole file or column; they cannot be skipped.
    notes
        How the files were read, where that was not plain.
    exchanged
        The files and columns in which a date has its month before its day.
    """

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    exchanged: set[tuple[str, str]] = field(default_factory=set)
    _groups: dict[Problem, list[Rows]] = field(default_factory=dict)
    """Each problem of rows, with the numbers of these."""
    _values: dict[tuple[str, str | None, str], int] = field(default_factory=dict)

    def stop(self, *, skip_rows: bool = True) -> None:
        """Raise all problems, if one is of a whole file or column, or rows count, too."""
        if self.problems or (self._groups and not skip_rows):
            raise InputError(self.told())

    def file(
        self, label: str, message: str, *, row: int | None = None, column: str | None = None, found: str | None = None,
        expected: str | None = None, hint: str | None = None,
    ) -> None:  # fmt: skip
        """Add a problem of a whole file, sheet or column."""
        where = label if row is None else f"{label}, række {row}"
        self.problems.append(
            Problem(where, message, None, column and cover(column), found and cover(found), expected, hint)
        )

    def rows(
        self, label: str, rows: Rows | pl.Series, column: str | None, message: str, *, found: str | None = None,
        expected: str | None = None, hint: str | None = None,
    ) -> None:  # fmt: skip
        """Add a problem that some rows share, numbered as in Excel, if there are any."""
        if not len(rows):
            return
        group = Problem(label, message, None, column, found and cover(found), expected, hint)
        if group not in self._groups:
            seen = self._values[label, column, message] = self._values.get((label, column, message), 0) + 1
            if seen > MOST_VALUES:
                group = Problem(label, message, None, column, expected=expected)
        self._groups.setdefault(group, []).append(np.asarray(rows, np.int64))

    def note(self, label: str, said: str) -> None:
        """Note something of a file or a table that is no problem."""
        self.notes.append(f"{label}: {said}")

    def told(self) -> list[Problem]:
        """Return every problem, those of whole files first, then by row."""
        grouped = sorted(
            ((group, np.unique(np.concatenate(rows))) for group, rows in self._groups.items()),
            key=lambda item: (item[0].file, int(item[1][0]), item[0].column or ""),
        )
        return self.problems + [replace(one, file=f"{one.file}, {rows_shown(rows)}") for one, rows in grouped]

    def by_row(self) -> Mapping[tuple[str, int], Sequence[str]]:
        """Return the problems of each row, by file and row, without its cells.

        A cell may hold a name.
        """
        found: dict[tuple[str, int], list[str]] = {}
        for one, parts in self._groups.items():
            hint = one.hint if one.column in _NAMED else None
            text = str(Problem("", one.message, None, None, None, one.expected, hint)).removeprefix(": ")
            for row in np.concatenate(parts).tolist():
                found.setdefault((one.file, row), []).append(f"{one.column}: {text}" if one.column else text)
        return found


def rows_shown(rows: Sequence[int] | Rows | pl.Series) -> str:
    """Write row numbers in short.

    As ``række 14``, ``række 14-17 og 20``, ``række 5, 7, 9 … (1.000 rækker)``.
    """
    numbers = np.unique(np.asarray(rows, np.int64))
    breaks = np.flatnonzero(np.diff(numbers) != 1)
    firsts = numbers[np.r_[0, breaks + 1]][: _MOST_RANGES + 1].tolist()
    lasts = numbers[np.r_[breaks, len(numbers) - 1]][: _MOST_RANGES + 1].tolist()
    ranges = [str(first) if first == last else f"{first}-{last}" for first, last in zip(firsts, lasts, strict=True)]
    if len(ranges) <= _MOST_RANGES:
        return f"række {danish.join(ranges)}"
    return f"række {', '.join(ranges[:_MOST_RANGES])} … ({danish.whole(len(numbers))} rækker)"


# -- the list of refused rows ---------------------------------------------------------------------------------

REFUSED = ("udtræk", "række", "hvad er galt", "forvaltning", "jobordning", "startdato", "slutdato")
REFUSED_MARK = ";".join(REFUSED).encode()
"""What every such list has in it."""


def refused_list(extract: Path) -> Path:
    """Return where the list of one extract's refused rows lies."""
    return extract.with_name(f"{extract.name}.afviste.csv")


def write_refused(
    path: Path, refused: Sequence[tuple[str, int, Sequence[str]]], why: Mapping[tuple[str, int], Sequence[str]]
) -> None:
    """Write a list of refused rows, for Excel; never a person.

    Of each is known its label, row and covered cells, and `why` it is refused, by label and row.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(REFUSED)
    for label, row, cells in sorted(refused):
        said = " / ".join(why.get((label, row), []))
        writer.writerow([_harmless(label), row, *map(_harmless, [said, *cells])])
    path.write_bytes(text.getvalue().encode("utf-8-sig"))


def _harmless(cell: str) -> str:
    """Return a cell that Excel does not take for a formula, after blanks either."""
    return f"'{cell}" if cell.strip().startswith(FORMULA) else cell
