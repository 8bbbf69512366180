"""A file that Word or Excel has open is named before the work begins, and nothing is changed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from aarsstatus.build import Options, build
from aarsstatus.extracts import ingest
from aarsstatus.extracts.outcome import refused_list, write_refused
from aarsstatus.inputs.new_year import new_year
from aarsstatus.problems import InputError
from aarsstatus.project import Project

Hold = Callable[[Path], None]


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hold]:
    """Keep a file from being renamed: by opening it on Windows, which does so; by a rename that refuses it elsewhere."""
    held: set[Path] = set()
    rename = Path.rename

    def refusing(path: Path, target: Path) -> Path:
        if path in held:
            raise PermissionError(13, "Sharing violation", str(path))
        return rename(path, target)

    with ExitStack() as opened:
        if sys.platform == "win32":
            yield lambda path: opened.enter_context(path.open("rb")) and None
        else:
            monkeypatch.setattr(Path, "rename", refusing)
            yield held.add


def everything(project: Project) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes() for path in project.root.rglob("*") if path.is_file() and path.suffix != ".lock"
    }


def files(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    assert all("åben i et andet program" in problem.message for problem in error.value.problems)
    return sorted(problem.file for problem in error.value.problems)


def test_of_a_notat_before_it_is_made(copied: Project, hold: Hold) -> None:
    folder = copied.output / "2025"
    folder.mkdir(parents=True)
    for name in ("manifest.json", "notat.docx", "notat.pdf", "tabeller.xlsx", "~$notat.docx"):
        (folder / name).write_text(name, encoding="utf-8")
    (copied.output / "index.html").write_text("", encoding="utf-8")
    before = everything(copied)
    for path in (
        folder / "notat.docx",
        folder / "~$notat.docx",
        folder / "tabeller.xlsx",
        copied.output / "index.html",
    ):
        hold(path)
    steps: list[str] = []
    with pytest.raises(InputError) as error:
        build(copied, 2025, Options(engine="embedded"), steps.append)
    assert files(error) == ["output/2025/notat.docx", "output/2025/tabeller.xlsx", "output/index.html"]
    assert steps == []
    assert everything(copied) == before


def test_of_the_data_before_an_extract_is_read(copied: Project, hold: Hold) -> None:
    extract = copied.root / "forløb.csv"  # which is not even there
    refused = refused_list(extract)
    write_refused(refused, [], {})
    for path in (copied.data / "status.csv", copied.data / "warnings.csv", refused):
        hold(path)
    with pytest.raises(InputError) as error:
        ingest(copied, 2026, [extract], skip_bad_rows=True)
    assert files(error) == ["data/status.csv", "data/warnings.csv", "forløb.csv.afviste.csv"]


def test_of_the_targets_when_a_year_is_scaffolded(copied: Project, hold: Hold) -> None:
    before = everything(copied)
    hold(copied.data / "targets.csv")
    with pytest.raises(InputError) as error:
        new_year(copied, 2026)
    assert files(error) == ["data/targets.csv"]
    assert everything(copied) == before
