"""The manifest: the hash of everything a build was made from and of everything it made.

It is the cache as well: a build whose inputs match and whose outputs are intact is done already.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aarsstatus
from aarsstatus.archive import input_files
from aarsstatus.project import Project

__all__ = ["describe", "digest", "input_hashes", "is_current", "output_hashes", "read", "write"]

NAME = "manifest.json"
VERSION = 1
"""The layout of the manifest; a manifest of another version is not read."""


def digest(content: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def input_hashes(project: Project, year: int) -> dict[str, str]:
    """Return the hash of every file that a year's build depends on, by its name in the project."""
    return {name: digest(path.read_bytes()) for name, path in input_files(project, year).items()}


def describe(project: Project, year: int, options: Mapping[str, Any], engine: Mapping[str, str]) -> dict[str, Any]:
    """Return the first half of a manifest: what the build is made from. Nothing in it is a time or a place.

    Parameters
    ----------
    project, year
        What is built.
    options
        How: the comparison year asked for (None is the one that the parameters name), formats, figures.
    engine
        The renderer's name and version.
    """
    return {
        "manifest": VERSION,
        "aarsstatus": aarsstatus.__version__,
        "year": year,
        "options": dict(options),
        "engine": dict(engine),
        "python": platform.python_version(),
        "packages": packages(project),
        "inputs": input_hashes(project, year),
    }


def packages(project: Project) -> dict[str, str]:
    """Return the installed version of every package in the lock: what a build may run on, and nothing else.

    Versions are read off the names of the installed packages' folders, which takes a millisecond; reading their
    metadata takes a tenth of a second.
    """
    lock = project.root / "requirements.lock"
    locked = re.findall(r"(?m)^([\w.-]+)==", lock.read_text(encoding="utf-8")) if lock.is_file() else []
    installed: dict[str, str] = {}
    for place in reversed(sys.path):
        for folder in Path(place or ".").glob("*.dist-info"):
            name, _, version = folder.name.removesuffix(".dist-info").partition("-")
            installed[_folded(name)] = version
    return {name: installed[_folded(name)] for name in sorted(locked) if _folded(name) in installed}


def _folded(name: str) -> str:
    """Return a package's name as all its spellings have it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def output_hashes(folder: Path) -> dict[str, str]:
    """Return the hash of every file of a finished build, but the manifest's own."""
    return {
        path.relative_to(folder).as_posix(): digest(path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != NAME
    }


def write(folder: Path, made_from: Mapping[str, Any]) -> dict[str, Any]:
    """Write the manifest of the build that lies in `folder`, and return it."""
    manifest = {**made_from, "outputs": output_hashes(folder)}
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    (folder / NAME).write_text(text, encoding="utf-8", newline="\n")
    return manifest


def read(folder: Path) -> dict[str, Any] | None:
    """Return the manifest in a folder, or None where there is no readable one of this version."""
    try:
        manifest = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) and manifest.get("manifest") == VERSION else None


def is_current(folder: Path, made_from: Mapping[str, Any]) -> bool:
    """Whether the build in `folder` was made from just these inputs, and is as it was when it was made."""
    manifest = read(folder)
    if manifest is None or {key: value for key, value in manifest.items() if key != "outputs"} != dict(made_from):
        return False
    return bool(manifest["outputs"] == output_hashes(folder))
