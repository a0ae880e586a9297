"""Responsiveness: how long people wait, and whether the promises about it are kept."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from evaluation.metric import Better, Clock, Credit, Kind, Metric, Pillar, Unit
from evaluation.metrics.cases import FIRST_RESPONSES, FIRST_SOLVES, REPLIES, SOLVES, TARGETS, standing
from evaluation.metrics.definition import (
    AnyDefinition,
    CaseSet,
    Definition,
    Expression,
    StockDefinition,
    Summary,
)

if TYPE_CHECKING:
    from ibis.expr import types as ir

_HOURS = {Clock.BUSINESS: "Only opening hours count.", Clock.CALENDAR: "Every hour counts, open or closed."}
_SUFFIX = {Clock.BUSINESS: "in opening hours", Clock.CALENDAR: "round the clock"}


def _waiting_time(
    *,
    metric_id: str,
    label: str,
    population: str,
    anchor: str,
    definition: str,
    source: str,
    requires: tuple[str, ...],
    cases: CaseSet,
    column: str,
    decided: Expression,
    unknown: Expression,
    shortest_among: Expression | None = None,
    **others: Expression,
) -> tuple[AnyDefinition, ...]:
    """The variants of one duration, on either clock, and their companions.

    The metric's own id carries the clock that the organisation chose; the other clock is always stored beside it, under
    the id with the clock's name. The conditions are those of `standing`; a decided case whose seconds are not known is
    unknown.
    """

    def variant(clock: Clock, own_id: str, own_label: str) -> Definition:
        seconds = f"{column}_{clock}_seconds"
        return Definition(
            metric=Metric(
                id=own_id, label=own_label, pillar=Pillar.RESPONSIVENESS, unit=Unit.SECONDS, better=Better.LOWER,
                population=population, anchor=anchor, clock=clock, kind=Kind.QUANTILE, statistic="median",
                minimum_sample=30, definition=f"{definition} {_HOURS[clock]}", source=source, requires=requires,
                variant=clock.value,
            ),
            cases=cases,
            standing=standing(
                decided=lambda table: decided(table) & table[seconds].notnull(),
                unknown=lambda table: decided(table).fill_null(False) | unknown(table),
                **others,
            ),
            summary=Summary.DURATION,
            amount=lambda table: table[seconds],
            shortest_among=shortest_among,
        )  # fmt: skip

    clocks = (Clock.BUSINESS, Clock.CALENDAR)
    companions = tuple(variant(clock, f"{metric_id}_{clock}", f"{label}, {_SUFFIX[clock]}") for clock in clocks)
    return (*(variant(clock, metric_id, label) for clock in clocks), *companions)


def _responded(table: ir.Table) -> ir.Value:
    return table.first_response_state == "responded"


def _awaits_response(table: ir.Table) -> ir.Value:
    return table.first_response_state == "pending"


def _ended_unanswered(table: ir.Table) -> ir.Value:
    return table.first_response_state == "not_applicable"


def _says_nothing_of_replies(table: ir.Table) -> ir.Value:
    return table.first_response_state.isnull()


_REPLIES = ("tickets.created_at", "ticket_events.at", "ticket_events.kind", "tickets.first_response_at")
_SOLVES = ("tickets.created_at", "ticket_events.at", "ticket_events.kind", "tickets.solved_at")
_TARGETS = ("tickets.created_at", "ticket_events.at", "ticket_events.kind", "tickets.first_response_at",
            "tickets.solved_at")  # fmt: skip

FIRST_RESPONSE_TIME = _waiting_time(
    metric_id="first_response_time",
    label="First response time",
    population="Tickets with a public reply by a human agent. Tickets still waiting are undecided; tickets solved or "
    "closed without a reply are left out and counted.",
    anchor="the first public reply",
    definition="From the customer's first message, or a bot's hand-off, to the first public reply by a human agent. "
    "Automatic replies and internal notes do not stop the clock.",
    source="HDI and Zendesk: first reply time",
    requires=_REPLIES,
    cases=FIRST_RESPONSES,
    decided=_responded,
    undecided=_awaits_response,
    left_out=_ended_unanswered,
    unknown=_says_nothing_of_replies,
    column="first_response",
)


def _waiting_since(table: ir.Table) -> ir.Value:
    return table.clock_started_at


def _waiting_until(table: ir.Table) -> ir.Value:
    """The first response, or the end of a ticket that never had one; null = still waiting."""
    return table.first_response_at.coalesce(table.ended_unanswered_at)


AWAITING_FIRST_RESPONSE = StockDefinition(
    metric=Metric(
        id="awaiting_first_response", label="Awaiting first response", pillar=Pillar.RESPONSIVENESS, unit=Unit.COUNT,
        better=Better.LOWER,
        population="Tickets without a public reply by a human agent at the end of the period; those solved, closed or "
        "merged without one have left.",
        anchor="the last instant of the period", clock=Clock.NONE, kind=Kind.STOCK, statistic="value", minimum_sample=1,
        definition="How many tickets were waiting for their first response at the end of the period, those answered "
        "later included. Also how many of them were past due: a first response had been promised, and the promise had "
        "fallen due before the end. A ticket reopened without a reply has waited all along.",
        source="Zendesk: unreplied tickets; ITIL 4, service level management: breached and open", requires=_REPLIES,
    ),
    table="tickets",
    since=_waiting_since,
    until=_waiting_until,
    age_from=lambda table: table.first_response_due_at,
    ages={"past_due": (0, inf)},
    unknown=_says_nothing_of_replies,
    credit=Credit.TICKET,
)  # fmt: skip
"""As old as its promise: a ticket that was promised nothing has no age, and is not past due."""

FIRST_WAIT_TIME = _waiting_time(
    metric_id="first_wait_time",
    label="Requester's wait for a human",
    population="Tickets with a public reply by a human agent. Tickets still waiting are undecided.",
    anchor="the first public reply",
    definition="From the customer's very first message to the first public reply by a human agent, the time with a bot "
    "included.",
    source="The customer's side of first response time; ISO 18295-1, waiting time",
    requires=_REPLIES,
    cases=FIRST_RESPONSES,
    decided=_responded,
    undecided=_awaits_response,
    left_out=_ended_unanswered,
    unknown=_says_nothing_of_replies,
    column="first_wait",
)

NEXT_REPLY_TIME = _waiting_time(
    metric_id="next_reply_time",
    label="Next reply time",
    population="The customer's turns that were answered; several messages in a row are one turn, the first turn "
    "included. Turns that nobody answered have no length and are not in it.",
    anchor="the reply that ended the wait",
    definition="From the oldest unanswered message of the customer to the next public reply by a human agent.",
    source="Zendesk: next reply time",
    requires=("ticket_events.at", "ticket_events.kind", "ticket_events.actor_kind"),
    cases=REPLIES,
    decided=lambda table: table.replied_at.notnull(),
    undecided=lambda table: table.replied_at.isnull(),
    unknown=lambda table: table.waiting_since.isnull(),
    column="wait",
)

FIRST_RESOLUTION_TIME = _waiting_time(
    metric_id="first_resolution_time",
    label="First resolution time",
    population="Tickets solved at least once. Tickets never solved are undecided.",
    anchor="the first solve",
    definition="From the creation of the ticket to the first time it was solved, whatever happened afterwards. "
    "The shortest is that of a ticket with a public reply.",
    source="Zendesk: first resolution time",
    requires=_SOLVES,
    cases=FIRST_SOLVES,
    decided=lambda table: table.first_solved_at.notnull(),
    undecided=lambda table: ~table.is_solved.fill_null(False),
    unknown=lambda table: table.is_solved & table.first_solved_at.isnull(),
    column="first_resolution",
    shortest_among=_responded,
)

FULL_RESOLUTION_TIME = _waiting_time(
    metric_id="full_resolution_time",
    label="Full resolution time",
    population="Tickets that were solved or closed when the data were taken. Open and reopened tickets are undecided.",
    anchor="the last solve",
    definition="From the creation of the ticket to the last time it was solved. The shortest is that of a ticket with "
    "a public reply.",
    source="Zendesk: full resolution time; HDI: mean time to resolve",
    requires=_SOLVES,
    cases=SOLVES,
    decided=lambda table: table.is_solved & table.solved_at.notnull(),
    undecided=lambda table: ~table.is_solved.fill_null(False),
    unknown=lambda table: table.is_solved,
    column="full_resolution",
    shortest_among=_responded,
)

REQUESTER_WAIT_TIME = _waiting_time(
    metric_id="requester_wait_time",
    label="Requester wait time",
    population="Tickets that were solved or closed when the data were taken. Open and reopened tickets are undecided.",
    anchor="the last solve",
    definition="The time in which the ticket was new, open or on hold: it was our turn, and the customer waited. Time "
    "spent waiting for the customer, or solved before a reopening, is not in it.",
    source="Zendesk: requester wait time",
    requires=_SOLVES,
    cases=SOLVES,
    decided=lambda table: table.is_solved & table.solved_at.notnull(),
    undecided=lambda table: ~table.is_solved.fill_null(False),
    unknown=lambda table: table.is_solved,
    column="requester_wait",
)


def _attainment(metric_id: str, label: str, what: str, target: str | None) -> Definition:
    def of_target(condition: Expression) -> Expression:
        return condition if target is None else lambda table: (table.target == target) & condition(table)

    return Definition(
        metric=Metric(
            id=metric_id, label=label, pillar=Pillar.RESPONSIVENESS, unit=Unit.SHARE, better=Better.HIGHER,
            population=f"{what} that were met or fell due in the period. Targets neither met nor due when the data "
            "were taken are undecided; tickets without a policy are left out.",
            anchor="when the target was met or fell due, whichever came first", clock=Clock.BUSINESS, kind=Kind.SHARE,
            statistic="value", minimum_sample=30,
            definition=f"{what} that were met, as a share of those met or missed. A target is judged by the policy in "
            "force when its clock started, on the policy's own clock, less its pauses; met on the last second is met.",
            source="ITIL 4, service level management: SLA attainment", requires=_TARGETS,
        ),
        cases=TARGETS,
        standing=standing(
            unknown=of_target(lambda table: table.policy.isnull()),
            decided=of_target(lambda table: table.state.isin(["met", "missed"])),
            undecided=of_target(lambda table: table.state == "undecided"),
            left_out=of_target(lambda table: table.state == "not_applicable"),
        ),
        summary=Summary.SHARE,
        amount=lambda table: table.state == "met",
    )  # fmt: skip


ATTAINMENTS = (
    _attainment("sla_attainment", "SLA attainment", "Service-level targets of all kinds", None),
    _attainment("first_response_sla", "First response on time", "First-response targets", "first_response"),
    _attainment("next_reply_sla", "Next reply on time", "Next-reply targets", "next_reply"),
    _attainment("periodic_update_sla", "Updates on time", "Periodic-update targets", "periodic_update"),
    _attainment("resolution_sla", "Resolution on time", "Resolution targets", "resolution"),
)


def _overdue_since(table: ir.Table) -> ir.Value:
    """The due instant of missed targets: each was open when it fell due."""
    import ibis

    return ibis.ifelse(table.state == "missed", table.due_at, None)


def _due_at(table: ir.Table) -> ir.Value:
    return table.due_at


def _overdue_until(table: ir.Table) -> ir.Value:
    """When a missed target was fulfilled after all, or its ticket ended without it; null = still overdue."""
    return table.fulfilled_at.coalesce(table.ended_at)


def _overdue(metric_id: str, label: str, unit: Unit, kind: Kind, summary: Summary, definition: str) -> StockDefinition:
    seconds = unit is Unit.SECONDS
    return StockDefinition(
        metric=Metric(
            id=metric_id, label=label, pillar=Pillar.RESPONSIVENESS, unit=unit, better=Better.LOWER,
            population="Service-level targets that had fallen due and were not fulfilled at the end of the period.",
            anchor="the last instant of the period", clock=Clock.CALENDAR if seconds else Clock.NONE, kind=kind,
            statistic="median" if seconds else "value", minimum_sample=30 if seconds else 1, definition=definition,
            source="ITIL 4, service level management: breached and open", requires=_TARGETS,
        ),
        table="targets",
        credit=Credit.TARGET,
        since=_overdue_since,
        until=_overdue_until,
        age_from=_due_at,
        summary=summary,
    )  # fmt: skip


OVERDUE = (
    _overdue("sla_overdue_now", "Overdue now", Unit.COUNT, Kind.STOCK, Summary.STOCK,
             "How many service-level targets were past due and still open at the end of the period."),
    _overdue("sla_overdue_time", "Time overdue", Unit.SECONDS, Kind.QUANTILE, Summary.DURATION,
             "For how long the targets that were past due and still open had been past due, round the clock."),
)  # fmt: skip

DEFINITIONS: tuple[AnyDefinition, ...] = (
    *FIRST_RESPONSE_TIME, *NEXT_REPLY_TIME, *FIRST_WAIT_TIME, *FIRST_RESOLUTION_TIME, *FULL_RESOLUTION_TIME,
    *REQUESTER_WAIT_TIME,
    *ATTAINMENTS, *OVERDUE, AWAITING_FIRST_RESPONSE,
)  # fmt: skip
"""The responsiveness metrics, with the variants of each."""
