"""What a process that executes a notebook or builds a year needs: loaded once by `processes`, then copied.

Only imports, and none that starts a thread, a socket or a loop: those do not survive in a copy.
"""
# ruff: noqa: F401 - loaded to be there

import ipykernel.ipkernel
import ipykernel.kernelapp
import ipykernel.zmqshell
import matplotlib.backends.backend_agg
import matplotlib.backends.backend_svg

import aarsstatus.charts
import aarsstatus.cover
import aarsstatus.notebook
import aarsstatus.quality
import aarsstatus.quality_tables

__all__: list[str] = []
