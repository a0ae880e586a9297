"""Scales, ticks and the placing of labels: plain arithmetic for charts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

Values = Sequence[float | None]
"""A series; None (or NaN) where there was nothing to measure, drawn as a gap."""


def is_present(value: float | None) -> bool:
    """Whether there is a finite number to draw."""
    return value is not None and math.isfinite(value)


def present(values: Iterable[float | None]) -> list[float]:
    """The numbers of a series without its gaps."""
    return [float(value) for value in values if value is not None and math.isfinite(value)]


def linear(start: float, end: float, from_pixel: float, to_pixel: float) -> Callable[[float], float]:
    """A function from the domain [start, end] to pixels; a domain of no width maps to the middle.

    Example:
        >>> linear(0, 10, 100, 200)(5)
        150.0
    """
    width = end - start
    if width == 0:
        middle = (from_pixel + to_pixel) / 2
        return lambda value: middle
    return lambda value: from_pixel + (value - start) / width * (to_pixel - from_pixel)


def clamp(value: float, low: float, high: float) -> float:
    """The value moved into [low, high]."""
    return max(low, min(high, value))


def step_for(low: float, high: float, count: int) -> float:
    """The smallest round step (1, 2, 2.5, 5 or 10 times a power of ten) that cuts a range into at most `count` parts.

    Example:
        >>> step_for(82, 95, 4)
        5.0
    """
    raw = (high - low) / max(1, count)
    if raw <= 0 or not math.isfinite(raw):
        return 1.0
    power = 10.0 ** math.floor(math.log10(raw))
    return next(factor for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= raw * (1 - 1e-9)) * power


def ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Round numbers inside [low, high].

    Example:
        >>> ticks(79, 96)
        [80.0, 85.0, 90.0, 95.0]
    """
    if not high > low:
        return [low]
    step = step_for(low, high, count)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    if last - first > 4 * count + 4:  # the step is below the precision of numbers this large
        return [low, high]
    digits = max(0, 2 - math.floor(math.log10(step)))
    return [round(index * step, digits) for index in range(first, last + 1)]


def domain(
    values: Iterable[float | None],
    *,
    zero: bool = False,
    count: int = 4,
    pad: float = 0.06,
    within: tuple[float, float] | None = None,
) -> tuple[float, float]:
    """A domain with round ends that holds all the values.

    Args:
        values: Everything that has to be visible; gaps are skipped.
        zero: Start at zero (bars must).
        count: About how many parts the ticks make.
        pad: Air on both sides, as a part of the range.
        within: Least and greatest possible value, (0, 100) for percent: no end lies beyond it, unless a value does.

    Returns:
        Low and high, high > low; (0, 1) when there is nothing.

    Example:
        >>> domain([83.4, 93.0, 92.0])
        (80.0, 95.0)
        >>> domain([93.4, 99.0], within=(0, 100))
        (92.0, 100.0)
    """
    numbers = present(values)
    if not numbers:
        return 0.0, 1.0
    low, high = min(numbers), max(numbers)
    air = (high - low) * pad or abs(high) * 0.05 or 0.5
    bottom = 0.0 if low >= 0 and (zero or low < air) else low - air
    top = 0.0 if low < 0 and high <= 0 and (zero or -high < air) else high + air
    step = step_for(bottom, top, count)
    start, end = math.floor(bottom / step + 1e-9) * step, math.ceil(top / step - 1e-9) * step
    if within is None:
        return start, end
    return max(start, min(low, within[0])), min(end, max(high, within[1]))


def runs(values: Values) -> list[list[int]]:
    """Indexes of unbroken stretches of a series.

    Example:
        >>> runs([1.0, 2.0, None, 4.0])
        [[0, 1], [3]]
    """
    found: list[list[int]] = []
    open_run = False
    for index, value in enumerate(values):
        if not is_present(value):
            open_run = False
        elif open_run:
            found[-1].append(index)
        else:
            found.append([index])
            open_run = True
    return found


def spread(middles: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Middles of boxes moved apart so that none overlaps another, order kept, as near to where they were as can be.

    When they do not fit between low and high, they share the room in proportion to their sizes.

    Example:
        >>> spread([10.0, 12.0, 40.0], [8.0, 8.0, 8.0], 0.0, 50.0)
        [7.0, 15.0, 40.0]
    """
    order = sorted(range(len(middles)), key=lambda index: middles[index])
    squeeze = min(1.0, (high - low) / sum(sizes)) if sizes and sum(sizes) > 0 else 1.0
    stacks: list[_Stack] = []
    for index in order:
        size = sizes[index] * squeeze
        stacks.append(_Stack(middles[index] - size / 2, [(index, size)]).inside(low, high))
        while len(stacks) > 1 and stacks[-2].end > stacks[-1].start + 1e-9:
            upper = stacks.pop()
            stacks[-1] = stacks[-1].joined(upper).inside(low, high)
    placed = [0.0] * len(middles)
    for stack in stacks:
        edge = stack.start
        for index, size in stack.boxes:
            placed[index] = edge + size / 2
            edge += size
    return placed


class _Stack:
    """Boxes that touch each other, from `start` on: index and size of each."""

    def __init__(self, start: float, boxes: list[tuple[int, float]]) -> None:
        self.start, self.boxes = start, boxes

    @property
    def end(self) -> float:
        return self.start + sum(size for _, size in self.boxes)

    def inside(self, low: float, high: float) -> _Stack:
        length = self.end - self.start
        return _Stack(clamp(self.start, low, max(low, high - length)), self.boxes)

    def joined(self, other: _Stack) -> _Stack:
        length = self.end - self.start
        weight, added = len(self.boxes), len(other.boxes)
        start = (self.start * weight + (other.start - length) * added) / (weight + added)
        return _Stack(start, self.boxes + other.boxes)


def thin(starts: Sequence[float], ends: Sequence[float], gap: float) -> list[int]:
    """Indexes of labels that can stand on one line without touching: every k-th, with the smallest k that works.

    Args:
        starts: Left edge of each label, ascending.
        ends: Right edge of each label.
        gap: Least air between two labels.

    Example:
        >>> thin([0, 10, 20, 30], [15, 25, 35, 45], 2)
        [0, 2]
    """
    count = len(starts)
    for every in range(1, count + 1):
        kept = list(range(0, count, every))
        if all(starts[right] - ends[left] >= gap for left, right in zip(kept, kept[1:], strict=False)):
            return kept
    return []
