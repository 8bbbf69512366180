"""Programs of ours, for the tests: done in this process, or forked from one that has loaded the libraries.

A build starts Python anew to compute figures with another program, and to read each workbook. Most of that time goes
to loading the same libraries again, so the tests that do either many times share what has loaded them. That they are
processes, with their limits, is tried where that is asked: `run/test_programs.py`, `extracts/test_harmful_workbooks.py`.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import runpy
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import pytest
import python_calamine as calamine

from aarsstatus.run import calamine_process
from aarsstatus.run.calamine_process import LOCKED, UNREADABLE
from aarsstatus.run.programs import Done, clean_environment

_one_by_one = Lock()
"""Starting a process looks through those before it, which only one thread may do at a time."""


def _forked(
    name: str, arguments: Sequence[str], *, folder: Path, program: Path | None = None, given: bytes = b"", **_: object
) -> Done:
    """Run a module of ours as `run_python` does, in a fork of the process that has loaded the libraries."""
    assert arguments[0] == "-m", name
    with tempfile.TemporaryDirectory() as place:
        told, made = Path(place, "told"), Path(place, "made")
        told.write_bytes(given)
        asked = (arguments[1], clean_environment(), str(folder), program and str(program.absolute()), told, made)
        process = multiprocessing.get_context("forkserver").Process(target=_run, args=asked, daemon=True)
        with _one_by_one:
            process.start()
        process.join()
        return Done(process.exitcode or 0, made.read_bytes(), "")


def _run(module: str, environment: Mapping[str, str], folder: str, program: str | None, told: Path, made: Path) -> None:
    """Be the process that ``python -m`` would be: with none of our modules loaded, and perhaps another version."""
    for loaded in [name for name in sys.modules if name.partition(".")[0] == "aarsstatus"]:
        del sys.modules[loaded]
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    if program is not None:
        sys.path.insert(0, program)
        sys.dont_write_bytecode = True
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 2)
    with told.open(encoding="utf-8") as sys.stdin, made.open("w", encoding="utf-8") as sys.stdout:
        runpy.run_module(module, run_name="__main__", alter_sys=True)


@contextmanager
def programs_forked() -> Iterator[None]:
    """Let figures be computed by forked programs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("aarsstatus.diff.recompute.run_python", _forked)
        yield


def _read(content: bytes) -> tuple[int, bytes]:
    """Read a workbook as its own process would, and return the exit status and what it wrote."""
    try:
        return 0, pickle.dumps(calamine_process._sheets(content))
    except calamine.PasswordError:
        return LOCKED, b""
    except Exception:  # as the process itself takes it
        return UNREADABLE, b""


@contextmanager
def workbooks_read_here() -> Iterator[None]:
    """Let workbooks be read in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("aarsstatus.extracts.sheets._read", _read)
        yield
