"""Hold the mutants that no test noticed against the list of those that are explained; ``make mutants`` calls it.

``tests/mutants.toml`` lists every mutant that may live: the function, the line as it is and as it was changed, and
why no test can or need notice. It goes by the text of the change and not by mutmut's number, which moves with every
edit. ``--write`` adds what is new with the reason "not explained yet", which does not pass for an explanation.

Exit status: 0 every mutant was tried, and each that lives is explained; 1 one lives that is not, or an explanation
has nothing to explain; 2 not every mutant was tried.
"""

from __future__ import annotations

import difflib
import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
LIST = ROOT / "tests" / "mutants.toml"
OPEN = "not explained yet"
KILLED = {"killed", "timeout", "caught by type check", "suspicious", "segfault"}
"""A mutant that makes the tests hang, or their process die of a signal, is noticed: they do not pass."""
UNTRIED = {"not checked", "check was interrupted by user", "skipped"}


@dataclass(frozen=True, order=True)
class Living:
    """A mutant that no test noticed, by what it changes."""

    function: str
    before: str
    after: str


def results() -> dict[str, str]:
    """Return what became of each mutant, by mutmut's name."""
    done = _mutmut("results", "--all", "true")
    found = re.findall(r"(?m)^\s*(\S+__mutmut_\d+): (.+?)\s*$", done)
    if not found:
        raise SystemExit("mutmut has no results here; make mutants runs it")
    return dict(found)


def _mutmut(*arguments: str) -> str:
    command = [str(Path(sys.executable).with_name("mutmut")), *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def living(name: str) -> Living:
    """Return what a mutant changes."""
    lines = [line for line in _mutmut("show", name).splitlines() if not line.startswith(("---", "+++", "@@", "#"))]
    before = " ".join(line[1:].strip() for line in lines if line.startswith("-"))
    after = " ".join(line[1:].strip() for line in lines if line.startswith("+"))
    module, _, function = name.partition("__mutmut_")[0].rpartition(".")
    function = function.removeprefix("x").replace("ǁ", ".").strip("._") if "ǁ" in function else function[2:]
    return Living(f"{module}.{function}", before, after)


def explained() -> dict[Living, str]:
    """Return the list: the reason of each."""
    if not LIST.is_file():
        return {}
    told = tomllib.loads(LIST.read_text(encoding="utf-8"))
    return {Living(one["function"], one["before"], one["after"]): one["why"] for one in told.get("mutant", [])}


def written(told: Mapping[Living, str]) -> str:
    """Return the list as a file."""
    parts = ["# Mutants that no test notices, and why that is right. See tools/mutants.py.\n"]
    for one in sorted(told):
        values = {"function": one.function, "before": one.before, "after": one.after, "why": told[one]}
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
        parts.append("\n".join(["[[mutant]]", *lines]) + "\n")
    return "\n".join(parts)


def judge(alive: Iterable[Living], told: Mapping[Living, str]) -> list[str]:
    """Return what is wrong: a mutant that lives and is not explained, an explanation of one that does not live."""
    found = set(alive)
    wrong = [
        f"{one.function}: {_change(one)}" + (": not explained" if one in told else ": new")
        for one in sorted(found)
        if told.get(one, OPEN) == OPEN
    ]
    return wrong + [f"{one.function}: {_change(one)}: does not live any more" for one in sorted(set(told) - found)]


def _change(one: Living) -> str:
    """Show a change with what is alike cut away."""
    match = difflib.SequenceMatcher(None, one.before, one.after, autojunk=False)
    changes = [(one.before[a:b], one.after[c:d]) for tag, a, b, c, d in match.get_opcodes() if tag != "equal"]
    return f"{one.before}  [{'; '.join(f'{old!r} -> {new!r}' for old, new in changes)}]"


def table(became: Mapping[str, str], alive: Mapping[str, Living], told: Mapping[Living, str]) -> list[str]:
    """Return the table for docs/robusthed.md."""
    modules: dict[str, Counter[str]] = {}
    for name, what in became.items():
        kind = "killed" if what in KILLED else "untried" if what in UNTRIED else "open"
        if kind == "open" and told.get(alive[name], OPEN) != OPEN:
            kind = "explained"
        modules.setdefault(re.split(r"\.x[_ǁ]", name)[0], Counter())[kind] += 1
    lines = ["| Modul | Ændringer | Opdaget | Forklaret | Står åbne | Ikke prøvet |", "|---|---|---|---|---|---|"]
    for module, count in [*sorted(modules.items()), ("i alt", sum(modules.values(), Counter()))]:
        kinds = " | ".join(str(count[kind]) for kind in ("killed", "explained", "open", "untried"))
        lines.append(f"| {module.removeprefix('aarsstatus.')} | {sum(count.values())} | {kinds} |")
    return lines


def main(arguments: list[str]) -> int:
    """Judge the last run."""
    became, told = results(), explained()
    names = [name for name, what in became.items() if what not in KILLED | UNTRIED]
    with ThreadPoolExecutor(4) as pool:
        alive = dict(zip(names, pool.map(living, names), strict=True))
    if "--write" in arguments:
        keep = {one: told.get(one, OPEN) for one in alive.values()}
        LIST.write_text(written(keep), encoding="utf-8", newline="\n")
        told = keep
    print("\n".join(table(became, alive, told)))
    wrong = judge(alive.values(), told)
    print("\n".join(wrong), file=sys.stderr)
    untried = [name for name, what in became.items() if what in UNTRIED]
    if untried:
        print(f"{len(untried)} mutants were not tried: run make mutants again, it goes on", file=sys.stderr)
        return 2
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
