"""Typst in a process of its own: ``python -m aarsstatus.render.typesetting`` reads what to compile, and writes a PDF.

Typst is a library, and one that hangs could not be ended without ending the program. It takes JSON on its standard
input, and writes a line of JSON (the error, the warnings), then the PDF.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

import typst


def main() -> None:
    """Compile once."""
    asked = json.load(sys.stdin)
    told: dict[str, object] = {"error": None, "warnings": []}
    pdf = b""
    try:
        pdf, warnings = typst.compile_with_warnings(
            asked["source"],
            root=asked["root"],
            font_paths=[asked["fonts"]],
            ignore_system_fonts=True,
            pdf_standards=asked["standards"],
            timestamp=datetime.fromtimestamp(asked["seconds"], tz=UTC),
        )
        told["warnings"] = [warning.message for warning in warnings]
    except typst.TypstError as error:
        told["error"] = error.diagnostic or error.message
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + pdf)


if __name__ == "__main__":
    main()
