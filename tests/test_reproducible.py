"""The same inputs give the same bytes: in another folder, time zone, locale, hash seed and umask."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Reports, copy_project

from aarsstatus import manifest
from aarsstatus.project import Project

ELSEWHERE = {
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "C",
    "LANG": "de_DE.UTF-8",
    "PYTHONHASHSEED": "4711",
    "MPLBACKEND": "svg",
    "SOURCE_DATE_EPOCH": "1",
    "COLUMNS": "37",
    "NO_COLOR": "1",
    "AARSSTATUS_VIEW": "lab",
}


def build_elsewhere(project: Project, year: int, environment: dict[str, str], *, umask: int = 0o022) -> Path:
    done = subprocess.run(
        [sys.executable, "-m", "aarsstatus", "build", str(year), "--engine", "embedded", "--quiet"],
        cwd=project.notebooks, env={**os.environ, **environment}, umask=umask,
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return project.output / str(year)


def test_another_place_and_time_zone_give_the_same_bytes(reports: Reports, year: int, tmp_path: Path) -> None:
    first = reports("embedded", year).folder
    project = copy_project(tmp_path / "et andet sted æøå" / "projekt")
    home = tmp_path / "intet hjem"
    second = build_elsewhere(project, year, {**ELSEWHERE, "HOME": str(home)}, umask=0o077)
    assert manifest.output_hashes(second) == manifest.output_hashes(first)
    assert (second / "manifest.json").read_bytes() == (first / "manifest.json").read_bytes()
    assert not home.exists(), "a build writes nothing in the user's home"


def test_a_read_only_project_can_be_built_elsewhere(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere, so a read-only folder proves nothing")
    project = copy_project(tmp_path / "projekt")
    for path in [project.root, *project.root.rglob("*")]:
        path.chmod(path.stat().st_mode & ~0o222)
    done = subprocess.run(
        [sys.executable, "-m", "aarsstatus", "build", "2021", "--formats", "html", "--output", tmp_path / "ud"],
        cwd=project.root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
