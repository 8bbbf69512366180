"""``data/datapackage.json``: the tables described for others, as a Frictionless Data Package made from the schema."""

from __future__ import annotations

import json
from typing import Any

from aarsstatus.inputs.schema import TABLES, Column, Table

__all__ = ["datapackage"]


def datapackage() -> str:
    """Return the text of ``data/datapackage.json``."""
    package = {
        "profile": "tabular-data-package",
        "name": "aarsstatus",
        "title": "Årsstatus: inputs",
        "description": "The inputs of the City of Copenhagen's yearly notat on jobs on special terms: computed from "
        "register extracts, or, for a year published before, transcribed from its notat.",
        "resources": [_resource(table) for table in TABLES],
    }
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"


def _resource(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
    }
    if table.key and table.unique:
        schema["primaryKey"] = list(table.key)
    first = {other.file: other.header[0] for other in TABLES}
    references = [
        {
            "fields": [column.name],
            "reference": {
                "resource": column.refers_to.removesuffix(".csv"),
                "fields": [first[column.refers_to]],
            },
        }
        for column in table.columns
        if column.refers_to
    ]
    if references:
        schema["foreignKeys"] = references
    return {
        "name": table.file.removesuffix(".csv"),
        "path": table.file,
        "title": table.title,
        "description": table.description,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "header": True},
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    constraints = {
        "required": column.required or None,
        "minimum": column.least,
        "maximum": column.most,
        "pattern": column.pattern,
        "enum": list(column.among) or None,
    }
    field: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "description": column.description,
        "constraints": {name: value for name, value in constraints.items() if value is not None},
    }
    if column.type == "number":
        field["decimalChar"] = "."
    return field
