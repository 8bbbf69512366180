"""What may change in an organisation, each kind through every command, in a made-up city that has all of them."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from commands import spoken
from conftest import copy_project
from test_other_city import shown, write

from aarsstatus.figures.table import build_figures
from aarsstatus.inputs import read_data, read_year
from aarsstatus.inputs.schema import WARNINGS
from aarsstatus.project import Project

pytestmark = pytest.mark.usefixtures("forked_programs")
YEAR = 2031
ADMINISTRATIONS, SCHEMES, GROUPS = "administrations.csv", "schemes.csv", "groups.csv"


@dataclass(frozen=True)
class Change:
    """What somebody writes in a file, and what the notat says of it and must not say."""

    file: str
    old: str
    new: str
    says: Sequence[str]
    never: Sequence[str] = ()


@dataclass(frozen=True)
class Kind:
    """Changes that are made together, and what the year then has."""

    changes: Mapping[str, Change] = field(default_factory=dict)
    codes: Sequence[str] = ("BSK", "SOC", "TEK", "DIR", "KUL", "MIL")
    schemes: Sequence[str] = ("praktik", "mentorforloeb", "stoetteforloeb", "hjaelp", "skaanejob")
    groups: Sequence[str] = ("forloeb", "hjaelp", "skaanejob")


APART = "er tallene ikke holdt op mod året før"
BASE = Kind()
KINDS = {
    "nothing": BASE,
    "administrations and groups": Kind({
        "new": Change(ADMINISTRATIONS, "", "KLI,Klima og By,2031,,,,\n", ["Klima og By (KLI) er ny fra 2031."], ["KLI i 2030", "ikke ført på en"]),
        "closed": Change(
            ADMINISTRATIONS, "KUL,Kultur,2029,,", "KUL,Kultur,2029,2030,",
            ["Kultur (KUL) blev nedlagt med udgangen af 2030."], ["KUL i 2030", "Kultur for 2031"],
        ),
        "renamed": Change(
            ADMINISTRATIONS, "MIL,Miljø,2029,,,,\n", "MIL,Miljø,2029,2030,,,\nMIL,Miljø og Vand,2031,,,,\n",
            ["Miljø og Vand (MIL) hed til og med 2030 Miljø.", "MIL i 2030"],
        ),
        "merged": Change(
            ADMINISTRATIONS,
            "SOC,Social og Sundhed,2029,,,,\nTEK,Teknik og Natur,2029,,,,\n",
            "SOC,Social og Sundhed,2029,2030,VEL,,\nTEK,Teknik og Natur,2029,2030,VEL,,\nVEL,Velfærd,2031,,,,\n",
            ["Social og Sundhed (SOC) og Teknik og Natur (TEK) blev fra 2031 lagt sammen til Velfærd (VEL).", APART],
            ["VEL i 2030", "SOC i 2030"],
        ),
        "split": Change(
            ADMINISTRATIONS, "BSK,Børn og Skole,2029,,,,\n",
            "BSK,Børn og Skole,2029,2030,BSK SKO,,\nBSK,Børn,2031,,,,\nSKO,Skole,2031,,,,\n",
            ["Børn og Skole (BSK) blev fra 2031 delt i Børn (BSK) og Skole (SKO)."],
            ["BSK i 2030", "SKO i 2030"],
        ),
        "new target group": Change(
            GROUPS, "", "seniorjob,seniorordninger,Forløb i seniorordninger,#3b7f5b,circle\n",
            ["seniorhjælp og seniorvagt, her under ét kaldt seniorordninger", "Forløb i seniorordninger",
             "måltallet for seniorordninger"],
        ),
        "two schemes in one group": Change(
            SCHEMES, "",
            "seniorhjaelp,seniorjob,days,2031,,seniorhjælp,Seniorhjælp (helårspersoner),,,,\n"
            "seniorvagt,seniorjob,days,2031,,seniorvagt,Seniorvagt (helårspersoner),,,,\n"
            "ekstrajob,hjaelp,days,2031,,ekstrajob,Ekstrajob (helårspersoner),,,,\n",
            ["hjælp og ekstrajob, her under ét kaldt hjælp", "seniorhjælp, seniorvagt og ekstrajob er kommet til", "hjælp og ekstrajob, her under ét kaldt hjælp, ét"],
        ),
    }, codes=("BSK", "SKO", "VEL", "DIR", "MIL", "KLI"), schemes=(*BASE.schemes, "seniorhjaelp", "seniorvagt", "ekstrajob"),
       groups=(*BASE.groups, "seniorjob")),
    "schemes": Kind({
        "new": Change(
            SCHEMES, "", "vagtjob,skaanejob,headcount,2031,,vagtjob,Vagtjob (antal ansatte),,,,\n",
            ["vagtjob og sprogjob er kommet til", "I 2030 var status 28 ansatte for skånejob. Tallene dækker ikke de samme ordninger"],
        ),
        "ended": Change(SCHEMES, "mentorforloeb,forloeb,days,2029,,", "mentorforloeb,forloeb,days,2029,2030,",
                        ["mentorforløb er udgået"], ["Mentorforløb (helårspersoner) Status"]),
        "renamed": Change(
            SCHEMES, "2029,,praktik,Praktik (helårspersoner),Praktik på museet tæller ikke med.,,,\n",
            "2029,2030,praktik,Praktik (helårspersoner),Praktik på museet tæller ikke med.,,,proevejob\n"
            "proevejob,forloeb,days,2031,,prøvejob,Prøvejob (helårspersoner),,,,\n",
            ["Prøvejob hed til og med 2030 praktik."], ["prøvejob er kommet til", "praktik er udgået", "I 2030 var det"],
        ),
        "begun mid-year": Change(
            SCHEMES, "", "sprogjob,forloeb,days,2031,,sprogjob,Sprogjob (helårspersoner),,2031-07-01,,\n",
            ["Sprogjob begyndte den 1. juli 2031. Helårspersonerne er regnet ud fra hele 2031.", "Tallene dækker ikke de samme ordninger"],
        ),
        "ended mid-year": Change(
            SCHEMES, "hjaelp,hjaelp,days,2029,,hjælp,Hjælp (helårspersoner),,,,",
            "hjaelp,hjaelp,days,2029,2031,hjælp,Hjælp (helårspersoner),,,2031-06-30,",
            ["Hjælp ophørte den 30. juni 2031. Helårspersonerne", "hjælp ophørte den 30. juni 2031. Den samlede",
             "Tallene dækker ikke lige meget af de to år, så de viser ikke en udvikling"],
        ),
    }, schemes=("proevejob", "stoetteforloeb", "sprogjob", "hjaelp", "skaanejob", "vagtjob")),
}  # fmt: skip
"""What is changed in the city of `test_other_city`, by data alone."""
PARTS = {"sprogjob": ("01-07-2031", "31-12-2031"), "hjaelp": ("01-01-2031", "30-06-2031")}
"""When there are spells of a scheme that began or ended within the year; `hjaelp` does in one kind alone."""


def replace_in(path: Path, old: str, new: str) -> None:
    """Replace a text that is there; an empty one stands for the end of the file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new) if old else text + new, encoding="utf-8", newline="\n")


def extract(kind: Kind) -> str:
    """Return an extract with spells of the whole time that each scheme existed, for every administration."""
    rows = ["Forvaltning;Jobordning;Startdato;Slutdato;CPR-nr."]
    for place, key in enumerate(kind.schemes):
        begins, ends = PARTS.get(key, (f"01-01-{YEAR}", f"31-12-{YEAR}"))
        for number, code in enumerate(kind.codes):
            persons = range(12 - 2 * place + number)
            rows += [f"{code};{key};{begins};{ends};{10 + one:02}{1 + number:02}{50 + place}-0000" for one in persons]
    return "\n".join(rows) + "\n"


def widen(project: Project) -> None:
    """Give the other city two departments, a scheme and a group more, like those that it has, and all columns."""
    write(project)
    path = project.data / SCHEMES
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    rows.insert(2, "stoetteforloeb,forloeb,days,2029,,støtteforløb,Støtteforløb (helårspersoner),")
    rows.insert(3, "hjaelp,hjaelp,days,2029,,hjælp,Hjælp (helårspersoner),")
    text = "\n".join([f"{header},first_day,last_day,successor", *(f"{row},,," for row in rows), ""])
    path.write_text(text, encoding="utf-8", newline="\n")
    replace_in(project.data / ADMINISTRATIONS, "", "KUL,Kultur,2029,,,,\nMIL,Miljø,2029,,,,\n")
    replace_in(project.data / GROUPS, "skaanejob,", "hjaelp,hjælp,,#006b5a,square\nskaanejob,")
    for old, new in (("forloeb, skaanejob]\ntarget", "forloeb, hjaelp, skaanejob]\ntarget"),
                     ("target_groups: [forloeb", "target_groups: [forloeb, hjaelp"),
                     ("mentorforloeb, skaanejob]", "mentorforloeb, stoetteforloeb, hjaelp, skaanejob]")):  # fmt: skip
        replace_in(project.params / "2030.yml", old, new)
    for file, like in (
        ("status.csv", {"mentorforloeb": ("stoetteforloeb", "hjaelp")}),
        ("targets.csv", {"forloeb": ("hjaelp",)}),
    ):
        path = project.data / file
        rows = path.read_text(encoding="utf-8").splitlines()
        rows += [row.replace(",TEK,", f",{code},") for row in rows if ",TEK," in row for code in ("KUL", "MIL")]
        rows += [row.replace(f",{key},", f",{other},") for key, more in like.items() for row in rows
                 if f",{key}," in row for other in more]  # fmt: skip
        path.write_text("\n".join(map(summed(rows), rows)) + "\n", encoding="utf-8", newline="\n")


def summed(rows: Sequence[str]) -> Callable[[str], str]:
    """Return what gives the whole city's row the sums of the others."""

    def row_of(row: str) -> str:
        year, code, key, *cells = row.split(",")
        if code != "KK":
            return row
        others = [one.split(",")[3:] for one in rows if re.match(rf"{year},(?!KK)\w+,{key},", one)]
        return ",".join([year, code, key, *(_sum([one[at] for one in others]) for at in range(len(cells)))])

    return row_of


def _sum(cells: Sequence[str]) -> str:
    """Return the sum of some cells; what they all say where they are texts."""
    return str(sum(map(int, cells))) if cells[0].isdigit() else cells[0]


@dataclass(frozen=True)
class Walked:
    """What each command said, its exit status first, and the project after them all."""

    kind: Kind
    project: Project
    output: Path
    told: dict[str, tuple[int, str]]
    asked: set[tuple[str, str]]
    page: str


Walk = Callable[[str], Walked]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """Return what walks through the commands with a kind of change, once each."""
    done: dict[str, Walked] = {}

    def once(kind: str) -> Walked:
        if kind not in done:
            done[kind] = walked(kind, tmp_path_factory.mktemp("ændret"), done.get("nothing"))
        return done[kind]

    return once


def walked(name: str, folder: Path, before: Walked | None) -> Walked:
    """Make some changes, and walk through the commands as an analyst does."""
    kind, project = KINDS[name], copy_project(folder / "projekt")
    widen(project)
    for change in kind.changes.values():
        replace_in(project.data / change.file, change.old, change.new)
    told: dict[str, tuple[int, str]] = {}

    def say(*words: str) -> None:
        status, text = spoken(words, project.root)
        assert "Traceback" not in text
        told.setdefault(words[0], (status, text))

    say("new", str(YEAR))
    asked = fill(project)
    (project.root / "2032-01-12.csv").write_text(extract(kind), encoding="utf-8")
    say("ingest", str(YEAR), "2032-01-12.csv")
    answer(project)
    say("check", str(YEAR))
    say("build", str(YEAR), "--formats", "html", "--engine", "embedded", "--quiet")
    page = shown(project.output / str(YEAR) / "notat.html")
    if before is not None:  # it is there to be compared with
        say("diff", str(before.output / str(YEAR)), str(YEAR))
        say("publish", str(YEAR), "--date", "01-03-2032")
        say("verify", str(YEAR))
    return Walked(kind, project, project.output, told, asked, page)


def fill(project: Project) -> set[tuple[str, str]]:
    """Fill in what `new` asks for; return the administrations and groups whose target it asks for."""
    path = project.params / f"{YEAR}.yml"
    text = re.sub(r"(?m)^(.*date:) null", rf"\g<1> {YEAR + 1}-02-20", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8", newline="\n")
    targets = project.data / "targets.csv"
    rows = list(csv.DictReader(targets.read_text(encoding="utf-8").splitlines()))
    open_ = [row for row in rows if row["year"] == str(YEAR)]
    for row in open_:
        others = sum(one["group"] == row["group"] for one in open_) - 1
        row["target"], row["source"] = str(6 * (others if row["administration"] == "KK" else 1)), "BY 12-12-2030"
    with targets.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return {(row["administration"], row["group"]) for row in open_}


def answer(project: Project) -> None:
    """Answer what `ingest` asks about."""
    path = project.data / "warnings.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(WARNINGS.header), lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "svar": "set efter"} for row in rows)


@pytest.fixture(params=[name for name in KINDS if name != "nothing"])
def done(request: pytest.FixtureRequest, walk: Walk) -> Walked:
    """Each kind of change, after all commands."""
    walk("nothing")
    return walk(request.param)


def test_new_asks_for_what_the_year_has(done: Walked) -> None:
    kind = done.kind
    assert done.asked == {(code, group) for code in ("KK", *kind.codes) for group in kind.groups}
    params, _ = read_year(done.project, YEAR)
    assert (set(params.schemes), params.target_groups) == (set(kind.schemes), list(kind.groups))


def test_every_command_does_its_work(done: Walked) -> None:
    statuses = {name: status for name, (status, _) in done.told.items()}
    expected = {"new": 0, "ingest": statuses["ingest"], "check": 0, "build": 0, "diff": 1, "publish": 0, "verify": 0}
    assert statuses == expected, done.told
    assert statuses["ingest"] in {0, 1}, "it may have something to look at"


def test_ingest_counts_what_there_is(done: Walked) -> None:
    counted = {(code, key) for when, code, key in read_data(done.project).statuses if when == YEAR}
    assert counted == {(code, key) for code in ("KK", *done.kind.codes) for key in done.kind.schemes}


@pytest.mark.parametrize(("kind", "change"), [(kind, one) for kind in KINDS for one in KINDS[kind].changes])
def test_the_notat_says_it_and_compares_nothing_falsely(walk: Walk, kind: str, change: str) -> None:
    walk("nothing")
    page, wanted = walk(kind).page, KINDS[kind].changes[change]
    assert [one for one in wanted.says if one not in page] == []
    assert [one for one in wanted.never if one in page] == []
    assert wanted.says[0] not in walk("nothing").page, "it is not said of a year like the last"


def test_diff_names_the_files_that_were_changed(done: Walked) -> None:
    for file in {f"data/{change.file}" for change in done.kind.changes.values()}:
        assert file in done.told["diff"][1]


def test_no_earlier_year_is_touched(done: Walked, walk: Walk) -> None:
    """No number is another for the change; that the year's own notat prints some of them again says so of them."""
    was, now = (replace(read_data(one.project), printed=()) for one in (walk("nothing"), done))
    assert build_figures(now, YEAR - 1).to_csv() == build_figures(was, YEAR - 1).to_csv()
    assert spoken(["check", str(YEAR - 1)], done.project.root)[0] == 0
