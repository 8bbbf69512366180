"""Published against recomputed: whether every number that a notat printed follows from the other numbers in it.

`audit` is pure: data and parameters in, one `AuditRow` out for each row of ``data/published.csv``. The rules are
general rules over the figures; nothing here knows which numbers are wrong. docs/metode.md says the same in Danish.

A notat is judged by its own numbers. Its printed status, spells and targets are put in place of ``data/`` (`sheet`),
the figures are built from them by the report's own formulas, and each number is held against the rules (`rules`).
Where numbers disagree, the blame goes by one principle (`verdicts`), from the most trusted to the least:

1. inputs: the administrations' status, spells and targets; in the comparison year's table the city's own;
2. what is derived inside a table: joint status, total of spells, attainment, weight, weighted attainment;
3. the city (KK), which must be the sum of the administrations;
4. what repeats a number that a table has: the prose is judged against the table.

A number is contradicted when it is impossible together with the more trusted numbers that hold. Full-year
equivalents are rounded, so "possible" asks whether unrounded inputs exist that round to all of it (`rounding`).
"""

from aarsstatus.audit.limits import THRESHOLDS, Finding, Moved, Threshold, check_figures, moved
from aarsstatus.audit.rules import RULES, Rule
from aarsstatus.audit.verdicts import COLUMNS, AuditRow, audit, figure_verdicts, to_csv, unrounded

__all__ = [
    "COLUMNS",
    "RULES",
    "THRESHOLDS",
    "AuditRow",
    "Finding",
    "Moved",
    "Rule",
    "Threshold",
    "audit",
    "check_figures",
    "figure_verdicts",
    "moved",
    "to_csv",
    "unrounded",
]
