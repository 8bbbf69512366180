"""The notat's tables and their footnotes: figures laid out as the seeds do; nothing is computed here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from aarsstatus import danish
from aarsstatus.figures import Figure, Measure, words
from aarsstatus.inputs.model import Scheme
from aarsstatus.inputs.schema import GROUPS, KK
from aarsstatus.markdown import plain, sentences, span
from aarsstatus.report.html_table import Cell, Note, Row, Table

__all__ = ["MARK", "View", "administration_table", "slug"]


class View(Protocol):
    """What a table needs to know of a report: its figures, and how they are shown."""

    year: int

    def schemes(self, year: int) -> list[Scheme]:
        """Return the schemes of a year, in the order of a table."""

    def figure(self, year: int, administration: str, group: str, measure: str, scheme: str = "") -> Figure | None:
        """Return a figure by its parts, or None where there is no such figure."""

    def shown(self, figure: Figure) -> str:
        """Return a figure as the tables show it."""

    def year_shown(self, year: int, administration: str, where: str) -> str:
        """Return the year as a caption, a header or a footnote shows it."""

    def year_published(self, year: int, administration: str, where: str) -> str:
        """Return the year that was printed in a caption, a header or a footnote."""

    def weight_shown(self, figure: Figure) -> str:
        """Return a weight as the footnote shows it."""

    def administration(self, code: str, year: int) -> str:
        """Return what an administration was called in a year."""


MARK = "†"
"""Stands after a number that is shown otherwise than it was published."""
_FIRM = "\u00a0"
"""A space at which no line ends: a weight stays with what it weighs."""
_YEARS = {
    "caption": "titlen",
    "header": "kolonnen Antal forløb",
    "footnote_fleksjob": "note *",
    "footnote_spells": "note **",
}


def slug(code: str) -> str:
    """Return an administration's code as it stands in an id: lower case, a to z."""
    return code.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")


def administration_table(view: View, year: int, code: str) -> Table:
    """Lay out one administration's figures for one year, as tables 1 to 9 of the notat do."""
    schemes = view.schemes(year)
    placements = [scheme for scheme in schemes if scheme.group == "placements"]
    rows = _placement_rows(view, year, code, placements)
    for scheme in schemes:
        if scheme.group != "placements":
            marker = " *" if scheme.counting == "headcount" else ""
            status = _cell(view, view.figure(year, code, scheme.group, "status", scheme.key))
            target = _cell(view, view.figure(year, code, scheme.group, "target"))
            attainment = _cell(view, view.figure(year, code, scheme.group, "attainment"))
            cells = (status, Cell(), target, attainment, Cell())
            rows.append(Row(f"{scheme.row_label}{marker}", cells, scheme.group))
    total = _cell(view, view.figure(year, code, "total", "weighted_attainment"))
    rows.append(Row("Samlet målopfyldelse (vægtet gennemsnit***)", (Cell(), Cell(), Cell(), total, Cell()), "weighted"))
    spells = f"Antal forløb i {view.year_shown(year, code, 'header')}**"
    return Table(
        id=f"tbl-{slug(code)}" if year == view.year else f"tbl-{slug(code)}-{year}",
        caption=_caption(view, year, code),
        header=(code, "Status", "Samlet status", "Samlet måltal", "Procentvis målopfyldelse", spells),
        rows=tuple(rows),
        notes=tuple(_notes(view, year, code, schemes)),
    )


def _caption(view: View, year: int, code: str) -> str:
    """Return a table's title, as the seeds word it."""
    more = ", samt antal forløb" if code == KK else ""
    shown = view.year_shown(year, code, "caption")
    return f"Status og målopfyldelse for de særlige jobordninger i {view.administration(code, year)} for {shown}{more}"


def _placement_rows(view: View, year: int, code: str, schemes: Sequence[Scheme]) -> list[Row]:
    """Return the rows of the schemes that share a target; what they share spans them."""
    rows = []
    for index, scheme in enumerate(schemes):
        status = _cell(view, view.figure(year, code, scheme.group, "status", scheme.key))
        spells = _cell(view, view.figure(year, code, scheme.group, "spells", scheme.key))
        shared = (
            tuple(
                _cell(view, view.figure(year, code, scheme.group, measure), rowspan=len(schemes))
                for measure in ("joint_status", "target", "attainment")
            )
            if index == 0
            else ()
        )
        rows.append(Row(scheme.row_label, (status, *shared, spells), "placements"))
    if schemes:
        total = _cell(view, view.figure(year, code, "placements", "spells_total"))
        rows.append(Row("Antal forløb", (Cell(), Cell(), Cell(), Cell(), total), "total"))
    return rows


def _cell(view: View, figure: Figure | None, rowspan: int = 1) -> Cell:
    """Return the cell that shows a figure; an empty one where there is none."""
    if figure is None:
        return Cell(rowspan=rowspan)
    return Cell(view.shown(figure), figure.id, rowspan, mark(view, figure))


def mark(view: View, figure: Figure) -> str:
    """Return the mark of a figure that is shown otherwise than it was published."""
    return MARK if differs(view, figure) else ""


def differs(view: View, figure: Figure) -> bool:
    """Whether a figure was published, and with another value than the one shown."""
    return bool(figure.published) and not danish.same(figure.published, view.shown(figure))


def _notes(view: View, year: int, code: str, schemes: Sequence[Scheme]) -> list[Note]:
    """Return a table's footnotes."""
    notes = []
    if any(scheme.counting == "headcount" for scheme in schemes):
        names = danish.join([plain(scheme.name) for scheme in schemes if scheme.counting == "headcount"])
        when = view.year_shown(year, code, "footnote_fleksjob")
        notes.append(Note("*", f"Status for {names} er antallet af ansatte i december {when}."))
    placements = danish.join([plain(scheme.name) for scheme in schemes if scheme.group == "placements"])
    when = view.year_shown(year, code, "footnote_spells")
    notes.append(
        Note(
            "**",
            f"Kolonnen viser ikke helårspersoner, men hvor mange forløb der ligger bag helårspersonerne i "
            f"{placements} i {when}.",
        )
    )
    weights = [figure for group in GROUPS if (figure := view.figure(year, code, group, "weight"))]
    parts = [
        f"{danish.join([plain(scheme.name) for scheme in schemes if scheme.group == weight.group])}{_FIRM}"
        f"{span(weight.id, view.weight_shown(weight) + mark(view, weight))}"
        for weight in weights
    ]
    if parts:
        notes.append(Note("***", sentences([f"Vægtet efter kommunens måltal: {'; '.join(parts)}"])))
    notes += _missing_targets(view, year, code)
    return [*notes, *_differences(view, year, code)]


def _missing_targets(view: View, year: int, code: str) -> list[Note]:
    """Say when a group has no target, and what that does to the weights of the others."""
    missing = [
        plain(scheme.name)
        for scheme in view.schemes(year)
        if (figure := view.figure(year, code, scheme.group, "attainment")) and figure.value is None
    ]
    if not missing:
        return []
    text = f"Der er intet måltal for {danish.join(missing)}"
    total = view.figure(year, code, "total", "weighted_attainment")
    if total is None or total.value is None:
        return [Note("", f"{text}.")]
    return [Note("", f"{text}; de øvrige måltals vægte er sat forholdsmæssigt op, så de tilsammen giver 100 pct.")]


def _differences(view: View, year: int, code: str) -> list[Note]:
    """Say what was published where the table shows another figure."""
    shown = [
        (figure, label) for label, figure in _labelled(view, year, code) if figure is not None and differs(view, figure)
    ]
    told = [
        f"{label}: her vises {span(figure.id, view.shown(figure))}; "
        f"offentliggjort som {span(figure.id, figure.published)}"
        for figure, label in shown
    ]
    for where, label in _YEARS.items():
        published = view.year_published(year, code, where)
        if view.year_shown(year, code, where) not in (published, str(year)):
            told.append(f"Året i {label}: her vises {year}; offentliggjort som {published}")
    return [Note(MARK, sentences([one])) for one in told]


def _labelled(view: View, year: int, code: str) -> list[tuple[str, Figure | None]]:
    """Return every figure of a table with what it is called."""
    labelled: list[tuple[str, Figure | None]] = []
    of_scheme: tuple[Measure, ...] = ("status", "spells")
    for scheme in view.schemes(year):
        for measure in of_scheme:
            figure = view.figure(year, code, scheme.group, measure, scheme.key)
            labelled.append((words.phrase(measure, plain(scheme.name)), figure))
    for group in GROUPS:
        names = danish.join([plain(scheme.name) for scheme in view.schemes(year) if scheme.group == group])
        of_group: tuple[Measure, ...] = ("joint_status", "spells_total", "target", "attainment", "weight")
        for shared in of_group:
            what = danish.capital(words.MEASURES[shared])
            labelled.append((f"{what} for {names}", view.figure(year, code, group, shared)))
    total = danish.capital(words.MEASURES["weighted_attainment"])
    labelled.append((total, view.figure(year, code, "total", "weighted_attainment")))
    return labelled
