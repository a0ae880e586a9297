"""Judging: what may be said about figures, goals and follow-ups, by rules with a decision table each."""
