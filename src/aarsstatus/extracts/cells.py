"""Read the cells of an extract: hours, names, and columns of them.

Each function takes the text of a cell that is not empty and returns a whole number, for the rest of the package
computes with arrays of whole numbers; what cannot be read raises `Unreadable`, which says what was expected and what
the nearest valid value is. Dates are read by `dates`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate

import numpy as np
import numpy.typing as npt
import polars as pl

from aarsstatus import danish
from aarsstatus.extracts.dates import Unreadable
from aarsstatus.extracts.shown import Seen, is_error
from aarsstatus.inputs.aliases import Names, fold_value
from aarsstatus.problems import near

Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
EMPTY, BAD = -1, -2
"""What a cell comes to that has no text, or that cannot be read."""
_MOST_TEXTS = 1 << 16
"""Different texts of a column that are remembered."""

_LONGEST = 1_000
"""Characters: no name, date or number of hours is near it, and a cell may be as large as its file."""

_HOURS = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d{1,4})(?:,(\d+))?|(\d{1,4})\.(\d{1,2})", re.ASCII)
_MOST_HOURS = 168
_LONGEST_HOURS = 40
"""Characters: whatever has more is no number of hours."""


_UNSEEN: Mapping[str, Unreadable] = {
    Seen.NOT_WORKED_OUT: Unreadable("at du åbner filen i Excel og gemmer den", None, "formlen er ikke regnet ud"),
    Seen.MERGED: Unreadable(
        "en celle for hver kolonne; ophæv fletningen i Excel", None, "cellen er flettet med en anden"
    ),
    Seen.PART_OF_A_DAY: Unreadable(
        "et datoformat med dag, måned og år i Excel; se så efter, at datoen er den rigtige", None,
        "cellen viser ikke hele sin dato",
    ),
    Seen.STRUCK: Unreadable("en række, der er slettet, eller som ikke er streget over", None, "cellen er streget over"),
    Seen.INVISIBLE: Unreadable(
        "en celle, man kan se, hvad der står i; ret dens farve eller talformat i Excel", None,
        "cellen viser ikke det, der står i den",
    ),
}  # fmt: skip
"""What is wrong with the texts that stand for what a cell shows."""


class _NotKnownError(Unreadable):
    """Refuse a name that nobody knows; the nearest is looked for when told."""

    def __init__(self, explain: Callable[[], Unreadable]) -> None:
        super().__init__("et navn, der kendes")
        self.explain = explain


def legible(text: str) -> str | None:
    """Return a cell that somebody may be shown; None if it is too long, or not a text."""
    return text if len(text) <= _LONGEST and text.strip() not in _UNSEEN else None


def unseen(text: str) -> Unreadable | None:
    """Return what is wrong with a cell that shows something else than a value."""
    text = text.strip()
    if text.startswith("=") and not text.startswith('="'):
        text = Seen.NOT_WORKED_OUT
    if text in _UNSEEN:
        return _UNSEEN[text]
    if is_error(text):
        return Unreadable("en værdi; ret cellen i Excel, og er den uden værdi, så lad den være tom", None,
                          "cellen viser en fejl")  # fmt: skip
    return None


def hundredths(text: str) -> int:
    """Read weekly hours, in hundredths of an hour: ``18,5`` is 1850.

    A point before one or two digits is a comma.

    Raises
    ------
    Unreadable
        If it is not a number from 0 to 168 with at most two decimals.
    """
    expected = f"et timetal fra 0 til {_MOST_HOURS} med højst to decimaler, fx 18,5"
    match = _HOURS.fullmatch(text.strip()[:_LONGEST_HOURS])
    if match is None:
        raise Unreadable(expected)
    whole, decimals = (match[1].replace(".", ""), match[2]) if match[1] else (match[3], match[4])
    decimals = (decimals or "").rstrip("0")
    if len(decimals) > 2:
        raise Unreadable(expected, f"{whole},{decimals[:2]}")
    found = int(whole) * 100 + int(decimals.ljust(2, "0"))
    if found > _MOST_HOURS * 100:
        raise Unreadable(expected)
    return found


def administration(text: str, names: Names, codes: Sequence[str]) -> int:
    """Read an administration: its place in `codes`, or ``len(codes)`` for none."""
    if text.strip() in names.signs_of_none:
        return len(codes)
    folded = _folded(text, names)
    if folded not in names.administrations:
        folded = _code_before(text, names) or folded
    if folded not in names.administrations:
        known = names.administrations
        raise _NotKnownError(lambda: _unknown(text, known, names.administration_names, "en forvaltning", codes))
    code = names.administrations[folded]
    if code is not None and code not in codes:  # it had another year
        raise Unreadable(
            f"en af årets forvaltninger ({danish.join(codes, 'eller')})", None, "forvaltningen fandtes ikke i året"
        )
    return len(codes) if code is None else codes.index(code)


def _folded(text: str, names: Names) -> str:
    """Return a name in the form that is compared, with signs of doubt and of notes."""
    return fold_value(text, names.harmless) + "".join(re.findall(r"[?*†÷%]", text))


def _code_before(text: str, names: Names) -> str | None:
    """Return the code before a department, as in »CODE - Skole«, or before its name."""
    text = re.sub(r"^(.*\w)\s*\((\w{2,5})\)\s*$", r"\2 \1", text)  # as in »Name (CODE)«
    match = re.fullmatch(r"\s*(\w{2,5})\s*([-–:/,]\s*|\s)(.*\w.*)", text)
    if match is None:
        return None
    code, rest = fold_value(match[1]), names.administrations.get(fold_value(match[3]))
    known = names.administrations.get(code)
    if known is None or (rest is None and not match[2].strip()) or rest not in {None, known}:
        return None
    others = {
        names.administrations.get(run) for run in _runs(match[3]) if len(run) >= _LONG_NAME or run.upper() in match[3]
    }
    return code if others <= {None, known} else None


def scheme(text: str, names: Names, keys: Sequence[str]) -> int:
    """Read a key or name of a scheme: its place in `keys`."""
    folded = _folded(text, names)
    if folded not in names.schemes:
        # By the first of each one's names.
        called = {names.schemes[fold_value(name)]: name for name in reversed(names.scheme_names)}
        valid = [called[key] for key in keys if key in called]
        raise _NotKnownError(lambda: _unknown(text, names.schemes, names.scheme_names, "en jobordning", valid))
    return keys.index(names.schemes[folded])


def _unknown(text: str, known: Collection[str], names: Sequence[str], what: str, valid: Sequence[str]) -> Unreadable:
    """Return what is wrong with an unknown name, often its encoding."""
    message = "filen er gemt med et forkert tegnsæt"
    for encoding in ("utf-8", "cp865", "mac_roman"):
        repaired = _repaired(text, encoding)
        if repaired not in {None, text} and fold_value(str(repaired)) in known:
            return Unreadable("æ, ø og å; gem udtrækket som »CSV UTF-8«", repaired, message)
    if "\ufffd" in text:
        return Unreadable("æ, ø og å, som er gået tabt; lav udtrækket igen", near(text, names), message)
    if _more_than_a_name(text, known):
        message = "ud over navnet står der mere, som kan ændre, hvad det er"
        return Unreadable("navnet alene, eller hele teksten som et navn i data/aliases.yml", None, message)
    close = near(text, names)
    return Unreadable(what if close else f"{what} ({danish.join(valid, 'eller')})", close)


_LONG_NAME = 8
"""Letters: so long a name at the end of a word is that name, with something before it (»privat« before a scheme's)."""


def _more_than_a_name(text: str, known: Collection[str]) -> bool:
    """Tell whether a text has a known name in it, and other words as well."""
    whole = fold_value(text)
    return any(run in known for run in _runs(text)) or any(len(n) >= _LONG_NAME and whole.endswith(n) for n in known)


def _runs(text: str) -> Iterator[str]:
    """Yield each word of a text, and words that follow one another as one."""
    words = re.findall(r"[^\W_]+", text.casefold())
    for at in range(len(words)):
        yield from accumulate(words[at:])


def _repaired(text: str, encoding: str) -> str | None:
    """Return a text as another encoding than cp1252 reads it, or None."""
    try:
        return text.encode("cp1252").decode(encoding)
    except UnicodeError:
        return None


# -- a column of cells ----------------------------------------------------------------------------------------


def as_category() -> pl.Categorical:
    """Return the type of a column of texts that knows them each by a number."""
    return pl.Categorical(pl.Categories.random())


class Column:
    """Read the cells of one column, each different text once.

    `empty` is the number of a cell without text.
    """

    def __init__(self, read: Callable[[str], int], empty: int = EMPTY) -> None:
        self.read, self.empty = read, empty
        self.code = lru_cache(_MOST_TEXTS)(self._code)
        """Return the number of one cell."""

    def codes(self, texts: pl.Series) -> Codes:
        """Return a number for each cell, which may be a category of its column's."""
        kinds = texts if isinstance(texts.dtype, pl.Categorical) else texts.cast(as_category())
        assert isinstance(kinds.dtype, pl.Categorical)
        known = [*map(self.code, kinds.dtype.categories.to_series()), self.empty]
        codes: Codes = np.array(known, np.int32)[kinds.to_physical().fill_null(len(known) - 1)]
        return codes

    def _code(self, text: str) -> int:
        if len(text) > _LONGEST or unseen(text) is not None:
            return BAD
        try:
            return self.read(text) if text.strip() else self.empty
        except Unreadable:
            return BAD

    def why(self, text: str) -> Unreadable:
        """Return what is wrong with a cell that is `BAD`."""
        if (shown := unseen(text)) is not None:
            return shown
        if "\n" in text.strip():
            return Unreadable("én linje; der mangler formentlig et anførselstegn", None, "cellen rummer flere linjer")
        if len(text) > _LONGEST:
            return Unreadable(f"højst {danish.whole(_LONGEST)} tegn", None, "cellen er for lang")
        try:
            self.read(text)
        except _NotKnownError as bad:
            return bad.explain()
        except Unreadable as bad:
            return bad
        raise AssertionError("the cell can be read")
