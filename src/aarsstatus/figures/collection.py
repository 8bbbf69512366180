"""Hold the figures of a build by id, and write and read them as ``figures.csv``."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from operator import attrgetter
from typing import TYPE_CHECKING, Any, get_args

from aarsstatus import danish
from aarsstatus.figures import COLUMNS, Figure, Measure, Verdict, figure_id
from aarsstatus.inputs.schema import KK
from aarsstatus.problems import near
from aarsstatus.text import visible

if TYPE_CHECKING:
    import pandas as pd

_BOUNDED = ["value", "lower", "upper"]
_NUMBER = re.compile(r"(-?[0-9]{1,12}(\.[0-9]{1,12})?)?")
"""A number as ``figures.csv`` has it, or none; a longer one would take for ever to work with."""
_RUNS = re.compile(r"((?:^|;)\s*)(?![-+]?\d[\d.,]*\s*(?:;|$))(?=[=+\-@])")
"""Where a spreadsheet takes a text for a formula: at its start, and after the `;` where Danish ones split a line."""


def _plain(id_: str) -> str:
    """Write an id in small letters that every keyboard has, points between."""
    dotted = re.sub(r"[\s,;:/]+", ".", id_.strip())
    return dotted.casefold().translate({ord("æ"): "ae", ord("ø"): "o", ord("å"): "a"})


class Figures(dict[str, Figure]):
    """Hold all figures of a build by id, in the order of the tables."""

    def __init__(self, figures: Sequence[Figure]) -> None:
        super().__init__((figure.id, figure) for figure in figures)
        if len(self) < len(figures):
            raise ValueError("two figures have the same id")

    def find(self, year: int, administration: str, group: str, measure: str, scheme: str = "") -> Figure | None:
        """Return a figure by its parts, or None."""
        return self.get(figure_id(year, administration, group, measure, scheme))

    def known(self, year: int, administration: str, group: str, measure: str) -> Figure | None:
        """Return a figure by its parts, or None where there is none or it has no value."""
        found = self.find(year, administration, group, measure)
        return found if found is not None and found.value is not None else None

    def citys_weight(self, figure: Figure) -> Figure | None:
        """Return the city's weight that a weight repeats; None where it is another."""
        city = self.find(figure.year, KK, figure.group, "weight") if figure.measure == "weight" else None
        return city if city is not None and city.value == figure.value else None

    def select(
        self, *, year: int | None = None, administration: str | None = None, measure: str | None = None
    ) -> list[Figure]:
        """Return the figures of a year, an administration and a measure."""
        wanted = {"year": year, "administration": administration, "measure": measure}
        asked = {name: value for name, value in wanted.items() if value is not None}
        return [one for one in self.values() if all(getattr(one, name) == value for name, value in asked.items())]

    def nearest(self, text: str) -> str | None:
        """Return the id that somebody most likely meant, None when none is close.

        What is not told of an id, as in ``2025.OKF.total``, is taken for the attainment.
        """
        ids = {_plain(id_): id_ for id_ in self}
        wanted = _plain(text)
        longer = [id_ for plain, id_ in ids.items() if plain.startswith(f"{wanted}.")]
        main = [id_ for id_ in longer if self[id_].measure in {"attainment", "weighted_attainment"}]
        if longer:
            return (main or longer)[0]
        close = near(wanted, ids)
        return ids[close] if close else None

    def judged(self, answers: Mapping[str, tuple[Verdict, str]]) -> Figures:
        """Return the figures with the audit's verdicts and reasons, by id."""
        found = [(one, answers.get(one.id)) for one in self.values()]
        return Figures(
            [replace(one, verdict=said[0], reason=said[1]) if said and one.published else one for one, said in found]
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the figures as a pandas table; numbers are floats."""
        import pandas as pd  # noqa: PLC0415 - half a second that few of the commands that load this module need

        frame = pd.DataFrame(map(attrgetter(*COLUMNS), self.values()), columns=list(COLUMNS), dtype=object)
        frame[_BOUNDED] = frame[_BOUNDED].astype(float)
        return frame

    def to_csv(self) -> str:
        """Write ``figures.csv``, one row a figure."""
        return write_csv(self.values(), COLUMNS)

    @classmethod
    def from_csv(cls, text: str) -> Figures:
        """Read ``figures.csv`` back; raise `ValueError` where it is damaged."""
        reader = csv.DictReader(io.StringIO(text), strict=True)
        try:
            rows = [{"reason": ""} | row for row in reader]  # a build from before there were reasons has none
        except csv.Error as error:
            raise ValueError("figures.csv: a row is not what it should be") from error
        whole = {"reason", *(reader.fieldnames or ())} >= set(COLUMNS)
        if not whole or any(None in row or None in row.values() for row in rows):
            raise ValueError("figures.csv: a column is missing, or a row has a cell too many or too few")
        return cls([_read_figure({name: row[name] for name in COLUMNS}) for row in rows])


def write_csv(rows: Iterable[object], columns: Sequence[str]) -> str:
    """Write the attributes of some rows as CSV, numbers with at most six decimals."""
    written = io.StringIO()
    cells = ([_cell(getattr(row, name)) for name in columns] for row in rows)
    csv.writer(written, lineterminator="\n").writerows([columns, *cells])
    return written.getvalue()


def _cell(value: object) -> object:
    """Write one value: a number, several ids, or a text."""
    if isinstance(value, Fraction):
        return danish.plain_decimal(value)
    text = " ".join(value) if isinstance(value, tuple) else value
    return _RUNS.sub(r"\1'", text) if isinstance(text, str) else text


def _read_figure(row: Mapping[Any, Any]) -> Figure:
    known = row["measure"] in get_args(Measure) and row["verdict"] in get_args(Verdict)
    numbers = all(_NUMBER.fullmatch(row[name]) for name in _BOUNDED) and re.fullmatch("[0-9]{4}", row["year"])
    if not (known and numbers and all(visible(cell) == " ".join(cell.split()) for cell in row.values())):
        raise ValueError("figures.csv: a cell is not what it should be")
    bounded = {name: Fraction(row[name]) if row[name] else None for name in _BOUNDED}
    return Figure(**{**row, **bounded, "year": int(row["year"]), "inputs": tuple(row["inputs"].split())})
