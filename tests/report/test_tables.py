"""The notat's tables and words: layout, notes, and what is said of how figures moved."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from aarsstatus import danish
from aarsstatus.inputs import read_year
from aarsstatus.project import Project
from aarsstatus.report import matrix, tables
from aarsstatus.report.notat import Notat, open_notat
from aarsstatus.report.notes import shared_notes
from aarsstatus.report.phrases import change
from aarsstatus.report.tables import figures_frame


@pytest.fixture(scope="module")
def notat(project: Project, year: int) -> Notat:
    return open_notat(year, project=project.root)


def without_target(project: Project, code: str, group: str, target: int | None) -> Notat:
    params, data = read_year(project, 2025)
    key = (2025, code, group)
    targets = {**data.targets, key: replace(data.targets[key], target=target)}
    return Notat(params, replace(data, targets=targets), "recomputed")


def test_what_schemes_share_spans_them(notat: Notat) -> None:
    table = tables.administration_table(notat, "KK")
    first = table.rows[0]
    assert [cell.rowspan for cell in first.cells] == [1, 3, 3, 3, 1]
    assert [len(row.cells) for row in table.rows[1:3]] == [2, 2]
    assert all(len(row.cells) == 5 for row in table.rows[3:])


def test_every_shown_number_carries_its_figure(notat: Notat) -> None:
    for code in notat.data.codes():
        for row in tables.administration_table(notat, code).rows:
            for cell in row.cells:
                assert bool(cell.text) == bool(cell.figure)
                if cell.figure:
                    assert cell.text == notat.figures[cell.figure].shown


@pytest.mark.parametrize("target", [None, 0])
def test_no_target_is_said_and_explained(project: Project, target: int | None) -> None:
    table = tables.administration_table(without_target(project, "ØKF", "fritidsjob", target), "ØKF")
    row = next(row for row in table.rows if row.kind == "fritidsjob")
    assert [cell.text for cell in row.cells] == ["0", "", danish.NO_TARGET, danish.NO_TARGET, ""]
    assert any(
        "intet måltal for fritidsjob" in note.text and "sat forholdsmæssigt op" in note.text for note in table.notes
    )
    notes = shared_notes(without_target(project, "ØKF", "fritidsjob", target), [("ØKF", 2025)])
    weights = next(note.text for note in notes if note.marker == "***")
    assert re.findall(r"\d+ pct\.", weights) == ["55 pct.", "45 pct."], "those that are used, not 51, 43 and 6"
    assert "fritidsjob" not in weights


def test_no_target_in_the_whole_city_is_no_hole(project: Project) -> None:
    notat = without_target(project, "KK", "fritidsjob", 0)
    assert "fritidsjob" not in shared_notes(notat, [("KK", 2025)])[2].text
    told = [note.text for note in tables.administration_table(notat, "BUF").notes]
    assert any(one.startswith("Fritidsjob indgår ikke i den samlede målopfyldelse") for one in told)
    assert "Fritidsjob" not in matrix.by_administration(notat, figures_frame(notat)).alt
    assert change(notat, "fleksjob", "attainment").startswith("steget fra")


def test_ids_are_plain(notat: Notat) -> None:
    assert tables.table_id("ØKF") == "tbl-oekf"
    assert tables.administration_table(notat, "KK", notat.comparison_year).id == f"tbl-kk-{notat.comparison_year}"


def test_what_no_administration_has_is_told_of_a_year_from_extracts(project: Project) -> None:
    params, data = read_year(project, 2025)
    drawn = {key: replace(one, origin="udtræk") if one.year == 2025 else one for key, one in data.statuses.items()}
    computed = Notat(params.model_copy(update={"notat": None}), replace(data, statuses=drawn, printed=()))
    told = "105 forløb er ikke ført på en forvaltning og tæller kun med i tallene for hele kommunen."
    assert told in [note.text for note in tables.administration_table(computed, "KK").notes]
    for code, year in (("KK", 2024), ("BIF", 2025)):
        assert told not in [note.text for note in tables.administration_table(computed, code, year).notes]
    printed = tables.administration_table(Notat(params, data), "KK")
    assert not any("ikke ført" in note.text for note in printed.notes)


def test_a_new_name_is_told(project: Project) -> None:
    told = "BIF hedder fra 2026 Beskæftigelses\\-, Integrations\\- og Erhvervsforvaltningen\\."
    notat = open_notat(2025, project=project.root)
    assert tables.administration_table(notat, "BIF").notes[-1].text == told
    assert not any("hedder" in note.text for note in tables.administration_table(notat, "BUF").notes)
