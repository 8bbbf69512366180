"""The page in a bundle that says what is in it and how the notat is made again."""

from __future__ import annotations

from html import escape
from pathlib import Path

from aarsstatus.bundle.sbom import NAME as SBOM
from aarsstatus.release.reading import KEPT, Finished
from aarsstatus.render.page import page, stylesheet, table

__all__ = ["GUIDE", "guide"]

GUIDE = "vejledning.html"
_CSS = """
pre { overflow: auto; padding: 0.75rem 1rem; background: var(--band); font-size: 0.85rem; line-height: 1.5; }
"""


def guide(build: Finished, name: str, extension: Path) -> str:
    """Return the page.

    Parameters
    ----------
    build
        What is handed over.
    name
        The bundle's file name.
    extension
        The folder with the stylesheet.
    """
    title = f"Sådan laves årsstatussen for {build.year} igen"
    parts = [_first(build), _contents(build.year), _verifying(name), _one_figure(build.year), _licences()]
    return page(title, "VEJLEDNING", "\n".join(parts), stylesheet(extension) + _CSS)


def _first(build: Finished) -> str:
    version, python = str(build.manifest["engine"]["version"]), str(build.manifest["python"])
    return (
        f'<div class="tilstand"><p>Pakken har alt, der skal til for at lave årsstatussen for {build.year} igen og få '
        f"de samme filer, byte for byte. Den blev lavet med {escape(version)} og Python {escape(python)}.</p></div>"
    )


def _contents(year: int) -> str:
    """Say what lies where."""
    places = {
        f"{year}/": "Notatet i alle formater, kvalitetsrapporten, tallene og manifest.json, som har et kontroltal "
        "(SHA-256) for hver fil, notatet er lavet af, og for hver fil, der kom ud af det.",
        f"{KEPT}/params/ og {KEPT}/data/": "Årets parametre og de summer, alle tal er regnet ud af. Registerudtræk er "
        "ikke med.",
        f"{KEPT}/aarsstatus/": "Programmet, som det var. Formlerne står i attainment.py.",
        f"{KEPT}/notebooks/ og {KEPT}/_extensions/": "Notatets tekst og udseende.",
        f"{KEPT}/requirements.lock": "De pakker, programmet bruger, i nøjagtige versioner.",
        SBOM: "Fortegnelse over de programmer og pakker, notatet er lavet med, i formatet CycloneDX 1.6, som "
        "værktøjer til sårbarheder og licenser kan læse: navn, version, licens og kontroltal.",
    }
    rows = [[f"<code>{escape(place)}</code>", escape(text)] for place, text in places.items()]
    made = table("Mapper og filer i pakken", ("Sted", "Indhold"), rows, text=True)
    return f"<section>\n<h2>Hvad der er i pakken</h2>\n{made}\n</section>"


def _verifying(name: str) -> str:
    """Say how the bundle is verified, with and without the program at hand."""
    install = f"-m pip install --require-hashes --only-binary :all: -r {KEPT}"
    unix = (
        f"python3 -m venv .venv\n.venv/bin/python {install}/requirements.lock\n"
        f"PYTHONPATH={KEPT} .venv/bin/python -m aarsstatus verify {name}"
    )
    windows = (
        f"py -m venv .venv\n.venv\\Scripts\\python {install}\\requirements.lock\n"
        f'set "PYTHONPATH={KEPT}"\n.venv\\Scripts\\python -m aarsstatus verify {name}'
    )
    return f"""<section>
<h2>Efterprøv pakken, når årsstatus er installeret</h2>
<p>Skriv <code>aarsstatus verify {escape(name)}</code>. Programmet laver notatet igen i en midlertidig mappe og
sammenligner hver fil med pakkens. Er en pakke på maskinen en anden version end dengang, står det i svaret.</p>
</section>
<section>
<h2>Efterprøv pakken på en ny maskine</h2>
<p>Maskinen skal have Python 3.11 eller nyere. Pak zip-filen ud, læg zip-filen selv i den mappe, hvor
<code>{GUIDE}</code> ligger, åbn en terminal i mappen og skriv på Mac eller Linux:</p>
<pre tabindex="0"><code>{escape(unix)}</code></pre>
<p>og i kommandoprompten på Windows:</p>
<pre tabindex="0"><code>{escape(windows)}</code></pre>
<p>At efterprøve en pakke kører programmet og notebookene i den. Gør det kun med en pakke fra en afsender, du stoler
på.</p>
</section>"""


def _one_figure(year: int) -> str:
    return f"""<section>
<h2>Slå et enkelt tal efter</h2>
<p>Hvert tal i notatet står i <code>{year}/figures.csv</code> med sin formel, de tal, det er regnet ud af, og den fil
og linje i <code>{KEPT}/data/</code>, hvor de er læst. Det kan gøres uden noget program.</p>
</section>"""


def _licences() -> str:
    """Say what may be passed on, and what it takes."""
    return f"""<section>
<h2>Giv pakken videre</h2>
<p>Pakken må gives videre, som den er. Den rummer ingen af de pakker, programmet bruger, kun deres navne og versioner.
Programmet selv er under MIT-licensen og skriften Open Sans under Apache-licensen; dens tekst ligger i
<code>{KEPT}/_extensions/notat/fonts/</code>. Licensen for hver pakke står i <code>{SBOM}</code>.</p>
<p>Det er noget andet at give en installation videre, for eksempel mappen <code>.venv</code>: så gives også pandoc
videre, som er under GPL version 2 eller nyere, og modtageren skal have licensteksten og kunne få kildeteksten.</p>
</section>"""
