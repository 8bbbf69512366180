"""Write ``src/aarsstatus/bundle/licences.csv`` and ``docs/licenser.md`` from the locks; ``make licences`` calls it.

The licence of a package that is installed here is read from its metadata. One that is not (it is for another system
or another Python) is fetched by pip, by the hashes of the lock like any installation, and only its metadata is read.
A row that fits the locks already stays as it is, so nothing is fetched when nothing changed.

``--check`` writes nothing, fetches nothing, and fails when the two files do not fit the locks.
"""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from importlib import metadata
from pathlib import Path

from aarsstatus.bundle.sbom import CARRIED, COLUMNS, TABLE
from aarsstatus.release.packages import Locked, folded, read_lock

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "licenser.md"
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-proof.lock")
PYTHONS = (["--python-version=3.12"], ["--python-version=3.13"], ["--python-version=3.13", "--abi=cp313t"])
"""What a package that is not for this Python may be for."""
INTRODUCTION = """\
# Licenser

<!-- Skrevet af `make licences`; ret i tools/licences.py og src/aarsstatus/bundle/sbom.py, ikke her. -->

Årsstatus selv er under MIT-licensen (`LICENSE`). Skriften Open Sans i `_extensions/notat/fonts/` er under
Apache-2.0. Her står licensen for hver pakke, som låsefilerne nævner, som et SPDX-udtryk. Den er læst i pakkens egne
oplysninger og licensfil; den er ikke en jurists vurdering.

## At give en pakke videre

`aarsstatus bundle` laver en zip med notatet, dets grundlag og programmets kildetekst. **Den rummer ingen af pakkerne
nedenfor**, kun deres navne, versioner og kontroltal (`requirements.lock` og `sbom.cdx.json`). Modtageren henter dem
selv. Derfor følger der ingen GPL-pligter med en pakke, og notatet (HTML, PDF, DOCX), som er programmernes resultat,
er ikke omfattet af deres licenser. Det, der er med, er årsstatus (MIT) og Open Sans (Apache-2.0; licensteksten
følger med i `grundlag/_extensions/notat/fonts/`). I selve dokumenterne ligger Open Sans, og i PDF'en også pilen →
fra DejaVu Sans Mono (Bitstream-Vera, som tillader det).

Anderledes er det, hvis **en installation** gives videre: mappen `.venv`, et containerbillede eller en maskine, hvor
årsstatus er installeret. Så gives programmerne selv videre, og for dem med copyleft nedenfor skal licensteksten
følge med, og modtageren skal kunne få kildeteksten:

- **pandoc (GPL-2.0-or-later)**, som ligger i `pypandoc-binary`: tilbyd kildeteksten til præcis den version, eller
  henvis til, hvor den hentes, så længe installationen gives videre. Årsstatus starter pandoc som et program for sig
  og er ikke et afledt værk af det.
- **GPL-3.0 med GCC-undtagelsen** (libgfortran i `numpy`): undtagelsen gør, at det, der bruger biblioteket, ikke
  bliver omfattet; biblioteket selv gives videre på GPL's vilkår.
- **LGPL, MPL, EPL**: gælder filerne eller biblioteket selv. Har man ikke ændret dem, er det nok at lade
  licensteksten følge med og sige, hvor kildeteksten er.

## Det, der er under copyleft

Hvor en licens lader brugeren vælge (`OR`), og et af valgene er uden copyleft, står pakken ikke her.
"""
INSIDE = """
## Det, der ligger inde i pakkerne

Nogle pakkers hjul rummer programmer og biblioteker med deres egen licens. Alle med copyleft, der blev fundet ved at
se hjulene til Linux efter (licensfiler og medfølgende biblioteker), er med; hjulene til Windows og Mac er ikke set
efter fil for fil.

"""
Rows = dict[tuple[str, str], str]
"""Licence by name and version."""


def locked() -> dict[str, list[Locked]]:
    """Return what each lock adds to the one before it."""
    seen: set[tuple[str, str]] = set()
    added: dict[str, list[Locked]] = {}
    for name in LOCKS:
        every = read_lock((ROOT / name).read_text(encoding="utf-8"))
        added[name] = [one for one in every if (one.name, one.version) not in seen]
        seen |= {(one.name, one.version) for one in every}
    return added


def known() -> Rows:
    """Return the table as it is."""
    if not TABLE.is_file():
        return {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["name"], row["version"]): row["licence"] for row in csv.DictReader(file)}


def looked_up(one: Locked) -> str:
    """Return a package's licence, from what is installed or from its wheel."""
    try:
        here = metadata.distribution(one.name)
    except metadata.PackageNotFoundError:
        here = None
    if here is not None and here.version == one.version:
        texts = [path.read_text() for path in here.files or () if _is_licence(path.as_posix())]
        return _told(one.name, Parser().parsestr(here.read_text("METADATA") or ""), texts)
    return _from_wheel(one)


def _told(name: str, described: Message, texts: list[str]) -> str:
    classifiers = [said for said in described.get_all("Classifier", []) if said.startswith("License ::")]
    last = tuple(said.rpartition(" :: ")[2] for said in classifiers)
    return spdx(name, described.get("License-Expression"), described.get("License") or "", last, "\n".join(texts))


def _is_licence(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    return ".dist-info/" in path and name.startswith(("licen", "copying"))


def _from_wheel(one: Locked) -> str:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wanted = " ".join([f"{one.name}=={one.version}", *(f"--hash=sha256:{digest}" for digest in one.hashes)])
        (folder / "wanted.txt").write_text(wanted, encoding="utf-8")
        command = [
            sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "--only-binary=:all:",
            f"--dest={folder}", f"--requirement={folder / 'wanted.txt'}",
        ]  # fmt: skip
        for kind in PYTHONS:  # any of the wheels has the same metadata
            done = subprocess.run([*command, *kind], check=False, capture_output=True, text=True)
            if done.returncode == 0:
                break
        else:
            said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
            raise SystemExit(f"{one.name} {one.version} cannot be fetched: {'; '.join(said)}")
        (wheel,) = folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            names = archive.namelist()
            (described,) = (name for name in names if name.endswith(".dist-info/METADATA"))
            texts = [archive.read(name).decode("utf-8", "replace") for name in names if _is_licence(name)]
            return _told(one.name, Parser().parsestr(archive.read(described).decode("utf-8")), texts)


_COPYLEFT = re.compile(r"\b(?:A?GPL|LGPL|MPL|EPL|CDDL|EUPL|CC-BY-SA)-[\w.-]+")


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


def table(rows: Rows) -> str:
    """Return ``licences.csv``."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((*key, rows[key]) for key in sorted(rows))
    return text.getvalue()


def page(added: dict[str, list[Locked]], rows: Rows) -> str:
    """Return ``docs/licenser.md``."""
    return "\n".join(_page(added, rows)) + "\n"


_TITLES = {
    "requirements.lock": "Det, en kørsel bruger",
    "requirements-dev.lock": "Det, kun udvikling og prøver bruger",
    "requirements-proof.lock": "Det, kun `make mutants`, `make coverage` og `make audit` bruger",
}


def _page(added: dict[str, list[Locked]], rows: Rows) -> Iterator[str]:
    yield INTRODUCTION
    yield "| Pakke | Licens | Bruges af |"
    yield "|---|---|---|"
    for lock, ones in added.items():
        for one in ones:
            if copyleft(rows[one.name, one.version]):
                yield f"| {one.name} | {rows[one.name, one.version]} | {_TITLES[lock].lower()} |"
    yield INSIDE
    yield "| Pakke | Indeni | Licens | Copyleft | Hvad det er |"
    yield "|---|---|---|---|---|"
    for part in CARRIED:
        yield f"| {part.package} | {part.name} | {part.licence} | {_yes(part.licence)} | {part.what} |"
    for lock, ones in added.items():
        yield ""
        yield f"## {_TITLES[lock]}"
        yield ""
        yield f"`{lock}`: {len(ones)} pakker"
        yield ""
        yield "| Pakke | Version | Licens | Kun hvor |"
        yield "|---|---|---|---|"
        for one in ones:
            where = f"`{one.marker}`" if one.marker else ""
            yield f"| {one.name} | {one.version} | {rows[one.name, one.version]} | {where} |"


def _yes(licence: str) -> str:
    return "ja" if copyleft(licence) else ""


def main(arguments: list[str]) -> int:
    """Write both files, or check them."""
    added, before = locked(), known()
    wanted = {(one.name, one.version): one for ones in added.values() for one in ones}
    check = "--check" in arguments
    if check and before.keys() != wanted.keys():
        apart = sorted(" ".join(key) for key in before.keys() ^ wanted.keys())
        print(f"licences.csv does not fit the locks: {', '.join(apart)}; run make licences", file=sys.stderr)
        return 1
    rows = {key: before.get(key) or looked_up(one) for key, one in wanted.items()}
    made = {TABLE: table(rows), PAGE: page(added, rows)}
    old = [path for path, text in made.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if check:
        for path in old:
            print(f"{path.relative_to(ROOT)} is not what make licences writes", file=sys.stderr)
        return 1 if old else 0
    for path in old:
        path.write_text(made[path], encoding="utf-8", newline="\n")
        print(f"written: {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
