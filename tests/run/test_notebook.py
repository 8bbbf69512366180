"""Notebooks executed: whatever the user has set up, they say the same, and no kernel is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from conftest import alive, soon_gone
from jupyter_client.launcher import launch_kernel

from aarsstatus.run import notebook
from aarsstatus.run.notebook import KERNEL, NotebookError, execute, normalise
from aarsstatus.run.programs import TIME_LIMIT


@pytest.fixture(autouse=True)
def ordinary_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start kernels as the program does."""
    monkeypatch.setattr("jupyter_client.provisioning.local_provisioner.launch_kernel", launch_kernel)


def of(*cells: str) -> nbformat.NotebookNode:
    """Return a notebook of some cells."""
    given = nbformat.v4.new_code_cell("year = None", metadata={"tags": ["parameters"]})
    made = [given, *(nbformat.v4.new_code_cell(textwrap.dedent(cell)) for cell in cells)]
    return nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": KERNEL})


def told(folder: Path, code: str) -> str:
    """Run a cell in a kernel of its own, and return what it shows."""
    return str(execute(of(code), {"year": 2021}, folder).cells[-1].outputs[0].data["text/plain"])


def test_its_surroundings_are_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "hjem"
    registered = home / ".local" / "share" / "jupyter" / "kernels" / "python3"
    registered.mkdir(parents=True)
    (registered / "kernel.json").write_text('{"argv": ["false"], "display_name": "Min", "language": "python"}', "utf-8")
    work = tmp_path / "arbejde {year} {intet}"
    work.mkdir()
    (work / "colorsys.py").write_text("raise SystemExit('fremmed')", encoding="utf-8")
    for name, value in {"MPLBACKEND": "svg", "AARSSTATUS_VIEW": "lab", "HOME": str(home)}.items():
        monkeypatch.setenv(name, value)
    before = sorted(home.rglob("*"))
    code = """
        import colorsys, os, sys
        (os.getcwd(), os.environ.get("MPLBACKEND", "")[:6], os.environ.get("AARSSTATUS_VIEW"), os.environ["PYTHONUTF8"],
         hash("aarsstatus"), sys.executable, year)
    """
    said = told(work, code)
    fixed = subprocess.run(
        [sys.executable, "-c", "print(hash('aarsstatus'))"], env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    for part in (str(work), fixed.stdout.strip(), sys.executable, "2021"):
        assert part in said
    assert "lab" not in said
    assert "'svg'" not in said
    assert sorted(home.rglob("*")) == before, "nothing is written in the user's home"


def test_each_notebook_has_a_process_of_its_own_and_they_run_side_by_side(tmp_path: Path) -> None:
    code = """
        import os, time, builtins
        from pathlib import Path
        assert not hasattr(builtins, "left")
        builtins.left = 1
        Path(str(os.getpid())).touch()
        while len(list(Path().iterdir())) < 2:
            time.sleep(0.05)
        os.getpid()
    """
    with ThreadPoolExecutor(2) as pool:
        pids = {int(pid) for pid in pool.map(lambda _: told(tmp_path, code), range(2))}
    assert len(pids) == 2
    assert os.getpid() not in pids
    assert all(soon_gone(pid) for pid in pids)


def test_what_a_library_says_of_itself_is_not_in_the_notebook(tmp_path: Path) -> None:
    """Matplotlib tells when it looks for the machine's fonts: the first time, and not the second."""
    cell = "import logging; logging.getLogger('matplotlib').warning('building the font cache'); print('med')"
    outputs = execute(of(cell), {"year": 2021}, tmp_path).cells[-1].outputs
    assert [(one.name, one.text) for one in outputs] == [("stdout", "med\n")]


def test_a_normal_notebook_is_normal_already(tmp_path: Path) -> None:
    once = execute(of("print('a')", "2 + 2"), {"year": 2021}, tmp_path)
    assert normalise(once) == once


def test_a_kernel_that_lives_and_never_answers_is_not_called_short_of_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asleep = [sys.executable, "-c", "import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(60)"]
    monkeypatch.setattr(notebook, "_COMMAND", asleep)
    monkeypatch.setenv(TIME_LIMIT, "3")
    with pytest.raises(NotebookError, match=f"var ikke i gang efter 3 sekunder; .*{TIME_LIMIT}"):
        execute(of(), {"year": 2021}, tmp_path)
    assert soon_gone(int((tmp_path / "pid").read_text()))


def test_a_kernel_that_dies_before_it_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "_COMMAND", [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(NotebookError, match="døde"):
        execute(of(), {"year": 2021}, tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked for as Linux lists them")
def test_none_is_left_when_the_one_that_asked_is_killed(tmp_path: Path) -> None:
    code = f"""
        import sys
        from pathlib import Path
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from test_notebook import execute, of
        asked = "import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(600)"
        execute(of(asked), {{"year": 2021}}, Path({str(tmp_path)!r}))
    """
    path = {"PYTHONPATH": str(Path(__file__).parents[1])}
    asked = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], env=os.environ | path)
    while not ((tmp_path / "pid").exists() and (tmp_path / "pid").read_text()):
        assert asked.poll() is None
    pid = int((tmp_path / "pid").read_text())
    assert alive(pid)
    asked.send_signal(signal.SIGKILL)
    asked.wait()
    assert soon_gone(pid)


def test_threads_that_begin_together_share_one_temporary_folder(tmp_path: Path) -> None:
    code = f"""
        import tempfile
        from concurrent.futures import ThreadPoolExecutor
        from threading import Barrier
        from aarsstatus.run import temporary
        tempfile.tempdir = {str(tmp_path)!r}
        begin = Barrier(8)
        def ask(_):
            begin.wait()
            return temporary.own()
        with ThreadPoolExecutor(8) as pool:
            print(len(set(pool.map(ask, range(8)))))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
    assert list(tmp_path.iterdir()) == []
