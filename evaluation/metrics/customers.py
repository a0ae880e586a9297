"""Customers: who stays, and who leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation.metric import Better, Clock, Kind, Metric, Pillar, Unit
from evaluation.metrics.definition import AnyDefinition, CohortDefinition, Presence

if TYPE_CHECKING:
    from ibis.expr import types as ir

_POPULATION = (
    "Customers who were there when the period began, each counted once, however many spells they had; spells that "
    "touch are one. Each period has its own: those of three months do not add up to the quarter's."
)
_SPELLS = ("customers.customer_id", "customers.started_at", "customers.ended_at")


def _share(metric_id: str, label: str, better: Better, definition: str) -> Metric:
    return Metric(
        id=metric_id,
        label=label,
        pillar=Pillar.LOYALTY,
        unit=Unit.SHARE,
        better=better,
        population=_POPULATION,
        anchor="the start of the period, with a look at its end",
        clock=Clock.NONE,
        kind=Kind.SHARE,
        statistic="value",
        minimum_sample=30,
        definition=definition,
        source="Customer retention rate of marketing accounting, (customers at the end - new) / customers at the start",
        requires=_SPELLS,
    )


RETENTION_RATE = _share(
    "retention_rate",
    "Customer retention",
    Better.HIGHER,
    "Customers at the end of the period less those who were not there at its start, as a share of those who were. "
    "Whoever left and came back within the period stayed.",
)
CHURN_RATE = _share(
    "churn_rate",
    "Customer churn",
    Better.LOWER,
    "Customers who were there when the period began and no longer at its end, as a share of those who were there when "
    "it began. Whoever came and left within the period is in neither number.",
)


def _started_at(table: ir.Table) -> ir.Value:
    return table.started_at


def _ended_at(table: ir.Table) -> ir.Value:
    return table.ended_at


def cohort(metric: Metric, presence: Presence) -> CohortDefinition:
    """A metric that follows the customers."""
    return CohortDefinition(
        metric=metric,
        table="customers",
        who="customer_id",
        since=_started_at,
        until=_ended_at,
        presence=presence,
        dimensions=("branch",),
    )


DEFINITIONS: tuple[AnyDefinition, ...] = (
    cohort(RETENTION_RATE, Presence.STAYED),
    cohort(CHURN_RATE, Presence.LEFT),
)
"""The metrics of customers."""
