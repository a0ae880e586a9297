"""A figure by month against its own variation: a control chart, when the figure has no target to be held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluation.assessment import Assessment
from evaluation.metric import Better, Metric, Unit
from evaluation.process_reading import TOLD_BY, ProcessPhase, ProcessReading, SpecialCause
from evaluation.statistics.process_chart import Signal
from reports.chart import Chart
from reports.charts.xmr import Phase, xmr
from reports.document import Notes, Picture
from reports.evidence import monthly, months, target_of
from reports.formats import amount, month_short
from reports.language import N_, Language
from reports.names import cleaned, figure_label
from reports.pictures import Axis, axis_for, axis_words, height_beside, months_picture, printer, series_alt

_REASONS = {
    (Signal.OUTSIDE, True): N_("above the limit"),
    (Signal.OUTSIDE, False): N_("below the limit"),
    (Signal.ONE_SIDE, True): N_("{n} above the mean"),
    (Signal.ONE_SIDE, False): N_("{n} below the mean"),
    (Signal.RUN, True): N_("{n} rising"),
    (Signal.RUN, False): N_("{n} falling"),
    (Signal.NEAR_LIMIT, True): N_("near the upper limit"),
    (Signal.NEAR_LIMIT, False): N_("near the lower limit"),
}
"""What stands next to a diamond: which rule its month breaks, and on which side."""


def course_picture(
    assessment: Assessment,
    metric_id: str,
    name: str,
    language: Language,
    *,
    notes: Notes | None = None,
    after: str = "",
) -> Picture | None:
    """A metric by month: against its target, or without one as a control chart; None with too few months.

    The limits, and what is a special cause, are those of the assessment; without limits it is a plain line. What
    `after` says stands first under the chart.
    """
    reading = assessment.processes.get(metric_id)
    if reading is None or target_of(assessment, metric_id) or all(one.centre is None for one in reading.phases):
        return months_picture(assessment, metric_id, name, language, notes=notes, after=after)
    course = _Course.of(assessment, metric_id, reading)
    axis = axis_for(course.metric.unit, course.drawn)
    words = {
        "title": language.gettext(
            "{label} by month", label=figure_label(course.metric, {}, course.metric.statistic, language)
        ),
        "sub": axis_words(axis, course.drawn, language),
        "after": " ".join(text for text in (after, _how_to_read(reading, language)) if text),
    }
    return Picture(**words, chart=_chart(course, axis, name, height_beside(notes, words), language))


@dataclass(frozen=True)
class _Course:
    """The months of a metric as they are drawn, in its unit; a month that is no point is a gap."""

    metric: Metric
    reading: ProcessReading
    months: tuple[str, ...]
    values: tuple[float | None, ...]

    @classmethod
    def of(cls, assessment: Assessment, metric_id: str, reading: ProcessReading) -> _Course:
        series = monthly(assessment, metric_id)
        shown = tuple(month.id for month in months(assessment)[-len(series) :])
        values = tuple(
            None if row is None or month in reading.left_out else row.value
            for month, row in zip(shown, series, strict=True)
        )
        return cls(assessment.catalogue[metric_id], reading, shown, values)

    @property
    def drawn(self) -> list[float | None]:
        """Everything that the axis has to hold."""
        bounds = [bound for phase in self.reading.phases for bound in possible_limits(phase, self.metric.unit)]
        return [*self.values, *bounds]

    def place(self, month: str) -> int:
        return self.months.index(month)


def possible_limits(phase: ProcessPhase, unit: Unit) -> tuple[float, ...]:
    """Limits cut to what the unit can be: no share above one, nothing but a balance of answers below zero."""
    if phase.low is None or phase.high is None:
        return ()
    floor = float("-inf") if unit is Unit.NPS_POINTS else 0.0
    return max(phase.low, floor), min(phase.high, 1.0) if unit is Unit.SHARE else phase.high


def _chart(course: _Course, axis: Axis, name: str, height_mm: float, language: Language) -> Chart:
    metric, reading, now = course.metric, course.reading, course.reading.now
    edges = _edges(now, metric, language)
    special = _special(course, language)
    return xmr(
        [None if value is None else value / axis.one for value in course.values],
        name=name,
        alt=_alt(course, edges, language),
        labels=[month_short(month, language) for month in course.months],
        format=printer(language),
        phases=[_drawn_phase(course, phase, axis) for phase in reading.phases if phase.centre is not None],
        special=special,
        welcome=[place for place in special if _is_welcome(course, place)],
        breaks={
            course.place(phase.first): ", ".join(cleaned(change) for change in phase.changes)
            for phase in reading.phases[1:]
        },
        upper_label=edges.get("upper", ""),
        centre_label=edges.get("mean", ""),
        lower_label=edges.get("lower", ""),
        bounds=axis.ends,
        height_mm=height_mm,
    )


def _drawn_phase(course: _Course, phase: ProcessPhase, axis: Axis) -> Phase:
    low, high = possible_limits(phase, course.metric.unit)
    start, stop = course.place(phase.first), course.place(phase.last) + 1
    return Phase(start, stop, (phase.centre or 0.0) / axis.one, low / axis.one, high / axis.one)


def _edges(phase: ProcessPhase, metric: Metric, language: Language) -> dict[str, str]:
    """What stands at the limits of the last phase; a limit that cannot be reached is not named."""
    if phase.low is None or phase.centre is None or phase.high is None:
        return {}
    low, high = possible_limits(phase, metric.unit)
    edges = {"mean": language.gettext("mean {value}", value=amount(phase.centre, metric.unit, language).text)}
    if high == phase.high:
        edges["upper"] = language.gettext("upper {value}", value=amount(high, metric.unit, language).text)
    if low == phase.low:
        edges["lower"] = language.gettext("lower {value}", value=amount(low, metric.unit, language).text)
    return edges


def _special(course: _Course, language: Language) -> dict[int, str]:
    """Every month of a special cause; the reason stands at the last one of its stretch, what lasts longest first."""
    found: dict[int, str] = {}
    for cause in sorted(course.reading.causes, key=lambda one: list(TOLD_BY).index(one.signal)):
        places = _places(course, cause)
        for place in places:
            found.setdefault(place, "")
        if not found[places[-1]]:
            found[places[-1]] = language.gettext(_REASONS[cause.signal, cause.is_upward], n=cause.months)
    return found


def _places(course: _Course, cause: SpecialCause) -> list[int]:
    places = range(course.place(cause.first), course.place(cause.last) + 1)
    return [place for place in places if course.values[place] is not None]


def _is_welcome(course: _Course, place: int) -> bool:
    """Whether every special cause at a month is for the better; of a figure without direction none alarms."""
    better = course.metric.better
    if better is Better.NEUTRAL:
        return True
    causes = [cause for cause in course.reading.causes if place in _places(course, cause)]
    return all(cause.is_upward == (better is Better.HIGHER) for cause in causes)


def _how_to_read(reading: ProcessReading, language: Language) -> str:
    told = [
        language.gettext("Band: how far the months vary without a special cause; a single month inside it is chance.")
    ]
    if reading.causes:
        told.append(language.gettext("A diamond has a special cause: look for it."))
    if any(phase.is_provisional for phase in reading.phases):
        told.append(language.gettext("Limits from fewer than 13 months are provisional."))
    if len(reading.phases) > 1:
        told.append(language.gettext("The limits are worked out anew from each named change on."))
    return " ".join(told)


def _alt(course: _Course, edges: Mapping[str, str], language: Language) -> str:
    shown: Sequence[tuple[str, float | None]] = list(zip(course.months, course.values, strict=True))
    told = [series_alt(course.metric, shown, None, language)]
    if edges:
        told.append(language.gettext("Natural limits: {edges}.", edges=", ".join(edges.values())))
    places = {place for cause in course.reading.causes for place in _places(course, cause)}
    told.append(
        language.ngettext("{n} month has a special cause.", "{n} months have a special cause.", len(places))
        if places
        else language.gettext("No month has a special cause.")
    )
    for phase in course.reading.phases[1:]:
        told.append(
            language.gettext(
                "New limits from {month} on: {change}.",
                month=month_short(phase.first, language),
                change=", ".join(cleaned(change) for change in phase.changes),
            )
        )
    return " ".join(told)
