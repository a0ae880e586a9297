"""Facts: one row per ticket, reply, target, state and survey with everything that the metrics need.

`derive(tables, settings, cut)` makes them from the canonical tables, as Ibis expressions on the tables' engine.
The shapes are part of the contract between facts and metrics and stand in `evaluation/facts/shapes.py`; the rules of
the replay are listed in `docs/facts.md`. `derive` is found on first use, so that shapes can be read without the engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evaluation.facts.deriving import derive as derive

__all__ = ["derive"]


def __getattr__(name: str) -> object:
    if name == "derive":
        from importlib import import_module

        return import_module("evaluation.facts.deriving").derive
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
