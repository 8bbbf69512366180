"""Formulas with numbers in them: each is true as it is shown, or says ≈."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from aarsstatus import danish
from aarsstatus.figures import Figure
from aarsstatus.figures.table import build_figures
from aarsstatus.inputs import read_data
from aarsstatus.inputs.model import Data
from aarsstatus.interval import Interval
from aarsstatus.project import Project

NUMBER = r"\d+(?:\.\d{3})*(?:,\d+)?(?: pct\.)?"


def worked_out(text: str) -> Fraction:
    """Work out a formula as it stands: sums, products and quotients of the numbers shown."""

    def number(match: re.Match[str]) -> str:
        value = danish.parse(match[0]) / (100 if match[0].endswith("pct.") else 1)
        return f"Fraction({value.numerator}, {value.denominator})"

    written = re.sub(NUMBER, number, text).replace("×", "*").replace("÷", "/")
    assert re.fullmatch(r"[\d\s()+*/,Fraction]+", written), text
    return Fraction(eval(written))


def unrounded(data: Data, seed: int) -> Data:
    """Return data whose statuses are days ÷ 365, as those from extracts are."""
    made = random.Random(seed)
    changed = {}
    for key, row in data.statuses.items():
        value = (
            Fraction(made.randrange(0, 365 * 300), 365) if data.schemes[row.scheme].counting == "days" else row.status
        )
        changed[key] = replace(row, status=value, interval=Interval.exactly(value), origin="registerudtræk")
    return replace(data, statuses=changed, printed=())


def with_a_result(data: Data, year: int) -> Iterator[tuple[Figure, str, str, str]]:
    """Yield figures with their formula, the sign before its result, and the result."""
    for figure in build_figures(data, year).values():
        for sign in "=≈":
            above, found, below = figure.formula.partition(f" {sign} ")
            if found:
                yield figure, above, sign, below.partition(" → ")[0]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("year", [2021, 2025])
def test_every_formula_of_a_year_from_extracts_is_true_as_shown(project: Project, year: int, seed: int) -> None:
    seen = set()
    for figure, above, sign, result in with_a_result(unrounded(read_data(project), seed), year):
        seen.add((figure.measure, sign))
        value = worked_out(above) * (1 if figure.measure in {"joint_status", "spells_total"} else 100)
        places = danish.places(result)
        shown = danish.decimal(value, places) if places else danish.whole(value)
        assert (shown == result) is (sign == "="), f"{figure.id}: {figure.formula}"
    assert ("joint_status", "=") in seen
    assert ("attainment", "=") in seen
