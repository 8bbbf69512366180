"""An XLSX file looked at before it is opened: what it would unpack to, and how large its sheets would be in memory.

Calamine unpacks a sheet whole and lays it out as a rectangle, so two cells in opposite corners of an otherwise empty
sheet ask for hundreds of gigabytes, and a zip of a megabyte may hold a gigabyte of blanks. What is looked at here is
read in pieces and never kept.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

__all__ = ["too_large"]

MOST_UNPACKED = 400 << 20
"""Bytes of XML: a full sheet of a million rows and six columns has about 300 MB."""
MOST_CELLS = 8_000_000
"""Cells of a sheet's rectangle; each takes some tens of bytes in calamine and as many in Python."""
_PIECE = 8 << 20
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_WINDOW = 12
"""Bytes after ``r="`` that hold all of a cell's place: ``XFD1048576"`` and one more."""
Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]


def too_large(path: Path) -> str | None:
    """Say why a workbook is too large to be opened; None where it is not, or is no zip (calamine says that).

    Parameters
    ----------
    path
        The file.
    """
    try:
        with zipfile.ZipFile(path) as parts:
            entries = [
                entry for entry in parts.infolist() if entry.filename.lower().endswith((".xml", ".rels", ".bin"))
            ]
            if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                return f"filen fylder mere end {MOST_UNPACKED >> 20} MB, når den pakkes ud"
            for entry in entries:
                if _SHEET.fullmatch(entry.filename) and not _fits(parts, entry):
                    return f"et ark spænder over mere end {MOST_CELLS // 1_000_000} millioner celler"
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return None
    return None


def _fits(parts: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Whether the rectangle that a sheet's cells span is small enough."""
    rows = columns = tags = 0
    rest = b""
    with parts.open(entry) as sheet:
        while piece := sheet.read(_PIECE):
            text = rest + piece
            content = np.frombuffer(text, np.uint8)
            begun = _tags(content, b"row")
            whole = int(begun[-1]) if begun.size else 0
            rows, columns = np.maximum((rows, columns), _farthest(content, begun))
            tags += len(begun) - (begun.size > 0)  # the last one is seen again with what follows
            rest = text[whole:]
            if len(rest) > 2 * _PIECE or max(rows, tags) * columns > MOST_CELLS:
                return False
    return True


def _farthest(content: Bytes, begun: Places) -> tuple[int, int]:
    """Return the last row and the last column that some XML has a cell in.

    A cell says where it stands, or is the next one: so both what is said and what is counted matter.
    """
    said = _attributes(content)
    said = said[said <= len(content) - _WINDOW]  # what is cut off is seen again with what follows
    windows = content[said[:, None] + np.arange(_WINDOW)]
    letters = np.argmin((windows | 0x20) - np.uint8(ord("a")) < 26, axis=1)
    digits = np.argmax((windows == ord('"')) | (windows == ord("'")), axis=1) - letters
    cells = np.diff(np.searchsorted(_tags(content, b"c"), np.append(begun, len(content))))
    counted = int(cells.max(initial=0))
    if not said.size:
        return 0, max(counted, 1)
    if (digits <= 0 - letters).any():  # a place that no cell has
        return MOST_CELLS, 2
    first = np.zeros(len(said), np.int64)
    row = _largest(windows, letters, digits, 10, ord("0"))
    column = _largest(windows | 0x20, first, letters, 26, ord("a") - 1)
    return row, max(column, counted, 1)


def _largest(windows: Bytes, starts: Places, sizes: Places, base: int, zero: int) -> int:
    """Return the largest of some numbers, each written in a row of `windows` with so many signs from a start."""
    most = min(int(sizes.max()), _WINDOW)
    written, at = windows[sizes == sizes.max()], starts[sizes == sizes.max()]
    value = np.zeros(len(written), np.int64)
    for place in range(most):
        sign = np.take_along_axis(written, np.minimum(at + place, _WINDOW - 1)[:, None], 1)[:, 0]
        value = value * base + sign.astype(np.int64) - zero
    return int(value.max())


def _attributes(content: Bytes) -> Places:
    """Return where the values of attributes called ``r`` begin. No writer has blanks around the sign between."""
    at = np.flatnonzero((content[1:-3] == ord("r")) & (content[:-4] <= ord(" ")) & (content[2:-2] == ord("=")))
    return np.asarray(at + 4, np.int64)


def _tags(content: Bytes, name: bytes) -> Places:
    """Return where elements of a name begin, with a prefix or without."""
    end = len(content) - len(name) - 1
    if end < 1:
        return np.empty(0, np.int64)
    found = (content[:end] == ord("<")) | (content[:end] == ord(":"))
    for place, letter in enumerate(name, start=1):
        found &= content[place : end + place] == letter
    after = content[len(name) + 1 : end + len(name) + 1]
    return np.flatnonzero(found & ((after <= ord(" ")) | (after == ord(">")) | (after == ord("/"))))
