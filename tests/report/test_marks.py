"""A notat that annotates its own misprints: each contradicted number has a mark of its own, and a note."""

from __future__ import annotations

import re

import pytest
from cells import markdown_of

from aarsstatus.figures import Mode
from aarsstatus.project import Project
from aarsstatus.report.html_table import MARK, PRINTED_SO, WRONG, to_html
from aarsstatus.report.notat import open_notat
from aarsstatus.report.notes import shared_notes
from aarsstatus.report.tables import administration_table


@pytest.mark.parametrize(
    ("mode", "marked"),
    [
        ("published", {"255": WRONG, "2.523": WRONG, "328": WRONG, "3.106": WRONG, "900": WRONG}),
        ("recomputed", {"255": WRONG, "2.523": WRONG, "328": WRONG, "3.106": WRONG, "900": WRONG}),
    ],
)
def test_every_contradicted_number_of_a_table_is_marked(project: Project, mode: Mode, marked: dict[str, str]) -> None:
    table = administration_table(open_notat(2025, figures=mode, project=project.root), "KK")
    assert {cell.text: cell.mark for row in table.rows for cell in row.cells if cell.mark} == marked
    assert 'href="#note-modstrid"' in to_html(table)
    assert 'href="#note-2" role="doc-noteref">**</a>' in to_html(table)


def test_a_number_that_is_recomputed_has_the_other_mark(project: Project) -> None:
    notat = open_notat(2025, figures="recomputed", project=project.root)
    marks = {cell.text: cell.mark for row in administration_table(notat, "BIF").rows for cell in row.cells if cell.mark}
    assert marks == {"356": MARK}
    assert notat.known_errors() == "", "it shows other numbers than were printed"


def test_years_and_prose_are_marked_outside_the_number(project: Project) -> None:
    notat = open_notat(2025, project=project.root)
    table = administration_table(notat, "ØKF")
    assert table.caption.endswith(f"for 2024{WRONG}")
    assert table.header[-1] == f"Antal forløb i 2024{WRONG}**"
    said = markdown_of(notat, "udvikling")
    assert re.findall(r"\[(\d+)\]\{[^}]*\}\[\[‡\]\(#note-modstrid\)\]\{\.modstrid\}", said) == ["913", "797"]
    (note,) = [note.text for note in shared_notes(notat) if note.marker == WRONG]
    assert note.startswith(f"{PRINTED_SO} Mere sandsynligt er: 356 (tabel 3, antal forløb i alt); 2025 (tabel 9, ")
    assert note.endswith("De andre mærkede tal er formentlig rigtige."), "913 of the prose, say"
    assert notat.notes("ingen tal") == ""
    assert notat.known_errors().startswith("14 af 223 trykte tal er i modstrid")
