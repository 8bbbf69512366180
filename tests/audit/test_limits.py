"""What is looked at before a year is published, worked out by hand to the letter of each finding.

`test_audit.py` tries it on the real years; here every branch, boundary and sentence is stated.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Literal

import pytest
from conftest import GROUPS

from aarsstatus.audit.input_rules import Finding, check_figures
from aarsstatus.audit.limits import THRESHOLDS, Moved, moved
from aarsstatus.figures import Figure, Measure, figure_id, show
from aarsstatus.figures.collection import Figures
from aarsstatus.inputs.model import Administration, Data, ExtractRow, Remark, Scheme, Status, Target
from aarsstatus.interval import Interval

YEAR = 2030
DAYS = 365


def scheme(key: str, group: str, counting: str = "days") -> Scheme:
    return Scheme(key, group, counting, 2020, None, f"Ordning {key}", key, "data/schemes.csv:2")


SCHEMES = {
    one.key: one
    for one in (
        scheme("h", "placements", "hours"), scheme("a", "placements"), scheme("b", "placements"),
        scheme("fleksjob", "fleksjob", "headcount"),
    )
}  # fmt: skip


def status(
    code: str, key: str, persons: str, spells: int | None = None, *, rounded: bool = False, year: int = YEAR
) -> Status:
    value = Fraction(persons)
    interval = Interval.rounded(value) if rounded else Interval.exactly(value)
    return Status(year, code, key, value, spells, interval, "udtræk", f"data/status.csv:{code}{key}")


def target(code: str, group: str, persons: int | None) -> Target:
    return Target(YEAR, code, group, persons, f"data/targets.csv:{code}{group}")


def city(statuses: Iterable[Status] = (), targets: Iterable[Target] = ()) -> Data:
    codes = ("KK", "XX", "YY")
    return Data(
        SCHEMES,
        tuple(Administration(code, code, 2020, None, "data/administrations.csv:2") for code in codes),
        {(one.year, one.administration, one.group): one for one in targets},
        {(one.year, one.administration, one.scheme): one for one in statuses},
        (),
        groups=GROUPS,
    )


def test_nothing_to_say_of_nothing() -> None:
    assert check_figures(city(), YEAR) == []


# -- spells -----------------------------------------------------------------------------------------------------


def test_more_years_than_spells_and_fewer_days() -> None:
    data = city(
        [
            status("XX", "a", "9", 5, year=YEAR - 1),  # another year
            status("XX", "fleksjob", "9", 5),  # counted by heads
            status("XX", "h", "9", 5),  # counted by hours
            status("YY", "a", "9"),  # no spells known
            status("XX", "a", "9", 5),
            status("YY", "b", "1/10", 1000),
        ]
    )
    assert check_figures(data, YEAR) == [
        Finding(
            "2030.XX.placements.a.status", "spells_bound", "contradicted",
            "XX, Ordning a: 5 forløb kan ikke give 9 helårspersoner, når et forløb er mindst én dag og højst hele året.",
            "data/status.csv:XXa",
        ),
        Finding(
            "2030.YY.placements.b.status", "spells_bound", "contradicted",
            "YY, Ordning b: 1.000 forløb kan ikke give 0,1 helårspersoner, når et forløb er mindst én dag og højst hele "
            "året.",
            "data/status.csv:YYb",
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("persons", "spells", "rounded"),
    [("5", 5, False), ("1", 365, False), ("6", 6, True), ("0", 100, True), ("0", 0, False), ("1/365", 1, False)],
)
def test_what_spells_can_just_give_is_fine(persons: str, spells: int, rounded: bool) -> None:
    """Every spell the whole year; every spell one day; a number that may have been rounded up or down."""
    assert check_figures(city([status("XX", "a", persons, spells, rounded=rounded)]), YEAR) == []


@pytest.mark.parametrize(("persons", "spells", "rounded"), [("6", 5, True), ("0", 183, True), ("364/365", 365, False)])
def test_what_they_cannot_is_not(persons: str, spells: int, rounded: bool) -> None:
    """The least of 5,5 is more than 5 whole years; 183 days are more than half a year, which would be printed 1."""
    (finding,) = check_figures(city([status("XX", "a", persons, spells, rounded=rounded)]), YEAR)
    assert finding.rule == "spells_bound"


def test_half_a_leap_year_rounds_up() -> None:
    """183 spells of one day are exactly half of 366 days, which is printed 1 and so never 0."""
    leap = 2032
    (finding,) = check_figures(city([status("XX", "a", "0", 183, rounded=True, year=leap)]), leap)
    assert finding.rule == "spells_bound"
    assert check_figures(city([status("XX", "a", "0", 182, rounded=True, year=leap)]), leap) == []
    assert check_figures(city([status("XX", "a", "1", 183, rounded=True, year=leap)]), leap) == []


# -- the city and its administrations -----------------------------------------------------------------------------


def test_the_city_is_more_or_less_than_its_administrations() -> None:
    data = city(
        [
            status("XX", "h", "1", 400),  # the city has none
            status("KK", "a", "7/2", 900), status("XX", "a", "1", 300), status("YY", "a", "2", 300),
            status("KK", "b", "2", 700), status("XX", "b", "1", 300), status("YY", "b", "3/2", 500),
            status("KK", "fleksjob", "3"),  # no administration has any
        ]
    )  # fmt: skip
    assert [one for one in check_figures(data, YEAR) if one.rule == "city"] == [
        Finding(
            "2030.KK.placements.a.status", "city", "note",
            "KK, Ordning a, status: forvaltningerne er tilsammen 1 + 2 = 3, og KK er 3,5. 0,5 personer er ikke fordelt "
            "på en forvaltning.",
            "data/status.csv:KKa",
        ),
        Finding(
            "2030.KK.placements.a.spells", "city", "note",
            "KK, Ordning a, antal forløb: forvaltningerne er tilsammen 300 + 300 = 600, og KK er 900. 300 forløb er ikke "
            "fordelt på en forvaltning.",
            "data/status.csv:KKa",
        ),
        Finding(
            "2030.KK.placements.b.status", "city", "contradicted",
            "KK, Ordning b, status: forvaltningerne er tilsammen 1 + 1,5 = 2,5, og KK er 2: forvaltningerne har 0,5 "
            "personer mere end hele kommunen.",
            "data/status.csv:KKb",
        ),
        Finding(
            "2030.KK.placements.b.spells", "city", "contradicted",
            "KK, Ordning b, antal forløb: forvaltningerne er tilsammen 300 + 500 = 800, og KK er 700: forvaltningerne har "
            "100 forløb mere end hele kommunen.",
            "data/status.csv:KKb",
        ),
    ]  # fmt: skip


def of_extracts(data: Data, *remarks: Remark, year: int = YEAR, schemes: str = "a fleksjob") -> Data:
    """Return a year that was made from one extract, with some warnings."""
    row = ExtractRow(year, "ab", "u.csv", "spells", schemes, 9, 9, 0, 0, 0, date(YEAR + 1, 1, 12))
    return replace(data, extracts=(row,), remarks={YEAR: remarks})


def test_the_city_is_not_more_than_the_extracts_can_give() -> None:
    rows = [status("KK", "a", "3", 9), status("XX", "a", "1", 3), status("YY", "a", "1", 6)]
    (found,) = check_figures(of_extracts(city(rows)), YEAR)
    assert found == Finding(
        "2030.KK.placements.a.status", "city", "contradicted",
        "KK, Ordning a, status: forvaltningerne er tilsammen 1 + 1 = 2, og KK er 3: hele kommunen har 1 person mere, men "
        "udtrækkene har ingen uden forvaltning.",
        "data/status.csv:KKa",
    )  # fmt: skip
    for elsewhere in (of_extracts(city(rows), year=YEAR - 1), of_extracts(city(rows), schemes="b fleksjob")):
        (found,) = [one for one in check_figures(elsewhere, YEAR) if one.rule == "city"]
        assert found.kind == "note", "of an extract that the scheme is not from, nothing is known"
    of_others = Remark("not_distributed", "fleksjob", "", 1, "fleksjob: 1 forløb har ingen forvaltning")
    (found,) = check_figures(of_extracts(city(rows), of_others), YEAR)
    assert found.kind == "contradicted"
    noted = check_figures(of_extracts(city(rows), replace(of_others, scheme="a")), YEAR)
    (found,) = [one for one in noted if one.rule == "city"]
    assert found.kind == "note"


@pytest.mark.parametrize(
    ("heads", "persons", "kind", "said"),
    [
        (5, 0, "contradicted", ": forvaltningerne har 1 person mere end hele kommunen."),
        (5, 1, "note", ". 1 person er ansat i flere forvaltninger og tæller med i hver af dem."),
        (4, 1, "contradicted", ": forvaltningerne har 2 personer mere end hele kommunen."),
        (4, 2, "note", ". 2 personer er ansat i flere forvaltninger og tæller med i hver af dem."),
    ],
)
def test_persons_of_several_administrations_are_one_head_in_the_city(
    heads: int, persons: int, kind: Literal["contradicted", "note"], said: str
) -> None:
    data = city([status("KK", "fleksjob", str(heads)), status("XX", "fleksjob", "2"), status("YY", "fleksjob", "4")])
    remarks = [Remark("several_administrations", "fleksjob", "", persons, "…")] if persons else []
    (found,) = check_figures(of_extracts(data, *remarks), YEAR)
    assert found == Finding(
        "2030.KK.fleksjob.status", "city", kind,
        f"KK, Ordning fleksjob, status: forvaltningerne er tilsammen 2 + 4 = 6, og KK er {heads}{said}",
        "data/status.csv:KKfleksjob",
    )  # fmt: skip


@pytest.mark.parametrize(("heads", "kind"), [("4", "note"), ("3", "contradicted")])
def test_a_person_may_be_employed_in_all_administrations(heads: str, kind: str) -> None:
    """One who is in three of them is counted twice more than in the city."""
    rows = [status("KK", "fleksjob", heads), *(status(code, "fleksjob", "2") for code in ("XX", "YY", "ZZ"))]
    data = city(rows)
    data = replace(data, administrations=(*data.administrations, replace(data.administrations[0], code="ZZ")))
    (found,) = check_figures(of_extracts(data, Remark("several_administrations", "fleksjob", "", 1, "…")), YEAR)
    assert found.kind == kind


def test_rounded_parts_may_give_the_city() -> None:
    data = city([status(*row, rounded=True) for row in (("KK", "a", "4"), ("XX", "a", "1"), ("YY", "a", "2"))])
    assert check_figures(data, YEAR) == []


def test_spells_are_summed_only_where_all_are_known() -> None:
    some = [status("KK", "a", "3", 9), status("XX", "a", "1", 1), status("YY", "a", "2")]
    assert check_figures(city(some), YEAR) == []
    none = [status("KK", "a", "3"), status("XX", "a", "1", 1), status("YY", "a", "2", 2)]
    assert check_figures(city(none), YEAR) == []


# -- targets ----------------------------------------------------------------------------------------------------


def test_targets_are_distributed_whole() -> None:
    data = city(
        targets=[
            target("XX", "placements", 5),  # the city's is missing
            target("KK", "fleksjob", 1900), target("XX", "fleksjob", 1000), target("YY", "fleksjob", None),
            target("KK", "fritidsjob", None), target("XX", "fritidsjob", 1),
        ]
    )  # fmt: skip
    assert check_figures(data, YEAR) == [
        Finding(
            "2030.KK.fleksjob.target", "city", "contradicted",
            "KK, fleksjob, måltal: forvaltningernes måltal er 1.000 + 0 = 1.000, men KK's er 1.900.",
            "data/targets.csv:KKfleksjob",
        ),
        Finding(
            "2030.KK.fritidsjob.target", "city", "contradicted",
            "KK, fritidsjob, måltal: forvaltningernes måltal er 1 = 1, men KK's er 0.", "data/targets.csv:KKfritidsjob",
        ),
        Finding(
            "2030.YY.fleksjob.target", "attainment", "note",
            "YY har intet måltal for fleksjob, så der er ingen målopfyldelse for gruppen.", "data/targets.csv:YYfleksjob",
        ),
    ]  # fmt: skip


def test_what_is_not_distributed_fits_its_spells() -> None:
    """The city has 82 persons more than its administrations, and not one spell."""
    rows = [status("KK", "a", "90", 100), status("XX", "a", "8", 100)]
    (found,) = [one for one in check_figures(city(rows), YEAR) if one.kind == "contradicted"]
    assert found.rule == "spells_bound"
    assert found.text == (
        "KK, Ordning a, status: 82 helårspersoner er ikke fordelt på en forvaltning, men kun 0 forløb er det, "
        "og et forløb er højst hele året."
    )
    rows = [status("KK", "a", "90", 182), status("XX", "a", "8", 100)]
    assert all(one.kind == "note" for one in check_figures(city(rows), YEAR))


def test_targets_that_sum_up_are_fine() -> None:
    rows = [target("KK", "placements", 3), target("XX", "placements", 1), target("YY", "placements", 2)]
    alone = [target("KK", "fleksjob", 7)]
    nobodys = [target("KK", "fritidsjob", 0), target("XX", "fritidsjob", None)]
    assert check_figures(city(targets=rows + alone + nobodys), YEAR) == []


def test_a_group_that_sums_up_hides_no_other() -> None:
    data = city(
        targets=[
            target("KK", "placements", 3), target("XX", "placements", 3),
            target("KK", "fleksjob", 4), target("XX", "fleksjob", 3),
        ]
    )  # fmt: skip
    assert [one.id for one in check_figures(data, YEAR)] == ["2030.KK.fleksjob.target"]


# -- what moved -------------------------------------------------------------------------------------------------


def figure(
    year: int, measure: Measure, value: str | None, group: str = "placements", key: str = "", code: str = "KK"
) -> Figure:
    number = None if value is None else Fraction(value)
    id_ = figure_id(year, code, group, measure, key)
    shown = show(measure, number)
    return Figure(id_, year, code, group, key, measure, number, number, number, shown, "", (), "", "", "unpublished")


def pair(
    measure: Measure, before: str | None, after: str | None, group: str = "placements", key: str = ""
) -> list[Moved]:
    figures = Figures([figure(YEAR, measure, after, group, key), figure(2029, measure, before, group, key)])
    return moved(figures, city(), YEAR, 2029)


@pytest.mark.parametrize(
    ("measure", "group", "key", "before", "after", "name"),
    [
        ("status", "placements", "a", "40", "1000", "KK, Ordning a, status"),
        ("status", "placements", "a", "40", "30", "KK, Ordning a, status"),
        ("status", "fleksjob", "fleksjob", "0", "21/2", "KK, Ordning fleksjob, status"),
        ("joint_status", "placements", "", "100", "120", "KK, virksomhedsplaceringer, samlet status"),
        ("spells", "placements", "b", "100", "150", "KK, Ordning b, antal forløb"),
        ("spells_total", "placements", "", "200", "100", "KK, virksomhedsplaceringer, antal forløb i alt"),
        ("target", "fritidsjob", "", "10", "11", "KK, fritidsjob, måltal"),
        ("attainment", "fleksjob", "", "90", "205/2", "KK, fleksjob, målopfyldelse"),
        ("weight", "fleksjob", "", "43", "40", "KK, fleksjob, vægt"),
        ("weighted_attainment", "total", "", "80", "90", "KK, alle ordninger, samlet målopfyldelse"),
    ],
)
def test_what_moved_is_named(measure: Measure, group: str, key: str, before: str, after: str, name: str) -> None:
    (found,) = pair(measure, before, after, group, key)
    assert found.name == name
    assert (found.before, found.after) == (Fraction(before), Fraction(after))
    assert found.change == Fraction(after) - Fraction(before)
    assert found.id == figure_id(YEAR, "KK", group, measure, key)
    assert found.before_id == figure_id(2029, "KK", group, measure, key)
    assert measure in found.threshold.measures
    assert found.threshold.heads in {None, group == "fleksjob"}


@pytest.mark.parametrize(
    ("measure", "before", "after", "seen"),
    [
        ("status", "20", "30", True), ("status", "20", "294/10", False),  # at least ten persons
        ("status", "100", "115", True), ("status", "100", "1144/10", False),  # at least 15 per cent
        ("weight", "50", "52", True), ("weight", "50", "514/10", False),
        ("weighted_attainment", "9718/100", "9223/100", True),  # 97 and 92: 4,95 apart, and five to a reader
        ("target", "5", "5", False), ("status", None, "500", False), ("status", "500", None, False),
    ],
)  # fmt: skip
def test_thresholds_are_reached_where_they_say(
    measure: Measure, before: str | None, after: str | None, seen: bool
) -> None:
    assert bool(pair(measure, before, after, "total" if measure == "weighted_attainment" else "placements")) is seen


def test_what_is_printed_is_what_is_compared() -> None:
    """Of a number that was printed wrong: 108 and 256 are 148 apart, whatever should have been printed."""
    old, new = figure(2029, "spells_total", "108"), figure(YEAR, "spells_total", "356")
    (found,) = moved(Figures([replace(new, shown="256", published="256"), old]), city(), YEAR, 2029)
    assert (found.before, found.after, found.change) == (108, 256, 148)


def test_what_only_one_year_has_did_not_move_and_hides_nothing() -> None:
    figures = Figures(
        [
            figure(YEAR, "status", "500", key="a"),  # new this year
            figure(YEAR, "status", None, key="b"), figure(2029, "status", "1", key="b"),
            figure(YEAR, "target", "9", "fleksjob"), figure(2029, "target", "7", "fleksjob"),
            figure(YEAR, "target", "9", "fleksjob", code="XX"), figure(2029, "target", "7", "fleksjob", code="XX"),
        ]
    )  # fmt: skip
    assert [one.id for one in moved(figures, city(), YEAR, 2029)] == [
        "2030.KK.fleksjob.target",
        "2030.XX.fleksjob.target",
    ]


def test_every_threshold_has_a_name_of_its_own() -> None:
    assert len({one.name for one in THRESHOLDS}) == len(THRESHOLDS)


def test_no_more_is_undistributed_than_the_extracts_say() -> None:
    rows = [status("KK", "a", "3", 9), status("XX", "a", "1", 3), status("YY", "a", "1", 5)]
    told = Remark("not_distributed", "a", "", 1, "1 forløb")
    assert {one.kind for one in check_figures(of_extracts(city(rows), told), YEAR) if one.rule == "city"} == {"note"}
    rows[0] = status("KK", "a", "3", 90)
    (found,) = [one for one in check_figures(of_extracts(city(rows), told), YEAR) if one.kind == "contradicted"]
    assert found.id == "2030.KK.placements.a.spells"
    assert found.text.endswith("hele kommunen har 82 forløb mere, men udtrækkene har kun 1 uden forvaltning.")


def test_a_status_of_extracts_is_whole_days() -> None:
    """Excel rounds when it saves what it shows, and nobody would see that the number is another."""
    rows = [status("KK", "a", "61/365", 9), status("XX", "a", "61/365", 9)]
    assert check_figures(of_extracts(city(rows)), YEAR) == []
    rows[1] = status("XX", "a", "0.17", 9)
    (found,) = check_figures(of_extracts(city(rows)), YEAR)[:1]
    assert (found.kind, found.source) == ("contradicted", "data/status.csv:XXa")
    assert found.text.startswith("XX, Ordning a: 0,2 helårspersoner er ikke et helt antal dage, som tal fra udtræk er;")
    rows[1] = status("XX", "a", "1", 9, rounded=True)
    assert "helt antal dage" in check_figures(of_extracts(city(rows)), YEAR)[0].text
    assert all("helt antal dage" not in one.text for one in check_figures(city(rows), YEAR)), (
        "what a notat printed is rounded"
    )
