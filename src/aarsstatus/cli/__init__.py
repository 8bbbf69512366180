"""Run the command line: find the command, and answer its writer in Danish.

Each command is a module of this folder with its description, examples, `add_options` and `run`; it is loaded by its
name when it is asked for. What a person reads is Danish.

Exit status: 0 done; 1 findings; 2 bad input or usage; 130 interrupted by Ctrl-C, 143 by the system.
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from rich.console import Console

from aarsstatus import __version__
from aarsstatus.interruption import listening, silence
from aarsstatus.privacy import mask
from aarsstatus.problems import BuildError, InputError, near, reason
from aarsstatus.project import FIRST_YEAR, LAST_YEAR, is_nameable
from aarsstatus.run.programs import require_allowance
from aarsstatus.text import visible

DONE, FINDINGS, BAD_INPUT = 0, 1, 2
"""Exit statuses: all is well; something to look at, nothing broken; bad input or usage."""
INTERRUPTED = 128
"""Added to a signal's number, this is the exit status when one ended the command, as shells have it."""
YES = {"j", "ja"}
"""What somebody answers who means it."""
COMMANDS: Mapping[str, str] = {
    "new": "gør klar til et nyt år",
    "ingest": "læs registerudtræk ind",
    "check": "se, om et års parametre og data er i orden",
    "build": "lav notatet for et eller flere år",
    "verify": "regn alt efter, der er offentliggjort",
    "explain": "vis, hvor et tal kommer fra",
    "diff": "vis, hvad der er ændret mellem to udgaver, og hvorfor",
    "publish": "offentliggør et notat, eller ret et, der er offentliggjort",
    "bundle": "pak et færdigt notat med alt, der skal til for at lave det igen",
}
"""Each command and what it does, in the order of a year's work; the module of its name has the rest."""
_MEANT: Mapping[str, str] = {name: name for name in COMMANDS} | {
    "ny": "new", "indlæs": "ingest", "læs": "ingest", "tjek": "check", "byg": "build", "lav": "build",
    "efterprøv": "verify", "forklar": "explain", "sammenlign": "diff", "pak": "bundle",
    "udgiv": "publish", "offentliggør": "publish", "ret": "publish",
}  # fmt: skip
"""What people write, as the command that they mean."""
_DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(1, 10))}
"""What Windows takes for a screen, a printer or a port, in every folder and whatever follows a dot."""
_LONGEST = 1_000
"""Characters of a message about the command line, which may hold anything."""
_DANISH = {
    "usage: ": "brug: ",
    "positional arguments": "argumenter",
    "options": "valg",
    "subcommands": "kommandoer",
    "show this help message and exit": "vis denne hjælp",
    "%(prog)s: error: %(message)s\n": "%(prog)s: fejl: %(message)s\n",
    "the following arguments are required: %s": "der mangler: %s",
    "unrecognized arguments: %s": "ukendte argumenter: %s",
    "invalid choice: %(value)r (choose from %(choices)s)": "%(value)s kan ikke vælges (vælg mellem %(choices)s)",
    "invalid %(type)s value: %(value)r": "%(value)s er ikke %(type)s",
    "expected one argument": "skal have en værdi",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s kan være %(matches)s",
}
argparse._ = lambda text: _DANISH.get(text, text)  # type: ignore[attr-defined]  # its only way to be told a language


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


# -- the command line -----------------------------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    """A parser that never repeats a person number: a file's name may hold one."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line, and end."""
        super().error(visible(mask(message[:_LONGEST])))


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what a command line asks for; only the module of its command is loaded."""
    parser = _Parser(
        prog="aarsstatus",
        description="Laver årsstatussen for de særlige jobordninger ud fra data, og kan gøre rede for hvert tal i den.",
        epilog="Hver kommando har sin egen hjælp: aarsstatus build --help",
    )
    parser.add_argument("--version", action="version", version=f"aarsstatus {__version__}", help="vis versionen")
    commands = parser.add_subparsers(dest="command", metavar="KOMMANDO", required=True, title="kommandoer")
    asked = next((argument for argument in arguments if not argument.startswith("-")), None)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, formatter_class=argparse.RawDescriptionHelpFormatter)
        if name == asked:
            module = import_module(f"aarsstatus.cli.{name}")
            lines = "\n".join(f"  {line}" for line in module.EXAMPLES.replace("/", os.sep).splitlines())
            command.description, command.epilog = module.DESCRIPTION, f"eksempler:\n{lines}"
            module.add_options(command)
    if asked is not None and asked not in COMMANDS:
        meant = near(asked, _MEANT)
        hint = f"mente du »{_MEANT[meant]}«?" if meant else f"vælg mellem {', '.join(COMMANDS)}"
        parser.error(f"»{asked}« er ikke en kommando; {hint}")
    return parser.parse_args(arguments)


def a_year(text: str) -> int:
    """Read a year that there may be an årsstatus for."""
    if not (text.isascii() and text.isdecimal() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR):
        raise argparse.ArgumentTypeError(f"»{text}« er ikke et årstal fra {FIRST_YEAR} til {LAST_YEAR}")
    return int(text)


def year_or_bundle(text: str) -> int | Path:
    """Read a year, or the name of a bundle."""
    return a_path(text) if text.lower().endswith(".zip") else a_year(text)


def a_path(text: str) -> Path:
    """Read the name of a file or a folder."""
    if not text:
        raise argparse.ArgumentTypeError("navnet er tomt; skriv navnet på en fil eller en mappe")
    if not is_nameable(path := Path(text)):
        raise argparse.ArgumentTypeError(f"»{text}« har et navn, der ikke er skrevet i UTF-8; giv det et andet")
    names = {part.partition(".")[0].rstrip().upper() for part in path.parts}
    if sys.platform == "win32" and names & _DEVICES:
        raise argparse.ArgumentTypeError(f"»{text}« er et navn, som Windows bruger til en enhed; vælg et andet")
    return path


def path_ending_on(ending: str, text: str) -> Path:
    """Read the name of a file to write; refuse one of another kind.

    A slip of the hand would replace data.
    """
    path = a_path(text)
    if path.suffix.lower() != ending:
        raise argparse.ArgumentTypeError(f"»{text}« skal være en fil, hvis navn ender på {ending}")
    return path


def a_date(text: str) -> date:
    """Read a date as people or computers write it: 12-01-2027, 2027-01-12."""
    for form in ("%d-%m-%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a date has no time zone
        except ValueError:
            continue
    raise argparse.ArgumentTypeError(f"»{text}« er ikke en dato som 12-01-2027")


# -- the answer ---------------------------------------------------------------------------------------------


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
    """Print the current step; go on in silence when nobody listens any more."""
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
    """Make the standard streams UTF-8, and open those that are missing.

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
