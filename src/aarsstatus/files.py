"""Read files safely, write them whole, and keep to oneself what is being made.

Anything may stand where a file should: a folder, a pipe that nobody writes to, a link to itself, a disk image. Each is
told as it is, before a byte of it is read. What is new is made beside the old one; only one process at a time does so
for a file or a folder, and what one that was killed left behind is cleared away by the next.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from aarsstatus import interruption
from aarsstatus.problems import BuildError, InputError, Problem, reason
from aarsstatus.project import Project

MOST_BYTES = 8 << 20
"""A file in ``data/`` has some tens of kilobytes after a year; this is room for centuries."""

_LARGEST_OWN = 200_000_000
"""Bytes: no page or bundle has a tenth of it."""
_PATIENCE = 600
"""Seconds to wait for another run: one takes half a minute, and a lock that nobody holds is kept for ever."""
_LOOK = 1
"""Seconds between two looks at whether the run was asked to end, while it waits for another one."""


def irregular(path: Path, most: int | None = None) -> str | None:
    """Say why a path is not a file of at most `most` bytes that can be read, if so."""
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
        size = -(-status.st_size // (1 << 20))  # a little more than 8 is not 8
        return f"filen er for stor ({size} MB; højst {most / (1 << 20):g} MB)".replace(".", ",")
    return None


def read_bytes(path: Path, name: str, most: int, *, expected: str | None = None) -> bytes:
    """Return what a file holds; messages call it `name`, a missing one `expected`.

    Raises
    ------
    InputError
        If it is not a regular file, has more than `most` bytes, or cannot be read.
    """
    if why := irregular(path, most):
        raise InputError(Problem(name, why, expected=expected))
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(Problem(name, f"filen kan ikke læses: {reason(error)}")) from None


def read_utf8(path: Path, name: str, *, most: int = MOST_BYTES, expected: str | None = None) -> str:
    """Return a file's text, byte order mark and line ends included.

    Raises
    ------
    InputError
        If it cannot be read, or is not UTF-8.
    """
    content = read_bytes(path, name, most, expected=expected)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        how = "»CSV UTF-8« som filtype i Excel" if path.suffix == ".csv" else "UTF-8"
        raise InputError(Problem(name, "filen er ikke gemt som UTF-8", line, expected=how)) from None


def packaged_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file that lies in the program."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def require_writable(output: Path, project: Project) -> None:
    """Check that an output folder can be written to, before anything is made.

    Raises
    ------
    BuildError
        If it is on a disk that is only for reading, or somebody else's, or what reports are made from lies there.
    """
    where = output.resolve()
    ours = (project.params, project.data, project.notebooks, project.extension)
    if any(where.is_relative_to(own.resolve()) for own in ours):
        raise BuildError(
            f"{project.name(output)}: mappen er til det, notatet bliver lavet af; vælg en anden med --output MAPPE"
        )
    there = next(folder for folder in (output.absolute(), *output.absolute().parents) if folder.exists())
    if not os.access(there, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        raise BuildError(f"{project.name(output)}: der kan ikke skrives i mappen; vælg en anden med --output MAPPE")


def require_closed(paths: Iterable[Path], project: Project) -> None:
    """Check that no other program holds some files that are to be replaced.

    Word and Excel keep a file that is open in them from being renamed, on Windows and on its network drives; whether
    one may be is found by giving it the name that it has. Elsewhere any file may be renamed.

    Raises
    ------
    InputError
        With each file that is held.
    """
    held = []
    for path in paths:
        try:
            path.rename(path)
        except PermissionError:
            why = "filen er åben i et andet program, fx Word eller Excel; luk den, og prøv igen. Intet er ændret"
            held.append(Problem(project.name(path), why))
        except OSError:  # it is not there, or what is wrong with it is told by whoever reads it
            continue
    if held:
        raise InputError(held)


@contextmanager
def alone(target: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Keep every other process from publishing at `target`.

    `waiting` is called once when another one does so now.

    Raises
    ------
    BuildError
        If it does so for longer than anybody does, and then says which file is in the way.
    OSError
        If the disk has no locks, since two runs would write over each other; it names the lock.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(target.with_name(f".{target.name}.lock"), fallback_to_soft=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        waiting()
        until = time.monotonic() + _PATIENCE
        while not lock.is_locked:
            interruption.check()
            if time.monotonic() > until:
                raise BuildError(
                    f"en anden kørsel har holdt {lock.lock_file} i {_PATIENCE // 60} minutter; er der ikke en, så slet "
                    "filen, og prøv igen"
                ) from None
            with suppress(Timeout):
                lock.acquire(timeout=_LOOK)
    except OSError as error:
        raise OSError(error.errno, error.strerror, lock.lock_file) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def scratch(target: Path) -> Iterator[Path]:
    """Make an empty folder beside `target`, and take it away at the end.

    Call it when alone.
    """
    clear(target)
    folder = being_made(target)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def being_made(target: Path) -> Path:
    """Return the place beside `target` where this process makes it."""
    return target.with_name(f".{target.name}.aarsstatus-{os.getpid()}")


def clear(target: Path) -> None:
    """Take away the leavings of killed builds beside `target`. Call it when alone."""
    ours = re.compile(rf"\.{re.escape(target.name)}\.aarsstatus-\d+(-old)?")
    for left in [path for path in target.parent.iterdir() if ours.fullmatch(path.name)]:
        if left.name.endswith("-old") and not target.exists():
            left.rename(target)  # a build was killed between two renames
        elif left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink()


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder, by their names in it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def require_own(path: Path, mark: bytes, what: str, manifest: str) -> None:
    """Check that a file to be written takes the place of none but such a one.

    Raises
    ------
    InputError
        If another file is there: one without `mark`, which every `what` has, or one in the folder of a `manifest`.
    """
    if not path.exists():
        return
    why = irregular(path, _LARGEST_OWN)
    if why is None and (path.with_name(manifest).exists() or mark not in path.read_bytes()):
        why = f"filen er ikke {what}, du har lavet før, og bliver ikke skrevet over; vælg et andet navn"
    if why is not None:
        raise InputError(Problem(str(path), why))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever reads half of it. Call it when alone.

    Raises
    ------
    OSError
        If it cannot be written; it names the file that was asked for.
    """
    made = being_made(path)
    try:
        clear(path)
        made.write_bytes(content)
        made.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        with suppress(OSError):  # what kept it from being written has been told
            made.unlink(missing_ok=True)
