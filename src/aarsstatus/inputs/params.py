"""Read one year's parameters, ``params/YEAR.yml``, into a strict model.

Everything that a yearly notat varies by, apart from the figures themselves, stands there. Nothing is defaulted
silently: a key is either required or says in the model what leaving it out means.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field, PrivateAttr, StringConstraints, field_validator, model_validator

from aarsstatus.inputs.logo import unfit_logo
from aarsstatus.inputs.yamlfile import Closed, fit, read_model
from aarsstatus.problems import InputError, Problem
from aarsstatus.project import FIRST_YEAR, LAST_YEAR, Project

_SHORTEST_NUMBER = 4
_LATEST = 10
"""Years after its own in which a notat may be issued; a date beyond is a slip of the hand."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), fit(drawn=True)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), fit(100, drawn=True)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), fit(60, drawn=True)]
"""What stands in the foot of every page and in the narrow column; the longest in use has 55 characters."""
Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s#\"<>]+$", max_length=300)]
Day = date
"""A date, also where a field is called that."""
Key = Annotated[str, StringConstraints(pattern=r"^[a-z_]+$", max_length=40)]


CASE_NUMBERS = {
    "case_number_f2": "sagsnummer i F2",
    "document_number_f2": "dokumentnummer i F2",
    "case_number_edoc": "sagsnummer i eDoc",
}
"""A document's numbers in the case systems, and what people call them."""


class _Part(Closed):
    """A part of the parameters, or all of them."""

    def __hash__(self) -> int:
        """Return a hash, which pydantic has none of where a list is among the values."""
        return hash(self.model_dump_json())


class Document(_Part):
    """The notat's date and its numbers in the case systems, those that it carries."""

    date: date | None
    case_number_f2: Short | None = None
    document_number_f2: Short | None = None
    case_number_edoc: Short | None = None

    @field_validator(*CASE_NUMBERS)
    @classmethod
    def _is_a_number(cls, number: str | None) -> str | None:
        if number is not None and len(number) < _SHORTEST_NUMBER:  # it could be any number of the notat's
            raise ValueError(f"nummeret »{number}« er for kort til at være fra sagssystemet")
        return number


class Office(_Part):
    """Who writes the notat, and where they sit."""

    name: Line | None
    administration: Line
    street: Short | None = None
    postal: Short | None = None


class Adoption(_Part):
    """When the council (Borgerrepræsentationen) adopted the targets of some groups."""

    date: date
    groups: Annotated[list[Key], Field(min_length=1)]


class Cover(_Part):
    """The facts of the cover sheet (Orientering), for a year that has one."""

    appendix: int
    """Which number among the case's appendices (bilag) the notat has."""

    @field_validator("appendix")
    @classmethod
    def _counts(cls, appendix: int) -> int:
        if appendix < 1:
            raise ValueError(f"bilag tælles fra 1, men nummeret er {appendix}")
        return appendix


class Logo(_Part):
    """A picture for the top of the notat; none comes with the project."""

    file: Text
    """An SVG or PNG in ``params/``, beside the year's own file."""
    alt: Text
    """What somebody is told who cannot see it, as a rule the sender's name."""

    @field_validator("file")
    @classmethod
    def _is_a_picture_here(cls, file: str) -> str:
        if Path(file).name != file or Path(file).suffix not in {".svg", ".png"}:
            raise ValueError(f"skal være navnet på en .svg- eller .png-fil i params/, men er »{file}«")
        return file


class Correction(_Part):
    """Hold a correction of a published notat, as ``publish --correct`` writes it."""

    date: Day
    replaces: Day
    """The day that the notat which the corrected one replaces was issued."""
    reason: Text


class Params(_Part):
    """One year's parameters."""

    year: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
    comparison_year: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)] | None = None
    """The year that the notat compares with; left out, it compares with none."""
    notat: Text | None
    """The notat whose printed figures the year's inputs were read from (a ``source`` in ``data/published.csv``),
    or null for a year computed from register extracts."""
    published: date | None = None
    """The day the notat was issued; ``aarsstatus publish`` writes it."""
    published_at: Address | None = None
    """The address that the notat is published at, which a reference to one of its numbers ends with."""
    corrections: Annotated[list[Correction], Field(default_factory=list)]
    """What was corrected in the notat after it was issued, the latest first."""
    document: Document
    office: Office
    targets_adopted: list[Adoption]
    """Empty for a year that is known from another year's notat alone, which does not say."""
    target_groups: Annotated[list[Key], Field(min_length=1)]
    schemes: Annotated[list[Key], Field(min_length=1)]
    """The schemes that existed, in the order the notat lists them."""
    cover: Cover | None = None
    logo: Logo | None = None
    _own: bool = PrivateAttr(default=True)

    @property
    def working_edition(self) -> bool:
        """Return whether the notat is another than the office's own: its comparison is."""
        return not self._own

    def compared_with(self, year: int) -> Params:
        """Return the parameters of the notat that compares with a year.

        A working edition has no date, case numbers and cover sheet: those are of the notat that is issued.
        """
        if year == self.comparison_year:
            return self
        other = self.model_copy(update={"comparison_year": year, "document": Document(date=None), "cover": None})
        other._own = False
        return other

    @model_validator(mode="after")
    def _hangs_together(self) -> Params:
        """Check what no single key can tell."""
        if self.comparison_year is not None and self.comparison_year >= self.year:
            raise ValueError(f"comparison_year ({self.comparison_year}) skal ligge før year ({self.year})")
        if self.document.date is not None and self.document.date.year <= self.year:
            raise ValueError(f"document.date ({self.document.date}) skal ligge efter udgangen af {self.year}")
        days = [self.document.date, *(one.date for one in self.targets_adopted)]
        for day in days:
            if day is not None and not FIRST_YEAR <= day.year <= self.year + _LATEST:
                raise ValueError(f"datoen {day} skal ligge fra {FIRST_YEAR} til {self.year + _LATEST}")
        if self.published is not None and self.notat is None:
            raise ValueError("published har en dato, men notat er null; aarsstatus publish skriver dem begge")
        for name, values in (("schemes", self.schemes), ("target_groups", self.target_groups)):
            if len(set(values)) < len(values):
                raise ValueError(f"{name} nævner den samme to gange")
        adopted = [group for adoption in self.targets_adopted for group in adoption.groups]
        if twice := sorted({group for group in adopted if adopted.count(group) > 1}):
            raise ValueError(
                f"targets_adopted nævner {', '.join(twice)} to gange; skriv kun gruppen ved den vedtagelse, der gælder"
            )
        if adopted and sorted(adopted) != sorted(self.target_groups):
            raise ValueError(
                "targets_adopted skal nævne hver af target_groups "
                f"({', '.join(self.target_groups)}) én gang, men nævner {', '.join(adopted)}"
            )
        return self


_YEAR = f"et år fra {FIRST_YEAR} til {LAST_YEAR}"


def read_params(project: Project, year: int) -> Params:
    """Read and check one year's parameters.

    Raises
    ------
    InputError
        With every problem in the file: unreadable YAML, unknown keys (with the nearest known one), missing keys,
        values of the wrong kind, a year that is not the file's own.
    """
    path = project.params_of(year)
    name = project.name(path)
    params, lines = read_model(
        path,
        name,
        Params,
        expected_file="årets parametre; aarsstatus new ÅR laver filen",
        expected={"greater_than_equal": _YEAR, "less_than_equal": _YEAR},
    )
    if path.stem != str(params.year):
        found, line = str(params.year), lines[("year",)]
        raise InputError(Problem(name, "året passer ikke til filens navn", line, "year", found, path.stem))
    if params.logo is not None and (why := unfit_logo(path.parent / params.logo.file)):
        line, where = lines["logo", "file"], f"{path.parent.name}/{params.logo.file}"
        why = "logoets fil findes ikke" if why == "filen findes ikke" else f"logoet kan ikke bruges: {why}"
        raise InputError(Problem(name, why, line, "logo.file", params.logo.file, f"en SVG eller PNG i {where}"))
    return params
