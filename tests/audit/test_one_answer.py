"""One number, one answer: every view of every figure of both years says the same of it."""

from __future__ import annotations

import csv

import openpyxl
import pytest
from reading import html_page, tidy

from aarsstatus import danish
from aarsstatus.audit.explain import explain, explained_figures, tree
from aarsstatus.audit.printed import in_table
from aarsstatus.build import Result
from aarsstatus.diff import diff
from aarsstatus.figures import DERIVED, Figure
from aarsstatus.figures.collection import Figures
from aarsstatus.figures.words import VERDICT_SAID, VERDICTS
from aarsstatus.project import Project
from aarsstatus.release.reading import open_finished
from aarsstatus.render.page import ROW

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def kept(built: Result) -> Figures:
    """The figures as ``figures.csv`` has them, those beside the tables too."""
    found = Figures.from_csv((built.folder / "figures.csv").read_text(encoding="utf-8"))
    assert {figure.measure for figure in found.values()} >= DERIVED
    return found


@pytest.fixture(scope="module")
def audited(built: Result) -> dict[str, dict[str, str]]:
    """The row of ``audit.csv`` for each id: of its first printing in a table."""
    with (built.folder / "audit.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: not in_table(row["place"]))
    return {row["id"]: row for row in reversed(rows)}


def test_explain_says_what_figures_csv_says(kept: Figures, project: Project, year: int) -> None:
    figures = explained_figures(project, year)
    for id_, figure in kept.items():
        first, *facts = [line.lstrip("│├└─ ") for line in tree(figures, id_)]
        assert first == f"{id_} = {figure.shown}"
        assert facts[0] == figure.formula
        if figure.published:
            assert f"offentliggjort som {figure.published}: {VERDICT_SAID[figure.verdict]}" in facts
        if figure.verdict in {"contradicted", "within_rounding"}:
            assert figure.reason
            assert figure.reason in facts, id_
    worst = next(id_ for id_, figure in kept.items() if figure.verdict == "contradicted")
    assert explain(project, worst) == list(tree(figures, worst))


def test_both_csv_files_have_one_verdict_one_reason_and_one_interval(
    kept: Figures, audited: dict[str, dict[str, str]]
) -> None:
    published = {id_: figure for id_, figure in kept.items() if figure.published}
    assert len(published) > 140
    for id_, figure in published.items():
        row = audited[id_]
        assert (row["verdict"], row["reason"]) == (figure.verdict, figure.reason), id_
        ends = ("" if end is None else danish.plain_decimal(end) for end in (figure.lower, figure.upper))
        assert (row["lower"], row["upper"]) == tuple(ends), id_
        if figure.verdict == "contradicted":
            assert "Formentlig" in figure.reason, "and what is declared of it"


def test_the_pages_say_it_too(kept: Figures, built: Result) -> None:
    for name in ("notat", "kvalitetsrapport"):
        page = html_page(built.folder / f"{name}.html")
        rows = {row.get("id").removeprefix(ROW): row for row in page.xpath(f"//tr[starts-with(@id, '{ROW}')]")}
        assert rows
        for id_, row in rows.items():
            if id_ not in kept:
                continue
            figure = kept[id_]
            _, shown, published, formula, *_ = (tidy(cell.text_content()) for cell in row.xpath("./th|./td"))
            assert (shown, formula) == (tidy(figure.shown), tidy(figure.formula)), id_
            if figure.published:
                said = VERDICT_SAID[figure.verdict]
                assert f"{tidy(figure.published)} {said}." in published
                assert figure.verdict == "exact" or tidy(figure.reason) in published, id_
    main = html_page(built.folder / "notat.html").xpath("//main//*[@data-figure]")
    derived = [one for one in main if kept[one.get("data-figure")].measure in DERIVED]
    assert len(derived) > 20
    for one in derived:
        shown = kept[one.get("data-figure")].shown
        words = {shown, danish.in_words(int(shown))} if shown.isdecimal() else {shown}
        assert tidy(one.text_content()) in words
    cells = [one for one in main if one.tag == "td"]
    assert len(cells) > 150
    for cell in cells:
        assert danish.same(tidy(cell.text_content()).rstrip("‡"), kept[cell.get("data-figure")].shown)


def test_the_workbook_says_it_too(kept: Figures, built: Result) -> None:
    sheet = openpyxl.load_workbook(built.folder / "tabeller.xlsx", read_only=True)["Tal"]
    lines = [list(row) for row in sheet.iter_rows(values_only=True)]
    header = next(line for line in lines if "Vurdering" in line)
    rows = {line[0]: dict(zip(header, line, strict=True)) for line in lines if line[0] in kept}
    assert list(rows) == list(kept)
    for id_, row in rows.items():
        figure: Figure = kept[id_]
        known = (figure.shown, figure.formula, figure.published, VERDICTS[figure.verdict], figure.reason)
        names = ("Vist i notatet", "Formel", "Offentliggjort som", "Vurdering", "Begrundelse")
        assert tuple(row[name] or "" for name in names) == known, id_


def test_a_build_does_not_differ_from_itself(built: Result) -> None:
    build = open_finished(str(built.folder))
    assert diff(build, build).nothing
