"""Word: what a colleague and a case system need stands in the file's XML, and no word is broken where it is drawn."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from zipfile import ZipFile

import pypdfium2 as pdfium
import pytest
from lxml import etree
from reading import W, _docx_text, docx_part, docx_tables, html_page, tidy

from aarsstatus.build import Result
from aarsstatus.inputs.params import Params

DC = "{http://purl.org/dc/elements/1.1/}"  # an XML name
REFERENCE = Path(__file__).parents[2] / "_extensions" / "notat" / "reference.docx"
# What only aarsstatus can set without a style: nothing but this may stand on a paragraph or a run of the notat.
ON_PARAGRAPHS = {"pStyle", "keepNext", "numPr", "framePr", "jc", "sectPr", "spacing"}


@pytest.fixture
def word(report: Result) -> Path:
    return report.folder / "notat.docx"


@pytest.fixture
def body(word: Path) -> etree._Element:
    return docx_part(word).find(f"{W}body")


def style_of(paragraph: etree._Element) -> str:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    return "" if style is None else style.get(f"{W}val")


def paragraphs(body: etree._Element, *styles: str) -> list[etree._Element]:
    return [each for each in body.iter(f"{W}p") if style_of(each) in styles]


def instructions(element: etree._Element) -> list[list[str]]:
    return [(code.text or "").split() for code in element.iter(f"{W}instrText")]


# Styles -------------------------------------------------------------------------------------------------------


def test_headings_are_styles_in_order(body: etree._Element, report: Result) -> None:
    headings = [each for each in body.iter(f"{W}p") if style_of(each).startswith("Heading")]
    levels = [int(style_of(each)[-1]) for each in headings]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    page = html_page(report.folder / "notat.html")
    shared = page.xpath("//*[self::h2 or self::h3][not(ancestor::*[@class='oprindelse'])]")
    assert [_docx_text(each) for each in headings] == [tidy(each.text_content()) for each in shared]
    assert len(paragraphs(body, "Title")) == 1


def test_styles_come_by_name_and_carry_the_look(word: Path, body: etree._Element) -> None:
    names = {
        style.get(f"{W}styleId"): style.find(f"{W}name").get(f"{W}val")
        for style in docx_part(word, "word/styles.xml").iter(f"{W}style")
    }
    used = {each.get(f"{W}val") for tag in ("pStyle", "rStyle", "tblStyle") for each in body.iter(W + tag)}
    assert used <= names.keys()
    assert {names[key] for key in used} >= {
        "Title", "heading 1", "Body Text", "Table", "Tabeltekst", "Tabelnoter", "Table Caption", "Image Caption",
        "Caption Label", "Captioned Figure",
    }  # fmt: skip
    with ZipFile(REFERENCE) as archive:
        reference = archive.read("word/styles.xml").decode()
    assert all(f'w:name w:val="{names[key]}"' in reference for key in used)
    direct = {etree.QName(each).localname for properties in body.iter(f"{W}pPr") for each in properties}
    assert direct <= ON_PARAGRAPHS, direct - ON_PARAGRAPHS


def test_lists_stand_near_the_margin(word: Path, body: etree._Element) -> None:
    used = {each.get(f"{W}val") for each in body.iter(f"{W}numId")}
    assert used
    levels = list(docx_part(word, "word/numbering.xml").iter(f"{W}lvl"))
    indents = {int(level.find(f"{W}pPr/{W}ind").get(f"{W}left")) for level in levels if level.get(f"{W}ilvl") == "0"}
    assert max(indents) < 300


# Tables -------------------------------------------------------------------------------------------------------


def test_tables_have_a_header_row_that_repeats_and_a_header_column(body: etree._Element) -> None:
    tables = list(body.iter(f"{W}tbl"))
    assert len(tables) == 9
    for table in tables:
        rows = table.findall(f"{W}tr")
        assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True] + [False] * (len(rows) - 1)
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
        look = table.find(f"{W}tblPr/{W}tblLook")
        assert (look.get(f"{W}firstRow"), look.get(f"{W}firstColumn")) == ("1", "1")
        assert table.find(f"{W}tblPr/{W}tblStyle").get(f"{W}val") == "Table"


def test_a_table_stays_with_its_caption_and_is_whole(body: etree._Element) -> None:
    for table in body.iter(f"{W}tbl"):
        *rows, _ = table.iter(f"{W}tr")
        assert all(each.find(f"{W}pPr/{W}keepNext") is not None for row in rows for each in row.iter(f"{W}p"))


def test_notes_stand_once_and_after_the_last_table(body: etree._Element) -> None:
    *_, last = body.iter(f"{W}tbl")
    notes = [each for each in paragraphs(body, "Tabelnoter") if body.index(each) > body.index(last)]
    texts = ["".join(each.itertext()) for each in notes]
    for start in ("* ", "** ", "*** ", "‡ ", "Kilde: "):
        assert sum(text.startswith(start) for text in texts) == 1, start


def test_a_heading_stays_with_the_chart_below_its_one_paragraph(body: etree._Element) -> None:
    whole = paragraphs(body, "FirstParagraph", "BodyText", "CaptionedFigure", "Heading1")
    charts = [place for place, each in enumerate(whole) if style_of(each) == "CaptionedFigure"]
    led = [whole[place - 1] for place in charts if style_of(whole[place - 2]) == "Heading1"]
    assert len(led) == 2
    assert all(each.find(f"{W}pPr/{W}keepNext") is not None for each in led)


def test_table_widths_fill_the_page_between_the_margins(body: etree._Element) -> None:
    section = body.find(f"{W}sectPr")
    size, margin = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
    width = int(size.get(f"{W}w")) - int(margin.get(f"{W}left")) - int(margin.get(f"{W}right"))
    for table in body.iter(f"{W}tbl"):
        columns = [int(each.get(f"{W}w")) for each in table.find(f"{W}tblGrid")]
        assert len(columns) == 6
        total = table.find(f"{W}tblPr/{W}tblW")
        assert (total.get(f"{W}type"), total.get(f"{W}w")) == ("pct", "5000")
        # The grid is in proportion: the first column has what the columns of numbers leave.
        assert columns[0] > max(columns[1:])
        assert sum(columns) <= width + len(columns)


def test_no_page_is_landscape(body: etree._Element, year: int) -> None:
    sections = list(body.iter(f"{W}sectPr"))
    assert len(sections) == (2 if year == 2021 else 1)
    for section in sections:
        size = section.find(f"{W}pgSz")
        assert int(size.get(f"{W}w")) < int(size.get(f"{W}h"))
        assert size.get(f"{W}orient") != "landscape"


# Fields -------------------------------------------------------------------------------------------------------


def test_captions_are_numbered_by_fields_so_that_a_list_of_tables_works(body: etree._Element) -> None:
    for style, word_ in (("TableCaption", "Tabel"), ("ImageCaption", "Figur")):
        captions = paragraphs(body, style)
        assert len(captions) == {"Tabel": 9, "Figur": 2}[word_]
        for number, caption in enumerate(captions, start=1):
            assert instructions(caption) == [["SEQ", word_, "\\*", "ARABIC"]]
            assert _docx_text(caption).startswith(f"{word_} {number}: ")


def test_references_are_fields_that_point_to_captions(body: etree._Element) -> None:
    marks = {mark.get(f"{W}name"): mark for mark in body.iter(f"{W}bookmarkStart")}
    references = [code for code in instructions(body) if code[0] == "REF"]
    assert len(references) >= 6
    for code in references:
        assert code[2] == "\\h"
        caption = next(marks[code[1]].iterancestors(f"{W}p"))
        assert style_of(caption) in {"TableCaption", "ImageCaption"}
    links = [link.get(f"{W}anchor") for link in body.iter(f"{W}hyperlink")]
    assert links
    assert {link for link in links if not link.startswith("note-")} == set()  # to the notes alone
    assert set(links) <= set(marks)


def fields(element: etree._Element) -> list[tuple[str, str]]:
    """Return the fields in an element: instruction, and the result that is shown."""
    found, state, code, result = [], "", "", ""
    for each in element.iter(f"{W}fldChar", f"{W}instrText", f"{W}t"):
        if each.tag == f"{W}fldChar":
            state = each.get(f"{W}fldCharType")
            if state == "end":
                found.append((code.strip(), result))
            if state in {"begin", "end"}:
                code = result = ""
        elif each.tag == f"{W}instrText":
            code += each.text or ""
        elif state == "separate":
            result += each.text or ""
    return found


def test_each_reference_shows_its_caption_s_number(body: etree._Element) -> None:
    numbers = {}
    for caption in paragraphs(body, "TableCaption", "ImageCaption"):
        mark = next(each.get(f"{W}name") for each in caption.iter(f"{W}bookmarkStart"))
        (_, numbers[mark]), *_ = fields(caption)
    shown = [(code.split()[1], result) for code, result in fields(body) if code.startswith("REF")]
    assert len(shown) >= 6
    assert all(numbers[mark] == result for mark, result in shown)


def test_bookmarks_are_paired_and_named_once(body: etree._Element) -> None:
    starts = [mark.get(f"{W}id") for mark in body.iter(f"{W}bookmarkStart")]
    assert sorted(starts) == sorted(mark.get(f"{W}id") for mark in body.iter(f"{W}bookmarkEnd"))
    names = [mark.get(f"{W}name") for mark in body.iter(f"{W}bookmarkStart")]
    assert len(set(starts)) == len(starts)
    assert len(set(names)) == len(names)


# For a screen reader ------------------------------------------------------------------------------------------


def test_pictures_have_the_web_page_s_text_alternatives(body: etree._Element, report: Result) -> None:
    described = [each.get("descr") for each in body.iter() if str(each.tag).endswith("}docPr")]
    images = html_page(report.folder / "notat.html").xpath("//figure//img")
    assert described == [each.get("alt") or each.get("aria-label") for each in images]
    assert all(described)


def test_language_and_properties(word: Path, inputs: tuple[Params, object], report: Result) -> None:
    params, _ = inputs
    languages = {each.get(f"{W}val") for each in docx_part(word, "word/styles.xml").iter(f"{W}lang")}
    assert languages == {"da-DK"}
    core = docx_part(word, "docProps/core.xml")
    title = html_page(report.folder / "notat.html").findtext(".//title")
    assert core.findtext(f"{DC}title") == tidy(title)
    assert core.findtext(f"{DC}language") == "da-DK"
    assert core.findtext(f"{DC}creator") == (params.office.name or params.office.administration)
    footers = [docx_part(word, name) for name in ZipFile(word).namelist() if re.fullmatch(r"word/footer\d+.xml", name)]
    assert all(params.office.administration in _docx_text(footer) for footer in footers)
    assert all([code[0] for code in instructions(footer)] == ["PAGE", "NUMPAGES"] for footer in footers)


# As it is drawn -----------------------------------------------------------------------------------------------

Drawn = Callable[[Path], Path]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    """A DOCX as LibreOffice draws it."""

    @cache
    def draw(path: Path) -> Path:
        program = shutil.which("soffice") or shutil.which("libreoffice")
        if program is None:
            pytest.skip("soffice is not on PATH: a DOCX cannot be drawn")
        folder = tmp_path_factory.mktemp("drawn")
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        return folder / f"{path.stem}.pdf"

    return draw


def unmarked(text: str) -> str:
    """A raised sign after a number is a word of its own to some readers."""
    return text.replace("‡", " ")


def words_of(pdf: Path) -> set[str]:
    with pdfium.PdfDocument(pdf) as document:
        return {word_ for sheet in document for word_ in unmarked(sheet.get_textpage().get_text_range()).split()}


def words_in_tables(word: Path) -> set[str]:
    return {word_ for _, grid in docx_tables(word) for row in grid for cell in row for word_ in unmarked(cell).split()}


@pytest.mark.slow
def test_no_word_of_a_table_is_broken_in_word_or_pdf(built: Result, drawn: Drawn) -> None:
    """A word that a column were too narrow for would be drawn in two parts, and not be found whole."""
    word = built.folder / "notat.docx"
    words = words_in_tables(word)
    assert len(words) > 100
    assert "Virksomhedspraktik" in words
    for pdf in (drawn(word), built.folder / "notat.pdf"):
        missing = words - words_of(pdf)
        assert not missing, (pdf, missing)


@pytest.mark.slow
@pytest.mark.parametrize("year", [2025], indirect=True)
def test_the_broken_word_would_be_seen(built: Result, drawn: Drawn, tmp_path: Path) -> None:
    """The control: the same notat with a first column that is too narrow."""
    narrow = tmp_path / "smal.docx"
    with ZipFile(built.folder / "notat.docx") as source, ZipFile(narrow, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                content = re.sub(rb'(<w:tblGrid>\s*<w:gridCol w:w=)"\d+"', rb'\1"600"', content)
                content = content.replace(b'<w:tblW w:type="pct" w:w="5000"/>', b'<w:tblW w:type="dxa" w:w="4000"/>')
            target.writestr(name, content)
    assert words_in_tables(narrow) - words_of(drawn(narrow))


@pytest.mark.slow
def test_word_s_pages_are_those_of_the_pdf(built: Result, drawn: Drawn, year: int) -> None:
    with (
        pdfium.PdfDocument(drawn(built.folder / "notat.docx")) as word,
        pdfium.PdfDocument(built.folder / "notat.pdf") as paper,
    ):
        assert abs(len(word) - len(paper)) <= 1
        first = word[0].get_textpage().get_text_range()
    assert ("Orientering om årsstatus" in first) == (year == 2021)
    assert ("NOTAT" in first.replace(" ", "")) == (year != 2021), "the cover sheet has a page of its own"
