"""A build: what is done already is left alone; the rest is made beside the output and swapped in at once.

Everything happens in a scratch folder beside the output. What was there before stays until the new build is whole;
when something fails it stays for good, and the executed notebook is kept beside it with the cell that failed.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aarsstatus import manifest
from aarsstatus.archive import ChangedMeanwhileError, keep
from aarsstatus.problems import BuildError
from aarsstatus.project import Project
from aarsstatus.render import FORMATS, Choice, Format, choose

__all__ = ["BuildError", "Options", "Result", "build"]

Progress = Callable[[str], None]


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
    """What a build came to: where it lies, its files, what rendered it, how long it took, and whether it was done."""

    year: int
    folder: Path
    files: tuple[str, ...]
    engine: str
    seconds: float
    already_done: bool


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
    started = time.perf_counter()
    engine = choose(options.engine, project.root)
    target = (options.output or project.output) / str(year)
    made_from = manifest.describe(
        project,
        year,
        {"compare": options.compare, "figures": options.figures, "formats": list(options.formats)},
        {"name": engine.name, "version": engine.version()},
    )
    already = not options.force and manifest.is_current(target, made_from)
    if not already:
        progress("Læser parametre og data")
        from aarsstatus.diff.last import write_comparison  # noqa: PLC0415 - a build that is done already reads nothing
        from aarsstatus.index import write_index  # noqa: PLC0415
        from aarsstatus.inputs import read_year  # noqa: PLC0415
        from aarsstatus.notat import Notat  # noqa: PLC0415
        from aarsstatus.produce import produce  # noqa: PLC0415

        params, data = read_year(project, year, options.compare)
        notat = Notat(params, data, options.figures)
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch, failed = target.with_name(f".{target.name}-{os.getpid()}"), _failed_notebook(target)
        scratch.mkdir()
        try:
            produce(project, notat, options.formats, engine, scratch, failed, progress)
            keep(project, year, made_from["inputs"], scratch)
            progress("Sammenligner med det, der lå der før")
            write_comparison(target, scratch, made_from, project.extension)
            manifest.write(scratch, made_from)
            _swap_in(scratch, target)
            failed.unlink(missing_ok=True)
            write_index(target.parent, project.extension)
        except ChangedMeanwhileError as error:
            raise BuildError(str(error)) from None
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    files = tuple(sorted(path.name for path in target.iterdir()))
    return Result(year, target, files, engine.version(), time.perf_counter() - started, already)


def _failed_notebook(target: Path) -> Path:
    """Return where the executed notebook of a failed build is kept."""
    return target.with_name(f"{target.name}.fejlet.ipynb")


def _swap_in(scratch: Path, target: Path) -> None:
    """Put a finished build in the place of the last one. A folder can only be renamed onto nothing or nothing much."""
    if not target.exists():
        scratch.rename(target)
        return
    old = target.with_name(f".{target.name}-{os.getpid()}-old")
    target.rename(old)
    try:
        scratch.rename(target)
    except OSError:
        old.rename(target)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)
