"""Public reviews; an edited one comes again with a later date than its answer, so the order of the two is no rule."""

from expectations.suite import Suite

SUITE = Suite(table="reviews")
