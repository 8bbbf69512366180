"""Write a year's sums to ``data/``.

Every other byte of the files is left as it is.

Three files: ``status.csv`` (what the notat is made from), ``extracts.csv`` (which extracts it came from) and
``warnings.csv`` (what somebody should look at). They are written beside the old ones and swapped in together; should
one swap fail, those before it are undone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from fractions import Fraction
from pathlib import Path

from aarsstatus import danish
from aarsstatus.extracts.sums import Sum
from aarsstatus.files import alone
from aarsstatus.inputs.csvfile import Contents, read_table, replace_rows, swap_in
from aarsstatus.inputs.model import Data, ExtractRow, Remark
from aarsstatus.inputs.schema import EXTRACTS, STATUS, WARNINGS
from aarsstatus.problems import InputError, Problem, reason
from aarsstatus.project import Project

__all__ = ["PLACES", "origin", "write_sums"]

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
    return f"{'foreløbigt ' if early else ''}registerudtræk {danish.join(parts)}"


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
    status, listed, warned = (project.data / table.file for table in (STATUS, EXTRACTS, WARNINGS))
    codes, keys = data.codes(), list(data.schemes)

    def ours(row: Row) -> bool:
        return row["year"] == str(year) and row["scheme"] in schemes

    new = [_status_row(year, code, key, total, origin(extracts, key)) for (code, key), total in sums.items()]
    try:
        with alone(status, waiting):
            texts = {
                listed: _without_replaced(read_table(project, EXTRACTS), year, schemes, extracts),
                warned: replace_rows(
                    read_table(project, WARNINGS).text, ours,
                    [{"year": str(year), **_cells(remark)} for remark in remarks],
                    lambda row: (_place(keys, row["scheme"]), row["kind"], _place(codes, row["administration"])),
                    year,
                ),
                status: replace_rows(
                    read_table(project, STATUS).text, ours, new,
                    lambda row: (_place(codes, row["administration"]), _place(keys, row["scheme"])), year,
                ),
            }  # fmt: skip
            swap_in(project, {path: text.encode("utf-8") for path, text in texts.items()})
    except OSError as error:  # of the lock; what else cannot be written is told already
        place, why = project.name(Path(error.filename or status)), f"filen kan ikke skrives: {reason(error)}"
        raise InputError(Problem(place, why, expected="adgang til mappen; intet er ændret")) from None
    return [status, listed, warned]


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


def _without_replaced(listed: Contents, year: int, schemes: set[str], extracts: Sequence[ExtractRow]) -> str:
    """Return ``extracts.csv`` with new extracts.

    What older ones gave that is replaced is taken out of their rows.
    """
    kept = []
    for _, row in listed.rows:
        if row["year"] == str(year):
            left = [key for key in row["schemes"].split() if key not in schemes]
            if left:
                kept.append({**row, "schemes": " ".join(left)})
    new = [_cells(one) for one in extracts]
    return replace_rows(
        listed.text,
        lambda row: row["year"] == str(year),
        [*kept, *new],
        lambda row: (row["schemes"], row["sha256"]),
        year,
    )


def _place(known: Sequence[str], word: str) -> int:
    """Return where a word stands in a list; what is not in it comes last."""
    return list(known).index(word) if word in known else len(known)
