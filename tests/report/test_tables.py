"""Tables and charts: layout, notes, and nothing drawn that is not there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from aarsstatus import danish
from aarsstatus.inputs.data import read_year
from aarsstatus.project import Project
from aarsstatus.report import tables
from aarsstatus.report.charts import _runs
from aarsstatus.report.notat import Notat, open_notat


@pytest.fixture(scope="module")
def notat(project: Project, year: int) -> Notat:
    return open_notat(year, project=project.root)


def without_target(project: Project, code: str, group: str, target: int | None) -> Notat:
    params, data = read_year(project, 2025)
    key = (2025, code, group)
    targets = {**data.targets, key: replace(data.targets[key], target=target)}
    return Notat(params, replace(data, targets=targets), "recomputed")


def test_what_schemes_share_spans_them(notat: Notat) -> None:
    table = notat.table("KK")
    first = table.rows[0]
    assert [cell.rowspan for cell in first.cells] == [1, 3, 3, 3, 1]
    assert [len(row.cells) for row in table.rows[1:3]] == [2, 2]
    assert all(len(row.cells) == 5 for row in table.rows[3:])


def test_every_shown_number_carries_its_figure(notat: Notat) -> None:
    for code in notat.data.codes():
        for row in notat.table(code).rows:
            for cell in row.cells:
                assert bool(cell.text) == bool(cell.figure)
                if cell.figure:
                    assert cell.text == notat.figures[cell.figure].shown


@pytest.mark.parametrize("target", [None, 0])
def test_no_target_is_said_and_explained(project: Project, target: int | None) -> None:
    table = without_target(project, "ØKF", "fritidsjob", target).table("ØKF")
    row = next(row for row in table.rows if row.kind == "fritidsjob")
    assert [cell.text for cell in row.cells] == ["0", "", danish.NO_TARGET, danish.NO_TARGET, ""]
    assert any(
        "intet måltal for fritidsjob" in note.text and "sat forholdsmæssigt op" in note.text for note in table.notes
    )


def test_no_target_in_the_whole_city_is_no_hole(project: Project) -> None:
    notat = without_target(project, "KK", "fritidsjob", 0)
    assert "fritidsjob" not in notat.table("KK").notes[2].text
    charts = notat.charts()
    assert "Fritidsjob" not in charts["maalopfyldelse"].alt
    assert notat.change("fleksjob", "attainment").startswith("steget fra")


def test_ids_are_plain(notat: Notat) -> None:
    assert tables.slug("ØKF") == "oekf"
    assert notat.table("KK", notat.comparison_year).id == f"tbl-kk-{notat.comparison_year}"


def test_only_years_that_follow_each_other_are_joined() -> None:
    assert list(_runs([2020, 2021, 2024, 2025])) == [[2020, 2021], [2024, 2025]]
    assert list(_runs([2022])) == [[2022]]
    assert list(_runs([])) == []


def test_charts_state_the_numbers_they_draw(notat: Notat, year: int) -> None:
    charts = notat.charts()
    assert set(charts) == {"udvikling", "maalopfyldelse", "samlet"}
    for chart in charts.values():
        assert etree.fromstring(chart.svg.encode()).tag.endswith("}svg")
        assert chart.png.startswith(b"\x89PNG")
        assert chart.numbers is not None
        for row in chart.numbers.rows:
            for cell in row.cells:
                assert cell.text in chart.alt
    assert ("2022 og 2023" in charts["udvikling"].alt) == (year == 2025)


def test_charts_are_the_same_every_time(project: Project) -> None:
    first, second = (open_notat(2025, project=project.root).charts() for _ in range(2))
    assert {name: chart.svg for name, chart in first.items()} == {name: chart.svg for name, chart in second.items()}
    assert {name: chart.png for name, chart in first.items()} == {name: chart.png for name, chart in second.items()}


def test_charts_can_be_drawn_without_the_fonts(project: Project) -> None:
    params, data = read_year(project, 2021)
    assert Notat(params, data, fonts=Path("/nowhere")).charts()["samlet"].png


def test_direction_words_follow_the_figures(notat: Notat, year: int) -> None:
    assert notat.direction("placements", "joint_status") == "faldet"
    assert notat.direction("placements", "attainment") == ("steget" if year == 2021 else "faldet")
    params, data = notat.params, notat.data
    same = {
        key: replace(row, status=data.statuses[params.year, *key[1:]].status)
        if key[0] == params.comparison_year and (params.year, *key[1:]) in data.statuses
        else row
        for key, row in data.statuses.items()
    }
    again = Notat(params, replace(data, statuses=same, printed=()), "recomputed")
    assert again.change("fleksjob", "status", " ansatte").startswith("uændret, ")
