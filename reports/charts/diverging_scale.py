"""Answers on a scale, the middle answers centred: bad to the left, good to the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.axis import linear
from reports.chart import SMALL, Canvas, Chart
from reports.fonts import text_width
from reports.frame import MIDDLE
from reports.palette import Colour
from reports.rows import column_widths, row_height_mm

_TOP = 18.0
_ROW = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """One row.

    Attributes:
        label: Name.
        counts: Answers of each step, worst first.
        bad_label: The share of the bad steps, as printed.
        good_label: The share of the good steps, as printed.
        note: Number of answers.
        bad: How many of the first steps are bad.
        good: How many of the last steps are good.
        first: What the first step is called on the scale.
    """

    label: str
    counts: Sequence[float]
    bad_label: str = ""
    good_label: str = ""
    note: str = ""
    bad: int = 2
    good: int = 2
    first: int = 1


def diverging_scale(
    rows: Sequence[Ratings],
    *,
    name: str,
    alt: str,
    heads: tuple[str, str, str] = ("", "", ""),
    width_mm: float = 120.0,
    height_mm: float | None = None,
) -> Chart:
    """Draw the rows.

    Args:
        rows: From top to bottom.
        name: Name of the chart.
        alt: What it shows.
        heads: Headings of the bad side, the good side and the notes.
        width_mm: Width.
        height_mm: Height; by default as the rows need.

    Raises:
        ValueError: A row has no steps between its bad and its good ones, or no bad or good ones.
    """
    canvas = Canvas(width_mm, height_mm or row_height_mm(len(rows), _ROW, _TOP), name=name, alt=alt)
    labels, bad, good, notes = column_widths(
        canvas.width,
        [
            [row.label for row in rows],
            [row.bad_label for row in rows],
            [row.good_label for row in rows],
            [heads[2], *(row.note for row in rows)],
        ],
        most=(0.3, 0.12, 0.12, 0.14),
    )
    left, right = labels + bad + 14, canvas.width - notes - good - 14
    worst, best = _reach(rows)
    x = linear(-worst, best, left, right)
    step = (canvas.height - _TOP) / max(1, len(rows))
    canvas.text(x(0) - 5, _TOP - 8, heads[0], Colour.ALERT, anchor="end", weight=600, room=max(0.0, x(0) - labels - 10))
    canvas.text(x(0) + 5, _TOP - 8, heads[1], Colour.PETROL, weight=600, room=max(0.0, right + good - x(0)))
    canvas.text(canvas.width, _TOP - 8, heads[2], anchor="end", room=notes)
    canvas.line(x(0), _TOP - 3, x(0), canvas.height, Colour.MUTED)
    for number, row in enumerate(rows):
        middle = _TOP + (number + 0.5) * step
        canvas.text(labels, middle + MIDDLE, row.label, Colour.INK, anchor="end", room=labels)
        start, end = _bar(canvas, row, x, middle, min(13.0, step * 0.66))
        canvas.text(start - 5, middle + MIDDLE, row.bad_label, Colour.ALERT, anchor="end", room=bad)
        canvas.text(end + 5, middle + MIDDLE, row.good_label, Colour.PETROL, weight=600, room=good)
        canvas.text(canvas.width, middle + MIDDLE, row.note, anchor="end", room=notes)
    return canvas.finish()


def _shares(row: Ratings) -> list[float]:
    if row.bad < 1 or row.good < 1 or len(row.counts) < row.bad + row.good:
        raise ValueError(
            f"{len(row.counts)} counts for {row.label!r}, of which {row.bad} are bad and {row.good} good: too few steps"
        )
    total = sum(row.counts)
    return [count / total if total else 0.0 for count in row.counts]


def _sides(row: Ratings) -> tuple[float, float]:
    """Shares to the left and to the right of the middle; half of the steps between on each side."""
    shares = _shares(row)
    between = sum(shares[row.bad : len(shares) - row.good])
    return sum(shares[: row.bad]) + between / 2, sum(shares[len(shares) - row.good :]) + between / 2


def _reach(rows: Sequence[Ratings]) -> tuple[float, float]:
    """How far the bars go to the left and to the right of the middle, as shares."""
    sides = [_sides(row) for row in rows]
    return max([0.1, *(bad for bad, _ in sides)]), max([0.1, *(good for _, good in sides)])


def _bar(
    canvas: Canvas, row: Ratings, x: Callable[[float], float], middle: float, thickness: float
) -> tuple[float, float]:
    edge = -_sides(row)[0]
    start = x(edge)
    for step, share in enumerate(_shares(row)):
        left, right = x(edge), x(edge + share)
        fill, ink = _colours(canvas, row, step)
        canvas.rectangle(left, middle - thickness / 2, max(0.0, right - left - 0.7), thickness, fill)
        figure = f"{row.first + step}"
        if ink and right - left > 16 and text_width(figure, SMALL) < right - left:
            canvas.text((left + right) / 2, middle + 3, figure, ink, size=SMALL, anchor="middle")
        edge += share
    return start, x(edge)


def _colours(canvas: Canvas, row: Ratings, step: int) -> tuple[Colour | str, Colour | None]:
    """Fill of a step and colour of its figure; none on a hatched or a neutral step."""
    if step == 0:
        return Colour.ALERT, Colour.WHITE
    if step < row.bad:
        return canvas.hatch(Colour.ALERT, Colour.ALERT_PALE), None
    if step < len(row.counts) - row.good:
        return Colour.GRID, None
    return (Colour.PETROL, Colour.WHITE) if step == len(row.counts) - 1 else (Colour.PETROL_FILL, Colour.INK)
