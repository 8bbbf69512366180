"""Make a document's metadata: title, sender, date, and what edition it is."""

from __future__ import annotations

import hashlib

from aarsstatus import danish
from aarsstatus.figures import Mode
from aarsstatus.inputs.model import Data
from aarsstatus.inputs.params import Params
from aarsstatus.markdown import plain
from aarsstatus.report.notat import Notat


def notat_head(notat: Notat) -> dict[str, str]:
    """Return the metadata of a notat."""
    return front_matter(notat.params, notat.data, notat.title(), "NOTAT", notat.mode)


def front_matter(params: Params, data: Data, title: str, doctype: str, mode: Mode) -> dict[str, str]:
    """Return a document's metadata: title, language, sender, date and edition."""
    office = params.office
    address = ", ".join(part for part in (office.street, office.postal) if part)
    fields = {
        "title": plain(title),
        "lang": "da",
        "city": plain(data.city(params.year).name),
        "doctype": doctype,
        "udgave": _edition(params, data, mode),
        "office": plain(office.name or ""),
        "administration": plain(office.administration),
        "footer-address": plain(address),
        "document-date": params.document.date.isoformat() if params.document.date else "",
    }
    return {key: value for key, value in fields.items() if value}


def reference(notat: Notat, csv: str) -> dict[str, str]:
    """Return what a reference to a number names of its notat.

    `csv` is the table of figures.
    """
    params, edition = notat.params, notat_head(notat).get("udgave", "")
    day = danish.long_date(params.document.date) if params.document.date else "uden dato"
    return {
        "afsender": notat.data.city(params.year).name,
        "dato": f"{day} ({edition})" if edition else day,
        "kontrolsum": hashlib.sha256(csv.encode()).hexdigest(),
        "adresse": params.published_at or "",
    }


def _edition(params: Params, data: Data, mode: Mode) -> str:
    """Say what stands on every page of a document that is not the issued one."""
    own = mode == "recomputed" or params.working_edition or data.read_from(params.year)
    edition = "ARBEJDSUDGAVE" if own else "" if params.notat else "UDKAST"
    early = [str(year) for year in data.preliminary_years() if year in {params.year, params.comparison_year}]
    return " · ".join(filter(None, [edition, f"FORELØBIGE TAL FOR {danish.join(early)}" if early else ""]))
