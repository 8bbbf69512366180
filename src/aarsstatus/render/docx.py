"""Finish the text of a DOCX with all that Word expects and pandoc leaves out.

Captions are numbered by Word's own fields and references point to them, so that a colleague can insert a table and
press F9; header rows repeat, rows and tables stay whole. The other parts of the file are finished in `docx_parts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, Literal

from lxml import etree

from aarsstatus import danish
from aarsstatus.markdown import sentences
from aarsstatus.render.docx_parts import element, field, finish_parts, read, run, tag, to_bytes, write

_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_PIC = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_CAPTIONS = {"TableCaption", "ImageCaption"}
_NUMBERED = re.compile(r"^(Tabel|Figur)[ \u00a0](\d+)")
"""»Tabel 1: …« as both engines write it, with a no-break space."""
_TARGET = re.compile(r"^(tabel|figur)-")
# Twips; the same as the style's in make_reference.py (a test compares them).
_FRAME = {
    "w": "2098", "hSpace": "0", "wrap": "around", "vAnchor": "text", "hAnchor": "margin", "xAlign": "right", "y": "1",
}  # fmt: skip
# At the right of the first page's header.
_LOGO_FRAME = {"wrap": "around", "vAnchor": "page", "hAnchor": "margin", "xAlign": "right", "y": "510"}


def finish(path: Path, metadata: Mapping[str, Any], fonts: Path) -> None:
    """Finish a DOCX, in place, as pandoc or Quarto wrote it.

    `metadata` is the notebook's front matter, and `fonts` the folder of the typefaces to embed.
    """
    parts = read(path)
    document = etree.fromstring(parts["word/document.xml"])
    _bring_to_front(document)
    for style, values in (("Sagsoplysninger", _FRAME), ("Logo", _LOGO_FRAME)):
        for paragraph in _styled(document, style):  # on the paragraph itself: LibreOffice ignores a style's frame
            _properties_of(paragraph).insert(1, element("framePr", **values))
    _finish_tables(document)
    _keep_lead_ins(document)
    _number_captions(document)
    _describe_pictures(document)
    parts["word/document.xml"] = to_bytes(document)
    finish_parts(parts, metadata, fonts)
    write(path, parts)


# The order of the text ----------------------------------------------------------------------------------------------


def _bring_to_front(document: etree._Element) -> None:
    """Set logo and cover sheet, a section of its own, before the title."""
    body = document.find(tag("body"))
    title = next(_styled(document, "Title"), None)
    if title is None:
        return
    for name in ("forside", "logo"):
        between = _bookmarked(body, name)
        for each in between:
            title.addprevious(each)
        if name == "forside" and between:
            title.addprevious(_end_of_section(body.find(tag("sectPr"))))


def _bookmarked(body: etree._Element, name: str) -> list[etree._Element]:
    """Return a bookmark of the body with what it holds, from start to end."""
    start = next((each for each in body.findall(tag("bookmarkStart")) if each.get(tag("name")) == name), None)
    if start is None:
        return []
    found = [start]
    for each in start.itersiblings():
        found.append(each)
        if each.tag == tag("bookmarkEnd") and each.get(tag("id")) == start.get(tag("id")):
            return found
    return []


def _end_of_section(last: etree._Element) -> etree._Element:
    """Return the end of a section like the last one, without the notat's own header."""
    section = deepcopy(last)
    references = {tag("headerReference"), tag("footerReference")}
    for each in list(section):
        first = each.tag in references and each.get(tag("type")) == "first"
        if first or each.tag in {tag("titlePg"), tag("type")}:
            section.remove(each)
    places = [n for n, each in enumerate(section) if each.tag in references]
    section.insert(places[-1] + 1 if places else 0, element("type", val="nextPage"))
    return element("p", element("pPr", section))


# Tables -------------------------------------------------------------------------------------------------------------


def _finish_tables(document: etree._Element) -> None:
    """Mark the headers of tables, keep them whole, and name each by its caption."""
    for table in document.iter(tag("tbl")):
        properties = table.find(tag("tblPr"))
        look = properties.find(tag("tblLook"))
        if look is not None:
            for name, value in (("firstRow", "1"), ("firstColumn", "1"), ("val", "00A0")):
                look.set(tag(name), value)
        caption = _beside(table, "previous")
        if caption is not None and _style(caption) in _CAPTIONS:
            properties.append(element("tblCaption", val=_text(caption)))
        rows = table.findall(tag("tr"))
        if merged := _merged([row.findall(tag("tc")) for row in rows]):
            properties.append(element("tblDescription", val=merged))
        for number, row in enumerate(rows):
            _keep_row_whole(row, repeated=number == 0)
        notes_follow = _style(_beside(table, "next")) == "Tabelnoter"
        for row in rows if notes_follow else rows[:-1]:
            for paragraph in row.iter(tag("p")):
                _keep_with_next(paragraph)
    for paragraph in _styled(document, "Tabelnoter"):
        if _style(_beside(paragraph, "next")) == "Tabelnoter":
            _keep_with_next(paragraph)


def _merged(rows: Sequence[Sequence[etree._Element]]) -> str:
    """Say of what a table's merged cells are the joint numbers: its alternative text."""
    told: dict[str, list[str]] = {}
    for column, head in enumerate(rows[0]):
        spanned: list[str] = []
        for cells in [*rows[1:], ()]:
            merge = cells[column].find(f"{tag('tcPr')}/{tag('vMerge')}") if column < len(cells) else None
            if merge is None or merge.get(tag("val")) == "restart":
                if len(spanned) > 1:
                    told.setdefault(danish.join(spanned), []).append(_text(head))
                spanned = []
            if merge is not None:
                spanned.append(_text(cells[0]))
    return sentences([f"{danish.join(heads)} er fælles for {joint}" for joint, heads in told.items()])


def _text(of: etree._Element) -> str:
    return "".join(of.itertext(tag("t")))


def _keep_row_whole(row: etree._Element, *, repeated: bool) -> None:
    """Keep a row on one page; one that is `repeated` heads the table on every page."""
    properties = _properties_of(row, "trPr")
    properties.insert(0, element("cantSplit"))
    if repeated and properties.find(tag("tblHeader")) is None:
        properties.append(element("tblHeader"))


def _keep_lead_ins(document: etree._Element) -> None:
    """Keep a paragraph alone between a heading and a table or figure with both."""
    for paragraph in document.iter(tag("p")):
        heading, after = _style(_beside(paragraph, "previous")), _style(_beside(paragraph, "next"))
        if heading.startswith("Heading") and after in {"TableCaption", "CaptionedFigure"}:
            _keep_with_next(paragraph)


# Captions -----------------------------------------------------------------------------------------------------------


def _number_captions(document: etree._Element) -> None:
    """Make numbers of captions fields that count, and references fields that follow."""
    marks: dict[str, str] = {}
    free = 1 + max((int(mark.get(tag("id"))) for mark in document.iter(tag("bookmarkStart"))), default=0)
    target: str | None = None
    for each in list(document.iter(tag("bookmarkStart"), tag("p"))):
        if each.tag == tag("bookmarkStart"):
            name = each.get(tag("name"))
            target = name if _TARGET.match(name) else target
        elif _style(each) in _CAPTIONS and target is not None:
            marks[target] = "_Ref_" + re.sub(r"\W", "_", target)
            if _number_caption(each, marks[target], str(free)):
                free += 1
            target = None
    for link in list(document.iter(tag("hyperlink"))):
        mark = marks.get(link.get(tag("anchor"), ""))
        if mark is not None:
            _follow(link, mark)


def _number_caption(caption: etree._Element, mark: str, identifier: str) -> bool:
    """Turn the number in a caption into a field with a bookmark around it."""
    runs = [each for each in caption.iter(tag("r")) if each.find(tag("t")) is not None]
    taken, text = 0, ""
    while taken < len(runs) and not re.match(r"^\w+[ \u00a0]\d+\D", text):
        text += "".join(runs[taken].itertext(tag("t")))
        taken += 1
    match = _NUMBERED.match(text)
    if match is None:
        return False
    parent = runs[0].getparent()
    place, look = parent.index(runs[0]), runs[0].find(tag("rPr"))
    for each in runs[:taken]:
        each.getparent().remove(each)
    label = element("rPr", element("rStyle", val="CaptionLabel"))
    rest = text[match.end() :]
    new = [
        run(f"{match[1]}\u00a0", label),
        element("bookmarkStart", id=identifier, name=mark),
        *field(f"SEQ {match[1]} \\* ARABIC", match[2], label),
        element("bookmarkEnd", id=identifier),
        *([run(":", label)] if rest.startswith(":") else []),
        run(rest.removeprefix(":"), look),
    ]
    parent[place:place] = new
    return True


def _follow(link: etree._Element, mark: str) -> None:
    """Replace a link such as »tabel 1« by a field that repeats the caption's number."""
    text = "".join(link.itertext(tag("t")))
    match = re.search(r"\d+$", text)
    if match is None:
        return
    parent, place = link.getparent(), link.getparent().index(link)
    before = [run(text[: match.start()])] if match.start() else []
    parent[place : place + 1] = [*before, *field(f"REF {mark} \\h", match[0])]


# Pictures and paragraphs --------------------------------------------------------------------------------------------


def _describe_pictures(document: etree._Element) -> None:
    """Give every picture a number, a name that is not its file's, and no margin."""
    for inline in document.iter(f"{{{_WP}}}inline"):
        for side in "TBLR":
            inline.set(f"dist{side}", "0")  # LibreOffice would indent it
    for number, picture in enumerate(document.iter(f"{{{_WP}}}docPr"), start=1):
        picture.set("id", str(number))
        picture.set("name", f"Figur {number}")
        picture.attrib.pop("title", None)
    for picture in document.iter(f"{{{_PIC}}}cNvPr"):
        picture.set("descr", "")  # the file's name; the description is the one above


def _style(paragraph: etree._Element | None) -> str:
    """Return a paragraph's style, empty for anything else."""
    if paragraph is None or paragraph.tag != tag("p"):
        return ""
    found = paragraph.find(f"{tag('pPr')}/{tag('pStyle')}")
    return "" if found is None else str(found.get(tag("val")))


def _styled(document: etree._Element, style: str) -> Iterator[etree._Element]:
    return (each for each in document.iter(tag("p")) if _style(each) == style)


def _beside(paragraph: etree._Element, side: Literal["previous", "next"]) -> etree._Element | None:
    """Return what stands before or after an element, looking past bookmarks."""
    siblings = paragraph.itersiblings(preceding=side == "previous")
    return next((each for each in siblings if each.tag not in {tag("bookmarkStart"), tag("bookmarkEnd")}), None)


def _properties_of(of: etree._Element, name: str = "pPr") -> etree._Element:
    """Return the properties of a paragraph, or of a row, made when it has none."""
    found = of.find(tag(name))
    if found is None:
        found = element(name)
        of.insert(0, found)
    return found


def _keep_with_next(paragraph: etree._Element) -> None:
    properties = _properties_of(paragraph)
    if properties.find(tag("keepNext")) is None:
        # The schema wants it right after the style.
        properties.insert(1 if properties.find(tag("pStyle")) is not None else 0, element("keepNext"))
