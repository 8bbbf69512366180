"""No number without a figure: the notats have none, and a typed one is found wherever it is typed."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from conftest import copy_project

from aarsstatus.build import Options, Result, build
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.params import Params
from aarsstatus.problems import BuildError
from aarsstatus.project import Project
from aarsstatus.report.notat import Notat, open_notat
from aarsstatus.report.stray_numbers import ALLOWED, stray_numbers


@pytest.fixture(scope="module")
def notebook(built: Result) -> nbformat.NotebookNode:
    return nbformat.read(built.folder / "notat.ipynb", as_version=4)


@pytest.fixture
def notat(project: Project, year: int) -> Notat:
    return open_notat(year, project=project.root)


def test_the_published_notats_have_no_stray_number(notebook: nbformat.NotebookNode, notat: Notat) -> None:
    assert stray_numbers(notebook, notat) == []


def changed(notebook: nbformat.NotebookNode, cell: str, kind: str, old: str, new: str) -> nbformat.NotebookNode:
    """Return the notebook with something else in one cell's outputs."""
    other = copy.deepcopy(notebook)
    done = 0
    for one in other.cells:
        for output in one.get("outputs", []) if one.id == cell else ():
            data = output.get("data", {})
            if old in data.get(kind, "") and not done:
                data[kind] = data[kind].replace(old, new, 1)
                done += 1
    assert done == 1, f"»{old}« is not in {cell}"
    return other


MARKDOWN = "text/markdown"


@pytest.mark.parametrize(
    ("cell", "kind", "old", "new", "said"),
    [
        # prose
        ("indledning", MARKDOWN, "hele året", "91 pct. af året", "dækker 91 pct. af året"),
        ("udvikling", MARKDOWN, "I @tbl-kk står", "I @tbl-kk er det 12.345,6, og der står", "er det 12.345,6, og"),
        ("udvikling", MARKDOWN, "bidrager mest", "bidrager tre gange så meget", "bidrager tre gange så meget"),
        ("udvikling", MARKDOWN, "syv forvaltninger", "otte forvaltninger", "De otte forvaltninger"),
        ("udvikling", MARKDOWN, "I @tbl-kk ", "I tabel 1 ", "I tabel 1"),
        ("udvikling", MARKDOWN, 'attainment"}', 'attainment2"}', "der er intet tal med det id"),
        ("kommunen", MARKDOWN, "# Hele kommunen", "# Hele kommunen, 7.", "Hele kommunen, 7"),
        # a span that says something else than its figure
        ("noter", MARKDOWN, "; fleksjob\u00a0[", "; fleksjob\u00a0[1", "men det tal er"),
        # tables
        ("kommunen", MARKDOWN, "<td></td>", "<td>77</td>", "77"),
        ("kommunen", MARKDOWN, 'KK.fleksjob.status">', 'KK.fleksjob.status">1', "men det tal er"),
        ("kommunen", MARKDOWN, "Samlet status", "Samlet status (14)", "Samlet status (14)"),
        ("kommunen", MARKDOWN, '<th scope="col">', '<th scope="col" title="33">', "»33«"),
        # caption, alternative text, chart caption
        ("kommunen", MARKDOWN, "Status og målopfyldelse for", "Status og 5 målopfyldelser for", "Status og 5"),
        ("aarene", MARKDOWN, "Kurve over", "Kurve over 73 pct. af", "den alternative tekst til fig-udvikling"),
        ("aarene", MARKDOWN, " pct. i ", " i ", "den alternative tekst til fig-udvikling"),
        ("aarene", MARKDOWN, "Målopfyldelse for hele kommunen,", "Målopfyldelse, 73 pct\\.,", "Målopfyldelse, 73 pct."),
    ],
)  # fmt: skip
def test_a_typed_number_is_found_and_its_cell_named(
    notebook: nbformat.NotebookNode, notat: Notat, cell: str, kind: str, old: str, new: str, said: str
) -> None:
    found = stray_numbers(changed(notebook, cell, kind, old, new), notat)
    assert found
    assert all(f"(»{cell}«): " in one for one in found)
    assert any(said in one for one in found), found


def test_a_second_mention_of_a_drawn_number_is_found(notebook: nbformat.NotebookNode, notat: Notat) -> None:
    """The like of a number that is drawn is still one too many."""
    shown = next(
        figure.shown for figure in notat.figures.select(year=notat.year, administration="KK", measure="attainment")
    )
    other = changed(notebook, "aarene", MARKDOWN, "Kurve over", f"Kurve, der når {shown}, over")
    assert any(shown in one for one in stray_numbers(other, notat))


def test_a_number_in_the_title_is_found(notebook: nbformat.NotebookNode, notat: Notat) -> None:
    written = copy.deepcopy(notebook)
    written.cells[0].source = re.sub("(?m)^(title: .*)$", r"\1, 88 pct.", written.cells[0].source)
    for other, cell in (
        (written, "frontmatter"),
        (changed(notebook, "setup", MARKDOWN, "jobordninger", "88"), "setup"),
    ):
        (found,) = stray_numbers(other, notat)
        assert f"(»{cell}«): " in found
        assert "88" in found


def test_each_exception_has_its_reason_and_is_needed(notebook: nbformat.NotebookNode, notat: Notat) -> None:
    for words, reason in ALLOWED.items():
        assert re.search(r"\d|to", words)
        assert reason
        assert stray_numbers(changed(notebook, "kommunen", MARKDOWN, "# Hele", f"# {words} Hele"), notat) == []
        other = re.sub(r"\d+", "17", words.replace("to", "tolv"))
        assert stray_numbers(changed(notebook, "kommunen", MARKDOWN, "# Hele", f"# {other} Hele"), notat)


def test_recomputed_notats_have_none_either(
    inputs: tuple[Params, Data], recomputed: Callable[[int], Result], year: int
) -> None:
    notebook = nbformat.read(recomputed(year).folder / "notat.ipynb", as_version=4)
    assert stray_numbers(notebook, Notat(*inputs, mode="recomputed")) == []
    assert stray_numbers(notebook, Notat(*inputs)), "numbers of one mode are not those of the other"


def test_a_build_stops_and_names_the_cell(tmp_path: Path) -> None:
    copied = copy_project(tmp_path / "projekt")
    notebook = copied.notebooks / "notat.ipynb"
    text = notebook.read_text(encoding="utf-8")
    typed = text.replace('show(\\"# Hele kommunen\\")', 'show(\\"# Hele kommunen\\", \\"Den nåede 74 pct.\\")')
    assert typed != text
    notebook.write_text(typed, encoding="utf-8")
    with pytest.raises(BuildError, match=r"notebooks/notat\.ipynb, celle \d+ \(»kommunen«\): .*74 pct\."):
        build(copied, 2025, Options(engine="embedded", formats=("html",)))
    assert not (copied.output / "2025").exists()
