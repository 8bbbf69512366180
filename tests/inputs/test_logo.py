"""What the file of a logo may be: each thing that no drawing is made of is refused, by name and line."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from aarsstatus.inputs.logo import MOST_SIDE, unfit_logo

XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
GOOD = '<path d="M0 0h9v9z"/>'


def svg(inside: str, attributes: str = 'width="30" height="10"') -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {XLINK} {attributes}>\n{inside}\n</svg>'.encode()


def png(width: int, height: int) -> bytes:
    made = io.BytesIO()
    Image.new("1", (width, height)).save(made, "PNG")
    return made.getvalue()


def judged(folder: Path, content: bytes, name: str = "logo.svg") -> str | None:
    (folder / name).write_bytes(content)
    return unfit_logo(folder / name)


@pytest.mark.parametrize(
    "content",
    [
        svg(GOOD),
        svg(GOOD, 'viewBox="0 0 30 10"'),
        svg(GOOD, 'width="30mm" height="10mm"'),
        svg('<defs><linearGradient id="a"/></defs><rect fill="url(#a)" width="3" height="3"/>'),
        svg('<symbol id="a"><circle r="3"/></symbol><use href="#a"/>'),
        svg('<metadata><egen xmlns="urn:x" om="//eksempel.dk/x"/></metadata>' + GOOD),
        svg("<!-- tegnet i hånden -->" + GOOD),
    ],
)
def test_a_drawing_is_taken(content: bytes, tmp_path: Path) -> None:
    assert judged(tmp_path, content) is None


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<script>x()</script>", "linje 2: <script> kan ikke være i et logo"),
        ("<image href='#a'/>", "linje 2: <image> kan ikke være i et logo"),
        ("<foreignObject/>", "linje 2: <foreignObject> kan ikke være i et logo"),
        ("<animate/>", "linje 2: <animate> kan ikke være i et logo"),
        ('<p xmlns="http://www.w3.org/1999/xhtml"/>', "linje 2: <p> kan ikke være i et logo"),
        ('<metadata><p xmlns="http://www.w3.org/1999/xhtml"/></metadata>', "linje 2: <p> kan ikke være i et logo"),
        ('<egen xmlns="urn:x"/>', "linje 2: <egen> kan ikke være i et logo"),
        ("<text>KK</text>", "linje 2: bogstaver skal være omsat til kurver"),
        ("<?xml-stylesheet href='x.css'?>", "linje 2: <?…?> kan ikke være i et logo"),
        ('<g onload="x()"/>', "linje 2: onload er et program"),
        ('<use href="andet.svg#a"/>', "linje 2: href henviser til noget uden for filen"),
        ('<use xlink:href="//eksempel.dk/a.svg#a"/>', "linje 2: href henviser til noget uden for filen"),
        ('<g fill="url(//eksempel.dk/a)"/>', "linje 2: fill henviser til noget uden for filen"),
        ('<g style="background: url( x.png )"/>', "linje 2: style henviser til noget uden for filen"),
        ("<style>@import 'x.css';</style>", "linje 2: <style> henviser til noget uden for filen"),
        ("<style>@font-face { src: url(#x) }</style>", "linje 2: <style> henviser til noget uden for filen"),
    ],
)
def test_what_no_drawing_is_made_of_is_refused(inside: str, said: str, tmp_path: Path) -> None:
    why = judged(tmp_path, svg(inside + GOOD))
    assert why is not None
    assert why.startswith(said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (svg(""), "filen har ingen tegning"),
        (svg(GOOD, ""), "billedet siger ikke, hvor stort det er"),
        (svg(GOOD, 'width="0" height="10"'), "billedet siger ikke, hvor stort det er"),
        (svg(GOOD, 'width="100%" height="10"'), "billedet siger ikke, hvor stort det er"),
        (svg(GOOD, f'width="{MOST_SIDE + 1}" height="4000"'), "billedet er for stort (4001 × 4000; højst 4000)"),
        (svg(GOOD, 'width="81" height="10"'), "billedet er mere end 8 gange så langt"),
        (svg(GOOD, 'width="10" height="81"'), "billedet er mere end 8 gange så langt"),
        (b"<html/>", "filen er ikke en SVG"),
        (b"<svg", "filen er ikke en gyldig SVG"),
        ("<svg>æ</svg>".encode("cp1252"), "filen er ikke en gyldig SVG"),
        (b"<!DOCTYPE svg>" + svg(GOOD), "filen skal være UTF-8 og uden <!DOCTYPE>"),
        (svg(GOOD).decode().encode("utf-16"), "filen skal være UTF-8 og uden <!DOCTYPE>"),
    ],
)
def test_a_file_that_is_no_picture_is_refused(content: bytes, said: str, tmp_path: Path) -> None:
    why = judged(tmp_path, content)
    assert why is not None
    assert why.startswith(said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (png(30, 10), None),
        (png(90, 10), "billedet er mere end 8 gange så langt"),
        (png(MOST_SIDE + 1, MOST_SIDE), "billedet er for stort"),
        (png(30, 10)[:40], "filen er ikke en gyldig PNG"),
        (svg(GOOD), "filen er ikke en gyldig PNG"),
    ],
)
def test_dots(content: bytes, said: str | None, tmp_path: Path) -> None:
    why = judged(tmp_path, content, "logo.png")
    assert why is None if said is None else why is not None and why.startswith(said)


def test_a_folder_is_no_logo(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").mkdir()
    assert unfit_logo(tmp_path / "logo.svg") is not None
