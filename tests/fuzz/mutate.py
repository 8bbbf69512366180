"""Changes to files, each at random: bytes, CSV, YAML, XLSX, and what stands in a file's place.

Each function takes a source of chance and a file's content (or path) and returns what it became and, in a few words,
what was done to it.
"""

from __future__ import annotations

import csv
import io
import os
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

import openpyxl
import yaml

from fuzz import values

Bytes = tuple[bytes, str]

# -- bytes ----------------------------------------------------------------------------------------------------

ENCODINGS = (
    "latin-1",
    "cp1252",
    "cp865",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-7",
    "utf-8-sig",
    "mac_roman",
)


def any_bytes(random: Random, content: bytes) -> Bytes:
    """Change a file's bytes, whatever it is."""
    way = random.choice(_BYTES)
    return way(random, content), f"bytes: {way.__name__}"


def truncated(random: Random, content: bytes) -> bytes:
    return content[: random.randrange(len(content) + 1)]


def emptied(random: Random, content: bytes) -> bytes:
    return random.choice(
        (b"", b"\n", b"\xef\xbb\xbf", b" ", b"\x00", b"\r", b"---\n", b"\xff\xfe", b"{", b"PK\x03\x04", b"[]", b"null")
    )


def other_encoding(random: Random, content: bytes) -> bytes:
    return content.decode("utf-8", "replace").encode(random.choice(ENCODINGS), "replace")


def twice_encoded(random: Random, content: bytes) -> bytes:
    return content.decode("latin-1").encode("utf-8")


def flipped(random: Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 8, 64))):
        if changed:
            changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def inserted(random: Random, content: bytes) -> bytes:
    at = random.randrange(len(content) + 1)
    what = random.choice((
        b"\x00", b"\xef\xbb\xbf", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b'"', b"'", b"\r", b"\n", b"\t", b"\x1a",
        b"\x1b[2J", b"\xe2\x80\xae", b"\x85", b"\xe2\x80\xa8", b",", b";", b":", b"#", b"&a ", b"*a", b"!!", b"<<: ", b"\x00" * 1000,
        values.anything(random).encode("utf-8", "replace"),
    ))  # fmt: skip
    return content[:at] + what + content[at:]


def deleted(random: Random, content: bytes) -> bytes:
    at = random.randrange(len(content) + 1)
    return content[:at] + content[at + random.choice((1, 2, 10, 100)) :]


def line_ends(random: Random, content: bytes) -> bytes:
    return content.replace(b"\n", random.choice((b"\r\n", b"\r", b"\n\n", b"\n\r", b"\x0b", b"\x85", b"", b" ")))


def repeated(random: Random, content: bytes) -> bytes:
    return content * random.choice((2, 3, 20))


def shuffled(random: Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    random.shuffle(lines)
    return b"\n".join(lines)


def long_line(random: Random, content: bytes) -> bytes:
    at = random.randrange(len(content) + 1)
    return (
        content[:at]
        + random.choice((b"x", b" ", b"9", b'"', b"-", b"\xc3\xa6", b"(", b"[", b"1 ")) * (random.choice((1, 10)) << 20)
        + content[at:]
    )


_BYTES = (
    truncated, truncated, emptied, other_encoding, other_encoding, twice_encoded, flipped, flipped, flipped, inserted, inserted,
    inserted, deleted, deleted, line_ends, repeated, shuffled,
)  # fmt: skip


# -- CSV ------------------------------------------------------------------------------------------------------


def rows_of(content: bytes, delimiter: str = ",") -> list[list[str]]:
    limit = csv.field_size_limit(1 << 28)
    try:
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))
    finally:
        csv.field_size_limit(limit)  # it is the whole process's, and the program's own is what is tried


def csv_of(rows: list[list[str]], delimiter: str = ",", end: str = "\n") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")


def csv_cell(random: Random, content: bytes, delimiter: str = ",") -> Bytes:
    """Put something hostile in one cell or some."""
    rows = rows_of(content, delimiter)
    done = []
    for _ in range(random.choice((1, 1, 1, 2, 5))):
        row = rows[random.randrange(random.choice((1, len(rows), len(rows), len(rows))))]
        if not row:
            continue
        column = random.randrange(len(row))
        row[column] = value = values.anything(random)
        done.append(f"column {column + 1}={value[:40]!r}")
    return csv_of(rows, delimiter), f"cell: {', '.join(done)}"


def csv_number(random: Random, content: bytes) -> Bytes:
    """Put another plausible number in the place of some: it is taken, and what is made of it must hold."""
    rows = rows_of(content)
    columns = [
        place for place, name in enumerate(rows[0]) if name in {"target", "status", "spells", "last_year", "first_year"}
    ]
    done = []
    for _ in range(random.choice((1, 2, 5, 20, 200))):
        line, column = random.randrange(1, len(rows)), random.choice(columns)
        value = values.plausible(random) if not rows[0][column].endswith("year") else str(random.randrange(2018, 2029))
        if rows[0][column] == "status" and random.random() < 0.2:
            value = f"{random.randrange(1000)}.{random.randrange(10**10):010}"
            if "rounding" in rows[0]:
                rows[line][rows[0].index("rounding")] = "exact"
        rows[line][column] = value
        done.append(f"{line + 1}.{rows[0][column]}={value}")
    return csv_of(rows), f"numbers: {', '.join(done[:6])}"


def csv_column(random: Random, content: bytes) -> Bytes:
    """Give a whole column another value: all targets zero, all spells empty."""
    rows = rows_of(content)
    column = random.randrange(len(rows[0]))
    value = random.choice((values.plausible(random), values.anything(random)))
    years = {row[0] for row in rows[1:] if row}
    only = random.choice((None, *sorted(years)))
    for row in rows[1:]:
        if only is None or row[0] == only:
            row[column] = value
    return csv_of(rows), f"column {rows[0][column]} ({only or 'all'}) = {value[:40]!r}"


def csv_rows(random: Random, content: bytes, delimiter: str = ",") -> Bytes:
    """Repeat, drop, move, cut and widen rows; change the header."""
    rows = rows_of(content, delimiter)
    way = random.choice((
        "repeat", "drop", "drop many", "shuffle", "cut", "widen", "no header", "header twice", "rename", "drop column", "repeat column",
        "swap columns", "delimiter", "half", "blank", "only header", "many", "upper header", "drop where", "quotes",
    ))  # fmt: skip
    at = random.randrange(1, max(2, len(rows)))
    at = min(at, len(rows) - 1)
    column = random.randrange(len(rows[0]))
    end = "\n"
    if way == "repeat":
        rows.insert(random.randrange(1, len(rows) + 1), list(rows[at]))
    elif way == "drop":
        del rows[at]
    elif way == "drop many":
        rows = [row for place, row in enumerate(rows) if place == 0 or random.random() > 0.3]
    elif way == "shuffle":
        body = rows[1:]
        random.shuffle(body)
        rows[1:] = body
    elif way == "cut":
        rows[at] = rows[at][: random.randrange(len(rows[at]) + 1)]
    elif way == "widen":
        rows[at] += [values.text(random)] * random.choice((1, 3, 1000))
    elif way == "no header":
        del rows[0]
    elif way == "header twice":
        rows.insert(at, list(rows[0]))
    elif way == "rename":
        rows[0][column] = random.choice((rows[0][column][:-1], rows[0][column] + " ", values.text(random)))
    elif way == "upper header":
        rows[0] = [name.upper() for name in rows[0]]
    elif way == "drop column":
        rows = [row[:column] + row[column + 1 :] for row in rows]
    elif way == "repeat column":
        rows = [[*row, *row[column : column + 1]] for row in rows]
    elif way == "swap columns":
        other = random.randrange(len(rows[0]))
        for row in rows[random.choice((0, 1)) :]:
            if max(other, column) < len(row):
                row[column], row[other] = row[other], row[column]
    elif way == "delimiter":
        return csv_of(rows, random.choice((";", "\t", "|", ":", " "))), way
    elif way == "half":
        rows = rows[: len(rows) // 2]
    elif way == "blank":
        rows[at:at] = [[]] * random.choice((1, 5, 10_000))
    elif way == "only header":
        rows = rows[:1]
    elif way == "many":
        rows += [list(random.choice(rows[1:] or rows)) for _ in range(random.choice((100, 2_000, 20_000)))]
    elif way == "drop where":
        value = random.choice(rows[1:] or rows)[column : column + 1]
        rows = [row for place, row in enumerate(rows) if place == 0 or row[column : column + 1] != value]
        way = f"drop where {rows[0][column][:30]} = {value}"
    elif way == "quotes":
        lines = csv_of(rows, delimiter).split(b"\n")
        lines[min(at, len(lines) - 1)] = lines[min(at, len(lines) - 1)].replace(
            delimiter.encode(), delimiter.encode() + b'"', 1
        )
        return b"\n".join(lines), way
    return csv_of(rows, delimiter, end), f"rows: {way} (row {at + 1})"


# -- YAML -----------------------------------------------------------------------------------------------------

_LAUGHS = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))]
)
SNIPPETS = (
    _LAUGHS, "x: &x [*x]", "x: &x {<<: *x}", "<<: {year: 2025}", "<<: [{notat: x}]", "<<: x", "? [a, b]\n: c", "? {a: b}\n: c",
    "x: !!python/object/apply:os.system ['touch /tmp/fuzzed']", "x: !!python/name:os.system", "x: !!python/tuple [1, 2]",
    "x: !!binary aGVq", "x: !!set {a, b}", "x: !!omap [a: 1]", "x: !!timestamp 2025-99-99", "x: !!int hej", "x: !!float x", "x: !!bool x",
    "x: !!null x", "x: !unknown y", "x: !<tag:yaml.org,2002:str> y", "%YAML 9.9\n---\n", "%TAG ! tag:x,2000:\n---\n", "--- a\n--- b\n",
    "...\n", "\t- x", "x: |\n  y\n z", "x: >-\n", "null: x", "true: x", "1: x", "1.5: x", "2025-01-01: x", "~: x", "=: x", "'': x",
    "x: " + "[" * 2_000, "x: " + "[" * 2_000 + "]" * 2_000, "x: " + "{a: " * 1_000, "- " * 3_000, "x:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 600)),
    "x: \"\\ud800\"", "x: \"\\0\"", "x: \"\\x1b[31m\"", "x: \"\\u202e\"", "x: 0b1", "x: 1:2:3", "x: " + "1:" * 5_000 + "1", "x: " + "9" * 5_000, "x: 0x" + "f" * 5_000,
    "x: .inf", "x: .nan", "x: 1e999", "x: 2025-01-01T00:00:00+99:99", "x: 0001-01-01", "x: 99999-01-01", "x: 2025-02-30", "x: 12:99",
    "x: 'uafsluttet", "x: \"uafsluttet", "x: [", "x: {", "x: @y", "x: `y", "x: %y", "x: &", "x: *", "x: !", "x: |9\n", "? x", ": x", "x", "[]", "{}", "-",
)  # fmt: skip
SCALARS = (
    "", "null", "~", "true", "no", "0", "-1", "1", "1.5", ".nan", ".inf", "-.inf", "1e400", "9" * 30, "'2025'", "2025", "2026", "2024", "[]", "{}",
    "[x]", "{x: y}", "[[[]]]", "2025-01-01", "'2025-01-01'", "2025-02-30", "2025-01-01T10:00:00", "!!binary aGVq", "!!set {a}", "'0'", "\"\\0\"",
    "\"\\ud800\"", "\"\\u202eabc\"", "\"\\x1b[31mx\"", "' '", "''", "\"\\uFEFFx\"", "'<script>alert(1)</script>'", "'{{< env HOME >}}'", "'=1+1'",
    "'@tbl-kk'", "'::: {.x}'", "\"a\\n\\n# b\"", "'$x$'", "'" + "x" * 300 + "'", "'" + "x" * 301 + "'", "שלום", "漢字", "'👩‍👩‍👧'", "KK", "x" * 2_000,
)  # fmt: skip


def yaml_snippet(random: Random, content: bytes) -> Bytes:
    """Put a piece of hostile YAML somewhere between two lines, or before or after it all."""
    snippet = random.choice(SNIPPETS)
    lines = content.decode("utf-8").split("\n")
    at = random.choice((0, len(lines), random.randrange(len(lines) + 1)))
    indent = random.choice(("", "", "  ", "    "))
    piece = "\n".join(indent + line for line in snippet.split("\n"))
    lines[at:at] = [piece]
    return "\n".join(lines).encode("utf-8", "surrogatepass"), f"snippet: {snippet[:50]!r}"


def yaml_scalar(random: Random, content: bytes) -> Bytes:
    """Give one key another value, as written."""
    lines = content.decode("utf-8").split("\n")
    places = [n for n, line in enumerate(lines) if ":" in line and not line.lstrip().startswith("#")]
    done = []
    for _ in range(random.choice((1, 1, 1, 2))):
        at = random.choice(places)
        key = lines[at].partition(":")[0]
        value = random.choice(SCALARS)
        lines[at] = f"{key}: {value}"
        done.append(f"{key.strip()}: {value[:40]}")
    return "\n".join(lines).encode("utf-8"), f"scalar: {'; '.join(done)}"


def yaml_structure(random: Random, content: bytes) -> Bytes:
    """Parse it, change a value, a key or a group at random, and write it again."""
    tree = yaml.safe_load(content)
    done = []
    for _ in range(random.choice((1, 1, 2, 4))):
        parent, key = _somewhere(random, tree)
        if parent is None:
            continue
        way = random.choice(("text", "number", "drop", "repeat", "list", "dict", "swap", "type", "rename", "date"))
        done.append(f"{way} {str(key)[:30]}")
        if way == "drop":
            del parent[key]
        elif way == "rename" and isinstance(parent, dict):
            parent[random.choice((values.text(random), f"{key}s", str(key)[:-1], str(key).upper(), 1, None, True))] = (
                parent.pop(key)
            )
        elif way == "repeat" and isinstance(parent, list):
            parent.append(parent[key])
        elif way == "list":
            parent[key] = [parent[key]]
        elif way == "dict":
            parent[key] = {"x": parent[key]}
        elif way == "swap":
            other, there = _somewhere(random, tree)
            if other is not None:
                parent[key], other[there] = other[there], parent[key]
        elif way == "type":
            parent[key] = random.choice(
                (None, True, 0, -1, 1.5, float("inf"), float("nan"), [], {}, "", 10**30, b"x", 2025, "2025")
            )
        elif way == "number":
            parent[key] = values.number(random)
        elif way == "date":
            parent[key] = values.date(random)
        else:
            parent[key] = values.text(random)
    try:
        text = yaml.safe_dump(tree, allow_unicode=random.random() < 0.5, sort_keys=False)
    except (yaml.YAMLError, RecursionError):  # a swap has put a group into itself
        text = "x: &x [*x]"
    return text.encode("utf-8", "surrogatepass"), f"structure: {', '.join(done)}"


def _somewhere(random: Random, tree: object) -> tuple[dict | list | None, str | int | None]:  # type: ignore[type-arg]
    """Return a group and a key in it, any below `tree`."""
    places: list[tuple[dict | list, str | int]] = []  # type: ignore[type-arg]
    stack, seen = [tree], set()
    while stack and len(places) < 2_000:
        node = stack.pop()
        if id(node) in seen or not isinstance(node, dict | list):
            continue
        seen.add(id(node))
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            places.append((node, key))
            stack.append(node[key])
    return random.choice(places) if places else (None, None)


def any_yaml(random: Random, content: bytes) -> Bytes:
    way: Callable[[Random, bytes], Bytes] = random.choice((yaml_snippet, yaml_scalar, yaml_structure, any_bytes))
    return way(random, content)


def any_csv(random: Random, content: bytes, delimiter: str = ",") -> Bytes:
    if random.random() < 0.3:
        return any_bytes(random, content)
    return random.choice((csv_cell, csv_rows))(random, content, delimiter)


# -- XLSX -----------------------------------------------------------------------------------------------------

SHEET = "xl/worksheets/sheet1.xml"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'  # an XML name, not an address to fetch


def xlsx_cell(random: Random, content: bytes) -> Bytes:
    """Change cells as somebody does in Excel."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    done = []
    for _ in range(random.choice((1, 1, 3, 10))):
        row, column = random.randrange(1, sheet.max_row + 1), random.randrange(1, sheet.max_column + 1)
        value = random.choice((
            None, True, 0, -1, 1.5, 1e308, 1e-320, 10**15, "#N/A", "#DIV/0!", "=1+1", "=cmd|'/C calc'!A0", values.number(random),
            values.date(random), random.choice(values.TEXTS), "x" * 32_767,
        ))  # fmt: skip
        if isinstance(value, str):  # openpyxl takes these, and then cannot write them
            value = re.sub("[\ud800-\udfff\ufffe\uffff]", "", value)
        try:
            sheet.cell(row, column).value = value
        except (ValueError, TypeError, AttributeError):  # the last of a cell that a merge has hidden
            continue
        except Exception as error:  # openpyxl refuses control characters by an exception of its own
            if type(error).__name__ != "IllegalCharacterError":
                raise
            continue
        done.append(f"{row}.{column}={str(value)[:30]!r}")
    way = random.choice(("", "", "", "hidden", "more sheets", "merged", "far away", "protected"))
    if way == "hidden":
        book.create_sheet("Tom")
        sheet.sheet_state = random.choice(("hidden", "veryHidden"))
    elif way == "more sheets":
        for number in range(random.choice((1, 50))):
            book.create_sheet(random.choice(("Ark", "=1+1", "010190-0000", "<b>")) + str(number)).append(
                ["Forvaltning", "Fra"]
            )
    elif way == "merged":
        sheet.merge_cells(start_row=3, end_row=8, start_column=1, end_column=3)
    elif way == "far away":
        sheet.cell(random.choice((1_048_576, 60_000, 300)), random.choice((16_384, 700, 20))).value = "x"
    elif way == "protected":
        sheet.protection.set_password("x")
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue(), f"xlsx cells: {', '.join(done[:5])} {way}"


def xlsx_xml(random: Random, content: bytes) -> Bytes:
    """Change one part's XML: text, or what a hostile writer puts into XML."""
    parts = _parts(content)
    name = random.choice([name for name in parts if name.endswith((".xml", ".rels"))])
    way = random.choice(
        (
            "flip",
            "truncate",
            "dtd",
            "laughs",
            "external",
            "far",
            "rows",
            "value",
            "dimension",
            "nul",
            "index",
            "deep",
            "long",
        )
    )
    part = parts[name]
    if way == "flip":
        part = flipped(random, part)
    elif way == "truncate":
        part = truncated(random, part)
    elif way == "nul":
        part = inserted(random, part)
    elif way in {"dtd", "laughs", "external"}:
        name = random.choice((SHEET, "xl/sharedStrings.xml", "xl/workbook.xml")) if random.random() < 0.8 else name
        entity = {
            "dtd": '<!DOCTYPE x [<!ENTITY a "hej">]>',
            "laughs": "<!DOCTYPE x [" + '<!ENTITY a0 "xxxxxxxxxx">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)) + "]>",
            "external": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>',
        }[way]  # fmt: skip
        part = parts.get(name, b"<x/>")
        part = part.replace(b"?>", b"?>" + entity.encode(), 1) if b"?>" in part[:200] else entity.encode() + part
        part = part.replace(b"<v>", b"<v>&a" + (b"9" if way == "laughs" else b"") + b";", 1).replace(
            b"<t>", b"<t>&a;", 1
        )
    else:
        name = SHEET
        part = {
            "far": _sheet([("A1", "x"), (random.choice(("XFD1048576", "ZZZ1", "A9999999", "XFD1", "A1048576", "AMJ90000")), "x")]),
            "rows": parts[SHEET].replace(b'r="', b'r="' + random.choice((b"9999", b"-", b"x", b"0", b"99999999999999999999")), random.choice((1, 5))),
            "value": parts[SHEET].replace(b"</v>", random.choice((b"NaN</v>", b"INF</v>", b"e999</v>", b"-</v>", b"9" * 400 + b"</v>", b" </v>")), 3),
            "dimension": parts[SHEET].replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>', 1),
            "index": parts[SHEET].replace(b't="s"', random.choice((b't="e"', b't="b"', b't="d"', b't="n"', b't="inlineStr"', b't="q"')), 5)
            .replace(b"<v>", b"<v>9999999", random.choice((0, 2))),
            "deep": parts[SHEET].replace(b"<sheetData>", b"<sheetData>" + b"<x>" * 100_000, 1),
            "long": _sheet([("A1", "Forvaltning" + "x" * (10 << 20)), ("B1", "Fra"), ("A2", "y" * (10 << 20))]),
        }[way]  # fmt: skip
    parts[name] = part
    return _zip(parts), f"xlsx xml: {way} in {name}"


def _sheet(cells: list[tuple[str, str]]) -> bytes:
    written = "".join(f'<row><c r="{at}" t="inlineStr"><is><t>{text}</t></is></c></row>' for at, text in cells)
    return f'<?xml version="1.0"?><worksheet {_MAIN}><sheetData>{written}</sheetData></worksheet>'.encode()


def xlsx_zip(random: Random, content: bytes) -> Bytes:
    """Change the container: bombs, missing, repeated and misplaced parts."""
    parts: dict[str, bytes | Repeated] = dict(_parts(content))
    way = random.choice(
        (
            "flip",
            "truncate",
            "drop",
            "bomb",
            "rows bomb",
            "strings bomb",
            "repeat",
            "outside",
            "many",
            "stored",
            "not xlsx",
            "nested",
            "encrypted",
        )
    )
    name = random.choice(list(parts))
    if way in {"flip", "truncate"}:
        return (flipped if way == "flip" else truncated)(random, content), f"zip: {way}"
    if way == "drop":
        del parts[name]
    elif way == "bomb":
        parts[random.choice((name, SHEET))] = Repeated(b"", b" " * (1 << 20), random.choice((100, 1500)), b"")
    elif way == "rows bomb":
        row = b'<row><c t="inlineStr"><is><t>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx</t></is></c></row>'
        head = f'<?xml version="1.0"?><worksheet {_MAIN}><sheetData>'.encode()
        parts[SHEET] = Repeated(head, row * 1000, random.choice((1_000, 12_000)), b"</sheetData></worksheet>")
    elif way == "strings bomb":
        head = f'<?xml version="1.0"?><sst {_MAIN}>'.encode()
        text = b"<si><t>" + b"x" * 1000 + b"</t></si>"
        parts["xl/sharedStrings.xml"] = Repeated(head, text * 1000, 1_200, b"</sst>")
    elif way == "outside":
        parts["../../uden-for.xml"] = b"<x/>"
    elif way == "many":
        parts |= {f"xl/media/{n}.bin": b"" for n in range(70_000)}
    elif way == "not xlsx":
        parts = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}
    elif way == "nested":
        parts = {"a.xlsx": content}
    elif way == "encrypted":
        return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + random.randbytes(random.choice((0, 500, 5000))), "zip: OLE"
    made = _zip(parts, zipfile.ZIP_STORED if way == "stored" else zipfile.ZIP_DEFLATED)
    if way == "repeat":
        again = io.BytesIO(made)
        with zipfile.ZipFile(again, "a") as archive:
            archive.writestr(name, b"<x/>")
        made = again.getvalue()
    return made, f"zip: {way} ({name})"


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@dataclass(frozen=True)
class Repeated:
    """A large part of a container, which is written without ever being whole in memory."""

    head: bytes
    chunk: bytes
    count: int
    tail: bytes


def _zip(parts: Mapping[str, bytes | Repeated], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how, compresslevel=1) as archive:
        for name, part in parts.items():
            with archive.open(name, "w", force_zip64=True) as file:
                if isinstance(part, Repeated):
                    file.write(part.head)
                    for _ in range(part.count):
                        file.write(part.chunk)
                    file.write(part.tail)
                else:
                    file.write(part)
    return made.getvalue()


def any_xlsx(random: Random, content: bytes) -> Bytes:
    way: Callable[[Random, bytes], Bytes] = random.choices((xlsx_cell, xlsx_xml, xlsx_zip), (4, 5, 2))[0]
    return way(random, content)


# -- what stands in a file's place ----------------------------------------------------------------------------

PLACES = (
    "nothing",
    "folder",
    "full folder",
    "fifo",
    "loop",
    "dangling",
    "zeros",
    "null",
    "passwd",
    "to folder",
    "socket",
    "huge",
    "locked",
    "link",
)


def in_place(random: Random, path: Path) -> str:
    """Put something else where a file is."""
    way = random.choice(PLACES)
    content = path.read_bytes() if path.is_file() else b""
    path.unlink(missing_ok=True)
    if way == "folder":
        path.mkdir()
    elif way == "full folder":
        path.mkdir()
        (path / "x.csv").write_bytes(b"x")
    elif way == "fifo":
        os.mkfifo(path)
    elif way == "socket":
        import socket  # noqa: PLC0415

        with socket.socket(socket.AF_UNIX) as one:
            here = Path.cwd()
            os.chdir(path.parent)  # a socket's path is short
            try:
                one.bind(path.name)
            finally:
                os.chdir(here)
    elif way == "huge":
        with path.open("wb") as file:
            file.truncate(3 << 30)  # holes take no room on the disk
    elif way == "locked":
        path.write_bytes(content)
        path.chmod(0)
    elif way == "link":
        beside = path.with_name(f"{path.name}.rigtig")
        beside.write_bytes(content)
        path.symlink_to(beside.name)
    elif way != "nothing":
        path.symlink_to(
            {
                "loop": path.name,
                "dangling": "findes-ikke",
                "zeros": "/dev/zero",
                "null": "/dev/null",
                "passwd": "/etc/passwd",
                "to folder": "/tmp",
            }[way]
        )
    return f"in the place of the file: {way}"
