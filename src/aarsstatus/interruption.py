"""End a run that is interrupted by Ctrl-C or by the system.

Every process that this one has started (kernels, renderers, old programs) is ended at once, so that nobody waits for
it, and every folder that was being made is taken away on the way out. A second Ctrl-C ends the program there and then;
what that leaves behind, the next build clears away.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Collection, Iterator
from concurrent import futures
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, TextIO

import psutil

_ASKED = ("SIGINT", "SIGTERM", "SIGHUP")
_LOOK = 0.2
"""Seconds between two looks at whether the run was asked to end."""
_heard: list[int] = []


class Interrupted(KeyboardInterrupt):
    """Tell that the run was asked to end, by the signal of this number."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def check() -> None:
    """Raise `Interrupted` once the run was asked to end.

    What fails from then on was ended, and is nobody's fault.
    """
    if heard():
        raise Interrupted(_heard[0])


def heard() -> bool:
    """Tell whether the run was asked to end."""
    return bool(_heard)


def wait(jobs: Collection[futures.Future[Any]]) -> None:
    """Wait for other threads; raise `Interrupted` when the run is asked to end.

    The system may give a signal to any thread, and only the main thread acts upon one, when it runs: it would sleep
    on, as `Future.result` does. And what is raised while Python is tidying up comes to nothing.
    """
    while futures.wait(jobs, _LOOK).not_done:
        check()


def end(pid: int) -> None:
    """End a process and all that it has started.

    From the top, so that none starts another meanwhile.
    """
    with suppress(psutil.NoSuchProcess):
        top = psutil.Process(pid)
        _kill([top, *top.children(recursive=True)])


def _kill(processes: Collection[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()


@contextmanager
def listening() -> Iterator[None]:
    """End this block and every process below this one, when the run is asked to end.

    Raises
    ------
    Interrupted
        If it was. Only a program's main thread can listen; in another one nothing is changed.
    """
    before = _listen() if threading.current_thread() is threading.main_thread() else {}
    try:
        yield
    except BaseException:
        check()  # whatever failed, this is why
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        _heard.clear()


def _listen() -> dict[int, Any]:
    """Begin to listen, and return the handlers that each signal had.

    A signal that is ignored stays so, as with `nohup`.
    """
    usual = (signal.default_int_handler, signal.SIG_DFL)
    numbers = [number for name in _ASKED if (number := getattr(signal, name, None)) is not None]
    before = {number: handler for number in numbers if (handler := signal.getsignal(number)) in usual}

    def asked(number: int, _: FrameType | None) -> None:
        for each in before:
            signal.signal(each, signal.SIG_DFL)
        _heard.append(number)
        sys.unraisablehook = lambda _: None  # what breaks now breaks because of this
        threading.excepthook = lambda _: None
        _kill(psutil.Process().children(recursive=True))
        raise Interrupted(number)

    for number in before:
        signal.signal(number, asked)
    return before


def silence(stream: TextIO) -> None:
    """Let all that is written to a stream go nowhere, what it still holds included.

    A pipe that nobody reads would fail anew.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
