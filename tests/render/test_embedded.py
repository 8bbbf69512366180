"""The embedded engine: what it makes of a notebook, that it refuses what cannot be published, and the same bytes."""

import base64
import copy
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
import zipfile
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import page
import pypdfium2
import pytest
import typst
from lxml import etree
from nbformat.v4 import new_code_cell, new_notebook, new_output, new_raw_cell

from aarsstatus.problems import ProgramError, RenderError
from aarsstatus.render import docx_parts, embedded
from aarsstatus.render import typst as compiler
from aarsstatus.render.embedded import front_matter, markdown_of, pandoc_version, render
from aarsstatus.render.page import make_page
from aarsstatus.render.typst import mark_row_headers
from aarsstatus.run.programs import TIME_LIMIT

EXTENSION = Path(__file__).parents[2] / "_extensions" / "notat"
W = f"{{{docx_parts.W}}}"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30"><rect width="74" height="20" fill="#0b2a5b"/></svg>'
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="  # one dot
ALT = 'Søjler: "måltallet" er nået med 74 pct.'
ADMINISTRATION = "Beskæftigelses-, Integrations- og Erhvervsforvaltningen"
TITLE = "Årsstatus for jobordninger i 2025"
FRONT = f"""---
title: "{TITLE}"
lang: da
doctype: NOTAT
office: Kontor for HR og Tilsyn
administration: '{ADMINISTRATION.replace("-", chr(92) + "-")}'
footer-address: Bernstorffsgade 17, 1577 København V
document-date: "2026-03-11"
keywords: [årsstatus, fleksjob]
---"""
HEADER = ["KK", "Status", "Samlet status", "Samlet måltal", "Procentvis målopfyldelse", "Antal forløb i 2025**"]
ROWS = [
    ["Løntilskud (helårspersoner)", "93", "798", "1.084", "74 pct.", "255"],
    ["Virksomhedspraktik (helårspersoner)", "503", None, None, None, "2.523"],
    ["Antal forløb", "", "", "", "", "2.778"],
    ["Samlet målopfyldelse (vægtet gennemsnit***)", "", "", "", "92 pct.", ""],
]
KINDS = ["placements", "placements", "total", "weighted"]


def html_table() -> str:
    head = "".join(f'<th scope="col">{text}</th>' for text in HEADER)
    body = ""
    for kind, (label, *cells) in zip(KINDS, ROWS, strict=True):
        spans = ["", *([' rowspan="2"'] * 3 if cells[1] == "798" else ["", "", ""]), ""]
        shown = [
            f'<td data-figure="2025.KK.x"{span}>{text}</td>'
            for text, span in zip(cells, spans, strict=True)
            if text is not None
        ]
        body += f'<tr class="{kind}"><th scope="row">{label}</th>{"".join(shown)}</tr>'
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def markdown(text: str) -> nbformat.NotebookNode:
    return new_output("display_data", data={"text/markdown": text, "text/plain": "<M>"})


def code(*outputs: nbformat.NotebookNode) -> nbformat.NotebookNode:
    return new_code_cell("#| output: asis\nshow()", outputs=list(outputs), execution_count=1)


def sample() -> nbformat.NotebookNode:
    """An executed notebook with one of everything that a notat has."""
    picture = new_output("display_data", data={"image/svg+xml": SVG, "image/png": PNG, "text/plain": "<F>"})
    alt = ALT.replace('"', '\\"')
    numbers = '<table><thead><tr><th scope="col">Gruppe</th></tr></thead><tbody><tr><td>74</td></tr></tbody></table>'
    cells = [
        new_raw_cell(FRONT),
        code(
            markdown("::: {.sagsoplysninger}\n11-03-2026\n\n**Sagsnummer i F2**\\\n2025 - 4558\n:::\n"),
            markdown("::: {.tilstand}\nNotatet gengiver de offentliggjorte tal.\n:::\n"),
        ),
        code(
            markdown('# Udviklingen\n\nI @tbl-kk er det [74 pct.]{figure="2025.KK.x"}; se tabel [-@tbl-kk] og @fig-a.')
        ),
        code(
            markdown(f"::: {{#tbl-kk .notat-tabel}}\n```{{=html}}\n{html_table()}\n```\n\nStatus i 2025\n:::\n"),
            markdown("\n::: {.tabelnoter}\n\\*\\* Kolonnen viser forløb.\n\n\\*\\*\\* Vægtet.\n:::\n"),
        ),
        code(
            markdown(f'::: {{#fig-a fig-alt="{alt}"}}\n'),
            picture,
            markdown("\n\nMålopfyldelse i 2025\n:::\n"),
            markdown(f"\n::: {{.figurdata}}\n```{{=html}}\n{numbers}\n```\n:::\n"),
        ),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"c{number}"
    return new_notebook(cells=cells)


@pytest.fixture(scope="module")
def notebook() -> nbformat.NotebookNode:
    return sample()


@pytest.fixture(scope="module")
def made(notebook, tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("made")
    files = {kind: folder / f"notat.{kind}" for kind in ("html", "pdf", "docx")}
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda kind: render(notebook, kind, EXTENSION, files[kind]), files))
    return files


def changed(notebook, old: str, new: str):
    """The notebook with a text replaced in what its cells show."""
    twin = copy.deepcopy(notebook)
    hits = 0
    for cell in twin.cells:
        for output in cell.get("outputs", []):
            text = output.get("data", {}).get("text/markdown", "")
            hits += old in text
            if text:
                output.data["text/markdown"] = text.replace(old, new)
    assert hits, f"{old!r} is not in the notebook"
    return twin


# Markdown ---------------------------------------------------------------------------------------------------------


def test_markdown_has_everything_in_order_and_one_variant_of_each_picture(notebook):
    text, media = markdown_of(notebook)
    places = [text.index(part) for part in ("title:", "sagsoplysninger", "# Udvik", "#tbl-kk", "tabelnoter", "#fig-a")]
    assert places == sorted(places)
    assert list(media.values()) == [SVG.encode()]
    assert all(f"]({path})" in text for path in media)
    assert list(markdown_of(notebook, "png")[1].values()) == [base64.b64decode(PNG)]


def test_code_is_never_shown(notebook):
    assert "show()" not in markdown_of(notebook)[0]


def test_a_failed_cell_and_a_foreign_output_are_named(notebook):
    for output, said in (
        (new_output("error", ename="ValueError", evalue="x", traceback=[]), "ValueError"),
        (new_output("display_data", data={"text/html": "<b>x</b>"}), "text/html"),
    ):
        twin = copy.deepcopy(notebook)
        twin.cells[2].outputs = [output]
        with pytest.raises(RenderError, match="celle 3") as raised:
            markdown_of(twin)
        assert said in str(raised.value)


@pytest.mark.parametrize(
    ("kept", "author"),
    [("office|administration", "Kontor for HR og Tilsyn"), ("administration", ADMINISTRATION), ("-", None)],
)
def test_the_author_is_the_office_else_the_administration_else_nobody(tmp_path: Path, kept: str, author: str | None):
    """A notebook that somebody renders by hand may say neither."""
    notebook = sample()
    lines = FRONT.splitlines()
    notebook.cells[0].source = "\n".join(
        line for line in lines if not re.match("office|administration", line) or re.match(kept, line)
    )
    for format_ in ("pdf", "html"):
        render(notebook, format_, EXTENSION, tmp_path / f"notat.{format_}")
    made = pypdfium2.PdfDocument(tmp_path / "notat.pdf").get_metadata_value("Author")
    assert made == (author or "")
    found = re.findall('<meta name="author" content="([^"]*)">', (tmp_path / "notat.html").read_text(encoding="utf-8"))
    assert found == ([author] if author else [])


def test_front_matter_must_be_yaml():
    assert front_matter(new_notebook(cells=[])) == {}
    for text in ("---\na: [\n---", "---\nbare tekst\n---"):
        with pytest.raises(RenderError, match="celle 1"):
            front_matter(new_notebook(cells=[new_raw_cell(text)]))


# What may not be published ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["html", "pdf", "docx"])
def test_a_reference_to_nothing_fails_and_is_named(notebook, tmp_path, kind):
    with pytest.raises(RenderError, match="@tbl-forkert"):
        render(changed(notebook, "I @tbl-kk", "I @tbl-forkert"), kind, EXTENSION, tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_a_table_without_caption_fails_and_is_named(notebook, tmp_path):
    with pytest.raises(RenderError, match="tbl-kk"):
        render(changed(notebook, "\n\nStatus i 2025\n", "\n"), "html", EXTENSION, tmp_path / "x")


def test_a_missing_picture_fails(notebook, tmp_path):
    twin = changed(notebook, "# Udviklingen", "![](findes-ikke.svg)\n\n# Udviklingen")
    for kind in ("html", "pdf", "docx"):
        with pytest.raises(RenderError, match="findes-ikke"):
            render(twin, kind, EXTENSION, tmp_path / "x")


def test_an_address_is_not_a_reference(notebook, tmp_path):
    render(
        changed(notebook, "# Udviklingen", "Skriv til hr@kk.dk.\n\n# Udviklingen"), "html", EXTENSION, tmp_path / "x"
    )
    assert "hr@kk.dk" in (tmp_path / "x").read_text(encoding="utf-8")


def test_a_document_date_must_be_a_date(notebook, tmp_path):
    twin = copy.deepcopy(notebook)
    twin.cells[0].source = twin.cells[0].source.replace("2026-03-11", "11/3 2026")
    with pytest.raises(RenderError, match="11/3 2026"):
        render(twin, "html", EXTENSION, tmp_path / "x")


# The same bytes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["html", "pdf", "docx"])
def test_same_bytes_in_any_folder_zone_and_locale(notebook, made, tmp_path, kind):
    nbformat.write(notebook, tmp_path / "n.ipynb")
    program = (
        "import sys, nbformat; from pathlib import Path; from aarsstatus.render.embedded import render;"
        "render(nbformat.read('n.ipynb', 4), sys.argv[1], Path(sys.argv[2]), Path('ud'))"
    )
    elsewhere = os.environ | {"TZ": "Pacific/Auckland", "LC_ALL": "C", "HOME": str(tmp_path), "SOURCE_DATE_EPOCH": "1"}
    time.sleep(1.1)  # a clock that leaked would have moved on
    subprocess.run([sys.executable, "-c", program, kind, EXTENSION], cwd=tmp_path, env=elsewhere, check=True)
    assert (tmp_path / "ud").read_bytes() == made[kind].read_bytes()


@pytest.mark.parametrize("kind", ["html", "pdf", "docx"])
def test_same_bytes_wherever_extension_and_temporary_files_lie(notebook, made, tmp_path, monkeypatch, kind):
    """What reads a name as an address takes ``%20`` for a blank, and ``#`` for its end."""
    odd = tmp_path / "50%20af #1 æøå & co"
    shutil.copytree(EXTENSION, odd / "notat")
    monkeypatch.setattr(tempfile, "tempdir", str(odd))
    render(notebook, kind, odd / "notat", odd / "ud")
    assert (odd / "ud").read_bytes() == made[kind].read_bytes()


@pytest.mark.parametrize("kind", ["html", "pdf", "docx", "page"])
def test_nothing_that_pandoc_and_typst_are_told_is_an_absolute_name(notebook, tmp_path, monkeypatch, kind):
    """A network drive's would be read as an address on the web."""
    told: list[str] = []

    def listened(told_of):
        def run_(name, command, *, given=b"", **rest):
            options = command[1:] if name == "pandoc" else command
            told.extend(map(str, options))
            told.append(given.decode())
            return told_of(name, command, given=given, **rest)

        return run_

    monkeypatch.setattr(embedded, "run", listened(embedded.run))
    monkeypatch.setattr(compiler, "run_python", listened(compiler.run_python))
    if kind == "page":
        make_page("Titel", "OVERSIGT", "<p>Tekst</p>", EXTENSION)
    else:
        render(notebook, kind, EXTENSION, tmp_path / "ud")
    assert any("notat.lua" in each or "pages.css" in each for each in told)
    assert any("notat.typ" in each for each in told) == (kind == "pdf")
    for folder in (EXTENSION, tmp_path, Path(tempfile.gettempdir()), Path.home()):
        assert not [each for each in told if str(folder) in each]
    assert not [each for each in told if each.partition("=")[2].startswith(("/", "\\")) or each.startswith(("/", "\\"))]


def test_a_typst_that_fails_is_told_of_by_the_last_line_of_what_it_said(notebook, tmp_path, monkeypatch):
    monkeypatch.setattr(compiler, "__name__", "aarsstatus.findes_ikke")
    said = r"^PDF kunne ikke laves med Typst: programmet standsede uventet \(1\): ModuleNotFoundError: .*findes_ikke'$"
    with pytest.raises(RenderError, match=said):
        render(notebook, "pdf", EXTENSION, tmp_path / "ud")


def test_programs_that_hang_are_ended_and_named(notebook, tmp_path, monkeypatch):
    """Typst takes a second to begin, and pandoc none."""
    pandoc = tmp_path / "pandoc"
    pandoc.write_text('#!/bin/sh\n[ "$1" = --version ] && echo pandoc 3.9 && exit\nexec sleep 600\n', encoding="utf-8")
    pandoc.chmod(0o755)
    monkeypatch.setenv(TIME_LIMIT, "1")
    with monkeypatch.context() as patch:
        patch.setattr(embedded, "_pandoc", lambda: str(pandoc))
        with pytest.raises(ProgramError, match=f"^pandoc blev ikke færdig på 1 sekunder og er standset.*{TIME_LIMIT}"):
            render(notebook, "html", EXTENSION, tmp_path / "notat.html")
    endless = tmp_path / "notat.typ"
    line = "#for one in range(1000000) { for other in range(1000000) { let both = one * other } }\n"
    endless.write_text(line, encoding="utf-8")
    with pytest.raises(ProgramError, match=f"^Typst blev ikke færdig på 1 sekunder og er standset.*{TIME_LIMIT}"):
        compiler.compile_pdf(endless, embedded.NO_DATE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notat.typ", "pandoc"]


def test_no_file_knows_where_it_was_made(made):
    for path in made.values():
        content = path.read_bytes()
        if path.suffix == ".docx":
            with zipfile.ZipFile(path) as archive:
                content = b"".join(archive.read(name) for name in archive.namelist())
        assert b"aarsstatus-" not in content
        assert str(EXTENSION).encode() not in content


# HTML -------------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


@pytest.fixture(scope="module")
def html(made) -> Page:
    page_ = Page(made["html"].read_text(encoding="utf-8"))
    page_.text = made["html"].read_text(encoding="utf-8")
    return page_


def test_html_asks_nobody_for_anything(html):
    assert not html.all("script", "link", "iframe")
    for _, attributes in html.tags:
        for name in ("src", "href", "srcset"):
            assert (attributes.get(name) or "#").startswith(("data:", "#"))
    assert not re.search(r"url\((?![\"']?data:)|@import", html.text)
    assert len(html.text.encode()) < 80_000


def test_html_names_the_engine_language_and_title(html):
    assert html.all("html")[0]["lang"] == "da"
    assert f"<title>{TITLE}</title>" in html.text
    assert f"indlejret motor: pandoc {pandoc_version()}" in html.text
    assert [tag for tag, _ in html.tags if re.fullmatch(r"h\d", tag)] == ["h1", "h2"]


def test_html_tables_keep_their_header_cells_spans_and_figures(html):
    cells = html.all("th")
    assert [cell["scope"] for cell in cells].count("row") == len(ROWS)
    assert len([cell for cell in html.all("td") if cell.get("rowspan") == "2"]) == 3
    assert {cell.get("data-figure") for cell in html.all("td", "span")} >= {"2025.KK.x"}
    frames = [each for each in html.all("div") if "tabelramme" in (each.get("class") or "")]
    assert all(each["tabindex"] == "0" and each["role"] == "group" and each["aria-label"] for each in frames)
    assert len({each["aria-label"] for each in frames}) == len(frames) == len(html.all("table"))


def test_html_captions_references_alternative_text_and_disclosure(html):
    assert "Tabel\u00a01: Status i 2025" in html.text
    assert "Figur\u00a01: Målopfyldelse i 2025" in html.text
    links = re.findall(r'<a[^>]*href="#(?:tbl|fig)-\w+"[^>]*>([^<]+)</a>', html.text)
    assert links == ["tabel\u00a01", "1", "figur\u00a01"]
    assert [image["alt"] for image in html.all("img")] == [ALT]
    assert "<summary>Tallene i figuren</summary>" in html.text


# PDF --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("standard", ["ua1", "pdfa2a"])
def test_pdf_is_accessible_and_fit_for_the_archive(made, standard):
    report = page.validate_pdf(made["pdf"], profile=standard)
    assert report.is_compliant, [failure.message for failure in report.failures]


def test_the_validator_sees_what_is_missing():
    untagged = typst.compile(b"#image(bytes(`" + SVG.encode() + b"`.text))", pdf_tags=False)
    assert not page.is_pdf_compliant_bytes(untagged, profile="ua1")


def test_pdf_tags_the_first_cell_of_each_row_as_its_header(made):
    content = made["pdf"].read_bytes()
    assert content.count(b"/Scope/Row") == len(ROWS)
    assert content.count(b"/Scope/Column") == len(HEADER)
    assert content.count(b"/S/TH/") == len(ROWS) + len(HEADER)
    assert mark_row_headers(content) == content


def test_marking_row_headers_moves_nothing():
    cell = b"<</Type/StructElem/S/TD/P 9 0 R/A[<</O/Table/Headers[(U1x%dy0)]>>]/K[2]>>"
    marked = mark_row_headers(cell % 0 + cell % 1)
    assert len(marked) == len(cell % 0 + cell % 1)
    assert (marked.count(b"/S/TH"), marked.count(b"/S/TD"), marked.count(b"/Headers")) == (1, 1, 0)


def test_pdf_shows_every_cell_whole_and_the_footer(made):
    document = pypdfium2.PdfDocument(made["pdf"])
    text = document[0].get_textpage().get_text_range()
    words = {word_ for cell in [*HEADER, *(each for row in ROWS for each in row if each)] for word_ in cell.split()}
    assert words <= set(text.split()), words - set(text.split())
    assert f"Side 1 af {len(document)}" in text
    assert f"{ADMINISTRATION} · Bernstorffsgade 17, 1577 København V" in text
    assert "Tallene i figuren" not in text
    assert document.get_metadata_dict()["Title"] == TITLE


# DOCX -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parts(made) -> dict[str, bytes]:
    with zipfile.ZipFile(made["docx"]) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def body(parts) -> etree._Element:
    return etree.fromstring(parts["word/document.xml"])


def test_docx_captions_count_and_references_follow(body):
    codes = [element.text.split() for element in body.iter(f"{W}instrText")]
    assert [code_[1] for code_ in codes if code_[0] == "SEQ"] == ["Tabel", "Figur"]
    marks = {mark.get(f"{W}name") for mark in body.iter(f"{W}bookmarkStart")}
    references = [code_[1] for code_ in codes if code_[0] == "REF"]
    assert len(references) == 3
    assert set(references) <= marks
    numbers = [mark.get(f"{W}id") for mark in body.iter(f"{W}bookmarkStart")]
    assert len(numbers) == len(set(numbers))
    assert sorted(numbers) == sorted(mark.get(f"{W}id") for mark in body.iter(f"{W}bookmarkEnd"))


def test_docx_tables_are_whole_named_and_have_headers(body):
    tables = list(body.iter(f"{W}tbl"))
    assert len(tables) == 1
    rows = tables[0].findall(f"{W}tr")
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
    assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True] + [False] * len(ROWS)
    assert all(each.find(f"{W}pPr/{W}keepNext") is not None for each in tables[0].iter(f"{W}p"))
    look = tables[0].find(f"{W}tblPr/{W}tblLook")
    assert (look.get(f"{W}firstRow"), look.get(f"{W}firstColumn")) == ("1", "1")
    assert "Status i 2025" in tables[0].find(f"{W}tblPr/{W}tblCaption").get(f"{W}val")
    assert sum(int(each.get(f"{W}w")) > 0 for each in tables[0].iter(f"{W}gridCol")) == len(HEADER)


def test_docx_uses_only_styles_that_the_reference_document_has(parts, body):
    known = {style.get(f"{W}styleId") for style in etree.fromstring(parts["word/styles.xml"]).iter(f"{W}style")}
    used = {each.get(f"{W}val") for tag in ("pStyle", "rStyle", "tblStyle") for each in body.iter(W + tag)}
    assert {"Title", "Heading1", "TableCaption", "ImageCaption", "Tabelnoter", "Sagsoplysninger", "Tilstand"} <= used
    assert used <= known, used - known
    assert not [name for name in known if name.endswith("Tok")], "styles for program code"


def test_docx_pictures_have_descriptions_and_no_file_names(body):
    named = [each for each in body.iter() if each.tag is not etree.Comment and etree.QName(each).localname == "docPr"]
    assert [each.get("descr") for each in named] == [ALT]
    assert b"media/celle" not in etree.tostring(body)


def test_docx_has_its_properties_header_footer_and_language(parts):
    core = parts["docProps/core.xml"].decode()
    for value in (TITLE, "Kontor for HR og Tilsyn", "da-DK", "2026-03-11T00:00:00Z", "årsstatus, fleksjob"):
        assert value in core
    assert "docProps/custom.xml" not in parts
    assert b"custom.xml" not in parts["[Content_Types].xml"] + parts["_rels/.rels"]
    assert f"{ADMINISTRATION} · Bernstorffsgade 17".encode() in parts["word/footer1.xml"]
    assert b"NUMPAGES" in parts["word/footer1.xml"]
    assert sum(b"NOTAT" in content for name, content in parts.items() if "header" in name) == 1
    languages = etree.fromstring(parts["word/styles.xml"]).iter(f"{W}lang")
    assert {each.get(f"{W}val") for each in languages} == {"da-DK"}


def test_docx_fonts_come_back_as_they_were(parts):
    table = etree.fromstring(parts["word/fontTable.xml"])
    keys = [each.get(f"{W}fontKey") for each in table.iter(f"{W}embedRegular", f"{W}embedBold")]
    for number, (key, weight) in enumerate(zip(keys, ("Regular", "Bold"), strict=True), start=1):
        mask = uuid.UUID(key).bytes[::-1] * 2
        font = parts[f"word/fonts/font{number}.odttf"]
        clear = bytes(a ^ b for a, b in zip(font[:32], mask, strict=True)) + font[32:]
        assert clear == (EXTENSION / "fonts" / f"OpenSans-{weight}.ttf").read_bytes()


@pytest.mark.parametrize("system", ["linux", "win32"])
def test_docx_is_written_alike_on_every_system(made, parts, tmp_path, monkeypatch, system):
    """A zip says which system made it, and Python's says Windows there."""
    monkeypatch.setattr(sys, "platform", system)
    docx_parts.write(tmp_path / "notat.docx", parts)
    assert (tmp_path / "notat.docx").read_bytes() == made["docx"].read_bytes()
