"""The March run, from nothing but extracts to a notat, by the commands of the guide and in its order.

Every figure of the new year is then computed again, the slow and plain way, from the spells that the extracts were
written from.
"""

from __future__ import annotations

import ast
import csv
import re
import shlex
import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
import straight
from commands import spoken
from conftest import copy_project
from generator import Spell
from marching import FINDS, GUIDE, YEAR, arguments, lines, made_up, walk, write_extracts
from quick_commands import aarsstatus
from reading import html_tables, tidy

from aarsstatus import danish, privacy
from aarsstatus.extracts import ingest
from aarsstatus.figures import DERIVED
from aarsstatus.inputs import read_data
from aarsstatus.inputs.csvfile import read_table
from aarsstatus.inputs.schema import EXTRACTS, REMARKS, WARNINGS
from aarsstatus.project import Project

pytestmark = pytest.mark.usefixtures("forked_programs")
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def made(project: Project) -> list[Spell]:
    return made_up(project)


@pytest.fixture(scope="module")
def march(tmp_path_factory: pytest.TempPathFactory, made: list[Spell]) -> tuple[Project, list[str]]:
    """Follow the guide; return the project and all that was said."""
    project = copy_project(tmp_path_factory.mktemp("marts") / "projekt")
    write_extracts(project.data / "raw", made)
    said = []

    def command(words: list[str]) -> None:
        status, text = spoken(words, project.root)
        said.append(f"$ aarsstatus {shlex.join(words)}\n{text}")
        assert status in FINDS.get(words[0], {0}), said[-1]
        if words[0] == "new":
            status, text = spoken(["check", str(YEAR)], project.root)
            assert status == 1
            assert "ikke udfyldt" in text

    walk(project, command)
    return project, said


def test_the_guide_installs_as_the_readme_says() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    setup = [line for line in lines() if not arguments(line)]
    assert len(setup) == 3
    assert "\n".join(setup) in readme
    assert ".venv\\" not in GUIDE, "chapter 1 makes none: aarsstatus.cmd runs every command"


def test_windows_is_tried_as_the_guide_installs() -> None:
    """What installs on the Windows Python of ``make windows`` has all that the guide's lines say."""
    tool = (
        (ROOT / "tools" / "windows" / "windows-python")
        .read_text(encoding="utf-8")
        .replace("$LOCK", "requirements.lock")
    )
    done = [
        set(shlex.split(line)) for line in tool.replace("\\\n", " ").splitlines() if "-m pip --isolated install" in line
    ]
    said = [set(shlex.split(line.partition(" install ")[2])) for line in lines() if " -m pip install " in line]
    assert len(said) == 1
    assert all(any(words <= tried for tried in done) for words in said)


def test_every_picture_and_place_in_the_guide_exists() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", GUIDE):
        assert (ROOT / "docs" / target).is_file(), target
    headings = {
        re.sub(r"[^\w\- ]", "", line.lstrip("# ")).lower().replace(" ", "-")
        for line in GUIDE.splitlines()
        if line.startswith("#")
    }
    for anchor in re.findall(r"\]\(#([^)]+)\)", GUIDE):
        assert anchor in headings, anchor


def rows_below(heading: str) -> list[str]:
    """Return what the first column of the guide's table below a heading says, a part for each alternative."""
    table = GUIDE.partition(f"### {heading}\n")[2].partition("\n#")[0]
    cells = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")][1:]
    return [part for cell in cells for part in cell.split(", eller: ")]


def fits(row: str, said: str) -> bool:
    """Whether a row of the guide is about something that was said; an ellipsis and a year stand for anything."""
    pattern = ".*".join(map(re.escape, re.split(r"…|\b20\d\d\b", row)))
    return re.search(pattern.replace(r"\ ", " "), said) is not None


def test_the_guide_explains_every_warning(copied: Project) -> None:
    """Extracts with all that is warned of: each kind has its row, and each row is about something."""
    rows = [
        "BUF;Praktik;01-01-2026;31-08-2026;1", "BUF;Praktik;01-08-2026;31-08-2026;1", ";Praktik;01-02-2026;02-02-2026;2",
        "BUF;Praktik;15-12-2026;16-12-2026;3", "BUF;Praktik;01-11-2026;;4", "BUF;Løntilskud;01-03-2026;02-03-2026;",
        "BUF;Fleksjob;01-01-2020;;5", "SOF;Fleksjob;01-01-2020;;5", "SOF;Fleksjob;01-01-2020;;",
        *(f"BUF;Praktik;{day:02}-03-2026;{day:02}-03-2026;6" for day in range(1, 10)),
    ]  # fmt: skip
    path = copied.root / "alt 2026-12-01.csv"
    path.write_text("Forvaltning;Ordning;Fra;Til;Person\n" + "\n".join(rows) + "\n", encoding="utf-8")
    told = ingest(copied, YEAR, [path], early=True).remarks
    assert {remark.kind for remark in told} == set(REMARKS) - {"note"}
    explained = rows_below("Hvis der kommer advarsler")
    for remark in told:
        assert any(fits(row, remark.text) for row in explained), remark.text
    for row in explained:
        assert any(fits(row, remark.text) for remark in told), row


def test_the_guide_explains_what_is_refused() -> None:
    rows = rows_below("Hvis udtrækket bliver afvist")
    assert len(rows) > 40
    assert_said(rows)


PLACES = {"file": 1, "rows": 3, "Unreadable": 2, "Problem": 1, "Remark": 4, "append": 0}
"""Which argument of a call is told to an analyst; of lists, only those of notes."""


def told_of_extracts() -> Iterator[tuple[str, str]]:
    """Yield every text that reading an extract or a form may tell, with a mark for each part that varies."""
    for path in sorted((ROOT / "src/aarsstatus/extracts").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            said: ast.expr | None = None
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if (
                    name in PLACES
                    and len(node.args) > PLACES[name]
                    and (name != "append" or "notes" in ast.unparse(node.func))
                ):
                    said = node.args[PLACES[name]]
            elif isinstance(node, ast.Yield) or (
                isinstance(node, ast.Assign) and {ast.unparse(one) for one in node.targets} & {"message", "text", "why"}
            ):
                said = node.value
            for one in [said.body, said.orelse] if isinstance(said, ast.IfExp) else [said]:
                parts = one.values if isinstance(one, ast.JoinedStr) else [one]
                texts = [part.value if isinstance(part, ast.Constant) else "…" for part in parts]
                text = "".join(map(str, texts))
                if re.search("[a-zæøå]{3} [a-zæøå]", text):
                    yield path.name, text


def test_the_guide_explains_every_text() -> None:
    """Whatever reading an extract or a form may say has a row that is about it, or stands in the guide's own words."""
    rows = [
        [words.strip() for words in re.split(r"…|(?: i)? 20\d\d", part.removeprefix("bemærk:")) if words.strip()]
        for line in GUIDE.splitlines()
        if line.startswith("| ")
        for part in line.split("|")[1].split(", eller: ")
    ]
    texts = list(told_of_extracts())
    assert len(texts) > 80
    for name, text in texts:
        if max(text.split("…"), key=len).strip(" :;,»«") not in GUIDE:
            assert any(row and all(words in text for words in row) for row in rows), f"{name}: {text}"


def test_the_guide_explains_how_a_file_was_read() -> None:
    rows = rows_below("Når der står »bemærk:«")
    assert len(rows) > 5
    assert_said(rows)


def test_the_guide_explains_what_check_says() -> None:
    rows = rows_below("Hvis `check` finder noget")
    assert len(rows) > 5
    assert_said(rows)


def assert_said(rows: list[str]) -> None:
    """See that each row of the guide is about a message that is in the code; an ellipsis and a year are anything."""
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src" / "aarsstatus").rglob("*.py"))
    for row in rows:
        for words in re.split(r"…|(?: i)? 20\d\d", row.removeprefix("bemærk:")):
            assert words.strip() in code, row


def measures(made: list[Spell], project: Project) -> Iterator[tuple[str, Fraction]]:
    """Yield every figure of the year by id, from the spells and the targets alone."""
    data = read_data(project)
    sums = straight.sums(made, YEAR)
    groups = {
        group: [key for key, one in data.schemes.items() if one.group == group and ("KK", key) in sums]
        for group in data.groups
    }
    city = {group: data.targets[YEAR, "KK", group].target or 0 for group in data.groups}
    for code in data.codes():
        weighted = Fraction(0)
        for group, keys in groups.items():
            for key in keys:
                middle = group if key == group else f"{group}.{key}"
                status, count = sums[code, key]
                yield f"{YEAR}.{code}.{middle}.status", status
                if count is not None:
                    yield f"{YEAR}.{code}.{middle}.spells", Fraction(count)
            joint = sum((sums[code, key][0] for key in keys), Fraction(0))
            if group == "placements":
                yield f"{YEAR}.{code}.{group}.joint_status", joint
                yield f"{YEAR}.{code}.{group}.spells_total", Fraction(sum(sums[code, key][1] or 0 for key in keys))
            target = data.targets[YEAR, code, group].target or 0
            weight = Fraction(city[group], sum(city.values()))
            yield f"{YEAR}.{code}.{group}.target", Fraction(target)
            yield f"{YEAR}.{code}.{group}.attainment", joint / target * 100
            yield f"{YEAR}.{code}.{group}.weight", weight * 100
            weighted += weight * joint / target * 100
        yield f"{YEAR}.{code}.total.weighted_attainment", weighted


@pytest.mark.slow
def test_every_figure_is_what_a_straight_computation_gives(march: tuple[Project, list[str]], made: list[Spell]) -> None:
    project, _ = march
    with (project.output / str(YEAR) / "figures.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["year"] == str(YEAR)]
    built = {row["id"]: row["value"] for row in rows if row["measure"] not in DERIVED}  # those have tests of their own
    assert built == {id_: danish.plain_decimal(value) for id_, value in measures(made, project)}


@pytest.mark.slow
def test_the_notat_compares_with_the_year_before(march: tuple[Project, list[str]]) -> None:
    folder = march[0].output / str(YEAR)
    assert {"notat.html", "notat.pdf", "notat.docx", "kvalitetsrapport.html"} <= {
        path.name for path in folder.iterdir()
    }
    page = (folder / "notat.html").read_text(encoding="utf-8")
    assert f"for {YEAR}" in page
    assert "i 2025" in page
    assert "Beskæftigelses-, Integrations- og Erhvervsforvaltningen" in page
    assert page.count("Hvert tal er afrundet for sig.") == 1
    assert page.count("er ikke ført på en forvaltning og tæller kun med i tallene for hele kommunen.") == 1


@pytest.mark.slow
def test_the_quality_report_shows_the_extracts_and_every_warning(march: tuple[Project, list[str]]) -> None:
    """All of ``data/extracts.csv`` and ``data/warnings.csv``, and all that was told when they were read."""
    project, said = march
    page = project.output / str(YEAR) / "kvalitetsrapport.html"
    tables = {caption.partition(",")[0]: rows[1:] for caption, rows in html_tables(page)}
    listed, warned = ([row for _, row in read_table(project, table).rows] for table in (EXTRACTS, WARNINGS))
    shown = next(rows for caption, rows in tables.items() if "Udtræk" in caption)
    assert [(cells[0], cells[-1]) for cells in shown] == [(row["file"], row["sha256"]) for row in listed]
    assert [[danish.parse(cell) for cell in cells[3:8]] for cells in shown] == [
        [int(row[name]) for name in ("rows", "counted", "outside", "refused", "not_distributed")] for row in listed
    ]
    assert {cells[2] for cells in shown} == {"12-01-2027"}
    told = next(rows for caption, rows in tables.items() if "Advarsler" in caption)
    assert {row["kind"] for row in warned} >= {"not_distributed", "too_long", "overlap", "several_administrations"}
    assert [cells[1] for cells in told] == [REMARKS[row["kind"]] for row in warned]
    for cells, row in zip(told, warned, strict=True):
        said_as = "bemærk" if row["kind"] == "note" else "advarsel"
        told_of = "" if row["kind"] == "note" else f"{cells[0].lower()}: "
        assert (told_of + cells[3]).casefold() == tidy(row["text"]).casefold()
        assert cells[4] == row["svar"] == "Set efter i fagsystemet."
        assert any(f"{said_as}: {row['text']}\n" in one for one in said)


@pytest.mark.slow
def test_no_person_is_in_anything_that_came_of_it(march: tuple[Project, list[str]], made: list[Spell]) -> None:
    project, said = march
    assert not any(privacy.contains(text) for text in said)
    assert privacy.scan(project.output) == []
    files = [path for path in (*project.params.rglob("*.*"), *project.data.glob("*.*")) if path.is_file()]
    assert privacy.scan_files(files, project.root) == []
    text = "".join(path.read_text(encoding="utf-8") for path in files) + "".join(said)
    assert not any(spell.person in text for spell in made)


@pytest.mark.slow
@pytest.mark.skipif(
    shutil.which("quarto") is None, reason="quarto is not on PATH: the reference engine cannot be tried"
)
def test_both_engines_make_the_same_figures(march: tuple[Project, list[str]]) -> None:
    project, _ = march
    done = aarsstatus("build", str(YEAR), "--engine", "quarto", "--output", "quarto", cwd=project.root)
    assert done.returncode == 0, done.stderr
    one, other = (project.root / name / str(YEAR) / "figures.csv" for name in ("output", "quarto"))
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("place", ["params/2025.yml", "data/targets.csv"])
def test_a_person_number_in_the_inputs_is_never_built(copied: Project, place: str) -> None:
    path = copied.root / place
    cpr = "010190-0000"
    text = path.read_text(encoding="utf-8").replace("Bernstorffsgade 17", cpr).replace('"notat-2025, tabel 9"', cpr)
    path.write_text(text, encoding="utf-8")
    for command, status in (("check", 1), ("build", 2)):
        found, said = spoken([command, "2025"], copied.root)
        assert found == status
        assert "CPR-nummer" in said
        assert cpr not in said
    left = {file.name: file.read_bytes() for file in copied.output.rglob("*") if file.is_file()}
    assert left in ({}, {".2025.lock": b""})


@pytest.mark.parametrize(
    "arguments",
    [
        ("ingest", "2026", "010190-0000.csv"),
        ("ingest", "2026", "data", "--cpr", "010190-0000"),
        ("build", "0101900000"),
        ("explain", "010190-0000"),
        ("010190-0000",),
    ],
)
def test_a_person_number_on_the_command_line_is_not_repeated(copied: Project, arguments: tuple[str, ...]) -> None:
    done = aarsstatus(*arguments, cwd=copied.root)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "0000" not in done.stdout + done.stderr
