"""Outside values."""

from expectations.suite import Suite

SUITE = Suite(
    table="benchmarks",
)
