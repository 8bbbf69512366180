"""Bound a number that is known only as it was rounded.

Published inputs are rounded, so all that is known of an input printed as 5 is that it was at least 4,5 and less than
5,5; what follows from such inputs is an interval too.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

_HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Interval:
    """Bound a number before it was rounded: ``[lower, upper)``, or one point.

    The lower end belongs to the interval; the upper end does only when both are the same point, since a
    number that is rounded half up never reaches the upper half.
    """

    lower: Fraction
    upper: Fraction

    def __post_init__(self) -> None:
        """Refuse an interval that runs backwards."""
        if self.upper < self.lower:
            raise ValueError(f"an interval runs from the lower to the upper bound, not {self.lower} to {self.upper}")

    @classmethod
    def exactly(cls, value: Fraction | int) -> Interval:
        """Return the interval of a number that is known exactly."""
        return cls(Fraction(value), Fraction(value))

    @classmethod
    def rounded(cls, value: Fraction | int) -> Interval:
        """Return the interval of a count of persons that is printed as `value`.

        A count is never negative, so the interval of a printed 0 begins at 0.
        """
        return cls(max(Fraction(0), value - _HALF), value + _HALF)

    @property
    def exact(self) -> bool:
        """Tell whether the interval is a single point."""
        return self.lower == self.upper

    def __contains__(self, value: Fraction | int) -> bool:
        """Tell whether the unrounded number may have been `value`."""
        return self.lower == value if self.exact else self.lower <= value < self.upper

    def __add__(self, other: Interval) -> Interval:
        """Return the interval of a sum."""
        return Interval(self.lower + other.lower, self.upper + other.upper)

    def __sub__(self, other: Interval) -> Interval:
        """Return the bounds of a difference; here the upper end may belong to it."""
        return Interval(self.lower - other.upper, self.upper - other.lower)

    def __mul__(self, factor: Fraction | int) -> Interval:
        """Return the interval times a known, non-negative `factor`."""
        if factor < 0:
            raise ValueError(f"an interval is scaled by a number of at least 0, not {factor}")
        return Interval(self.lower * factor, self.upper * factor)

    def meets(self, other: Interval) -> bool:
        """Tell whether some number lies in both intervals."""
        if self.exact:
            return self.lower in other
        if other.exact:
            return other.lower in self
        return max(self.lower, other.lower) < min(self.upper, other.upper)

    def rounds_to(self, printed: Fraction | int, places: int = 0) -> bool:
        """Tell whether some number in the interval is `printed` when rounded half up."""
        half = _HALF / 10**places
        return self.meets(Interval(printed - half, printed + half))
