"""The step that renders: the assessment in each language as a checked PDF."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evaluation.assessment import Assessment
    from evaluation.beside import Beside
    from reports.document import Document
    from tasks.configuration.model import ReportOptions


@dataclass(frozen=True, slots=True)
class Rendered:
    """A report in one language: the PDF and its number of pages."""

    language: str
    pdf: bytes
    pages: int


def render(
    assessment: Assessment, options: ReportOptions, languages: Sequence[str], number: int, made_from: Mapping[str, Any],
    beside: Beside,
) -> tuple[Rendered, ...]:  # fmt: skip
    """One PDF for each language: the first, third … are set in the second process, the others here meanwhile.

    Raises:
        RenderError: A report could not be set, or fails its own checks; nothing is published then.
    """
    from reports import compose

    record = {
        "edition": str(number),
        "inputs": made_from["digest"][:12],
        "configuration": made_from["configuration"][:12],
        "code": made_from["code"][:12],
        "versions": ", ".join(f"{name} {text}" for name, text in made_from["versions"].items()),
    }
    agents = None if options.agents else "left_out"
    chosen = {"title": options.title, "confidentiality": options.confidentiality, "agents": agents}

    def written(language: str) -> Document:
        return compose(assessment, language=language, options=chosen, record=record, files=("measurements.csv",))

    there = beside.begin(set_reports, [written(language) for language in languages[::2]])
    here = set_reports(written(language) for language in languages[1::2])
    done = {one.language: one for one in (*here, *there())}
    return tuple(done[language] for language in languages)


def set_reports(documents: Iterable[Document]) -> list[Rendered]:
    """The PDF of each document, one after the other."""
    from reports import render_report

    return [Rendered(one.language, one.pdf, one.pages) for one in map(render_report, documents)]


def get_ready() -> None:
    """Load what sets a report."""
    from reports.rendering import warm_up

    warm_up()
