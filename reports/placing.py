"""Labels next to points: each goes where it covers nothing, or is left out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from reports.chart import LABEL, Canvas
from reports.fonts import fit_text, text_width
from reports.frame import MIDDLE
from reports.palette import Colour

Side = Literal["above", "below", "right", "left"]
_COST_OF_A_LATER_SIDE = 3.0


class Box(NamedTuple):
    """An upright rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    def shared_with(self, other: Box) -> float:
        """Area that two boxes have in common."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return width * height if width > 0 and height > 0 else 0.0


def along(points: Sequence[tuple[float, float]], every: float = 5.0) -> list[tuple[float, float]]:
    """Places on the line through the points, about `every` pixels apart: what a label should not cover."""
    places = list(points[:1])
    for (x1, y1), (x2, y2) in zip(points, points[1:], strict=False):
        parts = max(1, round(math.hypot(x2 - x1, y2 - y1) / every))
        places += [(x1 + (x2 - x1) * part / parts, y1 + (y2 - y1) * part / parts) for part in range(1, parts + 1)]
    return places


class Placing:
    """Places for labels inside an area.

    Args:
        canvas: Where they are drawn.
        area: They stay inside.
        marks: Places of points and lines, which are better not covered.
    """

    def __init__(self, canvas: Canvas, area: Box, marks: Iterable[tuple[float, float]] = ()) -> None:
        self._canvas, self._area = canvas, area
        self._marks = [Box(x - 3, y - 3, x + 3, y + 3) for x, y in marks]
        self._taken: list[Box] = []

    def reserve(self, box: Box) -> None:
        """Keep labels out of a box."""
        self._taken.append(box)

    def put(
        self,
        x: float,
        y: float,
        text: str,
        colour: Colour = Colour.INK,
        *,
        sides: Sequence[Side] = ("right", "left", "above", "below"),
        size: float = LABEL,
        weight: int = 600,
        gap: float = 7.0,
        behind: Colour | None = None,
    ) -> bool:
        """Set a label next to a point, on the first side where it covers least.

        Returns:
            Whether there was room for it.
        """
        shown = fit_text(text, (self._area.right - self._area.left) / 2, size, weight=weight)
        width = text_width(shown, size, weight=weight)
        choices = []
        for rank, side in enumerate(sides):
            box = self._box(x, y, side, width, size, gap)
            if self._is_free(box):
                hidden = sum(box.shared_with(mark) for mark in self._marks)
                choices.append((hidden + rank * _COST_OF_A_LATER_SIDE, rank, box))
        if not shown or not choices:
            return False
        box = min(choices)[2]
        self._taken.append(box)
        baseline = box.bottom - size * 0.5 + size * MIDDLE / LABEL
        self._canvas.text(box.left + 1, baseline, shown, colour, size=size, weight=weight, behind=behind)
        return True

    def _box(self, x: float, y: float, side: Side, width: float, size: float, gap: float) -> Box:
        if side in ("above", "below"):
            left = max(self._area.left, min(x - width / 2 - 1, self._area.right - width - 2))
            top = y - gap - size + 2 if side == "above" else y + gap - 2
        else:
            left = x + gap if side == "right" else x - gap - width - 2
            top = y - size / 2
        return Box(left, top, left + width + 2, top + size)

    def _is_free(self, box: Box) -> bool:
        area = self._area
        inside = box.left >= area.left and box.right <= area.right and box.top >= area.top and box.bottom <= area.bottom
        return inside and not any(box.shared_with(taken) for taken in self._taken)
