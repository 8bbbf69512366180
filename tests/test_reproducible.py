"""The same inputs give the same bytes: in another folder, time zone, locale, hash seed and umask, on one core, with
other fonts, ten years from now, and as they were when they were last looked at."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import expected_bytes
import matplotlib as mpl
import pytest
from conftest import Reports, copy_project
from fontTools.ttLib import TTFont
from matplotlib import font_manager

from aarsstatus.inputs.model import Data
from aarsstatus.inputs.params import Params
from aarsstatus.project import Project
from aarsstatus.release import manifest
from aarsstatus.render import Choice
from aarsstatus.report import charts, matrix
from aarsstatus.report.notat import Notat
from aarsstatus.report.tables import figures_frame

YEAR = 2021
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


class Elsewhere(NamedTuple):
    """A year as it was built in another place, ten years from now."""

    project: Project
    home: Path
    before: list[Path]
    clock: list[str]


ENGINES = pytest.mark.parametrize("engine", ["embedded", "quarto"])
Builds = Callable[[Choice], Elsewhere]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    """A year as an engine builds it elsewhere, once for all that look at it; `test_environment` has the other one."""
    return cache(partial(build_elsewhere, tmp_path_factory))


def build_elsewhere(places: pytest.TempPathFactory, engine: Choice) -> Elsewhere:
    """Build with all at once that may not matter; whoever finds that something does, takes one away after the other."""
    if engine == "quarto" and shutil.which("quarto") is None:
        pytest.skip("quarto is not on PATH: the reference engine cannot be tried")
    base = places.mktemp("andetsteds")
    project = copy_project(base / "50%20af et andet sted #1 æøå & co" / "projekt")
    home = base / "hjem"
    (home / ".fonts").mkdir(parents=True)
    pretender(project).save(home / ".fonts" / "OpenSans-Regular.ttf")
    clock = [faketime, "-f", "+10y"] if (faketime := shutil.which("faketime")) else []
    before = sorted(home.rglob("*"))
    command = [sys.executable, "-m", "aarsstatus", "build", str(YEAR), "--engine", engine, "--quiet"]
    done = subprocess.run(
        ["taskset", "-c", str(min(os.sched_getaffinity(0))), *clock, *command],
        cwd=project.notebooks, env={**os.environ, **ELSEWHERE, "HOME": str(home)}, umask=0o077,
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return Elsewhere(project, home, before, clock)


@ENGINES
def test_another_place_and_time_zone_give_the_same_bytes(reports: Reports, engine: Choice, elsewhere: Builds) -> None:
    there = elsewhere(engine)
    first, second = reports(engine, YEAR).folder, there.project.output / str(YEAR)
    assert manifest.output_hashes(second) == manifest.output_hashes(first)
    ours, theirs = (json.loads((folder / "manifest.json").read_bytes()) for folder in (second, first))
    assert ours.pop("git") is None, "the copy is in no Git"
    assert theirs.pop("git")
    assert ours == theirs
    if engine == "embedded":  # Quarto has a cache there
        assert sorted(there.home.rglob("*")) == there.before, "a build writes nothing in the user's home"


@ENGINES
def test_ten_years_from_now_on_one_core_with_other_fonts(reports: Reports, engine: Choice, elsewhere: Builds) -> None:
    there = elsewhere(engine)
    if not there.clock:
        pytest.skip("faketime is not on PATH: the clock cannot be set ahead")
    ask = [*there.clock, sys.executable, "-c", "import datetime; print(datetime.date.today().year)"]
    told = subprocess.run(ask, capture_output=True, text=True, check=True).stdout
    assert int(told) >= datetime.now(UTC).year + 9, "the clock was not set ahead"
    made = manifest.output_hashes(there.project.output / str(YEAR))
    assert made == manifest.output_hashes(reports(engine, YEAR).folder)


def test_both_engines_make_the_same_pdf_and_word_file(reports: Reports, year: int) -> None:
    """To the byte; in Word but for the names and numbers of bookmarks and pictures, which pandoc chooses."""
    ours, theirs = reports("embedded", year).folder, reports("quarto", year).folder
    assert (ours / "notat.pdf").read_bytes() == (theirs / "notat.pdf").read_bytes()
    assert word_parts(ours / "notat.docx") == word_parts(theirs / "notat.docx")


def word_parts(path: Path) -> dict[str, bytes]:
    """Return what is in a Word file, with each number that pandoc gave a bookmark or a picture left out."""
    number = re.compile(rb'\brId\d+|(?<=\bid=")\d+(?=")')
    with zipfile.ZipFile(path) as parts:
        read = {number.sub(b"", name.encode()).decode(): [] for name in parts.namelist()}
        for name in parts.namelist():
            content = number.sub(b"", parts.read(name)) if name.endswith((".xml", ".rels")) else parts.read(name)
            read[number.sub(b"", name.encode()).decode()].append(content)
    return {name: b"".join(sorted(contents)) for name, contents in read.items()}


def pretender(project: Project) -> TTFont:
    """Return a font that says that it is Open Sans, but looks otherwise: each letter is the one after."""
    font = TTFont(project.extension / "fonts" / "OpenSans-Regular.ttf")
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap = {code: table.cmap.get(code + 1, name) for code, name in table.cmap.items()}
    return font


def test_charts_are_drawn_in_our_own_font_whatever_the_machine_has(
    inputs: tuple[Params, Data], project: Project, tmp_path: Path
) -> None:
    def drawn() -> list[str]:
        notat = Notat(*inputs, fonts=project.extension / "fonts")
        return [draw(notat, figures_frame(notat)).svg for draw in (charts.development, matrix.by_administration)]

    path = tmp_path / "OpenSans-Regular.ttf"
    pretender(project).save(path)
    manager = font_manager.fontManager
    known, settings = list(manager.ttflist), dict(mpl.rcParams)
    before = drawn()
    try:
        manager.addfont(path)
        mpl.rcParams.update({"font.family": ["serif"], "lines.linewidth": 9, "axes.grid": True})
        assert drawn() == before
        manager.ttflist = [entry for entry in known if entry.fname.startswith(mpl.get_data_path())]
        assert drawn() == before
    finally:
        manager.ttflist = known
        mpl.rcParams.update({key: settings[key] for key in ("font.family", "lines.linewidth", "axes.grid")})


# -- the bytes that are expected ----------------------------------------------------------------------------------


def test_the_bytes_are_those_that_were_looked_at(reports: Reports, year: int) -> None:
    kept = json.loads(expected_bytes.KEPT.read_text(encoding="utf-8"))
    folder = reports("embedded", year).folder
    now, then = expected_bytes.hashes(folder), kept["years"][str(year)]
    other = sorted(name for name in {*now, *then} if now.get(name) != then.get(name))
    if not other:
        return
    blame = {
        name: expected_bytes.explained(name, kept["environment"], expected_bytes.environment(folder)) for name in other
    }
    if all(blame.values()):
        pytest.xfail("; ".join(f"{year}/{name} is other, and so is {why}" for name, why in blame.items()))
    pytest.fail(f"{', '.join(other)} of {year} came out otherwise in the same environment; if meant: make expected")


def test_blame_goes_to_the_package_that_makes_the_file_first() -> None:
    then = {"python": "3.11.7", "typst": "0.15.2", "aaa": "1", "matplotlib": "3.10"}
    now = {"python": "3.11.7", "typst": "0.16.0", "matplotlib": "3.10", "zzz": "2"}
    assert expected_bytes.explained("notat.pdf", then, now) == (
        "typst 0.15.2 → 0.16.0, aaa 1 → not there, zzz not there → 2"
    )
    assert expected_bytes.explained("notat.pdf", then, then) == ""


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
