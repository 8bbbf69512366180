"""Parse YAML, refuse texts that it takes for others, and replace values in it.

A note after a ``#`` is dropped, a word after ``&`` names a value, and curly quotation marks are part of a text: all of
that looks like something to whoever wrote it, and YAML says nothing. When values are replaced, every other byte stays,
comments and all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from aarsstatus.problems import InputError, Problem

At = tuple[str | int, ...]
"""Where something stands in a file: keys, and indices from 0."""
_DEEPEST = 20
_LONGEST_NUMBER = 20
_MERGE = "tag:yaml.org,2002:merge"
_INTEGER = "tag:yaml.org,2002:int"
_TEXT = "tag:yaml.org,2002:str"
_HARD_SPACE = re.compile(r"^[ \t]*\u00a0")
_CURLY = "“”„‟«»‘’"
_COMMENT = re.compile(r"\s+#")


class _NotReadError(yaml.MarkedYAMLError):
    """Something that our loader does not read; its problem is Danish."""


class _Loader(yaml.SafeLoader):
    """Load YAML in which nothing refers to, or is merged from, another place.

    References can make a small file endless, and merged keys have no line of their own. Nobody needs either. What
    cannot be read is told with its line.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:  # noqa: ANN401 - as PyYAML has it
        """Read one value; one that refers to another, or lies too deep, is an error."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        mark: Any = event.start_mark
        if isinstance(event, yaml.AliasEvent):
            raise _NotReadError(None, None, f"henvisningen *{event.anchor}", mark)
        if getattr(event, "anchor", None):
            raise _NotReadError(None, None, f"navnet &{event.anchor}", mark)
        if self._depth > _DEEPEST:
            raise _NotReadError(None, None, f"mere end {_DEEPEST} lag", event.start_mark)
        self._depth += 1
        try:
            node = super().compose_node(parent, index)
        finally:
            self._depth -= 1
        if node is not None and node.tag == _MERGE:
            raise _NotReadError(None, None, "nøglen <<", node.start_mark)
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: ANN401 - as above
        """Return the value of a node; refuse one that is not what it looks like."""
        if node.tag == _INTEGER and len(str(node.value)) > _LONGEST_NUMBER:
            raise _NotReadError(None, None, "et meget langt tal", node.start_mark)
        if node.tag == _INTEGER and not str(node.value).isdecimal():  # YAML 1.1 takes 33:44 for 2024, and 0b1 for 1
            raise _NotReadError(None, None, str(node.value), node.start_mark)
        try:
            return super().construct_object(node, deep)
        except (ValueError, OverflowError, TypeError, KeyError, AttributeError):  # 2025-02-30, !!bool x
            raise _NotReadError(None, None, str(node.value), node.start_mark) from None


def parsed(text: str, name: str) -> tuple[yaml.Node | None, Any]:
    """Return a file's one document: its nodes, which know their lines, and its values."""
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        return node, None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        raise InputError(_not_yaml(error, text, name)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        code = f"U+{ord(error.character):04X}" if isinstance(error.character, str) else f"U+{error.character:04X}"
        raise InputError(Problem(name, "filen er ikke gyldig YAML", line, found=f"tegnet {code}")) from None


_MENDED: Mapping[str, str] = {
    "mapping values are not allowed": "ét kolon på linjen og på den over; sæt anførselstegn om en tekst, der har et",
    "could not find expected ':'": "et kolon og et mellemrum efter nøglen",
    "expected <block end>": "den samme indrykning som i linjerne over, og anførselstegn om begge ender af en tekst",
    "cannot start any token": "mellemrum i stedet for tabulator, og anførselstegn om en tekst med særlige tegn",
    "unexpected end of stream": "et anførselstegn mere: et, der begynder, bliver ikke lukket",
    "expected ',' or ']'": "en liste i én linje, som bliver lukket: [a, b]",
    "expected ',' or '}'": "en gruppe i én linje, som bliver lukket: {a: b}",
    "but found another document": "ét dokument; slet linjen med ---",
}
"""What would be right, by a part of what PyYAML says of a file that it cannot read."""


def _not_yaml(error: yaml.MarkedYAMLError, text: str, name: str) -> Problem:
    """Return PyYAML's error in Danish: which line it is, and how to mend it."""
    mark, said = error.problem_mark, error.problem or ""
    line = mark.line + 1 if mark else None
    if isinstance(error, _NotReadError) or mark is None:
        return Problem(name, "filen er ikke gyldig YAML", line, found=said)
    rows = text.splitlines()
    for number, row in enumerate(rows, start=1):
        if _HARD_SPACE.match(row):  # copied from Word: it looks like a blank, and YAML takes it for a letter
            expected = "almindelige mellemrum; her står et hårdt mellemrum, som Word skriver det"
            return Problem(name, "filen er ikke gyldig YAML", number, found=row.strip(), expected=expected)
    found = rows[mark.line].strip() if mark.line < len(rows) else "filens slutning"
    expected = next((mended for part, mended in _MENDED.items() if part in said), "nøgle: værdi")
    return Problem(name, "filen er ikke gyldig YAML", line, found=found, expected=expected)


def misread_nodes(node: yaml.Node, text: str, name: str) -> Iterator[Problem]:
    """Yield the keys and texts of a document that YAML reads otherwise than they look."""
    rows = text.splitlines()
    for one, is_key in _scalars(node):
        line, end = one.start_mark.line + 1, one.end_mark
        if is_key and one.tag != _TEXT:
            yield Problem(name, "nøglen er ikke en tekst", line, found=str(one.value))
        if is_key or one.tag != _TEXT or one.style is not None:
            continue
        rest = rows[end.line][end.column :] if end.line < len(rows) else ""
        if str(one.value)[:1] in _CURLY:
            message, expected = "teksten har krumme anførselstegn, som Word skriver dem", 'lige anførselstegn: "…"'
            yield Problem(name, message, line, None, one.value, expected)
        elif _COMMENT.match(rest):
            message, expected = "det, der står efter #, bliver ikke læst", 'anførselstegn om hele teksten: "…"'
            yield Problem(name, message, line, None, f"{one.value}{rest}", expected)


def _scalars(node: yaml.Node, *, is_key: bool = False) -> Iterator[tuple[yaml.ScalarNode, bool]]:
    """Yield the single values of a document, and whether each is a key."""
    if isinstance(node, yaml.ScalarNode):
        yield node, is_key
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(key, is_key=True)
            yield from _scalars(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)


# -- values and their places -----------------------------------------------------------------------------------


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
