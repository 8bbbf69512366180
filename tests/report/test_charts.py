"""Charts: what is drawn is told, the same every time, and nothing is drawn that is not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree
from matplotlib.figure import Figure as Drawing
from matplotlib.patches import Rectangle

from aarsstatus import danish
from aarsstatus.figures import Figure
from aarsstatus.inputs import read_year
from aarsstatus.project import Project
from aarsstatus.report import charts, drawing, matrix
from aarsstatus.report.charts import _runs
from aarsstatus.report.drawing import Chart
from aarsstatus.report.notat import Notat, open_notat
from aarsstatus.report.tables import figures_frame


@pytest.fixture(scope="module")
def notat(project: Project, year: int) -> Notat:
    return open_notat(year, project=project.root)


def matrix_of(notat: Notat) -> Chart:
    return matrix.by_administration(notat, figures_frame(notat))


def all_charts(notat: Notat) -> list[Chart]:
    return [charts.development(notat, figures_frame(notat)), matrix_of(notat)]


def test_a_chart_draws_what_its_frame_has(project: Project) -> None:
    """One copies its line, and asks for fewer years, groups or administrations, or for another one."""
    notat = open_notat(2025, project=project.root)
    frame = figures_frame(notat)
    late = charts.development(notat, frame.query("year >= 2024 and group == 'fleksjob'"))
    assert "hele kommunen, 2024–2025" in late.caption
    assert "2021" not in late.alt
    assert "Virksomhedsplaceringer" not in late.alt
    buf = charts.development(notat, frame, "BUF")
    assert "Målopfyldelse for BUF, 2021–2025" in buf.caption
    assert "Fleksjob: 63 pct. i 2021 og 81 pct. i 2025" in buf.alt
    few = matrix.by_administration(notat, frame.query("administration in ['BUF', 'SOF'] and group == 'fleksjob'"))
    assert few.numbers is not None
    assert [row.label for row in few.numbers.rows] == ["SOF", "BUF"]
    assert few.numbers.header == ("Målopfyldelse 2025", "Fleksjob", "Fleksjob, mangler")
    assert "Til sammenligning" not in few.alt


def test_only_years_that_follow_each_other_are_joined() -> None:
    assert list(_runs([2020, 2021, 2024, 2025])) == [[2020, 2021], [2024, 2025]]
    assert list(_runs([2022])) == [[2022]]
    assert list(_runs([])) == []


def test_charts_state_the_numbers_they_draw(notat: Notat, year: int) -> None:
    drawn = all_charts(notat)
    assert [chart.id for chart in drawn] == ["fig-udvikling", "fig-maalopfyldelse"]
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
    whole = charts.development(notat, figures_frame(notat))
    assert alone.numbers == whole.numbers
    assert whole.caption.startswith(alone.caption)
    assert whole.alt.startswith(alone.alt)


def test_charts_are_the_same_every_time(project: Project) -> None:
    first, second = (all_charts(open_notat(2025, project=project.root)) for _ in range(2))
    assert first == second


def test_charts_can_be_drawn_without_the_fonts(project: Project) -> None:
    params, data = read_year(project, 2021)
    assert matrix_of(Notat(params, data, fonts=Path("/nowhere"))).png


def test_no_line_joins_years_that_count_other_schemes(notat: Notat, year: int) -> None:
    both = [[2020, 2021], [2024, 2025]]
    of_2025 = {"placements": both, "fleksjob": both, "fritidsjob": [[2025]]}
    for group, runs in of_2025.items():
        figures = [one for one in notat.figures.select(administration="KK", measure="attainment") if one.group == group]
        figures = sorted((one for one in figures if one.value is not None), key=lambda one: one.year)
        years = [one.year for one in figures]
        broken = {when for when, key in charts.breaks(notat.data, years) if key == group}
        assert charts._runs(years, broken) == [run for run in runs if run[0] <= year]
    assert charts._runs([year - 1, year], {year}) == [[year - 1], [year]]


def test_the_matrix_has_one_scale_and_its_rows_in_order(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Drawing] = []
    saved = drawing.saved
    monkeypatch.setattr(drawing, "saved", lambda one: [drawn.append(one), saved(one)][1])
    numbers = matrix_of(open_notat(2025, project=project.root)).numbers
    assert numbers is not None
    assert [row.label for row in numbers.rows] == [
        "KK",
        "KK i 2024",
        *["BIF", "SOF", "KFF", "SUF", "TMF", "ØKF", "BUF"],
    ]
    buf = numbers.rows[-1]
    assert [cell.text for cell in buf.cells] == ["35 pct.", "296", "81 pct.", "72", "85 pct.", "12", "58 pct."]
    bars = [bar for bar in drawn[0].axes[0].patches if isinstance(bar, Rectangle)]
    shown = [danish.parse(cell.text) for row in numbers.rows if row.label != "KK i 2024" for cell in row.cells[:1]]
    first = sorted((bar for bar in bars if bar.get_x() == min(one.get_x() for one in bars)), key=Rectangle.get_y)
    scales = {round(bar.get_width() / float(value), 6) for bar, value in zip(first, shown, strict=True)}
    assert len(scales) == 1
    longest = max(bar.get_width() for bar in bars)
    assert round(longest / scales.pop()) == 189, "BIF's fleksjob is the longest bar of all columns"
