"""Write a bundle's software bill of materials, in CycloneDX 1.6.

It says what the manifest and the lock in the same bundle say, in the form that other tools read. Nothing in it is a
time, a place or chance: the serial number is derived from the content, so the same build gives the same bytes.

``cyclonedx-python-lib`` stamps every document with the time and a random number, and would bring five packages into
the lock of everybody who makes a notat: the tests alone read and validate the document with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_OID, uuid5

from aarsstatus.files import packaged_rows
from aarsstatus.problems import InputError, Problem
from aarsstatus.release.manifest import digest
from aarsstatus.release.packages import Locked, folded, read_lock
from aarsstatus.release.reading import Finished

NAME = "sbom.cdx.json"
LOCK = "requirements.lock"
_FONTS = "_extensions/notat/fonts/"
_FONT_LICENCE = "Apache-2.0"
_LOCK_DIGEST = "aarsstatus:requirements.lock:sha256"

TABLE = Path(__file__).with_name("licences.csv")
"""Lies in every bundle, so that what one says of licences never depends on what is installed; `make licences`."""
COLUMNS = ("name", "version", "licence")

Component = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Carried:
    """Hold a program or library inside a package's wheel, under a licence of its own."""

    package: str
    name: str
    licence: str
    what: str


CARRIED = tuple(Carried(**row) for row in packaged_rows(Path(__file__).with_name("carried.csv")))
"""What the wheels' own licence files and folders of libraries show. Not every permissive part is listed; every part
under copyleft that was found is."""


LICENCES = {(row["name"], row["version"]): row["licence"] for row in packaged_rows(TABLE)}
"""Each locked package's licence (SPDX), by name and version."""


def sbom(build: Finished) -> bytes:
    """Return the bill of materials of a finished build that kept its inputs.

    Every package of the lock is in it: with the scope ``required`` and the version that was there when the build was
    made, or, where it is for another system or another Python, ``optional`` and the lock's version. A package that was
    there in another version than the lock's has neither the lock's hashes nor its licence.

    Raises
    ------
    InputError
        If it kept no lock, or one that is damaged.
    """
    try:
        locked = read_lock(build.inputs[LOCK].decode("utf-8"))
    except (KeyError, ValueError):
        where, why = f"{build.name}/{LOCK}", "listen over pakker mangler eller er beskadiget; hent den, og byg igen"
        raise InputError(Problem(where, why)) from None
    components = [*_packages(locked, build.manifest.packages, build.manifest.engine.version), *_around(build)]
    version = build.manifest.aarsstatus
    program = _component("application", "aarsstatus", version, f"pkg:generic/aarsstatus@{quote(version)}", "MIT")
    document: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "lifecycles": [{"phase": "build"}],
            "component": program,
            "properties": [
                {"name": "aarsstatus:year", "value": str(build.year)},
                {"name": _LOCK_DIGEST, "value": digest(build.inputs[LOCK])},
            ],
        },
        "components": sorted(components, key=lambda component: str(component["bom-ref"])),
        "dependencies": _dependencies(locked, components, program["bom-ref"]),
    }
    return _text({"serialNumber": _serial(document), **document})


def fits(content: bytes, build: Finished) -> bool:
    """Return whether a bill of materials is whole and is that of this build."""
    try:
        document = json.loads(content)
        number = document.pop("serialNumber")
        required = {
            component["name"]: component["version"]
            for component in document["components"]
            if component["scope"] == "required" and component["purl"].startswith("pkg:pypi/")
        }
        properties = {one["name"]: one["value"] for one in document["metadata"]["properties"]}
        return bool(
            number == _serial(document)
            and required == {folded(name): version for name, version in build.manifest.packages.items()}
            and properties[_LOCK_DIGEST] == digest(build.inputs[LOCK])
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False


def _packages(locked: Iterable[Locked], there: Mapping[str, str], engine: str) -> Iterator[Component]:
    """Yield a component for every package of the lock."""
    installed = {folded(name): version for name, version in there.items()}
    by_name: dict[str, list[Locked]] = {}
    for one in locked:
        by_name.setdefault(one.name, []).append(one)
    for name, ones in by_name.items():
        version = installed.get(name)
        for one in ones:
            if one.version == version:
                yield _package(name, one.version, "required", engine, one.hashes)
            elif version is None or len(ones) > 1:
                yield _package(name, one.version, "optional", engine, one.hashes)
        if version is not None and all(one.version != version for one in ones):
            yield _package(name, version, "required", engine, ())


def _package(name: str, version: str, scope: str, engine: str, hashes: tuple[str, ...]) -> Component:
    purl = f"pkg:pypi/{name}@{quote(version, safe='')}"
    licence = LICENCES.get((name, version), "") if hashes else ""
    made = _component("library", name, version, purl, licence, scope)
    if hashes:
        # The lock allows any of these files and does not tell which was installed, so they are no component's hashes.
        allowed = [{"alg": "SHA-256", "content": one} for one in hashes]
        said = f"Files that {LOCK} allows"
        made["externalReferences"] = [{"type": "distribution", "url": purl, "comment": said, "hashes": allowed}]
    inside = [_carried(part, made, engine) for part in CARRIED if part.package == name]
    if inside:
        made["components"] = inside
    return made


def _carried(part: Carried, package: Component, engine: str) -> Component:
    """Return a program or library inside a package, with its version if known."""
    own: str = package["version"] if part.name == part.package else ""
    known = dict(re.findall(r"(\S+) (\d[\w.]*)", engine)).get(part.name, own)
    kind = "application" if part.name in {"pandoc", "typst"} else "library"
    purl = f"pkg:generic/{part.name}" + (f"@{quote(known)}" if known else "")
    made = _component(kind, part.name, known, purl, part.licence, package["scope"])
    return {**made, "bom-ref": f"{package['purl']}#{part.name}"}


def _around(build: Finished) -> Iterator[Component]:
    """Yield what is no package: Python, Quarto where it rendered, the typeface."""
    python = build.manifest.python
    yield _component("platform", "cpython", python, f"pkg:generic/cpython@{quote(python)}", "PSF-2.0")
    if build.manifest.engine.name == "quarto":
        version = build.manifest.engine.version.rpartition(" ")[2]
        yield _component("application", "quarto", version, f"pkg:generic/quarto@{quote(version)}", "MIT")
    for name, known in build.manifest.inputs.items():
        if name.startswith(_FONTS) and name.endswith((".ttf", ".woff2")):
            file = name.removeprefix(_FONTS)
            made = _component("file", file, "", f"pkg:generic/open-sans#{quote(file)}", _FONT_LICENCE)
            yield {**made, "hashes": [{"alg": "SHA-256", "content": known}]}


def _component(kind: str, name: str, version: str, purl: str, licence: str, scope: str = "required") -> Component:
    made: Component = {"type": kind, "bom-ref": purl, "name": name, "scope": scope, "purl": purl}
    if version:
        made["version"] = version
    if licence:
        simple = re.fullmatch(r"[\w.-]+", licence)
        made["licenses"] = [{"license": {"id": licence}} if simple else {"expression": licence}]
    return made


def _dependencies(locked: Iterable[Locked], components: Iterable[Component], program: str) -> list[dict[str, Any]]:
    """Return who needs whom, as the lock says it."""
    refs: dict[str, list[str]] = {}
    for component in components:
        refs.setdefault(str(component["name"]), []).append(str(component["bom-ref"]))
    needs: dict[str, set[str]] = {program: set(), **{ref: set() for found in refs.values() for ref in found}}
    for one in locked:
        for wanting in one.via:
            for ref in [program] if wanting == "aarsstatus" else refs.get(wanting, []):
                needs[ref].update(refs.get(one.name, []))
    return [{"ref": ref, "dependsOn": sorted(found)} for ref, found in sorted(needs.items())]


def _serial(document: Mapping[str, Any]) -> str:
    """Return the serial number of a document: the same content has the same."""
    return f"urn:uuid:{uuid5(NAMESPACE_OID, _text(document).decode('utf-8'))}"


def _text(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
