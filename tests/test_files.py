"""Locks on disks that have none, and those that nobody holds any longer; what is kept of a build that failed."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import nbformat
import pytest
from filelock import FileLock

from aarsstatus.figures.collection import write_csv
from aarsstatus.files import alone
from aarsstatus.outputs import Outputs
from aarsstatus.problems import BuildError, reason


class Row:
    """A row of one text."""

    def __init__(self, place: object) -> None:
        self.place = place


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.EMFILE, errno.ENFILE])
def test_what_a_disk_or_a_machine_lacks_is_said_with_a_way_out(number: int) -> None:
    said = reason(OSError(number, "No locks available"))
    assert "No locks" not in said
    assert "; vælg " in said or "; luk " in said


def test_a_lock_that_nobody_gives_back_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aarsstatus.files._PATIENCE", 0.1)
    held = FileLock(tmp_path / ".2025.lock")
    with held, pytest.raises(BuildError, match=r"\.2025\.lock .*slet"), alone(tmp_path / "2025"):
        pytest.fail("it was not alone")


@pytest.mark.parametrize(("text", "kept"), [("1 / 0", True), ("# 010190-1234", False)])
def test_a_failed_notebook_with_a_person_number_is_not_kept(tmp_path: Path, text: str, kept: bool) -> None:
    path, failed = tmp_path / "notat.ipynb", tmp_path / "2025.fejlet.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text)]), path)
    nothing: Any = None
    Outputs(nothing, nothing, (), nothing, tmp_path, failed)._keep_failed(path)
    assert failed.exists() == kept


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("titel;=1+1", "titel;'=1+1"), ("=1+1", "'=1+1"), ("  @SUM(A1)", "  '@SUM(A1)"), ("a; -2+3", "a; '-2+3"),
        ("-5.85", "-5.85"), ("-5,85", "-5,85"), ("1;-5", "1;-5"), ("tabel 3, status", "tabel 3, status"),
        ("a - b = c", "a - b = c"),
    ],
)  # fmt: skip
def test_no_text_in_a_csv_is_a_formula(text: str, written: str) -> None:
    """In no column, and wherever a Danish spreadsheet splits a line."""
    line = write_csv([Row(text)], ["place"]).splitlines()[1]
    assert line.strip('"') == written
