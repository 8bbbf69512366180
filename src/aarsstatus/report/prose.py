"""Write sentences of what is known: one that says something unknown is left out.

A notebook's cell holds whole sentences, and what is put into them comes from helpers. Where a year has nothing to put
there, the helper returns `UNKNOWN`, and the sentence around it is not said. So no cell glues halves together.
"""

from __future__ import annotations

import re

from aarsstatus.markdown import plain

UNKNOWN = "\0"
"""What stands for a thing that is not known; no file or input can hold it."""
_SECOND_POINT = re.compile(r"(?<=[^.]\.)\.(?=\s|$)|(\.\]\{[^}]*\})\.(?=\s|$)")
"""The point after ``74 pct.``, alone or with its figure's id: ``[74 pct.]{figure="…"}``."""


def paragraph(*sentences: str) -> str:
    """Return as one paragraph those sentences that say nothing unknown."""
    return " ".join(known for sentence in sentences if (known := finished(sentence)))


def either(*texts: str) -> str:
    """Return the first text that says nothing unknown."""
    return next(filter(None, map(finished, texts)), "")


def when(condition: object, text: str) -> str:
    """Return a text that is only true on a condition."""
    return text if condition else ""


def given(text: str | None) -> str:
    """Return a text from parameters, letter by letter; unknown where it is not given."""
    return plain(text) if text else UNKNOWN


def known(text: str) -> str:
    """Return a phrase; unknown where there is nothing to say."""
    return text or UNKNOWN


def finished(text: str) -> str:
    """Return a text with one point after each sentence; nothing where it is unknown."""
    return "" if UNKNOWN in text else _SECOND_POINT.sub(r"\1", text.strip())
