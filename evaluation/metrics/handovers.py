"""Handovers: how often a ticket changes hands, and how often it must be passed up."""

from __future__ import annotations

from evaluation.metric import Better, Clock, Kind, Metric, Pillar, Unit
from evaluation.metrics.cases import SOLVES, standing
from evaluation.metrics.definition import AnyDefinition, Definition, Summary

_EVENTS = ("ticket_events.at", "ticket_events.kind", "ticket_events.from_value", "ticket_events.to_value")
_POPULATION = (
    "Tickets that were solved or closed when the data were taken, from sources that record {what}; other tickets are "
    "counted apart."
)

TRANSFER_RATE = Metric(
    id="transfer_rate",
    label="Transfer rate",
    pillar=Pillar.QUALITY,
    unit=Unit.SHARE,
    better=Better.LOWER,
    population=_POPULATION.format(what="to whom tickets are assigned"),
    anchor="the last solve",
    clock=Clock.NONE,
    kind=Kind.SHARE,
    statistic="value",
    minimum_sample=30,
    definition="Solved tickets that were handed to another agent or team at least once after the first assignment and "
    "up to the last solve. A ticket that is given back to the one who had it last was not transferred.",
    source="COPC CX Standard, transfer rate; ServiceNow, reassignment count",
    requires=_EVENTS,
)

ESCALATION_RATE = Metric(
    id="escalation_rate",
    label="Escalation rate",
    pillar=Pillar.QUALITY,
    unit=Unit.SHARE,
    better=Better.LOWER,
    population=_POPULATION.format(what="changes of priority, or assignments when escalation teams are named"),
    anchor="the last solve",
    clock=Clock.NONE,
    kind=Kind.SHARE,
    statistic="value",
    minimum_sample=30,
    definition="Solved tickets whose priority was raised after creation, or that were handed over to one of the "
    "escalation teams of the organisation or to one of their agents, up to the last solve. A ticket that began with "
    "such a team was not escalated.",
    source="ITIL 4, incident management: hierarchic and functional escalation",
    requires=_EVENTS,
)

DEFINITIONS: tuple[AnyDefinition, ...] = (
    Definition(
        metric=TRANSFER_RATE,
        cases=SOLVES,
        standing=standing(
            decided=lambda table: table.is_solved & table.solved_at.notnull() & table.transfer_count.notnull(),
            unknown=lambda table: table.is_solved,
        ),
        summary=Summary.SHARE,
        amount=lambda table: table.transfer_count > 0,
    ),
    Definition(
        metric=ESCALATION_RATE,
        cases=SOLVES,
        standing=standing(
            decided=lambda table: table.is_solved & table.solved_at.notnull() & table.was_escalated.notnull(),
            unknown=lambda table: table.is_solved,
        ),
        summary=Summary.SHARE,
        amount=lambda table: table.was_escalated,
    ),
)
"""The metrics of handovers."""
