"""Say which field a column may be of whose heading stands in no list.

Such a column is read where no other of its field is. Beside another it is held against that one: where both can be
read and differ, nobody knows which is meant.
"""

from __future__ import annotations

import re

from aarsstatus.inputs.aliases import Names, fold

LIKE = 1000
"""The rank of a heading that is in no list: behind all that are."""
_OF = "forløb(?:et)?s?|tilbud(?:det)?s?|aktivitets?|praktik|løntilskuds?|ansættelses?|indsats|foranstaltnings?"
_WHOSE = (
    "(?:faktisk|reel|endelig|eventuel|evt|aktuel|revideret|korrigeret|ændret|planlagt|forvent(?:et)?|bevilget|nye?|"
    f"sidste|datofor|dato|{_OF})*"
)
_WHEN = f"(?:s?dato|dt|dag|den|pr|fra|til|førtid|(?:for|på|af)(?:{_OF}))*"
_CALLED = "(?:navn|kode|tekst|betegnelse)"
_ENDS = "slut(?:ter|tet)?|afslut(?:tet|tes|ning)|ophør(?:t|te|er)?|afbrudt|afbrydelse|afbrud|stop(?:pet)?"
_FIELDS = {
    "start": rf"{_WHOSE}(?:start(?:er|et)?|opstart|(?:på)?begynd(?:t|te|er|else)|tiltrådt|tiltrædelse){_WHEN}",
    "end": rf"{_WHOSE}(?:{_ENDS}|fremmøde|fratrådt|fratrædelse|forlæng(?:et|else)|udløb(?:et|er)?){_WHEN}",
    "administration": "(?:[a-zæøå]*forvaltnings?|arb(?:ejds)?stedforv|organisation(?:s|ens)?|enheds?|afdelings?|"
    rf"centers?|department|direktørområde|arbejdsplads|arbejdssted|ansættelsessted|praktiksted|udlånttil)(?:enhed|område|{_CALLED}|niveau1)?",
    "scheme": "(?:job|del|under)?(?:ordnings?|tilbuds?|ydelses|foranstaltnings?|indsats|aktivitets?|redskabs?)"
    rf"(?:type|art|{_CALLED})|"
    "indsats|delordning",
    "person": "(?:forløbs?|sags|bevillings?)(?:id|nummer|guid|nøgle)",
}
_KINDS = {field: re.compile(heading) for field, heading in _FIELDS.items()}
_PARTS = re.compile(r"[\[\]/]|(?<=\w)\.(?=\w)")
"""What stands between the name of a table and that of its column, or between two languages."""
_NOT_THAT_DAY = re.compile(r"\b(?:ekskl|excl|eksl|ikke (?:med|inkl)|dagen (?:efter|før)|dag (?:efter|før))")
"""Says that a day is the one after the last, or the one before the first."""


def field_of(heading: str, names: Names) -> tuple[str, int] | None:
    """Return the field that a heading is of and its rank in the list, or None."""
    folded = fold(heading)
    if not folded or _NOT_THAT_DAY.search(heading.casefold()):
        return None
    if (known := names.columns.get(folded)) is not None:
        return known
    like = next((field for field, kind in _KINDS.items() if kind.fullmatch(folded)), None) or _in_parts(heading, names)
    return None if like is None else (like, LIKE)


def _in_parts(heading: str, names: Names) -> str | None:
    """Return the field of a heading in parts.

    As in ``Facts[Start]``, ``t.start`` and ``Slut / End``.
    """
    parts = [part for part in _PARTS.split(heading) if part.strip(" .'")]
    if len(parts) == 1:
        return None
    found = [field_of(part, names) for part in (parts if "/" in heading else parts[-1:])]
    fields = {one and one[0] for one in found}
    return fields.pop() if len(fields) == 1 else None
