"""The manifest: its schema, what it says of the environment, and the figures' own hash."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import ROOT

from aarsstatus.build import Result
from aarsstatus.figures.collection import Figures
from aarsstatus.project import Project
from aarsstatus.release import manifest
from aarsstatus.release.archive import input_files
from aarsstatus.release.packages import locked_versions, unlike

SCHEMA = json.loads((ROOT / "docs" / "manifest.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def written(built: Result) -> dict[str, Any]:
    return json.loads((built.folder / "manifest.json").read_text(encoding="utf-8"))


def test_it_is_what_its_schema_says(report: Result) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(json.loads((report.folder / "manifest.json").read_text(encoding="utf-8")), SCHEMA)
    assert SCHEMA["properties"]["manifest"]["const"] == manifest.VERSION


@pytest.mark.parametrize("key", SCHEMA["required"])
def test_the_schema_misses_nothing(written: dict[str, Any], key: str) -> None:
    assert set(written) == set(SCHEMA["properties"]) == set(SCHEMA["required"])
    del written[key]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(written, SCHEMA)


def test_it_says_what_the_notebooks_were_given_and_what_is_checked_out(written: dict[str, Any], year: int) -> None:
    assert written["parameters"] == {"year": year, "comparison_year": year - 1, "figures": "published"}
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert written["git"] is None if head.returncode else written["git"]["commit"] == head.stdout.strip()


def test_a_tree_that_was_changed_is_not_clean(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        settings = ["-c", "user.name=x", "-c", "user.email=x@x"]
        subprocess.run(["git", *settings, *arguments], cwd=tmp_path, check=True, capture_output=True)

    assert manifest.checked_out(tmp_path) is None
    git("init", "-q")
    (tmp_path / "fil").write_text("1", encoding="utf-8")
    git("add", "fil")
    git("commit", "-qm", "x")
    first = manifest.checked_out(tmp_path)
    assert first is not None
    assert first["clean"]
    (tmp_path / "fil").write_text("2", encoding="utf-8")
    assert manifest.checked_out(tmp_path) == {**first, "clean": False}


LOCK = """
numpy==2.4.0 ; python_full_version < '3.12' \\
    --hash=sha256:0
numpy==2.5.0 ; python_full_version >= '3.12' \\
    --hash=sha256:0
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:0
typst==0.15.2 \\
    --hash=sha256:0
Papermill==2.7.0 \\
    --hash=sha256:0
rich==14.0 \\
    --hash=sha256:0
"""


def test_what_is_unlike_the_lock_is_told() -> None:
    """A version for other machines is none of ours; one of several is enough; a spelling is no difference."""
    installed = {"numpy": "2.5.0", "typst": "0.16.0", "papermill": "2.7.0", "pytest": "9"}
    assert unlike(locked_versions(LOCK), installed) == {
        "rich": {"locked": "14.0", "installed": None},
        "typst": {"locked": "0.15.2", "installed": "0.16.0"},
    }


def test_here_everything_is_as_the_lock_has_it(written: dict[str, Any]) -> None:
    assert written["unlike_lock"] == {}


def test_the_figures_hash_tells_figures_from_where_they_were_read(figures: Figures, written: dict[str, Any]) -> None:
    text = figures.to_csv()
    moved = text.replace("data/status.csv:", "data/status.csv:9")
    other = text.replace(",target,", ",target,9", 1)
    assert moved != text != other
    assert manifest.figures_hash(moved) == manifest.figures_hash(text)
    assert manifest.figures_hash(other) != manifest.figures_hash(text)


def test_two_looks_have_the_same_figures(written: dict[str, Any], built: Result) -> None:
    text = (built.folder / "figures.csv").read_text(encoding="utf-8")
    assert written["figures"] == manifest.figures_hash(text) != written["outputs"]["figures.csv"]


def test_what_ingest_can_take_back_is_no_input(copied: Project) -> None:
    (copied.data / ".ingest-2025.json").write_text("{}", encoding="utf-8")
    assert "data/errata.yml" in input_files(copied, 2025)
    assert not [name for name in input_files(copied, 2025) if "ingest-2025" in name]
