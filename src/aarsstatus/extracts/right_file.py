"""Refuse a file that is not the right one: its year, its date, its faults.

Reports say above their table, or below it, which period they are of, how many rows they have, when they were made, and
what was asked for: that is compared with the rows.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl

from aarsstatus import danish
from aarsstatus.extracts.dates import find_day
from aarsstatus.extracts.outcome import EXCHANGED, Reading, Refusals
from aarsstatus.extracts.sums import Sum
from aarsstatus.inputs.aliases import Names, fold_value
from aarsstatus.inputs.model import Data, ExtractRow, Remark
from aarsstatus.inputs.schema import KK
from aarsstatus.problems import near

MOST_REFUSED = 20
"""One bad row in so many can be left out; where there are more, something is wrong with the file."""
_ENOUGH_SPELLS = 5
"""So many different spells that stand in two tables are no chance."""
_ENOUGH_TWICE = 12
"""So many different spells, each in the file twice, four times, or six times, are no chance."""
_NEARLY_ALL = 0.9
"""The part of a table's spells that another has too where one was drawn from the other, or after it."""
_EPOCH = date(1970, 1, 1).toordinal()
_ENOUGH_DATES, _ENOUGH_DAYS = 50, 5
"""So many dates on so many days of a month, none after the 12th, are no chance."""


_DAY = r"(?<!\d)(?:\d{1,2}[-./]\d{1,2}[-./]20\d\d|20\d\d-\d\d-\d\d)(?!\d)"
_PERIOD = re.compile(rf"({_DAY})\D{{1,25}}?({_DAY})")
_MADE = re.compile(
    r"(?:udtrukket|udtræk(?:sdato)?|udskrevet|udskrift|dannet|trukket|kørt|kørsel(?:sdato)?|genereret|opgjort|rapportdato|"
    rf"eksporteret|pr\.)\D{{0,25}}({_DAY})",
    re.IGNORECASE,
)
_NUMBER = r"\d{1,3}(?:\.\d{3})+|\d+"
_ROWS = re.compile(
    rf"antal (?:rækker|poster|records)\W{{0,3}}({_NUMBER})(?!\w)|"
    rf"(?<![\w.-])({_NUMBER}) (?:rækker|poster|rows|records)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d.,/-])20\d\d(?![\d.,/-]\d|\d)")
_LONGEST = 4_000
"""Characters above a table and below it: whatever has more is no title."""
_SELECTED = re.compile(r"\b(?:filter|filtreret|kun|stikprøve|testdata|udkast|top \d+|højst|begrænset)\b", re.IGNORECASE)
"""Says that a file may hold less than all, or something else."""


def check_year(year: int, data: Data, refusals: Refusals) -> None:
    """Refuse a year that was published by a notat, and one without administrations."""
    row = next(
        (row for (when, _, _), row in data.statuses.items() if when == year and row.origin.startswith("notat")), None
    )
    if row is not None:
        notat = row.origin.partition(",")[0]
        message = f"tallene for {year} er skrevet af efter {notat}; et udtræk kan ikke erstatte dem"
        expected = "et år, der ikke er skrevet af efter et notat"
        refusals.file(row.source.partition(":")[0], message, found=str(year), expected=expected)
    if not any(one.code != KK and one.held(year) for one in data.administrations):
        refusals.file("data/administrations.csv", f"ingen forvaltning har et navn i {year}")


def scheme_said(said: str | None, names: Names, data: Data, refusals: Refusals) -> str | None:
    """Return the key of the scheme with a given name; refuse an unknown one."""
    if said is None or (key := names.schemes.get(fold_value(said, names.harmless))) is not None:
        return None if said is None else key
    expected, hint = danish.join(list(data.schemes), "eller"), near(said, data.schemes)
    refusals.file("--scheme", "ukendt jobordning", found=said, expected=expected, hint=hint)
    return None


def refuse_same_file(reading: Reading, refusals: Refusals) -> None:
    """Refuse two files with the same bytes, or tables with the same spells.

    Every spell would count twice, and only those of known persons are found to be repeated.
    """
    seen: dict[str, str] = {}
    for extract in reading.extracts:
        if extract.sha256 in seen:
            message = f"filen er magen til {seen[extract.sha256]}"
            refusals.file(extract.name, message, expected="hvert udtræk én gang")
        seen.setdefault(extract.sha256, extract.name)
    if reading.labels:
        _refuse_same_spells(reading, refusals)


def _refuse_same_spells(reading: Reading, refusals: Refusals) -> None:
    """Refuse a table whose spells nearly all stand in another, as in last month's.

    Or in which each stands as many times, as in a status for each month. Putting like rows together takes its time
    with millions: one table alone, whose persons are known, is left to `remarks.duplicates`.
    """
    if len(reading.labels) == 1 and any(some["person"].null_count() < some.height for some in reading.spells):
        return
    parts = pl.concat(reading.spells).drop("row").partition_by("table", as_dict=True, include_key=False)
    are_known = [part["person"].null_count() < part.height for part in parts.values()]
    smallest_first = sorted(parts.items(), key=lambda one: (one[1].height, [-number for number in one[0]]))
    spell = pl.all() if all(are_known) else pl.exclude("person")
    tables = [(reading.labels[int(number)], part.group_by(spell).len()) for (number,), part in smallest_first]
    for place, (label, own) in enumerate(tables):
        times = int(np.gcd.reduce(own["len"].to_numpy())) if own.height else 1
        if times ** min(own.height, _ENOUGH_TWICE) >= 2**_ENOUGH_TWICE and not all(are_known):
            expected = "hvert forløb én gang, eller en kolonne, der siger, hvem rækken er om"
            refusals.file(label, f"hvert forløb står {times} gange eller flere", expected=expected)
        height = int(own["len"].sum())
        if own.height < _ENOUGH_SPELLS:
            continue
        for other, rest in tables[place + 1 :]:
            both = own.join(rest, on=own.columns[:-1], nulls_equal=True)
            shared = both.select(pl.min_horizontal("len", "len_right").sum()).item()
            if shared >= _NEARLY_ALL * height:
                same = shared == height == rest["len"].sum()
                what = "forløbene er de samme som i" if same else "forløbene står også i"
                refusals.file(label, f"{what} {other}", expected="hvert forløb én gang")
                break


def refuse_too_many(reading: Reading, refusals: Refusals) -> None:
    """Refuse to leave out more than a few rows, or rows with month before day."""
    for extract in reading.extracts:
        counts = extract.counts
        faults, others = counts.refused - counts.cancelled, counts.rows - counts.cancelled
        if faults * MOST_REFUSED > others:
            bad, rows = danish.whole(faults), danish.whole(others)
            message = f"{bad} af {rows} rækker kan ikke bruges; det er flere end hver tyvende"
            expected = "et udtræk, der er rettet; --skip-bad-rows kan kun udelade enkelte rækker"
            refusals.file(extract.name, message, expected=expected)
    for label, column in sorted(refusals.exchanged):
        refusals.file(label, EXCHANGED, column=column, expected="datoer som 31-12-2026 i hele kolonnen")


def refuse_dates(
    rows: Sequence[ExtractRow], year: int, data: Data, refusals: Refusals, *, early: bool, older: bool
) -> None:
    """Refuse an extract drawn before the year's end, or older than its predecessor.

    `early` and `older` say that somebody wants just that.
    """
    for row in rows:
        drawn = danish.short_date(row.extracted)
        if row.extracted < date(year, 12, 31) and not early:
            refusals.file(
                row.file, f"udtrækket er fra {drawn}, før {year} var gået",
                expected="et udtræk fra den 31. december eller senere; skriv --early, hvis tallene skal være "
                "foreløbige, eller --date DATO, hvis udtrækket er lavet en anden dag",
            )  # fmt: skip
        for key in row.schemes.split():
            last = max(
                (o.extracted for o in data.extracts if o.year == year and key in o.schemes.split()), default=None
            )
            if last is not None and last > row.extracted and not older:
                message = f"udtrækket er fra {drawn}, men {data.schemes[key].name} er læst af et, der er nyere"
                expected = "det nyeste udtræk; skriv --older, hvis det ældre skal træde i stedet"
                refusals.file(row.file, message, found=danish.short_date(last), expected=expected)


def refuse_contradicted(
    reading: Reading, extracted: date | None, year: int, refusals: Refusals, *, early: bool
) -> None:
    """Refuse files that say that they were made before the year's end."""
    for one in reading.extracts:
        if extracted is not None and one.drawn is not None and one.drawn < date(year, 12, 31) and not early:
            refusals.file(
                one.name, f"filen siger selv, at den er fra {danish.short_date(one.drawn)}, før {year} var gået",
                found=f"--date {danish.short_date(extracted)}",
                expected="et udtræk fra efter årets udgang; skriv --early, hvis tallene skal være foreløbige; er "
                "filens dato forkert, så slet linjen",
            )  # fmt: skip


def preliminary(rows: Sequence[ExtractRow], sums: Mapping[tuple[str, str], Sum], year: int, data: Data) -> list[Remark]:
    """Return which schemes' numbers are preliminary, since their year was not over."""
    found = []
    for key in [scheme for code, scheme in sums if code == KK]:
        drawn = min((row.extracted for row in rows if key in row.schemes.split()), default=date.max)
        if drawn < date(year, 12, 31):
            text = f"{data.schemes[key].name}: tallene er foreløbige; udtrækket er fra {danish.short_date(drawn)}"
            found.append(Remark("preliminary", key, "", 0, f"{text}, før {year} var gået"))
    return found


def either_way(spells: pl.DataFrame, labels: Sequence[str]) -> Iterator[str]:
    """Say of which files every start can be read with month before day as well."""
    days = spells.select("table", day=pl.from_epoch(pl.col("start") - _EPOCH, time_unit="d").dt.day())
    counted = days.group_by("table").agg(pl.len(), pl.col("day").max(), pl.col("day").n_unique().alias("different"))
    for table, number, latest, different in counted.sort("table").rows():
        if number >= _ENOUGH_DATES and different >= _ENOUGH_DAYS and latest <= 12:
            yield (
                f"{labels[table]}: alle {danish.whole(number)} startdatoer (100 pct.) kan læses både som dag-måned og "
                "som måned-dag; de er læst som dag-måned, så se efter, at systemet ikke skriver amerikanske datoer"
            )


# -- what a file says of itself -------------------------------------------------------------------------------


def around(title: str, below: Sequence[str]) -> str:
    """Return the text above a table and below it."""
    return " ".join(text[:_LONGEST] for text in (title, *below))


def made(said: str) -> date | None:
    """Return the day on which a file says that it was made."""
    days = [one for match in _MADE.finditer(said) if (one := find_day(match[1])) is not None]
    return max(days, default=None)


def refuse_other(
    label: str, said: str, sheet: str, stem: str, rows: int, year: int, refusals: Refusals
) -> None:  # fmt: skip
    """Refuse a table of another year, or longer, as it says; note what is doubtful.

    `said` is what stands above the table and below it, `sheet` and `stem` are the names of its sheet and its file.
    """
    numbers = [int((match[1] or match[2]).replace(".", "")) for match in _ROWS.finditer(said)]
    if numbers and not {rows, rows + 1}.intersection(numbers):
        stated = danish.whole(max(numbers))
        refusals.file(
            label, f"filen siger, at der er {stated} rækker, men der er {danish.whole(rows)}",
            expected="hele udtrækket; er det skåret over eller filtreret, så lav det igen, og passer tallet ikke, så "
            "slet linjen",
        )  # fmt: skip
    rest = _MADE.sub(" ", said)
    periods = [(first, last) for match in _PERIOD.finditer(rest) if (first := find_day(match[1]))
               and (last := find_day(match[2])) and first < last]  # fmt: skip
    if periods and not any(first.year <= year <= last.year for first, last in periods):
        shown = " til ".join(map(danish.short_date, periods[0]))
        refusals.file(
            label, "filen siger, at den er for en anden periode", found=shown, expected=f"et udtræk for {year}"
        )
    elif periods and not any(first <= date(year, 1, 1) and last >= date(year, 12, 31) for first, last in periods):
        shown = " til ".join(map(danish.short_date, periods[0]))
        refusals.note(
            label, f"filen siger, at den er for {shown}, og det er ikke hele {year}; se efter, om udtrækket er helt"
        )
    years = {int(one) for text in (re.sub(_DAY, " ", rest), sheet) for one in _YEAR.findall(text)}
    if not periods and _is_another(years, year):
        refusals.file(label, "filen siger, at den er for et andet år", found=str(year - 1), expected=str(year))
    elif not periods and _is_another({int(one) for one in _YEAR.findall(stem)}, year):
        refusals.note(label, f"filens navn siger {year - 1}; se efter, om den er for {year}")
    if (selected := _SELECTED.search(said)) is not None:
        word = selected[0].casefold()
        refusals.note(label, f"over eller under tabellen står der »{word}«; se efter, om udtrækket er helt")


def _is_another(years: Collection[int], year: int) -> bool:
    """Return whether some years are those of last year's extract."""
    return year - 1 in years and year not in years
