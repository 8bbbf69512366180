"""Show where a figure comes from: ``aarsstatus explain``."""

from __future__ import annotations

import argparse

from aarsstatus.audit.explain import explain
from aarsstatus.cli import DONE
from aarsstatus.project import find_project

DESCRIPTION = "Viser et tal, dets formel og alt, det er regnet ud af, ned til fil og linje."
EXAMPLES = """\
aarsstatus explain 2025.KK.total.change
aarsstatus explain 2025.KK.total.weighted_attainment"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("id", metavar="ID", help="tallets id, som det står i figures.csv")


def run(arguments: argparse.Namespace) -> int:
    """Show where a figure comes from."""
    for line in explain(find_project(), arguments.id.strip()):
        print(line)
    return DONE
