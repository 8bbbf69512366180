"""The kernel that executes a notebook: a process of its own behind jupyter_client, this very interpreter.

It talks over sockets that are files where the platform has them, and touches nothing in the user's home folder. Where
`processes` can copy, it is a copy of a process that has everything loaded; elsewhere it is the ordinary kernel, started
from nothing. Both say the same.
"""

from __future__ import annotations

import logging
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import Empty
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_core.utils import run_sync

from aarsstatus import interruption
from aarsstatus.run import processes, temporary
from aarsstatus.run.copier import Copied
from aarsstatus.run.notebook import KERNEL

__all__ = ["kernel"]

_SILENT = logging.getLogger("aarsstatus.run.kernel")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False  # what it says of a kernel that does not start, is said in Danish
_KNOCK = 5
"""Milliseconds between two tries to reach a kernel; ZeroMQ's own are a hundred."""
_PATIENCE = 1.0
"""Seconds until a kernel that says nothing is asked again."""
_SHOWN = 0.2
"""Seconds from its answer until it is asked again, for what it showed may have been before somebody looked."""


class _Client(AsyncKernelClient):
    """A client that works as soon as the kernel does. Jupyter's own waits two or three tenths of a second more."""

    def _context_default(self) -> zmq.asyncio.Context:
        """Return a context that knocks often: a kernel that has just been started does not listen yet."""
        context = super()._context_default()
        context.setsockopt(zmq.RECONNECT_IVL, _KNOCK)
        return context

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers, and what it shows arrives.

        Jupyter takes whatever has been shown so far for a sign, and then waits for silence. Here it is what the kernel
        shows of this very question: all that comes after it will arrive, too.

        Raises
        ------
        RuntimeError
            If it dies, or takes longer than `timeout` seconds.
        """
        latest = time.monotonic() + (math.inf if timeout is None else timeout)
        asked: set[str] = set()
        while not await self._has_answered(asked):
            if not await self.is_alive():
                raise RuntimeError("the kernel died before it answered")
            if time.monotonic() > latest:
                raise RuntimeError("the kernel does not answer")

    async def _has_answered(self, asked: set[str]) -> bool:
        """Ask once more; whether the kernel answers one of the questions, and shows that it is done with one."""
        asked.add(self.kernel_info())
        try:
            while (await self.get_shell_msg(timeout=_PATIENCE))["parent_header"].get("msg_id") not in asked:
                pass
            while True:
                shown = await self.get_iopub_msg(timeout=_SHOWN)
                done = shown["content"].get("execution_state") == "idle"
                if done and shown["parent_header"].get("msg_id") in asked:
                    return True
        except Empty:
            return False


class _Kernel(AsyncKernelManager):
    """A kernel that is this interpreter, whatever kernels the machine or the user has registered."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401
        super().__init__(log=_SILENT, client_factory=_Client, **options)
        self._clients: list[AsyncKernelClient] = []

    def client(self, **options: Any) -> Any:  # noqa: ANN401
        """Return a client, and remember it."""
        self._clients.append(super().client(**options))
        return self._clients[-1]

    def close_clients(self) -> None:
        """Close what clients have open; whoever asked for them may not, and they would look for the kernel for ever."""
        for client in self._clients:
            client.stop_channels()
            client.context.destroy(linger=0)

    @property
    def kernel_spec(self) -> KernelSpec:
        """Return how the kernel is started."""
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", *processes.QUIET]
        return KernelSpec(argv=argv, **{key: KERNEL[key] for key in ("display_name", "language")})


class _Copy:
    """A copied process, with the names that `LocalProvisioner` knows of `subprocess.Popen`."""

    stdout = stderr = stdin = None

    def __init__(self, process: BaseProcess | Copied) -> None:
        self._process, self.pid = process, process.pid

    def poll(self) -> int | None:
        """Return the exit status, None while it runs."""
        return self._process.exitcode

    def wait(self) -> int | None:
        """Wait for its end, and return the exit status."""
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send a signal, if it still runs."""
        if self.pid is not None and self.poll() is None:
            with suppress(ProcessLookupError):  # it ended just now
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class _Copies(LocalProvisioner):
    """Starts a kernel as a copy of a process that has everything loaded."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:  # noqa: ANN401, ARG002
        """Start the kernel; `cmd` is how it would be started from nothing."""
        manager: Any = self.parent
        arguments = (manager.connection_file, str(kwargs["cwd"]), dict(kwargs["env"]))
        copy: Any = _Copy(processes.copy("be_kernel", *arguments))
        self.process = copy
        self.pid, self.pgid, self.cwd = copy.pid, None, kwargs["cwd"]  # its group is that of all copies
        return self.connection_info


@contextmanager
def kernel(folder: Path, *, copied: bool = processes.COPIES) -> Iterator[AsyncKernelManager]:
    """Start a kernel in a folder, and end it. It boots in the background.

    Parameters
    ----------
    folder
        The kernel's working folder.
    copied
        Whether it is a copy of a process that has everything loaded, or an ordinary kernel.
    """
    with temporary.folder(sockets=True) as own:
        manager = _Kernel(kernel_name=KERNEL["name"])
        if sys.platform != "win32":
            manager.transport = "ipc"
        manager.connection_file = str(own / "k.json")
        manager.shutdown_wait_time = 1.0
        if copied:
            manager.provisioner = _Copies(kernel_id="copy", kernel_spec=manager.kernel_spec, parent=manager)
        run_sync(manager.start_kernel)(
            cwd=str(folder), env=processes.environment() | {"IPYTHONDIR": str(own)},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        provisioner: Any = manager.provisioner
        process = provisioner.process
        try:
            with interruption.working(process):
                yield manager
        finally:
            try:
                run_sync(provisioner.kill)()
                process.wait()  # the manager would look every tenth of a second
                run_sync(manager.cleanup_resources)()
            finally:
                manager.close_clients()
