"""Check what the system allows this process, before anything is begun."""

from __future__ import annotations

import sys

from aarsstatus.problems import BuildError

if sys.platform != "win32":
    import resource

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
