"""What may be said about the difference of two measurements: the test that fits the metric, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.assessment import Change, Point
from evaluation.measurement import Measurement
from evaluation.metric import Better, Kind, Metric
from evaluation.statistics.change import (
    Difference,
    Estimate,
    difference_by_moving_range,
    difference_of_counts,
    difference_of_intervals,
    difference_of_means,
    dispersion_of_counts,
)


def compare(
    metric: Metric, now: Measurement, before: Measurement | None, series: Sequence[Point] = ()
) -> tuple[Difference | None, Change]:
    """The difference of two measurements of one metric, and what may be said about it.

    | the two measurements | said |
    | --- | --- |
    | one has no value | not_compared |
    | one has fewer cases than the metric's minimum sample | cannot_tell |
    | no interval and no series of at least six months | cannot_tell |
    | the 95 % interval of the difference holds zero | within_noise |
    | otherwise | better, worse, or moved when the metric has no good direction |

    Args:
        metric: The metric of both.
        now: The later measurement.
        before: The earlier one; None when nothing was measured.
        series: The metric by month, for figures that have no interval of their own.
    """
    if before is None or now.value is None or before.value is None:
        return None, Change.NOT_COMPARED
    if min(now.n, before.n) < metric.minimum_sample:
        return None, Change.CANNOT_TELL
    difference = difference_between(metric, now, before, series)
    if difference is None:
        return None, Change.CANNOT_TELL
    return difference, change_of(metric, difference)


def difference_between(
    metric: Metric, now: Measurement, before: Measurement, series: Sequence[Point] = ()
) -> Difference | None:
    """The difference by the method that fits the metric's kind; None when neither intervals nor a series allow one."""
    if now.value is None or before.value is None:
        return None
    values = [point.value for point in series if point.value is not None]
    if metric.kind is Kind.COUNT:
        return difference_of_counts(now.value, before.value, dispersion=dispersion_of_counts(values))
    later, earlier = _estimate(now), _estimate(before)
    if later is None or earlier is None:
        return difference_by_moving_range(now.value, before.value, values)
    if now.statistic == "mean":
        return difference_of_means(later, earlier)
    return difference_of_intervals(later, earlier)


def _estimate(row: Measurement) -> Estimate | None:
    if row.value is None or row.low is None or row.high is None:
        return None
    return Estimate(row.value, row.low, row.high, row.n)


def change_of(metric: Metric, difference: Difference) -> Change:
    """What may be said about a difference that was tested: within noise, or which way it went."""
    if not difference.is_real:
        return Change.WITHIN_NOISE
    if metric.better is Better.NEUTRAL:
        return Change.MOVED
    return Change.BETTER if (difference.value > 0) == (metric.better is Better.HIGHER) else Change.WORSE
