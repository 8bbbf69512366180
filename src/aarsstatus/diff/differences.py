"""What two builds were made from, and each way in which it differs, small enough to be tried alone. Pure.

A `Step` is one difference: a data row, a parameter, an option, a whole file. `Blend` takes some of the steps from one
build's inputs towards the other's, which is what recomputation needs to try one of them alone.
"""

from __future__ import annotations

import ast
import csv
import io
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import yaml

from aarsstatus.inputs.schema import ADMINISTRATIONS, PUBLISHED, SCHEMES, STATUS, TARGETS
from aarsstatus.release.packages import OtherVersion, other_versions
from aarsstatus.release.reading import Finished

__all__ = ["CODE", "Blend", "Kind", "Step", "environment", "other_files", "steps"]

Kind = Literal["data", "parameter", "option", "code"]
CODE = "aarsstatus/"
"""Where the program lies among the inputs."""
_KEYS: Mapping[str, tuple[str, ...]] = {
    table.name: table.key for table in (STATUS, TARGETS, SCHEMES, ADMINISTRATIONS, PUBLISHED)
}
"""What names a row of each table, so that an old and a new version of it are recognised as the same row."""
MOST_ROWS = 40
"""Rows of one table that are tried one by one; of a table with more the whole is tried, since a new year's delivery
changes all of it, and each trial is a calculation."""
_Row = dict[str, str]
_RowKey = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One difference between two builds' inputs.

    `place` is the file, and with it a row's or a parameter's key; `text` says the difference in Danish.
    """

    kind: Kind
    file: str
    key: tuple[str, ...]
    place: str
    text: str


def environment(old: Finished, new: Finished) -> list[OtherVersion]:
    """Return what differs in the two builds' surroundings: Python, packages, the renderer."""
    before, after = (
        {"Python": build.manifest.get("python"), **build.packages, "motor": build.manifest["engine"].get("version")}
        for build in (old, new)
    )
    return other_versions(before, after)


def other_files(old: Finished, new: Finished) -> list[str]:
    """Return the differing inputs that no figure can come from: notebooks, the look, the lock."""
    before, after = old.manifest["inputs"], new.manifest["inputs"]
    names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    return [name for name in names if not _counts(name)]


def _counts(name: str) -> bool:
    """Whether figures can follow from a file."""
    return name.startswith(CODE) or (name.startswith(("params/", "data/")) and name.endswith((".csv", ".yml")))


def steps(old: Finished, new: Finished) -> list[Step]:
    """Return the differences that figures can follow from; both builds must have kept their inputs."""
    names = sorted({*old.inputs, *new.inputs})
    changed = [name for name in names if _counts(name) and old.inputs.get(name) != new.inputs.get(name)]
    found = [step for name in changed if not name.startswith(CODE) for step in _file(name, old.inputs, new.inputs)]
    found += _options(old.options, new.options)
    found += _code(old.inputs, new.inputs, [name for name in changed if name.startswith(CODE)])
    if old.year != new.year:
        found.append(Step("option", "", ("year",), "året", f"{old.year} → {new.year}"))
    return found


def _options(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Step]:
    """Return the options that figures can follow from; which formats were made is none of them."""
    return [
        Step("option", "", (key,), key, f"{old.get(key)} → {new.get(key)}")
        for key in ("compare", "figures")
        if old.get(key) != new.get(key)
    ]


# -- files ----------------------------------------------------------------------------------------------------


def _file(name: str, old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[Step]:
    """Return a file's differences: rows, parameters, or the whole where that is all that can be said."""
    kind: Kind = "parameter" if name.startswith("params/") else "data"
    before, after = old.get(name), new.get(name)
    if before is None or after is None:
        return [Step(kind, name, (), name, "filen er kommet til" if before is None else "filen er fjernet")]
    if name in _KEYS:
        found = _rows_apart(name, before, after)
    elif name.startswith("params/") and name.endswith(".yml"):
        found = _parameters_apart(name, before, after)
    else:
        found = []
    # A small difference is worth trying alone only if all of them together are the whole difference.
    if found and len(found) <= MOST_ROWS and _merged(name, before, after, {step.key for step in found}) == after:
        return found
    if _same_content(name, before, after):
        return []
    said = f"{len(found)} rækker er ændret" if found else "filen er ændret"
    return [Step(kind, name, (), name, said)]


def _same_content(name: str, before: bytes, after: bytes) -> bool:
    """Whether two files differ only in how they are written: comments, quotes, line endings."""
    if name in _KEYS:
        return _table(name, before) == _table(name, after)
    if name.endswith(".yml"):
        return bool(_yaml(before) == _yaml(after))
    return before == after


def _table(name: str, content: bytes) -> dict[_RowKey, _Row]:
    """Read a table's rows by their key, in order; a key that is there twice is numbered."""
    text = content.decode("utf-8-sig", errors="replace")
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    seen: Counter[_RowKey] = Counter()
    rows: dict[_RowKey, _Row] = {}
    for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restkey="…", restval=""):
        cells = {str(column): str(cell) for column, cell in row.items()}
        if not any(cell.strip() for cell in cells.values()):
            continue
        key = tuple(cells.get(column, "") for column in _KEYS[name])
        seen[key] += 1
        rows[key if seen[key] == 1 else (*key, str(seen[key]))] = cells
    return rows


def _rows_apart(name: str, before: bytes, after: bytes) -> list[Step]:
    """Return the rows that differ."""
    old, new = _table(name, before), _table(name, after)
    keys = [*new, *(key for key in old if key not in new)]
    return [
        Step("data", name, key, f"{name}, {' '.join(key)}", _row_change(old.get(key), new.get(key)))
        for key in keys
        if old.get(key) != new.get(key)
    ]


def _row_change(old: _Row | None, new: _Row | None) -> str:
    """Say how a row differs, by its columns."""
    if old is None or new is None:
        row = old or new or {}
        said = ", ".join(f"{column} {cell}" for column, cell in row.items() if cell)
        return f"{'rækken er kommet til' if old is None else 'rækken er fjernet'}: {said}"
    changed = [column for column in {**old, **new} if old.get(column) != new.get(column)]
    return ", ".join(f"{column} {_quoted(old.get(column))} → {_quoted(new.get(column))}" for column in changed)


def _quoted(cell: object) -> str:
    return "(tom)" if cell in (None, "") else str(cell)


def _yaml(content: bytes) -> Any:  # noqa: ANN401 - whatever the file holds
    try:
        return yaml.safe_load(content)
    except (yaml.YAMLError, UnicodeDecodeError):
        return None


def _flat(value: object, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield every value of nested mappings with its keys; a list is one value."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _flat(inner, (*above, str(key)))
    else:
        yield above, value


def _parameters_apart(name: str, before: bytes, after: bytes) -> list[Step]:
    """Return the parameters that differ."""
    old, new = dict(_flat(_yaml(before))), dict(_flat(_yaml(after)))
    missing = object()
    keys = [*new, *(key for key in old if key not in new)]
    return [
        Step(
            "parameter", name, key, f"{name}, {'.'.join(key)}",
            f"{_shown(old, key)} → {_shown(new, key)}",
        )
        for key in keys
        if old.get(key, missing) != new.get(key, missing)
    ]  # fmt: skip


def _shown(values: Mapping[tuple[str, ...], object], key: tuple[str, ...]) -> str:
    if key not in values:
        return "(ikke der)"
    value = values[key]
    return "null" if value is None else str(value)


# -- blending -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Blend:
    """Two builds' inputs, and what is between them."""

    old: Finished
    new: Finished

    def files(self, taken: Collection[Step]) -> dict[str, bytes]:
        """Return ``params/`` and ``data/`` of the old build with some of the steps towards the new one taken."""
        names = sorted({*self.old.inputs, *self.new.inputs})
        by_file: dict[str, set[tuple[str, ...]]] = {}
        for step in taken:
            by_file.setdefault(step.file, set()).add(step.key)
        files = {}
        for name in (name for name in names if _counts(name) and not name.startswith(CODE)):
            before, after = self.old.inputs.get(name), self.new.inputs.get(name)
            keys = by_file.get(name, set())
            content = after if () in keys else before
            if keys - {()} and before is not None and after is not None:
                content = _merged(name, before, after, keys)
            if content is not None:
                files[name] = content
        return files

    def code(self, taken: Collection[Step]) -> dict[str, bytes]:
        """Return the old build's program with some of its files, or all of it, taken from the new one."""
        old, new = (
            {name: content for name, content in build.inputs.items() if name.startswith(CODE)}
            for build in (self.old, self.new)
        )
        names = {step.file for step in taken if step.kind == "code"}
        if CODE in names:
            return new
        files = {name: new.get(name) if name in names else old.get(name) for name in sorted({*old, *new})}
        return {name: content for name, content in files.items() if content is not None}

    def options(self, taken: Collection[Step]) -> dict[str, Any]:
        """Return the old build's options, and its year, with some of the steps taken."""
        options = {**self.old.options, "year": self.old.year}
        after = {**self.new.options, "year": self.new.year}
        return options | {step.key[0]: after.get(step.key[0]) for step in taken if step.kind == "option"}


def _merged(name: str, before: bytes, after: bytes, keys: Collection[tuple[str, ...]]) -> bytes:
    """Return a file with some of its rows or parameters changed.

    With all of them it is the new file itself when that says the same, so that nothing is lost on the way.
    """
    if name in _KEYS:
        merged = _merge_rows(_table(name, before), _table(name, after), keys)
        whole = list(merged.items()) == list(_table(name, after).items())
        return after if whole else _write(merged)
    values = _merge_parameters(_yaml(before), _yaml(after), keys)
    if values == _yaml(after):
        return after
    return yaml.safe_dump(values, allow_unicode=True, sort_keys=False).encode()


def _merge_rows(
    old: Mapping[_RowKey, _Row], new: Mapping[_RowKey, _Row], keys: Collection[tuple[str, ...]]
) -> dict[_RowKey, _Row]:
    """Take some rows from the new table; one that is not in the old goes after the one it follows in the new."""
    merged = list({key: new.get(key, row) if key in keys else row for key, row in old.items()}.items())
    merged = [(key, row) for key, row in merged if not (key in keys and key not in new)]
    order = list(new)
    for place, key in enumerate(order):
        if key in keys and key not in old:
            present = [known for known, _ in merged]
            before = next((known for known in reversed(order[:place]) if known in present), None)
            merged.insert(0 if before is None else present.index(before) + 1, (key, new[key]))
    return dict(merged)


def _write(rows: Mapping[_RowKey, _Row]) -> bytes:
    text = io.StringIO()
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows.values())
    return text.getvalue().encode()


def _merge_parameters(old: object, new: object, keys: Collection[tuple[str, ...]]) -> object:
    """Take some parameters from the new file."""
    before, after = dict(_flat(old)), dict(_flat(new))
    chosen = {key: value for key, value in before.items() if key not in keys}
    order = [*before, *(key for key in after if key not in before)]
    merged = {key: after[key] if key in keys and key in after else chosen[key] for key in order
              if (key in keys and key in after) or key in chosen}  # fmt: skip
    tree: dict[str, Any] = {}
    for key, value in merged.items():
        inner = tree
        for part in key[:-1]:
            inner = inner.setdefault(part, {})
        inner[key[-1]] = value
    return tree


# -- code -----------------------------------------------------------------------------------------------------


def _code(old: Mapping[str, bytes], new: Mapping[str, bytes], names: list[str]) -> list[Step]:
    """Return the differences of the program, module by module."""
    changed = {name: _definitions_apart(old.get(name), new.get(name)) for name in names}
    told = {name: said for name, said in changed.items() if said is not None}
    return [Step("code", name, (), name, said) for name, said in told.items()]


def _definitions_apart(before: bytes | None, after: bytes | None) -> str | None:
    """Say which functions, methods and constants of a module differ; None where only comments do."""
    if before is None or after is None:
        return "ny fil" if before is None else "filen er fjernet"
    try:
        old, new = (dict(_definitions(ast.parse(content))) for content in (before, after))
    except (SyntaxError, ValueError):
        return "filen er ændret"
    changed = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
    return ", ".join(changed) or None


def _definitions(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield a module's functions, methods and constants by name, each as its syntax without comments."""
    rest: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            inside = [inner for inner in node.body if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef)]
            yield from ((f"{node.name}.{inner.name}", ast.dump(inner)) for inner in inside)
            others = [ast.dump(inner) for inner in node.body if inner not in inside]
            yield node.name, "".join([*map(ast.dump, [*node.bases, *node.decorator_list]), *others])
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, ast.dump(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((ast.unparse(target), ast.dump(node)) for target in targets)
        else:
            rest.append(node)
    yield "filens øvrige linjer", "".join(map(ast.dump, rest))
