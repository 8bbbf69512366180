"""Write ``data/datapackage.json`` from the schema of the tables; ``make datapackage`` calls it."""

from __future__ import annotations

from pathlib import Path

from aarsstatus.inputs.datapackage import datapackage

(Path(__file__).parent.parent / "data" / "datapackage.json").write_text(datapackage(), encoding="utf-8", newline="")
