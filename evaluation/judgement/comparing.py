"""What may be said about the difference of two measurements: the test that fits the metric, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.accumulation import accumulates
from evaluation.assessment import Change, Point
from evaluation.measurement import Caveat, Measurement
from evaluation.metric import Better, Kind, Metric, Unit
from evaluation.period import Period
from evaluation.statistics.change import (
    Difference,
    Estimate,
    difference_by_moving_range,
    difference_of_counts,
    difference_of_intervals,
    difference_of_means,
    dispersion_before,
)
from evaluation.statistics.shift import Shift

SHIFTED = ("median", "mean")
"""Statistics of durations whose verdict is that of the shift; the 90th percentile is judged by its own interval."""
UNJUDGED = "min"
"""The shortest or smallest of all cases says nothing about the others, and nothing about chance."""
_IN_PART = (Caveat.PARTIAL_PERIOD, Caveat.PARTIAL_RECORDS)


def compare(
    metric: Metric,
    now: Measurement,
    before: Measurement | None,
    series: Sequence[Point] = (),
    shift: Shift | None = None,
) -> tuple[Difference | None, Change]:
    """The difference of two measurements of one metric, and what may be said about it.

    | the two measurements | said |
    | --- | --- |
    | one has no value | not_compared |
    | the metric grows with the days of a period, and one of the two is not over or not all recorded | not_whole |
    | they are the shortest or smallest of all cases | not_judged |
    | one has fewer cases than the metric's minimum sample | cannot_tell |
    | median or mean of a duration: what `change_of_shift` says | |
    | no interval and no series of at least six months | cannot_tell |
    | the 95 % interval of the difference holds zero | within_noise |
    | otherwise | better, worse, or moved when the metric has no good direction |

    Whether a duration changed is decided by the raw values, not by the two medians or means: the Hodges-Lehmann shift
    with the Mann-Whitney test says whether the typical case takes longer. A mean that rose because a few cases took
    very long is therefore within noise while the typical case did not change; the 90th percentile tells of those few.

    Args:
        metric: The metric of both.
        now: The later measurement, or that of a member.
        before: The earlier one, or that of the rest; None when nothing was measured.
        series: The metric by month, for figures that have no interval of their own.
        shift: How the raw values of the two differ, where `evaluation.judgement.shifts` has them. Ages of what is still
            open have none; they are compared by the intervals of their statistics.
    """
    if before is None or now.value is None or before.value is None:
        return None, Change.NOT_COMPARED
    if accumulates(metric) and (is_in_part(now) or is_in_part(before)):
        return None, Change.NOT_WHOLE
    if now.statistic == UNJUDGED:
        return None, Change.NOT_JUDGED
    if min(now.n, before.n) < metric.minimum_sample:
        return None, Change.CANNOT_TELL
    if shift is not None and is_judged_by_shift(metric, now.statistic):
        return _of_shift(shift), change_of_shift(metric, shift, now.value - before.value)
    difference = difference_between(metric, now, before, series)
    if difference is None:
        return None, Change.CANNOT_TELL
    return difference, change_of(metric, difference)


def is_in_part(row: Measurement) -> bool:
    """Whether its period is not over at the as-of moment, or the records begin within it."""
    return any(caveat in _IN_PART for caveat in row.caveats)


def is_judged_by_shift(metric: Metric, statistic: str) -> bool:
    """Whether the verdict on a statistic is that of the shift of the raw values."""
    return metric.unit is Unit.SECONDS and statistic in SHIFTED


def change_of_shift(metric: Metric, shift: Shift, moved: float) -> Change:
    """What may be said about a duration, from its raw values.

    | the raw values | said |
    | --- | --- |
    | fewer than five on a side | cannot_tell |
    | the test does not tell them apart at 5 % | within_noise |
    | the printed statistic is the same to the last digit | within_noise |
    | the printed statistic moved the other way: shorter for most, longer for some | moved |
    | otherwise | better, worse, or moved when the metric has no good direction |

    With many waits of no seconds the shift itself can be 0 although the test tells the samples apart; which way the
    duration went is then told by how often the later value is the longer one of a pair.

    Args:
        metric: A metric in seconds.
        shift: Later against earlier values.
        moved: By how much the printed statistic moved, in seconds.
    """
    if shift.superiority is None:
        return Change.CANNOT_TELL
    if not shift.is_real or moved == 0:
        return Change.WITHIN_NOISE
    is_longer = shift.superiority > 0.5
    if metric.better is Better.NEUTRAL or is_longer != (moved > 0):
        return Change.MOVED
    return Change.BETTER if is_longer == (metric.better is Better.HIGHER) else Change.WORSE


def _of_shift(shift: Shift) -> Difference | None:
    if shift.value is None or shift.low is None or shift.high is None or shift.p_value is None:
        return None
    return Difference(shift.value, shift.low, shift.high, shift.p_value)


def difference_between(
    metric: Metric, now: Measurement, before: Measurement, series: Sequence[Point] = ()
) -> Difference | None:
    """The difference by the method that fits the metric's kind; None when neither intervals nor a series allow one.

    A mean without an interval, of cases that are all equal or of one group, is not judged by its months: they are
    means of fewer cases each, and say nothing about how far chance takes the mean of them all. Counts vary as far as
    spans of their length do in the months of the series, so that a season alone is no change; a step is none of its own
    noise (`dispersion_before`).
    """
    if now.value is None or before.value is None:
        return None
    values = [point.value for point in series if point.value is not None]
    if metric.kind is Kind.COUNT:
        months = len(Period.parse(now.period_id, zone="UTC").months())
        dispersion = dispersion_before(values, tested=months)
        return difference_of_counts(now.value, before.value, dispersion=dispersion)
    later, earlier = _estimate(now), _estimate(before)
    if (later is None or earlier is None) and now.statistic == "mean":
        return None
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
