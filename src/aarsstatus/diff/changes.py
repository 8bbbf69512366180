"""Find the figures that differ between two builds, and rank them.

Pure; nothing here knows why.

A change belongs to the first of `LEVELS` that takes it, so the list begins with what somebody must look at. A figure
that moved far is one that moved beyond the quality report's own limits: the two never disagree about what is much.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from aarsstatus import danish
from aarsstatus.audit.limits import Threshold, threshold_of
from aarsstatus.figures import Figure, compared
from aarsstatus.files import packaged_rows
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.schema import KK

_CALCULATED = ("value", "lower", "upper", "shown", "formula", "inputs", "published", "verdict")


@dataclass(frozen=True, slots=True)
class Change:
    """Hold a figure that differs.

    `old` or `new` is None where only the other build has it; never both. `called` is the name of its scheme or target
    group, and `limit` how much the figure may move before somebody should look.
    """

    id: str
    old: Figure | None
    new: Figure | None
    called: str = ""
    limit: Threshold | None = None

    @property
    def figure(self) -> Figure:
        """Return the figure's present row, or else its former one."""
        figure = self.new or self.old
        if figure is None:
            raise ValueError(f"{self.id} is in neither build")
        return figure

    @property
    def size(self) -> Fraction | None:
        """Return by how much the figure moved, as shown in both builds.

        Where it is shown the same, return by how much its value did.
        """
        if self.old is None or self.new is None or self.old.value is None or self.new.value is None:
            return None
        values = compared(self.old, self.new) if self.printed_differs else (self.old.value, self.new.value)
        return values[1] - values[0] if values else None

    @property
    def printed_differs(self) -> bool:
        """Whether a reader of the notat sees another number."""
        return self.old is None or self.new is None or not danish.same(self.old.shown, self.new.shown)

    @property
    def level(self) -> Level:
        """How much the change matters."""
        return next(level for level in LEVELS if level.takes(self))


@dataclass(frozen=True, slots=True)
class Level:
    """Hold a class of changes; readers see its `name` and `reason`."""

    name: str
    takes: Callable[[Change], bool]
    reason: str


def _one_sided(change: Change) -> bool:
    return change.old is None or change.new is None or (change.old.value is None) != (change.new.value is None)


def _other_verdict(change: Change) -> bool:
    verdicts = {figure.verdict for figure in (change.old, change.new) if figure is not None}
    return len(verdicts) > 1 and "contradicted" in verdicts


def _moved_far(change: Change) -> bool:
    limit, old, new = change.limit, change.old, change.new
    return limit is not None and old is not None and new is not None and limit.exceeded(old, new)


def _headline(change: Change) -> bool:
    figure = change.figure
    headline = figure.administration == KK and figure.measure in {"attainment", "weighted_attainment"}
    return headline and change.printed_differs


_TAKEN_BY: tuple[Callable[[Change], bool], ...] = (
    _one_sided,
    _other_verdict,
    _moved_far,
    _headline,
    lambda change: change.printed_differs,
    lambda change: bool(change.size),
    lambda _: True,
)
LEVELS: tuple[Level, ...] = tuple(
    Level(row["name"], takes, row["reason"])
    for row, takes in zip(packaged_rows(Path(__file__).with_name("levels.csv")), _TAKEN_BY, strict=True)
)
"""The levels, what matters most first, each with its reason."""


def compare(old: Mapping[str, Figure], new: Mapping[str, Figure], data: Data | None = None) -> list[Change]:
    """Return every figure that differs, what matters most first.

    Where a figure was read from (the line in a file) is no difference: inserting a row moves all the lines below it.
    Within a level, what moved most in proportion to its limit comes first, then the order of the tables.

    The figures are given by id; `data` tells what their groups and schemes are called and how they are counted.
    """
    figures = {id_: new.get(id_) or old[id_] for id_ in [*new, *old]}
    changes = [
        Change(
            id_,
            old.get(id_),
            new.get(id_),
            data.called(one.group, one.scheme) if data else one.scheme or one.group,
            threshold_of(one, heads=data is not None and one.group in data.heads),
        )
        for id_, one in figures.items()
    ]
    differing = [change for change in changes if not same(change.old, change.new)]
    return sorted(differing, key=lambda change: (LEVELS.index(change.level), -_weight(change)))


def same(first: Figure | None, second: Figure | None, but: str = "") -> bool:
    """Tell whether two figures are the same in all that is calculated but one field."""
    if first is None or second is None:
        return first is second
    return all(getattr(first, name) == getattr(second, name) for name in _CALCULATED if name != but)


def _weight(change: Change) -> Fraction:
    """Return how far a figure moved, with its limit as the unit."""
    limit, size = change.limit, change.size
    return Fraction(0) if limit is None or size is None else abs(size) / limit.points
