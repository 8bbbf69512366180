"""The page that leads to every year."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from lxml import html

from aarsstatus.audit import to_csv
from aarsstatus.audit.explain import explain
from aarsstatus.audit.quality import explained
from aarsstatus.figures import Mode
from aarsstatus.figures.table import build_figures
from aarsstatus.inputs import read_year
from aarsstatus.inputs.params import Correction
from aarsstatus.inputs.schema import KK
from aarsstatus.project import Project
from aarsstatus.release import manifest
from aarsstatus.release.archive import INPUTS, input_files, pack
from aarsstatus.release.index import city_attainments, read_output, write_index
from aarsstatus.release.manifest import Manifest
from aarsstatus.release.reading import Year
from aarsstatus.release.workbook import _cover
from aarsstatus.report.notat import Notat, edition


def put(output: Path, project: Project, year: int, *, mode: Mode = "published", published: bool = True) -> None:
    """Put a year's folder in an output folder, as a build leaves it, without rendering."""
    params, data = read_year(project, year)
    if not published:
        data = replace(data, printed=())
    folder = output / str(year)
    folder.mkdir(parents=True)
    figures = build_figures(data, year, notat=params.notat, mode=mode)
    (folder / "figures.csv").write_text(figures.to_csv(), encoding="utf-8")
    (folder / "notat.html").write_text("<p>", encoding="utf-8")
    described = {
        "manifest": manifest.VERSION, "year": year, "python": "3.11.7", "packages": {}, "inputs": {},
        "outputs": {}, "engine": {"name": "embedded", "version": "pandoc 3"},
        "options": {"compare": params.comparison_year, "figures": mode, "formats": ["html"]},
        "parameters": {"year": year, "comparison_year": params.comparison_year, "figures": mode},
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(described), encoding="utf-8")


def read(output: Path, project: Project) -> html.HtmlElement:
    return html.fromstring(write_index(output, project.extension).read_text(encoding="utf-8"))


def test_every_year_with_its_state_newest_first(tmp_path: Path, project: Project) -> None:
    put(tmp_path, project, 2021, mode="recomputed")
    put(tmp_path, project, 2025)
    (tmp_path / "2019").mkdir()  # no build in it
    page = read(tmp_path, project)
    headings = [" ".join(one.text_content().split()) for one in page.xpath("//h2[@id]")]
    assert headings == ["2025 Offentliggjort", "2021 Genberegnet"]


def test_a_year_that_was_never_published_is_a_draft(tmp_path: Path, project: Project) -> None:
    put(tmp_path, project, 2025, published=False)
    assert [year.state for year in read_output(tmp_path)] == ["udkast"]


def text_of(page: html.HtmlElement, year: int) -> str:
    (section,) = page.xpath(f"//section[@aria-labelledby='aar-{year}']")
    return " ".join(section.text_content().replace("\u00a0", " ").split())


def test_a_year_says_when_it_is_from_and_how_many_numbers_are_contradicted(tmp_path: Path, project: Project) -> None:
    for year in (2021, 2025):
        put(tmp_path, project, year)
        files = input_files(project, year)
        pack_inputs = {name: path.read_bytes() for name, path in files.items() if not name.startswith("aarsstatus/")}
        (tmp_path / str(year) / INPUTS).write_bytes(pack(pack_inputs))
        rows = explained(project, read_year(project, year)[1], year)
        (tmp_path / str(year) / "audit.csv").write_text(to_csv(rows), encoding="utf-8")
    page = read(tmp_path, project)
    assert "14 af 223 trykte tal er i modstrid med notatets øvrige tal." in text_of(page, 2025)
    assert "5 af 211 trykte tal" in text_of(page, 2021)
    assert "Notatet er fra den 11. marts 2026." in text_of(page, 2025)
    assert "Notatet har ingen dato." in text_of(page, 2021)
    assert "Hele kommunens samlede målopfyldelse er 92 pct." in text_of(page, 2025)
    assert "pandoc" not in text_of(page, 2025)
    (tmp_path / "2025" / "audit.csv").unlink()
    assert "trykte tal" not in text_of(read(tmp_path, project), 2025)


def test_a_corrected_year_is_called_so(project: Project) -> None:
    params, data = read_year(project, 2025)
    figures = build_figures(data, 2025, notat=params.notat)
    asked = SimpleNamespace(options=SimpleNamespace(figures="published"))
    correction = Correction(date=date(2026, 4, 1), replaces=date(2026, 3, 11), reason="Måltallet for BIF var et andet")
    year = Year(2025, cast("Manifest", asked), figures, (), params=params)
    assert year.state == "offentliggjort"
    corrected = params.model_copy(update={"published": date(2026, 4, 1), "corrections": [correction]})
    year = replace(year, params=corrected)
    assert year.state == "rettet"
    assert year.issued.startswith(
        "Offentliggjort den 1. april 2026. Rettet udgave, der erstatter notatet fra den 11. mar"
    )


def test_links_lead_to_files_that_are_there(tmp_path: Path, project: Project) -> None:
    put(tmp_path, project, 2025)
    (tmp_path / "2025.fejlet.ipynb").write_text("{}", encoding="utf-8")
    page = read(tmp_path, project)
    targets = [target for target in page.xpath("//main//a/@href") if not target.startswith("#")]
    assert set(targets) == {f"2025/{name}" for name in ("notat.html", "figures.csv", "manifest.json")} | {
        "2025.fejlet.ipynb",
        "tidsserie.csv",
        "datapackage.json",
    }
    assert all((tmp_path / target).exists() for target in targets)
    assert "mislykkedes" in page.text_content()


def test_the_development_is_that_of_the_figures(tmp_path: Path, project: Project) -> None:
    for year in (2021, 2025):
        put(tmp_path, project, year)
    _, data = read_year(project, 2025)
    page = read(tmp_path, project)
    rows = {row.findtext("th"): [cell.text for cell in row.findall("td")] for row in page.xpath("//tbody/tr")}
    assert list(rows) == [str(year) for year in reversed(data.years())]  # newest first, as the page says
    for when, cells in rows.items():
        source = build_figures(
            read_year(project, 2021 if when <= "2021" else 2025)[1], 2021 if when <= "2021" else 2025
        )
        for group, cell in zip(("placements", "fleksjob", "fritidsjob"), cells, strict=False):
            figure = source.find(int(when), KK, group, "attainment")
            assert cell == (figure.shown if figure else "–")
    (alternative,) = page.xpath("//main//img/@alt")
    for year, cells in rows.items():
        for cell in cells[:-1]:  # the chart is the notat's: the target groups, and not the total
            assert cell == "–" or re.search(rf"{re.escape(cell)}(?: \([^)]*\))? i {year}", alternative)


def test_it_stands_alone_and_never_changes_by_itself(tmp_path: Path, project: Project) -> None:
    put(tmp_path, project, 2025)
    first = write_index(tmp_path, project.extension).read_bytes()
    assert write_index(tmp_path, project.extension).read_bytes() == first
    text = first.decode()
    assert "<script" not in text
    assert not re.findall(r"url\(\s*['\"]?(?!data:)[^)]", text)
    assert not re.findall(r"https?://(?!www\.w3\.org)", text)
    assert str(tmp_path) not in text


def test_nothing_built_is_said(tmp_path: Path, project: Project) -> None:
    assert "endnu ikke bygget" in read(tmp_path, project).text_content()


def test_a_years_own_build_goes_before_one_that_compares_with_it(tmp_path: Path, project: Project) -> None:
    for year in (2021, 2025):
        put(tmp_path, project, year)
    path = tmp_path / "2025" / "figures.csv"
    text = path.read_text(encoding="utf-8")
    assert "2024.KK.fleksjob.attainment" in text
    renamed = text.replace("2024.KK.", "2021.KK.").replace(",2024,KK,", ",2021,KK,")
    path.write_text(renamed, encoding="utf-8")
    shown = {figure.id: figure.shown for figure in city_attainments(read_output(tmp_path))}
    own = build_figures(read_year(project, 2021)[1], 2021, notat="notat-2021")
    assert shown["2021.KK.fleksjob.attainment"] == own["2021.KK.fleksjob.attainment"].shown


def test_one_year_is_a_table_and_no_chart(tmp_path: Path, project: Project) -> None:
    put(tmp_path, project, 2025)
    path = tmp_path / "2025" / "figures.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([lines[0], *(line for line in lines if line.startswith("2025."))]), encoding="utf-8")
    page = read(tmp_path, project)
    assert page.xpath("//tbody/tr/th/text()") == ["2025"]
    assert not page.xpath("//main//img")


def test_a_year_without_figures_for_the_whole_city_is_missing(tmp_path: Path, project: Project) -> None:
    put(tmp_path, project, 2025)
    path = tmp_path / "2025" / "figures.csv"
    text = path.read_text(encoding="utf-8").replace("2024.KK.", "2024.BUF.").replace(",2024,KK,", ",2024,BUF,")
    path.write_text(text, encoding="utf-8")
    page = read(tmp_path, project)
    assert "2024" not in page.xpath("//tbody/tr/th/text()")
    assert "Der er ikke tal for 2022, 2023 og 2024" in page.text_content()


def test_a_file_of_figures_that_was_changed_by_hand_is_left_out(tmp_path: Path, project: Project) -> None:
    put(tmp_path, project, 2025)
    path = tmp_path / "2025" / "figures.csv"
    text = path.read_text(encoding="utf-8")
    longer = re.sub(r"\n(2025\.KK.*)", r"\n\1,x", text, count=1)
    for wrong in (text.replace(",verdict", ",dom", 1), text.replace("\n2025.KK", "\nx,2025.KK", 1), longer, ""):
        path.write_text(wrong, encoding="utf-8")
        assert read_output(tmp_path) == []


def test_preliminary_numbers_are_called_so_wherever_they_are_shown(copied: Project, tmp_path: Path) -> None:
    """On every page of both reports, in the notat, the workbook, the index, the time series, and when explained."""
    status = copied.data / "status.csv"
    text = status.read_text(encoding="utf-8")
    line = next(one for one in text.splitlines() if one.startswith("2025,KK,fleksjob,"))
    early = "2025,KK,fleksjob,1048,,exact,foreløbigt registerudtræk 1234-5678-9abc af 30-12-2025"
    status.write_text(text.replace(line, early), encoding="utf-8")
    said = "Tallene for 2025 er foreløbige; de er fra udtræk, der blev lavet, før året var gået."
    params, data = read_year(copied, 2025)
    for mode, notat, said_above in (
        ("published", None, "UDKAST · FORELØBIGE TAL FOR 2025"),
        ("published", "notat-2025", "FORELØBIGE TAL FOR 2025"),
        ("recomputed", "notat-2025", "ARBEJDSUDGAVE · FORELØBIGE TAL FOR 2025"),
    ):
        changed = params.model_copy(update={"notat": notat})
        assert edition(changed, data, mode) == said_above
    assert said in dict(_cover(Notat(params, data)).facts)["Hvilke tal"]
    assert explain(copied, "2025.KK.total.weighted_attainment")[0] == said
    put(tmp_path, copied, 2025)
    put(tmp_path, copied, 2021)
    page = read(tmp_path, copied)
    told = [" ".join(one.text_content().split()) for one in page.xpath("//section")]
    assert ["Tallene for 2025 er foreløbige." in one for one in told] == [True, False, True]
    lines = (tmp_path / "tidsserie.csv").read_text(encoding="utf-8").splitlines()
    assert all(("tallene for 2025 er foreløbige" in one) is one.startswith("2025.") for one in lines)
