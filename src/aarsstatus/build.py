"""A build: what is done already is left alone; the rest is made beside the output and swapped in at once.

Everything happens in a scratch folder beside the output. What was there before stays until the new build is whole;
when something fails it stays for good, and the executed notebook is kept beside it with the cell that failed. Where
only the look or the formats differ from the last build, its executed notebooks are rendered anew and not executed.
"""

from __future__ import annotations

import errno
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aarsstatus.problems import BuildError, InputError, reason
from aarsstatus.project import Project
from aarsstatus.release import manifest
from aarsstatus.release.archive import keep
from aarsstatus.render import FORMATS, Choice, Format, choose

__all__ = ["BuildError", "Did", "Options", "Result", "build", "build_years"]

Progress = Callable[[str], None]
Did = Literal["nothing", "rendered", "everything"]
_WAITING = "Venter:"
_FULL = 1 << 20
"""Bytes: a disk that has fewer left is full."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a report is built. `compare` None takes the comparison year that the parameters name."""

    compare: int | None = None
    engine: Choice = "auto"
    formats: tuple[Format, ...] = FORMATS
    figures: Literal["published", "recomputed"] = "published"
    output: Path | None = None
    force: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What a build came to: where it lies, its files, what rendered it, how long it took, and what was done.

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

    Parameters
    ----------
    project, year
        What to build.
    options
        How.
    progress
        Called with a Danish line as each step begins.

    Raises
    ------
    InputError
        If parameters or data have problems; nothing has been written.
    BuildError
        If the notebook or a renderer fails; the last good build is untouched.
    """
    result = _build(project, year, options, progress)
    _lead_to(project, [result], options)
    return result


def _build(project: Project, year: int, options: Options, progress: Progress) -> Result:
    """Build one year, but for the page that leads to every year."""
    started = time.perf_counter()
    engine = choose(options.engine, project.root)
    target = _target(project, year, options)
    made_from = manifest.describe(
        project,
        year,
        {"compare": options.compare, "figures": options.figures, "formats": list(options.formats)},
        engine.identity(),
    )
    did: Did = "nothing"
    doubtful: tuple[str, ...] = ()
    if options.force or not manifest.is_current(target, made_from):
        from aarsstatus.files import require_replaceable, require_writable  # noqa: PLC0415 - not if it is done already

        require_writable(target.parent, project)
        require_replaceable(target, manifest.NAME, project)
        progress("Læser parametre og data")
        from aarsstatus.audit import fonts  # noqa: PLC0415
        from aarsstatus.audit.check import doubts, require_filled  # noqa: PLC0415
        from aarsstatus.diff.previous import write_comparison  # noqa: PLC0415
        from aarsstatus.files import alone, keep_others, scratch, swap_in  # noqa: PLC0415
        from aarsstatus.inputs.data import read_year  # noqa: PLC0415
        from aarsstatus.produce import produce  # noqa: PLC0415
        from aarsstatus.report.notat import Notat  # noqa: PLC0415

        fonts.check(project)
        params, data = read_year(project, year, options.compare)
        require_filled(project, year)
        doubtful = tuple(map(str, doubts(project, params, data)))
        notat = Notat(params, data, options.figures)
        failed = _failed_notebook(target)
        waiting = f"{_WAITING} {year} bliver lavet af en anden kørsel"
        with _told(project, target), alone(target, lambda: progress(waiting)):
            named = {"name": engine.name, "version": engine.version()}
            if options.force or not manifest.is_current(target, made_from):  # another one may just have made it
                executed = None if options.force else manifest.executed_with(target, made_from)
                with scratch(target) as made:
                    produce(project, notat, options.formats, engine, made, failed, progress, executed)
                    keep(project, year, made_from["inputs"], made)
                    progress("Sammenligner med det, der lå der før")
                    write_comparison(target, made, made_from, project.extension)
                    manifest.write(made, made_from | {"engine": named}, notat.parameters(), project)
                    keep_others(manifest.others(target), made, project)
                    failed.unlink(missing_ok=True)
                    swap_in(made, target)
                did = "everything" if executed is None else "rendered"
    version, remarks = manifest.engine_version(target), (*engine.remarks(), *doubtful)
    return Result(year, target, manifest.files(target), version, time.perf_counter() - started, did, remarks)


def _target(project: Project, year: int, options: Options) -> Path:
    """Return the folder that a year is published in: where a link leads, so that the link stays."""
    target = _output(project, options) / str(year)
    return target.resolve() if target.is_symlink() else target


def _output(project: Project, options: Options) -> Path:
    """Return the folder that the years lie in."""
    return options.output or project.output


@contextmanager
def _told(project: Project, target: Path) -> Iterator[None]:
    """Say of a build that fails what lies in the output folder now, and of a system that refuses what it refused."""
    try:
        yield
    except (OSError, BuildError) as error:
        why = _refused(project, target, error)
        stands = (
            f"det seneste færdige notat i {_place(project, target)} er urørt"
            if manifest.read(target)
            else f"der ligger ikke noget færdigt notat i {_place(project, target)}"
        )
        raise BuildError(f"{why}\n{stands}") from None


def _refused(project: Project, target: Path, error: OSError | BuildError) -> str:
    """Say why a build failed. On a full disk anything may fail, and in any words, so that is looked for first."""
    from aarsstatus.run import temporary  # noqa: PLC0415 - as above

    place = min((target.parent, temporary.own()), key=lambda folder: shutil.disk_usage(folder).free)
    if shutil.disk_usage(place).free < _FULL:
        error = OSError(errno.ENOSPC, "", str(place))
    if isinstance(error, BuildError):
        return str(error)
    path = Path(error.filename2 or error.filename or target)  # of a copy, the one that was being made
    made = path.is_relative_to(target.parent) and path.relative_to(target.parent).parts[:1]
    if made and (error.errno == errno.ENOSPC or made[0].startswith(f".{target.name}-")):
        path = target.parent  # a file that nobody knows: it was being made, and is gone
    return f"{_place(project, path)}: {reason(error)}"


def _place(project: Project, path: Path) -> str:
    """Return how a place is called in messages; one that is not in the project by all of its name."""
    return project.name(path) if path.is_relative_to(project.root) else str(path)


def _lead_to(project: Project, results: Sequence[Result], options: Options) -> None:
    """Write the page that leads to every year anew, if it is of other builds than those that lie there."""
    if results and not manifest.is_overview_current(output := _output(project, options)):
        from aarsstatus.release.index import write_index  # noqa: PLC0415 - as above

        try:
            write_index(output, project.extension)
        except OSError as error:
            where = _place(project, output / manifest.OVERVIEW)
            done = f"{_place(project, results[0].folder)} er i orden"
            raise BuildError(f"{where}: siden kan ikke skrives: {reason(error)}\n{done}") from None


def _failed_notebook(target: Path) -> Path:
    """Return where the executed notebook of a failed build is kept."""
    return target.with_name(f"{target.name}.fejlet.ipynb")


def build_years(
    project: Project, years: Sequence[int], options: Options, progress: Progress = lambda _: None
) -> Iterator[Result | InputError | BuildError]:
    """Build several years, one after another; a year that fails does not stop the others.

    Yields
    ------
    Result or InputError or BuildError
        What each year came to, in the order of `years`.
    """
    results = []
    try:
        for done, year in enumerate(years):
            progress(f"Bygger {len(years)} år; {done} er færdige, nu {year}")
            try:
                results.append(_build(project, year, options, progress))
                yield results[-1]
            except (InputError, BuildError) as error:
                yield error
    finally:
        # Once for all years: each reads all that were built.
        _lead_to(project, results, options)
