"""Three months make the quarter, two quarters the half: for what is counted, never for medians."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from evaluation.identities.adding_up import COUNTED, Sums, compared, sums_over_members
from evaluation.identities.members_add_up import NOWHERE, tickets_of
from evaluation.identity import Identity
from evaluation.metrics.definition import CohortDefinition, RatioDefinition, RequesterDefinition, StockDefinition
from evaluation.period import Period

if TYPE_CHECKING:
    from evaluation.measurement import Measurements
    from evaluation.metrics.definition import AnyDefinition

ID = "periods_add_up"


def periods_add_up(
    measurements: Measurements, definitions: Mapping[str, AnyDefinition], period: Period
) -> tuple[Identity, ...]:
    """One identity for each metric that counts what lies in exactly one period: longer periods against their parts.

    Args:
        measurements: What was measured.
        definitions: The definitions that were measured.
        period: The reported period; its zone and fiscal year tell what the ids of the others mean.
    """
    counted = {name: numbers for name, own in definitions.items() if (numbers := counted_once(own))}
    together = tuple(made_of(set(measurements.frame["period_id"].unique()), period))
    identities = (
        _identity(sums, counted[sums.metric_id], together) for sums in sums_over_members(measurements, list(counted))
    )
    return tuple(identity for identity in identities if identity is not None)


def counted_once(definition: AnyDefinition) -> Sequence[str]:
    """The numbers of a metric that count what lies in exactly one period.

    By their nature do not: stocks, which are there in every period until they leave; whoever was there when a period
    began, or at any time in it; how many requesters there are and what the busiest wrote; what a ratio leaves out,
    because that depends on whether anything is known above its line; and the metrics of `NOWHERE`.
    """
    if definition.metric.id in NOWHERE or isinstance(definition, StockDefinition):
        return []
    if isinstance(definition, CohortDefinition):
        return ["undecided", "excluded"]
    if isinstance(definition, RequesterDefinition):
        return tickets_of(definition)
    if isinstance(definition, RatioDefinition):
        below = [] if isinstance(definition.denominator, CohortDefinition) else ["n", "undecided", "denominator"]
        return ["numerator", *below]
    return COUNTED


Together = tuple[tuple[str, tuple[str, ...]], ...]
"""Longer periods with their parts."""


def _identity(sums: Sums, numbers: Sequence[str], together: Together) -> Identity | None:
    """The longer periods of one metric against their parts; None when no period is made of others."""
    periods = {name: row for row, name in enumerate(dict.fromkeys(name for name, _ in sums.places))}
    statistics = sorted({name for _, name in sums.places})
    own = [(whole, parts) for whole, parts in together if periods.keys() >= {whole, *parts}]
    if not own:
        return None
    counted = [COUNTED.index(name) for name in numbers]
    table = np.full((len(periods), len(counted), len(statistics)), np.nan)
    for (name, statistic), own_numbers in zip(sums.places, sums.numbers[:, counted, 0], strict=True):
        table[periods[name], :, statistics.index(statistic)] = own_numbers
    parts = np.stack([table[[periods[name] for name in names]].sum(axis=0).ravel() for _, names in own])
    whole = np.stack([table[periods[name]].ravel() for name, _ in own])
    columns = [(COUNTED[number], statistic) for number in counted for statistic in statistics]
    return compared(ID, sums.metric_id, parts, whole, ([(name,) for name, _ in own], columns))


def made_of(measured: set[str], period: Period) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each measured period with measured periods that it is made of: its months, its quarters, its halves.

    Example:
        >>> quarter = Period.parse("2026-Q3", zone="UTC")
        >>> list(made_of({"2026-Q3", "2026-09", "2026-07", "2026-08", "2026-Q2"}, quarter))
        [('2026-Q3', ('2026-07', '2026-08', '2026-09'))]
    """
    spans = [
        Period.parse(text, zone=period.zone, fiscal_year_starts=period.fiscal_year_starts) for text in sorted(measured)
    ]
    for whole in spans:
        for kind in ("month", "quarter", "half"):
            inside = [one for one in spans if one.kind == kind and one.kind != whole.kind and _lies_in(one, whole)]
            ordered = sorted(inside, key=lambda one: (one.first_day, one.id))
            distinct = list({one.first_day: one for one in ordered}.values())
            if distinct and sum(len(one.months()) for one in distinct) == len(whole.months()):
                yield whole.id, tuple(one.id for one in distinct)


def _lies_in(part: Period, whole: Period) -> bool:
    return whole.first_day <= part.first_day and part.day_after <= whole.day_after
