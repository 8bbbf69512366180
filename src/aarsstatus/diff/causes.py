"""Find why figures differ: each difference between two builds is tried alone.

A difference is tried in both directions, since two of them may hide each other: taken alone from the old build, and
left out alone of the new one. It is a cause of a figure when the figure then comes out otherwise. What cannot be
tried alone (a new jobordning needs its rows, its name and its parameter at once) is tried together. The versions of
packages cannot be tried on one machine, so they are found by exclusion: a figure that the kept inputs no longer give
was made otherwise. Nothing is inferred from which figures look as if they belong together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from aarsstatus.diff.changes import Change, same
from aarsstatus.diff.recompute import Answer, recompute
from aarsstatus.diff.steps import CODE, Step, as_read, blend, environment, program_of, steps
from aarsstatus.figures import Figure
from aarsstatus.figures.collection import Figures
from aarsstatus.release.archive import program_files
from aarsstatus.release.reading import FIGURES, Finished

CauseKind = Literal["data", "parameter", "option", "code", "together", "environment", "edited", "unknown"]
NOT_RUN = "er et andet end det, der sammenligner, og er ikke kørt"
MOST_MODULES = 6
"""Modules that are tried one by one; each trial starts Python anew, and more than so many are a new version."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Hold one cause of a change.

    `place` and `text` are Danish: where, and what differs there. `alone` is how the figure is shown when only this
    differs from the old build; None where it could not be tried alone.
    """

    kind: CauseKind
    place: str
    text: str
    alone: str | None = None


def find_causes(
    changes: Sequence[Change], old: Finished, new: Finished, *, run_old: bool
) -> tuple[Mapping[str, tuple[Cause, ...]], tuple[Step, ...], Mapping[Step, str]]:
    """Find the causes of some changes from the inputs that both builds kept.

    Return the causes of each change by id, the steps, and why those gave no figures that did not.

    With `run_old` the programs that lie in the builds may be run. Else this very one computes everything, and tells the
    part of data and parameters.
    """
    without = [build.name for build in (old, new) if not build.inputs]
    if without:
        why = Cause("unknown", " og ".join(without), "grundlaget er ikke gemt, så årsagen kan ikke prøves")
        return {change.id: (why,) for change in changes}, (), {}
    old, new = as_read(old), as_read(new)
    apart = steps(old, new)
    if not changes:
        return {}, tuple(apart), {}
    verdicts = any(change.old and change.new and change.old.verdict != change.new.verdict for change in changes)
    trials = _Trials(old, new, apart, verdicts=verdicts, run_old=run_old)
    not_run = dict.fromkeys(trials.not_run, NOT_RUN)
    return {change.id: trials.causes(change) for change in changes}, trials.steps, trials.untried | not_run


class _Trials:
    """Make every calculation that is needed, each once, and find causes by them."""

    def __init__(self, old: Finished, new: Finished, apart: Sequence[Step], *, verdicts: bool, run_old: bool) -> None:
        self.old, self.new, self._verdicts, self._run_old = old, new, verdicts, run_old
        self._known: dict[frozenset[Step], Answer] = {}
        ends: list[list[Step]] = [[], list(apart)]
        self._run(ends)
        if run_old and None in map(self._figures, ends):  # one cannot be run here
            self._run_old, self._known = False, {}
            self._run(ends)
        self._before, self._after = map(self._figures, ends)
        self.steps, tried = self._worth_trying(apart)
        self._known[frozenset(self.steps)] = self._known[frozenset(apart)]
        self._run([taken for step in tried for taken in ([step], self._without([step]))])
        self.untried = {
            step: self._known[frozenset([step])].problem for step in tried if self._both_ways([step]) == (None, None)
        }
        together = list(self.untried)
        self._run([together, self._without(together)])
        self._tried = [step for step in tried if step not in self.untried]
        parts = [*([step] for step in self._tried), *([together] if together else [])]
        self._parts = [(part, *self._both_ways(part)) for part in parts]
        self.not_run = [step for step in self.steps if step.kind == "code" and not self._run_old]
        self._edited = [build for build in (old, new) if FIGURES in build.altered()]
        self._packages = environment(old, new)
        ours = {name: path.read_bytes() for name, path in program_files().items()}
        self._foreign = [] if self._run_old else [build for build in (old, new) if program_of(build) != ours]

    def _worth_trying(self, apart: Sequence[Step]) -> tuple[tuple[Step, ...], list[Step]]:
        """Return all steps, and those that may have a part in a figure.

        A module that took part in neither build's calculation has none. Many that did are one step, and so is a
        program that is not run.
        """
        sides = [self._known[frozenset()].modules, self._known[frozenset(apart)].modules]
        loaded = None if None in sides else frozenset().union(*(side for side in sides if side is not None))
        every = [step for step in apart if step.kind == "code"]
        code = [step for step in every if not self._run_old or loaded is None or step.file in loaded]
        others = [step for step in apart if step.kind != "code"]
        if len(code) <= (MOST_MODULES if self._run_old else 1):
            return tuple(apart), [*others, *(code if self._run_old else [])]
        whole = Step("code", CODE, (), "programmet", f"{len(code)} filer: {', '.join(step.file for step in code)}")
        return (*others, whole), [*others, whole] if self._run_old else others

    def _run(self, wanted: Sequence[Sequence[Step]]) -> None:
        new = [taken for taken in dict.fromkeys(map(frozenset, wanted)) if taken not in self._known]
        variants = [blend(self.old, self.new, taken) for taken in new]
        if not self._run_old:
            variants = [replace(variant, code=None) for variant in variants]
        self._known |= dict(zip(new, recompute(variants, self._verdicts) if new else [], strict=True))

    def _figures(self, taken: Sequence[Step]) -> Figures | None:
        return self._known[frozenset(taken)].figures

    def _without(self, part: Sequence[Step]) -> list[Step]:
        return [step for step in self.steps if step not in part]

    def _both_ways(self, part: Sequence[Step]) -> tuple[Figures | None, Figures | None]:
        """Return the figures with some steps alone, and with all but them."""
        return self._figures(part), self._figures(self._without(part))

    def _differs(self, id_: str, first: Figures | None, second: Figures | None) -> bool:
        """Return whether a figure differs in two calculations that succeeded."""
        return first is not None and second is not None and not self._same(first.get(id_), second.get(id_))

    def _same(self, first: Figure | None, second: Figure | None) -> bool:
        return same(first, second, but="" if self._verdicts else "verdict")

    def causes(self, change: Change) -> tuple[Cause, ...]:
        """Return the causes of one change, those that were tried first."""
        found = list[Cause]()
        for part, alone, rest in self._parts:
            apart = self._differs(change.id, rest, self._after) or self._differs(change.id, self._before, alone)
            figure = None if alone is None else alone.get(change.id)
            if apart or (alone is rest is None and not found):
                found.append(_cause(part, None if figure is None else figure.shown))
        if not found and self._differs(change.id, self._before, self._after):
            found.append(_cause(self._tried))  # only two or more of them together change it
        found += self._excluded(change)
        return tuple(found or [Cause("unknown", "ukendt", "tallet følger ikke af det grundlag, der er gemt")])

    def _excluded(self, change: Change) -> list[Cause]:
        """Return the causes left where a build's inputs no longer give its figure."""
        sides = ((self.old, self._before, change.old), (self.new, self._after, change.new))
        drifted = [
            build
            for build, figures, figure in sides
            if figures is not None and not self._same(figures.get(change.id), figure)
        ]
        edited = [build for build in drifted if build in self._edited]
        causes = [
            Cause("edited", f"{build.name}, {FIGURES}", "filen er rettet, efter at den blev lavet") for build in edited
        ]
        left = [build for build in drifted if build not in edited]
        failed = [build for build, figures, _ in sides if figures is None]
        if self.not_run and any(build in self._foreign for build in (*left, *failed)):
            place = ", ".join(step.place for step in self.not_run)
            causes.append(Cause("code", place, f"{NOT_RUN} (ved udelukkelse)"))
        if (left or failed) and self._packages:
            text = "; ".join(self._packages)
            causes.append(Cause("environment", "pakkernes versioner", f"{text} (ved udelukkelse)"))
        elif failed and not causes:
            names = " og ".join(build.name for build in failed)
            causes.append(Cause("unknown", names, "kan ikke regnes efter her, så andre årsager er ikke udelukket"))
        return causes


def _cause(several: Sequence[Step], alone: str | None = None) -> Cause:
    """Return some steps as one cause."""
    if len(several) == 1:
        return Cause(several[0].kind, several[0].place, several[0].text, alone)
    return Cause("together", f"{len(several)} ændringer tilsammen", "; ".join(step.place for step in several), alone)
