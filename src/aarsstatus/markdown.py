"""Write Markdown that both engines read alike: literal text, figures, sentences.

A notebook's cell holds whole sentences, and what is put into them comes from helpers. Where a year has nothing to put
there, the helper returns `UNKNOWN`, and the sentence around it is not said. So no cell glues halves together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import yaml

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!<>|~^$@&\"':%=/])")
_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")
_LETTERS = {"æ": "ae", "ø": "oe", "å": "aa"}
UNKNOWN = "\0"
"""What stands for a thing that is not known; no file or input can hold it."""
_SHORTCODE = re.compile(r"(?<=\\{\\{)(?=\\<)|(?<=\\>)(?=\\}\\})")
"""Where ``{{<`` and ``>}}``, each sign escaped, can be kept apart."""
_APART = "\u2060"
"""A sign that is neither seen nor heard: a word joiner."""
_SECOND_POINT = re.compile(r"(?<=[^.]\.)\.(?=\s|$)|(\.\]\{[^}]*\})\.(?=\s|$)")
"""The point after ``74 pct.``, alone or with its figure's id: ``[74 pct.]{figure="…"}``."""
_METADATA = re.compile(r"\A\s*---\s*\n(.*?)\n---\s*\Z", re.DOTALL)


def plain(text: str) -> str:
    """Write a text from data or parameters so that it is shown letter by letter."""
    return _SPECIAL.sub(lambda match: "\\" + match.group(), " ".join(text.split()))


def read_back(text: str) -> str:
    """Return what `plain` was given: Markdown without its escapes."""
    return _ESCAPED.sub(r"\1", text)


def span(figure: str, text: str) -> str:
    """Write a number in running text with the id of its figure on it."""
    return f"[{text}]{{{attribute('figure', figure)}}}"


def sentences(texts: Sequence[str]) -> str:
    """Write texts as sentences; one that ends in a point gets no second one.

    The point may stand inside a number that carries its figure: ``[79 pct.]{figure="…"}``.
    """
    seen = (re.sub(r"\]\{[^}]*\}$", "", text) for text in texts)
    return " ".join(text if bare.endswith(".") else f"{text}." for text, bare in zip(texts, seen, strict=True))


def attribute(name: str, text: str) -> str:
    """Write an attribute of a div or a span, its value kept literal.

    Quarto looks for ``{{< … >}}`` even there.
    """
    literal = " ".join(text.split()).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    literal = literal.replace("{{<", "{{&lt;")
    return f'{name}="{literal}"'


def reference_name(kind: str, text: str) -> str:
    """Return a reference's name: ``tbl-`` or ``fig-`` and a text's first words."""
    spelled = "".join(_LETTERS.get(letter, letter) for letter in text.lower().removeprefix(f"{kind}-"))
    return "-".join([kind, *re.findall(r"[a-z0-9]+", spelled)[:6]])


def bullets(items: Sequence[str]) -> str:
    """Write a list."""
    return "\n".join(f"- {item}" for item in items)


def metadata(values: Mapping[str, str]) -> str:
    """Write a block of metadata, which pandoc and Quarto take wherever it stands.

    Quarto runs a shortcode in metadata even where it is escaped, so what opens one and what closes one is kept apart.
    """
    inert = {name: _SHORTCODE.sub(_APART, value) for name, value in values.items()}
    return f"---\n{yaml.safe_dump(inert, allow_unicode=True, sort_keys=False, width=1000)}---"


def metadata_in(text: str) -> str | None:
    """Return the YAML of a block of metadata, as `metadata` was given it; else None."""
    found = _METADATA.match(text)
    return found[1].replace(_APART, "") if found else None


# -- sentences of what is known ----------------------------------------------------------------------------------


def paragraph(*texts: str) -> str:
    """Return as one paragraph those sentences that say nothing unknown."""
    return " ".join(filter(None, map(finished, texts)))


def either(*texts: str) -> str:
    """Return the first text that says nothing unknown."""
    return next(filter(None, map(finished, texts)), "")


def when(condition: object, text: str) -> str:
    """Return a text that is only true on a condition."""
    return text if condition else ""


def given(text: str | None) -> str:
    """Return a text from parameters, letter by letter; unknown where it is not given."""
    return plain(text) if text else UNKNOWN


def known(text: str) -> str:
    """Return a phrase; unknown where there is nothing to say."""
    return text or UNKNOWN


def finished(text: str) -> str:
    """Return a text with one point after each sentence; nothing where it is unknown."""
    return "" if UNKNOWN in text else _SECOND_POINT.sub(r"\1", text.strip())
