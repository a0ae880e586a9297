"""The backlog day by day: what lay open in the morning, what came, what went, and what lay open in the evening."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import ibis
import pandas as pd

from evaluation.breakdown import Breakdown
from evaluation.facts.vocabulary import flag, instant
from evaluation.measurement import Absent

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.breakdowns import Ground

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "day": "the calendar day in the reporting zone, as an ISO date",
        "opening": "open tickets when the day began",
        "created": "tickets that were created",
        "reopened": "tickets that were open again after a solve, or restored after a removal",
        "solved": "open tickets that were solved or closed, and tickets created as solved",
        "removed": "open tickets that were removed; tickets that are still removed at cut are in no figure at all",
        "closing": "open tickets when the day ended, or at cut: opening + created + reopened - solved - removed",
    }
)

_FLOWS = ("created", "reopened", "solved", "removed")
_QUARTER = 900_000_000
"""Microseconds of a quarter of an hour: the days of every zone begin at one."""


def backlog_curve(ground: Ground) -> Breakdown:
    """The breakdown of the metric `backlog`, for the days of the period up to the cut.

    Opening and closing are counted from what lay open, the flows from what changed; `unexplained` among its facts is by
    how much the two ever differ, in tickets, and must be 0.
    """
    if "states" not in ground.facts:
        return _breakdown(_nothing(), {}, Absent.NO_EVENTS if "tickets" in ground.facts else Absent.NO_SOURCE)
    states = ground.facts["states"]
    counted = states.filter(states.exclusion.isnull())
    end = min(ground.period.end, ground.facts.cut + timedelta(microseconds=1))
    days = _days(ground, end)
    if not days or not counted.count().execute():
        return _breakdown(_nothing(), {}, Absent.NO_CASES)
    flows = _by_day(_changes(counted), days, ground.period.start, end, _FLOWS)
    stock = _by_day(_steps(counted), days, ground.period.start, end, ("step",))["step"]
    at_start = _open_before(counted, ground.period.start)
    closing = at_start + stock.cumsum()
    frame = flows.assign(closing=closing, opening=closing.shift(1, fill_value=at_start))
    explained = frame["opening"] + frame["created"] + frame["reopened"] - frame["solved"] - frame["removed"]
    unexplained = int((explained - frame["closing"]).abs().sum())
    named = frame.rename_axis("day").reset_index()
    return _breakdown(named[list(COLUMNS)], {"unexplained": unexplained}, None)


def _changes(states: ir.Table) -> ir.Table:
    """What each state of a ticket changed in the stock, at the instant at which it began."""
    was_open = states.is_open.lag().over(ibis.window(group_by=states.ticket_id, order_by=states["at"]))
    before = states.mutate(was_open=was_open)
    is_first = before.was_open.isnull()
    left = (is_first | before.was_open) & ~before.is_open
    return before.select(
        at=before["at"],
        created=flag(is_first),
        reopened=flag(~before.was_open & before.is_open),
        solved=flag(left & (before.state != "removed")),
        removed=flag(left & (before.state == "removed")),
    )


def _steps(states: ir.Table) -> ir.Table:
    """One more when an open state begins, one less when it ends."""
    live = states.filter(states.is_open)
    ended = live.filter(live.until.notnull())
    return ibis.union(
        live.select(at=live["at"], step=ibis.literal(1, "int64")),
        ended.select(at=ended.until, step=ibis.literal(-1, "int64")),
    )


def _open_before(states: ir.Table, moment: datetime) -> int:
    """Tickets open just before an instant: what happens at it comes after."""
    start = instant(moment)
    there = states.filter(states.is_open, states["at"] < start, states.until.isnull() | (states.until >= start))
    return int(there.count().execute())


def _days(ground: Ground, end: datetime) -> list[tuple[date, datetime]]:
    """The days of the period that began before `end`, with their first instants."""
    zone, found = ZoneInfo(ground.period.zone), []
    day = ground.period.first_day
    while day < ground.period.day_after:
        begins = datetime(day.year, day.month, day.day, tzinfo=zone)
        if begins >= end:
            break
        found.append((day, begins))
        day += timedelta(days=1)
    return found


def _by_day(
    table: ir.Table, days: list[tuple[date, datetime]], start: datetime, end: datetime, columns: tuple[str, ...]
) -> pd.DataFrame:
    """Sums of `columns` for each day: the engine adds up quarters of an hour, of which every day is made."""
    inside = table.filter(table["at"] >= instant(start), table["at"] < instant(end))
    since = inside["at"].delta(instant(start), unit="microsecond")
    quarters = inside.mutate(quarter=(since / _QUARTER).floor().cast("int64")).group_by("quarter")
    sums = quarters.agg(**{name: inside[name].sum().cast("int64") for name in columns}).execute()
    begins = [int((at - start).total_seconds() * 1_000_000) // _QUARTER for _, at in days]
    names = [day.isoformat() for day, _ in days]
    place = pd.Index(begins).searchsorted(sums["quarter"].to_numpy(), side="right") - 1
    labelled = sums.assign(day=[names[number] for number in place])
    return labelled.groupby("day")[list(columns)].sum().reindex(names, fill_value=0).astype("int64")


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=list(COLUMNS))


def _breakdown(frame: pd.DataFrame, facts: Mapping[str, int], reason: Absent | None) -> Breakdown:
    return Breakdown(
        id="backlog_curve", metric_id="backlog", frame=frame, columns=COLUMNS, facts=facts,
        reason=None if reason is None else reason.value,
    )  # fmt: skip
