"""Is the series behaving as before? The XmR chart of Shewhart and Wheeler: limits, signals and steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Scaling = Literal["2.66", "3/1.128"]
SCALINGS: dict[Scaling, float] = {"2.66": 2.66, "3/1.128": 3 / 1.128}
SCREENED = 3.267
"""A moving range of so many mean moving ranges is a jump, and no part of the ordinary variation."""
FEWEST_POINTS = 6
"""Fewer points have no limits worth naming."""
PROVISIONAL_BELOW = 13
SUSTAINED = 7
"""So many values in a row on one side of the mean, or rising, or falling, are no chance."""


class Signal(StrEnum):
    """What says that the process is no longer as it was."""

    OUTSIDE = "outside"
    """Beyond a limit."""
    ONE_SIDE = "one_side"
    """One of seven values in a row on one side of the mean."""
    RUN = "run"
    """One of seven values that rise, or fall, one after another."""
    NEAR_LIMIT = "near_limit"
    """One of two out of three values in a row in the outer third of one side."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A stretch of the series with limits of its own.

    Attributes:
        first: Index of its first point.
        after: Index after its last.
        limits: Its limits; None with fewer than six points.
    """

    first: int
    after: int
    limits: Limits | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Neighbouring points that break one rule together.

    Attributes:
        signal: The rule.
        first: Index of the first of them.
        last: Index of the last.
        points: How many there are, absent values between them not counted.
        is_upward: They lie above the mean, or rise.
    """

    signal: Signal
    first: int
    last: int
    points: int
    is_upward: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessChart:
    """A series with limits and signals.

    Attributes:
        values: The points, oldest first; None where there was nothing to measure.
        phases: Stretches with limits of their own, in order.
        signals: Signals of each point, in the order of `Signal`.
        stretches: The same signals as stretches, by their first point, then in the order of `Signal`.
    """

    values: tuple[float | None, ...]
    phases: tuple[Phase, ...]
    signals: tuple[tuple[Signal, ...], ...]
    stretches: tuple[Stretch, ...]


def process_limits(series: Sequence[float], *, scaling: Scaling = "2.66", screen: bool = True) -> Limits | None:
    """Mean ± 2.66 · mean moving range; None with fewer than six points.

    Moving ranges of 3.267 times their mean and more are screened out once, because one jump would widen the limits
    that should show it. Tools differ in the constant: 2.66 as Wheeler prints it (chosen here), or 3 / 1.128, which is
    2.6596, as NHSRplotthedots and qcc compute.

    Source: D. J. Wheeler, Understanding Variation (2000).

    Args:
        series: Values of equal spans, oldest first.
        scaling: The constant.
        screen: Whether jumps are screened out.

    Raises:
        ValueError: A value is not finite, or the scaling is unknown.

    Example:
        >>> limits = process_limits([10, 12, 11, 10, 12, 11])
        >>> round(limits.low, 2), round(limits.high, 2), limits.is_provisional
        (7.28, 14.72, True)
    """
    _refuse_not_finite(series)
    if scaling not in SCALINGS:
        raise ValueError(f"there is no scaling {scaling!r}; write one of: {', '.join(SCALINGS)}")
    if len(series) < FEWEST_POINTS:
        return None
    ranges = [abs(later - earlier) for earlier, later in zip(series, series[1:], strict=False)]
    average = sum(ranges) / len(ranges)
    kept = [moving for moving in ranges if not screen or moving < SCREENED * average]
    # without any variation left every point would be special: then the jumps are all the variation there is
    kept = kept if any(kept) else ranges
    half = SCALINGS[scaling] * sum(kept) / len(kept)
    mean = sum(series) / len(series)
    return Limits(mean, mean - half, mean + half, len(series) < PROVISIONAL_BELOW)


def process_chart(
    series: Sequence[float | None],
    *,
    steps: Sequence[int] = (),
    keep_jump: bool = False,
    scaling: Scaling = "2.66",
    screen: bool = True,
) -> ProcessChart:
    """Limits and signals of a series, with new limits from each named step on.

    A step is a change that somebody made and dated; the series is never re-based because it looks different. The moving
    range across a step belongs to neither phase (chosen here, as in NHSRplotthedots); `keep_jump` gives it to the later
    one, as charts do that compute moving ranges before they split. Runs do not reach across a step. Absent values are
    passed over: their neighbours are taken as neighbours.

    Source: D. J. Wheeler, Understanding Variation (2000); NHS England, Making Data Count (2019), for seven points.

    Args:
        series: Values of equal spans, oldest first; None where there was nothing to measure.
        steps: Indices of the first point after each change.
        keep_jump: Whether the moving range across a step counts.
        scaling: See `process_limits`.
        screen: See `process_limits`.

    Raises:
        ValueError: A step lies outside the series, or a value is not finite.

    Example:
        >>> chart = process_chart([10, 12, 11, 10, 12, 11, 30])
        >>> chart.signals[-1], chart.phases[0].limits.is_provisional
        ((<Signal.OUTSIDE: 'outside'>,), True)
    """
    _refuse_not_finite([value for value in series if value is not None])
    if any(not 0 < step < len(series) for step in steps):
        raise ValueError(f"a step of {list(steps)} lies outside the {len(series)} points")
    starts = [0, *sorted(set(steps)), len(series)]
    phases, stretches = [], []
    marked: list[set[Signal]] = [set() for _ in series]
    for first, after in zip(starts, starts[1:], strict=False):
        limits = _limits_of(series, first, after, keep_jump, scaling, screen)
        phases.append(Phase(first=first, after=after, limits=limits))
        places = [place for place in range(first, after) if series[place] is not None]
        for signal, members, is_upward in _found(series, places, limits):
            ends = places[members[0]], places[members[-1]]
            stretches.append(
                Stretch(signal=signal, first=ends[0], last=ends[1], points=len(members), is_upward=is_upward)
            )
            for member in members:
                marked[places[member]].add(signal)
    order = list(Signal)
    return ProcessChart(
        values=tuple(series),
        phases=tuple(phases),
        signals=tuple(tuple(signal for signal in order if signal in one) for one in marked),
        stretches=tuple(sorted(stretches, key=lambda one: (one.first, order.index(one.signal)))),
    )


def _limits_of(
    series: Sequence[float | None], first: int, after: int, keep_jump: bool, scaling: Scaling, screen: bool
) -> Limits | None:
    own = [value for value in series[first:after] if value is not None]
    limits = process_limits(own, scaling=scaling, screen=screen)
    if limits is None or not keep_jump:
        return limits
    before = next((value for value in reversed(series[:first]) if value is not None), None)
    if before is None:
        return limits
    with_jump = process_limits([before, *own], scaling=scaling, screen=screen)
    half = 0.0 if with_jump is None else with_jump.high - with_jump.mean
    return Limits(limits.mean, limits.mean - half, limits.mean + half, limits.is_provisional)


def _found(
    series: Sequence[float | None], places: Sequence[int], limits: Limits | None
) -> list[tuple[Signal, list[int], bool]]:
    """Stretches of one phase as signal, members (numbers of places) and side; none without limits."""
    if limits is None:
        return []
    values = [value for place in places if (value := series[place]) is not None]
    third = 2 / 3 * (limits.high - limits.mean)
    sides = [_sign(value - limits.mean) for value in values]
    moves = [_sign(later - earlier) for earlier, later in zip(values, values[1:], strict=False)]
    outside = [0 if limits.low <= value <= limits.high else _sign(value - limits.mean) for value in values]
    near = [_sign(value - limits.mean) if abs(value - limits.mean) > third else 0 for value in values]
    found = [(Signal.OUTSIDE, members, outside[members[0]] > 0) for members in _stretches(outside, 1)]
    found += [(Signal.ONE_SIDE, members, sides[members[0]] > 0) for members in _stretches(sides, SUSTAINED)]
    # a run of seven points is six moves; the point before the first move belongs to it
    found += [
        (Signal.RUN, [*members, members[-1] + 1], moves[members[0]] > 0) for members in _stretches(moves, SUSTAINED - 1)
    ]
    return found + [(Signal.NEAR_LIMIT, members, near[members[0]] > 0) for members in _two_of_three(near)]


def is_moving(series: Sequence[float]) -> bool:
    """Whether seven values in a row lie on one side of the mean, or rise, or fall.

    Raises:
        ValueError: A value is not finite.

    Source: D. J. Wheeler, Understanding Variation (2000); NHS England, Making Data Count (2019).

    Example:
        >>> is_moving([10, 9, 8, 7, 6, 5, 4]), is_moving([10, 12, 11, 10, 12, 11, 10])
        (True, False)
    """
    _refuse_not_finite(series)
    mean = sum(series) / len(series) if len(series) else 0.0
    sides = [_sign(value - mean) for value in series]
    steps = [_sign(later - earlier) for earlier, later in zip(series, series[1:], strict=False)]
    return bool(_stretches(sides, SUSTAINED) or _stretches(steps, SUSTAINED - 1))


def _refuse_not_finite(series: Sequence[float]) -> None:
    if not all(math.isfinite(value) for value in series):
        raise ValueError("a value of the series is not a finite number; write None where nothing was measured")


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _stretches(signs: Sequence[int], length: int) -> list[list[int]]:
    """Stretches of one sign that are at least so long; zeros end a stretch."""
    found = []
    start = 0
    for index in range(len(signs) + 1):
        if index == len(signs) or signs[index] != signs[start]:
            if index - start >= length and signs[start]:
                found.append(list(range(start, index)))
            start = index
    return found


def _two_of_three(near: Sequence[int]) -> list[list[int]]:
    """Chains of points near one and the same limit, each within two places of the one before."""
    chains: list[list[int]] = []
    for side in (1, -1):
        chain: list[int] = []
        for index in (index for index, sign in enumerate(near) if sign == side):
            if chain and index - chain[-1] > 2:
                chains.append(chain)
                chain = []
            chain.append(index)
        chains.append(chain)
    return sorted(chain for chain in chains if len(chain) > 1)
