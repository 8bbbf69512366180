"""Find gaps, errors and dangling references in an executed notebook.

A renderer lets most of these pass in silence, so they are looked for first, and named by their cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import nbformat

from aarsstatus.run.notebook import named_cells

__all__ = ["Block", "blocks", "findings", "markdown_outputs"]

_REFERENCE = re.compile(r"(?<![\w\\@])-?@((?:tbl|fig)-[\w-]*\w)")
_IMAGES = ("image/svg+xml", "image/png")
_PICTURE = "\ufffcpicture\ufffc"
"""Stands for a picture among the text of a cell's outputs."""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced div with a table's or a figure's id, and what is in it."""

    id: str
    text: str


def markdown_outputs(cell: nbformat.NotebookNode) -> str:
    """Join a cell's outputs as a renderer does, with placeholders for pictures."""
    if cell.cell_type == "markdown":
        return str(cell.source)
    parts = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if "text/markdown" in data:
            parts.append(str(data["text/markdown"]))
        elif any(kind in data for kind in _IMAGES):
            parts.append(_PICTURE)
    return "".join(parts)


def blocks(text: str) -> Iterator[Block]:
    """Yield the fenced divs of tables and figures, nested fences included in them."""
    opened: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if match := re.match(r":{3,}\s*\{(.*)\}\s*$", line):
            name = re.match(r"#((?:tbl|fig)-[\w-]+)", match.group(1))
            opened.append((name.group(1) if name else "", []))
        elif re.match(r":{3,}\s*$", line) and opened:
            id_, inside = opened.pop()
            if id_:
                yield Block(id_, "\n".join(inside))
            if opened:
                opened[-1][1].extend(inside)
        elif opened:
            opened[-1][1].append(line)
    for id_, _ in opened:
        yield Block(f"{id_ or 'div'} (uden afslutning)", "")


def findings(notebook: nbformat.NotebookNode) -> list[str]:
    """Return the problems of an executed notebook in Danish, each naming its cell."""
    found: list[str] = []
    defined: dict[str, str] = {}
    referred: list[tuple[str, str]] = []
    for name, cell in named_cells(notebook):
        found += [f"{name}: {text}" for text in _bad_outputs(cell)]
        text = markdown_outputs(cell)
        for block in blocks(text):
            if block.id in defined:
                found.append(f"{name}: {block.id} findes allerede i {defined[block.id]}")
            defined[block.id] = name
            found += [f"{name}: {problem}" for problem in _bad_block(block)]
        referred += [(name, match.group(1)) for match in _REFERENCE.finditer(_without_attributes(text))]
    found += [f"{name}: henvisningen @{id_} peger ikke på noget" for name, id_ in referred if id_ not in defined]
    return found


def _without_attributes(text: str) -> str:
    """Leave out fence lines and code, where an @ is no reference."""
    return re.sub(r"(?ms)^```.*?^```|^:::.*?$", "", text)


def _bad_outputs(cell: nbformat.NotebookNode) -> Iterator[str]:
    """Yield what a cell shows that cannot be shown to a reader."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            yield f"fejlen {output.ename}: {output.evalue}"
        elif output.output_type == "stream" and output.name == "stdout":
            yield f"cellen udskriver tekst uden om notatet: »{' '.join(output.text.split())[:60]}«"
        elif output.output_type in {"display_data", "execute_result"}:
            shown = set(output.data)
            if "text/html" in shown:
                yield "cellen viser text/html; et notat viser text/markdown"
            elif not shown & {"text/markdown", *_IMAGES}:
                yield f"cellen viser {', '.join(sorted(shown))}, som ikke kan vises i notatet"


def _bad_block(block: Block) -> Iterator[str]:
    """Yield what a table or a figure lacks."""
    if block.id.endswith("(uden afslutning)"):
        yield f"{block.id}: en ramme (:::) åbnes, men lukkes ikke"
        return
    outside = re.sub(r"(?ms)^```.*?^```\s*$", "", block.text)
    caption = [line for line in outside.split("\n") if line.strip() and line.strip() != _PICTURE]
    if block.id.startswith("tbl-") and "<table" not in block.text:
        yield f"{block.id} har ingen tabel"
    if block.id.startswith("fig-") and _PICTURE not in block.text:
        yield f"{block.id} har intet billede"
    if not caption:
        yield f"{block.id} har ingen titel"
