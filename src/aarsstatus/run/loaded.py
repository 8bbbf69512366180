"""What a process that executes a notebook or builds a year has loaded, once, before it is copied; and being a kernel.

Importing this starts no thread, no socket and no loop: those do not survive in a copy.
"""
# ruff: noqa: F401, E402 - loaded to be there, in an order that matters

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

gc.disable()  # all that is loaded stays: looking through it for garbage takes a tenth of the time
sys.modules.setdefault("debugpy", None)  # type: ignore[arg-type]
# Nobody debugs in a build; a kernel that finds a debugger spends a fifth of its start on it.

import xml.dom.minidom

import ipykernel.ipkernel
import ipykernel.kernelapp
import ipykernel.zmqshell
import IPython.core.completerlib
import IPython.core.debugger
import IPython.core.oinspect
import matplotlib.backends.backend_agg
import matplotlib.backends.backend_svg
import tornado.platform.asyncio
import z3

import aarsstatus.audit.quality
import aarsstatus.report.charts
import aarsstatus.report.cover
import aarsstatus.report.notat
import aarsstatus.report.quality_report
import aarsstatus.report.show
from aarsstatus.figures.table import build_figures
from aarsstatus.inputs.data import read_data
from aarsstatus.project import Project
from aarsstatus.run import processes

__all__ = ["be_kernel"]

if ahead := os.environ.pop(processes.READ_AHEAD, None):
    with suppress(Exception):  # whatever is wrong with it, the build reads it too and says so
        newest, _, folder = ahead.partition(" ")
        build_figures(read_data(Project(Path(folder))), int(newest))
gc.freeze()  # nor do copies look through it, which would also copy the pages it lies on
gc.enable()


def be_kernel(connection_file: str, folder: str, environment: Mapping[str, str]) -> None:
    """Be a kernel, in a copied process.

    Parameters
    ----------
    connection_file
        What jupyter_client wrote: where to listen.
    folder
        The working folder.
    environment
        The environment variables, all of them.
    """
    processes.become(environment, folder)
    gc.disable()  # it lives for a second or two
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)  # what it shows, it sends; what it says when it dies is not for an analyst
    os.dup2(silence, 2)
    options = [f"--IPKernelApp.parent_handle={os.getppid()}", *processes.QUIET]
    ipykernel.kernelapp.IPKernelApp.launch_instance(argv=["-f", connection_file, *options])
