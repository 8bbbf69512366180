"""Bundles: what is in one, that it is made again to the byte, and that one that was touched is found out."""

from __future__ import annotations

import json
import posixpath
import re
import shutil
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import ROOT

from aarsstatus.build import Options, build
from aarsstatus.bundle import verify, write_bundle
from aarsstatus.bundle.verify import check_lines, verify_bundle
from aarsstatus.cli import run
from aarsstatus.problems import BuildError, InputError
from aarsstatus.project import Project
from aarsstatus.release import manifest
from aarsstatus.release.archive import INPUTS, input_files, keep, pack, unpack
from aarsstatus.release.reading import KEPT, Finished, open_finished

pytestmark = pytest.mark.usefixtures("forked_programs")
YEAR = 2025
EXTENSION = Project(ROOT).extension
OPTIONS = Options(engine="embedded", formats=("html",))


@pytest.fixture(scope="module")
def project_built(web_project: Project) -> Project:
    project = web_project
    (project.data / "raw").mkdir()
    for place in (project.data / "raw" / "udtraek.csv", project.data / "udtraek 2025.csv", project.data / "u.xlsx"):
        place.write_text("cpr,start\n", encoding="utf-8")  # what must never be handed over
    assert build(project, YEAR, OPTIONS).did == "nothing"
    return project


@pytest.fixture(scope="module")
def made(project_built: Project) -> Path:
    return write_bundle(
        open_finished(str(YEAR), project_built), project_built.output / f"aarsstatus-{YEAR}.zip", EXTENSION
    )


@pytest.fixture(scope="module")
def remembered() -> dict[str, Finished | str]:
    return {}


@pytest.fixture(autouse=True)
def made_again_once(remembered: dict[str, Finished | str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Make what has the same program, inputs and options again once for all bundles that have them."""
    make = verify._made_again

    def once(build: Finished) -> Finished | str:
        kept = {name: manifest.digest(content) for name, content in build.inputs.items()}
        key = json.dumps([build.year, sorted(kept.items()), dict(build.manifest.options), build.manifest.engine.name])
        if key not in remembered:
            remembered[key] = make(build)
        return remembered[key]

    monkeypatch.setattr(verify, "_made_again", once)


@pytest.fixture
def files(made: Path) -> dict[str, bytes]:
    return unpack(made.read_bytes(), made.name)


def rewritten(files: dict[str, bytes], folder: Path) -> Path:
    path = folder / "pakke.zip"
    path.write_bytes(pack(files))
    return path


def test_it_has_a_bill_of_materials_that_is_checked(files: dict[str, bytes], made: Path, tmp_path: Path) -> None:
    described = json.loads(files[f"{YEAR}/manifest.json"])
    bill = json.loads(files["sbom.cdx.json"])
    versions = {(one["name"], one.get("version")) for one in bill["components"] if one["scope"] == "required"}
    assert {(name.replace("_", "-"), version) for name, version in described["packages"].items()} <= versions
    assert "sbom.cdx.json" in files["vejledning.html"].decode()
    assert "GPL" in files["vejledning.html"].decode()
    touched = {**files, "sbom.cdx.json": files["sbom.cdx.json"].replace(b'"GPL-2.0-or-later"', b'"MIT"')}
    assert touched != files
    check = verify_bundle(rewritten(touched, tmp_path))
    assert check.altered == ("sbom.cdx.json",)
    assert not check.holds
    assert set(check.same) == set(open_finished(str(made)).manifest.outputs), "the notat is none the worse"
    del touched["sbom.cdx.json"]  # a bundle from before there was one
    assert verify_bundle(rewritten(touched, tmp_path)).holds


def test_it_has_documents_inputs_program_lock_and_guide(files: dict[str, bytes]) -> None:
    assert {
        "vejledning.html", f"{YEAR}/notat.html", f"{YEAR}/manifest.json", f"{YEAR}/figures.csv",
        f"{KEPT}/params/{YEAR}.yml", f"{KEPT}/data/status.csv", f"{KEPT}/requirements.lock",
        f"{KEPT}/aarsstatus/attainment.py", f"{KEPT}/notebooks/notat.ipynb", f"{KEPT}/_extensions/notat/notat.lua",
    } <= files.keys()  # fmt: skip
    described = json.loads(files[f"{YEAR}/manifest.json"])
    kept = {name.removeprefix(f"{KEPT}/"): content for name, content in files.items() if name.startswith(f"{KEPT}/")}
    assert {name: manifest.digest(content) for name, content in kept.items()} == described["inputs"]


def test_links_of_its_documents_lead_somewhere(files: dict[str, bytes]) -> None:
    for name in (f"{YEAR}/notat.html", f"{YEAR}/kvalitetsrapport.html"):
        links = re.findall(r'<a href="([^"#:]+)"', files[name].decode())
        assert "../index.html" in links
        assert {posixpath.normpath(f"{YEAR}/{link}") for link in links} <= files.keys()


def test_extracts_are_never_in_it(files: dict[str, bytes]) -> None:
    assert not [name for name in files if "udtraek" in name or name.endswith("/u.xlsx") or "/raw/" in name]


def test_the_guide_is_danish_and_stands_alone(files: dict[str, bytes]) -> None:
    page = files["vejledning.html"].decode()
    assert "http" not in page
    assert '<html lang="da">' in page
    assert f"verify aarsstatus-{YEAR}.zip" in page


def test_the_same_build_gives_the_same_bundle(made: Path, project_built: Project, tmp_path: Path) -> None:
    again = write_bundle(open_finished(str(YEAR), project_built), tmp_path / made.name, EXTENSION)
    assert again.read_bytes() == made.read_bytes()


def test_it_is_made_again_to_the_byte(made: Path) -> None:
    check = verify_bundle(made)
    assert check.holds, check_lines(check)
    assert set(check.same) == set(open_finished(str(made)).manifest.outputs)
    assert {"notat.html", "notat.ipynb", "kvalitetsrapport.html", "tabeller.xlsx", INPUTS} <= set(check.same)


def test_a_figure_that_was_touched_is_found(files: dict[str, bytes], tmp_path: Path) -> None:
    name = f"{YEAR}/notat.html"
    files[name] = files[name].replace(b"74 pct.", b"84 pct.")
    check = verify_bundle(rewritten(files, tmp_path))
    assert not check.holds
    assert check.altered == ("notat.html",)
    assert list(check.different) == ["notat.html"]


def test_what_nobody_vouches_for_is_not_packed_and_is_found(
    project_built: Project, files: dict[str, bytes], tmp_path: Path
) -> None:
    folder = tmp_path / str(YEAR)
    shutil.copytree(project_built.output / str(YEAR), folder)
    (folder / "noter.rtf").write_text("010190-1234", encoding="utf-8")
    with zipfile.ZipFile(write_bundle(open_finished(str(folder)), tmp_path / "x.zip", EXTENSION)) as packed:
        assert set(packed.namelist()) == files.keys()
    files |= {f"{YEAR}/notat-endelig.pdf": b"%PDF", "læs mig.txt": b""}
    check = verify_bundle(rewritten(files, tmp_path))
    assert not check.holds
    assert check.altered == (f"{YEAR}/notat-endelig.pdf", "læs mig.txt")
    assert not check.different
    assert "lagt til" in check_lines(check)[0]


def test_a_program_that_was_touched_is_not_run(files: dict[str, bytes], tmp_path: Path) -> None:
    mark = tmp_path / "kørt"
    files[f"{KEPT}/aarsstatus/__init__.py"] += f"\nopen({str(mark)!r}, 'w')\n".encode()
    check = verify_bundle(rewritten(files, tmp_path))
    assert not check.holds
    assert check.altered == ("aarsstatus/__init__.py",)
    assert not mark.exists()


def test_a_package_of_another_version_is_named(files: dict[str, bytes], tmp_path: Path) -> None:
    described = json.loads(files[f"{YEAR}/manifest.json"])
    known = dict(described["packages"])
    described["packages"] |= {"nbformat": "1.2.3", "findes-ikke": "4"}
    files[f"{YEAR}/manifest.json"] = json.dumps(described).encode()
    found = verify._environment(open_finished(str(rewritten(files, tmp_path))))
    assert found == (f"nbformat: 1.2.3 → {known['nbformat']}", "findes-ikke: 4 → (ikke der)")


def test_a_zip_packed_otherwise_is_told_from_other_content(made: Path) -> None:
    build_ = open_finished(str(made))
    content = build_.outputs["tabeller.xlsx"]
    stored = pack(unpack(content, ""), compress=False)
    other = type(build_)(build_.name, build_.manifest, {**build_.outputs, "tabeller.xlsx": stored}, {}, build_.figures)
    assert "pakket anderledes" in verify._apart("tabeller.xlsx", "", build_, other)
    other = type(build_)(build_.name, build_.manifest, {**build_.outputs, "figures.csv": b""}, {}, build_.figures)
    assert verify._apart("figures.csv", "", build_, other) == "indholdet er et andet"


def test_a_build_that_was_touched_is_not_bundled(project_built: Project, tmp_path: Path) -> None:
    folder = project_built.output / str(YEAR)
    path = folder / "figures.csv"
    before = path.read_bytes()
    try:
        path.write_bytes(before + b"\n")
        with pytest.raises(InputError, match=r"figures\.csv.*byg notatet igen"):
            write_bundle(open_finished(str(folder)), tmp_path / "x.zip", EXTENSION)
    finally:
        path.write_bytes(before)


def test_the_guide_of_an_older_build_has_the_look_of_today(project_built: Project, tmp_path: Path) -> None:
    finished = open_finished(str(YEAR), project_built)
    older = {name: content for name, content in finished.inputs.items() if not name.endswith("/pages.css")}
    hashes = {name: known for name, known in finished.manifest.inputs.items() if name in older}
    finished = replace(finished, inputs=older, manifest=finished.manifest.model_copy(update={"inputs": hashes}))
    packed = unpack(write_bundle(finished, tmp_path / "x.zip", EXTENSION).read_bytes(), "x.zip")
    assert ".stempel {" in packed["vejledning.html"].decode()


def test_a_person_number_is_not_handed_over(project_built: Project, tmp_path: Path) -> None:
    folder = tmp_path / str(YEAR)
    folder.mkdir()
    for path in (project_built.output / str(YEAR)).iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    page, kept = folder / "notat.html", folder / manifest.NAME
    before = manifest.digest(page.read_bytes())
    page.write_bytes(page.read_bytes() + b"<p>010190-1234</p>")
    kept.write_text(kept.read_text(encoding="utf-8").replace(before, manifest.digest(page.read_bytes())), "utf-8")
    with pytest.raises(InputError, match=r"notat\.html.*CPR"):
        write_bundle(open_finished(str(folder)), tmp_path / "x.zip", EXTENSION)
    assert not (tmp_path / "x.zip").exists()


@pytest.mark.parametrize("name", ["../ud.txt", "/etc/x", "a/../../b", "c:\\x", "a\\..\\b"])
def test_a_zip_that_reaches_outside_itself_is_refused(name: str, tmp_path: Path) -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "x")
    with pytest.raises(InputError, match="uden for"):
        unpack(buffer.getvalue(), "pakke.zip")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"ingen zip"])
def test_what_is_no_zip_is_a_clear_message(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(InputError, match="zip-filen er beskadiget; forventede en hel zip-fil"):
        verify_bundle(path)


def test_an_input_that_changed_meanwhile_stops_the_build(project_built: Project, tmp_path: Path) -> None:
    hashes = manifest.input_hashes(project_built, YEAR)
    path = project_built.data / "status.csv"
    before = path.read_bytes()
    try:
        path.write_bytes(before + b"\n")
        with pytest.raises(BuildError, match=r"data/status\.csv"):
            keep(project_built, YEAR, hashes, tmp_path)
    finally:
        path.write_bytes(before)
    assert not list(tmp_path.iterdir())


def test_a_later_year_is_no_input_and_an_earlier_one_is(project: Project) -> None:
    assert "params/2021.yml" in input_files(project, 2025)
    assert "params/2025.yml" not in input_files(project, 2021)


def test_stored_bytes_do_not_depend_on_the_machine() -> None:
    content = pack({"b": b"2", "a": b"1"}, compress=False)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.namelist() == ["a", "b"]
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        assert {(entry.date_time, entry.create_system) for entry in archive.infolist()} == {((1980, 1, 1, 0, 0, 0), 3)}


def test_a_second_build_says_what_changed_and_is_verified_without_it(
    project_built: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build whose folder held another writes the comparison; the bundle is still made again to the byte.

    It is made again in this process: that the program in a bundle does so in its own is seen of the others.
    """
    shutil.copytree(project_built.output / str(YEAR), tmp_path / str(YEAR))
    first = build(project_built, YEAR, Options(engine="embedded", formats=("html",), output=tmp_path))
    assert first.did == "nothing"
    assert not (first.folder / "sammenligning.html").exists()
    status = project_built.data / "status.csv"
    before = status.read_text(encoding="utf-8")
    options = Options(engine="embedded", formats=("html",), output=tmp_path, force=True)
    try:
        status.write_text(before.replace("2025,KK,loentilskud,93,", "2025,KK,loentilskud,94,"), encoding="utf-8")
        build(project_built, YEAR, options)
        once = manifest.output_hashes(first.folder)
        report = (first.folder / "kvalitetsrapport.html").read_text(encoding="utf-8")
        assert report.index("siden notatet sidst blev lavet") < report.index("trykte tal")
        assert "status 93 → 94" in (first.folder / "sammenligning.html").read_text(encoding="utf-8")
        (first.folder / "notat.html").unlink()
        assert build(project_built, YEAR, replace(options, force=False)).did == "rendered"
        assert manifest.output_hashes(first.folder) == once, "made again from the same, it is the same"
        again = build(project_built, YEAR, replace(options, output=tmp_path / "igen")).folder
        monkeypatch.setattr(verify, "_made_again", lambda _: open_finished(str(again)))
        check = verify_bundle(write_bundle(open_finished(str(first.folder)), tmp_path / "pakke.zip", EXTENSION))
        assert check.holds, check_lines(check)
        assert list(check.skipped) == ["sammenligning.html"]
        assert "kvalitetsrapport.html" in check.same
    finally:
        status.write_text(before, encoding="utf-8")


# -- from the command line --------------------------------------------------------------------------------------


@pytest.fixture
def in_project(project_built: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(project_built.root)
    return project_built


def test_bundle_verify_and_diff_from_the_command_line(
    in_project: Project, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "årsstatus.zip"
    assert run(["bundle", str(YEAR), "--output", str(target)]) == 0
    assert str(target) in capsys.readouterr().out
    assert target.read_bytes() != b""
    assert run(["verify", "--yes", str(made)]) == 0
    assert "er de samme, byte for byte" in capsys.readouterr().out
    assert run(["diff", str(made), str(YEAR)]) == 0
    assert "De to udgaver er ens" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "ending"),
    [(["bundle", str(YEAR), "--output"], ".zip"), (["diff", str(YEAR), str(YEAR), "--html"], ".html")],
)
def test_what_is_written_never_takes_the_place_of_data(
    in_project: Project, capsys: pytest.CaptureFixture[str], arguments: list[str], ending: str
) -> None:
    path = in_project.data / "status.csv"
    before = path.read_bytes()
    for name, said in (
        ("data/status.csv", f"»data/status.csv« skal være en fil, hvis navn ender på {ending}"),
        ("", "tomt"),
    ):
        with pytest.raises(SystemExit, match="2"):
            run([*arguments, name])
        assert said in capsys.readouterr().err
    assert path.read_bytes() == before


def test_a_difference_is_a_finding_on_the_terminal_and_as_a_page(
    in_project: Project, files: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = f"{KEPT}/data/status.csv"
    files[name] = files[name].replace(b"2025,KK,loentilskud,93,", b"2025,KK,loentilskud,94,")
    described = json.loads(files[f"{YEAR}/manifest.json"])
    described["inputs"]["data/status.csv"] = manifest.digest(files[name])
    figures = f"{YEAR}/figures.csv"
    files[figures] = files[figures].replace(b"loentilskud,status,93,92.5,93.5", b"loentilskud,status,94,93.5,94.5")
    described["outputs"]["figures.csv"] = manifest.digest(files[figures])
    files[f"{YEAR}/manifest.json"] = json.dumps(described).encode()
    page = tmp_path / "sider" / "ændret.html"
    page.parent.mkdir()
    assert run(["diff", str(YEAR), str(rewritten(files, tmp_path)), "--html", str(page)]) == 1
    said = capsys.readouterr().out
    assert "data/status.csv, 2025 KK loentilskud: status 93 → 94" in said
    assert "status 93 → 94" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bundle", "2019"], "2019: året er ikke bygget"),
        (["diff", "2019", "2025"], "2019: året er ikke bygget"),
        (["diff", "findes-ikke", "2025"], "findes-ikke: findes ikke"),
        (["verify", "findes-ikke.zip"], "findes-ikke.zip: findes ikke"),
        (["verify", "pakke.rar"], "er ikke et årstal"),
        (["diff", "notebooks", "2025"], "der er ikke en færdig årsstatus; forventede en mappe med manifest.json"),
        (["diff", "2025", "output"], "forventede en mappe med manifest.json; mente du »output/2025«?"),
        (["verify", "--yes", "ingen.zip"], "ingen.zip: zip-filen er beskadiget; forventede en hel zip-fil"),
    ],
)
def test_what_is_no_build_is_one_clear_message(
    in_project: Project, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (in_project.root / "ingen.zip").write_bytes(b"ikke en zip")
    try:
        status = run(arguments)
    except SystemExit as end:  # argparse's own way
        status = int(end.code or 0)
    assert status == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(("answer", "asked"), [(None, False), ("nej", True), ("", True)])
def test_a_bundles_program_is_not_run_without_leave(
    tmp_path: Path,
    answer: str | None,
    asked: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A whole bundle, whose hashes are right, is a program of somebody else's all the same."""
    path = rewritten({}, tmp_path)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: asked))
    monkeypatch.setattr("builtins.input", lambda _: answer)
    monkeypatch.setattr("aarsstatus.cli.verify.verify_bundle", lambda _: pytest.fail("it was run"))
    assert run(["verify", str(path)]) == 2
    said = capsys.readouterr().err
    assert "det program, der ligger i pakken" in said
    assert ("--yes" in said) == (answer is None)
