"""Markdown as both engines read it: text kept literal, numbers that carry their figure, lists."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["attribute", "bullets", "plain", "span"]

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!<>|~^$@&\"':%=/])")


def plain(text: str) -> str:
    """Write a text from data or parameters so that it is shown as it stands, whatever is in it."""
    return _SPECIAL.sub(lambda match: "\\" + match.group(), " ".join(text.split()))


def span(figure: str, text: str) -> str:
    """Write a number in running text with the id of its figure on it."""
    return f"[{text}]{{{attribute('figure', figure)}}}"


def attribute(name: str, text: str) -> str:
    """Write an attribute of a div or a span, its value kept literal."""
    literal = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'{name}="{literal}"'


def bullets(items: Sequence[str]) -> str:
    """Write a list."""
    return "\n".join(f"- {item}" for item in items)
