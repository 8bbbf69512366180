"""Read a CSV file as Danish systems and Excel write it.

The file is in memory. Polars parses it in pieces that end where a row does; a piece that Polars cannot parse is read
by hand, row by row. Nothing here interprets a cell, and no message carries one: what Polars says of a file that it
cannot read is never passed on, since it may quote the file.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from aarsstatus.extracts.table import MOST_ROWS, OVERFLOW, Block, Cells, Header, find_header, text_frame
from aarsstatus.inputs.aliases import Names

PIECE = 32 << 20
"""Bytes that are parsed at a time: the frames of a whole large file would take several times its size."""
HEAD = 1 << 18
"""Bytes in which encoding, delimiter and header are looked for."""
_END = 1 << 14
"""Bytes in which the last row begins."""
_MOST_LINES_IN_A_ROW = 20
_DELIMITERS = ";,\t|"


class CsvTable:
    """Read the bytes of one CSV file, which messages call `label`."""

    name = ""
    hidden_rows: Sequence[int] = ()

    def __init__(self, content: bytes, label: str, names: Names) -> None:
        self.label = label
        self._content = _with_line_feeds(_as_8_bit(content))
        lines = _text(self._content[:HEAD]).split("\n")
        if len(self._content) > HEAD and len(lines) > 1:
            lines.pop()
        announced = ""
        if lines[0].lower().startswith("sep="):
            announced = lines.pop(0).strip()[4:]
            self._content = self._content[self._content.find(b"\n") + 1 :]
        self.head: Sequence[Cells]
        self.head, self.header, self.delimiter = _best(lines[: 4 * MOST_ROWS], announced or _DELIMITERS, names)

    def blocks(self) -> Iterator[Block]:
        """Yield the rows below the header, a piece of the file at a time."""
        return _one_ahead(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        """Parse the file, a piece at a time."""
        assert self.header is not None
        first, skip = 1, self.header.row
        for piece, last in self._pieces():
            frame = self._parse(piece)
            dropped = min(skip, frame.height)
            skip -= dropped
            torn = first + frame.height - 1 if last and self._ends_in_a_row(piece) else None
            yield Block(frame.slice(dropped), first + dropped, last, torn)
            first += frame.height

    def _pieces(self) -> Iterator[tuple[bytes, bool]]:
        """Yield the file in pieces of whole rows, and whether each is the last."""
        at = 0
        while at < len(self._content):
            end = self._end_of_line(at + PIECE - 1)
            if self._content.count(b'"', at, end) % 2:
                end = self._end_of_open_row(end)
            yield self._content[at:end], end == len(self._content)
            at = end

    def _end_of_line(self, at: int) -> int:
        """Return where the line ends that a byte is in."""
        return self._content.find(b"\n", at) + 1 or len(self._content)

    def _end_of_open_row(self, at: int) -> int:
        """Return where a row ends whose quotation mark is still open."""
        for _ in range(_MOST_LINES_IN_A_ROW):
            begin, at = at, self._end_of_line(at)
            if self._content.count(b'"', begin, at) % 2:
                break
        return at

    def _parse(self, piece: bytes) -> pl.DataFrame:
        """Parse a piece; by hand where Polars cannot."""
        for decoded in (False, True):
            try:
                frame = self._by_polars(_text(piece).encode() if decoded else piece)
            except pl.exceptions.PolarsError:
                continue
            if b'"' in piece and frame.height < piece.count(b"\n") and self._swallows(_text(piece).split("\n")):
                break
            return frame
        lines = _text(piece).removesuffix("\n").split("\n")
        return text_frame(list(_by_hand(lines, self.delimiter, self._width - 1)), self._width)

    def _by_polars(self, piece: bytes) -> pl.DataFrame:
        """Parse a piece of UTF-8."""
        return pl.read_csv(
            piece,
            has_header=False,
            schema=dict.fromkeys([*map(str, range(self._width)), OVERFLOW], pl.String),
            separator=self.delimiter,
            infer_schema=False,
            missing_columns="insert",
            extra_columns="ignore",
            truncate_ragged_lines=True,
            raise_if_empty=False,
        )

    def _swallows(self, lines: Sequence[str]) -> bool:
        """Return whether an open quotation mark makes one cell of several rows."""
        inside = False
        for line in lines:
            if '"' in line:
                inside ^= line.count('"') % 2 == 1
            elif inside and line.count(self.delimiter) >= self._width - 1:
                return True
        return False

    def _ends_in_a_row(self, piece: bytes) -> bool:
        """Return whether a file ends in the middle of a row.

        It has no end of line then, and fewer cells than the header.
        """
        if piece.endswith(b"\n"):
            return False
        *_, cells = _by_hand(_text(piece[-_END:]).split("\n"), self.delimiter)
        return len(cells) < self._width and any(map(str.strip, cells))

    @property
    def _width(self) -> int:
        assert self.header is not None
        return len(self.header.texts)


def _one_ahead(blocks: Iterator[Block]) -> Iterator[Block]:
    """Yield blocks, while a thread parses the next."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        coming = thread.submit(next, blocks, None)
        while (block := coming.result()) is not None:
            coming = thread.submit(next, blocks, None)
            yield block


def _best(lines: list[str], delimiters: str, names: Names) -> tuple[list[Cells], Header | None, str]:
    """Return the first rows, and the header and delimiter with most fields."""
    tried = []
    for delimiter in delimiters:
        rows = list(_by_hand(lines, delimiter))[:MOST_ROWS]
        header = find_header(rows, names)
        tried.append((len(header.columns) if header else 0, max(map(len, rows), default=0), rows, header, delimiter))
    *_, rows, header, delimiter = max(tried, key=lambda one: one[:2])
    return rows, header, delimiter


def _as_8_bit(content: bytes) -> bytes:
    """Return a file's bytes in UTF-8 or an 8-bit encoding, without a mark."""
    encoding = None
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif (start := content[:HEAD]).count(0) > len(start) // 4:
        encoding = "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
    if encoding is not None:
        content = content.decode(encoding, "replace").encode("utf-8", "replace")
    return content.removeprefix(codecs.BOM_UTF8)


def _with_line_feeds(content: bytes) -> bytes:
    """Return a file with the ends of line that old Mac programs write replaced."""
    head = content[:HEAD]
    return content.replace(b"\r", b"\n") if b"\r" in head and b"\n" not in head else content


def _text(piece: bytes) -> str:
    """Decode bytes as UTF-8 if they mostly are, else as cp1252.

    The latter is what Windows writes in Denmark.
    """
    try:
        return piece.decode("utf-8")
    except UnicodeDecodeError:
        text = piece.decode("utf-8", "surrogateescape")
    broken = sum("\udc80" <= character <= "\udcff" for character in text)
    whole = sum(character > "\x7f" for character in text) - broken
    return piece.decode("utf-8" if whole > broken else "cp1252", "replace")


def _by_hand(lines: Sequence[str], delimiter: str, delimiters: int = 0) -> Iterator[Cells]:
    """Yield the rows of some lines, whatever their quotation marks.

    A row with one that is never closed is cut at delimiters alone.

    `delimiters` is how many a row has, if that is known: a cell does not go on over a line with as many.
    """
    at = 0
    while at < len(lines):
        cells, count = _row(lines, at, delimiter, delimiters)
        yield cells
        at += count


def _row(lines: Sequence[str], at: int, delimiter: str, delimiters: int) -> tuple[Cells, int]:
    """Return the cells of the row that begins in a line, and how many lines it has."""
    most = 1
    if '"' in lines[at]:
        following = enumerate(lines[at + 1 : at + _MOST_LINES_IN_A_ROW], start=1)
        begins = (n for n, line in following if delimiters and '"' not in line and line.count(delimiter) >= delimiters)
        most = next(begins, _MOST_LINES_IN_A_ROW)
    for count in range(1, most + 1):
        text = [f"{line}\n" for line in lines[at : at + count]]
        try:
            rows = list(csv.reader(text, delimiter=delimiter, strict=True))
        except csv.Error:
            continue
        return (rows[0] if rows else []), count
    return lines[at].rstrip("\r").split(delimiter), 1
