"""What a text from parameters, data or a file's name may hold, and how one that may not is shown in a message.

A text is one line of characters that can be seen. What steers a terminal, turns the writing direction or breaks
a line has no place in a name or an address; it is refused where the text is read, so that nothing after has to
think of it. A text that a spreadsheet would take for a formula is refused too, since people open ``data/`` in Excel.
Everything else, markup of every kind included, is text, and is shown as it stands.
"""

from __future__ import annotations

import unicodedata

__all__ = ["MOST", "unfit", "visible"]

MOST = 300
"""Characters: the longest name in use has 55, and no page has room for more."""
FORMULA = ("=", "+", "-", "@")
_JOINERS = {"\u00ad", "\u200c", "\u200d"}
"""Signs that are not seen and belong in words: soft hyphen, and what keeps letters apart or together."""
_LOST = "\ufffd"
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_MOST_MARKS = 4


def unfit(text: str, most: int = MOST) -> str | None:  # noqa: PLR0911 - a guard each
    """Say what keeps a text from being shown, as what was expected instead; None where nothing does.

    Parameters
    ----------
    text
        Without blanks at its ends.
    most
        How many characters it may have.
    """
    if len(text) > most:
        return f"højst {most} tegn"
    marks = 0
    for character in text:
        if character in "\n\r\t":
            return "én linje uden tabulatorer"
        if character == _LOST:
            return "en tekst uden tegn, der er gået tabt (�)"
        if _is_unseen(character):
            return f"en tekst uden det usynlige tegn {_code(character)}"
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > _MOST_MARKS:
            return f"højst {_MOST_MARKS} accenter over hinanden"
    if text.startswith(FORMULA):
        return f"en tekst, der ikke begynder med {text[0]}, for så er den en formel i et regneark"
    return None


def visible(text: str) -> str:
    """Return a text as one line with the code of each unseen character in its place, so that it steers no terminal."""
    line = " ".join(text.split())
    return "".join(_code(character) if _is_unseen(character) else character for character in line)


def _is_unseen(character: str) -> bool:
    return not character.isprintable() and character not in _JOINERS and (unicodedata.category(character) in _UNSEEN)


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"
