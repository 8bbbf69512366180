"""Reads finished documents back, as a reader's program would: text, and tables as grids.

A grid is a list of rows of texts; a cell that another one spans into is empty.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from lxml import etree, html

Grid = list[list[str]]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"  # an XML name, not an address to fetch


def tidy(text: str) -> str:
    """Join lines and spaces, soft hyphens and zero-width spaces gone."""
    return " ".join(re.sub("[\u00ad\u200b]", "", text.replace("\u00a0", " ")).split())


# -- HTML -------------------------------------------------------------------------------------------------------


def html_page(path: Path) -> html.HtmlElement:
    return html.fromstring(path.read_text(encoding="utf-8"))


def html_tables(path: Path) -> list[tuple[str, Grid]]:
    """Return the captioned tables: caption and grid."""
    page = html_page(path)
    found = []
    for figure in page.xpath("//figure[.//table and .//figcaption]"):
        caption = tidy(figure.xpath(".//figcaption")[0].text_content())
        found.append((caption, _html_grid(figure.xpath(".//table")[0])))
    return found


def _html_grid(table: html.HtmlElement) -> Grid:
    spans: dict[tuple[int, int], bool] = {}
    grid: Grid = []
    for r, row in enumerate(table.xpath(".//tr")):
        cells: list[str] = []
        for cell in row.xpath("./td|./th"):
            while spans.get((r, len(cells))):
                cells.append("")
            for down in range(1, int(cell.get("rowspan", 1))):
                spans[r + down, len(cells)] = True
            cells.append(tidy(cell.text_content()))
        while spans.get((r, len(cells))):
            cells.append("")
        grid.append(cells)
    return grid


# -- DOCX -------------------------------------------------------------------------------------------------------


def docx_part(path: Path, part: str = "word/document.xml") -> etree._Element:
    with ZipFile(path) as archive:
        return etree.fromstring(archive.read(part))


def docx_tables(path: Path) -> list[tuple[str, Grid]]:
    """Return the captioned tables: caption and grid. The caption is the paragraph in a caption style before it."""
    found = []
    caption = ""
    for element in docx_part(path).iter(f"{W}p", f"{W}tbl"):
        if element.tag == f"{W}p":
            style = element.find(f"{W}pPr/{W}pStyle")
            if style is not None and style.get(f"{W}val") in {"TableCaption", "Table Caption"}:
                caption = _docx_text(element)
        elif not element.findall(f".//{W}tbl"):
            found.append((caption, _docx_grid(element)))
            caption = ""
    return [(caption, grid) for caption, grid in found if caption]


def _docx_text(element: etree._Element) -> str:
    return tidy("".join(node.text or "" for node in element.iter(f"{W}t")))


def _docx_grid(table: etree._Element) -> Grid:
    grid = []
    for row in table.findall(f"{W}tr"):
        cells = []
        for cell in row.findall(f"{W}tc"):
            merged = cell.find(f"{W}tcPr/{W}vMerge")
            hidden = merged is not None and merged.get(f"{W}val") != "restart"
            cells.append("" if hidden else _docx_text(cell))
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            cells += [""] * (int(span.get(f"{W}val")) - 1 if span is not None else 0)
        grid.append(cells)
    return grid


def docx_text(path: Path) -> str:
    return _docx_text(docx_part(path).find(f"{W}body"))


# -- PDF --------------------------------------------------------------------------------------------------------


def pdf_text(path: Path) -> str:
    with pdfium.PdfDocument(path) as document:
        return tidy(" ".join(page.get_textpage().get_text_range() for page in document))


def pdf_tables(path: Path) -> list[tuple[str, Grid]]:
    """Return the captioned tables of a tagged PDF, read from its structure tree: what a screen reader is told."""
    with pdfium.PdfDocument(path) as document:
        texts = [_marked_texts(page) for page in document]
    with pikepdf.open(path) as document:
        pages = {page.objgen: number for number, page in enumerate(document.pages)}
        reader = _Tagged(texts, pages)
        return [
            (tidy(reader.text(caption)), reader.grid(table))
            for table in reader.elements(document.Root.StructTreeRoot)
            if table.get("/S") == "/Table"
            for caption in reader.children(table)
            if caption.get("/S") == "/Caption"
        ]


class _Tagged:
    """A tagged PDF's structure: elements, their text, and tables as grids."""

    def __init__(self, texts: list[dict[int, str]], pages: dict[tuple[int, int], int]) -> None:
        self.texts, self.pages = texts, pages

    def kids(self, element: pikepdf.Dictionary) -> list[pikepdf.Object]:
        kids = element.get("/K", [])
        return list(kids) if isinstance(kids, pikepdf.Array) else [kids]

    def children(self, element: pikepdf.Dictionary) -> list[pikepdf.Dictionary]:
        return [kid for kid in self.kids(element) if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]

    def elements(self, element: pikepdf.Dictionary) -> Iterator[pikepdf.Dictionary]:
        yield element
        for child in self.children(element):
            yield from self.elements(child)

    def text(self, element: pikepdf.Dictionary, page: int | None = None) -> str:
        """Return the text that an element marks, by way of the pages' marked content."""
        page = self.pages[element.Pg.objgen] if "/Pg" in element else page
        parts = []
        for kid in self.kids(element):
            if isinstance(kid, pikepdf.Dictionary):
                if "/S" in kid:
                    parts.append(self.text(kid, page))
                elif "/MCID" in kid:
                    where = self.pages[kid.Pg.objgen] if "/Pg" in kid else page
                    parts.append(self.texts[where].get(int(kid.MCID), ""))
            elif page is not None:
                parts.append(self.texts[page].get(int(kid), ""))
        return "".join(parts)

    def grid(self, table: pikepdf.Dictionary) -> Grid:
        spans: dict[tuple[int, int], bool] = {}
        grid: Grid = []
        for row in (element for element in self.elements(table) if element.get("/S") == "/TR"):
            cells: list[str] = []
            for cell in (child for child in self.children(row) if child.S in {"/TH", "/TD"}):
                while spans.get((len(grid), len(cells))):
                    cells.append("")
                for down in range(1, self.rowspan(cell)):
                    spans[len(grid) + down, len(cells)] = True
                cells.append(tidy(self.text(cell)).replace(" ‡", "‡"))  # raised: a piece of text of its own
            while spans.get((len(grid), len(cells))):
                cells.append("")
            grid.append(cells)
        return grid

    def rowspan(self, cell: pikepdf.Dictionary) -> int:
        attributes = cell.get("/A", [])
        given = list(attributes) if isinstance(attributes, pikepdf.Array) else [attributes]
        return next((int(one.RowSpan) for one in given if "/RowSpan" in one), 1)


def _marked_texts(page: pdfium.PdfPage) -> dict[int, str]:
    texts: dict[int, str] = {}
    textpage = page.get_textpage()
    for obj in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=5):
        mark = raw.FPDFPageObj_GetMarkedContentID(obj)
        size = raw.FPDFTextObj_GetText(obj, textpage, None, 0)
        buffer = ctypes.create_string_buffer(size * 2)
        raw.FPDFTextObj_GetText(obj, textpage, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
        text = buffer.raw[: size * 2].decode("utf-16-le", "replace").rstrip("\0")
        texts[mark] = f"{texts.get(mark, '')}{text}"
    return texts
