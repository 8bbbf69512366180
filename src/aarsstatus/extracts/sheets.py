"""Read the visible sheets of a workbook, whatever the workbook does to its reader."""

from __future__ import annotations

import io
import pickle
import re
import zipfile
from dataclasses import dataclass, field

from aarsstatus.problems import ProgramError
from aarsstatus.run import temporary
from aarsstatus.run.calamine_process import LOCKED, UNREADABLE
from aarsstatus.run.programs import run_python

_STRANGE_ERROR = re.compile(rb">\s*#[A-Z_/0-9!?]+\s*</((?:\w+:)?v)>")
"""An error as a cell has it, among them those that calamine does not know, such as ``#SPILL!``."""
_OF_CELLS = (".xml", ".rels", ".bin")

Row = list[object]


@dataclass(frozen=True, slots=True)
class Sheets:
    """Hold a workbook's visible sheets by name, and the names of hidden ones.

    There are none of one that cannot be read.
    """

    rows: dict[str, list[Row]] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    is_locked: bool = False


def read_sheets(content: bytes) -> Sheets:
    """Read a workbook in a process of its own, since a harmful one ends its reader."""
    status, made = _read(content)
    if status == UNREADABLE and (mended := _without_strange_errors(content)) is not None:
        status, made = _read(mended)
    if status:
        return Sheets(is_locked=status == LOCKED)
    rows, hidden = pickle.loads(made)  # noqa: S301 - our own process wrote it
    return Sheets(rows, hidden)


def _read(content: bytes) -> tuple[int, bytes]:
    """Return the exit status of the reader, and what it wrote."""
    try:
        done = run_python("Excel", ["-m", "aarsstatus.run.calamine_process"], folder=temporary.own(), given=content)
    except ProgramError:  # it never came to an end
        return UNREADABLE, b""
    return done.status, done.made


def _without_strange_errors(content: bytes) -> bytes | None:
    """Return a workbook in which every error is one that calamine knows.

    None of what is no whole zip.
    """
    made = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(made, "w") as written:
            for name in dict.fromkeys(parts.namelist()):
                if name.casefold().endswith(_OF_CELLS):
                    written.writestr(name, _STRANGE_ERROR.sub(rb">#N/A</\1>", parts.read(name)))
    except Exception:  # whatever a damaged file makes of itself
        return None
    return made.getvalue()
