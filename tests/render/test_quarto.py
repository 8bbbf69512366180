"""A Quarto that is old, broken, or silent: one clear message, or the embedded engine where nobody asked for Quarto.

Each such Quarto is a small script that the test makes. What a real one does is tried wherever there is one.
"""

from __future__ import annotations

import os
from pathlib import Path

import page
import pikepdf
import pytest

from aarsstatus.build import Result
from aarsstatus.cli import run
from aarsstatus.problems import ProgramError, RenderError
from aarsstatus.project import Project
from aarsstatus.release import manifest
from aarsstatus.render import choose
from aarsstatus.render import quarto as quartos
from aarsstatus.render.embedded import Embedded, Format
from aarsstatus.render.quarto import Quarto
from aarsstatus.run.programs import TIME_LIMIT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")

ANSWERS = 'if [ "$1" = --version ]; then echo {}; exit 0; fi\n'
FRESH = ANSWERS.format("1.10.18")
UNUSABLE = {
    "too old": (ANSWERS.format("1.4.557"), "Quarto 1.4.557 er for gammel; notatet kræver Quarto 1.7.0 eller nyere"),
    "says nothing": ("exit 0\n", "quarto --version svarer ikke"),
    "says no version": ("echo Hej\n", "quarto --version svarer »Hej«"),
    "steers the terminal": (r"printf '\033]0;x\007\n'", "svarer »U+001B]0;xU+0007«"),
    "fails": ("echo 'deno: not found' >&2; exit 1\n", "quarto --version endte med status 1: deno: not found"),
    "is ended": ("kill -9 $$\n", "quarto --version endte med status -9"),
    "never answers": ("sleep 600\n", "Quarto blev ikke færdig på 0.2 sekunder og er standset"),
}


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Put a shell script on PATH as Quarto, or a file without a first line that says what it is."""

    def make(script: str, first: str = "#!/bin/sh") -> Path:
        path = tmp_path / "bin" / "quarto"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{first}\n{script}", encoding="utf-8")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.environ['PATH']}")
        return path

    return make


@pytest.mark.parametrize("kind", UNUSABLE)
def test_one_that_cannot_be_used_is_refused_or_stood_in_for(
    kind: str, fake, project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script, said = UNUSABLE[kind]
    fake(script)
    if kind == "never answers":
        monkeypatch.setattr(quartos, "ANSWERS", 0.2)
    monkeypatch.chdir(project.root)
    assert run(["build", "2025", "--engine", "quarto"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("--engine quarto: ")
    assert said in told
    assert told.count("\n") == 1
    engine = choose("auto", project.root)
    assert isinstance(engine, Embedded)
    assert said in engine.remarks[0]
    assert choose("embedded", project.root).remarks == ()


@pytest.mark.parametrize("first", ["", "#!/findes/ikke"])
def test_one_that_does_not_start_is_refused(first: str, fake, project: Project) -> None:
    path = fake("", first)
    with pytest.raises(ProgramError, match=r"^Quarto kan ikke startes: .+$"):
        Quarto.at(path, project.root)


def test_a_build_says_that_the_embedded_engine_stood_in(
    fake, copied_with_report: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake(ANSWERS.format("1.4.557"))
    monkeypatch.chdir(copied_with_report.root)
    for _ in range(2):  # the second time there is nothing to do, and it is as true
        assert run(["build", "2025", "--formats", "html"]) == 0
        said = capsys.readouterr()
        assert "2025: bemærk: Quarto 1.4.557 er for gammel" in said.err
        assert "den indlejrede motor bruges i stedet" in said.err
        assert "quarto" not in said.out.lower()
    assert "intet er ændret" in said.out


BROKEN = {
    "a filter": ("ERROR (/x/main.lua:3) $PWD/_extensions/notat/notat.lua:518: nil value", "_extensions/notat/notat.lua:518: nil value"),
    "typst": ("[typst]: Compiling notat.typ to notat.pdf...error: unknown variable: x\n  12 │ #x()\nERROR: error: unknown variable: x\nERROR: Typst compilation failed", "unknown variable: x"),
    "deno": ("ERROR: NotFound: No such file: lstat '$PWD/template.html'\n\nStack trace:\n    at foo (file:///x.js:1:2)", "NotFound: No such file: lstat 'template.html'"),
    "in colour": (r"\033[91mERROR: SyntaxError: not JSON\033[39m", "SyntaxError: not JSON"),
    "our own": ("FEJL: en henvisning mangler\nERROR: Error running filter", "en henvisning mangler"),
    "pandoc": ("pandoc\n  to: docx\nmetadata\n  lang: da\nFile reference.docx not found\nWARN: Error encountered when rendering files", "endte med status 3: File reference.docx not found"),
    "nothing": ("", "endte med status 3"),
    "its settings alone": ("pandoc\n  to: docx\nmetadata\n  document-date: '2026-03-11'", "endte med status 3"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_a_render_that_fails_is_told_in_one_line(
    kind: str, fake, built: Result, project: Project, tmp_path: Path
) -> None:
    said, told = BROKEN[kind]
    lines = said.replace("'", "'\"'\"'").replace("$PWD", "'\"$(pwd -P)\"'")
    path = fake(f"{FRESH}printf '%b\\n' '{lines}' >&2; exit 3\n")
    with pytest.raises(RenderError) as error:
        Quarto.at(path, project.root).render(built.folder / "notat.ipynb", ("html",), tmp_path)
    assert str(error.value) == f"Quarto 1.10.18 kunne ikke lave dokumentet: {told}"


@pytest.mark.parametrize("content", [None, "", "<!DOCTYPE html><html>", "</html>"])
@pytest.mark.parametrize("format_", ["html", "pdf", "docx"])
def test_half_a_document_is_none(
    content: str | None, format_: Format, fake, built: Result, project: Project, tmp_path: Path
) -> None:
    name = "notat.typ" if format_ == "pdf" else f"notat.{format_}"
    make = "" if content is None else f"printf %s '{content}' > {name}\n"
    engine = Quarto.at(fake(FRESH + make), project.root)
    with pytest.raises(RenderError, match=f"lavede ikke en hel {name}"):
        engine.render(built.folder / "notat.ipynb", (format_,), tmp_path)


def test_a_build_that_fails_ends_with_2_and_leaves_what_was_there(
    fake, copied_with_report: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake(f"{FRESH}echo 'ERROR: den er gal' >&2; exit 1\n")
    monkeypatch.chdir(copied_with_report.root)
    folder = copied_with_report.output / "2025"
    before = manifest.output_hashes(folder)
    assert run(["build", "2025"]) == 2
    said = capsys.readouterr().err
    assert "Quarto 1.10.18 kunne ikke lave dokumentet: den er gal" in said.splitlines()
    assert manifest.output_hashes(folder) == before


def test_one_that_hangs_is_ended(
    fake, built: Result, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Quarto.at(fake(f"{FRESH}sleep 600\n"), project.root)
    monkeypatch.setenv(TIME_LIMIT, "1")
    with pytest.raises(ProgramError, match=r"^Quarto blev ikke færdig på 1 sekunder og er standset\. Prøv igen"):
        engine.render(built.folder / "notat.ipynb", ("html",), tmp_path)


@pytest.mark.slow
def test_a_pdf_follows_both_standards_whatever_quarto_it_is(built: Result, built_by_quarto: Result) -> None:
    """Quarto writes the source alone; it is compiled, and so tagged and fit for the archive, as the embedded engine's."""
    for standard in ("ua1", "pdfa2a"):
        assert page.validate_pdf(built_by_quarto.folder / "notat.pdf", profile=standard).is_compliant
    made_by = []
    for result in (built, built_by_quarto):
        with pikepdf.open(result.folder / "notat.pdf") as document:
            made_by.append(str(document.docinfo["/Creator"]))
    assert made_by[0] == made_by[1]
