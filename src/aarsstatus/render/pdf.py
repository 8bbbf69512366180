"""Finish a PDF from either engine: say which cells head a row.

Typst tags the cells of a table's header row, but a cell that heads its row only with a feature (``a11y-extras``)
that neither its Python package nor Quarto can switch on. Both write the structure of the document as plain objects,
so the tags can be put right in place: the same number of bytes, hence no offset in the file moves. A compiler that
tags row headers itself, or writes otherwise, leaves nothing to do here; a test counts the tags.
"""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["finish", "mark_row_headers"]

# A data cell as Typst writes it: it names the header cell of its column, »U3x0y0« in table 3, column 0, row 0.
_CELL = re.compile(rb"/S/TD(/P \d+ 0 R/A\[<</O/Table)(/Headers\[\(U(\d+)x(\d+)y\d+\)\])")


def mark_row_headers(pdf: bytes) -> bytes:
    """Tag the first cell of every table row as that row's header, and let every cell find both its headers.

    A data cell that lists its headers would have no others, so its list gives way to the scopes of the header
    cells: its column's (which Typst has set) and its row's (set here).

    Returns
    -------
    bytes
        As long as `pdf`. Applying it again changes nothing.
    """

    def mark(match: re.Match[bytes]) -> bytes:
        between, headers, _, column = match.groups()
        heads_row = column == b"0"
        tag, scope = (b"/S/TH", b"/Scope/Row") if heads_row else (b"/S/TD", b"")
        return tag + between + scope.ljust(len(headers))

    return _CELL.sub(mark, pdf)


def finish(path: Path) -> None:
    """Finish the PDF at `path`, in place."""
    path.write_bytes(mark_row_headers(path.read_bytes()))
