"""Values with their intervals, one row each, in the order given (alphabetical: the list is no ranking)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.axis import clamp, domain, is_present, linear, thin, ticks
from reports.chart import SHAPE_COLOUR, SMALL, Canvas, Chart, Shape
from reports.fonts import text_width
from reports.palette import Colour
from reports.rows import column_widths, row_height_mm

_TOP = 15.0
_ROW = 14.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """One row.

    Attributes:
        label: Name.
        value: The figure; None when there is none, then `note` says why.
        low, high: Its interval; None draws the figure alone.
        note: Sample size, printed at the right.
        shape: Status when the row stands out; None for ordinary rows.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""
    shape: Shape | None = None


def interval_dots(
    rows: Sequence[Interval],
    *,
    name: str,
    alt: str,
    format: Callable[[float], str],
    reference: float | None = None,
    reference_label: str = "",
    note_head: str = "",
    axis: tuple[float, float] | None = None,
    width_mm: float = 84.0,
    height_mm: float | None = None,
) -> Chart:
    """Draw the rows.

    Args:
        rows: From top to bottom.
        name: Name of the chart.
        alt: What it shows.
        format: Prints a number of the axis.
        reference: Value of the whole, drawn as a line through all rows.
        reference_label: What stands under that line; empty for none.
        note_head: Heading of the notes.
        axis: Least and greatest value, so that charts side by side share a scale; by default as the values need.
        width_mm: Width.
        height_mm: Height; by default as the rows need.
    """
    foot = 13.0 if reference_label else 3.0
    canvas = Canvas(width_mm, height_mm or row_height_mm(len(rows), _ROW, _TOP, foot), name=name, alt=alt)
    everything = [reference, *(bound for row in rows for bound in (row.low, row.value, row.high))]
    low, high = axis or domain(everything)
    labels, notes = column_widths(
        canvas.width, [[row.label for row in rows], [note_head, *(row.note for row in rows)]], most=(0.42, 0.24)
    )
    left, right = labels + 10, canvas.width - notes - 10
    x = linear(low, high, left, right)
    floor = canvas.height - foot
    _axis(canvas, x, ticks(low, high, 4), format, floor, right)
    canvas.text(canvas.width, _TOP - 7, note_head, size=SMALL, anchor="end", room=notes)
    if reference is not None and low <= reference <= high:
        canvas.line(x(reference), _TOP - 4, x(reference), floor, Colour.PETROL, 0.9)
        canvas.text(
            x(reference), canvas.height - 3, reference_label, Colour.PETROL, size=SMALL, anchor="middle", weight=600
        )
    step = (floor - _TOP) / max(1, len(rows))
    for number, row in enumerate(rows):
        middle = _TOP + (number + 0.5) * step
        canvas.text(
            labels,
            middle + 3.1,
            row.label,
            Colour.INK,
            size=SMALL * 1.03,
            anchor="end",
            room=labels,
            weight=600 if row.shape else 400,
        )
        _row(canvas, row, lambda value: x(clamp(value, low, high)), middle)
        canvas.text(canvas.width, middle + 3.1, row.note, size=SMALL, anchor="end", room=notes)
    return canvas.finish()


def _axis(
    canvas: Canvas,
    x: Callable[[float], float],
    marks: Sequence[float],
    format: Callable[[float], str],
    floor: float,
    right: float,
) -> None:
    texts = [format(mark) for mark in marks]
    halves = [text_width(text, SMALL) / 2 for text in texts]
    places = [x(mark) for mark in marks]
    for place in places:
        canvas.line(place, _TOP - 4, place, floor, Colour.GRID)
    starts = [place - half for place, half in zip(places, halves, strict=True)]
    ends = [place + half for place, half in zip(places, halves, strict=True)]
    for index in thin(starts, ends, 4.0):
        if ends[index] <= right + 8:
            canvas.text(places[index], _TOP - 7, texts[index], size=SMALL, anchor="middle")


def _row(canvas: Canvas, row: Interval, x: Callable[[float], float], middle: float) -> None:
    if row.value is None or not is_present(row.value):
        return
    colour = SHAPE_COLOUR[row.shape] if row.shape else Colour.PETROL_FILL
    if row.low is not None and row.high is not None:
        canvas.line(x(row.low), middle, x(row.high), middle, colour, 2.2 if row.shape else 1.8)
    if row.shape:
        canvas.mark(row.shape, x(row.value), middle, 3.4)
    else:
        canvas.circle(x(row.value), middle, 2.5, Colour.PETROL_SECOND, outline=Colour.WHITE, width=0.6)
