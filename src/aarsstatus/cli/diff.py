"""Compare two builds: ``aarsstatus diff``."""

from __future__ import annotations

import argparse
from functools import partial

from aarsstatus.cli import DONE, FINDINGS, path_ending_on, path_from_here
from aarsstatus.diff import diff
from aarsstatus.diff.causes import NOT_RUN
from aarsstatus.diff.page import comparison_page
from aarsstatus.diff.words import lines
from aarsstatus.files import require_own, write_whole
from aarsstatus.project import find_project
from aarsstatus.release import manifest
from aarsstatus.release.reading import open_finished

DESCRIPTION = (
    "Sammenligner to færdige notater tal for tal, det vigtigste først, og finder årsagen ved at regne efter med\n"
    "én ændring ad gangen. En udgave er en mappe, en pakke eller et årstal i output/. Slutter med 1, når noget\n"
    "er ændret."
)
EXAMPLES = """\
aarsstatus diff udkast/2025 output/2025
aarsstatus diff output/aarsstatus-2025.zip 2025 --html ændringer.html"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("old", metavar="GAMMEL", help="den gamle udgave")
    parser.add_argument("new", metavar="NY", help="den nye udgave")
    parser.add_argument(
        "--run-old", action="store_true",
        help="kør også programmerne i de to udgaver for at finde årsagen; gør det kun, hvis du stoler på dem",
    )  # fmt: skip
    parser.add_argument(
        "--html", type=partial(path_ending_on, ".html"), metavar="FIL", help="skriv også sammenligningen som en side"
    )


def run(arguments: argparse.Namespace) -> int:
    """Compare two builds, and say why they differ."""
    project = find_project()
    if arguments.html:
        require_own(arguments.html, b">SAMMENLIGNING<", "en sammenligning", manifest.NAME)
    old, new = (open_finished(what, project) for what in (arguments.old, arguments.new))
    found = diff(old, new, run_old=arguments.run_old)
    for line in lines(found):
        print(line)
    if NOT_RUN in found.untried.values() and not arguments.run_old:
        print("\nMed --run-old bliver programmerne i de to udgaver kørt, så deres del af årsagen kan prøves.")
    if arguments.html:
        write_whole(arguments.html, comparison_page(found, project.extension).encode())
        print(f"\nskrevet: {path_from_here(arguments.html)}")
    return DONE if found.nothing else FINDINGS
