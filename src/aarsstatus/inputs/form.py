"""Write ``skema-YEAR.xlsx``, in which an analyst fills in what `new` left open.

It has the dates and numbers of ``params/YEAR.yml`` and the year's rows of ``data/targets.csv``, each with what it was
the year before and what may be written. Those files stay the truth; `extracts.filled_form` reads the form into them.
The last column of both sheets says where a row belongs, so that rows may be moved.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import xlsxwriter

from aarsstatus import danish
from aarsstatus.files import read_utf8
from aarsstatus.inputs import read_data
from aarsstatus.inputs.csvfile import read_table, swap_in
from aarsstatus.inputs.model import Data, Scheme
from aarsstatus.inputs.new_year import MARK, year_before
from aarsstatus.inputs.params import CASE_NUMBERS, Params
from aarsstatus.inputs.schema import TARGETS
from aarsstatus.inputs.yamlfile import dotted
from aarsstatus.inputs.yamlsyntax import At, Place, scalars
from aarsstatus.project import Project

DATES, TARGETS_SHEET = "Datoer og numre", "Måltal"
"""The sheets."""
HERE, SOURCE, KEY = "Skriv her", "Hvor det står", "Hører til"
"""The columns that are read."""
NONE = "intet"
"""Written for a number that the notat does not have."""
ADOPTED = "targets_adopted"
_HEADER = 3
"""The row of a sheet's header, from 0."""
_LOOK = {"font_name": "Open Sans", "font_size": 10, "valign": "top", "text_wrap": True, "align": "left", "indent": 1}
_TWO_LINES = 30
"""Points; LibreOffice does not make a row as high as its texts by itself."""
_FORMATS = {"date": "dd-mm-yyyy", "text": "@", "count": "#,##0"}
Kind = Literal["date", "text", "count"]
Cell = str | tuple[Kind, object] | tuple[Kind, object, str]
"""A text; a value; or a value to fill in, with what may be."""


@dataclass(frozen=True, slots=True)
class Field:
    """Hold one value to fill in: its place, its name and its allowed values."""

    at: At
    label: str
    kind: Kind
    told: str

    @property
    def key(self) -> str:
        """What the form calls its place."""
        return dotted(self.at)


def form_name(year: int) -> str:
    """Return the name of a year's form."""
    return f"skema-{year}.xlsx"


def title(year: int) -> str:
    """Return the first line of both sheets."""
    return f"Skema til årsstatus for {year}"


def target_header(year: int) -> str:
    """Return the header of a year's targets."""
    return f"Måltal {year}"


def fields(year: int, there: Mapping[At, Place], schemes: Sequence[Scheme]) -> list[Field]:
    """Return which of the values in a year's parameters the form asks for.

    The target groups are told by the names of their schemes.
    """
    number = f"Som det skal stå i notatet. Har notatet ikke et, så skriv: {NONE}"
    asked = [
        Field(("document", "date"), "Notatets dato", "date", f"En dato efter udgangen af {year}, fx 10-03-{year + 1}"),
        *(Field(("document", key), danish.capital(what), "text", number) for key, what in CASE_NUMBERS.items()),
        Field(("cover", "appendix"), "Bilagets nummer på forsiden", "count", "Et helt tal fra 1"),
    ]
    for at in there:
        if at[0] == ADOPTED and at[-1] == "date":
            groups = [one.value for where, one in there.items() if where[:3] == (*at[:2], "groups")]
            told = "Den dag, de blev vedtaget; gælder den gamle vedtagelse, så den gamle dato"
            asked.append(Field(at, f"Måltal vedtaget for {_names(groups, year, schemes)}", "date", told))
    return [one for one in asked if one.at in there]


def _names(groups: Sequence[str], year: int, schemes: Sequence[Scheme]) -> str:
    """Return target groups by the names of their schemes in a year."""
    return danish.join([one.name for one in schemes if one.group in groups and one.existed(year)])


def write_form(project: Project, year: int) -> Path | None:
    """Write a year's form and return its path, or None where there is nothing to do.

    Then it is there already, or a notat has printed the year's numbers. Call it after `new_year`.
    """
    path, params = project.root / form_name(year), project.params_of(year)
    there = scalars(read_utf8(params, project.name(params)), project.name(params))
    notat = there.get(("notat",))
    data = read_data(project)
    if path.exists() or notat is None or notat.value is not None or data.read_from(year):
        return None
    targets = [row for _, row in read_table(project, TARGETS).rows if row["year"] == str(year)]
    swap_in(project, {path: form(year, year_before(project, year), there, targets, data)})
    return path


def form(
    year: int, before: Params, there: Mapping[At, Place], targets: Sequence[Mapping[str, str]], data: Data
) -> bytes:
    """Return a year's form; what is filled in already stands in it.

    `before` are the parameters of the year before, `there` is what the year's own hold, and `targets` are its rows of
    ``targets.csv``.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title(year), "created": datetime(year + 1, 1, 1)})  # noqa: DTZ001 - of no zone
    pen = _Pen(book, year)
    told = "Skriv i de gule felter, gem, og luk Excel. Læs skemaet ind med menuen eller med aarsstatus ingest."
    page = pen.page(DATES, told, (("Hvad", 56), (HERE, 22), (f"I {before.year}", 22), ("Forklaring", 60), (KEY, 28)))
    for row, one in enumerate(fields(year, there, list(data.schemes.values())), start=_HEADER + 1):
        here, before_ = (one.kind, there[one.at].value, one.told), (one.kind, _before(before, one, there))
        pen.row(page, row, one.label, here, before_, one.told, one.key)
    told = (
        "Et helt tal i hvert gult felt, og hvor det står, fx »BR 28-11-2024, bilag 2«. Er der ikke noget "
        "måltal, så lad tallet være tomt, og skriv, hvor det fremgår."
    )
    columns = (
        ("Forvaltning", 44), ("Jobordninger", 44), (target_header(year), 16), (SOURCE, 40),
        (f"Måltal {before.year}", 14), ("Enhed", 24), (KEY, 20),
    )  # fmt: skip
    page = pen.page(TARGETS_SHEET, told, columns)
    for row, target in enumerate(sorted(targets, key=data.order), start=_HEADER + 1):
        pen.row(page, row, *_target(target, year, before, data))
    book.close()
    return buffer.getvalue()


def _before(before: Params, field: Field, there: Mapping[At, Place]) -> object:
    """Return what a field was the year before; None where it was not there."""
    if field.at[0] == ADOPTED:
        own = {one.value for at, one in there.items() if at[:3] == (*field.at[:2], "groups")}
        return next((one.date for one in before.targets_adopted if own & set(one.groups)), None)
    part = getattr(before, str(field.at[0]))
    return None if part is None else getattr(part, str(field.at[1]))


class _Pen:
    """Write the sheets, with each format made once."""

    def __init__(self, book: Any, year: int) -> None:  # noqa: ANN401 - XlsxWriter is untyped
        self.book, self.year = book, year
        self._plain = book.add_format(_LOOK)
        self._title = book.add_format({**_LOOK, "bold": True, "font_size": 14, "text_wrap": False})
        self._told = book.add_format({**_LOOK, "text_wrap": False})
        self._head = book.add_format({**_LOOK, "bold": True, "bg_color": "#E9EEF6", "bottom": 2})
        self._values = {kind: book.add_format({**_LOOK, "num_format": look}) for kind, look in _FORMATS.items()}
        open_ = {**_LOOK, "bg_color": "#FFF6C7", "border": 1, "border_color": "#C3CCDA", "locked": False}
        self._inputs = {kind: book.add_format({**open_, "num_format": look}) for kind, look in _FORMATS.items()}

    def page(self, name: str, told: str, columns: Sequence[tuple[str, int]]) -> Any:  # noqa: ANN401
        """Return a new sheet with title and header, locked but for its yellow cells."""
        page = self.book.add_worksheet(name)
        page.hide_gridlines(2)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.write_string(0, 0, title(self.year), self._title)
        page.write_string(1, 0, told, self._told)
        for column, (header, width) in enumerate(columns):
            page.set_column(column, column, width)
            page.write_string(_HEADER, column, header, self._head)
        page.set_default_row(_TWO_LINES)
        page.freeze_panes(_HEADER + 1, 1)
        page.protect("", {"format_columns": True, "format_rows": True})
        return page

    def row(self, page: Any, row: int, *cells: Cell) -> None:  # noqa: ANN401
        """Write a row, and say what is allowed in each cell to fill in."""
        for column, cell in enumerate(cells):
            kind, value, *told = cell if isinstance(cell, tuple) else (None, cell)
            look = self._plain if kind is None else self._inputs[kind] if told else self._values[kind]
            if isinstance(value, date):
                page.write_datetime(row, column, datetime(value.year, value.month, value.day), look)  # noqa: DTZ001
            elif kind == "count" and isinstance(value, int):
                page.write_number(row, column, value, look)
            elif value is None:
                page.write_blank(row, column, None, look)
            else:
                page.write_string(row, column, str(value), look)
            if told:
                allowed: dict[str, object] = {"validate": "any", "input_title": HERE, "input_message": told[0]}
                refused = {"error_title": "Det kan ikke stå her", "error_message": told[0], "criteria": ">="}
                if kind == "date":
                    allowed |= {**refused, "validate": "date", "value": date(2000, 1, 1)}
                if kind == "count":
                    allowed |= {**refused, "validate": "integer", "value": 0}
                page.data_validation(row, column, row, column, allowed)


def _target(one: Mapping[str, str], year: int, before: Params, data: Data) -> tuple[Cell, ...]:
    """Return a row of the targets."""
    code, group = one["administration"], one["group"]
    schemes = [scheme for scheme in data.schemes.values() if scheme.group == group and scheme.existed(year)]
    heads = any(scheme.counting == "headcount" for scheme in schemes)
    last = data.targets.get((before.year, code, group))
    named = [held.name for held in data.administrations if held.code == code and held.held(year)]
    target = one["target"].strip()
    whole = "Et helt tal på mindst 0. Er der ikke noget måltal, så lad feltet være tomt"
    source = None if one["source"].startswith(MARK) else one["source"]
    return (
        f"{code}: {named[0]}" if named else code,
        _names([group], year, schemes),
        ("count", int(target) if target.isdecimal() else None, whole),
        ("text", source, "Vedtagelsen og bilaget, fx: BR 28-11-2024, bilag 2"),
        ("count", last.target if last else None),
        "ansatte 31. december" if heads else "helårspersoner",
        f"{code}.{group}",
    )
