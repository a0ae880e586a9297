"""Bars of one hundred per cent: on time, overdue (hatched), undecided (pale), the allowed share as a tick."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.axis import linear
from reports.chart import LABEL, Canvas, Chart
from reports.fonts import text_width
from reports.frame import MIDDLE
from reports.palette import Colour
from reports.rows import column_widths, row_height_mm

_TOP = 20.0
_ROW = 23.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One bar.

    Attributes:
        label: Name of the row.
        on_time, overdue, undecided: Amounts of any unit; they are drawn as parts of their sum.
        on_time_label, overdue_label, total_label: What is printed.
        is_flagged: Whether the overdue part needs attention.
    """

    label: str
    on_time: float
    overdue: float
    undecided: float = 0.0
    on_time_label: str
    overdue_label: str
    total_label: str = ""
    is_flagged: bool = False


@dataclass(frozen=True, slots=True)
class Heads:
    """Headings of the bar and of the two columns at its right."""

    on_time: str
    overdue: str
    total: str = ""


def stacked_share(
    rows: Sequence[Share],
    *,
    name: str,
    alt: str,
    heads: Heads,
    tolerance: float | None = None,
    width_mm: float = 84.0,
    height_mm: float | None = None,
) -> Chart:
    """Draw the bars.

    Args:
        rows: From top to bottom.
        name: Name of the chart.
        alt: What it shows.
        heads: Headings.
        tolerance: Share that may be overdue, a fraction; None draws no tick.
        width_mm: Width.
        height_mm: Height; by default as many rows need.
    """
    canvas = Canvas(width_mm, height_mm or row_height_mm(len(rows), _ROW, _TOP), name=name, alt=alt)
    left, overdue, total = column_widths(
        canvas.width,
        [
            [row.label for row in rows],
            [heads.overdue, *(row.overdue_label for row in rows)],
            [heads.total, *(row.total_label for row in rows)],
        ],
        most=(0.34, 0.2, 0.2),
    )
    bar_left, bar_right = left + 7, canvas.width - overdue - total - 14
    x = linear(0, 1, bar_left, bar_right)
    _heads(canvas, heads, bar_left, bar_right, overdue, total)
    step = (canvas.height - _TOP) / max(1, len(rows))
    for number, row in enumerate(rows):
        middle = _TOP + (number + 0.5) * step
        thickness = min(15.0, step * 0.66)
        canvas.text(left, middle + MIDDLE, row.label, Colour.INK, anchor="end", room=left)
        _bar(canvas, row, x, middle, thickness, tolerance)
        flagged = Colour.ALERT if row.is_flagged else Colour.TEXT
        canvas.text(
            bar_right + 6,
            middle + MIDDLE,
            row.overdue_label,
            flagged,
            room=overdue,
            weight=600 if row.is_flagged else 400,
        )
        canvas.text(canvas.width, middle + MIDDLE, row.total_label, anchor="end", room=total)
    return canvas.finish()


def _heads(canvas: Canvas, heads: Heads, left: float, right: float, overdue: float, total: float) -> None:
    baseline = _TOP - 9
    canvas.text(left, baseline, heads.on_time, Colour.PETROL, weight=600, room=right - left - 4)
    canvas.text(right + 6, baseline, heads.overdue, Colour.ALERT, weight=600, room=overdue)
    canvas.text(canvas.width, baseline, heads.total, anchor="end", room=total)


def _bar(
    canvas: Canvas, row: Share, x: Callable[[float], float], middle: float, thickness: float, tolerance: float | None
) -> None:
    total = row.on_time + row.overdue + row.undecided
    top = middle - thickness / 2
    if total <= 0:
        canvas.line(x(0), middle, x(1), middle, Colour.RULE)
        return
    on_time, undecided = x(row.on_time / total), x((row.on_time + row.undecided) / total)
    canvas.rectangle(x(0), top, on_time - x(0) - 0.8, thickness, Colour.PETROL)
    canvas.rectangle(on_time, top, undecided - on_time - 0.8, thickness, Colour.RULE)
    canvas.rectangle(
        undecided + 0.8,
        top + 0.4,
        x(1) - undecided - 1.2,
        thickness - 0.8,
        canvas.hatch(Colour.ALERT, Colour.ALERT_PALE),
        outline=Colour.ALERT,
        outline_width=0.8,
    )
    if tolerance is not None:
        tick = x(1 - tolerance)
        canvas.line(tick, top - 1.6, tick, top + thickness + 1.6, Colour.WHITE, 2.6)
        canvas.line(tick, top - 1.6, tick, top + thickness + 1.6, Colour.INK, 1.1)
    if text_width(row.on_time_label, LABEL, weight=600) + 12 < on_time - x(0):
        canvas.text(x(0) + 5, middle + MIDDLE, row.on_time_label, Colour.WHITE, weight=600)
