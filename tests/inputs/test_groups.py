"""Target groups and schemes are data: a fourth group, two schemes in one, another name, and an earlier year as it was."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from conftest import copy_project
from filling import fill
from test_reorganisations import with_statuses

from aarsstatus.build import Options, Result, build
from aarsstatus.figures.table import build_figures
from aarsstatus.inputs import read_data, read_year
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.new_year import new_year
from aarsstatus.markdown import UNKNOWN
from aarsstatus.problems import InputError
from aarsstatus.project import Project
from aarsstatus.report import charts, matrix
from aarsstatus.report.brief import brief
from aarsstatus.report.notat import Notat
from aarsstatus.report.notes import shared_notes
from aarsstatus.report.phrases import development, former_name, part_of_year
from aarsstatus.report.tables import administration_table, figures_frame

NEW = {
    "groups.csv": "seniorjob,seniorordninger,Forløb i seniorordninger,#7a4fa3,triangle",
    "schemes.csv": (
        "seniorhjaelp,seniorjob,days,2026,,seniorhjælp,Seniorhjælp (helårspersoner),Seniorhjælp er ny fra 1. juli.,,,\n"
        "seniorvagt,seniorjob,days,2026,,seniorvagt,Seniorvagt (helårspersoner),,,,\n"
        "ungejob,fritidsjob,days,2026,,ungejob,Ungejob (helårspersoner),,,,"
    ),
}
"""What somebody writes at the end of the files: a group of two schemes, and a second scheme in fritidsjob."""


def add(project: Project, file: str, rows: str) -> None:
    path = project.data / file
    path.write_text(f"{path.read_text(encoding='utf-8')}{rows}\n", encoding="utf-8", newline="\n")


@pytest.fixture(scope="module")
def widened(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the project with 2026 filled in, which has a fourth group and three new schemes."""
    project = copy_project(tmp_path_factory.mktemp("grupper") / "projekt")
    for file, rows in NEW.items():
        add(project, file, rows)
    new_year(project, 2026)
    fill(project, 2026)
    with_statuses(project, 2026)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for key in ("seniorhjaelp", "seniorvagt", "ungejob"):
        writer.writerows((2026, code, key, 7, 60, "exact", "forløb.csv") for code in read_data(project).codes(2026))
    add(project, "status.csv", out.getvalue().rstrip())
    return project


@pytest.fixture(scope="module")
def notat(widened: Project) -> Notat:
    return Notat(*read_year(widened, 2026))


def test_new_asks_for_the_target_of_the_new_group(widened: Project) -> None:
    params, data = read_year(widened, 2026)
    assert params.target_groups == ["placements", "fleksjob", "fritidsjob", "seniorjob"]
    assert (2026, "BUF", "seniorjob") in data.targets


def test_earlier_years_are_as_they_were(widened: Project, project: Project) -> None:
    for year in (2021, 2025):
        params, data = read_year(widened, year)
        was = build_figures(read_data(project), year, notat=params.notat)
        assert build_figures(data, year, notat=params.notat).to_csv() == was.to_csv()
        assert Notat(params, data).names("fritidsjob") == ("fritidsjob" if year == 2025 else "")


def test_the_group_has_its_figures_and_weight(notat: Notat) -> None:
    wanted = {"joint_status": "14", "spells_total": "120", "target": "700", "attainment": "2 pct.", "weight": "25 pct."}
    for measure, shown in wanted.items():
        assert notat.figures[f"2026.KK.seniorjob.{measure}"].shown == shown
    assert notat.figures["2026.KK.fritidsjob.joint_status"].inputs == (
        "2026.KK.fritidsjob.status", "2026.KK.fritidsjob.ungejob.status",
    )  # fmt: skip
    assert "2025.KK.fritidsjob.joint_status" not in notat.figures
    parts = notat.figures["2026.KK.total.weighted_attainment"].inputs
    assert "2026.KK.seniorjob.weight" in parts


def test_the_table_has_its_rows(notat: Notat) -> None:
    table = administration_table(notat, "KK")
    labels = [row.label for row in table.rows]
    assert labels[-6:] == [
        "Fritidsjob (helårspersoner)", "Ungejob (helårspersoner)", "Seniorhjælp (helårspersoner)",
        "Seniorvagt (helårspersoner)", "Forløb i seniorordninger", "Samlet målopfyldelse (vægtet gennemsnit***)",
    ]  # fmt: skip
    joint = table.rows[labels.index("Seniorhjælp (helårspersoner)")].cells
    assert [(cell.text, cell.rowspan) for cell in joint[1:4]] == [("14", 2), ("700", 2), ("2 pct.", 2)]
    notes = {note.marker: note.text for note in shared_notes(notat, [("KK", notat.year)])}
    assert "seniorhjælp og seniorvagt" in notes["**"]
    assert "ungejob" not in notes["**"]  # the group shows no spells
    assert "seniorhjælp og seniorvagt" in notes["***"]


def test_charts_have_its_name_and_colour(notat: Notat) -> None:
    chart = charts.development(notat, figures_frame(notat))
    assert "Seniorordninger: 2 pct. i 2026" in chart.alt
    assert "#7a4fa3" in chart.svg
    assert "seniorordninger 2 pct." in matrix.by_administration(notat, figures_frame(notat)).alt


@pytest.fixture(scope="module")
def page(widened: Project, tmp_path_factory: pytest.TempPathFactory) -> str:
    output = tmp_path_factory.mktemp("bygget")
    done = build(widened, 2026, Options(engine="embedded", formats=("html",), output=output))
    assert isinstance(done, Result)
    return Path(done.folder / "notat.html").read_text(encoding="utf-8")


def test_the_notat_tells_of_it(page: str) -> None:
    text = " ".join(page.split())
    for said in (
        "ét samlet måltal for seniorhjælp og seniorvagt, her under ét kaldt seniorordninger",
        "ét samlet måltal for fritidsjob og ungejob, her under ét kaldt fritidsjob",
        "Seniorhjælp er ny fra 1. juli.",
        "Ordningerne indgår ikke i 2025.",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("total,alle,,#000000,circle", "en kode med små bogstaver"),
        ("ny,nye,,rød,circle", "en farve som"),
        ("ny,nye,,#000000,prik", "et mærke"),
        ("fleksjob,fleks,,#000000,circle", "gentager linje"),
    ],
)
def test_a_bad_group_is_refused(copied: Project, row: str, said: str) -> None:
    add(copied, "groups.csv", row)
    with pytest.raises(InputError, match=said):
        read_data(copied)


def test_an_unknown_group_in_params_is_refused(copied: Project) -> None:
    path = copied.params / "2025.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("placements", "placement"), encoding="utf-8", newline="\n")
    with pytest.raises(InputError, match=r"ukendt måltalsgruppe.*mente du »placements«"):
        read_year(copied, 2025)


LOENTILSKUD = "loentilskud,placements,days,2020,,løntilskud,Løntilskud (helårspersoner),,,,"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (LOENTILSKUD.replace(",,,,", ",,2021-07-01,,"), "first_day: dagen passer ikke til året.*en dag i 2020"),
        (LOENTILSKUD.replace(",,,,", ",,,2026-06-30,"), "last_day: dagen passer ikke til året.*også et år i last_year"),
        (LOENTILSKUD.replace(",,,,", ",,1/7-2020,,"), "en dato som 2026-07-01"),
        (
            LOENTILSKUD.replace("2020,,", "2020,2020,").replace(",,,,", ",,2020-07-01,2020-06-30,"),
            "last_day: slutter, før det begynder",
        ),
        (f"{LOENTILSKUD}fritidsjob", "kan ikke fortsætte som den.*og sidste år i last_year"),
        (LOENTILSKUD.replace("2020,,", "2020,2025,") + "fritidsjob", "kan ikke fortsætte som den.*der begynder i 2026"),
        (LOENTILSKUD.replace("2020,,", "2020,2024,") + "fritidsjob", "fortsætter som, hører til fritidsjob"),
        (LOENTILSKUD.replace(",løntilskud,", ",Fritids-job,"), "loentilskud og fritidsjob har samme navn i 2025"),
    ],
)
def test_a_scheme_that_cannot_be_is_refused(copied: Project, row: str, said: str) -> None:
    path = copied.data / "schemes.csv"
    text = path.read_text(encoding="utf-8")
    assert LOENTILSKUD in text
    path.write_text(text.replace(LOENTILSKUD, row), encoding="utf-8", newline="\n")
    with pytest.raises(InputError, match=said):
        read_data(copied)


def test_a_group_that_was_adopted_twice_is_refused_with_what_to_do(copied: Project) -> None:
    path = copied.params / "2025.yml"
    text = path.read_text(encoding="utf-8")
    added = text.replace("targets_adopted:", "targets_adopted:\n  - date: 2025-05-01\n    groups: [fleksjob]")
    path.write_text(added, encoding="utf-8", newline="\n")
    said = "targets_adopted nævner fleksjob to gange; skriv kun gruppen ved den vedtagelse, der gælder"
    with pytest.raises(InputError, match=said):
        read_year(copied, 2025)


def changed(data: Data, **of_2025: object) -> Data:
    """Return data in which løntilskud is another scheme in 2025 than the years before."""
    old = data.schemes["loentilskud"]
    new = replace(old, key="tilskudsjob", name="tilskudsjob", first_year=2025, **of_2025)  # type: ignore[arg-type]
    schemes = {**data.schemes, "loentilskud": replace(old, last_year=2024, successor="tilskudsjob"), new.key: new}
    statuses = {
        (year, code, new.key if (year, key) == (2025, old.key) else key): replace(
            row, scheme=new.key if (year, key) == (2025, old.key) else key
        )
        for (year, code, key), row in data.statuses.items()
    }
    return replace(data, schemes=schemes, statuses=statuses)


def test_a_scheme_with_a_new_name_is_the_same(project: Project) -> None:
    params, data = read_year(project, 2025)
    params = params.model_copy(update={"schemes": ["tilskudsjob", *params.schemes[1:]]})
    renamed = Notat(params, changed(data), "recomputed")
    assert [[one.key for one in side] for side in renamed.changed_schemes(2024, 2025)] == [["fritidsjob"], []]
    assert development(renamed, "placements").not_both == ""
    assert former_name(renamed, renamed.data.schemes["tilskudsjob"]) == "2024 løntilskud"
    assert charts.breaks(renamed.data, [2024, 2025]) == charts.breaks(data, [2024, 2025]) == {(2025, "fritidsjob")}


def test_years_that_do_not_cover_the_same_show_no_development(project: Project) -> None:
    params, data = read_year(project, 2025)
    partly = Notat(params, changed(data, first_day=date(2025, 7, 1)), "recomputed")
    told = development(partly, "placements")
    assert (told.not_both, told.status_changed) == ("lige meget af de to år", UNKNOWN)
    assert any("fandtes ikke lige længe" in one for one in brief(partly)) or "ikke de samme" in " ".join(brief(partly))
    assert part_of_year(partly.data.schemes["tilskudsjob"], 2025) == "begyndte den 1. juli 2025"
    assert charts.breaks(partly.data, [2024, 2025]) == {(2025, "placements"), (2025, "fritidsjob")}
    both = replace(partly.data.schemes["tilskudsjob"], last_year=2025, last_day=date(2025, 9, 30))
    assert part_of_year(both, 2025) == "fandtes kun fra den 1. juli 2025 til den 30. september 2025"
    assert part_of_year(both, 2026) == UNKNOWN
