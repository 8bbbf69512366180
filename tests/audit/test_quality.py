"""The quality report and `verify`: what a head of office reads, and what an analyst runs."""

from __future__ import annotations

import csv
from collections.abc import Callable

import pytest
from reading import html_page, html_tables, tidy

from aarsstatus import danish
from aarsstatus.audit.errata import read_errata, summary
from aarsstatus.audit.quality import Quality, open_quality, quality, read_published_params, verify
from aarsstatus.build import Options, Result, build
from aarsstatus.cli import run
from aarsstatus.inputs import read_year
from aarsstatus.outputs import read_inputs
from aarsstatus.problems import InputError
from aarsstatus.project import Project
from aarsstatus.report.notat import open_notat
from aarsstatus.report.quality_report import worst_first


@pytest.fixture(scope="module")
def judged(project: Project, year: int) -> Quality:
    params, data = read_year(project, year)
    errata = read_errata(project)
    return quality(params, data, read_published_params(project, year), errata)


def test_every_printed_number_is_judged_once(judged: Quality) -> None:
    printed = [row for row in judged.data.printed if row.notat == judged.params.notat]
    assert len(judged.rows) == len(printed) > 200
    assert sum(judged.count(verdict) for verdict in ("exact", "within_rounding", "contradicted")) == len(printed)
    assert judged.findings.explained


def test_the_report_shows_each_contradiction_with_its_cause(built: Result, judged: Quality) -> None:
    tables = dict(html_tables(built.folder / "kvalitetsrapport.html"))
    caption = next(caption for caption in tables if "Tal i modstrid" in caption)
    rows = tables[caption][1:]
    assert len(rows) == len(judged.contradictions) > 0
    for cells, (row, erratum) in zip(rows, worst_first(judged), strict=True):
        assert erratum is not None
        assert [cells[0].lower(), *cells[1:]] == [
            tidy(text) for text in (row.place.lower(), row.printed, row.recomputed, erratum.follows, erratum.said)
        ]


def test_the_report_begins_with_the_counts(built: Result, judged: Quality) -> None:
    page = html_page(built.folder / "kvalitetsrapport.html")
    summary = tidy(page.xpath("//*[contains(@class, 'tilstand')]")[0].text_content())
    assert f"{len(judged.contradictions)} af {len(judged.rows)} trykte tal er i modstrid" in summary
    assert "Alle er set efter og forklaret" in summary


def test_intervals_are_drawn_and_told(built: Result, judged: Quality) -> None:
    page = html_page(built.folder / "kvalitetsrapport.html")
    image, change = page.xpath("//figure//img")  # what moved the total comes after it
    assert "procentpoint" in change.get("alt")
    assert judged.rounded
    for row in judged.rounded:
        assert row.within is not None
        assert row.place in image.get("alt")
        assert danish.decimal(row.within.lower) in image.get("alt")


def test_the_audit_is_written_whole(built: Result, year: int) -> None:
    with (built.folder / "audit.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["source"] for row in rows} == {f"notat-{one}" for one in (2021, 2025) if one <= year}
    with (built.folder / "figures.csv").open(encoding="utf-8", newline="") as file:
        verdicts = {row["id"]: row["verdict"] for row in csv.DictReader(file)}
    assert verdicts[f"{year}.KK.placements.joint_status"] == "exact"
    wrong = [
        row["id"]
        for row in rows
        if row["verdict"] == "contradicted" and row["id"] in verdicts and row["place"].startswith("tabel")
    ]
    assert wrong
    assert {verdicts[id_] for id_ in wrong} == {"contradicted"}


def test_an_unpublished_year_is_checked_before_it_is_sent(project: Project) -> None:
    params, data = read_year(project, 2025)
    judged = quality(params.model_copy(update={"notat": None}), data, [], [])
    assert not judged.published
    assert judged.rows == ()
    assert [finding.id for finding in judged.problems] == ["2025.KK.fleksjob.target"]
    assert (
        sum(one.kind == "note" for one in judged.checks) == 5
    )  # two of them: what no administration has does not fit its spells
    assert judged.moves
    assert "BIF" in judged.unpaired()


def test_an_unpublished_year_has_its_own_report(copied: Project) -> None:
    """The same notebook, for a year that no notat has: rules on the figures instead of an audit."""
    path = copied.params / "2025.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("notat: notat-2025", "notat: null"), encoding="utf-8")
    result = build(copied, 2025, Options(engine="embedded", formats=("html",)))
    text = tidy(html_page(result.folder / "kvalitetsrapport.html").text_content())
    assert "1 tal bryder en regel" in text
    assert "899, men KK's er 900" in text
    assert "Tal i modstrid" not in text
    notat = tidy(html_page(result.folder / "notat.html").text_content())
    assert "beregnet ud fra registerudtræk" in notat


def test_a_year_without_extracts_has_no_section_of_them(built: Result) -> None:
    text = html_page(built.folder / "kvalitetsrapport.html").text_content()
    assert "Årets grundtal" in text
    assert "Udtrækkene" not in text
    assert "Advarsler" not in text


def test_verify_accounts_for_everything(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project.root)
    assert run(["verify"]) == 0
    said = capsys.readouterr().out
    rows, findings = verify(project)
    assert f"{len(rows)} trykte tal er regnet efter. Alt er forklaret." in said
    for source, counts in summary(rows, findings).items():
        line = next(line for line in said.splitlines() if line.startswith(source))
        known = [str(counts[name]) for name in ("printed", "exact", "within_rounding", "declared")]
        assert line.split()[1:] == [*known, "0", "0"]


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (
            "data/published.csv",
            "2025.BUF.placements.attainment,35 pct.",
            "2025.BUF.placements.attainment,39 pct.",
            "uforklaret: notat-2025",
        ),
        (
            "data/published.csv",
            "2025.BIF.placements.spells_total,256",
            "2025.BIF.placements.spells_total,356",
            "forældet: data/errata.yml",
        ),
        ("data/errata.yml", 'printed: "256"', 'printed: "257"', "forældet: data/errata.yml"),
    ],
)
def test_verify_finds_what_nobody_has_explained(
    copied: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    old: str,
    new: str,
    said: str,
) -> None:
    path = copied.root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.chdir(copied.root)
    assert run(["verify"]) == 1
    told = capsys.readouterr().out
    assert said in told
    assert told.endswith(("er uforklaret.\n", "er forældet.\n"))


def test_verify_tells_of_a_notat_that_no_year_has(copied: Project) -> None:
    path = copied.data / "published.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("notat-2025,", "notat-2052,", 1), encoding="utf-8")
    with pytest.raises(InputError, match="intet år i params/ har det som notat; fandt »notat-2052«"):
        verify(copied)


def test_verify_of_a_year_that_was_never_published(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.root)
    assert run(["verify", "2021"]) == 0
    assert run(["verify", "2024"]) == 2


def test_what_a_draft_will_print_may_be_explained_before_it_is_printed(copied: Project) -> None:
    errata = copied.data / "errata.yml"
    entry = 'place: tabel 1\n    id: x\n    printed: "1"\n    follows: x\n    cause: x\n    expect: "2"\n'
    errata.write_text(f"{errata.read_text('utf-8')}\n  - source: notat-2026\n    {entry}", encoding="utf-8")
    assert not verify(copied)[1].explained, "no such year is in hand"
    (copied.params / "2026.yml").write_text("year: 2026\n", encoding="utf-8")
    assert verify(copied)[1].explained


def test_a_half_made_later_year_is_in_nobodys_way(copied: Project) -> None:
    """Whatever a build reads, in its own process and in those of its notebooks."""
    (copied.params / "2026.yml").write_text("year: 2026\n", encoding="utf-8")
    assert read_inputs(copied, 2025, None, "published")[0].year == 2025
    assert open_notat(2025, project=copied.root).years()[-1] == 2025
    assert open_quality(2025, project=copied.root).year == 2025


def test_recomputed_marks_every_number_that_differs(judged: Quality, recomputed: Callable[[int], Result]) -> None:
    """In the tables, their headings, the footnotes and the prose: what differs from print carries a mark and a note."""
    page = html_page(recomputed(judged.year).folder / "notat.html")
    main = page.xpath("//main")[0]
    text = tidy(main.text_content())
    marked = {one.get("data-figure") for one in main.xpath(".//*[@data-figure]") if "†" in one.text_content()}
    plain = {one.get("data-figure") for one in main.xpath(".//*[@data-figure]") if "†" not in one.text_content()}
    figures = quality(judged.params, judged.data, [], [], "recomputed").figures
    otherwise = {
        figure.id
        for figure in figures.values()
        if figure.published and danish.parse(figure.published) != danish.parse(figure.shown)
    }
    differ = {id_ for id_ in otherwise if figures[id_].year in (judged.year, judged.params.comparison_year)}
    assert differ <= marked
    drawn = {one.get("data-figure") for one in main.xpath(".//details//*[@data-figure]")}  # of any year, in a chart
    own = [row for row in judged.data.printed if row.notat == judged.params.notat]
    said = [row for row in own if row.in_prose and row.id in figures]
    prose = {row.id for row in said if not danish.same(row.printed, figures[row.id].shown)}
    assert marked - differ == prose | (otherwise & drawn) - differ
    for id_ in differ:
        assert f"offentliggjort som {figures[id_].published}" in text
    headings = ("caption.year", "header.year")
    years = [row for row in own if row.id.endswith(headings) and row.printed != row.id[:4]]
    assert text.count(", året i ") == len(years)
    assert plain, "most numbers are as they were printed"
