"""Verify a bundle: make its notat again, and compare every file to the byte.

That runs the program and the notebooks that are in the bundle, so it is for bundles from somebody one trusts.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from platform import python_version

from aarsstatus.bundle import GUIDES, sbom, vouched_for
from aarsstatus.diff.page import COMPARISON, QUALITY, without_opening
from aarsstatus.files import write_files
from aarsstatus.problems import InputError, Problem, ProgramError
from aarsstatus.release import manifest
from aarsstatus.release.packages import installed, other_versions
from aarsstatus.release.reading import KEPT, Finished, open_finished
from aarsstatus.run import temporary
from aarsstatus.run.programs import run_python

_RENDERED = {".html", ".pdf", ".docx"}
_BUILD_LIMIT = 900
"""Seconds: a build takes half a minute on a slow machine."""
_ZIPPED = {".docx", ".xlsx"}


@dataclass(frozen=True, slots=True)
class BundleCheck:
    """Hold the outcome of verifying a bundle.

    `altered` are the bundle's own files that are not what its manifest says, or not in it; `environment` the packages
    that are another version here; `failed` why the notat could not be made again. Of the files that were, `same` came
    out so, `different` say how they did not, and `skipped` why they cannot be compared here.
    """

    year: int
    altered: tuple[str, ...]
    environment: tuple[str, ...]
    failed: str = ""
    same: tuple[str, ...] = ()
    different: Mapping[str, str] = field(default_factory=dict)
    skipped: Mapping[str, str] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether the bundle is whole and all that can be compared came out the same."""
        return not (self.altered or self.different or self.failed)


def verify_bundle(path: Path) -> BundleCheck:
    """Make a bundle's notat again, and compare every file to the byte.

    The renderer is the one that the bundle was made with. Where that was Quarto and it is not here, the documents are
    left out; the figures never depend on it.

    Raises
    ------
    InputError
        If the file is not a bundle.
    """
    build = open_finished(str(path))
    if not build.inputs:
        raise InputError(Problem(path.name, "pakken har intet grundlag", expected=f"mappen {KEPT}/"))
    altered, apart = tuple(build.altered()), _environment(build)
    bill = build.beside.get(sbom.NAME)
    if bill is not None and not sbom.fits(bill, build):  # a bundle from before there was one is none the worse
        altered = (*altered, sbom.NAME)
    if any(name in build.inputs or name not in build.outputs for name in altered if name != sbom.NAME):
        # A program that is not the one the manifest vouches for is not run.
        return BundleCheck(build.year, altered, apart, "pakken er ikke hel, så notatet er ikke lavet igen")
    altered = (*altered, *_strange(build))
    made = _made_again(build)
    if isinstance(made, str):
        return BundleCheck(build.year, altered, apart, made)
    same, different, skipped = list[str](), dict[str, str](), dict[str, str]()
    for name, known in build.manifest.outputs.items():
        if name == COMPARISON:
            skipped[name] = "sammenligner med en tidligere udgave, som ikke er i pakken"
        elif made.manifest.engine.name != build.manifest.engine.name and Path(name).suffix in _RENDERED:
            skipped[name] = "er lavet med Quarto, som ikke kan bruges på denne maskine"
        elif how := _apart(name, known, build, made):
            different[name] = how
        else:
            same.append(name)
    return BundleCheck(build.year, altered, apart, same=tuple(same), different=different, skipped=skipped)


def _strange(build: Finished) -> list[str]:
    """Return the files in a bundle that nobody vouches for: put into it later."""
    within = [f"{build.year}/{name}" for name in build.outputs.keys() - vouched_for(build)]
    return sorted([*within, *(build.beside.keys() - {sbom.NAME, *GUIDES})])


def _made_again(build: Finished) -> Finished | str:
    """Make a build again with the inputs and program it kept; or say why that failed."""
    options, engine = build.manifest.options, build.manifest.engine.name
    with temporary.folder() as folder:
        project, output = folder / "projekt", folder / "ud"
        write_files(project, build.inputs)
        arguments = [
            "-m", "aarsstatus", "build", str(build.year), "--quiet", "--force", "--output", str(output),
            "--engine", "auto" if engine == "quarto" else "embedded",
            "--formats", ",".join(options.formats), "--figures", options.figures,
        ]  # fmt: skip
        if options.compare is not None:
            arguments += ["--compare", str(options.compare)]
        try:
            done = run_python("programmet", arguments, folder=project, program=project, limit=_BUILD_LIMIT)
        except ProgramError:
            return "notatet blev ikke færdigt i tide"
        if done.status:
            said = (done.said or done.made.decode(errors="replace")).strip().splitlines()
            return f"notatet kunne ikke laves igen: {said[0] if said else 'programmet sagde ikke hvorfor'}"
        return open_finished(str(output / str(build.year)))


def _apart(name: str, known: str, build: Finished, made: Finished) -> str:
    """Say how a file came out otherwise; empty when it did not."""
    now = made.outputs.get(name)
    if now is None:
        return "blev ikke lavet"
    before = build.outputs.get(name)
    if before is None:  # the kept inputs lie unpacked in the bundle
        return "" if manifest.digest(now) == known else "indholdet er et andet"
    if name == QUALITY:
        before, now = (without_opening(text.decode("utf-8")).encode() for text in (before, now))
    if now == before:
        return ""
    if Path(name).suffix in _ZIPPED and (how := _packed_otherwise(now, before)):
        return f"indholdet er det samme, men pakket anderledes ({how})"
    return "indholdet er et andet"


def _packed_otherwise(one: bytes, other: bytes) -> str:
    """Say how two zips of the same files are packed otherwise; else nothing."""
    try:
        with zipfile.ZipFile(BytesIO(one)) as first, zipfile.ZipFile(BytesIO(other)) as second:
            files = [{name: parts.read(name) for name in parts.namelist()} for parts in (first, second)]
            systems = [{entry.create_system for entry in parts.infolist()} for parts in (first, second)]
    except zipfile.BadZipFile:
        return ""
    if files[0] != files[1]:
        return ""
    return "på et andet system, som Windows og Linux" if systems[0] != systems[1] else "måske af en anden zlib"


def _environment(build: Finished) -> tuple[str, ...]:
    """Return the packages, and Python, that are another version here."""
    then = {"Python": build.manifest.python, **build.manifest.packages}
    return tuple(other_versions(then, {"Python": python_version(), **installed(build.manifest.packages)}))


def check_lines(check: BundleCheck) -> list[str]:
    """Return what verifying came to as lines for a terminal, in Danish."""
    lines = [f"{name}: er ændret eller lagt til, efter at notatet blev lavet" for name in check.altered]
    if check.failed:
        lines.append(check.failed)
    else:
        lines.append(f"{check.year}: {len(check.same)} filer er lavet igen og er de samme, byte for byte")
    lines += [f"  {name}: {how}" for name, how in check.different.items()]
    lines += [f"  {name}: ikke sammenlignet; den {how}" for name, how in check.skipped.items()]
    if check.environment and not check.holds:
        lines.append("Disse versioner er andre her, end da pakken blev lavet:")
        lines += [f"  {one}" for one in check.environment]
    elif check.different:
        lines.append("Alle pakker har samme version som dengang, så forskellen kommer et andet sted fra.")
    return lines
