"""Audits refer to what was audited."""

from expectations.suite import Suite

SUITE = Suite(
    table="audits",
    refers_to=(("ticket_id", "tickets"), ("call_id", "calls")),
)
