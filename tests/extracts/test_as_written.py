"""Extracts as other systems, Excel and LibreOffice write them: each is read right, or it is refused.

None is an example of the other tests. The days that each administration has are worked out by hand beside each file.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import count

import openpyxl
import pytest
import xlsxwriter
from conftest import copy_project
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, PatternFill
from writers import MAIN, Error, Sheet, as_binary, as_opendocument, by_hand, by_openpyxl, zipped

from aarsstatus.extracts import Ingested, ingest
from aarsstatus.privacy import cover
from aarsstatus.problems import InputError
from aarsstatus.project import Project

numbers = count(1)
pytestmark = pytest.mark.usefixtures("workbooks_here")
HEADER = ("CPR", "Forvaltning", "Jobordning", "Startdato", "Slutdato")
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
EPOCH = date(1899, 12, 30)
File = tuple[bytes, str]
"""What a file holds, and its name, or the ending alone."""


def csv(*rows: str, header: str = ";".join(HEADER), encoding: str = "utf-8", name: str = "csv") -> File:
    return "\r\n".join([header, *rows, ""]).encode(encoding), name


def march(number: int = 1, code: object = "BUF", start: object = FIRST, end: object = LAST) -> list[object]:
    return [f"{number:02}0190-{1000 + number}", code, "Løntilskud", start, end]


def line(*cells: object, number: int = 1, **changed: str) -> str:
    """Return a row of March as text, with more cells behind it."""
    row = {"code": "BUF", "scheme": "Løntilskud", "start": "01-03-2026", "end": "31-03-2026"} | changed
    return ";".join(map(str, (row.pop("person", f"{number:02}0190-{1000 + number}"), *row.values(), *cells)))


def xlsx(
    *rows: Sequence[object], header: Sequence[object] = HEADER, change: Callable[..., object] | None = None
) -> File:
    """Write a sheet with openpyxl, and let a function change it."""
    book = openpyxl.Workbook()
    for row in (header, *rows):
        book.active.append(list(row))
    if change is not None:
        change(book.active)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue(), "xlsx"


def shown_as(place: str, number_format: str) -> Callable[..., None]:
    return lambda page: setattr(page[place], "number_format", number_format)


def strike(page: openpyxl.worksheet.worksheet.Worksheet) -> None:
    for cell in page[3]:
        cell.font = Font(strike=True)


def strike_a_part(page: openpyxl.worksheet.worksheet.Worksheet) -> None:
    page["B3"] = CellRichText(TextBlock(InlineFont(strike=True), "BUF"), " SOF")


def whiten(*, fill: str = "", letters: str = "FFFFFFFF") -> Callable[..., None]:
    def change(page: openpyxl.worksheet.worksheet.Worksheet) -> None:
        for cell in page[3]:
            cell.font = Font(color=letters)
            if fill:
                cell.fill = PatternFill("solid", fgColor=fill)

    return change


def conditional(**shown: object) -> Callable[..., None]:
    """Return what gives rows of BUF a look of their own."""
    return lambda page: page.conditional_formatting.add("A2:E9", FormulaRule(formula=['$B2="BUF"'], **shown))


def shared_text_struck() -> File:
    """Write, with XlsxWriter, a text of which a part is struck through beside one that is not."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    page, struck, days = (
        book.add_worksheet(),
        book.add_format({"font_strikeout": True}),
        book.add_format({"num_format": "dd-mm-yyyy"}),
    )
    for number, row in enumerate((HEADER, march(), march(2))):
        for place, cell in enumerate(row):
            page.write(number, place, cell, days if isinstance(cell, date) else None)
    page.write_rich_string(2, 1, struck, "BU", "F")
    book.close()
    return made.getvalue(), "xlsx"


def beside(heading: str, *cells: object, **changed: str) -> File:
    """Write rows of March with one more column."""
    return csv(*(line(cell, number=n, **changed) for n, cell in enumerate(cells)), header=";".join((*HEADER, heading)))


def two_sheets(second: str, rows: Sequence[Sequence[object]], others: Sequence[Sequence[object]]) -> File:
    book = openpyxl.Workbook()
    for page, content in ((book.active, rows), (book.create_sheet(second), others)):
        for row in content:
            page.append(list(row))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue(), "xlsx"


def xml(*dates: tuple[str, str], styles: str = "") -> File:
    """Write a sheet in which the cells of both dates are XML as given."""
    with zipfile.ZipFile(io.BytesIO(by_hand(Sheet([list(HEADER)])))) as parts:
        content: dict[str, str | bytes] = {name: parts.read(name).decode() for name in parts.namelist()}
    rows = ""
    for number, (start, end) in enumerate(dates, start=2):
        texts = zip("ABC", march(number), strict=False)
        cells = "".join(f'<c r="{at}{number}" t="inlineStr"><is><t>{text}</t></is></c>' for at, text in texts)
        rows += f'<row r="{number}">{cells}<c r="D{number}" {start}</c><c r="E{number}" {end}</c></row>'
    name = "xl/worksheets/sheet1.xml"
    content[name] = str(content[name]).replace("</sheetData>", f"{rows}</sheetData>")
    if styles:
        content["xl/styles.xml"] = f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'
    return zipped(content), "xlsx"


ODS_ROW = '<table:table-row><table:table-cell office:value-type="string">'


def opendocument(old: str, new: str, first: Sequence[object] = (), style: str = "") -> File:
    """Write two rows of March as LibreOffice does, and put something else in one place."""
    content = as_opendocument(Sheet([list(HEADER), first or march(), march(2)]))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        found: dict[str, str | bytes] = {name: parts.read(name).decode() for name in parts.namelist()}
    text = str(found["content.xml"])
    assert old in text
    found["content.xml"] = text.replace(old, new, 1).replace("<table:table ", f"{style}<table:table ", 1)
    return zipped(found), "ods"


STYLE = (
    '<style:style xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" style:name="T1">'
    '<style:text-properties style:text-line-through-style="solid"/></style:style>'
)
WHITE = STYLE.replace(
    'style:text-line-through-style="solid"',
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" fo:color="#ffffff"',
)
STYLED = '<style:style xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" style:name="T2" '
CHILD = f'{STYLED}style:parent-style-name="T1"/>'
ON_CONDITION = f'{STYLED}><style:map style:condition="x" style:apply-style-name="T1"/></style:style>'
CELL = '<table:table-cell office:value-type="string"><text:p>BUF'
OF_T2 = CELL.replace(" ", ' table:style-name="T2" ', 1)
"""A style that strikes through, one of white letters, and those that come to one by a parent or a condition."""
START = f's="1"><v>{(FIRST - EPOCH).days}</v>'
END = f's="1"><v>{(LAST - EPOCH).days}</v>'
PLAIN = (START, END)
DAYS = [march(n, start=FIRST + timedelta(n))[1:] for n in range(8)]
DATE, CROSSED = '<xf numFmtId="0"/>', "<fonts><font/><font><strike/></font></fonts>"

READ: dict[str, tuple[File, dict[str, int]]] = {
    "a formula worked out": (xml((START, f's="1"><f>D2+30</f><v>{(LAST - EPOCH).days}</v>')), {"BUF": 31}),
    "a person merged over two rows": (
        (by_openpyxl(Sheet([[*HEADER], march(), [None, "SOF", None, None, None]],
                           merged=[(2, 1, 3, 1), (2, 3, 3, 3), (2, 4, 3, 4), (2, 5, 3, 5)])), "xlsx"), {"BUF": 31, "SOF": 31}),
    "an end merged in ods": (
        (as_opendocument(Sheet([[*HEADER], march(), march(2, "SOF", end=None)], merged=[(2, 5, 3, 5)])), "ods"),
        {"BUF": 31, "SOF": 31}),
    "day numbers with a time of day": (csv(line(start="46082,0", end="46112,5")), {"BUF": 31}),
    "stamps without a zone": (csv(line(start="2026-03-01T00:00:00", end="2026-03-31T00:00:00")), {"BUF": 31}),
    "midnight here told in UTC": (csv(line(start="2026-02-28T23:00:00Z", end="2026-03-30T22:00:00Z")), {"BUF": 31}),
    "thousandths and an offset": (
        csv(line(start="2026-03-01T00:00:00.000+01:00", end="2026-03-31T00:00:00.000+02:00")), {"BUF": 31}),
    "weekdays": (csv(line(start="søndag den 1. marts 2026", end="tirsdag den 31. marts 2026")), {"BUF": 31}),
    "cells of ISO dates": (xml(('t="d"><v>2026-03-01</v>', 't="d"><v>2026-03-31T00:00:00</v>')), {"BUF": 31}),
    "a month in words": (xlsx(march(), change=shown_as("E2", "[$-406]d\\. mmmm\\ yyyy;@")), {"BUF": 31}),
    "a format of two sections": (xlsx(march(), change=shown_as("E2", 'dd/mm/yy;"ingen"')), {"BUF": 31}),
    "code and name of one administration": (
        csv(line().replace(";", ";Børne- og Ungdomsforvaltningen;", 1), header="CPR;Forvaltning;Forvaltningskode;Jobordning;Startdato;Slutdato"),
        {"BUF": 31}),
    "ends that agree": (csv(line("2026-03-31"), header="CPR;Forvaltning;Jobordning;Startdato;Slutdato;Ophørsdato"), {"BUF": 31}),
    "another column that is no administration": (
        csv(line("Skole 7"), header="CPR;Forvaltning;Jobordning;Startdato;Slutdato;Afdeling niveau 1"), {"BUF": 31}),
    "ids of 16 digits as text": (csv(*(line(person=f"123456789012345{n}") for n in range(3))), {"BUF": 93}),
    "guids": (csv(*(line(person=f"{{3F2504E0-4F89-11D3-9A0C-0305E82C330{n}}}") for n in range(3))), {"BUF": 93}),
    "without the cancelled": (csv(line(), name="forløb uden annullerede.csv"), {"BUF": 31}),
    "a scheme in the name": (
        csv("010190-1001;BUF;01-03-2026;31-03-2026", header="CPR;Forvaltning;Startdato;Slutdato", name="Løntilskudsforløb.csv"),
        {"BUF": 31}),
    "a private address": (csv(line("Vej 1"), header=";".join((*HEADER, "Privat adresse"))), {"BUF": 31}),
    "a public one of two kinds": (csv(line("Offentlig"), header=";".join((*HEADER, "Offentlig/privat"))), {"BUF": 31}),
    "an offentlig sector": (csv(line("Offentlig"), header=";".join((*HEADER, "Sektor"))), {"BUF": 31}),
    "for ever": (
        csv(*(line(number=n, start="01-12-2026", end=end) for n, end in enumerate(("31-12-2099", "9999-12-31 00:00:00.000", "12/31/9999")))),
        {"BUF": 93}),
    "rows affected": (csv(line(), "", "(1 rows affected)"), {"BUF": 31}),
    "utf-16 with tabs": (
        csv(line().replace(";", "\t"), header="\ufeff" + "\t".join(HEADER), encoding="utf-16-le", name="txt"), {"BUF": 31}),
    "spaces that do not break": (csv(line(code="\u00a0BUF\u00a0", scheme="Løntilskud\u00a0", end="31-03-2026\u00a0")), {"BUF": 31}),
    "a comment in ods": (
        opendocument("<text:p>BUF", "<office:annotation><text:p>flyttet til SOF</text:p></office:annotation><text:p>BUF"), {"BUF": 62}),
    "a comment on a date in ods": (
        opendocument("<text:p>2026-03-31", "<office:annotation><text:p>se bilag</text:p></office:annotation><text:p>31-03-26"),
        {"BUF": 62}),
    "a day in words in ods": (opendocument("<text:p>2026-03-31", "<text:p>31. marts 2026"), {"BUF": 62}),
    "text in pieces in ods": (opendocument("<text:p>BUF", "<text:p>B<text:span>U</text:span>F"), {"BUF": 62}),
    "ends and starts by other names": (
        csv(line(), header="CPR;Enhed;Tilbudstype;Påbegyndt;Afsluttet den"), {"BUF": 31}),
    "from and with": (csv(line(), header="CPR;Organisation;Ordningsnavn;F.o.m.;T.o.m."), {"BUF": 31}),
    "bits of headings": (csv(line(), header="CPR_NR;FORVALTNING_KODE;ORDNING_NAVN;DATO_START;DATO_SLUT"), {"BUF": 31}),
    "a department beside the administration": (beside("Enhed", "Skole 7", "Center for Børn"), {"BUF": 62}),
    "an interruption that agrees, and none": (beside("Afbrudt den", "31-03-2026", ""), {"BUF": 62}),
    "why and how it ended": (beside("Ophørsårsag", "Udløb", "I job"), {"BUF": 62}),
    "an end that was planned first": (beside("Oprindelig slutdato", "30-06-2026", ""), {"BUF": 62}),
    "one in each row": (beside("Antal", "1", "1,00"), {"BUF": 62}),
    "days and weeks": (beside("Antal dage", "31", "31"), {"BUF": 62}),
    "parts of a year": (beside("Helårspersoner", "0,0849", "0,08"), {"BUF": 62}),
    "all of them count": (beside("Tæller med", "Ja", "x"), {"BUF": 62}),
    "begun on a day": (beside("Påbegyndt", "01-03-2026", ""), {"BUF": 62}),
    "remarks about nothing": (beside("Bemærkning", "fra 01-03-2026", "ikke annulleret", "privat bil"), {"BUF": 93}),
    "a city's workplace": (beside("Virksomhed", "Københavns Kommune, Skole 7", "Amager A/S-vej"), {"BUF": 62}),
    "name and code in brackets": (csv(line(code="Børne- og Ungdomsforvaltningen (BUF)")), {"BUF": 31}),
    "marks of no width around a date": (csv(line(start="\u200e01-03-2026", end="31-03-2026\u200b")), {"BUF": 31}),
    "white on dark": (xlsx(march(), march(2), change=whiten(fill="FF003366")), {"BUF": 62}),
    "blue letters and bars of a binary workbook": (
        (as_binary(Sheet([[*HEADER], march()]), letters="0000ff", condition=(0xFFFFFFFF,)), "xlsb"), {"BUF": 31}),
    "a condition of another kind in ods": (opendocument(CELL, OF_T2, style=ON_CONDITION), {"BUF": 62}),
    "a condition that colours": (xlsx(march(), change=conditional(font=Font(color="FF9C0006"))), {"BUF": 31}),
    "zeros that are not shown": (xlsx(march(), change=shown_as("E2", "dd-mm-yyyy;;")), {"BUF": 31}),
    "one strike among formats that are not struck": (
        xml(PLAIN, PLAIN, styles=f'{CROSSED}<cellXfs>{DATE}<xf numFmtId="14" fontId="0"/><xf fontId="1"/></cellXfs>'), {"BUF": 62}),
    "names of tables before those of columns": (
        csv(line(), header="[P].[CPR].[CPR];Org[Forvaltning];'Tilbud'[Jobordning];dbo.fakta.startdato;t.slutdato"), {"BUF": 31}),
    "two languages": (
        csv(line(), header="CPR;Forvaltning / Administration;Jobordning / Scheme;Startdato / Start;Slutdato / End"), {"BUF": 31}),
    "days of a scheme": (
        csv(line(), header="CPR;Ansvarlig forvaltning;Indsats;Planlagt startdato;Slutdato for tilbud"), {"BUF": 31}),
    "a rule below the header": (csv("---;---;---;---;---", line()), {"BUF": 31}),
    "kinds below the header": (csv("tekst;kode;tekst;dato;dato (tom = i gang)", line()), {"BUF": 31}),
    "a hint below the header": (csv(";;;dd-mm-åååå;dd-mm-åååå", line()), {"BUF": 31}),
    "numbers below the header": (csv("(1);(2);(3);(4);(5)", line()), {"BUF": 31}),
    "an end of a data frame": (csv(line(end="NaT"), line(number=2, end="None")), {"BUF": 612}),
    "all of this city": (beside("Kommunekode", "0101", "101"), {"BUF": 62}),
    "a whole share": (beside("Andel", "100 %", "1"), {"BUF": 62}),
    "a planned end beside an end": (beside("Planlagt slutdato", "30-04-2026"), {"BUF": 31}),
    "a formula of nothing": (xml((START, '><f>""</f><v></v>')), {"BUF": 306}),
    "white on what is nearly black": (xlsx(march(), march(2), change=whiten(fill="FF101010")), {"BUF": 62}),
    "what a file says of itself": (
        csv("Antal rækker: 1", ";".join(HEADER), line(), "Udskrevet 12-01-2027", header="Periode: 01-01-2026 – 31-12-2026"), {"BUF": 31}),
    "days of a warehouse": (csv(line(), header="CPR;Forvaltningsområde;Ordning;Gældende fra;Gældende til"), {"BUF": 31}),
    "days for something": (csv(line(), header="CPR;Forvaltning;Ordning;Dato for opstart;Dato for ophør"), {"BUF": 31}),
    "questions that change nothing": (
        csv(line("Ja", "Nej", "Rask"), header=";".join((*HEADER, "Mentor", "Sygemeldt", "Bemærkning"))), {"BUF": 31}),
}  # fmt: skip

REFUSED: dict[str, tuple[File, str]] = {
    "a Danish error as text": (xlsx(march(), march(2, end="#OPTAGET!")), "række 3, slutdato (kolonne E, »Slutdato«): cellen viser en fejl"),
    "an overflow": (xlsx(march(), march(2, end="#OVERLØB!")), "cellen viser en fejl"),
    "a report server's error": (csv(line(end="#Error")), "cellen viser en fejl"),
    "an error of Power Query": (csv(line(end="[Error]")), "slutdato: værdien kan ikke bruges"),
    "false": (xlsx(march(), march(2, end=False)), "slutdato: værdien kan ikke bruges"),
    "true": (xlsx(march(), march(2, code=True)), "forvaltning: værdien kan ikke bruges"),
    "a lookup that found nothing, as a date": (xlsx(march(), march(2, end=0), change=shown_as("E3", "dd-mm-yyyy")), "række 3, slutdato"),
    "an apostrophe": (csv(line(end="'31-03-2026")), "slutdato: værdien kan ikke bruges"),
    "a shared formula without results": (
        xml((START, 's="1"><f t="shared" ref="E2:E3" si="0">D2+30</f>'), (START, 's="1"><f t="shared" si="0"/>')),
        "række 2-3, slutdato (kolonne E, »Slutdato«): formlen er ikke regnet ud"),
    "a formula with an empty result": (xml((START, 's="1"><f>D2+30</f><v/>')), "formlen er ikke regnet ud"),
    "a formula as text": (csv(line(end="=D2+30")), "formlen er ikke regnet ud"),
    "an outline that is closed": (
        xlsx(march(), march(2), change=lambda page: page.row_dimensions.group(3, 3, hidden=True)), "række 3 er skjult i Excel"),
    "six digits": (csv(line(start="010326", end="310326")), "slutdato: værdien kan ikke bruges"),
    "six digits whose nought Excel took": (xlsx(*(march(n, start=10326, end=None) for n in range(1, 4))), "række 2-4, startdato"),
    "the same as text": (csv(line(start="30126", end="")), "en dato med fire cifre i årstallet"),
    "a month": (xlsx(march(end=date(2026, 12, 1)), change=shown_as("E2", "mmm\\-yy")), "cellen viser ikke hele sin dato"),
    "day and month": (xlsx(march(end=date(2027, 3, 31)), change=shown_as("E2", "dd\\-mm")), "cellen viser ikke hele sin dato"),
    "a year": (xlsx(march(end=date(2026, 1, 1)), change=shown_as("E2", "yyyy")), "cellen viser ikke hele sin dato"),
    "nothing": (xlsx(march(), change=shown_as("E2", ";;;")), "cellen viser ikke hele sin dato"),
    "a month by a built-in format": (
        xml(PLAIN, styles='<cellXfs><xf numFmtId="0"/><xf numFmtId="17"/></cellXfs>'), "cellen viser ikke hele sin dato"),
    "a month in ods": (opendocument("<text:p>2026-03-31", "<text:p>mar-26"), "cellen viser ikke hele sin dato"),
    "a month in a binary workbook": (
        (as_binary(Sheet([[*HEADER], march()]), 17), "xlsb"), "række 2, startdato (kolonne D, »Startdato«): cellen viser ikke hele"),
    "days struck through in a binary workbook": (
        (as_binary(Sheet([[*HEADER], march()]), struck=True), "xlsb"), "række 2, startdato (kolonne D, »Startdato«): cellen er streget over"),
    "an error in rows that ods tells of once": (
        opendocument(ODS_ROW + "<text:p>010190-1001", ODS_ROW.replace("row>", 'row table:number-rows-repeated="2">')
                     + "<text:p>010190-1001", march(end=Error())),
        "række 2-3, slutdato (kolonne E, »Slutdato«): cellen viser en fejl"),
    "a row struck through": (xlsx(march(), march(2), change=strike), "række 3, forvaltning (kolonne B, »Forvaltning«): cellen er streget over"),
    "an end struck through by hand-written XML": (
        xml(PLAIN, (START, END.replace('"1"', '"2"')), styles=f'{CROSSED}<cellXfs>{DATE}<xf numFmtId="14"/><xf numFmtId="14" fontId="1"/></cellXfs>'),
        "række 3, slutdato (kolonne E, »Slutdato«): cellen er streget over"),
    "a database's first day": (csv(line(start="1900-01-01", end="")), "en dato mellem 1950 og 2199"),
    "a program's first day": (csv(line(end="0001-01-01")), "en dato mellem 1950 og 2199"),
    "an American end": (csv(line(start="03/01/2026", end="03/31/2026")), "mente du »31-03-2026«?"),
    "ditto marks": (csv(line(), *(line(number=n, code='""""') for n in range(2, 9))), "række 3-9, forvaltning"),
    "do.": (csv(line(), line(number=2, code="do.")), "række 3, forvaltning"),
    "dots": (csv(line(), line(number=2, code="...")), "række 3, forvaltning"),
    "one that became another": (csv(line(code="SOF - nu BUF")), "ud over navnet står der mere"),
    "one lent to another": (csv(line(code="SOF, udlånt til Børne- og Ungdomsforvaltningen")), "ud over navnet står der mere"),
    "sums between": (csv(line(), ";BUF i alt;;;", line(number=2, code="SOF")), "række 3"),
    "a private employer in the scheme": (csv(line(scheme="Løntilskud, privat arbejdsgiver")), "ud over navnet står der mere"),
    "a scheme that is denied": (csv(line(scheme="ikke løntilskud")), "ud over navnet står der mere"),
    "a scheme with brackets": (csv(line(scheme="Løntilskud [privat]")), "ud over navnet står der mere"),
    "an interruption": (beside("Afbrudt den", "15-03-2026", ""), "slutdato: kolonne E og F er begge slutdato"),
    "a longer spell": (beside("Forlænget til", "30-06-2026"), "slutdato: kolonne E og F er begge slutdato"),
    "an end that happened": (beside("Faktisk ophør", "15-03-2026", ""), "slutdato: kolonne E og F er begge slutdato"),
    "another start": (beside("Ny startdato", "08-03-2026"), "startdato: kolonne D og F er begge startdato"),
    "another unit": (beside("Enhed", "SOF"), "forvaltning: kolonne B og F er begge forvaltning"),
    "another scheme": (beside("Ordning", "Fleksjob"), "jobordning: kolonne C og F er begge jobordning"),
    "a private scheme in another column": (beside("Tilbudstype", "Privat løntilskud"), "det er ikke kommunens eget"),
    "a row taken back": (beside("Posttype", "Normal", "Tilbageførsel"), "række 3, status (kolonne F, »Posttype«): forløbet blev ikke til noget"),
    "a row deleted": (beside("Slettet", "", "01-03-2026"), "række 3, status (kolonne F, »Slettet«): forløbet blev ikke til noget"),
    "a remark that it was cancelled": (beside("Bemærkning", "Annulleret 3/2 efter samtale med Bo Ny Fisk"), "fandt »Annulleret …«"),
    "a row that is not valid": (beside("Gyldig", "ja", "nej"), "række 3, status (kolonne F, »Gyldig«): forløbet blev ikke til noget"),
    "a row without a mark": (beside("Tæller med", "x", ""), "række 3, status (kolonne F, »Tæller med«): det kan ikke ses, om forløbet tæller"),
    "a remark that it is there twice": (beside("Bemærkning", "", "Dublet"), "række 3, status (kolonne F, »Bemærkning«): forløbet blev ikke til noget"),
    "a row that is left out": (beside("Medtages ikke", "", "x"), "række 3, status (kolonne F, »Medtages ikke«): forløbet blev ikke til noget"),
    "one that did not begin": (beside("Påbegyndt", "Ja", "Nej"), "række 3, status (kolonne F, »Påbegyndt«): forløbet blev ikke til noget"),
    "one that is not public": (beside("Offentlig arbejdsgiver", "Ja", "Nej"), "række 3, status (kolonne F, »Offentlig arbejdsgiver«): forløbet blev ikke til noget"),
    "a company": (beside("Virksomhed", "Københavns Kommune", "Netto A/S"), "række 3, status (kolonne F, »Virksomhed«): arbejdspladsen er ikke kommunens egen"),
    "several persons in a row": (beside("Antal", "1", "3"), "række 3, status (kolonne F, »Antal«): rækken er ikke ét forløb; fandt »3«"),
    "several by another name": (beside("Antal personer", "2"), "rækken er ikke ét forløb"),
    "a minus": (beside("Fortegn", "+", "-"), "række 3, status (kolonne F, »Fortegn«): rækken er ikke ét forløb"),
    "more than a person": (beside("Helårspersoner", "12,5"), "rækken er ikke ét forløb"),
    "an end that is not with it": (csv(line(), header="CPR;Forvaltning;Jobordning;Startdato;Slutdato (ikke medregnet)"), "slutdato: kolonnen mangler"),
    "the day after": (csv(line(), header="CPR;Forvaltning;Jobordning;Startdato;Første dag efter ophør"), "slutdato: kolonnen mangler"),
    "a doubt": (csv(line(code="BUF?")), "ud over navnet står der mere"),
    "a star": (csv(line(scheme="Løntilskud*")), "ud over navnet står der mere"),
    "a sheet of deleted spells": (two_sheets("Slettede", [HEADER, march()], [HEADER, march(2)]), "arkets navn siger, at forløbene ikke tæller med"),
    "a part struck through": (xlsx(march(), march(2), change=strike_a_part), "række 3, forvaltning (kolonne B, »Forvaltning«): cellen er streget over"),
    "a part of a shared text struck through": (shared_text_struck(), "række 3, forvaltning (kolonne B, »Forvaltning«): cellen er streget over"),
    "a part struck through in ods": (
        opendocument("<text:p>BUF", f'{STYLE}<text:p><text:span text:style-name="T1">B</text:span>UF'),
        "række 2, forvaltning (kolonne B, »Forvaltning«): cellen er streget over"),
    "white letters in ods": (
        opendocument('<table:table-cell office:value-type="string"><text:p>BUF',
            '<table:table-cell table:style-name="T1" office:value-type="string"><text:p>BUF', style=WHITE),
        "cellen viser ikke det, der står i den"),
    "a parent's letters in ods": (
        opendocument(CELL, OF_T2, style=WHITE + CHILD), "række 2, forvaltning (kolonne B, »Forvaltning«): cellen viser ikke det"),
    "a column struck through in ods": (
        opendocument("<table:table-column/>" * 2, '<table:table-column/><table:table-column table:default-cell-style-name="T1"/>', style=STYLE),
        "forvaltning: kolonnen mangler"),
    "a condition that strikes through in ods": (opendocument(CELL, OF_T2, style=STYLE + ON_CONDITION), "arket har en betinget formatering"),
    "nearly white letters in a binary workbook": (
        (as_binary(Sheet([[*HEADER], march()]), letters="fefefe"), "xlsb"),
        "række 2, startdato (kolonne D, »Startdato«): cellen viser ikke det"),
    "a condition in a binary workbook": (
        (as_binary(Sheet([[*HEADER], march()]), condition=(0,)), "xlsb"), "arket har en betinget formatering"),
    "white letters": (xlsx(march(), march(2), change=whiten()), "række 3, forvaltning (kolonne B, »Forvaltning«): cellen viser ikke det"),
    "a condition that whitens": (xlsx(march(), change=conditional(font=Font(color="FFFFFFFF"))), "arket har en betinget formatering"),
    "a condition that strikes through and colours": (
        xlsx(march(), change=conditional(font=Font(strike=True), fill=PatternFill(bgColor="FFFFC7CE"))), "arket har en betinget formatering"),
    "a condition that strikes through": (xlsx(march(), change=conditional(font=Font(strike=True))), "arket har en betinget formatering"),
    "a word for a date": (xlsx(march(), change=shown_as("E2", '"løbende"')), "cellen viser ikke hele sin dato"),
    "a word for some dates": (xlsx(march(), change=shown_as("E2", '[<46000]dd-mm-yyyy;"løbende"')), "cellen viser ikke hele sin dato"),
    "a word for a text": (xlsx(march(), change=shown_as("B2", 'General;General;General;"SOF"')), "cellen viser ikke det, der står i den"),
    "a row of one point": (xlsx(march(), march(2), change=lambda page: setattr(page.row_dimensions[3], "height", 1)), "række 3 er skjult i Excel"),
    "a private sector": (csv(line("Privat"), header=";".join((*HEADER, "Sektor"))), "det er ikke kommunens eget"),
    "a sector that nobody knows": (csv(line("Region"), header=";".join((*HEADER, "Sektor"))), "det kan ikke ses, om forløbet tæller"),
    "a kind of employer": (csv(line("Privat"), header=";".join((*HEADER, "Arbejdsgivertype"))), "det er ikke kommunens eget"),
    "private, yes": (csv(line("Ja"), header=";".join((*HEADER, "Privat virksomhed"))), "det er ikke kommunens eget"),
    "a sheet of cancelled spells": (
        two_sheets("Annullerede", [HEADER, march()], [HEADER, march(2)]), "ark »Annullerede«: arkets navn siger, at forløbene ikke tæller med"),
    "a title of private ones": (
        csv(";".join(HEADER), line(), header="Private løntilskud 2026"), "det over overskriften siger, at forløbene ikke tæller med"),
    "a name of private ones": (csv(line(), name="privat løntilskud 2027-01-12.csv"), "filens navn siger, at forløbene ikke tæller med"),
    "a name of cancelled ones": (csv(line(), name="annullerede forløb.csv"), "filens navn siger, at forløbene ikke tæller med"),
    "ends of two names": (
        csv(line("31-12-2026"), header=";".join((*HEADER, "Ophørsdato"))), "slutdato: kolonne E og F er begge slutdato"),
    "an end beside one that is empty": (
        csv(line("31-03-2026", end=""), header=";".join((*HEADER, "Fratrådt"))), "slutdato: kolonne E og F er begge slutdato"),
    "two administrations": (
        csv(line().replace(";", ";SOF;", 1), header="CPR;Forvaltningskode;Forvaltning;Jobordning;Startdato;Slutdato"),
        "forvaltning: kolonne B og C er begge forvaltning"),
    "one number for all": (csv(*(line(person="999999-9999", end=f"{n}-03-2026") for n in range(2, 29))), "nummeret er ikke nogens"),
    "noughts": (csv(*(line(person="0", end=f"{n}-03-2026") for n in range(2, 6))), "nummeret er ikke nogens"),
    "the system's own number": (
        csv(*(line(person="K4711", end=f"{n}-03-2026") for n in range(2, 29))), "det samme nummer står i så mange rækker"),
    "numbers of 18 digits": (
        xlsx(*([123456789012345670 + n * 3, *march()[1:4], date(2026, 3, 9 + n)] for n in range(3))), "Excel har afrundet nummeret"),
    "five stars": (csv(line(person="*****"), line(number=2)), "nummeret er skjult eller ødelagt"),
    "initials": (csv(line(person="ABJ"), line(person="KHN")), "der står intet nummer"),
    "a birthday and a word": (csv(line(person="010180 (beskyttet)"), line(person="020181 (beskyttet)")), "der står kun en fødselsdato"),
    "flexible hours in a payroll": (
        csv("010190-1001;BUF;01-03-2026;31-03-2026;Ja;7", header="CPR;Forvaltning;Ansat fra;Ansat til;Fleksibel arbejdstid;Flekssaldo"),
        "jobordning: kolonnen mangler"),
    "another kind of practice": (
        csv("010190-1001;BUF;01-03-2026;31-03-2026", header="CPR;Forvaltning;Startdato;Slutdato", name="erhvervspraktik 2026.csv"),
        "jobordning: kolonnen mangler"),
    "an end that is not there": (csv(line(end="findes ikke")), "slutdato: værdien kan ikke bruges"),
    "a page with its parts": (
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<html><table></table></html>", "xls"), "en webside (HTML)"),
    "SYLK": ((b"ID;PWXL;N;E\r\nC;Y1;X1;K\"Forvaltning\"\r\nE\r\n", "slk"), "overskriften blev ikke fundet"),
    "last month's sheet": (
        two_sheets("November", [HEADER[1:], *DAYS], [HEADER[1:], *DAYS[:6]]), "ark »November«: forløbene står også i"),
    "months for days where Excel could": (
        xlsx(*(march(n, start=date(2026, n, 3), end="31-12-2026") for n in range(1, 5)), march(5, start="31-03-2026", end=None)),
        "måned og dag er byttet om"),
    "one sheet twice": (
        two_sheets("Kopi", [HEADER[1:], *DAYS], [HEADER[1:], *reversed(DAYS)]), "ark »Kopi«: forløbene er de samme som i"),
    "texts as formulas": (csv('="0101901001";="BUF";="Løntilskud";="01-03-2026";="31-03-2026"'), "slutdato: værdien kan ikke bruges"),
    "the letters of DOS": (csv(line(), encoding="cp865"), "filen er gemt med et forkert tegnsæt"),
    "a row broken in two": (csv(line().removesuffix(";31-03-2026"), ";31-03-2026", line(number=2)), "række 3"),
    "a sign of no width": (csv(line(end="\u200b")), "slutdato: værdien kan ikke bruges"),
    "two paragraphs in ods": (opendocument("<text:p>BUF</text:p>", "<text:p>BUF</text:p><text:p>SOF</text:p>"), "cellen rummer flere linjer"),
    "a grant refused": (beside("Bevilling", "Bevilget", "Afslag"), "række 3, status (kolonne F, »Bevilling«): forløbet blev ikke"),
    "an employer outside": (beside("Intern/ekstern", "Intern", "Ekstern"), "række 3, status (kolonne F, »Intern/ekstern«): det kan ikke ses"),
    "another city": (beside("Kommunenr.", "101", "157"), "række 3, status (kolonne F, »Kommunenr.«): arbejdspladsen er ikke kommunens egen"),
    "a workplace in another city": (beside("Arbejdsgiver", "Københavns Kommune", "Hvidovre Kommune"), "arbejdspladsen er ikke kommunens egen"),
    "an older version": (beside("Nyeste version", "Ja", "Nej"), "række 3, status (kolonne F, »Nyeste version«): forløbet blev ikke"),
    "a row deleted in a warehouse": (beside("is_deleted", "0", "1"), "række 3, status (kolonne F, »is_deleted«): forløbet blev ikke"),
    "a deletion": (beside("Operation", "INSERT", "DELETE"), "række 3, status (kolonne F, »Operation«): forløbet blev ikke"),
    "a reason that it never began": (beside("Ophørsårsag", "Udløb", "Aldrig startet"), "række 3, status (kolonne F, »Ophørsårsag«)"),
    "a half": (beside("Andel", "100", "50"), "rækken er ikke ét forløb; fandt »50«"),
    "the workplace's administration": (beside("Værtsforvaltning", "SOF"), "kolonne B og F er begge forvaltning"),
    "a column for each month": (
        csv("BUF;Løntilskud;01-01-2026;31-03-2026;9;8;7", header="Forvaltning;Jobordning;Startdato;Slutdato;Jan;Feb;Mar"), "for hver måned"),
    "a status for each month": (
        xlsx(*(row for row in DAYS for _ in range(12)), header=HEADER[1:]), "hvert forløb står 12 gange"),
    "one case twice": (csv(line(person="S-17"), line(person="S-17"), header=";".join(("Sagsnr.", *HEADER[1:]))), "gentager en tidligere række"),
    "a sheet laid aside": (two_sheets("Gammel", [HEADER, march()], [HEADER, march(2)]), "det ikke hører til udtrækket; fandt »gammel«"),
    "a copy made by excel": (two_sheets("Data (2)", [HEADER, march()], [HEADER, march(2)]), "det ikke hører til udtrækket"),
    "a week shown": (xlsx(march(), change=shown_as("E2", '"uge "ww')), "cellen viser ikke hele sin dato"),
    "a word before a date": (xlsx(march(), change=shown_as("E2", '"ikke "dd-mm-yyyy')), "cellen viser ikke hele sin dato"),
    "another period": (csv(";".join(HEADER), line(), header="Periode: 01-01-2025 – 31-12-2025"), "for en anden periode; fandt »01-01-2025 til"),
    "last year in the title": (csv(";".join(HEADER), line(), header="Løntilskud og praktik 2025"), "filen siger, at den er for et andet år"),
    "more rows above": (csv(";".join(HEADER), line(), header="Antal rækker: 885"), "filen siger, at der er 885 rækker, men der er 1"),
    "more rows below": (csv(line(), "Viser 1-40 af 1.203 rækker"), "filen siger, at der er 1.203 rækker, men der er 1"),
    "made before the year was over": (csv(line(), "Udskrevet den 15-11-2026 kl. 10.12"), "filen siger selv, at den er fra 15-11-2026"),
    "one that counts for nothing": (beside("Med i opgørelsen", "Ja", "Nej"), "række 3, status (kolonne F, »Med i opgørelsen«): forløbet blev"),
    "one that is left out": (beside("Udelukket", "", "X"), "række 3, status (kolonne F, »Udelukket«): forløbet blev ikke"),
    "one that never came": (beside("Bemærkninger", "", "Startede aldrig"), "række 3, status (kolonne F, »Bemærkninger«): forløbet blev"),
}  # fmt: skip


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return copy_project(tmp_path_factory.mktemp("skrevet"))


def take(project: Project, *files: File) -> Ingested:
    paths = []
    for content, name in files:
        path = project.root / (name if "." in name else f"udtræk{next(numbers)}.{name}")
        path.write_bytes(content)
        paths.append(path)
    try:
        return ingest(project, 2026, paths, extracted=date(2027, 1, 12))
    finally:
        for path in paths:
            path.unlink()


@pytest.mark.parametrize("name", READ)
def test_a_file_is_read_as_it_looks(shared: Project, name: str) -> None:
    file, expected = READ[name]
    sums = take(shared, file).sums
    found = {code: total.status * 365 for (code, key), total in sums.items() if key == "loentilskud" and total.status}
    assert found == expected | {"KK": sum(expected.values())}


@pytest.mark.parametrize("name", REFUSED)
def test_what_may_be_something_else_is_refused(shared: Project, name: str) -> None:
    file, said = REFUSED[name]
    with pytest.raises(InputError) as caught:
        take(shared, file)
    assert said in "\n".join(map(str, caught.value.problems))


def test_one_extract_in_two_files_is_refused(shared: Project) -> None:
    """Without persons no row is found to be repeated."""
    header = HEADER[1:]
    text = csv(*(";".join(map(str, row)) for row in DAYS), header=";".join(header))
    with pytest.raises(InputError, match="forløbene er de samme som i"):
        take(shared, xlsx(*DAYS, header=header), text)
    changed = [*DAYS[:-1], ["SOF", *DAYS[-1][1:]]]
    assert take(shared, xlsx(*changed, header=header), text).sums["SOF", "loentilskud"].spells == 1


@pytest.mark.parametrize(
    "text", ["1980-01-01-1234", "1980/01/01 1234", "010180_1234", "010180-1 234", "1 jan 1980 1234"]
)
def test_a_number_in_a_way_of_its_own_is_not_shown(text: str) -> None:
    assert "1234" not in cover(text)
    assert "234" not in cover(text)
