"""`new`: what must be decided anew is marked, what is filled in is left alone, what is missing is told in order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from filling import fill

from aarsstatus.inputs import read_data
from aarsstatus.inputs.new_year import MARK, new_year, steps, unfilled
from aarsstatus.inputs.params import read_params
from aarsstatus.problems import InputError
from aarsstatus.project import Project

DECIDED = re.compile(rf"(?m)null(\s*# {MARK}: notatets dato)")


def everything(project: Project) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in project.root.rglob("*") if path.is_file()}


def test_what_must_be_decided_anew_is_marked_not_copied(copied: Project) -> None:
    before = read_params(copied, 2025)
    done = new_year(copied, 2026)
    text = (copied.params / "2026.yml").read_text(encoding="utf-8")
    assert done.written == ("params/2026.yml", "data/targets.csv")
    values = "\n".join(line.partition("#")[0] for line in text.splitlines())
    for old in (before.document.case_number_f2, before.document.document_number_f2, before.document.case_number_edoc):
        assert old is not None
        assert old not in values
    for old in (before.document.date, *(one.date for one in before.targets_adopted)):
        assert str(old) not in values
    assert text.count(f"# {MARK}") == 6


def test_there_is_a_folder_for_the_extracts(copied: Project) -> None:
    for _ in range(2):
        new_year(copied, 2026)
        assert (copied.data / "raw").is_dir()


def test_filled_in_it_is_the_year(copied: Project) -> None:
    before = read_params(copied, 2025)
    new_year(copied, 2026)
    fill(copied, 2026)
    params = read_params(copied, 2026)
    assert (params.year, params.comparison_year, params.notat) == (2026, 2025, None)
    assert (params.schemes, params.target_groups, params.office) == (
        before.schemes,
        before.target_groups,
        before.office,
    )
    data = read_data(copied)
    for code in data.codes():
        assert [group for group in data.groups if (2026, code, group) in data.targets] == params.target_groups
    assert unfilled(copied, 2026) == []


def test_again_it_changes_nothing(copied: Project) -> None:
    new_year(copied, 2026)
    first = everything(copied)
    assert new_year(copied, 2026).written == ()
    assert everything(copied) == first
    fill(copied, 2026)
    filled = everything(copied)
    assert new_year(copied, 2026).written == ()
    assert everything(copied) == filled


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("comparison_year:", " comparison_year:", "YAML"),
        ("schemes:", "ordninger:", "ordninger"),
        ("year: 2026", "year: 26", "year"),
    ],
)
def test_parameters_that_cannot_be_read_are_told_of(copied: Project, before: str, after: str, said: str) -> None:
    """Filled in or not: what is only not filled in yet is no mistake."""
    new_year(copied, 2026)
    path = copied.params / "2026.yml"
    empty = path.read_text(encoding="utf-8")
    fill(copied, 2026)
    for good in (empty, path.read_text(encoding="utf-8")):
        path.write_text(good.replace(f"\n{before}", f"\n{after}"), encoding="utf-8")
        there = everything(copied)
        with pytest.raises(InputError, match=said):
            new_year(copied, 2026)
        assert everything(copied) == there


def test_a_row_that_was_taken_away_comes_back_alone(copied: Project) -> None:
    new_year(copied, 2026)
    fill(copied, 2026)
    targets = copied.data / "targets.csv"
    whole = targets.read_text(encoding="utf-8")
    targets.write_text(whole.replace("2026,SOF,fleksjob,100,indstilling\n", ""), encoding="utf-8")
    assert new_year(copied, 2026).written == ("data/targets.csv",)
    expected = whole.replace("2026,SOF,fleksjob,100,indstilling", f"2026,SOF,fleksjob,,{MARK}: hvor måltallet står")
    assert targets.read_text(encoding="utf-8") == expected


def test_the_rows_before_stay_byte_for_byte_even_as_excel_saves_them(copied: Project) -> None:
    targets = copied.data / "targets.csv"
    text = targets.read_text(encoding="utf-8")
    excel = "\ufeff" + re.sub(r'(?m),(?=(?:[^"]*"[^"]*")*[^"]*$)', ";", text).replace("\n", "\r\n")
    targets.write_bytes(excel.encode("utf-8"))
    new_year(copied, 2026)
    after = targets.read_bytes().decode("utf-8")
    assert after.startswith(excel)
    assert after.removeprefix(excel).startswith("2026;KK;placements;;")
    assert "\n" not in after.replace("\r\n", "")
    assert len(read_data(copied).targets) == len(text.splitlines()) - 1 + 24


def test_what_is_missing_comes_in_order_with_file_or_command(copied: Project) -> None:
    found = new_year(copied, 2026).steps
    assert found[0].where == "params/2026.yml, linje 9"
    assert "måltal" in found[-3].what
    assert found[-3].where.startswith("data/targets.csv, linje ")
    assert [step.where for step in found[-2:]] == ["aarsstatus ingest 2026 FIL"] * 2
    lines = (copied.params / "2026.yml").read_text(encoding="utf-8").splitlines()
    for step in found:
        if match := re.fullmatch(r"params/2026.yml, linje (\d+)", step.where):
            assert MARK in lines[int(match[1]) - 1]
    fill(copied, 2026)
    assert [step.where for step in steps(copied, 2026)] == ["aarsstatus ingest 2026 FIL"] * 2


def test_check_can_ask_what_is_not_filled_in(copied: Project) -> None:
    assert unfilled(copied, 2025) == []
    assert unfilled(copied, 2026) == []
    new_year(copied, 2026)
    found = unfilled(copied, 2026)
    assert len(found) == 6 + 24
    assert all(problem.line and problem.expected for problem in found)
    targets = copied.data / "targets.csv"
    text = targets.read_text(encoding="utf-8").replace("2026,KK,placements,,", "2026,KK,placements,1100,")
    targets.write_text(text, encoding="utf-8")
    assert any("kilden til måltallet" in problem.message for problem in unfilled(copied, 2026))


def test_schemes_that_ended_go_and_those_that_came_are_there(copied: Project) -> None:
    """From 2021 to 2022 nytteindsats ended; småjob came in 2024, fritidsjob in 2025."""
    new_year(copied, 2022)
    text = (copied.params / "2022.yml").read_text(encoding="utf-8")
    assert "schemes: [virksomhedspraktik, loentilskud, fleksjob]" in text
    assert "cover:\n  appendix: null  # UDFYLD" in text
    for later in (2022, 2025):
        (copied.params / f"{later}.yml").unlink()
    new_year(copied, 2025)
    text = (copied.params / "2025.yml").read_text(encoding="utf-8")
    assert "fritidsjob" in text
    assert text.count("- date: null") == 2


def test_a_year_is_compared_with_the_latest_that_has_figures(copied: Project) -> None:
    """Of 2022 and 2023 nothing is known, so 2023 is compared with 2021; 2024 has figures without parameters."""
    new_year(copied, 2023)
    assert "comparison_year: 2021\n" in (copied.params / "2023.yml").read_text(encoding="utf-8")
    (copied.params / "2023.yml").unlink()
    (copied.params / "2025.yml").unlink()
    new_year(copied, 2025)
    assert "comparison_year: 2024\n" in (copied.params / "2025.yml").read_text(encoding="utf-8")


def test_a_published_year_needs_nothing(copied: Project) -> None:
    before = everything(copied)
    done = new_year(copied, 2025)
    assert (done.written, done.steps) == ((), ())
    assert everything(copied) == before


def test_there_must_be_a_year_to_go_from(copied: Project, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="intet tidligere år"):
        new_year(copied, 2019)
