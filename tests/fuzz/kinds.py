"""The kinds of cases: which file of a valid project is changed, how, and what is then run."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from fuzz import mutate, values

__all__ = ["KINDS", "YEAR", "Base", "Case", "case", "change", "lay_out"]

YEAR = 2026
"""A year computed from extracts; 2021 and 2025 are published ones."""
YEARS = (2021, 2025, YEAR)
MODEL = ("schemes.csv", "administrations.csv", "targets.csv", "status.csv", "published.csv")
"""The CSV files that every report reads."""


@dataclass(frozen=True)
class Base:
    """A valid project: its files by name, and valid extracts by name."""

    files: dict[str, bytes]
    extracts: dict[str, bytes]


@dataclass(frozen=True)
class Case:
    """One case. All that happens in it follows from seed and number."""

    seed: int
    number: int
    kind: str

    def random(self) -> Random:
        """Return the case's own source of chance."""
        return Random(f"{self.seed}-{self.number}-{self.kind}")


@dataclass(frozen=True)
class Kind:
    """How many of a hundred cases are of this kind, what changes the project, and which commands are run."""

    share: int
    change: Callable[[Random, Path], str]
    commands: Callable[[Random], Sequence[Sequence[str]]]


def lay_out(base: Base, root: Path) -> None:
    """Make the project's inputs as they were, whatever the last case left."""
    for part in ("params", "data", "udtræk"):
        _gone(root / part)
        (root / part).mkdir()
    for name, content in base.files.items():
        (root / name).write_bytes(content)
    for name, content in base.extracts.items():
        _written(root / "udtræk" / name, content)


def _written(path: Path, content: bytes) -> None:
    """Write a file as one of January 2027: what an extract is read as depends on its date, and must not on today's."""
    path.write_bytes(content)
    os.utime(path, (1_800_000_000, 1_800_000_000))


def _gone(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _put(path: Path, changed: mutate.Bytes) -> str:
    content, said = changed
    _written(path, content)
    return f"{path.parent.name}/{path.name}: {said}"


# -- the changes ----------------------------------------------------------------------------------------------


def _params(random: Random, root: Path) -> str:
    path = root / "params" / f"{random.choice(YEARS)}.yml"
    return _put(path, mutate.any_yaml(random, path.read_bytes()))


def _model(random: Random, root: Path) -> str:
    path = root / "data" / random.choice(MODEL)
    return _put(path, mutate.any_csv(random, path.read_bytes()))


def _numbers(random: Random, root: Path) -> str:
    """Change numbers, mostly to ones that are taken: what is made of them must hold."""
    way = random.choice(("targets.csv", "status.csv", "status.csv", "schemes.csv", "administrations.csv"))
    path = root / "data" / way
    return _put(
        path, random.choice((mutate.csv_number, mutate.csv_number, mutate.csv_column))(random, path.read_bytes())
    )


def _published(random: Random, root: Path) -> str:
    """Change what was printed, and where: the audit must judge it or refuse it."""
    path = root / "data" / "published.csv"
    rows = mutate.rows_of(path.read_bytes())
    done = []
    for _ in range(random.choice((1, 1, 2, 10))):
        at, other = random.randrange(1, len(rows)), random.randrange(1, len(rows))
        column = random.choice((0, 1, 2, 2, 3, 3, 3))
        value = random.choice(
            (rows[other][column], rows[other][column], values.number(random), random.choice(values.TEXTS))
        )
        if column == 3 and random.random() < 0.3:
            value = random.choice(("0", "1", "9.999", "74 pct.", "200 pct.", "intet måltal", "99.999.999", "5"))
        done.append(f"{at + 1}.{rows[0][column]}={value[:30]!r}")
        rows[at][column] = value
    return _put(path, (mutate.csv_of(rows), f"published: {', '.join(done)}"))


def _side_yaml(random: Random, root: Path) -> str:
    path = root / "data" / random.choice(("errata.yml", "errata.yml", "aliases.yml", "limits.yml"))
    return _put(path, mutate.any_yaml(random, path.read_bytes()))


def _side_csv(random: Random, root: Path) -> str:
    """Change the lists that ``ingest`` keeps, and the description of the data."""
    path = root / "data" / random.choice(("extracts.csv", "warnings.csv", "datapackage.json"))
    content = path.read_bytes()
    return _put(path, mutate.any_bytes(random, content) if path.suffix == ".json" else mutate.any_csv(random, content))


def _extract_csv(random: Random, root: Path) -> str:
    path = root / "udtræk" / random.choice(("forløb.csv", "fleksjob.csv"))
    content = path.read_bytes()
    changed = mutate.any_csv(random, content, ";")
    if random.random() < 0.03:
        changed = mutate.long_line(random, content), "long line"
    return _put(path, changed)


def _extract_xlsx(random: Random, root: Path) -> str:
    path = root / "udtræk" / "forløb.xlsx"
    return _put(path, mutate.any_xlsx(random, path.read_bytes()))


def _extract_name(random: Random, root: Path) -> str:
    """Give an extract a hostile name."""
    path = root / "udtræk" / "forløb.csv"
    name = random.choice(
        (
            values.TEXTS[random.randrange(len(values.TEXTS))][:60],
            "010190-0000",
            "=1+1",
            "a\nb",
            "\udcff\udce6",
            "2026-13-45",
            "-x",
            "--scheme",
        )
    )
    name = name.replace("/", "_").replace("\x00", "") or "x"
    target = path.with_name(f"{name}{random.choice(('.csv', '', '.xlsx', '.XLSX'))}")
    if target.name not in {".", ".."} and not target.is_dir():
        path.rename(target)
    return f"extract called {target.name!r}"


def _in_place(random: Random, root: Path) -> str:
    names = [path for part in ("params", "data", "udtræk") for path in sorted((root / part).iterdir())]
    path = random.choice(names)
    return f"{path.parent.name}/{path.name}: {mutate.in_place(random, path)}"


def _beside(random: Random, root: Path) -> str:
    """Put something beside the inputs that is none of them."""
    name = random.choice((
        "params/2030.yml", "params/٢٠٢٥.yml", "params/x.yml", "params/99999.yml", "data/x.xlsx", "data/x.docx", "data/x.ipynb", "data/x.csv",
        "data/x.json", "data/.status.csv-1", "data/raw", "data/x.svg", "params/logo.svg", "params/02025.yml", "params/2025.yaml", "data/~$status.csv",
    ))  # fmt: skip
    path = root / name
    path.write_bytes(
        random.choice(
            (
                b"",
                b"x",
                b"PK\x03\x04xxxx",
                b"\xff\xfe",
                b"{",
                b"[" * 100_000,
                b"\x00" * 100,
                b"year: 2025\n",
                mutate.truncated(random, b"PK\x03\x04" * 50),
            )
        )
    )
    if random.random() < 0.3:
        return f"{name}: {mutate.in_place(random, path)}"
    return f"{name}: {path.read_bytes()[:20]!r}"


_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30"><rect width="60" height="30" fill="#0b2a5b"/></svg>'
_INSIDE = (
    b"<script>alert(1)</script>", b'<image href="file:///etc/passwd"/>', b'<image href="http://127.0.0.1:9/x.png"/>', b"<foreignObject><p/></foreignObject>",
    b'<rect onload="alert(1)"/>', b"<style>@import url(http://127.0.0.1:9/x)</style>", b'<use href="x.svg#a"/>', b"<g>" * 5_000, b"\x00", b"&x;", b"<text>x</text>",
    b'<a href="javascript:alert(1)"><rect/></a>', b"<animate/>", b"<set/>", b"x" * 1_000_000, b'<rect width="1e30" height="-1"/>',
)  # fmt: skip


def _logo(random: Random, root: Path) -> str:
    """Name a logo, good or bad, in the parameters."""
    name = random.choice(
        (
            "logo.svg",
            "logo.svg",
            "logo.svg",
            "logo.png",
            "../logo.svg",
            "x" * 300 + ".svg",
            "a\\b.svg",
            ".svg",
            "logo.SVG",
            "mangler.svg",
        )
    )
    inside = random.choice(_INSIDE)
    content = random.choice(
        (
            _SVG,
            _SVG.replace(b"><rect", b">" + inside + b"<rect", 1),
            _SVG.replace(b"><rect", b">" + inside + b"<rect", 1),
            b"",
            b"\x89PNG\r\n\x1a\n",
        )
    )
    if random.random() < 0.3:
        content, _ = mutate.any_bytes(random, content)
    if random.random() < 0.15:
        content = b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + content
    if "/" not in name and "\\" not in name and len(name) < 200 and name != "mangler.svg":
        (root / "params" / name).write_bytes(content)
    path = root / "params" / f"{random.choice(YEARS)}.yml"
    alt = random.choice(("Københavns Kommune", "'\"<b>'", "'{{< env HOME >}}'", '"\\0"'))
    path.write_bytes(path.read_bytes() + f"\nlogo:\n  file: '{name}'\n  alt: {alt}\n".encode())
    return f"params/{path.name}: logo {name[:40]}: {content[:120]!r}"


def _texts(random: Random, root: Path) -> str:
    """Put unusual texts where only texts stand: they are shown as they are, or refused."""
    done = []
    for _ in range(random.choice((1, 2, 4))):
        value = random.choice(values.TEXTS) if random.random() < 0.8 else values.text(random)
        way = random.choice(("scheme name", "row label", "administration", "params", "source", "cause"))
        if way in {"scheme name", "row label", "administration"}:
            path = root / "data" / ("administrations.csv" if way == "administration" else "schemes.csv")
            rows = mutate.rows_of(path.read_bytes())
            rows[random.randrange(1, len(rows))][rows[0].index("row_label" if way == "row label" else "name")] = value
            path.write_bytes(mutate.csv_of(rows))
        elif way == "source":
            path = root / "data" / random.choice(("targets.csv", "status.csv"))
            rows = mutate.rows_of(path.read_bytes())
            rows[random.randrange(1, len(rows))][-1] = value
            path.write_bytes(mutate.csv_of(rows))
        else:
            path = root / ("data/errata.yml" if way == "cause" else f"params/{random.choice(YEARS)}.yml")
            key = (
                random.choice(("cause", "follows"))
                if way == "cause"
                else random.choice(("name", "administration", "street", "postal", "case_number_f2"))
            )
            lines = path.read_text(encoding="utf-8").split("\n")
            places = [n for n, line in enumerate(lines) if line.strip().startswith(f"{key}:")]
            if places:
                at = random.choice(places)
                import json  # noqa: PLC0415

                lines[at] = f"{lines[at].partition(':')[0]}: {json.dumps(value)}"
                path.write_text("\n".join(lines), encoding="utf-8")
        done.append(f"{way}={value[:40]!r}")
    return f"texts: {', '.join(done)}"


def _several(random: Random, root: Path) -> str:
    """Change more than one thing."""
    changes = random.sample(
        (_params, _model, _numbers, _published, _side_yaml, _texts, _side_csv, _beside, _in_place),
        random.choice((2, 3)),
    )
    changes.sort(key=[_in_place, _beside].count)  # last: what then stands there cannot be changed, or even read
    said = []
    for one in changes:
        try:
            said.append(one(random, root))
        except (OSError, ValueError, IndexError, KeyError, UnicodeError) as error:  # what the change before it left
            said.append(f"({type(error).__name__})")
    return " + ".join(said)


# -- the commands ---------------------------------------------------------------------------------------------

_IDS = (
    "2026.KK.placements.attainment", "2025.BUF.total.weighted_attainment", "2021.KK.fleksjob.attainment", "2024.KK.placements.spells_total", "x", "",
    "2025", "2025.KK", "٢٠٢٥.KK.placements.attainment", "2025.KK.placements.attainment\x00", "9" * 5000, "<script>", "2026.ØKF.fritidsjob.status",
)  # fmt: skip


def _read(random: Random) -> list[list[str]]:
    year = str(random.choice((*YEARS, YEAR)))
    commands = [["check", year], ["verify"]]
    if random.random() < 0.3:
        commands.append(["explain", random.choice(_IDS)])
    if random.random() < 0.15:
        commands.append(["new", random.choice(("2026", "2027", "2030", "0000", "9999", "2021"))])
    if random.random() < 0.05:
        commands.append(
            random.choice(
                (
                    ["check", "0000"],
                    ["check", "9999"],
                    ["verify", "2026"],
                    ["check", "٢٠٢٥"],
                    ["verify", "2025"],
                    ["check", "2027"],
                )
            )
        )
    return [*commands, ["pipeline", year]]


def _ingest(random: Random) -> list[list[str]]:
    files = random.choice(
        (
            ["forløb.csv", "fleksjob.csv"],
            ["forløb.csv"],
            ["fleksjob.csv"],
            ["forløb.xlsx"],
            ["forløb.xlsx", "fleksjob.csv"],
        )
    )
    return [_ingest_of(random, files)]


def _ingest_of(random: Random, files: Sequence[str]) -> list[str]:
    command = [
        "ingest",
        random.choice((str(YEAR), str(YEAR), str(YEAR), str(YEAR), "2027", "0000", "2025")),
        *(f"udtræk/{name}" for name in files),
    ]
    if random.random() < 0.4:
        command.append("--skip-bad-rows")
    if random.random() < 0.1:
        command += ["--scheme", random.choice(("fleksjob", "fritidsjob", "x", "nytteindsats"))]
    if random.random() < 0.1:
        command += ["--date", random.choice(("12-01-2027", "01-01-0001", "31-12-9999"))]
    return command


def _ingest_csv(random: Random) -> list[list[str]]:
    return [_ingest_of(random, random.choice((["forløb.csv"], ["forløb.csv", "fleksjob.csv"], ["fleksjob.csv"])))]


def _ingest_xlsx(random: Random) -> list[list[str]]:
    return [_ingest_of(random, ["forløb.xlsx"])]


def _ingest_all(_: Random) -> list[list[str]]:
    return [["ingest", str(YEAR), "udtræk/*"]]


def _both(random: Random) -> list[list[str]]:
    return [*_read(random), *_ingest(random)]


KINDS: dict[str, Kind] = {
    "params": Kind(16, _params, _read),
    "data CSV": Kind(16, _model, _both),
    "numbers": Kind(12, _numbers, _read),
    "published": Kind(6, _published, _read),
    "errata, aliases, limits": Kind(9, _side_yaml, _both),
    "ingest's lists": Kind(3, _side_csv, _both),
    "extract CSV": Kind(12, _extract_csv, _ingest_csv),
    "extract XLSX": Kind(8, _extract_xlsx, _ingest_xlsx),
    "extract's name": Kind(1, _extract_name, _ingest_all),
    "in a file's place": Kind(5, _in_place, _both),
    "beside the files": Kind(1, _beside, _both),
    "logo": Kind(3, _logo, _read),
    "texts": Kind(5, _texts, _read),
    "several": Kind(3, _several, _both),
}


def case(seed: int, number: int) -> Case:
    """Return a case by its number."""
    names = list(KINDS)
    kind = Random(f"{seed}-{number}").choices(names, [KINDS[name].share for name in names])[0]
    return Case(seed, number, kind)


def change(one: Case, root: Path) -> tuple[str, list[list[str]]]:
    """Change a project that has been laid out; return what was done, and the commands to run."""
    random = one.random()
    kind = KINDS[one.kind]
    commands = [list(command) for command in kind.commands(random)]
    said = kind.change(random, root)
    if (year := re.match(r"params/(\d{4})\.yml", said)) and random.random() < 0.8:
        commands = [[command[0], year[1]] if command[0] in {"check", "pipeline"} else command for command in commands]
    files = sorted(path for path in (root / "udtræk").iterdir() if path.name not in {"forløb.xlsx", "fleksjob.csv"})
    for command in commands:
        if command[-1] == "udtræk/*":
            command[-1:] = [f"udtræk/{path.name}" for path in files]
    return said, commands
