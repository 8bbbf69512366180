"""Choose the engine that turns an executed notebook into documents.

Quarto is the reference; the embedded engine is for machines that have no Quarto. Both use the same extension files.
Which one made a document stands in the manifest and at the end of a run.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol, get_args

from aarsstatus.problems import InputError, Problem, ProgramError, RenderError
from aarsstatus.render.embedded import FORMATS, Embedded, Format
from aarsstatus.render.quarto import Quarto

__all__ = ["ENGINES", "FORMATS", "Choice", "Embedded", "Engine", "Format", "Quarto", "choose"]

Choice = Literal["auto", "quarto", "embedded"]
ENGINES: tuple[Choice, ...] = get_args(Choice)


class Engine(Protocol):
    """Render notebooks in one of two ways."""

    @property
    def name(self) -> str:
        """Return what it is called on the command line."""

    def identity(self) -> dict[str, str]:
        """Return what tells this engine from one that may make other documents."""

    def version(self) -> str:
        """Return the versions of the programs that render."""

    def remarks(self) -> tuple[str, ...]:
        """Return in Danish what whoever publishes its documents has to know."""

    def render(self, notebook: Path, formats: Sequence[Format], folder: Path) -> list[Path]:
        """Render an executed notebook in `folder`, and return a file of each format.

        Raises
        ------
        ProgramError, RenderError
            If a document cannot be made.
        """


def choose(choice: Choice, project: Path) -> Engine:
    """Return the engine asked for; ``auto`` takes a Quarto on PATH that works.

    Raises
    ------
    InputError
        If Quarto is asked for and is not there, or cannot be used.
    """
    found = shutil.which("quarto") if choice != "embedded" else None
    unusable = ""
    if found:
        try:
            return Quarto.at(Path(found), project)
        except (ProgramError, RenderError) as error:
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
