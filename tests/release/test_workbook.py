"""The workbook, read back by other readers than its writer."""

from __future__ import annotations

import io
import textwrap
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, time
from fractions import Fraction

import openpyxl
import pandas as pd
import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from aarsstatus import danish
from aarsstatus.audit.quality import explained
from aarsstatus.figures import PERCENTAGES, Mode
from aarsstatus.figures.collection import Figures
from aarsstatus.figures.words import VERDICTS
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.params import Params
from aarsstatus.inputs.schema import KK
from aarsstatus.project import Project
from aarsstatus.release.spreadsheet import Cover, Number, Sheet, workbook
from aarsstatus.release.workbook import SHARED, notat_workbook
from aarsstatus.report.notat import Notat
from aarsstatus.report.notes import shared_notes
from aarsstatus.report.tables import administration_table

COVER = Cover("Titel", "Kontoret", "Kilden", datetime(2026, 3, 11, tzinfo=UTC), (("Enheder", "personer"),))


@pytest.fixture(scope="module", params=["published", "recomputed"])
def notat(request: pytest.FixtureRequest, inputs: tuple[Params, Data]) -> Notat:
    return Notat(*inputs, mode=request.param)


@pytest.fixture(scope="module")
def content(notat: Notat) -> bytes:
    return notat_workbook(notat, notat.figures)


@pytest.fixture(scope="module")
def book(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def pairs(notat: Notat) -> list[tuple[str, int]]:
    return [(KK, notat.year), (KK, notat.comparison_year), *((code, notat.year) for code in notat.administrations())]


def test_one_table_a_sheet_with_a_cover_first(book: openpyxl.Workbook, notat: Notat) -> None:
    names = [f"Tabel {number}" for number in range(1, len(pairs(notat)) + 1)]
    assert book.sheetnames == ["Forside", *names, "Tal"]
    for name in (*names, "Tal"):
        (table,) = book[name].tables.values()
        assert table.headerRowCount in (None, 1)
        header = [cell.value for cell in book[name][3]]
        assert [column.name for column in table.tableColumns] == header
        assert len(set(header)) == len(header)
        assert all(header)
        assert book[name].freeze_panes == "B4"
        assert book[name].print_title_rows == "$3:$3"
        assert not book[name].merged_cells.ranges


def test_every_cell_of_the_notat_is_there_as_a_number(book: openpyxl.Workbook, notat: Notat) -> None:
    for number, (code, year) in enumerate(pairs(notat), start=1):
        sheet, table = book[f"Tabel {number}"], administration_table(notat, code, year)
        assert sheet["A1"].value == f"Tabel {number}: {table.caption}"
        own = [[cell for cell in row[1:] if cell.value != SHARED] for row in sheet.iter_rows(min_row=4)]
        for row, cells in zip(table.rows, own, strict=False):
            assert len(cells) == len(row.cells)
            for wanted, cell in zip(row.cells, cells, strict=True):
                if not wanted.text:
                    assert cell.value is None
                    continue
                assert isinstance(cell.value, int), cell
                assert cell.value == danish.parse(wanted.text)
                assert ('0" pct."' in cell.number_format) == ("pct" in wanted.text)
                assert wanted.mark in cell.number_format
                assert cell.alignment.horizontal == "right"


def test_notes_stand_under_the_table(book: openpyxl.Workbook, notat: Notat) -> None:
    for number, (code, year) in enumerate(pairs(notat), start=1):
        table = administration_table(notat, code, year)
        rows = [row[0] for row in book[f"Tabel {number}"].iter_rows(min_row=4 + len(table.rows), values_only=True)]
        notes = [text for text in rows if text]
        wanted = [one.marker for one in (*shared_notes(notat, [(code, year)]), *table.notes) if one.marker]
        assert [text.partition(" ")[0] for text in notes if text[0] in "*†‡"] == wanted
        assert not any(sign in text for text in notes for sign in ("\\", "]{", "figure="))


def test_all_figures_are_there_unrounded(content: bytes, notat: Notat) -> None:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Tal").to_python()
    header = rows[2]
    by_id = {row[0]: dict(zip(header, row, strict=True)) for row in rows[3:] if row[0] in notat.figures}
    assert list(by_id) == list(notat.figures)
    for id_, row in by_id.items():
        figure = notat.figures[id_]
        for name, value in (("Værdi", figure.value), ("Nedre grænse", figure.lower), ("Øvre grænse", figure.upper)):
            # A spreadsheet's file holds sixteen digits.
            assert row[name] == ("" if value is None else float(f"{float(value):.16G}")), (id_, name)
        assert row["Vist i notatet"] == figure.shown
        assert row["Formel"] == figure.formula
        assert row["Enhed"] == ("pct." if figure.measure in PERCENTAGES else row["Enhed"])


def test_names_and_units_are_those_that_people_write(content: bytes, notat: Notat) -> None:
    frame = pd.read_excel(io.BytesIO(content), sheet_name="Tal", header=2, engine="calamine").set_index("Id")
    assert list(frame.index) == list(notat.figures)
    assert frame["År"].dtype == "int64"  # nothing but numbers stands in the column
    assert frame["Værdi"].dtype == "float64"
    assert set(frame["Jobordning"].dropna()) <= {scheme.name for scheme in notat.data.schemes.values()}
    units = {id_: frame["Enhed"][id_] for id_ in frame.index if id_.endswith(("status", "target", "spells"))}
    for id_, unit in units.items():
        heads = notat.figures[id_].group == "fleksjob"
        assert unit == ("forløb" if id_.endswith("spells") else "ansatte" if heads else "helårspersoner"), id_


def test_the_audit_is_in_it(notat: Notat, project: Project) -> None:
    rows = explained(project, notat.data, notat.year)
    content = notat_workbook(notat, notat.figures, rows)
    frame = pd.read_excel(io.BytesIO(content), sheet_name="Efterregning", header=2, engine="calamine", dtype=str)
    assert list(frame["Sted"]) == [row.place for row in rows]
    assert list(frame["Vurdering"]) == [VERDICTS[row.verdict] for row in rows]
    assert list(frame["Trykt"]) == [row.printed for row in rows]
    assert "Efterregning" in [row[0] for row in openpyxl.load_workbook(io.BytesIO(content))["Forside"].values]


def test_what_sums_up_is_bold(book: openpyxl.Workbook) -> None:
    for number in (1, 2, 3):
        rows = [row for row in book[f"Tabel {number}"].iter_rows(min_row=4) if row[0].border.bottom.style]
        bold = [row[0].value for row in rows if all(cell.font.b for cell in row)]
        assert bold == ["Antal forløb", "Samlet målopfyldelse (vægtet gennemsnit***)"]
        assert not any(cell.font.b for row in rows for cell in row if row[0].value not in bold)


def test_a_list_prints_on_paper(book: openpyxl.Workbook) -> None:
    page = book["Tal"]
    assert page.print_area.startswith("'Tal'!$B$3:$M$")
    assert page.page_setup.fitToHeight == 0
    widths = sum(page.column_dimensions[letter].width for letter in "BCDEFGHIJKLM")
    assert page["M3"].value == "Vurdering"
    assert widths < 210  # of about 130 that a landscape page holds at full size


def test_rows_are_as_high_as_what_is_wrapped_in_them(book: openpyxl.Workbook) -> None:
    """LibreOffice does not make them so, and the text would lie over the rows below."""
    for sheet in book:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.alignment.wrap_text and cell.value):
            wide = sheet.column_dimensions[cell.column_letter].width
            lines = len(textwrap.wrap(str(cell.value), int(wide * 1.2), break_long_words=False))
            assert lines * 15 <= (sheet.row_dimensions[cell.row].height or 15), cell


def test_a_list_holds_what_texts_may_hold() -> None:
    """What is written is read back the same, by another reader."""
    texts = ("<b>&\"'", " begge ender ", "_x0041_", "=1+1", "linje\nskift", "\x07", "→ 74,5 pct. ÷ 2", "a" * 3000)
    row = (*texts, Number(Fraction(-1, 3), "0.00"), Number(Fraction(1084)), Number(None), "")
    header = tuple(f"Kolonne {number}" for number in range(len(row)))
    widths = tuple(9 for _ in row)
    content = workbook([Sheet("Lang", "T", header, (row, row[::-1]), (), widths, is_list=True)], COVER)
    page = openpyxl.load_workbook(io.BytesIO(content))["Lang"]
    (table,) = page.tables.values()
    assert table.ref == table.autoFilter.ref == "A3:L5"
    first, second = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Lang").to_python()[-2:]
    assert tuple(first[: len(texts)]) == texts
    assert first[len(texts) :] == [pytest.approx(-1 / 3, abs=1e-15), 1084, "", ""]
    assert second == first[::-1]
    assert page["I4"].number_format == "0.00"
    assert page["D4"].quotePrefix


def test_excel_marks_no_cell_that_shows_a_number_as_text(content: bytes, book: openpyxl.Workbook) -> None:
    (table,) = book["Tal"].tables.values()
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = etree.fromstring(parts.read(f"xl/worksheets/sheet{len(book.sheetnames)}.xml"))
    (passed,) = sheet.iterfind(".//{*}ignoredError")
    assert passed.get("numberStoredAsText") == "1"
    assert passed.get("sqref") == table.ref.replace("A3:", "A4:")


def test_the_cover_says_what_it_is_and_leads_on(book: openpyxl.Workbook, notat: Notat) -> None:
    page = book["Forside"]
    assert page["A1"].value == notat.title()
    said = {row[0]: row[1] for row in page.iter_rows(values_only=True) if row[0]}
    assert {"Kilde", "Enheder", "Afrunding", "Hvilke tal", "Noter"} <= said.keys()
    links = {cell.hyperlink.location for row in page.iter_rows() for cell in row if cell.hyperlink}
    assert links == {f"'{name}'!A1" for name in book.sheetnames[1:]}


def test_properties_are_the_notats_and_never_the_clocks(book: openpyxl.Workbook, notat: Notat) -> None:
    day = notat.params.document.date or date(2000, 1, 1)
    assert book.properties.title == notat.title()
    assert book.properties.created == book.properties.modified == datetime.combine(day, time())


def test_nothing_in_it_is_a_formula(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in (name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")):
            assert not etree.fromstring(parts.read(name)).findall(".//{*}f"), name


@pytest.mark.parametrize("text", ["=1+1", "+45 33", "-5", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1"])
def test_a_text_that_looks_like_a_formula_stays_a_text(text: str) -> None:
    sheet = Sheet("Ark", "T", ("A", text), ((text, text), ("b", Number(Fraction(1), "0"))), (text,), (9, 9))
    content = workbook([sheet], COVER)
    page = openpyxl.load_workbook(io.BytesIO(content))["Ark"]
    for place in ("A4", "B4", "A7"):
        assert page[place].data_type == "s"
        assert page[place].value.strip() == text.strip()
        assert page[place].quotePrefix
    assert page["B3"].data_type == "s"
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet2.xml")


def test_the_same_notat_gives_the_same_bytes(notat: Notat, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    assert notat_workbook(notat, notat.figures) == content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_workbook_is_the_same_bytes_on_windows(notat: Notat, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")  # what zipfile looks at when it stamps a part
    assert zipfile.ZipInfo("x").create_system == 0
    assert notat_workbook(notat, notat.figures) == content


def test_a_missing_target_is_a_word(inputs: tuple[Params, Data]) -> None:
    params, data = inputs
    key = (params.year, "BUF", "fleksjob")
    targets = {**data.targets, key: replace(data.targets[key], target=None)}
    mode: Mode = "recomputed"
    notat = Notat(params, replace(data, targets=targets), mode=mode)
    figures: Figures = notat.figures
    book = openpyxl.load_workbook(io.BytesIO(notat_workbook(notat, figures)))
    number = 3 + notat.administrations().index("BUF")
    row = next(row for row in book[f"Tabel {number}"].iter_rows(values_only=True) if str(row[0]).startswith("Fleksjob"))
    assert str(row[3]).startswith(danish.NO_TARGET)
