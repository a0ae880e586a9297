"""Does the series behave as before, and can it reach a target? Limits of an XmR chart against a bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MINIMUM_POINTS = 6
"""Fewer points have no limits worth naming."""
PROVISIONAL_BELOW = 13
SUSTAINED = 7
"""So many values in a row on one side of the mean, or rising, or falling, are no chance."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Natural process limits of a series, in the metric's unit.

    Attributes:
        mean: Centre line.
        low: Lower limit.
        high: Upper limit.
        is_provisional: Fewer than 13 points.
    """

    mean: float
    low: float
    high: float
    is_provisional: bool


def process_limits(series: Sequence[float]) -> Limits | None:
    """Mean ± 2.66 · mean moving range; None with fewer than six points.

    Moving ranges of 3.267 times their mean and more are screened out once, because one jump would widen the limits
    that should show it.

    Source: D. J. Wheeler, Understanding Variation (2000).

    Example:
        >>> limits = process_limits([10, 12, 11, 10, 12, 11])
        >>> round(limits.low, 2), round(limits.high, 2), limits.is_provisional
        (7.28, 14.72, True)
    """
    if len(series) < MINIMUM_POINTS:
        return None
    ranges = [abs(later - earlier) for earlier, later in zip(series, series[1:], strict=False)]
    average = sum(ranges) / len(ranges)
    kept = [moving for moving in ranges if moving < 3.267 * average] or ranges
    half = 2.66 * sum(kept) / len(kept)
    mean = sum(series) / len(series)
    return Limits(mean, mean - half, mean + half, len(series) < PROVISIONAL_BELOW)


def assurance(series: Sequence[float], *, at_least: float | None, at_most: float | None) -> str:
    """Whether the process as it is reaches a target: `reached`, `hit_and_miss`, `missed` or `unknown`.

    `reached`: every value inside the limits meets the target; `missed`: none does. A process that is on the move
    (`is_moving`) has no limits that say anything about its future, so it is `unknown` like a short one.

    Source: NHS England, Making Data Count (2019): assurance against a target.

    Example:
        >>> assurance([10, 12, 11, 10, 12, 11], at_least=None, at_most=20)
        'reached'
    """
    limits = process_limits(series)
    if limits is None or is_moving(series):
        return "unknown"
    floor = float("-inf") if at_least is None else at_least
    ceiling = float("inf") if at_most is None else at_most
    if floor <= limits.low and limits.high <= ceiling:
        return "reached"
    return "missed" if limits.high < floor or limits.low > ceiling else "hit_and_miss"


def is_moving(series: Sequence[float]) -> bool:
    """Whether seven values in a row lie on one side of the mean, or rise, or fall.

    Source: D. J. Wheeler, Understanding Variation (2000); NHS England, Making Data Count (2019).

    Example:
        >>> is_moving([10, 9, 8, 7, 6, 5, 4]), is_moving([10, 12, 11, 10, 12, 11, 10])
        (True, False)
    """
    mean = sum(series) / len(series) if series else 0.0
    sides = [(value > mean) - (value < mean) for value in series]
    steps = [(later > earlier) - (later < earlier) for earlier, later in zip(series, series[1:], strict=False)]
    return _longest(sides) >= SUSTAINED or _longest(steps) >= SUSTAINED - 1


def _longest(signs: Sequence[int]) -> int:
    """The longest stretch of one sign; zeros end it."""
    longest = length = 0
    previous = 0
    for sign in signs:
        length = length + 1 if sign == previous and sign else abs(sign)
        longest, previous = max(longest, length), sign
    return longest
