"""A build: inputs are checked, notebooks executed, documents rendered, and the whole swapped in at once.

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
from typing import TYPE_CHECKING, Any

from aarsstatus import manifest
from aarsstatus.figures import Mode
from aarsstatus.inputs import read_year
from aarsstatus.notat import Notat, front_matter
from aarsstatus.render import embedded
from aarsstatus.render import FORMATS, Choice, Engine, Format, RenderError, choose

if TYPE_CHECKING:
    import nbformat

    from aarsstatus.project import Project

__all__ = ["BuildError", "Options", "Result", "build"]

Progress = Callable[[str], None]


class BuildError(Exception):
    """A build that did not succeed, though its inputs could be read. The message is Danish."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a report is built. `compare` None takes the comparison year that the parameters name."""

    compare: int | None = None
    engine: Choice = "auto"
    formats: tuple[Format, ...] = FORMATS
    figures: Mode = "published"
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
    progress("Læser parametre og data")
    params, data = read_year(project, year, options.compare)
    notat = Notat(params, data, options.figures)
    engine = choose(options.engine, project.root)
    target = (options.output or project.output) / str(year)
    made_from = manifest.describe(
        project,
        year,
        {"comparison_year": params.comparison_year, "figures": options.figures, "formats": list(options.formats)},
        {"name": engine.name, "version": engine.version()},
    )
    already = not options.force and manifest.is_current(target, made_from)
    if not already:
        _make(project, notat, options, engine, target, made_from, progress)
    files = tuple(sorted(path.name for path in target.iterdir()))
    return Result(year, target, files, engine.version(), time.perf_counter() - started, already)


def _make(
    project: Project,
    notat: Notat,
    options: Options,
    engine: Engine,
    target: Path,
    made_from: dict[str, Any],
    progress: Progress,
) -> None:
    """Make the build in a scratch folder, and swap it in."""
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{target.name}-{os.getpid()}")
    scratch.mkdir()
    try:
        notebook = _executed(project, notat, scratch / "notat.ipynb", progress, _failed_notebook(target))
        progress(f"Laver {', '.join(format_.upper() for format_ in options.formats)} med {engine.version()}")
        try:
            engine.render(notebook, options.formats, scratch)
        except (RenderError, embedded.RenderError) as error:
            _keep(notebook, _failed_notebook(target))
            raise BuildError(str(error)) from None
        progress("Skriver tal og manifest")
        _write(scratch / "figures.csv", notat.figures.to_csv())
        manifest.write(scratch, made_from)
        _swap_in(scratch, target)
        _failed_notebook(target).unlink(missing_ok=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _executed(project: Project, notat: Notat, path: Path, progress: Progress, failed: Path) -> Path:
    """Execute the notat's notebook, check what came of it, and write it to `path`."""
    from aarsstatus import execute  # noqa: PLC0415 - a build that is done already needs no kernel

    with execute.kernel(project.root) as kernel:
        progress("Kører notebooken")
        import nbformat  # noqa: PLC0415 - while the kernel boots

        from aarsstatus.document import findings  # noqa: PLC0415

        source = nbformat.read(project.notebooks / "notat.ipynb", as_version=4)
        _set_front_matter(source, front_matter(notat.params, notat.title(), "NOTAT"))
        prepared = path.with_suffix(".input.ipynb")
        _write(prepared, nbformat.writes(source) + "\n")
        parameters = {"year": notat.year, "comparison_year": notat.comparison_year, "figures": notat.mode}
        try:
            notebook = execute.execute(prepared, path, parameters, kernel, project.root)
        except execute.NotebookError as error:
            if error.notebook is not None:
                _write(path, nbformat.writes(error.notebook) + "\n")
                _keep(path, failed)
            raise BuildError(f"{project.name(project.notebooks / 'notat.ipynb')}, {error}") from None
        finally:
            prepared.unlink(missing_ok=True)
    _write(path, nbformat.writes(notebook) + "\n")
    problems = findings(notebook)
    if problems:
        _keep(path, failed)
        raise BuildError("\n".join(f"notebooks/notat.ipynb, {problem}" for problem in problems))
    return path


def _set_front_matter(notebook: nbformat.NotebookNode, values: dict[str, Any]) -> None:
    """Put the year's metadata in the notebook's first cell, where both renderers look for it."""
    import yaml  # noqa: PLC0415

    text = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=1000)
    notebook.cells[0].source = f"---\n{text}---"


def _failed_notebook(target: Path) -> Path:
    """Return where the executed notebook of a failed build is kept."""
    return target.with_name(f"{target.name}.fejlet.ipynb")


def _keep(notebook: Path, place: Path) -> None:
    shutil.copyfile(notebook, place)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


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
