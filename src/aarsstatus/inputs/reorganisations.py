"""Find how administrations were reorganised between years, and say so.

``data/administrations.csv`` alone says it: a row ends, others begin, and ``successor`` tells who took over from whom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aarsstatus import danish
from aarsstatus.inputs.model import Administration, Data
from aarsstatus.inputs.schema import KK


@dataclass(frozen=True, slots=True)
class Change:
    """Hold the administrations that ended with a year, and their successors."""

    year: int
    before: tuple[Administration, ...]
    after: tuple[Administration, ...]

    @property
    def same_body(self) -> bool:
        """Return whether one administration goes on as it was, under another name."""
        return len(self.before) == len(self.after) == 1

    @property
    def codes(self) -> set[str]:
        """Return the codes of all that had a part in it."""
        return {one.code for one in (*self.before, *self.after)}

    def said(self) -> str:
        """Say the change as a sentence."""
        old, new = (danish.join([_called(one) for one in side]) for side in (self.before, self.after))
        if not self.before:
            return f"{new} er ny fra {self.year}."
        if not self.after:
            return f"{old} blev nedlagt med udgangen af {self.year - 1}."
        if self.same_body:
            (one,), (other,) = self.before, self.after
            former = one.name if one.code == other.code else _called(one)
            return f"{new} hed til og med {self.year - 1} {former}."
        return self._rearranged(old, new)

    def _rearranged(self, old: str, new: str) -> str:
        """Say a merger, a split or both; `old` and `new` are the names of each side."""
        grown = [one for one in self.after if any(one.code == other.code for other in self.before)]
        ended = [one for one in self.before if all(one.code != other.code for other in self.after)]
        if ended and len(grown) == len(self.after):
            return f"{danish.join(list(map(_called, ended)))} blev fra {self.year} lagt ind under {new}."
        if len(self.after) == 1:
            return f"{old} blev fra {self.year} lagt sammen til {new}."
        if len(self.before) == 1:
            return f"{old} blev fra {self.year} delt i {new}."
        return f"{old} blev fra {self.year} omlagt til {new}."


def changes(data: Data, year: int) -> list[Change]:
    """Return how a year's administrations came from those of the year before."""
    if year <= min(one.first_year for one in data.administrations):
        return []  # nothing is known of what was there before
    old, new = _of(data, year - 1), _of(data, year)
    links = [(one, other) for one in old for other in new if other.code in _successors(one, new)]
    found: list[Change] = []
    seen: set[str] = set()
    for row in [*old, *new]:
        if row.source in seen:
            continue
        joined = _joined(row, links)
        seen |= {one.source for one in joined}
        before, after = (tuple(one for one in side if one in joined) for side in (old, new))
        if [(one.code, one.name) for one in before] != [(one.code, one.name) for one in after]:
            found.append(Change(year, before, after))
    return found


def comparable(data: Data, code: str, before: int, after: int) -> bool:
    """Tell whether an administration is the same organisation in two years."""
    moved = [change for year in range(before + 1, after + 1) for change in changes(data, year)]
    return not any(code in change.codes and not change.same_body for change in moved)


def _of(data: Data, year: int) -> list[Administration]:
    """Return a year's administrations, without the whole city."""
    return [one for one in data.administrations if one.held(year) and one.code != KK]


def _successors(one: Administration, new: Sequence[Administration]) -> tuple[str, ...]:
    """Return the codes that a row of the year before lives on in."""
    if one in new:
        return (one.code,)
    return one.successors or (one.code,)


def _joined(row: Administration, links: Sequence[tuple[Administration, Administration]]) -> list[Administration]:
    """Return all rows that hang together with one."""
    joined = [row]
    for one in joined:  # it grows while it is walked
        joined += [other for pair in links if one in pair for other in pair if other not in joined]
    return joined


def _called(one: Administration) -> str:
    """Return a name and its code: ``NAME (CODE)``."""
    return f"{one.name} ({one.code})"
