"""The campaign: a build is killed at a random moment, and then everything that must still hold is looked at."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

from faults.lab import KINDS, YEAR, Kind, Lab, Process, Running, State, contents, gone, no_traceback, remove

__all__ = ["Case", "Outcome", "case", "main", "try_one"]

DATA, LOOK = State(target=1), State(look=1)
STATES = (State(), DATA, State(), LOOK, State(), DATA, State())
"""From each state to the next: what all cases go between. Another target executes, another look only renders."""
_REMADE = 25
"""Every so many cases, the output that survived is packed and made again from what it kept, byte for byte."""


@dataclass(frozen=True)
class Case:
    """One kill: whom, and when, as a part of the length of a build."""

    seed: int
    number: int
    victim: Kind
    when: float
    executes: bool


@dataclass
class Outcome:
    """What a case came to."""

    case: Case
    killed: Kind | None = None
    at: float = 0.0
    found: str = ""
    status: int | None = None
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


def case(seed: int, number: int) -> Case:
    """Return a case. Two in five kill another process than the main one; those are there for part of a build only."""
    random = Random(f"{seed}-{number}")
    victim: Kind = random.choices(KINDS, weights=(12, 4, 4))[0]
    when = random.random() * (1.02 if victim == "main" else 0.7)
    return Case(seed, number, victim, when, victim == "kernel" or random.random() < 0.75)


def try_one(one: Case, lab: Lab) -> Outcome:
    """Kill a build, look at what is left, build again, and look once more."""
    outcome = Outcome(one)
    started = time.monotonic()
    before = lab.state
    old = contents(lab.output)
    lab.become((DATA if one.executes else LOOK) if before == State() else State())
    new, overview = lab.good(before, lab.state)
    running = lab.start()
    members = _kill(running, one, lab.seconds[one.executes], outcome)
    said = running.end()
    outcome.status = said.status
    wrong = outcome.wrong
    # What lies there the moment after.
    now = contents(lab.output)
    outcome.found = "old" if now == old else "new" if now == new else "neither"
    if outcome.found == "neither":
        wrong.append(f"the output is neither the old nor the new one: {_unlike(now, old, new)}")
    wrong += lab.verified()
    wrong += [f"lives on: {name}" for name in gone(list(members))]
    if outcome.killed != "main":
        wrong += no_traceback(said)
        wrong += [f"left by a build that ended by itself: {name}" for name in lab.left_over(f"{YEAR}.fejlet.ipynb")]
        if said.status == 0 and outcome.found != "new":
            wrong.append("said that it was done, and was not")
        if said.status != 0 and not (said.status == 2 and f"output/{YEAR} er urørt" in said.err):
            wrong.append(f"exit status {said.status}, and said: {said.err[-600:]}")
    # The next build.
    again = time.monotonic()
    next_one = lab.run()
    if outcome.found == "old":  # the machine may do more, or less, besides than it did
        lab.seconds[one.executes] = time.monotonic() - again
    wrong += no_traceback(next_one)
    if next_one.status != 0:
        wrong.append(f"the next build ended with {next_one.status}: {next_one.err[-600:]}")
    if contents(lab.output) != new:
        wrong.append(f"the next build made other files: {_unlike(contents(lab.output), old, new)}")
    if (lab.project.output / "index.html").read_bytes() != overview:
        wrong.append("the page that leads to every year is of another build")
    wrong += [f"left behind: {name}" for name in lab.left_over()]
    if one.number % _REMADE == 0:
        wrong += _made_again(lab)
    outcome.seconds = time.monotonic() - started
    return outcome


def _kill(running: Running, one: Case, usual: float, outcome: Outcome) -> set[Process]:
    """Kill the victim when its time has come, or as soon after as it is there; return all processes ever seen."""
    running.until(one.when * usual)
    while running.process.poll() is None:
        members = running.look()
        victims = sorted(process for process, kind in members.items() if kind == one.victim)
        if victims:
            victim = Random(f"{one.seed}-{one.number}-victim").choice(victims)
            victim.kill()
            outcome.killed, outcome.at = one.victim, time.monotonic() - running.since
            break
        time.sleep(0.005)
    running.look()
    return running.seen


def _unlike(now: object, old: object, new: object) -> str:
    assert isinstance(now, dict)
    assert isinstance(old, dict)
    assert isinstance(new, dict)
    names = now.keys() | old.keys() | new.keys()
    return ", ".join(
        f"{name} ({'old' if now.get(name) == old.get(name) else 'new' if now.get(name) == new.get(name) else 'other'})"
        for name in sorted(names)
        if not now.get(name) == old.get(name) == new.get(name)
    )


def _made_again(lab: Lab) -> list[str]:
    """Pack the output and make it again; a bundle that does not come out the same says so."""
    pack = lab.temporary.parent / "pakke.zip"
    for arguments in (("bundle", str(YEAR), "--output", str(pack)), ("verify", "--yes", str(pack))):
        said = lab.run(*arguments)
        if said.status != 0:
            return [f"{arguments[0]} ended with {said.status}: {said.out[-600:]}{said.err[-600:]}"]
    return []


def report(outcomes: Sequence[Outcome]) -> str:
    """Return a table of what the cases came to."""
    lines = [f"{'victim':14}{'tried':>7}{'killed':>8}{'old after':>11}{'new after':>11}{'failed':>8}"]
    for kind in (*KINDS, None):
        own = [one for one in outcomes if kind in {one.case.victim, None}]
        found = Counter(one.found for one in own)
        failed = sum(bool(one.wrong) for one in own)
        killed = sum(one.killed is not None for one in own)
        lines.append(f"{kind or 'all':14}{len(own):7}{killed:8}{found['old']:11}{found['new']:11}{failed:8}")
    tenths = Counter(min(int(one.case.when * 10), 9) for one in outcomes)
    lines.append("by tenth of a build: " + " ".join(str(tenths[tenth]) for tenth in range(10)))
    return "\n".join(lines)


def main(seed: int, first: int, kills: int, seconds: float, log: Path | None) -> int:
    """Run a campaign, for so long at most, print its report, and return the exit status."""
    started = time.monotonic()
    base = Path(tempfile.mkdtemp(prefix="faults-"))
    outcomes = []
    try:
        lab = Lab(base)
        lab.prepare(*STATES)
        for number in range(first, first + kills):
            if time.monotonic() - started > seconds:
                print(f"time is up; go on with --first {number}")
                break
            outcome = try_one(case(seed, number), lab)
            outcomes.append(outcome)
            if log is not None:
                with log.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")
            for text in outcome.wrong:
                print(f"FAILED {outcome.case}: {text}", flush=True)
            if len(outcomes) % 10 == 0:
                print(f"{len(outcomes)} kills", file=sys.stderr, flush=True)
    finally:
        remove(base)
    print(report(outcomes))
    return 1 if any(one.wrong for one in outcomes) else 0
