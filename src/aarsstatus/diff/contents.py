"""Read and mix the parts of an input: rows of a table, parameters of a year.

Both are parts by key, so that the same row or parameter is recognised in an old and a new version of a file, and a
file can be made that has some of its parts from the one and the rest from the other.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any

import yaml

from aarsstatus.inputs.schema import TABLES
from aarsstatus.inputs.yamlsyntax import parsed
from aarsstatus.problems import InputError

Key = tuple[str, ...]
"""What names a row or a parameter; empty for all of a file."""
MISSING = object()
"""Stands for a part that is not there."""
_KEYS: Mapping[str, Key] = {table.name: table.key for table in TABLES if table.key}


def is_table(name: str) -> bool:
    """Return whether an input is a table whose rows have keys."""
    return name in _KEYS


def parts(name: str, content: bytes) -> dict[Key, object]:
    """Return a file's rows or parameters by key, in order.

    Another file is one part, with the empty key.
    """
    if is_table(name):
        try:
            return dict(_rows(_KEYS[name], content))
        except csv.Error:
            return {(): content}
    said: object = content
    with suppress(InputError, UnicodeDecodeError):  # nobody's YAML is all of it one part
        said = parsed(content.decode("utf-8"), name)[1] if name.endswith(".yml") else content
    return dict(_flat(said)) if name.startswith("params/") else {(): said}


def merged(name: str, before: bytes, after: bytes, keys: Collection[Key]) -> bytes:
    """Return a file with some of its parts changed.

    With all of them it is the new file itself when that says the same, so that nothing is lost on the way.
    """
    old, new = parts(name, before), parts(name, after)
    mixed = _mixed(old, new, keys)
    whole = list(mixed.items()) == list(new.items()) if is_table(name) else mixed == new
    if whole:
        return after
    return (
        _table(mixed) if is_table(name) else yaml.safe_dump(_tree(mixed), allow_unicode=True, sort_keys=False).encode()
    )


def _mixed(old: Mapping[Key, object], new: Mapping[Key, object], keys: Collection[Key]) -> dict[Key, object]:
    """Take some parts from the new file; an added one goes after its predecessor."""
    mixed = [(key, new.get(key) if key in keys else part) for key, part in old.items() if key in new or key not in keys]
    order = list(new)
    for place, key in enumerate(order):
        if key in keys and key not in old:
            present = [known for known, _ in mixed]
            before = next((known for known in reversed(order[:place]) if known in present), None)
            mixed.insert(0 if before is None else present.index(before) + 1, (key, new[key]))
    return dict(mixed)


def _rows(key: Key, content: bytes) -> Iterator[tuple[Key, dict[str, str]]]:
    """Yield a table's rows with their keys; a key that is there twice is numbered."""
    text = content.decode("utf-8-sig", errors="replace")
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    seen: Counter[Key] = Counter()
    for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restkey="…", restval=""):
        cells = {str(column): str(cell) for column, cell in row.items()}
        if any(cell.strip() for cell in cells.values()):
            named = tuple(cells.get(column, "") for column in key)
            seen[named] += 1
            yield named if seen[named] == 1 else (*named, str(seen[named])), cells


def _table(rows: Mapping[Key, object]) -> bytes:
    """Write a table."""
    lines: list[Any] = list(rows.values())
    text = io.StringIO()
    columns = list(dict.fromkeys(column for row in lines for column in row))
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode()


def _flat(value: object, above: Key = ()) -> Iterator[tuple[Key, object]]:
    """Yield every value of nested mappings with its keys; a list is one value."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _flat(inner, (*above, str(key)))
    else:
        yield above, value


def _tree(values: Mapping[Key, object]) -> object:
    """Return nested mappings of values, as they were before `_flat`."""
    if () in values:
        return values[()]
    tree: dict[str, Any] = {}
    for key, value in values.items():
        inner = tree
        for name in key[:-1]:
            inner = inner.setdefault(name, {})
        inner[key[-1]] = value
    return tree
