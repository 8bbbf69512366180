"""Fill in the year that `new` made, for the tests that need one."""

from __future__ import annotations

import re
from datetime import date

import openpyxl

from aarsstatus.inputs.form import DATES, TARGETS_SHEET, form_name
from aarsstatus.inputs.new_year import MARK
from aarsstatus.project import Project


def fill(project: Project, year: int) -> None:
    """Fill in what `new` marked, as an analyst would."""
    path = project.params / f"{year}.yml"
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^(.*date:) null", rf"\g<1> {year + 1}-03-10", text)
    text = re.sub(r"(?m)^(.*(?:number|case)\w*:) null", r'\g<1> "nr. 1"', text)
    path.write_text(text, encoding="utf-8", newline="\n")
    targets = project.data / "targets.csv"
    text = targets.read_text(encoding="utf-8")
    for codes, target in (("KK", 700), (r"\w+", 100)):  # what the city has is what its seven administrations have
        text = re.sub(rf"(?m)^({year},{codes},.*,),{MARK}.*$", rf"\g<1>{target},indstilling", text)
    targets.write_text(text, encoding="utf-8", newline="\n")


def fill_form(project: Project, year: int) -> None:
    """Fill in the form in Excel with the same; it is not read yet."""
    path = project.root / form_name(year)
    book = openpyxl.load_workbook(path)
    for row in book[DATES].iter_rows(min_row=5):
        row[1].value = date(year + 1, 3, 10) if str(row[-1].value).endswith("date") else "nr. 1"
    for row in book[TARGETS_SHEET].iter_rows(min_row=5):
        row[2].value, row[3].value = (700 if str(row[-1].value).startswith("KK.") else 100), "indstilling"
    book.save(path)
