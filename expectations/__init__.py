"""What data must be: one suite of rules for each canonical table, judged by Great Expectations."""
