"""Keep one temporary folder for a run, gone when the run ends.

A run that is killed cannot take its folder away, but the system takes its lock away; by that the next run knows it,
clears it, and ends whatever program still works in it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from aarsstatus.problems import BuildError

_PREFIX = "aarsstatus.run."
_LOCK = "aarsstatus.lock"
"""Only a folder with both these names is ours to take away."""
_MAKING = threading.Lock()


@contextmanager
def folder() -> Iterator[Path]:
    """Make an empty folder, and take it away at the end."""
    with tempfile.TemporaryDirectory(dir=own(), ignore_cleanup_errors=True) as name:
        yield Path(name)


def own() -> Path:
    """Return the folder of this process and of those that it starts.

    Raises
    ------
    BuildError
        If the machine has no folder for temporary files that can be written to.
    """
    try:
        with _MAKING:  # each thread that asks would make one
            return _made(Path(tempfile.gettempdir()))
    except FileNotFoundError:
        raise BuildError("maskinen har ingen mappe til midlertidige filer, der kan skrives i (TMPDIR)") from None


def for_matplotlib() -> str:
    """Return the folder for matplotlib's list of fonts.

    The list takes a second to make, so it is kept with the installed packages, or else for this run; but never in the
    user's home, which may not be there.
    """
    kept = Path(sys.prefix, "var", "aarsstatus", "matplotlib")
    try:
        kept.mkdir(parents=True, exist_ok=True)
    except OSError:
        return str(own())
    return str(kept if os.access(kept, os.W_OK) else own())


@cache
def _made(machine: Path) -> Path:
    """Make this process's folder, once, when those of runs that were killed are gone."""
    _clear(machine)
    while True:
        made = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=machine))
        lock = FileLock(made / _LOCK, fallback_to_soft=False)
        try:
            lock.acquire(blocking=False)  # it makes a folder that was taken away anew, as others may read it
            made.chmod(0o700)
        except (Timeout, FileNotFoundError, FileExistsError):  # another run took it for one that is left
            continue
        except OSError as error:  # the disk has no locks
            shutil.rmtree(made, ignore_errors=True)
            raise OSError(error.errno, error.strerror, str(machine)) from None
        if (made / _LOCK).exists():
            atexit.register(_remove, made, lock)
            return made


def _remove(made: Path, lock: FileLock) -> None:
    """Take a folder away, its lock last.

    Whoever is killed meanwhile leaves one that is known for ours.
    """
    with suppress(OSError):
        for path in made.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name != _LOCK:
                path.unlink(missing_ok=True)
    lock.release()  # Windows removes no file that is open
    shutil.rmtree(made, ignore_errors=True)


def _clear(machine: Path) -> None:
    """Take away the folders of runs that were killed."""
    for left in machine.glob(f"{_PREFIX}*"):
        lock = FileLock(left / _LOCK, fallback_to_soft=False)
        with suppress(Timeout, OSError):  # it lives, or is gone by now
            if not _is_ours(left):
                continue
            if not (left / _LOCK).exists():
                left.rmdir()  # killed before it had a lock; if it is not empty, this refuses
                continue
            lock.acquire(blocking=False)
            _end_programs(left)
            _remove(left, lock)


def _is_ours(left: Path) -> bool:
    """Tell whether a folder was made by this user.

    Anybody may put one there, and have it lead to what is ours.
    """
    return not left.is_symlink() and (sys.platform == "win32" or left.stat().st_uid == os.geteuid())


def _end_programs(left: Path) -> None:
    """End the programs that work in the folder of a run that was killed."""
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):  # it ended, or belongs to somebody else
            if Path(process.cwd()).is_relative_to(left):
                process.kill()
