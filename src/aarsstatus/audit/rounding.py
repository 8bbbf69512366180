"""Can unrounded inputs exist that round to everything that was printed? Decided exactly, never with a tolerance.

A notat prints full-year equivalents as whole numbers. All that is known of an input is then an `Interval`, and
each derived number that is printed is a `Claim` on the same unrounded inputs: a sum of them, each times a known
factor, that lies in an interval too. Several claims may each be possible and still not be possible together.

The question is linear arithmetic over the rationals with strict upper bounds. Z3 decides it exactly and gives
the exact least and greatest value of a sum; a simplex of our own, or a linear programme in floats, would either
have to be proved right or be trusted to a tolerance. Only this module knows Z3, and only who asks pays for its import.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING, Any

from aarsstatus.attainment import Interval, round_half_up

if TYPE_CHECKING:
    import z3

__all__ = ["Claim", "Clash", "Inputs", "clashes", "witness"]

Inputs = tuple[tuple[str, Interval], ...]
"""The unrounded inputs: name and interval of each."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one printed number says of the unrounded inputs: Σ factor × input lies in `interval`.

    `told` is the sum whose bounds a `Clash` tells, where it is another than `terms`.
    """

    id: str
    terms: tuple[tuple[str, Fraction], ...]
    interval: Interval
    told: tuple[tuple[str, Fraction], ...] = ()


@dataclass(frozen=True, slots=True)
class Clash:
    """A claim that cannot hold together with the claims before it.

    `least` and `greatest` are the tightest bounds that the inputs and those claims leave its sum, `printable` the
    first and the last whole number it may round to. `against` are the ids of claims that are enough to exclude
    it, none of which can be spared; it is empty where the inputs' own intervals are enough.
    """

    id: str
    least: Fraction
    greatest: Fraction
    printable: tuple[int, int]
    against: tuple[str, ...]


@lru_cache(maxsize=256)
def clashes(inputs: Inputs, claims: tuple[Claim, ...]) -> tuple[Clash, ...]:
    """Return the claims that must be given up for the rest to hold together.

    Claims are believed in their order: the first that is impossible together with the inputs and the claims
    before it is given up, and so on. So the answer depends on the order alone, not on the solver's choices.

    Parameters
    ----------
    inputs
        The unrounded inputs; every interval is satisfiable, and inputs are independent.
    claims
        From the most trusted to the least.
    """
    from z3 import unknown, unsat  # noqa: PLC0415 - see the module's docstring

    solver = _load(inputs, claims)
    literals = _literals(len(claims))

    def impossible(chosen: Sequence[int]) -> bool:
        answer = solver.check([literals[index] for index in chosen])
        if answer == unknown:
            raise RuntimeError(f"Z3 could not decide: {solver.reason_unknown()}")
        return bool(answer == unsat)

    kept: list[int] = []
    rest = list(range(len(claims)))
    found: list[Clash] = []
    while impossible(kept + rest):
        fits, fails = 0, len(rest)  # kept + rest[:fits] is possible, kept + rest[:fails] is not
        while fails - fits > 1:
            middle = (fits + fails) // 2
            if impossible(kept + rest[:middle]):
                fails = middle
            else:
                fits = middle
        kept, bad, rest = kept + rest[:fits], rest[fits], rest[fails:]
        core = _minimal(impossible, kept, bad)
        against = tuple(claims[index].id for index in core)
        found.append(Clash(claims[bad].id, *_extremes(inputs, claims, kept, claims[bad]), against))
    return tuple(found)


def witness(inputs: Inputs, claims: tuple[Claim, ...]) -> dict[str, Fraction] | None:
    """Return unrounded inputs that meet every claim, or None when there are none."""
    from z3 import sat  # noqa: PLC0415 - see the module's docstring

    solver = _load(inputs, claims)
    if solver.check(_literals(len(claims))) != sat:
        return None
    model = solver.model()
    values = {str(variable): model[variable] for variable in model.decls()}
    return {name: _fraction(values[f"v{index}"]) for index, (name, _) in enumerate(inputs)}


def _minimal(impossible: Any, kept: Sequence[int], bad: int) -> list[int]:  # noqa: ANN401 - a local function
    """Return claims of `kept` that exclude `bad`, none of which can be spared; the least trusted go first."""
    # The core is found by halving: what is not needed at all goes in big pieces.
    core = list(kept)
    size = max(1, len(core) // 2)
    while True:
        start = len(core)
        while start > 0:
            without = core[: max(0, start - size)] + core[start:]
            if impossible([*without, bad]):
                core = without
            start -= size
        if size == 1:
            return core
        size //= 2


def _extremes(
    inputs: Inputs, claims: Sequence[Claim], kept: Sequence[int], claim: Claim
) -> tuple[Fraction, Fraction, tuple[int, int]]:
    """Return the infimum and the supremum that the kept claims leave a claim's sum, and what it may round to."""
    import z3  # noqa: PLC0415 - see the module's docstring

    names = {name: index for index, (name, _) in enumerate(inputs)}
    text = _declared(inputs) + [f"(assert {_holds(claims[index], names)})" for index in kept]
    text += ["(declare-const goal Real)", f"(assert (= goal {_sum(claim.told or claim.terms, names)}))"]
    optimizer = z3.Optimize()
    optimizer.set(priority="box")  # each end by itself
    optimizer.from_string("\n".join(text))
    goal = z3.Real("goal")
    least, greatest = optimizer.minimize(goal), optimizer.maximize(goal)
    if optimizer.check() != z3.sat:
        raise RuntimeError("the claims that were kept do not hold together")
    # An end comes as [infinite part, end, multiple of something infinitely small: 0 where the end is reached].
    _, low, _ = least.lower_values()
    _, high, short = greatest.upper_values()
    lower, upper = _fraction(low), _fraction(high)
    last = round_half_up(upper) if _fraction(short) == 0 else ceil(upper - Fraction(1, 2))
    return lower, upper, (round_half_up(lower), last)


def _load(inputs: Inputs, claims: Sequence[Claim]) -> z3.Solver:
    """Return a solver in which claim number 3 holds whenever the literal ``c3`` is assumed."""
    import z3  # noqa: PLC0415 - see the module's docstring

    z3.set_param("ctrl_c", False)  # else it takes Ctrl-C for its own, and leaves it such that no waiting thread wakes
    names = {name: index for index, (name, _) in enumerate(inputs)}
    text = _declared(inputs)
    for index, claim in enumerate(claims):
        text += [f"(declare-const c{index} Bool)", f"(assert (=> c{index} {_holds(claim, names)}))"]
    solver = z3.SolverFor("QF_LRA")
    solver.from_string("\n".join(text))
    return solver


def _literals(count: int) -> list[z3.BoolRef]:
    """Return the literals of `_load`."""
    import z3  # noqa: PLC0415 - see the module's docstring

    return [z3.Bool(f"c{index}") for index in range(count)]


def _declared(inputs: Inputs) -> list[str]:
    """Declare the inputs, each inside its interval. Text, since Z3 reads it faster than Python builds terms."""
    lines: list[str] = []
    for index, (_, interval) in enumerate(inputs):
        lines += [f"(declare-const v{index} Real)", f"(assert {_inside(f'v{index}', interval)})"]
    return lines


def _holds(claim: Claim, names: dict[str, int]) -> str:
    """Write a claim."""
    return _inside(_sum(claim.terms, names), claim.interval)


def _sum(told: Sequence[tuple[str, Fraction]], names: dict[str, int]) -> str:
    """Write a sum."""
    terms = [f"v{names[name]}" if factor == 1 else f"(* {_rational(factor)} v{names[name]})" for name, factor in told]
    return f"(+ {' '.join(terms)})" if len(terms) > 1 else terms[0]


def _inside(term: str, interval: Interval) -> str:
    """Write that a term lies in an interval, the upper end excluded unless it is a single point."""
    if interval.exact:
        return f"(= {term} {_rational(interval.lower)})"
    return f"(and (>= {term} {_rational(interval.lower)}) (< {term} {_rational(interval.upper)}))"


def _rational(value: Fraction) -> str:
    """Write a number exactly."""
    size = f"(/ {abs(value.numerator)}.0 {value.denominator}.0)"
    return f"(- {size})" if value < 0 else size


def _fraction(value: Any) -> Fraction:  # noqa: ANN401 - z3's numbers have no types
    """Read one of Z3's rationals."""
    return Fraction(value.as_string())
