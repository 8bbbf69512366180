"""Check texts from parameters, data and file names, and show them in messages.

A text is one line of characters that can be seen. What steers a terminal, turns the writing direction or breaks
a line has no place in a name or an address; it is refused where the text is read, so that nothing after has to
think of it. A text that a spreadsheet would take for a formula is refused too, since people open ``data/`` in Excel.
Everything else, markup of every kind included, is text, and is shown as it stands.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MOST = 300
"""Characters: the longest name in use has 55, and no page has room for more."""
FORMULA = ("=", "+", "-", "@")
DRAWN = (
    (0x20, 0x7E), (0xA1, 0x17F), (0x1A0, 0x1A1), (0x1AF, 0x1B0), (0x218, 0x21B), (0x384, 0x38A),
    (0x38E, 0x3A1), (0x3A3, 0x3CE), (0x400, 0x486), (0x488, 0x513), (0x1E80, 0x1E85), (0x1EA0, 0x1EF9),
    (0x2013, 0x2015), (0x2017, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026), (0x2030, 0x2030),
    (0x2032, 0x2033), (0x2039, 0x203A), (0x20AC, 0x20AC), (0x2116, 0x2116), (0x2122, 0x2122),
    (0x215B, 0x215E), (0x2211, 0x2212), (0x221A, 0x221A), (0x221E, 0x221E), (0x2248, 0x2248),
    (0x2260, 0x2260), (0x2264, 0x2265),
)  # fmt: skip
"""The characters that the notat's font draws, first and last of each run; a test holds them against the font.

Latin, Greek and Cyrillic letters and their accents. A PDF cannot be made with a letter that no font draws.
"""
_ACCENTS = {0x300, 0x301, 0x303, 0x309, 0x323}
_JOINERS = {"\u00ad", "\u200c", "\u200d"}
"""Signs that are not seen and belong in words: soft hyphen, and what keeps letters apart or together."""
_GARBLED = re.compile("Ã[¦¸¥†˜…©¼¶¤]")
"""What æ, ø, å and their like become when UTF-8 is read as Windows-1252, and saved."""
_LOST = "\ufffd"
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_MOST_MARKS = 4


@lru_cache(maxsize=4096)  # files say the same in many rows
def unfit(text: str, most: int = MOST, *, drawn: bool = False) -> str | None:
    """Say which sign or length keeps a text from being shown; None where nothing does.

    It is told as the text that was expected instead.

    `text` has no blanks at its ends, and may have `most` characters. One that is `drawn` is printed in the notat, so
    its font must have every character.
    """
    if len(text) > most:
        return f"højst {most} tegn"
    if why := _strange(text):
        return why
    missing = next((one for one in unicodedata.normalize("NFC", text) if drawn and not _is_drawn(one)), None)
    if missing is not None:
        return f"tegn, som notatets skrift har; den har ikke »{missing}« ({_code(missing)})"
    if text.startswith(FORMULA):
        return f"en tekst, der ikke begynder med {text[0]}, for så er den en formel i et regneark"
    return None


def _strange(text: str) -> str | None:
    """Say which character has no place in a text, as `unfit` does."""
    if garbled := _GARBLED.search(text):
        return f"æ, ø og å; »{garbled[0]}« er et bogstav, der er læst i et forkert tegnsæt"
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
    return None


def visible(text: str) -> str:
    """Return a text as one line, each unseen character told by its code.

    So it steers no terminal.
    """
    line = " ".join(text.split())
    return "".join(_code(character) if _is_unseen(character) else character for character in line)


def _is_drawn(character: str) -> bool:
    code = ord(character)
    return character in _JOINERS or code in _ACCENTS or any(first <= code <= last for first, last in DRAWN)


def _is_unseen(character: str) -> bool:
    return not character.isprintable() and character not in _JOINERS and (unicodedata.category(character) in _UNSEEN)


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"
