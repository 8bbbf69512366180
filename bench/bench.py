"""Measures, side by side in one run: pairs are interleaved, medians are taken, ratios count.

python bench/bench.py            everything, five rounds; writes bench/RESULTS.md (some minutes)
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
from importlib import metadata
from pathlib import Path

import nbformat

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "bench" / "RESULTS.md"
PROJECT = ("params", "data", "notebooks", "_extensions", "_quarto.yml", "requirements.lock")


@dataclass
class Entry:
    """One thing that is measured: what it is called, how it is run, and the seconds it took each time.

    `before` is run before it and not counted.
    """

    name: str
    run: Callable[[Path], None]
    before: Callable[[Path], None] = lambda _: None
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median of the rounds, in seconds."""
        return statistics.median(self.seconds)


@dataclass
class Comparison:
    """A subject held against a reference: how many times as long it takes; `most` is the target, if there is one."""

    title: str
    subject: Entry
    reference: Entry
    most: float | None = None

    @property
    def found(self) -> float:
        """What it came to."""
        return self.subject.median / self.reference.median

    @property
    def row(self) -> str:
        """The row of a table."""
        if self.most is None:
            return f"| {self.title} | {self.found:.2f} | | |"
        met = "met" if self.found <= self.most else "not met"
        return f"| {self.title} | {self.found:.3g} | ≤ {self.most:.3g} | {met} |"


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
    """Return everything that can be measured on this machine in one year's project."""
    python = sys.executable
    build = [python, "-m", "aarsstatus", "build", "2025", "--quiet", "--engine"]
    notebook = parameterised(project)
    ours = Entry("aarsstatus build 2025: HTML, PDF and DOCX, embedded", command(*build, "embedded", "--force"))
    nbconvert = Entry(
        "jupyter nbconvert --execute --to html: the same notebook, one format",
        command(python, "-m", "nbconvert", "--execute", "--to", "html", "--output", "nbconvert.html", notebook),
    )
    nothing = Entry("aarsstatus build 2025 with nothing changed", command(*build, "embedded"))
    look = Entry("aarsstatus build 2025 with another stylesheet", nothing.run, before=restyle)
    found = [
        Comparison("Three formats against nbconvert's one", ours, nbconvert, most=1.25),
        Comparison("Nothing changed against a cold build", nothing, ours, most=0.1),
        Comparison("The look alone against a cold build", look, ours),
    ]
    if shutil.which("quarto"):
        found += quarto_comparisons(project, notebook, ours, build)
    return found


def restyle(project: Path) -> None:
    """Change the stylesheet, or change it back."""
    style = project / "_extensions" / "notat" / "notat.css"
    written, changed = style.read_text(encoding="utf-8"), "\n/* changed */\n"
    style.write_text(written.removesuffix(changed) if written.endswith(changed) else written + changed, "utf-8")


def quarto_comparisons(project: Path, notebook: Path, ours: Entry, build: list[str]) -> list[Comparison]:
    """Return what is measured against Quarto, and with it."""
    copy = project / "by-hand.ipynb"

    def executing(folder: Path) -> None:
        shutil.copyfile(notebook, copy)  # --execute rewrites the notebook in place
        command("quarto", "render", copy.name, "--execute")(folder)

    def by_hand(folder: Path) -> None:
        parameters = [f"-p{name} {value}".split() for name, value in (("year", 2025), ("comparison_year", 2024))]
        run = [sys.executable, "-m", "papermill", "notebooks/notat.ipynb", copy.name, "--no-progress-bar"]
        command(*run, "--kernel", "python3", *(part for pair in parameters for part in pair))(folder)
        for to in ("notat-html", "notat-typst", "notat-docx"):
            command("quarto", "render", copy.name, "--to", to)(folder)

    straight = Entry("quarto render --execute: the same notebook, three formats", executing)
    hand = Entry("Papermill and three quarto render calls: the notat alone", by_hand)
    engine = Entry(
        "aarsstatus build 2025 --engine quarto: notat and quality report", command(*build, "quarto", "--force")
    )
    return [
        Comparison("The embedded engine against quarto render --execute", ours, straight, most=0.25),
        Comparison("The Quarto engine against Papermill and quarto render by hand", engine, hand, most=1.05),
    ]


def measure(found: list[Comparison], project: Path, rounds: int) -> None:
    """Run everything `rounds` times, in turn; an entry in several comparisons is run once a round."""
    entries = list({id(e): e for c in found for e in (c.subject, c.reference)}.values())
    for entry in entries:  # once to warm caches, not counted
        entry.run(project)
    for number in range(rounds):
        for entry in entries if number % 2 == 0 else reversed(entries):
            entry.before(project)
            started = time.perf_counter()
            entry.run(project)
            entry.seconds.append(time.perf_counter() - started)
            print(f"{number + 1}/{rounds} {entry.seconds[-1]:6.2f} s  {entry.name}", file=sys.stderr)


def machine() -> list[str]:
    """Describe the machine, as far as it tells."""
    lines = [f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"]
    told = Path("/proc/cpuinfo")
    models = [line.partition(":")[2].strip() for line in _lines(told) if line.startswith("model name")]
    memory = [int(line.split()[1]) >> 20 for line in _lines(Path("/proc/meminfo")) if line.startswith("MemTotal")]
    lines += [f"{models[0]}, {memory[0]} GiB"] if models and memory else []
    names = ("papermill", "ipykernel", "matplotlib", "typst", "pypandoc_binary", "nbconvert")
    lines.append(", ".join(f"{name} {metadata.version(name)}" for name in names))
    quarto = shutil.which("quarto")
    if quarto:
        version = subprocess.run([quarto, "--version"], capture_output=True, text=True, check=True).stdout.strip()
        lines.append(f"Quarto {version}")
    return lines


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


def report(found: list[Comparison], rounds: int, about: list[str]) -> str:
    """Return the results as Markdown."""
    lines = [
        "# Results",
        "",
        "Written by `make bench`. Ratios count; absolute times are this machine's alone.",
        "",
        *(f"- {line}" for line in [*machine(), *about]),
        f"- {rounds} rounds, interleaved; medians (fastest–slowest)",
        "",
        "| what | median | range |",
        "|---|---|---|",
    ]
    entries = {id(e): e for c in found for e in (c.subject, c.reference)}.values()
    lines += [f"| {e.name} | {e.median:.3f} s | {min(e.seconds):.3f}–{max(e.seconds):.3f} s |" for e in entries]
    lines += ["", "| comparison | ratio | target | |", "|---|---|---|---|", *(one.row for one in found)]
    if not shutil.which("quarto"):
        lines += ["", "Quarto is not on this machine's PATH: not compared."]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, and write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--note", action="append", default=[], help="what else there is to say of the machine")
    parser.add_argument("--dry", action="store_true", help="print the results instead of writing them")
    options = parser.parse_args()
    os.environ["QUARTO_PYTHON"] = sys.executable  # what Quarto executes with is what we execute with
    with tempfile.TemporaryDirectory() as folder:
        project = copy_project(Path(folder) / "project")
        found = comparisons(project)
        measure(found, project, options.rounds)
    text = report(found, options.rounds, options.note)
    print(text)
    if not options.dry:
        RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
