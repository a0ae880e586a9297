"""How sure a figure is: 95 % intervals for shares, means, quantiles and the Net Promoter Score.

Every method comes twice: for one figure (a frozen `Interval` that says why it is undefined) and for columns of a frame
(`…_bounds`, two arrays with NaN where it is undefined). Both are the same arithmetic.

Quantiles of the normal, Student's t and binomial distributions come from `scipy.special` (`ndtri`, `stdtrit`,
`betainc`): the same code that `scipy.stats` and `statsmodels` stand on, without their 0.9 s and 1.7 s of importing,
which every run would pay.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, ndtri, stdtrit

LEVEL = 0.95
"""Confidence level of every interval in the report."""

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval, or the reason for having none.

    Attributes:
        low: Lower bound, in the unit of the figure; None when undefined.
        high: Upper bound; None when undefined.
        undefined_because: Why there is no interval, a clause in English; None when there is one.
    """

    low: float | None
    high: float | None
    undefined_because: str | None = None

    @classmethod
    def undefined(cls, because: str) -> Interval:
        """No interval, because …"""
        return cls(None, None, because)

    @property
    def is_defined(self) -> bool:
        """Whether there are bounds."""
        return self.undefined_because is None


def effective_size(weights: ArrayLike) -> float:
    """How many equally weighted answers carry as much information, (sum w)^2 / sum w^2.

    Source: L. Kish, Survey Sampling (1965), 11.7.

    Args:
        weights: Non-negative weights, one per answer.

    Returns:
        Between 1 and the number of answers; 0 when all weights are zero or there are none.

    Raises:
        ValueError: A weight is negative or not finite.

    Example:
        >>> effective_size([1, 1, 1, 1]), effective_size([3, 1]), effective_size([0, 0])
        (4.0, 1.6, 0.0)
    """
    w = np.asarray(weights, dtype=float)
    if not (np.isfinite(w).all() and (w >= 0).all()):
        raise ValueError("a weight is negative or not finite; leave the answer out or mend it")
    squares = float(np.sum(w * w))
    return float(np.sum(w)) ** 2 / squares if squares > 0 else 0.0


def wilson_interval(numerator: float, denominator: float, *, effective_n: float | None = None) -> Interval:
    """Wilson score interval for a share.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927) 209-212;
    recommended for all n in Brown, Cai, DasGupta, Statistical Science 16 (2001) 101-133.

    Args:
        numerator: Successes (or their summed weight), 0 <= numerator <= denominator.
        denominator: Cases (or their summed weight).
        effective_n: `effective_size` of the weights; the denominator itself when the cases have none.

    Raises:
        ValueError: The numerator lies outside 0..denominator, or a size is not finite.

    Example:
        >>> wilson_interval(81, 263)  # Newcombe, Statistics in Medicine 17 (1998) 857-872: 0.2553 to 0.3662
        Interval(low=0.2552..., high=0.3662..., undefined_because=None)
        >>> wilson_interval(0, 0).undefined_because
        'there are no cases'
    """
    if not 0 <= numerator <= max(denominator, 0):
        raise ValueError(f"{numerator} of {denominator} is no share; count the numerator inside the denominator")
    size = denominator if effective_n is None else effective_n
    if not (math.isfinite(denominator) and math.isfinite(size)):
        raise ValueError(f"{denominator} cases, effectively {size}: give finite numbers")
    if denominator == 0 or size <= 0:
        return Interval.undefined("there are no cases")
    low, high = wilson_bounds([numerator / denominator], [size])
    return Interval(float(low[0]), float(high[0]))


def wilson_bounds(share: ArrayLike, size: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """`wilson_interval` for columns: shares 0..1 and (effective) sizes; NaN where the size is 0 or missing."""
    p, n = _columns(share, size)
    n = np.where(n > 0, n, np.nan)
    z = float(ndtri(0.5 + LEVEL / 2))
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(np.clip(p * (1 - p), 0, None) / n + z * z / (4 * n * n))
    # rounding must not push a bound past the value it belongs to when the share is exactly 0 or 1
    return np.clip(np.where(p == 0, 0.0 * n, centre - half), 0, 1), np.clip(
        np.where(p == 1, 1.0 + 0.0 * n, centre + half), 0, 1
    )


def mean_interval(
    values: Sequence[float],
    *,
    weights: Sequence[float] | None = None,
    lowest: float | None = None,
    highest: float | None = None,
) -> Interval:
    """Student's t interval for a mean, cut at the bounds of its scale.

    With weights, the variance is the weighted one and the degrees of freedom come from the effective size.

    Source: Student, The probable error of a mean, Biometrika 6 (1908) 1-25; weights as in Kish (1965).

    Args:
        values: The cases, in any unit.
        weights: How many respondents each stands for; None when all count once.
        lowest: Lowest possible value (0 for a duration, 1 on a scale of 1 to 5).
        highest: Highest possible value.

    Raises:
        ValueError: A value or weight is not finite, a weight is negative, or there are not as many of them.

    Example:
        >>> mean_interval([5.1, 4.9, 5.6, 5.0, 4.4])
        Interval(low=4.46..., high=5.53..., undefined_because=None)
        >>> mean_interval([5, 5, 4], highest=5).high
        5.0
        >>> mean_interval([5]).undefined_because
        'one case says nothing about the spread'
        >>> mean_interval([5, 5, 5]).undefined_because
        'all cases are equal, so that their spread cannot be told'
    """
    x, w = _cases(values, weights)
    size = effective_size(w)
    if size == 0:
        return Interval.undefined("there are no cases")
    if size <= 1:
        return Interval.undefined("one case says nothing about the spread")
    mean = float(np.sum(w * x) / np.sum(w))
    spread = float(np.sqrt(np.sum(w * (x - mean) ** 2) / np.sum(w) * size / (size - 1)))
    if spread == 0 or np.ptp(x[w > 0]) == 0:
        return Interval.undefined("all cases are equal, so that their spread cannot be told")
    low, high = _students(np.array([mean]), np.array([spread]), np.array([size]), lowest, highest)
    return Interval(float(low[0]), float(high[0]))


def mean_bounds(
    mean: ArrayLike,
    deviation: ArrayLike,
    size: ArrayLike,
    *,
    lowest: float | FloatArray | None = None,
    highest: float | None = None,
) -> tuple[FloatArray, FloatArray]:
    """`mean_interval` for columns: means, standard deviations (n - 1) and (effective) sizes.

    NaN where the size is 1 or less, or where there is no deviation beyond what the rounding of sums of squares leaves.
    """
    m, s, n = _columns(mean, deviation, size)
    n = np.where((n > 1) & (s > _ROUNDING * np.abs(m)), n, np.nan)
    return _students(m, s, n, lowest, highest)


def _students(
    mean: FloatArray,
    deviation: FloatArray,
    size: FloatArray,
    lowest: float | FloatArray | None,
    highest: float | None,
) -> tuple[FloatArray, FloatArray]:
    half = stdtrit(size - 1, 0.5 + LEVEL / 2) * deviation / np.sqrt(size)
    return np.clip(mean - half, lowest, None), np.clip(mean + half, None, highest)


def quantile_ranks(sizes: ArrayLike, fraction: float) -> tuple[IntArray, IntArray]:
    """Ranks of the two order statistics that enclose a quantile, for columns of sample sizes.

    With B ~ Binomial(n, fraction), the largest l with P(B < l) <= 2.5 % and the smallest u with P(B >= u) <= 2.5 %: the
    l-th and u-th smallest values enclose the quantile with a probability of at least 95 %, whatever the distribution.

    Source: W. J. Conover, Practical Nonparametric Statistics, 3rd ed. (1999), 3.2; H. A. David, H. N. Nagaraja, Order
    Statistics, 3rd ed. (2003), 7.1.

    Args:
        sizes: Sample sizes.
        fraction: 0.5 for the median, 0.9 for p90.

    Returns:
        Ranks counted from 1; 0 where the sample is too small to have a bound on that side.

    Raises:
        ValueError: The fraction does not lie between 0 and 1, or a size is negative.

    Example:
        >>> [rank.tolist() for rank in quantile_ranks([5, 6, 10, 100], 0.5)]
        [[0, 1, 2, 40], [0, 6, 9, 61]]
    """
    n = np.asarray(sizes, dtype=np.int64)
    _refuse_no_fraction(fraction)
    if (n < 0).any():
        raise ValueError("a sample has fewer than no cases; count it again")
    distinct, back = np.unique(n, return_inverse=True)
    low = _lower_rank(distinct, fraction)
    mirrored = _lower_rank(distinct, 1 - fraction)
    high = np.where(mirrored > 0, distinct + 1 - mirrored, 0)
    return low[back].reshape(n.shape), high[back].reshape(n.shape)


def smallest_sample(fraction: float) -> int:
    """How many cases a quantile needs before its interval has both bounds: fraction^n and (1 - fraction)^n <= 2.5 %.

    Raises:
        ValueError: The fraction does not lie between 0 and 1.

    Example:
        >>> smallest_sample(0.5), smallest_sample(0.9), smallest_sample(0.999)
        (6, 36, 3688)
    """
    _refuse_no_fraction(fraction)
    return math.ceil(math.log((1 - LEVEL) / 2) / math.log(max(fraction, 1 - fraction)))


def quantile_interval(values: Sequence[float], fraction: float) -> Interval:
    """Distribution-free interval for a quantile, from the sample's own order statistics (see `quantile_ranks`).

    Args:
        values: The cases, in any unit and order.
        fraction: 0.5 for the median, 0.9 for p90.

    Raises:
        ValueError: A value is not finite, or the fraction does not lie between 0 and 1.

    Example:
        >>> quantile_interval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.5)
        Interval(low=2.0, high=9.0, undefined_because=None)
        >>> quantile_interval([1, 2, 3], 0.5).undefined_because
        'too few: 3 cases, 6 are needed'
    """
    _refuse_no_fraction(fraction)
    ordered = sorted(_cases(values, None)[0])
    if not ordered:
        return Interval.undefined("there are no cases")
    low, high = quantile_ranks([len(ordered)], fraction)
    if low[0] == 0 or high[0] == 0:
        return Interval.undefined(f"too few: {len(ordered)} cases, {smallest_sample(fraction)} are needed")
    return Interval(float(ordered[low[0] - 1]), float(ordered[high[0] - 1]))


def nps_interval(scores: Sequence[float], *, weights: Sequence[float] | None = None) -> Interval:
    """Interval for the Net Promoter Score, in points from -100 to 100.

    Promoters and detractors are two cells of one multinomial: se = sqrt((p + d - (p - d)^2) / n). Where all answers
    fall into one group that estimate is zero, which is no certainty, and the score interval is given instead.

    Source: variance of a difference of multinomial shares, A. Agresti, Categorical Data Analysis, 3rd ed. (2013), 1.4;
    for NPS (the Wald and the score interval): B. Rocks, Interval Estimation for the Net Promoter Score, The American
    Statistician 70 (2016) 365-372; the score interval of p - d: T. Tango, Statistics in Medicine 17 (1998) 891-908.

    Args:
        scores: Answers on the scale 0 to 10.
        weights: How many respondents each answer stands for; None when all count once.

    Raises:
        ValueError: An answer lies outside 0 to 10, a weight is negative or not finite, or there are not as many.

    Example:
        >>> nps_interval([10] * 50 + [8] * 30 + [3] * 20)
        Interval(low=14.69..., high=45.30..., undefined_because=None)
        >>> nps_interval([10] * 30)
        Interval(low=77.29..., high=100.0, undefined_because=None)
    """
    x, w = _cases(scores, weights)
    if ((x < 0) | (x > 10)).any():
        raise ValueError("an answer lies outside the scale of 0 to 10; turn it into that scale or leave it out")
    size = effective_size(w)
    if size == 0:
        return Interval.undefined("there are no cases")
    promoters = float(np.sum(w[x >= 9]) / np.sum(w))
    detractors = float(np.sum(w[x <= 6]) / np.sum(w))
    low, high = nps_bounds([promoters], [detractors], [size])
    return Interval(float(low[0]), float(high[0]))


def nps_bounds(promoters: ArrayLike, detractors: ArrayLike, size: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """`nps_interval` for columns: shares of promoters and detractors and (effective) sizes, in points.

    NaN where the size is 0 or missing.
    """
    p, d, n = _columns(promoters, detractors, size)
    n = np.where(n > 0, n, np.nan)
    variance = np.clip(p + d - (p - d) ** 2, 0, None)
    half = float(ndtri(0.5 + LEVEL / 2)) * np.sqrt(variance / n)
    score_low, score_high = _score_bounds_of_one_group(np.round(p - d), n)
    # a weighted share of one group is 1 only up to rounding
    is_one_group = variance <= 1e-12
    low = np.where(is_one_group, score_low, np.clip(p - d - half, -1, 1))
    return 100 * low, 100 * np.where(is_one_group, score_high, np.clip(p - d + half, -1, 1))


def _score_bounds_of_one_group(sign: FloatArray, n: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Score interval of p - d when all answers are promoters (1), passives (0) or detractors (-1).

    With p - d fixed at t, the likelihood of n promoters is greatest at p = (1 + t) / 2 and d = (1 - t) / 2, so that
    (1 - t)^2 n <= z^2 (1 - t^2) holds from t = (n - z^2) / (n + z^2) on: twice Wilson's lower bound of n in n, less
    one. That of n passives is greatest with no answer on the other side, and t reaches z^2 / (n + z^2).
    """
    z2 = float(ndtri(0.5 + LEVEL / 2)) ** 2
    edge, reach = (n - z2) / (n + z2), z2 / (n + z2)
    low = np.where(sign > 0, edge, np.where(sign < 0, -1 + 0 * n, -reach))
    return low, np.where(sign > 0, 1 + 0 * n, np.where(sign < 0, -edge, reach))


def _cases(values: Sequence[float], weights: Sequence[float] | None) -> tuple[FloatArray, FloatArray]:
    x = np.asarray(values, dtype=float)
    w = np.ones_like(x) if weights is None else np.asarray(weights, dtype=float)
    if x.shape != w.shape:
        raise ValueError(f"{len(x)} values and {len(w)} weights; give one for each")
    if not np.isfinite(x).all():
        raise ValueError("a value is not finite; leave the case out or mend it")
    return x, w


def _refuse_no_fraction(fraction: float) -> None:
    if not 0 < fraction < 1:
        raise ValueError(f"{fraction} is no fraction; give one between 0 and 1")


_ROUNDING = 1e-7
"""A standard deviation below this part of the mean is only what the rounding of sums of squares leaves."""


def _columns(*columns: ArrayLike) -> tuple[Any, ...]:
    return tuple(np.asarray(column, dtype=float) for column in columns)


def _lower_rank(sizes: IntArray, fraction: float) -> IntArray:
    """The largest l with P(B < l) <= (1 - LEVEL) / 2; 0 where even l = 1 is too likely."""
    tail = (1 - LEVEL) / 2
    n = sizes.astype(float)
    guess = np.floor(n * fraction + float(ndtri(tail)) * np.sqrt(n * fraction * (1 - fraction)))
    rank = np.clip(guess, 0, n)
    while (too_high := (rank > 0) & (_below(rank, n, fraction) > tail)).any():
        rank = rank - too_high
    while (too_low := (rank < n) & (_below(rank + 1, n, fraction) <= tail)).any():
        rank = rank + too_low
    return rank.astype(np.int64)


def _below(rank: FloatArray, n: FloatArray, fraction: float) -> FloatArray:
    """P(B < rank) for B ~ Binomial(n, fraction), as a regularised incomplete beta function; 0 at rank 0."""
    k = np.clip(rank, 1, np.maximum(n, 1))
    return np.where(rank > 0, betainc(np.maximum(n, 1) - k + 1, k, 1 - fraction), 0.0)
