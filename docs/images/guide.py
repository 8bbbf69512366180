#!/usr/bin/env python3
"""Make the pictures of ``docs/vejledning.md`` anew: what an analyst sees on the way from extracts to a notat.

``python docs/images/guide.py`` follows the guide in a project of its own, with the extracts that the tests make, and
draws what the commands said as a Windows terminal shows it. The windows are drawn, since there is no Windows here;
every word in the terminals and every number in the table is the program's own. Look at the pictures before
committing them.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

import openpyxl
from make import HERE, save
from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from conftest import copy_project  # noqa: E402
from filling import fill  # noqa: E402
from generator import Style, employments, spells, write_csv, write_xlsx  # noqa: E402

from aarsstatus.inputs import read_data  # noqa: E402
from aarsstatus.inputs.form import TARGETS_SHEET, form_name  # noqa: E402
from aarsstatus.project import Project  # noqa: E402

YEAR = 2026
PROMPT = r"K:\HR\aarsstatus&gt;"
STYLE = """
    * { box-sizing: border-box; margin: 0 }
    body { background: #dfe3ea; padding: 18px; width: 900px; font: 15px "Segoe UI", "Noto Sans", sans-serif }
    .window { background: #fff; border: 1px solid #8a94a6; border-radius: 8px; overflow: hidden }
    .title { background: #eef1f6; padding: 8px 14px; color: #222; display: flex; justify-content: space-between }
    pre { background: #0c0c0c; color: #e6e6e6; padding: 14px; white-space: pre-wrap; overflow-wrap: anywhere;
          font: 14px/1.45 Consolas, "DejaVu Sans Mono", monospace }
    b { color: #fff; font-weight: 700 }
    .line { margin: 12px 14px; padding: 7px 10px; border: 2px solid #0a62c7; border-radius: 4px; background: #fff }
    .files { padding: 0 14px 14px 26px; color: #333; line-height: 1.9 }
    i { display: inline-block; width: 18px; height: 13px; margin-right: 9px; background: #f5c542; border-radius: 2px }
    table { border-collapse: collapse; width: 100%; font-size: 14px }
    td, th { border: 1px solid #cfd6e0; padding: 4px 9px; text-align: left; font-weight: 400 }
    th { background: #eef1f6; color: #555; text-align: center; width: 44px }
    td.fill { background: #fff4c9 }
"""


def main() -> None:
    """Follow the guide, and draw."""
    for old in HERE.glob("vejledning-*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        project = copy_project(Path(name) / "projekt")
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 900, "height": 600}, device_scale_factor=2)
        picture = Path(name) / "billede.png"
        draw(page, explorer(), "stifinder", picture)
        draw(page, terminal(project, [("new", "2026")]), "new", picture)
        draw(page, form(project), "skema", picture)
        fill(project, YEAR)
        good, bad, heads = extracts(project)
        draw(page, terminal(project, [("ingest", "2026", bad, heads)]), "afvist", picture)
        draw(page, terminal(project, [("ingest", "2026", good, heads)]), "ingest", picture)
        draw(page, terminal(project, [("check", "2026"), ("build", "2026")]), "build", picture)
        page.set_viewport_size({"width": 1100, "height": 1000})
        page.goto((project.output / str(YEAR) / "kvalitetsrapport.html").as_uri())
        page.screenshot(path=picture)
        save(Image.open(picture), "vejledning-kvalitetsrapport", width=820)
        chromium.close()


def extracts(project: Project) -> tuple[str, str, str]:
    """Write the extracts of the tests: one of spells, the same with two faults, and one of employments."""
    raw = project.data / "raw"
    raw.mkdir(exist_ok=True)
    data = read_data(project)
    made = spells(data, YEAR, seed=YEAR)
    write_xlsx(raw / "forløb 2027-01-12.xlsx", made)
    path = write_csv(raw / "forløb 2027-01-11.csv", made, Style(encoding="cp1252", names=False))
    lines = path.read_bytes().split(b"\r\n")
    lines[16] = b";".join([b"Socialforvaltnigen", *lines[16].split(b";")[1:]])
    cells = lines[203].split(b";")
    lines[203] = b";".join([*cells[:2], b"31-11-2026", *cells[3:]])
    path.write_bytes(b"\r\n".join(lines))
    style = Style(
        headers=("Forvaltning", "CPR-nr.", "Ansat fra", "Ansat til"),
        fields=("administration", "person", "start", "end"),
    )
    write_csv(raw / "fleksjob 2027-01-12.csv", employments(data, YEAR, seed=YEAR), style)
    return "data/raw/forløb 2027-01-12.xlsx", "data/raw/forløb 2027-01-11.csv", "data/raw/fleksjob 2027-01-12.csv"


def terminal(project: Project, commands: list[tuple[str, ...]]) -> str:
    """Run commands, and return what a terminal shows of them."""
    said = []
    for command in commands:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "aarsstatus", *command], cwd=project.root, capture_output=True, encoding="utf-8",
            check=False,
        )  # fmt: skip
        # Progress is gone from a terminal when a command is done.
        stay = (line for line in done.stderr.splitlines(keepends=True) if not re.match(rf"{YEAR}: (?!bemærk)", line))
        errors = "".join(stay)
        words = (f'"{word}"' if " " in word else word for word in command)
        line = "aarsstatus " + " ".join(words).replace("/", "\\")
        said.append(f"{PROMPT}<b>{escape(line)}</b>\n{escape(done.stdout + errors).strip()}\n\n")
    return window("Kommandoprompt", f"<pre>{''.join(said)}{PROMPT}</pre>")


def explorer() -> str:
    """Draw a folder in Stifinder, with ``cmd`` in its address line."""
    names = ("data", "docs", "notebooks", "output", "params", "src", "Årsstatus.cmd")
    folders = "".join(f"<div><i></i>{name}</div>" for name in names)
    return window(
        "aarsstatus", f'<div class="line"><b style="color:#000">cmd</b>|</div><div class="files">{folders}</div>'
    )


def form(project: Project) -> str:
    """Draw the top of the form's sheet of targets as Excel shows it."""
    sheet = openpyxl.load_workbook(project.root / form_name(YEAR))[TARGETS_SHEET]
    rows = [[str(cell.value or "") for cell in row[:6]] for row in sheet.iter_rows(min_row=4, max_row=9)]
    body = "".join(
        f"<tr><th>{number}</th>"
        + "".join(
            f"<td{' class=fill' if number > 4 and at in {2, 3} else ''}>{escape(cell)}</td>"
            for at, cell in enumerate(row)
        )
        + "</tr>"
        for number, row in enumerate(rows, start=4)
    )
    letters = "".join(f"<th>{letter}</th>" for letter in "ABCDEF")
    return window(f"{form_name(YEAR)} – Excel", f"<table><tr><th></th>{letters}</tr>{body}</table>")


def window(title: str, inside: str) -> str:
    """Draw a window around something."""
    return f'<div class="window"><div class="title"><span>{title}</span><span>— ☐ ✕</span></div>{inside}</div>'


def draw(page: Page, body: str, name: str, picture: Path) -> None:
    """Draw a page as high as it is, and save it."""
    page.set_content(f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><body>{body}")
    page.locator("body").screenshot(path=picture)
    save(Image.open(picture), f"vejledning-{name}", width=820)


if __name__ == "__main__":
    main()
