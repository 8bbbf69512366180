"""Read finished builds back: one from a folder or a bundle, or all there are."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from aarsstatus import danish, privacy
from aarsstatus.figures.collection import Figures
from aarsstatus.files import MOST_BYTES, read_bytes, write_files
from aarsstatus.inputs import read_data
from aarsstatus.inputs.model import PRELIMINARY, Data
from aarsstatus.inputs.params import Params
from aarsstatus.inputs.schema import TABLES
from aarsstatus.inputs.yamlsyntax import parsed
from aarsstatus.markdown import sentences
from aarsstatus.problems import InputError, Problem
from aarsstatus.project import Project
from aarsstatus.release import manifest
from aarsstatus.release.archive import INPUTS, LARGEST, unpack
from aarsstatus.release.manifest import Manifest
from aarsstatus.run import temporary

KEPT = "grundlag"
"""The folder of a bundle that holds the inputs."""
FIGURES = "figures.csv"
_AUDIT = "audit.csv"
State = Literal["offentliggjort", "rettet", "genberegnet", "udkast"]


@dataclass(frozen=True)
class Finished:
    """Hold a finished build: its manifest, files and figures.

    `name` is what messages call it; `outputs` are its files and `inputs` what it was made from, by name. `inputs`
    is empty for a build that kept none, `beside` for one that is in no bundle: what a bundle has besides the two.
    """

    name: str
    manifest: Manifest
    outputs: Mapping[str, bytes]
    inputs: Mapping[str, bytes]
    figures: Figures = field(repr=False)
    beside: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def year(self) -> int:
        """The year that was built."""
        return self.manifest.year

    @cached_property
    def params(self) -> Params | None:
        """The parameters that it was built from, or None if unreadable."""
        try:
            return Params.model_validate(parsed(self.inputs[f"params/{self.year}.yml"].decode("utf-8"), INPUTS)[1])
        except (KeyError, UnicodeDecodeError, ValidationError, InputError):
            return None

    @cached_property
    def data(self) -> Data | None:
        """The data that it was made from, or None if unreadable."""
        with temporary.folder() as scratch:
            write_files(scratch, {table.name: self.inputs[table.name] for table in TABLES if table.name in self.inputs})
            try:
                return read_data(Project(scratch))
            except InputError:  # an older version's, or none
                return None

    def altered(self) -> list[str]:
        """Return the outputs and inputs that are missing or no longer as they were made."""
        outputs = self.manifest.outputs
        wrong = [name for name in outputs if name != INPUTS and _digest(self.outputs, name) != outputs[name]]
        if self.inputs:
            known = self.manifest.inputs
            wrong += [name for name in known if _digest(self.inputs, name) != known[name]]
            wrong += [name for name in self.inputs if name not in known]
        return sorted(wrong)


def _digest(files: Mapping[str, bytes], name: str) -> str | None:
    return manifest.digest(files[name]) if name in files else None


def open_finished(what: str, project: Project | None = None) -> Finished:
    """Open a finished build: a folder, a bundle (zip), or a year of a project.

    Raises
    ------
    InputError
        If there is no build there, or not one that can be read.
    """
    path = Path(what)
    if project is not None and what.isdecimal() and not path.exists():
        path = project.output / what
        if not path.is_dir():
            raise InputError(Problem(what, f"året er ikke bygget; kør først aarsstatus build {what}"))
    if path.is_dir():
        return _from_folder(path, what)
    if not path.exists():
        raise InputError(Problem(what, "findes ikke", expected="en mappe, en pakke (zip) eller et årstal"))
    return _from_bundle(read_bytes(path, what, LARGEST), what)


def _from_folder(folder: Path, name: str) -> Finished:
    """Read a build from its output folder: what its manifest has, and nothing else."""
    if not (folder / manifest.NAME).exists():
        within = sorted(path.parent.name for path in folder.glob(f"*/{manifest.NAME}"))
        raise InputError(_no_build(name, manifest.NAME, within))
    described = read_bytes(folder / manifest.NAME, f"{name}/{manifest.NAME}", LARGEST)
    named = manifest.parse(described, f"{name}/{manifest.NAME}").outputs
    outputs = {file: read_bytes(folder / file, f"{name}/{file}", LARGEST) for file in named if (folder / file).exists()}
    inputs = unpack(outputs[INPUTS], f"{name}/{INPUTS}") if INPUTS in outputs else {}
    return from_files({**outputs, manifest.NAME: described}, inputs, name)


def _no_build(name: str, needed: str, within: Sequence[str]) -> Problem:
    """Say that there is no build, and which folder within has one."""
    hint = f"{name.rstrip('/')}/{within[0]}" if within else None
    return Problem(name, "der er ikke en færdig årsstatus", expected=f"en mappe med {needed}", hint=hint)


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
    for needed in (manifest.NAME, FIGURES):
        if needed not in outputs:
            raise InputError(_no_build(name, needed, []))
    described = manifest.parse(outputs[manifest.NAME], f"{name}/{manifest.NAME}")
    shown = {file: content for file, content in inputs.items() if file.startswith(("params/", "data/"))}
    for file, content in {**shown, FIGURES: outputs[FIGURES]}.items():
        if privacy.contains(privacy.without_digests(content.decode("utf-8", "replace"))):
            raise InputError(Problem(f"{name}/{file}", privacy.MESSAGE))
    try:
        figures = Figures.from_csv(outputs[FIGURES].decode("utf-8"))
    except (KeyError, TypeError, ValueError):
        whole = "filen, som den blev lavet; byg igen"
        raise InputError(Problem(f"{name}/{FIGURES}", "filen er beskadiget", expected=whole)) from None
    return Finished(name, described, outputs, inputs, figures)


# -- the years of an output folder ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Year:
    """Hold a built year: its manifest, figures and files, and what it was made from.

    `failed` says whether its last build failed, `printed` and `contradicted` how many numbers its notat printed, and
    how many of them contradict the others; nought for a year without a notat.
    """

    year: int
    manifest: Manifest
    figures: Figures
    files: tuple[str, ...]
    failed: bool = False
    params: Params | None = None
    data: Data | None = None
    printed: int = 0
    contradicted: int = 0

    @property
    def issued(self) -> str:
        """When the notat was published, and what was corrected since, in HTML."""
        if self.params is None:
            return ""
        day, dated = self.params.published, self.params.document.date
        told = [f"Offentliggjort den {danish.long_date(day)}"] if day else []
        if not day and self.state == "offentliggjort":
            told.append(f"Notatet er fra den {danish.long_date(dated)}" if dated else "Notatet har ingen dato")
        for one in self.params.corrections:
            draft = "Rettet udgave, der erstatter" if day else "Udkast til en rettet udgave, der erstatter"
            told.append(f"{draft} notatet fra den {danish.long_date(one.replaces)}: {escape(one.reason)}")
        return sentences(told)

    @property
    def preliminary(self) -> set[int]:
        """The years whose figures come from extracts drawn before the year was over."""
        return {figure.year for figure in self.figures.values() if PRELIMINARY in figure.formula}

    @property
    def state(self) -> State:
        """Whether the figures are as published, corrected, recomputed, or a draft."""
        if not any(figure.published for figure in self.figures.select(year=self.year)):
            return "udkast"
        if self.manifest.options.figures == "recomputed":
            return "genberegnet"
        return "rettet" if self.params and self.params.corrections else "offentliggjort"


def read_output(output: Path) -> list[Year]:
    """Return the years in an output folder, newest first.

    A folder that holds no readable build is left out; of one, what else cannot be read.
    """
    years = []
    for folder in sorted(output.iterdir(), reverse=True):
        if folder.is_dir() and folder.name.isdecimal():
            with suppress(InputError):
                years.append(_year(folder))
    return years


def _year(folder: Path) -> Year:
    """Read a built year from its folder."""
    outputs, inputs = dict[str, bytes](), dict[str, bytes]()
    for name in (manifest.NAME, FIGURES, _AUDIT, INPUTS):
        with suppress(InputError):
            outputs[name] = read_bytes(folder / name, name, LARGEST if name == INPUTS else MOST_BYTES)
    with suppress(KeyError, InputError):
        inputs = unpack(outputs[INPUTS], INPUTS)
    build = from_files(outputs, inputs, folder.name)
    rows = csv.DictReader(io.StringIO(outputs.get(_AUDIT, b"").decode("utf-8", "replace"), newline=""))
    try:
        found = [row.get("verdict") for row in rows if build.params and row.get("source") == build.params.notat]
    except csv.Error:
        found = []
    return Year(
        int(folder.name), build.manifest, build.figures,
        tuple(sorted(path.name for path in folder.iterdir() if path.is_file())),
        folder.with_name(f"{folder.name}.fejlet.ipynb").exists(),
        build.params, build.data, len(found), found.count("contradicted"),
    )  # fmt: skip


def told_by(years: Sequence[Year]) -> dict[int, Year]:
    """Return the build that tells of each year, oldest first: its own, or the newest."""
    found: dict[int, Year] = {}
    for build in years:
        for when in {figure.year for figure in build.figures.values()}:
            if when not in found or when == build.year:
                found[when] = build
    return dict(sorted(found.items()))
