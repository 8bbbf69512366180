"""A file that somebody else wrote, read whole: a regular file of a reasonable size, in UTF-8.

Anything may stand where a file should: a folder, a pipe that nobody writes to, a link to itself, a disk image. Each is
told as it is, before a byte of it is read.
"""

from __future__ import annotations

import stat
from pathlib import Path

from aarsstatus.problems import InputError, Problem, reason

__all__ = ["MOST_BYTES", "irregular", "read_utf8"]

MOST_BYTES = 8 << 20
"""A file in ``data/`` has some tens of kilobytes after a year; this is room for centuries."""


def irregular(path: Path, most: int | None = None) -> str | None:
    """Say why a path is not a file that can be read, if it is not one.

    Parameters
    ----------
    path
        The file.
    most
        How many bytes it may have; None is any number.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        return "filen findes ikke"
    except (OSError, ValueError) as error:  # a loop of links, a name that no file can have
        return f"filen kan ikke læses: {reason(error) if isinstance(error, OSError) else 'navnet kan ikke bruges'}"
    if stat.S_ISDIR(status.st_mode):
        return "filen kan ikke læses: der er en mappe, hvor den skulle være"
    if not stat.S_ISREG(status.st_mode):
        return "filen kan ikke læses: det er ikke en almindelig fil"
    if most is not None and status.st_size > most:
        return f"filen er for stor ({status.st_size >> 20} MB; højst {most / (1 << 20):g} MB)".replace(".", ",")
    return None


def read_utf8(path: Path, name: str, *, most: int = MOST_BYTES, expected: str | None = None) -> str:
    """Return a file's text, byte order mark and line ends included.

    Parameters
    ----------
    path, name
        The file, and what to call it in messages.
    most
        How many bytes it may have.
    expected
        What should have been there, for a file that is missing.

    Raises
    ------
    InputError
        If it is not a regular file, is too large, cannot be read, or is not UTF-8.
    """
    why = irregular(path, most)
    if why is not None:
        raise InputError(Problem(name, why, expected=expected))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(Problem(name, f"filen kan ikke læses: {reason(error)}")) from None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        how = "»CSV UTF-8« som filtype i Excel" if path.suffix == ".csv" else "UTF-8"
        raise InputError(Problem(name, "filen er ikke gemt som UTF-8", line, expected=how)) from None
