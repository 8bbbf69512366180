"""Wherever it is run: as somebody else, from a checkout that is only for reading, without network, home, terminal or
streams, in the C locale, with any umask, in folders with blanks and æøå: it works, or says what is needed. What Python
itself has a part in is tried with an `ordinary` process, the rest with forked ones.

What another folder, clock, core or font does to the bytes is in `test_reproducible`.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import pytest
from conftest import ROOT, Reports, copy_project
from places import REFUSED, in_a_folder_for_reading
from quick_commands import Command, aarsstatus
from quick_kernels import QUICK

from aarsstatus.project import Project
from aarsstatus.release import manifest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="these are faults of systems like Linux")
ORDINARY = [sys.executable, "-m", "aarsstatus"]
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""A locale in which names of files are ASCII, and Python told to leave it at that."""
BARE = {"PATH": os.defpath}
"""No home, locale, terminal, time zone or anything that Python listens to."""
DECOMPOSED = "a\u030arsstatus"
"""»årsstatus« as a Mac writes it, å in two characters."""
NOBODY = 65534
READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && cd "$1" && shift && exec "$@"'


def ordinary(
    *arguments: str | Path,
    cwd: Path = ROOT,
    before: Sequence[str | Path] = (),
    environment: Mapping[str, str] = BARE,
    umask: int = -1,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*before, *ORDINARY, *arguments], cwd=cwd, env=environment, umask=umask, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


def in_shell(line: str, *, environment: Mapping[str, str] = BARE) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in which ``$@`` is the program."""
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line, "bash", *ORDINARY], cwd=ROOT, env=environment,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


def tried(*before: str | Path) -> list[str | Path]:
    """Return the beginning of a command, if the machine lets us begin one so."""
    missing = [name for name in before if name in {"unshare", "setpriv"} and shutil.which(str(name)) is None]
    if missing or os.geteuid() != 0:
        pytest.skip(f"needs root and {', '.join(map(str, missing)) or 'its rights'}: nobody else may ask for this")
    done = subprocess.run([*before, "true"], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"the machine refuses: {done.stderr.strip()}")
    return list(before)


def read_only(folder: Path, *more: str) -> list[str | Path]:
    """Return the beginning of a command that runs in a folder that it finds only for reading, and without network."""
    return tried("unshare", "--mount", "--net", "sh", "-c", READ_ONLY, "sh", folder, *more)


def modes(folder: Path) -> set[tuple[bool, str]]:
    """Return the modes of all that lies in a folder: whether it is a folder, and who may do what."""
    return {(path.is_dir(), stat.filemode(path.stat().st_mode)[1:]) for path in folder.rglob("*")}


# -- whole builds -------------------------------------------------------------------------------------------------


@pytest.fixture
def passable() -> Iterator[Path]:
    """A folder that everybody may go through, as none of pytest's is: who may not, is told that nothing is writable."""
    with tempfile.TemporaryDirectory(prefix="årsstatus ") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_somebody_else_builds_a_read_only_checkout_offline_with_nothing_open(reports: Reports, passable: Path) -> None:
    """Another user may read the program, as one with a right to read everything may, and write only the output.

    Started with nothing open, as a service may be: the next file opened would be taken for the output.
    """
    project = copy_project(passable / "mappe med mellemrum og æøå" / DECOMPOSED)
    output, scratch = passable / "færdige notater", passable / "midlertidigt ø"
    for folder in (output, scratch):
        folder.mkdir()
        os.chown(folder, NOBODY, NOBODY)
    right = "-all,+dac_read_search"
    somebody = read_only(
        project.root, "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", f"--inh-caps={right}",
        f"--ambient-caps={right}", f"--bounding-set={right}", "bash", "-c", 'exec "$@" <&- >&- 2>&-', "bash",
    )  # fmt: skip
    environment = {
        **BARE, **ASCII, "TMPDIR": str(scratch), "HOME": "/proc/intet hjem", "TZ": "Asia/Kathmandu", "TERM": "dumb",
        "COLUMNS": "1", "PYTHONOPTIMIZE": "2", "PYTHONHASHSEED": "4711",
    }  # fmt: skip
    done = ordinary(
        "build", "2025", "--engine", "embedded", "--output", output,
        cwd=project.root, before=somebody, environment=environment, umask=0o077,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    ours = output / "2025"
    assert manifest.output_hashes(ours) == manifest.output_hashes(reports("embedded", 2025).folder)
    assert {path.stat().st_uid for path in ours.iterdir()} == {NOBODY}
    assert modes(output) == {(True, "rwx------"), (False, "rw-------")}, "the umask decides, and nothing else"
    assert list(scratch.iterdir()) == []
    assert sorted(path.name for path in project.root.iterdir()) == sorted(path.name for path in copied_parts(passable))


def copied_parts(folder: Path) -> list[Path]:
    return list(copy_project(folder / "igen").root.iterdir())


@pytest.mark.skipif(not QUICK, reason="nothing is forked here")
def test_a_build_goes_on_when_nobody_listens_any_more(copied_with_report: Project) -> None:
    project = copied_with_report
    build = Command(["build", "2025", "--engine", "embedded", "--formats", "html"], project.root, BARE)
    assert build.stderr.readline().decode() == "2025: Læser parametre og data\n"
    for stream in (build.stdout, build.stderr):
        stream.close()
    assert build.wait(300) == 0
    made = manifest.read(project.output / "2025")
    assert made is not None
    assert made.options.formats == ("html",), "there was one of three"


# -- what cannot be done there, and what can ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        (("build", "2021"), 2, "output: der kan ikke skrives i mappen; vælg en anden med --output MAPPE\n"),
        (("build", "2021", "2025"), 2, "output: der kan ikke skrives i mappen; vælg en anden med --output MAPPE\n"),
        (("new", "2026"), 2, "params/"),
        (("check", "2021"), 0, ""),
        (("explain", "2021.KK.placements.attainment"), 0, ""),
        (("verify",), 0, ""),
    ],
)
def test_a_read_only_checkout_refuses_only_what_is_written_there(
    copied: Project, command: tuple[str, ...], status: int, said: str
) -> None:
    around = partial(in_a_folder_for_reading, copied.root)
    done = aarsstatus(*command, cwd=copied.root, environment=BARE, around=around)
    if done.returncode == REFUSED:
        pytest.skip("no folder can be mounted here, only for reading, but by root")
    assert done.returncode == status
    lines = [line for line in done.stderr.splitlines(keepends=True) if not line.startswith("2 år: ")]
    assert len(set(lines)) == (1 if said else 0), done.stderr
    assert said in "".join(lines)
    assert "Traceback" not in done.stderr
    assert not copied.output.exists()


# -- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("environment", [BARE, {**BARE, "LC_ALL": "C"}, {**BARE, **ASCII}], ids=["none", "C", "ascii"])
def test_names_and_messages_in_any_locale(copied: Project, environment: dict[str, str]) -> None:
    names = ("udtræk æøå.csv", f"{DECOMPOSED} udtræk.csv")
    done = ordinary("ingest", "2026", *names, cwd=copied.root, environment=environment)
    assert done.returncode == 2
    assert all(f"{name}: filen findes ikke" in done.stderr for name in names)
    shown = ordinary("check", "2021", cwd=copied.root, environment=environment)
    assert (shown.returncode, shown.stdout) == (0, "2021: parametre og data er i orden\n")


def test_a_name_that_is_no_utf8_is_refused(copied: Project) -> None:
    folder = os.fsencode(copied.root.parent) + b"/\xe5rsstatus"
    try:
        copied.root.rename(os.fsdecode(folder))
    except OSError:
        pytest.skip("the file system has no such names")
    inside = ordinary("check", "2021", cwd=Path(os.fsdecode(folder)))
    output = ordinary("build", "2021", "--output", os.fsdecode(folder))
    for done in (inside, output):
        assert done.returncode == 2
        assert "U+DCE5rsstatus" in done.stderr
        assert re.search("ikke (er )?skrevet i UTF-8", done.stderr)
        assert "Traceback" not in done.stderr


# -- streams ------------------------------------------------------------------------------------------------------
# What is written to a pipe or a file is kept until there is enough of it, or Python ends: both have to go well.


AT_ONCE = {"PYTHONUNBUFFERED": "1"}


@pytest.mark.parametrize(
    ("line", "status", "unbuffered"),
    [
        ('"$@" verify | head -n 1', 0, {}),
        ('"$@" verify | head -n 1', 0, AT_ONCE),
        ('"$@" --help | true', 0, {}),
        ('"$@" --help | true', 0, AT_ONCE),
        ('"$@" bygg 2>&1 | true', 2, {}),
        ('"$@" check 2021 >/dev/full', 2, {}),
        ('"$@" check 2021 >/dev/full', 2, AT_ONCE),
        ('"$@" new 2019 2>/dev/full', 2, {}),  # what goes there is never kept
        ('"$@" new 2019 <&- >&- 2>&-', 2, {}),
        ('"$@" check 2021 <&- >&- 2>&-', 0, {}),
    ],
    ids=lambda value: str(value) if not isinstance(value, dict) else "at once" if value else "kept",
)
def test_nobody_takes_what_is_written(line: str, status: int, unbuffered: dict[str, str]) -> None:
    if "/dev/full" in line and not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    done = in_shell(line, environment=BARE | unbuffered)
    assert done.returncode == status
    assert not re.search(r"Traceback|Exception|Errno", done.stderr)
    assert len(done.stderr.splitlines()) == (1 if line.endswith(">/dev/full") and "2>" not in line else 0)


@pytest.mark.parametrize("columns", ["", "0", "1", "-3", "bred", "9" * 30])
def test_help_fits_any_terminal(columns: str) -> None:
    done = aarsstatus("build", "--help", cwd=ROOT, environment={**BARE, "COLUMNS": columns, "TERM": "dumb"})
    assert done.returncode == 0
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert "--formats html,pdf,docx" in " ".join(done.stdout.split())


# -- Python -------------------------------------------------------------------------------------------------------

OLD = 'import sys; sys.version_info, sys.version = (3, 10, 13), "3.10.13 (main)"; '


def test_an_older_python_is_told_what_is_needed() -> None:
    code = f"{OLD} import runpy; sys.argv = ['aarsstatus']; runpy.run_module('aarsstatus', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], env=BARE, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert done.stderr == f"Årsstatus kræver Python 3.11 eller nyere; {sys.executable} er 3.10.13\n"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """What ``make`` needs to begin, and nothing that it could install."""
    if shutil.which("make") is None:
        pytest.skip("make is not on PATH")
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "-C", folder, "--no-print-directory", "report", *arguments],
        env=BARE, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


def test_make_with_an_older_python_says_so_and_installs_nothing(made: Path) -> None:
    old = program(made / "python3.10", f"exec '{sys.executable}' -c '{OLD} exec(sys.argv[2])' \"$@\"")
    done = make(made, f"PYTHON={old}")
    assert done.returncode == 2
    told, ended = done.stderr.splitlines()
    assert told.endswith("is Python 3.10.13; 3.11 or newer is needed. Name one: make report PYTHON=python3.13")
    assert ended.startswith("make: ***")
    assert not (made / ".venv").exists()


def test_make_replaces_an_environment_of_an_older_python(made: Path) -> None:
    """And one that was never finished, as where Python came without pip; but no folder that is no environment."""
    new = program(
        made / "python", f'case "$2" in venv) shift 2; echo "venv $*"; exit 1;; esac; exec {sys.executable} "$@"'
    )
    program(made / ".venv" / "bin" / "python", "exit 1")
    assert "venv .venv\n" in make(made, f"PYTHON={new}").stdout
    (made / ".venv" / "pyvenv.cfg").touch()
    assert "venv --clear .venv\n" in make(made, f"PYTHON={new}").stdout


def test_make_says_why_packages_may_not_install(made: Path) -> None:
    """What pip says of a Python that the lock has no packages for is a wall, and names one of them."""
    program(made / ".venv" / "bin" / "python", 'case "$*" in *install*) exit 1;; --version) echo Python 3.99.0;; esac')
    done = make(made)
    assert done.returncode == 2
    assert done.stderr.startswith("The packages of requirements.lock could not be installed for Python 3.99.0: ")
    assert "newer than the lock (3.11 to 3.15)" in done.stderr


def test_the_same_pythons_are_named_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = [re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", line) for line in project["classifiers"]]
    known = [match[1] for match in versions if match]
    first, last = known[0], known[-1]
    assert project["requires-python"] == f">={first}"
    makefile, readme, guide = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("Makefile", "README.md", "docs/vejledning.md")
    )
    assert makefile.count(f"{first} to {last}") == 2
    assert f"Python {', '.join(known[:-1])} or {last}" in readme
    assert f"version {first} til {last}" in guide
