"""Write what lies beside the years: ``index.html``, and the time series of all.

Both are made from what lies in the output folder alone: each year's manifest and ``figures.csv``, and what was kept of
its inputs. The time series is a tidy CSV, and its description a Frictionless Data Package, which pandas, R and other
programs read.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from html import escape
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

from aarsstatus import danish
from aarsstatus.figures import Figure, Measure, Verdict
from aarsstatus.figures.collection import Figures, write_csv
from aarsstatus.figures.words import MEASURES, unit
from aarsstatus.files import alone, packaged_rows, write_whole
from aarsstatus.inputs.model import Data, Group
from aarsstatus.inputs.reorganisations import comparable
from aarsstatus.inputs.schema import KK, MARKS, TOTAL
from aarsstatus.markdown import sentences
from aarsstatus.release.cache import BESIDE, OVERVIEW, OVERVIEW_END, require_ours, years_hash
from aarsstatus.release.reading import State, Year, read_output, told_by
from aarsstatus.render.page import FILES, make_page, table
from aarsstatus.report.charts import breaks, draw_development
from aarsstatus.report.drawing import MUTED

SERIES, PACKAGE = BESIDE
STATES: Mapping[State, str] = {
    "offentliggjort": "Viser tallene, som de blev offentliggjort.",
    "rettet": "Viser tallene, som de blev rettet.",
    "genberegnet": "Viser tallene, som de følger af grundlaget; det, der er offentliggjort anderledes, er mærket.",
    "udkast": "Er beregnet ud fra registerudtræk og er ikke offentliggjort.",
}
_TO_READ = {name: title for name, title in FILES.items() if not name.endswith(".csv")}
_FILES_TO_CHECK_IT_BY = {
    **{name: title for name, title in FILES.items() if name not in _TO_READ},
    "notat.ipynb": "Notebook",
    "manifest.json": "Manifest",
    "inputs.zip": "Grundlag (zip)",
}
"""What a reader may look for, and what an auditor may, in this order; a file that is not there is left out."""
_ATTAINMENTS = ("attainment", "weighted_attainment")
_TITLE = "Årsstatus for de særlige jobordninger"


def write_index(output: Path, extension: Path) -> Path:
    """Write the page for the years in an output folder, and return its path.

    Raises
    ------
    BuildError
        If somebody else's file is in its place.
    """
    path = output / OVERVIEW
    require_ours(path, OVERVIEW_END.search)
    with alone(path):  # years may be built side by side
        of = years_hash(output)
        years = read_output(output)
        data = next((one.data for one in years if one.data is not None), None)
        write_series(output, years, data)
        write_whole(path, f"{index_page(years, data, extension)}<!-- {of} -->\n".encode())
    return path


def index_page(years: Sequence[Year], data: Data | None, extension: Path) -> str:
    """Return the page for some years of a city, newest first."""
    parts = ["<p>Der er endnu ikke bygget noget år. Skriv <code>aarsstatus build</code>.</p>"]
    if years:
        whose = f"{escape(data.city(years[0].year).name)} som arbejdsplads. " if data else ""
        parts = [f"<p>{whose}De nyeste tal står øverst.</p>", *map(_year, years)]
        parts.append(
            f'<p>Alle tal, år for år, som åbne data: <a href="{SERIES}">tidsserien (CSV)</a> og '
            f'<a href="{PACKAGE}">en beskrivelse af dens kolonner (Frictionless Data Package)</a>.</p>'
        )
        own = {one.year for one in years}
        early = {when for one in years for when in one.preliminary if when == one.year or when not in own}
        shown = city_attainments(years)
        unknown = {(one.year, one.group) for one in shown}  # where no data tell, nothing is joined
        broken = breaks(data, sorted({one.year for one in shown})) if data else unknown
        parts.append(_development(shown, _groups(years), extension / "fonts", early, broken))
    return make_page(_TITLE, "OVERSIGT", "\n".join(parts), extension)


def _year(year: Year) -> str:
    """Return a year's section: what state it is in, its main figure, its files."""
    total = year.figures.find(year.year, KK, "total", "weighted_attainment")
    said = sentences([f"Hele kommunens samlede målopfyldelse er {escape(total.shown)}"]) if total else ""
    links, more = (
        "".join(_link(year.year, name, title) for name, title in files.items() if name in year.files)
        for files in (_TO_READ, _FILES_TO_CHECK_IT_BY)
    )
    failed = (
        f'<p>Det seneste forsøg på at lave notatet mislykkedes; se <a href="{year.year}.fejlet.ipynb">notebooken med '
        "den celle, der fejlede</a>. Filerne her er fra det sidste, der lykkedes.</p>\n"
        if year.failed
        else ""
    )
    given = year.manifest.parameters
    compared = f"Sammenlignet med {given.comparison_year}." if given and given.comparison_year else ""
    wrong = f"{year.contradicted} af {year.printed} trykte tal er i modstrid med notatets øvrige tal."
    return f"""<section class="aar" aria-labelledby="aar-{year.year}">
<h2 id="aar-{year.year}">{year.year} <span class="stempel {year.state}">{year.state.capitalize()}</span></h2>
<p><strong>{said.replace(" pct.", "&nbsp;pct.")}</strong> {compared}</p>
<p>{STATES[year.state]}{_early({year.year} & year.preliminary)} {year.issued} {wrong if year.printed else ""}</p>
{failed}<ul class="filer">{links}</ul>
<p class="lavet">Til dem, der vil regne efter:</p>
<ul class="filer lavet">{more}</ul>
</section>"""


def _early(years: Collection[int]) -> str:
    """Say which years' numbers are preliminary."""
    found = danish.join([str(year) for year in sorted(years)])
    return f" <strong>Tallene for {found} er foreløbige.</strong>" if found else ""


def _link(year: int, name: str, title: str) -> str:
    """Return a link to one of a year's files."""
    important = ' class="vigtig"' if name.startswith("notat.") and not name.endswith("ipynb") else ""
    return f'<li><a href="{year}/{name}"{important}>{title}<span class="spring"> for {year}</span></a></li>'


# -- the development over all years ---------------------------------------------------------------------------


def city_attainments(years: Sequence[Year]) -> list[Figure]:
    """Return the city's attainments, oldest first, from builds that come newest first.

    A year's own build goes first; a year that was only compared with is taken from the newest build that has it.
    """
    city = [one for when, build in told_by(years).items() for one in build.figures.select(year=when, administration=KK)]
    return [one for one in city if one.measure in _ATTAINMENTS]


def _groups(years: Sequence[Year]) -> dict[str, Group]:
    """Return the target groups of all years, as the newest build calls them."""
    found: dict[str, Group] = {}
    for year in years:
        found = {**(year.data.groups if year.data else {}), **found}
    codes = (figure.group for year in years for figure in year.figures.values() if figure.group != TOTAL)
    return {code: Group(code, code, "", MUTED, MARKS[0], "") for code in codes if code not in found} | found


def _development(
    attainments: Sequence[Figure], known: Mapping[str, Group], fonts: Path, early: Collection[int],
    broken: Collection[tuple[int, str]],
) -> str:  # fmt: skip
    """Return the section with the development: a chart of several years, and a table."""
    if not attainments:
        return ""
    frame = (
        Figures(attainments)
        .to_frame()
        .drop_duplicates(["year", "group"])
        .pivot(index="year", columns="group", values="shown")
        .fillna("–")
    )
    called = {key: group.name for key, group in known.items()} | {TOTAL: MEASURES["weighted_attainment"]}
    groups = [group for group in called if group in frame.columns]
    names = [danish.capital(called[group]) for group in groups]
    rows = [[str(when), *map(escape, shown)] for when, *shown in frame[groups][::-1].itertuples(name=None)]
    missing = [str(when) for when in range(frame.index[0], frame.index[-1]) if when not in frame.index]
    gap = f"<p>Der er ikke tal for {danish.join(missing)}.</p>\n" if missing else ""
    return f"""<section>
<h2>Udviklingen over årene</h2>
{gap}{_chart(attainments, known, fonts, broken) if len(rows) > 1 else ""}
{table("Hele kommunens målopfyldelse, år for år", ("År", *names), rows)}
<p>Jobordningerne er ikke de samme alle år, så tallene kan ikke altid sammenlignes direkte.{_early(early)}</p>
</section>"""


def _chart(
    attainments: Sequence[Figure], known: Mapping[str, Group], fonts: Path, broken: Collection[tuple[int, str]]
) -> str:
    """Return the chart that the notat has, of all years."""
    drawn = [figure for figure in attainments if figure.measure == "attainment" and figure.value is not None]
    if not drawn:
        return ""
    chart = draw_development(drawn, known, fonts, broken=broken)
    picture = base64.b64encode(chart.svg.encode()).decode("ascii")
    return f"""<figure class="quarto-float-fig">
<div class="figurramme" role="group" aria-label="{escape(chart.caption)}" tabindex="0">
<img src="data:image/svg+xml;base64,{picture}" alt="{escape(chart.alt)}">
</div>
<figcaption class="quarto-float-fig">{escape(chart.caption)}. Alle tallene står i tabellen.</figcaption>
</figure>"""


# -- the time series -----------------------------------------------------------------------------------------------

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
