"""Build the report of some years: ``aarsstatus build``."""

from __future__ import annotations

import argparse
import sys

from aarsstatus.build import Options, Result, build_years
from aarsstatus.cli import BAD_INPUT, DONE, a_path, a_year, path_from_here, say, steps
from aarsstatus.project import find_project
from aarsstatus.render.embedded import FORMATS, Format

DESCRIPTION = (
    "Læser params/ og data/, kører notebooken og laver HTML, PDF og DOCX i output/ÅR/. Er der intet ændret siden\n"
    "sidst, sker der ingenting."
)
EXAMPLES = """\
aarsstatus build                   det nyeste år i params/
aarsstatus build 2021              årsstatus for 2021, sammenlignet med 2020
aarsstatus build 2025 --formats pdf --output udkast"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument(
        "years", nargs="*", type=a_year, metavar="ÅR", help="året eller årene; uden: det nyeste i params/"
    )
    parser.add_argument("--compare", type=a_year, metavar="ÅR", help="et andet sammenligningsår end det i params/")
    parser.add_argument(
        "--engine", choices=["auto", "quarto", "embedded"], default="auto",
        help="hvad der laver dokumenterne; auto: Quarto, hvis det er installeret, ellers den indbyggede motor",
    )  # fmt: skip
    parser.add_argument("--formats", type=_formats, default=FORMATS, metavar="html,pdf,docx", help="hvilke dokumenter")
    parser.add_argument(
        "--figures", choices=["published", "recomputed"], default="published",
        help="vis offentliggjorte tal, som de blev trykt (published), eller som de følger af grundlaget (recomputed)",
    )  # fmt: skip
    parser.add_argument("--output", type=a_path, metavar="MAPPE", help="hvor mappen ÅR/ skal ligge; uden: output/")
    parser.add_argument("--force", action="store_true", help="lav det hele igen, også selv om intet er ændret")
    parser.add_argument("--quiet", action="store_true", help="skriv kun, hvis noget går galt")


def _formats(text: str) -> tuple[Format, ...]:
    """Read a list of formats, in the order in which they are made."""
    wanted = {part.strip() for part in text.split(",") if part.strip()}
    if not wanted or not wanted <= set(FORMATS):
        raise argparse.ArgumentTypeError(f"»{text}« skal være et eller flere af html, pdf og docx med komma imellem")
    return tuple(format_ for format_ in FORMATS if format_ in wanted)


def run(arguments: argparse.Namespace) -> int:
    """Build the reports of some years; one that fails does not stop the others."""
    project = find_project()
    options = Options(
        arguments.compare, arguments.engine, arguments.formats, arguments.figures, arguments.output, arguments.force
    )
    years = list(dict.fromkeys(arguments.years)) or [project.newest()]
    failed = False
    with steps(f"{len(years)} år" if len(years) > 1 else str(years[0]), quiet=arguments.quiet) as step:
        for outcome in build_years(project, years, options, step):
            if not isinstance(outcome, Result):
                failed = True
                say(str(outcome))
            elif not arguments.quiet:
                _tell(outcome)
    return BAD_INPUT if failed else DONE


def _tell(result: Result) -> None:
    """Say what a build came to."""
    took = f"{result.seconds:.1f}".replace(".", ",")
    if result.did == "nothing":
        print(f"{result.year}: intet er ændret; {path_from_here(result.folder)} er i orden ({took} s)")
    else:
        how = ", kun udseendet er lavet om" if result.did == "rendered" else ""
        print(f"{result.year}: færdig på {took} s med {result.engine}{how}")
        for name in result.files:
            print(f"  {path_from_here(result.folder / name)}")
    sys.stdout.flush()  # what has to be known before publishing is said last, for the last lines are read
    for remark in result.remarks:
        say(f"{result.year}: bemærk: {remark}")
