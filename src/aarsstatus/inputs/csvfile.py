"""The CSV files in ``data/``: how they are written, and rows of them changed while all else stays byte for byte.

People keep these files in Excel and in git, so neither their order, their delimiter nor their line ends may move.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from aarsstatus.files import read_utf8
from aarsstatus.problems import InputError, Problem, reason
from aarsstatus.project import Project

__all__ = ["in_one_column", "not_csv", "numbered_rows", "read_text", "replace_rows", "rows_of", "style", "swap_in"]

Row = Mapping[str, str]
_LONE_RETURN = re.compile(r"\r(?!\n)")


def read_text(project: Project, path: Path, header: Sequence[str] = ()) -> str:
    """Return a CSV file's text, byte order mark and line ends included, once every row of it can be read.

    Parameters
    ----------
    project, path
        The file.
    header
        The columns it must have, and those that it gets when it is not there; without, a file must be there.

    Raises
    ------
    InputError
        If it cannot be read, is no CSV file, lacks or has other columns, or has a row with too few or too many cells.
    """
    name = project.name(path)
    if header and not (path.exists() or path.is_symlink()):
        return ",".join(header) + "\n"
    text = read_utf8(path, name)
    if (lone := _LONE_RETURN.search(text)) is not None:  # rows end with line feeds here, and one is inside a row
        line = text.count("\n", 0, lone.start()) + 1
        raise InputError(Problem(name, "et linjeskift, som kun gamle Mac-programmer skriver", line))
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=style(text)[0])
    try:
        columns = next(reader, [])
        if (problem := in_one_column(text, name)) is not None:
            raise InputError(problem)
        if not columns or (header and sorted(columns) != sorted(header)):
            raise InputError(Problem(name, "overskriften passer ikke", 1, found=",".join(columns),
                                     expected=",".join(header) or "kolonnernes navne"))  # fmt: skip
        for cells in reader:
            if any(cells) and len(cells) != len(columns):
                expected = f"{len(columns)} celler som i overskriften"
                message = "rækken har ikke rigtigt antal celler"
                raise InputError(Problem(name, message, reader.line_num, None, str(len(cells)), expected))
    except csv.Error as error:
        raise InputError(not_csv(error, reader.line_num, name)) from None
    return text


def in_one_column(text: str, name: str) -> Problem | None:
    """Say of a file that somebody filled it in while Excel had all of each row in the first column; else None.

    A Danish Excel that opens a file with commas by a double click shows it so. What is then written in the columns
    beside it is saved after semicolons, and every row but those is as it was: one message tells more than one a row.
    """
    delimiter, _ = style(text)
    try:
        head = next(csv.reader([text.partition("\n")[0].rstrip("\r")], delimiter=delimiter), [])
    except csv.Error:  # whoever reads the file says so
        return None
    at = 0 if any("," in cell or ";" in cell for cell in head) else text.find(";;") if delimiter == "," else -1
    if at < 0:
        return None
    return Problem(
        name, "alt står i den første kolonne i Excel", text.count("\n", 0, at) + 1,
        expected="hver celle i sin egen kolonne; hent filen som den var, og åbn den i Excel med Data, Fra tekst/CSV",
    )  # fmt: skip


def _records(text: str) -> Iterator[str]:
    """Yield the rows of a CSV file as they stand, line ends included; a quoted cell may hold line ends."""
    record = ""
    for line in io.StringIO(text, newline="\n"):
        record += line
        if record.count('"') % 2 == 0:
            yield record
            record = ""
    if record:
        yield record


_MENDED: Mapping[str, str] = {
    "unexpected end of data": "et anførselstegn mere: et, der begynder, bliver ikke lukket",
    "expected after": "et skilletegn efter cellens andet anførselstegn",
    "field larger": "celler på højst 131.072 tegn",
    "new-line": "linjeskift af samme slags i hele filen",
}
"""What would be right, by a part of what Python's csv says of a file that it cannot read."""


def not_csv(error: csv.Error, line: int, name: str) -> Problem:
    """Return in Danish what Python's csv says in English of a file that it cannot read."""
    expected = next((mended for part, mended in _MENDED.items() if part in str(error)), "celler med komma imellem")
    return Problem(name, "filen er ikke en gyldig CSV-fil", line, expected=expected)


def style(text: str) -> tuple[str, str]:
    """Return the delimiter and the line end in use: a Danish Excel saves with semicolons, and both are read."""
    header = text.partition("\n")[0]
    return (";" if header.count(";") > header.count(",") else ","), ("\r\n" if header.endswith("\r") else "\n")


def numbered_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a CSV file by column, each with the line it ends on."""
    delimiter, _ = style(text)
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter)
    header = next(reader, [])
    for cells in reader:
        if any(cells):
            yield reader.line_num, dict(zip(header, cells, strict=False))


def rows_of(text: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file by column."""
    return [row for _, row in numbered_rows(text)]


def replace_rows(
    text: str,
    replaced: Callable[[Row], bool],
    rows: Sequence[Row],
    order: Callable[[Row], tuple[object, ...]],
    year: int,
) -> str:
    """Return a CSV file's text with some rows of one year replaced.

    Rows of other years, the header, the delimiter and the line ends stay as they are, byte for byte. The year's rows
    are put in order where its first one stood, or at the end where there was none.

    Parameters
    ----------
    text
        The file.
    replaced
        Says of a row of the year whether it goes.
    rows
        What comes instead, by column.
    order
        What the year's rows are sorted by.
    year
        The year.
    """
    delimiter, end = style(text)
    head, *records = _records(text)
    columns = next(csv.reader([head.removeprefix("\ufeff")], delimiter=delimiter))
    before, after = [head if head.endswith("\n") else head + end], list[str]()
    own: list[tuple[tuple[object, ...], str]] = []
    seen = False
    for record in records:
        row = dict(zip(columns, next(csv.reader([record], delimiter=delimiter), []), strict=False))
        ended = record if record.endswith("\n") else record + end
        if row.get("year") != str(year):
            (after if seen else before).append(ended)
        else:
            seen = True
            own += [] if replaced(row) else [(order(row), ended)]
    own += [(order(row), _line([row[column] for column in columns], delimiter, end)) for row in rows]
    written = [line for _, line in sorted(own, key=lambda one: one[0])]
    return "".join([*before, *written, *after])


def _line(cells: Sequence[str], delimiter: str, end: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerow(cells)
    return text.getvalue()


def swap_in(project: Project, contents: Mapping[Path, bytes]) -> None:
    """Replace files all together: written beside the old ones, renamed onto them, undone if one cannot be.

    Ctrl-C between two of them undoes it, too. Commands that write the same files call it when alone (`publish.alone`).

    Raises
    ------
    InputError
        If a file cannot be written, as when Excel has it open.
    """
    before = {path: path.read_bytes() if path.exists() else None for path in contents}
    path = next(iter(contents))
    renaming = False
    try:
        for path, content in contents.items():
            _temporary(path).write_bytes(content)
        renaming = True
        for path in contents:
            _temporary(path).replace(path)
    except BaseException as error:
        # One that was renamed is no longer beside the others: that is known, whenever Ctrl-C came.
        for done in [one for one in contents if renaming and not _temporary(one).exists()]:
            old = before[done]
            done.unlink() if old is None else done.write_bytes(old)
        if not isinstance(error, OSError):
            raise
        why = f"filen kan ikke skrives: {reason(error)}"
        problem = Problem(project.name(path), why, expected="at filen ikke er åben i Excel; intet er ændret")
        raise InputError(problem) from None
    finally:
        for path in contents:
            _temporary(path).unlink(missing_ok=True)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}-{os.getpid()}")
