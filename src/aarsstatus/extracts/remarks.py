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
from aarsstatus.extracts.refusals import rows_shown
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

    Parameters
    ----------
    spells, year, codes, data
        As for `count`.
    several
        Those of them that `of_several` returns.
    limits
        How long a spell may last, by scheme.
    extracted
        The day of each table's extract: what lies after it has not happened.
    labels
        What each table is called.
    """
    found: list[Remark] = []
    last = date(year, 12, 31).toordinal()
    for place in sorted(spells["scheme"].unique().to_list()):
        scheme = list(data.schemes.values())[place]
        own = spells.filter(pl.col("scheme") == place)
        found += _undistributed(own, scheme, len(codes), labels)
        found += _overlaps(several.filter(pl.col("scheme") == place), scheme, labels)
        if (limit := limits.get(scheme.key)) is not None:
            found += _too_long(own, scheme, limit, last, labels)
        found += _to_come(own, scheme, extracted, last, labels)
        found += _heads(own, scheme, last) if scheme.counting == "headcount" else _without_persons(own, scheme)
    return found


def _undistributed(own: pl.DataFrame, scheme: Scheme, none: int, labels: Sequence[str]) -> Iterator[Remark]:
    """Tell of spells that belong to no administration."""
    found = own.filter(pl.col("administration") == none)
    if found.height:
        they = "det" if found.height == 1 else "de"
        text = (
            f"{scheme.name}: {_spells(found.height)} har ingen forvaltning; {they} tæller kun med i KK og er ikke "
            f"fordelt ({_where(found, labels)})"
        )
        yield Remark("not_distributed", scheme.key, "", found.height, text)


def _overlaps(own: pl.DataFrame, scheme: Scheme, labels: Sequence[str]) -> Iterator[Remark]:
    """Tell of spells that begin before the same person's earlier one has ended."""
    before = pl.col("end").cum_max().shift().over("person")
    in_turn = own.sort("person", "start", "end", "table", "row")
    found = in_turn.filter(before >= pl.col("start"))
    if found.height:
        effect = "dagene tæller med i begge" if scheme.counting != "headcount" else "personen tæller kun én gang i KK"
        text = (
            f"{scheme.name}: {_spells(found.height)} begynder, før et andet for samme person er slut; {effect} "
            f"({_where(found, labels)})"
        )
        yield Remark("overlap", scheme.key, "", found.height, text)
    if scheme.counting == "headcount":  # its spells are not counted
        return
    parts = in_turn.filter(
        pl.struct("person", "administration") == pl.struct("person", "administration").shift(),
        pl.col("start") == pl.col("end").shift() + 1,
    )
    if parts.height >= _ENOUGH_PARTS and 2 * parts.height >= own.height:
        text = (
            f"{scheme.name}: {_spells(parts.height)} begynder dagen efter, at et andet for samme person er slut; "
            f"står ét forløb i flere rækker, bliver antallet af forløb for stort ({_where(parts, labels)})"
        )
        yield Remark("overlap", scheme.key, "", parts.height, text)


def _too_long(own: pl.DataFrame, scheme: Scheme, limit: Limit, last: int, labels: Sequence[str]) -> Iterator[Remark]:
    """Tell of spells that last longer than the scheme allows.

    One that still runs has lasted till the year's end.
    """
    until = pl.when(pl.col("end") == OPEN).then(last).otherwise(pl.col("end"))
    found = own.filter(until - pl.col("start") + 1 > limit.days)
    if found.height:
        where = _where(found, labels)
        text = f"{scheme.name}: {_spells(found.height)} varer mere end {limit.days} dage ({where}). {limit.reason}"
        yield Remark("too_long", scheme.key, "", found.height, text)


def _to_come(
    own: pl.DataFrame, scheme: Scheme, extracted: Sequence[date], last: int, labels: Sequence[str]
) -> Iterator[Remark]:
    """Tell of spells with days of the year after the day of their extract."""
    for when in sorted(set(extracted)):
        day = when.toordinal()
        drawn = own.filter(pl.col("table").is_in([table for table, one in enumerate(extracted) if one == when]))
        begun_later = drawn.filter(pl.col("start") > day)
        if begun_later.height:
            text = (
                f"{scheme.name}: {_spells(begun_later.height)} begynder efter udtrækkets dato {show_day(day)} "
                f"({_where(begun_later, labels)}); dagene tæller med"
            )
            yield Remark("future", scheme.key, "", begun_later.height, text)
        later = drawn.filter((pl.col("start") <= day) & (pl.col("end") > day))
        if day < last and later.height:
            text = (
                f"{scheme.name}: {_spells(later.height)} løber videre efter udtrækkets dato {show_day(day)}, som "
                "ligger før årets udgang; dage, der ikke er gået endnu, tæller med"
            )
            yield Remark("unfinished_year", scheme.key, "", later.height, text)


def _heads(own: pl.DataFrame, scheme: Scheme, last: int) -> Iterator[Remark]:
    """Tell where heads are not what they seem."""
    employed = own.filter((pl.col("start") <= last) & (pl.col("end") >= last))
    if missing := employed["person"].null_count():
        employments = danish.counted(missing, "ansættelse", "ansættelser")
        each = "den" if missing == 1 else "hver"
        text = f"{scheme.name}: {employments} har ingen person, så {each} tæller som én ansat"
        yield Remark("no_persons", scheme.key, "", missing, text)
    several = (
        employed.filter(pl.col("person").is_not_null())
        .group_by("person")
        .agg(pl.col("administration").n_unique().alias("number"))
        .filter(pl.col("number") > 1)
        .height
    )
    if several:
        each = "personen" if several == 1 else "hver"
        text = (
            f"{scheme.name}: {danish.counted(several, 'person', 'personer')} er ansat i flere forvaltninger "
            f"den 31. december; {each} tæller én gang i hver forvaltning og én gang i KK"
        )
        yield Remark("several_administrations", scheme.key, "", several, text)


def _without_persons(own: pl.DataFrame, scheme: Scheme) -> Iterator[Remark]:
    """Tell of spells that nobody can be found twice among."""
    if own["person"].null_count() == own.height:
        text = f"{scheme.name}: udtrækket siger ikke, hvem der er hvem, så gentagelser og overlap kan ikke findes"
        yield Remark("no_persons", scheme.key, "", own.height, text)


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
        (labels[int(table)], rows_shown(group["row"].to_numpy()))
        for (table,), group in found.sort("table", "row").group_by("table", maintain_order=True)
    ]
    return "; ".join(f"{label}, {rows}" for label, rows in parts)


def _spells(number: int) -> str:
    """Write a number of spells."""
    return f"{danish.whole(number)} forløb"
