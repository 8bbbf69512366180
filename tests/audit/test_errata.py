"""The declared contradictions: a strict file, and what becomes of an entry that the data no longer bear out."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from aarsstatus.audit import AuditRow
from aarsstatus.audit.errata import Erratum, judge, read_errata, summary, with_causes
from aarsstatus.problems import InputError
from aarsstatus.project import Project

ROOT = Path(__file__).parents[2]

ENTRY = """\
  - source: notat-2031
    place: tabel 3, samlet status
    id: 2031.BIF.placements.joint_status
    printed: "61"
    follows: 30 + 32 = 62
    cause: Formentlig en tastefejl.
    expect: "62"
"""


def row(verdict: str = "contradicted", **changes: object) -> AuditRow:
    """A row of an audit that the entry above declares."""
    found = AuditRow(
        source="notat-2031",
        place="tabel 3, samlet status",
        id="2031.BIF.placements.joint_status",
        printed="61",
        recomputed="62",
        lower=Fraction(61),
        upper=Fraction(63),
        verdict=verdict,  # type: ignore[arg-type]
        reason="30 + 32 = 62, men der står 61.",
        rule="sum",
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def read(tmp_path: Path, text: str) -> tuple[Erratum, ...]:
    path = tmp_path / "data" / "errata.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return read_errata(Project(tmp_path))


def refused(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(InputError) as error:
        read(tmp_path, text)
    return [str(problem) for problem in error.value.problems]


@pytest.fixture
def errata(tmp_path: Path) -> tuple[Erratum, ...]:
    return read(tmp_path, f"errata:\n{ENTRY}")


# The file


def test_an_entry_is_read_with_its_line(errata: tuple[Erratum, ...]) -> None:
    (erratum,) = errata
    assert (erratum.printed, erratum.expect, erratum.follows) == ("61", "62", "30 + 32 = 62")
    assert (erratum.file, erratum.line) == ("data/errata.yml", 2)


def test_an_entry_may_have_other_causes_with_what_each_explains(tmp_path: Path) -> None:
    other = "    alternatives:\n      - cause: Et tal fra TMF.\n        explains: TMF alene.\n"
    (erratum,) = read(tmp_path, f"errata:\n{ENTRY}{other}")
    assert erratum.causes == "Formentlig en tastefejl. Eller: et tal fra TMF. Det forklarer TMF alene."
    (judged,) = with_causes([row()], [erratum])
    assert judged.reason == f"{row().reason} {erratum.causes}"
    found = refused(tmp_path, f"errata:\n{ENTRY}{other.replace('explains', 'explain')}")
    assert any("errata.1.alternatives.1.explain: ukendt nøgle; mente du »explains«?" in problem for problem in found)


def test_which_of_the_two_is_likelier_is_said_with_the_reason(tmp_path: Path) -> None:
    (erratum,) = read(tmp_path, f'errata:\n{ENTRY}    likelier: "62"\n')
    (judged,) = with_causes([row()], [erratum])
    assert judged.reason == f"{row().reason} Mest sandsynligt: 62. Formentlig en tastefejl."
    (found,) = refused(tmp_path, f'errata:\n{ENTRY}    likelier: "63"\n')
    assert "errata.1.likelier: tallet er intet af de to; fandt »63«; forventede 61 eller 62" in found


def test_there_may_be_none(tmp_path: Path) -> None:
    assert read(tmp_path, "errata: []\n") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ENTRY.replace("expect:", "expects:"), "linje 8, errata.1.expects: ukendt nøgle; mente du »expect«?"),
        (ENTRY.replace("    cause: Formentlig en tastefejl.\n", ""), "linje 2, errata.1.cause: nøglen mangler"),
        (
            ENTRY.replace('"61"', "61"),
            "linje 5, errata.1.printed: værdien kan ikke bruges; fandt »61«; forventede en tekst",
        ),
        (ENTRY.replace('"62"', '""'), "linje 8, errata.1.expect: værdien kan ikke bruges"),
        (ENTRY + '    expect: "63"\n', "linje 9, errata.1.expect: nøglen står der to gange"),
        (ENTRY + ENTRY, "linje 9, errata.2: samme tal som i linje 2"),
        (ENTRY.replace("cause: ", "cause: [").replace("fejl.", "fejl."), "filen er ikke gyldig YAML"),
    ],
)
def test_what_the_file_must_not_hold_is_told_by_line(tmp_path: Path, text: str, said: str) -> None:
    assert any(said in problem for problem in refused(tmp_path, f"errata:\n{text}"))


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    text = ENTRY.replace("expect:", "expects:").replace('"61"', "61")
    assert len(refused(tmp_path, f"errata:\n{text}")) == 3  # unknown, missing, not a text


@pytest.mark.parametrize("text", ["", "- source: notat-2031\n", "erratta: []\n"])
def test_a_file_that_is_no_list_of_errata_is_refused(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, text)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="filen findes ikke"):
        read_errata(Project(tmp_path))


def test_each_entry_of_the_project_says_what_it_expects_and_why() -> None:
    for erratum in read_errata(Project(ROOT)):
        assert erratum.expect in erratum.follows, erratum.id
        assert erratum.cause.startswith("Formentlig ")
        assert erratum.cause.endswith(".")
        assert erratum.expect != erratum.printed


# Declared, undeclared, stale


def test_a_contradiction_with_its_entry_is_declared(errata: tuple[Erratum, ...]) -> None:
    findings = judge([row()], errata)
    assert findings.declared == ((row(), errata[0]),)
    assert findings.explained
    assert findings.erratum(findings.declared[0][0]) == errata[0]


def test_a_contradiction_without_an_entry_is_undeclared() -> None:
    findings = judge([row(), row("exact", place="tabel 4, samlet status")], ())
    assert findings.undeclared == (row(),)
    assert not findings.explained


@pytest.mark.parametrize(
    ("found", "why", "undeclared"),
    [
        (row("exact", recomputed="61"), "ikke længere i modstrid", False),
        (row("within_rounding"), "ikke længere i modstrid", False),
        (row(recomputed="63"), "der følger nu 63, ikke 62", True),
        (row(printed="60"), "har nu 60, ikke 61", True),
    ],
)
def test_an_entry_that_the_data_no_longer_show_is_stale(
    errata: tuple[Erratum, ...], found: AuditRow, why: str, undeclared: bool
) -> None:
    findings = judge([found], errata)
    assert not findings.explained
    (stale,) = findings.stale
    assert why in stale.why
    assert bool(findings.undeclared) == undeclared


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"id": "2031.BIF.placements.joint_statsu"}, "mente du »2031.BIF.placements.joint_status«?"),
        ({"place": "tabel 3, samlet statsu"}, "mente du »tabel 3, samlet status«?"),
        ({"source": "notat-2013"}, "mente du »notat-2031«?"),
    ],
)
def test_an_entry_about_no_number_is_stale_with_the_nearest(
    errata: tuple[Erratum, ...], change: dict[str, str], why: str
) -> None:
    findings = judge([row("exact")], [errata[0].model_copy(update=change)])
    (stale,) = findings.stale
    assert why in stale.why


def test_a_number_that_stands_twice_in_a_place_needs_to_be_wrong_once(errata: tuple[Erratum, ...]) -> None:
    findings = judge([row("exact", printed="62"), row()], errata)
    assert findings.explained


def test_the_summary_counts_every_number_once(errata: tuple[Erratum, ...]) -> None:
    rows = [
        row(),
        row("exact", id="a"),
        row("exact", id="b"),
        row("within_rounding", id="c"),
        row(id="d"),
        row("exact", source="notat-2032"),
    ]
    stale = errata[0].model_copy(update={"id": "gone", "source": "notat-2033"})
    assert summary(rows, judge(rows, (*errata, stale))) == {
        "notat-2031": {
            "printed": 5,
            "exact": 2,
            "within_rounding": 1,
            "contradicted": 2,
            "declared": 1,
            "undeclared": 1,
        },
        "notat-2032": {"printed": 1, "exact": 1},
        "notat-2033": {"stale": 1},
    }
