"""The two notats and ours, sentence by sentence: docs/metode.md says what became of each, and is held to it."""

from __future__ import annotations

import re

from conftest import ROOT
from reading import html_page, tidy

from aarsstatus.build import Result

OUTCOMES = {"beholdt", "omskrevet", "flyttet", "udeladt"}


def rows(year: int) -> list[list[str]]:
    """What became of each sentence of a notat, as docs/metode.md has it."""
    text = (ROOT / "docs" / "metode.md").read_text(encoding="utf-8")
    section = text.partition(f"### Notatet for {year}\n")[2].partition("\n### ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_what_is_quoted_of_ours_stands_in_it(built: Result, year: int) -> None:
    text = tidy(html_page(built.folder / "notat.html").text_content())
    told = rows(year)
    assert len(told) >= 13
    for theirs, outcome, ours, reason in told:
        assert outcome in OUTCOMES, theirs
        assert reason, theirs
        for quoted in re.findall("»([^«]*)«", ours):
            assert quoted in text, theirs
