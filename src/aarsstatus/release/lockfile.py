"""A lock file read: which package in which version, where it applies, the files it allows, and who asked for it."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Locked", "folded", "read_lock"]

_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<marker>[^\\]*))?")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})\b")


@dataclass(frozen=True, slots=True)
class Locked:
    """One requirement of a lock.

    `marker` says where it is installed and is empty for everywhere; `hashes` are the SHA-256 of every file that may
    be installed; `via` are the packages that need it, the project's own name among them.
    """

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    via: tuple[str, ...]
    line: int


def folded(name: str) -> str:
    """Return a package's name as all its spellings have it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_lock(text: str) -> list[Locked]:
    """Read a lock as ``uv pip compile --generate-hashes`` writes one.

    A line that is neither a requirement nor one of its hashes nor a comment is no part of such a lock, and is
    refused: what is passed over in silence here would be missing from the bill of materials.

    Raises
    ------
    ValueError
        If a line cannot be read, with its number.
    """
    found: list[Locked] = []
    current: tuple[re.Match[str], int] | None = None
    hashes: list[str] = []
    via: list[str] = []

    def finish() -> None:
        if current is not None:
            match, number = current
            marker = (match["marker"] or "").strip()
            found.append(Locked(folded(match["name"]), match["version"], marker, tuple(hashes), tuple(via), number))
        hashes.clear()
        via.clear()

    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if not bare:
            continue
        if bare.startswith("#"):
            said = bare.lstrip("# ").removeprefix("via").strip()
            if said and current is not None and not said.startswith("-"):
                via.append(folded(said.split(" ", 1)[0]))
        elif match := _REQUIREMENT.fullmatch(bare.rstrip("\\").strip()):
            finish()
            current = match, number
        elif (one := _HASH.fullmatch(bare.rstrip("\\").strip())) and current is not None:
            hashes.append(one[1])
        else:
            raise ValueError(f"line {number} is no part of a lock: {bare}")
    finish()
    return found
