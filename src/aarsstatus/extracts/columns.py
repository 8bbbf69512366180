"""Choose which columns of a table are read, and say which are not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from xlsxwriter.utility import xl_col_to_name

from aarsstatus import danish
from aarsstatus.extracts.cells import Column, Mask
from aarsstatus.extracts.outcome import Refusals
from aarsstatus.extracts.states import state_columns
from aarsstatus.extracts.table import PLANNED, Batch, Header, Table
from aarsstatus.inputs.aliases import FIELDS, Names, fold, fold_value
from aarsstatus.privacy import mask

_REQUIRED = ("administration", "start", "end")
_WITHOUT = re.compile(r"\b(?:uden|eks?kl?|exc?l|minus|bortset|fraregnet)")
"""Says that something is not there."""
_STATE = re.compile("(status|tilstand)(?!.*dato)|afbrudt")
_PART_OF_YEAR = re.compile(
    r"(?:jan|feb|mar|apr|maj|jun|jul|aug|sept?|okt|nov|dec)(?:uar|ruar|ts|il|i|ust|tember|ember|ober)?(?:20\d\d)?|"
    r"20\d\d(?:0[1-9]|1[0-2])|[1-4]kv(?:t|artal)?(?:20\d\d)?|k[1-4]|q[1-4]"
)
_SEVERAL = 3
"""What so many headings are in a table of sums."""
_PERSON = re.compile("cpr|ident|(person|borger|medarbejder|ansat|løn).*(nummer|id|nøgle)")
"""What an unknown header has in it that may say whether a row counts, or who it is about."""


def refuse_differing(batch: Batch, read: Mapping[str, Column], refusals: Refusals) -> Mask:
    """Refuse rows in which two columns of one field differ; return which.

    `read` has what reads each field; a cell that is none says nothing.
    """
    bad = np.zeros_like(batch.blank)
    for rival in (one for one in batch.header.rivals if one.may_be_it):
        name, places = rival.field, (batch.header.columns[rival.field], rival.place)
        first, second = (batch.frame[str(place)] for place in places)
        if name in read:
            codes = read[name].codes(second)
            differing = (read[name].codes(first) != codes) & (codes >= 0) & ~batch.blank
            if name != "end" or rival.is_like:
                differing &= second.str.contains(r"\S").fill_null(value=False).to_numpy()
        else:
            written = (column.str.strip_chars().fill_null("").to_numpy() for column in (first, second))
            differing = (next(written) != next(written)) & ~batch.blank
        letters = danish.join([xl_col_to_name(place) for place in sorted(places)])
        message = f"kolonne {letters} er begge {FIELDS[name]}, og her står der noget forskelligt"
        expected = "én kolonne; slet den forkerte, eller giv den et andet navn"
        refusals.rows(batch.label, batch.rows[differing], FIELDS[name], message, expected=expected)
        bad |= differing
    return bad


def choose_columns(table: Table, stem: str, names: Names, scheme: str | None, refusals: Refusals) -> Header | None:
    """Return the header of a table that can be read; None where a column is missing.

    `stem` is the name of its file without ending, `scheme` that of a table without such a column, if somebody said it.
    """
    header = table.header
    if header is None:
        seen = next((cells for cells in table.head if any(cell.strip() for cell in cells)), [])
        refusals.file(
            table.label, "overskriften blev ikke fundet", found="; ".join(cell for cell in seen if cell.strip()),
            expected="en række med forvaltning, jobordning, startdato og slutdato; flere navne: data/aliases.yml",
        )  # fmt: skip
        return None
    _refuse_kept_apart(table, stem, header, names, refusals)
    parts = [text.strip() for text in header.texts if _PART_OF_YEAR.fullmatch(fold(text))]
    if len(parts) >= _SEVERAL and "person" not in header.columns:
        refusals.file(
            table.label, "tabellen er opgjort for hver måned eller hvert kvartal", row=header.row,
            found=", ".join(parts[:_SEVERAL]), expected="én række for hvert forløb, med startdato og slutdato",
        )  # fmt: skip
    if header.row > 1:
        which = f"række {header.row}" if header.rows == 1 else f"række {header.row - 1}-{header.row}"
        refusals.note(table.label, f"overskriften står i {which}; det, der står over den, er ikke læst")
    for heading, doubt in _doubts(header, names):
        refusals.note(table.label, f"kolonnen »{mask(heading.strip())}« {doubt}")
    missing = [name for name in _REQUIRED if name not in header.columns]
    fixed = None
    if "scheme" in header.columns and scheme is not None:
        refusals.file(
            table.label, "filen har selv en kolonne med jobordning, så --scheme kan ikke bruges på den",
            row=header.row, column=header.texts[header.columns["scheme"]].strip(), found=f"--scheme {scheme}",
            expected="filen for sig, uden --scheme",
        )  # fmt: skip
    if "scheme" not in header.columns:
        fixed = scheme or _scheme_of(table, stem, header, names)
        if fixed is None:
            missing.append("scheme")
        elif scheme is None:
            name = next((name for name in names.scheme_names if names.schemes[fold_value(name)] == fixed), fixed)
            refusals.note(table.label, f"der er ingen kolonne med jobordning, så alle rækker er læst som {name}")
    for name in missing:
        _refuse_missing(table.label, name, header, names, refusals)
    return None if missing else replace(header, scheme=fixed)


def _doubts(header: Header, names: Names) -> Iterator[tuple[str, str]]:
    """Yield headings of columns that are not read, or may mean something else."""
    for name, place in ((one.field, one.place) for one in header.rivals if not one.is_like and one.field != "state"):
        letters = f"kolonne {xl_col_to_name(place)} og {xl_col_to_name(header.columns[name])}"
        taken = mask(header.texts[header.columns[name]].strip())
        yield header.texts[place], f"er ikke læst; »{taken}« er brugt som {FIELDS[name]} ({letters})"
    for name, place in header.columns.items():
        heading = header.texts[place]
        if place in header.hidden:
            yield heading, f"er skjult i Excel, men er brugt som {FIELDS[name]}"
        if any(word in heading.casefold() for word in PLANNED):
            yield heading, f"er brugt som {FIELDS[name]}, men den er måske ikke det, der skete"
        elif name == "person" and fold(heading) not in names.columns:
            yield heading, "er brugt til at finde gentagelser; hvem rækkerne er om, ses ikke"
    states = [header.texts[place] for place in state_columns(header.texts, names)]
    others = "alle andre, også afbrudte, tæller med til deres slutdato"
    for heading in states:
        yield heading, f"er kun brugt til at finde rækker, der er annulleret eller ikke påbegyndt; {others}"
    for heading in (text for text in header.unknown(names) if text not in states):
        if _STATE.search(fold(heading)):
            yield heading, "er ikke læst; rækker, der er annulleret eller afbrudt, tæller med"
        elif "person" not in header.columns and (
            names.nearest_header(heading) == "person" or _PERSON.search(fold(heading))
        ):
            yield heading, "er ikke læst; er den person, så skriv navnet i data/aliases.yml"


def _refuse_missing(label: str, name: str, header: Header, names: Names, refusals: Refusals) -> None:
    """Tell of a missing column, and which unknown one may be it."""
    close = next((text for text in header.unknown(names) if names.nearest_header(text) == name), None)
    called = names.called(name)
    expected = f"en kolonne, der hedder {danish.join(called, 'eller')}; andre navne skrives i data/aliases.yml"
    if name == "scheme":
        example = next(iter([*names.heads, *names.schemes.values()]), "")
        expected += f". Er alle rækker samme jobordning, så skriv den, fx --scheme {example}"
    if ", ark »" in label:
        expected += ". Hører arket ikke til udtrækket, så skjul det i Excel: højreklik på arkets navn → Skjul"
    refusals.file(
        label, "kolonnen mangler", row=header.row, column=FIELDS[name],
        found=None if close is None else " ".join(close.split()), expected=expected,
        hint=None if close is None else called[0],
    )  # fmt: skip


def _refuse_kept_apart(table: Table, stem: str, header: Header, names: Names, refusals: Refusals) -> None:
    """Refuse a table that is called one of spells that do not count."""
    for where, text in (("filens navn", stem), ("arkets navn", table.name), ("det over overskriften", header.title)):
        said = next((word for word in names.cancelled if word in fold_value(text)), None)
        if said is not None and not _WITHOUT.search(text.casefold()):
            refusals.file(
                table.label, f"{where} siger, at forløbene ikke tæller med", found=said,
                expected="kun det, der skal tælles; tæller det med alligevel, så giv det et andet navn",
            )  # fmt: skip


def _scheme_of(table: Table, stem: str, header: Header, names: Names) -> str | None:
    """Return the scheme that a table's file, sheet, title or header names.

    None where it names none or several, and where an unknown column may be the missing one.
    """
    if any(names.nearest_header(text) == "scheme" for text in header.unknown(names)):
        return None
    called = " ".join([stem, table.name, header.title])
    named = names.schemes_in(called)
    if not named:  # a header may speak of whom it counts, or of another, and begin as a short name does
        named = names.schemes_in(" ".join(header.texts), shortest=6).intersection(names.heads)
    return named.pop() if len(named) == 1 else None
