"""The table of figures of a small city, every field of every row worked out by hand.

`test_figures.py` says what holds of any table; this says what one is, so that no field can change unnoticed.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from conftest import GROUPS

from aarsstatus import danish
from aarsstatus.attainment import full_year_equivalents, joint, weighted_attainment
from aarsstatus.figures import Figure, bounds_of, figure_id, show, value_of, verdict, words
from aarsstatus.figures.collection import Figures
from aarsstatus.figures.table import build_figures
from aarsstatus.inputs.model import Administration, Data, Printed, Scheme, Status, Target
from aarsstatus.interval import Interval

YEAR = 2030


def status(
    code: str, scheme: str, persons: str, spells: int | None, *, printed: bool = True, year: int = YEAR
) -> Status:
    value = Fraction(persons)
    interval = Interval.rounded(value) if printed else Interval.exactly(value)
    origin = "notat-2030" if printed else "udtræk af 6. januar 2031"
    return Status(year, code, scheme, value, spells, interval, origin, f"data/status.csv:{code}{scheme}")


def target(code: str, group: str, persons: int | None) -> Target:
    return Target(YEAR, code, group, persons, f"data/targets.csv:{code}{group}")


SCHEMES = {
    key: Scheme(key, group, "days", 2020, None, key, key, "data/schemes.csv:2")
    for key, group in (("a", "placements"), ("b", "placements"), ("fleksjob", "fleksjob"), ("fritidsjob", "fritidsjob"))
}
CITY = Data(
    groups=GROUPS,
    schemes=SCHEMES,
    administrations=tuple(
        Administration(code, code, 2020, None, "data/administrations.csv:2") for code in ("KK", "XX", "YY", "ZZ")
    ),
    targets={
        (row.year, row.administration, row.group): row
        for row in (
            target("KK", "placements", 50), target("KK", "fleksjob", 30), target("KK", "fritidsjob", 20),
            target("XX", "placements", 8), target("XX", "fleksjob", 4), target("XX", "fritidsjob", None),
            target("YY", "fleksjob", 3),
        )
    },
    statuses={
        (row.year, row.administration, row.scheme): row
        for row in (
            status("KK", "a", "1000", 30), status("KK", "b", "0", 7), status("KK", "fleksjob", "33", None),
            status("KK", "fritidsjob", "5", None),
            status("XX", "a", "5/2", 3, printed=False), status("XX", "b", "1/3", 1, printed=False),
            status("XX", "fleksjob", "5", None, printed=False), status("XX", "fritidsjob", "1", None, printed=False),
            status("YY", "fleksjob", "2", 4),
        )
    },
    printed=(
        Printed("notat-2029", "tabel 9", "2030.KK.fleksjob.attainment", "99 pct.", "data/published.csv:2"),
        Printed("notat-2030", "brødtekst 1", "2030.KK.fleksjob.attainment", "109 pct.", "data/published.csv:3"),
        Printed("notat-2030", "tabel 1", "2030.KK.fleksjob.attainment", "111 pct.", "data/published.csv:4"),
        Printed("notat-2030", "tabel 1", "2030.document.year", "2030", "data/published.csv:5"),
        Printed("notat-2030", "tabel 1", "2030.XX.fritidsjob.attainment", "intet måltal", "data/published.csv:6"),
    ),
)  # fmt: skip

# id without the year: value, lower, upper, shown when recomputed, formula, inputs without the year, source
TABLE: dict[str, tuple[str | None, str | None, str | None, str, str, str, str]] = {
    "KK.placements.a.status": ("1000", "1999/2", "2001/2", "1.000", "aflæst af notat-2030", "", "data/status.csv:KKa"),
    "KK.placements.a.spells": ("30", "30", "30", "30", "aflæst af notat-2030", "", "data/status.csv:KKa"),
    "KK.placements.b.status": ("0", "0", "1/2", "0", "aflæst af notat-2030", "", "data/status.csv:KKb"),
    "KK.placements.b.spells": ("7", "7", "7", "7", "aflæst af notat-2030", "", "data/status.csv:KKb"),
    "KK.placements.joint_status": (
        "1000", "1999/2", "1001", "1.000", "1.000 + 0 = 1.000", "KK.placements.a.status KK.placements.b.status", ""),
    "KK.placements.spells_total": (
        "37", "37", "37", "37", "30 + 7 = 37", "KK.placements.a.spells KK.placements.b.spells", ""),
    "KK.placements.target": (
        "50", "50", "50", "50", "vedtaget af Borgerrepræsentationen", "", "data/targets.csv:KKplacements"),
    "KK.placements.attainment": (
        "2000", "1999", "2002", "2.000 pct.", "(1.000 + 0) ÷ 50 = 2.000,0 → 2.000 pct.",
        "KK.placements.a.status KK.placements.b.status KK.placements.target", ""),
    "KK.fleksjob.status": ("33", "65/2", "67/2", "33", "aflæst af notat-2030", "", "data/status.csv:KKfleksjob"),
    "KK.fleksjob.target": (
        "30", "30", "30", "30", "vedtaget af Borgerrepræsentationen", "", "data/targets.csv:KKfleksjob"),
    "KK.fleksjob.attainment": (
        "110", "325/3", "335/3", "110 pct.", "33 ÷ 30 = 110,0 → 110 pct.", "KK.fleksjob.status KK.fleksjob.target", ""),
    "KK.fritidsjob.status": ("5", "9/2", "11/2", "5", "aflæst af notat-2030", "", "data/status.csv:KKfritidsjob"),
    "KK.fritidsjob.target": (
        "20", "20", "20", "20", "vedtaget af Borgerrepræsentationen", "", "data/targets.csv:KKfritidsjob"),
    "KK.fritidsjob.attainment": (
        "25", "45/2", "55/2", "25 pct.", "5 ÷ 20 = 25,0 → 25 pct.", "KK.fritidsjob.status KK.fritidsjob.target", ""),
    "KK.placements.weight": (
        "50", "50", "50", "50 pct.", "50 ÷ (50 + 30 + 20) = 50,0 → 50 pct.",
        "KK.placements.target KK.fleksjob.target KK.fritidsjob.target", ""),
    "KK.fleksjob.weight": (
        "30", "30", "30", "30 pct.", "30 ÷ (50 + 30 + 20) = 30,0 → 30 pct.",
        "KK.fleksjob.target KK.placements.target KK.fritidsjob.target", ""),
    "KK.fritidsjob.weight": (
        "20", "20", "20", "20 pct.", "20 ÷ (50 + 30 + 20) = 20,0 → 20 pct.",
        "KK.fritidsjob.target KK.placements.target KK.fleksjob.target", ""),
    "KK.total.weighted_attainment": (
        "1038", "1036.5", "1040", "1.038 pct.",
        "50,0 pct. × 2.000,0 pct. + 30,0 pct. × 110,0 pct. + 20,0 pct. × 25,0 pct. = 1.038,0 → 1.038 pct.",
        " ".join(f"KK.{group}.{what}" for group in GROUPS for what in ("weight", "attainment")), ""),
    "XX.placements.a.status": (
        "5/2", "5/2", "5/2", "3", "opgjort af udtræk af 6. januar 2031", "", "data/status.csv:XXa"),
    "XX.placements.a.spells": ("3", "3", "3", "3", "opgjort af udtræk af 6. januar 2031", "", "data/status.csv:XXa"),
    "XX.placements.b.status": (
        "1/3", "1/3", "1/3", "0", "opgjort af udtræk af 6. januar 2031", "", "data/status.csv:XXb"),
    "XX.placements.b.spells": ("1", "1", "1", "1", "opgjort af udtræk af 6. januar 2031", "", "data/status.csv:XXb"),
    "XX.placements.joint_status": (
        "17/6", "17/6", "17/6", "3", "2,5 + 0,3 = 2,8", "XX.placements.a.status XX.placements.b.status", ""),
    "XX.placements.spells_total": ("4", "4", "4", "4", "3 + 1 = 4", "XX.placements.a.spells XX.placements.b.spells", ""),
    "XX.placements.target": (
        "8", "8", "8", "8", "vedtaget af Borgerrepræsentationen", "", "data/targets.csv:XXplacements"),
    "XX.placements.attainment": (
        "425/12", "425/12", "425/12", "35 pct.", "(2,5 + 0,3) ÷ 8 ≈ 35,4 → 35 pct.",
        "XX.placements.a.status XX.placements.b.status XX.placements.target", ""),
    "XX.fleksjob.status": ("5", "5", "5", "5", "opgjort af udtræk af 6. januar 2031", "", "data/status.csv:XXfleksjob"),
    "XX.fleksjob.target": ("4", "4", "4", "4", "vedtaget af Borgerrepræsentationen", "", "data/targets.csv:XXfleksjob"),
    "XX.fleksjob.attainment": (
        "125", "125", "125", "125 pct.", "5 ÷ 4 = 125,0 → 125 pct.", "XX.fleksjob.status XX.fleksjob.target", ""),
    "XX.fritidsjob.status": ("1", "1", "1", "1", "opgjort af udtræk af 6. januar 2031", "", "data/status.csv:XXfritidsjob"),
    "XX.fritidsjob.target": (
        None, None, None, "intet måltal", "der er ikke vedtaget et måltal", "", "data/targets.csv:XXfritidsjob"),
    "XX.fritidsjob.attainment": (
        None, None, None, "intet måltal", "der er ikke vedtaget et måltal", "XX.fritidsjob.status XX.fritidsjob.target", ""),
    "XX.placements.weight": (
        "125/2", "125/2", "125/2", "63 pct.", "50 ÷ (50 + 30) = 62,5 → 63 pct.",
        "KK.placements.target KK.fleksjob.target", ""),
    "XX.fleksjob.weight": (
        "75/2", "75/2", "75/2", "38 pct.", "30 ÷ (50 + 30) = 37,5 → 38 pct.",
        "KK.fleksjob.target KK.placements.target", ""),
    "XX.total.weighted_attainment": (
        "6625/96", "6625/96", "6625/96", "69 pct.",
        "62,5 pct. × 35,4 pct. + 37,5 pct. × 125,0 pct. = 69,0 → 69 pct.",
        "XX.placements.weight XX.placements.attainment XX.fleksjob.weight XX.fleksjob.attainment", ""),
    "YY.fleksjob.status": ("2", "3/2", "5/2", "2", "aflæst af notat-2030", "", "data/status.csv:YYfleksjob"),
    "YY.fleksjob.spells": ("4", "4", "4", "4", "aflæst af notat-2030", "", "data/status.csv:YYfleksjob"),
    "YY.fleksjob.target": ("3", "3", "3", "3", "vedtaget af Borgerrepræsentationen", "", "data/targets.csv:YYfleksjob"),
    "YY.fleksjob.attainment": (
        "200/3", "50", "250/3", "67 pct.", "2 ÷ 3 = 66,7 → 67 pct.", "YY.fleksjob.status YY.fleksjob.target", ""),
    "YY.fleksjob.weight": (
        "100", "100", "100", "100 pct.", "30 ÷ (30) = 100,0 → 100 pct.",
        "KK.fleksjob.target", ""),
    "YY.total.weighted_attainment": (
        "200/3", "50", "250/3", "67 pct.", "100,0 pct. × 66,7 pct. = 66,7 → 67 pct.",
        "YY.fleksjob.weight YY.fleksjob.attainment", ""),
}  # fmt: skip


def fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def test_every_field_of_every_figure() -> None:
    figures = build_figures(CITY, YEAR, notat="notat-2030", mode="recomputed")
    assert list(figures) == [f"2030.{id_}" for id_ in TABLE]
    for id_, (value, lower, upper, shown, formula, inputs, source) in TABLE.items():
        figure = figures[f"2030.{id_}"]
        code, group, *scheme, measure = id_.split(".")
        told = (figure.year, figure.administration, figure.group, figure.measure, figure.formula, figure.source)
        assert told == (YEAR, code, group, measure, formula, source)
        assert (figure.value, figure.lower, figure.upper) == (fraction(value), fraction(lower), fraction(upper)), id_
        assert figure.computed == shown, id_
        assert figure.shown == (figure.published if figure.verdict == "within_rounding" else shown), id_
        assert figure.inputs == tuple(f"2030.{one}" for one in inputs.split()), id_
        assert figure.scheme == "".join(scheme or ([group] if measure in {"status", "spells"} else [])), id_


def test_a_target_is_adopted_or_only_known_from_a_notat() -> None:
    """Of its own year a notat says when the targets were adopted; of the year it compares with, it prints them."""
    printed = (
        Printed("notat-2031", "tabel 2", "2030.KK.fleksjob.target", "30", "data/published.csv:2"),
        Printed("notat-2032", "tabel 9", "2030.KK.fleksjob.target", "30", "data/published.csv:3"),
        Printed("notat-2031", "tabel 1", "2031.KK.fleksjob.target", "31", "data/published.csv:4"),
        Printed("notat-2031", "brødtekst", "2031.fleksjob.adopted", "1. maj 2030", "data/published.csv:5"),
    )

    def formulas(*rows: Printed) -> list[str]:
        figures = build_figures(replace(CITY, printed=rows), YEAR)
        return [figures[f"2030.{code}.fleksjob.target"].formula for code in ("KK", "XX")]

    adopted = "vedtaget af Borgerrepræsentationen"
    assert formulas() == [adopted, adopted]
    assert formulas(*printed) == ["aflæst af notat-2031, tabel 2", adopted]
    own = Printed("notat-2030", "brødtekst", "2030.placements.adopted", "1. maj 2029", "data/published.csv:6")
    assert formulas(*printed, own) == [adopted, adopted]


def test_schemes_are_named_where_a_group_has_one_only() -> None:
    figures = build_figures(CITY, YEAR)
    assert figures["2030.KK.fleksjob.status"].scheme == "fleksjob"
    assert figures["2030.KK.fleksjob.attainment"].scheme == ""


def test_a_table_of_this_notat_goes_before_prose_and_another_notat() -> None:
    id_ = "2030.KK.fleksjob.attainment"
    assert build_figures(CITY, YEAR, notat="notat-2030")[id_].published == "111 pct."
    assert build_figures(CITY, YEAR, notat="notat-2029")[id_].published == "99 pct."
    shown = build_figures(CITY, YEAR, notat="notat-2030")[id_]
    assert (shown.shown, shown.computed, shown.verdict) == ("111 pct.", "110 pct.", "within_rounding")
    own = build_figures(CITY, YEAR, notat="notat-2030", mode="recomputed")[id_]
    assert (own.shown, own.published) == ("111 pct.", "111 pct."), "what lies within rounding is nearer than our own"
    other = build_figures(CITY, YEAR, notat="notat-2029", mode="recomputed")[id_]
    assert (other.shown, other.published, other.verdict) == ("110 pct.", "99 pct.", "contradicted")


def test_what_was_never_published_says_so() -> None:
    figures = build_figures(CITY, YEAR, notat="notat-2030")
    assert {
        (one.published, one.verdict) for one in figures.values() if one.id not in {row.id for row in CITY.printed}
    } == {("", "unpublished")}
    none = figures["2030.XX.fritidsjob.attainment"]
    assert (none.published, none.verdict) == ("intet måltal", "exact")


def test_an_administration_without_a_status_has_no_figures_and_a_year_to_come_neither() -> None:
    later = status("KK", "fleksjob", "1", None, year=YEAR + 1)
    data = Data(
        CITY.schemes,
        CITY.administrations,
        CITY.targets,
        {**CITY.statuses, (YEAR + 1, "KK", "fleksjob"): later},
        (),
        groups=GROUPS,
    )
    assert {figure.administration for figure in build_figures(data, YEAR).values()} == {"KK", "XX", "YY"}
    assert list(build_figures(data, YEAR)) == [f"2030.{id_}" for id_ in TABLE]
    both = build_figures(data, YEAR + 1)
    assert [figure.year for figure in both.values()] == [YEAR + 1] * 4 + [YEAR] * len(TABLE)
    assert both["2031.KK.fleksjob.target"].source == ""
    assert both["2031.KK.fleksjob.target"].formula == "der er ikke vedtaget et måltal"
    assert both["2031.KK.total.weighted_attainment"].formula == "der er ikke vedtaget et måltal"


def test_figures_are_found_selected_and_given_verdicts() -> None:
    figures = build_figures(CITY, YEAR, notat="notat-2030")
    assert figures.find(YEAR, "KK", "fleksjob", "status", "fleksjob") is figures["2030.KK.fleksjob.status"]
    assert figures.find(YEAR, "KK", "placements", "status", "a") is figures["2030.KK.placements.a.status"]
    assert figures.find(YEAR, "KK", "placements", "status") is None
    chosen = figures.select(year=YEAR, administration="YY", measure="weight")
    assert [figure.id for figure in chosen] == ["2030.YY.fleksjob.weight"]
    assert figures.select(year=YEAR - 1) == []
    assert len(figures.select()) == len(figures) == len(TABLE)
    published, other = "2030.KK.fleksjob.attainment", "2030.KK.fleksjob.status"
    judged = figures.judged({published: ("contradicted", "Why."), other: ("contradicted", "Why.")})
    assert (judged[published].verdict, judged[published].reason) == ("contradicted", "Why.")
    assert judged[other].verdict == "unpublished", "it was never published"
    assert figures[published].verdict == "within_rounding", "the first table is as it was"
    assert list(judged) == list(figures)
    assert figures.judged({other: ("exact", "")})[published] is figures[published]


def test_two_of_one_id_are_refused_in_so_many_words() -> None:
    figure = next(iter(build_figures(CITY, YEAR).values()))
    with pytest.raises(ValueError, match=r"^two figures have the same id$"):
        Figures([figure, figure])


def test_the_csv_to_the_letter() -> None:
    lines = build_figures(CITY, YEAR, notat="notat-2030").to_csv().split("\n")
    assert lines[0].startswith("id,year,")
    assert lines[-1] == ""
    assert len(lines) == len(TABLE) + 2
    assert (
        "2030.KK.fleksjob.attainment,2030,KK,fleksjob,,attainment,110,108.333333,111.666667,111 pct.,"
        '"33 ÷ 30 = 110,0 → 110 pct.",2030.KK.fleksjob.status 2030.KK.fleksjob.target,,111 pct.,within_rounding,'
    ) in lines
    assert (
        "2030.XX.fritidsjob.target,2030,XX,fritidsjob,,target,,,,intet måltal,der er ikke vedtaget et måltal,,"
        "data/targets.csv:XXfritidsjob,,unpublished,"
    ) in lines


BOUNDED = ("value", "lower", "upper")


def test_the_csv_is_read_back_as_it_was_written() -> None:
    figures = build_figures(CITY, YEAR, notat="notat-2030")
    text = figures.to_csv()
    read = Figures.from_csv(text)
    assert read.to_csv() == text
    assert list(read) == list(figures)
    for id_, figure in figures.items():
        ends = {name: one and Fraction(danish.plain_decimal(one)) for name in BOUNDED if (one := getattr(figure, name))}
        assert read[id_] == replace(figure, **ends), id_
    assert list(Figures.from_csv(text.splitlines()[0])) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (",formula,", ",formel,"), (",exact,\n", ",right,\n"), (",status,", ",state,"), ("status,2030,KK", "status,x,KK"),
        (",1000,", ",1.000.0,"), (",exact,\n", ",exact,,\n"), (",within_rounding,\n", "\n"),
        ("2030.KK.placements.b.status,", "2030.KK.placements.a.status,"),
    ],
)  # fmt: skip
def test_a_damaged_csv_is_refused(old: str, new: str) -> None:
    text = build_figures(CITY, YEAR, notat="notat-2030").to_csv()
    assert old in text
    with pytest.raises(ValueError, match=r"."):
        Figures.from_csv(text.replace(old, new, 1))


def test_the_frame_has_numbers() -> None:
    frame = build_figures(CITY, YEAR).to_frame().set_index("id")
    assert frame[["value", "lower", "upper"]].dtypes.astype(str).tolist() == ["float64"] * 3
    assert frame.loc["2030.XX.placements.a.status", "value"] == 2.5
    assert frame["value"].isna().sum() == 2


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("attainment", "pct."), ("weight", "pct."), ("weighted_attainment", "pct."), ("spells", "forløb"),
        ("spells_total", "forløb"), ("status", "personer"), ("joint_status", "personer"), ("target", "personer"),
    ],
)  # fmt: skip
def test_units(measure: str, expected: str) -> None:
    assert words.unit(measure) == expected


def test_values_as_the_notat_writes_them() -> None:
    assert show("attainment", Fraction(147, 2)) == "74 pct."
    assert show("status", Fraction(2269, 2)) == "1.135"
    assert show("weight", None) == show("target", None) == "intet måltal"


def test_ids() -> None:
    assert figure_id(2030, "KK", "placements", "status", "a") == "2030.KK.placements.a.status"
    assert figure_id(2030, "KK", "fleksjob", "status", "fleksjob") == "2030.KK.fleksjob.status"
    assert figure_id(2030, "KK", "total", "weighted_attainment") == "2030.KK.total.weighted_attainment"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("100", "100"),
        ("0.5", "0.5"),
        ("-10", "-10"),
        ("1000000", "1000000"),
        ("-1/10000000", "0"),
        ("1.0000005", "1.000001"),
    ],
)
def test_decimals_lose_nothing_but_trailing_zeros(value: str, text: str) -> None:
    assert danish.plain_decimal(Fraction(value)) == text
    assert danish.plain_decimal(Fraction("2.345"), 2) == "2.35"


@pytest.mark.parametrize(
    ("published", "computed", "interval", "expected"),
    [
        ("intet måltal", "intet måltal", None, "exact"),
        ("intet måltal", "74 pct.", Interval.exactly(74), "contradicted"),
        ("74 pct.", "intet måltal", Interval.exactly(74), "contradicted"),
        ("74 pct.", "74 pct.", None, "exact"),
        ("1134", "1.134", Interval.exactly(1134), "exact"),
    ],
)
def test_verdicts_without_a_target_or_bounds(
    published: str, computed: str, interval: Interval | None, expected: str
) -> None:
    assert verdict(published, computed, interval) == expected


def test_a_figure_without_a_value_is_no_input() -> None:
    empty = Figure("2030.x", 2030, "KK", "g", "", "status", None, None, None, "", "", (), "", "", "unpublished")
    with pytest.raises(ValueError, match=r"^2030\.x has no value$"):
        value_of(empty)
    with pytest.raises(ValueError, match=r"^2030\.x has no bounds$"):
        bounds_of(empty)


# -- the formulas' edges ----------------------------------------------------------------------------------------


def test_nothing_is_a_number_too() -> None:
    """Scaled by zero, worked no hours, less than one hour: allowed, and what they should be."""
    assert Interval(Fraction(1), Fraction(2)) * 0 == Interval.exactly(0)
    assert full_year_equivalents(365, 2030, Fraction(0)) == 0
    assert full_year_equivalents(365, 2030, Fraction(1, 2)) == Fraction(1, 74)
    assert isinstance(joint([]), Fraction)
    assert isinstance(weighted_attainment({"a": Fraction(0)}, {"a": Fraction(1)}), Fraction)
