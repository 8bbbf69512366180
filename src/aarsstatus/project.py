"""Find a project's folders, and name files in messages and lineage."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from aarsstatus.problems import InputError, Problem

FIRST_YEAR, LAST_YEAR = 2000, 2200
"""The years that there may be an årsstatus for."""

_YEAR = re.compile(r"[0-9]{4}")
_MARKS = ("_quarto.yml", "params", "data")


@dataclass(frozen=True, slots=True)
class Project:
    """Name the folders of a project with the report's inputs.

    Every path below it is named relative to it, so no machine leaks out.
    """

    root: Path

    @property
    def params(self) -> Path:
        """One YAML file a year."""
        return self.root / "params"

    def params_of(self, year: int) -> Path:
        """Return the file with a year's parameters."""
        return self.params / f"{year}.yml"

    @property
    def data(self) -> Path:
        """The tidy CSV files."""
        return self.root / "data"

    @property
    def notebooks(self) -> Path:
        """The notebooks that Papermill executes."""
        return self.root / "notebooks"

    @property
    def extension(self) -> Path:
        """The Quarto extension: templates, stylesheet, fonts and filters of both engines."""
        return self.root / "_extensions" / "notat"

    @property
    def output(self) -> Path:
        """Where finished reports go unless told otherwise."""
        return self.root / "output"

    def name(self, path: Path) -> str:
        """Return a file's name in messages and lineage: relative to the project.

        It has forward slashes on every system.
        """
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            pass
        try:
            return path.resolve().relative_to(self.root.resolve()).as_posix()
        except (ValueError, OSError, RuntimeError):  # elsewhere, or a loop of links
            return path.name

    def years(self) -> list[int]:
        """Return the years that have a file in ``params/``, oldest first."""
        return sorted(int(path.stem) for path in self.params.glob("*.yml") if _YEAR.fullmatch(path.stem))

    def newest(self) -> int:
        """Return the newest year that has parameters.

        Raises
        ------
        InputError
            If there is none.
        """
        years = self.years()
        if not years:
            raise InputError(Problem("params/", "der er ingen parametre for noget år", expected="params/ÅÅÅÅ.yml"))
        return years[-1]


def find_project(start: Path | None = None) -> Project:
    """Find the project that `start` (default: the current folder) lies in.

    Raises
    ------
    InputError
        If neither it nor any folder above holds ``_quarto.yml``, ``params/`` and ``data/``, or nothing can name it.
    """
    here = Path(os.path.normpath((start or Path.cwd()).absolute()))  # a drive's letter stays, so no `resolve`
    if not is_nameable(here):
        raise InputError(Problem(str(here), "mappens navn er ikke skrevet i UTF-8; giv den et andet"))
    for folder in (here, *here.parents):
        if all((folder / mark).exists() for mark in _MARKS):
            return Project(folder)
    raise InputError(
        Problem(
            here.name or str(here),
            "mappen er ikke en del af et årsstatus-projekt",
            expected="en mappe med _quarto.yml, params/ og data/",
        )
    )


def is_nameable(path: Path) -> bool:
    """Tell whether a path can be written into a file, as one that is no UTF-8 cannot."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True
