"""The reference engine: ``quarto render`` on the executed notebook.

The notebook is rendered in a folder of its own with the project's ``_quarto.yml`` and extension, never executed
again, so what Quarto leaves behind never reaches the project.
"""

from __future__ import annotations

import calendar
import os
import re
import shutil
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from aarsstatus import temporary
from aarsstatus.render import FORMATS, Format, RenderError
from aarsstatus.render.programs import Program

__all__ = ["Quarto"]

_TO = {"html": "notat-html", "pdf": "notat-typst", "docx": "notat-docx"}


_BOTH_STANDARDS = (1, 10)
"""Quarto before this has a Typst that refuses to make a PDF that is PDF/UA and PDF/A in one; before 1.9, neither."""


def _ask_for_archive(extension: Path) -> None:
    """Let a PDF be fit for the archive (PDF/A-2a), too. What stands in the project is what every Quarto can do."""
    text = extension.read_text(encoding="utf-8")
    extension.write_text(text.replace("pdf-standard: ua-1", "pdf-standard: [a-2a, ua-1]"), encoding="utf-8")


class Quarto:
    """Quarto as it is on PATH."""

    name = "quarto"

    def __init__(self, program: Path, project: Path) -> None:
        self.program, self.project = program, project

    def identity(self) -> dict[str, str]:
        """Return what tells this engine from another one that may make other documents."""
        return {"name": self.name, "version": self.version()}

    def version(self) -> str:
        """Return Quarto's version."""
        return f"quarto {self._version}"

    @cached_property
    def _version(self) -> str:
        return self._run(["--version"], self.project, {}).strip().splitlines()[-1]

    @property
    def _release(self) -> tuple[int, ...]:
        """The version as numbers; a development version counts as its numbers say."""
        return tuple(int(part) for part in re.findall(r"\d+", self._version)[:2])

    def render(self, notebook: Path, formats: Sequence[Format], folder: Path) -> list[Path]:
        """Render an executed notebook to a file of each format in `folder`, and return the files."""
        import nbformat  # noqa: PLC0415 - to know Quarto's version takes none of these

        from aarsstatus.render import docx, pdf  # noqa: PLC0415
        from aarsstatus.render.embedded import document_date, front_matter  # noqa: PLC0415

        metadata = front_matter(nbformat.read(notebook, as_version=4))
        epoch = {"SOURCE_DATE_EPOCH": str(calendar.timegm(document_date(metadata).timetuple()))}
        with temporary.folder() as where:
            shutil.copy2(self.project / "_quarto.yml", where)
            shutil.copytree(self.project / "_extensions", where / "_extensions")
            if self._release >= _BOTH_STANDARDS:
                _ask_for_archive(where / "_extensions" / "notat" / "_extension.yml")
            shutil.copyfile(notebook, where / notebook.name)
            for to in self._calls(formats):
                self._run(["render", notebook.name, *to], where, epoch)
            made = []
            for format_ in formats:
                path = where / f"{notebook.stem}.{format_}"
                if not path.is_file():
                    raise RenderError(f"Quarto {self._version} lavede ikke {path.name}")
                if format_ == "docx":
                    docx.finish(path, metadata, fonts=self.project / "_extensions" / "notat" / "fonts")
                elif format_ == "pdf":
                    pdf.finish(path)
                made.append(folder / path.name)
                shutil.copyfile(path, made[-1])
        return made

    def _calls(self, formats: Sequence[Format]) -> list[list[str]]:
        """Return the options of each call: one for all the project's formats, else one for each that is wanted."""
        return [[]] if set(formats) == set(FORMATS) else [["--to", _TO[format_]] for format_ in formats]

    def _run(self, arguments: Sequence[str], folder: Path, environment: dict[str, str]) -> str:
        """Run Quarto and return what it printed."""
        environment = os.environ | {"NO_COLOR": "1"} | environment
        with Program("Quarto", [self.program, *arguments], folder, environment) as program:
            done = program.finish()
        if done.status != 0:
            said = [line for line in done.said.splitlines() if line.strip() and not line.startswith("    at ")]
            raise RenderError("Quarto kunne ikke lave dokumentet:\n" + "\n".join(said[-8:]))
        return done.made.decode(errors="replace")
