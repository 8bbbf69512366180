"""The double click: the menu does by commands of the guide what is chosen, and ``aarsstatus.cmd`` opens it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import marching
import pytest

from aarsstatus.cli import parse
from aarsstatus.cli.menu import Menu
from aarsstatus.project import Project

ROOT = Path(__file__).parents[2]


class Talk:
    """A menu whose answers are given beforehand; what it runs and opens is noted, and a command's files are made."""

    def __init__(self, project: Project, *answers: str, statuses: Sequence[int] = ()) -> None:
        self.asked: Iterator[str] = iter([*answers, "0"])
        self.statuses = iter(statuses)
        self.ran: list[list[str]] = []
        self.opened: list[str] = []
        self.project = project
        self.menu = Menu(project, lambda _: next(self.asked), self.run, self.open)
        assert self.menu.talk() == 0

    def run(self, words: Sequence[str]) -> int:
        parse(words)  # it is a command line
        self.ran.append(list(words))
        if words[0] == "new":
            (self.project.root / f"skema-{words[1]}.xlsx").touch()
        if words[0] == "build":
            folder = self.project.root / (words[3] if "--output" in words else "output") / words[1]
            folder.mkdir(parents=True, exist_ok=True)
            for name in ("notat.html", "notat.docx", "kvalitetsrapport.html"):
                (folder / name).touch()
        return next(self.statuses, 0)

    def open(self, path: Path) -> None:
        self.opened.append(path.relative_to(self.project.root).as_posix())


def number(menu: Menu, words: str) -> str:
    return str([told for told, _ in menu.choices()].index(words) + 1)


def test_a_whole_march(copied: Project) -> None:
    raw = copied.data / "raw"
    raw.mkdir(exist_ok=True)
    for name in (
        "forløb 2027-01-12.xlsx",
        "fleksjob.csv",
        "fleksjob.afviste.csv",
        "~$forløb 2027-01-12.xlsx",
        "note.docx",
    ):
        (raw / name).touch()
    talk = Talk(copied, "1", "", "2", "", "3", "", "ja", "3", "2", "4", "5", "6", statuses=[0, 0, 2, 1, 1, 0, 0])
    files = [str(Path("data", "raw", name)) for name in ("fleksjob.csv", "forløb 2027-01-12.xlsx")]
    assert talk.ran == [
        ["new", "2026"],
        ["ingest", "2026", "skema-2026.xlsx"],
        ["ingest", "2026", *files],
        ["ingest", "2026", *files, "--skip-bad-rows"],
        ["ingest", "2026", files[1]],
        ["check", "2026"],
        ["build", "2026"],
    ]
    assert talk.opened == [
        "skema-2026.xlsx",
        *(f"output/2026/{name}" for name in ("kvalitetsrapport.html", "notat.html", "notat.docx")),
        "output/2026",
    ]


def test_the_last_reading_is_taken_back_if_that_is_meant(copied: Project) -> None:
    undo = number(Menu(copied), "Tag den seneste indlæsning tilbage")
    assert Talk(copied, undo, "nej", undo, "").ran == []
    assert Talk(copied, undo, "ja").ran == [["ingest", "2025", "--undo"]]


def test_a_correction_is_declared_before_it_is_made_and_held_against_what_was_issued_last(copied: Project) -> None:
    """As the guide has it: until it is declared, a build prints what was issued, and nothing differs."""
    (copied.root / "udgivet").mkdir()
    for name in ("notat-2025.zip", "notat-2025-rettet-2.zip", "notat-2025-rettet-10.zip", "notat-2021.zip"):
        (copied.root / "udgivet" / name).touch()
    correct = number(Menu(copied), "Ret et notat, der er udgivet")
    declared = ["publish", "2025", "--date", "24-03-2027", "--correct", "Skrevet forkert af"]
    made = [
        declared, ["build", "2025"],
        ["diff", str(Path("udgivet/notat-2025-rettet-10.zip")), str(Path("output/2025"))],
    ]  # fmt: skip
    answers = correct, "ja", "Skrevet forkert af", "24-03-2027"
    talk = Talk(copied, *answers, "ja", statuses=[0, 0, 1])
    assert talk.ran == [*made, declared[:4]]
    assert talk.opened == ["output/2025/notat.docx"]
    assert Talk(copied, *answers, "nej", statuses=[0, 0, 1]).ran == made
    assert Talk(copied, *answers, statuses=[2]).ran == [declared]
    assert Talk(copied, correct, "ja", "").ran == Talk(copied, correct, "nej").ran == []


def test_what_cannot_be_is_said_and_asked_again(copied: Project, capsys: pytest.CaptureFixture[str]) -> None:
    year = number(Menu(copied), "Vælg et andet år")
    talk = Talk(copied, "77", "hvad", year, "nittenhundrede", "3", "5", statuses=[2])
    said = capsys.readouterr().out
    assert "»77« er ikke et af tallene" in said
    assert "»hvad« er ikke et af tallene" in said
    assert "»nittenhundrede« er ikke et årstal" in said
    assert "Læg udtrækkene i mappen data/raw" in said
    assert "Ret det, der står ovenfor" in said
    assert talk.ran == [["build", "2025"]]


def test_whatever_it_does_is_a_command_that_the_guide_shows() -> None:
    shown = {words[0] for words in map(marching.arguments, marching.lines()) if words}
    run = re.findall(r'self\.do\(\s*"(\w+)"', (ROOT / "src/aarsstatus/cli/menu.py").read_text(encoding="utf-8"))
    assert {"new", "ingest", "check", "build", "diff"} <= set(run) <= shown | {"publish"}


def test_the_double_click_is_for_windows_and_sets_up_as_the_guide_says() -> None:
    """What it installs with is the guide's own line, so that nobody trusts it with less."""
    script, twin = (ROOT / name for name in ("aarsstatus.cmd", "Årsstatus.cmd"))
    for path in (script, twin):
        content = path.read_bytes()
        assert content.count(b"\r\n") == content.count(b"\n") > 1
    text = script.read_text(encoding="utf-8")
    assert text.index("chcp 65001") < min(text.index(letter) for letter in "æøåÅ" if letter in text)
    installing = "-m pip install --require-hashes --only-binary :all: -r requirements.lock"
    assert f'"%RUN%" {installing}\nif not "%ERRORLEVEL%"=="0" goto failed\n' in text
    assert f'"%USERPROFILE%\\.aarsstatus\\Scripts\\python" {installing}' in marching.GUIDE
    labels = set(re.findall(r"(?m)^:(\w+)", text))
    assert set(re.findall(r"(?:goto |call :)(\w+)", text)) == labels
    assert twin.read_text(encoding="utf-8").endswith('@call "%~dp0aarsstatus.cmd" %*\n')
