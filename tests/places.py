"""Where a command may find itself, made in its own process and seen by nobody else: see `quick_commands.Around`."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypandoc

REFUSED = 77
"""The exit status of a command for which the machine makes no such place."""
_MOUNTS, _NETWORK, _DROP = 0x00020000, 0x40000000, 24
"""CLONE_NEWNS, CLONE_NEWNET and PR_CAPBSET_DROP, as Linux numbers them."""


def _asked(call: str, *arguments: object) -> None:
    """Ask the system for something, and end this process if it refuses."""
    if getattr(ctypes.CDLL(None), call)(*arguments):
        os._exit(REFUSED)


def _mount(*arguments: str | Path) -> None:
    if subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode:
        os._exit(REFUSED)


def _own_mounts(more: int = 0) -> None:
    _asked("unshare", _MOUNTS | more)
    _mount("--make-rprivate", "/")


@contextmanager
def on_a_small_disk(place: Path, kilobytes: int, after: Path) -> Iterator[None]:
    """Have a folder, with what lies in it, on a disk of so many kilobytes, and copy to `after` what lies there in the end."""
    kept = after.with_name("før")
    shutil.copytree(place, kept, symlinks=True)
    _own_mounts()
    _mount("-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", place)
    shutil.copytree(kept, place, symlinks=True, dirs_exist_ok=True)
    try:
        yield
    finally:
        shutil.copytree(place, after, symlinks=True)


@contextmanager
def in_a_folder_for_reading(folder: Path) -> Iterator[None]:
    """Have a folder only for reading, and no network."""
    _own_mounts(_NETWORK)
    _mount("--bind", folder, folder)
    _mount("-o", "remount,ro,bind", folder)
    os.chdir(folder)
    yield


@contextmanager
def without_roots_rights() -> Iterator[None]:
    """May read and write only what the files say: take from root, and from all that is started, the right to all."""
    if os.geteuid() == 0:
        rights = [1, 2]  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        for right in rights:
            _asked("prctl", _DROP, right, 0, 0, 0)
        header = (ctypes.c_uint32 * 2)(0x20080522, 0)
        sets = (ctypes.c_uint32 * 6)()
        _asked("capget", header, sets)
        for at in range(3):
            sets[at] &= ~sum(1 << right for right in rights)
        _asked("capset", header, sets)
    yield


@contextmanager
def another_pandoc(folder: Path) -> Iterator[None]:
    """Find the package with pandoc in another folder."""
    pypandoc.__file__ = str(folder / "pypandoc" / "__init__.py")
    yield
