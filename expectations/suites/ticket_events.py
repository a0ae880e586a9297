"""Ticket events belong to a known ticket."""

from expectations.suite import Suite

SUITE = Suite(
    table="ticket_events",
    refers_to=(("ticket_id", "tickets"),),
    orphans_leave=True,
)
