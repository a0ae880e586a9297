"""Four tickets of July 2026: who opened them again."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from evaluation.metrics.worked_example import Example
from evaluation.metrics.worked_story import Story


def _ticket(number: int) -> Mapping[str, object]:
    return MappingProxyType(
        {"ticket_id": f"t:{number}", "created_at": f"2026-07-0{number}T09:00Z", "channel_code": "email"}
    )


def _event(number: int, clock: str, kind: str, actor: str, status: str | None = None) -> Mapping[str, object]:
    return MappingProxyType(
        {"ticket_id": f"t:{number}", "at": f"2026-07-0{number}T{clock}Z", "kind": kind, "actor_kind": actor,
         "to_value": status}
    )  # fmt: skip


CORRECTIONS = Story(
    id="corrections",
    introduction="Four tickets are solved. Ticket 1 stays so. The agent who solved ticket 2 notices after five minutes "
    "that the answer lacks something, opens the ticket again and solves it once more. After ticket 3 was solved the "
    "customer writes again; an agent opens it and solves it once more. The help desk itself opens ticket 6 again.",
    tables={
        "tickets": (_ticket(1), _ticket(2), _ticket(3), _ticket(6)),
        "ticket_events": (
            _event(1, "11:00", "status", "agent", "solved"),
            _event(2, "11:00", "status", "agent", "solved"),
            _event(2, "11:05", "status", "agent", "open"),
            _event(2, "12:00", "status", "agent", "solved"),
            _event(3, "11:00", "status", "agent", "solved"),
            _event(3, "13:00", "requester_message", "requester"),
            _event(3, "13:05", "status", "agent", "open"),
            _event(3, "14:00", "status", "agent", "solved"),
            _event(6, "11:00", "status", "agent", "solved"),
            _event(6, "11:30", "status", "system", "open"),
            _event(6, "12:00", "status", "agent", "solved"),
        ),
    },
    examples={
        ("correction_rate", None): Example("value", 1 / 4, 4, "Ticket 2, out of four solved. Ticket 3 was reopened by "
            "the customer, ticket 6 by the help desk."),
    },
)  # fmt: skip
"""Solved tickets of July."""
