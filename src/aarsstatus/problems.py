"""Tell what is wrong with an input so that it can be put right.

Functions that read collect `Problem` objects and raise them all at once as one `InputError`, before anything
has been written.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from aarsstatus import danish
from aarsstatus.text import visible

MOST_TOLD = 50
"""Problems in one message: nobody reads more, and the rest mostly follow from the first."""
_MOST_LINES = 5
_LONGEST_WORD = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """Hold one thing that is wrong: where it is, what was found and expected.

    The texts are Danish: analysts read them.
    """

    file: str
    message: str
    line: int | None = None
    column: str | None = None
    found: str | None = None
    expected: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        """Return the problem as one line of Danish."""
        return self.at([] if self.line is None else [self.line])

    def at(self, lines: Sequence[int]) -> str:
        """Return a problem that some lines of the file have alike, as one line."""
        where = _shorten(self.file, _LONGEST_PLACE)
        if lines:
            where += f", linje {_ranges(lines)}"
        if self.column is not None:
            where += f", {_shorten(self.column)}"
        text = f"{where}: {_shorten(self.message, _LONGEST_TEXT)}"
        if self.found is not None:
            text += f"; fandt »{_shorten(self.found)}«"
        if self.expected is not None:
            text += f"; forventede {_shorten(self.expected, _LONGEST_TEXT)}"
        if self.hint is not None:
            text += f"; mente du »{_shorten(self.hint)}«?"
        return text


class InputError(Exception):
    """Refuse an input that cannot be used, with every problem found."""

    def __init__(self, problems: Sequence[Problem] | Problem) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(told(self.problems)))


class BuildError(Exception):
    """Tell in Danish why a build did not succeed, though its inputs could be read."""


class ProgramError(BuildError):
    """Tell in Danish that another program cannot be started, or did not end in time."""


class RenderError(BuildError):
    """Tell in Danish why a notebook cannot become a document."""


def told(problems: Sequence[Problem]) -> list[str]:
    """Return the first problems as lines of a message, and how many more there are.

    What several lines of a file have alike is told once.
    """
    alike: dict[Problem, list[int]] = {}
    for problem in problems:
        alike.setdefault(replace(problem, line=None), []).extend([] if problem.line is None else [problem.line])
    lines = [problem.at(at) for problem, at in alike.items()]
    more = len(lines) - MOST_TOLD
    return [*lines[:MOST_TOLD], f"… og {more} problemer til"] if more > 0 else lines


def _ranges(lines: Sequence[int]) -> str:
    """Write numbers of lines as people do: ``46-69`` or ``3, 5 og 9``."""
    numbers = sorted(set(lines))
    if len(numbers) > 1 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]}-{numbers[-1]}"
    return danish.first([str(number) for number in numbers], _MOST_LINES)


SHORT_OF_MEMORY = "Det sker, når maskinen mangler hukommelse: luk andre programmer, og prøv igen"
"""Why a process mostly dies, and what to do about it."""
_NO_LOCKS = (
    "disken kan ikke låse filer, så to kørsler kunne skrive oven i hinanden; brug en mappe på en anden disk (build: "
    "--output MAPPE; midlertidige filer: TMPDIR; ellers flyt hele projektet)"
)
_REASONS = {
    errno.ENOSPC: "der er ikke mere plads på disken; gør plads, og prøv igen",
    errno.EDQUOT: "der er ikke mere plads til dig på disken; gør plads, og prøv igen",
    errno.EFBIG: "filen må ikke blive så stor på denne disk",
    errno.EACCES: "der er ikke adgang; luk filen, hvis den er åben i et andet program, eller få adgang til mappen",
    errno.EPERM: "der er ikke adgang; luk filen, hvis den er åben i et andet program, eller få adgang til mappen",
    errno.EROFS: "disken er skrivebeskyttet",
    errno.ENOENT: "filen eller mappen findes ikke",
    errno.ENOTDIR: "der ligger en fil, hvor der skulle være en mappe",
    errno.EISDIR: "der ligger en mappe, hvor der skulle være en fil",
    errno.EEXIST: "der ligger allerede noget med det navn",
    errno.ENOTEMPTY: "mappen er ikke tom",
    errno.EBUSY: "noget andet bruger det lige nu; luk det, og prøv igen",
    errno.ETXTBSY: "noget andet bruger det lige nu; luk det, og prøv igen",
    errno.EINVAL: "navnet kan ikke bruges her",
    errno.ELOOP: "linket fører i ring",
    errno.ENAMETOOLONG: "navnet er for langt",
    errno.ENOMEM: "maskinen mangler hukommelse; luk andre programmer, og prøv igen",
    errno.EMFILE: "der er for mange åbne filer; luk andre programmer, og prøv igen",
    errno.ENFILE: "der er for mange åbne filer; luk andre programmer, og prøv igen",
    errno.ENOLCK: _NO_LOCKS,
    errno.EOPNOTSUPP: _NO_LOCKS,
    errno.ENOSYS: _NO_LOCKS,
    errno.EIO: "disken kan ikke læses eller skrives",
}


def reason(error: OSError) -> str:
    """Return why the system could not do something, and what to do about it."""
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)


def near(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that `word` most looks like, or None when none is close."""
    if len(word) > _LONGEST_WORD:  # no word that we know is as long, and comparing it would take minutes
        return None
    from difflib import get_close_matches  # noqa: PLC0415 - only a problem needs it

    by_folded = {candidate.casefold(): candidate for candidate in known}
    matches = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else None


_LONGEST_PLACE, _LONGEST_TEXT = 200, 600


def _shorten(text: str, most: int = 60) -> str:
    """Return a text as one line of at most `most` characters, all of them seen."""
    line = visible(text[: 20 * most])
    return line if len(line) <= most else line[: most - 1] + "…"
