"""A project with many years, each made as an analyst makes one: `new`, the blanks filled in, generated extracts read.

python bench/years.py FOLDER COUNT      makes FOLDER/projekt with 2026 and COUNT - 1 years after it
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests")]

from conftest import copy_project  # noqa: E402
from generator import employments, spells, write_xlsx  # noqa: E402
from test_scaffold import fill  # noqa: E402

from aarsstatus.extracts import ingest  # noqa: E402
from aarsstatus.inputs import read_data  # noqa: E402
from aarsstatus.inputs.new_year import new_year  # noqa: E402
from aarsstatus.project import Project  # noqa: E402

FIRST = 2026


def make(folder: Path, count: int) -> Project:
    """Make the project, and return it."""
    project = copy_project(folder / "projekt")
    for year in range(FIRST, FIRST + count):
        new_year(project, year)
        fill(project, year)
        data = read_data(project)
        extract = folder / f"udtraek-{year}.xlsx"
        write_xlsx(extract, [*spells(data, year, seed=year), *employments(data, year, seed=year)])
        ingest(project, year, [extract], extracted=date(year + 1, 1, 12))
        extract.unlink()
    return project


if __name__ == "__main__":
    print(make(Path(sys.argv[1]), int(sys.argv[2])).root)
