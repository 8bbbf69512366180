"""A year that is not published yet: what keeps a notat from being made of it, and what somebody should look at."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from aarsstatus.audit.check import doubts, problems
from aarsstatus.audit.quality import read_published_params
from aarsstatus.build import Options, build
from aarsstatus.cli import run
from aarsstatus.inputs import read_year
from aarsstatus.inputs.new_year import MARK, new_year
from aarsstatus.problems import BuildError, InputError
from aarsstatus.project import Project

QUICK = Options(engine="embedded", formats=("html",))
YEAR = 2026


def rows_again(path: Path) -> None:
    """Let the new year have the rows of 2025."""
    text = path.read_text(encoding="utf-8")
    columns = text.splitlines()[0].split(",")
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    for row in csv.DictReader(io.StringIO(text)):
        if row["year"] == "2025":
            writer.writerow({**row, "year": str(YEAR), "source": "prøve"})
    path.write_text(text + out.getvalue(), encoding="utf-8")


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def year(copied: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with a year that has the numbers of 2025, is filled in and is not published."""
    monkeypatch.chdir(copied.root)
    new_year(copied, YEAR)
    path = copied.params / f"{YEAR}.yml"
    text = re.sub(r"(?m)^(.*date:) null +#.*$", rf"\g<1> {YEAR + 1}-03-10", path.read_text(encoding="utf-8"))
    path.write_text(re.sub(r"(?m)^.*case_number.*\n|^.*document_number.*\n", "", text), encoding="utf-8")
    targets = copied.data / "targets.csv"
    targets.write_text(re.sub(rf"(?m)^{YEAR},.*\n", "", targets.read_text(encoding="utf-8")), encoding="utf-8")
    for name in ("targets.csv", "status.csv"):
        rows_again(copied.data / name)
    assert problems(copied, YEAR) == []
    return copied


def doubtful(project: Project) -> list[str]:
    return [str(one) for one in doubts(project, *read_year(project, YEAR))]


def test_what_breaks_a_rule_is_told_by_check(year: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """The council's 900 are 899 when the administrations' targets are summed, in 2025 as it was adopted."""
    (found,) = doubtful(year)
    assert re.match(r"data/targets\.csv, linje \d+: KK, fleksjob, måltal: .* = 899, men KK's er 900$", found)
    assert doubts(year, *read_year(year, YEAR), targets=False) == [], "publish leaves them to what is printed"
    assert run(["check", str(YEAR)]) == 1
    said = capsys.readouterr().out
    assert f"bemærk: {found}" in said
    assert f"{YEAR}: parametre og data kan bruges, når det er set efter" in said


def test_what_ingest_said_is_said_last_until_it_is_answered(year: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """By check, by a build, by one that finds nothing to do, and on the quality report's first page; after what breaks a rule."""
    (breaks,) = doubtful(year)
    warnings = year.data / "warnings.csv"
    text = warnings.read_text(encoding="utf-8")
    told = "løntilskud: 3 forløb har ingen forvaltning; de tæller kun med i KK og er ikke fordelt"
    warnings.write_text(f"{text}{YEAR},not_distributed,loentilskud,,3,{told},\n", encoding="utf-8")
    assert run(["check", str(YEAR)]) == 1
    assert f"bemærk: data/warnings.csv: {told}" in capsys.readouterr().out
    command = ["build", str(YEAR), "--engine", "embedded", "--formats", "html"]
    for said in ("færdig på", "intet er ændret"):
        assert run(command) == 0
        shown = capsys.readouterr()
        assert said in shown.out
        assert said == "intet er ændret" or f"{YEAR}: bemærk: {breaks}" in shown.err
        assert shown.err.splitlines()[-2] == f"{YEAR}: bemærk: data/warnings.csv: {told}"
        assert "1 bemærkning om udtrækkene er ikke besvaret" in shown.err.splitlines()[-1]
    page = year.output / str(YEAR) / "kvalitetsrapport.html"
    first = page.read_text(encoding="utf-8").partition("Rapporten hører til")[0]
    assert told in first
    assert "1 bemærkning om udtrækkene er ikke besvaret" in first
    change(year.data / "targets.csv", f"{YEAR},KK,fleksjob,900", f"{YEAR},KK,fleksjob,899")
    warnings.write_text(f"{text}{YEAR},not_distributed,loentilskud,,3,{told},De hører til KK.\n", encoding="utf-8")
    assert run(["check", str(YEAR)]) == 0
    assert run(command) == 0
    assert told not in "".join(capsys.readouterr())
    first, _, rest = page.read_text(encoding="utf-8").partition("Rapporten hører til")
    assert told not in first
    assert "har ingen forvaltning" in rest
    assert "De hører til KK." in rest


def test_a_year_that_keeps_the_rules_is_fine(year: Project, capsys: pytest.CaptureFixture[str]) -> None:
    change(year.data / "targets.csv", f"{YEAR},KK,fleksjob,900", f"{YEAR},KK,fleksjob,899")
    assert doubtful(year) == []
    assert run(["check", str(YEAR)]) == 0
    assert f"{YEAR}: parametre og data er i orden" in capsys.readouterr().out


def test_a_published_year_is_as_it_was_printed(project: Project) -> None:
    for one in (2021, 2025):
        assert doubts(project, *read_year(project, one)) == []


def test_a_notat_without_a_date_is_told_of(year: Project) -> None:
    change(year.params / f"{YEAR}.yml", f"  date: {YEAR + 1}-03-10", "  date: null")
    assert f"params/{YEAR}.yml, document.date: notatet har ingen dato; forventede fx 2027-03-10" in doubtful(year)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "data/targets.csv",
            "prøve",
            f"{MARK}: hvor måltallet står",
            r"kilden til måltallet er ikke",
        ),
        (
            "params/2026.yml",
            "document:\n",
            f"document:\n  case_number_f2: null  # {MARK}: sagsnummer\n",
            "case_number_f2",
        ),
    ],
)
def test_no_notat_is_made_of_what_is_not_filled_in(year: Project, file: str, old: str, new: str, said: str) -> None:
    change(year.root / file, old, new)
    with pytest.raises(InputError, match=said):
        build(year, YEAR, QUICK)
    assert not (year.output / str(YEAR)).exists()


def test_a_notat_is_not_dated_before_the_year_is_over(year: Project) -> None:
    change(year.params / f"{YEAR}.yml", f"  date: {YEAR + 1}-03-10", f"  date: {YEAR}-03-10")
    (found,) = problems(year, YEAR)
    assert "document.date (2026-03-10) skal ligge efter udgangen af 2026" in str(found)


@pytest.mark.parametrize("folder", ["params", "data/under", "notebooks", "_extensions/notat"])
def test_a_report_is_not_put_among_what_it_is_made_from(copied: Project, folder: str) -> None:
    before = sorted(copied.root.rglob("*"))
    options = Options(engine="embedded", formats=("html",), output=copied.root / folder)
    with pytest.raises(BuildError, match=f"{folder}: mappen er til det, notatet bliver lavet af"):
        build(copied, 2025, options)
    assert sorted(copied.root.rglob("*")) == before


# What was accepted in silence


def refused(project: Project, year: int = 2025) -> list[str]:
    return [str(problem) for problem in problems(project, year)]


def test_a_notat_that_nobody_printed_is_refused_with_the_nearest(copied: Project) -> None:
    change(copied.params / "2025.yml", "notat: notat-2025", "notat: notat-2052")
    (told,) = refused(copied)
    assert "data/published.csv har ingen tal fra det notat; fandt »notat-2052«; mente du »notat-2025«?" in told


def test_a_copy_of_another_years_parameters_is_no_published_year(year: Project) -> None:
    change(year.params / f"{YEAR}.yml", "notat: null", "notat: notat-2025")
    (told,) = refused(year, YEAR)
    assert f"notatet har ingen tal fra {YEAR}; fandt »notat-2025«; forventede null" in told


def test_an_administration_has_one_name_a_year(copied: Project) -> None:
    change(copied.data / "administrations.csv", "BIF,Beskæftigelses- og Integrationsforvaltningen,2020,2025",
           "BIF,Beskæftigelses- og Integrationsforvaltningen,2020,2026")  # fmt: skip
    assert "BIF har to navne i 2026" in refused(copied)[0]


@pytest.mark.parametrize("year", ["33:44", "0b11111101000", "0x7E8", "2_024"])
def test_a_year_is_written_as_a_year(copied: Project, year: str) -> None:
    """YAML reads each of them as 2024."""
    change(copied.params / "2025.yml", "comparison_year: 2024", f"comparison_year: {year}")
    assert year in refused(copied)[0]


def test_data_that_departs_from_an_issued_notat_is_told(copied: Project) -> None:
    assert doubts(copied, *read_year(copied, 2025)) == []
    change(copied.data / "status.csv", "2025,KK,loentilskud,93,", "2025,KK,loentilskud,120,")
    told = [str(one) for one in doubts(copied, *read_year(copied, 2025))]
    assert any("notatet viser stadig" in one and "har 120, men der står 93" in one for one in told)


def test_verify_looks_past_a_year_that_is_not_filled_in(copied: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(copied.root)
    new_year(copied, YEAR)
    assert [params.year for params in read_published_params(copied)] == [2021, 2025]
