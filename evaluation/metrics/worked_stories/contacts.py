"""Nine contacts of July 2026: who came back, who was passed on, and a call that is part of a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from evaluation.metrics.worked_example import Example
from evaluation.metrics.worked_story import Story


def _ticket(
    number: int, requester: str | None, created: str, solved: str | None, topic: str | None = "Delivery",
    replies: int = 1, is_complaint: bool = False,
) -> Mapping[str, object]:  # fmt: skip
    return MappingProxyType(
        {
            "ticket_id": f"t:{number}", "requester_id": requester, "created_at": created, "channel_code": "email",
            "topic": topic, "solved_at": solved, "status_code": "solved" if solved else "open",
            "reply_count": replies, "reopen_count": 0, "is_complaint": is_complaint, "priority_code": "normal",
        }
    )  # fmt: skip


def _call(number: int, requester: str, started: str, outcome: str, ticket: str | None = None) -> Mapping[str, object]:
    return MappingProxyType(
        {
            "call_id": f"c:{number}", "requester_id": requester, "started_at": started, "queued_at": started,
            "direction": "inbound", "outcome": outcome, "topic": "Delivery", "ticket_id": ticket,
        }
    )  # fmt: skip


def _event(number: int, at: str, kind: str, before: str | None, after: str) -> Mapping[str, object]:
    return MappingProxyType(
        {"ticket_id": f"t:{number}", "at": at, "kind": kind, "actor_kind": "system", "from_value": before,
         "to_value": after}
    )  # fmt: skip


CONTACTS = Story(
    id="contacts",
    introduction="Anna writes about a delivery on 1 July, and again five days after it was solved. Boris writes about "
    "an invoice and calls about a delivery five days later. Clara complains and needs two replies; on 20 July she asks "
    "about an invoice. Ticket 5 is anonymous. Dora calls about her own ticket 6. Emil hangs up in the queue and writes "
    "instead; nobody gives his ticket a topic or a reply. Ticket 2 is handed from ann to the second line, ticket 3 "
    "from ann to ben; the priority of ticket 4 is raised. A ticket of June shows that the records reach further back.",
    settings={"contacts": {"escalation_teams": ["Second line"]}},
    tables={
        "tickets": (
            _ticket(0, "Zoe", "2026-06-15T09:00Z", "2026-06-16T09:00Z"),
            _ticket(1, "Anna", "2026-07-01T09:00Z", "2026-07-01T15:00Z"),
            _ticket(2, "Anna", "2026-07-06T10:00Z", "2026-07-06T12:00Z"),
            _ticket(3, "Boris", "2026-07-02T09:00Z", "2026-07-03T09:00Z", "Invoice"),
            _ticket(4, "Clara", "2026-07-08T09:00Z", "2026-07-09T09:00Z", replies=2, is_complaint=True),
            _ticket(5, None, "2026-07-09T09:00Z", "2026-07-10T09:00Z"),
            _ticket(6, "Dora", "2026-07-10T09:00Z", "2026-07-10T16:00Z", "Invoice"),
            _ticket(7, "Clara", "2026-07-20T09:00Z", None, "Invoice"),
            _ticket(8, "Emil", "2026-07-13T11:00Z", "2026-07-14T09:00Z", None, replies=0),
        ),
        "calls": (
            _call(1, "Boris", "2026-07-07T10:00Z", "answered"),
            _call(2, "Dora", "2026-07-12T10:00Z", "answered", "t:6"),
            _call(3, "Emil", "2026-07-13T10:00Z", "abandoned"),
        ),
        "ticket_events": (
            _event(1, "2026-07-01T09:10Z", "assigned", None, "ann"),
            _event(2, "2026-07-06T10:10Z", "assigned", None, "ann"),
            _event(2, "2026-07-06T11:00Z", "assigned", "ann", "Second line"),
            _event(3, "2026-07-02T09:10Z", "assigned", None, "ann"),
            _event(3, "2026-07-02T12:00Z", "assigned", "ann", "ben"),
            _event(4, "2026-07-08T09:10Z", "assigned", None, "ann"),
            _event(4, "2026-07-08T12:00Z", "priority", "normal", "high"),
            _event(6, "2026-07-10T09:10Z", "assigned", None, "ann"),
        ),
    },
    examples={
        ("contact_reasons", None): Example("value", 9, 9, "Eight tickets and call 1. Call 2 is part of ticket 6, and "
            "call 3 reached nobody. By topic: delivery five, invoice three, none one."),
        ("first_contact_resolution", None): Example("value", 3 / 5, 5, "Tickets 2, 3 and 6. After ticket 1 Anna came "
            "back on the same topic; ticket 4 took two replies. Boris came back on another topic, and Dora's call is "
            "no new contact. Ticket 5 is anonymous, ticket 8 had no reply, ticket 7 is open."),
        ("repeat_contact_share", "any_topic"): Example("value", 2 / 8, 8, "Ticket 2 and call 1, of all but the "
            "anonymous; Clara's second contact came twelve days after her first."),
        ("repeat_contact_share", "same_topic"): Example("value", 1 / 8, 8, "Ticket 2 alone: Boris called about "
            "something else."),
        ("transfer_rate", None): Example("value", 2 / 5, 5, "Tickets 2 and 3, of the five solved ones whose "
            "assignments are known."),
        ("escalation_rate", None): Example("value", 2 / 5, 5, "Ticket 2 went to the second line, and the priority of "
            "ticket 4 was raised. Ticket 3 only changed hands."),
        ("complaint_rate", None): Example("value", 100 / 9, 9, "Ticket 4, of nine contacts."),
    },
)  # fmt: skip
"""Contacts of July."""
