"""Say what of a year's quality must be acted on, the worst first."""

from __future__ import annotations

from fractions import Fraction

from aarsstatus import danish
from aarsstatus.audit import AuditRow
from aarsstatus.audit.errata import Erratum
from aarsstatus.audit.quality import Quality
from aarsstatus.audit.rules import stop


def worst_first(quality: Quality) -> list[tuple[AuditRow, Erratum | None]]:
    """Return the contradicted numbers: unexplained, totals, the furthest off.

    A samlet målopfyldelse is what a reader concludes from, so a wrong one comes before any other figure; a year in a
    title or a footnote misleads least and comes last.
    """
    return sorted(quality.contradictions, key=lambda pair: (pair[1] is not None, *_harm(quality, pair[0])))


def _harm(quality: Quality, row: AuditRow) -> tuple[int, Fraction]:
    """Return how much a wrong number misleads, the least number for the most."""
    figure = quality.figures.get(row.id)
    if figure is None:
        return 2, Fraction(0)
    try:
        printed, recomputed = danish.parse(row.printed), danish.parse(row.recomputed)
    except ValueError:  # one of them is "no target": no distance is further
        return 0, Fraction(0)
    off = abs(printed - recomputed) / max(abs(recomputed), Fraction(1))
    return int(figure.measure != "weighted_attainment"), -off


def worst(quality: Quality) -> str:
    """Return the worst contradiction in a sentence, empty where there is none."""
    found = worst_first(quality)
    if not found:
        return ""
    row = found[0][0]
    return stop(f"Vigtigst er {row.place}: der står {row.printed}, men af de øvrige tal følger {row.recomputed}")


def to_do(quality: Quality) -> list[str]:
    """Return what somebody has to do before the notat can be relied on, in Danish."""
    if quality.published:
        undeclared, stale = len(quality.findings.undeclared), len(quality.findings.stale)
        found = [
            (undeclared, f"Find årsagen til {undeclared} tal i modstrid, og skriv den i data/errata.yml."),
            (stale, f"Ret eller fjern {stale} af forklaringerne i data/errata.yml: de passer ikke længere."),
        ]
    else:
        problems, moves, unanswered = len(quality.problems), len(quality.moves), len(quality.unanswered)
        remarks = danish.counted(unanswered, "bemærkning", "bemærkninger")
        changes = danish.counted(moves, "usædvanligt stor ændring", "usædvanligt store ændringer")
        found = [
            (problems, f"Ret eller forklar {problems} tal, der bryder en regel, før notatet sendes ud."),
            (unanswered, f"{remarks} om udtrækkene er ikke besvaret: se efter, og svar i data/warnings.csv."),
            (moves, f"Find ud af, hvad der ligger bag {changes}."),
        ]
    return [text for count, text in found if count]
