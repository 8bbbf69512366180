"""Spreadsheets by other writers than the reader: openpyxl, XlsxWriter, and XML and records written by hand.

A sheet is a list of rows. A cell is a text, a number, a date, None, an `Error` or a `Formula` without a result.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import xlsxwriter
from openpyxl.utils import get_column_letter as letters

EPOCH = date(1899, 12, 30)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
ERROR_NUMBERS = {
    "#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42, "#GETTING_DATA": 43,
}  # fmt: skip


@dataclass(frozen=True)
class Error:
    """What a cell shows instead of a value."""

    text: str = "#N/A"


@dataclass(frozen=True)
class Formula:
    """A formula that nobody has worked out."""

    text: str = "D2+1"


@dataclass
class Sheet:
    """Rows, and what is hidden and merged; numbered from 1."""

    rows: Sequence[Sequence[object]]
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()
    merged: Sequence[tuple[int, int, int, int]] = field(default=())


def by_openpyxl(sheet: Sheet) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    for number, row in enumerate(sheet.rows, start=1):
        for place, cell in enumerate(row, start=1):
            value = cell.text if isinstance(cell, Error) else f"={cell.text}" if isinstance(cell, Formula) else cell
            page.cell(number, place).value = value
    for number in sheet.hidden_rows:
        page.row_dimensions[number].hidden = True
    for place in sheet.hidden_columns:
        page.column_dimensions[letters(place)].hidden = True
    for top, left, below, right in sheet.merged:
        page.merge_cells(start_row=top, start_column=left, end_row=below, end_column=right)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def by_xlsxwriter(sheet: Sheet) -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    page, days = book.add_worksheet(), book.add_format({"num_format": "dd-mm-yyyy"})
    for top, left, below, right in sheet.merged:
        page.merge_range(top - 1, left - 1, below - 1, right - 1, "")
    for number, row in enumerate(sheet.rows):
        for place, cell in enumerate(row):
            if isinstance(cell, Error):
                page.write_formula(number, place, "=NA()", None, cell.text)
            elif isinstance(cell, Formula):
                page.write_formula(number, place, f"={cell.text}", days)
            elif isinstance(cell, date):
                page.write_datetime(number, place, cell, days)
            elif cell is not None:
                page.write(number, place, cell)
    for number in sheet.hidden_rows:
        page.set_row(number - 1, None, None, {"hidden": True})
    for place in sheet.hidden_columns:
        page.set_column(place - 1, place - 1, None, None, {"hidden": True})
    book.close()
    return made.getvalue()


def zipped(parts: dict[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return made.getvalue()


def by_hand(sheet: Sheet, *, workbook: str = "", prefix: str = "") -> bytes:
    """Write XLSX as little as Excel needs; dates are formatted by the one style."""
    x = prefix

    def cell(number: int, place: int, value: object) -> str:
        where = f'r="{letters(place)}{number}"'
        if isinstance(value, Error):
            return f'<{x}c {where} t="e"><{x}v>{value.text}</{x}v></{x}c>'
        if isinstance(value, Formula):
            return f'<{x}c {where} s="1"><{x}f>{value.text}</{x}f></{x}c>'
        if isinstance(value, date):
            return f'<{x}c {where} s="1"><{x}v>{(value - EPOCH).days}</{x}v></{x}c>'
        if isinstance(value, int | float):
            return f"<{x}c {where}><{x}v>{value}</{x}v></{x}c>"
        if value is None:
            return ""
        return f'<{x}c {where} t="inlineStr"><{x}is><{x}t>{escape(str(value))}</{x}t></{x}is></{x}c>'

    rows = "".join(
        f'<{x}row r="{number}"{" hidden=" + chr(34) + "1" + chr(34) if number in sheet.hidden_rows else ""}>'
        + "".join(cell(number, place, value) for place, value in enumerate(row, start=1))
        + f"</{x}row>"
        for number, row in enumerate(sheet.rows, start=1)
    )
    columns = "".join(f'<{x}col min="{place}" max="{place}" width="9" hidden="1"/>' for place in sheet.hidden_columns)
    merged = "".join(
        f'<{x}mergeCell ref="{letters(left)}{top}:{letters(right)}{below}"/>'
        for top, left, below, right in sheet.merged
    )
    space = f'xmlns{":" + prefix[:-1] if prefix else ""}="{MAIN}"'
    return package(
        {
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{workbook}<sheets>'
            '<sheet name="Ark1" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
            "</styleSheet>",
            "xl/worksheets/sheet1.xml": f"<{x}worksheet {space}>"
            + (f"<{x}cols>{columns}</{x}cols>" if columns else "")
            + f"<{x}sheetData>{rows}</{x}sheetData>"
            + (f"<{x}mergeCells>{merged}</{x}mergeCells>" if merged else "")
            + f"</{x}worksheet>",
        },
        "xml",
    )


def package(parts: dict[str, str | bytes], ending: str) -> bytes:
    """Add what every workbook of Excel has besides its sheets."""
    types = (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>'
    )

    def relations(*ends: tuple[str, str]) -> str:
        lines = "".join(
            f'<Relationship Id="rId{n}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
            for n, (kind, target) in enumerate(ends, start=1)
        )
        return f'<Relationships xmlns="{PACKAGE}/relationships">{lines}</Relationships>'

    return zipped(
        {
            "[Content_Types].xml": types,
            "_rels/.rels": relations(("officeDocument", f"xl/workbook.{ending}")),
            f"xl/_rels/workbook.{ending}.rels": relations(
                ("worksheet", f"worksheets/sheet1.{ending}"), ("styles", f"styles.{ending}")
            ),
            **parts,
        }
    )


def as_opendocument(sheet: Sheet) -> bytes:
    """Write ODS as LibreOffice does."""

    def cell(number: int, place: int, value: object) -> str:
        spans = next((one for one in sheet.merged if one[:2] == (number, place)), None)
        covered = any(
            top <= number <= below and left <= place <= right and (top, left) != (number, place)
            for top, left, below, right in sheet.merged
        )
        kind = "covered-table-cell" if covered else "table-cell"
        said = ""
        if spans:
            said = (
                f' table:number-rows-spanned="{spans[2] - spans[0] + 1}"'
                f' table:number-columns-spanned="{spans[3] - spans[1] + 1}"'
            )
        shown = str(value)
        if isinstance(value, Error):
            said += ' table:formula="of:=NA()" office:value-type="string" office:string-value="" '
            said += 'calcext:value-type="error"'
            shown = value.text
        elif isinstance(value, Formula):
            return f'<table:{kind}{said} table:formula="of:={value.text}"/>'
        elif isinstance(value, date):
            said += f' office:value-type="date" office:date-value="{value}"'
        elif isinstance(value, int | float):
            said += f' office:value-type="float" office:value="{value}"'
        elif value is None:
            return f"<table:{kind}{said}/>"
        else:
            said += ' office:value-type="string"'
        return f"<table:{kind}{said}><text:p>{escape(shown)}</text:p></table:{kind}>"

    width = max(len(row) for row in sheet.rows)
    columns = "".join(
        f"<table:table-column{' table:visibility=' + quoteattr('collapse') if place in sheet.hidden_columns else ''}/>"
        for place in range(1, width + 1)
    )
    rows = "".join(
        f"<table:table-row{' table:visibility=' + quoteattr('filter') if number in sheet.hidden_rows else ''}>"
        + "".join(cell(number, place, value) for place, value in enumerate(row, start=1))
        + "</table:table-row>"
        for number, row in enumerate(sheet.rows, start=1)
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    spaces += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped(
        {
            "mimetype": kind,
            "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest'
            f':1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
            "content.xml": f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="Ark1">{columns}{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        }
    )


def as_binary(
    sheet: Sheet, days_as: int = 14, *, struck: bool = False, letters: str = "", condition: tuple[int, ...] = (),
    remark: tuple[int, ...] = (),
) -> bytes:  # fmt: skip
    """Write XLSB: records with a number, a length and a body.

    Days have a number format, may be struck through and have letters of a colour; the first columns may have a
    condition, which gives a look by its number or none, and a cell (row and column, from 0) a remark.
    """

    def record(kind: int, body: bytes = b"") -> bytes:
        number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
        size, length = b"", len(body)
        while length > 127:
            size, length = size + bytes([length & 127 | 128]), length >> 7
        return number + size + bytes([length]) + body

    def text(value: str) -> bytes:
        return struct.pack("<I", len(value)) + value.encode("utf-16-le")

    def cell(place: int, value: object) -> bytes:
        at = struct.pack("<II", place, 1 if isinstance(value, date) else 0)
        if isinstance(value, Error):
            return record(3, at + bytes([ERROR_NUMBERS[value.text]]))
        if isinstance(value, date):
            return record(5, at + struct.pack("<d", (value - EPOCH).days))
        if isinstance(value, int | float):
            return record(5, at + struct.pack("<d", value))
        return b"" if value is None else record(6, at + text(str(value)))

    width = max(len(row) for row in sheet.rows)
    part = record(129) + record(148, struct.pack("<IIII", 0, len(sheet.rows) - 1, 0, width - 1))
    if sheet.hidden_columns:
        part += record(390)
        part += b"".join(record(60, struct.pack("<IIIIH", p - 1, p - 1, 2304, 0, 1)) for p in sheet.hidden_columns)
        part += record(391)
    part += record(145)
    for number, row in enumerate(sheet.rows):
        hidden = 0x10 if number + 1 in sheet.hidden_rows else 0
        part += record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, hidden, 0, 0))
        part += b"".join(cell(place, value) for place, value in enumerate(row))
    part += record(146)
    if sheet.merged:
        part += record(177, struct.pack("<I", len(sheet.merged)))
        for top, left, below, right in sheet.merged:
            part += record(176, struct.pack("<IIII", top - 1, below - 1, left - 1, right - 1))
        part += record(178)
    for look in condition:
        part += record(461, struct.pack("<IIIIIII", 1, 0, 1, 0, len(sheet.rows), 0, 4))
        part += record(463, struct.pack("<III", 1, 0, look)) + record(464) + record(462)
    part += record(130)
    book = record(131) + record(153, bytes(12)) + record(143)
    book += record(156, struct.pack("<II", 0, 1) + text("rId1") + text("Ark1")) + record(144) + record(132)
    colour = bytes([5, 0, 0, 0]) + bytes.fromhex(letters) if letters else bytes(7)
    fonts = record(43, struct.pack("<HH", 220, 0) + bytes(17))
    fonts += record(43, struct.pack("<HH", 220, 8 * struck) + bytes(8) + colour + bytes(2))
    of_styles, of_cells = (
        b"".join(
            record(47, struct.pack("<HHH", 0xFFFF, number_format, font) + bytes(10)) for number_format, font in both
        )
        for both in ([(17, 1)], [(0, 0), (days_as, 1)])
    )
    styles = record(278) + record(611, struct.pack("<I", 2)) + fonts + record(612)
    styles += record(626, struct.pack("<I", 1)) + of_styles + record(627)
    styles += record(617, struct.pack("<I", 2)) + of_cells + record(618) + record(279)
    parts = {"xl/workbook.bin": book, "xl/styles.bin": styles, "xl/worksheets/sheet1.bin": part}
    if remark:
        row, column = remark
        parts["xl/comments1.bin"] = record(635, struct.pack("<IIIII", 0, row, row, column, column))
    return package(parts, "bin")


WRITERS = {
    "openpyxl": (by_openpyxl, "xlsx"),
    "xlsxwriter": (by_xlsxwriter, "xlsx"),
    "xml": (by_hand, "xlsx"),
    "ods": (as_opendocument, "ods"),
    "xlsb": (as_binary, "xlsb"),
}
