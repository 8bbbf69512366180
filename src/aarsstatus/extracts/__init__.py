"""Register extracts, CSV or XLSX, become rows in ``data/``: exact sums, and nothing of any person.

An extract is a table of spells: administration, scheme, start, end (empty: still running), and perhaps weekly hours
and person; or of fleksjob employments: administration, person, start, end. It is read as such files are in Denmark.
All that is wrong with it is told at once, by file, row and column; unless it is all good, or bad rows are skipped,
nothing is written.

==============  ==============================================================================
`ingesting`     all of it, in order
`digests`       each file's SHA-256, meanwhile
`aliases`       what columns, administrations and schemes may be called
`header`        where the table begins
`reading`       files into blocks of text, rows numbered as Excel numbers them
`cells`         one cell: dates, hours, names
`rows`          blocks of text into arrays of whole numbers
`refusals`      what is wrong with rows, in groups
`sums`          full-year equivalents, spells, headcounts; what somebody should look at
`writing`       rows in ``data/`` replaced
==============  ==============================================================================

Person numbers live in memory only, and `rows.number_persons` puts others in their place that mean nothing elsewhere.
No message quotes a row, cells are covered before they are shown (`personal.cover`), and what goes wrong unforeseen is
told by its kind and place alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from aarsstatus.extracts.digests import Digests
from aarsstatus.project import Project

if TYPE_CHECKING:  # what reads is imported once the hashing has begun
    from aarsstatus.extracts.sums import Sum
    from aarsstatus.inputs.model import ExtractRow, Remark

__all__ = ["Ingested", "Progress", "ingest"]

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Ingested:
    """What came of reading some extracts.

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
    written
        The files that were written: in ``data/``, and lists of refused rows beside the extracts.
    """

    year: int
    sums: dict[tuple[str, str], Sum]
    schemes: dict[str, str]
    extracts: tuple[ExtractRow, ...]
    remarks: tuple[Remark, ...]
    notes: tuple[str, ...]
    written: tuple[Path, ...]


def ingest(
    project: Project, year: int, files: Sequence[Path], *, skip_bad_rows: bool = False, extracted: date | None = None,
    scheme: str | None = None, progress: Progress = lambda _: None,
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
    progress
        Called with a Danish line as reading goes on.

    Raises
    ------
    InputError
        With all that is wrong with all files; nothing has been written.
    """
    with Digests(dict.fromkeys(files)) as digests:
        from aarsstatus.extracts import ingesting  # noqa: PLC0415 - takes a third of a second, in which a core is free

        return ingesting.ingest(
            project, year, files, digests, skip_bad_rows=skip_bad_rows, extracted=extracted, scheme=scheme,
            progress=progress,
        )  # fmt: skip
