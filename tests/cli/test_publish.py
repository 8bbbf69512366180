"""What publishing asks to be explained, and what it writes in the parameters."""

from __future__ import annotations

import csv
import io
import re

import pytest
from commands import spoken

from aarsstatus.cli.publish import _require_explained
from aarsstatus.inputs import read_data
from aarsstatus.inputs.params import read_params
from aarsstatus.problems import InputError
from aarsstatus.project import Project
from aarsstatus.release.publishing import corrected_params, published_params


def test_targets_adopted_so_that_they_do_not_add_up_are_published_with_a_reason(
    copied: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """The council's 900 are 899 in the administrations: what has to be said is shown, less the reason."""
    errata = copied.data / "errata.yml"
    entry = re.search(
        r"(?m)  - source: notat-2025\n.*\n    id: 2025\.KK\.fleksjob\.target\n(    .*\n)+", errata.read_text("utf-8")
    )
    assert entry
    without = errata.read_text(encoding="utf-8").replace(entry[0], "")
    errata.write_text(without, encoding="utf-8", newline="\n")
    with pytest.raises(InputError, match=r"^notat-2025, tabel 1, Fleksjob, måltal: .* = 899, men der står 900\.$"):
        _require_explained(copied, 2025)
    shown = capsys.readouterr().out.partition("\n\n")[2]
    errata.write_text(f"{without}\n{shown}", encoding="utf-8", newline="\n")
    with pytest.raises(InputError, match="cause"):
        _require_explained(copied, 2025)
    errata.write_text(
        f"{without}\n{shown}".replace('cause: ""', 'cause: "Vedtaget sådan."'), encoding="utf-8", newline="\n"
    )
    _require_explained(copied, 2025)
    errata.write_text(
        errata.read_text("utf-8").replace('expect: "899"', 'expect: "909"'), encoding="utf-8", newline="\n"
    )
    with pytest.raises(InputError, match=r"data/errata.yml, linje \d+: forklaringen passer ikke længere"):
        _require_explained(copied, 2025)


def as_published(project: Project) -> None:
    """Make the year 2025 one that `publish` published."""
    path = project.params / "2025.yml"
    text = path.read_text(encoding="utf-8").replace("notat: notat-2025", "notat: notat-2025\npublished: 2026-03-12")
    path.write_text(text, encoding="utf-8", newline="\n")


@pytest.mark.parametrize(
    ("day", "reason", "said"),
    [
        ("24-03-2026", "", "--correct: årsagen kan ikke bruges; fandt »«; forventede hvorfor der rettes"),
        ("24-03-2026", "  ", "forventede hvorfor der rettes"),
        ("24-03-2026", "=1+1", "forventede en tekst, der ikke begynder med ="),
        ("24-03-2026", "x" * 301, "forventede højst 300 tegn"),
        (
            "11-03-2026",
            "Et måltal",
            "--date: datoen er før det notat, der rettes; fandt »2026-03-11«; forventede 2026-03-12",
        ),
    ],
)
def test_a_correction_that_cannot_be_declared_changes_nothing(
    copied: Project, day: str, reason: str, said: str
) -> None:
    as_published(copied)
    files = [copied.params / "2025.yml", copied.data / "published.csv"]
    before = [path.read_bytes() for path in files]
    status, told = spoken(["publish", "2025", "--date", day, "--correct", reason], copied.root)
    assert (status, said in told) == (2, True), told
    assert [path.read_bytes() for path in files] == before


def test_a_correction_sets_aside_rows_however_they_were_saved(copied: Project) -> None:
    as_published(copied)
    path = copied.data / "published.csv"
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    saved = io.StringIO()
    csv.writer(saved, delimiter=";", quoting=csv.QUOTE_ALL).writerows(row[::-1] for row in rows)
    path.write_bytes(saved.getvalue().encode("utf-8-sig"))
    assert spoken(["publish", "2025", "--date", "24-03-2026", "--correct", "Et måltal"], copied.root)[0] == 0
    data = read_data(copied)
    assert {row.notat for row in data.printed} == {"notat-2021"}
    assert len(data.replaced) == sum(row[0] == "notat-2025" for row in rows)


def test_lines_of_the_parameters_are_kept(project: Project) -> None:
    text = (project.params / "2025.yml").read_text(encoding="utf-8").replace("notat: notat-2025", "notat: null  # nej")
    params = read_params(project, 2025)
    day = params.document.date
    assert day is not None
    published = published_params(text, "2025.yml", "notat-2025", day).decode()
    assert published.replace("published: 2026-03-11", "").split() == text.replace("null", "notat-2025").split()
    for one in ("først", "så"):
        published = corrected_params(published, "2025.yml", params, one, day).decode()
        params = params.model_copy(update={"corrections": [1]})
        assert "published:" not in published
    assert published.index("så") < published.index("først")
