"""A page leads to the other files of its build and to every year, and nothing leads to what was not built."""

from __future__ import annotations

import re
import zipfile

import pikepdf
import pytest
from reading import html_page

from aarsstatus.build import Result
from aarsstatus.problems import RenderError
from aarsstatus.render.page import ALWAYS, linked

PAGE = '<body>\n<a class="spring" href="#indhold">Gå til indholdet</a>\n<main></main></body>'


def targets(page: str) -> list[str]:
    return re.findall(r'href="([^#"]+)"', page)


def test_only_what_is_built_is_linked_to_and_never_the_page_itself() -> None:
    found = targets(linked(PAGE, "notat.html", [*ALWAYS, "notat.html", "notat.pdf"]))
    assert found == ["../index.html", "notat.pdf", *ALWAYS]
    found = targets(linked(PAGE, "kvalitetsrapport.html", [*ALWAYS, "notat.docx"]))
    assert found == ["../index.html", "notat.docx", *ALWAYS[1:]]


def test_what_is_no_page_of_ours_is_refused() -> None:
    with pytest.raises(RenderError, match="skabelon"):
        linked("<p>", "notat.html", ALWAYS)


def test_every_link_of_a_build_leads_to_a_file_and_back(built: Result) -> None:
    for name in ("notat.html", "kvalitetsrapport.html", "../index.html"):
        page = built.folder / name
        links = [str(link) for link in html_page(page).xpath("//a/@href") if not str(link).startswith("#")]
        assert len(links) > 5
        missing = [link for link in links if not (page.parent / link).is_file()]
        assert not missing, (name, missing)
    assert f"{built.year}/notat.html" in [str(link) for link in html_page(page).xpath("//a/@href")]


def test_pdf_and_word_lead_to_no_other_file(built: Result) -> None:
    with pikepdf.open(built.folder / "notat.pdf") as pdf:
        actions = [note.get("/A") for page in pdf.pages for note in page.get("/Annots", [])]
        assert not [action for action in actions if action is not None and action.get("/S") in {"/URI", "/GoToR"}]
    with zipfile.ZipFile(built.folder / "notat.docx") as docx:
        relations = "".join(docx.read(name).decode() for name in docx.namelist() if name.endswith(".rels"))
    assert 'TargetMode="External"' not in relations
