"""What an executed notebook must be before it is rendered; each fault names its cell."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from aarsstatus.report.checks import findings
from aarsstatus.run.notebook import normalise

TABLE = "::: {#tbl-a .notat-tabel}\n```{=html}\n<table></table>\n```\n\nEn titel\n:::\n"
PICTURE = new_output("display_data", data={"image/svg+xml": "<svg/>"})


def markdown(text: str) -> nbformat.NotebookNode:
    return new_output("display_data", data={"text/markdown": text})


def notebook(*outputs: nbformat.NotebookNode) -> nbformat.NotebookNode:
    return new_notebook(cells=[new_code_cell("x", outputs=list(outputs), id="tal")])


def test_a_whole_notebook_has_no_findings() -> None:
    chart = [markdown("::: {#fig-b}\n::: {.content-visible}\n"), PICTURE, markdown("\n:::\n\nTitel\n:::\n")]
    assert findings(notebook(markdown(f"Se @tbl-a og [-@fig-b].\n\n{TABLE}"), *chart)) == []


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        ([markdown("Se @tbl-b.")], "henvisningen @tbl-b peger ikke på noget"),
        ([markdown("Se @sec-metode.")], "henvisningen @sec-metode peger ikke på noget"),
        ([markdown("Se [-@fig-b].")], "henvisningen @fig-b peger ikke på noget"),
        ([markdown(TABLE.replace("En titel\n", ""))], "tbl-a har ingen titel"),
        ([markdown(TABLE.replace("<table></table>", ""))], "tbl-a har ingen tabel"),
        ([markdown("::: {#fig-a}\n\nTitel\n:::\n")], "fig-a har intet billede"),
        ([markdown("::: {#fig-a}\n"), PICTURE, markdown("\n:::\n")], "fig-a har ingen titel"),
        ([markdown("::: {#fig-a}\n"), PICTURE, markdown("\n\nTitel\n")], "men ikke lukkes"),
        ([markdown(TABLE), markdown(TABLE)], "tbl-a findes allerede"),
        ([new_output("error", ename="ValueError", evalue="nej")], "fejlen ValueError: nej"),
        ([new_output("stream", name="stdout", text="hov\n")], "udskriver tekst uden om notatet: »hov«"),
        ([new_output("display_data", data={"text/html": "<p>"})], 'skriv show_table(tabel, caption="…")'),
        ([new_output("execute_result", data={"text/plain": "7"})], "skriv show(…)"),
        ([PICTURE], 'skriv show_chart(diagram, caption="…", alt="…")'),
        ([markdown(TABLE), new_output("display_data", data={"image/png": "x"})], "skriv show_chart("),
    ],
)
def test_faults_are_found_and_placed(outputs: list[nbformat.NotebookNode], said: str) -> None:
    found = findings(notebook(*outputs))
    assert any(said in one for one in found), found
    assert all(one.startswith("celle 1 (»tal«)") for one in found)


def test_addresses_and_code_are_no_references() -> None:
    assert findings(notebook(markdown("Skriv til hr@fig-a.dk eller \\@fig-a.\n\n```\n@fig-b\n```\n"))) == []


def test_normalising_leaves_nothing_of_when_and_where() -> None:
    cell = new_code_cell("1", execution_count=3, metadata={"tags": ["parameters"], "papermill": {"start_time": "nu"}})
    cell.outputs = [
        new_output(
            "display_data",
            data={"text/markdown": "hej", "text/plain": "<IPython object at 0x7f>"},
            metadata={"isolated": True},
        )
    ]
    injected = new_code_cell("year = 2025", metadata={"tags": ["injected-parameters"]}, id="f3a9c0")
    raw = new_notebook(cells=[cell, injected], metadata={"papermill": {"output_path": "/home/x"}})
    plain = normalise(raw)
    text = nbformat.writes(plain)
    nbformat.validate(plain)
    assert "papermill" not in text
    assert "0x7f" not in text
    assert "/home" not in text
    assert "isolated" not in text
    assert plain.cells[1].id == "injected-parameters"
    assert plain.cells[0].metadata.tags == ["parameters"]
    assert nbformat.writes(normalise(plain)) == text
