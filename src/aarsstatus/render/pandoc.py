"""Run pandoc in a folder of its own, which holds all that it reads, each file named relative to it.

A name that begins with a network drive would be read as an address on the web, and one with ``%20`` in it decoded.
It is the pandoc of ``pypandoc_binary``, with nothing of the user's own set-up.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import pypandoc

from aarsstatus.render import RenderError
from aarsstatus.run import temporary
from aarsstatus.run.programs import Program

__all__ = ["NO_DATE", "pandoc", "pandoc_version", "seconds_of", "staged"]

NO_DATE = date(2000, 1, 1)
"""Written into files that have no date of their own: a fixed day, so that bytes never depend on the clock."""
_FILTERS = ("--lua-filter=notat.lua", "--lua-filter=crossref.lua")
_OPTIONS = {
    "html": (*_FILTERS, "--to=html5", "--shift-heading-level-by=1", "--section-divs", "--embed-resources",
             "--template=template.html", "--css=tokens.css", "--css=notat.css"),
    "pdf": (*_FILTERS, "--to=typst", "--template=typst-embedded.typ"),
    "docx": (*_FILTERS, "--to=docx", "--reference-doc=reference.docx"),
    "page": ("--to=html5", "--embed-resources", "--template=template.html", "--css=tokens.css", "--css=notat.css",
             "--css=pages.css", "--metadata=own-page:true", "--metadata=lang:da"),
}  # fmt: skip
"""What pandoc is told for each format; as ``_extension.yml`` tells Quarto. A page is one beside the notat."""
# How pandoc, a Haskell program, keeps its memory: as built it takes 64 MiB of new memory at once, and clears up all of
# it again after each megabyte that stays. That takes a third of its time; a notat is made before there is need to.
_MEMORY = ("+RTS", "-H4m", "-A2m", "-O128m", "-RTS")


@contextmanager
def staged(extension: Path) -> Iterator[Path]:
    """Make a folder with a copy of the extension's files, and take it away at the end."""
    with temporary.folder() as folder:
        shutil.copytree(extension, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        yield folder


def pandoc(
    text: str, made: Literal["html", "pdf", "docx", "page"], folder: Path, day: date, metadata: Mapping[str, str]
) -> bytes:
    """Return what pandoc makes of Markdown.

    Parameters
    ----------
    text
        The Markdown that Quarto reads, too.
    made
        What it becomes; of a PDF it makes the Typst source.
    folder
        What `staged` made, and the pictures.
    day
        When the document says that it was made.
    metadata
        Plain text that the template shows, beside what the Markdown itself says.

    Raises
    ------
    RenderError
        If pandoc fails, or warns of anything.
    """
    said = [f"--metadata={name}:{value}" for name, value in metadata.items()]
    options = ("--data-dir=.", "--from=markdown", "--standalone", "--wrap=none", *_OPTIONS[made], *said, "--output=-")
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(seconds_of(day)), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    with Program("pandoc", [_path(), *options, *_pandoc().memory], folder, environment) as program:
        done = program.finish(text.encode())
    if done.status != 0:
        told = [line.removeprefix("FEJL: ") for line in done.said.splitlines() if line.startswith("FEJL: ")]
        why = done.said or f"programmet standsede uventet ({done.status})"
        raise RenderError("\n".join(told) or f"pandoc kunne ikke lave dokumentet: {why}")
    if done.said:
        # Pandoc warns of pictures it cannot find, of duplicate names and the like: never fit to publish.
        raise RenderError(f"pandoc advarer: {done.said}")
    return done.made


def pandoc_version() -> str:
    """Return pandoc's version as it says itself: ``3.9``."""
    return _pandoc().version


def seconds_of(day: date) -> int:
    """Return a day as programs count time."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


@cache
def _path() -> str:
    """Return the program that came with ``pypandoc_binary``, never one that happens to be on the machine."""
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
        with Program("pandoc", [_path(), "--version", *memory], Path(), os.environ) as program:
            done = program.finish()
        said = done.made.decode(errors="replace").split()
        if done.status == 0 and len(said) > 1:
            return _Pandoc(said[1], memory)
        if done.status < 0:  # it was killed, and refused nothing
            break
    raise RenderError(f"pandoc kan ikke køres; programmet standsede uventet ({done.status})")
