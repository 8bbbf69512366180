"""Processes that begin with everything loaded, and end with the one that started them or when their time is up.

Most of a build is loading: a kernel, matplotlib, the program. Where the platform permits, one process of its own (the
standard library's forkserver) loads it all once, while the build reads its inputs; each kernel, and each year when
several are built, is then a copy of it, made in a few milliseconds. Elsewhere processes start anew.

Another program is run with a time limit (`run`): one that hangs is ended with all that it started.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from multiprocessing import forkserver, process
from multiprocessing.context import BaseContext, ForkServerContext
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = ["COPIES", "QUIET", "become", "context", "copy", "environment", "run", "start", "without_main"]

COPIES = sys.platform == "linux"
"""Whether a process can be a copy of one that has everything loaded. macOS has fork, but its libraries forbid it."""
LOADED = "aarsstatus.loaded"
QUIET = ("--HistoryManager.enabled=False", "--log-level=ERROR")
"""What every kernel is told, copied or not."""
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


def copy(function: str, *arguments: object) -> process.BaseProcess:
    """Start a process that calls a function of `LOADED`, and return it.

    The function is named, since the process that asks has no need to load what its copies have.
    """
    made: process.BaseProcess = context().Process(target=_call, args=(function, arguments))  # type: ignore[attr-defined]
    with without_main():
        made.start()
    return made


def _call(function: str, arguments: Sequence[object]) -> None:
    """Call a function of `LOADED`, in a copied process."""
    getattr(importlib.import_module(LOADED), function)(*arguments)


@contextmanager
def without_main() -> Iterator[None]:
    """Start processes that do not run the script again that this one runs.

    A new process would import it, guarded or not, to find functions in it; ours are all in this package.
    """
    with _MAIN:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


def start() -> None:
    """Begin to load, if processes are copies and it has not begun; returns at once."""
    context()
    if not COPIES or process.parent_process() is not None:  # a copy makes its copies of what it was copied from
        return
    before = dict(os.environ)
    try:
        os.environ.clear()
        os.environ.update(environment())
        forkserver.ensure_running()
    finally:
        os.environ.clear()
        os.environ.update(before)


def environment() -> dict[str, str]:
    """Return the environment of a process that executes: nothing a person may have set changes what it says."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(_NOT_OURS)}
    ours = {
        "PYTHONHASHSEED": "0",
        "MPLCONFIGDIR": _matplotlib_folder(),
        "SOURCE_DATE_EPOCH": "0",
        "PYTHONUTF8": "1",
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
        return _scratch().name
    return str(kept) if os.access(kept, os.W_OK) else _scratch().name


@cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    """Return a folder that goes when this process ends."""
    return tempfile.TemporaryDirectory(prefix="aarsstatus-", ignore_cleanup_errors=True)


def become(environment: Mapping[str, str], folder: str | Path) -> None:
    """Make a new process like the one that asked for it: environment, folder, and its end, however that goes."""
    _end_with_parent()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)


def _end_with_parent() -> None:
    """End this process as soon as the one that asked for it is gone."""
    parent = process.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_and_end, args=[parent], daemon=True).start()


def _wait_and_end(parent: process.BaseProcess) -> None:
    parent.join()
    os._exit(1)


def run(command: Sequence[str | Path], seconds: float, **how: Any) -> subprocess.CompletedProcess[str]:  # noqa: ANN401
    """Run another program to its end, and return its exit status and what it said.

    `subprocess.run` ends only the program itself when the time is up. Those that it started go on, and where they
    hold its output open, on Windows it waits for them.

    Parameters
    ----------
    command, how
        As `subprocess.Popen` takes them. The program gets no input; what it says is read as UTF-8.
    seconds
        How long it may take.

    Raises
    ------
    subprocess.TimeoutExpired
        If it took longer; it and all that it started are ended.
    OSError
        If it cannot be started.
    """
    none, pipe = subprocess.DEVNULL, subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - what is run is up to the caller
        command, stdin=none, stdout=pipe, stderr=pipe, encoding="utf-8", errors="replace", **how
    ) as process:
        try:
            out, err = process.communicate(timeout=seconds)
        except BaseException:
            _end_tree(process.pid)
            raise
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def _end_tree(pid: int) -> None:
    """End a process and all below it, from the top, so that none starts another meanwhile."""
    import psutil  # noqa: PLC0415 - only what hangs needs it

    try:
        top = psutil.Process(pid)
        below = top.children(recursive=True)
    except psutil.NoSuchProcess:
        return
    for each in (top, *below):
        with suppress(psutil.NoSuchProcess):
            each.kill()
