"""Compute figures anew from given inputs with a given version of the program.

Each version of the program answers for itself: ``python -m aarsstatus.diff.recompute`` run in the folder that holds
it reads from standard input ``{"jobs": [{"root", "year", "compare", "figures", "verdicts"}]}`` and writes
``{"answers": [{"figures": …} | {"problem": …}], "modules": […]}``, where ``figures`` is the text of ``figures.csv``
and ``modules`` are the files of the program that took part. That is all that an old version and a new one have to
agree on. With ``verdicts`` the audit is held too, which takes ten times as long.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aarsstatus import audit
from aarsstatus.audit import quality
from aarsstatus.figures.collection import Figures
from aarsstatus.figures.derived import every_figure
from aarsstatus.files import write_files
from aarsstatus.inputs import read_year
from aarsstatus.problems import InputError, ProgramError
from aarsstatus.project import Project
from aarsstatus.run import temporary
from aarsstatus.run.programs import run_python


@dataclass(frozen=True)
class Variant:
    """Hold the inputs of figures: ``params/``, ``data/``, options and a program.

    A program of None is this very one.
    """

    code: Mapping[str, bytes] | None
    files: Mapping[str, bytes]
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """Hold a variant's figures, or None and why, in Danish.

    `modules` are the program's files that took part; None where that is not known.
    """

    figures: Figures | None
    problem: str = ""
    modules: frozenset[str] | None = None


def recompute(variants: Sequence[Variant], verdicts: bool) -> list[Answer]:
    """Compute the figures of some variants, in a process for each program, in turn."""
    programs: dict[tuple[tuple[str, bytes], ...] | None, list[int]] = {}
    for place, variant in enumerate(variants):
        code = None if variant.code is None else tuple(sorted(variant.code.items()))
        programs.setdefault(code, []).append(place)
    answers: dict[int, Answer] = {}
    with temporary.folder() as folder:
        for number, places in enumerate(programs.values()):
            told = _ask(folder / str(number), [variants[place] for place in places], verdicts)
            answers |= dict(zip(places, told, strict=True))
    return [answers[place] for place in range(len(variants))]


def _ask(folder: Path, variants: Sequence[Variant], verdicts: bool) -> list[Answer]:
    """Have one version of the program compute some variants."""
    folder.mkdir()
    program = None
    if variants[0].code is not None:
        program = folder / "program"
        write_files(program, variants[0].code)
    jobs = []
    for number, variant in enumerate(variants):
        root = folder / f"grundlag-{number}"
        root.mkdir()
        write_files(root, variant.files)
        options = variant.options
        asked = {name: options.get(name) for name in ("year", "compare", "figures")}
        jobs.append({"root": str(root), **asked, "verdicts": verdicts})
    try:
        given = json.dumps({"jobs": jobs}).encode()
        command = ["-m", "aarsstatus.diff.recompute"]
        told = json.loads(run_python("programmet", command, folder=folder, program=program, given=given).made)
        took_part = frozenset(told["modules"])
        answers = [
            Answer(Figures.from_csv(one["figures"]), "", took_part)
            if "figures" in one
            else Answer(None, one["problem"], took_part)
            for one in told["answers"]
        ]
    except (ProgramError, ValueError, KeyError, TypeError):
        answers = []
    failed = Answer(None, "programmet kan ikke køres på denne maskine")
    return answers if len(answers) == len(jobs) else [failed] * len(jobs)


def _answer(job: Mapping[str, Any]) -> dict[str, str]:
    """Compute one job with this version of the program."""
    project, year = Project(Path(job["root"]).resolve()), int(job["year"])
    try:
        params, data = read_year(project, year, job.get("compare"), as_issued=job["figures"] == "published")
        figures = every_figure(data, year, params.comparison_year, notat=params.notat, mode=job["figures"])
        if job["verdicts"]:
            figures = figures.judged(audit.answers(quality.explained(project, data, year), params.notat))
    except InputError as error:
        return {"problem": str(error.problems[0])}
    except Exception as error:  # a changed formula may fail in any way, and that is the answer
        return {"problem": f"{type(error).__name__}: {error}"}
    return {"figures": figures.to_csv()}


def _modules() -> list[str]:
    """Return the program's files that were loaded, by their names among the inputs."""
    package = Path(__file__).parent.parent
    files = [Path(file) for module in list(sys.modules.values()) if (file := getattr(module, "__file__", None))]
    inside = [file.relative_to(package.parent).as_posix() for file in files if file.is_relative_to(package)]
    return sorted(inside)


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    answers = [_answer(job) for job in asked["jobs"]]
    json.dump({"answers": answers, "modules": _modules()}, sys.stdout)
