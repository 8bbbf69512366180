"""The guide for analysts: what it says of installing, of warnings and refusals is what the program does and says."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from marching import GUIDE, YEAR, arguments, lines

from aarsstatus.extracts import ingest
from aarsstatus.inputs.schema import REMARKS
from aarsstatus.project import Project

ROOT = Path(__file__).parent.parent


def test_the_guide_installs_as_the_readme_says() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    setup = [line for line in lines() if not arguments(line)]
    assert len(setup) == 3
    assert "\n".join(setup) in readme
    assert ".venv\\" not in GUIDE, "chapter 1 makes none: aarsstatus.cmd runs every command"


def test_windows_is_tried_as_the_guide_installs() -> None:
    """What installs on the Windows Python of ``make windows`` has all that the guide's lines say."""
    tool = (
        (ROOT / "tools" / "windows" / "windows-python")
        .read_text(encoding="utf-8")
        .replace("$LOCK", "requirements.lock")
    )
    done = [
        set(shlex.split(line)) for line in tool.replace("\\\n", " ").splitlines() if "-m pip --isolated install" in line
    ]
    said = [set(shlex.split(line.partition(" install ")[2])) for line in lines() if " -m pip install " in line]
    assert len(said) == 1
    assert all(any(words <= tried for tried in done) for words in said)


def test_every_picture_and_place_in_the_guide_exists() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", GUIDE):
        assert (ROOT / "docs" / target).is_file(), target
    headings = {
        re.sub(r"[^\w\- ]", "", line.lstrip("# ")).lower().replace(" ", "-")
        for line in GUIDE.splitlines()
        if line.startswith("#")
    }
    for anchor in re.findall(r"\]\(#([^)]+)\)", GUIDE):
        assert anchor in headings, anchor


def rows_below(heading: str) -> list[str]:
    """Return what the first column of the guide's table below a heading says, a part for each alternative."""
    table = GUIDE.partition(f"### {heading}\n")[2].partition("\n#")[0]
    cells = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")][1:]
    return [part for cell in cells for part in cell.split(", eller: ")]


def fits(row: str, said: str) -> bool:
    """Whether a row of the guide is about something that was said; an ellipsis and a year stand for anything."""
    pattern = ".*".join(map(re.escape, re.split(r"…|\b20\d\d\b", row)))
    return re.search(pattern.replace(r"\ ", " "), said) is not None


def test_the_guide_explains_every_warning(copied: Project) -> None:
    """Extracts with all that is warned of: each kind has its row, and each row is about something."""
    rows = [
        "BUF;Praktik;01-01-2026;31-08-2026;1", "BUF;Praktik;01-08-2026;31-08-2026;1", ";Praktik;01-02-2026;02-02-2026;2",
        "BUF;Praktik;15-12-2026;16-12-2026;3", "BUF;Praktik;01-11-2026;;4", "BUF;Løntilskud;01-03-2026;02-03-2026;",
        "BUF;Fleksjob;01-01-2020;;5", "SOF;Fleksjob;01-01-2020;;5", "SOF;Fleksjob;01-01-2020;;",
        *(f"BUF;Praktik;{day:02}-03-2026;{day:02}-03-2026;6" for day in range(1, 10)),
    ]  # fmt: skip
    path = copied.root / "alt 2026-12-01.csv"
    path.write_text("Forvaltning;Ordning;Fra;Til;Person\n" + "\n".join(rows) + "\n", encoding="utf-8")
    told = ingest(copied, YEAR, [path], early=True).remarks
    assert {remark.kind for remark in told} == set(REMARKS) - {"note"}
    explained = rows_below("Hvis der kommer advarsler")
    for remark in told:
        assert any(fits(row, remark.text) for row in explained), remark.text
    for row in explained:
        assert any(fits(row, remark.text) for remark in told), row


def test_the_guide_explains_what_is_refused() -> None:
    rows = rows_below("Hvis udtrækket bliver afvist")
    assert len(rows) > 40
    assert_said(rows)


PLACES = {"file": 1, "rows": 3, "note": 1, "Unreadable": 2, "Problem": 1, "Remark": 4, "append": 0}
"""Which argument of a call is told to an analyst; of lists, only those of notes."""
ASSIGNED = {"message", "text", "why", "said", "book.unfit"}
TABLES = ("persons.py",)
"""The modules in which pairs of a rule and a text stand in a table."""


def told_of_extracts() -> Iterator[tuple[str, str]]:
    """Yield every text that reading an extract or a form may tell, with a mark for each part that varies."""
    package = ROOT / "src" / "aarsstatus"
    for path in (*sorted((package / "extracts").glob("*.py")), package / "inputs" / "aliases.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            said: ast.expr | None = None
            if isinstance(node, ast.Tuple) and path.name in TABLES and len(node.elts) == 2:
                said = node.elts[1]
            elif isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if (
                    name in PLACES
                    and len(node.args) > PLACES[name]
                    and (name != "append" or "notes" in ast.unparse(node.func))
                ):
                    said = node.args[PLACES[name]]
            elif (
                isinstance(node, ast.Yield)
                or (isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple))
                or (isinstance(node, ast.Assign) and {ast.unparse(one) for one in node.targets} & ASSIGNED)
            ):
                said = node.value
            while isinstance(said, ast.Tuple):  # what is about the text, and the text; or it, and what was expected
                said = said.elts[-1 if isinstance(node, ast.Yield) or isinstance(said.elts[-1], ast.Tuple) else 0]
            for one in [said.body, said.orelse] if isinstance(said, ast.IfExp) else [said]:
                parts = one.values if isinstance(one, ast.JoinedStr) else [one]
                texts = [part.value if isinstance(part, ast.Constant) else "…" for part in parts]
                text = "".join(map(str, texts))
                if re.search("[a-zæøå]{3} [a-zæøå]", text):
                    yield path.name, text


def test_the_guide_explains_every_text() -> None:
    """Whatever reading an extract or a form may say has a row that is about it, or stands in the guide's own words."""
    rows = [
        [words.strip() for words in re.split(r"…|(?: i)? 20\d\d", part.removeprefix("bemærk:")) if words.strip()]
        for line in GUIDE.splitlines()
        if line.startswith("| ")
        for part in line.split("|")[1].split(", eller: ")
    ]
    texts = list(told_of_extracts())
    assert len(texts) > 80
    for name, text in texts:
        if max(text.split("…"), key=len).strip(" :;,»«") not in GUIDE:
            assert any(row and all(words in text for words in row) for row in rows), f"{name}: {text}"


def test_the_guide_explains_how_a_file_was_read() -> None:
    rows = rows_below("Når der står »bemærk:«")
    assert len(rows) > 5
    assert_said(rows)


def test_the_guide_explains_what_check_says() -> None:
    rows = rows_below("Hvis `check` finder noget")
    assert len(rows) > 5
    assert_said(rows)


def assert_said(rows: list[str]) -> None:
    """See that each row of the guide is about a message that is in the code; an ellipsis and a year are anything."""
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src" / "aarsstatus").rglob("*.py"))
    for row in rows:
        for words in re.split(r"…|(?: i)? 20\d\d", row.removeprefix("bemærk:")):
            assert words.strip() in code, row
