"""Write every file of a build into an empty folder.

The second half of `build`, with all that takes time to load. The two notebooks are worked on side by side.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import nbformat

from aarsstatus import audit, interruption, privacy
from aarsstatus.audit import quality
from aarsstatus.audit.check import doubts, require_fonts
from aarsstatus.inputs import kept_for, read_data, read_year
from aarsstatus.inputs.new_year import unfilled
from aarsstatus.inputs.params import Params
from aarsstatus.problems import BuildError, InputError, Problem
from aarsstatus.project import Project
from aarsstatus.release.workbook import notat_workbook
from aarsstatus.render import Engine
from aarsstatus.render.embedded import Format
from aarsstatus.render.page import ALWAYS, add_origins, linked, reference
from aarsstatus.report.checks import findings
from aarsstatus.report.notat import Notat
from aarsstatus.report.stray_numbers import stray_numbers
from aarsstatus.run import notebook
from aarsstatus.run.notebook import read_notebook

_NOTEBOOKS = ("notat", "kvalitetsrapport")


def read_inputs(
    project: Project, year: int, compare: int | None, figures: Literal["published", "recomputed"]
) -> tuple[Notat, list[audit.AuditRow], tuple[str, ...]]:
    """Return the notat that a year's inputs make, all that was printed, and doubts.

    What was printed up to the year is audited, and the notat's figures have the verdicts.

    Raises
    ------
    InputError
        If they have problems, something is not filled in, or a font is missing.
    """
    require_fonts(project)
    params, data = read_year(project, year, compare, as_issued=figures == "published")
    if left := unfilled(project, year):
        raise InputError(left)
    rows = quality.explained(project, data, year)
    if figures == "published" and kept_for(project, params):
        _require_parameters(project, params, rows)
    notat = Notat(params, data, figures).audited(rows)
    return notat, rows, tuple(map(str, doubts(project, params, read_data(project))))


def _require_parameters(project: Project, params: Params, rows: Sequence[audit.AuditRow]) -> None:
    """Refuse parameters of a published notat that are not those that it printed."""
    file, how = project.name(project.params_of(params.year)), "--correct GRUND for at rette det, der er sendt ud"
    wrong = [row for row in rows if (row.source, row.rule) == (params.notat, "parameters") and row.verdict != "exact"]
    if found := [Problem(file, f"notatet er offentliggjort med en anden værdi: {row.reason}") for row in wrong]:
        raise InputError([*found[:-1], replace(found[-1], expected=how)])


@dataclass(frozen=True, slots=True)
class Outputs:
    """Write a notat's files into an empty folder.

    A notebook that cannot be used is kept at `failed`.
    """

    project: Project
    notat: Notat
    audited: list[audit.AuditRow]
    formats: tuple[Format, ...]
    engine: Engine
    folder: Path
    failed: Path

    def write(self, executed: Path | None, progress: Callable[[str], None]) -> None:
        """Write every file of a build but the manifest, its inputs and the comparison.

        `executed` is a folder with notebooks that were executed with the same inputs; None executes them.

        Raises
        ------
        BuildError
            If a notebook or a renderer fails, or something looks like a person number.
        """
        words = [path for kind in ("*.csv", "*.yml") for path in sorted(self.project.data.glob(kind)) if path.is_file()]
        words.insert(0, self.project.params_of(self.notat.year))
        _refuse_personal(privacy.scan_files(words, self.project.root))  # before one is executed
        with ThreadPoolExecutor(max_workers=len(_NOTEBOOKS)) as pool:
            if executed is None:
                progress("Kører notebookene og regner efter")
                _side_by_side(pool, self._execute)
            else:
                for name in _NOTEBOOKS:
                    shutil.copyfile(executed / f"{name}.ipynb", self.folder / f"{name}.ipynb")
            formats = ", ".join(format_.upper() for format_ in self.formats)
            progress(f"Laver {formats} med {self.engine.version()}")
            _side_by_side(pool, self._render)
        progress("Skriver tal og manifest")
        self._write_tables()
        _refuse_personal(privacy.scan(self.folder))  # whatever lies there, whoever made it

    def _execute(self, report: str) -> None:
        """Execute a notebook into the folder, and check what came of it."""
        written, path = (where / f"{report}.ipynb" for where in (self.project.notebooks, self.folder))
        name = self.project.name(written)
        parameters = self.notat.parameters()
        source = read_notebook(written, name, parameters)
        try:
            executed = notebook.execute(source, parameters, self.project.root)
        except notebook.NotebookError as error:
            if error.notebook is not None:
                _write(path, nbformat.writes(error.notebook) + "\n")
                self._keep_failed(path)
            raise BuildError(f"{name}, {privacy.mask(str(error))}") from None
        _write(path, nbformat.writes(executed) + "\n")
        problems = findings(executed) or (stray_numbers(executed, self.notat) if report == "notat" else [])
        if problems:
            self._keep_failed(path)
            raise BuildError("\n".join(f"{name}, {problem}" for problem in problems))

    def _render(self, report: str) -> None:
        """Render an executed notebook, and tell on its page where each number comes from."""
        notat, path = self.notat, self.folder / f"{report}.ipynb"
        formats: tuple[Format, ...] = self.formats if report == "notat" else ("html",)  # that is for the screen alone
        try:
            self.engine.render(path, formats, self.folder)
            if "html" in formats:
                page, facts = path.with_suffix(".html"), reference(notat)
                text = page.read_text(encoding="utf-8")
                text = add_origins(text, notat.figures, notat.data, self.audited, self.project.extension, facts)
                _write(page, linked(text, page.name, [*ALWAYS, *(f"notat.{format_}" for format_ in self.formats)]))
        except BuildError:
            self._keep_failed(path)
            raise

    def _keep_failed(self, path: Path) -> None:
        """Keep a failed notebook, unless something in it looks like a person number."""
        if not privacy.scan_files([path], path.parent):
            shutil.copyfile(path, self.failed)

    def _write_tables(self) -> None:
        """Write the figures, the audit and the workbook."""
        _write(self.folder / "figures.csv", self.notat.figures.to_csv())
        _write(self.folder / "audit.csv", audit.to_csv(self.audited))
        (self.folder / "tabeller.xlsx").write_bytes(notat_workbook(self.notat, self.notat.figures, self.audited))


def _side_by_side(pool: ThreadPoolExecutor, work: Callable[[str], None]) -> None:
    """Do the same with every notebook, and wait until all is done."""
    jobs = [pool.submit(work, report) for report in _NOTEBOOKS]
    interruption.wait(jobs)
    for job in jobs:
        job.result()


def _refuse_personal(problems: list[Problem]) -> None:
    """Stop a report that would publish a person number; no message repeats it."""
    if problems:
        raise BuildError("\n".join(["intet er offentliggjort:", *map(str, problems)]))


def _write(path: Path, text: str) -> None:
    """Write a text with the same line ends on every system."""
    path.write_text(text, encoding="utf-8", newline="\n")
