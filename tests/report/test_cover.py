"""In front of the notat: the cover sheet that a year may ask for, and a logo where the parameters name one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import page
import pikepdf
import pypdfium2 as pdfium
import pytest
from conftest import copy_project
from reading import W, _docx_text, docx_part, html_page, tidy

from aarsstatus.build import Options, Result, build
from aarsstatus.inputs import read_year
from aarsstatus.inputs.params import Params, read_params
from aarsstatus.problems import InputError
from aarsstatus.project import Project
from aarsstatus.render import Choice
from aarsstatus.report.show import cover_sheet

SIGN = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30" viewBox="0 0 60 30">'
    '<rect width="60" height="30" fill="#0b2a5b"/></svg>'
)
ALT = 'Et mærke, "blåt" & bredt'
LOGO = "\nlogo:\n  file: {}\n  alt: '" + ALT + "'\n"


def with_logo(project: Project, year: int, file: str) -> None:
    path = project.params / f"{year}.yml"
    path.write_text(path.read_text(encoding="utf-8") + LOGO.format(file), encoding="utf-8")


# Parameters ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("appendix: 1", "appendix: 0", "bilag tælles fra 1"),
        ("appendix: 1", 'appendix: "1"', "forventede et helt tal"),
        ("appendix: 1", "appendix: 1\nlogo:\n  file: findes-ikke.svg\n  alt: KK", "logoets fil findes ikke"),
        ("appendix: 1", "appendix: 1\nlogo:\n  file: ../logo.svg\n  alt: KK", "en .svg- eller .png-fil i params/"),
        ("appendix: 1", "appendix: 1\nlogo:\n  file: logo.gif\n  alt: KK", "en .svg- eller .png-fil i params/"),
        ("appendix: 1", "appendix: 1\nlogo:\n  file: logo.svg", "logo.alt: nøglen mangler"),
    ],
)
def test_what_cannot_be_shown_is_refused(project: Project, tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (project.params / "2021.yml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "2021.yml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_params(Project(tmp_path), 2021)
    assert said in str(caught.value)
    assert "linje" in str(caught.value)


def test_a_year_without_a_cover_has_none(inputs: tuple[Params, object], year: int) -> None:
    params, _ = inputs
    assert bool(cover_sheet(params, "Årsstatus", "Københavns Kommune")) == (params.cover is not None) == (year == 2021)


def test_no_logo_comes_with_the_project(project: Project) -> None:
    assert {path.suffix for path in project.params.iterdir()} == {".yml"}


# Documents ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["embedded", "quarto"])
def front(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Result:
    """The notat for 2021, which has a cover sheet, with a logo of our own."""
    engine: Choice = request.param
    if engine == "quarto" and shutil.which("quarto") is None:
        pytest.skip("quarto is not on PATH: the reference engine cannot be tried")
    project = copy_project(tmp_path_factory.mktemp(f"forside-{engine}") / "projekt")
    (project.params / "mærke.svg").write_text(SIGN, encoding="utf-8")
    with_logo(project, 2021, "mærke.svg")
    return build(project, 2021, Options(engine=engine))


@pytest.fixture(scope="module")
def cover(project: Project) -> list[str]:
    """What the cover sheet says, heading by heading; the numbers are those that were published on it."""
    params, data = read_year(project, 2021)
    printed = [row.printed for row in data.printed if row.place.startswith("forside") and row.notat == params.notat]
    year, _, appendix, last = printed
    title = f"rsstatus for de særlige jobordninger i KK som arbejdsplads for {year}"
    administration = params.office.administration
    assert (year, last) == (str(params.year), str(params.year))
    matter = (
        f"Her er årsstatus for {year} for de særlige jobordninger i Københavns Kommune som arbejdsplads. "
        f"Notatet er skrevet af {administration} og er til orientering."
    )
    notat = f"Bilag {appendix}. Notat fra {administration}: Årsstatus for de særlige jobordninger i KK for {year}"
    return [f"Orientering om å{title}", "Sagsfremstilling", matter, "Bilag", notat]


def test_the_web_page_begins_with_the_cover(front: Result, cover: list[str]) -> None:
    html = html_page(front.folder / "notat.html")
    section = html.xpath("//section[@class='forside']")[0]
    assert [(each.tag, tidy(each.text_content())) for each in section] == list(
        zip(["h1", "h2", "p", "h2", "p"], cover, strict=True)
    )
    assert section.get("aria-labelledby") == section.xpath("./h1/@id")[0]
    assert section.getnext().get("class") == "brevhoved"


def test_the_cover_has_a_page_of_its_own_in_the_pdf(front: Result, cover: list[str]) -> None:
    with pdfium.PdfDocument(front.folder / "notat.pdf") as document:
        first, second = (tidy(document[n].get_textpage().get_text_range()) for n in (0, 1))
    assert [first.index(text) for text in cover] == sorted(first.index(text) for text in cover)
    assert "NOTAT" not in first
    assert second.startswith("Københavns Kommune · NOTAT Årsstatus")
    for standard in ("ua1", "pdfa2a"):
        found = page.validate_pdf(front.folder / "notat.pdf", profile=standard)
        assert found.is_compliant, [failure.message for failure in found.failures]


def test_the_cover_is_a_section_of_its_own_in_word(front: Result, cover: list[str]) -> None:
    body = docx_part(front.folder / "notat.docx").find(f"{W}body")
    paragraphs = [each for each in body if each.tag == f"{W}p"]
    assert [_docx_text(each) for each in paragraphs[:5]] == cover
    styles = [each.find(f"{W}pPr/{W}pStyle") for each in paragraphs[:5]]
    assert [styles[n].get(f"{W}val") for n in (0, 1, 3)] == ["Forsidetitel", "Heading1", "Heading1"]
    section = paragraphs[5].find(f"{W}pPr/{W}sectPr")
    assert section.find(f"{W}type").get(f"{W}val") == "nextPage"
    # The heading NOTAT belongs to the notat's first page alone; the footer to every page.
    kinds = {(each.tag.removeprefix(W), each.get(f"{W}type")) for each in section if each.get(f"{W}type")}
    assert ("footerReference", "default") in kinds
    assert not any(kind == "first" for _, kind in kinds)
    assert section.find(f"{W}titlePg") is None
    assert body.find(f"{W}sectPr/{W}titlePg") is not None


def test_the_logo_is_in_every_format_and_has_its_text(front: Result) -> None:
    html = html_page(front.folder / "notat.html")
    image = html.xpath("//header//div[@class='logo']//img")[0]
    assert ALT in {image.get("alt"), image.get("aria-label")}
    assert image.get("src").startswith("data:image/svg+xml")
    body = docx_part(front.folder / "notat.docx").find(f"{W}body")
    described = [each.get("descr") for each in body.iter() if str(each.tag).endswith("}docPr")]
    assert described[0] == ALT
    assert len(described) == 3
    with pikepdf.open(front.folder / "notat.pdf") as document:
        texts = [str(each.Alt) for each in document.objects if isinstance(each, pikepdf.Dictionary) and "/Alt" in each]
    assert ALT in texts
    assert len(texts) == 3


def test_the_manifest_knows_the_logo(front: Result) -> None:
    written = json.loads((front.folder / "manifest.json").read_text(encoding="utf-8"))
    assert "params/mærke.svg" in written["inputs"]


def test_the_notat_begins_with_its_logo_and_title_in_word(front: Result) -> None:
    body = docx_part(front.folder / "notat.docx").find(f"{W}body")
    styles = [style.get(f"{W}val") for style in body.iterfind(f"{W}p/{W}pPr/{W}pStyle")]
    assert styles.index("Logo") + 1 == styles.index("Title")
    assert styles.index("Forsidetitel") < styles.index("Logo")


def test_a_png_will_do(copied: Project) -> None:
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5"
        "f645400000000049454e44ae426082"
    )
    (copied.params / "logo.png").write_bytes(png)
    with_logo(copied, 2025, "logo.png")
    result = build(copied, 2025, Options(engine="embedded", formats=("html",)))
    image = html_page(result.folder / "notat.html").xpath("//div[@class='logo']//img")[0]
    assert image.get("src").startswith("data:image/png")
    assert image.get("alt") == ALT


def test_without_logo_and_cover_nothing_is_left_for_them(built: Result, year: int) -> None:
    html = html_page(built.folder / "notat.html")
    assert not html.xpath("//*[@class='logo']")
    assert len(html.xpath("//*[@class='forside']")) == (1 if year == 2021 else 0)
    assert bool(html.xpath("//*[@class='sagsoplysninger']")) == (year == 2025), "2021 carries no facts of the case"
