"""The repository's own promises: the lock fits the package, no address anywhere, the documents fit the code."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from aarsstatus.cli import parse

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def tracked() -> list[Path]:
    done = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-") for requirement in requirements}


def locked(name: str) -> set[str]:
    return names(re.findall(r"(?m)^[\w.-]+(?===)", (ROOT / name).read_text(encoding="utf-8")))


def test_the_lock_holds_every_dependency() -> None:
    assert names(PROJECT["dependencies"]) <= locked("requirements.lock")
    assert names(PROJECT["optional-dependencies"]["dev"]) <= locked("requirements-dev.lock")
    assert names(PROJECT["optional-dependencies"]["proof"]) <= locked("requirements-proof.lock")
    assert locked("requirements.lock") <= locked("requirements-dev.lock") <= locked("requirements-proof.lock")


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_everything_locked_has_a_version_and_a_hash(lock: str) -> None:
    blocks = re.split(r"(?m)^(?=[\w.-]+==)", (ROOT / lock).read_text(encoding="utf-8"))[1:]
    assert len(blocks) > 40
    assert all("--hash=sha256:" in block for block in blocks)


def test_no_address_of_a_registry_or_a_download() -> None:
    """Namespaces that are only names are allowed; hosts to fetch from are not."""
    names_only = (
        "www.w3.org",
        "schemas.openxmlformats.org",
        "schemas.microsoft.com",
        "purl.org",
        "ns.adobe.com",
        "www.apache.org/licenses",
        "json-schema.org",
        "x.invalid",
        "127.0.0.1",  # what the tests plant, and hope that nothing asks for
    )
    text_files = {
        ".py",
        ".md",
        ".toml",
        ".yml",
        ".yaml",
        ".json",
        ".lock",
        ".lua",
        ".typ",
        ".css",
        ".html",
        ".csv",
        ".ipynb",
        "",
    }
    found = [
        f"{path.relative_to(ROOT)}: {address}"
        for path in tracked()
        if path.suffix in text_files
        for address in re.findall(r"https?://[\w.-]+[^\s\"'<>)]*", path.read_text(encoding="utf-8", errors="ignore"))
        if not address.partition("://")[2].startswith(names_only)
    ]
    assert found == []


def test_the_map_is_of_the_house_that_is_there() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "architecture.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("document", ["architecture.md", "robusthed.md", "metode.md"])
def test_every_module_that_a_document_names_exists(document: str) -> None:
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    places = (ROOT / "src" / "aarsstatus", ROOT, ROOT / "tests")
    named = set(re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.py)`", text)) - {"csv.py"}  # a file of somebody's own
    assert [name for name in sorted(named) if not any((place / name).is_file() for place in places)] == []


def test_every_dependency_is_explained() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").lower().replace("_", "-")
    extras = PROJECT["optional-dependencies"]
    wanted = names(PROJECT["dependencies"]) | names(extras["dev"]) | names(extras["proof"])
    stubs = {name for name in wanted if name.startswith("types-") or name.endswith("-stubs")}
    assert sorted(name for name in wanted - stubs if name not in text) == []


def test_links_in_the_readme_lead_somewhere() -> None:
    for name in ("README.md", "data/README.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            assert ((ROOT / name).parent / target).exists(), (name, target)


def test_commands_in_the_readme_are_real() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"(?m)^aarsstatus ([^#\n]+?)\s*(?:#.*)?$", text)
    assert len(commands) >= 5
    for command in commands:
        parse(command.split())


def test_a_clone_on_windows_holds_the_same_bytes(tmp_path: Path) -> None:
    """Git for Windows is set up to change line ends; a changed byte of an input is another notat."""
    files = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in tracked()}
    clone = tmp_path / "clone"
    for name, content in files.items():
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).write_bytes(content)

    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=clone, capture_output=True, check=True)

    git("init")
    git("-c", "core.autocrlf=true", "-c", "core.safecrlf=false", "add", "--all", "--force")
    for name in files:
        (clone / name).unlink()
    git("-c", "core.autocrlf=true", "checkout-index", "--all")
    assert [name for name, content in files.items() if (clone / name).read_bytes() != content] == []
    ends = {
        name: content.count(b"\r\n") == content.count(b"\n") for name, content in files.items() if b"\0" not in content
    }
    assert all(
        ends[name] == name.endswith((".cmd", ".bat")) for name, content in files.items() if name in ends and content
    )


def test_every_test_that_a_document_names_is_there() -> None:
    """An ellipsis stands for the rest of its name."""
    code = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")]
    there = " ".join(name for text in code for name in re.findall(r"def (test_\w+)", text))
    named = re.findall(r"`((?:…|test_)[a-z0-9_]+…?)`", (ROOT / "docs" / "robusthed.md").read_text(encoding="utf-8"))
    assert len(named) > 40
    patterns = {name: name.replace("…", r"\w*") for name in named}
    assert [name for name, pattern in patterns.items() if not re.search(rf"\b{pattern}\b", there)] == []
