"""A copied project with a good build in it, and ways to build, to break a build, and to see what is left."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple

import nbformat
from conftest import copy_project
from quick_commands import Around, Command

from aarsstatus.files import alone
from aarsstatus.release import cache, manifest

YEAR = 2025
Kind = Literal["main", "kernel", "renderer"]
KINDS: tuple[Kind, ...] = ("main", "kernel", "renderer")
PATIENCE = 300.0
"""Seconds that a build of the lab may take, on a machine that does other things besides."""
ENDS_WITHIN = 20.0
"""Seconds that a process may go on after the build that it belonged to was killed."""
_TARGET = re.compile(rb"(?m)^(2025,BIF,placements,)(\d+)")
_WORD = re.compile(rb"(Ord )(\d+)")


class Process(NamedTuple):
    """A process as the system lists it; with its start, so that another one of the same number is not taken for it."""

    pid: int
    parent: int
    started: str
    command: str

    def alive(self) -> bool:
        """Whether it still runs."""
        return any(one.pid == self.pid and one.started == self.started for one in processes())

    def kill(self) -> None:
        """End it as the system does when memory is short."""
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def processes() -> Iterator[Process]:
    """Yield every process that runs."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            words = [(folder / name).read_bytes() for name in ("comm", "cmdline")]
            command = b" ".join(words).replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if fields[0] not in {"Z", "X"}:
            yield Process(int(folder.name), int(fields[1]), fields[19], command)


def family(pid: int) -> dict[Process, Kind | None]:
    """Return a build's process and all that it has started, with what each is."""
    known = {one.pid: one for one in processes()}
    members: dict[int, Kind | None] = {pid: "main"} if pid in known else {}
    grown = True
    while grown:
        grown = False
        for one in known.values():
            if one.pid in members or one.parent not in members:
                continue
            members[one.pid] = _kind(one)
            grown = True
    return {known[number]: kind for number, kind in members.items()}


def _kind(one: Process) -> Kind | None:
    if "ipykernel" in one.command:
        return "kernel"
    if "pandoc" in one.command or "render.typst" in one.command:
        return "renderer"
    return None


def gone(these: Sequence[Process], within: float = ENDS_WITHIN) -> list[str]:
    """Wait until processes have ended, and return what those are called that have not."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        left = set(these) & set(processes())
        if not left:
            return []
        time.sleep(0.05)
    return sorted(one.command for one in set(these) & set(processes()))


Bytes = Mapping[str, bytes]


def contents(folder: Path) -> Bytes:
    """Return every file in a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())} if folder.is_dir() else {}


@dataclass(frozen=True)
class State:
    """What a build of the lab is made from: which target or, in a quick one, word; which stylesheet."""

    target: int = 0
    look: int = 0


class Said(NamedTuple):
    """What a build that has ended came to."""

    status: int
    out: str
    err: str


class Running:
    """A build in a process of its own, at the head of a group as a terminal makes one."""

    def __init__(self, process: subprocess.Popen[bytes] | Command) -> None:
        self.process = process
        self.since = time.monotonic()
        self.seen: set[Process] = set()

    def look(self) -> dict[Process, Kind | None]:
        """Return its processes, and remember them."""
        members = family(self.process.pid)
        self.seen |= members.keys()
        return members

    def until(self, seconds: float) -> bool:
        """Let it run until so long after it began; return whether it still runs."""
        while self.process.poll() is None and (left := self.since + seconds - time.monotonic()) > 0:
            time.sleep(min(left, 0.02))
        return self.process.poll() is None

    def end(self) -> Said:
        """Wait for its end."""
        try:
            out, err = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            for one in self.look():
                one.kill()
            out, err = self.process.communicate()
            err += b"\nHANGS: ended from outside"
        assert self.process.returncode is not None
        return Said(self.process.returncode, out.decode(), err.decode())


def ordinary(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Running:
    """Start a program as a shell would."""
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    return Running(process)


class Lab:
    """A copied project whose inputs change to and fro, so that every build has something to do.

    Everything that a build may leave lies below `base`: the project with its output, and its temporary files.
    A `quick` one has no charts, a short quality report, in which a word changes, and commands that are forked but where
    they are to be as usual.
    """

    def __init__(self, base: Path, formats: str = "html,pdf,docx", *, quick: bool = False) -> None:
        self.quick = quick
        self.build = ("build", str(YEAR), "--engine", "embedded", "--formats", formats)
        self.project = copy_project(base / "projekt")
        self.output = self.project.output / str(YEAR)
        self.temporary = base / "tmp"
        self.temporary.mkdir()
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("AARSSTATUS_")}
        self.environment["TMPDIR"] = str(self.temporary)
        self.state = State()
        self._changed, self._place = self.project.data / "targets.csv", _TARGET
        if quick:  # what no figure comes from is soon compared with what was there
            self._changed, self._place = self.project.notebooks / "kvalitetsrapport.ipynb", _WORD
            _shorten(self._changed)
            _leave_out(
                self.project.notebooks / "notat.ipynb", "aarene", "figurer"
            )  # to draw a chart takes half a second
        self._look = self.project.extension / "notat.css"
        self._first = (self._changed.read_bytes(), self._look.read_bytes())
        self._good: dict[tuple[State, State], tuple[Bytes, bytes]] = {}
        self.seconds: dict[bool, float] = {}  # a build takes, by whether it executes

    def start(
        self,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        around: Around = nullcontext,
        as_usual: bool = False,
    ) -> Running:
        """Start a command: `build` unless another one is given."""
        words, variables = arguments or self.build, {**self.environment, **(environment or {})}
        if self.quick and not as_usual:
            return Running(Command(words, self.project.root, variables, around))
        return ordinary([sys.executable, "-P", "-m", "aarsstatus", *words], self.project.root, variables)

    def run(
        self,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        around: Around = nullcontext,
    ) -> Said:
        """Run a command to its end."""
        return self.start(*arguments, environment=environment, around=around).end()

    def become(self, state: State) -> None:
        """Change the inputs."""
        changed, look = self._first
        self._changed.write_bytes(
            self._place.sub(lambda found: found[1] + str(int(found[2]) + state.target).encode(), changed, count=1)
        )
        self._look.write_bytes(look + b"/* %d */\n" % state.look)
        self.state = state

    def prepare(self, *states: State) -> None:
        """Build from state to state, and keep what comes of each step as good."""
        if not self._good:
            self.become(states[0])
            self._must_build()
        for state in states[1:]:
            before = self.state
            self.become(state)
            started = time.monotonic()
            self._must_build()
            self.seconds[state.look == before.look] = time.monotonic() - started
            self._good[before, state] = (contents(self.output), (self.project.output / cache.OVERVIEW).read_bytes())

    def _must_build(self) -> None:
        said = self.run()
        assert said.status == 0, said.err
        assert self.left_over() == []

    @cached_property
    def _allowed(self) -> frozenset[str]:
        return frozenset({str(YEAR), cache.OVERVIEW, *cache.BESIDE, f".{YEAR}.lock", f".{cache.OVERVIEW}.lock"})

    def good(self, before: State, after: State) -> tuple[Bytes, bytes]:
        """Return the files, and the page that leads to them, that a build from one state to another makes."""
        return self._good[before, after]

    def left_over(self, *also: str) -> list[str]:
        """Return what lies there and should not, scratch and temporary files alike."""
        found = [path.name for path in self.project.output.iterdir() if path.name not in {*self._allowed, *also}]
        return sorted([*found, *(f"tmp/{path.name}" for path in self.temporary.iterdir())])

    def verified(self) -> list[str]:
        """Say what is wrong with the build that lies there, by its own manifest."""
        written = manifest.read(self.output)
        if written is None:
            return ["the output has no manifest"]
        return [] if manifest.output_hashes(self.output) == written.outputs else ["the output is not its manifest's"]

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Be another run that is building the year."""
        with alone(self.output):
            yield


def _shorten(path: Path) -> None:
    """Leave a notebook that says a word and loads nothing, so that most of a build goes into the other."""
    notebook = nbformat.read(path, as_version=4)
    word = 'from IPython.display import Markdown, display\ndisplay(Markdown("---\\ntitle: Kort\\n---\\n\\nOrd 1\\n"))'
    notebook.cells = [*notebook.cells[:2], nbformat.v4.new_code_cell(f"#| output: asis\n{word}", id="ord")]
    nbformat.write(notebook, path)


def _leave_out(path: Path, *cells: str) -> None:
    """Take cells out of a notebook."""
    notebook = nbformat.read(path, as_version=4)
    assert {cell.id for cell in notebook.cells} >= set(cells)
    notebook.cells = [cell for cell in notebook.cells if cell.id not in cells]
    nbformat.write(notebook, path)


def no_traceback(said: Said) -> list[str]:
    """Say whether a message shows the inside of the program."""
    both = f"{said.out}\n{said.err}"
    return [f"said {word!r}: {both[-1500:]}" for word in ("Traceback", "Exception", 'File "') if word in both][:1]


def remove(folder: Path) -> None:
    """Take a lab away."""
    shutil.rmtree(folder, ignore_errors=True)
