"""Count the rows of an extract's tables by what came of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

__all__ = ["Counts"]


@dataclass(slots=True)
class Counts:
    """Count a table's rows, its placements, and the years in which spells begin.

    Of the `refused`, those `cancelled` are no faults. `signs` are what stands where a spell is still `running`.
    """

    rows: int = 0
    outside: int = 0
    begun_in_year: int = 0
    refused: int = 0
    cancelled: int = 0
    placements: int = 0
    placements_outside: int = 0
    running: int = 0
    signs: Counter[str] = field(default_factory=Counter)
    without_administration: int = 0
    starts: Counter[int] = field(default_factory=Counter)

    def add(self, other: Counts) -> None:
        """Add another table's counts."""
        self.rows += other.rows
        self.outside += other.outside
        self.begun_in_year += other.begun_in_year
        self.refused += other.refused
        self.cancelled += other.cancelled

    def usual_year(self) -> int | None:
        """Return the year that most spells begin in."""
        return max(self.starts, key=lambda year: (self.starts[year], year), default=None)
