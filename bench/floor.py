"""The floor of a build: what no build can do without, and nothing else.

    python bench/floor.py PROJECT FOLDER prepare    write what the bare calls read
    python bench/floor.py PROJECT FOLDER run        the notebooks' code straight, then bare pandoc and typst

One process imports what the notebooks need and runs their code with no kernel, no Papermill, no checks and no
hashes; then pandoc and typst turn ready input into the same four documents, side by side.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import typst

from aarsstatus.render import embedded
from aarsstatus.report import show as shown

YEAR = {"year": 2025, "comparison_year": 2024, "figures": "published"}
WANTED = (("notat", "html"), ("notat", "pdf"), ("notat", "docx"), ("kvalitetsrapport", "html"))


def prepare(project: Path, folder: Path) -> None:
    """Build once, and keep what pandoc and typst are given."""
    command = [
        sys.executable,
        "-m",
        "aarsstatus",
        "build",
        "2025",
        "--engine",
        "embedded",
        "--quiet",
        "--output",
        folder,
    ]
    subprocess.run(command, cwd=project, check=True)
    for name, format_ in WANTED:
        notebook = nbformat.read(folder / "2025" / f"{name}.ipynb", as_version=4)
        markdown, media = embedded.markdown_of(notebook, "png" if format_ == "docx" else "svg")
        place = folder / f"{name}-{format_}"
        place.mkdir()
        (place / "in.md").write_text(markdown, encoding="utf-8")
        for path, content in media.items():
            (place / path).parent.mkdir(exist_ok=True)
            (place / path).write_bytes(content)


def run_notebooks(project: Path) -> None:
    """Run the code of both notebooks in this process; what they show goes nowhere."""
    os.chdir(project)
    shown._display = lambda _: None
    for name in ("notat", "kvalitetsrapport"):
        cells = nbformat.read(project / "notebooks" / f"{name}.ipynb", as_version=4).cells
        namespace: dict[str, object] = {}
        for cell in cells:
            if cell.cell_type == "code":
                exec(cell.source, namespace)  # the notebooks' own code
                if "parameters" in cell.metadata.get("tags", []):
                    namespace.update(YEAR)


def render(project: Path, folder: Path, name: str, format_: str) -> None:
    """Call pandoc, and for the PDF typst, on ready input."""
    place = folder / f"{name}-{format_}"
    extension = project / "_extensions" / "notat"
    suffix = "typ" if format_ == "pdf" else format_
    shutil.copytree(extension, place, dirs_exist_ok=True)
    command = [embedded._pandoc(), "--standalone", *embedded._OPTIONS[format_], "in.md", f"--output=out.{suffix}"]
    subprocess.run(command, cwd=place, check=True)
    if format_ == "pdf":
        typst.compile(
            place / "out.typ", output=place / "out.pdf", root=place, font_paths=[extension / "fonts"],
            ignore_system_fonts=True, pdf_standards=["a-2a", "ua-1"],
        )  # fmt: skip


def main() -> None:
    """Prepare, or run."""
    project, folder, what = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    if what == "prepare":
        prepare(project, folder)
        return
    run_notebooks(project)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda wanted: render(project, folder, *wanted), WANTED))


if __name__ == "__main__":
    main()
