"""What stands before the notat's title: the cover sheet of a year that has one, and a logo where there is one.

Both are Markdown that the extension's filter takes to the front; what they say comes from the parameters.
"""

from __future__ import annotations

from pathlib import Path

from IPython.display import SVG, Image, Markdown, display

from aarsstatus.inputs.params import Logo, Params
from aarsstatus.markdown import attribute, plain
from aarsstatus.report.drawing import raster

__all__ = ["cover_sheet", "show_logo"]


def cover_sheet(params: Params, title: str) -> str:
    """Return the cover sheet as Markdown, empty for a year without one.

    Parameters
    ----------
    params
        The year's parameters.
    title
        The notat's title.
    """
    if params.cover is None:
        return ""
    administration = plain(params.office.administration)
    matter = (
        f"Sagen handler om årsstatus for {params.year} for de særlige jobordninger i Københavns Kommune som "
        f"arbejdsplads. Notatet er skrevet af {administration} og er til orientering."
    )
    blocks = [
        ":::: {.forside}",
        f"::: {{.forsidetitel}}\nOrientering om {plain(title[:1].lower() + title[1:])}\n:::",
        "# Sagsfremstilling",
        matter,
        "# Bilag",
        f"Bilag {params.cover.appendix}. Notat fra {administration}: {plain(title)}",
        "::::",
    ]
    return "\n\n".join(blocks)


def show_logo(logo: Logo | None, folder: Path) -> None:
    """Show the logo where there is one.

    Word gets dots, since its drawing of SVG differs from one version to the next.

    Parameters
    ----------
    logo
        What the parameters say of it.
    folder
        Where its file lies.
    """
    if logo is None:
        return
    content = (folder / logo.file).read_bytes()
    _markdown(f"::: {{.logo {attribute('fig-alt', logo.alt)}}}\n\n")
    if logo.file.endswith(".png"):
        display(Image(data=content, format="png"))
    else:
        _markdown('::: {.content-visible unless-format="docx"}\n')
        display(SVG(data=content.decode("utf-8")))
        _markdown('\n:::\n\n::: {.content-visible when-format="docx"}\n')
        display(Image(data=raster(content), format="png"))
        _markdown("\n:::\n")
    _markdown("\n:::\n\n")


def _markdown(text: str) -> None:
    display(Markdown(text))
