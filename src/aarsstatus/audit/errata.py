"""Read ``data/errata.yml``: the contradictions that somebody has looked at.

The file is a list under the key ``errata``; every entry has these keys, all of them texts::

    - source:  notat-2025                            # as in data/published.csv
      place:   tabel 3, antal forløb i alt           # as in data/published.csv
      id:      2025.KK.GROUP.spells_total            # as in data/published.csv
      printed: "256"                                 # as in data/published.csv
      follows: 31 + 307 + 18 = 356                   # what follows from the other figures, with the arithmetic
      cause:   Formentlig en tastefejl: 2 for 3.     # the likely cause, in a sentence
      expect:  "356"                                 # what the audit must still recompute
      likelier: "356"                                # may be left out: `printed` or `expect`, whichever is right
      alternatives:                                  # may be left out: other causes, and what each explains
        - cause:    Årets tal er skrevet af efter en ældre opgørelse.
          explains: tallet, men ikke resten af tabellen.

`expect` guards an entry: when the data no longer show the contradiction, or show another one, the entry is stale and
`verify` fails until somebody has looked again. An entry never changes a number.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import Field, StringConstraints

from aarsstatus.audit import AuditRow
from aarsstatus.inputs.yamlfile import Closed, fit, read_model
from aarsstatus.markdown import sentences
from aarsstatus.problems import InputError, Problem, near
from aarsstatus.project import Project

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), fit(600)]


class Alternative(Closed):
    """Hold another cause that a contradiction may have, and what it explains of it."""

    cause: Text
    explains: Text


class Entry(Closed):
    """Hold one contradiction that has been looked at, as in the file."""

    source: Text
    place: Text
    id: Text
    printed: Text
    follows: Text
    cause: Text
    expect: Text
    likelier: Text | None = None
    alternatives: list[Alternative] = Field(default_factory=list)


class _File(Closed):
    """The whole file."""

    errata: list[Entry]


class Erratum(Entry):
    """Hold an entry with its file and line."""

    file: str
    line: int

    @property
    def causes(self) -> str:
        """Return the likely cause, and the others with what each explains."""
        others = (f" Eller: {_small(one.cause)} Det forklarer {_small(one.explains)}" for one in self.alternatives)
        return self.cause + "".join(others)

    @property
    def said(self) -> str:
        """Return which of the two numbers is the likelier, and why."""
        return f"Mest sandsynligt: {sentences([self.likelier])} {self.causes}" if self.likelier else self.causes

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what tells the number it is about from every other."""
        return self.source, self.place, self.id


def _small(text: str) -> str:
    """Begin a text inside a sentence, less a name in capitals."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def read_errata(project: Project) -> tuple[Erratum, ...]:
    """Read the declared contradictions.

    Raises
    ------
    InputError
        With every problem in the file, as two entries about the same number.
    """
    path = project.data / "errata.yml"
    name = project.name(path)
    file, lines = read_model(path, name, _File, expected_file="errata: en liste, eller errata: [] hvis den er tom")
    errata: list[Erratum] = []
    problems: list[Problem] = []
    first: dict[tuple[str, str, str], int] = {}
    for index, entry in enumerate(file.errata):
        line = lines["errata", index]
        erratum = Erratum(**entry.model_dump(), file=name, line=line)
        if erratum.key in first:
            message = f"samme tal som i linje {first[erratum.key]}"
            problems.append(Problem(name, message, line, f"errata.{index + 1}", " | ".join(erratum.key)))
        first.setdefault(erratum.key, line)
        if erratum.likelier not in {None, erratum.printed, erratum.expect}:
            expected = f"{erratum.printed} eller {erratum.expect}"
            at = f"errata.{index + 1}.likelier"
            problems.append(Problem(name, "tallet er intet af de to", line, at, erratum.likelier, expected))
        errata.append(erratum)
    if problems:
        raise InputError(problems)
    return tuple(errata)


def to_declare(row: AuditRow) -> str:
    """Write a contradiction's entry for the file, less its cause."""
    words = {"source": row.source, "place": row.place, "id": row.id, "printed": row.printed}
    words |= {"follows": row.reason, "cause": "", "expect": row.recomputed}
    lines = "\n".join(f"    {name}: {json.dumps(text, ensure_ascii=False)}" for name, text in words.items())
    return f"  -{lines[3:]}\n"


@dataclass(frozen=True, slots=True)
class Stale:
    """An entry that the data no longer bear out, and why, in Danish."""

    erratum: Erratum
    why: str


@dataclass(frozen=True, slots=True)
class Findings:
    """The contradictions of an audit, held against the declared ones."""

    declared: tuple[tuple[AuditRow, Erratum], ...]
    undeclared: tuple[AuditRow, ...]
    stale: tuple[Stale, ...]

    @property
    def explained(self) -> bool:
        """Whether nothing is undeclared and no entry is stale."""
        return not self.undeclared and not self.stale

    def erratum(self, row: AuditRow) -> Erratum | None:
        """Return the entry that declares a row."""
        return next((erratum for declared, erratum in self.declared if declared is row), None)


def judge(rows: Iterable[AuditRow], errata: Iterable[Erratum]) -> Findings:
    """Hold an audit's contradictions against the declared ones.

    A contradiction is declared by an entry for the same number, as printed, that expects what was recomputed.
    Where an entry expects something else it is stale, and the contradiction is undeclared: both need a look.
    """
    rows, by_key = list(rows), {erratum.key: erratum for erratum in errata}
    pairs = [(row, by_key.get((row.source, row.place, row.id))) for row in rows]
    declared = tuple((row, erratum) for row, erratum in pairs if erratum and not _why_stale(erratum, row))
    explained = [row for row, _ in declared]
    undeclared = tuple(row for row in rows if row.verdict == "contradicted" and row not in explained)
    stale = []
    for erratum in by_key.values():
        reasons = [_why_stale(erratum, row) for row, its in pairs if its is erratum] or [_nowhere(erratum, rows)]
        if all(reasons):  # one fitting row of its place is enough
            stale.append(Stale(erratum, reasons[0]))
    return Findings(declared, undeclared, tuple(stale))


def _why_stale(erratum: Erratum, row: AuditRow) -> str:
    """Say why an entry does not fit the row of its number, if it does not."""
    if row.printed != erratum.printed:
        return f"data/published.csv har nu {row.printed}, ikke {erratum.printed}"
    if row.verdict != "contradicted":
        return f"{row.printed} er ikke længere i modstrid med de øvrige tal"
    if row.recomputed != erratum.expect:
        return f"der følger nu {row.recomputed}, ikke {erratum.expect}"
    return ""


def _nowhere(erratum: Erratum, rows: Sequence[AuditRow]) -> str:
    """Say which part of an entry names no printed number, if none has it."""
    here = [row for row in rows if row.id == erratum.id]
    for name, among in (("source", rows), ("id", rows), ("place", here)):
        word, known = str(getattr(erratum, name)), {str(getattr(row, name)) for row in among}
        if word not in known:
            hint = near(word, sorted(known))
            meant = f"; mente du »{hint}«?" if hint else ""
            return f"data/published.csv har ingen række med {name} »{word}«{meant}"
    return "data/published.csv har ingen række med den kombination af source, place og id"


def with_causes(rows: Sequence[AuditRow], errata: Iterable[Erratum]) -> list[AuditRow]:
    """Return an audit's rows with the likely causes of declared contradictions."""
    declared = {id(row): erratum for row, erratum in judge(rows, errata).declared}
    return [
        replace(row, reason=f"{row.reason} {erratum.said}", likelier=erratum.likelier or "")
        if (erratum := declared.get(id(row)))
        else row
        for row in rows
    ]


def summary(rows: Iterable[AuditRow], findings: Findings) -> dict[str, Counter[str]]:
    """Count the verdicts of each notat, in the order of the rows."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts[row.source].update(["printed", row.verdict])
    for row, _ in findings.declared:
        counts[row.source]["declared"] += 1
    for row in findings.undeclared:
        counts[row.source]["undeclared"] += 1
    for stale in findings.stale:
        counts[stale.erratum.source]["stale"] += 1
    return counts
