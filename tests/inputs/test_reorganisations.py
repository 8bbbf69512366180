"""Administrations come, go, get other names, merge and split: by data alone, and no earlier year is touched."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from conftest import copy_project
from filling import fill

from aarsstatus.audit.quality import quality
from aarsstatus.figures.table import build_figures
from aarsstatus.inputs import read_data, read_year
from aarsstatus.inputs.new_year import new_year
from aarsstatus.inputs.reorganisations import changes, comparable
from aarsstatus.problems import InputError
from aarsstatus.project import Project
from aarsstatus.report import matrix
from aarsstatus.report.notat import Notat
from aarsstatus.report.tables import figures_frame

SUF = "SUF,Sundheds- og Omsorgsforvaltningen,2020,,"
TMF = "TMF,Teknik- og Miljøforvaltningen,2020,,"
CLOSED = SUF.replace("2020,,", "2020,2025,")
CHANGES = {
    "new": ("", "KMF,Klimaforvaltningen,2026,,", "Klimaforvaltningen (KMF) er ny fra 2026."),
    "closed": (SUF, CLOSED, "Sundheds- og Omsorgsforvaltningen (SUF) blev nedlagt med udgangen af 2025."),
    "renamed": (
        SUF, f"{CLOSED}\nSUF,Sundhedsforvaltningen,2026,,",
        "Sundhedsforvaltningen (SUF) hed til og med 2025 Sundheds- og Omsorgsforvaltningen.",
    ),
    "renamed with a new code": (
        SUF, f"{CLOSED}SHF\nSHF,Sundhedsforvaltningen,2026,,",
        "Sundhedsforvaltningen (SHF) hed til og med 2025 Sundheds- og Omsorgsforvaltningen (SUF).",
    ),
    "merged into a new one": (
        f"{SUF}\n{TMF}", f"{CLOSED}VTF\n{TMF.replace('2020,,', '2020,2025,')}VTF\nVTF,Velfærdsforvaltningen,2026,,",
        ("Sundheds- og Omsorgsforvaltningen (SUF) og Teknik- og Miljøforvaltningen (TMF) blev fra 2026 lagt sammen til "
        "Velfærdsforvaltningen (VTF)."),
    ),
    "merged into one that goes on": (
        SUF, f"{CLOSED}TMF",
        "Sundheds- og Omsorgsforvaltningen (SUF) blev fra 2026 lagt ind under Teknik- og Miljøforvaltningen (TMF).",
    ),
    "split": (
        SUF, f"{CLOSED}SUN OMF\nSUN,Sundhedsforvaltningen,2026,,\nOMF,Omsorgsforvaltningen,2026,,",
        ("Sundheds- og Omsorgsforvaltningen (SUF) blev fra 2026 delt i Sundhedsforvaltningen (SUN) og "
        "Omsorgsforvaltningen (OMF)."),
    ),
    "split, and one half keeps the code": (
        SUF, f"{CLOSED}SUF OMF\nSUF,Sundhedsforvaltningen,2026,,\nOMF,Omsorgsforvaltningen,2026,,",
        ("Sundheds- og Omsorgsforvaltningen (SUF) blev fra 2026 delt i Sundhedsforvaltningen (SUF) og "
        "Omsorgsforvaltningen (OMF)."),
    ),
}  # fmt: skip
"""What stands in administrations.csv, what somebody writes instead, and what the notat says."""


def change(project: Project, before: str, after: str) -> None:
    """Change administrations.csv; new rows go last."""
    path = project.data / "administrations.csv"
    text = path.read_text(encoding="utf-8")
    old, new = ("".join(f"{row},,\n" for row in rows.splitlines()) for rows in (before, after))  # two cells are KK's
    assert old in text
    path.write_text(text.replace(old, new) if old else text + new, encoding="utf-8", newline="\n")


def with_statuses(project: Project, year: int) -> None:
    """Write a year's status for everyone that the year has."""
    data, out = read_data(project), io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for scheme in data.schemes_of(2025):
        for place, code in enumerate(data.codes(year)):
            heads = scheme.counting == "headcount"
            writer.writerow((year, code, scheme.key, 10 + place, "" if heads else 90, "exact", "forløb.csv"))
    path = project.data / "status.csv"
    path.write_text(path.read_text(encoding="utf-8") + out.getvalue(), encoding="utf-8", newline="\n")


@pytest.fixture(scope="module", params=list(CHANGES))
def reorganised(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Project]:
    """A copy of the project with 2026 filled in after a change."""
    project = copy_project(tmp_path_factory.mktemp("omlagt") / "projekt")
    before, after, _ = CHANGES[request.param]
    change(project, before, after)
    new_year(project, 2026)
    fill(project, 2026)
    with_statuses(project, 2026)
    return request.param, project


def test_each_year_has_its_own_administrations(reorganised: tuple[str, Project], project: Project) -> None:
    """The years before are as they were, to the last figure; the year after has those that there are."""
    _, changed = reorganised
    for year in (2021, 2025):
        params, data = read_year(changed, year)
        was = build_figures(read_data(project), year, notat=params.notat)
        assert build_figures(data, year, notat=params.notat).to_csv() == was.to_csv()
        assert Notat(params, data).reorganised() == ""
    params, data = read_year(changed, 2026)
    notat = Notat(params, data)
    assert {figure.administration for figure in notat.figures.select(year=2026)} == set(data.codes(2026))
    assert [code for code in data.codes(2026) if code != "KK"] == notat.administrations()


def test_the_change_is_said_that_year_and_the_next(reorganised: tuple[str, Project]) -> None:
    kind, project = reorganised
    params, data = read_year(project, 2026)
    said = [one.said() for one in changes(data, 2026)]
    assert said[1:] == [CHANGES[kind][2]]
    assert said[0].startswith("Beskæftigelses-, Integrations- og Erhvervsforvaltningen (BIF) hed til og med 2025")
    told = Notat(params, data).reorganised()
    assert "fra 2026" in told or "udgangen af 2025" in told or "til og med 2025" in told
    assert Notat(params.model_copy(update={"year": 2027}), data).reorganised() == told
    assert Notat(params.model_copy(update={"year": 2028}), data).reorganised() == ""


def test_nobody_is_compared_with_another_organisation(reorganised: tuple[str, Project]) -> None:
    kind, project = reorganised
    params, data = read_year(project, 2026)
    notat = Notat(params, data)
    broken = {code for code in notat.administrations() if not comparable(data, code, 2025, 2026)}
    assert broken == {
        "new": {"KMF"}, "merged into a new one": {"VTF"}, "merged into one that goes on": {"TMF"},
        "split": {"SUN", "OMF"}, "split, and one half keeps the code": {"SUF", "OMF"},
    }.get(kind, set())  # fmt: skip
    numbers = matrix.by_administration(notat, figures_frame(notat)).numbers
    assert numbers is not None
    drawn = {row.label for row in numbers.rows}
    assert {f"{code} i 2025" for code in broken}.isdisjoint(drawn)
    assert "BUF i 2025" in drawn
    flagged = {notat.figures[one.id].administration for one in quality(params, data, [], []).moves}
    assert flagged.isdisjoint(broken)
    assert "BUF" in flagged


def test_an_old_file_has_no_successors(copied: Project) -> None:
    path = copied.data / "administrations.csv"
    rows = [row[:4] for row in csv.reader(path.read_text(encoding="utf-8").splitlines())]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    assert read_year(copied, 2025)[1].codes(2025)[0] == "KK"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("", "SUN,sundheds- og omsorgsforvaltningen,2024,,", "SUF og SUN har samme navn i 2024"),
        ("", "SUF,Sundhedsforvaltningen,2024,,", "SUF har to navne i 2024"),
        (SUF, f"{SUF}TMF", "en forvaltning, der ikke er ophørt"),
        (SUF, f"{CLOSED}KK", "hele kommunen kan ikke efterfølge"),
        (SUF, f"{CLOSED}SHF", "efterfølgeren fandtes ikke i 2026"),
        (SUF, SUF.replace("2020,,", "2020,2024,"), "forvaltningen fandtes ikke i 2025"),
    ],
)
def test_what_cannot_be_is_refused(copied: Project, before: str, after: str, said: str) -> None:
    change(copied, before, after)
    with pytest.raises(InputError, match=said):
        read_data(copied)


def test_the_files_of_the_project_are_left_alone(project: Project) -> None:
    assert not (project.params / "2026.yml").exists()
    assert Path(project.data / "administrations.csv").read_text(encoding="utf-8").count("2026") == 1
