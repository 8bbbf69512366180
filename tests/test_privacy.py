"""Person numbers: found however they are written, not where other digits stand, and never published."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest
from conftest import Reports
from hypothesis import given
from hypothesis import strategies as st

from aarsstatus import privacy
from aarsstatus.privacy import HIDDEN, MASK, contains, cover, mask, scan

NUMBERS = [
    "010190-0000", "0101900000", "010190 0000", "010190 - 0000", "01.01.90-0000", "01-01-90-0000", "01 01 90-0000",
    "101900000", "10190-0000", "101.900.000", "1.311.900.000", "610190-0000", "290200-0000", "010190‑0000",
    "0101900000.0", "101900000,0",
]  # fmt: skip
INNOCENT = [
    "10368760", "2025-0072439", "2025 - 4558", "11-03-2026", "2026-12-31", "20261231", "20261231120000", "1.134",
    "503.1890410959", "0.0101900000", "110.0101900000", "1010190000.25", "33 66 33 66", "4533663366", "321390-0000",
    "011390-0000", "300290-0000", "1.084.900", "12 10 25 1048", "1577 København V", "9788712345678",
]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("around", ["{}", "cpr {}", "CPR:{}.", "({})", "udtræk_{}.csv", "x{}x", "2026,{},BUF", "»{}«"])
def test_a_number_is_found_and_masked_however_it_is_written(number: str, around: str) -> None:
    text = around.format(number)
    assert contains(text)
    shown = mask(text)
    assert MASK in shown
    assert not contains(shown)
    assert sum(map(str.isdigit, shown)) < sum(map(str.isdigit, text)) - 7


@pytest.mark.parametrize("text", INNOCENT)
def test_other_digits_are_left_alone(text: str) -> None:
    assert not contains(text)
    assert mask(text) == text


@given(st.dates(), st.integers(0, 9999), st.sampled_from(["", "-", " "]))
def test_every_date_of_birth_is_one(born, serial: int, between: str) -> None:
    assert contains(f"{born:%d%m}{born.year % 100:02}{between}{serial:04}")


@given(st.text())
def test_what_is_masked_holds_none(text: str) -> None:
    assert not contains(mask(text))


def test_a_cell_is_hidden_whole_and_a_doubtful_one_loses_its_digits() -> None:
    assert cover("Jens Jensen 010190-0000") == HIDDEN
    assert cover("3213900000") == "●" * 10
    assert cover("010190-000X9") == "●●●●●●-●●●X●"
    assert cover("31-12-2026 10:00") == "31-12-2026 10:00"
    assert cover("Socialforvaltnigen") == "Socialforvaltnigen"


@pytest.mark.slow
def test_what_is_built_holds_none(reports: Reports) -> None:
    """Hundreds of figures, hashes, drawings and fonts, and not one false alarm."""
    assert scan(reports("embedded", 2025).folder) == []


CPR = "010190-0000"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("notat.html", f"<p>Ansat: {CPR}</p>"),
        ("notat.html", "<p>Ansat: 010190<wbr>-<b>0000</b></p>"),
        ("notat.html", "<p>Ansat: 010190&#45;0000</p>"),
        ("notat.html", f'<td title="{CPR}">74 pct.</td>'),
        ("figures.csv", f"id,source\n2026.KK.fleksjob.status,{CPR}\n"),
        ("manifest.json", json.dumps({"inputs": {f"data/{CPR}.csv": "0" * 64}})),
        ("notat.ipynb", json.dumps({"cells": [{"source": ["Ansat: 010190-", "0000"]}]})),
        ("kort.svg", f"<svg><text>010190-<tspan>0000</tspan></text><desc>{CPR}</desc></svg>"),
        (f"{CPR}.txt", "intet"),
        ("manifest.json", f"0101900000.{'5d' * 16}"),  # beside a hash, and not its decimals
        ("manifest.json", f"{'5d' * 32}.0101900000.csv"),
        ("notat.html", '<img src="data:image/png;base64,AA00==">.0101900000'),
    ],
)
def test_nothing_with_a_number_is_published(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = "\n".join(map(str, scan(tmp_path)))
    assert "CPR-nummer" in found
    assert "0000" not in found.replace("0" * 64, "")


def test_word_and_excel_are_looked_into(tmp_path: Path) -> None:
    for name, part, text in (
        ("notat.docx", "word/document.xml", "<w:p><w:r><w:t>010190</w:t></w:r><w:r><w:t>-0000</w:t></w:r></w:p>"),
        ("tal.xlsx", "xl/worksheets/sheet1.xml", "<row><c><v>101900000</v></c></row>"),
        ("tekst.xlsx", "xl/worksheets/sheet1.xml", "<c><is><t>0101</t></is></c><c><is><t>010190&#45;0000</t></is></c>"),
        (
            "roed.xlsx",
            "xl/sharedStrings.xml",
            "<si><r><t>01</t></r><r><rPr><b/></rPr><t>0190</t></r><r><t>-0000</t></r></si>",
        ),
        ("ingen.xlsx", "xl/worksheets/sheet1.xml", "<c><is><t>010190</t></is></c><c><is><t>-0000</t></is></c>"),
    ):
        with zipfile.ZipFile(tmp_path / name, "w") as book:
            book.writestr(part, text)
    found = {problem.file.partition(" ")[0] for problem in scan(tmp_path)}
    assert found == {"notat.docx", "tal.xlsx", "tekst.xlsx", "roed.xlsx"}


def test_digests_and_pictures_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"a": "ab0101900000cd" + "e" * 50}), encoding="utf-8")
    (tmp_path / "a.html").write_text('<img src="data:image/png;base64,AA/0101900000/AA==">', encoding="utf-8")
    (tmp_path / "b.html").write_text(f"0101<code>900000{'ab' * 29}</code> 010190&shy;0000{'ab' * 30}", encoding="utf-8")
    (tmp_path / "c.html").write_text(f'<w:bookmarkStart w:name="Xab0101900000{"cd" * 13}e"/>', encoding="utf-8")
    cut = "hed </w:p> og </row>"  # where a line ends in Word and in Excel, but not in JSON
    picture = {"cells": [{"source": cut, "outputs": [{"data": {"image/png": "AA/0101900000/AA=="}}]}]}
    (tmp_path / "notat.ipynb").write_text(json.dumps(picture), encoding="utf-8")
    assert scan(tmp_path) == []


@pytest.mark.parametrize(
    "text", ["010190&#45;0000", f"0101900000.{'5d' * 16}", "<r><t>010190-</t></r><r><t>0000</t></r>"]
)
def test_what_has_to_be_put_together_is_read_whole(tmp_path: Path, text: str) -> None:
    """None of these says what it says in its bytes alone."""
    with zipfile.ZipFile(tmp_path / "tal.xlsx", "w") as book:
        book.writestr("xl/worksheets/sheet1.xml", text)
    assert [problem.file for problem in scan(tmp_path)] == ["tal.xlsx (xl/worksheets/sheet1.xml)"]
    (tmp_path / "tal.xlsx").unlink()
    (tmp_path / "tal.csv").write_text(re.sub("</?[rt]>", "", text).replace("-0", "<b>-0</b>"), encoding="utf-8")
    assert [problem.file for problem in scan(tmp_path)] == ["tal.csv"]


def test_a_line_is_a_line_however_it_ends(tmp_path: Path) -> None:
    for end in ("\n", "\r\n", "\r"):
        (tmp_path / "tal.csv").write_bytes(f"a{end}b{end}{CPR}{end}".encode())
        assert [problem.line for problem in scan(tmp_path)] == [3]


def test_what_a_workbook_says_of_itself_may_be_cut_by_tags(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "tal.xlsx", "w") as book:
        book.writestr("docProps/custom.xml", "<a>010190<b>-0000</b></a>")
    assert [problem.file for problem in scan(tmp_path)] == ["tal.xlsx (docProps/custom.xml)"]


@pytest.mark.parametrize("after", ["", '"', '">', ") 1", "\u00a01"])
def test_pictures_are_left_out_and_nothing_else(after: str) -> None:
    uri = f"data:image/svg+xml;charset=utf-8;base64,{'QUJD' * 9}+/=="
    assert privacy._PICTURE.sub("", f"før {uri}{after}") == f"før {after}"
    assert privacy._PICTURE.sub("", f"{uri},{uri}{after}") == f",{after}"
    assert privacy._PICTURE.sub("", f"base64, er ikke data:{after}") == f"base64, er ikke data:{after}"
