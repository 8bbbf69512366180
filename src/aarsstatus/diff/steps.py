"""Find each difference between two builds' inputs, small enough to be tried alone.

A `Step` is one difference: a data row, a parameter, an option, a whole file. `blend` takes some of the steps from one
build's inputs towards the other's, which is what recomputation needs to try one of them alone.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from aarsstatus.diff.contents import MISSING, Key, is_table, merged, parts
from aarsstatus.diff.recompute import Variant
from aarsstatus.release.packages import other_versions
from aarsstatus.release.reading import Finished
from aarsstatus.text import visible

Kind = Literal["data", "parameter", "option", "code"]
CODE = "aarsstatus/"
"""Where the program lies among the inputs."""
MOST_ROWS = 40
"""Rows of one table that are tried one by one; of a table with more the whole is tried, since a new year's delivery
changes all of it, and each trial is a calculation."""


@dataclass(frozen=True, slots=True)
class Step:
    """Hold one difference between two builds' inputs.

    `place` is the file, and with it a row's or a parameter's key; `text` says the difference in Danish.
    """

    kind: Kind
    file: str
    key: Key
    place: str
    text: str


def program_of(build: Finished) -> dict[str, bytes]:
    """Return the program that a build kept."""
    return {name: content for name, content in build.inputs.items() if name.startswith(CODE)}


def as_read(build: Finished) -> Finished:
    """Return a build with what `publish` kept of its data in the place of later ones."""
    kept = f"data/notat-{build.year}/"
    if build.manifest.options.figures == "recomputed":
        return build
    rest = {name: content for name, content in build.inputs.items() if not name.startswith(kept)}
    read = {f"data/{name.removeprefix(kept)}": build.inputs[name] for name in build.inputs if name not in rest}
    return replace(build, inputs=rest | read)


def environment(old: Finished, new: Finished) -> list[str]:
    """Return other versions in two builds: Python, packages, the renderer."""
    before, after = (
        {"Python": build.manifest.python, **build.manifest.packages, "motor": build.manifest.engine.version}
        for build in (old, new)
    )
    return other_versions(before, after)


def other_files(old: Finished, new: Finished) -> list[str]:
    """Return the differing inputs that no figure can come from, as notebooks."""
    before, after = old.manifest.inputs, new.manifest.inputs
    names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    same = line_ends(old, new)
    return [name for name in names if not _counts(name) and name not in same]


def line_ends(old: Finished, new: Finished) -> list[str]:
    """Return the inputs that differ in line ends alone, as Git may make them."""
    both = sorted(old.inputs.keys() & new.inputs.keys())
    changed = [name for name in both if old.inputs[name] != new.inputs[name]]
    return [name for name in changed if _unix(old.inputs[name]) == _unix(new.inputs[name])]


def _unix(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")


def _counts(name: str) -> bool:
    """Return whether figures can follow from a file."""
    return name.startswith(CODE) or (name.startswith(("params/", "data/")) and name.endswith((".csv", ".yml")))


def steps(old: Finished, new: Finished) -> list[Step]:
    """Return the differences that figures can follow from.

    Both builds must have kept their inputs.
    """
    names = sorted({*old.inputs, *new.inputs} - set(line_ends(old, new)))
    changed = [name for name in names if _counts(name) and old.inputs.get(name) != new.inputs.get(name)]
    found = [step for name in changed if not name.startswith(CODE) for step in _file(name, old.inputs, new.inputs)]
    before, after = (asked(build) for build in (old, new))
    found += [
        Step("option", "", (key,), "året" if key == "year" else key, f"{before[key]} → {after[key]}")
        for key in before
        if before[key] != after[key]
    ]
    found += _code(old.inputs, new.inputs, [name for name in changed if name.startswith(CODE)])
    return found


def asked(build: Finished) -> dict[str, Any]:
    """Return how a build was asked for, as far as figures can follow from it."""
    options = build.manifest.options
    return {"compare": options.compare, "figures": options.figures, "year": build.year}


# -- files ----------------------------------------------------------------------------------------------------


def _file(name: str, old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[Step]:
    """Return a file's differences: rows, parameters, or else the whole."""
    kind: Kind = "parameter" if name.startswith("params/") else "data"
    before, after = old.get(name), new.get(name)
    if before is None or after is None:
        return [Step(kind, name, (), name, "filen er kommet til" if before is None else "filen er fjernet")]
    was, now = parts(name, before), parts(name, after)
    changed = [key for key in {**now, **was} if was.get(key, MISSING) != now.get(key, MISSING)]
    if not changed:
        return []  # only how it is written: comments, quotes
    # A small difference is worth trying alone only if all of them together are the whole difference.
    if () not in changed and len(changed) <= MOST_ROWS and merged(name, before, after, changed) == after:
        between, say = (" ", _row_change) if is_table(name) else (".", _value_change)
        said = {key: say(was.get(key, MISSING), now.get(key, MISSING)) for key in changed}
        return [Step(kind, name, key, visible(f"{name}, {between.join(key)}"), said[key]) for key in changed]
    return [Step(kind, name, (), name, f"{len(changed)} rækker er ændret" if is_table(name) else "filen er ændret")]


def _row_change(old: Any, new: Any) -> str:  # noqa: ANN401 - a row, or what stands for none
    """Say how a row differs, by its columns."""
    if MISSING in (old, new):
        said = ", ".join(f"{column} {cell}" for column, cell in (new if old is MISSING else old).items() if cell)
        return visible(f"{'rækken er kommet til' if old is MISSING else 'rækken er fjernet'}: {said}")
    changed = [column for column in {**old, **new} if old.get(column) != new.get(column)]
    return visible(
        ", ".join(f"{column} {old.get(column) or '(tom)'} → {new.get(column) or '(tom)'}" for column in changed)
    )


def _value_change(old: object, new: object) -> str:
    """Say how a parameter differs."""
    return visible(f"{_as_written(old)} → {_as_written(new)}")


def _as_written(value: object) -> str:
    """Write a parameter without the marks of any language."""
    if isinstance(value, list):
        return ", ".join(map(_as_written, value))
    if isinstance(value, dict):
        return " ".join(f"{key} {_as_written(inner)}" for key, inner in value.items())
    return "(ikke der)" if value is MISSING else "null" if value is None else str(value)


# -- code -----------------------------------------------------------------------------------------------------


def _code(old: Mapping[str, bytes], new: Mapping[str, bytes], names: list[str]) -> list[Step]:
    """Return the differences of the program, module by module."""
    changed = {name: _definitions_apart(old.get(name), new.get(name)) for name in names}
    told = {name: said for name, said in changed.items() if said is not None}
    return [Step("code", name, (), name, said) for name, said in told.items()]


def _definitions_apart(before: bytes | None, after: bytes | None) -> str | None:
    """Name the functions, methods and constants of a module that differ.

    None where only comments do.
    """
    if before is None or after is None:
        return "ny fil" if before is None else "filen er fjernet"
    try:
        old, new = (dict(_definitions(ast.parse(content))) for content in (before, after))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # as Python says of what is too deep
        return "filen er ændret"
    changed = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
    return ", ".join(changed) or None


def _definitions(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield a module's functions, methods and constants by name, without comments."""
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


# -- blending -------------------------------------------------------------------------------------------------


def blend(old: Finished, new: Finished, taken: Collection[Step]) -> Variant:
    """Return what the old build's figures follow from, with some of the steps taken."""
    by_file: dict[str, set[Key]] = {}
    for step in taken:
        by_file.setdefault(step.file, set()).add(step.key)
    files = {}
    for name in filter(_counts, sorted({*old.inputs, *new.inputs})):
        keys = by_file.get(CODE if CODE in by_file and name.startswith(CODE) else name, set())
        before, after = old.inputs.get(name), new.inputs.get(name)
        content = after if () in keys else before
        if keys - {()} and before is not None and after is not None:
            content = merged(name, before, after, keys)
        if content is not None:
            files[name] = content
    code = {name: files.pop(name) for name in list(files) if name.startswith(CODE)}
    options = asked(new)
    return Variant(
        code, files, asked(old) | {step.key[0]: options[step.key[0]] for step in taken if step.kind == "option"}
    )
