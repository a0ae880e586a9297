"""An agent's spell ends after it starts."""

from expectations.suite import Suite

SUITE = Suite(
    table="agents",
    not_before=(("until_at", "from_at"),),
    may_be_future=("from_at", "until_at"),
)
