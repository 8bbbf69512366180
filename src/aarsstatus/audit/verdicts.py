"""Every printed number's verdict: the rules over each number, then what must hold of all of them at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from aarsstatus import danish
from aarsstatus.attainment import Interval, joint
from aarsstatus.audit import rules
from aarsstatus.audit.printed import Sheet, in_table, read_figure_id, read_sheet
from aarsstatus.audit.rounding import Claim, Clash, Inputs, clashes, witness
from aarsstatus.audit.rules import Check, Rule
from aarsstatus.figures import PERCENTAGES, Figure, Measure, Verdict, value_of
from aarsstatus.figures.table import Figures
from aarsstatus.inputs.model import Data, Printed
from aarsstatus.inputs.params import Params
from aarsstatus.inputs.schema import KK
from aarsstatus.problems import InputError, Problem, near

__all__ = ["COLUMNS", "AuditRow", "audit", "claims", "figure_verdicts", "to_csv", "unrounded"]

COLUMNS = ("source", "place", "id", "printed", "recomputed", "lower", "upper", "verdict", "reason")
"""The columns of ``audit.csv``, in order."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """The verdict on one printed number. All fields but `rule` are columns of ``audit.csv``.

    `recomputed` is what should have been printed. ``[lower, upper)`` bounds the unrounded number, in persons,
    spells or per cent; None where the number is not a figure. `rule` is the rule that decided, a key of `RULES`.
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


def audit(data: Data, params: Iterable[Params], *, notat: str | None = None) -> list[AuditRow]:
    """Judge every number that was ever printed, or those of one notat.

    Parameters
    ----------
    data
        What `inputs.read_data` read.
    params
        The parameters of every year; the year whose `notat` is a row's source says how that row is judged.
    notat
        The only notat to judge; the others are still looked up where it repeats a number of theirs.

    Returns
    -------
    list of AuditRow
        One for each row of ``data.printed`` (of the notat), in its order. No verdict is ``unpublished``.

    Raises
    ------
    InputError
        With every row that cannot be judged: an unknown notat, an unknown id, a number that is not one.
    """
    by_notat = {one.notat: one for one in params if one.notat is not None}
    notats = {one.year: name for name, one in by_notat.items()}
    wanted = [row for row in data.printed if notat in (None, row.notat)]
    problems = [
        _problem(row, "source", "notatet står ikke som notat i nogen parameterfil", row.notat, by_notat)
        for row in wanted
        if row.notat not in by_notat
    ]
    judged: dict[str, AuditRow] = {}
    for name in dict.fromkeys(row.notat for row in wanted if row.notat in by_notat):
        sheet = read_sheet(data, by_notat[name], problems)
        if not problems:
            judged |= _judge(sheet, notats, problems)
    if problems:
        raise InputError(problems)
    return [judged[row.source] for row in wanted]


def unrounded(data: Data, params: Params) -> dict[str, Fraction]:
    """Return unrounded statuses that round to all that a notat printed, but for what is contradicted.

    They are not the statuses that there were, which nobody can know from the notat; they prove that there may have
    been some. By the statuses' ids, in persons.

    Raises
    ------
    InputError
        As `audit`.
    """
    problems: list[Problem] = []
    sheet = read_sheet(data, params, problems)
    if problems:
        raise InputError(problems)
    figures = sheet.figures()
    checks = {id_: rules.figure_checks(sheet, figures, row, {}) for id_, row in sheet.primary.items()}
    inputs, said = claims(sheet, figures, checks)
    given_up = {clash.id for clash in clashes(inputs, said)}
    found = witness(inputs, tuple(claim for claim in said if claim.id not in given_up))
    if found is None:
        raise AssertionError("claims that hold together have a witness")
    return found


def to_csv(rows: Iterable[AuditRow]) -> str:
    """Return the rows as ``audit.csv``: comma, point decimal, bounds with at most six decimals."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        cells = (getattr(row, column) for column in COLUMNS)
        writer.writerow([danish.plain_decimal(cell) if isinstance(cell, Fraction) else cell for cell in cells])
    return text.getvalue()


def figure_verdicts(rows: Iterable[AuditRow]) -> dict[str, Verdict]:
    """Return one verdict for each id: that of its first printing in a table, or elsewhere if no table has it."""
    first: dict[str, Verdict] = {}
    for row in sorted(rows, key=lambda row: not in_table(row.place)):
        first.setdefault(row.id, row.verdict)
    return first


def _problem(row: Printed, column: str, message: str, found: str, known: Iterable[str]) -> Problem:
    """Say what is wrong with a row of ``published.csv``."""
    file, _, line = row.source.rpartition(":")
    return Problem(file, message, int(line), column, found, hint=near(found, known))


def _judge(sheet: Sheet, notats: Mapping[int, str], problems: list[Problem]) -> dict[str, AuditRow]:
    """Return the verdict on each row of a notat, by the row's source."""
    figures = sheet.figures()
    checks = {id_: rules.figure_checks(sheet, figures, row, notats) for id_, row in sheet.primary.items()}
    for clash in clashes(*claims(sheet, figures, checks)):
        checks[clash.id].append(_clash(sheet, clash))
    decided = {id_: _decide(found) for id_, found in checks.items()}
    judged: dict[str, AuditRow] = {}
    for row in sheet.rows:
        check: Check | None
        if row.id not in decided:
            check = rules.text_check(sheet, row)
        elif sheet.primary[row.id] is row:
            check = decided[row.id]
        else:
            check = rules.repeated(sheet, figures, row, decided[row.id])
        if check is None:
            problems.append(_problem(row, "id", "ukendt tal", row.id, [*figures, *rules.known_texts(sheet)]))
            continue
        judged[row.source] = AuditRow(
            row.notat, row.place, row.id, row.printed, check.recomputed, check.lower, check.upper,
            check.verdict, check.reason, check.rule,
        )  # fmt: skip
    return judged


def _decide(checks: Sequence[Check]) -> Check:
    """Return the verdict of several rules: the first contradiction if there is one, else the first rule's."""
    against = [check for check in checks if check.verdict == "contradicted"]
    if not against:
        return checks[0]
    reason = " Desuden: ".join(check.reason for check in against)
    first = against[0]
    return Check(first.rule, first.verdict, first.recomputed, reason, first.lower, first.upper)


# What must hold at once

_DERIVED: tuple[Measure, ...] = ("joint_status", "attainment", "weighted_attainment")
_ARITHMETIC = frozenset({"sum", "attainment", "weighted", "city", "spells_bound"})
_HALF = Fraction(1, 2)


def claims(sheet: Sheet, figures: Figures, checks: Mapping[str, Sequence[Check]]) -> tuple[Inputs, tuple[Claim, ...]]:
    """Return a notat's unrounded inputs, and what each printed number says of them, the most trusted first.

    A number that arithmetic contradicts by itself says nothing: it has been blamed already.
    """
    statuses = [figure for figure in figures.values() if figure.measure == "status"]
    inputs = tuple((figure.id, figure.interval) for figure in statuses if figure.interval is not None)
    city = (sheet.params.year, KK)
    below = [table for table in sheet.tables if table != city]
    found: list[Claim] = []
    for status in statuses:
        found += _at_most_spells(sheet, figures, status)
    for measure in _DERIVED:
        for table in below:
            found += _derived(sheet, figures, table, measure)
    for status in statuses:
        found += _city_sum(sheet, figures, status)
    for measure in _DERIVED:
        found += _derived(sheet, figures, city, measure)
    for figure in figures.select(year=city[0], administration=KK, measure="joint_status"):
        found += _city_joint(sheet, figures, figure)
    blamed = {
        id_
        for id_, said in checks.items()
        if any(check.verdict == "contradicted" and check.rule in _ARITHMETIC for check in said)
    }
    return inputs, tuple(claim for claim in found if claim.id in checks and claim.id not in blamed)


def _at_most_spells(sheet: Sheet, figures: Figures, status: Figure) -> Iterator[Claim]:
    """Say that a status counted in days is at most its number of spells, where its rounding does not say so already."""
    if sheet.data.schemes[status.scheme].counting != "days":
        return
    spells = figures.find(status.year, status.administration, status.group, "spells", status.scheme)
    if spells is not None and spells.value and status.upper is not None and status.upper > spells.value:
        # An interval ends before its upper bound, and this one includes it: so it is told of the number's negative.
        yield Claim(status.id, ((status.id, Fraction(-1)),), Interval(-spells.value, Fraction(1)))


def _derived(sheet: Sheet, figures: Figures, table: tuple[int, str], measure: Measure) -> Iterator[Claim]:
    """Say that what one table derives rounds to what it printed."""
    for figure in figures.select(year=table[0], administration=table[1], measure=measure):
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
    pairs = list(zip(figure.inputs[::2], figure.inputs[1::2], strict=True))
    whole = joint(value_of(figures[weight]) for weight, _ in pairs)
    return {
        status: factor * value_of(figures[weight]) / whole
        for weight, attainment in pairs
        for status, factor in _terms(figures, figures[attainment]).items()
    }


def _city_sum(sheet: Sheet, figures: Figures, status: Figure) -> Iterator[Claim]:
    """Say that a status of the city's is the sum of the administrations'."""
    of = rules.parts(sheet, figures, status)
    if of is not None:
        terms = ((status.id, Fraction(1)), *((part.id, Fraction(-1)) for part in of))
        yield Claim(status.id, terms, Interval.exactly(0), tuple((part.id, Fraction(1)) for part in of))


def _city_joint(sheet: Sheet, figures: Figures, figure: Figure) -> Iterator[Claim]:
    """Say that the city's joint status is the sum of the administrations'; news where a scheme's sum fails."""
    of, number = rules.parts(sheet, figures, figure), sheet.number(figure.id)
    if of is not None and number is not None:
        terms = tuple((id_, Fraction(1)) for part in of for id_ in part.inputs)
        yield Claim(figure.id, terms, Interval(number - _HALF, number + _HALF))


def _clash(sheet: Sheet, clash: Clash) -> Check:
    """Say why a number cannot be right together with those before it."""
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
    return Check("rounding", "contradicted", recomputed, reason, clash.least, clash.greatest)
