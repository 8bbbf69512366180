"""The command line: ``aarsstatus new | ingest | check | build | verify | explain | diff | bundle``.

It is made with argparse, and everything heavier is loaded by the command that needs it: asking for help costs a few
hundredths of a second. What a person reads is Danish.

Exit status: 0 done; 1 findings; 2 bad input or usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn

from aarsstatus import __version__

__all__ = ["main"]

DONE, FINDINGS, BAD_INPUT = 0, 1, 2

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


class _Parser(argparse.ArgumentParser):
    """A parser that never repeats a person number: a file's name may hold one."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line, and end."""
        from aarsstatus.personal import mask  # noqa: PLC0415

        super().error(mask(message))


def _parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = _Parser(
        prog="aarsstatus",
        description="Laver årsstatussen for de særlige jobordninger ud fra data, og kan gøre rede for hvert tal i den.",
        epilog="Hver kommando har sin egen hjælp: aarsstatus build --help",
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
        _build,
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
    build.add_argument("--output", type=Path, metavar="MAPPE", help="hvor mappen ÅR/ skal ligge; uden: output/")
    build.add_argument("--force", action="store_true", help="lav det hele igen, også selv om intet er ændret")
    build.add_argument("--quiet", action="store_true", help="skriv kun, hvis noget går galt")


def _add_new(commands: Commands) -> None:  # type: ignore[valid-type]
    new = _command(
        commands,
        "new",
        _new,
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
        _ingest,
        "læs registerudtræk ind",
        "Læser udtræk af forløb og af ansættelser (CSV eller XLSX) og skriver summer, ikke personer, i data/. Årets\n"
        "rækker for de jobordninger, der er i udtrækkene, erstattes, så giv alle filer om en jobordning på én gang.",
        "aarsstatus ingest 2026 data/raw/forloeb.xlsx data/raw/fleksjob.csv\n"
        "aarsstatus ingest 2026 data/raw/forloeb.xlsx --skip-bad-rows",
    )
    ingest.add_argument("year", type=_year, metavar="ÅR", help="året")
    ingest.add_argument("files", nargs="+", type=Path, metavar="FIL", help="udtrækkene")
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
        _check,
        "se, om et års parametre og data er i orden",
        "Læser params/ÅR.yml og alle filer i data/ og viser alle problemer på én gang. Laver ingen filer.",
        "aarsstatus check 2025",
    )
    check.add_argument("year", type=_year, metavar="ÅR", help="året")


def _add_verify(commands: Commands) -> None:  # type: ignore[valid-type]
    verify = _command(
        commands,
        "verify",
        _verify,
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
        _explain,
        "vis, hvor et tal kommer fra",
        "Viser et tal, dets formel og alt, det er regnet ud af, ned til fil og linje.",
        "aarsstatus explain 2025.KK.placements.attainment\naarsstatus explain 2025.BUF.total.weighted_attainment",
    )
    explain.add_argument("id", metavar="ID", help="tallets id, som det står i figures.csv")


def _add_diff(commands: Commands) -> None:  # type: ignore[valid-type]
    diff = _command(
        commands,
        "diff",
        _diff,
        "vis, hvad der er ændret mellem to udgaver, og hvorfor",
        "Sammenligner to færdige notater tal for tal, det vigtigste først, og finder årsagen ved at regne efter med\n"
        "én ændring ad gangen. En udgave er en mappe, en pakke eller et årstal i output/. Slutter med 1, når noget\n"
        "er ændret.",
        "aarsstatus diff /tmp/udkast/2025 output/2025\n"
        "aarsstatus diff output/aarsstatus-2025.zip 2025 --html ændringer.html",
    )
    diff.add_argument("old", metavar="GAMMEL", help="den gamle udgave")
    diff.add_argument("new", metavar="NY", help="den nye udgave")
    diff.add_argument("--html", type=Path, metavar="FIL", help="skriv også sammenligningen som en side")


def _add_bundle(commands: Commands) -> None:  # type: ignore[valid-type]
    bundle = _command(
        commands,
        "bundle",
        _bundle,
        "pak et færdigt notat med alt, der skal til for at lave det igen",
        "Laver én zip-fil med dokumenterne, manifestet, grundlaget (aldrig udtræk) og en vejledning i at lave det\n"
        "hele igen. aarsstatus verify PAKKE efterprøver den.",
        "aarsstatus bundle 2025\naarsstatus bundle 2025 --output /tmp/aarsstatus-2025.zip",
    )
    bundle.add_argument("year", type=_year, metavar="ÅR", help="året; det skal være bygget")
    bundle.add_argument("--output", type=Path, metavar="FIL", help="zip-filen; uden: output/aarsstatus-ÅR.zip")


def _command(
    commands: Commands,  # type: ignore[valid-type]
    name: str,
    run: Callable[[argparse.Namespace], int],
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
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


def _year(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) == 4):
        raise argparse.ArgumentTypeError(f"»{text}« er ikke et årstal med fire cifre")
    return int(text)


def _year_or_bundle(text: str) -> int | Path:
    return Path(text) if text.lower().endswith(".zip") else _year(text)


def _date(text: str) -> date:
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


# -- the commands ---------------------------------------------------------------------------------------------


def _new(arguments: argparse.Namespace) -> int:
    from aarsstatus.project import find_project  # noqa: PLC0415
    from aarsstatus.scaffold import new_year  # noqa: PLC0415

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


def _ingest(arguments: argparse.Namespace) -> int:
    from aarsstatus import danish  # noqa: PLC0415
    from aarsstatus.extracts import ingest  # noqa: PLC0415
    from aarsstatus.project import find_project  # noqa: PLC0415

    project, year = find_project(), arguments.year
    with _steps(year, quiet=arguments.quiet) as step:
        done = ingest(
            project, year, arguments.files, skip_bad_rows=arguments.skip_bad_rows, extracted=arguments.date,
            scheme=arguments.scheme, progress=step,
        )  # fmt: skip
    if not arguments.quiet:
        for row in done.extracts:
            refused = f", {danish.whole(row.refused)} afvist" if row.refused else ""
            counted = f"{danish.whole(row.counted)} af {danish.whole(row.rows)} rækker tæller med{refused}"
            print(f"{year}: {row.file} af {danish.short_date(row.extracted)}: {counted}")
        for (code, scheme), total in done.sums.items():
            if code == "KK":
                spells = "" if total.spells is None else f", {danish.whole(total.spells)} forløb"
                status = danish.whole(total.status) if total.spells is None else danish.decimal(total.status)
                print(f"  KK {scheme}: {status}{spells}")
        for note in done.notes:
            print(f"bemærk: {note}")
        for path in done.written:
            print(f"skrevet: {_path(path)}")
    for remark in done.remarks:
        print(f"advarsel: {remark.text}")
    return FINDINGS if done.remarks else DONE


def _build(arguments: argparse.Namespace) -> int:
    from aarsstatus.build import Options, build  # noqa: PLC0415
    from aarsstatus.project import find_project  # noqa: PLC0415

    project = find_project()
    options = Options(
        arguments.compare, arguments.engine, arguments.formats, arguments.figures, arguments.output, arguments.force
    )
    for year in arguments.years or [project.newest()]:
        with _steps(year, quiet=arguments.quiet) as step:
            result = build(project, year, options, step)
        if arguments.quiet:
            continue
        took = f"{result.seconds:.1f}".replace(".", ",")
        if result.already_done:
            print(f"{year}: intet er ændret; {_path(result.folder)} er i orden ({took} s)")
            continue
        print(f"{year}: færdig på {took} s med {result.engine}")
        for name in result.files:
            print(f"  {_path(result.folder / name)}")
    return DONE


@contextmanager
def _steps(year: int, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show each step as it begins: in place on a terminal, as plain lines elsewhere."""
    if quiet:
        yield lambda _: None
    elif sys.stderr.isatty():
        from rich.console import Console  # noqa: PLC0415

        with Console(stderr=True).status(f"{year}") as status:
            yield lambda text: status.update(f"{year}: {text} …")
    else:
        yield lambda text: print(f"{year}: {text}", file=sys.stderr, flush=True)


def _check(arguments: argparse.Namespace) -> int:
    from aarsstatus.inputs import read_year  # noqa: PLC0415
    from aarsstatus.personal import mask, scan_files  # noqa: PLC0415
    from aarsstatus.problems import InputError  # noqa: PLC0415
    from aarsstatus.project import find_project  # noqa: PLC0415
    from aarsstatus.scaffold import unfilled  # noqa: PLC0415

    project = find_project()
    problems = unfilled(project, arguments.year)
    told = {(problem.file, problem.line) for problem in problems}
    try:
        read_year(project, arguments.year)
    except InputError as error:
        problems += [
            problem for problem in error.problems if (problem.file, problem.line) not in told or not problem.line
        ]
    problems += scan_files([*sorted(project.params.glob("*.yml")), *sorted(project.data.glob("*.*"))], project.root)
    if problems:
        for problem in problems:
            print(mask(str(problem)))
        count = len(problems)
        print(f"{arguments.year}: {count} {'problem' if count == 1 else 'problemer'}")
        return FINDINGS
    print(f"{arguments.year}: parametre og data er i orden")
    return DONE


_VERIFIED = (
    ("notat", "source"), ("trykte tal", "printed"), ("stemmer", "exact"), ("inden for afrunding", "within_rounding"),
    ("modstrid, forklaret", "declared"), ("modstrid, uforklaret", "undeclared"), ("forældet", "stale"),
)  # fmt: skip


def _verify(arguments: argparse.Namespace) -> int:
    bundles = [what for what in arguments.what if isinstance(what, Path)]
    years = [what for what in arguments.what if isinstance(what, int)]
    done = [_verify_bundle(path) for path in bundles]
    if years or not bundles:
        done.append(_verify_published(years))
    return max(done)


def _verify_bundle(path: Path) -> int:
    """Make a bundle's notat again, and say whether it came out the same."""
    from aarsstatus.bundle import check_lines, verify_bundle  # noqa: PLC0415

    check = verify_bundle(path)
    print(f"{_path(path)}:")
    for line in check_lines(check):
        print(line)
    return DONE if check.holds else FINDINGS


def _verify_published(years: Sequence[int]) -> int:
    """Recompute what was published, and say what nobody has explained."""
    from aarsstatus.project import find_project  # noqa: PLC0415
    from aarsstatus.quality import verify  # noqa: PLC0415

    found = verify(find_project(), years)
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


def _explain(arguments: argparse.Namespace) -> int:
    from aarsstatus.explain import explain  # noqa: PLC0415
    from aarsstatus.project import find_project  # noqa: PLC0415

    for line in explain(find_project(), arguments.id):
        print(line)
    return DONE


def _diff(arguments: argparse.Namespace) -> int:
    from aarsstatus.diff import diff  # noqa: PLC0415
    from aarsstatus.diff.told import lines  # noqa: PLC0415
    from aarsstatus.finished import open_finished  # noqa: PLC0415
    from aarsstatus.project import find_project  # noqa: PLC0415

    project = find_project()
    old, new = (open_finished(what, project) for what in (arguments.old, arguments.new))
    found = diff(old, new)
    for line in lines(found):
        print(line)
    if arguments.html:
        from aarsstatus.diff.page import comparison_page  # noqa: PLC0415
        from aarsstatus.page import stylesheet  # noqa: PLC0415

        page = comparison_page(found, stylesheet(project.extension))
        arguments.html.write_text(page, encoding="utf-8", newline="\n")
        print(f"\nskrevet: {_path(arguments.html)}")
    return DONE if found.nothing else FINDINGS


def _bundle(arguments: argparse.Namespace) -> int:
    from aarsstatus.bundle import bundle  # noqa: PLC0415
    from aarsstatus.finished import open_finished  # noqa: PLC0415
    from aarsstatus.project import find_project  # noqa: PLC0415

    project, year = find_project(), arguments.year
    target = arguments.output or project.output / f"aarsstatus-{year}.zip"
    made = bundle(open_finished(str(year), project), target)
    print(f"{year}: pakket i {_path(made)}")
    return DONE


def _path(path: Path) -> str:
    """Return a path as a person would type it from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _fail(message: str) -> int:
    from aarsstatus.personal import mask  # noqa: PLC0415

    print(mask(message), file=sys.stderr)
    return BAD_INPUT


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status. No traceback reaches an analyst."""
    parsed = _parser().parse_args(arguments)
    from aarsstatus.problems import BuildError, InputError  # noqa: PLC0415

    try:
        return int(parsed.run(parsed))
    except (InputError, BuildError) as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return _fail("afbrudt; det seneste færdige notat er urørt")
    except BrokenPipeError:
        # Whoever read our output has closed it, as `head` does; Python would complain again when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        return _fail(f"{error.filename or 'systemet'}: {error.strerror or error}")


def main() -> NoReturn:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(run(sys.argv[1:]))
