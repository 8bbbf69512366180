"""The notes that stand once, after the last table: both years, both weights, and every sign that leads to them."""

from __future__ import annotations

import re

import pytest

from aarsstatus.project import Project
from aarsstatus.report.html_table import NOTES, notes_block, to_html
from aarsstatus.report.notat import Notat, open_notat
from aarsstatus.report.notes import shared_notes, sources
from aarsstatus.report.tables import administration_table, all_tables


@pytest.fixture(scope="module")
def notat(project: Project, year: int) -> Notat:
    return open_notat(year, project=project.root)


def told(notat: Notat) -> dict[str, str]:
    return {note.marker: re.sub(r"\[([^]]*)\]\{[^}]*\}", r"\1", note.text) for note in shared_notes(notat)}


def test_each_sign_has_its_note_once(notat: Notat) -> None:
    written = notes_block(shared_notes(notat))
    wanted = set(
        re.findall(r'href="#([^"]*)"', "".join(to_html(administration_table(notat, *one)) for one in all_tables(notat)))
    )
    assert wanted == {NOTES[sign] for sign in ("*", "**", "***", "‡")}
    assert all(written.count(f"{{#{name}}}") == 1 for name in wanted)


def test_both_years_and_the_weights_of_both(project: Project) -> None:
    notes = told(open_notat(2025, project=project.root))
    assert notes["*"] == "Status for fleksjob er antallet af ansatte i december 2025‡; i @tbl-kk-2024 er året 2024."
    assert notes["**"].endswith("i 2025‡; i @tbl-kk-2024 er året 2024.")
    assert all(part in notes["***"] for part in ("51 pct.; fleksjob\u00a043 pct.", "55 pct.; fleksjob\u00a045 pct."))
    assert notes[""] == "Kilde: Københavns Kommune, årsstatus for 2025."


def test_a_table_that_printed_other_weights_is_named(project: Project) -> None:
    published, recomputed = (
        told(open_notat(2021, figures=mode, project=project.root)) for mode in ("published", "recomputed")
    )
    assert (
        "I @tbl-oekf: løntilskud, virksomhedspraktik og nytteindsats\u00a059 pct.‡; fleksjob\u00a041 pct.‡."
        in published["***"]
    )
    assert (
        "I @tbl-oekf: løntilskud, virksomhedspraktik og nytteindsats\u00a057 pct.†; fleksjob\u00a043 pct.†."
        in recomputed["***"]
    )


def test_a_sheet_of_one_table_has_its_own_year_alone(project: Project) -> None:
    notat = open_notat(2025, project=project.root)
    notes = {note.marker: note.text for note in shared_notes(notat, [("KK", 2024)])}
    assert notes["*"] == "Status for fleksjob er antallet af ansatte i december 2024."
    assert "‡" not in notes


def test_a_chart_over_the_years_names_every_source(project: Project) -> None:
    notat = open_notat(2025, project=project.root)
    assert sources(notat, notat.years()) == "Københavns Kommune, årsstatus for 2021 og 2025"
