"""Hold a year's notat as the notebooks ask for it: its figures and their words.

A `Notat` looks everything up in the table of figures, so a notebook does no arithmetic, and no number reaches the page
that is not a figure or a parameter. `tables` and `charts` show what it holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import get_args

from aarsstatus import danish
from aarsstatus.audit import AuditRow, answers
from aarsstatus.audit.quality import explained
from aarsstatus.figures import Figure, Mode, figure_id, show
from aarsstatus.figures.collection import Figures
from aarsstatus.figures.derived import every_figure
from aarsstatus.figures.words import MEASURES
from aarsstatus.inputs import REPLACED, read_year
from aarsstatus.inputs.model import Administration, Data, Scheme
from aarsstatus.inputs.params import Params
from aarsstatus.inputs.reorganisations import changes
from aarsstatus.inputs.schema import KK
from aarsstatus.markdown import bullets, plain, sentences, span
from aarsstatus.problems import InputError, Problem
from aarsstatus.project import find_project
from aarsstatus.report.html_table import MARK, NOTES, WRONG, Note, in_prose, notes_block

_OTHERWISE = re.compile(rf'{MARK}\]\{{figure="([^"]*)"\}}')
_ONE = {"forløb": "forløb", "ansatte": "ansat"}


class Notat:
    """Hold one year's parameters, data and figures, and say them.

    The mode ``published`` shows a published figure as it was printed; ``recomputed`` as it follows from the inputs.
    `fonts` is the folder of the fonts that the charts are drawn in; None draws in matplotlib's own.
    """

    def __init__(self, params: Params, data: Data, mode: Mode = "published", fonts: Path | None = None) -> None:
        self.params, self.data, self.mode, self.fonts = params, data, mode, fonts
        self.year, self.comparison_year = params.year, params.comparison_year
        self.figures: Figures = every_figure(data, params.year, params.comparison_year, notat=params.notat, mode=mode)
        own = [row for row in data.printed if row.notat == params.notat]
        self._prose = {row.id: row.printed for row in own if row.in_prose}
        self._years = {row.id: row.printed for row in own if row.id.endswith(".year")}
        self._printed: list[AuditRow] = []
        self.wrong: list[AuditRow] = []

    def audited(self, rows: Sequence[AuditRow]) -> Notat:
        """Take over the audit's verdicts, so that contradicted numbers are marked."""
        self.figures = self.figures.judged(answers(rows, self.params.notat))
        self._printed = [row for row in rows if row.source == self.params.notat]
        self.wrong = [row for row in self._printed if row.verdict == "contradicted"]
        return self

    @property
    def before(self) -> int:
        """Return the comparison year; of a notat without one, a year that has no figures."""
        return self.comparison_year or 0

    def listed(self) -> list[Scheme]:
        """Return the year's schemes in the order the notat lists them."""
        return [self.data.schemes[key] for key in self.params.schemes]

    def names(self, group: str, year: int | None = None) -> str:
        """Return the names of a target group's schemes as a Danish list, in Markdown."""
        when = year or self.year
        schemes = self.listed() if when == self.year else self.data.schemes_of(when)
        return danish.join([plain(scheme.name) for scheme in schemes if scheme.group == group])

    def years(self) -> list[int]:
        """Return the years that there are figures for, up to this one, oldest first."""
        return [year for year in self.data.years() if year <= self.year]

    def missing_years(self) -> list[int]:
        """Return the years between the oldest and this one that there are no figures for."""
        years = self.years()
        return [year for year in range(years[0], self.year) if year not in years]

    def administration(self, code: str, year: int | None = None) -> str:
        """Return what an administration was called in a year."""
        return self.data.name(code, year or self.year)

    def administrations(self) -> list[str]:
        """Return the administrations' codes in the order of the tables, without KK."""
        return [code for code in self.data.told_of(self.year) if code != KK]

    @property
    def city(self) -> Administration:
        """Return the whole city as it was: its name, its short one, its council."""
        return self.data.city(self.year)

    def has(self, year: int, group: str, measure: str = "attainment") -> bool:
        """Say whether the city has a value for a target group's measure in a year."""
        return self.figures.known(year, KK, group, measure) is not None

    def weight_shown(self, figure: Figure) -> str:
        """Return a weight as footnotes show it; one printed once stands for all alike."""
        city = self.figures.citys_weight(figure)
        return figure.shown if figure.published or city is None else city.shown

    def year_shown(self, year: int, administration: str, where: str) -> str:
        """Return the year as a caption, a header or a footnote shows it."""
        published = self.year_published(year, administration, where)
        if self.mode == "recomputed" and published != str(year):
            return f"{year}{MARK}"
        return published + WRONG * any(one.id == f"{year}.{administration}.{where}.year" for one in self.wrong)

    def known_errors(self) -> str:
        """Say how many printed numbers contradict others; nothing where others are shown."""
        if not self.wrong or self.mode == "recomputed":
            return ""
        of = f"{danish.whole(len(self.wrong))} af {danish.whole(len(self._printed))} trykte tal"
        they, them = ("Det", "det") if len(self.wrong) == 1 else ("De", "hvert af dem")
        why = f"{they} er mærket {WRONG}, og kvalitetsrapporten forklarer {them}."
        return f"{of} er i modstrid med notatets øvrige tal. {why}"

    def year_published(self, year: int, administration: str, where: str) -> str:
        """Return the year that was printed in a caption, a header or a footnote."""
        return self._years.get(f"{year}.{administration}.{where}.year", str(year))

    def undistributed(self, year: int) -> str:
        """Say how much is undistributed: ``60 forløb er ikke ført på en forvaltning``.

        Nothing is said of a year that has figures for the city alone, or was read from a notat: they are no sums.
        """
        left = {"forløb": 0, "ansatte": 0}
        for scheme in self.data.schemes_of(year):
            rows = [self.data.statuses.get((year, code, scheme.key)) for code in self.data.told_of(year)]
            city, *parts = rows
            if city is None or city.origin.startswith("notat-") or not any(parts):
                continue
            heads = scheme.counting == "headcount"
            counts = [int(row.status) if heads else row.spells or 0 for row in rows if row is not None]
            left["ansatte" if heads else "forløb"] += counts[0] - sum(counts[1:])
        told = [danish.counted(count, _ONE[what], what) for what, count in left.items() if count > 0]
        return f"{danish.join(told)} er ikke ført på en forvaltning" if told else ""

    def renamed(self, code: str) -> str:
        """Say an administration's new name, where the letterhead has it already."""
        then = (self.params.office.administration, code, self.year + 1)
        found = any((one.name, one.code, one.first_year) == then for one in self.data.administrations)
        return f"{code} hedder fra {self.year + 1} {then[0]}." if found else ""

    def reorganised(self) -> str:
        """Say how administrations were reorganised this year and the year before."""
        moved = [one for when in (self.year - 1, self.year) for one in changes(self.data, when)]
        said = " ".join(plain(one.said()) for one in moved)
        return said + (
            " Hvor det ikke er de samme opgaver, er tallene ikke holdt op mod året før."
            if any(one.before and not one.same_body for one in moved)
            else ""
        )

    def state(self) -> str:
        """Say what the numbers are, and whether the notat was ever issued."""
        issued = f"som de blev offentliggjort i årsstatussen for {self.year}."
        if self.params.working_edition:
            first = f"**Arbejdsudgave.** Den sammenligner {self.year} med {self.comparison_year} og er ikke sendt ud. "
            issued = f"Tallene for {self.year} er vist, {issued}"
        else:
            first, issued = "", f"Notatet gengiver tallene, {issued}"
        if self.mode == "recomputed":
            return first + (
                "Notatet viser tallene, som de følger af grundlaget. Et tal, der er offentliggjort med en anden værdi, "
                "er mærket †, og en note siger, hvad der blev offentliggjort."
            )
        if origin := self.data.read_from(self.year):
            return f"{first or '**Arbejdsudgave.** '}{sentences([f'Tallene er læst i {plain(origin)}'])} {self.known()}"
        computed = f"Tallene for {self.year} er beregnet ud fra registerudtræk"
        if self.params.published and not first:
            return f"{computed}."
        computed += "." if self.params.corrections else " og er ikke offentliggjort før."
        return first + (issued if self.params.notat else computed)

    def known(self) -> str:
        """Say that a year is known for the whole city alone."""
        return f"For {self.year} kendes kun tallene for hele kommunen." if self.data.read_from(self.year) else ""

    def title(self) -> str:
        """Return the notat's title, as the seeds word it."""
        return f"Årsstatus for de særlige jobordninger i {self.city.short_name} som arbejdsplads for {self.year}"

    def corrections(self) -> str:
        """Say which notat a corrected one replaces, why, and each number that changed."""
        if not self.params.corrections or self.params.working_edition:
            return ""
        latest, name = self.params.corrections[0], f"{REPLACED}{len(self.params.corrections)}"
        old: dict[str, str] = {}
        for row in self.data.replaced:
            if row.notat.endswith(name) and row.id.startswith(f"{self.year}."):
                old.setdefault(row.id, row.printed)
        changed = [
            f"{figure.id.split('.')[1]}, {plain(MEASURES[figure.measure])} for "
            f"{plain(self.data.called(figure.group, figure.scheme))}: "
            f"{span(figure.id, figure.shown)}, før offentliggjort som {span(figure.id, old[figure.id])}"
            for figure in self.figures.values()
            if figure.id in old and not danish.same(old[figure.id], figure.shown)
        ]
        said = [
            f"**Rettet udgave.** Den erstatter notatet, der blev sendt ud den {danish.long_date(latest.replaces)}",
            f"Rettelsen: {plain(latest.reason)}",
        ]
        what = "Disse tal er ændret:" if changed else "Ingen tal er ændret."
        return "\n\n".join(["::: {.tilstand}", f"{sentences(said)} {what}", bullets(changed), ":::"])

    def parameters(self) -> dict[str, int | str | None]:
        """Return what Papermill gives a notebook, so that it opens this report."""
        return {"year": self.year, "comparison_year": self.comparison_year, "figures": self.mode}

    def say(self, year: int, group: str, measure: str, administration: str = KK, scheme: str = "") -> str:
        """Return a figure for a sentence, as Markdown that carries its id."""
        figure = self.figures[figure_id(year, administration, group, measure, scheme)]
        shown = self.in_prose(figure)
        if danish.same(self._prose.get(figure.id, figure.published or shown), shown):
            wrong = any(one.id == figure.id and in_prose(one.place) for one in self.wrong)
            return span(figure.id, shown) + f"[[{WRONG}](#{NOTES[WRONG]})]{{.modstrid}}" * wrong
        return span(figure.id, shown + MARK)

    def notes(self, *texts: str) -> str:
        """Return notes on the numbers that texts say otherwise than published."""
        told = [
            f"{plain(MARK)} {span(figure.id, self.in_prose(figure))} for {figure.year}: offentliggjort som "
            f"{span(figure.id, self._prose.get(figure.id, figure.published))}"
            for figure in map(self.figures.__getitem__, dict.fromkeys(_OTHERWISE.findall("".join(texts))))
        ]
        return notes_block([Note("", sentences([one])) for one in told]) if told else ""

    def in_prose(self, figure: Figure) -> str:
        """Return a figure as the prose prints it; the tables may print it otherwise."""
        printed = self._prose.get(figure.id) if self.mode == "published" else None
        return figure.shown if printed is None else show(figure.measure, danish.parse(printed))

    def largest(self, year: int, group: str) -> list[Scheme]:
        """Return a group's schemes with the city's largest status; several on a tie."""
        values = {
            scheme.key: figure.value
            for scheme in self.data.schemes_in(group, year)
            if (figure := self.figures.find(year, KK, group, "status", scheme.key)) and figure.value is not None
        }
        most = max(values.values(), default=None)
        return [self.data.schemes[key] for key, value in values.items() if value == most]

    def changed_schemes(self, before: int, after: int) -> tuple[list[Scheme], list[Scheme]]:
        """Return the schemes that came and those that went from one year to another."""
        old, new = ({self.data.goes_on(one.key): one for one in self.data.schemes_of(year)} for year in (before, after))
        return [one for key, one in new.items() if key not in old], [one for key, one in old.items() if key not in new]

    def scheme_changes(self) -> dict[int, tuple[list[Scheme], list[Scheme]]]:
        """Return the years in which schemes changed: those that came, those that went."""
        changes = {after: self.changed_schemes(before, after) for before, after in pairwise(self.years())}
        return {year: change for year, change in changes.items() if any(change)}


def edition(params: Params, data: Data, mode: Mode) -> str:
    """Say what stands on every page of a document that is not the issued one."""
    own = mode == "recomputed" or params.working_edition or data.read_from(params.year)
    said = "ARBEJDSUDGAVE" if own else "" if params.notat else "UDKAST"
    early = [str(year) for year in data.preliminary_years() if year in {params.year, params.comparison_year}]
    return " · ".join(filter(None, [said, f"FORELØBIGE TAL FOR {danish.join(early)}" if early else ""]))


def open_notat(
    year: int | None = None,
    comparison_year: int | None = None,
    figures: Mode = "published",
    project: Path | None = None,
) -> Notat:
    """Open a year's report for a notebook.

    None for a year is the newest one in ``params/``, for a comparison year the one that the parameters name, and for a
    folder in the project the current one.

    Raises
    ------
    InputError
        If parameters or data have problems, or `figures` is neither: the first cell gives the name to a frame.
    """
    if not isinstance(figures, str) or figures not in get_args(Mode):
        expected = "published eller recomputed; kør cellen med parametre igen"
        raise InputError(Problem("figures", "parameteren kan ikke bruges", expected=expected))
    where = find_project(project)
    params, data = read_year(where, year or where.newest(), comparison_year, as_issued=figures == "published")
    return Notat(params, data, figures, where.extension / "fonts").audited(explained(where, data, params.year))
