"""Is a figure behaving as before? Its months on a control chart, with new limits from each named, dated change on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from evaluation.assessment import Figure, FollowUpState, Point
from evaluation.errors import ConfigError
from evaluation.followup import FollowUpConfig
from evaluation.judgement.figures import MONTHS, monthly_series
from evaluation.measurement import Measurements
from evaluation.metric import Kind, Metric
from evaluation.named_change import NamedChange
from evaluation.near_names import one_metric_of
from evaluation.period import Period
from evaluation.process_reading import TOLD_BY, Behaviour, ProcessPhase, ProcessReading, SpecialCause
from evaluation.statistics.process_chart import FEWEST_POINTS, Phase, ProcessChart, process_chart

COMPLETE = (Kind.COUNT, Kind.STOCK, Kind.RATIO)
"""Kinds that count everything there is: a small number of them is no small sample."""
MIDDLE_OF_THE_MONTH = 15
"""A change up to this day makes its month one of the new way of working, a later one leaves it to the old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedChange:
    """A change as control charts look at it.

    Attributes:
        on: Its first day.
        name: What changed.
        metrics: Metrics that it concerns; all when empty.
        where: Scope of the figures that it concerns; None for every scope.
        is_proven_only: It re-bases limits only with six points on either side: done follow-ups, which are many.
    """

    on: date
    name: str
    metrics: tuple[str, ...]
    where: Mapping[str, str] | None
    is_proven_only: bool = False

    def concerns(self, metric: Metric, where: Mapping[str, str]) -> bool:
        """Whether a figure is one that it changed."""
        return (not self.metrics or metric.id in self.metrics) and (self.where is None or dict(self.where) == where)


def dated_changes(changes: Iterable[NamedChange], follow_ups: Iterable[FollowUpConfig]) -> tuple[DatedChange, ...]:
    """The named changes of the configuration, and the follow-ups that are done and name a metric, oldest first."""
    named = [
        DatedChange(on=one.on, name=one.name, metrics=tuple(one.metrics), where=dict(one.where) or None)
        for one in changes
    ]
    done = [
        DatedChange(on=one.done_on, name=one.title, metrics=(one.metric,), where=dict(one.where), is_proven_only=True)
        for one in follow_ups
        if one.state is FollowUpState.DONE and one.done_on is not None and one.metric is not None
    ]
    return tuple(sorted([*named, *done], key=lambda one: (one.on, one.is_proven_only, one.name)))


def check_changes(changes: Sequence[NamedChange], catalogue: Mapping[str, Metric]) -> None:
    """Refuse a change of a metric that does not exist.

    Raises:
        ConfigError: A metric is not in the catalogue.
    """
    for number, change in enumerate(changes):
        for place, name in enumerate(change.metrics):
            if name not in catalogue:
                raise ConfigError(
                    f"the change {change.name!r} names the metric {name!r}, which does not exist",
                    where=f"changes.{number}.metrics.{place}",
                    remedy=f"{one_metric_of(name, catalogue)}; leave `metrics` out to mean all",
                )


def process_points(metric: Metric, series: Sequence[Point], *, cut: datetime, zone: str) -> tuple[float | None, ...]:
    """The months of a series as points of a control chart; None for one that is none.

    | month | point? |
    | --- | --- |
    | without a value | no |
    | not over at `cut` | no: its figure is still moving |
    | fewer cases than the minimum sample, for a share, a mean, a quantile or NPS | no: its ups and downs are chance |
    | the first of a count whose data begin within the window | no: the data may begin in its middle |

    Args:
        metric: The metric.
        series: Its months, oldest first.
        cut: The as-of moment.
        zone: Zone of the periods.
    """
    begins_inside = metric.kind is Kind.COUNT and len(series) < MONTHS
    return tuple(
        None
        if (metric.kind not in COMPLETE and point.n < metric.minimum_sample)
        or Period.parse(point.period_id, zone=zone).end > cut
        or (begins_inside and number == 0)
        else point.value
        for number, point in enumerate(series)
    )


def process_reading(
    metric: Metric,
    series: Sequence[Point],
    *,
    where: Mapping[str, str],
    changes: Sequence[DatedChange],
    cut: datetime,
    zone: str,
) -> ProcessReading | None:
    """The control chart of a figure's months, read; None when no month is a point.

    What is said of the last month is the signal that lasts longest: a shift (seven or more on one side), a run (seven
    or more that rise, or fall), a month outside, two of three near a limit; otherwise it behaves as before.

    Args:
        metric: The metric.
        series: Its months, oldest first.
        where: Scope of the figure.
        changes: Dated changes of the organisation; those that do not concern the figure are passed over.
        cut: The as-of moment.
        zone: Zone of the periods.
    """
    points = process_points(metric, series, cut=cut, zone=zone)
    places = [place for place, value in enumerate(points) if value is not None]
    if not places:
        return None
    months = [Period.parse(point.period_id, zone=zone) for point in series[places[0] : places[-1] + 1]]
    values = points[places[0] : places[-1] + 1]
    breaks = _breaks(months, values, [one for one in changes if one.concerns(metric, where)])
    chart = process_chart(values, steps=sorted(breaks))
    ids = [month.id for month in months]
    causes = _causes(chart, ids)
    return ProcessReading(
        phases=tuple(_phase(phase, values, ids, breaks) for phase in chart.phases),
        causes=causes,
        behaviour=_behaviour(chart.phases[-1], causes),
        left_out=tuple(
            point.period_id
            for point, value in zip(series, points, strict=True)
            if value is None and point.value is not None
        ),
    )


def current_points(reading: ProcessReading | None, series: Sequence[Point]) -> list[float]:
    """Values of the phase that the last month belongs to: what its limits, and the assurance of a goal, rest on."""
    if reading is None:
        return []
    return [
        point.value
        for point in series
        if point.value is not None
        and reading.now.first <= point.period_id <= reading.now.last
        and point.period_id not in reading.left_out
    ]


def with_process(figure: Figure, changes: Sequence[DatedChange], *, cut: datetime, zone: str) -> Figure:
    """The figure with what the control chart of its months says."""
    reading = process_reading(figure.metric, figure.series, where=figure.where, changes=changes, cut=cut, zone=zone)
    return replace(figure, process=reading)


def processes(
    measurements: Measurements,
    catalogue: Mapping[str, Metric],
    period: Period,
    changes: Sequence[DatedChange],
    *,
    cut: datetime,
) -> dict[str, ProcessReading]:
    """The reading of every metric for the whole service; metrics without a point are left out."""
    found = {}
    for name, metric in catalogue.items():
        series = monthly_series(measurements, metric, period, where={})
        reading = process_reading(metric, series, where={}, changes=changes, cut=cut, zone=period.zone)
        if reading is not None:
            found[name] = reading
    return found


def _breaks(
    months: Sequence[Period], values: Sequence[float | None], changes: Sequence[DatedChange]
) -> dict[int, tuple[str, ...]]:
    """Index of the first month of each later phase, with the names of the changes that it starts with."""
    first = months[0].first_day
    breaks: dict[int, tuple[str, ...]] = {}
    for change in sorted(changes, key=lambda one: one.is_proven_only):
        on = change.on
        index = (on.year - first.year) * 12 + on.month - first.month + (on.day > MIDDLE_OF_THE_MONTH)
        if 0 < index < len(months) and (not change.is_proven_only or _stands_alone(index, values, breaks)):
            breaks[index] = (*breaks.get(index, ()), change.name)
    return breaks


def _stands_alone(index: int, values: Sequence[float | None], breaks: Mapping[int, object]) -> bool:
    """Whether a new phase at `index` leaves six points on either side of it."""
    before = max((other for other in breaks if other < index), default=0)
    after = min((other for other in breaks if other > index), default=len(values))
    sides = (values[before:index], values[index:after])
    return index in breaks or all(sum(value is not None for value in side) >= FEWEST_POINTS for side in sides)


def _phase(
    phase: Phase, values: Sequence[float | None], months: Sequence[str], breaks: Mapping[int, tuple[str, ...]]
) -> ProcessPhase:
    limits = phase.limits
    return ProcessPhase(
        first=months[phase.first],
        last=months[phase.after - 1],
        months=sum(value is not None for value in values[phase.first : phase.after]),
        low=limits.low if limits else None,
        centre=limits.mean if limits else None,
        high=limits.high if limits else None,
        is_provisional=limits is not None and limits.is_provisional,
        changes=breaks.get(phase.first, ()),
    )


def _causes(chart: ProcessChart, months: Sequence[str]) -> tuple[SpecialCause, ...]:
    last = len(months) - 1
    return tuple(
        SpecialCause(
            signal=one.signal, first=months[one.first], last=months[one.last], months=one.points,
            is_upward=one.is_upward, is_current=one.last == last,
        )
        for one in chart.stretches
    )  # fmt: skip


def _behaviour(phase: Phase, causes: Sequence[SpecialCause]) -> Behaviour:
    if phase.limits is None:
        return Behaviour.CANNOT_TELL
    current = {cause.signal for cause in causes if cause.is_current}
    return next((told for signal, told in TOLD_BY.items() if signal in current), Behaviour.AS_BEFORE)
