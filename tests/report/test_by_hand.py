"""The notebook by hand: a person at a front end sees the notat, and all that executes it by itself gets Markdown."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from aarsstatus.markdown import metadata_in
from aarsstatus.project import Project
from aarsstatus.report import show
from aarsstatus.report.html_table import Cell, Note, Row, Table

TABLE = Table(
    "tbl-kk",
    "Status <2025>",
    ("KK", "Status"),
    (Row("løntilskud", (Cell("797", "2025.KK.x"),)),),
    (Note("*", "Se @tbl-buf."),),
)


class FrontEnd(NotebookClient):
    """Ask a kernel to run cells as Jupyter and VS Code do: somebody is there who can be asked."""

    async def async_start_new_kernel_client(self) -> Any:
        """Return the client, which may ask."""
        client = await super().async_start_new_kernel_client()
        client.allow_stdin = True
        return client


def test_a_person_sees_tables_charts_and_text_as_they_look(project: Project) -> None:
    """Some cells, run in the notebook's own folder, as Jupyter does."""
    notebook = nbformat.read(project.notebooks / "notat.ipynb", as_version=4)
    wanted = ("parameters", "setup", "forside", "indledning", "udvikling", "kommunen", "aarene", "noter")
    notebook.cells = [cell for cell in notebook.cells if cell.id in wanted]
    FrontEnd(notebook, timeout=120, resources={"metadata": {"path": str(project.notebooks)}}).execute()
    seen = {cell.id: [output.data for output in cell.outputs] for cell in notebook.cells}
    assert all(set(data) <= {"text/html", "text/plain"} for shown in seen.values() for data in shown)
    html = {id_: "".join(data["text/html"] for data in shown) for id_, shown in seen.items()}
    assert "<h1>Årsstatus for de særlige jobordninger i KK som arbejdsplads for 2025</h1>" in html["setup"]
    assert '<th scope="row"' in html["kommunen"]
    assert "Tabel »kk«: Status og målopfyldelse" in html["kommunen"]
    assert 'src="data:image/svg+xml;base64,' in html["aarene"]
    assert "Tallene i figuren" in html["aarene"]
    everything = "".join(page.partition("</style>")[2] for page in "".join(html.values()).split("<style>"))
    assert not [raw for raw in (":::", "{=html}", "{figure=", "{.", "{#", "@tbl-", "@fig-", "\\.") if raw in everything]


def test_papermill_alone_makes_a_notebook_that_is_as_ours(tmp_path: Path, project: Project) -> None:
    out = tmp_path / "out.ipynb"
    options = ["-p", "year", "2021", "-p", "comparison_year", "2020", "--no-progress-bar"]
    command = [sys.executable, "-m", "papermill", "notat.ipynb", str(out), *options]
    subprocess.run(command, cwd=project.notebooks, check=True, capture_output=True)
    notebook = nbformat.read(out, as_version=4)
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert all(output.output_type == "display_data" and "text/html" not in output.data for output in shown)
    title = metadata_in(shown[0].data["text/markdown"])
    assert title is not None
    assert "som arbejdsplads for 2021" in title


@pytest.mark.parametrize(
    ("kernel", "by_a_person"),
    [
        (None, False),
        ({}, False),
        ({"content": {"allow_stdin": False}}, False),
        ({"content": {"allow_stdin": True}}, True),
    ],
)
def test_a_front_end_is_one_that_can_ask(
    kernel: dict[str, Any] | None, by_a_person: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = None if kernel is None else SimpleNamespace(kernel=SimpleNamespace(get_parent=lambda: kernel))
    monkeypatch.setattr(show, "get_ipython", lambda: shell)
    assert show.is_by_hand() is by_a_person


def test_what_is_shown_is_text_but_for_what_we_write(project: Project) -> None:
    html = show.table_on_page(TABLE)
    assert "Status &lt;2025&gt;" in html
    assert "<p>* Se tabel »buf«.</p>" in html
    said = show.to_page('::: {.tilstand}\n\nI [79 pct.]{figure="2025.KK.x"} \\<b\\>\n\n:::')
    assert '<div class="tilstand">\n<p>I <span title="2025.KK.x">79 pct.</span> &lt;b&gt;</p>\n</div>' in said
    marked = show.to_page('Den er [797]{figure="a"}[[‡](#note-x)]{.modstrid}.\n\n[‡]{#note-x} Trykt sådan.')
    assert 'Den er <span title="a">797</span><span title=""><a href="#note-x">‡</a></span>.' in marked
    assert '<span title="">‡</span> Trykt sådan.' in marked
    look = show.stylesheet(project.extension)
    assert "@scope (.aarsstatus)" in look
    assert "url(" not in look, "nothing is fetched"
