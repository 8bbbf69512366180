"""Mark the numbers that are not what was published, or are and cannot be right."""

from __future__ import annotations

import re

from aarsstatus import danish
from aarsstatus.figures import Figure

MARK = "†"
"""Stands after a number that is shown otherwise than it was published."""
WRONG = "‡"
"""Stands after a number that was printed so and contradicts others: told apart from the footnotes' stars."""
PRINTED_SO = "Trykt sådan, men i modstrid med notatets øvrige tal."
NOTES = {"*": "note-1", "**": "note-2", "***": "note-3", MARK: "note-vist-om", WRONG: "note-modstrid"}
"""The ids of the notes that stand once, by their sign."""


_SIGN = re.compile(rf"\*{{1,3}}(?=\)?$)|(?<=\d)[{MARK}{WRONG}]|^[{MARK}{WRONG}]$")
"""Stars come last, or before a closing bracket, and a mark comes after a number or alone: what a name has is none."""


def unmarked(text: str) -> str:
    """Return a number as it was printed, without a mark beside it."""
    return text.strip().rstrip(f"{MARK}{WRONG} ")


def referring(text: str, link: str) -> str:
    """Make each star and mark in a text a link to its note; `link` has both of them."""
    return _SIGN.sub(lambda found: link.format(sign=found[0], note=NOTES[found[0]]), text)


def in_prose(place: str) -> bool:
    """Say whether a place in a notat is in its running text."""
    return place.startswith("brødtekst")


def differs(figure: Figure) -> bool:
    """Say whether a figure was published with another value than the one shown."""
    return bool(figure.published) and not danish.same(figure.published, figure.shown)


def mark(figure: Figure) -> str:
    """Return the mark of a figure; none of one that is as published and may be right."""
    if differs(figure):
        return MARK
    return WRONG if figure.verdict == "contradicted" else ""
