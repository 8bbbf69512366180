"""Another city: four departments, two target groups, its own names and sender, from data, params and a logo alone."""

from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, copy_project

from aarsstatus.build import Options, Result, build
from aarsstatus.project import Project

ADMINISTRATIONS = """\
administration,name,first_year,last_year,successor,short_name,council
KK,Strandby Kommune,2029,,,Strandby,Byrådet
BSK,Børn og Skole,2029,,,,
SOC,Social og Sundhed,2029,,,,
TEK,Teknik og Natur,2029,,,,
DIR,Direktionens Stab,2029,,,,
"""
GROUPS = """\
group,name,spells_label,colour,mark
forloeb,korte forløb,Antal forløb,#3b1f5b,triangle
skaanejob,skånejob,,#9a6b00,star
"""
SCHEMES = """\
scheme,group,counting,first_year,last_year,name,row_label,note
praktik,forloeb,days,2029,,praktik,Praktik (helårspersoner),Praktik på museet tæller ikke med.
mentorforloeb,forloeb,days,2029,,mentorforløb,Mentorforløb (helårspersoner),
skaanejob,skaanejob,headcount,2029,,skånejob,Skånejob (antal ansatte),
"""
PARAMS = """\
year: 2030
comparison_year: 2029
notat: null
document:
  date: 2031-02-20
office:
  name: HR og Løn
  administration: Direktionens Stab
  street: Havnegade 1
  postal: 9999 Strandby
targets_adopted:
  - date: 2028-12-14
    groups: [forloeb, skaanejob]
target_groups: [forloeb, skaanejob]
schemes: [praktik, mentorforloeb, skaanejob]
logo:
  file: strandby.svg
  alt: Strandby Kommune
"""
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10" width="40" height="10"><rect width="40" height="10"/></svg>'
FOREIGN = (
    "København",
    "Borgerrepræsentation",
    "fleksjob",
    "fritidsjob",
    "virksomhed",
    "løntilskud",
    "nytteindsats",
    "i KK",
)


def write(project: Project) -> None:
    """Replace data and params by those of the other city; nothing else is touched."""
    for path in [*project.params.iterdir(), *project.data.glob("*.csv")]:
        header = path.read_text(encoding="utf-8").partition("\n")[0]
        if path.suffix == ".csv":
            path.write_text(f"{header}\n", encoding="utf-8", newline="\n")
        else:
            path.unlink()
    texts = {"administrations.csv": ADMINISTRATIONS, "groups.csv": GROUPS, "schemes.csv": SCHEMES}
    texts |= {"errata.yml": "errata: []\n", "limits.yml": "limits: {}\n"}
    for name, text in texts.items():
        (project.data / name).write_text(text, encoding="utf-8", newline="\n")
    aliases = (project.data / "aliases.yml").read_text(encoding="utf-8")
    for part in ("administrations", "schemes"):
        aliases = re.sub(rf"(?ms)^{part}:\n.*?(?=^\S|\Z)", f"{part}: {{}}\n", aliases)
    (project.data / "aliases.yml").write_text(aliases, encoding="utf-8", newline="\n")
    (project.params / "2030.yml").write_text(PARAMS, encoding="utf-8", newline="\n")
    (project.params / "strandby.svg").write_text(LOGO, encoding="utf-8")
    codes = ["BSK", "SOC", "TEK", "DIR"]
    with (project.data / "status.csv").open("a", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        for year in (2029, 2030):
            for place, code in enumerate(["KK", *codes]):
                share = 4 if code == "KK" else 1
                rows.writerow((year, code, "praktik", 10 * share, 40 * share, "exact", "udtræk"))
                rows.writerow((year, code, "mentorforloeb", (year - 2027) * share, 20 * share, "exact", "udtræk"))
                rows.writerow((year, code, "skaanejob", 18 if code == "KK" else 2 + place, "", "exact", "udtræk"))
    with (project.data / "targets.csv").open("a", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        for year in (2029, 2030):
            for code in ["KK", *codes]:
                rows.writerow((year, code, "forloeb", 60 if code == "KK" else 15, "BY 14-12-2028"))
                rows.writerow((year, code, "skaanejob", 20 if code == "KK" else 5, "BY 14-12-2028"))


@pytest.fixture(scope="module")
def strandby(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """The other city's notat in three formats."""
    project = copy_project(tmp_path_factory.mktemp("strandby") / "projekt")
    write(project)
    return build(project, 2030, Options(engine="embedded", output=tmp_path_factory.mktemp("bygget")))


def shown(path: Path) -> str:
    """Return what a reader sees of a page, without style and the pictures' outlines."""
    text = re.sub(r"(?s)<(style|script|svg)\b.*?</\1>", " ", path.read_text(encoding="utf-8"))
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_it_is_made_in_three_formats(strandby: Result) -> None:
    for name in ("notat.html", "notat.pdf", "notat.docx", "kvalitetsrapport.html", "tabeller.xlsx"):
        assert (strandby.folder / name).stat().st_size > 1000
    assert not strandby.remarks or all("Quarto" in one for one in strandby.remarks)


def test_it_says_its_own_names(strandby: Result) -> None:
    text = shown(strandby.folder / "notat.html")
    for said in (
        "Årsstatus for de særlige jobordninger i Strandby som arbejdsplads for 2030",
        "hvor langt Strandby Kommune som arbejdsplads nåede",
        "Byrådet vedtog måltallene den 14. december 2028",
        "ét samlet måltal for praktik og mentorforløb, her under ét kaldt korte forløb, og ét måltal for skånejob",
        "Praktik på museet tæller ikke med.",
        "Måltallet er et antal skånejobansatte",
        "De fire forvaltninger",
        "Social og Sundhed",
    ):
        assert said in text


def test_it_says_nobody_elses(strandby: Result) -> None:
    for name in ("notat.html", "kvalitetsrapport.html"):
        text = shown(strandby.folder / name)
        assert [word for word in FOREIGN if word in text] == []
    with zipfile.ZipFile(strandby.folder / "notat.docx") as word:
        text = word.read("word/document.xml").decode()
    assert [one for one in FOREIGN[:2] if one in text] == []
    index = shown(strandby.folder.parent / "index.html")
    assert "Strandby Kommune som arbejdsplads" in index


def test_no_line_of_code_or_notebook_was_changed(strandby: Result) -> None:
    with zipfile.ZipFile(strandby.folder / "inputs.zip") as kept:
        for name in kept.namelist():
            if name.startswith(("notebooks/", "_extensions/")):
                assert kept.read(name) == (ROOT / name).read_bytes()


def test_the_page_in_the_docs_names_every_file_and_what_is_put_in_it() -> None:
    page = (ROOT / "docs" / "anden-kommune.md").read_text(encoding="utf-8")
    for path in sorted({*(ROOT / "data").glob("*.*")} - {ROOT / "data" / "README.md"}):
        assert f"`data/{path.name}`" in page, path.name
    for column in ("short_name", "council", "note"):
        assert f"`{column}`" in page
    for emptied in ("errata: []", "limits: {}", "administrations: {}", "schemes: {}"):
        assert f"`{emptied}`" in page


def test_nothing_in_code_or_notebook_names_a_scheme_or_an_administration_of_ours() -> None:
    rows = [
        row
        for file in ("schemes.csv", "administrations.csv")
        for row in csv.DictReader((ROOT / "data" / file).read_text(encoding="utf-8").splitlines())
    ]
    ours = {row[column] for row in rows for column in ("scheme", "name", "administration") if row.get(column)} - {"KK"}
    words = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, ours)))})(?![a-zæøå])", re.IGNORECASE)
    found = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in [*(ROOT / "src").rglob("*.py"), *(ROOT / "notebooks").glob("*.ipynb")]
        for match in words.finditer(path.read_text(encoding="utf-8"))
    }
    assert found == set()
