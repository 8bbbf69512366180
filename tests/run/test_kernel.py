"""The kernel: a copy and an ordinary one say the same, each notebook has its own process, and none is left behind."""

from __future__ import annotations

import asyncio
import multiprocessing.process
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from queue import Empty

import nbformat
import pytest
from conftest import alive, soon_gone
from jupyter_client.kernelspec import KernelSpec

from aarsstatus import interruption
from aarsstatus.problems import BuildError
from aarsstatus.project import Project
from aarsstatus.run import processes
from aarsstatus.run.kernel import _Client, _Kernel, kernel
from aarsstatus.run.notebook import KERNEL, NotebookError, execute

copies = pytest.mark.skipif(not processes.COPIES, reason="processes are not copied on this platform")
PARAMETERS = {"year": 2021, "comparison_year": 2020, "figures": "published"}


def executed(project: Project, source: Path, folder: Path, *, copied: bool) -> nbformat.NotebookNode:
    processes.start()
    with kernel(project.root, copied=copied) as started:
        return execute(source, folder / "ud.ipynb", PARAMETERS, started)


@copies
@pytest.mark.parametrize("name", ["notat", "kvalitetsrapport"])
def test_a_copied_kernel_says_the_same_as_an_ordinary_one(project: Project, name: str, tmp_path: Path) -> None:
    source = project.notebooks / f"{name}.ipynb"
    copied, ordinary = (executed(project, source, tmp_path, copied=way) for way in (True, False))
    assert copied == ordinary
    assert any(cell.get("outputs") for cell in copied.cells)


def told(folder: Path, code: str, *, copied: bool) -> str:
    """Run a cell in a kernel of its own, and return what it shows."""
    source = folder / "ind.ipynb"
    cells = [nbformat.v4.new_code_cell("year = comparison_year = figures = None", metadata={"tags": ["parameters"]})]
    cells.append(nbformat.v4.new_code_cell(code))
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), source)
    notebook = executed(Project(folder), source, folder, copied=copied)
    return str(notebook.cells[-1].outputs[0].data["text/plain"])


@pytest.mark.parametrize("copied", [pytest.param(True, marks=copies), False])
def test_its_surroundings_are_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, copied: bool) -> None:
    monkeypatch.setenv("MPLBACKEND", "svg")
    monkeypatch.setenv("AARSSTATUS_VIEW", "lab")
    code = """
        import os, sys
        (os.getcwd(), os.environ.get("MPLBACKEND", "")[:6], os.environ.get("AARSSTATUS_VIEW"), os.environ["PYTHONUTF8"],
         hash("aarsstatus"), sys.executable)
    """
    said = told(tmp_path, textwrap.dedent(code), copied=copied)
    fixed = subprocess.run(
        [sys.executable, "-c", "print(hash('aarsstatus'))"], env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert str(tmp_path) in said
    assert "lab" not in said
    assert "'svg'" not in said
    assert fixed.stdout.strip() in said
    assert sys.executable in said


@copies
def test_what_loads_first_has_our_surroundings_too() -> None:
    """It loads what a kernel would load, so what the loading needs of the environment must be there."""
    code = """
        import time
        from multiprocessing import forkserver
        from pathlib import Path
        from aarsstatus import processes
        processes.start()
        said = Path(f"/proc/{forkserver._forkserver._forkserver_pid}/environ")
        while "PYTHONHASHSEED=0" not in (names := said.read_text().split(chr(0))):  # it is only now becoming Python
            time.sleep(0.01)
        print(*names, sep=chr(10))
    """
    environment = {**os.environ, "MPLBACKEND": "svg", "ET_MAERKE": "her"}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], env=environment, capture_output=True, text=True, check=True
    )
    said = done.stdout.splitlines()
    assert {"ET_MAERKE=her", "PYTHONHASHSEED=0"} <= set(said)
    assert "MPLBACKEND=svg" not in said


@pytest.mark.parametrize("copied", [pytest.param(True, marks=copies), False])
def test_each_notebook_has_a_process_of_its_own(tmp_path: Path, copied: bool) -> None:
    pids = {int(told(tmp_path, "import os, builtins; builtins.left = 1; os.getpid()", copied=copied)) for _ in range(2)}
    assert len(pids) == 2
    assert os.getpid() not in pids
    assert told(tmp_path, "import builtins; hasattr(builtins, 'left')", copied=copied) == "False"


@copies
def test_what_is_copied_has_one_thread() -> None:
    """Another thread would be missing in the copy, and whoever waits for it there would wait for ever."""
    code = "import os, aarsstatus.run.loaded; print(len(os.listdir('/proc/self/task')))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=processes.environment(), capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("1", "")


@copies
def test_none_is_left_when_the_one_that_asked_is_killed(project: Project) -> None:
    code = f"""
        import time
        from pathlib import Path
        from aarsstatus import processes
        from aarsstatus.kernel import kernel
        processes.start()
        with kernel(Path({str(project.root)!r})) as started:
            print(started.provisioner.pid, flush=True)
            time.sleep(60)
    """
    asked = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True)
    assert asked.stdout is not None
    pid = int(asked.stdout.readline())
    assert alive(pid)
    asked.send_signal(signal.SIGKILL)
    asked.wait()
    asked.stdout.close()
    assert soon_gone(pid)


@copies
def test_a_script_that_builds_is_not_run_again(project: Project, tmp_path: Path) -> None:
    """Multiprocessing imports the script anew in each process, guarded or not; ours must not need the guard."""
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(f"""
            from pathlib import Path
            print("kørt")
            from aarsstatus.build import Options, build
            from aarsstatus.project import Project
            done = build(Project(Path({str(project.root)!r})), 2021,
                         Options(engine="embedded", formats=("html",), output=Path({str(tmp_path)!r})))
            print(done.did)
        """),
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.stderr) == (["kørt", "everything"], "")


@copies
@pytest.mark.parametrize("error", [EOFError, ConnectionRefusedError, BrokenPipeError])
def test_what_copies_are_made_of_is_killed_just_then(
    error: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def start(_: object) -> None:
        raise error

    monkeypatch.setattr(multiprocessing.process.BaseProcess, "start", start)
    with pytest.raises(BuildError, match="processen, som de andre er kopier af, døde"), kernel(tmp_path):
        pass
    assert capfd.readouterr() == ("", "")


def test_a_client_asks_again_until_it_sees_what_the_kernel_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel's first words may come before somebody listens; nothing that a notebook shows may."""
    asked: list[str] = []
    client = _Client()
    shown = [
        ("old", "idle"), None,  # the first time: of something else, and then nothing
        ("1", "busy"), None,
        ("2", "busy"), ("1", "idle"),  # it is slow: done with the first question as the third is asked
    ]  # fmt: skip
    answers = ["old", "0", "1", "2"]

    def ask() -> str:
        asked.append(str(len(asked)))
        return asked[-1]

    async def answer(timeout: float) -> dict[str, dict[str, str]]:
        return {"parent_header": {"msg_id": answers.pop(0)}, "content": {}}

    async def show(timeout: float) -> dict[str, dict[str, str]]:
        message = shown.pop(0)
        if message is None:
            raise Empty
        return {"parent_header": {"msg_id": message[0]}, "content": {"execution_state": message[1]}}

    async def lives() -> bool:
        return True

    for name, value in {"kernel_info": ask, "get_shell_msg": answer, "get_iopub_msg": show, "is_alive": lives}.items():
        monkeypatch.setattr(client, name, value)
    asyncio.run(client.wait_for_ready(timeout=60))
    assert (len(asked), shown, answers) == (3, [], [])


def test_a_kernel_that_lives_and_never_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    monkeypatch.setattr(_Kernel, "kernel_spec", property(lambda _: KernelSpec(argv=asleep, **KERNEL)))
    monkeypatch.setenv(processes.TIME_LIMIT, "1")
    source = tmp_path / "ind.ipynb"
    nbformat.write(nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL}), source)
    with pytest.raises(NotebookError, match="døde"), kernel(tmp_path, copied=False) as started:  # noqa: PT012
        process = started.provisioner.process
        execute(source, tmp_path / "ud.ipynb", {}, started)
    assert process.poll() is not None


@pytest.mark.parametrize(("alive", "said"), [(False, "died"), (True, "does not answer")])
def test_a_client_does_not_wait_for_ever(alive: bool, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = _Client()

    async def silence(timeout: float) -> None:
        raise Empty

    async def lives() -> bool:
        return alive

    monkeypatch.setattr(client, "kernel_info", lambda: "1")
    monkeypatch.setattr(client, "get_shell_msg", silence)
    monkeypatch.setattr(client, "is_alive", lives)
    with pytest.raises(RuntimeError, match=said):
        asyncio.run(client.wait_for_ready(timeout=0))


def test_nothing_is_started_once_the_run_was_asked_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it would be a copy of has been ended, and would be loaded anew only to be ended as well."""
    monkeypatch.setattr(interruption, "_heard", [2])
    with pytest.raises(interruption.Interrupted), processes.starting():
        pytest.fail("began all the same")
    monkeypatch.setattr(interruption, "_heard", [])
    with processes.starting():
        pass
