"""Numbers, dates and lists as a Danish document writes them."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarsstatus import danish


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (999, "999"), (1134, "1.134"), (1_234_567, "1.234.567"), (Fraction(5, 2), "3")]
)
def test_whole_numbers(value: int | Fraction, text: str) -> None:
    assert danish.whole(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("73.6", "73,6"), ("0.05", "0,1"), ("0.04", "0,0"), ("1048.5", "1.048,5"), ("-0.25", "-0,2"), ("-0.35", "-0,3")],
)
def test_decimals(value: str, text: str) -> None:
    assert danish.decimal(Fraction(value)) == text


def test_decimals_are_at_least_one() -> None:
    with pytest.raises(ValueError, match="at least one decimal"):
        danish.decimal(Fraction(1), 0)


@pytest.mark.parametrize(("ratio", "text"), [("0.736", "74 pct."), ("0.005", "1 pct."), ("12.345", "1.235 pct.")])
def test_percentages(ratio: str, text: str) -> None:
    assert danish.percent(Fraction(ratio)) == text


@pytest.mark.parametrize(
    ("text", "value"), [("1.134", 1134), ("74 pct.", 74), ("116 pct", 116), ("73,6", Fraction("73.6")), ("-2", -2)]
)
def test_reads_what_notats_print(text: str, value: Fraction) -> None:
    assert danish.parse(text) == value


@pytest.mark.parametrize("text", ["", "1,134.5", "1.13", "pct.", "74 procent", "٣", "NaN", "1.1345"])
def test_refuses_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="ikke et tal"):
        danish.parse(text)


@given(st.integers(min_value=0, max_value=10**9))
def test_what_is_written_can_be_read(value: int) -> None:
    assert danish.parse(danish.whole(value)) == value
    assert danish.parse(danish.percent(Fraction(value, 100))) == value


def test_dates() -> None:
    assert danish.long_date(date(2021, 1, 21)) == "21. januar 2021"
    assert danish.short_date(date(2026, 3, 11)) == "11-03-2026"


@pytest.mark.parametrize(
    ("words", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a og b"), (["a", "b", "c"], "a, b og c")]
)
def test_lists(words: list[str], text: str) -> None:
    assert danish.join(words) == text


@pytest.mark.parametrize(("number", "text"), [(0, "0 rækker"), (1, "1 række"), (2, "2 rækker"), (1134, "1.134 rækker")])
def test_counts_have_their_noun(number: int, text: str) -> None:
    assert danish.counted(number, "række", "rækker") == text


def test_small_counts_are_words() -> None:
    assert danish.in_words(7) == "syv"
    assert danish.in_words(1200) == "1.200"


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("116 pct", "116 pct.", True),
        ("1.134", "1134", True),
        ("74 pct.", "75 pct.", False),
        ("intet måltal", "intet måltal", True),
        ("intet måltal", "0", False),
    ],
)
def test_the_same_number(first: str, second: str, same: bool) -> None:
    assert danish.same(first, second) == same


@pytest.mark.parametrize(("before", "after", "word"), [(1, 2, "steget"), (2, 1, "faldet"), (2, 2, "uændret")])
def test_direction(before: int, after: int, word: str) -> None:
    assert danish.direction(before, after) == word


def test_a_sentence_begins_with_a_capital() -> None:
    assert danish.capital("øre og Æ") == "Øre og Æ"
    assert danish.capital("") == ""
