"""Replace values in a YAML file; every other byte stays, comments and all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from aarsstatus.inputs.yamlfile import At
from aarsstatus.inputs.yamlsyntax import parsed

_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Scalar:
    """Hold one value of a YAML file: its line from 1, and its text's bounds."""

    value: Any
    line: int
    start: int
    end: int


def scalars(text: str, name: str) -> dict[At, Scalar]:
    """Return every value of a file that is no list and no group, by where it stands.

    Raises
    ------
    InputError
        If it is not YAML; `name` is what the file is called.
    """
    node, content = parsed(text.removeprefix(_MARK), name)
    return dict(_walk(node, content, ()))


def _walk(node: yaml.Node | None, content: Any, at: At) -> Iterator[tuple[At, Scalar]]:  # noqa: ANN401 - any YAML
    """Yield the values below a node."""
    if isinstance(node, yaml.MappingNode) and isinstance(content, dict):
        for key, value in node.value:
            yield from _walk(value, content.get(key.value), (*at, key.value))
    elif isinstance(node, yaml.SequenceNode) and isinstance(content, list):
        for index, item in enumerate(node.value):
            yield from _walk(item, content[index], (*at, index))
    elif isinstance(node, yaml.ScalarNode):
        yield at, Scalar(content, node.start_mark.line + 1, node.start_mark.index, node.end_mark.index)


def replace_scalars(text: str, name: str, values: Mapping[At, str]) -> str:
    """Return a file's text with some values replaced, given as YAML writes them."""
    there = scalars(text, name)
    shift = len(text) - len(text.removeprefix(_MARK))
    for at in sorted(values, key=lambda at: there[at].start, reverse=True):
        start, end = there[at].start + shift, there[at].end + shift
        space = " " if start == end else ""  # nothing stood there, not even null
        text = text[:start] + space + values[at] + text[end:]
    return text
