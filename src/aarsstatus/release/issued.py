"""Tell how a notat that was sent out differs from the one that was built."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from itertools import chain
from pathlib import Path

import pypdfium2
from lxml import etree

from aarsstatus import danish
from aarsstatus.files import irregular
from aarsstatus.problems import InputError, Problem
from aarsstatus.release.archive import unpack
from aarsstatus.release.reading import Finished, kept_params

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"  # an XML name, not an address to fetch
_MOST_BYTES = 64 << 20
_NUMBER = re.compile(r"[-−]?\d+(?:[.,]\d+)*")
_PAGE = re.compile(r"\bSide\s+\d+\s+af\s+\d+")


def differences(build: Finished, path: Path) -> list[str]:
    """Return what was sent out with other words: paragraphs, cells, or words of a PDF.

    Raises
    ------
    InputError
        If a number differs: then what was sent out is not what would be recorded.
    """
    if why := irregular(path, _MOST_BYTES):
        raise InputError(Problem(path.name, why))
    content = path.read_bytes()
    if content in build.outputs.values():
        return []
    kind = path.suffix.lower()
    if kind not in {".docx", ".pdf"} or f"notat{kind}" not in build.outputs:
        message = "filen kan ikke sammenlignes"
        raise InputError(Problem(path.name, message, expected="den Word-fil eller PDF, der blev sendt ud"))
    return _of_word(build, path, content) if kind == ".docx" else _of_pdf(build, path, content)


def _of_word(build: Finished, path: Path, content: bytes) -> list[str]:
    """Compare a Word file paragraph by paragraph, in order."""
    ours, theirs = _paragraphs(build.outputs["notat.docx"], "notat.docx"), _paragraphs(content, path.name)
    changes = [
        (" ¶ ".join(ours[a:b]), " ¶ ".join(theirs[c:d]))
        for kind, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
        if kind != "equal"
    ]
    numbers = [pair for pair in changes if _NUMBER.findall(pair[0]) != _NUMBER.findall(pair[1])]
    if numbers:
        message = "der er sendt et andet tal ud end det, der er bygget"
        raise InputError(
            [Problem(path.name, message, found=new or "(intet)", expected=f"»{old}«") for old, new in numbers]
        )
    return [f"»{old}« → »{new}«" for old, new in changes]


def _paragraphs(content: bytes, name: str) -> list[str]:
    """Return the paragraphs of a Word file that have any text, those in cells too."""
    try:
        document = etree.fromstring(unpack(content, name)["word/document.xml"], etree.XMLParser(resolve_entities=False))
    except (KeyError, etree.XMLSyntaxError):
        raise InputError(Problem(name, "filen er ikke en Word-fil", expected="en .docx-fil")) from None
    texts = ("".join(one.text or "" for one in each.iter(f"{_W}t")) for each in document.iter(f"{_W}p"))
    return [" ".join(text.split()) for text in texts if text.strip()]


def _of_pdf(build: Finished, path: Path, content: bytes) -> list[str]:
    """Compare a PDF by how often each number stands in it, whoever laid it out.

    Lines and pages end elsewhere, and cells come in another order, when Word has made it of the Word file. What stands
    on each page is left out: the page's number, and the office's address.
    """
    ours, theirs = _words(build.outputs["notat.pdf"], "notat.pdf"), _words(content, path.name)
    counts = [Counter(chain(*map(_NUMBER.findall, words))) for words in (ours, theirs)]
    for number in _NUMBER.findall(_address(build)):
        for count in counts:
            count.pop(number, None)
    found = [
        Problem(path.name, f"{number} står {_times(after)}", expected=f"{_times(before)}, som i det, der er bygget")
        for number in sorted({*counts[0], *counts[1]})
        if (before := counts[0][number]) != (after := counts[1][number])
    ]
    if found:
        raise InputError([Problem(path.name, "der er sendt et andet tal ud end det, der er bygget"), *found])
    missing, more = (sorted({*one} - {*other}) for one, other in ((ours, theirs), (theirs, ours)))
    told = (("står ikke i det, der er sendt ud", missing), ("står kun i det, der er sendt ud", more))
    return [f"»{word}« {where}" for where, words in told for word in words if word.isalpha()]


def _times(count: int) -> str:
    """Say how often a number stands somewhere."""
    return danish.counted(count, "gang", "gange")


def _words(content: bytes, name: str) -> list[str]:
    """Return the words of a PDF, without the numbers of its pages."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        raise InputError(Problem(name, "filen kan ikke læses", expected="en PDF uden adgangskode")) from None
    text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    return _PAGE.sub("", text).split()


def _address(build: Finished) -> str:
    """Return the office's address, which stands on every page."""
    params = kept_params(build.inputs, build.year)
    return f"{params.office.street} {params.office.postal}" if params else ""
