"""Tell persons apart: number them, and refuse what cannot tell one from another.

A masked number (``010180-xxxx``), a birth date alone or a name makes one person of many, and nobody sees it in a sum.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence

import polars as pl

from aarsstatus.extracts.cells import as_category
from aarsstatus.extracts.outcome import Refusals
from aarsstatus.inputs.aliases import FIELDS

_MASKED = r"\*|●|•|#{2,}|\?{2,}|(?i:x{2,})|_{2,}"
_ROUNDED = r"(?i)^\s*(?:\d[.,]\d+e\+?\d+|\d+e\+\d+)\s*$"
_DATE = r"^(?:0?[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d\D*$"
_LONG_DATE = (
    r"^(?:0?[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d$|^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])$"
)
_BORN = r"^(?:[0-2]?\d|3[01])(?:0[1-9]|1[0-2])\d{6}$"
_NOBODY = "^(?:0+|1234567890|" + "|".join(f"{digit}{{6,}}" for digit in range(1, 10)) + ")$"
"""Stands for somebody whom the system does not know, or does not show."""
_MOST_OF_ONE, _LARGEST_PART = 20, 0.2
"""More spells, and a larger part of a table, than are one person's."""
_OF_ONE = pl.len().over("table", "bare")
_IS_DATE = pl.col("bare").str.contains(_DATE) | pl.col("bare").str.contains(_LONG_DATE)
_LIKE_DATE = pl.col("bare").str.contains(r"^\d{5,6}\D*$|^\d{8}$")
_UNCLEAR = (
    (pl.col("bare").str.contains(_NOBODY) & (_OF_ONE > 1),
     "nummeret er ikke nogens, så personer ikke kan kendes fra hinanden"),
    ((_OF_ONE > _MOST_OF_ONE) & (_LARGEST_PART * pl.len().over("table") < _OF_ONE),
     "det samme nummer står i så mange rækker, at det ikke er én person"),
    (pl.col("person").str.contains(_MASKED),
     "nummeret er skjult eller ødelagt, så personer ikke kan kendes fra hinanden"),
    (pl.col("person").str.contains(_ROUNDED), "Excel har afrundet nummeret, så personer ikke kan kendes fra hinanden"),
    (~pl.col("person").str.contains(r"\d"), "der står intet nummer; to personer kan hedde det samme"),
    # A number of six digits may be an employee's; where most of them are dates, they are dates.
    (_IS_DATE & (_IS_DATE.sum().over("table") * 2 > _LIKE_DATE.sum().over("table")),
     "der står kun en fødselsdato; to personer kan være født samme dag"),
)  # fmt: skip
_EXPECTED = "hele nummeret som tekst, eller en fil uden kolonnen"


def with_bare_numbers(spells: pl.DataFrame) -> pl.DataFrame:
    """Return spells with each person in one way of writing, in a column ``bare``.

    Hyphens, spaces, points and case make no difference, nor does the leading zero that a spreadsheet takes away from
    a number of ten digits, the decimals it adds, or a century in a date of birth.
    """
    raw = pl.col("person").str.strip_chars()
    decimals = raw.str.contains(r"^\d{9,10}[.,]0{1,2}$")
    whole = pl.when(decimals).then(raw.str.replace(r"[.,]0+$", "")).otherwise(raw)
    bare = whole.str.to_lowercase().str.replace_all(r"[\s\-–.\u00a0\u00ad]", "")
    century = whole.str.contains(r"^\d{1,2}[-–./ ]\d\d[-–./ ](?:18|19|20)\d\d[-– ]\d{4}$")
    bare = pl.when(century).then(bare.str.head(-8) + bare.str.tail(6)).otherwise(bare)
    short = bare.str.contains(r"^[0-9]{9}$")
    return spells.with_columns(pl.when(short).then("0" + bare).otherwise(bare).replace("", None).alias("bare"))


def number_persons(spells: pl.DataFrame) -> pl.DataFrame:
    """Return spells with a number for each person, which means nothing elsewhere.

    No person is null; the column ``bare``, which tells them apart, is left out.
    """
    persons = spells["bare"].cast(as_category()).to_physical()
    count = persons.n_unique()
    begin = secrets.randbits(62)
    numbers = pl.int_range(begin, begin + count, dtype=pl.Int64, eager=True).shuffle(seed=secrets.randbits(63))
    numbered = numbers.gather(persons).alias("person")
    return spells.with_columns(numbered).drop("bare")


def refuse_unclear(spells: pl.DataFrame, labels: Sequence[str], refusals: Refusals) -> pl.DataFrame:
    """Return the spells of persons who cannot be told apart, by table and row."""
    why = pl.coalesce(pl.when(unclear).then(pl.lit(message)) for unclear, message in _UNCLEAR).alias("why")
    known = spells.filter(pl.col("bare").is_not_null())
    found = known.select("table", "row", why).filter(pl.col("why").is_not_null())
    for (table, message), group in found.group_by("table", "why", maintain_order=True):
        refusals.rows(labels[int(table)], group["row"], FIELDS["person"], str(message), expected=_EXPECTED)
    return found.select("table", "row")


def kinds_of_number(spells: pl.DataFrame, labels: Sequence[str]) -> Iterator[str]:
    """Say where some files know a person by CPR number and others by another one."""
    known = spells.filter(pl.col("bare").is_not_null())
    share = known.group_by("table").agg(pl.col("bare").str.contains(_BORN).mean()).sort("table")
    by_cpr = [labels[table] for table, part in share.rows() if part > 0.5]
    others = [labels[table] for table, part in share.rows() if part <= 0.5]
    if by_cpr and others:
        yield (
            f"{', '.join(by_cpr)} kender personer på CPR-nummer, {', '.join(others)} på et andet nummer; den samme "
            "person kan ikke genkendes i begge, så gentagelser og overlap mellem dem kan ikke findes"
        )
