"""The embedded engine: an executed notebook to HTML, PDF or DOCX without Quarto.

It runs the pandoc of ``pypandoc_binary`` and the compiler of ``typst`` with the very files of the Quarto extension
(template, stylesheet, filters, reference document), so that both engines make the same document. Nothing is
fetched, and nothing of the machine, its clock or its folders reaches the output: the same notebook gives the same
bytes.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import sys
from contextlib import ExitStack
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import nbformat
import yaml

from aarsstatus.render import Format, RenderError, docx, pdf
from aarsstatus.run import temporary
from aarsstatus.run.programs import Program

__all__ = [
    "RenderError",
    "compiled",
    "document_date",
    "embedded_version",
    "front_matter",
    "markdown_of",
    "render",
    "seconds_of",
    "typst",
]

# Written into files when the notat has no date of its own: a fixed day, so that bytes never depend on the clock.
_NO_DATE = date(2000, 1, 1)
_IMAGES = {"svg": "image/svg+xml", "png": "image/png"}
_FRONT_MATTER = re.compile(r"\A---\s*\n(.*?)\n---\s*\Z", re.DOTALL)
# Where typst says that the scratch folder is.
_PATH = re.compile(r"\S*(?=notat\.typ)")
# The Markdown that Quarto reads, too.
_READER = "markdown"
# How pandoc, a Haskell program, keeps its memory: as built it takes 64 MiB of new memory at once, and clears up all of
# it again after each megabyte that stays. That takes a third of its time; a notat is made before there is need to.
_MEMORY = ("+RTS", "-H4m", "-A2m", "-O128m", "-RTS")


def front_matter(notebook: nbformat.NotebookNode) -> dict[str, Any]:
    """Return the YAML of the notebook's first raw cell as a dictionary, empty when there is none.

    Raises
    ------
    RenderError
        If the cell is not a YAML mapping.
    """
    for cell in notebook.cells[:1]:
        match = _FRONT_MATTER.match(cell.source.strip()) if cell.cell_type == "raw" else None
        if match is None:
            continue
        try:
            values = yaml.safe_load(match[1])
        except yaml.YAMLError as error:
            raise RenderError(f"Notebookens første celle er ikke gyldig YAML: {error}") from error
        if not isinstance(values, dict):
            raise RenderError("Notebookens første celle skal have navne og værdier, som »title: Årsstatus«")
        return values
    return {}


def markdown_of(notebook: nbformat.NotebookNode, images: Literal["svg", "png"] = "svg") -> tuple[str, dict[str, bytes]]:
    """Return the Markdown that an executed notebook stands for, as Quarto reads it, and its pictures.

    Parameters
    ----------
    notebook
        Executed; code cells write ``text/markdown`` and pictures, and code itself is never shown.
    images
        Which of a picture's variants to take where it has both.

    Returns
    -------
    tuple
        The Markdown, front matter first, and the pictures by the path under which the Markdown names them.

    Raises
    ------
    RenderError
        If a cell failed or shows something that is neither Markdown nor a picture; the message names the cell.
    """
    parts: list[str] = []
    media: dict[str, bytes] = {}
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type in {"markdown", "raw"}:
            parts.append(cell.source)
            continue
        for place, output in enumerate(cell.outputs, start=1):
            shown = _shown(output, images, f"celle {number}")
            if isinstance(shown, str):
                parts.append(shown)
            elif shown is not None:
                suffix, content = shown
                path = f"media/celle-{number:03}-{place}.{suffix}"
                media[path] = content
                parts.append(f"![]({path})")
    return "\n\n".join(part.strip("\n") for part in parts) + "\n", media


def _shown(output: nbformat.NotebookNode, images: Literal["svg", "png"], where: str) -> str | tuple[str, bytes] | None:
    """Return what one output shows: Markdown, a picture as (suffix, bytes), or nothing."""
    if output.output_type == "error":
        raise RenderError(f"{where} fejlede: {output.ename}: {output.evalue}")
    if output.output_type == "stream":
        return str(output.text) if output.name == "stdout" else None
    data = output.data
    if "text/markdown" in data:
        return str(data["text/markdown"])
    for suffix in (images, *_IMAGES):
        content = data.get(_IMAGES[suffix])
        if content is not None:
            text = content if isinstance(content, str) else "".join(content)
            return suffix, text.encode() if suffix == "svg" else base64.b64decode(text)
    raise RenderError(f"{where} viser {', '.join(data) or 'ingenting'}; notatet viser kun Markdown og billeder")


def render(notebook: nbformat.NotebookNode, format: Format, extension: Path, target: Path) -> None:  # noqa: A002
    """Render an executed notebook to one file. May be called from several threads at once.

    Parameters
    ----------
    notebook
        Executed, with front matter in its first cell.
    format
        What to make.
    extension
        The folder of the Quarto extension, ``_extensions/notat``.
    target
        The file to write; its folder exists.

    Raises
    ------
    RenderError
        If a cell failed, a reference points to nothing, or the document cannot be made; in Danish.
    """
    metadata = front_matter(notebook)
    markdown, media = markdown_of(notebook, "png" if format == "docx" else "svg")
    extension = extension.resolve()
    day = document_date(metadata)
    with ExitStack() as stack:
        folder = stack.enter_context(temporary.folder())
        compiler = stack.enter_context(typst(folder)) if format == "pdf" else None  # it loads meanwhile
        for path, content in media.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(content)
        made = folder / f"notat.{format}"
        content = _run_pandoc(markdown, _options(format, extension), folder, day)
        if compiler is not None:
            made.with_suffix(".typ").write_bytes(content)
            content = compiled(compiler, made.with_suffix(".typ"), extension / "fonts", day)
        made.write_bytes(content)
        if format == "pdf":
            pdf.finish(made)
        elif format == "docx":
            docx.finish(made, metadata, fonts=extension / "fonts")
        shutil.copyfile(made, target)


def document_date(metadata: dict[str, Any]) -> date:
    """Return the notat's own date, or a fixed one."""
    value = metadata.get("document-date")
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)) if value else _NO_DATE
    except ValueError as error:
        raise RenderError(f"document-date skal være en dato som 2026-03-11; fandt »{value}«") from error


def _options(format: Format, extension: Path) -> list[str]:  # noqa: A002
    """Return pandoc's options for a format; the same that _extension.yml gives Quarto."""
    common = [
        f"--from={_READER}",
        "--standalone",
        "--wrap=none",
        f"--lua-filter={extension / 'notat.lua'}",
        f"--lua-filter={extension / 'crossref.lua'}",
    ]
    if format == "html":
        return [
            *common,
            "--to=html5",
            "--shift-heading-level-by=1",
            "--section-divs",
            "--embed-resources",
            f"--template={extension / 'template.html'}",
            f"--css={extension / 'tokens.css'}",
            f"--css={extension / 'notat.css'}",
            f"--metadata=engine-name:Årsstatus, indlejret motor: pandoc {_pandoc().version}",
        ]
    if format == "pdf":
        return [*common, "--to=typst", f"--template={extension / 'typst-embedded.typ'}"]
    return [*common, "--to=docx", f"--reference-doc={extension / 'reference.docx'}"]


def _run_pandoc(markdown: str, options: list[str], folder: Path, day: date) -> bytes:
    """Run pandoc in a folder of its own, with nothing of the user's pandoc set-up, and return what it makes."""
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(seconds_of(day)), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    command = [_pandoc_path(), f"--data-dir={folder}", *options, "--output=-", *_pandoc().memory]
    with Program("pandoc", command, folder, environment) as program:
        done = program.finish(markdown.encode())
    if done.status != 0:
        told = [line.removeprefix("FEJL: ") for line in done.said.splitlines() if line.startswith("FEJL: ")]
        why = done.said or f"programmet standsede uventet ({done.status})"
        raise RenderError("\n".join(told) or f"pandoc kunne ikke lave dokumentet: {why}")
    if done.said:
        # Pandoc warns of pictures it cannot find, of duplicate names and the like: never fit to publish.
        raise RenderError(f"pandoc advarer: {done.said}")
    return done.made


def typst(folder: Path) -> Program:
    """Start the Typst compiler; what it compiles is given to `compiled`."""
    command = [sys.executable, "-P", "-m", "aarsstatus.render.typesetting"]
    return Program("typst", command, folder, os.environ | {"PYTHONUTF8": "1"})


def compiled(program: Program, source: Path, fonts: Path, day: date) -> bytes:
    """Return a PDF that is both accessible (PDF/UA-1) and fit for the archive (PDF/A-2a).

    Parameters
    ----------
    program
        What `typst` started.
    source
        The Typst file, beside the pictures that it names.
    fonts
        The folder of the only fonts that are used.
    day
        When it says that it was made.

    Raises
    ------
    RenderError
        If it cannot be made, or Typst warns of anything.
    """
    asked = {
        "source": str(source),
        "root": str(source.parent),
        "fonts": str(fonts),
        "standards": ["a-2a", "ua-1"],
        "seconds": seconds_of(day),
    }
    done = program.finish(json.dumps(asked).encode())
    if done.status != 0:
        raise RenderError(f"PDF kunne ikke laves: typst standsede uventet ({done.status})")
    line, _, made = done.made.partition(b"\n")
    told = json.loads(line)
    if told["error"] is not None:
        raise RenderError(f"PDF kunne ikke laves: {_PATH.sub('', told['error'])}")
    if told["warnings"]:
        # A typeface that is missing, a layout that does not settle: never fit to publish either.
        raise RenderError("typst advarer: " + "; ".join(told["warnings"]))
    return made


def seconds_of(day: date) -> int:
    """Return a day as programs count time."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


@cache
def _pandoc_path() -> str:
    """Return the program that came with ``pypandoc_binary``, never one that happens to be on the machine."""
    import pypandoc  # noqa: PLC0415 - slow to import

    bundled = Path(pypandoc.__file__).parent / "files" / ("pandoc.exe" if os.name == "nt" else "pandoc")
    return str(bundled) if bundled.is_file() else str(pypandoc.get_pandoc_path())


class _Pandoc(NamedTuple):
    """The pandoc that we have: its version as it says itself, and what it is told of its memory."""

    version: str
    memory: tuple[str, ...]


@cache
def _pandoc() -> _Pandoc:
    """Return what pandoc we have. It may be built to refuse `_MEMORY`, and is told nothing then."""
    for memory in (_MEMORY, ()):
        with Program("pandoc", [_pandoc_path(), "--version", *memory], Path(), os.environ) as program:
            done = program.finish()
        said = done.made.decode(errors="replace").split()
        if done.status == 0 and len(said) > 1:
            return _Pandoc(said[1], memory)
        if done.status < 0:  # it was killed, and refused nothing
            break
    raise RenderError(f"pandoc kan ikke køres; programmet standsede uventet ({done.status})")


@cache
def embedded_version() -> str:
    """Return what the manifest and the run's last lines call this engine: ``pandoc 3.9, typst 0.15.2``."""
    from importlib.metadata import version  # noqa: PLC0415

    return f"pandoc {_pandoc().version}, typst {version('typst')}"
