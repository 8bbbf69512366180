"""What the fonts have to be before anything is drawn with them: all there, and as they were made.

A font that is missing is replaced by another without a word, and one that is damaged shows wrong letters or none.
"""

from __future__ import annotations

import array
import struct
import sys

from aarsstatus.files import irregular
from aarsstatus.problems import InputError, Problem
from aarsstatus.project import Project

__all__ = ["FONTS", "check", "problems"]

FONTS = (
    *(f"OpenSans-{weight}.ttf" for weight in ("Regular", "Semibold", "Bold", "Italic")),
    *(f"OpenSans-{weight}.woff2" for weight in ("Regular", "Semibold", "Bold")),
)
"""For charts, PDF and Word, and for web pages."""
_MOST_BYTES = 8 << 20
_AS_IT_CAME = "filen, som den fulgte med programmet"


def check(project: Project) -> None:
    """Refuse fonts that are missing or damaged.

    Raises
    ------
    InputError
        If any is; the message names each file.
    """
    if found := problems(project):
        raise InputError(found)


def problems(project: Project) -> list[Problem]:
    """Return what is wrong with the fonts."""
    found = []
    for path in (project.extension / "fonts" / name for name in FONTS):
        why = irregular(path, _MOST_BYTES)
        if why is None and not _is_whole(path.read_bytes()):
            why = "skriften er beskadiget"
        if why is not None:
            found.append(Problem(project.name(path), why, expected=_AS_IT_CAME))
    return found


def _is_whole(font: bytes) -> bool:
    """Whether every table of a font has its own sum; of a web font, which is packed, whether it has its length."""
    try:
        if font[:4] == b"wOF2":
            return bool(struct.unpack_from(">I", font, 8)[0] == len(font))
        tables = struct.unpack_from(">H", font, 4)[0]
        return tables > 0 and all(_is_table_whole(font, 12 + 16 * number) for number in range(tables))
    except struct.error:  # it ends before its own list of tables does
        return False


def _is_table_whole(font: bytes, entry: int) -> bool:
    """Whether the table that is listed at `entry` has the sum that is listed with it."""
    tag, known, start, length = struct.unpack_from(">4sIII", font, entry)
    table = font[start : start + length]
    if len(table) != length:
        return False
    if tag == b"head":  # holds a number that makes the sum of the whole file come out
        table = table[:8] + bytes(4) + table[12:]
    numbers = array.array("I", table + bytes(-length % 4))
    if sys.byteorder == "little":
        numbers.byteswap()
    return bool(sum(numbers) & 0xFFFF_FFFF == known)
