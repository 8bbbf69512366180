"""Compare a new build with the one that lies in the output folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from aarsstatus.diff import diff
from aarsstatus.diff.page import comparison_page, opening, opening_of, with_opening
from aarsstatus.diff.words import DOCUMENTS
from aarsstatus.files import read_utf8
from aarsstatus.problems import InputError
from aarsstatus.release import cache, manifest
from aarsstatus.release.archive import INPUTS, unpack
from aarsstatus.release.reading import Finished, from_files, open_finished
from aarsstatus.render.beside import linked

COMPARISON = "sammenligning.html"
QUALITY = "kvalitetsrapport.html"


def write_comparison(
    last: Path,
    folder: Path,
    made_from: Mapping[str, Any],
    extension: Path,
    commit: Mapping[str, Any] | None = None,
) -> bool:
    """Write the comparison of a new build with the one that it takes the place of.

    A build that is made again from the very same inputs keeps the comparison that it had: what it differs from is
    still the last build that was another one.

    Parameters
    ----------
    last
        The output folder, which need not hold a build.
    folder
        The new build, whole but for its manifest.
    made_from
        What its manifest will say that it was made from.
    extension
        The folder with the stylesheet.
    commit
        What is checked out, if it is known.

    Returns
    -------
    bool
        Whether a comparison was written.
    """
    written = manifest.read(last)
    if written is None:
        return False
    if cache.made_from_same(written, made_from):
        return _carry_over(last, written.outputs, folder)
    try:
        old = open_finished(str(last))
        new = _unfinished(folder, {**made_from, "git": commit})
    except InputError:
        return False  # an older version's build, or a damaged one: nothing to compare with
    found = diff(replace(old, name="forrige udgave"), new)
    if found.nothing:
        return False
    page = linked(comparison_page(found, extension), COMPARISON, [path.name for path in folder.iterdir()])
    _write(folder, page, opening(found, COMPARISON))
    return True


def _unfinished(folder: Path, made_from: Mapping[str, Any]) -> Finished:
    """Return the new build, whose manifest has no outputs yet."""
    there = (name for name in ("figures.csv", INPUTS, *DOCUMENTS) if (folder / name).is_file())
    outputs = {name: (folder / name).read_bytes() for name in there}
    described = json.dumps({**made_from, "outputs": {}}).encode()
    return from_files({**outputs, manifest.NAME: described}, unpack(outputs[INPUTS], INPUTS), "denne udgave")


def _carry_over(last: Path, outputs: Mapping[str, str], folder: Path) -> bool:
    """Give the new build the comparison of the old one, if that is intact."""
    if not all(manifest.is_intact(last / name, outputs.get(name)) for name in (COMPARISON, QUALITY)):
        return False
    try:
        comparison, report = (read_utf8(last / name, name) for name in (COMPARISON, QUALITY))
    except InputError:
        return False  # a hash beside a file proves nothing about it
    _write(folder, comparison, opening_of(report))
    return True


def _write(folder: Path, comparison: str, section: str) -> None:
    """Write the page, and the section into the quality report."""
    (folder / COMPARISON).write_text(comparison, encoding="utf-8", newline="\n")
    report = folder / QUALITY
    text = with_opening(report.read_text(encoding="utf-8"), section)
    report.write_text(text, encoding="utf-8", newline="\n")
