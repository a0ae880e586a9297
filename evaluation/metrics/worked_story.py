"""The shape of a worked story: a few canonical rows, and what the metrics that read them say; see `worked_stories/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from evaluation.metrics.worked_example import Example


@dataclass(frozen=True, kw_only=True)
class Story:
    """Rows of July 2026 for one subject, printed in `docs/metrics.md` and computed by a test.

    The service of the story is open from Monday to Friday, 9:00 to 17:00 UTC; the data were taken on 20 August 2026.

    Attributes:
        id: The file in `evaluation/metrics/worked_stories/`.
        introduction: What is told, in a sentence or two (English; key for translators).
        tables: Canonical rows by table; stamps are ISO 8601 text in UTC.
        examples: What each metric and variant says in July, as in `worked_example.EXAMPLES`.
        settings: What is added to `{organisation, calendars}` of the story's `review.yaml`.
    """

    id: str
    introduction: str
    tables: Mapping[str, tuple[Mapping[str, object], ...]]
    examples: Mapping[tuple[str, str | None], Example]
    settings: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
