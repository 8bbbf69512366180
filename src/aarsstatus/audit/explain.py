"""Explain a figure as a tree of its inputs, down to file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aarsstatus import danish
from aarsstatus.audit import answers
from aarsstatus.audit.quality import explained, read_published_params
from aarsstatus.figures import Figure
from aarsstatus.figures.collection import Figures
from aarsstatus.figures.derived import every_figure
from aarsstatus.figures.words import VERDICT_SAID, unit
from aarsstatus.inputs import kept_for, read_data
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.params import read_params
from aarsstatus.inputs.schema import KK
from aarsstatus.problems import InputError, Problem
from aarsstatus.project import Project


def explain(project: Project, id_: str) -> list[str]:
    """Return a figure as a tree of Danish lines; refuse an unknown id."""
    year = int(id_[:4]) if re.match(r"\d{4}\b", id_, re.ASCII) else 0
    data = read_data(project)
    own = [one for one in project.years() if one >= year and not data.read_from(one)]  # whose notat tells of the year
    figures = explained_figures(project, min(own, default=year))
    if id_ not in figures:
        what, hint = _why_not(data, id_) or "der er intet tal med det id", figures.nearest(id_)
        raise InputError(Problem("explain", what, found=id_, expected="et id fra figures.csv", hint=hint))
    lines = list(tree(figures, id_))
    early = data.preliminary({int(year) for year in re.findall(r"\b(\d{4})\.", "\n".join(lines), re.ASCII)})
    return [*early.splitlines(), *lines]


def _why_not(data: Data, id_: str) -> str:
    """Say why a year has no figure of an administration, where it has none."""
    match = re.match(r"(\d{4})\.([^.]+)\.", id_, re.ASCII)
    if match is None or match[2] not in data.codes() or match[2] in data.told_of(int(match[1])):
        return ""
    year, code = int(match[1]), match[2]
    if data.read_from(year):
        return f"for {year} kendes kun tallene for hele kommunen ({KK})"
    return f"{code} fandtes ikke i {year} ifølge data/administrations.csv"


def explained_figures(project: Project, year: int) -> Figures:
    """Return all figures as the notat of a year has them, with verdicts and reasons."""
    published = read_published_params(project, year)
    own = next((one for one in published if one.year == year), None)
    notat, data = own.notat if own else None, read_data(project, kept_for(project, own) if own else "")
    has_params = project.params_of(year).is_file()
    comparison = read_params(project, year).comparison_year if has_params else year - 1
    return every_figure(data, year, comparison, notat=notat).judged(answers(explained(project, data, year), notat))


def tree(figures: Figures, id_: str, first: str = "", rest: str = "") -> Iterator[str]:
    """Yield a figure and all below it, a line each, indented."""
    figure = figures[id_]
    yield f"{first}{id_} = {figure.shown}"
    bar = "│   " if figure.inputs else "    "
    for line in _facts(figures, figure):
        yield f"{rest}{bar}{line}"
    for below in figure.inputs:
        last = below == figure.inputs[-1]
        yield from tree(figures, below, f"{rest}{'└── ' if last else '├── '}", f"{rest}{'    ' if last else '│   '}")


def _facts(figures: Figures, figure: Figure) -> Iterator[str]:
    """Yield what is known of a figure apart from its inputs."""
    yield figure.formula
    if figure.source:
        yield f"læst i {figure.source}"
    interval = figure.interval
    if interval is not None and not interval.exact:
        ends = f"fra {danish.decimal(interval.lower)} til {danish.decimal(interval.upper)}"
        yield f"uden afrunding: {ends} {unit(figure.measure)}"
    city = figures.citys_weight(figure)
    if figure.published:
        yield f"offentliggjort som {figure.published}: {VERDICT_SAID[figure.verdict]}"
    elif city is not None and city.published:
        yield f"samme vægt som {city.id}, offentliggjort som {city.published}: {VERDICT_SAID[city.verdict]}"
    if figure.reason and (figure.verdict != "exact" or figure.computed != figure.published):
        yield figure.reason
