"""What came in and what was solved, two columns for each period, and below them the line of what stayed open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.axis import Values, domain, is_present, linear, present, runs, ticks
from reports.chart import LABEL, Canvas, Chart
from reports.fonts import text_width
from reports.frame import EndLabel, Frame, end_labels, time_axis, value_grid
from reports.palette import Colour
from reports.placing import Box, Placing, along

_FOOT = 20.0
_GAP = 16.0
_SHARE_OF_COLUMNS = 0.58


@dataclass(frozen=True, slots=True)
class Names:
    """Names of the two columns and the line."""

    created: str
    solved: str
    backlog: str


def flow_columns(
    created: Values,
    solved: Values,
    backlog: Values,
    *,
    name: str,
    alt: str,
    labels: Sequence[str],
    names: Names,
    format: Callable[[float], str],
    backlog_label: str = "",
    width_mm: float = 120.0,
    height_mm: float = 56.0,
) -> Chart:
    """Draw the columns and the line, each on its own scale from zero.

    Args:
        created: Tickets that came in, by period.
        solved: Tickets solved.
        backlog: Tickets open at the end of each period; empty draws no line.
        name: Name of the chart.
        alt: What it shows.
        labels: One label for each period, empty where there is none.
        names: Names of the series, set at the right.
        format: Prints a number of the axes.
        backlog_label: What stands at the last point of the line.
        width_mm: Width.
        height_mm: Height.
    """
    canvas = Canvas(width_mm, height_mm, name=name, alt=alt)
    count = max(len(created), len(solved), len(backlog), 1)
    has_line = bool(present(backlog))
    floor = canvas.height - _FOOT
    split = 8 + (floor - 8 - _GAP) * _SHARE_OF_COLUMNS if has_line else floor
    left, right = _margins(canvas, names, [*created, *solved, *backlog], format)
    columns = _frame(count, [*created, *solved], format, left, right, 8, split)
    value_grid(canvas, columns)
    step = (right - left) / count
    _columns(canvas, columns, created, Colour.PETROL_FILL, step, 0)
    _columns(canvas, columns, solved, Colour.PETROL, step, 1)
    middle = (columns.top + columns.bottom) / 2
    ends = [
        EndLabel(middle - 7, (names.created,), Colour.PETROL_SECOND),
        EndLabel(middle + 7, (names.solved,), Colour.PETROL, 600),
    ]
    lowest = columns
    if has_line:
        lowest = _frame(count, backlog, format, left, right, split + _GAP, floor)
        value_grid(canvas, lowest)
        ends.append(_backlog(canvas, lowest, backlog, backlog_label, names.backlog))
    time_axis(canvas, lowest, labels)
    end_labels(canvas, lowest, ends)
    return canvas.finish()


def _margins(canvas: Canvas, names: Names, values: Values, format: Callable[[float], str]) -> tuple[float, float]:
    _, high = domain(values, zero=True)
    left = min(canvas.width * 0.25, max(text_width(format(mark), LABEL) for mark in ticks(0, high)) + 5)
    widest = max(text_width(text, LABEL, weight=600) for text in (names.created, names.solved, names.backlog))
    return left, canvas.width - min(canvas.width / 3, widest + 7)


def _frame(
    count: int, values: Values, format: Callable[[float], str], left: float, right: float, top: float, bottom: float
) -> Frame:
    _, high = domain(values, zero=True, count=3, pad=0.0)
    step = (right - left) / count
    x = linear(-0.5, count - 0.5, left, right) if count > 1 else linear(0, 1, left + step / 2, right)
    marks = tuple((mark, format(mark)) for mark in ticks(0, high, 3))
    return Frame(left, right, top, bottom, x, linear(0, high, bottom, top), marks)


def _columns(canvas: Canvas, frame: Frame, values: Values, colour: Colour, step: float, which: int) -> None:
    width = min(step * 0.36, 14.0)
    for index, value in enumerate(values):
        if value is not None and is_present(value):
            left = frame.x(index) + (which - 1) * (width + 0.4)
            canvas.rectangle(left, frame.y(value), width, frame.bottom - frame.y(value), colour)


def _backlog(canvas: Canvas, frame: Frame, values: Values, label: str, name: str) -> EndLabel:
    for run in runs(values):
        points = frame.points(values, run)
        canvas.path(points, Colour.INK, 1.5)
        if len(run) == 1:
            canvas.circle(*points[0], 1.8, Colour.INK)
    marks = [place for run in runs(values) for place in along(frame.points(values, run))]
    last = max(index for index, value in enumerate(values) if is_present(value))
    x, y = frame.points(values, [last])[0]
    canvas.circle(x, y, 2.8, Colour.INK, outline=Colour.WHITE)
    placing = Placing(canvas, Box(frame.left, frame.top - _GAP, frame.right, frame.bottom), marks)
    if label:
        placing.put(x, y, label, sides=("above", "left", "below"), gap=6)
    return EndLabel(y, (name,), Colour.INK, 600)
