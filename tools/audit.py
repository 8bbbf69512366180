"""Look for known vulnerabilities of every package that the locks name; ``make audit`` calls it.

Asks one of three:

* pip-audit and the advisory service that it knows (nothing given);
* pip-audit and an OSV service of one's own (``--osv-url``);
* advisories at hand (``--advisories``): a folder or a zip of records in the OSV format, JSON, such as the export for
  the ecosystem PyPI. For machines that reach no service.

pip-audit by itself says "No known vulnerabilities found" and exits with 0 when the service knows none of the packages,
as one that is not there may answer. So what it says is counted here, package by package.

Exit status: 0 every package was checked and none is known to be vulnerable; 1 some is; 2 not every package was
checked, and then nothing is said of those that were not.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from aarsstatus.release.packages import folded, read_lock

ROOT = Path(__file__).parent.parent
Package = tuple[str, str]
CLEAN, FOUND, UNCHECKED = 0, 1, 2


@dataclass(frozen=True)
class Known:
    """A vulnerability that is known of a package."""

    package: Package
    id: str
    fixed: tuple[str, ...]


class UncheckedError(Exception):
    """What cannot be asked or read, so nothing may be concluded."""


# -- advisories at hand -----------------------------------------------------------------------------------------


def records(source: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the OSV records in a folder or a zip."""
    if source.is_dir():
        texts: Iterable[tuple[str, bytes]] = ((str(path), path.read_bytes()) for path in sorted(source.rglob("*.json")))
    elif zipfile.is_zipfile(source):
        archive = zipfile.ZipFile(source)
        texts = ((name, archive.read(name)) for name in sorted(archive.namelist()) if name.endswith(".json"))
    else:
        raise UncheckedError(f"{source} is neither a folder nor a zip")
    for name, text in texts:
        try:
            record = json.loads(text)
            known = isinstance(record["id"], str) and isinstance(record.get("affected", []), list)
        except (ValueError, KeyError, TypeError):
            known = False
        if not known:
            raise UncheckedError(f"{name} is no OSV record")
        yield record


def affects(affected: Mapping[str, Any], version: str) -> bool:
    """Whether a version is among those that an OSV record says are affected, as the OSV format defines it."""
    if version in affected.get("versions", []):
        return True
    try:
        here = Version(version)
        listed = [Version(one) for one in affected.get("versions", []) if _is_version(one)]
    except InvalidVersion as error:
        raise UncheckedError(str(error)) from None
    if here in listed:
        return True
    ranges = [one for one in affected.get("ranges", []) if one.get("type") == "ECOSYSTEM"]
    return any(_inside(one.get("events", []), here) for one in ranges)


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def _inside(events: Iterable[Mapping[str, str]], here: Version) -> bool:
    """Apply a range's events in the order of their versions."""
    order = {"introduced": 0, "fixed": 1, "last_affected": 2}
    told = [(Version(at), order[kind], kind) for event in events for kind, at in event.items() if kind in order]
    inside = False
    for at, _, kind in sorted(told):
        if kind == "introduced" and here >= at:
            inside = True
        elif (kind == "fixed" and here >= at) or (kind == "last_affected" and here > at):
            inside = False
    return inside


def from_advisories(source: Path, packages: Sequence[Package]) -> tuple[list[Known], dict[Package, str]]:
    """Return what advisories at hand know of the packages. Every package is checked, or an error says why not."""
    wanted: dict[str, list[Package]] = {}
    for package in packages:
        wanted.setdefault(package[0], []).append(package)
    found: list[Known] = []
    count = 0
    for record in records(source):
        mine = [one for one in record.get("affected", []) if one.get("package", {}).get("ecosystem") == "PyPI"]
        count += bool(mine)
        if "withdrawn" in record:
            continue
        for affected in mine:
            for package in wanted.get(folded(str(affected["package"].get("name", ""))), []):
                if affects(affected, package[1]):
                    events = [event for one in affected.get("ranges", []) for event in one.get("events", [])]
                    fixed = tuple(event["fixed"] for event in events if "fixed" in event)
                    found.append(Known(package, record["id"], fixed))
    if not count:
        raise UncheckedError(f"{source} has no advisory for any package of PyPI")
    print(f"{count} advisories for PyPI read from {source}")
    return found, {}


# -- a service --------------------------------------------------------------------------------------------------


def from_service(osv_url: str | None, packages: Sequence[Package]) -> tuple[list[Known], dict[Package, str]]:
    """Return what a service knows of the packages, and those that it did not tell of, with the reason."""
    told: list[Mapping[str, Any]] = []
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "packages.txt"
        command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "--progress-spinner=off"]
        command += ["--format=json", "--vulnerability-service=osv", f"--requirement={file}"]
        command += [f"--osv-url={osv_url}"] if osv_url else []
        for part in _apart(packages):  # pip-audit takes a package once
            file.write_text("\n".join("==".join(one) for one in part), encoding="utf-8")
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            try:
                told += json.loads(done.stdout)["dependencies"]
            except (ValueError, KeyError, TypeError):
                said = done.stderr.strip().splitlines()
                why = said[-1] if said else f"pip-audit ended with {done.returncode} and said nothing"
                raise UncheckedError(why) from None
    return judged(told, packages)


def judged(told: Iterable[Mapping[str, Any]], packages: Sequence[Package]) -> tuple[list[Known], dict[Package, str]]:
    """Return what pip-audit found, and which of the packages it did not check."""
    unchecked = dict.fromkeys(packages, "pip-audit said nothing of it")
    found: list[Known] = []
    for one in told:
        name = folded(str(one.get("name")))
        if "skip_reason" in one:
            unchecked |= {package: str(one["skip_reason"]) for package in packages if package[0] == name}
            continue
        package = name, str(one["version"])
        unchecked.pop(package, None)
        found += [Known(package, known["id"], tuple(known["fix_versions"])) for known in one["vulns"]]
    return found, unchecked


def _apart(packages: Sequence[Package]) -> list[list[Package]]:
    parts: list[list[Package]] = []
    for package in packages:
        for part in parts:
            if all(package[0] != name for name, _ in part):
                part.append(package)
                break
        else:
            parts.append([package])
    return parts


# -- the answer -------------------------------------------------------------------------------------------------


def locked(names: Iterable[Path]) -> list[Package]:
    """Return every package of some locks, for every system and Python."""
    return sorted({(one.name, one.version) for name in names for one in read_lock(name.read_text(encoding="utf-8"))})


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, and say what came of it."""
    parser = argparse.ArgumentParser(description="known vulnerabilities of the locked packages")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--advisories", type=Path, help="a folder or a zip of OSV records")
    source.add_argument("--osv-url", help="the query address of an OSV service")
    given = parser.parse_args(arguments)
    packages = locked(sorted(ROOT.glob("requirements*.lock")))
    try:
        if given.advisories:
            found, unchecked = from_advisories(given.advisories, packages)
        else:
            found, unchecked = from_service(given.osv_url, packages)
    except (UncheckedError, OSError) as error:
        print(f"NOTHING WAS CHECKED: {error}", file=sys.stderr)
        print("give advisories of your own: make audit ADVISORIES=folder-or-zip, or OSV_URL=service", file=sys.stderr)
        return UNCHECKED
    for known in sorted(found, key=lambda known: (known.package, known.id)):
        mended = f"; mended in {', '.join(known.fixed)}" if known.fixed else "; no version mends it yet"
        print(f"{known.package[0]} {known.package[1]}: {known.id}{mended}")
    for package, why in sorted(unchecked.items()):
        print(f"{package[0]} {package[1]}: NOT CHECKED: {why}", file=sys.stderr)
    checked = len(packages) - len(unchecked)
    print(f"{checked} of {len(packages)} locked packages checked, {len(found)} known vulnerabilities")
    if unchecked:
        return UNCHECKED
    return FOUND if found else CLEAN


if __name__ == "__main__":
    raise SystemExit(main())
