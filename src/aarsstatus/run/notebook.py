"""Executing a notebook with Papermill, and making the result say nothing of when and where it was executed.

Papermill stays the executor; `kernel` starts the process that it executes in.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

from aarsstatus.problems import SHORT_OF_MEMORY
from aarsstatus.run.processes import TAKE_LONGER, time_limit

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager

__all__ = ["NotebookError", "execute", "load", "named_cells", "normalise"]

logging.getLogger("papermill").addHandler(logging.NullHandler())  # what it says, we say in Danish

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


class NotebookError(Exception):
    """A notebook that did not run to its end. The message is Danish; `notebook` holds what it came to."""

    def __init__(self, message: str, notebook: nbformat.NotebookNode | None = None) -> None:
        super().__init__(message)
        self.notebook = notebook


def load() -> None:
    """Load Papermill, which takes a while: before one has to wait for a kernel, or while one boots."""
    import papermill  # noqa: F401, PLC0415


def execute(
    source: Path, target: Path, parameters: Mapping[str, Any], manager: AsyncKernelManager
) -> nbformat.NotebookNode:
    """Execute a notebook with Papermill.

    Parameters
    ----------
    source, target
        The notebook, and where Papermill writes the executed one.
    parameters
        What Papermill injects; each must be one that the notebook's ``parameters`` cell has.
    manager
        A started kernel; its working folder is the notebook's.

    Returns
    -------
    nbformat.NotebookNode
        The executed notebook, normalised.

    Raises
    ------
    NotebookError
        If a cell fails; its message names the cell.
    """
    import papermill  # noqa: PLC0415 - see `load`
    from nbclient.exceptions import CellTimeoutError  # noqa: PLC0415

    limit = time_limit()
    try:
        notebook = papermill.execute_notebook(
            source,
            target,
            parameters=dict(parameters),
            km=manager,
            progress_bar=False,
            execution_timeout=limit,
            start_timeout=limit,
            request_save_on_cell_execute=False,
        )
    except papermill.PapermillExecutionError as error:
        notebook = normalise(nbformat.read(target, as_version=4)) if target.exists() else None
        raise NotebookError(f"{_failed(error, notebook)}: {_reason(error.ename, error.evalue)}", notebook) from None
    except CellTimeoutError:
        raise NotebookError(f"en celle blev ikke færdig på {limit} sekunder; {TAKE_LONGER}") from None
    except RuntimeError:  # it died, before it answered or after; or it never answered
        raise NotebookError(f"Python-processen, der kørte notebooken, døde. {SHORT_OF_MEMORY}") from None
    return normalise(notebook)


def _failed(error: Any, notebook: nbformat.NotebookNode | None) -> str:  # noqa: ANN401 - papermill is untyped
    """Return the name of the cell that failed."""
    if notebook is not None:
        for name, cell in named_cells(notebook):
            if any(output.output_type == "error" for output in cell.get("outputs", [])):
                return name
    return f"celle {error.cell_index}"


def _reason(name: str, value: str) -> str:
    """Return why a cell failed; our own messages are for people already."""
    return value if name == "InputError" else f"{name}: {value}"


def named_cells(notebook: nbformat.NotebookNode) -> Iterator[tuple[str, nbformat.NotebookNode]]:
    """Yield each cell with what it is called in messages: its number in the notebook as written, and its id."""
    number = 0
    for cell in notebook.cells:
        injected = "injected-parameters" in cell.metadata.get("tags", [])
        number += not injected
        yield ("cellen med parametre" if injected else f"celle {number} (»{cell.get('id', '?')}«)"), cell


def normalise(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return an executed notebook without timestamps, durations, paths, random ids and Python's own names for objects.

    What is left depends on the notebook, its parameters and its inputs alone.
    """
    cells = []
    for index, cell in enumerate(notebook.cells):
        if "papermill-error-cell-tag" in cell.metadata.get("tags", []):
            continue
        tags = [tag for tag in cell.metadata.get("tags", []) if not tag.startswith("papermill")]
        plain = nbformat.NotebookNode(cell_type=cell.cell_type, id=cell.get("id"), source=cell.source)
        plain.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        if "injected-parameters" in tags:
            plain.id = "injected-parameters"
        if cell.cell_type == "code":
            plain.execution_count = cell.execution_count
            plain.outputs = [_plain_output(output) for output in cell.outputs]
        plain.id = plain.id or f"cell-{index + 1}"
        cells.append(plain)
    whole: nbformat.NotebookNode = nbformat.from_dict(
        {
            "cells": cells,
            "metadata": {"kernelspec": dict(KERNEL), "language_info": {"name": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )
    return whole


def _plain_output(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return an output without metadata, and without the text that stands for its object."""
    output = nbformat.from_dict(dict(output))
    if output.output_type in {"display_data", "execute_result"}:
        rich = {kind: data for kind, data in output.data.items() if kind != "text/plain"}
        output.data = nbformat.from_dict(rich or dict(output.data))
        output.metadata = nbformat.NotebookNode()
        output.pop("transient", None)
    return output
