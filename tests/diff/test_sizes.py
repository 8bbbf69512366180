"""By how much a figure moved is the difference of the two numbers that are shown of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from aarsstatus.diff import words
from aarsstatus.diff.causes import Cause
from aarsstatus.diff.changes import Change
from aarsstatus.diff.steps import _value_change
from aarsstatus.figures import Figure, Measure, show


def figure(measure: Measure, value: str, shown: str = "", formula: str = "f") -> Figure:
    number = Fraction(value)
    text = shown or show(measure, number)
    return Figure(
        "2025.BIF.placements.x", 2025, "BIF", "placements", "", measure, number, number, number, text, formula, (), "",
        shown, "exact",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "old", "new", "told"),
    [
        ("spells_total", ("108", ""), ("356", "256"), "108 → 256 (+148 forløb)"),
        ("weighted_attainment", ("63", ""), ("67.6", "79 pct."), "63 pct. → 79 pct. (+16 procentpoint)"),
        ("weight", ("43.2", "41 pct."), ("43", ""), "41 pct. → 43 pct. (+2 procentpoint)"),
        ("attainment", ("63.2", ""), ("68.1", ""), "63 pct. → 68 pct. (+4,9 procentpoint)"),
        ("status", ("120", "120"), ("121", "120"), "120 → 121 (notatet viser stadig 120; +1 personer)"),
    ],
)
def test_what_is_subtracted_is_what_is_shown(
    measure: Measure, old: tuple[str, str], new: tuple[str, str], told: str
) -> None:
    change = Change("x", figure(measure, *old), figure(measure, *new))
    assert words._line(change) == f"x: {told}"


def test_a_number_that_is_the_same_is_told_once_with_what_is_not() -> None:
    old = figure("status", "20")
    assert words._line(Change("x", old, replace(old, formula="g"))) == "x: 20 (samme tal; formlen er ændret)"


def test_numbers_of_which_the_same_is_said_are_told_at_once() -> None:
    """A published notat that is a draft again has no number of which anything else is new."""
    old = figure("status", "20")
    same = [Change(id_, old, replace(old, verdict="unpublished")) for id_ in ("a", "b", "c", "d")]
    why = (Cause("data", "data/published.csv", "filen er ændret"),)
    moved = Change("e", old, replace(figure("status", "21"), verdict="unpublished"))
    of: Any = SimpleNamespace(causes=dict.fromkeys("abcde", why))
    (some, causes), (alone, _) = words._alike(of, [*same, moved])
    assert words._many(some) == "a, b, c og 1 til: stemmer → ikke offentliggjort"
    assert causes == ["data: data/published.csv: filen er ændret"]
    assert alone == [moved]


def test_a_parameter_is_told_without_the_marks_of_a_language() -> None:
    correction = [{"date": date(2027, 3, 24), "reason": "Skrevet forkert af."}]
    assert _value_change(None, correction) == "null → date 2027-03-24 reason Skrevet forkert af."
    assert _value_change(["fleksjob"], ["fleksjob", "fritidsjob"]) == "fleksjob → fleksjob, fritidsjob"
