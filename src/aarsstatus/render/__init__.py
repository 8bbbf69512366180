"""Choose the engine that turns an executed notebook into documents.

Quarto is the reference; the embedded engine is for machines that have no Quarto. Both use the same extension files.
Which one made a document stands in the manifest and at the end of a run.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Literal

from aarsstatus.problems import InputError, Problem, ProgramError, RenderError
from aarsstatus.render.embedded import Embedded
from aarsstatus.render.quarto import Quarto

Choice = Literal["auto", "quarto", "embedded"]
Engine = Quarto | Embedded
"""What renders notebooks: `identity` tells it from one that may make other documents, `remarks` are for its user."""


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
    remarks = (f"{unusable}; den indlejrede motor bruges i stedet",) if unusable else ()
    return Embedded(project / "_extensions" / "notat", remarks)
