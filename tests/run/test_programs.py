"""Other programs: what they get, what they come to, and how they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from conftest import soon_gone

from aarsstatus import interruption
from aarsstatus.problems import InputError, ProgramError
from aarsstatus.run import programs
from aarsstatus.run.programs import TIME_LIMIT, run, run_python, time_limit

linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked for as Linux lists them")


def python(code: str, folder: Path, **options: object) -> programs.Done:
    return run_python("et program", ["-c", textwrap.dedent(code)], folder=folder, **options)  # type: ignore[arg-type]


def test_it_reads_what_it_is_given_and_what_it_makes_and_says_is_kept_apart(tmp_path: Path) -> None:
    code = "import sys; sys.stdout.write(sys.stdin.read().upper()); sys.exit('først\\ntil sidst')"
    done = python(code, tmp_path, given="æøå".encode())
    assert done == (1, "ÆØÅ".encode(), "først\ntil sidst")
    assert done.stopped == "programmet standsede uventet (1): til sidst"
    assert python("raise SystemExit(3)", tmp_path).stopped == "programmet standsede uventet (3)"


def test_nothing_of_the_users_settings_reaches_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AARSSTATUS_VIEW", "PYTHONSTARTUP", "MPLBACKEND", "JUPYTER_CONFIG_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, "brugerens")
    monkeypatch.setenv("PYTHONHASHSEED", "4711")
    monkeypatch.setenv(TIME_LIMIT, "77")
    monkeypatch.setenv("ET_MAERKE", "her")
    code = "import os; print('\\n'.join(f'{name}={value}' for name, value in os.environ.items()))"
    command = [sys.executable, "-c", code]
    said = set(run("et program", command, folder=tmp_path, environment={"MIT": "eget"}).made.decode().splitlines())
    assert {
        "ET_MAERKE=her",
        "PYTHONHASHSEED=0",
        "PYTHONUTF8=1",
        "PYTHONSAFEPATH=1",
        f"{TIME_LIMIT}=77",
        "MIT=eget",
    } <= said
    assert not [line for line in said if line.endswith("=brugerens")]


def test_the_folder_that_it_runs_in_is_nobodys_library(tmp_path: Path) -> None:
    for name in ("json", "colorsys"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('fremmed')", encoding="utf-8")
    assert python("import json, colorsys; print('vores')", tmp_path).made.strip() == b"vores"
    assert run_python("et program", ["-m", "json.tool", "--help"], folder=tmp_path).status == 0


def test_a_relative_python_path_means_the_same_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kilde").mkdir()
    (tmp_path / "kilde" / "vores_eget.py").write_text("print('fundet')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", f"kilde{os.pathsep}")
    assert python("import vores_eget", tmp_path / "kilde" / "..").made.strip() == b"fundet"
    elsewhere = tmp_path / "andetsteds"
    elsewhere.mkdir()
    assert python("import vores_eget", elsewhere).made.strip() == b"fundet"


def test_another_version_of_the_program_comes_first_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    package = tmp_path / "aarsstatus"
    package.mkdir()
    (package / "__init__.py").write_text("print('den gamle')", encoding="utf-8")
    (package / "noget.py").write_text("", encoding="utf-8")
    done = run_python("programmet", ["-m", "aarsstatus.noget"], folder=tmp_path, program=tmp_path)
    assert (done.status, done.made.strip()) == (0, b"den gamle")
    assert sorted(path.name for path in package.iterdir()) == ["__init__.py", "noget.py"]


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match="pandoc kan ikke startes: filen eller mappen findes ikke"):
        run("pandoc", [tmp_path / "intet"], folder=tmp_path)


def test_a_program_that_takes_too_long_is_told_how_long_it_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProgramError, match=r"et program blev ikke færdig på 0\.2 sekunder og er standset$"):
        python("import time; time.sleep(60)", tmp_path, limit=0.2)
    monkeypatch.setenv(TIME_LIMIT, "1")
    with pytest.raises(ProgramError, match=f"på 1 sekunder og er standset. Prøv igen; .*{TIME_LIMIT}"):
        python("import time; time.sleep(60)", tmp_path)


PARENT = """
    import subprocess, sys, time
    from pathlib import Path
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path("barn").write_text(str(child.pid))
    time.sleep(600)
"""


@linux
def test_what_it_has_started_ends_with_it(tmp_path: Path) -> None:
    with pytest.raises(ProgramError):
        python(PARENT, tmp_path, limit=3)
    assert soon_gone(int((tmp_path / "barn").read_text()))


@linux
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_it_and_what_it_has_started(tmp_path: Path, number: signal.Signals) -> None:
    code = f"""
        from pathlib import Path
        from aarsstatus import interruption
        from aarsstatus.run.programs import run_python
        try:
            with interruption.listening():
                run_python("et program", ["-c", {textwrap.dedent(PARENT)!r}], folder=Path({str(tmp_path)!r}))
        except interruption.Interrupted as heard:
            print(heard.number)
    """
    running = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True)
    child = tmp_path / "barn"
    while not (child.exists() and child.read_text()):
        assert running.poll() is None
        time.sleep(0.05)
    asked = time.monotonic()
    running.send_signal(number)
    assert running.communicate()[0].strip() == str(int(number))
    assert soon_gone(int(child.read_text()))
    assert time.monotonic() - asked < 10


def test_nothing_is_started_once_the_run_was_asked_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interruption, "_heard", [2])
    with pytest.raises(interruption.Interrupted):
        python("open('startet', 'w')", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_usual_limit_is_generous(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TIME_LIMIT, raising=False)
    assert time_limit() >= 120


@pytest.mark.parametrize("said", ["", "0", "-1", "5 min", "1e3", "²", "99999999999"])
def test_a_limit_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv(TIME_LIMIT, said)
    with pytest.raises(InputError, match="er ikke et antal sekunder"):
        time_limit()


@linux
def test_what_tests_start_can_be_interrupted_though_the_tests_cannot() -> None:
    """``make test &`` and ``nohup`` start everything with SIGINT ignored, which what is started inherits."""
    code = """
        import signal, subprocess, sys
        import conftest
        asked = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
        subprocess.run([sys.executable, "-c", asked])
    """
    ignored = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code)], cwd=Path(__file__).parents[1],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    finally:
        signal.signal(signal.SIGINT, ignored)
    assert done.stdout.strip() == "True"
