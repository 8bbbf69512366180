"""Define the tables of ``data/``: their columns, cells and keys.

They are written in ``tables.csv`` and ``columns.csv`` beside this module, and nowhere else: what reads ``data/``,
``data/datapackage.json``, what `ingest` writes and the keys of `diff` are all made from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from aarsstatus.files import packaged_rows
from aarsstatus.project import FIRST_YEAR, LAST_YEAR
from aarsstatus.text import MOST

KK = "KK"
"""The code of the whole city among the administrations."""
REMARKS: Mapping[str, str] = {
    "not_distributed": "Ikke fordelt",
    "overlap": "Overlap",
    "too_long": "For langt forløb",
    "future": "Dato i fremtiden",
    "unfinished_year": "Året var ikke gået",
    "preliminary": "Foreløbige tal",
    "no_persons": "Uden person",
    "several_administrations": "Flere forvaltninger",
    "far_from_before": "Langt fra sidste år",
    "note": "Bemærkning",
}
"""What an analyst is told of a year's extracts: each kind, and what people call it."""
TOTAL = "total"
"""Stands for the group where a figure is of all groups."""
MARKS = ("circle", "square", "diamond", "triangle", "cross", "star")


@dataclass(frozen=True, slots=True)
class Column:
    """A column, described in English, and what its cells hold.

    `expected` is Danish, for messages. `among` are the values there are, where they are few; `refers_to` is the file
    whose first column has them. A text has at most `longest` characters; one that is `drawn` is printed in the notat,
    whose font must have them all. A file from before there was a column that is `newer` lacks it: its cells are empty.
    """

    name: str
    description: str
    expected: str = "en tekst"
    type: Literal["string", "integer", "number", "date"] = "string"
    required: bool = True
    least: int | None = None
    most: int | None = None
    pattern: str | None = None
    among: tuple[str, ...] = ()
    refers_to: str | None = None
    longest: int = MOST
    drawn: bool = False
    newer: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file: its columns in order, and those whose cells name a row."""

    file: str
    title: str
    description: str
    key: tuple[str, ...]
    unique: bool
    columns: tuple[Column, ...]

    @property
    def name(self) -> str:
        """The file's name in the project."""
        return f"data/{self.file}"

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)


_KINDS: Mapping[str, Column] = {
    "text": Column("", ""),
    "sentences": Column("", "", longest=20 * MOST),
    "year": Column("", "", f"et år fra {FIRST_YEAR} til {LAST_YEAR}", "integer", least=FIRST_YEAR, most=LAST_YEAR),
    "count": Column("", "", "et helt tal på mindst 0, uden punktum", "integer", least=0, most=10_000_000),
    "rows": Column("", "", "et helt tal på mindst 0, uden punktum", "integer", least=0, most=999_999_999),
    "number": Column("", "", "et tal på mindst 0 med punktum som decimaltegn", "number", least=0),
    "date": Column("", "", "en dato som 2026-07-01", "date"),
}
"""What the cells of a column hold, by its kind in ``columns.csv``."""
_AMONG: Mapping[str, tuple[str, ...]] = {
    "": (),
    "countings": ("days", "hours", "weekdays", "headcount"),
    "extracts": ("spells", "employments"),
    "marks": MARKS,
    "remarks": tuple(REMARKS),
    "roundings": ("whole", "exact"),
}


def _column(row: Mapping[str, str]) -> Column:
    """Return the column that a row of ``columns.csv`` describes."""
    kind = _KINDS[row["kind"]]
    return replace(
        kind,
        name=row["column"],
        description=row["description"],
        expected=row["expected"] or kind.expected,
        required=not row["may_be_empty"],
        pattern=row["pattern"] or None,
        among=_AMONG[row["among"]],
        refers_to=row["refers_to"] or None,
        drawn=bool(row["drawn"]),
        newer=bool(row["newer"]),
    )


def _tables() -> tuple[Table, ...]:
    """Return the tables, each with its columns."""
    columns = [(row["file"], _column(row)) for row in packaged_rows(Path(__file__).with_name("columns.csv"))]
    return tuple(
        Table(
            row["file"],
            row["title"],
            row["description"],
            tuple(row["key"].split()),
            not row["may_repeat"],
            tuple(column for file, column in columns if file == row["file"]),
        )
        for row in packaged_rows(Path(__file__).with_name("tables.csv"))
    )


TABLES = _tables()
GROUPS, SCHEMES, ADMINISTRATIONS, TARGETS, STATUS, PUBLISHED, EXTRACTS, WARNINGS = TABLES
