"""Differences that are looked at: every candidate for a finding, with how improbable it is as chance and how large."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from evaluation.assessment import Figure
from evaluation.judgement.comparing import compare, is_in_part, is_judged_by_shift
from evaluation.judgement.consequence import effect_of, effect_of_shares
from evaluation.judgement.families import compared_metrics, is_alike_everywhere, is_of_the_customers
from evaluation.judgement.figures import monthly_series, reading
from evaluation.judgement.rest import is_about_the_events, rest_of
from evaluation.judgement.shifts import Shifts
from evaluation.measurement import UNASSIGNED, Measurement, Measurements
from evaluation.member_comparison import MemberComparison
from evaluation.metric import Kind, Metric
from evaluation.period import Period
from evaluation.statistics.change import Estimate, difference_of_intervals
from evaluation.statistics.funnel import Scale
from evaluation.statistics.intervals import wilson_interval
from evaluation.statistics.shift import Shift
from evaluation.verdict import Against, Change, VerdictKey

COMPARED = ("channel", "team", "branch", "topic")
"""Dimensions whose members may stand out."""
CLEARLY = 0.2
"""A member stands out from the rest by this effect or more (Cohen's *small*; a duration longer by a fifth): parts of a
service always differ a little, and with many cases even that is beyond noise."""
FEWEST_TICKETS = 30
"""Below this many tickets in either period no topic is said to have grown."""
SHARE_OF_TOPIC = "share"
"""Name under which the share of a topic in all tickets is looked at; it is no statistic of the metric itself."""

_BY_MONTHS = (Kind.COUNT, Kind.STOCK, Kind.RATIO)
"""Kinds that may have no interval of their own and are then judged by how they vary from month to month."""

_RULES = {
    (Against.BEFORE, False): {
        Change.WORSE: "worse_than_before", Change.BETTER: "better_than_before", Change.MOVED: "moved",
    },
    (Against.BEFORE, True): {
        Change.WORSE: "member_worse_than_before", Change.BETTER: "member_better_than_before",
    },
    (Against.REST, True): {Change.WORSE: "member_worse_than_rest", Change.BETTER: "member_better_than_rest"},
}  # fmt: skip
_EXPECTED = {Change.WORSE: "member_worse_than_expected", Change.BETTER: "member_better_than_expected"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A difference that was looked at.

    Attributes:
        metric: The metric.
        statistic: The statistic.
        against: What it is compared with.
        dimension, member: Whom it is about, or None for the whole service.
        change: What would be said if it were looked at alone.
        p_value: How improbable it is as chance, two-sided.
        effect: Its size without a unit, comparable between metrics; 0 or more.
        now: The figure.
        other: The figure it is compared with; None for what is only counted as looked at.
        rule: The finding that it makes when it stands; empty when it makes none.
        namesakes: Of a difference of the whole, the parts that hold all of its cases and share its verdict.
    """

    metric: Metric
    statistic: str
    against: Against
    dimension: str | None
    member: str | None
    change: Change
    p_value: float
    effect: float
    now: Measurement | None = None
    other: Measurement | None = None
    rule: str = ""
    namesakes: tuple[VerdictKey, ...] = ()

    @property
    def key(self) -> VerdictKey:
        """What is compared with what."""
        return self.metric.id, self.statistic, self.against, self.dimension, self.member


def candidates(
    figures: Sequence[Figure],
    measurements: Measurements,
    period: Period,
    catalogue: Mapping[str, Metric],
    *,
    of_goals: Sequence[Figure] = (),
    comparisons: Sequence[MemberComparison] = (),
    shifts: Shifts | None = None,
) -> list[Candidate]:
    """Everything that is compared, each difference once.

    Figures against the period before; every metric with a good direction (one of each family) against the period
    before, in the whole and, unless it is what customers do, in every channel, team, branch and topic; channels and
    topics against the rest, too; teams and branches against what their own cases lead to expect, and agents, who are
    counted and not named; shares of topics.

    Args:
        figures: Main figures.
        measurements: All measurements.
        period: The period.
        catalogue: Metrics by id.
        of_goals: Figures of goals.
        comparisons: Members beside what is expected of them.
        shifts: Raw durations; without them medians are compared by their intervals.
    """
    metrics = compared_metrics(catalogue, {figure.metric.id for figure in (*figures, *of_goals)})
    ground = _Ground(measurements, period, shifts)
    expected = [one for comparison in comparisons for one in _of_comparison(comparison, ground)]
    found: dict[VerdictKey, Candidate] = {}
    for one in (
        *(one for figure in figures for one in _of_figure(figure, ground)),
        *(one for metric in metrics for one in _of_metric(metric, ground)),
        *(one for figure in of_goals for one in _before(figure.metric, figure.statistic, figure.where, ground)),
        *_of_topics(ground, catalogue),
        *expected,
    ):
        found.setdefault(one.key, one)
    return _without_namesakes(found.values())


def _without_namesakes(found: Iterable[Candidate]) -> list[Candidate]:
    """Each difference once where one channel, team, branch or topic holds all cases of the whole.

    A part with as many cases as the whole has the same cases, now and before. Two parts of equal counts need not share
    a single case: each keeps its own test and its own verdict.
    """
    kept = list(found)
    of_whole = {_place(one): one for one in kept if one.dimension is None}
    namesakes: dict[VerdictKey, list[VerdictKey]] = {}
    for one in kept:
        whole = of_whole.get(_place(one))
        if one.dimension is not None and whole is not None and _is_the_same(one, whole):
            namesakes.setdefault(whole.key, []).append(one.key)
    others = {key for keys in namesakes.values() for key in keys}
    return [replace(one, namesakes=tuple(namesakes.get(one.key, ()))) for one in kept if one.key not in others]


def _place(one: Candidate) -> tuple[str, str, Against]:
    return one.metric.id, one.statistic, one.against


def _is_the_same(part: Candidate, whole: Candidate) -> bool:
    """Whether a part holds all cases of the whole in both periods, and its test found the same."""
    pairs = ((part.now, whole.now), (part.other, whole.other))
    return (part.p_value, part.change) == (whole.p_value, whole.change) and all(
        own is not None and of_all is not None and _counts(own) == _counts(of_all) for own, of_all in pairs
    )


def _counts(row: Measurement) -> tuple[object, ...]:
    return row.value, row.n, row.numerator, row.denominator


@dataclass(frozen=True, slots=True)
class _Ground:
    measurements: Measurements
    period: Period
    shifts: Shifts | None

    def read(self, metric: Metric, statistic: str, period: Period, where: Mapping[str, str]) -> Measurement | None:
        return reading(self.measurements, metric, period.id, statistic=statistic, where=where)

    def shift(self, metric: Metric, row: Measurement, against: Against) -> Shift | None:
        """How the raw values differ, where they decide."""
        if self.shifts is None or not is_judged_by_shift(metric, row.statistic):
            return None
        return self.shifts.get(metric.id, row.dimension, row.member, against=against)


def _of_figure(figure: Figure, ground: _Ground) -> Iterator[Candidate]:
    for one in _before(figure.metric, figure.statistic, figure.where, ground):
        yield replace(one, rule=_RULES[Against.BEFORE, False].get(one.change, ""))


def _of_metric(metric: Metric, ground: _Ground) -> Iterator[Candidate]:
    """The whole and every member against before, and the members against the rest."""
    yield from _before(metric, metric.statistic, {}, ground)
    for dimension in () if is_of_the_customers(metric) else COMPARED:
        rows = ground.measurements.members(metric.id, ground.period.id, dimension, statistic=metric.statistic)
        named = [row for row in rows if row.member != UNASSIGNED and row.value is not None]
        if metric.kind not in _BY_MONTHS or all(row.low is not None for row in named):
            for row in named:
                yield from _before(metric, metric.statistic, {dimension: row.member}, ground)
        if is_alike_everywhere(metric, dimension):
            yield from _against_rest(metric, named)


def _before(metric: Metric, statistic: str, where: Mapping[str, str], ground: _Ground) -> Iterator[Candidate]:
    """A figure against the period before, when that can be tested."""
    now, before = (ground.read(metric, statistic, one, where) for one in (ground.period, ground.period.previous()))
    if now is None or before is None or now.value is None or before.value is None:
        return
    is_by_months = metric.kind in _BY_MONTHS or now.low is None or before.low is None
    series = (
        monthly_series(ground.measurements, metric, ground.period, statistic=statistic, where=where)
        if is_by_months
        else ()
    )
    difference, change = compare(metric, now, before, series, ground.shift(metric, now, Against.BEFORE))
    if difference is not None:
        if is_of_the_customers(metric) and change in (Change.BETTER, Change.WORSE):
            change = Change.MOVED
        dimension, member = next(iter(where.items()), (None, None))
        yield Candidate(
            metric=metric, statistic=statistic, against=Against.BEFORE, dimension=dimension, member=member,
            change=change, p_value=difference.p_value, effect=effect_of(metric, now.value, before.value), now=now,
            other=before, rule=_RULES[Against.BEFORE, dimension is not None].get(change, ""),
        )  # fmt: skip


def _against_rest(metric: Metric, rows: Sequence[Measurement]) -> Iterator[Candidate]:
    """Each member against all the others."""
    if is_about_the_events(metric, rows):
        return
    for row in rows:
        rest = rest_of(metric, [other for other in rows if other is not row], row)
        difference, change = compare(metric, row, rest)
        if difference is None or row.value is None or rest is None or rest.value is None:
            continue
        effect = effect_of(metric, row.value, rest.value)
        yield Candidate(
            metric=metric, statistic=row.statistic, against=Against.REST, dimension=row.dimension, member=row.member,
            change=change, p_value=difference.p_value, effect=effect, now=row, other=rest,
            rule=_RULES[Against.REST, True].get(change, "") if effect >= CLEARLY else "",
        )  # fmt: skip


def _of_comparison(comparison: MemberComparison, ground: _Ground) -> Iterator[Candidate]:
    """Members beside what their own cases lead to expect; of agents only that they were looked at."""
    metric, dimension = comparison.metric, comparison.dimension
    for row in comparison.compared:
        now = ground.read(metric, comparison.statistic, ground.period, {dimension: row.member})
        if row.p_value is None or row.value is None or row.expected is None or now is None or now.value is None:
            continue
        change = Change.WITHIN_NOISE if row.is_good is None else Change.BETTER if row.is_good else Change.WORSE
        expected = now.value * row.expected / row.value if comparison.scale is Scale.LOG else row.expected
        yield Candidate(
            metric=metric, statistic=comparison.statistic, against=Against.REST, dimension=dimension,
            member=row.member, change=change, p_value=row.p_value, effect=effect_of(metric, now.value, expected),
            now=now, other=replace(now, value=expected, low=None, high=None, numerator=None, denominator=None),
            rule=_EXPECTED.get(change, "") if dimension != "agent" else "",
        )  # fmt: skip


def _of_topics(ground: _Ground, catalogue: Mapping[str, Metric]) -> Iterator[Candidate]:
    """Topics whose share of the tickets grew, so that a busier month alone makes none of them a finding."""
    metric = catalogue.get("tickets_created")
    if metric is None:
        return
    now, before = (
        {row.member: row for row in ground.measurements.members(metric.id, one.id, "topic", statistic=metric.statistic)}
        for one in (ground.period, ground.period.previous())
    )
    totals = [sum(row.value or 0.0 for row in rows.values()) for rows in (now, before)]
    if min(totals) < FEWEST_TICKETS:
        return
    is_whole = not any(is_in_part(row) for rows in (now, before) for row in rows.values())
    for topic in sorted(set(now) - {UNASSIGNED}):
        counts = [(rows[topic].value or 0.0) if topic in rows else 0.0 for rows in (now, before)]
        later, earlier = (_share(count, total) for count, total in zip(counts, totals, strict=True))
        difference = difference_of_intervals(later, earlier)
        has_grown = is_whole and difference.low > 0 and counts[0] > counts[1]
        yield Candidate(
            metric=metric, statistic=SHARE_OF_TOPIC, against=Against.BEFORE, dimension="topic", member=topic,
            change=Change.MOVED if difference.is_real else Change.WITHIN_NOISE, p_value=difference.p_value,
            effect=_growth(later.value, earlier.value), now=now[topic], other=before.get(topic),
            rule="topic_grew" if has_grown else "",
        )  # fmt: skip


def _growth(now: float, before: float) -> float:
    """How many times as large a share is, as a logarithm; Cohen's h from nothing."""
    return abs(math.log(now / before)) if min(now, before) > 0 else effect_of_shares(now, before)


def _share(count: float, total: float) -> Estimate:
    interval = wilson_interval(count, total)
    low, high = interval.low or 0.0, 1.0 if interval.high is None else interval.high
    return Estimate(count / total, low, high, int(total))
