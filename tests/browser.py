"""A browser without a window, to look at a page as its readers do: Chromium from the machine, driven by Playwright.

Playwright's package brings no browser and none is fetched: the one on PATH is used, and without one the tests skip.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, CDPSession, Page, Request, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")


@dataclass(frozen=True)
class Device:
    """A screen: its width and height in CSS pixels, and whether it is a phone's."""

    width: int
    height: int
    phone: bool = False


DEVICES = {"desktop": Device(1280, 900), "phone": Device(390, 844, phone=True)}


@contextmanager
def browser() -> Iterator[Browser]:
    """Start Chromium; skip where there is none."""
    if CHROMIUM is None:
        pytest.skip("chromium is not on PATH: pages cannot be tried in a browser")
    with sync_playwright() as playwright:
        # No sandbox: in a container the browser may not make one, and the pages are our own.
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield chromium
        finally:
            _page.cache_clear()
            chromium.close()


@cache
def _page(chromium: Browser, phone: bool) -> tuple[Page, CDPSession]:
    """Make a page that every file is opened in: it takes three times as long to make one as to open a notat in it."""
    context = chromium.new_context(
        device_scale_factor=2 if phone else 1, is_mobile=phone, has_touch=phone, locale="da-DK", offline=True
    )
    page = context.new_page()
    return page, context.new_cdp_session(page)


@contextmanager
def opened(chromium: Browser, path: Path, device: Device, scheme: Scheme = "light") -> Iterator[Page]:
    """Open a file as it looks on a device, in light or dark mode. A page that asks for anything else fails."""
    page, session = _page(chromium, device.phone)
    page.set_viewport_size({"width": device.width, "height": device.height})
    page.emulate_media(media="screen", color_scheme=scheme)
    asked: list[str] = []

    def ask(request: Request) -> None:
        asked.append(request.url)

    page.on("request", ask)
    try:
        page.goto(path.as_uri())
        yield page
        strange = [url for url in asked if not url.startswith(("data:", path.as_uri()))]
        assert not strange, strange
    finally:  # the next one finds it as if nobody had been there
        page.remove_listener("request", ask)
        page.context.clear_permissions()
        page.goto("about:blank")
        page.mouse.move(0, 0)
        session.send("Page.resetNavigationHistory")


@dataclass(frozen=True)
class Verdict:
    """What axe-core says of a page: rule and element of each violation and of each case that it leaves to a person."""

    violations: list[str]
    undecided: list[str]
    kept: set[str]


def axe(page: Page, *rules: str, contrast: bool = True, within: str = "html") -> Verdict:
    """Hold the page, or a part of it, against axe-core's rules for WCAG 2.1 A and AA, or against these rules alone.

    Contrast takes more than all the rest, and is the same on every device: it can be left out.
    """
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    options = {
        "runOnly": {"type": "rule", "values": rules} if rules else {"type": "tag", "values": list(WCAG)},
        "rules": {} if contrast else {"color-contrast": {"enabled": False}},
    }
    result: dict[str, Any] = page.evaluate("([part, options]) => axe.run(part, options)", [within, options])
    assert result["testEngine"]["name"] == "axe-core"
    return Verdict(_told(result["violations"]), _told(result["incomplete"]), {rule["id"] for rule in result["passes"]})


ONE_OF_EACH = """() => {
  for (const body of document.querySelectorAll('tbody')) {
    if (body.querySelector('[rowspan]')) continue;
    const seen = new Set();
    for (const row of [...body.rows]) {
      const kind = [row, ...row.querySelectorAll('*')].map(each => `${each.tagName}.${each.className}`).join();
      if (seen.has(kind)) row.remove(); else seen.add(kind);
    }
  }
}"""


def keep_one_of_each(page: Page) -> None:
    """Leave one row of each kind in a table: its elements and their classes decide, whatever is written in them.

    Of the thousands of rows that say where a number comes from nearly all are alike, and axe takes its time with each.
    """
    page.evaluate(ONE_OF_EACH)
    # The page sees with the next frame which tables still scroll, and are stops of the keyboard.
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))")


def _told(rules: list[dict[str, Any]]) -> list[str]:
    return [f"{rule['id']}: {node['html'][:200]}" for rule in rules for node in rule["nodes"]]


def accessibility_nodes(page: Page) -> list[dict[str, Any]]:
    """Return what the browser tells a screen reader, node by node."""
    session = page.context.new_cdp_session(page)
    nodes: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return nodes


def accessibility_tree(page: Page) -> list[tuple[str, str]]:
    """Return what the browser tells a screen reader: role and name of everything, in reading order."""
    nodes = {node["nodeId"]: node for node in accessibility_nodes(page)}
    told: list[tuple[str, str]] = []

    def read(node: dict[str, Any]) -> None:
        if not node.get("ignored"):
            told.append((node["role"]["value"], node.get("name", {}).get("value", "")))
        for child in node.get("childIds", []):
            read(nodes[child])

    read(next(node for node in nodes.values() if "parentId" not in node))
    return told
