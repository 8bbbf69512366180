"""Whatever lies in an output folder is read as carefully as an extract: one line, status 2, no hang."""

from __future__ import annotations

import json
import os
import shutil
import struct
import zipfile
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Reports
from fuzz import outputs
from release.test_index import put

from aarsstatus.build import _publish
from aarsstatus.bundle import write_bundle
from aarsstatus.cli import run
from aarsstatus.diff.steps import blend, steps
from aarsstatus.problems import InputError
from aarsstatus.project import Project
from aarsstatus.release import cache, index, manifest
from aarsstatus.release.archive import INPUTS, pack, unpack
from aarsstatus.release.index import read_output, write_index
from aarsstatus.release.reading import open_finished

HUGE = '{"manifest": 2, "year": 1' + "0" * 100_000 + "}"
MANIFESTS: dict[str, bytes | None] = {
    "empty": b"",
    "deep": b"[" * 200_000,
    "deep inside": b'{"manifest": 2, "options": ' + b'{"a":' * 100_000,
    "a list": b"[]",
    "an older one": b'{"manifest": 1}',
    "a number of 100.000 digits": HUGE.encode(),
    "no text": b"\xff\xfe\x00",
    "a lone half of a sign": b'{"manifest": 2, "python": "\\ud800"}',
    "a pipe": None,
}
WRONG: dict[str, dict[str, Any]] = {
    "markup": {"parameters": {"year": 2025, "comparison_year": "<img onerror=x>", "figures": "published"}},
    "a list of files": {"outputs": ["notat.html"]},
    "a file outside": {"outputs": {"../../andet": "0" * 64}},
    "no hash": {"outputs": {"notat.html": 7}},
    "an escape sequence": {"python": "3.11\u001b[31m"},
    "an escape sequence in a name": {"packages": {"a\u001b[31m": "1"}},
    "no engine": {"engine": "pandoc"},
    "a year of letters": {"year": "to tusind"},
    "another year": {"year": 99999},
    "options of another kind": {"options": {"compare": [], "figures": 1, "formats": "html"}},
}
FIGURES: dict[str, tuple[str, str]] = {
    "a division by zero": (",93,92.5,", ",1/0,92.5,"),
    "a number too large to write": (",93,92.5,", ",1e999999999,92.5,"),
    "not a number": (",93,92.5,", ",nan,92.5,"),
    "a cell of 131.073 characters": (",93,92.5,", f",{'9' * 131_073},92.5,"),
    "an escape sequence": ("loentilskud,status", "loentil\u001b[31mskud,status"),
    "a person number": ("2025.KK.placements.loentilskud.status,", "2025.KK.010190-1234.loentilskud.status,"),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, project: Project) -> Path:
    """An output folder of both years, to copy."""
    folder = tmp_path_factory.mktemp("hel")
    for year in (2025, 2021):
        put(folder, project, year)
    return folder


@pytest.fixture
def output(tmp_path: Path, whole: Path) -> Path:
    """An output folder of both years, to damage."""
    return Path(shutil.copytree(whole, tmp_path, dirs_exist_ok=True))


@pytest.fixture(scope="module", autouse=True)
def drawn_once() -> Iterator[None]:
    """Draw the chart of the same figures once for all overviews."""
    draw, charts = index.draw_development, dict[str, Any]()

    def drawn(*given: Any, **more: Any) -> Any:
        key = repr((given, more))
        return charts[key] if key in charts else charts.setdefault(key, draw(*given, **more))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "draw_development", drawn)
        yield


def refused(output: Path, project: Project, monkeypatch: Any, capsys: Any) -> str:
    """Return the one line that a damaged 2021 is refused with; 2025 is shown all the same."""
    monkeypatch.chdir(project.root)
    assert run(["diff", str(output / "2021"), str(output / "2025")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1, said.err[:500]
    assert "\x1b" not in said.err
    assert "010190" not in said.err
    assert [year.year for year in read_output(output)] == [2025]
    page = write_index(output, project.extension).read_text(encoding="utf-8")
    assert "<img onerror" not in page
    assert cache.is_overview_current(output)
    return str(said.err)


@pytest.mark.parametrize("kind", MANIFESTS)
def test_a_manifest_that_is_none(output: Path, project: Project, kind: str, monkeypatch: Any, capsys: Any) -> None:
    path, content = output / "2021" / manifest.NAME, MANIFESTS[kind]
    path.unlink()
    if content is None:
        os.mkfifo(path)
    else:
        path.write_bytes(content)
    assert manifest.NAME in refused(output, project, monkeypatch, capsys)


@pytest.mark.parametrize("kind", WRONG)
def test_a_manifest_that_says_another_kind_of_thing(
    output: Path, project: Project, kind: str, monkeypatch: Any, capsys: Any
) -> None:
    path = output / "2021" / manifest.NAME
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | WRONG[kind]), encoding="utf-8")
    assert "filen er beskadiget" in refused(output, project, monkeypatch, capsys)


@pytest.mark.parametrize("kind", FIGURES)
def test_figures_that_are_none(output: Path, project: Project, kind: str, monkeypatch: Any, capsys: Any) -> None:
    old, new = FIGURES[kind]
    path = output / "2025" / "figures.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    (output / "2021" / "figures.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    described = json.loads((output / "2021" / manifest.NAME).read_text(encoding="utf-8"))
    described["outputs"] = {"figures.csv": "0" * 64}
    (output / "2021" / manifest.NAME).write_text(json.dumps(described), encoding="utf-8")
    monkeypatch.chdir(project.root)
    assert run(["diff", str(output / "2021"), str(output / "2025")]) == 2
    said = capsys.readouterr().err
    assert "2021/figures.csv: " in said
    assert "010190" not in said
    assert "\x1b" not in said
    assert {year.year for year in read_output(output)} <= {2021, 2025}


def damaged(content: bytes, kind: str) -> bytes:
    """Return a zip that is damaged in one way."""
    if kind == "half":
        return content[: len(content) // 2]
    if kind == "a name that steers a terminal":
        return content.replace(b"params/2025.yml", b"params/\x1b[31m.yml")
    if kind == "garbage for what is packed":
        start = content.index(b"params/2025.yml") + len(b"params/2025.yml")
        return content[:start] + b"\xff" * 40 + content[start + 40 :]
    if kind == "another method":
        at = content.rindex(b"PK\x01\x02") + 10
        return content[:at] + struct.pack("<H", 14) + content[at + 2 :]
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("params/2025.yml", b"0" * 300_000_000)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "kind", ["half", "a name that steers a terminal", "garbage for what is packed", "another method", "a bomb"]
)
def test_kept_inputs_that_are_damaged(output: Path, project: Project, kind: str, monkeypatch: Any, capsys: Any) -> None:
    whole = pack({"params/2025.yml": b"year: 2025\n" * 100, "data/status.csv": b""})
    folder = output / "2021"
    (folder / INPUTS).write_bytes(damaged(whole, kind))
    described = json.loads((folder / manifest.NAME).read_text(encoding="utf-8"))
    described["outputs"] = {INPUTS: "0" * 64, "figures.csv": "0" * 64}
    (folder / manifest.NAME).write_text(json.dumps(described), encoding="utf-8")
    monkeypatch.chdir(project.root)
    assert run(["diff", str(folder), str(output / "2025")]) == 2
    said = capsys.readouterr().err
    assert INPUTS in said
    assert len(said.splitlines()) == 1
    assert "\x1b" not in said


def references() -> bytes:
    """Return YAML of ten lines with a thousand million values."""
    lines = ["a: &a {x: 1, y: 2}"]
    for last, here in pairwise("abcdefghij"):
        lines.append(f"{here}: &{here} {{{', '.join(f'k{number}: *{last}' for number in range(10))}}}")
    return "\n".join(lines).encode()


PARAMS = {
    "a day that is none": b"a: 2026-02-30\n",
    "five thousand digits": b"a: " + b"9" * 5000,
    "a hundred thousand lists": b"[" * 100_000,
    "references": references(),
    "one that refers to itself": b"a: &a [*a]\n",
    "a list for a key": b"? [a]\n: b\n",
    "a truth that is none": b"year: !!bool x\n",
    "no text": b"\xff\xfe",
    "a program": b"!!python/object:os.system {}\n",
}
GROUPS = {
    "no colour": "placements,x,y,ikke en farve,circle",
    "no mark": "placements,x,y,#0b2a5b,<b>",
    "markup": "placements,<img onerror=x>,y,#0b2a5b,circle",
    "a cell of 200.000 characters": f"placements,{'x' * 200_000},y,#0b2a5b,circle",
    "an escape sequence": "placements,\x1b[31m,y,#0b2a5b,circle",
    "a quotation mark": 'placements,"x',
}
KEPT = {
    **{f"params: {kind}": ("params/2025.yml", content) for kind, content in PARAMS.items()},
    **{
        f"groups: {kind}": ("data/groups.csv", f"group,name,spells_label,colour,mark\n{row}\n".encode())
        for kind, row in GROUPS.items()
    },
    "status: a large cell": ("data/status.csv", b"year,administration,scheme\n2025,KK," + b"x" * 200_000),
    "a program that is too deep": ("aarsstatus/attainment.py", b"x = " + b"-" * 200_000 + b"1\n"),
    "a program that is too long": ("aarsstatus/attainment.py", b"x = " + b"+".join([b"1"] * 100_000)),
}


def with_inputs(output: Path, whole: Path, inputs: dict[str, bytes]) -> Path:
    """Put 2025 there, made from some inputs, as its manifest vouches."""
    folder = output / "2025"
    shutil.copytree(whole / "2025", folder)
    (folder / INPUTS).write_bytes(pack(inputs, compress=False))
    described = json.loads((folder / manifest.NAME).read_text(encoding="utf-8"))
    described["inputs"] = {name: manifest.digest(content) for name, content in inputs.items()}
    described["outputs"] = {name: manifest.digest((folder / name).read_bytes()) for name in ("figures.csv", INPUTS)}
    (folder / manifest.NAME).write_text(json.dumps(described), encoding="utf-8")
    return folder


@pytest.mark.parametrize("kind", KEPT)
def test_kept_inputs_with_anything_in_them(tmp_path: Path, whole: Path, project: Project, kind: str) -> None:
    """Their hashes fit, and prove nothing: the index shows the other year, and what differs is found."""
    name, content = KEPT[kind]
    good = {
        path: (project.root / path).read_bytes() for path in ("params/2025.yml", "data/groups.csv", "data/status.csv")
    }
    good["aarsstatus/attainment.py"] = b"x = 1\n"
    good_one, damaged = (
        open_finished(str(with_inputs(tmp_path / place, whole, inputs)))
        for place, inputs in (("hel", good), ("output", good | {name: content}))
    )
    shutil.copytree(whole / "2021", tmp_path / "output" / "2021")
    assert damaged.altered() == []
    for one, other in ((good_one, damaged), (damaged, good_one)):
        found = steps(one, other)
        assert {step.file for step in found} == {name}
        assert all(step.text.isprintable() and len(step.text) < 1000 for step in found)
        assert blend(one, other, found).files.keys() <= good.keys()
    assert 2021 in {year.year for year in read_output(tmp_path / "output")}
    if name == "data/groups.csv":
        assert "<img onerror" not in write_index(tmp_path / "output", project.extension).read_text(encoding="utf-8")
    with pytest.raises(InputError, match=r"requirements\.lock"):
        write_bundle(damaged, tmp_path / "pakke.zip", project.extension)


@pytest.mark.parametrize(("told", "is_refused"), [("f" * 21 + "0101801234" + "f" * 33, False), ("0101801234", True)])
def test_ten_digits_of_a_digest_are_nobody(tmp_path: Path, whole: Path, told: str, is_refused: bool) -> None:
    """One hash in some fifty has ten digits that could be a person's."""
    kept = {"data/extracts.csv": f"year,sha256,file\n2025,{told},forløb.xlsx\n".encode()}
    folder = str(with_inputs(tmp_path, whole, kept))
    if is_refused:
        with pytest.raises(InputError, match=r"data/extracts\.csv: noget ligner et CPR-nummer"):
            open_finished(folder)
    else:
        assert open_finished(folder).inputs == kept


def test_a_file_in_a_file_is_no_zip(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="hvor den også har en mappe"):
        unpack(pack({"params/2025.yml": b"", "params/2025.yml/x": b""}), "inputs.zip")


def bytes_read() -> int:
    """Return how many bytes this process has read so far."""
    return int(Path("/proc/self/io").read_text(encoding="ascii").split()[1])


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="this system does not count what is read")
def test_a_film_in_a_years_folder_is_read_by_nobody(
    reports: Reports, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    """Nor is one in the place of a file of ours, or of another year's; nor a pipe, which would never end."""
    monkeypatch.chdir(ROOT)
    folder = tmp_path / "2025"
    shutil.copytree(reports("embedded", 2025).folder, folder)
    shutil.copytree(folder, tmp_path / "2021")
    for film in (folder / "film.mp4", tmp_path / "2021" / "notat.html", tmp_path / "2021" / manifest.NAME):
        with film.open("wb") as file:
            file.truncate(5 << 30)
    os.mkfifo(folder / "rør")
    before = bytes_read()
    assert run(["build", "2025", "--engine", "embedded", "--output", str(tmp_path), "--quiet"]) == 0
    assert run(["diff", str(folder), str(folder)]) == 0, capsys.readouterr()
    write_bundle(open_finished(str(folder)), tmp_path / "pakke.zip", Project(ROOT).extension)
    assert [year.year for year in read_output(tmp_path)] == [2025]
    assert not manifest.is_intact(tmp_path / "2021" / "notat.html", "0" * 64)
    made = tmp_path / "ny"
    made.mkdir()
    shutil.copytree(reports("embedded", 2025).folder, made, dirs_exist_ok=True)
    assert _publish(Project(tmp_path), made, folder) == ()
    assert (folder / "film.mp4").stat().st_size == 5 << 30
    assert (folder / "rør").is_fifo()
    assert bytes_read() - before < 1 << 30


def test_damage_by_chance_is_taken_or_refused(reports: Reports, tmp_path: Path, monkeypatch: Any) -> None:
    """A part of what ``make fuzz`` tries by the thousand."""
    project = Project(ROOT)
    monkeypatch.chdir(project.root)
    built = reports("embedded", 2025).folder
    found = list(outputs.campaign(built, tmp_path, project, seed=8, cases=range(20)))
    assert [one for one in found if one.wrong] == []
    assert {one.status for one in found} >= {0, 2}
