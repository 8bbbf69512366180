"""The three formats as a screen reader is told of them: one order of contents, and a PDF that says what is what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import page
import pikepdf
import pypdfium2 as pdfium
import pytest
from lxml import html
from reading import W, _docx_text, _marked_texts, _Tagged, docx_part, html_page, tidy

from aarsstatus.build import Result

Item = tuple[str, str]
"""What kind of thing stands there, and its text without spaces and hyphens."""
HEADINGS = {"h1": "title", "h2": "heading 1", "h3": "heading 2"}
DOCX_KINDS = {
    "Title": "title", "Forsidetitel": "title", "Heading1": "heading 1", "Heading2": "heading 2",
    "TableCaption": "caption", "ImageCaption": "caption",
}  # fmt: skip
PDF_KINDS = {"/H1": "title", "/H2": "heading 1", "/H3": "heading 2", "/Caption": "caption"}


def dense(text: str) -> str:
    return re.sub(r"[\s\-\u00ad\u2010]", "", tidy(text))


def in_html(path: Path) -> list[Item]:
    def walk(element: html.HtmlElement) -> Iterator[Item]:
        kind = element.tag
        if kind in {"details", "dialog", "footer"} or element.get("class") in {
            "spring",
            "filer",
            "doctype",
            "talhjaelp",
            "oprindelse",
        }:
            return  # what only a page has: where the numbers come from is not in paper's contents
        if kind in HEADINGS:
            yield HEADINGS[kind], dense(element.text_content())
        elif kind == "figcaption":
            yield "caption", dense(element.text_content())
        elif kind == "img":
            yield "picture", dense(element.get("alt") or element.get("aria-label"))  # the latter as Quarto embeds it
        elif kind == "table":
            yield "table", dense(element.xpath(".//th")[0].text_content())
        elif (kind == "p" and not element.xpath(".//img")) or (kind == "li" and not element.xpath("./p")):
            yield "text", dense(element.text_content())
        else:
            for child in element.iterchildren(tag=html.etree.Element):
                yield from walk(child)

    return list(walk(html_page(path).find("body")))


def in_docx(path: Path) -> list[Item]:
    items: list[Item] = []
    for element in docx_part(path).find(f"{W}body"):
        if element.tag == f"{W}tbl":
            items.append(("table", dense(_docx_text(next(element.iter(f"{W}tc"))))))
        elif element.tag == f"{W}p":
            style = element.find(f"{W}pPr/{W}pStyle")
            name = style.get(f"{W}val") if style is not None else ""
            pictures = [each.get("descr") for each in element.iter() if str(each.tag).endswith("}docPr")]
            items += [("picture", dense(text)) for text in pictures]
            if text := dense(_docx_text(element)):
                items.append((DOCX_KINDS.get(name, "text"), text))
    return items


def in_pdf(path: Path) -> list[Item]:
    with pdfium.PdfDocument(path) as document:
        texts = [_marked_texts(sheet) for sheet in document]
    with pikepdf.open(path) as document:
        reader = _Tagged(texts, {sheet.objgen: number for number, sheet in enumerate(document.pages)})

        def walk(element: pikepdf.Dictionary) -> Iterator[Item]:
            kind = str(element.get("/S", ""))
            if kind in PDF_KINDS:
                yield PDF_KINDS[kind], dense(reader.text(element))
            elif kind == "/Figure":
                yield "picture", dense(str(element.Alt))
            elif kind in {"/P", "/LBody"} and (text := dense(reader.text(element))):
                yield "text", text
            elif kind == "/Table":
                caption = [child for child in reader.children(element) if child.S == "/Caption"]
                for child in caption:
                    yield from walk(child)
                first = next(each for each in reader.elements(element) if each.get("/S") == "/TH")
                yield "table", dense(reader.text(first))
            elif kind == "/Div":  # Typst tells of a figure's caption first wherever it stands
                inside = [item for child in reader.children(element) for item in walk(child)]
                yield from sorted(inside, key=lambda item: item[0] == "caption")
            elif kind != "/Lbl":
                for child in reader.children(element):
                    yield from walk(child)

        return [item for item in walk(document.Root.StructTreeRoot) if item != ("text", "KøbenhavnsKommune·NOTAT")]


def test_contents_come_in_the_same_order_in_every_format(report: Result, year: int) -> None:
    """Headings, paragraphs, list items, tables with caption and notes, pictures with text and caption: all of them."""
    web, word, paper = (
        read(report.folder / f"notat.{format_}")
        for format_, read in (("html", in_html), ("docx", in_docx), ("pdf", in_pdf))
    )
    assert len(web) > 50
    assert {kind for kind, _ in web} == {"title", "heading 1", "heading 2", "text", "caption", "table", "picture"}
    assert [kind for kind, _ in web].count("title") == (2 if year == 2021 else 1)
    assert word == web
    assert paper == web


@pytest.mark.parametrize("standard", ["ua1", "pdfa2a"])
def test_the_notat_is_accessible_and_fit_for_the_archive(report: Result, standard: str) -> None:
    found = page.validate_pdf(report.folder / "notat.pdf", profile=standard)
    assert found.is_compliant, [failure.message for failure in found.failures]


def test_the_validator_sees_a_picture_without_text(built: Result, tmp_path: Path) -> None:
    """The control: the same notat, one alternative text taken out."""
    with pikepdf.open(built.folder / "notat.pdf") as document:
        picture = next(each for each in document.objects if isinstance(each, pikepdf.Dictionary) and "/Alt" in each)
        del picture["/Alt"]
        document.save(tmp_path / "uden.pdf")
    assert not page.validate_pdf(tmp_path / "uden.pdf", profile="ua1").is_compliant


def test_pdf_has_language_title_bookmarks_and_header_cells(report: Result) -> None:
    web = in_html(report.folder / "notat.html")
    with pikepdf.open(report.folder / "notat.pdf") as document:
        assert str(document.Root.Lang) == "da-DK"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        title = str(document.docinfo["/Title"])
        assert dense(title) == [text for kind, text in web if kind == "title"][-1]
        with document.open_outline() as outline:
            told = [(f"{level}", dense(item.title)) for level, item in levelled(outline.root)]
            kinds = {"title": "0", "heading 1": "1", "heading 2": "2"}
            assert told == [(kinds[kind], text) for kind, text in web if kind in kinds]
        cells = [each for each in document.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/TH"]
        scopes = [str(one.Scope) for cell in cells for one in cell.A if "/Scope" in one]
    tables = html_page(report.folder / "notat.html").xpath("//figure//table")
    assert scopes.count("/Column") == sum(len(table.xpath(".//thead//th")) for table in tables)
    assert scopes.count("/Row") == sum(len(table.xpath(".//tbody//th")) for table in tables)
    assert len(scopes) == len(cells)


def levelled(items: list[pikepdf.OutlineItem], level: int = 0) -> Iterator[tuple[int, pikepdf.OutlineItem]]:
    for item in items:
        yield level, item
        yield from levelled(item.children, level + 1)


def test_paper_says_of_what_a_merged_cell_is_the_joint_number(report: Result) -> None:
    """A PDF's reader is told of three rows, Word's by the table's alternative text; both find a note in words."""
    joint = html_page(report.folder / "notat.html").xpath("//table[@aria-label]//td[@rowspan]")
    with pikepdf.open(report.folder / "notat.pdf") as document:
        cells = [each for each in document.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/TD"]
        spans = [int(one.RowSpan) for cell in cells for one in cell.get("/A", []) if "/RowSpan" in one]
    assert sorted(spans) == sorted(int(cell.get("rowspan")) for cell in joint)
    described = [each.get(f"{W}val") for each in docx_part(report.folder / "notat.docx").iter(f"{W}tblDescription")]
    assert len(described) == 9
    said = "Samlet status, Samlet måltal og Procentvis målopfyldelse er fælles for Løntilskud (helårspersoner), "
    assert all(text.startswith(said) for text in described)
    for read in (in_html, in_docx, in_pdf):
        format_ = read.__name__.removeprefix("in_")
        notes = [text for _, text in read(report.folder / f"notat.{format_}")]
        assert sum(text.startswith(dense("Samlet status, samlet måltal og procentvis")) for text in notes) == 1, format_


def test_no_table_is_split_and_notes_are_on_its_page(report: Result) -> None:
    with pdfium.PdfDocument(report.folder / "notat.pdf") as document:
        texts = [_marked_texts(sheet) for sheet in document]
    with pikepdf.open(report.folder / "notat.pdf") as document:
        pages = {sheet.objgen: number for number, sheet in enumerate(document.pages)}
        reader = _Tagged(texts, pages)
        whole = list(reader.elements(document.Root.StructTreeRoot))
        groups: list[set[int]] = []
        for element in whole:
            if element.get("/S") == "/Table":
                groups.append(_pages(reader, element))
            elif element.get("/S") == "/P" and groups and tidy(reader.text(element)).startswith("*"):
                groups[-1] |= _pages(reader, element)
    assert len(groups) == 9
    assert all(len(group) == 1 for group in groups), groups


def _pages(reader: _Tagged, element: pikepdf.Dictionary) -> set[int]:
    """Return the pages that hold any of an element's marked content."""
    found = set()
    for each in reader.elements(element):
        for kid in reader.kids(each):
            if isinstance(kid, pikepdf.Dictionary):
                if "/MCID" in kid and "/Pg" in kid:
                    found.add(reader.pages[kid.Pg.objgen])
            elif "/Pg" in each:
                found.add(reader.pages[each.Pg.objgen])
    return found


def test_a_heading_is_on_the_page_of_what_is_below_it(report: Result) -> None:
    with pdfium.PdfDocument(report.folder / "notat.pdf") as document:
        sheets = [tidy(sheet.get_textpage().get_text_range()) for sheet in document]
    for heading, below in (("Hele kommunen", "Tabel 1:"), ("Udviklingen over årene I", "Figur 1:"),
                           ("Forvaltningerne I figur", "Figur 2:")):  # fmt: skip
        (sheet,) = [sheet for sheet in sheets if heading in sheet]
        assert below in sheet, heading


def test_pages_are_well_filled(report: Result, year: int) -> None:
    """Five pages and four; none but the last and the cover is left blank for more than a quarter."""
    with pdfium.PdfDocument(report.folder / "notat.pdf") as document:
        depths = [_depth(sheet) for sheet in document]
    assert len(depths) == {2021: 5, 2025: 4}[year]
    assert all(depth > 3 / 4 for depth in depths[1:-1]), depths


def _depth(sheet: pdfium.PdfPage) -> float:
    """Return how far down the space above the footer anything stands, 1 being all the way."""
    height = sheet.get_height()
    bottom, top = 27 / 297 * height, height * (1 - 24 / 297)
    lowest = min(
        box[1] for each in sheet.get_objects(max_depth=1) if (box := each.get_bounds())[1] > bottom and box[3] <= height
    )
    return (top - lowest) / (top - bottom)


def test_the_page_on_accessibility_names_tests_that_exist() -> None:
    tests = Path(__file__).parents[1]
    text = (tests.parent / "docs" / "tilgaengelighed.md").read_text(encoding="utf-8")
    files = [path for name in set(re.findall(r"`(test_\w+\.py)`", text)) for path in tests.rglob(name)]
    written = "".join(path.read_text(encoding="utf-8") for path in files)
    named = set(re.findall(r"`(test_\w+)`", text))
    assert len(named) > 20
    assert named <= set(re.findall(r"def (test_\w+)", written)), named
