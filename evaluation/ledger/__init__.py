"""The ledger of service-level clocks: how each target of a chosen ticket came to be met or missed.

`ledger(tables, settings, cut, ticket_ids)` replays a few tickets event by event in plain Python. It is a second way to
the facts of targets, which the engine derives for all tickets at once, and a test holds the two together. `ledger` is
found on first use, so that shapes can be read without the engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evaluation.ledger.writing import ledger as ledger

__all__ = ["ledger"]


def __getattr__(name: str) -> object:
    if name == "ledger":
        from importlib import import_module

        return import_module("evaluation.ledger.writing").ledger
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
