"""Where the milliseconds of one cold build go: what began when, how long it took, and what was imported.

    python bench/timeline.py                 the year 2025, three formats, embedded
    python bench/timeline.py --rounds 5      medians of five

Steps overlap: two notebooks, three formats and the audit are worked on side by side, so the durations add up to more
than the whole. Each step is a function of the program that is timed from outside; nothing in the program knows of it.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).parent.parent
STEPS = {
    "aarsstatus.release.manifest.describe": "hash what the year is made from",
    "aarsstatus.audit.check.require_fonts": "check the fonts",
    "aarsstatus.inputs.read_year": "read parameters and data",
    "aarsstatus.outputs._audited": "compute figures, audit every printed number",
    "aarsstatus.run.notebook.execute": "execute a notebook",
    "aarsstatus.render.embedded.pandoc": "pandoc",
    "aarsstatus.render.embedded.compile_pdf": "typst, and finish the PDF",
    "aarsstatus.render.docx.finish": "finish the DOCX",
    "aarsstatus.outputs.finish": "finish the HTML: where numbers come from",
    "aarsstatus.outputs.findings": "check an executed notebook",
    "aarsstatus.outputs.stray_numbers": "look for numbers without a figure",
    "aarsstatus.outputs.notat_workbook": "the workbook",
    "aarsstatus.privacy.scan": "look for person numbers in all that was made",
    "aarsstatus.release.archive.keep": "keep the inputs",
    "aarsstatus.diff.previous.write_comparison": "compare with the last build",
    "aarsstatus.release.manifest.write": "hash what was made, write the manifest",
    "aarsstatus.release.index.write_index": "the page that leads to every year",
}
Event = tuple[str, float, float]
"""What, its beginning in milliseconds since the process was asked for, and its length."""
_IMPORT = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s*([\w.]+)")


def timed(function: Callable[..., Any], name: str, events: list[Event], zero: float) -> Callable[..., Any]:
    """Return a function that also writes down when it ran."""

    @functools.wraps(function)
    def run(*arguments: object, **options: object) -> object:
        began = time.time()
        try:
            return function(*arguments, **options)
        finally:
            what = name
            if name == "pandoc":
                what = f"pandoc: {next(part for part in arguments[1] if part.startswith('--to='))[5:]}"  # type: ignore[index, attr-defined]
            elif name == "execute a notebook":
                what = f"execute a notebook of {len(arguments[0].cells)} cells"  # type: ignore[attr-defined]
            events.append((what, 1000 * (began - zero), 1000 * (time.time() - began)))

    return run


def child(zero: float, output: str, told: str) -> None:
    """Build once in this process, and write down what ran when."""
    from aarsstatus import cli  # noqa: PLC0415 - its loading is timed, too
    from aarsstatus.run import notebook as running  # noqa: PLC0415 - its loading is timed, too

    events: list[Event] = [("Python, and loading the command line", 0.0, 1000 * (time.time() - zero))]
    wanted = {name.rpartition(".")[0] for name in STEPS}
    began = time.time()
    for module in sorted(wanted):
        importlib.import_module(module)
    events.append(
        (
            "load what a build needs (at once here; in a build as it is needed)",
            1000 * (began - zero),
            1000 * (time.time() - began),
        )
    )
    for name, label in STEPS.items():
        module_name, _, attribute = name.rpartition(".")
        module = sys.modules[module_name]
        setattr(module, attribute, timed(getattr(module, attribute), label, events, zero))
    normalise = running.normalise

    def look(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
        cells = [cell.metadata.get("papermill", {}) for cell in notebook.cells if cell.cell_type == "code"]
        spent = sum(cell.get("duration") or 0 for cell in cells)
        events.append((f"… of which in cells, {len(cells)} of them", 1000 * (time.time() - zero - spent), 1000 * spent))
        return normalise(notebook)

    running.normalise = look
    status = cli.run(["build", "2025", "--engine", "embedded", "--quiet", "--output", output])
    events.append(("the whole", 0.0, 1000 * (time.time() - zero)))
    Path(told).write_text(json.dumps([status, events]), encoding="utf-8")


def one_build(folder: Path) -> list[Event]:
    """Build in a new process, and return what ran when."""
    told = folder / "told.json"
    code = "import sys; sys.path.insert(0, 'bench'); import timeline; timeline.child(float(sys.argv[1]), *sys.argv[2:])"
    command = [sys.executable, "-c", code, repr(time.time()), str(folder / "output"), str(told)]
    subprocess.run(command, cwd=ROOT, check=True)
    status, events = json.loads(told.read_text(encoding="utf-8"))
    if status != 0:
        raise SystemExit("the build failed")
    return [tuple(event) for event in events]


def imports() -> list[tuple[str, float]]:
    """Return the milliseconds that each package takes to import, longest first.

    In the main process; kernels import at the same time, and more.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-X", "importtime", "-m", "aarsstatus", "build", "2025", "--engine", "embedded", "--quiet", "--output", folder]  # fmt: skip
        said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stderr
    spent: Counter[str] = Counter()
    for microseconds, name in _IMPORT.findall(said):
        spent[name.split(".")[0]] += int(microseconds)
    return [(name, count / 1000) for name, count in spent.most_common(12)]


def main() -> None:
    """Measure, and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    seen: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as name:
            times: Counter[str] = Counter()
            for what, began, took in sorted(one_build(Path(name)), key=lambda event: event[1]):
                times[what] += 1
                seen[what if times[what] == 1 else f"{what} ({times[what]})"].append((began, took))
    print("| step | begins, ms | takes, ms |\n|---|--:|--:|")
    rows = [(*(statistics.median(values) for values in zip(*each, strict=True)), what) for what, each in seen.items()]
    for began, took, what in sorted(rows):
        print(f"| {what} | {began:.0f} | {took:.0f} |")
    print("\n| package | import, ms |\n|---|--:|")
    for name, took in imports():
        print(f"| {name} | {took:.0f} |")


if __name__ == "__main__":
    main()
