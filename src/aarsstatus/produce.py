"""Producing a report: notebooks executed and rendered, figures and audit written, all into one empty folder.

Everything heavy is here, and loaded only when there is something to do.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import yaml

from aarsstatus import audit, interruption, privacy
from aarsstatus.audit import quality
from aarsstatus.figures.table import Figures
from aarsstatus.problems import BuildError, Problem
from aarsstatus.project import Project
from aarsstatus.release.workbook import notat_workbook
from aarsstatus.render import Engine, Format, RenderError
from aarsstatus.render.html import finish
from aarsstatus.report.lint_numbers import stray_numbers
from aarsstatus.report.lint_structure import findings
from aarsstatus.report.notat import Notat, front_matter
from aarsstatus.run import notebook

__all__ = ["produce"]


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


def produce(
    project: Project,
    notat: Notat,
    formats: tuple[Format, ...],
    engine: Engine,
    folder: Path,
    failed: Path,
    progress: Callable[[str], None],
    executed: Path | None = None,
) -> None:
    """Write every file of a report but the manifest and its inputs.

    Parameters
    ----------
    project, notat, formats, engine
        What is made, from what, and by what.
    folder
        Where; it exists and is empty.
    failed
        Where the executed notebook is kept if it cannot be used.
    progress
        Called with a Danish line as each step begins.
    executed
        A folder with notebooks that were executed with the same inputs; None executes them.

    Raises
    ------
    BuildError
        If a notebook or a renderer fails, or something looks like a person number.
    """
    _refuse_personal(privacy.scan_files(_words(project, notat.year), project.root))
    progress("Kører notebookene og regner efter" if executed is None else "Regner efter")
    rendering = f"Laver {', '.join(format_.upper() for format_ in formats)} med {engine.version()}"

    def make(report: _Report) -> None:
        """Execute one notebook, or take the one that is kept, and render it."""
        notebook = folder / f"{report.name}.ipynb"
        if executed is None:
            _execute(project, notat, report, notebook, failed)
        else:
            shutil.copyfile(executed / notebook.name, notebook)
        if report.name == "notat":
            progress(rendering)
        try:
            engine.render(notebook, report.formats, folder)
            if "html" in report.formats:
                rows, figures = audited.result()
                as_printed = report.name == "notat" and notat.mode == "published"
                published = notat.params.notat if as_printed else None
                finish(notebook.with_suffix(".html"), figures, notat.data, rows, project.extension, published)
        except RenderError as error:
            shutil.copyfile(notebook, failed)
            raise BuildError(str(error)) from None

    reports = _reports(notat, formats)
    with ThreadPoolExecutor(max_workers=len(reports) + 2) as pool:
        audited = pool.submit(_audited, project, notat)
        jobs = [pool.submit(make, report) for report in reports]
        tables = pool.submit(lambda: _write_tables(notat, *audited.result(), folder))
        interruption.wait([*jobs, tables])
        for job in jobs:
            job.result()
        progress("Skriver tal og manifest")
        written, problems = tables.result()
    # Whatever else came to lie there is looked through as well, whoever made it.
    _refuse_personal(problems + privacy.scan(folder, but=written))


def _write_tables(
    notat: Notat, rows: list[audit.AuditRow], figures: Figures, folder: Path
) -> tuple[list[Path], list[Problem]]:
    """Write the figures, the audit and the workbook while kernels load; return them, and what looks like a person."""
    files = [folder / name for name in ("figures.csv", "audit.csv", "tabeller.xlsx")]
    _write(files[0], figures.to_csv())
    _write(files[1], audit.to_csv(rows))
    files[2].write_bytes(notat_workbook(notat, figures))
    return files, privacy.scan_files(files, folder)


def _words(project: Project, year: int) -> list[Path]:
    """Return the files that a report's words and numbers come from; looked at first, so that none is executed."""
    files = [project.params / f"{year}.yml", *sorted(project.data.glob("*.csv")), *sorted(project.data.glob("*.yml"))]
    return [path for path in files if path.is_file()]


def _refuse_personal(problems: list[Problem]) -> None:
    """Stop a report that would publish a person number; no message repeats it."""
    if problems:
        raise BuildError("\n".join(["intet er offentliggjort:", *map(str, problems)]))


def _audited(project: Project, notat: Notat) -> tuple[list[audit.AuditRow], Figures]:
    """Return the audit of all that was published up to the year, and the figures with its verdicts."""
    rows = quality.audit_years(notat.data, quality.read_published_params(project, notat.year))
    return rows, notat.figures.with_verdicts(audit.figure_verdicts(rows))


def _execute(project: Project, notat: Notat, report: _Report, path: Path, failed: Path) -> None:
    """Execute one of the notebooks, check what came of it, and write it to `path`."""
    written = project.notebooks / f"{report.name}.ipynb"
    source = nbformat.read(written, as_version=4)
    _set_front_matter(source, front_matter(notat.params, report.title, report.doctype))
    try:
        executed = notebook.execute(source, notat.parameters(), project.root)
    except notebook.NotebookError as error:
        if error.notebook is not None:
            _write(failed, nbformat.writes(error.notebook) + "\n")
        raise BuildError(f"{project.name(written)}, {error}") from None
    _write(path, nbformat.writes(executed) + "\n")
    problems = findings(executed) or (stray_numbers(executed, notat) if report.name == "notat" else [])
    if problems:
        shutil.copyfile(path, failed)
        raise BuildError("\n".join(f"{project.name(written)}, {problem}" for problem in problems))


def _set_front_matter(notebook: nbformat.NotebookNode, values: dict[str, Any]) -> None:
    """Put the year's metadata in the notebook's first cell, where both renderers look for it."""
    text = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=1000)
    notebook.cells[0].source = f"---\n{text}---"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
