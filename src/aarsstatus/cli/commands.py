"""What each command of the command line does: arguments in, work done by the modules, lines out, exit status back.

Each takes argparse's namespace and loads what it needs when it runs. What a person reads is Danish.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aarsstatus.build import Result

__all__ = ["BAD_INPUT", "COMMANDS", "DONE", "FINDINGS"]

DONE, FINDINGS, BAD_INPUT = 0, 1, 2
"""Exit statuses: all is well; something to look at, nothing broken; bad input or usage."""


def new(arguments: argparse.Namespace) -> int:
    """Make the files of a new year, and say what is still missing."""
    from aarsstatus.inputs.new_year import new_year  # noqa: PLC0415
    from aarsstatus.project import find_project  # noqa: PLC0415

    year = arguments.year
    scaffold = new_year(find_project(), year)
    for name in scaffold.written:
        print(f"{year}: {name} er skrevet")
    if not scaffold.written:
        print(f"{year}: intet at tilføje; det, der er udfyldt, er urørt")
    if scaffold.steps:
        print("\nDer mangler:")
    for number, step in enumerate(scaffold.steps, start=1):
        print(f"{number:3}. {step.what}\n     → {step.where}")
    print(f"\nTil sidst: aarsstatus check {year}, og så aarsstatus build {year}")
    return DONE


def ingest(arguments: argparse.Namespace) -> int:
    """Read register extracts into sums."""
    from aarsstatus import danish  # noqa: PLC0415
    from aarsstatus.extracts import ingest as read_extracts  # noqa: PLC0415
    from aarsstatus.project import find_project  # noqa: PLC0415

    project, year = find_project(), arguments.year
    with _steps(str(year), quiet=arguments.quiet) as step:
        done = read_extracts(
            project, year, arguments.files, skip_bad_rows=arguments.skip_bad_rows, extracted=arguments.date,
            scheme=arguments.scheme, progress=step,
        )  # fmt: skip
    if not arguments.quiet:
        for row in done.extracts:
            refused = f", {danish.whole(row.refused)} afvist" if row.refused else ""
            counted = (
                f"{danish.whole(row.counted)} af {danish.counted(row.rows, 'række', 'rækker')} tæller med{refused}"
            )
            print(f"{year}: {row.file} af {danish.short_date(row.extracted)}: {counted}")
        for (code, scheme), total in done.sums.items():
            if code == "KK":
                spells = "" if total.spells is None else f", {danish.whole(total.spells)} forløb"
                status = danish.whole(total.status) if total.spells is None else danish.decimal(total.status)
                print(f"  KK, {done.schemes[scheme]}: {status}{spells}")
        for note in done.notes:
            print(f"bemærk: {note}")
        for path in done.written:
            print(f"skrevet: {_path(path)}")
    for remark in done.remarks:
        print(f"advarsel: {remark.text}")
    return FINDINGS if done.remarks else DONE


def build(arguments: argparse.Namespace) -> int:
    """Build the report of some years."""
    from aarsstatus import build as builds  # noqa: PLC0415
    from aarsstatus.project import find_project  # noqa: PLC0415

    project = find_project()
    options = builds.Options(
        arguments.compare, arguments.engine, arguments.formats, arguments.figures, arguments.output, arguments.force
    )
    years = list(dict.fromkeys(arguments.years)) or [project.newest()]
    if len(years) == 1:
        with _steps(str(years[0]), quiet=arguments.quiet) as step:
            result = builds.build(project, years[0], options, step)
        _tell_built(result, quiet=arguments.quiet)
        return DONE
    failed = False
    with _steps(f"{len(years)} år", quiet=arguments.quiet) as step:
        for outcome in builds.build_years(project, years, options, step):
            if isinstance(outcome, builds.Result):
                _tell_built(outcome, quiet=arguments.quiet)
            else:
                from aarsstatus.privacy import mask  # noqa: PLC0415

                failed = True
                print(mask(str(outcome)), file=sys.stderr)
    return BAD_INPUT if failed else DONE


def _tell_built(result: Result, *, quiet: bool) -> None:
    """Say what a build came to."""
    if quiet:
        return
    for remark in result.remarks:
        print(f"{result.year}: bemærk: {remark}", file=sys.stderr)
    took = f"{result.seconds:.1f}".replace(".", ",")
    if result.did == "nothing":
        print(f"{result.year}: intet er ændret; {_path(result.folder)} er i orden ({took} s)")
        return
    how = ", kun udseendet er lavet om" if result.did == "rendered" else ""
    print(f"{result.year}: færdig på {took} s med {result.engine}{how}")
    for name in result.files:
        print(f"  {_path(result.folder / name)}")


@contextmanager
def _steps(what: str, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show each step as it begins: in place on a terminal, as plain lines elsewhere."""
    if quiet:
        yield lambda _: None
    elif sys.stderr.isatty():
        from rich.console import Console  # noqa: PLC0415

        with Console(stderr=True).status(what) as status:
            yield lambda text: status.update(f"{what}: {text} …")
    else:
        yield lambda text: _tell_step(f"{what}: {text}")


def _tell_step(line: str) -> None:
    """Say what is done now. When nobody listens any more, what is done goes on, and nothing is said from then on."""
    try:
        print(line, file=sys.stderr, flush=True)
    except OSError:
        from aarsstatus.cli import silence  # noqa: PLC0415

        silence(sys.stderr)


def check(arguments: argparse.Namespace) -> int:
    """Say all that is wrong with a year's parameters and data."""
    from aarsstatus.audit.check import doubts, problems  # noqa: PLC0415
    from aarsstatus.inputs.data import read_year  # noqa: PLC0415
    from aarsstatus.privacy import mask  # noqa: PLC0415
    from aarsstatus.problems import told  # noqa: PLC0415
    from aarsstatus.project import find_project  # noqa: PLC0415

    project, year = find_project(), arguments.year
    found = problems(project, year)
    if found:
        for line in told(found):
            print(mask(line))
        print(f"{year}: {len(found)} {'problem' if len(found) == 1 else 'problemer'}")
        return FINDINGS
    doubtful = doubts(project, *read_year(project, year))
    for line in told(doubtful):
        print(f"bemærk: {mask(line)}")
    if doubtful:
        print(f"{year}: parametre og data kan bruges, når det er set efter")
        return FINDINGS
    print(f"{year}: parametre og data er i orden")
    return DONE


_VERIFIED = (
    ("notat", "source"), ("trykte tal", "printed"), ("stemmer", "exact"), ("inden for afrunding", "within_rounding"),
    ("modstrid, forklaret", "declared"), ("modstrid, uforklaret", "undeclared"), ("forældet", "stale"),
)  # fmt: skip


def verify(arguments: argparse.Namespace) -> int:
    """Recompute what was published, and make bundles again."""
    bundles = [what for what in arguments.what if isinstance(what, Path)]
    years = [what for what in arguments.what if isinstance(what, int)]
    done = [_verify_bundle(path) for path in bundles]
    if years or not bundles:
        done.append(_verify_published(years))
    return max(done)


def _verify_bundle(path: Path) -> int:
    """Make a bundle's notat again, and say whether it came out the same."""
    from aarsstatus.bundle.bundle import check_lines, verify_bundle  # noqa: PLC0415

    check = verify_bundle(path)
    print(f"{_path(path)}:")
    for line in check_lines(check):
        print(line)
    return DONE if check.holds else FINDINGS


def _verify_published(years: Sequence[int]) -> int:
    """Recompute what was published, and say what nobody has explained."""
    from aarsstatus.audit import quality  # noqa: PLC0415
    from aarsstatus.project import find_project  # noqa: PLC0415

    found = quality.verify(find_project(), years)
    lines = [[title for title, _ in _VERIFIED]]
    lines += [[str(getattr(row, name)) for _, name in _VERIFIED] for row in found.summary]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_VERIFIED))]
    for name, *cells in lines:
        print(
            "  ".join(
                [name.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))]
            )
        )
    for row in found.findings.undeclared:
        print(f"\nuforklaret: {row.source}, {row.place}: {row.printed} ({row.id})\n  {row.reason}")
    for stale in found.findings.stale:
        print(f"\nforældet: {stale.erratum.file}, linje {stale.erratum.line}: {stale.erratum.id}\n  {stale.why}")
    print(f"\n{len(found.rows)} trykte tal er regnet efter.", "Alt er forklaret." if found.findings.explained else "")
    return DONE if found.findings.explained else FINDINGS


def explain(arguments: argparse.Namespace) -> int:
    """Show where a figure comes from."""
    from aarsstatus.audit.explain import explain as tree_of  # noqa: PLC0415
    from aarsstatus.project import find_project  # noqa: PLC0415

    for line in tree_of(find_project(), arguments.id):
        print(line)
    return DONE


def diff(arguments: argparse.Namespace) -> int:
    """Compare two builds, and say why they differ."""
    from aarsstatus.diff import diff as compare  # noqa: PLC0415
    from aarsstatus.diff.words import lines  # noqa: PLC0415
    from aarsstatus.project import find_project  # noqa: PLC0415
    from aarsstatus.release.reading import open_finished  # noqa: PLC0415

    project = find_project()
    old, new = (open_finished(what, project) for what in (arguments.old, arguments.new))
    found = compare(old, new)
    for line in lines(found):
        print(line)
    if arguments.html:
        from aarsstatus.diff.page import comparison_page  # noqa: PLC0415
        from aarsstatus.files import write_whole  # noqa: PLC0415
        from aarsstatus.render.page import stylesheet  # noqa: PLC0415

        page = comparison_page(found, stylesheet(project.extension))
        write_whole(arguments.html, page.encode())
        print(f"\nskrevet: {_path(arguments.html)}")
    return DONE if found.nothing else FINDINGS


def bundle(arguments: argparse.Namespace) -> int:
    """Pack a finished build with all it was made from."""
    from aarsstatus.bundle.bundle import bundle as pack  # noqa: PLC0415
    from aarsstatus.project import find_project  # noqa: PLC0415
    from aarsstatus.release.reading import open_finished  # noqa: PLC0415

    project, year = find_project(), arguments.year
    target = arguments.output or project.output / f"aarsstatus-{year}.zip"
    made = pack(open_finished(str(year), project), target)
    print(f"{year}: pakket i {_path(made)}")
    return DONE


def _path(path: Path) -> str:
    """Return a path as a person would type it from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "new": new, "ingest": ingest, "check": check, "build": build, "verify": verify, "explain": explain,
    "diff": diff, "bundle": bundle,
}  # fmt: skip
"""Each command by its name on the command line."""
