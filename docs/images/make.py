#!/usr/bin/env python3
"""Make the pictures in this folder anew: every page of the notat in all three formats, as its readers see it.

``python docs/images/make.py`` builds 2025 and 2021 with the embedded engine and draws the PDF with PDFium, the DOCX
with LibreOffice, and the web page with Chromium (both on PATH; the packages are those of the tests). Look at the
pictures before committing them.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image
from playwright.sync_api import sync_playwright

from aarsstatus.build import Options, build
from aarsstatus.project import find_project

HERE = Path(__file__).resolve().parent
PAGE, GAP = 690, 20
"""Pixels: the width of a page, and what is between two."""
GROUND = "#c9ced6"
SCREENS = {
    # name: width, height, phone, colour scheme
    "bred": (1280, 900, False, "light"),
    "moerk": (1280, 900, False, "dark"),
    "telefon": (390, 844, True, "light"),
}


def main() -> None:
    """Build both years, and draw them."""
    project = find_project(HERE)
    for old in HERE.glob("notat-*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for year in (2025, 2021):
            build(project, year, Options(engine="embedded", output=folder), print)
        paper, word = pages(folder / "2025" / "notat.pdf"), pages(drawn(folder / "2025" / "notat.docx", folder))
        save(beside(paper[:2]), "notat-2025")
        for kind, drawings in (("pdf", paper), ("word", word)):
            for number, drawing in enumerate(drawings, start=1):
                save(drawing, f"notat-2025-{kind}-{number}")
        cover = [pages(folder / "2021" / "notat.pdf")[0], pages(drawn(folder / "2021" / "notat.docx", folder))[0]]
        save(beside(cover), "notat-2021-forside")
        screens(folder / "2025" / "notat.html", folder)


def pages(pdf: Path) -> list[Image.Image]:
    """Draw every page of a PDF."""
    with pdfium.PdfDocument(pdf) as document:
        return [page.render(scale=2 * PAGE / page.get_width()).to_pil() for page in document]


def drawn(docx: Path, folder: Path) -> Path:
    """Return a DOCX as a PDF that LibreOffice drew."""
    target = folder / f"word-{docx.parent.name}"
    command = [shutil.which("soffice") or "soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
    command += ["--headless", "--convert-to", "pdf", "--outdir", str(target), str(docx)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own file
    return target / f"{docx.stem}.pdf"


def screens(html: Path, folder: Path) -> None:
    """Draw the web page as wide screens and phones show it, from top to bottom."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (width, height, phone, scheme) in SCREENS.items():
            context = chromium.new_context(
                viewport={"width": width, "height": height}, is_mobile=phone, color_scheme=scheme, offline=True,
                device_scale_factor=2,
            )  # fmt: skip
            page = context.new_page()
            page.goto(html.as_uri())
            picture = folder / f"{name}.png"
            page.screenshot(path=picture, full_page=True)
            context.close()
            save(Image.open(picture), f"notat-2025-html-{name}", width=width if phone else PAGE)
        chromium.close()


def beside(drawings: Sequence[Image.Image]) -> Image.Image:
    """Set pages side by side."""
    width, height = drawings[0].size
    whole = Image.new("RGB", (len(drawings) * (width + 2 * GAP) + 2 * GAP, height + 4 * GAP), GROUND)
    for number, drawing in enumerate(drawings):
        whole.paste(drawing, (2 * GAP + number * (width + 2 * GAP), 2 * GAP))
    return whole


def save(drawing: Image.Image, name: str, width: int | None = None) -> None:
    """Save a drawing at half its size, or at a width, in few colours: small, and sharp enough to read."""
    across = width or drawing.width // 2
    small = drawing.convert("RGB").resize((across, drawing.height * across // drawing.width), Image.Resampling.LANCZOS)
    small.quantize(96, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(HERE / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
