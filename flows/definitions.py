"""`service-review metrics` and `schema`: what the figures mean, and what `review.yaml` may say."""

from __future__ import annotations

import json
import textwrap
from difflib import get_close_matches

from evaluation.errors import ConfigError


def print_definitions(metric_id: str | None) -> None:
    """Print one metric's definition, or a line for each.

    Raises:
        ConfigError: There is no such metric.
    """
    from evaluation.metrics.catalogue import chosen

    known = {metric_id: definition.metric for metric_id, definition in chosen({}).items()}
    if metric_id is None:
        widest = max(map(len, known))
        for metric in known.values():
            print(f"{metric.id:<{widest}}  {metric.label}")
        return
    if metric_id not in known:
        near = get_close_matches(metric_id, known, n=3) or sorted(known)
        raise ConfigError(f"there is no metric {metric_id!r}", where="ID", remedy=f"did you mean: {', '.join(near)}?")
    metric = known[metric_id]
    print(f"{metric.label} ({metric.id})\n")
    print(textwrap.fill(metric.definition, 100))
    for term, text in (
        ("population", metric.population), ("anchor", metric.anchor), ("clock", metric.clock), ("unit", metric.unit),
        ("better", metric.better), ("statistic", metric.statistic), ("minimum sample", metric.minimum_sample),
        ("rests on", ", ".join(metric.requires)), ("source", metric.source),
    ):  # fmt: skip
        print(textwrap.fill(f"{term + ':':<16}{text}", 100, subsequent_indent=" " * 16))


def schema_text() -> str:
    """The JSON Schema of `review.yaml`."""
    from tasks.configuration.model import Review

    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Review.model_json_schema()}
    return json.dumps(schema, ensure_ascii=False, indent=2)


def print_schema() -> None:
    """Print the JSON Schema of `review.yaml`."""
    print(schema_text())
