"""The time series of all years: tidy, described, with breaks, and what was published beside what follows."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import frictionless
import pandas as pd
import pytest
from test_index import put

from aarsstatus.problems import BuildError
from aarsstatus.project import Project
from aarsstatus.release import cache
from aarsstatus.release.archive import INPUTS
from aarsstatus.release.index import COLUMNS, PACKAGE, SERIES, write_index
from aarsstatus.release.reading import read_output


@pytest.fixture(scope="module")
def output(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder with both years, the newest with its inputs."""
    folder = tmp_path_factory.mktemp("output")
    for year in (2021, 2025):
        put(folder, project, year)
    with zipfile.ZipFile(folder / "2025" / "inputs.zip", "w") as kept:
        for path in project.data.glob("*.csv"):
            kept.write(path, f"data/{path.name}")
    write_index(folder, project.extension)
    return folder


@pytest.fixture(scope="module")
def series(output: Path) -> pd.DataFrame:
    return pd.read_csv(output / SERIES, keep_default_na=False).set_index("id")


def test_it_fits_its_description(output: Path) -> None:
    report = frictionless.validate(str(output / PACKAGE))
    assert report.valid, report.flatten(["fieldName", "rowNumber", "note"])
    (described,) = json.loads((output / PACKAGE).read_text(encoding="utf-8"))["resources"]
    assert [field["name"] for field in described["schema"]["fields"]] == list(COLUMNS)
    value = next(field for field in described["schema"]["fields"] if field["name"] == "value")
    assert "may differ from shown" in value["description"]


def test_every_year_is_there_once(series: pd.DataFrame) -> None:
    assert series.index.is_unique
    assert sorted(series["year"].unique()) == [2020, 2021, 2024, 2025]
    assert set(series[series["year"] == 2024]["administration"]) == {"KK"}
    assert len(set(series[series["year"] == 2025]["administration"])) == 8


def test_names_and_units(series: pd.DataFrame) -> None:
    row = series.loc["2025.BIF.placements.smaajob.status"]
    assert row["administration_name"] == "Beskæftigelses- og Integrationsforvaltningen"
    assert (row["group_name"], row["scheme_name"]) == ("virksomhedsplaceringer", "småjob under det sociale frikort")
    assert row["unit"] == "helårspersoner"
    assert series.loc["2025.KK.fleksjob.target"]["unit"] == "ansatte"
    assert series.loc["2025.KK.placements.spells_total"]["unit"] == "forløb"
    assert series.loc["2025.KK.total.weighted_attainment"]["unit"] == "pct."


def test_what_was_published_stands_beside_what_follows(series: pd.DataFrame) -> None:
    row = series.loc["2020.KK.fleksjob.attainment"]
    assert (row["shown"], row["published"], row["verdict"]) == ("102 pct.", "102 pct.", "contradicted")
    assert float(row["value"]) == pytest.approx(101.176471)


def test_breaks_are_told(series: pd.DataFrame) -> None:
    broken = series["series_break"]
    assert broken["2021.KK.placements.attainment"] == ""
    assert broken["2024.KK.placements.attainment"] == (
        "der er ingen tal for 2022 og 2023; jobordningerne er ikke de samme som i 2021"
    )
    assert broken["2024.KK.fleksjob.attainment"] == "der er ingen tal for 2022 og 2023"
    assert broken["2025.KK.total.weighted_attainment"] == "jobordningerne er ikke de samme som i 2024"
    assert broken["2025.KK.fritidsjob.attainment"] == ""  # there is none before it


def test_the_index_leads_to_it(output: Path) -> None:
    text = (output / cache.OVERVIEW).read_text(encoding="utf-8")
    assert f'href="{SERIES}"' in text
    assert f'href="{PACKAGE}"' in text
    assert cache.is_overview_current(output)


def test_one_that_was_taken_away_is_written_again(project: Project, tmp_path: Path) -> None:
    put(tmp_path, project, 2021)
    write_index(tmp_path, project.extension)
    first = (tmp_path / SERIES).read_bytes()
    (tmp_path / SERIES).unlink()
    assert not cache.is_overview_current(tmp_path)
    write_index(tmp_path, project.extension)
    assert (tmp_path / SERIES).read_bytes() == first


@pytest.mark.parametrize("name", [SERIES, PACKAGE])
def test_a_file_of_somebody_elses_is_left_alone(project: Project, tmp_path: Path, name: str) -> None:
    put(tmp_path, project, 2021)
    (tmp_path / name).write_text("min egen", encoding="utf-8")
    with pytest.raises(BuildError, match=rf"{name}: ligger der i forvejen"):
        write_index(tmp_path, project.extension)
    assert (tmp_path / name).read_text(encoding="utf-8") == "min egen"


@pytest.mark.parametrize("name", [SERIES, PACKAGE])
def test_a_pipe_in_its_place_is_refused_and_never_read(project: Project, tmp_path: Path, name: str) -> None:
    put(tmp_path, project, 2021)
    os.mkfifo(tmp_path / name)
    with pytest.raises(BuildError, match=rf"{name}: ligger der i forvejen"):
        write_index(tmp_path, project.extension)


def test_a_pipe_for_kept_inputs_keeps_no_year_from_being_shown(project: Project, tmp_path: Path) -> None:
    put(tmp_path, project, 2021)
    (tmp_path / "2021" / INPUTS).unlink(missing_ok=True)
    os.mkfifo(tmp_path / "2021" / INPUTS)
    assert [one.year for one in read_output(tmp_path)] == [2021]
