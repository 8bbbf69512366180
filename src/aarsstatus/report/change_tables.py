"""Lay out the parts of a change, and the gain of reaching each target."""

from __future__ import annotations

from aarsstatus import danish
from aarsstatus.audit.quality import Quality
from aarsstatus.figures import Figure, value_of
from aarsstatus.inputs.schema import KK
from aarsstatus.report.html_table import Cell, Row, Table


def parts_of_change(quality: Quality) -> Table | None:
    """Return the parts of each administration's change; None where no year precedes."""
    year, before = quality.year, quality.params.comparison_year
    codes = [one.administration for one in quality.figures.select(year=year, measure="change")]
    if before is None or not codes:
        return None
    groups = [
        group
        for group in quality.data.groups
        if any(quality.figures.find(year, code, group, "contribution") for code in codes)
    ]
    parts = [(danish.capital(quality.data.called(group)), group, "contribution") for group in groups]
    steps = [
        (f"Samlet målopfyldelse i {before}", before, "total", "weighted_attainment"),
        *((name, year, group, measure) for name, group, measure in parts),
        (f"Samlet målopfyldelse i {year} med vægtene fra {before}", year, "total", "comparable_attainment"),
        ("Andre vægte og grupper", year, "total", "reweighting"),
        (f"Samlet målopfyldelse i {year}", year, "total", "weighted_attainment"),
        ("Ændring i alt", year, "total", "change"),
    ]
    rows = tuple(
        Row(name, tuple(_cell(quality.figures.find(when, code, group, measure)) for code in codes))
        for name, when, group, measure in steps
    )
    title = f"Hvad der flyttede den samlede målopfyldelse fra {before} til {year}"
    return Table("tbl-aendring", title, ("Fra år til år", *codes), rows)


def gaps(quality: Quality) -> Table | None:
    """Return each target that was not reached, the one that costs the city most first."""
    found = quality.figures.select(year=quality.year, measure="closing_effect")
    felt = sorted((one for one in found if value_of(one)), key=value_of, reverse=True)
    of_city = [one for one in felt if one.administration == KK]
    felt = [one for one in felt if one.administration != KK] or of_city
    rows = []
    for one in felt:
        missing = quality.figures.find(one.year, one.administration, one.group, "shortfall")
        label = f"{one.administration}, {quality.data.called(one.group)}"
        rows.append(Row(label, (_cell(missing), _cell(one))))
    header = ("Måltal, der ikke er nået", "Mangler", "Løft af kommunens samlede målopfyldelse")
    title = f"Hvad det ville give at nå måltallene i {quality.year}"
    return Table("tbl-mangler", title, header, tuple(rows)) if rows else None


def _cell(figure: Figure | None) -> Cell:
    """Return the cell that shows a figure; an empty one where there is none."""
    return Cell() if figure is None else Cell(figure.shown, figure.id)
