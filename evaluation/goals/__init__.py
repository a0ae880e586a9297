"""Goal kinds, one file each: which keys of a target are its own, what is wrong with them, and the bound they mean."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.assessment import Target
from evaluation.goal import TargetConfig
from evaluation.goals import change, level
from evaluation.metric import Metric

KINDS = (level, change)
"""Every goal kind; each module has `KEYS`, `faults` and `resolve`."""


def faults(target: TargetConfig, metric: Metric) -> Iterator[tuple[str, str]]:
    """What is wrong with a target for this metric: the key it is about and a sentence with a remedy."""
    for kind in KINDS:
        if _is_of(target, kind.KEYS):
            yield from kind.faults(target, metric)


def resolve(target: TargetConfig, metric: Metric, baseline: float | None) -> Target | None:
    """The bound that a target means in the metric's unit; None when it is relative and there is no baseline."""
    kind = next(kind for kind in KINDS if _is_of(target, kind.KEYS))
    return kind.resolve(target, metric, baseline)


def _is_of(target: TargetConfig, keys: tuple[str, ...]) -> bool:
    return any(getattr(target, key) is not None for key in keys)
