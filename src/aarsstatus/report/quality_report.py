"""Lay out the quality report: what must be acted on, its tables and its chart."""

from __future__ import annotations

from fractions import Fraction

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from aarsstatus import danish
from aarsstatus.audit import AuditRow
from aarsstatus.audit.errata import Erratum
from aarsstatus.audit.limits import Moved, Threshold, in_words
from aarsstatus.audit.quality import Quality
from aarsstatus.figures import PERCENTAGES, Figure, value_of, words
from aarsstatus.inputs.schema import KK, REMARKS
from aarsstatus.markdown import plain, sentences
from aarsstatus.report import drawing as draw
from aarsstatus.report.drawing import Chart
from aarsstatus.report.html_table import Cell, Table, table_of

_PALE = "#e3e9f3"


def worst_first(quality: Quality) -> list[tuple[AuditRow, Erratum | None]]:
    """Return the contradicted numbers: unexplained, totals, the furthest off.

    A samlet målopfyldelse is what a reader concludes from, so a wrong one comes before any other figure; a year in a
    title or a footnote misleads least and comes last.
    """
    return sorted(quality.contradictions, key=lambda pair: (pair[1] is not None, *_harm(quality, pair[0])))


def _harm(quality: Quality, row: AuditRow) -> tuple[int, Fraction]:
    """Return how much a wrong number misleads, the least number for the most."""
    figure = quality.figures.get(row.id)
    if figure is None:
        return 2, Fraction(0)
    try:
        printed, recomputed = danish.parse(row.printed), danish.parse(row.recomputed)
    except ValueError:  # one of them is "no target": no distance is further
        return 0, Fraction(0)
    off = abs(printed - recomputed) / max(abs(recomputed), Fraction(1))
    return int(figure.measure != "weighted_attainment"), -off


def worst(quality: Quality) -> str:
    """Return the worst contradiction in a sentence, empty where there is none."""
    found = worst_first(quality)
    if not found:
        return ""
    row = found[0][0]
    return sentences([f"Vigtigst er {row.place}: der står {row.printed}, men af de øvrige tal følger {row.recomputed}"])


def to_do(quality: Quality) -> list[str]:
    """Return what somebody has to do before the notat can be relied on, in Danish."""
    if quality.published:
        undeclared, stale = len(quality.findings.undeclared), len(quality.findings.stale)
        found = [
            (undeclared, f"Find årsagen til {undeclared} tal i modstrid, og skriv den i data/errata.yml."),
            (stale, f"Ret eller fjern {stale} af forklaringerne i data/errata.yml: de passer ikke længere."),
        ]
    else:
        problems, moves, unanswered = len(quality.problems), len(quality.moves), len(quality.unanswered)
        remarks = danish.counted(unanswered, "bemærkning", "bemærkninger")
        changes = danish.counted(moves, "usædvanligt stor ændring", "usædvanligt store ændringer")
        found = [
            (problems, f"Ret eller forklar {problems} tal, der bryder en regel, før notatet sendes ud."),
            (unanswered, f"{remarks} om udtrækkene er ikke besvaret: se efter, og svar i data/warnings.csv."),
            (moves, f"Find ud af, hvad der ligger bag {changes}."),
        ]
    return [text for count, text in found if count]


def contradictions(quality: Quality) -> Table:
    """Return the contradicted numbers, and what is likelier to be right."""
    rows = [
        (
            danish.capital(row.place),
            (
                Cell(row.printed, row.id),
                row.recomputed,
                erratum.follows if erratum else row.reason,
                erratum.said if erratum else "Ikke forklaret endnu.",
            ),
        )
        for row, erratum in worst_first(quality)
    ]
    header = ("Sted", "Trykt", "Følger af de øvrige", "Beregning", "Mest sandsynligt, og hvorfor")
    return table_of("tbl-modstrid", f"Tal i modstrid i årsstatussen for {quality.year}", header, rows, "tekst")


def within_rounding(quality: Quality) -> Table:
    """Return the numbers that hold within rounding, and where each may lie."""
    rows = [
        (danish.capital(row.place), (Cell(row.printed, row.id), row.recomputed, _between(row)))
        for row in quality.rounded
    ]
    header = ("Sted", "Trykt", "Af de trykte grundtal", "Uafrundet mellem")
    title = f"Tal inden for afrundingen i årsstatussen for {quality.year}"
    return table_of("tbl-afrunding", title, header, rows, "tekst")


def rounding_chart(quality: Quality) -> Chart:
    """Draw where each unrounded number may lie, seen from the printed one."""
    rows = [(row, row.within.lower, row.within.upper) for row in quality.rounded if row.within is not None]
    spoken = [f"{row.place}: trykt {row.printed} uafrundet mellem {_between(row)}" for row, _, _ in rows]
    alt = f"En vandret streg for hvert tal. {sentences(spoken)}"
    blue, orange = draw.STRONG, draw.SECOND
    with draw.style(quality.fonts):
        drawing, axes = draw.canvas(0.9 + 0.3 * len(rows))
        axes.axvspan(-0.5, 0.5, color=_PALE, zorder=0)
        axes.axvline(0, color=draw.INK, linewidth=0.8, zorder=1)
        for place, (row, lower, upper) in enumerate(rows):
            printed = danish.parse(row.printed)
            ends = [float(end - printed) for end in (lower, upper)]
            axes.plot(ends, [place, place], color=blue, linewidth=5, solid_capstyle="butt")
            axes.plot(float(danish.parse(row.recomputed) - printed), place, marker="D", color=orange)
        axes.set_yticks(range(len(rows)), [danish.capital(row.place) for row, _, _ in rows], fontsize=7.5)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.xaxis.set_major_formatter(
            lambda value, _: danish.minus(danish.decimal(Fraction(value)).removesuffix(",0"))
        )
        axes.set_xlabel("forskel fra det trykte tal (personer eller procentpoint)", fontsize=7.5)
        draw.grid(axes, "x")
        handles = [
            Line2D([], [], color=blue, linewidth=5, label="Hvor det uafrundede tal kan ligge"),
            Line2D([], [], color=orange, marker="D", linestyle="", label="Af de trykte grundtal"),
            Patch(color=_PALE, label="Rundes af til det trykte tal"),
        ]
        drawing.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False, fontsize=8)
        caption = f"Tal inden for afrundingen i årsstatussen for {quality.year}: hvor det uafrundede tal kan ligge"
        return Chart("fig-afrunding", caption, alt, *draw.saved(drawing), None)


def moves(quality: Quality) -> Table:
    """Return each figure that moved more than usual, in both years, and by how much."""
    rows: list[tuple[str, tuple[Cell | str, ...]]] = []
    for moved in quality.moves:
        both = (Cell(quality.figures[id_].shown, id_) for id_ in (moved.before_id, moved.id))
        rows.append((moved.name, (*both, _change(quality, moved))))
    years = (str(quality.params.comparison_year), str(quality.year))
    title = f"Usædvanligt store ændringer fra {years[0]} til {years[1]}"
    return table_of("tbl-flyttet", title, ("Tal", *years, "Ændring"), rows, "tekst")


def parts_of_change(quality: Quality) -> Table | None:
    """Return the parts of each administration's change; None where no year precedes."""
    year, before = quality.year, quality.params.comparison_year
    codes = [one.administration for one in quality.figures.select(year=year, measure="change")]
    if before is None or not codes:
        return None
    groups = [
        group
        for group in quality.data.groups
        if any(quality.figures.find(year, code, group, "contribution") for code in codes)
    ]
    parts = [(danish.capital(quality.data.called(group)), group, "contribution") for group in groups]
    steps = [
        (f"Samlet målopfyldelse i {before}", before, "total", "weighted_attainment"),
        *((name, year, group, measure) for name, group, measure in parts),
        (f"Samlet målopfyldelse i {year} med vægtene fra {before}", year, "total", "comparable_attainment"),
        ("Andre vægte og grupper", year, "total", "reweighting"),
        (f"Samlet målopfyldelse i {year}", year, "total", "weighted_attainment"),
        ("Ændring i alt", year, "total", "change"),
    ]
    rows = [
        (name, [_unmarked(quality.figures.find(when, code, group, measure)) for code in codes])
        for name, when, group, measure in steps
    ]
    title = f"Hvad der flyttede den samlede målopfyldelse fra {before} til {year}"
    return table_of("tbl-aendring", title, ("Fra år til år", *codes), rows)


def gaps(quality: Quality) -> Table | None:
    """Return each target that was not reached, the one that costs the city most first."""
    found = quality.figures.select(year=quality.year, measure="closing_effect")
    felt = sorted((one for one in found if value_of(one)), key=value_of, reverse=True)
    of_city = [one for one in felt if one.administration == KK]
    felt = [one for one in felt if one.administration != KK] or of_city
    rows = []
    for one in felt:
        missing = quality.figures.find(one.year, one.administration, one.group, "shortfall")
        label = f"{one.administration}, {quality.data.called(one.group)}"
        rows.append((label, (_unmarked(missing), _unmarked(one))))
    header = ("Måltal, der ikke er nået", "Mangler", "Løft af kommunens samlede målopfyldelse")
    title = f"Hvad det ville give at nå måltallene i {quality.year}"
    return table_of("tbl-mangler", title, header, rows) if rows else None


def _unmarked(figure: Figure | None) -> Cell:
    """Return the cell that shows a figure; an empty one where there is none."""
    return Cell() if figure is None else Cell(figure.shown, figure.id)


def extracts(quality: Quality) -> Table:
    """Return the year's extracts: their schemes, dates, rows and SHA-256."""
    rows = [
        (
            row.file,
            (
                danish.join([quality.data.schemes[key].name for key in row.schemes.split()]),
                danish.short_date(row.extracted),
                *map(danish.whole, (row.rows, row.counted, row.outside, row.refused, row.not_distributed)),
                row.sha256,
            ),
        )
        for row in quality.extracts
    ]
    counts = ("Rækker", "Tæller med", "Uden for året", "Afvist", "Ikke fordelt")
    header = ("Fil", "Jobordning", "Udtrukket", *counts, "SHA-256")
    title = f"Udtræk, som tallene for {quality.year} er regnet ud af"
    return table_of("tbl-udtraek", title, header, rows, "tekst")


def remarks(quality: Quality) -> Table:
    """Return the table of a year's warnings: scheme, kind, count, text, answer."""
    rows = []
    for remark in quality.remarks:
        name = quality.data.schemes[remark.scheme].name
        text = danish.capital(remark.text.removeprefix(name).lstrip(":, "))
        if remark.kind == "note":  # it begins with a file's name, and is of no scheme
            rows.append(("Udtrækkene", (REMARKS[remark.kind], "", remark.text, remark.svar)))
        else:
            told = (REMARKS[remark.kind], danish.whole(remark.count), text, remark.svar)
            rows.append((danish.capital(name), told))
    header = ("Jobordning", "Advarsel", "Antal", "Det, der skal ses efter", "Svar")
    return table_of("tbl-advarsler", f"Advarsler om udtrækkene for {quality.year}", header, rows, "tekst")


def target_sources(quality: Quality) -> list[str]:
    """Return where the year's targets were found, in the analyst's own words."""
    mine = [target for target in quality.data.targets.values() if target.year == quality.year]
    found: dict[str, dict[str, list[str]]] = {}
    for target in mine:
        of = found.setdefault(target.origin, {})
        of.setdefault(target.administration, []).append(quality.data.called(target.group))
    if len(found) == 1:
        return [f"{danish.capital(origin or 'ingen kilde')}: alle årets måltal." for origin in found]
    said = {origin: [f"{code} ({danish.join(groups)})" for code, groups in of.items()] for origin, of in found.items()}
    return [f"{danish.capital(origin or 'ingen kilde')}: {danish.join(of)}." for origin, of in said.items()]


def threshold_said(threshold: Threshold, quality: Quality) -> str:
    """Say what a threshold is of, from where it counts, and why."""
    name, reason = in_words(threshold, quality.data, quality.year)
    what = words.unit_of_change(threshold.measures[0])
    points = danish.counted(int(threshold.points), "person" if what == "personer" else what, what)
    share = f" og {danish.percent(threshold.share)}" if threshold.share else ""
    limit = f"**{plain(danish.capital(name))}**: mindst {points}{share}"
    return sentences([limit, plain(reason).removesuffix(".")])


def _change(quality: Quality, moved: Moved) -> str:
    """Write a change with its sign, and how much it is of what there was."""
    sign = "+" if moved.change > 0 else "−"
    measure = quality.figures[moved.id].measure
    if measure in PERCENTAGES:
        return f"{sign}{danish.decimal(abs(moved.change))} {words.unit_of_change(measure)}"
    share = f" ({danish.percent(abs(moved.change) / moved.before)})" if moved.before else ""
    return f"{sign}{danish.number(abs(moved.change))}{share}"


def _between(row: AuditRow) -> str:
    """Write where an unrounded number may lie: ``106,3 og 111,6``."""
    return f"{danish.decimal(row.within.lower)} og {danish.decimal(row.within.upper)}" if row.within else ""
