"""The outlook of a goal: its value at the due date by forecast, whether the process reaches it, and precedent."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evaluation.assessment import Point, Target
from evaluation.judgement.path import precedent_of
from evaluation.judgement.process import current_points
from evaluation.metric import Kind, Metric, Unit
from evaluation.period import Period
from evaluation.process_reading import ProcessReading
from evaluation.statistics.assurance import assurance
from evaluation.statistics.forecast import Forecast, forecast


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What the monthly series says about a target.

    Attributes:
        value, low, high: Expected value at the due date and its 80 % prediction interval, in the metric's unit; None
            when there is no forecast.
        probability: Chance to meet the target then; None like the forecast.
        assurance: `reached`, `hit_and_miss`, `missed` or `unknown`.
        precedent: `routine`, `ambitious`, `never_before` or `unknown`.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    probability: float | None = None
    assurance: str = "unknown"
    precedent: str = "unknown"


def outlook(
    metric: Metric,
    series: Sequence[Point],
    target: Target,
    baseline: float | None,
    *,
    start: Period,
    due: Period,
    last: Period,
    process: ProcessReading | None,
) -> Outlook:
    """The outlook when `last` is over.

    Assurance rests on the points and limits of the phase that the control chart of the series is in.

    The value of a due period of several months is taken as the mean of its months (their sum for counts, the last for
    stocks): those that are over as measured, the rest as forecast.

    Args:
        metric: The metric of the series.
        series: Monthly values in the metric's unit, oldest first; later ones than `last` are not looked at.
        target: The final target.
        baseline: Value at the start of the goal, or None.
        start: First period of the goal.
        due: Last period of the goal.
        last: The last month that is over.
        process: What the control chart of the series says.
    """
    whole = [point for point in series if point.period_id <= last.id]
    months = len(due.months()) if metric.kind is Kind.COUNT else 1
    monthly = Target(at_least=_over(target.at_least, months), at_most=_over(target.at_most, months))
    values = current_points(process, series)
    needed = _needed(monthly, _over(baseline, months))
    ahead = _ahead(metric, whole, due, last)
    return Outlook(
        assurance=assurance(values, at_least=monthly.at_least, at_most=monthly.at_most),
        precedent="unknown"
        if needed is None
        else precedent_of(_before(whole, start), needed=needed, months=_length(start, due)),
        **(_in_unit(ahead, monthly, months, _scale(metric, whole)) if ahead else {}),
    )


def _over(value: float | None, months: int) -> float | None:
    return None if value is None else value / months


def _needed(target: Target, baseline: float | None) -> float | None:
    """The move from the baseline to the target, 0 when the baseline meets it."""
    if baseline is None:
        return None
    if target.at_least is not None and baseline < target.at_least:
        return target.at_least - baseline
    if target.at_most is not None and baseline > target.at_most:
        return target.at_most - baseline
    return 0.0


def _before(series: Sequence[Point], start: Period) -> list[float | None]:
    first = start.months()[0].id
    return [point.value for point in series if point.period_id < first]


def _length(start: Period, due: Period) -> int:
    return (due.day_after.year - start.first_day.year) * 12 + due.day_after.month - start.first_day.month


@dataclass(frozen=True, slots=True)
class _Scale:
    """Durations are forecast on the log scale, everything else as it is."""

    into: Callable[[float], float]
    back: Callable[[float], float]


def _scale(metric: Metric, series: Sequence[Point]) -> _Scale:
    positive = all(point.value > 0 for point in series if point.value is not None)
    return _Scale(math.log, math.exp) if metric.unit is Unit.SECONDS and positive else _Scale(float, float)


def _ahead(metric: Metric, series: Sequence[Point], due: Period, last: Period) -> Forecast | None:
    """The forecast of one month's worth of the due period, on the metric's scale; None when it is over."""
    future = [_months_after(last, month) for month in due.months()]
    scale = _scale(metric, series)
    if max(future) < 1 or not series or series[-1].period_id != last.id:
        return None
    if metric.kind is Kind.STOCK:
        future = future[-1:]
    known = {point.period_id: point.value for point in series}
    over = [known.get(month.id) for month, step in zip(due.months(), future, strict=False) if step < 1]
    values = [scale.into(value) for value in over if value is not None]
    rest = forecast([scale.into(value) for value in _unbroken(series)], first=max(1, future[0]), last=future[-1])
    return None if rest is None else _with_known(rest, values, sum(step >= 1 for step in future))


def _with_known(rest: Forecast, known: Sequence[float], ahead: int) -> Forecast:
    """The mean of months that are over and the forecast mean of those ahead."""
    share, total = ahead / (ahead + len(known)), ahead + len(known)
    base = sum(known) / total
    value, half = base + share * rest.value, share * (rest.high - rest.value)
    return Forecast(value, value - half, value + half, share * rest.error, rest.degrees)


def _unbroken(series: Sequence[Point]) -> list[float]:
    """The values after the last gap."""
    values: list[float] = []
    for point in series:
        values = [] if point.value is None else [*values, point.value]
    return values


def _months_after(last: Period, month: Period) -> int:
    return (month.first_day.year - last.first_day.year) * 12 + month.first_day.month - last.first_day.month


def _in_unit(ahead: Forecast, monthly: Target, months: int, scale: _Scale) -> dict[str, float]:
    """The forecast in the metric's unit, with the chance to meet the target."""
    at_least, at_most = (
        None if bound is None else scale.into(bound) if bound > 0 or scale.into is float else -math.inf
        for bound in (monthly.at_least, monthly.at_most)
    )
    return {
        "value": scale.back(ahead.value) * months,
        "low": scale.back(ahead.low) * months,
        "high": scale.back(ahead.high) * months,
        "probability": ahead.probability(at_least=at_least, at_most=at_most),
    }
