"""Prove that all printed numbers can be right at once, by unrounded inputs.

The rules decide each number by itself, and the ordinary build asks no more. Numbers that are possible one by one
may still not be possible together; that is decided here, for `verify` and the tests. It can only find more that is
wrong: where the proof holds, both ways give every number the same verdict (tests/audit/test_audit.py).

A notat prints full-year equivalents as whole numbers. All that is known of an input is then an `Interval`, and
each derived number that is printed is a `Claim` on the same unrounded inputs: a sum of them, each times a known
factor, that lies in an interval too. That is linear arithmetic over the rationals with strict upper bounds. Z3
decides it exactly and gives the exact least and greatest value of a sum, never with a tolerance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import Any

import z3

from aarsstatus import danish
from aarsstatus.attainment import round_half_up
from aarsstatus.audit import rules
from aarsstatus.audit.printed import Sheet
from aarsstatus.audit.rules import Check
from aarsstatus.figures import PERCENTAGES, Figure, Measure, read_figure_id, value_of
from aarsstatus.figures.collection import Figures
from aarsstatus.inputs.schema import KK
from aarsstatus.interval import Interval

Terms = tuple[tuple[str, Fraction], ...]  # a sum: the name of each input, and its factor
Inputs = tuple[tuple[str, Interval], ...]  # the unrounded inputs: name and interval of each
_HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Claim:
    """Hold what a printed number says of unrounded inputs: a sum in `interval`.

    `told` is the sum whose bounds a `Clash` tells, where it is another than `terms`.
    """

    id: str
    terms: Terms
    interval: Interval
    told: Terms = ()


@dataclass(frozen=True, slots=True)
class Clash:
    """Hold a claim that is impossible together with the claims before it.

    `least` and `greatest` are the tightest bounds that the inputs and those claims leave its sum, `printable` the
    first and the last whole number it may round to. `against` are the ids of claims that are enough to exclude
    it, none of which can be spared; it is empty where the inputs' own intervals are enough.
    """

    id: str
    least: Fraction
    greatest: Fraction
    printable: tuple[int, int]
    against: tuple[str, ...]


# What a notat claims


def contradictions(
    sheet: Sheet, figures: Figures, checks: Mapping[str, Sequence[Check]]
) -> Iterator[tuple[str, Check]]:
    """Yield each figure that contradicts more trusted ones, and why."""
    for clash in clashes(*claims(sheet, figures, checks)):
        at, row = read_figure_id(clash.id), sheet.primary[clash.id]
        unit = " pct." if at is not None and at.measure in PERCENTAGES else ""
        first, last = (danish.whole(end) for end in clash.printable)
        recomputed = (first if first == last else f"{first}-{last}") + unit
        # There are some: what the inputs alone exclude, a rule of its own has contradicted already.
        others = [f"{sheet.primary[id_].printed} ({sheet.primary[id_].place})" for id_ in clash.against]
        reason = (
            f"Sammen med {danish.join(others)} giver grundtallene uafrundet mellem {danish.decimal(clash.least, 2)} og "
            f"{danish.decimal(clash.greatest, 2)}{unit}, men der står {row.printed.removesuffix('.')}."
        )
        yield clash.id, Check("rounding", "contradicted", recomputed, reason, Interval(clash.least, clash.greatest))


_DERIVED: tuple[Measure, ...] = ("joint_status", "attainment", "weighted_attainment")
_ARITHMETIC = frozenset({"sum", "attainment", "weighted", "city", "spells_bound"})


def claims(sheet: Sheet, figures: Figures, checks: Mapping[str, Sequence[Check]]) -> tuple[Inputs, tuple[Claim, ...]]:
    """Return a notat's unrounded inputs and claims, the most trusted first.

    A number that arithmetic contradicts by itself says nothing: it has been blamed already.
    """
    statuses = figures.select(measure="status")
    inputs = tuple((figure.id, figure.interval) for figure in statuses if figure.interval is not None)
    derived = [figure for figure in figures.values() if figure.measure in _DERIVED]
    derived.sort(key=lambda one: (_DERIVED.index(one.measure), sheet.tables.index((one.year, one.administration))))
    found = [claim for status in statuses for claim in _at_most_spells(sheet, figures, status)]
    city = [figure for figure in derived if (figure.year, figure.administration) == (sheet.params.year, KK)]
    found += [claim for figure in derived if figure not in city for claim in _derived(sheet, figures, figure)]
    found += [claim for status in statuses for claim in _city_sum(sheet, figures, status)]
    found += [claim for figure in city for claim in _derived(sheet, figures, figure)]
    found += [
        claim for figure in city if figure.measure == "joint_status" for claim in _city_joint(sheet, figures, figure)
    ]
    blamed = {
        id_
        for id_, said in checks.items()
        if any(check.verdict == "contradicted" and check.rule in _ARITHMETIC for check in said)
    }
    return inputs, tuple(one for one in found if one.id in checks and one.id not in blamed)


def _at_most_spells(sheet: Sheet, figures: Figures, status: Figure) -> Iterator[Claim]:
    """Say that a status counted in days is at most its number of spells."""
    if sheet.data.schemes[status.scheme].counting != "days":
        return
    spells = figures.find(status.year, status.administration, status.group, "spells", status.scheme)
    if spells is not None and spells.value and status.upper is not None and status.upper > spells.value:
        # An interval ends before its upper bound, and this one includes it: so it is told of the number's negative.
        yield Claim(status.id, ((status.id, Fraction(-1)),), Interval(-spells.value, Fraction(1)))


def _derived(sheet: Sheet, figures: Figures, figure: Figure) -> Iterator[Claim]:
    """State that a table's derived values round to those it printed."""
    number = sheet.number(figure.id)
    if number is not None and figure.value is not None:
        yield Claim(figure.id, tuple(_terms(figures, figure).items()), Interval(number - _HALF, number + _HALF))


def _terms(figures: Figures, figure: Figure) -> dict[str, Fraction]:
    """Write a derived figure as a sum over statuses: the factor of each."""
    if figure.measure == "joint_status":
        return dict.fromkeys(figure.inputs, Fraction(1))
    if figure.measure == "attainment":
        *statuses, target = figure.inputs
        return dict.fromkeys(statuses, 100 / value_of(figures[target]))
    return {
        status: factor * value_of(figures[weight]) / 100
        for weight, attainment in zip(figure.inputs[::2], figure.inputs[1::2], strict=True)
        for status, factor in _terms(figures, figures[attainment]).items()
    }


def _city_sum(sheet: Sheet, figures: Figures, status: Figure) -> Iterator[Claim]:
    """Say that a status of the city's is the sum of the administrations'."""
    of = rules.parts(sheet, figures, status)
    if of is not None:
        told = tuple((part.id, Fraction(1)) for part in of)
        terms = ((status.id, Fraction(1)), *((id_, -factor) for id_, factor in told))
        yield Claim(status.id, terms, Interval.exactly(0), told)


def _city_joint(sheet: Sheet, figures: Figures, figure: Figure) -> Iterator[Claim]:
    """Say that the city's joint status is the sum of the administrations'."""
    of, number = rules.parts(sheet, figures, figure), sheet.number(figure.id)
    if of is not None and number is not None:
        terms = tuple((id_, Fraction(1)) for part in of for id_ in part.inputs)
        yield Claim(figure.id, terms, Interval(number - _HALF, number + _HALF))


# Whether claims can hold together


@lru_cache(maxsize=256)  # numbers that are no sums, or stand in the prose, leave it the same question
def clashes(inputs: Inputs, said: tuple[Claim, ...]) -> tuple[Clash, ...]:
    """Return the claims that must be given up for the rest to hold together.

    Claims are believed in their order, from the most trusted: the first that is impossible together with the inputs
    and the claims before it is given up, and so on. So the answer depends on the order alone, not on Z3's choices.
    """
    solver, literals = load(inputs, said)

    def impossible(chosen: Sequence[int]) -> bool:
        answer = solver.check([literals[index] for index in chosen])
        if answer == z3.unknown:
            raise RuntimeError(f"Z3 could not decide: {solver.reason_unknown()}")
        return bool(answer == z3.unsat)

    kept: list[int] = []
    rest = list(range(len(said)))
    found: list[Clash] = []
    while impossible(kept + rest):
        fits, fails = 0, len(rest)  # kept + rest[:fits] is possible, kept + rest[:fails] is not
        while fails - fits > 1:
            middle = (fits + fails) // 2
            fits, fails = (fits, middle) if impossible(kept + rest[:middle]) else (middle, fails)
        kept, bad, rest = kept + rest[:fits], rest[fits], rest[fails:]
        against = tuple(said[index].id for index in _minimal(impossible, kept, bad))
        found.append(Clash(said[bad].id, *_extremes(inputs, [said[index] for index in kept], said[bad]), against))
    return tuple(found)


def _minimal(impossible: Callable[[Sequence[int]], bool], kept: Sequence[int], bad: int) -> list[int]:
    """Return claims that exclude `bad`; none can be spared."""
    core, size = list(kept), max(1, len(kept) // 2)  # what is not needed at all goes in big pieces
    while True:
        for start in range(len(core), 0, -size):
            without = core[: max(0, start - size)] + core[start:]
            if impossible([*without, bad]):
                core = without
        if size == 1:
            return core
        size //= 2


def _extremes(inputs: Inputs, kept: Sequence[Claim], claim: Claim) -> tuple[Fraction, Fraction, tuple[int, int]]:
    """Return the bounds of a claim's sum, and what it may round to."""
    optimizer = z3.Optimize()
    optimizer.set(priority="box")  # each end by itself
    optimizer.add([*_given(inputs), *(_inside(_sum(one.terms), one.interval) for one in kept)])
    goal = _sum(claim.told or claim.terms)
    least, greatest = optimizer.minimize(goal), optimizer.maximize(goal)
    if optimizer.check() != z3.sat:
        raise RuntimeError("the claims that were kept do not hold together")
    # An end comes as [infinite part, end, multiple of something infinitely small: 0 where the end is reached].
    _, low, _ = least.lower_values()
    _, high, short = greatest.upper_values()
    lower, upper = fraction(low), fraction(high)
    last = round_half_up(upper) if fraction(short) == 0 else ceil(upper - _HALF)
    return lower, upper, (round_half_up(lower), last)


def load(inputs: Inputs, said: Sequence[Claim]) -> tuple[z3.Solver, list[z3.BoolRef]]:
    """Return a solver of the inputs, and a literal that turns each claim on."""
    z3.set_param("ctrl_c", False)  # else it takes Ctrl-C for its own, and leaves it such that no waiting thread wakes
    literals = [z3.Bool(f"c{index}") for index in range(len(said))]
    solver = z3.SolverFor("QF_LRA")
    solver.add(_given(inputs))
    for literal, claim in zip(literals, said, strict=True):
        solver.add(z3.Implies(literal, _inside(_sum(claim.terms), claim.interval)))
    return solver, literals


def _given(inputs: Inputs) -> list[z3.BoolRef]:
    """State that each input lies in its interval."""
    return [_inside(z3.Real(name), interval) for name, interval in inputs]


def _sum(terms: Terms) -> z3.ArithRef:
    return z3.Sum([_exact(factor) * z3.Real(name) for name, factor in terms])


def _inside(term: z3.ArithRef, interval: Interval) -> z3.BoolRef:
    """State that a term lies in an interval; its upper end is excluded."""
    lower = _exact(interval.lower)
    return term == lower if interval.exact else z3.And(term >= lower, term < _exact(interval.upper))


def _exact(value: Fraction) -> z3.RatNumRef:
    return z3.Q(value.numerator, value.denominator)


def fraction(value: Any) -> Fraction:  # noqa: ANN401 - z3's numbers have no types
    """Read one of Z3's rationals."""
    return Fraction(value.as_string())
