"""Names, labels and parameters are text: whatever stands in them is shown as it stands, and nothing of it runs.

One report is built with a battery of payloads in every field that somebody writes. Each must be there, letter for
letter, in the page, the PDF, the Word file and the workbook; and none may have read a file, a variable or the
network, started a program, or become part of the page.
"""

from __future__ import annotations

import csv
import http.server
import io
import json
import os
import shutil
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docx
import nbformat
import openpyxl
import pikepdf
import pytest
from browser import DEVICES, browser
from conftest import copy_project
from fontTools.ttLib import TTFont
from lxml import etree, html
from quick_commands import aarsstatus
from reading import pdf_text

from aarsstatus.inputs import read_data, read_year
from aarsstatus.markdown import metadata, plain
from aarsstatus.problems import InputError
from aarsstatus.project import Project
from aarsstatus.render.embedded import Format, render
from aarsstatus.text import DRAWN, unfit

YEAR = 2025
BIRD = "KANARIEFUGLEN-SANG"
"""What stands in a file and in a variable that no report may read."""


def battery(file: Path, touched: Path, port: int) -> list[str]:
    """Return the payloads. `file` holds the canary, `touched` is what a program that runs would make."""
    url = f"http://127.0.0.1:{port}"
    return [
        "<script>document.title='KANARIE'</script>", f"<img src={url}/a onerror=document.title='KANARIE'>",
        "<svg/onload=document.title='KANARIE'>", f"<iframe src={url}/b></iframe>", f"<link rel=stylesheet href={url}/c>",
        "<style>*{display:none}</style>", "</td></tr></table></body></html>", "</main></head>", "<!-- ", "--><b>fed</b>",
        'data-figure="2025.KK.x" class="kanarie"', "&lt;b&gt; &amp; &#60; &nbsp;", "javascript:document.title='KANARIE'",
        "**fed** __fed__ *skrå* `kode` ~~streg~~ ^op^ ~ned~", "# Overskrift ## To", "[link](javascript:1) <x@y.dk>", f"![billede]({url}/d)",
        f"![fil]({file})", "[^1] [^kanarie]: note", "[ord]{.kanarie #kanarie onclick=1}", "`<b>`{=html} `#read`{=typst}", "``` {=html}", ":::: {.forside} ::::",
        "| a | b | |---|---|", "- punkt 1. punkt * punkt", "@tbl-kk [-@tbl-kk] @fig-udvikling [@kanarie2020]", "\\ \\* \\newline \\\\", "a -- b --- c ... d",
        "a-?b -?c -1 ... 'n", "\"citat\" 'citat' ''dobbelt''", "$x^2$ $$\\frac{1}{0}$$ \\(y\\) $\\badkommando{", f"\\input{{{file}}} \\write18{{touch {touched}}}", "\\directlua{os.exit(3)}",
        f"{{{{< include {file} >}}}}", "{{< env KANARIE >}}", "{{<env KANARIE>}}", "{{< kanarie", "kanarie >}}", "{{< meta title >}} {{< pagebreak >}}", f"#read(\"{file}\") #include \"{file}\"", "#import \"@preview/x:1.0.0\"",
        f"#image(\"{file}\") #panic() #{{1+1}}", "<kanarie-mærke> @kanarie #link(\"x\")[y]", f"$(touch {touched}) `touch {touched}`", f"; touch {touched} & | > <", "${KANARIE} %KANARIE% $HOME",
        f"{{__import__('os').system('touch {touched}')}}", "{year} {0.__class__} %s %(year)s", f"os.execute('touch {touched}')", "pandoc.pipe('id', {}, '')",
        f"!!python/object/apply:os.system ['touch {touched}']", "<w:p><w:r><w:t>x</w:t></w:r></w:p>", "]]> <![CDATA[x]]> <?pi ?>", "1e309 NaN 0x1F = +1 -1 @SUM(A1) =1+1",
        f"HYPERLINK(\"{url}/e\") cmd|'/C calc'!A0", "../../../etc/passwd C:\\Windows\\win.ini", "a_b_c x*y*z 100% #1 ~tilde ^hat", "§ © € £ ½ × ÷ † “dansk” »fransk« – — …",
    ]  # fmt: skip


CYRILLIC = "Жук ΑΒΓ ñçéü"


@dataclass
class Planted:
    """A project with the battery in every field, and what came of building it."""

    project: Project
    fields: dict[str, str]
    payloads: list[str]
    touched: Path
    requests: list[str]
    said: str
    status: int

    @property
    def folder(self) -> Path:
        return self.project.output / str(YEAR)


def slots(payloads: list[str], sizes: list[int], *, whole: bool = True) -> list[str]:
    """Spread payloads over texts of at most so many characters, each beginning with a word of its own.

    Each payload is in one of them; if not `whole`, as many as there is room for.
    """
    texts = [f"Felt{'abcdefghijklmnopqrstuvwxyzæøå'[n % 29]}{'abcdefgh'[n // 29]}" for n in range(len(sizes))]
    for payload in sorted(payloads, key=len, reverse=whole):
        order = sorted(range(len(sizes)), key=lambda n: (len(texts[n]) - sizes[n], n))
        at = next((n for n in order if len(texts[n]) + len(payload) + 1 <= sizes[n]), None)
        assert at is not None or not whole, f"no room for {payload}"
        if at is not None:
            texts[at] += f" {payload}"
    return texts


def plant(project: Project, payloads: list[str]) -> dict[str, str]:
    """Put the battery in every field that somebody writes; return each field's text by where it is."""
    fields: dict[str, str] = {}
    data = read_data(project)
    # names and labels of schemes, names of administrations
    shown = [scheme.key for scheme in data.schemes_of(YEAR)]
    texts = iter(slots(payloads, [300] * 2 * len(shown)))
    _rewrite(
        project.data / "schemes.csv",
        lambda row: row["scheme"] in shown,
        lambda row: {
            column: _said(fields, f"{row['scheme']} {column}", next(texts)) for column in ("name", "row_label")
        },
    )
    texts = iter(slots(payloads, [300] * 8))
    held = lambda row: int(row["first_year"]) <= YEAR and (not row["last_year"] or int(row["last_year"]) >= YEAR)  # noqa: E731
    _rewrite(
        project.data / "administrations.csv",
        held,
        lambda row: {"name": _said(fields, f"{row['administration']} name", next(texts))},
    )
    # parameters
    path = project.params / f"{YEAR}.yml"
    keys = ("case_number_f2", "document_number_f2", "case_number_edoc", "name", "administration", "street", "postal")
    values = dict(zip((*keys, "alt"), slots(payloads, [60, 60, 60, 100, 100, 60, 60, 300], whole=False), strict=True))
    lines = path.read_text(encoding="utf-8").splitlines()
    for key in keys:
        at = next(n for n, line in enumerate(lines) if line.startswith(f"  {key}:"))
        lines[at] = f"  {key}: {json.dumps(_said(fields, key, values[key]))}"
    lines += [
        "cover:",
        "  appendix: 1",
        "logo:",
        "  file: logo.svg",
        f"  alt: {json.dumps(_said(fields, 'alt', values['alt']))}",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (project.params / "logo.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30"><rect width="60" height="30" fill="#0b2a5b"/></svg>',
        encoding="utf-8",
    )
    # what was printed as addresses and case numbers, so that the audit still finds it
    printed = {"document.case_number_f2": "case_number_f2", "document.document_number_f2": "document_number_f2", "document.case_number_edoc": "case_number_edoc",
               "office.street": "street", "office.postal": "postal"}  # fmt: skip
    _rewrite(
        project.data / "published.csv",
        lambda row: row["id"].partition(".")[0] == str(YEAR) and row["id"].partition(".")[2] in printed,
        lambda row: {"printed": fields[printed[row["id"].partition(".")[2]]]},
    )
    # causes of contradictions
    errata = project.data / "errata.yml"
    lines = errata.read_text(encoding="utf-8").splitlines()
    begin = next(n for n, line in enumerate(lines) if f"source: notat-{YEAR}" in line)
    places = [n for n in range(begin, len(lines)) if lines[n].strip().startswith(("cause:", "follows:"))]
    for at, text in zip(places, slots(payloads, [400] * len(places)), strict=True):
        lines[at] = f"{lines[at].partition(':')[0]}: {json.dumps(_said(fields, f'errata {at}', text))}"
    errata.write_text("\n".join(lines) + "\n", encoding="utf-8")
    # where a number was read
    texts = iter(slots(payloads, [300] * sum(year == YEAR for year, _, _ in data.statuses)))
    _rewrite(
        project.data / "status.csv",
        lambda row: row["year"] == str(YEAR),
        lambda row: {"source": _said(fields, f"source {row['administration']} {row['scheme']}", next(texts))},
    )
    return fields


def _said(fields: dict[str, str], where: str, text: str) -> str:
    fields[where] = " ".join(text.split())
    return fields[where]


def _rewrite(path: Path, which, change) -> None:  # type: ignore[no-untyped-def]
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, **(change(row) if which(row) else {})} for row in rows)
    path.write_text(text.getvalue(), encoding="utf-8")


@pytest.fixture(scope="module", params=["embedded", "quarto"])
def planted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    """Build the report with the battery in it, while a server listens for whoever asks."""
    if request.param == "quarto" and shutil.which("quarto") is None:
        pytest.skip("quarto is not on PATH: the reference engine cannot be tried")
    folder = tmp_path_factory.mktemp(f"plantet-{request.param}")
    near = Path(tempfile.mkdtemp(prefix="k"))  # a short path, since a name has room for so much
    file, touched = near / "h", near / "r"
    file.write_text(BIRD, encoding="utf-8")
    requests: list[str] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        project = copy_project(folder / "projekt")
        payloads = battery(file, touched, server.server_port)
        fields = plant(project, payloads)
        words = ("build", str(YEAR), "--engine", request.param)
        done = aarsstatus(*words, cwd=project.root, environment=os.environ | {"KANARIE": BIRD})
        yield Planted(project, fields, payloads, touched, requests, done.stdout + done.stderr, done.returncode)
    finally:
        server.shutdown()
        shutil.rmtree(near)


def bare(text: str) -> str:
    """Return a text without blanks, which lines are broken at, and what is not seen."""
    return "".join(character for character in text if not character.isspace() and character not in "\u00ad\u200b\u2060")


def shown(planted: Planted, *kinds: str) -> dict[str, str]:
    """Return the fields that a document shows: those whose places begin with one of the words."""
    return {where: text for where, text in planted.fields.items() if where.startswith(kinds) or where.endswith(kinds)}


NOTAT = ("name", "row_label", "case_number", "document_number", "administration", "street", "postal")


def page_text(path: Path) -> str:
    tree = html.fromstring(path.read_text(encoding="utf-8"))
    for element in tree.xpath("//script|//style"):
        element.drop_tree()
    return bare(tree.text_content())


# -- the battery ----------------------------------------------------------------------------------------------


def test_the_battery_is_a_battery(tmp_path: Path) -> None:
    payloads = battery(tmp_path / "x", tmp_path / "y", 1)
    assert len(payloads) == len(set(payloads)) > 50
    assert not any(unfit(f"Felt {payload}") for payload in payloads)


@pytest.mark.slow
def test_the_report_is_made(planted: Planted) -> None:
    assert planted.status == 0, planted.said
    assert {"notat.html", "notat.pdf", "notat.docx", "tabeller.xlsx"} <= {
        path.name for path in planted.folder.iterdir()
    }


@pytest.mark.slow
def test_every_payload_is_in_every_kind_of_field(planted: Planted) -> None:
    for kinds in (("name", "row_label"), ("errata",), ("source",)):
        text = " ".join(shown(planted, *kinds).values())
        assert [payload for payload in planted.payloads if payload not in text] == []
    text = " ".join(shown(planted, "street", "postal", "case", "document", "alt", "administration").values())
    assert sum(payload in text for payload in planted.payloads) > len(planted.payloads) / 3


@pytest.mark.parametrize("format_", ["html", "docx", "pdf"])
def test_front_matter_is_text(project: Project, tmp_path: Path, format_: Format) -> None:
    """What reaches the templates by way of the front matter, and not the text: each payload, whatever its length."""
    payloads = battery(tmp_path / "h", tmp_path / "r", 9)
    keys = ("title", "office", "administration", "footer-address")
    values = {"lang": "da", "doctype": "NOTAT", **dict.fromkeys(keys, plain(" ".join(payloads)))}
    shown = nbformat.v4.new_output("display_data", {"text/markdown": metadata(values)})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[shown])])
    made = tmp_path / f"notat.{format_}"
    render(notebook, format_, project.extension, made)
    if format_ == "html":
        tree = html.fromstring(made.read_text(encoding="utf-8"))
        texts = [
            tree.xpath(f"string({path})")
            for path in ("//h1", "//title", "//meta[@name='author']/@content", "//footer//strong", "//footer/p[2]")
        ]
        assert not tree.xpath("//script|//iframe|//b|//img|//*[@onload or @onerror]")
    elif format_ == "docx":
        with zipfile.ZipFile(made) as parts:
            texts = [
                "".join(etree.fromstring(parts.read(name)).itertext())
                for name in ("word/document.xml", "docProps/core.xml")
            ]
            texts.append(
                "".join(
                    "".join(etree.fromstring(parts.read(name)).itertext())
                    for name in parts.namelist()
                    if "footer" in name and name.endswith(".xml")
                )
            )
    else:
        texts = [pdf_text(made).replace("\ufffe", "-")]
    for text in texts:
        assert [payload for payload in payloads if bare(payload) not in bare(text)] == []
    assert not (tmp_path / "r").exists()


@pytest.mark.slow
def test_the_web_page_shows_each_as_it_stands(planted: Planted) -> None:
    text = page_text(planted.folder / "notat.html")
    assert [where for where, said in shown(planted, *NOTAT).items() if bare(said) not in text] == []
    tree = html.fromstring((planted.folder / "notat.html").read_text(encoding="utf-8"))
    alt = planted.fields["alt"]
    assert bare(alt) in {
        bare(image.get("alt") or image.get("aria-label") or "") for image in tree.xpath("//div[@class='logo']//img")
    }
    assert [where for where, said in shown(planted, "source").items() if bare(said) not in text] == []


@pytest.mark.slow
def test_the_quality_report_shows_each_as_it_stands(planted: Planted) -> None:
    text = page_text(planted.folder / "kvalitetsrapport.html")
    assert [where for where, said in shown(planted, "errata").items() if bare(said) not in text] == []


@pytest.mark.slow
def test_the_pdf_shows_each_as_it_stands(planted: Planted) -> None:
    text = bare(pdf_text(planted.folder / "notat.pdf")).replace("\ufffe", "-")  # PDFium's hyphen at the end of a line
    seen = shown(planted, *NOTAT)
    assert [where for where, said in seen.items() if bare(said) not in text] == []


@pytest.mark.slow
def test_the_word_file_shows_each_as_it_stands(planted: Planted) -> None:
    document = docx.Document(str(planted.folder / "notat.docx"))
    with zipfile.ZipFile(planted.folder / "notat.docx") as parts:
        names = [name for name in parts.namelist() if name.startswith("word/") and name.endswith(".xml")]
        text = bare("".join("".join(html.fromstring(parts.read(name)).itertext()) for name in names))
    assert document.tables
    assert [where for where, said in shown(planted, *NOTAT).items() if bare(said) not in text] == []


@pytest.mark.slow
def test_the_workbook_shows_each_as_it_stands_and_has_no_formula(planted: Planted) -> None:
    book = openpyxl.load_workbook(planted.folder / "tabeller.xlsx")
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    text = bare(" ".join(str(cell.value) for cell in cells))
    assert [
        where for where, said in shown(planted, "row_label", "BIF name", "ØKF name").items() if bare(said) not in text
    ] == []
    with zipfile.ZipFile(planted.folder / "tabeller.xlsx") as parts:
        sheets = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/")]
        assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)
        assert not any("externalLink" in name for name in parts.namelist())


# -- nothing of it runs ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_no_file_and_no_variable_was_read(planted: Planted) -> None:
    for path in planted.folder.iterdir():
        assert BIRD.encode() not in path.read_bytes(), path.name
    assert BIRD not in pdf_text(planted.folder / "notat.pdf")
    for name in ("notat.docx", "tabeller.xlsx"):
        with zipfile.ZipFile(planted.folder / name) as parts:
            assert not any(BIRD.encode() in parts.read(part) for part in parts.namelist())


@pytest.mark.slow
def test_no_program_ran_and_nobody_was_asked(planted: Planted) -> None:
    assert not planted.touched.exists()
    assert planted.requests == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["notat.html", "kvalitetsrapport.html"])
def test_the_page_runs_no_script_but_its_own(planted: Planted, name: str) -> None:
    tree = html.fromstring((planted.folder / name).read_text(encoding="utf-8"))
    own = (planted.project.extension / "panel.js").read_text(encoding="utf-8").strip()
    assert {script.text_content().strip() for script in tree.xpath("//script")} <= {own}
    assert [element.tag for element in tree.xpath("//iframe|//object|//embed|//foreignObject|//b")] == []
    assert not [key for element in tree.iter() for key in element.attrib if key.startswith("on")]
    assert not tree.xpath("//*[contains(@class,'kanarie') or @id='kanarie']")
    links = {value for value in tree.xpath("//@href|//@src") if not value.startswith(("#", "data:"))}
    assert {link for link in links if not link.endswith((".html", ".xlsx", ".csv", ".pdf", ".docx", ".ipynb"))} == set()
    with browser() as chromium:
        context = chromium.new_context(viewport={"width": DEVICES["desktop"].width, "height": 900})
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.goto((planted.folder / name).as_uri())
        page.wait_for_timeout(300)
        assert "KANARIE" not in page.title()
        assert dialogs == []
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        assert page.locator("main").is_visible()
        if name == "notat.html":  # the panel puts what it shows together anew
            page.locator("td[data-figure]").first.click()
            assert page.locator("dialog.talpanel").is_visible()
            assert "KANARIE" not in page.title()
        context.close()
    assert planted.requests == []


@pytest.mark.slow
def test_the_layout_holds(planted: Planted) -> None:
    tree = html.fromstring((planted.folder / "notat.html").read_text(encoding="utf-8"))
    assert len(tree.xpath("//main")) == len(tree.xpath("//body")) == 1
    assert len(tree.xpath("//figure[.//table and .//figcaption]")) == 9
    assert len(tree.xpath("//section[@class='forside']")) == 1
    with pikepdf.open(planted.folder / "notat.pdf") as document:
        assert "/JavaScript" not in str(document.Root.get("/Names", ""))
        assert not any(
            action
            for page in document.pages
            for action in page.get("/Annots", [])
            if action.get("/A", {}).get("/S") in {"/URI", "/Launch", "/JavaScript"}
        )
        assert 5 <= len(document.pages) < 40
    document = docx.Document(str(planted.folder / "notat.docx"))
    assert len([table for table in document.tables if len(table.rows) > 3]) == 9
    with zipfile.ZipFile(planted.folder / "notat.docx") as parts:
        relations = b"".join(parts.read(name) for name in parts.namelist() if name.endswith(".rels"))
    assert b'TargetMode="External"' not in relations


# -- the ways in ----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_parameters_reach_the_notebook_as_data(planted: Planted) -> None:
    notebook = json.loads((planted.folder / "notat.ipynb").read_text(encoding="utf-8"))
    injected = next(
        "".join(cell["source"])
        for cell in notebook["cells"]
        if "injected-parameters" in cell["metadata"].get("tags", [])
    )
    code = [line for line in injected.splitlines() if line and not line.startswith("#")]
    assert code == [f"year = {YEAR}", f"comparison_year = {YEAR - 1}", 'figures = "published"']
    written = json.loads((planted.project.notebooks / "notat.ipynb").read_text(encoding="utf-8"))
    sources = ["".join(cell["source"]) for cell in written["cells"][2:]]
    assert ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"][
        -len(sources) :
    ] == sources


@pytest.mark.parametrize("begins", ["=", "+", "-", "@"])
@pytest.mark.parametrize(
    ("file", "old"),
    [
        ("params/2025.yml", "Bernstorffsgade 17"),
        ("data/schemes.csv", "løntilskud,Løn"),
        ("data/status.csv", '"notat-2025, tabel 3"'),
    ],
)
def test_what_a_spreadsheet_takes_for_a_formula_is_refused(copied: Project, file: str, old: str, begins: str) -> None:
    path = copied.root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    quote = '"' if file.endswith(".yml") else ""
    new = f"{quote}{begins}HYPERLINK(1){quote}" + (",Løn" if old.endswith(",Løn") else "")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=rf"{file}, linje \d+.*begynder med \{begins}"):
        read_year(copied, YEAR)


@pytest.mark.parametrize(
    "character",
    [
        "\x00",
        "\x1b",
        "\x07",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\u2028",
        "\ue000",
        "\ufffd",
        "\ud800",  # noqa: PT014 - no duplicate: half a character
        "\n",
        "\t",
        "\uffff",
    ],
)
def test_what_is_not_seen_is_refused(copied: Project, character: str) -> None:
    path = copied.params / f"{YEAR}.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Bernstorffsgade 17", json.dumps(f"Gade{character}17")), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_year(copied, YEAR)
    assert f"params/{YEAR}.yml, linje 15, office.street" in str(caught.value)
    assert character in "\n\ufffd" or character not in str(caught.value)


def test_letters_of_other_alphabets_are_text() -> None:
    assert unfit(CYRILLIC, drawn=True) is None
    assert unfit("Ærø Å e\u0301", drawn=True) is None
    assert plain(CYRILLIC) == CYRILLIC


def test_what_may_be_printed_is_what_the_font_draws(project: Project) -> None:
    fonts = [TTFont(path) for path in sorted((project.extension / "fonts").glob("*.ttf"))]
    drawn = set.intersection(*(set(font.getBestCmap()) for font in fonts))
    assert len(fonts) == 4
    assert {code for first, last in DRAWN for code in range(first, last + 1)} <= drawn
    for sign in "æøåÆØÅéüßñçŁžЖΩ€½×÷†–—…»«“”‘’":
        assert unfit(f"x{sign}", drawn=True) is None, sign


@pytest.mark.parametrize("sign", ["漢", "👩", "ש", "م", "→", "ǅ"])
def test_what_the_font_has_not_is_refused_with_its_line(copied: Project, sign: str) -> None:
    for path, old, line in (
        (copied.params / f"{YEAR}.yml", "Bernstorffsgade", 15),
        (copied.data / "schemes.csv", "løntilskud,Løn", 2),
    ):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(old, f"{sign}{old}", 1), encoding="utf-8")
        with pytest.raises(InputError, match=rf"{path.name}, linje {line}.*den har ikke »{sign}«"):
            read_year(copied, YEAR)
        path.write_text(text, encoding="utf-8")
    assert unfit(f"En årsag {sign} en følge") is None
