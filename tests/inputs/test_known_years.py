"""A year makes a notat of what is known of it, and says what is not: 2020 and 2024 are known for the city alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from cells import said_by

from aarsstatus.audit.check import doubts, problems
from aarsstatus.audit.explain import explain
from aarsstatus.audit.quality import quality
from aarsstatus.build import Options, Result, build
from aarsstatus.cli import run
from aarsstatus.inputs import read_year
from aarsstatus.inputs.form import write_form
from aarsstatus.inputs.new_year import new_year
from aarsstatus.markdown import UNKNOWN
from aarsstatus.problems import InputError
from aarsstatus.project import Project
from aarsstatus.release.workbook import notat_workbook
from aarsstatus.report import matrix
from aarsstatus.report.notat import Notat, edition
from aarsstatus.report.phrases import developments
from aarsstatus.report.tables import figures_frame

CITY_ALONE = (2020, 2024)


@pytest.mark.parametrize("year", CITY_ALONE)
def test_a_year_of_the_city_alone_is_in_order(project: Project, year: int) -> None:
    params, data = read_year(project, year)
    assert problems(project, year) == doubts(project, params, data) == []
    notat = Notat(params, data)
    assert (notat.administrations(), notat.comparison_year) == ([], None)
    assert notat.known() == f"For {year} kendes kun tallene for hele kommunen."
    assert notat.state().startswith("**Arbejdsudgave.** Tallene er læst i notat")
    assert edition(params, data, notat.mode) == "ARBEJDSUDGAVE"
    assert quality(params, data, [], []).unpaired() == []


@pytest.mark.parametrize("year", CITY_ALONE)
def test_nothing_is_asked_for_that_does_not_exist(copied: Project, year: int) -> None:
    done = new_year(copied, year) if year > 2020 else None
    assert done is None or (done.written, done.steps) == ((), ())
    assert write_form(copied, year) is None


@pytest.mark.parametrize(
    ("id_", "said"),
    [
        ("2024.BIF.placements.attainment", "for 2024 kendes kun tallene for hele kommunen"),
        ("2020.ØKF.fleksjob.target", "for 2020 kendes kun tallene for hele kommunen"),
        ("2025.NOK.fleksjob.target", "der er intet tal med det id"),
    ],
)
def test_explain_says_why_there_is_no_such_figure(project: Project, id_: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        explain(project, id_)


def test_explain_still_says_what_the_notat_of_the_year_after_printed(project: Project) -> None:
    assert "    offentliggjort som 113 pct.: stemmer" in "\n".join(
        explain(project, "2024.KK.fleksjob.attainment")
    ).replace("│   ", "    ")


def test_it_cannot_be_published(
    copied: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(copied.root)
    assert run(["publish", "2024", "--date", "2026-03-11"]) == 2
    assert "tallene er læst i notat-2025, tabel 2" in capsys.readouterr().err


def test_the_newest_year_is_still_the_newest(project: Project) -> None:
    assert project.newest() == 2025


@pytest.fixture
def alone(copied: Project) -> Notat:
    """2025 without a year to compare with."""
    path = copied.params / "2025.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("comparison_year: 2024\n", ""), encoding="utf-8", newline="\n")
    return Notat(*read_year(copied, 2025))


def test_the_comparison_may_be_left_out(alone: Notat) -> None:
    assert len(alone.administrations()) == 7
    assert all(one.is_new and one.attainment != UNKNOWN for one in developments(alone))
    said = said_by(alone, "udvikling")
    assert said.count(" i 2025, og målopfyldelsen er ") == 3
    assert "2024" not in said
    assert "ikke i" not in said
    assert "Til sammenligning" not in matrix.by_administration(alone, figures_frame(alone)).alt
    assert notat_workbook(alone, alone.figures)


def test_when_targets_were_adopted_is_only_unknown_of_such_a_year(copied: Project) -> None:
    path = copied.params / "2025.yml"
    lines = path.read_text(encoding="utf-8").splitlines()
    first, last = (
        lines.index("targets_adopted:"),
        next(n for n, line in enumerate(lines) if line.startswith("target_groups")),
    )
    path.write_text(
        "\n".join([*lines[:first], "targets_adopted: []", *lines[last:]]) + "\n", encoding="utf-8", newline="\n"
    )
    with pytest.raises(InputError, match="hvornår måltallene blev vedtaget"):
        read_year(copied, 2025)


@pytest.fixture(scope="module")
def of_2020(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Result:
    """The notat of the oldest year, which no year comes before."""
    output = tmp_path_factory.mktemp("bygget")
    return build(project, 2020, Options(engine="embedded", formats=("html",), output=output))


def test_the_oldest_year_is_built(of_2020: Result) -> None:
    page = Path(of_2020.folder / "notat.html").read_text(encoding="utf-8")
    for said in ("Status i 2020", "For 2020 kendes kun tallene for hele kommunen.", "Arbejdsudgave"):
        assert said in page
    for absent in ("Udviklingen", "None", "fig-maalopfyldelse", "tbl-bif"):
        assert absent not in page
