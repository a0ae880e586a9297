"""Calls run forward in time."""

from expectations.suite import Suite

SUITE = Suite(
    table="calls",
    not_before=(
        ("queued_at", "started_at"),
        ("answered_at", "started_at"),
        ("ended_at", "started_at"),
        ("ended_at", "answered_at"),
    ),
)
