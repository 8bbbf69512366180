"""Find where an extract's table begins and which of its columns are read.

A header is the row, or the two rows on top of one another where cells are merged, that names most of the columns an
extract may have (`aliases.FIELDS`). What stands below it comes in blocks of text, with all its columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import polars as pl

from aarsstatus import danish
from aarsstatus.extracts.aliases import FIELDS, Names, fold, fold_value
from aarsstatus.extracts.refusals import Refusals
from aarsstatus.privacy import mask

__all__ = ["MOST_ROWS", "OVERFLOW", "Block", "Cells", "Columns", "Header", "Table", "choose_columns", "find_header",
           "text_frame"]  # fmt: skip

MOST_ROWS = 40
"""How far down a header is looked for."""
OVERFLOW = "overflow"
"""The column of a block that holds what stands to the right of the last header."""
_LEAST = 2
"""A row with fewer known names than this is a title, not a header."""
_REQUIRED = ("administration", "start", "end")
_FLEKSJOB = "fleks"
"""The one word that a file or a header of fleksjob employments is known by: anybody may be »ansat«."""

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a table, as text.

    Attributes
    ----------
    frame
        Every column of the table, called by its place ("0", "1" …), and `OVERFLOW`; null or blank where a cell is
        empty.
    first_row
        The number of the first row, as Excel numbers it.
    last
        Whether these are the table's last rows.
    torn
        The last row of a file that ends in the middle of it: an end that is missing there says nothing.
    """

    frame: pl.DataFrame
    first_row: int
    last: bool
    torn: int | None = None


class Table(Protocol):
    """Give one table of an extract: a CSV file, or a sheet."""

    label: str
    name: str
    header: Header | None
    head: Sequence[Cells]

    @property
    def hidden_rows(self) -> Sequence[int]:
        """Return the rows with something in them that are hidden in Excel."""
        ...

    def blocks(self) -> Iterator[Block]:
        """Yield the rows below the header."""
        ...


def text_frame(rows: Sequence[Cells], width: int) -> pl.DataFrame:
    """Return rows of text as the frame of a block."""
    found = {f"{place}": [cells[place] if place < len(cells) else None for cells in rows] for place in range(width)}
    found[OVERFLOW] = [next((cell for cell in cells[width:] if cell.strip()), None) for cells in rows]
    return pl.DataFrame(found, schema=dict.fromkeys(found, pl.String))


# -- the header -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Header:
    """Keep what a table's header says.

    Attributes
    ----------
    row, rows
        The last row of the header, from 1 (data begins below it), and how many rows it has.
    columns
        The place of each field's column, from 0.
    texts
        The header as written, one text a column, merged rows put together.
    passed_over
        Columns that fit a field too, but less well than the one that was taken.
    title
        What stands above the header.
    hidden
        The places of columns that are hidden in Excel.
    """

    row: int
    rows: int
    columns: dict[str, int]
    texts: tuple[str, ...]
    passed_over: tuple[tuple[str, int], ...] = ()
    title: str = ""
    hidden: frozenset[int] = frozenset()

    def unknown(self, names: Names) -> list[str]:
        """Return the headers of columns that are no field."""
        return [
            text
            for place, text in enumerate(self.texts)
            if text.strip() and fold(text) not in names.columns and place not in self.columns.values()
        ]


def find_header(rows: Sequence[Cells], names: Names, hidden: frozenset[int] = frozenset()) -> Header | None:
    """Find the header among an extract's first rows.

    Parameters
    ----------
    rows
        The first rows, as text; the first is row 1.
    names
        What columns may be called.
    hidden
        The places of columns that are hidden: one is read only where no visible one serves.

    Returns
    -------
    Header or None
        The row, or two rows, with most fields; the first of several, and one row rather than two. None where no
        row names two fields.
    """
    rows = rows[:MOST_ROWS]
    single = [_header(number, 1, rows, cells, names, hidden) for number, cells in enumerate(rows, start=1)]
    double = [
        _header(number, 2, rows, _merged(upper, lower, names), names, hidden)
        for number, (upper, lower) in enumerate(pairwise(rows), start=2)
    ]
    best = max([*single, *double], key=lambda header: len(header.columns), default=None)
    return best if best is not None and len(best.columns) >= _LEAST else None


def _header(row: int, height: int, rows: Sequence[Cells], cells: Cells, names: Names, hidden: frozenset[int]) -> Header:
    """Read the cells of one row, or of two put together, as a header."""
    ranked: dict[str, list[tuple[bool, int, int]]] = {}
    for place, text in enumerate(cells):
        if (known := names.columns.get(fold(text))) is not None:
            ranked.setdefault(known[0], []).append((place in hidden, known[1], place))
    columns = {name: min(places)[-1] for name, places in ranked.items()}
    passed = tuple((name, place) for name, places in ranked.items() for *_, place in sorted(places)[1:])
    title = " ".join(cell for above in rows[: row - height] for cell in above if cell)
    return Header(row, height, columns, tuple(cells), passed, title, hidden)


def _merged(upper: Cells, lower: Cells, names: Names) -> list[str]:
    """Put two rows of a header together, column by column.

    A cell merged across columns holds its text in the first of them only, one merged across rows in the upper: a
    column is called what its lower cell says, if that is known, else what its upper cell says, else both together
    (»Periode« over »fra« and »til«).
    """
    width = max(len(upper), len(lower))
    upper, lower = ([*cells, *[""] * (width - len(cells))] for cells in (upper, lower))
    merged, spanning = [], ""
    for above, below in zip(upper, lower, strict=True):
        spanning = above or spanning
        both = f"{spanning} {below}".strip() if below else above
        merged.append(next((text for text in (below, above, both) if fold(text) in names.columns), both))
    return merged


# -- the columns ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Columns:
    """Say where each field of a table stands, or which scheme all its rows have.

    `texts` is the whole header.
    """

    places: Mapping[str, int]
    scheme: str | None = None
    texts: Cells = ()

    def called(self, field: str) -> str:
        """Return what a field's column is called in messages, with its letter in Excel."""
        place = self.places[field]
        return f"{FIELDS[field]} (kolonne {column_letters(place)}, »{' '.join(self.texts[place].split())}«)"


def column_letters(place: int) -> str:
    """Return the letters of a column of Excel, by its place from 0."""
    before, last = divmod(place, 26)
    return (column_letters(before - 1) if before else "") + chr(ord("A") + last)


def choose_columns(
    table: Table, stem: str, names: Names, scheme: str | None, refusals: Refusals, notes: list[str]
) -> Columns | None:
    """Return which columns of a table are read; None where one is missing.

    Parameters
    ----------
    table, stem
        The table, and the name of its file without ending.
    names
        What columns may be called.
    scheme
        The scheme of a table without such a column, if somebody said it.
    refusals, notes
        Added to.
    """
    header = table.header
    if header is None:
        seen = next((cells for cells in table.head if any(cell.strip() for cell in cells)), [])
        refusals.file(
            table.label, "overskriften blev ikke fundet", found="; ".join(cell for cell in seen if cell.strip()),
            expected="en række med forvaltning, jobordning, startdato og slutdato; flere navne: data/aliases.yml",
        )  # fmt: skip
        return None
    notes += _notes(table.label, header)
    missing = [name for name in _REQUIRED if name not in header.columns]
    fixed = None
    if "scheme" in header.columns and scheme is not None:
        refusals.file(
            table.label, "filen har selv en kolonne med jobordning, så --scheme kan ikke bruges på den",
            row=header.row, column=header.texts[header.columns["scheme"]].strip(), found=f"--scheme {scheme}",
            expected="filen for sig, uden --scheme",
        )  # fmt: skip
    if "scheme" not in header.columns:
        fixed = scheme or _scheme_of(table, stem, header, names)
        if fixed is None:
            missing.append("scheme")
        elif scheme is None:
            called = next((name for name in names.scheme_names if names.schemes[fold_value(name)] == fixed), fixed)
            notes.append(f"{table.label}: der er ingen kolonne med jobordning, så alle rækker er læst som {called}")
    for name in missing:
        _refuse_missing(table.label, name, header, names, refusals)
    return None if missing else Columns(header.columns, fixed, header.texts)


def _notes(label: str, header: Header) -> Iterator[str]:
    """Yield what an analyst should know of how a header was read."""
    if header.row > 1:
        which = f"række {header.row}" if header.rows == 1 else f"række {header.row - 1}-{header.row}"
        yield f"{label}: overskriften står i {which}; det, der står over den, er ikke læst"
    for name, place in header.passed_over:
        taken, other = (mask(header.texts[at].strip()) for at in (header.columns[name], place))
        yield f"{label}: kolonnen »{other}« er ikke læst; »{taken}« er brugt som {FIELDS[name]}"
    for name, place in header.columns.items():
        if place in header.hidden:
            called = mask(header.texts[place].strip())
            yield f"{label}: kolonnen »{called}« er skjult i Excel, men er brugt som {FIELDS[name]}"


def _refuse_missing(label: str, name: str, header: Header, names: Names, refusals: Refusals) -> None:
    """Tell of a missing column, and which unknown one may be it."""
    close = next((text for text in header.unknown(names) if names.nearest_header(text) == name), None)
    called = names.called(name)
    expected = f"en kolonne, der hedder {danish.join(called, 'eller')}; andre navne skrives i data/aliases.yml"
    if name == "scheme":
        expected += ". Er alle rækker samme jobordning, så skriv den, fx --scheme fleksjob"
    if ", ark »" in label:
        expected += ". Hører arket ikke til udtrækket, så skjul det i Excel: højreklik på arkets navn → Skjul"
    refusals.file(
        label, "kolonnen mangler", row=header.row, column=FIELDS[name],
        found=None if close is None else " ".join(close.split()), expected=expected,
        hint=None if close is None else called[0],
    )  # fmt: skip


def _scheme_of(table: Table, stem: str, header: Header, names: Names) -> str | None:
    """Return the scheme that a table's file, sheet, title or header names.

    None where it names none or several, and where an unknown column may be the missing one.
    """
    if any(names.nearest_header(text) == "scheme" for text in header.unknown(names)):
        return None
    called = " ".join([stem, table.name, header.title])
    named = names.scheme_in(called)
    if named is not None:
        return named
    spoken_of = _FLEKSJOB in fold_value(" ".join([called, *header.texts]))
    return "fleksjob" if spoken_of and "fleksjob" in names.schemes.values() else None
