"""Read what columns, administrations and schemes may be called in an extract.

``data/aliases.yml`` says it, and the names in ``data/``; ``data/limits.yml`` says how long a spell may last.

Everything that is compared is folded first: case, spaces and punctuation do not matter. What stands in parentheses
does not matter in a header (`fold`), but it does in a cell (`fold_value`): a scheme »(privat)« is another thing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from aarsstatus.inputs.model import Data
from aarsstatus.inputs.schema import KK
from aarsstatus.inputs.yamlfile import Closed, fit, read_model
from aarsstatus.problems import InputError, Problem, near
from aarsstatus.project import Project

FIELDS: Mapping[str, str] = {
    "administration": "forvaltning",
    "scheme": "jobordning",
    "start": "startdato",
    "end": "slutdato",
    "weekly_hours": "ugentlige timer",
    "person": "person",
    "state": "status",
}
"""What an extract's columns hold: name in the code, name in messages."""

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Words = Annotated[list[Word], Field(min_length=1)]


class _Columns(Closed):
    administration: Words
    scheme: Words
    start: Words
    end: Words
    weekly_hours: Words
    person: Words
    state: Words = Field(default=["Status", "Tilstand"])


class _Aliases(Closed):
    columns: _Columns
    administrations: dict[str, Words]
    schemes: dict[str, Words]
    no_administration: Words
    total_row: Words
    cancelled: Words = Field(default=["annulleret", "ikke påbegyndt"])
    counted: Words = Field(default=["aktiv", "afbrudt", "afsluttet", "gennemført", "i gang", "igangværende", "ophørt"])
    harmless: Words = Field(default=["offentlig", "ny ordning", "socialt frikort", "helårspersoner"])


class Limit(Closed):
    """Say how many days a spell may last before somebody should look at it, and why."""

    days: Annotated[int, Field(ge=1, le=36_600)]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), fit(400)]


class _Limits(Closed):
    limits: dict[str, Limit]


@lru_cache(4096)  # a sheet may be 16,384 columns wide, nearly all of them empty
def fold(text: str) -> str:
    """Return a header in the form that is compared.

    ``Start-dato (dd-mm-åååå)`` and ``STARTDATO`` are both ``startdato``, ``CPR-nr.`` is ``cprnummer``.
    """
    return re.sub("nr$", "nummer", _folded(_PARENTHESES.sub(" ", text)))


def fold_value(text: str, harmless: Collection[str] = ()) -> str:
    """Return a cell's text in the form that is compared.

    Of words in parentheses only the `harmless` vanish.
    """
    return _folded(_PARENTHESES.sub(lambda found: " " if _folded(found[1]) in harmless else found[0], text))


_PARENTHESES = re.compile(r"\(([^()]*)\)")


def _folded(text: str) -> str:
    """Return a text without case, spaces and punctuation."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", text).replace("&", " og ").casefold())


@dataclass(frozen=True, slots=True)
class Names:
    """Hold every known name, folded, and what it stands for.

    Attributes
    ----------
    columns
        Field and rank by the folded header; a lower rank wins where two columns of a file fit.
    administrations, schemes
        Code or key by folded name; an administration's is None where a spell belongs to none.
    signs_of_none
        What stands for no administration without a letter, as »-«.
    totals
        What the first words of a row of sums may be, folded.
    harmless
        Words in parentheses that change nothing, folded.
    cancelled
        Words in a spell's state that say that it never was one, folded.
    counted
        What a spell's state may be that counts, folded.
    """

    columns: Mapping[str, tuple[str, int]]
    administrations: Mapping[str, str | None]
    schemes: Mapping[str, str]
    totals: frozenset[str]
    harmless: frozenset[str]
    cancelled: frozenset[str]
    counted: frozenset[str]
    signs_of_none: frozenset[str]
    administration_names: tuple[str, ...]
    scheme_names: tuple[str, ...]
    heads: tuple[str, ...]
    """The keys of the schemes that are counted by heads."""

    def schemes_in(self, text: str, shortest: int = 4) -> set[str]:
        """Return the schemes that a file's or a sheet's name, or a header, speaks of.

        A name begins where a word does: one that ends another word speaks of another. One that is not so long as
        `shortest` begins too many words.
        """
        words = [fold_value(word) for word in re.split(r"[\W_]+", text)]
        ends = ["".join(words[at:]) for at in range(len(words))]
        names = [name for name in self.schemes if len(name) >= shortest and any(end.startswith(name) for end in ends)]
        return {self.schemes[name] for name in names}

    def called(self, field: str) -> list[str]:
        """Return the first few names of a field's column."""
        ranked = sorted((rank, word) for word, (known, rank) in self.columns.items() if known == field)
        return [word.capitalize() for _, word in ranked[:3]]

    def nearest_header(self, header: str) -> str | None:
        """Return the field that an unknown header most looks like, or None."""
        close = near(fold(header), self.columns)
        return None if close is None else self.columns[close][0]


def read_names(project: Project, data: Data, year: int) -> Names:
    """Return the names in ``data/aliases.yml`` and those in ``data/``.

    Names of all years are known; where two had one name in different years, that of the year goes first.

    Raises
    ------
    InputError
        If the file cannot be read, names a code that does not exist, or gives two things one name.
    """
    path = project.data / "aliases.yml"
    name = project.name(path)
    aliases, lines = read_model(path, name, _Aliases, expected_file="en fil, der begynder med columns: …")
    problems: list[Problem] = []
    for kind, words, codes, folded in (
        ("columns", dict(aliases.columns), set(FIELDS), fold),
        ("administrations", aliases.administrations, set(data.codes()) - {KK}, fold_value),
        ("schemes", aliases.schemes, set(data.schemes), fold_value),
    ):
        problems += [
            Problem(name, "koden findes ikke", lines.get((kind, code)), kind, code, hint=near(code, codes))
            for code in words
            if code not in codes
        ]
        seen: dict[str, str] = {}
        for code, place, word in ((one, place, word) for one in words for place, word in enumerate(words[one])):
            line = lines.get((kind, code, place))
            if kind == "columns" and not fold(word):
                problems.append(Problem(name, "navnet har hverken bogstaver eller tal", line, found=word))
            elif (other := seen.setdefault(folded(word), code)) != code:
                problems.append(Problem(name, f"navnet står også under {other}", line, found=word))
    if problems:
        raise InputError(problems)
    ranked = [(fold(word), (field, rank)) for field, words in aliases.columns for rank, word in enumerate(words)]
    return Names(
        dict(reversed(ranked)),  # the first of several goes first
        _administrations(data, aliases, year),
        _schemes(data, aliases, year),
        frozenset(fold(word) for word in aliases.total_row),
        frozenset(fold(word) for word in aliases.harmless),
        frozenset(fold_value(word) for word in aliases.cancelled if fold_value(word)),
        frozenset(map(fold_value, aliases.counted)),
        frozenset(word for word in aliases.no_administration if not fold_value(word)),
        tuple(dict.fromkeys(n for one in data.administrations if one.code != KK for n in (one.code, one.name))),
        tuple(dict.fromkeys(n for one in data.schemes.values() for n in (one.name, one.key))),
        tuple(one.key for one in data.schemes.values() if one.counting == "headcount"),
    )


def _administrations(data: Data, aliases: _Aliases, year: int) -> dict[str, str | None]:
    """Return every name of an administration; a short form that two have is none."""
    known: dict[str, str | None] = {fold_value(word): None for word in aliases.no_administration if fold_value(word)}
    for held in (False, True):  # the names of other years, and then the year's own, which go first
        rows = [(one, None if one.code == KK else one.code) for one in data.administrations if one.held(year) == held]
        short = [(fold_value(word), code) for one, code in rows for word in _without_ending(one.name)]
        known |= {word: code for word, code in short if all(other == code for again, other in short if again == word)}
        if held:
            known |= {fold_value(word): code for code, words in aliases.administrations.items() for word in words}
        known |= {fold_value(word): code for one, code in rows for word in (one.code, one.name)}
    return known


def _without_ending(name: str) -> Iterable[str]:
    """Yield a name without ``forvaltningen``, and without its last two letters."""
    if name.endswith("forvaltningen"):
        yield name.removesuffix("forvaltningen")
        yield name.removesuffix("en")


def _schemes(data: Data, aliases: _Aliases, year: int) -> dict[str, str]:
    """Return every name of a scheme."""
    rows = sorted(data.schemes.values(), key=lambda one: one.existed(year))
    own = [(fold_value(word), one) for one in rows for word in (one.key, one.name, one.row_label)]
    aliased = {fold_value(word): key for key, words in aliases.schemes.items() for word in words}
    return {word: one.key for word, one in own} | aliased | {word: one.key for word, one in own if one.existed(year)}


def read_limits(project: Project, data: Data) -> Mapping[str, Limit]:
    """Read ``data/limits.yml``: how long a spell may last before a warning.

    Raises
    ------
    InputError
        If the file cannot be read or names a scheme that does not exist.
    """
    path: Path = project.data / "limits.yml"
    name = project.name(path)
    model, lines = read_model(
        path, name, _Limits, expected_file="en fil, der begynder med limits: …",
        expected=dict.fromkeys(("greater_than_equal", "less_than_equal"), "mindst 1 dag og højst 100 år"),
    )  # fmt: skip
    wrong = [
        Problem(name, "ukendt jobordning", lines.get(("limits", key)), None, key, hint=near(key, data.schemes))
        for key in model.limits
        if key not in data.schemes
    ]
    if wrong:
        raise InputError(wrong)
    return model.limits
