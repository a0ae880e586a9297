"""The members of every dimension and pair of dimensions, the unassigned ones included, add up to the whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from evaluation.identities.adding_up import COUNTED, Sums, compared, sums_over_members
from evaluation.identity import Identity
from evaluation.measurement import DIMENSIONS
from evaluation.metrics.definition import Definition, RatioDefinition, StockDefinition

if TYPE_CHECKING:
    from evaluation.measurement import Measurements
    from evaluation.metrics.definition import AnyDefinition

ID = "members_add_up"


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

    Nothing does for people counted once, nor for what pandas computes. Agents who share a call have rows of their own;
    what is below the line of a ratio may be the whole's for every member; and what a ratio leaves out depends on
    whether anything is known above its line.
    """
    if not isinstance(definition, StockDefinition) and not counts_rows(definition):
        return []
    parts = [definition.numerator, definition.denominator] if isinstance(definition, RatioDefinition) else [definition]
    own_rows = any(isinstance(part, Definition) and part.for_agents is not None for part in parts)
    dimensions = [name for name in DIMENSIONS[1:] if not (name == "agent" and own_rows)]
    numbers = list(COUNTED)
    if isinstance(definition, RatioDefinition):
        numbers = ["numerator"] if definition.is_below_whole else ["n", "numerator", "denominator"]
    return [(number, dimension) for number in numbers for dimension in dimensions]


def counts_rows(definition: AnyDefinition) -> bool:
    """Whether it counts rows that each lie in one period and belong to one member, or divides two such counts."""
    if isinstance(definition, RatioDefinition):
        return isinstance(definition.numerator, Definition) and isinstance(definition.denominator, Definition)
    return isinstance(definition, Definition)
