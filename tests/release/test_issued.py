"""A notat that was sent out, held against the one that was built: Word and PDF, whoever wrote the file."""

from __future__ import annotations

import json
from pathlib import Path

import docx
import pytest
import typst
from reading import pdf_text

from aarsstatus.build import Result
from aarsstatus.problems import InputError
from aarsstatus.release.publishing import differences
from aarsstatus.release.reading import Finished, open_finished


@pytest.fixture(scope="module")
def build(built: Result) -> Finished:
    return open_finished(str(built.folder))


def refused(build: Finished, path: Path) -> str:
    with pytest.raises(InputError) as error:
        differences(build, path)
    return str(error.value)


def in_word(build: Finished, path: Path, old: str, new: str) -> None:
    """Save the Word file with a text changed in every table and paragraph, as somebody does by hand."""
    (path.parent / "notat.docx").write_bytes(build.outputs["notat.docx"])
    document = docx.Document(str(path.parent / "notat.docx"))
    paragraphs = [*document.paragraphs]
    for table in document.tables:
        paragraphs += [one for cell in table._cells for one in cell.paragraphs]
    for run in (run for one in paragraphs for run in one.runs if run.text == old or f" {old} " in run.text):
        run.text = run.text.replace(old, new)
    document.save(str(path))


def laid_out_anew(path: Path, words: list[str]) -> None:
    """Write a PDF of some words, with other lines, pages and fonts."""
    source = f'#set page(width: 9cm, height: 14cm)\n#({", ".join(json.dumps(word, ensure_ascii=False) for word in words)},).join(" ")'
    path.write_bytes(typst.compile(source.encode()))


@pytest.mark.parametrize("name", ["notat.docx", "notat.pdf"])
def test_what_was_built_is_what_was_sent(build: Finished, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(build.outputs[name])
    assert differences(build, tmp_path / name) == []


def test_a_word_file_saved_by_another_program_is_the_same(build: Finished, tmp_path: Path) -> None:
    in_word(build, tmp_path / "sendt.docx", "findes ikke", "findes ikke")
    assert (tmp_path / "sendt.docx").read_bytes() != build.outputs["notat.docx"]
    assert differences(build, tmp_path / "sendt.docx") == []


def test_other_words_in_word_are_told_and_other_numbers_refused(build: Finished, tmp_path: Path) -> None:
    in_word(build, tmp_path / "ord.docx", "Om notatet", "Om dette notat")
    assert differences(build, tmp_path / "ord.docx") == ["»Om notatet« → »Om dette notat«"]
    target = build.figures[f"{build.year}.KK.fleksjob.target"].shown
    in_word(build, tmp_path / "tal.docx", target, "777")
    assert f"fandt »777«; forventede »{target}«" in refused(build, tmp_path / "tal.docx")


def test_a_pdf_laid_out_by_another_program_is_the_same(build: Finished, tmp_path: Path) -> None:
    (tmp_path / "notat.pdf").write_bytes(build.outputs["notat.pdf"])
    words = pdf_text(tmp_path / "notat.pdf").split()
    laid_out_anew(tmp_path / "sendt.pdf", words)
    assert differences(build, tmp_path / "sendt.pdf") == []
    target = build.figures[f"{build.year}.KK.fleksjob.target"].shown
    at = next(place for place, word in enumerate(words) if word.rstrip("‡") == target)
    laid_out_anew(tmp_path / "tal.pdf", [*words[:at], "777", *words[at + 1 :]])
    said = refused(build, tmp_path / "tal.pdf")
    assert f"tal.pdf: {target} står " in said
    assert "777 står 1 gang; forventede 0 gange, som i det, der er bygget" in said
    laid_out_anew(tmp_path / "ord.pdf", ["Hilsen", *words])
    assert differences(build, tmp_path / "ord.pdf") == ["»Hilsen« står kun i det, der er sendt ud"]


def test_a_scan_is_one_message(build: Finished, tmp_path: Path) -> None:
    laid_out_anew(tmp_path / "scan.pdf", [""])
    assert refused(build, tmp_path / "scan.pdf") == (
        "scan.pdf: filen har ingen tekst, der kan læses; er den scannet?; "
        "forventede den PDF, som Word eller Årsstatus lavede"
    )


@pytest.mark.parametrize("name", ["sendt.pdf", "sendt.docx", "sendt.txt"])
def test_what_is_no_document_is_refused(build: Finished, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"hej")
    assert name in refused(build, tmp_path / name)
