"""Read a filled-in form (`inputs.form`) into params and targets.

What the form would make of the two files is tried in a copy first, by all that checks these files otherwise. What is
wrong is told by the form's sheet and cell. An empty cell changes nothing, and
that is told where the file has a value.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from xlsxwriter.utility import xl_rowcol_to_cell

from aarsstatus.extracts import dates
from aarsstatus.extracts.sheets import read_book
from aarsstatus.extracts.shown import whole
from aarsstatus.extracts.workbook import as_text
from aarsstatus.files import alone, irregular, read_utf8
from aarsstatus.inputs import read_data
from aarsstatus.inputs.csvfile import parse, read_table, replace_rows, swap_in
from aarsstatus.inputs.form import DATES, HERE, KEY, NONE, SOURCE, TARGETS_SHEET, Field, fields, target_header, title
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.new_year import MARK, groups_there
from aarsstatus.inputs.schema import TARGETS
from aarsstatus.inputs.yamlsyntax import At, Place, replace_scalars, scalars
from aarsstatus.problems import InputError, Problem, near
from aarsstatus.project import Project
from aarsstatus.run import temporary

_NAME = re.compile(r"skema.*\.xlsx", re.IGNORECASE)
_MOST_BYTES = 8 << 20
_FIRST_ROWS = 10
"""Rows in which a sheet's header is looked for."""
Row = Mapping[str, tuple[str, str]]
"""A row's cells by the header of their column: where each is, and what it holds."""


@dataclass(frozen=True, slots=True)
class Filled:
    """Hold a form's changes, and its empty cells where the file has a value.

    Each is a line of Danish.
    """

    changes: tuple[str, ...]
    notes: tuple[str, ...]
    written: tuple[Path, ...]


def is_form(path: Path) -> bool:
    """Return whether a file is a form and no extract, by its name."""
    return _NAME.fullmatch(path.name) is not None


def read_form(project: Project, year: int, path: Path) -> Filled:
    """Read a filled-in form into a year's parameters and targets.

    Raises
    ------
    InputError
        With all that is wrong with it; nothing has been written.
    """
    rows = form_rows(path, year)
    data = read_data(project)
    params = project.params_of(year)
    with alone(project.data / TARGETS.file):
        form = _Form(path.name, project.name(params), read_utf8(params, project.name(params)))
        form.read_dates(rows[DATES], fields(year, scalars(form.params, form.file), list(data.schemes.values())))
        form.read_targets(rows[TARGETS_SHEET], year, read_table(project, TARGETS).text, data)
        if form.problems:
            raise InputError(form.problems)
        contents = {params: form.params.encode("utf-8"), project.data / TARGETS.file: form.targets.encode("utf-8")}
        form.try_out(project, year, contents)
        written = {path: content for path, content in contents.items() if path.read_bytes() != content}
        if written:
            swap_in(project, written)
    return Filled(tuple(form.changes), tuple(form.notes), tuple(written))


@dataclass
class _Form:
    """Make both files' new text from a form, and keep each line's cell."""

    name: str
    file: str
    params: str
    targets: str = ""
    changes: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    cells: dict[tuple[str, int | None, str | None], str] = field(default_factory=dict)
    """Where a value came from, by file, line and column; by the file and key alone where no line is told."""

    def read_dates(self, rows: Sequence[Row], asked: Sequence[Field]) -> None:
        """Take the dates and numbers into the parameters."""
        there, by_key = scalars(self.params, self.file), {one.key: one for one in asked}
        values: dict[At, str] = {}
        for row in self._known(rows, by_key):
            one, (place, text) = by_key[row[KEY][1]], row[HERE]
            was = there[one.at]
            self.cells[self.file, was.line, None] = self.cells[self.file, None, one.key] = place
            if not text:
                if was.value is not None:
                    self.notes.append(f"{place} er tom; {one.label} er stadig {_shown(was.value)}")
                continue
            try:
                new = _as_yaml(text, one)
            except dates.Unreadable as bad:
                message = "værdien kan ikke bruges"
                self.problems.append(Problem(place, message, found=text, expected=bad.expected, hint=bad.hint))
                continue
            value = scalars(f"a: {new}", "")[("a",)].value
            if value != was.value:
                self.changes.append(f"{one.label}: {_shown(was.value)} → {text if value is None else _shown(value)}")
            if value != was.value or value is None:
                values[one.at] = new
        self.params = _without_marks(
            replace_scalars(self.params, self.file, values), [there[at] for at, new in values.items() if new == "null"]
        )

    def read_targets(self, rows: Sequence[Row], year: int, text: str, data: Data) -> None:
        """Take the targets into the rows of ``targets.csv``."""
        there = {
            f"{row['administration']}.{row['group']}": row
            for _, row in parse(text, TARGETS)[0]
            if row["year"] == str(year)
        }
        header = target_header(year)
        new: dict[tuple[str, str], dict[str, str]] = {}
        places: dict[tuple[str, str], Row] = {}
        for row in self._known(rows, there):
            was = there[row[KEY][1]]
            key = was["administration"], was["group"]
            places[key] = row
            target, source = row[header][1], row[SOURCE][1]
            if not target and was["target"].strip() and source == was["source"]:
                self.notes.append(f"{row[header][0]} er tom; måltallet er stadig {was['target']}")
                continue
            if not target and not source:
                continue
            changed = {**was, "target": target, "source": source or was["source"]}
            if changed != was:
                new[key] = changed
                what = f"måltal, {key[0]}, {data.called(key[1])}"
                self.changes.append(
                    f"{what}: {was['target'] or '(intet)'} → {target or '(intet)'}, {changed['source']}"
                )
        self.targets = replace_rows(
            text, lambda row: (row["administration"], row["group"]) in new, list(new.values()), data.order, year
        )
        for line, written in parse(self.targets, TARGETS)[0]:
            key = written["administration"], written["group"]
            if written["year"] == str(year) and key in places:
                self.cells[TARGETS.name, line, None] = places[key][header][0]
                self.cells[TARGETS.name, line, "source"] = places[key][SOURCE][0]

    def _known(self, rows: Sequence[Row], known: Mapping[str, object]) -> Iterator[Row]:
        """Yield the rows with a place in the table; report the others and duplicates."""
        seen: dict[str, str] = {}
        for row in rows:
            place, key = row[KEY][0], row[KEY][1]
            if key not in known:
                hint = near(key, known)
                self.problems.append(
                    Problem(place, f"rækken hører ikke til i {self.file} eller data/", found=key, hint=hint)
                )
            elif seen.setdefault(key, place) != place:
                self.problems.append(Problem(place, f"rækken står to gange; første gang i {seen[key]}", found=key))
            else:
                yield row

    def try_out(self, project: Project, year: int, contents: Mapping[Path, bytes]) -> None:
        """Read the new files in a copy of the project; raise problems by the form's cells."""
        with temporary.folder() as folder:
            copy = Project(folder / "projekt")
            for own, copied in ((project.params, copy.params), (project.data, copy.data)):
                shutil.copytree(own, copied, ignore=lambda _, names: [name for name in names if name == "raw"])
            for path, content in contents.items():
                (copy.root / path.relative_to(project.root)).write_bytes(content)
            problems: list[Problem] = []
            for read in (lambda: groups_there(copy, year), lambda: read_data(copy)):
                try:
                    read()
                except InputError as error:
                    problems += error.problems
        if problems:
            raise InputError([self._by_cell(problem) for problem in problems])

    def _by_cell(self, problem: Problem) -> Problem:
        """Return a problem with one of the files as one with the cell that it came from."""
        keys = [key for _, line, key in self.cells if line is None and key and problem.message.startswith(key)]
        for known in (
            (problem.file, problem.line, problem.column), (problem.file, problem.line, None),
            (problem.file, None, keys[0] if keys else ""),
        ):  # fmt: skip
            if known in self.cells:
                return replace(problem, file=self.cells[known], line=None, column=None)
        return problem


def _as_yaml(text: str, one: Field) -> str:
    """Return what was written in a cell as YAML writes it.

    Raises
    ------
    Unreadable
        If it should be a date, and is none.
    """
    if one.kind == "date":
        return date.fromordinal(dates.start_day(text)).isoformat()
    if one.kind == "text" and text.casefold() in {NONE, "ingen", "-", "–"}:
        return "null"
    number = whole(text, -1) if one.kind == "count" else -1  # 010 is ten to a person, and nothing to YAML
    return str(number) if number >= 0 else json.dumps(text, ensure_ascii=False)


def _without_marks(text: str, decided: Sequence[Place]) -> str:
    """Return parameters without the mark `not filled in` on some values' lines."""
    lines = text.splitlines(keepends=True)
    for one in decided:
        lines[one.line - 1] = re.sub(rf"{MARK}:?\s*", "har ikke et ", lines[one.line - 1])
    return "".join(lines)


def _shown(value: object) -> str:
    """Return a value as the change of it is told; a date as Danes write it."""
    if value is None:
        return "(intet)"
    return dates.show_day(value.toordinal()) if isinstance(value, date) else str(value)


def form_rows(path: Path, year: int) -> dict[str, list[Row]]:
    """Return the rows of both sheets; the file must be a form for the year."""
    expected = "det skema, som aarsstatus new har lavet"
    if (why := irregular(path, _MOST_BYTES)) is not None:
        raise InputError(Problem(path.name, why))
    book = read_book(path.read_bytes())
    if book.unfit is not None:
        raise InputError(Problem(path.name, book.unfit[0], expected=expected))
    sheets = book.rows
    found = {}
    for name, headers in ((DATES, (HERE, KEY)), (TARGETS_SHEET, (target_header(year), SOURCE, KEY))):
        if name not in sheets:
            raise InputError(Problem(path.name, f"arket »{name}« mangler", expected=expected))
        for (row, column), text in book.sheets[name].cells.items():
            raise InputError(
                Problem(_cell(path.name, name, row - 1, column - 1), "cellen viser ingen værdi", found=text)
            )
        if sheets[name] and (first := str(sheets[name][0][0])) != title(year):
            raise InputError(
                Problem(_cell(path.name, name, 0, 0), "skemaet er ikke årets", None, None, first, title(year))
            )
        found[name] = list(_below_header(path.name, name, sheets[name], headers))
    return found


def _below_header(file: str, sheet: str, rows: Sequence[Sequence[object]], headers: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of a sheet that say where they belong."""
    begin = next((line for line, texts in enumerate(rows[:_FIRST_ROWS]) if set(headers) <= set(texts)), None)
    if begin is None:
        raise InputError(Problem(file, f"overskriften mangler i arket »{sheet}«", expected=", ".join(headers)))
    columns = {header: list(rows[begin]).index(header) for header in headers}
    for line, texts in enumerate(rows[begin + 1 :], start=begin + 1):
        cells = [(header, column, as_text(texts[column]).strip()) for header, column in columns.items()]
        if any(text for *_, text in cells):
            yield {header: (_cell(file, sheet, line, column), text) for header, column, text in cells}


def _cell(file: str, sheet: str, row: int, column: int) -> str:
    """Return what a cell is called in messages."""
    return f"{file}, ark »{sheet}«, celle {xl_rowcol_to_cell(row, column)}"
