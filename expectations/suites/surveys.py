"""Surveys: answers on their scale, after the question."""

from expectations.suite import Suite

SUITE = Suite(
    table="surveys",
    not_before=(("answered_at", "asked_at"),),
    refers_to=(("ticket_id", "tickets"), ("call_id", "calls")),
    within_scale=True,
)
