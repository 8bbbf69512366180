"""Parse YAML, refuse texts that it takes for others, and replace values in it.

A note after a ``#`` is dropped, a word after ``&`` names a value, and curly quotation marks are part of a text: all of
that looks like something to whoever wrote it, and YAML says nothing. When values are replaced, every other byte stays,
comments and all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import yaml

from aarsstatus.problems import InputError, Problem

At = tuple[str | int, ...]
"""Where something stands in a file: keys, and indices from 0."""
_DEEPEST = 20
_LONGEST_NUMBER = 20
_WHOLE = re.compile("0|[1-9][0-9]*")
_PLAIN = "et helt tal uden nul forrest, eller anførselstegn om en tekst"
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
        if node.tag == _INTEGER and not _WHOLE.fullmatch(str(node.value)):  # YAML 1.1 takes 33:44 for 2024, 010 for 8
            raise _NotReadError(_PLAIN, None, str(node.value), node.start_mark)
        try:
            return super().construct_object(node, deep)
        except (ValueError, OverflowError, TypeError, KeyError, AttributeError):  # 2025-02-30, !!bool x
            raise _NotReadError(None, None, str(node.value), node.start_mark) from None


@lru_cache(maxsize=16)  # a build reads the same parameters again and again, and this is the slow part
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
        return Problem(name, "filen er ikke gyldig YAML", line, found=said, expected=error.context)
    rows = text.splitlines()
    for number, row in enumerate(rows, start=1):
        if _HARD_SPACE.match(row):  # copied from Word: it looks like a blank, and YAML takes it for a letter
            expected = "almindelige mellemrum; her står et hårdt mellemrum, som Word skriver det"
            return Problem(name, "filen er ikke gyldig YAML", number, found=row.strip(), expected=expected)
    found = rows[mark.line].strip() if mark.line < len(rows) else "filens slutning"
    expected = next((mended for part, mended in _MENDED.items() if part in said), "nøgle: værdi")
    return Problem(name, "filen er ikke gyldig YAML", line, found=found, expected=expected)


class Place(NamedTuple):
    """A value of a key or an item of a list: its place, nodes and what it is."""

    at: At
    key: yaml.Node | None
    node: yaml.Node
    value: Any

    @property
    def line(self) -> int:
        """The line that it begins on, from 1."""
        return (self.key or self.node).start_mark.line + 1


def places(node: yaml.Node | None, content: Any, at: At = ()) -> Iterator[Place]:  # noqa: ANN401 - any YAML
    """Yield every key and item of a document; one that stands twice comes twice."""
    inside: list[Place] = []
    if isinstance(node, yaml.MappingNode) and isinstance(content, dict):
        inside = [Place((*at, key.value), key, one, content.get(key.value)) for key, one in node.value]
    elif isinstance(node, yaml.SequenceNode) and isinstance(content, list):
        # The list of a key that stands twice is read as the other one of them, which may be shorter.
        read = enumerate(zip(node.value, content, strict=False))
        inside = [Place((*at, index), None, one, value) for index, (one, value) in read]
    for place in inside:
        yield place
        yield from places(place.node, place.value, place.at)


def misread(there: Iterable[Place], text: str, name: str) -> Iterator[Problem]:
    """Yield the keys and texts of a document that YAML reads otherwise than they look."""
    rows = text.splitlines()
    for _, key, node, _ in there:
        if key is not None and key.tag != _TEXT:
            yield Problem(name, "nøglen er ikke en tekst", key.start_mark.line + 1, found=str(key.value))
        if not isinstance(node, yaml.ScalarNode) or node.tag != _TEXT or node.style is not None:
            continue
        line, end = node.start_mark.line + 1, node.end_mark
        rest = rows[end.line][end.column :] if end.line < len(rows) else ""
        if node.value[:1] in _CURLY:
            message, expected = "teksten har krumme anførselstegn, som Word skriver dem", 'lige anførselstegn: "…"'
            yield Problem(name, message, line, None, node.value, expected)
        elif _COMMENT.match(rest):
            message, expected = "det, der står efter #, bliver ikke læst", 'anførselstegn om hele teksten: "…"'
            yield Problem(name, message, line, None, f"{node.value}{rest}", expected)


# -- values and their places -----------------------------------------------------------------------------------


_MARK = "\ufeff"


def scalars(text: str, name: str) -> dict[At, Place]:
    """Return every value of a file that is no list and no group, by where it stands.

    Raises
    ------
    InputError
        If it is not YAML; `name` is what the file is called.
    """
    there = places(*parsed(text.removeprefix(_MARK), name))
    return {one.at: one for one in there if isinstance(one.node, yaml.ScalarNode)}


def replace_scalars(text: str, name: str, values: Mapping[At, str]) -> str:
    """Return a file's text with some values replaced, given as YAML writes them."""
    nodes = {at: one.node for at, one in scalars(text, name).items()}
    shift = len(text) - len(text.removeprefix(_MARK))
    for at in sorted(values, key=lambda at: nodes[at].start_mark.index, reverse=True):
        start, end = (mark.index + shift for mark in (nodes[at].start_mark, nodes[at].end_mark))
        space = " " if start == end else ""  # nothing stood there, not even null
        text = text[:start] + space + values[at] + text[end:]
    return text
