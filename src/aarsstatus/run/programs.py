"""The programs that render: each is given so long and no longer, and ends with the run."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NamedTuple, Self

from aarsstatus import interruption
from aarsstatus.problems import reason
from aarsstatus.render import RenderError
from aarsstatus.run import processes

__all__ = ["Done", "Program"]


class Done(NamedTuple):
    """What a program came to: its exit status, what it made, and what it said."""

    status: int
    made: bytes
    said: str


class Program:
    """A program that has been started; leaving the ``with`` block ends it, however far it came.

    Parameters
    ----------
    name
        What it is called in messages.
    command, folder, environment
        What is run, where, and with which environment variables.
    seconds
        How long it may take; else what `processes.time_limit` says.

    Raises
    ------
    RenderError
        If it cannot be started.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        folder: Path,
        environment: Mapping[str, str],
        seconds: float | None = None,
    ) -> None:
        self.name = name
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the programs and their arguments are ours
                command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise RenderError(f"{name} kan ikke startes: {reason(error)}") from None
        self._limit = seconds or processes.time_limit()
        self._advice = "" if seconds else f". Prøv igen; {processes.TAKE_LONGER}"
        self._stack = ExitStack()
        _limit_work(self._process.pid, math.ceil(self._limit))

    def __enter__(self) -> Self:
        """Let an interruption end it."""
        self._stack.enter_context(self._process)
        self._stack.callback(self.kill)
        self._stack.enter_context(interruption.working(self))
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._stack.close()

    def kill(self) -> None:
        """End it, and the programs that it has started."""
        if sys.platform == "win32":
            _end_tree(self._process.pid)
        else:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def finish(self, given: bytes = b"") -> Done:
        """Give it all that it reads, and return what it comes to.

        Raises
        ------
        RenderError
            If it takes too long.
        """
        try:
            made, said = self._process.communicate(given, timeout=self._limit)
        except subprocess.TimeoutExpired:
            raise RenderError(
                f"{self.name} blev ikke færdig på {self._limit} sekunder og er standset{self._advice}"
            ) from None
        interruption.check()
        return Done(self._process.returncode, made, said.decode(errors="replace").strip())


def _limit_work(pid: int, seconds: int) -> None:
    """Let a program that calculates for ever end, even when this process is not there any more to end it."""
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - other systems have none

        most = seconds * (os.cpu_count() or 1)
        with suppress(OSError, ValueError):  # it has ended, or may do less already
            resource.prlimit(pid, resource.RLIMIT_CPU, (most, most))


def _end_tree(pid: int) -> None:
    """End a process and all below it, from the top, so that none starts another meanwhile. Windows has no groups.

    Those below would go on, and hold open what we read from.
    """
    import psutil  # noqa: PLC0415 - only what hangs needs it, and only there

    try:
        top = psutil.Process(pid)
        below = top.children(recursive=True)
    except psutil.NoSuchProcess:
        return
    for each in (top, *below):
        with suppress(psutil.NoSuchProcess):
            each.kill()
