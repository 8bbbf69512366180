"""Write a comparison as a page, and that with the last build beside a new one.

The quality report opens with a section on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

from aarsstatus import danish
from aarsstatus.diff import Diff, diff, words
from aarsstatus.diff.causes import Cause
from aarsstatus.diff.changes import Change
from aarsstatus.files import read_utf8
from aarsstatus.problems import InputError
from aarsstatus.release import cache, manifest
from aarsstatus.release.reading import open_finished
from aarsstatus.render.page import breakable, linked, make_page, table


def comparison_page(diff: Diff, extension: Path) -> str:
    """Return a comparison as a whole page.

    `extension` is the folder with template and stylesheet.
    """
    header = ("De to udgaver", diff.old.name, diff.new.name)
    rows = [[*map(escape, row)] for row in words.builds(diff)]
    parts = [
        f'<div class="tilstand"><p><strong>{escape(words.summary(diff))}</strong></p></div>',
        *_sections(diff),
        f"<section>\n<h2>{header[0]}</h2>\n{table('Hvad der er sammenlignet', header, rows, text=True)}\n</section>",
    ]
    return make_page(words.title(diff), "SAMMENLIGNING", "\n".join(parts), extension)


def _sections(diff: Diff) -> list[str]:
    """Return the page's sections: levels of change, the development, all the rest."""
    parts = []
    for level, changes in words.by_level(diff.changes):
        heading = danish.capital(level.name)
        parts.append(f"<section>\n<h2>{escape(heading)}</h2>\n<p>{escape(level.reason)}</p>")
        caption = f"{heading}: {danish.counted(len(changes), 'tal', 'tal')}"
        rows = [[_named(change), _before_after(change) + _causes(change, diff.causes[change.id])] for change in changes]
        parts += [table(caption, ("Tal", "Før → nu, og hvorfor"), rows, text=True), "</section>"]
    if diff.development:
        heading = f"Udviklingen fra {diff.old.year} til {diff.new.year}"
        rows = [[_named(change), _before_after(change), escape(change.level.name)] for change in diff.development]
        header = ("Tal", f"{diff.old.year} → {diff.new.year}", "Betydning")
        parts.append(f"<section>\n<h2>{heading}</h2>\n{table(heading, header, rows, text=True)}\n</section>")
    if others := words.rest(diff):
        items = "".join(f"<li>{escape(one)}.</li>" for one in others)
        parts.append(f"<section>\n<h2>Andet, der er ændret</h2>\n<ul>{items}</ul>\n</section>")
    return parts


def _named(change: Change) -> str:
    return f'{escape(words.name(change))}<span class="id">{breakable(change.id)}</span>'


def _before_after(change: Change) -> str:
    """Return a figure before and now, and below it by how much it moved."""
    return _values(change) + "".join(f'<span class="flyt">{escape(text)}</span>' for text in words.said(change))


def _values(change: Change) -> str:
    before, now = map(escape, words.values(change))
    was = f'<span class="foer">{before}</span> → ' if before != now else ""
    return f"{was}<strong>{now}</strong>"


def _causes(change: Change, causes: tuple[Cause, ...]) -> str:
    """Return a figure's causes as a list."""
    items = []
    for cause in causes:
        text = f"<b>{escape(danish.capital(words.KINDS[cause.kind]))}:</b> {escape(cause.place)}: "
        text += escape(words.cause_of(change, cause, causes))
        items.append(f"<li>{text}</li>")
    return f'<ul class="aarsag">{"".join(items)}</ul>'


# -- the quality report's opening -----------------------------------------------------------------------------

_START, _END = "<!-- siden sidst -->", "<!-- /siden sidst -->"
_OPENING = re.compile(rf"{re.escape(_START)}.*?{re.escape(_END)}\n", re.DOTALL)
_MAIN = '<main id="indhold">\n'
MOST = 10
"""Changes that the quality report lists; the page beside it has them all."""


def opening(diff: Diff) -> str:
    """Return the section that opens the quality report: changes since the last build."""
    moved = [change for change in diff.changes if not words.same_number(change)]
    listed = moved[:MOST]
    items = "".join(
        f"<li>{_named_inline(change)}: {_values(change)} "
        f"({escape('; '.join(f'{words.KINDS[cause.kind]}: {cause.place}' for cause in diff.causes[change.id]))})</li>"
        for change in listed
    )
    more = f" De {len(listed)} vigtigste er:" if len(moved) > len(listed) else ""
    return (
        f'{_START}\n<section id="siden-sidst">\n<h2>Ændret, siden notatet sidst blev lavet</h2>\n'
        f"<p>{escape(words.summary(diff))}{more}</p>\n"
        + (f"<ul>{items}</ul>\n" if items else "")
        + f'<p><a href="{COMPARISON}">Se alle ændringer og deres årsager</a></p>\n</section>\n{_END}\n'
    )


def _named_inline(change: Change) -> str:
    name = escape(words.name(change))
    return f'<span data-figure="{escape(change.id)}">{name}</span>' if change.new is not None else name


def with_opening(report: str, section: str) -> str:
    """Return a quality report with a section first.

    Raises
    ------
    ValueError
        If the page is not one of ours.
    """
    if report.count(_MAIN) != 1:
        raise ValueError("the quality report has no single <main>")
    return without_opening(report).replace(_MAIN, _MAIN + section)


def without_opening(report: str) -> str:
    """Return a quality report without the section on changes."""
    return _OPENING.sub("", report)


def opening_of(report: str) -> str:
    """Return the section that an earlier build added, empty where there is none."""
    match = _OPENING.search(report)
    return match[0] if match else ""


# -- in the place of the last build ----------------------------------------------------------------------------


COMPARISON = "sammenligning.html"
QUALITY = "kvalitetsrapport.html"


def write_comparison(last: Path, folder: Path, made_from: Mapping[str, Any], extension: Path) -> bool:
    """Write the comparison of a new build with the one that it takes the place of.

    A build that is made again from the very same inputs keeps the comparison that it had: what it differs from is
    still the last build that was another one.

    `last` is the output folder, which need not hold a build, `folder` the new build, and `made_from` what its manifest
    says that it was made from. Return whether a comparison was written: then the manifest has to be written anew.
    """
    written = manifest.read(last)
    if written is None:
        return False
    if cache.made_from_same(written, made_from):
        return _carry_over(last, written.outputs, folder)
    try:
        old, new = open_finished(str(last)), open_finished(str(folder))
    except InputError:
        return False  # an older version's build, or a damaged one: nothing to compare with
    found = diff(replace(old, name="forrige udgave"), replace(new, name="denne udgave"))
    if found.nothing:
        return False
    page = linked(comparison_page(found, extension), COMPARISON, [path.name for path in folder.iterdir()])
    _write(folder, page, opening(found))
    return True


def _carry_over(last: Path, outputs: Mapping[str, str], folder: Path) -> bool:
    """Give the new build the comparison of the old one, if that is intact."""
    if not all(manifest.is_intact(last / name, outputs.get(name)) for name in (COMPARISON, QUALITY)):
        return False
    try:
        comparison, report = (read_utf8(last / name, name) for name in (COMPARISON, QUALITY))
    except InputError:
        return False  # a hash beside a file proves nothing about it
    _write(folder, comparison, opening_of(report))
    return True


def _write(folder: Path, comparison: str, section: str) -> None:
    """Write the page, and the section into the quality report."""
    (folder / COMPARISON).write_text(comparison, encoding="utf-8", newline="\n")
    report = folder / QUALITY
    text = with_opening(report.read_text(encoding="utf-8"), section)
    report.write_text(text, encoding="utf-8", newline="\n")
