"""Decide by its manifest what of the last build can be used again.

A build whose inputs match and whose outputs are intact is done already, and one whose notebooks were executed with the
same inputs needs only to be rendered. The page beside the years says in its last line which builds it is of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from aarsstatus.files import MOST_BYTES, irregular, read_utf8
from aarsstatus.problems import BuildError, InputError
from aarsstatus.release.manifest import NAME, Manifest, digest, digest_of, is_intact, read

OVERVIEW = "index.html"
"""The page beside the years that leads to each of them."""
OVERVIEW_END = re.compile(r"<!-- ([0-9a-f]{64}) -->\n\Z")
"""How it ends: with the hash of what it is of."""
BESIDE = ("tidsserie.csv", "datapackage.json")
"""The time series of all years and its description, which are written with the overview."""
NOTEBOOKS = ("notat.ipynb", "kvalitetsrapport.ipynb")


def made_from_same(manifest: Manifest, made_from: Mapping[str, Any]) -> bool:
    """Return whether a build was made from just these inputs."""
    known = manifest.model_dump(mode="json")
    known["engine"] = {key: known["engine"].get(key) for key in made_from["engine"]}
    return all(known.get(key) == value for key, value in made_from.items())


def is_current(folder: Path, made_from: Mapping[str, Any]) -> bool:
    """Return whether a build was made from just these inputs and is intact.

    What else somebody put into the folder is no part of the build.
    """
    manifest = read(folder)
    if manifest is None or not made_from_same(manifest, made_from):
        return False
    outputs = manifest.outputs
    return bool(outputs) and all(is_intact(folder / name, known) for name, known in outputs.items())


def executed_with(folder: Path, made_from: Mapping[str, Any]) -> Path | None:
    """Return the folder if its executed notebooks come from these inputs; else None.

    What they are made from is everything but the look, the renderer and the formats.
    """
    manifest = read(folder)
    if manifest is None or _executing(manifest.model_dump(mode="json")) != _executing(made_from):
        return None
    known = manifest.outputs
    return folder if all(is_intact(folder / name, known.get(name)) for name in NOTEBOOKS) else None


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
    there = [path for path in output.glob(f"*/{NAME}") if irregular(path, MOST_BYTES) is None]
    builds = {path.parent.name: digest_of(path) for path in there}
    failed = [path.name for path in output.glob("*.fejlet.ipynb")]
    return digest(json.dumps([sorted(builds.items()), sorted(failed)]).encode())


def is_overview_current(output: Path) -> bool:
    """Return whether the overview is of the builds that lie there now."""
    said = OVERVIEW_END.search(written_text(output / OVERVIEW))
    return said is not None and said[1] == years_hash(output) and all((output / name).exists() for name in BESIDE)


def require_ours(path: Path, is_ours: Callable[[str], object]) -> None:
    """Check that no file is at a path but one whose text is ours.

    Raises
    ------
    BuildError
        If somebody else's is.
    """
    if path.exists() and not is_ours(written_text(path)):
        raise BuildError(f"{path}: ligger der i forvejen og er ikke lavet af årsstatus; flyt den, og byg igen")


def written_text(path: Path) -> str:
    """Return a file's text, none of one that cannot be read."""
    try:
        return read_utf8(path, path.name)
    except InputError:
        return ""
