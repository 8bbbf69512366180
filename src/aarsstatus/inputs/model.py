"""Hold the rows of ``data/`` as plain, frozen objects.

Each row remembers the file and line it came from (`source`): that is where the lineage of every figure ends.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property

from aarsstatus import danish
from aarsstatus.inputs.schema import KK
from aarsstatus.interval import Interval

COUNCIL = "Borgerrepræsentationen"
"""Who adopts the targets where ``administrations.csv`` does not say."""
ALL_GROUPS = "alle ordninger"
"""What the target groups are called together, as the weighted attainment is of them all."""

PRELIMINARY = "foreløbigt registerudtræk"
"""How the origin of a status begins that was read before its year was over."""


@dataclass(frozen=True, slots=True)
class Group:
    """A target group: its names, and how charts draw it."""

    key: str
    name: str
    spells_label: str
    colour: str
    mark: str
    source: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """A jobordning: its target group, how it is counted, when it existed, its names."""

    key: str
    group: str
    counting: str
    first_year: int
    last_year: int | None
    name: str
    row_label: str
    source: str
    note: str = ""
    first_day: date | None = None
    last_day: date | None = None
    """The days that it began and ended, where it did within a year."""
    successor: str = ""
    """The key under which it goes on, where it only got another name."""

    def existed(self, year: int) -> bool:
        """Return whether the scheme existed in a year."""
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)

    def days_of(self, year: int) -> tuple[date, date]:
        """Return the first and the last day that the scheme existed in a year it did."""
        first = self.first_day if year == self.first_year else None
        last = self.last_day if year == self.last_year else None
        return first or date(year, 1, 1), last or date(year, 12, 31)

    def whole(self, year: int) -> bool:
        """Return whether the scheme existed from the first day of a year to the last."""
        return self.days_of(year) == (date(year, 1, 1), date(year, 12, 31))


@dataclass(frozen=True, slots=True)
class Administration:
    """A forvaltning under a name that it held for some years; KK is the whole city."""

    code: str
    name: str
    first_year: int
    last_year: int | None
    source: str
    successors: tuple[str, ...] = ()
    """The codes of those that took over; none for the same code under its next name, or for nobody."""
    short_name: str = ""
    council: str = ""

    def held(self, year: int) -> bool:
        """Return whether the administration held this name in a year."""
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)


@dataclass(frozen=True, slots=True)
class Target:
    """A måltal in persons; None or 0 is "no target".

    `origin` is where an analyst found it.
    """

    year: int
    administration: str
    group: str
    target: int | None
    source: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """A scheme's status in a year, in full-year equivalents or heads, and its spells."""

    year: int
    administration: str
    scheme: str
    status: Fraction
    spells: int | None
    interval: Interval
    origin: str
    source: str


@dataclass(frozen=True, slots=True)
class Printed:
    """One number as a notat printed it, where, and which figure it states."""

    notat: str
    place: str
    id: str
    printed: str
    source: str

    @property
    def in_prose(self) -> bool:
        """Whether the number stands in the running text."""
        return self.place.startswith("brødtekst")


@dataclass(frozen=True, slots=True)
class ExtractRow:
    """A register extract that a year was made from: a row of ``data/extracts.csv``.

    `rows` are those below the header that are not blank: `counted` have a day in the year, `outside` have none,
    `refused` could not be used; `not_distributed` are counted and belong to no administration.
    """

    year: int
    sha256: str
    file: str
    kind: str
    schemes: str
    rows: int
    counted: int
    outside: int
    refused: int
    not_distributed: int
    extracted: date


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to look at in a year's extracts, without personal data.

    `kind` is one of `schema.REMARKS`, `administration` is empty where it is of all, `count` is how many it is about,
    `svar` what the analyst found out (fields are the columns of the file).
    """

    kind: str
    scheme: str
    administration: str
    count: int
    text: str
    svar: str = ""


@dataclass(frozen=True, eq=False)
class Data:
    """Hold everything in ``data/``."""

    schemes: Mapping[str, Scheme]
    administrations: tuple[Administration, ...]
    targets: Mapping[tuple[int, str, str], Target]
    statuses: Mapping[tuple[int, str, str], Status]
    printed: tuple[Printed, ...]
    extracts: tuple[ExtractRow, ...] = ()
    remarks: Mapping[int, tuple[Remark, ...]] = field(default_factory=dict)
    replaced: tuple[Printed, ...] = ()
    """What notats printed that a correction replaced: history, which no figure is shown as."""
    groups: Mapping[str, Group] = field(default_factory=dict)
    """The target groups, in the order of a table."""

    @cached_property
    def _present(self) -> Mapping[int, set[str]]:
        """Find each year's schemes once: figures ask for them again and again."""
        found: dict[int, set[str]] = {}
        for year, _, scheme in self.statuses:
            found.setdefault(year, set()).add(scheme)
        return found

    @cached_property
    def heads(self) -> frozenset[str]:
        """Return the target groups that are counted by heads."""
        return frozenset(scheme.group for scheme in self.schemes.values() if scheme.counting == "headcount")

    def codes(self, year: int | None = None) -> list[str]:
        """Return the codes of a year's administrations, or of all, in table order."""
        return list(dict.fromkeys(one.code for one in self.administrations if year is None or one.held(year)))

    def listed(self, keys: Iterable[str]) -> list[Scheme]:
        """Return the schemes of some keys, without those that there are none of."""
        return [self.schemes[key] for key in keys if key in self.schemes]

    def order(self, target: Mapping[str, str]) -> tuple[int, int]:
        """Return where a row of the targets belongs among those of its year."""
        return self.codes().index(target["administration"]), list(self.groups).index(target["group"])

    def city(self, year: int) -> Administration:
        """Return the whole city as it was in a year: its name, its short one, its council."""
        named = [one for one in self.administrations if one.code == KK]
        row = next((one for one in named if one.held(year)), named[-1])
        return replace(row, short_name=row.short_name or KK, council=row.council or COUNCIL)

    def name(self, code: str, year: int) -> str:
        """Return what an administration was called in a year."""
        for administration in self.administrations:
            if administration.code == code and administration.held(year):
                return administration.name
        raise KeyError(f"{code} had no name in {year}")

    def read_from(self, year: int) -> str | None:
        """Return the notat that a year is known from, for the whole city alone."""
        rows = [row for row in self.statuses.values() if row.year == year]
        others = {code for when, code, _ in self.targets if when == year} | {row.administration for row in rows}
        origin = next((row.origin for row in rows if row.origin.startswith("notat-")), None)
        return origin if len(others) == 1 else None

    def preliminary_years(self) -> list[int]:
        """Return the years with numbers that were read before the year was over."""
        return sorted({row.year for row in self.statuses.values() if row.origin.startswith(PRELIMINARY)})

    def preliminary(self, years: Collection[int]) -> str:
        """Say which of some years have preliminary numbers; nothing where none has."""
        found = [str(year) for year in self.preliminary_years() if year in years]
        why = "de er fra udtræk, der blev lavet, før året var gået"
        return f"Tallene for {danish.join(found)} er foreløbige; {why}." if found else ""

    def told_of(self, year: int) -> list[str]:
        """Return the codes with a table in a year: KK, and known administrations."""
        codes = self.codes(year)
        return codes[:1] if self.read_from(year) else codes

    def groups_of(self, year: int) -> list[Group]:
        """Return the target groups that have any status in a year, in order."""
        present = {scheme.group for scheme in self.schemes_of(year)}
        return [group for key, group in self.groups.items() if key in present]

    def schemes_in(self, group: str, year: int) -> list[Scheme]:
        """Return a target group's schemes that have any status in a year, in order."""
        return [scheme for scheme in self.schemes_of(year) if scheme.group == group]

    def counted(self, group: str, year: int) -> list[tuple[str, date | None, date | None]]:
        """Return what a group's numbers cover in a year: its schemes, parts of a year.

        Two years in which that differs show no development. Heads are counted on a day, so a part of a year is as good.
        """
        found: list[tuple[str, date | None, date | None]] = []
        for one in self.schemes_in(group, year):
            part = one.counting != "headcount" and not one.whole(year)
            found.append((self.goes_on(one.key), *(one.days_of(year) if part else (None, None))))
        return sorted(found, key=lambda one: one[0])

    def goes_on(self, key: str, year: int | None = None) -> str:
        """Return the key under which a scheme goes on: its last one, or a year's."""
        one = self.schemes.get(key)
        while one and one.successor and not (year is not None and one.existed(year)):
            key = one.successor
            one = self.schemes.get(key)
        return key

    def is_joint(self, group: str, year: int) -> bool:
        """Tell whether a group is more than the one scheme that it is named after."""
        schemes = self.schemes_in(group, year)
        return [scheme.key for scheme in schemes] != [group] and bool(schemes)

    def called(self, group: str, scheme: str = "") -> str:
        """Return the name of a scheme, or of a target group where no scheme is given."""
        if scheme in self.schemes:
            return self.schemes[scheme].name
        return self.groups[group].name if group in self.groups else ALL_GROUPS

    def years(self) -> list[int]:
        """Return the years that have any status, oldest first."""
        return sorted(self._present)

    def schemes_of(self, year: int) -> list[Scheme]:
        """Return the schemes that have any status in a year, in the order of a table."""
        return [one for one in self.schemes.values() if one.key in self._present.get(year, ())]
