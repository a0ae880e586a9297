"""How it reads: an assessment becomes words in one language, and the words become pages.

    document = compose(assessment, language="pl", options={"confidentiality": "internal"})
    report = render_report(document)

Nothing heavy is imported until one of the two is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reports.composition import compose
    from reports.rendering import RenderedReport, render_report

__all__ = ["RenderedReport", "compose", "render_report"]

_WHERE = {"compose": "reports.composition", "render_report": "reports.rendering", "RenderedReport": "reports.rendering"}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'reports' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_WHERE[name]), name)
