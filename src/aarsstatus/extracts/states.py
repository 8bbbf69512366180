"""Find rows whose state says that they do not count, or what nobody knows.

Every column that may say so is read: one of a known name, one that is called a status, and one that asks whether a
spell was cancelled.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from aarsstatus.extracts.aliases import FIELDS, Names, fold, fold_value
from aarsstatus.extracts.cells import Column, legible
from aarsstatus.extracts.dates import Unreadable
from aarsstatus.extracts.refusals import Refusals

Mask = npt.NDArray[np.bool_]
_STATE = re.compile("status|tilstand|sektor|(?:arbejdsgiver|virksomheds)(?:type|art|form)")
_ANOTHER = re.compile("dato|note|bemærk|tekst|civil|sidst|opdater|adresse|tele|tlf|mobil|mail|post")
"""What a header has in it that speaks of a status, or of what is private, and is no spell's state."""
_NOT_SO = frozenset({"", "nej", "n", "no", "false", "falsk", "0", "ikkeannulleret"})
"""What stands, folded, in a column that asks whether a spell was cancelled, where it was not."""
COUNTS, CANCELLED = 0, 1
_MOST_EXPLAINED = 100
"""Different words of a column that are told one by one."""


def state_columns(texts: Sequence[str], names: Names) -> list[int]:
    """Return the places of the columns that say what became of a spell."""
    return [place for place, text in enumerate(texts) if _is_state(text, names) or _asks(text, names)]


def _is_state(header: str, names: Names) -> bool:
    """Return whether a header is that of a state."""
    folded = fold(header)
    if (known := names.columns.get(folded)) is not None:
        return known[0] == "state"
    return _STATE.search(folded) is not None and _ANOTHER.search(folded) is None


def _asks(header: str, names: Names) -> bool:
    """Return whether a header asks if, or when, a spell was cancelled."""
    folded = fold(header)
    return any(word in folded for word in names.cancelled) and _ANOTHER.search(folded) is None


class States:
    """Read what the columns of a state say of each row."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._column = Column(self._read, COUNTS)
        not_so = _NOT_SO | names.counted  # as »Offentlig« below »Offentlig/privat«
        self._answer = Column(lambda text: COUNTS if fold_value(text) in not_so else CANCELLED, COUNTS)

    def _read(self, text: str) -> int:
        """Read what became of a spell."""
        folded = fold_value(text)
        if any(word in folded for word in self._names.cancelled):
            return CANCELLED
        if folded in self._names.counted:
            return COUNTS
        expected = "et ord, der står under counted (tæller) eller cancelled (tæller ikke) i data/aliases.yml"
        raise Unreadable(expected, None, "det kan ikke ses, om forløbet tæller")

    def refuse(
        self, frame: pl.DataFrame, headers: Sequence[str], rows: npt.NDArray[np.int64], blank: Mask, label: str,
        refusals: Refusals,
    ) -> tuple[Mask, Mask]:  # fmt: skip
        """Tell of rows that do not count, or may not; return these and those cancelled.

        `headers` are the texts of the whole header.
        """
        cancelled, unknown = np.zeros_like(blank), np.zeros_like(blank)
        for place in state_columns(headers, self._names):
            texts = frame[str(place)]
            column = self._column if _is_state(headers[place], self._names) else self._answer
            codes = column.codes(texts)
            cancelled |= (codes == CANCELLED) & ~blank
            unknown |= (codes < COUNTS) & ~blank
            self._tell(texts, codes, rows, blank, label, refusals)
        return cancelled | unknown, cancelled

    def _tell(
        self, texts: pl.Series, codes: npt.NDArray[np.int32], rows: npt.NDArray[np.int64], blank: Mask, label: str,
        refusals: Refusals,
    ) -> None:  # fmt: skip
        """Tell which words of a column do not count, or are not known."""
        told = (codes != COUNTS) & ~blank
        found = pl.DataFrame({"text": texts.filter(pl.Series(told)), "row": rows[told], "code": codes[told]})
        if found["text"].n_unique() > _MOST_EXPLAINED:  # one stands for all
            found = found.with_columns(pl.col("text").first().over("code"))
        for (text, code), group in found.group_by("text", "code", maintain_order=True):
            why = self._column.why(str(text)) if int(code) < COUNTS else _GONE
            refusals.rows(
                label, group["row"].to_numpy(), FIELDS["state"], why.message, found=legible(str(text)),
                expected=why.expected,
            )  # fmt: skip


_GONE = Unreadable(
    "at rækken er taget ud; skal den tælle med, så tag ordet ud under cancelled i data/aliases.yml",
    None, "forløbet blev ikke til noget, eller det er ikke kommunens eget",
)  # fmt: skip
