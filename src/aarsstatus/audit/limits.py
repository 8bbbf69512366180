"""Hold how much a figure may move in a year before somebody should look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from aarsstatus import danish
from aarsstatus.figures import Figure, Measure, compared, seen, words
from aarsstatus.figures.collection import Figures
from aarsstatus.inputs.model import ALL_GROUPS, Data, Group, Scheme


@dataclass(frozen=True, slots=True)
class Threshold:
    """Say how much a figure may move in a year before somebody should look.

    A figure moved more than usual when what is shown of it moved by at least `points` (persons, spells or percentage
    points) and by at least `share` of what it was. `reason` says, in Danish, why there. `heads` tells whether it is
    of groups that are counted by heads; None is of both.
    """

    name: str
    measures: tuple[Measure, ...]
    points: Fraction
    share: Fraction
    reason: str
    heads: bool | None = None

    def exceeded(self, before: Figure, after: Figure) -> bool:
        """Tell whether a reader sees a figure move more than usual."""
        shown = seen(before, after)
        change = abs(shown[1] - shown[0]) if shown else 0
        return shown is not None and bool(change) and change >= self.points and change >= self.share * shown[0]


THRESHOLDS: tuple[Threshold, ...] = (
    Threshold(
        name="måltal ændret",
        measures=("target",),
        points=Fraction(1),
        share=Fraction(0),
        reason="Måltal ændres kun, når {council} vedtager nye, så hver ændring skal kunne genfindes i en vedtagelse.",
    ),
    Threshold(
        name="vægt ændret",
        measures=("weight",),
        points=Fraction(2),
        share=Fraction(0),
        reason="Vægtene følger af KK's måltal. To procentpoint flytter den samlede målopfyldelse, uden at nogen har "
        "nået mere eller mindre.",
    ),
    Threshold(
        name="helårspersoner",
        measures=("status", "joint_status"),
        heads=False,
        points=Fraction(10),
        share=Fraction(15, 100),
        reason="I de to notater flyttede den samlede status sig 6 og 13 pct. på et år. Under 10 helårspersoner kan få "
        "forløb alene give et stort udslag i procent.",
    ),
    Threshold(
        name="{heads}ansatte",
        measures=("status",),
        heads=True,
        points=Fraction(10),
        share=Fraction(5, 100),
        reason="{heads} er varige ansættelser: i de to notater steg antallet 2 og 3 pct. på et år.",
    ),
    Threshold(
        name="antal forløb",
        measures=("spells", "spells_total"),
        points=Fraction(50),
        share=Fraction(20, 100),
        reason="Forløb er korte og svinger mere end helårspersoner; 20 pct. og mindst 50 forløb er mere end enkelte "
        "personer kan forklare.",
    ),
    Threshold(
        name="målopfyldelse",
        measures=("attainment",),
        points=Fraction(10),
        share=Fraction(0),
        reason="Ti procentpoint er langt mere, end afrunding kan give i hele kommunen, og så meget, at notatets tekst "
        "bør sige hvorfor.",
    ),
    Threshold(
        name="samlet målopfyldelse",
        measures=("weighted_attainment",),
        points=Fraction(5),
        share=Fraction(0),
        reason="Et vægtet gennemsnit svinger mindre end sine dele, så grænsen er det halve af den for målopfyldelse.",
    ),
)
"""The thresholds, each with its reason; `in_words` fills in the braces.

The first that covers a figure's measure and way of counting counts.
"""


def in_words(threshold: Threshold, data: Data, year: int) -> tuple[str, str]:
    """Return a threshold's name and reason, in the words of a year's own data."""
    heads = danish.join([one.name for one in data.schemes_of(year) if one.counting == "headcount"])
    words_ = {"heads": heads, "council": data.city(year).council}
    return threshold.name.format(**words_), danish.capital(threshold.reason.format(**words_))


@dataclass(frozen=True, slots=True)
class Moved:
    """Hold a figure that moved more than usual, and what a list calls it."""

    id: str
    before_id: str
    before: Fraction
    after: Fraction
    threshold: Threshold
    name: str

    @property
    def change(self) -> Fraction:
        """Return by how much it moved: persons, spells or percentage points."""
        return self.after - self.before


def moved(
    figures: Figures,
    year: int,
    comparison_year: int,
    *,
    schemes: Mapping[str, Scheme] | None = None,
    groups: Mapping[str, Group] | None = None,
) -> list[Moved]:
    """Return the figures that moved more than usual, in the order of the tables.

    A figure that only one of the years has, or that has no value in one of them, did not move. They are called by the
    names in `schemes` and `groups` (those of `Data`), or else the keys.
    """
    known = schemes or {}
    heads = {scheme.group for scheme in known.values() if scheme.counting == "headcount"}
    found: list[Moved] = []
    for figure in figures.select(year=year):
        earlier = figures.find(comparison_year, figure.administration, figure.group, figure.measure, figure.scheme)
        threshold = threshold_of(figure, heads=figure.group in heads)
        values = compared(earlier, figure) if earlier else None
        if threshold and earlier and values and threshold.exceeded(earlier, figure):
            called = known.get(figure.scheme) or (groups or {}).get(figure.group)
            what = called.name if called else figure.scheme or ALL_GROUPS
            name = words.listed(figure.administration, what, figure.measure)
            found.append(Moved(figure.id, earlier.id, *values, threshold, name))
    return found


def threshold_of(figure: Figure, *, heads: bool) -> Threshold | None:
    """Return the threshold that covers a figure, of a group counted by heads or not."""
    return next((one for one in THRESHOLDS if figure.measure in one.measures and one.heads in {None, heads}), None)
