"""Make reference.docx: the named styles, page, header and footer that pandoc gives every Word document.

Called by design.py with the tokens. Written part by part as Word keeps them, so that nothing depends on a template
of somebody else's, and the same tokens give the same bytes. What varies by notat (office, address, document type)
is filled in afterwards by ``aarsstatus.render.docx``.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE_TYPE = "application/vnd.openxmlformats-officedocument"
# Twentieths of a point (Word's "twips") in a millimetre.
TWIPS = 1440 / 25.4


def twips(millimetres: float) -> int:
    """Return a length in Word's unit."""
    return round(millimetres * TWIPS)


class Look:
    """The tokens in Word's units."""

    def __init__(self, tokens: dict[str, Any]) -> None:
        self.font: str = tokens["font"]
        self.colour = {name: value.lstrip("#") for name, value in tokens["colours"].items()}
        self.half_points = {name: round(2 * value) for name, value in tokens["sizes"].items()}
        page = tokens["page"]
        self.page = {name: twips(value) for name, value in page.items()}
        self.width = twips(page["width"] - page["left"] - page["right"])
        self.overhang = self.width - self.page["measure"]

    def run(self, size: str | None = None, colour: str | None = None, *, bold: bool = False, extra: str = "") -> str:
        """Return run properties, in the order that the schema wants."""
        return (
            "<w:rPr>"
            + ("<w:b/><w:bCs/>" if bold else "")
            + (f'<w:color w:val="{self.colour[colour]}"/>' if colour else "")
            + extra
            + (f'<w:sz w:val="{self.half_points[size]}"/><w:szCs w:val="{self.half_points[size]}"/>' if size else "")
            + "</w:rPr>"
        )

    def border(self, side: str, colour: str, eighths: int, space: int = 0) -> str:
        """Return one border: `eighths` of a point thick, `space` points away."""
        return f'<w:{side} w:val="single" w:sz="{eighths}" w:space="{space}" w:color="{self.colour[colour]}"/>'


def style(kind: str, name: str, inside: str = "", *, based_on: str = "", after: str = "", default: bool = False) -> str:
    """Return one style; its id is its name without spaces, which is also what pandoc does."""
    key = name.replace(" ", "")
    custom = "" if name in BUILT_IN else ' w:customStyle="1"'
    return (
        f'<w:style w:type="{kind}"{custom} w:styleId="{key}"{" w:default=" + quoteattr("1") if default else ""}>'
        f'<w:name w:val="{BUILT_IN.get(name, name)}"/>'
        + (f'<w:basedOn w:val="{based_on}"/>' if based_on else "")
        + (f'<w:next w:val="{after}"/>' if after else "")
        + f"<w:qFormat/>{inside}</w:style>"
    )


# Word's own names for its own styles.
BUILT_IN = {
    "Normal": "Normal", "Body Text": "Body Text", "Title": "Title", "Heading 1": "heading 1",
    "Heading 2": "heading 2", "Heading 3": "heading 3", "Header": "header", "Footer": "footer",
    "Caption": "caption", "Hyperlink": "Hyperlink", "Table Normal": "Normal Table",
    "Default Paragraph Font": "Default Paragraph Font", "Block Text": "Block Text",
    "Footnote Text": "footnote text", "Footnote Reference": "footnote reference",
}  # fmt: skip


def spacing(before: float, after: float, line: float | None = None) -> str:
    """Return paragraph spacing: points before and after, and the line height as a multiple."""
    height = f' w:line="{round(line * 240)}" w:lineRule="auto"' if line else ""
    return f'<w:spacing w:before="{round(before * 20)}" w:after="{round(after * 20)}"{height}/>'


def styles(look: Look) -> str:
    """Return word/styles.xml."""
    measure = f'<w:ind w:right="{look.overhang}"/>'
    keep = "<w:keepNext/><w:keepLines/>"
    heading = {1: ("heading", 13, 4), 2: ("subheading", 12, 4), 3: ("text", 10, 3)}
    frame = (
        f'<w:framePr w:w="{look.page["column"]}" w:hSpace="0" w:wrap="around" w:vAnchor="text" '
        'w:hAnchor="margin" w:xAlign="right" w:y="1"/>'
    )
    box = (
        f"<w:pBdr>{look.border('top', 'band', 4, 4)}{look.border('left', 'accent', 18, 6)}"
        f"{look.border('bottom', 'band', 4, 4)}</w:pBdr>"
        f'<w:shd w:val="clear" w:color="auto" w:fill="{look.colour["band"]}"/>'
    )
    no_hyphens = "<w:suppressAutoHyphens/>"
    defaults = (
        f'{HEAD}<w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr>'
        f'<w:rFonts w:ascii="{look.font}" w:hAnsi="{look.font}" w:eastAsia="{look.font}" w:cs="{look.font}"/>'
        f'<w:color w:val="{look.colour["ink"]}"/>'
        f'<w:sz w:val="{look.half_points["text"]}"/><w:szCs w:val="{look.half_points["text"]}"/>'
        '<w:lang w:val="da-DK" w:eastAsia="da-DK" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        f"<w:pPrDefault><w:pPr>{spacing(0, 5.5, 1.02)}</w:pPr></w:pPrDefault></w:docDefaults>"
    )
    parts = [
        defaults,
        style("character", "Default Paragraph Font", default=True),
        style("paragraph", "Normal", default=True),
        style("paragraph", "Body Text", f"<w:pPr>{measure}</w:pPr>", based_on="Normal"),
        style("paragraph", "First Paragraph", based_on="BodyText", after="BodyText"),
        style("paragraph", "Compact", f"<w:pPr>{spacing(0, 5.5)}<w:contextualSpacing/></w:pPr>", based_on="BodyText"),
        style("paragraph", "Block Text", based_on="BodyText"),
        style(
            "paragraph", "Title", f"<w:pPr>{keep}{no_hyphens}{spacing(0, 16, 0.9)}</w:pPr>"
            + look.run("title", "accent", bold=True), based_on="Normal", after="BodyText",
        ),
    ]  # fmt: skip
    for level, (size, before, after) in heading.items():
        inside = f'<w:pPr>{keep}{no_hyphens}{spacing(before, after, 1.1)}<w:ind w:right="{look.overhang}"/>'
        inside += f'<w:outlineLvl w:val="{level - 1}"/></w:pPr>' + look.run(size, "accent", bold=True)
        parts.append(style("paragraph", f"Heading {level}", inside, based_on="Normal", after="BodyText"))
    caption = look.run("caption", "ink")
    parts += [
        style("paragraph", "Caption", f"<w:pPr>{no_hyphens}{spacing(0, 4, 1.1)}</w:pPr>{caption}", based_on="Normal"),
        style("paragraph", "Table Caption", f"<w:pPr>{keep}{spacing(10, 3)}</w:pPr>", based_on="Caption"),
        style("paragraph", "Image Caption", f"<w:pPr><w:keepLines/>{spacing(2, 10)}</w:pPr>", based_on="Caption"),
        style("character", "Caption Label", look.run(colour="accent", bold=True)),
        style("paragraph", "Figure", f"<w:pPr><w:keepNext/>{spacing(5, 0)}</w:pPr>", based_on="Normal"),
        style("paragraph", "Captioned Figure", based_on="Figure"),
        style(
            "paragraph", "Tabeltekst", f"<w:pPr><w:keepNext/>{no_hyphens}{spacing(0, 0, 0.95)}</w:pPr>"
            + look.run("table"), based_on="Normal",
        ),
        style(
            "paragraph", "Tabelnoter", f"<w:pPr><w:keepLines/>{spacing(1.5, 0, 1)}</w:pPr>"
            + look.run("small", "muted"), based_on="Normal",
        ),
        style(
            "paragraph", "Sagsoplysninger", f"<w:pPr>{frame}{no_hyphens}{spacing(0, 4, 1)}</w:pPr>"
            + look.run("small"), based_on="Normal",
        ),
        style(
            "paragraph", "Tilstand",
            f'<w:pPr>{box}{spacing(0, 12)}<w:ind w:left="{twips(3)}" w:right="{look.overhang}"/></w:pPr>'
            + look.run("caption"), based_on="Normal",
        ),
        style(
            "paragraph", "Forsidetitel", f"<w:pPr>{keep}{no_hyphens}{spacing(0, 16, 0.9)}</w:pPr>"
            + look.run("title", "accent", bold=True), based_on="Normal", after="BodyText",
        ),
        style("paragraph", "Logo", f"<w:pPr>{spacing(0, 0)}</w:pPr>", based_on="Normal"),
        style(
            "paragraph", "Header", f"<w:pPr>{spacing(0, 0)}</w:pPr>"
            + look.run("doctype", "accent", bold=True, extra='<w:spacing w:val="16"/>'), based_on="Normal",
        ),
        style(
            "paragraph", "Footer",
            f'<w:pPr><w:tabs><w:tab w:val="right" w:pos="{look.width}"/></w:tabs>{spacing(0, 0, 1.05)}</w:pPr>'
            + look.run("small", "muted"), based_on="Normal",
        ),
        style("paragraph", "Footnote Text", look.run("small"), based_on="Normal"),
        style("character", "Footnote Reference", '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'),
        style("character", "Hyperlink", look.run(colour="accent", extra='<w:u w:val="single"/>')),
        style(
            "table", "Table Normal",
            '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/>'
            '<w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>', default=True,
        ),
        style(
            "table", "Table",
            f"<w:tblPr><w:tblBorders>{look.border('top', 'accent', 4)}{look.border('bottom', 'accent', 8)}"
            f"{look.border('insideH', 'line', 4)}</w:tblBorders>"
            f'<w:tblCellMar><w:top w:w="{twips(0.4)}" w:type="dxa"/><w:left w:w="{twips(1.4)}" w:type="dxa"/>'
            f'<w:bottom w:w="{twips(0.4)}" w:type="dxa"/><w:right w:w="{twips(1.4)}" w:type="dxa"/>'
            '</w:tblCellMar></w:tblPr><w:tcPr><w:vAlign w:val="center"/></w:tcPr>'
            f'<w:tblStylePr w:type="firstRow">{look.run(colour="accent", bold=True)}<w:tcPr><w:tcBorders>'
            f'{look.border("bottom", "accent", 8)}</w:tcBorders>'
            f'<w:shd w:val="clear" w:color="auto" w:fill="{look.colour["band"]}"/>'
            '<w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr>',
            based_on="TableNormal",
        ),
        "</w:styles>",
    ]  # fmt: skip
    return "".join(parts)


def field(instruction: str) -> str:
    """Return a field that Word keeps up to date in headers and footers."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def text(words: str) -> str:
    """Return a run of words."""
    return f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r>'


def parts(look: Look) -> dict[str, str]:
    """Return every part of the document by its name."""
    page = look.page
    rule = f'<w:pPr><w:pStyle w:val="Footer"/><w:pBdr>{look.border("top", "accent", 6, 4)}</w:pBdr></w:pPr>'
    footer = (
        f'{HEAD}<w:ftr xmlns:w="{W}"><w:p>{rule}<w:r><w:tab/></w:r>{text("Side ")}{field("PAGE")}{text(" af ")}'
        f"{field('NUMPAGES')}</w:p></w:ftr>"
    )
    header = '<w:hdr xmlns:w="%s"><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>%s</w:p></w:hdr>'
    relation = f'<Relationship Id="%s" Type="{R}/%s" Target="%s"/>'
    relations = (
        HEAD + '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
    )
    word = [
        ("styles", "styles"), ("settings", "settings"), ("fontTable", "fontTable"), ("numbering", "numbering"),
        ("footnotes", "footnotes"), ("theme", "theme/theme1"), ("webSettings", "webSettings"), ("comments", "comments"),
        ("header", "header1"), ("header", "header2"), ("footer", "footer1"), ("footer", "footer2"),
    ]  # fmt: skip
    kinds = {name: f"{OFFICE_TYPE}.wordprocessingml.{kind}+xml" for kind, name in word}
    kinds["theme/theme1"] = f"{OFFICE_TYPE}.theme+xml"
    overrides = "".join(f'<Override PartName="/word/{name}.xml" ContentType="{kind}"/>' for name, kind in kinds.items())
    section = (
        f'<w:sectPr xmlns:r="{R}"><w:headerReference w:type="default" r:id="rId10"/>'
        '<w:headerReference w:type="first" r:id="rId9"/><w:footerReference w:type="default" r:id="rId11"/>'
        '<w:footerReference w:type="first" r:id="rId12"/>'
        f'<w:pgSz w:w="{page["width"]}" w:h="{page["height"]}"/>'
        f'<w:pgMar w:top="{page["top"]}" w:right="{page["right"]}" w:bottom="{page["bottom"]}" w:left="{page["left"]}" '
        f'w:header="{twips(14)}" w:footer="{twips(11)}" w:gutter="0"/><w:titlePg/></w:sectPr>'
    )
    separators = "".join(
        f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>'
        for number, kind in ((-1, "separator"), (0, "continuationSeparator"))
    )
    return {
        "[Content_Types].xml": HEAD + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
        f'ContentType="{OFFICE_TYPE}.wordprocessingml.document.main+xml"/>{overrides}'
        '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
        f'<Override PartName="/docProps/app.xml" ContentType="{OFFICE_TYPE}.extended-properties+xml"/></Types>',
        "_rels/.rels": relations
        % (
            relation
            % ("rId1", "officeDocument", "word/document.xml")
            + '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/'
            'core-properties" Target="docProps/core.xml"/>'
            + relation
            % ("rId3", "extended-properties", "docProps/app.xml")
        ),
        "docProps/app.xml": HEAD
        + '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
        "docProps/core.xml": HEAD
        + '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
        "word/document.xml": f'{HEAD}<w:document xmlns:w="{W}"><w:body><w:p/>{section}</w:body></w:document>',
        "word/_rels/document.xml.rels": relations
        % "".join(relation % (f"rId{n}", kind, f"{name}.xml") for n, (kind, name) in enumerate(word, start=1)),
        "word/styles.xml": styles(look),
        "word/header1.xml": HEAD + header % (W, text("NOTAT")),
        "word/header2.xml": HEAD + header % (W, ""),
        "word/footer1.xml": footer,
        "word/footer2.xml": footer,
        "word/settings.xml": f'{HEAD}<w:settings xmlns:w="{W}"><w:defaultTabStop w:val="1134"/><w:compat>'
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
        '</w:compat><w:themeFontLang w:val="da-DK"/><w:decimalSymbol w:val=","/><w:listSeparator w:val=";"/>'
        "</w:settings>",
        "word/fontTable.xml": f'{HEAD}<w:fonts xmlns:w="{W}"><w:font w:name="{look.font}"><w:altName w:val="Segoe UI"/>'
        '<w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font></w:fonts>',
        "word/webSettings.xml": f'{HEAD}<w:webSettings xmlns:w="{W}"/>',
        "word/comments.xml": f'{HEAD}<w:comments xmlns:w="{W}"/>',
        "word/numbering.xml": f'{HEAD}<w:numbering xmlns:w="{W}"/>',
        "word/footnotes.xml": f'{HEAD}<w:footnotes xmlns:w="{W}">{separators}</w:footnotes>',
        "word/theme/theme1.xml": theme(look),
    }


def theme(look: Look) -> str:
    """Return a theme with our colours and font: Word offers them where a colleague picks a colour."""
    names = ("dk1:ink", "lt1:paper", "dk2:accent", "lt2:band", "accent1:accent", "accent2:muted", "accent3:line",
             "accent4:accent", "accent5:muted", "accent6:line", "hlink:accent", "folHlink:accent")  # fmt: skip
    colours = "".join(
        f'<a:{key}><a:srgbClr val="{look.colour[name]}"/></a:{key}>' for key, name in (n.split(":") for n in names)
    )
    face = f'<a:latin typeface="{look.font}"/><a:ea typeface=""/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    return (
        f'{HEAD}<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Notat"><a:themeElements>'
        f'<a:clrScheme name="Notat">{colours}</a:clrScheme>'
        f'<a:fontScheme name="Notat"><a:majorFont>{face}</a:majorFont><a:minorFont>{face}</a:minorFont></a:fontScheme>'
        f'<a:fmtScheme name="Notat"><a:fillStyleLst>{fill * 3}</a:fillStyleLst>'
        f"<a:lnStyleLst>{f'<a:ln>{fill}</a:ln>' * 3}</a:lnStyleLst>"
        f"<a:effectStyleLst>{'<a:effectStyle><a:effectLst/></a:effectStyle>' * 3}</a:effectStyleLst>"
        f"<a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )


def write(tokens: dict[str, Any], target: Path) -> None:
    """Write the document, byte for byte the same whenever and wherever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts(Look(tokens)).items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    target.write_bytes(buffer.getvalue())
