from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree

import pytest

from reports.chart import Chart
from reports.fonts import text_width

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Drawn:
    """What can be read in a drawing: its size and the boxes of its texts (left, top, right, bottom, text)."""

    width: float
    height: float
    boxes: tuple[tuple[float, float, float, float, str], ...]
    ids: tuple[str, ...]

    @property
    def texts(self) -> list[str]:
        return [box[4] for box in self.boxes]

    def outside(self) -> list[str]:
        return [
            text
            for left, top, right, bottom, text in self.boxes
            if left < -0.05 or top < -0.05 or right > self.width + 0.05 or bottom > self.height + 0.05
        ]

    def overlapping(self) -> list[tuple[str, str]]:
        found = []
        for index, one in enumerate(self.boxes):
            for other in self.boxes[index + 1 :]:
                across = min(one[2], other[2]) - max(one[0], other[0])
                down = min(one[3], other[3]) - max(one[1], other[1])
                if across > 0.5 and down > 0.8:
                    found.append((one[4], other[4]))
        return found


def read(chart: Chart) -> Drawn:
    root = ElementTree.fromstring(chart.svg)
    _, _, width, height = (float(part) for part in root.attrib["viewBox"].split())
    boxes = []
    for text in root.iter(f"{SVG}text"):
        size, weight = float(text.attrib["font-size"]), int(text.attrib.get("font-weight", 400))
        long = text_width(text.text or "", size, weight=weight)
        left = (
            float(text.attrib["x"])
            - {"start": 0, "middle": long / 2, "end": long}[text.attrib.get("text-anchor", "start")]
        )
        baseline = float(text.attrib["y"])
        # from the height of capitals down to a little below the baseline: where ink is
        boxes.append((left, baseline - size * 0.7, left + long, baseline + size * 0.05, text.text or ""))
    ids = tuple(element.attrib["id"] for element in root.iter() if "id" in element.attrib)
    return Drawn(width, height, tuple(boxes), ids)


@pytest.fixture(scope="session")
def drawn() -> Callable[[Chart], Drawn]:
    return read
