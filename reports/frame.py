"""The frame of a chart with a value axis: margins after the measured labels, grid, time axis, labels at line ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.axis import linear, spread, thin, ticks
from reports.chart import LABEL, Canvas
from reports.fonts import text_width
from reports.palette import Colour

LINE = LABEL * 1.05
"""Distance between baselines of labels."""
MIDDLE = LABEL * 0.34
"""From the middle of a label to its baseline."""
_AIR = 5.0


@dataclass(frozen=True, slots=True)
class Frame:
    """The drawing area, in pixels, and its two scales.

    Attributes:
        left, right, top, bottom: Edges.
        x: From the index of a point to its place.
        y: From a value to its place.
        marks: Round values of the axis and how they are printed.
    """

    left: float
    right: float
    top: float
    bottom: float
    x: Callable[[float], float]
    y: Callable[[float], float]
    marks: tuple[tuple[float, str], ...] = ()

    def points(self, values: Sequence[float | None], indexes: Sequence[int]) -> list[tuple[float, float]]:
        """Places of some points of a series that are present."""
        return [(self.x(index), self.y(float(values[index] or 0.0))) for index in indexes]


@dataclass(frozen=True, slots=True)
class EndLabel:
    """A label at the right end of a line: where the line ends, one or more lines of text, colour and weight."""

    y: float
    lines: tuple[str, ...]
    colour: Colour
    weight: int = 400


def time_frame(
    canvas: Canvas,
    count: int,
    low: float,
    high: float,
    format: Callable[[float], str],
    *,
    ends: Sequence[EndLabel | str] = (),
    top: float = 14.0,
    bottom: float = 20.0,
    inset: float = 4.0,
) -> Frame:
    """Margins and scales of a chart over `count` points; nothing is drawn yet.

    Args:
        canvas: What it will be drawn on.
        count: Number of points on the time axis.
        low: Least value of the axis.
        high: Greatest value of the axis.
        format: Prints a number of the axis.
        ends: Texts that will stand at the right; the margin is as wide as the widest, up to a third of the canvas.
        top: Margin above.
        bottom: Margin below, for the time axis.
        inset: Room between the frame's sides and the outermost points.
    """
    marks = ticks(low, high)
    texts = [format(mark) for mark in marks]
    left = min(canvas.width * 0.25, max((text_width(text, LABEL) for text in texts), default=0.0) + _AIR)
    lines = [text for end in ends for text in ((end,) if isinstance(end, str) else end.lines) if text]
    widest = max((text_width(text, LABEL, weight=600) for text in lines), default=0.0)
    right = canvas.width - (min(canvas.width / 3, widest + _AIR + 2) if widest else 4.0)
    floor = canvas.height - bottom
    x = linear(0, count - 1, left + inset, right - inset) if count > 1 else linear(0, 0, left, right)
    printed = tuple(zip(marks, texts, strict=True))
    return Frame(left, right, top, floor, x, linear(low, high, floor, top), printed)


def value_grid(canvas: Canvas, frame: Frame) -> None:
    """Hair lines at the round values, their numbers to the left, and the base line."""
    for mark, text in frame.marks:
        canvas.line(frame.left, frame.y(mark), frame.right, frame.y(mark), Colour.GRID)
        canvas.text(frame.left - _AIR, frame.y(mark) + MIDDLE, text, anchor="end", room=frame.left - _AIR)
    canvas.line(frame.left, frame.bottom, frame.right, frame.bottom, Colour.MUTED)


def time_axis(canvas: Canvas, frame: Frame, labels: Sequence[str], *, places: Sequence[float] | None = None) -> None:
    """Ticks and labels under the frame; labels that would touch are left out evenly, their ticks stay."""
    shown = [(places[index] if places else frame.x(index), text) for index, text in enumerate(labels) if text]
    boxes = []
    for place, text in shown:
        width = min(text_width(text, LABEL), frame.right - frame.left)
        start = min(max(0.0, place - width / 2), canvas.width - width)
        boxes.append((start, start + width))
        canvas.line(place, frame.bottom, place, frame.bottom + 3, Colour.MUTED)
    for index in thin([box[0] for box in boxes], [box[1] for box in boxes], 4.0):
        start, end = boxes[index]
        canvas.text((start + end) / 2, frame.bottom + 13, shown[index][1], anchor="middle", room=end - start + 0.1)


def end_labels(canvas: Canvas, frame: Frame, labels: Sequence[EndLabel]) -> None:
    """Labels to the right of the frame, moved apart where they would touch."""
    shown = [label for label in labels if any(label.lines)]
    sizes = [LINE * len(label.lines) + 1 for label in shown]
    middles = spread([label.y for label in shown], sizes, 0.0, frame.bottom + LINE / 2)
    room = canvas.width - frame.right - _AIR
    for label, middle in zip(shown, middles, strict=True):
        for number, text in enumerate(label.lines):
            baseline = middle + (number - (len(label.lines) - 1) / 2) * LINE + MIDDLE
            canvas.text(frame.right + _AIR, baseline, text, label.colour, weight=label.weight, room=room)
