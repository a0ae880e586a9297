"""The shape of a chart: an SVG drawn at its final size, and the canvas that draws it.

One unit on the canvas is one CSS pixel (1/96 inch), so type keeps its size. Only numbers, colours of the palette and
escaped text reach the markup; the same input gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import Literal

from evaluation.errors import RenderError
from reports.fonts import SANS, fit_text, text_width
from reports.palette import Colour

PIXELS_PER_MM = 96 / 25.4
LABEL = 9.33
"""Type size of labels: 7 pt."""
SMALL = 8.5
"""The smallest type of a chart: 6.4 pt."""

Anchor = Literal["start", "middle", "end"]
Where = tuple[float, float]

_NAME = re.compile(r"[a-z][a-z0-9-]*")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Shape(StrEnum):
    """A status as a shape; its word stands next to it in the text."""

    MET = "met"
    AT_RISK = "at_risk"
    MISSED = "missed"
    IN_PROGRESS = "in_progress"
    NO_DATA = "no_data"


SHAPE_COLOUR = {
    Shape.MET: Colour.PETROL,
    Shape.AT_RISK: Colour.AMBER,
    Shape.MISSED: Colour.ALERT,
    Shape.IN_PROGRESS: Colour.GREY,
    Shape.NO_DATA: Colour.GREY,
}
"""Colour of lines and text that belong to a status."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A finished chart.

    Attributes:
        name: Lower-case letters, digits and hyphens; the asset is called `<name>.svg`, ids in the SVG begin with it.
        svg: The drawing, UTF-8.
        width_mm, height_mm: Its size on paper.
        alt: What the chart shows, a sentence with numbers, for those who cannot see it.
    """

    name: str
    svg: bytes
    width_mm: float
    height_mm: float
    alt: str

    @property
    def asset(self) -> str:
        """Name under which the drawing is handed to the typesetter."""
        return f"{self.name}.svg"


class Canvas:
    """A drawing in progress.

    Args:
        width_mm: Width on paper, millimetres.
        height_mm: Height on paper, millimetres.
        name: See `Chart.name`.
        alt: See `Chart.alt`.

    Raises:
        RenderError: The alt text is empty, the name is not one, or a coordinate is not a finite number.

    Example:
        >>> canvas = Canvas(10, 5, name="demo", alt="A line from 0 to 1")
        >>> canvas.line(0, 0, 10, 10)
        >>> canvas.finish().asset
        'demo.svg'
    """

    def __init__(self, width_mm: float, height_mm: float, *, name: str, alt: str) -> None:
        if not _NAME.fullmatch(name):
            raise RenderError(f"{name!r} is no name for a chart", remedy="use lower-case letters, digits and hyphens")
        if not alt.strip():
            raise RenderError("the chart has no alt text", where=name, remedy="say what it shows, with numbers")
        self.name, self.alt = name, alt
        self.width_mm, self.height_mm = width_mm, height_mm
        self.width, self.height = width_mm * PIXELS_PER_MM, height_mm * PIXELS_PER_MM
        self._marks: list[str] = []
        self._hatches: dict[Colour, str] = {}

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        colour: Colour = Colour.RULE,
        width: float = 0.75,
        *,
        dash: Sequence[float] = (),
        opacity: float = 1.0,
    ) -> None:
        """A straight line."""
        ends = _attributes(x1=x1, y1=y1, x2=x2, y2=y2)
        self._add(f"<line {ends} {_stroke(colour, width, dash)}{_opacity('stroke', opacity)}/>")

    def rectangle(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: Colour | str | None,
        *,
        outline: Colour | None = None,
        radius: float = 0.0,
        opacity: float = 1.0,
        outline_width: float = 0.75,
    ) -> None:
        """A rectangle; negative sizes are drawn as nothing. `fill` is a colour, a heat step or a hatch."""
        if width <= 0 or height <= 0:
            return
        box = _attributes(x=x, y=y, width=width, height=height, **({"rx": radius} if radius else {}))
        edge = f" {_stroke(outline, outline_width)}" if outline else ""
        self._add(f'<rect {box} fill="{fill or "none"}"{_opacity("fill", opacity)}{edge}/>')

    def path(
        self, points: Sequence[Where], colour: Colour = Colour.PETROL, width: float = 1.4, *, dash: Sequence[float] = ()
    ) -> None:
        """An open line through the points."""
        if len(points) > 1:
            self._add(
                f'<path d="{_steps(points)}" fill="none" {_stroke(colour, width, dash)} '
                'stroke-linejoin="round" stroke-linecap="round"/>'
            )

    def area(
        self,
        points: Sequence[Where],
        fill: Colour | str,
        *,
        outline: Colour | None = None,
        width: float = 1.0,
        opacity: float = 1.0,
    ) -> None:
        """A closed shape through the points."""
        if len(points) > 2:
            edge = f" {_stroke(outline, width)}" if outline else ""
            self._add(f'<path d="{_steps(points)}Z" fill="{fill}"{_opacity("fill", opacity)}{edge}/>')

    def circle(
        self,
        x: float,
        y: float,
        radius: float,
        fill: Colour = Colour.PETROL,
        *,
        outline: Colour | None = None,
        width: float = 1.0,
    ) -> None:
        """A dot or a ring."""
        edge = f" {_stroke(outline, width)}" if outline else ""
        self._add(f'<circle {_attributes(cx=x, cy=y, r=radius)} fill="{fill}"{edge}/>')

    def mark(self, shape: Shape, x: float, y: float, size: float = 4.0) -> None:
        """The mark of a status: disc, triangle, diamond or ring; `size` is about its radius."""
        if shape is Shape.MET:
            self.circle(x, y, size * 0.9, Colour.PETROL, outline=Colour.WHITE, width=0.9)
        elif shape is Shape.AT_RISK:
            corners = [(x, y - size * 1.1), (x + size * 1.05, y + size * 0.8), (x - size * 1.05, y + size * 0.8)]
            self.area(corners, Colour.AMBER_MARK, outline=Colour.AMBER, width=0.9)
        elif shape is Shape.MISSED:
            reach = size * 1.15
            corners = [(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)]
            self.area(corners, Colour.ALERT, outline=Colour.WHITE, width=0.9)
        elif shape is Shape.IN_PROGRESS:
            self.circle(x, y, size * 0.85, Colour.PETROL_FILL, outline=Colour.PETROL, width=1.1)
        else:
            self.circle(x, y, size * 0.8, Colour.WHITE, outline=Colour.GREY, width=1.2)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        colour: Colour = Colour.MUTED,
        *,
        size: float = LABEL,
        anchor: Anchor = "start",
        weight: int = 400,
        room: float | None = None,
        behind: Colour | None = None,
    ) -> float:
        """One line of text with its baseline at `y`, kept inside the canvas.

        Args:
            x: Where the anchor of the text is.
            y: Baseline.
            text: Any text; it is escaped, and characters that XML forbids are dropped.
            colour: A colour that may carry text.
            size: Type size, pixels.
            anchor: Which part of the text is at `x`.
            weight: 400 or 600.
            room: Longest width; a longer text ends in an ellipsis.
            behind: Colour of a rectangle behind the text, where it crosses lines.

        Returns:
            The width that the text takes, 0 when nothing was set.
        """
        shown = fit_text(
            _FORBIDDEN.sub("", text), min(room if room is not None else self.width, self.width), size, weight=weight
        )
        if not shown.strip():
            return 0.0
        width = text_width(shown, size, weight=weight)
        shift = {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        left = max(0.0, min(x - shift, self.width - width))
        baseline = max(size * 0.8, min(y, self.height - size * 0.24))
        if behind:
            self.rectangle(left - 1.5, baseline - size * 0.82, width + 3, size * 1.06, behind)
        bold = f' font-weight="{weight}"' if weight != 400 else ""
        ends = f' text-anchor="{anchor}"' if anchor != "start" else ""
        self._add(
            f'<text {_attributes(x=left + shift, y=baseline)} font-family="{SANS.family}" '
            f'font-size="{_number(size)}" fill="{colour}"{ends}{bold}>{escape(shown)}</text>'
        )
        return width

    def hatch(self, colour: Colour, ground: Colour) -> str:
        """A fill of slanting lines, for parts that must be told apart without colour."""
        if colour not in self._hatches:
            key = f"{self.name}-hatch-{len(self._hatches)}"
            self._hatches[colour] = (
                f'<pattern id="{key}" width="3.4" height="3.4" patternUnits="userSpaceOnUse">'
                f'<rect width="3.4" height="3.4" fill="{ground}"/>'
                f'<path d="M-.85 .85L.85 -.85M0 3.4L3.4 0M2.55 4.25L4.25 2.55" stroke="{colour}" stroke-width=".9"/>'
                "</pattern>"
            )
        return f"url(#{self.name}-hatch-{list(self._hatches).index(colour)})"

    def finish(self) -> Chart:
        """The chart."""
        size = _attributes(width=self.width, height=self.height)
        box = f"0 0 {_number(self.width)} {_number(self.height)}"
        defs = f"<defs>{''.join(self._hatches.values())}</defs>" if self._hatches else ""
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="{box}" '
            f'role="img" aria-label="{escape(_FORBIDDEN.sub("", self.alt))}">{defs}{"".join(self._marks)}</svg>'
        )
        return Chart(self.name, svg.encode(), self.width_mm, self.height_mm, self.alt)

    def _add(self, mark: str) -> None:
        self._marks.append(mark)


def _number(value: float) -> str:
    if not abs(value) < 1e7:  # also true of NaN
        raise RenderError(f"{value} is no coordinate", remedy="leave gaps in the series as None")
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _attributes(**values: float) -> str:
    return " ".join(f'{name}="{_number(value)}"' for name, value in values.items())


def _stroke(colour: Colour, width: float, dash: Sequence[float] = ()) -> str:
    dashes = f' stroke-dasharray="{" ".join(_number(part) for part in dash)}"' if dash else ""
    return f'stroke="{colour}" stroke-width="{_number(width)}"{dashes}'


def _opacity(kind: str, opacity: float) -> str:
    return f' {kind}-opacity="{_number(opacity)}"' if opacity < 1 else ""


def _steps(points: Sequence[Where]) -> str:
    return "M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in points)
