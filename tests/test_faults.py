"""What goes wrong while a build runs: the last good output stays whole, nothing is left, and a message says what it was.

The campaign that ``make faults`` runs by the hundred is in ``faults``; a few of its kills are here. Most commands are
forked (`quick_commands`); those that are ended from outside in each way are also ordinary ones (``as_usual``).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import pytest
from conftest import ROOT
from faults.campaign import DATA, Case, case, try_one
from faults.lab import YEAR, Lab, Process, Running, Said, State, contents, gone, no_traceback, ordinary
from faults.lab import processes as every
from filelock import FileLock
from places import REFUSED, another_pandoc, on_a_small_disk, without_roots_rights
from quick_commands import Around
from quick_kernels import QUICK

from aarsstatus import interruption
from aarsstatus.audit import check
from aarsstatus.files import alone, clear, scratch, write_whole
from aarsstatus.problems import InputError
from aarsstatus.project import Project
from aarsstatus.release import cache
from aarsstatus.release.swap import swap_in
from aarsstatus.run import temporary
from aarsstatus.run.programs import TIME_LIMIT

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="processes are listed and killed as Linux does it"),
]
LIMIT = "8"
"""Seconds: no step of a good build takes as long, even on a machine that does much besides."""
STANDS = f"det seneste færdige notat i output/{YEAR} er urørt"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A project with a good build, and another state whose bytes are known; after all that was broken, it builds."""
    made = Lab(tmp_path_factory.mktemp("fejl"), formats="html", quick=QUICK)
    made.prepare(State(), DATA, State())
    yield made
    before = made.state
    made.become(State() if before == DATA else DATA)
    said = made.run()
    assert (said.status, no_traceback(said)) == (0, []), said.err
    assert contents(made.output) == made.good(before, made.state)[0]
    assert made.left_over() == []
    assert gone(processes_in(made)) == []


def processes_in(lab: Lab) -> list[Process]:
    """Return the processes that work in the lab's folders."""
    base, found = lab.temporary.parent, []
    for one in every():
        with contextlib.suppress(OSError):
            if Path(f"/proc/{one.pid}/cwd").readlink().is_relative_to(base):
                found.append(one)
    return found


@pytest.fixture
def work(lab: Lab) -> Iterator[Lab]:
    """The lab with something to build; afterwards the output is the last one or the new one, whole, and nothing is left.

    That the next build succeeds is seen after each kill, and once after everything else.
    """
    before, old = lab.state, contents(lab.output)
    lab.become(State() if before == DATA else DATA)
    yield lab
    found = contents(lab.output)
    new, overview = lab.good(before, lab.state)
    assert found in (old, new), "the last good output was touched"
    assert lab.verified() == []
    failed = lab.project.output / f"{YEAR}.fejlet.ipynb"
    assert lab.left_over(failed.name) == []
    failed.unlink(missing_ok=True)
    if found == old:
        lab.become(before)
    else:
        assert (lab.project.output / "index.html").read_bytes() == overview


forked_only = pytest.mark.skipif(not QUICK, reason="only a forked command is given another place or fewer rights")
unmeasured = pytest.mark.skipif("coverage" in sys.modules, reason="coverage has taken SIGTERM for itself")


def refused(said: Said, *words: str) -> None:
    """Hold that a build failed with a message that has these words, in Danish, and that the last output stands."""
    assert no_traceback(said) == []
    assert said.status == 2, said.err
    for word in (*words, STANDS):
        assert word in said.err
    for english in ("No space", "Permission", "denied", "Errno", "died"):
        assert english not in said.err


# -- killed -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "one",
    [
        Case(8, 3, "main", 0.97, executes=True),
        Case(8, 4, "kernel", 0.3, executes=True),
        Case(8, 5, "renderer", 0.3, executes=True),
    ],
    ids=lambda one: f"{one.victim}-{one.when}",
)
def test_killed_at_a_moment(lab: Lab, one: Case) -> None:
    outcome = try_one(one, lab)
    assert outcome.wrong == []


def test_the_campaign_follows_from_its_seed() -> None:
    cases = [case(8, number) for number in range(200)]
    assert cases == [case(8, number) for number in range(200)]
    assert {one.victim for one in cases} == {"main", "kernel", "renderer"}
    assert {int(one.when * 10) for one in cases if one.victim == "main"} >= set(range(10)), "not all of a build"


def test_the_campaign_sees_what_is_wrong(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that leaves scratch, changes a file of the last output or lives on must not pass for a good one."""
    before, state = contents(lab.output), lab.state
    left = lab.project.output / f".{YEAR}-1"
    left.mkdir()
    assert lab.left_over() == [left.name]
    left.rmdir()
    page = lab.output / "notat.html"
    page.write_bytes(page.read_bytes() + b" ")
    assert lab.verified() != []
    page.write_bytes(before["notat.html"])
    assert lab.verified() == []
    sleeper = ordinary(["sleep", "600"], lab.temporary, os.environ)
    assert gone(list(sleeper.look()), within=0.2) != []
    sleeper.process.kill()
    assert gone(list(sleeper.seen)) == []
    sleeper.end()
    assert no_traceback(Said(2, "", "Traceback (most recent call last):")) != []
    assert (contents(lab.output), lab.state) == (before, state)


# -- interrupted ------------------------------------------------------------------------------------------------


def said_by(running: Running, word: str) -> str:
    """Read what a build says until a line has the word."""
    assert running.process.stderr is not None
    read = ""
    for line in running.process.stderr:
        read += line.decode()
        if word in line.decode():
            return read
    raise AssertionError(f"never said »{word}«: {read}")


@pytest.mark.parametrize(
    ("number", "group", "moment"),
    [
        (signal.SIGINT, True, "Kører notebookene"),
        (signal.SIGINT, True, "Laver HTML"),
        (signal.SIGINT, True, "Skriver tal"),
        pytest.param(signal.SIGTERM, False, "Kører notebookene", marks=unmeasured),
    ],
)
def test_interrupted(work: Lab, number: signal.Signals, group: bool, moment: str) -> None:
    """As a terminal interrupts: everything in the group at once; or as the system does, which asks the program alone."""
    running = work.start(as_usual=moment == "Laver HTML")
    said_by(running, moment)
    members = running.look()
    (os.killpg if group else os.kill)(running.process.pid, number)
    said = running.end()
    assert said.status == 128 + number, said.err
    assert "afbrudt; det seneste færdige notat er urørt" in said.err.splitlines()[-1]
    assert no_traceback(said) == []
    assert work.left_over() == []
    assert gone(list(members)) == []


def test_a_call_for_two_years_is_interrupted(work: Lab) -> None:
    running = work.start("build", "2025", "2021", "--engine", "embedded", "--formats", "html", "--output", "andet")
    said_by(running, "Bygger 2 år")
    while not list((work.project.root / "andet").glob(".20*-*")):  # until it writes
        assert running.process.poll() is None
        time.sleep(0.01)
    members = running.look()
    os.killpg(running.process.pid, signal.SIGINT)
    said = running.end()
    assert said.status == 130, said.err
    assert len([line for line in said.err.splitlines() if not line.startswith("2 år: ")]) == 1, said.err
    assert "afbrudt" in said.err
    assert no_traceback(said) == []
    assert gone(list(members)) == []
    left = {path.name for path in (work.project.root / "andet").iterdir()}
    assert not {name for name in left if name.startswith(".") and not name.endswith(".lock")}
    assert work.left_over() == []
    shutil.rmtree(work.project.root / "andet")


@unmeasured
def test_until_a_run_listens_an_interruption_is_silent() -> None:
    code = "import aarsstatus.__main__, signal; print(signal.getsignal(signal.SIGINT) == signal.SIG_DFL)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


@unmeasured
def test_what_is_ignored_stays_so() -> None:
    """`nohup` and a shell's background jobs ignore signals; they are not to be listened to then."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruption.listening():
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) not in {signal.SIG_DFL, signal.SIG_IGN}
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)


# -- something dies or hangs --------------------------------------------------------------------------------------


@contextlib.contextmanager
def changed(path: Path, old: str, new: str) -> Iterator[None]:
    """Change a file for a while."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(text, encoding="utf-8")


FIRST_CELL = 'show(\\"# Hele kommunen\\")'


def test_a_kernel_that_dies(work: Lab) -> None:
    death = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    with changed(work.project.notebooks / "notat.ipynb", FIRST_CELL, death):
        refused(work.run(), "notebooks/notat.ipynb, Python-processen", "døde", "prøv igen")
    assert work.left_over() == []


def test_a_cell_that_hangs(work: Lab) -> None:
    """Programs that hang are ended one way, whatever they are: `run/test_programs.py`, `render/test_embedded.py`."""
    with changed(work.project.notebooks / "notat.ipynb", FIRST_CELL, "import time; time.sleep(3600)"):
        said = work.run(environment={TIME_LIMIT: LIMIT})
    refused(said, f"notebooks/notat.ipynb, en celle blev ikke færdig på {LIMIT} sekunder", TIME_LIMIT)
    assert work.left_over() == []


def fake_pandoc(folder: Path, at_first: str = "echo pandoc 3.9") -> tuple[Mapping[str, str], Around]:
    """Make a pandoc that says its version and later waits for ever; return how an ordinary and a forked command find it."""
    program = folder / "pypandoc" / "files" / "pandoc"
    program.parent.mkdir(parents=True)
    (folder / "pypandoc" / "__init__.py").write_text("", encoding="utf-8")
    os.mkfifo(folder / "aldrig")  # and a shell that reads from it starts no other program, as pandoc starts none
    ever = f'read -r ord <> "{folder}/aldrig"'
    program.write_text(f'#!/bin/sh\n[ "$1" = --version ] && {at_first} && exit\n{ever}\n', encoding="utf-8")
    program.chmod(0o755)
    return {"PYTHONPATH": str(folder)}, partial(another_pandoc, folder)


def test_a_pandoc_that_dies_when_it_is_asked_who_it_is(work: Lab, tmp_path: Path) -> None:
    found, around = fake_pandoc(tmp_path, at_first="kill -9 $$")
    said = work.run(environment=found, around=around)
    refused(said, "pandoc kan ikke køres; programmet standsede uventet (-9)")
    assert work.left_over() == []


def test_a_pandoc_that_hangs_does_not_outlive_the_next_build(work: Lab, tmp_path: Path) -> None:
    """Its build is killed, so nobody is there to end it; the next one does."""
    found, _ = fake_pandoc(tmp_path)
    running = work.start(environment=found, as_usual=True)
    while not [one for one, kind in running.look().items() if kind == "renderer" and "--output=-" in one.command]:
        assert running.process.poll() is None
        time.sleep(0.05)
    running.process.kill()
    running.process.wait()
    assert any("pandoc" in one.command for one in processes_in(work))
    assert work.run().status == 0
    assert gone(processes_in(work)) == []
    running.end()


@unmeasured
def test_a_pandoc_that_hangs_is_interrupted(work: Lab, tmp_path: Path) -> None:
    """As the system does; how a terminal does is tried above, at the same moment."""
    found, around = fake_pandoc(tmp_path)
    running = work.start(environment=found, around=around)
    said_by(running, "Laver HTML")
    os.kill(running.process.pid, signal.SIGTERM)
    assert running.end().status == 128 + signal.SIGTERM
    assert gone(processes_in(work)) == []
    assert work.left_over() == []


@pytest.mark.skipif(sys.platform == "win32", reason="there a signal reaches no thread of its own")
def test_an_interruption_that_reaches_another_thread_is_heard() -> None:
    """The system may give it to any; the main thread, which alone acts upon it, would sleep on."""
    code = """
        import signal, threading, time
        from concurrent.futures import ThreadPoolExecutor
        from aarsstatus import interruption

        def work():
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)
            time.sleep(60)

        try:
            with interruption.listening():
                interruption.wait([ThreadPoolExecutor(1).submit(work)])
        except interruption.Interrupted as heard:
            print(heard.number, flush=True)
            signal.raise_signal(signal.SIGKILL)
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    assert (done.stdout.strip(), done.stderr) == ("2", "")


# -- the disk -----------------------------------------------------------------------------------------------------


def on_its_own(lab: Lab, around: Around) -> Said:
    """Build where the machine lets us have a place of our own."""
    said = lab.run(around=around)
    if said.status == REFUSED:
        pytest.skip("no disk can be mounted here")
    return said


@pytest.fixture
def good_size(lab: Lab) -> int:
    """Kilobytes of the finished output."""
    return sum(path.stat().st_size + 4096 for path in lab.project.output.rglob("*") if path.is_file()) // 1024


@forked_only
@pytest.mark.parametrize("free", [8, 1000])
def test_a_full_disk(work: Lab, good_size: int, free: int, tmp_path: Path) -> None:
    old, after = contents(work.output), tmp_path / "efter"
    said = on_its_own(work, partial(on_a_small_disk, work.project.output, good_size + free, after))
    refused(said, "output: der er ikke mere plads på disken; gør plads, og prøv igen")
    assert contents(after / str(YEAR)) == old
    assert [path.name for path in after.iterdir() if path.name.startswith(f".{YEAR}-")] == []


@forked_only
@pytest.mark.parametrize("size", [8, 300])
def test_a_full_disk_for_temporary_files(work: Lab, size: int, tmp_path: Path) -> None:
    said = on_its_own(work, partial(on_a_small_disk, work.temporary, size, tmp_path / "efter"))
    refused(said, "der er ikke mere plads på disken; gør plads, og prøv igen", str(work.temporary))


# -- access -------------------------------------------------------------------------------------------------------


@pytest.fixture
def locked(work: Lab) -> Iterator[Lab]:
    """The lab, whose folders may be written to again afterwards."""
    yield work
    for folder in (work.project.output, work.output, work.temporary):
        folder.chmod(0o755)


@forked_only
def test_no_access_to_the_output(locked: Lab) -> None:
    locked.project.output.chmod(0o555)
    old = contents(locked.output)
    said = locked.run(around=without_roots_rights)
    assert (said.status, said.err) == (2, "output: der kan ikke skrives i mappen; vælg en anden med --output MAPPE\n")
    assert contents(locked.output) == old


@forked_only
def test_no_access_to_the_lock(locked: Lab) -> None:
    """Somebody else built last."""
    lock = locked.project.output / f".{YEAR}.lock"
    lock.chmod(0o444)
    try:
        refused(locked.run(around=without_roots_rights), f"output/.{YEAR}.lock: der er ikke adgang")
    finally:
        lock.chmod(0o644)


@forked_only
def test_no_access_to_the_overview(locked: Lab) -> None:
    """The notat itself is made, and the message says so."""
    lock = locked.project.output / ".index.html.lock"
    lock.chmod(0o444)
    try:
        said = locked.run(around=without_roots_rights)
    finally:
        lock.chmod(0o644)
    assert said.status == 2
    assert no_traceback(said) == []
    assert "output/index.html: siden kan ikke skrives: der er ikke adgang" in said.err
    assert f"output/{YEAR} er i orden" in said.err
    assert locked.run().status == 0  # the next one writes it


# -- fonts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", check.FONTS)
@pytest.mark.parametrize("how", ["missing", "empty", "cut", "a folder", "scribbled on"])
def test_a_font_that_is_missing_or_damaged(tmp_path: Path, name: str, how: str) -> None:
    folder = tmp_path / "_extensions" / "notat" / "fonts"
    shutil.copytree(ROOT / "_extensions" / "notat" / "fonts", folder)
    project, path = Project(tmp_path), folder / name
    assert check._font_problems(project) == []
    content = path.read_bytes()
    path.unlink()
    if how == "a folder":
        path.mkdir()
    elif how == "scribbled on" and path.suffix == ".woff2":
        pytest.skip("a web font is packed, and has no sum that tells")
    elif how != "missing":
        middle = len(content) // 2
        scribbled = content[:middle] + bytes(64) + content[middle + 64 :]
        path.write_bytes({"empty": b"", "cut": content[:-100], "scribbled on": scribbled}[how])
    with pytest.raises(InputError, match=f"_extensions/notat/fonts/{name}: .*; forventede filen, som den fulgte med"):
        check.require_fonts(project)


def test_a_build_without_a_font(work: Lab) -> None:
    path = work.project.extension / "fonts" / "OpenSans-Semibold.ttf"
    content = path.read_bytes()
    path.unlink()
    try:
        said, checked = work.run(), work.run("check", str(YEAR))
    finally:
        path.write_bytes(content)
    assert (said.status, checked.status) == (2, 1)
    assert "_extensions/notat/fonts/OpenSans-Semibold.ttf: filen findes ikke" in said.err
    assert "_extensions/notat/fonts/OpenSans-Semibold.ttf: filen findes ikke" in checked.out


# -- two at once ----------------------------------------------------------------------------------------------------


def test_two_builds_of_one_year(work: Lab) -> None:
    both = [work.start(), work.start()]
    said = [one.end() for one in both]
    assert [one.status for one in said] == [0, 0], said
    assert [no_traceback(one) for one in said] == [[], []]
    assert sum("intet er ændret" in one.out for one in said) <= 1


def test_a_call_for_two_years_waits_and_says_so(lab: Lab) -> None:
    elsewhere = lab.project.root / "andet"
    shutil.copytree(lab.output, elsewhere / str(YEAR))
    with alone(elsewhere / "2021"):
        formats = ("--engine", "embedded", "--formats", "html", "--output", "andet")
        running = lab.start("build", str(YEAR), "2021", *formats)
        said_by(running, "Venter: 2021 bliver lavet af en anden kørsel")
        assert running.process.poll() is None
    said = running.end()
    assert (said.status, no_traceback(said)) == (0, [])
    assert {path.name for path in elsewhere.iterdir()} >= {str(YEAR), "2021"}
    shutil.rmtree(elsewhere)


def test_a_wait_can_be_interrupted(work: Lab) -> None:
    with work.holding():
        running = work.start()
        said_by(running, f"Venter: {YEAR} bliver lavet af en anden kørsel")
        assert running.process.poll() is None
        os.killpg(running.process.pid, signal.SIGINT)
        assert running.end().status == 130
    assert work.left_over() == []


# -- what takes it away ---------------------------------------------------------------------------------------------


def test_scratch_of_a_killed_build_goes_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "2025"
    stays = {"2025", ".2026.aarsstatus-77", "2025-udkast", ".2025-77", ".2025-backup", ".2025.aarsstatus-77-vigtigt"}
    for name in (*stays, ".2025.aarsstatus-77", ".2025.aarsstatus-78-old"):
        (tmp_path / name).mkdir()
    (tmp_path / ".2025.lock").touch()
    with scratch(target) as made:
        assert {path.name for path in tmp_path.iterdir()} == {*stays, made.name, ".2025.lock"}
    assert not made.exists()


def test_a_build_killed_between_two_renames_is_put_back(tmp_path: Path) -> None:
    (tmp_path / ".2025.aarsstatus-77-old").mkdir()
    (tmp_path / ".2025.aarsstatus-77-old" / "notat.html").write_text("god", encoding="utf-8")
    clear(tmp_path / "2025")
    assert (tmp_path / "2025" / "notat.html").read_text(encoding="utf-8") == "god"


def test_an_interruption_between_two_renames_puts_the_old_one_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aarsstatus.release.swap._exchange", lambda *_: False)
    made, target = tmp_path / ".2025.aarsstatus-1", tmp_path / "2025"
    for folder in (made, target):
        folder.mkdir()
        (folder / "notat.html").write_text(folder.name, encoding="utf-8")
    rename = Path.rename

    def interrupted(path: Path, to: Path) -> Path:
        if path == made:
            raise KeyboardInterrupt
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        swap_in(made, target)
    assert (target / "notat.html").read_text(encoding="utf-8") == "2025"
    assert [path.name for path in tmp_path.glob("*-old")] == []


def test_half_a_page_of_a_killed_run_goes(tmp_path: Path) -> None:
    (tmp_path / ".index.html.aarsstatus-77").write_text("halv", encoding="utf-8")
    (tmp_path / ".index.html-vigtigt").mkdir()
    (tmp_path / ".indeks.html.aarsstatus-77").touch()
    write_whole(tmp_path / "index.html", b"hel")
    write_whole(tmp_path / "ind*.html", b"hel")  # a name is no pattern
    assert {path.name for path in tmp_path.iterdir()} == {
        "index.html", "ind*.html", ".index.html-vigtigt", ".indeks.html.aarsstatus-77",
    }  # fmt: skip


def test_a_file_that_cannot_be_written_is_called_what_it_was_asked_for_as(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        write_whole(tmp_path / "findes ikke" / "side.html", b"hel")
    assert caught.value.filename == str(tmp_path / "findes ikke" / "side.html")
    (tmp_path / "side.html").mkdir()
    with pytest.raises(IsADirectoryError) as refused:
        write_whole(tmp_path / "side.html", b"hel")
    assert refused.value.filename == str(tmp_path / "side.html")
    assert [path.name for path in tmp_path.iterdir()] == ["side.html"], "nothing half is left"


def test_temporary_files_of_a_killed_run_go_and_those_of_a_living_one_stay(tmp_path: Path) -> None:
    """And nobody else's, whatever they are called."""
    for name in ("aarsstatus-udkast", "aarsstatus.run.mit", "andet"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "vigtigt.txt").write_text("vigtigt", encoding="utf-8")
    code = (
        "import time; from aarsstatus.run import temporary; made = temporary.own(); (made / 'fil').touch(); "
        "print(made, flush=True); time.sleep(600)"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    runs = []
    for _ in range(2):
        run = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)
        assert run.stdout is not None
        runs.append((run, Path(run.stdout.readline().strip())))
    (killed, left), (living, kept) = runs
    try:
        killed.kill()
        killed.wait()
        assert left.is_dir()
        temporary._clear(tmp_path)
        assert not left.exists()
        assert (kept / "fil").exists()
        for name in ("aarsstatus-udkast", "aarsstatus.run.mit", "andet"):
            assert (tmp_path / name / "vigtigt.txt").exists()
    finally:
        for run, _ in runs:
            run.kill()
            run.communicate()
    assert living.returncode == -signal.SIGKILL


def test_a_folder_with_a_long_name_for_temporary_files(work: Lab, tmp_path: Path) -> None:
    """Sockets lie there, too, and their names have little room."""
    place = tmp_path / ("mappe" * 30)
    place.mkdir()
    said = work.run(*work.build, "--force", environment={"TMPDIR": str(place)})
    assert said.status == 0, said.err
    assert list(place.iterdir()) == []


def test_what_leads_elsewhere_is_left_alone(tmp_path: Path) -> None:
    """Whoever may write where temporary files lie may put anything there, and call it ours."""
    mine, machine = tmp_path / "mit", tmp_path / "tmp"
    for folder in (mine, machine):
        folder.mkdir()
    for name in ("aarsstatus.lock", "vigtigt.txt"):
        (mine / name).write_text("vigtigt", encoding="utf-8")
    (machine / "aarsstatus.run.xxxxxxxx").symlink_to(mine)
    temporary._clear(machine)
    assert {path.name: path.read_text(encoding="utf-8") for path in mine.iterdir()} == {
        "aarsstatus.lock": "vigtigt",
        "vigtigt.txt": "vigtigt",
    }


def test_a_page_of_other_builds_is_written_anew(lab: Lab) -> None:
    """A build that was killed after its output was in place, and before the page that leads to it was."""
    page = lab.project.output / "index.html"
    whole = page.read_text(encoding="utf-8")
    other = cache.OVERVIEW_END.sub(lambda end: end[0].replace(end[1], "0" * len(end[1])), whole)
    assert other != whole
    page.write_text(other, encoding="utf-8")
    said = lab.run()
    assert "intet er ændret" in said.out
    assert page.read_text(encoding="utf-8") == whole


def test_a_run_that_is_killed_as_it_tidies_up_leaves_what_the_next_one_knows(tmp_path: Path) -> None:
    """Found when a build was killed at the right moment: the lock was gone, a folder beside it was not, and nobody took it for ours any more."""
    made = tmp_path / f"{temporary._PREFIX}x"
    inner = made / f"{temporary._PREFIX}y"
    inner.mkdir(parents=True)
    (inner / "fil").touch()
    (made / "fil").touch()
    (made / "henvisning").symlink_to(tmp_path)
    lock = FileLock(made / temporary._LOCK)
    left: list[str] = []

    class Watched(FileLock):
        def release(self, force: bool = False) -> None:
            left.extend(path.name for path in made.iterdir())
            lock.release(force)

    lock.acquire()
    temporary._remove(made, Watched(made / temporary._LOCK))
    assert left == [temporary._LOCK]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [FileExistsError, FileNotFoundError])
def test_a_folder_that_another_run_takes_away_as_it_is_made(
    error: type[OSError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by two builds that began together: between making it and locking it, it looks like one that is left."""
    acquire, tried = FileLock.acquire, []

    def gone_at_first(lock: FileLock, **options: bool) -> object:
        tried.append(lock.lock_file)
        if len(tried) == 1:
            Path(lock.lock_file).parent.rmdir()
            raise error(tried[0])
        if len(tried) == 2:  # filelock makes the folder anew, as the user's other folders are
            Path(lock.lock_file).parent.chmod(0o755)
        return acquire(lock, **options)

    monkeypatch.setattr(FileLock, "acquire", gone_at_first)
    made = temporary._made.__wrapped__(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [made.name]
    assert made.stat().st_mode & 0o777 == 0o700
