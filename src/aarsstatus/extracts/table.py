"""Find where an extract's table begins, and the column of each field.

A header is the row, or the two rows on top of one another where cells are merged, that names most of the columns an
extract may have (`aliases.FIELDS`). What stands below it comes in blocks of text, with all its columns.

A column whose heading is in no list is read where no other of its field is. Beside another it is held against that
one: where both can be read and differ, nobody knows which is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import Protocol

import polars as pl
from xlsxwriter.utility import xl_col_to_name

from aarsstatus.extracts.cells import Codes, Mask
from aarsstatus.extracts.outcome import Rows
from aarsstatus.inputs.aliases import Names, fold
from aarsstatus.privacy import mask

MOST_ROWS = 40
"""How far down a header is looked for."""
OVERFLOW = "overflow"
"""The column of a block that holds what stands to the right of the last header."""
_LEAST = 2
"""A row with fewer known names than this is a title, not a header."""
_HAPPENED, _WORKPLACE, PLANNED = ("faktisk",), ("ansæt", "arbejdsplads"), ("forvent", "planlag", "bevil")
"""Of two columns for one thing, that of what happened, and of the workplace, is read before another."""

_EITHER = ("administration", "scheme", "start", "end")
"""Fields of which two columns may not differ, whatever each is called, where neither is read before the other."""
LIKE = 1000
"""The rank of a heading that is in no list: behind all that are."""
_OF = "forløb(?:et)?s?|tilbud(?:det)?s?|aktivitets?|praktik|løntilskuds?|ansættelses?|indsats|foranstaltnings?"
_WHOSE = (
    "(?:faktisk|reel|endelig|eventuel|evt|aktuel|revideret|korrigeret|ændret|planlagt|forvent(?:et)?|bevilget|nye?|"
    f"sidste|datofor|dato|{_OF})*"
)
_WHEN = f"(?:s?dato|dt|dag|den|pr|fra|til|førtid|(?:for|på|af)(?:{_OF}))*"
_CALLED = "(?:navn|kode|tekst|betegnelse)"
_ENDS = "slut(?:ter|tet)?|afslut(?:tet|tes|ning)|ophør(?:t|te|er)?|afbrudt|afbrydelse|afbrud|stop(?:pet)?"
_FIELDS = {
    "start": rf"{_WHOSE}(?:start(?:er|et)?|opstart|(?:på)?begynd(?:t|te|er|else)|tiltrådt|tiltrædelse){_WHEN}",
    "end": rf"{_WHOSE}(?:{_ENDS}|fremmøde|fratrådt|fratrædelse|forlæng(?:et|else)|udløb(?:et|er)?){_WHEN}",
    "administration": "(?:[a-zæøå]*forvaltnings?|arb(?:ejds)?stedforv|organisation(?:s|ens)?|enheds?|afdelings?|"
    rf"centers?|department|direktørområde|arbejdsplads|arbejdssted|ansættelsessted|praktiksted|udlånttil)(?:enhed|område|{_CALLED}|niveau1)?",
    "scheme": "(?:job|del|under)?(?:ordnings?|tilbuds?|ydelses|foranstaltnings?|indsats|aktivitets?|redskabs?)"
    rf"(?:type|art|{_CALLED})|"
    "indsats|delordning",
    "person": "(?:forløbs?|sags|bevillings?)(?:id|nummer|guid|nøgle)",
}
_KINDS = {field: re.compile(heading) for field, heading in _FIELDS.items()}
_PARTS = re.compile(r"[\[\]/]|(?<=\w)\.(?=\w)")
"""What stands between the name of a table and that of its column, or between two languages."""
_NOT_THAT_DAY = re.compile(r"\b(?:ekskl|excl|eksl|ikke (?:med|inkl)|dagen (?:efter|før)|dag (?:efter|før))")
"""Says that a day is the one after the last, or the one before the first."""

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
class Rival:
    """Name a column that fits a field too, but less well than the one that was taken.

    One whose heading is only like those of the field (`is_like`) may be empty; one that `may_be_it` is held against
    the one that was taken.
    """

    field: str
    place: int
    is_like: bool
    may_be_it: bool


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
    title
        What stands above the header.
    hidden
        The places of columns that are hidden in Excel.
    rivals
        Columns that fit a field too.
    scheme
        That of all rows, where no column has it.
    """

    row: int
    rows: int
    columns: dict[str, int]
    texts: tuple[str, ...]
    title: str = ""
    hidden: frozenset[int] = frozenset()
    rivals: tuple[Rival, ...] = ()
    scheme: str | None = None

    def called(self, place: int) -> str:
        """Return where a column is, for messages: its letter in Excel and its heading."""
        return f"(kolonne {xl_col_to_name(place)}, »{' '.join(mask(self.texts[place]).split())}«)"

    def unknown(self, names: Names) -> list[str]:
        """Return the headers of columns that are no field."""
        return [
            text
            for place, text in enumerate(self.texts)
            if text.strip() and fold(text) not in names.columns and place not in self.columns.values()
        ]


@dataclass(frozen=True, slots=True)
class Batch:
    """Hold some rows while they are read, and what each cell came to.

    `frame` has all their columns, `texts` those of fields, by name. Those that are `squeezed` have all they have in
    one cell, those that are `blank` have nothing.
    """

    label: str
    header: Header
    frame: pl.DataFrame
    texts: pl.DataFrame
    rows: Rows
    codes: Mapping[str, Codes]
    squeezed: Mask
    blank: Mask


def find_header(rows: Sequence[Cells], names: Names, hidden: frozenset[int] = frozenset()) -> Header | None:
    """Find the header among an extract's first rows, if any names two fields.

    It is the row, or two rows, with most fields; the first of several, and one row rather than two. Of a column in
    one of the places `hidden`, it is read only where no visible one serves.
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
    ranked: dict[str, list[tuple[bool, bool, int, int, int]]] = {}
    groups = _spanning(rows[row - 2] if row > 1 else [], len(cells))
    for place, text in enumerate(cells):
        if (known := field_of(text, names)) is not None:
            rank = _preference(known[0], text, groups[place])
            ranked.setdefault(known[0], []).append((place in hidden, known[1] == LIKE, rank, known[1], place))
    columns = {name: min(places)[-1] for name, places in ranked.items()}
    rivals = []
    for name, (first, *others) in ((name, sorted(places)) for name, places in ranked.items()):
        for one in others:
            is_hidden, is_like, preference, _, place = one
            is_like_first = one[:3] == first[:3] or (is_like and not is_hidden and preference <= first[2])
            may_be_it = one[:-1] == first[:-1] or (name in _EITHER and is_like_first)
            rivals.append(Rival(name, place, is_like, may_be_it and name != "state"))  # each of those is read
    title = " ".join(cell for above in rows[: row - height] for cell in above if cell)
    return Header(row, height, columns, tuple(cells), title, hidden, tuple(rivals))


def _spanning(cells: Cells, width: int) -> list[str]:
    """Return the heading of each column's group, which stands in its first cell."""
    found, last = [], ""
    for cell in [*cells, *[""] * (width - len(cells))][:width]:
        last = cell.strip() or last
        found.append(last)
    return found


def _preference(name: str, text: str, group: str) -> int:
    """Return how well a column's headings fit what the notat is about: low is good."""
    wanted = _WORKPLACE if name == "administration" else _HAPPENED
    own = f"{text} {group}".casefold()
    happened = any(word in own for word in wanted) or any(word in group.casefold() for word in _WORKPLACE)
    return any(word in own for word in PLANNED) - happened


def _merged(upper: Cells, lower: Cells, names: Names) -> list[str]:
    """Put two rows of a header together, column by column.

    A cell merged across columns holds its text in the first of them only, one merged across rows in the upper: a
    column is called what its lower cell says, if that is known, else what its upper cell says, else both together
    (»Periode« over »fra« and »til«).
    """
    merged, groups = [], _spanning(upper, max(len(upper), len(lower)))
    for group, (above, below) in zip(groups, zip_longest(upper, lower, fillvalue=""), strict=True):
        both = f"{group} {below}".strip() if below else above
        merged.append(next((text for text in (below, above, both) if fold(text) in names.columns), both))
    return merged


def field_of(heading: str, names: Names) -> tuple[str, int] | None:
    """Return the field that a heading is of and its rank in the list, or None."""
    folded = fold(heading)
    if not folded or _NOT_THAT_DAY.search(heading.casefold()):
        return None
    if (known := names.columns.get(folded)) is not None:
        return known
    like = next((field for field, kind in _KINDS.items() if kind.fullmatch(folded)), None) or _in_parts(heading, names)
    return None if like is None else (like, LIKE)


def _in_parts(heading: str, names: Names) -> str | None:
    """Return the field of a heading such as ``Facts[Start]`` and ``Slut / End``."""
    parts = [part for part in _PARTS.split(heading) if part.strip(" .'")]
    if len(parts) == 1:
        return None
    found = [field_of(part, names) for part in (parts if "/" in heading else parts[-1:])]
    fields = {one and one[0] for one in found}
    return fields.pop() if len(fields) == 1 else None
