"""What moved a figure: its change taken apart by channel, team, topic or priority, whichever tells most."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from evaluation.explanation import Cause, Contribution, Explanation
from evaluation.measurement import Measurement, Measurements
from evaluation.metric import Kind, Metric, Unit
from evaluation.period import Period
from evaluation.statistics.decomposition import Cases, Decomposition, decompose

if TYPE_CHECKING:
    import pandas as pd

EXPLAINING = ("channel", "team", "topic", "priority")
"""Dimensions by which a change is taken apart; in this order when two tell equally much."""
STANDS_OUT = 0.25
"""A part stands out when it adds at least this much of the change beyond its share of the cases."""
MOST_NAMED = 3


def explain(
    metric: Metric, statistic: str, measurements: Measurements, period: Period, *, change: float
) -> Explanation | None:
    """The change of a figure of the whole service against the period before, in parts that add up to it exactly.

    Shares, means and rates are taken apart themselves. A median does not add up of its parts, so of durations the mean
    is taken apart (in seconds, as everybody reads it, and not on a log scale); when the mean went the other way than
    the median, it explains nothing and there is no explanation.

    The dimension is the one of which a single part adds most beyond what it would if all had moved alike: the largest
    of (its mix part) and (its rate part less its share of the cases times the change), in the direction of the change.
    Taking the largest and not the sum keeps a dimension of many small members from winning by noise.

    Args:
        metric: The metric.
        statistic: The statistic that is judged.
        measurements: All measurements.
        period: The period.
        change: By how much the figure moved, for its direction.

    Returns:
        None when no dimension of at least two members adds up to the whole.
    """
    taken = "mean" if metric.kind is Kind.QUANTILE else statistic
    return _tells_most((_by(dimension, metric, taken, measurements, period) for dimension in EXPLAINING), change)


def explain_part(
    metric: Metric, statistic: str, cases: pd.DataFrame, period: Period, *, dimension: str, change: float
) -> Explanation | None:
    """The change of one channel, team, branch or topic against the period before, by the other dimensions.

    Args:
        metric: The metric.
        statistic: The statistic that is judged.
        cases: The decided cases of the part in both periods, as `evaluation.outcomes` gives them.
        period: The period.
        dimension: By which the part was told apart.
        change: By how much its figure moved, for its direction.
    """
    taken = "mean" if metric.kind is Kind.QUANTILE else statistic
    scale = 100.0 if metric.unit is Unit.NPS_POINTS else 1.0
    known = cases[cases["outcome"].notna()]
    found = []
    for other in EXPLAINING:
        before, now = (_of_frame(known, other, one.id) for one in (period.previous(), period))
        if other != dimension and len({*before, *now}) > 1 and before and now:
            found.append(_told(other, taken, decompose(before, now), before, now, scale))
    return _tells_most(found, change)


def _of_frame(cases: pd.DataFrame, dimension: str, period_id: str) -> dict[str, Cases]:
    """Cases by member in one period."""
    rows = cases[cases["period_id"] == period_id]
    sums = (
        rows.assign(total=rows["weight"] * rows["outcome"])
        .groupby(dimension, observed=True)[["weight", "total"]]
        .sum()
        .sort_index()
    )
    return {str(name): Cases(n=float(n), total=float(total)) for name, n, total in sums.itertuples() if n > 0}


_Made = tuple[float, Explanation]


def _tells_most(found: Iterable[_Made | None], change: float) -> Explanation | None:
    """The explanation of which one part stands out most, among those that go the way of the change."""
    fitting = [made for made in found if made is not None and made[1].change * change > 0]
    return max(fitting, key=lambda made: made[0])[1] if fitting else None


def _by(dimension: str, metric: Metric, statistic: str, measurements: Measurements, period: Period) -> _Made | None:
    """The explanation by one dimension, with how far its largest part stands out."""
    rows = [_members(dimension, metric, statistic, measurements, one) for one in (period.previous(), period)]
    if any(part is None for part in rows) or len({*(rows[0] or {}), *(rows[1] or {})}) < 2:
        return None
    before, now = (_cases(part or {}) for part in rows)
    scale = _scale([row for part in rows for row in (part or {}).values()])
    if scale is None:
        return None
    found = decompose(before, now)
    return _told(dimension, statistic, found, before, now, scale)


def _members(
    dimension: str, metric: Metric, statistic: str, measurements: Measurements, period: Period
) -> dict[str, Measurement] | None:
    """The members with cases; None when they are not the whole."""
    rows = measurements.members(metric.id, period.id, dimension, statistic=statistic)
    wholes = measurements.members(metric.id, period.id, "all", statistic=statistic)
    parts = {row.member: row for row in rows if row.denominator}
    if not wholes or not wholes[0].denominator:
        return None
    sums = [sum(getattr(row, side) or 0.0 for row in parts.values()) for side in ("numerator", "denominator")]
    whole = (wholes[0].numerator or 0.0, wholes[0].denominator)
    if not all(math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9) for a, b in zip(sums, whole, strict=True)):
        return None
    return parts


def _cases(parts: Mapping[str, Measurement]) -> dict[str, Cases]:
    return {name: Cases(n=row.denominator or 0.0, total=row.numerator or 0.0) for name, row in parts.items()}


def _scale(rows: Sequence[Measurement]) -> float | None:
    """By what quotients are multiplied: 100 for complaints per hundred contacts, and for NPS."""
    largest = max(rows, key=lambda row: (abs(row.numerator or 0.0), row.period_id, row.member))
    if not largest.numerator or not largest.denominator or largest.value is None:
        return None
    return largest.value * largest.denominator / largest.numerator


def _told(
    dimension: str,
    statistic: str,
    found: Decomposition,
    before: Mapping[str, Cases],
    now: Mapping[str, Cases],
    scale: float,
) -> _Made | None:
    if not found.change:
        return None
    change, way = found.change, math.copysign(1.0, found.change)
    parts = sorted(_parts(found, before, now), key=lambda part: (-way * part.amount, part.member, part.cause))
    beyond = max(way * (part.amount - _even(part, change, before, now)) for part in parts) / abs(change)
    largest = tuple(_scaled(part, scale) for part in parts[:MOST_NAMED] if way * part.amount > 0)
    return beyond, Explanation(
        dimension=dimension,
        statistic=statistic,
        change=scale * change,
        mix=scale * (found.mix or 0.0),
        rate=scale * (found.rate or 0.0),
        largest=largest,
        others=scale * change - sum(part.amount for part in largest),
        is_even=beyond < STANDS_OUT,
    )


def _parts(found: Decomposition, before: Mapping[str, Cases], now: Mapping[str, Cases]) -> Iterator[Contribution]:
    for member, segment in found.segments.items():
        has_grown = _share(member, now) > _share(member, before)
        for cause, amount in ((Cause.MIX, segment.mix), (Cause.RATE, segment.rate)):
            yield Contribution(member=member, cause=cause, amount=amount, has_grown=has_grown)


def _even(part: Contribution, change: float, before: Mapping[str, Cases], now: Mapping[str, Cases]) -> float:
    """What the part would add if every member had moved as the whole did."""
    if part.cause is Cause.MIX:
        return 0.0
    return change * (_share(part.member, before) + _share(part.member, now)) / 2


def _share(member: str, cases: Mapping[str, Cases]) -> float:
    return cases[member].n / sum(one.n for one in cases.values()) if member in cases else 0.0


def _scaled(part: Contribution, scale: float) -> Contribution:
    return Contribution(
        member=part.member, cause=part.cause, amount=scale * part.amount, has_grown=part.has_grown
    )  # fmt: skip
