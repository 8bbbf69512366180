"""A fixed piece of the fuzz campaign (``make fuzz`` runs ten thousand cases), and what keeps the campaign honest."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from operator import attrgetter
from pathlib import Path
from random import Random

import pytest
from fuzz import mutate, oracle
from fuzz.campaign import Outcome, base_of, campaign, report, workspace
from fuzz.kinds import KINDS, YEAR, Base, case, change, lay_out
from fuzz.mutate import _MAIN, SHEET, Repeated, _parts, _sheet, _zip

from aarsstatus.extracts import sheet_xml
from aarsstatus.extracts.sheets import look_at
from aarsstatus.figures.collection import Figures
from aarsstatus.figures.table import build_figures
from aarsstatus.inputs import read_data
from aarsstatus.project import Project

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="pipes and links in a file's place are made as POSIX has them"),
]

SEED = 8
CASES = [
    min((one for one in map(partial(case, SEED), range(400)) if one.kind == kind), key=attrgetter("number"))
    for kind in KINDS
]
"""One of every kind; the campaign has the rest."""


@pytest.fixture(scope="module")
def base() -> Base:
    return base_of()


@pytest.fixture(scope="module")
def outcomes(base: Base) -> list[Outcome]:
    return list(campaign(CASES, base, workers=1))


@pytest.mark.slow
def test_every_case_is_taken_or_refused(outcomes: list[Outcome]) -> None:
    assert [(one.case.number, one.changed, one.wrong) for one in outcomes if one.came_to == "failed"] == []
    assert {one.case.kind for one in outcomes} == set(KINDS)


@pytest.mark.slow
def test_some_are_taken_and_some_refused(outcomes: list[Outcome]) -> None:
    assert {one.came_to for one in outcomes} == {"accepted", "refused"}
    assert "all" in report(outcomes, "title")


def test_a_case_is_its_seed_and_its_number(base: Base) -> None:
    said = []
    for _ in range(2):
        with workspace(base) as root:
            lay_out(base, root)
            said.append((change(case(SEED, 3), root), sorted(oracle.snapshot(root).items())))
    assert said[0] == said[1]
    assert case(SEED, 3) == case(SEED, 3) != case(SEED, 4)


def test_a_cell_that_openpyxl_cannot_write_ends_no_campaign(base: Base) -> None:
    """U+FFFE in a cell: taken when it is set, and refused by XML when the file is written."""
    with workspace(base) as root:
        assert "xlsx cells: 191.6=" in change(case(SEED, 5480), root)[0]


# -- the judge ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "out", "error", "wrong"),
    [
        (2, "", "params/2025.yml, linje 3: ukendt nøgle", None),
        (0, "2025: parametre og data er i orden", "", None),
        (None, "", "", "exit status None"),
        (2, "", "", "no message"),
        (2, "", "noget gik galt", "names no file"),
        (2, "", "params/2025.yml: KeyError: 'x'", "speaks of code"),
        (2, "", "a.csv: uventet fejl (ValueError i rows.py, linje 1)", "speaks of code"),
        (2, "", "params/2025.yml: fandt »\x1b[31m«", "control character"),
        (2, "", "params/2025.yml: fandt »\u202e«", "control character"),
        (2, "", "params/2025.yml: " + "x" * 3000, "a line of"),
        (2, "", "params/2025.yml: x\n" * 400, "lines"),
        (1, "", "", "no finding"),
    ],
)
def test_the_judge_knows_a_bad_message(status: int | None, out: str, error: str, wrong: str | None) -> None:
    found = list(oracle._wrong(["check", "2025"], oracle.Said(status, out, error)))
    assert bool(found) == (wrong is not None)
    assert wrong is None or wrong in found[0]


def test_the_judge_sees_what_was_changed(base: Base) -> None:
    with workspace(base) as root:
        before = oracle.snapshot(root)
        (root / "output" / str(YEAR) / "notat.html").write_text("andet", encoding="utf-8")
        (root / "data" / "ny.csv").write_text("x", encoding="utf-8")
        done = oracle.Said(2, "", "params/2025.yml: x")
        found = " ".join(oracle._changed(["check", "2025"], done, before, oracle.snapshot(root), root))
    assert "output/2026/notat.html" in found
    assert "data/ny.csv" in found


def test_the_judge_holds_ingest_to_what_it_wrote(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums that somebody typed in are for ``check``; sums that ``ingest`` wrote are held against what can be."""
    command = ["ingest", str(YEAR), "udtræk/fleksjob.csv"]

    def planted(scheme: str) -> None:
        path = Path("data", "status.csv").resolve()
        rows = mutate.rows_of(path.read_bytes())
        row = next(row for row in rows if row[:3] == [str(YEAR), "SOF", scheme])
        row[3:5] = ["11.5", "2"]
        path.write_bytes(mutate.csv_of(rows))

    with workspace(base) as root:
        monkeypatch.chdir(root)
        planted("virksomhedspraktik")
        assert oracle.judge(root, [command]) == ([], "accepted")
        run = oracle.run
        monkeypatch.setattr(oracle, "run", lambda given: (run(given), planted("loentilskud"))[0])
        wrong, _ = oracle.judge(root, [command])
    assert "SOF loentilskud: 2 spells came to 11.5 full-year equivalents" in " ".join(wrong)
    assert "virksomhedspraktik" not in " ".join(wrong)


def test_the_judge_sees_a_traceback(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> int:
        raise KeyError("x")

    monkeypatch.setattr(oracle, "run", broken)
    with workspace(base) as root:
        wrong, _ = oracle.judge(root, [["check", "2025"]])
    assert "traceback" in wrong[0]


def test_the_judge_computes_figures_itself(base: Base) -> None:
    with workspace(base) as root:
        data = read_data(Project(root))
    figures = build_figures(data, 2025)
    assert list(oracle._figures_hold(figures, data, "published")) == []
    for measure in ("attainment", "weight", "weighted_attainment", "joint_status", "spells_total"):
        id_ = next(figure.id for figure in figures.values() if figure.measure == measure and figure.value is not None)
        wrong = Figures([replace(one, value=one.value + 1) if one.id == id_ else one for one in figures.values()])  # type: ignore[operator]
        assert id_ in " ".join(oracle._figures_hold(wrong, data, "published"))


# -- what the campaign found ----------------------------------------------------------------------------------


@pytest.fixture
def root(base: Base) -> Iterator[Path]:
    with workspace(base) as folder:
        yield folder


def _sparse(path: Path, cell: str) -> None:
    path.write_bytes(_zip({**_parts(path.read_bytes()), SHEET: _sheet([("A1", "x"), (cell, "y")])}))


@pytest.mark.parametrize("cell", ["XFD1048576", "ZZZ99999", "A9999999", "AAAAAAAAAAAAAAA1"])
def test_a_cell_far_away_takes_no_memory(root: Path, cell: str) -> None:
    _sparse(root / "udtræk" / "forløb.xlsx", cell)
    oracle.reset_peak()
    done = oracle.run_command(root, ["ingest", str(YEAR), "udtræk/forløb.xlsx"])
    assert done.status == 2
    assert oracle.peak() < oracle.BYTES
    assert "forløb.xlsx" in done.error


def test_a_zip_bomb_is_not_unpacked(root: Path) -> None:
    path = root / "udtræk" / "forløb.xlsx"
    path.write_bytes(_zip({**_parts(path.read_bytes()), SHEET: Repeated(b"", b" " * (1 << 20), 1500, b"")}))
    done = oracle.run_command(root, ["ingest", str(YEAR), "udtræk/forløb.xlsx"])
    assert done.status == 2
    assert "når den pakkes ud" in done.error


@pytest.mark.parametrize("rows", [3, 20_000])
@pytest.mark.parametrize("says_where", [True, False])
def test_an_ordinary_sheet_is_not_too_large(tmp_path: Path, rows: int, says_where: bool) -> None:
    def cell(row: int, column: str) -> str:
        return f"<c{f' r={chr(34)}{column}{row}{chr(34)}' if says_where else ''}><v>1</v></c>"

    lines = "".join(f"<row>{''.join(cell(row, column) for column in 'ABCDEF')}</row>" for row in range(1, rows + 1))
    path = tmp_path / "x.xlsx"
    path.write_bytes(_zip({SHEET: f"<worksheet {_MAIN}><sheetData>{lines}</sheetData></worksheet>".encode()}))
    assert look_at(path.read_bytes()).unfit is None


@pytest.mark.parametrize("rows", [14_000, 20])
def test_a_sheet_of_too_many_cells_is(tmp_path: Path, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight millions are too many; a hundredth of them is counted the same way."""
    assert sheet_xml.MOST_CELLS == 8_000_000
    monkeypatch.setattr(sheet_xml, "MOST_CELLS", 80_000)
    row = b"<row>" + b"<c><v>1</v></c>" * (6 if rows > 20 else 5_000) + b"</row>"
    head = f"<worksheet {_MAIN}><sheetData>".encode()
    path = tmp_path / "x.xlsx"
    many = 10 if rows > 20 else 1
    path.write_bytes(_zip({SHEET: Repeated(head, row * many, rows // many, b"</sheetData></worksheet>")}))
    assert look_at(path.read_bytes()).unfit is not None


@pytest.mark.parametrize(
    "name", ["params/2025.yml", "data/status.csv", "data/errata.yml", "data/aliases.yml", "data/targets.csv"]
)
@pytest.mark.parametrize("way", ["fifo", "folder", "loop", "zeros", "null", "huge"])
def test_what_is_no_file_is_refused_at_once(root: Path, name: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutate, "PLACES", (way,))
    mutate.in_place(Random(1), root / name)
    reads = ["verify"] if name.endswith(("errata.yml", "2025.yml")) else ["ingest", str(YEAR), "udtræk/forløb.csv"]
    for command, status in ((["check", "2025"], 1), (reads, 2)):
        started = oracle.now()
        done = oracle.run_command(root, command)
        assert done.status == status, done.error + done.trace
        assert oracle.now() - started < 5
        assert name in done.out + done.error


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("data/published.csv", ",798\n", ",mange\n", "ikke et tal, som notatet skriver det; fandt »mange«"),
        ("data/published.csv", ",798\n", f",{'9' * 200}\n", "ikke et tal"),
        ("data/administrations.csv", "BUF,", '"<b>",', "en kode med store bogstaver"),
        ("data/schemes.csv", "fleksjob,fleksjob", '"x.y",fleksjob', "en kode med små bogstaver"),
        ("data/schemes.csv", "2020,2021,nytteindsats", "2021,2020,nytteindsats", "slutter, før det begynder"),
        ("data/status.csv", "2025,KK,loentilskud,93,", "2025,KK,loentilskud,93.5,", "har ingen decimaler"),
        ("params/2025.yml", "year: 2025\n", "<<: {year: 2025}\n", "linje 2: filen er ikke gyldig YAML; fandt »nøglen <<«"),
        ("params/2025.yml", "year: 2025\n", f"year: {'9' * 5000}\n", "linje 2: filen er ikke gyldig YAML; fandt »et meget langt tal«"),
        ("params/2025.yml", "date: 2026-03-11", "date: 2026-02-30", "linje 7: filen er ikke gyldig YAML; fandt »2026-02-30«"),
        ("params/2025.yml", "year: 2025\n", "year: !!bool x\n", "linje 2: filen er ikke gyldig YAML"),
        ("params/2025.yml", "year: 2025\n", f"year: {'[' * 2000}\n", "linje 2: filen er ikke gyldig YAML; fandt »mere end 20 lag«"),
        ("params/2025.yml", "# Års", "# \x00", "linje 1: filen er ikke gyldig YAML; fandt »tegnet U+0000«"),
        ("params/2025.yml", "# Års", "x" * 300_000, "filen er for stor"),
    ],
)  # fmt: skip
def test_what_broke_is_refused_with_its_line(root: Path, name: str, old: str, new: str, said: str) -> None:
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    done = oracle.run_command(root, ["check", "2025"])
    assert done.status == 1
    assert said in done.out
    assert list(oracle._wrong(["check", "2025"], done)) == []


@pytest.mark.parametrize("name", ["data/targets.csv", "data/extracts.csv", "data/warnings.csv"])
@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"", b'"' + b"x" * 200_000, b"a,b\n1,2\n", b"year\r2025\r", b"year,x\n1\n"]
)
def test_lists_that_cannot_be_read_are_told(root: Path, name: str, content: bytes) -> None:
    (root / name).write_bytes(content)
    for command in (["check", str(YEAR)], ["new", "2027"], ["ingest", str(YEAR), "udtræk/forløb.csv"]):
        done = oracle.run_command(root, command)
        assert list(oracle._wrong(command, done)) == []
        if command[0] == "ingest":
            assert done.status == 2
            assert name in done.error


@pytest.mark.parametrize("content", [b"x", b"PK\x03\x04xxxx", b"[" * 100_000])
@pytest.mark.parametrize("name", ["x.xlsx", "x.docx", "x.ipynb"])
def test_a_broken_file_beside_the_data_is_told(root: Path, name: str, content: bytes) -> None:
    (root / "data" / name).write_bytes(content)
    done = oracle.run_command(root, ["check", "2025"])
    assert list(oracle._wrong(["check", "2025"], done)) == []
    assert name in done.out or name.endswith(".ipynb")


@pytest.mark.parametrize("year", ["0000", "1999", "2201", "9999"])
@pytest.mark.parametrize("command", ["new", "check", "build", "verify"])
def test_a_year_that_cannot_be_is_refused(root: Path, command: str, year: str) -> None:
    before = oracle.snapshot(root)
    done = oracle.run_command(root, [command, year])
    assert done.status == 2
    assert "er ikke et årstal fra 2000 til 2200" in done.error
    assert oracle.snapshot(root) == before


def test_thousands_of_problems_are_fifty_lines(root: Path) -> None:
    path = root / "data" / "targets.csv"
    rows = [f"2025,X{number},placements,1,x\n" for number in range(5_000)]
    path.write_text(path.read_text(encoding="utf-8") + "".join(rows), encoding="utf-8")
    for command in (["check", "2025"], ["verify"]):
        said = oracle.run_command(root, command)
        assert len((said.out + said.error).splitlines()) < 60
        assert "problemer" in said.out + said.error


@pytest.mark.parametrize("name", ["=1+1.csv", "@x.csv", "a\nb.csv", "\x1b[2J.csv", "\udcff.csv", "\u202egpj.csv"])
def test_an_extract_with_a_hostile_name_is_refused(root: Path, name: str) -> None:
    (root / "udtræk" / "forløb.csv").rename(root / "udtræk" / name)
    command = ["ingest", str(YEAR), f"udtræk/{name}"]
    before = oracle.snapshot(root)
    done = oracle.run_command(root, command)
    assert done.status == 2
    assert re.search(r"filens navn kan ikke bruges|har et navn, der ikke er skrevet i UTF-8", done.error)
    assert list(oracle._wrong(command, done)) == []
    assert oracle.snapshot(root) == before


def test_a_heading_that_nobody_reads_steers_no_terminal(root: Path) -> None:
    path = root / "udtræk" / "fleksjob.csv"
    first, *rows = path.read_text(encoding="utf-8-sig").splitlines()
    long = "1 " * 50_000
    lines = [f"{first};\u202eabc\x1b[2J;{long}", *(f"{row};;" for row in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    command = ["ingest", str(YEAR), "udtræk/fleksjob.csv", "--date", "15-01-2027"]
    done = oracle.run_command(root, command)
    assert done.status in {0, 1}, done.error
    assert "filen har også »" in done.out
    assert "abc" in done.out
    assert list(oracle._wrong(command, done)) == []
    assert len(done.out) < 20_000


@pytest.mark.parametrize("column", [0, 1, 2])
def test_a_cell_of_twenty_megabytes_is_not_looked_through(root: Path, column: int) -> None:
    """Digits and spaces in turn were looked through ten times over: names folded, dates and person numbers sought."""
    path = root / "udtræk" / "fleksjob.csv"
    rows = path.read_text(encoding="cp1252").split("\n")
    row = rows[20].split(";")
    row[column] = "1 " * (10 << 20)
    path.write_text("\n".join([*rows[:20], ";".join(row), *rows[21:]]), encoding="cp1252")
    command = ["ingest", str(YEAR), "udtræk/fleksjob.csv", "--date", "15-01-2027"]
    done = oracle.run_command(root, command)
    assert done.status == 2
    assert "fleksjob.csv, række 21, " in done.error
    assert "cellen er for lang; forventede højst 1.000 tegn" in done.error
    refused = oracle.run_command(root, [*command, "--skip-bad-rows"])
    assert refused.status in {0, 1}
    (written,) = (root / "udtræk").glob("*.afviste.csv")
    assert written.stat().st_size < 1_000


@pytest.mark.parametrize("name", ["params/udkast.yml", "data/noter.md", "data/status.csv"])
def test_a_build_reads_no_file_that_is_far_too_large(root: Path, name: str) -> None:
    with (root / name).open("wb") as file:
        file.truncate(3 << 30)
    oracle.reset_peak()
    before = oracle.peak()  # what other tests left in this process
    done = oracle.run_command(root, ["build", "2025", "--engine", "embedded"])
    assert done.status == 2
    assert f"{name}: filen er for stor" in done.error
    assert oracle.peak() - before < oracle.BYTES
