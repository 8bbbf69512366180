"""The pages beside the notat, as their readers meet them: overview, comparison, a bundle's guide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from browser import DEVICES, axe, browser, keep_one_of_each, opened
from conftest import Reports
from playwright.sync_api import Browser, Page

from aarsstatus.build import Result
from aarsstatus.bundle import guide
from aarsstatus.diff import diff
from aarsstatus.diff.page import comparison_page
from aarsstatus.figures import show
from aarsstatus.figures.collection import Figures
from aarsstatus.project import Project
from aarsstatus.release.index import write_index
from aarsstatus.release.reading import Finished, open_finished

PAGES = ("index", "sammenligning", "vejledning")
BROKEN = """() => [...document.querySelectorAll('td, th')].flatMap(cell => {
    // A word is broken when its letters stand in more than one line: each word is measured by itself.
    const broken = [];
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        for (const word of text.data.matchAll(/[\\p{L}\\p{N}]+/gu)) {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            const lines = new Set([...range.getClientRects()].filter(r => r.width > 0).map(r => Math.round(r.top)));
            if (lines.size > 1) broken.push(word[0]);
        }
    }
    return broken;
})"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


def altered(build: Finished) -> Finished:
    """Return a build as if another package had made all its figures come out otherwise."""
    figures = Figures(
        [
            replace(figure, value=figure.value + 2, shown=show(figure.measure, figure.value + 2))
            if figure.value
            else figure
            for figure in build.figures.values()
        ]
    )
    described = build.manifest.model_copy(update={"packages": {**build.manifest.packages, "pandas": "1.0"}})
    outputs = {
        **build.outputs,
        "figures.csv": figures.to_csv().encode(),
        "manifest.json": described.model_dump_json().encode(),
    }
    return Finished("marts", described, outputs, build.inputs, figures)


@pytest.fixture(scope="module")
def pages(reports: Reports, project: Project) -> dict[str, Path]:
    built = reports("embedded", 2025).folder
    build, folder = open_finished(str(built)), built.parent
    paths = {name: folder / f"{name}.html" for name in PAGES}
    paths["sammenligning"].write_text(comparison_page(diff(altered(build), build), project.extension), encoding="utf-8")
    paths["vejledning"].write_text(guide(build, f"aarsstatus-{build.year}.zip", project.extension), encoding="utf-8")
    write_index(folder, project.extension)
    return paths


@pytest.mark.parametrize("device", list(DEVICES))
@pytest.mark.parametrize("name", PAGES)
def test_they_keep_nobody_out(chromium: Browser, pages: dict[str, Path], name: str, device: str) -> None:
    with opened(chromium, pages[name], DEVICES[device]) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= DEVICES[device].width
        assert page.evaluate(BROKEN) == []
        keep_one_of_each(page)
        assert not axe(page, contrast=device == "desktop").violations
        if device == "desktop":  # nothing else is another in the dark
            page.emulate_media(color_scheme="dark")
            assert not axe(page, "color-contrast").violations


@pytest.mark.parametrize("year", [2025], indirect=True)
@pytest.mark.parametrize("device", list(DEVICES))
@pytest.mark.parametrize("name", ["notat", "kvalitetsrapport"])
def test_no_word_is_broken_in_the_table_of_origins(chromium: Browser, built: Result, name: str, device: str) -> None:
    with opened(chromium, built.folder / f"{name}.html", DEVICES[device]) as page:
        page.evaluate("document.querySelector('.oprindelse details').open = true")
        assert page.evaluate(BROKEN) == []


def test_a_broken_word_is_seen(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "side.html"
    path.write_text(
        "<table><td style='width: 3rem; max-width: 3rem; overflow-wrap: anywhere'>Målopfyldelse</table>",
        encoding="utf-8",
    )
    with opened(chromium, path, DEVICES["desktop"]) as page:
        assert page.evaluate(BROKEN) == ["Målopfyldelse"]


def links(page: Page) -> list[str]:
    return page.eval_on_selector_all("main a[href]", "all => all.map(a => a.href).filter(h => !h.includes('#'))")


def test_the_overview_leads_to_files_that_are_there(chromium: Browser, pages: dict[str, Path]) -> None:
    with opened(chromium, pages["index"], DEVICES["desktop"]) as page:
        found = links(page)
        assert len(found) > 8
        assert not [link for link in found if not Path(link.removeprefix("file://")).is_file()]
