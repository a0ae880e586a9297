"""Differences that are looked at: every candidate for a finding, with how improbable it is as chance and how large."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from evaluation.assessment import Change, Figure
from evaluation.judgement.comparing import compare
from evaluation.judgement.figures import reading
from evaluation.measurement import UNASSIGNED, Measurement, Measurements
from evaluation.metric import Better, Kind, Metric, Unit
from evaluation.period import Period
from evaluation.statistics.change import Estimate, difference_of_intervals
from evaluation.statistics.intervals import wilson_interval

COMPARED = ("channel", "team", "branch", "topic")
"""Dimensions whose members may stand out; agents are never compared this way."""
CLEARLY = 0.2
"""A member stands out from the whole by this effect or more (Cohen's *small*; a duration longer by a fifth): parts of a
service always differ a little, and with many cases even that is beyond noise."""
FEWEST_TICKETS = 30
"""Below this many tickets in either period no topic is said to have grown."""

_BEFORE = {Change.WORSE: "worse_than_before", Change.BETTER: "better_than_before", Change.MOVED: "moved"}
_MEMBER_BEFORE = {Change.WORSE: "member_worse_than_before", Change.BETTER: "member_better_than_before"}
_MEMBER_WHOLE = {Change.WORSE: "member_worse_than_whole", Change.BETTER: "member_better_than_whole"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A difference that was looked at.

    Attributes:
        rule: What would be said; empty when it is within noise and only counts as looked at.
        metric: The metric.
        statistic: The statistic.
        dimension, member: Whom it is about, or None for the whole service.
        p_value: How improbable it is as chance, two-sided.
        effect: Its size without a unit, comparable between metrics; 0 or more.
    """

    rule: str
    metric: Metric
    statistic: str
    dimension: str | None
    member: str | None
    p_value: float
    effect: float


def candidates(
    figures: Sequence[Figure], measurements: Measurements, period: Period, catalogue: Mapping[str, Metric]
) -> list[Candidate]:
    """Everything that is compared: main figures, members against before and against the whole, shares of topics."""
    return [
        *_of_figures(figures, measurements, period),
        *_of_members(figures, measurements, period),
        *_of_topics(measurements, period, catalogue),
    ]


def _of_figures(figures: Sequence[Figure], measurements: Measurements, period: Period) -> Iterator[Candidate]:
    for figure in figures:
        now, before = _pair(measurements, figure, figure.where, period)
        dimension, member = next(iter(figure.where.items()), (None, None))
        yield from _candidate(figure, now, before, _BEFORE, dimension, member)


def _of_members(figures: Sequence[Figure], measurements: Measurements, period: Period) -> Iterator[Candidate]:
    for figure in figures:
        if figure.where or figure.metric.better is Better.NEUTRAL:
            continue
        whole = reading(measurements, figure.metric, period.id, statistic=figure.statistic, where={})
        for dimension, member in _members(measurements, figure, period):
            now, before = _pair(measurements, figure, {dimension: member}, period)
            yield from _candidate(figure, now, before, _MEMBER_BEFORE, dimension, member)
            if figure.metric.kind not in (Kind.COUNT, Kind.STOCK) and now is not None and now.low is not None:
                yield from _clear(_candidate(figure, now, whole, _MEMBER_WHOLE, dimension, member))


def _clear(found: Iterator[Candidate]) -> Iterator[Candidate]:
    """A difference from the whole that is too small to name still counts as looked at."""
    return (one if one.effect >= CLEARLY else replace(one, rule="") for one in found)


def _members(measurements: Measurements, figure: Figure, period: Period) -> list[tuple[str, str]]:
    frame = measurements.frame
    rows = frame[
        (frame["metric_id"] == figure.metric.id)
        & (frame["period_id"] == period.id)
        & (frame["statistic"] == figure.statistic)
        & frame["dimension"].isin(COMPARED)
        & (frame["member"] != UNASSIGNED)
    ]
    return list(zip(rows["dimension"], rows["member"], strict=True))


def _pair(
    measurements: Measurements, figure: Figure, where: Mapping[str, str], period: Period
) -> tuple[Measurement | None, Measurement | None]:
    now, before = (
        reading(measurements, figure.metric, one.id, statistic=figure.statistic, where=where)
        for one in (period, period.previous())
    )
    return now, before


def _candidate(
    figure: Figure,
    now: Measurement | None,
    against: Measurement | None,
    rules: Mapping[Change, str],
    dimension: str | None,
    member: str | None,
) -> Iterator[Candidate]:
    """The difference, when it can be tested."""
    if now is None or against is None:
        return
    series = figure.series if dimension is None or figure.where else ()
    difference, verdict = compare(figure.metric, now, against, series)
    if difference is not None:
        yield Candidate(
            rules.get(verdict, ""), figure.metric, figure.statistic, dimension, member, difference.p_value,
            effect_of(figure.metric, now.value or 0.0, against.value or 0.0),
        )  # fmt: skip


def effect_of(metric: Metric, now: float, against: float) -> float:
    """The size of a difference without its unit: Cohen's h for shares, the log ratio for what has a true zero.

    Source: J. Cohen, Statistical Power Analysis for the Behavioral Sciences (1988), chapter 6.
    """
    if metric.unit is Unit.SHARE:
        return abs(_arcsine(now) - _arcsine(against))
    if metric.unit is Unit.NPS_POINTS:
        return abs(now - against) / 50
    if metric.unit is Unit.POINTS or now <= 0 or against <= 0:
        return abs(now - against) / max(1.0, abs(against) if metric.unit is not Unit.POINTS else 1.0)
    return abs(math.log(now / against))


def _arcsine(share: float) -> float:
    return 2 * math.asin(math.sqrt(min(1.0, max(0.0, share))))


def _of_topics(measurements: Measurements, period: Period, catalogue: Mapping[str, Metric]) -> Iterator[Candidate]:
    """Topics whose share of the tickets grew, so that a busier month alone makes none of them a finding."""
    metric = catalogue.get("tickets_created")
    if metric is None:
        return
    now, before = (_counts(measurements, metric, one) for one in (period, period.previous()))
    total_now, total_before = sum(now.values()), sum(before.values())
    if min(total_now, total_before) < FEWEST_TICKETS:
        return
    for topic in sorted(set(now) - {UNASSIGNED}):
        later, earlier = _share(now[topic], total_now), _share(before.get(topic, 0.0), total_before)
        difference = difference_of_intervals(later, earlier)
        grew = difference.low > 0 and now[topic] > before.get(topic, 0.0)
        effect = abs(_arcsine(later.value) - _arcsine(earlier.value))
        yield Candidate(
            "topic_grew" if grew else "", metric, metric.statistic, "topic", topic, difference.p_value, effect
        )


def _counts(measurements: Measurements, metric: Metric, period: Period) -> dict[str, float]:
    rows = measurements.members(metric.id, period.id, "topic", statistic=metric.statistic)
    return {row.member: row.value or 0.0 for row in rows}


def _share(count: float, total: float) -> Estimate:
    interval = wilson_interval(count, total)
    low, high = interval.low or 0.0, 1.0 if interval.high is None else interval.high
    return Estimate(count / total, low, high, int(total))
