"""Can the process reach the goal? Limits of an XmR chart against a bound."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.statistics.process_chart import is_moving, process_limits


def assurance(series: Sequence[float], *, at_least: float | None, at_most: float | None) -> str:
    """Whether the process as it is reaches a target: `reached`, `hit_and_miss`, `missed` or `unknown`.

    `reached`: every value inside the limits meets the target; `missed`: none does. A limit that lies exactly on the
    target meets it, because targets include their bound. A process that is on the move (`is_moving`) has no limits
    that say anything about its future, so it is `unknown` like a short one.

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
