"""Known faults of sources."""

from expectations.suite import Suite

SUITE = Suite(
    table="corrections",
)
