"""Write the time series of all years: a tidy CSV, and what its columns hold.

It is made from what lies in the output folder alone, as the overview is. The description is a Frictionless Data
Package, which pandas, R and other programs read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

from aarsstatus import danish
from aarsstatus.figures import Figure, Measure, Verdict
from aarsstatus.figures.collection import write_csv
from aarsstatus.figures.words import unit
from aarsstatus.files import packaged_rows, write_whole
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.reorganisations import comparable
from aarsstatus.release.cache import BESIDE, require_ours
from aarsstatus.release.reading import Year, told_by

SERIES, PACKAGE = BESIDE
_NAME = "aarsstatus-tidsserie"
_KEPT: tuple[Measure, ...] = (
    "status", "joint_status", "target", "attainment", "weight", "weighted_attainment", "spells", "spells_total",
)  # fmt: skip
"""The measures of the tables; what follows from two years or beside the tables is in each year's ``figures.csv``."""


_DESCRIBED = packaged_rows(Path(__file__).with_name("timeseries.csv"))
"""The columns in order, the type of each, and what it holds."""
COLUMNS = tuple(row["name"] for row in _DESCRIBED)


def write_series(output: Path, years: Sequence[Year], data: Data | None) -> None:
    """Write the time series of some built years, newest first, into their folder.

    Raises
    ------
    BuildError
        If somebody else's file is in the place of one of the two.
    """
    contents = {
        output / SERIES: write_csv(observations(years, data), COLUMNS),
        output / PACKAGE: json.dumps(package(years), ensure_ascii=False, indent=2) + "\n",
    }
    require_ours(output / SERIES, lambda text: ",".join(COLUMNS[:3]) in text[:1000])
    require_ours(output / PACKAGE, lambda text: f'"name": "{_NAME}"' in text[:1000])
    for path, text in contents.items():
        write_whole(path, text.encode())


def observations(years: Sequence[Year], data: Data | None) -> list[SimpleNamespace]:
    """Return every number of the tables of all years, the oldest first.

    A year's own build goes first; other years are taken from the newest build that has them; names
    are those of `data`.
    """
    rows: list[SimpleNamespace] = []
    seen: dict[tuple[str, str, str, str], Figure] = {}
    for when, build in told_by(years).items():
        figures = [one for one in build.figures.select(year=when) if one.measure in _KEPT]
        early = [f"tallene for {when} er foreløbige"] if when in build.preliminary else []
        for one in figures:
            key = (one.administration, one.group, one.scheme, one.measure)
            told = [*_breaks(one, seen.get(key), data), *early]
            rows.append(_observation(one, data, "; ".join(told)))
            seen[key] = one
    return rows


def _breaks(now: Figure, before: Figure | None, data: Data | None) -> Iterator[str]:
    """Yield each reason why a number cannot be held against the one before it."""
    if before is None:
        return
    if missing := list(range(before.year + 1, now.year)):
        yield f"der er ingen tal for {danish.join([str(year) for year in missing])}"
    if data is None:
        yield f"det vides ikke, om jobordningerne er de samme som i {before.year}"
        return
    covers = [_covers(one, data) for one in (before, now)]
    if {key for key, *_ in covers[0]} != {key for key, *_ in covers[1]}:
        yield f"jobordningerne er ikke de samme som i {before.year}"
    elif covers[0] != covers[1]:
        yield f"jobordningerne fandtes ikke lige længe i {before.year} og {now.year}"
    if not comparable(data, now.administration, before.year, now.year):
        yield f"forvaltningen er omlagt siden {before.year}"


def _covers(figure: Figure, data: Data) -> list[tuple[str, date | None, date | None]]:
    """Return what a number covers of its year: schemes, and parts of the year."""
    groups = [figure.group] if figure.group in data.groups else list(data.groups)
    found = [one for group in groups for one in data.counted(group, figure.year)]
    return [one for one in found if not figure.scheme or one[0] == data.goes_on(figure.scheme)]


def _observation(figure: Figure, data: Data | None, broken: str) -> SimpleNamespace:
    """Return a figure as a row; the names are those of the newest build's data."""
    named = data is not None and figure.administration in data.codes(figure.year)
    return SimpleNamespace(
        **{name: getattr(figure, name) for name in COLUMNS if hasattr(figure, name)},
        administration_name=data.name(figure.administration, figure.year) if data and named else "",
        group_name=data.called(figure.group) if data else "",
        scheme_name=data.called(figure.group, figure.scheme) if data and figure.scheme else "",
        unit=unit(figure.measure, heads=figure.group in data.heads if data else None),
        series_break=broken,
    )


def package(years: Sequence[Year]) -> dict[str, object]:
    """Return the description of the time series of some built years."""
    among = {"measure": list(_KEPT), "verdict": list(get_args(Verdict))}
    described: list[dict[str, object]] = [
        {**row, **({"constraints": {"enum": among[row["name"]]}} if row["name"] in among else {})} for row in _DESCRIBED
    ]
    made: dict[str, Any] = json.loads(Path(__file__).with_name("datapackage.json").read_text(encoding="utf-8"))
    made["description"] = made["description"].format(years=danish.join([str(one.year) for one in reversed(years)]))
    made["resources"][0]["schema"]["fields"] = described
    return made
