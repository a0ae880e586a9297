"""A funnel: each member's figure against its sample, inside the limits that chance alone would keep it in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.axis import clamp, domain, is_present, linear, thin, ticks
from reports.chart import LABEL, SHAPE_COLOUR, Canvas, Chart, Shape
from reports.fonts import text_width
from reports.frame import Frame, value_grid
from reports.palette import Colour
from reports.placing import Box, Placing, along

_FOOT = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One member.

    Attributes:
        label: Name and figure; empty for members inside the inner limits, which stay nameless dots.
        size: Sample.
        value: Figure.
        shape: MET or MISSED beyond the outer limits; None elsewhere. With a label and no shape it is a ring.
    """

    label: str = ""
    size: float
    value: float
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """The limits at one sample size: inner (95 %) and outer (99.8 %)."""

    size: float
    inner_low: float
    inner_high: float
    outer_low: float
    outer_high: float


def funnel(
    places: Sequence[Place],
    limits: Sequence[Limit],
    *,
    name: str,
    alt: str,
    centre: float,
    centre_label: str,
    format: Callable[[float], str],
    size_format: Callable[[float], str],
    size_label: str,
    bounds: tuple[float, float] | None = None,
    width_mm: float = 120.0,
    height_mm: float = 94.0,
) -> Chart:
    """Draw the funnel.

    Args:
        places: The members.
        limits: The limits, by ascending sample size.
        name: Name of the chart.
        alt: What it shows.
        centre: Value of the whole.
        centre_label: What stands at its line.
        format: Prints a value.
        size_format: Prints a sample size.
        size_label: What the sample counts.
        bounds: Least and greatest possible value, for example (0, 1) for shares.
        width_mm: Width.
        height_mm: Height.
    """
    canvas = Canvas(width_mm, height_mm, name=name, alt=alt)
    frame = _frame(canvas, places, limits, centre, format, bounds)
    _limits(canvas, frame, limits)
    value_grid(canvas, frame)
    _sizes(canvas, frame, places, size_format, size_label)
    canvas.line(frame.left, frame.y(centre), frame.right, frame.y(centre), Colour.PETROL)
    marks = [(frame.x(place.size), frame.y(place.value)) for place in places if is_present(place.value)]
    marks += _on_limits(frame, limits)
    placing = Placing(canvas, Box(frame.left + 2, 0, frame.right, frame.bottom), marks)
    placing.put(frame.right, frame.y(centre), centre_label, Colour.PETROL, sides=("above", "below"), gap=4)
    for place in sorted(places, key=lambda place: (place.shape is None, not place.label, -place.size, place.label)):
        _place(canvas, frame, placing, place)
    return canvas.finish()


def _frame(
    canvas: Canvas,
    places: Sequence[Place],
    limits: Sequence[Limit],
    centre: float,
    format: Callable[[float], str],
    bounds: tuple[float, float] | None,
) -> Frame:
    # the narrow half of the funnel and the members decide the scale, not the limits of the smallest samples
    narrow = limits[len(limits) // 3 :]
    edges = [edge for limit in narrow for edge in (limit.outer_low, limit.outer_high)]
    low, high = domain([centre, *(place.value for place in places), *edges], count=6)
    if bounds:
        low, high = max(low, bounds[0]), min(high, bounds[1])
    marks = tuple((mark, format(mark)) for mark in ticks(low, high, 6))
    left = min(canvas.width * 0.25, max(text_width(text, LABEL) for _, text in marks) + 5)
    most = max([*(place.size for place in places), *(limit.size for limit in limits[-1:])], default=1.0) or 1.0
    right, bottom = canvas.width - 6, canvas.height - _FOOT
    return Frame(left, right, 8, bottom, linear(0, most * 1.04, left, right), linear(low, high, bottom, 8), marks)


def _limits(canvas: Canvas, frame: Frame, limits: Sequence[Limit]) -> None:
    def edge(attribute: str) -> list[tuple[float, float]]:
        return [
            (frame.x(limit.size), clamp(frame.y(getattr(limit, attribute)), frame.top, frame.bottom))
            for limit in limits
        ]

    for low, high, fill in (("outer_low", "outer_high", Colour.PANEL), ("inner_low", "inner_high", Colour.PETROL_BAND)):
        canvas.area([*edge(high), *reversed(edge(low))], fill)
    for attribute, colour, dash in (
        ("outer_low", Colour.PETROL_SECOND, (4, 2.4)),
        ("outer_high", Colour.PETROL_SECOND, (4, 2.4)),
        ("inner_low", Colour.PETROL_FILL, ()),
        ("inner_high", Colour.PETROL_FILL, ()),
    ):
        points = [point for point in edge(attribute) if frame.top < point[1] < frame.bottom]
        canvas.path(points, colour, 0.9, dash=dash)


def _on_limits(frame: Frame, limits: Sequence[Limit]) -> list[tuple[float, float]]:
    return [
        place
        for edge in ("inner_low", "inner_high", "outer_low", "outer_high")
        for place in along([(frame.x(limit.size), frame.y(getattr(limit, edge))) for limit in limits])
        if frame.top <= place[1] <= frame.bottom
    ]


def _sizes(canvas: Canvas, frame: Frame, places: Sequence[Place], format: Callable[[float], str], label: str) -> None:
    most = max((place.size for place in places), default=1.0) or 1.0
    marks = ticks(0, most, 6)
    halves = [text_width(format(mark), LABEL) / 2 for mark in marks]
    starts = [frame.x(mark) - half for mark, half in zip(marks, halves, strict=True)]
    ends = [frame.x(mark) + half for mark, half in zip(marks, halves, strict=True)]
    for index in thin(starts, ends, 4.0):
        x = frame.x(marks[index])
        canvas.line(x, frame.bottom, x, frame.bottom + 3, Colour.MUTED)
        canvas.text(x, frame.bottom + 13, format(marks[index]), anchor="middle")
    canvas.text(
        (frame.left + frame.right) / 2, canvas.height - 4, label, anchor="middle", room=frame.right - frame.left
    )


def _place(canvas: Canvas, frame: Frame, placing: Placing, place: Place) -> None:
    if not is_present(place.value):
        return
    x, y = frame.x(place.size), clamp(frame.y(place.value), frame.top, frame.bottom)
    if place.shape:
        canvas.mark(place.shape, x, y, 4.4)
        placing.put(x, y, place.label, SHAPE_COLOUR[place.shape])
    elif place.label:
        canvas.circle(x, y, 3.4, Colour.WHITE, outline=Colour.TEXT, width=1.3)
        placing.put(x, y, place.label, Colour.TEXT, weight=400)
    else:
        canvas.circle(x, y, 2.9, Colour.PETROL_SECOND, outline=Colour.WHITE, width=0.7)
