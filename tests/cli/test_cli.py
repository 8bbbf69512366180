"""The command line: exit statuses, Danish messages, no tracebacks, and no weight before it is needed."""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import ArgumentTypeError
from pathlib import Path

import pytest
from quick_commands import aarsstatus

from aarsstatus.cli import a_path, run
from aarsstatus.project import Project

ROOT = Path(__file__).parents[2]


@pytest.fixture
def in_project(monkeypatch: pytest.MonkeyPatch, project: Project) -> None:
    monkeypatch.chdir(project.root)


def said_by(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return aarsstatus(*arguments, cwd=cwd, environment={**os.environ, "COLUMNS": "100"})


def test_help_teaches() -> None:
    done = said_by("--help")
    assert done.returncode == 0
    assert "build" in done.stdout
    assert "lav notatet" in done.stdout
    for command in ("build", "check", "explain"):
        shown = said_by(command, "--help")
        assert shown.returncode == 0
        assert f"eksempler:\n  aarsstatus {command}" in shown.stdout
        assert not {"usage:", "options:", "positional"} & set(shown.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "der mangler: KOMMANDO"),
        (("bild",), "»bild« er ikke en kommando; mente du »build«?"),
        (("bygg", "2025"), "mente du »build«?"),
        (("hjælp",), "er ikke en kommando; vælg mellem new, ingest"),
        (("build", "20x5"), "ikke et årstal"),
        (("build", "2025", "--formats", "pdf,odt"), "html, pdf og docx"),
        (("build", "2025", "--engine", "word"), "kan ikke vælges"),
        (("build", "2025", "--formatz", "pdf"), "ukendte argumenter"),
        (("build", "2023"), "params/2023.yml: filen findes ikke"),
        (("build", "2025", "--compare", "2023"), "ingen tal for sammenligningsåret 2023"),
        (("explain", "2025 KK fleksjob attainment"), "mente du »2025.KK.fleksjob.attainment«"),
        (("explain", "2025,KK,fleksjob,attainment"), "mente du »2025.KK.fleksjob.attainment«"),
        (("explain", "2025.KK.fleksjob.atainment"), "mente du »2025.KK.fleksjob.attainment«"),
    ],
)
def test_bad_usage_is_status_2_and_one_clear_message(arguments: tuple[str, ...], said: str) -> None:
    done = said_by(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_outside_a_project(tmp_path: Path) -> None:
    done = said_by("build", cwd=tmp_path)
    assert done.returncode == 2
    assert "ikke en del af et årsstatus-projekt" in done.stderr


def test_quarto_is_asked_for_but_missing(monkeypatch: pytest.MonkeyPatch, capsys, in_project) -> None:
    monkeypatch.setenv("PATH", "")
    assert run(["build", "2025", "--engine", "quarto"]) == 2
    assert "programmet quarto findes ikke" in capsys.readouterr().err


def test_check_says_when_all_is_well(capsys, in_project) -> None:
    assert run(["check", "2025"]) == 0
    assert "i orden" in capsys.readouterr().out


def test_check_finds_everything_at_once(copied: Project, monkeypatch, capsys) -> None:
    monkeypatch.chdir(copied.root)
    for name in ("params/2025.yml", "data/status.csv"):
        path = copied.root / name
        path.write_text(path.read_text(encoding="utf-8").replace("2025,KK,loentilskud,93", "2025,KK,loentilskud,x")
                        .replace("comparison_year", "comparision_year"), encoding="utf-8")  # fmt: skip
    assert run(["check", "2025"]) == 1
    said = capsys.readouterr().out
    assert "params/2025.yml, linje 3" in said
    assert "data/status.csv, linje" in said
    assert "2 problemer" in said


def test_explain_leads_down_to_file_and_line(capsys, in_project) -> None:
    assert run(["explain", "2025.KK.placements.attainment"]) == 0
    said = capsys.readouterr().out
    assert "(93 + 503 + 202) ÷ 1.084 = 73,6 → 74 pct." in said
    assert "læst i data/status.csv:" in said
    assert "læst i data/targets.csv:" in said
    assert "offentliggjort som 74 pct.: stemmer" in said


def test_explain_says_where_a_weight_was_printed_that_was_printed_once_for_all(capsys, in_project) -> None:
    assert run(["explain", "2025.BIF.placements.weight"]) == 0
    assert "samme vægt som 2025.KK.placements.weight, offentliggjort som 51 pct.: stemmer" in capsys.readouterr().out


def test_a_closed_pipe_is_no_error() -> None:
    command = [sys.executable, "-m", "aarsstatus", "explain", "2025.BUF.total.weighted_attainment"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as explaining:
        assert explaining.stdout is not None
        assert explaining.stderr is not None
        explaining.stdout.close()  # as `more` does when it is left at once: before the first line is written
        assert explaining.stderr.read() == b""


@pytest.mark.parametrize("name", ["con", "data/raw/Con.csv", "nul/2025", "lpt1.xlsx"])
def test_a_name_that_windows_keeps_for_itself_is_refused_there(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(ArgumentTypeError, match="Windows bruger til en enhed"):
        a_path(name)
    monkeypatch.setattr(sys, "platform", "linux")
    assert a_path(name) == Path(name)
    monkeypatch.setattr(sys, "platform", "win32")
    assert a_path("contoso/kontor.csv") == Path("contoso/kontor.csv")


def test_examples_have_paths_as_the_system_writes_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "sep", "\\")
    with pytest.raises(SystemExit):
        run(["ingest", "--help"])
    assert r"aarsstatus ingest 2026 data\raw\forloeb.xlsx data\raw\ansatte.csv" in capsys.readouterr().out
