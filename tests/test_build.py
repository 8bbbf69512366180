"""Whole builds: what lies in the output folder, what stands in the documents, and what happens when one fails."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nbformat
import pikepdf
import pytest
from reading import docx_tables, docx_text, html_page, html_tables, pdf_tables, pdf_text, tidy

from aarsstatus import danish
from aarsstatus.build import Options, Result, build
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.params import Params
from aarsstatus.problems import BuildError, InputError
from aarsstatus.project import Project
from aarsstatus.release import manifest

pytestmark = pytest.mark.usefixtures("forked_programs")
READERS = {"html": html_tables, "docx": docx_tables, "pdf": pdf_tables}
COLUMNS = {
    "status": 1,
    "joint_status": 2,
    "target": 3,
    "attainment": 4,
    "weighted_attainment": 4,
    "spells": 5,
    "spells_total": 5,
}
TABLE = re.compile(r"tabel (\d+), ")


def test_all_files_are_there(report: Result) -> None:
    assert set(report.files) >= {
        "notat.html", "notat.pdf", "notat.docx", "notat.ipynb", "figures.csv", "manifest.json",
    }  # fmt: skip


@pytest.mark.parametrize("format_", READERS)
def test_every_published_cell_is_in_its_place(report: Result, inputs: tuple[Params, Data], format_: str) -> None:
    """Row by the scheme's label, column by the measure: each number that the seed's tables print."""
    params, data = inputs
    tables = READERS[format_](report.folder / f"notat.{format_}")
    assert len(tables) == 9
    labels = {key: scheme.row_label for key, scheme in data.schemes.items()}
    checked = 0
    for row in data.printed:
        place = TABLE.match(row.place)
        if row.notat != params.notat or place is None or "fodnote" in row.place:
            continue
        caption, grid = tables[int(place[1]) - 1]
        *_, group_or_key, measure = row.id.split(".")
        if measure in COLUMNS:
            label = {"spells_total": "Antal forløb", "weighted_attainment": "Samlet målopfyldelse"}.get(
                measure, labels.get(group_or_key, labels["loentilskud"])
            )
            line = next(cells for cells in grid[1:] if cells[0].startswith(label))
            assert line[COLUMNS[measure]].rstrip(" ‡") == row.printed, row
        elif row.id.endswith("caption.year"):
            assert f" for {row.printed}" in caption
        elif row.id.endswith("header.year"):
            assert grid[0][5].replace("‡", "") == f"Antal forløb i {row.printed}**"
        else:
            assert row.id.endswith(".table")
            assert caption.startswith(f"{row.printed}: ")
        checked += 1
    cells = sum(bool(cell) for _, grid in tables for cells in grid[1:] for cell in cells[1:])
    assert checked == cells + 3 * len(tables), "a number in a cell that the seed does not print, or one missing"


def test_formats_say_the_same(report: Result) -> None:
    """Every table cell, caption and sentence is the same in all three formats."""
    tables = {format_: reader(report.folder / f"notat.{format_}") for format_, reader in READERS.items()}
    assert tables["html"] == tables["docx"] == tables["pdf"]
    pdf, docx = (tidy(text(report.folder / f"notat.{name}")) for name, text in (("pdf", pdf_text), ("docx", docx_text)))
    paragraphs = [
        tidy(p.text_content()) for p in html_page(report.folder / "notat.html").xpath("//main//p | //main//li")
    ]
    assert len(paragraphs) > 20
    for paragraph in paragraphs:
        assert _dense(paragraph) in _dense(docx), paragraph
        assert _stands_in(_dense(paragraph), _dense(pdf)), paragraph


def _dense(text: str) -> str:
    """Leave out spaces and hyphens: where a line breaks is the format's own business."""
    return re.sub(r"[\s\-\u00ad\u2010]", "", text)


def _stands_in(paragraph: str, pages: str) -> bool:
    """Whether a paragraph stands in a text, whole or with the foot of a page in it."""
    return paragraph in pages or any(
        paragraph[:at] in pages and paragraph[at:] in pages for at in range(1, len(paragraph))
    )


def test_engines_say_the_same(built: Result, built_by_quarto: Result) -> None:
    for format_, reader in READERS.items():
        ours, theirs = (reader(result.folder / f"notat.{format_}") for result in (built, built_by_quarto))
        assert ours == theirs
    ours, theirs = (_paragraphs(result.folder / "notat.html") for result in (built, built_by_quarto))
    assert ours == theirs


def _paragraphs(path: Path) -> list[str]:
    found = html_page(path).xpath("//main//p | //main//li | //h1 | //h2")
    return [text for one in found if (text := tidy(one.text_content()))]


def test_prose_prints_what_the_seed_prints(built: Result, inputs: tuple[Params, Data]) -> None:
    params, data = inputs
    page = html_page(built.folder / "notat.html")
    said = [
        (span.get("data-figure"), tidy(span.text_content())) for span in page.xpath("//main//p//span[@data-figure]")
    ]
    expected = {
        (row.id, danish.whole(danish.parse(row.printed)) + (" pct." if "pct" in row.printed else ""))
        for row in data.printed
        if row.notat == params.notat
        and row.in_prose
        and row.id.rpartition(".")[2] in {"status", "joint_status", "attainment"}
    }
    assert expected <= set(said)


def test_a_year_mentions_only_what_it_had(built: Result, year: int) -> None:
    text = tidy(html_page(built.folder / "notat.html").xpath("//main")[0].text_content()).lower()
    assert ("nytteindsatsprojekt" in text) == (year == 2021)
    assert ("småjob under det sociale frikort" in text) == (year == 2025)
    assert ("fritidsjob" in text) == (year == 2025)
    assert ("ikke de samme jobordninger" in text) == (year == 2025)


def test_what_the_placement_schemes_are_called_together_is_said_before_it_is_used(
    built: Result, inputs: tuple[Params, Data]
) -> None:
    params, data = inputs
    text = tidy(html_page(built.folder / "notat.html").xpath("//main")[0].text_content()).lower()
    schemes = [data.schemes[key] for key in params.schemes]
    names = danish.join([scheme.name for scheme in schemes if scheme.group == "placements"])
    first = text.index("virksomhedsplaceringer")
    assert text[first:].startswith(f"virksomhedsplaceringer ({names})")
    assert f"ét samlet måltal for {names}, her under ét kaldt virksomhedsplaceringer" in text


def test_references_are_linked_with_their_word(report: Result) -> None:
    links = html_page(report.folder / "notat.html").xpath(
        "//main//p//a[starts-with(@href, '#tbl-') or starts-with(@href, '#fig-')]"
    )
    said = [tidy(link.text_content()) for link in links]
    assert all(re.fullmatch(r"(tabel|figur) \d", text) for text in said)
    assert {"tabel 3", "tabel 9"} <= set(said)


def test_no_line_ends_between_a_number_and_what_belongs_to_it(report: Result) -> None:
    page = html_page(report.folder / "notat.html")
    texts = [" ".join(each.text_content().split(" ")) for each in page.xpath("//main//p")]
    for broken in (
        r"\d pct",
        r"\d helårspersoner",
        r"\d ansatte",
        r"\b\d{1,2}\. [a-z]",
        r"job \d+\s?pct",
    ):
        assert not [text for text in texts if re.search(broken, text)], broken
    assert any(re.search(r"fleksjob\u00a0\d+\u00a0pct", text) for text in texts)


def test_the_documents_name_who_wrote_them(report: Result, inputs: tuple[Params, Data]) -> None:
    """The office, or where there is none the administration; of the DOCX see test_word.py."""
    office = inputs[0].office
    author = office.name or office.administration
    assert html_page(report.folder / "notat.html").xpath("//meta[@name='author']/@content") == [author]
    with pikepdf.open(report.folder / "notat.pdf") as document:
        assert str(document.docinfo["/Author"]) == author


def test_html_makes_no_request(report: Result) -> None:
    text = (report.folder / "notat.html").read_text(encoding="utf-8")
    page = html_page(report.folder / "notat.html")
    outside = [
        value
        for name in ("src", "href", "srcset", "data", "poster", "action")
        for value in page.xpath(f"//*[not(ancestor::nav[@class='filer'])]/@{name}")  # links are no requests
        if not value.startswith(("#", "data:"))
    ]
    assert outside == []
    assert page.xpath("//script") == page.xpath("//script[not(@*)]"), "the panel's script stands in the page itself"
    assert "fetch(" not in text
    assert not re.findall(r"url\(\s*['\"]?(?!data:)[^)]", text)
    assert "@import" not in text


def test_charts_have_captions_and_state_their_numbers(built: Result, year: int) -> None:
    page = html_page(built.folder / "notat.html")
    images = page.xpath("//figure//img")
    assert len(images) == 2
    for image in images:
        assert image.get("src").startswith("data:image/svg+xml")
        assert re.search(r"\d+ pct\.", image.get("alt"))
        assert tidy(image.xpath("ancestor::figure//figcaption")[0].text_content()).startswith("Figur ")
    over_time = next(image.get("alt") for image in images if "Kurve" in image.get("alt"))
    assert ("Der er ingen data for 2022 og 2023" in over_time) == (year == 2025)


def test_the_manifest_names_engine_inputs_and_outputs(report: Result, year: int) -> None:
    written = json.loads((report.folder / "manifest.json").read_text(encoding="utf-8"))
    assert written["engine"]["name"] in {"embedded", "quarto"}
    assert written["engine"]["version"] == report.engine
    assert {f"params/{year}.yml", "data/status.csv", "notebooks/notat.ipynb", "_extensions/notat/notat.lua"} <= set(
        written["inputs"]
    )
    assert "aarsstatus/attainment.py" in written["inputs"]
    assert set(written["outputs"]) == set(report.files) - {"manifest.json"}
    assert written["outputs"] == manifest.output_hashes(report.folder)
    assert "papermill" in written["packages"]


def test_nothing_of_the_machine_leaks(report: Result, project: Project) -> None:
    for path in report.folder.iterdir():
        content = path.read_bytes()
        assert str(project.root).encode() not in content, path.name
        assert b"object at 0x" not in content, path.name


def test_the_executed_notebook_is_normal(report: Result, year: int) -> None:
    notebook = nbformat.read(report.folder / "notat.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert any(f"year = {year}" in cell.source for cell in notebook.cells)
    assert notebook.cells[0].source.startswith("---\ntitle: ")


# -- a second build, and builds that fail -----------------------------------------------------------------------


QUICK = Options(engine="embedded", formats=("html",))


@pytest.fixture(scope="module")
def made(web_project: Project) -> tuple[Project, Result]:
    """A finished build of a copied project, that the tests below break in turn."""
    return web_project, build(web_project, 2025, QUICK)


def test_nothing_changed_is_nothing_done(made: tuple[Project, Result]) -> None:
    project, first = made
    before = {path: path.stat().st_mtime_ns for path in first.folder.iterdir()}
    again = build(project, 2025, QUICK)
    assert again.did == "nothing"
    assert {path: path.stat().st_mtime_ns for path in first.folder.iterdir()} == before


def test_what_somebody_put_beside_the_notat_is_kept(made: tuple[Project, Result]) -> None:
    """Notes in the year's folder are no part of the build: they make nothing be done again, and are not taken away."""
    project, first = made
    note, scans, link = (first.folder / name for name in ("noter.txt", "skannet", "genvej"))
    note.write_text("husk at ringe", encoding="utf-8")
    scans.mkdir()
    (scans / "side 1.pdf").write_bytes(b"%PDF")
    link.symlink_to("noter.txt")
    assert build(project, 2025, QUICK).did == "nothing"
    again = build(project, 2025, replace(QUICK, formats=("html", "docx")))
    assert again.did == "rendered"
    assert set(again.files) == {*first.files, "notat.docx"}
    assert note.read_text(encoding="utf-8") == "husk at ringe"
    assert (scans / "side 1.pdf").read_bytes() == b"%PDF"
    assert link.readlink() == Path("noter.txt")
    assert set(json.loads((first.folder / "manifest.json").read_text("utf-8"))["outputs"]) == {*again.files} - {
        manifest.NAME
    }
    assert build(project, 2025, QUICK).files == first.files
    assert not (first.folder / "notat.docx").exists(), "what an earlier build made is not somebody's own"
    assert note.exists()
    note.unlink()
    link.unlink()
    shutil.rmtree(scans)


def test_a_year_that_is_a_link_is_published_where_it_leads(made: tuple[Project, Result], tmp_path: Path) -> None:
    project, first = made
    place, output = tmp_path / "drev" / "2025", tmp_path / "ud"
    shutil.copytree(first.folder, place)
    output.mkdir()
    (output / "2025").symlink_to(place)
    (place / "notat.html").unlink()
    done = build(project, 2025, replace(QUICK, output=output))
    assert done.did == "rendered"
    assert (output / "2025").readlink() == place
    assert manifest.output_hashes(place) == manifest.output_hashes(first.folder)
    assert done.files == first.files
    assert "2025" in (output / "index.html").read_text(encoding="utf-8")
    for folder in (output, place.parent):
        assert not [path.name for path in folder.iterdir() if re.search(r"-\d", path.name)], "something was left"


def test_what_stands_in_the_way_is_not_written_over(made: tuple[Project, Result]) -> None:
    project, first = made
    mine = first.folder / "notat.docx"
    mine.write_text("min egen", encoding="utf-8")
    before = manifest.output_hashes(first.folder)
    with pytest.raises(
        BuildError, match=r"output/2025/notat\.docx: ligger der i forvejen og er ikke lavet af årsstatus"
    ):
        build(project, 2025, replace(QUICK, formats=("html", "docx")))
    assert manifest.output_hashes(first.folder) == before
    mine.unlink()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('show(\\"# Hele kommunen\\")', "1 / 0", "(»kommunen«): ZeroDivisionError"),
        ('show(\\"# Hele kommunen\\")', 'print(\\"hov\\")', "(»kommunen«): cellen udskriver"),
    ],
)
def test_a_failing_cell_is_named_and_the_last_good_build_stays(
    made: tuple[Project, Result], old: str, new: str, said: str
) -> None:
    """Of a cell that fails, and of one that shows what must not be shown; the other faults of both are in test_gaps.py."""
    project, first = made
    notebook = project.notebooks / "notat.ipynb"
    text = notebook.read_text(encoding="utf-8")
    assert old in text
    before = manifest.output_hashes(first.folder)
    notebook.write_text(text.replace(old, new, 1), encoding="utf-8")
    try:
        with pytest.raises(BuildError) as caught:
            build(project, 2025, QUICK)
    finally:
        notebook.write_text(text, encoding="utf-8")
    assert said in str(caught.value)
    assert str(caught.value).startswith("notebooks/notat.ipynb, ")
    assert manifest.output_hashes(first.folder) == before
    assert not list(project.output.glob(".*-*")), "a scratch folder was left behind"
    kept = project.output / "2025.fejlet.ipynb"
    assert kept.exists()
    kept.unlink()


def test_a_folder_with_other_things_is_left_as_it_is(copied: Project, tmp_path: Path) -> None:
    letter = tmp_path / "ud" / "2025" / "Sag" / "brev.docx"
    letter.parent.mkdir(parents=True)
    letter.write_text("andres", encoding="utf-8")
    for force in (False, True):
        with pytest.raises(BuildError, match=r"andet end en årsstatus \(Sag\).*--output"):
            build(copied, 2025, Options(engine="embedded", output=tmp_path / "ud", force=force))
    assert [path for path in (tmp_path / "ud").rglob("*") if path.is_file()] == [letter]


def test_bad_parameters_stop_before_anything_runs(copied: Project) -> None:
    path = copied.params / "2025.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("comparison_year", "comparision_year"), encoding="utf-8")
    with pytest.raises(InputError, match="mente du »comparison_year«"):
        build(copied, 2025, QUICK)
    assert not copied.output.exists()


def test_another_comparison_year(made: tuple[Project, Result], tmp_path: Path) -> None:
    project, _ = made
    result = build(project, 2025, Options(compare=2021, engine="embedded", formats=("html",), output=tmp_path))
    tables = html_tables(result.folder / "notat.html")
    assert "Københavns Kommune for 2021" in tables[1][0]
    text = tidy(html_page(result.folder / "notat.html").text_content())
    assert "nytteindsats er udgået" in text


def test_recomputed_figures_are_marked(recomputed: Callable[[int], Result]) -> None:
    page = html_page(recomputed(2025).folder / "notat.html")
    cell = page.xpath("//td[@data-figure='2025.BIF.placements.spells_total']")[0]
    assert tidy(cell.text_content()) == "356†"
    text = tidy(page.text_content())
    assert "offentliggjort som 256." in text
    assert "som de følger af grundlaget" in text
    assert "trykte tal er i modstrid" not in text, "it shows other numbers than were printed"
