"""Build a year's report beside its output folder, and swap it in whole.

Everything happens in a scratch folder beside the output. What was there before stays until the new build is whole;
when something fails it stays for good, and the executed notebook is kept beside it with the cell that failed. Where
only the look or the formats differ from the last build, its executed notebooks are rendered anew and not executed.
"""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from aarsstatus.files import alone, being_made, require_closed, require_writable, scratch
from aarsstatus.inputs import read_year
from aarsstatus.inputs.checks import unanswered
from aarsstatus.problems import BuildError, InputError, reason
from aarsstatus.project import Project
from aarsstatus.release import cache, manifest
from aarsstatus.release.archive import keep
from aarsstatus.release.swap import keep_others, require_replaceable, swap_aside, swap_in
from aarsstatus.render import Choice, Engine, choose
from aarsstatus.render.embedded import FORMATS, Format
from aarsstatus.run import temporary

Progress = Callable[[str], None]
Did = Literal["nothing", "rendered", "everything"]
_FULL = 1 << 20
"""Bytes: a disk that has fewer left is full."""


@dataclass(frozen=True, slots=True)
class Options:
    """Say how a report is built.

    `compare` None takes the comparison year that the parameters name.
    """

    compare: int | None = None
    engine: Choice = "auto"
    formats: tuple[Format, ...] = FORMATS
    figures: Literal["published", "recomputed"] = "published"
    output: Path | None = None
    force: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """Hold a build's result: its place, files, engine and time, and what was done.

    `remarks` is what a person who publishes it has to know of the engine, and what breaks a rule in the data.
    """

    year: int
    folder: Path
    files: tuple[str, ...]
    engine: str
    seconds: float
    did: Did
    remarks: tuple[str, ...] = ()


def build(project: Project, year: int, options: Options, progress: Progress = lambda _: None) -> Result:
    """Build one year's report.

    `progress` is called with a Danish line as each step begins.

    Raises
    ------
    InputError
        If parameters or data have problems; nothing has been written.
    BuildError
        If the notebook or a renderer fails; the last good build is untouched.
    """
    result = _build(project, year, options, progress)
    _write_overview(project, [result], options)
    return result


def build_years(
    project: Project, years: Sequence[int], options: Options, progress: Progress = lambda _: None
) -> Iterator[Result | InputError | BuildError]:
    """Build several years in turn, and yield what each came to.

    One that fails does not stop the others.
    """
    results = []
    try:
        for done, year in enumerate(years):
            if len(years) > 1:
                progress(f"Bygger {len(years)} år; {done} er færdige, nu {year}")
            try:
                results.append(_build(project, year, options, progress))
                yield results[-1]
            except (InputError, BuildError) as error:
                yield error
    finally:
        _write_overview(project, results, options)  # once for all: each page reads every year


def _build(project: Project, year: int, options: Options, progress: Progress) -> Result:
    """Build one year, but for the page that leads to every year."""
    started = time.perf_counter()
    engine = choose(options.engine, project.root)
    target = _target(project, year, options)
    asked = {"compare": options.compare, "figures": options.figures, "formats": list(options.formats)}
    made_from = manifest.describe(project, year, asked, engine.identity())
    did: Did = "nothing"
    remarks = engine.remarks
    if options.force or not cache.is_current(target, made_from):
        did, doubts = _make(project, year, options, engine, target, made_from, progress)
        remarks += doubts
    else:
        remarks += tuple(map(str, unanswered(*read_year(project, year))))
    seconds, written = time.perf_counter() - started, manifest.read(target)
    files = sorted({manifest.NAME, *written.outputs}) if written else []
    return Result(year, target, tuple(files), written.engine.version if written else "", seconds, did, remarks)


def _make(
    project: Project,
    year: int,
    options: Options,
    engine: Engine,
    target: Path,
    made_from: Mapping[str, Any],
    progress: Progress,
) -> tuple[Did, tuple[str, ...]]:
    """Make a year's output folder; return what was done, and doubts about the data."""
    # What is done already needs none of these, and they take a second to load.
    from aarsstatus.diff.page import write_comparison  # noqa: PLC0415 - see above
    from aarsstatus.outputs import Outputs, read_inputs  # noqa: PLC0415 - see above

    require_writable(target.parent, project)
    if not manifest.is_ours(target):
        require_replaceable(target, project)
    theirs = (path for path in target.rglob("*") if not path.name.startswith("~$"))  # Word notes so who has a document
    require_closed((target.parent / cache.OVERVIEW, *theirs), project)
    progress("Læser parametre og data")
    notat, audited, doubts = read_inputs(project, year, options.compare, options.figures)
    failed = target.with_name(f"{target.name}.fejlet.ipynb")

    with (
        _failure_explained(project, target),
        alone(target, lambda: progress(f"Venter: {year} bliver lavet af en anden kørsel")),
    ):
        if not options.force and cache.is_current(target, made_from):
            return "nothing", doubts  # the other one has just made it
        executed = None if options.force else cache.executed_with(target, made_from)
        with scratch(target) as made:
            Outputs(project, notat, audited, options.formats, engine, made, failed).write(executed, progress)
            keep(project, year, made_from["inputs"], made)
            progress("Ser efter, hvad der er ændret siden sidst")
            described = {**made_from, "engine": {"name": engine.name, "version": engine.version()}}
            manifest.write(made, described, notat.parameters(), project)
            if write_comparison(target, made, described, project.extension):
                manifest.write(made, described, notat.parameters(), project)  # it has another file, and one is other
            failed.unlink(missing_ok=True)
            doubts += _publish(project, made, target)
        return "everything" if executed is None else "rendered", doubts


def _publish(project: Project, made: Path, target: Path) -> tuple[str, ...]:
    """Put a build in the place of the last one; return where that was kept.

    What is not known to be ours is never deleted. Where the manifest cannot be read nobody knows, so all of it is kept.
    """
    if target.exists() and manifest.read(target) is None and any(target.iterdir()):
        aside = _place(project, swap_aside(made, target))
        said = f"det, der lå i {_place(project, target)}, er lavet af en anden udgave eller beskadiget"
        return (f"{said} og er flyttet til {aside}",)
    others = manifest.others(target) if target.exists() else {}
    keep_others(others, made, project)
    swap_in(made, target)
    altered = {path.name: name for path, name in others.items() if path.name != name}
    return tuple(f"{old} var rettet i hånden; den rettede er gemt som {new}" for old, new in altered.items())


def _target(project: Project, year: int, options: Options) -> Path:
    """Return the folder that a year is published in.

    Of a link, it is where the link leads, so that the link stays.
    """
    target = (options.output or project.output) / str(year)
    return target.resolve() if target.is_symlink() else target


def _write_overview(project: Project, results: Sequence[Result], options: Options) -> None:
    """Write the page that leads to every year, if it is of other builds than these."""
    output = options.output or project.output
    if not results or cache.is_overview_current(output):
        return
    os.environ["MPLCONFIGDIR"] = temporary.for_matplotlib()  # it reads this as it is loaded
    from aarsstatus.release.index import write_index  # noqa: PLC0415 - it draws, and that takes a second to load

    try:
        write_index(output, project.extension)
    except OSError as error:
        where = _place(project, output / cache.OVERVIEW)
        done = f"{_place(project, results[0].folder)} er i orden"
        raise BuildError(f"{where}: siden kan ikke skrives: {reason(error)}\n{done}") from None


@contextmanager
def _failure_explained(project: Project, target: Path) -> Iterator[None]:
    """Say of a build that fails why, and what lies in the output folder now."""
    try:
        yield
    except (OSError, BuildError) as error:
        why = _why(project, target, error)
        stands = (
            f"det seneste færdige notat i {_place(project, target)} er urørt"
            if manifest.read(target)
            else f"der ligger ikke noget færdigt notat i {_place(project, target)}"
        )
        raise BuildError(f"{why}\n{stands}") from None


def _why(project: Project, target: Path, error: OSError | BuildError) -> str:
    """Return why a build failed.

    On a full disk anything may fail, in any words, so that is looked for first.
    """
    place = min((target.parent, temporary.own()), key=lambda folder: shutil.disk_usage(folder).free)
    if shutil.disk_usage(place).free < _FULL:
        error = OSError(errno.ENOSPC, "", str(place))
    if isinstance(error, BuildError):
        return str(error)
    path = Path(error.filename2 or error.filename or target)  # of a copy, the one that was being made
    inside = path != target.parent and path.is_relative_to(target.parent)
    if inside and (error.errno == errno.ENOSPC or path.is_relative_to(being_made(target))):
        path = target.parent  # a file that nobody knows: it was being made, and is gone
    return f"{_place(project, path)}: {reason(error)}"


def _place(project: Project, path: Path) -> str:
    """Return a place's name in messages: in full where it is not in the project."""
    return project.name(path) if path.is_relative_to(project.root) else str(path)
