"""Find gaps, dangling references and bare pictures in an executed notebook.

A renderer lets most of it pass in silence, so it is looked for first, and named by its cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import nbformat

from aarsstatus.run.notebook import named_cells

_REFERENCE = re.compile(r"(?<![\w\\@])-?@((?:tbl|fig|sec|eq|lst)-[\w-]*\w)")
_IMAGES = ("image/svg+xml", "image/png")
_PICTURE = "\ufffcpicture\ufffc"
"""Stands for a picture among the text of a cell's outputs."""
_BARE = 'cellen viser et diagram uden titel; skriv show_chart(diagram, caption="…", alt="…")'


def findings(notebook: nbformat.NotebookNode) -> list[str]:
    """Return the problems of an executed notebook in Danish, each naming its cell."""
    found: list[str] = []
    defined: dict[str, str] = {}
    referred: list[tuple[str, str]] = []
    for name, cell in named_cells(notebook):
        text = shown_text(cell)
        outside, blocks = _blocks(text)
        bare = [_BARE for line in outside if _PICTURE in line]
        found += [f"{name}: {problem}" for problem in [*_bad_outputs(cell), *bare]]
        for id_, inside in blocks:
            if id_ in defined:
                found.append(f"{name}: {id_} findes allerede i {defined[id_]}")
            defined[id_] = name
            found += [f"{name}: {id_} {lack}" for lack in _lacks(id_, inside)]
        literal = re.sub(r"(?ms)^```.*?^```|^:::.*?$", "", text)  # in fence lines and code an @ is no reference
        referred += [(name, match.group(1)) for match in _REFERENCE.finditer(literal)]
    found += [f"{name}: henvisningen @{id_} peger ikke på noget" for name, id_ in referred if id_ not in defined]
    return found


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
                yield 'cellen viser text/html, fx en DataFrame; skriv show_table(tabel, caption="…")'
            elif not shown & {"text/markdown", *_IMAGES}:
                said = f"cellen viser {', '.join(sorted(shown))}, som ikke kan vises i notatet"
                yield f"{said}; skriv show(…), show_table(…) eller show_chart(…), eller slet linjen"


def _blocks(text: str) -> tuple[list[str], list[tuple[str, str | None]]]:
    """Return the lines outside divs, and the id and content of tables and figures.

    Nested divs are part of the content, which is None of a div that is not closed.
    """
    blocks: list[tuple[str, str | None]] = []
    outside: list[str] = []
    opened: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if match := re.match(r":{3,}\s*\{(.*)\}\s*$", line):
            name = re.match(r"#((?:tbl|fig)-[\w-]+)", match.group(1))
            opened.append((name.group(1) if name else "", []))
        elif re.match(r":{3,}\s*$", line) and opened:
            id_, inside = opened.pop()
            if id_:
                blocks.append((id_, "\n".join(inside)))
            if opened:
                opened[-1][1].extend(inside)
        else:
            (opened[-1][1] if opened else outside).append(line)
    return outside, [*blocks, *((id_ or "div", None) for id_, _ in opened)]


def _lacks(id_: str, inside: str | None) -> Iterator[str]:
    if inside is None:
        yield "har en ramme (:::), der åbnes, men ikke lukkes"
        return
    if id_.startswith("tbl-") and "<table" not in inside:
        yield "har ingen tabel"
    if id_.startswith("fig-") and _PICTURE not in inside:
        yield "har intet billede"
    if not re.sub(r"(?ms)^```.*?^```\s*$", "", inside).replace(_PICTURE, "").strip():
        yield "har ingen titel"


def shown_text(cell: nbformat.NotebookNode) -> str:
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
