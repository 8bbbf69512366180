"""Read a YAML file into a typed model, and tell every problem by its line.

YAML alone would keep the last of two equal keys and say nothing, and a model alone knows no lines: this keeps the
nodes of the document, which know theirs, beside its values. An unknown key is told with the nearest known one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from aarsstatus import text as shown_text
from aarsstatus.files import read_utf8
from aarsstatus.inputs.yamlsyntax import At, Place, misread, parsed, places
from aarsstatus.problems import InputError, Problem, near

Lines = Mapping[At, int]
"""The line, from 1, of each key and each item of a list."""
Model = TypeVar("Model", bound=BaseModel)


class Closed(BaseModel):
    """Model a YAML file: frozen, and closed, so that an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


MOST_BYTES = 256 << 10
"""The largest of these files has some eight kilobytes."""


def fit(most: int = shown_text.MOST, *, drawn: bool = False) -> AfterValidator:
    """Return a validator that refuses a text which cannot be shown (`text.unfit`)."""

    def check(text: str) -> str:
        why = shown_text.unfit(text, most, drawn=drawn)
        if why is not None:
            raise PydanticCustomError("unfit", "{why}", {"why": why})
        return text

    return AfterValidator(check)


def read_model(
    path: Path, name: str, model: type[Model], *, expected_file: str, expected: Mapping[str, str] | None = None
) -> tuple[Model, Lines]:
    """Read a YAML file as a model; return it, and where each of its parts stands.

    Messages call it `name`, a file that is missing or empty `expected_file`. `model` is closed (``extra="forbid"``).
    `expected` says what was expected, by pydantic's name of the error, where the general words would be too general.

    Raises
    ------
    InputError
        With every problem in the file: unreadable YAML, a key that stands twice, unknown keys (with the nearest
        known one), missing keys, values of the wrong kind.
    """
    text = read_utf8(path, name, most=MOST_BYTES, expected=expected_file).removeprefix("\ufeff")
    node, content = parsed(text, name)
    if not isinstance(node, yaml.MappingNode):
        raise InputError(Problem(name, "filen er tom eller ikke en liste af nøgler", expected=expected_file))
    there = list(places(node, content))
    if wrong := list(misread(there, text, name)):
        raise InputError(wrong)
    lines = {one.at: one.line for one in there}
    problems = [Problem(name, "nøglen står der to gange", one.line, dotted(one.at)) for one in _repeated(there)]
    try:
        value = model.model_validate(content)
    except ValidationError as error:
        words = {**_EXPECTED, **(expected or {})}
        problems += [_problem(name, model, lines, detail, words) for detail in error.errors(include_url=False)]
        raise InputError(problems) from None
    if problems:
        raise InputError(problems)
    return value, lines


def _repeated(there: Sequence[Place]) -> Iterator[Place]:
    """Yield keys that stand twice in one group; YAML would silently keep the last."""
    seen: set[At] = set()
    repeated: set[At] = set()
    for one in there:
        if one.at in seen:
            repeated.add(one.at)
            if one.at[:-1] not in repeated:  # what is in a group that stands twice does, too
                yield one
        seen.add(one.at)


_EXPECTED: Mapping[str, str] = {
    "int_type": "et helt tal",
    "string_type": "en tekst (sæt anførselstegn om)",
    "date_type": "en dato (ÅÅÅÅ-MM-DD uden anførselstegn)",
    "date_from_datetime_inexact": "en dato uden klokkeslæt",
    "list_type": "en liste",
    "tuple_type": "en liste",
    "model_type": "en gruppe af nøgler",
    "string_too_short": "en tekst, der ikke er tom",
    "string_too_long": "en kortere tekst",
    "string_pattern_mismatch": "en kode med små bogstaver a-z",
    "too_short": "mindst ét punkt",
    "string_unicode": "en tekst af hele tegn",
    "dict_type": "en gruppe af nøgler",
    "invalid_key": "nøgler, der er tekster",
}


def _problem(
    name: str, model: type[BaseModel], lines: Lines, detail: Mapping[str, Any], expected: Mapping[str, str]
) -> Problem:
    """Turn one of pydantic's findings into a message an analyst can act on."""
    kind, at = str(detail["type"]), tuple(detail["loc"])
    line = next((lines[at[:size]] for size in range(len(at), 0, -1) if at[:size] in lines), 1)
    key = dotted(at) or None
    if kind == "extra_forbidden":
        return Problem(name, "ukendt nøgle", line, key, hint=near(str(at[-1]), _known(model, at[:-1])))
    if kind == "missing":
        return Problem(name, "nøglen mangler", line if len(at) > 1 else None, key)
    if kind == "value_error":
        return Problem(name, str(detail["ctx"]["error"]), line if at else None, key)
    words, hint = expected.get(kind), None
    if kind == "unfit":
        words = str(detail["ctx"]["why"])
    if kind == "literal_error":
        words = str(detail["ctx"]["expected"]).replace(" or ", " eller ")
        hint = near(str(detail["input"]), re.findall(r"'([^']*)'", words))
    return Problem(name, "værdien kan ikke bruges", line, key, _as_yaml(detail["input"]), words, hint)


def _as_yaml(value: object) -> str:
    """Write a value as YAML has it, not as Python names none, true and false."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def dotted(at: At) -> str:
    """Write where something stands: ``targets_adopted.2.date``, items counted from 1."""
    return ".".join(str(part + 1 if isinstance(part, int) else part) for part in at)


def _known(model: type[BaseModel], at: At) -> list[str]:
    """Return the keys that a model knows at a place in the file."""
    for part in at:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - whatever an annotation is
    """Return the model that a field holds: itself, as one of several, or in a list."""
    if get_origin(annotation) is None and not isinstance(annotation, UnionType):
        return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
    return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)
