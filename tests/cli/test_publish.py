"""A year as a draft, as published, and as corrected: what its documents, its index and the next year say of it."""

from __future__ import annotations

import csv
import itertools
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from commands import spoken
from conftest import copy_project
from filling import fill
from marching import YEAR, answer_warnings, made_up, write_extracts

from aarsstatus.cli.publish import _require_explained
from aarsstatus.figures import DERIVED
from aarsstatus.figures.collection import Figures
from aarsstatus.figures.table import build_figures
from aarsstatus.inputs import read_data
from aarsstatus.inputs.params import read_params
from aarsstatus.problems import InputError
from aarsstatus.project import Project
from aarsstatus.release.publishing import corrected_params, published_params
from aarsstatus.report.marks import WRONG, mark

pytestmark = pytest.mark.usefixtures("forked_programs")
REASON = "Måltallet for BIF's fleksjob var skrevet forkert af"


class Office:
    """An office with a year in hand; every command's answer is kept."""

    next_year: Figures

    def __init__(self, root: Path) -> None:
        self.project = copy_project(root)
        self.said: list[str] = []
        self.refused: list[str] = []

    def run(self, *words: str, status: int = 0) -> str:
        found, said = spoken(words, self.project.root)
        assert found == status, f"{words}: {said}"
        return said

    def keep(self, name: str) -> Path:
        """Copy the output folder, as it is now."""
        return Path(shutil.copytree(self.project.output, self.project.root / name))

    def change_target(self, old: str, new: str) -> None:
        path = self.project.data / "targets.csv"
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


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
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Make a year, publish it, put a number right, and publish the correction."""
    one = Office(tmp_path_factory.mktemp("kontor") / "projekt")
    write_extracts(one.project.data / "raw", made_up(one.project))
    one.run("new", str(YEAR))
    fill(one.project, YEAR)
    one.run("ingest", str(YEAR), "data/raw/forløb 2027-01-12.xlsx", "--quiet", status=1)
    one.run("ingest", str(YEAR), "data/raw/fleksjob 2027-01-12.csv", "--scheme", "fleksjob", "--quiet", status=1)
    one.refused.append(one.run("publish", str(YEAR), "--date", "12-03-2027", status=2))
    answer_warnings(one.project)
    one.refused.append(one.run("publish", str(YEAR), "--date", "12-03-2027", status=2))
    one.run("build", str(YEAR), "--quiet", "--engine", "embedded")
    one.keep("draft")
    one.said.append(one.run("publish", str(YEAR), "--date", "12-03-2027"))
    one.keep("issued")
    one.change_target(f"{YEAR},BIF,fleksjob,100,", f"{YEAR},BIF,fleksjob,50,")
    one.change_target(f"{YEAR},KK,fleksjob,700,", f"{YEAR},KK,fleksjob,650,")
    one.said.append(one.run("check", str(YEAR), status=1))
    with everything_changed(one.project):
        one.next_year = build_figures(read_data(one.project), YEAR + 1)
        one.run("build", str(YEAR), "--quiet", "--engine", "embedded")
        one.keep("still")
    one.said.append(one.run("ingest", str(YEAR), "data/raw/forløb 2027-01-12.xlsx", "--quiet", status=1))
    answer_warnings(one.project)
    params = one.project.params / f"{YEAR}.yml"
    text = params.read_text(encoding="utf-8")
    params.write_text(text.replace("1577 København V", "1550 København V"), encoding="utf-8", newline="\n")
    one.said.append(one.run("build", str(YEAR), "--quiet", "--engine", "embedded", status=2))
    params.write_text(text, encoding="utf-8", newline="\n")
    one.said.append(one.run("publish", str(YEAR), "--date", "24-03-2027", "--correct", REASON))
    one.run("build", str(YEAR), "--quiet", "--engine", "embedded")
    one.keep("correction")
    one.said.append(one.run("publish", str(YEAR), "--date", "24-03-2027"))
    one.keep("corrected")
    return one


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
    assert "notatet viser stadig det, der blev offentliggjort" in office.said[1]
    assert "har 50, men der står 100" in office.said[1]


def test_what_is_read_in_and_written_after_publishing_never_changes_the_notat(office: Office) -> None:
    assert f"{YEAR} er offentliggjort, og notatet viser stadig det, der blev sendt ud" in office.said[2]
    assert "notatet er offentliggjort med en anden værdi" in office.said[3]
    assert "1550 København V" in office.said[3]


def test_what_has_findings_or_is_not_built_is_not_published(office: Office) -> None:
    doubtful, unbuilt = office.refused
    assert "ikke fordelt" in doubtful
    assert f"kør først aarsstatus build {YEAR}" in unbuilt


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
    path = office.project.params / f"{YEAR}.yml"
    assert [one.reason for one in read_params(path, path.name).corrections] == [REASON]


def test_a_published_notat_is_not_published_again(office: Office) -> None:
    assert "notatet er offentliggjort" in office.run("publish", str(YEAR), "--date", "30-03-2027", status=2)
    for year in ("2021", "2025"):
        assert "offentliggjort" in office.run("publish", year, "--date", "30-03-2027", "--correct", "x", status=2)


def test_targets_adopted_so_that_they_do_not_add_up_are_published_with_a_reason(
    copied: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """The council's 900 are 899 in the administrations: what has to be said is shown, less the reason."""
    errata = copied.data / "errata.yml"
    entry = re.search(
        r"(?m)  - source: notat-2025\n.*\n    id: 2025\.KK\.fleksjob\.target\n(    .*\n)+", errata.read_text("utf-8")
    )
    assert entry
    without = errata.read_text(encoding="utf-8").replace(entry[0], "")
    errata.write_text(without, encoding="utf-8", newline="\n")
    with pytest.raises(InputError, match=r"^notat-2025, tabel 1, Fleksjob, måltal: .* = 899, men der står 900\.$"):
        _require_explained(copied, 2025)
    shown = capsys.readouterr().out.partition("\n\n")[2]
    errata.write_text(f"{without}\n{shown}", encoding="utf-8", newline="\n")
    with pytest.raises(InputError, match="cause"):
        _require_explained(copied, 2025)
    errata.write_text(
        f"{without}\n{shown}".replace('cause: ""', 'cause: "Vedtaget sådan."'), encoding="utf-8", newline="\n"
    )
    _require_explained(copied, 2025)
    errata.write_text(
        errata.read_text("utf-8").replace('expect: "899"', 'expect: "909"'), encoding="utf-8", newline="\n"
    )
    with pytest.raises(InputError, match=r"data/errata.yml, linje \d+: forklaringen passer ikke længere"):
        _require_explained(copied, 2025)


def test_lines_of_the_parameters_are_kept(project: Project) -> None:
    text = (project.params / "2025.yml").read_text(encoding="utf-8").replace("notat: notat-2025", "notat: null  # nej")
    params = read_params(project.params / "2025.yml", "2025.yml")
    day = params.document.date
    assert day is not None
    published = published_params(text, "2025.yml", "notat-2025", day).decode()
    assert published.replace("published: 2026-03-11", "").split() == text.replace("null", "notat-2025").split()
    for one in ("først", "så"):
        published = corrected_params(published, "2025.yml", params, one, day).decode()
        params = params.model_copy(update={"corrections": [1]})
        assert "published:" not in published
    assert published.index("så") < published.index("først")
