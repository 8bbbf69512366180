"""Copies of a process that is itself a copy, for a year that is built beside others and wants kernels.

The standard library's forkserver makes copies for one process, and no copy can ask what it was copied from. So a copy
that will want some leaves one of itself behind as long as it has one thread: that has everything loaded, too, and does
nothing but make more. Loading it all again would take a second of each process.
"""

from __future__ import annotations

import errno
import os
import pickle
import select
import signal
import socket
import struct
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO, NoReturn

__all__ = ["Copied", "Copier"]

_LENGTH = struct.Struct("!Q")
_ANSWER = struct.Struct("!q")
"""The number of a copy, or of the error for which there is none, below zero."""
_ENDED = 1
"""Nobody is told how a copy ended, and there is no need: it is killed when it is done."""


class Copied:
    """A process that a `Copier` made, with the names that `multiprocessing.Process` has for these things.

    Parameters
    ----------
    pid
        Its number.
    life
        Our end of a pipe whose other end closes with the process, however it ends.
    """

    def __init__(self, pid: int, life: int) -> None:
        self.pid, self._life = pid, life
        os.set_inheritable(life, False)
        self._close = weakref.finalize(self, os.close, life)

    @property
    def exitcode(self) -> int | None:
        """A number once it has ended, None before."""
        if self._close.alive and self._has_ended(0):
            self._close()
        return None if self._close.alive else _ENDED

    def join(self) -> None:
        """Wait for its end."""
        if self._close.alive:
            self._has_ended(None)

    def _has_ended(self, milliseconds: int | None) -> bool:
        poll = select.poll()
        poll.register(self._life, select.POLLIN)
        return bool(poll.poll(milliseconds))


class Copier:
    """Leaves a copy of this process behind, which makes more until this one ends. Linux alone.

    Parameters
    ----------
    run
        What a copy does with what `copy` is given.
    """

    def __init__(self, run: Callable[..., object]) -> None:
        self._socket, theirs = socket.socketpair()
        self._lock = threading.Lock()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # Ctrl-C is for the one who asks
        self.pid = os.fork()
        if self.pid == 0:
            try:
                self._socket.close()
                _serve(theirs, run)
            finally:
                os._exit(_ENDED)  # whatever went wrong: never go on as the process that was copied
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()

    def copy(self, *arguments: object) -> Copied:
        """Make a copy, and let it run; from any thread.

        Raises
        ------
        EOFError or ConnectionError
            If the one that makes them is not there any more.
        OSError
            If the system has no room for one more process, or this process for one more file.
        """
        request = pickle.dumps(arguments)
        with self._lock:
            self._socket.sendall(_LENGTH.pack(len(request)) + request)
            said, descriptors, _, _ = socket.recv_fds(self._socket, _ANSWER.size, 1)
        if not said:
            raise EOFError
        (answer,) = _ANSWER.unpack(said)
        if answer < 0:
            raise OSError(-answer, os.strerror(-answer))
        if not descriptors:  # it is there, but we cannot have it
            os.kill(answer, signal.SIGKILL)
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return Copied(answer, *descriptors)


def _serve(requests: socket.socket, run: Callable[..., object]) -> None:
    """Make a copy for each request. When nobody is there any more to ask, end all that still run."""
    running: set[int] = set()
    try:
        stream = requests.makefile("rb")
        while request := _received(stream):
            running -= _ended()
            try:
                pid, life = _copied(requests, run, request)
            except OSError as error:
                requests.sendall(_ANSWER.pack(-(error.errno or errno.EAGAIN)))
                continue
            running.add(pid)
            try:
                socket.send_fds(requests, [_ANSWER.pack(pid)], [life])
            finally:
                os.close(life)
    finally:
        for pid in running - _ended():
            os.kill(pid, signal.SIGKILL)


def _copied(requests: socket.socket, run: Callable[..., object], request: bytes) -> tuple[int, int]:
    """Make a copy, and return its number and the end of a pipe that tells whether it lives."""
    ours, theirs = os.pipe()
    try:
        pid = os.fork()
        if pid == 0:
            _become(run, request, (requests.fileno(), ours))
    except OSError:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
    return pid, ours


def _become(run: Callable[..., object], request: bytes, not_ours: tuple[int, ...]) -> NoReturn:
    """Run what was asked for, and end without tidying up what belongs to the process that was copied."""
    try:
        for descriptor in not_ours:
            os.close(descriptor)
        run(*pickle.loads(request))  # noqa: S301 - from the process that this one is a copy of
    finally:
        os._exit(_ENDED)


def _received(requests: BinaryIO) -> bytes:
    """Return a request; nothing if whoever asks has ended."""
    head = requests.read(_LENGTH.size)
    return requests.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else b""


def _ended() -> set[int]:
    """Return the copies that have ended since last asked, so that their numbers can be used again."""
    ended: set[int] = set()
    with suppress(ChildProcessError):
        while (pid := os.waitpid(-1, os.WNOHANG)[0]) > 0:
            ended.add(pid)
    return ended
