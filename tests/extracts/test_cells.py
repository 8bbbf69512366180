"""A column's texts are read once each, over all pieces of a file."""

from __future__ import annotations

import polars as pl
import pytest

from aarsstatus.extracts import cells, dates
from aarsstatus.extracts.cells import BAD, EMPTY, Column, as_category, hundredths


def test_a_text_comes_to_the_same_in_every_piece_and_is_read_once() -> None:
    read: list[str] = []

    def remembering(text: str) -> int:
        read.append(text)
        return hundredths(text)

    column = Column(remembering)
    assert column.codes(pl.Series(["37", None, "18,5", " ", "37"])).tolist() == [3700, EMPTY, 1850, EMPTY, 3700]
    assert column.codes(pl.Series(["many", "18,5", None, "37", "7,4"])).tolist() == [BAD, 1850, EMPTY, 3700, 740]
    frame = pl.DataFrame({"hours": ["7,4", "many", "12", None]}).select(pl.col("hours").cast(as_category()))
    assert column.codes(frame["hours"]).tolist() == [740, BAD, 1200, EMPTY]
    assert column.codes(pl.Series([], dtype=pl.String)).tolist() == []
    assert sorted(read) == ["12", "18,5", "37", "7,4", "many"]


def test_more_texts_than_are_remembered_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "_MOST_TEXTS", 3)
    column = Column(dates.end_day, dates.OPEN)
    days = [f"{day:02}-03-2026" for day in range(1, 29)]
    expected = [dates.day(text) for text in days]
    for _ in range(3):
        assert column.codes(pl.Series(days)).tolist() == expected
        assert column.codes(pl.Series([None, *days[:2]], dtype=pl.String)).tolist() == [dates.OPEN, *expected[:2]]
