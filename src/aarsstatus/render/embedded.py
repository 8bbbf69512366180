"""Render a notebook without Quarto, by pandoc and Typst.

They come with ``pypandoc_binary`` and ``typst``. Template, stylesheet, filters and reference document are Quarto's, so
that both engines make the same document. Nothing is fetched, and nothing of the machine, its clock or its folders
reaches the output: the same notebook gives the same bytes.

Pandoc works in a folder of its own that holds all it reads, each file named relative to it: a name that begins with a
network drive would be read as an address on the web, and one with ``%20`` in it decoded.
"""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import pypandoc
import yaml

from aarsstatus.markdown import metadata_in
from aarsstatus.problems import RenderError
from aarsstatus.render import docx
from aarsstatus.render.typst import compile_pdf
from aarsstatus.run import temporary
from aarsstatus.run.programs import run

if TYPE_CHECKING:
    import nbformat

Format = Literal["html", "pdf", "docx"]
FORMATS: tuple[Format, ...] = get_args(Format)
NO_DATE = date(2000, 1, 1)
"""Written into files that have no date of their own: a fixed day, so that bytes never depend on the clock."""
_IMAGES = {"svg": "image/svg+xml", "png": "image/png"}
_FILTERS = ("--lua-filter=notat.lua", "--lua-filter=crossref.lua")
_PAGE = ("--to=html5", "--embed-resources", "--template=template.html", "--css=tokens.css", "--css=notat.css")
_OPTIONS = {
    "html": (*_PAGE, *_FILTERS, "--mathml", "--shift-heading-level-by=1", "--section-divs"),
    "pdf": ("--to=typst", *_FILTERS, "--template=typst-embedded.typ"),
    "docx": ("--to=docx", *_FILTERS, "--reference-doc=reference.docx"),
    "page": (*_PAGE, "--css=pages.css", "--metadata=own-page:true", "--metadata=lang:da"),
}
"""What pandoc is told for each format, as ``_extension.yml`` tells Quarto. A page is one beside the notat."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """Render with what comes with the project; `remarks` say why Quarto does not."""

    extension: Path
    remarks: tuple[str, ...] = ()
    name = "embedded"

    def identity(self) -> dict[str, str]:
        """Return the name alone: the manifest has the versions of packages."""
        return {"name": self.name}

    def version(self) -> str:
        """Return the versions of the programs that render: ``pandoc 3.9, typst 0.15.2``."""
        return f"pandoc {pandoc_version()}, typst {version('typst')}"

    def render(self, notebook: Path, formats: Sequence[Format], folder: Path) -> list[Path]:
        """Render an executed notebook in `folder`, and return a file of each format."""
        executed = read_executed(notebook)
        files = {format_: folder / f"{notebook.stem}.{format_}" for format_ in formats}
        with ThreadPoolExecutor() as pool:  # the work is done by other processes
            list(pool.map(lambda format_: render(executed, format_, self.extension, files[format_]), files))
        return list(files.values())


def render(notebook: nbformat.NotebookNode, format_: Format, extension: Path, target: Path) -> None:
    """Render an executed notebook to one file; threads may do so side by side.

    Its first cell is front matter; `extension` is the folder of the Quarto extension, ``_extensions/notat``.

    Raises
    ------
    RenderError
        If a cell failed, a reference points to nothing, or the document cannot be made; in Danish.
    """
    metadata = front_matter(notebook)
    markdown, media = markdown_of(notebook, "png" if format_ == "docx" else "svg")
    day = document_date(metadata)
    named = {"engine-name": f"Årsstatus, indlejret motor: pandoc {pandoc_version()}"} if format_ == "html" else {}
    with staged(extension) as folder:
        for path, content in media.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(content)
        made = folder / f"notat.{'typ' if format_ == 'pdf' else format_}"
        made.write_bytes(pandoc(markdown, format_, folder, day, named))
        if format_ == "pdf":
            made = compile_pdf(made, day)
        elif format_ == "docx":
            docx.finish(made, metadata, folder / "fonts")
        shutil.copyfile(made, target)


# What a notebook says -----------------------------------------------------------------------------------------------


def read_executed(notebook: Path) -> nbformat.NotebookNode:
    """Read an executed notebook."""
    import nbformat  # noqa: PLC0415 - a build that has nothing to do chooses an engine, and reads no notebook

    read: nbformat.NotebookNode = nbformat.read(notebook, as_version=4)
    return read


def front_matter(notebook: nbformat.NotebookNode) -> dict[str, Any]:
    """Return the metadata of a notebook's first raw cell, and of what its cells show.

    The later block counts, as it does for pandoc and Quarto.

    Raises
    ------
    RenderError
        If a block is not a YAML mapping.
    """
    metadata: dict[str, Any] = {}
    for number, cell in enumerate(notebook.cells, start=1):
        shown = [str(output.get("data", {}).get("text/markdown", "")) for output in cell.get("outputs", [])]
        for text in [cell.source] if cell.cell_type == "raw" and number == 1 else shown:
            metadata |= _metadata(metadata_in(text) or "{}", f"celle {number}")
    return metadata


def _metadata(block: str, where: str) -> dict[str, Any]:
    try:
        values = yaml.safe_load(block)
    except yaml.YAMLError as error:
        raise RenderError(f"Notebookens {where} er ikke gyldig YAML: {error}") from error
    if not isinstance(values, dict):
        raise RenderError(f"Notebookens {where} skal have navne og værdier, som »title: Årsstatus«")
    return values


def document_date(metadata: Mapping[str, Any]) -> date:
    """Return the notat's own date, or a fixed one."""
    value = metadata.get("document-date")
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)) if value else NO_DATE
    except ValueError as error:
        raise RenderError(f"document-date skal være en dato som 2026-03-11; fandt »{value}«") from error


def markdown_of(notebook: nbformat.NotebookNode, images: Literal["svg", "png"] = "svg") -> tuple[str, dict[str, bytes]]:
    """Return an executed notebook's Markdown, as Quarto reads it, and its pictures.

    Code is never shown. `images` is the variant to take of a picture that has both; the pictures are returned by the
    path under which the Markdown names them.

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
    """Return what an output shows: Markdown, a picture (suffix, bytes), or nothing."""
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


# Pandoc -------------------------------------------------------------------------------------------------------------


@contextmanager
def staged(extension: Path) -> Iterator[Path]:
    """Make a folder with a copy of the extension's files, and take it away at the end."""
    with temporary.folder() as folder:
        shutil.copytree(extension, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        yield folder


def pandoc(
    text: str, made: Format | Literal["page"], folder: Path, day: date = NO_DATE, metadata: Mapping[str, str] = {}
) -> bytes:
    """Return what pandoc makes of Markdown.

    Of a PDF it makes the Typst source. `folder` is what `staged` made, with the pictures in it, and `day` when the
    document says that it was made; the template shows `metadata`, plain text, beside what the Markdown itself says.

    Raises
    ------
    RenderError
        If pandoc fails, or warns of anything.
    """
    said = [f"--metadata={name}:{value}" for name, value in metadata.items()]
    read = ("--data-dir=.", "--from=markdown", "--standalone")
    options = [*read, "--wrap=none", "--eol=lf", *_OPTIONS[made], *said, "--output=-"]
    environment = {"SOURCE_DATE_EPOCH": str(seconds_of(day)), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    done = run("pandoc", [_pandoc(), *options], folder=folder, given=text.encode(), environment=environment)
    if done.status != 0:
        told = [line.removeprefix("FEJL: ") for line in done.said.splitlines() if line.startswith("FEJL: ")]
        why = done.said or done.stopped
        raise RenderError("\n".join(told) or f"pandoc kunne ikke lave dokumentet: {why}")
    if done.said:
        # Pandoc warns of pictures it cannot find, of duplicate names and the like: never fit to publish.
        raise RenderError(f"pandoc advarer: {done.said}")
    return done.made


def seconds_of(day: date) -> int:
    """Return a day as programs count time."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


@cache
def pandoc_version() -> str:
    """Return pandoc's version as it says itself: ``3.9``."""
    done = run("pandoc", [_pandoc(), "--version"], folder=Path())
    said = done.made.decode(errors="replace").split()
    if done.status != 0 or len(said) < 2:
        raise RenderError(f"pandoc kan ikke køres; {done.stopped}")
    return said[1]


def _pandoc() -> str:
    """Return the program of ``pypandoc_binary``, not one that happens to be there."""
    bundled = Path(pypandoc.__file__).parent / "files" / ("pandoc.exe" if os.name == "nt" else "pandoc")
    return str(bundled) if bundled.is_file() else str(pypandoc.get_pandoc_path())
