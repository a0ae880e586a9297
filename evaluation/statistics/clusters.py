"""How sure a mean is when cases come in groups that resemble one another, such as the audits of one agent."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from math import fsum

import numpy as np
from scipy.special import stdtrit

from evaluation.statistics.intervals import LEVEL, Interval


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
        ValueError: There are not as many clusters named as there are values.

    Example:
        >>> clustered_mean_interval([1, 2, 3, 4], ["a", "a", "b", "b"])
        Interval(low=-10.20..., high=15.20..., undefined_because=None)
        >>> clustered_mean_interval([1, 2, 3], ["a", "a", "a"]).undefined_because
        'all cases are of one group, which says nothing about the others'
    """
    if len(values) != len(clusters):
        raise ValueError(f"{len(values)} values and {len(clusters)} clusters; name the cluster of each value")
    if not len(values):
        return Interval.undefined("there are no cases")
    by_cluster: dict[Hashable, list[float]] = {}
    for value, cluster in zip(values, clusters, strict=True):
        by_cluster.setdefault(cluster, []).append(float(value))
    if len(by_cluster) == 1:
        return Interval.undefined("all cases are of one group, which says nothing about the others")
    # exact sums, so that the order of cases changes no digit
    mean = fsum(map(float, values)) / len(values)
    squares = fsum((fsum(own) - len(own) * mean) ** 2 for own in by_cluster.values())
    groups = len(by_cluster)
    error = float(np.sqrt(groups / (groups - 1) * squares)) / len(values)
    if error <= _ROUNDING * max(1.0, abs(mean)):
        return Interval.undefined("the groups do not differ, so that their spread cannot be told")
    half = float(stdtrit(groups - 1, 0.5 + LEVEL / 2)) * error
    low, high = np.clip(mean - half, lowest, None), np.clip(mean + half, None, highest)
    return Interval(float(low), float(high))


_ROUNDING = 1e-12
"""A standard error below this, relative to the mean, is only what rounding leaves."""
