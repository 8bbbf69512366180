"""What is wrong with an input, told so that it can be put right: file, line, column, found, expected.

Functions that read collect `Problem` objects and raise them all at once as one `InputError`, before anything
has been written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["BuildError", "InputError", "Problem", "near"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where it is, and what would be right. The texts are Danish: analysts read them."""

    file: str
    message: str
    line: int | None = None
    column: str | None = None
    found: str | None = None
    expected: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        """Return the problem as one line of Danish."""
        where = self.file
        if self.line is not None:
            where += f", linje {self.line}"
        if self.column is not None:
            where += f", {self.column}"
        text = f"{where}: {self.message}"
        if self.found is not None:
            text += f"; fandt »{_shorten(self.found)}«"
        if self.expected is not None:
            text += f"; forventede {self.expected}"
        if self.hint is not None:
            text += f"; mente du »{self.hint}«?"
        return text


class InputError(Exception):
    """Input that cannot be used. Carries every problem found, not just the first."""

    def __init__(self, problems: Sequence[Problem] | Problem) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        """Come whole from another process: by default an exception is made anew from its message."""
        return type(self), (self.problems,)


class BuildError(Exception):
    """A build that did not succeed, though its inputs could be read. The message is Danish."""


def near(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that `word` most looks like, or None when none is close."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a problem needs it

    by_folded = {candidate.casefold(): candidate for candidate in known}
    matches = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else None


def _shorten(text: str, most: int = 60) -> str:
    """Keep a message readable whatever a cell holds: one line, at most `most` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
