"""Read CSV files in ``data/``, and replace rows of them, the rest byte for byte.

People keep these files in Excel and in git, so neither their order, their delimiter nor their line ends may move.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from aarsstatus.files import MOST_BYTES, being_made, irregular, read_utf8, require_closed
from aarsstatus.inputs.schema import Table
from aarsstatus.problems import InputError, Problem, near, reason
from aarsstatus.project import Project

Row = Mapping[str, str]
_LONE_RETURN = re.compile(r"\r(?!\n)")


class Contents(NamedTuple):
    """A file's text, line ends and all, and its rows by column, each with its line."""

    text: str
    rows: list[tuple[int, dict[str, str]]]


def read_table(project: Project, table: Table) -> Contents:
    """Read a file so that rows of it can be replaced.

    Raises
    ------
    InputError
        If it cannot be read, is no CSV file, lacks or has other columns, or has a row with too few or too many cells.
    """
    text = read_utf8(project.data / table.file, table.name)
    rows, problems = parse(text, table)
    if (lone := _LONE_RETURN.search(text)) is not None:  # rows end with line feeds here, and one is inside a row
        line = text.count("\n", 0, lone.start()) + 1
        problems = [Problem(table.name, "et linjeskift, som kun gamle Mac-programmer skriver", line)]
    if problems:
        raise InputError(problems)
    return Contents(text, rows)


def parse(text: str, table: Table) -> tuple[list[tuple[int, dict[str, str]]], list[Problem]]:
    """Return a file's rows by column, each with the line it ends on, and its problems."""
    if (squeezed := _in_one_column(text, table.name)) is not None:
        return [], [squeezed]
    rows: list[tuple[int, dict[str, str]]] = []
    problems: list[Problem] = []
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="")
    reader = csv.reader(lines, delimiter=_style(text)[0], strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        problems += _wrong_header(header, table)
        if problems:
            return [], problems
        empty = dict.fromkeys(table.header, "")
        for cells in reader:
            if len(cells) == len(header):
                row = empty | dict(zip(header, map(str.strip, cells), strict=True))
                rows += [(reader.line_num, row)] if any(row.values()) else []
            elif any(cell.strip() for cell in cells):
                message, expected = "rækken har ikke rigtigt antal celler", f"{len(header)} celler som i overskriften"
                problems.append(Problem(table.name, message, reader.line_num, None, str(len(cells)), expected))
    except csv.Error as error:
        problems.append(_not_csv(error, reader.line_num, table.name))
    return rows, problems


def _wrong_header(header: Sequence[str], table: Table) -> list[Problem]:
    """Return which columns a file lacks, and which its table does not have."""
    if not header:
        return [Problem(table.name, "filen er tom", 1, expected=f"overskriften {','.join(table.header)}")]
    if not set(header) & set(table.header):
        expected = f"overskriften {','.join(table.header)}"
        return [
            Problem(table.name, "ingen kolonne kendes", 1, found=", ".join(filter(None, header)), expected=expected)
        ]
    missing = [column.name for column in table.columns if column.name not in header and not column.newer]
    meant = {column: near(column, missing) for column in header if column and column not in table.header}
    problems = [Problem(table.name, "kolonnen mangler", 1, one) for one in missing if one not in meant.values()]
    problems += [Problem(table.name, "ukendt kolonne", 1, column, hint=hint) for column, hint in meant.items()]
    if "" in header:
        message, expected = "en kolonne har intet navn", "kun kolonner med navn; slet de tomme til højre i Excel"
        problems.append(Problem(table.name, message, 1, found=f"kolonne {header.index('') + 1}", expected=expected))
    if len(set(header)) < len(header) and not problems:
        problems.append(Problem(table.name, "en kolonne står der to gange", 1, found=", ".join(header)))
    return problems


def _in_one_column(text: str, name: str) -> Problem | None:
    """Tell of a file that Excel had in one column while somebody filled it in.

    A Danish Excel that opens a file with commas by a double click shows it so. What is then written in the columns
    beside it is saved after semicolons, and every row but those is as it was: one message tells more than one a row.
    """
    try:
        head = _columns(text)
    except csv.Error:  # whoever reads the file says so
        return None
    at = 0 if any("," in cell or ";" in cell for cell in head) else text.find(";;") if _style(text)[0] == "," else -1
    if at < 0:
        return None
    return Problem(
        name, "alt står i den første kolonne i Excel", text.count("\n", 0, at) + 1,
        expected="hver celle i sin egen kolonne; hent filen som den var, og åbn den i Excel med Data, Fra tekst/CSV",
    )  # fmt: skip


def _records(text: str) -> Iterator[str]:
    """Yield rows as they stand, line ends included; a quoted cell may hold some."""
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


def _not_csv(error: csv.Error, line: int, name: str) -> Problem:
    """Return in Danish why Python's csv cannot read a file."""
    expected = next((mended for part, mended in _MENDED.items() if part in str(error)), "celler med komma imellem")
    return Problem(name, "filen er ikke en gyldig CSV-fil", line, expected=expected)


def _style(text: str) -> tuple[str, str]:
    """Return the delimiter and the line end; a Danish Excel saves with semicolons."""
    header = text.partition("\n")[0]
    return (";" if header.count(";") > header.count(",") else ","), ("\r\n" if header.endswith("\r") else "\n")


def _columns(text: str) -> list[str]:
    """Return the columns that a file has."""
    head = text.partition("\n")[0].removeprefix("\ufeff").rstrip("\r")
    return [cell.strip() for cell in _cells(head, _style(text)[0])]


def _cells(record: str, delimiter: str) -> list[str]:
    """Return a row's cells as they stand."""
    return next(csv.reader([record], delimiter=delimiter), [])


def with_newer_columns(text: str, table: Table) -> str:
    """Return a file's text with the columns that came after it was written, empty."""
    delimiter, end = _style(text)
    head, *records = _records(text)
    newer = [column.name for column in table.columns if column.newer and column.name not in _columns(text)]
    if not newer:
        return text
    lines = [delimiter.join([head.rstrip("\r\n"), *newer]) + end]
    lines += [record.rstrip("\r\n") + delimiter * len(newer) + end for record in records if record.strip()]
    return "".join(lines)


def replace_rows(
    text: str,
    replaced: Callable[[Row], bool],
    rows: Sequence[Row],
    order: Callable[[Row], tuple[object, ...]],
    year: int,
) -> str:
    """Return a CSV file's text with some rows of one year replaced.

    Rows of other years, the header, the delimiter and the line ends stay as they are, byte for byte. Those of the
    year that are `replaced` go and `rows` come instead; all of the year are put in `order` where its first one stood,
    or at the end where there was none.
    """
    delimiter, end = _style(text)
    head, *records = _records(text)
    columns = _columns(text)
    before, after = [head if head.endswith("\n") else head + end], list[str]()
    own: list[tuple[tuple[object, ...], str]] = []
    seen = False
    for record in records:
        row = dict(zip(columns, map(str.strip, _cells(record, delimiter)), strict=False))
        ended = record if record.endswith("\n") else record + end
        if row.get("year") != str(year):
            (after if seen else before).append(ended)
        else:
            seen = True
            own += [] if replaced(row) else [(order(row), ended)]
    own += [(order(row), _line([row[column] for column in columns], delimiter, end)) for row in rows]
    written = [line for _, line in sorted(own, key=lambda one: one[0])]
    return "".join([*before, *written, *after])


def rename(text: str, column: str, old: str, new: str) -> str:
    """Return a CSV file's text with one name in a column written as another."""
    delimiter, end = _style(text)
    head, *records = _records(text)
    at = _columns(text).index(column)
    lines = [head]
    for record in records:
        cells = _cells(record, delimiter)
        named = at < len(cells) and cells[at].strip() == old
        lines.append(_line([*cells[:at], new, *cells[at + 1 :]], delimiter, end) if named else record)
    return "".join(lines)


def append_rows(text: str, rows: Sequence[Row]) -> str:
    """Return a CSV file's text with rows at its end."""
    delimiter, end = _style(text)
    columns = _columns(text)
    whole = text if text.endswith("\n") else text + end
    return whole + "".join(_line([row[column] for column in columns], delimiter, end) for row in rows)


def _line(cells: Sequence[str], delimiter: str, end: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerow(cells)
    return text.getvalue()


def swap_in(project: Project, contents: Mapping[Path, bytes]) -> None:
    """Replace some files, all or none.

    They are written beside the old ones and renamed onto them; that is undone if one cannot be, or at Ctrl-C. Commands
    that write the same files call it when alone (`files.alone`).

    Raises
    ------
    InputError
        If a file cannot be written, as when Excel has it open, or if one so large is there that it is none of ours.
    """
    require_closed(contents, project)
    large = [
        Problem(project.name(path), why) for path in contents if path.exists() and (why := irregular(path, MOST_BYTES))
    ]
    if large:
        raise InputError(large)
    before = {path: path.read_bytes() if path.exists() else None for path in contents}
    path = next(iter(contents))
    renaming = False
    try:
        for path, content in contents.items():
            being_made(path).write_bytes(content)
        renaming = True
        for path in contents:
            being_made(path).replace(path)
    except BaseException as error:
        # One that was renamed is no longer beside the others: that is known, whenever Ctrl-C came.
        for done in [one for one in contents if renaming and not being_made(one).exists()]:
            old = before[done]
            done.unlink() if old is None else done.write_bytes(old)
        if not isinstance(error, OSError):
            raise
        why = f"filen kan ikke skrives: {reason(error)}"
        problem = Problem(project.name(path), why, expected="at filen ikke er åben i Excel; intet er ændret")
        raise InputError(problem) from None
    finally:
        for path in contents:
            being_made(path).unlink(missing_ok=True)
