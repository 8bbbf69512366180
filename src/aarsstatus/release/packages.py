"""Own which packages there are: locked, installed, and how two lists differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version

_version = cache(version)  # what runs stays the version that it is
_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<marker>[^\\]*))?")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})\b")


@dataclass(frozen=True, slots=True)
class Locked:
    """Hold one requirement of a lock.

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
    found: list[tuple[re.Match[str], int, list[str], list[str]]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip().rstrip("\\").strip()
        if match := _REQUIREMENT.fullmatch(bare):
            found.append((match, number, [], []))
        elif (one := _HASH.fullmatch(bare)) and found:
            found[-1][2].append(one[1])
        elif bare.startswith("#"):
            said = bare.lstrip("# ").removeprefix("via").strip()
            if said and found and not said.startswith("-"):
                found[-1][3].append(folded(said.split(" ", 1)[0]))
        elif bare:
            raise ValueError(f"line {number} is no part of a lock: {bare}")
    return [
        Locked(
            folded(match["name"]), match["version"], (match["marker"] or "").strip(), tuple(hashes), tuple(via), number
        )
        for match, number, hashes, via in found
    ]


def locked_versions(text: str) -> dict[str, dict[str, bool]]:
    """Return each package's versions in a lock, and whether for some machines only.

    What is no part of a lock is passed over: that is right for a build, and wrong for a bill of materials.
    """
    found: dict[str, dict[str, bool]] = {}
    for match in filter(None, map(_REQUIREMENT.match, text.splitlines())):
        found.setdefault(folded(match["name"]), {})[match["version"]] = bool(match["marker"])
    return dict(sorted(found.items()))


def installed(names: Iterable[str]) -> dict[str, str]:
    """Return the installed versions of those packages that are installed, by name."""
    found = {}
    for name in names:
        try:
            found[name] = _version(name)
        except PackageNotFoundError:
            continue
    return found


def unlike(locked: Mapping[str, Mapping[str, bool]], there: Mapping[str, str]) -> dict[str, dict[str, str | None]]:
    """Return the packages that are not as the lock has them, with both versions."""
    return {
        name: {"locked": ", ".join(versions), "installed": there.get(name)}
        for name, versions in locked.items()
        if there.get(name) not in versions and not (name not in there and any(versions.values()))
    }


def other_versions(old: Mapping[str, str | None], new: Mapping[str, str | None]) -> list[str]:
    """Say what two lists of names and versions have in different versions."""
    names = dict.fromkeys([*new, *old])
    changed = [name for name in names if old.get(name) != new.get(name)]
    return [f"{name}: {old.get(name) or '(ikke der)'} → {new.get(name) or '(ikke der)'}" for name in changed]
