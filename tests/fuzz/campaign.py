"""Cases in worker processes, each with a limit on time and on memory; a worker that hangs is ended and replaced.

Some cases are also built whole, in a process of their own: from the command line to the documents.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from random import Random

from fuzz import oracle
from fuzz.kinds import KINDS, YEAR, Base, Case, case, change, lay_out

__all__ = ["Outcome", "base_of", "campaign", "main"]

ROOT = Path(__file__).parent.parent.parent
HANG = 60.0
"""Seconds after which a case is ended from outside, whether it computes or waits."""
_WATCH = 0.25
LINKED = ("notebooks", "_extensions", "_quarto.yml", "requirements.lock")


@dataclass(frozen=True)
class Outcome:
    """What a case came to: ``accepted``, ``refused`` or ``failed``, and what was wrong."""

    case: Case
    came_to: str
    changed: str
    wrong: tuple[str, ...]
    seconds: float
    memory: int


def base_of() -> Base:
    """Make the valid project that every case begins with: the repository's data, and a year from extracts."""
    from conftest import copy_project  # noqa: PLC0415
    from filling import fill  # noqa: PLC0415
    from generator import Style, csv_bytes, employments, spells, write_xlsx  # noqa: PLC0415

    from aarsstatus.inputs import read_data  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="aarsstatus-fuzz-") as name:
        project = copy_project(Path(name, "projekt"))
        data = read_data(project)
        made = [
            *Random(8).sample(spells(data, YEAR, seed=8), 400),
            *Random(8).sample(employments(data, YEAR, seed=8), 100),
        ]
        own = [one for one in made if one.scheme != "fleksjob"]
        heads = [one for one in made if one.scheme == "fleksjob"]
        folder = project.root / "udtræk"
        folder.mkdir()
        (folder / "forløb.csv").write_bytes(csv_bytes(own, Style(total=True, title=("Udtræk fra fagsystemet", ""))))
        (folder / "fleksjob.csv").write_bytes(csv_bytes(heads, Style()))
        write_xlsx(folder / "forløb.xlsx", own)
        for path in folder.iterdir():
            os.utime(path, (1_800_000_000, 1_800_000_000))
        for command in (["new", str(YEAR)], ["ingest", str(YEAR), "udtræk/forløb.csv", "udtræk/fleksjob.csv"]):
            done = oracle.run_command(project.root, command)
            assert done.status in {0, 1}, done.error + done.trace
            if command[0] == "new":
                fill(project, YEAR)
        for command in (
            ["check", str(YEAR)],
            ["verify"],
            ["pipeline", str(YEAR)],
            ["pipeline", "2021"],
            ["pipeline", "2025"],
        ):
            done = oracle.run_command(project.root, command)
            remarks = command[0] == "check"  # so few spells are far from the year before: nobody has answered
            assert done.status == (1 if remarks else 0), done.out + done.error + done.trace
        files = [
            path for part in ("params", "data") for path in sorted((project.root / part).iterdir()) if path.is_file()
        ]
        return Base(
            {path.relative_to(project.root).as_posix(): path.read_bytes() for path in files},
            {path.name: path.read_bytes() for path in folder.iterdir()},
        )


@contextlib.contextmanager
def workspace(base: Base, within: Path | None = None) -> Iterator[Path]:
    """Make a folder for cases: the base project, with an output that nothing may touch."""
    with tempfile.TemporaryDirectory(prefix="aarsstatus-fuzz-", dir=within) as name:
        root = Path(name, "projekt")
        (root / "output" / str(YEAR)).mkdir(parents=True)
        for part in LINKED:
            (root / part).symlink_to(ROOT / part)
        (root / "output" / str(YEAR) / "notat.html").write_text("det seneste færdige notat", encoding="utf-8")
        lay_out(base, root)
        yield root


# -- workers --------------------------------------------------------------------------------------------------


def try_case(one: Case, base: Base, root: Path) -> Outcome:
    """Run one case in this process."""
    lay_out(base, root)
    changed, commands = change(one, root)
    oracle.reset_peak()
    started = oracle.worked()
    wrong, came_to = oracle.judge(root, commands)
    # The limit is of one command; checking what changed is the campaign's own time, and small.
    seconds, memory = oracle.worked() - started, oracle.peak()
    if seconds > oracle.SECONDS * len(commands) or (seconds > oracle.SECONDS and len(commands) == 1):
        wrong.append(f"took {seconds:.1f} seconds")
    if memory > oracle.BYTES:
        wrong.append(f"took {memory >> 20} MiB")
    return Outcome(one, "failed" if wrong else came_to, changed, tuple(wrong), seconds, memory)


def _work(base: Base, tasks: Connection, within: Path) -> None:
    """Run the cases that come, one at a time."""
    for name in ("stdout", "stderr"):
        os.dup2(os.open(os.devnull, os.O_WRONLY), getattr(sys, name).fileno())
    with workspace(base, within) as root:
        while (one := tasks.recv()) is not None:
            tasks.send(try_case(one, base, root))


@dataclass
class _Worker:
    """A worker process and the case that it is at."""

    base: Base
    within: Path
    at: Case | None = None
    since: float = 0.0
    most: int = 0
    process: multiprocessing.process.BaseProcess = field(init=False)
    tasks: Connection = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        context = multiprocessing.get_context("spawn")  # Polars' threads do not survive a fork
        self.tasks, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(self.base, theirs, self.within), daemon=True)
        self.process.start()
        theirs.close()

    def give(self, one: Case) -> None:
        self.at, self.since, self.most = one, time.perf_counter(), 0
        self.tasks.send(one)

    def broken(self) -> str | None:
        """Say what is wrong with the worker itself, if something is."""
        if not self.process.is_alive():
            return f"the process died (exit status {self.process.exitcode})"
        memory = _resident(self.process.pid)
        self.most = max(self.most, memory)
        if memory > 2 * oracle.BYTES:
            return f"took {memory >> 20} MiB and was ended"
        if time.perf_counter() - self.since > HANG:
            return f"took more than {HANG:.0f} seconds and was ended"
        return None

    def replace(self, why: str) -> Outcome:
        """End the process, begin another, and return what the case came to."""
        assert self.at is not None
        self.process.kill()
        self.process.join()
        self.tasks.close()
        outcome = Outcome(self.at, "failed", "", (why,), time.perf_counter() - self.since, self.most)
        self.at = None
        self.start()
        return outcome


def _resident(pid: int | None) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0


def campaign(cases: Iterable[Case], base: Base, workers: int = 2) -> Iterator[Outcome]:
    """Run cases, and yield what each came to, in the order in which they end."""
    coming = iter(cases)
    within = Path(tempfile.mkdtemp(prefix="aarsstatus-fuzz-"))  # a worker that is ended leaves its folder there
    pool = [_Worker(base, within) for _ in range(workers)]
    try:
        for worker in pool:
            _next(worker, coming)
        while busy := [worker for worker in pool if worker.at is not None]:
            ready = wait([worker.tasks for worker in busy], timeout=_WATCH)
            for worker in busy:
                outcome: Outcome | None = None
                if worker.tasks in ready:
                    try:
                        outcome = worker.tasks.recv()
                        worker.at = None
                    except (EOFError, ConnectionResetError):
                        worker.process.join(1)
                        outcome = worker.replace(f"the process died (exit status {worker.process.exitcode})")
                elif (why := worker.broken()) is not None:
                    outcome = worker.replace(why)
                if outcome is not None:
                    yield outcome
                    _next(worker, coming)
    finally:
        for worker in pool:
            worker.process.kill()
            worker.process.join()
        shutil.rmtree(within, ignore_errors=True)


def _next(worker: _Worker, coming: Iterator[Case]) -> None:
    one = next(coming, None)
    if one is not None:
        worker.give(one)


# -- whole builds ---------------------------------------------------------------------------------------------


def build_whole(one: Case, base: Base) -> Outcome:
    """Build one case's year from the command line, with the embedded engine, and look at what came of it."""
    with workspace(base) as root:
        for part in LINKED[:2]:  # the kernel runs in the project's folder, and what it reads must be there
            (root / part).unlink()
            shutil.copytree(ROOT / part, root / part)
        changed, _ = change(one, root)
        year = str(Random(f"{one.seed}-{one.number}").choice((2021, 2025, YEAR)))
        before = oracle.snapshot(root)
        started = oracle.now()
        command = [sys.executable, "-m", "aarsstatus", "build", year, "--engine", "embedded"]
        try:
            done = subprocess.run(
                command,
                cwd=root,
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                check=False,
                timeout=180,
            )
        except subprocess.TimeoutExpired:
            return Outcome(one, "failed", changed, ("the build took more than 180 seconds",), oracle.now() - started, 0)
        after = oracle.snapshot(root)
        wrong = list(oracle._wrong(["build"], oracle.Said(done.returncode, done.stdout, done.stderr)))
        changed_files = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        own = {name for name in changed_files if name == "output" or name.startswith("output/")}
        if done.returncode == 2:
            # The notebook with the cell that failed; and the lock, which lies there for the next build to take.
            own = {name for name in own if name.endswith((".fejlet.ipynb", f".{year}.lock"))}
        elif done.returncode == 0 and not (root / "output" / year / "notat.pdf").is_file():
            wrong.append("exit status 0 and no notat")
        if changed_files - own:
            wrong.append(f"changed {', '.join(sorted(changed_files - own))[:300]} with exit status {done.returncode}")
        came_to = "failed" if wrong else ("accepted" if done.returncode == 0 else "refused")
        return Outcome(one, came_to, f"{year}: {changed}", tuple(wrong), oracle.now() - started, 0)


# -- the report -----------------------------------------------------------------------------------------------


def report(outcomes: Sequence[Outcome], title: str) -> str:
    """Return a table of what the cases came to."""
    lines = [f"{title:26}{'tried':>8}{'accepted':>10}{'refused':>9}{'failed':>8}{'slowest':>10}{'largest':>11}"]
    for kind in (*KINDS, None):
        own = [one for one in outcomes if kind in {one.case.kind, None}]
        if not own:
            continue
        count = Counter(one.came_to for one in own)
        lines.append(
            f"{kind or 'all':26}{len(own):8}{count['accepted']:10}{count['refused']:9}{count['failed']:8}"
            f"{max(one.seconds for one in own):8.1f} s{max(one.memory for one in own) >> 20:7} MiB"
        )
    return "\n".join(lines)


def main(
    seed: int,
    cases: int,
    first: int,
    only: int | None,
    workers: int,
    builds: int,
    log: Path | None,
    only_builds: bool = False,
) -> int:
    """Run a campaign and print its report; return the exit status."""
    base = base_of()
    chosen = [case(seed, only)] if only is not None else [case(seed, number) for number in range(first, first + cases)]
    outcomes: list[Outcome] = []
    tell: Callable[[Outcome], None] = lambda one: _tell(one, log)  # noqa: E731
    started = time.perf_counter()
    for outcome in campaign([] if only_builds else chosen, base, workers):
        outcomes.append(outcome)
        tell(outcome)
        if len(outcomes) % 500 == 0:
            print(f"{len(outcomes)} cases, {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    built = []
    if builds:
        step = max(1, len(chosen) // builds)
        for one in chosen[::step][:builds]:
            built.append(build_whole(one, base))
            tell(built[-1])
    print(f"\nseed {seed}, cases {first} to {first + len(chosen) - 1}, {time.perf_counter() - started:.0f} seconds\n")
    print(report(outcomes, "in worker processes"))
    if built:
        print("\n" + report(built, "whole builds"))
    if only is not None:
        print(
            f"\n{outcomes[0].changed}\n{outcomes[0].came_to}, {outcomes[0].seconds:.2f} s, {outcomes[0].memory >> 20} MiB"
        )
    return 1 if any(one.came_to == "failed" for one in [*outcomes, *built]) else 0


def _tell(one: Outcome, log: Path | None) -> None:
    if log is not None:
        with log.open("a", encoding="utf-8") as file:
            file.write(
                json.dumps(
                    [
                        one.case.seed,
                        one.case.number,
                        one.case.kind,
                        one.came_to,
                        one.seconds,
                        one.memory >> 20,
                        one.changed,
                        one.wrong,
                    ]
                )
                + "\n"
            )
    if one.came_to == "failed":
        print(f"FAILED seed {one.case.seed}, case {one.case.number} ({one.case.kind}): {one.changed}")
        for text in one.wrong:
            print(f"    {text}", flush=True)
