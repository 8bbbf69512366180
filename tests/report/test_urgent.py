"""What of a year's quality must be acted on: the worst first, in words for an office."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aarsstatus.audit.errata import read_errata
from aarsstatus.audit.quality import Quality, quality, read_published_params
from aarsstatus.inputs import read_year
from aarsstatus.inputs.model import Remark
from aarsstatus.project import Project
from aarsstatus.report import quality_report


def judged(project: Project, year: int, *, explained: bool = True) -> Quality:
    params, data = read_year(project, year)
    errata = read_errata(project) if explained else ()
    return quality(params, data, read_published_params(project, year), errata)


@pytest.fixture(scope="module")
def of_2025(project: Project) -> Quality:
    return judged(project, 2025)


def draft(of: Quality) -> Quality:
    """The same year, as if it had not been published."""
    return replace(of, params=of.params.model_copy(update={"notat": None}), rows=())


def test_the_worst_comes_first(of_2025: Quality) -> None:
    """A wrong conclusion, then what is furthest off; a year in a title misleads least."""
    places = [row.place for row, _ in quality_report.worst_first(of_2025)]
    assert places[:3] == [
        "tabel 9, samlet målopfyldelse",
        "tabel 3, antal forløb i alt",
        "tabel 1, Virksomhedspraktik, antal forløb",
    ]
    assert {row.printed for row, _ in quality_report.worst_first(of_2025)[-5:]} == {"2024", "2025"}
    assert quality_report.worst(of_2025) == (
        "Vigtigst er tabel 9, samlet målopfyldelse: der står 79 pct., men af de øvrige tal følger 68 pct."
    )
    assert quality_report.contradictions(of_2025).rows[0].label == "Tabel 9, samlet målopfyldelse"


def test_of_2021_it_is_the_sum_that_went_wrong(project: Project) -> None:
    found = judged(project, 2021)
    assert [row.printed for row, _ in quality_report.worst_first(found)] == [
        "3.467",
        "41 pct.",
        "59 pct.",
        "102 pct.",
        "1.134",
    ]


def test_what_nobody_has_explained_comes_before_what_somebody_has(of_2025: Quality) -> None:
    (first, _), *_, (last, _) = quality_report.worst_first(of_2025)
    declared = tuple(pair for pair in of_2025.findings.declared if pair[0] is not last)
    found = replace(of_2025, findings=replace(of_2025.findings, declared=declared, undeclared=(last,)))
    assert [row for row, _ in quality_report.worst_first(found)][:2] == [last, first]
    assert quality_report.to_do(found) == ["Find årsagen til 1 tal i modstrid, og skriv den i data/errata.yml."]


def test_nothing_is_asked_of_a_year_that_is_explained(of_2025: Quality) -> None:
    assert quality_report.to_do(of_2025) == []


def test_nothing_is_told_that_is_nought(of_2025: Quality) -> None:
    remark = Remark("days", "loentilskud", "", 1, "løntilskud: 1 forløb varer over ti år", "")
    found = draft(of_2025)
    assert quality_report.to_do(found) == [
        "Ret eller forklar 1 tal, der bryder en regel, før notatet sendes ud.",
        "Find ud af, hvad der ligger bag 5 usædvanligt store ændringer.",
    ]
    found = replace(found, checks=(), moves=(), data=replace(found.data, remarks={2025: (remark,)}))
    (only,) = quality_report.to_do(found)
    assert "1 bemærkning om" in only
    assert "data/warnings.csv" in only
    assert quality_report.worst(found) == ""


def test_a_move_stands_with_both_years_and_once(of_2025: Quality) -> None:
    table = quality_report.moves(of_2025)
    assert table.header == ("Tal", "2024", "2025", "Ændring")
    row = next(row for row in table.rows if row.label == "KK, virksomhedsplaceringer, målopfyldelse")
    assert [cell.text for cell in row.cells] == ["84 pct.", "74 pct.", "−10,7 procentpoint"]
    assert table.rows[0].cells[-1].text == "−108 (18 pct.)"
    assert [cell.figure for cell in row.cells[:2]] == ["2024.KK.placements.attainment", "2025.KK.placements.attainment"]


def test_the_source_of_the_targets_is_told_in_the_words_of_the_analyst(of_2025: Quality) -> None:
    told = quality_report.target_sources(of_2025)
    assert told[0] == "Notat-2025, tabel 1: KK (virksomhedsplaceringer, fleksjob og fritidsjob)."
    same = {key: replace(target, origin="BR 28. november 2024") for key, target in of_2025.data.targets.items()}
    assert quality_report.target_sources(replace(of_2025, data=replace(of_2025.data, targets=same))) == [
        "BR 28. november 2024: alle årets måltal."
    ]
