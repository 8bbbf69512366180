"""Quarto in somebody's hands: what it does in the project's root, with a notebook, and over what is finished."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pypandoc
import pytest
import yaml

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "_extensions" / "notat" / "stop_quarto.lua"
PANDOC = shutil.which("pandoc") or str(Path(pypandoc.__file__).parent / "files" / "pandoc")


def stopped(folder: Path, **environment: str) -> str:
    """Run what Quarto runs first, as Quarto does, and return why it stops; empty where it does not."""
    command = [PANDOC, "lua", str(SCRIPT)]
    given = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **environment}
    done = subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode != 0) == bool(done.stderr)
    return done.stderr


def test_the_whole_project_is_not_rendered(tmp_path: Path) -> None:
    said = stopped(
        tmp_path, QUARTO_PROJECT_RENDER_ALL="1", QUARTO_PROJECT_INPUT_FILES="notebooks/a.ipynb\nnotebooks/b.ipynb"
    )
    assert said.startswith("Hele projektet laves med »aarsstatus build ÅR«")
    assert said.count("\n") == 1
    assert stopped(tmp_path, QUARTO_PROJECT_RENDER_ALL="1", QUARTO_PROJECT_INPUT_FILES="alene.ipynb") == ""


@pytest.mark.parametrize("path", ["output/2025/notat.ipynb", "output\\2025\\notat.ipynb"])
def test_what_is_finished_is_not_written_over(path: str, tmp_path: Path) -> None:
    (tmp_path / "output" / "2025").mkdir(parents=True)
    assert stopped(tmp_path, QUARTO_PROJECT_INPUT_FILES=path) == ""
    (tmp_path / "output" / "2025" / "manifest.json").touch()
    assert stopped(tmp_path, QUARTO_PROJECT_INPUT_FILES=f"out.ipynb\n{path}").startswith(f"{path} hører til et færdigt")
    assert stopped(tmp_path, QUARTO_PROJECT_INPUT_FILES="out.ipynb") == ""


def test_the_project_asks_for_it_wherever_its_settings_are_copied_to() -> None:
    """The script lies with the extension, without which nothing is rendered."""
    script = yaml.safe_load((ROOT / "_quarto.yml").read_text(encoding="utf-8"))["project"]["pre-render"]
    assert (ROOT / script) == SCRIPT
    assert SCRIPT.is_file()


def test_what_quarto_would_ignore_is_ignored() -> None:
    """It looks for these very lines, and adds them where they are missing."""
    assert {"/.quarto/", "**/*.quarto_ipynb"} <= set((ROOT / ".gitignore").read_text(encoding="utf-8").splitlines())
