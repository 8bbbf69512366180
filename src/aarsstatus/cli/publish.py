"""Record a notat as issued, or declare a correction of it: ``aarsstatus publish``."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import cast

import nbformat

from aarsstatus.audit.check import doubts, problems
from aarsstatus.audit.errata import to_declare
from aarsstatus.audit.quality import open_quality
from aarsstatus.build import Options, Progress, build
from aarsstatus.bundle import write_bundle
from aarsstatus.cli import DONE, FINDINGS, a_date, a_path, a_year, path_from_here, steps
from aarsstatus.inputs import REPLACED, read_year
from aarsstatus.inputs.csvfile import swap_in
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.params import Params
from aarsstatus.inputs.schema import PUBLISHED
from aarsstatus.problems import InputError, Problem
from aarsstatus.project import Project, find_project
from aarsstatus.release import publishing
from aarsstatus.release.manifest import input_hashes
from aarsstatus.release.reading import Finished, open_finished
from aarsstatus.render import Choice
from aarsstatus.text import unfit

DESCRIPTION = (
    "Skriver hvert tal, som det byggede notat viser, i data/published.csv, laver notatet uden UDKAST og gemmer det\n"
    "som en pakke i udgivet/. Herefter viser notatet de tal, hvad der end sker med data. Et tal rettes ved at rette\n"
    "grundlaget, skrive hvorfor med --correct, bygge igen og offentliggøre igen."
)
EXAMPLES = """\
aarsstatus publish 2026 --date 12-03-2027
aarsstatus publish 2026 --date 12-03-2027 --issued udsendt.docx
aarsstatus publish 2026 --date 24-03-2027 --correct "Et af måltallene var et andet\""""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("year", type=a_year, metavar="ÅR", help="året")
    parser.add_argument(
        "--date", type=a_date, required=True, metavar="DATO",
        help="hvornår notatet sendes ud; med --correct den dato, det rettede notat skal have",
    )  # fmt: skip
    parser.add_argument(
        "--issued",
        type=a_path,
        metavar="FIL",
        help="notatet, som det blev sendt ud (Word eller PDF): sig, hvad der er anderledes",
    )
    parser.add_argument(
        "--correct", metavar="GRUND", help="erklær en rettelse af det offentliggjorte, og skriv hvorfor"
    )


def run(arguments: argparse.Namespace) -> int:
    """Publish a year's notat, or declare a correction of it."""
    project, year = find_project(), arguments.year
    params, data = read_year(project, year)
    if origin := data.read_from(year):
        raise InputError(_problem(project, params, f"tallene er læst i {origin}", "et år med sit eget notat"))
    _require_date(params, arguments.date)
    if arguments.correct is not None:
        return _correct(project, params, arguments.date, arguments.correct)
    if params.notat is not None:
        raise InputError(_problem(project, params, "notatet er offentliggjort", "--correct GRUND for at rette et tal"))
    build_ = _current_build(project, params, data)
    told = publishing.differences(build_, arguments.issued) if arguments.issued else []
    with steps(str(year), quiet=False) as step:
        kept = _publish(project, params, data, build_, arguments.date, step)
    for line in told:
        print(f"anderledes i {path_from_here(arguments.issued)}: {line}")
    print(f"{year}: offentliggjort; send filerne i {path_from_here(project.output / str(year))} ud")
    print(f"gemt: {path_from_here(kept)}")
    return FINDINGS if told else DONE


def _require_date(params: Params, day: date) -> None:
    """Refuse a day before the notat's own, or before the year had ended."""
    first = max(params.document.date or date(params.year + 1, 1, 1), date(params.year + 1, 1, 1))
    if day < first:
        raise InputError(
            Problem("--date", "datoen er før notatets egen", found=str(day), expected=f"{first} eller senere")
        )


def _problem(project: Project, params: Params, message: str, expected: str) -> Problem:
    """Return what is wrong with a year's state."""
    return Problem(project.name(project.params_of(params.year)), message, expected=expected)


def _current_build(project: Project, params: Params, data: Data) -> Finished:
    """Return the build to publish: unaltered, of the present inputs, no findings."""
    if found := [*problems(project, params.year), *doubts(project, params, data, targets=False)]:
        raise InputError(found)
    made = open_finished(str(params.year), project)
    options = made.manifest.options
    own = options.compare in {None, params.comparison_year} and options.figures == "published"
    if not own or made.altered() or made.manifest.inputs != input_hashes(project, params.year):
        message = "det byggede notat er ikke lavet af det, der ligger i params/ og data/ nu"
        raise InputError(Problem(made.name, f"{message}; kør aarsstatus build {params.year}, og så publish igen"))
    return made


def _publish(project: Project, params: Params, data: Data, made: Finished, day: date, step: Progress) -> Path:
    """Record the printed numbers, make the final notat and keep it, or do nothing."""
    year, notat = params.year, f"notat-{params.year}"
    kept = _place_to_keep(project, params)
    rows = publishing.printed_rows(_notebook(made), params, data, made.figures)
    path, table = project.params_of(year), project.data / PUBLISHED.file
    before = {path: path.read_bytes(), table: table.read_bytes()}
    text = before[path].decode()
    swap_in(
        project,
        {
            table: publishing.with_published(project, notat, rows),
            path: publishing.published_params(text, project.name(path), notat, day),
        },
    )
    try:
        publishing.keep_data(project, notat)
        _require_explained(project, year)
        options = Options(engine=cast("Choice", made.manifest.engine.name), formats=made.manifest.options.formats)
        build(project, year, options, step)
        issued = open_finished(str(year), project)
        _require_same(made, issued)
        kept.parent.mkdir(exist_ok=True)
        return write_bundle(issued, kept, project.extension)
    except BaseException:
        publishing.drop_data(project, notat)
        swap_in(project, before)
        raise


def _place_to_keep(project: Project, params: Params) -> Path:
    """Return where a published notat is kept; one that is there was sent out."""
    suffix = f"-rettet-{len(params.corrections)}" if params.corrections else ""
    kept = project.root / "udgivet" / f"notat-{params.year}{suffix}.zip"
    if kept.exists():
        message = (
            "det notat, der blev sendt ud, ligger der og bliver ikke skrevet over; flyt det først, hvis det ikke gælder"
        )
        raise InputError(Problem(project.name(kept), message))
    return kept


def _notebook(made: Finished) -> nbformat.NotebookNode:
    """Return the executed notat of a build, or refuse a damaged one."""
    try:
        notebook: nbformat.NotebookNode = nbformat.reads(made.outputs["notat.ipynb"].decode(), as_version=4)
    except (KeyError, ValueError, RecursionError, AttributeError):
        message = "den udførte notebook mangler eller er beskadiget"
        raise InputError(
            Problem(f"{made.name}/notat.ipynb", message, expected="build --force, og så publish igen")
        ) from None
    return notebook


def _require_explained(project: Project, year: int) -> None:
    """Refuse a notat with other contradictions than ``errata.yml`` explains."""
    found = open_quality(year, project=project.root).findings
    if found.undeclared:
        print("Er tallet vedtaget sådan, så sæt dette ind nederst i data/errata.yml, og skriv årsagen efter cause:\n")
        print("\n".join(map(to_declare, found.undeclared)))
    problems = [Problem(f"{row.source}, {row.place}", row.reason) for row in found.undeclared]
    why = "forklaringen passer ikke længere og skal rettes eller slettes: "
    problems += [Problem(one.erratum.file, why + one.why, one.erratum.line) for one in found.stale]
    if problems:
        raise InputError(problems)


def _require_same(made: Finished, issued: Finished) -> None:
    """Refuse to send out a notat with other numbers than those that were looked at."""
    if moved := [id_ for id_, one in made.figures.items() if issued.figures[id_].shown != one.shown]:
        raise InputError(Problem(issued.name, "notatet viser ikke de tal, der blev bygget", found=moved[0]))


def _correct(project: Project, params: Params, day: date, reason: str) -> int:
    """Declare a correction: the notat is a draft again, and says what it replaces."""
    if params.notat is None or params.published is None:
        how = "aarsstatus publish uden --correct" if params.notat is None else "fejl i det står i data/errata.yml"
        raise InputError(_problem(project, params, "notatet er ikke offentliggjort med aarsstatus publish", how))
    if why := unfit(reason.strip(), drawn=True) or ("" if reason.strip() else "hvorfor der rettes"):
        raise InputError(Problem("--correct", "årsagen kan ikke bruges", found=reason, expected=why))
    if day < params.published:
        message = "datoen er før det notat, der rettes"
        raise InputError(Problem("--date", message, found=str(day), expected=f"{params.published} eller senere"))
    path, table = project.params_of(params.year), project.data / PUBLISHED.file
    replaced = f"{params.notat}{REPLACED}{len(params.corrections) + 1}"
    before = {path: path.read_bytes(), table: table.read_bytes()}
    text = before[path].decode()
    swap_in(
        project,
        {
            table: publishing.with_replaced(project, params.notat, replaced),
            path: publishing.corrected_params(text, project.name(path), params, reason, day),
        },
    )
    try:
        read_year(project, params.year)
    except InputError:  # written by hand in a way that we do not know
        swap_in(project, before)
        raise
    publishing.drop_data(project, params.notat)
    print(f"{params.year}: rettelsen er skrevet i {project.name(path)}; notatet er igen et udkast")
    print(f"Nu: aarsstatus build {params.year}, se efter, og så aarsstatus publish {params.year} --date {day:%d-%m-%Y}")
    return DONE
