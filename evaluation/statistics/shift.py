"""Did a duration change? The Hodges-Lehmann shift with the Mann-Whitney test, on the raw values of two periods."""

from __future__ import annotations

import math
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
        superiority: The share of pairs in which the later value is the larger one, ties counted half; 0.5 when neither
            sample lies above the other. With many ties it tells a direction where the median of the differences is 0.
        undefined_because: Why nothing can be said, a clause in English; None when it can.
    """

    value: float | None
    low: float | None
    high: float | None
    p_value: float | None
    undefined_because: str | None = None
    superiority: float | None = None

    @property
    def is_real(self) -> bool:
        """Whether the test tells the samples apart at 5 %."""
        return self.p_value is not None and self.p_value < 0.05


def hodges_lehmann(now: ArrayLike, before: ArrayLike) -> Shift:
    """The shift of `now` against `before`, in time proportional to n log n, exact to the rounding of one difference.

    Of all the differences only those near a rank are ever listed. The ends of the interval are the differences whose
    ranks the normal approximation of the rank sum leaves out on either side, with the variance reduced for ties.

    Where many values are equal (waits of no seconds) the median of the differences and both ends can be 0 although the
    test tells the samples apart; `superiority` then says which of them lies higher.

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
        return Shift(0.0, 0.0, 0.0, 1.0, superiority=0.5)  # all values are equal, now and before
    later, earlier, unit = _whole(later, earlier)
    median = _median(later, earlier)
    left_out = max(1, math.floor(pairs / 2 - Z95 * spread + 0.5))
    low, high = _ranked(later, earlier, left_out), _ranked(later, earlier, pairs + 1 - left_out)
    superiority = _superiority(later, earlier)
    distance = max(abs(superiority - 0.5) * pairs - 0.5, 0.0)
    p_value = min(1.0, math.erfc(distance / spread / math.sqrt(2)))
    return Shift(median / unit, low / unit, high / unit, p_value, superiority=superiority)


_MICRO = 1_000_000.0


def _whole(
    later: NDArray[np.float64], earlier: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """The values as whole millionths when that is what they are, with how many make one.

    Differences of whole numbers are exact, so that equal ones count as equal; in fractions 0.3 − 0.2 is not 0.2 − 0.1.
    """
    wholes = [np.rint(values * _MICRO) for values in (later, earlier)]
    fit = all(np.abs(whole).max() < 2**52 for whole in wholes)
    if fit and all(np.array_equal(whole / _MICRO, own) for whole, own in zip(wholes, (later, earlier), strict=True)):
        return wholes[0], wholes[1], _MICRO
    return later, earlier, 1.0


def _median(later: NDArray[np.float64], earlier: NDArray[np.float64]) -> float:
    """The median of all differences; of an even number the mean of the two in the middle, which are mostly equal."""
    pairs = len(later) * len(earlier)
    lower = _ranked(later, earlier, (pairs + 1) // 2)
    up_to = pairs - int(np.searchsorted(earlier, later - lower, side="left").sum())
    return lower if up_to >= pairs // 2 + 1 else (lower + _ranked(later, earlier, pairs // 2 + 1)) / 2


def _superiority(later: NDArray[np.float64], earlier: NDArray[np.float64]) -> float:
    """The share of pairs in which the later value is larger, ties half: U over all pairs."""
    below = int(np.searchsorted(earlier, later, side="left").sum())
    up_to = int(np.searchsorted(earlier, later, side="right").sum())
    return (below + up_to) / 2 / (len(later) * len(earlier))


def _spread_of_ranks(later: NDArray[np.float64], earlier: NDArray[np.float64]) -> float:
    """Standard deviation of U when the samples come from one distribution."""
    n, m = len(later), len(earlier)
    _, ties = np.unique(np.concatenate([later, earlier]), return_counts=True)
    tied = float(((ties.astype(float) ** 3) - ties).sum()) / ((n + m) * (n + m - 1))
    return math.sqrt(max(n * m / 12 * (n + m + 1 - tied), 0.0))


def _ranked(later: NDArray[np.float64], earlier: NDArray[np.float64], rank: int) -> float:
    """The difference later − earlier of that rank, counted from 1.

    Of each later value the candidates are a run of earlier ones. Evenly spread pairs of them are looked at, and the
    runs are cut to what lies between two of these that are likely to enclose the rank; few cuts leave few pairs, which
    are listed.
    """
    first, after = np.zeros(len(later), dtype=np.int64), np.full(len(later), len(earlier), dtype=np.int64)
    listed = _LISTED + 4 * (len(later) + len(earlier))
    while (total := int((after - first).sum())) > listed:
        known = int(len(later) * len(earlier) - after.sum())
        looked_at = np.sort(_spread_pairs(later, earlier, first, after))
        place = (rank - known) / total * len(looked_at)
        for side in (-1, 1):
            pivot = looked_at[int(np.clip(place + side * _MARGIN, 0, len(looked_at) - 1))]
            below = np.searchsorted(earlier, later - pivot, side="right")
            up_to = np.searchsorted(earlier, later - pivot, side="left")
            pairs_below, pairs_up_to = (len(later) * len(earlier) - int(cut.sum()) for cut in (below, up_to))
            if pairs_below < rank <= pairs_up_to:
                return float(pivot)
            if rank <= pairs_below:
                first = np.maximum(first, below)
            else:
                after = np.minimum(after, up_to)
        if int((after - first).sum()) == total or (after < first).any():
            return float(pivot)  # what is left differs by rounding only
    known = int(len(later) * len(earlier) - after.sum())
    rows, columns = _pairs(first, after, np.arange(total))
    place = min(max(rank - known, 1), total) - 1
    return float(np.partition(later[rows] - earlier[columns], place)[place])


_LISTED = 20_000
"""So many pairs are listed rather than cut again, however small the samples."""
_LOOKED_AT, _MARGIN = 1_024, 64
"""How many pairs are looked at, and how far on either side of the rank's place among them the runs are cut."""


def _spread_pairs(
    later: NDArray[np.float64], earlier: NDArray[np.float64], first: NDArray[np.int64], after: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The differences of evenly spread candidates."""
    total = int((after - first).sum())
    rows, columns = _pairs(first, after, np.linspace(0, total - 1, _LOOKED_AT).astype(np.int64))
    return np.asarray(later[rows] - earlier[columns])


def _pairs(
    first: NDArray[np.int64], after: NDArray[np.int64], places: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of the later and of the earlier value of the n-th candidates, counted run by run."""
    ends = np.cumsum(after - first)
    rows = np.searchsorted(ends, places, side="right")
    return rows, first[rows] + places - (ends - (after - first))[rows]
