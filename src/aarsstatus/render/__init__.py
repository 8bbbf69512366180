"""Turning an executed notebook into documents: two engines, one project, the same extension files.

Quarto is the reference; the embedded engine is for machines that have no Quarto. Which one made a document stands
in the manifest and at the end of a run.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, Protocol, get_args

from aarsstatus.problems import InputError, Problem, RenderError

__all__ = ["ENGINES", "FORMATS", "Choice", "Engine", "Format", "RenderError", "choose"]

Format = Literal["html", "pdf", "docx"]
FORMATS: tuple[Format, ...] = get_args(Format)
Choice = Literal["auto", "quarto", "embedded"]
ENGINES: tuple[Choice, ...] = get_args(Choice)


class Engine(Protocol):
    """A way of rendering."""

    name: str

    def identity(self) -> dict[str, str]:
        """Return what tells this engine from another one that may make other documents: its name, perhaps its version.

        A build that is done already asks for this alone, so it has to be quick.
        """

    def version(self) -> str:
        """Return the versions of the programs that render."""

    def remarks(self) -> tuple[str, ...]:
        """Return what a person who publishes what this engine makes has to know, in Danish."""

    def render(self, notebook: Path, formats: Sequence[Format], folder: Path) -> list[Path]:
        """Render an executed notebook to a file of each format in `folder`, and return the files.

        Raises
        ------
        RenderError
            If a document cannot be made.
        """


class Embedded:
    """The embedded engine, one thread a format: the work is done by pandoc's processes and typst's own threads.

    `instead_of` says why it stands in for a Quarto that is there.
    """

    name = "embedded"

    def __init__(self, extension: Path, instead_of: str = "") -> None:
        self.extension, self.instead_of = extension, instead_of

    def identity(self) -> dict[str, str]:
        """Return the name alone: the programs come with packages, whose versions the manifest has."""
        return {"name": self.name}

    def version(self) -> str:
        """Return the versions of the programs that render."""
        from aarsstatus.render.embedded import embedded_version  # noqa: PLC0415

        return embedded_version()

    def remarks(self) -> tuple[str, ...]:
        """Return why Quarto is not used, where there is one."""
        return (f"{self.instead_of}; den indlejrede motor bruges i stedet",) if self.instead_of else ()

    def render(self, notebook: Path, formats: Sequence[Format], folder: Path) -> list[Path]:
        """Render an executed notebook to a file of each format in `folder`, and return the files."""
        import nbformat  # noqa: PLC0415 - as above

        from aarsstatus.render.embedded import render  # noqa: PLC0415

        executed = nbformat.read(notebook, as_version=4)
        files = [folder / f"{notebook.stem}.{format_}" for format_ in formats]
        with ThreadPoolExecutor(max_workers=len(files)) as pool:
            list(
                pool.map(lambda job: render(executed, job[0], self.extension, job[1]), zip(formats, files, strict=True))
            )
        return files


def choose(choice: Choice, project: Path) -> Engine:
    """Return the engine asked for; ``auto`` takes Quarto when there is one on PATH that can make a notat.

    Raises
    ------
    InputError
        If Quarto is asked for and is not there, or cannot be used.
    """
    found = shutil.which("quarto") if choice != "embedded" else None
    unusable = ""
    if found:
        from aarsstatus.render.quarto import Quarto  # noqa: PLC0415 - most machines have none

        try:
            return Quarto.at(Path(found), project)
        except RenderError as error:
            unusable = str(error)
    if choice == "quarto":
        raise InputError(
            Problem(
                "--engine quarto",
                unusable or "programmet quarto findes ikke på denne maskine",
                expected="en Quarto på PATH, der virker, eller --engine embedded",
            )
        )
    return Embedded(project / "_extensions" / "notat", unusable)
