"""Read a notebook, execute it with Papermill, and leave time and place out of it.

The kernel is Jupyter's ordinary one, a process of its own, and always this very interpreter, whatever kernels the
machine or the user has registered. Nothing is written in the user's home folder.

Git, a cloud folder or an editor may have left anything in a notebook. What Papermill and its kin would raise or pass
over in silence is told by its place, in one line, before anything runs.
"""

from __future__ import annotations

import ast
import json
import logging
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError

from aarsstatus import interruption
from aarsstatus.files import read_utf8
from aarsstatus.problems import SHORT_OF_MEMORY, InputError, Problem
from aarsstatus.run import temporary
from aarsstatus.run.programs import TAKE_LONGER, clean_environment, time_limit

logging.getLogger("papermill").addHandler(logging.NullHandler())  # what it says, we say in Danish
NotebookClient(nbformat.v4.new_notebook(), km=AsyncKernelManager())  # the first looks up classes, as two may not

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
_COMMAND = [
    sys.executable, "-m", "ipykernel", "-f", "{connection_file}",
    "--log-level=ERROR", "--HistoryManager.enabled=False", "--IPKernelApp.ignore_cwd=True",
]  # fmt: skip
_ROOM = 80
"""Bytes of a folder's name that leave room for a socket's: systems have some 104 for both."""


class NotebookError(Exception):
    """Tell in Danish why a notebook did not run to its end.

    `notebook` holds it as far as it came.
    """

    def __init__(self, message: str, notebook: nbformat.NotebookNode | None = None) -> None:
        super().__init__(message)
        self.notebook = notebook


class _Kernel(AsyncKernelManager):
    """Start this very interpreter as a kernel, with nothing of the user's settings."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Jupyter's own
        super().__init__(**options)
        self._own = tempfile.mkdtemp(dir=temporary.own())
        self.connection_file = str(Path(self._own, "k.json"))
        if sys.platform != "win32" and len(os.fsencode(self._own)) <= _ROOM:
            self.transport = "ipc"  # no other user can reach it, and no two builds take the same port

    @property
    def kernel_spec(self) -> KernelSpec:
        """Return how the kernel is started."""
        return KernelSpec(argv=_COMMAND, **{key: KERNEL[key] for key in ("display_name", "language")})

    async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]  # noqa: ANN401 - Jupyter's own
        """Start it."""
        ours = {"IPYTHONDIR": self._own, "MPLCONFIGDIR": temporary.for_matplotlib(), "SOURCE_DATE_EPOCH": "0"}
        interruption.check()
        await super().start_kernel(
            env=clean_environment() | ours, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options
        )
        if interruption.heard():  # it was started while everything was being ended
            await self.shutdown_kernel(now=True)


def execute(source: nbformat.NotebookNode, parameters: Mapping[str, Any], folder: Path) -> nbformat.NotebookNode:
    """Execute a notebook with Papermill, its kernel working in a folder; normalise it.

    Each of the parameters must be one that its ``parameters`` cell has. May be called from several threads at once.

    Raises
    ------
    NotebookError
        If a cell fails; its message names the cell.
    """
    limit = time_limit()
    with temporary.folder() as own:
        target = own / "executed.ipynb"
        try:
            return normalise(
                papermill.execute_notebook(
                    source,
                    str(target).replace("{", "{{").replace("}", "}}"),  # Papermill takes a path for a format
                    parameters=dict(parameters),
                    resources={"metadata": {"path": str(folder)}},
                    kernel_manager_class=_Kernel,
                    shutdown_kernel="immediate",
                    progress_bar=False,
                    execution_timeout=limit,
                    start_timeout=limit,
                    request_save_on_cell_execute=False,
                )
            )
        except papermill.PapermillExecutionError as error:
            notebook = normalise(nbformat.read(target, as_version=4)) if target.exists() else None
            ours = error.ename == "InputError"  # for people already
            why = error.evalue if ours else f"{error.ename}: {error.evalue}"
            raise NotebookError(f"{_failed(error, notebook)}: {why}", notebook) from None
        except CellTimeoutError:
            raise NotebookError(f"en celle blev ikke færdig på {limit} sekunder; {TAKE_LONGER}") from None
        except RuntimeError as error:
            if "didn't respond" in str(error):  # Jupyter has one kind of error for both
                slow = f"Python-processen, der kører notebooken, var ikke i gang efter {limit} sekunder"
                raise NotebookError(f"{slow}; {TAKE_LONGER}") from None
            raise NotebookError(f"Python-processen, der kørte notebooken, døde. {SHORT_OF_MEMORY}") from None


def _failed(error: Any, notebook: nbformat.NotebookNode | None) -> str:  # noqa: ANN401 - papermill is untyped
    """Return the name of the cell that failed."""
    if notebook is not None:
        for name, cell in named_cells(notebook):
            if any(output.output_type == "error" for output in cell.get("outputs", [])):
                return name
    return f"celle {error.cell_index}"


def named_cells(notebook: nbformat.NotebookNode) -> Iterator[tuple[str, nbformat.NotebookNode]]:
    """Yield each cell with its name in messages: its number as written, and its id."""
    number = 0
    for cell in notebook.cells:
        injected = "injected-parameters" in cell.metadata.get("tags", [])
        number += not injected
        yield ("cellen med parametre" if injected else f"celle {number} (»{cell.get('id', '?')}«)"), cell


def normalise(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return an executed notebook without times, paths, random ids and warnings.

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
            plain.outputs = [_plain_output(output) for output in cell.outputs if output.get("name") != "stderr"]
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
    """Return an output without metadata, and without the text that names its object."""
    output = nbformat.from_dict(dict(output))
    if output.output_type in {"display_data", "execute_result"}:
        rich = {kind: data for kind, data in output.data.items() if kind != "text/plain"}
        output.data = nbformat.from_dict(rich or dict(output.data))
        output.metadata = nbformat.NotebookNode()
        output.pop("transient", None)
    return output


# -- before it runs --------------------------------------------------------------------------------------------


_MOST_BYTES = 64 << 20
_CONFLICT = re.compile(r"(?m)^(?:<{7}|={7}|>{7})(?: .*)?$")
"""What git leaves in a file where two people have changed the same lines."""
_RESAVE = "åbn den i Jupyter, og gem den igen"


def read_notebook(path: Path, name: str, parameters: Iterable[str]) -> nbformat.NotebookNode:
    """Read a notebook that takes some parameters; messages call it `name`.

    Raises
    ------
    InputError
        If it is damaged, or lacks what it is executed by.
    """
    text = read_utf8(path, name, most=_MOST_BYTES)
    if text.startswith("\ufeff"):
        raise InputError(Problem(name, "notebooken begynder med et usynligt tegn (BOM); gem den som UTF-8 uden BOM"))
    if conflict := _CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        raise InputError(Problem(name, "notebooken har mærker efter en konflikt i git; vælg den ene udgave", line))
    notebook = _of_json(_json(text, name), name)
    problems = [Problem(name, why) for why in _lacks(notebook, parameters)]
    if problems:
        raise InputError(problems)
    return notebook


def _json(text: str, name: str) -> dict[str, Any]:
    """Read the JSON that a notebook is kept as."""
    if not text.strip():
        raise InputError(Problem(name, "notebooken er tom; hent den seneste udgave af den"))
    try:
        content = json.loads(text)
    except RecursionError:
        raise InputError(
            Problem(name, "notebooken er skruet sammen i for mange lag; hent den forrige udgave")
        ) from None
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        why = "notebooken er ikke hel (ugyldig JSON); hent den forrige udgave"
        raise InputError(Problem(name, why, line)) from None
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise InputError(Problem(name, f"filen er ikke en notebook, som Jupyter gemmer den; {_RESAVE}"))
    return content


def _of_json(content: dict[str, Any], name: str) -> nbformat.NotebookNode:
    """Return a valid notebook, each cell with an id of its own."""
    if content.get("nbformat") != 4:
        raise InputError(Problem(name, f"notebooken er ikke gemt i version 4 af formatet; {_RESAVE}"))
    seen: dict[object, int] = {}
    for number, cell in enumerate(content["cells"], start=1):
        id_ = cell.get("id") if isinstance(cell, dict) else None
        if not id_:
            raise InputError(Problem(name, f"celle {number} har intet id; {_RESAVE}"))
        if (other := seen.setdefault(str(id_), number)) != number:
            raise InputError(Problem(name, f"celle {other} og {number} har samme id (»{id_}«); {_RESAVE}"))
    try:
        notebook: nbformat.NotebookNode = nbformat.v4.to_notebook(content)
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        why = f"notebooken er ikke, som Jupyter gemmer den: {str(error).partition(chr(10))[0]}; {_RESAVE}"
        raise InputError(Problem(name, why)) from None
    return notebook


def _lacks(notebook: nbformat.NotebookNode, parameters: Iterable[str]) -> Iterator[str]:
    """Yield a notebook's missing parts: a kernel, and a cell with the parameters."""
    if notebook.metadata.get("kernelspec", {}).get("language", "python") != "python":
        yield "notebooken er ikke til Python; åbn den i Jupyter, og vælg Python 3"
    elif "kernelspec" not in notebook.metadata:
        yield "notebooken siger ikke, hvad der skal køre den (kernelspec); åbn den i Jupyter, og vælg Python 3"
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        yield f"der skal være én celle med mærket »parameters«; fandt {len(tagged)}"
        return
    try:
        tree = ast.parse(tagged[0].source)
    except (SyntaxError, ValueError):
        yield f"cellen med parametre (»{tagged[0].id}«) er ikke gyldig Python"
        return
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for name in parameters:
        if name not in named:
            yield f"cellen med parametre (»{tagged[0].id}«) har ikke {name}"
