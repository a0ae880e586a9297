"""The catalogue: every metric by id, with the variants that the organisation chose."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from evaluation.errors import ConfigError
from evaluation.metric import Metric
from evaluation.metrics import (
    arrivals,
    audits,
    availability,
    contacts,
    customers,
    handovers,
    loyalty,
    quality,
    responsiveness,
    reviews,
    satisfaction,
    telephone,
    workload,
)
from evaluation.metrics.definition import AnyDefinition, Definition, Summary
from evaluation.metrics.own import own_definition
from evaluation.near_names import one_metric_of
from evaluation.own_metric import OwnMetric, OwnRatio, own_faults

if TYPE_CHECKING:
    from evaluation.own_metric import MetricOptions
    from evaluation.settings import Settings

DEFINITIONS: tuple[AnyDefinition, ...] = (
    *availability.DEFINITIONS,
    *arrivals.DEFINITIONS,
    *responsiveness.DEFINITIONS,
    *telephone.DEFINITIONS,
    *quality.DEFINITIONS,
    *contacts.DEFINITIONS,
    *handovers.DEFINITIONS,
    *audits.DEFINITIONS,
    *satisfaction.DEFINITIONS,
    *reviews.DEFINITIONS,
    *loyalty.DEFINITIONS,
    *customers.DEFINITIONS,
    *workload.DEFINITIONS,
)
"""Every definition; several with one id are variants of each other, and the first of them is the default."""


def catalogue(settings: Settings) -> dict[str, Metric]:
    """The metrics of one organisation by id, in the order of the pillars.

    Raises:
        ConfigError: `metrics:` names a metric or a variant that does not exist.
    """
    return {metric_id: definition.metric for metric_id, definition in chosen(settings.metrics).items()}


def chosen(options: Mapping[str, MetricOptions | OwnMetric]) -> dict[str, AnyDefinition]:
    """One definition for each metric id: the chosen variant, else the first; with the organisation's label and sample.

    The organisation's own metrics follow those of the catalogue, in the order in which they are written.

    A duration is measured on both clocks: under its own id on the chosen clock, and under the id with the other clock's
    name on the other one. The companion that would repeat the chosen clock is left out.

    Args:
        options: Choices by metric id, as under `metrics:` in `review.yaml`.

    Raises:
        ConfigError: A metric id or a variant does not exist, and the error names those that are near; or a metric of
            one's own names a column, value or metric that is not there.

    Example:
        >>> sorted(id for id in chosen({}) if id.startswith("first_response"))
        ['first_response_sla', 'first_response_time', 'first_response_time_calendar']
    """
    variants = variants_by_id()
    for fault in faults_of_own(options):
        raise fault
    own = {metric_id: option for metric_id, option in options.items() if isinstance(option, OwnMetric)}
    choices = {metric_id: option for metric_id, option in options.items() if not isinstance(option, OwnMetric)}
    for metric_id, option in choices.items():
        _refuse_unknown(metric_id, option.variant, variants)
    picked: dict[str, AnyDefinition] = {}
    for metric_id, candidates in variants.items():
        chosen_options = choices.get(metric_id)
        wanted = chosen_options.variant if chosen_options is not None else None
        definition = candidates[0] if wanted is None else next(d for d in candidates if d.metric.variant == wanted)
        picked[metric_id] = definition if chosen_options is None else _named(definition, chosen_options)
    repeated = {f"{metric_id}_{definition.metric.variant}" for metric_id, definition in picked.items()}
    built_in = {metric_id: definition for metric_id, definition in picked.items() if metric_id not in repeated}
    return _with_own(built_in, own)


def faults_of_own(options: Mapping[str, MetricOptions | OwnMetric]) -> tuple[ConfigError, ...]:
    """Everything that is wrong with the organisation's own metrics, each with its place: `metrics.x.where.y`."""
    variants = variants_by_id()
    counted = [metric_id for metric_id, found in variants.items() if _is_count(found[0])]
    return tuple(own_faults(options, variants, counted))


def _is_count(definition: AnyDefinition) -> bool:
    return isinstance(definition, Definition) and definition.summary is Summary.COUNT


def _with_own(built_in: Mapping[str, AnyDefinition], own: Mapping[str, OwnMetric]) -> dict[str, AnyDefinition]:
    """The catalogue, then the organisation's own metrics; ratios are made last, because they divide the others."""
    whole = dict(built_in)
    for metric_id, option in sorted(own.items(), key=lambda pair: isinstance(pair[1], OwnRatio)):
        whole[metric_id] = own_definition(metric_id, option, whole)
    return {metric_id: whole[metric_id] for metric_id in (*built_in, *own)}


def selected(definitions: Mapping[str, AnyDefinition], only: Collection[str] | None) -> dict[str, AnyDefinition]:
    """The definitions named by `only`, all when it is None.

    Raises:
        ConfigError: One of them does not exist.
    """
    if only is None:
        return dict(definitions)
    for metric_id in only:
        if metric_id not in definitions:
            raise ConfigError(f"there is no metric {metric_id!r}", remedy=one_metric_of(metric_id, definitions))
    return {metric_id: definition for metric_id, definition in definitions.items() if metric_id in only}


def variants_by_id() -> dict[str, tuple[AnyDefinition, ...]]:
    """All variants of each metric, the default first."""
    found: dict[str, tuple[AnyDefinition, ...]] = {}
    for definition in DEFINITIONS:
        found[definition.metric.id] = (*found.get(definition.metric.id, ()), definition)
    return found


def _named(definition: AnyDefinition, option: MetricOptions) -> AnyDefinition:
    metric = replace(
        definition.metric,
        label=option.label or definition.metric.label,
        minimum_sample=option.minimum_sample or definition.metric.minimum_sample,
    )
    return replace(definition, metric=metric)


def _refuse_unknown(metric_id: str, variant: str | None, variants: Mapping[str, tuple[AnyDefinition, ...]]) -> None:
    where = f"metrics.{metric_id}"
    if metric_id not in variants:
        raise ConfigError(f"there is no metric {metric_id!r}", where=where, remedy=one_metric_of(metric_id, variants))
    known = [definition.metric.variant for definition in variants[metric_id] if definition.metric.variant]
    if variant is None or variant in known:
        return
    remedy = _near(variant, known) if known else "remove the variant"
    raise ConfigError(f"{metric_id} has no variant {variant!r}", where=f"{where}.variant", remedy=remedy)


def _near(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=3, cutoff=0.5) or sorted(known)
    return f"write one of: {', '.join(near)}"
