"""What changed between two builds, and why: one change of each kind, alone and together, each found by trying it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from lxml import html

from aarsstatus import audit, danish
from aarsstatus.audit import quality
from aarsstatus.diff import Diff, diff, words
from aarsstatus.diff.changes import LEVELS, compare
from aarsstatus.diff.page import (
    COMPARISON,
    QUALITY,
    comparison_page,
    opening,
    opening_of,
    with_opening,
    without_opening,
    write_comparison,
)
from aarsstatus.diff.recompute import Answer, Variant, recompute
from aarsstatus.diff.steps import as_read, blend, steps
from aarsstatus.diff.words import lines, summary
from aarsstatus.figures import DERIVED, Mode
from aarsstatus.figures.collection import Figures
from aarsstatus.figures.table import build_figures
from aarsstatus.inputs import read_data, read_year
from aarsstatus.project import Project
from aarsstatus.release import manifest
from aarsstatus.release.archive import input_files
from aarsstatus.release.reading import Finished, from_files
from aarsstatus.render.page import breakable

pytestmark = pytest.mark.usefixtures("forked_programs", "computed_once")
YEAR = 2025
STATUS = "data/status.csv"
PARAMS = f"params/{YEAR}.yml"
FORMULAS = "aarsstatus/attainment.py"
CITY = f"{YEAR}.KK.placements.attainment"
TOTAL = f"{YEAR}.KK.total.weighted_attainment"


Edit = Callable[[dict[str, bytes]], None]


def swap(name: str, old: str, new: str) -> Edit:
    """Return an edit of one input."""

    def edit(files: dict[str, bytes]) -> None:
        text = files[name].decode()
        assert text.count(old) == 1, (name, old)
        files[name] = text.replace(old, new).encode()

    return edit


ROW = swap(STATUS, "2025,KK,loentilskud,93,", "2025,KK,loentilskud,293,")
OTHER_ROW = swap(STATUS, "2025,KK,fleksjob,1048,", "2025,KK,fleksjob,948,")
PARAMETER = swap(PARAMS, "notat: notat-2025", "notat: null")
FORMULA = swap(
    FORMULAS,
    "return status * (1 / Fraction(target)) if target else None",
    "return status * (1 / Fraction(2 * target)) if target else None",
)
COMMENT = swap(FORMULAS, "# full time in Denmark", "# full time, in Denmark")
IDLE = swap(PARAMS, "Kontor for HR og Tilsyn\n  administration", "Kontor for HR\n  administration")


def test_a_published_build_is_read_as_publish_kept_it() -> None:
    """What stands in ``data/`` later has no part in it, unless it was built to show recomputed figures."""
    inputs = {"data/status.csv": b"now", "data/notat-2025/status.csv": b"then", "data/errata.yml": b"same"}
    for mode, status in (("published", b"then"), ("recomputed", b"now")):
        described = {
            "manifest": manifest.VERSION, "year": YEAR, "python": "3.11.7", "packages": {}, "outputs": {},
            "options": {"compare": None, "figures": mode, "formats": ["html"]}, "inputs": {},
            "engine": {"name": "embedded"},
        }  # fmt: skip
        build = Finished("en", manifest.Manifest.model_validate_json(json.dumps(described)), {}, inputs, Figures([]))
        assert as_read(build).inputs["data/status.csv"] == status
        assert as_read(build).inputs["data/errata.yml"] == b"same"


@pytest.fixture(scope="module")
def computed_once() -> Iterator[None]:
    """Let the same program compute the same inputs once: nearly every test begins with the same build."""
    known: dict[object, Answer] = {}

    def asked(one: Variant, verdicts: bool) -> object:
        code = None if one.code is None else tuple(sorted(one.code.items()))
        return code, tuple(sorted(one.files.items())), json.dumps(dict(one.options), sort_keys=True), verdicts

    def remembered(variants: Sequence[Variant], verdicts: bool) -> list[Answer]:
        new = {key: one for one in variants if (key := asked(one, verdicts)) not in known}
        known.update(zip(new, recompute(list(new.values()), verdicts), strict=True))
        return [known[asked(one, verdicts)] for one in variants]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("aarsstatus.diff.causes.recompute", remembered)
        yield


class Builder:
    """Makes builds as `build` leaves them, without rendering: inputs, figures by their own program, manifest."""

    def __init__(self, project: Project) -> None:
        files = input_files(project, YEAR)
        self.inputs = {name: path.read_bytes() for name, path in files.items()}
        self.project = project
        self.made: dict[tuple[tuple[Edit, ...], str], str] = {}

    def build(
        self, name: str, *edits: Edit, packages: Mapping[str, str] | None = None, mode: str = "recomputed"
    ) -> Finished:
        inputs = dict(self.inputs)
        for edit in edits:
            edit(inputs)
        options = {"compare": None, "figures": mode, "formats": ["html"]}
        if (edits, mode) not in self.made:
            code = {path: content for path, content in inputs.items() if path.startswith("aarsstatus/")}
            answer = recompute([Variant(code, inputs, {**options, "year": YEAR})], True)[0]
            assert answer.figures is not None, answer.problem
            self.made[edits, mode] = answer.figures.to_csv()
        return self.finished(name, inputs, self.made[edits, mode], options, packages or {"pandas": "2.2.0"})

    def finished(
        self,
        name: str,
        inputs: Mapping[str, bytes],
        figures: str,
        options: manifest.Asked | Mapping[str, object],
        packages: Mapping[str, str],
    ) -> Finished:
        described = {
            "manifest": manifest.VERSION, "year": YEAR, "options": dict(options), "python": "3.11.7",
            "engine": {"name": "embedded", "version": "pandoc 3"}, "packages": dict(packages),
            "inputs": {path: manifest.digest(content) for path, content in inputs.items()},
            "outputs": {"figures.csv": manifest.digest(figures.encode())},
        }  # fmt: skip
        outputs = {"manifest.json": json.dumps(described).encode(), "figures.csv": figures.encode()}
        return from_files(outputs, inputs, name)


@pytest.fixture(scope="module")
def builder(project: Project) -> Builder:
    return Builder(project)


@pytest.fixture(scope="module")
def base(builder: Builder) -> Finished:
    return builder.build("før")


def tried(old: Finished, new: Finished) -> Diff:
    """Compare with leave to run the builds' own programs."""
    return diff(old, new, run_old=True)


def kinds(found: Diff, id_: str) -> list[str]:
    return [cause.kind for cause in found.causes[id_]]


def test_the_same_inputs_are_no_difference(base: Finished, builder: Builder) -> None:
    found = tried(base, builder.build("nu"))
    assert found.nothing
    assert list(lines(found))[1] == "De to udgaver er ens: samme grundlag, samme tal."


def test_a_data_row_is_found(base: Finished, builder: Builder) -> None:
    new = builder.build("nu", ROW, IDLE)
    found = tried(base, new)
    changed = {change.id for change in found.changes}
    # What differs is the row's own figure and all that follows from it, and each change has that one cause.
    row = f"{YEAR}.KK.placements.loentilskud.status"
    assert {row, CITY, TOTAL} <= changed
    named = {change.id: words.name(change) for change in found.changes}
    assert (named[row], named[TOTAL]) == (
        "KK, løntilskud, status, 2025",
        "KK, alle ordninger, samlet målopfyldelse, 2025",
    )
    for id_, causes in found.causes.items():
        assert [(cause.kind, cause.place, cause.text) for cause in causes] == [
            ("data", f"{STATUS}, 2025 KK loentilskud", "status 93 → 293")
        ], id_
        assert causes[0].alone == new.figures[id_].shown
    assert [(step.kind, step.place) for step in found.idle] == [("parameter", f"{PARAMS}, office.name")]


def test_a_parameter_is_found(builder: Builder) -> None:
    old, new = (builder.build(name, *edits, mode="published") for name, edits in (("før", []), ("nu", [PARAMETER])))
    found = tried(old, new)
    assert found.changes, "a year that was not published any longer shows its own figures"
    for id_ in found.causes:
        assert kinds(found, id_) == ["parameter"]
        assert found.causes[id_][0].place == f"{PARAMS}, notat"


def test_a_recalled_notat_is_said_as_it_is(builder: Builder) -> None:
    """What is wrong with a half-recalled notat, which nobody has, is not told as if it were wrong with hers."""

    def recall(files: dict[str, bytes]) -> None:
        PARAMETER(files)
        name = "data/published.csv"
        files[name] = files[name].replace(b"\nnotat-2025,", b"\nnotat-2025-erstattet-1,")

    issue = swap(PARAMS, "notat: notat-2025", "notat: notat-2025\npublished: 2026-03-11")
    found = tried(builder.build("før", issue, mode="published"), builder.build("nu", recall, mode="published"))
    assert found.changes
    (said,) = (line for line in lines(found) if f"{PARAMS}, notat" in line)
    assert said == f"  {PARAMS}, notat: er ikke prøvet alene, for ændringen hører sammen med andre"


def test_an_option_is_found(base: Finished, builder: Builder) -> None:
    found = tried(base, builder.build("nu", mode="published"))
    assert found.changes
    assert {kind for id_ in found.causes for kind in kinds(found, id_)} == {"option"}


def test_a_formula_is_found(base: Finished, builder: Builder) -> None:
    found = tried(base, builder.build("nu", FORMULA))
    measures = {change.figure.measure for change in found.changes}
    assert measures - DERIVED == {"attainment", "weighted_attainment"}
    assert "contribution" in measures, "what follows from an attainment moves with it"
    for causes in found.causes.values():
        assert [(cause.kind, cause.place, cause.text) for cause in causes] == [("code", FORMULAS, "attainment")]


def test_a_comment_is_no_cause(base: Finished, builder: Builder) -> None:
    found = tried(base, builder.build("nu", COMMENT, ROW))
    assert {kind for id_ in found.causes for kind in kinds(found, id_)} == {"data"}


def drift(build: Finished, builder: Builder, packages: Mapping[str, str], *, vouched: bool = True) -> Finished:
    """Return a build with one figure that its inputs do not give here: as if another package had made it so."""
    figure = build.figures[TOTAL]
    assert figure.value is not None
    other = replace(figure, value=figure.value + 1, shown="1 pct.")
    figures = Figures([other if one.id == TOTAL else one for one in build.figures.values()]).to_csv()
    made = builder.finished(build.name, build.inputs, figures, build.manifest.options, packages)
    if vouched:
        return made
    outputs = {**made.outputs, "manifest.json": build.outputs["manifest.json"]}
    return from_files(outputs, build.inputs, build.name)


def test_a_package_is_found_by_exclusion(base: Finished, builder: Builder) -> None:
    found = tried(base, drift(base, builder, {"pandas": "3.0.0"}))
    assert [change.id for change in found.changes] == [TOTAL]
    (cause,) = found.causes[TOTAL]
    assert cause.kind == "environment"
    assert "pandas: 2.2.0 → 3.0.0" in cause.text


def test_figures_edited_by_hand_are_no_package(base: Finished, builder: Builder) -> None:
    found = tried(base, drift(base, builder, {"pandas": "2.2.0"}, vouched=False))
    assert kinds(found, TOTAL) == ["edited"]
    assert found.altered == {"før": ["figures.csv"]}


def test_all_together_are_told_apart(base: Finished, builder: Builder) -> None:
    """A row, another row, a parameter, a formula and a package at once: each figure gets its own causes."""
    new = drift(builder.build("nu", ROW, OTHER_ROW, IDLE, FORMULA), builder, {"pandas": "3.0.0"})
    found = tried(base, new)
    expected = {
        f"{YEAR}.KK.placements.loentilskud.status": ["data"],
        f"{YEAR}.KK.fleksjob.status": ["data"],
        CITY: ["data", "code"],
        f"{YEAR}.BUF.placements.attainment": ["code"],
        TOTAL: ["data", "data", "code", "environment"],
    }
    for id_, wanted in expected.items():
        assert kinds(found, id_) == wanted, id_
    places = [cause.place for cause in found.causes[TOTAL]]
    assert places[:3] == [f"{STATUS}, 2025 KK loentilskud", f"{STATUS}, 2025 KK fleksjob", FORMULAS]
    # Alone, the row comes to what a build with only that row has.
    assert found.causes[CITY][0].alone == builder.build("kun rækken", ROW).figures[CITY].shown
    assert found.causes[CITY][1].alone == builder.build("kun formlen", FORMULA).figures[CITY].shown


def test_changes_that_hide_each_other_are_both_found(base: Finished, builder: Builder) -> None:
    """One row up and another down by as much: the sum stands still, its formula does not."""
    down = swap(STATUS, "2025,KK,virksomhedspraktik,503,", "2025,KK,virksomhedspraktik,303,")
    found = tried(base, builder.build("nu", ROW, down))
    (change,) = [change for change in found.changes if change.id == f"{YEAR}.KK.placements.joint_status"]
    assert change.size == 0
    assert kinds(found, change.id) == ["data", "data"]


def test_what_cannot_be_tried_alone_is_tried_together(base: Finished, builder: Builder) -> None:
    """A jobordning needs its name, its rows, its parameter and its number at once."""

    def add_scheme(files: dict[str, bytes]) -> None:
        codes = [line.split(",")[1] for line in files[STATUS].decode().splitlines() if line.startswith("2025,")]
        rows = "".join(f"2025,{code},ny,5,9,whole,prøve\n" for code in dict.fromkeys(codes))
        files[STATUS] += rows.encode()
        files["data/schemes.csv"] += b"ny,placements,days,2025,,ny ordning,Ny ordning,,,,\n"
        swap(PARAMS, "smaajob, fleksjob, fritidsjob]", "smaajob, ny, fleksjob, fritidsjob]")(files)

    found = tried(base, builder.build("nu", add_scheme, OTHER_ROW))
    assert found.changes[0].level is LEVELS[0]
    assert kinds(found, CITY) == ["together"]
    assert "ny" in found.causes[CITY][0].text
    assert kinds(found, f"{YEAR}.KK.fleksjob.status") == ["data"]
    assert kinds(found, TOTAL) == ["data", "together"]


def test_a_program_that_cannot_run_is_found_by_exclusion(base: Finished, builder: Builder) -> None:
    broken = dict(base.inputs) | {"aarsstatus/diff/recompute.py": b"raise SystemExit(3)\n"}
    wrong = builder.build("x", FORMULA).figures.to_csv()
    old = builder.finished("gammel", broken, wrong, base.manifest.options, base.manifest.packages)
    found = tried(old, base)
    assert kinds(found, CITY) == ["code"]
    assert "udelukkelse" in found.causes[CITY][0].text


MARK = "import pathlib; pathlib.Path({0!r}).touch()\n"


def test_a_program_in_a_build_is_not_run_unasked(base: Finished, builder: Builder, tmp_path: Path) -> None:
    """Whatever its hashes say; data and parameters are told all the same, and the program by exclusion."""
    new = builder.build("nu", ROW, FORMULA)
    marked = dict(new.inputs)
    for name in [name for name in marked if name.startswith("aarsstatus/") and name.endswith(".py")]:
        marked[name] = MARK.format(str(tmp_path / "kørt")).encode() + marked[name]
    other = builder.finished("fremmed", marked, new.figures.to_csv(), new.manifest.options, base.manifest.packages)
    assert not other.altered()
    found = diff(base, other)
    assert not (tmp_path / "kørt").exists()
    row = f"{YEAR}.KK.placements.loentilskud.status"
    assert kinds(found, row) == ["data"]
    assert kinds(found, CITY) == ["data", "code"]
    assert kinds(found, f"{YEAR}.BUF.placements.attainment") == ["code"]
    assert "ikke kørt (ved udelukkelse)" in found.causes[CITY][1].text
    assert found.causes[row][0].alone == builder.build("kun rækken", ROW).figures[row].shown
    assert any("er ikke kørt" in line for line in lines(found))
    assert not any(step.kind == "code" for step in found.idle), "nobody knows what it moves"


def test_two_builds_of_another_program_are_told_apart_by_their_data(base: Finished, builder: Builder) -> None:
    inputs = dict(builder.build("nu", ROW).inputs) | {"aarsstatus/ny.py": b""}
    older = {**base.inputs, "aarsstatus/ny.py": b""}
    old = builder.finished("før", older, base.figures.to_csv(), base.manifest.options, base.manifest.packages)
    new = builder.finished(
        "nu", inputs, builder.build("nu", ROW).figures.to_csv(), base.manifest.options, base.manifest.packages
    )
    found = diff(old, new)
    assert {kind for id_ in found.causes for kind in kinds(found, id_)} == {"data"}


def test_without_kept_inputs_nothing_is_guessed(base: Finished, builder: Builder) -> None:
    new = builder.build("nu", ROW)
    found = tried(from_files(base.outputs, {}, "før"), new)
    assert kinds(found, CITY) == ["unknown"]


# -- comparing and ranking ------------------------------------------------------------------------------------


def test_what_matters_most_comes_first(project: Project, base: Finished) -> None:
    figures = dict(base.figures)

    def altered(id_: str, **values: object) -> None:
        figures[id_] = replace(figures[id_], **values)  # type: ignore[arg-type]

    value = figures[f"{YEAR}.BUF.fleksjob.attainment"].value
    assert value is not None
    del figures[f"{YEAR}.BUF.placements.target"]
    altered(f"{YEAR}.SOF.placements.target", verdict="contradicted")
    altered(f"{YEAR}.BUF.fleksjob.attainment", value=value + 30, shown="1 pct.")
    altered(CITY, shown="75 pct.")
    employed = figures[f"{YEAR}.SUF.fleksjob.status"].value
    assert employed is not None
    altered(f"{YEAR}.SUF.fleksjob.status", shown=danish.whole(employed + 1))
    altered(
        f"{YEAR}.TMF.fleksjob.attainment", value=figures[f"{YEAR}.TMF.fleksjob.attainment"].value + Fraction(1, 100)
    )  # type: ignore[operator]
    altered(f"{YEAR}.TMF.fleksjob.status", formula="en anden")
    assert [change.level for change in compare(base.figures, figures, read_data(project))] == list(LEVELS)


@pytest.mark.parametrize("modes", [("published", "recomputed"), ("recomputed", "published")])
def test_a_difference_is_that_of_the_numbers_beside_it(project: Project, modes: tuple[Mode, Mode]) -> None:
    """Never »108 → 256 (+248)«, what was printed less what was recomputed."""
    data = read_data(project)
    old, new = (build_figures(data, 2025, notat="notat-2025", mode=mode) for mode in modes)
    moved = [one for one in compare(old, new) if one.printed_differs]
    assert len(moved) > 5
    for change in moved:
        assert change.old is not None
        assert change.new is not None
        assert change.size == danish.parse(change.new.shown) - danish.parse(change.old.shown), change.id


def test_every_level_has_its_reason() -> None:
    assert len({level.name for level in LEVELS}) == len(LEVELS)
    assert all(level.reason.endswith(".") for level in LEVELS)


def test_a_line_that_moved_is_no_difference(base: Finished) -> None:
    moved = {id_: replace(figure, source="data/status.csv:999") for id_, figure in base.figures.items()}
    assert compare(base.figures, moved) == []


def test_figures_are_read_back_as_they_were_written(project: Project) -> None:
    params, data = read_year(project, YEAR)
    figures = build_figures(data, YEAR, notat=params.notat)
    figures = figures.judged(audit.answers(quality.explained(project, data, YEAR), params.notat))
    assert Figures.from_csv(figures.to_csv()).to_csv() == figures.to_csv()


# -- steps ----------------------------------------------------------------------------------------------------


def test_all_steps_together_are_the_new_inputs(base: Finished, builder: Builder) -> None:
    inputs = dict(base.inputs)
    for edit in (ROW, OTHER_ROW, PARAMETER, IDLE, FORMULA):
        edit(inputs)
    text = inputs[STATUS].decode().splitlines(keepends=True)
    inputs[STATUS] = "".join([*text[:3], *text[4:]]).encode()  # a row taken out
    inputs["data/targets.csv"] += b"2019,KK,fleksjob,1,test\n"  # and one put in
    new = builder.finished("nu", inputs, base.figures.to_csv(), base.manifest.options, {})
    made = blend(base, new, steps(base, new))
    assert made.files == {
        n: c for n, c in inputs.items() if n.startswith(("params/", "data/")) and n[-4:] in (".csv", ".yml")
    }
    assert made.code == {n: c for n, c in inputs.items() if n.startswith("aarsstatus/")}
    assert blend(base, new, []).files[STATUS] == base.inputs[STATUS]


def test_how_a_file_is_written_is_no_step(base: Finished, builder: Builder) -> None:
    inputs = dict(base.inputs)
    inputs[STATUS] = inputs[STATUS].replace(b"\n", b"\r\n")
    inputs[PARAMS] = b"# en bemaerkning\n" + inputs[PARAMS]
    assert steps(base, builder.finished("nu", inputs, base.figures.to_csv(), base.manifest.options, {})) == []


def test_line_ends_are_called_line_ends(base: Finished, builder: Builder) -> None:
    """A clone on Windows may have changed them in every file: that is one line, and no reason for anything."""
    text = {name: content for name, content in base.inputs.items() if b"\0" not in content}
    inputs = {**base.inputs, **{name: content.replace(b"\n", b"\r\n") for name, content in text.items()}}
    inputs["notebooks/notat.ipynb"] += b" "
    found = tried(base, builder.finished("nu", inputs, base.figures.to_csv(), base.manifest.options, {}))
    assert (found.idle, found.changes, found.files) == ((), (), ("notebooks/notat.ipynb",))
    changed = [name for name, content in text.items() if b"\n" in content and name != "notebooks/notat.ipynb"]
    assert list(found.line_ends) == sorted(changed)
    told = f"kun linjeskift er ændret i {len(changed)} filer: "
    assert [line for line in lines(found) if "linjeskift" in line] == [
        f"  {told}{', '.join(found.line_ends[:3])} og {len(changed) - 3} til"
    ]
    assert not found.nothing


# -- shown ----------------------------------------------------------------------------------------------------


def test_the_page_says_what_the_terminal_says(base: Finished, builder: Builder, project: Project) -> None:
    found = tried(base, builder.build("nu", ROW, FORMULA))
    html = comparison_page(found, project.extension)
    said = "\n".join(lines(found))
    for change in found.changes:
        assert breakable(change.id) in html
        assert change.id in said
        for cause in found.causes[change.id]:
            assert cause.place in html
            assert cause.place in said
    assert "http" not in html.replace("http://www.w3.org/2000/svg", "")
    assert "<script" not in html
    assert html == comparison_page(tried(base, builder.build("nu", ROW, FORMULA)), project.extension)


def test_the_page_names_its_year_and_tells_the_builds_apart(base: Finished, builder: Builder, project: Project) -> None:
    new = builder.build("nu", ROW)
    git = manifest.Commit(commit="0123456789abcdef", clean=False)
    page = comparison_page(
        tried(base, replace(new, manifest=new.manifest.model_copy(update={"git": git}))), project.extension
    )
    text = " ".join(html.fromstring(page).text_content().split())
    assert f"Årsstatus {YEAR}: ændringer fra {base.name} til nu" in text
    rows = {
        row[0].text_content(): [cell.text_content() for cell in row[1:]] for row in html.fromstring(page).xpath("//tr")
    }
    assert rows["År"] == [str(YEAR), str(YEAR)]
    assert rows["Notatets dato"] == ["11. marts 2026", "11. marts 2026"]
    assert rows["Program og data (Git)"] == ["ikke kendt", "01234567, med ændringer"]
    before, now = rows["Tallenes kontrolsum"]
    assert before != now
    assert len(now) == 8


def test_what_no_reader_sees_is_said_first(base: Finished, builder: Builder) -> None:
    """A comment in the program, a weight behind the rounding: the same notat, and the comparison says so."""
    behind = swap(STATUS, "2025,KK,loentilskud,93,255,whole", "2025,KK,loentilskud,93.01,255,exact")
    found = tried(base, builder.build("nu", behind))
    assert not any(change.printed_differs for change in found.changes)
    assert summary(found).startswith("Ingen tal, som læseren ser, er ændret. ")
    assert "byte for byte" not in summary(found)  # there is no document to hold it against
    same = {"notat.html": b"<p>"}
    found = replace(found, old=replace(found.old, outputs={**found.old.outputs, **same}),
                    new=replace(found.new, outputs={**found.new.outputs, **same}))  # fmt: skip
    assert "Selve notatet er det samme, byte for byte." in summary(found)


def test_the_quality_report_opens_with_it_and_can_do_without(base: Finished, builder: Builder) -> None:
    section = opening(tried(base, builder.build("nu", ROW)))
    report = '<body>\n<main id="indhold">\n<p>Rapport</p>\n</main>\n</body>\n'
    old, new = (builder.build(name, *edits, mode="published") for name, edits in (("før", []), ("nu", [PARAMETER])))
    found = tried(old, new)
    same = tuple(change for change in found.changes if words.same_number(change))
    counted = opening(replace(found, changes=same))
    assert f"{len(same)} tal er de samme, men med en anden forklaring." in counted
    assert "<li>" not in counted, "a number that did not move is not listed among the most important"
    opened = with_opening(report, section)
    assert opened.index("siden notatet sidst blev lavet") < opened.index("Rapport")
    assert with_opening(opened, section) == opened
    assert without_opening(opened) == report
    assert opening_of(opened) == section


def test_two_years_are_compared_by_what_they_share(base: Finished, project: Project) -> None:
    older = Builder(project)
    inputs = {name: path.read_bytes() for name, path in input_files(project, 2021).items()}
    code = {name: content for name, content in inputs.items() if name.startswith("aarsstatus/")}
    options = {"compare": None, "figures": "recomputed", "formats": ["html"]}
    answer = recompute([Variant(code, inputs, {**options, "year": 2021})], True)[0]
    assert answer.figures is not None
    old = older.finished("2021", inputs, answer.figures.to_csv(), options, base.manifest.packages)
    old = Finished(old.name, old.manifest.model_copy(update={"year": 2021}), old.outputs, old.inputs, old.figures)
    found = tried(old, base)
    assert not found.changes, "a later year never changes an earlier one"
    assert {change.id for change in found.development} >= {"KK.placements.attainment", "KK.fritidsjob.target"}


@pytest.mark.parametrize("outputs", [{}, {"outputs": None}, {"outputs": ["notat.html"]}, {"outputs": {}}])
def test_a_damaged_manifest_leaves_nothing_to_compare_with(tmp_path: Path, outputs: dict[str, object]) -> None:
    last, made = tmp_path / "før", tmp_path / "nu"
    made_from = {"year": 2025, "engine": {"name": "embedded"}}
    for folder in (last, made):
        folder.mkdir()
        for name in (COMPARISON, QUALITY):
            (folder / name).write_text("<p>Intet</p>", encoding="utf-8")
    described = {"manifest": manifest.VERSION, **made_from, **outputs}
    (last / manifest.NAME).write_text(json.dumps(described), encoding="utf-8")
    assert not write_comparison(last, made, made_from, tmp_path)
    assert (made / COMPARISON).read_text(encoding="utf-8") == "<p>Intet</p>"
