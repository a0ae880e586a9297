"""Returns."""

from expectations.suite import Suite

SUITE = Suite(
    table="returns",
    refers_to=(("ticket_id", "tickets"),),
)
