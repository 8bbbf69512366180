"""Find rows that do not count, are several spells, or of which nobody knows.

Every column that may say so is read: one of a known name, one that is called a status, one that asks whether a spell
was cancelled or counts, and one that says how many a row is of. In a column of which nobody knows anything, a cell
that says no more than that a spell was cancelled is heeded too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import polars as pl

from aarsstatus.extracts.cells import Codes, Column, Mask, hundredths, legible
from aarsstatus.extracts.dates import Unreadable
from aarsstatus.extracts.outcome import Refusals
from aarsstatus.extracts.table import Batch, Header
from aarsstatus.inputs.aliases import FIELDS, Names, fold, fold_value

_STATE = re.compile(
    "status|tilstand|sektor|ejerfor[hm]|afgørelse|(?:arbejdsgiver|virksomheds)(?:type|art|form)|"
    "(?:transaktions|ændrings|rettelses)(?:type|kode)|"
    "^(?:operation|rettelse|internt?(?:eller)?eksternt?|off(?:entlig)?(?:eller)?priv(?:at)?|op|po)$"
)
_ANOTHER = re.compile("note|bemærk|tekst|civil|sidst|opdater|adresse|tele|tlf|mobil|mail|postn|antal")
"""What a header has in it that speaks of a status, or of what is private, and is no spell's state."""
_NOT_SO = frozenset({"", "nej", "n", "no", "false", "falsk", "0", "ikkeannulleret"})
"""What stands, folded, in a column that asks whether a spell was cancelled, where it was not."""
_OUT = re.compile(
    "(?:er|is|skal)?(?:eksternt?|inaktiv|histori(?:sk|k)|test(?:person|borger|sag|data)?|fiktiv|deleted|cancelled|void|"
    "fejl|udelukket|ekskluderet|udenbys|andenkommune|dobbeltregistre(?:ret|ring)|ikke(?:tæl|med).*)"
)
_COUNTS = re.compile(
    "(?:er|is|skal)?(?:gyldig|valid|current|effektueret|iværksat|aktuel|tælle[rs]?|med(?:regnes|tælles|tages)?|indgår?|"
    "(?:frem)?mødt|mødtfrem|(?:nyeste|seneste)(?:version|række)|nyeste|gældende(?:version|række)?|egenkommune|internt?)"
    "(?:med)?(?:i(?:opgørelse|statistik)(?:n|k?en)?)?"
)
_COUNTS_UNLESS = re.compile("(?:er)?(?:startet|påbegyndt|godkendt|bevilget|(?:offentlig|kommunal).*)")
_SO = frozenset({"ja", "j", "yes", "y", "true", "sand", "1", "x"})
"""What a header is that asks whether a row does not count, or counts, or says so unless it says no; and what stands,
folded, for yes."""
_MANY = re.compile(
    "antal|count|fortegn|hoveder|stk|personer|borgere|ansatte|antal(?:personer|forløb|borgere|ansatte|ansættelser|"
    "medarbejdere|cpr|bevillinger|deltagere|unikke(?:cpr|borgere|personer))"
)
_PART = re.compile(
    ".*(?:helårsp|fuldtidspers|heltidspers|årsværk|årspersoner).*|(?:gennemsnit|gns)(?:antal)?(?:personer)?"
)
_SHARE = re.compile("vægt|andel|fordeling(?:snøgle|spct|sprocent)?")
"""What a header is that says how many a row is of, has in it that says how much of one, and is that says which part."""
_WORKPLACE = re.compile("arbejdsgiver|virksomhed|arbejdssted|arbejdsplads|praktiksted")
_COMPANY = r"(?i)\b(?:a/s|aps|i/s|ivs|k/s|p/s)(?:[\s,.)]|$)|^\s*region\s"
_OF_A_CITY = re.compile(
    "(?:arbejds(?:plads|sted|giver)|virksomhed|ansættelses)?(?:s|ens|ets)?kommune(?:navn|kode|nummer|id)?"
)
_THIS_CITY = r"(?i)k(?:ø|o|oe)benhavn|copenhagen|^\s*(?:0?101|kbh\.?|kk)?\s*$"
"""What a header is that says which city has a row's workplace, and what stands there for this one."""
_NO_STATE = re.compile("adresse|tele|tlf|mobil|mail")
COUNTS, CANCELLED, UNKNOWN = 0, 1, -2
_LONG_WORD = 8
"""Letters: a cell that begins with so long a word of a cancelled spell is about one."""
_OF_A_STATE = 2
"""So many kinds of columns, the first, may be those of a field too."""
_MOST_EXPLAINED = 100
"""Different words of a column that are told one by one."""


def state_columns(texts: Sequence[str], names: Names) -> list[int]:
    """Return the places of the columns that say what became of a spell."""
    return [place for place, text in enumerate(texts) if _is_state(text, names) or _asks(text, names)]


def _is_state(header: str, names: Names) -> bool:
    """Return whether a header is that of a state."""
    folded = fold(header)
    if (known := names.columns.get(folded)) is not None:
        return known[0] == "state"
    return _STATE.search(folded) is not None and _ANOTHER.search(folded) is None and "dato" not in folded


def _asks(header: str, names: Names) -> bool:
    """Return whether a header asks if, or when, a spell was cancelled."""
    folded = fold(header)
    asks = _OUT.fullmatch(folded) or any(word in folded for word in names.cancelled)
    return bool(asks) and _ANOTHER.search(folded) is None


class States:
    """Read what the columns of a state say of each row."""

    def __init__(self, names: Names) -> None:
        self._names = names

        def unless(counts: Callable[[str], bool]) -> Column:
            return Column(lambda text: COUNTS if counts(text) else CANCELLED, COUNTS)

        not_so = _NOT_SO | names.counted  # as »Offentlig« below »Offentlig/privat«
        self._kinds: Sequence[tuple[Callable[[str], object], Column, Unreadable]] = (
            (lambda header: _is_state(header, names), Column(self._read, COUNTS), _GONE),
            (lambda header: _asks(header, names), unless(lambda text: fold_value(text) in not_so), _OUT_OF_IT),
            (_is_called(_COUNTS), Column(_read_whether, UNKNOWN), _OUT_OF_IT),
            (_is_called(_COUNTS_UNLESS), unless(lambda text: fold_value(text) not in _NOT_SO), _OUT_OF_IT),
            (_is_called(_MANY), Column(lambda text: _read_number(text, 100), COUNTS), _OUT_OF_IT),
            (_is_called(_PART), Column(lambda text: _read_number(text, 0), COUNTS), _OUT_OF_IT),
            (_is_called(_SHARE), Column(_read_share, COUNTS), _OUT_OF_IT),
        )
        """What a column's header is, what reads its cells, and what is said of a row that does not count."""
        self._any = unless(lambda text: not self._says(text))
        self._elsewhere = unless(lambda _: False)

    def _read(self, text: str) -> int:
        """Read what became of a spell."""
        folded = fold_value(text)
        if any(word in folded for word in self._names.cancelled):
            return CANCELLED
        if folded in self._names.counted:
            return COUNTS
        raise _NOBODY_KNOWS

    def _says(self, text: str) -> bool:
        """Return whether a cell of any column says that a spell was cancelled."""
        folded = fold_value(text)
        found = (word for word in self._names.cancelled if word in folded)
        return any(
            (rest := folded.replace(word, "", 1)) == "" or rest in self._names.schemes
            or (len(word) >= _LONG_WORD and folded.startswith(word)) for word in found
        )  # fmt: skip

    def refuse(self, batch: Batch, refusals: Refusals) -> tuple[Mask, Mask]:
        """Tell of rows that do not count, or may not; return these and those cancelled."""
        cancelled, unknown = np.zeros_like(batch.blank), np.zeros_like(batch.blank)
        for texts, column, gone in self._looked_at(batch.frame, batch.header):
            codes = np.where(batch.blank, COUNTS, column.codes(texts))
            cancelled |= codes == CANCELLED
            unknown |= codes < COUNTS
            place = int(texts.name)
            is_known = self._names.columns.get(fold(batch.header.texts[place]), ("",))[0] == "state"
            called = FIELDS["state"] if is_known else f"{FIELDS['state']} {batch.header.called(place)}"
            _tell(batch, texts, codes, column, called, gone, refusals)
        return cancelled | unknown, cancelled

    def _looked_at(self, frame: pl.DataFrame, header: Header) -> Iterator[tuple[pl.Series, Column, Unreadable]]:
        """Yield the columns that may say whether a row counts, and what reads each."""
        others = []
        read = set(header.columns.values())
        for place, heading in enumerate(header.texts):
            texts, folded = frame[str(place)], fold(heading)
            kinds = self._kinds[:_OF_A_STATE] if place in read else self._kinds
            kind = next(((column, gone) for is_one, column, gone in kinds if is_one(heading)), None)
            if kind is not None:
                yield texts, *kind
            elif place not in read and not _NO_STATE.search(folded):
                others.append(str(place))
                is_city = _OF_A_CITY.fullmatch(folded) is not None
                if is_city or _WORKPLACE.search(folded):
                    yield _elsewhere(texts, is_city=is_city), self._elsewhere, _OTHERS
        # In few calls, since a sheet may have 16,384 columns, nearly all of them empty.
        filled = frame.select((pl.col(others) != "").any())
        plain = pl.col([one.name for one in filled if one.item()]).str.to_lowercase().str.replace_all(r"[\W_]+", "")
        for said in frame.select(plain.str.contains_any(sorted(self._names.cancelled))):
            if said.any():
                yield _only(frame[said.name], said), self._any, _GONE


def _is_called(kind: re.Pattern[str]) -> Callable[[str], object]:
    """Return what tells whether a header is of a kind."""
    return lambda header: kind.fullmatch(fold(header))


def _elsewhere(texts: pl.Series, *, is_city: bool) -> pl.Series:
    """Return a column of workplaces with those left that are not the city's own."""
    places = texts.unique().drop_nulls()  # there are few, and these are many patterns
    other = ~places.str.contains(_THIS_CITY)
    if not is_city:
        other = places.str.contains(_COMPANY) | (other & places.str.contains("(?i)kommune"))
    return _only(texts, texts.is_in(places.filter(other).implode()))


def _only(texts: pl.Series, wanted: pl.Series) -> pl.Series:
    """Return a column of which only some cells are left."""
    return (
        texts.to_frame().select(pl.when(wanted.fill_null(value=False)).then(texts.name).alias(texts.name)).to_series()
    )


def _read_whether(text: str) -> int:
    """Read whether a row counts."""
    if (folded := fold_value(text)) in _SO:
        return COUNTS
    if folded in _NOT_SO:
        return CANCELLED
    raise _NOBODY_KNOWS


def _read_number(text: str, least: int) -> int:
    """Read of how many spells a row is, in hundredths: of one, or less."""
    try:
        one = text.strip() == "+" or least <= hundredths(text) <= 100
    except Unreadable:  # as 0,4849, or a word
        one = not least and re.fullmatch(r"\s*(?:0[.,]\d+|1[.,]0+|\D*)\s*", text) is not None
    if not one:
        raise _NOT_ONE
    return COUNTS


def _read_share(text: str) -> int:
    """Read which part of a spell a row is: only the whole of it can be counted."""
    if re.fullmatch(r"\s*(?:1|100)(?:[.,]0+)?\s*%?\s*", text) is None:
        raise _NOT_ONE
    return COUNTS


def _tell(
    batch: Batch, texts: pl.Series, codes: Codes, column: Column, called: str, gone: Unreadable, refusals: Refusals
) -> None:
    """Tell which words of a column do not count, or are not known."""
    told = codes != COUNTS
    found = pl.DataFrame({"text": texts.filter(pl.Series(told)), "row": batch.rows[told], "code": codes[told]})
    found = found.with_columns(pl.col("text").fill_null(""))
    if found["text"].n_unique() > _MOST_EXPLAINED:  # one stands for all
        found = found.with_columns(pl.col("text").first().over("code"))
    for (text, code), group in found.group_by("text", "code", maintain_order=True):
        words, why = str(text).split(), gone
        if int(code) < COUNTS:
            why = column.why(str(text)) if words else _NOBODY_KNOWS
        shown = legible(str(text)) if len(words) <= _MOST_WORDS else f"{' '.join(words[:1])} …"
        refusals.rows(batch.label, group["row"], called, why.message, found=shown, expected=why.expected)


_MOST_WORDS = 5
"""Words of a cell that are shown: what is longer may be about somebody."""
_NOBODY_KNOWS = Unreadable(
    "et ord, der står under counted (tæller) eller cancelled (tæller ikke) i data/aliases.yml",
    None, "det kan ikke ses, om forløbet tæller",
)  # fmt: skip
_NOT_ONE = Unreadable("én række for hvert forløb", None, "rækken er ikke ét forløb")
_OTHERS = Unreadable(
    "at rækken er taget ud; er arbejdspladsen kommunens egen, så ret cellen, eller slet kolonnen",
    None, "arbejdspladsen er ikke kommunens egen",
)  # fmt: skip
_OUT_OF_IT = Unreadable(
    "at rækken er taget ud; skal den tælle med, så slet kolonnen",
    None, "forløbet blev ikke til noget, eller det er ikke kommunens eget",
)  # fmt: skip
_GONE = Unreadable(
    "at rækken er taget ud; skal den tælle med, så tag ordet ud under cancelled i data/aliases.yml",
    None, "forløbet blev ikke til noget, eller det er ikke kommunens eget",
)  # fmt: skip
