"""The extracts of a year, from files to rows in ``data/``; `aarsstatus.extracts.ingest` is the way in."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import polars as pl

from aarsstatus import danish, interruption
from aarsstatus.extracts import Ingested, Progress
from aarsstatus.extracts.aliases import FIELDS, Names, fold, read_limits, read_names
from aarsstatus.extracts.digests import Digests
from aarsstatus.extracts.header import Header
from aarsstatus.extracts.reading import Extract, Table, open_extract
from aarsstatus.extracts.refusals import Refusals
from aarsstatus.extracts.rows import KEPT, Counts, Reader, number_persons
from aarsstatus.extracts.sums import Sum, count, duplicates, far_from_before, of_several, warnings
from aarsstatus.extracts.writing import write_refused, write_sums
from aarsstatus.inputs import read_data
from aarsstatus.inputs.model import Data, ExtractRow
from aarsstatus.inputs.schema import KK
from aarsstatus.privacy import mask
from aarsstatus.problems import InputError, Problem, near
from aarsstatus.project import Project

__all__ = ["ingest"]

REQUIRED = ("administration", "start", "end")
_EMPLOYMENT = ("fleks", "ansat", "ansæt", "ansaet", "ansaettelse", "employ")
_SPELLS = ("forløb", "forloeb", "placering", "praktik", "tilskud", "frikort", "fritid", "spell")


@dataclass(slots=True)
class _Read:
    """What has been read so far: spells, what each table is called, and what each file came to."""

    spells: list[pl.DataFrame] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    files: list[tuple[Extract, Counts, range]] = field(default_factory=list)


def ingest(
    project: Project, year: int, files: Sequence[Path], digests: Digests, *, skip_bad_rows: bool,
    extracted: date | None, scheme: str | None, progress: Progress,
) -> Ingested:  # fmt: skip
    """Do what `aarsstatus.extracts.ingest` says; `digests` has every file's SHA-256."""
    unforeseen: str | None = None
    try:
        return _ingest(project, year, files, digests, skip_bad_rows, extracted, scheme, progress)
    except (InputError, OSError, KeyboardInterrupt, SystemExit):
        raise  # a disk that is full says so, and quotes no row
    except BaseException as error:  # even a panic in a library must not quote a row
        place = traceback.extract_tb(error.__traceback__)[-1]
        unforeseen = f"{type(error).__name__} i {Path(place.filename).name}, linje {place.lineno}"
    # Raised out here, so that the first error, which may quote a row, is not this one's context.
    names = ", ".join(mask(path.name) for path in files)
    raise InputError(
        Problem(
            names, f"uventet fejl ({unforeseen}); intet er skrevet", expected="at du sender denne linje til en udvikler"
        )
    )


def _ingest(
    project: Project, year: int, files: Sequence[Path], digests: Digests, skip_bad_rows: bool, extracted: date | None,
    scheme: str | None, progress: Progress,
) -> Ingested:  # fmt: skip
    """Do what `ingest` says, without its guard."""
    data = read_data(project)
    names, limits = read_names(project, data), read_limits(project, data)
    refusals, read = Refusals(), _Read()
    _check_year(year, scheme, data, refusals)
    reader = Reader(year, data, names, keep_refused=skip_bad_rows)
    for path in dict.fromkeys(files):
        _read_file(path, reader, names, refusals, read, scheme, progress)
    _refuse_same_file(read, digests, refusals)
    spells = number_persons(pl.concat([pl.DataFrame(schema=dict(KEPT)), *read.spells]))
    read.spells.clear()
    spells, several = _without_duplicates(spells, read, reader, refusals)
    if refusals.fatal or (refusals and not skip_bad_rows):
        raise InputError(refusals.told())
    progress("Regner sammen")
    days = [extracted or _extraction_date(one.path) for one, _, tables in read.files for _ in tables]
    with ThreadPoolExecutor(1) as pool:
        counting = pool.submit(count, spells, year, reader.codes, data)
        remarks = warnings(spells, several, year, reader.codes, data, limits, days, read.labels)
        sums = interruption.result(counting)
    remarks += far_from_before(sums, year, data)
    rows = [_extract_row(one, digests, counts, tables, spells, reader, days) for one, counts, tables in read.files]
    remarks.sort(key=lambda remark: list(data.schemes).index(remark.scheme))
    written = _write_refused(read, reader, refusals)
    written += write_sums(
        project, year, sums, rows, remarks, data, lambda: progress("Venter: en anden kørsel skriver i data/")
    )
    notes = [*read.notes, *reader.notes, *_outside(rows, year), *_absent(sums, data, year)]
    called = {key: data.schemes[key].name for _, key in sums}
    return Ingested(year, sums, called, tuple(rows), tuple(remarks), tuple(notes), tuple(written))


def _check_year(year: int, scheme: str | None, data: Data, refusals: Refusals) -> None:
    """Refuse a year that was published by a notat, and a scheme that does not exist."""
    row = next(
        (row for (when, _, _), row in data.statuses.items() if when == year and row.origin.startswith("notat")), None
    )
    if row is not None:
        notat = row.origin.partition(",")[0]
        refusals.file(
            row.source.partition(":")[0],
            f"tallene for {year} er skrevet af efter {notat}; et udtræk kan ikke erstatte dem",
            found=str(year),
            expected="et år, der ikke er skrevet af efter et notat",
        )
    if not any(one.code != KK and one.held(year) for one in data.administrations):
        refusals.file("data/administrations.csv", f"ingen forvaltning har et navn i {year}")
    if scheme is not None and scheme not in data.schemes:
        refusals.file(
            "--scheme", "ukendt jobordning", found=scheme, expected=danish.join(list(data.schemes), "eller"),
            hint=near(scheme, data.schemes),
        )  # fmt: skip


def _read_file(
    path: Path, reader: Reader, names: Names, refusals: Refusals, read: _Read, scheme: str | None, progress: Progress
) -> None:
    """Read one file's tables."""
    extract = open_extract(path, names, refusals)
    if extract is None:
        return
    counts, first = Counts(), len(read.labels)
    for table in extract.tables:
        columns, fixed = _columns(table, extract, names, refusals, scheme, read.notes)
        if columns is None:
            continue
        number = len(read.labels)
        read.labels.append(table.label)
        own, kept = Counts(), 0
        for block in table.blocks({name: place for name, place in columns.items() if reader.reads(name)}):
            spells = reader.read(block, number, table.label, fixed, own, refusals)
            read.spells.append(spells)
            kept += spells.height
            progress(f"{table.label}: {danish.counted(own.rows, 'række', 'rækker')}")
        _check_rows(table.label, own, kept, reader.year, reader.keep_refused, refusals)
        counts.add(own)
    read.notes += extract.notes
    read.files.append((extract, counts, range(first, len(read.labels))))


def _columns(
    table: Table, extract: Extract, names: Names, refusals: Refusals, scheme: str | None, notes: list[str]
) -> tuple[dict[str, int] | None, str | None]:
    """Return the place of each column that is read, and the scheme of the whole table where it has no such column.

    Nothing is returned where a column is missing; `refusals` says which.
    """
    header = table.header
    if header is None:
        seen = next((cells for cells in table.head if any(cell.strip() for cell in cells)), [])
        refusals.file(
            table.label, "overskriften blev ikke fundet", found="; ".join(cell for cell in seen if cell.strip()),
            expected="en række med forvaltning, jobordning, startdato og slutdato; flere navne: data/aliases.yml",
        )  # fmt: skip
        return None, None
    if header.row > 1:
        which = f"række {header.row}" if header.rows == 1 else f"række {header.row - 1}-{header.row}"
        notes.append(f"{table.label}: overskriften står i {which}; det, der står over den, er ikke læst")
    for name, place in header.passed_over:
        taken, other = (mask(header.texts[at].strip()) for at in (header.columns[name], place))
        notes.append(f"{table.label}: kolonnen »{other}« er ikke læst; »{taken}« er brugt som {FIELDS[name]}")
    unknown = header.unknown(names)
    wrong = False
    for name in REQUIRED:
        if name not in header.columns:
            _missing(table.label, name, header, unknown, names, refusals)
            wrong = True
    fixed = None
    if "scheme" not in header.columns:
        fixed = scheme or _scheme_of(table, extract, header, unknown, names)
        if fixed is None:
            _missing(table.label, "scheme", header, unknown, names, refusals)
            wrong = True
        elif scheme is None:
            called = next((name for name in names.scheme_names if names.schemes[fold(name)] == fixed), fixed)
            notes.append(f"{table.label}: der er ingen kolonne med jobordning, så alle rækker er læst som {called}")
    return (None if wrong else dict(header.columns)), fixed


def _missing(
    label: str, name: str, header: Header, unknown: Iterable[tuple[int, str]], names: Names, refusals: Refusals
) -> None:
    """Tell of a missing column, and which unknown one may be it."""
    close = next((text for _, text in unknown if names.nearest_header(text) == name), None)
    expected = "en kolonne, der hedder " + danish.join(_called(name, names), "eller")
    expected += "; andre navne skrives i data/aliases.yml"
    if name == "scheme":
        expected += ". Er alle rækker samme jobordning, så skriv den, fx --scheme fleksjob"
    refusals.file(
        label, "kolonnen mangler", row=header.row, column=FIELDS[name],
        found=None if close is None else " ".join(close.split()), expected=expected,
        hint=None if close is None else _called(name, names)[0],
    )  # fmt: skip


def _called(name: str, names: Names) -> list[str]:
    """Return the first few names of a column."""
    ranked = sorted((rank, word) for word, (field_, rank) in names.columns.items() if field_ == name)
    return [word.capitalize() for _, word in ranked[:3]]


def _scheme_of(
    table: Table, extract: Extract, header: Header, unknown: Iterable[tuple[int, str]], names: Names
) -> str | None:
    """Return the scheme of a table without such a column: the one its name or title speaks of, or fleksjob.

    It is fleksjob where the table is about employments, as a table of spells is not. None where that is not clear,
    and where an unknown column may be the missing one.
    """
    if any(names.nearest_header(text) == "scheme" for _, text in unknown):
        return None
    called = " ".join([extract.path.stem, getattr(table, "name", ""), header.title])
    named = names.scheme_in(called)
    if named is not None:
        return named
    words = fold(" ".join([called, *header.texts]))
    is_employment = any(fold(word) in words for word in _EMPLOYMENT)
    is_spells = any(fold(word) in words for word in _SPELLS)
    return "fleksjob" if is_employment and not is_spells and "fleksjob" in names.schemes.values() else None


def _check_rows(label: str, counts: Counts, kept: int, year: int, skip_bad_rows: bool, refusals: Refusals) -> None:
    """Refuse a table without rows, and one that is of another year."""
    read = counts.rows - counts.refused
    usual = counts.usual_year()
    if counts.rows == 0:
        refusals.file(label, "der er ingen rækker under overskriften", expected="mindst én række")
    elif not read and skip_bad_rows:
        refusals.file(label, "ingen af rækkerne kan bruges", expected="mindst én række uden fejl")
    elif read and not kept:
        refusals.file(
            label, f"ingen forløb har dage i {year}", found=_years(counts), expected=str(year), hint=str(usual)
        )
    elif read and not counts.begun_in_year and 2 * counts.outside >= read:
        refusals.file(
            label, f"intet forløb begynder i {year}, og de fleste slutter før; er udtrækket for et andet år?",
            found=_years(counts), expected=str(year), hint=str(usual),
        )  # fmt: skip


def _years(counts: Counts) -> str:
    """Write which years the spells begin in."""
    first, last = min(counts.starts), max(counts.starts)
    return f"forløb, der begynder i {first}" if first == last else f"forløb, der begynder i {first}-{last}"


def _refuse_same_file(read: _Read, digests: Digests, refusals: Refusals) -> None:
    """Refuse two files with the same bytes: every spell would count twice."""
    seen: dict[str, str] = {}
    for extract, _, _ in read.files if len(read.files) > 1 else ():
        sha256 = digests.of(extract.path)
        if sha256 in seen:
            refusals.file(extract.name, f"filen er magen til {seen[sha256]}", expected="hvert udtræk én gang")
        seen.setdefault(sha256, extract.name)


def _without_duplicates(
    spells: pl.DataFrame, read: _Read, reader: Reader, refusals: Refusals
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tell of rows that repeat an earlier one, and return the spells without them: all, and those `of_several`."""
    several = of_several(spells)
    repeated = duplicates(several)
    if not repeated.height:
        return spells, several
    for (table,), group in repeated.group_by("table", maintain_order=True):
        pairs = [
            f"{row} = {'' if first_table == table else read.labels[first_table] + ' '}{first}"
            for row, first_table, first in group.select("row", "first_table", "first_row").head(5).rows()
        ]
        more = " …" if group.height > len(pairs) else ""
        label = read.labels[int(table)]
        refusals.rows(
            label, group["row"].cast(pl.Int64).to_numpy(), None,
            f"rækken gentager en tidligere række ({', '.join(pairs)}{more})",
            expected="hvert forløb én gang",
        )  # fmt: skip
    for table, row, administration, key, start, end in repeated.select(
        "table", "row", "administration", "scheme", "start", "end"
    ).rows():
        reader.refuse_kept(read.labels[table], row, administration, key, start, end)
    for _, counts, tables in read.files:
        counts.refused += repeated.filter(pl.col("table").is_in(list(tables))).height
    once = spells.join(repeated.select("table", "row"), on=["table", "row"], how="anti")
    return once, of_several(once)


def _extract_row(
    extract: Extract, digests: Digests, counts: Counts, tables: range, spells: pl.DataFrame, reader: Reader,
    days: Sequence[date],
) -> ExtractRow:  # fmt: skip
    """Return what ``data/extracts.csv`` says of a file."""
    own = spells.filter(pl.col("table").is_in(list(tables)))
    schemes = [reader.schemes[place] for place in sorted(own["scheme"].unique().to_list())]
    heads = {key for key in schemes if reader.data.schemes[key].counting == "headcount"}
    return ExtractRow(
        year=reader.year,
        sha256=digests.of(extract.path),
        file=extract.name,
        kind="employments" if schemes and heads == set(schemes) else "spells",
        schemes=" ".join(schemes),
        rows=counts.rows,
        counted=own.height,
        outside=counts.outside,
        refused=counts.refused,
        not_distributed=own.filter(pl.col("administration") == reader.none).height,
        extracted=days[tables[0]],
    )


def _extraction_date(path: Path) -> date:
    """Return the day an extract was made: the latest date in its name, else the file's own."""
    found = []
    for pattern, order in (
        (r"(?<!\d)(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)", (0, 1, 2)),
        (r"(?<!\d)(\d\d)[-_.](\d\d)[-_.](20\d\d)(?!\d)", (2, 1, 0)),
    ):
        for match in re.finditer(pattern, path.stem):
            try:
                found.append(date(*(int(match.groups()[at]) for at in order)))
            except ValueError:
                continue
    if found:
        return max(found)
    try:
        return datetime.fromtimestamp(path.stat().st_mtime).astimezone().date()
    except (ValueError, OverflowError):  # a clock that was wrong by millennia
        raise InputError(Problem(mask(path.name), "filens dato kan ikke bruges", expected="--date DATO")) from None


def _absent(sums: dict[tuple[str, str], Sum], data: Data, year: int) -> list[str]:
    """Tell of schemes that exist and have no rows for the year, neither in these extracts nor from before."""
    return [
        f"{one.name}: der er endnu ingen tal for {year}; jobordningen var ikke i disse udtræk"
        for one in data.schemes.values()
        if one.existed(year) and (KK, one.key) not in sums and (year, KK, one.key) not in data.statuses
    ]


def _outside(rows: Sequence[ExtractRow], year: int) -> list[str]:
    """Tell of rows that count for nothing, since they have no day in the year."""
    return [
        f"{row.file}: {danish.counted(row.outside, 'række', 'rækker')} har ingen dage i {year} og tæller ikke med"
        for row in rows
        if row.outside
    ]


def _write_refused(read: _Read, reader: Reader, refusals: Refusals) -> list[Path]:
    """Write the rows that were refused beside the file they stand in."""
    if not reader.refused:
        return []
    why, written = refusals.by_row(), []
    for extract, _, tables in read.files:
        labels = {read.labels[number] for number in tables}
        own = [row for row in reader.refused if row[0] in labels]
        if own:
            path = extract.path.with_name(f"{extract.path.stem}.afviste.csv")
            write_refused(path, own, why)
            written.append(path)
    return written
