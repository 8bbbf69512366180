"""Kernels for the tests: forked from a process that has loaded everything once, instead of loading it for each.

Two thirds of what a build takes is three processes that load pandas and matplotlib. In the tests' own process that is
done once, and the kernels of its builds are forked by Python's own fork server. Commands that tests start as ordinary
processes use Jupyter's ordinary kernels; those that are forked (`quick_commands`) have kernels of this kind.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.forkserver import ensure_running
from typing import Any, Protocol

import pytest
from jupyter_client.launcher import launch_kernel

from aarsstatus.run import temporary

LOADED = (
    "ipykernel.kernelapp", "ipykernel.debugger", "IPython.core.completerlib", "IPython.core.oinspect",
    "IPython.extensions.storemagic", "tornado.platform.asyncio", "xml.dom.minidom", "matplotlib_inline.backend_inline", "matplotlib.backends.backend_svg",
    "aarsstatus.report.brief", "aarsstatus.report.charts", "aarsstatus.report.matrix", "aarsstatus.report.show",
    "aarsstatus.report.tables", "aarsstatus.report.notat", "aarsstatus.report.drawing",
    "aarsstatus.report.quality_report", "aarsstatus.outputs", "pytest", "papermill", "quick_commands",
    *(f"aarsstatus.cli.{name}" for name in ("build", "check", "diff", "explain", "ingest", "new", "verify")),
)  # fmt: skip
"""What the fork server imports; what is not among it, a kernel imports itself."""


QUICK = sys.platform == "linux" and not {"MUTANT_UNDER_TEST", "COVERAGE_RUN"} & set(os.environ)
"""Whether anything is forked: mutmut and coverage have to see every process from its beginning."""


class Handle(Protocol):
    """A process as `multiprocessing` hands it out."""

    pid: int | None

    @property
    def exitcode(self) -> int | None: ...
    def join(self, timeout: float | None = None) -> None: ...


class Forked:
    """A forked process at the head of a session, with as much of `subprocess.Popen` as is asked for."""

    stdin: Any = None
    stdout: Any = None
    stderr: Any = None

    def __init__(self, process: Handle) -> None:
        self._process = process
        assert process.pid is not None
        self.pid = process.pid
        with suppress(ProcessLookupError):  # whoever ends the whole group must not end ours
            while os.getpgid(self.pid) != self.pid:
                time.sleep(0.001)

    def poll(self) -> int | None:
        """Return how it ended, or None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for its end, and return how it was."""
        self._process.join(timeout)
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
    if list(command[:3]) != [sys.executable, "-m", "ipykernel"]:
        return launch_kernel(command, **keywords)
    given = (list(command[2:]), dict(keywords["env"]), keywords.get("cwd"))
    process = multiprocessing.get_context("forkserver").Process(target=be_kernel, args=given, daemon=True)
    process.start()
    return Forked(process)


def be_kernel(arguments: list[str], environment: dict[str, str], folder: str | None) -> None:
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
        patch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # the debugger that a kernel loads says nothing then
        multiprocessing.get_context("forkserver").set_forkserver_preload(list(LOADED))
        ensure_running()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jupyter_client.provisioning.local_provisioner.launch_kernel", _launch)
        yield
