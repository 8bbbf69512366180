"""Be the process that reads a workbook, and that may die of it.

Calamine lays a sheet out as a rectangle, and asks for memory without a way back: a workbook that is made to harm ends
the process that reads it. This one imports nothing else, so that it begins at once.
"""

from __future__ import annotations

import io
import pickle
import sys

import python_calamine as calamine

if sys.platform != "win32":
    import resource

MEMORY = 4 << 30
"""Bytes beside the file's: three times what the largest sheet takes that is read."""
LOCKED, UNREADABLE = 3, 4
"""Exit statuses, of a workbook with a password and of one that calamine cannot read."""


def main() -> None:
    """Read a workbook from standard input; write its visible sheets and hidden names."""
    content = sys.stdin.buffer.read()
    if sys.platform != "win32":
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = MEMORY + len(content)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what it has read is left on no disk
        resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    try:
        pickle.dump(_sheets(content), sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
    except calamine.PasswordError:
        sys.exit(LOCKED)
    except Exception:  # whatever calamine says may quote the file
        sys.exit(UNREADABLE)


def _sheets(content: bytes) -> tuple[dict[str, list[list[object]]], list[str]]:
    """Return the rows of every visible sheet, from its first, and hidden names."""
    book = calamine.load_workbook(io.BytesIO(content))
    worksheets = [sheet for sheet in book.sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet]
    shown = [sheet.name for sheet in worksheets if sheet.visible == calamine.SheetVisibleEnum.Visible]
    hidden = [sheet.name for sheet in worksheets if sheet.name not in shown]
    sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in shown}
    return {name: [list(row) for row in rows] for name, rows in sheets.items()}, hidden


if __name__ == "__main__":
    main()
