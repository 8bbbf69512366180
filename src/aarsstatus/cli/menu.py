"""Ask in Danish what to do, and run the command for it.

``aarsstatus.cmd`` opens it with a double click.

Each thing that is done is a command that docs/vejledning.md shows, and is shown before it runs.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from aarsstatus import cli
from aarsstatus.cli import BAD_INPUT, DONE, FINDINGS, YES, a_year, prepare_streams, say
from aarsstatus.inputs.form import form_name
from aarsstatus.problems import InputError
from aarsstatus.project import Project, find_project

_EXTRACTS = {".csv", ".txt", ".xlsx", ".xlsm", ".xls"}


def _open(path: Path) -> None:
    """Open a file or folder in its own program; off Windows, print its path."""
    if sys.platform == "win32":
        with suppress(OSError):  # nothing is set up to open it
            os.startfile(path)  # noqa: S606 - what we have made ourselves, as a double click would
            return
    print(f"Åbn selv {path}")


@dataclass
class Menu:
    """Hold a conversation about one year of a project.

    It is given the functions that ask, run a command and open a file.
    """

    project: Project
    ask: Callable[[str], str] = input
    run: Callable[[Sequence[str]], int] = cli.run
    open: Callable[[Path], None] = _open
    year: int = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the newest year."""
        self.year = self.project.newest()

    def choices(self) -> list[tuple[str, Callable[[], object]]]:
        """Return what can be done, in the order of a year's work."""
        return [
            ("Gør klar til et nyt år", self.new),
            ("Udfyld datoer, numre og måltal", self.fill_in),
            ("Læs udtræk ind", self.read_extracts),
            ("Se, om alt er der", lambda: self.do("check", str(self.year))),
            ("Lav notatet", self.build),
            ("Åbn mappen med notatet", lambda: self.show(self.project.output / str(self.year))),
            ("Udgiv notatet", self.publish),
            ("Ret et notat, der er udgivet", self.correct),
            ("Tag den seneste indlæsning tilbage", self.undo),
            ("Vælg et andet år", self.choose_year),
        ]

    def talk(self) -> int:
        """Ask what to do until there is no more to do."""
        while True:
            choices = self.choices()
            print(f"\nÅrsstatus for {self.year}. Hvad vil du?\n")
            for number, (words, _) in enumerate(choices, start=1):
                print(f"  {number}  {words}")
            print("  0  Slut\n")
            answer = self.ask("Skriv et tal, og tryk Enter: ").strip()
            if answer == "0":
                return DONE
            if answer.isdecimal() and int(answer) <= len(choices):
                choices[int(answer) - 1][1]()
            else:
                print(f"»{answer}« er ikke et af tallene fra 0 til {len(choices)}.")

    def do(self, *words: str) -> int:
        """Show a command and run it; return its exit status."""
        shown = [f'"{word}"' if " " in word else word for word in words]
        print(f"\n> aarsstatus {' '.join(shown)}")
        try:
            status = self.run(words)
        except SystemExit as ended:  # of a command line that cannot be
            status = ended.code if isinstance(ended.code, int) else BAD_INPUT
        if status not in {DONE, FINDINGS}:
            print("Det blev ikke til noget. Ret det, der står ovenfor, og prøv igen.")
        return status

    def agree(self, question: str) -> bool:
        """Ask a question of yes or no; whatever is not yes is no."""
        return self.ask(f"{question} (ja/nej): ").strip().lower() in YES

    def show(self, *paths: Path) -> None:
        """Open what is there."""
        for path in paths:
            if path.exists():
                self.open(path)
            else:
                print(f"{self.project.name(path)} findes ikke endnu.")

    def choose_year(self, default: int | None = None) -> bool:
        """Ask for the year; return whether one was given."""
        default = default or self.year
        answer = self.ask(f"Hvilket år? (Enter for {default}): ").strip() or str(default)
        try:
            self.year = a_year(answer)
        except ArgumentTypeError as error:
            print(error)
            return False
        return True

    def new(self) -> None:
        """Make the files of a new year, and go on with it."""
        if self.choose_year(self.project.newest() + 1):
            self.do("new", str(self.year))

    def fill_in(self) -> None:
        """Open the year's form, made where it is missing, and read it when filled in."""
        form = self.project.root / form_name(self.year)
        if not form.exists():
            self.do("new", str(self.year))
        self.show(form)
        if form.exists() and not self.ask("Gem skemaet, og luk Excel. Tryk så Enter (n for at vente): ").strip():
            self.do("ingest", str(self.year), form.name)

    def read_extracts(self) -> None:
        """Read the extracts that lie in ``data/raw``, or those that are chosen."""
        raw = self.project.data / "raw"
        raw.mkdir(exist_ok=True)
        there = [path for path in sorted(raw.iterdir()) if path.suffix.lower() in _EXTRACTS]
        files = [path for path in there if not path.name.endswith(".afviste.csv") and not path.name.startswith("~$")]
        if not files:
            print("Læg udtrækkene i mappen data/raw, og vælg det samme igen.")
            self.show(raw)
            return
        for number, path in enumerate(files, start=1):
            print(f"  {number}  {path.name}")
        answer = self.ask("Hvilke? Tal med mellemrum imellem (Enter for dem alle): ").replace(",", " ").split()
        if not all(word.isdecimal() and 1 <= int(word) <= len(files) for word in answer):
            print("Det er ikke tallene på nogle af filerne.")
            return
        chosen = [files[int(word) - 1] for word in answer] or files
        words = ["ingest", str(self.year), *(str(path.relative_to(self.project.root)) for path in chosen)]
        question = "Læs ind uden de rækker, der ikke kan bruges? De bliver skrevet i en fil for sig."
        if self.do(*words) == BAD_INPUT and self.agree(question):
            self.do(*words, "--skip-bad-rows")

    def undo(self) -> None:
        """Take the year's last reading back, if that is meant."""
        if self.agree(f"Skal data for {self.year} være, som de var før den seneste indlæsning?"):
            self.do("ingest", str(self.year), "--undo")

    def build(self) -> None:
        """Make the notat, and open it with its quality report."""
        if self.do("build", str(self.year)) == DONE:
            folder = self.project.output / str(self.year)
            self.show(folder / "kvalitetsrapport.html", folder / "notat.html", folder / "notat.docx")

    def publish(self) -> None:
        """Record what was issued, on the day that is given."""
        date = self.ask("Hvilken dag er notatet udgivet? (fx 10-03-2027): ").strip()
        self.do("publish", str(self.year), "--date", date)

    def correct(self) -> None:
        """Declare a correction, make the corrected notat, show how it differs, issue it."""
        print("Ret først grundlaget: læs et nyt udtræk ind, eller ret skemaet, og læs det ind. Ret aldrig i Word.")
        if not self.agree("Er det rettet?"):
            return
        year, output = str(self.year), Path("output", str(self.year))
        reason = self.ask("Hvorfor er det rettet? Det kommer til at stå i notatet (Enter for at vente): ").strip()
        if not reason:
            return
        date = self.ask("Hvilken dato skal det rettede notat have? (fx 24-03-2027): ").strip()
        if self.do("publish", year, "--date", date, "--correct", reason) != DONE or self.do("build", year) != DONE:
            return
        kept = (self.project.root / "udgivet").glob(f"notat-{year}*.zip")
        if issued := sorted(kept, key=lambda path: (len(path.name), path.name)):
            self.do("diff", str(issued[-1].relative_to(self.project.root)), str(output))
        self.show(self.project.root / output / "notat.docx")
        if self.agree("Skal det udgives nu?"):
            self.do("publish", year, "--date", date)
        else:
            print("Det er et udkast endnu. Vælg »Udgiv notatet«, når det er set efter.")


def main() -> int:
    """Talk to whoever double-clicked, in the project's folder."""
    prepare_streams()
    try:
        project = find_project()
        os.chdir(project.root)
        return Menu(project).talk()
    except InputError as error:
        say(str(error))
        return BAD_INPUT
    except (EOFError, KeyboardInterrupt):  # the window is being closed
        return DONE


if __name__ == "__main__":
    sys.exit(main())
