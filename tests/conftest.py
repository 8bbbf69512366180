"""Shared by the tests: copies of the project to break, and reports built once for all that look at them."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, settings
from jupyter_client.provisioning import LocalProvisioner
from quick_kernels import QUICK, quick_kernels
from quick_programs import programs_forked, workbooks_read_here

from aarsstatus.build import Options, Result, build
from aarsstatus.figures.collection import Figures
from aarsstatus.figures.derived import every_figure
from aarsstatus.files import alone
from aarsstatus.inputs import read_year
from aarsstatus.inputs.model import Data, Group
from aarsstatus.inputs.params import Params
from aarsstatus.project import Project
from aarsstatus.render import Choice

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # ``make test &``: what the tests start would inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes, or making one, says how busy the machine is.
settings.register_profile("any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any-machine")

ROOT = Path(__file__).parent.parent
PARTS = ("params", "data", "notebooks", "_extensions", "_quarto.yml", "requirements.lock")


GROUPS = {
    "placements": Group(
        "placements", "virksomhedsplaceringer", "Antal forløb", "#0b2a5b", "circle", "data/groups.csv:2"
    ),
    "fleksjob": Group("fleksjob", "fleksjob", "", "#c8500a", "square", "data/groups.csv:3"),
    "fritidsjob": Group("fritidsjob", "fritidsjob", "", "#5aa9a0", "diamond", "data/groups.csv:4"),
}
"""Target groups of data that a test makes."""


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


def alive(pid: int) -> bool:
    """Whether a process runs, and is not just what is left of one."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def soon_gone(pid: int) -> bool:
    """Wait for a process to end, at most so long; return whether it has."""
    until = time.monotonic() + 20
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.1)
    return not alive(pid)


MUTATED = "MUTANT_UNDER_TEST" in os.environ
"""Whether mutmut runs the tests. It notes which functions a test calls, and forks a session for each mutant from a
process that has run one already. A value that is kept from test to test would hide who calls what, and an answer
remembered from before the fork would let a mutant live; so nothing is kept or remembered then."""
SHARED: Literal["session", "function"] = "function" if MUTATED else "session"


@pytest.fixture(autouse=MUTATED)
def forgetful() -> None:
    """Forget what the functions of the program and of the tests remember."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "aarsstatus" or name.rpartition(".")[2].startswith("test_"):
            for value in list(vars(module).values()):
                if callable(forget := getattr(value, "cache_clear", None)):
                    forget()


if "COVERAGE_RUN" in os.environ:
    # A kernel is killed when its notebook is done, and would take what coverage saw in it along.
    LocalProvisioner.kill = LocalProvisioner.terminate  # type: ignore[method-assign]


LONGEST = (
    "test_faults.py", "test_accessibility_html.py", "test_march.py", "test_bundle.py", "test_cache.py",
    "test_panel.py", "test_environment.py", "test_changes.py", "test_fuzz.py", "test_build.py", "test_diff.py",
    "test_audit.py", "test_damaged_output.py", "test_extracts.py", "test_reproducible.py", "test_seen.py",
    "test_check.py", "test_injection.py", "test_pages.py", "test_quality.py", "test_as_written.py",
)  # fmt: skip
"""The files that take longest, which begin first: a file is one worker's, and the last should not be a long one."""


def pytest_xdist_auto_num_workers() -> int:
    """Have two workers more than there are cores: on two cores, half of the time of each was spent waiting.

    For a kernel to answer, a browser to draw, a program to end or to be given up.
    """
    return (os.cpu_count() or 1) + 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of the files that take longest first."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(LONGEST)))


@pytest.fixture(scope="session", autouse=QUICK)
def forked_kernels() -> Iterator[None]:
    """Let builds in the tests' own process take kernels that need not load everything first."""
    with quick_kernels():
        yield


@pytest.fixture(scope="module")
def forked_programs() -> Iterator[None]:
    """Let figures be computed anew by programs that need not load the libraries first, for files that do it often."""
    with programs_forked() if QUICK else nullcontext():
        yield


@pytest.fixture(scope="module")
def workbooks_here() -> Iterator[None]:
    """Let workbooks be read in this process, for files that read hundreds."""
    with workbooks_read_here() if QUICK else nullcontext():
        yield


@pytest.fixture(scope="session")
def project() -> Project:
    """The project itself, for reading."""
    return Project(ROOT)


@pytest.fixture
def copied(tmp_path: Path) -> Project:
    """A copy of the project, for breaking."""
    return copy_project(tmp_path / "projekt")


@pytest.fixture
def copied_with_report(copied: Project, reports: Reports) -> Project:
    """A copy of the project with the finished report of 2025, whose notebooks need not be executed again."""
    shutil.copytree(reports("embedded", 2025).folder.parent, copied.output)
    return copied


@pytest.fixture(scope="session", params=[2021, 2025])
def year(request: pytest.FixtureRequest) -> int:
    """Each published year."""
    return int(request.param)


@pytest.fixture(scope=SHARED)
def inputs(project: Project, year: int) -> tuple[Params, Data]:
    """Parameters and data of the year."""
    return read_year(project, year)


@pytest.fixture(scope=SHARED)
def figures(inputs: tuple[Params, Data], year: int) -> Figures:
    """The year's table of figures."""
    params, data = inputs
    return every_figure(data, year, params.comparison_year, notat=params.notat)


Reports = Callable[[str, int], Result]


@pytest.fixture(scope="session")
def reports(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """Finished reports by engine and year, each built once."""

    @cache
    def report(engine: Choice, year: int) -> Result:
        if engine == "quarto" and shutil.which("quarto") is None:
            pytest.skip("quarto is not on PATH: the reference engine cannot be tried")
        return built_once(engine, project, year, Options(engine=engine), tmp_path_factory)

    return report


@pytest.fixture(scope="session")
def recomputed(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Result]:
    """The web page of a year with its numbers as they follow from the data, built once."""
    options = Options(engine="embedded", formats=("html",), figures="recomputed")
    return cache(lambda year: built_once("efterregnet", project, year, options, tmp_path_factory))


def built_once(name: str, project: Project, year: int, options: Options, places: pytest.TempPathFactory) -> Result:
    """Build a report for all workers; return a copy that is this one's own."""
    own = places.mktemp(name)
    made = (places.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else own) / f"{name}-{year}"
    kept = made / "result.pickle"
    with alone(made):
        if not kept.exists():
            kept.write_bytes(pickle.dumps(build(project, year, replace(options, output=made))))
    result: Result = pickle.loads(kept.read_bytes())
    copy = shutil.copytree(made, own / "output", ignore=shutil.ignore_patterns(kept.name))
    return replace(result, folder=copy / str(year))


@pytest.fixture(scope="module")
def web_project(reports: Reports, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copied project with a web page for 2025, whose notebooks were executed for a whole report."""
    project = copy_project(tmp_path_factory.mktemp("bygget") / "projekt æøå")
    shutil.copytree(reports("embedded", 2025).folder.parent, project.output)
    assert build(project, 2025, Options(engine="embedded", formats=("html",))).did == "rendered"
    return project


@pytest.fixture(scope="session")
def built(reports: Reports, year: int) -> Result:
    """The year's finished report, made by the embedded engine."""
    return reports("embedded", year)


@pytest.fixture(scope="session")
def built_by_quarto(reports: Reports, year: int) -> Result:
    """The year's finished report, made by Quarto."""
    return reports("quarto", year)


@pytest.fixture(params=["embedded", "quarto"])
def report(request: pytest.FixtureRequest, reports: Reports, year: int) -> Result:
    """The report of each year, from each engine."""
    return reports(request.param, year)
