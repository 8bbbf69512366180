"""Finish what a DOCX has beside its text, and write it.

Headers, footers, properties, language and fonts are such parts. The result is the same bytes for the same input on any
system: no clock, and parts in a fixed order. `tag`, `element`, `run` and `field` make WordprocessingML.
"""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from lxml import etree

from aarsstatus import markdown

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CORE = f"{_PACKAGE}/metadata/core-properties"
_DC, _TERMS = "http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_TYPES = "[Content_Types].xml"
_UNIX = 3
"""What a zip is told that it was made on, so that Windows writes the same bytes."""
_PACKED = 4
"""How hard zlib tries. As hard as it does unasked takes twice as long, and makes a fiftieth less of the typefaces."""
_LIST_INDENT = 255
"""Twips: 4.5 mm."""
_FONT_KEYS = uuid.UUID("6d0f5f0e-7f0b-5d0c-9a44-2d5d3a1c7e10")
"""Fixed, so that a font is always scrambled alike."""
_EMBEDDED = {"embedRegular": "Regular", "embedBold": "Bold"}
_VIEW = ("writeProtection", "view", "zoom", "removePersonalInformation", "removeDateAndTime",
         "doNotDisplayPageBoundaries", "displayBackgroundShape", "printPostScriptOverText",
         "printFractionalCharacterWidth", "printFormsData")  # fmt: skip
"""The settings that the schema wants before those of fonts."""

Parts = dict[str, bytes]


def read(path: Path) -> Parts:
    """Return the parts of a DOCX by name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path: Path, parts: Parts) -> None:
    """Write the file, its list of types first, the rest by name, with no time in it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts, key=lambda part: (part != _TYPES, part != "_rels/.rels", part)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, _UNIX
            archive.writestr(entry, parts[name], compresslevel=_PACKED)
    path.write_bytes(buffer.getvalue())


def finish_parts(parts: Parts, metadata: Mapping[str, Any], fonts: Path) -> None:
    """Finish all parts but the text, with what the notebook's front matter says."""
    said = {key: markdown.read_back(value) if isinstance(value, str) else value for key, value in metadata.items()}
    _fill_in(parts, said)
    _describe(parts, said)
    _set_language(parts)
    _indent_lists(parts)
    _embed_fonts(parts, fonts)


# Headers, footers and properties ------------------------------------------------------------------------------------


def _fill_in(parts: Parts, metadata: Mapping[str, Any]) -> None:
    """Write the letterhead in the header, the sender and UDKAST in the footers."""
    address = " · ".join(str(metadata[key]) for key in ("administration", "footer-address") if metadata.get(key))
    said = ((metadata.get("udgave"), True), (metadata.get("office"), True), (address, False))
    lines = [(str(text), bold) for text, bold in said if text]
    for name in sorted(parts):
        if re.fullmatch(r"word/header\d+\.xml", name) and metadata.get("doctype"):
            header = etree.fromstring(parts[name])
            for text in header.iter(tag("t")):
                if text.text:
                    text.text = " · ".join(str(metadata[key]) for key in ("city", "doctype") if metadata.get(key))
            parts[name] = to_bytes(header)
        elif re.fullmatch(r"word/footer\d+\.xml", name):
            footer = etree.fromstring(parts[name])
            runs = [run(text, bold=bold) for text, bold in lines]
            for first in runs[:1]:
                footer.find(tag("p")).insert(1, first)
            for more in runs[1:]:
                footer.append(element("p", element("pPr", element("pStyle", val="Footer")), more))
            parts[name] = to_bytes(footer)


def _describe(parts: Parts, metadata: Mapping[str, Any]) -> None:
    """Write the document's properties, and drop the engine's own."""
    root = etree.Element(f"{{{_CORE}}}coreProperties", nsmap={"cp": _CORE, "dc": _DC, "dcterms": _TERMS, "xsi": _XSI})
    keywords = metadata.get("keywords") or []
    listed = keywords if isinstance(keywords, str) else ", ".join(markdown.read_back(str(each)) for each in keywords)
    for name, value in (
        (f"{{{_DC}}}title", metadata.get("title")),
        (f"{{{_DC}}}creator", metadata.get("office") or metadata.get("administration")),
        (f"{{{_CORE}}}keywords", listed),
        (f"{{{_DC}}}language", "da-DK"),
        (f"{{{_CORE}}}category", metadata.get("doctype")),
    ):
        if value:
            etree.SubElement(root, name).text = str(value)
    day = metadata.get("document-date")
    for name in ("created", "modified"):
        stamp = etree.SubElement(root, f"{{{_TERMS}}}{name}", {f"{{{_XSI}}}type": "dcterms:W3CDTF"})
        stamp.text = f"{day or '2000-01-01'}T00:00:00Z"
    parts["docProps/core.xml"] = to_bytes(root)
    _remove(parts, "docProps/custom.xml")


def _remove(parts: Parts, part: str) -> None:
    """Take a part out of the file, with its type and the relation that leads to it."""
    if parts.pop(part, None) is None:
        return
    for name, attribute in ((_TYPES, "PartName"), ("_rels/.rels", "Target")):
        root = etree.fromstring(parts[name])
        for entry in list(root):
            if entry.get(attribute, "").lstrip("/") == part:
                root.remove(entry)
        parts[name] = to_bytes(root)


# Styles and fonts ---------------------------------------------------------------------------------------------------


def _set_language(parts: Parts) -> None:
    """Say that the document is in the Danish of Denmark.

    »da« alone leaves Word without a dictionary. Pandoc's styles for program code go, and the ground that Quarto gives
    it: a notat has none, and a colleague's list of styles is long enough.
    """
    for name in ("word/styles.xml", "word/settings.xml"):
        root = etree.fromstring(parts[name])
        for language in root.iter(tag("lang"), tag("themeFontLang")):
            language.set(tag("val"), "da-DK")
        for style in root.findall(tag("style")):
            if style.get(tag("styleId"), "").endswith("Tok"):
                root.remove(style)
            elif style.get(tag("styleId")) == "SourceCode":
                for ground in list(style.iter(tag("shd"))):
                    ground.getparent().remove(ground)
        parts[name] = to_bytes(root)


def _indent_lists(parts: Parts) -> None:
    """Set lists near the margin, as on paper, whatever indents pandoc wrote."""
    numbering = etree.fromstring(parts["word/numbering.xml"])
    for level in numbering.iter(tag("lvl")):
        indent = level.find(f"{tag('pPr')}/{tag('ind')}")
        if indent is not None:
            indent.set(tag("left"), str(_LIST_INDENT * (int(level.get(tag("ilvl"))) + 1)))
            indent.set(tag("hanging"), str(_LIST_INDENT))
    parts["word/numbering.xml"] = to_bytes(numbering)


def _embed_fonts(parts: Parts, folder: Path) -> None:
    """Put the typefaces into the file, for the same look on every machine."""
    table = etree.fromstring(parts["word/fontTable.xml"])
    font = next((each for each in table if each.get(tag("name")) == "Open Sans"), None)
    if font is None:
        return
    relations = etree.Element("Relationships", nsmap={None: f"{_PACKAGE}/relationships"})
    for number, (name, weight) in enumerate(_EMBEDDED.items(), start=1):
        key = uuid.uuid5(_FONT_KEYS, weight)
        file = f"fonts/font{number}.odttf"
        parts[f"word/{file}"] = _scramble((folder / f"OpenSans-{weight}.ttf").read_bytes(), key)
        entry = etree.SubElement(font, tag(name), nsmap={"r": R})
        entry.set(f"{{{R}}}id", f"rId{number}")
        entry.set(tag("fontKey"), f"{{{str(key).upper()}}}")
        etree.SubElement(relations, "Relationship", Id=f"rId{number}", Type=f"{R}/font", Target=file)
    parts["word/fontTable.xml"] = to_bytes(table)
    parts["word/_rels/fontTable.xml.rels"] = to_bytes(relations)
    types = etree.fromstring(parts[_TYPES])
    kind = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
    types.insert(0, etree.Element(f"{{{_PACKAGE}/content-types}}Default", Extension="odttf", ContentType=kind))
    parts[_TYPES] = to_bytes(types)
    settings = etree.fromstring(parts["word/settings.xml"])
    before = {tag(name) for name in _VIEW}
    place = next((n for n, each in enumerate(settings) if each.tag not in before), len(settings))
    settings.insert(place, element("embedTrueTypeFonts"))
    parts["word/settings.xml"] = to_bytes(settings)


def _scramble(font: bytes, key: uuid.UUID) -> bytes:
    """Return a font as the format wants it (ECMA-376, part 4, 2.8.1)."""
    mask = key.bytes[::-1]
    return bytes(byte ^ mask[n % 16] for n, byte in enumerate(font[:32])) + font[32:]


# WordprocessingML ---------------------------------------------------------------------------------------------------


def tag(name: str) -> str:
    """Return the name of an element or attribute in its namespace."""
    return f"{{{W}}}{name}"


def element(name: str, /, *children: etree._Element, **attributes: str) -> etree._Element:
    """Return an element with attributes and children."""
    made = etree.Element(tag(name), {tag(key): value for key, value in attributes.items()})
    made.extend(children)
    return made


def run(text: str, look: etree._Element | None = None, *, bold: bool = False) -> etree._Element:
    """Return a run of text, with the look of another."""
    return _run(_text("t", text), look, bold=bold)


def field(instruction: str, result: str, look: etree._Element | None = None) -> list[etree._Element]:
    """Return the runs of a field, with the result that it has now."""
    return [
        _run(element("fldChar", fldCharType="begin"), look),
        _run(_text("instrText", f" {instruction} "), look),
        _run(element("fldChar", fldCharType="separate"), look),
        run(result, look),
        _run(element("fldChar", fldCharType="end"), look),
    ]


def _run(content: etree._Element, look: etree._Element | None, *, bold: bool = False) -> etree._Element:
    properties = element("rPr") if look is None else deepcopy(look)
    if bold:
        properties.insert(0, element("b"))
    return element("r", *([properties] if len(properties) else []), content)


def _text(name: str, text: str) -> etree._Element:
    """Return an element with a text whose spaces count."""
    made = element(name)
    made.set(_SPACE, "preserve")
    made.text = text
    return made


def to_bytes(root: etree._Element) -> bytes:
    """Return a part as bytes of XML."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
