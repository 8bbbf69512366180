"""Tell how a notat that was sent out differs from the one that was built."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from pathlib import Path

from lxml import etree

from aarsstatus.files import irregular
from aarsstatus.problems import InputError, Problem
from aarsstatus.release.archive import unpack
from aarsstatus.release.reading import Finished

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"  # an XML name, not an address to fetch
_MOST_BYTES = 64 << 20
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def differences(build: Finished, path: Path) -> list[str]:
    """Return each paragraph or cell that was sent out with other words.

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
    if path.suffix.lower() != ".docx" or "notat.docx" not in build.outputs:
        raise InputError(Problem(path.name, "filen kan ikke sammenlignes", expected="den Word-fil, der blev sendt ud"))
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
