"""Damage what lies in an output folder at random, and see that it is taken or refused in a line, and hurts nobody else.

``make fuzz`` tries it as often as it tries inputs. A case is told by its number and the seed, and can be run again.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from aarsstatus.cli import run
from aarsstatus.problems import InputError
from aarsstatus.project import Project
from aarsstatus.release.index import read_output, write_index
from aarsstatus.release.reading import open_finished
from fuzz import mutate

FILES = ("manifest.json", "figures.csv", "inputs.zip", "notat.html", "notat.ipynb")
NEIGHBOUR, VICTIM = "2021", "2025"
SECONDS = 30.0
"""Of waiting: a case takes a tenth of a second on a machine that does nothing else."""
_WHOLE = 25
"""Every so many cases, the damaged year is also compared with the other one, and the index is written: both take seconds."""
ENGLISH = ("Traceback", "Error:", "Exception", "invalid", "codec")


@dataclass(frozen=True)
class Outcome:
    """What a case came to, and what was wrong with that."""

    number: int
    changed: str
    status: int | None
    wrong: tuple[str, ...]


class Bench:
    """An output folder with a year that is whole, and one that is damaged anew for each case."""

    def __init__(self, built: Path, place: Path, project: Project) -> None:
        self.output, self.extension, self.project = place / "output", project.extension, project
        self.whole = self.output / NEIGHBOUR
        self.victim = self.output / VICTIM
        self.built = built
        shutil.copytree(built, self.whole)

    def lay_out(self) -> None:
        """Make the victim whole again."""
        shutil.rmtree(self.victim, ignore_errors=True)
        shutil.copytree(self.built, self.victim)

    def case(self, seed: int, number: int) -> Outcome:
        """Damage one file, and use the folder in every way that reads it."""
        random = Random(f"{seed}-{number}")
        self.lay_out()
        path = self.victim / random.choice(FILES)
        content, how = _damaged(random, path.read_bytes())
        path.write_bytes(content)
        began = time.monotonic()
        wrong: list[str] = []
        status, said = self._opened(wrong)
        if number % _WHOLE == 0:
            status, said = self._said(["diff", str(self.victim), str(self.whole)], wrong)
        if status == 2 and not 1 <= len(said.splitlines()) <= 60:
            wrong.append(f"{len(said.splitlines())} lines")
        wrong += [f"says {word!r}" for word in ENGLISH if word in said]
        if any(ord(sign) < 32 and sign not in "\n\t" for sign in said):
            wrong.append("a sign that steers the terminal")
        try:
            if int(NEIGHBOUR) not in {one.year for one in read_output(self.output)}:
                wrong.append("the other year is not shown")
            if number % _WHOLE == 0:
                write_index(self.output, self.extension)
        except Exception as error:
            wrong.append(f"the index: {error!r}")
        if time.monotonic() - began > SECONDS:
            wrong.append(f"took {time.monotonic() - began:.0f} seconds")
        return Outcome(number, f"{path.name}: {how}", status, tuple(wrong))

    def _opened(self, wrong: list[str]) -> tuple[int | None, str]:
        """Open the victim as `diff`, `bundle` and `publish` do."""
        try:
            open_finished(str(self.victim), self.project)
        except InputError as error:
            return 2, str(error)
        except BaseException as error:
            wrong.append(repr(error)[:300])
            return None, ""
        return 0, ""

    def _said(self, command: list[str], wrong: list[str]) -> tuple[int | None, str]:
        out, err = io.StringIO(), io.StringIO()
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                status = run(command)
        except BaseException as error:
            wrong.append(repr(error)[:300])
            return None, err.getvalue()
        if status not in {0, 1, 2}:
            wrong.append(f"status {status}")
        return status, out.getvalue() + err.getvalue()


def _damaged(random: Random, content: bytes) -> tuple[bytes, str]:
    """Return other bytes; a file that came out as it was is not a case."""
    for _ in range(20):
        changed, how = mutate.any_bytes(random, content)
        if changed != content:
            return changed, how
    return b"", "bytes: emptied"


def campaign(built: Path, place: Path, project: Project, seed: int, cases: range) -> Iterator[Outcome]:
    """Yield what each case came to; the current folder is that of a project."""
    bench = Bench(built, place, project)
    for number in cases:
        yield bench.case(seed, number)


def main(seed: int, cases: int) -> int:
    """Run a campaign, print what was wrong, and return how much that was."""
    import tempfile  # noqa: PLC0415 - for the campaign alone

    from conftest import copy_project  # noqa: PLC0415

    from aarsstatus.build import Options, build  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="aarsstatus-fuzz-") as name:
        project = copy_project(Path(name, "projekt"))
        os.chdir(project.root)
        built = build(project, 2025, Options(engine="embedded")).folder
        failed = [one for one in campaign(built, Path(name, "sted"), project, seed, range(cases)) if one.wrong]
    for one in failed:
        print(f"output case {one.number} ({one.changed}): {'; '.join(one.wrong)}")
    print(f"{cases} damaged outputs: {len(failed)} that should not be so")
    return len(failed)
