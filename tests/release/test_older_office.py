"""What an office has from an earlier version of the program: data, finished notats and bundles, all read as they are."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import copy_project

from aarsstatus.diff import diff
from aarsstatus.figures import COLUMNS, DERIVED
from aarsstatus.figures.collection import write_csv
from aarsstatus.figures.derived import every_figure
from aarsstatus.inputs import GROUPS_BEFORE, read_year
from aarsstatus.inputs.schema import GROUPS, TABLES
from aarsstatus.project import Project
from aarsstatus.release import manifest
from aarsstatus.release.archive import input_files, pack, unpack
from aarsstatus.release.index import write_index
from aarsstatus.release.reading import Finished, from_files

HERE = Path(__file__).parent
OLD = json.loads((HERE / "manifest-1678c83.json").read_text(encoding="utf-8"))
"""A manifest as the program of commit 1678c83 wrote it, less most names of packages and files."""
LATER = {"note", "successor", "short_name", "council", "svar"}
"""Columns that the program of that commit did not know."""


def without_later(content: bytes) -> bytes:
    """Return a table as it was before there were the later columns."""
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
    header = [
        name for name in csv.DictReader(io.StringIO(content.decode("utf-8"))).fieldnames or () if name not in LATER
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, header, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project with the data of that commit: no groups, fewer columns, and the years with a notat alone."""
    project = copy_project(tmp_path_factory.mktemp("gammel") / "projekt")
    (project.data / "groups.csv").unlink()
    for table in TABLES:
        if (path := project.data / table.file).exists():
            path.write_bytes(without_later(path.read_bytes()))
    for year in (2020, 2024):
        (project.params / f"{year}.yml").unlink()
    return project


@pytest.fixture(scope="module")
def build(office: Project) -> Finished:
    """Return a build as the program of that commit left it: no reasons, and nothing beside the tables."""
    params, data = read_year(office, 2025)
    figures = every_figure(data, 2025, 2024, notat=params.notat)
    told = write_csv(
        (one for one in figures.values() if one.measure not in DERIVED), [name for name in COLUMNS if name != "reason"]
    )
    inputs = {name: path.read_bytes() for name, path in input_files(office, 2025).items()}
    inputs = {name: content for name, content in inputs.items() if not name.startswith("aarsstatus/")}
    outputs = {"figures.csv": told.encode(), "notat.html": b"<p>"}
    described = {
        **OLD,
        "inputs": {name: manifest.digest(content) for name, content in inputs.items()},
        "outputs": {name: manifest.digest(content) for name, content in outputs.items()},
    }
    return from_files({**outputs, "manifest.json": json.dumps(described).encode()}, inputs, "gammel")


@pytest.mark.parametrize("year", [2021, 2025])
def test_its_data_give_the_same_figures(office: Project, project: Project, year: int) -> None:
    old, new = (read_year(one, year)[1] for one in (office, project))
    theirs, ours = (every_figure(data, year, year - 1, notat=f"notat-{year}") for data in (old, new))
    assert {id_: one.shown for id_, one in theirs.items()} == {id_: one.shown for id_, one in ours.items()}


def test_the_groups_that_it_had_are_those_that_the_data_have_now(project: Project) -> None:
    assert GROUPS_BEFORE.read_bytes() == (project.data / GROUPS.file).read_bytes()


def test_its_build_is_read_and_not_altered(build: Finished) -> None:
    assert build.altered() == []
    assert {one.reason for one in build.figures.values()} == {""}
    data = build.data
    assert data is not None
    assert data.groups["placements"].name == "virksomhedsplaceringer"


def test_its_build_is_compared_and_what_was_not_run_is_said_so(build: Finished, office: Project) -> None:
    params, data = read_year(office, 2025)
    new = from_files(
        {
            "figures.csv": every_figure(data, 2025, 2024, notat=params.notat).to_csv().encode(),
            "manifest.json": build_manifest(build),
        },
        {**build.inputs, "aarsstatus/__init__.py": b"", "data/groups.csv": GROUPS_BEFORE.read_bytes()},
        "ny",
    )
    found = diff(build, new)
    assert {one.id.rpartition(".")[2] for one in found.changes} <= DERIVED
    (causes,) = {found.causes[one.id] for one in found.changes}
    assert [one.kind for one in causes] == ["code"]
    assert "ikke kørt" in causes[0].text


def build_manifest(build: Finished) -> bytes:
    """Return the manifest of a build, to be that of another."""
    return build.manifest.model_dump_json().encode()


def test_the_index_shows_it_beside_later_ones(build: Finished, project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "2025"
    folder.mkdir()
    for name, content in build.outputs.items():
        (folder / name).write_bytes(content)
    page = write_index(tmp_path, project.extension).read_text(encoding="utf-8")
    assert "92 pct." in page


def test_the_data_that_it_kept_are_read(build: Finished) -> None:
    found = replace(build, inputs=unpack(pack(build.inputs), "inputs.zip")).data
    assert found is not None
    assert set(found.groups) == {"placements", "fleksjob", "fritidsjob"}
