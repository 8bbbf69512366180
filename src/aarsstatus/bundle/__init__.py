"""Write a bundle: one zip with a finished notat and all it was made from.

A bundle holds the documents in a folder named by the year, the inputs that the build kept in ``grundlag/`` (the
program among them, extracts never), ``sbom.cdx.json`` and a guide. `verify` makes the notat again.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template

from aarsstatus import privacy
from aarsstatus.bundle import sbom
from aarsstatus.files import packaged_rows, require_own, write_files, write_whole
from aarsstatus.problems import InputError, Problem
from aarsstatus.release import manifest
from aarsstatus.release.archive import INPUTS, pack
from aarsstatus.release.reading import KEPT, Finished
from aarsstatus.render.page import make_page, table
from aarsstatus.run import temporary

GUIDES = ("vejledning.html", "index.html")
"""The guide's names: the second is where the documents' link to all years leads."""
_TEXT = Path(__file__).with_name(GUIDES[0])
"""The guide's text; what differs from bundle to bundle is put in."""


def write_bundle(build: Finished, target: Path, extension: Path) -> Path:
    """Write a finished build as a bundle, and return its path.

    Its guide is made with the extension's look: an older build has not all that a page needs.

    Raises
    ------
    InputError
        If it kept no inputs, if a file is not as it was when it was made, if something in it looks like a person
        number, or if another file than a bundle is at `target`.
    """
    require_own(target, sbom.NAME.encode(), "en pakke", manifest.NAME)
    if not build.inputs:
        raise InputError(Problem(build.name, "notatets grundlag er ikke gemt", expected=f"{INPUTS}; byg notatet igen"))
    if altered := build.altered():
        problems = [
            Problem(f"{build.name}/{name}", "filen er ikke, som den var, da notatet blev lavet; byg notatet igen")
            for name in altered
        ]
        raise InputError(problems)
    contents = _contents(build)
    with temporary.folder() as folder:
        write_files(folder, contents)
        if found := privacy.scan(folder):
            raise InputError(found)
        contents[sbom.NAME] = sbom.sbom(build)
        contents |= dict.fromkeys(GUIDES, guide(build, target.name, extension).encode())
    write_whole(target, pack(contents))
    return target


def _contents(build: Finished) -> dict[str, bytes]:
    """Return a bundle's documents and inputs: what the manifest vouches for.

    The kept inputs lie in it unpacked, so nobody needs to unpack twice.
    """
    made = vouched_for(build) - {INPUTS}
    outputs = {f"{build.year}/{name}": content for name, content in build.outputs.items() if name in made}
    return outputs | {f"{KEPT}/{name}": content for name, content in build.inputs.items()}


def vouched_for(build: Finished) -> set[str]:
    """Return the names of a build's own files, the manifest among them."""
    return {manifest.NAME, *build.manifest.outputs}


def guide(build: Finished, name: str, extension: Path) -> str:
    """Return the page that says what a bundle has, and how the notat is made again.

    `name` is the bundle's file name.
    """
    told = {
        "year": str(build.year), "name": name, "kept": KEPT, "sbom": sbom.NAME,
        "engine": build.manifest.engine.version, "python": build.manifest.python,
    }  # fmt: skip
    texts = {key: escape(text) for key, text in told.items()}
    body = Template(_TEXT.read_text(encoding="utf-8")).substitute(texts, contents=_places(build.year))
    return make_page(f"Sådan laves årsstatussen for {build.year} igen", "VEJLEDNING", body, extension)


def _places(year: int) -> str:
    """Return a table of what lies where."""
    named = {"year": year, "kept": KEPT, "sbom": sbom.NAME}
    rows = [
        [f"<code>{escape(row['place'].format(**named))}</code>", escape(row["holds"])]
        for row in packaged_rows(Path(__file__).with_name("places.csv"))
    ]
    return table("Mapper og filer i pakken", ("Sted", "Indhold"), rows, text=True)
