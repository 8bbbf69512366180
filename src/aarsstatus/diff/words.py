"""Say a comparison in Danish: words for terminal and page, lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby

from aarsstatus import danish
from aarsstatus.diff import Diff
from aarsstatus.diff.causes import NOT_RUN, Cause, CauseKind
from aarsstatus.diff.changes import Change, Level
from aarsstatus.figures import PERCENTAGES, Figure
from aarsstatus.figures.words import VERDICTS, listed, unit_of_change
from aarsstatus.release.manifest import digest
from aarsstatus.release.reading import Finished

KINDS: dict[CauseKind, str] = {
    "data": "data",
    "parameter": "parameter",
    "option": "valg ved bygningen",
    "code": "program",
    "together": "flere ændringer",
    "environment": "miljø",
    "edited": "rettet i hånden",
    "unknown": "ukendt",
}
DOCUMENTS = ("notat.html", "notat.pdf", "notat.docx")
_MOST_NAMED = 3
"""Files or figures of a list that are named."""


def by_level(changes: Sequence[Change]) -> Iterator[tuple[Level, list[Change]]]:
    """Yield the levels that have any changes, with them."""
    for level, some in groupby(changes, key=lambda change: change.level):
        yield level, list(some)


def name(change: Change) -> str:
    """Return what a figure is called: ``KK, NAME, status, 2025``."""
    figure = change.figure
    return f"{listed(figure.administration, change.called, figure.measure)}, {figure.year}"


def values(change: Change) -> tuple[str, str]:
    """Return a figure in both builds: as shown, or unrounded where only that differs."""
    if change.printed_differs or not change.size:
        before, now = ("(findes ikke)" if one is None else one.shown for one in (change.old, change.new))
    else:
        before, now = map(_exact, (change.old, change.new))
    return before, now


def as_shown(change: Change) -> str:
    """Return how a figure is shown, where that is the same though its value is not."""
    return "" if change.printed_differs or not change.size else f"notatet viser stadig {change.figure.shown}"


def _exact(figure: Figure | None) -> str:
    """Return a figure's value with the decimals that it has, two of a percentage."""
    if figure is None or figure.value is None:
        return danish.NO_TARGET
    whole = figure.value.denominator == 1 and figure.measure not in PERCENTAGES
    return danish.minus(danish.whole(figure.value) if whole else danish.decimal(figure.value, 2))


def moved(change: Change) -> str:
    """Return by how much a figure moved, with sign and unit; empty where not known."""
    size = change.size
    if not size:
        return ""
    return f"{'+' if size > 0 else '−'}{_number(abs(size))} {unit_of_change(change.figure.measure)}"


def _number(size: Fraction) -> str:
    """Write a size so that it is not nought: with as many decimals as that takes."""
    if size.denominator == 1:
        return danish.whole(size)
    places = next((places for places in range(1, 6) if Fraction(1, 10**places) <= size), 6)
    return danish.decimal(size, places)


def verdict(change: Change) -> str:
    """Return how the verdict changed, empty where it did not."""
    if change.old is None or change.new is None or change.old.verdict == change.new.verdict:
        return ""
    return f"{VERDICTS[change.old.verdict]} → {VERDICTS[change.new.verdict]}"


def unmoved(change: Change) -> str:
    """Say what differs of a figure that is the same number in both; empty of others."""
    old, new = change.old, change.new
    if old is None or new is None or not same_number(change):
        return ""
    fields = {"formula": "formlen", "published": "det offentliggjorte tal", "lower": "grænserne", "upper": "grænserne"}
    parts = dict.fromkeys(word for field, word in fields.items() if getattr(old, field) != getattr(new, field))
    return f"samme tal; {danish.join(list(parts))} er ændret" if parts else ""


def summary(diff: Diff) -> str:
    """Say in a sentence or two what the comparison came to."""
    if diff.nothing:
        return "De to udgaver er ens: samme grundlag, samme tal."
    if not diff.changes:
        same = "Ingen tal er ændret."
        if diff.development:
            count = danish.counted(len(diff.development), "tal har", "tal har")
            years = f"fra {diff.old.year} til {diff.new.year}"
            same = f"Udgaverne er af hver sit år: {count} flyttet sig {years}. De tal, som begge udgaver har, er ens."
        same = " ".join(filter(None, (same, documents(diff))))
        return same + (" Noget af det, de er lavet af, er ændret." if _beside(diff) else "")
    seen = sum(change.printed_differs for change in diff.changes)
    equal = sum(same_number(change) for change in diff.changes)
    rest = len(diff.changes) - seen - equal
    behind = f"{rest} tal er ændret uden at vises anderledes." if rest else ""
    other = f"{equal} tal er de samme, men med en anden forklaring." if equal else ""
    told = f"{seen} tal vises anderledes." if seen else "Ingen tal, som læseren ser, er ændret."
    kinds = dict.fromkeys(KINDS[cause.kind] for causes in diff.causes.values() for cause in causes)
    return " ".join(filter(None, (told, behind, other, documents(diff), f"Årsag: {danish.join(list(kinds))}.")))


def documents(diff: Diff) -> str:
    """Say that the notat itself is the same in both builds, empty where it is not."""
    both = [name for name in DOCUMENTS if name in diff.old.outputs and name in diff.new.outputs]
    same = both and all(diff.old.outputs[name] == diff.new.outputs[name] for name in both)
    return "Selve notatet er det samme, byte for byte." if same else ""


def title(diff: Diff) -> str:
    """Name a comparison by its year, or its two, and its builds."""
    old, new = diff.old, diff.new
    years = f"{new.year}" if old.year == new.year else f"{old.year} og {new.year}"
    return f"Årsstatus {years}: ændringer fra {old.name} til {new.name}"


def builds(diff: Diff) -> list[tuple[str, str, str]]:
    """Return what tells the two builds apart: year, date, commit, hash of the figures."""
    sides = [
        (str(one.year), _dated(one), _commit(one), digest(one.outputs["figures.csv"])[:8])
        for one in (diff.old, diff.new)
    ]
    return list(zip(("År", "Notatets dato", "Program og data (Git)", "Tallenes kontrolsum"), *sides, strict=True))


def _dated(build: Finished) -> str:
    """Return the date that a build's notat bears."""
    params = build.params
    return danish.long_date(params.document.date) if params and params.document.date else "ingen dato"


def _commit(build: Finished) -> str:
    """Return the commit that a build was made from, short."""
    git = build.manifest.git
    return git.commit[:8] + ("" if git.clean else ", med ændringer") if git else "ikke kendt"


def _beside(diff: Diff) -> bool:
    return bool(diff.idle or diff.environment or diff.files or diff.line_ends or diff.altered)


def line_ends(diff: Diff) -> str:
    """Say which files differ in line ends alone, by the first of them.

    Git for Windows may change them all.
    """
    named = danish.first(diff.line_ends, _MOST_NAMED)
    return f"kun linjeskift er ændret i {danish.counted(len(diff.line_ends), 'fil', 'filer')}: {named}"


def cause_of(change: Change, cause: Cause, causes: Sequence[Cause]) -> str:
    """Say how a cause differs, and its own effect where there are several."""
    if cause.alone is None or len(causes) == 1:
        return cause.text
    if change.new is not None and danish.same(cause.alone, change.new.shown):
        return f"{cause.text} (giver alene {cause.alone}, altså hele ændringen)"
    if change.old is not None and danish.same(cause.alone, change.old.shown):
        return f"{cause.text} (alene vises tallet stadig som {cause.alone})"
    return f"{cause.text} (giver alene {cause.alone})"


def lines(diff: Diff) -> Iterator[str]:
    """Yield the comparison as lines for a terminal."""
    yield f"{diff.old.name} → {diff.new.name}"
    yield summary(diff)
    yield from (f"  {what}: {before} → {now}" for what, before, now in builds(diff) if before != now)
    for level, changes in by_level(diff.changes):
        yield ""
        yield f"{level.name.upper()} ({len(changes)})"
        for some, why in _alike(diff, changes):
            yield f"  {_line(some[0]) if len(some) == 1 else _many(some)}"
            yield from (f"      {cause}" for cause in why)
    if diff.development:
        yield ""
        yield f"FRA {diff.old.year} TIL {diff.new.year} ({len(diff.development)})"
        yield from (f"  {_line(change)}" for change in diff.development)
    if others := rest(diff):
        yield from ("", "ANDET, DER ER ÆNDRET")
        yield from (f"  {one}" for one in others)


def _alike(diff: Diff, changes: Sequence[Change]) -> Iterator[tuple[list[Change], list[str]]]:
    """Yield changes with their causes, those of which the same is said as one.

    When a notat is published, or is a draft again, hundreds have another verdict and the same number.
    """
    groups: dict[object, tuple[list[Change], list[str]]] = {}
    for change in changes:
        causes = diff.causes[change.id]
        why = [f"{KINDS[cause.kind]}: {cause.place}: {cause_of(change, cause, causes)}" for cause in causes]
        key = (said(change), *why) if same_number(change) else change.id
        groups.setdefault(key, ([], why))[0].append(change)
    yield from groups.values()


def _many(changes: Sequence[Change]) -> str:
    """Say of several changes at once what is said of each."""
    ids = danish.first([change.id for change in changes], _MOST_NAMED)
    return f"{ids}: {'; '.join(said(changes[0]))}"


def _line(change: Change) -> str:
    before, now = values(change)
    told = f"{change.id}: {before} → {now}" if before != now else f"{change.id}: {now}"
    extra = said(change)
    return f"{told} ({'; '.join(extra)})" if extra else told


def said(change: Change) -> tuple[str, ...]:
    """Return what is said of a change besides its values."""
    return tuple(filter(None, (as_shown(change), moved(change), verdict(change), unmoved(change))))


def same_number(change: Change) -> bool:
    """Tell whether a figure is the same number in both builds, explained otherwise."""
    return not change.printed_differs and not change.size


def rest(diff: Diff) -> list[str]:
    """Return what else differs, and the trials that could not be made."""
    told = [f"{build}: ændret, efter at notatet blev lavet: {', '.join(of)}" for build, of in diff.altered.items()]
    told += [f"{step.place}: {step.text} (flytter intet tal)" for step in diff.idle]
    told += diff.environment
    if diff.files:
        of = danish.join(list(diff.files))
        told.append(f"dokumenternes tekst og udseende kan være ændret, men ikke tallene, af {of}")
    if diff.line_ends:
        told.append(line_ends(diff))
    return told + [
        f"{step.place} {why}"
        if why == NOT_RUN
        else f"{step.place}: er ikke prøvet alene, for ændringen hører sammen med andre"
        for step, why in diff.untried.items()
    ]
