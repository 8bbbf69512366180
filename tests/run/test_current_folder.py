"""The folder where one stands is nobody's library: what lies there is not run by any of our programs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT

from aarsstatus.run.notebook import KERNEL, execute
from aarsstatus.run.programs import run_python

NAMES = (
    "argparse", "csv", "dataclasses", "datetime", "decimal", "enum", "fractions", "hashlib", "html", "json", "logging",
    "numpy", "pandas", "pydantic", "random", "rich", "signal", "socket", "subprocess", "tempfile", "typing", "yaml",
)  # fmt: skip
"""Modules that a run needs, of Python and of others; somebody may well have a file of such a name."""
IMPORTS = f"import {', '.join(NAMES)}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file for each name, which says so when it is run."""
    for name in NAMES:
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'kørt')!r}, 'a').write({name!r} + ' ')\n", "utf-8")
    return tmp_path


def ran(folder: Path) -> str:
    mark = folder / "kørt"
    return mark.read_text(encoding="utf-8") if mark.exists() else ""


@pytest.mark.parametrize("command", [["-m", "aarsstatus"], [str(Path(sys.executable).parent / "aarsstatus")]])
def test_the_command_runs_nothing_from_it(folder: Path, command: list[str]) -> None:
    for name in ("params", "data", "notebooks", "_extensions"):
        (folder / name).symlink_to(ROOT / name)
    for name in ("_quarto.yml", "requirements.lock"):
        (folder / name).symlink_to(ROOT / name)
    done = subprocess.run(
        [sys.executable, *command, "check", "2025"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert ran(folder) == ""
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_program_runs_nothing_from_it(folder: Path) -> None:
    for arguments in (["-c", IMPORTS], ["-m", "aarsstatus", "--version"]):
        assert run_python("prøven", arguments, folder=folder).status == 0
    assert ran(folder) == ""


def test_a_notebook_runs_nothing_from_it(folder: Path) -> None:
    cells = [nbformat.v4.new_code_cell(IMPORTS)]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    execute(notebook, {}, folder)
    assert ran(folder) == ""
