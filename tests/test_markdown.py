"""Markdown: text stays literal, numbers carry their figure."""

from __future__ import annotations

import subprocess

import pypandoc
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from aarsstatus.markdown import attribute, bullets, metadata, metadata_in, plain, sentences, span


def rendered(markdown: str) -> str:
    done = subprocess.run(
        [pypandoc.get_pandoc_path(), "-f", "markdown", "-t", "plain", "--wrap=none"],
        input=markdown.encode(), capture_output=True, check=True,
    )  # fmt: skip
    return done.stdout.decode().strip()


@pytest.mark.parametrize(
    "text",
    ["Børne- og Fritid", "a*b*c _d_ `e` [f](g) # h", "1. maj", "<script>alert(1)</script>", "$x$ \\cmd{y}",
     "{{< include x >}}", "@tbl-kk", "a -- b ... 'c'", "- d", "^e^ ~f~ | g", "a://x", "::: {.a}", "=== &amp; %"],
)  # fmt: skip
def test_plain_text_is_shown_as_it_stands(text: str) -> None:
    assert rendered(plain(text)) == text


@settings(max_examples=25)
@given(
    st.text(st.characters(min_codepoint=32, max_codepoint=591, exclude_categories=["C", "Z"]), min_size=1, max_size=40)
)
def test_any_text_is_shown_as_it_stands(text: str) -> None:
    assert rendered("a " + plain(text) + " b") == f"a {text} b"


def test_a_number_carries_its_figure() -> None:
    assert span("2025.ØKF.x", "74 pct.") == '[74 pct.]{figure="2025.ØKF.x"}'
    assert attribute("fig-alt", 'sagde "nej"\n og \\ gik') == 'fig-alt="sagde \\"nej\\" og \\\\ gik"'


def test_sentences_end_once() -> None:
    assert sentences(["Det er 74 pct.", "Det er 7"]) == "Det er 74 pct. Det er 7."
    assert sentences([f"Det er {span('a', '74 pct.')}", span("b", "7")]) == (
        'Det er [74 pct.]{figure="a"} [7]{figure="b"}.'
    )


def test_lists() -> None:
    assert bullets(["a", "b"]) == "- a\n- b"


@pytest.mark.parametrize("text", ["A {{< env HOME >}} B", "{{<env HOME>}}", "{{< a", "b >}}", "{{{< a >}}}"])
def test_metadata_has_no_shortcode_and_is_read_back(text: str) -> None:
    """Quarto would run one even where each of its signs is escaped."""
    written = metadata({"city": plain(text)})
    tokens = yaml.safe_load(written.strip("-"))["city"].replace("\\", "")
    assert "{{<" not in tokens
    assert ">}}" not in tokens
    assert yaml.safe_load(metadata_in(written) or "") == {"city": plain(text)}
