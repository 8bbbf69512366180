"""What a build asks of the system: it writes in its output and in temporary files, and speaks with nobody else."""

from __future__ import annotations

import ipaddress
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import copy_project

CALLS = (
    "connect,bind,sendto,sendmsg,open,openat,openat2,creat,mkdir,mkdirat,mknod,mknodat,rename,renameat,renameat2,unlink,"
    "unlinkat,rmdir,link,linkat,symlink,symlinkat,truncate,chmod,fchmodat,chown,lchown,fchownat,utimensat,setxattr,mount"
)
_LINE = re.compile(r"\d+ +(?P<call>\w+)\((?P<given>.*)\) += (?P<result>-?\d+|\?)(?:<(?P<opened>[^>]*)>)?")
_PLACE = re.compile(r'(?:\w+<(?P<folder>[^>]*)>, )?"(?P<name>(?:[^"\\]|\\.)*)"')
_WRITES = re.compile(r"O_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND)\b")
_ADDRESS = re.compile(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"')
_DEVICES = re.compile(r"/dev/(?:null|tty|pts/\d+|shm/.*)|/proc/(?:self|\d+)/.*")


class Trace:
    """What the processes of a build asked the system for, and got."""

    def __init__(self, text: str, folder: Path) -> None:
        self.written: set[Path] = set()
        self.spoken: set[str] = set()
        self.calls = 0
        for match in filter(None, map(_LINE.match, _whole(text))):
            self.calls += 1
            call, given = match["call"], match["given"]
            if call in {"connect", "bind", "sendto", "sendmsg"}:
                self.spoken |= {one or other for one, other in _ADDRESS.findall(given)}
            elif match["result"].startswith("-"):
                continue
            elif call.startswith("open"):
                if _WRITES.search(given):
                    self.written.add(
                        Path(os.fsencode(match["opened"]).decode("unicode_escape").encode("latin-1").decode())
                    )
            else:
                self.written |= set(_places(given, folder))


def _whole(text: str) -> Iterator[str]:
    """Yield the calls, put together where another process came between."""
    begun: dict[str, str] = {}
    for line in text.splitlines():
        process, _, said = line.partition(" ")
        if said.endswith(" <unfinished ...>"):
            begun[process] = line.removesuffix(" <unfinished ...>")
        elif (resumed := re.match(r" *<\.\.\. \w+ resumed>", said)) is not None:
            yield begun.pop(process, process + " ?(") + said[resumed.end() :]
        else:
            yield line


def _places(given: str, folder: Path) -> Iterator[Path]:
    for match in _PLACE.finditer(given):
        name = match["name"].encode("latin-1").decode("unicode_escape").encode("latin-1").decode("utf-8")
        yield Path(match["folder"] or folder, name)


def traced(command: list[str], folder: Path, log: Path, environment: dict[str, str]) -> Trace:
    """Run a command, and return what it asked for."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not there to see what a process asks for")
    strace = ["strace", "--seccomp-bpf", "-f", "-qq", "-y", "-s", "4096", "-e", f"trace={CALLS}", "-o", str(log)]
    if subprocess.run([*strace, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody see what a process asks for")
    done = subprocess.run(
        [*strace, *command], cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return Trace(log.read_text(encoding="utf-8", errors="replace"), folder)


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> tuple[Trace, Path]:
    base = tmp_path_factory.mktemp("spor")
    project = copy_project(base / "projekt")
    scratch = base / "midlertidigt"
    scratch.mkdir()
    environment = {**os.environ, "TMPDIR": str(scratch), "HOME": str(base / "hjem")}
    command = [
        sys.executable,
        "-m",
        "aarsstatus",
        "build",
        "2025",
        "--engine",
        "embedded",
        "--output",
        str(base / "færdig"),
    ]
    return traced(command, project.root, base / "spor.txt", environment), base


def test_it_writes_in_its_output_and_in_temporary_files(trace: tuple[Trace, Path]) -> None:
    """Besides that, Python keeps what it has compiled, and matplotlib the list of fonts, with the installed packages."""
    seen, base = trace
    ours = (base / "færdig", base / "midlertidigt", Path(sys.prefix, "var", "aarsstatus", "matplotlib"))
    outside = [
        str(path)
        for path in sorted(seen.written)
        if not any(path.is_relative_to(one) for one in ours)
        and "__pycache__" not in path.parts
        and not _DEVICES.fullmatch(str(path))
    ]
    assert outside == []
    assert any(path.is_relative_to(base / "færdig") for path in seen.written), "it has seen the build write"
    assert any(path.is_relative_to(base / "midlertidigt") for path in seen.written)


def test_it_speaks_with_nobody_outside_the_machine(trace: tuple[Trace, Path]) -> None:
    seen, _ = trace
    assert seen.calls > 1000
    assert [one for one in seen.spoken if not ipaddress.ip_address(one).is_loopback] == []


def test_what_goes_elsewhere_is_seen(tmp_path: Path) -> None:
    """The judge itself: a file beside, one that is begun by a program, and an address of another machine."""
    program = (
        "import socket, pathlib, subprocess\n"
        "pathlib.Path('ved siden af').write_text('x')\n"
        "subprocess.run(['mkdir', 'æske'])\n"
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.7', 9))\n"
        "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).connect(('::1', 9))\n"
    )
    seen = traced([sys.executable, "-c", program], tmp_path, tmp_path / "spor.txt", dict(os.environ))
    assert {tmp_path / "ved siden af", tmp_path / "æske"} <= seen.written
    assert "192.0.2.7" in seen.spoken
