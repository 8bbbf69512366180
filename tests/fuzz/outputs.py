"""Damage what lies in an output folder at random, and see that it is taken or refused in a line, and hurts nobody else.

``make fuzz`` tries it as often as it tries inputs. A case is told by its number and the seed, and can be run again.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from aarsstatus.bundle import write_bundle
from aarsstatus.cli import run
from aarsstatus.diff.page import write_comparison
from aarsstatus.problems import BuildError, InputError, Problem
from aarsstatus.project import Project
from aarsstatus.release import cache, manifest
from aarsstatus.release.archive import pack
from aarsstatus.release.index import read_output, write_index
from aarsstatus.release.reading import open_finished
from fuzz import mutate

FILES = (
    "manifest.json", "figures.csv", "inputs.zip", "notat.html", "kvalitetsrapport.html", "notat.ipynb", "audit.csv",
)  # fmt: skip
BUNDLE = "pakke.zip"
ALL = (*FILES[:3], *FILES, BUNDLE, *(f"../{name}" for name in (cache.OVERVIEW, *cache.BESIDE)))
"""What is damaged, by its name in a year's folder; the three that are read most, twice as often."""
NEIGHBOUR, VICTIM = "2021", "2025"
SECONDS = 30.0
"""Of waiting: a case takes a tenth of a second on a machine that does nothing else."""
_WHOLE = 100
"""Every so many cases, the damaged year is also compared with the other one, and the index is written: both take seconds."""
ENGLISH = ("Traceback", "Error:", "Exception", "invalid", "codec")
MADE_FROM = ("manifest", "aarsstatus", "year", "options", "engine", "python", "packages", "unlike_lock", "inputs")
ODD = (
    None, True, -1, 0, 10**400, 1e308, "", " ", "x" * 100_000, "\x1b[31mrød", "\ud800", "010190-1234", "<img onerror=x>",
    "../../andet", "C:\\andet", "=1+1", "1/0", "1e999999999", "9" * 131_073, [], {}, [[]], {"a": None}, 2026, "2025",
)  # fmt: skip


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
        self.whole, self.victim, self.built = self.output / NEIGHBOUR, self.output / VICTIM, place / "hel"
        shutil.copytree(built, self.built)
        shutil.copytree(built, self.whole)
        described = json.loads((built / manifest.NAME).read_text(encoding="utf-8"))
        self.made_from = {key: described[key] for key in MADE_FROM}
        write_bundle(open_finished(str(built)), self.built / BUNDLE, project.extension)
        shutil.copytree(self.built, self.victim)
        beside = write_index(self.output, self.extension).parent
        self.beside = {name: (beside / name).read_bytes() for name in (cache.OVERVIEW, *cache.BESIDE)}

    def lay_out(self) -> None:
        """Make everything whole again: the files that are not damaged are the same as before."""
        shutil.rmtree(self.victim, ignore_errors=True)
        shutil.copytree(self.built, self.victim, copy_function=os.link)
        for name, content in self.beside.items():
            _taken_away(self.output / name)
            (self.output / name).write_bytes(content)

    def case(self, seed: int, number: int) -> Outcome:
        """Damage one file, and use the folder in every way that reads it."""
        random = Random(f"{seed}-{number}")
        self.lay_out()
        path = self.victim / random.choice(ALL)
        how = _damage(random, path)
        began = time.monotonic()
        wrong: list[str] = []
        said = [self._tried(way, wrong) for way in self._ways(number)]
        for message in filter(None, said):
            if len(message.splitlines()) > 60:
                wrong.append(f"{len(message.splitlines())} lines")
            wrong += [f"says {word!r}" for word in ENGLISH if word in message]
            if any(ord(sign) < 32 and sign not in "\n\t" for sign in message) or "010190" in message:
                wrong.append("a sign that steers the terminal, or a person number")
        if time.monotonic() - began > SECONDS:
            wrong.append(f"took {time.monotonic() - began:.0f} seconds")
        return Outcome(number, f"{path.name}: {how}", 2 if any(said) else 0, tuple(wrong))

    def _ways(self, number: int) -> Iterator[Callable[[], object]]:
        """Yield all that reads an output folder: what is read by a build first, and the costly last."""
        yield lambda: open_finished(str(self.victim), self.project)
        yield lambda: open_finished(str(self.victim / BUNDLE), self.project)
        yield lambda: manifest.others(self.victim)
        yield lambda: manifest.is_ours(self.victim)
        yield lambda: cache.is_current(self.victim, self.made_from)
        yield lambda: cache.executed_with(self.victim, self.made_from)
        yield lambda: cache.is_overview_current(self.output)
        yield self._years
        if number % _WHOLE == 0:
            yield self._diff
            yield self._compared
            yield lambda: write_index(self.output, self.extension)

    def _years(self) -> None:
        years = read_output(self.output)
        assert int(NEIGHBOUR) in {one.year for one in years}, "the other year is not shown"
        assert all("<img" not in one.issued and one.state for one in years)

    def _diff(self) -> None:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as told:
            status = run(["diff", str(self.victim), str(self.whole)])
        assert status in {0, 1, 2}, status
        if status == 2:
            raise InputError(Problem("diff", told.getvalue().strip()))

    def _compared(self) -> None:
        """Compare a new build with the damaged one, as `build` does before it takes its place."""
        made = self.output.parent / "ny"
        shutil.rmtree(made, ignore_errors=True)
        shutil.copytree(self.built, made)
        for made_from in (self.made_from, {**self.made_from, "python": "3.99"}):
            write_comparison(self.victim, made, made_from, self.extension)

    def _tried(self, way: Callable[[], object], wrong: list[str]) -> str:
        """Return what was said of a refusal, and note what is none."""
        try:
            way()
        except (InputError, BuildError) as error:
            return str(error)
        except BaseException as error:
            wrong.append(repr(error)[:300])
        return ""


def _taken_away(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _damage(random: Random, path: Path) -> str:
    """Change a file, or put something else in its place; return how."""
    content = path.read_bytes()
    path.unlink()  # it has the same bytes as the whole one's, by another name
    path.write_bytes(content)
    if random.random() < 0.12:
        return mutate.in_place(random, path)
    for _ in range(20):
        changed, how = _changed(random, content, path.suffix)
        if changed != content:
            break
    else:
        changed, how = b"", "bytes: emptied"
    path.write_bytes(changed)
    return how


def _changed(random: Random, content: bytes, kind: str) -> mutate.Bytes:
    """Return other bytes, half of them such as a file of this kind can have."""
    if random.random() < 0.5:
        return mutate.any_bytes(random, content)
    if kind in {".json", ".ipynb"}:
        return _other_json(random, content)
    if kind == ".csv":
        return mutate.any_csv(random, content)
    if kind == ".zip":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        name = random.choice([name for name in parts if not name.endswith((".py", ".ttf", ".pdf"))])
        parts[name], how = _changed(random, parts[name], Path(name).suffix)
        if random.random() < 0.1:
            parts[random.choice(("../ud.csv", "/ud.csv", "a\\b", "\x1b[31m", "params/2025.yml/x"))] = parts.pop(name)
        return pack(parts, compress=False), f"in the zip, {name}: {how}"
    return (mutate.any_yaml if kind == ".yml" else mutate.any_bytes)(random, content)


def _other_json(random: Random, content: bytes) -> mutate.Bytes:
    """Return JSON with another value somewhere, or without it."""
    tree = json.loads(content)
    group, key = mutate._somewhere(random, tree)
    if group is None or key is None:
        return b"{", "json: cut"
    value = random.choice(ODD)
    if random.random() < 0.2:
        del group[key]  # type: ignore[arg-type]
        return json.dumps(tree).encode(), f"json: without {key}"
    group[key] = value  # type: ignore[index]
    return json.dumps(tree).encode(), f"json: {key} is {str(value)[:30]!r}"


def campaign(built: Path, place: Path, project: Project, seed: int, cases: range) -> Iterator[Outcome]:
    """Yield what each case came to; the current folder is that of a project."""
    bench = Bench(built, place, project)
    for number in cases:
        yield bench.case(seed, number)


def main(seed: int, cases: int, first: int = 0, seconds: float = float("inf")) -> int:
    """Run a campaign, for so long at most; print what was wrong, and return how much that was."""
    import tempfile  # noqa: PLC0415 - for the campaign alone

    from conftest import copy_project  # noqa: PLC0415

    from aarsstatus.build import Options, build  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="aarsstatus-fuzz-") as name:
        project = copy_project(Path(name, "projekt"))
        os.chdir(project.root)
        built = build(project, 2025, Options(engine="embedded")).folder
        until, found = time.monotonic() + seconds, []
        for one in campaign(built, Path(name, "sted"), project, seed, range(first, first + cases)):
            found.append(one)
            if one.wrong:
                print(f"output case {one.number} ({one.changed}): {'; '.join(one.wrong)}", flush=True)
            if time.monotonic() > until:
                break
    wrong = sum(bool(one.wrong) for one in found)
    refused = sum(one.status == 2 for one in found)
    print(f"{len(found)} damaged outputs: {refused} refused, {wrong} that should not be so", flush=True)
    return wrong
