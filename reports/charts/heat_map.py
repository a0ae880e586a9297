"""A grid of shares or counts in six steps of one hue: figures in the darker half, margins as small bars."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.axis import Values, is_present, present, thin
from reports.chart import LABEL, PIXELS_PER_MM, SMALL, Canvas, Chart
from reports.fonts import text_width
from reports.palette import HEAT_STEPS, Colour
from reports.rows import column_widths

_ROW = 19.0
_BAR = 13.0
_FIRST_WITH_FIGURE = 3
_FIRST_WITH_WHITE = 4


_KEY = 15.0


@dataclass(frozen=True, slots=True)
class Marks:
    """What a cell may be besides its value; each has its own mark and is named under the grid.

    Attributes:
        closed: Cells (row, column) in which nobody was to be there: a stroke through the cell.
        closed_word: What the stroke means.
        nothing_word: What a ring means: it was counted, and there was nothing.
        unknown_word: What a dash means: there is no value.
    """

    closed: frozenset[tuple[int, int]]
    closed_word: str
    nothing_word: str
    unknown_word: str


def heat_map(
    grid: Sequence[Values],
    *,
    name: str,
    alt: str,
    rows: Sequence[str],
    columns: Sequence[str],
    format: Callable[[float], str],
    row_margin: Values | None = None,
    column_margin: Values | None = None,
    cuts: Sequence[float] | None = None,
    marks: Marks | None = None,
    width_mm: float = 84.0,
    height_mm: float | None = None,
) -> Chart:
    """Draw the grid.

    Args:
        grid: Values by row and column; None is left white.
        name: Name of the chart.
        alt: What it shows.
        rows: Names of the rows.
        columns: Names of the columns; those that would touch are left out.
        format: Prints a value.
        row_margin: The figure of each whole row, measured, not averaged from the cells; None draws no bars.
        column_margin: The same for columns.
        cuts: The five values where the next step begins; by default at equal distances up to the greatest value.
        marks: Marks of cells that are closed, empty or unknown, with a key; without them they are as their values.
        width_mm: Width.
        height_mm: Height; by default as the rows need.
    """
    top = 13.0 + (_BAR + 1 if column_margin else 0.0)
    under = _KEY if marks else 0.0
    own = (top + max(1, len(rows)) * _ROW + under) / PIXELS_PER_MM
    canvas = Canvas(width_mm, height_mm or own, name=name, alt=alt)
    left = column_widths(canvas.width, [rows], most=(0.36,))[0] + 5
    figures = [format(value) for value in present(row_margin or ())]
    right = canvas.width - (28 + max((text_width(text, SMALL) for text in figures), default=0.0) if figures else 0.0)
    width = (right - left) / max(1, len(columns))
    height = (canvas.height - top - under) / max(1, len(rows))
    limits = list(cuts) if cuts is not None else _even_cuts(grid)
    for row, values in enumerate(grid):
        middle = top + (row + 0.5) * height
        canvas.text(left - 5, middle + 3.2, rows[row], Colour.INK, anchor="end", room=left - 5)
        for column, value in enumerate(values):
            box = (left + column * width, top + row * height, width, height)
            if marks:
                _mark(canvas, box, value, (row, column) in marks.closed)
            if value is not None and is_present(value) and (value or not marks):
                _cell(canvas, box, bisect_right(limits, value), format(value))
            if marks and (row, column) in marks.closed:
                _stroke(canvas, box)
    _column_heads(canvas, columns, left, width, top)
    if column_margin:
        _column_bars(canvas, column_margin, left, width, top - 13)
    if row_margin:
        _row_bars(canvas, row_margin, right, top, height, format)
    if marks:
        _key(canvas, marks, left)
    return canvas.finish()


def _mark(canvas: Canvas, box: tuple[float, float, float, float], value: float | None, is_closed: bool) -> None:
    """A ring where there was nothing, a dash where nothing is known; a closed cell without anything is only closed."""
    x, y, width, height = box
    if value is None or not is_present(value):
        canvas.line(x + width / 2 - 3, y + height / 2, x + width / 2 + 3, y + height / 2, Colour.MUTED, 1.1)
    elif not value and not is_closed:
        canvas.circle(x + width / 2, y + height / 2, 2.2, Colour.WHITE, outline=Colour.MUTED)


def _stroke(canvas: Canvas, box: tuple[float, float, float, float]) -> None:
    x, y, width, height = box
    canvas.line(x + 2, y + height - 2, x + width - 2, y + 2, Colour.GREY, 0.8)


def _key(canvas: Canvas, marks: Marks, left: float) -> None:
    middle, x = canvas.height - 5.0, left
    for word in (marks.closed_word, marks.nothing_word, marks.unknown_word):
        if x + 14 + text_width(word, SMALL) > canvas.width:
            break
        if word == marks.closed_word:
            canvas.line(x, middle + 4, x + 9, middle - 4, Colour.GREY, 0.8)
        elif word == marks.nothing_word:
            canvas.circle(x + 4.5, middle, 2.2, Colour.WHITE, outline=Colour.MUTED)
        else:
            canvas.line(x + 1, middle, x + 8, middle, Colour.MUTED, 1.1)
        x += 14 + canvas.text(x + 14, middle + 3, word, size=SMALL) + 14


def _even_cuts(grid: Sequence[Values]) -> list[float]:
    numbers = present(value for row in grid for value in row)
    low, high = (min(0.0, *numbers), max(numbers)) if numbers else (0.0, 1.0)
    return [low + (high - low) * step / len(HEAT_STEPS) for step in range(1, len(HEAT_STEPS))]


def _cell(canvas: Canvas, box: tuple[float, float, float, float], step: int, text: str) -> None:
    x, y, width, height = box
    canvas.rectangle(x + 0.6, y + 0.6, width - 1.2, height - 1.2, HEAT_STEPS[step], radius=1)
    if step >= _FIRST_WITH_FIGURE and text_width(text, SMALL) < width - 1:
        colour = Colour.WHITE if step >= _FIRST_WITH_WHITE else Colour.INK
        canvas.text(
            x + width / 2,
            y + height / 2 + 3,
            text,
            colour,
            anchor="middle",
            size=SMALL,
            weight=600 if step == len(HEAT_STEPS) - 1 else 400,
        )


def _column_heads(canvas: Canvas, columns: Sequence[str], left: float, width: float, top: float) -> None:
    boxes = []
    for number, text in enumerate(columns):
        middle = left + (number + 0.5) * width
        half = text_width(text, LABEL) / 2
        boxes.append((middle - half, middle + half))
    for index in thin([box[0] for box in boxes], [box[1] for box in boxes], 3.0):
        canvas.text((boxes[index][0] + boxes[index][1]) / 2, top - 4, columns[index], anchor="middle")


def _column_bars(canvas: Canvas, values: Values, left: float, width: float, floor: float) -> None:
    most = max(present(values), default=0.0)
    for number, value in enumerate(values):
        if value is not None and is_present(value) and most > 0:
            height = (_BAR - 1) * max(0.0, value) / most
            colour = Colour.PETROL_SECOND if value >= 0.7 * most else Colour.PETROL_FILL
            canvas.rectangle(left + number * width + 1.5, floor - height, width - 3, height, colour)


def _row_bars(
    canvas: Canvas, values: Values, right: float, top: float, height: float, format: Callable[[float], str]
) -> None:
    most = max(present(values), default=0.0)
    for number, value in enumerate(values):
        if value is None or not is_present(value):
            continue
        length = 20 * max(0.0, value) / most if most > 0 else 0.0
        colour = Colour.PETROL_SECOND if value >= 0.8 * most else Colour.PETROL_FILL
        y = top + number * height
        canvas.rectangle(right + 5, y + height * 0.24, length, height * 0.52, colour)
        canvas.text(right + 5 + length + 3, y + height / 2 + 3, format(value), size=SMALL)
