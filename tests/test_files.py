"""Locks on disks that have none, and those that nobody holds any longer; what is kept of a build that failed."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import nbformat
import pytest
from filelock import FileLock

from aarsstatus.cli import run
from aarsstatus.figures.collection import write_csv
from aarsstatus.files import alone
from aarsstatus.outputs import Outputs
from aarsstatus.problems import BuildError, reason
from aarsstatus.project import Project
from aarsstatus.run import temporary


class Row:
    """A row of one text."""

    def __init__(self, place: object) -> None:
        self.place = place


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMFILE, errno.ENFILE])
def test_what_a_disk_or_a_machine_lacks_is_said_with_a_way_out(number: int) -> None:
    said = reason(OSError(number, "No locks available"))
    assert "No locks" not in said
    assert "; brug " in said or "; luk " in said


WITHOUT = [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS]


@pytest.fixture(params=WITHOUT, ids=[errno.errorcode[number] for number in WITHOUT])
def without_locks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have disks that lock no file, as some shares have it."""
    fcntl = pytest.importorskip("fcntl", reason="Windows locks files in another way")

    def none(*_: object) -> None:
        raise OSError(request.param, "No locks available")

    temporary.own()  # on another disk, which has them
    monkeypatch.setattr(fcntl, "flock", none)


@pytest.mark.usefixtures("without_locks")
@pytest.mark.parametrize(
    ("command", "place"),
    [
        (["build", "2025", "--engine", "embedded", "--formats", "html", "--quiet"], "output/.2025.lock"),
        (["ingest", "2026", "a.csv", "--scheme", "fleksjob", "--date", "2027-01-12"], "data/.status.csv.lock"),
    ],
)
def test_a_disk_without_locks_is_told_in_danish_with_a_way_out(
    copied: Project, command: list[str], place: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(copied.root)
    (copied.root / "a.csv").write_text("Forvaltning;Startdato;Slutdato\nBUF;01-01-2026;\n", encoding="utf-8")
    before = {path: path.read_bytes() for path in copied.data.iterdir() if path.suffix == ".csv"}
    assert run(command) == 2
    said = capsys.readouterr().err
    assert f"{place}: " in said
    assert "disken kan ikke låse filer" in said
    assert "brug en mappe på en anden disk" in said
    assert "locks" not in said
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.usefixtures("without_locks")
def test_a_disk_without_locks_keeps_no_temporary_files(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No locks") as refused:
        temporary._made.__wrapped__(tmp_path)
    assert refused.value.filename == str(tmp_path)
    assert "TMPDIR" in reason(refused.value)
    assert list(tmp_path.iterdir()) == []


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
    Outputs(nothing, nothing, [], (), nothing, tmp_path, failed)._keep_failed(path)
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
