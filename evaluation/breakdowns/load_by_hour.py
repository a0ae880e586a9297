"""When contacts come in, who is there, and how many agents the calls would need: weekday by hour, local time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd

from evaluation.breakdown import Breakdown
from evaluation.calendar import WorkingCalendar
from evaluation.calendar.engine_instants import microseconds_of
from evaluation.facts.vocabulary import flag, instant
from evaluation.measurement import Absent
from evaluation.metrics.catalogue import chosen
from evaluation.metrics.definition import Definition, Standing
from evaluation.statistics.erlang import Staffing, expected_service_level, staffing

if TYPE_CHECKING:
    from ibis.expr import types as ir
    from numpy.typing import NDArray

    from evaluation.breakdowns import Ground
    from evaluation.facts.shapes import Facts
    from evaluation.telephone import Telephone, Terms

QUARTER = 900
"""Seconds. All zones are whole quarters of an hour from UTC, so that a quarter lies in one local hour."""

ENOUGH_CALLS = 10
"""An hour with fewer handled calls than this takes the mean handle time of the whole week."""

SLOT = ["weekday", "hour"]

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "weekday": "1 Monday to 7 Sunday, in the reporting zone",
        "hour": "local hour, 0 to 23",
        "hours": "how many such hours the period has so far; a night with a changing clock has one less or one more",
        "open_hours": "of them the hours in which the default calendar was open",
        "is_open": "whether it was ever open then; closed hours need nobody",
        "tickets_per_hour": "mean tickets that arrived per open hour; in closed hours per hour",
        "calls_per_hour": "mean inbound calls that arrived per open hour; in closed hours per hour",
        "handle_seconds": "mean handle time of the calls of this hour; of all when fewer than ten; s",
        "agents_seen": "mean number of agents who answered a call or a ticket in such an open hour: at least so many "
        "were there; empty = nobody's work is recorded",
        "agents_for_calls": "of them, mean number of those who answered a call on that day",
        "agents_needed": "agents for the calls of this hour by Erlang C, for the agreed service level",
        "agents_rostered": "agents on the roster for that, with shrinkage",
        "expected_service_level": "share of calls in time by Erlang C with the agents for calls, mean over the days",
        "service_level": "measured share of calls in time, by the rule of the metric; empty = no calls",
        "is_estimated": "rests on a model: arrivals at random, equal agents, nobody gives up",
    }
)


@dataclass(frozen=True)
class _Load:
    """What was counted in each quarter of an hour, by its number since 1970.

    Attributes:
        arrivals: `quarter`, `kind`, `is_in_service_hours`, `count`.
        handled: `quarter`, `calls`, `seconds`.
        judged: `quarter`, `calls`, `in_time`.
        seen: `quarter`, `agent`, `took_call`.
    """

    arrivals: pd.DataFrame
    handled: pd.DataFrame
    judged: pd.DataFrame
    seen: pd.DataFrame


def load_by_hour(ground: Ground) -> Breakdown:
    """The breakdown of the metric `load_by_hour`, for the reported period up to the cut."""
    end = min(ground.period.end, ground.facts.cut)
    if "arrivals" not in ground.facts:
        return _nothing(Absent.NO_SOURCE)
    load = _counted(ground, ground.period.start, end)
    if load.arrivals.empty:
        return _nothing(Absent.NO_CASES)
    zone = ground.period.zone
    slots = _slots(_service_calendar(ground), ground.period.start, end, zone)
    week = _week(slots, load)
    options = ground.settings.telephone
    terms = options.service_level.terms_at(end, ground.settings.organisation.time_zone)
    frame = _staffed(week, _agents_by_hour(slots, load), options, terms)
    return Breakdown(
        id="load_by_hour", metric_id="load_by_hour", frame=frame, columns=COLUMNS, facts=_facts(frame, options, terms)
    )


def _nothing(reason: Absent) -> Breakdown:
    frame = pd.DataFrame(columns=list(COLUMNS))
    return Breakdown(id="load_by_hour", metric_id="load_by_hour", frame=frame, columns=COLUMNS, reason=reason.value)


def _service_calendar(ground: Ground) -> WorkingCalendar:
    config = ground.settings.calendars.get(ground.settings.calendar_for.default)
    zone = ground.settings.organisation.time_zone
    return WorkingCalendar.always() if config is None else WorkingCalendar.from_config(config, time_zone=zone)


def _counted(ground: Ground, start: datetime, end: datetime) -> _Load:
    """The period's arrivals, handled calls and agents, counted by the engine."""
    facts = ground.facts
    arrivals = _within(facts["arrivals"], "arrived_at", start, end)
    kinds = ["quarter", "kind", "is_in_service_hours"]
    counted = arrivals.group_by(kinds).agg(count=arrivals.count()).order_by(kinds).execute()
    seen = _agents(facts, start, end)
    if "calls" not in facts:
        none = pd.DataFrame({"quarter": pd.Series(dtype="int64")}).assign(calls=0, seconds=0.0, in_time=0)
        return _Load(counted, none, none, seen)
    calls = _within(facts["calls"], "arrived_at", start, end)
    done = calls.filter(calls.handle_seconds.notnull())
    handled = done.group_by("quarter").agg(calls=done.count(), seconds=done.handle_seconds.sum())
    return _Load(counted, handled.order_by("quarter").execute(), _judged(ground, calls), seen)


def _judged(ground: Ground, calls: ir.Table) -> pd.DataFrame:
    """The calls that the service level counts, by the rule that the organisation chose."""
    rule = chosen(ground.settings.metrics)["service_level"]
    if not isinstance(rule, Definition) or rule.amount is None:
        raise TypeError("the service level is not measured call by call")
    decided = calls.filter(rule.standing(calls) == Standing.DECIDED)
    judged = decided.group_by("quarter").agg(calls=decided.count(), in_time=flag(rule.amount(decided)).sum())
    return judged.order_by("quarter").execute()


def _agents(facts: Facts, start: datetime, end: datetime) -> pd.DataFrame:
    """Who answered a call or a ticket in which quarter."""
    found = []
    for name, at in (("call_legs", "answered_at"), ("replies", "replied_at")):
        if name in facts:
            known = _within(facts[name], at, start, end).filter(ibis._.agent.notnull())
            took_call = ibis.literal(name == "call_legs")
            found.append(known.select("quarter", "agent").distinct().mutate(took_call=took_call))
    if not found:
        return pd.DataFrame({"quarter": [], "agent": [], "took_call": []})
    return (ibis.union(*found) if len(found) > 1 else found[0]).execute()


def _within(table: ir.Table, at: str, start: datetime, end: datetime) -> ir.Table:
    """The rows of the period that count, with the number of their quarter since 1970."""
    inside = table.filter(table.exclusion.isnull(), table[at] >= instant(start), table[at] < instant(end))
    engine = str(inside.get_backend().name)
    return inside.mutate(quarter=microseconds_of(inside[at], engine) // (QUARTER * 1_000_000))


def _slots(calendar: WorkingCalendar, start: datetime, end: datetime, zone: str) -> pd.DataFrame:
    """The quarters of the period with their local weekday, hour and day, and how much of each was open."""
    count = max(0, math.ceil((end - start).total_seconds() / QUARTER))
    begins = pd.Series(pd.date_range(start, periods=count, freq=f"{QUARTER}s", tz="UTC"))
    ends = begins + pd.Timedelta(seconds=QUARTER)
    ends = ends.where(ends <= end, pd.Timestamp(end))
    local = begins.dt.tz_convert(zone)
    return pd.DataFrame(
        {
            "quarter": _number(begins),
            "weekday": local.dt.day_of_week + 1,
            "hour": local.dt.hour,
            "day": local.dt.date,
            "hours": (ends - begins).dt.total_seconds() / 3600,
            "open_hours": calendar.open_seconds(begins, ends) / 3600,
        }
    )


def _number(at: pd.Series) -> pd.Series:
    return at.dt.as_unit("s").astype("int64") // QUARTER


def _week(slots: pd.DataFrame, load: _Load) -> pd.DataFrame:
    """One row per weekday and hour: how many of them, and what came in per hour."""
    week = slots.groupby(SLOT)[["hours", "open_hours"]].sum()
    week["is_open"] = week["open_hours"] > 0
    placed = load.arrivals.merge(slots[["quarter", *SLOT]], on="quarter")
    for kind in ("ticket", "call"):
        own = placed[placed["kind"] == kind]
        inside = own[own["is_in_service_hours"]].groupby(SLOT)["count"].sum().reindex(week.index, fill_value=0)
        every = own.groupby(SLOT)["count"].sum().reindex(week.index, fill_value=0)
        per_open = inside / week["open_hours"].where(week["is_open"])
        week[f"{kind}s_per_hour"] = per_open.where(week["is_open"], every / week["hours"])
    judged = _of_slots(load.judged, slots).reindex(week.index, fill_value=0)
    week["service_level"] = judged["in_time"] / judged["calls"].where(judged["calls"] > 0)
    handled = _of_slots(load.handled, slots).reindex(week.index, fill_value=0)
    total = handled.sum()
    usual = total["seconds"] / total["calls"] if total["calls"] else np.nan
    own_mean = handled["seconds"] / handled["calls"].where(handled["calls"] > 0)
    week["handle_seconds"] = own_mean.where(handled["calls"] >= ENOUGH_CALLS, usual)
    return week


def _of_slots(counts: pd.DataFrame, slots: pd.DataFrame) -> pd.DataFrame:
    """Counts of quarters added up to weekdays and hours."""
    return counts.merge(slots[["quarter", *SLOT]], on="quarter").drop(columns="quarter").groupby(SLOT).sum()


def _agents_by_hour(slots: pd.DataFrame, load: _Load) -> pd.DataFrame | None:
    """How many agents were seen in each open hour of each day, and how many of them for calls.

    None when nobody's work is recorded.
    """
    if load.seen.empty:
        return None
    keys = ["day", *SLOT]
    seen = load.seen.merge(slots[["quarter", "open_hours", *keys]], on="quarter")
    of_day = seen.groupby(["day", "agent"], as_index=False)["took_call"].any()
    present = seen.loc[seen["open_hours"] > 0, [*keys, "agent"]].drop_duplicates().merge(of_day, on=["day", "agent"])
    counts = present.groupby(keys).agg(agents=("agent", "size"), for_calls=("took_call", "sum")).reset_index()
    hours = slots.loc[slots["open_hours"] > 0, keys].drop_duplicates().merge(counts, how="left", on=keys)
    return hours.fillna({"agents": 0, "for_calls": 0}).astype({"agents": "int64", "for_calls": "int64"})


def _staffed(week: pd.DataFrame, agents: pd.DataFrame | None, options: Telephone, terms: Terms) -> pd.DataFrame:
    """The week with the agents seen, those needed, and what to expect of those seen."""
    by_slot = {} if agents is None else dict(iter(agents.groupby(SLOT)))
    rows = []
    for row in week.reset_index().itertuples():
        need, there = _needed(row, options, terms), by_slot.get((row.weekday, row.hour))
        for_calls = None if there is None else there["for_calls"].to_numpy()
        rows.append(
            {
                "agents_seen": np.nan if there is None else float(there["agents"].mean()),
                "agents_for_calls": np.nan if for_calls is None else float(for_calls.mean()),
                "agents_needed": np.nan if need is None else float(need.agents),
                "agents_rostered": np.nan if need is None else float(need.rostered),
                "expected_service_level": np.nan if need is None else _expected(row, for_calls, terms),
                "is_estimated": need is not None,
            }
        )
    return pd.concat([week.reset_index(), pd.DataFrame(rows)], axis=1)[list(COLUMNS)]


def _needed(row: Any, options: Telephone, terms: Terms) -> Staffing | None:
    """The staffing of one open hour; None when it is closed, or no call was handled to know how long one takes."""
    if not row.is_open or not row.handle_seconds > 0:
        return None
    return staffing(
        calls_per_hour=row.calls_per_hour, handle_seconds=row.handle_seconds, within_seconds=terms.seconds,
        goal=terms.goal, shrinkage=options.shrinkage, max_occupancy=options.max_occupancy,
    )  # fmt: skip


def _expected(row: Any, agents: NDArray[np.int64] | None, terms: Terms) -> float:
    if agents is None or not row.calls_per_hour > 0:
        return np.nan
    load = row.calls_per_hour * row.handle_seconds / 3600
    levels = [expected_service_level(load, int(present), row.handle_seconds, terms.seconds) for present in agents]
    return float(np.mean(levels))


def _facts(frame: pd.DataFrame, options: Telephone, terms: Terms) -> Mapping[str, float | int | str]:
    """The assumptions, and in how many of the open hours fewer agents were seen than needed."""
    known = frame[frame["is_estimated"] & frame["agents_for_calls"].notna()]
    contacts = frame["tickets_per_hour"] + frame["calls_per_hour"]
    busiest = frame.iloc[int(np.argmax(contacts.where(frame["is_open"], -1.0)))]
    return MappingProxyType(
        {
            "goal": terms.goal, "within_seconds": terms.seconds, "shrinkage": options.shrinkage,
            "max_occupancy": options.max_occupancy, "hours_judged": len(known),
            "hours_short": int((known["agents_for_calls"] < known["agents_needed"]).sum()),
            "busiest_weekday": int(busiest["weekday"]), "busiest_hour": int(busiest["hour"]),
        }
    )  # fmt: skip
