"""The schema of ``data/*.csv``: the columns of every table, what their cells may hold, and what names a row.

It is written here alone. `tables` reads cells by it, ``data/datapackage.json`` describes the files by it, `ingest`
writes its columns, and `diff` knows a row again by its key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from aarsstatus.project import FIRST_YEAR, LAST_YEAR
from aarsstatus.text import MOST

__all__ = [
    "ADMINISTRATIONS",
    "COUNTINGS",
    "EXTRACTS",
    "GROUPS",
    "KK",
    "PUBLISHED",
    "REMARKS",
    "SCHEMES",
    "STATUS",
    "TABLES",
    "TARGETS",
    "WARNINGS",
    "Column",
    "Group",
    "Table",
]

Group = Literal["placements", "fleksjob", "fritidsjob"]
GROUPS: tuple[str, ...] = get_args(Group)
"""The target groups, in the order of a table."""
COUNTINGS = ("days", "hours", "headcount")
KK = "KK"
"""The code of the whole city among the administrations."""
REMARKS: Mapping[str, str] = {
    "not_distributed": "Ikke fordelt",
    "overlap": "Overlap",
    "too_long": "For langt forløb",
    "future": "Dato i fremtiden",
    "unfinished_year": "Året var ikke gået",
    "no_persons": "Uden person",
    "several_administrations": "Flere forvaltninger",
    "far_from_before": "Langt fra sidste år",
}
"""What an analyst is told of a year's extracts: each kind, and what people call it."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what its cells hold, in English for engineers and in Danish (`expected`) for messages."""

    name: str
    description: str
    expected: str = "en tekst"
    type: Literal["string", "integer", "number", "date"] = "string"
    required: bool = True
    least: int | None = None
    most: int | None = None
    pattern: str | None = None
    among: tuple[str, ...] = ()
    """The values there are; empty allows any."""
    refers_to: str | None = None
    """The file whose first column has the values there are."""
    longest: int = MOST
    """Characters of a text."""
    drawn: bool = False
    """Whether the notat prints a text, so that its font must have every character."""


@dataclass(frozen=True, slots=True)
class Table:
    """One CSV file: its columns in order, and those whose cells name a row."""

    file: str
    title: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    unique: bool = True
    """Whether a key stands on one row alone."""

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)


def _year(name: str, description: str, *, required: bool = True) -> Column:
    expected = f"et år fra {FIRST_YEAR} til {LAST_YEAR}"
    return Column(name, description, expected, "integer", required, least=FIRST_YEAR, most=LAST_YEAR)


def _count(name: str, description: str, *, required: bool = True, most: int = 999_999_999) -> Column:
    return Column(name, description, "et helt tal på mindst 0, uden punktum", "integer", required, least=0, most=most)


def _one_of(name: str, description: str, expected: str, among: tuple[str, ...]) -> Column:
    return Column(name, description, expected, among=among)


_MOST_PERSONS = 10_000_000
_YEAR = _year("year", "Calendar year.")
_SCHEME = Column("scheme", "Scheme; one of schemes.csv.", "en jobordning", refers_to="schemes.csv")
_CODE = Column(
    "administration",
    "Administration code; one of administrations.csv.",
    "en forvaltning",
    refers_to="administrations.csv",
)
_SOURCE = Column("source", "Where the number was read, or the extracts that it was computed from.")

SCHEMES = Table(
    "schemes.csv",
    "Jobordninger",
    "The schemes, in the order of a table's rows.",
    (
        Column(
            "scheme",
            "Key of the scheme (jobordning), a-z; part of a figure's id.",
            "en kode med små bogstaver a-z",
            pattern=r"[a-z_]{1,40}",
        ),
        _one_of(
            "group",
            "Target group: the schemes with the same group share one target.",
            "en måltalsgruppe",
            GROUPS,
        ),
        _one_of(
            "counting",
            "How status is counted. days: full-year equivalents; hours: days times weekly hours / 37; "
            "headcount: persons employed on 31 December.",
            "en opgørelsesmåde",
            COUNTINGS,
        ),
        _year("first_year", "First year with figures."),
        _year("last_year", "Last year the scheme existed; empty: still does.", required=False),
        Column("name", "Name in running text, Danish, lower case.", drawn=True),
        Column("row_label", "Row label in the tables, with its unit where the notats print one.", drawn=True),
    ),
    key=("scheme",),
)

ADMINISTRATIONS = Table(
    "administrations.csv",
    "Forvaltninger",
    "The administrations and the names they held, in the order of the tables; KK is the whole city.",
    (
        Column(
            "administration",
            "Code, as BIF or ØKF; part of a figure's id. KK is the whole city.",
            "en kode med store bogstaver A-Å",
            pattern=r"[A-ZÆØÅ]{1,10}",
        ),
        Column("name", "Name as the notats' table titles print it.", drawn=True),
        _year("first_year", "First year (of figures) under this name."),
        _year("last_year", "Last year under this name; empty: still held.", required=False),
    ),
    key=("administration", "first_year"),
)

TARGETS = Table(
    "targets.csv",
    "Måltal",
    "One target for each administration, target group and year.",
    (
        _YEAR,
        _CODE,
        _one_of("group", "Target group.", "en måltalsgruppe", GROUPS),
        _count(
            "target",
            "Target in persons: full-year equivalents for placements and fritidsjob, heads for fleksjob. Exact. "
            "Empty or 0: no target.",
            required=False,
            most=_MOST_PERSONS,
        ),
        Column("source", "Where the number was read."),
    ),
    key=("year", "administration", "group"),
)

STATUS = Table(
    "status.csv",
    "Status og antal forløb",
    "What each scheme came to, for each administration and year.",
    (
        _YEAR,
        _CODE,
        _SCHEME,
        Column(
            "status",
            "Full-year equivalents (persons), or heads where schemes.csv says headcount.",
            "et tal på mindst 0 med punktum som decimaltegn",
            "number",
            least=0,
        ),
        _count(
            "spells",
            "Number of spells with at least one day in the year; empty where there are none to count.",
            required=False,
            most=_MOST_PERSONS,
        ),
        _one_of(
            "rounding",
            "whole: the status was rounded half up to a whole number before we got it; "
            "exact: it was not, or is a count.",
            "en afrunding",
            ("whole", "exact"),
        ),
        _SOURCE,
    ),
    key=("year", "administration", "scheme"),
)

PUBLISHED = Table(
    "published.csv",
    "Trykte tal",
    "One row for every number that the notats print anywhere: table cells, percentages, prose, footnotes, years in "
    "titles and column headers, dates, case numbers.",
    (
        Column("source", "The notat, as notat-2025."),
        Column("place", "Where in the notat, in Danish."),
        Column(
            "id",
            "The figure that the number states, as in figures.csv; or what else it states, such as "
            "2025.TMF.header.year (the year in a column header).",
        ),
        Column("printed", "The number exactly as printed."),
    ),
    key=("source", "place", "id"),
    unique=False,
)

EXTRACTS = Table(
    "extracts.csv",
    "Registerudtræk",
    "The register extracts that a year's status was computed from; the extracts themselves are never kept.",
    (
        _YEAR,
        Column(
            "sha256",
            "SHA-256 of the file's bytes.",
            "en SHA-256 på 64 tegn fra 0 til f",
            pattern=r"[0-9a-f]{64}",
        ),
        Column("file", "The file's name, without its folder."),
        _one_of(
            "kind",
            "spells, or employments that are counted as heads.",
            "en slags udtræk",
            ("spells", "employments"),
        ),
        Column(
            "schemes",
            "The schemes whose rows in status.csv come from it, separated by spaces.",
            required=False,
            longest=20 * MOST,
        ),
        _count("rows", "Rows below the header that are not blank."),
        _count("counted", "Rows with a day in the year."),
        _count("outside", "Rows without a day in the year; they count for nothing."),
        _count("refused", "Rows that could not be used and were left out (--skip-bad-rows)."),
        _count("not_distributed", "Counted rows that belong to no administration: they count in KK alone."),
        Column("extracted", "The day the extract was made.", "en dato som 2027-01-12", "date"),
    ),
    key=("year", "sha256", "schemes"),
)

WARNINGS = Table(
    "warnings.csv",
    "Advarsler",
    "What somebody should look at in a year's extracts, without personal data; shown in the quality report.",
    (
        _YEAR,
        _one_of("kind", "What it is.", "en slags advarsel", tuple(REMARKS)),
        _SCHEME,
        Column(
            "administration",
            "Administration code; empty where it is of all.",
            "en forvaltning",
            required=False,
            refers_to="administrations.csv",
        ),
        _count("count", "How many spells or persons it is about."),
        Column(
            "text",
            "What to look at, in Danish: a sentence or two that may name several files and rows.",
            longest=20 * MOST,
        ),
    ),
)

TABLES = (SCHEMES, ADMINISTRATIONS, TARGETS, STATUS, PUBLISHED, EXTRACTS, WARNINGS)
