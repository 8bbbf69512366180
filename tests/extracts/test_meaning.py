"""Words in extracts that change what a row is: none is dropped, and none is guessed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aarsstatus.extracts import ingest
from aarsstatus.problems import InputError
from aarsstatus.project import Project

HEADER = "Forvaltning;Jobordning;Startdato;Slutdato;CPR\n"


def told(project: Project, text: str, name: str = "udtræk.csv", **options) -> str:
    """Return all that is said of an extract: why it is refused, or how it was read."""
    path = Path(project.root / name)
    path.write_text(text, encoding="utf-8")
    try:
        done = ingest(project, 2026, [path], **{"extracted": date(2027, 1, 12), **options})
    except InputError as error:
        return str(error)
    return "\n".join([*done.notes, *(remark.text for remark in done.remarks)])


@pytest.mark.parametrize(
    "scheme",
    [
        "Løntilskud (privat)",
        "Virksomhedspraktik (annulleret)",
        "Privat løntilskud",
        "privatløntilskud",
        "Fleksjob, nej",
    ],
)
def test_a_word_beside_a_name_is_never_dropped(copied: Project, scheme: str) -> None:
    said = told(copied, f"{HEADER}BUF;{scheme};01-01-2026;;\n")
    assert "jobordning: ud over navnet står der mere, som kan ændre, hvad det er" in said
    assert f"fandt »{scheme}«" in said
    assert "mente du" not in said, "it would invite the wrong alias"


@pytest.mark.parametrize("scheme", ["Løntilskud (offentlig)", "LØNTILSKUD ( Offentlig )", "Småjob (socialt frikort)"])
def test_known_words_in_parentheses_change_nothing(copied: Project, scheme: str) -> None:
    assert "afvist" not in told(copied, f"{HEADER}BUF;{scheme};01-01-2026;;\n")
    assert ",BUF," in (copied.data / "status.csv").read_text(encoding="utf-8").partition("2026,")[2]


def test_a_slip_is_still_helped_with(copied: Project) -> None:
    assert "mente du »løntilskud«?" in told(copied, f"{HEADER}BUF;Løntilskut;01-01-2026;;\n")
    assert "mente du »Social" in told(copied, f"{HEADER}Socialforvaltnigen;Løntilskud;01-01-2026;;\n")


def test_a_scheme_that_is_said_must_exist_and_not_contradict_the_file(copied: Project) -> None:
    rows = "Forvaltning;Fra;Til\nBUF;01-01-2026;31-12-2026\n"
    said = told(copied, rows, scheme="fritidsjobb")
    assert "--scheme: ukendt jobordning" in said
    assert "mente du »fritidsjob«?" in said
    assert "ukendt" not in told(copied, rows, scheme="Fritidsjob")
    said = told(copied, f"{HEADER}BUF;Løntilskud;01-01-2026;;\n", scheme="fleksjob")
    assert "filen har selv en kolonne med jobordning, så --scheme kan ikke bruges på den" in said
