"""Extract files, read into blocks of text with the rows numbered as Excel numbers them.

A CSV file may be large, so it is read in pieces that end where a row does, each parsed by Polars while the next is
read; a piece that Polars cannot parse is read by hand, row by row. An XLSX file is read by calamine.

Nothing here interprets a cell, and no message carries one: what Polars or calamine say of a file they cannot read
is never passed on, since it may quote the file.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
import polars as pl

from aarsstatus import interruption
from aarsstatus.extracts.aliases import Names
from aarsstatus.extracts.container import too_large
from aarsstatus.extracts.header import MOST_ROWS, Header, find_header
from aarsstatus.extracts.refusals import Refusals
from aarsstatus.files import irregular
from aarsstatus.privacy import contains, mask
from aarsstatus.problems import reason
from aarsstatus.text import unfit

__all__ = ["OVERFLOW", "Block", "Extract", "Table", "open_extract"]

PIECE = 8 << 20
"""Bytes of a CSV file that are parsed at a time: large enough for Polars to use every core, small beside 1 GiB."""
_PARSED_AHEAD = 3
_HEAD = 1 << 18
_XLSX_ROWS = 200_000
_TAIL_ROWS = 8
_MOST_LINES_IN_A_ROW = 20
_LONGEST_NAME = 255
_DELIMITERS = ";,\t|"
OVERFLOW = "overflow"
"""The column that holds what stands to the right of the last header."""

Cells = list[str]


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a table.

    Attributes
    ----------
    frame
        Text, one column for each field of the header, and `OVERFLOW`; null or blank where a cell is empty.
    first_row
        The number of the first row.
    tail
        On a table's last block, its last rows that are not blank, with their numbers and all their cells.
    torn
        The last row of a file that ends in the middle of it: an end that is missing there says nothing.
    whole
        Returns the same rows with all their columns, also those that nobody reads; it takes as long as the first time.
    """

    frame: pl.DataFrame
    first_row: int
    whole: Callable[[], pl.DataFrame]
    tail: Sequence[tuple[int, Cells]] = ()
    torn: int | None = None


class Table(Protocol):
    """One table of an extract: a CSV file, or a sheet."""

    label: str
    header: Header | None
    head: list[Cells]

    def blocks(self, columns: Mapping[str, int]) -> Iterator[Block]:
        """Yield the rows below the header."""
        ...


@dataclass(slots=True)
class Extract:
    """One file: what it is called in messages, and its tables."""

    path: Path
    name: str
    tables: Sequence[Table]
    notes: list[str] = field(default_factory=list)


def open_extract(path: Path, names: Names, refusals: Refusals) -> Extract | None:  # noqa: PLR0911 - a guard each
    """Open a file and find its tables.

    Returns
    -------
    Extract or None
        None where the file cannot be read; `refusals` says why.
    """
    name = mask(path.name)
    if contains(path.name):
        refusals.file(name, "filens navn ligner et CPR-nummer", expected="et navn uden; giv filen et andet navn")
        return None
    why = unfit(path.name, _LONGEST_NAME)
    if why is not None:
        refusals.file(name, "filens navn kan ikke bruges", expected=why)
        return None
    why = irregular(path)
    if why is not None:
        refusals.file(name, why)
        return None
    try:
        with path.open("rb") as raw:
            start = raw.read(_HEAD)
            more = bool(raw.read(1))
    except OSError as error:
        refusals.file(name, f"filen kan ikke læses: {reason(error)}")
        return None
    if not start.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n;,"):
        refusals.file(name, "filen er tom", expected="en overskrift og mindst én række")
        return None
    extract = Extract(path, name, ())
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        extract.tables = _open_workbook(extract, names, refusals)
    elif start.startswith((b"%PDF", b"\x1f\x8b", b"7z\xbc\xaf")):
        refusals.file(name, "filen er hverken CSV eller XLSX", expected="et udtræk gemt som CSV eller XLSX")
    else:
        extract.tables = [_CsvTable(path, name, start, names, whole=not more)]
    if not extract.tables:
        return None
    return extract


# -- CSV ------------------------------------------------------------------------------------------------------


class _CsvTable:
    """A CSV file: its encoding, delimiter and header are found in its first bytes."""

    def __init__(self, path: Path, label: str, start: bytes, names: Names, *, whole: bool) -> None:
        self.path, self.label = path, label
        self.encoding, self.skipped = _encoding(start)
        text = start[self.skipped :].decode(self.encoding, "replace") if self.encoding else _text(start)
        text = text.removeprefix("\ufeff")
        self.old_mac = "\n" not in text and "\r" in text
        if self.old_mac:
            text = text.replace("\r", "\n")
        lines = text.split("\n")
        self.announced = lines[0].strip()[4:] if lines[0].lower().startswith("sep=") else ""
        if self.announced:
            lines = lines[1:]
        if not whole and len(lines) > 1:
            lines.pop()
        self.head, self.header, self.delimiter = self._best(lines[: 4 * MOST_ROWS], names)

    def _best(self, lines: list[str], names: Names) -> tuple[list[Cells], Header | None, str]:
        """Return the first rows, the header and the delimiter: the one that gives a header with most fields."""
        tried = []
        for delimiter in self.announced or _DELIMITERS:
            rows = list(_by_hand(lines, delimiter))[:MOST_ROWS]
            header = find_header(rows, names)
            fields = len(header.columns) if header else 0
            widest = max((len(cells) for cells in rows), default=0)
            tried.append((fields, widest, rows, header, delimiter))
        best = max(tried, key=lambda one: one[:2])
        return best[2], best[3], best[4]

    def blocks(self, columns: Mapping[str, int]) -> Iterator[Block]:
        """Yield the rows below the header, a piece of the file at a time; those that follow are parsed meanwhile."""
        assert self.header is not None
        at, skip = 1, self.header.row
        for piece, last, frame in self._parsed(columns):
            first, at = at, at + frame.height
            tail = self._tail(piece, at - 1) if last else ()
            dropped = min(skip, frame.height)
            skip -= dropped
            torn = tail[-1][0] if tail and not piece.endswith(b"\n") and len(tail[-1][1]) < self._width else None
            yield Block(frame.slice(dropped), first + dropped, partial(self._whole, piece, dropped), tail, torn)

    def _whole(self, piece: bytes, dropped: int) -> pl.DataFrame:
        """Return the rows of a piece, but for the first ones, with all their columns."""
        return self._parse(piece, {f"{place}": place for place in range(self._width)}).slice(dropped)

    def _parsed(self, columns: Mapping[str, int]) -> Iterator[tuple[bytes, bool, pl.DataFrame]]:
        """Yield the file's pieces, whether each is the last, and what is in it; a few are parsed ahead."""
        pool = ThreadPoolExecutor(_PARSED_AHEAD)
        coming: deque[tuple[bytes, bool, Future[pl.DataFrame]]] = deque()
        try:
            with self.path.open("rb") as file:
                for piece, last in self._pieces(file):
                    coming.append((piece, last, pool.submit(self._parse, piece, columns)))
                    if len(coming) > _PARSED_AHEAD:
                        yield _done(coming.popleft())
            while coming:
                yield _done(coming.popleft())
        finally:
            pool.shutdown(cancel_futures=True)

    def _pieces(self, file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
        """Yield the file in pieces that end where a row does, and whether each is the last."""
        file.read(self.skipped)
        raw: _Lines = _Utf8(file, self.encoding) if self.encoding else _Plain(file)
        if self.announced:
            raw.readline()
        waiting = b""
        while piece := raw.lines(PIECE):
            if _quotes(piece) % 2:
                piece += _rest_of_row(raw)
            if waiting:
                yield waiting, False
            waiting = piece
            if self.old_mac:
                waiting = waiting.replace(b"\r", b"\n")
        if waiting:
            yield waiting, True

    def _parse(self, piece: bytes, columns: Mapping[str, int]) -> pl.DataFrame:
        """Parse a piece; by hand where Polars cannot."""
        for decoded in (False, True):
            try:
                frame = self._by_polars(_text(piece).encode() if decoded else piece, columns)
            except pl.exceptions.PolarsError:
                continue
            if b'"' in piece and frame.height < piece.count(b"\n") and self._swallows(_text(piece).split("\n")):
                break
            return frame
        lines = _text(piece).removesuffix("\n").split("\n")
        return _frame(list(_by_hand(lines, self.delimiter, self._width - 1)), columns, self._width)

    def _swallows(self, lines: Sequence[str]) -> bool:
        """Whether a quotation mark that is never closed makes one cell of what are rows."""
        inside = False
        for line in lines:
            if '"' in line:
                inside ^= line.count('"') % 2 == 1
            elif inside and line.count(self.delimiter) >= self._width - 1:
                return True
        return False

    def _by_polars(self, piece: bytes, columns: Mapping[str, int]) -> pl.DataFrame:
        """Parse a piece of UTF-8, leaving out the columns that nobody reads.

        Polars gives columns names by their places; a header of our own would have every byte copied.
        """
        named = {f"column_{place + 1}": name for name, place in {**columns, OVERFLOW: self._width}.items()}
        frame = pl.read_csv(
            piece,
            has_header=False,
            schema={f"column_{place + 1}": pl.String for place in range(self._width + 1)},
            columns=list(named),
            separator=self.delimiter,
            infer_schema=False,
            missing_columns="insert",
            extra_columns="ignore",
            truncate_ragged_lines=True,
            raise_if_empty=False,
        )
        return frame.rename(named)

    @property
    def _width(self) -> int:
        assert self.header is not None
        return len(self.header.texts)

    def _tail(self, piece: bytes, last: int) -> list[tuple[int, Cells]]:
        """Return the file's last rows that are not blank, with their numbers."""
        lines = _text(piece[-(1 << 14) :]).removesuffix("\n").split("\n")
        rows = list(_by_hand(lines, self.delimiter))
        numbered = [(last - back, cells) for back, cells in enumerate(reversed(rows)) if any(map(str.strip, cells))]
        return numbered[:_TAIL_ROWS][::-1]


class _Lines(Protocol):
    """A file of text, from which whole lines are taken as bytes."""

    def lines(self, size: int) -> bytes:
        """Return about `size` bytes, up to the end of a line; nothing at the file's end."""
        ...

    def readline(self) -> bytes:
        """Return one line."""
        ...


class _Plain:
    """A file whose bytes are taken as they are."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.readline = file.readline

    def lines(self, size: int) -> bytes:
        """Return about `size` bytes; the line's end is found first, so that no byte is copied twice."""
        at = self._file.tell()
        self._file.seek(at + size - 1)
        rest = len(self._file.readline())
        self._file.seek(at)
        return self._file.read(size - 1 + rest)


class _Utf8:
    """A file in another encoding, taken as UTF-8."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._text = io.TextIOWrapper(file, encoding, "replace", newline="\n")

    def lines(self, size: int) -> bytes:
        """Return `size` characters and the rest of a line."""
        return (self._text.read(size) + self._text.readline()).encode()

    def readline(self) -> bytes:
        """Return one line."""
        return self._text.readline().encode()


def _rest_of_row(raw: _Lines) -> bytes:
    """Return the lines that belong to a row with a quotation mark that is still open, if it is closed soon."""
    parts: list[bytes] = []
    while len(parts) < _MOST_LINES_IN_A_ROW and (line := raw.readline()):
        parts.append(line)
        if _quotes(line) % 2:
            break
    return b"".join(parts)


def _quotes(piece: bytes) -> int:
    """Count the quotation marks; most files have none, and numpy is faster than `bytes.count` where there are many."""
    return b'"' in piece and int(np.count_nonzero(np.frombuffer(piece, np.uint8) == ord('"')))


def _encoding(start: bytes) -> tuple[str | None, int]:
    """Return a file's encoding if it says it, and how many bytes it takes to say so; None is "any 8-bit one"."""
    if start.startswith(codecs.BOM_UTF8):
        return None, len(codecs.BOM_UTF8)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", 0
    if start.count(0) > len(start) // 4:
        return ("utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"), 0
    return None, 0


def _text(piece: bytes) -> str:
    """Decode bytes: as UTF-8 if they are, or mostly are; else as cp1252, which is what Windows writes in Denmark."""
    try:
        return piece.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = piece.decode("utf-8", "surrogateescape")
    broken = sum("\udc80" <= character <= "\udcff" for character in text)
    whole = sum(character > "\x7f" for character in text) - broken
    return piece.decode("utf-8" if whole > broken else "cp1252", "replace")


def _by_hand(lines: Sequence[str], delimiter: str, delimiters: int = 0) -> Iterator[Cells]:
    """Yield the rows of some lines; a row with a quotation mark that is never closed is cut at the delimiters alone.

    `delimiters` is how many a row has, if that is known: a cell does not go on over a line with as many.
    """
    at = 0
    while at < len(lines):
        most = 1
        if '"' in lines[at]:
            following = enumerate(lines[at + 1 : at + _MOST_LINES_IN_A_ROW], start=1)
            rows_begin = (
                n for n, line in following if delimiters and '"' not in line and line.count(delimiter) >= delimiters
            )
            most = next(rows_begin, _MOST_LINES_IN_A_ROW)
        for count in range(1, most + 1):
            try:
                rows = list(
                    csv.reader([f"{line}\n" for line in lines[at : at + count]], delimiter=delimiter, strict=True)
                )
            except csv.Error:
                continue
            yield rows[0] if rows else []
            at += count
            break
        else:
            yield lines[at].rstrip("\r").split(delimiter)
            at += 1


def _frame(rows: Sequence[Cells], columns: Mapping[str, int], width: int) -> pl.DataFrame:
    """Return rows of text as a frame of the wanted columns."""
    found = {name: [cells[place] if place < len(cells) else None for cells in rows] for name, place in columns.items()}
    found[OVERFLOW] = [next((cell for cell in cells[width:] if cell.strip()), None) for cells in rows]
    return pl.DataFrame(found, schema=dict.fromkeys([*columns, OVERFLOW], pl.String))


def _done(parsed: tuple[bytes, bool, Future[pl.DataFrame]]) -> tuple[bytes, bool, pl.DataFrame]:
    """Wait until a piece is parsed."""
    piece, last, frame = parsed
    return piece, last, interruption.result(frame)


# -- XLSX -----------------------------------------------------------------------------------------------------


def _open_workbook(extract: Extract, names: Names, refusals: Refusals) -> list[Table]:
    """Open the sheets of a workbook that hold a table; a sheet without one is passed over and noted."""
    import python_calamine as calamine  # noqa: PLC0415 - CSV alone does not need it

    why = too_large(extract.path)
    if why is not None:
        refusals.file(extract.name, why, expected="et mindre udtræk, eller det samme gemt som CSV")
        return []
    try:
        book = calamine.load_workbook(extract.path)
        metadata = [sheet for sheet in book.sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet]
        sheets = {
            sheet.name: book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
            for sheet in metadata
            if sheet.visible == calamine.SheetVisibleEnum.Visible
        }
    except calamine.PasswordError:
        refusals.file(extract.name, "filen er låst med en adgangskode", expected="et udtræk uden adgangskode")
        return []
    except Exception:  # whatever calamine says may quote the file
        refusals.file(extract.name, "filen kan ikke læses som Excel", expected="en fil gemt som .xlsx i Excel")
        return []
    hidden = [mask(sheet.name) for sheet in metadata if sheet.name not in sheets]
    if hidden:
        extract.notes.append(f"{extract.name}: skjulte ark er ikke læst: {', '.join(hidden)}")
    filled = {name: rows for name, rows in sheets.items() if any(map(_filled, rows))}
    if not filled:
        refusals.file(extract.name, "filen er tom", expected="en overskrift og mindst én række")
        return []
    alone = len(filled) == 1
    tables: list[Table] = [
        _Sheet(extract.name if alone else f"{extract.name}, ark »{mask(name)}«", name, rows, names)
        for name, rows in filled.items()
    ]
    found = [table for table in tables if table.header]
    extract.notes += [
        f"{table.label}: ikke læst, for det har ingen overskrift" for table in tables if found and not table.header
    ]
    return found or tables[:1]


class _Sheet:
    """One sheet of a workbook."""

    def __init__(self, label: str, name: str, rows: Sequence[Sequence[object]], names: Names) -> None:
        self.label, self.name, self._rows = label, name, rows
        self.head = [[_as_text(cell) for cell in cells] for cells in rows[:MOST_ROWS]]
        self.header = find_header(self.head, names)

    def blocks(self, columns: Mapping[str, int]) -> Iterator[Block]:
        """Yield the rows below the header."""
        assert self.header is not None
        last = len(self._rows)
        while last and not _filled(self._rows[last - 1]):
            last -= 1
        begin = self.header.row
        for first in range(begin, max(last, begin + 1), _XLSX_ROWS):
            rows = self._rows[first : min(first + _XLSX_ROWS, last)]
            found = {
                name: [_as_text(cells[place]) if place < len(cells) else None for cells in rows]
                for name, place in columns.items()
            }
            found[OVERFLOW] = [None] * len(rows)
            frame = pl.DataFrame(found, schema=dict.fromkeys([*columns, OVERFLOW], pl.String))
            tail = self._tail(first, last) if first + _XLSX_ROWS >= last else ()
            yield Block(frame, first + 1, partial(_all_texts, rows), tail)

    def _tail(self, first: int, last: int) -> list[tuple[int, Cells]]:
        """Return the last rows that are not blank, with their numbers."""
        numbers = range(max(first, last - _TAIL_ROWS), last)
        return [(at + 1, [_as_text(cell) for cell in self._rows[at]]) for at in numbers if _filled(self._rows[at])]


def _all_texts(rows: Sequence[Sequence[object]]) -> pl.DataFrame:
    """Return some rows of a sheet as text."""
    return pl.DataFrame([[_as_text(cell) for cell in cells] for cells in rows], orient="row")


def _filled(cells: Sequence[object]) -> bool:
    """Whether a row has anything in it."""
    return any(cell is not None and str(cell).strip() for cell in cells)


def _as_text(cell: object) -> str:
    """Write an Excel cell as a Danish CSV file would have it; dates as ISO."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell).replace(".", ",")
    return "" if cell is None else str(cell)
