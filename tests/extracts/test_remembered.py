"""What was said of extracts is said again until it is answered, and the last reading can be taken back."""

from __future__ import annotations

import csv
from dataclasses import replace

import openpyxl
import pytest
from test_extracts import HEADER, from_text, read

from aarsstatus import cli
from aarsstatus.audit.check import left_over
from aarsstatus.audit.quality import quality
from aarsstatus.extracts.writing import take_back
from aarsstatus.inputs import read_data, read_year
from aarsstatus.inputs.checks import unanswered
from aarsstatus.inputs.params import Params
from aarsstatus.problems import InputError
from aarsstatus.project import Project
from aarsstatus.report import quality_report

ROWS = "BUF;Praktik;01-01-2026;31-12-2026;1\nSOF;Praktik;01-02-2025;01-03-2025;2\n"
WRITTEN = ("status.csv", "extracts.csv", "warnings.csv")
DRAFT, PUBLISHED = (Params.model_construct(year=2026, notat=notat) for notat in (None, "notat-2026"))


def warned(project: Project) -> list[dict[str, str]]:
    with (project.data / "warnings.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def answer(project: Project, text: str) -> None:
    rows = warned(project)
    with (project.data / "warnings.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({**row, "svar": text} for row in rows)


def test_warnings_and_notes_are_kept_and_an_answer_stays(copied: Project) -> None:
    done = from_text(copied, HEADER + ROWS)
    rows = warned(copied)
    assert {row["text"] for row in rows} >= {remark.text for remark in done.remarks}
    assert any(row["kind"] == "note" and "har ingen dage i 2026" in row["text"] for row in rows)
    assert {row["svar"] for row in rows} == {""}
    answer(copied, "set efter")
    from_text(copied, HEADER + ROWS)
    assert {row["svar"] for row in warned(copied)} == {"set efter"}
    from_text(copied, HEADER + ROWS + ROWS.replace(";1\n", ";3\n").replace(";2\n", ";4\n"))
    assert "" in {row["svar"] for row in warned(copied)}, "two rows outside the year are not the one that was answered"


def test_that_hidden_rows_were_left_out_is_remembered(copied: Project) -> None:
    made = openpyxl.Workbook()
    for line in (HEADER + ROWS.partition("\n")[0] + "\nBUF;Praktik;01-01-2026;31-12-2026;3").splitlines():
        made.active.append(line.split(";"))
    made.active.row_dimensions[3].hidden = True
    made.save(copied.root / "udtræk.xlsx")
    read(copied, copied.root / "udtræk.xlsx", hidden="without")
    (note,) = (row["text"] for row in warned(copied) if row["kind"] == "note")
    assert note.endswith("1 række er skjult i Excel og er ikke talt med, som --hidden without siger")


def test_a_file_from_before_there_were_answers_is_read_and_gets_the_column(copied: Project) -> None:
    path = copied.data / "warnings.csv"
    path.write_text("year,kind,scheme,administration,count,text\n2024,overlap,loentilskud,,1,før\n", encoding="utf-8")
    assert read_data(copied).remarks[2024][0].svar == ""
    from_text(copied, HEADER + ROWS)
    assert path.read_text(encoding="utf-8").startswith(
        "year,kind,scheme,administration,count,text,svar\n2024,overlap,loentilskud,,1,før,\n2026,"
    )


def test_it_is_said_again_until_it_is_answered_or_published(copied: Project) -> None:
    """`check` and `build` say what `unanswered` returns."""
    from_text(copied, HEADER + ROWS)
    data, rows = read_data(copied), warned(copied)
    told = [str(one) for one in unanswered(DRAFT, data)]
    assert told[:-1] == [f"data/warnings.csv: {row['text']}" for row in rows]
    assert f"{len(rows)} bemærkninger om udtrækkene er ikke besvaret" in told[-1]
    assert "i kolonnen svar" in told[-1]
    assert unanswered(PUBLISHED, data) == []
    answer(copied, "set efter")
    assert unanswered(DRAFT, read_data(copied)) == []


def test_the_quality_report_tells_it_first_and_then_with_its_answer(copied: Project) -> None:
    from_text(copied, HEADER + ROWS)
    params = read_year(copied, 2025)[0]
    draft = params.model_copy(update={"notat": None})
    remarks = read_data(copied).remarks[2026]
    for said, open_ in (("", len(remarks)), ("set efter", 0)):
        data = replace(read_data(copied), remarks={2025: tuple(replace(one, svar=said) for one in remarks)})
        found = quality(draft, data, [], [])
        assert len(found.unanswered) == open_
        table = quality_report.remarks(found)
        assert table.header[-1] == "Svar"
        assert {row.cells[-1].text for row in table.rows} == {said}
        assert {row.label for row in table.rows} == {"Virksomhedspraktik", "Udtrækkene"}
    assert quality(params, data, [params], []).unanswered == []


def test_what_lies_there_after_publishing_is_told_of(copied: Project) -> None:
    for name in ("data/raw/forløb.xlsx", "data/raw/forløb.xlsx.afviste.csv", "output/2025.fejlet.ipynb"):
        (copied.root / name).parent.mkdir(parents=True, exist_ok=True)
        (copied.root / name).write_text("x", encoding="utf-8")
    params, _ = read_year(copied, 2025)
    told = [str(one) for one in left_over(copied, params)]
    assert [one.partition(":")[0] for one in told] == [
        "data/raw/forløb.xlsx", "data/raw/forløb.xlsx.afviste.csv", "output/2025.fejlet.ipynb",
    ]  # fmt: skip
    assert "filen ligger der stadig; forventede at filen bliver slettet" in told[0]
    assert left_over(copied, params.model_copy(update={"notat": None})) == []
    assert left_over(copied, read_year(copied, 2021)[0]) == [], "they are of a later year"


def test_the_last_reading_is_taken_back(copied: Project, monkeypatch, capsys) -> None:
    monkeypatch.chdir(copied.root)
    before = [(copied.data / name).read_bytes() for name in WRITTEN]
    from_text(copied, HEADER + ROWS)
    first = [(copied.data / name).read_bytes() for name in WRITTEN]
    assert first != before
    done = from_text(copied, HEADER + ROWS.replace("31-12-2026", "31-01-2026"))
    assert (done.before["BUF", "virksomhedspraktik"].status, done.before["BUF", "virksomhedspraktik"].spells) == (1, 1)
    from_text(copied, HEADER + ROWS.replace("31-12-2026", "31-01-2026"))  # the same again takes nothing's place
    assert cli.run(["ingest", "2026", "--undo"]) == 0
    assert "den seneste indlæsning er taget tilbage" in capsys.readouterr().out
    assert [(copied.data / name).read_bytes() for name in WRITTEN] == first
    with pytest.raises(InputError, match="der er ingen indlæsning at tage tilbage"):
        take_back(copied, 2026, read_data(copied))
    assert cli.run(["ingest", "2026"]) == 2
    assert cli.run(["ingest", "2026", "udtræk.csv", "--undo"]) == 2
    from_text(copied, HEADER + ROWS.replace("31-12-2026", "31-01-2026"))
    (copied.data / ".ingest-2026.json").write_text('{"schemes": [], "status.csv": [{}]}', encoding="utf-8")
    with pytest.raises(InputError, match="filen kan ikke bruges"):
        take_back(copied, 2026, read_data(copied))


def test_sums_are_shown_before_and_after(copied: Project, monkeypatch, capsys) -> None:
    monkeypatch.chdir(copied.root)
    path = copied.root / "forløb 2027-01-12.csv"
    for end, said in (("31-12-2026", "(nyt)"), ("01-01-2026", "(før 1,0, 1 forløb)"), ("01-01-2026", "(som før)")):
        path.write_text(HEADER + ROWS.replace("31-12-2026", end), encoding="utf-8")
        cli.run(["ingest", "2026", path.name])
        shown = capsys.readouterr().out.partition("  virksomhedspraktik (helårspersoner)\n")[2].splitlines()[:2]
        assert [line.split()[0] for line in shown] == ["KK", "BUF"]
        assert all(line.endswith(said) for line in shown)
