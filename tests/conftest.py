"""Shared by the tests: copies of the project to break, and reports built once for all that look at them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from aarsstatus.build import Options, Result, build
from aarsstatus.figures import Figures, build_figures
from aarsstatus.inputs import Data, read_year
from aarsstatus.params import Params
from aarsstatus.project import Project

ROOT = Path(__file__).parent.parent
PARTS = ("params", "data", "notebooks", "_extensions", "_quarto.yml", "requirements.lock")


def copy_project(target: Path) -> Project:
    """Copy what a build needs, so that a test may change it."""
    target.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, target / part, ignore=shutil.ignore_patterns("raw", "__pycache__"))
        else:
            shutil.copy2(source, target)
    return Project(target)


@pytest.fixture(scope="session")
def project() -> Project:
    """The project itself, for reading."""
    return Project(ROOT)


@pytest.fixture
def copied(tmp_path: Path) -> Project:
    """A copy of the project, for breaking."""
    return copy_project(tmp_path / "projekt")


@pytest.fixture(scope="session", params=[2021, 2025])
def year(request: pytest.FixtureRequest) -> int:
    """Each published year."""
    return int(request.param)


@pytest.fixture(scope="session")
def inputs(project: Project, year: int) -> tuple[Params, Data]:
    """Parameters and data of the year."""
    return read_year(project, year)


@pytest.fixture(scope="session")
def figures(inputs: tuple[Params, Data], year: int) -> Figures:
    """The year's table of figures."""
    params, data = inputs
    return build_figures(data, year, notat=params.notat)


@pytest.fixture(scope="session")
def built(project: Project, year: int, tmp_path_factory: pytest.TempPathFactory) -> Result:
    """The year's finished report, made by the embedded engine."""
    output = tmp_path_factory.mktemp(f"output-{year}")
    return build(project, year, Options(engine="embedded", output=output))


@pytest.fixture(scope="session")
def built_by_quarto(project: Project, year: int, tmp_path_factory: pytest.TempPathFactory) -> Result:
    """The year's finished report, made by Quarto."""
    if shutil.which("quarto") is None:
        pytest.skip("quarto is not on PATH: the reference engine cannot be compared")
    output = tmp_path_factory.mktemp(f"quarto-{year}")
    return build(project, year, Options(engine="quarto", output=output))
