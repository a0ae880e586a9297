"""Figures: a measurement of the period with its predecessors, what may be said about it, and its months."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from evaluation.assessment import Figure, GoalAssessment, Point
from evaluation.errors import CannotMeasure
from evaluation.judgement.comparing import compare, is_judged_by_shift
from evaluation.judgement.shifts import Shifts
from evaluation.measurement import Absent, Measurement, Measurements
from evaluation.metric import Metric
from evaluation.period import Period
from evaluation.settings import FigureChoice

MONTHS = 13
PREFERRED = (
    "sla_attainment", "first_response_time", "csat", "full_resolution_time", "nps", "one_touch_rate",
    "reopen_rate", "ces", "backlog", "tickets_created", "response_rate", "tickets_per_requester", "tickets_solved",
)  # fmt: skip
"""Main figures when none are configured, the first six that can be measured."""
MOST_FIGURES = 6


def reading(
    measurements: Measurements,
    metric: Metric,
    period_id: str,
    *,
    statistic: str | None = None,
    where: Mapping[str, str],
) -> Measurement | None:
    """One measurement in a scope (empty, or one dimension and its member); None when it was not measured."""
    dimension, member = next(iter(where.items()), ("all", "all"))
    try:
        return measurements.get(
            metric.id, period_id, statistic=statistic or metric.statistic, dimension=dimension, member=member
        )
    except CannotMeasure:
        return None


def monthly_series(
    measurements: Measurements, metric: Metric, last: Period, *, statistic: str | None = None, where: Mapping[str, str]
) -> tuple[Point, ...]:
    """The metric by month up to the last month of a period, 13 at most, without the empty months before the first."""
    points: list[Point] = []
    for month in last.months()[-1].series(MONTHS):
        row = reading(measurements, metric, month.id, statistic=statistic, where=where)
        point = Point(period_id=month.id, value=None, n=0)
        if row is not None:
            point = Point(period_id=month.id, value=row.value, n=row.n, low=row.low, high=row.high)
        if points or point.value is not None:
            points.append(point)
    return tuple(points)


def figure_of(
    measurements: Measurements,
    metric: Metric,
    period: Period,
    *,
    statistic: str | None = None,
    where: Mapping[str, str],
    shifts: Shifts | None = None,
) -> Figure:
    """The figure of a metric in a scope and period, compared with the period before; without a target.

    Args:
        measurements: All measurements.
        metric: The metric.
        period: The period.
        statistic: Another statistic than the metric's own.
        where: The scope.
        shifts: Raw values, by which medians and means of durations are compared.
    """
    chosen = statistic or metric.statistic
    now = reading(measurements, metric, period.id, statistic=chosen, where=where) or _nothing(metric, period, chosen)
    before = reading(measurements, metric, period.previous().id, statistic=chosen, where=where)
    last_year = reading(measurements, metric, period.same_last_year().id, statistic=chosen, where=where)
    series = monthly_series(measurements, metric, period, statistic=chosen, where=where)
    shift, previous = None, before.value if before else None
    if shifts is not None and None not in (now.value, previous) and is_judged_by_shift(metric, chosen):
        dimension, member = next(iter(where.items()), ("all", "all"))
        shift = shifts.get(metric.id, dimension, member, period=period)
    _, verdict = compare(metric, now, before, series, shift)
    return Figure(
        metric=metric, statistic=chosen, where=dict(where), value=now.value, n=now.n, low=now.low, high=now.high,
        undecided=now.undecided, excluded=now.excluded, reason=now.reason, caveats=now.caveats, previous=previous,
        last_year=last_year.value if last_year else None,
        change=None if now.value is None or previous is None else now.value - previous,
        verdict=verdict, target=None, goal_id=None, status=None, series=series, shift=shift,
    )  # fmt: skip


def main_figures(
    measurements: Measurements, catalogue: Mapping[str, Metric], choices: Iterable[FigureChoice],
    goals: Iterable[GoalAssessment], period: Period, shifts: Shifts | None = None,
) -> tuple[Figure, ...]:  # fmt: skip
    """The figures of page 1, each with the target and status of the goal on this very figure, when there is one."""
    wanted = list(choices) or _sensible(measurements, catalogue, period)
    known = list(goals)
    return tuple(
        with_goal(
            figure_of(measurements, catalogue[c.metric], period, statistic=c.statistic, where=c.where, shifts=shifts),
            known,
        )
        for c in wanted
    )


def with_goal(figure: Figure, goals: Iterable[GoalAssessment]) -> Figure:
    """The figure with target and status of the first goal that is about it."""
    about = (figure.metric.id, figure.statistic, figure.where)
    for goal in goals:
        if (goal.figure.metric.id, goal.figure.statistic, goal.figure.where) == about:
            return replace(figure, target=goal.target, goal_id=goal.id, status=goal.status)
    return figure


def _sensible(measurements: Measurements, catalogue: Mapping[str, Metric], period: Period) -> list[FigureChoice]:
    """Up to six metrics that have a value; those that have none come after, so that the page says why."""
    known = [name for name in PREFERRED if name in catalogue]
    rows = {name: reading(measurements, catalogue[name], period.id, where={}) for name in known}
    absent = {name for name, row in rows.items() if row is None or row.value is None}
    withheld = {name for name, row in rows.items() if row is not None and row.reason is Absent.WITHHELD}
    chosen = [name for name in known if name not in absent or name in withheld]
    return [FigureChoice(metric=name) for name in chosen[:MOST_FIGURES]]


def _nothing(metric: Metric, period: Period, statistic: str) -> Measurement:
    return Measurement(
        metric_id=metric.id, period_id=period.id, dimension="all", member="all", statistic=statistic, value=None, n=0,
        reason=Absent.NO_CASES,
    )  # fmt: skip
