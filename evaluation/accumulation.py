"""Figures that grow with the days of their period: only whole periods can be compared by them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from evaluation.metric import Kind, Metric
from evaluation.period import Period

OF_THE_WHOLE_PERIOD = frozenset(
    {
        "tickets_per_requester", "top_requesters_share", "complaint_rate_customers", "return_rate_customers",
        "retention_rate", "churn_rate",
    }
)  # fmt: skip
"""Neither counts nor stocks, and yet larger or smaller the more of the period is seen: what each customer did in it."""
QUIET_DAYS = 1
"""So many days from Monday to Friday may be without a record before the records of a period are said to begin late."""


def accumulates(metric: Metric) -> bool:
    """Whether half of a period has another value than the whole of it, although nothing is different.

    Counts do, stocks at an end that has not come, and what is counted for each customer. Shares, means and quantiles of
    cases do not: half of the cases say the same, less precisely.
    """
    return metric.kind in (Kind.COUNT, Kind.STOCK) or metric.id in OF_THE_WHOLE_PERIOD


def begins_late(period: Period, first: datetime | None) -> bool:
    """Whether the records begin within a period, and not with it.

    A weekend or a holiday before the first record is no gap.

    Args:
        period: The period.
        first: The instant of the first record of all.

    Example:
        >>> from datetime import UTC
        >>> begins_late(Period.parse("2026-Q2", zone="UTC"), datetime(2026, 5, 15, tzinfo=UTC))
        True
        >>> begins_late(Period.parse("2026-08", zone="UTC"), datetime(2026, 8, 3, 9, tzinfo=UTC))
        False
    """
    if first is None or not period.start < first < period.end:
        return False
    return _weekdays(period.first_day, first.astimezone(ZoneInfo(period.zone)).date()) > QUIET_DAYS


def _weekdays(start: date, until: date) -> int:
    """Days from Monday to Friday from one day to before another."""
    weeks, rest = divmod((until - start).days, 7)
    return 5 * weeks + sum((start.weekday() + step) % 7 < 5 for step in range(rest))
