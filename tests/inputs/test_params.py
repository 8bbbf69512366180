"""Parameters: strict, and told what is wrong by line and key."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from aarsstatus.inputs.params import Params, read_params
from aarsstatus.problems import InputError, near
from aarsstatus.project import Project


def read(tmp_path: Path, text: str, name: str = "2025.yml") -> Params:
    (tmp_path / "params").mkdir(exist_ok=True)
    (tmp_path / "params" / name).write_text(text, encoding="utf-8")
    return read_params(Project(tmp_path), int(name.removesuffix(".yml")))


@pytest.fixture
def text(project: Project) -> str:
    return (project.params / "2025.yml").read_text(encoding="utf-8")


def problems(tmp_path: Path, text: str, name: str = "2025.yml") -> list[str]:
    with pytest.raises(InputError) as caught:
        read(tmp_path, text, name)
    return [str(problem) for problem in caught.value.problems]


def test_the_years_can_be_read(project: Project) -> None:
    for year in (2021, 2025):
        params = read_params(project, year)
        assert params.year == year
        assert params.notat == f"notat-{year}"
    assert params.document.date == date(2026, 3, 11)


def test_an_unknown_key_is_refused_with_the_nearest(tmp_path: Path, text: str) -> None:
    found = problems(tmp_path, text.replace("comparison_year", "comparision_year"))
    assert any("comparision_year" in one and "mente du »comparison_year«" in one and "linje 3" in one for one in found)
    found = problems(tmp_path, text.replace("target_groups:", "targetgroups:"))
    assert any("target_groups: nøglen mangler" in one for one in found)


def test_an_unknown_key_deep_down_is_placed(tmp_path: Path, text: str) -> None:
    (found,) = problems(tmp_path, text.replace("  street:", "  stret:"))
    assert "office.stret" in found
    assert "»street«" in found


def test_all_problems_come_at_once(tmp_path: Path, text: str) -> None:
    broken = text.replace("year: 2025\n", "year: femogtyve\n", 1).replace("street:", "stret:", 1)
    found = problems(tmp_path, broken)
    assert len(found) == 2
    assert "fandt »femogtyve«; forventede et helt tal" in found[0]
    assert "mente du »street«" in found[1]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("year: 2025", 'year: "2025"', "forventede et helt tal"),
        ("year: 2025", "year: 1", "forventede et år fra 2000 til 2200"),
        ("comparison_year: 2024", "comparison_year: 2025", "skal ligge før year"),
        ("date: 2026-03-11", 'date: "11-03-2026"', "forventede en dato"),
        ('"10368760"', "10368760", "forventede en tekst"),
        ("[fritidsjob]", "[]", "forventede mindst ét punkt"),
        ("groups: [fritidsjob]", "groups: [fleksjob]", "targets_adopted nævner fleksjob to gange"),
        ("groups: [placements, fleksjob]", "groups: [placements]", "targets_adopted skal nævne hver af target_groups"),
        ("smaajob, fleksjob", "smaajob, smaajob", "nævner den samme to gange"),
        ("year: 2025", "year: 2025\nyear: 2025", "nøglen står der to gange"),
        ("year: 2025", "year: [2025", "ikke gyldig YAML"),
        ("name: Kontor for HR og Tilsyn", 'name: ""', "ikke er tom"),
        ("year: 2025", "year: .nan", "forventede et helt tal"),
        ("schemes: [", "schemes: [fleksjob]\nschemes: [", "schemes: nøglen står der to gange"),
        ("schemes: [", "schemes: [a, b, c, d, e, fleksjob]\nschemes: [", "schemes: nøglen står der to gange"),
        ("year: 2025", "year: 02025", "fandt »02025«; forventede et helt tal uden nul forrest"),
        ('"10368760"', "010", "fandt »010«; forventede et helt tal uden nul forrest, eller anførselstegn om"),
        ("year: 2025", "year: null", "fandt »null«; forventede et helt tal"),
        ("year: 2025", "year: yes", "fandt »true«; forventede et helt tal"),
        ("document:\n", "document:\n  null: 3\n", "linje 7: nøglen er ikke en tekst; fandt »null«"),
        ("document:\n", "2024-01-01: 3\ndocument:\n", "linje 6: nøglen er ikke en tekst; fandt »2024-01-01«"),
        ('"10368760"', "“10368760”", "linje 9: teksten har krumme anførselstegn"),
        ("Kontor for HR", "Kontor #1 for HR", "efter #, bliver ikke læst; fandt »Kontor #1 for HR og Tilsyn«"),
        ("name: Kontor", "name: &HR Kontor", "filen er ikke gyldig YAML; fandt »navnet &HR«"),
        ('"10368760"', '"418"', "nummeret »418« er for kort til at være fra sagssystemet"),
        ("date: 2026-03-11", "date: 9999-12-31", "datoen 9999-12-31 skal ligge fra 2000 til 2035"),
        ("date: 2024-02-01", "date: 0204-02-01", "datoen 0204-02-01 skal ligge fra 2000 til 2035"),
        ("  name:", "\u00a0\u00a0name:", "linje 13: filen er ikke gyldig YAML; fandt »name: Kontor for HR og Tilsyn«"),
    ],
)
def test_bad_values_are_explained(tmp_path: Path, text: str, old: str, new: str, said: str) -> None:
    assert old in text
    assert any(said in one for one in problems(tmp_path, text.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "street: Bernstorffsgade 17",
            "street: Sted: 17",
            "fandt »street: Sted: 17«; forventede ét kolon på linjen og",
        ),
        ("year: 2025\n", "year 2025\n", "forventede ét kolon på linjen og på den over"),
        ("  street:", " street:", "forventede den samme indrykning som i linjerne over"),
        ("groups: [placements, fleksjob]\n", "groups\n", "forventede et kolon og et mellemrum efter nøglen"),
        ("year: 2025\n", "year:\t@\n", "forventede mellemrum i stedet for tabulator"),
        ('"10368760"', '"10368760', "og anførselstegn om begge ender af en tekst"),
        ("notat: notat-2025", 'notat: "notat-2025', "anførselstegn"),
        ("[fritidsjob]", "[fritidsjob", "forventede en liste i én linje, som bliver lukket"),
        ("year: 2025\n", "---\nyear: 2025\n---\na: b\n", "forventede ét dokument"),
        ("year: 2025\n", "year: !!python/name:os.system 1\n", "forventede nøgle: værdi"),
    ],
)
def test_what_is_no_yaml_is_told_in_danish(tmp_path: Path, text: str, old: str, new: str, said: str) -> None:
    assert old in text
    (found,) = problems(tmp_path, text.replace(old, new, 1))
    assert "filen er ikke gyldig YAML; fandt »" in found
    assert said in found
    assert not re.search(r"\b(expected|found|while|mapping|cannot|could not)\b", found)


def test_the_file_name_is_the_year(tmp_path: Path, text: str) -> None:
    (found,) = problems(tmp_path, text, "2026.yml")
    assert "linje 2" in found
    assert "fandt »2025«; forventede 2026" in found


@pytest.mark.parametrize("content", [b"", b"- a\n", b"\xff\xfe", b"!!python/object:os.system {}\n", b"a: &a [*a]\n"])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "2025.yml").write_bytes(content)
    with pytest.raises(InputError):
        read_params(Project(tmp_path), 2025)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="findes ikke"):
        read_params(Project(tmp_path), 2025)
    (tmp_path / "params" / "2024.yml").mkdir(parents=True)
    with pytest.raises(InputError, match="kan ikke læses"):
        read_params(Project(tmp_path), 2024)


def test_near_words() -> None:
    assert near("Fleksjob", ["fleksjob", "fritidsjob"]) == "fleksjob"
    assert near("xyz", ["fleksjob"]) is None
