"""An analyst's own sentence, table and chart: docs/notebook.md as it stands, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from matplotlib.figure import Figure as Drawing

from aarsstatus.inputs import read_year
from aarsstatus.problems import InputError
from aarsstatus.project import Project
from aarsstatus.report.checks import findings
from aarsstatus.report.drawing import own_chart
from aarsstatus.report.notat import Notat, open_notat
from aarsstatus.report.show import show_table
from aarsstatus.report.stray_numbers import stray_numbers
from aarsstatus.report.tables import Shown, administration_table, figures_frame, table_frame, tables_frame, to_table
from aarsstatus.run.notebook import execute

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "notebook.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def notat(project: Project) -> Notat:
    return Notat(*read_year(project, 2025), fonts=project.extension / "fonts")


@pytest.fixture(scope="module")
def documented(project: Project, notat: Notat) -> nbformat.NotebookNode:
    """The notat's first cells with those of docs/notebook.md after them, executed as a build does."""
    notebook = nbformat.read(project.notebooks / "notat.ipynb", as_version=4)
    first = [cell for cell in notebook.cells if cell.id in {"frontmatter", "parameters", "setup"}]
    notebook.cells = [*first, *(nbformat.v4.new_code_cell(block, id=f"own-{n}") for n, block in enumerate(BLOCKS))]
    return execute(notebook, notat.parameters(), project.root)


def test_what_the_docs_say_runs_and_nothing_is_wrong_with_it(documented: nbformat.NotebookNode, notat: Notat) -> None:
    assert len(BLOCKS) == 6
    assert findings(documented) == []
    assert stray_numbers(documented, notat) == []


def test_a_chart_of_ones_own_is_a_figure_like_the_rest(documented: nbformat.NotebookNode) -> None:
    shown = next(cell.outputs for cell in documented.cells if "axes," in cell.source and "import" not in cell.source)
    text = "".join(output.data.get("text/markdown", "") for output in shown)
    assert '::: {#fig-maalopfyldelsen-for-fleksjob fig-alt="Søjler: BIF ' in text
    assert [kind for output in shown for kind in output.data if "image" in kind] == ["image/svg+xml", "image/png"]
    assert "OpenSans" in shown[1].data["image/svg+xml"]
    assert "#0b2a5b" in shown[1].data["image/svg+xml"]


def test_figures_are_tidy_and_shown_is_the_figures_own_text(notat: Notat) -> None:
    frame = figures_frame(notat)
    assert list(frame["id"]) == list(notat.figures)
    assert frame["administration"].cat.ordered
    assert frame["administration"].cat.categories[0] == "KK"
    row = frame.set_index("id").loc["2025.KK.fleksjob.attainment"]
    assert (row["shown"], row["unit"]) == (notat.figures[row.name].shown, "pct.")
    assert isinstance(row["value"], float)
    turned = frame.query("year == 2025").pivot(
        index=["group", "scheme", "administration"], columns="measure", values="shown"
    )
    kept = [cell for cell in turned.to_numpy().ravel() if isinstance(cell, str)]
    assert all(isinstance(cell, Shown) and notat.figures[cell.figure].shown == cell for cell in kept)


def test_a_years_tables_look_as_in_the_notat(notat: Notat) -> None:
    frame, table = table_frame(notat, "KK"), administration_table(notat, "KK")
    assert [frame.index.name, list(frame.columns)] == ["jobordning", list(table.header[1:])]
    assert list(frame.index) == [row.label for row in table.rows]
    assert list(frame.iloc[0]) == [cell.text for cell in table.rows[0].cells]
    assert [cell.figure for cell in frame.iloc[1] if cell] == [cell.figure for cell in table.rows[1].cells]
    assert list(tables_frame(notat).index.unique("forvaltning")) == ["KK", *notat.administrations()]


@pytest.mark.parametrize("number", [74.1, 3, True])
def test_a_number_that_is_no_figure_is_no_cell(number: float) -> None:
    with pytest.raises(InputError, match="forventede kolonnen shown i stedet for value"):
        to_table(pd.DataFrame({"a": [number]}), "tbl-a", "A")


def test_nothing_at_all_is_an_empty_cell() -> None:
    values = pd.DataFrame({"a": pd.Series([None, float("nan"), "tekst"], dtype=object)})
    assert [row.cells[0].text for row in to_table(values, "tbl-a", "A").rows] == ["", "", "tekst"]


def test_what_lacks_a_text_is_told_what_to_write() -> None:
    with pytest.raises(InputError, match=r'mangler caption; forventede show_table\(tabel, caption="titel"\)'):
        show_table(pd.DataFrame())
    with pytest.raises(InputError, match="diagrammet mangler caption og alt; forventede show_chart"):
        own_chart(Drawing(), "", " ")
    with pytest.raises(InputError, match="det er ikke et diagram fra matplotlib"):
        own_chart("et diagram", "Titel", "Tekst")


def test_the_name_of_the_frame_is_not_taken_for_the_parameter(project: Project) -> None:
    for figures in ("recomputd", pd.DataFrame()):
        with pytest.raises(InputError, match="kør cellen med parametre igen"):
            open_notat(2025, figures=figures, project=project.root)
