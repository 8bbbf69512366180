"""All that is wrong with a year's inputs, of every file, at once: ``aarsstatus check``.

What cannot be read or is missing are `problems`: no notat can be made of it. What can be read and breaks a rule, such
as an administration with more persons than the whole city, are `doubts`: somebody has to look, and may be content.
"""

from __future__ import annotations

from collections.abc import Callable

from aarsstatus.audit import check_figures, fonts
from aarsstatus.audit.errata import read_errata
from aarsstatus.inputs import read_data, read_year
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.params import Params
from aarsstatus.inputs.unfilled import unfilled
from aarsstatus.privacy import scan_files
from aarsstatus.problems import InputError, Problem
from aarsstatus.project import Project

__all__ = ["doubts", "problems", "require_filled"]


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


def require_filled(project: Project, year: int) -> None:
    """See that nobody makes a notat of what `new` left to be filled in.

    Raises
    ------
    InputError
        With every place that has not been.
    """
    if found := unfilled(project, year):
        raise InputError(found)


def doubts(project: Project, params: Params, data: Data) -> list[Problem]:
    """Return what breaks a rule in the inputs of a year that is not published yet, or is left out of its parameters.

    A published year is as it was printed; what contradicts itself there is explained in ``data/errata.yml``.
    """
    if params.notat is not None:
        return []
    found = [] if params.document.date else [_without_date(project, params)]
    for finding in check_figures(data, params.year):
        if finding.kind == "contradicted":
            file, _, line = finding.source.rpartition(":")
            found.append(Problem(file, finding.text.removesuffix("."), int(line)))
    return found


def _without_date(project: Project, params: Params) -> Problem:
    """Say of a notat that it has no date."""
    name = project.name(project.params / f"{params.year}.yml")
    return Problem(name, "notatet har ingen dato", column="document.date", expected=f"fx {params.year + 1}-03-10")


def _read_names_and_limits(project: Project) -> None:
    """Read what ``ingest`` reads besides the data; where the data cannot be read, that has been told."""
    from aarsstatus.extracts.aliases import read_limits, read_names  # noqa: PLC0415 - a build asks for doubts alone

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
