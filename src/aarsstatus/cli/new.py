"""Make the files of a new year: ``aarsstatus new``."""

from __future__ import annotations

import argparse

from aarsstatus.cli import DONE, a_year
from aarsstatus.inputs.form import form_name, write_form
from aarsstatus.inputs.new_year import new_year
from aarsstatus.project import find_project

DESCRIPTION = (
    "Laver params/ÅR.yml ud fra året før, tomme rækker til årets måltal og et skema i Excel til at udfylde dem i, og\n"
    "siger, hvad der mangler, og hvor det skrives. Det, der er udfyldt, bliver ikke ændret."
)
EXAMPLES = """\
aarsstatus new 2026"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("year", type=a_year, metavar="ÅR", help="året")


def run(arguments: argparse.Namespace) -> int:
    """Make the files of a new year, and say what is still missing."""
    year = arguments.year
    project = find_project()
    scaffold = new_year(project, year)
    form = write_form(project, year)
    for name in (*scaffold.written, *([form.name] if form else [])):
        print(f"{year}: {name} er skrevet")
    if not scaffold.written and not form:
        print(f"{year}: intet at tilføje; det, der er udfyldt, er urørt")
    if scaffold.steps:
        print("\nDer mangler:")
    for number, step in enumerate(scaffold.steps, start=1):
        print(f"{number:3}. {step.what}\n     → {step.where}")
    if scaffold.steps and (project.root / form_name(year)).exists():
        name = form_name(year)
        print(f"\nDatoer, numre og måltal kan udfyldes i {name}; læs det ind med aarsstatus ingest {year} {name}")
    print(f"\nTil sidst: aarsstatus check {year}, og så aarsstatus build {year}")
    return DONE
