"""Public reviews are answered after they are posted."""

from expectations.suite import Suite

SUITE = Suite(
    table="reviews",
    not_before=(("replied_at", "posted_at"),),
)
