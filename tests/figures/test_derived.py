"""What stands in no table: how many are missing, and what moved the weighted attainment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aarsstatus import danish
from aarsstatus.figures.collection import Figures
from aarsstatus.figures.derived import every_figure
from aarsstatus.inputs import read_data
from aarsstatus.inputs.model import Data
from aarsstatus.project import Project


@pytest.fixture(scope="module")
def data(project: Project) -> Data:
    return read_data(project)


@pytest.mark.parametrize(
    ("year", "id_", "shown", "formula"),
    [
        (2025, "2025.BUF.placements.shortfall", "296", "457 − 161 = 296"),
        (2025, "2025.SOF.placements.shortfall", "0", "måltallet 184 er nået med 282"),
        (2025, "2025.BUF.placements.closing_effect", "14,0 procentpoint",
         "296 ÷ (1.084 + 900 + 126) ≈ 14,03 → 14,0 procentpoint"),
        (2025, "2025.KK.placements.contribution", "−5,8 procentpoint",
         "54,6 pct. × (73,6 pct. − 84,3 pct.) ≈ −5,85 → −5,8 procentpoint"),
        (2025, "2025.KK.fleksjob.contribution", "1,7 procentpoint",
         "45,4 pct. × (116,4 pct. − 112,7 pct.) ≈ 1,71 → 1,7 procentpoint"),
        (2025, "2025.KK.total.comparable_attainment", "93 pct.",
         "54,6 pct. × 73,6 pct. + 45,4 pct. × 116,4 pct. ≈ 93,04 → 93 pct."),
        (2025, "2025.KK.total.reweighting", "−0,8 procentpoint", "92,23 − 93,04 ≈ −0,82 → −0,8 procentpoint"),
        (2025, "2025.KK.total.change", "−4,9 procentpoint", "92,23 − 97,18 ≈ −4,95 → −4,9 procentpoint"),
        (2021, "2021.KK.total.change", "2,5 procentpoint", "70,92 − 68,44 ≈ 2,47 → 2,5 procentpoint"),
    ],
)  # fmt: skip
def test_the_figures_of_both_notats(data: Data, year: int, id_: str, shown: str, formula: str) -> None:
    figure = every_figure(data, year, data.years()[data.years().index(year) - 1])[id_]
    assert (figure.shown, figure.formula, figure.verdict) == (shown, formula, "unpublished")


def assert_parts_sum(figures: Figures, year: int, code: str) -> None:
    parts = [one.value for one in figures.select(year=year, administration=code, measure="contribution")]
    rest, whole = (figures.find(year, code, "total", measure) for measure in ("reweighting", "change"))
    assert parts
    assert rest is not None
    assert whole is not None
    assert rest.value is not None
    assert sum(part for part in parts if part is not None) + rest.value == whole.value


def test_the_rows_sum_to_the_whole_for_every_administration_that_has_both_years(data: Data) -> None:
    later = {
        (2026, code, key): replace(one, year=2026, status=one.status + 3 * place + 1)
        for place, ((year, code, key), one) in enumerate(data.statuses.items())
        if year == 2025
    }
    targets = {
        (2026, code, group): replace(one, year=2026, target=one.target and one.target + 5)
        for (year, code, group), one in data.targets.items()
        if year == 2025 and (code, group) != ("ØKF", "fritidsjob")
    }
    statuses, known = {**data.statuses, **later}, {**data.targets, **targets}
    figures = every_figure(replace(data, statuses=statuses, targets=known), 2026, 2025)
    for code in data.codes():
        assert_parts_sum(figures, 2026, code)
    assert figures.find(2026, "ØKF", "fritidsjob", "contribution") is None, "it has no target any more"
    assert figures["2026.ØKF.fritidsjob.shortfall"].shown == danish.NO_TARGET


@pytest.mark.parametrize(("year", "before"), [(2021, 2020), (2025, 2024), (2025, 2021)])
def test_the_rows_sum_to_the_whole_in_the_notats(data: Data, year: int, before: int) -> None:
    assert_parts_sum(every_figure(data, year, before), year, "KK")


def test_a_first_year_has_no_change(data: Data) -> None:
    figures = every_figure(data, 2020, 2019)
    assert not figures.select(measure="change")
    assert figures["2020.KK.placements.shortfall"].shown == "667"


def test_a_group_without_a_target_before_makes_the_others_weigh_more(data: Data) -> None:
    key = (2020, "KK", "fleksjob")
    targets = {**data.targets, key: replace(data.targets[key], target=None)}
    figure = every_figure(replace(data, targets=targets), 2021, 2020)["2021.KK.placements.contribution"]
    assert figure.formula.startswith("100,0 pct. × (46,8 pct. − 45,9 pct.)")


def test_those_who_reached_the_targets_are_counted_as_a_reader_sees_them(data: Data) -> None:
    figure = every_figure(data, 2025, 2024)["2025.KK.total.reached"]
    assert figure.shown == "5"
    assert "BUF 58 pct." in figure.formula
