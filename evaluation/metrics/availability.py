"""Availability: does a person answer at all."""

from __future__ import annotations

from evaluation.metric import Better, Clock, Kind, Metric, Pillar, Unit
from evaluation.metrics.cases import FIRST_CONTACTS, standing
from evaluation.metrics.definition import AnyDefinition, Definition, Summary

ANSWERED_SHARE = Metric(
    id="answered_share",
    label="Answered tickets",
    pillar=Pillar.AVAILABILITY,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    population="Tickets that were answered by a human agent, or ended without an answer. Tickets still waiting are "
    "undecided.",
    anchor="when the response clock started: the first message, or a bot's hand-off",
    clock=Clock.NONE,
    kind=Kind.SHARE,
    statistic="value",
    minimum_sample=30,
    definition="Tickets in which a human agent replied in public at least once, as a share of those answered or ended "
    "without an answer.",
    source="ISO 18295-1, contacts answered; the written counterpart of the answered-calls share",
    requires=("tickets.created_at", "ticket_events.at", "ticket_events.kind", "tickets.first_response_at"),
)

DEFINITIONS: tuple[AnyDefinition, ...] = (
    Definition(
        metric=ANSWERED_SHARE,
        cases=FIRST_CONTACTS,
        standing=standing(
            decided=lambda table: table.first_response_state.isin(["responded", "not_applicable"]),
            undecided=lambda table: table.first_response_state == "pending",
            unknown=lambda table: table.first_response_state.isnull(),
        ),
        summary=Summary.SHARE,
        amount=lambda table: table.first_response_state == "responded",
    ),
)
"""The availability metrics."""
