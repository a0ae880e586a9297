"""The way to a goal: a ring where it started, the status mark where it is, a tick at the target, success tinted.

Position carries the value, never the length of a bar, because the scale does not start at zero.
"""

from __future__ import annotations

from collections.abc import Callable

from reports.axis import clamp, is_present, linear, present
from reports.chart import SHAPE_COLOUR, SMALL, Canvas, Chart, Shape
from reports.fonts import text_width
from reports.palette import Colour

_TOP = 11.5


def goal_track(
    *,
    name: str,
    alt: str,
    actual: float | None,
    baseline: float | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
    target_label: str = "",
    shape: Shape = Shape.NO_DATA,
    width_mm: float = 37.0,
    height_mm: float = 8.4,
) -> Chart:
    """Draw the track.

    Args:
        name: Name of the chart.
        alt: What it shows.
        actual: Where the figure is now; None draws no mark.
        baseline: Where it started; None draws no ring.
        at_least: Lower bound of the target.
        at_most: Upper bound of the target.
        target_label: What stands over the target's tick.
        shape: Status, drawn as the mark of the actual value.
        width_mm: Width.
        height_mm: Height.
    """
    canvas = Canvas(width_mm, height_mm, name=name, alt=alt)
    x = _scale(canvas, present([actual, baseline, at_least, at_most]))
    bottom = canvas.height - 2
    middle = (_TOP + bottom) / 2
    canvas.rectangle(0, _TOP, canvas.width, bottom - _TOP, Colour.TRACK, radius=1.5)
    if at_least is not None or at_most is not None:
        start = 0.0 if at_least is None else x(at_least)
        end = canvas.width if at_most is None else x(at_most)
        canvas.rectangle(start, _TOP, end - start, bottom - _TOP, Colour.PETROL_BAND, radius=1.5)
    if actual is not None and baseline is not None and is_present(actual) and is_present(baseline):
        canvas.line(x(baseline), middle, x(actual), middle, SHAPE_COLOUR[shape], 2.2)
    if baseline is not None and is_present(baseline):
        canvas.circle(x(baseline), middle, 2.7, Colour.WHITE, outline=Colour.TEXT, width=1.1)
    ticks = [x(bound) for bound in (at_least, at_most) if bound is not None]
    for tick in ticks:
        canvas.line(tick, _TOP - 2, tick, bottom + 2, Colour.WHITE, 3.8)
        canvas.line(tick, _TOP - 2, tick, bottom + 2, Colour.INK, 1.8)
    if actual is not None and is_present(actual):
        canvas.mark(shape, x(actual), middle, 4.4)
    if ticks:
        place = clamp(sum(ticks) / len(ticks), text_width(target_label, SMALL) / 2, canvas.width)
        canvas.text(place, 7.2, target_label, Colour.INK, size=SMALL, anchor="middle")
    return canvas.finish()


def _scale(canvas: Canvas, numbers: list[float]) -> Callable[[float], float]:
    if not numbers:
        return linear(0, 1, 6, canvas.width - 6)
    low, high = min(numbers), max(numbers)
    air = (high - low) * 0.25 or abs(high) * 0.1 or 1.0
    return linear(low - air, high + air, 5, canvas.width - 5)
