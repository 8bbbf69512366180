"""A copy that leaves one of itself behind: what that makes has everything loaded, and none outlives who asked for it."""

from __future__ import annotations

import errno
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from conftest import soon_gone

from aarsstatus.run import processes

pytestmark = pytest.mark.skipif(not processes.COPIES, reason="processes are not copied on this platform")

SCRIPT = """
    import os, signal, sys, threading, time
    from pathlib import Path
    from aarsstatus.copier import Copier
    folder = Path(sys.argv[1])
    loaded = "før"

    def note(name, seconds=0.0):
        (folder / name).write_text(f"{os.getpid()} {os.getppid()} {loaded} {len(os.listdir('/proc/self/task'))}")
        time.sleep(seconds)

    def measure(text):
        (folder / "length").write_text(str(len(text)))

    def fail():
        raise SystemExit(7)

    copier = Copier(lambda function, *arguments: globals()[function](*arguments))
    loaded = "efter"
"""


def run(folder: Path, code: str) -> list[str]:
    """Run a script of its own, since only a process with one thread may be copied; return what it shows."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(SCRIPT) + textwrap.dedent(code), folder],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


def test_a_copy_is_made_of_what_was_loaded_by_then(tmp_path: Path) -> None:
    said = run(
        tmp_path,
        """
        threading.Thread(target=time.sleep, args=[1], daemon=True).start()
        made = copier.copy("note", "a")
        made.join()
        print(os.getpid(), copier.pid, made.pid, made.exitcode is not None)
        """,
    )
    pid, parent, loaded, threads = (tmp_path / "a").read_text(encoding="utf-8").split()
    assert said == [said[0], parent, pid, "True"]
    assert len({*said[:3]}) == 3
    assert (loaded, threads) == ("før", "1")


def test_it_runs_until_it_ends_however_that_goes(tmp_path: Path) -> None:
    said = run(
        tmp_path,
        """
        slow, failing = copier.copy("note", "a", 3600), copier.copy("fail")
        failing.join()
        print(slow.exitcode, failing.exitcode)
        os.kill(slow.pid, signal.SIGKILL)
        slow.join()
        print(slow.exitcode)
        """,
    )
    assert said == ["None", "1", "1"]


def test_many_threads_may_ask(tmp_path: Path) -> None:
    said = run(
        tmp_path,
        """
        made = []
        def ask(number):
            one = copier.copy("note", str(number))
            made.append(one)
            one.join()
        threads = [threading.Thread(target=ask, args=[number]) for number in range(20)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(*{one.pid for one in made})
        print(len(os.listdir("/proc/self/fd")), file=open(folder / "before", "w"))
        del made
        print(len(os.listdir("/proc/self/fd")), file=open(folder / "after", "w"))
        """,
    )
    assert len(said) == 20
    assert {(tmp_path / str(number)).read_text(encoding="utf-8").split()[0] for number in range(20)} == set(said)
    before, after = (int((tmp_path / name).read_text(encoding="utf-8")) for name in ("before", "after"))
    assert before - after == 20


def test_a_large_request_arrives(tmp_path: Path) -> None:
    run(
        tmp_path,
        """
        copier.copy("measure", "a" * 3_000_000).join()
        """,
    )
    assert (tmp_path / "length").read_text(encoding="utf-8") == "3000000"


def test_one_that_the_system_refuses_leaves_the_others_alone(tmp_path: Path) -> None:
    said = run(
        tmp_path,
        """
        import resource
        slow = copier.copy("note", "a", 3600)
        before = resource.prlimit(copier.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(copier.pid, resource.RLIMIT_NOFILE, (5, before[1]))
        try:
            copier.copy("note", "b")
        except OSError as error:
            print(error.errno, slow.exitcode)
        resource.prlimit(copier.pid, resource.RLIMIT_NOFILE, before)
        copier.copy("note", "c").join()
        print((folder / "b").exists(), (folder / "c").exists(), slow.exitcode)
        """,
    )
    assert said == [str(errno.EMFILE), "None", "False", "True", "None"]


def test_one_that_we_have_no_room_for_is_ended(tmp_path: Path) -> None:
    said = run(
        tmp_path,
        """
        import resource
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) - 1, before[1]))
        try:
            copier.copy("note", "a", 3600)
        except OSError as error:
            print(error.errno)
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
        copier.copy("note", "b").join()
        print((folder / "b").exists())
        children = Path(f"/proc/{copier.pid}/task/{copier.pid}/children").read_text().split()
        time.sleep(0.5)
        print(*(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] for pid in children))
        """,
    )
    assert said[:2] == [str(errno.EMFILE), "True"]
    assert set(said[2:]) == {"Z"}  # whoever is left has ended


@pytest.mark.parametrize("end", ["pass", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_none_outlives_who_asked(tmp_path: Path, end: str) -> None:
    code = f"""
        made = copier.copy("note", "a", 3600)
        print(copier.pid, made.pid, flush=True)
        {end}
        """
    script = textwrap.dedent(SCRIPT) + textwrap.dedent(code)
    done = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    pids = [int(pid) for pid in done.stdout.split()]
    assert len(pids) == 2
    assert all(soon_gone(pid) for pid in pids)


def test_one_that_is_gone_makes_no_more(tmp_path: Path) -> None:
    said = run(
        tmp_path,
        """
        os.kill(copier.pid, signal.SIGKILL)
        for _ in range(2):
            try:
                copier.copy("note", "a")
            except (EOFError, ConnectionError):
                print("væk")
        """,
    )
    assert said == ["væk", "væk"]


def test_ctrl_c_is_for_the_one_who_asked(tmp_path: Path) -> None:
    said = run(
        tmp_path,
        """
        os.kill(copier.pid, signal.SIGINT)
        copier.copy("note", "a").join()
        print((folder / "a").exists())
        """,
    )
    assert said == ["True"]
