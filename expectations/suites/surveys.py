"""Surveys: answers on their scale, after the question; an answer without a day would count in no period."""

from expectations.suite import Suite

SUITE = Suite(
    table="surveys",
    not_before=(("answered_at", "asked_at"),),
    refers_to=(("ticket_id", "tickets"), ("call_id", "calls")),
    given_with=(("answered_at", "score"),),
    within_scale=True,
)
