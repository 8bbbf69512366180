"""The formulas, by table from the seeds and by properties."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarsstatus.attainment import (
    attainment,
    comparable_attainment,
    contributions,
    days_of_year,
    full_time_persons,
    full_year_equivalents,
    joint,
    joint_interval,
    round_half_up,
    shortfall,
    weekdays_of_year,
    weighted_attainment,
    weights,
)
from aarsstatus.interval import Interval

counts = st.integers(min_value=0, max_value=100_000)
positive = st.integers(min_value=1, max_value=100_000)
exact = st.fractions(min_value=0, max_value=10_000, max_denominator=366)
groups = ("placements", "fleksjob", "fritidsjob")


def percent(ratio: Fraction | None) -> int:
    assert ratio is not None
    return round_half_up(ratio * 100)


# -- rounding -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("0.5", 1), ("1.5", 2), ("2.5", 3), ("2.4999999", 2), ("73.6", 74), ("0.4", 0), ("-0.5", 0), ("-1.5", -1)],
)
def test_rounds_half_up(value: str, rounded: int) -> None:
    assert round_half_up(Fraction(value)) == rounded


@given(st.integers(min_value=-10_000, max_value=10_000))
def test_every_half_goes_up(whole: int) -> None:
    assert round_half_up(whole + Fraction(1, 2)) == whole + 1


@given(exact)
def test_the_interval_of_a_rounded_number_holds_the_number(value: Fraction) -> None:
    interval = Interval.rounded(round_half_up(value))
    assert value in interval
    assert interval.rounds_to(round_half_up(value))


# -- intervals ------------------------------------------------------------------------------------------------


def test_the_upper_half_is_outside() -> None:
    interval = Interval.rounded(5)
    assert Fraction("4.5") in interval
    assert Fraction("5.5") not in interval


def test_a_printed_zero_is_not_negative() -> None:
    assert Interval.rounded(0) == Interval(Fraction(0), Fraction(1, 2))


def test_touching_intervals_do_not_meet() -> None:
    assert not Interval.rounded(5).meets(Interval.rounded(6))
    assert Interval.rounded(5).meets(Interval(Fraction("5.4"), Fraction(6)))
    assert not Interval.rounded(5).meets(Interval.exactly(Fraction("5.5")))
    assert Interval.exactly(Fraction("4.5")).meets(Interval.rounded(5))


def test_an_interval_cannot_run_backwards() -> None:
    with pytest.raises(ValueError, match="lower to the upper"):
        Interval(Fraction(2), Fraction(1))


def test_an_interval_is_not_scaled_by_a_negative_number() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        Interval.exactly(1) * -1


# -- full-year equivalents --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "year", "hours", "expected"),
    [
        (365, 2025, None, Fraction(1)),
        (366, 2024, None, Fraction(1)),
        (0, 2025, None, Fraction(0)),
        (1, 2100, None, Fraction(1, 365)),
        (1, 2000, None, Fraction(1, 366)),
        (73, 2025, 37, Fraction(1, 5)),
        (73, 2025, Fraction("18.5"), Fraction(1, 10)),
        (730, 2025, Fraction("0.01"), Fraction(2, 3700)),
        (365, 2025, 0, Fraction(0)),
    ],
)
def test_days_become_persons(days: int, year: int, hours: Fraction | int | None, expected: Fraction) -> None:
    assert full_year_equivalents(days, year, hours) == expected


def test_hours_below_none_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^weekly hours cannot be negative: -1$"):
        full_year_equivalents(0, 2025, Fraction(-1))


@pytest.mark.parametrize(("year", "days"), [(2000, 366), (2023, 365), (2024, 366), (2100, 365)])
def test_days_of_a_year(year: int, days: int) -> None:
    assert days_of_year(year) == days


# -- attainment -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "target", "printed"),
    [
        ((93, 503, 202), 1084, 74),
        ((94, 611, 209), 1084, 84),
        ((128, 400, 3), 1134, 47),
        ((155, 405, 5), 1232, 46),
        ((1048,), 900, 116),
        ((876,), 850, 103),
        ((100,), 126, 79),
    ],
)
def test_attainment_as_the_seeds_print_it(statuses: tuple[int, ...], target: int, printed: int) -> None:
    assert percent(attainment(joint(statuses), target)) == printed


@pytest.mark.parametrize("target", [0, None])
def test_no_target_is_no_attainment(target: int | None) -> None:
    assert attainment(Fraction(7), target) is None
    assert attainment(Interval.rounded(7), target) is None


@given(counts, positive, positive)
def test_scaling_status_and_target_alike_changes_nothing(status: int, target: int, factor: int) -> None:
    assert attainment(status * factor, target * factor) == attainment(status, target)


@given(st.lists(exact, min_size=1, max_size=4), positive)
def test_bounds_contain_the_value(statuses: list[Fraction], target: int) -> None:
    bounds = joint_interval(Interval.rounded(round_half_up(status)) for status in statuses)
    assert joint(statuses) in bounds
    ratio, interval = attainment(joint(statuses), target), attainment(bounds, target)
    assert ratio is not None
    assert interval is not None
    assert ratio in interval


# -- weights ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("targets", "printed"),
    [
        ((1134, 850, None), [57, 43]),
        ((1232, 850, None), [59, 41]),
        ((1084, 900, None), [55, 45]),
        ((1084, 900, 126), [51, 43, 6]),
    ],
)
def test_weights_as_the_footnotes_print_them(targets: tuple[int | None, ...], printed: list[int]) -> None:
    shares = weights(dict(zip(groups, targets, strict=True)))
    assert [percent(share) for share in shares.values()] == printed


@given(st.lists(st.one_of(st.none(), counts), min_size=3, max_size=3))
def test_weights_sum_to_one(targets: list[int | None]) -> None:
    shares = weights(dict(zip(groups, targets, strict=True)))
    assert sum(shares.values()) == (1 if any(targets) else 0)
    assert set(shares) == {group for group, target in zip(groups, targets, strict=True) if target}


@given(st.lists(positive, min_size=3, max_size=3), positive)
def test_weights_do_not_depend_on_scale(targets: list[int], factor: int) -> None:
    named = dict(zip(groups, targets, strict=True))
    assert weights({group: target * factor for group, target in named.items()}) == weights(named)


# -- weighted attainment ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ratios", "targets", "printed"),
    [
        ((Fraction(798, 1084), Fraction(1048, 900), Fraction(100, 126)), (1084, 900, 126), 92),
        ((Fraction(914, 1084), Fraction(1014, 900), None), (1084, 900, None), 97),
        ((Fraction(531, 1134), Fraction(876, 850), None), (1134, 850, None), 71),
        ((Fraction(565, 1232), Fraction(860, 850), None), (1232, 850, None), 68),
    ],
)
def test_weighted_attainment_as_the_seeds_print_it(
    ratios: tuple[Fraction | None, ...], targets: tuple[int | None, ...], printed: int
) -> None:
    shares = weights(dict(zip(groups, targets, strict=True)))
    assert percent(weighted_attainment(dict(zip(groups, ratios, strict=True)), shares)) == printed


def test_weights_are_rescaled_where_a_target_is_missing() -> None:
    shares = weights({"placements": 50, "fleksjob": 30, "fritidsjob": 20})
    ratios = {"placements": Fraction(1), "fleksjob": Fraction(2), "fritidsjob": None}
    assert weighted_attainment(ratios, shares) == Fraction(50, 80) + 2 * Fraction(30, 80)


def test_no_target_at_all_is_no_weighted_attainment() -> None:
    assert weighted_attainment({"placements": None}, {}) is None
    assert weighted_attainment({"placements": Fraction(1)}, {}) is None
    assert weighted_attainment({"placements": Interval.exactly(1)}, {}) is None


@given(exact, st.lists(positive, min_size=3, max_size=3))
def test_the_same_attainment_everywhere_is_the_weighted_one(ratio: Fraction, targets: list[int]) -> None:
    shares = weights(dict(zip(groups, targets, strict=True)))
    assert weighted_attainment(dict.fromkeys(groups, ratio), shares) == ratio


@given(st.lists(exact, min_size=3, max_size=3), st.lists(positive, min_size=3, max_size=3))
def test_weighted_bounds_contain_the_value(statuses: list[Fraction], targets: list[int]) -> None:
    named = dict(zip(groups, targets, strict=True))
    shares = weights(named)
    ratios = {group: attainment(status, named[group]) for group, status in zip(groups, statuses, strict=True)}
    bounds = {
        group: attainment(Interval.rounded(round_half_up(status)), named[group])
        for group, status in zip(groups, statuses, strict=True)
    }
    value, interval = weighted_attainment(ratios, shares), weighted_attainment(bounds, shares)
    assert value is not None
    assert interval is not None
    assert value in interval


# -- what moved it, and how many are missing --------------------------------------------------------------------


ratios_of_a_year = st.lists(st.one_of(st.none(), exact), min_size=3, max_size=3)
targets_of_a_year = st.lists(st.one_of(st.none(), counts), min_size=3, max_size=3)


@given(ratios_of_a_year, ratios_of_a_year, targets_of_a_year, targets_of_a_year)
def test_the_parts_sum_to_the_whole_exactly(
    old: list[Fraction | None], new: list[Fraction | None], targets: list[int | None], later: list[int | None]
) -> None:
    before, after = (dict(zip(groups, side, strict=True)) for side in (old, new))
    were, are = (weights(dict(zip(groups, side, strict=True))) for side in (targets, later))
    was, now = weighted_attainment(before, were), weighted_attainment(after, are)
    comparable, parts = comparable_attainment(before, after, were), contributions(before, after, were)
    assert (was is None) == (comparable is None)
    if was is None or now is None or comparable is None:
        return
    assert was + sum(parts.values()) == comparable
    assert set(parts) == {one for one in were if before[one] is not None and after[one] is not None}
    if before == after and were == are:
        assert not any(parts.values())
        assert comparable == now


def test_the_fall_of_2025_splits_as_worked_out_by_hand() -> None:
    before = {"placements": Fraction(914, 1084), "fleksjob": Fraction(1014, 900)}
    after = {"placements": Fraction(798, 1084), "fleksjob": Fraction(1048, 900), "fritidsjob": Fraction(100, 126)}
    were = weights({"placements": 1084, "fleksjob": 900})
    parts = contributions({**before}, {**after}, were)
    assert parts == {"placements": Fraction(798 - 914, 1984), "fleksjob": Fraction(1048 - 1014, 1984)}
    assert comparable_attainment({**before}, {**after}, were) == Fraction(798 + 1048, 1984)  # 93,04 per cent


@pytest.mark.parametrize(
    ("status", "target", "missing"), [(161, 457, 296), (282, 184, 0), (184, 184, 0), (7, None, None), (7, 0, None)]
)
def test_persons_are_missing_up_to_the_target_alone(status: int, target: int | None, missing: int | None) -> None:
    assert shortfall(status, target) == missing


def test_full_time_persons_are_those_of_danmarks_statistik() -> None:
    """Half a year of 20 hours: (20 ÷ 37) × (130 ÷ 262)."""
    assert weekdays_of_year(2020) == 262
    assert full_time_persons(130, 2020, 20) == Fraction(20, 37) * Fraction(130, 262)
    assert round(float(full_time_persons(130, 2020, 20)), 3) == 0.268
    assert [full_time_persons(weekdays_of_year(year), year, 37) for year in (2023, 2024, 2025)] == [1, 1, 1]
    with pytest.raises(ValueError, match="negative"):
        full_time_persons(1, 2025, -1)
