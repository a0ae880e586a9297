"""Facts: one row per ticket, reply, target and survey with everything that the metrics need.

`derive(tables, settings, cut)` makes them from the canonical tables, as Ibis expressions on the tables' engine.
The shapes are part of the contract between facts and metrics and stand in `evaluation/facts/shapes.py`.
"""
