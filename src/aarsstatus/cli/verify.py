"""Recompute what was published: ``aarsstatus verify``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from aarsstatus import danish
from aarsstatus.audit import quality
from aarsstatus.audit.errata import summary
from aarsstatus.bundle.verify import check_lines, verify_bundle
from aarsstatus.cli import DONE, FINDINGS, YES, path_from_here, say, year_or_bundle
from aarsstatus.problems import InputError, Problem
from aarsstatus.project import find_project

DESCRIPTION = (
    "Regner hvert trykt tal i de offentliggjorte notater efter og holder det, der ikke passer, op mod\n"
    "data/errata.yml. En pakke fra aarsstatus bundle bliver lavet igen og sammenlignet byte for byte; det kører\n"
    "programmet i pakken, så der bliver spurgt først. Slutter med 0, når alt er forklaret og ens, og ellers med 1."
)
EXAMPLES = """\
aarsstatus verify                                  alle offentliggjorte år
aarsstatus verify 2025
aarsstatus verify output/aarsstatus-2025.zip       en pakke"""


_COLUMNS = (
    ("notat", "source"), ("trykte tal", "printed"), ("stemmer", "exact"), ("inden for afrunding", "within_rounding"),
    ("modstrid, forklaret", "declared"), ("modstrid, uforklaret", "undeclared"), ("forældet", "stale"),
)  # fmt: skip


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument(
        "what", nargs="*", type=year_or_bundle, metavar="ÅR|PAKKE", help="årene eller pakkerne; uden: alle år"
    )
    parser.add_argument("--yes", action="store_true", help="kør programmet i en pakke uden at spørge først")


def run(arguments: argparse.Namespace) -> int:
    """Recompute what was published, and make bundles again."""
    bundles = [what for what in arguments.what if isinstance(what, Path)]
    for path in bundles:
        _ask(path, yes=arguments.yes)
    years = [what for what in arguments.what if isinstance(what, int)]
    done = [_verify_bundle(path) for path in bundles]
    if years or not bundles:
        done.append(_verify_published(years))
    return max(done)


def _ask(path: Path, *, yes: bool) -> None:
    """Say that a bundle's program is run, and ask for leave; refuse without it."""
    if yes or not path.exists():  # what is not there is told by who reads it
        return
    say(f"{path_from_here(path)}: notatet bliver lavet igen af det program, der ligger i pakken.")
    say("Et program kan gøre alt, hvad du selv kan, så kør det kun, hvis du stoler på afsenderen.")
    if not sys.stdin.isatty():
        raise InputError(Problem(str(path), "pakkens program bliver ikke kørt uden lov; giv lov med --yes"))
    try:
        said = input("Skal det køres? (ja/nej) ")
    except EOFError:
        said = ""
    if said.strip().casefold() not in YES:
        raise InputError(Problem(str(path), "pakkens program er ikke kørt"))


def _verify_bundle(path: Path) -> int:
    """Make a bundle's notat again, and say whether it came out the same."""
    check = verify_bundle(path)
    print(f"{path_from_here(path)}:")
    for line in check_lines(check):
        print(line)
    return DONE if check.holds else FINDINGS


def _verify_published(years: Sequence[int]) -> int:
    """Recompute the published numbers, and report unexplained contradictions."""
    rows, findings = quality.verify(find_project(), years)
    table = [[title for title, _ in _COLUMNS]]
    for notat, counts in summary(rows, findings).items():
        table.append([notat, *(str(counts[name]) for _, name in _COLUMNS[1:])])
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for notat, *cells in table:
        aligned = [cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True)]
        print("  ".join([notat.ljust(widths[0]), *aligned]))
    for row in findings.undeclared:
        print(f"\nuforklaret: {row.source}, {row.place}: {row.printed} ({row.id})\n  {row.reason}")
    for stale in findings.stale:
        print(f"\nforældet: {stale.erratum.file}, linje {stale.erratum.line}: {stale.erratum.id}\n  {stale.why}")
    left = [f"{len(findings.undeclared)} er uforklaret" if findings.undeclared else ""]
    left.append(f"{len(findings.stale)} i data/errata.yml er forældet" if findings.stale else "")
    told = "Alt er forklaret" if findings.explained else danish.join([text for text in left if text])
    print(f"\n{len(rows)} trykte tal er regnet efter. {told}.")
    return DONE if findings.explained else FINDINGS
