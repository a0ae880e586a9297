"""Workload: how much comes in, how much goes out, what lies open, and who asks."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from evaluation.metric import Better, Clock, Credit, Kind, Metric, Pillar, Unit
from evaluation.metrics.cases import CREATED, SOLVES, always, standing
from evaluation.metrics.definition import (
    AnyDefinition,
    Definition,
    Expression,
    RatioDefinition,
    RequesterDefinition,
    StockDefinition,
    Summary,
)

if TYPE_CHECKING:
    from ibis.expr import types as ir

DAY = 86_400

TICKETS_CREATED = Metric(
    id="tickets_created",
    label="Tickets created",
    pillar=Pillar.WORKLOAD,
    unit=Unit.COUNT,
    better=Better.NEUTRAL,
    population="All tickets except spam, tests, merged, deleted and agent-started ones.",
    anchor="when the ticket was created",
    clock=Clock.NONE,
    kind=Kind.COUNT,
    statistic="value",
    minimum_sample=1,
    definition="How many tickets customers opened in the period. A ticket is a whole conversation, however many "
    "messages it has.",
    source="COPC CX Standard, contact volume; in use by all help desks",
    requires=("tickets.ticket_id", "tickets.created_at"),
)

TICKETS_SOLVED = Metric(
    id="tickets_solved",
    label="Tickets solved",
    pillar=Pillar.WORKLOAD,
    unit=Unit.COUNT,
    better=Better.NEUTRAL,
    population="Tickets that were solved or closed when the data were taken.",
    anchor="the last time the ticket was solved",
    clock=Clock.NONE,
    kind=Kind.COUNT,
    statistic="value",
    minimum_sample=1,
    definition="How many tickets were solved in the period, each counted once, at its last solve. A ticket that was "
    "reopened and is still open is not counted.",
    source="COPC CX Standard, contacts closed; in use by all help desks",
    requires=("tickets.ticket_id", "ticket_events.at", "tickets.solved_at"),
)

CLEARANCE_RATE = Metric(
    id="clearance_rate",
    label="Clearance rate",
    pillar=Pillar.WORKLOAD,
    unit=Unit.RATIO,
    better=Better.HIGHER,
    population="Tickets created and tickets solved in the period; not the same tickets.",
    anchor="creation below the line, the last solve above it",
    clock=Clock.NONE,
    kind=Kind.RATIO,
    statistic="value",
    minimum_sample=1,
    definition="Tickets solved in the period for each ticket created in it. Above 1 the backlog shrinks, below 1 it "
    "grows.",
    source="CourTools measure 3 (National Center for State Courts): outgoing cases over incoming cases",
    requires=("tickets.created_at", "ticket_events.at", "tickets.solved_at"),
)

BACKLOG = Metric(
    id="backlog",
    label="Backlog",
    pillar=Pillar.WORKLOAD,
    unit=Unit.COUNT,
    better=Better.LOWER,
    population="Tickets that are new, open, pending or on hold; merged and deleted ones have left.",
    anchor="the last instant of the period",
    clock=Clock.NONE,
    kind=Kind.STOCK,
    statistic="value",
    minimum_sample=1,
    definition="How many tickets were still open at the end of the period, rebuilt from their history. Also by age "
    "since creation and by whose turn it was.",
    source="Little's law bookkeeping: opening + created + reopened - solved - removed = closing",
    requires=("tickets.created_at", "ticket_events.at", "tickets.solved_at", "tickets.closed_at"),
)

TICKETS_PER_REQUESTER = Metric(
    id="tickets_per_requester",
    label="Tickets per requester",
    pillar=Pillar.WORKLOAD,
    unit=Unit.RATIO,
    better=Better.LOWER,
    population="Requesters with at least one ticket in the period; tickets of unknown requesters are left out.",
    anchor="when the ticket was created",
    clock=Clock.NONE,
    kind=Kind.MEAN,
    statistic="mean",
    minimum_sample=30,
    definition="Tickets created in the period for each requester who created any: the mean, the median and the value "
    "that nine in ten requesters do not exceed.",
    source="Contact rate per customer, COPC CX Standard",
    requires=("tickets.created_at", "tickets.requester_id"),
)

TOP_REQUESTERS_SHARE = Metric(
    id="top_requesters_share",
    label="Share of the five busiest requesters",
    pillar=Pillar.WORKLOAD,
    unit=Unit.SHARE,
    better=Better.NEUTRAL,
    population="Tickets created in the period by a known requester.",
    anchor="when the ticket was created",
    clock=Clock.NONE,
    kind=Kind.SHARE,
    statistic="value",
    minimum_sample=30,
    definition="Which part of the tickets came from the five requesters with the most tickets.",
    source="Concentration ratio CR5, as in industrial statistics",
    requires=("tickets.created_at", "tickets.requester_id"),
)


def _turn_of(whose: str) -> Expression:
    return lambda table: table.turn == whose


def _entered_open(table: ir.Table) -> ir.Value:
    import ibis

    return ibis.ifelse(table.is_open, table["at"], None)


_CREATED = Definition(metric=TICKETS_CREATED, cases=CREATED, standing=standing(decided=always), summary=Summary.COUNT)
_SOLVED = Definition(
    metric=TICKETS_SOLVED,
    cases=SOLVES,
    standing=standing(
        decided=lambda table: table.is_solved & table.solved_at.notnull(), unknown=lambda table: table.is_solved
    ),
    summary=Summary.COUNT,
)

DEFINITIONS: tuple[AnyDefinition, ...] = (
    _CREATED,
    _SOLVED,
    RatioDefinition(metric=CLEARANCE_RATE, numerator=_SOLVED, denominator=_CREATED),
    StockDefinition(
        metric=BACKLOG,
        table="states",
        credit=Credit.TICKET,
        since=_entered_open,
        until=lambda table: table.until,
        age_from=lambda table: table["at"],
        age_among="ticket_id",
        ages={
            "age_up_to_1_day": (-DAY, DAY),
            "age_2_to_7_days": (DAY, 7 * DAY),
            "age_8_to_30_days": (7 * DAY, 30 * DAY),
            "age_over_30_days": (30 * DAY, inf),
        },
        parts={
            "turn_agent": _turn_of("agent"),
            "turn_requester": _turn_of("requester"),
            "turn_third_party": _turn_of("third_party"),
        },
    ),
    RequesterDefinition(metric=TICKETS_PER_REQUESTER),
    RequesterDefinition(metric=TOP_REQUESTERS_SHARE, top=5),
)
"""The workload metrics."""
