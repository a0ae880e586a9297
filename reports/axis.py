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
    """A round step (1, 2, 2.5 or 5 times a power of ten) that cuts [low, high] into about `count` parts."""
    raw = (high - low) / max(1, count)
    if raw <= 0 or not math.isfinite(raw):
        return 1.0
    power = 10.0 ** math.floor(math.log10(raw))
    return min((1.0, 2.0, 2.5, 5.0, 10.0), key=lambda factor: abs(factor * power - raw)) * power


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
    values: Iterable[float | None], *, zero: bool = False, count: int = 4, pad: float = 0.06
) -> tuple[float, float]:
    """A domain with round ends that holds all the values.

    Args:
        values: Everything that has to be visible; gaps are skipped.
        zero: Start at zero (bars must).
        count: About how many parts the ticks make.
        pad: Air on both sides, as a part of the range.

    Returns:
        Low and high, high > low; (0, 1) when there is nothing.

    Example:
        >>> domain([83.4, 93.0, 92.0])
        (82.5, 95.0)
    """
    numbers = present(values)
    if not numbers:
        return 0.0, 1.0
    low, high = min(numbers), max(numbers)
    air = (high - low) * pad or abs(high) * 0.05 or 0.5
    bottom = 0.0 if low >= 0 and (zero or low < air) else low - air
    top = 0.0 if high <= 0 and (zero or -high < air) else high + air
    step = step_for(bottom, top, count)
    return math.floor(bottom / step + 1e-9) * step, math.ceil(top / step - 1e-9) * step


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


def spread(positions: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Positions moved apart so that neighbours are at least `gap` from each other, order kept, as near as can be.

    When they do not fit between low and high, they are set at equal distances.

    Example:
        >>> spread([10.0, 12.0, 40.0], 8.0, 0.0, 50.0)
        [7.0, 15.0, 40.0]
    """
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    if not order:
        return []
    if gap * (len(order) - 1) > high - low:
        gap = (high - low) / max(1, len(order) - 1)
    groups: list[tuple[float, int]] = []  # (middle, count) of labels that touch each other
    for index in order:
        middle, count = clamp(positions[index], low, high), 1
        groups.append((middle, count))
        while len(groups) > 1 and _collide(groups[-2], groups[-1], gap):
            (first, first_count), (second, second_count) = groups[-2], groups[-1]
            count = first_count + second_count
            half = (count - 1) * gap / 2
            middle = (first * first_count + second * second_count) / count
            groups[-2:] = [(clamp(middle, low + half, high - half), count)]
    placed = [middle + (member - (count - 1) / 2) * gap for middle, count in groups for member in range(count)]
    result = [0.0] * len(order)
    for index, position in zip(order, placed, strict=True):
        result[index] = position
    return result


def _collide(first: tuple[float, int], second: tuple[float, int], gap: float) -> bool:
    reach = ((first[1] - 1) + (second[1] - 1)) / 2 * gap + gap
    return second[0] - first[0] < reach - 1e-9


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
