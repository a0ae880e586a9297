"""Goals on a level: at most, at least, or between two values."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.assessment import Target
from evaluation.goal import TargetConfig
from evaluation.metric import Better, Metric
from evaluation.quantity import level_in, parse_quantity

KEYS = ("at_most", "at_least", "between")


def faults(target: TargetConfig, metric: Metric) -> Iterator[tuple[str, str]]:
    """A unit that is not the metric's, or a bound on the side on which the metric is good anyway."""
    for key in KEYS:
        written = getattr(target, key)
        for amount in written if isinstance(written, list) else [written] if written is not None else []:
            try:
                level_in(parse_quantity(amount), metric.unit)
            except ValueError as error:
                yield key, str(error)
    wrong, right = {Better.HIGHER: ("at_most", "at_least"), Better.LOWER: ("at_least", "at_most")}.get(
        metric.better, (None, None)
    )
    if wrong is not None and getattr(target, wrong) is not None:
        yield wrong, f"{metric.id} is better when it is {metric.better}, so {wrong} aims at worse; write {right}"


def resolve(target: TargetConfig, metric: Metric, baseline: float | None) -> Target:
    """The bound in the metric's unit; the baseline does not matter."""
    if target.between is not None:
        low, high = (level_in(parse_quantity(amount), metric.unit) for amount in target.between)
        return Target(at_least=low, at_most=high)
    if target.at_most is not None:
        return Target(at_most=level_in(parse_quantity(target.at_most), metric.unit))
    return Target(at_least=level_in(parse_quantity(target.at_least or 0.0), metric.unit))
