"""Explain a figure: its formula, its inputs, the file and line."""

from __future__ import annotations

from collections.abc import Iterator

from aarsstatus import danish
from aarsstatus.figures import Figure, figure_id
from aarsstatus.figures.table import Figures, build_figures
from aarsstatus.figures.words import VERDICT_SAID, unit
from aarsstatus.inputs import read_data
from aarsstatus.inputs.params import read_params
from aarsstatus.inputs.schema import KK
from aarsstatus.problems import InputError, Problem, near
from aarsstatus.project import Project

__all__ = ["explain", "tree"]


def explain(project: Project, id_: str) -> list[str]:
    """Return a figure as a tree of lines, in Danish.

    Raises
    ------
    InputError
        If there is no figure with that id; the message names the nearest one.
    """
    data = read_data(project)
    newest = max(data.years(), default=0)
    notat = None
    if id_[:4].isdecimal() and (path := project.params / f"{id_[:4]}.yml").exists():
        notat = read_params(path, project.name(path)).notat
    figures = build_figures(data, newest, notat=notat)
    if id_ not in figures:
        raise InputError(
            Problem(
                "explain",
                "der er intet tal med det id",
                found=id_,
                expected="et id fra figures.csv",
                hint=near(id_, figures),
            )
        )
    return list(tree(figures, id_))


def tree(figures: Figures, id_: str) -> Iterator[str]:
    """Yield a figure and all below it, a line each, indented."""
    yield from _branch(figures, figures[id_], "", "")


def _branch(figures: Figures, figure: Figure, first: str, rest: str) -> Iterator[str]:
    yield f"{first}{figure.id} = {figure.shown}"
    inputs = [figures[id_] for id_ in figure.inputs]
    bar = "│   " if inputs else "    "
    for line in _facts(figures, figure):
        yield f"{rest}{bar}{line}"
    for index, below in enumerate(inputs):
        last = index == len(inputs) - 1
        yield from _branch(figures, below, f"{rest}{'└── ' if last else '├── '}", f"{rest}{'    ' if last else '│   '}")


def _facts(figures: Figures, figure: Figure) -> Iterator[str]:
    """Yield what is known of a figure apart from its inputs."""
    yield figure.formula
    if figure.source:
        yield f"læst i {figure.source}"
    interval = figure.interval
    if interval is not None and not interval.exact:
        ends = f"fra {danish.decimal(interval.lower)} til {danish.decimal(interval.upper)}"
        yield f"uden afrunding: {ends} {unit(figure.measure)}"
    if figure.published:
        yield f"offentliggjort som {figure.published}: {VERDICT_SAID[figure.verdict]}"
    elif figure.measure == "weight":
        city = figures.get(figure_id(figure.year, KK, figure.group, figure.measure))
        if city is not None and city.published:
            yield f"samme vægt som {city.id}, offentliggjort som {city.published}: {VERDICT_SAID[city.verdict]}"
