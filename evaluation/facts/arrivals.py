"""Each time somebody turned to the service, in writing or by telephone, and the hours in which the service was open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from evaluation.calendar.engine import with_is_open
from evaluation.calendar.wall_clock import EPOCH
from evaluation.facts.clock import Clock
from evaluation.facts.shapes import DIMENSION_COLUMNS
from evaluation.facts.vocabulary import NO_FLAG, NO_TEXT

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.calendar import WorkingCalendar
    from evaluation.facts.derivation import Derivation

HOUR = 3_600_000_000
"""Microseconds."""

_OWN = (*DIMENSION_COLUMNS, "exclusion")


def arrival_facts(given: Derivation) -> Mapping[str, ir.Table]:
    """`arrivals` and `open_hours` as in `evaluation.facts.shapes`; nothing without tickets and calls.

    A telephone ticket with an inbound call is that call, so the call stands for it. Callers who hung up before the
    queue are no arrivals; those who left a message or asked to be called back are.
    """
    tickets, calls = given.kept.get("tickets"), given.kept.get("calls")
    parts = []
    if calls is not None:
        calls = calls.filter(calls.was_queued | calls.outcome.isin(["voicemail", "callback"]).fill_null(False))
        parts.append(_from_calls(calls))
    if tickets is not None:
        parts.append(_from_tickets(tickets if calls is None else _without_calls(tickets, calls)))
    if not parts:
        return {}
    every = given.bench.step("arrivals", ibis.union(*parts) if len(parts) > 1 else parts[0])
    clock = Clock.of(given.bench, given.settings, given.cut, given.cut)
    return {"arrivals": _placed(every, clock), "open_hours": _open_hours(every, clock, given.cut)}


def _without_calls(tickets: ir.Table, calls: ir.Table) -> ir.Table:
    """The tickets without those of the telephone that a call stands for."""
    linked = calls.filter(calls.ticket_id.notnull()).select(linked_id="ticket_id").distinct()
    known = tickets.left_join(linked, tickets.ticket_id == linked.linked_id)
    return known.filter((known.channel != "phone").fill_null(True) | known.linked_id.isnull()).drop("linked_id")


def _from_calls(calls: ir.Table) -> ir.Table:
    return calls.select(
        arrival_id="call_id", kind=ibis.literal("call"), arrived_at="arrived_at",
        was_answered=ibis.ifelse(calls.outcome.isnull(), NO_FLAG, calls.outcome == "answered"),
        is_answer_known=ibis.literal(True), **{name: calls[name] for name in _OWN},
    )  # fmt: skip


def _from_tickets(tickets: ir.Table) -> ir.Table:
    state = tickets.first_response_state
    return tickets.select(
        arrival_id="ticket_id", kind=ibis.literal("ticket"), arrived_at="created_at",
        was_answered=ibis.ifelse(state.isin(["responded", "not_applicable"]), state == "responded", NO_FLAG),
        is_answer_known=state.notnull(), **{name: tickets[name] for name in _OWN},
    )  # fmt: skip


def _placed(arrivals: ir.Table, clock: Clock) -> ir.Table:
    """With `is_inside_hours` on each arrival's own calendar and `is_in_service_hours` on the default one."""
    named = arrivals.mutate(calendar=clock.calendar_of(arrivals), service_calendar=ibis.literal(clock.choice.default))
    own = with_is_open(named, clock.calendars, instants={"is_inside_hours": "arrived_at"}, calendar_column="calendar")
    service = {clock.choice.default: clock.calendars[clock.choice.default]}
    return with_is_open(
        own, service, instants={"is_in_service_hours": "arrived_at"}, calendar_column="service_calendar"
    )


def _open_hours(arrivals: ir.Table, clock: Clock, cut: datetime) -> ir.Table:
    """One row for each hour that the default calendar was open, from the first arrival to cut."""
    first = arrivals.arrived_at.min().to_pyarrow().as_py()
    starts = hours_of(clock.calendars[clock.choice.default], first, cut) if first is not None else pd.DatetimeIndex([])
    frame = pd.DataFrame({"at": pd.to_datetime(starts, utc=True)})
    hours = ibis.memtable(frame, schema={"at": "timestamp('UTC', 6)"})
    return hours.mutate(**dict.fromkeys(_OWN, NO_TEXT))


def hours_of(calendar: WorkingCalendar, start: datetime, end: datetime) -> pd.DatetimeIndex:
    """The instants at which each whole hour of open time began; breaks and odd openings only shift them.

    Args:
        calendar: Whose open time.
        start: From when open time is counted.
        end: Until when; a last hour that is not whole is left out.

    Example:
        >>> from datetime import UTC
        >>> from evaluation.calendar import WorkingCalendar
        >>> hours = {"hours": {"mon-fri": ["09:00-10:30", "11:00-12:00"]}}
        >>> office = WorkingCalendar.from_config(hours, time_zone="UTC")
        >>> found = hours_of(office, datetime(2026, 7, 6, tzinfo=UTC), datetime(2026, 7, 7, tzinfo=UTC))
        >>> [f"{at:%H:%M}" for at in found]
        ['09:00', '10:00']
    """
    opened = [(_microseconds(begin), _microseconds(stop)) for begin, stop in calendar.opening_intervals(start, end)]
    edges = np.array(opened, dtype=np.int64).reshape(-1, 2)
    before = np.concatenate([[0], np.cumsum(edges[:, 1] - edges[:, 0])])
    used = np.arange(0, before[-1] - HOUR + 1, HOUR)
    place = np.searchsorted(before, used, side="right") - 1
    return pd.to_datetime(edges[place, 0] + used - before[place], unit="us", utc=True)


def _microseconds(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)
