"""Render a notebook with Quarto, the reference engine.

The executed notebook is rendered in a folder of its own with the project's ``_quarto.yml`` and extension, and never
executed again; what Quarto leaves behind does not reach the project.

Of the PDF Quarto writes the Typst source, and the compiler that the embedded engine has makes it a PDF; the one inside
Quarto draws with the fonts of the machine, too.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aarsstatus.problems import RenderError
from aarsstatus.render import docx
from aarsstatus.render.embedded import FORMATS, Format, document_date, front_matter, read_executed, seconds_of
from aarsstatus.render.typst import compile_pdf
from aarsstatus.run import temporary
from aarsstatus.run.programs import Done, run
from aarsstatus.text import visible

ANSWERS = 30
"""Seconds to say its version in: Quarto takes a tenth of one, and a slow machine a few."""
_EXTENSION = Path("_extensions", "notat")
_TO = {"html": "notat-html", "pdf": "notat-typst", "docx": "notat-docx"}
_ENDS: dict[Format, tuple[bytes, bytes]] = {
    "html": (b"<!DOCTYPE html>", b"</html>"),
    "pdf": (b"", b"\n"),
    "docx": (b"PK\x03\x04", b"PK\x05\x06"),
}
"""How what Quarto makes of each format begins and ends. What does not is no document, or half of one."""
_REQUIRED = re.compile(r"(?m)^quarto-required: *[\"']?>= *(\d+(?:\.\d+)*)")
_VERSION = re.compile(r"\d+(\.\d+)+\S*")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# Ours (crossref.lua), then Quarto's, Typst's, Deno's and Lua's: »ERROR: …«, »error: …«, »ERROR (main.lua:3831) …«.
_WRONG = (re.compile(r"FEJL: (.+)"), re.compile(r"\b(?:error|ERROR)(?::| \([^)]*\):?) (?!error: )(.+)"))
_NOISE = re.compile(r"\s|Stack trace:|WARN\b|Output created:|(pandoc|metadata)?\s*$")
_LONGEST = 400


def _ask_for_source(extension: Path) -> None:
    """Let Quarto write the Typst source alone, and leave the pictures there."""
    text = extension.read_text(encoding="utf-8")
    for format_, asked in (("typst", "output-ext: typ"), ("html", "keep-md: true")):
        text = text.replace(f"    {format_}:\n", f"    {format_}:\n      {asked}\n")
    extension.write_text(text, encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Quarto:
    """Render with a Quarto that answers and is not too old for the extension."""

    program: Path
    project: Path
    release: str
    name = "quarto"
    remarks = ()

    @classmethod
    def at(cls, program: Path, project: Path) -> Quarto:
        """Ask a program for its version, and return it as an engine.

        Raises
        ------
        RenderError
            If it does not start, does not answer, answers nonsense or is too old; the message says which.
        """
        done = run("Quarto", [program, "--version"], folder=project, environment={"NO_COLOR": "1"}, limit=ANSWERS)
        said = [line.strip() for line in done.made.decode(errors="replace").splitlines() if line.strip()]
        if done.status != 0:
            told = [line for line in done.said.splitlines() if line.strip()] or said
            raise RenderError(f"Quarto virker ikke; quarto --version {_ended(done.status, told)}")
        if not said or not _VERSION.fullmatch(said[-1]):
            answer = f"svarer »{_shown(said[-1])}«" if said else "svarer ikke"
            raise RenderError(f"Quarto virker ikke; quarto --version {answer}, hvor der skulle stå et versionsnummer")
        required = _REQUIRED.search((project / _EXTENSION / "_extension.yml").read_text(encoding="utf-8"))
        if required and _numbers(said[-1]) < _numbers(required[1]):
            raise RenderError(f"Quarto {said[-1]} er for gammel; notatet kræver Quarto {required[1]} eller nyere")
        return cls(program, project, said[-1])

    def identity(self) -> dict[str, str]:
        """Return what tells this engine from another one that may make other documents."""
        return {"name": self.name, "version": self.version()}

    def version(self) -> str:
        """Return Quarto's version."""
        return f"quarto {self.release}"

    def render(self, notebook: Path, formats: Sequence[Format], folder: Path) -> list[Path]:
        """Render an executed notebook in `folder`, and return a file of each format."""
        metadata = front_matter(read_executed(notebook))
        day = document_date(metadata)
        with temporary.folder() as where:
            shutil.copy2(self.project / "_quarto.yml", where)
            shutil.copytree(self.project / "_extensions", where / "_extensions")
            _ask_for_source(where / _EXTENSION / "_extension.yml")
            shutil.copyfile(notebook, where / notebook.name)
            calls = [[]] if set(formats) == set(FORMATS) else [["--to", _TO[format_]] for format_ in formats]
            environment = {"NO_COLOR": "1", "SOURCE_DATE_EPOCH": str(seconds_of(day))}
            for to in calls:  # one for all formats, else one for each wanted
                command = [str(self.program), "render", notebook.name, *to]
                done = run("Quarto", command, folder=where, environment=environment)
                if done.status != 0:
                    raise RenderError(f"Quarto {self.release} kunne ikke lave dokumentet: {_told(done, where)}")
            made = []
            for format_ in formats:
                path = where / f"{notebook.stem}.{'typ' if format_ == 'pdf' else format_}"
                if not _is_whole(path, format_):
                    raise RenderError(f"Quarto {self.release} lavede ikke en hel {path.name} og sagde ikke hvorfor")
                if format_ == "docx":
                    docx.finish(path, metadata, where / _EXTENSION / "fonts")
                elif format_ == "pdf":
                    path = compile_pdf(path, day, (_EXTENSION / "fonts").as_posix())
                made.append(folder / path.name)
                shutil.copyfile(path, made[-1])
        return made


def _is_whole(path: Path, format_: Format) -> bool:
    """Tell whether a file begins and ends as a document of its format does."""
    begin, end = _ENDS[format_]
    content = path.read_bytes() if path.is_file() else b""
    return content.startswith(begin) and end in content[-1024:]


def _ended(status: int, said: Sequence[str]) -> str:
    """Return how Quarto ended, with the last line of what it said."""
    return f"endte med status {status}" + (f": {_shown(said[-1])}" if said else "")


def _told(done: Done, folder: Path) -> str:
    """Return the line that says what is wrong, else how Quarto ended."""
    said = _COLOUR.sub("", done.said).replace(f"{folder.resolve()}{os.sep}", "").splitlines()
    for wrong in _WRONG:
        for line in said:
            if found := wrong.search(line):
                return _shown(found[1])
    return _ended(done.status, [line for line in said if not _NOISE.match(line)])


def _shown(line: str) -> str:
    """Return what a program said, fit for one line of a message."""
    text = visible(_COLOUR.sub("", line))
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _numbers(version: str) -> tuple[int, ...]:
    """Return a version as numbers; a development version counts as its numbers say."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
