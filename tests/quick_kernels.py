"""Kernels for the tests: forked from a process that has loaded everything once, instead of loading it for each.

Two thirds of what a build takes is three processes that load pandas and matplotlib. In the tests' own process that is
done once, and the kernels of its builds are forked by Python's own fork server. Commands that tests start as processes
of their own (and with them the historic years' bytes) use Jupyter's ordinary kernels.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.forkserver import ensure_running
from typing import Any

import pytest
from jupyter_client.launcher import launch_kernel

from aarsstatus.run import temporary

LOADED = (
    "ipykernel.kernelapp", "ipykernel.inprocess", "matplotlib_inline.backend_inline", "matplotlib.backends.backend_svg",
    "aarsstatus.report.brief", "aarsstatus.report.charts", "aarsstatus.report.matrix", "aarsstatus.report.show",
    "aarsstatus.report.frames", "aarsstatus.report.notat", "aarsstatus.report.own_chart", "aarsstatus.report.urgent",
    "aarsstatus.report.quality_report", "aarsstatus.report.change_chart", "pytest",
)  # fmt: skip
"""What the fork server imports; what is not among it, a kernel imports itself."""


class Kernel:
    """A forked kernel, with as much of `subprocess.Popen` as Jupyter asks for."""

    stdin = stdout = stderr = None

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str], cwd: str | None = None, **_: object) -> None:
        context = multiprocessing.get_context("forkserver")
        self._process = context.Process(target=_kernel, args=(list(command[2:]), dict(env), cwd), daemon=True)
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid
        with suppress(ProcessLookupError):  # Jupyter ends the whole group, which must not be ours
            while os.getpgid(self.pid) != self.pid:
                time.sleep(0.001)

    def poll(self) -> int | None:
        """Return how it ended, or None while it runs."""
        return self._process.exitcode

    def wait(self) -> int | None:
        """Wait for its end, and return how it was."""
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    terminate = kill


def _launch(command: Sequence[str], **keywords: Any) -> Any:
    """Return a kernel: forked if it is one of a build's, and otherwise as whoever asks for it would have it."""
    ours = list(command[:3]) == [sys.executable, "-m", "ipykernel"]
    return Kernel(command, **keywords) if ours else launch_kernel(command, **keywords)


def _kernel(arguments: list[str], environment: dict[str, str], folder: str | None) -> None:
    """Be the kernel that ``python -m ipykernel`` would be."""
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    if folder is not None:
        os.chdir(folder)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    sys.argv = arguments
    runpy.run_module("ipykernel", run_name="__main__")


@contextmanager
def quick_kernels() -> Iterator[None]:
    """Let builds in this process have forked kernels."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MPLCONFIGDIR", temporary.for_matplotlib())
        multiprocessing.get_context("forkserver").set_forkserver_preload(list(LOADED))
        ensure_running()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jupyter_client.provisioning.local_provisioner.launch_kernel", _launch)
        yield
