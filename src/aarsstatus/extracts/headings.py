"""Say which field a column may be of whose heading stands in no list.

Such a column is read where no other of its field is. Beside another it is held against that one: where both can be
read and differ, nobody knows which is meant.
"""

from __future__ import annotations

import re

from aarsstatus.extracts.aliases import Names, fold

LIKE = 1000
"""The rank of a heading that is in no list: behind all that are."""
_WHOSE = (
    "(?:faktisk|reel|endelig|eventuel|evt|aktuel|revideret|korrigeret|ændret|nye?|dato|forløb(?:et)?s?|"
    "tilbud(?:det)?s?|aktivitets?|praktik|løntilskuds?|ansættelses?)*"
)
_WHEN = "(?:s?dato|dt|dag|den|pr|fra|til)?"
_CALLED = "(?:navn|kode|tekst|betegnelse)"
_ENDS = "slut(?:ter|tet)?|afslut(?:tet|tes|ning)|ophør(?:t|te|er)?|afbrudt|afbrydelse|afbrud|stop(?:pet)?"
_FIELDS = {
    "start": rf"{_WHOSE}(?:start(?:er|et)?|opstart|begynd(?:t|te|er|else)|påbegyndt|tiltrådt|tiltrædelse){_WHEN}",
    "end": rf"{_WHOSE}(?:{_ENDS}|fratrådt|fratrædelse|forlæng(?:et|else)|udløb(?:et|er)?){_WHEN}",
    "administration": "(?:(?:nye?|aktuel)?forvaltnings?|organisation(?:s|ens)?|enheds?|afdelings?|centers?|department|"
    rf"direktørområde|arbejdsplads|arbejdssted|udlånttil)(?:enhed|{_CALLED}|niveau1)?",
    "scheme": "(?:job)?(?:ordnings?|tilbuds?|ydelses|foranstaltnings?|indsats|aktivitets?|redskabs?)"
    rf"(?:type|art|{_CALLED})|"
    "indsats",
}
_KINDS = {field: re.compile(heading) for field, heading in _FIELDS.items()}
_NOT_THAT_DAY = re.compile(r"\b(?:ekskl|excl|eksl|ikke (?:med|inkl)|dagen (?:efter|før)|dag (?:efter|før))")
"""Says that a day is the one after the last, or the one before the first."""


def field_of(heading: str, names: Names) -> tuple[str, int] | None:
    """Return the field that a heading is of and its rank in the list, or None."""
    if _NOT_THAT_DAY.search(heading.casefold()):
        return None
    folded = fold(heading)
    if (known := names.columns.get(folded)) is not None:
        return known
    return next(((field, LIKE) for field, kind in _KINDS.items() if kind.fullmatch(folded)), None)
