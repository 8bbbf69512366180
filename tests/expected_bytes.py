"""The bytes that both historic years are expected to have, and what may be to blame where they have not.

    make expected        after a change that is meant to change them: builds both years and writes expected_bytes.json

A Word file and a workbook are zips, and zlib does not pack alike everywhere, so what is kept is the hash of what is in
them. The manifest and the kept inputs are left out: they hold the hash of the program itself, which every commit may
change, and are held against the build's inputs elsewhere.
"""

from __future__ import annotations

import json
import platform
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aarsstatus.build import Options, build
from aarsstatus.project import Project
from aarsstatus.release import manifest

ROOT = Path(__file__).parent.parent
KEPT = Path(__file__).with_suffix(".json")
YEARS = (2021, 2025)
LEFT_OUT = {"manifest.json", "inputs.zip"}
MAKES = {
    ".pdf": ("typst", "pypandoc-binary", "pikepdf", "matplotlib"),
    ".docx": ("pypandoc-binary", "lxml", "typst", "matplotlib"),
    ".html": ("pypandoc-binary", "matplotlib"),
    ".xlsx": ("xlsxwriter",),
    ".ipynb": ("matplotlib", "numpy", "fonttools", "typst", "lxml", "nbformat", "papermill"),
}
"""The packages that a kind of file is made by, the likeliest first."""


def content_hash(path: Path) -> str:
    """Return the hash of a file, of a zip that of what is in it."""
    if path.suffix not in {".docx", ".xlsx"}:
        return manifest.digest(path.read_bytes())
    with zipfile.ZipFile(path) as parts:
        return manifest.digest(json.dumps({n: manifest.digest(parts.read(n)) for n in parts.namelist()}).encode())


def hashes(folder: Path) -> dict[str, str]:
    """Return the hash of every file of a build that is expected to be the same."""
    return {path.name: content_hash(path) for path in sorted(folder.iterdir()) if path.name not in LEFT_OUT}


def environment(folder: Path) -> dict[str, str]:
    """Return what a build ran on: Python and the packages of the lock."""
    written = manifest.read(folder)
    assert written is not None
    return {"python": written.python, **written.packages}


def explained(name: str, then: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Say which packages may be to blame for a file that came out otherwise; empty where all are the same."""
    other = {package for package in {*then, *now} if then.get(package) != now.get(package)}
    likely = [package for package in MAKES.get(Path(name).suffix, ()) if package in other]
    order = [*likely, *sorted(other - set(likely))]
    return ", ".join(f"{one} {then.get(one, 'not there')} → {now.get(one, 'not there')}" for one in order)


def main() -> None:
    """Build both years, and keep what they come to."""
    kept: dict[str, Any] = {"environment": {}, "years": {}}
    with tempfile.TemporaryDirectory() as folder:
        for year in YEARS:
            done = build(Project(ROOT), year, Options(engine="embedded", output=Path(folder)))
            kept["environment"] = environment(done.folder)
            kept["years"][str(year)] = hashes(done.folder)
    KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{KEPT.relative_to(ROOT)}, Python {platform.python_version()}", file=sys.stderr)


if __name__ == "__main__":
    main()
