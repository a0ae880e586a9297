"""How sure a mean is when cases come in groups that resemble one another, such as the audits of one agent."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from evaluation.statistics.intervals import LEVEL, Interval

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def clustered_mean_interval(
    values: Sequence[float],
    clusters: Sequence[Hashable],
    *,
    lowest: float | None = None,
    highest: float | None = None,
) -> Interval:
    """Cluster-robust t interval for a mean, cut at the bounds of its scale.

    With G clusters and n cases, variance = G / (G - 1) x sum over clusters of (summed residuals)^2 / n^2, and t has
    G - 1 degrees of freedom: what counts is how many groups were seen, not how many cases. When each case is a cluster
    of its own it is Student's interval.

    Source: K.-Y. Liang, S. L. Zeger, Longitudinal data analysis using generalized linear models, Biometrika 73 (1986)
    13-22; degrees of freedom as in A. C. Cameron, D. L. Miller, A practitioner's guide to cluster-robust inference,
    Journal of Human Resources 50 (2015) 317-372.

    Args:
        values: The cases, in any unit and order.
        clusters: To which group each belongs.
        lowest: Lowest possible value.
        highest: Highest possible value.

    Raises:
        ValueError: There are not as many clusters named as there are values, or a value is not finite.

    Example:
        >>> clustered_mean_interval([1, 2, 3, 4], ["a", "a", "b", "b"])
        Interval(low=-10.20..., high=15.20..., undefined_because=None)
        >>> clustered_mean_interval([1, 2, 3], ["a", "a", "a"]).undefined_because
        'all cases are of one group, which says nothing about the others'
    """
    if len(values) != len(clusters):
        raise ValueError(f"{len(values)} values and {len(clusters)} clusters; name the cluster of each value")
    if not np.isfinite(np.asarray(values, dtype=float)).all():
        raise ValueError("a value is not finite; leave the case out or mend it")
    if not len(values):
        return Interval.undefined("there are no cases")
    codes: dict[Hashable, int] = {}
    own = np.array([codes.setdefault(cluster, len(codes)) for cluster in clusters])
    samples = _Samples.of(np.asarray(values, dtype=float), own, np.zeros(len(values), dtype=np.int64))
    if samples.groups[0] == 1:
        return Interval.undefined("all cases are of one group, which says nothing about the others")
    if not samples.differ[0]:
        return Interval.undefined("the groups do not differ, so that their spread cannot be told")
    low, high = samples.bounds(lowest, highest)
    return Interval(float(low[0]), float(high[0]))


def clustered_mean_bounds(
    values: ArrayLike,
    clusters: ArrayLike,
    samples: ArrayLike,
    *,
    lowest: float | None = None,
    highest: float | None = None,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """`clustered_mean_interval` for many samples at once; a case may lie in several of them.

    Args:
        values: The cases of all samples.
        clusters: Number of the group that each belongs to, from 0 on.
        samples: Number of the sample that each lies in, from 0 on; each number occurs.
        lowest: Lowest possible value.
        highest: Highest possible value.

    Returns:
        For each sample the sum of its cases and the bounds of their mean; NaN where there is no interval. The order of
        cases changes no digit.

    Example:
        >>> [column.tolist() for column in clustered_mean_bounds([1, 2, 3, 4, 9], [0, 0, 1, 1, 0], [0, 0, 0, 0, 1])]
        [[10.0, 9.0], [-10.20..., nan], [15.20..., nan]]
    """
    codes = (np.asarray(clusters, dtype=np.int64), np.asarray(samples, dtype=np.int64))
    found = _Samples.of(np.asarray(values, dtype=float), *codes)
    low, high = found.bounds(lowest, highest)
    return found.sums, np.where(found.differ, low, np.nan), np.where(found.differ, high, np.nan)


@dataclass(frozen=True, slots=True)
class _Samples:
    """What is known of each sample: the sum and number of its cases, of how many groups, and the error of its mean."""

    sums: FloatArray
    sizes: IntArray
    groups: IntArray
    errors: FloatArray

    @classmethod
    def of(cls, values: FloatArray, clusters: IntArray, samples: IntArray) -> _Samples:
        width = int(clusters.max(initial=0)) + 1
        pairs, group_of = np.unique(samples * width + clusters, return_inverse=True)
        sample_of = pairs // width
        sums, sizes, groups = _added(values, samples), np.bincount(samples), np.bincount(sample_of)
        residuals = _added(values, group_of) - np.bincount(group_of) * (sums / sizes)[sample_of]
        with np.errstate(divide="ignore", invalid="ignore"):
            errors = np.sqrt(groups / (groups - 1) * _added(residuals**2, sample_of)) / sizes
        return cls(sums, sizes, groups, errors)

    @property
    def differ(self) -> NDArray[np.bool_]:
        """Whether there are groups, and their spread is more than what rounding leaves."""
        return (self.groups > 1) & (self.errors > _ROUNDING * np.maximum(1.0, np.abs(self.sums / self.sizes)))

    def bounds(self, lowest: float | None, highest: float | None) -> tuple[FloatArray, FloatArray]:
        means, half = self.sums / self.sizes, stdtrit(self.groups - 1, 0.5 + LEVEL / 2) * self.errors
        return np.clip(means - half, lowest, None), np.clip(means + half, None, highest)


def _added(numbers: FloatArray, codes: IntArray) -> FloatArray:
    """Sums by code, from the least number on: the order of cases changes no digit."""
    order = np.lexsort((numbers, codes))
    firsts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    sums: FloatArray = np.add.reduceat(numbers[order].astype(np.longdouble), firsts).astype(float)
    return sums


_ROUNDING = 1e-12
"""A standard error below this, relative to the mean, is only what rounding leaves."""
