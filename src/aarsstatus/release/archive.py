"""Keep the exact inputs of a build: which files they are, and how they are zipped.

Every build puts ``inputs.zip`` beside its documents, with each file that its manifest has the hash of: parameters,
data, notebooks, the extension, the lock and the program itself. So a build can be compared with another, and made
again, when the project around it has long moved on. Two choices are meant:

* The entries are stored, not compressed. zlib is not the same on every machine, and these bytes have to be.
* What is in ``data/`` is kept by name, never by folder, so an extract that somebody left there is not kept.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath

from aarsstatus.files import irregular
from aarsstatus.inputs.schema import TABLES
from aarsstatus.problems import BuildError, InputError, Problem, reason
from aarsstatus.project import Project

INPUTS = "inputs.zip"
PACKAGE = Path(__file__).parent.parent
_BESIDE = {".yml", ".yaml", ".json", ".md"}
_SKIPPED = {"__pycache__", ".ipynb_checkpoints", ".DS_Store"}
_DAY = (1980, 1, 1, 0, 0, 0)
_LARGEST_INPUT = 16 << 20
_DAMAGED = (zlib.error, struct.error, lzma.LZMAError)
LARGEST = 200_000_000
"""Bytes that an archive may unpack to: twenty times what a bundle has."""


def input_files(project: Project, year: int) -> dict[str, Path]:
    """Return every file that a year's build depends on, by its name in the project.

    The program's files are ``aarsstatus/…``.

    The years before are looked at by the audit, so their parameters count; a later year never changes an earlier
    notat, so its parameters do not.

    Raises
    ------
    InputError
        If one is far larger than an input is: it would be read whole, and kept with every build.
    """
    files = [project.root / "_quarto.yml", project.root / "requirements.lock"]
    files += [path for path in _files(project.params) if not (path.stem.isdecimal() and int(path.stem) > year)]
    files += [project.data / table.file for table in TABLES]  # any other CSV file there may be an extract
    files += [project.data / f"notat-{year}" / table.file for table in TABLES]  # what `publish` kept
    beside = (path for path in _files(project.data) if path.parent == project.data and path.suffix in _BESIDE)
    files += [path for path in beside if not path.name.startswith(".")]  # what `ingest` can take back is no input
    files += [*_files(project.notebooks), *_files(project.extension)]
    named = {project.name(path): path for path in files if path.is_file()}
    large = [Problem(name, why) for name, path in named.items() if (why := irregular(path, _LARGEST_INPUT))]
    if large:
        raise InputError(large)
    return dict(sorted((named | program_files()).items()))


def program_files() -> dict[str, Path]:
    """Return the files of this very program by their names among the inputs."""
    return {f"aarsstatus/{path.relative_to(PACKAGE).as_posix()}": path for path in _files(PACKAGE)}


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, without caches."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not _SKIPPED & set(path.relative_to(folder).parts):
            yield path


def keep(project: Project, year: int, hashes: Mapping[str, str], folder: Path) -> None:
    """Write ``inputs.zip`` to the folder of a build whose manifest has these hashes.

    Raises
    ------
    BuildError
        If a file is no longer the one that the manifest has the hash of: it was changed meanwhile.
    """
    contents = {name: path.read_bytes() for name, path in input_files(project, year).items()}
    now = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    changed = sorted(name for name in now.keys() | hashes.keys() if now.get(name) != hashes.get(name))
    if changed:
        raise BuildError(f"{', '.join(changed)} blev ændret, mens notatet blev lavet; byg igen")
    (folder / INPUTS).write_bytes(pack(contents, compress=False))


def pack(contents: Mapping[str, bytes], *, compress: bool = True) -> bytes:
    """Return a zip of some files: the same bytes for the same files.

    They stand in the order of their names, without a time. Compressed bytes depend on the machine's zlib, stored ones
    on nothing.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, _DAY)
            entry.create_system = 3  # the same on Windows as elsewhere
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
            archive.writestr(entry, contents[name])
    return buffer.getvalue()


def unpack(content: bytes, name: str) -> dict[str, bytes]:
    """Return the files of a zip by name; `name` is what the zip is called in messages.

    Raises
    ------
    InputError
        If it is not a zip, is damaged, would unpack to more than a bundle can, or names a file outside itself.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > LARGEST:
                raise InputError(Problem(name, "zip-filen er for stor til at være en årsstatus"))
            outside = [entry.filename for entry in entries if not stays_inside(entry.filename)]
            if outside:
                raise InputError(Problem(name, "zip-filen har en fil, der ligger uden for den", found=outside[0]))
            if within := _inside_another([entry.filename for entry in entries]):
                raise InputError(Problem(name, "zip-filen har en fil, hvor den også har en mappe", found=within))
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, *_DAMAGED) as error:
        whole = "en hel zip-fil; hent eller lav den igen"
        why = f"zip-filen kan ikke læses: {reason(error)}" if isinstance(error, OSError) else "zip-filen er beskadiget"
        raise InputError(Problem(name, why, expected=whole)) from None


def _inside_another(names: Collection[str]) -> str | None:
    """Return a file that has another for its folder, if one has."""
    known = set(names)
    return next((name for name in names if known.intersection(map(str, PurePosixPath(name).parents))), None)


def stays_inside(name: str) -> bool:
    """Return whether a file's name stays below its folder, on Windows too."""
    path = PurePosixPath(name)
    return not (path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or not name.isprintable())
