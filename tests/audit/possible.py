"""Unrounded numbers that there may have been: they prove that all that was printed can be right at once."""

from __future__ import annotations

from fractions import Fraction

import z3

from aarsstatus.audit import rules
from aarsstatus.audit.printed import read_sheet
from aarsstatus.audit.proof import Claim, Inputs, claims, clashes, fraction, load
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.params import Params


def unrounded(data: Data, params: Params) -> dict[str, Fraction]:
    """Return unrounded statuses, by id, that round to all that was printed.

    They are not the statuses that there were, which nobody can know; they prove that there may have been some.
    """
    sheet = read_sheet(data, params)
    figures = sheet.figures()
    checks = {id_: rules.figure_checks(sheet, figures, row, {}) for id_, row in sheet.primary.items()}
    inputs, said = claims(sheet, figures, checks)
    given_up = {clash.id for clash in clashes(inputs, said)}
    found = witness(inputs, tuple(claim for claim in said if claim.id not in given_up))
    if found is None:
        raise AssertionError("claims that hold together have a witness")
    return found


def witness(inputs: Inputs, said: tuple[Claim, ...]) -> dict[str, Fraction] | None:
    """Return unrounded inputs that meet every claim, or None when there are none."""
    solver, literals = load(inputs, said)
    if solver.check(literals) != z3.sat:
        return None
    model = solver.model()
    return {name: fraction(model[z3.Real(name)]) for name, _ in inputs}
