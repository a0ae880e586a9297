"""The same measure for several members on one scale; the others stay in grey behind each line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.axis import Values, domain, is_present, linear, runs, ticks
from reports.chart import LABEL, PIXELS_PER_MM, SHAPE_COLOUR, SMALL, Canvas, Chart, Shape
from reports.fonts import text_width
from reports.frame import Frame
from reports.palette import Colour

_GAP = 12.0
_HEAD = 28.0
_FOOT = 14.0
_ROW = 113.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiple:
    """One small chart: its title, the figure printed under it, the series, and the status of the figure."""

    title: str
    figure: str
    values: Values
    shape: Shape | None = None


def small_multiples(
    panels: Sequence[Multiple],
    *,
    name: str,
    alt: str,
    format: Callable[[float], str],
    target: float | None = None,
    first_label: str = "",
    last_label: str = "",
    columns: int = 6,
    from_zero: bool = False,
    ceiling: float | None = None,
    width_mm: float = 174.0,
    height_mm: float | None = None,
) -> Chart:
    """Draw the charts.

    Args:
        panels: In reading order.
        name: Name of the chart.
        alt: What it shows.
        format: Prints a number of the axis.
        target: Where the dashed line is.
        first_label: What stands under the first point.
        last_label: What stands under the last point.
        columns: How many stand in a row.
        from_zero: Whether the axis starts at zero.
        ceiling: Greatest value that there can be, where the axis ends; None when there is none.
        width_mm: Width.
        height_mm: Height; by default 30 mm for each row.
    """
    lines = max(1, -(-len(panels) // columns))
    canvas = Canvas(width_mm, height_mm or lines * _ROW / PIXELS_PER_MM, name=name, alt=alt)
    low, high = domain([target, *(value for panel in panels for value in panel.values)], zero=from_zero, count=3)
    high = high if ceiling is None else max(min(high, ceiling), low + 1e-9)
    marks = [(mark, format(mark)) for mark in ticks(low, high, 3)]
    left = max(text_width(text, SMALL) for _, text in marks) + 4
    width = (canvas.width - left - _GAP * (columns - 1)) / columns
    for number, panel in enumerate(panels):
        row, column = divmod(number, columns)
        x, top = left + column * (width + _GAP), row * canvas.height / lines
        floor = top + canvas.height / lines - _FOOT
        across = linear(0, max(1, len(panel.values) - 1), x + 2, x + width - 5)
        frame = Frame(x, x + width, top + _HEAD, floor, across, linear(low, high, floor, top + _HEAD), tuple(marks))
        _head(canvas, frame, panel, top)
        _grid(canvas, frame, target, numbered=column == 0)
        _lines(canvas, frame, panels, number)
        shown = canvas.text(x, floor + 11, first_label, size=SMALL, room=width)
        canvas.text(x + width, floor + 11, last_label, size=SMALL, anchor="end", room=width - shown - 4)
    return canvas.finish()


def _head(canvas: Canvas, frame: Frame, panel: Multiple, top: float) -> None:
    room = frame.right - frame.left
    canvas.text(frame.left, top + 9, panel.title, Colour.INK, weight=600, room=room)
    colour = SHAPE_COLOUR[panel.shape] if panel.shape else Colour.TEXT
    canvas.text(
        frame.left,
        top + 20.5,
        panel.figure,
        colour if colour is not Colour.GREY else Colour.MUTED,
        weight=600,
        size=LABEL * 1.07,
        room=room,
    )


def _grid(canvas: Canvas, frame: Frame, target: float | None, *, numbered: bool) -> None:
    for mark, text in frame.marks:
        canvas.line(frame.left, frame.y(mark), frame.right, frame.y(mark), Colour.GRID)
        if numbered:
            canvas.text(frame.left - 4, frame.y(mark) + 3, text, size=SMALL, anchor="end", room=frame.left - 3)
    if target is not None:
        canvas.line(frame.left, frame.y(target), frame.right, frame.y(target), Colour.INK, 0.8, dash=(3, 2))
    canvas.line(frame.left, frame.bottom, frame.right, frame.bottom, Colour.RULE)


def _lines(canvas: Canvas, frame: Frame, panels: Sequence[Multiple], number: int) -> None:
    for other, panel in enumerate(panels):
        if other != number:
            for run in runs(panel.values):
                canvas.path(
                    [place for place in frame.points(panel.values, run) if place[0] <= frame.right], Colour.RULE, 0.55
                )
    values = panels[number].values
    for run in runs(values):
        points = frame.points(values, run)
        canvas.path(points, Colour.PETROL, 1.3)
        if len(run) == 1:
            canvas.circle(*points[0], 1.1, Colour.PETROL)
    shown = [index for index, value in enumerate(values) if is_present(value)]
    if shown:
        canvas.mark(panels[number].shape or Shape.MET, *frame.points(values, shown[-1:])[0], 3.0)
