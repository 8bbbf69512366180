"""What is said of how the city went: true where schemes or targets changed, and in good Danish of one of anything."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cells import said_by

from aarsstatus.inputs import read_year
from aarsstatus.markdown import UNKNOWN
from aarsstatus.project import Project
from aarsstatus.report import matrix
from aarsstatus.report.html_table import MARK, WRONG
from aarsstatus.report.notat import Notat, open_notat
from aarsstatus.report.phrases import change, development
from aarsstatus.report.show import head
from aarsstatus.report.tables import figures_frame


@pytest.fixture(scope="module")
def notat(project: Project, year: int) -> Notat:
    return open_notat(year, project=project.root)


def test_direction_words_follow_the_figures(notat: Notat, year: int) -> None:
    assert change(notat, "placements", "joint_status").startswith("faldet fra ")
    assert change(notat, "placements", "attainment").startswith("steget fra " if year == 2021 else "faldet fra ")
    params, data = notat.params, notat.data
    same = {
        key: replace(row, status=data.statuses[params.year, *key[1:]].status)
        if key[0] == params.comparison_year and (params.year, *key[1:]) in data.statuses
        else row
        for key, row in data.statuses.items()
    }
    again = Notat(params, replace(data, statuses=same, printed=()), "recomputed")
    assert change(again, "fleksjob", "status").startswith("uændret, ")


def test_attainment_that_goes_another_way_than_status_is_explained(notat: Notat, year: int) -> None:
    said = said_by(notat, "udvikling")
    why = "Det skyldes, at måltallet er faldet fra 1.232 helårspersoner i 2020 til 1.134 helårspersoner i 2021."
    assert (why in said) == (year == 2021)
    assert development(notat, "fleksjob").target_that_explains == UNKNOWN


def test_a_group_with_other_schemes_is_not_said_to_have_moved(project: Project) -> None:
    notat = open_notat(2025, 2021, project=project.root)
    said = said_by(notat, "udvikling")
    assert (
        "Status for virksomhedspraktik, løntilskud og småjob under det sociale frikort er 797‡ helårspersoner i 2025. "
        "I 2021 var status 531 helårspersoner for løntilskud, virksomhedspraktik og nytteindsats. Tallene dækker ikke de "
        "samme ordninger, så de viser ikke en udvikling. Målopfyldelsen er 74 pct. i 2025 og var 47 pct. i 2021."
    ) in said
    assert "\n\nStatus for fleksjob er steget fra 876 ansatte i 2021 til" in said


@pytest.mark.parametrize(("count", "said"), [(1, "1 helårsperson i"), (2, "2 helårspersoner i")])
def test_one_is_no_plural(project: Project, count: int, said: str) -> None:
    params, data = read_year(project, 2025)
    key = (2025, "KK", "fritidsjob")
    statuses = {**data.statuses, key: replace(data.statuses[key], status=count)}
    changed = Notat(params, replace(data, statuses=statuses, printed=()), "recomputed")
    assert f"Status for fritidsjob er {said} 2025" in said_by(changed, "udvikling")


def test_what_compares_with_another_year_is_no_issued_notat(project: Project) -> None:
    own, other = (open_notat(2025, year, project=project.root) for year in (2024, 2021))
    assert own.state() == "Notatet gengiver tallene, som de blev offentliggjort i årsstatussen for 2025."
    assert other.state().startswith("**Arbejdsudgave.** Den sammenligner 2025 med 2021 og er ikke sendt ud. ")
    assert "Notatet gengiver" not in other.state()
    issued, working = (head(one.params, one.data, one.title(), "NOTAT", one.mode) for one in (own, other))
    assert (issued["doctype"], issued["document-date"]) == ("NOTAT", "2026-03-11")
    assert working["udgave"] == "ARBEJDSUDGAVE"
    assert "udgave" not in issued
    assert "document-date" not in working
    assert set(other.params.document.model_dump().values()) == {None}


def test_a_chart_marks_a_number_that_cannot_be_right(project: Project) -> None:
    notat = open_notat(2025, project=project.root)
    chart = matrix.by_administration(notat, figures_frame(notat))
    assert WRONG in chart.caption
    assert "samlet 79 pct. (i modstrid med notatets øvrige tal)" in chart.alt
    assert chart.numbers is not None
    assert [row.label for row in chart.numbers.rows for cell in row.cells if cell.mark == WRONG] == ["ØKF"]
    notat = open_notat(2025, figures="recomputed", project=project.root)
    again = matrix.by_administration(notat, figures_frame(notat))
    assert WRONG not in again.caption
    assert again.numbers is not None
    assert "ØKF" in [row.label for row in again.numbers.rows for cell in row.cells if cell.mark == MARK]
