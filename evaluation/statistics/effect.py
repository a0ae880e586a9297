"""Did a follow-up help? Before and after its completion, net of what changed for everybody else."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from evaluation.statistics.change import Z95, Difference, Estimate, difference_of_intervals, two_sided
from evaluation.statistics.shift import hodges_lehmann

SHORTEST = 1.0
"""Durations below a second count as one, so that they have a logarithm."""


class Effect(StrEnum):
    """What may be said of a follow-up that is done."""

    HELPED = "helped"
    NO_SIGN = "no_sign"
    """No change beyond noise; that is no proof that there was none."""
    WORSE = "worse"
    TOO_EARLY = "too_early"
    """Not one whole month has passed, or too few cases since."""
    CANNOT_TELL = "cannot_tell"
    """Too few cases before, or a figure without a good direction."""


def log_change_of_durations(now: ArrayLike, before: ArrayLike) -> Difference | None:
    """By which factor durations changed, as its natural logarithm: the Hodges-Lehmann shift of their logarithms.

    A factor is comparable between a channel that answers in minutes and one that answers in days; seconds are not.
    None with too few values on a side.

    Args:
        now: (n,) later durations in seconds, >= 0; below a second they count as one.
        before: (m,) earlier ones.

    Raises:
        ValueError: A duration is negative or not finite.

    Source: J. L. Hodges and E. L. Lehmann, Annals of Mathematical Statistics 34 (1963) 598-611.

    Example:
        >>> found = log_change_of_durations([50, 60, 70, 80, 90, 100], [100, 120, 140, 160, 180, 200])
        >>> round(math.exp(found.value), 3)
        0.5
    """
    if any((np.asarray(side, dtype=float) < 0).any() for side in (now, before)):
        raise ValueError("a duration is negative; leave the case out or mend it")
    later, earlier = (np.log(np.maximum(np.asarray(side, dtype=float), SHORTEST)) for side in (now, before))
    shift = hodges_lehmann(later, earlier)
    if shift.value is None or shift.low is None or shift.high is None or shift.p_value is None:
        return None
    return Difference(shift.value, shift.low, shift.high, shift.p_value)


def log_change_of_counts(
    now: float, before: float, *, months_now: float = 1, months_before: float = 1, dispersion: float = 1.0
) -> Difference | None:
    """By which factor a monthly count changed, as its natural logarithm, quasi-Poisson; None when a side has no events.

    Args:
        now: Later count.
        before: Earlier count.
        months_now: Length of the later span.
        months_before: Length of the earlier one.
        dispersion: Variance divided by mean of such counts (`change.dispersion_of_counts`).

    Raises:
        ValueError: A count is negative, a span has no length, or something is not finite.

    Source: P. McCullagh and J. A. Nelder, Generalized Linear Models (1989), section 6.2, with the log link.

    Example:
        >>> found = log_change_of_counts(100, 300, months_now=2, months_before=3)
        >>> round(math.exp(found.value), 3), found.is_real
        (0.5, True)
    """
    if not all(math.isfinite(number) for number in (now, before, months_now, months_before, dispersion)):
        raise ValueError("a count, a span or the dispersion is not finite; count again")
    if min(now, before) < 0 or min(months_now, months_before, dispersion) <= 0:
        raise ValueError("a count is negative, or a span has no length; count again")
    if min(now, before) == 0:
        return None
    value = math.log((now / months_now) / (before / months_before))
    error = math.sqrt(dispersion * (1 / now + 1 / before))
    return Difference(value, value - Z95 * error, value + Z95 * error, two_sided(value, error))


def dispersion_within(sides: Sequence[Sequence[float]]) -> float:
    """How much more than Poisson counts vary around the mean of their own side; at least 1.

    What is to be judged, the step between the sides, is no part of it. Pearson's statistic over its degrees of freedom;
    sides without events tell nothing, and fewer than two degrees of freedom give 1.

    Args:
        sides: Counts of equal spans, by side.

    Source: P. McCullagh and J. A. Nelder, Generalized Linear Models (1989), section 4.5.2.

    Example:
        >>> dispersion_within([[100, 100, 100], [200, 200, 200]]), round(dispersion_within([[60, 100, 140], [100]]), 1)
        (1.0, 16.0)
    """
    pearson, free = 0.0, 0
    for side in sides:
        counts = np.asarray(side, dtype=float)
        if len(counts) < 2 or counts.sum() <= 0:
            continue
        pearson += float(((counts - counts.mean()) ** 2).sum() / counts.mean())
        free += len(counts) - 1
    return max(1.0, pearson / free) if free >= 2 else 1.0


def net_of_others(own: Difference, others: Difference) -> Difference:
    """The change of a part of the service beyond that of the rest (difference in differences).

    The two changes are independent, because no case is in both; their intervals are combined as in
    `change.difference_of_intervals`.

    Source: O. Ashenfelter and D. Card, Review of Economics and Statistics 67 (1985) 648-660, for the comparison; G. Y.
    Zou and A. Donner, Statistics in Medicine 27 (2008) 1693-1702, for the interval.

    Example:
        >>> own, rest = Difference(-0.30, -0.40, -0.20, 0.0), Difference(-0.28, -0.33, -0.23, 0.0)
        >>> net_of_others(own, rest).is_real
        False
    """
    return difference_of_intervals(
        Estimate(own.value, own.low, own.high, 0), Estimate(others.value, others.low, others.high, 0)
    )


def effect_of(change: Difference, *, higher_is_better: bool) -> Effect:
    """The word for a change: `helped` or `worse` when its 95 % interval excludes zero, else `no_sign`.

    One named figure is looked at on one named date, so nothing is searched for and no screening is needed.

    Example:
        >>> effect_of(Difference(-0.3, -0.4, -0.2, 0.0), higher_is_better=False).value
        'helped'
    """
    if not change.is_real:
        return Effect.NO_SIGN
    return Effect.HELPED if (change.value > 0) == higher_is_better else Effect.WORSE
