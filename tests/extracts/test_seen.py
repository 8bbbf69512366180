"""What a person sees in a file is what is read, or it is refused by file, row and column.

Every file is made by another writer than the reader, and every sum is worked out here, straight.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from itertools import count

import openpyxl
import pytest
from conftest import copy_project
from openpyxl.comments import Comment
from openpyxl.styles import Font
from test_as_written import conditional, march, shown_as, strike, whiten, xlsx
from writers import WRITERS, Error, Formula, Sheet, as_binary, by_hand, by_openpyxl, zipped

from aarsstatus.extracts import Ingested, ingest
from aarsstatus.problems import InputError
from aarsstatus.project import Project

HEADER = ("CPR", "Forvaltning", "Jobordning", "Startdato", "Slutdato", "Bemærkning")
PERSON, ADMINISTRATION, SCHEME, START, END, REMARK = range(6)
USED = dict(enumerate(("person", "forvaltning", "jobordning", "startdato", "slutdato")))
"""What the columns that are read are called in a refusal."""
DRAWN = date(2027, 1, 12)
ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")
numbers = count(1)
pytestmark = pytest.mark.usefixtures("workbooks_here")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return copy_project(tmp_path_factory.mktemp("set"))


def rows(changed: dict[tuple[int, int], object] | None = None, number: int = 4) -> list[list[object]]:
    """Return a header and rows of March 2026, some cells changed: by row as Excel numbers it, and place."""
    row = ("BUF", "Løntilskud", date(2026, 3, 1), date(2026, 3, 31), None)
    found: list[list[object]] = [list(HEADER), *([f"010190-{n:04}", *row] for n in range(number))]
    for (row, place), value in (changed or {}).items():
        found[row - 1][place] = value
    return found


def take(project: Project, content: bytes, ending: str, **options) -> Ingested:
    path = project.root / f"udtræk{next(numbers)}.{ending}"
    path.write_bytes(content)
    try:
        return ingest(project, 2026, [path], **{"extracted": DRAWN, **options})
    finally:
        path.unlink()


def refused(project: Project, content: bytes, ending: str, **options) -> str:
    with pytest.raises(InputError) as caught:
        take(project, content, ending, **options)
    return "\n".join(str(problem) for problem in caught.value.problems)


def days(first: date, last: date | None, year: int = 2026) -> int:
    """Count the days of a spell in a year, one by one."""
    first = max(first, date(year, 1, 1))
    last = min(last or date.max, date(year, 12, 31))
    return sum(first + timedelta(n) <= last for n in range(367))


def assert_sums(done: Ingested, code: str, *spells: tuple[date, date | None]) -> None:
    total = done.sums[code, "loentilskud"]
    assert (total.status, total.spells) == (Fraction(sum(days(*one) for one in spells), 365), len(spells))


MARCH = (date(2026, 3, 1), date(2026, 3, 31))

each_writer = pytest.mark.parametrize("writer", WRITERS)


@each_writer
def test_a_plain_sheet_is_read(shared: Project, writer: str) -> None:
    write, ending = WRITERS[writer]
    assert_sums(take(shared, write(Sheet(rows())), ending), "BUF", *[MARCH] * 4)


# -- errors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", ERRORS)
@each_writer
def test_a_cell_with_an_error_is_refused_by_its_place(shared: Project, writer: str, error: str) -> None:
    """One in each column, each in a row of its own."""
    write, ending = WRITERS[writer]
    at = {place: 3 + place for place in USED}
    said = refused(shared, write(Sheet(rows({(row, place): Error(error) for place, row in at.items()}, 7))), ending)
    for place, row in at.items():
        assert (
            f", række {row}, {USED[place]} (kolonne {'ABCDE'[place]}, »{HEADER[place]}«): cellen viser en fejl; "
            in said
        )
    assert said.count(f"cellen viser en fejl; fandt »{error}«") == len(USED)


def test_an_error_in_the_one_column_is_enough(shared: Project) -> None:
    for place in USED:
        assert "række 3" in refused(shared, by_openpyxl(Sheet(rows({(3, place): Error(ERRORS[place])}))), "xlsx")


@each_writer
def test_an_error_in_a_column_that_nobody_reads_is_nobodys(shared: Project, writer: str) -> None:
    write, ending = WRITERS[writer]
    errors = [*ERRORS, "#GETTING_DATA", *(() if writer == "xlsb" else ("#SPILL!", "#CALC!", "#FIELD!", "#BUSY!"))]
    sheet = rows({(row, REMARK): Error(error) for row, error in enumerate(errors, start=2)}, len(errors))
    assert_sums(take(shared, write(Sheet(sheet)), ending), "BUF", *[MARCH] * len(errors))


@pytest.mark.parametrize("error", ["#SPILL!", "#CALC!", "#GETTING_DATA", "#FIELD!", "#BUSY!", "#CONNECT!", "#NYT!"])
def test_an_error_that_the_reader_does_not_know_is_refused_where_it_is_read(shared: Project, error: str) -> None:
    for write in (by_openpyxl, by_hand):
        said = refused(shared, write(Sheet(rows({(5, END): Error(error)}))), "xlsx")
        assert f"række 5, slutdato (kolonne E, »Slutdato«): cellen viser en fejl; fandt »{error}«" in said


@pytest.mark.parametrize("text", ["#I/T", "#REFERENCE!", "#VÆRDI!", "#DIVISION/0!", "#NAVN?", "########", "Err:502"])
def test_a_danish_error_in_a_csv_file_is_one(shared: Project, text: str) -> None:
    lines = "\n".join(";".join(str(cell or "") for cell in row) for row in rows({(2, END): text}))
    assert f"cellen viser en fejl; fandt »{text}«" in refused(shared, lines.encode(), "csv")


def test_errors_in_every_row_of_the_last_column(shared: Project) -> None:
    sheet = [row[:5] for row in rows({(n, END): Error() for n in range(2, 6)})]
    for write, ending in WRITERS.values():
        assert "række 2-5, slutdato (kolonne E" in refused(shared, write(Sheet(sheet)), ending)


def test_a_prefix_of_xml_hides_no_error(shared: Project) -> None:
    said = refused(shared, by_hand(Sheet(rows({(3, END): Error()})), prefix="x:"), "xlsx")
    assert "række 3, slutdato" in said


@pytest.fixture(scope="module")
def by_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], bytes]:
    """Return files that LibreOffice has saved, all made in two starts of it."""
    if shutil.which("soffice") is None:
        pytest.skip("needs LibreOffice")
    folder = tmp_path_factory.mktemp("soffice")
    made = {
        "plain": Sheet(rows()),
        "error": Sheet(rows({(3, END): Error("#N/A"), (4, ADMINISTRATION): Error("#REF!"), (2, REMARK): Error()})),
        "hidden": Sheet(rows(), hidden_rows=[3, 4]),
        "merged": Sheet(rows({(3, END): None, (4, END): None}), merged=[(2, 5, 4, 5)]),
        "worked out": Sheet(rows({(3, END): Formula("D3+30")})),
    }
    for name, sheet in made.items():
        (folder / f"{name}.xlsx").write_bytes(by_openpyxl(sheet))
    (folder / "month.xlsx").write_bytes(xlsx(march(end=date(2026, 12, 1)), change=shown_as("E2", "mmm\\-yy"))[0])
    (folder / "struck.xlsx").write_bytes(xlsx(march(), march(2), change=strike)[0])
    (folder / "nearly white.xlsx").write_bytes(xlsx(march(), march(2), change=whiten(letters="FFFEFEFE"))[0])
    whitens = conditional(font=Font(color="FFFFFFFF"))
    (folder / "condition.xlsx").write_bytes(xlsx(march(), march(2), change=whitens)[0])
    (folder / "remark.xlsx").write_bytes(xlsx(march(), march(2), change=remark)[0])
    for ending in ("ods", "xls"):
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", ending,
             "--outdir", folder / ending, *sorted(folder.glob("*.xlsx"))],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip
    return lambda name, ending: (folder / ending / f"{name}.{ending}").read_bytes()


@pytest.mark.parametrize("ending", ["ods", "xls"])
def test_files_that_libreoffice_has_saved(shared: Project, by_libreoffice, ending: str) -> None:
    assert_sums(take(shared, by_libreoffice("plain", ending), ending), "BUF", *[MARCH] * 4)
    said = refused(shared, by_libreoffice("error", ending), ending)
    assert "række 3, slutdato (kolonne E, »Slutdato«): cellen viser en fejl; fandt »#N/A«" in said
    assert "række 4, forvaltning (kolonne B, »Forvaltning«): cellen viser en fejl; fandt »#REF!«" in said
    assert "række 2" not in said
    assert "række 3-4 er skjult i Excel" in refused(shared, by_libreoffice("hidden", ending), ending)
    assert_sums(take(shared, by_libreoffice("merged", ending), ending), "BUF", *[MARCH] * 4)
    assert_sums(take(shared, by_libreoffice("worked out", ending), ending), "BUF", *[MARCH] * 4)
    assert "række 2, slutdato (kolonne E, »Slutdato«): cellen viser ikke hele" in refused(
        shared, by_libreoffice("month", ending), ending
    )
    assert "række 3, forvaltning (kolonne B, »Forvaltning«): cellen er streget over" in refused(
        shared, by_libreoffice("struck", ending), ending
    )
    assert "række 3, forvaltning (kolonne B, »Forvaltning«): cellen viser ikke det" in refused(
        shared, by_libreoffice("nearly white", ending), ending
    )
    assert "arket har en betinget formatering" in refused(shared, by_libreoffice("condition", ending), ending)
    assert_remark_told(take(shared, by_libreoffice("remark", ending), ending))


def remark(page: openpyxl.worksheet.worksheet.Worksheet) -> None:
    page["B3"].comment = Comment("Annulleret", "KHN")


def assert_remark_told(done: Ingested) -> None:
    (told,) = [note for note in done.notes if "bemærkninger til celler" in note]
    assert "(fx B3)" in told
    assert "Annulleret" not in told


@pytest.mark.parametrize("ending", ["xlsx", "xlsb"])
def test_a_remark_on_a_cell_is_told_of(shared: Project, ending: str) -> None:
    content = xlsx(march(), march(2), change=remark)[0] if ending == "xlsx" else as_binary(Sheet(rows()), remark=(2, 1))
    assert_remark_told(take(shared, content, ending))


# -- formulas -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("writer", ["openpyxl", "xlsxwriter", "xml", "ods"])
def test_a_formula_that_nobody_has_worked_out_is_refused(shared: Project, writer: str) -> None:
    write, ending = WRITERS[writer]
    said = refused(shared, write(Sheet(rows({(3 + place, place): Formula() for place in USED}, 7))), ending)
    for place, name in USED.items():
        assert f"række {3 + place}, {name} (kolonne {'ABCDE'[place]}, " in said
    assert said.count("formlen er ikke regnet ud") == len(USED)
    assert said.count("at du åbner filen i Excel og gemmer den") == len(USED)


@pytest.mark.parametrize("writer", ["openpyxl", "xlsxwriter", "xml", "ods"])
def test_one_in_a_column_that_nobody_reads_is_nobodys(shared: Project, writer: str) -> None:
    write, ending = WRITERS[writer]
    assert_sums(take(shared, write(Sheet(rows({(4, REMARK): Formula()}))), ending), "BUF", *[MARCH] * 4)


def test_a_formula_whose_result_is_an_empty_text_is_empty(shared: Project) -> None:
    """As Excel writes ``=IF(F2="";"";F2)``: there a person sees nothing."""
    part = '<c r="E2" t="str"><f>IF(F2="","",F2)</f><v></v></c>'
    content = replaced(by_hand(Sheet(rows({(2, END): "X"}))), '<c r="E2" t="inlineStr"><is><t>X</t></is></c>', part)
    assert_sums(take(shared, content, "xlsx"), "BUF", (date(2026, 3, 1), None), *[MARCH] * 3)


def replaced(book: bytes, old: str, new: str) -> bytes:
    """Return a workbook with something else in its first sheet."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert any(old in part for part in parts.values())
    return zipped({name: part.replace(old, new) for name, part in parts.items()})


# -- hidden and merged --------------------------------------------------------------------------------------------


@each_writer
def test_hidden_rows_are_refused_by_number_or_read_as_said(shared: Project, writer: str) -> None:
    write, ending = WRITERS[writer]
    content = write(Sheet(rows(number=6), hidden_rows=[3, 4, 6]))
    said = refused(shared, content, ending)
    assert "række 3-4 og 6 er skjult i Excel" in said
    assert "--hidden without" in said
    assert_sums(take(shared, content, ending, hidden="with"), "BUF", *[MARCH] * 6)
    assert_sums(take(shared, content, ending, hidden="without"), "BUF", *[MARCH] * 3)


@each_writer
def test_hidden_rows_above_the_header_or_with_nothing_in_them_are_nobodys(shared: Project, writer: str) -> None:
    write, ending = WRITERS[writer]
    content = write(Sheet([["Udtræk"], *rows(), [None] * 6, ["I alt: 4 forløb"]], hidden_rows=[1, 7]))
    assert_sums(take(shared, content, ending), "BUF", *[MARCH] * 4)


@each_writer
def test_a_visible_column_is_read_before_a_hidden_one(shared: Project, writer: str) -> None:
    write, ending = WRITERS[writer]
    sheet = rows({(1, REMARK): "Ophør", **{(n, REMARK): date(2026, 3, 10) for n in range(2, 6)}})
    done = take(shared, write(Sheet(sheet, hidden_columns=[5])), ending)
    assert_sums(done, "BUF", *[(date(2026, 3, 1), date(2026, 3, 10))] * 4)
    done = take(shared, write(Sheet(rows(), hidden_columns=[5])), ending)
    assert_sums(done, "BUF", *[MARCH] * 4)
    assert any("kolonnen »Slutdato« er skjult i Excel, men er brugt som slutdato" in note for note in done.notes)


@each_writer
def test_a_merged_cell_is_every_rows(shared: Project, writer: str) -> None:
    write, ending = WRITERS[writer]
    places = (ADMINISTRATION, SCHEME, START, END)
    sheet = rows({(row, place): None for row in (3, 4) for place in places})
    done = take(shared, write(Sheet(sheet, merged=[(2, place + 1, 4, place + 1) for place in places])), ending)
    assert_sums(done, "BUF", *[MARCH] * 4)


@each_writer
def test_a_tall_row_is_one_row(shared: Project, writer: str) -> None:
    write, ending = WRITERS[writer]
    sheet = [*rows(number=2), [None] * 6]
    done = take(shared, write(Sheet(sheet, merged=[(3, column, 4, column) for column in range(1, 7)])), ending)
    assert_sums(done, "BUF", *[MARCH] * 2)


@each_writer
def test_a_date_merged_over_two_columns_is_refused(shared: Project, writer: str) -> None:
    write, ending = WRITERS[writer]
    said = refused(shared, write(Sheet(rows({(3, END): None}), merged=[(3, 4, 3, 5)])), ending)
    assert "række 3, slutdato (kolonne E, »Slutdato«): cellen er flettet med en anden" in said


@each_writer
def test_a_remark_merged_over_the_table_is_a_remark(shared: Project, writer: str) -> None:
    write, ending = WRITERS[writer]
    sheet = [["Forløb i marts", *[None] * 5], *rows(), ["Kilde: registret", *[None] * 5]]
    done = take(shared, write(Sheet(sheet, merged=[(1, 1, 1, 6), (7, 1, 7, 6)])), ending)
    assert_sums(done, "BUF", *[MARCH] * 4)


# -- days ---------------------------------------------------------------------------------------------------------


def csv(changed: dict[tuple[int, int], object] | None = None, number: int = 4) -> bytes:
    """Return the rows as a CSV file."""
    return "\n".join(";".join(str(cell or "") for cell in row) for row in rows(changed, number)).encode()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1. januar 2026", date(2026, 1, 1)),
        ("1. jan. 2026", date(2026, 1, 1)),
        ("d. 2. maj 2026", date(2026, 5, 2)),
        ("torsdag den 1. oktober 2026", date(2026, 10, 1)),
        ("1/1-2026", date(2026, 1, 1)),
        ("1/2 2026", date(2026, 2, 1)),
        ("3. 12. 2026", date(2026, 12, 3)),
        ("01JAN2026", date(2026, 1, 1)),
        ("01JAN2026:00:00:00", date(2026, 1, 1)),
        ("02-NOV-26", date(2026, 11, 2)),
        ("2026-06-30T22:00:00Z", date(2026, 7, 1)),
        ("2026-06-30T21:59:00Z", date(2026, 6, 30)),
        ("2026-01-31T23:00Z", date(2026, 2, 1)),
        ("2026-01-31T22:30:00.000Z", date(2026, 1, 31)),
        ("2026-02-01T00:00:00+01:00", date(2026, 2, 1)),
        ("2026-02-01T00:00:00+0300", date(2026, 1, 31)),
        ("31-01-2026 20:00 -05:00", date(2026, 2, 1)),
    ],
)  # fmt: skip
def test_a_day_that_leaves_no_doubt_is_read(shared: Project, text: str, day: date) -> None:
    done = take(shared, csv({(2, START): text, (2, END): "31-12-2026"}), "csv")
    assert_sums(done, "BUF", (day, date(2026, 12, 31)), *[MARCH] * 3)


def test_a_stamp_of_the_new_year_is_a_day_of_the_next(shared: Project) -> None:
    assert_sums(take(shared, csv({(2, START): "2026-12-31T23:00Z", (2, END): ""}), "csv"), "BUF", *[MARCH] * 3)


@pytest.mark.parametrize("text", ["31-DEC-99", "1. janbuar 2026", "32. maj 2026", "2026-01-31T27:00Z", "01-02-26"])
def test_a_day_in_doubt_is_refused(shared: Project, text: str) -> None:
    assert f"række 2, startdato: værdien kan ikke bruges; fandt »{text}«" in refused(
        shared, csv({(2, START): text}), "csv"
    )


@pytest.mark.parametrize("sign", [".", "-", "–", "NULL", "null", "(tom)", "løbende", "Løbende", " - "])
def test_a_sign_that_a_spell_still_runs_is_read_and_counted(shared: Project, sign: str) -> None:
    done = take(shared, csv({(2, END): sign, (3, END): sign, (4, END): ""}), "csv")
    assert_sums(done, "BUF", *[(date(2026, 3, 1), None)] * 3, MARCH)
    assert f"3 forløb er stadig i gang (2 med »{sign.strip()}«)" in done.summaries[0]


def test_signs_as_frequent_as_one_another_are_told_as_they_stand(shared: Project) -> None:
    done = take(shared, csv({(2, END): "null", (3, END): ".", (4, END): "åben"}), "csv")
    assert "(1 med »null«, 1 med ».« og 1 med »åben«)" in done.summaries[0]


@pytest.mark.parametrize("text", ["0", "00-00-0000", "0000-00-00", "00.00.0000", "0000-00-00 00:00:00"])
def test_a_zero_is_no_sign(shared: Project, text: str) -> None:
    said = refused(shared, csv({(2, END): text}), "csv")
    assert "række 2, slutdato" in said
    assert "lad cellen være tom, hvis forløbet er i gang" in said


@pytest.mark.parametrize("written", ["n/a", "NaN", "ukendt", "?"])
def test_what_may_mean_that_nobody_knows_is_no_sign(shared: Project, written: str) -> None:
    assert "række 2, slutdato" in refused(shared, csv({(2, END): written}), "csv")


def test_days_are_counted_from_1904_whether_formatted_or_not(shared: Project) -> None:
    first, last = ((day - date(1904, 1, 1)).days for day in MARCH)
    sheet = rows({(n, place): one for n in (2, 3) for place, one in ((START, first), (END, last))}, number=2)
    content = by_hand(Sheet(sheet), workbook='<workbookPr date1904="1"/>')
    assert_sums(take(shared, content, "xlsx"), "BUF", *[MARCH] * 2)
    content = replaced(content, f'<c r="D2"><v>{first}', f'<c r="D2" s="1"><v>{first}')
    assert_sums(take(shared, content, "xlsx"), "BUF", *[MARCH] * 2)


# -- administrations, headers, kinds of file ----------------------------------------------------------------------


@each_writer
def test_an_administration_once_for_each_group_is_refused(shared: Project, writer: str) -> None:
    write, ending = WRITERS[writer]
    content = write(Sheet(rows({(n, ADMINISTRATION): None for n in (3, 4, 6, 7)}, number=6)))
    assert "4 af 6 rækker har ingen forvaltning" in refused(shared, content, ending)


def test_one_row_in_twenty_may_have_none_and_it_is_said(shared: Project) -> None:
    done = take(shared, csv({(n, ADMINISTRATION): "" for n in (2, 3)}, number=40).replace(b"000", b"0"), "csv")
    assert done.sums["KK", "loentilskud"].spells == 40
    assert done.sums["BUF", "loentilskud"].spells == 38
    assert "ingen rækker er skjult; 2 rækker har ingen forvaltning; filen har også »Bemærkning«" in done.summaries[0]


@pytest.mark.parametrize(
    ("text", "code"),
    [("BUF - Skole", "BUF"), ("BUF – Dagtilbud, Amager", "BUF"), ("SOF Socialforvaltningen", "SOF"),
     ("SUF: Plejecentre", "SUF")],
)  # fmt: skip
def test_a_code_before_a_department_is_the_administration(shared: Project, text: str, code: str) -> None:
    assert_sums(take(shared, csv({(n, ADMINISTRATION): text for n in range(2, 6)}), "csv"), code, *[MARCH] * 4)


@pytest.mark.parametrize("text", ["BUF - SOF", "BUF Socialforvaltningen", "BUF Skole", "XXX - Skole"])
def test_one_before_another_administration_is_refused(shared: Project, text: str) -> None:
    assert "række 2, forvaltning: " in refused(shared, csv({(2, ADMINISTRATION): text}), "csv")


@each_writer
def test_a_header_that_is_repeated_is_no_spell(shared: Project, writer: str) -> None:
    write, ending = WRITERS[writer]
    sheet = rows()
    done = take(shared, write(Sheet([*sheet[:3], list(HEADER), *sheet[3:]])), ending)
    assert_sums(done, "BUF", *[MARCH] * 4)
    assert any("række 4 gentager overskriften" in note for note in done.notes)


@pytest.mark.parametrize(
    ("content", "ending", "said"),
    [
        (b"<html><body><table><tr><td>Forvaltning</td></tr></table></body></html>", "xls", "en webside (HTML)"),
        (b"\r\n<!DOCTYPE html><table></table>", "xls", "en webside (HTML)"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "xls", "XML"),
        (b"$FL2@(#) SPSS DATA FILE", "sav", "SPSS"),
        (b'[\n  {"Forvaltning": "BUF"}]', "json", "JSON"),
        (b'{"rows": []}', "json", "JSON"),
        (b"PAR1abc", "parquet", "Parquet"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "jpg", "et billede"),
        (b"\x89PNG\r\n\x1a\n", "png", "et billede"),
        (b"\x1f\x8b\x08", "csv", "gzip"),
    ],
)
def test_a_file_of_another_kind_is_called_what_it_is(shared: Project, content: bytes, ending: str, said: str) -> None:
    told = refused(shared, content, ending)
    assert "filen er hverken CSV eller XLSX, men" in told
    assert said in told


def test_a_new_workbook_with_the_ending_of_an_old_one_is_read(shared: Project) -> None:
    assert_sums(take(shared, by_openpyxl(Sheet(rows())), "xls"), "BUF", *[MARCH] * 4)
