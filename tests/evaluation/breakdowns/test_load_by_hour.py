"""The week by hour: hours counted as they were, arrivals, agents and staffing; and how calls ended."""

from datetime import UTC, datetime
from types import SimpleNamespace

import ibis
import numpy as np
import pandas as pd
import pytest

from evaluation.breakdowns.call_outcomes import call_outcomes
from evaluation.breakdowns.load_by_hour import load_by_hour
from evaluation.calendar import WorkingCalendar
from evaluation.facts.shapes import DIMENSION_COLUMNS, FACT_COLUMNS, Facts
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.statistics.erlang import expected_service_level, staffing

OFFICE = {"hours": {"mon-fri": ["09:00-17:00"], "sat": ["09:30-11:00"]}}


def kind_of(column):
    if column.endswith("_at"):
        return "timestamp('UTC', 6)"
    if column.endswith("_seconds"):
        return "float64"
    if column.endswith("_count"):
        return "int64"
    return "boolean" if column.startswith(("is_", "was_")) else "string"


def facts_of(cut, **tables):
    connection = ibis.duckdb.connect()
    connection.raw_sql("SET TimeZone = 'UTC'")
    made = {}
    for name, rows in tables.items():
        columns = [*FACT_COLUMNS[name], *DIMENSION_COLUMNS, "exclusion"]
        frame = pd.DataFrame(list(rows), columns=columns).astype(object)
        for column in columns:
            if column.endswith("_at"):
                frame[column] = pd.to_datetime(frame[column], utc=True, format="ISO8601").astype("datetime64[us, UTC]")
        schema = ibis.schema({column: kind_of(column) for column in columns})
        made[name] = connection.create_table(name, frame, schema=schema)
    return Facts(made, cut)


def ground(cut=datetime(2026, 8, 20, tzinfo=UTC), period="2026-07", zone="Europe/Warsaw", options=None, **tables):
    settings = Settings.model_validate(
        {"organisation": {"name": "Northwind Care", "time_zone": zone}, "calendars": {"default": OFFICE}}
        | (options or {})
    )
    return SimpleNamespace(
        facts=facts_of(cut, **tables), settings=settings, period=Period.parse(period, zone=zone), tables=None,
        measurements=None,
    )  # fmt: skip


CALENDAR = WorkingCalendar.from_config(OFFICE, time_zone="Europe/Warsaw")


def arrival(number, at, kind="ticket", calendar=CALENDAR, **more):
    return {"arrival_id": f"{kind}:{number}", "kind": kind, "arrived_at": at,
            "is_in_service_hours": calendar.is_open(datetime.fromisoformat(at))} | more  # fmt: skip


def call(number, at, seconds=180.0, outcome="answered", wait=10.0, **more):
    return {"call_id": f"call:{number}", "arrived_at": at, "outcome": outcome, "was_queued": True, "is_counted": True,
            "is_inside_hours": True, "wait_seconds": wait, "service_level_seconds": 20.0, "leg_count": 1,
            "handle_seconds": seconds if outcome == "answered" else None, "is_wrap_capped": False} | more  # fmt: skip


def leg(number, at, agent, **more):
    return {"call_id": f"call:{number}", "answered_at": at, "arrived_at": at, "agent": agent} | more


def slot(breakdown, weekday, hour):
    frame = breakdown.frame
    row = frame[(frame["weekday"] == weekday) & (frame["hour"] == hour)]
    return row.iloc[0] if len(row) else None


def test_a_month_has_its_own_number_of_each_weekday():
    made = load_by_hour(ground(arrivals=[arrival(1, "2026-07-06T10:00+02:00")]))
    # July 2026 begins on a Wednesday: five Wednesdays, Thursdays and Fridays, four of the others
    assert [slot(made, weekday, 10)["hours"] for weekday in range(1, 8)] == [4, 4, 5, 5, 5, 4, 4]
    assert len(made.frame) == 7 * 24
    assert made.frame["hours"].sum() == 31 * 24


@pytest.mark.parametrize(
    ("period", "weekday", "hour", "hours", "usual"),
    [("2026-03", 7, 2, 4, 5), ("2026-10", 7, 2, 5, 4)],
    ids=["an hour is missing", "an hour comes twice"],
)
def test_nights_with_a_changing_clock_count_as_they_were(period, weekday, hour, hours, usual):
    made = load_by_hour(
        ground(datetime(2026, 12, 1, tzinfo=UTC), period, arrivals=[arrival(1, f"{period}-05T10:00+02:00")])
    )
    assert slot(made, weekday, hour)["hours"] == hours
    assert slot(made, weekday, 4)["hours"] == usual


def test_an_arrival_in_the_hour_that_comes_twice_is_in_that_hour():
    rows = [arrival(1, "2026-10-25T00:30+00:00"), arrival(2, "2026-10-25T01:30+00:00")]
    made = load_by_hour(ground(datetime(2026, 12, 1, tzinfo=UTC), "2026-10", arrivals=rows))
    row = slot(made, 7, 2)
    assert (row["hours"], row["tickets_per_hour"], row["is_open"]) == (5, 2 / 5, False)


def test_a_period_that_still_runs_counts_to_the_cut():
    made = load_by_hour(
        ground(datetime(2026, 7, 8, 8, 30, tzinfo=UTC), arrivals=[arrival(1, "2026-07-06T10:00+02:00")])
    )
    # cut at 10:30 local on Wednesday the 8th: two Wednesdays at 9, one and a half at 10
    assert [slot(made, 3, hour)["hours"] for hour in (9, 10, 11)] == [2, 1.5, 1]
    assert slot(made, 1, 9)["open_hours"] == 1


def test_closed_hours_are_marked_and_need_nobody():
    rows = [arrival(1, "2026-07-05T03:00+02:00"), arrival(2, "2026-07-06T10:00+02:00", "call")]
    made = load_by_hour(ground(arrivals=rows, calls=[call(2, "2026-07-06T10:00+02:00")]))
    night, day = slot(made, 7, 3), slot(made, 1, 10)
    assert (night["is_open"], night["tickets_per_hour"], night["is_estimated"]) == (False, 1 / 4, False)
    assert np.isnan(night["agents_needed"])
    assert (day["is_open"], day["calls_per_hour"], day["is_estimated"]) == (True, 1 / 4, True)


def test_half_open_hours_and_closed_days_are_divided_by_what_was_open():
    options = {"calendars": {"default": OFFICE | {"closures": ["2026-07-06"]}}}
    closed = WorkingCalendar.from_config(options["calendars"]["default"], time_zone="Europe/Warsaw")
    stamps = ["2026-07-04T09:10+02:00", "2026-07-04T09:40+02:00", "2026-07-06T10:00+02:00", "2026-07-13T10:00+02:00"]
    rows = [arrival(number, at, calendar=closed) for number, at in enumerate(stamps)]
    made = load_by_hour(ground(options=options, arrivals=rows))
    saturday, monday = slot(made, 6, 9), slot(made, 1, 10)
    assert (saturday["hours"], saturday["open_hours"], saturday["tickets_per_hour"]) == (4, 2, 1 / 2)
    assert (monday["hours"], monday["open_hours"], monday["tickets_per_hour"]) == (4, 3, 1 / 3)


def a_busy_monday():
    """Forty calls at ten on one of four Mondays, answered by three agents; a fourth only wrote."""
    minutes = [f"2026-07-06T10:{number:02}+02:00" for number in range(40)]
    legs = [leg(n, at, ("anna", "ben", "cleo")[n % 3]) for n, at in enumerate(minutes)]
    return {
        "arrivals": [arrival(n, at, "call") for n, at in enumerate(minutes)],
        "calls": [call(n, at, wait=10.0 if n < 30 else 60.0) for n, at in enumerate(minutes)],
        "call_legs": legs,
        "replies": [{"ticket_id": "t:1", "replied_at": "2026-07-06T10:15+02:00", "agent": "dora"}],
    }


def test_staffing_is_erlangs_for_the_hour_and_the_agreed_level():
    made = load_by_hour(ground(**a_busy_monday()))
    row = slot(made, 1, 10)
    need = staffing(
        calls_per_hour=10, handle_seconds=180, within_seconds=20, goal=0.8, shrinkage=0.3, max_occupancy=0.85
    )
    assert (row["calls_per_hour"], row["handle_seconds"]) == (10, 180)
    assert (row["agents_needed"], row["agents_rostered"]) == (need.agents, need.rostered)
    assert (row["agents_seen"], row["agents_for_calls"]) == (4 / 4, 3 / 4)
    # three agents on one Monday, nobody seen on the other three
    assert row["expected_service_level"] == pytest.approx(expected_service_level(0.5, 3, 180, 20) / 4)
    assert row["service_level"] == 30 / 40
    assert made.facts["hours_judged"] == 42
    assert made.facts["hours_short"] == 1
    assert (made.facts["busiest_weekday"], made.facts["busiest_hour"]) == (1, 10)


def test_the_terms_of_the_periods_end_and_the_organisations_assumptions_hold():
    telephone = {"service_level": {"versions": [{"from": "2026-07-20", "seconds": 60, "goal": 0.5},
                                                {"from": "2026-08-01", "goal": 0.99}]},
                 "shrinkage": 0, "max_occupancy": 1}  # fmt: skip
    made = load_by_hour(
        ground(datetime(2026, 7, 31, 12, tzinfo=UTC), options={"telephone": telephone}, **a_busy_monday())
    )
    need = staffing(calls_per_hour=10, handle_seconds=180, within_seconds=60, goal=0.5)
    assert slot(made, 1, 10)["agents_needed"] == slot(made, 1, 10)["agents_rostered"] == need.agents
    assert (made.facts["within_seconds"], made.facts["goal"]) == (60, 0.5)


def test_an_hour_with_few_calls_takes_the_handle_time_of_the_week():
    told = a_busy_monday()
    told["calls"].append(call(99, "2026-07-07T11:00+02:00", seconds=590.0))
    told["arrivals"].append(arrival(99, "2026-07-07T11:00+02:00", "call"))
    made = load_by_hour(ground(**told))
    assert slot(made, 2, 11)["handle_seconds"] == pytest.approx((40 * 180 + 590) / 41)
    assert slot(made, 1, 10)["handle_seconds"] == 180


def test_without_calls_there_is_load_and_no_staffing():
    rows = [arrival(n, "2026-07-06T10:00+02:00") for n in range(3)]
    replies = [{"ticket_id": "t:1", "replied_at": "2026-07-06T10:15+02:00", "agent": "dora"}]
    row = slot(load_by_hour(ground(arrivals=rows, replies=replies)), 1, 10)
    assert (row["tickets_per_hour"], row["agents_seen"], row["agents_for_calls"]) == (3 / 4, 1 / 4, 0)
    assert np.isnan(row["agents_needed"])
    assert not row["is_estimated"]


def test_when_nobodys_work_is_recorded_the_agents_are_unknown():
    row = slot(load_by_hour(ground(arrivals=[arrival(1, "2026-07-06T10:00+02:00")])), 1, 10)
    assert np.isnan(row["agents_seen"])


def test_excluded_contacts_are_no_load():
    rows = [arrival(1, "2026-07-06T10:00+02:00"), arrival(2, "2026-07-06T10:00+02:00", exclusion="spam")]
    assert slot(load_by_hour(ground(arrivals=rows)), 1, 10)["tickets_per_hour"] == 1 / 4


@pytest.mark.parametrize(
    ("tables", "reason"),
    [({}, "no_source"), ({"arrivals": [arrival(1, "2026-06-06T10:00+02:00")]}, "no_cases")],
)
def test_why_there_is_no_table(tables, reason):
    made = load_by_hour(ground(**tables))
    assert (made.reason, len(made.frame)) == (reason, 0)


def test_a_second_way_counts_the_same_hours():
    """Every contact placed by hand, hour by hour of the wall clock."""
    rng = np.random.default_rng(5)
    start = pd.Timestamp("2026-10-01", tz="Europe/Warsaw")
    stamps = [start + pd.Timedelta(seconds=int(second)) for second in rng.integers(0, 31 * 86_400, 400)]
    rows = [arrival(n, at.isoformat(), str(rng.choice(["ticket", "call"]))) for n, at in enumerate(stamps)]
    made = load_by_hour(ground(datetime(2026, 12, 1, tzinfo=UTC), "2026-10", arrivals=rows)).frame
    hours = pd.date_range(start, pd.Timestamp("2026-11-01", tz="Europe/Warsaw"), freq="h", inclusive="left")
    for row in made.itertuples():
        mine = [hour for hour in hours if (hour.isoweekday(), hour.hour) == (row.weekday, row.hour)]
        opened = sum(CALENDAR.open_seconds(hour, hour + pd.Timedelta(hours=1)) for hour in mine) / 3600
        assert (row.hours, row.open_hours) == (len(mine), pytest.approx(opened))
        here = [
            one for one, at in zip(rows, stamps, strict=True) if (at.isoweekday(), at.hour) == (row.weekday, row.hour)
        ]
        counted = [one for one in here if one["is_in_service_hours"] or not row.is_open]
        for kind, found in (("ticket", row.tickets_per_hour), ("call", row.calls_per_hour)):
            of_kind = sum(one["kind"] == kind for one in counted)
            assert found == pytest.approx(of_kind / (opened if row.is_open else len(mine)))


def test_how_calls_ended():
    at = "2026-07-06T10:00+02:00"
    outcomes = ["answered", "answered", "abandoned", "short_abandoned", "voicemail", "callback", "failed", None]
    rows = [call(n, at, outcome=outcome) for n, outcome in enumerate(outcomes)]
    rows += [call(20, at, outcome="before_queue", was_queued=False),
             call(21, at, outcome="abandoned", is_inside_hours=False), call(22, "2026-06-01T10:00Z"),
             call(23, at, exclusion="spam"), call(24, at, is_wrap_capped=True, leg_count=2)]  # fmt: skip
    made = call_outcomes(ground(calls=rows))
    found = made.frame.set_index("outcome")
    assert list(found.index) == ["answered", "abandoned", "short_abandoned", "voicemail", "callback", "failed",
                                 "before_queue", "not_over"]  # fmt: skip
    assert found["calls"].tolist() == [3, 1, 1, 1, 1, 1, 1, 1]
    assert found["out_of_hours"].tolist() == [0, 1, 0, 0, 0, 0, 0, 0]
    assert found["share"].dropna().sum() == pytest.approx(1)
    assert found.loc["answered", "share"] == 3 / 9
    assert np.isnan(found.loc["before_queue", "share"])
    assert dict(made.facts) == {
        "offered": 9, "wraps_capped": 1, "transferred": 1,
        "goal": 0.8, "within_seconds": 20.0, "short_abandon_seconds": 5.0, "since": "", "counts_out_of_hours": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("tables", "reason"), [({}, "no_source"), ({"calls": [call(1, "2026-06-01T10:00Z")]}, "no_cases")]
)
def test_why_no_call_ended(tables, reason):
    assert call_outcomes(ground(**tables)).reason == reason
