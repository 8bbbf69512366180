"""Drawings as files: an SVG made small for a web page, and made into dots for Word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import product
from string import ascii_lowercase

import typst
from lxml import etree

from aarsstatus.run import temporary

__all__ = ["compact", "raster"]

PPI = 200
"""Dots per inch of a picture in Word."""
_SVG = "{http://www.w3.org/2000/svg}"  # XML names, not addresses to fetch
_HREF = "{http://www.w3.org/1999/xlink}href"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
_COMMAND = re.compile(r"([A-Za-z])([^A-Za-z]*)")
_TRANSLATE = re.compile(r"translate\([^)]*\)")
_ASIDE = re.compile(r"translate\((\S+) 0\)")
_NAMED = re.compile(r"#([\w.-]+)")


def compact(svg: str) -> str:
    """Return the same drawing in about half as many bytes. The drawing is as matplotlib writes one.

    Coordinates keep a hundredth of a point, and letters the units they were designed in; outlines are written as
    steps from one point to the next; names are one letter, and go where nothing refers to them.
    """
    root = etree.fromstring(svg.encode(), etree.XMLParser(remove_blank_text=True, remove_comments=True))
    for element in root.iter():
        _shorten(element)
    _rename(root)
    for group in reversed(list(root.iter(f"{_SVG}g"))):
        _unwrap(group)
    etree.cleanup_namespaces(root)
    return str(etree.tostring(root, encoding="unicode"))


def raster(svg: bytes) -> bytes:
    """Return an SVG as PNG on white. Typst is at hand, and takes a tenth of the time of drawing everything anew."""
    with temporary.folder() as folder:
        (folder / "picture.svg").write_bytes(svg)
        source = folder / "page.typ"
        page = '#set page(width: auto, height: auto, margin: 0pt, fill: white)\n#image("picture.svg")\n'
        source.write_text(page, encoding="utf-8")
        return bytes(typst.compile(source, root=folder, format="png", ppi=PPI, ignore_system_fonts=True))


def _shorten(element: etree._Element) -> None:
    """Write one element's attributes with fewer digits and signs."""
    is_letter = "scale" in element.get("transform", "") and element.tag == f"{_SVG}path"
    if "d" in element.attrib:
        element.set("d", _outline(element.get("d"), 0 if is_letter else 2))
    if "style" in element.attrib:
        element.set("style", re.sub(r"([:;]) ", r"\1", element.get("style")))
    if "transform" in element.attrib:
        element.set("transform", _TRANSLATE.sub(lambda move: _rounded(move[0]), element.get("transform")))
    if _HREF in element.attrib:
        element.set("href", element.attrib.pop(_HREF))
        aside = _ASIDE.fullmatch(element.get("transform", ""))
        if aside:
            del element.attrib["transform"]
            element.set("x", aside[1])
        for side in {"x", "y"} & set(element.attrib):
            element.set(side, _rounded(element.get(side)))


def _unwrap(group: etree._Element) -> None:
    """Take a group away that says nothing of what is in it."""
    if group.attrib:
        return
    parent, place = group.getparent(), group.getparent().index(group)
    parent.remove(group)
    for offset, each in enumerate(list(group)):
        parent.insert(place + offset, each)


@lru_cache(maxsize=1024)  # the charts of a report are written with the same letters
def _outline(outline: str, places: int) -> str:
    """Return an outline in steps from one point to the next, each written without a sign it can do without.

    Steps are taken between rounded points, so that no error adds up.
    """
    here = start = (Decimal(0), Decimal(0))
    steps: list[tuple[str, list[Decimal]]] = []
    for command, numbers in _COMMAND.findall(outline):
        if command not in "MLQCz":
            raise ValueError(f"an outline with the command {command}, which matplotlib does not write")
        values = [round(Decimal(number), places) for number in _NUMBER.findall(numbers)]
        points = list(zip(values[::2], values[1::2], strict=True))
        step = [value for point in points for value in (point[0] - here[0], point[1] - here[1])]
        here = points[-1] if points else start
        start = here if command == "M" else start
        if command == "L" and 0 in step:
            steps.append(("v", step[1:]) if step[0] == 0 else ("h", step[:1]))
        else:
            steps.append((command.lower(), step))
    return "".join(_written(steps))


def _written(steps: list[tuple[str, list[Decimal]]]) -> Iterator[str]:
    """Yield commands and numbers. A command that is that of the step before is left out."""
    before = ""
    for command, numbers in steps:
        signs = [_plain(number) for number in numbers]
        text = "".join(sign if n == 0 or sign.startswith("-") else f" {sign}" for n, sign in enumerate(signs))
        if command != before or command in "mz":
            yield command + text
        else:
            yield text if text.startswith("-") else f" {text}"
        before = command


def _rounded(text: str) -> str:
    """Return a text with its numbers rounded to a hundredth."""
    return _NUMBER.sub(lambda number: _plain(round(Decimal(number[0]), 2)), text)


def _plain(number: Decimal) -> str:
    """Write a number as short as it can be."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else re.sub(r"^(-?)0\.", r"\1.", text)


def _rename(root: etree._Element) -> None:
    """Give what is referred to a short name, in the order of first reference, and take the name of all else."""
    letters = ("".join(name) for size in (1, 2, 3) for name in product(ascii_lowercase, repeat=size))
    names: dict[str, str] = {}
    ids = {element.get("id") for element in root.iter() if "id" in element.attrib}

    def short(match: re.Match[str]) -> str:
        if match[1] not in ids:
            return match[0]  # a colour
        if match[1] not in names:
            names[match[1]] = next(letters)
        return f"#{names[match[1]]}"

    for element in root.iter():
        for name in {"href", "clip-path", "style"} & set(element.attrib):
            element.set(name, _NAMED.sub(short, element.get(name)))
    for element in root.iter():
        new = names.get(element.attrib.pop("id", ""))
        if new:
            element.set("id", new)
