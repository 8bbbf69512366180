"""The quality report's tables of why the total moved, and of what is missing."""

from __future__ import annotations

from aarsstatus.audit.quality import open_quality
from aarsstatus.project import Project
from aarsstatus.report import quality_report
from aarsstatus.report.charts import change_chart


def test_the_parts_of_2025_in_their_order(project: Project) -> None:
    table = quality_report.parts_of_change(open_quality(2025, project=project.root))
    assert table is not None
    assert table.header[1:] == ("KK",), "2024 is known for the city alone"
    assert {row.label: row.cells[0].text for row in table.rows} == {
        "Samlet målopfyldelse i 2024": "97 pct.",
        "Virksomhedsplaceringer": "−5,8 procentpoint",
        "Fleksjob": "1,7 procentpoint",
        "Samlet målopfyldelse i 2025 med vægtene fra 2024": "93 pct.",
        "Andre vægte og grupper": "−0,8 procentpoint",
        "Samlet målopfyldelse i 2025": "92 pct.",
        "Ændring i alt": "−4,9 procentpoint",
    }


def test_the_gap_that_is_felt_most_comes_first(project: Project) -> None:
    table = quality_report.gaps(open_quality(2025, project=project.root))
    assert table is not None
    first = table.rows[0]
    assert (first.label, *(cell.text for cell in first.cells)) == (
        "BUF, virksomhedsplaceringer",
        "296",
        "14,0 procentpoint",
    )
    assert not any(row.label.startswith("KK") for row in table.rows)
    assert all(cell.figure for row in table.rows for cell in row.cells)


def test_the_oldest_year_has_no_change(project: Project) -> None:
    assert quality_report.parts_of_change(open_quality(2020, project=project.root)) is None
    assert change_chart(open_quality(2020, project=project.root)) is None


def test_the_parts_are_drawn_with_their_sum(project: Project) -> None:
    chart = change_chart(open_quality(2025, project=project.root))
    assert chart is not None
    assert chart.alt == (
        "En vandret søjle for hver del. Virksomhedsplaceringer: −5,8 procentpoint. Fleksjob: 1,7 procentpoint. "
        "Andre vægte og grupper: −0,8 procentpoint. Ændring i alt: −4,9 procentpoint."
    )
    assert "<svg" in chart.svg
