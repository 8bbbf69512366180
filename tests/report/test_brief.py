"""The sentences that begin a notat, kept as they are read aloud."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from aarsstatus.inputs import read_year
from aarsstatus.markdown import read_back
from aarsstatus.project import Project
from aarsstatus.report.brief import brief, why
from aarsstatus.report.notat import Notat, open_notat

SCHEMES = "virksomhedspraktik, løntilskud og småjob under det sociale frikort"


def read(notat: Notat) -> str:
    """All that is said, a sentence a line, without the ids on the numbers."""
    said = "\n".join([*brief(notat), why(notat)])
    return read_back(re.sub(r"\[([^\]]*)\]\{[^}]*\}", r"\1", said)).strip()


def test_2021(project: Project) -> None:
    assert read(open_notat(2021, project=project.root)) == (
        "Den samlede målopfyldelse for hele kommunen er 71 pct. i 2021; i 2020 var den 68 pct.\n"
        "Stigningen skyldes især de ændrede vægte, der bidrager med 1,1 procentpoint.\n"
        "Af de syv forvaltninger har to en samlet målopfyldelse på mindst 100 pct.; lavest ligger Børne- og "
        "Ungdomsforvaltningen med 43 pct.\n"
        "Måltallet for virksomhedsplaceringer (virksomhedspraktik, løntilskud og nytteindsats) er faldet fra 1.232 "
        "helårspersoner i 2020 til 1.134 helårspersoner i 2021; de øvrige måltal er de samme som i 2020.\n"
        "Med vægtene fra 2020 ville den samlede målopfyldelse i 2021 være 70 pct.; til ændringen siden 2020 bidrager "
        "virksomhedsplaceringer med 0,6 procentpoint og fleksjob med 0,8 procentpoint. Resten af ændringen, "
        "1,1 procentpoint, skyldes de ændrede vægte."
    )


def test_2025(project: Project) -> None:
    assert read(open_notat(2025, project=project.root)) == (
        "Den samlede målopfyldelse for hele kommunen er 92 pct. i 2025; i 2024 var den 97 pct.\n"
        f"Faldet skyldes især virksomhedsplaceringer ({SCHEMES}), der bidrager med −5,8 procentpoint.\n"
        "Af de syv forvaltninger har fem en samlet målopfyldelse på mindst 100 pct.; lavest ligger Børne- og "
        "Ungdomsforvaltningen med 58 pct.\n"
        "Måltallet for fritidsjob, 126 helårspersoner, er nyt; de øvrige måltal er de samme som i 2024.\n"
        "Med vægtene fra 2024 ville den samlede målopfyldelse i 2025 være 93 pct.; til ændringen siden 2024 bidrager "
        "virksomhedsplaceringer med −5,8 procentpoint og fleksjob med 1,7 procentpoint. Resten af ændringen, "
        "−0,8 procentpoint, skyldes fritidsjob og de ændrede vægte."
    )


def test_a_year_with_the_same_schemes_and_targets(project: Project) -> None:
    params, data = read_year(project, 2025)
    before = {
        (2024, code, key): replace(one, year=2024, status=one.status + 20)
        for (year, code, key), one in data.statuses.items()
        if year == 2025 and code == "KK"
    }
    targets = {
        (2024, "KK", group): replace(data.targets[2025, "KK", group], year=2024) for group in params.target_groups
    }
    changed = replace(data, statuses={**data.statuses, **before}, targets={**data.targets, **targets}, printed=())
    assert read(Notat(params, changed, "recomputed")) == (
        "Den samlede målopfyldelse for hele kommunen er 92 pct. i 2025; i 2024 var den 97 pct.\n"
        f"Faldet skyldes især virksomhedsplaceringer ({SCHEMES}), der bidrager med −2,8 procentpoint.\n"
        "Af de syv forvaltninger har fem en samlet målopfyldelse på mindst 100 pct.; lavest ligger Børne- og "
        "Ungdomsforvaltningen med 58 pct.\n"
        "Måltallene er de samme som i 2024.\n"
        "Til ændringen i den samlede målopfyldelse siden 2024 bidrager virksomhedsplaceringer med −2,8 procentpoint, "
        "fleksjob med −0,9 procentpoint og fritidsjob med −0,9 procentpoint."
    )


def test_targets_that_are_shared_otherwise_are_not_called_the_same(project: Project) -> None:
    """The city's are, and so says the notat; one administration's is one more than the year before."""
    params, data = read_year(project, 2025)
    targets, statuses = (
        rows | {(2024, *key[1:]): replace(one, year=2024) for key, one in rows.items() if key[0] == 2025}
        for rows in (data.targets, data.statuses)
    )
    moved = replace(data, targets=targets, statuses=statuses, printed=())
    assert "Måltallene er de samme som i 2024." in read(Notat(params, moved, "recomputed"))
    key = (2025, "BUF", "fleksjob")
    moved = replace(moved, targets={**targets, key: replace(targets[key], target=377)})
    assert read(Notat(params, moved, "recomputed")).splitlines()[2] == (
        "Måltallene for hele kommunen er de samme som i 2024, men forvaltningernes er det ikke alle."
    )


def test_a_first_year(project: Project) -> None:
    params, data = read_year(project, 2021)
    statuses = {key: one for key, one in data.statuses.items() if key[0] == 2021}
    assert read(Notat(params, replace(data, statuses=statuses, printed=()), "recomputed")) == (
        "Den samlede målopfyldelse for hele kommunen er 71 pct. i 2021.\n"
        "Af de syv forvaltninger har to en samlet målopfyldelse på mindst 100 pct.; lavest ligger Børne- og "
        "Ungdomsforvaltningen med 43 pct."
    )


@pytest.mark.parametrize("target", [None, 0])
def test_a_year_with_a_missing_target(project: Project, target: int | None) -> None:
    params, data = read_year(project, 2025)
    key = (2025, "KK", "placements")
    targets = {**data.targets, key: replace(data.targets[key], target=target)}
    said = read(Notat(params, replace(data, targets=targets, printed=()), "recomputed"))
    assert said == (
        "Den samlede målopfyldelse for hele kommunen er 112 pct. i 2025; i 2024 var den 97 pct.\n"
        f"Stigningen skyldes især virksomhedsplaceringer ({SCHEMES}), fritidsjob og de ændrede vægte, der bidrager med "
        "13,0 procentpoint.\n"
        "Af de syv forvaltninger har fem en samlet målopfyldelse på mindst 100 pct.; lavest ligger Børne- og "
        "Ungdomsforvaltningen med 81 pct.\n"
        "Der er ikke længere et måltal for virksomhedsplaceringer; måltallet for fritidsjob, 126 helårspersoner, er nyt; "
        "de øvrige måltal er de samme som i 2024.\n"
        "Med vægtene fra 2024 ville den samlede målopfyldelse i 2025 være 99 pct.; til ændringen siden 2024 bidrager "
        "fleksjob med 1,7 procentpoint. Resten af ændringen, 13,0 procentpoint, skyldes virksomhedsplaceringer, "
        "fritidsjob og de ændrede vægte."
    )


def test_another_comparison_has_other_schemes_and_says_so(project: Project) -> None:
    notat = open_notat(2025, 2021, project=project.root)
    assert brief(notat)[1] == "2021 og 2025 har ikke de samme jobordninger, så tallene viser ikke en udvikling."
    assert why(notat) == ""
