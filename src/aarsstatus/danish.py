"""Write numbers, dates and lists in Danish, and read them back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Literal

from aarsstatus.attainment import round_half_up

MONTHS = (
    "januar", "februar", "marts", "april", "maj", "juni",
    "juli", "august", "september", "oktober", "november", "december",
)  # fmt: skip
NO_TARGET = "intet måltal"
_WORDS = ("nul", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv")


def whole(value: Fraction | int) -> str:
    """Write a number rounded half up, with a point between thousands: ``1.134``."""
    return f"{round_half_up(value):,}".replace(",", ".")


def decimal(value: Fraction | int, places: int = 1) -> str:
    """Write a number with `places` decimals, rounded half up: ``1.048,5``.

    Raises
    ------
    ValueError
        If `places` is not at least 1; whole numbers are written by `whole`.
    """
    if places < 1:
        raise ValueError("decimal() writes at least one decimal; use whole() for none")
    scaled = round_half_up(Fraction(value) * 10**places)
    sign = "-" if scaled < 0 else ""
    before, after = divmod(abs(scaled), 10**places)
    return f"{sign}{whole(before)},{after:0{places}d}"


def number(value: Fraction, places: int = 1) -> str:
    """Write a number: whole if it is, else with some decimals."""
    return whole(value) if value.denominator == 1 else decimal(value, places)


def percent(ratio: Fraction | int) -> str:
    """Write a ratio (1 is 100 per cent) as a percentage, rounded half up: ``74 pct.``."""
    return f"{whole(Fraction(ratio) * 100)} pct."


def points(value: Fraction) -> str:
    """Write what a percentage moved: ``−5,8 procentpoint``."""
    return f"{minus(decimal(value))} procentpoint"


def minus(text: str) -> str:
    """Write a number's hyphen as the minus that it is."""
    return text.replace("-", "−")


def plain_decimal(value: Fraction, places: int = 6) -> str:
    """Write a number with a point and at most `places` decimals, no trailing zeros."""
    if value.denominator == 1:
        return str(value.numerator)
    scaled = round_half_up(abs(value) * 10**places)
    before, after = divmod(scaled, 10**places)
    text = f"{before}.{after:0{places}d}".rstrip("0").removesuffix(".")
    return f"-{text}" if value < 0 and scaled else text


def parse(text: str) -> Fraction:
    """Read a number as a notat prints it: ``1.134``, ``73,6``; ``74 pct.`` is 74.

    Raises
    ------
    ValueError
        If the text is not such a number.
    """
    match = re.fullmatch(
        r"([-−]?)(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d+))?(?: pct\.?| procentpoint)?", text.strip(), re.ASCII
    )
    if match is None:
        raise ValueError(f"»{text}« er ikke et tal, som notatet skriver det (1.134, 73,6 eller 74 pct.)")
    sign, before, after = match.groups()
    digits = before.replace(".", "") + (after or "")
    value = Fraction(int(digits), 10 ** len(after or ""))
    return -value if sign else value


def places(text: str) -> int:
    """Return how many decimals a number is printed with."""
    return len(text.partition(",")[2].partition(" ")[0])


def same(first: str, second: str) -> bool:
    """Tell whether two texts state the same number, as ``74 pct`` and ``74 pct.`` do.

    Two equal words do, too.
    """
    try:
        return parse(first) == parse(second)
    except ValueError:
        return first == second


def long_date(day: date) -> str:
    """Write a date in running text: ``21. januar 2021``."""
    return f"{day.day}. {MONTHS[day.month - 1]} {day.year}"


def short_date(day: date) -> str:
    """Write a date as a letterhead does: ``11-03-2026``."""
    return f"{day:%d-%m-%Y}"


def join(words: Sequence[str], last: Literal["og", "eller"] = "og") -> str:
    """Join words into a list: ``a, b og c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def first(words: Sequence[str], most: int) -> str:
    """Join the first `most` words, and say how many more there are: ``a, b og 4 til``."""
    more = len(words) - most
    return f"{', '.join(words[:most])} og {more} til" if more > 0 else join(words)


def capital(text: str) -> str:
    """Return a text with its first letter as a capital."""
    return text[:1].upper() + text[1:]


def counted(number: int, one: str, more: str) -> str:
    """Write a count with its noun: ``1 række``, ``1.134 rækker``."""
    return f"{whole(number)} {one if number == 1 else more}"


def in_words(count: int) -> str:
    """Write a small count in words (``syv``), a larger one in figures."""
    return _WORDS[count] if 0 <= count < len(_WORDS) else whole(count)


def how_many(count: int) -> str:
    """Write how many of something there are: ``én``, ``fem``, ``1.134``."""
    return "én" if count == 1 else in_words(count)


def direction(before: Fraction | int, after: Fraction | int) -> Literal["steget", "faldet", "uændret"]:
    """Say which way a figure went, from one year to the next."""
    if after > before:
        return "steget"
    return "faldet" if after < before else "uændret"
