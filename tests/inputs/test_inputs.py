"""Reading data/: every problem at once, with file, line and column."""

from __future__ import annotations

import csv
import os
import time
from pathlib import Path

import pytest

from aarsstatus.files import require_writable
from aarsstatus.inputs import read_data, read_year
from aarsstatus.inputs.csvfile import read_table
from aarsstatus.inputs.schema import TARGETS
from aarsstatus.problems import BuildError, InputError
from aarsstatus.project import Project, find_project


def change(project: Project, name: str, old: str, new: str) -> None:
    path = project.root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")


def problems(project: Project, year: int = 2025) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_year(project, year)
    return [str(problem) for problem in caught.value.problems]


def test_a_row_knows_its_file_and_line(project: Project) -> None:
    data = read_data(project)
    status = data.statuses[2025, "KK", "loentilskud"]
    file, _, line = status.source.partition(":")
    assert (
        (project.root / file)
        .read_text(encoding="utf-8")
        .splitlines()[int(line) - 1]
        .startswith("2025,KK,loentilskud,93")
    )


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (
            "status.csv",
            "2025,KK,loentilskud,93,",
            "2025,KK,loentilskud,93;5,",
            "status: værdien kan ikke bruges; fandt »93;5«",
        ),
        ("status.csv", "2025,KK,loentilskud,93,", "2025,KK,loentilskud,-93,", "et tal på mindst 0"),
        ("status.csv", "2025,KK,loentilskud,93,", "2025,KK,loentilskud,NaN,", "et tal på mindst 0"),
        ("status.csv", "2025,KK,loentilskud,93,255", "2025,KK,loentilskud,93,2.523", "uden punktum"),
        ("status.csv", "2025,KK,loentilskud", "2025,KK,løntilskud", "mente du »loentilskud«"),
        (
            "status.csv",
            "2025,BIF,loentilskud",
            "2025,BFI,loentilskud",
            "administration: værdien kan ikke bruges; fandt »BFI«",
        ),
        ("status.csv", "2025,KK,loentilskud", "25,KK,loentilskud", "et år fra 2000 til 2200"),
        ("status.csv", "2025,BIF,loentilskud,7,31,whole", "2025,KK,loentilskud,7,31,whole", "rækken gentager linje"),
        ("status.csv", "year,administration", "år,administration", "kolonnen mangler"),
        ("status.csv", "rounding", "runding", "ukendt kolonne; mente du »rounding«"),
        ("status.csv", "2025,KK,loentilskud,93,255,whole", "2025,KK,loentilskud,93,255", "ikke rigtigt antal celler"),
        ("status.csv", "2025,KK,loentilskud,93", "2025,KK,nytteindsats,93", "fandtes ikke i 2025"),
        ("targets.csv", "2025,KK,placements,1084", "2025,KK,placements,1.084", "uden punktum"),
        ("targets.csv", "2025,KK,fritidsjob", "2025,KK,fritidjob", "mente du »fritidsjob«"),
        ("schemes.csv", "headcount", "heads", "en opgørelsesmåde"),
        ("administrations.csv", "KK,Københavns Kommune", "XX,Københavns Kommune", "hele kommunen mangler"),
        ("published.csv", "notat-2025,titel", ",titel", "forventede et notat som notat-2025"),
        ("published.csv", "notat-2025,titel", "notat 2025,titel", "forventede et notat som notat-2025"),
        ("status.csv", "2025,KK,fleksjob,1048", "2025,KK,fleksjob,1.048", "ansatte tælles i hele tal; fandt »1.048«"),
        (
            "status.csv",
            "2025,BIF,loentilskud,7,31,",
            "2025,BIF,loentilskud,7,,",
            "spells: antallet af forløb mangler, men",
        ),
        ("status.csv", "2025,BIF,loentilskud,7,31,", "02025,KK,loentilskud,7,31,", "fandt »02025«; forventede et år"),
        ("groups.csv", "fritidsjob,fritidsjob", "fritidsjob,Fleksjob", "name: fleksjob og fritidsjob har samme navn"),
        ("schemes.csv", ",løntilskud,", ",lÃ¸ntilskud,", "»Ã¸« er et bogstav, der er læst i et forkert tegnsæt"),
    ],
)
def test_bad_cells_are_explained(copied: Project, name: str, old: str, new: str, said: str) -> None:
    change(copied, f"data/{name}", old, new)
    found = problems(copied)
    assert any(said in one for one in found), found
    assert all(f"data/{name}" in one or "data/" in one for one in found)


@pytest.mark.parametrize("name", ["groups.csv", "schemes.csv", "administrations.csv"])
def test_a_table_that_others_refer_to_has_a_row(copied: Project, name: str) -> None:
    path = copied.data / name
    path.write_text(path.read_text(encoding="utf-8").partition("\n")[0] + "\n", encoding="utf-8", newline="")
    said = f"data/{name}: der er ingen rækker under overskriften; forventede mindst én række"
    assert problems(copied) == [said]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "sep=;\n", "ingen kolonne kendes; fandt »sep=«"),
        ("year,administration,group,target,source", "YEAR,ADMINISTRATION,GROUP,TARGET,SOURCE", "fandt »YEAR, ADM"),
        ("source\n", "sourse\n", "sourse: ukendt kolonne; mente du »source«?"),
        ("\n", ",,\n", "en kolonne har intet navn; fandt »kolonne 6«"),
    ],
)
def test_a_header_that_is_not_ours_is_one_message(copied: Project, old: str, new: str, said: str) -> None:
    path = copied.data / "targets.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(old, new, -1 if old == "\n" else 1), encoding="utf-8")
    (told,) = problems(copied)
    assert told.startswith("data/targets.csv, linje 1")
    assert said in told


def test_blanks_around_a_columns_name_are_nothing(copied: Project) -> None:
    before = read_data(copied).targets
    change(copied, "data/targets.csv", "administration,group,target", " administration,group\u00a0,target ")
    assert read_data(copied).targets == before


def test_the_city_leads_also_once_excel_sorted_the_administrations(copied: Project) -> None:
    path = copied.data / "administrations.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([head, *sorted(rows)]) + "\n", encoding="utf-8")
    data = read_data(copied)
    assert data.codes(2025) == ["KK", "BIF", "BUF", "KFF", "SOF", "SUF", "TMF", "ØKF"]
    assert data.told_of(2024) == ["KK"]


@pytest.mark.parametrize(
    ("name", "row"),
    [("status", '2024,KK,smaajob,209,326,whole,"notat-2025, tabel 2"\n'), ("targets", "2024,KK,fleksjob,900,")],
)
def test_a_row_that_the_comparison_year_lacks_is_named(copied: Project, name: str, row: str) -> None:
    """The sum of what is left would be compared with, and nothing would say so."""
    text = (copied.data / f"{name}.csv").read_text(encoding="utf-8")
    row = next(line for line in text.splitlines(keepends=True) if line.startswith(row))
    change(copied, f"data/{name}.csv", row, "")
    (told,) = problems(copied)
    assert f"data/{name}.csv: rækken med " in told
    assert "forventede 2024,KK," in told


def test_problems_of_all_files_come_at_once(copied: Project) -> None:
    change(copied, "params/2025.yml", "comparison_year", "comparisonyear")
    change(copied, "data/status.csv", "2025,KK,loentilskud,93", "2025,KK,loentilskud,x")
    change(copied, "data/targets.csv", "2025,KK,placements,1084", "2025,KK,placements,x")
    found = problems(copied)
    assert {one.partition(",")[0].partition(":")[0] for one in found} == {
        "params/2025.yml", "data/status.csv", "data/targets.csv",
    }  # fmt: skip


def test_missing_rows_are_named(copied: Project) -> None:
    change(copied, "data/status.csv", '2025,ØKF,fritidsjob,0,,whole,"notat-2025, tabel 9"\n', "")
    change(copied, "data/targets.csv", '2025,BUF,fleksjob,376,"notat-2025, tabel 4"\n', "")
    found = problems(copied)
    assert any("2025,ØKF,fritidsjob" in one for one in found)
    assert any("2025,BUF,fleksjob" in one for one in found)
    assert len(found) == 2


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b'year,"', b"a;b;c\n"])
def test_files_that_are_no_tables_are_refused(copied: Project, content: bytes) -> None:
    (copied.data / "targets.csv").write_bytes(content)
    assert any("data/targets.csv" in one for one in problems(copied))


def test_a_missing_file_is_named(copied: Project) -> None:
    (copied.data / "targets.csv").unlink()
    assert any("data/targets.csv: filen findes ikke" in one for one in problems(copied))


def test_a_file_saved_by_danish_excel_is_read(copied: Project) -> None:
    before = read_data(copied).targets
    path = copied.data / "targets.csv"
    rows = path.read_text(encoding="utf-8").replace('"', "").replace(", tabel", " tabel").replace(",", ";")
    path.write_bytes(b"\xef\xbb\xbf" + rows.replace("\n", "\r\n").encode())
    after = read_data(copied).targets
    assert {key: target.target for key, target in after.items()} == {
        key: target.target for key, target in before.items()
    }


@pytest.mark.parametrize("rows", [slice(0, None), slice(1, None), slice(-3, None)])
def test_a_file_that_excel_had_in_one_column_is_one_message(copied: Project, rows: slice) -> None:
    """Excel fills rows up with semicolons in lumps, so the header may have some or none."""
    path = copied.data / "targets.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[rows] = [f"{line};;;900;BR 28-11-2024" for line in lines[rows]]
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8")
    (found,) = problems(copied)
    assert "alt står i den første kolonne i Excel; forventede hver celle i sin egen kolonne" in found
    assert f"linje {range(1, len(lines) + 1)[rows][0]}:" in found


def test_a_file_whose_rows_excel_quoted_is_one_message(copied: Project) -> None:
    path = copied.data / "targets.csv"
    quoted = [f'"{line.replace(chr(34), chr(34) * 2)}"' for line in path.read_text(encoding="utf-8").splitlines()]
    path.write_text("\n".join(quoted), encoding="utf-8")
    (found,) = problems(copied)
    assert "linje 1: alt står i den første kolonne i Excel" in found
    with pytest.raises(InputError, match="alt står i den første kolonne"):
        read_table(copied, TARGETS)


def test_an_empty_file_is_one_message(copied: Project) -> None:
    (copied.data / "targets.csv").write_text("", encoding="utf-8")
    expected = (
        "data/targets.csv, linje 1: filen er tom; forventede overskriften year,administration,group,target,source"
    )
    assert problems(copied) == [expected]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('2026,KK,placements,5,"BR', "et anførselstegn mere: et, der begynder, bliver ikke lukket"),
        ('2026,KK,placements,5,"BR"x', "et skilletegn efter cellens andet anførselstegn"),
        (f"2026,KK,placements,5,{'x' * 140_000}", "celler på højst 131.072 tegn"),
    ],
)
def test_what_is_no_csv_is_told_in_danish(copied: Project, row: str, said: str) -> None:
    path = copied.data / "targets.csv"
    path.write_text(path.read_text(encoding="utf-8") + row + "\n", encoding="utf-8")
    limit = csv.field_size_limit(131_072)  # Python's own; whatever else ran in this process may have changed it
    try:
        assert any(f"filen er ikke en gyldig CSV-fil; forventede {said}" in one for one in problems(copied))
    finally:
        csv.field_size_limit(limit)


def test_a_comparison_year_needs_figures(project: Project) -> None:
    with pytest.raises(InputError, match="ingen tal for sammenligningsåret 2023"):
        read_year(project, 2025, 2023)
    with pytest.raises(InputError, match="skal ligge før"):
        read_year(project, 2021, 2025)
    params, _ = read_year(project, 2025, 2021)
    assert params.comparison_year == 2021


def test_a_year_without_parameters_is_refused(project: Project) -> None:
    with pytest.raises(InputError, match=r"params/2023\.yml: filen findes ikke"):
        read_year(project, 2023)


def test_a_folder_outside_a_project_is_refused(tmp_path) -> None:
    with pytest.raises(InputError, match="ikke en del af et årsstatus-projekt"):
        find_project(tmp_path)


def test_a_project_is_found_from_inside(project: Project) -> None:
    assert find_project(project.notebooks).root == project.root


@pytest.mark.skipif(os.name == "nt", reason="not everybody may make a link there")
def test_a_project_keeps_the_name_that_it_is_reached_by(project: Project, tmp_path: Path) -> None:
    """As K: on Windows, behind which there is a server, whose name programs read as an address on the web."""
    drive = tmp_path / "drev"
    drive.symlink_to(project.root, target_is_directory=True)
    found = find_project(drive / "params" / ".." / "data")
    assert found.root == drive
    for one, other in ((found, project), (project, found), (found, found)):
        assert one.name(other.data / "status.csv") == "data/status.csv"
        with pytest.raises(BuildError, match="mappen er til det, notatet bliver lavet af"):
            require_writable(other.data / "ny", one)


def test_a_file_of_nothing_but_faults_is_answered_at_once(copied: Project) -> None:
    """The nearest value is looked for where somebody reads it, and a file with a thousand faults is none of ours."""
    path = copied.data / "status.csv"
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"2026,BUFF{n},loentilskudd,x,-1,wholes,\n" for n in range(100_000))
    begun = time.process_time()
    with pytest.raises(InputError) as caught:
        read_data(copied)
    assert time.process_time() - begun < 10
    assert 1_000 < len(caught.value.problems) < 1_020
    assert "der er så mange fejl, at resten af filen ikke er læst" in str(caught.value.problems[-1])


def test_a_scheme_or_target_group_without_rows_is_one_line(copied: Project) -> None:
    for file, key in (("status.csv", ",smaajob,"), ("targets.csv", ",fleksjob,")):
        path = copied.data / file
        rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [row for row in rows if not (row.startswith("2025,") and key in row and "TMF" not in row)]
        path.write_text("".join(kept), encoding="utf-8", newline="\n")
    row = "rækkerne med {} mangler for KK, BIF, BUF, KFF, SOF, SUF og ØKF; forventede 2025,KK,{},…"
    assert problems(copied) == [
        f"data/status.csv: {row.format('småjob under det sociale frikort', 'smaajob')}",
        f"data/targets.csv: {row.format('måltallet for fleksjob', 'fleksjob')} (tom, hvis der ikke er et måltal)",
    ]
