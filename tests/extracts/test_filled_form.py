"""The form in Excel: what `new` leaves open is filled in there, and read back with the same checks."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from aarsstatus.extracts.filled_form import is_form, read_form
from aarsstatus.inputs import read_data
from aarsstatus.inputs.form import write_form
from aarsstatus.inputs.new_year import new_year, unfilled
from aarsstatus.inputs.params import read_params
from aarsstatus.problems import InputError
from aarsstatus.project import Project

YEAR = 2026
DATES, TARGETS = "Datoer og numre", "Måltal"
FILLED = {
    "B5": date(2027, 3, 10),
    "B6": "2026 - 1234",
    "B7": 10399999,
    "B8": "intet",
    "B9": "01-02-2024",
    "B10": "28.11.2024",
}


@pytest.fixture
def form(copied: Project) -> Path:
    new_year(copied, YEAR)
    form = write_form(copied, YEAR)
    assert form == copied.root / "skema-2026.xlsx"
    assert write_form(copied, YEAR) is None  # it may be filled in already
    return form


def fill_in(form: Path, dates: Mapping[str, object], targets: Mapping[str, object]) -> None:
    book = openpyxl.load_workbook(form)
    for sheet, cells in ((DATES, dates), (TARGETS, targets)):
        for place, value in cells.items():
            book[sheet][place] = value
    book.save(form)


def all_targets() -> dict[str, object]:
    """KK's come first, a row for each of three groups; then those of the seven administrations."""
    cells: dict[str, object] = {f"C{row}": 700 if row < 8 else 100 for row in range(5, 29)}
    return cells | {f"D{row}": "BR 28-11-2024, bilag 2" for row in range(5, 29)}


def saved_by_libreoffice(form: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    out, profile = form.parent / "gemt", (form.parent / "profil").as_uri()
    command = [
        "soffice",
        f"-env:UserInstallation={profile}",
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        out,
        form,
    ]
    subprocess.run(command, capture_output=True, check=True, timeout=120)
    if not (out / form.name).exists():
        pytest.skip("LibreOffice has no Calc")
    (out / form.name).replace(form)


@pytest.mark.parametrize("saved", ["as openpyxl does", "as LibreOffice does"])
def test_filled_in_it_is_the_year(copied: Project, form: Path, saved: str) -> None:
    fill_in(form, FILLED, all_targets())
    if saved == "as LibreOffice does":
        saved_by_libreoffice(form)
    done = read_form(copied, YEAR, form)
    assert len(done.changes) == 29  # five values that are not empty, and 24 targets
    assert "Notatets dato: (intet) → 10-03-2027" in done.changes
    params = read_params(copied, 2026)
    assert params.document.model_dump() == {
        "date": date(2027, 3, 10), "case_number_f2": "2026 - 1234", "document_number_f2": "10399999",
        "case_number_edoc": None,
    }  # fmt: skip
    assert [str(one.date) for one in params.targets_adopted] == ["2024-02-01", "2024-11-28"]
    targets = read_data(copied).targets
    assert {one.target for (year, code, _), one in targets.items() if (year, code) == (YEAR, "KK")} == {700}
    assert {one.target for (year, code, _), one in targets.items() if year == YEAR and code != "KK"} == {100}
    assert unfilled(copied, YEAR) == []
    assert read_form(copied, YEAR, form).written == ()


def test_every_other_byte_stays(copied: Project, form: Path) -> None:
    """Comments, order and line ends of both files; Notepad and Excel write CRLF, Excel semicolons and a mark."""
    params, targets = copied.params / "2026.yml", copied.data / "targets.csv"
    params.write_bytes(params.read_bytes().replace(b"\n", b"\r\n").replace(b"year:", b"# min egen\r\nyear:", 1))
    targets.write_bytes(b"\xef\xbb\xbf" + targets.read_bytes().replace(b"\n", b"\r\n"))
    yaml, csv = params.read_bytes(), targets.read_bytes()
    fill_in(form, {"B5": date(2027, 3, 10)}, {"C5": 1234, "D5": "indstilling"})
    read_form(copied, YEAR, form)
    assert params.read_bytes() == yaml.replace(b"date: null", b"date: 2027-03-10", 1)
    row = "2026,KK,placements,,UDFYLD: hvor måltallet står".encode()
    assert targets.read_bytes() == csv.replace(row, b"2026,KK,placements,1234,indstilling")


def test_what_is_wrong_is_told_by_sheet_and_cell(copied: Project, form: Path) -> None:
    before = {path: path.read_bytes() for path in (copied.params / "2026.yml", copied.data / "targets.csv")}
    fill_in(form, {"B5": "i marts", "B9": "31-02-2024"}, {})
    with pytest.raises(InputError) as error:
        read_form(copied, YEAR, form)
    assert [problem.file for problem in error.value.problems] == [
        "skema-2026.xlsx, ark »Datoer og numre«, celle B5", "skema-2026.xlsx, ark »Datoer og numre«, celle B9",
    ]  # fmt: skip
    fill_in(form, {**FILLED, "B5": date(2026, 3, 10), "B6": "x" * 80}, {"C6": -3, "D6": "BR", "C7": 12.5, "D7": "BR"})
    with pytest.raises(InputError) as error:
        read_form(copied, YEAR, form)
    told = {problem.file.removeprefix("skema-2026.xlsx, "): problem for problem in error.value.problems}
    assert set(told) == {"ark »Datoer og numre«, celle B6", "ark »Måltal«, celle C6", "ark »Måltal«, celle C7"}
    assert told["ark »Måltal«, celle C6"].expected == "et helt tal på mindst 0, uden punktum"
    fill_in(form, FILLED | {"B5": date(2026, 3, 10)}, {"C6": None, "C7": None})
    with pytest.raises(InputError, match=r"celle B5: document.date \(2026-03-10\) skal ligge efter udgangen af 2026"):
        read_form(copied, YEAR, form)
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("number", ["x", "2,5", "1" * 21])
def test_a_number_of_an_annex_is_read_as_it_is_seen(copied: Project, form: Path, number: str) -> None:
    """Where YAML would take 010 for eight, or for nothing, the message would lack its cell."""
    with (copied.params / "2026.yml").open("a", encoding="utf-8") as params:
        params.write("cover:\n  appendix: 1\n")
    form.unlink()
    assert write_form(copied, YEAR) == form
    fill_in(form, {"B9": "010"}, {})
    assert read_form(copied, YEAR, form).changes == ("Bilagets nummer på forsiden: 1 → 10",)
    fill_in(form, {"B9": number}, {})
    with pytest.raises(InputError, match=r"^skema-2026.xlsx, ark »Datoer og numre«, celle B9: .*fandt »") as error:
        read_form(copied, YEAR, form)
    assert len(error.value.problems) == 1


def test_an_empty_cell_changes_nothing_and_says_so(copied: Project, form: Path) -> None:
    fill_in(form, FILLED, all_targets())
    read_form(copied, YEAR, form)
    fill_in(form, {"B5": None}, {"C5": None})
    done = read_form(copied, YEAR, form)
    assert (done.changes, done.written) == ((), ())
    assert [note.partition(", ")[2] for note in done.notes] == [
        "ark »Datoer og numre«, celle B5 er tom; Notatets dato er stadig 10-03-2027",
        "ark »Måltal«, celle C5 er tom; måltallet er stadig 700",
    ]


def test_another_years_form_and_another_file_are_refused(copied: Project, form: Path) -> None:
    fill_in(form, {"A1": "Skema til årsstatus for 2027"}, {})
    with pytest.raises(InputError, match="skemaet er ikke årets"):
        read_form(copied, YEAR, form)
    book = openpyxl.Workbook()
    book.save(form)
    with pytest.raises(InputError, match="arket »Datoer og numre« mangler"):
        read_form(copied, YEAR, form)
    form.write_bytes(b"no workbook")
    with pytest.raises(InputError, match="kan ikke læses som Excel"):
        read_form(copied, YEAR, form)
    assert is_form(Path("Skema-2026 (1).XLSX"))
    assert not is_form(Path("fleksjob.xlsx"))
