"""From HTML to a PDF that is accessible (PDF/UA-1), archivable (PDF/A-3a) and the same on every run."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

from evaluation.errors import RenderError
from reports.document import Attachment
from reports.typesetter import clock_stopped_at, collected_warnings, load_weasyprint, locked_fetcher

_ONE_AT_A_TIME = threading.Lock()
"""The layout library keeps state of the process; parallel work is done by processes."""


@dataclass(frozen=True, slots=True)
class RenderedPdf:
    """A finished PDF.

    Attributes:
        pdf: The file.
        pages: How many pages it has.
        warnings: Complaints of the typesetter: unknown style, missing glyphs, lost anchors; empty when all is well.
    """

    pdf: bytes
    pages: int
    warnings: tuple[str, ...]


def render_pdf(
    html: str,
    assets: Mapping[str, bytes],
    *,
    language: str,
    title: str,
    created: datetime,
    attachments: Sequence[Attachment] = (),
) -> RenderedPdf:
    """Typeset a document.

    Args:
        html: The whole document, its style sheet included.
        assets: Drawings by name; the document refers to them as `asset:<name>`. The packaged status marks are added.
        language: BCP 47 tag of the text.
        title: Title of the document.
        created: The moment that is printed into the file as its date; the same moment gives the same bytes.
        attachments: Files to embed.

    Returns:
        The PDF, tagged, with both conformance markers.

    Raises:
        RenderError: The document asks for something that was not handed over, or `created` has no time zone.
    """
    if created.tzinfo is None:
        raise RenderError(f"the creation moment {created} has no time zone", remedy="pass an aware datetime")
    stamp = created.astimezone(UTC).replace(microsecond=0)
    with _ONE_AT_A_TIME, clock_stopped_at(int(stamp.timestamp())), collected_warnings() as messages:
        document = _lay_out(html, {**packaged_assets(), **assets}, name=title)
        _describe(document, language=language, title=title, stamp=stamp, attachments=attachments)
        pdf = document.write_pdf(pdf_variant="pdf/a-3a", custom_metadata=True)
        return RenderedPdf(pdf, len(document.pages), tuple(dict.fromkeys(messages)))


@lru_cache(maxsize=1)
def packaged_assets() -> Mapping[str, bytes]:
    """The drawings that belong to the style sheet, by name."""
    marks = files("reports.style").joinpath("marks")
    return {mark.name: mark.read_bytes() for mark in sorted(marks.iterdir(), key=lambda mark: mark.name)}


def style_sheet(name: str = "report.css") -> str:
    """A style sheet of the report: `report.css`, or `screen.css` with what differs on a screen."""
    return files("reports.style").joinpath(name).read_text(encoding="utf-8")


def _lay_out(html: str, assets: Mapping[str, bytes], *, name: str) -> Any:
    weasyprint = load_weasyprint()
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetchingError

    try:
        source = weasyprint.HTML(string=html, url_fetcher=locked_fetcher(assets))
        return source.render(font_config=FontConfiguration())
    except (FatalURLFetchingError, URLFetchingError) as error:  # the first is no Exception: it would pass for a crash
        raise RenderError(
            f"the document asks for {str(error)!r}, which it was not given",
            where=name,
            remedy="hand the drawing over under that name; nothing outside the document is ever read",
        ) from error


def _describe(document: Any, *, language: str, title: str, stamp: datetime, attachments: Sequence[Attachment]) -> None:
    from weasyprint import Attachment as Embedded

    metadata = document.metadata
    metadata.lang, metadata.title = language, title
    metadata.created = metadata.modified = stamp.strftime("%Y-%m-%dT%H:%M:%SZ")
    metadata.attachments = [
        Embedded(
            string=attachment.content,
            name=attachment.name,
            description=attachment.description,
            created=stamp,
            modified=stamp,
            relationship="Data",
        )
        for attachment in sorted(attachments, key=lambda one: one.name)  # a PDF looks them up by bisection
    ]
    plain = metadata.generate_rdf_metadata
    metadata.generate_rdf_metadata = lambda *variant: plain(*variant).replace(
        b"</rdf:RDF>", _ACCESSIBILITY_MARKER.encode() + b"</rdf:RDF>"
    )


_ACCESSIBILITY_MARKER = """
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
  <pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
  <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
      <pdfaProperty:name>part</pdfaProperty:name>
      <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
      <pdfaProperty:category>internal</pdfaProperty:category>
      <pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>
    </rdf:li></rdf:Seq></pdfaSchema:property>
  </rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""
