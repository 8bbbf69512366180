"""What must hold of every case: a report whose figures are right, or one clear message; and nothing else changed.

`judge` runs a case's commands in this process and returns what was wrong, in words; nothing when all is as it should.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import resource
import stat
import sys
import time
import traceback
from collections.abc import Iterator, Sequence, Set
from fractions import Fraction
from pathlib import Path

from aarsstatus import audit, danish
from aarsstatus.cli import run
from aarsstatus.figures import DERIVED, verdict
from aarsstatus.figures.collection import Figures
from aarsstatus.inputs import read_data, read_year
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.schema import KK
from aarsstatus.problems import BuildError, InputError
from aarsstatus.project import Project
from aarsstatus.report.notat import Notat
from aarsstatus.report.show import head

__all__ = ["Said", "commands_of", "judge", "run_command"]

SECONDS = 10.0
BYTES = 1 << 30
"""What a case may take of computing time and memory; the campaign measures, and ends what hangs."""
_CODE = re.compile(
    r"Traceback|\b[A-Z]\w*(?:Error|Exception|Warning)\b|object at 0x|<class |NoneType|uventet fejl|panicked|Errno|pydantic"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_NAMES_A_FILE = re.compile(
    r"(?:params|data|notebooks|udtræk)(?:/|\b)|--\w+|\.(?:csv|xlsx|yml|svg|png)|explain|verify \d|ÅR|fejl: |brug: "
)
_MOST_LINE, _MOST_LINES = 2_000, 300


class Said:
    """What one command did: its exit status and what it said. `status` None means that it did not end as it should."""

    def __init__(self, status: int | None, out: str, error: str, trace: str = "") -> None:
        self.status, self.out, self.error, self.trace = status, out, error, trace


def run_command(root: Path, command: Sequence[str]) -> Said:
    """Run one command in this process, in a project's folder, as the program itself would."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="replace", write_through=True) for _ in range(2)]
    status: int | None = None
    trace = ""
    here = Path.cwd()
    os.chdir(root)
    try:
        with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
            status = (
                _pipeline(Project(root.resolve()), int(command[1])) if command[0] == "pipeline" else run(list(command))
            )
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else None
    except BaseException as error:  # whatever it is, it is what the campaign is looking for
        if type(error).__name__ == "KeyboardInterrupt":
            raise
        trace = "".join(traceback.format_exception(error)[-6:])[-2_000:]
    finally:
        os.chdir(here)
    out, error_ = (stream.buffer.getvalue().decode("utf-8", "replace") for stream in streams)
    return Said(status, out, error_, trace)


def judge(root: Path, commands: Sequence[Sequence[str]]) -> tuple[list[str], str]:
    """Run a case's commands in turn; return what is wrong, and what the case came to: ``accepted`` or ``refused``."""
    wrong: list[str] = []
    came_to = "accepted"
    for command in commands:
        before = snapshot(root)
        stood = _status_rows(root) if command[0] == "ingest" else frozenset()
        done = run_command(root, command)
        after = snapshot(root)
        shown = " ".join(command)[:120]
        wrong += [f"{shown}: {text}" for text in _wrong(command, done)]
        wrong += [f"{shown}: {text}" for text in _changed(command, done, before, after, root, stood)]
        if done.status not in {0, 1} or (done.status == 1 and command[0] == "check"):
            came_to = "refused"
    return wrong, came_to


def _wrong(command: Sequence[str], done: Said) -> Iterator[str]:
    """Yield what is wrong with how a command ended and what it said."""
    if done.status not in {0, 1, 2}:
        yield f"traceback: {done.trace}" if done.trace else f"exit status {done.status}"
        return
    said = done.out + done.error
    if (found := _CODE.search(said)) is not None:
        yield f"speaks of code: {said[max(0, found.start() - 150) : found.end() + 150]!r}"
    if (found := _CONTROL.search(said)) is not None:
        yield f"a control character reaches the terminal: {said[max(0, found.start() - 60) : found.end() + 20]!r}"
    lines = said.splitlines()
    if any(len(line) > _MOST_LINE for line in lines):
        yield f"a line of {max(map(len, lines))} characters: {max(lines, key=len)[:100]!r}"
    if command[0] != "explain" and len(lines) > _MOST_LINES:
        yield f"{len(lines)} lines"
    if done.status == 2:
        if not done.error.strip():
            yield "exit status 2 and no message"
        elif not (_NAMES_A_FILE.search(done.error) or (command[0] == "ingest" and "filens navn" in done.error)):
            yield f"the message names no file: {done.error[:300]!r}"
    if done.status == 1 and not done.out.strip():
        yield "exit status 1 and no finding"


# -- what is changed ------------------------------------------------------------------------------------------

Snapshot = dict[str, tuple[int, str]]
StatusRow = tuple[int, str, str, Fraction, int | None, str]
_OWN = {
    "ingest": {"data/status.csv", "data/extracts.csv", "data/warnings.csv"},
    "new": {"data/targets.csv", "data/raw"},
}


def snapshot(root: Path) -> Snapshot:
    """Return kind and content of everything in a project."""
    found: Snapshot = {}
    for folder, folders, files in os.walk(root):
        for name in [*folders, *files]:
            path = Path(folder, name)
            status = path.lstat()
            what = ""
            if stat.S_ISLNK(status.st_mode):
                what = str(path.readlink())
            elif stat.S_ISREG(status.st_mode):
                what = (
                    f"{status.st_size}"
                    if status.st_size > 40 << 20 or not status.st_mode & 0o400
                    else hashlib.sha1(path.read_bytes()).hexdigest()
                )
            found[path.relative_to(root).as_posix()] = (stat.S_IFMT(status.st_mode), what)
    return found


def _status_rows(root: Path) -> frozenset[StatusRow]:
    """Return the rows of ``data/status.csv`` without their lines; none where they cannot be read."""
    try:
        rows = read_data(Project(root)).statuses.values()
    except InputError:
        return frozenset()
    return frozenset((row.year, row.administration, row.scheme, row.status, row.spells, row.origin) for row in rows)


def _changed(
    command: Sequence[str],
    done: Said,
    before: Snapshot,
    after: Snapshot,
    root: Path,
    stood: frozenset[StatusRow] = frozenset(),
) -> Iterator[str]:
    """Yield what was changed that should not have been; `stood` are the status rows before an ``ingest``."""
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    allowed: set[str] = set()
    if command[0] == "ingest":
        refused = {name for name in changed if name.startswith("udtræk/") and name.endswith(".afviste.csv")}
        if done.status in {0, 1}:
            allowed = {*_OWN["ingest"], f"data/.ingest-{command[1]}.json"}
            allowed |= refused if "--skip-bad-rows" in command else set()
    elif command[0] == "new" and done.status == 0:
        allowed = _OWN["new"] | {f"params/{command[1]}.yml", f"skema-{command[1]}.xlsx"}
    if changed - allowed:
        yield f"changed {', '.join(sorted(changed - allowed))[:300]} with exit status {done.status}"
    if changed and command[0] == "ingest" and done.status in {0, 1}:
        try:
            # What stood there before is for ``check`` to judge: a scheme that no row was written for is left out.
            written = {scheme for _, _, scheme, *_ in _status_rows(root) - stood}
            yield from _sums(read_data(Project(root)), int(command[1]), written)
        except InputError as error:
            yield f"what was written cannot be read: {str(error)[:300]}"


def _sums(data: Data, year: int, written: Set[str]) -> Iterator[str]:
    """Yield it where what was ingested, in the schemes that were written, is not possible."""
    for (when, code, key), row in data.statuses.items():
        scheme = data.schemes[key]
        if when != year or key not in written or scheme.counting != "days" or row.spells is None:
            continue
        if row.status > row.spells:
            yield f"{code} {key}: {row.spells} spells came to {float(row.status)} full-year equivalents"
        parts = [other for (y, c, k), other in data.statuses.items() if y == year and k == key and c != KK]
        if code == KK and sum(part.status for part in parts) > row.status + Fraction(1, 10**8):
            yield f"{key}: the administrations have more than the city"


# -- a report, as far as it can be followed without a kernel and a renderer ----------------------------------------


def _pipeline(project: Project, year: int) -> int:
    """Do what a build does, up to the documents; what the notebooks show is made in this process."""
    from aarsstatus.audit.quality import explained, open_quality  # noqa: PLC0415
    from aarsstatus.release.workbook import notat_workbook  # noqa: PLC0415
    from aarsstatus.report.stray_numbers import stray_numbers  # noqa: F401, PLC0415 - imported once, before the clock runs

    try:
        params, data = read_year(project, year)
        for mode in ("published", "recomputed"):
            notat = Notat(params, data, mode, project.extension / "fonts")
            rows = explained(project, data, year)
            figures = notat.figures.judged(audit.answers(rows))
            audit.to_csv(rows)
            figures.to_csv()
            head(params, data, notat.title(), "NOTAT", mode)
            notat_workbook(notat, figures)
            problems = [*_figures_hold(figures, data, mode), *_audit_holds(rows, data)]
            if problems:
                raise AssertionError("; ".join(problems[:5]))
        open_quality(year, project=project.root)
        # One in eight, so that a campaign ends: drawing takes a second.
        if int(hashlib.sha1(figures.to_csv().encode("utf-8", "replace")).hexdigest(), 16) % 8 == 0:
            _notebooks(project, year, params.comparison_year, notat)
    except (InputError, BuildError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _notebooks(project: Project, year: int, comparison_year: int, notat: Notat) -> None:
    """Run the notebooks' cells in this process, and look at what they show as a build does."""
    import nbformat  # noqa: PLC0415
    from nbformat.v4 import new_output  # noqa: PLC0415

    from aarsstatus.problems import Problem  # noqa: PLC0415
    from aarsstatus.report import show  # noqa: PLC0415
    from aarsstatus.report.checks import findings  # noqa: PLC0415
    from aarsstatus.report.stray_numbers import stray_numbers  # noqa: PLC0415

    for name in ("notat", "kvalitetsrapport"):
        written = nbformat.read(project.notebooks / f"{name}.ipynb", as_version=4)
        space: dict[str, object] = {}
        outputs: list[object] = []

        def display(output: object, outputs: list[object] = outputs) -> None:
            kind = {"Markdown": "text/markdown", "SVG": "image/svg+xml", "Image": "image/png"}[type(output).__name__]
            outputs.append(
                new_output("display_data", data={kind: output.data if isinstance(output.data, str) else "x"})
            )

        kept, show.display = show.display, display
        try:
            for number, cell in enumerate(written.cells):
                if cell.cell_type != "code":
                    continue
                outputs.clear()
                if number == 1:
                    space |= {"year": year, "comparison_year": comparison_year, "figures": notat.mode}
                else:
                    exec(compile(cell.source, f"{name}, celle {number + 1}", "exec"), space)
                cell.outputs = list(outputs)
        finally:
            show.display = kept
        problems = findings(written) or (stray_numbers(written, notat) if name == "notat" else [])
        if problems:
            raise InputError([Problem(f"notebooks/{name}.ipynb", problem) for problem in problems])


def _figures_hold(figures: Figures, data: Data, mode: str) -> Iterator[str]:
    """Compute each figure again, the plain way, from the rows; yield what differs."""
    for figure in figures.values():
        year, code, group = figure.year, figure.administration, figure.group
        rows = [
            data.statuses[year, code, key]
            for key, scheme in data.schemes.items()
            if scheme.group == group and (year, code, key) in data.statuses
        ]
        derived = figure.measure in DERIVED  # they follow from the others, and have tests of their own
        expected = None if derived else _expected(figure.measure, figure.scheme, year, code, group, rows, data)
        if figure.value != expected and not derived:
            yield f"{figure.id} is {figure.value}, and by hand {expected}"
        if (figure.value is None) != (figure.lower is None) or (figure.value is None) != (figure.upper is None):
            yield f"{figure.id} has bounds and no value, or the other way round"
        # A number that is read off in whole persons may be half a person from what its spells allow, and what is
        # computed from such a number may be outside its bounds, too.
        read_off = figure.measure == "status" and any(row.interval.lower < row.interval.upper for row in rows)
        slack = Fraction(int(read_off), 2)
        known = figure.measure == "status" or _is_possible(data, year, code)
        if figure.value is not None and known and not figure.lower - slack <= figure.value <= figure.upper + slack:  # type: ignore[operator]
            yield f"{figure.id} is outside its bounds"
        wrong = verdict(figure.published, figure.computed, figure.interval) == "contradicted"
        kept = figure.published and (mode == "published" or not wrong)
        shown = figure.published if kept else figure.computed
        if figure.shown != shown:
            yield f"{figure.id} is shown as {figure.shown}"


def _is_possible(data: Data, year: int, code: str) -> bool:
    """Return whether each status of an administration is one that its spells allow."""
    statuses = (row for (of, at, _), row in data.statuses.items() if (of, at) == (year, code))
    return all(row.interval.lower <= row.status <= row.interval.upper for row in statuses)


def _expected(
    measure: str, scheme: str, year: int, code: str, group: str, rows: Sequence, data: Data
) -> Fraction | None:  # type: ignore[type-arg]
    def target(of: str, what: str) -> int | None:
        row = data.targets.get((year, of, what))
        return row.target if row and row.target else None

    def attained(what: str) -> Fraction | None:
        own = [
            row for (y, c, k), row in data.statuses.items() if y == year and c == code and data.schemes[k].group == what
        ]
        goal = target(code, what)
        return Fraction(sum((row.status for row in own), Fraction(0)), 1) * 100 / goal if own and goal else None

    if measure in {"status", "spells"}:
        row = data.statuses[year, code, scheme]
        return row.status if measure == "status" else Fraction(row.spells)
    if measure == "joint_status":
        return sum((row.status for row in rows), Fraction(0))
    if measure == "spells_total":
        return Fraction(sum(row.spells for row in rows if row.spells is not None))
    if measure == "target":
        goal = target(code, group)
        return None if goal is None else Fraction(goal)
    if measure == "attainment":
        return attained(group)
    goals = {what: goal for what in data.groups if (goal := target(KK, what))}
    reached = {what: value for what in goals if (value := attained(what)) is not None}
    if measure == "weight":
        return Fraction(goals[group] * 100, sum(goals[what] for what in reached))
    return (
        sum((goals[what] * value for what, value in reached.items()), Fraction(0))
        / sum(goals[what] for what in reached)
        if reached
        else None
    )


def _audit_holds(rows: Sequence[audit.AuditRow], data: Data) -> Iterator[str]:
    """Yield it where a verdict contradicts what it is given with.

    What a notat printed of a status that its spells do not allow follows from that status, and not from them.
    """
    for row in rows:
        if row.verdict not in {"exact", "within_rounding", "contradicted"}:
            yield f"{row.id} has the verdict {row.verdict}"
        if row.verdict != "contradicted" and row.lower is not None and row.upper is not None:
            try:
                printed = danish.parse(row.printed)
            except ValueError:
                continue
            year, code = row.id.split(".")[:2]
            if _is_possible(data, int(year), code) and (
                row.lower > printed + Fraction(1, 2) or row.upper < printed - Fraction(1, 2)
            ):
                yield f"{row.id}: {row.printed} is {row.verdict}, though between {row.lower} and {row.upper}"
        if not row.reason:
            yield f"{row.id} has no reason"


# -- memory ---------------------------------------------------------------------------------------------------


def reset_peak() -> None:
    """Begin to measure memory anew."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak() -> int:
    """Return the most memory this process has had since `reset_peak`, in bytes."""
    try:
        text = Path("/proc/self/status").read_text(encoding="ascii")
        return int(re.search(r"VmHWM:\s+(\d+)", text)[1]) * 1024  # type: ignore[index]
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def commands_of(text: str) -> list[list[str]]:
    """Read commands back from JSON."""
    return [list(map(str, command)) for command in json.loads(text)]


def now() -> float:
    """Return the time in seconds."""
    return time.perf_counter()


def worked() -> float:
    """Return the seconds that this process has computed: a busy machine makes a case wait, and that is not its fault."""
    return time.process_time()
