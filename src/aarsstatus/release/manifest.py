"""Own ``manifest.json``: the hashes of a build's inputs and outputs.

What is read here came from outside: it is a typed model, or it is no manifest. ``docs/manifest.schema.json`` has it in
full.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

import aarsstatus
from aarsstatus.figures import Mode
from aarsstatus.files import irregular, read_utf8
from aarsstatus.problems import InputError, Problem, ProgramError
from aarsstatus.project import FIRST_YEAR, LAST_YEAR, Project
from aarsstatus.release.archive import LARGEST, input_files, stays_inside
from aarsstatus.release.packages import installed, locked_versions, unlike
from aarsstatus.run import programs

NAME = "manifest.json"
VERSION = 2
"""The layout of the manifest; a manifest of another version is not read."""
_GIT_LIMIT = 30
"""Seconds."""


# -- its layout -----------------------------------------------------------------------------------------------


def _printable(text: str) -> str:
    """Return a text that steers no terminal, and refuse another."""
    if not text.isprintable():
        raise ValueError("unseen characters")
    return text


def _file(name: str) -> str:
    """Return the name of a file that stays in its folder, and refuse another."""
    if not stays_inside(name):
        raise ValueError("outside the folder")
    return name


Word = Annotated[str, StringConstraints(max_length=300), AfterValidator(_printable)]
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Digests = dict[Annotated[Word, AfterValidator(_file)], Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]]
"""SHA-256 by the name of a file."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)


class Asked(_Part):
    """Hold how a build was asked for; `compare` None is the parameters' own year."""

    compare: Year | None
    figures: Mode
    formats: tuple[Literal["html", "pdf", "docx"], ...]


class Renderer(_Part):
    """Hold which renderer made a build."""

    name: Word
    version: Word = ""


class Given(_Part):
    """Hold what the notebooks were given."""

    year: Year
    comparison_year: Year | None
    figures: Mode


class Commit(_Part):
    """Hold the commit that was checked out, and whether nothing was changed since."""

    commit: Word
    clean: bool


class Manifest(_Part):
    """Hold a manifest; what has a default is of no use to whoever reads one."""

    manifest: Literal[2]
    aarsstatus: Word = ""
    year: Year
    options: Asked
    engine: Renderer
    python: Word
    packages: dict[Word, Word]
    unlike_lock: dict[Word, dict[Word, Word | None]] = {}
    inputs: Digests
    parameters: Given | None = None
    git: Commit | None = None
    figures: Word = ""
    outputs: Digests


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
    return {path.relative_to(folder).as_posix(): digest_of(path) for path in paths}


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, however large."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def figures_hash(text: str) -> str:
    """Return the hash of ``figures.csv`` but for where each figure was read.

    A row that is put in moves the lines of all below it; the figures are the same.
    """
    rows = list(csv.reader(io.StringIO(text, newline="")))
    place = rows[0].index("source") if rows else 0
    return digest(json.dumps([row[:place] + row[place + 1 :] for row in rows], ensure_ascii=False).encode())


def describe(project: Project, year: int, options: Mapping[str, Any], engine: Mapping[str, str]) -> dict[str, Any]:
    """Return the first half of a manifest: what the build is made from.

    Nothing in it is a time or a place. `options` say how: the comparison year asked for (None is the one that the
    parameters name), formats, figures. `engine` tells the renderer from another one (`Engine.identity`).
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


def write(folder: Path, made_from: Mapping[str, Any], parameters: Mapping[str, Any], project: Project) -> None:
    """Write the manifest of the build that lies in `folder`, whole but for this.

    `made_from` is what `describe` returned, with the version of the engine; `parameters` are the notebooks'.
    """
    manifest = {
        **made_from,
        "parameters": dict(parameters),
        "git": checked_out(project.root),
        "figures": figures_hash((folder / "figures.csv").read_text(encoding="utf-8")),
        "outputs": output_hashes(folder),
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    (folder / NAME).write_text(text, encoding="utf-8", newline="\n")


def checked_out(root: Path) -> dict[str, Any] | None:
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


def parse(content: str | bytes, name: str) -> Manifest:
    """Return a manifest; messages call it `name`.

    Raises
    ------
    InputError
        If it is no manifest, or of another version.
    """
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
    if first["loc"] == ("manifest",) and first["type"] == "literal_error":
        raise InputError(Problem(name, "bygget af en anden udgave", found=str(first["input"])))
    if first["type"] == "missing":
        raise InputError(Problem(name, "nøglen mangler", found=".".join(map(str, first["loc"]))))
    raise InputError(Problem(name, "filen er beskadiget", expected="filen, som den blev lavet; byg igen"))


def read(folder: Path) -> Manifest | None:
    """Return the manifest in a folder; None where there is no readable one."""
    try:
        return parse(read_utf8(folder / NAME, NAME), NAME)
    except InputError:
        return None


def is_ours(folder: Path) -> bool:
    """Return whether a folder has a manifest that is not another program's.

    One that cannot be read at all may be ours.
    """
    if irregular(folder / NAME):
        return False
    try:
        said = json.loads(read_utf8(folder / NAME, NAME))
    except (InputError, ValueError, RecursionError):
        return True
    return isinstance(said, dict) and isinstance(said.get("manifest"), int)


def others(folder: Path) -> dict[Path, str]:
    """Return what is somebody else's in a build's folder, and the name it is to keep.

    That is what the manifest does not have, and under a new name what was altered since it was made.
    """
    manifest = read(folder)
    if manifest is None:
        return {}
    ours = {NAME, *manifest.outputs}  # a build makes no folder, so each that is there is somebody's
    kept = {path: path.name for path in sorted(folder.iterdir()) if path.name not in ours}
    for name, known in manifest.outputs.items():
        path = folder / name
        if path.exists() and not is_intact(path, known):
            aside = (f"{path.stem}.rettet{number}{path.suffix}" for number in ("", *range(2, 10_000)))
            kept[path] = next(one for one in aside if one not in kept.values())
    return kept


def is_intact(path: Path, known: str | None) -> bool:
    """Return whether a file is there and has the hash that it had.

    What is far larger than any of ours is not read.
    """
    return irregular(path, LARGEST) is None and digest_of(path) == known
