"""Hold the Danish words for figures: measures, units, verdicts."""

from __future__ import annotations

from collections.abc import Mapping

from aarsstatus import danish
from aarsstatus.figures import PERCENTAGES, Measure, Verdict

MEASURES: Mapping[Measure, str] = {
    "status": "status",
    "joint_status": "samlet status",
    "target": "måltal",
    "attainment": "målopfyldelse",
    "weight": "vægt",
    "weighted_attainment": "samlet målopfyldelse",
    "spells": "antal forløb",
    "spells_total": "antal forløb i alt",
}
VERDICTS: Mapping[Verdict, str] = {
    "exact": "stemmer",
    "within_rounding": "inden for afrundingen",
    "contradicted": "i modstrid",
    "unpublished": "ikke offentliggjort",
}
"""How a verdict stands in a table."""
VERDICT_SAID: Mapping[Verdict, str] = {
    "exact": VERDICTS["exact"],
    "within_rounding": f"stemmer {VERDICTS['within_rounding']}",
    "contradicted": "stemmer ikke",
}
"""How a verdict ends a sentence on a published number."""


def unit(measure: Measure) -> str:
    """Return the unit of a measure's value."""
    if measure in PERCENTAGES:
        return "pct."
    return "forløb" if measure.startswith("spells") else "personer"


def unit_of_change(measure: Measure) -> str:
    """Return the unit of the difference between two values of a measure."""
    return "procentpoint" if measure in PERCENTAGES else unit(measure)


def listed(administration: str, what: str, measure: Measure) -> str:
    """Name a figure as a list does: ``KK, løntilskud, status``."""
    return f"{administration}, {what}, {MEASURES[measure]}"


def phrase(measure: Measure, what: str) -> str:
    """Name a measure as a sentence does: ``Status for løntilskud``."""
    name = danish.capital(MEASURES[measure])
    if measure == "weighted_attainment":  # is of all groups
        return name
    return f"{name} {'i' if measure.startswith('spells') else 'for'} {what}"
