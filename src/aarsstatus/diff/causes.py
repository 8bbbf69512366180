"""Find why figures differ: each difference between two builds is tried alone.

A difference is tried in both directions, since two of them may hide each other: taken alone from the old build, and
left out alone of the new one. It is a cause of a figure when the figure then comes out otherwise. What cannot be
tried alone (a new jobordning needs its rows, its name and its parameter at once) is tried together. The versions of
packages cannot be tried on one machine, so they are found by exclusion: a figure that the kept inputs no longer give
was made otherwise. Nothing is inferred from which figures look as if they belong together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from aarsstatus.diff.changes import Change
from aarsstatus.diff.recompute import Answer, Variant, recompute
from aarsstatus.diff.steps import CODE, Blend, Step, as_read, environment, program_of, steps
from aarsstatus.figures import Figure
from aarsstatus.figures.collection import Figures
from aarsstatus.release.archive import program_files
from aarsstatus.release.reading import FIGURES, Finished

CauseKind = Literal["data", "parameter", "option", "code", "together", "environment", "edited", "unknown"]
NOT_RUN = "er et andet end det, der sammenligner, og er ikke kørt"
MOST_MODULES = 6
"""Modules that are tried one by one; each trial starts Python anew, and more than so many are a new version."""
_FIELDS = ("value", "lower", "upper", "shown", "formula", "inputs", "published")


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
    trials = _Trials(Blend(old, new), apart, verdicts=verdicts, run_old=run_old)
    judge = _Judge(trials, old, new, environment(old, new))
    not_run = dict.fromkeys(trials.not_run, NOT_RUN)
    return {change.id: judge.causes(change) for change in changes}, trials.steps, trials.untried | not_run


class _Trials:
    """Make every calculation that is needed, each once."""

    def __init__(self, blend: Blend, apart: Sequence[Step], *, verdicts: bool, run_old: bool) -> None:
        self.blend, self._verdicts, self.run_old = blend, verdicts, run_old
        self.fields = (*_FIELDS, "verdict") if verdicts else _FIELDS
        self._known: dict[frozenset[Step], Answer] = {}
        ends = [frozenset[Step](), frozenset(apart)]
        self._run(ends)
        if run_old and None in map(self._figures, ends):  # one cannot be run here
            self.run_old, self._known = False, {}
            self._run(ends)
        self.before, self.after = map(self._figures, ends)
        self.steps, tried = self._worth_trying(apart)
        everything = frozenset(self.steps)
        self._known[everything] = self._known[frozenset(apart)]
        singles = [frozenset({step}) for step in tried]
        self._run([*singles, *(everything - single for single in singles)])
        self.untried = {
            step: self._known[frozenset({step})].problem
            for step in tried
            if self._alone(step) is None and self._left_out(step) is None
        }
        self.tried = tuple(step for step in tried if step not in self.untried)
        others = everything - set(self.untried)
        self._run([others, frozenset(self.untried)])
        self.without_untried = self._figures(others)
        self.only_untried = self._figures(frozenset(self.untried))
        self.not_run = [step for step in self.steps if step.kind == "code" and not self.run_old]

    def _worth_trying(self, apart: Sequence[Step]) -> tuple[tuple[Step, ...], list[Step]]:
        """Return all steps, and those that may have a part in a figure.

        A module that took part in neither build's calculation has none. Many that did are one step, and so is a
        program that is not run.
        """
        sides = [self._known[frozenset()].modules, self._known[frozenset(apart)].modules]
        loaded = None if None in sides else frozenset().union(*(side for side in sides if side is not None))
        every = [step for step in apart if step.kind == "code"]
        code = [step for step in every if not self.run_old or loaded is None or step.file in loaded]
        others = [step for step in apart if step.kind != "code"]
        if len(code) <= (MOST_MODULES if self.run_old else 1):
            return tuple(apart), [*others, *(code if self.run_old else [])]
        whole = Step("code", CODE, (), "programmet", f"{len(code)} filer: {', '.join(step.file for step in code)}")
        return (*others, whole), [*others, whole] if self.run_old else others

    def _run(self, wanted: Sequence[frozenset[Step]]) -> None:
        new = list(dict.fromkeys(taken for taken in wanted if taken not in self._known))
        blend, run_old = self.blend, self.run_old
        variants = [
            Variant(blend.code(taken) if run_old else None, blend.files(taken), blend.options(taken)) for taken in new
        ]
        self._known |= dict(zip(new, recompute(variants, self._verdicts) if new else [], strict=True))

    def _figures(self, taken: frozenset[Step]) -> Figures | None:
        return self._known[taken].figures

    def _alone(self, step: Step) -> Figures | None:
        return self._figures(frozenset({step}))

    def _left_out(self, step: Step) -> Figures | None:
        return self._figures(frozenset(self.steps) - {step})

    def differs(self, id_: str, first: Figures | None, second: Figures | None) -> bool:
        """Return whether a figure differs in two calculations that succeeded."""
        return first is not None and second is not None and not self.same(first.get(id_), second.get(id_))

    def same(self, first: Figure | None, second: Figure | None) -> bool:
        """Return whether two figures are the same in all that was calculated."""
        if first is None or second is None:
            return first is second
        return all(getattr(first, name) == getattr(second, name) for name in self.fields)

    def cause(self, id_: str, step: Step) -> Cause | None:
        """Return a step as a cause of a figure's change, or None if it is none."""
        alone = self._alone(step)
        by_itself = self.differs(id_, self.before, alone)
        if not by_itself and not self.differs(id_, self._left_out(step), self.after):
            return None
        figure = None if alone is None else alone.get(id_)
        return Cause(step.kind, step.place, step.text, None if figure is None else figure.shown)

    def together(self, id_: str, *, alone: bool) -> Cause | None:
        """Return the steps that cannot be tried alone as one cause, if they are one.

        `alone` says that no other step changes the figure.
        """
        if not self.untried:
            return None
        apart = self.differs(id_, self.without_untried, self.after) or self.differs(id_, self.before, self.only_untried)
        known = self.without_untried is not None or self.only_untried is not None
        if not apart and (known or not alone):
            return None
        figure = None if self.only_untried is None else self.only_untried.get(id_)
        return _together(list(self.untried), None if figure is None else figure.shown)


def _together(several: Sequence[Step], alone: str | None = None) -> Cause:
    """Return some steps as one cause."""
    if len(several) == 1:
        return Cause(several[0].kind, several[0].place, several[0].text, alone)
    return Cause("together", f"{len(several)} ændringer tilsammen", "; ".join(step.place for step in several), alone)


class _Judge:
    """Judge the trials together with the builds themselves."""

    def __init__(self, trials: _Trials, old: Finished, new: Finished, apart: Sequence[str]) -> None:
        self.trials, self.old, self.new, self.apart = trials, old, new, apart
        self.edited = [build for build in (old, new) if FIGURES in build.altered()]
        ours = {name: path.read_bytes() for name, path in program_files().items()}
        self.foreign = [] if trials.run_old else [build for build in (old, new) if program_of(build) != ours]

    def causes(self, change: Change) -> tuple[Cause, ...]:
        """Return the causes of one change, those that were tried first."""
        trials = self.trials
        found = [cause for step in trials.tried if (cause := trials.cause(change.id, step))]
        together = trials.together(change.id, alone=not found)
        if together:
            found.append(together)
        if not found and trials.differs(change.id, trials.before, trials.after):
            found.append(_together(trials.tried))  # only two or more of them together change it
        found += self._excluded(change)
        if not found:
            found.append(Cause("unknown", "ukendt", "tallet følger ikke af det grundlag, der er gemt"))
        return tuple(found)

    def _excluded(self, change: Change) -> list[Cause]:
        """Return the causes left where a build's inputs no longer give its figure."""
        trials = self.trials
        sides = ((self.old, trials.before, change.old), (self.new, trials.after, change.new))
        drifted = [
            build
            for build, figures, figure in sides
            if figures is not None and not trials.same(figures.get(change.id), figure)
        ]
        edited = [build for build in drifted if build in self.edited]
        causes = [
            Cause("edited", f"{build.name}, {FIGURES}", "filen er rettet, efter at den blev lavet") for build in edited
        ]
        left = [build for build in drifted if build not in edited]
        failed = [build for build, figures, _ in sides if figures is None]
        if self.trials.not_run and any(build in self.foreign for build in (*left, *failed)):
            place = ", ".join(step.place for step in self.trials.not_run)
            causes.append(Cause("code", place, f"{NOT_RUN} (ved udelukkelse)"))
        if (left or failed) and self.apart:
            text = "; ".join(self.apart)
            causes.append(Cause("environment", "pakkernes versioner", f"{text} (ved udelukkelse)"))
        elif failed and not causes:
            names = " og ".join(build.name for build in failed)
            causes.append(Cause("unknown", names, "kan ikke regnes efter her, så andre årsager er ikke udelukket"))
        return causes
