"""Bars from zero, one row each: name, bar with its figure, and a note or a change at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.axis import domain, is_present, linear
from reports.chart import LABEL, SMALL, Canvas, Chart
from reports.fonts import text_width
from reports.frame import MIDDLE
from reports.palette import Colour
from reports.rows import column_widths, row_height_mm

_ROW = 18.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One row.

    Attributes:
        label: Name.
        value: Length of the bar; None draws none.
        text: The figure as printed, or why there is none.
        note: Quiet text at the right: sample, whole.
        change: Difference from before.
        is_flagged: Whether it needs attention.
    """

    label: str
    value: float | None
    text: str
    note: str = ""
    change: str = ""
    is_flagged: bool = False


def horizontal_bars(
    rows: Sequence[Bar],
    *,
    name: str,
    alt: str,
    reference: float | None = None,
    reference_label: str = "",
    heads: tuple[str, str, str] = ("", "", ""),
    width_mm: float = 84.0,
    height_mm: float | None = None,
) -> Chart:
    """Draw the bars.

    Args:
        rows: From top to bottom.
        name: Name of the chart.
        alt: What it shows.
        reference: Value of a tick through all bars: target or mean.
        reference_label: What stands over it.
        heads: Headings of bars, changes and notes.
        width_mm: Width.
        height_mm: Height; by default as the rows need.
    """
    top = 16.0 if any(heads) or reference_label else 3.0
    canvas = Canvas(width_mm, height_mm or row_height_mm(len(rows), _ROW, top, 2), name=name, alt=alt)
    labels, changes, notes = column_widths(
        canvas.width,
        [
            [row.label for row in rows],
            [heads[1], *(row.change for row in rows)],
            [heads[2], *(row.note for row in rows)],
        ],
        most=(0.42, 0.18, 0.18),
    )
    left = labels + 7
    notes_left = canvas.width - notes
    changes_left = notes_left - changes - (8 if notes > 1 and changes > 1 else 0)
    right = changes_left - (8 if changes > 1 or notes > 1 else 0)
    x = _scale(rows, reference, left, right)
    _heads(canvas, heads, left, right, notes_left - 8, canvas.width, top)
    step = (canvas.height - top - 2) / max(1, len(rows))
    for number, row in enumerate(rows):
        middle = top + (number + 0.5) * step
        canvas.text(
            labels,
            middle + MIDDLE,
            row.label,
            Colour.INK,
            anchor="end",
            room=labels,
            weight=600 if row.is_flagged else 400,
        )
        _bar(canvas, row, x, middle, min(11.0, step * 0.66), (left, right))
        canvas.text(
            notes_left - (8 if notes > 1 else 0), middle + MIDDLE, row.change, Colour.TEXT, anchor="end", room=changes
        )
        canvas.text(canvas.width, middle + MIDDLE, row.note, anchor="end", room=notes)
    canvas.line(x(0), top, x(0), canvas.height - 1, Colour.MUTED)
    if reference is not None:
        canvas.line(x(reference), top - 2, x(reference), canvas.height - 1, Colour.INK, 1.1)
    return canvas.finish()


def _scale(rows: Sequence[Bar], reference: float | None, left: float, right: float) -> Callable[[float], float]:
    low, high = domain([*(row.value for row in rows), reference], zero=True, pad=0.0)
    widest = max((text_width(row.text, LABEL, weight=600) for row in rows), default=0.0)
    end = max(left + 12.0, right - min(widest + 8, (right - left) * 0.5))
    start = left if low >= 0 else left + min(widest + 8, (right - left) * 0.3)
    return linear(low, high, start, max(start + 6.0, end))


def _heads(
    canvas: Canvas,
    heads: tuple[str, str, str],
    left: float,
    right: float,
    changes_right: float,
    notes_right: float,
    top: float,
) -> None:
    canvas.text(left, top - 7, heads[0], size=SMALL, room=max(0.0, (right - left) * 0.7))
    canvas.text(changes_right, top - 7, heads[1], size=SMALL, anchor="end", room=max(0.0, changes_right - right))
    canvas.text(
        notes_right, top - 7, heads[2], size=SMALL, anchor="end", room=max(0.0, notes_right - changes_right - 4)
    )


def _bar(
    canvas: Canvas, row: Bar, x: Callable[[float], float], middle: float, thickness: float, edges: tuple[float, float]
) -> None:
    left, right = edges
    colour = Colour.ALERT if row.is_flagged else Colour.TEXT
    weight = 600 if row.is_flagged else 400
    if row.value is None or not is_present(row.value):
        canvas.text(x(0) + 5, middle + MIDDLE, row.text, room=right - x(0) - 5)
        return
    end = x(row.value)
    fill: Colour | str = canvas.hatch(Colour.ALERT, Colour.ALERT_PALE) if row.is_flagged else Colour.PETROL_FILL
    canvas.rectangle(
        min(x(0), end),
        middle - thickness / 2,
        abs(end - x(0)),
        thickness,
        fill,
        outline=Colour.ALERT if row.is_flagged else None,
    )
    if row.value >= 0:
        canvas.text(
            end + 4, middle + MIDDLE, row.text, colour, weight=weight, room=right - end - 4, behind=Colour.WHITE
        )
    else:
        canvas.text(
            end - 4,
            middle + MIDDLE,
            row.text,
            colour,
            weight=weight,
            anchor="end",
            room=max(0.0, end - 4 - left),
            behind=Colour.WHITE,
        )
