"""The members of every dimension and pair of dimensions, the unassigned ones included, add up to the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from evaluation.identities.adding_up import COUNTED, Sums, compared, sums_over_members
from evaluation.identity import Identity
from evaluation.measurement import DIMENSIONS
from evaluation.metrics.definition import CohortDefinition, Definition, RatioDefinition, RequesterDefinition

if TYPE_CHECKING:
    from evaluation.measurement import Measurements
    from evaluation.metrics.definition import AnyDefinition

ID = "members_add_up"

NOWHERE: Mapping[str, str] = MappingProxyType(
    {
        "auditor_agreement": "a ticket or call that was marked by two scorecards is one case, and its audits may be of "
        "two agents, teams or months",
    }
)
"""Metrics of which no number adds up, with the reason: neither over members nor over periods."""


def members_add_up(measurements: Measurements, definitions: Mapping[str, AnyDefinition]) -> tuple[Identity, ...]:
    """One identity for each metric that rows can be added up for: all its periods, statistics and dimensions."""
    each = {name: equations(definition) for name, definition in definitions.items()}
    return tuple(
        _identity(sums, each[sums.metric_id])
        for sums in sums_over_members(measurements, [name for name, pairs in each.items() if pairs])
    )


def _identity(sums: Sums, single: list[tuple[str, str]]) -> Identity:
    """Over the members of dimensions, and of those pairs of which both dimensions add up."""
    pairs = sums.dimensions[len(DIMENSIONS) :]
    both = [(number, pair) for number in dict(single) for pair in pairs if _adds_up(number, pair, single)]
    each = [*single, *both]
    number = [COUNTED.index(name) for name, _ in each]
    parts = sums.numbers[:, number, [sums.dimensions.index(dimension) for _, dimension in each]]
    return compared(ID, sums.metric_id, parts, sums.numbers[:, number, 0], (sums.places, each))


def _adds_up(number: str, pair: str, single: list[tuple[str, str]]) -> bool:
    return all((number, dimension) in single for dimension in pair.split("+"))


def equations(definition: AnyDefinition) -> list[tuple[str, str]]:
    """What adds up for a metric: pairs of a counted number and a dimension, over whose members it does.

    By their nature do not: what the agents have of a call that they share, because each leg is a case of its own; what
    is below the line of a ratio when it is the whole's for every member; what a ratio leaves out, because that depends
    on whether anything is known above its line; how many requesters there are and what the busiest wrote, because one
    person may write to two teams. And nothing does for the metrics of `NOWHERE`.
    """
    return [(number, dimension) for number in _numbers(definition) for dimension in _dimensions(definition)]


def _numbers(definition: AnyDefinition) -> Sequence[str]:
    if isinstance(definition, RatioDefinition):
        return ["numerator"] if definition.is_below_whole else ["n", "numerator", "denominator"]
    if isinstance(definition, RequesterDefinition):
        return tickets_of(definition)
    return [] if definition.metric.id in NOWHERE else COUNTED


def _dimensions(definition: AnyDefinition) -> Sequence[str]:
    parts = [definition.numerator, definition.denominator] if isinstance(definition, RatioDefinition) else [definition]
    cohort = next((part for part in parts if isinstance(part, CohortDefinition)), None)
    if cohort is not None:
        return cohort.dimensions
    own_rows = any(isinstance(part, Definition) and part.for_agents is not None for part in parts)
    return [name for name in DIMENSIONS[1:] if not (name == "agent" and own_rows)]


def tickets_of(definition: RequesterDefinition) -> Sequence[str]:
    """Which numbers of a metric of requesters count tickets, which lie in one period and belong to one member."""
    return ["numerator", "undecided", "excluded"] if definition.top is None else ["n", "denominator", "excluded"]
