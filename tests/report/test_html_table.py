"""A table as HTML and Markdown: well formed, and what is in it shown as it stands."""

from __future__ import annotations

from lxml import etree

from aarsstatus.report.html_table import Cell, Html, Note, Row, Table, to_html, to_markdown


def test_html_is_well_formed_and_literal() -> None:
    row = Row("<b>", (Cell('a & "b"', "x"), Cell("2", rowspan=2), Cell(Html("<i>3</i>"), mark="†")), "total")
    table = Table("tbl-x", "En *titel*", ("<i>", "b", "c", "d"), (row,), (Note("*", "note"),))
    parsed = etree.fromstring(to_html(table))
    assert parsed.xpath("string(//tbody/tr/th)") == "<b>"
    assert parsed.xpath("string(//td[@data-figure='x'])") == 'a & "b"'
    assert parsed.xpath("string(//td[@rowspan='2'])") == "2"
    assert parsed.xpath("string(//td/i)") == "3"
    assert parsed.xpath("string(//td[i])") == "3†"
    text = to_markdown(table)
    assert text.startswith("::: {#tbl-x .notat-tabel}\n")
    assert "En \\*titel\\*\n:::" in text
    assert "[\\*]{#note-1} note" in text
