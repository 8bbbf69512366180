"""Write a year's sums to ``data/``, and take the last ones back.

Every other byte of the files is left as it is.

Three files: ``status.csv`` (what the notat is made from), ``extracts.csv`` (which extracts it came from) and
``warnings.csv`` (what somebody should look at). They are written beside the old ones and swapped in together; should
one swap fail, those before it are undone. The rows that they replace are kept in ``.ingest-YEAR.json`` beside them, so
that the last reading can be taken back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from fractions import Fraction
from pathlib import Path

from aarsstatus import danish
from aarsstatus.extracts.sums import Sum
from aarsstatus.files import alone, read_utf8
from aarsstatus.inputs.csvfile import Contents, read_table, replace_rows, swap_in, with_newer_columns
from aarsstatus.inputs.model import PRELIMINARY, Data, ExtractRow, Remark
from aarsstatus.inputs.schema import EXTRACTS, STATUS, WARNINGS, Table
from aarsstatus.problems import InputError, Problem, reason
from aarsstatus.project import Project

PLACES = 10
"""Decimals of a status. Days ÷ 365 rarely ends; ten decimals are at most 0,00000000005 persons off, and
`inputs` gets the fraction of days back from them, so nothing is lost."""

Row = Mapping[str, str]


def origin(extracts: Sequence[ExtractRow], scheme: str) -> str:
    """Return a status' source: the extracts it was computed from.

    Each is named by the start of its SHA-256 and its date.

    The start is written in groups of four, which no person number can look like.
    """
    parts = [
        f"{'-'.join(one.sha256[at : at + 4] for at in (0, 4, 8))} af {danish.short_date(one.extracted)}"
        for one in extracts
        if scheme in one.schemes.split()
    ]
    early = any(scheme in one.schemes.split() and one.extracted < date(one.year, 12, 31) for one in extracts)
    return f"{PRELIMINARY if early else 'registerudtræk'} {danish.join(parts)}"


def write_sums(
    project: Project, year: int, sums: Mapping[tuple[str, str], Sum], extracts: Sequence[ExtractRow],
    remarks: Sequence[Remark], data: Data, waiting: Callable[[], None] = lambda: None,
) -> list[Path]:  # fmt: skip
    """Write the sums of a year's extracts in place of their schemes' rows.

    One run at a time does that; `waiting` is called once when another one does now.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    InputError
        If a file cannot be written; then none has been.
    """
    schemes = {scheme for _, scheme in sums}
    new = [_status_row(year, code, key, total, origin(extracts, key)) for (code, key), total in sums.items()]
    with _writing(project, waiting):
        before = {table: read_table(project, table) for table in _WRITTEN}
        answers = {_told(row): row["svar"] for _, row in before[WARNINGS].rows}
        warned = [{"year": str(year), **_cells(remark)} for remark in remarks]
        warned = [{**row, "svar": answers.get(_told(row), "")} for row in warned]
        rows: dict[Table, Sequence[Row]] = {
            STATUS: new,
            EXTRACTS: _listed(before[EXTRACTS], year, schemes, extracts),
            WARNINGS: warned,
        }
        texts = {
            project.data / table.file: _replaced(before[table].text, table, year, schemes, rows[table], data)
            for table in _WRITTEN
        }
        if any(texts[project.data / table.file] != contents.text for table, contents in before.items()):
            texts[_kept(project, year)] = _record(before, year, schemes)
        swap_in(project, {path: text.encode("utf-8") for path, text in texts.items()})
    return [project.data / table.file for table in _WRITTEN]


def take_back(project: Project, year: int, data: Data, waiting: Callable[[], None] = lambda: None) -> list[Path]:
    """Put back the rows of a year that its last ingest replaced; return the files.

    Raises
    ------
    InputError
        If there is nothing to take back, or a file cannot be written.
    """
    path = _kept(project, year)
    with _writing(project, waiting):
        if not path.exists():
            expected = "et år, der er læst udtræk ind for, siden det sidst blev taget tilbage"
            why = "der er ingen indlæsning at tage tilbage"
            raise InputError(Problem(f"ingest {year} --undo", why, expected=expected))
        try:
            kept = json.loads(read_utf8(path, project.name(path)))
            schemes = set(kept["schemes"])
            texts = {}
            for table in _WRITTEN:
                rows, now = kept[table.file], read_table(project, table).text
                texts[project.data / table.file] = _replaced(now, table, year, schemes, rows, data)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            why = "filen kan ikke bruges; det, der stod før, kan ikke sættes tilbage"
            raise InputError(Problem(project.name(path), why)) from None
        swap_in(project, {one: text.encode("utf-8") for one, text in texts.items()})
        path.unlink()
    return list(texts)


_WRITTEN = (STATUS, EXTRACTS, WARNINGS)


def _kept(project: Project, year: int) -> Path:
    """Return the file that holds what a year's last reading replaced."""
    return project.data / f".ingest-{year}.json"


def _record(before: Mapping[Table, Contents], year: int, schemes: set[str]) -> str:
    """Return what is kept of files that are about to be written: the rows that go."""
    kept: dict[str, object] = {"schemes": sorted(schemes)}
    for table, contents in before.items():
        kept[table.file] = [row for _, row in contents.rows if _goes(table, row, year, schemes)]
    return json.dumps(kept, ensure_ascii=False, indent=1) + "\n"


def _goes(table: Table, row: Row, year: int, schemes: set[str]) -> bool:
    """Tell whether a row is one of the year's that is replaced."""
    return row["year"] == str(year) and (table is EXTRACTS or row["scheme"] in schemes)


def _replaced(text: str, table: Table, year: int, schemes: set[str], rows: Sequence[Row], data: Data) -> str:
    """Return a file's text with some schemes' rows of a year replaced, in order."""
    codes, keys = data.codes(), list(data.schemes)

    def order(row: Row) -> tuple[object, ...]:
        if table is EXTRACTS:
            return row["schemes"], row["sha256"]
        places = _place(codes, row["administration"]), _place(keys, row["scheme"])
        return places if table is STATUS else (places[1], row["kind"], places[0])

    whole = with_newer_columns(text, table)
    return replace_rows(whole, lambda row: _goes(table, row, year, schemes), rows, order, year)


def _told(row: Row) -> tuple[str, ...]:
    """Return a remark's key, by which an answer stays when it is told again."""
    return tuple(row[column] for column in ("year", "kind", "scheme", "administration", "text"))


@contextmanager
def _writing(project: Project, waiting: Callable[[], None]) -> Iterator[None]:
    """Be alone in writing to ``data/``, and say what cannot be written."""
    status = project.data / STATUS.file
    try:
        with alone(status, waiting):
            yield
    except OSError as error:  # of the lock; what else cannot be written is told already
        place, why = project.name(Path(error.filename or status)), f"filen kan ikke skrives: {reason(error)}"
        raise InputError(Problem(place, why, expected="adgang til mappen; intet er ændret")) from None


def _status_row(year: int, code: str, key: str, total: Sum, source: str) -> dict[str, str]:
    """Return the row of ``status.csv`` that a sum makes."""
    return {
        "year": str(year),
        "administration": code,
        "scheme": key,
        "status": danish.plain_decimal(Fraction(total.status), PLACES),
        "spells": "" if total.spells is None else str(total.spells),
        "rounding": "exact",
        "source": source,
    }


def _cells(row: ExtractRow | Remark) -> dict[str, str]:
    """Return what a row is written as, by column: its fields are the columns."""
    return {column: str(cell) for column, cell in asdict(row).items()}


def _listed(before: Contents, year: int, schemes: set[str], extracts: Sequence[ExtractRow]) -> list[Row]:
    """Return a year's rows of ``extracts.csv``, the new and the older not replaced."""
    kept: list[Row] = []
    for _, row in before.rows:
        left = [key for key in row["schemes"].split() if key not in schemes]
        if row["year"] == str(year) and left:
            kept.append({**row, "schemes": " ".join(left)})
    return [*kept, *map(_cells, extracts)]


def _place(known: Sequence[str], word: str) -> int:
    """Return where a word stands in a list; what is not in it comes last."""
    return list(known).index(word) if word in known else len(known)
