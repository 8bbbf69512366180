"""Labels in drawings: none on another, however many years there are and however near each other their numbers lie."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Drawing
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from aarsstatus.inputs import read_year
from aarsstatus.inputs.model import Data, Status, Target
from aarsstatus.project import Project
from aarsstatus.report import charts, drawing, labels
from aarsstatus.report.notat import Notat
from aarsstatus.report.tables import figures_frame

TALL = 10
LINE = 80.0


def span(point: float, offset: int) -> tuple[float, float]:
    """Return where a label lies."""
    return (point + offset, point + offset + TALL) if offset > 0 else (point + offset - TALL, point + offset)


@given(st.lists(st.floats(0, 110), min_size=1, max_size=3))
def test_labels_beside_points_stand_in_their_order_and_apart(points: list[float]) -> None:
    offsets = labels.beside_points(points, LINE)
    placed = sorted(zip(points, (span(*one) for one in zip(points, offsets, strict=True)), strict=True), reverse=True)
    for (_, (low, _)), (_, (_, high)) in pairwise(placed):
        assert high <= low + 1e-9
    assert all(low >= 0 for _, (low, _) in placed)


@pytest.mark.parametrize(
    ("points", "offsets"),
    [
        ([40], [6]),
        ([68], [-6]),  # the line is in the way
        ([40, 44], [-6, 6]),
        ([66, 68], [-6, 6]),  # one across the line, and each beside its own point
        ([3, 4], [6, 17]),  # there is no room below
        ([40, 40], [-6, 6]),
    ],
)
def test_labels_beside_points(points: list[float], offsets: list[int]) -> None:
    found = labels.beside_points(points, LINE)
    assert sorted(found) == sorted(offsets) if len(set(points)) < len(points) else found == offsets


def test_of_many_columns_some_have_a_text() -> None:
    assert [labels.every(columns, 400, ["116 pct.", "9 pct."], 8) for columns in (1, 11, 12, 23, 46)] == [1, 1, 2, 2, 4]
    assert labels.every(46, 400, [], 8) == 1


def test_a_text_that_meets_another_goes_above_it() -> None:
    texts = ["To\nlinjer her", "En linje her", "En linje her", "En linje her"]
    assert labels.rows_above([0, 40, 90, 400], texts, 7) == [0, 2, 0, 0]
    assert labels.rows_above([0, 10, 20, 30], texts, 7) == [0, 2, 3, 4]
    assert labels.rows_above([0, 400], ["", "En linje"], 7) == [0, 0]


def later(last: int, seed: int) -> Notat:
    """Return the notat of a year to come: the schemes and about the attainment of 2025, every year since."""
    project = Project(ROOT)
    params, data = read_year(project, 2025)
    chance = random.Random(seed)
    statuses: dict[tuple[int, str, str], Status] = dict(data.statuses)
    targets: dict[tuple[int, str, str], Target] = dict(data.targets)
    for year in range(2026, last + 1):
        for (when, code, key), status in data.statuses.items():
            if when == 2025:
                statuses[year, code, key] = replace(status, year=year)
        for (when, code, group), target in data.targets.items():
            if when == 2025 and target.target is not None:
                targets[year, code, group] = replace(
                    target, year=year, target=max(1, round(target.target * chance.uniform(0.7, 1.4)))
                )
    longer: Data = replace(data, statuses=statuses, targets=targets)
    params = params.model_copy(update={"year": last, "comparison_year": last - 1, "notat": None})
    return Notat(params, longer, "published", project.extension / "fonts")


def boxes(notat: Notat, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Bbox]]:
    """Draw the trend, and return every text that is seen with the box that it lies in."""
    drawn: list[Drawing] = []
    saved = drawing.saved
    monkeypatch.setattr(drawing, "saved", lambda one: [drawn.append(one), saved(one)][1])
    charts.development(notat, figures_frame(notat))
    canvas = FigureCanvasAgg(drawn[0])
    canvas.draw()
    texts = [text for text in drawn[0].findobj(Text) if text.get_text().strip() and text.get_visible()]
    return [(text.get_text(), text.get_window_extent(canvas.get_renderer())) for text in texts]


@pytest.mark.parametrize(
    ("last", "seed"), [(2026, 1), (2027, 2), (2028, 1), (2030, 1), (2033, 2), (2045, 1), (2060, 2)]
)
def test_the_trend_of_years_to_come_has_no_text_on_another(
    last: int, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = boxes(later(last, seed), monkeypatch)
    shown = [text for text, _ in found]
    assert str(last) in shown
    assert sum("pct." in text for text in shown) > 12
    for (first, one), (second, other) in combinations(found, 2):
        overlap = Bbox.intersection(one.padded(-1), other.padded(-1))
        assert overlap is None or overlap.width <= 0 or overlap.height <= 0, f"»{first}« and »{second}« in {last}"
