"""Charts made of rows: how high they get and how wide their columns of labels are."""

from __future__ import annotations

from collections.abc import Sequence

from reports.chart import LABEL, PIXELS_PER_MM
from reports.fonts import text_width


def row_height_mm(count: int, row: float, above: float, below: float = 0.0) -> float:
    """Height of a chart of `count` rows, at least one, of `row` pixels, with room above and below."""
    return (above + max(1, count) * row + below) / PIXELS_PER_MM


def column_widths(
    width: float, columns: Sequence[Sequence[str]], *, most: Sequence[float], size: float = LABEL
) -> list[float]:
    """Width of each column of labels: as its widest text needs, up to a part of the whole width.

    Args:
        width: The chart's width, pixels.
        columns: The texts of each column.
        most: The greatest part of the width that each may take.
        size: Type size.
    """
    widths = []
    for texts, part in zip(columns, most, strict=True):
        widest = max((text_width(text, size, weight=600) for text in texts), default=0.0)
        widths.append(min(widest + 1, width * part))
    return widths
