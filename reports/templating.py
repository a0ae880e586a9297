"""From a document to HTML: escaped everywhere, undefined names are errors, lines broken as the language wants."""

from __future__ import annotations

import base64
from functools import cache
from typing import TYPE_CHECKING, Literal

from evaluation.errors import RenderError
from reports.chart import Chart
from reports.document import Decisions, Document, Entries, Notes, Observation, Picture, Prose, Table, Terms, Tiles
from reports.heights import is_dense, is_short, tile_rooms
from reports.typesetting import packaged_assets, style_sheet
from reports.typography import balanced_width_mm, no_break
from reports.webfonts import font_faces

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

Medium = Literal["paper", "screen"]
BASE = "templates/base.html.j2"
STYLE_SLOT = "/* style sheet */"
_TITLE_POINTS, _TITLE_MM = 19.0, 160.0
_BLOCKS = {
    "table": Table,
    "picture": Picture,
    "tiles": Tiles,
    "decisions": Decisions,
    "notes": Notes,
    "prose": Prose,
    "terms": Terms,
    "entries": Entries,
    "observation": Observation,
}


@cache
def environment(language: str, medium: Medium = "paper") -> Environment:
    """The Jinja environment: templates are named from `reports/` on.

    Args:
        language: Two letters; titles are broken by its rules.
        medium: `paper` refers to drawings as assets, `screen` puts them into the page.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("reports", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        balanced=lambda title: round(balanced_width_mm(title, _TITLE_POINTS, _TITLE_MM, language=language), 1),
        checked_address=checked_address,
        tile_rooms=tile_rooms,
        drawing=_as_asset if medium == "paper" else _inline,
    )
    made.filters["coded"] = coded
    for name, kind in _BLOCKS.items():
        made.tests[f"{name}_block"] = lambda block, kind=kind: isinstance(block, kind)
    made.tests["dense"] = is_dense
    made.tests["short"] = is_short
    return made


def lay_out(document: Document, medium: Medium = "paper") -> str:
    """The whole document as HTML, its style sheet included.

    Args:
        document: The report in one language.
        medium: See `environment`.

    Raises:
        RenderError: A template refers to something that the document does not have.
    """
    from jinja2 import TemplateError

    try:
        template = environment(document.language, medium).get_template(BASE)
        html = template.render(document=document, medium=medium, style_sheet=STYLE_SLOT)
    except TemplateError as error:
        raise RenderError(
            f"a template cannot be filled: {error}",
            where=getattr(error, "name", None) or BASE,
            remedy="mend the template",
        ) from error
    html = no_break(html, document.language)
    style = style_sheet() if medium == "paper" else _style_for_screen(html, document)
    return html.replace(STYLE_SLOT, style, 1)


def _style_for_screen(html: str, document: Document) -> str:
    """The style sheet with its marks and fonts inside."""
    style = style_sheet()
    for name, mark in packaged_assets().items():
        style = style.replace(f"asset:{name}", f"data:image/svg+xml;base64,{base64.b64encode(mark).decode()}")
    titles = document.title + "0123456789" + "".join(section.title for section in document.sections)
    return "\n".join([font_faces(html, titles), style, style_sheet("screen.css")])


def checked_address(address: str) -> str:
    """An address that may become a link of the report.

    Raises:
        RenderError: It is neither https nor mailto nor a place in the document.

    Example:
        >>> checked_address("mailto:anna@example.org")
        'mailto:anna@example.org'
    """
    if address.startswith(("https://", "mailto:", "#")) and not any(ord(sign) <= 32 for sign in address):
        return address
    raise RenderError(f"{address[:80]!r} may not be linked", remedy="link to https, mailto, or a section of the report")


def coded(text: str) -> Markup:
    """A text in which what stands between two backticks is set as code; everything is escaped.

    Example:
        >>> print(coded("set `reviews: answer_within` <first>"))
        set <code>reviews: answer_within</code> &lt;first&gt;
    """
    from markupsafe import Markup, escape

    parts = text.split("`")
    if len(parts) % 2 == 0:  # one of them stands alone, and is a sign like any other
        return escape(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else part for index, part in enumerate(parts)
    )


def _as_asset(chart: Chart) -> Markup:
    from markupsafe import Markup

    return Markup('<img src="asset:{}" alt="{}" style="width:{}mm;height:{}mm">').format(
        chart.asset, chart.alt, round(chart.width_mm, 2), round(chart.height_mm, 2)
    )


def _inline(chart: Chart) -> Markup:
    from markupsafe import Markup

    return Markup(chart.svg.decode())  # made by the canvas, which escapes
