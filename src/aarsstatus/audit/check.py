"""Find all that is wrong with a year's inputs and the fonts: `check`.

What cannot be read or is missing are `problems`: no notat can be made of it. What can be read and breaks a rule, such
as an administration with more persons than the whole city, are `doubts`: somebody has to look, and may be content.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

from fontTools.ttLib import TTLibError
from fontTools.ttLib.sfnt import SFNTReader

from aarsstatus.audit.errata import read_errata
from aarsstatus.audit.input_rules import check_figures
from aarsstatus.audit.quality import parted
from aarsstatus.files import irregular
from aarsstatus.inputs import read_data, read_year
from aarsstatus.inputs.aliases import read_limits, read_names
from aarsstatus.inputs.checks import unanswered
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.new_year import unfilled
from aarsstatus.inputs.params import Params
from aarsstatus.privacy import mask, scan_files
from aarsstatus.problems import InputError, Problem
from aarsstatus.project import Project

FONTS = (
    *(f"OpenSans-{weight}.ttf" for weight in ("Regular", "Semibold", "Bold", "Italic")),
    *(f"OpenSans-{weight}.woff2" for weight in ("Regular", "Semibold", "Bold")),
)
"""For charts, PDF and Word, and for web pages."""
_MOST_BYTES = 8 << 20


def problems(project: Project, year: int) -> list[Problem]:
    """Return every problem with a year's parameters and data; write nothing."""
    found = unfilled(project, year)
    told = {(problem.file, problem.line) for problem in found}
    for read in (lambda: read_year(project, year), lambda: read_errata(project)):
        found += [one for one in _problems(read) if (one.file, one.line) not in told or not one.line]
    found += _problems(lambda: _read_names_and_limits(project, year))
    return [
        *found,
        *_font_problems(project),
        *scan_files([*sorted(project.params.glob("*.yml")), *sorted(project.data.glob("[!.]*.*"))], project.root),
    ]


def doubts(project: Project, params: Params, data: Data, *, targets: bool = True) -> list[Problem]:
    """Return what breaks a rule in the inputs of a year not yet published.

    A published year is as it was printed; what contradicts itself there is explained in ``data/errata.yml``. Targets
    may be adopted so that they do not add up: without `targets` they are left to the audit of what is printed.
    """
    found = [
        Problem(f"{row.source}, {row.place}", f"notatet viser stadig det, der blev offentliggjort: {row.reason}")
        for row in parted(project, params, data)
    ]
    if params.notat is not None:
        return found
    if not params.document.date and not data.read_from(params.year):
        name, expected = project.name(project.params_of(params.year)), f"fx {params.year + 1}-03-10"
        found.append(Problem(name, "notatet har ingen dato", column="document.date", expected=expected))
    for finding in check_figures(data, params.year):
        if finding.kind == "contradicted" and (targets or not finding.id.endswith(".target")):
            file, _, line = finding.source.rpartition(":")
            found.append(Problem(file, finding.text.removesuffix("."), int(line)))
    return [*found, *unanswered(params, data)]


def left_over(project: Project, params: Params) -> list[Problem]:
    """Return leftover files with persons, or of failed builds, of a published year."""
    if params.notat is None or params.year != project.newest():
        return []
    with_persons = [*(project.data / "raw").rglob("*"), *project.data.glob("*.afviste.csv")]
    found = [path for path in [*with_persons, *project.output.glob("*.fejlet.ipynb")] if path.is_file()]
    expected = f"at filen bliver slettet, når årsstatus {params.year} er offentliggjort"
    return [Problem(mask(project.name(path)), "filen ligger der stadig", expected=expected) for path in sorted(found)]


def _read_names_and_limits(project: Project, year: int) -> None:
    """Read what ``ingest`` reads besides the data."""
    try:
        data = read_data(project)
    except InputError:
        return
    read_names(project, data, year)
    read_limits(project, data)


def _problems(read: Callable[[], object]) -> list[Problem]:
    """Return the problems that reading something raises."""
    try:
        read()
    except InputError as error:
        return list(error.problems)
    return []


def require_fonts(project: Project) -> None:
    """Refuse fonts that are missing or damaged."""
    if found := _font_problems(project):
        raise InputError(found)


def _font_problems(project: Project) -> list[Problem]:
    found = []
    for path in (project.extension / "fonts" / name for name in FONTS):
        why = irregular(path, _MOST_BYTES)
        if why is None and not _is_whole(path):
            why = "skriften er beskadiget"
        if why is not None:
            found.append(Problem(project.name(path), why, expected="filen, som den fulgte med programmet"))
    return found


def _is_whole(path: Path) -> bool:
    """Tell whether each table of a font has its sum, or a web font its length."""
    with path.open("rb") as font:
        try:
            if path.suffix == ".woff2":
                return bool(struct.unpack_from(">I", font.read(), 8)[0] == path.stat().st_size)
            reader = SFNTReader(font, checkChecksums=2)
            return all(map(reader.__getitem__, reader.tables))
        except (AssertionError, TTLibError, struct.error):  # a wrong sum, or it ends too early
            return False
