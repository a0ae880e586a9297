"""The art of the cover: the real series as hair-thin bars on the night ground; those that met the target are bright."""

from __future__ import annotations

from collections.abc import Mapping

from reports.axis import Values, is_present, linear, present, thin
from reports.chart import PIXELS_PER_MM, SMALL, Canvas, Chart
from reports.fonts import text_width
from reports.palette import Colour

_FOOT = 16.0
_WIDEST_BAR = 60.0


def ribbon(
    values: Values,
    *,
    name: str,
    alt: str,
    target: float | None = None,
    is_low_good: bool = False,
    labels: Mapping[int, str] | None = None,
    margin_mm: float = 18.0,
    width_mm: float = 210.0,
    height_mm: float = 40.0,
) -> Chart:
    """Draw the bars.

    Args:
        values: Daily, weekly or monthly figures, oldest first, 3 to some hundreds; None leaves a gap.
        name: Name of the chart.
        alt: What it shows.
        target: The dotted line; bars on its good side are bright. Without it all bars are bright.
        is_low_good: Whether small values meet the target.
        labels: What stands under some of the bars, by index.
        margin_mm: Room left and right.
        width_mm: Width.
        height_mm: Height.
    """
    canvas = Canvas(width_mm, height_mm, name=name, alt=alt)
    left, right = margin_mm * PIXELS_PER_MM, canvas.width - margin_mm * PIXELS_PER_MM
    floor = canvas.height - _FOOT
    low, high = _range(values, target)
    y = linear(low, high, floor - 3, 2)
    width = min((right - left) / max(1, len(values)) * 0.62, _WIDEST_BAR)
    step = (right - left - width) / max(1, len(values) - 1)
    for index, value in enumerate(values):
        if value is None or not is_present(value):
            continue
        bright = target is None or (value <= target if is_low_good else value >= target)
        top = y(value)
        canvas.rectangle(
            left + index * step,
            top,
            width,
            floor - top,
            Colour.PETROL_FILL if bright else Colour.WHITE,
            opacity=0.95 if bright else 0.22,
        )
    if target is not None:
        canvas.line(left, y(target), right, y(target), Colour.WHITE, 0.8, dash=(1.5, 2.5), opacity=0.9)
    _labels(canvas, labels or {}, left, step)
    return canvas.finish()


def _range(values: Values, target: float | None) -> tuple[float, float]:
    """From a little below the least to the greatest; a few stray values far below do not flatten the rest.

    It does not begin below zero unless a value does, so that a month with nothing is never a bar.
    """
    numbers = sorted(present(values))
    if not numbers:
        return (0.0, 1.0) if target is None else (min(0.0, target * 2), max(1.0, target * 2))
    low, high = numbers[len(numbers) // 50], numbers[-1]
    if target is not None:
        low, high = min(low, target), max(high, target)
    air = (high - low) * 0.18 or abs(high) * 0.5 or 1.0
    if low < 0:
        return low - air, high
    return max(low - air, 0.0), high or 1.0


def _labels(canvas: Canvas, labels: Mapping[int, str], left: float, step: float) -> None:
    shown = sorted(labels.items())
    starts = [left + index * step for index, _ in shown]
    ends = [start + text_width(text, SMALL) for start, (_, text) in zip(starts, shown, strict=True)]
    for number in thin(starts, ends, 6.0):
        canvas.text(starts[number], canvas.height - 5, shown[number][1], Colour.NIGHT_TEXT, size=SMALL)
