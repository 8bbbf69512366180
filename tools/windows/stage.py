"""See that Windows comes to the same bytes as this machine; ``make windows`` calls it.

A Windows Python is set up (`windows-python`, beside this file) in a folder of the user's cache, and the lock is
installed in it. Then the guide is walked through twice, here and there, each in a copy of the project in a folder with
a name as analysts have them, and all that comes of it is compared. Each verifies the other's bundle. At last the tests
that touch paths, files, processes, encodings and the console are run there.

Exit status: 0 all is the same, or no Windows Python can be made here, which is said; 1 something differs or fails.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock
from marching import FINDS, made_up, walk, write_extracts

from aarsstatus.project import Project

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
TOOL = str(HERE / "windows-python")
PLACE = Path("OneDrive - Københavns Kommune", "Årsstatus (æøå) & co")
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "output", "raw", "mutants", "build", "dist")
NO_WINDOWS = 77
"""What `windows-python setup` ends with where none can be made."""
PLATFORMS_OWN = {"manifest.json", "aarsstatus-2025.zip"}
"""What names the platform: the manifest, and the bundle that holds it."""

FINGERPRINT = re.compile(rb"<!-- [0-9a-f]{64} -->\n$")
"""The last line of an index: the hash of all that it was made from, the manifests too."""

LIMIT = {"AARSSTATUS_TIDSGRAENSE": "200"}
NOT_STARTED = "var ikke i gang efter"
"""What a build says of a notebook whose Python did not start within the limit."""

BEYOND_THE_GUIDE = (
    ["--help"],
    ["verify"],
    ["check", "2025"],
    ["build", "2025"],
    ["explain", "2025.BUF.total.weighted_attainment"],
    ["bundle", "2025"],
)
TESTS = (
    "tests/cli/test_cli.py",
    "tests/cli/test_menu.py",
    "tests/extracts/test_sums.py",
    "tests/inputs/test_data.py",
    "tests/inputs/test_inputs.py",
    "tests/inputs/test_logo.py",
    "tests/inputs/test_new_year.py",
    "tests/inputs/test_params.py",
    "tests/run/test_programs.py",
    "tests/test_danish.py",
    "tests/test_markdown.py",
    "tests/test_privacy.py",
)
"""What touches paths, files, processes, encodings and the console, and builds no report: the march does that."""


class DifferentError(Exception):
    """What Windows does otherwise than this machine."""


@contextmanager
def step(words: str) -> Iterator[None]:
    """Tell of a step by a line with its seconds; of a step that fails, too."""
    began = time.monotonic()
    try:
        yield
    finally:
        print(f"{time.monotonic() - began:4.0f} s  {words}", flush=True)


@dataclass(frozen=True)
class Machine:
    """A copy of the project, and what runs aarsstatus in it."""

    name: str
    project: Project
    command: Sequence[str]
    separator: str
    environment: Mapping[str, str]

    def run(self, words: Sequence[str]) -> str:
        """Run one command of aarsstatus, and return what it said, with paths as they are here."""
        if words[0] == "build":
            words = [*words, "--engine", "embedded"]  # there is no Quarto for Windows here
        with step(f"{self.name}: aarsstatus {' '.join(words)}"):
            for _ in range(2):
                done = subprocess.run(
                    [*self.command, *(word.replace("/", self.separator) for word in words)],
                    cwd=self.project.root, env={**os.environ, **self.environment},
                    stdin=subprocess.DEVNULL, capture_output=True, check=False,
                )  # fmt: skip
                said = (done.stdout + done.stderr).decode("utf-8").replace("\r\n", "\n")
                # On a busy machine Wine may fail to start a program: aarsstatus, which then says nothing, or the Python
                # of a notebook, of which aarsstatus tells.
                if said and NOT_STARTED not in said:
                    break
        if done.returncode not in FINDS.get(words[0], {0}):
            raise DifferentError(f"it ended with {done.returncode}:\n{said}")
        return re.sub(r"færdig på [\d,]+ s", "færdig", said.replace(self.separator, "/"))

    def march(self, extracts: Path) -> dict[str, str]:
        """Do what the guide leaves out, then walk through it; return what each command said."""
        said = {}

        def run(words: list[str]) -> None:
            said[" ".join(words)] = self.run(words)

        for words in BEYOND_THE_GUIDE:
            run(words)
        shutil.copytree(extracts, self.project.data / "raw", dirs_exist_ok=True)
        walk(self.project, run)
        return said

    def files(self) -> dict[str, bytes]:
        """Return what the commands made, by name, but what names the platform."""
        folders = (self.project.output, self.project.root / "rettet", self.project.data, self.project.params)
        return {
            path.relative_to(self.project.root).as_posix(): FINGERPRINT.sub(b"", path.read_bytes())
            for folder in folders
            for path in folder.rglob("*")
            if path.is_file() and path.name not in PLATFORMS_OWN and path.suffix != ".lock"
        }


def windows_python(*arguments: str | Path, check: bool = True) -> int:
    """Call `windows-python`, whose lines are shown as they come."""
    # Its Python must be 3.11: this one, or Debian's.
    python = sys.executable if sys.version_info[:2] == (3, 11) else "python3.11"
    done = subprocess.run([TOOL, *arguments], env={**os.environ, "PYTHON": python}, check=False)
    if check and done.returncode:
        raise DifferentError(f"windows-python {arguments[0]} ended with {done.returncode}")
    return done.returncode


def copy_of_the_project(folder: Path) -> Project:
    """Copy the project into a folder with a name as analysts have them."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT, folder / PLACE, ignore=LEFT_OUT)
    return Project(folder / PLACE)


def difference(one: bytes | None, other: bytes | None) -> str:
    """Say where a file from here and the same from Windows part; empty when they do not."""
    if one == other:
        return ""
    if one is None or other is None:
        return "is made here only" if other is None else "is made on Windows only"
    if one.replace(b"\r\n", b"\n") == other.replace(b"\r\n", b"\n"):
        return "differs in its line ends"
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"differs from byte {at} of {len(one)}: {one[at : at + 60]!r}, on Windows {other[at : at + 60]!r}"


def differences(here: Mapping[str, bytes], there: Mapping[str, bytes]) -> Iterator[str]:
    """Yield a line for each file that is not the same here and on Windows."""
    for name in sorted(here.keys() | there.keys()):
        if how := difference(here.get(name), there.get(name)):
            yield f"{name} {how}"


def compare(linux: Machine, windows: Machine, extracts: Path) -> None:
    """March on both machines, and compare what comes of it and what is said; each verifies the other's bundle."""
    here, there = linux.march(extracts), windows.march(extracts)
    found = [
        f"aarsstatus {words} says\n{said}on Windows:\n{there[words]}"
        for words, said in here.items()
        if said != there[words]
    ]
    found += differences(linux.files(), windows.files())
    for one, other in ((linux, windows), (windows, linux)):
        name = f"output/fra-{other.name}.zip"
        shutil.copy(other.project.output / "aarsstatus-2025.zip", one.project.root / name)
        one.run(["verify", name, "--yes"])
    if found:
        raise DifferentError("\n".join(found))
    print(f"        {len(linux.files())} files are the same, byte for byte")


def main() -> int:
    """Set up, compare and test."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "aarsstatus-windows"
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / "lock"):
        python = cache / "python"
        if windows_python("setup", python, check=False) == NO_WINDOWS:
            print("make windows: skipped")
            return 0
        linux = copy_of_the_project(cache / "linux")
        windows = copy_of_the_project(cache / "windows")
        extracts = cache / "raw"
        shutil.rmtree(extracts, ignore_errors=True)
        write_extracts(extracts, made_up(linux))
        try:
            windows_python("install", python, windows.root)
            source = {"PYTHONPATH": str(linux.root / "src")}
            compare(
                Machine("Linux", linux, (sys.executable, "-m", "aarsstatus"), "/", source),
                Machine("Windows", windows, (TOOL, "run", str(python), str(windows.root)), "\\", LIMIT),
                extracts,
            )
            windows = copy_of_the_project(cache / "windows")  # without the march's new year
            windows_python("install", python, windows.root, "requirements-dev.lock")
            with step("Windows: pytest"):
                options = ("-q", "-p", "no:cacheprovider", "-o", "addopts=", "-m", "not slow")
                windows_python("python", python, windows.root, "-m", "pytest", *options, *TESTS)
        except DifferentError as error:
            print(f"make windows: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
