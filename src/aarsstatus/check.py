"""All that is wrong with a year's inputs, of every file, at once: ``aarsstatus check``."""

from __future__ import annotations

from collections.abc import Callable

from aarsstatus import fonts
from aarsstatus.errata import read_errata
from aarsstatus.extracts.aliases import read_limits, read_names
from aarsstatus.inputs import read_data, read_year
from aarsstatus.personal import scan_files
from aarsstatus.problems import InputError, Problem
from aarsstatus.project import Project
from aarsstatus.scaffold import unfilled

__all__ = ["problems"]


def problems(project: Project, year: int) -> list[Problem]:
    """Return every problem with one year's parameters and with the files in ``data/``; nothing is written.

    Parameters
    ----------
    project, year
        What is looked at.
    """
    found = unfilled(project, year)
    told = {(problem.file, problem.line) for problem in found}
    errata = project.data / "errata.yml"
    for read in (lambda: read_year(project, year), lambda: read_errata(errata, project.name(errata))):
        found += [one for one in _problems(read) if (one.file, one.line) not in told or not one.line]
    found += _problems(lambda: _read_names_and_limits(project))
    return [
        *found,
        *fonts.problems(project),
        *scan_files([*sorted(project.params.glob("*.yml")), *sorted(project.data.glob("*.*"))], project.root),
    ]


def _read_names_and_limits(project: Project) -> None:
    """Read what ``ingest`` reads besides the data; where the data cannot be read, that has been told."""
    try:
        data = read_data(project)
    except InputError:
        return
    read_names(project, data)
    read_limits(project, data)


def _problems(read: Callable[[], object]) -> list[Problem]:
    """Return the problems that reading something raises."""
    try:
        read()
    except InputError as error:
        return list(error.problems)
    return []
