"""Tickets: every reply and solve lies after the creation."""

from expectations.suite import Suite

SUITE = Suite(
    table="tickets",
    not_before=(("first_response_at", "created_at"), ("solved_at", "created_at"), ("closed_at", "created_at")),
)
