"""The house: one way through its folders, small modules and functions, docstrings that say what a thing does."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "aarsstatus"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION, LONGEST_FIRST_LINE, MOST_INNER_IMPORTS = 300, 60, 80, 15
NO_VERB = re.compile(r"(?:A|An|The|One|Each|All|What|Where|Which|Whether|How|Who|When|\w+ing|\w+ed|``?\S+)\b", re.ASCII)
"""What a first line begins with that says what a thing is, and not what it does."""
RIDDLE = re.compile(r"\bwhat\b.*\bwhat\b|\bas it is\b", re.IGNORECASE)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@cache
def trees() -> list[tuple[str, ast.Module]]:
    return [(name(path), ast.parse(path.read_text(encoding="utf-8"))) for path in MODULES]


def documented() -> Iterator[tuple[str, ast.Module | ast.ClassDef | Function, str]]:
    for module, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | Function) and (text := ast.get_docstring(node)):
                yield f"{module}:{getattr(node, 'lineno', 1)}", node, text.partition("\n")[0]


def is_property(node: ast.AST) -> bool:
    return isinstance(node, Function) and any("property" in ast.unparse(one) for one in node.decorator_list)


def test_a_folder_imports_from_itself_and_from_those_above_it() -> None:
    """The order of the folders, and no circle among them, stands in pyproject.toml."""
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout


def test_no_two_modules_import_each_other() -> None:
    grimp = pytest.importorskip("grimp")
    graph = grimp.build_graph("aarsstatus", cache_dir=None)
    circles = [
        (one, other)
        for one in graph.modules
        for other in graph.find_modules_directly_imported_by(one)
        if other != one and not one.startswith(f"{other}.") and graph.find_shortest_chain(other, one)
    ]
    assert circles == []


def test_a_module_holds_one_idea_in_at_most_300_lines() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {module: length for module, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_a_function_is_at_most_60_lines() -> None:
    functions = [(module, node) for module, tree in trees() for node in ast.walk(tree) if isinstance(node, Function)]
    long = [
        (f"{module}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for module, node in functions
        if (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_imports_stand_at_the_top_but_for_a_few_with_their_reason() -> None:
    inner, silent = [], []
    for path in MODULES:
        lines = path.read_text(encoding="utf-8").splitlines()
        for node in ast.walk(ast.parse("\n".join(lines))):
            if isinstance(node, Function):
                for one in ast.walk(node):
                    if isinstance(one, ast.Import | ast.ImportFrom):
                        place = f"{name(path)}:{one.lineno}"
                        inner.append(place)
                        said = lines[one.lineno - 1] + lines[(one.end_lineno or one.lineno) - 1]
                        if not re.search(r"PLC0415 - \w", said):
                            silent.append(place)
    assert len(set(inner)) <= MOST_INNER_IMPORTS, sorted(set(inner))
    assert silent == []


def test_a_first_line_is_short() -> None:
    assert [(place, line) for place, _, line in documented() if len(line) > LONGEST_FIRST_LINE] == []


def test_a_first_line_is_no_riddle() -> None:
    assert [(place, line) for place, _, line in documented() if RIDDLE.search(line)] == []


def test_a_module_and_a_function_say_what_they_do() -> None:
    lines = [
        (place, line)
        for place, node, line in documented()
        if not isinstance(node, ast.ClassDef) and not is_property(node)
    ]
    assert len(lines) > 300
    assert [(place, line) for place, line in lines if NO_VERB.match(line)] == []
