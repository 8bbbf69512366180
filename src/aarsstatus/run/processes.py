"""Processes that begin with everything loaded, and end with the one that started them.

Most of a build is loading: a kernel, matplotlib, the program. Where the platform permits, one process of its own (the
standard library's forkserver) loads it all once, while the build reads its inputs; each kernel, and each year when
several are built, is then a copy of it, made in a few milliseconds. Elsewhere processes start anew.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from multiprocessing import forkserver, process, resource_tracker
from multiprocessing.context import BaseContext, ForkServerContext
from pathlib import Path
from types import ModuleType

from aarsstatus import interruption
from aarsstatus.problems import SHORT_OF_MEMORY, BuildError, InputError, Problem
from aarsstatus.run import temporary
from aarsstatus.run.copier import Copied, Copier

__all__ = [
    "COPIES", "QUIET", "TAKE_LONGER", "TIME_LIMIT", "become", "context", "copy", "environment", "leave_copier", "start",
    "starting", "time_limit",
]  # fmt: skip

COPIES = sys.platform == "linux"
"""Whether a process can be a copy of one that has everything loaded. macOS has fork, but its libraries forbid it."""
LOADED = "aarsstatus.run.loaded"
READ_AHEAD = "AARSSTATUS_READ_AHEAD"
"""The environment variable that tells `LOADED` up to which year figures are wanted, and of which project."""
QUIET = ("--HistoryManager.enabled=False", "--log-level=ERROR")
"""What every kernel is told, copied or not."""
TIME_LIMIT = "AARSSTATUS_TIDSGRAENSE"
"""The environment variable with the seconds that a renderer and a cell of a notebook may take."""
TAKE_LONGER = f"er maskinen langsom, kan grænsen sættes op med miljøvariablen {TIME_LIMIT}"
"""What somebody is told whose renderer or cell took too long."""
_USUAL_LIMIT = 300
"""A few seconds are enough for any of them; what takes this long hangs."""
_HASH_SEED = "0"
_copiers: list[Copier] = []
"""In a copy that has left one behind: what makes its copies."""
_MAIN = threading.Lock()
_NOT_OURS = ("AARSSTATUS_", "MPL", "IPYTHON")


@cache
def context() -> BaseContext:
    """Return how processes are started here."""
    if not COPIES:
        return multiprocessing.get_context("spawn")
    copies: ForkServerContext = multiprocessing.get_context("forkserver")
    copies.set_forkserver_preload([LOADED])
    return copies


def copy(function: str, *arguments: object) -> process.BaseProcess | Copied:
    """Start a process that calls a function of `LOADED`, and return it.

    The function is named, since the process that asks has no need to load what its copies have.

    Raises
    ------
    BuildError
        If what it would be a copy of is killed just then.
    OSError
        If the system has no room for one more.
    """
    with starting():
        if _copiers:
            return _copiers[0].copy(function, arguments)
        made: process.BaseProcess = context().Process(target=_call, args=(function, arguments))  # type: ignore[attr-defined]
        made.start()
        return made


def leave_copier() -> None:
    """In a process that is a copy, and still has only one thread: let its own copies be made of what it is now."""
    if COPIES:
        _copiers.append(Copier(_call))


def _call(function: str, arguments: Sequence[object]) -> None:
    """Call a function of `LOADED`, in a copied process."""
    getattr(importlib.import_module(LOADED), function)(*arguments)


@contextmanager
def starting() -> Iterator[None]:
    """Start processes that do not run the script again that this one runs.

    A new process would import it, guarded or not, to find functions in it; ours are all in this package.

    Raises
    ------
    Interrupted
        If the run was asked to end.
    BuildError
        If what they are copies of is killed just then.
    """
    with _MAIN:
        interruption.check()  # what all are copies of was ended, and would be loaded anew for nothing
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        except (EOFError, ConnectionError):
            interruption.check()
            raise BuildError(f"processen, som de andre er kopier af, døde. {SHORT_OF_MEMORY}") from None
        finally:
            sys.modules["__main__"] = main


def start(project: Path | None = None, newest: int = 0) -> None:
    """Begin to load, if processes are copies and it has not begun; returns at once.

    Parameters
    ----------
    project, newest
        A project's folder: its data is read, too, and its figures computed up to a year, so that no copy does it again.
    """
    context()
    if not COPIES or _copiers:
        return
    before = dict(os.environ)
    ours = environment()
    config: dict[str, object] = process.current_process()._config  # type: ignore[attr-defined]
    config.setdefault("tempdir", str(temporary.for_sockets()))
    resource_tracker.ensure_running()  # it lets Ctrl-C through again
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # what it starts is ended by us, not by Ctrl-C
    try:
        os.environ.clear()
        os.environ.update(ours | ({} if project is None else {READ_AHEAD: f"{newest} {project}"}))
        forkserver.ensure_running()
        interruption.works(_SERVER)
    finally:
        os.environ.clear()
        os.environ.update(before)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


class _Server:
    """What our processes are copies of."""

    def kill(self) -> None:
        """End it: what it was asked for and has not made yet would find nobody to work for."""
        pid: int | None = getattr(forkserver._forkserver, "_forkserver_pid", None)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)


_SERVER = _Server()


def time_limit() -> int:
    """Return how many seconds a renderer, and a cell of a notebook, may take.

    Raises
    ------
    InputError
        If the environment variable is no number of seconds.
    """
    said = os.environ.get(TIME_LIMIT, str(_USUAL_LIMIT))
    if not (said.isascii() and said.isdecimal() and 0 < int(said) <= 86_400):
        raise InputError(Problem(TIME_LIMIT, "er ikke et antal sekunder", found=said, expected="et helt tal, som 600"))
    return int(said)


def environment() -> dict[str, str]:
    """Return the environment of a process that executes: nothing a person may have set changes what it says."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(_NOT_OURS)}
    ours = {
        "PYTHONHASHSEED": _HASH_SEED,
        "MPLCONFIGDIR": _matplotlib_folder(),
        "SOURCE_DATE_EPOCH": "0",
        "PYTHONUTF8": "1",
        "TMPDIR": str(temporary.own()),
        "OPENBLAS_NUM_THREADS": "1",  # threads do not survive in a copy, and nothing here multiplies matrices
    }
    return kept | ours


@cache
def _matplotlib_folder() -> str:
    """Return where matplotlib keeps its list of fonts: with the installed packages, or for this run alone.

    The list takes a second to make, so it is kept; but not in the user's home, which may not be there.
    """
    kept = Path(sys.prefix, "var", "aarsstatus", "matplotlib")
    try:
        kept.mkdir(parents=True, exist_ok=True)
    except OSError:
        return str(temporary.own())
    return str(kept if os.access(kept, os.W_OK) else temporary.own())


def become(environment: Mapping[str, str], folder: str | Path) -> None:
    """Make a new process like the one that asked for it: environment, folder, and its end, however that goes."""
    if COPIES and os.environ.get("PYTHONHASHSEED") != _HASH_SEED:
        os._exit(1)  # what it is a copy of was killed, and made anew by multiprocessing, which knows nothing of ours
    _end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None  # look for it anew
    os.chdir(folder)


def _end_with_parent() -> None:
    """End this process with the one that asked for it; of a copier's copy, with the one that all work for.

    The copier ends its copies before that, when the one that asked is gone.
    """
    parent = process.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_and_end, args=[parent], daemon=True).start()


def _wait_and_end(parent: process.BaseProcess) -> None:
    parent.join()
    os._exit(1)
