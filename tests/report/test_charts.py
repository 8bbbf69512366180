"""Charts: what is drawn is told, the same every time, and nothing is drawn that is not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from aarsstatus.figures import Figure
from aarsstatus.inputs import read_year
from aarsstatus.project import Project
from aarsstatus.report import charts
from aarsstatus.report.charts import _runs
from aarsstatus.report.drawing import Chart
from aarsstatus.report.notat import Notat, open_notat


@pytest.fixture(scope="module")
def notat(project: Project, year: int) -> Notat:
    return open_notat(year, project=project.root)


def all_charts(notat: Notat) -> list[Chart]:
    return [charts.development(notat), charts.by_administration(notat), charts.weighted(notat)]


def test_only_years_that_follow_each_other_are_joined() -> None:
    assert list(_runs([2020, 2021, 2024, 2025])) == [[2020, 2021], [2024, 2025]]
    assert list(_runs([2022])) == [[2022]]
    assert list(_runs([])) == []


def test_charts_state_the_numbers_they_draw(notat: Notat, year: int) -> None:
    drawn = all_charts(notat)
    assert [chart.id for chart in drawn] == ["fig-udvikling", "fig-maalopfyldelse", "fig-samlet"]
    for chart in drawn:
        assert etree.fromstring(chart.svg.encode()).tag.endswith("}svg")
        assert chart.png.startswith(b"\x89PNG")
        assert chart.numbers is not None
        for row in chart.numbers.rows:
            for cell in row.cells:
                assert cell.text in chart.alt
    assert ("2022 og 2023" in drawn[0].alt) == (year == 2025)


def test_the_development_can_be_drawn_from_figures_alone(notat: Notat) -> None:
    def wanted(figure: Figure) -> bool:
        return (figure.administration, figure.measure) == ("KK", "attainment") and figure.value is not None

    figures = [figure for figure in notat.figures.values() if wanted(figure)]
    alone = charts.draw_development(figures, notat.data.groups, notat.fonts)
    whole = charts.development(notat)
    assert (alone.numbers, alone.caption) == (whole.numbers, whole.caption)
    assert whole.alt.startswith(alone.alt)


def test_charts_are_the_same_every_time(project: Project) -> None:
    first, second = (all_charts(open_notat(2025, project=project.root)) for _ in range(2))
    assert first == second


def test_charts_can_be_drawn_without_the_fonts(project: Project) -> None:
    params, data = read_year(project, 2021)
    assert charts.weighted(Notat(params, data, fonts=Path("/nowhere"))).png
