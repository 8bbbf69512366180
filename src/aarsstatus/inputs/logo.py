"""Refuse a logo's file that is anything but a picture.

An SVG is a document: it may hold scripts, fetch files, and carry whole web pages. Rather than look for what is bad,
this takes what a drawing is made of and refuses the rest, by name and line, so that whoever made the file can save it
anew. A picture is also held to a size that a letterhead has room for and that dots can be made of.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

from lxml import etree
from PIL import Image

from aarsstatus.files import irregular

MOST_BYTES = 2 << 20
MOST_SIDE = 4_000
"""Dots, or units of an SVG, on the longer side."""
MOST_RATIO = 8
"""How many times as wide as high, or the other way round: a letterhead's logo is 14 mm high."""
_SVG = "http://www.w3.org/2000/svg"  # XML names, not addresses to fetch
_XHTML = "http://www.w3.org/1999/xhtml"
_DRAWN = frozenset(
    {
        "svg", "g", "defs", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "use",
        "symbol",
        "clipPath", "mask", "pattern", "linearGradient", "radialGradient", "stop", "style", "metadata", "switch",
    }
)  # fmt: skip
_TEXT = frozenset({"text", "tspan", "textPath", "tref"})
_OUTSIDE = re.compile(r"@import|@font-face|expression\s*\(|url\(\s*(?![\"']?#)|javascript:|\\", re.IGNORECASE)
_LENGTH = re.compile(r"\s*(\d{1,7}(?:\.\d{1,9})?)\s*(px|pt|mm|cm|in|pc)?\s*")
_UNITS = {None: 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}


def unfit_logo(path: Path) -> str | None:
    """Say why an SVG or PNG cannot be a logo, in Danish; None where it can."""
    if why := irregular(path, MOST_BYTES):
        return why
    content = path.read_bytes()
    found = _in_png(content) if path.suffix == ".png" else _in_svg(content)
    return next(found, None)


def _in_svg(content: bytes) -> Iterator[str]:
    """Yield what an SVG holds that no drawing does."""
    if re.search(rb"<!\s*(?:DOCTYPE|ENTITY)", content, re.IGNORECASE) or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield "filen skal være UTF-8 og uden <!DOCTYPE>; gem den som almindelig SVG"
        return
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        content.decode("utf-8")
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        yield "filen er ikke en gyldig SVG"
        return
    if root.tag != f"{{{_SVG}}}svg":
        yield "filen er ikke en SVG"
        return
    for element in root.iter():
        yield from _in_element(element)
    shapes = [f"{{{_SVG}}}{name}" for name in _DRAWN - {"svg", "g", "defs"}]
    if next(root.iter(*shapes), None) is None:
        yield "filen har ingen tegning"
    yield from _bad_size(*_svg_size(root))


def _in_element(element: etree._Element) -> Iterator[str]:
    """Yield what is wrong with one element."""
    line = f"linje {element.sourceline}"
    if not isinstance(element.tag, str):
        if element.tag is not etree.Comment:
            yield f"{line}: <?…?> kan ikke være i et logo"
        return
    name = etree.QName(element)
    in_metadata = any(etree.QName(above).localname == "metadata" for above in element.iterancestors())
    if name.namespace == _SVG and name.localname in _TEXT:
        yield f"{line}: bogstaver skal være omsat til kurver, for skriften følger ikke med filen"
    elif name.namespace == _XHTML or ((name.localname not in _DRAWN or name.namespace != _SVG) and not in_metadata):
        yield f"{line}: <{name.localname[:40]}> kan ikke være i et logo; gem det som almindelig SVG"
    for key, value in element.attrib.items():
        attribute = etree.QName(key).localname
        if attribute.lower().startswith("on"):
            yield f"{line}: {attribute[:40]} er et program, og det kan ikke være i et logo"
        elif attribute in {"href", "src", "base"} and not str(value).startswith("#"):
            yield f"{line}: {attribute} henviser til noget uden for filen"
        elif _OUTSIDE.search(str(value)) and not in_metadata:
            yield f"{line}: {attribute[:40]} henviser til noget uden for filen"
    if name.localname == "style" and _OUTSIDE.search("".join(element.itertext())):
        yield f"{line}: <style> henviser til noget uden for filen"


def _svg_size(root: etree._Element) -> tuple[float, float]:
    """Return an SVG's width and height in units, 0 where it does not say."""
    said = [_LENGTH.fullmatch(root.get(side, "")) for side in ("width", "height")]
    if said[0] is not None and said[1] is not None:
        return float(said[0][1]) * _UNITS[said[0][2]], float(said[1][1]) * _UNITS[said[1][2]]
    box = [_LENGTH.fullmatch(part) for part in re.split(r"[\s,]+", root.get("viewBox", "").strip())[2:]]
    if len(box) == 2 and box[0] is not None and box[1] is not None:
        return float(box[0][1]), float(box[1][1])
    return 0.0, 0.0


def _in_png(content: bytes) -> Iterator[str]:
    """Yield what is wrong with a PNG."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
                size = picture.size
                yield from _bad_size(*size)
                picture.load()
    except Exception:
        yield "filen er ikke en gyldig PNG"


def _bad_size(width: float, height: float) -> Iterator[str]:
    """Yield what is wrong with a picture's size."""
    if not (width >= 1 and height >= 1):
        yield "billedet siger ikke, hvor stort det er (width og height eller viewBox)"
    elif max(width, height) > MOST_SIDE:
        yield f"billedet er for stort ({width:.0f} × {height:.0f}; højst {MOST_SIDE})"
    elif max(width / height, height / width) > MOST_RATIO:
        yield f"billedet er mere end {MOST_RATIO} gange så langt på den ene led"
