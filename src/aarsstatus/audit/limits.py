"""Hold how much a figure may move in a year before somebody should look."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

from aarsstatus import danish
from aarsstatus.figures import Figure, Measure, compared, seen, words
from aarsstatus.figures.collection import Figures
from aarsstatus.files import packaged_rows
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.reorganisations import comparable


@dataclass(frozen=True, slots=True)
class Threshold:
    """Say how much a figure may move in a year before somebody should look.

    A figure moved more than usual when what is shown of it moved by at least `points` (persons, spells or percentage
    points) and by at least `share` of what it was. `reason` says, in Danish, why there. `heads` tells whether it is
    of groups that are counted by heads; None is of both.
    """

    name: str
    measures: tuple[Measure, ...]
    points: Fraction
    share: Fraction
    reason: str
    heads: bool | None = None

    def exceeded(self, before: Figure, after: Figure) -> bool:
        """Tell whether a reader sees a figure move more than usual."""
        shown = seen(before, after)
        change = abs(shown[1] - shown[0]) if shown else 0
        return shown is not None and bool(change) and change >= self.points and change >= self.share * shown[0]


THRESHOLDS: tuple[Threshold, ...] = tuple(
    Threshold(
        row["name"],
        tuple(cast("Measure", measure) for measure in row["measures"].split()),
        Fraction(row["points"]),
        Fraction(row["percent"]) / 100,
        row["reason"],
        {"yes": True, "no": False}.get(row["heads"]),
    )
    for row in packaged_rows(Path(__file__).with_name("limits.csv"))
)
"""The thresholds in ``limits.csv``, each with its reason; `in_words` fills in the braces.

The first that covers a figure's measure and way of counting counts.
"""


def in_words(threshold: Threshold, data: Data, year: int) -> tuple[str, str]:
    """Return a threshold's name and reason, in the words of a year's own data."""
    heads = danish.join([one.name for one in data.schemes_of(year) if one.counting == "headcount"])
    words_ = {"heads": heads, "council": data.city(year).council}
    return threshold.name.format(**words_), danish.capital(threshold.reason.format(**words_))


@dataclass(frozen=True, slots=True)
class Moved:
    """Hold a figure that moved more than usual, and what a list calls it."""

    id: str
    before_id: str
    before: Fraction
    after: Fraction
    threshold: Threshold
    name: str

    @property
    def change(self) -> Fraction:
        """Return by how much it moved: persons, spells or percentage points."""
        return self.after - self.before


def moved(figures: Figures, data: Data, year: int, comparison_year: int) -> list[Moved]:
    """Return the figures that moved more than usual, in the order of the tables.

    A figure that only one of the years has, or that has no value in one of them, did not move, nor did one of an
    administration that was another organisation then.
    """
    found: list[Moved] = []
    for figure in figures.select(year=year):
        code = figure.administration
        earlier = figures.find(comparison_year, code, figure.group, figure.measure, figure.scheme)
        threshold = threshold_of(figure, heads=figure.group in data.heads)
        values = compared(earlier, figure) if earlier else None
        if not (threshold and earlier and values and threshold.exceeded(earlier, figure)):
            continue
        if comparable(data, code, comparison_year, year):
            name = words.listed(code, data.called(figure.group, figure.scheme), figure.measure)
            found.append(Moved(figure.id, earlier.id, *values, threshold, name))
    return found


def threshold_of(figure: Figure, *, heads: bool) -> Threshold | None:
    """Return the threshold that covers a figure, of a group counted by heads or not."""
    return next((one for one in THRESHOLDS if figure.measure in one.measures and one.heads in {None, heads}), None)
