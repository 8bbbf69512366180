"""Find in the spells of a year what somebody should look at; it changes no sum.

Repeated rows, overlaps, long spells, dates to come, spells of nobody, numbers far from last year's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction

import polars as pl

from aarsstatus import danish
from aarsstatus.extracts.dates import OPEN, show_day
from aarsstatus.extracts.outcome import rows_shown
from aarsstatus.extracts.sums import Sum
from aarsstatus.inputs.aliases import Limit
from aarsstatus.inputs.model import Data, ExtractRow, Remark, Scheme
from aarsstatus.inputs.reorganisations import comparable
from aarsstatus.inputs.schema import KK
from aarsstatus.privacy import mask
from aarsstatus.text import unfit, visible

_LONGEST_NOTE = 2000
_ENOUGH_PARTS = 5
"""Spells that go on where another ends: fewer are chance."""
FAR = Fraction(1, 2)
"""A status or a number of spells that is half as large again as last year's, or half as small, is far from it: the
notats' own largest change for the whole city between two years is a third (spells, 2020 to 2021)."""
FAR_AT_LEAST = 20
"""Persons or spells: fewer than this is chance in an administration with few."""


def of_several(spells: pl.DataFrame) -> pl.DataFrame:
    """Return the spells of persons who have more than one."""
    return spells.filter(pl.col("person").is_not_null()).filter(pl.col("person").is_duplicated())


def duplicates(several: pl.DataFrame) -> pl.DataFrame:
    """Return the spells that repeat an earlier one, with where the earlier one stands.

    Only spells with a person can be told from another person's; `several` is what `of_several` returned.

    Returns
    -------
    polars.DataFrame
        The spells, and ``first_table`` and ``first_row`` of each.
    """
    keys = ["administration", "scheme", "weekly_hours", "start", "end", "person"]
    repeated = several.filter(pl.struct(keys).is_duplicated()).sort("table", "row")
    return repeated.with_columns(
        pl.col("table").first().over(keys).alias("first_table"), pl.col("row").first().over(keys).alias("first_row")
    ).filter((pl.col("row") != pl.col("first_row")) | (pl.col("table") != pl.col("first_table")))


def warnings(
    spells: pl.DataFrame, several: pl.DataFrame, year: int, codes: Sequence[str], data: Data,
    limits: Mapping[str, Limit], extracted: Sequence[date], labels: Sequence[str],
) -> list[Remark]:  # fmt: skip
    """Return what an analyst should look at in some spells.

    `several` are those of them that `of_several` returns. `limits` say how long a spell may last, by scheme, and
    `extracted` is the day of each table's extract: what lies after it has not happened.
    """
    found: list[Remark] = []
    last = date(year, 12, 31).toordinal()
    for place in sorted(spells["scheme"].unique().to_list()):
        scheme = list(data.schemes.values())[place]
        own = spells.filter(pl.col("scheme") == place)
        seen = [
            *_misplaced(own, several.filter(pl.col("scheme") == place), scheme, len(codes), labels),
            *_too_long(own, limits.get(scheme.key), last, labels),
            *_to_come(own, extracted, last, labels),
            *_of_nobody(own, scheme, last),
        ]
        found += [
            Remark(kind, scheme.key, "", rows.height, f"{scheme.name}: {said}")
            for kind, rows, said in seen
            if rows.height
        ]
    return found


_Found = Iterator[tuple[str, pl.DataFrame, str]]
"""Kinds of remarks, the rows that each is about, and what is said of them; nothing where there are no rows."""


def _misplaced(own: pl.DataFrame, several: pl.DataFrame, scheme: Scheme, none: int, labels: Sequence[str]) -> _Found:
    """Yield spells of no administration, and those with another of the same person."""
    found = own.filter(pl.col("administration") == none)
    they = "det" if found.height == 1 else "de"
    said = f"{_spells(found)} har ingen forvaltning; {they} tæller kun med i KK og er ikke fordelt"
    yield "not_distributed", found, f"{said} ({_where(found, labels)})"
    in_turn = several.sort("person", "start", "end", "table", "row")
    found = in_turn.filter(pl.col("end").cum_max().shift().over("person") >= pl.col("start"))
    effect = "dagene tæller med i begge" if scheme.counting != "headcount" else "personen tæller kun én gang i KK"
    said = f"{_spells(found)} begynder, før et andet for samme person er slut; {effect}"
    yield "overlap", found, f"{said} ({_where(found, labels)})"
    parts = in_turn.filter(
        pl.struct("person", "administration") == pl.struct("person", "administration").shift(),
        pl.col("start") == pl.col("end").shift() + 1,
    )
    if scheme.counting != "headcount" and parts.height >= max(_ENOUGH_PARTS, several.height / 2):  # no spells of heads
        said = f"{_spells(parts)} begynder dagen efter, at et andet for samme person er slut"
        more = "står ét forløb i flere rækker, bliver antallet af forløb for stort"
        yield "overlap", parts, f"{said}; {more} ({_where(parts, labels)})"


def _too_long(own: pl.DataFrame, limit: Limit | None, last: int, labels: Sequence[str]) -> _Found:
    """Yield spells that last longer than the scheme allows.

    One that still runs has lasted till the year's end.
    """
    if limit is not None:
        until = pl.when(pl.col("end") == OPEN).then(last).otherwise(pl.col("end"))
        found = own.filter(until - pl.col("start") + 1 > limit.days)
        said = f"{_spells(found)} varer mere end {limit.days} dage"
        yield "too_long", found, f"{said} ({_where(found, labels)}). {limit.reason}"


def _to_come(own: pl.DataFrame, extracted: Sequence[date], last: int, labels: Sequence[str]) -> _Found:
    """Yield spells with days of the year after the day of their extract."""
    for when in sorted(set(extracted)):
        day = when.toordinal()
        drawn = own.filter(pl.col("table").is_in([table for table, one in enumerate(extracted) if one == when]))
        found = drawn.filter(pl.col("start") > day)
        where = _where(found, labels)
        said = f"{_spells(found)} begynder efter udtrækkets dato {show_day(day)} ({where}); dagene tæller med"
        yield "future", found, said
        later = drawn.filter(pl.col("start") <= day, pl.col("end") > day, pl.lit(day < last))
        until = "som ligger før årets udgang; dage, der ikke er gået endnu, tæller med"
        yield "unfinished_year", later, f"{_spells(later)} løber videre efter udtrækkets dato {show_day(day)}, {until}"


def _of_nobody(own: pl.DataFrame, scheme: Scheme, last: int) -> _Found:
    """Yield spells of which nobody can tell who is who, and heads that count twice."""
    missing = own.filter(pl.col("person").is_null())
    if scheme.counting != "headcount":
        said = "udtrækket siger ikke, hvem der er hvem, så gentagelser og overlap kan ikke findes"
        yield "no_persons", missing if missing.height == own.height else missing.clear(), said
        return
    at_work = (pl.col("start") <= last) & (pl.col("end") >= last)
    missing = missing.filter(at_work)
    each = "den" if missing.height == 1 else "hver"
    employments = danish.counted(missing.height, "ansættelse", "ansættelser")
    yield "no_persons", missing, f"{employments} har ingen person, så {each} tæller som én ansat"
    known = own.filter(at_work, pl.col("person").is_not_null()).unique(["person", "administration"])
    several = known.filter(pl.col("person").is_duplicated()).unique("person")
    each = "personen" if several.height == 1 else "hver"
    many = f"den 31. december; {each} tæller én gang i hver forvaltning og én gang i KK"
    persons = danish.counted(several.height, "person", "personer")
    yield "several_administrations", several, f"{persons} er ansat i flere forvaltninger {many}"


def far_from_before(sums: Mapping[tuple[str, str], Sum], year: int, data: Data) -> list[Remark]:
    """Tell of numbers that are far from those of the latest year before.

    Where the whole city's are, its administrations are named with it: they have one cause.
    """
    found: list[Remark] = []
    for key in dict.fromkeys(scheme for _, scheme in sums):
        far = {code: told for code, scheme in sums if scheme == key and (told := _far(sums, code, key, year, data))}
        others = [code for code in far if code != KK] if KK in far else []
        too = f", og i {danish.join(others)} er der også stor forskel" if others else ""
        for code in [code for code in far if code not in others]:
            difference, numbers = far[code]
            text = f"{data.schemes[key].name}, {code}: {numbers}{too}; se efter, om udtrækket er helt"
            found.append(Remark("far_from_before", key, code, difference, text))
    return found


def _far(
    sums: Mapping[tuple[str, str], Sum], code: str, key: str, year: int, data: Data
) -> tuple[int, str] | None:  # fmt: skip
    """Return how far one number is from that before, and which are far; None if none."""
    before = max((y for y, c, s in data.statuses if c == code and s == key and y < year), default=None)
    if before is None or not comparable(data, code, before, year):
        return None
    old, now = data.statuses[before, code, key], sums[code, key]
    pairs = [("status", old.status, now.status)]
    if old.spells is not None and now.spells is not None:
        pairs.append(("antal forløb", Fraction(old.spells), Fraction(now.spells)))
    far = [
        (abs(is_ - was), f"{what} er {danish.whole(is_)} mod {danish.whole(was)}")
        for what, was, is_ in pairs
        if abs(is_ - was) >= FAR_AT_LEAST and abs(is_ - was) > FAR * was
    ]
    return (int(max(far)[0]), f"{danish.join([text for _, text in far])} i {before}") if far else None


def remembered(notes: Sequence[str], sums: Mapping[tuple[str, str], Sum]) -> Iterator[Remark]:
    """Yield notes as ``data/warnings.csv`` keeps them, with the first scheme read."""
    scheme = next(key for _, key in sums)
    for note in notes:
        text = mask(visible(note))[:_LONGEST_NOTE]
        unkept = "en bemærkning om udtrækkene kan ikke gemmes; læs dem ind igen for at se den"
        yield Remark("note", scheme, "", 0, text if unfit(text, _LONGEST_NOTE) is None else unkept)


def outside(rows: Sequence[ExtractRow], year: int) -> Iterator[str]:
    """Tell of rows that count for nothing, since they have no day in the year."""
    for row in rows:
        if row.outside:
            rows_outside = danish.counted(row.outside, "række", "rækker")
            yield f"{row.file}: {rows_outside} har ingen dage i {year} og tæller ikke med"


def absent(sums: Mapping[tuple[str, str], Sum], data: Data, year: int) -> Iterator[str]:
    """Tell of schemes that exist and have no numbers for the year yet."""
    for one in data.schemes.values():
        if one.existed(year) and (KK, one.key) not in sums and (year, KK, one.key) not in data.statuses:
            yield f"{one.name}: der er endnu ingen tal for {year}; jobordningen var ikke i disse udtræk"


def _where(found: pl.DataFrame, labels: Sequence[str]) -> str:
    """Write where some spells stand, in short."""
    parts = [
        (labels[int(table)], rows_shown(group["row"]))
        for (table,), group in found.sort("table", "row").group_by("table", maintain_order=True)
    ]
    return "; ".join(f"{label}, {rows}" for label, rows in parts)


def _spells(found: pl.DataFrame) -> str:
    """Write how many spells there are."""
    return f"{danish.whole(found.height)} forløb"
