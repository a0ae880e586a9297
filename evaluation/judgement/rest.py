"""A member against all other members: the figure of the rest, put together from the figures of the others.

Comparing with the whole would compare a member with itself as well, and with the cases of nobody: an abandoned call has
no team, so that every team would look better than a whole that holds it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from evaluation.measurement import Measurement
from evaluation.metric import Kind, Metric, Unit
from evaluation.statistics.change import Z95
from evaluation.statistics.intervals import wilson_interval
from evaluation.statistics.rates import count_bounds

ALL_OF_IT = 0.8
"""A member with this part of all events is what the events are about: the topic of complaints, the team for returns."""


def rest_of(metric: Metric, others: Sequence[Measurement], part: Measurement | None = None) -> Measurement | None:
    """The figure of several members together, with its interval; numerators and denominators are added first.

    Shares of unweighted cases have the Wilson interval of their counts, rates the Poisson interval of theirs; all other
    quotients of sums have the variance of a stratified mean, Σ w² var / (Σ w)². Members without an interval (a single
    case) are left out of it. None where figures cannot be added (medians, agreement) or nobody is left.

    Args:
        metric: The metric of all.
        others: The members, of one period and dimension.
        part: The member that is compared with them; the unit of a rate is read off it when they have no events.

    Source of the variance: W. G. Cochran, Sampling Techniques (1977), section 5.4.
    """
    rows = [row for row in others if row.value is not None and row.numerator is not None and row.denominator]
    rows = [row for row in rows if row.low is not None and row.high is not None]
    scale = 1.0 if metric.kind in (Kind.SHARE, Kind.MEAN) else _scale([*rows, *([part] if part else [])])
    if scale is None or not rows:
        return None
    above, below = sum(row.numerator or 0.0 for row in rows), sum(row.denominator or 0.0 for row in rows)
    n, value = sum(row.n for row in rows), scale * above / below
    low, high = _interval(metric, rows, (above, below, n), scale)
    return replace(
        rows[0], member="rest", value=value, n=n, numerator=above, denominator=below, low=min(low, value),
        high=max(high, value), undecided=0, excluded=0, caveats=(),
    )  # fmt: skip


def is_about_the_events(metric: Metric, rows: Sequence[Measurement]) -> bool:
    """Whether nearly all events of a rate belong to one member, so that comparing members says nothing."""
    events = [row.numerator or 0.0 for row in rows]
    return metric.kind is Kind.RATIO and max(events, default=0.0) > ALL_OF_IT * sum(events)


def _scale(rows: Sequence[Measurement]) -> float | None:
    """By what quotients are multiplied: 100 for complaints per hundred contacts; None when there is none to see."""
    largest = max(rows, key=lambda row: (row.numerator or 0.0, row.member), default=None)
    if largest is None or not largest.numerator or not largest.denominator or largest.value is None:
        return None
    return largest.value * largest.denominator / largest.numerator


def _interval(
    metric: Metric, rows: Sequence[Measurement], sums: tuple[float, float, int], scale: float
) -> tuple[float, float]:
    above, below, n = sums
    if metric.kind is Kind.SHARE and math.isclose(below, n, rel_tol=1e-9):
        found = wilson_interval(above, below)
        return found.low or 0.0, 1.0 if found.high is None else found.high
    if metric.kind is Kind.RATIO:
        low, high = count_bounds([above])
        return scale / below * float(low[0]), scale / below * float(high[0])
    value, half = scale * above / below, _reach(rows[0].statistic, n) * math.sqrt(_variance(rows, below))
    is_share = metric.unit is Unit.SHARE
    return (max(value - half, 0.0), min(value + half, 1.0)) if is_share else (value - half, value + half)


def _variance(rows: Sequence[Measurement], below: float) -> float:
    """Of the rest, from the intervals of its members; the wider half, as the other may be cut at the scale's end."""
    total = 0.0
    for row in rows:
        value = row.value or 0.0
        half = max((row.high or value) - value, value - (row.low or value))
        total += ((row.denominator or 0.0) * half / _reach(row.statistic, row.n)) ** 2
    return total / below**2


def _reach(statistic: str, n: int) -> float:
    """How many standard errors a 95 % interval reaches: Student's for means, as they are measured."""
    from scipy.special import stdtrit

    return float(stdtrit(n - 1, 0.975)) if statistic == "mean" and n > 1 else Z95
