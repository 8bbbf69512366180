"""Read the built years that lie in an output folder."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Literal

from aarsstatus import danish
from aarsstatus.figures.collection import Figures
from aarsstatus.files import read_bytes, read_utf8
from aarsstatus.inputs.model import PRELIMINARY, Data
from aarsstatus.inputs.params import Params
from aarsstatus.markdown import sentences
from aarsstatus.problems import InputError
from aarsstatus.release import manifest
from aarsstatus.release.archive import INPUTS, LARGEST, unpack
from aarsstatus.release.manifest import Manifest
from aarsstatus.release.reading import kept_data, kept_params

State = Literal["offentliggjort", "rettet", "genberegnet", "udkast"]


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

    A folder that holds no readable build is left out.
    """
    years = []
    for folder in sorted(output.iterdir(), reverse=True):
        if not (folder.is_dir() and folder.name.isdecimal()):
            continue
        written = manifest.read(folder)
        try:
            figures = Figures.from_csv(read_utf8(folder / "figures.csv", "figures.csv"))
        except (InputError, KeyError, TypeError, ValueError):
            continue
        if written is not None:
            files = tuple(sorted(path.name for path in folder.iterdir() if path.is_file()))
            failed = (output / f"{folder.name}.fejlet.ipynb").exists()
            kept = _kept(folder)
            params, data = kept_params(kept, int(folder.name)), kept_data(kept)
            counts = _judged(folder, params.notat if params else None)
            years.append(Year(int(folder.name), written, figures, files, failed, params, data, *counts))
    return years


def _judged(folder: Path, notat: str | None) -> tuple[int, int]:
    """Return how many numbers a notat printed, and how many of them are contradicted."""
    try:
        rows = csv.DictReader(io.StringIO(read_utf8(folder / "audit.csv", "audit.csv"), newline=""))
        found = [row.get("verdict") for row in rows if row.get("source") == notat]
    except (InputError, csv.Error):
        return 0, 0
    return len(found), found.count("contradicted")


def _kept(folder: Path) -> Mapping[str, bytes]:
    """Return the inputs that a year was built from, or none if unreadable."""
    try:
        return unpack(read_bytes(folder / INPUTS, INPUTS, LARGEST), INPUTS)
    except (KeyError, InputError):
        return {}


def told_by(years: Sequence[Year]) -> dict[int, Year]:
    """Return the build that tells of each year, oldest first: its own, or the newest."""
    found: dict[int, Year] = {}
    for build in years:
        for when in {figure.year for figure in build.figures.values()}:
            if when not in found or when == build.year:
                found[when] = build
    return dict(sorted(found.items()))
