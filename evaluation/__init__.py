"""What we know: periods, calendars, facts, metrics, statistics, goals, findings. Its one public verb is `assess`.

`assess` is found on first use, so that `import evaluation` stays light on the way of the command line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evaluation.assessing import assess as assess

__all__ = ["assess"]


def __getattr__(name: str) -> object:
    if name == "assess":
        from importlib import import_module

        return import_module("evaluation.assessing").assess
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
