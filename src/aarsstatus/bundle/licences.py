"""Under which licence each locked package comes, and what some of them carry inside.

``licences.csv`` lies beside this module, so it is in every bundle, and what a bundle says of licences never depends
on what happens to be installed. ``make licences`` writes it; a test keeps it in step with the locks.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aarsstatus.release.packages import folded

__all__ = ["CARRIED", "COLUMNS", "TABLE", "Carried", "copyleft", "licences", "spdx"]

TABLE = Path(__file__).with_name("licences.csv")
COLUMNS = ("name", "version", "licence")

_COPYLEFT = re.compile(r"\b(?:A?GPL|LGPL|MPL|EPL|CDDL|EUPL|CC-BY-SA)-[\w.-]+")


@dataclass(frozen=True, slots=True)
class Carried:
    """A program or library that lies inside a package's wheel, under a licence of its own. `what` is Danish."""

    package: str
    name: str
    licence: str
    what: str


CARRIED = (
    Carried("pypandoc-binary", "pandoc", "GPL-2.0-or-later", "programmet, der laver HTML og Word; kaldes som proces"),
    Carried("typst", "typst", "Apache-2.0", "oversætteren, der laver PDF"),
    Carried("typst", "dejavu-sans-mono", "Bitstream-Vera", "skrift, som pilen → i PDF'en kommer fra"),
    Carried("numpy", "libgfortran", "GPL-3.0-or-later WITH GCC-exception-3.1", "bibliotek, i Linux-udgaven"),
    Carried("numpy", "libquadmath", "LGPL-2.1-or-later", "bibliotek, i Linux-udgaven"),
    Carried("numpy", "openblas", "BSD-3-Clause", "bibliotek"),
    Carried("lxml", "libiconv", "LGPL-2.1-or-later", "bibliotek, i nogle udgaver"),
    Carried("lxml", "libxml2", "MIT", "bibliotek"),
    Carried("pyzmq", "libzmq", "MPL-2.0", "bibliotek"),
    Carried("debugpy", "pydevd", "EPL-1.0", "fejlfinder; følger med ipykernel og bruges ikke af en kørsel"),
    Carried("matplotlib", "freetype", "FTL OR GPL-2.0-or-later", "bibliotek; bruges under FTL"),
    Carried("pillow", "freetype", "FTL OR GPL-2.0-or-later", "bibliotek; bruges under FTL"),
    Carried("axe-playwright-python", "axe-core", "MPL-2.0", "script, som kun prøverne bruger"),
)
"""What the wheels' own licence files and folders of libraries show. Not every permissive part is listed; every part
under copyleft that was found is."""


@cache
def licences() -> Mapping[tuple[str, str], str]:
    """Return the licence of each locked package, an SPDX expression, by name and version."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["name"], row["version"]): row["licence"] for row in csv.DictReader(file)}


def copyleft(licence: str) -> bool:
    """Whether a licence asks for the source to be offered when the program is passed on, in no way around it.

    An expression with ``OR`` leaves the choice to who uses it, so every alternative has to ask for it.
    """
    return all(_COPYLEFT.search(alternative) for alternative in licence.split(" OR "))


_BY_TEXT = {
    "0bsd": "0BSD",
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache-2.0": "Apache-2.0",
    "bsd-2-clause": "BSD-2-Clause",
    "bsd-3-clause": "BSD-3-Clause",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit": "MIT",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "mpl-2.0": "MPL-2.0",
    "mpl-2.0 and mit": "MPL-2.0 AND MIT",
    "psf-2.0": "PSF-2.0",
    "psfl": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
    "bsd-3-clause, apache-2.0, dependency licenses": "BSD-3-Clause AND Apache-2.0",
}
_BY_NAME = {
    # Their metadata says "BSD" or gives the text alone, or nothing at all; this is what their licence files are.
    "axe-playwright-python": "MIT",
    "text-unidecode": "Artistic-1.0-Perl OR GPL-1.0-or-later",
}


def spdx(name: str, expression: str | None, stated: str, classifiers: tuple[str, ...], text: str) -> str:
    """Return a package's licence as an SPDX expression, from its own metadata and licence file.

    Parameters
    ----------
    name
        The package.
    expression
        ``License-Expression``, which is SPDX already.
    stated
        ``License``: a name, an identifier or a whole text.
    classifiers
        The last parts of its licence classifiers.
    text
        Its licence files, for those who state no more than "BSD".

    Raises
    ------
    ValueError
        If neither tells; then a person has to look, and write it in `_BY_NAME`.
    """
    if folded(name) in _BY_NAME:
        return _BY_NAME[folded(name)]
    if expression:
        return expression
    for said in (stated, *classifiers):
        if found := _BY_TEXT.get(said.strip().lower()):
            return found
    whole = " ".join(f"{stated} {text}".lower().split())
    if "redistributions of source code must retain" in whole:
        third = "endorse or promote products" in whole
        return "BSD-3-Clause" if third else "BSD-2-Clause"
    if "permission is hereby granted, free of charge" in whole:
        return "MIT"
    raise ValueError(f"{name}: no licence can be told from its metadata ({stated[:60]!r}, {classifiers})")
