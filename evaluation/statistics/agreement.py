"""How far people who judge the same things agree: percent agreement, the kappas, Krippendorff's alpha, Gwet's AC.

Ratings are a table of units (rows) by raters (columns); a gap is NaN. What is not defined for the ratings at hand is an
`Agreement` without a value that says why, never a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluation.statistics.category_weights import (
    AgreementWeights,
    Unused,
    agreement_weights,
    categories_of,
    places_of,
)

FloatArray = NDArray[np.float64]
Level = Literal["nominal", "ordinal", "interval", "ratio"]

NO_PAIRS = "no unit was rated by two raters"
ONE_RATER = "there is one rater only"
ONE_CLASS = "all ratings are the same, so that chance alone would agree as well"

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A coefficient of agreement, or the reason for having none.

    Attributes:
        value: 1 for perfect agreement; 0 for what chance gives where the coefficient corrects for chance.
        observed: Observed agreement, 0 to 1 (for Krippendorff's alpha: observed disagreement).
        expected: The same by chance; None where nothing is corrected.
        units: Units that were compared.
        undefined_because: Why there is no value, a clause in English; None when there is one.
    """

    value: float | None
    observed: float | None = None
    expected: float | None = None
    units: int = 0
    undefined_because: str | None = None

    @classmethod
    def undefined(cls, because: str, *, observed: float | None = None, units: int = 0) -> Agreement:
        """No coefficient, because …"""
        return cls(value=None, observed=observed, units=units, undefined_because=because)

    @property
    def is_defined(self) -> bool:
        """Whether there is a value."""
        return self.undefined_because is None


def percent_agreement(ratings: ArrayLike) -> Agreement:
    """The share of pairs of ratings that are the same, averaged over units.

    Source: J. L. Fleiss, Measuring nominal scale agreement among many raters, Psychological Bulletin 76 (1971) 378-382,
    equation 3; with gaps as in K. L. Gwet, Handbook of Inter-Rater Reliability, 4th ed. (2014), 2.3.

    Args:
        ratings: Units by raters, NaN for gaps.

    Example:
        >>> percent_agreement([[1, 1], [2, 3], [4, 4], [5, float("nan")]]).value
        0.666...
    """
    table = _table(ratings)
    reason = _uncomparable(table)
    if reason is not None:
        return Agreement.undefined(reason)
    counts = _counts(table, categories_of(table))
    compared = counts[counts.sum(axis=1) > 1]
    observed = _observed(compared, np.eye(compared.shape[1]))
    return Agreement(value=observed, observed=observed, units=len(compared))


def cohen_kappa(one: Sequence[float], two: Sequence[float]) -> Agreement:
    """Cohen's kappa of two raters, unweighted: every disagreement is as bad as any other.

    Units that one of them did not rate are left out.

    Source: J. Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20 (1960)
    37-46.

    Args:
        one: Ratings of the first rater, NaN for gaps.
        two: Ratings of the second rater, in the same order.

    Example:
        >>> round(cohen_kappa([1, 1, 2, 2], [1, 1, 2, 1]).value, 9)
        0.5
    """
    return weighted_kappa(one, two, weights="identity")


def weighted_kappa(
    one: Sequence[float] | FloatArray,
    two: Sequence[float] | FloatArray,
    *,
    weights: AgreementWeights | ArrayLike = "quadratic",
    scale: Sequence[float] | None = None,
    unused: Unused = "counted",
) -> Agreement:
    """Weighted kappa of two raters: near misses count less than far ones.

    Points of the scale that nobody used are `counted` unless told otherwise: 3 and 5 are two steps apart although
    nobody gave a 4. With `dropped` they are as if they did not exist, and 3 and 5 are neighbours; that is what software
    gives that only sees the points in use.

    Source: J. Cohen, Weighted kappa: nominal scale agreement with provision for scaled disagreement or partial credit,
    Psychological Bulletin 70 (1968) 213-220. One division; `statsmodels` would take over a second to import for it.

    Args:
        one: Ratings of the first rater, NaN for gaps.
        two: Ratings of the second rater, in the same order.
        weights: `identity`, `linear`, `quadratic`, `ordinal`, or a matrix of agreement weights (1 on the diagonal).
        scale: All points that could be given; those that were given when left out.
        unused: What becomes of points of `scale` that nobody used.

    Raises:
        ValueError: The raters have not rated the same units, or a rating is not on `scale`.

    Example:
        >>> round(weighted_kappa([1, 2, 3, 4, 5], [1, 2, 3, 5, 4]).value, 9)
        0.9
        >>> weighted_kappa([5, 5, 5], [5, 5, 5]).undefined_because
        'all ratings are the same, so that chance alone would agree as well'
    """
    if len(one) != len(two):
        raise ValueError(f"{len(one)} and {len(two)} ratings; both raters rate the same units")
    table = _table(np.column_stack([np.asarray(one, dtype=float), np.asarray(two, dtype=float)]))
    both = table[~np.isnan(table).any(axis=1)]
    if not len(both):
        return Agreement.undefined(NO_PAIRS)
    points = categories_of(both, scale, unused)
    if len(np.unique(both)) == 1:
        return Agreement.undefined(ONE_CLASS, observed=1.0, units=len(both))
    agreeing = agreement_weights(places_of(points, unused), weights)
    cross = _cross_table(both, points)
    chance = np.outer(cross.sum(axis=1) / len(both), cross.sum(axis=0) / len(both))
    observed = float((agreeing * cross).sum() / len(both))
    expected = float((agreeing * chance).sum())
    if 1 - expected <= _ROUNDING:
        return Agreement.undefined("the weights count every disagreement as agreement", observed=1.0, units=len(both))
    value = 1 - float(((1 - agreeing) * cross).sum() / len(both) / ((1 - agreeing) * chance).sum())
    return Agreement(value=value, observed=observed, expected=expected, units=len(both))


def fleiss_kappa(counts: ArrayLike) -> Agreement:
    """Fleiss' kappa of any number of raters, the same number for every unit.

    Source: J. L. Fleiss, Measuring nominal scale agreement among many raters, Psychological Bulletin 76 (1971) 378-382;
    computed by `statsmodels.stats.inter_rater.fleiss_kappa`.

    Args:
        counts: Units by categories: how many raters put the unit there. The raters need not be the same people.

    Raises:
        ValueError: Units have different numbers of raters (Krippendorff's alpha and Gwet's AC take those), or a count
            is negative or not finite.

    Example:
        >>> round(fleiss_kappa([[2, 0], [0, 2], [1, 1], [2, 0]]).value, 9)
        0.466666667
    """
    table = np.asarray(counts, dtype=float)
    if not (np.isfinite(table).all() and (table >= 0).all()):
        raise ValueError("a count is negative or not finite; count the raters again")
    if not table.size or not table.sum():
        return Agreement.undefined(NO_PAIRS)
    raters = np.unique(table.sum(axis=1))
    if len(raters) > 1:
        raise ValueError(
            f"units have between {raters[0]:g} and {raters[-1]:g} raters; use krippendorff_alpha or gwet_ac for gaps"
        )
    if raters[0] < 2:
        return Agreement.undefined(ONE_RATER)
    observed = _observed(table, np.eye(table.shape[1]))
    shares = table.sum(axis=0) / table.sum()
    if np.count_nonzero(shares) == 1:
        return Agreement.undefined(ONE_CLASS, observed=1.0, units=len(table))
    from statsmodels.stats import inter_rater

    value = float(inter_rater.fleiss_kappa(table))
    return Agreement(value=value, observed=observed, expected=float((shares**2).sum()), units=len(table))


def krippendorff_alpha(ratings: ArrayLike, *, level: Level) -> Agreement:
    """Krippendorff's alpha: 1 - observed disagreement / disagreement by chance, for any raters, gaps and level.

    Source: K. Krippendorff, Computing Krippendorff's alpha-reliability (2011), University of Pennsylvania,
    ScholarlyCommons; Content Analysis, 3rd ed. (2013), chapter 12.

    Args:
        ratings: Units by raters, NaN for gaps; units with one rating are left out.
        level: What a difference of ratings means: `nominal` any is the same, `ordinal` by how many ratings lie between,
            `interval` by its square, `ratio` by its square relative to the sum.

    Raises:
        ValueError: A negative rating at the ratio level, or an unknown level.

    Example:
        >>> krippendorff_alpha([[1, 1], [2, 2], [3, 3], [4, 5]], level="interval").value
        0.936...
        >>> krippendorff_alpha([[4, 4], [4, 4]], level="ordinal").undefined_because
        'all ratings are the same, so that chance alone would agree as well'
    """
    if level not in get_args(Level):
        raise ValueError(f"there is no level {level!r}; write one of: {', '.join(get_args(Level))}")
    table = _table(ratings)
    reason = _uncomparable(table)
    if reason is not None:
        return Agreement.undefined(reason)
    points = categories_of(table)
    counts = _counts(table, points)
    counts = counts[counts.sum(axis=1) > 1]
    coincidences = _coincidences(counts)
    margins = coincidences.sum(axis=1)
    total = float(margins.sum())
    if np.count_nonzero(margins) == 1:
        return Agreement.undefined(ONE_CLASS, observed=0.0, units=len(counts))
    distance = _distances(points, margins, level)
    observed = float((coincidences * distance).sum() / total)
    expected = float((np.outer(margins, margins) * distance).sum() / (total * (total - 1)))
    return Agreement(value=1 - observed / expected, observed=observed, expected=expected, units=len(counts))


def gwet_ac(
    ratings: ArrayLike,
    *,
    weights: AgreementWeights = "identity",
    scale: Sequence[float] | None = None,
    unused: Unused = "counted",
) -> Agreement:
    """Gwet's AC1 (`identity` weights) and AC2 (all others), for any raters and gaps; steady where nearly all agree.

    Chance agreement is spread over the points that could be given, so points nobody used matter: they are `counted`
    unless told otherwise (as Gwet advises); with `dropped` they are as if they did not exist.

    Source: K. L. Gwet, Computing inter-rater reliability and its variance in the presence of high agreement, British
    Journal of Mathematical and Statistical Psychology 61 (2008) 29-48; Handbook of Inter-Rater Reliability, 4th ed.
    (2014), chapters 2 to 4.

    Args:
        ratings: Units by raters, NaN for gaps.
        weights: `identity`, `linear`, `quadratic` or `ordinal`.
        scale: All points that could be given; those that were given when left out.
        unused: What becomes of points of `scale` that nobody used.

    Raises:
        ValueError: A rating is not on `scale`.

    Example:
        >>> round(gwet_ac([[1, 1], [1, 1], [1, 1], [1, 2]]).value, 9)
        0.68
    """
    table = _table(ratings)
    reason = _uncomparable(table)
    if reason is not None:
        return Agreement.undefined(reason)
    points = categories_of(table, scale, unused)
    counts = _counts(table, points)
    rated, compared = counts[counts.sum(axis=1) > 0], counts[counts.sum(axis=1) > 1]
    if len(points) == 1:
        return Agreement.undefined(ONE_CLASS, observed=1.0, units=len(compared))
    agreeing = agreement_weights(places_of(points, unused), weights)
    observed = _observed(compared, agreeing)
    shares = (rated / rated.sum(axis=1, keepdims=True)).mean(axis=0)
    expected = float(agreeing.sum() * (shares * (1 - shares)).sum() / (len(points) * (len(points) - 1)))
    value = (observed - expected) / (1 - expected)
    return Agreement(value=value, observed=observed, expected=expected, units=len(compared))


def _table(ratings: ArrayLike) -> FloatArray:
    table = np.asarray(ratings, dtype=float)
    if table.ndim != 2 and table.size:
        raise ValueError("ratings are a table of units by raters; give one row for each unit")
    if np.isinf(table).any():
        raise ValueError("a rating is infinite; write a gap as NaN")
    return table if table.ndim == 2 else table.reshape(0, 0)


def _uncomparable(table: FloatArray) -> str | None:
    """Why nothing can be compared; None when something can."""
    given = ~np.isnan(table)
    if given.any() and np.count_nonzero(given.any(axis=0)) == 1:
        return ONE_RATER
    return None if (given.sum(axis=1) > 1).any() else NO_PAIRS


def _counts(table: FloatArray, points: FloatArray) -> FloatArray:
    """Units by points: how many raters gave each."""
    return (table[:, :, None] == points).sum(axis=1).astype(float)


def _cross_table(both: FloatArray, points: FloatArray) -> FloatArray:
    """Points by points: how often the first rater gave one and the second the other."""
    cross = np.zeros((len(points), len(points)))
    np.add.at(cross, tuple(np.searchsorted(points, both).T), 1.0)
    return cross


def _observed(compared: FloatArray, agreeing: FloatArray) -> float:
    """Weighted agreement of the pairs of each unit, averaged over units."""
    raters = compared.sum(axis=1)
    near = compared @ agreeing
    return float(((compared * (near - 1)).sum(axis=1) / (raters * (raters - 1))).mean())


def _coincidences(counts: FloatArray) -> FloatArray:
    """Points by points: pairs of ratings within units, each unit weighing as many as it has ratings."""
    per_pair = counts / (counts.sum(axis=1, keepdims=True) - 1)
    return per_pair.T @ counts - np.diag(per_pair.sum(axis=0))


def _distances(points: FloatArray, margins: FloatArray, level: Level) -> FloatArray:
    """Squared differences between points at a level of measurement."""
    if level == "nominal":
        return 1 - np.eye(len(points))
    if level == "interval":
        return (points[:, None] - points) ** 2
    if level == "ratio":
        if (points < 0).any():
            raise ValueError("a ratio has no negative ratings; use the interval level")
        both = points[:, None] + points
        return ((points[:, None] - points) / np.where(both == 0, 1.0, both)) ** 2
    rank = np.cumsum(margins) - margins / 2
    return (rank[:, None] - rank) ** 2
