"""Sums of spells, asked for directly: the same as the formula says, and remarks word for word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarsstatus.attainment import full_year_equivalents
from aarsstatus.extracts.cells import OPEN
from aarsstatus.extracts.rows import KEPT
from aarsstatus.extracts.sums import Sum, count
from aarsstatus.inputs import Data, read_data
from aarsstatus.project import Project

CODES = ("BIF", "BUF", "SOF")
NONE = len(CODES)
FOR_DAYS, FOR_HOURS, FOR_HEADS = 1, 0, 4
"""Places of virksomhedspraktik, løntilskud and fleksjob among the schemes."""


@pytest.fixture(scope="module")
def data(project: Project) -> Data:
    """The project's data, with løntilskud counted by hours."""
    found = read_data(project)
    one = found.schemes["loentilskud"]
    return replace(found, schemes={**found.schemes, "loentilskud": replace(one, counting="hours")})


def frame(*spells: Mapping[str, object]) -> pl.DataFrame:
    """Return spells as `rows.number_persons` leaves them; what is not said of one is as plain as can be."""
    plain = {"table": 0, "administration": 0, "scheme": FOR_DAYS, "weekly_hours": -1, "end": OPEN, "person": None}
    rows = [{**plain, "row": number, **spell} for number, spell in enumerate(spells, start=2)]
    for row in rows:
        row |= {name: day.toordinal() for name in ("start", "end") if isinstance(day := row[name], date)}
    return pl.DataFrame(rows, schema={**KEPT, "person": pl.Int64})


# -- sums -----------------------------------------------------------------------------------------------------

days = st.dates(date(2023, 1, 1), date(2029, 12, 31))
spell_of_chance = st.tuples(
    st.integers(0, NONE), st.sampled_from([FOR_DAYS, FOR_HOURS]), days, st.none() | st.integers(0, 900),
    st.integers(0, 16_800),
)  # fmt: skip


@given(st.sampled_from([2024, 2025, 2028, 2100]), st.lists(spell_of_chance, max_size=12))
def test_sums_are_what_the_formula_says(data: Data, year: int, drawn) -> None:
    """Each spell by itself by the formula, with hours of its own; the sums are of the same Fractions."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    made = []
    for place, scheme, start, more, hours in drawn:
        begin = start.replace(year=start.year + year - 2026, day=min(start.day, 28))
        end = None if more is None else begin + timedelta(more)
        if begin <= last and (end is None or end >= first):
            made.append((place, scheme, begin, end, hours))
    spells = frame(
        *(
            {"administration": a, "scheme": s, "start": b, "end": OPEN if e is None else e,
             "weekly_hours": h if s == FOR_HOURS else -1}
            for a, s, b, e, h in made
        )
    )  # fmt: skip
    found = count(spells, year, CODES, data)
    keys = {FOR_DAYS: "virksomhedspraktik", FOR_HOURS: "loentilskud"}
    assert set(found) == {(code, keys[scheme]) for _, scheme, *_ in made for code in ("KK", *CODES)}
    for (code, key), total in found.items():
        own = [one for one in made if keys[one[1]] == key and code in {"KK", *CODES[one[0] : one[0] + 1]}]
        each = (
            full_year_equivalents([(b, e)], year, weekly_hours=Fraction(h, 100) if s == FOR_HOURS else None)
            for _, s, b, e, h in own
        )
        assert total == Sum(sum(each, Fraction(0)), len(own))
        assert type(total.status) is Fraction


def test_heads_are_persons_on_the_last_day(data: Data) -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    heads = {"scheme": FOR_HEADS}
    spells = frame(
        heads | {"start": first, "person": 1},
        heads | {"start": last, "person": 1, "administration": 1},
        heads | {"start": first, "end": last, "person": 2},
        heads | {"start": first, "end": last - timedelta(1), "person": 3},  # gone the day before
        heads | {"start": first},  # nobody knows who
        heads | {"start": first},
        heads | {"start": first, "person": 4, "administration": NONE},
        heads | {"start": first, "person": 4, "administration": NONE},
        heads | {"start": first - timedelta(400), "end": last + timedelta(1), "person": 5, "administration": 1},
        heads | {"start": last + timedelta(1), "person": 6},  # comes later
    )
    assert count(spells, 2026, CODES, data) == {
        ("BIF", "fleksjob"): Sum(Fraction(4), None),
        ("BUF", "fleksjob"): Sum(Fraction(2), None),
        ("SOF", "fleksjob"): Sum(Fraction(0), None),
        ("KK", "fleksjob"): Sum(Fraction(6), None),
    }


def test_nothing_comes_to_nothing(data: Data) -> None:
    assert count(frame(), 2026, CODES, data) == {}
