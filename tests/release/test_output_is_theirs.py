"""What lies in an output folder and was not made by us is never deleted or overwritten."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from aarsstatus.build import Options, _publish, build
from aarsstatus.bundle import write_bundle
from aarsstatus.cli import run
from aarsstatus.cli.publish import _place_to_keep
from aarsstatus.files import require_own
from aarsstatus.inputs import read_year
from aarsstatus.problems import BuildError, InputError
from aarsstatus.project import Project
from aarsstatus.release import cache, manifest
from aarsstatus.release.index import write_index
from aarsstatus.release.reading import Finished

DESCRIBED = {
    "manifest": manifest.VERSION, "year": 2025, "python": "3.11.7", "packages": {}, "inputs": {}, "outputs": {},
    "engine": {"name": "embedded", "version": "pandoc 3"},
    "options": {"compare": None, "figures": "published", "formats": ["html"]},
}  # fmt: skip


def put(folder: Path, described: object, **files: bytes) -> Path:
    """Put a build's folder there, with what its manifest says."""
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / f"{name}.html").write_bytes(content)
    text = described if isinstance(described, str) else json.dumps(described)
    (folder / manifest.NAME).write_text(text, encoding="utf-8")
    return folder


def hashed(**files: bytes) -> dict[str, object]:
    return {**DESCRIBED, "outputs": {f"{name}.html": manifest.digest(content) for name, content in files.items()}}


def everything(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(
    "described",
    [
        "{", "", "null garbage", "[" * 100_000, {**DESCRIBED, "manifest": 1}, {**DESCRIBED, "year": "2025"},
        {**DESCRIBED, "outputs": ["notat.html"]}, {**DESCRIBED, "outputs": {"../andet.html": "0" * 64}},
    ],
)  # fmt: skip
def test_a_folder_whose_manifest_cannot_be_read_is_moved_aside(tmp_path: Path, described: object) -> None:
    """A damaged one, or an older program's: nobody knows then what in it is somebody's own."""
    target = put(tmp_path / "2025", described, notat=b"gammel", mit=b"mine noter")
    before = everything(target)
    made = put(tmp_path / "ny", hashed(notat=b"ny"), notat=b"ny")
    (said,) = _publish(Project(tmp_path), made, target)
    assert (target / "notat.html").read_bytes() == b"ny"
    assert everything(tmp_path / "2025.gemt-1") == before
    assert said.endswith("er flyttet til 2025.gemt-1")
    (target / manifest.NAME).write_text("{", encoding="utf-8")
    _publish(Project(tmp_path), put(tmp_path / "ny", hashed(notat=b"nyere"), notat=b"nyere"), target)
    assert everything(tmp_path / "2025.gemt-1") == before
    assert (tmp_path / "2025.gemt-2" / "notat.html").read_bytes() == b"ny"


def test_what_was_altered_by_hand_is_kept(tmp_path: Path) -> None:
    target = put(tmp_path / "2025", hashed(notat=b"1", andet=b"2"), notat=b"1, og mine ord", andet=b"2", mit=b"3")
    (target / "notat.rettet.html").write_bytes(b"fra sidst")
    made = put(tmp_path / "ny", hashed(notat=b"4"), notat=b"4")
    (said,) = _publish(Project(tmp_path), made, target)
    assert said == "notat.html var rettet i hånden; den rettede er gemt som notat.rettet2.html"
    kept = everything(target)
    del kept[manifest.NAME]
    assert kept == {
        "notat.html": b"4", "notat.rettet.html": b"fra sidst", "notat.rettet2.html": b"1, og mine ord",
        "mit.html": b"3",
    }  # fmt: skip


def test_a_folder_of_the_users_is_kept_whole_though_a_manifest_names_a_file_in_it(tmp_path: Path) -> None:
    inside = manifest.digest(b"et billede")
    described = {**DESCRIBED, "outputs": {"notat.html": manifest.digest(b"1"), "billeder/a.png": inside}}
    target = put(tmp_path / "2025", described, notat=b"1")
    (target / "billeder").mkdir()
    (target / "billeder" / "a.png").write_bytes(b"et billede")
    (target / "billeder" / "mit.png").write_bytes(b"mit")
    _publish(Project(tmp_path), put(tmp_path / "ny", hashed(notat=b"2"), notat=b"2"), target)
    assert (target / "notat.html").read_bytes() == b"2"
    assert everything(target / "billeder") == {"a.png": b"et billede", "mit.png": b"mit"}


def test_what_was_sent_out_is_not_written_over(tmp_path: Path, project: Project) -> None:
    """Though somebody has taken the mark of a published notat out of the parameters."""
    params = read_year(project, 2025)[0]
    kept = _place_to_keep(Project(tmp_path), params)
    kept.parent.mkdir()
    kept.write_bytes(b"det, der blev sendt ud")
    with pytest.raises(InputError, match=r"udgivet/notat-2025\.zip: .*bliver ikke skrevet over"):
        _place_to_keep(Project(tmp_path), params)


@pytest.mark.parametrize("described", [{"name": "en app"}, [1, 2], {"manifest": "4", "icons": []}, 7])
def test_the_folder_of_another_program_is_left_as_it_is(project: Project, tmp_path: Path, described: object) -> None:
    target = put(tmp_path / "2025", described, index=b"andres")
    before = everything(target)
    with pytest.raises(BuildError, match="andet end en årsstatus"):
        build(project, 2025, Options(engine="embedded", output=tmp_path))
    assert everything(target) == before


def test_a_file_where_the_folder_should_be_is_left_as_it_is(project: Project, tmp_path: Path) -> None:
    (tmp_path / "2025").write_text("andres", encoding="utf-8")
    with pytest.raises(BuildError, match="der ligger en fil"):
        build(project, 2025, Options(engine="embedded", output=tmp_path))
    assert (tmp_path / "2025").read_text(encoding="utf-8") == "andres"


@pytest.mark.parametrize("content", [b"<p>andres</p>", b"\xff\xfe", b""])
def test_somebody_elses_first_page_is_left_as_it_is(project: Project, tmp_path: Path, content: bytes) -> None:
    (tmp_path / cache.OVERVIEW).write_bytes(content)
    with pytest.raises(BuildError, match="er ikke lavet af årsstatus"):
        write_index(tmp_path, project.extension)
    assert (tmp_path / cache.OVERVIEW).read_bytes() == content


def test_our_own_first_page_is_written_again(project: Project, tmp_path: Path) -> None:
    write_index(tmp_path, project.extension)
    assert cache.is_overview_current(tmp_path)
    put(tmp_path / "2025", DESCRIBED)
    assert not cache.is_overview_current(tmp_path)
    write_index(tmp_path, project.extension)
    assert cache.is_overview_current(tmp_path)


def test_an_official_page_is_not_written_over_by_a_comparison(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project.root)
    folder = put(tmp_path / "2025", DESCRIBED, notat=b"<p>det officielle</p>", sammenligning=b"<p>SAMMENLIGNING</p>")
    mine = tmp_path / "mine.html"
    mine.write_bytes(b"<p>mine noter</p>")
    for page in (folder / "notat.html", folder / "sammenligning.html", mine):
        before = page.read_bytes()
        assert run(["diff", str(folder), str(folder), "--html", str(page)]) == 2
        assert "bliver ikke skrevet over" in capsys.readouterr().err
        assert page.read_bytes() == before
    mine.write_bytes(b"<p>SAMMENLIGNING</p>")
    require_own(mine, b">SAMMENLIGNING<", "en sammenligning", manifest.NAME)


def test_kept_inputs_are_not_written_over_by_a_bundle(tmp_path: Path) -> None:
    folder = put(tmp_path / "2025", DESCRIBED)
    (folder / "inputs.zip").write_bytes(b"PK, sbom.cdx.json")
    build_ = Finished("x", manifest.parse(json.dumps(DESCRIBED), "x"), {}, {}, None)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="er ikke en pakke"):
        write_bundle(build_, folder / "inputs.zip", tmp_path)
    os.mkfifo(tmp_path / "rør.zip")
    with pytest.raises(InputError, match="ikke en almindelig fil"):
        write_bundle(build_, tmp_path / "rør.zip", tmp_path)
