"""Run every other program, with one time limit and one clean environment.

A program gets nothing of the user's own settings for Python or for us, and no library from the folder that it runs
in. It ends with the run: an interruption ends all that was started (`interruption`), and so does the limit.
Before anything is begun, `require_allowance` asks what the system allows.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from aarsstatus import interruption
from aarsstatus.problems import BuildError, InputError, Problem, ProgramError, reason
from aarsstatus.run import temporary

if sys.platform != "win32":
    import resource

_APART: dict[str, Any]
"""What keeps Ctrl-C in a terminal from a program: we end it ourselves."""
if sys.platform != "win32":
    _APART = {"start_new_session": True}
else:
    _APART = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}

TIME_LIMIT = "AARSSTATUS_TIDSGRAENSE"
"""The environment variable with the seconds that a program, and a cell of a notebook, may take."""
TAKE_LONGER = f"er maskinen langsom, kan grænsen sættes op med miljøvariablen {TIME_LIMIT}"
"""What somebody is told whose program or cell took too long."""
_USUAL_LIMIT = 300
"""A few seconds are enough for any of them; what takes this long hangs."""
_NOT_THEIRS = ("AARSSTATUS_", "PYTHON", "MPL", "IPYTHON", "JUPYTER")
"""What the user may have set that would change what a program does."""


class Done(NamedTuple):
    """Hold a program's exit status, result and output."""

    status: int
    made: bytes
    said: str

    @property
    def stopped(self) -> str:
        """Return that it ended by itself, with the last line of what it said."""
        last = self.said.splitlines()[-1:]
        return ": ".join([f"programmet standsede uventet ({self.status})", *last])


def run(
    name: str,
    command: Sequence[str | Path],
    *,
    folder: Path,
    given: bytes = b"",
    limit: float | None = None,
    environment: Mapping[str, str] | None = None,
) -> Done:
    """Run a program to its end; messages call it `name`.

    It reads all that is `given`, and gets an `environment` besides the clean one. It may take `limit` seconds, or else
    what `time_limit` says.

    Raises
    ------
    ProgramError
        If it cannot be started, or takes too long.
    """
    interruption.check()
    most = time_limit() if limit is None else limit
    advice = f". Prøv igen; {TAKE_LONGER}" if limit is None else ""
    try:
        process = subprocess.Popen(  # noqa: S603 - the programs and their arguments are ours
            command, cwd=folder, env=clean_environment() | dict(environment or {}), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **_APART,
        )  # fmt: skip
    except OSError as error:
        raise ProgramError(f"{name} kan ikke startes: {reason(error)}") from None
    with process:
        try:
            interruption.check()  # it may have been started while everything was being ended
            made, said = process.communicate(given, timeout=most)
        except subprocess.TimeoutExpired:
            raise ProgramError(f"{name} blev ikke færdig på {most:g} sekunder og er standset{advice}") from None
        finally:
            if process.poll() is None:
                interruption.end(process.pid)
    interruption.check()
    return Done(process.returncode, made, said.decode(errors="replace").replace("\r\n", "\n").strip())


def run_python(
    name: str,
    arguments: Sequence[str],
    *,
    folder: Path,
    program: Path | None = None,
    given: bytes = b"",
    limit: float | None = None,
) -> Done:
    """Run this Python, as `run` does; `program` is the folder of another version.

    That is not ours to write in, so no bytecode is left there.
    """
    ours = {}
    if program is not None:
        path = os.pathsep.join([str(program.absolute()), *_python_path()])
        ours = {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    return run(name, [sys.executable, *arguments], folder=folder, given=given, limit=limit, environment=ours)


def time_limit() -> int:
    """Return how many seconds a program, and a cell of a notebook, may take.

    Raises
    ------
    InputError
        If the environment variable is no number of seconds.
    """
    said = os.environ.get(TIME_LIMIT, str(_USUAL_LIMIT))
    if not (said.isascii() and said.isdecimal() and 0 < int(said) <= 86_400):
        raise InputError(Problem(TIME_LIMIT, "er ikke et antal sekunder", found=said, expected="et helt tal, som 600"))
    return int(said)


def clean_environment() -> dict[str, str]:
    """Return the environment that every program starts with.

    Nothing of the user's is in it that changes what a program does.
    """
    kept = {key: value for key, value in os.environ.items() if not key.upper().startswith(_NOT_THEIRS)}
    ours = {
        "PYTHONHASHSEED": "0",
        "PYTHONSAFEPATH": "1",  # the folder that it runs in is nobody's library
        "PYTHONUTF8": "1",
        "TMPDIR": str(temporary.own()),
    }
    if path := _python_path():  # our own packages may have been found by it
        ours["PYTHONPATH"] = os.pathsep.join(path)
    if limit := os.environ.get(TIME_LIMIT):
        ours[TIME_LIMIT] = limit
    return kept | ours


def _python_path() -> list[str]:
    """Return the folders of ``PYTHONPATH`` so that they mean the same everywhere."""
    return [str(Path(folder).absolute()) for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]


# -- what the system allows ------------------------------------------------------------------------------------


_FILES = 96
"""Open files at once: two notebooks and their sockets take some eighty."""
_MEMORY = 1_500_000_000
"""Bytes of address space: with less, a library may end the process before it can say why."""


def require_allowance() -> None:
    """Check that a build may use the files and the memory that it needs.

    Windows sets no such limits.

    Raises
    ------
    BuildError
        If the system allows fewer files or less memory than a build takes.
    """
    if sys.platform != "win32":
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != resource.RLIM_INFINITY and soft < _FILES:
            if hard != resource.RLIM_INFINITY and hard < _FILES:
                raise BuildError(
                    f"systemet lader kun programmet have {hard} filer åbne på én gang, og det bruger op til {_FILES}; "
                    "bed om flere (ulimit -n), og prøv igen"
                )
            resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, hard))
        memory, _ = resource.getrlimit(resource.RLIMIT_AS)
        if memory != resource.RLIM_INFINITY and memory < _MEMORY:
            raise BuildError(
                f"systemet giver kun programmet {memory // 10**6} MB hukommelse, og det bruger {_MEMORY // 10**6} MB; "
                "bed om mere (ulimit -v), og prøv igen"
            )
