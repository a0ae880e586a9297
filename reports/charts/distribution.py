"""How values are spread: a histogram with the median, the ninth decile and the target marked."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from reports.axis import clamp, domain, linear, thin, ticks
from reports.chart import LABEL, Canvas, Chart
from reports.fonts import text_width
from reports.frame import LINE, Frame, value_grid
from reports.palette import Colour
from reports.placing import Box, Placing

_FOOT = 20.0


def distribution(
    counts: Sequence[float],
    edges: Sequence[float],
    *,
    name: str,
    alt: str,
    format: Callable[[float], str],
    count_format: Callable[[float], str],
    median: float | None = None,
    median_label: str = "",
    p90: float | None = None,
    p90_label: str = "",
    target: float | None = None,
    target_label: str = "",
    width_mm: float = 84.0,
    height_mm: float = 42.0,
) -> Chart:
    """Draw the histogram; all bins are drawn equally wide, so bins of different sizes should be labelled as such.

    Args:
        counts: How many values each bin holds.
        edges: Bounds of the bins, one more than there are counts, ascending; the last may be infinite (an open bin).
        name: Name of the chart.
        alt: What it shows.
        format: Prints an edge.
        count_format: Prints a count.
        median: The median.
        median_label: What stands at its line.
        p90: The value that nine of ten do not exceed.
        p90_label: What stands at its line.
        target: The target.
        target_label: What stands at its line.
        width_mm: Width.
        height_mm: Height.
    """
    canvas = Canvas(width_mm, height_mm, name=name, alt=alt)
    lines = [
        (value, text, colour, dash)
        for value, text, colour, dash in (
            (median, median_label, Colour.PETROL, ()),
            (p90, p90_label, Colour.PETROL, ()),
            (target, target_label, Colour.ALERT, (5.0, 2.5)),
        )
        if value is not None and math.isfinite(value)
    ]
    frame = _frame(canvas, counts, count_format, top=4 + LINE * len(lines))
    value_grid(canvas, frame)
    width = (frame.right - frame.left) / max(1, len(counts))
    for number, count in enumerate(counts):
        open_end = math.isinf(edges[number + 1])
        y = frame.y(max(0.0, count))
        fill = canvas.hatch(Colour.PETROL_FILL, Colour.PETROL_BAND) if open_end else Colour.PETROL_FILL
        canvas.rectangle(frame.left + number * width + 0.8, y, width - 1.6, frame.bottom - y, fill)
    _edges(canvas, frame, edges, width, format)
    _lines(canvas, frame, edges, width, lines)
    return canvas.finish()


def _frame(canvas: Canvas, counts: Sequence[float], format: Callable[[float], str], *, top: float) -> Frame:
    _, high = domain(counts, zero=True, count=3, pad=0.0)
    marks = tuple((mark, format(mark)) for mark in ticks(0.0, high, 3))
    left = min(canvas.width * 0.25, max(text_width(text, LABEL) for _, text in marks) + 5)
    bottom = canvas.height - _FOOT
    right = canvas.width - 6
    return Frame(
        left, right, top, bottom, linear(0, max(1, len(counts)), left, right), linear(0, high, bottom, top), marks
    )


def _edges(canvas: Canvas, frame: Frame, edges: Sequence[float], width: float, format: Callable[[float], str]) -> None:
    shown = [(frame.left + number * width, format(edge)) for number, edge in enumerate(edges) if math.isfinite(edge)]
    halves = [text_width(text, LABEL) / 2 for _, text in shown]
    starts = [max(0.0, x - half) for (x, _), half in zip(shown, halves, strict=True)]
    ends = [start + 2 * half for start, half in zip(starts, halves, strict=True)]
    for x, _ in shown:
        canvas.line(x, frame.bottom, x, frame.bottom + 3, Colour.MUTED)
    for index in thin(starts, ends, 4.0):
        if ends[index] <= canvas.width:
            canvas.text((starts[index] + ends[index]) / 2, frame.bottom + 13, shown[index][1], anchor="middle")


def _lines(
    canvas: Canvas,
    frame: Frame,
    edges: Sequence[float],
    width: float,
    lines: Sequence[tuple[float, str, Colour, tuple[float, ...]]],
) -> None:
    placing = Placing(canvas, Box(frame.left, 0, canvas.width, frame.bottom))
    for number, (value, text, colour, dash) in enumerate(sorted(lines, key=lambda line: -line[0])):
        x = frame.left + _bin_place(value, edges) * width
        top = 3 + LINE * number
        canvas.line(x, top, x, frame.bottom, colour, 1.2, dash=dash)
        placing.put(x, top + LINE / 2, text, colour, sides=("right", "left"), gap=3)
        placing.reserve(Box(x - 2, top, x + 2, frame.bottom))


def _bin_place(value: float, edges: Sequence[float]) -> float:
    """Place of a value on the axis of equal bins, in bins from the left; inside the open bin at its middle."""
    for number, (low, high) in enumerate(zip(edges, edges[1:], strict=False)):
        if value < high or number == len(edges) - 2:
            within = 0.5 if math.isinf(high) else (value - low) / (high - low) if high > low else 0.5
            return number + clamp(within, 0.0, 1.0)
    return 0.0
