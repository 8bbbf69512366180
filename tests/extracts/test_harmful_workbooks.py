"""A workbook that is made to harm ends the process that reads it, and is refused like one that cannot be read."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from pathlib import Path

import pytest
from conftest import copy_project
from extracts.test_seen import refused, rows
from writers import Sheet, as_binary, as_opendocument, by_hand, zipped

from aarsstatus.extracts.binary_sheets import read_xls
from aarsstatus.extracts.sheets import _read, read_book
from aarsstatus.extracts.shown import Book, TooLargeError
from aarsstatus.project import Project
from aarsstatus.run import calamine_process

SHEET = "xl/worksheets/sheet1.xml"
DTD = "<!DOCTYPE worksheet [<!ATTLIST row r CDATA '1'><!ATTLIST c r CDATA 'A1'>]>"
FAR = '<row r = "1048576"><c r = "XFD1048576"><v>1</v></c></row>'
MANY = "<row/>" * 50_000 + f"<row>{'<c><v>1</v></c>' * 20_000}</row>"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return copy_project(tmp_path_factory.mktemp("set"))


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def with_sheet(more: str, before: str = "") -> bytes:
    """Return a workbook whose sheet has more rows, and something before all."""
    parts = parts_of(by_hand(Sheet(rows())))
    sheet = parts[SHEET].decode().replace("</sheetData>", more + "</sheetData>")
    return zipped({**parts, SHEET: before + sheet})


def as_a_picture() -> bytes:
    parts = parts_of(with_sheet(FAR))
    name = "xl/_rels/workbook.xml.rels"
    parts[name] = parts[name].replace(b"worksheets/sheet1.xml", b"media/sheet1.png")
    parts["xl/media/sheet1.png"] = parts.pop(SHEET)
    return zipped(parts)


def in_many_sheets() -> bytes:
    """Return a workbook of four sheets, each of three million cells."""
    parts = parts_of(with_sheet('<row r="500000"><c r="F500000"><v>1</v></c></row>'))
    one, relation = b'<sheet name="Ark1" sheetId="1" r:id="rId1"/>', b'<Relationship Id="rId1"'
    names = parts["xl/workbook.xml"], parts["xl/_rels/workbook.xml.rels"]
    line = names[1][names[1].index(relation) :].partition(b"/>")[0] + b"/>"
    more = [str(number).encode() for number in (7, 8, 9)]
    parts["xl/workbook.xml"] = names[0].replace(one, one + b"".join(one.replace(b"1", n) for n in more))
    lines = b"".join(line.replace(b"rId1", b"rId" + n).replace(b"sheet1", b"sheet" + n) for n in more)
    parts["xl/_rels/workbook.xml.rels"] = names[1].replace(line, line + lines)
    return zipped({**parts, **{SHEET.replace("1", n.decode()): parts[SHEET] for n in more}})


def twice() -> bytes:
    """Return a workbook with two parts of the sheet's name: which one is read is up to the reader."""
    parts = parts_of(by_hand(Sheet(rows())))
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        archive.writestr(SHEET, parts_of(with_sheet(FAR))[SHEET])
        for name, part in parts.items():
            archive.writestr(name, part)
    return made.getvalue()


def that_says_it_is_small() -> bytes:
    """Return a workbook whose sheet has a hundred times the bytes that the list of its parts says."""
    content = bytearray(with_sheet(MANY))
    at = content.rindex(SHEET.encode()) - 46 + 24  # of the sizes in the central directory, the unpacked one
    struct.pack_into("<I", content, at, 1000)
    return bytes(content)


def repeated(times: str) -> bytes:
    parts = parts_of(as_opendocument(Sheet(rows())))
    text = parts["content.xml"].decode()
    row = text.index("<table:table-row", text.index("010190-0001") - 500)
    cell = text.index("<table:table-cell", row)
    text = (
        text[: row + 16] + f' table:number-rows-repeated="{times}"' + text[row + 16 : cell + 17]
        + f' table:number-columns-repeated="{times}"' + text[cell + 17 :]
    )  # fmt: skip
    return zipped({**parts, "content.xml": text})


def far_in_binary(row: int, column: int) -> bytes:
    parts = parts_of(as_binary(Sheet(rows())))
    name = "xl/worksheets/sheet1.bin"
    last = b"\x00\x19" + struct.pack("<IIHBBBI", row, 0, 300, 0, 0, 0, 0)
    last += b"\x05\x10" + struct.pack("<IId", column, 0, 1.0)
    before, end, after = parts[name].rpartition(b"\x92\x01\x00")
    return zipped({**parts, name: before + last + end + after})


HARMFUL = {
    "a cell far away": (lambda: with_sheet(FAR), "xlsx"),
    "no XML for one parser, and cells for another": (lambda: with_sheet(FAR, "<?xml version='1.0'?><x:y/>"), "xlsx"),
    "a document type that says where cells are": (lambda: with_sheet(MANY, f"<?xml version='1.0'?>{DTD}"), "xlsx"),
    "a row of ten digits": (lambda: with_sheet('<row r="4294967290"><c><v>1</v></c></row>'), "xlsx"),
    "a row beyond the number that Rust has": (lambda: with_sheet('<row r="99999999999999"><c><v>1</v></c></row>'), "xlsx"),
    "another encoding": (lambda: with_sheet(FAR, "<?xml version='1.0' encoding='utf-16'?>"), "xlsx"),
    "a sheet that is called a picture": (as_a_picture, "xlsx"),
    "many sheets": (in_many_sheets, "xlsx"),
    "two parts of one name": (twice, "xlsx"),
    "a part that is larger than it says": (that_says_it_is_small, "xlsx"),
    "repeated cells": (lambda: repeated("1000000"), "ods"),
    "cells repeated more often than a sheet has room": (lambda: repeated("4000000000"), "ods"),
    "a binary cell far away": (lambda: far_in_binary(1_048_575, 16_383), "xlsb"),
    "a binary cell that no sheet has": (lambda: far_in_binary(2**32 - 2, 2**32 - 2), "xlsb"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HARMFUL)
def test_it_is_refused_and_takes_nobody_along(shared: Project, kind: str) -> None:
    make, ending = HARMFUL[kind]
    said = refused(shared, make(), ending)
    assert "kan ikke læses som Excel" in said or "filens ark spænder over mere end 8 millioner celler" in said
    assert len(said.splitlines()) == 1
    assert "010190" not in said


def test_the_reader_dies_and_its_caller_lives() -> None:
    """It asks for more memory than it may have; what it says of that in English is not repeated."""
    status, made = _read(with_sheet(FAR))
    assert status
    assert made == b""


def test_what_is_no_workbook_is_none() -> None:
    for content in (b"PK\x03\x04 ikke en rigtig projektmappe", b""):
        assert read_book(content) == Book(unfit=("filen kan ikke læses som Excel", "en fil gemt som .xlsx i Excel"))


def test_a_sheet_far_out_in_an_old_workbook_is_too_large() -> None:
    """Of two cells far apart: BIFF 2 is all of it that is needed."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def cell(row: int, column: int) -> bytes:
        return record(2, struct.pack("<HH3xH", row, column, 7))

    def workbook(*cells: bytes) -> bytes:
        return record(9, struct.pack("<HH", 2, 16)) + b"".join(cells) + record(10, b"")

    assert read_xls(workbook(cell(0, 0), cell(1, 1)), 4).sheets != {}
    with pytest.raises(TooLargeError):
        read_xls(workbook(cell(0, 0), cell(1, 2)), 4)


def test_the_process_that_reads_has_no_other_library() -> None:
    """It begins at once: a package that loads half a second of others is not asked for."""
    source = Path(calamine_process.__file__).read_text(encoding="utf-8")
    assert "from aarsstatus" not in source
