"""Goals on a change: so much more or less than in an earlier period."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.assessment import Target
from evaluation.goal import TargetConfig
from evaluation.metric import Better, Metric
from evaluation.quantity import changed_by, parse_quantity

KEYS = ("change",)


def faults(target: TargetConfig, metric: Metric) -> Iterator[tuple[str, str]]:
    """A unit that is not the metric's, or a change for the worse."""
    if target.change is None:
        return
    quantity = parse_quantity(target.change)
    try:
        changed_by(1.0, quantity, metric.unit)
    except ValueError as error:
        yield "change", str(error)
        return
    worse = {Better.HIGHER: quantity.number < 0, Better.LOWER: quantity.number > 0}.get(metric.better, False)
    if worse:
        yield (
            "change",
            (
                f"a change of {quantity.text!r} is a change for the worse, because {metric.id} is better when it is "
                f"{metric.better}; turn its sign"
            ),
        )


def resolve(target: TargetConfig, metric: Metric, baseline: float | None) -> Target | None:
    """The bound that the change arrives at from the baseline; None without a baseline."""
    if baseline is None or target.change is None:
        return None
    quantity = parse_quantity(target.change)
    bound = changed_by(baseline, quantity, metric.unit)
    return Target(at_least=bound) if quantity.number > 0 else Target(at_most=bound)
