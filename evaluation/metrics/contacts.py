"""Contacts: what people turn to the service for, whether they must come back, and how often they complain or return."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation.metric import Better, Clock, Kind, Metric, Pillar, Unit
from evaluation.metrics.cases import CONTACT_SOLVES, CONTACTS, RETURNS, always, standing
from evaluation.metrics.customers import cohort
from evaluation.metrics.definition import AnyDefinition, Definition, Presence, RatioDefinition, Summary

if TYPE_CHECKING:
    from ibis.expr import types as ir

_A_CONTACT = (
    "A ticket with all its calls is one contact, and so is an answered inbound call without a ticket; voicemails and "
    "agreed callbacks count as answered."
)
_WINDOW = "seven days unless the organisation chose another window"

CONTACT_REASONS = Metric(
    id="contact_reasons",
    label="Contacts by reason",
    pillar=Pillar.WORKLOAD,
    unit=Unit.COUNT,
    better=Better.NEUTRAL,
    population="All contacts except spam, tests, merged, deleted and agent-started tickets. " + _A_CONTACT,
    anchor="when the ticket was created, or its first call when that came before",
    clock=Clock.NONE,
    kind=Kind.COUNT,
    statistic="value",
    minimum_sample=1,
    definition="How many contacts there were; its topics are the reasons. Contacts without a recorded topic are a row "
    "of their own.",
    source="COPC CX Standard, contact drivers",
    requires=("tickets.ticket_id", "tickets.created_at", "tickets.topic"),
)

FIRST_CONTACT_RESOLUTION = Metric(
    id="first_contact_resolution",
    label="First contact resolution",
    pillar=Pillar.QUALITY,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    population="Solved tickets with at least one public reply by a human agent, whose requester is known. Tickets are "
    f"undecided until the window after the solve has ended ({_WINDOW}), whatever happened so far; tickets of unknown "
    "requesters are counted apart, and so are those with one reply after which the only contact in the window has no "
    "topic.",
    anchor="the last solve",
    clock=Clock.NONE,
    kind=Kind.SHARE,
    statistic="value",
    minimum_sample=30,
    definition="Solved tickets that took exactly one public message by an agent, and after whose solve the same "
    "requester did not turn to the service again on the same topic within the window, on any channel. What follows in "
    "the thread of the ticket is not a new contact. A ticket that took two or more messages is not resolved at first "
    "contact, whatever the topic of a later contact may be.",
    source="SQM Group: first contact resolution, seven-day window; HDI",
    requires=("ticket_events.at", "ticket_events.kind", "ticket_events.actor_kind", "tickets.reply_count",
              "tickets.requester_id"),
)  # fmt: skip

_REPEAT_TOPICS = {
    "any_topic": ("any topic", "on whatever topic",
                  "Contacts of unknown requesters and those of the first days of the records are counted apart."),
    "same_topic": ("same topic", "on the same topic",
                   "Contacts of unknown requesters and those of the first days of the records are counted apart, and "
                   "so are those for which it hangs on a contact without a topic."),
}  # fmt: skip


def _repeat_contact_share(variant: str, metric_id: str, label: str) -> Definition:
    _, phrase, unknown = _REPEAT_TOPICS[variant]
    flag = f"is_repeat_{variant}"
    return Definition(
        metric=Metric(
            id=metric_id,
            label=label,
            pillar=Pillar.QUALITY,
            unit=Unit.SHARE,
            better=Better.LOWER,
            population=f"All contacts of known requesters. {_A_CONTACT} {unknown}",
            anchor="when the contact began",
            clock=Clock.NONE,
            kind=Kind.SHARE,
            statistic="value",
            minimum_sample=30,
            definition=f"Contacts before which the same requester had turned to the service {phrase}, on any channel, "
            f"within {_WINDOW}. What follows in the thread of a ticket is not a new contact.",
            source="COPC CX Standard, repeat contacts; ISO 18295-1",
            requires=("tickets.created_at", "tickets.requester_id"),
            variant=variant,
        ),
        cases=CONTACTS,
        standing=standing(
            decided=lambda table: table.is_reached & table[flag].notnull(), unknown=lambda table: table.is_reached
        ),
        summary=Summary.SHARE,
        amount=lambda table: table[flag],
    )


REPEAT_CONTACT_SHARE = (
    *(_repeat_contact_share(variant, "repeat_contact_share", "Repeat contacts") for variant in _REPEAT_TOPICS),
    *(
        _repeat_contact_share(variant, f"repeat_contact_share_{variant}", f"Repeat contacts, {name}")
        for variant, (name, *_) in _REPEAT_TOPICS.items()
    ),
)


def _rate(
    metric_id: str, label: str, population: str, definition: str, source: str, requires: tuple[str, ...]
) -> Metric:
    """So many for each hundred or thousand."""
    return Metric(
        id=metric_id,
        label=label,
        pillar=Pillar.QUALITY,
        unit=Unit.RATIO,
        better=Better.LOWER,
        population=population,
        anchor="when the contact began or the goods came back, above and below the line alike",
        clock=Clock.NONE,
        kind=Kind.RATIO,
        statistic="value",
        minimum_sample=30,
        definition=definition,
        source=source,
        requires=requires,
    )


_ACTIVE = "Active customers were customers at any time in the period, each counted once."
_COMPLAINED = ("tickets.created_at", "tickets.is_complaint")
_STAYED = ("customers.customer_id", "customers.started_at", "customers.ended_at")
_RETURNED = ("returns.return_id", "returns.at")

COMPLAINT_RATE = _rate(
    "complaint_rate",
    "Complaints per 100 contacts",
    f"Contacts of the period. {_A_CONTACT}",
    "Contacts that the source marks as complaints, for each hundred contacts.",
    "ISO 10002, monitoring of complaints; COPC CX Standard",
    _COMPLAINED,
)
COMPLAINT_RATE_CUSTOMERS = _rate(
    "complaint_rate_customers",
    "Complaints per 1,000 customers",
    f"Contacts of the period above the line, customers below it. {_ACTIVE}",
    "Contacts that the source marks as complaints, for each thousand active customers. Only for the whole and by "
    "branch, because customers have no channel, team or topic.",
    "ISO 10002, monitoring of complaints; complaints per thousand accounts, as financial supervisors publish them",
    (*_COMPLAINED, *_STAYED),
)
RETURN_RATE = _rate(
    "return_rate",
    "Returns per 100 contacts",
    f"Returns of the period above the line, contacts below it; a return has the dimensions of its ticket. {_A_CONTACT}",
    "Returns and refunds for each hundred contacts.",
    "Return rate as in retail, on the service's own volume",
    (*_RETURNED, "tickets.created_at"),
)
RETURN_RATE_CUSTOMERS = _rate(
    "return_rate_customers",
    "Returns per 100 customers",
    f"Returns of the period above the line, customers below it. {_ACTIVE}",
    "Returns and refunds for each hundred active customers. Only for the whole and by branch, because customers have "
    "no channel, team or topic.",
    "Return rate as in retail, on the customers",
    (*_RETURNED, *_STAYED),
)


def _below_or_above(metric_id: str, label: str, anchor: str, definition: str) -> Metric:
    """A count that is not printed itself, only divided."""
    return Metric(
        id=metric_id, label=label, pillar=Pillar.WORKLOAD, unit=Unit.COUNT, better=Better.NEUTRAL,
        population=definition,
        anchor=anchor, clock=Clock.NONE, kind=Kind.COUNT, statistic="value", minimum_sample=1, definition=definition,
        source="part of a rate", requires=(),
    )  # fmt: skip


_CONTACTS = Definition(
    metric=CONTACT_REASONS,
    cases=CONTACTS,
    standing=standing(decided=lambda table: table.is_reached),
    summary=Summary.COUNT,
)
_COMPLAINTS = Definition(
    metric=_below_or_above("complaints", "Complaints", "when the contact began", "Contacts marked as complaints."),
    cases=CONTACTS,
    standing=standing(
        decided=lambda table: table.is_reached & table.is_complaint,
        unknown=lambda table: table.is_reached & table.is_complaint.isnull(),
    ),
    summary=Summary.COUNT,
)
_RETURNS = Definition(
    metric=_below_or_above("returns", "Returns", "when the goods came back", "Returns and refunds."),
    cases=RETURNS,
    standing=standing(decided=always),
    summary=Summary.COUNT,
)
_CUSTOMERS = cohort(
    _below_or_above("active_customers", "Active customers", "any time in the period", _ACTIVE), Presence.THERE
)


def _cannot_tell(table: ir.Table) -> ir.Value:
    """No events, no requester, or one message and a later contact that nobody gave a topic.

    Tickets of unknown requesters are left out whatever they took: their returns cannot be seen, so that only failures
    would be counted among them.
    """
    unsaid = table.solved_at.isnull() | table.is_one_touch.isnull() | table.requester_id.isnull()
    hangs_on_topic = table.is_window_over & table.is_one_touch & table.was_followed.isnull()
    return table.is_solved & (unsaid | hangs_on_topic)


DEFINITIONS: tuple[AnyDefinition, ...] = (
    _CONTACTS,
    Definition(
        metric=FIRST_CONTACT_RESOLUTION,
        cases=CONTACT_SOLVES,
        standing=standing(
            left_out=lambda table: table.is_solved & table.solved_at.notnull() & (table.reply_count == 0),
            unknown=_cannot_tell,
            undecided=lambda table: table.is_solved & ~table.is_window_over,
            decided=lambda table: table.is_solved,
        ),
        summary=Summary.SHARE,
        amount=lambda table: table.is_one_touch & ~table.was_followed,
    ),
    *REPEAT_CONTACT_SHARE,
    RatioDefinition(metric=COMPLAINT_RATE, numerator=_COMPLAINTS, denominator=_CONTACTS, per=100),
    RatioDefinition(metric=COMPLAINT_RATE_CUSTOMERS, numerator=_COMPLAINTS, denominator=_CUSTOMERS, per=1000),
    RatioDefinition(metric=RETURN_RATE, numerator=_RETURNS, denominator=_CONTACTS, per=100),
    RatioDefinition(metric=RETURN_RATE_CUSTOMERS, numerator=_RETURNS, denominator=_CUSTOMERS, per=100),
)
"""The metrics of contacts."""
