"""Where is a series going? A damped-trend forecast with its uncertainty, tested on the series itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MINIMUM_POINTS = 8
_PARAMETERS = 5
"""Level, trend and their two smoothing weights, and the damping."""
_LEVEL_WEIGHTS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99)
_TREND_WEIGHTS = (0.01, 0.05, 0.1, 0.2, 0.4, 0.7, 0.99)
_DAMPINGS = (0.8, 0.85, 0.9, 0.95, 0.98)
"""Damping below 0.8 is a constant, above 0.98 a straight line for ever: neither is let in."""


@dataclass(frozen=True, slots=True)
class DampedTrend:
    """A fitted damped-trend model, ETS(A,Ad,N).

    Attributes:
        level: Level after the last point.
        trend: Trend after the last point, for each step.
        level_weight: alpha, 0 to 1.
        trend_weight: beta, already multiplied by alpha.
        damping: phi.
        error: Standard deviation of a one-step error.
        degrees: Degrees of freedom of `error`.
    """

    level: float
    trend: float
    level_weight: float
    trend_weight: float
    damping: float
    error: float
    degrees: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """The mean of the next values of a series.

    Attributes:
        value: Expected value.
        low: Lower end of the 80 % prediction interval.
        high: Upper end of the 80 % prediction interval.
        error: Standard deviation of the prediction.
        degrees: Degrees of freedom of Student's distribution that goes with it.
    """

    value: float
    low: float
    high: float
    error: float
    degrees: int

    def probability(self, *, at_least: float | None, at_most: float | None) -> float:
        """The chance that the value lies between two bounds, either of which may be open."""
        below = 0.0 if at_least is None else self._below(at_least)
        above = 1.0 if at_most is None else self._below(at_most)
        return max(0.0, above - below)

    def _below(self, bound: float) -> float:
        from scipy.special import stdtr

        if self.error == 0:
            return 1.0 if self.value <= bound else 0.0
        return float(stdtr(self.degrees, (bound - self.value) / self.error))


def fit_damped_trend(series: Sequence[float]) -> DampedTrend | None:
    """The damped-trend model with the least squared one-step errors.

    None with fewer than eight points, and for a series that never varied: its errors of zero are no promise.

    For each set of weights on a grid the two initial states are found exactly by least squares, because the errors are
    linear in them; so the fit is the same on every machine and has no starting values.

    Raises:
        ValueError: A value is not finite.

    Source: R. J. Hyndman, A. B. Koehler, J. K. Ord and R. D. Snyder, Forecasting with Exponential Smoothing (2008),
    sections 2.5 and 5.1; E. S. Gardner and E. McKenzie, Management Science 31 (1985) 1237-1246.
    """
    import numpy as np

    if not all(math.isfinite(value) for value in series):
        raise ValueError("a value of the series is not finite; forecast the part without gaps")
    if len(series) < MINIMUM_POINTS or min(series) == max(series):
        return None
    alphas, shares, dampings = (
        axis.ravel() for axis in np.meshgrid(_LEVEL_WEIGHTS, _TREND_WEIGHTS, _DAMPINGS, indexing="ij")
    )
    betas = alphas * shares
    values = np.asarray(series, dtype=float)
    squares, level, trend = _runs(values, alphas, betas, dampings)
    best = int(np.argmin(np.round(squares / (float(values @ values) or 1.0), 12)))
    degrees = len(series) - _PARAMETERS
    error = math.sqrt(max(0.0, float(squares[best])) / degrees)
    weights = float(alphas[best]), float(betas[best]), float(dampings[best])
    return DampedTrend(float(level[best]), float(trend[best]), *weights, error, degrees)


def _runs(
    values: NDArray[np.float64], alphas: NDArray[np.float64], betas: NDArray[np.float64], dampings: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Squared one-step errors, last level and last trend for each set of weights, from the best initial states.

    Three series run side by side: the data from zero states, and the answer to a unit of either initial state.
    """
    import numpy as np

    level = np.tile([0.0, 1.0, 0.0], (len(alphas), 1))
    trend = np.tile([0.0, 0.0, 1.0], (len(alphas), 1))
    errors = np.zeros((len(values), len(alphas), 3))
    errors[:, :, 0] = values[:, None]
    alpha, beta, damping = alphas[:, None], betas[:, None], dampings[:, None]
    for step in range(len(values)):
        errors[step] -= level + damping * trend
        level = level + damping * trend + alpha * errors[step]
        trend = damping * trend + beta * errors[step]
    by_weights = errors.transpose(1, 0, 2)
    design = by_weights[:, :, 1:]
    initial = -np.linalg.pinv(design) @ by_weights[:, :, :1]
    states = np.concatenate([np.ones((len(alphas), 1, 1)), initial], axis=1)
    left = (by_weights @ states)[:, :, 0]
    return (left**2).sum(axis=1), (level[:, None] @ states)[:, 0, 0], (trend[:, None] @ states)[:, 0, 0]


def forecast_mean(model: DampedTrend, *, first: int, last: int) -> Forecast:
    """The forecast of the mean of the values from `first` to `last` steps ahead (1 = the next).

    The variance is exact for the model: an error at one step moves all later ones.

    Args:
        model: The fitted model.
        first: First step of the mean, from 1.
        last: Last step of the mean.

    Raises:
        ValueError: The steps do not run forward from 1.
    """
    from scipy.special import stdtrit

    if not 1 <= first <= last:
        raise ValueError(f"steps {first} to {last} are none ahead; count from 1, the next")
    steps = range(first, last + 1)
    value = sum(model.level + _damped(model.damping, step) * model.trend for step in steps) / len(steps)
    variance = 0.0
    for shock in range(1, last + 1):
        moved = sum(_response(model, step - shock) for step in steps if step >= shock) / len(steps)
        variance += moved**2
    error = model.error * math.sqrt(variance)
    half = float(stdtrit(model.degrees, 0.9)) * error
    return Forecast(value, value - half, value + half, error, model.degrees)


def _damped(damping: float, steps: int) -> float:
    return sum(damping**power for power in range(1, steps + 1))


def _response(model: DampedTrend, later: int) -> float:
    return 1.0 if later == 0 else model.level_weight + model.trend_weight * _damped(model.damping, later)


def back_test(series: Sequence[float]) -> float | None:
    """Root mean square of one-step errors when each of the last values is forecast from those before it only.

    None when fewer than three values can be tested (eleven points).
    """
    errors = []
    for length in range(MINIMUM_POINTS, len(series)):
        model = fit_damped_trend(series[:length])
        if model is not None:
            errors.append(series[length] - forecast_mean(model, first=1, last=1).value)
    return math.sqrt(sum(error**2 for error in errors) / len(errors)) if len(errors) >= 3 else None


def forecast(series: Sequence[float], *, first: int, last: int) -> Forecast | None:
    """The mean of the values `first` to `last` steps after a series.

    None with fewer than eight points, or when they are all equal.

    The one-step error is the larger of the fit's own and that of the back-test, so that a model that fits its past
    better than it foretells does not promise too much.

    Args:
        series: Values at equal steps, oldest first, without gaps.
        first: First step ahead, from 1.
        last: Last step ahead.

    Example:
        >>> ahead = forecast([10, 12, 11, 13, 12, 14, 13, 15, 14], first=1, last=3)
        >>> 13 < ahead.value < 18 and ahead.low < ahead.value < ahead.high
        True
    """
    from dataclasses import replace

    model = fit_damped_trend(series)
    if model is None:
        return None
    tested = back_test(series)
    if tested is not None and tested > model.error:
        model = replace(model, error=tested)
    return forecast_mean(model, first=first, last=last)
