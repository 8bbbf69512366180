"""Finish a DOCX from either engine: what Word and a case system expect, and what pandoc does not write.

Captions are numbered by Word's own fields and references point to them, so that a colleague can insert a table and
press F9; header rows repeat, rows and tables stay whole; the footer, the document's properties and the fonts are
filled in. The result is the same bytes for the same input: no clock, and parts in a fixed order.
"""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Iterable, Mapping
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any, Literal

from lxml import etree

from aarsstatus import markdown

__all__ = ["finish"]

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CAPTIONS = {"TableCaption", "ImageCaption"}
# »Tabel 1: …« as both engines write it, with a no-break space.
_NUMBERED = re.compile(r"^(Tabel|Figur)[ \u00a0](\d+)")
_TARGET = re.compile(r"^(tabel|figur)-")
# Fixed, so that a font is always scrambled alike.
_FONT_KEYS = uuid.UUID("6d0f5f0e-7f0b-5d0c-9a44-2d5d3a1c7e10")
_EMBEDDED = {"embedRegular": "Regular", "embedBold": "Bold"}

_PACKED = 4
"""How hard zlib tries. As hard as it does unasked takes twice as long, and makes a fiftieth less of the typefaces."""

_Parts = dict[str, bytes]


def finish(path: Path, metadata: Mapping[str, Any], fonts: Path | None = None) -> None:
    """Finish the DOCX at `path`, in place.

    Parameters
    ----------
    path
        As pandoc or Quarto wrote it, with the extension's ``reference.docx``.
    metadata
        The notebook's front matter: ``title``, ``doctype``, ``office``, ``administration``, ``footer-address``,
        ``document-date``, ``keywords``.
    fonts
        A folder with the typefaces to embed (``OpenSans-Regular.ttf`` …); none are embedded without it.
    """
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    document = etree.fromstring(parts["word/document.xml"])
    _bring_to_front(document)
    _frame(document)
    _finish_tables(document)
    _keep_lead_ins(document)
    _number_captions(document)
    _describe_pictures(document)
    parts["word/document.xml"] = _bytes(document)
    said = {key: markdown.read_back(value) if isinstance(value, str) else value for key, value in metadata.items()}
    _fill_in(parts, said)
    _properties(parts, said)
    _styles_and_language(parts)
    _indent_lists(parts)
    if fonts is not None:
        _embed_fonts(parts, fonts)
    _write(path, parts)


# The body ---------------------------------------------------------------------------------------------------------


def _bring_to_front(document: etree._Element) -> None:
    """Set logo and cover sheet before the title, which pandoc has first; the cover is a section of its own."""
    body = document.find(_w("body"))
    title = next(iter(_styled(document, {"Title"})), None)
    if title is None:
        return
    for name in ("forside", "logo"):
        between = _bookmarked(body, name)
        for element in between:
            title.addprevious(element)
        if name == "forside" and between:
            title.addprevious(_end_of_section(body.find(_w("sectPr"))))


def _bookmarked(body: etree._Element, name: str) -> list[etree._Element]:
    """Return a bookmark of the body, from its start to its end, with what is in between."""
    start = next((each for each in body.iter(_w("bookmarkStart")) if each.get(_w("name")) == name), None)
    if start is None or start.getparent() is not body:
        return []
    found = [start]
    for element in start.itersiblings():
        found.append(element)
        if element.tag == _w("bookmarkEnd") and element.get(_w("id")) == start.get(_w("id")):
            return found
    return []


def _end_of_section(last: etree._Element) -> etree._Element:
    """Return a paragraph that ends a section like the document's last one, but without the notat's own header."""
    section = deepcopy(last)
    for tag in ("titlePg", "type"):
        for each in section.findall(_w(tag)):
            section.remove(each)
    for each in list(section):
        if each.tag in {_w("headerReference"), _w("footerReference")} and each.get(_w("type")) == "first":
            section.remove(each)
    kind = etree.Element(_w("type"))
    kind.set(_w("val"), "nextPage")
    references = [n for n, each in enumerate(section) if each.tag in {_w("headerReference"), _w("footerReference")}]
    section.insert(references[-1] + 1 if references else 0, kind)
    paragraph = etree.Element(_w("p"))
    etree.SubElement(paragraph, _w("pPr")).append(section)
    return paragraph


def _frame(document: etree._Element) -> None:
    """Set the frames of right-hand column and logo on their paragraphs themselves: LibreOffice ignores a style's."""
    for style, values in (("Sagsoplysninger", _FRAME), ("Logo", _LOGO_FRAME)):
        for paragraph in _styled(document, {style}):
            frame = etree.Element(_w("framePr"))
            for name, value in values.items():
                frame.set(_w(name), value)
            _properties_of(paragraph).insert(1, frame)


# Twips; the same as the style's in make_reference.py (a test compares them).
_FRAME = {
    "w": "2098", "hSpace": "0", "wrap": "around", "vAnchor": "text", "hAnchor": "margin", "xAlign": "right", "y": "1",
}  # fmt: skip
# At the right of the first page's header.
_LOGO_FRAME = {"wrap": "around", "vAnchor": "page", "hAnchor": "margin", "xAlign": "right", "y": "510"}


def _finish_tables(document: etree._Element) -> None:
    """Mark header row and header column, keep rows and tables whole, and name each table by its caption."""
    for table in document.iter(_w("tbl")):
        rows = table.findall(_w("tr"))
        properties = table.find(_w("tblPr"))
        look = properties.find(_w("tblLook"))
        if look is not None:
            look.set(_w("firstRow"), "1")
            look.set(_w("firstColumn"), "1")
            look.set(_w("val"), "00A0")
        caption = _beside(table, "previous")
        if caption is not None and _style(caption) in _CAPTIONS:
            name = etree.SubElement(properties, _w("tblCaption"))
            name.set(_w("val"), "".join(caption.itertext(_w("t"))))
        for number, row in enumerate(rows):
            row_properties = row.find(_w("trPr"))
            if row_properties is None:
                row_properties = etree.Element(_w("trPr"))
                row.insert(0, row_properties)
            row_properties.insert(0, etree.Element(_w("cantSplit")))
            if number == 0 and row_properties.find(_w("tblHeader")) is None:
                row_properties.append(etree.Element(_w("tblHeader")))
        following = _beside(table, "next")
        notes_follow = following is not None and _style(following) == "Tabelnoter"
        for row in rows if notes_follow else rows[:-1]:
            for paragraph in row.iter(_w("p")):
                _keep_with_next(paragraph)
    notes = list(_styled(document, {"Tabelnoter"}))
    for paragraph in notes:
        following = _beside(paragraph, "next")
        if following is not None and _style(following) == "Tabelnoter":
            _keep_with_next(paragraph)


def _keep_lead_ins(document: etree._Element) -> None:
    """Keep a paragraph that is all between a heading and a table or figure with that; the heading's style keeps it."""
    for paragraph in document.iter(_w("p")):
        before, after = _beside(paragraph, "previous"), _beside(paragraph, "next")
        if before is None or after is None or not (_style(before) or "").startswith("Heading"):
            continue
        if _style(after) in {"TableCaption", "CaptionedFigure"}:
            _keep_with_next(paragraph)


def _number_captions(document: etree._Element) -> None:
    """Make the numbers of captions fields that count, and the references to them fields that follow."""
    marks: dict[str, str] = {}
    free = 1 + max((int(mark.get(_w("id"))) for mark in document.iter(_w("bookmarkStart"))), default=0)
    target: str | None = None
    for element in list(document.iter(_w("bookmarkStart"), _w("p"))):
        if element.tag == _w("bookmarkStart"):
            name = element.get(_w("name"))
            target = name if _TARGET.match(name) else target
        elif _style(element) in _CAPTIONS and target is not None:
            marks[target] = "_Ref_" + re.sub(r"\W", "_", target)
            if _number_caption(element, marks[target], str(free)):
                free += 1
            target = None
    for link in list(document.iter(_w("hyperlink"))):
        mark = marks.get(link.get(_w("anchor"), ""))
        if mark is not None:
            _follow(link, mark)


def _number_caption(caption: etree._Element, mark: str, identifier: str) -> bool:
    """Turn the number at the start of a caption into a field with a bookmark around it."""
    runs = [run for run in caption.iter(_w("r")) if run.find(_w("t")) is not None]
    taken, text = 0, ""
    while taken < len(runs) and not re.match(r"^\w+[ \u00a0]\d+\D", text):
        text += "".join(runs[taken].itertext(_w("t")))
        taken += 1
    match = _NUMBERED.match(text)
    if match is None:
        return False
    first = runs[0]
    parent = first.getparent()
    place = parent.index(first)
    look = first.find(_w("rPr"))
    for run in runs[:taken]:
        run.getparent().remove(run)
    start, end = etree.Element(_w("bookmarkStart")), etree.Element(_w("bookmarkEnd"))
    start.set(_w("id"), identifier)
    start.set(_w("name"), mark)
    end.set(_w("id"), identifier)
    mark_style = etree.Element(_w("rPr"))
    etree.SubElement(mark_style, _w("rStyle")).set(_w("val"), "CaptionLabel")
    label = _run(f"{match[1]}\u00a0", mark_style)
    number = _field(f"SEQ {match[1]} \\* ARABIC", match[2], mark_style)
    rest = text[match.end() :]
    colon = [_run(":", mark_style)] if rest.startswith(":") else []
    for offset, element in enumerate([label, start, *number, end, *colon, _run(rest.removeprefix(":"), look)]):
        parent.insert(place + offset, element)
    return True


def _follow(link: etree._Element, mark: str) -> None:
    """Replace a link such as »tabel 1« by its word and a field that repeats the caption's number."""
    text = "".join(link.itertext(_w("t")))
    match = re.search(r"\d+$", text)
    if match is None:
        return
    parent, place = link.getparent(), link.getparent().index(link)
    before = [_run(text[: match.start()], None)] if match.start() else []
    parent.remove(link)
    for offset, element in enumerate([*before, *_field(f"REF {mark} \\h", match[0], None)]):
        parent.insert(place + offset, element)


def _describe_pictures(document: etree._Element) -> None:
    """Give every picture a number and a name of its own; pandoc's come from the file's. It has no margin."""
    for inline in document.iter(f"{{{_WP}}}inline"):
        for side in "TBLR":
            inline.set(f"dist{side}", "0")  # LibreOffice would indent it
    for number, picture in enumerate(document.iter(f"{{{_WP}}}docPr"), start=1):
        picture.set("id", str(number))
        picture.set("name", f"Figur {number}")
        picture.attrib.pop("title", None)
    for picture in document.iter("{http://schemas.openxmlformats.org/drawingml/2006/picture}cNvPr"):
        picture.set("descr", "")  # the file's name; the description is the one above


# The other parts --------------------------------------------------------------------------------------------------


def _fill_in(parts: _Parts, metadata: Mapping[str, Any]) -> None:
    """Write the document type in the first page's header, and office and address in the footers."""
    office = metadata.get("office")
    address = " · ".join(str(metadata[key]) for key in ("administration", "footer-address") if metadata.get(key))
    for name in sorted(parts):
        if re.fullmatch(r"word/header\d+\.xml", name) and metadata.get("doctype"):
            header = etree.fromstring(parts[name])
            for text in header.iter(_w("t")):
                if text.text:
                    text.text = str(metadata["doctype"])
            parts[name] = _bytes(header)
        elif re.fullmatch(r"word/footer\d+\.xml", name):
            footer = etree.fromstring(parts[name])
            first = footer.find(_w("p"))
            lines = [(text, bold) for text, bold in ((office, True), (address, False)) if text]
            for number, (text, bold) in enumerate(lines):
                run = _run(str(text), None, bold=bold)
                if number == 0:
                    first.insert(1, run)
                    continue
                line = etree.SubElement(footer, _w("p"))
                style = etree.SubElement(etree.SubElement(line, _w("pPr")), _w("pStyle"))
                style.set(_w("val"), "Footer")
                line.append(run)
            parts[name] = _bytes(footer)


def _properties(parts: _Parts, metadata: Mapping[str, Any]) -> None:
    """Write title, office, language, keywords and dates; drop the engine's own properties."""
    core = f"{_PACKAGE}/metadata/core-properties"
    dc, terms = "http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"
    xsi = "http://www.w3.org/2001/XMLSchema-instance"
    root = etree.Element(f"{{{core}}}coreProperties", nsmap={"cp": core, "dc": dc, "dcterms": terms, "xsi": xsi})
    keywords = metadata.get("keywords") or []
    values = [
        (f"{{{dc}}}title", metadata.get("title")),
        (f"{{{dc}}}creator", metadata.get("office") or metadata.get("administration")),
        (
            f"{{{core}}}keywords",
            keywords if isinstance(keywords, str) else ", ".join(markdown.read_back(str(each)) for each in keywords),
        ),
        (f"{{{dc}}}language", "da-DK"),
        (f"{{{core}}}category", metadata.get("doctype")),
    ]
    for name, value in values:
        if value:
            etree.SubElement(root, name).text = str(value)
    day = metadata.get("document-date")
    moment = f"{day.isoformat() if isinstance(day, date) else day or '2000-01-01'}T00:00:00Z"
    for name in ("created", "modified"):
        stamp = etree.SubElement(root, f"{{{terms}}}{name}")
        stamp.set(f"{{{xsi}}}type", "dcterms:W3CDTF")
        stamp.text = moment
    parts["docProps/core.xml"] = _bytes(root)
    _remove(parts, "docProps/custom.xml")


def _remove(parts: _Parts, part: str) -> None:
    """Take a part out of the package, with its type and the relation that leads to it."""
    if parts.pop(part, None) is None:
        return
    for name, attribute, value in (
        ("[Content_Types].xml", "PartName", f"/{part}"),
        ("_rels/.rels", "Target", part),
    ):
        root = etree.fromstring(parts[name])
        for entry in list(root):
            if entry.get(attribute, "").lstrip("/") == value.lstrip("/"):
                root.remove(entry)
        parts[name] = _bytes(root)


def _styles_and_language(parts: _Parts) -> None:
    """Say that the document is in Danish as written in Denmark (»da« alone leaves Word without a dictionary).

    Pandoc's styles for program code go, and the ground that Quarto gives it: a notat has none, and a colleague's
    list of styles is long enough.
    """
    for name in ("word/styles.xml", "word/settings.xml"):
        root = etree.fromstring(parts[name])
        for element in root.iter(_w("lang"), _w("themeFontLang")):
            element.set(_w("val"), "da-DK")
        for style in root.findall(_w("style")):
            if style.get(_w("styleId"), "").endswith("Tok"):
                root.remove(style)
            elif style.get(_w("styleId")) == "SourceCode":
                for ground in list(style.iter(_w("shd"))):
                    ground.getparent().remove(ground)
        parts[name] = _bytes(root)


def _indent_lists(parts: _Parts) -> None:
    """Set lists near the margin, as on paper; pandoc writes its own indents, whatever the reference document says."""
    numbering = etree.fromstring(parts["word/numbering.xml"])
    for level in numbering.iter(_w("lvl")):
        indent = level.find(f"{_w('pPr')}/{_w('ind')}")
        if indent is not None:
            indent.set(_w("left"), str(_LIST_INDENT * (int(level.get(_w("ilvl"))) + 1)))
            indent.set(_w("hanging"), str(_LIST_INDENT))
    parts["word/numbering.xml"] = _bytes(numbering)


_LIST_INDENT = 255  # twips: 4.5 mm


def _embed_fonts(parts: _Parts, folder: Path) -> None:
    """Embed the typefaces, scrambled as the format wants, so that the notat looks the same on every machine."""
    table = etree.fromstring(parts["word/fontTable.xml"])
    font = next((each for each in table if each.get(_w("name")) == "Open Sans"), None)
    if font is None:
        return
    relations = etree.Element("Relationships", nsmap={None: f"{_PACKAGE}/relationships"})
    for number, (element, weight) in enumerate(_EMBEDDED.items(), start=1):
        content = (folder / f"OpenSans-{weight}.ttf").read_bytes()
        key = uuid.uuid5(_FONT_KEYS, weight)
        parts[f"word/fonts/font{number}.odttf"] = _scramble(content, key)
        entry = etree.SubElement(font, _w(element), nsmap={"r": R})
        entry.set(f"{{{R}}}id", f"rId{number}")
        entry.set(_w("fontKey"), f"{{{str(key).upper()}}}")
        relation = etree.SubElement(relations, "Relationship")
        relation.set("Id", f"rId{number}")
        relation.set("Type", f"{R}/font")
        relation.set("Target", f"fonts/font{number}.odttf")
    parts["word/fontTable.xml"] = _bytes(table)
    parts["word/_rels/fontTable.xml.rels"] = _bytes(relations)
    types = etree.fromstring(parts["[Content_Types].xml"])
    kind = etree.Element(f"{{{_PACKAGE}/content-types}}Default")
    kind.set("Extension", "odttf")
    kind.set("ContentType", "application/vnd.openxmlformats-officedocument.obfuscatedFont")
    types.insert(0, kind)
    parts["[Content_Types].xml"] = _bytes(types)
    settings = etree.fromstring(parts["word/settings.xml"])
    # The schema wants these early: before everything but the view.
    place = next((n for n, each in enumerate(settings) if each.tag not in _VIEW), len(settings))
    settings.insert(place, etree.Element(_w("embedTrueTypeFonts")))
    parts["word/settings.xml"] = _bytes(settings)


def _scramble(font: bytes, key: uuid.UUID) -> bytes:
    """Return a font with its first 32 bytes combined with its key (ECMA-376, part 4, 2.8.1)."""
    mask = key.bytes[::-1]
    return bytes(byte ^ mask[n % 16] for n, byte in enumerate(font[:32])) + font[32:]


# Small things -----------------------------------------------------------------------------------------------------


def _w(name: str) -> str:
    return f"{{{W}}}{name}"


_PARAGRAPH, _PATH_TO_STYLE, _VALUE = _w("p"), f"{_w('pPr')}/{_w('pStyle')}", _w("val")  # asked for a thousand times
_VIEW = {_w(name) for name in ("writeProtection", "view", "zoom", "removePersonalInformation", "removeDateAndTime",
                               "doNotDisplayPageBoundaries", "displayBackgroundShape", "printPostScriptOverText",
                               "printFractionalCharacterWidth", "printFormsData")}  # fmt: skip


def _style(element: etree._Element) -> str | None:
    """Return the paragraph's style id, None for anything else."""
    found = element.find(_PATH_TO_STYLE) if element.tag == _PARAGRAPH else None
    return None if found is None else str(found.get(_VALUE))


def _styled(document: etree._Element, names: Iterable[str]) -> Iterable[etree._Element]:
    """Yield the paragraphs that have one of these styles."""
    wanted = set(names)
    return (each for each in document.iter(_w("p")) if _style(each) in wanted)


def _beside(element: etree._Element, side: Literal["previous", "next"]) -> etree._Element | None:
    """Return what stands before or after an element, looking past bookmarks."""
    found = element
    while True:
        found = found.getprevious() if side == "previous" else found.getnext()
        if found is None or found.tag not in {_w("bookmarkStart"), _w("bookmarkEnd")}:
            return found


def _properties_of(paragraph: etree._Element) -> etree._Element:
    """Return a paragraph's properties, made when it has none."""
    found = paragraph.find(_w("pPr"))
    if found is None:
        found = etree.Element(_w("pPr"))
        paragraph.insert(0, found)
    return found


def _keep_with_next(paragraph: etree._Element) -> None:
    """Keep a paragraph on the page of the next one."""
    properties = _properties_of(paragraph)
    if properties.find(_w("keepNext")) is None:
        # The schema wants it right after the style.
        properties.insert(1 if properties.find(_w("pStyle")) is not None else 0, etree.Element(_w("keepNext")))


def _run(text: str, look: etree._Element | None, *, bold: bool = False) -> etree._Element:
    """Return a run of text with the look of another."""
    run = etree.Element(_w("r"))
    _look(run, look, bold=bold)
    words = etree.SubElement(run, _w("t"))
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    words.text = text
    return run


def _look(run: etree._Element, look: etree._Element | None, *, bold: bool) -> None:
    properties = deepcopy(look) if look is not None else etree.Element(_w("rPr"))
    if bold:
        properties.insert(0, etree.Element(_w("b")))
    if len(properties):
        run.append(properties)


def _field(instruction: str, result: str, look: etree._Element | None) -> list[etree._Element]:
    """Return the runs of a field, with the result that it has now."""
    runs = []
    for kind in ("begin", None, "separate", "", "end"):
        if kind == "":
            runs.append(_run(result, look))
            continue
        run = etree.Element(_w("r"))
        _look(run, look, bold=False)
        if kind is None:
            code = etree.SubElement(run, _w("instrText"))
            code.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            code.text = f" {instruction} "
        else:
            etree.SubElement(run, _w("fldChar")).set(_w("fldCharType"), kind)
        runs.append(run)
    return runs


def _bytes(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _write(path: Path, parts: _Parts) -> None:
    """Write the package with its list of types first, the rest by name, and no time in it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts, key=lambda part: (part != "[Content_Types].xml", part != "_rels/.rels", part)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, parts[name], compresslevel=_PACKED)
    path.write_bytes(buffer.getvalue())
