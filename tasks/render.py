"""The step that renders: the assessment in each language as a checked PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evaluation.assessment import Assessment
    from tasks.configuration.model import ReportOptions


@dataclass(frozen=True, slots=True)
class Rendered:
    """A report in one language: the PDF and its number of pages."""

    language: str
    pdf: bytes
    pages: int


def render(
    assessment: Assessment, options: ReportOptions, languages: Sequence[str], number: int, made_from: Mapping[str, Any]
) -> tuple[Rendered, ...]:
    """One PDF for each language.

    Raises:
        RenderError: A report could not be set, or fails its own checks; nothing is published then.
    """
    from reports import compose, render_report

    record = {
        "edition": str(number),
        "inputs": made_from["digest"][:12],
        "configuration": made_from["configuration"][:12],
        "code": made_from["code"][:12],
        "versions": ", ".join(f"{name} {text}" for name, text in made_from["versions"].items()),
    }
    agents = None if options.agents else "left_out"
    chosen = {"title": options.title, "confidentiality": options.confidentiality, "agents": agents}
    done = []
    for language in languages:
        document = compose(assessment, language=language, options=chosen, record=record, files=("measurements.csv",))
        report = render_report(document)
        done.append(Rendered(language, report.pdf, report.pages))
    return tuple(done)
