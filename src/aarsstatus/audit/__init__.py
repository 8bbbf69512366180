"""Judge whether every printed number follows from the rest of its notat.

`audit` is pure: data and parameters in, one `AuditRow` out for each number that a notat printed. The rules are general
rules over the figures; nothing here knows which numbers are wrong. docs/metode.md says the same in Danish.

A notat is judged by its own numbers. Its printed status, spells and targets are put in place of ``data/`` (`printed`),
the figures are built from them by the report's own formulas, and each number is held against the rules (`rules`).
Where numbers disagree, the blame goes by one principle, from the most trusted to the least:

1. inputs: the administrations' status, spells and targets; in the comparison year's table the city's own;
2. what is derived inside a table: joint status, total of spells, attainment, weight, weighted attainment;
3. the city (KK), which must be the sum of the administrations;
4. what repeats a number that a table has: the prose is judged against the table.

A number is contradicted when it is impossible together with the more trusted numbers that hold. The rules ask that of
each number by itself. `proof` asks it of all at once, whether unrounded inputs exist that round to all that was
printed; `verify` and the tests do, and a build does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction

from aarsstatus.audit import rules
from aarsstatus.audit.printed import Sheet, in_table, read_sheet
from aarsstatus.audit.rules import Check, Rule
from aarsstatus.audit.surroundings import known_texts, text_check
from aarsstatus.figures import Verdict
from aarsstatus.figures.collection import Figures, write_csv
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.params import Params
from aarsstatus.interval import Interval
from aarsstatus.problems import InputError, Problem, near

Proof = Callable[[Sheet, Figures, Mapping[str, Sequence[Check]]], Iterable[tuple[str, Check]]]
"""What finds the figures of a notat that cannot be right together: `proof.contradictions`."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Hold the verdict on one printed number: a row of ``audit.csv``.

    `recomputed` is what the more trusted numbers give, and `within` its bounds. ``[lower, upper)`` are the figure's
    own, in persons, spells or per cent; None where the number is no figure. `rule` is the rule that decided, and
    `likelier` the one of two contradicting numbers that somebody who looked at them found likelier.
    """

    source: str
    place: str
    id: str
    printed: str
    recomputed: str
    lower: Fraction | None
    upper: Fraction | None
    verdict: Verdict
    reason: str
    rule: Rule
    within: Interval | None = None
    likelier: str = ""


COLUMNS = tuple(field.name for field in fields(AuditRow) if field.name not in {"rule", "within", "likelier"})


def audit(data: Data, published: Sequence[Params], notat: str, *, proof: Proof | None = None) -> list[AuditRow]:
    """Judge every number that a notat printed, in the order of ``data.printed``.

    `published` are the parameters of every year with a notat, `notat` among them. `proof` is what asks of all numbers
    at once.

    Raises
    ------
    InputError
        With every row that cannot be judged: an unknown id, a number that is not one.
    """
    sheet = read_sheet(data, next(one for one in published if one.notat == notat))
    figures, notats = sheet.figures(), {one.year: one.notat for one in published}
    checks = {id_: rules.figure_checks(sheet, figures, row, notats) for id_, row in sheet.primary.items()}
    for id_, check in proof(sheet, figures, checks) if proof else ():
        checks[id_].append(check)
    decided = {id_: _decide(found) for id_, found in checks.items()}
    judged: list[AuditRow] = []
    problems: list[Problem] = []
    for row in sheet.rows:
        verdict: Check | None
        if row.id not in decided:
            verdict = text_check(sheet, row)
        elif sheet.primary[row.id] is row:
            verdict = decided[row.id]
        else:
            verdict = rules.repeated(sheet, figures, row, decided[row.id])
        if verdict is None:
            file, _, line = row.source.rpartition(":")
            hint = near(row.id, [*figures, *known_texts(sheet)])
            problems.append(Problem(file, "ukendt tal", int(line), "id", row.id, hint=hint))
            continue
        own = figures.get(row.id)
        lower, upper = (own.lower, own.upper) if own else (None, None)
        judged.append(
            AuditRow(
                row.notat, row.place, row.id, row.printed, verdict.recomputed, lower, upper,
                verdict.verdict, verdict.reason, verdict.rule, verdict.within,
            )
        )  # fmt: skip
    if problems:
        raise InputError(problems)
    return judged


def to_csv(rows: Iterable[AuditRow]) -> str:
    """Write ``audit.csv``: comma, point decimal, bounds with at most six decimals."""
    return write_csv(rows, COLUMNS)


def answers(rows: Iterable[AuditRow], notat: str | None = None) -> dict[str, tuple[Verdict, str]]:
    """Return one verdict and its reason for each id.

    Of several printings the first is judged, in `notat` and in a table if it can be. What the notat of the figure's
    own year contradicts is contradicted wherever it is repeated: that notat alone has the administrations' numbers.
    """
    first: dict[str, AuditRow] = {}
    for row in sorted(rows, key=lambda row: (row.source != notat, not in_table(row.place))):
        known = first.setdefault(row.id, row)
        of_own_year = row.source == f"notat-{row.id[:4]}" and row.source != known.source and in_table(row.place)
        if of_own_year and row.verdict == "contradicted" and known.verdict != "contradicted":
            first[row.id] = row
    return {id_: (row.verdict, row.reason) for id_, row in first.items()}


def _decide(checks: Sequence[Check]) -> Check:
    """Return the verdict of several rules: the first contradiction, if any."""
    against = [check for check in checks if check.verdict == "contradicted"]
    if not against:
        return checks[0]
    return replace(against[0], reason=" Desuden: ".join(check.reason for check in against))
