"""Read a finished build back, from an output folder or from a bundle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from aarsstatus.figures.table import Figures
from aarsstatus.problems import InputError, Problem
from aarsstatus.project import Project
from aarsstatus.release import manifest
from aarsstatus.release.archive import INPUTS, unpack

__all__ = ["KEPT", "Finished", "from_files", "open_finished"]

KEPT = "grundlag"
"""The folder of a bundle that holds the inputs."""


@dataclass(frozen=True)
class Finished:
    """Hold a finished build: its manifest, files and figures.

    `name` is what messages call it; `outputs` are its files and `inputs` what it was made from, by name. `inputs`
    is empty for a build that kept none, `beside` for one that is in no bundle: what a bundle has besides the two.
    """

    name: str
    manifest: Mapping[str, Any]
    outputs: Mapping[str, bytes]
    inputs: Mapping[str, bytes]
    figures: Figures = field(repr=False)
    beside: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def year(self) -> int:
        """The year that was built."""
        return int(self.manifest["year"])

    @property
    def options(self) -> Mapping[str, Any]:
        """How it was built: comparison year, formats, figures."""
        return cast("Mapping[str, Any]", self.manifest["options"])

    @property
    def packages(self) -> Mapping[str, str]:
        """The version of every package that was there."""
        return cast("Mapping[str, str]", self.manifest["packages"])

    def altered(self) -> list[str]:
        """Return the outputs and inputs that are missing or no longer as they were made."""
        outputs = {name: self.manifest["outputs"].get(name) for name in self.manifest["outputs"] if name != INPUTS}
        wrong = [name for name, known in outputs.items() if _digest(self.outputs, name) != known]
        if self.inputs:
            known = self.manifest["inputs"]
            wrong += [name for name in known if _digest(self.inputs, name) != known[name]]
            wrong += [name for name in self.inputs if name not in known]
        return sorted(wrong)


def _digest(files: Mapping[str, bytes], name: str) -> str | None:
    return manifest.digest(files[name]) if name in files else None


def open_finished(what: str, project: Project | None = None) -> Finished:
    """Open a finished build.

    Parameters
    ----------
    what
        A folder, a bundle (zip), or a year that lies in the project's output folder.
    project
        Where a year is looked for.

    Raises
    ------
    InputError
        If there is no build there, or not one that can be read.
    """
    path = Path(what)
    if project is not None and what.isdecimal() and not path.exists():
        path = project.output / what
        if not path.is_dir():
            raise InputError(Problem(what, "året er ikke bygget", expected=f"aarsstatus build {what}"))
    if path.is_dir():
        return _from_folder(path, what)
    try:
        return _from_bundle(path.read_bytes(), what)
    except FileNotFoundError:
        raise InputError(Problem(what, "findes ikke", expected="en mappe, en pakke (zip) eller et årstal")) from None


def _from_folder(folder: Path, name: str) -> Finished:
    """Read a build from its output folder."""
    outputs = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    kept = outputs.get(INPUTS)
    return from_files(outputs, unpack(kept, f"{name}/{INPUTS}") if kept is not None else {}, name)


def _from_bundle(content: bytes, name: str) -> Finished:
    """Read a build from a bundle: inputs lie in one folder, documents in another."""
    files = unpack(content, name)
    inputs = {file.partition("/")[2]: data for file, data in files.items() if file.startswith(f"{KEPT}/")}
    folders = {file.rpartition("/")[0] for file in files if file.endswith(f"/{manifest.NAME}")}
    if len(folders) != 1:
        raise InputError(
            Problem(name, "zip-filen er ikke en pakke", expected="en fil, som aarsstatus bundle har lavet")
        )
    folder = f"{folders.pop()}/"
    outputs = {file.removeprefix(folder): files[file] for file in files if file.startswith(folder)}
    beside = {file: data for file, data in files.items() if "/" not in file}
    return replace(from_files(outputs, inputs, name), beside=beside)


def from_files(outputs: Mapping[str, bytes], inputs: Mapping[str, bytes], name: str) -> Finished:
    """Return a build from its files.

    Raises
    ------
    InputError
        If the manifest or the figures cannot be read.
    """
    for needed in (manifest.NAME, "figures.csv"):
        if needed not in outputs:
            within = sorted(file.rpartition("/")[0] for file in outputs if file.endswith(f"/{manifest.NAME}"))
            raise InputError(
                Problem(
                    name, "der er ikke en færdig årsstatus", expected=f"en mappe med {needed}",
                    hint=f"{name.rstrip('/')}/{within[0]}" if within else None,
                )
            )  # fmt: skip
    try:
        described = json.loads(outputs[manifest.NAME])
        if described["manifest"] != manifest.VERSION:
            raise InputError(
                Problem(f"{name}/{manifest.NAME}", "bygget af en anden udgave", found=str(described["manifest"]))
            )
        keys = ("year", "options", "packages", "engine", "inputs", "outputs")
        missing = [key for key in keys if key not in described]
    except (KeyError, TypeError, ValueError):
        raise InputError(_damaged(name, manifest.NAME)) from None
    if missing:
        raise InputError(Problem(f"{name}/{manifest.NAME}", "nøglen mangler", found=missing[0]))
    try:
        figures = Figures.from_csv(outputs["figures.csv"].decode("utf-8"))
    except (KeyError, TypeError, ValueError):
        raise InputError(_damaged(name, "figures.csv")) from None
    return Finished(name, described, outputs, inputs, figures)


def _damaged(name: str, file: str) -> Problem:
    """Say of a build's file that it is not as it was made."""
    return Problem(f"{name}/{file}", "filen er beskadiget", expected="filen, som den blev lavet; byg igen")
