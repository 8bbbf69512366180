"""Read register extracts into sums: ``aarsstatus ingest``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from aarsstatus import danish
from aarsstatus.cli import DONE, FINDINGS, a_date, a_path, a_year, path_from_here, steps
from aarsstatus.extracts import Ingested, ingest
from aarsstatus.extracts.filled_form import is_form, read_form
from aarsstatus.extracts.sums import Sum
from aarsstatus.extracts.writing import take_back
from aarsstatus.figures import words
from aarsstatus.inputs import kept_for, read_data
from aarsstatus.inputs.model import ExtractRow
from aarsstatus.inputs.params import read_params
from aarsstatus.inputs.schema import KK
from aarsstatus.privacy import mask
from aarsstatus.problems import InputError, Problem
from aarsstatus.project import Project, find_project
from aarsstatus.text import visible

DESCRIPTION = (
    "Læser udtræk af forløb og af ansættelser (CSV eller XLSX) og skriver summer, ikke personer, i data/. Årets\n"
    "rækker for de jobordninger, der er i udtrækkene, erstattes, så giv alle filer om en jobordning på én gang.\n"
    "Et udfyldt skema (en fil, hvis navn begynder med skema) læses ind i params/ og data/targets.csv."
)
EXAMPLES = """\
aarsstatus ingest 2026 skema-2026.xlsx
aarsstatus ingest 2026 data/raw/forloeb.xlsx data/raw/ansatte.csv
aarsstatus ingest 2026 data/raw/forloeb.xlsx --skip-bad-rows
aarsstatus ingest 2026 --undo"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("year", type=a_year, metavar="ÅR", help="året")
    parser.add_argument("files", nargs="*", type=a_path, metavar="FIL", help="udtrækkene")
    parser.add_argument(
        "--skip-bad-rows", action="store_true",
        help="udelad rækker, der ikke kan bruges; de skrives uden personoplysninger i FIL.afviste.csv",
    )  # fmt: skip
    parser.add_argument(
        "--date", type=a_date, metavar="DATO",
        help="hvornår udtrækkene er lavet; uden: datoen i filens navn eller filens egen",
    )  # fmt: skip
    parser.add_argument("--scheme", metavar="JOBORDNING", help="jobordningen i udtræk, der ikke har en kolonne med den")
    parser.add_argument(
        "--early", action="store_true",
        help="læs et udtræk, der er lavet, før året var gået; tallene bliver foreløbige",
    )  # fmt: skip
    parser.add_argument("--older", action="store_true", help="lad et ældre udtræk erstatte et nyere")
    parser.add_argument(
        "--hidden", choices=("with", "without"),
        help="læs også rækker, der er skjult i Excel (with), eller udelad dem (without)",
    )  # fmt: skip
    parser.add_argument(
        "--undo", action="store_true", help="tag årets seneste indlæsning tilbage: data/ bliver, som det var før"
    )
    parser.add_argument("--quiet", action="store_true", help="skriv kun advarsler, og hvad der går galt")


def run(arguments: argparse.Namespace) -> int:
    """Read filled-in forms and register extracts, and say what came of them."""
    if arguments.undo != (not arguments.files):
        message = "--undo tager en indlæsning tilbage og læser ingen fil" if arguments.undo else "filen mangler"
        raise InputError(Problem(f"ingest {arguments.year}", message, expected="en fil eller --undo"))
    if arguments.undo:
        _undo(arguments)
    forms = [path for path in arguments.files if is_form(path)]
    for path in forms:
        _read_form(path, arguments)
    extracts = [path for path in arguments.files if path not in forms]
    status = _read_extracts(extracts, arguments) if extracts else DONE
    _say_if_published(find_project(), arguments.year)
    return status


def _say_if_published(project: Project, year: int) -> None:
    """Say of a published year that its notat does not follow what was read in."""
    try:
        kept = kept_for(project, read_params(project, year))
    except InputError:  # there are none, or they are not filled in yet
        return
    if kept:
        print(f"bemærk: {year} er offentliggjort, og notatet viser stadig det, der blev sendt ud")
        print(f"Nu: aarsstatus check {year}, som siger, hvor data er anderledes")


def _undo(arguments: argparse.Namespace) -> None:
    """Take the year's last reading back, and say which files are as they were."""
    project, year = find_project(), arguments.year
    with steps(str(year), quiet=arguments.quiet) as step:
        written = take_back(project, year, read_data(project), lambda: step("Venter: en anden kørsel skriver i data/"))
    if not arguments.quiet:
        print(f"{year}: den seneste indlæsning er taget tilbage")
        for path in written:
            print(f"skrevet: {path_from_here(path)}")


def _read_form(path: Path, arguments: argparse.Namespace) -> None:
    """Read a filled-in form, and say what it changed."""
    filled = read_form(find_project(), arguments.year, path)
    for note in filled.notes:
        print(mask(f"bemærk: {visible(note)}"))
    if arguments.quiet:
        return
    for change in filled.changes:
        print(mask(f"{arguments.year}: {visible(change)}"))
    for written in filled.written:
        print(f"skrevet: {path_from_here(written)}")
    if not filled.written:
        print(f"{arguments.year}: {path.name} siger det samme som params/ og data/; intet er ændret")


def _read_extracts(files: Sequence[Path], arguments: argparse.Namespace) -> int:
    """Read register extracts, and report their sums and the files written."""
    year = arguments.year
    with steps(str(year), quiet=arguments.quiet) as step:
        done = ingest(
            find_project(), year, files, skip_bad_rows=arguments.skip_bad_rows, extracted=arguments.date,
            scheme=arguments.scheme, hidden=arguments.hidden, early=arguments.early, older=arguments.older,
            progress=step,
        )  # fmt: skip
    if not arguments.quiet:
        for row in done.extracts:
            print(f"{year}: {_counted(row)}")
        for line in _sums(done):
            print(f"  {line}")
        for line in done.summaries:
            print(f"  {visible(line)}")
        for note in done.notes:
            print(f"bemærk: {visible(note)}")
        for path in done.written:
            print(f"skrevet: {path_from_here(path)}")
    for remark in done.remarks:
        print(f"advarsel: {visible(remark.text)}")
    return FINDINGS if done.remarks else DONE


def _sums(done: Ingested) -> Iterator[str]:
    """Yield a table for each scheme: its sums now, and those that stood before."""
    for (code, scheme), total in done.sums.items():
        before = done.before.get((code, scheme))
        if code == KK:
            yield f"{done.schemes[scheme]} ({words.unit('status', heads=total.spells is None)})"
        if code == KK or total.status or (before is not None and before.status):
            was = "nyt" if before is None else "som før"
            if before is not None and before != total:
                was = "før " + ", ".join(filter(None, _came_to(before)))
            persons, spells = _came_to(total)
            yield f"  {code:<4}{persons:>8}{spells:>15}   ({was})"


def _came_to(total: Sum) -> tuple[str, str]:
    """Write what a scheme came to: persons, and spells where they are counted."""
    if total.spells is None:
        return danish.whole(total.status), ""
    return danish.decimal(total.status), f"{danish.whole(total.spells)} forløb"


def _counted(row: ExtractRow) -> str:
    """Say how many rows of an extract count."""
    refused = f", {danish.whole(row.refused)} afvist" if row.refused else ""
    rows = danish.counted(row.rows, "række", "rækker")
    return (
        f"{row.file} af {danish.short_date(row.extracted)}: {danish.whole(row.counted)} af {rows} tæller med{refused}"
    )
