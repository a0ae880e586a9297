"""Where a goal should be by now, and how often the metric moved that much before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from evaluation.assessment import Target
from evaluation.judgement.status import Path
from evaluation.period import Period

MINIMUM_WINDOWS = 4
"""With fewer earlier moves nothing is said about precedent."""
ROUTINE_SHARE = 1 / 3
"""A move that happened in this share of the earlier spans, or more often, is routine."""


def path_to(
    target: Target,
    baseline: float | None,
    steps: Sequence[tuple[Period, Target]],
    *,
    start: Period,
    due: Period,
    day: date,
) -> Path | None:
    """The value expected when `day` begins.

    Without steps: on the straight line from the baseline (at the start) to the target (at the due date). With steps:
    the last one whose date is over, and before the first of them the straight line to it. A baseline that meets the
    target already is to be held, so the bound itself is expected. None when neither baseline nor a step is known, or
    when a band is only to be held.

    Args:
        target: The final target.
        baseline: Value at the start, or None.
        steps: Milestones with the period by whose end each is due, earliest first.
        start: First period of the goal.
        due: Last period of the goal.
        day: The day after the last one that was seen.
    """
    passed = [step for by, step in steps if by.day_after <= day]
    if passed:
        return _bound(passed[-1], baseline)
    end, aim = (steps[0][0].day_after, steps[0][1]) if steps else (due.day_after, target)
    final = _bound(aim, baseline)
    if final is None or baseline is None or final.is_kept_by(baseline):
        return final if baseline is not None else None
    share = (day - start.first_day).days / (end - start.first_day).days
    expected = baseline + min(1.0, max(0.0, share)) * (final.expected - baseline)
    return Path(expected=expected, is_rising=final.is_rising)


def _bound(aim: Target, baseline: float | None) -> Path | None:
    """The bound of a target that lies ahead: its only one, or the one of a band that the baseline breaks."""
    if aim.at_least is not None and (aim.at_most is None or (baseline is not None and baseline < aim.at_least)):
        return Path(expected=aim.at_least, is_rising=True)
    if aim.at_most is not None and (aim.at_least is None or (baseline is not None and baseline > aim.at_most)):
        return Path(expected=aim.at_most, is_rising=False)
    return None


def precedent_of(series: Sequence[float | None], *, needed: float, months: int) -> str:
    """How often the metric moved that much in that time before: `routine`, `ambitious`, `never_before` or `unknown`.

    Args:
        series: Monthly values before the goal began, oldest first; None where there was nothing to measure.
        needed: The move from baseline to target, with its sign, in the metric's unit.
        months: Length of the goal.

    Example:
        >>> precedent_of([10, 11, 10, 12, 11, 10, 13], needed=3, months=1)
        'ambitious'
    """
    moves = [
        later - earlier
        for earlier, later in zip(series, series[months:], strict=False)
        if earlier is not None and later is not None
    ]
    if needed == 0:
        return "routine"
    if len(moves) < MINIMUM_WINDOWS:
        return "unknown"
    enough = sum(move >= needed if needed > 0 else move <= needed for move in moves)
    if enough == 0:
        return "never_before"
    return "routine" if enough / len(moves) >= ROUTINE_SHARE else "ambitious"
