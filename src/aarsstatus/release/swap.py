"""Swap a finished folder in for the last one, and lose no file of the user's."""

from __future__ import annotations

import ctypes
import itertools
import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from aarsstatus.problems import BuildError
from aarsstatus.project import Project

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # of Linux's renameat2


def require_replaceable(target: Path, project: Project) -> None:
    """Check that nothing but an empty folder is at `target`.

    Raises
    ------
    BuildError
        If it is a file, or has something in it.
    """
    if not target.is_dir():
        if target.exists():
            raise BuildError(f"{project.name(target)}: der ligger en fil, hvor mappen skulle være; flyt den")
        return
    other = sorted(path.name for path in target.iterdir())
    if other:
        more = f" og {len(other) - 1} til" if len(other) > 1 else ""
        raise BuildError(
            f"{project.name(target)}: mappen har andet end en årsstatus ({other[0]}{more}), som ville blive slettet; "
            "flyt det, eller vælg en anden mappe med --output MAPPE"
        )


def keep_others(others: Mapping[Path, str], made: Path, project: Project) -> None:
    """Move the user's own files from the old folder to the new.

    It is there before the two change places, so that it is never lost: linked to where the disk can do that, for a
    film takes as long as a note, and copied elsewhere.

    Raises
    ------
    BuildError
        If the new folder has something by the same name.
    """
    for path, name in others.items():
        if (made / name).exists():
            raise BuildError(
                f"{project.name(path)}: ligger der i forvejen og er ikke lavet af årsstatus; "
                "flyt det, eller vælg en anden mappe med --output MAPPE"
            )
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, made / name, symlinks=True, copy_function=_link)
        else:
            _link(path, made / name)


def _link(path: str | Path, copy: str | Path) -> None:
    """Let a file have one more name, or be copied where it cannot have that."""
    try:
        os.link(path, copy, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copy2(path, copy, follow_symlinks=False)


def swap_aside(made: Path, target: Path) -> Path:
    """Swap a folder in for one that may be the user's; return where that lies now."""
    names = (target.with_name(f"{target.name}.gemt-{number}") for number in itertools.count(1))
    aside = next(name for name in names if not name.exists())
    _move_in(made, target, aside)
    return aside


def swap_in(made: Path, target: Path) -> None:
    """Put a finished folder in the place of the last one, which is taken away.

    Linux exchanges the two in one step, so that there is always a whole one. Elsewhere the last one is moved aside
    first, and moved back if the new one cannot take its place.
    """
    old = made
    if not target.exists():
        made.rename(target)
    elif not _exchange(made, target):
        old = target.with_name(f"{made.name}-old")
        _move_in(made, target, old)
    shutil.rmtree(old, ignore_errors=True)


def _move_in(made: Path, target: Path, aside: Path) -> None:
    """Move a folder aside and another into its place, or move nothing."""
    try:
        target.rename(aside)
        made.rename(target)
    except BaseException:
        if not target.exists():
            aside.rename(target)
        raise


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change names in one step; return whether the system could."""
    if sys.platform != "linux":
        return False
    with suppress(AttributeError, OSError):  # another C library, or an older one
        rename = ctypes.CDLL(None, use_errno=True).renameat2
        return bool(rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0)
    return False
