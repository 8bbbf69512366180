"""Register extracts at scale: `ingest`, validation included, side by side with DuckDB doing the same sums alone.

    python bench/bench_extracts.py                   10 thousand, 1 million and 10 million rows, three rounds
    python bench/bench_extracts.py --rows 10000 1000000 --rounds 5
    python bench/bench_extracts.py --keep FOLDER     make the extracts there once, and use them again

Each run is a process of its own, timed from its first import to its last sum; peak memory is the process' own. The two
take turns, and the first to go changes from round to round. DuckDB reads the columns as dates and numbers, sums days
and spells and counts persons; it checks nothing. Persons are no persons: 0000 is a serial that nobody has.

Needs ``duckdb``, which the program does not.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "bench" / "RESULTS-extracts.md"
YEAR = 2026
SIZES = (10_000, 1_000_000, 10_000_000)

MAKE = """
    import sys
    import numpy as np
    import polars as pl
    path, count = sys.argv[1], int(sys.argv[2])
    names = ["Beskæftigelses- og Integrationsforvaltningen", "BUF", "Kultur- og Fritidsforvaltningen", "SOF", "SUF",
             "Teknik- og Miljøforvaltningen", "ØKF"] * 3 + [""]  # more than one in twenty would be refused
    schemes = ["Løntilskud", "Virksomhedspraktik", "Småjob", "Fleksjob", "Fritidsjob"]
    with open(path, "wb") as file:
        for at in range(0, count, 500_000):
            size = min(500_000, count - at)
            random = np.random.default_rng([7, at])
            start = np.datetime64("2007-01-01") + random.integers(0, 365 * 20, size)
            # A person has a spell or two in a lifetime; two that are alike in everything would rightly be refused.
            person = random.permutation(np.arange(at, at + size))
            frame = pl.DataFrame({
                "Forvaltning": np.array(names)[random.integers(0, len(names), size)],
                # Employments of all years, spells of the last two: more of others would be another year's file.
                "Jobordning": np.where(start < np.datetime64("2025-01-01"), "Fleksjob",
                                       np.array(schemes)[random.integers(0, 5, size)]),
                "CPR": person, "Startdato": start, "Slutdato": start + random.integers(0, 180, size),
                "Ugentlige timer": np.array(["37", "18,5", "7,4", "12"])[random.integers(0, 4, size)],
            })
            day = pl.date(1950, 1, 1) + pl.duration(days=pl.col("CPR") // 2 % 20_000)
            frame = frame.with_columns(
                (day.dt.strftime("%d%m%y") + "-0000" + (pl.col("CPR") // 40_000).cast(pl.String)).alias("CPR"),
                pl.col("Startdato").dt.strftime("%d-%m-%Y"),
                pl.when(pl.col("CPR") % 50 == 0).then(None).otherwise(pl.col("Slutdato").dt.strftime("%d-%m-%Y"))
                .alias("Slutdato"),
                pl.col("Forvaltning").replace("", None),  # as Excel writes an empty cell, without quotation marks
            )
            frame.write_csv(file, separator=";", include_header=at == 0)
"""
TELL = """
    import json, resource, time
    def tell(count):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": time.perf_counter() - began, "cpu": time.process_time(),
                          "peak": peak, "spells": count}))
    began = time.perf_counter()
"""
OURS = (
    TELL
    + """
    import sys
    from datetime import date
    from pathlib import Path
    from aarsstatus.extracts import ingest
    from aarsstatus.project import Project
    done = ingest(Project(Path(sys.argv[1])), int(sys.argv[3]), [Path(sys.argv[2])], extracted=date(2027, 1, 12))
    tell(sum(total.spells or 0 for (code, _), total in done.sums.items() if code == "KK"))
"""
)
DUCKDB = (
    TELL
    + """
    import sys
    import duckdb
    year = int(sys.argv[3])
    rows = duckdb.sql(f'''
        WITH extract AS (
            SELECT *, coalesce(Slutdato, DATE '{year}-12-31') AS Slut
            FROM read_csv('{sys.argv[2]}', delim = ';', header = true, dateformat = '%d-%m-%Y',
                          decimal_separator = ',')
            WHERE Startdato <= DATE '{year}-12-31' AND (Slutdato IS NULL OR Slutdato >= DATE '{year}-01-01')
        )
        SELECT Jobordning, Forvaltning, count(*),
               sum(date_diff('day', greatest(Startdato, DATE '{year}-01-01'), least(Slut, DATE '{year}-12-31')) + 1),
               count(DISTINCT CPR) FILTER (Slut >= DATE '{year}-12-31')
        FROM extract GROUP BY ALL
    ''').fetchall()
    tell(sum(row[2] for row in rows if row[0] != "Fleksjob"))
"""
)


def process(program: str, *arguments: str | Path) -> dict[str, float]:
    """Run a program in a process of its own, and return what it tells."""
    command = [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else {}


def measure(project: Path, extract: Path, rounds: int) -> dict[str, list[dict[str, float]]]:
    """Let the two take turns."""
    programs = {"aarsstatus": OURS, "duckdb": DUCKDB}
    found: dict[str, list[dict[str, float]]] = {name: [] for name in programs}
    for number in range(rounds):
        for name in programs if number % 2 == 0 else reversed(programs):
            found[name].append(process(programs[name], project, extract, str(YEAR)))
            told = found[name][-1]
            print(f"{extract.name} {name:10} {told['seconds']:7.2f} s {told['peak']:6.0f} MiB", file=sys.stderr)
    counts = {int(told["spells"]) for runs in found.values() for told in runs}
    if len(counts) != 1:
        sys.exit(f"the two do not agree: {counts}")
    return found


def report(results: dict[int, dict[str, list[dict[str, float]]]], rounds: int) -> str:
    """Return the results as Markdown."""
    lines = [
        "# Extracts at scale",
        "",
        "Written by `python bench/bench_extracts.py`. Ratios count; absolute times are this machine's alone.",
        "",
        f"- {platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        f"- {rounds} rounds, taking turns; medians; start of Python's imports to the last sum",
        "",
        "| rows | aarsstatus, all checks | DuckDB, sums alone | ratio | CPU ratio | µs a row | peak | DuckDB's |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for rows, found in results.items():
        ours, duck = (statistics.median(run["seconds"] for run in found[name]) for name in ("aarsstatus", "duckdb"))
        cpu = [statistics.median(run["cpu"] for run in found[name]) for name in ("aarsstatus", "duckdb")]
        peaks = [max(run["peak"] for run in found[name]) for name in ("aarsstatus", "duckdb")]
        lines.append(
            f"| {rows:,} | {ours:.2f} s | {duck:.2f} s | {ours / duck:.2f} | {cpu[0] / cpu[1]:.2f} "
            f"| {ours / rows * 1e6:.2f} | {peaks[0]:.0f} MiB | {peaks[1]:.0f} MiB |"
        )
    lines += [
        "",
        "Targets at 10 million rows: ratio ≤ 2.5, and µs a row not growing. The file is read whole. The CPU ratio is",
        "of processor time, all threads; on a machine that does other things too it is the steadier of the two.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, and write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="where the extracts are made and kept")
    parser.add_argument("--dry", action="store_true", help="print the results instead of writing them")
    options = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        for part in ("params", "data"):
            shutil.copytree(ROOT / part, project / part, ignore=shutil.ignore_patterns("raw"))
        extracts = options.keep or Path(folder)
        extracts.mkdir(exist_ok=True)
        for rows in options.rows:
            extract = extracts / f"extract-{rows}.csv"
            if not extract.exists():
                process(MAKE, extract, str(rows))
            results[rows] = measure(project, extract, options.rounds)
    text = report(results, options.rounds)
    print(text)
    if not options.dry:
        RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
