"""Write ``data/datapackage.json``, a Frictionless Data Package, from the schema; ``make datapackage`` calls it.

``--check`` writes nothing, and fails when the file does not fit the schema.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from aarsstatus.inputs.schema import TABLES, Column, Table

FILE = Path(__file__).parent.parent / "data" / "datapackage.json"


def package() -> dict[str, Any]:
    """Return the description of all tables."""
    return {
        "profile": "tabular-data-package",
        "name": "aarsstatus",
        "title": "Årsstatus: inputs",
        "description": "The inputs of the City of Copenhagen's yearly notat on jobs on special terms: computed from "
        "register extracts, or, for a year published before, transcribed from its notat.",
        "resources": [resource(table) for table in TABLES],
    }


def resource(table: Table) -> dict[str, Any]:
    """Return the description of a table."""
    schema: dict[str, Any] = {
        "fields": [field(column) for column in table.columns],
        "missingValues": [""],
    }
    if table.unique:
        schema["primaryKey"] = list(table.key)
    if references := [reference(column.name, column.refers_to) for column in table.columns if column.refers_to]:
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


def reference(name: str, file: str) -> dict[str, Any]:
    """Return that a column holds what the first column of another table has."""
    first = next(table.header[0] for table in TABLES if table.file == file)
    return {"fields": [name], "reference": {"resource": file.removesuffix(".csv"), "fields": [first]}}


def field(column: Column) -> dict[str, Any]:
    """Return the description of a column."""
    constraints = {
        "required": column.required or None,
        "minimum": column.least,
        "maximum": column.most,
        "pattern": column.pattern,
        "enum": list(column.among) or None,
    }
    described = {
        "name": column.name,
        "type": column.type,
        "description": column.description,
        "constraints": {name: value for name, value in constraints.items() if value is not None},
    }
    return described | ({"decimalChar": "."} if column.type == "number" else {})


def main() -> str | None:
    """Write the file, or check it; return what is wrong."""
    text = json.dumps(package(), ensure_ascii=False, indent=2) + "\n"
    if "--check" in sys.argv[1:]:
        return None if FILE.read_text(encoding="utf-8") == text else f"{FILE.name} is old: make datapackage"
    FILE.write_text(text, encoding="utf-8", newline="")
    return None


if __name__ == "__main__":
    sys.exit(main())
