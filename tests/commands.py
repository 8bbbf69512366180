"""Commands run in the tests' own process, which has loaded everything already."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from pathlib import Path

from aarsstatus.cli import run


def spoken(words: Sequence[str], folder: Path) -> tuple[int, str]:
    """Run a command in a folder; return its exit status and all that it said."""
    said = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            status = run(words)
        except SystemExit as end:  # argparse's own way, as after --help
            status = int(end.code or 0)
        return status, said.getvalue()
