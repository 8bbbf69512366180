"""Judge a year's quality for its report, and verify all that was ever published.

For a year that was published, the audit says of each printed number whether it holds. For one that was not, the same
rules are held against the year's own inputs before they are published.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from aarsstatus import danish
from aarsstatus.audit import AuditRow, Proof, audit
from aarsstatus.audit.errata import Erratum, Findings, judge, read_errata, with_causes
from aarsstatus.audit.input_rules import Finding, check_figures
from aarsstatus.audit.limits import Moved, moved
from aarsstatus.figures import Mode
from aarsstatus.figures.collection import Figures
from aarsstatus.figures.derived import every_figure
from aarsstatus.files import irregular
from aarsstatus.inputs import kept_for, read_data, read_year
from aarsstatus.inputs.model import Data, ExtractRow, Remark
from aarsstatus.inputs.params import Params, read_params
from aarsstatus.inputs.yamlfile import MOST_BYTES
from aarsstatus.problems import InputError, Problem
from aarsstatus.project import Project, find_project

_NOTAT = re.compile(rb"^[\"']?notat[\"']?\s*:(?!\s*(null|~)?\s*(#|$))", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Quality:
    """Hold one year's quality: its printed numbers and their findings.

    `rows` and `findings` are empty of contradictions for a year that was never published; `checks` are the same
    rules on the year's inputs, `moves` what moved more than usual since the comparison year.
    """

    params: Params
    data: Data
    figures: Figures
    rows: tuple[AuditRow, ...]
    findings: Findings
    checks: tuple[Finding, ...]
    moves: tuple[Moved, ...]
    fonts: Path | None = None
    parted: tuple[AuditRow, ...] = ()
    """What was published otherwise than ``data/`` has it now."""

    @property
    def year(self) -> int:
        """Return the year in hand."""
        return self.params.year

    @property
    def published(self) -> bool:
        """Whether the year was published in a notat that we have."""
        return self.params.notat is not None

    @property
    def extracts(self) -> list[ExtractRow]:
        """Return the register extracts that the year was made from."""
        return [row for row in self.data.extracts if row.year == self.year]

    @property
    def origin(self) -> str | None:
        """Return where a year was read that has no notat of its own."""
        return self.data.read_from(self.params.year)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Return what somebody should look at in the year's extracts."""
        return self.data.remarks.get(self.year, ())

    @property
    def unanswered(self) -> list[Remark]:
        """Return the unanswered remarks, none once the year is published."""
        return [] if self.published else [one for one in self.remarks if not one.svar]

    @property
    def contradictions(self) -> list[tuple[AuditRow, Erratum | None]]:
        """Return each contradicted number, and what has been said of it."""
        return [(row, self.findings.erratum(row)) for row in self.rows if row.verdict == "contradicted"]

    @property
    def rounded(self) -> list[AuditRow]:
        """Return the numbers that hold within rounding."""
        return [row for row in self.rows if row.verdict == "within_rounding"]

    @property
    def problems(self) -> list[Finding]:
        """Return what breaks a rule in the year's inputs."""
        return [finding for finding in self.checks if finding.kind == "contradicted"]

    def count(self, verdict: str) -> int:
        """Return how many printed numbers have a verdict."""
        return sum(row.verdict == verdict for row in self.rows)

    def unpaired(self) -> list[str]:
        """Return the administrations without figures for the comparison year."""
        if self.params.comparison_year is None:
            return []
        before = {figure.administration for figure in self.figures.select(year=self.params.comparison_year)}
        return [code for code in self.data.told_of(self.params.year) if code not in before]


def read_published_params(project: Project, until: int | None = None) -> list[Params]:
    """Read the parameters of the years that were published, up to a year.

    A later year's parameters may be half filled in, and do not matter for the notats before it.

    Raises
    ------
    InputError
        With all problems of all these files.
    """
    found: list[Params] = []
    problems: list[Problem] = []
    for year in [one for one in project.years() if until is None or one <= until]:
        path = project.params_of(year)
        if irregular(path, MOST_BYTES) is None and not _NOTAT.search(path.read_bytes()):
            continue  # not published, and perhaps not filled in yet: it matters to no other year
        try:
            found.append(read_params(project, year))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return [params for params in found if params.notat is not None]


def audit_years(data: Data, published: Sequence[Params], *, proof: Proof | None = None) -> list[AuditRow]:
    """Judge every number that some notats printed."""
    names = {params.notat for params in published}
    wanted = dict.fromkeys(row.notat for row in data.printed if row.notat in names)
    return [row for name in wanted for row in audit(data, published, name, proof=proof)]


def explained(project: Project, data: Data, year: int | None = None) -> list[AuditRow]:
    """Judge all numbers printed up to a year, with the declared causes."""
    return with_causes(audit_years(data, read_published_params(project, year)), read_errata(project))


def parted(project: Project, params: Params, data: Data) -> tuple[AuditRow, ...]:
    """Return the published numbers of both years that the data no longer give."""
    years = {params.year, params.comparison_year}
    published = [one for one in read_published_params(project, params.year) if one.year in years]
    return judge(audit_years(data, published), read_errata(project)).undeclared


def open_quality(
    year: int | None = None,
    comparison_year: int | None = None,
    figures: Mode = "published",
    project: Path | None = None,
) -> Quality:
    """Open a year's quality for a notebook; arguments as `open_notat`.

    Raises
    ------
    InputError
        If parameters, data or errata have problems.
    """
    where = find_project(project)
    params, data = read_year(where, year or where.newest(), comparison_year, as_issued=figures == "published")
    published = read_published_params(where, params.year) if params.notat else []  # the others are not judged here
    found = quality(params, data, published, read_errata(where), figures)
    now = parted(where, params, read_data(where)) if kept_for(where, params) else ()
    return replace(found, fonts=where.extension / "fonts", parted=now)


def quality(
    params: Params, data: Data, published: Sequence[Params], errata: Sequence[Erratum], mode: Mode = "published"
) -> Quality:
    """Judge one year, if it is among the `published`: pure."""
    notat, before = params.notat, params.comparison_year
    rows = audit(data, published, notat) if notat and any(one.notat == notat for one in published) else []
    figures = every_figure(data, params.year, before, notat=notat, mode=mode)
    return Quality(
        params,
        data,
        figures,
        tuple(rows),
        judge(rows, [erratum for erratum in errata if erratum.source == notat]),
        tuple(check_figures(data, params.year)),
        tuple(moved(figures, data, params.year, before) if before is not None else ()),
    )


def verify(project: Project, years: Sequence[int] = ()) -> tuple[list[AuditRow], Findings]:
    """Recompute all that was published, and prove that it can be right at once.

    Raises
    ------
    InputError
        If an input has problems, or a year asked for was never published.
    """
    from aarsstatus.audit.proof import contradictions  # noqa: PLC0415 - Z3 is for the proof alone: no build loads it

    published = read_published_params(project)
    unknown = [year for year in years if year not in {params.year for params in published}]
    if unknown:
        known = danish.join([str(params.year) for params in published], "eller")
        message = "året er ikke offentliggjort"
        raise InputError([Problem(f"verify {year}", message, expected=known) for year in unknown])
    wanted = {params.notat for params in published if not years or params.year in years}
    data = read_data(project)
    if not years:
        missing = {row.notat for row in data.printed} - wanted
        if missing:
            message = "intet år i params/ har det som notat"
            raise InputError([Problem("data/published.csv", message, found=name) for name in sorted(missing)])
    rows = [row for row in audit_years(data, published, proof=contradictions) if row.source in wanted]
    drafts = {f"notat-{year}" for year in project.years()} - {params.notat for params in published}
    errata = read_errata(project)  # of a draft they are written before `publish` prints what they explain
    asked = [one for one in errata if one.source in wanted or (not years and one.source not in drafts)]
    return rows, judge(rows, asked)
