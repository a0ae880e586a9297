"""A customer's spell ends after it starts."""

from expectations.suite import Suite

SUITE = Suite(
    table="customers",
    not_before=(("ended_at", "started_at"),),
    may_be_future=("ended_at",),
)
