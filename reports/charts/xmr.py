"""A control chart of single values: limits for each phase, ordinary points quiet, special causes named."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from reports.axis import Values, domain, is_present, runs
from reports.chart import LABEL, Canvas, Chart
from reports.frame import EndLabel, Frame, end_labels, time_axis, time_frame, value_grid
from reports.palette import Colour
from reports.placing import Box, Placing, along

_HEAD = LABEL + 4
"""Room for the names of changes over the drawing area."""
_REACH = 5.2
"""From the middle of a diamond to its corners."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch with its own limits.

    Attributes:
        start, stop: Indexes, half-open.
        centre: Mean.
        lower, upper: Natural process limits; None when the stretch is too short for them.
    """

    start: int
    stop: int
    centre: float
    lower: float | None = None
    upper: float | None = None


def xmr(
    values: Values,
    *,
    name: str,
    alt: str,
    labels: Sequence[str],
    format: Callable[[float], str],
    phases: Sequence[Phase] = (),
    special: Mapping[int, str] | None = None,
    welcome: Collection[int] = (),
    breaks: Mapping[int, str] | None = None,
    upper_label: str = "",
    centre_label: str = "",
    lower_label: str = "",
    bounds: tuple[float, float] | None = None,
    width_mm: float = 120.0,
    height_mm: float = 42.0,
) -> Chart:
    """Draw the chart.

    Args:
        values: The series, oldest first; None is a gap.
        name: Name of the chart.
        alt: What it shows.
        labels: One label for each point, empty where there is no tick.
        format: Prints a number of the axis.
        phases: Stretches and their limits, calculated by the caller.
        special: Points with a special cause, index to reason; an empty reason prints nothing.
        welcome: Those of them that are for the better; they do not shout.
        breaks: Named changes, index of the first point after each to its name.
        upper_label: What stands at the upper limit of the last phase.
        centre_label: What stands at its mean.
        lower_label: What stands at its lower limit.
        bounds: Least and greatest possible value, where the axis ends: (0, 100) for percent; None when there is none.
        width_mm: Width.
        height_mm: Height.
    """
    canvas = Canvas(width_mm, height_mm, name=name, alt=alt)
    limits = [limit for phase in phases for limit in (phase.lower, phase.centre, phase.upper)]
    low, high = domain([*values, *limits], within=bounds)
    frame = time_frame(
        canvas,
        len(values),
        low,
        high,
        format,
        ends=(upper_label, centre_label, lower_label),
        top=8 + (_HEAD if breaks else 0),
    )
    value_grid(canvas, frame)
    time_axis(canvas, frame, labels)
    for phase in phases:
        _phase(canvas, frame, phase, len(values))
    for run in runs(values):
        canvas.path(frame.points(values, run), Colour.PETROL, 1.1)
    _breaks(canvas, frame, {index: text for index, text in (breaks or {}).items() if 0 < index < len(values)})
    _points(canvas, frame, values, special or {}, welcome)
    if phases:
        end_labels(canvas, frame, _limit_labels(frame, phases[-1], upper_label, centre_label, lower_label))
    return canvas.finish()


def _phase(canvas: Canvas, frame: Frame, phase: Phase, count: int) -> None:
    half = (frame.x(1) - frame.x(0)) / 2 - 1 if count > 1 else 10.0
    left = max(frame.left, frame.x(phase.start) - half)
    right = min(frame.right, frame.x(phase.stop - 1) + half)
    if phase.lower is not None and phase.upper is not None:
        top, bottom = frame.y(phase.upper), frame.y(phase.lower)
        canvas.rectangle(left, top, right - left, bottom - top, Colour.PETROL_BAND, opacity=0.42)
    for bound in (phase.lower, phase.upper):
        if bound is not None:
            canvas.line(left, frame.y(bound), right, frame.y(bound), Colour.PETROL_SECOND, 0.9, dash=(4, 2.4))
    canvas.line(left, frame.y(phase.centre), right, frame.y(phase.centre), Colour.PETROL_SECOND)


def _breaks(canvas: Canvas, frame: Frame, breaks: Mapping[int, str]) -> None:
    """Lines between phases; the names stand over them, each as long as there is room to the next one."""
    places = [(frame.x(index - 1) + frame.x(index)) / 2 for index in sorted(breaks)]
    for index, place, after in zip(sorted(breaks), places, [*places[1:], frame.right], strict=False):
        canvas.line(place, _HEAD, place, frame.bottom, Colour.MUTED, 0.9, dash=(1.5, 2))
        is_left = len(places) == 1 and place - frame.left > after - place
        room = place - frame.left if is_left else after - place
        canvas.text(place, LABEL, breaks[index], Colour.TEXT, anchor="end" if is_left else "start", room=room - 2)


def _points(canvas: Canvas, frame: Frame, values: Values, special: Mapping[int, str], welcome: Collection[int]) -> None:
    marks = [place for run in runs(values) for place in along(frame.points(values, run))]
    placing = Placing(canvas, Box(frame.left, 0, frame.right, frame.bottom), marks)
    known = {index: frame.points(values, [index])[0] for index, value in enumerate(values) if is_present(value)}
    for index, (x, y) in known.items():
        if index in special:
            colour = Colour.PETROL if index in welcome else Colour.ALERT
            corners = [(x, y - _REACH), (x + _REACH, y), (x, y + _REACH), (x - _REACH, y)]
            canvas.area(corners, colour, outline=Colour.WHITE, width=0.9)
        else:
            canvas.circle(x, y, 2.0, Colour.PETROL)
    for index, reason in sorted(special.items()):
        if index in known and reason:
            colour = Colour.PETROL if index in welcome else Colour.ALERT
            placing.put(*known[index], reason, colour, gap=8, behind=Colour.WHITE)


def _limit_labels(frame: Frame, phase: Phase, upper: str, centre: str, lower: str) -> list[EndLabel]:
    labels = [EndLabel(frame.y(phase.centre), (centre,), Colour.PETROL, 600)]
    for bound, text in ((phase.upper, upper), (phase.lower, lower)):
        if bound is not None:
            labels.append(EndLabel(frame.y(bound), (text,), Colour.PETROL_SECOND))
    return labels
