"""Read a notat as it was printed, and the figures that its inputs give.

The audit judges a notat by its own numbers, so the figures of a sheet are built from the status, spells and
targets that it printed, by the same formulas as the report's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from aarsstatus import danish
from aarsstatus.attainment import printed_interval, round_half_up
from aarsstatus.figures import PERCENTAGES, POINTS, FigureId, figure_id, read_figure_id
from aarsstatus.figures.collection import Figures
from aarsstatus.figures.derived import every_figure
from aarsstatus.inputs.model import Data, Printed, Status, Target
from aarsstatus.inputs.params import Params
from aarsstatus.inputs.schema import KK
from aarsstatus.interval import Interval
from aarsstatus.problems import InputError, Problem, near

_TABLE = re.compile(r"tabel (\d+),")


def table_number(place: str) -> int | None:
    """Return the number of a place's table: 3 for ``tabel 3, status``."""
    match = _TABLE.match(place)
    return int(match[1]) if match else None


def in_table(place: str) -> bool:
    """Tell whether a place is in a table or its footnotes."""
    return place.startswith(("tabel ", "fodnote"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """One notat as printed.

    `tables` says which year and administration each table shows: the city for the year, the city for the
    comparison year, then the administrations. `primary` is a figure's first printing in a table, or in prose
    where no table has it. `numbers` is the number in each row of a figure, by the row's source; None is "no target".
    """

    params: Params
    data: Data
    rows: tuple[Printed, ...]
    administrations: tuple[str, ...]
    tables: tuple[tuple[int, str], ...]
    primary: Mapping[str, Printed]
    numbers: Mapping[str, Fraction | None]

    @property
    def notat(self) -> str:
        """What the notat is called in ``published.csv``."""
        return self.params.notat or ""

    def number(self, id_: str) -> Fraction | None:
        """Return the number that a figure was printed with first, if it has one."""
        row = self.primary.get(id_)
        return None if row is None else self.numbers[row.source]

    def figures(self) -> Figures:
        """Build the figures from the inputs that the notat printed."""
        statuses = {key: row for key, row in self.data.statuses.items() if key[:2] in self.tables}
        targets = {key: row for key, row in self.data.targets.items() if key[:2] in self.tables}
        for id_, row in self.primary.items():
            at, number = read_figure_id(id_), self.numbers[row.source]
            if at is None:
                continue
            year, code = at.year, at.administration
            if at.measure == "target":
                persons = None if number is None else int(number)
                targets[year, code, at.group] = Target(year, code, at.group, persons, row.source)
            elif at.measure == "status" and number is not None:
                spells = self.number(figure_id(year, code, at.group, "spells", at.scheme))
                own = self.data.statuses.get((year, code, at.scheme))
                known = int(spells) if spells is not None else own.spells if own else None
                interval = self._interval((year, code, at.scheme), number, known)
                value = interval.lower if interval.exact else number
                statuses[year, code, at.scheme] = Status(
                    year, code, at.scheme, value, known, interval, self.notat, row.source
                )
        as_printed = replace(self.data, targets=targets, statuses=statuses, printed=())
        return every_figure(as_printed, self.params.year, self.params.comparison_year)

    def _interval(self, key: tuple[int, str, str], number: Fraction, spells: int | None) -> Interval:
        """Return what a status printed as `number` may have been.

        That is what ``data/`` has unrounded, where it rounds to `number`.
        """
        row = self.data.statuses.get(key)
        if row is not None and row.interval.exact and round_half_up(row.status) == number:
            return row.interval
        return printed_interval(number, spells, key[0], self.data.schemes[key[2]].counting)


def read_sheet(data: Data, params: Params) -> Sheet:
    """Pick a notat's rows and read their numbers; refuse all that cannot be read."""
    administrations = tuple(code for code in data.codes(params.year) if code != KK)
    compared = ((params.comparison_year, KK),) if params.comparison_year else ()
    tables = ((params.year, KK), *compared, *((params.year, code) for code in administrations))
    rows = tuple(row for row in data.printed if row.notat == params.notat)
    problems: list[Problem] = []
    primary: dict[str, Printed] = {}
    numbers: dict[str, Fraction | None] = {}
    for row in sorted(rows, key=lambda row: not in_table(row.place)):
        at = read_figure_id(row.id)
        if at is None or at.group not in {*data.groups, "total"}:
            continue
        problem = _unreadable(row, at, data, tables)
        if problem is not None:
            problems.append(problem)
            continue
        numbers[row.source] = None if row.printed == danish.NO_TARGET else _number(row.printed)
        primary.setdefault(row.id, row)
    if problems:
        raise InputError(problems)
    return Sheet(params, data, rows, administrations, tables, primary, numbers)


def _number(text: str) -> Fraction | None:
    """Read a number as a notat prints it; None where it is not one."""
    try:
        return danish.parse(text)
    except ValueError:
        return None


def _unreadable(row: Printed, at: FigureId, data: Data, tables: tuple[tuple[int, str], ...]) -> Problem | None:
    """Say why a figure's row cannot be judged, if it cannot."""
    file, _, line = row.source.rpartition(":")
    if (at.year, at.administration) not in tables:
        return Problem(file, "notatet har ingen tabel for det år og den forvaltning", int(line), "id", row.id)
    if at.measure in {"status", "spells"} and (
        at.scheme not in data.schemes or data.schemes[at.scheme].group != at.group
    ):
        schemes = [scheme.key for scheme in data.schemes.values() if scheme.group == at.group]
        return Problem(file, "ukendt jobordning i gruppen", int(line), "id", at.scheme, hint=near(at.scheme, schemes))
    if row.printed == danish.NO_TARGET:
        return None
    number = _number(row.printed)
    whole = at.measure not in PERCENTAGES | POINTS
    if number is None or (number < 0 and at.measure not in POINTS) or (whole and number.denominator != 1):
        expected = "et helt tal som 1.134" if whole else "en procent som 74 pct."
        return Problem(file, "ikke et tal, som notatet skriver det", int(line), "printed", row.printed, expected)
    return None
