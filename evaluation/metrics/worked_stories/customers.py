"""Seven customers of July 2026 who stay, leave and come back, with their contacts and returns."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from evaluation.metrics.worked_example import Example
from evaluation.metrics.worked_story import Story


def _spell(number: int, started: str, ended: str | None = None) -> Mapping[str, object]:
    return MappingProxyType({"customer_id": f"k:{number}", "started_at": started, "ended_at": ended})


def _ticket(number: int, created: str, *, is_complaint: bool = False) -> Mapping[str, object]:
    return MappingProxyType(
        {"ticket_id": f"t:{number}", "created_at": created, "channel_code": "email", "is_complaint": is_complaint}
    )


CUSTOMERS = Story(
    id="customers",
    introduction="Customer 1 is there throughout. Customer 2 leaves on 10 July. Customer 3 renews on 15 July, so that "
    "one spell ends where the next begins. Customer 4 comes on 5 July. Customer 5 comes on 6 July and leaves on 20 "
    "July. Customer 6 has left in June. Customer 7 leaves on 3 July and comes back on 25 July. There are four "
    "contacts, one of them a complaint, and two returns; a third return comes in August.",
    tables={
        "customers": (
            _spell(1, "2025-01-01T00:00Z"),
            _spell(2, "2025-02-01T00:00Z", "2026-07-10T00:00Z"),
            _spell(3, "2025-07-15T00:00Z", "2026-07-15T00:00Z"),
            _spell(3, "2026-07-15T00:00Z"),
            _spell(4, "2026-07-05T00:00Z"),
            _spell(5, "2026-07-06T00:00Z", "2026-07-20T00:00Z"),
            _spell(6, "2025-03-01T00:00Z", "2026-06-20T00:00Z"),
            _spell(7, "2025-04-01T00:00Z", "2026-07-03T00:00Z"),
            _spell(7, "2026-07-25T00:00Z"),
        ),
        "tickets": (
            _ticket(1, "2026-07-02T09:00Z"),
            _ticket(2, "2026-07-06T09:00Z", is_complaint=True),
            _ticket(3, "2026-07-09T09:00Z"),
            _ticket(4, "2026-07-28T09:00Z"),
        ),
        "returns": (
            {"return_id": "r:1", "at": "2026-07-07T09:00Z", "customer_id": "k:1"},
            {"return_id": "r:2", "at": "2026-07-29T09:00Z", "customer_id": "k:4"},
            {"return_id": "r:3", "at": "2026-08-02T09:00Z", "customer_id": "k:4"},
        ),
    },
    examples={
        ("retention_rate", None): Example("value", 3 / 4, 4, "Customers 1, 2, 3 and 7 were there when July began; 1, "
            "3, 4 and 7 at its end, of whom 4 is new: (4 - 1) / 4."),
        ("churn_rate", None): Example("value", 1 / 4, 4, "Of the four who were there when July began, customer 2 is "
            "gone. Customer 3 renewed, customer 7 came back, and customer 5 was not there at the start."),
        ("complaint_rate_customers", None): Example("value", 1000 / 6, 6, "One complaint; all but customer 6 were "
            "customers at some time in July."),
        ("return_rate", None): Example("value", 50, 4, "Two returns for four contacts."),
        ("return_rate_customers", None): Example("value", 100 * 2 / 6, 6, "Two returns for six customers."),
    },
)  # fmt: skip
"""Customers of July."""
