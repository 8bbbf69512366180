"""What is wrong with an input, told so that it can be put right."""

from __future__ import annotations

import pytest

from aarsstatus.problems import MOST_TOLD, Problem, told


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([46], "linje 46"), ([46, 47], "linje 46-47"), (list(range(46, 70)), "linje 46-69"),
        ([3, 9, 5], "linje 3, 5 og 9"), ([1, 3, 5, 7, 9, 11, 13], "linje 1, 3, 5, 7, 9 og 2 til"),
    ],
)  # fmt: skip
def test_what_many_lines_have_alike_is_told_once(lines: list[int], said: str) -> None:
    found = [Problem("data/targets.csv", "måltallet er ikke udfyldt", line, "target") for line in lines]
    assert told(found) == [f"data/targets.csv, {said}, target: måltallet er ikke udfyldt"]


def test_what_differs_in_anything_else_is_told_by_itself() -> None:
    found = [Problem("f.csv", "kan ikke læses", line, found=text) for line, text in enumerate("abb", start=2)]
    assert told(found) == [
        "f.csv, linje 2: kan ikke læses; fandt »a«",
        "f.csv, linje 3-4: kan ikke læses; fandt »b«",
    ]
    assert told([Problem("a", "findes ikke"), Problem("a", "findes ikke")]) == ["a: findes ikke"]


def test_nobody_reads_more_than_so_many() -> None:
    found = [Problem("f.csv", f"fejl {number}", number) for number in range(MOST_TOLD + 3)]
    assert told(found)[-1] == "… og 3 problemer til"
    assert len(told(found)) == MOST_TOLD + 1
