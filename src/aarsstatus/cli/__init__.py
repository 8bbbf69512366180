"""Run the command line: find the command, and answer with its exit status.

Each command is a module of this folder with its description, examples, `add_options` and `run`; it is loaded by its
name when it is asked for. What a person reads is Danish.

Exit status: 0 done; 1 findings; 2 bad input or usage; 130 interrupted by Ctrl-C, 143 by the system.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from aarsstatus.cli.console import BAD_INPUT, DONE, parse, prepare_streams, say
from aarsstatus.interruption import listening, silence
from aarsstatus.problems import BuildError, InputError, reason
from aarsstatus.run.programs import require_allowance

INTERRUPTED = 128
"""Added to a signal's number, this is the exit status when one ended the command, as shells have it."""


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status. No traceback reaches an analyst."""
    parsed = parse(arguments)
    try:
        require_allowance()
        with listening():
            status: int = import_module(f"{__name__}.{parsed.command}").run(parsed)
            sys.stdout.flush()  # output that cannot be written is told of here, and not by Python when it ends
    except (InputError, BuildError) as error:
        say(str(error))
        return BAD_INPUT
    except KeyboardInterrupt as interrupted:
        untouched = "; det seneste færdige notat er urørt" if parsed.command == "build" else ""
        say(f"afbrudt{untouched}. Kør kommandoen igen, når det passer")
        return INTERRUPTED + getattr(interrupted, "number", 2)
    except OSError as error:
        if _nobody_reads(error):
            return DONE
        say(f"{error.filename or 'systemet'}: {reason(error)}")
        return BAD_INPUT
    return status


def _nobody_reads(error: OSError) -> bool:
    """Tell whether the reader of our output has closed it, as `head` does.

    Windows calls that an invalid argument.
    """
    return isinstance(error, BrokenPipeError) or (
        sys.platform == "win32" and error.errno == errno.EINVAL and error.filename is None
    )


def main() -> NoReturn:
    """Run the command line, and end with its exit status."""
    prepare_streams()
    try:
        sys.exit(run(sys.argv[1:]))
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except OSError:  # dealt with already; Python would complain of it when it ends
                silence(stream)
