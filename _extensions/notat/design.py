#!/usr/bin/env python3
"""Write what follows from tokens.yml: tokens.css, tokens.typ and reference.docx.

Run it after every change of tokens.yml (needs PyYAML and python-docx); the same input gives the same bytes.
``design.py --fonts`` also makes the web fonts in fonts/ again (needs fontTools and brotli).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import make_reference
import yaml

HERE = Path(__file__).resolve().parent
MADE = "made by design.py from tokens.yml: edit that"


def css(tokens: dict[str, Any]) -> str:
    """Return the custom properties of the stylesheet; dark mode renames nothing, it changes values."""

    def block(indent: str, colours: dict[str, str]) -> str:
        return "".join(f"{indent}--{name}: {value};\n" for name, value in colours.items())

    return (
        f"/* {MADE} */\n:root {{\n{block('  ', tokens['colours'])}  --font: '{tokens['font']}', sans-serif;\n}}\n"
        f"@media screen and (prefers-color-scheme: dark) {{\n  :root {{\n{block('    ', tokens['dark'])}  }}\n}}\n"
    )


def typ(tokens: dict[str, Any]) -> str:
    """Return the tokens as a Typst dictionary. The second font comes with the compiler and has → and its like."""

    def block(name: str, pairs: list[tuple[str, str]]) -> str:
        return f"  {name}: ({', '.join(f'{key}: {value}' for key, value in pairs)}),\n"

    return (
        f'// {MADE}\n#let tokens = (\n  fonts: ("{tokens["font"]}", "DejaVu Sans Mono"),\n'
        + block("colours", [(key, f'rgb("{value}")') for key, value in tokens["colours"].items()])
        + block("sizes", [(key, f"{value}pt") for key, value in tokens["sizes"].items()])
        + block("page", [(key, f"{value}mm") for key, value in tokens["page"].items()])
        + ")\n"
    )


# What the web fonts hold: Latin-1, and the punctuation and signs that a notat uses besides (Open Sans has no
# arrow: → comes from the reader's own fonts).
CHARACTERS = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x100)])) + "–—‘’‚“”„†‡…•‰‹›€−≈≠≤≥Œœ"
WEB_FONTS = ("Regular", "Semibold", "Bold")


def web_fonts() -> None:
    """Write the subsets that the stylesheet embeds: no hinting, tabular digits kept, no date inside."""
    from fontTools.subset import Options, Subsetter  # noqa: PLC0415 - rarely needed
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    for weight in WEB_FONTS:
        source = HERE / "fonts" / f"OpenSans-{weight}.ttf"
        with TTFont(source, recalcTimestamp=False) as font:
            options = Options(hinting=False, layout_features=["kern", "tnum", "lnum", "mark", "locl"])
            subsetter = Subsetter(options)
            subsetter.populate(text=CHARACTERS)
            subsetter.subset(font)
            font.flavor = "woff2"
            font.save(source.with_suffix(".woff2"))


def main(arguments: list[str]) -> None:
    """Write the files beside this one."""
    tokens = yaml.safe_load((HERE / "tokens.yml").read_text(encoding="utf-8"))
    if "--fonts" in arguments:
        web_fonts()
    (HERE / "tokens.css").write_text(css(tokens), encoding="utf-8")
    (HERE / "tokens.typ").write_text(typ(tokens), encoding="utf-8")
    make_reference.write(tokens, HERE / "reference.docx")


if __name__ == "__main__":
    main(sys.argv[1:])
