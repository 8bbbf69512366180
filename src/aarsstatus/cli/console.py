"""Talk to the person at the terminal: exit statuses, streams, steps of long work, names of files."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rich.console import Console

from aarsstatus.interruption import silence
from aarsstatus.privacy import mask

__all__ = ["BAD_INPUT", "DONE", "FINDINGS", "path_from_here", "prepare_streams", "say", "steps"]

DONE, FINDINGS, BAD_INPUT = 0, 1, 2
"""Exit statuses: all is well; something to look at, nothing broken; bad input or usage."""


def say(message: str) -> None:
    """Say what went wrong, without repeating a person number."""
    with suppress(OSError):  # when that cannot be written either, the exit status is all there is to say
        print(mask(message), file=sys.stderr)


@contextmanager
def steps(what: str, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show each step as it begins: in place on a terminal, as plain lines elsewhere."""
    if quiet:
        yield lambda _: None
    elif sys.stderr.isatty():
        with Console(stderr=True).status(what) as status:
            yield lambda text: status.update(f"{what}: {text} …")
    else:
        yield lambda text: _print_step(f"{what}: {text}")


def _print_step(line: str) -> None:
    """Print what is done now. When nobody listens any more, the work goes on, and nothing is said from then on."""
    try:
        print(line, file=sys.stderr, flush=True)
    except OSError:
        silence(sys.stderr)


def path_from_here(path: Path) -> str:
    """Return a path as a person would type it from the current folder."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def prepare_streams() -> None:
    """Make the standard streams speak UTF-8, and open those that we were started without.

    Where names of files are ASCII the program begins again: a folder called »årsstatus« would have one that nothing
    can write. Python says UTF-8 by itself in the C locale, unless ``PYTHONUTF8=0`` and the like tell it not to.
    """
    if sys.getfilesystemencoding() == "ascii":
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 - this very program
    for output in (sys.stdout, sys.stderr):
        if hasattr(output, "reconfigure"):
            output.reconfigure(encoding="utf-8", errors="replace")
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # or the next file that is opened would take its place, here and in programs
            stream = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115, PTH123 - as long as we run
            os.set_inheritable(stream.fileno(), True)
            setattr(sys, name, stream)
