"""The command line: ``aarsstatus new | ingest | check | build | verify | explain | diff | bundle``.

It is made with argparse, and everything heavier is in `commands`, which is loaded when there is a command to run:
asking for help costs a few hundredths of a second. What a person reads is Danish.

Exit status: 0 done; 1 findings; 2 bad input or usage; 130 interrupted by Ctrl-C, 143 by the system.
"""

from __future__ import annotations

import argparse
import os
import sys

from aarsstatus import __version__

TYPE_CHECKING = False  # as typing has it; importing that costs a tenth of the help page
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path
    from typing import NoReturn, TextIO

__all__ = ["main", "run", "silence"]

INTERRUPTED = 128
"""Added to a signal's number, this is the exit status when one ended the command, as shells have it."""
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


def _in_danish(text: str) -> str:
    """Return one of argparse's own texts in Danish; it asks for each by its English."""
    return _DANISH.get(text, text)


argparse._ = _in_danish  # type: ignore[attr-defined]  # argparse has no other way to be told its language


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help as wide as the terminal. argparse finds that out with shutil, whose compressors cost a fifth of the help."""

    def __init__(self, prog: str) -> None:
        columns = os.environ.get("COLUMNS", "")
        try:
            width = int(columns) if columns.isdecimal() else os.get_terminal_size(1).columns
        except OSError:
            width = 80
        super().__init__(prog, width=max(width, 40) - 2)


class _Parser(argparse.ArgumentParser):
    """A parser that never repeats a person number: a file's name may hold one."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line, and end."""
        from aarsstatus.privacy import mask  # noqa: PLC0415
        from aarsstatus.text import visible  # noqa: PLC0415

        super().error(visible(mask(message[:_LONGEST])))


def _parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = _Parser(
        prog="aarsstatus",
        description="Laver årsstatussen for de særlige jobordninger ud fra data, og kan gøre rede for hvert tal i den.",
        epilog="Hver kommando har sin egen hjælp: aarsstatus build --help",
        formatter_class=_Help,
    )
    parser.add_argument("--version", action="version", version=f"aarsstatus {__version__}", help="vis versionen")
    commands = parser.add_subparsers(dest="command", metavar="KOMMANDO", required=True, title="kommandoer")
    _add_new(commands)
    _add_ingest(commands)
    _add_check(commands)
    _add_build(commands)
    _add_verify(commands)
    _add_explain(commands)
    _add_diff(commands)
    _add_bundle(commands)
    return parser


Commands = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _add_build(commands: Commands) -> None:  # type: ignore[valid-type]
    build = _command(
        commands,
        "build",
        "lav notatet for et eller flere år",
        "Læser params/ og data/, kører notebooken og laver HTML, PDF og DOCX i output/ÅR/. Er der intet ændret siden "
        "sidst, sker der ingenting.",
        "aarsstatus build                   det nyeste år i params/\n"
        "aarsstatus build 2021              årsstatus for 2021, sammenlignet med 2020\n"
        "aarsstatus build 2025 --formats pdf --output /tmp/udkast",
    )
    build.add_argument(
        "years", nargs="*", type=_year, metavar="ÅR", help="året eller årene; uden: det nyeste i params/"
    )
    build.add_argument("--compare", type=_year, metavar="ÅR", help="et andet sammenligningsår end det i params/")
    build.add_argument(
        "--engine", choices=["auto", "quarto", "embedded"], default="auto",
        help="hvad der laver dokumenterne; auto: Quarto, hvis det er installeret, ellers den indbyggede motor",
    )  # fmt: skip
    build.add_argument(
        "--formats", type=_formats, default=("html", "pdf", "docx"), metavar="html,pdf,docx", help="hvilke dokumenter"
    )
    build.add_argument(
        "--figures", choices=["published", "recomputed"], default="published",
        help="vis offentliggjorte tal, som de blev trykt (published), eller som de følger af grundlaget (recomputed)",
    )  # fmt: skip
    build.add_argument("--output", type=_path, metavar="MAPPE", help="hvor mappen ÅR/ skal ligge; uden: output/")
    build.add_argument("--force", action="store_true", help="lav det hele igen, også selv om intet er ændret")
    build.add_argument("--quiet", action="store_true", help="skriv kun, hvis noget går galt")


def _add_new(commands: Commands) -> None:  # type: ignore[valid-type]
    new = _command(
        commands,
        "new",
        "gør klar til et nyt år",
        "Laver params/ÅR.yml ud fra året før og tomme rækker til årets måltal, og siger, hvad der mangler og hvor det\n"
        "skrives. Det, der er udfyldt, bliver ikke ændret.",
        "aarsstatus new 2026",
    )
    new.add_argument("year", type=_year, metavar="ÅR", help="året")


def _add_ingest(commands: Commands) -> None:  # type: ignore[valid-type]
    ingest = _command(
        commands,
        "ingest",
        "læs registerudtræk ind",
        "Læser udtræk af forløb og af ansættelser (CSV eller XLSX) og skriver summer, ikke personer, i data/. Årets\n"
        "rækker for de jobordninger, der er i udtrækkene, erstattes, så giv alle filer om en jobordning på én gang.",
        "aarsstatus ingest 2026 data/raw/forloeb.xlsx data/raw/fleksjob.csv\n"
        "aarsstatus ingest 2026 data/raw/forloeb.xlsx --skip-bad-rows",
    )
    ingest.add_argument("year", type=_year, metavar="ÅR", help="året")
    ingest.add_argument("files", nargs="+", type=_path, metavar="FIL", help="udtrækkene")
    ingest.add_argument(
        "--skip-bad-rows", action="store_true",
        help="udelad rækker, der ikke kan bruges; de skrives uden personoplysninger i FIL.afviste.csv",
    )  # fmt: skip
    ingest.add_argument(
        "--date",
        type=_date,
        metavar="DATO",
        help="hvornår udtrækkene er lavet; uden: datoen i filens navn eller filens egen",
    )
    ingest.add_argument(
        "--scheme", metavar="JOBORDNING", help="jobordningen i udtræk, der ikke har en kolonne med den, fx fleksjob"
    )
    ingest.add_argument("--quiet", action="store_true", help="skriv kun advarsler, og hvad der går galt")


def _add_check(commands: Commands) -> None:  # type: ignore[valid-type]
    check = _command(
        commands,
        "check",
        "se, om et års parametre og data er i orden",
        "Læser params/ÅR.yml og alle filer i data/ og viser alle problemer på én gang. Laver ingen filer.",
        "aarsstatus check 2025",
    )
    check.add_argument("year", type=_year, metavar="ÅR", help="året")


def _add_verify(commands: Commands) -> None:  # type: ignore[valid-type]
    verify = _command(
        commands,
        "verify",
        "regn alt efter, der er offentliggjort",
        "Regner hvert trykt tal i de offentliggjorte notater efter og holder det, der ikke passer, op mod\n"
        "data/errata.yml. En pakke fra aarsstatus bundle bliver lavet igen og sammenlignet byte for byte; det kører\n"
        "programmet i pakken, så gør det kun med en pakke fra en afsender, du stoler på. Slutter med 0, når alt er\n"
        "forklaret og ens, og ellers med 1.",
        "aarsstatus verify                                  alle offentliggjorte år\n"
        "aarsstatus verify 2025\n"
        "aarsstatus verify output/aarsstatus-2025.zip       en pakke",
    )
    verify.add_argument(
        "what", nargs="*", type=_year_or_bundle, metavar="ÅR|PAKKE", help="årene eller pakkerne; uden: alle år"
    )


def _add_explain(commands: Commands) -> None:  # type: ignore[valid-type]
    explain = _command(
        commands,
        "explain",
        "vis, hvor et tal kommer fra",
        "Viser et tal, dets formel og alt, det er regnet ud af, ned til fil og linje.",
        "aarsstatus explain 2025.KK.placements.attainment\naarsstatus explain 2025.BUF.total.weighted_attainment",
    )
    explain.add_argument("id", metavar="ID", help="tallets id, som det står i figures.csv")


def _add_diff(commands: Commands) -> None:  # type: ignore[valid-type]
    diff = _command(
        commands,
        "diff",
        "vis, hvad der er ændret mellem to udgaver, og hvorfor",
        "Sammenligner to færdige notater tal for tal, det vigtigste først, og finder årsagen ved at regne efter med\n"
        "én ændring ad gangen. En udgave er en mappe, en pakke eller et årstal i output/. Slutter med 1, når noget\n"
        "er ændret.",
        "aarsstatus diff /tmp/udkast/2025 output/2025\n"
        "aarsstatus diff output/aarsstatus-2025.zip 2025 --html ændringer.html",
    )
    diff.add_argument("old", metavar="GAMMEL", help="den gamle udgave")
    diff.add_argument("new", metavar="NY", help="den nye udgave")
    diff.add_argument("--html", type=_page, metavar="FIL", help="skriv også sammenligningen som en side")


def _add_bundle(commands: Commands) -> None:  # type: ignore[valid-type]
    bundle = _command(
        commands,
        "bundle",
        "pak et færdigt notat med alt, der skal til for at lave det igen",
        "Laver én zip-fil med dokumenterne, manifestet, grundlaget (aldrig udtræk) og en vejledning i at lave det\n"
        "hele igen. aarsstatus verify PAKKE efterprøver den.",
        "aarsstatus bundle 2025\naarsstatus bundle 2025 --output /tmp/aarsstatus-2025.zip",
    )
    bundle.add_argument("year", type=_year, metavar="ÅR", help="året; det skal være bygget")
    bundle.add_argument("--output", type=_zip, metavar="FIL", help="zip-filen; uden: output/aarsstatus-ÅR.zip")


def _command(
    commands: Commands,  # type: ignore[valid-type]
    name: str,
    summary: str,
    description: str,
    examples: str,
) -> argparse.ArgumentParser:
    """Add a command with its help and examples."""
    lines = "\n".join(f"  {line}" for line in examples.splitlines())
    parser: argparse.ArgumentParser = commands.add_parser(  # type: ignore[attr-defined]
        name,
        help=summary,
        description=description,
        epilog=f"eksempler:\n{lines}",
        formatter_class=_Help,
    )
    return parser


def _year(text: str) -> int:
    from aarsstatus.project import FIRST_YEAR, LAST_YEAR  # noqa: PLC0415

    if not (text.isascii() and text.isdecimal() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR):
        raise argparse.ArgumentTypeError(f"»{text}« er ikke et årstal fra {FIRST_YEAR} til {LAST_YEAR}")
    return int(text)


def _year_or_bundle(text: str) -> int | Path:
    return _path(text) if text.lower().endswith(".zip") else _year(text)


def _path(text: str) -> Path:
    from pathlib import Path  # noqa: PLC0415

    from aarsstatus.project import is_nameable  # noqa: PLC0415

    if not text:
        raise argparse.ArgumentTypeError("navnet er tomt; skriv navnet på en fil eller en mappe")
    if not is_nameable(path := Path(text)):
        raise argparse.ArgumentTypeError(f"»{text}« har et navn, der ikke er skrevet i UTF-8; giv det et andet")
    return path


def _page(text: str) -> Path:
    return _named(text, ".html")


def _zip(text: str) -> Path:
    return _named(text, ".zip")


def _named(text: str, ending: str) -> Path:
    """Return a file that is written, refused if its name is another kind's: a slip of the hand would replace data."""
    path = _path(text)
    if path.suffix.lower() != ending:
        raise argparse.ArgumentTypeError(f"»{text}« skal være en fil, hvis navn ender på {ending}")
    return path


def _date(text: str) -> date:
    from datetime import datetime  # noqa: PLC0415

    for form in ("%d-%m-%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a date has no time zone
        except ValueError:
            continue
    raise argparse.ArgumentTypeError(f"»{text}« er ikke en dato som 12-01-2027")


def _formats(text: str) -> tuple[str, ...]:
    known = ("html", "pdf", "docx")
    wanted = [part.strip() for part in text.split(",") if part.strip()]
    unknown = [part for part in wanted if part not in known]
    if unknown or not wanted:
        raise argparse.ArgumentTypeError(f"»{text}« skal være et eller flere af html, pdf og docx med komma imellem")
    return tuple(format_ for format_ in known if format_ in wanted)


def _say(message: str) -> None:
    """Say what went wrong, without repeating a person number."""
    from contextlib import suppress  # noqa: PLC0415

    from aarsstatus.privacy import mask  # noqa: PLC0415

    with suppress(OSError):  # when that cannot be written either, the exit status is all there is to say
        print(mask(message), file=sys.stderr)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status. No traceback reaches an analyst."""
    parsed = _parser().parse_args(arguments)
    from aarsstatus.cli.commands import BAD_INPUT, COMMANDS, DONE  # noqa: PLC0415 - what only a command needs
    from aarsstatus.interruption import listening  # noqa: PLC0415
    from aarsstatus.problems import BuildError, InputError, reason  # noqa: PLC0415

    try:
        with listening():
            status = COMMANDS[parsed.command](parsed)
            sys.stdout.flush()  # output that cannot be written is told of here, and not by Python when it ends
    except (InputError, BuildError) as error:
        _say(str(error))
        return BAD_INPUT
    except KeyboardInterrupt as interrupted:
        untouched = "; det seneste færdige notat er urørt" if parsed.command == "build" else ""
        _say(f"afbrudt{untouched}. Kør kommandoen igen, når det passer")
        return INTERRUPTED + getattr(interrupted, "number", 2)
    except BrokenPipeError:  # whoever read our output has closed it, as `head` does
        return DONE
    except OSError as error:
        _say(f"{error.filename or 'systemet'}: {reason(error)}")
        return BAD_INPUT
    return status


def main() -> NoReturn:
    """Run the command line."""
    _in_utf8()
    _open_streams()
    try:
        sys.exit(run(sys.argv[1:]))
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except OSError:  # dealt with already; Python would complain of it when it ends
                silence(stream)


def silence(stream: TextIO) -> None:
    """Let what is written to a stream go nowhere, what it still holds included: a pipe that nobody reads fails anew."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _in_utf8() -> None:
    """Begin again where names of files are ASCII: a folder called »årsstatus« would have one that nothing can write.

    Python says UTF-8 by itself in the C locale, unless ``PYTHONUTF8=0`` and the like tell it not to.
    """
    if sys.getfilesystemencoding() == "ascii":
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 - this very program
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _open_streams() -> None:
    """Open what we were started without, or the next file that is opened would take its place, here and in programs."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115, PTH123 - as long as we run
            os.set_inheritable(stream.fileno(), True)
            setattr(sys, name, stream)
