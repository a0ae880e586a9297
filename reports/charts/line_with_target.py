"""A line over time against a target: the current period on a pale panel, the forecast dashed in its band."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reports.axis import Values, domain, is_present, present, runs
from reports.chart import LABEL, Canvas, Chart
from reports.frame import EndLabel, Frame, end_labels, time_axis, time_frame, value_grid
from reports.palette import Colour
from reports.placing import Box, Placing, Side, along

_LAST = 10.5
_QUIET = (Colour.PETROL_SECOND, Colour.GREY, Colour.PETROL_FILL)


@dataclass(frozen=True, slots=True)
class Panel:
    """Which points belong to the current period.

    Attributes:
        start, stop: Indexes, half-open.
        label: Name of the period.
        before: Name of the time before; empty for none.
    """

    start: int
    stop: int
    label: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """One point of a forecast: middle and interval, and its label on the axis."""

    middle: float
    low: float
    high: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A second, quieter line and its name."""

    label: str
    values: Values


def line_with_target(
    values: Values,
    *,
    name: str,
    alt: str,
    labels: Sequence[str],
    format: Callable[[float], str],
    label: str = "",
    target: float | None = None,
    target_label: str = "",
    last_label: str = "",
    point_labels: Mapping[int, str] | None = None,
    panel: Panel | None = None,
    forecast: Sequence[Expected] = (),
    forecast_label: Sequence[str] = (),
    others: Sequence[Line] = (),
    from_zero: bool = False,
    bounds: tuple[float, float] | None = None,
    width_mm: float = 120.0,
    height_mm: float = 50.0,
) -> Chart:
    """Draw the chart.

    Args:
        values: The series, oldest first; None is a gap.
        name: Name of the chart.
        alt: What it shows.
        labels: One label for each point, empty where there is no tick; those that would touch are left out.
        format: Prints a number of the axis.
        label: Name of the line, needed when there are others.
        target: Where the target line is.
        target_label: What stands at its end.
        last_label: What stands at the last value.
        point_labels: What stands at other points, by index.
        panel: The current period.
        forecast: The points after the last one.
        forecast_label: One or two lines that name the forecast and its interval.
        others: Up to three further lines, in quieter colours.
        from_zero: Whether the axis starts at zero.
        bounds: Least and greatest possible value, where the axis ends: (0, 100) for percent; None when there is none.
        width_mm: Width.
        height_mm: Height.
    """
    canvas = Canvas(width_mm, height_mm, name=name, alt=alt)
    everything = [*values, target, *(number for line in others for number in line.values)]
    everything += [bound for point in forecast for bound in (point.low, point.high)]
    low, high = domain(everything, zero=from_zero, within=bounds)
    ends = [target_label, label, *(forecast_label if forecast else ()), *(line.label for line in others)]
    frame = time_frame(canvas, len(values) + len(forecast), low, high, format, ends=ends)
    _panel(canvas, frame, panel, len(values))
    value_grid(canvas, frame)
    time_axis(canvas, frame, [*labels, *(point.label for point in forecast)])
    at_ends = [*_forecast(canvas, frame, values, forecast, forecast_label)]
    if target is not None:
        canvas.line(frame.left, frame.y(target), frame.right, frame.y(target), Colour.ALERT, 1.0, dash=(5, 2.5))
        at_ends.append(EndLabel(frame.y(target), (target_label,), Colour.ALERT, 600))
    for line, colour in zip(others, _QUIET, strict=False):
        at_ends += _line(canvas, frame, line.values, colour, 1.2, line.label)
    at_ends += _line(canvas, frame, values, Colour.PETROL, 1.9, label)
    _point_labels(canvas, frame, values, point_labels or {}, last_label)
    end_labels(canvas, frame, at_ends)
    return canvas.finish()


def _panel(canvas: Canvas, frame: Frame, panel: Panel | None, count: int) -> None:
    if panel is None or panel.stop <= panel.start:
        return
    half = (frame.x(1) - frame.x(0)) / 2 if count > 1 else (frame.right - frame.left) / 2
    left = max(frame.left, frame.x(panel.start) - half)
    right = min(frame.right, frame.x(panel.stop - 1) + half)
    canvas.rectangle(left, 0, right - left, frame.bottom, Colour.PANEL)
    canvas.text(left + 4, LABEL, panel.label, Colour.TEXT, weight=600, room=max(0.0, right - left - 6))
    canvas.text(frame.left + 4, LABEL, panel.before, room=max(0.0, left - frame.left - 8))


def _forecast(
    canvas: Canvas, frame: Frame, values: Values, forecast: Sequence[Expected], lines: Sequence[str]
) -> list[EndLabel]:
    if not forecast:
        return []
    count = len(values)
    start = frame.points(values, [count - 1]) if values and is_present(values[-1]) else []
    places = [frame.x(count + step) for step in range(len(forecast))]
    upper = [(x, frame.y(point.high)) for x, point in zip(places, forecast, strict=True)]
    lower = [(x, frame.y(point.low)) for x, point in zip(places, forecast, strict=True)]
    canvas.area([*start, *upper, *reversed(lower)], Colour.PETROL_BAND)
    middle = [*start, *((x, frame.y(point.middle)) for x, point in zip(places, forecast, strict=True))]
    canvas.path(middle, Colour.PETROL_SECOND, 1.2, dash=(2.5, 2))
    return [EndLabel(middle[-1][1], tuple(lines), Colour.PETROL_SECOND)] if lines else []


def _line(canvas: Canvas, frame: Frame, values: Values, colour: Colour, width: float, label: str) -> list[EndLabel]:
    for run in runs(values):
        canvas.path(frame.points(values, run), colour, width)
        if len(run) == 1:
            canvas.circle(*frame.points(values, run)[0], 1.6, colour)
    last = _last(values)
    if last is None or not label:
        return []
    text_colour = colour if colour in (Colour.PETROL, Colour.PETROL_SECOND) else Colour.MUTED
    return [EndLabel(frame.y(values[last] or 0.0), (label,), text_colour, 600 if colour is Colour.PETROL else 400)]


def _point_labels(canvas: Canvas, frame: Frame, values: Values, labels: Mapping[int, str], last_label: str) -> None:
    marks = [place for run in runs(values) for place in along(frame.points(values, run))]
    placing = Placing(canvas, Box(frame.left, LABEL * 1.3, frame.right, frame.bottom), marks)
    last = _last(values)
    if last is not None:
        x, y = frame.points(values, [last])[0]
        canvas.circle(x, y, 3.1, Colour.PETROL, outline=Colour.WHITE)
        if last_label:
            placing.put(x, y, last_label, size=_LAST, sides=("above", "below", "left"), gap=8)
    for index, text in sorted(labels.items()):
        if index == last or not 0 <= index < len(values) or not is_present(values[index]):
            continue
        x, y = frame.points(values, [index])[0]
        if placing.put(x, y, text, sides=_away_from_line(values, index)):
            canvas.circle(x, y, 2.4, Colour.WHITE, outline=Colour.PETROL, width=1.2)


def _away_from_line(values: Values, index: int) -> tuple[Side, ...]:
    around = present(values[max(0, index - 1) : index + 2])
    is_low = (values[index] or 0.0) <= sum(around) / len(around)
    return ("below", "above", "right", "left") if is_low else ("above", "below", "right", "left")


def _last(values: Values) -> int | None:
    return max((index for index, value in enumerate(values) if is_present(value)), default=None)
