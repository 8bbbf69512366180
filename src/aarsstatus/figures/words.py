"""Hold the Danish words for figures: measures, units, verdicts."""

from __future__ import annotations

from collections.abc import Mapping

from aarsstatus import danish
from aarsstatus.figures import PERCENTAGES, POINTS, Measure, Verdict

MEASURES: Mapping[Measure, str] = {
    "status": "status",
    "joint_status": "samlet status",
    "target": "måltal",
    "attainment": "målopfyldelse",
    "weight": "vægt",
    "weighted_attainment": "samlet målopfyldelse",
    "spells": "antal forløb",
    "spells_total": "antal forløb i alt",
    "shortfall": "antal personer, der mangler",
    "closing_effect": "virkning af at nå måltallet",
    "contribution": "bidrag til ændringen",
    "comparable_attainment": "samlet målopfyldelse med sammenligningsårets vægte",
    "reweighting": "ændring, der skyldes andre vægte og måltal",
    "change": "ændring i den samlede målopfyldelse",
    "reached": "antal forvaltninger, der nåede måltallene samlet set",
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


_OF_ALL_GROUPS: frozenset[Measure] = frozenset(
    {"weighted_attainment", "comparable_attainment", "reweighting", "change", "reached"}
)
_BEFORE: Mapping[Measure, str] = {"spells": "i", "spells_total": "i", "shortfall": "i", "contribution": "fra"}
"""The word between a measure and what it is of, where that is another than »for«."""


def unit(measure: Measure, *, heads: bool | None = None) -> str:
    """Return the unit of a measure's value: persons as they are counted, if told."""
    if measure in PERCENTAGES:
        return "pct."
    if measure in POINTS:
        return "procentpoint"
    if measure == "reached":
        return "forvaltninger"
    if measure.startswith("spells"):
        return "forløb"
    return "personer" if heads is None else "ansatte" if heads else "helårspersoner"


def unit_of_change(measure: Measure) -> str:
    """Return the unit of the difference between two values of a measure."""
    return "procentpoint" if measure in PERCENTAGES else unit(measure)


def listed(administration: str, what: str, measure: Measure) -> str:
    """Name a figure as a list does: ``KK, NAME, status``."""
    return f"{administration}, {what}, {MEASURES[measure]}"


def phrase(measure: Measure, what: str) -> str:
    """Name a measure as a sentence does: ``Status for NAME``."""
    name = danish.capital(MEASURES[measure])
    if measure in _OF_ALL_GROUPS:
        return name
    return f"{name} {_BEFORE.get(measure, 'for')} {what}"
