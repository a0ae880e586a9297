"""From a document to its files: the PDF and the HTML companion, made from the same blocks."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from evaluation.errors import RenderError
from reports.document import Document
from reports.gate import faults
from reports.templating import environment, lay_out
from reports.typesetting import render_pdf, style_sheet

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RenderedReport:
    """A finished report in one language.

    Attributes:
        language: Two letters.
        title: Title of the document.
        pdf: The PDF: tagged, archivable, with the measurements attached.
        pages: Pages of the PDF.
        warnings: What the typesetter complained about; empty when all is well.
        document: What was rendered.
    """

    language: str
    title: str
    pdf: bytes
    pages: int
    warnings: tuple[str, ...]
    document: Document

    @property
    def html(self) -> str:
        """The same as one page for a screen; laid out when it is asked for, from the same blocks."""
        return lay_out(self.document, "screen")


def render_report(document: Document) -> RenderedReport:
    """The document as PDF and as HTML; the same document gives the same bytes.

    Raises:
        RenderError: A template or the typesetter refuses the document, or the finished PDF does not pass the gate.
    """
    title = f"{document.title}: {document.organisation}, {document.period}"
    paper = lay_out(document, "paper")
    assets = {chart.asset: chart.svg for chart in document.charts()}
    printed = render_pdf(
        paper,
        assets,
        language=document.language,
        title=title,
        created=document.created,
        attachments=document.attachments,
    )
    for warning in printed.warnings:
        _log.warning("typesetting %s: %s", document.language, warning)
    if found := faults(printed.pdf):
        raise RenderError(
            f"the finished report fails its own checks: {'; '.join(found)}",
            where=f"{title} ({document.language})",
            remedy="report it as a mistake of the program; nothing was published",
        )
    return RenderedReport(document.language, title, printed.pdf, printed.pages, printed.warnings, document)


def warm_up() -> None:
    """Set a page with one word, so that the first report does not wait for templates, typesetter, fonts and styles."""
    environment("en")
    page = f"<html lang=en><style>{style_sheet()}</style><h1>1</h1></html>"
    faults(render_pdf(page, {}, language="en", title="1", created=datetime(2000, 1, 1, tzinfo=UTC)).pdf)
