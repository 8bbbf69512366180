"""Compile Typst's source to a PDF, and tag the cells that head a row.

Typst is a library, and runs in a process of its own: one that hangs could not be ended otherwise. Both engines use
it: the Typst inside Quarto is another in each release (1.7's tags nothing, 1.9's follows one standard and not two).
"""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import typst

from aarsstatus.problems import RenderError
from aarsstatus.run.programs import run_python

# A data cell as Typst writes it: it names the header cell of its column, »U3x0y0« in table 3, column 0, row 0.
_CELL = re.compile(rb"/S/TD(/P \d+ 0 R/A\[<</O/Table)(/Headers\[\(U(\d+)x(\d+)y\d+\)\])")


def compile_pdf(source: Path, day: date, fonts: str = "fonts") -> Path:
    """Make a PDF beside a Typst file, and return its path.

    Pictures lie beside the file, and in `fonts`, relative to it, the only fonts that are used; `day` is when the PDF
    says that it was made.

    Raises
    ------
    RenderError
        If it cannot be made, or Typst warns of anything.
    """
    asked = json.dumps({"source": source.name, "day": day.isoformat(), "fonts": fonts}).encode()
    command = ["-c", f"from {__name__} import main; main()"]
    done = run_python("Typst", command, folder=source.parent, given=asked)
    if done.status != 0:
        raise RenderError(f"PDF kunne ikke laves med Typst: {done.stopped}")
    line, _, made = done.made.partition(b"\n")
    told = json.loads(line)
    if told["error"] is not None:
        raise RenderError(f"PDF kunne ikke laves: {told['error']}")
    if told["warnings"]:
        # A typeface that is missing, a layout that does not settle: never fit to publish either.
        raise RenderError("typst advarer: " + "; ".join(told["warnings"]))
    target = source.with_suffix(".pdf")
    target.write_bytes(mark_row_headers(made))
    return target


def main() -> None:
    """Compile what is asked for in JSON; write a line of JSON, then the PDF."""
    asked = json.load(sys.stdin)
    told: dict[str, object] = {"error": None, "warnings": []}
    pdf = b""
    try:
        pdf, warnings = typst.compile_with_warnings(
            asked["source"],
            root=".",
            font_paths=[asked["fonts"]],
            ignore_system_fonts=True,
            pdf_standards=["a-2a", "ua-1"],  # fit for the archive, and accessible
            timestamp=datetime.fromisoformat(asked["day"]).replace(tzinfo=UTC),
        )
        told["warnings"] = [warning.message for warning in warnings]
    except typst.TypstError as error:
        told["error"] = error.diagnostic or error.message
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + pdf)


def mark_row_headers(pdf: bytes) -> bytes:
    """Tag the first cell of every table row as that row's header.

    Typst tags the cells of a header row, but one that heads its row only with a feature (``a11y-extras``) that neither
    its Python package nor Quarto can switch on. A data cell that lists its headers would have no others, so its list
    gives way to the scopes of the header cells: its column's (which Typst has set) and its row's (set here). The PDF
    stays as long as it was, so that no offset in it moves, and applying it again changes nothing.
    """

    def mark(match: re.Match[bytes]) -> bytes:
        between, headers, _, column = match.groups()
        heads_row = column == b"0"
        tag, scope = (b"/S/TH", b"/Scope/Row") if heads_row else (b"/S/TD", b"")
        return tag + between + scope.ljust(len(headers))

    return _CELL.sub(mark, pdf)
