"""One year's parameters: ``params/YEAR.yml`` as a typed model that refuses what it does not know.

Everything that a yearly notat varies by, apart from the figures themselves, stands there. Nothing is defaulted
silently: a key is either required or says in the model what leaving it out means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from aarsstatus.problems import InputError, Problem, near

__all__ = ["Adoption", "Cover", "Document", "Office", "Params", "read_params"]

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z_]+$", max_length=40)]
Group = Literal["placements", "fleksjob", "fritidsjob"]


class _Strict(BaseModel):
    """Frozen, and closed: an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Document(_Strict):
    """The notat's date and its numbers in the case systems. A number that a notat does not carry is left out."""

    date: date | None
    case_number_f2: Text | None = None
    document_number_f2: Text | None = None
    case_number_edoc: Text | None = None


class Office(_Strict):
    """Who writes the notat, and where they sit."""

    name: Text | None
    administration: Text
    street: Text | None = None
    postal: Text | None = None


class Adoption(_Strict):
    """When the council (Borgerrepræsentationen) adopted the targets of some groups."""

    date: date
    groups: Annotated[list[Group], Field(min_length=1)]


class Cover(_Strict):
    """The facts of the cover sheet (Orientering), for a year that has one."""

    appendix: int


class Params(_Strict):
    """One year's parameters."""

    year: Annotated[int, Field(ge=2000, le=2200)]
    comparison_year: Annotated[int, Field(ge=2000, le=2200)]
    notat: Text | None
    """The notat whose printed figures the year's inputs were read from (a ``source`` in ``data/published.csv``),
    or null for a year computed from register extracts."""
    document: Document
    office: Office
    targets_adopted: Annotated[list[Adoption], Field(min_length=1)]
    target_groups: Annotated[list[Group], Field(min_length=1)]
    schemes: Annotated[list[Key], Field(min_length=1)]
    """The schemes that existed, in the order the notat lists them."""
    cover: Cover | None = None

    @model_validator(mode="after")
    def _hangs_together(self) -> Params:
        """Check what no single key can tell."""
        if self.comparison_year >= self.year:
            raise ValueError(f"comparison_year ({self.comparison_year}) skal ligge før year ({self.year})")
        for name, values in (("schemes", self.schemes), ("target_groups", self.target_groups)):
            if len(set(values)) < len(values):
                raise ValueError(f"{name} nævner den samme to gange")
        adopted = [group for adoption in self.targets_adopted for group in adoption.groups]
        if sorted(adopted) != sorted(self.target_groups):
            raise ValueError(
                "targets_adopted skal nævne hver af target_groups "
                f"({', '.join(self.target_groups)}) én gang, men nævner {', '.join(adopted)}"
            )
        return self


def read_params(path: Path, name: str) -> Params:
    """Read and check one year's parameters.

    Parameters
    ----------
    path
        The YAML file; its name is the year.
    name
        What to call the file in messages.

    Raises
    ------
    InputError
        With every problem in the file: unreadable YAML, unknown keys (with the nearest known one), missing keys,
        values of the wrong kind, a year that is not the file's own.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(Problem(name, "filen findes ikke", expected="en parameterfil for året")) from None
    except UnicodeDecodeError:
        raise InputError(Problem(name, "filen er ikke gemt som UTF-8")) from None
    except OSError as error:
        raise InputError(Problem(name, f"filen kan ikke læses ({error.strerror})")) from None
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise InputError(
            Problem(name, "filen er ikke gyldig YAML", line=mark.line + 1 if mark else None, found=error.problem)
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InputError(Problem(name, "filen er ikke gyldig YAML", found=str(error))) from None
    if not isinstance(node, yaml.MappingNode):
        raise InputError(Problem(name, "filen er tom eller ikke en liste af nøgler", expected="year: …"))
    lines = dict(_lines(node))
    problems = [
        Problem(name, "nøglen står der to gange", line=line, column=key) for key, line in _repeated(node, prefix="")
    ]
    try:
        params = Params.model_validate(content)
    except ValidationError as error:
        problems += [_problem(name, lines, detail) for detail in error.errors(include_url=False)]
        raise InputError(problems) from None
    if path.stem != str(params.year):
        problems.append(
            Problem(
                name,
                "året passer ikke til filens navn",
                lines[("year",)],
                "year",
                str(params.year),
                path.stem,
            )
        )
    if problems:
        raise InputError(problems)
    return params


def _lines(node: yaml.Node, at: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], int]]:
    """Yield where each key and list item of a YAML document stands: (path, line), lines from 1."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (*at, key.value), key.start_mark.line + 1
            yield from _lines(value, (*at, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield (*at, index), item.start_mark.line + 1
            yield from _lines(item, (*at, index))


def _repeated(node: yaml.Node, prefix: str) -> Iterator[tuple[str, int]]:
    """Yield keys that stand twice in one mapping; YAML would silently keep the last."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield f"{prefix}{key.value}", key.start_mark.line + 1
            seen.add(key.value)
            yield from _repeated(value, f"{prefix}{key.value}.")
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated(item, prefix)


_MESSAGES = {
    "extra_forbidden": "ukendt nøgle",
    "missing": "nøglen mangler",
}
_EXPECTED = {
    "int_type": "et helt tal",
    "string_type": "en tekst (sæt anførselstegn om)",
    "date_type": "en dato (ÅÅÅÅ-MM-DD uden anførselstegn)",
    "date_from_datetime_inexact": "en dato uden klokkeslæt",
    "list_type": "en liste",
    "model_type": "en gruppe af nøgler",
    "string_too_short": "en tekst, der ikke er tom",
    "string_too_long": "en kortere tekst",
    "string_pattern_mismatch": "en kode med små bogstaver a-z",
    "too_short": "mindst ét punkt",
}


def _problem(name: str, lines: Mapping[tuple[str | int, ...], int], detail: Any) -> Problem:  # noqa: ANN401
    """Turn one of pydantic's findings into a message an analyst can act on."""
    kind, at = str(detail["type"]), tuple(detail["loc"])
    line = next((lines[at[:size]] for size in range(len(at), 0, -1) if at[:size] in lines), 1)
    key = ".".join(str(part + 1 if isinstance(part, int) else part) for part in at) or None
    if kind == "extra_forbidden":
        return Problem(name, _MESSAGES[kind], line, key, hint=near(str(at[-1]), _known(at[:-1])))
    if kind == "missing":
        return Problem(name, _MESSAGES[kind], line if len(at) > 1 else None, key)
    if kind == "value_error":
        return Problem(name, str(detail["ctx"]["error"]), line if at else None, key)
    expected, hint = _EXPECTED.get(kind), None
    context = detail.get("ctx", {})
    if kind == "literal_error":
        expected, hint = (context["expected"].replace(" or ", " eller "), near(str(detail["input"]), get_args(Group)))  # type: ignore[attr-defined]
    elif kind in {"greater_than_equal", "less_than_equal"}:
        expected = "et år fra 2000 til 2200"
    return Problem(name, "værdien kan ikke bruges", line, key, str(detail["input"]), expected, hint)


def _known(at: tuple[str | int, ...]) -> list[str]:
    """Return the keys that are known at a place in the file."""
    models: dict[str, type[BaseModel]] = {
        "document": Document,
        "office": Office,
        "targets_adopted": Adoption,
        "cover": Cover,
    }
    model = next((models[part] for part in reversed(at) if isinstance(part, str)), Params)
    return list(model.model_fields)
