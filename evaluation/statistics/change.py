"""Did a figure change? Differences of two independent estimates, with intervals and a test that agrees with them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z95 = 1.959963984540054
"""Two-sided 95 % point of the standard normal distribution."""
MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured value with its 95 % interval.

    Attributes:
        value: The value, in the metric's unit.
        low: Lower end of the interval, same unit.
        high: Upper end of the interval, same unit.
        n: Cases that it rests on.
    """

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference of two estimates.

    Attributes:
        value: Later minus earlier, in the metric's unit.
        low: Lower end of its 95 % interval.
        high: Upper end of its 95 % interval.
        p_value: Two-sided; below 0.05 exactly when the interval excludes zero.
    """

    value: float
    low: float
    high: float
    p_value: float

    @property
    def is_real(self) -> bool:
        """Whether the interval excludes zero."""
        return self.low > 0 or self.high < 0


def difference_of_intervals(now: Estimate, before: Estimate) -> Difference:
    """The difference of two independent estimates from their own intervals (MOVER).

    Each end of the interval of the difference takes the half-widths of the two intervals on the side that faces it.
    With Wilson intervals this is Newcombe's hybrid score interval (his method 10); with symmetric normal ones, as
    for NPS, it is the ordinary normal interval; with the distribution-free intervals of medians and other quantiles it
    is approximate, and honest about their skewness.

    Raises:
        ValueError: A value lies outside its interval, or something is not finite.

    Source: R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890; G. Y. Zou and A. Donner, Statistics in Medicine
    27 (2008) 1693-1702.

    Example:
        >>> d = difference_of_intervals(Estimate(0.8, 0.6917, 0.8771, 70), Estimate(0.6, 0.4904, 0.7003, 80))
        >>> round(d.low, 3), round(d.high, 3)
        (0.052, 0.334)
    """
    for estimate in (now, before):
        _check(estimate)
    value = now.value - before.value
    below = math.hypot(now.value - now.low, before.high - before.value)
    above = math.hypot(now.high - now.value, before.value - before.low)
    facing = below if value > 0 else above
    return Difference(value, value - below, value + above, two_sided(value, facing / Z95))


def difference_of_means(now: Estimate, before: Estimate) -> Difference | None:
    """Welch's t interval and test from two means with their own t intervals.

    None below two cases, and when neither mean has any spread: cases that are all equal say nothing about chance.

    The standard errors are recovered from the wider half of each interval, because the other half may have been cut
    at the end of the scale.

    Raises:
        ValueError: A value lies outside its interval, or something is not finite.

    Source: B. L. Welch, Biometrika 34 (1947) 28-35.
    """
    from scipy.special import stdtr, stdtrit

    for estimate in (now, before):
        _check(estimate)
    if min(now.n, before.n) < 2:
        return None
    variances = [_variance_of_mean(estimate) for estimate in (now, before)]
    value, error = now.value - before.value, math.sqrt(sum(variances))
    if error == 0:
        return None
    degrees = sum(variances) ** 2 / sum(v**2 / (e.n - 1) for v, e in zip(variances, (now, before), strict=True))
    half = float(stdtrit(degrees, 0.975)) * error
    return Difference(value, value - half, value + half, 2 * float(stdtr(degrees, -abs(value) / error)))


def _check(estimate: Estimate) -> None:
    """Refuse what is no estimate; bounds may miss the value by rounding only."""
    reach = 1e-9 * max(1.0, abs(estimate.value))
    if not (math.isfinite(estimate.value) and math.isfinite(estimate.low) and math.isfinite(estimate.high)) or not (
        estimate.low - reach <= estimate.value <= estimate.high + reach
    ):
        raise ValueError(f"{estimate.value} with an interval of {estimate.low} to {estimate.high} is no estimate")


def _variance_of_mean(estimate: Estimate) -> float:
    from scipy.special import stdtrit

    half = max(estimate.high - estimate.value, estimate.value - estimate.low)
    return (half / float(stdtrit(estimate.n - 1, 0.975))) ** 2


def difference_of_counts(now: float, before: float, *, dispersion: float = 1.0) -> Difference:
    """The difference of two counts over equal spans, quasi-Poisson.

    Args:
        now: Later count.
        before: Earlier count.
        dispersion: Variance divided by mean of such counts; 1 is Poisson. See `dispersion_of_counts`.

    Raises:
        ValueError: A count is negative, the dispersion is not above 0, or something is not finite.

    Source: P. McCullagh and J. A. Nelder, Generalized Linear Models (1989), section 6.2.

    Example:
        >>> difference_of_counts(130, 100).is_real, difference_of_counts(130, 100, dispersion=4.0).is_real
        (True, False)
    """
    if not (0 <= now < math.inf and 0 <= before < math.inf and 0 < dispersion < math.inf):
        raise ValueError(f"counts {now} and {before} with a dispersion of {dispersion}; counts are finite, 0 or more")
    value, error = now - before, math.sqrt(dispersion * (now + before))
    return Difference(value, value - Z95 * error, value + Z95 * error, two_sided(value, error))


def dispersion_of_counts(counts: Sequence[float], *, together: int = 1) -> float:
    """How much more than Poisson a series of counts varies around its straight line; at least 1.

    Pearson's statistic over its degrees of freedom. Fewer than four counts, or a line that is not positive: 1.

    Months of a season are alike, so that quarters differ by more than three independent months would. When the counts
    to be compared are sums of several spans, the sums of so many neighbours are what varies around the line; of a short
    series as many as leave four sums.

    Args:
        counts: Counts of equal spans, oldest first.
        together: How many spans the counts consist of that are to be compared: 3 for quarters on a monthly series.

    Raises:
        ValueError: A count is not finite, or no span is taken together.

    Example:
        >>> dispersion_of_counts([100, 100, 100, 100])
        1.0
    """
    import numpy as np

    values = np.asarray(counts, dtype=float)
    if not np.isfinite(values).all():
        raise ValueError("a count is not finite; leave the span out")
    if together < 1:
        raise ValueError(f"{together} spans are no count; compare counts of at least one")
    if len(values) < 4:
        return 1.0
    together = min(together, len(values) - 3)
    sums = np.convolve(values, np.ones(together), mode="valid")
    steps = np.arange(len(sums))
    line = np.polyval(np.polyfit(steps, sums, 1), steps)
    if line.min() <= 0:
        return 1.0
    # sums that share spans are alike without any season: so many of them would vary freely if the spans did
    shared = np.clip(1 - np.abs(steps[:, None] - steps) / together, 0, None)
    design = np.vander(steps, 2).astype(float)
    free = float(np.trace((np.eye(len(sums)) - design @ np.linalg.pinv(design)) @ shared))
    return max(1.0, float(((sums - line) ** 2 / line).sum() / free))


def dispersion_before(counts: Sequence[float], *, tested: int, together: int | None = None) -> float:
    """The dispersion by which the last spans of a series are judged, without letting them speak for themselves.

    A jump in the spans under test would widen what counts as chance until it hides itself; they are left out. But a
    season that comes at the end of the series is seen nowhere else in it: as long as the last month is, within chance,
    as it was a year before, or nothing is known of a year before, they stay in. So they do when fewer than four others
    remain.

    Args:
        counts: Counts of months, oldest first; the last of them end the period under test.
        tested: How many months at the end are under test.
        together: As in `dispersion_of_counts`; as many as are tested when None.

    Example:
        >>> steps = [100] * 12 + [200]
        >>> dispersion_before(steps, tested=1), round(dispersion_of_counts(steps), 1)
        (1.0, 5.3)
    """
    joined = tested if together is None else together
    before, all_of_them = list(counts[:-tested]), dispersion_of_counts(counts, together=joined)
    if len(counts) <= MONTHS_OF_A_YEAR or len(before) < 4:
        return all_of_them
    a_year_apart = difference_of_counts(
        counts[-1], counts[-1 - MONTHS_OF_A_YEAR], dispersion=dispersion_of_counts(before)
    )
    return dispersion_of_counts(before, together=joined) if a_year_apart.is_real else all_of_them


def difference_by_moving_range(now: float, before: float, series: Sequence[float]) -> Difference | None:
    """The difference of two values that have no interval of their own, against the ordinary variation of their series.

    The spread of one value is the mean moving range / 1.128, as on an XmR chart. None with fewer than six values, or
    when they are all equal: a series that never varied says nothing about how far chance would take it.

    Args:
        now: Later value.
        before: Earlier value.
        series: Values of equal spans, oldest first.

    Raises:
        ValueError: A value is not finite.

    Source: D. J. Wheeler, Understanding Variation (2000).
    """
    if not all(math.isfinite(number) for number in (now, before, *series)):
        raise ValueError("a value is not finite; leave the span out")
    if len(series) < 6 or min(series) == max(series):
        return None
    ranges = [abs(later - earlier) for earlier, later in zip(series, series[1:], strict=False)]
    error = math.sqrt(2) * (sum(ranges) / len(ranges)) / 1.128
    value = now - before
    return Difference(value, value - Z95 * error, value + Z95 * error, two_sided(value, error))


def benjamini_hochberg(p_values: Sequence[float], *, rate: float = 0.10) -> tuple[bool, ...]:
    """Which differences are real when many were looked at: at most `rate` of those named are expected to be false.

    Raises:
        ValueError: A p-value or the rate lies outside 0 to 1.

    Source: Y. Benjamini and Y. Hochberg, Journal of the Royal Statistical Society B 57 (1995) 289-300.

    Example:
        >>> benjamini_hochberg([0.9, 0.001, 0.04], rate=0.10)
        (False, True, True)
    """
    if not all(0 <= number <= 1 for number in (rate, *p_values)):
        raise ValueError("a p-value or the rate lies outside 0 to 1; leave out what could not be tested")
    ordered = sorted(p_values)
    line = -1.0
    for rank, p_value in enumerate(ordered, start=1):
        if p_value <= rate * rank / len(ordered):
            line = p_value
    return tuple(p_value <= line for p_value in p_values)


def two_sided(value: float, error: float) -> float:
    """Two-sided probability, if nothing but chance were at work, of a value so many standard errors from zero."""
    if value == 0:
        return 1.0
    if error == 0:
        return 0.0
    return math.erfc(abs(value) / error / math.sqrt(2))
