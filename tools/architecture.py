"""Write the map of modules in ``docs/architecture.md`` from what each says of itself: ``make map``.

A module's first line says what it does, and nothing else has to. ``--check`` changes nothing, and fails where the map
is not that of the house.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "aarsstatus"
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- begin: written by make map -->\n", "<!-- end -->\n"


def folders() -> list[str]:
    """Return the layers of the house, from what needs nothing else to the command line."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = settings["tool"]["importlinter"]["contracts"]
    return [name.strip() for layer in reversed(contract["layers"]) for name in layer.split(":")]


def first_line(path: Path) -> str:
    """Return what a module says of itself."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[0]


def modules(layer: str) -> list[Path]:
    """Return the modules of a layer, a folder's own first."""
    folder = PACKAGE / layer
    return sorted(folder.glob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


def table() -> str:
    """Return the map: a row a module, in the order of the folders."""
    rows = ["| module | does |", "|---|---|"]
    for layer in folders():
        for path in modules(layer):
            name = path.relative_to(PACKAGE).as_posix().replace("/__init__.py", "/")
            rows.append(f"| `{name}` | {first_line(path).replace('|', '·')} |")
    return "\n".join(rows) + "\n"


def page() -> str:
    """Return the page with the map as it should be."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


def main() -> int:
    """Write the map, or say that it is another house's."""
    text = page()
    if "--check" not in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
    elif text != PAGE.read_text(encoding="utf-8"):
        print("docs/architecture.md is not the map of the modules that are there; run make map", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
