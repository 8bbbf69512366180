"""The audit: every printed number is judged, by general rules, and nothing that can be noticed goes unnoticed."""

from __future__ import annotations

import csv
import ctypes
import io
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from possible import unrounded, witness

from aarsstatus import danish
from aarsstatus.attainment import round_half_up
from aarsstatus.audit import COLUMNS, AuditRow, answers, to_csv
from aarsstatus.audit import audit as audit_one_by_one
from aarsstatus.audit.errata import Erratum, judge, read_errata
from aarsstatus.audit.input_rules import check_figures
from aarsstatus.audit.limits import THRESHOLDS, in_words, moved
from aarsstatus.audit.printed import in_table, table_number
from aarsstatus.audit.proof import Claim, clashes, contradictions
from aarsstatus.audit.quality import audit_years
from aarsstatus.audit.rules import RULES
from aarsstatus.figures import PERCENTAGES, figure_id, read_figure_id
from aarsstatus.figures.table import build_figures
from aarsstatus.inputs import read_data
from aarsstatus.inputs.model import Data, Printed, Status
from aarsstatus.inputs.params import Params, read_params
from aarsstatus.inputs.schema import KK
from aarsstatus.interval import Interval
from aarsstatus.problems import InputError
from aarsstatus.project import Project

ROOT = Path(__file__).parents[2]
SEEDS = ROOT.parent / "shared" / "seeds"
audit = partial(audit_one_by_one, proof=contradictions)
"""As `verify` does it: each number by itself, and all at once."""


@cache
def real_data() -> Data:
    return read_data(Project(ROOT))


@cache
def all_params() -> tuple[Params, ...]:
    project = Project(ROOT)
    return tuple(read_params(project, year) for year in project.years())


@cache
def real_rows() -> tuple[AuditRow, ...]:
    return tuple(audit_years(real_data(), all_params(), proof=contradictions))


@cache
def real_errata() -> tuple[Erratum, ...]:
    return read_errata(Project(ROOT))


def params_of(notat: str) -> Params:
    return next(params for params in all_params() if params.notat == notat)


def notats() -> list[str]:
    return [params.notat for params in all_params() if params.notat is not None]


def changed(data: Data, row: Printed, printed: str) -> Data:
    """The same data, with one number printed otherwise."""
    return replace(data, printed=tuple(replace(one, printed=printed) if one is row else one for one in data.printed))


def row_of(id_: str, *, notat: str | None = None, place: str = "tabel") -> Printed:
    return next(
        row
        for row in real_data().printed
        if row.id == id_ and row.place.startswith(place) and notat in (None, row.notat)
    )


def audited(data: Data, row: Printed) -> AuditRow:
    """The verdict on one row."""
    rows = audit(data, all_params(), row.notat)
    index = [one for one in data.printed if one.notat == row.notat]
    return rows[next(at for at, one in enumerate(index) if one.source == row.source)]


# Every printed number is judged


def test_every_row_of_published_csv_has_a_verdict() -> None:
    assert [(row.source, row.place, row.id, row.printed) for row in real_rows()] == [
        (row.notat, row.place, row.id, row.printed) for row in real_data().printed
    ]
    assert {row.verdict for row in real_rows()} <= {"exact", "within_rounding", "contradicted"}
    assert {row.rule for row in real_rows()} <= set(RULES)
    assert all(row.reason.endswith(".") for row in real_rows())


def test_the_rules_by_themselves_say_the_same_as_the_proof() -> None:
    """So a build, which does without the proof, has the verdicts of `verify`."""
    assert tuple(audit_years(real_data(), all_params())) == real_rows()


def test_a_build_and_its_notebooks_never_load_z3() -> None:
    """Only `verify` does: every module of the program but the proof, and both years audited."""
    code = """
import pkgutil, sys
from pathlib import Path
import aarsstatus
for module in pkgutil.walk_packages(aarsstatus.__path__, "aarsstatus."):
    if module.name not in {"aarsstatus.audit.proof", "aarsstatus.__main__"}:
        __import__(module.name)
from aarsstatus.audit.quality import open_quality
for year in (2021, 2025):
    assert open_quality(year, project=Path(sys.argv[1])).rows
assert "z3" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code, str(ROOT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_verdict_of_the_rules_is_never_taken_back_by_the_proof() -> None:
    """It only adds contradictions: of each number that was printed otherwise, some of them."""
    for mutant in all_mutants()[::50]:
        data, notat = mutant.data(), mutant.row.notat
        alone = audit_one_by_one(data, all_params(), notat)
        for one, both in zip(alone, audit(data, all_params(), notat), strict=True):
            assert both.verdict == "contradicted" or one == both, one


def test_one_notat_alone_is_judged_the_same() -> None:
    for notat in notats():
        assert audit(real_data(), all_params(), notat) == [row for row in real_rows() if row.source == notat]


def test_the_csv_has_the_agreed_columns_and_a_row_for_each_number() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(real_rows()))))
    assert tuple(rows[0]) == COLUMNS
    assert ",".join(COLUMNS) == "source,place,id,printed,recomputed,lower,upper,verdict,reason"
    assert len(rows) == len(real_data().printed)
    for row, judged in zip(rows, real_rows(), strict=True):
        assert row["printed"] == judged.printed
        assert (row["lower"] == "") == (judged.lower is None)


def test_the_bounds_agree_with_the_verdict() -> None:
    """Inside the bounds some number rounds to what is within rounding; what is exact was recomputed as printed."""
    for row in real_rows():
        if read_figure_id(row.id) is None:
            assert (row.lower, row.upper) == (None, None)
            continue
        printed = danish.parse(row.printed)
        if row.verdict == "exact":
            assert danish.parse(row.recomputed) == printed
        elif row.verdict == "within_rounding":
            assert danish.parse(row.recomputed) != printed
        if row.within is not None and row.rule != "repeated":
            assert row.within.rounds_to(printed) == (row.verdict != "contradicted"), row


def test_the_rules_know_no_number_place_or_year() -> None:
    """General rules over the figures, not a list of known mistakes."""
    codes = "|".join(code for code in real_data().codes() if code != KK)
    for name in ("__init__", "printed", "rules", "surroundings", "limits", "proof"):
        path = ROOT / "src" / "aarsstatus" / "audit" / f"{name}.py"
        text = path.read_text(encoding="utf-8")
        assert not re.search(rf"\b20[12]\d\b|\b({codes})\b", text), path.name


# The seeds


def seeds() -> Iterator[tuple[str, str]]:
    """The text of each notat."""
    for params in all_params():
        title = re.compile(rf"(?s)Årsstatus for de særlige jobordninger.{{0,40}}for\s+{params.year}")
        for path in sorted(SEEDS.glob("*.txt")):
            text = path.read_text(encoding="utf-8")
            if title.search(text) and params.notat:
                yield params.notat, text


def tokens(text: str) -> Counter[str]:
    """Every number in a text; F2 is the name of a system."""
    return Counter(re.findall(r"\d{1,3}(?:\.\d{3})+|\d+", re.sub(r"\bF2\b", "", text)))


needs_seeds = pytest.mark.skipif(not SEEDS.is_dir(), reason="../shared/seeds is not here: nothing to compare with")


@needs_seeds
def test_every_number_of_the_seeds_is_in_published_csv() -> None:
    found = dict(seeds())
    assert sorted(found) == sorted(notats())
    for notat, text in found.items():
        printed = sum((tokens(row.printed) for row in real_data().printed if row.notat == notat), Counter())
        assert tokens(text) == printed


@needs_seeds
def test_every_number_of_each_table_of_the_seeds_is_in_published_csv() -> None:
    for notat, text in seeds():
        pieces = re.split(r"(?=\bTabel \d+:)", text)[1:]
        assert len(pieces) == 9
        for number, piece in enumerate(pieces, start=1):
            # After the last table come, in one of the notats, the footnotes that serve them all.
            table = re.split(r"\n\*Status for fleksjob er opgjort", piece)[0] if "\t" in piece else piece
            rows = [row for row in real_data().printed if row.notat == notat and table_number(row.place) == number]
            assert tokens(table) == sum((tokens(row.printed) for row in rows), Counter()), (notat, number)


# What the notats got wrong: two that a reader can see, and the shape of the rest


@pytest.mark.parametrize(
    ("id_", "place", "recomputed"),
    [
        ("2025.BIF.placements.spells_total", "tabel 3", "356"),
        ("2025.KK.placements.joint_status", "brødtekst", "798"),
    ],
)
def test_what_a_reader_can_see(id_: str, place: str, recomputed: str) -> None:
    row = next(row for row in real_rows() if row.id == id_ and row.place.startswith(place))
    assert (row.verdict, row.recomputed) == ("contradicted", recomputed)
    assert row.printed in row.reason
    assert recomputed in row.reason


def test_every_contradiction_in_the_repository_is_declared() -> None:
    findings = judge(real_rows(), real_errata())
    assert not findings.undeclared
    assert not findings.stale
    assert len(findings.declared) == len(real_errata())


def test_unrounded_numbers_exist_that_give_all_that_holds() -> None:
    for notat in notats():
        assert_proved(real_data(), notat, list(real_rows()))


def assert_proved(data: Data, notat: str, rows: list[AuditRow]) -> None:
    """Compute forwards from the unrounded numbers that the audit says there may have been.

    This shares nothing with the search for them but the formulas of the report.
    """
    params = params_of(notat)
    found = unrounded(data, params)
    at = {id_: read_figure_id(id_) for id_ in found}
    statuses = {}
    for id_, value in found.items():
        part = at[id_]
        assert part is not None
        assert value >= 0
        key = (part.year, part.administration, part.scheme)
        spells = printed_number(
            data, notat, figure_id(part.year, part.administration, part.group, "spells", part.scheme)
        )
        statuses[key] = Status(*key, value, spells and int(spells), Interval.exactly(value), "", "")
    targets = {}
    for key, target in data.targets.items():
        number = printed_number(data, notat, figure_id(*key, "target"))
        targets[key] = target if number is None else replace(target, target=int(number))
    figures = build_figures(replace(data, statuses=statuses, targets=targets, printed=()), params.year)
    by_id = {(row.id, row.place): row for row in rows if row.source == notat}
    held = [row for row in by_id.values() if row.verdict != "contradicted" and read_figure_id(row.id)]
    for row in held:
        assert figures[row.id].computed.rstrip(".") == row.printed.rstrip("."), (row.id, row.printed)
    for (year, code, scheme), status in statuses.items():
        row = by_id_in_table(held, figure_id(year, KK, data.schemes[scheme].group, "status", scheme))
        if code == KK and year == params.year and row is not None:
            parts = [one for key, one in statuses.items() if key[0] == year and key[1] != KK and key[2] == scheme]
            assert status.status == sum(part.status for part in parts)


def by_id_in_table(rows: list[AuditRow], id_: str) -> AuditRow | None:
    return next((row for row in rows if row.id == id_ and in_table(row.place)), None)


def printed_number(data: Data, notat: str, id_: str) -> Fraction | None:
    return next(
        (
            danish.parse(row.printed)
            for row in data.printed
            if row.notat == notat and row.id == id_ and in_table(row.place)
        ),
        None,
    )


# One changed number


@dataclass(frozen=True)
class Mutant:
    """One number of a notat changed; in the harder variants the same number in ``data/`` too, or a percentage by one."""

    row: Printed
    printed: str
    both: bool
    by_one: bool = False

    @property
    def kind(self) -> str:
        at = read_figure_id(self.row.id)
        if at is not None:
            return at.measure if in_table(self.row.place) else "prose"
        return next(row.rule for row in real_rows() if row.id == self.row.id and row.source == self.row.notat)

    def data(self) -> Data:
        data = changed(real_data(), self.row, self.printed)
        return in_data_too(data, self.row.id, danish.parse(self.printed)) if self.both else data


def in_data_too(data: Data, id_: str, number: Fraction) -> Data:
    """Change an input in ``data/`` too, as if the extract had said so."""
    at = read_figure_id(id_)
    assert at is not None
    if at.measure == "target":
        key = (at.year, at.administration, at.group)
        return replace(data, targets={**data.targets, key: replace(data.targets[key], target=int(number))})
    key = (at.year, at.administration, at.scheme)
    row = data.statuses[key]
    if at.measure == "spells":
        row = replace(row, spells=int(number))
    else:
        interval = Interval.exactly(number) if row.interval.exact else Interval.rounded(number)
        row = replace(row, status=number, interval=interval)
    return replace(data, statuses={**data.statuses, key: row})


def otherwise(row: Printed, of_percentages: int = 2) -> Iterator[str]:
    """A number one unit up and down, a percentage two; in a date or an address each number in turn."""
    at = read_figure_id(row.id)
    if at is not None:
        number, step = danish.parse(row.printed), of_percentages if at.measure in PERCENTAGES else 1
        for other in (number - step, number + step):
            if other >= 0:
                yield danish.whole(other) + (row.printed[row.printed.index(" ") :] if " " in row.printed else "")
        return
    for match in re.finditer(r"\d+", row.printed):
        for step in (-1, 1):
            other = int(match[0]) + step
            yield f"{row.printed[: match.start()]}{other:0{len(match[0])}d}{row.printed[match.end() :]}"


def mutants() -> Iterator[Mutant]:
    for row in real_data().printed:
        at = read_figure_id(row.id)
        for printed in otherwise(row):
            yield Mutant(row, printed, both=False)
            if at is not None and at.measure in {"status", "spells", "target"} and in_table(row.place):
                yield Mutant(row, printed, both=True)
        if at is not None and at.measure in PERCENTAGES:
            yield from (Mutant(row, printed, both=False, by_one=True) for printed in otherwise(row, 1))


@cache
def all_mutants() -> tuple[Mutant, ...]:
    return tuple(mutants())


EVERY_CHANGE = "EVERY_CHANGE" in os.environ
"""Whether each mutant is tried, as `make mutants` does. Else one in ten of each kind is."""


def noticed(index: int) -> bool:
    """Whether a mutant gives a contradiction that nobody declared, or leaves an erratum stale.

    Where it does not, nobody could notice: unrounded numbers are shown to exist that give all that is printed.
    """
    mutant = all_mutants()[index]
    data, notat = mutant.data(), mutant.row.notat
    errata = [erratum for erratum in real_errata() if erratum.source == notat]
    if judge(audit_one_by_one(data, all_params(), notat), errata).undeclared:  # to which the proof only adds
        return True
    rows = audit(data, all_params(), notat)
    if not judge(rows, errata).explained:
        return True
    assert_proved(data, notat, rows)
    return False


def some_of_each_kind() -> list[int]:
    """Return the places of one mutant in ten of each kind, and of one at least."""
    kinds: dict[tuple[str, bool, bool], list[int]] = {}
    for index, mutant in enumerate(all_mutants()):
        kinds.setdefault((mutant.kind, mutant.both, mutant.by_one), []).append(index)
    return [index for places in kinds.values() for index in places[::10]]


@pytest.fixture(scope="module")
def tried() -> dict[Mutant, bool]:
    """The mutants that are tried, and whether each was noticed."""
    if not EVERY_CHANGE:
        return {all_mutants()[index]: noticed(index) for index in some_of_each_kind()}
    chosen = range(len(all_mutants()))
    with ProcessPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        seen = pool.map(noticed, chosen, chunksize=50)
        return {all_mutants()[index]: one for index, one in zip(chosen, seen, strict=True)}


KINDS = {
    "status": "Status",
    "joint_status": "Samlet status",
    "target": "Måltal",
    "attainment": "Målopfyldelse",
    "weight": "Vægt",
    "weighted_attainment": "Samlet målopfyldelse",
    "spells": "Antal forløb",
    "spells_total": "Antal forløb i alt",
    "prose": "Figurer i brødteksten",
    "table_year": "År i titel, kolonnehoved og fodnote",
    "table_number": "Tabelnumre",
    "administrations": "Forvaltningernes antal og tabeller",
    "parameters": "År, datoer, sagsnumre og adresse i teksten",
}


Numbers = dict[tuple[str, bool, bool], tuple[int, int]]
"""How many mutants there are and how many are noticed, by kind, `both` and `by_one`."""
VARIANTS = ((False, False), (True, False), (False, True))
HEADER = "| Tal | Ændringer | Opdaget | Andel |\n"


def metode() -> str:
    return (ROOT / "docs" / "metode.md").read_text(encoding="utf-8")


def documented() -> Numbers:
    """What the three tables in docs/metode.md say."""
    kinds = {name: kind for kind, name in KINDS.items()}
    tables = [part.partition("\n\n")[0] for part in metode().split(HEADER)[1:]]
    return {
        (kinds[name], *variant): (int(count), int(seen))
        for table, variant in zip(tables, VARIANTS, strict=True)
        for name, count, seen in re.findall(r"(?m)^\| ([^|]+) \| (\d+) \| (\d+) \|", table)
    }


def counted(tried: dict[Mutant, bool]) -> Numbers:
    found: dict[tuple[str, bool, bool], list[bool]] = {}
    for mutant, seen in tried.items():
        found.setdefault((mutant.kind, mutant.both, mutant.by_one), []).append(seen)
    return {kind: (len(each), sum(each)) for kind, each in found.items()}


def rates(numbers: Numbers, both: bool, by_one: bool) -> list[str]:
    """A table of docs/metode.md."""
    return [
        f"| {name} | {danish.whole(count)} | {danish.whole(seen)} | {danish.percent(Fraction(seen, count))} |"
        for kind, name in KINDS.items()
        for count, seen in [numbers.get((kind, both, by_one), (0, 0))]
        if count
    ]


def test_the_rates_in_the_documentation_are_those_of_the_mutation_test(tried: dict[Mutant, bool]) -> None:
    """Of all mutants where all are tried; else those that are tried leave it possible."""
    numbers = counted(tried) if EVERY_CHANGE else documented()
    for variant in VARIANTS:
        assert "\n".join(rates(numbers, *variant)) in metode(), "\n".join(rates(numbers, *variant))
    assert Counter({kind: count for kind, (count, _) in numbers.items()}) == Counter(
        (mutant.kind, mutant.both, mutant.by_one) for mutant in all_mutants()
    )
    for kind, (count, seen) in counted(tried).items():
        assert seen <= numbers[kind][1], kind
        assert count - seen <= numbers[kind][0] - numbers[kind][1], kind
    assert counted(tried).keys() == numbers.keys(), "some of every kind are tried"


def test_what_goes_unnoticed_is_of_the_kinds_that_the_documentation_explains(tried: dict[Mutant, bool]) -> None:
    explained = {("joint_status", False), ("attainment", False), ("status", True), ("target", True)}
    unnoticed = {(mutant.kind, mutant.both) for mutant, seen in tried.items() if not seen and not mutant.by_one}
    assert unnoticed == explained if EVERY_CHANGE else unnoticed and unnoticed <= explained
    for (kind, both, by_one), (count, seen) in documented().items():
        assert by_one or ((kind, both) in explained) == (seen < count), kind
        if seen < count and not by_one:
            assert (
                f"- **{KINDS[kind]}{', når data/ er ændret med' if both else ''}** ({count - seen} ændringer)."
                in metode()
            )


def test_a_changed_target_goes_unnoticed_only_where_no_administration_has_a_part_in_it(
    tried: dict[Mutant, bool],
) -> None:
    for mutant, seen in tried.items():
        if not seen and mutant.kind == "target":
            assert mutant.row.id.split(".")[0] == str(params_of(mutant.row.notat).comparison_year)


def test_every_row_was_changed() -> None:
    assert {mutant.row for mutant in all_mutants()} == set(real_data().printed)


# Rounded numbers are never called contradicted


@st.composite
def unrounded_years(draw: st.DrawFn) -> tuple[str, Data]:
    """Data with decimals for the years of a notat: spells of some days each, and targets; the city is the sum."""
    params = params_of(draw(st.sampled_from(notats())))
    data = real_data()
    statuses: dict[tuple[int, str, str], Status] = {}
    for year, code, scheme in (key for key in data.statuses if key[0] in (params.year, params.comparison_year)):
        if code == KK and year == params.year:
            continue
        of, size = data.schemes[scheme], 20 if code == KK else 1
        if of.counting == "headcount":
            status, spells = Fraction(draw(st.integers(0, 400 * size))), None
        else:
            days = 366 if year % 4 == 0 else 365
            count = draw(st.integers(0, 60 * size))
            status = Fraction(draw(st.integers(count, count * draw(st.sampled_from((1, 20, days))))), days)
            spells = count if of.group == "placements" else None
        statuses[year, code, scheme] = Status(year, code, scheme, status, spells, Interval.exactly(status), "", "")
    for scheme in {key[2] for key in statuses if key[0] == params.year}:
        parts = [row for key, row in statuses.items() if key[0] == params.year and key[2] == scheme]
        total = sum((part.status for part in parts), Fraction(0))
        spells = None if parts[0].spells is None else sum(part.spells or 0 for part in parts)
        statuses[params.year, KK, scheme] = Status(
            params.year, KK, scheme, total, spells, Interval.exactly(total), "", ""
        )
    targets = {}
    for key, target in data.targets.items():
        if key[0] == params.comparison_year or (key[0] == params.year and key[1] != KK):
            least = 1 if key[1] in (KK, "BIF") else 0
            number = draw(st.integers(least, 1500 if key[1] == KK else 90))
            targets[key] = replace(target, target=number or None)
    for key, target in data.targets.items():
        if key[0] == params.year and key[1] == KK:
            parts = [row.target or 0 for other, row in targets.items() if other[0] == key[0] and other[2] == key[2]]
            targets[key] = replace(target, target=sum(parts))
    return params.notat or "", replace(data, statuses=statuses, targets=targets)


def as_printed(notat: str, unrounded: Data) -> Data:
    """What a notat made from these data would have printed, transcribed: statuses rounded, the rest as shown."""
    figures = build_figures(replace(unrounded, printed=()), params_of(notat).year)
    printed = tuple(
        replace(row, printed=figures[row.id].computed) if row.id in figures else row
        for row in real_data().printed
        if row.notat == notat and (row.id in figures or read_figure_id(row.id) is None)  # no target, no weight
    )
    statuses = {
        key: row
        if unrounded.schemes[row.scheme].counting == "headcount"
        else replace(
            row, status=Fraction(round_half_up(row.status)), interval=Interval.rounded(round_half_up(row.status))
        )
        for key, row in unrounded.statuses.items()
    }
    return replace(unrounded, printed=printed, statuses=statuses)


@given(unrounded_years())
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
def test_what_follows_from_unrounded_numbers_is_never_contradicted(drawn: tuple[str, Data]) -> None:
    """And so the rules by themselves say the same of every number as the proof."""
    notat, data = drawn[0], as_printed(*drawn)
    rows = audit(data, all_params(), notat)
    assert audit_one_by_one(data, all_params(), notat) == rows
    for row in rows:
        if read_figure_id(row.id) is not None:
            assert row.verdict != "contradicted", row


@given(unrounded_years())
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
def test_a_notat_made_from_an_extract_is_exact_against_it(drawn: tuple[str, Data]) -> None:
    """Where data/ has the year unrounded, nothing is left to rounding: what the notat prints follows exactly."""
    notat, data = drawn
    for row in audit(replace(as_printed(notat, data), statuses=data.statuses), all_params(), notat):
        if read_figure_id(row.id) is not None:
            assert row.verdict == "exact", row


# The rules, one at a time


@pytest.mark.parametrize(
    ("id_", "printed", "rule"),
    [
        ("2025.SOF.placements.joint_status", "285", "sum"),
        ("2025.SOF.placements.spells_total", "671", "sum"),
        ("2025.SOF.placements.attainment", "151 pct.", "attainment"),
        ("2025.SOF.fleksjob.attainment", "138 pct.", "attainment"),
        ("2025.SOF.total.weighted_attainment", "145 pct.", "weighted"),
        ("2021.ØKF.placements.weight", "58 pct.", "weight"),
        ("2025.KK.placements.virksomhedspraktik.status", "510", "city"),
        ("2025.KK.fleksjob.status", "1.047", "city"),
        ("2025.KK.placements.target", "1.085", "city"),
        ("2021.KK.placements.loentilskud.spells", "404", "city"),
        ("2025.SOF.placements.smaajob.status", "158", "transcription"),
        ("2025.SOF.placements.target", "183", "transcription"),
        ("2025.SOF.placements.smaajob.spells", "230", "transcription"),
        ("2021.BIF.placements.nytteindsats.status", "1", "spells_bound"),
        ("2025.TMF.placements.smaajob.status", "9", "spells_bound"),
        ("2025.TMF.caption.year", "2024", "table_year"),
        ("2021.ØKF.footnote_spells.year", "2020", "table_year"),
        ("2025.SUF.table", "Tabel 8", "table_number"),
    ],
)
def test_a_rule_finds_what_it_is_for(id_: str, printed: str, rule: str) -> None:
    row = row_of(id_)
    found = audited(changed(real_data(), row, printed), row)
    assert (found.verdict, found.rule) == ("contradicted", rule)
    assert f"står {printed.rstrip('.')}" in found.reason


def test_numbers_that_are_possible_one_by_one_but_not_together_are_found() -> None:
    """5 + 13 may be 19, and 5 + 13 of 59 may be 30 pct.; but 18,5 of 59 is more than 30 pct."""
    row, other = row_of("2021.BIF.placements.joint_status"), row_of("2021.BIF.placements.attainment")
    data = changed(real_data(), row, "19")
    assert audited(data, row).verdict == "within_rounding"
    found = audited(data, other)
    assert (found.verdict, found.rule) == ("contradicted", "rounding")
    assert "Sammen med 19 (tabel 3, samlet status)" in found.reason
    assert found.within is not None
    assert found.within.lower == Fraction(37, 2) / 59 * 100
    assert found.recomputed == "31-32 pct."


@pytest.mark.parametrize(
    ("id_", "place", "printed", "expected"),
    [
        ("2025.document.year", "titel", "2026", "2025"),
        ("2025.document.comparison_year", "brødtekst", "2023", "2024"),
        ("2025.document.date", "brevhoved", "12-03-2026", "11-03-2026"),
        ("2025.document.case_number_f2", "brevhoved", "2025 - 4559", "2025 - 4558"),
        ("2025.fritidsjob.adopted", "brødtekst", "29. november 2024", "28-11-2024"),
        ("2025.office.street", "brevhoved", "Bernstorffsgade 18", "Bernstorffsgade 17"),
        ("2025.administrations.tables", "brødtekst", "tabel 3-8", "tabel 3-9"),
        ("2025.administrations.count", "brødtekst", "8", "7"),
        ("2021.cover.appendix", "forside", "2", "1"),
        ("2024.KK.table", "brødtekst", "tabel 1", "tabel 2"),
    ],
)
def test_what_is_printed_around_the_figures_is_judged(id_: str, place: str, printed: str, expected: str) -> None:
    row = row_of(id_, place=place)
    found = audited(changed(real_data(), row, printed), row)
    assert found.verdict == "contradicted"
    assert found.recomputed.casefold() == expected.casefold()


def test_a_sentence_that_is_right_about_a_wrong_table_holds() -> None:
    """The table's 102 pct. is contradicted; prose that says what follows is not."""
    row = row_of("2020.KK.fleksjob.attainment")
    extra = replace(row, place="brødtekst, udviklingen", printed="101 pct.", source="data/published.csv:9999")
    data = replace(real_data(), printed=(*real_data().printed, extra))
    assert audited(data, row).verdict == "contradicted"
    assert audited(data, extra).verdict == "exact"
    same = replace(extra, printed=row.printed)
    assert audited(replace(data, printed=(*data.printed[:-1], same)), same).verdict == "contradicted"


def test_the_comparison_years_table_is_held_against_that_years_own_notat() -> None:
    """The notat for 2024, if it were here, would have the same numbers as table 2 of the one for 2025."""
    ours = params_of("notat-2025")
    theirs = ours.model_copy(update={"year": 2024, "comparison_year": 2023, "notat": "notat-2024"})
    printed = tuple(
        Printed(
            "notat-2024",
            row.place.replace("tabel 2", "tabel 1"),
            row.id,
            row.printed,
            f"data/published.csv:{9000 + at}",
        )
        for at, row in enumerate(real_data().printed)
        if row.notat == "notat-2025" and row.place.startswith("tabel 2") and read_figure_id(row.id)
    )
    data = replace(real_data(), printed=(*real_data().printed, *printed))
    params = (*all_params(), theirs)
    assert audit(data, params, "notat-2025") == [row for row in real_rows() if row.source == "notat-2025"]
    other = next(row for row in printed if row.id == "2024.KK.placements.attainment")
    found = audit(changed(data, other, "85 pct."), params, "notat-2025")
    contradicted = [row for row in found if row.rule == "own_notat"]
    assert {row.id for row in contradicted} == {other.id}
    assert contradicted[0].recomputed == "85 pct."


def test_the_footnotes_printed_once_must_name_every_year() -> None:
    row = row_of("2025.KK.footnote_fleksjob.year", place="fodnote")
    both = replace(row, id="2024.KK.footnote_fleksjob.year", printed="2024", source="data/published.csv:9999")
    data = replace(real_data(), printed=(*real_data().printed, both))
    assert {audited(data, one).verdict for one in (row, both)} == {"exact"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": "2025.SOF.placements.attainmnet"}, "mente du »2025.SOF.placements.attainment«"),
        ({"id": "2025.document.yaer"}, "mente du »2025.document.year«"),
        ({"id": "2025.SOF.placements.smajob.status"}, "mente du »smaajob«"),
        ({"id": "2019.SOF.placements.attainment"}, "ingen tabel"),
        ({"printed": "halvfjerds"}, "som notatet skriver det"),
        ({"printed": "-3 pct."}, "som notatet skriver det"),
    ],
)
def test_a_row_that_cannot_be_judged_is_told_with_its_line(change: dict[str, str], said: str) -> None:
    row = row_of("2025.SOF.placements.attainment")
    data = replace(
        real_data(), printed=tuple(replace(one, **change) if one is row else one for one in real_data().printed)
    )
    with pytest.raises(InputError) as error:
        audit_years(data, all_params())
    assert f"data/published.csv, linje {row.source.partition(':')[2]}" in str(error.value)
    assert said in str(error.value)


def test_an_administration_without_a_target_has_no_attainment() -> None:
    ids = {"2025.ØKF.fritidsjob.target": "intet måltal", "2025.ØKF.fritidsjob.attainment": "intet måltal"}
    key = (2025, "ØKF", "fritidsjob")
    data = replace(
        real_data(),
        printed=tuple(replace(row, printed=ids.get(row.id, row.printed)) for row in real_data().printed),
        targets={**real_data().targets, key: replace(real_data().targets[key], target=None)},
    )
    rows = {row.id: row for row in audit(data, all_params(), "notat-2025") if in_table(row.place)}
    assert rows["2025.ØKF.fritidsjob.attainment"].verdict == "exact"
    assert rows["2025.ØKF.total.weighted_attainment"].recomputed == "72 pct."  # 68 counts an attainment of nothing
    assert rows["2025.KK.fritidsjob.target"].recomputed == "123"


def test_one_verdict_for_each_figure_is_that_of_its_table() -> None:
    verdicts = {id_: verdict for id_, (verdict, _) in answers(real_rows()).items()}
    assert verdicts["2025.KK.placements.joint_status"] == "exact"  # its prose is contradicted
    assert verdicts["2025.BIF.placements.spells_total"] == "contradicted"
    assert set(verdicts) == {row.id for row in real_rows()}


def test_what_its_own_notat_contradicts_is_contradicted_where_a_later_one_repeats_it() -> None:
    rows = [row for row in real_rows() if row.source == "notat-2025" and row.id == "2025.KK.fleksjob.target"]
    (wrong,) = [row for row in rows if in_table(row.place)]
    later = replace(wrong, source="notat-2026", place="tabel 2, måltal", verdict="exact", reason="Grundtal.")
    for order in ([*rows, later], [later, *rows]):
        assert answers(order, "notat-2026")[wrong.id] == ("contradicted", wrong.reason)
    right = [replace(row, verdict="exact") for row in rows]
    assert answers([*right, later], "notat-2026")[wrong.id] == ("exact", "Grundtal.")


# What must hold of several numbers at once


def one(value: int | Fraction) -> Fraction:
    return Fraction(value)


def claim(id_: str, names: str, lower: Fraction | int, upper: Fraction | int) -> Claim:
    return Claim(id_, tuple((name, Fraction(1)) for name in names), Interval(Fraction(lower), Fraction(upper)))


FIVES = (("a", Interval.rounded(5)), ("b", Interval.rounded(5)))


def test_an_upper_bound_is_never_reached() -> None:
    """4,5 to 5,5 twice is less than 11: no tolerance either way."""
    assert clashes(FIVES, (claim("sum", "ab", 9, 10),)) == ()
    assert clashes(FIVES, (claim("sum", "ab", Fraction(10999999, 1000000), 12),)) == ()
    (clash,) = clashes(FIVES, (claim("sum", "ab", 11, 12),))
    assert (clash.least, clash.greatest, clash.printable) == (9, 11, (9, 11))
    (clash,) = clashes((("a", Interval(one(4), Fraction(9, 2))),), (claim("a", "a", 5, 6),))
    assert clash.printable == (4, 4)  # 4,5 itself would have been 5
    (clash,) = clashes((("a", Interval.exactly(Fraction(9, 2))),), (claim("a", "a", 6, 7),))
    assert clash.printable == (5, 5)


def test_each_may_be_possible_and_not_both() -> None:
    high = claim("high", "ab", Fraction(21, 2), 11)
    low = claim("low", "a", Fraction(9, 2), Fraction(51, 10))
    assert clashes(FIVES, (high,)) == clashes(FIVES, (low,)) == ()
    low_b = claim("low b", "b", Fraction(9, 2), Fraction(51, 10))
    unrelated = claim("unrelated", "b", 4, 6)
    (clash,) = clashes(FIVES, (low, unrelated, low_b, high))
    assert (clash.id, clash.against, clash.greatest) == ("high", ("low", "low b"), Fraction(51, 5))


def test_the_blame_follows_the_order_alone() -> None:
    high = claim("high", "ab", Fraction(21, 2), 11)
    lows = [claim(f"low {name}", name, Fraction(9, 2), Fraction(51, 10)) for name in "ab"]
    assert [clash.id for clash in clashes(FIVES, (high, *lows))] == ["low b"]
    assert [clash.id for clash in clashes(FIVES, (*lows, high))] == ["high"]
    assert [clash.id for clash in clashes(FIVES, (claim("no", "a", 6, 7), *lows, high))] == ["no", "high"]


def test_a_witness_meets_every_claim() -> None:
    claims = (claim("sum", "ab", Fraction(21, 2), 11), claim("a", "a", Fraction(9, 2), Fraction(51, 10)))
    found = witness(FIVES, claims)
    assert found is not None
    assert Fraction(21, 2) <= found["a"] + found["b"] < 11
    assert all(found[name] in interval for name, interval in FIVES)
    assert witness(FIVES, (claim("sum", "ab", 11, 12),)) is None


@pytest.mark.skipif(sys.platform != "linux", reason="reads a signal's flags as the C library on Linux keeps them")
def test_solving_leaves_ctrl_c_alone() -> None:
    """Z3 would take it for its own, and leave it such that a thread that waits does not wake."""

    def flags() -> int:
        kept = ctypes.create_string_buffer(256)
        ctypes.CDLL(None).sigaction(int(signal.SIGINT), None, kept)
        return int.from_bytes(kept.raw[136:140], sys.byteorder)

    import z3  # noqa: PLC0415 - loaded for the audit alone

    z3.set_param("ctrl_c", True)  # as it comes: an earlier test in this process has solved, too
    signal.signal(signal.SIGINT, signal.getsignal(signal.SIGINT))  # as Python keeps it
    before = flags()
    assert witness(FIVES, (claim("sum", "ab", 9, 10),)) is not None
    assert clashes(FIVES, (claim("sum", "ab", 11, 13),)) != ()
    assert flags() == before


# Before a year is published


def test_the_inputs_of_the_years_are_held_against_the_rules() -> None:
    assert check_figures(real_data(), 2020) == check_figures(real_data(), 2024) == []
    found = {finding.id: finding for year in (2021, 2025) for finding in check_figures(real_data(), year)}
    assert found["2021.KK.placements.target"].kind == "contradicted"
    assert "= 1.135" in found["2021.KK.placements.target"].text
    assert found["2025.KK.placements.loentilskud.spells"].kind == "note"
    assert "9 forløb er ikke fordelt" in found["2025.KK.placements.loentilskud.spells"].text


@pytest.mark.parametrize(
    ("key", "change", "id_", "kind", "rule"),
    [
        ((2025, KK, "fleksjob"), {"status": 1050, "interval": 1050}, "2025.KK.fleksjob.status", "note", "city"),
        ((2025, KK, "fleksjob"), {"status": 1040, "interval": 1040}, "2025.KK.fleksjob.status", "contradicted", "city"),
        ((2025, KK, "smaajob"), {"spells": 300}, "2025.KK.placements.smaajob.spells", "contradicted", "city"),
        ((2025, "TMF", "smaajob"), {"spells": 2}, "2025.TMF.placements.smaajob.status", "contradicted", "spells_bound"),
        ((2025, "TMF", "smaajob"), {"spells": 0}, "2025.TMF.placements.smaajob.status", "contradicted", "spells_bound"),
    ],
)
def test_a_year_that_breaks_a_rule_is_found(
    key: tuple[int, str, str], change: dict[str, int], id_: str, kind: str, rule: str
) -> None:
    made = {
        name: Interval.exactly(value) if name == "interval" else Fraction(value) if name == "status" else value
        for name, value in change.items()
    }
    data = replace(real_data(), statuses={**real_data().statuses, key: replace(real_data().statuses[key], **made)})
    before = check_figures(real_data(), key[0])
    (found,) = [
        finding
        for finding in check_figures(data, key[0])
        if finding.id == id_ and finding not in before and finding.rule == rule
    ]
    assert found.kind == kind
    assert found.source.startswith("data/")


def test_spells_that_give_far_more_than_those_of_the_others_are_noted() -> None:
    """As TMF's 139 spells of praktik in 2025, in a column headed 2024."""
    found = {
        year: [one for one in check_figures(real_data(), year) if "for hvert" in one.text] for year in (2021, 2025)
    }
    tmf, sof = found[2025]
    assert sof.text.startswith("SOF, småjob")
    assert tmf.text == (
        "TMF, virksomhedspraktik: 46 helårspersoner af 139 forløb er 0,33 for hvert; hos de øvrige er det 0,20. "
        "Er forløb og helårspersoner fra samme opgørelse?"
    )
    assert {one.text.split(",")[0] for one in found[2021]} == {"SOF", "ØKF"}


def test_a_missing_target_is_noted() -> None:
    key = (2025, "TMF", "fritidsjob")
    data = replace(real_data(), targets={**real_data().targets, key: replace(real_data().targets[key], target=None)})
    assert any(
        finding.kind == "note" and "TMF har intet måltal" in finding.text for finding in check_figures(data, 2025)
    )


def test_figures_that_moved_more_than_their_threshold_are_told() -> None:
    figures = build_figures(real_data(), 2025)
    found = {one.id: one for one in moved(figures, real_data(), 2025, 2024)}
    for id_, figure in figures.items():
        earlier = figures.find(2024, figure.administration, figure.group, figure.measure, figure.scheme)
        if figure.year != 2025 or earlier is None or figure.value is None or earlier.value is None:
            assert id_ not in found
            continue
        covering = [
            one
            for one in THRESHOLDS
            if figure.measure in one.measures and one.heads in {None, figure.group == "fleksjob"}
        ]
        before, after = danish.parse(earlier.shown), danish.parse(figure.shown)  # what a reader compares: 97 and 92
        change = abs(after - before)
        over = covering and change and change >= covering[0].points and change >= covering[0].share * before
        assert bool(over) == (id_ in found), id_
    assert "virksomhedspraktik" in found["2025.KK.placements.virksomhedspraktik.status"].name


def test_every_threshold_has_a_name_and_a_reason_of_its_own() -> None:
    assert len({one.name for one in THRESHOLDS}) == len({one.reason for one in THRESHOLDS}) == len(THRESHOLDS)
    assert all(one.reason.endswith(".") for one in THRESHOLDS)


# The documentation


def test_the_documentation_names_every_rule_threshold_and_erratum() -> None:
    text = " ".join((ROOT / "docs" / "metode.md").read_text(encoding="utf-8").split())
    for sentence in [*RULES.values(), *(text for one in THRESHOLDS for text in in_words(one, real_data(), 2025))]:
        assert sentence in text, sentence
    for erratum in real_errata():
        assert erratum.printed in text
        assert erratum.follows in text, erratum.follows
        assert erratum.causes in text, erratum.causes
        assert erratum.likelier in {erratum.printed, erratum.expect}


def test_the_documentation_counts_what_the_audit_counts() -> None:
    text = (ROOT / "docs" / "metode.md").read_text(encoding="utf-8")
    for notat in notats():
        counts = Counter(row.verdict for row in real_rows() if row.source == notat)
        numbers = [sum(counts.values()), counts["exact"], counts["within_rounding"], counts["contradicted"]]
        assert f"| {notat} | {' | '.join(danish.whole(number) for number in numbers)} |" in text
