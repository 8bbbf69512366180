"""Fill ``tabeller.xlsx``: a cover, the notat's tables, its figures, the audit.

No cell is merged: a number that spans rows in the notat stands in the first of them, and the others say so. Numbers
are as the notat shows them; the sheet ``Tal`` has them unrounded.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from aarsstatus import danish
from aarsstatus.audit import AuditRow
from aarsstatus.figures.collection import Figures
from aarsstatus.figures.words import MEASURES, VERDICTS, unit
from aarsstatus.markdown import read_back
from aarsstatus.release.spreadsheet import WHOLE, Cover, Number, Sheet, workbook
from aarsstatus.report.html_table import Cell, Table, placed
from aarsstatus.report.notat import Notat
from aarsstatus.report.notes import shared_notes
from aarsstatus.report.tables import administration_table, all_tables

SHARED = "[fælles]"
"""Stands in the rows that a number above also covers."""
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
_PERCENT, _YEAR, _SHORT = '0" pct."', "0", "#,##0.##"
_FIGURES = (
    ("Id", "id", 42), ("År", "year", 7), ("Forvaltning", "administration", 12), ("Måltalsgruppe", "group", 22),
    ("Jobordning", "scheme", 32), ("Mål", "measure", 20), ("Enhed", "unit", 15), ("Værdi", "value", 12),
    ("Nedre grænse", "lower", 13), ("Øvre grænse", "upper", 13), ("Vist i notatet", "shown", 14),
    ("Offentliggjort som", "published", 18), ("Vurdering", "verdict", 20),
    ("Formel", "formula", 60), ("Regnet ud af", "inputs", 40), ("Kilde", "source", 26),
    ("Begrundelse", "reason", 80),
)  # fmt: skip
"""The columns of the sheet ``Tal``: what each is called, its column in ``figures.csv``, its width."""
_PRINTED = 13
"""How many of them go with the first on paper: all but what explains a number."""
_AUDIT = (
    ("Id", "id", 42), ("Notat", "source", 13), ("Sted", "place", 48), ("Trykt", "printed", 12),
    ("Regnet efter", "recomputed", 12), ("Nedre grænse", "lower", 13), ("Øvre grænse", "upper", 13),
    ("Vurdering", "verdict", 20), ("Begrundelse", "reason", 80),
)  # fmt: skip
"""The columns of the sheet ``Efterregning``, likewise."""
_NUMBERS = ("year", "value", "lower", "upper")
_WORDS: Mapping[str, Mapping[Any, str]] = {"measure": MEASURES, "verdict": VERDICTS}
"""What the sheet says for the codes of ``figures.csv``, by column."""


def notat_workbook(notat: Notat, figures: Figures, rows: Sequence[AuditRow] = ()) -> bytes:
    """Return the workbook of a notat.

    Its figures have the verdicts of the audit; `rows` is that of all that was printed up to its year.
    """
    sheets = []
    for number, (code, year) in enumerate(all_tables(notat), start=1):
        table = administration_table(notat, code, year)
        notes = (*shared_notes(notat, [(code, year)]), *table.notes)  # all of them: a sheet is read by itself
        sheets.append(_table_sheet(number, replace(table, notes=notes)))
    lists = [_figures_sheet(figures, notat), *([_audit_sheet(rows)] if rows else [])]
    return workbook([*sheets, *lists], _cover(notat))


def _cover(notat: Notat) -> Cover:
    """Return what the cover says of a notat."""
    params = notat.params
    when = params.document.date
    counted = [one.name for one in notat.listed() if one.counting == "headcount"]
    heads = f", for {danish.join(counted)} antal ansatte" if counted else ""
    facts = {
        "Kilde": f"{notat.city.name}, {params.office.administration}"
        + (f", {params.office.name}" if params.office.name else ""),
        "Dato": danish.long_date(when) if when else "Notatet har ingen dato.",
        "År": f"{notat.year}, sammenlignet med {notat.comparison_year}" if notat.comparison_year else str(notat.year),
        "Hvilke tal": f"{notat.state()} {notat.data.preliminary(notat.years())}".replace("*", "").strip(),
        "Enheder": f"Status og måltal er helårspersoner{heads}. Målopfyldelse og vægte er procent: "
        "74 pct. står som tallet 74.",
        "Afrunding": "Arkene Tabel 1 og frem har tallene, som notatet viser dem, i hele tal. Arket Tal har dem uden "
        "afrunding, med nedre og øvre grænse, hvor grundlaget selv er afrundet.",
        "Fælles tal": f"Hvor ordninger deler et tal, står det i den første række, og de andre har {SHARED}.",
        "Tomme celler": "Rækken har intet tal af den slags.",
        "Noter": "Tabellens noter står under tabellen i samme ark.",
    }
    created = datetime(when.year, when.month, when.day, tzinfo=UTC) if when else _NO_DATE
    return Cover(
        notat.title(), params.office.name or params.office.administration, facts["Kilde"], created, tuple(facts.items())
    )


def _table_sheet(number: int, table: Table) -> Sheet:
    """Return one of the notat's tables without merged cells."""
    rows: list[tuple[str | Number, ...]] = []
    for row, line in zip(table.rows, placed(table), strict=True):
        begun = {column: _shown(cell) for column, cell in line}
        rows.append((row.label, *(begun.get(column, SHARED) for column in range(1, len(table.header)))))
    name = f"Tabel {number}"
    notes = tuple(" ".join(part for part in (note.marker, _spoken(note.text)) if part) for note in table.notes)
    widths = (48, *(14 for _ in table.header[1:]))
    totals = frozenset(at for at, row in enumerate(table.rows) if row.kind in {"total", "weighted"})
    return Sheet(name, f"{name}: {table.caption}", table.header, tuple(rows), notes, widths, table.header[1:], totals)


def _shown(cell: Cell) -> str | Number:
    """Return a cell as a number that looks as in the notat, or as text."""
    try:
        value = danish.parse(cell.text)
    except ValueError:
        return f"{cell.text}{cell.mark}"
    mark = f'"{cell.mark}"' if cell.mark else ""
    return Number(value, (_PERCENT if "pct" in cell.text else WHOLE) + mark)


def _spoken(markdown: str) -> str:
    """Return a note without the signs that only Markdown reads."""
    text = re.sub(r"(?<!\\)\[((?:[^\]\\]|\\.)*)\]\{[^}]*\}", r"\1", markdown)
    return read_back(text)


def _figures_sheet(figures: Figures, notat: Notat) -> Sheet:
    """Return all figures, unrounded, one a row."""
    frame = figures.to_frame()
    frame["unit"] = [
        unit(measure, heads=group in notat.data.heads)
        for measure, group in zip(frame["measure"], frame["group"], strict=True)
    ]
    frame["scheme"] = [notat.data.schemes[key].name if key else "" for key in frame["scheme"]]
    frame["inputs"] = frame["inputs"].map(" ".join)
    frame["group"] = frame["group"].map(notat.data.called)
    for column, words in _WORDS.items():
        frame[column] = frame[column].map(words)
    rows = [{column: _unrounded(row, column) for _, column, _ in _FIGURES} for row in frame.to_dict("records")]
    note = "Tallet selv kan være den nedre grænse, men er altid mindre end den øvre, medmindre de er ens."
    return _list("Tal", "Alle tal i notatet og de år, det bygger på", note, _FIGURES, rows, _PRINTED)


def _audit_sheet(rows: Sequence[AuditRow]) -> Sheet:
    """Return every number that was ever printed, recomputed, one a row."""
    shown: list[dict[str, str | Number]] = [
        {
            "id": row.id, "source": row.source, "place": row.place, "printed": row.printed,
            "recomputed": row.recomputed, "lower": Number(row.lower, _SHORT), "upper": Number(row.upper, _SHORT),
            "verdict": VERDICTS[row.verdict], "reason": row.reason,
        }
        for row in rows
    ]  # fmt: skip
    note = "Et tal i modstrid er umuligt sammen med notatets øvrige tal, også når der tages højde for afrunding."
    title = "Hvert tal, som notaterne har trykt, regnet efter"
    return _list("Efterregning", title, note, _AUDIT, shown, len(_AUDIT) - 1)


def _list(
    name: str, title: str, note: str, columns: Sequence[tuple[str, str, int]],
    rows: Sequence[Mapping[str, str | Number]], printed: int,
) -> Sheet:  # fmt: skip
    """Return a sheet with one number a row; a column has a title, key and width."""
    names, keys, widths = zip(*columns, strict=True)
    right = tuple(name for name, key, _ in columns if key in _NUMBERS)
    cells = tuple(tuple(row[key] for key in keys) for row in rows)
    return Sheet(name, title, names, cells, (note,), widths, right, is_list=True, printed=printed)


def _unrounded(row: Mapping[Hashable, Any], column: str) -> str | Number:
    """Return a figure's cell; a number with as many decimals as are of use."""
    value = row[column]
    if column not in _NUMBERS:
        return str(value)
    known = None if pd.isna(value) else value
    if column == "year":
        return Number(known, _YEAR)
    if row["unit"] == unit("attainment"):
        return Number(known, "#,##0.00")
    return Number(known, WHOLE if known is None or known.is_integer() else _SHORT)
