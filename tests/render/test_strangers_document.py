"""The extension in somebody else's document: ordinary tables, figures, callouts and formulas in three formats."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pypdfium2
import pytest
from lxml import etree

from aarsstatus.problems import RenderError
from aarsstatus.render.embedded import pandoc, render, staged
from aarsstatus.report.drawing import raster

ROOT = Path(__file__).parents[2]
EXTENSION = ROOT / "_extensions" / "notat"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><path d="M0 0 90 30" stroke="#000"/></svg>'
FIGURE = '\nSe @fig-kurve.\n\n![En kurve](kurve.png){#fig-kurve fig-alt="En kurve, der falder"}\n'
FORMULA = "\n# Metode {#sec-metode}\n\nSe @eq-andel i @sec-metode.\n\n$$\na = \\frac{b}{c}\n$$ {#eq-andel}\n"
CELL = """
```{python}
#| label: tbl-ramme
#| tbl-cap: En ramme
from IPython.display import Markdown
Markdown("| a | b |\\n|:--|--:|\\n| c | 1 |")
```

Se @tbl-ramme.
"""
SAID = (
    "Bemærk", "Se figur 1", "tabel 1", "Tabel 1: Antal", "Figur 1: En kurve", "Tabel 2: En ramme", "Se tabel 2",
    "Se ligning 1 i afsnit 2",
)  # fmt: skip
TEMPLATE = (ROOT / "template.qmd").read_text(encoding="utf-8")
MORE = {
    "subtitle": "undertitel", "author": "Anna Andersen", "date": "1. februar 2026", "abstract": "Det korte af det lange",
}  # fmt: skip


def made(text: str, format_: str) -> bytes:
    """Return what the embedded engine's pandoc makes of a text with a picture beside it."""
    with staged(EXTENSION) as folder:
        (folder / "kurve.png").write_bytes(raster(SVG))
        return pandoc(text, format_, folder)


def words(document: bytes, path: Path) -> list[str]:
    """Return the paragraphs of a Word file, each with its style."""
    path.write_bytes(document)
    with zipfile.ZipFile(path) as parts:
        root = etree.fromstring(parts.read("word/document.xml"))
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    return [
        f"{''.join(style.get(f'{w}val') for style in p.iter(f'{w}pStyle'))}: {''.join(p.itertext(f'{w}t'))}"
        for p in root.iter(f"{w}p")
    ]


def test_ordinary_tables_and_figures_are_numbered_in_word(tmp_path: Path) -> None:
    table = "| a | b |\n|:--|--:|\n| c | 1 |\n\n: Titel {#tbl-a}\n"
    text = f"Se @tbl-a og @fig-kurve.\n\n{table}{FIGURE}"
    said = words(made(text, "docx"), tmp_path / "x.docx")
    assert "FirstParagraph: Se tabel\u00a01 og figur\u00a01." in said
    assert "TableCaption: Tabel\u00a01: Titel" in said
    assert "ImageCaption: Figur\u00a01: En kurve" in said
    assert "Tabeltekst: c" in said, "cells have no margin of the text"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("::: {.callout-note}\nHusk.\n:::\n", "Bemærk"),
        ("::: {.callout-warning}\n## Egen titel\n\nHusk.\n:::\n", "Egen titel"),
        ('::: {.callout-tip title="Et råd"}\nHusk.\n:::\n', "Et råd"),
    ],
)
def test_a_callout_is_a_box_with_a_title(written: str, said: str, tmp_path: Path) -> None:
    assert (
        f'<div class="tilstand" role="note">\n<p><strong>{said}</strong></p>\n<p>Husk.</p>'
        in made(written, "html").decode()
    )
    assert f"#tilstand[\n#strong[{said}]\n\nHusk.\n\n]" in made(written, "pdf").decode()
    assert [f"Tilstand: {said}", "Tilstand: Husk."] == words(made(written, "docx"), tmp_path / "x.docx")[:2]


def test_formulas_are_read_out() -> None:
    assert '#formel(" a = \\\\frac{b}{c} ")[\n$ a = b / c $ {\\#eq-andel}\n\n]' in made(FORMULA, "pdf").decode()
    assert '#formel("\\\\frac{a}{b}")[$a / b$]' in made("$\\frac{a}{b}$", "pdf").decode()
    assert "<math " in made("$x$", "html").decode()


@pytest.mark.parametrize("notes", ["", "::: {.tabelnoter}\nEn note.\n:::\n"])
def test_a_table_longer_than_a_page_goes_on_on_the_next(notes: str, tmp_path: Path) -> None:
    rows = "".join(f"<tr><th>række {n}</th><td>{n}</td></tr>" for n in range(180))
    table = f"<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>{rows}</tbody></table>"
    text = f"::: {{#tbl-a}}\n```{{=html}}\n{table}\n```\n\nTitel\n:::\n\n{notes}"
    cells = [nbformat.v4.new_raw_cell("---\ntitle: T\nlang: da\n---"), nbformat.v4.new_markdown_cell(text)]
    render(nbformat.v4.new_notebook(cells=cells), "pdf", EXTENSION, tmp_path / "x.pdf")
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(tmp_path / "x.pdf")]
    assert len(pages) > 2
    assert sorted(map(int, re.findall(r"række (\d+)", "\n".join(pages)))) == list(range(180))
    assert all(len(re.findall("række", page)) < 70 for page in pages)


def test_a_picture_that_is_not_described_is_named() -> None:
    with pytest.raises(RenderError, match=r"Billedet »kurve\.png« har ingen alternativ tekst; skriv \{fig-alt"):
        made("![](kurve.png)", "pdf")


def test_what_a_document_says_of_itself_is_shown() -> None:
    head = "\n".join(["---", "title: T", "toc: true", *(f"{key}: {text}" for key, text in MORE.items()), "---", ""])
    for format_ in ("html", "pdf"):
        text = made(f"{head}\n# A\n", format_).decode()
        assert [one for one in MORE.values() if one not in text] == []
        bare = made("---\ntitle: T\n---\n# A\n", format_).decode()
        assert not re.search(
            'undertitel: |class="undertitel"|indhold: |<nav', bare.partition("#show: notat")[2] or bare
        )


def test_text_stands_at_the_left_and_figures_at_the_right() -> None:
    table = (
        '::: {{#tbl-a {}}}\n```{{=html}}\n<table><thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead>'
    )
    table += "<tbody><tr><th>c</th><td>d</td></tr></tbody></table>\n```\n\nTitel\n:::\n"
    assert "tekst: true" in made(table.format(".tekst"), "pdf").decode()
    assert "tekst: true" not in made(table.format(""), "pdf").decode().partition("#show: notat")[2]


def test_a_template_leaves_nothing_of_this_project() -> None:
    ignored = set((ROOT / ".quartoignore").read_text(encoding="utf-8").split("\n"))
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    top = {f"{name.partition('/')[0]}/" if "/" in name else name for name in tracked if name and '"' not in name}
    kept = {"_extensions/", "template.qmd", "README.md", "LICENSE", ".quartoignore"}
    left = {name for name in top - ignored - kept if not name.endswith((".lock", ".cmd"))}
    assert left == set(), "Quarto itself leaves out README.md and LICENSE"


@pytest.fixture
def memo(tmp_path: Path) -> Path:
    """What `quarto use template` makes of a copy of the project: a folder with a document."""
    project = tmp_path / "projekt"
    for name in ("_extensions", "data", "params"):
        shutil.copytree(ROOT / name, project / name)
    for name in (".quartoignore", "template.qmd", "README.md", "LICENSE", "Makefile", "_quarto.yml"):
        shutil.copy(ROOT / name, project)
    folder = tmp_path / "memo"
    folder.mkdir()
    run("use", "template", "../projekt", "--no-prompt", folder=folder)
    assert {path.name for path in folder.iterdir()} == {"memo.qmd", "_extensions"}
    other = tmp_path / "andet"
    other.mkdir()
    run("add", "../projekt", "--no-prompt", folder=other)
    assert {path.relative_to(other).as_posix() for path in other.glob("*/*/_*.yml")} == {
        "_extensions/notat/_extension.yml"
    }
    return folder


def run(*arguments: str, folder: Path) -> None:
    """Run Quarto to its end, and see that it did."""
    command, given = ["quarto", *arguments], {**os.environ, "QUARTO_PYTHON": sys.executable}
    done = subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("quarto") is None, reason="Quarto er ikke på denne maskine")
def test_a_stranger_takes_the_template_writes_and_renders_three_formats(memo: Path) -> None:
    """Pipe table, pictures, a table that code makes, a callout, a named formula, a section: numbered and referred to."""
    head = "".join(f"{key}: {text}\n" for key, text in (MORE | {"date": "2026-02-01"}).items())
    text = TEMPLATE.replace("doctype: NOTAT", f"doctype: MEMO\nnumber-sections: true\n{head}".rstrip())
    (memo / "memo.qmd").write_text(text + FIGURE + FORMULA + CELL, encoding="utf-8")
    (memo / "kurve.png").write_bytes(raster(SVG))
    run("render", "memo.qmd", folder=memo)
    html = re.sub(r"<[^>]+>", "", (memo / "memo.html").read_text(encoding="utf-8").partition("<body>")[2])
    pdf = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(memo / "memo.pdf"))
    docx = "\n".join(words((memo / "memo.docx").read_bytes(), memo / "x.docx"))
    for written in (html, pdf, docx):
        flat = " ".join(written.split())
        assert [one for one in (*SAID, *MORE.values()) if one not in flat] == []
        assert "@" not in flat, "every reference is resolved"
        assert "{#" not in flat
        assert "IPython" not in flat, "code is not shown"
        assert flat.count("En ramme") == 1
