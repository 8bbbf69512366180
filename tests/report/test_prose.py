"""The notat's prose: whole sentences in the cells, and none of what is not known."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from cells import said_by, sources

from aarsstatus.inputs import read_year
from aarsstatus.markdown import UNKNOWN, either, given, known, paragraph, when
from aarsstatus.project import Project
from aarsstatus.report.notat import Notat

PROSE = [name for name in sources() if name not in {"frontmatter", "parameters", "setup"}]
GLUE = (ast.IfExp, ast.BinOp, ast.Lambda)
"""What makes a sentence of halves."""


def texts(node: ast.AST) -> Iterator[str]:
    """Yield the texts of a cell; what is put into one is a word."""
    for one in ast.iter_child_nodes(node):
        if isinstance(one, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "Ord" for part in one.values)
        elif isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value
        else:
            yield from texts(one)


def prose(name: str) -> list[str]:
    """Return a cell's texts that are more than a name or a heading."""
    return [text for text in texts(ast.parse(sources()[name])) if len(text.split()) > 3 and text[0] not in "#*"]


@pytest.mark.parametrize("name", PROSE)
def test_a_cell_holds_whole_sentences(name: str) -> None:
    """An editor reads and changes a sentence where it stands: no halves are glued, no words inflected."""
    cell = ast.parse(sources()[name])
    assert [ast.unparse(one) for one in ast.walk(cell) if isinstance(one, GLUE)] == []
    assert [text for text in prose(name) if not (text[0].isupper() and text.endswith((".", ":")))] == []


def test_the_sentences_stand_in_the_cells() -> None:
    assert {"indledning", "opgoerelse", "udvikling", "aarene", "figurer"} <= {name for name in PROSE if prose(name)}


def test_a_sentence_that_says_something_unknown_is_not_said() -> None:
    assert paragraph("En.", f"Den {UNKNOWN}.", "", "To.") == "En. To."
    assert either(f"Den {UNKNOWN}.", "Ellers.", "Aldrig.") == "Ellers."
    assert either(UNKNOWN) == ""
    assert (given("a.b"), given(None), known(""), known("x")) == ("a\\.b", UNKNOWN, UNKNOWN, "x")
    assert (when([], "Nej."), when(1, "Ja.")) == ("", "Ja.")


def test_a_percentage_at_the_end_has_one_point() -> None:
    assert (
        paragraph("Den er 74 pct..", 'Den var [79 pct.]{figure="a"}.') == 'Den er 74 pct. Den var [79 pct.]{figure="a"}'
    )
    assert paragraph('Den er [79 pct.†]{figure="a"}.', "Og så videre...") == (
        'Den er [79 pct.†]{figure="a"}. Og så videre...'
    )


@pytest.mark.parametrize("year", [2020, 2024])
def test_a_year_of_the_city_alone_says_only_that(project: Project, year: int) -> None:
    said = said_by(Notat(*read_year(project, year)), *PROSE)
    assert UNKNOWN not in said
    assert f"# Status i {year}" in said
    assert said.count(f"For {year} kendes kun tallene for hele kommunen.") == 3
    assert "forvaltninger er vist hver for sig" not in said
    assert "De to år har ikke" not in said
