"""The supply chain: locks that pin every file, licences that fit the locks, and a bundle's bill of materials."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import cyclonedx.schema
import jsonschema
import pytest
from conftest import ROOT
from cyclonedx.model.bom import Bom
from license_expression import get_spdx_licensing
from referencing import Registry, Resource

from aarsstatus.bundle import sbom
from aarsstatus.bundle.sbom import CARRIED, LICENCES
from aarsstatus.figures.collection import Figures
from aarsstatus.project import Project
from aarsstatus.release import manifest
from aarsstatus.release.manifest import Manifest
from aarsstatus.release.packages import folded, read_lock
from aarsstatus.release.reading import Finished

LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))
EMBEDDED = {"name": "embedded", "version": "pandoc 3.9, typst 0.15.2"}


# -- the locks --------------------------------------------------------------------------------------------------


def test_there_are_three_locks() -> None:
    assert LOCKS == ["requirements-dev.lock", "requirements-proof.lock", "requirements.lock"]


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_one_version_with_hashes(name: str) -> None:
    every = read_lock((ROOT / name).read_text(encoding="utf-8"))
    assert len(every) > 50
    assert [one.name for one in every if not one.hashes] == []
    assert [one.name for one in every if not one.via] == []
    assert len({(one.name, one.version) for one in every}) == len(every)


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_names_a_host(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"(?m)^\s*-(?!-hash=sha256:)", text), "an option such as --index-url"
    assert " @ " not in text, "a requirement by address"
    assert not re.search(r"(?m)^[^#\n]*\w\.(com|org|net|io|dk|dev)\b", text)


def test_a_package_has_the_same_versions_in_every_lock() -> None:
    versions = {
        name: {(one.name, one.version): one for one in read_lock((ROOT / name).read_text(encoding="utf-8"))}
        for name in LOCKS
    }
    small, more, most = (versions[name] for name in ("requirements.lock", "requirements-dev.lock", LOCKS[1]))
    assert small.keys() <= more.keys() <= most.keys()
    assert all(more[key].hashes == one.hashes for key, one in small.items())
    assert all(most[key].hashes == one.hashes for key, one in more.items())


def test_installation_checks_hashes_and_builds_nothing() -> None:
    """Every line that installs from an index does so by hash; the package itself comes from here, without an index."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if "pip install" in line]
    assert len(lines) >= 4
    for line in lines:
        by_hash = "--require-hashes" in line and "--only-binary :all:" in line and ".lock" in line
        here = "--no-index" in line and "--no-deps" in line
        lab = "jupyterlab" in line  # an editor of one's own choice; no part of a build
        assert by_hash or here or lab, line


def test_a_lock_is_read_whole() -> None:
    text = (
        "a-b==1.0 ; sys_platform == 'win32' \\\n    --hash=sha256:" + "0" * 64 + " \\\n    --hash=sha256:" + "1" * 64
        + "\n    # via aarsstatus (pyproject.toml)\nC_d[x]==2.0+local \\\n    --hash=sha256:" + "2" * 64
        + "\n    # via\n    #   -c requirements.lock\n    #   a-b\n    #   e\n"
    )  # fmt: skip
    first, second = read_lock(text)
    assert (first.name, first.version, first.marker, first.line) == ("a-b", "1.0", "sys_platform == 'win32'", 1)
    assert first.hashes == ("0" * 64, "1" * 64)
    assert first.via == ("aarsstatus",)
    assert (second.name, second.version, second.marker, second.line) == ("c-d", "2.0+local", "", 5)
    assert second.hashes == ("2" * 64,)
    assert second.via == ("a-b", "e")


@pytest.mark.parametrize(
    "line",
    [
        "--index-url somewhere",
        "a>=1",
        "a @ file:///x",
        "-e .",
        "a",
        "a==1 \\\n    --hash=md5:00",
        "--hash=sha256:" + "0" * 64,
    ],
)
def test_what_is_no_part_of_a_lock_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"line \d is no part of a lock"):
        read_lock(f"{line}\n")


# -- licences ---------------------------------------------------------------------------------------------------


def tool(name: str) -> Any:
    """A script of ``tools/``, as a module."""
    found = importlib.util.spec_from_file_location(f"tools_{name}", ROOT / "tools" / f"{name}.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[found.name] = module  # dataclasses look there
    found.loader.exec_module(module)
    return module


copyleft, spdx = tool("licences").copyleft, tool("licences").spdx


def test_the_licences_fit_the_locks(capsys: pytest.CaptureFixture[str]) -> None:
    assert tool("licences").main(["--check"]) == 0, capsys.readouterr().err


def test_a_lock_that_moved_on_is_noticed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    module = tool("licences")
    added = module.locked()
    first, *rest = added["requirements.lock"]
    added["requirements.lock"] = [dataclasses.replace(first, version="99"), *rest]
    monkeypatch.setattr(module, "locked", lambda: added)
    assert module.main(["--check"]) == 1
    assert f"{first.name} 99" in capsys.readouterr().err


def test_every_licence_is_an_spdx_expression() -> None:
    known = get_spdx_licensing()
    for licence in {*LICENCES.values(), *(part.licence for part in CARRIED)}:
        assert known.validate(licence).errors == [], licence


def test_copyleft_is_named() -> None:
    """Each is on the page with what it means to pass it on; pandoc's is the one that matters."""
    page = (ROOT / "docs" / "licenser.md").read_text(encoding="utf-8")
    assert "**pandoc (GPL-2.0-or-later)**" in page
    for (name, _), licence in LICENCES.items():
        if copyleft(licence):
            assert f"| {name} | {licence} |" in page
    assert {part.name for part in CARRIED if copyleft(part.licence)} >= {"pandoc", "libgfortran", "libzmq", "pydevd"}


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ("GPL-2.0-or-later", True), ("MIT", False), ("MPL-2.0 AND MIT", True), ("MIT OR GPL-2.0-only", False),
        ("FTL OR GPL-2.0-or-later", False), ("EPL-1.0", True), ("LGPL-2.1-or-later", True), ("MIT-CMU", False),
        ("AGPL-3.0-only OR GPL-3.0-only", True), ("GPL-3.0-or-later WITH GCC-exception-3.1", True),
    ],
)  # fmt: skip
def test_copyleft(licence: str, expected: bool) -> None:
    assert copyleft(licence) is expected


def test_a_licence_is_told_from_what_a_package_says() -> None:
    assert spdx("a", "MIT AND PSF-2.0", "", (), "") == "MIT AND PSF-2.0"
    assert spdx("a", None, "Apache 2.0", (), "") == "Apache-2.0"
    assert spdx("a", None, "UNKNOWN", ("ISC License (ISCL)",), "") == "ISC"
    three = "Redistributions of source code must\nretain the above … endorse or promote products"
    assert spdx("a", None, "BSD", ("BSD License",), three) == "BSD-3-Clause"
    assert spdx("a", None, "", ("BSD License",), three.partition(" …")[0]) == "BSD-2-Clause"
    assert spdx("a", None, "", (), "Permission is hereby granted, free of charge, to any person") == "MIT"
    with pytest.raises(ValueError, match="no licence can be told"):
        spdx("a", None, "BSD", ("BSD License",), "")


# -- the bill of materials --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def build() -> Finished:
    """As much of a build as the bill is made from: what is installed here, and the lock."""
    lock = (ROOT / "requirements.lock").read_bytes()
    described = {
        "manifest": 2, "year": 2025, "engine": EMBEDDED, "python": "3.11.7", "outputs": {},
        "options": {"compare": None, "figures": "published", "formats": ("html",)},
        "packages": manifest.describe(Project(ROOT), 2025, {}, EMBEDDED)["packages"],
        "inputs": {"_extensions/notat/fonts/OpenSans-Bold.ttf": "0" * 64, "_extensions/notat/fonts/NOTICE": "1" * 64},
    }  # fmt: skip
    return Finished("2025", Manifest.model_validate(described), {}, {"requirements.lock": lock}, Figures([]))


def other(build: Finished, **changes: Any) -> Finished:
    return dataclasses.replace(build, manifest=Manifest.model_validate({**build.manifest.model_dump(), **changes}))


@pytest.fixture(scope="module")
def bill(build: Finished) -> dict[str, Any]:
    return dict(json.loads(sbom.sbom(build)))


def named(bill: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(one["name"], one.get("version", "")): one for one in bill["components"]}


def test_it_is_valid_cyclonedx(bill: dict[str, Any]) -> None:
    folder = Path(cyclonedx.schema.__file__).parent / "_res"
    names = ("bom-1.6.SNAPSHOT.schema.json", "spdx.SNAPSHOT.schema.json", "jsf-0.82.SNAPSHOT.schema.json")
    schemas = {name: json.loads((folder / name).read_text(encoding="utf-8")) for name in names}
    base = schemas[names[0]]["$id"]
    registry: Any = Registry().with_resources(
        (urljoin(base, name), Resource.from_contents(one)) for name, one in schemas.items()
    )
    validator = jsonschema.Draft7Validator(schemas[names[0]], registry=registry)
    assert [error.message for error in validator.iter_errors(bill)] == []
    wrong = {**bill, "serialNumber": "7", "components": [{**bill["components"][0], "scope": "perhaps"}]}
    assert len(list(validator.iter_errors(wrong))) == 2, "the schema refuses what is wrong"


def test_the_well_kept_library_reads_it(bill: dict[str, Any]) -> None:
    read: Any = Bom.from_json(bill)  # type: ignore[attr-defined]
    assert {(one.name, one.version or "") for one in read.components} == set(named(bill))
    assert read.validate()


def test_it_has_what_is_installed_and_what_the_lock_allows(bill: dict[str, Any], build: Finished) -> None:
    components = named(bill)
    every = read_lock(build.inputs["requirements.lock"].decode())
    for one in every:
        component = components[one.name, one.version]
        assert component["purl"] == f"pkg:pypi/{one.name}@{one.version}"
        assert component["licenses"]
        (reference,) = component["externalReferences"]
        assert tuple(known["content"] for known in reference["hashes"]) == one.hashes
        here = {folded(name): version for name, version in build.manifest.packages.items()}
        assert component["scope"] == ("required" if here.get(one.name) == one.version else "optional")
    assert {one["scope"] for one in bill["components"]} == {"required", "optional"}


def test_pandoc_and_typst_are_what_they_are(bill: dict[str, Any]) -> None:
    inside = {
        part["name"]: part
        for one in bill["components"]
        if one["scope"] == "required"
        for part in one.get("components", [])
    }
    assert inside["pandoc"]["licenses"] == [{"license": {"id": "GPL-2.0-or-later"}}]
    assert inside["pandoc"]["version"] == "3.9"
    assert inside["typst"]["licenses"] == [{"license": {"id": "Apache-2.0"}}]
    assert inside["typst"]["version"] == dict(re.findall(r"(\w+) ([\d.]+)", EMBEDDED["version"]))["typst"]
    assert inside["libgfortran"]["licenses"] == [{"expression": "GPL-3.0-or-later WITH GCC-exception-3.1"}]


def test_python_the_typeface_and_quarto_are_in_it(bill: dict[str, Any], build: Finished) -> None:
    assert named(bill)["cpython", "3.11.7"]["type"] == "platform"
    assert named(bill)["OpenSans-Bold.ttf", ""]["hashes"] == [{"alg": "SHA-256", "content": "0" * 64}]
    assert not [one for one in bill["components"] if one["name"] in {"NOTICE", "quarto"}]
    rendered = other(build, engine={"name": "quarto", "version": "quarto 1.10.18"})
    assert named(dict(json.loads(sbom.sbom(rendered))))["quarto", "1.10.18"]["type"] == "application"


def test_who_needs_whom_is_in_it(bill: dict[str, Any]) -> None:
    needs = {one["ref"]: one["dependsOn"] for one in bill["dependencies"]}
    refs = {one["bom-ref"] for one in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    assert needs.keys() == refs
    assert {ref for found in needs.values() for ref in found} <= refs
    direct = {ref.partition("@")[0] for ref in needs[bill["metadata"]["component"]["bom-ref"]]}
    assert {"pkg:pypi/papermill", "pkg:pypi/typst", "pkg:pypi/pypandoc-binary"} <= direct
    (nbformat,) = (found for ref, found in needs.items() if ref.startswith("pkg:pypi/nbformat@"))
    assert any(ref.startswith("pkg:pypi/jsonschema@") for ref in nbformat)


def test_no_time_no_chance_no_address(build: Finished) -> None:
    once, again = sbom.sbom(build), sbom.sbom(build)
    assert once == again
    assert b"timestamp" not in once
    assert b"://" not in once
    reordered = other(build, packages=dict(reversed(build.manifest.packages.items())))
    assert sbom.sbom(reordered) == once


def test_other_content_has_another_serial_number(build: Finished, bill: dict[str, Any]) -> None:
    later = json.loads(sbom.sbom(other(build, python="3.14.0")))
    assert later["serialNumber"] != bill["serialNumber"]
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", later["serialNumber"])


def test_a_version_that_is_not_the_locks_has_neither_its_hashes_nor_its_licence(build: Finished) -> None:
    packages = {**build.manifest.packages, "nbformat": "1.2.3+lokal"}
    components = named(dict(json.loads(sbom.sbom(other(build, packages=packages)))))
    assert [version for name, version in components if name == "nbformat"] == ["1.2.3+lokal"]
    odd = components["nbformat", "1.2.3+lokal"]
    assert odd["scope"] == "required"
    assert odd["purl"] == "pkg:pypi/nbformat@1.2.3%2Blokal"
    assert not {"licenses", "externalReferences"} & odd.keys()


def test_it_fits_its_build_and_no_other(build: Finished) -> None:
    content = sbom.sbom(build)
    assert sbom.fits(content, build)
    assert not sbom.fits(content, other(build, packages={**build.manifest.packages, "nbformat": "1.2.3"}))
    lock = build.inputs["requirements.lock"] + b"\n"
    assert not sbom.fits(content, dataclasses.replace(build, inputs={"requirements.lock": lock}))
    assert not sbom.fits(content.replace(b'"GPL-2.0-or-later"', b'"MIT"'), build), "touched"
    for broken in (b"", b"[]", b"{}", b"\xff", b'{"serialNumber": 1}'):
        assert not sbom.fits(broken, build)


# -- known vulnerabilities --------------------------------------------------------------------------------------


def record(name: str, **affected: Any) -> dict[str, Any]:
    """An advisory as the OSV format has it."""
    return {"id": "PYSEC-0000-1", "affected": [{"package": {"ecosystem": "PyPI", "name": name}, **affected}]}


def between(*events: dict[str, str]) -> dict[str, Any]:
    return {"ranges": [{"type": "ECOSYSTEM", "events": list(events)}]}


@pytest.mark.parametrize(
    ("affected", "inside", "outside"),
    [
        (between({"introduced": "0"}, {"fixed": "1.10"}), ["0.1", "1.9", "1.10rc1"], ["1.10", "2"]),
        (between({"introduced": "1.2"}, {"last_affected": "1.4"}), ["1.2", "1.4"], ["1.1", "1.4.1"]),
        (
            between({"introduced": "0"}, {"fixed": "1"}, {"introduced": "2"}, {"fixed": "3"}),
            ["0.5", "2.5"],
            ["1.5", "3"],
        ),
        (between({"fixed": "3"}, {"introduced": "2"}), ["2"], ["1", "3"]),
        (between({"introduced": "0"}), ["0", "99"], []),
        ({"versions": ["1.0", "ikke en version"]}, ["1.0", "1.0.0"], ["1.0.1"]),
        ({"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}, [], ["1"]),
        ({}, [], ["1"]),
    ],
)
def test_an_advisory_affects_the_versions_it_says(
    affected: dict[str, Any], inside: list[str], outside: list[str]
) -> None:
    affects = tool("audit").affects
    assert [version for version in inside if not affects(affected, version)] == []
    assert [version for version in outside if affects(affected, version)] == []


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_advisories_at_hand(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the locks have is looked up; a withdrawn advisory, another ecosystem's and another version's do not count."""
    version = next(version for name, version in LICENCES if name == "papermill")
    withdrawn = record("nbformat", **between({"introduced": "0"})) | {"withdrawn": "2020-01-01T00:00:00Z"}
    npm = record("nbformat", **between({"introduced": "0"}))
    npm["affected"][0]["package"]["ecosystem"] = "npm"
    files = {
        "a.json": record("PaperMill", **between({"introduced": "0"}, {"fixed": "999"})),
        "b.json": withdrawn, "c.json": npm, "d.json": record("nbformat", **between({"introduced": "0"}, {"fixed": "0.1"})),
    }  # fmt: skip
    source = tmp_path / "advisories"
    if kind == "folder":
        source.mkdir()
        for name, one in files.items():
            (source / name).write_text(json.dumps(one), encoding="utf-8")
    else:
        with zipfile.ZipFile(source, "w") as archive:
            for name, one in files.items():
                archive.writestr(name, json.dumps(one))
    assert tool("audit").main(["--advisories", str(source)]) == 1
    said = capsys.readouterr().out
    assert f"papermill {version}: PYSEC-0000-1; mended in 999" in said
    assert "nbformat" not in said
    count = len(LICENCES)
    assert f"{count} of {count} locked packages checked, 1 known" in said


def test_no_known_vulnerability_is_a_clean_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.json").write_text(json.dumps(record("findes-ikke", versions=["1"])), encoding="utf-8")
    assert tool("audit").main(["--advisories", str(tmp_path)]) == 0
    assert "0 known vulnerabilities" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"id": 7}', "ikke json"])
def test_what_is_no_advisory_is_no_clean_answer(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.json").write_text(content, encoding="utf-8")
    assert tool("audit").main(["--advisories", str(tmp_path)]) == 2
    assert "NOTHING WAS CHECKED" in capsys.readouterr().err


def test_an_empty_or_missing_source_is_no_clean_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for source in (tmp_path, tmp_path / "findes-ikke"):
        assert tool("audit").main(["--advisories", str(source)]) == 2
        assert "NOTHING WAS CHECKED" in capsys.readouterr().err


def test_what_pip_audit_skips_is_not_checked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By itself it exits with 0 and "No known vulnerabilities found" when the service knew none of the packages."""
    module = tool("audit")
    monkeypatch.setattr(module, "locked", lambda _: [("a", "1"), ("b", "2"), ("c", "3")])
    told = [
        {"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": []}]},
        {"name": "b", "skip_reason": "Dependency not found"},
    ]
    monkeypatch.setattr(module, "from_service", lambda _, packages: module.judged(told, packages))
    assert module.main([]) == 2
    said = capsys.readouterr()
    assert "b 2: NOT CHECKED: Dependency not found" in said.err
    assert "c 3: NOT CHECKED" in said.err
    assert "a 1: X-1; no version mends it yet" in said.out
    assert "1 of 3 locked packages checked" in said.out


def test_pip_audit_asks_a_service_of_ones_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Against a service on this machine: what it knows is found, and one that fails is no clean answer."""
    pytest.importorskip("pip_audit", reason="pip-audit is installed by make audit")

    class Service(BaseHTTPRequestHandler):
        broken = False

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            known = {"vulns": [record("b", **between({"introduced": "0"}, {"fixed": "3"}))]}
            answer = json.dumps(known if asked["package"]["name"] == "b" else {}).encode()
            self.send_response(500 if self.broken else 200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has
            """Say nothing."""

    module = tool("audit")
    monkeypatch.setattr(module, "locked", lambda _: [("a", "1"), ("b", "1"), ("b", "2")])
    server = HTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/v1/query"
        assert module.main(["--osv-url", address]) == 1
        said = capsys.readouterr().out
        assert "b 1: PYSEC-0000-1; mended in 3" in said
        assert "b 2: PYSEC-0000-1; mended in 3" in said
        assert "3 of 3 locked packages checked" in said
        Service.broken = True
        assert module.main(["--osv-url", address]) == 2
        assert "NOTHING WAS CHECKED" in capsys.readouterr().err
    finally:
        server.shutdown()
        server.server_close()


def test_an_editable_installation_is_found_in_any_folder(tmp_path: Path) -> None:
    """A .pth file is read in the machine's code page: only ASCII is the same in all."""
    folder = tmp_path / "OneDrive - Københavns Kommune"
    (folder / "src").mkdir(parents=True)
    shutil.copytree(ROOT / "src" / "aarsstatus", folder / "src" / "aarsstatus")
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, folder)
    build = "import hatchling.build; print(hatchling.build.build_editable('.'))"
    done = subprocess.run([sys.executable, "-c", build], cwd=folder, capture_output=True, text=True, check=True)
    with zipfile.ZipFile(folder / done.stdout.split()[-1]) as wheel:
        lines = [wheel.read(name) for name in wheel.namelist() if name.endswith(".pth")]
        assert lines
        assert all(line.isascii() for line in lines)
