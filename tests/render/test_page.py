"""A page beside the notat: its text stands as it was given, in the notat's template, in one file that asks nobody."""

import re
from pathlib import Path

import pytest

from aarsstatus.render.page import make_page

EXTENSION = Path(__file__).parents[2] / "_extensions" / "notat"
BODY = """<p>a -- b ... 1.<wbr>2 *x* <code>```{=html} `y`</code> &lt;b></p>
<pre>a

   b ````` c</pre>
<ul><li><a href="2025/notat.html">Notat</a></li></ul>"""


@pytest.fixture(scope="module")
def made() -> str:
    return make_page("Fra 50% til <100> & *æøå*", "OVERSIGT", BODY, EXTENSION)


def test_text_stands_as_it_was_given(made: str) -> None:
    main = re.search(r'(?s)<main id="indhold">\n(.*)\n</main>', made)
    assert main
    assert main[1] == BODY.replace("&lt;b>", "&lt;b&gt;")
    assert made.count("Fra 50% til &lt;100&gt; &amp; *æøå*") == 2  # in the title, and above the text
    assert '<p class="doctype">OVERSIGT</p>' in made
    assert '<html lang="da">' in made
    assert "brevfod" not in made.partition("<body>")[2]


def test_it_has_the_look_in_it(made: str) -> None:
    assert not re.search(r"""<link|<script|@import|src=|url\((?!["']?data:)""", made)
    assert made.count("data:font/woff2") == 3
    for rule in (".tabelramme {", ".stempel {", ".aarsag {"):  # of notat.css and of pages.css
        assert rule in made


def test_the_same_bytes(made: str) -> None:
    assert make_page("Fra 50% til <100> & *æøå*", "OVERSIGT", BODY, EXTENSION) == made
