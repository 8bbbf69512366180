"""The March run, from nothing but extracts to a notat that is published and put right, as the guide says and in its order.

Every figure of the new year is computed again, the slow and plain way, from the spells that the extracts were written
from. What documents, index and the next year say of the year is looked at as a draft, as published, and as corrected.
"""

from __future__ import annotations

import csv
import itertools
import re
import shlex
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import pypdfium2 as pdfium
import pytest
import straight
from commands import spoken
from conftest import copy_project
from generator import Spell
from marching import FINDS, YEAR, answer_warnings, made_up, walk, write_extracts
from quick_commands import aarsstatus
from reading import html_tables, tidy

from aarsstatus import danish, privacy
from aarsstatus.figures import DERIVED
from aarsstatus.figures.collection import Figures
from aarsstatus.figures.table import build_figures
from aarsstatus.inputs import read_data
from aarsstatus.inputs.csvfile import read_table
from aarsstatus.inputs.params import read_params
from aarsstatus.inputs.schema import EXTRACTS, REMARKS, WARNINGS
from aarsstatus.project import Project
from aarsstatus.report.html_table import WRONG, mark

pytestmark = pytest.mark.usefixtures("forked_programs")
REASON = "Måltallet for BIF's fleksjob var skrevet forkert af"


class Office:
    """An office that follows the guide, and in between does what may go wrong; every command's answer is kept."""

    ingested: list[str]
    next_year: Figures

    def __init__(self, root: Path, made: list[Spell]) -> None:
        self.project = copy_project(root)
        self.said: list[str] = []
        self.told: dict[str, str] = {}
        self._stages = iter(("draft", "issued", "correction", "corrected"))
        write_extracts(self.project.data / "raw", made)
        walk(self.project, self.follow)

    def run(self, *words: str, status: int = 0) -> str:
        found, said = spoken(words, self.project.root)
        assert found == status, f"{words}: {said}"
        return said

    def follow(self, words: list[str]) -> None:
        """Do what a line of the guide says, and what an office might do then."""
        if "--correct" in words:
            self.edit_what_was_published()
            words = [*words[:-1], REASON]
        status, text = spoken(words, self.project.root)
        self.said.append(f"$ aarsstatus {shlex.join(words)}\n{text}")
        assert status in FINDS.get(words[0], {0}), self.said[-1]
        if words[0] == "new":
            assert "ikke udfyldt" in self.run("check", str(YEAR), status=1)
        if words[0] == "ingest" and words[-1].endswith(".csv"):  # nobody has answered yet
            self.ingested = words
            self.told["doubtful"] = self.run("publish", str(YEAR), "--date", "12-03-2027", status=2)
        if words[0] == "check":
            self.told["unbuilt"] = self.run("publish", str(YEAR), "--date", "12-03-2027", status=2)
        if words[0] in {"build", "publish"} and "--correct" not in words:
            self.keep(next(self._stages))

    def keep(self, stage: str) -> None:
        """Copy the output folder, as it is now."""
        shutil.copytree(self.project.output, self.project.root / stage)

    def edit_what_was_published(self) -> None:
        """Change what the published notat was made from, in every way; it is to stay as it is."""
        self.told["check"] = self.run("check", str(YEAR), status=1)
        with everything_changed(self.project):
            self.next_year = build_figures(read_data(self.project), YEAR + 1)
            self.run("build", str(YEAR))
            self.keep("still")
        self.told["ingest"] = self.run(*self.ingested, status=1)
        answer_warnings(self.project)
        params = self.project.params / f"{YEAR}.yml"
        text = params.read_text(encoding="utf-8")
        params.write_text(text.replace("1577 København V", "1550 København V"), encoding="utf-8", newline="\n")
        self.told["build"] = self.run("build", str(YEAR), status=2)
        params.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def everything_changed(project: Project) -> Iterator[None]:
    """Change every status and target of every year for a while."""
    before = {path: path.read_bytes() for path in (project.data / "status.csv", project.data / "targets.csv")}
    for path in before:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row, name in itertools.product(rows, ("status", "target", "spells")):
            if row.get(name):
                row[name] = str(round(float(row[name]) * (5 if name == "spells" else 3) + 7))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    yield
    for path, content in before.items():
        path.write_bytes(content)


@pytest.fixture(scope="module")
def made(project: Project) -> list[Spell]:
    return made_up(project)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, made: list[Spell]) -> Office:
    """Make a year, publish it, put a number right, and publish the correction."""
    return Office(tmp_path_factory.mktemp("marts") / "projekt", made)


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
def test_every_figure_is_what_a_straight_computation_gives(office: Office, made: list[Spell]) -> None:
    project = office.project
    with (project.output / str(YEAR) / "figures.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["year"] == str(YEAR)]
    built = {row["id"]: row["value"] for row in rows if row["measure"] not in DERIVED}  # those have tests of their own
    assert built == {id_: danish.plain_decimal(value) for id_, value in measures(made, project)}


@pytest.mark.slow
def test_the_notat_compares_with_the_year_before(office: Office) -> None:
    folder = office.project.output / str(YEAR)
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
def test_the_quality_report_shows_the_extracts_and_every_warning(office: Office) -> None:
    """All of ``data/extracts.csv`` and ``data/warnings.csv``, and all that was told when they were read."""
    project, said = office.project, office.said
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
def test_no_person_is_in_anything_that_came_of_it(office: Office, made: list[Spell]) -> None:
    project, said = office.project, office.said
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
def test_both_engines_make_the_same_figures(office: Office) -> None:
    project = office.project
    done = aarsstatus("build", str(YEAR), "--engine", "quarto", "--output", "quarto", cwd=project.root)
    assert done.returncode == 0, done.stderr
    one, other = (project.root / name / str(YEAR) / "figures.csv" for name in ("output", "quarto"))
    assert one.read_bytes() == other.read_bytes()


# -- a draft, published, and corrected --------------------------------------------------------------------------


def figures(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / str(YEAR) / "figures.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def page(office: Office, name: str) -> str:
    return (office.project.root / name / str(YEAR) / "notat.html").read_text(encoding="utf-8")


def pdf_pages(path: Path) -> list[str]:
    with pdfium.PdfDocument(path) as document:
        return [one.get_textpage().get_text_range() for one in document]


def word_parts(office: Office, name: str) -> dict[str, str]:
    with zipfile.ZipFile(office.project.root / name / str(YEAR) / "notat.docx") as parts:
        return {part: parts.read(part).decode() for part in parts.namelist() if part.endswith(".xml")}


def test_every_page_of_a_draft_says_so_and_none_of_what_is_published(office: Office) -> None:
    for name, said in (("draft", True), ("issued", False), ("correction", True), ("corrected", False)):
        assert ("<strong>UDKAST</strong>" in page(office, name)) is said
        footers = [text for part, text in word_parts(office, name).items() if part.startswith("word/footer")]
        assert len(footers) == 2
        assert all(("UDKAST" in text) is said for text in footers)
        texts = pdf_pages(office.project.root / name / str(YEAR) / "notat.pdf")
        assert len(texts) > 3
        assert all(("UDKAST" in text) is said for text in texts)


def test_what_is_published_is_what_the_draft_showed(office: Office) -> None:
    draft, issued = (figures(office.project.root / name) for name in ("draft", "issued"))
    shown = {id_: row["shown"] for id_, row in draft.items()}
    assert {id_: row["shown"] for id_, row in issued.items()} == shown
    own = {id_: row for id_, row in issued.items() if row["year"] == str(YEAR)}
    assert {row["verdict"] for row in own.values()} == {"exact", "unpublished"}
    unprinted = {id_ for id_, row in own.items() if row["verdict"] == "unpublished"}
    assert {row["measure"] for row in own.values() if row["published"]} >= DERIVED - {"closing_effect", "change"}
    text = (office.project.root / "issued" / str(YEAR) / "notat.ipynb").read_text(encoding="utf-8")
    assert not [id_ for id_ in unprinted if f'\\"{id_}\\"' in text]
    assert all(
        row["published"] == row["shown"]
        for row in own.values()
        if row["verdict"] == "exact" and row["measure"] != "weight"
    )
    with (office.project.root / "issued" / str(YEAR) / "audit.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["id"] in own and own[row["id"]]["measure"] in DERIVED:
                figure = own[row["id"]]
                assert (row["printed"], row["verdict"]) == (figure["shown"], figure["verdict"]), row
    with zipfile.ZipFile(office.project.root / "udgivet" / f"notat-{YEAR}.zip") as kept:
        names = set(kept.namelist())
    assert {f"{YEAR}/notat.docx", f"{YEAR}/notat.pdf", f"{YEAR}/manifest.json"} <= names


def test_an_edit_changes_nothing_that_was_published_and_check_tells(office: Office) -> None:
    issued = figures(office.project.root / "issued")
    assert issued[f"{YEAR}.BIF.fleksjob.target"]["shown"] == "100"
    for name in ("notat.ipynb", "notat.html", "notat.pdf", "notat.docx", "figures.csv", "audit.csv", "tabeller.xlsx"):
        was, now = ((office.project.root / folder / str(YEAR) / name).read_bytes() for folder in ("issued", "still"))
        assert was == now, name
    report = (office.project.root / "still" / str(YEAR) / "kvalitetsrapport.html").read_text(encoding="utf-8")
    assert "Data er ændret, siden notatet blev offentliggjort." in report
    assert "notatet viser stadig det, der blev offentliggjort" in office.told["check"]
    assert "har 50, men der står 100" in office.told["check"]


def test_what_is_read_in_and_written_after_publishing_never_changes_the_notat(office: Office) -> None:
    assert f"{YEAR} er offentliggjort, og notatet viser stadig det, der blev sendt ud" in office.told["ingest"]
    assert "notatet er offentliggjort med en anden værdi" in office.told["build"]
    assert "1550 København V" in office.told["build"]


def test_what_has_findings_or_is_not_built_is_not_published(office: Office) -> None:
    assert "ikke fordelt" in office.told["doubtful"]
    assert f"kør først aarsstatus build {YEAR}" in office.told["unbuilt"]


def test_the_next_year_shows_what_was_published_and_marks_where_the_data_say_otherwise(office: Office) -> None:
    issued = figures(office.project.root / "issued")
    now = [one for one in office.next_year.select(year=YEAR, administration="KK") if one.published]
    assert [one.shown for one in now] == [issued[one.id]["shown"] for one in now]
    target = office.next_year[f"{YEAR}.KK.fleksjob.target"]
    assert (target.shown, target.verdict, mark(target)) == ("700", "contradicted", WRONG)


def test_a_corrected_notat_says_what_it_replaces_and_each_number(office: Office) -> None:
    before, after = (figures(office.project.root / name) for name in ("issued", "corrected"))
    changed = {id_ for id_, row in after.items() if row["shown"] != before[id_]["shown"] and before[id_]["published"]}
    assert {f"{YEAR}.BIF.fleksjob.target", f"{YEAR}.BIF.fleksjob.attainment"} <= changed
    for name in ("correction", "corrected"):
        text = re.sub(r"<[^>]+>", "", page(office, name))
        assert "Rettet udgave. Den erstatter notatet, der blev sendt ud den 12. marts 2027." in " ".join(text.split())
        said = re.search(r"(?s)<strong>Rettet udgave\.</strong>.*?</div>", page(office, name))
        assert said is not None
        told = re.findall(r'data-figure="([^"]+)"', said[0])
        assert set(told) == changed
        assert told == sorted(told, key=list(after).index), "in the order of the tables: the city first"
        assert "50, før offentliggjort som 100" in " ".join(re.sub(r"<[^>]+>", "", said[0]).split())
        assert "Rettet udgave" in re.sub(r"<[^>]+>", "", word_parts(office, name)["word/document.xml"])
        assert any("Rettet udgave" in one for one in pdf_pages(office.project.root / name / str(YEAR) / "notat.pdf"))
        report = (office.project.root / name / str(YEAR) / "kvalitetsrapport.html").read_text(encoding="utf-8")
        assert "Rettelse den 24. marts 2027" in " ".join(report.split())


def test_the_index_says_when_and_what_was_corrected(office: Office) -> None:
    def said(name: str) -> str:
        text = (office.project.root / name / "index.html").read_text(encoding="utf-8")
        return " ".join(re.sub(r"<[^>]+>", "", text).split())

    assert f"{YEAR} Udkast" in said("draft")
    assert f"{YEAR} Offentliggjort" in said("issued")
    assert "Offentliggjort den 12. marts 2027." in said("issued")
    assert "Udkast til en rettet udgave, der erstatter notatet fra den 12. marts 2027" in said("correction")
    assert "Offentliggjort den 24. marts 2027. Rettet udgave, der erstatter notatet fra den 12. marts 2027" in said(
        "corrected"
    )


def test_the_next_year_compares_with_what_was_published_last(office: Office) -> None:
    data = read_data(office.project)
    assert {row.notat for row in data.replaced} == {f"notat-{YEAR}-erstattet-1"}
    ours = {row.id: row.printed for row in data.printed if row.notat == f"notat-{YEAR}"}
    assert ours[f"{YEAR}.BIF.fleksjob.target"] == "50"
    assert office.run("verify", str(YEAR)).endswith("Alt er forklaret.\n")
    assert [one.reason for one in read_params(office.project, YEAR).corrections] == [REASON]


def test_a_published_notat_is_not_published_again(office: Office) -> None:
    assert "notatet er offentliggjort" in office.run("publish", str(YEAR), "--date", "30-03-2027", status=2)
    for year in ("2021", "2025"):
        assert "offentliggjort" in office.run("publish", year, "--date", "30-03-2027", "--correct", "x", status=2)


# -- person numbers --------------------------------------------------------------------------------------------


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
