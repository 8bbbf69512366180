"""Find out what changed between two builds, and why.

`compare` finds the figures that differ and ranks them; `find_causes` tries each difference between the builds' inputs
alone; `diff` does both. What it returns is shown by `told` on a terminal and by `page` as HTML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from aarsstatus.diff.causes import Cause, find_causes
from aarsstatus.diff.changes import Change, compare
from aarsstatus.diff.steps import Step, environment, line_ends, other_files
from aarsstatus.figures import Figure
from aarsstatus.figures.collection import Figures
from aarsstatus.release.reading import Finished


@dataclass(frozen=True)
class Diff:
    """Hold two builds compared.

    `changes` are the figures that differ, what matters most first, and `causes` why, by id. `development` is what
    moved from the one year to the other when the builds are of different years; its ids have no year. `idle` are the
    differences between the inputs that moved no figure, `files` those that no figure can come from, `line_ends` the
    files that differ in nothing else, and `environment` the packages that differ.
    """

    old: Finished
    new: Finished
    changes: tuple[Change, ...]
    causes: Mapping[str, tuple[Cause, ...]]
    development: tuple[Change, ...]
    idle: tuple[Step, ...]
    untried: Mapping[Step, str]
    environment: tuple[str, ...]
    files: tuple[str, ...]
    line_ends: tuple[str, ...]

    @property
    def altered(self) -> dict[str, list[str]]:
        """The files of each build that were changed since it was made, by its name."""
        return {build.name: wrong for build in (self.old, self.new) if (wrong := build.altered())}

    @property
    def nothing(self) -> bool:
        """Whether the two builds were made from the same and came to the same."""
        inputs = self.idle or self.environment or self.files or self.line_ends
        return not (self.changes or self.development or inputs or self.altered)


def diff(old: Finished, new: Finished, *, run_old: bool = False) -> Diff:
    """Compare two builds and find out why they differ.

    Builds of one year are compared figure by figure. Of two years the figures that both have are: the older build's
    own year is often among the newer one's. With `run_old` the programs that lie in the builds may be run, so that each
    computes its own figures.
    """
    before, after = old.figures, new.figures
    development: list[Change] = []
    if old.year != new.year:
        both = compare(_own(before, old.year), _own(after, new.year), new.data)
        development = [change for change in both if change.printed_differs]
        shared = [id_ for id_ in after if id_ in before]
        before, after = (Figures([figures[id_] for id_ in shared]) for figures in (before, after))
    changes = compare(before, after, new.data)
    causes, tried, untried = find_causes(changes, old, new, run_old=run_old)
    told = {(cause.place, cause.text) for some in causes.values() for cause in some}
    idle = [step for step in tried if (step.place, step.text) not in told and step not in untried]
    untried = {step: why for step, why in untried.items() if (step.place, step.text) not in told}
    return Diff(
        old, new, tuple(changes), causes, tuple(development), tuple(idle), untried,
        tuple(environment(old, new)), tuple(other_files(old, new)),
        tuple(line_ends(old, new)),
    )  # fmt: skip


def _own(figures: Figures, year: int) -> dict[str, Figure]:
    """Return one year's figures by their ids without the year."""
    without = [replace(figure, id=figure.id.partition(".")[2], inputs=()) for figure in figures.select(year=year)]
    return {figure.id: figure for figure in without}
