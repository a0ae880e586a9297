"""Did a duration change? The Hodges-Lehmann shift with the Mann-Whitney test, on the raw values of two periods."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluation.statistics.change import Z95

FEWEST = 5
"""With fewer values on a side the normal approximation of the ranks is not to be trusted."""


@dataclass(frozen=True, slots=True)
class Shift:
    """By how much one sample lies above another.

    Attributes:
        value: Median of all differences later − earlier, in the unit of the values; None when undefined.
        low: Lower end of its 95 % interval.
        high: Upper end.
        p_value: Two-sided, of the Mann-Whitney test with ties and continuity corrected.
        undefined_because: Why nothing can be said, a clause in English; None when it can.
    """

    value: float | None
    low: float | None
    high: float | None
    p_value: float | None
    undefined_because: str | None = None

    @property
    def is_real(self) -> bool:
        """Whether the test tells the samples apart at 5 %."""
        return self.p_value is not None and self.p_value < 0.05


def hodges_lehmann(now: ArrayLike, before: ArrayLike) -> Shift:
    """The shift of `now` against `before`, in time proportional to n log n, exact to the last bit.

    The differences are never listed: the k-th smallest is found by halving the range of values and counting the pairs
    below, on sorted samples. The ends of the interval are the differences whose ranks the normal approximation of the
    rank sum leaves out on either side, with the variance reduced for ties.

    Source: J. L. Hodges and E. L. Lehmann, Annals of Mathematical Statistics 34 (1963) 598-611; H. B. Mann and D. R.
    Whitney, ibid. 18 (1947) 50-60; M. Hollander, D. Wolfe, E. Chicken, Nonparametric Statistical Methods (2014), 4.

    Args:
        now: (n,) later values.
        before: (m,) earlier values.

    Raises:
        ValueError: A value is not finite.

    Example:
        >>> shift = hodges_lehmann([12, 14, 15, 17, 19, 20], [10, 11, 13, 14, 16, 18])
        >>> shift.value, shift.is_real
        (2.5, False)
    """
    later, earlier = np.sort(np.asarray(now, dtype=float)), np.sort(np.asarray(before, dtype=float))
    if not (np.isfinite(later).all() and np.isfinite(earlier).all()):
        raise ValueError("a value is not finite; leave the case out or mend it")
    if min(len(later), len(earlier)) < FEWEST:
        return Shift(None, None, None, None, f"fewer than {FEWEST} values on a side")
    pairs = len(later) * len(earlier)
    spread = _spread_of_ranks(later, earlier)
    if spread == 0:
        return Shift(0.0, 0.0, 0.0, 1.0)  # all values are equal, now and before
    median = (_ranked(later, earlier, (pairs + 1) // 2) + _ranked(later, earlier, pairs // 2 + 1)) / 2
    left_out = max(1, math.floor(pairs / 2 - Z95 * spread + 0.5))
    low, high = _ranked(later, earlier, left_out), _ranked(later, earlier, pairs + 1 - left_out)
    return Shift(median, low, high, _p_value(later, earlier, spread))


def _p_value(later: NDArray[np.float64], earlier: NDArray[np.float64], spread: float) -> float:
    """Two-sided; U counts pairs in which the later value is larger, ties half."""
    below = np.searchsorted(earlier, later, side="left").sum()
    up_to = np.searchsorted(earlier, later, side="right").sum()
    distance = abs((below + up_to) / 2 - len(later) * len(earlier) / 2)
    return min(1.0, math.erfc(max(distance - 0.5, 0.0) / spread / math.sqrt(2)))


def _spread_of_ranks(later: NDArray[np.float64], earlier: NDArray[np.float64]) -> float:
    """Standard deviation of U when the samples come from one distribution."""
    n, m = len(later), len(earlier)
    _, ties = np.unique(np.concatenate([later, earlier]), return_counts=True)
    tied = float(((ties.astype(float) ** 3) - ties).sum()) / ((n + m) * (n + m - 1))
    return math.sqrt(max(n * m / 12 * (n + m + 1 - tied), 0.0))


def _ranked(later: NDArray[np.float64], earlier: NDArray[np.float64], rank: int) -> float:
    """The difference later − earlier of that rank, counted from 1: the smallest d with so many pairs at or below it.

    Halving ends between two neighbouring numbers; the upper one is within rounding of a difference, so the nearest
    actual difference is taken.
    """
    low, high = later[0] - earlier[-1], later[-1] - earlier[0]
    if _pairs_up_to(later, earlier, low) >= rank:
        return float(low)
    while True:
        middle = low + (high - low) / 2
        if not low < middle < high:
            return _nearest(later, earlier, high)
        if _pairs_up_to(later, earlier, middle) >= rank:
            high = middle
        else:
            low = middle


def _pairs_up_to(later: NDArray[np.float64], earlier: NDArray[np.float64], difference: float) -> int:
    return int(len(earlier) * len(later) - np.searchsorted(earlier, later - difference, side="left").sum())


def _nearest(later: NDArray[np.float64], earlier: NDArray[np.float64], difference: float) -> float:
    places = np.searchsorted(earlier, later - difference)
    around: Callable[[int], NDArray[np.float64]] = lambda shift: (  # noqa: E731
        later - earlier[np.clip(places + shift, 0, len(earlier) - 1)]
    )
    candidates = np.concatenate([around(-1), around(0)])
    return float(candidates[np.argmin(np.abs(candidates - difference))])
