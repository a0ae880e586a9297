"""`service-review metrics` and `schema`: what the figures mean, and what `review.yaml` may say."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.errors import ConfigError
from evaluation.near_names import one_metric_of

if TYPE_CHECKING:
    from evaluation.metric import Metric
    from evaluation.metrics.definition import AnyDefinition
    from evaluation.survey_credit import Credited
    from tasks.configuration.model import Review

WIDTH = 80
"""Longest line, in characters."""


def print_definitions(metric_id: str | None, config: Path | None, *, is_whole: bool) -> None:
    """Print one metric's definition, all of them, or a line for each; the tables behind the metrics are named too.

    Args:
        metric_id: One metric, or one table behind the metrics; None for all.
        config: A `review.yaml` or its folder, for the metrics of one's own; None for the catalogue alone.
        is_whole: All definitions instead of a line for each.

    Raises:
        ConfigError: There is no such metric.
    """
    from tasks.configuration.reading import read_review

    review = read_review(config) if config is not None else None
    known, tables = _known(review), breakdown_titles()
    if metric_id is None and not is_whole:
        print("\n".join((*_list(known), *_list_of_breakdowns(tables))))
        return
    if metric_id is not None and metric_id not in known and metric_id not in tables:
        remedy = one_metric_of(metric_id, [*known, *tables])
        raise ConfigError(f"there is no metric {metric_id!r}", where="ID", remedy=remedy)
    names = [*known, *tables] if metric_id is None else [metric_id]
    surveys: Credited = review.surveys.credited if review is not None else "assignee"
    told = ["\n".join(_definition(name, known[name], surveys)) for name in dict.fromkeys(names) if name in known]
    told += ["\n".join(_breakdown(name, tables[name])) for name in dict.fromkeys(names) if name in tables]
    print("\n\n".join(told))


def _known(review: Review | None) -> dict[str, tuple[AnyDefinition, ...]]:
    """The variants of each metric, the chosen one first; those of one's own after the catalogue's."""
    from evaluation.metrics.catalogue import chosen, variants_by_id

    options = review.metrics if review is not None else {}
    variants = variants_by_id()
    return {
        name: (definition, *(one for one in variants.get(name, ()) if one.metric.variant != definition.metric.variant))
        for name, definition in chosen(options).items()
    }


def _list(known: Mapping[str, tuple[AnyDefinition, ...]]) -> Iterator[str]:
    """A line for each metric, by pillar."""
    from evaluation.metric import Pillar

    widest = max(map(len, known))
    for number, pillar in enumerate(Pillar):
        yield ("\n" if number else "") + pillar.value.capitalize()
        for variants in known.values():
            metric = variants[0].metric
            if metric.pillar is pillar:
                yield f"{metric.id:<{widest}}  {textwrap.shorten(metric.label, WIDTH - widest - 2, placeholder='…')}"


def breakdown_titles() -> dict[str, str]:
    """What each table behind the metrics shows, by id: the first line of its file, which is read and not imported."""
    import ast

    import evaluation

    folder = Path(evaluation.__file__).parent / "breakdowns"
    files = sorted(path for path in folder.glob("*.py") if path.stem != "__init__")
    texts = {path.stem: ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "" for path in files}
    return {name: text.partition("\n")[0] for name, text in texts.items()}


def _list_of_breakdowns(tables: Mapping[str, str]) -> Iterator[str]:
    yield ""
    yield "Tables behind the metrics: service-review measure PERIOD --breakdown ID"
    widest = max(map(len, tables))
    for name, title in tables.items():
        yield from textwrap.wrap(f"{name:<{widest}}  {title}", WIDTH, subsequent_indent=" " * (widest + 2))


def _breakdown(name: str, title: str) -> Iterator[str]:
    yield from textwrap.wrap(f"Table {name}: {title}", WIDTH)
    yield from _entry("print it", f"service-review measure PERIOD --breakdown {name}")


def _definition(metric_id: str, variants: tuple[AnyDefinition, ...], surveys: Credited) -> Iterator[str]:
    """One metric: what it says, everything about its chosen variant, the others, and a worked example of each."""
    metric = variants[0].metric
    yield f"{metric.label} ({metric_id})"
    yield ""
    yield from textwrap.wrap(metric.definition, WIDTH)
    for term, text in (
        ("population", metric.population), ("anchor", metric.anchor), ("credited", _credit(variants[0], surveys)),
        ("clock", metric.clock), ("unit", metric.unit),
        ("better", metric.better), ("statistic", metric.statistic), ("minimum sample", str(metric.minimum_sample)),
        ("rests on", ", ".join(metric.requires)), ("source", metric.source),
    ):  # fmt: skip
        yield from _entry(term, text)
    if len(variants) > 1:
        yield from _entry("variant", f"{metric.variant} (chosen)")
    yield from _example(metric, is_only=len(variants) == 1)
    for other in variants[1:]:
        yield from _entry("variant", f"{other.metric.variant}: {other.metric.definition}")
        yield from _example(other.metric, is_only=False)


def _credit(definition: AnyDefinition, surveys: Credited) -> str:
    """Who is credited among agents, in words."""
    from evaluation.metrics.documentation import who_is_credited

    credits = who_is_credited(definition, surveys)
    return credits[0] if len(credits) == 1 else f"above the line: {credits[0]}; below the line: {credits[1]}"


def _example(metric: Metric, *, is_only: bool) -> Iterator[str]:
    from evaluation.metrics.documentation import example_of, number

    example = example_of(metric.id, None if is_only else metric.variant)
    if example is not None:
        said = f"{example.statistic} {number(example.value)}, n = {example.n}. {example.because}"
        yield from _entry("example", said)


def _entry(term: str, text: str) -> list[str]:
    return textwrap.wrap(f"{term + ':':<16}{text}", WIDTH, subsequent_indent=" " * 16, break_on_hyphens=False)


def schema_text() -> str:
    """The JSON Schema of `review.yaml`."""
    from tasks.configuration.model import Review

    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Review.model_json_schema()}
    return json.dumps(schema, ensure_ascii=False, indent=2)


def print_schema() -> None:
    """Print the JSON Schema of `review.yaml`."""
    print(schema_text())
