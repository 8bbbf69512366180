"""The extension: what is generated is what its source makes, the two engines agree, and colours can be read."""

import importlib.util
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import nbformat
import pypdfium2
import pytest
import yaml
from fontTools.ttLib import TTFont
from test_embedded import sample

from aarsstatus.render import docx as word
from aarsstatus.render import embedded

ROOT = Path(__file__).parents[2]
EXTENSION = ROOT / "_extensions" / "notat"
TOKENS = yaml.safe_load((EXTENSION / "tokens.yml").read_text(encoding="utf-8"))
FORMATS = yaml.safe_load((EXTENSION / "_extension.yml").read_text(encoding="utf-8"))["contributes"]["formats"]


@pytest.fixture(scope="module")
def design() -> ModuleType:
    sys.path.insert(0, str(EXTENSION))
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec = importlib.util.spec_from_file_location("design", EXTENSION / "design.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(EXTENSION))
        sys.dont_write_bytecode = before
    return module


def styles() -> str:
    with zipfile.ZipFile(EXTENSION / "reference.docx") as archive:
        return archive.read("word/styles.xml").decode()


def test_generated_files_are_what_the_tokens_make(design, tmp_path):
    assert (EXTENSION / "tokens.css").read_text(encoding="utf-8") == design.css(TOKENS)
    assert (EXTENSION / "tokens.typ").read_text(encoding="utf-8") == design.typ(TOKENS)
    design.make_reference.write(TOKENS, tmp_path / "reference.docx")
    # Compressed bytes depend on the machine's zlib; what is in them does not.
    with zipfile.ZipFile(tmp_path / "reference.docx") as fresh, zipfile.ZipFile(EXTENSION / "reference.docx") as kept:
        assert fresh.namelist() == kept.namelist()
        assert all(fresh.read(name) == kept.read(name) for name in fresh.namelist())


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.1 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("mode", ["colours", "dark"])
@pytest.mark.parametrize("text", ["ink", "muted", "accent"])
@pytest.mark.parametrize("ground", ["paper", "band"])
def test_text_can_be_read_on_every_ground(mode, text, ground):
    light, dark = sorted((luminance(TOKENS[mode][name]) for name in (text, ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_both_modes_name_the_same_colours():
    assert TOKENS["colours"].keys() == TOKENS["dark"].keys()


def files_named(value: object) -> list[str]:
    """Every value in the extension's settings that looks like a file."""
    if isinstance(value, dict):
        return [name for each in value.values() for name in files_named(each)]
    if isinstance(value, list):
        return [name for each in value for name in files_named(each)]
    return [value] if isinstance(value, str) and re.search(r"\.(lua|css|html|typ|docx)$", value) else []


def test_every_file_that_the_extension_names_is_there():
    names = files_named(FORMATS)
    assert len(names) >= 9
    assert all((EXTENSION / name).is_file() for name in names)


def test_the_embedded_engine_uses_the_files_that_quarto_uses():
    options = {kind: " ".join(embedded._OPTIONS[kind]) for kind in ("html", "pdf", "docx")}
    assert all(FORMATS["common"]["filters"][0]["path"] in each for each in options.values())
    for name in [FORMATS["html"]["template"], *FORMATS["html"]["css"]]:
        assert f"={name}" in options["html"]
    assert f"--shift-heading-level-by={FORMATS['html']['shift-heading-level-by']}" in options["html"]
    assert FORMATS["docx"]["reference-doc"] in options["docx"]
    embedding = (EXTENSION / "typst-embedded.typ").read_text(encoding="utf-8")
    for partial in ("typst-template.typ", "typst-show.typ"):
        assert partial in FORMATS["typst"]["template-partials"]
        assert f"${partial}()$" in embedding


def test_quarto_never_executes_or_shows_code():
    project = yaml.safe_load((ROOT / "_quarto.yml").read_text(encoding="utf-8"))
    assert FORMATS["common"]["echo"] is False
    assert "execute" not in project
    assert set(project["format"]) == {f"notat-{kind}" for kind in FORMATS if kind != "common"}


def test_every_style_that_the_filters_ask_for_is_in_the_reference_document():
    filters = "".join((EXTENSION / name).read_text(encoding="utf-8") for name in ("notat.lua", "crossref.lua"))
    asked = set(re.findall(r'\["custom-style"\] = "([^"]+)"', filters))
    asked |= set(re.findall(r'style = "([^"]+)"', filters))
    table = re.search(r"local styles = \{(.*?)\}", filters, re.DOTALL)
    asked |= set(re.findall(r'"(\w+)"', table[1]))
    assert {"Tabeltekst", "Table Caption", "Sagsoplysninger"} <= asked
    names = set(re.findall(r'<w:name w:val="([^"]+)"', styles()))
    assert asked <= names, asked - names


def test_the_frame_in_the_document_is_the_frame_of_the_style():
    frame = dict(re.findall(r'w:(\w+)="([^"]*)"', re.search(r"<w:framePr ([^>]*)/>", styles())[1]))
    assert frame == word._FRAME


@pytest.mark.parametrize("weight", ["Regular", "Semibold", "Bold"])
def test_web_fonts_have_the_letters_of_a_notat(design, weight):
    has = set(TTFont(EXTENSION / "fonts" / f"OpenSans-{weight}.woff2").getBestCmap())
    full = set(TTFont(EXTENSION / "fonts" / f"OpenSans-{weight}.ttf").getBestCmap())
    assert {ord(letter) for letter in design.CHARACTERS} & full <= has
    assert {ord(letter) for letter in "æøåÆØÅéü–÷×≥“”»«…†"} <= has


def test_licence_travels_with_the_fonts():
    assert "Apache License" in (EXTENSION / "fonts" / "LICENSE.txt").read_text(encoding="utf-8")
    assert "Open Sans" in (EXTENSION / "fonts" / "NOTICE").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("quarto") is None, reason="Quarto er ikke på denne maskine")
def test_quarto_makes_the_same_text(tmp_path):
    executed = sample()
    for output in executed.cells[-1].outputs:  # without rsvg-convert, Quarto cannot put an SVG in a DOCX
        if "image/svg+xml" in output.data:
            del output.data["image/svg+xml"]
    nbformat.write(executed, tmp_path / "notat.ipynb")
    shutil.copy(ROOT / "_quarto.yml", tmp_path)
    shutil.copytree(EXTENSION, tmp_path / "_extensions" / "notat")
    done = subprocess.run(
        ["quarto", "render", "notat.ipynb"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

    def pdf_text(path: Path) -> str:  # where a word may be parted is written otherwise by each Typst
        text = "".join(sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(path))
        return re.sub(r"[\s\-\u00ad\u2010\ufffe\x02]", "", text)

    def html_text(path: Path) -> list[str]:
        body = path.read_text(encoding="utf-8").split("<body>")[1]
        return re.sub(r"<[^>]+>", " ", body).split()

    for kind, read in (("pdf", pdf_text), ("html", html_text)):
        embedded.render(executed, kind, EXTENSION, tmp_path / f"egen.{kind}")
        assert read(tmp_path / f"notat.{kind}") == read(tmp_path / f"egen.{kind}")
