"""Persons in extracts: told apart however they are written, and refused where nobody could."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from test_meaning import HEADER, told

from aarsstatus.extracts import ingest
from aarsstatus.extracts.persons import number_persons, with_bare_numbers
from aarsstatus.privacy import contains, cover, mask
from aarsstatus.project import Project

ROWS = "".join(f"BUF;Løntilskud;01-01-2026;31-01-2026;{{{n}}}\n" for n in range(3))


@pytest.mark.parametrize(
    ("persons", "said"),
    [
        (("010180-xxxx", "010180-xxxx", "020180-xxxx"), "nummeret er skjult eller ødelagt"),
        (("010180-****", "020180-****", "030180-****"), "nummeret er skjult eller ødelagt"),
        (("??????-????", "●●●●", "______-1234"), "nummeret er skjult eller ødelagt"),
        (("1,01801E+09", "1,01801E+09", "2.01801e+09"), "Excel har afrundet nummeret"),
        (("010180", "010180", "31280"), "der står kun en fødselsdato"),
        (("01-01-1980", "1980-01-02", "03.01.1980"), "der står kun en fødselsdato"),
        (("Anna Berg", "Jens Hansen", "Jens Hansen"), "der står intet nummer"),
    ],
)
def test_a_column_that_cannot_tell_persons_apart_is_refused(copied: Project, persons, said: str) -> None:
    answer = told(copied, HEADER + ROWS.format(*persons))
    assert f"række 2-4, person: {said}" in answer
    assert not any(person in answer for person in persons)


@pytest.mark.parametrize("persons", [("a1", "b2", "c3"), ("123456", "204477", "310299"), ("010180-0000", "7", "8")])
def test_other_numbers_are_left_alone(copied: Project, persons) -> None:
    assert ", person: " not in told(copied, HEADER + ROWS.format(*persons))


def test_one_person_written_in_several_ways_is_one(tmp_path: Path) -> None:
    alike = ["0101801234", "010180-1234", "101801234.0", "101801234,00", " 010180 1234", "01-01-1980-1234", "101801234"]
    others = ["020180-1234", "0101801235", "1018012340", "12"]
    frame = pl.DataFrame({"person": [*alike, *others]})
    numbers = number_persons(with_bare_numbers(frame))["person"].to_list()
    assert len(set(numbers[: len(alike)])) == 1
    assert len(set(numbers)) == 1 + len(others)


def test_two_files_that_know_persons_by_different_numbers_are_told_of(copied: Project) -> None:
    """Written by another library than the one that reads: each sheet is a table of its own."""
    path = copied.root / "to.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, persons in (("Et", ("010180-0000", "020180-0000")), ("To", ("A17", "A18"))):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, HEADER.strip().split(";"))
            for at, person in enumerate(persons, start=1):
                sheet.write_row(at, 0, ["BUF", "Praktik", f"0{at}-01-2026", "31-01-2026", person])
    notes = ingest(copied, 2026, [path], extracted=date(2027, 1, 12)).notes
    assert any("kender personer på CPR-nummer" in note and "kan ikke genkendes i begge" in note for note in notes)


@pytest.mark.parametrize(
    "text",
    ["01 01 80 1234", "01-01-1980-1234", "01.01.1980-1234", "01 01 1980 1234", "1/1 1980 1234", "010180 1234"],
)
def test_a_person_number_is_hidden_however_it_is_written(copied: Project, text: str) -> None:
    assert "1234" not in cover(f"Anna {text}")
    answer = told(copied, f"{HEADER}Anna {text};Løntilskud;01-01-2026;;1\n")
    assert "1234" not in answer
    assert "Anna" not in answer


@pytest.mark.parametrize("text", ["01-01-1980-1234", "01.01.1980-1234", "01 01 1980 1234"])
def test_nor_does_it_reach_a_document(text: str) -> None:
    assert contains(text)
    assert "1234" not in mask(f"se {text} her")
    for harmless in ("den 12-01-2027 1134 forløb", "M 12.5 10 12 1234.5", "2025-0072439", "12-01-2027"):
        assert not contains(harmless)


def test_a_list_of_refused_rows_shows_only_what_was_understood(copied: Project) -> None:
    good = "".join(f"BUF;Løntilskud;01-01-2026;31-01-2026;{n}\n" for n in range(40))
    text = f"{HEADER}{good}Anna Berg;Løntilskud;01-01-2026;010180;x1\nSOF;Jens Hansen;02-01-2026;;x2\n"
    told(copied, text, skip_bad_rows=True)
    (path,) = copied.root.glob("*.afviste.csv")
    listed = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert [row[1] for row in listed[1:]] == ["42", "43"]
    assert [row[3:] for row in listed[1:]] == [["", "loentilskud", "01-01-2026", ""], ["SOF", "", "02-01-2026", ""]]
    assert not any(word in path.read_text(encoding="utf-8-sig") for word in ("Anna", "Jens", "010180"))
    assert "forventede en forvaltning" in listed[1][2]
