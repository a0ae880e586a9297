"""How long do tickets take when some are still open? The product-limit estimate, with open tickets censored."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluation.statistics.change import Z95

AtLevel = Literal["earliest", "midpoint"]
_SAME = 1e-9
"""Two survival probabilities closer than this, relatively, are equal: products of fractions carry rounding."""


@dataclass(frozen=True, slots=True)
class Survival:
    """The share still open after each time at which one ended.

    Attributes:
        times: (k,) times at which at least one ended, ascending, in the unit of the durations.
        open_share: (k,) share still open just after each of them.
        standard_error: (k,) Greenwood's standard error of the share; 0 where the share is 0.
        at_risk: (k,) how many were still open and observed just before.
        n: All cases.
        ended: Cases that ended; the others are censored.
    """

    times: NDArray[np.float64]
    open_share: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    at_risk: NDArray[np.int64]
    n: int
    ended: int


@dataclass(frozen=True, slots=True)
class SurvivalQuantile:
    """A time by which a share of the cases has ended.

    Attributes:
        value: The time; None when it is not reached.
        low: Lower end of its 95 % interval; None when it is not reached.
        high: Upper end; None when it is not reached: the interval is open.
        undefined_because: Why there is no value, a clause in English; None when there is one.
    """

    value: float | None
    low: float | None
    high: float | None
    undefined_because: str | None = None


def kaplan_meier(durations: ArrayLike, is_ended: ArrayLike) -> Survival:
    """The product-limit estimate of the share still open.

    A case censored at the very time at which another ends was still open then, and is at risk.

    Source: E. L. Kaplan and P. Meier, Journal of the American Statistical Association 53 (1958) 457-481; M. Greenwood,
    The errors of sampling of the survivorship tables (1926). Written in numpy, because `statsmodels` and `scipy.stats`
    cost a run one to two seconds of importing; tests hold it against both.

    Args:
        durations: (n,) seconds or any other unit, >= 0: to the end, or so far.
        is_ended: (n,) whether the case ended then; false = censored.

    Raises:
        ValueError: Lengths differ, or a duration is negative or not a number.

    Example:
        >>> curve = kaplan_meier([1, 2, 2, 3], [True, True, False, True])
        >>> curve.times.tolist(), curve.open_share.tolist()
        ([1.0, 2.0, 3.0], [0.75, 0.5, 0.0])
    """
    times, ended = np.asarray(durations, dtype=float), np.asarray(is_ended, dtype=bool)
    if times.shape != ended.shape or times.ndim != 1:
        raise ValueError(f"{times.shape} durations and {ended.shape} ends; give one of each for every case")
    if not (np.isfinite(times).all() and (times >= 0).all()):
        raise ValueError("a duration is negative or not a number; leave the case out or mend it")
    at, deaths = np.unique(times[ended], return_counts=True)
    at_risk = len(times) - np.searchsorted(np.sort(times), at, side="left")
    left: NDArray[np.float64] = np.cumprod(1 - deaths / at_risk).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.cumsum(deaths / (at_risk * (at_risk - deaths)))
        error = np.where(left > 0, left * np.sqrt(spread), 0.0)
    return Survival(at, left, error, at_risk, len(times), int(ended.sum()))


def survival_quantile(curve: Survival, fraction: float, *, at_level: AtLevel = "earliest") -> SurvivalQuantile:
    """The time by which `fraction` of the cases have ended, with its 95 % interval.

    Conventions differ when the share still open equals 1 − fraction exactly over a stretch of time. `earliest` (chosen
    here, as in SAS's and lifelines' medians) takes the start of the stretch; `midpoint` takes the middle between it
    and the next end, as `survfit` of R does.

    The interval holds the times at which a log-log interval of the share covers 1 − fraction (Brookmeyer and Crowley,
    Biometrics 38 (1982) 29-41).

    Args:
        curve: What `kaplan_meier` gave.
        fraction: 0.5 for the median, 0.9 for p90.
        at_level: The convention for an exact hit.

    Raises:
        ValueError: The fraction does not lie between 0 and 1, or the convention is unknown.

    Example:
        >>> curve = kaplan_meier([1, 2, 2, 3], [True, True, False, True])
        >>> survival_quantile(curve, 0.5).value, survival_quantile(curve, 0.5, at_level="midpoint").value
        (2.0, 2.5)
        >>> survival_quantile(kaplan_meier([5, 6], [False, False]), 0.5).undefined_because
        'no case has ended'
    """
    if not 0 < fraction < 1:
        raise ValueError(f"{fraction} is no fraction; give one between 0 and 1")
    if at_level not in get_args(AtLevel):
        raise ValueError(f"there is no convention {at_level!r}; write one of: {', '.join(get_args(AtLevel))}")
    if curve.n == 0:
        return SurvivalQuantile(None, None, None, "there are no cases")
    if curve.ended == 0:
        return SurvivalQuantile(None, None, None, "no case has ended")
    level = 1 - fraction
    reached = np.flatnonzero(curve.open_share <= level * (1 + _SAME))
    lower, upper = _log_log_bounds(curve)
    low, high = _first_time(curve, lower <= level), _first_time(curve, upper <= level)
    if not len(reached):
        because = f"more than {level:.0%} of the cases are still open at the longest time observed"
        return SurvivalQuantile(None, low, high, because)
    first = int(reached[0])
    value = float(curve.times[first])
    is_exact = math.isclose(curve.open_share[first], level, rel_tol=_SAME)
    if is_exact and at_level == "midpoint" and first + 1 < len(curve.times):
        value = (value + float(curve.times[first + 1])) / 2
    return SurvivalQuantile(value, low, high)


def _log_log_bounds(curve: Survival) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """95 % bounds of the share still open, symmetric for log(-log share); the share itself where it is 0 or 1."""
    share = curve.open_share
    inside = (share > 0) & (share < 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = Z95 * curve.standard_error / (share * np.abs(np.log(share)))
        lower, upper = share ** np.exp(half), share ** np.exp(-half)
    return np.where(inside, lower, share), np.where(inside, upper, share)


def _first_time(curve: Survival, holds: NDArray[np.bool_]) -> float | None:
    found = np.flatnonzero(holds)
    return float(curve.times[found[0]]) if len(found) else None
