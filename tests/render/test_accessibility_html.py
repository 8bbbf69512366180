"""Web pages that everybody can read: axe-core finds nothing, the keyboard reaches everything, tables have headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
import yaml
from browser import (
    DEVICES,
    Device,
    Verdict,
    accessibility_nodes,
    accessibility_tree,
    axe,
    browser,
    keep_one_of_each,
    opened,
)
from conftest import Reports
from lxml import html
from PIL import Image
from playwright.sync_api import Browser, Page
from reading import html_page, tidy

from aarsstatus.build import Result

# One worker starts one browser and builds each report once.
pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
TOKENS = yaml.safe_load((ROOT / "_extensions" / "notat" / "tokens.yml").read_text(encoding="utf-8"))
DOCUMENTS = ("notat.html", "kvalitetsrapport.html")
NEWEST = pytest.mark.parametrize("year", [2025], indirect=True)
PAGES = pytest.mark.parametrize(
    ("year", "document"), [(2021, "notat.html"), *((2025, document) for document in DOCUMENTS)], indirect=["year"]
)
"""The notats of both years, and a quality report, of which all years have the same kinds of tables."""
CONTRAST = {"color-contrast"}
CONTENT = "main *, .brevhoved *, .forside *, .brevfod *"
NARROW = Device(320, 640, phone=True)
"""A phone of 320 pixels, where tables scroll; on one of 375 they need not."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


def page_of(tmp_path: Path, body: str) -> Path:
    path = tmp_path / "side.html"
    path.write_text(f'<!DOCTYPE html><html lang="da"><title>Side</title><main>{body}</main></html>', encoding="utf-8")
    return path


# axe-core -----------------------------------------------------------------------------------------------------


@PAGES
def test_axe_finds_no_violation(chromium: Browser, report: Result, document: str) -> None:
    """Every colour of both years is looked at, and contrast where most stands: each pair has `test_extension.py`."""
    with opened(chromium, report.folder / document, DEVICES["desktop"]) as page:
        page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
        assert_drawn_in(page, "colours")
        newest, rules = report.year == 2025, {"document-title", "html-has-lang", "image-alt", "list"}
        if newest:  # every row, once
            decided(axe(page, contrast=False), rules)
        keep_one_of_each(page)
        decided(axe(page, *(CONTRAST if newest else ())), CONTRAST if newest else {*rules, *CONTRAST})
        page.emulate_media(color_scheme="dark")
        assert_drawn_in(page, "dark")
        if newest:  # nothing else is another in the dark
            decided(axe(page, *CONTRAST), CONTRAST)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_axe_finds_no_violation_on_a_phone(chromium: Browser, reports: Reports, document: str) -> None:
    """What is another there, frames that scroll, is looked at for each year by `test_the_keyboard_stops_only_...`."""
    with opened(chromium, reports("embedded", 2025).folder / document, DEVICES["phone"]) as page:
        page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
        assert_drawn_in(page, "colours")
        keep_one_of_each(page)
        decided(axe(page, contrast=False), {"document-title", "html-has-lang", "image-alt", "list"})


def assert_drawn_in(page: Page, palette: str) -> None:
    """Hold that every colour of a page is one of a palette's."""
    colours = TOKENS[palette]
    assert colours_used(page) <= {rgb(colours[name]) for name in ("ink", "muted", "accent")}
    assert grounds_used(page) <= {rgb(colours[name]) for name in ("paper", "band")} | {"rgba(0, 0, 0, 0)"}


def decided(verdict: Verdict, tried: set[str]) -> None:
    """Hold that axe tried some rules, and left only contrast to a person, in cells that are out of sight."""
    assert verdict.violations == []
    assert tried <= verdict.kept
    # What it leaves to a person is only contrast in cells that are scrolled out of sight, and the ids in them.
    # Every colour is one of the design's, and of those each pair is tried in test_extension.py.
    assert {one.partition(":")[0] for one in verdict.undecided} <= {"color-contrast"}
    cells = ("color-contrast: <td", "color-contrast: <th", "color-contrast: <code>20")
    assert all(one.startswith(cells) for one in verdict.undecided)


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))})"


def colours_used(page: Page) -> set[str]:
    """Return the colour of every element with text of its own."""
    return set(
        page.evaluate(
            """selector => [...document.querySelectorAll(selector)]
            .filter(each => [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
            .map(each => getComputedStyle(each).color)""",
            CONTENT,
        )
    )


def grounds_used(page: Page) -> set[str]:
    """Return the background of every element but pictures, which lie on white."""
    return set(
        page.evaluate(
            """selector => [...document.querySelectorAll(selector)].filter(each => each.tagName !== 'IMG')
            .map(each => getComputedStyle(each).backgroundColor)""",
            CONTENT,
        )
    )


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ("image-alt", '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==">'),
        ("color-contrast", '<p style="color: #aaa; background: #fff">Tal</p>'),
        ("td-headers-attr", '<table><tr><th id="a">A</th></tr><tr><td headers="b">1</td></tr></table>'),
        ("html-has-lang", None),
    ],
)
def test_axe_sees_what_is_wrong(chromium: Browser, tmp_path: Path, rule: str, body: str | None) -> None:
    """The control: without it, an axe that tries nothing would pass for one that finds nothing."""
    path = page_of(tmp_path, body or "")
    if body is None:
        path.write_text("<!DOCTYPE html><title>Side</title><main>Tal</main>", encoding="utf-8")
    with opened(chromium, path, DEVICES["desktop"]) as page:
        assert any(one.startswith(f"{rule}:") for one in axe(page).violations)


# Keyboard -----------------------------------------------------------------------------------------------------

REACHABLE = """() => {
  const all = [...document.querySelectorAll('a[href], button, summary, [tabindex="0"]')].filter(each => each.checkVisibility());
  window.reached = [];
  document.addEventListener('focusin', event => {
    const style = getComputedStyle(event.target);
    window.reached.push([all.indexOf(event.target), style.outlineStyle, parseFloat(style.outlineWidth)]);
  });
  return all.length;
}"""


@NEWEST
@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_keyboard_reaches_everything_in_order_and_is_never_trapped(
    chromium: Browser, report: Result, document: str
) -> None:
    with opened(chromium, report.folder / document, DEVICES["phone"]) as page:  # more scrolls there, and is a stop
        page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
        keep_one_of_each(page)
        count = page.evaluate(REACHABLE)
        tables = page.locator("table").count()
        assert count > tables > 0
        for _ in range(count):
            page.keyboard.press("Tab")
        reached = page.evaluate("window.reached")
        assert [number for number, _, _ in reached] == list(range(count))
        assert {style for _, style, _ in reached} == {"solid"}, "no one can see where the keyboard is"
        assert min(width for _, _, width in reached) >= 2
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || window.reached.at(-1)[0] === 0"), "trapped"
        page.keyboard.press("Shift+Tab")
        assert page.evaluate("window.reached.at(-1)[0]") == count - 1


@NEWEST
def test_the_keyboard_skips_opens_and_scrolls(chromium: Browser, built: Result) -> None:
    with opened(chromium, built.folder / "notat.html", NARROW) as page:
        page.keyboard.press("Tab")
        assert page.locator(":focus").inner_text() == "Gå til indholdet"
        assert page.locator(":focus").bounding_box()["x"] >= 0, "the link shows itself when it has the keyboard"
        details = page.locator("details").first
        assert details.get_attribute("open") is None
        details.locator("summary").focus()
        page.keyboard.press("Enter")
        assert details.get_attribute("open") is not None
        frame = page.locator("#tbl-kk .tabelramme")
        frame.focus()
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        page.wait_for_function("document.querySelector('#tbl-kk .tabelramme').scrollLeft > 0")


# Small screens --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("widths", [(320, 390), (768, 1280)])
def test_the_page_never_scrolls_sideways(
    chromium: Browser, built: Result, document: str, widths: tuple[int, int]
) -> None:
    """320 pixels is the width that WCAG 2.1 asks for (1.4.10); tables scroll inside their own frames."""
    with opened(chromium, built.folder / document, Device(widths[0], 800, phone=widths[0] < 700)) as page:
        for width in widths:
            page.set_viewport_size({"width": width, "height": 800})
            assert_fits(page, width)


def assert_fits(page: Page, width: int) -> None:
    """Hold that a page is as wide as its window, and so is every table outside a frame of its own."""
    page.wait_for_function("width => innerWidth === width", arg=width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    wide = page.evaluate(
        """() => [...document.querySelectorAll('table')].filter(table => table.checkVisibility())
        .filter(table => table.getBoundingClientRect().right > innerWidth
            && !table.closest('.tabelramme')).length"""
    )
    assert wide == 0


@NEWEST
def test_the_first_column_stays_when_a_table_scrolls(chromium: Browser, built: Result) -> None:
    with opened(chromium, built.folder / "notat.html", Device(280, 260, phone=True)) as page:
        places = """() => {
          const frame = document.querySelector('#tbl-kk .tabelramme').getBoundingClientRect();
          const box = selector => document.querySelector('#tbl-kk ' + selector).getBoundingClientRect();
          return [box('tbody tr:last-child th').left - frame.left, box('tbody td').left - frame.left];
        }"""
        _, before = page.evaluate(places)
        page.evaluate("document.querySelector('#tbl-kk .tabelramme').scrollTo(60, 0)")
        left, after = page.evaluate(places)
        assert abs(left) <= 1
        assert after < before - 50, "nothing scrolled"


@pytest.mark.parametrize(("document", "sizes"), [
    ("kvalitetsrapport.html", [(1366, 768), (1440, 900)]), ("notat.html", [(1366, 768)]), ("notat.html", [(375, 812)]),
])  # fmt: skip
def test_no_frame_hides_a_row_or_a_column(
    chromium: Browser, built: Result, document: str, sizes: list[tuple[int, int]]
) -> None:
    """On a desk nothing scrolls inside a frame, and on a phone every table of numbers of the notat is whole."""
    phone = sizes[0][0] < 700
    with opened(chromium, built.folder / document, Device(*sizes[0], phone=phone)) as page:
        page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
        assert page.locator(".notat-tabel .tabelramme").count() > 2
        for width, height in sizes:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_function("width => innerWidth === width", arg=width)
            hidden = page.evaluate(
                """within => [...document.querySelectorAll(`${within} .tabelramme`)].filter(frame =>
                frame.scrollWidth > frame.clientWidth + 1 || frame.scrollHeight > frame.clientHeight + 1).length""",
                ".notat-tabel" if phone else "main",  # the numbers of a chart, opened, may scroll on a phone
            )
            assert hidden == 0, width


def test_print_has_a_page_for_the_cover_and_no_frames(chromium: Browser, reports: Any) -> None:
    with opened(chromium, reports("embedded", 2021).folder / "notat.html", DEVICES["desktop"]) as page:
        page.emulate_media(media="print")
        style = "selector => getComputedStyle(document.querySelector(selector))"
        assert page.evaluate(f"({style})('.forside').breakAfter") == "page"
        assert page.evaluate(f"({style})('.tabelramme').overflow") == "visible"
        assert page.evaluate(f"({style})('#tbl-kk figure').breakInside") == "avoid"


def test_printed_from_a_browser_each_table_is_whole_and_each_heading_with_what_is_below(
    chromium: Browser, report: Result, tmp_path: Path
) -> None:
    with opened(chromium, report.folder / "notat.html", DEVICES["desktop"]) as page:
        page.pdf(path=tmp_path / "notat.pdf", prefer_css_page_size=True)
    with pdfium.PdfDocument(tmp_path / "notat.pdf") as document:
        sheets = [tidy(sheet.get_textpage().get_text_range()) for sheet in document]
    told = [re.findall(r"Tabel \d:|Samlet målopfyldelse \(vægtet", sheet) for sheet in sheets]
    assert sum(map(len, told)) == 9 * 2
    assert all(len(sheet) % 2 == 0 and (not sheet or sheet[0].startswith("Tabel")) for sheet in told), told
    notes = [re.findall(r"\*+ (?:Status|Kolonnen|Vægtet)", sheet) for sheet in sheets]
    assert [len(sheet) for sheet in notes if sheet] == [3]
    for heading, below in (("Udviklingen over årene I", "Figur 1:"), ("Forvaltningerne I", "Figur 2:")):
        (sheet,) = [sheet for sheet in sheets if heading in sheet]
        assert below in sheet, heading


CUE = """frame => {
  const edge = frame.getBoundingClientRect().right - frame.clientLeft;
  const [shadow, cover] = ['::before', '::after'].map(part => getComputedStyle(frame, part));
  return {shadow: shadow.position, over: +cover.zIndex > +shadow.zIndex, left: frame.scrollLeft,
          room: frame.scrollWidth - frame.clientWidth, width: parseFloat(shadow.width),
          beyond: edge - frame.firstElementChild.getBoundingClientRect().right};
}"""


@NEWEST
@pytest.mark.parametrize("selector", ["#tbl-kk .tabelramme", "#fig-maalopfyldelse .figurramme"])
def test_what_scrolls_sideways_shows_it_until_its_end(chromium: Browser, report: Result, selector: str) -> None:
    """The shadow sticks to the edge; at the end it lies beside the content, in a strip where a cover hides it."""
    with opened(chromium, report.folder / "notat.html", NARROW) as page:
        frame = page.locator(selector)
        start = frame.evaluate(CUE)
        assert (start["shadow"], start["over"], start["left"]) == ("sticky", True, 0)
        assert start["room"] > 50
        assert start["beyond"] < 0
        frame.evaluate("frame => frame.scrollTo(9999, 0)")
        end = frame.evaluate(CUE)
        assert abs(end["left"] - end["room"]) < 1
        assert abs(end["beyond"] - end["width"]) < 1, "the shadow lies over the last column, or a column is cut off"


# What a screen reader is told -----------------------------------------------------------------------------------


@NEWEST
@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_browser_tells_of_row_and_column_headers(chromium: Browser, report: Result, document: str) -> None:
    path = report.folder / document
    headers = html_page(path).xpath("//table//th")
    with opened(chromium, path, DEVICES["desktop"]) as page:
        page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
        told = accessibility_tree(page)
        assert axe(page, "landmark-unique").violations == []
    for role, scope in (("columnheader", "col"), ("rowheader", "row")):
        # An id may be broken after a point, and a browser tells of that as a space.
        names = ["".join(tidy(name).split()) for role_, name in told if role_ == role]
        assert names == ["".join(tidy(each.text_content()).split()) for each in headers if each.get("scope") == scope]
    assert sum(role == "table" for role, _ in told) == len(html_page(path).xpath("//table"))
    assert all(name for role, name in told if role in {"image", "region", "link", "table"})


def test_a_merged_cell_is_heard_as_that_of_all_its_rows(chromium: Browser, built: Result) -> None:
    path = built.folder / "notat.html"
    page = html_page(path)
    for cell in page.xpath("//figure//td[@rowspan]"):
        column, *rows = [page.get_element_by_id(id_) for id_ in cell.get("headers").split()]
        first = cell.getparent()
        spanned = [first, *first.itersiblings()][: int(cell.get("rowspan"))]
        assert [row.getparent() for row in rows] == spanned
        assert column.get("scope") == "col"
    with opened(chromium, path, DEVICES["desktop"]) as shown:
        nodes = accessibility_nodes(shown)
    heard = [
        (node["name"]["value"], node["description"]["value"])
        for node in nodes
        if node.get("role", {}).get("value") in {"cell", "gridcell"} and node.get("description", {}).get("value")
    ]
    assert len(heard) == 9 * 3
    assert {said for _, said in heard[:3]} == {
        "fælles for Løntilskud (helårspersoner), Virksomhedspraktik (helårspersoner) og "
        + tidy(page.xpath("//*[@id='tbl-kk']//tbody/tr[3]/th")[0].text_content())
    }
    assert heard[2][0] == tidy(page.xpath("//*[@id='tbl-kk']//tbody/tr[1]/td[4]")[0].text_content())


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_the_keyboard_stops_only_at_frames_that_scroll(chromium: Browser, built: Result, device: str) -> None:
    with opened(chromium, built.folder / "notat.html", DEVICES[device]) as page:
        frames = page.locator(":is(.tabelramme, .figurramme):visible").evaluate_all(
            """frames => frames.map(frame => [frame.getAttribute('tabindex') === '0',
                 frame.scrollWidth > frame.clientWidth + 1 || frame.scrollHeight > frame.clientHeight + 1])"""
        )
    assert len(frames) == 11
    assert all(stop == scrolls for stop, scrolls in frames)
    assert any(scrolls for _, scrolls in frames) == (device == "phone")


@NEWEST
def test_charts_follow_the_page_into_the_dark(chromium: Browser, built: Result) -> None:
    with opened(chromium, built.folder / "notat.html", DEVICES["desktop"], "dark") as page:
        for chart in page.locator(".quarto-float-fig img").all():
            drawn = Image.open(BytesIO(chart.screenshot())).convert("RGB")
            ground = max(drawn.getcolors(drawn.width * drawn.height) or [])[1]
            assert f"rgb{ground}" == rgb(TOKENS["dark"]["paper"])
            assert max(drawn.convert("L").getdata()) > 200, "its ink is light"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_table_has_headers_for_columns_and_rows(report: Result, document: str) -> None:
    for table in html_page(report.folder / document).xpath("//table"):
        top, *rows = table.xpath(".//tr")
        assert {cell.tag for cell in top} == {"th"}
        assert {cell.get("scope") for cell in top} == {"col"}
        for row in rows:
            assert [cell.get("scope") for cell in row.xpath("./th")] == ["row"]
            assert row[0].tag == "th"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_language_title_and_landmarks(report: Result, document: str) -> None:
    page = html_page(report.folder / document)
    assert page.get("lang") == "da"
    assert tidy(page.findtext(".//title")) == tidy(page.xpath("//h1[@class='title']")[0].text_content())
    assert len(page.xpath("//main")) == len(page.xpath("//body/header")) == len(page.xpath("//body/footer")) == 1
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


def levels(page: html.HtmlElement) -> list[int]:
    return [int(each.tag[1]) for each in page.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_headings_are_in_order(report: Result, year: int, document: str) -> None:
    page = html_page(report.folder / document)
    found = levels(page)
    assert found[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(found)), "a level is skipped"
    cover = document == "notat.html" and year == 2021
    assert found.count(1) == (2 if cover else 1)
    assert all(tidy(each.text_content()) for each in page.xpath("//h1|//h2|//h3"))


def test_charts_have_a_text_and_a_table_of_the_numbers_drawn(report: Result) -> None:
    page = html_page(report.folder / "notat.html")
    figures = page.xpath("//figure[.//img]")
    assert len(figures) == 2
    for figure in figures:
        alt = figure.xpath(".//img/@alt | .//img/@aria-label")[0]
        details = figure.xpath("following::details[1]")[0]
        assert details.xpath("./summary")[0].text_content() == "Tallene i figuren"
        cells = [tidy(cell.text_content()) for cell in details.xpath(".//td")]
        drawn = [cell.rstrip("‡") for cell in cells if cell]  # the text says in words what the sign says
        assert len(drawn) >= 8 or "Kurve" in alt
        assert all(number in alt for number in drawn), "the text alternative leaves a number out"
        said = set(re.findall(r"\d+ pct\.", alt))
        assert said == {number for number in drawn if "pct" in number}, "the table leaves a number out"
