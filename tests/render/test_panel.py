"""Every number explains itself: the table at the end of the page, and the panel that reads from it, in a browser."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from browser import DEVICES, SCHEMES, Device, axe, browser, keep_one_of_each, opened
from lxml import html
from playwright.sync_api import Browser, Page
from reading import docx_text, html_page, pdf_text, tidy

from aarsstatus import danish
from aarsstatus.build import Result
from aarsstatus.figures.collection import Figures
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.params import Params
from aarsstatus.problems import RenderError
from aarsstatus.project import Project
from aarsstatus.render.page import ROW, add_origins, reference
from aarsstatus.report.notat import Notat

EXTENSION = Path(__file__).parents[2] / "_extensions" / "notat"
PAGES = ("notat", "kvalitetsrapport")
NEWEST = pytest.mark.parametrize("year", [2025], indirect=True)
"""For what the panel does, which is the same in every year; what it says is looked at in both."""
SHOWN, PUBLISHED, FORMULA, BETWEEN, SOURCE = 1, 2, 3, 4, 5
"""The columns of the table of origins."""
COLUMN = {"status": "status", "spells": "spells", "target": "target"}

# -- the table, as it stands without a script -------------------------------------------------------------------


def row_of(page: html.HtmlElement, id_: str) -> list[html.HtmlElement]:
    (row,) = page.xpath("//tr[@id=$id]", id=ROW + id_)
    return list(row)


def leaves(page: html.HtmlElement, id_: str) -> Iterator[tuple[str, list[html.HtmlElement]]]:
    """Yield the figures that a figure is made of in the end, by following the table's own links."""
    cells = row_of(page, id_)
    links = cells[SOURCE].xpath(".//a/@href")
    if not links:
        yield id_, cells
    for link in links:
        assert link.startswith(f"#{ROW}")
        yield from leaves(page, link.removeprefix(f"#{ROW}"))


def test_each_figure_leads_down_to_file_and_line_and_the_line_holds_the_value(
    report: Result, project: Project, figures: Figures
) -> None:
    page = html_page(report.folder / "notat.html")
    shown = set(page.xpath("//*[@data-figure]/@data-figure"))
    assert len(shown) > 90
    reached = {id_: cells for one in shown for id_, cells in leaves(page, one)}
    assert shown <= set(figures)
    for id_, cells in reached.items():
        name, line = tidy(cells[SOURCE].text_content()).rsplit(":", 1)
        lines = (project.root / name).read_text(encoding="utf-8-sig").splitlines()
        header, row = csv.reader([lines[0], lines[int(line) - 1]])
        values = dict(zip(header, row, strict=True))
        figure = figures[id_]
        assert values["year"] == str(figure.year)
        assert values["administration"] == figure.administration
        assert figure.scheme in {"", values.get("scheme")}
        assert tidy(cells[SHOWN].text_content()) == danish.whole(Fraction(values[COLUMN[figure.measure]])), id_


def test_the_table_says_what_the_figure_is(report: Result, figures: Figures) -> None:
    page = html_page(report.folder / "notat.html")
    for id_ in set(page.xpath("//*[@data-figure]/@data-figure")):
        figure, cells = figures[id_], [tidy(cell.text_content()) for cell in row_of(page, id_)]
        assert id_ in cells[0]
        assert cells[SHOWN] == figure.shown
        assert cells[FORMULA] == figure.formula
        assert bool(cells[BETWEEN]) == (figure.interval is not None and not figure.interval.exact)
        city = figures.get(f"{figure.year}.KK.{figure.group}.weight") if figure.measure == "weight" else None
        if figure.published:
            assert figure.published in cells[PUBLISHED]
        elif city and city.published:
            assert cells[PUBLISHED].startswith(f"Samme vægt som KK's, der er trykt: {city.published} stemmer.")
        else:
            assert cells[PUBLISHED] == "Ikke trykt i et udsendt notat"


def test_an_input_that_was_printed_otherwise_says_that_it_is_recomputed(report: Result, figures: Figures) -> None:
    page = html_page(report.folder / "notat.html")
    marked = 0
    for row in page.xpath("//tr[starts-with(@id, $start)]", start=ROW):
        for link in row[SOURCE].xpath(".//a"):
            figure = figures[link.get("href").removeprefix(f"#{ROW}")]
            other = figure.published and not danish.same(figure.published, figure.computed)
            assert (f"(regnet efter; trykt {figure.published})" in link.tail) == bool(other), figure.id
            marked += bool(other)
    assert marked


def test_a_target_of_the_comparison_year_is_not_said_to_be_adopted(figures: Figures, year: int) -> None:
    """The notat says when its own year's targets were adopted, and prints those of the year before."""
    said = {target.year: target.formula for target in figures.select(administration="KK", measure="target")}
    assert said[year] == "vedtaget af Borgerrepræsentationen"
    assert said[year - 1].startswith(f"aflæst af notat-{year}, tabel 2, ")


def test_the_page_says_how_many_printed_numbers_are_known_to_be_wrong(report: Result, year: int) -> None:
    page = html_page(report.folder / "notat.html")
    with (report.folder / "audit.csv").open(encoding="utf-8") as file:
        verdicts = [row["verdict"] for row in csv.DictReader(file) if row["source"] == f"notat-{year}"]
    (box,) = page.xpath("//div[@class='tilstand']")
    assert f"{verdicts.count('contradicted')} af {len(verdicts)} trykte tal er i modstrid" in tidy(box.text_content())
    for text in (docx_text(report.folder / "notat.docx"), pdf_text(report.folder / "notat.pdf")):
        assert "trykte tal er i modstrid" in tidy(text), "whoever reads it on paper is told as well"


def test_published_values_have_the_audits_verdict_and_their_line(report: Result, project: Project, year: int) -> None:
    page = html_page(report.folder / "notat.html")
    with (report.folder / "audit.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if page.xpath("//tr[@id=$id]", id=ROW + row["id"])]
    verdicts = {"exact": "stemmer", "within_rounding": "stemmer inden for afrundingen", "contradicted": "stemmer ikke"}
    printed = (project.data / "published.csv").read_text(encoding="utf-8").splitlines()
    assert {row["verdict"] for row in rows} == set(verdicts)
    for row in rows:
        cell = row_of(page, row["id"])[PUBLISHED]
        text = tidy(cell.text_content())
        assert f"{row['printed']} {verdicts[row['verdict']]}." in text
        if row["verdict"] != "exact":
            assert tidy(row["reason"]) in text
        lines = [next(csv.reader([printed[int(code.text.rsplit(":", 1)[1]) - 1]])) for code in cell.iter("code")]
        assert [row["source"], row["place"], row["id"], row["printed"]] in lines


@pytest.mark.parametrize("name", PAGES)
def test_every_number_of_a_page_has_a_row(report: Result, name: str) -> None:
    page = html_page(report.folder / f"{name}.html")
    for id_ in set(page.xpath("//*[@data-figure]/@data-figure")):
        row_of(page, id_)
    for link in page.xpath("//section[@class='oprindelse']//a/@href"):
        row_of(page, link.removeprefix(f"#{ROW}"))


def test_only_the_page_has_it(report: Result) -> None:
    assert "Tallenes oprindelse" in html_page(report.folder / "notat.html").text_content()
    assert "Tallenes oprindelse" not in docx_text(report.folder / "notat.docx")
    assert "Tallenes oprindelse" not in pdf_text(report.folder / "notat.pdf")


def test_what_is_no_page_of_ours_is_refused(figures: Figures, inputs: tuple[Params, Data]) -> None:
    _, data = inputs
    id_ = next(iter(figures))
    with pytest.raises(RenderError, match="skabelon"):
        add_origins(f'<p data-figure="{id_}">1</p>', figures, data, (), EXTENSION, {})
    with pytest.raises(RenderError, match=r"2025\.XX\.status"):
        add_origins('<p data-figure="2025.XX.status">1</p>', figures, data, (), EXTENSION, {})
    assert add_origins("<p>uden tal</p>", figures, data, (), EXTENSION, {}) == "<p>uden tal</p>"


# -- the panel, in a browser ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture
def notat(chromium: Browser, built: Result) -> Iterator[Page]:
    with opened(chromium, built.folder / "notat.html", DEVICES["desktop"]) as page:
        wrong: list[str] = []
        page.set_default_timeout(5000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        yield page
        assert not wrong


ATTAINMENT = "{}.KK.placements.attainment"
TOGGLE = ".talhjaelp button"


ACTIVE = "(e => e.closest('[data-figure]')?.dataset.figure ?? e.tagName + '.' + e.className)(document.activeElement)"


def active(page: Page) -> str:
    """Return which figure has focus, or what else has it."""
    return str(page.evaluate(ACTIVE))


def told(page: Page) -> dict[str, str]:
    """Return what the open panel says, by its own headings."""
    pairs = page.eval_on_selector_all(".talpanel dt", "all => all.map(t => [t.textContent, t.nextSibling.textContent])")
    return {term: tidy(said) for term, said in pairs}


@NEWEST
def test_a_click_opens_it_beside_the_number_with_what_the_table_says(
    notat: Page, figures: Figures, year: int, built: Result
) -> None:
    id_ = ATTAINMENT.format(year)
    notat.locator(f"p [data-figure='{id_}']").first.click()
    panel = notat.locator(".talpanel")
    assert panel.is_visible()
    row = row_of(html_page(built.folder / "notat.html"), id_)
    titles = ("Offentliggjort", "Beregning", "Uden afrunding", "Kommer fra")
    assert told(notat) == {title: tidy(cell.text_content()) for title, cell in zip(titles, row[2:], strict=True)}
    assert told(notat)["Beregning"] == figures[id_].formula
    assert tidy(panel.locator(".talpanel-vist").inner_text()) == figures[id_].shown
    assert panel.locator(".talpanel-bund code").inner_text() == id_
    box, size = panel.bounding_box(), notat.viewport_size
    assert box
    assert size
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= size["width"]
    assert box["y"] + box["height"] <= size["height"]
    assert not axe(notat, within=".talpanel").violations
    notat.keyboard.press("Escape")
    assert panel.is_hidden()
    assert active(notat) == id_
    notat.mouse.click(2, 2)
    assert notat.locator(f"[data-figure='{id_}'][tabindex]").count() == 0


@NEWEST
def test_a_click_elsewhere_closes_it(notat: Page, year: int) -> None:
    notat.locator(f"p [data-figure='{ATTAINMENT.format(year)}']").first.click()
    notat.locator("h1.title").click()
    assert notat.locator(".talpanel").is_hidden()


@NEWEST
def test_inputs_are_followed_down_to_a_line_and_back(notat: Page, figures: Figures, year: int) -> None:
    id_ = f"{year}.KK.total.weighted_attainment"
    notat.locator(f"#tbl-kk [data-figure='{id_}']").click()
    panel = notat.locator(".talpanel")
    below = next(one for one in figures[id_].inputs if one.endswith("attainment"))
    for step in (below, figures[below].inputs[0]):
        panel.locator(f"a[href='#{ROW}{step}']").click()
        assert panel.locator(".talpanel-bund code").inner_text() == step
        assert panel.locator(".talpanel-vist").inner_text() == figures[step].shown
    assert told(notat)["Kommer fra"] == figures[figures[below].inputs[0]].source
    assert notat.evaluate("location.hash") == f"#{ROW}{figures[below].inputs[0]}", "the address names what is shown"
    panel.get_by_role("button", name="Tilbage").click()
    panel.get_by_role("button", name="Tilbage").click()
    assert panel.locator(".talpanel-bund code").inner_text() == id_
    assert panel.get_by_role("button", name="Tilbage").is_hidden()
    panel.get_by_role("button", name="Luk").click()
    assert panel.is_hidden()


@NEWEST
def test_the_id_is_copied(notat: Page, year: int) -> None:
    id_ = ATTAINMENT.format(year)
    notat.locator(f"p [data-figure='{id_}']").first.click()
    notat.get_by_role("button", name="Kopiér id").click()
    answer = notat.locator(".talpanel-svar")
    answer.filter(has_text=re.compile("Kopieret|Markeret")).wait_for()
    notat.context.grant_permissions(["clipboard-read"])
    if answer.inner_text() == "Kopieret":
        assert notat.evaluate("navigator.clipboard.readText()") == id_
    else:
        assert notat.evaluate("getSelection().toString()") == id_


@NEWEST
def test_the_address_names_the_figure_and_back_closes_the_panel(notat: Page, year: int) -> None:
    first, second = (f"{year}.KK.placements.{measure}" for measure in ("attainment", "target"))
    panel, address = notat.locator(".talpanel"), "decodeURIComponent(location.hash)"
    entries = notat.evaluate("history.length")
    for id_ in (first, second):  # from number to number: one entry of the history
        notat.locator(f"#tbl-kk [data-figure='{id_}']").click()
        assert notat.evaluate(address) == f"#{ROW}{id_}"
    assert notat.evaluate("history.length") == entries + 1
    at = notat.evaluate("scrollY")
    notat.go_back()
    panel.wait_for(state="hidden")
    assert (notat.evaluate(address), notat.evaluate("scrollY")) == ("", at)
    notat.go_forward()
    panel.wait_for(state="visible")
    assert panel.locator(".talpanel-bund code").inner_text() == second
    notat.keyboard.press("Escape")
    assert notat.evaluate(address) == ""
    notat.reload()
    assert panel.is_hidden()


@NEWEST
def test_an_address_opens_the_panel_beside_its_number(chromium: Browser, built: Result, year: int) -> None:
    id_ = f"{year}.BIF.placements.joint_status"
    with opened(chromium, built.folder / "notat.html", DEVICES["desktop"]) as page:
        page.goto("about:blank")
        page.goto(f"{(built.folder / 'notat.html').as_uri()}#{ROW}{id_}")
        page.locator(".talpanel").wait_for(state="visible")
        assert page.locator(".talpanel-bund code").inner_text() == id_
        panel, number = page.locator(".talpanel").bounding_box(), page.locator(".valgt").bounding_box()
        assert panel
        assert number
        assert number["y"] >= 0
        assert panel["y"] >= number["y"] + number["height"] or panel["y"] + panel["height"] <= number["y"]
        page.evaluate("location.hash = '#tbl-kk'")
        page.locator(".talpanel").wait_for(state="hidden")
        assert page.locator("#tbl-kk figcaption").bounding_box()["y"] >= 0, "no header lies over what a link leads to"


def test_a_reference_names_document_place_number_verdict_and_hash(
    notat: Page, built: Result, figures: Figures, year: int
) -> None:
    id_ = f"{year}.KK.placements.target"
    notat.locator(f"#tbl-kk [data-figure='{id_}']").click()
    notat.get_by_role("button", name="Kopiér henvisning").click()
    notat.locator(".talpanel-svar").filter(has_text=re.compile("Kopieret|Markeret")).wait_for()
    notat.context.grant_permissions(["clipboard-read"])
    copied = tidy(notat.evaluate("navigator.clipboard.readText()"))
    title = tidy(notat.title())
    assert copied.startswith(f"Københavns Kommune: »{title}«, {'11. marts 2026' if year == 2025 else ''}")
    assert (
        f", tabel 1: Måltal for virksomhedsplaceringer, KK {year}: {figures[id_].shown} (efterregnet: stemmer" in copied
    )
    checksum = hashlib.sha256((built.folder / "figures.csv").read_bytes()).hexdigest()
    assert copied.endswith(f"Tallet hedder {id_} i figures.csv (SHA-256 {checksum}).")


def test_a_reference_ends_with_the_address_that_parameters_name(inputs: tuple[Params, Data]) -> None:
    params, data = inputs
    at = "https://x.invalid/notat.html"
    assert reference(Notat(params, data))["adresse"] == ""
    assert reference(Notat(params.model_copy(update={"published_at": at}), data))["adresse"] == at
    facts = {"adresse": at}
    number = f'<p data-figure="{params.year}.KK.placements.target">1</p>'
    body = f'<html><head></head><body><main id="indhold">{number}</main></body>'
    page = add_origins(body, Notat(params, data).figures, data, (), EXTENSION, facts)
    assert f'data-adresse="{at}"' in page


@NEWEST
def test_at_400_per_cent_there_is_room_to_read_in(chromium: Browser, built: Result) -> None:
    with opened(chromium, built.folder / "notat.html", Device(320, 256)) as page:
        number = page.locator("#tbl-kk td[data-figure]").first
        number.click()
        panel, at = page.locator(".talpanel").bounding_box(), number.bounding_box()
        assert panel
        assert at
        assert at["y"] + at["height"] <= panel["y"] + 1, "the sheet hides the number"
        room = page.evaluate(
            "p => p.clientHeight - ['.talpanel-top', '.talpanel-bund'].map(s => p.querySelector(s))"
            ".filter(e => getComputedStyle(e).position === 'sticky').reduce((sum, e) => sum + e.offsetHeight, 0)",
            page.locator(".talpanel").element_handle(),
        )
        assert room > 140


@NEWEST
def test_the_keyboard_opens_follows_and_closes_it(notat: Page, figures: Figures, year: int) -> None:
    notat.locator(TOGGLE).focus()
    notat.keyboard.press("Enter")
    assert notat.locator(TOGGLE).get_attribute("aria-pressed") == "true"
    assert notat.get_by_text("piletasterne").is_visible()
    table = notat.locator("#tbl-kk")
    table.locator("thead a").first.focus()
    stops = table.locator("thead a").count()  # the notes that headers lead to come first
    for _ in range(stops):
        notat.keyboard.press("Tab")
    first = f"{year}.KK.placements.loentilskud.status"
    assert active(notat) == first
    for key, expected in (
        ("ArrowDown", f"{year}.KK.placements.virksomhedspraktik.status"),
        ("ArrowUp", first),
        ("ArrowRight", f"{year}.KK.placements.joint_status"),
        ("ArrowRight", f"{year}.KK.placements.target"),
        ("ArrowLeft", f"{year}.KK.placements.joint_status"),
        ("End", f"{year}.KK.total.weighted_attainment"),
        ("ArrowUp", f"{year}.KK.{'fritidsjob' if year == 2025 else 'fleksjob'}.attainment"),
        ("Home", first),
        ("ArrowLeft", first),
        ("ArrowRight", f"{year}.KK.placements.joint_status"),
    ):
        notat.keyboard.press(key)
        assert active(notat) == expected, key
    notat.keyboard.press("Enter")
    assert active(notat) == "DIALOG.talpanel"
    assert not axe(notat, within=".talpanel").violations
    notat.keyboard.press("Tab")
    notat.keyboard.press("Tab")
    notat.keyboard.press("Enter")  # the close button comes first, then the first input
    assert notat.locator(".talpanel-bund code").inner_text() == figures[f"{year}.KK.placements.joint_status"].inputs[0]
    notat.keyboard.press("Escape")
    assert active(notat) == f"{year}.KK.placements.joint_status"
    notat.keyboard.press("Space")
    notat.keyboard.press("Shift+Tab")
    assert notat.locator(".talpanel").is_hidden()
    assert active(notat) == f"{year}.KK.placements.joint_status"


def stops(page: Page) -> list[str]:
    """Press Tab from the top until it comes round, and return where it stops; fail where it stays."""
    page.evaluate("document.querySelector('.spring').focus()")
    seen = [active(page)]
    for _ in range(200):
        page.keyboard.press("Tab")
        if (now := active(page)) == "BODY.":
            return seen
        seen.append(now)
    raise AssertionError("Tab never comes round")


@NEWEST
def test_numbers_trap_no_keyboard(notat: Page) -> None:
    """Off, they cost nothing; on, one stop for each table and each paragraph that has any; off again, nothing."""
    groups = notat.evaluate(
        "new Set([...document.querySelectorAll('[data-figure]')].filter(e => e.checkVisibility())"
        ".map(e => e.closest('table, p, li'))).size"
    )
    before = stops(notat)
    text = notat.locator("main").inner_text()
    notat.locator(TOGGLE).click()
    on = stops(notat)
    assert len(on) == len(before) + groups
    notat.locator(TOGGLE).click()
    assert stops(notat) == before
    assert notat.locator("main").inner_text() == text


@NEWEST
def test_a_number_that_is_explained_is_the_one_pointed_at(notat: Page) -> None:
    """A sentence that prints another value than the table says so, and which of them holds."""
    notat.locator("p [data-figure='2025.KK.placements.joint_status']").first.click()
    assert notat.locator(".talpanel-vist").inner_text() == "797"
    said = told(notat)["Offentliggjort"]
    assert "797 stemmer ikke." in said
    assert "798 stemmer." in said


@NEWEST
@pytest.mark.parametrize("name", PAGES)
def test_a_touch_opens_a_sheet_on_a_phone(chromium: Browser, built: Result, name: str) -> None:
    with opened(chromium, built.folder / f"{name}.html", DEVICES["phone"]) as page:
        number = page.locator("main td[data-figure]").last
        number.tap()
        panel = page.locator(".talpanel")
        box, size, at = panel.bounding_box(), page.viewport_size, number.bounding_box()
        assert box
        assert size
        assert at
        assert (box["x"], box["width"]) == (0, size["width"])
        assert abs(box["y"] + box["height"] - size["height"]) < 2
        assert at["y"] + at["height"] <= box["y"] + 1, "the sheet hides the number"
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            verdict = axe(page, within=".talpanel")
            assert not verdict.violations
            assert "color-contrast" in verdict.kept
        page.locator(".talpanel .luk").tap()
        assert panel.is_hidden()


@NEWEST
def test_axe_with_panel_and_table_open(chromium: Browser, built: Result) -> None:
    with opened(chromium, built.folder / "kvalitetsrapport.html", DEVICES["desktop"], "dark") as page:
        page.locator(TOGGLE).click()
        page.locator("main td [class=tal]").first.click()
        page.evaluate("document.querySelector('.oprindelse details').open = true")
        assert page.locator(".talpanel").is_visible()
        keep_one_of_each(page)
        assert not axe(page).violations


@NEWEST
def test_it_prints_as_nothing(notat: Page, year: int) -> None:
    notat.locator(TOGGLE).click()
    notat.locator(f"p [data-figure='{ATTAINMENT.format(year)}']").first.click()
    notat.emulate_media(media="print")
    for part in (".talpanel", ".talhjaelp", ".oprindelse"):
        assert notat.locator(part).is_hidden(), part
    colours = notat.eval_on_selector_all("button.tal", "all => all.map(b => getComputedStyle(b).borderTopWidth)")
    assert set(colours) == {"0px"}


@NEWEST
def test_without_javascript_the_table_is_there(chromium: Browser, built: Result) -> None:
    context = chromium.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(Path(built.folder, "notat.html").as_uri())
    assert page.locator(TOGGLE).is_hidden()
    page.locator(".oprindelse summary").click()
    assert page.locator(".oprindelse tbody tr").first.is_visible()
    context.close()
