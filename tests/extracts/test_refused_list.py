"""Lists of refused rows: one for each extract, in nobody's place, and never a formula."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

import pytest
from test_extracts import HEADER, from_text

from aarsstatus.extracts.outcome import write_refused
from aarsstatus.problems import InputError
from aarsstatus.project import Project

GOOD = "".join(f"BUF;Praktik;01-01-2026;31-01-2026;{n}\n" for n in range(30))
TEXT = f"{HEADER}{GOOD}XX;Praktik;01-01-2026;;99\n"


def test_two_extracts_of_one_name_do_not_share_a_list(copied: Project) -> None:
    for name in ("forløb.csv", "forløb.txt"):
        from_text(copied, TEXT, name, skip_bad_rows=True)
    lists = {path.name for path in copied.root.glob("*.afviste.csv")}
    assert lists == {"forløb.csv.afviste.csv", "forløb.txt.afviste.csv"}
    from_text(copied, TEXT, "forløb.csv", skip_bad_rows=True)  # its own list is written anew


def test_no_file_of_the_users_is_written_over(copied: Project) -> None:
    own = copied.root / "forløb.csv.afviste.csv"
    own.write_text("mine noter", encoding="utf-8")
    before = (copied.data / "status.csv").read_bytes()
    with pytest.raises(InputError, match="filen er ikke en liste over afviste rækker, du har lavet før"):
        from_text(copied, TEXT, "forløb.csv", skip_bad_rows=True)
    assert own.read_text(encoding="utf-8") == "mine noter"
    assert (copied.data / "status.csv").read_bytes() == before


@pytest.mark.parametrize("cell", ["-2+3+cmd|' /C calc'!A0", "\t=1+1", " @SUM(1)", "+1", "=1"])
def test_no_cell_of_a_list_is_a_formula(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "a.csv"
    write_refused(path, [(cell, 1, [cell, cell, "", ""])], {(cell, 1): [cell]})
    _, row = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), delimiter=";")
    assert row[:5] == [f"'{cell}", "1", f"'{cell}", f"'{cell}", f"'{cell}"]


def test_a_file_of_nothing_but_faults_is_answered_at_once(copied: Project) -> None:
    rows = "".join(f"BUFF{n};Prak{n};0x-01-2026;3{n};{n}\n" for n in range(25_000))
    begun = time.process_time()
    with pytest.raises(InputError, match="mente du »BUF«"):
        from_text(copied, HEADER + rows)
    with pytest.raises(InputError, match="der er ingen rækker under overskriften"):
        from_text(copied, HEADER + "x" * (12 << 20) + "\n")
    assert time.process_time() - begun < 10
