"""Realistic register extracts, made from a seed: as many spells as the notat for 2025 prints, as long as it implies,
and as untidy as such files are.

The spells are made first (`spells`, `employments`), then written down in one of many ways (`write_csv`,
`write_xlsx`). What they come to is computed by nobody here; tests do that on the spells themselves.

Persons are numbers that look like CPR numbers and are nobody's: the day of birth is a real date, but the serial is
0000, which is not given to anybody.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import openpyxl

from aarsstatus.inputs.model import Data

CODES = ("BIF", "BUF", "KFF", "SOF", "SUF", "TMF", "ØKF")
NAMES = {
    "BIF": (
        "BIF",
        "Beskæftigelses- og Integrationsforvaltningen",
        "Beskæftigelses-, Integrations- og Erhvervsforvaltningen",
    ),
    "BUF": ("BUF", "Børne- og Ungdomsforvaltningen", "børne- og ungdomsforvaltningen", " BUF "),
    "KFF": ("KFF", "Kultur- og Fritidsforvaltningen", "KULTUR- OG FRITIDSFORVALTNINGEN"),
    "SOF": ("SOF", "Socialforvaltningen", "sof"),
    "SUF": ("SUF", "Sundheds- og Omsorgsforvaltningen", "Sundheds og Omsorgsforvaltningen"),
    "TMF": ("TMF", "Teknik- og Miljøforvaltningen", "Teknik og Miljø"),
    "ØKF": ("ØKF", "Økonomiforvaltningen", "økf"),
    None: ("", "-", "Ukendt", "Ingen"),
}
SCHEMES = {
    "loentilskud": ("Løntilskud", "LØNTILSKUD", "loentilskud"),
    "virksomhedspraktik": ("Virksomhedspraktik", "virksomhedspraktik", "Praktik"),
    "smaajob": ("Småjob under det sociale frikort", "Småjob", "smaajob"),
    "fritidsjob": ("Fritidsjob", "fritidsjob (helårspersoner)"),
    "fleksjob": ("Fleksjob",),
}


@dataclass(frozen=True)
class Spell:
    """One spell or employment; `administration` None belongs to nobody, `end` None still runs."""

    administration: str | None
    scheme: str
    start: date
    end: date | None
    person: str
    hours: str = "37"


def person(random_: random.Random) -> str:
    """Return a number that looks like a CPR number, and is nobody's."""
    born = date(1958, 1, 1) + timedelta(random_.randrange(17_000))
    return f"{born:%d%m%y}-0000"


def persons(random_: random.Random, count: int) -> list[str]:
    """Return different persons; there are only so many days to be born on."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[person(random_)] = None
    return list(found)


def spells(data: Data, year: int, seed: int, like: int = 2025) -> list[Spell]:
    """Return a year's spells in the schemes that are counted by days, like those of an earlier year.

    For each administration and scheme there are about as many as were printed for the earlier year, and their mean
    number of days inside the year is about status × 365 ÷ spells. Some cross New Year at either end, some last one
    day, some still run, and one in a hundred belongs to no administration.
    """
    random_ = random.Random(f"{seed}-{year}")
    made: list[Spell] = []
    for (when, code, key), row in data.statuses.items():
        scheme = data.schemes[key]
        if when != like or code == "KK" or scheme.counting == "headcount":
            continue
        count = row.spells if row.spells is not None else round(row.status * 2)  # fritidsjob: half a year each
        share = min(0.98, float(row.status) / count) if count else 0
        for number in range(count):
            days = _days(random_, share, year) if number % 97 else 1
            start, end = _placed(random_, days, year)
            belongs = None if random_.random() < 0.01 else code
            made.append(Spell(belongs, key, start, end, "", random_.choice(["37", "18,5", "7,4", "12"])))
    random_.shuffle(made)
    found = persons(random_, len(made))
    return [replace(spell, person=number) for spell, number in zip(made, found, strict=True)]


def _days(random_: random.Random, share: float, year: int) -> int:
    """Return a number of days inside the year: that share of it on average, many short and few long."""
    most = (date(year, 12, 31) - date(year, 1, 1)).days + 1
    return max(1, round(most * random_.betavariate(6 * share, 6 * (1 - share)))) if share else 1


def _placed(random_: random.Random, days: int, year: int) -> tuple[date, date | None]:
    """Place a spell so that it has that many days inside the year; some begin before it, some end after it."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    room = (last - first).days + 1 - days
    where = random_.random()
    if where < 0.15:
        return first - timedelta(random_.randrange(1, 120)), first + timedelta(days - 1)
    if where < 0.35:
        start = last - timedelta(days - 1)
        return start, None if random_.random() < 0.5 else last + timedelta(random_.randrange(1, 120))
    start = first + timedelta(random_.randrange(room + 1))
    return start, start + timedelta(days - 1)


def employments(data: Data, year: int, seed: int, like: int = 2025) -> list[Spell]:
    """Return fleksjob employments: most since years ago, some begun or ended in the year, a few persons with two."""
    random_ = random.Random(f"{seed}-{year}-fleksjob")
    made: list[Spell] = []
    for (when, code, key), row in data.statuses.items():
        if when != like or code == "KK" or data.schemes[key].counting != "headcount":
            continue
        for _ in range(int(row.status) + int(row.status) // 8):
            start = date(year - random_.randrange(12), random_.randrange(1, 13), random_.randrange(1, 29))
            ended = random_.random() < 0.12
            end = date(year, random_.randrange(1, 13), random_.randrange(1, 29)) if ended else None
            if end is not None and end < start:
                end = start
            made.append(Spell(code, key, start, end, ""))
    found = persons(random_, len(made))
    made = [replace(spell, person=number) for spell, number in zip(made, found, strict=True)]
    twice = random_.sample(made, 12)
    made += [
        replace(one, administration=random_.choice(CODES), start=one.start + timedelta(40), end=None) for one in twice
    ]
    return made


# -- written down ---------------------------------------------------------------------------------------------

DATES: dict[str, Callable[[date], str]] = {
    "dashes": lambda day: f"{day:%d-%m-%Y}",
    "dots": lambda day: f"{day:%d.%m.%Y}",
    "slashes": lambda day: f"{day:%d/%m/%Y}",
    "iso": lambda day: day.isoformat(),
    "time": lambda day: f"{day:%d-%m-%Y} 00:00:00",
    "short": lambda day: f"{day.day}-{day.month}-{day.year}",
}


@dataclass(frozen=True)
class Style:
    """How an extract is written down."""

    headers: Sequence[str] = ("Forvaltning", "Jobordning", "Startdato", "Slutdato", "Ugentlige timer", "CPR-nr.")
    fields: Sequence[str] = ("administration", "scheme", "start", "end", "hours", "person")
    dates: Sequence[str] = ("dashes",)
    delimiter: str = ";"
    encoding: str = "utf-8"
    newline: str = "\r\n"
    title: Sequence[str] = ()
    total: bool = False
    names: bool = True
    persons: str = "hyphen"
    extra: Sequence[str] = field(default_factory=tuple)


def rows(made: Sequence[Spell], style: Style, seed: int = 1) -> list[list[str]]:
    """Return an extract's rows as text, below its header."""
    random_ = random.Random(f"{seed}-{style.delimiter}")

    def cell(spell: Spell, name: str) -> str:
        if name == "administration":
            return random_.choice(NAMES[spell.administration]) if style.names else spell.administration or ""
        if name == "scheme":
            return random_.choice(SCHEMES[spell.scheme]) if style.names else spell.scheme
        if name in {"start", "end"}:
            day: date | None = getattr(spell, name)
            return "" if day is None else DATES[random_.choice(list(style.dates))](day)
        if name == "person":
            return {"hyphen": spell.person, "plain": spell.person.replace("-", ""),
                    "number": spell.person.replace("-", "").lstrip("0")}[style.persons]  # fmt: skip
        return spell.hours if name == "hours" else ""

    return [[cell(spell, name) for name in style.fields] + [""] * len(style.extra) for spell in made]


def csv_bytes(made: Sequence[Spell], style: Style) -> bytes:
    """Return an extract as a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=style.delimiter, lineterminator=style.newline)
    for line in style.title:
        writer.writerow([line] if line else [])
    writer.writerow([*style.headers, *style.extra])
    writer.writerows(rows(made, style))
    if style.total:
        writer.writerow(["I alt", "", "", "", f"{len(made):,}".replace(",", ".")][: len(style.headers)])
    return text.getvalue().encode(style.encoding)


def write_csv(path: Path, made: Sequence[Spell], style: Style) -> Path:
    """Write an extract as a CSV file."""
    path.write_bytes(csv_bytes(made, style))
    return path


def write_xlsx(path: Path, made: Sequence[Spell], *, merged: bool = True, total: bool = True) -> Path:
    """Write an extract as Excel would have it: a title, merged header cells, dates as dates, CPR numbers as numbers,
    a row of sums, and a sheet of other things.
    """
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Udtræk"
    sheet.append(["Udtræk fra fagsystemet, alle forvaltninger"])
    sheet.append([])
    if merged:
        sheet.append(["Forvaltning", "Ordning", "Periode", None, "CPR", "Bemærkning"])
        sheet.append([None, None, "Fra", "Til", None, None])
        sheet.merge_cells("C3:D3")
        for column in "ABEF":
            sheet.merge_cells(f"{column}3:{column}4")
    else:
        sheet.append(["Forvaltning", "Ordning", "Fra", "Til", "CPR", "Bemærkning"])
    random_ = random.Random(len(made))
    for spell in made:
        name = random_.choice(NAMES[spell.administration]) or None
        number = int(spell.person.replace("-", ""))
        sheet.append([name, random_.choice(SCHEMES[spell.scheme]), spell.start, spell.end, number, None])
    if total:
        sheet.append(["Total", None, None, None, len(made)])
    other = book.create_sheet("Vejledning")
    other.append(["Udtrækket er lavet af Kontor for HR og Tilsyn"])
    book.save(path)
    return path
