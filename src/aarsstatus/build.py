"""A build: inputs are checked, notebooks executed, documents rendered, and the whole swapped in at once.

Everything happens in a scratch folder beside the output. What was there before stays until the new build is whole;
when something fails it stays for good, and the executed notebook is kept beside it with the cell that failed.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aarsstatus import audit, manifest, quality
from aarsstatus.figures import Figures, Mode
from aarsstatus.inputs import read_year
from aarsstatus.notat import Notat, front_matter
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


@dataclass(frozen=True, slots=True)
class _Report:
    """One of a build's notebooks: its name, its title and heading, and the formats it is rendered to."""

    name: str
    title: str
    doctype: str
    formats: tuple[Format, ...]


def _reports(notat: Notat, formats: tuple[Format, ...]) -> list[_Report]:
    """Return the notebooks of a build. The quality report is for the screen alone."""
    return [
        _Report("notat", notat.title(), "NOTAT", formats),
        _Report("kvalitetsrapport", f"Kvalitetsrapport for årsstatus {notat.year}", "KVALITETSRAPPORT", ("html",)),
    ]


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
        progress("Kører notebookene og regner efter")
        reports = _reports(notat, options.formats)
        with ThreadPoolExecutor(max_workers=len(reports) + 1) as pool:
            executing = [pool.submit(_executed, project, notat, report, scratch, target) for report in reports]
            audited = pool.submit(_audited, project, notat)
            notebooks = [job.result() for job in executing]
            rows, figures = audited.result()
        progress(f"Laver {', '.join(format_.upper() for format_ in options.formats)} med {engine.version()}")
        for report, notebook in zip(reports, notebooks, strict=True):
            try:
                engine.render(notebook, report.formats, scratch)
            except RenderError as error:
                shutil.copyfile(notebook, _failed_notebook(target))
                raise BuildError(str(error)) from None
        (scratch / "kvalitetsrapport.ipynb").unlink()
        progress("Skriver tal og manifest")
        _write(scratch / "figures.csv", figures.to_csv())
        _write(scratch / "audit.csv", audit.to_csv(rows))
        manifest.write(scratch, made_from)
        _swap_in(scratch, target)
        _failed_notebook(target).unlink(missing_ok=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _audited(project: Project, notat: Notat) -> tuple[list[audit.AuditRow], Figures]:
    """Return the audit of all that was published up to the year, and the figures with its verdicts."""
    rows = quality.audit_years(notat.data, quality.read_published_params(project, notat.year))
    return rows, notat.figures.with_verdicts(audit.figure_verdicts(rows))


def _executed(project: Project, notat: Notat, report: _Report, folder: Path, target: Path) -> Path:
    """Execute one of the notebooks, check what came of it, and write it to `folder`."""
    from aarsstatus import execute  # noqa: PLC0415 - a build that is done already needs no kernel

    written = project.notebooks / f"{report.name}.ipynb"
    path = folder / written.name
    with execute.kernel(project.root) as kernel:
        import nbformat  # noqa: PLC0415 - while the kernel boots

        from aarsstatus.document import findings  # noqa: PLC0415

        source = nbformat.read(written, as_version=4)
        _set_front_matter(source, front_matter(notat.params, report.title, report.doctype))
        prepared = path.with_suffix(".input.ipynb")
        _write(prepared, nbformat.writes(source) + "\n")
        parameters = {"year": notat.year, "comparison_year": notat.comparison_year, "figures": notat.mode}
        try:
            notebook = execute.execute(prepared, path, parameters, kernel)
        except execute.NotebookError as error:
            if error.notebook is not None:
                _write(_failed_notebook(target), nbformat.writes(error.notebook) + "\n")
            raise BuildError(f"{project.name(written)}, {error}") from None
        finally:
            prepared.unlink(missing_ok=True)
    _write(path, nbformat.writes(notebook) + "\n")
    problems = findings(notebook)
    if problems:
        shutil.copyfile(path, _failed_notebook(target))
        raise BuildError("\n".join(f"{project.name(written)}, {problem}" for problem in problems))
    return path


def _set_front_matter(notebook: nbformat.NotebookNode, values: dict[str, Any]) -> None:
    """Put the year's metadata in the notebook's first cell, where both renderers look for it."""
    import yaml  # noqa: PLC0415

    text = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=1000)
    notebook.cells[0].source = f"---\n{text}---"


def _failed_notebook(target: Path) -> Path:
    """Return where the executed notebook of a failed build is kept."""
    return target.with_name(f"{target.name}.fejlet.ipynb")


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
