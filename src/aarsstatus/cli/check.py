"""Say all that is wrong with a year's inputs: ``aarsstatus check``."""

from __future__ import annotations

import argparse
from dataclasses import replace

from aarsstatus import danish
from aarsstatus.audit.check import doubts, left_over, problems
from aarsstatus.cli import DONE, FINDINGS, a_year
from aarsstatus.inputs import read_year
from aarsstatus.privacy import mask
from aarsstatus.problems import told
from aarsstatus.project import find_project

DESCRIPTION = "Læser params/ÅR.yml og alle filer i data/ og viser alle problemer på én gang. Laver ingen filer."
EXAMPLES = """\
aarsstatus check 2025"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("year", type=a_year, metavar="ÅR", help="året")


def run(arguments: argparse.Namespace) -> int:
    """Say all that is wrong with a year's parameters and data."""
    project, year = find_project(), arguments.year
    found = problems(project, year)
    if found:
        for line in told(found):
            print(mask(line))
        count = len({replace(one, line=None) for one in found})
        print(f"{year}: {danish.counted(count, 'problem', 'problemer')}")
        return FINDINGS
    params, data = read_year(project, year)
    doubtful = [*doubts(project, params, data), *left_over(project, params)]
    for line in told(doubtful):
        print(f"bemærk: {mask(line)}")
    if doubtful:
        print(f"{year}: parametre og data kan bruges, når det er set efter")
        return FINDINGS
    print(f"{year}: parametre og data er i orden")
    return DONE
