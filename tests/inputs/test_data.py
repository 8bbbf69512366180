"""The transcription: complete, well described, and as the tables' own shape demands."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import frictionless
import pytest

from aarsstatus import danish
from aarsstatus.files import MOST_BYTES
from aarsstatus.inputs import read_data
from aarsstatus.inputs.csvfile import swap_in
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.schema import TABLES
from aarsstatus.problems import InputError
from aarsstatus.project import Project

# What one table prints, by notat: one row for each number in it.
SCHEMES = {2020: 3, 2021: 3, 2024: 3, 2025: 3}
SINGLE = {2020: ["fleksjob"], 2021: ["fleksjob"], 2024: ["fleksjob"], 2025: ["fleksjob", "fritidsjob"]}
PRINTED = {
    "notat-2021": {1: (2021, "KK"), 2: (2020, "KK")},
    "notat-2025": {1: (2025, "KK"), 2: (2024, "KK")},
}
for year in (2021, 2025):
    codes = ["BIF", "BUF", "KFF", "SOF", "SUF", "TMF", "ØKF"]
    PRINTED[f"notat-{year}"] |= {number: (year, code) for number, code in enumerate(codes, start=3)}
ALL = [(notat, number) for notat, tables in PRINTED.items() for number in tables]
SEEDS = {"notat-2021": "000_e3563de9618d9205.txt", "notat-2025": "001_720a3a50fea79255.txt"}


@pytest.fixture(scope="module")
def data(project: Project) -> Data:
    return read_data(project)


def test_there_are_eighteen_tables(data: Data) -> None:
    printed = {(row.notat, row.place.split(",")[0]) for row in data.printed if row.place.startswith("tabel")}
    assert printed == {(notat, f"tabel {number}") for notat, number in ALL}
    assert len(printed) == 18


@pytest.mark.parametrize(("notat", "number"), ALL)
def test_a_table_has_every_cell_of_its_shape(data: Data, notat: str, number: int) -> None:
    year, code = PRINTED[notat][number]
    rows = [row for row in data.printed if row.notat == notat and row.place.startswith(f"tabel {number},")]
    figures = Counter(row.id for row in rows)
    schemes = [s.key for s in data.schemes_of(year) if s.group == "placements"]
    assert len(schemes) == SCHEMES[year]
    expected = {f"{year}.{code}.placements.{key}.{measure}" for key in schemes for measure in ("status", "spells")}
    expected |= {f"{year}.{code}.placements.{m}" for m in ("joint_status", "target", "attainment", "spells_total")}
    expected |= {f"{year}.{code}.{g}.{m}" for g in SINGLE[year] for m in ("status", "target", "attainment")}
    expected |= {f"{year}.{code}.total.weighted_attainment"}
    expected |= {f"{year}.{code}.{what}" for what in ("caption.year", "header.year", "table")}
    if notat == "notat-2021":  # its footnotes stand under each table; those of 2025 once, at the end
        expected |= {f"{year}.{code}.{group}.weight" for group in ("placements", "fleksjob")}
        expected |= {f"{year}.{code}.footnote_{note}.year" for note in ("fleksjob", "spells")}
    assert set(figures) == expected
    assert set(figures.values()) == {1}


def test_inputs_are_what_the_tables_print(data: Data) -> None:
    """Status, spells and targets in the input files are the very numbers of the tables."""
    printed = {
        row.id: danish.parse(row.printed) for row in data.printed if row.place.startswith("tabel") and _figure(row.id)
    }
    seen = 0
    for (year, code, key), status in data.statuses.items():
        group = data.schemes[key].group
        middle = group if key == group else f"{group}.{key}"
        assert printed[f"{year}.{code}.{middle}.status"] == status.status
        seen += 1
        if status.spells is not None:
            assert printed[f"{year}.{code}.{middle}.spells"] == status.spells
            seen += 1
    for (year, code, group), target in data.targets.items():
        assert printed[f"{year}.{code}.{group}.target"] == target.target
        seen += 1
    wanted = sum(id_.rpartition(".")[2] in {"status", "spells", "target"} for id_ in printed)
    assert seen == wanted


def _figure(id_: str) -> bool:
    return id_.rpartition(".")[2] not in {"year", "table"}


def test_only_full_year_equivalents_are_rounded(data: Data) -> None:
    for (_, _, key), status in data.statuses.items():
        assert status.interval.exact == (data.schemes[key].counting == "headcount" or status.spells == 0)


def test_the_package_is_made_from_the_schema(project: Project) -> None:
    command = [sys.executable, str(project.root / "tools" / "datapackage.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_schema_describes_every_file_and_column(project: Project) -> None:
    assert {table.file for table in TABLES} == {path.name for path in project.data.glob("*.csv")}
    for table in TABLES:
        with (project.data / table.file).open(encoding="utf-8", newline="") as file:
            assert tuple(next(csv.reader(file))) == table.header
        assert all(column.description for column in table.columns)


def test_the_data_fit_the_package(project: Project) -> None:
    report = frictionless.validate(str(project.data / "datapackage.json"))
    assert report.valid, report.flatten(["fieldName", "rowNumber", "note"])


def test_the_package_notices_a_bad_cell(copied: Project) -> None:
    path = copied.data / "status.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("2025,KK,loentilskud,93", "2025,KK,loentilskud,-93"), "utf-8"
    )
    assert not frictionless.validate(str(copied.data / "datapackage.json")).valid


def test_the_readme_names_every_file(project: Project) -> None:
    text = (project.data / "README.md").read_text(encoding="utf-8")
    assert all(f"`{path.name}`" in text for path in project.data.glob("*.csv"))


def test_groups_are_those_of_the_schemes(data: Data) -> None:
    assert {scheme.group for scheme in data.schemes.values()} == set(data.groups)


@pytest.mark.parametrize("notat", SEEDS)
def test_every_number_of_a_seed_is_transcribed(data: Data, project: Project, notat: str) -> None:
    seed = project.root.parent / "shared" / "seeds" / SEEDS[notat]
    if not seed.exists():
        pytest.skip("the seeds are not beside this checkout (../shared/seeds)")
    # F2 is the name of a system, not a number.
    text = re.sub(r"\bF2\b", "", Path(seed).read_text(encoding="utf-8"))
    printed = " ".join(row.printed for row in data.printed if row.notat == notat)
    assert Counter(_numbers(text)) == Counter(_numbers(printed))


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d.]*\d|\d", text)


def test_blanks_around_a_cell_are_nothing(copied: Project, data: Data) -> None:
    path = copied.data / "targets.csv"
    text = path.read_text(encoding="utf-8")
    old = '2025,KK,placements,1084,"notat'
    assert old in text
    path.write_text(text.replace(old, '2025 ,KK\u00a0,placements, 1084 ,"notat'), encoding="utf-8")
    assert read_data(copied).targets == data.targets


def test_each_number_names_the_table_that_it_stands_in(data: Data) -> None:
    """`explain` cites it, and whoever looks there has to find it."""
    found = 0
    for row in (*data.statuses.values(), *data.targets.values()):
        if said := re.match(r"(notat-\d+), tabel (\d+)", row.origin):
            found += 1
            assert PRINTED[said[1]][int(said[2])] == (row.year, row.administration), row.source
    assert found > 100


def test_a_file_too_large_to_be_ours_is_not_replaced(copied: Project) -> None:
    ours, huge = copied.data / "status.csv", copied.data / ".ingest-2025.json"
    before = ours.read_bytes()
    with huge.open("wb") as file:
        file.truncate(MOST_BYTES + 1)  # what is replaced is kept in memory until all is well
    with pytest.raises(InputError, match=r"\.ingest-2025\.json: filen er for stor"):
        swap_in(copied, {ours: b"new", huge: b"new"})
    assert ours.read_bytes() == before
    assert huge.stat().st_size == MOST_BYTES + 1
