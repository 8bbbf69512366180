"""Measures, side by side in one run: pairs are interleaved, medians are taken, ratios count.

python bench/bench.py            everything, five rounds; writes bench/RESULTS.md
python bench/bench.py --rounds 1 --dry    one round, printed only
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "bench" / "RESULTS.md"
PROJECT = ("params", "data", "notebooks", "_extensions", "_quarto.yml", "requirements.lock")


@dataclass
class Entry:
    """One thing that is measured: what it is called, how it is run, and the seconds it took each time."""

    name: str
    run: Callable[[Path], None]
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median of the rounds, in seconds."""
        return statistics.median(self.seconds)


@dataclass
class Comparison:
    """A subject held against a reference."""

    title: str
    subject: Entry
    reference: Entry
    target: str
    met: Callable[[float], bool]

    @property
    def ratio(self) -> float:
        """How many times as long the subject takes."""
        return self.subject.median / self.reference.median


def command(*arguments: str | Path) -> Callable[[Path], None]:
    """Return something that runs a command in a folder and fails loudly."""

    def run(folder: Path) -> None:
        done = subprocess.run([str(a) for a in arguments], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}")

    return run


def copy_project(target: Path) -> Path:
    """Copy what a build needs, so that measuring changes nothing in the repository."""
    target.mkdir()
    for part in PROJECT:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, target / part)
        else:
            shutil.copy2(source, target)
    return target


def parameterised(project: Path) -> Path:
    """Write the notebook with the year in it, as somebody would who runs it without Papermill."""
    notebook = nbformat.read(project / "notebooks" / "notat.ipynb", as_version=4)
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = '#| output: asis\nyear, comparison_year, figures = 2025, 2024, "published"'
    path = project / "notat.ipynb"
    nbformat.write(notebook, path)
    return path


def comparisons(project: Path) -> list[Comparison]:
    """Return everything that can be measured on this machine."""
    python = sys.executable
    build = [python, "-m", "aarsstatus", "build", "2025", "--force", "--quiet"]
    notebook = parameterised(project)
    ours = Entry("aarsstatus build 2025: HTML, PDF and DOCX, embedded", command(*build, "--engine", "embedded"))
    nbconvert = Entry(
        "jupyter nbconvert --execute --to html: the same notebook, one format",
        command(python, "-m", "nbconvert", "--execute", "--to", "html", "--output", "nbconvert.html", notebook),
    )
    ready = project.parent / "floor"
    floor_script = ROOT / "bench" / "floor.py"
    command(python, floor_script, project, ready, "prepare")(project)
    floor = Entry(
        "the floor: the notebooks' code straight, bare pandoc and typst",
        command(python, floor_script, project, ready, "run"),
    )
    command(python, "-m", "aarsstatus", "build", "2025", "--engine", "embedded", "--quiet")(project)
    nothing = Entry(
        "aarsstatus build 2025 with nothing changed", command(*build[:-2], "--quiet", "--engine", "embedded")
    )
    helped = Entry("aarsstatus --help", command(python, "-m", "aarsstatus", "--help"))
    bare = Entry("python -c 'import sys'", command(python, "-c", "import sys"))
    found = [
        Comparison("Three formats against nbconvert's one", ours, nbconvert, "≤ 1.0", lambda ratio: ratio <= 1),
        Comparison("A whole cold build against the floor", ours, floor, "≤ 1.5", lambda ratio: ratio <= 1.5),
        Comparison("Nothing changed against a cold build", nothing, ours, "≤ 0.05", lambda ratio: ratio <= 0.05),
        Comparison("Help against starting Python", helped, bare, "≤ 3.0", lambda ratio: ratio <= 3),
    ]
    if shutil.which("quarto"):
        copy = project / "by-hand.ipynb"

        def by_quarto(folder: Path) -> None:
            shutil.copyfile(notebook, copy)  # --execute rewrites the notebook in place
            command("quarto", "render", copy.name, "--execute")(folder)

        found.append(
            Comparison(
                "The same against quarto render --execute to three formats",
                ours,
                Entry("quarto render --execute: the same notebook, three formats", by_quarto),
                "≤ 0.2",
                lambda ratio: ratio <= 0.2,
            )
        )
    return found


def measure(found: list[Comparison], project: Path, rounds: int) -> None:
    """Run everything `rounds` times, in turn; an entry in several comparisons is run once a round."""
    entries = list({id(e): e for c in found for e in (c.subject, c.reference)}.values())
    for entry in entries:  # once to warm caches, not counted
        entry.run(project)
    for number in range(rounds):
        for entry in entries if number % 2 == 0 else reversed(entries):
            started = time.perf_counter()
            entry.run(project)
            entry.seconds.append(time.perf_counter() - started)
            print(f"{number + 1}/{rounds} {entry.seconds[-1]:6.2f} s  {entry.name}", file=sys.stderr)


def report(found: list[Comparison], rounds: int) -> str:
    """Return the results as Markdown."""
    lines = [
        "# Results",
        "",
        "Written by `make bench`. Ratios count; absolute times are this machine's alone.",
        "",
        f"- {platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        f"- {rounds} rounds, interleaved; medians (fastest–slowest)",
        "",
        "| what | median | range |",
        "|---|---|---|",
    ]
    entries = {id(e): e for c in found for e in (c.subject, c.reference)}.values()
    lines += [f"| {e.name} | {e.median:.2f} s | {min(e.seconds):.2f}–{max(e.seconds):.2f} s |" for e in entries]
    lines += ["", "| comparison | ratio | target | |", "|---|---|---|---|"]
    lines += [f"| {c.title} | {c.ratio:.2f} | {c.target} | {'met' if c.met(c.ratio) else 'not met'} |" for c in found]
    if not shutil.which("quarto"):
        lines += ["", "Quarto is not on this machine's PATH: not compared."]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, and write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--dry", action="store_true", help="print the results instead of writing them")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = copy_project(Path(folder) / "project")
        found = comparisons(project)
        measure(found, project, options.rounds)
    text = report(found, options.rounds)
    print(text)
    if not options.dry:
        RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
