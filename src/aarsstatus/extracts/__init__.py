"""Read register extracts into sums in ``data/``.

The sums are exact, and hold nothing of any person.

An extract is a table of spells: administration, scheme, start, end (empty: still running), and perhaps weekly hours
and person; or of employments, counted by heads: administration, person, start, end. It is read as such files are in
Denmark.
All that is wrong with it is told at once, by file, row and column; unless it is all good, or bad rows are skipped,
nothing is written. What columns, administrations and schemes may be called is read by `inputs.aliases`.

Person numbers live in memory only, and `persons.number_persons` puts others in their place that mean nothing elsewhere.
No message quotes a row, cells are covered before they are shown (`privacy.cover`), and what goes wrong unforeseen is
told by its kind and place alone.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from aarsstatus.extracts.outcome import REFUSED_MARK, Extract, Reading, Refusals, refused_list, write_refused
from aarsstatus.extracts.persons import kinds_of_number, number_persons, refuse_unclear, with_bare_numbers
from aarsstatus.extracts.reading import extraction_date, read_file
from aarsstatus.extracts.remarks import (
    absent,
    duplicates,
    far_from_before,
    of_several,
    outside,
    remembered,
    warnings,
)
from aarsstatus.extracts.right_file import (
    check_year,
    either_way,
    preliminary,
    refuse_contradicted,
    refuse_dates,
    refuse_same_file,
    refuse_too_many,
    scheme_said,
)
from aarsstatus.extracts.rows import KEPT, Reader
from aarsstatus.extracts.sums import Sum, count
from aarsstatus.extracts.writing import write_sums
from aarsstatus.files import require_closed, require_own
from aarsstatus.inputs import read_data
from aarsstatus.inputs.aliases import read_limits, read_names
from aarsstatus.inputs.model import ExtractRow, Remark
from aarsstatus.inputs.schema import EXTRACTS, STATUS, WARNINGS
from aarsstatus.privacy import mask
from aarsstatus.problems import InputError, Problem
from aarsstatus.project import Project
from aarsstatus.text import visible

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Ingested:
    """Say what came of reading some extracts.

    Attributes
    ----------
    sums
        By administration's code and scheme's key.
    schemes
        What each of these schemes is called, by its key.
    extracts
        The files.
    remarks
        What somebody should look at; the same as in ``data/warnings.csv``.
    notes
        How the files were read, where that was not plain.
    summaries
        One line of each table: how many spells still run, rows are hidden, rows have no administration.
    before
        What stood in ``data/`` before, by code and key.
    written
        The files that were written: in ``data/``, and lists of refused rows beside the extracts.
    """

    year: int
    sums: Mapping[tuple[str, str], Sum]
    schemes: Mapping[str, str]
    extracts: tuple[ExtractRow, ...]
    remarks: tuple[Remark, ...]
    notes: tuple[str, ...]
    summaries: tuple[str, ...]
    before: Mapping[tuple[str, str], Sum]
    written: tuple[Path, ...]


def ingest(
    project: Project, year: int, files: Sequence[Path], *, skip_bad_rows: bool = False, extracted: date | None = None,
    scheme: str | None = None, hidden: str | None = None, early: bool = False, older: bool = False,
    progress: Progress = lambda _: None,
) -> Ingested:  # fmt: skip
    """Read register extracts, and write their sums to ``data/``.

    Rows of the year and of the schemes that are in the extracts are replaced; give all files that hold a scheme
    together, since a later call replaces what an earlier one wrote of it.

    Parameters
    ----------
    project, year
        Where to, and what is counted.
    files
        CSV or XLSX.
    skip_bad_rows
        Leave out rows that cannot be used, and write a list of them beside the file they stand in.
    extracted
        The day the extracts were made; None takes a date in the file's name, else the file's own date.
    scheme
        The scheme of files that have no such column.
    early, older
        Whether to read an extract drawn before the year was over, and one older than what it replaces.
    hidden
        Whether rows that are hidden in Excel are read: ``with`` or ``without``; None refuses them.
    progress
        Called with a Danish line as reading goes on.

    Raises
    ------
    InputError
        With all that is wrong with all files; nothing has been written.
    """
    unforeseen: str | None = None
    try:
        return _ingest(project, year, files, skip_bad_rows, extracted, scheme, hidden, early, older, progress)
    except (InputError, OSError, KeyboardInterrupt, SystemExit):
        raise  # a disk that is full says so, and quotes no row
    except BaseException as error:  # even a panic in a library must not quote a row
        place = traceback.extract_tb(error.__traceback__)[-1]
        unforeseen = f"{type(error).__name__} i {Path(place.filename).name}, linje {place.lineno}"
    # Raised out here, so that the first error, which may quote a row, is not this one's context.
    names = ", ".join(mask(path.name) for path in files)
    message = f"uventet fejl ({unforeseen}); intet er skrevet"
    raise InputError(Problem(names, message, expected="at du sender denne linje til en udvikler"))


def _ingest(
    project: Project, year: int, files: Sequence[Path], skip_bad_rows: bool, extracted: date | None,
    scheme: str | None, hidden: str | None, early: bool, older: bool, progress: Progress,
) -> Ingested:  # fmt: skip
    """Do what `ingest` says, without its guard."""
    lists = [refused_list(path) for path in files if skip_bad_rows]
    for path in lists:
        require_own(path, REFUSED_MARK, "en liste over afviste rækker", "manifest.json")
    require_closed([*lists, *(project.data / table.file for table in (STATUS, EXTRACTS, WARNINGS))], project)
    data = read_data(project)
    names, limits = read_names(project, data, year), read_limits(project, data)
    refusals, reading = Refusals(), Reading()
    check_year(year, data, refusals)
    scheme = scheme_said(scheme, names, data, refusals)
    refusals.stop()
    reader = Reader(year, data, names, refusals, keep_refused=skip_bad_rows)
    for path in dict.fromkeys(files):
        progress(f"Læser {visible(mask(path.name))}")
        read_file(path, reader, scheme, hidden, reading, progress)
    refuse_same_file(reading, refusals)

    spells = with_bare_numbers(pl.concat([pl.DataFrame(schema=dict(KEPT)), *reading.spells]))
    reading.spells.clear()
    unclear = refuse_unclear(spells, reading.labels, refusals)
    refusals.notes += [*kinds_of_number(spells, reading.labels), *either_way(spells, reading.labels)]
    spells = number_persons(_taken_out(spells, unclear, reading, reader))
    spells = _without_duplicates(spells, reading, reader)
    if skip_bad_rows:
        refuse_too_many(reading, refusals)
    refusals.stop(skip_rows=skip_bad_rows)

    progress("Regner sammen")
    days = [day for one in reading.extracts for day in [extracted or _drawn(one)] for _ in one.tables]
    refuse_contradicted(reading, extracted, year, refusals, early=early)
    sums = count(spells, year, reader.codes, data)
    remarks = warnings(spells, of_several(spells), year, reader.codes, data, limits, days, reading.labels)
    remarks += far_from_before(sums, year, data)
    rows = [_extract_row(one, spells, reader, days[one.tables[0]]) for one in reading.extracts]
    refuse_dates(rows, year, data, refusals, early=early, older=older)
    refusals.stop()
    remarks += preliminary(rows, sums, year, data)
    remarks.sort(key=lambda remark: list(data.schemes).index(remark.scheme))

    if reader.hours_given and not reader.hours_counted:
        refusals.notes.append(
            "ugentlige timer tæller ikke med; hvordan hver jobordning tælles, står i data/schemes.csv"
        )
    notes = list(dict.fromkeys([*refusals.notes, *outside(rows, year)]))
    written = _write_refused(reading, reader)
    kept = [*remarks, *remembered(notes, sums)]
    written += write_sums(
        project, year, sums, rows, kept, data, lambda: progress("Venter: en anden kørsel skriver i data/")
    )
    notes += absent(sums, data, year)  # not kept: `check` sees by itself whether they are still missing
    before = {at: Sum(old.status, old.spells) for at in sums if (old := data.statuses.get((year, *at))) is not None}
    called = {key: data.schemes[key].name for _, key in sums}
    return Ingested(year, sums, called, tuple(rows), tuple(remarks), tuple(notes), tuple(reading.summaries), before,
                    tuple(written))  # fmt: skip


def _drawn(extract: Extract) -> date:
    """Return the day of an extract, by its name or, if earlier, what it says itself."""
    day = extraction_date(extract.path)
    return day if extract.drawn is None else min(day, extract.drawn)


def _without_duplicates(spells: pl.DataFrame, reading: Reading, reader: Reader) -> pl.DataFrame:
    """Tell of rows that repeat an earlier one, and return the spells without them."""
    repeated = duplicates(of_several(spells))
    for (table,), group in repeated.group_by("table", maintain_order=True):
        label = reading.labels[int(table)]
        pairs = [
            f"{row} = {'' if first_table == table else reading.labels[first_table] + ' '}{first}"
            for row, first_table, first in group.select("row", "first_table", "first_row").head(5).rows()
        ]
        more = " …" if group.height > len(pairs) else ""
        message = f"rækken gentager en tidligere række ({', '.join(pairs)}{more})"
        reader.refusals.rows(label, group["row"], None, message, expected="hvert forløb én gang")
    return _taken_out(spells, repeated, reading, reader)


def _taken_out(spells: pl.DataFrame, refused: pl.DataFrame, reading: Reading, reader: Reader) -> pl.DataFrame:
    """Return spells without those refused after they were read, and count these."""
    if refused.is_empty():
        return spells
    at = refused.select("table", "row")
    shown = ("table", "row", "administration", "scheme", "start", "end")
    for table, *spell in spells.join(at, on=["table", "row"], how="semi").select(shown).rows():
        reader.refuse_kept(reading.labels[table], *spell)
    for extract in reading.extracts:
        extract.counts.refused += at.filter(pl.col("table").is_in(list(extract.tables))).height
    return spells.join(at, on=["table", "row"], how="anti")


def _extract_row(extract: Extract, spells: pl.DataFrame, reader: Reader, day: date) -> ExtractRow:
    """Return what ``data/extracts.csv`` says of a file."""
    own = spells.filter(pl.col("table").is_in(list(extract.tables)))
    schemes = [reader.schemes[place] for place in sorted(own["scheme"].unique().to_list())]
    heads = {key for key in schemes if reader.data.schemes[key].counting == "headcount"}
    return ExtractRow(
        year=reader.year,
        sha256=extract.sha256,
        file=extract.name,
        kind="employments" if schemes and heads == set(schemes) else "spells",
        schemes=" ".join(schemes),
        rows=extract.counts.rows,
        counted=own.height,
        outside=extract.counts.outside,
        refused=extract.counts.refused,
        not_distributed=own.filter(pl.col("administration") == reader.none).height,
        extracted=day,
    )


def _write_refused(reading: Reading, reader: Reader) -> list[Path]:
    """Write a list of refused rows beside each file, and return these lists."""
    why, written = reader.refusals.by_row(), []
    for extract in reading.extracts:
        labels = {reading.labels[number] for number in extract.tables}
        own = [row for row in reader.refused if row[0] in labels]
        if own:
            path = refused_list(extract.path)
            write_refused(path, own, why)
            written.append(path)
    return written
