"""The catalogue as one would write it first in pandas: a group-by for each metric, dimension and kind of period.

Without what makes measuring dear to get right: intervals, reasons, what is left out or undecided, and exact sums.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import pandas as pd

from evaluation.period import Period

DIMENSIONS = (None, "channel", "team", "branch", "topic", "priority", "agent")

_DURATIONS = (
    ("tickets", "first_response_at", ("first_response_business_seconds", "first_response_calendar_seconds",
                                      "first_wait_business_seconds", "first_wait_calendar_seconds")),
    ("tickets", "first_solved_at", ("first_resolution_business_seconds", "first_resolution_calendar_seconds")),
    ("tickets", "solved_at", ("full_resolution_business_seconds", "full_resolution_calendar_seconds",
                              "requester_wait_business_seconds", "requester_wait_calendar_seconds")),
    ("replies", "replied_at", ("wait_business_seconds", "wait_calendar_seconds")),
    ("calls", "arrived_at", ("wait_seconds",)),
    ("call_legs", "arrived_at", ("handle_seconds",)),
    ("reviews", "posted_at", ("answer_business_seconds", "answer_calendar_seconds")),
)  # fmt: skip
"""Table, anchor, columns of seconds."""

_MEANS = (
    ("tickets", "created_at", None, ("first_response_state == 'responded'",)),
    ("tickets", "solved_at", None, ("is_one_touch", "reopen_count > 0", "reply_count", "transfer_count > 0",
                                    "was_escalated")),
    ("targets", "decided_at", "state in ('met', 'missed')", ("state == 'met'",)),
    ("targets", "decided_at", "state in ('met', 'missed') and target == 'first_response'", ("state == 'met'",)),
    ("targets", "decided_at", "state in ('met', 'missed') and target == 'resolution'", ("state == 'met'",)),
    ("calls", "arrived_at", None, ("wait_seconds <= service_level_seconds and outcome == 'answered'",
                                   "outcome == 'abandoned'", "outcome in ('abandoned', 'short_abandoned')")),
    ("contacts", "at", None, ("is_complaint", "is_repeat_any_topic", "is_repeat_same_topic")),
    ("contacts", "solved_at", "is_window_over", ("is_one_touch and not was_followed",)),
    ("arrivals", "arrived_at", None, ("is_inside_hours",)),
    ("arrivals", "arrived_at", "not is_inside_hours", ("was_answered",)),
    ("surveys", "asked_at", None, ("answered_at == answered_at",)),
    ("surveys", "answered_at", "kind == 'csat'", ("score", "score >= 4", "score <= 2")),
    ("surveys", "answered_at", "kind == 'ces'", ("score", "score >= 5.5")),
    ("surveys", "answered_at", "kind == 'nps'", ("(score >= 9) * 1 - (score <= 6) * 1",)),
    ("surveys", "answered_at", "kind == 'nps' and is_linked", ("(score >= 9) * 1 - (score <= 6) * 1",)),
    ("reviews", "posted_at", None, ("rating", "sentiment == 'positive'", "sentiment == 'neutral'",
                                    "sentiment == 'negative'", "replied_at == replied_at")),
    ("reviews", "posted_at", "sentiment == 'negative'", ("answer_state == 'in_time'",)),
    ("audits", "audited_at", "kind != 'mystery'", ("score",)),
    ("audits", "audited_at", "kind == 'correspondence'", ("score",)),
    ("audits", "audited_at", "kind == 'call'", ("score",)),
    ("audits", "audited_at", "kind == 'mystery'", ("score",)),
    ("audits", "audited_at", "kind == 'mystery' and is_third_party", ("score",)),
)  # fmt: skip
"""Table, anchor, rows, what the mean is of."""

Cases = tuple[str, str, str | None]
"""Table, anchor, rows."""

_COUNTS: tuple[Cases, ...] = (
    ("tickets", "created_at", None),
    ("calls", "arrived_at", "is_counted"),
    ("contacts", "at", None),
)

_RATIOS: tuple[tuple[Cases, Cases], ...] = (
    (("tickets", "solved_at", None), ("tickets", "created_at", None)),
    (("contacts", "at", "is_complaint"), ("contacts", "at", None)),
    (("returns", "at", None), ("contacts", "at", None)),
)
"""Cases above and below the line."""

_STOCKS = (("states", "at", "until", "is_open"), ("targets", "due_at", "fulfilled_at", "state == 'missed'"))
"""Table, since, until, rows."""

MISSING = (
    "agreement of auditors", "retention and churn", "rates per hundred customers", "contacts per opening hour",
    "reasons for low ratings",
)  # fmt: skip
"""What of the catalogue is not written in pandas here."""


def figures(folder: Path, period: Period) -> int:
    """How many figures there are, when all have been computed."""
    last = period.months()[-1]
    periods = [("month", last.series(13)), ("quarter", period.series(8))]
    found = 0
    for table, anchor, columns in _DURATIONS:
        frame = _kept(folder, table, anchor, None, period)
        found += sum(_described(frame, column, quantiles=True) for column in columns)
    for table, anchor, where, means in _MEANS:
        frame = _kept(folder, table, anchor, where, period)
        for mean in means:
            found += _described(frame.assign(amount=pd.Series(frame.eval(mean))), "amount", quantiles=False)
    for table, anchor, where in _COUNTS:
        counted = _kept(folder, table, anchor, where, period)
        found += sum(len(_sizes(counted, keys)) for keys in _keys())
    for cases, others in _RATIOS:
        above, below = _kept(folder, *cases, period), _kept(folder, *others, period)
        found += sum(len(_sizes(above, keys) / _sizes(below, keys)) for keys in _keys())
    tickets = _kept(folder, "tickets", "created_at", None, period)
    found += sum(_of_requesters(tickets, keys) for keys in _keys())
    return found + sum(_stock(folder, *stock, moments) for stock in _STOCKS for _, moments in periods)


def _keys() -> Iterator[list[str]]:
    """What is grouped by: kind of period, and each dimension."""
    for kind in ("month", "quarter"):
        for dimension in DIMENSIONS:
            yield [kind, dimension] if dimension else [kind]


def _kept(folder: Path, table: str, anchor: str, where: str | None, period: Period) -> pd.DataFrame:
    frame = _placed(folder, table, anchor, period)
    return frame.query(where) if where else frame


@lru_cache(maxsize=1)
def _placed(folder: Path, table: str, anchor: str, period: Period) -> pd.DataFrame:
    frame = pd.read_parquet(folder / f"{table}.parquet")
    frame = frame[frame["exclusion"].isna() & frame[anchor].notna()]
    local = frame[anchor].dt.tz_convert(period.zone)
    month = local.dt.year * 12 + local.dt.month - 1
    return frame.assign(month=month, quarter=month // 3)


def _described(frame: pd.DataFrame, column: str, *, quantiles: bool) -> int:
    figures = 0
    for keys in _keys():
        groups = frame.groupby(keys, dropna=False)[column]
        found = groups.agg(["count", "mean", "std"])
        if quantiles:
            found = found.assign(median=groups.median(), p90=groups.quantile(0.9), shortest=groups.min())
        figures += int(found.size)
    return figures


def _sizes(frame: pd.DataFrame, keys: list[str]) -> pd.Series:
    return frame.groupby(keys, dropna=False).size()


def _of_requesters(tickets: pd.DataFrame, keys: list[str]) -> int:
    """Tickets per requester, and the share of the five with most."""
    sizes = tickets.groupby([*keys, "requester_id"], dropna=False).size()
    busiest = sizes.sort_values(ascending=False).groupby(keys, dropna=False).head(5)
    spread = sizes.groupby(keys, dropna=False).agg(["mean", "median"])
    return int(spread.size) + len(busiest.groupby(keys, dropna=False).sum())


def _stock(folder: Path, table: str, since: str, until: str, where: str, periods: Sequence[Period]) -> int:
    """What was there at the end of each period."""
    frame = pd.read_parquet(folder / f"{table}.parquet").query(where)
    frame = frame[frame["exclusion"].isna()]
    figures = 0
    for period in periods:
        there = frame[(frame[since] < period.end) & ~(frame[until] < period.end)]
        ages = period.end - there[since]
        for dimension in DIMENSIONS:
            groups = ages.groupby(there[dimension], dropna=False) if dimension else ages
            figures += int(groups.agg(["count", "median"]).size)
    return figures
