"""Commands forked from a process that has loaded everything once: for tests that need a process, but no fresh Python.

Such a command has a session, an environment, a folder and streams of its own, and can be killed, interrupted and
waited for; its kernels are forked below it. What Python itself does as it begins and ends is not seen so (locale,
hash seed, ``-O``, what is still unwritten); tests of that, and one of each kind of kill, start ``python -m aarsstatus``.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

import psutil
import pytest
from jupyter_client.provisioning import local_provisioner
from quick_kernels import QUICK, Forked, be_kernel

Around = Callable[[], AbstractContextManager[Any]]
"""What is done in the command's own process before and after it, as mounting a disk that nobody else sees."""


class Command(Forked):
    """A forked command, with as much of `subprocess.Popen` as tests ask for."""

    def __init__(
        self, words: Sequence[str], folder: Path, environment: Mapping[str, str], around: Around = nullcontext
    ) -> None:
        (out, its_out), (err, its_err) = (multiprocessing.Pipe(duplex=False) for _ in range(2))
        given = (list(words), folder, dict(environment), around, its_out, its_err)
        process = multiprocessing.get_context("forkserver").Process(target=_command, args=given)
        process.start()
        its_out.close()
        its_err.close()
        self._pipes = (out, err)
        self.stdout, self.stderr = (os.fdopen(pipe.fileno(), "rb", closefd=False) for pipe in self._pipes)
        super().__init__(process)

    @property
    def returncode(self) -> int | None:
        """How it ended."""
        return self.poll()

    def communicate(self, timeout: float | None = None) -> tuple[bytes, bytes]:
        """Wait for its end, and return what it said, all of which a pipe has room for."""
        if self.wait(timeout) is None:
            raise subprocess.TimeoutExpired("aarsstatus", timeout or 0)
        return self.stdout.read(), self.stderr.read()


def aarsstatus(
    *words: str | Path, cwd: Path, environment: Mapping[str, str] = os.environ, around: Around = nullcontext
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end: a forked one, or where nothing is forked an ordinary one."""
    if not QUICK:
        if around is not nullcontext:
            pytest.skip("only a forked command can be given a place of its own")
        line = [sys.executable, "-m", "aarsstatus", *words]
        return subprocess.run(
            line, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False
        )
    command = Command([str(word) for word in words], cwd, environment, around)
    out, err = command.communicate(300)
    assert command.returncode is not None
    return subprocess.CompletedProcess(words, command.returncode, out.decode(), err.decode())


def _command(
    words: list[str], folder: Path, environment: dict[str, str], around: Around, out: Connection, err: Connection
) -> NoReturn:
    """Be the process that ``python -m aarsstatus`` would be."""
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    time.tzset()
    tempfile.tempdir = None
    streams = (os.open(os.devnull, os.O_RDONLY), out.fileno(), err.fileno())
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115 - Python's own
    sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115 - Python's own
    sys.argv, sys.path[:0] = ["aarsstatus", *words], [str(folder)]
    status: object = 0
    with around():
        local_provisioner.launch_kernel = _KernelsBelow().launch  # type: ignore[assignment]
        try:
            runpy.run_module("aarsstatus", run_name="__main__", alter_sys=True)
        except SystemExit as end:
            status = end.code
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
    os._exit(int(str(status or 0)))


class _KernelsBelow:
    """A process below this one that forks its kernels: begun before there are threads, and gone when this one is."""

    def __init__(self) -> None:
        self._asking, asked = multiprocessing.Pipe()
        self._one_by_one = threading.Lock()
        if os.fork() == 0:
            self._asking.close()
            self._serve(asked)
        asked.close()

    def launch(self, command: Sequence[str], *, env: Mapping[str, str], cwd: str | None = None, **_: object) -> Forked:
        """Start a kernel, as Jupyter would."""
        with self._one_by_one:
            self._asking.send((list(command[2:]), dict(env), cwd))
            return Forked(_Below(self._asking.recv()))

    def _serve(self, asked: Connection) -> NoReturn:
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nothing, stream)
        parent = str(os.getpid())  # asked of a kernel's own process, it may be of one that has taken the orphan over
        with asked:
            try:
                while True:
                    arguments, environment, folder = asked.recv()
                    if (pid := os.fork()) == 0:
                        asked.close()
                        Path("/proc/self/comm").write_text("ipykernel", encoding="ascii")  # by this it is found
                        be_kernel(arguments, environment | {"JPY_PARENT_PID": parent}, folder)
                    asked.send(pid)
            finally:
                os._exit(0)


class _Below:
    """A process that another one has forked."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._one = psutil.Process(pid)

    @property
    def exitcode(self) -> int | None:
        """Something, when it has ended."""
        ended = not self._one.is_running() or self._one.status() == psutil.STATUS_ZOMBIE
        return -9 if ended else None

    def join(self, timeout: float | None = None) -> None:
        """Wait for its end."""
        until = time.monotonic() + (timeout or 300)
        while self.exitcode is None and time.monotonic() < until:
            time.sleep(0.01)
