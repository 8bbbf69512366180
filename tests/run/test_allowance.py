"""What the system allows a process: too little is told before anything is begun."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows sets no such limits")

CHECK = "from aarsstatus.run.programs import *; import resource as r; require_allowance(); print(r.getrlimit(r.RLIMIT_NOFILE)[0])"


def said(limits: str) -> str:
    """Run the check in a process with less than usual."""
    command = f'ulimit {limits} && exec "{sys.executable}" -c "$0"'
    done = subprocess.run(["bash", "-c", command, CHECK], capture_output=True, text=True, encoding="utf-8", check=False)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def test_few_files_are_made_more_or_told_of() -> None:
    assert said("-S -n 64") == "96"
    assert said("-n 200") == "200"
    assert "lader kun programmet have 64 filer åbne på én gang, og det bruger op til 96" in said("-n 64")


def test_little_memory_is_told_of() -> None:
    assert "giver kun programmet 819 MB hukommelse" in said("-v 800000")
