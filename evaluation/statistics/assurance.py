"""Can the process reach the goal? Limits of an XmR chart against a bound."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.statistics.process_chart import is_moving, process_limits


def assurance(series: Sequence[float], *, at_least: float | None, at_most: float | None) -> str:
    """Whether the process as it is reaches a target: `reached`, `hit_and_miss`, `missed` or `unknown`.

    `reached`: every value inside the limits meets the target; `missed`: none does. A limit that lies exactly on the
    target meets it, because targets include their bound. A process that is on the move (`is_moving`) has no limits
    that say anything about its future, so it is `unknown` like a short one.

    Args:
        series: Values of equal spans, oldest first.
        at_least: Lower bound of the target, or None.
        at_most: Upper bound of the target, or None.

    Raises:
        ValueError: The target has no bound, or its bounds are the wrong way round; a value is not finite.

    Source: NHS England, Making Data Count (2019): assurance against a target.

    Example:
        >>> assurance([10, 12, 11, 10, 12, 11], at_least=None, at_most=20)
        'reached'
    """
    if at_least is None and at_most is None:
        raise ValueError("a target without a bound is met by everything; give at_least, at_most or both")
    if at_least is not None and at_most is not None and at_least > at_most:
        raise ValueError(f"no value is at least {at_least:g} and at most {at_most:g}; turn the bounds round")
    limits = process_limits(series)
    if limits is None or is_moving(series):
        return "unknown"
    floor = float("-inf") if at_least is None else at_least
    ceiling = float("inf") if at_most is None else at_most
    if floor <= limits.low and limits.high <= ceiling:
        return "reached"
    return "missed" if limits.high < floor or limits.low > ceiling else "hit_and_miss"
