"""Register extracts: whatever way they are written down, the same exact sums; and all that is wrong told at once."""

from __future__ import annotations

import csv
import io
import random
import re
import subprocess
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import straight
from conftest import copy_project
from generator import Spell, Style, csv_bytes, employments, spells, write_xlsx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aarsstatus import cli, extracts
from aarsstatus.extracts import Ingested, ingest
from aarsstatus.extracts.persons import number_persons, with_bare_numbers
from aarsstatus.extracts.remarks import FAR_AT_LEAST
from aarsstatus.files import alone
from aarsstatus.inputs import aliases, read_data
from aarsstatus.inputs.aliases import fold_value, read_names
from aarsstatus.problems import InputError
from aarsstatus.project import Project

pytestmark = pytest.mark.usefixtures("workbooks_here")
HEADER = "Forvaltning;Jobordning;Startdato;Slutdato;CPR\n"
GOOD = "BUF;Løntilskud;01-03-2026;31-03-2026;010190-0000\n"
DRAWN = date(2027, 1, 12)


def read(project: Project, *files: Path, year: int = 2026, **options) -> Ingested:
    return ingest(project, year, files, **{"extracted": max(DRAWN, date(year + 1, 1, 12)), **options})


def from_text(project: Project, text: str | bytes, name: str = "udtræk.csv", **options) -> Ingested:
    path = project.root / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read(project, path, **options)


def problems(project: Project, text: str | bytes, name: str = "udtræk.csv", **options) -> list[str]:
    """Return what is wrong with an extract, and see that nothing was written."""
    (project.root / name).unlink(missing_ok=True)
    before = everything(project)
    with pytest.raises(InputError) as caught:
        from_text(project, text, name, **options)
    (project.root / name).unlink()
    assert everything(project) == before
    return [str(problem) for problem in caught.value.problems]


def everything(project: Project) -> dict[str, bytes]:
    """Return all files but the one by which a run that writes keeps others from it, which is empty and stays."""
    files = (path for path in sorted(project.root.rglob("*")) if path.is_file() and path.suffix != ".lock")
    return {str(path): path.read_bytes() for path in files}


def found(done: Ingested) -> dict[tuple[str, str], tuple[Fraction, int | None]]:
    return {key: (total.status, total.spells) for key, total in done.sums.items()}


def book(path: Path, rows: Sequence[Sequence[object]], **sheets: Sequence[Sequence[object]]) -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    for name, more in sheets.items():
        sheet = made.create_sheet(name)
        for row in more:
            sheet.append(row)
    made.save(path)
    return path


# -- the same sums, however it is written down ---------------------------------------------------------------

STYLES = {
    "plain": Style(),
    "cp1252": Style(encoding="cp1252"),
    "utf-8 with a mark": Style(encoding="utf-8-sig"),
    "utf-16": Style(encoding="utf-16", delimiter="\t"),
    "commas": Style(delimiter=",", dates=("iso",), newline="\n"),
    "tabs": Style(delimiter="\t", dates=("dots", "slashes")),
    "every date": Style(dates=("dashes", "dots", "slashes", "iso", "time", "short")),
    "codes": Style(names=False, persons="plain"),
    "title, sum": Style(title=("Udtræk af forløb", "", "Alle forvaltninger"), total=True, persons="number"),
    "other headers, other order": Style(
        headers=("TIL", "Fra", "personnummer", "FORV.", "Ordningstype", "Timer/uge"),
        fields=("end", "start", "person", "administration", "scheme", "hours"),
        extra=("Bemærkning", "Sagsbehandler"),
    ),
    "old mac": Style(newline="\r"),
}


@pytest.fixture(scope="module")
def made(project: Project) -> list[Spell]:
    return [*spells(read_data(project), 2026, seed=7)[:700], *employments(read_data(project), 2026, seed=7)[:200]]


@pytest.fixture(scope="module")
def expected(made: list[Spell]) -> dict[tuple[str, str], tuple[Fraction, int | None]]:
    return straight.sums(made, 2026)


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_the_sums_do_not_depend_on_how_it_is_written(copied: Project, made, expected, style: Style) -> None:
    assert found(from_text(copied, csv_bytes(made, style))) == expected


@pytest.mark.parametrize("merged", [False, True])
def test_nor_on_excel(copied: Project, made, expected, merged: bool) -> None:
    done = read(copied, write_xlsx(copied.root / "udtræk.xlsx", made, merged=merged))
    assert found(done) == expected
    assert any("række 3" in note for note in done.notes)
    assert any("»Vejledning«" in note for note in done.notes)


def test_a_file_is_read_in_pieces_that_are_put_together(copied: Project, made, expected, monkeypatch) -> None:
    monkeypatch.setattr("aarsstatus.extracts.csv_table.PIECE", 1000)
    for encoding in ("utf-8", "cp1252", "utf-16"):
        style = Style(encoding=encoding, title=('En titel med "anførselstegn"\nover to linjer',), total=True)
        done = from_text(copied, csv_bytes(made, style))
        assert found(done) == expected
        assert (done.extracts[0].rows, done.extracts[0].refused) == (len(made), 0)


def test_what_is_written_is_what_was_summed(copied: Project, made, expected) -> None:
    """To ten decimals, whatever else the files hold, and again the same bytes."""
    before = (copied.data / "status.csv").read_bytes()
    done = from_text(copied, csv_bytes(made, STYLES["cp1252"]))
    after = (copied.data / "status.csv").read_bytes()
    assert after.startswith(before)
    data = read_data(copied)
    rows = {(code, key): row for (year, code, key), row in data.statuses.items() if year == 2026}
    assert {key: row.spells for key, row in rows.items()} == {key: spells for key, (_, spells) in expected.items()}
    for key, (status, _) in expected.items():
        assert abs(rows[key].status - status) <= Fraction(1, 2 * 10**10)
        assert rows[key].interval.exact
        assert rows[key].origin.endswith("af 12-01-2027")
    listed = list(csv.DictReader(io.StringIO((copied.data / "extracts.csv").read_text(encoding="utf-8"))))
    assert [row["rows"] for row in listed] == [str(len(made))]
    assert listed[0]["sha256"] == done.extracts[0].sha256
    first = everything(copied)
    from_text(copied, csv_bytes(made, STYLES["cp1252"]))
    assert everything(copied) == first


def test_only_the_schemes_of_an_extract_are_replaced_and_any_order_gives_the_same(copied: Project, made) -> None:
    halves = {
        "forløb.csv": [spell for spell in made if spell.scheme != "fleksjob"],
        "fleksjob.csv": [spell for spell in made if spell.scheme == "fleksjob"],
    }
    states = []
    for names in (("forløb.csv", "fleksjob.csv"), ("fleksjob.csv", "forløb.csv")):
        for name in names:
            from_text(copied, csv_bytes(halves[name], Style()), name)
        states.append([(copied.data / f"{name}.csv").read_bytes() for name in ("status", "extracts", "warnings")])
    assert states[0] == states[1]
    read(copied, *(copied.root / name for name in halves))
    assert (copied.data / "status.csv").read_bytes() == states[0][0]


def test_a_status_file_that_excel_has_saved_keeps_its_ways(copied: Project) -> None:
    path = copied.data / "status.csv"
    text = path.read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(text)))
    excel = io.StringIO()
    csv.writer(excel, delimiter=";", lineterminator="\r\n").writerows(rows)
    path.write_bytes(b"\xef\xbb\xbf" + excel.getvalue().encode())
    before = path.read_bytes()
    from_text(copied, HEADER + GOOD)
    after = path.read_bytes()
    assert after.startswith(before)
    assert after.removeprefix(before).startswith(b"2026;KK;loentilskud;0.0849315068;1;exact;")
    assert b"\n" not in after.replace(b"\r\n", b"")


# -- days -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "start", "end", "days"),
    [
        (2026, "01-01-2026", "31-12-2026", 365),
        (2028, "01-01-2028", "31-12-2028", 366),
        (2028, "29-02-2028", "29-02-2028", 1),
        (2100, "28-02-2100", "01-03-2100", 2),
        (2026, "31-12-2025", "01-01-2026", 1),
        (2026, "31-12-2026", "01-01-2027", 1),
        (2026, "15-06-2024", "15-06-2029", 365),
        (2026, "01-12-2026", "", 31),
        (2026, "01-12-2026", "31-12-9999", 31),
        (2020, "28-12-2020", "03-01-2021", 4),  # week 53 of 2020 ends in 2021
        (2021, "28-12-2020", "03-01-2021", 3),
        (2026, "28-12-2026", "03-01-2027", 4),  # and 2026 has a week 53 of its own
        (2026, "31-12-2026", "31-12-2026", 1),
        (2026, "46023", "46023", 1),  # an Excel cell that lost its format: 1 January 2026
        (2026, "20260101", "31012026", 31),
        (2026, "2026-01-01T08:30:00+01:00", "1.1.2026 23:59", 1),
    ],
)
def test_days_inside_the_year(copied: Project, year: int, start: str, end: str, days: int) -> None:
    if year in {2020, 2021}:  # there, the numbers come from a notat
        path = copied.data / "status.csv"
        kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith(str(year))]
        path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    done = from_text(copied, f"{HEADER}SOF;Løntilskud;{start};{end};\n", year=year)
    length = 366 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 365
    assert found(done)["SOF", "loentilskud"] == (Fraction(days, length), 1)
    assert found(done)["KK", "loentilskud"] == (Fraction(days, length), 1)
    assert found(done)["BUF", "loentilskud"] == (0, 0)


def test_a_year_from_2900_means_for_ever_and_one_before_is_a_slip(copied: Project) -> None:
    for end in ("01-01-2900", "2900-06-01", "31-12-9999"):
        assert from_text(copied, f"{HEADER}SOF;Løntilskud;31-12-2026;{end};\n").sums["SOF", "loentilskud"].spells == 1
    said = problems(copied, f"{HEADER}SOF;Løntilskud;31-12-2026;31-12-2899;\n")
    assert "fandt »31-12-2899«; forventede en dato mellem 1950 og 2199" in said[0]
    assert "fandt »01-01-2900«" in problems(copied, f"{HEADER}SOF;Løntilskud;01-01-2900;;\n")[0]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return copy_project(tmp_path_factory.mktemp("delt") / "projekt")


@given(
    year=st.sampled_from([2026, 2027, 2028]),
    drawn=st.lists(st.tuples(st.integers(-400, 800), st.integers(0, 500), st.booleans()), min_size=1, max_size=12),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_spells_come_to_what_the_formula_says(shared: Project, year: int, drawn) -> None:
    first = date(year, 1, 1)
    made = [
        (first + timedelta(start), None if runs else first + timedelta(start + more)) for start, more, runs in drawn
    ]
    made += [(first, first)] * (len(made) + 1)  # or it would be another year's file
    text = HEADER + "".join(f"TMF;Praktik;{a:%d-%m-%Y};{'' if b is None else f'{b:%d.%m.%Y}'};\n" for a, b in made)
    done = from_text(shared, text, year=year, extracted=date(year + 1, 1, 10))
    assert done.sums["TMF", "virksomhedspraktik"].status == straight.persons(made, year)


def test_a_scheme_can_count_hours(copied: Project) -> None:
    path = copied.data / "schemes.csv"
    text = path.read_text(encoding="utf-8").replace("loentilskud,placements,days", "loentilskud,placements,hours")
    path.write_text(text, encoding="utf-8")
    rows = "".join(f"BUF;Løntilskud;01-01-2026;31-12-2026;{hours}\n" for hours in ("37", "18,5", "7.4", "0"))
    done = from_text(copied, "Forvaltning;Ordning;Fra;Til;Ugentlige timer\n" + rows)
    assert done.sums["BUF", "loentilskud"].status == Fraction("62.9") / 37
    said = problems(
        copied, "Forvaltning;Ordning;Fra;Til;Timer\nBUF;Løntilskud;01-01-2026;;\nBUF;Løntilskud;01-01-2026;;fuld\n"
    )
    assert any("række 2, ugentlige timer: cellen er tom" in one for one in said)
    assert any("fandt »fuld«; forventede et timetal" in one for one in said)


# -- heads ----------------------------------------------------------------------------------------------------

FLEKS = "Forvaltning;CPR;Ansat fra;Ansat til\n"


def test_fleksjob_counts_persons_on_the_last_day(copied: Project) -> None:
    text = FLEKS + (
        "BUF;010190-0000;01-01-2010;\n"
        "SOF;010190 0000;01-06-2026;31-12-2026\n"  # the same person, in two administrations
        "SOF;0201900000;01-06-2020;30-12-2026\n"  # gone the day before
        "SOF;30190-0000;31-12-2026;\n"  # a zero lost
        "SOF;301900000;31-12-2026;01-02-2027\n"  # the same person, the same administration
        ";040190-0000;01-01-2026;\n"
        "TMF;;01-01-2026;\n"
        "TMF;;01-01-2026;\n"  # nobody knows whether it is the same
    )
    done = from_text(copied, text, "fleksjob.csv")
    heads = {code: int(done.sums[code, "fleksjob"].status) for code in ("KK", "BUF", "SOF", "TMF", "ØKF")}
    assert heads == {"KK": 5, "BUF": 1, "SOF": 2, "TMF": 2, "ØKF": 0}
    assert {total.spells for total in done.sums.values()} == {None}
    assert done.extracts[0].kind == "employments"
    kinds = {remark.kind: remark.count for remark in done.remarks}
    assert kinds["not_distributed"] == 1
    assert kinds["no_persons"] == 2
    assert kinds["several_administrations"] == 1


def test_a_file_without_a_scheme_must_say_what_it_is(copied: Project) -> None:
    text = "Forvaltning;Person;Fra;Til\nBUF;a1;01-01-2026;\n"
    assert any("jobordning: kolonnen mangler" in one and "--scheme fleksjob" in one for one in problems(copied, text))
    for name, options, scheme in (
        ("fleksjob.csv", {}, "fleksjob"),
        ("flekspersoner.csv", {}, "fleksjob"),
        ("løntilskud 2026.csv", {}, "loentilskud"),
        ("a.csv", {"scheme": "fritidsjob"}, "fritidsjob"),
    ):
        done = from_text(copied, text, name, **options)
        assert {key for _, key in done.sums} == {scheme}
    for name in ("ansættelser.csv", "løn for ansatte.csv"):  # anybody may be employed
        assert any("--scheme fleksjob" in one for one in problems(copied, text, name))
    said = problems(
        copied, text.replace("Person;", "Person;Jobordnign;").replace("a1;", "a1;Fleksjob;"), "fleksjob.csv"
    )
    assert "fandt »Jobordnign«" in said[0]
    assert "mente du »Jobordning«?" in said[0]


# -- what is wrong --------------------------------------------------------------------------------------------


def test_everything_wrong_is_told_at_once_with_its_place_and_the_nearest_value(copied: Project) -> None:
    rows = [
        GOOD.strip(),
        "Socialforvaltnigen;Løntilskud;01-01-2026;;1",
        "BUF;Løntilskut;01-01-2026;;2",
        "BUF;Løntilskud;31-11-2026;;3",
        "BUF;Løntilskud;01-05-2026;30-04-2026;4",
        "BUF;Løntilskud;;01-01-2026;5",
        "BUF;;01-01-2026;;6",
        "BUF;Løntilskud;i går;;7",
        "BUF;Løntilskud;01-01-26;;8",
        "BUF;Løntilskud;12/31/2026;;9",
        "BUF;Nytteindsats;01-01-2026;;10",
        GOOD.strip(),
        "BUF;Løntilskud;01-01-2026;;11;for meget",
        "Socialforvaltnigen;Løntilskud;02-01-2026;;12",
    ]
    said = problems(copied, HEADER + "\n".join(rows))
    unusable = "værdien kan ikke bruges; fandt"
    for expected in (
        f"række 3 og 15, forvaltning: {unusable} »Socialforvaltnigen«; forventede en forvaltning; mente du »Social",
        f"række 4, jobordning: {unusable} »Løntilskut«; forventede en jobordning; mente du »løntilskud«?",
        f"række 5, startdato: {unusable} »31-11-2026«; forventede en dato, der findes; mente du »30-11-2026«?",
        "række 6, slutdato: forløbet slutter, før det begynder; fandt »30-04-2026«; forventede tidligst 01-05-2026",
        "række 7, startdato: cellen er tom; forventede en dato",
        "række 8, jobordning: cellen er tom; forventede en jobordning",
        f"række 9, startdato: {unusable} »i går«",
        f"række 10, startdato: {unusable} »01-01-26«; forventede en dato med fire cifre i årstallet; mente du »01-",
        f"række 11, startdato: {unusable} »12/31/2026«; forventede en dato, der findes; mente du »31-12-2026«?",
        "række 12, jobordning: jobordningen fandtes ikke; fandt »nytteindsats«; forventede en jobordning, der fandtes",
        "række 13: rækken gentager en tidligere række (13 = 2); forventede hvert forløb én gang",
        "række 14: rækken har flere celler end overskriften",
    ):
        assert any(one.startswith(f"udtræk.csv, {expected}") for one in said), expected
    assert len(said) == 12


def test_a_thousand_rows_with_the_same_fault_are_one_problem(copied: Project) -> None:
    bad = "".join(
        f"Beskæftigelsesforvaltningen;Løntilskud;01-01-2026;;{n}\n{GOOD.replace('0000', f'{n:04}')}"
        for n in range(1000)
    )
    said = problems(copied, HEADER + bad)
    assert len(said) == 1
    assert said[0].startswith("udtræk.csv, række 2, 4, 6, 8, 10, 12 … (1.000 rækker), forvaltning: ")
    many = "".join(f"Afdeling {n};Løntilskud;01-01-2026;;\n" for n in range(1000))
    assert len(problems(copied, HEADER + many)) < 30


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("", "a.csv", "filen er tom"),
        ("\ufeff\r\n;;;\r\n", "a.csv", "filen er tom"),
        (HEADER, "a.csv", "ingen rækker under overskriften"),
        ("et to tre\n1 2 3\n", "a.csv", "overskriften blev ikke fundet"),
        (HEADER.replace("Startdato", "Dato") + GOOD, "a.csv", "række 1, startdato: kolonnen mangler"),
        (HEADER.replace("Slutdato", "Slutdatto") + GOOD, "a.csv", "fandt »Slutdatto«; forventede en kolonne"),
        (HEADER.replace("Forvaltning", "Kommune") + GOOD, "a.csv", "forvaltning: kolonnen mangler"),
        (HEADER + GOOD.replace("2026", "2024"), "a.csv", "ingen forløb har dage i 2026; fandt »forløb, der"),
        (HEADER + "BUF;Løntilskud;01-01-2025;;\n" + GOOD.replace("2026", "2025") * 2, "a.csv", "er udtrækket for et"),
        (HEADER + "BeskÃ¦ftigelse og Integration;Løntilskud;01-01-2026;;\n", "a.csv", "gemt med et forkert tegnsæt"),
        (b"Forvaltning;Ordning;Fra;Til\n\x99KF;L\x9bntilskud;01-01-2026;\n", "a.csv", "mente du »Løntilskud«?"),
        ("PK\x03\x04 ikke en rigtig projektmappe", "a.xlsx", "filen kan ikke læses som Excel"),
        ("%PDF-1.7", "a.pdf", "filen er hverken CSV eller XLSX"),
        ((HEADER + GOOD).encode("utf-32"), "a.csv", "tekst i UTF-32; gem den som »CSV UTF-8«"),
        (HEADER + GOOD, "udtræk 010190-0000.csv", "filens navn ligner et CPR-nummer"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used(copied: Project, text: str | bytes, name: str, said: str) -> None:
    told = "\n".join(problems(copied, text, name))
    assert said in told
    assert "0000" not in told


def test_a_file_that_is_too_large_is_not_read(copied: Project, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.truncate(3 << 30)  # holes take no room on the disk
    with pytest.raises(InputError, match="for stor"):
        ingest(copied, 2026, [path])


def test_a_sheet_may_be_as_wide_as_it_can(copied: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bred.xlsx"
    book = openpyxl.Workbook()
    for cells in (("Forvaltning", "Ordning", "Fra", "Til"), ("BUF", "Løntilskud", "01-01-2026", "31-12-2026")):
        book.active.append(cells)
    book.active.cell(40, 16_384, " ")
    book.save(path)
    folded: list[str] = []
    monkeypatch.setattr(aliases, "_folded", lambda text, plain=aliases._folded: folded.append(text) or plain(text))
    ingest(copied, 2026, [path], extracted=date(2027, 1, 12))
    assert len(folded) < 2_000, "each heading once, however many cells are empty"


def test_a_wrong_year_says_which_it_is(copied: Project) -> None:
    said = problems(copied, HEADER + GOOD.replace("2026", "2024"))
    assert "mente du »2024«?" in said[0]
    with pytest.raises(InputError, match="tallene for 2025 er skrevet af efter notat-2025"):
        from_text(copied, HEADER + GOOD.replace("2026", "2025"), year=2025)


def test_an_empty_book_and_one_with_a_table_on_several_sheets(copied: Project) -> None:
    head = ["Forvaltning", "Ordning", "Fra", "Til"]
    row = ["BUF", "Løntilskud", date(2026, 1, 1), date(2026, 12, 31)]
    with pytest.raises(InputError, match="filen er tom"):
        read(copied, book(copied.root / "tom.xlsx", []))
    path = book(
        copied.root / "to.xlsx", [head, row], Mere=[["Titel"], head, [*row[:2], date(2026, 7, 1), None]], Noter=[["x"]]
    )
    done = read(copied, path)
    assert done.sums["BUF", "loentilskud"].status == Fraction(365 + 184, 365)
    with pytest.raises(InputError) as caught:
        read(copied, book(copied.root / "fejl.xlsx", [head, row], Mere=[["Titel"], head, ["BUFF", *row[1:]]]))
    assert str(caught.value).startswith("fejl.xlsx, ark »Mere«, række 3, forvaltning: ")


def test_the_same_file_twice_is_refused(copied: Project) -> None:
    for name in ("a.csv", "b.csv"):
        (copied.root / name).write_text(HEADER + GOOD, encoding="utf-8")
    with pytest.raises(InputError, match=r"b\.csv: filen er magen til a\.csv"):
        read(copied, copied.root / "a.csv", copied.root / "b.csv")


def test_a_row_repeated_in_another_file_is_found(copied: Project) -> None:
    (copied.root / "a.csv").write_text(HEADER + GOOD, encoding="utf-8")
    (copied.root / "b.csv").write_text(HEADER + GOOD.replace("01-03-2026", "2026-03-01"), encoding="utf-8")
    with pytest.raises(InputError, match=r"b\.csv, række 2: rækken gentager en tidligere række \(2 = a\.csv 2\)"):
        read(copied, copied.root / "a.csv", copied.root / "b.csv")


def test_blank_rows_are_counted_as_excel_does_and_nothing_else(copied: Project) -> None:
    text = f"Titel;;\n\n{HEADER}{GOOD}\n;;;;\n   \nXX;Løntilskud;01-01-2026;;\n\n"
    (said,) = problems(copied, text)
    assert said.startswith("udtræk.csv, række 8, forvaltning: værdien kan ikke bruges; fandt »XX«; forventede en ")


def test_a_quoted_cell_over_two_lines_is_one_row(copied: Project) -> None:
    rows = '"to\nlinjer; og ""mere""";BUF;Løntilskud;01-01-2026;\nx;YY;Løntilskud;01-01-2026;\n'
    text = f"Bemærkning;Forvaltning;Ordning;Fra;Til\n{rows}"
    assert "række 3, forvaltning" in problems(copied, text)[0]


def test_a_file_that_is_cut_off_is_not_taken_for_one_with_a_spell_that_still_runs(copied: Project) -> None:
    assert "skåret over" in problems(copied, HEADER + GOOD + "BUF;Løntilskud;01-04-2026")[0]
    done = from_text(copied, HEADER + GOOD + "BUF;Løntilskud;01-04-2026\n" + GOOD.replace("0000", "0001").strip())
    assert done.sums["BUF", "loentilskud"].spells == 3


def test_a_quotation_mark_that_is_never_closed_swallows_nothing(copied: Project) -> None:
    rows = [f"BUF;Praktik;01-01-2026;01-01-2026;{n};x\n" for n in range(100)]
    rows[40] = rows[40].replace(";x", ';"hun sagde: ja')
    done = from_text(copied, HEADER.replace("\n", ";Bemærkning\n") + "".join(rows))
    assert done.sums["BUF", "virksomhedspraktik"].spells == 100
    rows[60] = rows[60].replace("BUF", '"BUF')
    done = from_text(copied, HEADER.replace("\n", ";Bemærkning\n") + "".join(rows))
    assert done.sums["BUF", "virksomhedspraktik"].spells == 100
    rows[80] = rows[80].replace("BUF", "BUFF")
    assert "række 82" in problems(copied, HEADER.replace("\n", ";Bemærkning\n") + "".join(rows))[0]


@pytest.mark.parametrize(
    "total",
    [
        "I alt;;;;1.134\n",
        ";;;;\nTotal;;;\n",
        "Sum;3;;;\n\n\n",
        "Antal forløb: 3\n",
        "Udtrukket af Kontor for HR\nI alt 3;;;;\n",
    ],
)
def test_a_row_of_sums_is_left_out_and_said(copied: Project, total: str) -> None:
    done = from_text(copied, HEADER + GOOD + total)
    assert done.extracts[0].rows == 1
    notes = [note for note in done.notes if "sum eller en bemærkning" in note]
    said = [" ".join(filter(None, line.split(";"))) for line in total.splitlines() if line.strip(";")]
    for one, note in zip(said, reversed(notes), strict=True):
        quoted = f"(»{one}«) er læst som en sum" in note
        assert quoted is not one.startswith("Udtrukket"), (
            "a sum can be held against what was read, a remark is nobody's"
        )


ELSEWHERE = {
    "semicolons": (HEADER + GOOD, "BUF,Løntilskud,01-03-2026,31-03-2026,010190-0001\n"),
    "tabs": (HEADER + GOOD, "BUF\tLøntilskud\t01-03-2026\t\t010190-0001\n"),
    "commas": ((HEADER + GOOD).replace(";", ","), "BUF;Løntilskud;01-03-2026;31-03-2026;010190-0001\n"),
    "a decimal comma": (
        "Forvaltning,Jobordning,Startdato,Slutdato,Timer\nBUF,Løntilskud,01-03-2026,,37\n",
        "BUF;Løntilskud;01-03-2026;31-03-2026;18,5\n",
    ),
    "a column nobody reads": (
        "Løbenummer;Forvaltning;Jobordning;Startdato;Slutdato\n1;BUF;Løntilskud;01-03-2026;31-03-2026\n",
        "2,BUF,Løntilskud,2026-03-01,\n",
    ),
}


@pytest.mark.parametrize("after", ["", "\n\nI alt;;2\n", "1;BUF;Løntilskud;01-04-2026;30-04-2026\n"])
@pytest.mark.parametrize("kind", ELSEWHERE)
def test_rows_with_another_delimiter_are_refused_wherever_they_stand(copied: Project, kind: str, after: str) -> None:
    """One after another they would be read as remarks below the table, or as rows with nothing in them."""
    text, row = ELSEWHERE[kind]
    if kind != "a column nobody reads" and after.startswith("1;"):
        after = text.splitlines(keepends=True)[-1].replace("01-03-2026", "01-01-2026").replace("010190-0000", "")
    said = problems(copied, text + row + row + after)
    (found,) = [one for one in said if "række 3" in one]
    assert "række 3-4: rækken har et andet skilletegn end overskriften; forventede det samme skilletegn" in found
    assert "010190" not in found
    good = text.splitlines(keepends=True)[-1]
    days = [(n, f"{1 + n % 28:02}-0{1 + n // 28}-2026") for n in range(50)]
    text += "".join(good.replace("01-03-2026", day).replace("010190-0000", f"010190-1{n:03}") for n, day in days)
    (copied.root / "udtræk.csv").write_text(text + row + row.rstrip() + after, encoding="utf-8")
    if after.startswith("\n"):
        done = read(copied, copied.root / "udtræk.csv", skip_bad_rows=True)
        assert (done.extracts[0].rows, done.extracts[0].refused) == (53, 2)
        (kept,) = (path for path in done.written if path.name.endswith("afviste.csv"))
        assert kept.read_text(encoding="utf-8-sig").count(";;;;\n") == 2
        assert "010190" not in kept.read_text(encoding="utf-8-sig")
        assert "Løntilskud" not in kept.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("remark", ["Udtrukket 12-01-2027, af HR, for alle\n", "a, b, 46000\n"])
def test_a_remark_with_commas_is_a_remark(copied: Project, remark: str) -> None:
    assert from_text(copied, HEADER + GOOD + remark).extracts[0].rows == 1


def test_a_row_that_only_looks_like_a_sum_is_not_left_out(copied: Project) -> None:
    said = problems(copied, HEADER + GOOD + "I alt;;;;\n" + GOOD.replace("0000", "0001"))
    assert "række 3" in said[0]
    assert "række 3, startdato: cellen er tom" in "\n".join(problems(copied, HEADER + GOOD + "BUF;;;;\n"))


# -- leaving rows out -----------------------------------------------------------------------------------------


def test_bad_rows_can_be_left_out_and_are_listed_beside_the_file(copied: Project) -> None:
    text = (
        HEADER
        + GOOD
        + "BUFF;Løntilskud;01-04-2026;;020190-0000\n"
        + GOOD
        + "SOF;Løntilskud;x010190-0000;;030190-0000\n"
        + "".join(f"BUF;Løntilskud;01-04-2026;;{n}\n" for n in range(60))
    )
    done = from_text(copied, text, skip_bad_rows=True)
    assert done.sums["KK", "loentilskud"].spells == 61
    assert done.extracts[0].refused == 3
    path = copied.root / "udtræk.csv.afviste.csv"
    assert path in done.written
    listed = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")), delimiter=";"))
    assert [row[1] for row in listed] == ["række", "3", "4", "5"]
    assert "mente du »BUF«?" in listed[1][2]
    assert listed[2][3:] == ["BUF", "loentilskud", "01-03-2026", "31-03-2026"]
    assert "0000" not in path.read_text(encoding="utf-8-sig")
    with pytest.raises(InputError, match="slutdato: kolonnen mangler"):
        from_text(copied, text.replace("Slutdato", "x"), skip_bad_rows=True)


def test_nothing_is_half_written(copied: Project, monkeypatch) -> None:
    before = everything(copied)
    swap, done = Path.replace, []

    def failing(self: Path, target: Path) -> Path:
        if done:
            raise PermissionError(13, "Permission denied")
        done.append(target)
        return swap(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(InputError, match=r"data/\w+\.csv: filen kan ikke skrives.*intet er ændret"):
        from_text(copied, HEADER + GOOD)
    (copied.root / "udtræk.csv").unlink()
    assert done
    assert everything(copied) == before


@pytest.mark.parametrize("when", ["before", "after"])
def test_ctrl_c_between_two_files_changes_none(copied: Project, monkeypatch, when: str) -> None:
    """Before a file is renamed, and after it was and nobody has heard of it yet."""
    before = everything(copied)
    swap, done = Path.replace, []

    def interrupted(self: Path, target: Path) -> Path:
        if done and when == "before":
            raise KeyboardInterrupt
        done.append(target)
        renamed = swap(self, target)
        if len(done) == 2:
            raise KeyboardInterrupt
        return renamed

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        from_text(copied, HEADER + GOOD)
    (copied.root / "udtræk.csv").unlink()
    assert done
    assert everything(copied) == before


def test_one_run_at_a_time_writes(copied: Project) -> None:
    """The next waits, says so, and reads what the first wrote before it writes."""
    said: list[str] = []
    with ThreadPoolExecutor(1) as pool:
        with alone(copied.data / "status.csv"):
            other = pool.submit(from_text, copied, HEADER + GOOD, progress=said.append)
            while not any(one.startswith("Venter") for one in said):
                assert not other.done()
                time.sleep(0.01)
            path = copied.data / "status.csv"
            path.write_text(
                path.read_text(encoding="utf-8") + "2026,KK,fleksjob,7,,exact,meanwhile\n", encoding="utf-8"
            )
        other.result()
    assert said.count("Venter: en anden kørsel skriver i data/") == 1
    assert "2026,KK,fleksjob,7,,exact,meanwhile\n" in path.read_text(encoding="utf-8")
    assert "2026,KK,loentilskud," in path.read_text(encoding="utf-8")


def test_a_folder_that_nobody_may_write_in_is_told_of(copied: Project) -> None:
    (copied.data / ".status.csv.lock").mkdir()
    with pytest.raises(InputError, match=r"data/\.status\.csv\.lock: filen kan ikke skrives: .*; intet er ændret"):
        from_text(copied, HEADER + GOOD)


def test_an_unknown_name_is_told_with_those_that_are_known(copied: Project) -> None:
    (said,) = problems(copied, HEADER + GOOD.replace("BUF", "Havnen"))
    assert "fandt »Havnen«; forventede en forvaltning (BIF, BUF, KFF, SOF, SUF, TMF eller ØKF)" in said
    (said,) = problems(copied, HEADER + GOOD.replace("Løntilskud", "Hulplan"))
    assert "forventede en jobordning (løntilskud, virksomhedspraktik, " in said
    assert said.count("fleksjob") == 1


def test_what_is_summed_is_called_what_people_call_it(copied: Project, monkeypatch, capsys) -> None:
    monkeypatch.chdir(copied.root)
    (copied.root / "Løntilskud 2027-01-12.csv").write_text(
        "Forvaltning;Fra;Til\nBUF;01-03-2026;31-03-2026\n", encoding="utf-8"
    )
    assert cli.run(["ingest", "2026", "Løntilskud 2027-01-12.csv"]) in {0, 1}
    said = capsys.readouterr().out
    assert "1 af 1 række tæller med" in said
    assert "  løntilskud (helårspersoner)\n    KK       0,1       1 forløb   (nyt)\n" in said
    assert "så alle rækker er læst som løntilskud" in said


@pytest.mark.parametrize("name", ["udtræk 2026-12-01 rettet 2027-01-12.csv", "2027-01-12 af 01-12-2026.csv"])
def test_the_latest_of_two_dates_in_a_name_is_the_day_of_the_extract(copied: Project, name: str) -> None:
    done = from_text(copied, HEADER + GOOD, name, extracted=None)
    assert done.extracts[0].extracted == date(2027, 1, 12)


@pytest.mark.parametrize(("year", "is_open"), [(2899, False), (2900, True)])
def test_from_which_year_an_end_is_for_ever(copied: Project, year: int, is_open: bool) -> None:
    text = HEADER + GOOD.replace("31-03-2026", f"31-12-{year}")
    if is_open:
        assert found(from_text(copied, text))["BUF", "loentilskud"] == (Fraction(306, 365), 1)
    else:
        assert any("en dato mellem" in one for one in problems(copied, text))


@pytest.mark.parametrize("remarks", [8, 9])
def test_no_more_than_eight_rows_below_a_table_are_remarks(copied: Project, remarks: int) -> None:
    text = HEADER + GOOD + "".join(f"bemærkning {letter}\n" for letter in "abcdefghi"[:remarks])
    if remarks == 8:
        assert from_text(copied, text).extracts[0].rows == 1
    else:
        assert any("række 3, " in one for one in problems(copied, text))


# -- what somebody should look at -----------------------------------------------------------------------------


def kinds(done: Ingested) -> dict[str, tuple[int, str]]:
    return {
        remark.kind: (remark.count, remark.text) for remark in done.remarks if remark.scheme == "virksomhedspraktik"
    }


def practice(*rows: str) -> str:
    return HEADER + "".join(f"{row}\n" for row in rows)


def test_overlaps_are_told_and_count_twice(copied: Project) -> None:
    done = from_text(
        copied,
        practice(
            "BUF;Praktik;01-01-2026;31-01-2026;010190-0000",
            "SOF;Praktik;31-01-2026;28-02-2026;0101900000",
            "SOF;Praktik;01-03-2026;31-03-2026;10190-0000",  # the day after: no overlap
            "SOF;Løntilskud;01-01-2026;31-03-2026;010190-0000",  # another scheme
            "SOF;Praktik;01-01-2026;31-03-2026;020190-0000",  # another person
        ),
    )
    count, text = kinds(done)["overlap"]
    assert count == 1
    assert "udtræk.csv, række 3" in text
    assert done.sums["KK", "virksomhedspraktik"].status == Fraction(31 + 29 + 31 + 90, 365)


def test_long_spells_are_told_with_the_reason(copied: Project) -> None:
    done = from_text(
        copied,
        practice(
            "BUF;Praktik;01-01-2026;01-07-2026;", "BUF;Praktik;01-01-2026;02-07-2026;", "BUF;Praktik;01-07-2026;;"
        ),
    )
    count, text = kinds(done)["too_long"]
    assert (count, "182 dage" in text, "§ 61" in text) == (2, True, True)
    assert "række 3-4" in text


def test_dates_to_come_are_told(copied: Project) -> None:
    rows = ["BUF;Praktik;01-01-2026;01-02-2026;", "BUF;Praktik;01-11-2026;;", "BUF;Praktik;02-12-2026;03-12-2026;"]
    done = from_text(copied, practice(*rows), extracted=date(2026, 12, 1), early=True)
    assert kinds(done)["future"][0] == 1
    assert "række 4" in kinds(done)["future"][1]
    assert kinds(done)["unfinished_year"][0] == 1
    assert not {"future", "unfinished_year"} & set(kinds(from_text(copied, practice(*rows))))


def test_each_file_has_a_day_of_its_own(copied: Project) -> None:
    """A spell is of the future only as seen from the day of the file that it stands in."""
    for day, administration in (("2026-12-01", "BUF"), ("2027-01-12", "SOF")):
        text = practice(f"{administration};Praktik;02-12-2026;03-12-2026;", f"{administration};Praktik;01-11-2026;;")
        (copied.root / f"{day}.csv").write_text(text, encoding="utf-8")
    done = read(
        copied, *(copied.root / f"{day}.csv" for day in ("2027-01-12", "2026-12-01")), extracted=None, early=True
    )
    told = {
        remark.kind: (remark.count, remark.text)
        for remark in done.remarks
        if remark.kind in {"future", "unfinished_year"}
    }
    assert {kind: count for kind, (count, _) in told.items()} == {"future": 1, "unfinished_year": 1}
    assert "2026-12-01.csv, række 2" in told["future"][1]


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("udtræk 2027-01-20.csv", "20-01-2027"),
        ("fra_20270120_kl.csv", "20-01-2027"),
        ("1-12_2026, 05.01.2027.csv", "05-01-2027"),
        ("udtræk 2027-01-20 af 2026-12-31.csv", "20-01-2027"),  # the latest
        ("31-12-2026, hentet 20270120.csv", "20-01-2027"),
        ("20-01-2027, af 2026-12-31.csv", "20-01-2027"),
    ],
)
def test_the_day_of_the_extract_is_read_off_its_name(copied: Project, name: str, day: str) -> None:
    done = from_text(copied, HEADER + GOOD, name, extracted=None)
    assert f"{done.extracts[0].extracted:%d-%m-%Y}" == day


def test_numbers_far_from_last_year_are_told(copied: Project) -> None:
    before = read_data(copied).statuses[2025, "KK", "loentilskud"]
    many = [f"BUF;Løntilskud;01-01-2026;31-12-2026;{n}" for n in range(int(before.status * 3 / 2) + FAR_AT_LEAST)]
    done = from_text(copied, practice(*many))
    (far,) = (remark for remark in done.remarks if remark.kind == "far_from_before")
    assert far.administration == "KK"
    assert "og i BIF, BUF, KFF, SOF, SUF, TMF og ØKF er der også stor forskel" in far.text
    same = practice(*many[: int(before.status)])
    assert "KK" not in {
        r.administration for r in from_text(copied, same).remarks if "status" in r.text and r.kind == "far_from_before"
    }


def test_what_belongs_to_nobody_counts_in_the_city_alone(copied: Project) -> None:
    rows = [
        f"{name};Praktik;01-01-2026;10-01-2026;{n}"
        for n, name in enumerate(["", "-", "Ukendt", "Københavns Kommune", "BUF"])
    ]
    done = from_text(copied, practice(*rows))
    assert done.sums["KK", "virksomhedspraktik"].spells == 5
    assert sum(total.spells or 0 for (code, _), total in done.sums.items() if code != "KK") == 1
    assert kinds(done)["not_distributed"][0] == 4
    assert done.extracts[0].not_distributed == 4


def test_warnings_are_kept_and_replaced(copied: Project) -> None:
    from_text(copied, practice("BUF;Praktik;01-01-2026;;", ";Praktik;01-12-2026;;"))
    kept = list(csv.DictReader(io.StringIO((copied.data / "warnings.csv").read_text(encoding="utf-8"))))
    assert {row["kind"] for row in kept} >= {"too_long", "not_distributed"}
    assert {(row["year"], row["scheme"]) for row in kept} == {("2026", "virksomhedspraktik")}
    from_text(copied, practice("BUF;Praktik;01-12-2026;;"))
    kept = list(csv.DictReader(io.StringIO((copied.data / "warnings.csv").read_text(encoding="utf-8"))))
    assert "too_long" not in {row["kind"] for row in kept}


# -- names ----------------------------------------------------------------------------------------------------


def test_every_years_names_are_known(copied: Project) -> None:
    data = read_data(copied)
    names = [one for one in data.administrations if one.code != "KK"]
    rows = [f'"{one.name.upper()}";Praktik;01-01-2026;01-01-2026;{n}' for n, one in enumerate(names)]
    done = from_text(copied, practice(*rows))
    for code in {one.code for one in names}:
        assert done.sums[code, "virksomhedspraktik"].spells == sum(one.code == code for one in names)


def test_aliases_can_be_added_and_are_checked(copied: Project) -> None:
    text = HEADER.replace("Startdato", "Dag ét") + GOOD.replace("BUF", "Skoler")
    assert len(problems(copied, text)) == 1
    path = copied.data / "aliases.yml"
    aliases = path.read_text(encoding="utf-8")
    path.write_text(
        aliases.replace("    - Startdato\n", "    - Startdato\n    - DAG  ÉT\n").replace("BUF: [", "BUF: [Skoler, "),
        encoding="utf-8",
    )
    assert from_text(copied, text).sums["BUF", "loentilskud"].spells == 1
    path.write_text(
        aliases.replace("    - Startdato\n", "    - Slutdato\n").replace("BUF: [", "BUFF: ["), encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        from_text(copied, text)
    assert "navnet står også under start" in str(caught.value)
    assert "mente du »BUF«" in str(caught.value)


def test_when_two_columns_fit_the_first_on_the_list_wins_and_it_is_said(copied: Project) -> None:
    done = from_text(copied, "Forvaltningskode;Forvaltning;Ordning;Fra;Til\nbuf;BUF;Praktik;01-01-2026;\n")
    assert done.sums["BUF", "virksomhedspraktik"].spells == 1
    assert any("»Forvaltningskode« er ikke læst; »Forvaltning« er brugt" in note for note in done.notes)


# -- persons --------------------------------------------------------------------------------------------------

CPRS = ["010190-0000", "0101900000", "101900000", "010190 0000"]


@pytest.mark.parametrize("cpr", CPRS)
@pytest.mark.parametrize("column", range(6))
@pytest.mark.parametrize("skip", [False, True])
def test_a_person_number_in_any_column_is_never_seen_again(
    copied: Project, monkeypatch, capfd, column: int, cpr: str, skip: bool
) -> None:
    cells = ["BUF", "Løntilskud", "01-03-2026", "31-03-2026", "030190-0001", "37"]
    planted = [f"{cells[column]} {cpr}", cpr, f'"{cpr}']
    rows = [cells, *([*cells[:column], text, *cells[column + 1 :]] for text in planted), [*cells, cpr], [cpr]]
    text = "Forvaltning;Ordning;Fra;Til;CPR;Timer\n" + "".join(";".join(row) + "\n" for row in rows)
    seen = []
    try:
        done = from_text(copied, text, skip_bad_rows=skip, progress=seen.append)
        seen += [str(done)]
    except InputError as error:
        seen += [str(error), repr(error), str(error.__cause__), str(error.__context__)]
    (copied.root / "udtræk.csv").unlink()
    output = capfd.readouterr()
    seen += [output.out, output.err, *(content.decode("utf-8", "replace") for content in everything(copied).values())]
    digits = cpr.replace("-", "").replace(" ", "")[-9:]
    for one in seen:
        assert digits not in one.replace("-", "").replace(" ", "")
    assert not any("0301900001" in one.replace("-", "") for one in seen)


@pytest.mark.parametrize("place", ["header", "title", "sheet"])
def test_nor_one_in_a_header_a_title_or_a_sheets_name(copied: Project, place: str) -> None:
    cpr = CPRS[0]
    head = ["Forvaltning", cpr if place == "header" else "Ordning", "Fra", "Til"]
    made = openpyxl.Workbook()
    made.active.title = cpr if place == "sheet" else "Ark"
    made.active.append([cpr] if place == "title" else ["Titel"])
    made.active.append(head)
    made.active.append(["BUF", "Fejl" if place == "sheet" else "Praktik", "x", None])
    made.create_sheet("Andet").append(head)
    made.save(copied.root / "a.xlsx")
    with pytest.raises(InputError) as caught:
        read(copied, copied.root / "a.xlsx")
    assert cpr not in str(caught.value)


def test_a_crash_says_where_and_nothing_else(copied: Project, monkeypatch) -> None:
    def crash(*_: object, **__: object) -> None:
        raise ZeroDivisionError("row: BUF;Løntilskud;010190-0000")

    for place in ("count", "duplicates", "warnings"):
        with monkeypatch.context() as patch:
            patch.setattr(extracts, place, crash)
            with pytest.raises(InputError) as caught:
                from_text(copied, HEADER + GOOD)
        assert "uventet fejl (ZeroDivisionError i test_extracts.py, linje " in str(caught.value)
        error: BaseException | None = caught.value
        while error is not None:
            assert "010190" not in str(error)
            error = error.__context__


@pytest.mark.parametrize(
    "place",
    [
        "rows.Reader.read",
        "rows.dates.end_day",
        "csv_table.CsvTable._parse",
        "number_persons",
        "write_sums",
        "count",
    ],
)
def test_a_crash_of_the_command_is_one_line_without_a_person(copied: Project, monkeypatch, capfd, place: str) -> None:
    """Wherever it goes wrong, with the row in hand: exit status 2, no traceback, and no number in any file."""

    def crash(*arguments: object, **_: object) -> None:
        raise RuntimeError(f"010190-0000 {arguments}")

    (copied.root / "udtræk.csv").write_text(HEADER + GOOD, encoding="utf-8")
    monkeypatch.chdir(copied.root)
    monkeypatch.setattr(f"aarsstatus.extracts.{place}", crash)
    assert cli.run(["ingest", "2026", "udtræk.csv", "--early"]) == 2
    (copied.root / "udtræk.csv").unlink()
    said = "".join(capfd.readouterr())
    assert "uventet fejl (RuntimeError i test_extracts.py" in said
    assert "Traceback" not in said
    files = [content.decode("utf-8", "replace") for content in everything(copied).values()]
    assert not any("010190" in one for one in [said, *files])


@pytest.mark.parametrize("others", [[], ["chef", "Chef ", "c-h.e f"], ["+123456789", "1e9", "٣", "1" * 30]])
def test_persons_are_told_apart_however_they_are_written(others: list[str]) -> None:
    """Pairs that are one person get one number, all others their own; it makes no difference who else is there."""
    alike = [("010190-0000", "0101900000"), ("0101900000", "101900000"), ("010190 0000", "010190-0000")]
    own = ["7", "007", "07", "1010190000", "10101900000", "00101900000", "12345678901234567", "123456789012345678"]
    texts = [*own, *(text for pair in alike for text in pair), *others, None, "", " -"]
    frame = pl.DataFrame({"person": texts}, schema={"person": pl.String})
    numbers = dict(zip(texts, number_persons(with_bare_numbers(frame))["person"].to_list(), strict=True))
    assert all(numbers[one] == numbers[other] for one, other in alike)
    expected = len(own) + 1 + (1 if "chef" in others else len(others))
    assert len(set(numbers.values()) - {None}) == expected
    assert numbers[None] is numbers[""] is numbers[" -"] is None
    again = number_persons(with_bare_numbers(frame))["person"].to_list()
    assert numbers["0101900000"] != again[texts.index("0101900000")], "the number says who it is"


def test_extracts_are_never_in_git(project: Project) -> None:
    """``data/raw`` and lists of refused rows are ignored."""
    root = Path(__file__).parents[2]
    for name in ("data/raw/forløb 2027-01-12.xlsx", "data/raw/forløb.afviste.csv"):
        done = subprocess.run(["git", "check-ignore", "-q", name], cwd=root, check=False)
        if done.returncode == 128:
            pytest.skip("not a git checkout")
        assert done.returncode == 0


def test_no_person_is_in_what_is_kept_in_memory_afterwards(copied: Project) -> None:
    done = from_text(copied, HEADER + GOOD)
    assert "0101900000" not in repr(done).replace("-", "")


def test_seeds_make_the_same_extract(project: Project) -> None:
    data = read_data(project)
    assert spells(data, 2026, 3) == spells(data, 2026, 3)
    assert spells(data, 2026, 3) != spells(data, 2026, 4)
    made = spells(data, 2026, 3)
    assert 3000 < len(made) < 3400
    assert random.Random(1).random() == random.Random(1).random()


def test_made_spells_are_as_long_as_the_notat_implies(project: Project) -> None:
    data = read_data(project)
    totals = straight.sums(spells(data, 2026, 1), 2026)
    for key in ("loentilskud", "virksomhedspraktik", "smaajob"):
        row = data.statuses[2025, "KK", key]
        implied = row.status * 365 / (row.spells or 1)
        status, count = totals["KK", key]
        assert abs(status * 365 / (count or 1) - implied) < implied / 8


def test_a_spell_on_days_when_its_scheme_did_not_exist_is_refused(copied: Project) -> None:
    path = copied.data / "schemes.csv"
    text = path.read_text(encoding="utf-8")
    for old, new in (
        ("days,2020,,løntilskud", "days,2020,2026,løntilskud"),
        ("personer),,,,\nvirk", "personer),,,2026-06-30,\nvirk"),
    ):
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8", newline="\n")
    done = from_text(copied, f"{HEADER}TMF;Løntilskud;01-01-2026;30-06-2026;\nTMF;Løntilskud;01-12-2025;30-06-2026;\n")
    assert done.sums["TMF", "loentilskud"].status == Fraction(2 * 181, 365)
    rows = "TMF;Løntilskud;01-06-2026;01-07-2026;\nTMF;Løntilskud;01-06-2026;;\nTMF;Løntilskud;01-06-2026;05-06-2026;\n"
    said = " ".join(problems(copied, HEADER + rows))
    assert "række 2-3, jobordning: jobordningen fandtes ikke alle forløbets dage; fandt »løntilskud«" in said
    assert "alle dagene; den fandtes fra 01-01-2026 til 30-06-2026" in said


def test_a_name_means_who_held_it_in_the_year(copied: Project) -> None:
    """SUF's name goes to a new administration in 2026, and nobody's rows go to the old one."""
    path = copied.data / "administrations.csv"
    name = "Sundheds- og Omsorgsforvaltningen"
    text = path.read_text(encoding="utf-8")
    renamed = f"SUF,{name},2020,2025,,,\nSUF,Plejeforvaltningen,2026,,,,\n"
    text = text.replace(f"SUF,{name},2020,,,,\n", renamed) + f"NYE,{name},2026,,,,\n"
    for order in (text, "\n".join([*text.splitlines()[:1], *reversed(text.splitlines()[1:])]) + "\n"):
        path.write_text(order, encoding="utf-8", newline="\n")
        names = read_names(copied, read_data(copied), 2026)
        assert [names.administrations[fold_value(one)] for one in (name, "Sundheds- og Omsorgs", "Pleje")] == [
            "NYE",
            "NYE",
            "SUF",
        ]
        assert read_names(copied, read_data(copied), 2025).administrations[fold_value(name)] == "SUF"


@pytest.mark.parametrize(
    ("kind", "first", "other"), [("administrations", "BUF", "SOF"), ("schemes", "smaajob", "fleksjob")]
)
def test_an_alias_of_two_is_refused(copied: Project, kind: str, first: str, other: str) -> None:
    path = copied.data / "aliases.yml"
    text = re.sub(
        rf"(?m)^{kind}:.*$(\n  .*|\n *#.*|\n)*",
        f"{kind}:\n  {first}: [Afdeling X]\n  {other}: [afdeling x]\n\n",
        path.read_text(encoding="utf-8"),
    )
    path.write_text(text, encoding="utf-8", newline="\n")
    with pytest.raises(InputError, match=f"navnet står også under {first}; fandt »afdeling x«"):
        read_names(copied, read_data(copied), 2026)
