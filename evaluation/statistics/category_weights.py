"""How nearly two points of a scale agree, from 0 to 1, and which points there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
AgreementWeights = Literal["identity", "linear", "quadratic", "ordinal"]
Unused = Literal["counted", "dropped"]


def categories_of(ratings: FloatArray, scale: Sequence[float] | None = None, unused: Unused = "counted") -> FloatArray:
    """The points that count, ascending.

    Args:
        ratings: What was given, NaN for gaps.
        scale: All points that could be given; those that were given when left out.
        unused: Whether points of `scale` that nobody gave are `counted` or `dropped`.

    Raises:
        ValueError: A rating is not on `scale`, or `unused` is neither of its words.

    Example:
        >>> given = np.array([[1.0, 3.0], [3.0, np.nan]])
        >>> categories_of(given, [1, 2, 3]).tolist(), categories_of(given, [1, 2, 3], "dropped").tolist()
        ([1.0, 2.0, 3.0], [1.0, 3.0])
    """
    if unused not in get_args(Unused):
        raise ValueError(f"{unused!r} says nothing about unused points; write one of: {', '.join(get_args(Unused))}")
    used = np.unique(ratings[~np.isnan(ratings)])
    if scale is None:
        return used
    points = np.unique(np.asarray(scale, dtype=float))
    strange = np.setdiff1d(used, points)
    if len(strange):
        raise ValueError(f"the rating {strange[0]:g} is not on the scale {points.tolist()}; name every possible point")
    return points if unused == "counted" else used


def places_of(points: FloatArray, unused: Unused) -> FloatArray:
    """Where the points lie: at their own values, or one step apart when those between them are dropped.

    Example:
        >>> places_of(np.array([1.0, 3.0]), "counted").tolist(), places_of(np.array([1.0, 3.0]), "dropped").tolist()
        ([1.0, 3.0], [0.0, 1.0])
    """
    return points if unused == "counted" else np.arange(len(points), dtype=float)


def agreement_weights(points: FloatArray, weights: AgreementWeights | ArrayLike) -> FloatArray:
    """Points by points: 1 where they are the same, less the farther they are apart.

    `linear` 1 - |a - b| / range and `quadratic` 1 - (a - b)^2 / range^2 measure the points themselves; `ordinal` counts
    the pairs of points between two, 1 - C(k, 2) / C(q, 2) for points k - 1 steps apart on a scale of q.

    Source: K. L. Gwet, Handbook of Inter-Rater Reliability, 4th ed. (2014), 3.5.

    Args:
        points: The points, ascending.
        weights: A named set, or a symmetric matrix that fits the points.

    Raises:
        ValueError: An unknown name, or a matrix of another size, without ones on its diagonal, or not finite.

    Example:
        >>> agreement_weights(np.array([1.0, 2.0, 3.0]), "linear").tolist()
        [[1.0, 0.5, 0.0], [0.5, 1.0, 0.5], [0.0, 0.5, 1.0]]
    """
    if not isinstance(weights, str):
        matrix = np.asarray(weights, dtype=float)
        if matrix.shape != (len(points), len(points)):
            raise ValueError(f"{len(points)} points need as many rows and columns of weights, not {matrix.shape}")
        if not np.isfinite(matrix).all() or not (np.diag(matrix) == 1).all():
            raise ValueError("a weight is not finite, or a point does not agree with itself; the diagonal is 1")
        return matrix
    if weights not in get_args(AgreementWeights):
        raise ValueError(f"there are no {weights!r} weights; write one of: {', '.join(get_args(AgreementWeights))}")
    if weights == "identity" or len(points) == 1:
        return np.eye(len(points))
    if weights == "ordinal":
        place = np.arange(len(points), dtype=float)
        between = np.abs(place[:, None] - place) + 1
        return 1 - between * (between - 1) / (len(points) * (len(points) - 1))
    apart = np.abs(points[:, None] - points) / (points[-1] - points[0])
    return 1 - apart if weights == "linear" else 1 - apart**2
