"""Sums of spells, asked for directly: the same as the formula says, and remarks word for word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import polars as pl
import pytest
import straight
from hypothesis import given
from hypothesis import strategies as st

from aarsstatus.attainment import full_year_equivalents
from aarsstatus.extracts.dates import OPEN
from aarsstatus.extracts.remarks import duplicates, far_from_before, of_several, warnings
from aarsstatus.extracts.rows import KEPT
from aarsstatus.extracts.sums import Sum, count, days_inside, weekdays_inside
from aarsstatus.inputs import read_data
from aarsstatus.inputs.aliases import Limit
from aarsstatus.inputs.model import Data, Remark, Status
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
    """Return spells as `number_persons` leaves them; what is not said of one is as plain as can be."""
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
        each = (straight.persons([(b, e)], year, Fraction(h, 100) if s == FOR_HOURS else None) for _, s, b, e, h in own)
        assert total == Sum(sum(each, Fraction(0)), len(own))
        assert type(total.status) is Fraction


@pytest.mark.parametrize(
    ("spells", "year", "expected"),
    [
        ([(date(2025, 1, 1), date(2025, 12, 31))], 2025, Fraction(1)),
        ([(date(2025, 3, 1), date(2025, 3, 1))], 2025, Fraction(1, 365)),
        ([(date(2024, 2, 29), date(2024, 2, 29))], 2024, Fraction(1, 366)),
        ([(date(2024, 7, 1), date(2025, 1, 31))], 2025, Fraction(31, 365)),
        ([(date(2024, 12, 1), None)], 2025, Fraction(1)),
        ([(date(2025, 12, 31), date(2026, 6, 30))], 2025, Fraction(1, 365)),
        ([(date(2023, 1, 1), date(2024, 12, 31))], 2025, Fraction(0)),
        ([(date(2026, 1, 1), None)], 2025, Fraction(0)),
        ([(date(2025, 1, 1), date(2025, 1, 31)), (date(2025, 1, 1), date(2025, 1, 31))], 2025, Fraction(62, 365)),
        ([], 2025, Fraction(0)),
    ],
)
def test_days_inside_the_year_become_persons(
    spells: list[tuple[date, date | None]], year: int, expected: Fraction
) -> None:
    made = frame(*({"start": start, "end": end or OPEN} for start, end in spells))
    days = made.select(days_inside(year))["days"].clip(0).sum()
    assert full_year_equivalents(days, year) == expected


@given(st.dates(date(2023, 1, 1), date(2027, 12, 31)), st.integers(min_value=0, max_value=1500))
def test_years_share_a_spell_between_them(start: date, more: int) -> None:
    spell = frame({"start": start, "end": start + timedelta(more)})
    counted = (spell.select(days_inside(year))["days"].clip(0).sum() for year in range(2023, 2034))
    assert sum(counted) == more + 1


@given(st.dates(date(2023, 1, 1), date(2027, 12, 31)), st.integers(min_value=0, max_value=800))
def test_weekdays_inside_the_year_are_those_of_the_calendar(start: date, more: int) -> None:
    end = start + timedelta(days=more)
    inside = [start + timedelta(days=day) for day in range(more + 1)]
    found = frame({"start": start, "end": end}).select(weekdays_inside(2025))["weekdays"].item()
    if any(day.year == 2025 for day in inside):
        assert found == sum(day.year == 2025 and day.weekday() < 5 for day in inside)


def test_a_scheme_may_be_counted_by_weekdays(data: Data) -> None:
    by_weekdays = replace(data.schemes["loentilskud"], counting="weekdays")
    place = list(data.schemes).index("loentilskud")
    made = frame({"start": date(2020, 1, 1), "end": date(2020, 6, 30), "scheme": place, "weekly_hours": 2000})
    found = count(made, 2020, ["BIF"], replace(data, schemes={**data.schemes, "loentilskud": by_weekdays}))
    assert found["BIF", "loentilskud"] == Sum(Fraction(20, 37) * Fraction(130, 262), 1)


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


# -- rows that are there twice --------------------------------------------------------------------------------


def test_only_persons_with_several_spells_are_looked_at_closely() -> None:
    day = date(2026, 3, 1)
    spells = frame(*({"start": day, "person": person} for person in (1, None, 2, None, 1, 3)))
    assert of_several(spells)["row"].to_list() == [2, 6]


def test_a_spell_that_is_there_twice_names_the_first() -> None:
    one = {"start": date(2026, 3, 1), "end": date(2026, 3, 9), "person": 7}
    others = ({"administration": 1}, {"scheme": FOR_HOURS}, {"weekly_hours": 1850}, {"start": date(2026, 3, 2)},
              {"end": date(2026, 3, 10)}, {"person": 8})  # fmt: skip
    spells = frame(
        one | {"row": 9}, one | {"row": 4}, one | {"table": 1, "row": 4}, one | {"table": 1, "row": 2},
        *(one | other | {"table": 2} for other in others),
    )  # fmt: skip
    found = duplicates(of_several(spells)).select("table", "row", "first_table", "first_row").rows()
    assert found == [(0, 9, 0, 4), (1, 2, 0, 4), (1, 4, 0, 4)]


# -- remarks --------------------------------------------------------------------------------------------------

LIMITS = {"virksomhedspraktik": Limit(days=182, reason="Det er for længe.")}
LABELS = ("a.csv", "b.xlsx")
DRAWN = (date(2027, 1, 12), date(2027, 1, 12))


def remarks(
    data: Data, *spells: Mapping[str, object], drawn=DRAWN, year: int = 2026
) -> list[tuple[str, str, int, str]]:
    made = frame(*spells)
    found = warnings(made, of_several(made), year, CODES, data, LIMITS, drawn, LABELS)
    assert {one.administration for one in found} <= {""}
    return [(one.kind, one.scheme, one.count, one.text) for one in found]


def short(**more: object) -> dict[str, object]:
    """Return a spell of a week of some person, of which there is nothing to say."""
    return {"start": date(2026, 3, 1), "end": date(2026, 3, 7), "person": 1, **more}


def test_of_plain_spells_there_is_nothing_to_say(data: Data) -> None:
    assert remarks(data) == []
    assert remarks(data, short(), short(person=2), short(person=None)) == []


def test_spells_of_no_administration(data: Data) -> None:
    nobodys = short(administration=NONE)
    text = (
        "virksomhedspraktik: 1 forløb har ingen forvaltning; det tæller kun med i KK og er ikke fordelt "
        "(a.csv, række 2)"
    )
    assert remarks(data, nobodys, short(person=2)) == [("not_distributed", "virksomhedspraktik", 1, text)]
    text = (
        "virksomhedspraktik: 2 forløb har ingen forvaltning; de tæller kun med i KK og er ikke fordelt "
        "(a.csv, række 2-3)"
    )
    assert remarks(data, nobodys, nobodys | {"person": 2}) == [("not_distributed", "virksomhedspraktik", 2, text)]


def test_overlaps(data: Data) -> None:
    """Of one person in one scheme: with any that began before, also when another one began between them."""
    days = [(1, 20), (5, 6), (20, 25), (26, 30)]
    same = [short(start=date(2026, 3, begin), end=date(2026, 3, end)) for begin, end in days]
    other = [short(scheme=FOR_HOURS, weekly_hours=3700), short(person=2), short(person=None), short(person=None)]
    text = (
        "virksomhedspraktik: 2 forløb begynder, før et andet for samme person er slut; dagene tæller med i begge "
        "(a.csv, række 3; b.xlsx, række 4)"
    )
    same[2]["table"] = 1
    assert remarks(data, *same, *other) == [("overlap", "virksomhedspraktik", 2, text)]
    heads = [short(scheme=FOR_HEADS, end=date(2026, 3, end)) for end in (7, 8)]
    text = (
        "fleksjob: 1 forløb begynder, før et andet for samme person er slut; personen tæller kun én gang i KK "
        "(a.csv, række 3)"
    )
    assert remarks(data, *heads) == [("overlap", "fleksjob", 1, text)]


def test_a_row_for_each_month_is_told(data: Data) -> None:
    """The days are right, and the number of spells is not; a few that follow one another are chance."""
    months = [short(start=date(2026, m, 1), end=date(2026, m + 1, 1) - timedelta(1)) for m in range(1, 7)]
    text = (
        "virksomhedspraktik: 5 forløb begynder dagen efter, at et andet for samme person er slut; står ét forløb i "
        "flere rækker, bliver antallet af forløb for stort (a.csv, række 3-7)"
    )
    assert remarks(data, *months) == [("overlap", "virksomhedspraktik", 5, text)]
    assert remarks(data, *months[:5]) == []
    others = [short(person=p) for p in range(2, 20)]
    assert remarks(data, *months, *others) == [("overlap", "virksomhedspraktik", 5, text)]  # of one spell each
    apart = [short(person=p, start=date(2026, m, 1), end=date(2026, m, 9)) for p in range(2, 5) for m in (3, 5)]
    assert remarks(data, *months, *apart) == []  # less than half of those of persons with several
    elsewhere = [month | {"administration": n % 2} for n, month in enumerate(months)]
    assert remarks(data, *elsewhere) == []


def test_long_spells(data: Data) -> None:
    """One that still runs has lasted till the year's end, and no longer; where there is no limit, none is too long."""
    spells = [
        short(start=date(2026, 1, 1), end=date(2026, 7, 1)),
        short(start=date(2026, 1, 1), end=date(2026, 7, 2), person=2),
        short(start=date(2026, 7, 2), end=OPEN, person=3),
        short(start=date(2026, 7, 3), end=OPEN, person=4),
        short(start=date(2025, 1, 1), end=OPEN, person=4, scheme=FOR_HOURS, weekly_hours=3700),
    ]
    text = "virksomhedspraktik: 2 forløb varer mere end 182 dage (a.csv, række 3-4). Det er for længe."
    assert remarks(data, *spells) == [("too_long", "virksomhedspraktik", 2, text)]


@pytest.mark.parametrize("drawn", [date(2026, 12, 1), date(2026, 12, 30)])
def test_days_to_come(data: Data, drawn: date) -> None:
    """A spell that begins on the very day of its extract has begun; one that ends on it has ended."""
    day = timedelta(1)
    spells = [
        short(start=drawn, end=drawn),
        short(start=drawn + day, end=drawn + day, person=2),
        short(start=drawn - day, end=drawn, person=3),
        short(start=drawn - day, end=drawn + day, person=4),
        short(start=drawn, end=OPEN, person=5),
        short(start=drawn + day, end=OPEN, person=6, table=1),
    ]
    when = f"{drawn:%d-%m-%Y}"
    before = "før årets udgang; dage, der ikke er gået endnu, tæller med"
    assert remarks(data, *spells, drawn=(drawn, date(2027, 1, 12))) == [
        (
            "future", "virksomhedspraktik", 1,
            f"virksomhedspraktik: 1 forløb begynder efter udtrækkets dato {when} (a.csv, række 3); dagene tæller med",
        ),
        (
            "unfinished_year", "virksomhedspraktik", 2,
            f"virksomhedspraktik: 2 forløb løber videre efter udtrækkets dato {when}, som ligger {before}",
        ),
    ]  # fmt: skip


def test_a_year_that_is_over_on_the_day_of_the_extract_has_no_days_to_come(data: Data) -> None:
    last = date(2026, 12, 31)
    assert remarks(data, short(start=last, end=OPEN), drawn=(last, last)) == []


def test_each_day_of_an_extract_is_told_by_itself(data: Data) -> None:
    spells = [short(start=date(2026, 12, 5), end=date(2026, 12, 5), table=table, person=table) for table in (0, 1)]
    told = remarks(data, *spells, drawn=(date(2026, 12, 2), date(2026, 12, 1)))
    assert [(kind, number, text.partition("dato ")[2]) for kind, _, number, text in told] == [
        ("future", 1, "01-12-2026 (b.xlsx, række 3); dagene tæller med"),
        ("future", 1, "02-12-2026 (a.csv, række 2); dagene tæller med"),
    ]


def test_an_extract_that_does_not_say_who_is_who(data: Data) -> None:
    text = "udtrækket siger ikke, hvem der er hvem, så gentagelser og overlap kan ikke findes"
    assert remarks(data, short(person=None), short(person=None)) == [
        ("no_persons", "virksomhedspraktik", 2, f"virksomhedspraktik: {text}")
    ]


def test_heads_that_are_not_what_they_seem(data: Data) -> None:
    last = date(2026, 12, 31)
    employed = {"scheme": FOR_HEADS, "start": last, "end": OPEN}
    gone = {"scheme": FOR_HEADS, "start": date(2026, 1, 1), "end": last - timedelta(1)}
    nobody = "ingen person, så"
    twice = "i flere forvaltninger den 31. december;"
    ends = "tæller én gang i hver forvaltning og én gang i KK"
    for number, employments, each, persons, every in (
        (1, "1 ansættelse", "den", "1 person", "personen"), (2, "2 ansættelser", "hver", "2 personer", "hver"),
    ):  # fmt: skip
        spells = [employed | {"end": last}] * number + [gone]
        spells += [employed | {"person": p, "administration": a} for p in range(number) for a in (0, 1)]
        spells += [gone | {"person": 8}, employed | {"person": 8, "administration": 1, "end": last}]
        spells += [employed | {"start": last + timedelta(1)}]
        told = [one for one in remarks(data, *spells) if one[0] not in {"overlap", "future"}]
        assert told == [
            ("no_persons", "fleksjob", number, f"fleksjob: {employments} har {nobody} {each} tæller som én ansat"),
            ("several_administrations", "fleksjob", number, f"fleksjob: {persons} er ansat {twice} {every} {ends}"),
        ]
    assert remarks(data, employed | {"person": 1}, employed | {"person": 2, "administration": 1}) == []


def test_remarks_of_several_schemes_come_in_their_order(data: Data) -> None:
    spells = [short(scheme=scheme, administration=NONE, weekly_hours=3700) for scheme in (FOR_HEADS, 1, 0)]
    assert [scheme for _, scheme, *_ in remarks(data, *spells)] == ["loentilskud", "virksomhedspraktik", "fleksjob"]


# -- far from before ------------------------------------------------------------------------------------------


def far(data: Data, code: str, key: str, status: Fraction | int, spells: int | None, year: int = 2026) -> list[Remark]:
    return far_from_before({(code, key): Sum(Fraction(status), spells)}, year, data)


@pytest.mark.parametrize(
    ("code", "key", "status", "spells", "told"),
    [
        ("BUF", "loentilskud", 46, 64, (20, "status er 46 mod 26")),  # twenty more, and more than half as many
        ("BUF", "loentilskud", 26 + Fraction("19.99"), 64, None),
        ("BUF", "loentilskud", 6, 64, (20, "status er 6 mod 26")),
        ("BUF", "loentilskud", Fraction("6.01"), 64, None),
        ("BUF", "smaajob", 15, 51, (20, "antal forløb er 51 mod 31")),
        ("BUF", "smaajob", 15, 50, None),
        ("BUF", "smaajob", Fraction("99.5"), 11, (84, "status er 100 mod 15 og antal forløb er 11 mod 31")),
        ("KK", "fleksjob", 1048 + 524, None, None),  # half as many again is not far yet
        ("KK", "fleksjob", 1048 + 525, None, (525, "status er 1.573 mod 1.048")),
        ("KK", "fleksjob", 524, None, None),
        ("KK", "fleksjob", 523, None, (525, "status er 523 mod 1.048")),
        ("ØKF", "fritidsjob", 20, 30, (20, "status er 20 mod 0")),  # how many spells there were, no notat says
    ],
)
def test_what_is_far_from_last_year(data: Data, code: str, key: str, status, spells, told) -> None:
    expected = []
    if told is not None:
        count_, numbers = told
        text = f"{data.schemes[key].name}, {code}: {numbers} i 2025; se efter, om udtrækket er helt"
        expected = [Remark("far_from_before", key, code, count_, text)]
    assert far(data, code, key, status, spells) == expected


def test_one_cause_is_told_once(data: Data) -> None:
    """An extract that lacks half of its rows is far from last year in most administrations."""
    sums = {(code, "loentilskud"): Sum(Fraction(status), None)
            for code, status in (("KK", 40), ("BUF", 1), ("TMF", 22), ("ØKF", 60))}  # fmt: skip
    (told,) = far_from_before(sums, 2026, data)
    text = "KK: status er 40 mod 93 i 2025, og i BUF og ØKF er der også stor forskel; se efter, om udtrækket er helt"
    assert (told.administration, told.text) == ("KK", f"{data.schemes['loentilskud'].name}, {text}")
    del sums["KK", "loentilskud"]
    assert [one.administration for one in far_from_before(sums, 2026, data)] == ["BUF", "ØKF"]


def test_it_is_the_latest_year_before_that_counts(data: Data) -> None:
    told = far(data, "KK", "fleksjob", 5000, None, year=2025)
    assert [one.text.partition(" mod ")[2] for one in told] == ["1.014 i 2024; se efter, om udtrækket er helt"]
    heads = {("KK", "fleksjob"): Sum(Fraction(9000), None)}
    assert far_from_before(heads, 2020, data) == []  # no year is before
    for unremarkable in (
        {("BUF", "loentilskud"): Sum(Fraction(26), 64)},
        {("BUF", "nytteindsats"): Sum(Fraction(26), 64)},
    ):
        found = far_from_before({**unremarkable, **heads}, 2026, replace(data, statuses=without_nytteindsats(data)))
        assert [one.scheme for one in found] == ["fleksjob"]


def without_nytteindsats(data: Data) -> dict[tuple[int, str, str], Status]:
    return {which: row for which, row in data.statuses.items() if which[2] != "nytteindsats"}
