"""A small line without axis: the months before, the target dashed, the last value as the shape of its status."""

from __future__ import annotations

from reports.axis import Values, is_present, linear, present, runs
from reports.chart import Canvas, Chart, Shape
from reports.palette import Colour


def sparkline(
    values: Values,
    *,
    name: str,
    alt: str,
    target: float | None = None,
    shape: Shape | None = None,
    width_mm: float = 20.0,
    height_mm: float = 9.0,
) -> Chart:
    """Draw the line.

    Args:
        values: The series, oldest first; None is a gap.
        name: Name of the chart.
        alt: What it shows.
        target: Where the dashed line is.
        shape: Status at the last value; a plain dot without one.
        width_mm: Width.
        height_mm: Height.
    """
    canvas = Canvas(width_mm, height_mm, name=name, alt=alt)
    numbers = present([*values, target])
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    y = linear(low, high, canvas.height - 5, 5)
    x = linear(0, max(1, len(values) - 1), 2, canvas.width - 5)
    if target is not None:
        canvas.line(0, y(target), canvas.width, y(target), Colour.MUTED, 0.8, dash=(2, 1.8))
    for run in runs(values):
        points = [(x(index), y(values[index] or 0.0)) for index in run]
        canvas.path(points, Colour.PETROL, 1.3)
        if len(run) == 1:
            canvas.circle(*points[0], 1.1, Colour.PETROL)
    shown = [index for index, value in enumerate(values) if is_present(value)]
    if shown:
        place = (x(shown[-1]), y(values[shown[-1]] or 0.0))
        if shape:
            canvas.mark(shape, *place, 3.1)
        else:
            canvas.circle(*place, 2.3, Colour.PETROL_SECOND, outline=Colour.WHITE, width=0.8)
    return canvas.finish()
