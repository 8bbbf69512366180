"""Pack a finished build to hand over: ``aarsstatus bundle``."""

from __future__ import annotations

import argparse
from functools import partial

from aarsstatus.bundle import write_bundle
from aarsstatus.cli import DONE, a_year, path_ending_on, path_from_here
from aarsstatus.project import find_project
from aarsstatus.release.reading import open_finished

DESCRIPTION = (
    "Laver én zip-fil med dokumenterne, manifestet, grundlaget (aldrig udtræk) og en vejledning i at lave det\n"
    "hele igen. aarsstatus verify PAKKE efterprøver den."
)
EXAMPLES = """\
aarsstatus bundle 2025
aarsstatus bundle 2025 --output til-revisionen.zip"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("year", type=a_year, metavar="ÅR", help="året; det skal være bygget")
    parser.add_argument(
        "--output",
        type=partial(path_ending_on, ".zip"),
        metavar="FIL",
        help="zip-filen; uden: output/aarsstatus-ÅR.zip",
    )


def run(arguments: argparse.Namespace) -> int:
    """Pack a finished build with all it was made from."""
    project, year = find_project(), arguments.year
    target = arguments.output or project.output / f"aarsstatus-{year}.zip"
    made = write_bundle(open_finished(str(year), project), target, project.extension)
    print(f"{year}: pakket i {path_from_here(made)}")
    return DONE
