"""Did what was agreed help? The linked figure in whole months before and after a follow-up was done.

Looked at are up to three whole months on each side of the day on which it was done; the month of that day belongs to
neither, unless it is the month's first. Where the figure is of a part of the service, what changed in the rest over
the same months is taken off. Durations and counts change by a factor, everything else by a difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from evaluation.assessment import FollowUp, FollowUpEffect, FollowUpState
from evaluation.judgement.figures import reading
from evaluation.metric import Better
from evaluation.metrics.definition import AnyDefinition, Definition, Summary
from evaluation.outcomes import outcomes
from evaluation.period import Period
from evaluation.statistics.change import (
    Difference,
    Estimate,
    difference_by_moving_range,
    difference_of_intervals,
    difference_of_means,
)
from evaluation.statistics.effect import (
    Effect,
    dispersion_within,
    effect_of,
    log_change_of_counts,
    log_change_of_durations,
    net_of_others,
)
from evaluation.statistics.intervals import effective_size, mean_interval, nps_bounds, wilson_interval

if TYPE_CHECKING:
    import pandas as pd

    from evaluation.facts.shapes import Facts
    from evaluation.measurement import Measurements

MONTHS = 3
"""Whole months that are looked at on each side."""
WINDOW = 13
"""Months that are measured."""
FACTORS = (Summary.DURATION, Summary.COUNT)
"""What changes by a factor."""


def with_effects(
    follow_ups: Sequence[FollowUp],
    facts: Facts,
    measurements: Measurements,
    definitions: Mapping[str, AnyDefinition],
    period: Period,
) -> tuple[FollowUp, ...]:
    """The follow-ups, those that are done and name a metric with what came of them by the end of the period.

    Args:
        follow_ups: As they stand.
        facts: Fact tables; whatever happened after their `cut` is not known.
        measurements: What was measured by month, for figures that are no sum of cases.
        definitions: The catalogue as chosen.
        period: The period of the review; later months are not looked at.
    """
    return tuple(
        replace(one, effect=_effect(one, follow_ups, _Ground(facts, measurements, definitions, period)))
        if one.state is FollowUpState.DONE and one.metric_id in definitions
        else one
        for one in follow_ups
    )


@dataclass(frozen=True, slots=True)
class _Ground:
    facts: Facts
    measurements: Measurements
    definitions: Mapping[str, AnyDefinition]
    period: Period


@dataclass(frozen=True, slots=True)
class _Sides:
    """Months before and after, and what is compared in them."""

    before: tuple[Period, ...]
    after: tuple[Period, ...]


def _effect(done: FollowUp, all_of_them: Sequence[FollowUp], ground: _Ground) -> FollowUpEffect | None:
    if done.done_on is None or done.done_on >= ground.period.day_after:
        return None
    definition = ground.definitions[str(done.metric_id)]
    sides = _sides(done, definition, ground)
    found = FollowUpEffect(
        word=Effect.TOO_EARLY, reason="no_whole_month", months_before=tuple(one.id for one in sides.before),
        months_after=tuple(one.id for one in sides.after), together_with=_together(done, all_of_them, sides),
    )  # fmt: skip
    if not sides.after:
        return found
    if definition.metric.better is Better.NEUTRAL:
        return replace(found, word=Effect.CANNOT_TELL, reason="no_direction")
    if isinstance(definition, Definition) and definition.summary is not Summary.QUANTILE:
        return _by_cases(found, done, definition, sides, ground)
    return _by_months(found, done, definition, sides, ground)


def _sides(done: FollowUp, definition: AnyDefinition, ground: _Ground) -> _Sides:
    """Whole months that are over and known: the last before the day, the first from it on."""
    day, covered = done.done_on, _covered(definition, ground)
    before = [month for month in covered if day is not None and month.day_after <= day]
    after = [month for month in covered if day is not None and month.first_day >= day]
    return _Sides(tuple(before[-MONTHS:]), tuple(after[:MONTHS]))


def _covered(definition: AnyDefinition, ground: _Ground) -> list[Period]:
    """The months that are over and that the records cover.

    Months before the first with cases of the whole service are not known to be empty; that first one may be known in
    part only, so that nothing is counted in it.
    """
    known = [month for month in ground.period.months()[-1].series(WINDOW) if month.end <= ground.facts.cut]
    rows = [reading(ground.measurements, definition.metric, month.id, where={}) for month in known]
    first = next((number for number, row in enumerate(rows) if row is not None and row.n), len(rows))
    is_counted = isinstance(definition, Definition) and definition.summary is Summary.COUNT
    return known[first + (is_counted and first > 0) :]


def _together(done: FollowUp, all_of_them: Sequence[FollowUp], sides: _Sides) -> tuple[str, ...]:
    """Others on the same figure that were done between the first and the last day looked at: they share the effect."""
    if not sides.before or not sides.after:
        return ()
    first, after = sides.before[0].first_day, sides.after[-1].day_after
    return tuple(
        one.id
        for one in all_of_them
        if one.id != done.id
        and (one.metric_id, dict(one.where)) == (done.metric_id, dict(done.where))
        and one.done_on is not None
        and first <= one.done_on < after
    )


def _by_cases(
    found: FollowUpEffect, done: FollowUp, definition: Definition, sides: _Sides, ground: _Ground
) -> FollowUpEffect:
    """From the single cases of both sides, and of the rest where there is one."""
    rows = outcomes(ground.facts, definition, (*sides.before, *sides.after), reported=ground.period)
    is_own = np.ones(len(rows), dtype=bool)
    for dimension, member in done.where.items():
        is_own &= (rows[dimension] == member).to_numpy(dtype=bool)
    before, after = _halves(rows[is_own], sides)
    smallest = 1 if definition.summary is Summary.COUNT else definition.metric.minimum_sample
    found = replace(
        found, n_before=len(before), n_after=len(after), before=_value(before, definition, len(sides.before)),
        after=_value(after, definition, len(sides.after)),
    )  # fmt: skip
    if len(after) < smallest:
        return replace(found, reason="few_after")
    own = _change(before, after, definition, sides) if len(before) >= smallest else None
    if own is None:
        return replace(found, word=Effect.CANNOT_TELL, reason="few_before")
    others = None
    if done.where:
        rest_before, rest_after = _halves(rows[~is_own], sides)
        if min(len(rest_before), len(rest_after)) >= smallest:
            others = _change(rest_before, rest_after, definition, sides)
    change = own if others is None else net_of_others(own, others)
    return _told(found, change, definition, against_rest=others is not None)


def _by_months(
    found: FollowUpEffect, done: FollowUp, definition: AnyDefinition, sides: _Sides, ground: _Ground
) -> FollowUpEffect:
    """From monthly values against their ordinary variation, for figures that no sum of cases gives."""
    metric, last = definition.metric, ground.period.months()[-1]
    rows = {
        month.id: reading(ground.measurements, metric, month.id, where=done.where) for month in last.series(WINDOW)
    }  # fmt: skip
    values = {name: row.value for name, row in rows.items() if row is not None and row.value is not None}
    before, after = ([values[m.id] for m in side if m.id in values] for side in (sides.before, sides.after))
    found = replace(
        found, n_before=len(before), n_after=len(after), before=float(np.mean(before)) if before else None,
        after=float(np.mean(after)) if after else None,
    )  # fmt: skip
    if not after:
        return replace(found, reason="few_after")
    earlier = [value for name, value in values.items() if sides.before and name <= sides.before[-1].id]
    change = difference_by_moving_range(float(np.mean(after)), float(np.mean(before)), earlier) if before else None
    if change is None:
        return replace(found, word=Effect.CANNOT_TELL, reason="few_before")
    return _told(found, change, definition, against_rest=False)


def _told(
    found: FollowUpEffect, change: Difference, definition: AnyDefinition, *, against_rest: bool
) -> FollowUpEffect:
    is_factor = isinstance(definition, Definition) and definition.summary in FACTORS
    value, low, high = (
        float(np.expm1(number)) if is_factor else number for number in (change.value, change.low, change.high)
    )
    word = effect_of(change, higher_is_better=definition.metric.better is Better.HIGHER)
    return replace(
        found, word=word, reason="", change=value, low=low, high=high, is_factor=is_factor, is_net=against_rest
    )


def _halves(rows: pd.DataFrame, sides: _Sides) -> tuple[pd.DataFrame, pd.DataFrame]:
    before, after = ([month.id for month in side] for side in (sides.before, sides.after))
    known = rows[rows["outcome"].notna()]
    return known[known["period_id"].isin(before)], known[known["period_id"].isin(after)]


def _change(before: pd.DataFrame, after: pd.DataFrame, definition: Definition, sides: _Sides) -> Difference | None:
    """How the figure of these cases changed, by the method of its kind; factors as logarithms."""
    if definition.summary is Summary.DURATION:
        return log_change_of_durations(after["outcome"].to_numpy(), before["outcome"].to_numpy())
    if definition.summary is Summary.COUNT:
        return log_change_of_counts(
            len(after), len(before), months_now=len(sides.after), months_before=len(sides.before),
            dispersion=dispersion_within([_by_month(before, sides.before), _by_month(after, sides.after)]),
        )  # fmt: skip
    now, then = _estimate(after, definition), _estimate(before, definition)
    if now is None or then is None:
        return None
    is_mean = definition.summary in (Summary.MEAN, Summary.WEIGHTED_MEAN)
    return difference_of_means(now, then) if is_mean else difference_of_intervals(now, then)


def _by_month(rows: pd.DataFrame, months: Sequence[Period]) -> list[int]:
    """How many cases each month has, months without any included."""
    counts = rows["period_id"].value_counts()
    return [int(counts.get(month.id, 0)) for month in months]


def _estimate(rows: pd.DataFrame, definition: Definition) -> Estimate | None:
    """A share, mean or NPS of cases with its interval; None when it has none."""
    amounts, weights = rows["outcome"].to_numpy(), rows["weight"].to_numpy()
    size, whole = effective_size(weights), float(weights.sum())
    if size == 0:
        return None
    value = float((weights * amounts).sum()) / whole
    if definition.summary is Summary.NPS:
        promoters, detractors = (float(weights[amounts == sign].sum()) / whole for sign in (1, -1))
        low, high = nps_bounds([promoters], [detractors], [size])
        return Estimate(100 * value, float(low[0]), float(high[0]), round(size))
    if definition.summary in (Summary.MEAN, Summary.WEIGHTED_MEAN):
        interval = mean_interval(amounts.tolist(), weights=weights.tolist())
    else:
        interval = wilson_interval(value * whole, whole, effective_n=size)
    if interval.low is None or interval.high is None:
        return None
    return Estimate(value, interval.low, interval.high, round(size))


def _value(rows: pd.DataFrame, definition: Definition, months: int) -> float | None:
    """The figure of one side in the metric's unit: the median of durations, the count of a month."""
    if definition.summary is Summary.COUNT:
        return len(rows) / months if months else None
    if rows.empty:
        return None
    if definition.summary is Summary.DURATION:
        return float(np.median(rows["outcome"].to_numpy()))
    found = _estimate(rows, definition)
    return None if found is None else found.value
