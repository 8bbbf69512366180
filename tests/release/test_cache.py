"""The manifest is the cache: what is changed decides what is done again. Each kind of input is changed by itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT, Reports

from aarsstatus.build import Did, Options, Result, build, build_years
from aarsstatus.problems import BuildError, InputError
from aarsstatus.project import Project
from aarsstatus.release import cache, manifest
from aarsstatus.render import choose

pytestmark = pytest.mark.usefixtures("forked_programs")
OPTIONS = Options(engine="embedded", formats=("html",))
YEAR = 2025
Change = Callable[[Project], None]


@pytest.fixture
def copied(web_project: Project, tmp_path: Path) -> Project:
    """A built project, for changing."""
    shutil.copytree(web_project.root, tmp_path / "projekt")
    return Project(tmp_path / "projekt")


def edit(name: str, old: str = "", new: str = "") -> Change:
    """Return a change of one file: some words in it, or a line at its end."""

    def change(project: Project) -> None:
        path = project.root / name
        text = path.read_text(encoding="utf-8")
        if old:
            assert text.count(old) >= 1, (name, old)
            path.write_text(text.replace(old, new, 1), encoding="utf-8")
        else:
            path.write_text(text + new, encoding="utf-8")

    return change


def swap_fonts(project: Project) -> None:
    fonts = project.extension / "fonts"
    shutil.copyfile(fonts / "OpenSans-Bold.ttf", fonts / "OpenSans-Semibold.ttf")


def touch_notebook(project: Project) -> None:
    path = project.notebooks / "notat.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[-1].source += "\n# en bemærkning"
    nbformat.write(notebook, path)


CHANGES: dict[str, tuple[Change, Did]] = {
    "nothing": (lambda _: None, "nothing"),
    "a data row": (edit("data/status.csv", "2025,KK,loentilskud,93,", "2025,KK,loentilskud,94,"), "everything"),
    "a data file's words": (edit("data/errata.yml", new="\n# set efter\n"), "everything"),
    "a parameter": (edit("params/2025.yml", "date: 2026-03-11", "date: 2026-03-12"), "everything"),
    "an earlier year's parameter": (edit("params/2021.yml", new="\n# set efter\n"), "everything"),
    "a notebook": (touch_notebook, "everything"),
    "the lock": (edit("requirements.lock", new="\n# en bemærkning\n"), "everything"),
    "a typeface": (swap_fonts, "everything"),
    "the stylesheet": (edit("_extensions/notat/notat.css", new="\nbody { color: #123456; }\n"), "rendered"),
    "a filter": (edit("_extensions/notat/notat.lua", new="\n-- en bemærkning\n"), "rendered"),
    "the panel's script": (edit("_extensions/notat/panel.js", new="\n// en bemærkning\n"), "rendered"),
    "Quarto's settings": (edit("_quarto.yml", new="\n# en bemærkning\n"), "rendered"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_changed_decides_what_is_done(copied: Project, name: str) -> None:
    change, did = CHANGES[name]
    change(copied)
    asked = {"compare": OPTIONS.compare, "figures": OPTIONS.figures, "formats": list(OPTIONS.formats)}
    made_from = manifest.describe(copied, YEAR, asked, choose("embedded", copied.root).identity())
    folder = copied.output / str(YEAR)
    assert cache.is_current(folder, made_from) == (did == "nothing")
    assert cache.executed_with(folder, made_from) == (None if did == "everything" else folder)


def test_a_build_does_what_was_decided(copied: Project) -> None:
    CHANGES["a data row"][0](copied)
    assert build(copied, YEAR, OPTIONS).did == "everything"
    assert build(copied, YEAR, OPTIONS).did == "nothing"


def test_the_stylesheet_alone_gives_what_a_whole_build_gives(copied: Project, tmp_path: Path) -> None:
    CHANGES["the stylesheet"][0](copied)
    executed = (copied.output / str(YEAR) / "notat.ipynb").read_bytes()
    assert build(copied, YEAR, OPTIONS).did == "rendered"
    assert build(copied, YEAR, OPTIONS).did == "nothing"
    whole = build(copied, YEAR, replace(OPTIONS, output=tmp_path / "ud"))
    assert whole.did == "everything"
    ours, theirs = (manifest.output_hashes(folder) for folder in (copied.output / str(YEAR), whole.folder))
    assert (whole.folder / "notat.ipynb").read_bytes() == executed
    assert b"#123456" in (whole.folder / "notat.html").read_bytes()
    # What changed since the last build opens the quality report; all else is the same, to the byte.
    compared = {"sammenligning.html", "kvalitetsrapport.html"}
    assert {name: ours[name] for name in ours.keys() - compared} == {
        name: theirs[name] for name in theirs.keys() - compared
    }


def test_another_format_is_rendered_and_not_executed(copied: Project) -> None:
    done = build(copied, YEAR, replace(OPTIONS, formats=("html", "docx")))
    assert done.did == "rendered"
    assert "notat.docx" in done.files


def test_later_years_and_stray_files_are_no_inputs(copied: Project) -> None:
    (copied.params / "2026.yml").write_text("year: 2026\n", encoding="utf-8")
    (copied.data / "note.txt").write_text("til mig selv", encoding="utf-8")
    assert build(copied, YEAR, OPTIONS).did == "nothing"


@pytest.mark.parametrize(("name", "did"), [("notat.html", "rendered"), ("notat.ipynb", "everything")])
def test_an_output_that_was_touched_is_made_again(copied: Project, name: str, did: Did) -> None:
    path = copied.output / str(YEAR) / name
    before = path.read_bytes()
    path.write_bytes(before + b"\n")
    assert build(copied, YEAR, OPTIONS).did == did
    assert path.read_bytes() == before


DECIDED = f"""
from pathlib import Path
from aarsstatus.project import Project
from aarsstatus.release import cache, manifest
from aarsstatus.render import choose
project = Project(Path.cwd())
asked = {{"compare": None, "figures": "published", "formats": ["html"]}}
made_from = manifest.describe(project, {YEAR}, asked, choose("embedded", project.root).identity())
folder = project.output / "{YEAR}"
print(cache.is_current(folder, made_from), cache.executed_with(folder, made_from) is not None)
print(made_from["packages"]["papermill"], "papermill" in made_from["unlike_lock"])
"""


def test_helper_code_and_packages_are_inputs(copied: Project, tmp_path: Path) -> None:
    """Another version of the program, and of a package, in a process that has them."""
    program = tmp_path / "program"
    shutil.copytree(ROOT / "src" / "aarsstatus", program / "aarsstatus", ignore=shutil.ignore_patterns("__pycache__"))

    def decided() -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", DECIDED], cwd=copied.root, env={**os.environ, "PYTHONPATH": str(program)},
            capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    assert decided()[0] == "True True"
    with (program / "aarsstatus" / "attainment.py").open("a", encoding="utf-8") as file:
        file.write("# en bemærkning\n")
    assert decided()[0] == "False False"
    shutil.copyfile(ROOT / "src" / "aarsstatus" / "attainment.py", program / "aarsstatus" / "attainment.py")
    before, version = decided()
    assert before == "True True"
    assert version.endswith(" False")
    other = program / "papermill-0.0.0.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: papermill\nVersion: 0.0.0\n", encoding="utf-8")
    assert decided() == ["False False", "0.0.0 True"]


# -- years side by side -------------------------------------------------------------------------------------------


def test_years_in_one_call_are_what_they_are_one_by_one(copied: Project, reports: Reports) -> None:
    said: list[str] = []
    together = list(build_years(copied, [2025, 2021], OPTIONS, said.append))
    assert [(done.year, done.did) for done in together if isinstance(done, Result)] == [
        (2025, "nothing"), (2021, "everything"),
    ]  # fmt: skip
    assert said
    formats = {"notat.html", "kvalitetsrapport.html", "notat.pdf", "notat.docx"}  # both pages name the formats
    alone, made = map(manifest.output_hashes, (reports("embedded", 2021).folder, copied.output / "2021"))
    assert {*made} | formats == {*alone}
    assert {name: made[name] for name in made.keys() - formats} == {
        name: alone[name] for name in alone.keys() - formats
    }
    index = (copied.output / "index.html").read_text(encoding="utf-8")
    assert "2021/notat.html" in index
    assert "2025/notat.html" in index


def test_a_year_that_fails_does_not_stop_the_others(copied: Project, tmp_path: Path) -> None:
    edit("params/2021.yml", "comparison_year", "comparision_year")(copied)
    first, second, third = build_years(copied, [2023, 2021, 2021], replace(OPTIONS, output=tmp_path))
    assert isinstance(first, InputError)
    assert "params/2023.yml: filen findes ikke" in str(first)
    assert isinstance(second, InputError)
    assert "mente du »comparison_year«" in str(third)
    assert not isinstance(third, BuildError)
