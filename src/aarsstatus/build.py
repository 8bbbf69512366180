"""A build: what is done already is left alone; the rest is made beside the output and swapped in at once.

Everything happens in a scratch folder beside the output. What was there before stays until the new build is whole;
when something fails it stays for good, and the executed notebook is kept beside it with the cell that failed. Where
only the look or the formats differ from the last build, its executed notebooks are rendered anew and not executed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aarsstatus import manifest
from aarsstatus.archive import keep
from aarsstatus.problems import BuildError, InputError
from aarsstatus.project import Project
from aarsstatus.render import FORMATS, Choice, Format, choose

__all__ = ["BuildError", "Did", "Options", "Result", "build", "build_years"]

Progress = Callable[[str], None]
Did = Literal["nothing", "rendered", "everything"]


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

    `remarks` is what a person who publishes it has to know of the engine.
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
    _lead_to(project, [result])
    return result


def _build(project: Project, year: int, options: Options, progress: Progress) -> Result:
    """Build one year, but for the page that leads to every year."""
    started = time.perf_counter()
    engine = choose(options.engine, project.root)
    target = (options.output or project.output) / str(year)
    made_from = manifest.describe(
        project,
        year,
        {"compare": options.compare, "figures": options.figures, "formats": list(options.formats)},
        engine.identity(),
    )
    did: Did = "nothing"
    if options.force or not manifest.is_current(target, made_from):
        from aarsstatus import processes  # noqa: PLC0415 - a build that is done already needs none of these

        processes.start()
        progress("Læser parametre og data")
        from aarsstatus.diff.last import write_comparison  # noqa: PLC0415
        from aarsstatus.inputs import read_year  # noqa: PLC0415
        from aarsstatus.notat import Notat  # noqa: PLC0415
        from aarsstatus.produce import produce  # noqa: PLC0415
        from aarsstatus.publish import alone, scratch, swap_in  # noqa: PLC0415

        params, data = read_year(project, year, options.compare)
        notat = Notat(params, data, options.figures)
        failed = _failed_notebook(target)
        named = {"name": engine.name, "version": engine.version()}
        with alone(target, lambda: progress(f"Venter: {year} bliver lavet af en anden kørsel")):
            if options.force or not manifest.is_current(target, made_from):  # another one may just have made it
                executed = None if options.force else manifest.executed_with(target, made_from)
                with scratch(target) as made:
                    produce(project, notat, options.formats, engine, made, failed, progress, executed)
                    keep(project, year, made_from["inputs"], made)
                    progress("Sammenligner med det, der lå der før")
                    write_comparison(target, made, made_from, project.extension)
                    manifest.write(made, made_from | {"engine": named}, notat.parameters(), project)
                    swap_in(made, target)
                failed.unlink(missing_ok=True)
                did = "everything" if executed is None else "rendered"
    files = tuple(sorted(path.name for path in target.iterdir()))
    version, remarks = manifest.engine_version(target), engine.remarks()
    return Result(year, target, files, version, time.perf_counter() - started, did, remarks)


def _lead_to(project: Project, results: Sequence[Result]) -> None:
    """Write the page that leads to every year anew, if something was done."""
    if done := [result for result in results if result.did != "nothing"]:
        from aarsstatus.index import write_index  # noqa: PLC0415 - as above

        write_index(done[0].folder.parent, project.extension)


def _failed_notebook(target: Path) -> Path:
    """Return where the executed notebook of a failed build is kept."""
    return target.with_name(f"{target.name}.fejlet.ipynb")


def build_years(
    project: Project, years: Sequence[int], options: Options, progress: Progress = lambda _: None
) -> Iterator[Result | InputError | BuildError]:
    """Build several years side by side, each in a process of its own; a year that fails does not stop the others.

    Yields
    ------
    Result or InputError or BuildError
        What each year came to, in the order of `years`.
    """
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - as above

    from aarsstatus import processes  # noqa: PLC0415

    workers = min(len(years), os.cpu_count() or 1)
    pool = ProcessPoolExecutor(workers, processes.context(), processes.become, (dict(os.environ), Path.cwd()))
    outcomes: list[Result | InputError | BuildError] = []
    try:
        with pool:
            processes.start()
            with processes.without_main():
                jobs = [pool.submit(_build_one, project, year, options) for year in years]
            for done, job in enumerate(jobs):
                progress(f"Bygger {len(years)} år, {workers} ad gangen; {done} er færdige")
                outcomes.append(job.result())
                yield outcomes[-1]
    finally:  # once for all years: each reads all that were built
        _lead_to(project, [outcome for outcome in outcomes if isinstance(outcome, Result)])


def _build_one(project: Project, year: int, options: Options) -> Result | InputError | BuildError:
    try:
        return _build(project, year, options, lambda _: None)
    except (InputError, BuildError) as error:
        return error
