"""Columns of extracts: which of two is read, and that none is ignored unmentioned."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from test_extracts import from_text, read
from test_meaning import told

from aarsstatus.inputs import read_data
from aarsstatus.inputs.aliases import read_names
from aarsstatus.project import Project

GROUPS = (";;Bevilling;;Ansættelse;", "Forvaltning;Ordning;Fra;Til;Fra;Til")
GROUPED = "BUF;Praktik;01-01-2025;31-12-2026;01-01-2026;31-01-2026"


def days(project: Project, code: str) -> Fraction:
    return read_data(project).statuses[2026, code, "virksomhedspraktik"].status * 365


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Forvaltning;Ordning;Start;Slutdato (forventet);Slutdato (faktisk)",
         "BUF;Praktik;01-01-2026;31-12-2026;31-01-2026"),
        ("Forvaltning;Ordning;Slutdato faktisk (dag);Start;Slutdato (planlagt);Faktisk slutdato",
         "BUF;Praktik;;01-01-2026;31-12-2026;31-01-2026"),
        ("Forvaltning;Ansættende forvaltning;Ordning;Start;Slut", "SOF;BUF;Praktik;01-01-2026;31-01-2026"),
        ("\n".join(GROUPS), GROUPED),
    ],
    ids=["what happened", "in other words", "the workplace", "groups above"],
)  # fmt: skip
def test_of_two_columns_that_of_what_happened_is_read(copied: Project, header: str, row: str) -> None:
    said = told(copied, f"{header}\n{row}\n")
    assert "er ikke læst; »" in said
    assert (days(copied, "BUF"), days(copied, "SOF")) == (31, 0)


def test_groups_of_headers_that_are_merged_in_excel(copied: Project, tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    for line in (*GROUPS, GROUPED):
        made.active.append([cell or None for cell in line.split(";")])
    for merged in ("C1:D1", "E1:F1"):
        made.active.merge_cells(merged)
    made.save(tmp_path / "udtræk.xlsx")
    done = read(copied, tmp_path / "udtræk.xlsx")
    assert days(copied, "BUF") == 31
    assert any(
        "kolonnen »Fra« er ikke læst; »Fra« er brugt som startdato (kolonne C og E)" in one for one in done.notes
    )


def test_where_nothing_decides_contents_that_differ_are_refused_with_their_letters(copied: Project) -> None:
    header = "Forvaltning;Ordning;Fra;Til;Til\n"
    said = told(copied, f"{header}BUF;Praktik;01-01-2026;31-01-2026;31-12-2026\n")
    assert "række 2, slutdato: kolonne D og E er begge slutdato, og her står der noget forskelligt" in said
    told(copied, f"{header}BUF;Praktik;01-01-2026;31-01-2026; 31-01-2026\n")
    assert days(copied, "BUF") == 31
    beside = "Forvaltning;Ordning;Fra;Til;;Forvaltning;Ordning;Fra;Til\n"
    said = told(copied, f"{beside}BUF;Praktik;01-01-2026;31-01-2026;;SOF;Praktik;01-02-2026;28-02-2026\n")
    assert "forvaltning: kolonne A og F er begge forvaltning" in said


def test_a_planned_day_is_not_read_unmentioned(copied: Project) -> None:
    said = told(copied, "Forvaltning;Ordning;Fra;Slutdato (forventet)\nBUF;Praktik;01-01-2026;31-01-2026\n")
    assert "»Slutdato (forventet)« er brugt som slutdato, men den er måske ikke det, der skete" in said


@pytest.mark.parametrize("column", ["Status", "Tilstand", "Bevillingsstatus"])
@pytest.mark.parametrize(
    "state", ["Annulleret", "ANNULLERET af borger", "Ikke påbegyndt", "Afsluttet - ikke påbegyndt"]
)
def test_what_never_was_a_spell_is_refused(copied: Project, column: str, state: str) -> None:
    header = f"Forvaltning;Ordning;Fra;Til;{column}\n"
    said = told(copied, f"{header}BUF;Praktik;01-01-2026;31-01-2026;{state}\n")
    assert "række 2, status: forløbet blev ikke til noget" in said
    said = told(copied, f"{header}BUF;Praktik;01-01-2026;31-01-2026;Afbrudt\nBUF;Praktik;01-02-2026;01-02-2026;\n")
    assert f"kolonnen »{column}« er kun brugt til at finde rækker, der er annulleret" in said
    assert days(copied, "BUF") == 32


def test_a_cancelled_spell_is_read_or_left_out_as_asked(copied: Project) -> None:
    rows = "".join(f"BUF;Praktik;01-01-2026;01-01-2026;{n};Afsluttet\n" for n in range(19))
    text = f"Forvaltning;Ordning;Fra;Til;CPR;Status\n{rows}BUF;Praktik;01-01-2026;01-01-2026;19;Annulleret\n"
    from_text(copied, text, skip_bad_rows=True)
    assert days(copied, "BUF") == 19
    path = copied.data / "aliases.yml"
    aliases = (
        path.read_text(encoding="utf-8").replace("[Annulleret, ", "[").replace("counted: [", "counted: [Annulleret, ")
    )
    path.write_text(aliases, encoding="utf-8")
    from_text(copied, text)
    assert days(copied, "BUF") == 20


def test_cancelled_rows_are_no_faults_of_the_file(copied: Project) -> None:
    """However many there are, they may be left out; one in twenty of the others may be wrong."""
    header = "Forvaltning;Ordning;Fra;Til;CPR;Status\n"
    row = "BUF;Praktik;01-01-2026;01-01-2026;{};{}\n".format
    gone = "".join(row(100 + n, "Ikke påbegyndt") for n in range(30))
    good = "".join(row(n, "Afsluttet") for n in range(19))
    told(copied, header + good + gone + "XX;Praktik;01-01-2026;;99;Aktiv\n", skip_bad_rows=True)
    assert days(copied, "BUF") == 19
    said = told(copied, header + good + gone + "XX;Praktik;01-01-2026;;99;Aktiv\n" * 2, skip_bad_rows=True)
    assert "2 af 21 rækker kan ikke bruges; det er flere end hver tyvende" in said


@pytest.mark.parametrize(
    "word", ["Bortfaldet", "Sat i bero", "Overdraget", "Bevilget, men frafaldet", "7", "afsluttet før start"]
)
@pytest.mark.parametrize("column", ["Status", "Sagens tilstand i dag", "Statuskode", "Status pr. 31-12-2026"])
def test_a_state_that_nobody_knows_is_asked_about(copied: Project, column: str, word: str) -> None:
    header = f"Forvaltning;Ordning;Fra;Til;{column}\n"
    said = told(copied, f"{header}BUF;Praktik;01-01-2026;31-01-2026;{word}\n")
    called = "status" if column == "Status" else f"status (kolonne E, »{column}«)"
    assert f"række 2, {called}: det kan ikke ses, om forløbet tæller; fandt »{word}«" in said
    assert "under counted (tæller) eller cancelled (tæller ikke) i data/aliases.yml" in said


def test_every_column_of_a_state_is_read(copied: Project) -> None:
    header = "Forvaltning;Ordning;Fra;Til;Status;Bevillingsstatus;Status\n"
    for states in ("Aktiv;Annulleret;Aktiv", "Aktiv;Aktiv;Fejloprettet", "Fortrudt;;"):
        assert "forløbet blev ikke til noget" in told(copied, f"{header}BUF;Praktik;01-01-2026;31-01-2026;{states}\n")
    told(copied, f"{header}BUF;Praktik;01-01-2026;31-01-2026;Afsluttet;;Aktiv\n")
    assert days(copied, "BUF") == 31


@pytest.mark.parametrize(("column", "so", "not_so"), [
    ("Annulleret", "Ja", "Nej"), ("Annulleret den", "03-01-2026", ""), ("Aflyst?", "x", "0"), ("Er fortrudt", "1", "no"),
])  # fmt: skip
def test_a_column_that_asks_whether_it_was_cancelled(copied: Project, column: str, so: str, not_so: str) -> None:
    header = f"Forvaltning;Ordning;Fra;Til;{column}\n"
    row = "BUF;Praktik;01-01-2026;31-01-2026;"
    assert f"det er ikke kommunens eget; fandt »{so}«" in told(copied, f"{header}{row}{so}\n")
    told(copied, f"{header}{row}{not_so}\n")
    assert days(copied, "BUF") == 31


def test_aliases_from_before_there_were_states_are_read(copied: Project) -> None:
    path = copied.data / "aliases.yml"
    text = path.read_text(encoding="utf-8")
    before, after = text.partition("  state:\n")[0], text.partition("\n# Andre skrivemåder")[2]
    old = before + "\n# Andre skrivemåder" + after
    lines = (line for line in old.splitlines() if not line.startswith(("cancelled:", "counted:")))
    path.write_text("\n".join(lines), encoding="utf-8")
    names = read_names(copied, read_data(copied), 2025)
    assert names.columns["status"][0] == "state"
    assert "annulleret" in names.cancelled
    assert "afsluttet" in names.counted


@pytest.mark.parametrize(("column", "said"), [
    ("Afbrudt den", "ikke læst; rækker, der er annulleret eller afbrudt, tæller med"),
    ("Statustekst", "ikke læst; rækker, der er annulleret eller afbrudt, tæller med"),
    ("Borgerens ident", "ikke læst; er den person, så skriv navnet i data/aliases.yml"),
    ("Medarbejder-id i løn", "ikke læst; er den person, så skriv navnet i data/aliases.yml"),
])  # fmt: skip
def test_a_column_that_may_matter_is_named_where_it_is_not_read(copied: Project, column: str, said: str) -> None:
    text = f"Forvaltning;Ordning;Fra;Til;{column}\nBUF;Praktik;01-01-2026;31-01-2026;17\n"
    assert f"kolonnen »{column}« er {said}" in told(copied, text)
    for harmless in ("Bemærkning", "Statusdato"):
        assert "ikke læst" not in told(copied, text.replace(column, harmless))


def test_hours_that_count_for_nothing_are_told_of_once(copied: Project) -> None:
    text = "Forvaltning;Ordning;Fra;Til;Timer\nBUF;Praktik;01-01-2026;31-01-2026;37\nBUF;Småjob;01-02-2026;;5\n"
    said = told(copied, text)
    assert said.count("ugentlige timer tæller ikke med") == 1
    assert "data/schemes.csv" in said
    path = copied.data / "schemes.csv"
    schemes = path.read_text(encoding="utf-8").replace("smaajob,placements,days", "smaajob,placements,hours")
    path.write_text(schemes, encoding="utf-8")
    assert "ugentlige timer" not in told(copied, text)


@pytest.mark.parametrize("name", ["Personnr.", "Person nr.", "Medarbejdernr", "Lønnr.", "Tjenestenr.", "Borgernr."])
def test_a_number_is_a_number_however_it_is_shortened(copied: Project, name: str) -> None:
    row = "BUF;Praktik;01-01-2026;31-01-2026;17\n"
    assert "rækken gentager en tidligere række" in told(copied, f"Forvaltning;Ordning;Fra;Til;{name}\n{row}{row}")
