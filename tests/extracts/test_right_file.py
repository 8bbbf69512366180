"""Which file this is: another year's, one drawn too early, an older one, and one with too many faults are refused."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from test_meaning import HEADER, told

from aarsstatus.extracts.reading import extraction_date
from aarsstatus.project import Project


def rows(number: int, year: int, *, bad: int = 0) -> str:
    made = [f"BUF;Praktik;{1 + n % 28:02}-03-{year};{1 + n % 28:02}-04-{year};{n}\n" for n in range(number)]
    return "".join([*made, *("XX;Praktik;01-01-2026;;\n" for _ in range(bad))])


def test_over_half_without_a_day_in_the_year_is_another_years_file(copied: Project) -> None:
    """One spell that begins in the year does not make it this year's."""
    said = told(copied, HEADER + rows(6, 2025) + rows(5, 2026).replace(";Praktik", ";Løntilskud"))
    assert "6 af 11 forløb har ingen dage i 2026; er udtrækket for et andet år?" in said
    assert "andet år" not in told(copied, HEADER + rows(5, 2025) + rows(5, 2026))
    heads = "".join(f"BUF;Fleksjob;01-01-2010;01-01-2020;{n}\n" for n in range(9))
    assert "andet år" not in told(copied, f"{HEADER}{heads}BUF;Fleksjob;01-01-2026;;90\n"), "employments of all times"


def test_an_extract_of_a_year_that_is_not_over_is_preliminary_and_only_if_asked(copied: Project) -> None:
    text, early = HEADER + rows(3, 2026), date(2026, 12, 30)
    assert "før 2026 var gået; forventede" in told(copied, text, extracted=early)
    assert "praktik: tallene er foreløbige; udtrækket er fra 30-12-2026" in told(
        copied, text, extracted=early, early=True
    )
    assert ",foreløbigt registerudtræk " in (copied.data / "status.csv").read_text(encoding="utf-8")
    assert "foreløbige" not in told(copied, text, extracted=date(2026, 12, 31))


def test_an_older_extract_replaces_a_newer_one_only_if_asked(copied: Project) -> None:
    told(copied, HEADER + rows(3, 2026), extracted=date(2027, 2, 1))
    older = {"extracted": date(2027, 1, 31)}
    assert "er læst af et, der er nyere; fandt »01-02-2027«" in told(copied, HEADER + rows(4, 2026), **older)
    assert "nyere" not in told(copied, (HEADER + rows(4, 2026)).replace("Praktik", "Løntilskud"), **older)
    assert "nyere" not in told(copied, HEADER + rows(4, 2026), older=True, **older)


@pytest.mark.parametrize(
    "name", ["2026-01-01_2026-12-31", "01-01-2026 - 31-12-2026", "forløb 20260101-20261231", "fleksjob 2010-2026"]
)
def test_a_period_in_a_name_is_not_its_date(copied: Project, name: str) -> None:
    path = copied.root / f"{name}.csv"
    path.write_text("", encoding="utf-8")
    own = datetime.fromtimestamp(path.stat().st_mtime).astimezone().date()
    assert extraction_date(path) == own
    assert extraction_date(copied.root / f"{name} lavet 2027-01-12.csv") == date(2027, 1, 12)


def test_no_more_than_one_row_in_twenty_is_left_out(copied: Project) -> None:
    assert "flere end hver tyvende" not in told(copied, HEADER + rows(19, 2026, bad=1), skip_bad_rows=True)
    said = told(copied, HEADER + rows(18, 2026, bad=1), skip_bad_rows=True)
    assert "1 af 19 rækker kan ikke bruges; det er flere end hver tyvende" in said


def test_none_is_left_out_where_month_and_day_are_exchanged(copied: Project) -> None:
    text = HEADER + rows(60, 2026) + "BUF;Praktik;03/31/2026;;99\n"
    assert "startdato: måned og dag er byttet om" in told(copied, text, skip_bad_rows=True)


def test_dates_that_can_all_be_read_both_ways_are_told_of(copied: Project) -> None:
    made = [f"BUF;Praktik;{1 + n % 12:02}/{1 + n % 11:02}/2026;;{n}\n" for n in range(60)]
    assert "alle 60 startdatoer (100 pct.) kan læses både" in told(copied, HEADER + "".join(made))
    assert "kan læses både" not in told(copied, HEADER + "".join(made) + "BUF;Praktik;13/01/2026;;99\n")


def test_a_file_that_changes_while_it_is_read_is_refused(copied: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Path.read_bytes

    def written_to(self: Path) -> bytes:
        content = whole(self)
        if self.name == "udtræk.csv":
            with self.open("ab") as file:
                file.write(b"BUF;Praktik;01-01-2026;;77\n")
        return content

    monkeypatch.setattr(Path, "read_bytes", written_to)
    assert "udtræk.csv: filen blev ændret, mens den blev læst" in told(copied, HEADER + rows(3, 2026))
