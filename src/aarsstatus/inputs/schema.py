"""Define the tables of ``data/``: their columns, cells and keys.

It is written here alone: `tables` reads by it, ``data/datapackage.json`` is made from it, `ingest` writes its columns,
and `diff` knows a row again by its key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from aarsstatus.project import FIRST_YEAR, LAST_YEAR
from aarsstatus.text import MOST

COUNTINGS = ("days", "hours", "weekdays", "headcount")
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


def _year(name: str, description: str, *, required: bool = True) -> Column:
    expected = f"et år fra {FIRST_YEAR} til {LAST_YEAR}"
    return Column(name, description, expected, "integer", required, FIRST_YEAR, LAST_YEAR)


def _count(name: str, description: str, *, required: bool = True) -> Column:
    return Column(name, description, "et helt tal på mindst 0, uden punktum", "integer", required, 0, 10_000_000)


def _rows(name: str, description: str) -> Column:
    return replace(_count(name, description), most=999_999_999)


def _day(name: str, description: str) -> Column:
    return Column(name, description, "en dato som 2026-07-01", "date", required=False, newer=True)


def _one_of(name: str, among: tuple[str, ...], expected: str, description: str) -> Column:
    return Column(name, description, expected, among=among)


def _row_of(name: str, file: str, expected: str, description: str) -> Column:
    return Column(name, description, expected, refers_to=file)


def _code(name: str, pattern: str, expected: str, description: str) -> Column:
    return Column(name, description, expected, pattern=pattern)


_SENTENCES = 20 * MOST
_YEAR = _year("year", "Calendar year.")
_GROUP = _row_of("group", "groups.csv", "en måltalsgruppe", "Target group; one of groups.csv.")
_SCHEME = _row_of("scheme", "schemes.csv", "en jobordning", "Scheme; one of schemes.csv.")
_ADMINISTRATION = _row_of("administration", "administrations.csv", "en forvaltning", "One of administrations.csv.")

TOTAL = "total"
"""Stands for the group where a figure is of all groups."""
MARKS = ("circle", "square", "diamond", "triangle", "cross", "star")

GROUPS = Table(
    "groups.csv", "Måltalsgrupper",
    "The target groups, in the order of a table's rows: the schemes of one group share a target.", ("group",), True,
    (
        _code(
            "group", "(?!total$)[a-z_]{1,40}", "en kode med små bogstaver a-z; ikke total",
            "Key of the group; part of a figure's id.",
        ),
        Column("name", "What its schemes are called together, Danish, lower case.", drawn=True),
        Column(
            "spells_label", "Row label of the total of spells in the tables; empty: they show no spells of the group.",
            required=False, drawn=True,
        ),
        _code("colour", "#[0-9a-f]{6}", "en farve som #0b2a5b", "Its colour in charts, to differ in grey, too."),
        _one_of("mark", MARKS, "et mærke", "Its mark in charts."),
    ),
)  # fmt: skip

SCHEMES = Table(
    "schemes.csv", "Jobordninger", "The schemes, in the order of a table's rows.", ("scheme",), True,
    (
        _code("scheme", "[a-z_]{1,40}", "en kode med små bogstaver a-z", "Key of the scheme; part of a figure's id."),
        _GROUP,
        _one_of(
            "counting", COUNTINGS, "en opgørelsesmåde",
            "How status is counted. days: full-year equivalents; hours: days times weekly hours / 37; "
            "weekdays: weekdays / the year's weekdays times weekly hours / 37, as Danmarks Statistik counts full-time "
            "persons; headcount: persons employed on 31 December.",
        ),
        _year("first_year", "First year with figures."),
        _year("last_year", "Last year the scheme existed; empty: still does.", required=False),
        Column("name", "Name in running text, Danish, lower case.", drawn=True),
        Column("row_label", "Row label in the tables, with its unit where the notats print one.", drawn=True),
        Column(
            "note", "A paragraph that the notat has on the scheme, Danish; empty: none.", required=False,
            longest=_SENTENCES, drawn=True, newer=True,
        ),
        _day("first_day", "The day it began, where that is not 1 January of first_year; empty: it is."),
        _day("last_day", "The day it ended, where that is not 31 December of last_year; empty: it is."),
        Column(
            "successor", "Key of the scheme that it goes on as, under another name, after last_year; empty: it ended.",
            "en kode med små bogstaver a-z", required=False, newer=True, pattern="[a-z_]{1,40}",
        ),
    ),
)  # fmt: skip

ADMINISTRATIONS = Table(
    "administrations.csv", "Forvaltninger",
    "The administrations and the names they held, in the order of the tables; KK is the whole city.",
    ("administration", "first_year"), True,
    (
        _code("administration", "[A-ZÆØÅ]{1,10}", "en kode med store bogstaver A-Å", "Code; part of a figure's id."),
        Column("name", "Name as the notats' table titles print it.", drawn=True),
        _year("first_year", "First year (of figures) under this name."),
        _year("last_year", "Last year under this name; empty: still held.", required=False),
        Column(
            "successor",
            "Codes, separated by spaces, of those that took over after last_year. Empty: the same code's next row with "
            "a new name, or where there is none nobody: it was closed. Rows that name the same one were merged; a row "
            "that names several was split.",
            "koder på forvaltninger med mellemrum imellem", required=False, newer=True,
            pattern="[A-ZÆØÅ]{1,10}( [A-ZÆØÅ]{1,10})*",
        ),
        Column(
            "short_name", "What the whole city is called in short, in titles; on the row of KK alone. Empty: KK.",
            required=False, drawn=True, newer=True,
        ),
        Column(
            "council", "Who adopts the targets; on the row of KK alone. Empty: Borgerrepræsentationen.",
            required=False, drawn=True, newer=True,
        ),
    ),
)  # fmt: skip

TARGETS = Table(
    "targets.csv", "Måltal", "One target for each administration, target group and year.",
    ("year", "administration", "group"), True,
    (
        _YEAR,
        _ADMINISTRATION,
        _GROUP,
        _count("target", "Persons, full-year equivalents or heads as the group is counted. Exact. Empty or 0: none.",
               required=False),
        Column("source", "Where the number was read."),
    ),
)  # fmt: skip

STATUS = Table(
    "status.csv", "Status og antal forløb", "What each scheme came to, for each administration and year.",
    ("year", "administration", "scheme"), True,
    (
        _YEAR,
        _ADMINISTRATION,
        _SCHEME,
        Column(
            "status", "Full-year equivalents (persons), or heads where schemes.csv says headcount.",
            "et tal på mindst 0 med punktum som decimaltegn", "number", least=0,
        ),
        _count("spells", "Spells with at least one day in the year; empty where none are counted.", required=False),
        _one_of(
            "rounding", ("whole", "exact"), "en afrunding",
            "whole: the status was rounded half up before we got it; exact: it was not, or is a count.",
        ),
        Column("source", "Where the number was read, or the register extracts that it was computed from."),
    ),
)  # fmt: skip

PUBLISHED = Table(
    "published.csv", "Trykte tal",
    "One row for every number that the notats print anywhere: table cells, percentages, prose, footnotes, years in "
    "titles and column headers, dates, case numbers.",
    ("source", "place", "id"), False,
    (
        Column("source", "The notat, as notat-2025."),
        Column("place", "Where in the notat, in Danish."),
        Column("id", "What it states: a figure's id, or such as 2025.KK.header.year (a column header's year)."),
        Column("printed", "The number exactly as printed."),
    ),
)  # fmt: skip

EXTRACTS = Table(
    "extracts.csv", "Registerudtræk",
    "The register extracts that a year's status was computed from; the extracts themselves are never kept.",
    ("year", "sha256", "schemes"), True,
    (
        _YEAR,
        _code("sha256", "[0-9a-f]{64}", "en SHA-256 på 64 tegn fra 0 til f", "SHA-256 of the file's bytes."),
        Column("file", "The file's name, without its folder."),
        _one_of("kind", ("spells", "employments"), "en slags udtræk", "Spells, or employments counted as heads."),
        Column("schemes", "The schemes whose status comes from it, separated by spaces.", required=False,
               longest=_SENTENCES),
        _rows("rows", "Rows below the header that are not blank."),
        _rows("counted", "Rows with a day in the year."),
        _rows("outside", "Rows without a day in the year; they count for nothing."),
        _rows("refused", "Rows that could not be used and were left out (--skip-bad-rows)."),
        _rows("not_distributed", "Counted rows that belong to no administration: they count in KK alone."),
        Column("extracted", "The day the extract was made.", "en dato som 2027-01-12", "date"),
    ),
)  # fmt: skip

WARNINGS = Table(
    "warnings.csv", "Advarsler",
    "What somebody should look at in a year's extracts, without personal data; shown in the quality report.",
    (), False,
    (
        _YEAR,
        _one_of("kind", tuple(REMARKS), "en slags advarsel", "What it is."),
        _SCHEME,
        replace(_ADMINISTRATION, description="One of administrations.csv; empty where it is of all.", required=False),
        _rows("count", "How many spells or persons it is about."),
        Column("text", "What to look at, in Danish; it may name several files and rows.", longest=_SENTENCES),
        Column("svar", "What the analyst found out; empty until then.", required=False, longest=_SENTENCES, newer=True),
    ),
)  # fmt: skip

TABLES = (GROUPS, SCHEMES, ADMINISTRATIONS, TARGETS, STATUS, PUBLISHED, EXTRACTS, WARNINGS)
