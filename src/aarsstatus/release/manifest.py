"""Own ``manifest.json``: the hashes of a build's inputs and outputs.

It is the cache as well: a build whose inputs match and whose outputs are intact is done already, and one whose
notebooks were executed with the same inputs needs only to be rendered. ``docs/manifest.schema.json`` describes it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aarsstatus
from aarsstatus.problems import ProgramError
from aarsstatus.project import Project
from aarsstatus.release.archive import input_files
from aarsstatus.release.packages import installed, locked_versions, unlike
from aarsstatus.run import programs

__all__ = [
    "describe",
    "digest",
    "engine_version",
    "executed_with",
    "figures_hash",
    "files",
    "input_hashes",
    "is_current",
    "is_overview_current",
    "made_from_same",
    "others",
    "output_hashes",
    "read",
    "write",
    "years_hash",
]

NAME = "manifest.json"
OVERVIEW = "index.html"
"""The page beside the years that leads to each of them."""
VERSION = 2
"""The layout of the manifest; a manifest of another version is not read."""
NOTEBOOKS = ("notat.ipynb", "kvalitetsrapport.ipynb")
_GIT_LIMIT = 30
"""Seconds."""


# -- what is written ------------------------------------------------------------------------------------------


def digest(content: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def input_hashes(project: Project, year: int) -> dict[str, str]:
    """Return the hash of every file that a year's build depends on, by its name."""
    return {name: digest(path.read_bytes()) for name, path in input_files(project, year).items()}


def output_hashes(folder: Path) -> dict[str, str]:
    """Return the hash of every file of a finished build, but the manifest's own."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != NAME]
    return {path.relative_to(folder).as_posix(): digest(path.read_bytes()) for path in paths}


def figures_hash(text: str) -> str:
    """Return the hash of ``figures.csv`` but for where each figure was read.

    A row that is put in moves the lines of all below it; the figures are the same.
    """
    rows = list(csv.reader(io.StringIO(text, newline="")))
    place = rows[0].index("source") if rows else 0
    return digest(json.dumps([row[:place] + row[place + 1 :] for row in rows], ensure_ascii=False).encode())


def describe(project: Project, year: int, options: Mapping[str, Any], engine: Mapping[str, str]) -> dict[str, Any]:
    """Return the first half of a manifest: what the build is made from.

    Nothing in it is a time or a place.

    Parameters
    ----------
    project, year
        What is built.
    options
        How: the comparison year asked for (None is the one that the parameters name), formats, figures.
    engine
        What tells the renderer from another one: `Engine.identity`.
    """
    lock = project.root / "requirements.lock"
    locked = locked_versions(lock.read_text(encoding="utf-8") if lock.is_file() else "")
    there = installed(locked)  # what is in the lock is what a build may run on, and nothing else counts
    return {
        "manifest": VERSION,
        "aarsstatus": aarsstatus.__version__,
        "year": year,
        "options": dict(options),
        "engine": dict(engine),
        "python": platform.python_version(),
        "packages": there,
        "unlike_lock": unlike(locked, there),
        "inputs": input_hashes(project, year),
    }


def write(
    folder: Path, made_from: Mapping[str, Any], parameters: Mapping[str, Any], project: Project
) -> dict[str, Any]:
    """Write the manifest of the build that lies in `folder`, and return it.

    Parameters
    ----------
    folder
        The build, whole but for this.
    made_from
        What `describe` returned, the engine with its version.
    parameters
        What the notebooks were given.
    project
        Whose commit is told, if it is in Git.
    """
    manifest = {
        **made_from,
        "parameters": dict(parameters),
        "git": _git(project.root),
        "figures": figures_hash((folder / "figures.csv").read_text(encoding="utf-8")),
        "outputs": output_hashes(folder),
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    (folder / NAME).write_text(text, encoding="utf-8", newline="\n")
    return manifest


def _git(root: Path) -> dict[str, Any] | None:
    """Return the commit that is checked out, and whether the tree is clean.

    None outside Git.
    """
    said = []
    for command in (["git", "rev-parse", "HEAD"], ["git", "status", "--porcelain"]):
        try:
            done = programs.run("Git", command, folder=root, limit=_GIT_LIMIT, environment={"GIT_OPTIONAL_LOCKS": "0"})
        except ProgramError:
            return None
        if done.status:
            return None
        said.append(done.made.decode(errors="replace").strip())
    return {"commit": said[0], "clean": not said[1]}


# -- what is read ---------------------------------------------------------------------------------------------


def read(folder: Path) -> dict[str, Any] | None:
    """Return the manifest in a folder; None where there is no readable one."""
    try:
        manifest = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) and manifest.get("manifest") == VERSION else None


def engine_version(folder: Path) -> str:
    """Return the version of the renderer that made a build; empty where there is none."""
    return str((read(folder) or {"engine": {"version": ""}})["engine"]["version"])


def files(folder: Path) -> tuple[str, ...]:
    """Return the names of a build's files, the manifest among them."""
    outputs = _outputs(read(folder))
    return tuple(sorted({NAME, *outputs})) if outputs else ()


def others(folder: Path) -> list[Path]:
    """Return what somebody put into a build's folder: what its manifest does not have.

    None where the manifest cannot be read: nobody can tell then.
    """
    outputs = _outputs(read(folder))
    if not outputs:
        return []
    ours = {NAME, *(name.partition("/")[0] for name in outputs)}
    return sorted(path for path in folder.iterdir() if path.name not in ours)


def _outputs(manifest: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the hashes of a build's files by name; none of a damaged manifest."""
    outputs = (manifest or {}).get("outputs")
    return outputs if isinstance(outputs, dict) else {}


# -- the cache ------------------------------------------------------------------------------------------------


def made_from_same(manifest: Mapping[str, Any], made_from: Mapping[str, Any]) -> bool:
    """Return whether a build was made from just these inputs."""
    known = {**manifest, "engine": {key: manifest.get("engine", {}).get(key) for key in made_from["engine"]}}
    return all(known.get(key) == value for key, value in made_from.items())


def is_current(folder: Path, made_from: Mapping[str, Any]) -> bool:
    """Return whether a build was made from just these inputs and is intact.

    What else somebody put into the folder is no part of the build.
    """
    manifest = read(folder)
    if manifest is None or not made_from_same(manifest, made_from):
        return False
    outputs = _outputs(manifest)
    return bool(outputs) and all(_is_intact(folder / name, known) for name, known in outputs.items())


def executed_with(folder: Path, made_from: Mapping[str, Any]) -> Path | None:
    """Return the folder if its executed notebooks come from these inputs; else None.

    What they are made from is everything but the look, the renderer and the formats.
    """
    manifest = read(folder)
    if manifest is None or _executing(manifest) != _executing(made_from):
        return None
    known = _outputs(manifest)
    return folder if all(_is_intact(folder / name, known.get(name)) for name in NOTEBOOKS) else None


def _is_intact(path: Path, known: object) -> bool:
    """Return whether a file is there and has the hash that it had."""
    return path.is_file() and digest(path.read_bytes()) == known


def _executing(made_from: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a manifest that an executed notebook follows from."""
    kept = {key: made_from.get(key) for key in ("manifest", "aarsstatus", "year", "python", "packages", "unlike_lock")}
    options = {key: value for key, value in made_from.get("options", {}).items() if key != "formats"}
    inputs = {name: known for name, known in made_from.get("inputs", {}).items() if not _is_look(name)}
    return {**kept, "options": options, "inputs": inputs}


def _is_look(name: str) -> bool:
    """Return whether an input is only for rendering.

    The charts are drawn with the fonts, so those are not.
    """
    return name == "_quarto.yml" or (name.startswith("_extensions/") and "/fonts/" not in name)


def years_hash(output: Path) -> str:
    """Return a hash of the builds in an output folder, and of the years that failed."""
    builds = {path.parent.name: digest(path.read_bytes()) for path in output.glob(f"*/{NAME}")}
    failed = [path.name for path in output.glob("*.fejlet.ipynb")]
    return digest(json.dumps([sorted(builds.items()), sorted(failed)]).encode())


def is_overview_current(output: Path) -> bool:
    """Return whether the overview is of the builds that lie there now."""
    page = output / OVERVIEW
    return page.is_file() and years_hash(output) in page.read_text(encoding="utf-8")
